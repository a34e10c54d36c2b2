//! Findings of Security Hub (CSPM) in ASFF, the AWS Security Finding Format: its own checks and the copies of what other
//! products found.
//!
//! Not these: findings of the newer Security Hub, which are OCSF (`security_lake`), also where they come under the same
//! `Findings`; what GuardDuty, Inspector, Macie and Access Analyzer write themselves, each a log of its own.
//!
//! Decisions:
//! - `@timestamp` is `UpdatedAt`: a finding comes again with each update. Its id is unique only for a product, so that
//!   `ProductArn`, `Id` and `UpdatedAt` together are what a copy is told by (a home Region holds copies of linked ones).
//! - A finding has several types, resources and vulnerabilities: the columns of these have several values.
//! - Severity is a number and a word, either of which may be missing: `event.severity` and `severityLabel` have each from
//!   the other, by the bounds that AWS documents.
//! - Members of `ProductFields` have names with `/` and `:`, and are paths like all others.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{flow, json::JsonField},
    tell,
};
use crate::formats::field::json::{each_of, text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Findings of Security Hub in ASFF.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["ProductArn", "SchemaVersion", "GeneratorId", "AwsAccountId", "Id"],
    what: "have SchemaVersion, ProductArn, GeneratorId and AwsAccountId",
    time: &["UpdatedAt", "LastObservedAt", "CreatedAt"],
    summary,
    identity: &["ProductArn", "Id", "UpdatedAt"],
    sources: &["securityhub", "asff", "security_hub_findings"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::computed("severityLabel", Kind::Text, Role::Status, &LABEL)
        .doc("the severity in words: INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL"),
    JsonField::computed("event.severity", Kind::Int, Role::Measure, &SEVERITY)
        .doc("the severity as a number from 0 to 100"),
    text("Severity.Label", Role::Status)
        .also(&["FindingProviderFields.Severity.Label", "ProductFields.aws/securityhub/SeverityLabel"])
        .doc("the severity in words, where the finding has it"),
    JsonField::new("Severity.Normalized", Kind::Int, Role::Measure)
        .doc("the severity from 0 to 100, where the finding has it"),
    JsonField::new("Severity.Product", Kind::Float, Role::Measure).doc("the severity as the product counts"),
    text("Severity.Original", Role::Dimension)
        .also(&["FindingProviderFields.Severity.Original"])
        .doc("the severity as the product wrote it"),
    text("Title", Role::Dimension).aliases(&["rule.name"]).doc("the finding in one line"),
    text("Description", Role::Identifier)
        .aliases(&["rule.description"])
        .doc("the finding in a sentence or more"),
    text("Types", Role::Dimension)
        .also(&["FindingProviderFields.Types.0"])
        .each("Types")
        .doc("namespace, category and classifier; each of several"),
    text("GeneratorId", Role::Dimension).aliases(&["rule.id"]).doc("the rule or check that made the finding"),
    text("ProductName", Role::Dimension)
        .also(&["ProductFields.aws/securityhub/ProductName"])
        .aliases(&["event.provider", "observer.product"])
        .doc("the product that made the finding: Security Hub, GuardDuty, Inspector and others"),
    text("CompanyName", Role::Dimension)
        .also(&["ProductFields.aws/securityhub/CompanyName"])
        .aliases(&["observer.vendor"])
        .doc("whose product it is"),
    text("ProductArn", Role::Dimension).doc("ARN of the product"),
    text("AwsAccountId", Role::Dimension)
        .aliases(&["cloud.account.id"])
        .doc("the account that the finding is about"),
    text("AwsAccountName", Role::Dimension).aliases(&["cloud.account.name"]).doc("that account's name"),
    text("Region", Role::Dimension)
        .also(&["Resources.0.Region"])
        .aliases(&["cloud.region"])
        .doc("the Region in which it was made, or else that of its first resource"),
    text("Compliance.Status", Role::Status)
        .doc("what a check came to: PASSED, WARNING, FAILED, NOT_AVAILABLE"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success where a check passed, failure where it failed, unknown for all else"),
    text("Compliance.SecurityControlId", Role::Dimension)
        .also(&["ProductFields.ControlId", "ProductFields.RuleId"])
        .aliases(&["ControlId"])
        .doc("the control that was checked: S3.1"),
    text("Compliance.RelatedRequirements", Role::Dimension)
        .each("Compliance.RelatedRequirements")
        .doc("requirements of standards that the control belongs to; each of several"),
    each_of(
        "Compliance.AssociatedStandards.StandardsId",
        &["Compliance.AssociatedStandards.0.StandardsId"],
        "Compliance.AssociatedStandards",
    )
    .doc("the standards that have the control; each of several"),
    each_of(
        "Compliance.StatusReasons.ReasonCode",
        &["Compliance.StatusReasons.0.ReasonCode"],
        "Compliance.StatusReasons",
    )
    .doc("why the check came to that; each of several"),
    text("Workflow.Status", Role::Status)
        .also(&["WorkflowState"])
        .doc("what was done about it: NEW, NOTIFIED, RESOLVED, SUPPRESSED"),
    text("RecordState", Role::Status).doc("ACTIVE or ARCHIVED"),
    text("VerificationState", Role::Status).doc("whether somebody found it to be true"),
    each_of("Resources.Id", &["Resources.0.Id"], "Resources")
        .aliases(&["resource.id"])
        .doc("the resources: ARNs or ids; each of several"),
    each_of("Resources.Type", &["Resources.0.Type"], "Resources")
        .aliases(&["resource.type"])
        .doc("the resources' types: AwsEc2Instance, AwsS3Bucket and others; each of several"),
    each_of(
        "user.name",
        &[
            "Resources.0.Details.AwsIamAccessKey.UserName",
            "Resources.0.Details.AwsIamAccessKey.PrincipalName",
            "Resources.0.Details.AwsIamUser.UserName",
            "Resources.0.Details.AwsIamRole.RoleName",
        ],
        "Resources",
    )
    .doc("user or role that is a resource, or whose access key is one"),
    each_of(
        "user.id",
        &["Resources.0.Details.AwsIamAccessKey.PrincipalId", "Resources.0.Details.AwsIamUser.UserId"],
        "Resources",
    )
    .doc("unique id of that identity"),
    each_of("Resources.AccessKeyId", &["Resources.0.Details.AwsIamAccessKey.AccessKeyId"], "Resources")
        .aliases(&["accessKeyId"])
        .doc("the access key"),
    text("Action.ActionType", Role::Dimension)
        .aliases(&["event.action"])
        .doc("kind of activity: NETWORK_CONNECTION, AWS_API_CALL, DNS_REQUEST, PORT_PROBE"),
    text("Action.AwsApiCallAction.Api", Role::Dimension).aliases(&["api"]).doc("the API that was called"),
    text("Action.AwsApiCallAction.ServiceName", Role::Dimension).doc("the service whose API was called"),
    text("Action.DnsRequestAction.Domain", Role::Dimension)
        .aliases(&["dns.question.name"])
        .doc("the domain that was asked for"),
    JsonField::new("Network.SourceIpV4", Kind::Ip, Role::Dimension)
        .also(&[
            "Network.SourceIpV6",
            "Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",
            "Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4",
            "Action.PortProbeAction.PortProbeDetails.0.RemoteIpDetails.IpAddressV4",
        ])
        .each("Action.PortProbeAction.PortProbeDetails")
        .aliases(&["source.ip", "source.address"])
        .doc(
            "address that the activity came from: the network's source, or else the other side of the action",
        ),
    JsonField::new("Network.SourcePort", Kind::Int, Role::Dimension)
        .also(&["Action.NetworkConnectionAction.RemotePortDetails.Port"])
        .aliases(&["source.port"])
        .doc("port there"),
    text("source.geo.country_name", Role::Dimension)
        .also(&[
            "Action.NetworkConnectionAction.RemoteIpDetails.Country.CountryName",
            "Action.AwsApiCallAction.RemoteIpDetails.Country.CountryName",
            "Action.PortProbeAction.PortProbeDetails.0.RemoteIpDetails.Country.CountryName",
        ])
        .each("Action.PortProbeAction.PortProbeDetails")
        .made()
        .doc("country of that address"),
    JsonField::new("Network.DestinationIpV4", Kind::Ip, Role::Dimension)
        .also(&[
            "Network.DestinationIpV6",
            "Action.PortProbeAction.PortProbeDetails.0.LocalIpDetails.IpAddressV4",
        ])
        .aliases(&["destination.ip", "destination.address"])
        .doc("address that it went to"),
    JsonField::new("Network.DestinationPort", Kind::Int, Role::Dimension)
        .also(&[
            "Action.NetworkConnectionAction.LocalPortDetails.Port",
            "Action.PortProbeAction.PortProbeDetails.0.LocalPortDetails.Port",
        ])
        .each("Action.PortProbeAction.PortProbeDetails")
        .aliases(&["destination.port"])
        .doc("port there, of an action the resource's own"),
    text("Network.Protocol", Role::Dimension)
        .also(&["Action.NetworkConnectionAction.Protocol", "Action.DnsRequestAction.Protocol"])
        .doc("protocol, as the product wrote it"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("that protocol in small letters"),
    text("Network.Direction", Role::Dimension)
        .also(&["Action.NetworkConnectionAction.ConnectionDirection"])
        .doc("IN or OUT; of an action INBOUND or OUTBOUND"),
    text("Process.Name", Role::Dimension).aliases(&["process.name"]).doc("the process"),
    text("Process.Path", Role::Dimension).aliases(&["process.executable"]).doc("path of its executable"),
    JsonField::new("Process.Pid", Kind::Int, Role::Identifier).aliases(&["process.pid"]).doc("its number"),
    JsonField::new("Process.ParentPid", Kind::Int, Role::Identifier)
        .aliases(&["process.parent.pid"])
        .doc("number of the process that began it"),
    each_of("Malware.Name", &["Malware.0.Name"], "Malware").doc("malware that was found; each of several"),
    each_of("ThreatIntelIndicators.Value", &["ThreatIntelIndicators.0.Value"], "ThreatIntelIndicators")
        .aliases(&["threat.indicator.name"])
        .doc("indicators of threats: addresses, domains, hashes; each of several"),
    each_of("vulnerability.id", &["Vulnerabilities.0.Id"], "Vulnerabilities")
        .doc("vulnerabilities (CVE); each of several"),
    each_of("package.name", &["Vulnerabilities.0.VulnerablePackages.0.Name"], "Vulnerabilities")
        .doc("the first package of each vulnerability"),
    each_of("package.version", &["Vulnerabilities.0.VulnerablePackages.0.Version"], "Vulnerabilities")
        .doc("version of that package"),
    text("Remediation.Recommendation.Text", Role::Identifier).doc("what to do about it"),
    text("Remediation.Recommendation.Url", Role::Identifier).doc("where that is described"),
    text("SourceUrl", Role::Identifier).aliases(&["event.url"]).doc("the finding's page at the product"),
    text("Note.Text", Role::Identifier).doc("what somebody noted about it"),
    JsonField::new("Confidence", Kind::Int, Role::Measure)
        .also(&["FindingProviderFields.Confidence"])
        .doc("how sure the product is, from 0 to 100"),
    JsonField::new("Criticality", Kind::Int, Role::Measure)
        .also(&["FindingProviderFields.Criticality"])
        .doc("how much the resources matter, from 0 to 100"),
    time("UpdatedAt").doc("when the finding was last updated"),
    time("CreatedAt").aliases(&["event.created"]).doc("when it was made"),
    time("FirstObservedAt").aliases(&["event.start"]).doc("when what it is about was first seen"),
    time("LastObservedAt").aliases(&["event.end"]).doc("when that was last seen"),
    JsonField::new("Sample", Kind::Bool, Role::Dimension).doc("whether it is made up, for trying things out"),
    text("Id", Role::Identifier).aliases(&["event.id"]).doc("the finding's id, unique for its product"),
    text("SchemaVersion", Role::Dimension).doc("version of the form: 2018-10-08"),
];

static LABEL: Computed = Computed { from: &["Severity.Label", "Severity.Normalized"], value: label };
static SEVERITY: Computed = Computed { from: &["Severity.Label", "Severity.Normalized"], value: severity };
static OUTCOME: Computed = Computed {
    from: &["Compliance.Status"],
    value: |cells, _| {
        Cell::Text(match cells.first() {
            Some(Cell::Text(b"PASSED")) => b"success",
            Some(Cell::Text(b"FAILED")) => b"failure",
            _ => b"unknown",
        })
    },
};
static TRANSPORT: Computed = Computed { from: &["Network.Protocol"], value: flow::small_letters };

/// The words for severities and the number from which each holds, as AWS documents them.
const LABELS: [(&[u8], i64); 5] =
    [(b"CRITICAL", 90), (b"HIGH", 70), (b"MEDIUM", 40), (b"LOW", 1), (b"INFORMATIONAL", 0)];

fn label<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [label @ Cell::Text(_), ..] => *label,
        [_, Cell::Int(number)] => {
            LABELS.iter().find(|(_, from)| number >= from).map_or(Cell::Null, |(label, _)| Cell::Text(label))
        }
        _ => Cell::Null,
    }
}

fn severity<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [_, number @ Cell::Int(_)] => *number,
        [Cell::Text(label), _] => {
            LABELS.iter().find(|(l, _)| l == label).map_or(Cell::Null, |(_, from)| Cell::Int(*from))
        }
        _ => Cell::Null,
    }
}

