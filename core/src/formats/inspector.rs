//! Findings of Amazon Inspector: vulnerable packages, reachable ports, weak code. EventBridge events, what `list-findings`
//! gives, and reports in JSON.
//!
//! Not these: Security Hub's copies (`security_hub`); Inspector Classic, whose findings have another form; summaries of scans,
//! which are put aside; reports in CSV.
//!
//! Decisions:
//! - Times are text in words in EventBridge (`Dec 3, 2021, 6:02:30 PM`), ISO 8601 or numbers elsewhere: all are read.
//! - `@timestamp` is `updatedAt`; the ARN and it together are what a copy is told by.
//! - A finding has several packages and resources: their columns have several values.
//! - `N/A`, which Inspector writes where a resource has no Region, is no value.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{flow, json::JsonField},
    tell,
};
use crate::formats::field::json::{each_of, text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Findings of Amazon Inspector.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["findingArn", "awsAccountId", "severity", "type", "scan-status"],
    is: |marks| {
        let arn = marks.get(0).text().unwrap_or_default();
        memchr::memmem::find(&arn, b":inspector2:").is_some() && (1..4).all(|i| marks.get(i).is_some())
    },
    aside: |marks| marks.get(4).is_some().then_some("a summary of a scan"),
    what: "have a findingArn of inspector2",
    time: &["updatedAt", "lastObservedAt", "firstObservedAt"],
    none: &["N/A"],
    summary,
    identity: &["findingArn", "updatedAt"],
    sources: &["inspector2", "inspector_findings"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const PACKAGES: &str = "packageVulnerabilityDetails.vulnerablePackages";
const ADDRESSES: &str = "resources.0.details.awsEc2Instance.ipV4Addresses";
const STEPS: &str = "networkReachabilityDetails.networkPath.steps";

static FIELDS: &[JsonField] = &[
    text("severity", Role::Status)
        .aliases(&["severityLabel", "vulnerability.severity"])
        .doc("INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL or UNTRIAGED"),
    JsonField::new("inspectorScore", Kind::Float, Role::Measure)
        .aliases(&["vulnerability.score.base"])
        .doc("Inspector's score, from 0 to 10"),
    text("inspectorScoreDetails.adjustedCvss.scoringVector", Role::Identifier)
        .doc("the vector of that score"),
    JsonField::new("epss.score", Kind::Float, Role::Measure)
        .doc("how likely it is to be exploited, from 0 to 1"),
    text("type", Role::Dimension).doc("PACKAGE_VULNERABILITY, NETWORK_REACHABILITY or CODE_VULNERABILITY"),
    text("title", Role::Dimension).aliases(&["rule.name"]).doc("the finding in one line"),
    text("description", Role::Identifier)
        .aliases(&["vulnerability.description", "rule.description"])
        .doc("the finding in sentences"),
    text("status", Role::Status).doc("ACTIVE, SUPPRESSED or CLOSED"),
    text("packageVulnerabilityDetails.vulnerabilityId", Role::Dimension)
        .aliases(&["vulnerability.id", "vulnerabilityId"])
        .doc("the vulnerability: CVE-2021-44228"),
    text("packageVulnerabilityDetails.relatedVulnerabilities", Role::Dimension)
        .each("packageVulnerabilityDetails.relatedVulnerabilities")
        .doc("vulnerabilities that go with it; each of several"),
    text("packageVulnerabilityDetails.source", Role::Dimension).doc("who described it: NVD, REDHAT_CVE"),
    text("packageVulnerabilityDetails.sourceUrl", Role::Identifier)
        .aliases(&["vulnerability.reference"])
        .doc("where it is described"),
    text("packageVulnerabilityDetails.vendorSeverity", Role::Dimension).doc("the severity there"),
    time("packageVulnerabilityDetails.vendorCreatedAt").doc("when it was described"),
    each_of("package.name", &["packageVulnerabilityDetails.vulnerablePackages.0.name"], PACKAGES)
        .doc("the packages; each of several"),
    each_of("package.version", &["packageVulnerabilityDetails.vulnerablePackages.0.version"], PACKAGES)
        .doc("their versions; each of several"),
    each_of(
        "package.fixed_version",
        &["packageVulnerabilityDetails.vulnerablePackages.0.fixedInVersion"],
        PACKAGES,
    )
    .doc("versions that mend it; each of several"),
    each_of("package.type", &["packageVulnerabilityDetails.vulnerablePackages.0.packageManager"], PACKAGES)
        .doc("what manages the packages: OS, PYTHON, JAVA; each of several"),
    each_of("package.path", &["packageVulnerabilityDetails.vulnerablePackages.0.filePath"], PACKAGES)
        .doc("where they were found; each of several"),
    text("fixAvailable", Role::Dimension).doc("YES, NO or PARTIAL: whether there are versions that mend it"),
    text("exploitAvailable", Role::Dimension).doc("YES or NO: whether an exploit is known"),
    JsonField::new("networkReachabilityDetails.openPortRange.begin", Kind::Int, Role::Dimension)
        .aliases(&["destination.port"])
        .doc("the first port that is reachable"),
    JsonField::new("networkReachabilityDetails.openPortRange.end", Kind::Int, Role::Dimension)
        .doc("the last port that is reachable"),
    text("networkReachabilityDetails.protocol", Role::Dimension).doc("TCP or UDP"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("that protocol in small letters"),
    each_of(
        "networkReachabilityDetails.networkPath.componentId",
        &["networkReachabilityDetails.networkPath.steps.0.componentId"],
        STEPS,
    )
    .doc("the way there: gateways, lists, groups, interfaces; each of several"),
    text("codeVulnerabilityDetails.detectorName", Role::Dimension).doc("what found the weakness of the code"),
    text("codeVulnerabilityDetails.cwes", Role::Dimension)
        .each("codeVulnerabilityDetails.cwes")
        .doc("kinds of weakness (CWE); each of several"),
    text("codeVulnerabilityDetails.filePath.filePath", Role::Dimension)
        .aliases(&["file.path"])
        .doc("the file that has it"),
    each_of("resource.id", &["resources.0.id"], "resources")
        .doc("the resources: ids or ARNs; each of several"),
    each_of("resource.type", &["resources.0.type"], "resources")
        .doc("AWS_EC2_INSTANCE, AWS_ECR_CONTAINER_IMAGE, AWS_LAMBDA_FUNCTION and others; each of several"),
    JsonField::computed("cloud.instance.id", Kind::Text, Role::Dimension, &INSTANCE)
        .aliases(&["instanceId"])
        .doc("the instance, if the resource is one"),
    JsonField::new("host.ip", Kind::Ip, Role::Dimension)
        .also(&[ADDRESSES])
        .each(ADDRESSES)
        .made()
        .doc("the instance's addresses; each of several"),
    text("resources.0.details.awsEc2Instance.vpcId", Role::Dimension)
        .aliases(&["vpcId"])
        .doc("the instance's VPC"),
    text("resources.0.details.awsEc2Instance.imageId", Role::Dimension).doc("the instance's image"),
    text("resources.0.details.awsEcrContainerImage.repositoryName", Role::Dimension)
        .aliases(&["container.image.name"])
        .doc("the image's repository"),
    text("resources.0.details.awsEcrContainerImage.imageTags", Role::Dimension)
        .each("resources.0.details.awsEcrContainerImage.imageTags")
        .aliases(&["container.image.tag"])
        .doc("the image's tags; each of several"),
    text("resources.0.details.awsEcrContainerImage.imageHash", Role::Dimension).doc("the image's digest"),
    text("resources.0.details.awsLambdaFunction.functionName", Role::Dimension)
        .aliases(&["faas.name"])
        .doc("the function"),
    text("cloud.region", Role::Dimension)
        .also(&["resources.0.region"])
        .made()
        .doc("the first resource's Region"),
    text("awsAccountId", Role::Dimension).aliases(&["cloud.account.id", "accountId"]).doc("the account"),
    text("remediation.recommendation.text", Role::Identifier).doc("what to do about it"),
    time("updatedAt").doc("when the finding was last updated"),
    time("firstObservedAt").aliases(&["event.start"]).doc("when it was first seen"),
    time("lastObservedAt").aliases(&["event.end"]).doc("when it was last seen"),
    text("findingArn", Role::Identifier).aliases(&["event.id"]).doc("ARN of the finding"),
];

static TRANSPORT: Computed =
    Computed { from: &["networkReachabilityDetails.protocol"], value: flow::small_letters };
static INSTANCE: Computed = Computed {
    from: &["resource.type", "resource.id"],
    value: |cells, _| match cells {
        [Cell::Text(b"AWS_EC2_INSTANCE"), id] => *id,
        _ => Cell::Null,
    },
};

const META: Meta = Meta {
    id: "inspector",
    family: Family::Findings,
    title: "Amazon Inspector findings",
    summary: "Vulnerable packages, reachable ports and weak code, one record per finding and update.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html",
    read_on: "2026-11-26",
    key_shape: "list-findings output, EventBridge events, or {prefix}/{report}.json of a report",
    versions: "Inspector (v2) as EventBridge events, as list-findings gives it, and reports in JSON",
    not_read: "Inspector Classic; summaries of scans, which are put aside; reports in CSV",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it; run it where an EventBridge rule delivers findings"),
    insights: InsightsLog {
        group: "a log group to which an EventBridge rule delivers findings",
        prefix: "detail.",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Gravest open findings, each at its latest update",
        "filter status = \"ACTIVE\"\n| fields @timestamp, severity, inspectorScore, title, resource.id, fixAvailable, exploitAvailable\n| sort @timestamp desc | dedup findingArn | sort inspectorScore desc",
    ),
    ask(
        "Vulnerabilities with a known exploit, by how many resources have them",
        "filter exploitAvailable = \"YES\" | stats count_distinct(resource.id) as resources, max(inspectorScore) as score by vulnerability.id, package.name, fixAvailable | sort resources desc",
    ),
    ask(
        "Ports that are reachable from outside",
        "filter type = \"NETWORK_REACHABILITY\" | stats count(*) as findings by resource.id, host.ip, destination.port, network.transport | sort findings desc",
    ),
    ask(
        "What to update first: packages by findings that have a fix",
        "filter fixAvailable = \"YES\" | stats count_distinct(vulnerability.id) as vulnerabilities, count_distinct(resource.id) as resources, max(inspectorScore) as score by package.name, package.version | sort score desc, resources desc",
    ),
];

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "inspector2-events.ndjson",
        content: crate::sample!("inspector.ndjson"),
        rows: 4,
        rejected: 2,
    },
    Sample {
        name: "list-findings.json",
        content: crate::sample!("inspector_api.json"),
        rows: 2,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{title|vulnerability.id|type|=a finding}**[ ({severity}[, {inspectorScore}])]\
         [ on {first:resource.id}[ and {more:resource.id} more]]\
         [, {?exploitAvailable=YES}**exploit known**][{!status=ACTIVE}, {lower:status}]",
    )
}

#[cfg(test)]
mod tests {
    use super::LOG;
    use crate::formats::{Format, trial::load};

    fn finding(members: &str) -> String {
        format!(
            r#"{{"findingArn":"arn:aws:inspector2:eu-central-1:111122223333:finding/1","awsAccountId":"111122223333","severity":"HIGH","type":"PACKAGE_VULNERABILITY"{members}}}"#
        )
    }

    #[test]
    fn times_are_read_as_each_carrier_writes_them() {
        for time in [
            r#""Mar 5, 2026, 1:02:30 AM""#,
            "\"Mar 5, 2026, 1:02:30\u{202f}AM\"",
            r#""Thu Mar 05 01:02:30.000 UTC 2026""#,
            r#""2026-03-05T01:02:30Z""#,
            "1772672550.0",
        ] {
            let (shard, _) = load(&finding(&format!(r#","updatedAt":{time}"#)));
            assert_eq!(shard.tables[0].row(0).unwrap().show("@timestamp"), "2026-03-05T01:02:30Z", "{time}");
        }
        assert_eq!(load(&finding(r#","updatedAt":"Mar 35, 2026, 1:02:30 AM""#)).1.rejected, 1);
    }

    #[test]
    fn summaries_of_scans_are_put_aside() {
        let scan = r#"{"scan-status":"INITIAL_SCAN_COMPLETE","repository-name":"r"}"#;
        let entry = load(&format!("{}\n{}\n{scan}\n", finding(r#","updatedAt":1772672550"#), finding(""))).1;
        assert_eq!((entry.rows, entry.rejected, entry.skipped), (2, 0, 1));
    }

    #[test]
    fn only_instances_are_instances() {
        for (resources, instance) in [
            (r#"[{"type":"AWS_EC2_INSTANCE","id":"i-1"}]"#, "i-1 | "),
            (r#"[{"type":"AWS_LAMBDA_FUNCTION","id":"arn:x"}]"#, " | "),
            (r#"[{"type":"AWS_ECR_CONTAINER_IMAGE","id":"arn:y","region":"N/A"}]"#, " | "),
            (r#"[{"type":"AWS_EC2_INSTANCE","id":"i-2","region":"eu-central-1"}]"#, "i-2 | eu-central-1"),
            ("[]", " | "),
        ] {
            let (shard, _) = load(&finding(&format!(r#","updatedAt":1772672550,"resources":{resources}"#)));
            let row = shard.tables[0].row(0).unwrap();
            assert_eq!(format!("{} | {}", row.show("cloud.instance.id"), row.show("cloud.region")), instance);
            assert!(!LOG.summary(&row).is_empty());
        }
    }
}
