//! Events in OCSF, the Open Cybersecurity Schema Framework, as JSON: what Security Lake holds, and what CloudWatch's
//! `parseToOCSF`, the newer Security Hub and tools such as Prowler write. All classes are one table.
//!
//! Parquet files of Security Lake come as JSON lines too.
//!
//! Not these: findings in ASFF (`security_hub`); logs of Verified Access, which are OCSF
//! too and a log of their own.
//!
//! Decisions:
//! - Fields are read by name and never by version. Where versions differ (`cloud.account_uid`, `cloud.account.uid`), the
//!   column has the newer name and the older one is a further path.
//! - `user.name` is who acted, as in other logs: `actor.user.name`, or else the role of the session. OCSF's own `user`, whom
//!   a sign-in or a change is about, is `user.target`.
//! - Class 3005 is API Activity in 1.0.0-rc.2 and User Access Management from 1.0 on; `class` is told by the name that
//!   stands in the event, or else by number and version.
//! - `-` is no value: Security Lake writes it for what a flow does not have.
//! - Times are milliseconds, from some producers seconds: their size tells.

mod class;
mod fields;

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::Json, tell};
use fields::FIELDS;
use logloupe_table::Row;
use logloupe_table::external::{ExternalSchema, InsightsLog};

/// Events in OCSF.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["class_uid", "metadata", "category_uid", "type_uid", "severity_id", "metadata.product.name"],
    is: |marks| {
        let number = |i: usize| marks.get(i).is_some();
        // A log of its own, in an early form of OCSF.
        let other = marks.get(5).is("Verified Access");
        number(0)
            && !other
            && matches!(marks.get(1), Json::Object(_))
            && (number(2) || number(3) || number(4))
    },
    what: "have class_uid and metadata",
    time: &[
        "time",
        "time_dt",
        "finding_info.modified_time",
        "finding_info.modified_time_dt",
        "finding_info.created_time",
        "finding_info.created_time_dt",
        "metadata.logged_time",
    ],
    none: &["-"],
    summary,
    sources: &["securitylake", "ocsf", "amazon_security_lake"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const META: Meta = Meta {
    id: "security_lake",
    family: Family::Audit,
    title: "Security Lake (OCSF) events",
    summary: "Events of any source in the classes of OCSF, one record per event or finding.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html",
    read_on: "2026-11-26",
    key_shape: "ext/{source}/region={region}/accountId={account}/eventDay={yyyymmdd}/{random}.json",
    versions: "OCSF 1.0.0-rc.2 to 1.5 of every class: as Parquet, as JSON in objects, lines, lists, get-findings-v2 and EventBridge events",
    not_read: "fields that no column has are paths",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "Security Lake makes its own tables, one per source and version (amazon_security_lake_table_…_2_0), and AWS \
         documents no statement for them",
    ),
    insights: InsightsLog { group: "a log group whose transformer has parseToOCSF", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "What there is: events by class, product and version",
        "stats count(*) as events, min(@timestamp) as first, max(@timestamp) as last by class, metadata.product.name, metadata.version | sort events desc",
    ),
    ask(
        "API calls that failed, by who made them",
        "filter ispresent(api.operation) and event.outcome = \"failure\"\n| stats count(*) as calls by user.name, api.service.name, api.operation, error.code, source.ip\n| sort calls desc",
    ),
    ask(
        "Sign-ins: who, from where, with MFA or without",
        "filter class_uid = 3002\n| stats count(*) as events by user.name, user.target.name, event.action, event.outcome, is_mfa, source.ip\n| sort events desc",
    ),
    ask(
        "Changes of users, roles and groups",
        "filter class_uid in [3001, 3006, 3007, 3008] | fields @timestamp, event.action, user.target.name, user.name, source.ip, event.outcome | sort @timestamp desc",
    ),
    ask(
        "Findings by severity, each at its latest",
        "filter class_uid >= 2000 and class_uid < 3000\n| fields @timestamp, severity, class, rule.name, resource.id, compliance.status, metadata.product.name\n| sort @timestamp desc | dedup finding_info.uid, resource.id | sort severity_id desc",
    ),
    ask(
        "Most bytes between two addresses",
        "filter ispresent(traffic.bytes) | stats sum(traffic.bytes) as bytes, count(*) as flows by source.ip, destination.ip, destination.port | sort bytes desc | limit 50",
    ),
    ask(
        "Names asked for, and by how many",
        "filter ispresent(dns.question.name) | stats count(*) as queries, count_distinct(source.ip) as clients by dns.question.name, rcode, disposition | sort queries desc | limit 50",
    ),
    ask(
        "What was denied or blocked",
        "filter action = \"Denied\" or disposition in [\"Blocked\", \"Dropped\", \"Rejected\"]\n| stats count(*) as events by class, source.ip, destination.ip, dns.question.name, url.path, rule.id\n| sort events desc",
    ),
    ask(
        "Addresses that occur in several classes of events",
        "filter ispresent(source.ip) | stats count_distinct(class) as classes, count(*) as events, earliest(@timestamp) as first by source.ip | sort classes desc, events desc | limit 50",
    ),
    ask("Events over time by class", "stats count(*) as events by bin(1h), class"),
];

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "security_lake_1.ndjson",
        content: crate::sample!("security_lake.ndjson"),
        rows: 10,
        rejected: 3,
    },
    Sample {
        name: "findings.ocsf.json",
        content: crate::sample!("security_lake_findings.json"),
        rows: 5,
        rejected: 0,
    },
    Sample {
        name: "event.json",
        content: crate::sample!("security_lake_eventbridge.json"),
        rows: 1,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**[{lower:disposition}||{?action=Denied}denied||failed]** ]\
         [**{api.operation|finding_info.title|dns.question.name}**||{?url.path}**\
         [{http.request.method} [{url.domain}]]{url.path}**||**{message}**||**{class|=event}**\
         [ {activity_name}]][{?finding_info.title}[ ({severity})][ on {first:resource.id}]]\
         [ by {user.name}][ for {user.target.name}][, {source.ip|src_endpoint.domain}\
         [ → {destination.ip}]||, → {destination.ip}][, {error.code}]",
    )
}

#[cfg(test)]
mod tests;
