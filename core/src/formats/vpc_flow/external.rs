//! VPC flow logs in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html>, read 2026-11-21.

use logloupe_table::external::{AthenaColumn, AthenaTable, ExternalSchema, InsightsNames};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema { athena: Ok(&TABLE), insights: INSIGHTS };

static TABLE: AthenaTable = AthenaTable {
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

static COLUMNS: &[AthenaColumn] = &[
    AthenaColumn::int("version", "version"),
    AthenaColumn::text("account-id", "nullif(account_id, '-')"),
    AthenaColumn::text("interface-id", "nullif(interface_id, '-')"),
    AthenaColumn::text("srcaddr", "nullif(srcaddr, '-')"),
    AthenaColumn::text("dstaddr", "nullif(dstaddr, '-')"),
    AthenaColumn::int("srcport", "srcport"),
    AthenaColumn::int("dstport", "dstport"),
    AthenaColumn::int("protocol", "protocol"),
    AthenaColumn::int("packets", "packets"),
    AthenaColumn::int("bytes", "bytes"),
    AthenaColumn::int("start", "start"),
    AthenaColumn::int("end", "\"end\""),
    AthenaColumn::text("action", "nullif(action, '-')"),
    AthenaColumn::text(
        "event.outcome",
        "CASE action WHEN 'ACCEPT' THEN 'success' WHEN 'REJECT' THEN 'failure' END",
    ),
    AthenaColumn::text("log-status", "nullif(log_status, '-')"),
    AthenaColumn::text("vpc-id", "nullif(vpc_id, '-')"),
    AthenaColumn::text("subnet-id", "nullif(subnet_id, '-')"),
    AthenaColumn::text("instance-id", "nullif(instance_id, '-')"),
    AthenaColumn::int("tcp-flags", "tcp_flags"),
    AthenaColumn::text("type", "nullif(type, '-')"),
    AthenaColumn::text("pkt-srcaddr", "nullif(pkt_srcaddr, '-')"),
    AthenaColumn::text("pkt-dstaddr", "nullif(pkt_dstaddr, '-')"),
    AthenaColumn::text("region", "nullif(region, '-')"),
    AthenaColumn::text("az-id", "nullif(az_id, '-')"),
    AthenaColumn::text("sublocation-type", "nullif(sublocation_type, '-')"),
    AthenaColumn::text("sublocation-id", "nullif(sublocation_id, '-')"),
    AthenaColumn::text("pkt-src-aws-service", "nullif(pkt_src_aws_service, '-')"),
    AthenaColumn::text("pkt-dst-aws-service", "nullif(pkt_dst_aws_service, '-')"),
    AthenaColumn::text("flow-direction", "nullif(flow_direction, '-')"),
    AthenaColumn::int("traffic-path", "traffic_path"),
];

/// Insights discovers the fields of the default format only.
static INSIGHTS: InsightsNames = InsightsNames {
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
