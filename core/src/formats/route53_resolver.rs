//! Query logs of the Route 53 Resolver: what instances of a VPC asked its DNS server for, and what a DNS Firewall did.
//!
//! Not these: queries to public hosted zones (`route53`), which are lines of text.
//!
//! Decisions: names are kept as the log has them, with the dot at their end; `dns.question.name` is the same without it.
//! A query has several answers: `dns.answers.data` and `dns.answers.type` have several values. A query that the firewall
//! let through has no action. The vendor's version `1.100000` is kept as it stands.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{dns, flow, json::JsonField},
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog, JsonRoot};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Query logs of the Route 53 Resolver.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["query_timestamp", "query_name", "query_type", "rcode"],
    what: "have query_timestamp, query_name, query_type and rcode",
    time: &["query_timestamp"],
    summary,
    sources: &["r53_rlogs", "route53_resolver_query_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("query_timestamp", Kind::Time, Role::Timestamp)
        .aliases(&["queryTimestamp"])
        .athena("from_iso8601_timestamp(query_timestamp)")
        .doc("when the query was asked, in seconds"),
    text("query_name", Role::Dimension).aliases(&["queryName"]).doc("the name that was asked for, with a dot at its end"),
    JsonField::computed("dns.question.name", Kind::Text, Role::Dimension, &NAME)
        .athena("rtrim(query_name, '.')")
        .doc("the name that was asked for, without the dot"),
    JsonField::computed("dns.question.registered_domain", Kind::Text, Role::Dimension, &DOMAIN)
        .doc("the last two labels of that name: most often the domain that somebody registered"),
    JsonField::computed("dns.question.length", Kind::Int, Role::Measure, &LENGTH)
        .athena("length(rtrim(query_name, '.'))")
        .doc("how many characters that name has: data that leaves in names makes them long"),
    text("query_type", Role::Dimension).aliases(&["dns.question.type", "queryType"]).doc("the type of record that was asked for: A, AAAA, TXT and others"),
    text("query_class", Role::Dimension).aliases(&["dns.question.class", "queryClass"]).doc("the class, IN for all but few"),
    text("rcode", Role::Status).aliases(&["dns.response_code", "responseCode"]).doc("the answer's code: NOERROR, NXDOMAIN, SERVFAIL and others"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena("CASE WHEN firewall_rule_action = 'BLOCK' THEN 'failure' WHEN rcode = 'NOERROR' THEN 'success' WHEN rcode IS NULL THEN 'unknown' ELSE 'failure' END")
        .doc("failure where the firewall blocked it or the code is another than NOERROR"),
    text("dns.answers.data", Role::Dimension)
        .also(&["answers.0.Rdata"])
        .each("answers")
        .aliases(&["dns.resolved_ip"])
        .made()
        .doc("what the answers say; each of several"),
    text("dns.answers.type", Role::Dimension)
        .also(&["answers.0.Type"])
        .each("answers")
        .made()
        .doc("the types of the answers; each of several"),
    JsonField::new("srcaddr", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("address that asked, most often an instance's"),
    JsonField::new("srcport", Kind::Int, Role::Identifier)
        .aliases(&["source.port", "client.port"])
        .doc("port that asked"),
    text("transport", Role::Dimension).doc("UDP, TCP or DOH"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .athena("lower(transport)")
        .doc("that in small letters, as other logs have it"),
    text("srcids.instance", Role::Dimension)
        .aliases(&["cloud.instance.id", "instanceId"])
        .doc("the instance that asked"),
    text("srcids.resolver_endpoint", Role::Dimension).doc("the inbound endpoint through which a query from outside came"),
    text("srcids.resolver_network_interface", Role::Dimension).athena("CAST(NULL AS varchar)").doc("the endpoint's network interface"),
    text("firewall_rule_action", Role::Status)
        .aliases(&["firewallRuleAction", "event.action"])
        .doc("what the DNS Firewall did: ALERT or BLOCK; none where it let the query through"),
    text("firewall_rule_group_id", Role::Dimension).aliases(&["rule.ruleset", "firewallRuleGroupId"]).doc("the group of the rule that matched"),
    text("firewall_domain_list_id", Role::Dimension).aliases(&["rule.id", "firewallDomainListId"]).doc("the list of domains that matched"),
    text("account_id", Role::Dimension).aliases(&["cloud.account.id", "accountId"]).doc("the account that has the VPC"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the VPC's region"),
    text("vpc_id", Role::Dimension).aliases(&["vpcId"]).doc("the VPC from which it was asked; none under a Route 53 Profile"),
    text("resource_id", Role::Dimension).athena("CAST(NULL AS varchar)").doc("what asked, under a Route 53 Profile"),
    JsonField::new("additional_properties.is_delayed", Kind::Bool, Role::Dimension)
        .athena("CAST(NULL AS boolean)")
        .doc("whether the record was delivered late"),
    text("version", Role::Dimension).doc("version of the log's form"),
];

static NAME: Computed = Computed { from: &["query_name"], value: dns::name };
static DOMAIN: Computed = Computed { from: &["query_name"], value: dns::registered_domain };
static LENGTH: Computed = Computed { from: &["query_name"], value: dns::length };
static TRANSPORT: Computed = Computed { from: &["transport"], value: flow::small_letters };
static OUTCOME: Computed = Computed { from: &["rcode", "firewall_rule_action"], value: outcome };

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [_, Cell::Text(b"BLOCK")] => b"failure",
        [Cell::Text(b"NOERROR"), _] => b"success",
        [Cell::Text(_), _] => b"failure",
        _ => b"unknown",
    })
}

const META: Meta = Meta {
    id: "route53_resolver",
    family: Family::Network,
    title: "Route 53 Resolver query logs",
    summary: "DNS queries from VPCs, one record per query.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/vpcdnsquerylogs/{vpc}/{yyyy}/{mm}/{dd}/{vpc}_vpcdnsquerylogs_{account}_{time}_{random}.log.gz",
    versions: "1.1 (also written 1.100000), with and without DNS Firewall, from S3, CloudWatch Logs and Firehose",
    not_read: "queries to public hosted zones, which are a log of their own; queries that the Resolver answered from its cache are not in the log",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-r53-resolver-logs-creating-the-table.html>, read as the
/// public Markdown of the guide.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "r53_rlogs",
        ddl: include_str!("athena/route53_resolver.sql"),
        time: "from_iso8601_timestamp(query_timestamp)",
        null_text: None,
        roots: &[JsonRoot::Structs { path: "answers", column: "answers" }],
        notes: &[
            "add a condition on the partition column, such as \"date\" >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog { group: "the log group that the query logging configuration names", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Domains asked for most",
        "stats count(*) as queries, count_distinct(srcaddr) as clients by dns.question.registered_domain | sort queries desc | limit 50",
    ),
    ask(
        "Data leaving in names: many different long names below one domain",
        "filter dns.question.length > 50\n| stats count_distinct(query_name) as names, max(dns.question.length) as longest, count(*) as queries by dns.question.registered_domain, srcaddr\n| sort names desc\n| limit 25",
    ),
    ask(
        "What the DNS Firewall alerted on or blocked",
        "filter ispresent(firewall_rule_action)\n| stats count(*) as queries by firewall_rule_action, query_name, srcaddr, srcids.instance\n| sort queries desc",
    ),
    ask(
        "Names that do not exist, by who asks for them",
        "filter rcode = \"NXDOMAIN\"\n| stats count(*) as queries, count_distinct(query_name) as names by srcaddr, srcids.instance\n| sort names desc",
    ),
    ask(
        "Names asked for by one client only",
        "stats count_distinct(srcaddr) as clients, count(*) as queries, latest(srcaddr) as client by query_name\n| filter clients = 1\n| sort queries desc\n| limit 50",
    ),
    ask(
        "TXT and other unusual types",
        "filter not (query_type in [\"A\", \"AAAA\", \"PTR\", \"HTTPS\"])\n| stats count(*) as queries by query_type, dns.question.registered_domain, srcaddr\n| sort queries desc",
    ),
    ask("Queries over time by outcome", "stats count(*) as queries by bin(5m), event.outcome"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "vpc-0a1b2c3d4e5f60718_vpcdnsquerylogs_111122223333_20260305T0130Z_0a1b2c3d.log",
    content: crate::sample!("route53_resolver.ndjson"),
    rows: 8,
    rejected: 1,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?firewall_rule_action=BLOCK}**blocked** ||{?firewall_rule_action}**alerted on** ]{query_type|=query} **{dns.question.name|=.}** → \
         [{?rcode}{!rcode=NOERROR}**{rcode}**||{first:dns.answers.data}\
         [ and {more:dns.answers.data} more]||no answer][, {srcids.instance|srcaddr}]",
    )
}
