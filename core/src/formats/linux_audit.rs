//! Linux's audit log, as `auditd` writes it: system calls, files, programs, sign-ins and changes that rules or programs report.
//!
//! Not these: what programs say through syslog or the journal.
//!
//! ```text
//! record = [ "node=" host SP ] [ "type=" type SP ] "msg=audit(" seconds "." fraction ":" serial "):" *( SP pair / word ) [ GS *( pair ) ]
//! pair   = name "=" ( DQUOTE text DQUOTE / "'" *( SP pair ) "'" / "{" *( SP pair ) "}" / word )
//! GS     = %x1D                                     ; behind it, what `log_format = ENRICHED` knows of numbers
//! ```
//!
//! Decisions: a line is a row; those of one event have one `serial` (and host). Values that the kernel wrote as hexadecimal digits, as they
//! have blanks or worse, are read as text, NUL as a blank. `?`, `(null)`, `(none)` and the id 4294967295 (unset) are no values. Of a name that
//! stands twice the first counts. Names behind the separator, which differ from others in case only, are fields with `.name` (`gid.name`).

use std::borrow::Cow;

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    line_log::{address, place, text},
    program_log::EXTERNAL,
    tell,
};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, table::MOST_COLUMNS};

/// The audit log of Linux.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Heading::of(line).is_ok(),
    what: "have audit's type, time and serial number",
    summary,
    sources: &["auditd"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines { names: Vec::new() }))
};

const fn id(name: &'static str) -> Field {
    Field::new(name, Kind::Int, Role::Identifier)
}

const FIELDS: &[Field] = &[
    text("type", Role::Dimension)
        .aliases(&["record_type", "auditd.log.record_type"])
        .doc("the kind of record: SYSCALL, EXECVE, PATH, USER_LOGIN and others"),
    id("serial").aliases(&["event.id", "auditd.log.sequence"]).doc("the event that it is a part of"),
    text("node", Role::Dimension).aliases(&["host.name", "host"]).doc("the machine, if auditd writes it"),
    id("pid").aliases(&["process.pid"]).doc("the process"),
    id("ppid").aliases(&["process.parent.pid"]).doc("its parent"),
    id("uid").aliases(&["user.id"]).doc("the user's number"),
    id("auid")
        .aliases(&["user.audit.id"])
        .doc("the number of the user who signed in, whoever they became; none if nobody did"),
    id("euid").aliases(&["user.effective.id"]).doc("the number of the user as which it acts"),
    id("ses").aliases(&["session"]).doc("the session"),
    text("user.name", Role::Dimension).made().doc("the user's name, if auditd writes it"),
    text("user.audit.name", Role::Dimension)
        .made()
        .doc("the name of the user who signed in, if auditd writes it"),
    text("user.effective.name", Role::Dimension)
        .made()
        .doc("the name of the user as which it acts, if auditd writes it"),
    text("acct", Role::Dimension)
        .aliases(&["user.target.name", "account"])
        .doc("the account that a program reports on: who signs in, or is added"),
    text("comm", Role::Dimension).aliases(&["process.name"]).doc("the program's name"),
    text("exe", Role::Dimension).aliases(&["process.executable"]).doc("the program's file"),
    text("proctitle", Role::Identifier).aliases(&["process.title"]).doc("the command with its arguments"),
    text("cmd", Role::Identifier).aliases(&["command"]).doc("the command that sudo ran"),
    text("process.command_line", Role::Identifier)
        .made()
        .doc("the command with its arguments, of EXECVE, PROCTITLE and sudo's records"),
    text("cwd", Role::Identifier).aliases(&["process.working_directory"]).doc("where it ran"),
    text("tty", Role::Dimension).doc("the terminal of the process"),
    text("terminal", Role::Dimension).doc("the terminal, as a program has it"),
    text("syscall", Role::Dimension).doc("the number of the system call"),
    text("a0", Role::Identifier).doc("the first argument"),
    text("a1", Role::Identifier).doc("the second argument"),
    text("a2", Role::Identifier).doc("the third argument"),
    text("a3", Role::Identifier).doc("the fourth argument"),
    text("success", Role::Status).doc("yes or no, of system calls"),
    text("exit", Role::Dimension).doc("what the system call returned"),
    text("res", Role::Status).aliases(&["result"]).doc("success, failed, 1 or 0, as programs report it"),
    text("key", Role::Dimension).doc("the key of the rule that matched"),
    text("name", Role::Identifier).aliases(&["file.path", "path.name"]).doc("the file"),
    text("nametype", Role::Dimension).doc("what became of the file: NORMAL, CREATE, DELETE, PARENT"),
    text("op", Role::Dimension).aliases(&["operation"]).doc("what was done, as a program has it"),
    text("hostname", Role::Dimension).aliases(&["source.domain"]).doc("from where, by name"),
    text("addr", Role::Dimension).aliases(&["source.address"]).doc("from where, as a program has it"),
    text("perm", Role::Dimension).doc("what SELinux or AppArmor was asked for"),
    Field::new("source.ip", Kind::Ip, Role::Dimension)
        .aliases(&["client.ip"])
        .computed(&ADDRESS)
        .doc("from where, if that is an address"),
    text("event.action", Role::Dimension)
        .computed(&ACTION)
        .doc("what was done: op, if there is one, or type"),
    text("event.outcome", Role::Status).computed(&OUTCOME).doc("success or failure, unknown otherwise"),
];

