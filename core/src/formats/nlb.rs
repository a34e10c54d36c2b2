//! Access logs of Network Load Balancers: one line per connection to a TLS listener, space-separated, no header.
//!
//! Not these: connections to TCP and UDP listeners, which the balancer does not log (VPC flow logs have them).
//!
//! Decisions: `client:port` and `destination:port` are two columns each; an IPv6 address has no brackets, so the port
//! stands behind the last colon. The list of ALPN names stays as written, its quotes included. Times have no zone and
//! are UTC. A connection whose handshake has no time did not complete it.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField, Tokens,
        cells::{host, integer, port, text, timestamp},
        whole,
    },
    tell,
    text_log::spaces,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Access logs of Network Load Balancers.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut: spaces,
    counts: &[21, 22],
    is: is_line,
    what: "begin with tls, a version, a time and a load balancer",
    time: &["time", "tls_connection_creation_time"],
    summary,
    sources: &["nlb_tls_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn measure(name: &'static str, unit: Unit) -> TokenField {
    TokenField::new(name, Kind::Int, Role::Measure, integer).unit(unit)
}

/// In the order of the line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    dimension("type").aliases(&["network.protocol"]).athena("type").doc("the listener's protocol: tls"),
    dimension("version").doc("version of the entry"),
    TokenField::new("time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["timestamp", "event.end"])
        .athena("from_iso8601_timestamp(time)")
        .doc("when the connection ended, UTC, in seconds"),
    dimension("elb").aliases(&["load_balancer", "observer.name"]).doc("the load balancer: net, its name, its id"),
    dimension("listener").aliases(&["listener_id"]).doc("the listener's id"),
    TokenField::new("client_ip", Kind::Ip, Role::Dimension, host)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    TokenField::again("client_port", Kind::Int, Role::Identifier, port)
        .aliases(&["source.port", "client.port"])
        .doc("port of the client"),
    TokenField::new("destination_ip", Kind::Ip, Role::Dimension, host)
        .aliases(&["target_ip", "destination.ip", "server.ip"])
        .doc("address of the listener, or of the VPC endpoint through which the client came"),
    TokenField::again("destination_port", Kind::Int, Role::Dimension, port)
        .aliases(&["target_port", "destination.port", "server.port"])
        .doc("port of the listener"),
    measure("connection_time", Unit::Millis).aliases(&["tcp_connection_time_ms"]).athena("CAST(tcp_connection_time_ms AS bigint)").doc("how long the connection lasted, the handshake included"),
    measure("tls_handshake_time", Unit::Millis).aliases(&["tls_handshake_time_ms"]).athena("CAST(tls_handshake_time_ms AS bigint)").doc("from the TCP connection to the end of the TLS handshake; none if it did not complete"),
    measure("received_bytes", Unit::Bytes).aliases(&["source.bytes"]).doc("bytes from the client, decrypted"),
    measure("sent_bytes", Unit::Bytes).aliases(&["bytes", "destination.bytes"]).doc("bytes to the client, before encryption"),
    TokenField::new("incoming_tls_alert", Kind::Int, Role::Status, integer)
        .aliases(&["error.code"])
        .doc("the TLS alert that the client sent, by its number; 0 is an ordinary end"),
    dimension("chosen_cert_arn").aliases(&["cert_arn"]).doc("the certificate presented to the client"),
    dimension("chosen_cert_serial").aliases(&["certificate_serial"]).athena("nullif(certificate_serial, '-')").doc("reserved: always empty so far"),
    dimension("tls_cipher").aliases(&["tls_cipher_suite", "tls.cipher"]).doc("the cipher suite that was agreed on"),
    dimension("tls_protocol_version").doc("the TLS version as the log has it: tlsv12"),
    dimension("tls_keyexchange").aliases(&["tls_named_group", "tls.curve"]).doc("the group of the key exchange"),
    dimension("domain_name")
        .percent()
        .aliases(&["url.domain", "tls.client.server_name"])
        .doc("the name that the client asked for in the TLS handshake (SNI), percent-decoded"),
    dimension("alpn_fe_protocol").aliases(&["tls.next_protocol"]).doc("the protocol agreed on with the client: h2, http/1.1, http/1.0"),
    dimension("alpn_be_protocol").doc("the protocol agreed on with the target"),
    dimension("alpn_client_preference_list").doc("the protocols that the client offered, each in quotes, cut at 256 bytes"),
    TokenField::new("tls_connection_creation_time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["event.start"])
        .athena("from_iso8601_timestamp(nullif(nullif(tls_connection_creation_time, '-'), ''))")
        .doc("when the connection began, UTC; not in logs before 2023"),
    // Computed.
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena("CASE WHEN tls_handshake_time_ms IS NULL OR incoming_tls_alert > 0 THEN 'failure' ELSE 'success' END")
        .doc("failure where the handshake did not complete or the client sent an alert"),
    TokenField::computed("tls_alert", Kind::Text, Role::Status, &ALERT)
        .aliases(&["event.reason"])
        .doc("the name of the alert, as RFC 8446 and its forerunners have it"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &VERSION)
        .doc("the version of TLS: 1.2, 1.3"),
];

static OUTCOME: Computed = Computed {
    from: &["tls_handshake_time", "incoming_tls_alert"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Int(_), Cell::Null | Cell::Int(0)] => b"success",
            _ => b"failure",
        })
    },
};
static ALERT: Computed = Computed { from: &["incoming_tls_alert"], value: alert };
static VERSION: Computed = Computed { from: &["tls_protocol_version"], value: version };

