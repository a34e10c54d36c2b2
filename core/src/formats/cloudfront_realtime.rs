//! CloudFront real-time logs, as Kinesis and Firehose deliver them: lines with tabs and without a header, of which the user
//! chose the fields.
//!
//! Not these: standard logs (`cloudfront`), in which `cs(Host)` and `x-host-header` mean the opposite.
//!
//! Decisions: which field is which is known from a line with the names, from names that the user gave, or where a line has all
//! fields that were documented at some time: their number tells, and each value must be of its field's kind. CloudFront
//! appended fields over the years and put some in between, so that the same number of others is not guessed at.
//! `cs-uri-stem` has the query in it; `url.path` has not. `cs-headers` and `cs-header-names` are stored percent-decoded, a header
//! on each line. Logs are sampled: counts of rows are no counts of requests unless the rate is 100 %.

mod fields;
#[cfg(test)]
mod tests;

use fields::FIELDS;

use super::{
    Family, Framing, Head, Meta, NamedLog, Preset, Sample, Span, ask,
    field::{Layout, TokenField, Tokens, address, number, whole},
    tell,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Kind, Row};

/// CloudFront real-time logs.
pub static LOG: NamedLog = NamedLog {
    fields: FIELDS,
    is_own: is_telling,
    is_foreign: is_standard,
    unnamed: all_fields,
    is_record,
    time: &["timestamp"],
    summary,
    sources: &["cloudfront_real_time_logs", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..NamedLog::new(META)
};

/// How many fields there were at some time without `s-ip`, and whether those of a primary distribution were among them.
const WITHOUT_SERVER: [(usize, bool); 6] =
    [(40, false), (43, false), (45, true), (61, false), (63, true), (65, true)];
/// The same with it.
const WITH_SERVER: [(usize, bool); 7] =
    [(41, false), (44, false), (46, true), (64, true), (66, true), (67, true), (69, true)];
/// The most of them.
const MOST: usize = 69;

/// The names of so many fields, in the order that all of them have.
fn names(count: usize, server: bool, primary: bool) -> impl Iterator<Item = &'static TokenField> {
    let own = FIELDS.iter().filter(|c| !c.again);
    let is_there = move |c: &&TokenField| match &*c.field.name {
        "s-ip" => server,
        name => primary || !name.starts_with("primary-"),
    };
    own.filter(is_there).take(count)
}

/// The form of a line that has all fields of some time, each of its kind.
fn form(line: &[u8]) -> Option<(usize, bool, bool)> {
    if !is_record(line) {
        return None;
    }
    let mut tokens = Tokens::default();
    tokens.split(line, b'\t', MOST + 1);
    let token = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
    let server = whole(address::ip_address, token(2)).is_some();
    let forms: &[(usize, bool)] = if server { &WITH_SERVER } else { &WITHOUT_SERVER };
    let &(count, primary) = forms.iter().find(|(count, _)| *count == tokens.len())?;
    let fits = names(count, server, primary).enumerate().all(|(i, c)| may_be(c, token(i)));
    fits.then_some((count, server, primary))
}

/// Whether a token may be a value of its column.
fn may_be(column: &TokenField, token: &[u8]) -> bool {
    if matches!(token, b"-" | b"") {
        return true;
    }
    match &*column.field.name {
        "sc-status" => token.len() == 3 && token.iter().all(u8::is_ascii_digit),
        "cs-method" => token.iter().all(u8::is_ascii_uppercase),
        "cs-protocol" => matches!(token, b"http" | b"https" | b"ws" | b"wss" | b"grpcs"),
        "c-ip-version" => matches!(token, b"IPv4" | b"IPv6"),
        "ssl-protocol" => token.starts_with(b"TLS") || token.starts_with(b"SSL"),
        "cs-protocol-version" => token.starts_with(b"HTTP/"),
        "c-country" => token.len() == 2,
        _ => match column.field.kind {
            Kind::Ip => whole(address::ip_address, token).is_some(),
            Kind::Int => whole(number::integer, token).is_some(),
            Kind::Float => whole(number::decimal, token).is_some(),
            _ => true,
        },
    }
}

/// Lines that have all fields of some time.
fn all_fields(head: &Head<'_>) -> Option<(Layout, String)> {
    let first = head.records.iter().find_map(|r| form(r))?;
    let (alike, total) = (head.records.iter().filter(|r| form(r) == Some(first)).count(), head.records.len());
    let (count, server, primary) = first;
    let layout = || {
        let names = names(count, server, primary).map(|c| c.field.name.as_bytes());
        Layout::new(FIELDS, names, |column, name| column.as_bytes() == name).time_from(&["timestamp"]).exact()
    };
    (alike * 2 >= total).then(|| {
        (
            layout(),
            format!(
                "{alike} of the first {total} lines have {count} fields, all that there were at some time"
            ),
        )
    })
}

