//! CloudFront standard logs: the legacy ones (23, 24, 26 or 33 columns, with a header), and version 2 with the fields and the
//! order that the user chose, as lines in W3C form or with a header of another kind, with any separator, and as JSON, which Parquet files come as too.
//!
//! Not these: real-time logs (`cloudfront_realtime`), connection logs (`cloudfront_connection`), and W3C
//! logs of other servers.
//!
//! Decisions: `time` is the whole point in time (the log's `date` and `time` together), so that Athena queries
//! that compare it with a timestamp hold; `date` stays text. `cs(User-Agent)`, `x-forwarded-for` and
//! `sc-content-type` are stored percent-decoded, twice where the vendor encoded twice; the raw record keeps what
//! was written. URLs, queries, referrers and cookies stay as written: there, the encoding is part of the value.
//! Without a header, a line has as many values as the legacy log has had at some time, or more. Status 000 (the client was gone)
//! is 0.

mod fields;
#[cfg(test)]
mod tests;

use fields::FIELDS;

use super::{
    Family, Framing, Head, Meta, NamedLog, Preset, Sample, Span, ask,
    field::{Layout, Tokens, number, time, whole},
    tell,
};
use logloupe_table::Row;
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};

/// CloudFront standard logs.
pub static LOG: NamedLog = NamedLog {
    fields: FIELDS,
    is_own: is_telling,
    is_foreign: is_real_time,
    json: &[
        "\"x-edge-",
        "\"x_edge_",
        "\"x-host-header\"",
        "\"x_host_header\"",
        "\"DistributionId\"",
        "\"timestamp(ms)\"",
    ],
    unnamed: legacy,
    is_record: |line| !is_real_time_line(line) && line.split(is_separator).any(is_request_id),
    day: "date",
    time: &["timestamp(ms)", "time", "timestamp"],
    summary,
    sources: &["cloudfront_standard_logs", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..NamedLog::new(META)
};

/// How many columns the legacy log has had, latest first.
const LEGACY: [usize; 4] = [33, 26, 24, 23];

const META: Meta = Meta {
    id: "cloudfront",
    family: Family::Web,
    title: "CloudFront standard logs",
    summary: "Requests of viewers to a CloudFront distribution, one record per request.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
    read_on: "2026-11-26",
    key_shape: "{prefix}/{distribution}.{yyyy}-{mm}-{dd}-{hh}.{hash}.gz",
    versions: "legacy (12 to 33 fields) with a `#Fields` line; v2 with any selection of fields, as lines with any separator, their names in a header or given, as JSON and as Parquet",
    not_read: "real-time and connection logs, which are logs of their own",
};

/// When an event happened, in Athena's table.
const ATHENA_TIME: &str = "from_iso8601_timestamp(concat(CAST(\"date\" AS varchar), 'T', time, 'Z'))";

/// The table is the one of the legacy logs:
/// <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html>, read 2026-11-21.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "cloudfront_standard_logs",
        ddl: include_str!("athena/cloudfront.sql"),
        time: ATHENA_TIME,
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "the table is the one of the legacy logs; logs of version 2 need one with their own fields in their own order",
            "the log has no partitions: every file under the location is read",
        ],
    }),
    insights: InsightsLog { group: "the log group that standard logs (v2) are delivered to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by result", "stats count(*) as requests by bin(5m), `x-edge-result-type`"),
    ask(
        "Cache hit ratio by path",
        "stats count(*) as requests, sum(`x-edge-result-type` = \"Hit\") as hits by `cs-uri-stem` | sort requests desc | limit 50",
    ),
    ask(
        "Who is scanning: viewers with most paths that do not exist",
        "filter `sc-status` in [403, 404]\n| stats count_distinct(`cs-uri-stem`) as paths, count(*) as requests by `c-ip`, `cs(User-Agent)`\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Errors by path and status",
        "filter `sc-status` >= 400\n| stats count(*) as errors by `cs-uri-stem`, `sc-status`, `x-edge-detailed-result-type`\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Slowest paths",
        "stats count(*) as requests, avg(`time-taken`) as mean, pct(`time-taken`, 95) as p95 by `cs-uri-stem` | sort p95 desc | limit 25",
    ),
    ask(
        "Bytes sent by viewer",
        "stats sum(`sc-bytes`) as sent, count(*) as requests by `c-ip` | sort sent desc | limit 25",
    ),
    ask(
        "Traffic by edge location",
        "stats sum(`sc-bytes`) as sent, count(*) as requests by `x-edge-location` | sort sent desc",
    ),
];

