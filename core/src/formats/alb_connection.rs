//! Connection logs of Application Load Balancers: one line per connection that a client opened, space-separated, the
//! certificate's subject quoted, no header.
//!
//! Lines have had 11, 12 and 15 fields; a dash may stand behind the last one before the vendor releases a field, so any
//! number from 11 on is read. A subject is the client's own text: it ends at the quote behind which a validity, a serial
//! number and a status follow. Not these: the requests on the connection (`alb`), which `conn_trace_id` joins.
//!
//! Decisions: a connection of which no certificate was asked succeeded if it has a protocol; without TLS its outcome is
//! unknown.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField, Tokens,
        cells::{duration, integer, text, timestamp},
        protocol,
        unescaped::{self, Cutter},
        whole,
    },
    tell,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit, time};

/// Connection logs of Application Load Balancers.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut,
    counts: &[11, 12, 13, 14, 15],
    is: is_line,
    what: "have a time, an address, two ports and a protocol of TLS",
    time: &["timestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}

/// In the order of the line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    TokenField::new("timestamp", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["time", "event.end"])
        .athena("from_iso8601_timestamp(time)")
        .doc("when the connection was established, or failed to be"),
    TokenField::new("client_ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    TokenField::new("client_port", Kind::Int, Role::Identifier, integer)
        .aliases(&["source.port", "client.port"])
        .doc("port of the client"),
    TokenField::new("listener_port", Kind::Int, Role::Dimension, integer)
        .aliases(&["destination.port", "server.port"])
        .doc("port of the listener"),
    dimension("tls_protocol").doc("protocol of the TLS connection; none over plain HTTP"),
    dimension("tls_cipher").aliases(&["tls.cipher"]).doc("cipher of the TLS connection"),
    TokenField::new("tls_handshake_latency", Kind::Float, Role::Measure, duration)
        .unit(Unit::Seconds)
        .doc("how long the TLS handshake took; none if it did not complete"),
    dimension("leaf_client_cert_subject").aliases(&["tls.client.subject"]).doc("subject of the client's certificate"),
    dimension("leaf_client_cert_validity").doc("validity of the client's certificate: NotBefore=…;NotAfter=…"),
    dimension("leaf_client_cert_serial_number")
        .aliases(&["tls.client.x509.serial_number"])
        .doc("serial number of the client's certificate"),
    TokenField::new("tls_verify_status", Kind::Text, Role::Status, text)
        .doc("Success, or Failed: and a code; none where no certificate was asked for"),
    TokenField::new("conn_trace_id", Kind::Text, Role::Identifier, text).doc("the connection, as access logs name it"),
    dimension("tls_keyexchange").aliases(&["tls.curve"]).doc("the group of the key exchange"),
    dimension("elb").aliases(&["load_balancer", "observer.name"]).doc("the load balancer: app, its name, its id"),
    TokenField::new("ip_address", Kind::Ip, Role::Dimension, text)
        .aliases(&["destination.ip", "server.ip"])
        .doc("address of the load balancer's node"),
    // Computed.
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena("CASE WHEN tls_verify_status LIKE 'Failed%' THEN 'failure' WHEN nullif(tls_protocol, '-') IS NULL THEN 'unknown' ELSE 'success' END")
        .doc("failure where the client's certificate was refused, unknown without TLS"),
    TokenField::computed("event.reason", Kind::Text, Role::Status, &REASON)
        .aliases(&["error.code"])
        .athena("regexp_extract(tls_verify_status, '^Failed:(.+)$', 1)")
        .doc("why it was refused: ClientCertExpired, ClientCertUntrusted"),
    TokenField::computed("tls.client.not_before", Kind::Time, Role::Timestamp, &NOT_BEFORE).doc("since when the client's certificate is valid"),
    TokenField::computed("tls.client.not_after", Kind::Time, Role::Timestamp, &NOT_AFTER).doc("until when the client's certificate is valid"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &VERSION)
        .athena("regexp_extract(tls_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of TLS: 1.2, 1.3"),
];

static OUTCOME: Computed = Computed {
    from: &["tls_verify_status", "tls_protocol"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(status), _] => {
                if *status == b"Success" {
                    b"success"
                } else {
                    b"failure"
                }
            }
            [_, Cell::Text(_)] => b"success",
            _ => b"unknown",
        })
    },
};
static REASON: Computed = Computed {
    from: &["tls_verify_status"],
    value: |cells, _| match cells.first() {
        Some(Cell::Text(status)) => status.strip_prefix(b"Failed:").map_or(Cell::Null, Cell::Text),
        _ => Cell::Null,
    },
};
static NOT_BEFORE: Computed =
    Computed { from: &["leaf_client_cert_validity"], value: |cells, _| validity(cells, b"NotBefore=") };
static NOT_AFTER: Computed =
    Computed { from: &["leaf_client_cert_validity"], value: |cells, _| validity(cells, b"NotAfter=") };
static VERSION: Computed = Computed { from: &["tls_protocol"], value: protocol::version };

/// One end of `NotBefore=…;NotAfter=…`.
fn validity<'a>(cells: &[Cell<'a>], name: &[u8]) -> Cell<'a> {
    let Some(Cell::Text(text)) = cells.first() else { return Cell::Null };
    let mut parts = text.split(|b| *b == b';').filter_map(|part| part.strip_prefix(name));
    parts.next().and_then(time::parse_iso).map_or(Cell::Null, Cell::Time)
}

/// ```text
/// line = 7word subject *word                     ; each and one space
/// ```
fn cut(record: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    let mut cutter = Cutter::new(record, tokens, most);
    cutter.words(7);
    cutter.quoted(|rest| {
        let mut words = unescaped::words(rest);
        let validity = words.next().unwrap_or_default();
        let status = words.nth(1).unwrap_or_default();
        (validity == b"-" || validity.starts_with(b"NotBefore="))
            && (matches!(status, b"-" | b"Success") || status.starts_with(b"Failed"))
    })?;
    cutter.all()
}