const TYPE: usize = place(FIELDS, "type");
const SERIAL: usize = place(FIELDS, "serial");
const NODE: usize = place(FIELDS, "node");
const USER: usize = place(FIELDS, "user.name");
const AUDIT_USER: usize = place(FIELDS, "user.audit.name");
const EFFECTIVE_USER: usize = place(FIELDS, "user.effective.name");
const COMMAND_LINE: usize = place(FIELDS, "process.command_line");
const RES: usize = place(FIELDS, "res");
const PERM: usize = place(FIELDS, "perm");

static ADDRESS: Computed = Computed { from: &["addr"], value: address };
static ACTION: Computed = Computed {
    from: &["op", "type"],
    value: |cells, _| match cells {
        [Cell::Text(op), _] => Cell::Text(op),
        [_, Cell::Text(kind)] => Cell::Text(kind),
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["res", "success"],
    value: |cells, _| {
        let said = cells.iter().find_map(|cell| match cell {
            Cell::Text(b"yes" | b"1" | b"success" | b"granted") => Some(&b"success"[..]),
            Cell::Text(b"no" | b"0" | b"failed" | b"failure" | b"denied") => Some(b"failure"),
            _ => None,
        });
        Cell::Text(said.unwrap_or(b"unknown"))
    },
};

/// What each record begins with.
struct Heading<'a> {
    node: &'a [u8],
    kind: &'a [u8],
    micros: i64,
    serial: i64,
    /// Where the rest begins.
    rest: usize,
}

impl<'a> Heading<'a> {
    fn of(line: &'a [u8]) -> Result<Heading<'a>, (usize, &'static str)> {
        let mut at = 0;
        let mut word = |name: &[u8]| {
            let value = line.get(at..)?.strip_prefix(name)?;
            let end = memchr::memchr(b' ', value)?;
            at += name.len() + end + 1;
            value.get(..end)
        };
        let node = word(b"node=").unwrap_or_default();
        let kind = word(b"type=").unwrap_or_default();
        let text = line.get(at..).unwrap_or_default();
        let mark: &[u8] = b"msg=audit(";
        if !text.starts_with(mark) {
            return Err((at, "msg=audit(seconds.milliseconds:serial):"));
        }
        let from = at + mark.len();
        let number = |from: usize| -> Option<(i64, usize)> {
            let digits = line.get(from..)?.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
            let text = std::str::from_utf8(line.get(from..from + digits)?).ok()?;
            Some((text.parse().ok()?, from + digits))
        };
        let ends = |at: usize, byte: u8| line.get(at) == Some(&byte);
        let (seconds, dot) = number(from).ok_or((from, "seconds since 1970"))?;
        let (fraction, colon) = number(dot + 1)
            .filter(|(_, end)| ends(dot, b'.') && end - dot <= 7)
            .ok_or((dot, "a point and milliseconds"))?;
        let (serial, close) =
            number(colon + 1).filter(|_| ends(colon, b':')).ok_or((colon, "a colon and a serial number"))?;
        if !ends(close, b')') {
            return Err((close, "a closing bracket"));
        }
        let scale = 10i64.pow(6u32.saturating_sub((colon - dot - 1) as u32));
        let micros = seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(fraction * scale));
        let micros = micros.ok_or((from, "seconds since 1970"))?;
        Ok(Heading { node, kind, micros, serial, rest: close + 1 + ends(close + 1, b':') as usize })
    }
}

