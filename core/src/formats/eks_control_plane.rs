//! Logs of text of the Amazon EKS control plane: the authenticator (logfmt), the API server, controller manager and
//! scheduler (klog).
//!
//! Not these: audit events (`eks_audit`), which are JSON. They are a log of their own, since they share no column but the
//! caller's with lines of text, and one file is never both.
//!
//! ```text
//! record  = klog / logfmt
//! klog    = severity 2DIGIT 2DIGIT SP time-of-day SP thread SP file ":" line "] " text
//! text    = quoted *( SP key "=" value ) / *any      ; structured, or plain
//! logfmt  = key "=" value *( SP key "=" value )      ; begins with `time=`
//! value   = quoted / *( any but SP )
//! ```
//!
//! Decisions: klog writes no year. It is that of CloudWatch's time for the line, or of the line before that has a full
//! time; without either the row has no time. Lines that begin neither way go on the one before (stack traces); a message
//! of CloudWatch that is such a line is a row with nothing but `msg`.

use std::borrow::Cow;

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    line_log::{place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, time};

/// Logs of text of the EKS control plane.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Klog::of(line).is_some() || is_authenticator(line),
    what: "begin as klog's or the authenticator's",
    // Any program of Kubernetes writes klog.
    certain: false,
    spans_lines: true,
    summary,
    sources: &["eks_authenticator"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines::default()))
};

const FIELDS: &[Field] = &[
    text("level", Role::Status).aliases(&["log.level"]).doc("info, warning, error, fatal or debug"),
    text("msg", Role::Identifier)
        .aliases(&["message"])
        .doc("what was written, without the values that have a name"),
    text("arn", Role::Dimension)
        .aliases(&["userIdentity.arn"])
        .doc("the AWS principal that asked to be let in"),
    text("username", Role::Dimension).aliases(&["user.name"]).doc("the Kubernetes user that it is mapped to"),
    text("groups", Role::Dimension).aliases(&["user.group.name"]).doc("and the groups, in brackets"),
    text("uid", Role::Identifier).aliases(&["user.id"]).doc("its id: account and principal"),
    text("client", Role::Dimension)
        .aliases(&["source.address"])
        .doc("address and port from which it was asked"),
    Field::new("source.ip", Kind::Ip, Role::Dimension).computed(&ADDRESS).doc("the address of it"),
    text("method", Role::Dimension).aliases(&["http.request.method"]).doc("method of the request"),
    text("path", Role::Dimension).aliases(&["url.path"]).doc("its path"),
    text("accesskeyid", Role::Identifier).aliases(&["userIdentity.accessKeyId"]).doc("the access key"),
    text("accountid", Role::Dimension).doc("the account"),
    Field::new("cloud.account.id", Kind::Text, Role::Dimension)
        .computed(&ACCOUNT)
        .doc("the account, as told or as the ARN has it"),
    text("userid", Role::Identifier).aliases(&["userIdentity.principalId"]).doc("the principal's id"),
    text("session", Role::Dimension).doc("the name of the role's session"),
    text("stsendpoint", Role::Dimension).doc("the STS endpoint that was asked"),
    text("err", Role::Identifier).aliases(&["error", "error.message"]).doc("what went wrong"),
    text("event.outcome", Role::Status).computed(&OUTCOME).doc(
        "success where access was granted, failure where it was denied and of errors, unknown otherwise",
    ),
    text("caller", Role::Dimension)
        .aliases(&["log.origin.file.name"])
        .doc("file and line of the program that wrote it"),
    text("thread", Role::Identifier).aliases(&["process.thread.id"]).doc("the thread that wrote it"),
];

const LEVEL: usize = place(FIELDS, "level");
const MSG: usize = place(FIELDS, "msg");
const CALLER: usize = place(FIELDS, "caller");
const THREAD: usize = place(FIELDS, "thread");

