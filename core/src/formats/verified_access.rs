//! Logs of Verified Access: who asked for an application behind it, and whether a policy let them in. OCSF, in the forms
//! 0.1 (the default) and 1.0.0-rc.2.
//!
//! Not these: other logs in OCSF, as Security Lake has them.
//!
//! Decisions: columns have the names of 1.0.0-rc.2 and read what 0.1 calls otherwise (`identity` for `actor`, `activity`,
//! `status_details`) too. Numbers that the log writes as text are numbers here; class and type stay text. A record that
//! Verified Access could not complete has the activity Unknown and is a row as any other.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::{text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Logs of Verified Access.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["metadata.logged_time", "metadata.product.name", "class_uid"],
    is: |marks| marks.all() && marks.get(1).is("Verified Access"),
    what: "are OCSF events of the product Verified Access",
    time: &["ref_time", "time"],
    summary,
    sources: &["verified_access_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const fn ip(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Ip, Role::Dimension)
}

static FIELDS: &[JsonField] = &[
    time("ref_time").doc("when it happened, in microseconds; this is `@timestamp`"),
    time("time").doc("the same, in milliseconds"),
    time("start_time").aliases(&["event.start"]).doc("when the request began"),
    time("end_time").aliases(&["event.end"]).doc("when the response ended"),
    JsonField::new("duration", Kind::Float, Role::Measure)
        .unit(Unit::Seconds)
        .aliases(&["event.duration"])
        .doc("how long it took, in seconds"),
    text("activity_name", Role::Dimension)
        .also(&["activity"])
        .aliases(&["activity", "event.action"])
        .doc("Access Grant or Access Granted, Access Deny or Access Denied, Unknown"),
    text("status", Role::Status).doc("Success, Failure or Unknown"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME).doc("the status in ECS's words"),
    text("status_code", Role::Status)
        .aliases(&["event.code"])
        .doc("100 granted, 200 authentication failed, 300 not authorized"),
    text("status_detail", Role::Status)
        .also(&["status_details"])
        .aliases(&["status_details", "event.reason"])
        .doc("why: Access Granted, Authentication Denied, Authorization Denied"),
    text("class_uid", Role::Dimension).doc("3006 of HTTP and 3003 of TCP endpoints, 208001 in form 0.1"),
    text("class_name", Role::Dimension).doc("Access Activity, Authorization or Access Logs"),
    text("type_name", Role::Dimension).doc("class and activity"),
    text("severity", Role::Dimension).doc("how grave it is"),
    // Who.
    text("actor.user.email_addr", Role::Dimension)
        .also(&["identity.user.email_addr"])
        .aliases(&["user.email"])
        .doc("the user's mail address"),
    text("actor.user.name", Role::Dimension)
        .also(&["identity.user.name"])
        .aliases(&["user.name"])
        .doc("the user's name"),
    text("actor.user.uid", Role::Dimension)
        .also(&["identity.user.uid"])
        .aliases(&["user.id"])
        .doc("the user's id at the trust provider"),
    text("actor.idp.uid", Role::Dimension).also(&["identity.idp.uid"]).doc("the trust provider"),
    text("policy.decision", Role::Status)
        .also(&["actor.authorizations.0.decision", "identity.authorizations.0.decision"])
        .doc("Allow or Deny by the policy; none where it did not come to that"),
    text("policy.name", Role::Dimension)
        .also(&["actor.authorizations.0.policy.name", "identity.authorizations.0.policy.name"])
        .aliases(&["rule.name"])
        .doc("the policy"),
    ip("src_endpoint.ip")
        .aliases(&["source.ip", "source.address", "client.ip", "requestip"])
        .doc("address of the client"),
    JsonField::new("src_endpoint.port", Kind::Int, Role::Identifier)
        .aliases(&["source.port"])
        .doc("port of the client"),
    ip("device.ip").doc("address of the user's device"),
    text("device.type", Role::Dimension).doc("what the device is"),
    text("device.os.name", Role::Dimension)
        .aliases(&["host.os.name"])
        .doc("the device's system, with a device trust provider"),
    // What.
    text("http_request.http_method", Role::Dimension)
        .aliases(&["method", "http.request.method"])
        .doc("the method"),
    text("http_request.url.hostname", Role::Dimension)
        .aliases(&["host", "url.domain"])
        .doc("the application's host"),
    text("http_request.url.path", Role::Dimension).aliases(&["requesturi", "url.path"]).doc("the path"),
    text("http_request.url.text", Role::Identifier)
        .aliases(&["url.original", "url.full"])
        .doc("the whole URL"),
    text("http_request.url.scheme", Role::Dimension).aliases(&["url.scheme"]).doc("https, h2 and others"),
    text("http_request.user_agent", Role::Dimension)
        .aliases(&["useragent", "user_agent.original"])
        .doc("the client's User-Agent header"),
    text("http_request.version", Role::Dimension).doc("HTTP/1.1, HTTP/2.0"),
    JsonField::new("http_response.code", Kind::Int, Role::Status)
        .aliases(&["statuscode", "http.response.status_code"])
        .doc("status of the response"),
    ip("proxy.ip").aliases(&["observer.ip"]).doc("address of the instance"),
    text("proxy.uid", Role::Dimension).aliases(&["observer.name"]).doc("the Verified Access instance"),
    text("message", Role::Identifier).doc("a remark"),
    text("metadata.uid", Role::Identifier).aliases(&["trace.id", "event.id"]).doc("the request's trace id"),
    text("metadata.version", Role::Dimension).doc("version of OCSF: 0.1 or 1.0.0-rc.2"),
    time("metadata.logged_time").doc("when the record was made"),
];

static OUTCOME: Computed = Computed {
    from: &["status"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"Success")] => b"success",
            [Cell::Text(b"Failure")] => b"failure",
            _ => b"unknown",
        })
    },
};

const META: Meta = Meta {
    id: "verified_access",
    family: Family::Audit,
    title: "Verified Access logs",
    summary: "Requests to applications behind Verified Access: who, from where, and what the policy said.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/verified-access/latest/ug/access-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/verified-access/{region}/{yyyy}/{mm}/{dd}/… , or a log group of your own",
    versions: "OCSF 0.1 and 1.0.0-rc.2, HTTP and TCP endpoints",
    not_read: "the trust context (`data`), which is no column but can be asked for by its path",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog {
        group: "the log group that the instance's logging configuration names",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who was denied, and why",
        "filter event.outcome = \"failure\"\n| stats count(*) as requests by status_detail, user.email, source.ip, url.domain\n| sort requests desc",
    ),
    ask(
        "Users from several addresses",
        "filter ispresent(user.email)\n| stats count_distinct(source.ip) as addresses, count(*) as requests by user.email\n| filter addresses > 1\n| sort addresses desc",
    ),
    ask(
        "Applications by user",
        "filter event.outcome = \"success\" | stats count(*) as requests by url.domain, user.email | sort requests desc",
    ),
    ask("Outcomes over time", "stats count(*) as requests by bin(5m), event.outcome"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "vai-0a1b2c3d4e5f60718_20260305T0130Z.log",
    content: crate::sample!("verified_access.ndjson"),
    rows: 6,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**denied **||{?event.outcome=success}||**unknown **]**{user.email|user.name|source.ip|=somebody}**\
         [ {http_request.http_method}][ {url.original|url.domain}]\
         [{?event.outcome=failure}: {status_detail}]",
    )
}