/// A line that begins as these do if their first fields were chosen: the time with thousandths, the viewer's address.
fn is_record(line: &[u8]) -> bool {
    let mut tokens = line.splitn(3, |b| *b == b'\t');
    let time = tokens.next().unwrap_or_default();
    let address = tokens.next().unwrap_or_default();
    time.len() == 14
        && time.iter().enumerate().all(|(i, b)| if i == 10 { *b == b'.' } else { b.is_ascii_digit() })
        && whole(address::ip_address, address).is_some()
}

/// Whether only a log of CloudFront has a field of that name.
fn is_telling(name: &[u8]) -> bool {
    name.starts_with(b"x-edge-")
        || name.starts_with(b"cmcd-")
        || [&b"c-ip-version"[..], b"cs-headers", b"cs-header-names", b"cs-headers-count", b"x-host-header"]
            .contains(&name)
}

/// Whether only a standard log has a field of that name, or that value in it.
fn is_standard(name: &[u8], value: &[u8]) -> bool {
    const ONLY: [&[u8]; 10] = [
        b"date",
        b"time",
        b"timestamp(ms)",
        b"DistributionId",
        b"cs(Host)",
        b"cs(User-Agent)",
        b"cs(Referer)",
        b"cs(Cookie)",
        b"viewer-request-log-data",
        b"viewer-response-log-data",
    ];
    let whole_seconds = !matches!(value, b"" | b"-") && !value.contains(&b'.');
    ONLY.iter().any(|o| o.eq_ignore_ascii_case(name)) || name == b"timestamp" && whole_seconds
}

const META: Meta = Meta {
    id: "cloudfront_realtime",
    family: Family::Web,
    title: "CloudFront real-time logs",
    summary: "Requests of viewers to a CloudFront distribution within seconds, all or a share of them.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html",
    read_on: "2026-11-26",
    key_shape: "{prefix}/{yyyy}/{mm}/{dd}/{hh}/{stream}-{version}-{time}-{uuid}",
    versions: "all fields of some time (40 to 69); any others with their names in a line before them or given",
    not_read: "standard logs, which are a log of their own",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-real-time-logs.html>, read 2026-11-26. Where
/// that has BIGINT for decimals (`time_taken`, `time_to_first_byte`), the statement here has DOUBLE.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "cloudfront_real_time_logs",
        ddl: include_str!("athena/cloudfront_realtime.sql"),
        time: "from_unixtime(TRY_CAST(\"timestamp\" AS double))",
        null_text: Some("-"),
        roots: &[],
        notes: &["the table's columns must be those that your real-time configuration chose, in their order"],
    }),
    insights: InsightsLog { group: "a log group, if a consumer of the stream writes to one", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by result", "stats count(*) as requests by bin(1m), `x-edge-result-type`"),
    ask(
        "Who is scanning: viewers with most paths that do not exist",
        "filter `sc-status` in [403, 404]\n| stats count_distinct(url.path) as paths, count(*) as requests by `c-ip`, `c-country`, `cs-user-agent`\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Clients behind many addresses: orders of headers with most of them",
        "filter ispresent(`cs-header-names`)\n| stats count_distinct(`c-ip`) as viewers, count(*) as requests by `cs-header-names`, `cs-user-agent`\n| sort viewers desc\n| limit 25",
    ),
    ask(
        "Countries and networks with most errors",
        "filter event.outcome = \"failure\"\n| stats count(*) as errors, count_distinct(`c-ip`) as viewers by `c-country`, asn, `sc-status`\n| sort errors desc\n| limit 25",
    ),
    ask(
        "Errors by path and cause",
        "filter `sc-status` >= 400\n| stats count(*) as errors by url.path, `sc-status`, `x-edge-detailed-result-type`\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Slowest paths, and what the origin has to do with it",
        "stats count(*) as requests, avg(`time-taken`) as mean, pct(`time-taken`, 95) as p95, avg(`origin-lbl`) as origin by url.path | sort p95 desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "realtime-1-2026-03-05-01-30-00-0a1b2c3d-4e5f-4607-8192-a3b4c5d6e7f8",
        content: crate::sample!("cloudfront_realtime.log"),
        rows: 5,
        rejected: 3,
    },
    Sample {
        name: "realtime-1-2021-03-05-01-30-00-1a1b2c3d-4e5f-4607-8192-a3b4c5d6e7f8",
        content: crate::sample!("cloudfront_realtime_2021.log"),
        rows: 2,
        rejected: 0,
    },
    Sample {
        name: "realtime-chosen.log",
        content: crate::sample!("cloudfront_realtime_chosen.log"),
        rows: 3,
        rejected: 1,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{cs-method|=request} [{cs-host}]{cs-uri-stem|=-}** → **\
         [{?sc-status=0}viewer gone||{sc-status|=no status}]**[ {x-edge-result-type}][ in {s:time-taken}]\
         [, {bytes:sc-bytes}][, {c-ip}[ ({c-country})]]",
    )
}