static ADDRESS: Computed = Computed {
    from: &["client"],
    value: |cells, out| {
        let Some(Cell::Text(client)) = cells.first() else { return Cell::Null };
        let host = match client.strip_prefix(b"[") {
            Some(inside) => inside.split(|b| *b == b']').next().unwrap_or_default(),
            None => memchr::memrchr(b':', client).and_then(|at| client.get(..at)).unwrap_or(client),
        };
        super::line_log::address(&[Cell::Text(host)], out)
    },
};
static ACCOUNT: Computed = Computed {
    from: &["accountid", "arn"],
    value: |cells, _| match cells {
        [Cell::Text(account), _] => Cell::Text(account),
        [_, Cell::Text(arn)] => {
            let account = arn.split(|b| *b == b':').nth(4).filter(|account| !account.is_empty());
            account.map_or(Cell::Null, Cell::Text)
        }
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["msg", "level"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"access granted"), _] => b"success",
            [Cell::Text(b"access denied"), _] | [_, Cell::Text(b"error" | b"fatal")] => b"failure",
            _ => b"unknown",
        })
    },
};

/// The head of a line of klog.
struct Klog<'a> {
    severity: u8,
    month: u32,
    day: u32,
    /// Microseconds since midnight.
    clock: i64,
    thread: &'a [u8],
    caller: &'a [u8],
    text: &'a [u8],
}

impl<'a> Klog<'a> {
    fn of(line: &'a [u8]) -> Option<Klog<'a>> {
        let (&severity, rest) = line.split_first()?;
        let (date, rest) = rest.split_at_checked(4)?;
        if !matches!(severity, b'I' | b'W' | b'E' | b'F') || !date.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let two = |at: usize| -> Option<u32> {
            Some((*date.get(at)? - b'0') as u32 * 10 + (*date.get(at + 1)? - b'0') as u32)
        };
        let (rest, clock) = super::field::time::time_of_day(rest.strip_prefix(b" ")?).ok()?;
        let rest = rest.strip_prefix(b" ")?.trim_ascii_start();
        let (thread, rest) = rest.split_at_checked(rest.iter().take_while(|b| b.is_ascii_digit()).count())?;
        let rest = rest.strip_prefix(b" ")?;
        let end = memchr::memchr(b']', rest.get(..rest.len().min(256))?)?;
        let (caller, text) = rest.split_at_checked(end)?;
        let is_place = !thread.is_empty() && caller.contains(&b':') && !caller.contains(&b' ');
        let text = text.get(1..)?;
        let text = text.strip_prefix(b" ").unwrap_or(text);
        is_place.then_some(Klog { severity, month: two(0)?, day: two(2)?, clock, thread, caller, text })
    }
    fn micros(&self, year: i64) -> Option<i64> {
        time::from_parts(year, self.month, self.day, 0, 0, 0, self.clock)
    }
    /// The moment in the year that brings it nearest to `near`.
    fn near(&self, near: i64) -> Option<i64> {
        let (year, ..) = time::civil_from_days(near.div_euclid(time::DAY));
        (year.checked_sub(1)?..=year.checked_add(1)?)
            .filter(|year| (0..10_000).contains(year))
            .filter_map(|year| self.micros(year))
            .min_by_key(|micros| micros.abs_diff(near))
    }
}

/// Whether a line of logfmt is one of the authenticator's: many programs write `time`, `level` and `msg`.
fn is_authenticator(line: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
    line.starts_with(b"time=")
        && has(b" level=")
        && has(b" msg=")
        && (has(b"arn=") || has(b" client=") || has(b" stsendpoint=") || has(b"aws-iam-authenticator"))
}

/// A key, its value and what follows.
type Pair<'a> = (&'a [u8], Cow<'a, [u8]>, &'a [u8]);

