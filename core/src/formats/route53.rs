//! Query logs of public hosted zones: what the world's resolvers asked Route 53's name servers. Ten positions to a line,
//! from CloudWatch Logs only.
//!
//! Not these: queries from VPCs (`route53_resolver`), which are JSON.
//!
//! Decisions: the columns have the names that CloudWatch's own parser gives them, since the log has none; Athena has no
//! table. `queryName` keeps what the log has, octal escapes included; `dns.question.name` is the name as people write it.
//! Who asks is the client's resolver: `source.ip` is that, and of the client there is only its subnet, where it was sent.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField,
        cells::{ip, text, timestamp},
        dns, flow, parse,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Query logs of public hosted zones.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut: super::text_log::spaces,
    is,
    what: "have version, time, hosted zone, name and type of a query",
    time: &["queryTimestamp"],
    summary,
    sources: &["route53_public", "route53_query_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

/// In the order of the line.
static FIELDS: &[TokenField] = &[
    TokenField::new("version", Kind::Text, Role::Dimension, text).doc("version of the log's form, 1.0"),
    TokenField::new("queryTimestamp", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["query_timestamp"])
        .doc("when Route 53 answered the query"),
    TokenField::new("hostZoneId", Kind::Text, Role::Dimension, text)
        .aliases(&["hosted_zone_id", "hostedZoneId"])
        .doc("the hosted zone"),
    TokenField::new("queryName", Kind::Text, Role::Dimension, text)
        .aliases(&["query_name"])
        .doc("the name that was asked for, as the log has it: `\\052` stands for `*`"),
    TokenField::computed("dns.question.name", Kind::Text, Role::Dimension, &NAME)
        .doc("the name that was asked for, with the characters that its escapes stand for"),
    TokenField::computed("dns.question.registered_domain", Kind::Text, Role::Dimension, &DOMAIN)
        .doc("the last two labels of that name: most often the domain that somebody registered"),
    TokenField::computed("dns.question.length", Kind::Int, Role::Measure, &LENGTH)
        .doc("how many characters that name has"),
    TokenField::new("queryType", Kind::Text, Role::Dimension, text)
        .aliases(&["dns.question.type", "query_type"])
        .doc("the type of record that was asked for: A, AAAA, TXT, ANY and others"),
    TokenField::new("responseCode", Kind::Text, Role::Status, text)
        .aliases(&["dns.response_code", "rcode", "response_code"])
        .doc("the answer's code: NOERROR, NXDOMAIN, REFUSED, SERVFAIL and others"),
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success where the code is NOERROR, failure where it is another"),
    TokenField::new("protocol", Kind::Text, Role::Dimension, text)
        .aliases(&["transport"])
        .doc("the layer 4 protocol, UDP or TCP"),
    TokenField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("that in small letters, as other logs have it"),
    TokenField::new("edgeLocation", Kind::Text, Role::Dimension, text)
        .aliases(&["edge_location"])
        .doc("the edge location that answered; begins with an airport's code"),
    TokenField::new("resolverIp", Kind::Ip, Role::Dimension, ip)
        .aliases(&["source.ip", "source.address", "client.ip", "resolver_ip", "srcaddr"])
        .doc("address of the resolver that asked"),
    TokenField::new("ednsClientSubnet", Kind::Text, Role::Dimension, text)
        .aliases(&["edns_client_subnet"])
        .doc("part of the client's own address, where its resolver sends it: a subnet"),
];

static NAME: Computed = Computed { from: &["queryName"], value: dns::unescaped };
static DOMAIN: Computed = Computed { from: &["queryName"], value: dns::registered_domain };
static LENGTH: Computed = Computed { from: &["queryName"], value: dns::length };
static TRANSPORT: Computed = Computed { from: &["protocol"], value: flow::small_letters };
static OUTCOME: Computed = Computed {
    from: &["responseCode"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"NOERROR")] => b"success",
            [Cell::Text(_)] => b"failure",
            _ => b"unknown",
        })
    },
};

