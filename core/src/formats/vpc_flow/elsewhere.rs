//! VPC flow logs in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html>, read 2026-11-21.

use crate::elsewhere::{Column, Elsewhere, Insights, Table};

pub(super) static ELSEWHERE: Elsewhere = Elsewhere { athena: Ok(&TABLE), insights: INSIGHTS };

static TABLE: Table = Table {
    name: "vpc_flow_logs",
    ddl: include_str!("../athena/vpc_flow.sql"),
    time: "from_unixtime(start)",
    columns: COLUMNS,
    roots: &[],
    notes: &[
        "the table's columns must stand in the order of your flow log's own fields",
        "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
    ],
};

static COLUMNS: &[Column] = &[
    Column::int("version", "version"),
    Column::text("account-id", "nullif(account_id, '-')"),
    Column::text("interface-id", "nullif(interface_id, '-')"),
    Column::text("srcaddr", "nullif(srcaddr, '-')"),
    Column::text("dstaddr", "nullif(dstaddr, '-')"),
    Column::int("srcport", "srcport"),
    Column::int("dstport", "dstport"),
    Column::int("protocol", "protocol"),
    Column::int("packets", "packets"),
    Column::int("bytes", "bytes"),
    Column::int("start", "start"),
    Column::int("end", "\"end\""),
    Column::text("action", "nullif(action, '-')"),
    Column::text(
        "event.outcome",
        "CASE action WHEN 'ACCEPT' THEN 'success' WHEN 'REJECT' THEN 'failure' END",
    ),
    Column::text("log-status", "nullif(log_status, '-')"),
    Column::text("vpc-id", "nullif(vpc_id, '-')"),
    Column::text("subnet-id", "nullif(subnet_id, '-')"),
    Column::text("instance-id", "nullif(instance_id, '-')"),
    Column::int("tcp-flags", "tcp_flags"),
    Column::text("type", "nullif(type, '-')"),
    Column::text("pkt-srcaddr", "nullif(pkt_srcaddr, '-')"),
    Column::text("pkt-dstaddr", "nullif(pkt_dstaddr, '-')"),
    Column::text("region", "nullif(region, '-')"),
    Column::text("az-id", "nullif(az_id, '-')"),
    Column::text("sublocation-type", "nullif(sublocation_type, '-')"),
    Column::text("sublocation-id", "nullif(sublocation_id, '-')"),
    Column::text("pkt-src-aws-service", "nullif(pkt_src_aws_service, '-')"),
    Column::text("pkt-dst-aws-service", "nullif(pkt_dst_aws_service, '-')"),
    Column::text("flow-direction", "nullif(flow_direction, '-')"),
    Column::int("traffic-path", "traffic_path"),
];

/// Insights discovers the fields of the default format only.
static INSIGHTS: Insights = Insights {
    group: "the log group of the flow log, if it is delivered to CloudWatch Logs",
    prefix: "",
    names: &[
        ("account-id", "accountId"),
        ("interface-id", "interfaceId"),
        ("srcaddr", "srcAddr"),
        ("dstaddr", "dstAddr"),
        ("srcport", "srcPort"),
        ("dstport", "dstPort"),
        ("start", "startTime"),
        ("end", "endTime"),
        ("log-status", "logStatus"),
    ],
    missing: &["event.outcome"],
};
