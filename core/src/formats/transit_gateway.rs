//! Flow logs of transit gateways, as text: S3 objects with a header in any order (Parquet files come as such), and the default
//! format without one.
//!
//! Not these: VPC flow logs, which lie under the same prefix and have other fields.
//!
//! Decisions: those of VPC flow logs; there is no action here, and no interface, but what was lost and why.

#[cfg(test)]
mod tests;

use super::{
    Family, FlowLog, FlowShape, Framing, Meta, Preset, Sample, Span, ask,
    field::{
        self, TokenField,
        cells::{integer, ip, text},
        flow,
    },
    flow_log::{self, Holds, is_slug, is_status},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Transit gateway flow logs.
pub static LOG: FlowLog = FlowLog {
    meta: META,
    shape: SHAPE,
    name: "transit gateway flow log",
    summary,
    sources: &["tgw_flow", "tgw_flow_logs", "transit_gateway_flow_logs"],
    external: &EXTERNAL,
    presets: PRESETS,
    samples: SAMPLES,
};

const SHAPE: FlowShape = FlowShape {
    fields: FIELDS,
    forms: &[(b"6", 36)],
    told: &[(1, is_resource), (25, is_status)],
    holds,
    is_possible: |_| true,
    is_own,
    is_record,
};

const fn word(name: &'static str, aliases: &'static [&'static str], doc: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text).aliases(aliases).doc(doc)
}

const fn lost(name: &'static str, aliases: &'static [&'static str], doc: &'static str) -> TokenField {
    TokenField::new(name, Kind::Int, Role::Measure, integer).unit(Unit::Packets).aliases(aliases).doc(doc)
}

/// In the order of the default format.
static FIELDS: &[TokenField] = &[
    TokenField::new("version", Kind::Int, Role::Dimension, integer)
        .doc("the highest version among the chosen fields"),
    word("resource-type", &["resource_type", "resourceType"], "TransitGateway or TransitGatewayAttachment"),
    word("account-id", &["account_id", "accountId", "cloud.account.id"], "the account that owns the gateway"),
    word("tgw-id", &["tgw_id", "tgwId"], "the transit gateway"),
    word("tgw-attachment-id", &["tgw_attachment_id", "tgwAttachmentId"], "the attachment"),
    word("tgw-src-vpc-account-id", &["tgw_src_vpc_account_id"], "the account that has the source VPC"),
    word("tgw-dst-vpc-account-id", &["tgw_dst_vpc_account_id"], "the account that has the destination VPC"),
    word("tgw-src-vpc-id", &["tgw_src_vpc_id"], "the source VPC"),
    word("tgw-dst-vpc-id", &["tgw_dst_vpc_id"], "the destination VPC"),
    word("tgw-src-subnet-id", &["tgw_src_subnet_id"], "the subnet of the source"),
    word("tgw-dst-subnet-id", &["tgw_dst_subnet_id"], "the subnet of the destination"),
    word("tgw-src-eni", &["tgw_src_eni"], "the attachment's interface at the source"),
    word("tgw-dst-eni", &["tgw_dst_eni"], "the attachment's interface at the destination"),
    word("tgw-src-az-id", &["tgw_src_az_id"], "the source's availability zone"),
    word("tgw-dst-az-id", &["tgw_dst_az_id"], "the destination's availability zone"),
    word("tgw-pair-attachment-id", &["tgw_pair_attachment_id"], "the attachment on the other side"),
    TokenField::new("srcaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["srcAddr", "source.ip", "source.address"])
        .doc("source address"),
    TokenField::new("dstaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["dstAddr", "destination.ip", "destination.address"])
        .doc("destination address"),
    TokenField::new("srcport", Kind::Int, Role::Dimension, integer)
        .aliases(&["srcPort", "source.port"])
        .doc("source port, 0 for ICMP"),
    TokenField::new("dstport", Kind::Int, Role::Dimension, integer)
        .aliases(&["dstPort", "destination.port"])
        .doc("destination port, 0 for ICMP"),
    TokenField::new("protocol", Kind::Int, Role::Dimension, integer)
        .aliases(&["network.iana_number"])
        .doc("IANA protocol number: 6 TCP, 17 UDP, 1 ICMP"),
    TokenField::new("packets", Kind::Int, Role::Measure, integer)
        .unit(Unit::Packets)
        .aliases(&["network.packets", "source.packets"])
        .doc("packets transferred during the window"),
    TokenField::new("bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["network.bytes", "source.bytes"])
        .doc("bytes transferred during the window"),
    TokenField::new("start", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["startTime", "event.start"])
        .doc("when the first packet of the window was received; this is `@timestamp`"),
    TokenField::new("end", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["endTime", "event.end"])
        .doc("when the last packet of the window was received"),
    TokenField::new("log-status", Kind::Text, Role::Status, text)
        .aliases(&["log_status", "logStatus"])
        .doc("OK, NODATA (no traffic in the window) or SKIPDATA (records were lost)"),
    word("type", &[], "IPv4, IPv6 or EFA"),
    lost("packets-lost-no-route", &["packets_lost_no_route"], "packets lost as no route led on"),
    lost("packets-lost-blackhole", &["packets_lost_blackhole"], "packets lost in a blackhole route"),
    lost("packets-lost-mtu-exceeded", &["packets_lost_mtu_exceeded"], "packets lost as they were too large"),
    lost(
        "packets-lost-ttl-expired",
        &["packets_lost_ttl_expired"],
        "packets lost as their time to live was over",
    ),
    TokenField::new("tcp-flags", Kind::Int, Role::Dimension, integer)
        .aliases(&["tcp_flags", "tcpFlags"])
        .doc("TCP flags seen in the window, or-ed: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32"),
    word("region", &["cloud.region"], "the region of the gateway"),
    word("flow-direction", &["flow_direction", "flowDirection"], "ingress or egress, seen from the gateway"),
    word(
        "pkt-src-aws-service",
        &["pkt_src_aws_service"],
        "the AWS service that the source address belongs to",
    ),
    word(
        "pkt-dst-aws-service",
        &["pkt_dst_aws_service"],
        "the AWS service that the destination address belongs to",
    ),
    // Computed.
    TokenField::computed("packets.lost", Kind::Int, Role::Measure, &LOST)
        .unit(Unit::Packets)
        .doc("packets lost, for whatever reason"),
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure where packets were lost, success where none were"),
    TokenField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("the protocol's keyword in small letters: tcp, udp, icmp"),
    TokenField::computed("network.type", Kind::Text, Role::Dimension, &NETWORK_TYPE).doc("ipv4, ipv6 or efa"),
    TokenField::computed("network.direction", Kind::Text, Role::Dimension, &DIRECTION)
        .doc("the flow's direction; where it is not logged, what private addresses tell"),
    TokenField::computed("network.community_id", Kind::Text, Role::Identifier, &COMMUNITY_ID)
        .doc("Community ID: one id for both directions of a flow, as other logs and tools have it"),
    TokenField::computed("tcp.flags", Kind::Text, Role::Dimension, &FLAGS)
        .doc("the TCP flags in words, from the lowest bit on"),
];

const LOSSES: &[&str] = &[
    "packets-lost-no-route",
    "packets-lost-blackhole",
    "packets-lost-mtu-exceeded",
    "packets-lost-ttl-expired",
];

static LOST: Computed =
    Computed { from: LOSSES, value: |cells, _| all_lost(cells).map_or(Cell::Null, Cell::Int) };
static OUTCOME: Computed = Computed {
    from: LOSSES,
    value: |cells, _| {
        Cell::Text(match all_lost(cells) {
            Some(0) => b"success",
            Some(_) => b"failure",
            None => b"unknown",
        })
    },
};
static TRANSPORT: Computed = Computed { from: &["protocol"], value: flow::transport };
static NETWORK_TYPE: Computed = Computed { from: &["type", "srcaddr"], value: flow::network_type };
static DIRECTION: Computed =
    Computed { from: &["flow-direction", "srcaddr", "dstaddr"], value: flow::direction };
static COMMUNITY_ID: Computed =
    Computed { from: &["srcaddr", "dstaddr", "srcport", "dstport", "protocol"], value: flow::community_id };
static FLAGS: Computed = Computed { from: &["tcp-flags"], value: flow::tcp_flags };

/// The sum of those counts that are there.
fn all_lost(cells: &[Cell<'_>]) -> Option<i64> {
    let counts = cells.iter().filter_map(|cell| match cell {
        Cell::Int(count) => Some(*count),
        _ => None,
    });
    counts.reduce(i64::saturating_add)
}

fn is_resource(token: &[u8]) -> bool {
    token.starts_with(b"TransitGateway")
}

/// Whether a field is a transit gateway's only.
fn is_own(name: &[u8]) -> bool {
    ["tgw-", "packets-lost-", "resource-type"]
        .iter()
        .any(|own| name.get(..own.len()).is_some_and(|name| flow_log::same_name(own, name)))
}

fn holds(column: &str) -> Option<Holds> {
    Some(match column {
        "resource-type" => is_resource,
        "tgw-id" => |t| t.starts_with(b"tgw-"),
        "tgw-attachment-id" | "tgw-pair-attachment-id" => |t| t.starts_with(b"tgw-"),
        "tgw-src-vpc-account-id" | "tgw-dst-vpc-account-id" => return flow_log::holds("account-id"),
        "tgw-src-vpc-id" | "tgw-dst-vpc-id" => |t| t.starts_with(b"vpc-"),
        "tgw-src-subnet-id" | "tgw-dst-subnet-id" => |t| t.starts_with(b"subnet-"),
        "tgw-src-eni" | "tgw-dst-eni" => |t| t.starts_with(b"eni-"),
        "tgw-src-az-id" | "tgw-dst-az-id" => |t| t.windows(3).any(|w| w == b"-az") && t.iter().all(is_slug),
        _ => return flow_log::holds(column),
    })
}

/// Whether a line is a record in some order: something of a gateway, and how it was recorded or whence and whereto.
fn is_record(line: &[u8]) -> bool {
    let (mut gateway, mut status, mut addresses) = (false, false, 0);
    for token in line.split(|b| *b == b' ').take(flow_log::MOST_TOKENS) {
        gateway |= token.starts_with(b"tgw-") || is_resource(token);
        status |= is_status(token);
        addresses += field::whole(field::address::ip_address, token).is_some() as usize;
    }
    gateway && (status || addresses >= 2)
}

const META: Meta = Meta {
    id: "transit_gateway",
    family: Family::Network,
    title: "Transit Gateway Flow Logs",
    summary: "Traffic through transit gateways, one record per flow and minute, with what was lost.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/vpcflowlogs/{region}/{yyyy}/{mm}/{dd}/{account}_vpcflowlogs_{region}_{flow-log-id}_{yyyymmddThhmmZ}_{hash}.log.gz",
    versions: "versions 2 to 6 with a header in any order and as Parquet; the default format without one",
    not_read: "VPC flow logs, which are a log of their own",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it; the console makes one of your own fields (Generate Athena integration)",
    ),
    insights: InsightsLog {
        group: "the log group of the flow log, if it is delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who sends most through the gateway, and between which VPCs",
        "stats sum(bytes) as total, count(*) as flows by srcaddr, dstaddr, `tgw-src-vpc-id`, `tgw-dst-vpc-id` | sort total desc | limit 25",
    ),
    ask(
        "What was lost, where and why",
        "filter packets.lost > 0\n| stats sum(`packets-lost-no-route`) as noRoute, sum(`packets-lost-blackhole`) as blackhole, sum(`packets-lost-mtu-exceeded`) as mtu, sum(`packets-lost-ttl-expired`) as ttl by `tgw-attachment-id`, dstaddr\n| sort noRoute desc",
    ),
    ask(
        "Traffic between accounts",
        "stats sum(bytes) as total, count(*) as flows by `tgw-src-vpc-account-id`, `tgw-dst-vpc-account-id` | sort total desc",
    ),
    ask(
        "One source that reaches for many hosts or ports of other VPCs",
        "filter `flow-direction` = \"ingress\"\n| stats count_distinct(dstaddr) as hosts, count_distinct(dstport) as ports, count(*) as flows by srcaddr, `tgw-src-vpc-id`\n| sort hosts desc\n| limit 25",
    ),
    ask(
        "Administrative ports across VPCs",
        "filter dstport in [22, 3389, 5985, 5986, 3306, 5432, 6379]\n| stats count(*) as flows, sum(bytes) as total by srcaddr, dstaddr, dstport\n| sort flows desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "111122223333_vpcflowlogs_eu-central-1_fl-0d1e2f30415263748_20260305T0130Z_4c5d6e7f.log",
        content: crate::sample!("transit_gateway.log"),
        rows: 5,
        rejected: 2,
    },
    Sample {
        name: "000001.log",
        content: crate::sample!("transit_gateway_headerless.log"),
        rows: 3,
        rejected: 2,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    if row.show("srcaddr").is_empty() && row.show("dstaddr").is_empty() {
        return tell(
            row,
            "**[{?log-status=NODATA}no traffic||{?log-status=SKIPDATA}records were skipped||no addresses]**",
        );
    }
    let lost = row.get("packets.lost").integer().filter(|lost| *lost > 0);
    let verdict = lost.map(|lost| format!("lost {}", field::words::grouped(lost)));
    let vpcs = match (row.show("tgw-src-vpc-id"), row.show("tgw-dst-vpc-id")) {
        (from, to) if !from.is_empty() && !to.is_empty() => format!(", {from} to {to}"),
        _ => String::new(),
    };
    flow_log::sentence(row, verdict.as_deref(), &vpcs)
}