/// The next `key=value` of a line, and what follows it; a word that is no pair has no key.
fn pair(text: &[u8]) -> Option<Pair<'_>> {
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return None;
    }
    let is_key = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    let (key, rest) = text.split_at(text.iter().take_while(|b| is_key(b)).count());
    let (key, rest) = match rest.strip_prefix(b"=") {
        Some(rest) if !key.is_empty() => (key, rest),
        _ => (&b""[..], text),
    };
    if let Some((value, rest)) = rest.strip_prefix(b"\"").and_then(quoted) {
        return Some((key, value, rest));
    }
    let (value, rest) = rest.split_at(memchr::memchr(b' ', rest).unwrap_or(rest.len()));
    Some((key, Cow::Borrowed(value), rest))
}

/// The text up to its closing quote, escapes undone, and what follows.
fn quoted(inside: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let mut at = 0;
    let mut escaped = false;
    loop {
        at += memchr::memchr2(b'"', b'\\', inside.get(at..)?)?;
        if inside.get(at) == Some(&b'"') {
            break;
        }
        escaped = true;
        at += 2;
    }
    let (raw, rest) = inside.split_at_checked(at)?;
    let value = match escaped {
        true => {
            let mut value = Vec::new();
            super::field::json::unescape(raw, &mut value);
            Cow::Owned(value)
        }
        false => Cow::Borrowed(raw),
    };
    Some((value, rest.get(1..)?))
}

/// The decoder of one file.
#[derive(Default)]
struct Lines {
    /// The last full time.
    near: Option<i64>,
}