const META: Meta = Meta {
    id: "alb_connection",
    family: Family::Web,
    title: "Application Load Balancer connection logs",
    summary: "Connections of clients to an Application Load Balancer, one record per connection.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/elasticloadbalancing/{region}/{yyyy}/{mm}/{dd}/conn_log_{account}_elasticloadbalancing_{region}_app.{name}.{id}_{end}_{node-ip}_{random}.log.gz",
    versions: "11 to 15 fields (2023 to today), as S3 objects have them",
    not_read: "the JSON, W3C and Parquet forms of vended logs, whose names of fields are not documented",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-alb-connection-logs-table-partition-projection.html>, read
/// as the public Markdown of the guide.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "alb_connection_logs",
        ddl: include_str!("athena/alb_connection.sql"),
        time: "from_iso8601_timestamp(time)",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Client certificates that were refused, and why",
        "filter event.outcome = \"failure\"\n| stats count(*) as refused by client_ip, event.reason, leaf_client_cert_subject\n| sort refused desc",
    ),
    ask(
        "Who connects with which certificate",
        "filter ispresent(leaf_client_cert_subject)\n| stats count(*) as connections, count_distinct(client_ip) as clients, max(tls.client.not_after) as valid_until by leaf_client_cert_subject, leaf_client_cert_serial_number\n| sort connections desc",
    ),
    ask(
        "Old TLS versions still in use",
        "filter ispresent(tls_protocol) and not (tls_protocol in [\"TLSv1.2\", \"TLSv1.3\"])\n| stats count(*) as connections by tls_protocol, tls_cipher, client_ip\n| sort connections desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "conn_log_111122223333_elasticloadbalancing_eu-central-1_app.shop.50dc6c495c0c9188_20260305T0135Z_192.0.2.30_3k2j1h4g.log",
    content: crate::sample!("alb_connection.log"),
    rows: 8,
    rejected: 3,
}];

/// Enough of a line to be no other log's: Classic balancers write a name where this has an address.
fn is_line(line: &[u8]) -> bool {
    if !line.first().is_some_and(u8::is_ascii_digit) || line.get(10) != Some(&b'T') {
        return false;
    }
    let mut tokens = Tokens::default();
    let closed = cut(line, &mut tokens, 11).is_ok();
    let token = |i: usize| tokens.get(line, i).unwrap_or_default().1;
    let protocol = token(4);
    let subject = tokens.get(line, 7).unwrap_or_default().0;
    closed
        && tokens.len() == 11
        && whole(timestamp, token(0)).is_some()
        && whole(super::field::address::ip_address, token(1)).is_some()
        && (2..4).all(|i| whole(integer, token(i)).is_some())
        && (protocol == b"-" || protocol.starts_with(b"TLS") || protocol.starts_with(b"SSL"))
        && (token(6) == b"-" || whole(duration, token(6)).is_some())
        // The certificate's subject is quoted, also where there is none.
        && subject.checked_sub(1).and_then(|quote| line.get(quote)) == Some(&b'"')
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[refused: **{event.reason}**||{!tls_verify_status=Success}refused: **{tls_verify_status}**||**{tls_protocol|=no TLS}**]\
         [, {client_ip}][ → port {listener_port}][, handshake in {s:tls_handshake_latency}]\
         [, {leaf_client_cert_subject}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_logs_are_not_claimed() {
        let own =
            "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA 4.036 \"CN=a b\" - - -";
        assert!(is_line(own.as_bytes()));
        assert!(is_line(own.replace("203.0.113.1", "2001:db8::1").as_bytes()));
        for line in [
            own.replace("203.0.113.1", "my-balancer"),
            own.replace("36280", "36280:"),
            own.replace("TLSv1.2", "10.0.0.1:80"),
            own.replace("4.036", "fast"),
            own.replace("\"CN=a b\"", "CN=a"),
            own.replace("\"CN=a b\"", "\"CN=a b"),
            own.replace("2023-10-04T", "2023-10-04 "),
            String::new(),
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn subjects_end_where_a_validity_follows() {
        for (subject, expected) in [
            ("\"CN=a,O=\"b, c\" d\"", Some("CN=a,O=\"b, c\" d")),
            ("\"CN=\" - - Success\"", Some("CN=\" - - Success")),
            ("\"-\"", Some("-")),
            ("\"\"", Some("")),
            ("\"CN=a", None),
        ] {
            let line =
                format!("t 203.0.113.1 1 443 TLSv1.2 C 0.1 {subject} NotBefore=a;NotAfter=b 01 Success TID");
            let mut tokens = Tokens::default();
            let read = cut(line.as_bytes(), &mut tokens, 15);
            let found = tokens.get(line.as_bytes(), 7).map(|(_, token)| String::from_utf8_lossy(token));
            assert_eq!((read.is_ok(), found.as_deref()), (expected.is_some(), expected), "{line}");
        }
    }

    #[test]
    fn validities_have_two_ends() {
        for (text, before, after) in [
            ("NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z", true, true),
            ("NotAfter=2026-06-17T22:43:21Z", false, true),
            ("NotBefore=2023-09-21T22:43:21Z;NotAfter=never", true, false),
            ("-", false, false),
        ] {
            let cells = [Cell::Text(text.as_bytes())];
            let found = [&b"NotBefore="[..], b"NotAfter="].map(|name| validity(&cells, name) != Cell::Null);
            assert_eq!(found, [before, after], "{text}");
        }
    }
}
