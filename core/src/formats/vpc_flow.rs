//! VPC Flow Logs, versions 2 to 11, as text: S3 objects with a header in any order (Parquet files come as such, their names
//! with underscores), and the headerless records of CloudWatch Logs where their order can be told: the default format, and all fields up to a version in AWS's order.
//!
//! A log without a header in an order of the user's own is not claimed: which number is which cannot be told. A line
//! with the names, put in front of it, tells; the ledger says so. Transit gateway flow logs live under the same prefix and
//! are a format of their own; their header is refused.
//!
//! Reading order: `fields` (the columns), this file (recognising, the sentence); how records are read is
//! [`FlowLog`]'s.
//!
//! Decisions: the column `start` and `end` keep the vendor's numbers (seconds), `@timestamp` is `start` as a time;
//! `account-id unknown` and values of the future are kept as written; tag values, which the vendor
//! percent-encodes, are stored decoded (the raw record still has them encoded). What only follows from other columns
//! (names of protocols and flags, direction, Community ID) is computed when it is asked for.

mod fields;
#[cfg(test)]
mod tests;

use nom::{
    Parser,
    combinator::{map, rest},
};

use super::{
    Family, FlowLog, FlowShape, Framing, Meta, Preset, Sample, Span, ask,
    field::{self, Parsed},
    flow_log::{self, Holds, is_slug, is_status},
    tell,
};
use fields::FIELDS;
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Row};

/// VPC Flow Logs.
pub static LOG: FlowLog = FlowLog {
    meta: META,
    shape: SHAPE,
    name: "VPC flow log",
    summary,
    sources: &["amazon_vpc.flow", "flows"],
    external: &EXTERNAL,
    presets: PRESETS,
    samples: SAMPLES,
};

const SHAPE: FlowShape = FlowShape {
    fields: FIELDS,
    // How many fields there are up to each version, in AWS's order: what a record of that version without a header has.
    // Up to version 2 it is the default format. Version 6 added fields of transit gateways only.
    forms: &[
        (b"2", 14),
        (b"3", 21),
        (b"4", 25),
        (b"5", 29),
        (b"7", 39),
        (b"8", 40),
        (b"9", 41),
        (b"10", 42),
        (b"11", 54),
    ],
    told: &[(12, |t| matches!(t, b"ACCEPT" | b"REJECT" | b"-")), (13, is_status)],
    holds,
    is_possible: |name| !is_another_logs(name),
    is_own: |_| true,
    is_record,
};

const META: Meta = Meta {
    id: "vpc_flow",
    family: Family::Network,
    title: "VPC Flow Logs",
    summary: "Traffic of network interfaces, one record per flow and window of up to ten minutes.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html",
    read_on: "2026-11-20",
    key_shape: "AWSLogs/{account}/vpcflowlogs/{region}/{yyyy}/{mm}/{dd}/{account}_vpcflowlogs_{region}_{flow-log-id}_{yyyymmddThhmmZ}_{hash}.log.gz",
    versions: "versions 2 to 11 with a header in any order and as Parquet; without a header the default order and what can be told by its values",
    not_read: "transit gateway flow logs, which are a log of their own",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html>, read 2026-11-21.
/// Insights discovers the fields of the default format only.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "vpc_flow_logs",
        ddl: include_str!("athena/vpc_flow.sql"),
        time: "from_unixtime(start)",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "the table's columns must stand in the order of your flow log's own fields",
            "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog {
        group: "the log group of the flow log, if it is delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who sends most to whom",
        "stats sum(bytes) as bytesTransferred by srcAddr, dstAddr | sort bytesTransferred desc | limit 20",
    ),
    ask("Rejected flows over time", "filter action = \"REJECT\" | stats count(*) as rejected by bin(5m)"),
    ask(
        "Who is knocking: sources with most rejected destination ports",
        "filter action = \"REJECT\"\n| stats count_distinct(dstPort) as ports, count(*) as flows by srcAddr\n| sort ports desc\n| limit 20",
    ),
    ask(
        "Who got in on administrative ports",
        "filter action = \"ACCEPT\" and dstPort in [22, 3389, 5985, 5986, 3306, 5432, 6379, 27017]\n| stats count(*) as flows, sum(bytes) as total by srcAddr, dstAddr, dstPort\n| sort flows desc",
    ),
    ask(
        "Traffic by protocol and port",
        "stats sum(bytes) as total, sum(packets) as packetsTotal, count(*) as flows by protocol, dstPort | sort total desc | limit 50",
    ),
    ask(
        "Largest transfers out of the private network",
        "filter isIpv4InSubnet(srcAddr, \"10.0.0.0/8\") and not isIpv4InSubnet(dstAddr, \"10.0.0.0/8\")\n| stats sum(bytes) as total by srcAddr, dstAddr, bin(1h)\n| sort total desc\n| limit 50",
    ),
    ask(
        "Interfaces whose records were lost or empty",
        "filter logStatus in [\"SKIPDATA\", \"NODATA\"] | stats count(*) as windows by interfaceId, logStatus | sort windows desc",
    ),
];

