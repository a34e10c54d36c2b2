//! CloudFront connection logs: TLS handshakes with distributions that ask viewers for a certificate (mutual TLS), with the
//! fields and the order that the user chose, as JSON and as lines.
//!
//! Not these: the requests that came over these connections (`cloudfront`), and connection logs of load balancers.
//!
//! Decisions: the guide calls `eventTimestamp` ISO 8601 and shows milliseconds since 1970: both are read. `connectionStatus` keeps
//! the code behind its colon, which is `error.code`. The duration is in milliseconds, as the guide says.

#[cfg(test)]
mod tests;

use super::{
    Family, Framing, Meta, NamedLog, Preset, Sample, Span, ask,
    field::{
        Parsed, TokenField,
        cells::{float, integer, text},
        json, parse, protocol,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// CloudFront connection logs.
pub static LOG: NamedLog = NamedLog {
    fields: FIELDS,
    is_own,
    json: &[
        "\"connectionStatus\"",
        "\"tlsHandshakeDuration\"",
        "\"clientLeafCert",
        "\"connectionLogCustomData\"",
    ],
    time: &["eventTimestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..NamedLog::new(META)
};

fn is_own(name: &[u8]) -> bool {
    name.starts_with(b"clientLeafCert")
        || [&b"connectionStatus"[..], b"tlsHandshakeDuration", b"connectionLogCustomData"].contains(&name)
}

const fn plain(name: &'static str, role: Role) -> TokenField {
    TokenField::new(name, Kind::Text, role, text)
}

static FIELDS: &[TokenField] = &[
    TokenField::new("eventTimestamp", Kind::Time, Role::Timestamp, event_time)
        .doc("when the handshake ended"),
    plain("connectionId", Role::Identifier)
        .aliases(&["connection-id"])
        .doc("the connection, as the log of its requests names it"),
    plain("connectionStatus", Role::Status)
        .aliases(&["event.action"])
        .doc("Success or Failed, with the reason behind a colon"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome)
        .made()
        .doc("success, failure, or unknown without a status"),
    TokenField::again("error.code", Kind::Text, Role::Status, code)
        .made()
        .doc("why the connection failed: ClientCertMissing and others"),
    TokenField::new("clientIp", Kind::Ip, Role::Dimension, text)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("address of the viewer"),
    TokenField::new("clientPort", Kind::Int, Role::Identifier, integer)
        .aliases(&["source.port", "client.port"])
        .doc("port of the viewer"),
    TokenField::new("serverIp", Kind::Ip, Role::Dimension, text)
        .aliases(&["destination.ip", "server.ip"])
        .doc("address of the CloudFront server"),
    plain("tlsProtocol", Role::Dimension).doc("protocol of the TLS connection"),
    plain("tlsCipher", Role::Dimension).aliases(&["tls.cipher"]).doc("cipher of the TLS connection"),
    TokenField::new("tlsHandshakeDuration", Kind::Float, Role::Measure, float)
        .unit(Unit::Millis)
        .doc("how long the handshake took, in milliseconds"),
    plain("tlsSni", Role::Dimension)
        .aliases(&["tls.client.server_name", "url.domain"])
        .doc("the name that the viewer asked for in the handshake"),
    plain("clientLeafCertSubject", Role::Dimension)
        .aliases(&["tls.client.x509.subject.distinguished_name", "tls.client.subject"])
        .doc("subject of the viewer's certificate"),
    plain("clientLeafCertIssuer", Role::Dimension)
        .aliases(&["tls.client.x509.issuer.distinguished_name", "tls.client.issuer"])
        .doc("who issued it"),
    plain("clientLeafCertSerialNumber", Role::Identifier)
        .aliases(&["tls.client.x509.serial_number"])
        .doc("its serial number"),
    plain("clientLeafCertValidity", Role::Identifier).doc("from when to when it is valid"),
    plain("connectionLogCustomData", Role::Identifier).doc("what a connection function logged"),
    plain("distributionId", Role::Dimension).doc("the distribution"),
    plain("distributionTenantId", Role::Dimension).doc("the distribution tenant"),
    // Computed.
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
];

static TLS_VERSION: Computed = Computed { from: &["tlsProtocol"], value: protocol::version };

/// A time in ISO 8601, or milliseconds since 1970.
fn event_time(input: &[u8]) -> Parsed<'_> {
    match json::point(input, Unit::None) {
        Some(micros) => Ok((&input[input.len()..], Cell::Time(micros))),
        None => parse::expected("a time: ISO 8601, or milliseconds since 1970", input),
    }
}

fn outcome(input: &[u8]) -> Parsed<'_> {
    let outcome: &[u8] = match input {
        b"Success" => b"success",
        b"" | b"-" => b"unknown",
        _ => b"failure",
    };
    Ok((&input[input.len()..], Cell::Text(outcome)))
}

fn code(input: &[u8]) -> Parsed<'_> {
    let code =
        input.iter().position(|b| *b == b':').map(|at| &input[at + 1..]).filter(|code| !code.is_empty());
    Ok((&input[input.len()..], code.map_or(Cell::Null, Cell::Text)))
}

const META: Meta = Meta {
    id: "cloudfront_connection",
    family: Family::Web,
    title: "CloudFront connection logs",
    summary: "TLS handshakes with distributions that ask viewers for a certificate, one record per connection.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/connection-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/CloudFront/{distribution}/{yyyy}/{mm}/{dd}/{hh}/{random}.gz",
    versions: "any selection of fields, as JSON and as lines with any separator, their names in a header or given",
    not_read: "Parquet",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it; make one with the fields that were chosen, in their order",
    ),
    insights: InsightsLog { group: "the log group that connection logs are delivered to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Handshakes that failed, by reason and client",
        "filter event.outcome = \"failure\"\n| stats count(*) as handshakes by error.code, clientIp, clientLeafCertSubject\n| sort handshakes desc\n| limit 50",
    ),
    ask(
        "Who came in with which certificate",
        "filter event.outcome = \"success\"\n| stats count(*) as handshakes, count_distinct(clientIp) as clients by clientLeafCertSubject, clientLeafCertIssuer, clientLeafCertSerialNumber\n| sort clients desc",
    ),
    ask("Handshakes over time by outcome", "stats count(*) as handshakes by bin(5m), event.outcome"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "connection.json",
        content: crate::sample!("cloudfront_connection.ndjson"),
        rows: 4,
        rejected: 2,
    },
    Sample {
        name: "connection.log",
        content: crate::sample!("cloudfront_connection.log"),
        rows: 2,
        rejected: 1,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**[{?event.outcome=failure}failed\
         [: {error.code}]||{?event.outcome=success}connected||connection]**[ {clientIp}][ → {tlsSni}]\
         [, {clientLeafCertSubject}]",
    )
}
