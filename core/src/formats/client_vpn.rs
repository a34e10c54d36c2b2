//! Connection logs of Client VPN: who connected from where, who was refused, and how much was carried.
//!
//! Not these: tunnels between sites (`vpn`), and failures of mutual authentication, which AWS does not log.
//!
//! Decisions: all values are text in the log and `NA` is no value; counts and times are numbers and times here. A
//! connection is logged again and again with growing counts: take the latest of each `connection-id` and never the sum.
//! `@timestamp` is the last update. The user is the name that was signed in with, else the certificate's.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Connection logs of Client VPN.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["connection-log-type", "connection-id", "client-vpn-endpoint-id"],
    what: "have connection-log-type, connection-id and client-vpn-endpoint-id",
    time: &["connection-last-update-time", "connection-start-time"],
    none: &["NA"],
    summary,
    sources: &["client_vpn_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const fn count(path: &'static str, unit: Unit) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Measure).unit(unit)
}

static FIELDS: &[JsonField] = &[
    text("connection-log-type", Role::Dimension)
        .aliases(&["event.action"])
        .doc("connection-attempt or connection-reset"),
    text("connection-attempt-status", Role::Status)
        .doc("successful, failed or waiting-for-assertion (of SAML)"),
    text("connection-attempt-failure-reason", Role::Status)
        .aliases(&["event.reason", "error.message"])
        .doc("why the attempt failed"),
    text("connection-reset-status", Role::Status)
        .doc("why a connection was reset, such as assertion-received"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success or failure of the attempt, unknown while it waits"),
    text("connection-id", Role::Identifier)
        .aliases(&["event.id"])
        .doc("the connection; its records have growing counts"),
    text("client-vpn-endpoint-id", Role::Dimension).aliases(&["observer.name"]).doc("the endpoint"),
    text("transport-protocol", Role::Dimension).aliases(&["network.transport"]).doc("udp or tcp"),
    JsonField::new("connection-start-time", Kind::Time, Role::Timestamp)
        .aliases(&["event.start"])
        .doc("when the connection began"),
    JsonField::new("connection-last-update-time", Kind::Time, Role::Timestamp)
        .doc("when the record was made; this is `@timestamp`"),
    JsonField::new("connection-end-time", Kind::Time, Role::Timestamp)
        .aliases(&["event.end"])
        .doc("when the connection ended; none while it lasts"),
    JsonField::new("connection-duration-seconds", Kind::Int, Role::Measure)
        .unit(Unit::Seconds)
        .aliases(&["event.duration"])
        .doc("how long the connection lasted"),
    JsonField::new("client-ip", Kind::Ip, Role::Dimension)
        .aliases(&["source.nat.ip"])
        .doc("address that the endpoint gave the client: the one that the VPC's flow logs have"),
    JsonField::new("device-ip", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("public address of the client's device"),
    JsonField::new("port", Kind::Int, Role::Identifier)
        .aliases(&["source.port"])
        .doc("port of the client's device"),
    text("device-type", Role::Dimension).aliases(&["host.os.type"]).doc("win, mac, lin, ios and others"),
    text("common-name", Role::Dimension)
        .aliases(&["x509.subject.common_name"])
        .doc("common name of the client's certificate"),
    text("username", Role::Dimension).doc("the user who signed in, by Active Directory or SAML"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &USER)
        .doc("the user who signed in, else the certificate's common name"),
    count("ingress-bytes", Unit::Bytes).aliases(&["source.bytes"]).doc("bytes from the client so far"),
    count("egress-bytes", Unit::Bytes).aliases(&["destination.bytes"]).doc("bytes to the client so far"),
    count("ingress-packets", Unit::Packets)
        .aliases(&["source.packets"])
        .doc("packets from the client so far"),
    count("egress-packets", Unit::Packets)
        .aliases(&["destination.packets"])
        .doc("packets to the client so far"),
    text("posture-compliance-statuses", Role::Status).doc("what the connect handler found of the device"),
];

static USER: Computed = Computed {
    from: &["username", "common-name"],
    value: |cells, _| cells.iter().copied().find(|cell| matches!(cell, Cell::Text(_))).unwrap_or(Cell::Null),
};
static OUTCOME: Computed = Computed {
    from: &["connection-attempt-status"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"successful")] => b"success",
            [Cell::Text(b"failed")] => b"failure",
            _ => b"unknown",
        })
    },
};

