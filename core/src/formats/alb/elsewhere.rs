//! ALB access logs in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html>, read
//! 2026-11-21.

use crate::elsewhere::{Column, Elsewhere, Insights, Table};

pub(super) static ELSEWHERE: Elsewhere = Elsewhere {
    athena: Ok(&TABLE),
    insights: Insights {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
        names: &[],
        missing: &["event.outcome", "url.domain", "url.path"],
    },
};

static TABLE: Table = Table {
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

static COLUMNS: &[Column] = &[
    Column::text("type", "type"),
    Column::time("time", "from_iso8601_timestamp(time)"),
    Column::text("elb", "elb"),
    Column::text("client_ip", "nullif(client_ip, '-')"),
    Column::int("client_port", "client_port"),
    Column::text("target_ip", "nullif(nullif(target_ip, '-'), '')"),
    Column::int("target_port", "target_port"),
    Column::float("request_processing_time", "nullif(request_processing_time, -1)"),
    Column::float("target_processing_time", "nullif(target_processing_time, -1)"),
    Column::float("response_processing_time", "nullif(response_processing_time, -1)"),
    Column::int("elb_status_code", "elb_status_code"),
    Column::text(
        "event.outcome",
        "CASE WHEN elb_status_code IS NULL THEN 'unknown' WHEN elb_status_code BETWEEN 1 AND 399 THEN 'success' \
         ELSE 'failure' END",
    ),
    Column::int("target_status_code", "TRY_CAST(target_status_code AS bigint)"),
    Column::int("received_bytes", "received_bytes"),
    Column::int("sent_bytes", "sent_bytes"),
    Column::text("request", "concat(request_verb, ' ', request_url, ' ', request_proto)"),
    Column::text("request_verb", "nullif(request_verb, '-')"),
    Column::text("request_url", "nullif(request_url, '-')"),
    Column::text("request_proto", "nullif(nullif(trim(request_proto), '-'), '')"),
    Column::text("url.domain", "regexp_extract(request_url, '^[A-Za-z]+://([^/:?#]+)', 1)"),
    Column::text("url.path", "regexp_extract(request_url, '^(?:[A-Za-z]+://[^/?#]*)?(/[^?#]*)', 1)"),
    Column::text("user_agent", "nullif(user_agent, '-')"),
    Column::text("ssl_cipher", "nullif(ssl_cipher, '-')"),
    Column::text("ssl_protocol", "nullif(ssl_protocol, '-')"),
    Column::text("target_group_arn", "nullif(target_group_arn, '-')"),
    Column::text("trace_id", "nullif(trace_id, '-')"),
    Column::text("domain_name", "nullif(domain_name, '-')"),
    Column::text("chosen_cert_arn", "nullif(chosen_cert_arn, '-')"),
    Column::int("matched_rule_priority", "TRY_CAST(matched_rule_priority AS bigint)"),
    Column::time("request_creation_time", "from_iso8601_timestamp(nullif(request_creation_time, '-'))"),
    Column::text("actions_executed", "nullif(actions_executed, '-')"),
    Column::text("redirect_url", "nullif(redirect_url, '-')"),
    Column::text("error_reason", "nullif(lambda_error_reason, '-')"),
    Column::text("target_port_list", "nullif(target_port_list, '-')"),
    Column::text("target_status_code_list", "nullif(target_status_code_list, '-')"),
    Column::text("classification", "nullif(classification, '-')"),
    Column::text("classification_reason", "nullif(classification_reason, '-')"),
    Column::text("conn_trace_id", "nullif(nullif(conn_trace_id, '-'), '')"),
];