/// IANA, TLS Alerts: <https://www.iana.org/assignments/tls-parameters/>, read 2026-11-26.
const ALERTS: &[(i64, &str)] = &[
    (0, "close_notify"),
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (21, "decryption_failed"),
    (22, "record_overflow"),
    (30, "decompression_failure"),
    (40, "handshake_failure"),
    (41, "no_certificate"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (90, "user_canceled"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (112, "unrecognized_name"),
    (116, "certificate_required"),
    (120, "no_application_protocol"),
];

fn alert<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Int(number)) = cells.first() else { return Cell::Null };
    let known = ALERTS.iter().find(|(alert, _)| alert == number);
    known.map_or(Cell::Null, |(_, name)| Cell::Text(name.as_bytes()))
}

/// `tlsv12` as `1.2`.
fn version<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match cells.first() {
        Some(Cell::Text([.., major @ b'0'..=b'9', minor @ b'0'..=b'9'])) => {
            out.extend([*major, b'.', *minor]);
            Cell::Text(out)
        }
        _ => Cell::Null,
    }
}

const META: Meta = Meta {
    id: "nlb",
    family: Family::Web,
    title: "Network Load Balancer access logs",
    summary: "TLS connections to a Network Load Balancer, one record per connection.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/elasticloadbalancing/{region}/{yyyy}/{mm}/{dd}/{account}_elasticloadbalancing_{region}_net.{name}.{id}_{end}_{random}.log.gz",
    versions: "version 2.0 with 21 and 22 fields (2018 to today), as S3 objects have them",
    not_read: "the JSON, W3C and Parquet forms of vended logs, whose names of fields are not documented; only TLS listeners are logged",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/networkloadbalancer-classic-logs.html>, read 2026-11-26.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "nlb_tls_logs",
        ddl: include_str!("athena/nlb.sql"),
        time: "from_iso8601_timestamp(time)",
        null_text: Some("-"),
        roots: &[],
        notes: &["the table has no partitions: every file under the location is read"],
    }),
    insights: InsightsLog {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask("Connections over time by outcome", "stats count(*) as connections by bin(5m), event.outcome"),
    ask(
        "Handshakes that failed, by client and alert",
        "filter event.outcome = \"failure\"\n| stats count(*) as failed by client_ip, tls_alert, domain_name, destination_port\n| sort failed desc\n| limit 50",
    ),
    ask(
        "Who sent and received most",
        "stats sum(received_bytes) as received, sum(sent_bytes) as sent, count(*) as connections by client_ip | sort sent desc | limit 25",
    ),
    ask(
        "Names asked for (SNI), and connections without one",
        "stats count(*) as connections, count_distinct(client_ip) as clients by domain_name, elb | sort connections desc | limit 50",
    ),
    ask(
        "Old TLS versions still in use",
        "filter tls_protocol_version in [\"tlsv1\", \"tlsv10\", \"tlsv11\"]\n| stats count(*) as connections by tls_protocol_version, tls_cipher, client_ip\n| sort connections desc",
    ),
    ask(
        "Longest connections: tunnels and remote control",
        "fields @timestamp, client_ip, domain_name, connection_time, received_bytes, sent_bytes | sort connection_time desc | limit 25",
    ),
    ask(
        "Clients that only knock: no bytes at all",
        "filter received_bytes = 0 and sent_bytes = 0\n| stats count(*) as connections, count_distinct(destination_port) as ports by client_ip\n| sort connections desc\n| limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "111122223333_elasticloadbalancing_eu-central-1_net.edge.0a1b2c3d4e5f6071_20260305T0135Z_3k2j1h4g.log",
    content: crate::sample!("nlb.log"),
    rows: 9,
    rejected: 3,
}];