const META: Meta = Meta {
    id: "client_vpn",
    family: Family::Network,
    title: "Client VPN connection logs",
    summary: "Connections of people to Client VPN endpoints: attempts, refusals, what was carried.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html",
    read_on: "2026-11-26",
    key_shape: "the log group and stream that the endpoint's options name",
    versions: "records with 18 to 22 members, as they grew over the years",
    not_read: "failures of mutual authentication, which are not in the log",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that the endpoint's options name", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who connected, from where, how often",
        "filter event.outcome = \"success\"\n| stats count_distinct(`connection-id`) as connections, earliest(@timestamp) as first, latest(@timestamp) as last by user.name, source.ip, `device-type`\n| sort connections desc",
    ),
    ask(
        "Refused attempts, and why",
        "filter event.outcome = \"failure\"\n| stats count(*) as attempts by user.name, source.ip, event.reason\n| sort attempts desc",
    ),
    ask(
        "Users from several addresses",
        "stats count_distinct(source.ip) as addresses, count_distinct(`device-type`) as devices by user.name | filter addresses > 1 | sort addresses desc",
    ),
    ask(
        "Most carried, by connection",
        "stats max(`egress-bytes`) as received, max(`ingress-bytes`) as sent by `connection-id`, user.name | sort received desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "cvpn-endpoint-0a1b2c3d4e5f60718.json",
    content: crate::sample!("client_vpn.ndjson"),
    rows: 6,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**refused {user.name|=somebody}**[ from {source.ip}]\
         [: {event.reason}]||**{user.name|=somebody}** \
         [{?connection-log-type=connection-reset}was reset||{?connection-attempt-status=waiting-for-assertion}signs in||{?connection-end-time}disconnected||connected]\
         [ from {source.ip}]\
         [{?ingress-bytes}{!ingress-bytes=0}, sent {bytes:ingress-bytes|=0 B}, received {bytes:egress-bytes|=0 B}||{?egress-bytes}{!egress-bytes=0}, sent {bytes:ingress-bytes|=0 B}, received {bytes:egress-bytes|=0 B}]]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Decoded, Format, Head, Record};

    #[test]
    fn na_is_no_value_and_no_time() {
        for (members, columns) in [
            ("\"username\":\"alice\",\"common-name\":\"c\"", ["alice", "", "2026-03-05T01:30:02Z"]),
            ("\"username\":\"NA\",\"common-name\":\"c\"", ["c", "", "2026-03-05T01:30:02Z"]),
            ("\"connection-attempt-failure-reason\":\"NA\"", ["", "", "2026-03-05T01:30:02Z"]),
            (
                "\"connection-attempt-failure-reason\":\"NAK\",\"connection-last-update-time\":\"2026-03-05 02:00:00\"",
                ["", "NAK", "2026-03-05T02:00:00Z"],
            ),
            ("\"connection-last-update-time\":\"NA\"", ["", "", "2026-03-05T01:30:02Z"]),
        ] {
            let record = format!(
                "{{\"connection-log-type\":\"x\",\"connection-id\":\"c\",\"client-vpn-endpoint-id\":\"e\",\
                 \"connection-start-time\":\"2026-03-05 01:30:02\",{members}}}"
            );
            let records = [record.as_bytes()];
            let mut decoder = LOG.decoder(&Head::of(Framing::Json, &records));
            let mut table = logloupe_table::Table::new("client_vpn", LOG.fields(), 1);
            let mut row = table.begin();
            let decoded = decoder.decode(&Record { bytes: records[0], envelope_time: None }, &mut row);
            assert_eq!(decoded, Ok(Decoded::Row), "{record}");
            row.commit(0, 1, 1, records[0]);
            table.seal();
            let row = table.row(0).expect("a row");
            assert_eq!(
                ["user.name", "event.reason", "@timestamp"].map(|name| row.show(name)),
                columns,
                "{members}"
            );
        }
    }
}