static SAMPLES: &[Sample] = &[
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0a1b2c3d4e5f60718_20260305T0130Z_1f2e3d4c.log",
        content: crate::sample!("vpc_flow_default.log"),
        rows: 11,
        rejected: 5,
    },
    Sample { name: "000000.log", content: crate::sample!("vpc_flow_headerless.log"), rows: 6, rejected: 1 },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0b1c2d3e4f5061728_20260305T0135Z_2a3b4c5d.log",
        content: crate::sample!("vpc_flow_v5.log"),
        rows: 6,
        rejected: 1,
    },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0c1d2e3f405162738_20260305T0140Z_3b4c5d6e.log",
        content: crate::sample!("vpc_flow_v11.log"),
        rows: 4,
        rejected: 0,
    },
];

/// Whether a field is one of flow logs of transit gateways or accelerators only.
fn is_another_logs(name: &[u8]) -> bool {
    let begins = ["tgw-", "packets-lost-", "resource-type", "accelerator-", "globalaccelerator-"];
    begins.iter().any(|b| name.get(..b.len()).is_some_and(|name| flow_log::same_name(b, name)))
}

fn holds(column: &str) -> Option<Holds> {
    Some(match column {
        "interface-id" | "next-hop-interface-id" => |t| t.starts_with(b"eni-"),
        "action" => |t| t.iter().all(u8::is_ascii_uppercase) && !is_status(t),
        "vpc-id" | "next-hop-vpc-id" => |t| t.starts_with(b"vpc-"),
        "subnet-id" | "next-hop-subnet-id" => |t| t.starts_with(b"subnet-"),
        "instance-id" => |t| t.starts_with(b"i-"),
        "az-id" | "next-hop-az-id" => |t| t.windows(3).any(|w| w == b"-az") && t.iter().all(is_slug),
        "sublocation-type" => |t| t.iter().all(u8::is_ascii_lowercase),
        "ecs-cluster-arn" | "ecs-container-instance-arn" | "ecs-task-definition-arn" | "ecs-task-arn" => {
            |t| t.starts_with(b"arn:")
        }
        "interface-type" | "next-hop-interface-type" => |t| t.iter().all(|b| is_slug(b) || *b == b'_'),
        _ => return flow_log::holds(column),
    })
}

/// Whether a line is a flow record in some order: an interface, how it was recorded, what became of it, whence and
/// whereto, three of these at least; and nothing of a transit gateway.
fn is_record(line: &[u8]) -> bool {
    let (mut interface, mut status, mut action, mut addresses) = (false, false, false, 0);
    for token in line.split(|b| *b == b' ').take(flow_log::MOST_TOKENS) {
        if token.starts_with(b"tgw-") || token.starts_with(b"TransitGateway") {
            return false;
        }
        interface |= token.starts_with(b"eni-");
        status |= is_status(token);
        action |= matches!(token, b"ACCEPT" | b"REJECT");
        addresses += field::whole(field::address::ip_address, token).is_some() as usize;
    }
    interface as usize + status as usize + action as usize + (addresses >= 2) as usize >= 3
}

/// Success and failure in the common vocabulary; an action of the future is neither.
fn outcome(input: &[u8]) -> Parsed<'_> {
    map(rest, |action: &[u8]| match action {
        b"ACCEPT" => Cell::Text(b"success"),
        b"REJECT" => Cell::Text(b"failure"),
        _ => Cell::Null,
    })
    .parse(input)
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    if row.show("srcaddr").is_empty() && row.show("dstaddr").is_empty() {
        return tell(
            row,
            "[{interface-id}: ]\
             **[{?log-status=NODATA}no traffic||{?log-status=SKIPDATA}records were skipped||no addresses]**",
        );
    }
    let action = row.show("action");
    flow_log::sentence(row, (action == "REJECT").then_some("REJECT"), "")
}