/// A name with its value, or a word alone.
enum Part<'a> {
    Pair { name: &'a [u8], value: &'a [u8], quoted: bool },
    Word(&'a [u8]),
}

/// The pairs and words of a record. Brackets around pairs are blanks.
struct Parts<'a> {
    rest: &'a [u8],
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\'' | b',' | 0x1d)
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;
    fn next(&mut self) -> Option<Part<'a>> {
        let skip = self.rest.iter().take_while(|b| is_blank(b)).count();
        let text = self.rest.get(skip..).filter(|text| !text.is_empty())?;
        let end = text.iter().position(|b| is_blank(b) || *b == b'=').unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let Some(value) = rest.strip_prefix(b"=") else {
            self.rest = rest;
            return Some(Part::Word(name));
        };
        // Pairs within: their names stand for themselves.
        if matches!(value.first(), Some(b'\'')) || value.starts_with(b"{ ") {
            self.rest = value.get(1..).unwrap_or_default();
            return self.next();
        }
        let (value, rest, quoted) = match value.strip_prefix(b"\"") {
            Some(inside) => {
                let end = memchr::memchr(b'"', inside).unwrap_or(inside.len());
                (inside.get(..end)?, inside.get(end + 1..).unwrap_or_default(), true)
            }
            None => {
                // A comma stands within values (`grantors=pam_env,pam_unix`), and behind those of old records.
                let end = value.iter().position(|b| is_blank(b) && *b != b',').unwrap_or(value.len());
                let end = if name == b"op" { words(value).unwrap_or(end) } else { end };
                let (value, rest) = value.split_at_checked(end)?;
                (value.strip_suffix(b",").unwrap_or(value), rest, false)
            }
        };
        self.rest = rest;
        Some(Part::Pair { name, value, quoted })
    }
}

/// Where the words end that stand before the next name: `op=adding user id=1`.
fn words(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr3(b'=', b'\'', 0x1d, text)?;
    match text.get(end) {
        Some(b'=') => memchr::memrchr(b' ', text.get(..end)?),
        _ => Some(end),
    }
}

/// The fields that the kernel writes as hexadecimal digits where they have blanks, quotes or control characters.
fn may_be_hex(name: &[u8], kind: &[u8]) -> bool {
    match name {
        b"proctitle" | b"name" | b"cmd" | b"acct" | b"comm" | b"exe" | b"cwd" | b"key" | b"path" | b"dir"
        | b"data" | b"vm" | b"profile" | b"grp" | b"new-disk" | b"old-disk" | b"device" | b"watch"
        | b"ocomm" | b"root_dir" => true,
        [b'a', digits @ ..] => {
            kind == b"EXECVE" && digits.iter().all(|b| b.is_ascii_digit() || b"[]".contains(b))
        }
        _ => false,
    }
}

/// Text of hexadecimal digits, if they are some.
fn of_hex(digits: &[u8]) -> Option<Vec<u8>> {
    if digits.len() < 2 || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    let byte = |two: &[u8; 2]| Some(digit(two[0])? << 4 | digit(two[1])?);
    let bytes: Option<Vec<u8>> = digits.as_chunks::<2>().0.iter().map(byte).collect();
    let mut bytes = bytes?;
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.iter_mut().filter(|b| **b == 0).for_each(|b| *b = b' ');
    Some(bytes)
}

/// The decoder.
struct Lines {
    /// The names met that the table of fields has not, and their columns.
    names: Vec<(Box<[u8]>, Option<usize>)>,
}

