//! CloudFront standard logs in Athena's table (of the legacy logs) and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html>, read 2026-11-21.

use crate::elsewhere::{Column, Elsewhere, Insights, Table};

pub(super) static ELSEWHERE: Elsewhere = Elsewhere {
    athena: Ok(&TABLE),
    insights: Insights {
        group: "the log group that standard logs (v2) are delivered to",
        prefix: "",
        names: &[],
        missing: &["event.outcome"],
    },
};

const TIME: &str = "from_iso8601_timestamp(concat(CAST(\"date\" AS varchar), 'T', time, 'Z'))";

static TABLE: Table = Table {
    name: "cloudfront_standard_logs",
    ddl: include_str!("../athena/cloudfront.sql"),
    time: TIME,
    columns: COLUMNS,
    roots: &[],
    notes: &[
        "the table is the one of the legacy logs; logs of version 2 need one with their own fields in their own order",
        "the log has no partitions: every file under the location is read",
    ],
};

// FLOAT has 32 bits; by way of text it becomes the number that stands in the log.
static COLUMNS: &[Column] = &[
    Column::text("date", "CAST(\"date\" AS varchar)"),
    Column::time("time", TIME),
    Column::text("x-edge-location", "nullif(x_edge_location, '-')"),
    Column::int("sc-bytes", "sc_bytes"),
    Column::text("c-ip", "nullif(c_ip, '-')"),
    Column::text("cs-method", "nullif(cs_method, '-')"),
    Column::text("cs(Host)", "nullif(cs_host, '-')"),
    Column::text("cs-uri-stem", "nullif(cs_uri_stem, '-')"),
    Column::int("sc-status", "sc_status"),
    Column::text(
        "event.outcome",
        "CASE WHEN sc_status IS NULL THEN 'unknown' WHEN sc_status BETWEEN 1 AND 399 THEN 'success' ELSE 'failure' END",
    ),
    Column::text("cs(Referer)", "nullif(cs_referrer, '-')"),
    Column::text("cs(User-Agent)", "url_decode(replace(nullif(cs_user_agent, '-'), '+', '%2B'))"),
    Column::text("cs-uri-query", "nullif(cs_uri_query, '-')"),
    Column::text("cs(Cookie)", "nullif(cs_cookie, '-')"),
    Column::text("x-edge-result-type", "nullif(x_edge_result_type, '-')"),
    Column::text("x-edge-request-id", "nullif(x_edge_request_id, '-')"),
    Column::text("x-host-header", "nullif(x_host_header, '-')"),
    Column::text("cs-protocol", "nullif(cs_protocol, '-')"),
    Column::int("cs-bytes", "cs_bytes"),
    Column::float("time-taken", "CAST(CAST(time_taken AS varchar) AS double)"),
    Column::text("x-forwarded-for", "url_decode(replace(nullif(x_forwarded_for, '-'), '+', '%2B'))"),
    Column::text("ssl-protocol", "nullif(ssl_protocol, '-')"),
    Column::text("ssl-cipher", "nullif(ssl_cipher, '-')"),
    Column::text("x-edge-response-result-type", "nullif(x_edge_response_result_type, '-')"),
    Column::text("cs-protocol-version", "nullif(cs_protocol_version, '-')"),
    Column::text("fle-status", "nullif(fle_status, '-')"),
    Column::int("fle-encrypted-fields", "fle_encrypted_fields"),
    Column::int("c-port", "c_port"),
    Column::float("time-to-first-byte", "CAST(CAST(time_to_first_byte AS varchar) AS double)"),
    Column::text("x-edge-detailed-result-type", "nullif(x_edge_detailed_result_type, '-')"),
    Column::text("sc-content-type", "url_decode(replace(nullif(sc_content_type, '-'), '+', '%2B'))"),
    Column::int("sc-content-len", "sc_content_len"),
    Column::int("sc-range-start", "sc_range_start"),
    Column::int("sc-range-end", "sc_range_end"),
];
