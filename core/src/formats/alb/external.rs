//! ALB access logs in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html>, read
//! 2026-11-21.

use logloupe_table::external::{AthenaColumn, AthenaTable, ExternalSchema, InsightsNames};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&TABLE),
    insights: InsightsNames {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
        names: &[],
        missing: &["event.outcome", "url.domain", "url.path"],
    },
};

static TABLE: AthenaTable = AthenaTable {
    name: "alb_access_logs",
    ddl: include_str!("../athena/alb.sql"),
    time: "from_iso8601_timestamp(time)",
    columns: COLUMNS,
    roots: &[],
    notes: &[
        "lines that the table's expression does not match, such as those of before 2018, are rows of NULL",
        "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
    ],
};

static COLUMNS: &[AthenaColumn] = &[
    AthenaColumn::text("type", "type"),
    AthenaColumn::time("time", "from_iso8601_timestamp(time)"),
    AthenaColumn::text("elb", "elb"),
    AthenaColumn::text("client_ip", "nullif(client_ip, '-')"),
    AthenaColumn::int("client_port", "client_port"),
    AthenaColumn::text("target_ip", "nullif(nullif(target_ip, '-'), '')"),
    AthenaColumn::int("target_port", "target_port"),
    AthenaColumn::float("request_processing_time", "nullif(request_processing_time, -1)"),
    AthenaColumn::float("target_processing_time", "nullif(target_processing_time, -1)"),
    AthenaColumn::float("response_processing_time", "nullif(response_processing_time, -1)"),
    AthenaColumn::int("elb_status_code", "elb_status_code"),
    AthenaColumn::text(
        "event.outcome",
        "CASE WHEN elb_status_code IS NULL THEN 'unknown' WHEN elb_status_code BETWEEN 1 AND 399 THEN 'success' \
         ELSE 'failure' END",
    ),
    AthenaColumn::int("target_status_code", "TRY_CAST(target_status_code AS bigint)"),
    AthenaColumn::int("received_bytes", "received_bytes"),
    AthenaColumn::int("sent_bytes", "sent_bytes"),
    AthenaColumn::text("request", "concat(request_verb, ' ', request_url, ' ', request_proto)"),
    AthenaColumn::text("request_verb", "nullif(request_verb, '-')"),
    AthenaColumn::text("request_url", "nullif(request_url, '-')"),
    AthenaColumn::text("request_proto", "nullif(nullif(trim(request_proto), '-'), '')"),
    AthenaColumn::text("url.domain", "regexp_extract(request_url, '^[A-Za-z]+://([^/:?#]+)', 1)"),
    AthenaColumn::text("url.path", "regexp_extract(request_url, '^(?:[A-Za-z]+://[^/?#]*)?(/[^?#]*)', 1)"),
    AthenaColumn::text("user_agent", "nullif(user_agent, '-')"),
    AthenaColumn::text("ssl_cipher", "nullif(ssl_cipher, '-')"),
    AthenaColumn::text("ssl_protocol", "nullif(ssl_protocol, '-')"),
    AthenaColumn::text("target_group_arn", "nullif(target_group_arn, '-')"),
    AthenaColumn::text("trace_id", "nullif(trace_id, '-')"),
    AthenaColumn::text("domain_name", "nullif(domain_name, '-')"),
    AthenaColumn::text("chosen_cert_arn", "nullif(chosen_cert_arn, '-')"),
    AthenaColumn::int("matched_rule_priority", "TRY_CAST(matched_rule_priority AS bigint)"),
    AthenaColumn::time("request_creation_time", "from_iso8601_timestamp(nullif(request_creation_time, '-'))"),
    AthenaColumn::text("actions_executed", "nullif(actions_executed, '-')"),
    AthenaColumn::text("redirect_url", "nullif(redirect_url, '-')"),
    AthenaColumn::text("error_reason", "nullif(lambda_error_reason, '-')"),
    AthenaColumn::text("target_port_list", "nullif(target_port_list, '-')"),
    AthenaColumn::text("target_status_code_list", "nullif(target_status_code_list, '-')"),
    AthenaColumn::text("classification", "nullif(classification, '-')"),
    AthenaColumn::text("classification_reason", "nullif(classification_reason, '-')"),
    AthenaColumn::text("conn_trace_id", "nullif(nullif(conn_trace_id, '-'), '')"),
];