const META: Meta = Meta {
    id: "security_hub",
    family: Family::Findings,
    title: "AWS Security Hub findings",
    summary: "Failed checks and findings of all products in one form, one record per finding and update.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html",
    read_on: "2026-11-26",
    key_shape: "get-findings output, EventBridge events, or what Firehose made of these in S3",
    versions: "ASFF 2018-10-08 as get-findings gives it, as EventBridge events (imported, custom action), in S3 and in log groups",
    not_read: "insight results; the name of a custom action, which stands beside its findings; findings of the newer Security Hub, which are OCSF and read as security_lake",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for findings in ASFF; run it where an EventBridge rule delivers them, as \
         `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog {
        group: "a log group to which an EventBridge rule delivers findings",
        prefix: "detail.findings.0.",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Gravest open findings, each at its latest update",
        "filter RecordState = \"ACTIVE\" and Workflow.Status in [\"NEW\", \"NOTIFIED\"]\n| fields @timestamp, severityLabel, Title, Resources.Id, ProductName, AwsAccountId\n| sort @timestamp desc | dedup Id | sort event.severity desc",
    ),
    ask(
        "Threats, not checks: what products other than Security Hub found",
        "filter not ispresent(Compliance.Status)\n| fields @timestamp, severityLabel, ProductName, Types, Title, Resources.Id, source.ip, user.name\n| sort @timestamp desc",
    ),
    ask(
        "Resources with most findings",
        "filter RecordState = \"ACTIVE\" | stats count_distinct(Id) as findings, max(event.severity) as gravest by Resources.Id, Resources.Type | sort gravest desc, findings desc",
    ),
    ask(
        "Controls that fail most",
        "filter Compliance.Status = \"FAILED\" | stats count_distinct(Resources.Id) as resources, max(severityLabel) as severity by ControlId, Title | sort resources desc",
    ),
    ask(
        "Who attacks: findings by remote address",
        "filter ispresent(source.ip) | stats count_distinct(Id) as findings, max(event.severity) as gravest by source.ip, source.geo.country_name | sort findings desc",
    ),
    ask(
        "Vulnerabilities by package",
        "filter ispresent(vulnerability.id) | stats count_distinct(Resources.Id) as resources, max(event.severity) as gravest by vulnerability.id, package.name, package.version | sort gravest desc",
    ),
    ask(
        "Findings that somebody suppressed or archived",
        "filter Workflow.Status = \"SUPPRESSED\" or RecordState = \"ARCHIVED\" | fields @timestamp, severityLabel, Title, Resources.Id, Workflow.Status, RecordState, Note.Text | sort event.severity desc",
    ),
    ask("Findings over time by product", "stats count(*) as updates by bin(1h), ProductName"),
];

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "get-findings.json",
        content: crate::sample!("security_hub_api.json"),
        rows: 7,
        rejected: 0,
    },
    Sample {
        name: "securityhub-1-2026-03-05-01-00-00-0f1e2d3c-4b5a-4697-8788-96a5b4c3d2e1",
        content: crate::sample!("security_hub_events.ndjson"),
        rows: 6,
        rejected: 2,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?Compliance.Status=FAILED}**failed** ||{words:Compliance.Status} ]**{Title|GeneratorId|Id|=a finding}**\
         [ ({severityLabel})][ on {first:Resources.Id}[ and {more:Resources.Id} more]]\
         [, {first:source.ip}][{!ProductName=Security Hub}, {ProductName}]\
         [{!RecordState=ACTIVE}, {lower:RecordState}][{!Workflow.Status=NEW}, {lower:Workflow.Status}]",
    )
}

#[cfg(test)]
mod tests;
