//! EVE records of Suricata (`eve.json`): alerts, flows, and what it saw of DNS, HTTP, TLS, SSH, SMTP and files. One row per record.
//!
//! Not these: Network Firewall's logs, in which such a record stands in `event` (`network_firewall`), `fast.log`, `stats.log`.
//!
//! Decisions: records of `stats` are counters of Suricata itself and are set aside. `flow.start` and `netflow.start` are columns
//! of their own; `@timestamp` is the record's `timestamp`. The action of an alert is the verdict's, where there is one.
//!
//! Source: Suricata user guide, "EVE JSON Format", read 2026-11-27.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::flow, field::json::JsonField, tell,
};
use crate::formats::field::json::{int, text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// EVE records of Suricata.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["event_type", "timestamp", "flow_id", "src_ip"],
    is: |marks| {
        let flow = marks.get(2).is_some() || marks.get(3).is_some();
        flow && marks.get(0).is_some() && marks.get(1).is_some()
    },
    aside: |marks| marks.get(0).is("stats").then_some("counters of Suricata itself"),
    what: "have event_type, timestamp and flow_id",
    time: &["timestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    time("timestamp").aliases(&["event.created"]).doc("when the record was made"),
    text("event_type", Role::Dimension)
        .aliases(&["suricata.eve.event_type"])
        .doc("alert, flow, netflow, dns, http, tls, ssh, smtp, fileinfo, anomaly and others"),
    text("flow_id", Role::Identifier).doc("one id for all records of a flow"),
    text("community_id", Role::Identifier)
        .aliases(&["network.community_id"])
        .doc("Community ID of the flow, where it is switched on"),
    text("in_iface", Role::Dimension)
        .aliases(&["observer.ingress.interface.name"])
        .doc("interface that the packet came in on"),
    JsonField::new("src_ip", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address"])
        .doc("address of the source"),
    int("src_port", Role::Identifier).aliases(&["source.port"]).doc("port of the source"),
    JsonField::new("dest_ip", Kind::Ip, Role::Dimension)
        .aliases(&["destination.ip", "destination.address"])
        .doc("address of the destination"),
    int("dest_port", Role::Dimension).aliases(&["destination.port"]).doc("port of the destination"),
    text("proto", Role::Dimension).doc("the protocol: TCP, UDP, ICMP and others"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("that in small letters, as other logs have it"),
    text("app_proto", Role::Dimension)
        .aliases(&["network.protocol"])
        .doc("the protocol inside: tls, http, dns; failed where it could not be told"),
    text("direction", Role::Dimension).aliases(&["network.direction"]).doc("to_server or to_client"),
    // Alerts.
    text("alert.action", Role::Status).doc("allowed or blocked"),
    text("verdict.action", Role::Status).doc("what became of the packet: pass, drop, reject, alert"),
    JsonField::computed("event.action", Kind::Text, Role::Status, &ACTION)
        .doc("the verdict, else what the alert did"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME).doc(
        "failure where it was dropped, rejected or blocked, success where it was let through, else unknown",
    ),
    int("alert.signature_id", Role::Dimension).aliases(&["rule.id", "sid"]).doc("the rule's number"),
    int("alert.gid", Role::Dimension).doc("the rule's group"),
    int("alert.rev", Role::Dimension).aliases(&["rule.version"]).doc("the rule's revision"),
    text("alert.signature", Role::Dimension).aliases(&["rule.name", "signature"]).doc("the rule's message"),
    text("alert.category", Role::Dimension).aliases(&["rule.category"]).doc("the rule's class"),
    int("alert.severity", Role::Dimension).aliases(&["event.severity", "severity"]).doc("1 is the gravest"),
    // Flows.
    int("flow.pkts_toserver", Role::Measure).aliases(&["source.packets"]).doc("packets to the server"),
    int("flow.pkts_toclient", Role::Measure).aliases(&["destination.packets"]).doc("packets to the client"),
    int("flow.bytes_toserver", Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["source.bytes"])
        .doc("bytes to the server"),
    int("flow.bytes_toclient", Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["destination.bytes"])
        .doc("bytes to the client"),
    time("flow.start").aliases(&["event.start"]).doc("when the flow began"),
    time("flow.end").aliases(&["event.end"]).doc("when its last packet came"),
    text("flow.state", Role::Status).doc("new, established, closed or bypassed"),
    text("flow.reason", Role::Dimension).doc("why it was logged: timeout, forced, shutdown"),
    JsonField::new("flow.alerted", Kind::Bool, Role::Status).doc("whether it gave an alert"),
    int("netflow.pkts", Role::Measure).doc("of one direction of a flow, its packets"),
    int("netflow.bytes", Role::Measure).unit(Unit::Bytes).doc("of one direction of a flow, its bytes"),
    // What was said.
    text("dns.type", Role::Dimension).doc("query or answer; request and response since version 8"),
    text("dns.rrname", Role::Dimension)
        .also(&["dns.queries.0.rrname"])
        .aliases(&["dns.question.name", "query"])
        .doc("the name that was asked for"),
    text("dns.rrtype", Role::Dimension)
        .also(&["dns.queries.0.rrtype"])
        .aliases(&["dns.question.type"])
        .doc("the type that was asked for"),
    text("dns.rcode", Role::Status)
        .aliases(&["dns.response_code"])
        .doc("how it was answered: NOERROR, NXDOMAIN"),
    text("http.hostname", Role::Dimension).aliases(&["url.domain"]).doc("host of a request"),
    text("http.url", Role::Dimension).aliases(&["url.original"]).doc("path and query of a request"),
    text("http.http_method", Role::Dimension).aliases(&["http.request.method"]).doc("its method"),
    text("http.http_user_agent", Role::Dimension).aliases(&["user_agent.original"]).doc("its user agent"),
    text("http.http_refer", Role::Dimension).aliases(&["http.request.referrer"]).doc("its referrer"),
    int("http.status", Role::Status).aliases(&["http.response.status_code"]).doc("status of the response"),
    int("http.length", Role::Measure).unit(Unit::Bytes).doc("bytes of the response's body"),
    text("tls.sni", Role::Dimension)
        .aliases(&["tls.client.server_name"])
        .doc("name that the client asked for in TLS"),
    text("tls.version", Role::Dimension).doc("version of TLS"),
    text("tls.subject", Role::Dimension).doc("subject of the server's certificate"),
    text("tls.issuerdn", Role::Dimension).doc("issuer of that"),
    text("tls.ja3.hash", Role::Identifier).aliases(&["tls.client.ja3"]).doc("JA3 of the client"),
    text("ssh.client.software_version", Role::Dimension).doc("software of an SSH client"),
    text("ssh.server.software_version", Role::Dimension).doc("software of an SSH server"),
    text("smtp.mail_from", Role::Dimension).aliases(&["email.from.address"]).doc("sender of a mail"),
    text("fileinfo.filename", Role::Dimension).aliases(&["file.name"]).doc("name of a file that was seen"),
    int("fileinfo.size", Role::Measure).unit(Unit::Bytes).aliases(&["file.size"]).doc("its size"),
    text("fileinfo.sha256", Role::Identifier)
        .aliases(&["file.hash.sha256"])
        .doc("its SHA-256, where that is made"),
    text("anomaly.type", Role::Dimension).doc("of an anomaly: decode, stream or applayer"),
    text("anomaly.event", Role::Dimension).doc("which anomaly"),
    text("payload_printable", Role::Identifier).doc("the packet's payload as text, where it is logged"),
];

static TRANSPORT: Computed = Computed { from: &["proto"], value: flow::transport };
static ACTION: Computed = Computed {
    from: &["verdict.action", "alert.action"],
    value: |cells, out| match cells.iter().find(|cell| matches!(cell, Cell::Text(_))) {
        Some(action) => flow::small_letters(&[*action], out),
        None => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["verdict.action", "alert.action"],
    value: |cells, _| {
        Cell::Text(match cells.iter().find(|cell| matches!(cell, Cell::Text(_))) {
            Some(Cell::Text(b"drop" | b"reject" | b"blocked")) => b"failure",
            Some(_) => b"success",
            None => b"unknown",
        })
    },
};

const META: Meta = Meta {
    id: "suricata",
    family: Family::Network,
    title: "Suricata EVE",
    summary: "Alerts, flows and what an intrusion detection system saw of DNS, HTTP, TLS and files.",
    framing: Framing::Json,
    page: "https://docs.suricata.io/en/latest/output/eve/eve-json-format.html",
    read_on: "2026-11-27",
    key_shape: "eve.json, or the log group that an agent sends it to",
    versions: "5 to 8: alert, flow, netflow, dns, http, tls, ssh, smtp, fileinfo, anomaly; others by their paths",
    not_read: "stats, which are counters of Suricata itself and are set aside; fast.log, stats.log",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that an agent sends eve.json to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Alerts, the gravest first",
        "filter event_type = \"alert\" | stats count(*) as alerts, count_distinct(src_ip) as sources, min(alert.severity) as severity, latest(@timestamp) as last by alert.signature | sort severity, alerts desc",
    ),
    ask(
        "Who was let through although a rule fired",
        "filter event_type = \"alert\" and event.outcome = \"success\" | stats count(*) as alerts by src_ip, dest_ip, dest_port, alert.signature | sort alerts desc | limit 25",
    ),
    ask(
        "Names that were asked for",
        "filter ispresent(dns.rrname) or ispresent(tls.sni) | stats count(*) as records by coalesce(dns.rrname, tls.sni) as name, event_type | sort records desc | limit 25",
    ),
    ask(
        "Flows by bytes",
        "filter event_type = \"flow\" | stats sum(flow.bytes_toserver) as up, sum(flow.bytes_toclient) as down by src_ip, dest_ip, dest_port | sort up desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "suricata.ndjson", content: crate::sample!("suricata.ndjson"), rows: 11, rejected: 1 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{alert.signature|anomaly.event|event_type}**[, {event.action}][ {src_ip}][ to {dest_ip}]\
         [ port {dest_port}][, {dns.rrname}][, {http.http_method} {http.hostname}{http.url}][, {tls.sni}][, {fileinfo.filename}]",
    )
}
