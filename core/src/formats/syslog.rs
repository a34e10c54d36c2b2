//! What a machine's programs say, as syslog daemons write and forward it: `auth.log`, `secure`, `messages`, `syslog`.
//!
//! Not these: the journal's JSON (`journald`), the audit log of the kernel (`linux_audit`).
//!
//! ```text
//! record = [ "<" pri ">" ] stamp [ SP host ] [ SP tag ] SP text                      ; RFC 3164 and what daemons make of it
//!        / "<" pri ">1 " ( iso / "-" ) SP host SP app SP pid SP id SP data [ SP text ]  ; RFC 5424
//! stamp  = month SP day SP clock / iso
//! tag    = name [ "[" pid "]" ] [ SP ( "<" level ">" / "(" more ")" ) ] ":"
//! data   = "-" / 1*( "[" id *( SP name "=" DQUOTE value DQUOTE ) "]" )
//! ```
//!
//! Decisions: days without a year are of the year that the user gave, else of the last one in which they are not in the future. Structured
//! data is a field per parameter (`id.name`). Lines that do not begin with a time or a priority go on the one before. What the programs
//! that let users in say is read further ([`said`](mod@said)). Several records that a dump of datagrams has on one line are one row, whose text
//! has them all. JSON in the text is open to paths (`@cee:` among it).

mod data;

use data::{Params, plain};

use super::{
    Decoded, Decoder, Family, Fault, Framing, JsonPart, LineLog, Meta, Preset, Record, Sample, Settings,
    Span, ask,
    field::{
        said::{self, said},
        usual, when,
    },
    line_log::{place, text},
    program_log::EXTERNAL,
    tell,
};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter};

/// Logs of syslog daemons.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Entry::of(line).is_ok_and(|entry| entry.sure && !has_own(entry.tag)),
    what: "begin with a time, a host and a program",
    spans_lines: true,
    json: JsonPart::Fragment,
    summary,
    sources: &["auth_log"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |head| Box::new(Lines { settings: head.settings.clone(), names: Vec::new() }))
};

/// Programs whose lines behind the tag are access logs of their own.
fn has_own(tag: &[u8]) -> bool {
    matches!(tag, b"haproxy")
}

const FIELDS: &[Field] = &[
    Field::new("priority", Kind::Int, Role::Dimension)
        .aliases(&["log.syslog.priority", "pri"])
        .doc("eight times the facility and the severity, if the record has it"),
    text("facility", Role::Dimension)
        .aliases(&["log.syslog.facility.name"])
        .doc("kern, user, daemon, auth, authpriv, cron, local0 and others"),
    text("severity", Role::Status)
        .aliases(&["log.syslog.severity.name"])
        .doc("as the record has it: emerg, alert, crit, err, warning, notice, info, debug"),
    text("log.level", Role::Status)
        .aliases(&["level"])
        .computed(&LEVEL_OF_SEVERITY)
        .doc("debug, info, notice, warn, error or fatal, of the severity"),
    text("host.name", Role::Dimension)
        .aliases(&["host", "hostname", "host.hostname", "logsource"])
        .doc("the machine"),
    text("process.name", Role::Dimension)
        .aliases(&["program", "app_name", "appname", "tag", "log.syslog.appname", "service.name"])
        .doc("the program"),
    Field::new("process.pid", Kind::Int, Role::Identifier)
        .aliases(&["pid", "procid", "log.syslog.procid"])
        .doc("its process"),
    text("msgid", Role::Dimension).aliases(&["log.syslog.msgid", "event.code"]).doc("the kind of message"),
    text("structured_data", Role::Identifier)
        .doc("structured data as the record has it; each parameter is a field too"),
    text("message", Role::Identifier).aliases(&["msg", "content"]).doc("what is said, all lines of it"),
    Field::new("repeated", Kind::Int, Role::Measure)
        .doc("how often the message before it, or the one in brackets, was said again"),
    said::USER,
    said::TARGET,
    said::SOURCE,
    said::PORT,
    said::ACTION,
    said::OUTCOME,
    said::METHOD,
    said::COMMAND,
    said::DIRECTORY,
    said::TERMINAL,
    said::IP,
];