impl Lines {
    fn column(&mut self, name: &[u8], row: &mut RowWriter<'_>) -> Option<usize> {
        let own = |field: &Field| field.computed.is_none() && field.name.as_bytes() == name;
        if let Some(own) = FIELDS.iter().position(own) {
            return Some(own);
        }
        if let Some(known) = self.names.iter().find(|known| *known.0 == *name) {
            return known.1;
        }
        if self.names.len() >= MOST_COLUMNS || name.is_empty() || name.len() > 64 {
            return None;
        }
        // Numbers' names: `GID="root"`.
        let enriched = name.iter().all(|b| b.is_ascii_uppercase() || *b == b'-');
        let spelled = String::from_utf8_lossy(name);
        let spelled =
            if enriched { format!("{}.name", spelled.to_lowercase()) } else { spelled.into_owned() };
        let column = row.column(&spelled).filter(|column| *column >= FIELDS.len());
        self.names.push((name.into(), column));
        column
    }
}

impl Decoder for Lines {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let line = record.bytes;
        let heading = Heading::of(line).map_err(|(at, what)| Fault::new(line, at, what))?;
        row.timestamp(heading.micros);
        row.set(SERIAL, Cell::Int(heading.serial));
        for (column, text) in [(TYPE, heading.kind), (NODE, heading.node)] {
            if !text.is_empty() {
                row.set(column, Cell::Text(text));
            }
        }
        let parts = Parts { rest: line.get(heading.rest..).unwrap_or_default() };
        let (mut before, mut arguments) = (&b""[..], Vec::new());
        for part in parts {
            let (name, value, quoted) = match part {
                Part::Word(word) => {
                    match word {
                        // `avc:  denied  { getattr }`
                        b"denied" | b"granted" if heading.kind.ends_with(b"AVC") => {
                            row.set(RES, Cell::Text(word))
                        }
                        _ if before == b"{" => row.set(PERM, Cell::Text(word)),
                        _ => {}
                    }
                    before = word;
                    continue;
                }
                Part::Pair { name, value, quoted } => (name, value, quoted),
            };
            let word = std::mem::take(&mut before);
            // `old auid=… new auid=…` of old kernels.
            if word == b"old" {
                continue;
            }
            if !quoted && matches!(value, b"" | b"?" | b"(null)" | b"(none)" | b"4294967295") {
                continue;
            }
            let read = match !quoted && may_be_hex(name, heading.kind) {
                true => of_hex(value).map_or(Cow::Borrowed(value), Cow::Owned),
                false => Cow::Borrowed(value),
            };
            let column = match name {
                b"UID" => Some(USER),
                b"AUID" => Some(AUDIT_USER),
                b"EUID" => Some(EFFECTIVE_USER),
                _ => self.column(name, row),
            };
            let argument = heading.kind == b"EXECVE"
                && name.strip_prefix(b"a").is_some_and(|n| n.first().is_some_and(u8::is_ascii_digit));
            if argument {
                if !arguments.is_empty() {
                    arguments.push(b' ');
                }
                arguments.extend_from_slice(&read);
            } else if matches!(name, b"proctitle" | b"cmd") {
                row.set(COMMAND_LINE, Cell::Text(&read));
            }
            let Some(column) = column.filter(|_| !read.is_empty()) else { continue };
            match FIELDS.get(column).map(|field| field.kind) {
                Some(Kind::Int) => {
                    let number = std::str::from_utf8(&read).ok().and_then(|text| text.parse().ok());
                    row.set(column, number.filter(|n| *n >= 0).map_or(Cell::Null, Cell::Int));
                }
                _ => row.set(column, Cell::Text(&read)),
            }
        }
        if !arguments.is_empty() {
            row.set(COMMAND_LINE, Cell::Text(&arguments));
        }
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "linux_audit",
    family: Family::Audit,
    title: "Linux audit log",
    summary: "What the kernel's audit and the programs that use it report: system calls, files, programs, sign-ins, changes of accounts.",
    framing: Framing::Lines,
    page: "https://access.redhat.com/articles/4409591",
    read_on: "2026-11-27",
    key_shape: "/var/log/audit/audit.log[.{n}], or the log group that an agent sends it to",
    versions: "raw and enriched lines, with and without node; all types of records",
    not_read: "the output of aureport and of ausearch --interpret; addresses in saddr, where auditd does not name them",
};