impl Lines {
    /// Writes the values that have a name and a column.
    fn values(mut rest: &[u8], row: &mut RowWriter<'_>) {
        while let Some((key, value, more)) = pair(rest) {
            rest = more;
            let known = |name: &str| name.as_bytes() == key;
            let column = FIELDS
                .iter()
                .position(|f| f.computed.is_none() && (known(&f.name) || f.name == "err" && known("error")));
            if let Some(column) = column
                && column < CALLER
                && !value.is_empty()
            {
                row.set(column, Cell::Text(&value));
            }
        }
    }
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        Klog::of(line).is_none() && !line.starts_with(b"time=\"")
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if let Some(envelope) = record.envelope_time {
            self.near = Some(envelope);
        }
        if let Some(klog) = Klog::of(bytes) {
            let level: &[u8] = match klog.severity {
                b'I' => b"info",
                b'W' => b"warning",
                b'E' => b"error",
                _ => b"fatal",
            };
            let structured = klog.text.strip_prefix(b"\"").and_then(quoted);
            let msg = structured.as_ref().map_or(klog.text, |(msg, _)| msg);
            if let Some((_, values)) = &structured {
                Lines::values(values.split(|b| *b == b'\n').next().unwrap_or_default(), row);
            }
            row.set(LEVEL, Cell::Text(level));
            if !msg.is_empty() {
                row.set(MSG, Cell::Text(msg));
            }
            row.set(THREAD, Cell::Text(klog.thread));
            row.set(CALLER, Cell::Text(klog.caller));
            if klog.micros(2000).is_none() {
                return Err(Fault::new(bytes, 1, "month and day"));
            }
            if let Some(micros) = self.near.and_then(|near| klog.near(near)) {
                row.timestamp(micros);
            }
            return Ok(Decoded::Row);
        }
        if let Some(rest) = bytes.strip_prefix(b"time=") {
            let stamp = pair(bytes).and_then(|(_, value, _)| time::parse_iso(&value));
            let Some(micros) = stamp else {
                return Err(Fault::new(bytes, bytes.len() - rest.len(), "a time in ISO 8601"));
            };
            self.near = Some(micros);
            Lines::values(bytes, row);
            row.timestamp(micros);
            return Ok(Decoded::Row);
        }
        let Some(envelope) = record.envelope_time else {
            return Err(Fault::new(bytes, 0, "the head of a line of klog, or time="));
        };
        row.set(MSG, Cell::Text(bytes));
        row.timestamp(envelope);
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "eks_control_plane",
    family: Family::Compute,
    title: "Amazon EKS control plane logs",
    summary: "What a cluster's authenticator, API server, controller manager and scheduler wrote.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
    read_on: "2026-11-26",
    key_shape: "log group /aws/eks/{cluster}/cluster, streams authenticator-{id}, kube-apiserver-{id}, kube-controller-manager-{id}, kube-scheduler-{id}",
    versions: "klog, plain and structured, and the authenticator's logfmt; from files and from CloudWatch Logs",
    not_read: "audit events, which are a log of their own; the JSON and Parquet of Auto Mode's vended logs",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as the control plane writes to CloudWatch Logs"),
    insights: InsightsLog { group: "/aws/eks/, the cluster's name and /cluster", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Which AWS principals were let in, and as whom",
        "filter msg = \"access granted\" | stats count(*) as times, min(@timestamp) as first, max(@timestamp) as last by arn, username, groups | sort times desc",
    ),
    ask(
        "Who was not let in",
        "filter msg = \"access denied\" | stats count(*) as times by arn, err, source.ip | sort times desc",
    ),
    ask(
        "Warnings and errors by place",
        "filter level in [\"warning\", \"error\", \"fatal\"] | stats count(*) as times, latest(msg) as example by level, caller | sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "authenticator-0a1b2c3d4e5f60718293a4b5c6d7e8f9.log",
        content: crate::sample!("eks_control_plane_authenticator.log"),
        rows: 6,
        rejected: 1,
    },
    Sample {
        name: "kube-controller-manager-0a1b2c3d4e5f60718293a4b5c6d7e8f9/000000",
        content: crate::sample!("eks_control_plane_export.log"),
        rows: 7,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{!level=info}{level}: ]**{line:msg|=an empty line}**[, {line:arn}][, {line:username}]\
         [, {line:err}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn klog_and_logfmt_are_read_with_their_values() {
        for (record, cells) in [
            (
                r#"I0305 01:29:37.123456       1 get.go:245] Starting watch"#,
                ["info", "Starting watch", "-", "-"],
            ),
            (
                r#"E0305 01:29:37.123456      11 a/b.go:2] "Failed \"x\"" err="no \"y\": z" pod="a/b""#,
                ["error", "Failed \"x\"", "no \"y\": z", "-"],
            ),
            ("F0305 01:29:37.123456 7 x.go:1] panic\ngoroutine 1", ["fatal", "panic\ngoroutine 1", "-", "-"]),
            ("W0305 01:29:37 7 x.go:1]", ["warning", "-", "-", "-"]),
            (
                r#"time="2026-03-05T01:29:37Z" level=warning msg="access denied" arn="arn:x" error="no map""#,
                ["warning", "access denied", "no map", "arn:x"],
            ),
            (
                r#"time="2026-03-05T01:29:37Z" level=info msg="open quote arn= client="#,
                ["info", "\"open", "-", "-"],
            ),
        ] {
            let wanted = cells.map(str::to_owned).to_vec();
            assert_eq!(shown(&LOG, record, &["level", "msg", "err", "arn"]), Ok(wanted), "{record}");
        }
    }

    #[test]
    fn damage_has_its_place() {
        for (record, at) in [
            ("goroutine 1 [running]:", 0),
            ("I1305 01:29:37.123456 1 get.go:245] x", 1),
            ("time=\"soon\" level=info msg=x arn=y", 5),
            ("I0305 01:29:37.123456 1 get.go 245] x", 0),
        ] {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(at), "{record}");
        }
    }

    #[test]
    fn the_year_is_the_nearest() {
        let klog = Klog::of(b"I1231 23:59:59.000000 1 a.go:1] x").unwrap();
        let new_year = time::parse_iso(b"2026-01-01T00:00:10Z").unwrap();
        assert_eq!(klog.near(new_year), time::parse_iso(b"2025-12-31T23:59:59Z"));
        let leap = Klog::of(b"I0229 00:00:00.000000 1 a.go:1] x").unwrap();
        assert_eq!(
            leap.near(time::parse_iso(b"2024-03-01T00:00:00Z").unwrap()),
            time::parse_iso(b"2024-02-29")
        );
        assert_eq!([i64::MIN, i64::MAX].map(|near| leap.near(near)), [None, None]);
    }
}
