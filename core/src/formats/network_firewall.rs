//! Logs of Network Firewall: alerts, flows and TLS events. Suricata's own record of each stands in `event`.
//!
//! Not these: flow logs of VPCs, Suricata's own EVE files (without the firewall's name), and CloudWatch metrics.
//!
//! Decisions: the three logs are one table; `event.event_type` tells them apart, and is missing in TLS events, as it is in
//! the log. `@timestamp` is Suricata's time, which has microseconds; `event_timestamp` is the firewall's, in seconds. A
//! request in HTTP/2 has its host, method and path among its headers: `url.domain` and its like are both. A flow's
//! record is one direction of it; `event.flow_id` and `network.community_id` pair them.

#[cfg(test)]
mod tests;

use super::{
    Family, Fault, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{
        flow,
        json::{self, Json, JsonField, JsonRow, Reader},
    },
    flow_log,
};
use crate::formats::field::json::{int, text};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, RowWriter, Unit};

/// Logs of Network Firewall.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["firewall_name", "event_timestamp", "event"],
    what: "have firewall_name, event_timestamp and event",
    time: &["event.timestamp", "event_timestamp"],
    none: &["-"],
    extra: &[
        "event.http.hostname",
        "event.http.http_method",
        "event.http.url",
        "event.http.http_user_agent",
        "event.http.request_headers",
    ],
    derived: &REQUEST,
    derive,
    summary,
    sources: &["network_firewall_logs", "network_firewall_alert_logs", "network_firewall_netflow_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

/// What is derived of a request, in the order of `extra`.
const REQUEST: [&str; 4] = ["url.domain", "http.request.method", "url.original", "user_agent.original"];

static FIELDS: &[JsonField] = &[
    text("firewall_name", Role::Dimension).aliases(&["observer.name"]).doc("the firewall"),
    text("availability_zone", Role::Dimension)
        .aliases(&["cloud.availability_zone"])
        .doc("the availability zone of the firewall's endpoint"),
    JsonField::computed("cloud.region", Kind::Text, Role::Dimension, &REGION)
        .athena("regexp_replace(availability_zone, '[a-z]$', '')")
        .doc("the region, by the availability zone's name"),
    JsonField::new("event_timestamp", Kind::Time, Role::Timestamp)
        .unit(Unit::EpochSeconds)
        .athena("from_unixtime(CAST(event_timestamp AS bigint))")
        .doc("when the record was made, in seconds"),
    JsonField::new("event.timestamp", Kind::Time, Role::Timestamp)
        .athena("from_iso8601_timestamp(event.timestamp)")
        .doc("when it happened, in microseconds; this is `@timestamp`"),
    text("event.event_type", Role::Dimension).aliases(&["event_type"]).doc("alert or netflow; TLS events have none, or tls"),
    text("event.flow_id", Role::Identifier)
        .athena("CAST(event.flow_id AS varchar)")
        .aliases(&["flow_id"])
        .doc("one id for all records of a flow, in both directions"),
    JsonField::new("event.src_ip", Kind::Ip, Role::Dimension)
        .aliases(&["src_ip", "source.ip", "source.address"])
        .doc("address of the source"),
    int("event.src_port", Role::Identifier).aliases(&["src_port", "source.port"]).doc("port of the source"),
    JsonField::new("event.dest_ip", Kind::Ip, Role::Dimension)
        .aliases(&["dest_ip", "destination.ip", "destination.address"])
        .doc("address of the destination"),
    int("event.dest_port", Role::Dimension)
        .aliases(&["dest_port", "destination.port"])
        .doc("port of the destination"),
    text("event.proto", Role::Dimension).aliases(&["proto"]).doc("the protocol: TCP, UDP, ICMP and others"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .athena("lower(event.proto)")
        .doc("that in small letters, as other logs have it"),
    text("event.app_proto", Role::Dimension)
        .aliases(&["app_proto", "network.protocol"])
        .doc("the protocol inside: tls, http, http2, dns; unknown or failed where it could not be told"),
    text("event.direction", Role::Dimension).aliases(&["network.direction"]).doc("to_server or to_client"),
    text("event.pkt_src", Role::Dimension).doc("where the packet came from, such as geneve encapsulation"),
    int("event.icmp_type", Role::Dimension).doc("type of an ICMP message"),
    int("event.icmp_code", Role::Dimension).doc("code of an ICMP message"),
    // Alerts.
    text("event.alert.action", Role::Status).doc("allowed or blocked"),
    text("event.verdict.action", Role::Status).doc("what became of the packet: pass, drop, reject, alert"),
    JsonField::computed("event.action", Kind::Text, Role::Status, &ACTION)
        .athena("coalesce(event.verdict.action, event.revocation_check.action, event.alert.action)")
        .doc("the verdict, as far as there is one: else what the revocation check or the alert did"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena(
            "CASE WHEN lower(coalesce(event.verdict.action, event.revocation_check.action, event.alert.action)) IN ('drop', 'reject', 'blocked') OR event.tls_error.error_message IS NOT NULL THEN 'failure' WHEN coalesce(event.verdict.action, event.revocation_check.action, event.alert.action) IS NULL THEN 'unknown' ELSE 'success' END",
        )
        .doc("failure where it was dropped, rejected or blocked or TLS failed, success where it was let through"),
    int("event.alert.signature_id", Role::Dimension).aliases(&["rule.id", "sid"]).doc("the rule's number"),
    int("event.alert.rev", Role::Dimension).aliases(&["rule.version"]).doc("the rule's revision"),
    int("event.alert.gid", Role::Dimension).doc("the rule's group"),
    text("event.alert.signature", Role::Dimension)
        .aliases(&["rule.name", "signature"])
        .doc("the rule's message; none of rules without one"),
    text("event.alert.category", Role::Dimension).aliases(&["rule.category"]).doc("the rule's class"),
    int("event.alert.severity", Role::Dimension)
        .aliases(&["event.severity", "severity"])
        .doc("1 is the gravest, 3 the least"),
    text("event.aws_category", Role::Dimension)
        .doc("the categories of the domain that was asked for, a JSON list as text"),
    // Requests.
    JsonField::derived("url.domain", Kind::Text, Role::Dimension)
        .athena("event.http.hostname")
        .doc("the host of an HTTP request, of HTTP/2 too"),
    JsonField::derived("http.request.method", Kind::Text, Role::Dimension)
        .athena("event.http.http_method")
        .doc("the method of an HTTP request"),
    JsonField::derived("url.original", Kind::Text, Role::Identifier)
        .athena("event.http.url")
        .doc("the path and query of an HTTP request"),
    JsonField::derived("user_agent.original", Kind::Text, Role::Dimension)
        .athena("event.http.http_user_agent")
        .doc("the User-Agent header of an HTTP request"),
    int("event.http.status", Role::Status)
        .aliases(&["http.response.status_code"])
        .doc("status of the response"),
    text("event.http.protocol", Role::Dimension).doc("HTTP/1.1 and others"),
    int("event.http.length", Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["http.response.bytes"])
        .doc("size of the response's body"),
    text("dns.question.name", Role::Dimension)
        .also(&["event.dns.query.0.rrname", "event.dns.queries.0.rrname", "event.dns.rrname"])
        .each("event.dns.query")
        .made()
        .doc("the name that a DNS query asked for"),
    text("dns.question.type", Role::Dimension)
        .also(&["event.dns.query.0.rrtype", "event.dns.queries.0.rrtype", "event.dns.rrtype"])
        .each("event.dns.query")
        .made()
        .doc("the type of record that it asked for"),
    // TLS.
    text("event.tls.sni", Role::Dimension)
        .also(&["event.sni"])
        .athena("coalesce(event.tls.sni, event.sni)")
        .aliases(&["tls.client.server_name", "sni"])
        .doc("the server name that the client asked for"),
    text("event.tls.version", Role::Dimension).aliases(&["tls.version"]).doc("the version of TLS, or UNDETERMINED"),
    text("event.tls.subject", Role::Dimension).aliases(&["tls.server.subject"]).doc("subject of the server's certificate"),
    text("event.tls.issuerdn", Role::Dimension)
        .also(&["event.tls.issuer"])
        .aliases(&["tls.server.issuer"])
        .doc("issuer of the server's certificate"),
    text("event.tls.ja3.hash", Role::Dimension).aliases(&["tls.client.ja3"]).doc("JA3 fingerprint of the client"),
    JsonField::new("event.tls_inspected", Kind::Bool, Role::Dimension).doc("whether the firewall looked into TLS"),
    text("event.tls_error.error_message", Role::Status).aliases(&["error.message"]).doc("why TLS failed"),
    text("event.revocation_check.status", Role::Status).doc("REVOKED, UNKNOWN and others"),
    text("event.revocation_check.action", Role::Status).doc("what was done then: PASS, DROP, REJECT"),
    text("event.revocation_check.leaf_cert_fpr", Role::Identifier).doc("fingerprint of the server's certificate"),
    // Flows.
    int("event.netflow.pkts", Role::Measure)
        .unit(Unit::Packets)
        .aliases(&["network.packets", "source.packets"])
        .doc("packets from source to destination"),
    int("event.netflow.bytes", Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["network.bytes", "source.bytes"])
        .doc("bytes from source to destination"),
    JsonField::new("event.netflow.start", Kind::Time, Role::Timestamp)
        .athena("from_iso8601_timestamp(event.netflow.start)")
        .aliases(&["event.start"])
        .doc("first packet of the flow"),
    JsonField::new("event.netflow.end", Kind::Time, Role::Timestamp)
        .athena("from_iso8601_timestamp(event.netflow.\"end\")")
        .aliases(&["event.end"])
        .doc("last packet of the flow"),
    int("event.netflow.age", Role::Measure).unit(Unit::Seconds).aliases(&["event.duration"]).doc("how long it lasted, in seconds"),
    int("event.netflow.min_ttl", Role::Measure).doc("least time to live of its packets"),
    int("event.netflow.max_ttl", Role::Measure).doc("most time to live of its packets"),
    text("event.tcp.tcp_flags", Role::Dimension).doc("TCP flags seen, or-ed, in hexadecimal"),
    JsonField::computed("tcp.flags", Kind::Text, Role::Dimension, &FLAGS)
        .doc("the TCP flags in words, from the lowest bit on"),
    JsonField::computed("network.community_id", Kind::Text, Role::Identifier, &COMMUNITY_ID)
        .doc("Community ID: one id for both directions of a flow, as VPC flow logs and other tools have it; none for ICMP"),
];

static REGION: Computed = Computed {
    from: &["availability_zone"],
    value: |cells, _| match cells {
        [Cell::Text([region @ .., b'a'..=b'z'])] if region.last().is_some_and(u8::is_ascii_digit) => {
            Cell::Text(region)
        }
        _ => Cell::Null,
    },
};
static TRANSPORT: Computed = Computed { from: &["event.proto"], value: flow::transport };
static ACTION: Computed = Computed {
    from: &["event.verdict.action", "event.revocation_check.action", "event.alert.action"],
    value: |cells, out| match cells.iter().find(|cell| matches!(cell, Cell::Text(_))) {
        Some(action) => flow::small_letters(&[*action], out),
        None => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &[
        "event.verdict.action",
        "event.revocation_check.action",
        "event.alert.action",
        "event.tls_error.error_message",
    ],
    value: |cells, _| {
        let (actions, error) = cells.split_at(cells.len().min(3));
        let action = actions.iter().find_map(|cell| match cell {
            Cell::Text(action) => Some(*action),
            _ => None,
        });
        let stopped = |action: &[u8]| {
            [&b"drop"[..], b"reject", b"blocked"].iter().any(|stop| stop.eq_ignore_ascii_case(action))
        };
        Cell::Text(match action {
            _ if matches!(error, [Cell::Text(_)]) => b"failure",
            Some(action) if stopped(action) => b"failure",
            Some(_) => b"success",
            None => b"unknown",
        })
    },
};
static FLAGS: Computed = Computed {
    from: &["event.tcp.tcp_flags"],
    value: |cells, out| match cells {
        [Cell::Text(hex)] => {
            match std::str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(flags) => flow::tcp_flags(&[Cell::Int(flags as i64)], out),
                None => Cell::Null,
            }
        }
        _ => Cell::Null,
    },
};
static COMMUNITY_ID: Computed = Computed {
    from: &["event.src_ip", "event.dest_ip", "event.src_port", "event.dest_port", "event.proto"],
    value: flow::community_id,
};

/// The host, method, path and agent of a request, which HTTP/2 has among its headers.
fn derive(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    const HEADERS: [&[u8]; 4] = [b":authority", b":method", b":path", b"user-agent"];
    let (mut found, mut scratch) = ([false; HEADERS.len()], Vec::new());
    let mut set = |i: usize, value: Json<'_>| {
        if value.is_some() && !std::mem::replace(&mut found[i], true) {
            row.set(places[i], value.cell(Kind::Text, Unit::None, &mut scratch));
        }
    };
    for i in 0..HEADERS.len() {
        set(i, read.extra(i));
    }
    if let Json::Array(headers) = read.extra(HEADERS.len()) {
        let mut reader = Reader::new(&["name", "value"]);
        json::each(headers, |header| {
            if let Json::Object(header) = header
                && let Ok(values) = reader.read(header)
                && let Some(name) = values.get(0).text()
                && let Some(i) = HEADERS.iter().position(|own| own.eq_ignore_ascii_case(&name))
            {
                set(i, values.get(1));
            }
            true
        });
    }
    Ok(())
}

const META: Meta = Meta {
    id: "network_firewall",
    family: Family::Network,
    title: "Network Firewall logs",
    summary: "What firewalls alerted on and blocked, the flows that they saw, and failures of TLS.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/network-firewall/{alert, flow or tls}/{region}/{firewall}/{yyyy}/{mm}/{dd}/{hh}/{account}_network-firewall_{type}_{region}_{firewall}_{yyyymmddhhmm}_{hash}.log.gz",
    versions: "alert, flow (netflow) and TLS logs, with HTTP, HTTP/2, TLS and DNS parts, from S3, CloudWatch Logs and Firehose",
    not_read: "Suricata's own EVE files, which lack the firewall's name",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-network-firewall-logs-sample-alert-logs-table.html> and
/// the page of the netflow table beside it, read 2026-11-26. Both are one statement here, completed with the members that
/// records have today, as the pages advise.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "network_firewall_logs",
        ddl: include_str!("athena/network_firewall.sql"),
        time: "from_iso8601_timestamp(event.timestamp)",
        null_text: None,
        roots: &[],
        notes: &[
            "AWS documents one table for alerts and one for netflows; this one has the columns of both, and reads either folder",
        ],
    }),
    insights: InsightsLog {
        group: "the log group that the firewall's logging configuration names",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "What was blocked, by rule",
        "filter event.outcome = \"failure\" and ispresent(event.alert.action)\n| stats count(*) as alerts, count_distinct(event.src_ip) as sources by event.alert.signature_id, event.alert.signature, event.alert.category\n| sort alerts desc",
    ),
    ask(
        "Alerts of the gravest kind that were let through",
        "filter event.alert.severity = 1 and event.outcome = \"success\"\n| stats count(*) as alerts by event.alert.signature, event.src_ip, event.dest_ip, event.dest_port\n| sort alerts desc",
    ),
    ask(
        "Hosts inside that alerts name most",
        "filter event.event_type = \"alert\"\n| stats count(*) as alerts, count_distinct(event.alert.signature_id) as rules by event.src_ip\n| sort alerts desc\n| limit 25",
    ),
    ask(
        "Domains that were asked for and blocked: by HTTP, TLS and DNS",
        "filter event.outcome = \"failure\"\n| stats count(*) as alerts by coalesce(url.domain, event.tls.sni, dns.question.name) as domain, event.src_ip\n| filter ispresent(domain)\n| sort alerts desc",
    ),
    ask(
        "Most data out, by flow",
        "filter event.event_type = \"netflow\"\n| stats sum(event.netflow.bytes) as total, sum(event.netflow.pkts) as packets by event.src_ip, event.dest_ip, event.dest_port\n| sort total desc\n| limit 25",
    ),
    ask(
        "Traffic whose protocol is not what its port says",
        "filter event.app_proto in [\"unknown\", \"failed\"] and event.dest_port in [80, 443, 53]\n| stats count(*) as flows by event.src_ip, event.dest_ip, event.dest_port, event.app_proto\n| sort flows desc",
    ),
    ask(
        "TLS that failed, or a certificate that was revoked",
        "filter ispresent(event.tls_error.error_message) or ispresent(event.revocation_check.status)\n| stats count(*) as failures by event.tls.sni, event.dest_ip, event.tls_error.error_message, event.revocation_check.status\n| sort failures desc",
    ),
    ask(
        "Alerts over time by what became of them",
        "filter event.event_type = \"alert\" | stats count(*) as alerts by bin(5m), event.action",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "111122223333_network-firewall_alert_eu-central-1_edge_202603050130_6e7f8091.log",
    content: crate::sample!("network_firewall.ndjson"),
    rows: 13,
    rejected: 3,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    let verdict = match (row.said("event.alert.action"), row.show("event.outcome").as_str()) {
        (_, "failure") if row.said("event.tls_error.error_message").is_some() => Some("TLS error"),
        (None, "failure") => Some("certificate"),
        (Some(_), "failure") => Some("blocked"),
        (Some(_), _) => Some("alert"),
        _ => None,
    };
    let mut more = String::new();
    let domain = row.said("url.domain").or(row.said("event.tls.sni")).or(row.said("dns.question.name"));
    let why = row
        .said("event.tls_error.error_message")
        .or(row.said("event.revocation_check.status"))
        .or(row.said("event.alert.signature"))
        .or(row.said("event.alert.signature_id").map(|id| format!("rule {id}")));
    for part in [domain, why].into_iter().flatten() {
        more.push_str(&format!(", {part}"));
    }
    flow_log::sentence(row, verdict, &more)
}