/// Enough of a line to be no other log's.
fn is_line(line: &[u8]) -> bool {
    if !line.starts_with(b"tls ") {
        return false;
    }
    let mut tokens = Tokens::default();
    tokens.split(line, b' ', 7);
    let token = |i: usize| tokens.get(line, i).unwrap_or_default().1;
    let version = token(1);
    tokens.len() == 7
        && version.first().is_some_and(u8::is_ascii_digit)
        && version.iter().all(|b| b.is_ascii_digit() || *b == b'.')
        && whole(timestamp, token(2)).is_some()
        && token(3).contains(&b'/')
        && matches!(whole(port, token(5)), Some(Cell::Int(_)))
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**\
         [TLS alert {tls_alert|incoming_tls_alert}||TLS handshake not completed]** {domain_name|destination_ip|elb|=-}||TLS \
         [{tls.version} ]**{domain_name|destination_ip|elb|=-}**][, received {bytes:received_bytes}]\
         [, sent {bytes:sent_bytes}][ in {ms:connection_time}][, {client_ip}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_balancers_are_not_claimed() {
        let own = "tls 2.0 2018-12-20T02:59:40 net/lb/c6e77e28c25b2234 g3d4 192.0.2.154:51341 ";
        assert!(is_line(own.as_bytes()));
        for line in [
            own.replace("tls ", "https "),
            own.replace("2.0", "two"),
            own.replace("2018-12-20", "2018-13-20"),
            own.replace("net/lb/c6e77e28c25b2234", "lb"),
            own.replace(":51341", ""),
            own.trim_end().to_owned(),
            String::new(),
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn versions_and_alerts_have_names() {
        for (text, expected) in [("tlsv12", "1.2"), ("tlsv10", "1.0"), ("tls", ""), ("tlsv1", ""), ("", "")] {
            let expected = if expected.is_empty() { Cell::Null } else { Cell::Text(expected.as_bytes()) };
            assert_eq!(version(&[Cell::Text(text.as_bytes())], &mut Vec::new()), expected, "{text}");
        }
        for (number, name) in [
            (0, "close_notify"),
            (46, "certificate_unknown"),
            (48, "unknown_ca"),
            (120, "no_application_protocol"),
        ] {
            assert_eq!(alert(&[Cell::Int(number)], &mut Vec::new()), Cell::Text(name.as_bytes()));
        }
        assert_eq!(alert(&[Cell::Int(7)], &mut Vec::new()), Cell::Null);
    }
}