const PRIORITY: usize = place(FIELDS, "priority");
const FACILITY: usize = place(FIELDS, "facility");
const SEVERITY: usize = place(FIELDS, "severity");
const HOST: usize = place(FIELDS, "host.name");
const PROCESS: usize = place(FIELDS, "process.name");
const PID: usize = place(FIELDS, "process.pid");
const MSGID: usize = place(FIELDS, "msgid");
const DATA: usize = place(FIELDS, "structured_data");
const MESSAGE: usize = place(FIELDS, "message");
const REPEATED: usize = place(FIELDS, "repeated");
const SAID: usize = place(FIELDS, "user.name");

static LEVEL_OF_SEVERITY: Computed = Computed {
    from: &["severity"],
    value: |cells, _| match cells {
        [Cell::Text(word)] => {
            usual::level("severity", word).map_or(Cell::Null, |level| Cell::Text(level.as_bytes()))
        }
        _ => Cell::Null,
    },
};

/// RFC 5424, table 1; `local0` and on stand behind.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];
/// RFC 5424, table 2.
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// The longest name of a host or a program that is taken for one.
const LONGEST: usize = 255;
/// How many parameters of structured data are read.
const MOST: usize = 128;

/// The parts of a record.
#[derive(Debug, Default)]
struct Entry<'a> {
    priority: Option<usize>,
    /// From where on its time stands; none if it has none.
    stamp: Option<&'a [u8]>,
    /// ChromeOS and macOS write a level.
    level: &'a [u8],
    host: &'a [u8],
    tag: &'a [u8],
    pid: &'a [u8],
    msgid: &'a [u8],
    data: &'a [u8],
    message: &'a [u8],
    /// No other log looks like this.
    sure: bool,
}