static PRESETS: &[Preset] = &[
    ask(
        "Commands by user",
        "filter type in [\"EXECVE\", \"USER_CMD\", \"PROCTITLE\"]\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by process.command_line, auid\n| sort times desc\n| limit 50",
    ),
    ask(
        "Failed sign-ins",
        "filter type in [\"USER_LOGIN\", \"USER_AUTH\", \"USER_ERR\"] and event.outcome = \"failure\"\n| stats count(*) as failed, earliest(@timestamp) as first, latest(@timestamp) as last by acct, addr, exe\n| sort failed desc",
    ),
    ask(
        "What a rule's key matched",
        "filter ispresent(key)\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by key, exe, auid, event.outcome\n| sort times desc",
    ),
    ask(
        "Programs that ran from where everybody may write",
        "filter exe like /^\\/(tmp|var\\/tmp|dev\\/shm)\\//\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by exe, comm, auid, uid\n| sort times desc",
    ),
    ask(
        "Accounts that were added or changed",
        "filter type in [\"ADD_USER\", \"DEL_USER\", \"ADD_GROUP\", \"DEL_GROUP\", \"USER_MGMT\", \"GRP_MGMT\", \"USER_CHAUTHTOK\"]\n| fields @timestamp, type, op, acct, auid, event.outcome\n| sort @timestamp desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "audit.log", content: crate::sample!("linux_audit.log"), rows: 16, rejected: 3 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{acct|user.name}: ]**{event.action|=a record}**[ {line:process.command_line|name|cwd}][ by {exe}][ from {addr}]\
         [{!event.outcome=unknown|success}, **{event.outcome}**]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn values_of_all_forms() {
        for (record, columns, cells) in [
            (
                "type=PROCTITLE msg=audit(1772674177.123:7): proctitle=2F62696E2F7368002D6300612062",
                ["proctitle", "process.command_line", "serial"],
                ["/bin/sh -c a b", "/bin/sh -c a b", "7"],
            ),
            (
                "node=web-1 type=EXECVE msg=audit(1772674177.123:7): argc=3 a0=\"sh\" a1=\"-c\" a2=6120266220",
                ["node", "a2", "process.command_line"],
                ["web-1", "a &b ", "sh -c a &b "],
            ),
            (
                "type=SYSCALL msg=audit(1772674177.123:7): success=no a0=20 auid=4294967295 tty=(none)\u{1d}UID=\"fred\" SYSCALL=execve",
                ["a0", "user.name", "syscall.name"],
                ["20", "fred", "execve"],
            ),
            (
                "type=USER_AUTH msg=audit(1772674177.123:7): pid=9 msg='op=PAM:x grantors=? acct=\"root\" addr=2001:db8::1 res=failed'\u{1d}AUID=\"unset\"",
                ["acct", "source.ip", "event.outcome"],
                ["root", "2001:db8::1", "failure"],
            ),
            (
                "type=LOGIN msg=audit(1772674177.123:7): uid=0 old auid=4 new auid=5 old ses=4294967295",
                ["uid", "auid", "ses"],
                ["0", "5", "-"],
            ),
            (
                "type=AVC msg=audit(1772674177.123:7): avc:  denied  { getattr } for  pid=27 comm=\"ls\"",
                ["res", "perm", "pid"],
                ["denied", "getattr", "27"],
            ),
            (
                "type=ADD_USER msg=audit(1.0:0): msg='op=adding user id=7 res=success'",
                ["op", "id", "res"],
                ["adding user", "7", "success"],
            ),
            ("type=X msg=audit(1.0:0): op=a b", ["op", "id", "res"], ["a", "-", "-"]),
            ("type= msg=audit(1.0:0):", ["type", "serial", "op"], ["-", "0", "-"]),
            ("type=X msg=audit(1.0:0): a=\"open", ["type", "a", "op"], ["X", "open", "-"]),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
        for (record, at) in [
            ("", 0),
            ("type=X", 0),
            ("type=X msg=audit(): x", 17),
            ("type=X msg=audit(1): x", 18),
            ("type=X msg=audit(1.0): x", 20),
            ("type=X msg=audit(1.0:2: x", 22),
            ("type=X msg=audit(9999999999999999999.0:2): x", 17),
        ] {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(at), "{record}");
        }
    }
}
