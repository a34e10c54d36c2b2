//! CloudFront standard logs in Athena's table (of the legacy logs) and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html>, read 2026-11-21.

use logloupe_table::external::{AthenaColumn, AthenaTable, ExternalSchema, InsightsNames};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&TABLE),
    insights: InsightsNames {
        group: "the log group that standard logs (v2) are delivered to",
        prefix: "",
        names: &[],
        missing: &["event.outcome"],
    },
};

const TIME: &str = "from_iso8601_timestamp(concat(CAST(\"date\" AS varchar), 'T', time, 'Z'))";

static TABLE: AthenaTable = AthenaTable {
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
static COLUMNS: &[AthenaColumn] = &[
    AthenaColumn::text("date", "CAST(\"date\" AS varchar)"),
    AthenaColumn::time("time", TIME),
    AthenaColumn::text("x-edge-location", "nullif(x_edge_location, '-')"),
    AthenaColumn::int("sc-bytes", "sc_bytes"),
    AthenaColumn::text("c-ip", "nullif(c_ip, '-')"),
    AthenaColumn::text("cs-method", "nullif(cs_method, '-')"),
    AthenaColumn::text("cs(Host)", "nullif(cs_host, '-')"),
    AthenaColumn::text("cs-uri-stem", "nullif(cs_uri_stem, '-')"),
    AthenaColumn::int("sc-status", "sc_status"),
    AthenaColumn::text(
        "event.outcome",
        "CASE WHEN sc_status IS NULL THEN 'unknown' WHEN sc_status BETWEEN 1 AND 399 THEN 'success' ELSE 'failure' END",
    ),
    AthenaColumn::text("cs(Referer)", "nullif(cs_referrer, '-')"),
    AthenaColumn::text("cs(User-Agent)", "url_decode(replace(nullif(cs_user_agent, '-'), '+', '%2B'))"),
    AthenaColumn::text("cs-uri-query", "nullif(cs_uri_query, '-')"),
    AthenaColumn::text("cs(Cookie)", "nullif(cs_cookie, '-')"),
    AthenaColumn::text("x-edge-result-type", "nullif(x_edge_result_type, '-')"),
    AthenaColumn::text("x-edge-request-id", "nullif(x_edge_request_id, '-')"),
    AthenaColumn::text("x-host-header", "nullif(x_host_header, '-')"),
    AthenaColumn::text("cs-protocol", "nullif(cs_protocol, '-')"),
    AthenaColumn::int("cs-bytes", "cs_bytes"),
    AthenaColumn::float("time-taken", "CAST(CAST(time_taken AS varchar) AS double)"),
    AthenaColumn::text("x-forwarded-for", "url_decode(replace(nullif(x_forwarded_for, '-'), '+', '%2B'))"),
    AthenaColumn::text("ssl-protocol", "nullif(ssl_protocol, '-')"),
    AthenaColumn::text("ssl-cipher", "nullif(ssl_cipher, '-')"),
    AthenaColumn::text("x-edge-response-result-type", "nullif(x_edge_response_result_type, '-')"),
    AthenaColumn::text("cs-protocol-version", "nullif(cs_protocol_version, '-')"),
    AthenaColumn::text("fle-status", "nullif(fle_status, '-')"),
    AthenaColumn::int("fle-encrypted-fields", "fle_encrypted_fields"),
    AthenaColumn::int("c-port", "c_port"),
    AthenaColumn::float("time-to-first-byte", "CAST(CAST(time_to_first_byte AS varchar) AS double)"),
    AthenaColumn::text("x-edge-detailed-result-type", "nullif(x_edge_detailed_result_type, '-')"),
    AthenaColumn::text("sc-content-type", "url_decode(replace(nullif(sc_content_type, '-'), '+', '%2B'))"),
    AthenaColumn::int("sc-content-len", "sc_content_len"),
    AthenaColumn::int("sc-range-start", "sc_range_start"),
    AthenaColumn::int("sc-range-end", "sc_range_end"),
];