type Refused = (usize, &'static str);

impl<'a> Entry<'a> {
    fn of(record: &'a [u8]) -> Result<Entry<'a>, Refused> {
        let mut entry = Entry::default();
        let mut at = 0;
        if record.first() == Some(&b'<') {
            let digits = record.iter().skip(1).take(4).take_while(|b| b.is_ascii_digit()).count();
            let number =
                record.get(1..1 + digits).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            let number = number.filter(|number| *number < 192 && record.get(1 + digits) == Some(&b'>'));
            entry.priority = Some(number.ok_or((1, "a priority up to 191 and >"))?);
            at = digits + 2;
            if record.get(at..).is_some_and(|rest| rest.starts_with(b"1 ")) {
                return entry.modern(record, at + 2);
            }
        }
        let taken = stamp_length(record.get(at..).unwrap_or_default())
            .ok_or((at, "a time, such as Mar  5 01:29:37 or 2026-03-05T01:29:37Z"))?;
        let iso = record.get(at).is_some_and(u8::is_ascii_digit);
        entry.stamp = record.get(at..);
        let rest = record.get(at + taken..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(b" ").filter(|rest| !rest.is_empty()) else {
            // `Mar 11 09:39:39: --- last message repeated 5 times ---`
            if !matches!(rest.first(), None | Some(b':' | b' ')) {
                return Err((at + taken, "a blank behind the time"));
            }
            entry.message = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii_start();
            return Ok(entry);
        };
        // A program alone, without a host.
        let mut rest = rest.strip_prefix(b" ").unwrap_or(rest);
        if !entry.tagged(rest) {
            let (word, behind) = word(rest).filter(|(word, _)| word.len() <= LONGEST).unwrap_or((b"", rest));
            let is_level =
                iso && word.iter().all(u8::is_ascii_uppercase) && usual::level("level", word).is_some();
            match is_level {
                true => entry.level = word,
                false => entry.host = word,
            }
            rest = behind;
            if !entry.tagged(rest) {
                // Forwarded records have a program there, with or without a colon.
                if entry.priority.is_some()
                    && let Some((tag, behind)) = self::word(rest)
                {
                    (entry.tag, rest) = (tag, behind);
                }
                entry.message = rest.trim_ascii_start();
            }
        }
        // Behind such a time, programs and functions write `INFO main: text` and `START RequestId: …` too.
        let known: [&[u8]; 5] = [b"kernel", b"rsyslogd", b"systemd", b"sudo", b"su"];
        let named = !entry.tag.is_empty() && (!iso || !entry.pid.is_empty() || known.contains(&entry.tag));
        entry.sure = entry.priority.is_some() || named;
        Ok(entry)
    }
    /// Takes the tag that `text` begins with, and the message behind it; `false` if there is none.
    fn tagged(&mut self, text: &'a [u8]) -> bool {
        let end =
            text.iter().take(LONGEST).position(|b| matches!(b, b'[' | b':' | b' ')).unwrap_or(text.len());
        let Some((name, rest)) = text.split_at_checked(end).filter(|(name, _)| !name.is_empty()) else {
            return false;
        };
        let mut pid = &b""[..];
        let mut behind = rest;
        if let Some(inside) = rest.strip_prefix(b"[") {
            let Some(close) = inside.iter().take(LONGEST).position(|b| *b == b']') else { return false };
            let (Some(number), Some(more)) = (inside.get(..close), inside.get(close + 1..)) else {
                return false;
            };
            (pid, behind) = (number, more);
            // macOS: `proc[1] <Info>:`, `proc[1] (com.apple.x[2]):`
            for (open, shut) in [(&b" <"[..], b'>'), (b" (", b')')] {
                if let Some(inside) = behind.strip_prefix(open)
                    && let Some(close) = inside.iter().take(LONGEST).position(|b| *b == shut)
                    && inside.get(close + 1) == Some(&b':')
                {
                    if shut == b'>' {
                        self.level = inside.get(..close).unwrap_or_default();
                    }
                    behind = inside.get(close + 1..).unwrap_or_default();
                }
            }
        }
        let Some(message) =
            behind.strip_prefix(b":").filter(|m| matches!(m.first(), None | Some(b' ' | b'\t')))
        else {
            return false;
        };
        (self.tag, self.pid, self.message) = (name, pid, message.trim_ascii_start());
        true
    }
    /// RFC 5424, behind the version.
    fn modern(mut self, record: &'a [u8], from: usize) -> Result<Entry<'a>, Refused> {
        let mut at = from;
        let mut next = |expected: &'static str| {
            let rest = record.get(at..).unwrap_or_default();
            let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
            let word = rest.get(..end).filter(|word| !word.is_empty()).ok_or((at, expected))?;
            let place = at;
            at = (at + end + 1).min(record.len());
            Ok((place, if word == b"-" { &b""[..] } else { word }))
        };
        let (place, stamp) = next("a time or -")?;
        if !stamp.is_empty() {
            if stamp_length(stamp) != Some(stamp.len()) {
                return Err((place, "a time as 2026-03-05T01:29:37.123Z, or -"));
            }
            self.stamp = Some(stamp);
        }
        self.host = next("a host or -")?.1;
        self.tag = next("the name of a program or -")?.1;
        self.pid = next("a process or -")?.1;
        self.msgid = next("the kind of message or -")?.1;
        let rest = record.get(at..).unwrap_or_default();
        let taken = match rest.first() {
            Some(b'[') => {
                let taken = Params::of(rest).end().map_err(|bad| (at + bad, "structured data to its ]"))?;
                self.data = rest.get(..taken).unwrap_or_default();
                taken
            }
            Some(b'-') => 1,
            // Some leave it out.
            _ => 0,
        };
        let message = rest.get(taken..).unwrap_or_default();
        let message = message.trim_ascii_start();
        self.message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
        self.sure = true;
        Ok(self)
    }
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// How long the time is that `text` begins with, whatever its year.
fn stamp_length(text: &[u8]) -> Option<usize> {
    let iso = text.first().is_some_and(u8::is_ascii_digit) && text.get(10) == Some(&b'T');
    let named = text.first().is_some_and(u8::is_ascii_uppercase) && text.get(3) == Some(&b' ');
    let day = text.get(4).is_some_and(|b| b.is_ascii_digit() || *b == b' ');
    if !(iso || named && day) {
        return None;
    }
    // Has a 29th of February.
    let any_year = Settings { year: Some(1972), ..Settings::NONE };
    when::stamp(text, &any_year).map(|(_, taken)| taken)
}

/// Whether a line has the shape of a record's beginning, a damaged one too: `MMM 22 07:54:32`, `<999>`.
fn begins(line: &[u8]) -> bool {
    if line.first() == Some(&b'<') {
        return line.get(1).is_some_and(u8::is_ascii_digit);
    }
    if stamp_length(line).is_some() {
        return true;
    }
    let mut words =
        line.get(..line.len().min(32)).unwrap_or_default().split(|b| *b == b' ').filter(|w| !w.is_empty());
    let mut next = || words.next().unwrap_or_default();
    let (month, day, clock) = (next(), next(), next());
    !line.starts_with(b" ")
        && (3..=5).contains(&month.len())
        && (1..=2).contains(&day.len())
        && day.iter().all(u8::is_ascii_digit)
        && clock.get(2) == Some(&b':')
        && clock.get(5) == Some(&b':')
}

/// `message repeated 5 times: [ text]`, `last message repeated 5 times`: how often, and what.
fn repeated(message: &[u8]) -> Option<(i64, &[u8])> {
    let text = message.strip_prefix(b"--- last ").or(message.strip_prefix(b"last ")).unwrap_or(message);
    let rest = text.strip_prefix(b"message repeated ")?;
    let end = memchr::memchr(b' ', rest)?;
    let times = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    let inner = rest.get(end..)?.strip_prefix(b" times: [").map_or(&b""[..], |inner| inner.trim_ascii());
    Some((times, inner.strip_suffix(b"]").unwrap_or(inner)))
}

/// The id and the name of a parameter, and its column if it has one.
type Parameter = (Box<[u8]>, Box<[u8]>, Option<usize>);

/// The decoder.
struct Lines {
    settings: Settings,
    /// The parameters met.
    names: Vec<Parameter>,
}

impl Lines {
    /// The column of a parameter.
    fn column(&mut self, id: &[u8], name: &[u8], row: &mut RowWriter<'_>) -> Option<usize> {
        let known = self.names.iter().find(|known| *known.0 == *id && *known.1 == *name);
        if let Some(known) = known {
            return known.2;
        }
        if self.names.len() >= logloupe_table::table::MOST_COLUMNS {
            return None;
        }
        let column =
            row.column(&format!("{}.{}", String::from_utf8_lossy(id), String::from_utf8_lossy(name)));
        let column = column.filter(|column| *column >= FIELDS.len());
        self.names.push((id.into(), name.into(), column));
        column
    }
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        !begins(line)
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let entry = Entry::of(record.bytes).map_err(|(at, what)| Fault::new(record.bytes, at, what))?;
        let stamp = entry.stamp.and_then(|stamp| when::stamp(stamp, &self.settings));
        if let Some(micros) = stamp.map(|(micros, _)| micros).or(record.envelope_time) {
            row.timestamp(micros);
        }
        if let Some(priority) = entry.priority {
            row.set(PRIORITY, Cell::Int(priority as i64));
            for (column, word) in
                [(FACILITY, FACILITIES.get(priority / 8)), (SEVERITY, SEVERITIES.get(priority % 8))]
            {
                row.set(column, word.map_or(Cell::Null, |word| Cell::Text(word.as_bytes())));
            }
        }
        for (column, text) in [
            (SEVERITY, entry.level),
            (HOST, entry.host),
            (PROCESS, entry.tag),
            (MSGID, entry.msgid),
            (DATA, entry.data),
            (MESSAGE, entry.message),
        ] {
            if !text.is_empty() {
                row.set(column, Cell::Text(text));
            }
        }
        if let Some(pid) = std::str::from_utf8(entry.pid).ok().and_then(|pid| pid.parse().ok()) {
            row.set(PID, Cell::Int(pid));
        }
        let mut params = Params::of(entry.data);
        for _ in 0..MOST {
            let Ok(Some((id, name, value))) = params.next() else { break };
            if let Some(column) = self.column(id, name, row).filter(|_| !value.is_empty()) {
                row.set(column, Cell::Text(&plain(value)));
            }
        }
        let mut message = entry.message;
        if let Some((times, inner)) = repeated(message) {
            row.set(REPEATED, Cell::Int(times));
            message = inner;
        }
        said(entry.tag, message).write(SAID, row);
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "syslog",
    family: Family::Compute,
    title: "Syslog",
    summary: "What a machine's programs say, as syslog daemons write it: sign-ins, sudo, cron, the kernel.",
    framing: Framing::Lines,
    page: "https://axoflow.com/docs/axosyslog-core/chapter-concepts/concepts-message-structure/concepts-message-ietfsyslog/",
    read_on: "2026-11-27",
    key_shape: "/var/log/{auth.log|secure|messages|syslog|cron}, or the log group that an agent sends them to",
    versions: "RFC 3164 with and without priority, year, fraction, host and program; RFC 5424; rsyslog's ISO times; forms of macOS and ChromeOS",
    not_read: "months in other languages; counts of octets before records; access logs that a program sends through syslog",
};

/// Questions to messages of programs that let users in.
static PRESETS: &[Preset] = &[
    ask(
        "Failed sign-ins by address",
        "filter event.action in [\"ssh_login\", \"authentication\"] and event.outcome = \"failure\"\n| stats count(*) as failed, count_distinct(user.name) as users, earliest(@timestamp) as first, latest(@timestamp) as last by source.address, host.name\n| sort failed desc\n| limit 50",
    ),
    ask(
        "Addresses that got in after they had failed",
        "filter event.action = \"ssh_login\"\n| stats sum(if(event.outcome = \"failure\", 1, 0)) as failed, sum(if(event.outcome = \"success\", 1, 0)) as succeeded, latest(@timestamp) as last by source.address, host.name\n| filter failed > 0 and succeeded > 0\n| sort failed desc",
    ),
    ask(
        "Who got in, from where and how",
        "filter event.action = \"ssh_login\" and event.outcome = \"success\"\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by user.name, source.address, authentication.method, host.name\n| sort first",
    ),
    ask(
        "Commands through sudo",
        "filter event.action = \"sudo\"\n| fields @timestamp, host.name, user.name, user.target.name, process.command_line, event.outcome\n| sort @timestamp desc",
    ),
    ask(
        "New users and groups, changed passwords",
        "filter event.action in [\"user_add\", \"user_change\", \"user_delete\", \"group_add\", \"group_change\", \"password_change\"]\n| fields @timestamp, host.name, event.action, user.target.name, message\n| sort @timestamp desc",
    ),
    ask(
        "Who says most",
        "stats count(*) as records by process.name, log.level\n| sort records desc\n| limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "auth.log", content: crate::sample!("syslog.log"), rows: 20, rejected: 1 },
    Sample { name: "forwarded.log", content: crate::sample!("syslog_5424.log"), rows: 6, rejected: 3 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "[{process.name}: ]**{line:message|structured_data|=no message}**[, on {host.name}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn records_of_all_forms() {
        let columns = ["severity", "host.name", "process.name", "process.pid", "message"];
        for (record, cells) in [
            ("Mar  5 01:29:37 web-1 sshd[42]:  hello", ["-", "web-1", "sshd", "42", "hello"]),
            (
                "Mar 5 01:29:37.123 web-1 /sbin/anacron[7]: a\n\tb",
                ["-", "web-1", "/sbin/anacron", "7", "a\n\tb"],
            ),
            (
                "Mar 11 09:39:39: --- last message repeated 5 times ---",
                ["-", "-", "-", "-", "--- last message repeated 5 times ---"],
            ),
            (
                "Nov 18 08:30:20 kernel: [997.390602] sda2: rw=0",
                ["-", "-", "kernel", "-", "[997.390602] sda2: rw=0"],
            ),
            ("Jan 22 07:54:32 h Job `x' terminated", ["-", "h", "-", "-", "Job `x' terminated"]),
            ("<14>Mar  6 04:07:23 h tag this is", ["info", "h", "tag", "-", "this is"]),
            ("<133>Jun 13 16:33:35 app[73411]: x", ["notice", "-", "app", "73411", "x"]),
            ("2026-03-05T01:29:37.1+02:00 h rsyslogd:  x", ["-", "h", "rsyslogd", "-", "x"]),
            ("2026-03-05T01:29:37.1-07:00 WARNING kernel: x", ["WARNING", "-", "kernel", "-", "x"]),
            ("Sep 13 00:58:45 mac launchd[1] <Info>: x", ["Info", "mac", "launchd", "1", "x"]),
            (
                "Sep 13 00:58:45 mac com.apple.xpc[1] (com.apple.y[2]): x",
                ["-", "mac", "com.apple.xpc", "1", "x"],
            ),
            ("<34>1 - - - - - - \u{feff}x", ["crit", "-", "-", "-", "x"]),
            ("<34>1 2026-03-05T01:29:37Z h app 7 ID [a b=\"c\\]\"][e] x", ["crit", "h", "app", "7", "x"]),
            ("<34>1 2026-03-05T01:29:37Z h app - - -", ["crit", "h", "app", "-", "-"]),
            ("Mar  5 01:29:37", ["-"; 5]),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
        for (record, at) in [
            ("", 0),
            ("MMM 22 07:54:32 h x", 0),
            ("<192>Mar  5 01:29:37 h x: y", 1),
            ("<>x", 1),
            ("<34>x", 4),
            ("<34>1 ", 6),
            ("<34>1 yesterday h a - - - x", 6),
            ("<34>1 - h", 9),
            ("<34>1 - h a - - [x y=\"z] m", 21),
            ("<34>1 - h a - - [", 17),
            ("Mar  5 01:29:37x", 15),
        ] {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(at), "{record}");
        }
    }

    #[test]
    fn what_functions_print_behind_a_time_is_no_record_of_a_daemon() {
        let sure = |line: &str| Entry::of(line.as_bytes()).is_ok_and(|entry| entry.sure);
        for line in [
            "2026-03-05T01:29:37.123Z START RequestId: 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c Version: 1",
            "2026-03-05T01:29:37.123Z Received event: {}",
            "2026-03-05T01:29:37.123Z INFO main: text",
        ] {
            assert!(!sure(line), "{line}");
        }
        assert!(
            sure("2026-03-05T01:29:37.1+00:00 h sudo: x") && sure("2026-03-05T01:29:37.1+00:00 h app[1]: x")
        );
    }

    #[test]
    fn parameters_are_fields_without_their_escapes() {
        let record = "<34>1 2026-03-05T01:29:37Z h app 7 ID [a@1 b=\"x\\\"y\" c= \"\" d=\"e\"] m";
        let shown = shown(&LOG, record, &["a@1.b", "a@1.c", "a@1.d"]);
        assert_eq!(shown, Ok(["x\"y", "-", "e"].map(str::to_owned).to_vec()));
        assert_eq!(repeated(b"message repeated 76 times: [-- MARK --]"), Some((76, &b"-- MARK --"[..])));
        assert_eq!(repeated(b"message repeated x times: ["), None);
    }

    #[test]
    fn a_damaged_beginning_is_no_more_of_the_record_before() {
        for (line, yes) in [
            ("MMM 22 07:54:32 h x", true),
            ("<999>x", true),
            ("\tmore", false),
            ("signature=dbus.Signature('s')", false),
            ("  at 12 07:54:32", false),
            ("", false),
        ] {
            assert_eq!(begins(line.as_bytes()), yes, "{line}");
        }
    }
}