static SAMPLES: &[Sample] = &[
    Sample {
        name: "E2EXAMPLE1LOUPE.2026-03-05-01.a1b2c3d4",
        content: crate::sample!("cloudfront_legacy.log"),
        rows: 7,
        rejected: 4,
    },
    Sample {
        name: "E2EXAMPLE1LOUPE.2016-06-10-18.b2c3d4e5",
        content: crate::sample!("cloudfront_2016.log"),
        rows: 3,
        rejected: 0,
    },
    Sample {
        name: "AWSLogs/123456789012/CloudFront/E3EXAMPLE2LOUPE.2026-03-05-01.c3d4e5f6",
        content: crate::sample!("cloudfront_v2.log"),
        rows: 4,
        rejected: 1,
    },
    Sample {
        name: "AWSLogs/123456789012/CloudFront/E3EXAMPLE2LOUPE.2026-03-05-01.d4e5f607.json",
        content: crate::sample!("cloudfront_v2.ndjson"),
        rows: 3,
        rejected: 2,
    },
    // As it comes out of a Parquet file.
    Sample {
        name: "AWSLogs/123456789012/CloudFront/E3EXAMPLE2LOUPE.2026-03-05-01.e5f60718.parquet",
        content: crate::sample!("cloudfront_v2_parquet.ndjson"),
        rows: 3,
        rejected: 0,
    },
    Sample { name: "plain.log", content: crate::sample!("cloudfront_v2_plain.log"), rows: 2, rejected: 1 },
];

/// The legacy log whose header was lost.
fn legacy(head: &Head<'_>) -> Option<(Layout, String)> {
    let alike = head.records.iter().filter(|r| is_legacy_line(r)).count();
    let lines = head.records.iter().filter(|r| !r.starts_with(b"#")).count();
    let layout = || Layout::fixed(FIELDS, LEGACY[0]).of_day("date").time_from(&["time"]).only(&LEGACY);
    (alike > 0 && alike * 2 >= lines).then(|| {
        (layout(), format!("{alike} of the first {lines} lines have the legacy columns, without a header"))
    })
}

/// Whether only CloudFront has a column of that name. In Parquet all names have underscores, and real-time logs do not come so.
fn is_telling(name: &[u8]) -> bool {
    let only: [&[u8]; 6] = [
        b"x-host-header",
        b"DistributionId",
        b"timestamp(ms)",
        b"fle-status",
        b"origin-fbl",
        b"cache-behavior-path-pattern",
    ];
    name.starts_with(b"x-edge-")
        || name.starts_with(b"x_edge_")
        || name == b"x_host_header"
        || only.iter().any(|o| o.eq_ignore_ascii_case(name))
}

/// Whether only a real-time log has a column of that name, or that value in it.
fn is_real_time(name: &[u8], value: &[u8]) -> bool {
    const ONLY: [&[u8]; 10] = [
        b"cs-host",
        b"cs-user-agent",
        b"cs-referer",
        b"cs-cookie",
        b"c-ip-version",
        b"cs-accept",
        b"cs-accept-encoding",
        b"cs-headers",
        b"cs-header-names",
        b"cs-headers-count",
    ];
    ONLY.iter().any(|o| o.eq_ignore_ascii_case(name)) || name == b"timestamp" && value.contains(&b'.')
}

fn is_real_time_line(line: &[u8]) -> bool {
    matches!(line.get(..11), Some([digits @ .., b'.']) if digits.iter().all(u8::is_ascii_digit))
}

fn is_separator(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'|' | b';')
}

/// Whether a value is the id of a request, as only CloudFront's look.
fn is_request_id(value: &[u8]) -> bool {
    value.len() == 56
        && value.ends_with(b"==")
        && value[..54].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A line of the legacy log whose header was lost.
fn is_legacy_line(line: &[u8]) -> bool {
    let mut tokens = Tokens::default();
    tokens.split(line, b'\t', LEGACY[0]);
    let token = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
    tokens.len() >= LEGACY[3]
        && whole(time::day, token(0)).is_some()
        && whole(time::time_of_day, token(1)).is_some()
        && whole(number::integer, token(3)).is_some()
        && (token(8).len() == 3 || token(8) == b"-")
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{cs-method|=request} [{x-host-header}]{cs-uri-stem|=-}** → **\
         [{?sc-status=0}viewer gone||{sc-status|=no status}]**[ {x-edge-result-type}][ in {s:time-taken}]\
         [, {bytes:sc-bytes}][, {c-ip}]",
    )
}