/// Whether a line begins with a version, a time and a hosted zone, and says how it was asked.
fn is(line: &[u8]) -> bool {
    let mut tokens = line.splitn(9, |b| *b == b' ');
    let mut next = || tokens.next().unwrap_or_default();
    let version = next();
    matches!(version, [b'1'..=b'9', b'.', b'0'..=b'9', ..])
        && version.len() < 8
        && parse::whole(super::field::time::timestamp, next()).is_some()
        && matches!(next(), [b'Z', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_alphanumeric))
        && !next().is_empty()
        && next().iter().all(u8::is_ascii_alphanumeric)
        && next().iter().all(u8::is_ascii_alphanumeric)
        && matches!(next(), b"UDP" | b"TCP" | b"DOH" | b"DOT")
}

const META: Meta = Meta {
    id: "route53",
    family: Family::Network,
    title: "Route 53 public query logs",
    summary: "DNS queries to public hosted zones, one line per query.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html",
    read_on: "2026-11-26",
    key_shape: "log group /aws/route53/{zone name}, stream {hosted zone}/{edge location}",
    versions: "1.0, with or without fraction of a second, and what later versions may append",
    not_read: "queries from VPCs, which are a log of their own; queries that resolvers answered from their caches are not in the log",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it: the log is delivered to CloudWatch Logs only"),
    insights: InsightsLog { group: "/aws/route53/ and the zone's name, in us-east-1", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Names asked for most",
        "stats count(*) as queries, count_distinct(source.ip) as resolvers by dns.question.name, queryType | sort queries desc | limit 50",
    ),
    ask(
        "Somebody lists the zone: resolvers that ask for many names that do not exist",
        "filter responseCode = \"NXDOMAIN\"\n| stats count_distinct(queryName) as names, count(*) as queries by source.ip\n| sort names desc\n| limit 25",
    ),
    ask(
        "Names that do not exist and are asked for: records that were removed or never made",
        "filter responseCode = \"NXDOMAIN\"\n| stats count(*) as queries, count_distinct(source.ip) as resolvers by dns.question.name\n| sort queries desc\n| limit 50",
    ),
    ask(
        "Large answers wanted: ANY, TXT and DNSKEY, as attacks by reflection ask for them",
        "filter queryType in [\"ANY\", \"TXT\", \"DNSKEY\", \"RRSIG\"]\n| stats count(*) as queries by source.ip, queryType, dns.question.name\n| sort queries desc",
    ),
    ask("Answers over time by code", "stats count(*) as queries by bin(5m), responseCode"),
    ask(
        "Where queries come from: edge locations and client subnets",
        "stats count(*) as queries by edgeLocation, ednsClientSubnet | sort queries desc | limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "Z0123456789ABCDEFGHIJ_FRA56-C1.log",
    content: crate::sample!("route53.log"),
    rows: 9,
    rejected: 4,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{!responseCode=NOERROR}**{responseCode}** ]{queryType|=query} **{dns.question.name|=.}**\
         [ from {resolverIp}][ for {ednsClientSubnet}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_beginning() {
        for line in [
            "1.0 2026-03-05T01:30:02Z Z0123 example.com A NOERROR UDP FRA56-C1 192.0.2.1 -",
            "1.0 2026-03-05T01:30:02.123Z Z0123 *.a\\052b.example.com ANY NXDOMAIN TCP IAD12 2001:db8::1 2001:db8::/48",
            "1.1 2026-03-05T01:30:02Z Z0123 _dmarc.example.com TYPE65 NOERROR UDP IAD12 192.0.2.1 192.0.2.0/24 more",
            "1.0 2026-03-05T01:30:02Z Z0123 . NS REFUSED UDP x",
        ] {
            assert!(is(line.as_bytes()), "{line}");
        }
        for line in [
            "",
            "1.0",
            "1.0 111122223333 f0154cf1-4ac0-451b-87a2-5b2ce89142e6 192.0.2.1 1 198.51.100.1 80",
            "1.0 yesterday Z0123 example.com A NOERROR UDP IAD12 192.0.2.1 -",
            "1.0 2026-03-05T01:30:02Z 0123 example.com A NOERROR UDP IAD12 192.0.2.1 -",
            "1.0 2026-03-05T01:30:02Z Z0123 example.com A NOERROR HTTP IAD12 192.0.2.1 -",
            "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772674177 1772674236 ACCEPT OK",
            "2026-03-05T01:30:02Z 1.0 Z0123 example.com A NOERROR UDP IAD12 192.0.2.1 -",
        ] {
            assert!(!is(line.as_bytes()), "{line}");
        }
    }
}
