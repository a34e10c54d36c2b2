//! What follows from a message: computed when it is asked for.

use super::super::{
    field::{csv, sql},
    line_log,
};
use logloupe_table::{Cell, Computed, value::parse_number};

pub(super) static ADDRESS: Computed = Computed { from: &["connection_from", "message"], value: address };
pub(super) static PORT: Computed = Computed { from: &["connection_from", "message"], value: port };
pub(super) static ACTION: Computed = Computed {
    from: &["message", "error_severity"],
    value: |cells, _| action(cells).map_or(Cell::Null, Cell::Text),
};
pub(super) static OUTCOME: Computed = Computed { from: &["message", "error_severity"], value: outcome };
pub(super) static DURATION: Computed = Computed { from: &["message"], value: duration };
pub(super) static STATEMENT: Computed = Computed { from: &["message", "query"], value: statement };
pub(super) static OPERATION: Computed = Computed {
    from: &["message", "query"],
    value: |cells, out| {
        let mut text = Vec::new();
        match statement(cells, &mut text) {
            Cell::Text(statement) => sql::operation(statement, out),
            _ => Cell::Null,
        }
    },
};

macro_rules! audit {
    ($($name:ident = $place:literal),+) => {
        $(pub(super) static $name: Computed =
            Computed { from: &["message"], value: |cells, out| audit_cell(said(cells), $place, out) };)+
    };
}
// In the order in which pgaudit writes them; the statement itself is `db.statement`.
audit!(
    AUDIT_TYPE = 0,
    STATEMENT_ID = 1,
    SUBSTATEMENT_ID = 2,
    CLASS = 3,
    COMMAND = 4,
    OBJECT_TYPE = 5,
    OBJECT_NAME = 6,
    PARAMETER = 8
);

/// The message.
fn said<'a>(cells: &[Cell<'a>]) -> &'a [u8] {
    match cells.first() {
        Some(Cell::Text(message)) => message,
        _ => b"",
    }
}

/// A cell of the row that pgaudit writes as its message.
fn audit_cell<'a>(message: &'a [u8], place: usize, out: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(row) = message.strip_prefix(b"AUDIT: ") else { return Cell::Null };
    let Ok(cells) = csv::cells(row) else { return Cell::Null };
    let Some(cell) = cells.get(place).filter(|cell| !cell.is_empty()) else { return Cell::Null };
    out.extend_from_slice(cell);
    Cell::Text(out)
}

/// What stands behind `duration: 1.5 ms`, if that does, and the number.
fn timed(message: &[u8]) -> (Option<f64>, &[u8]) {
    let timed = message.strip_prefix(b"duration: ").and_then(|rest| {
        let (number, rest) =
            rest.split_at_checked(memchr::memmem::find(rest.get(..rest.len().min(40))?, b" ms")?)?;
        Some((parse_number(number)?, rest.get(3..)?))
    });
    timed.map_or((None, message), |(millis, rest)| (Some(millis), rest.trim_ascii_start()))
}

/// The statement in a message: behind `statement: `, or behind the name of what was parsed, bound or executed.
fn told(message: &[u8]) -> Option<&[u8]> {
    let (_, rest) = timed(message);
    if let Some(statement) = rest.strip_prefix(b"statement:") {
        return Some(statement);
    }
    let named =
        [&b"execute "[..], b"parse ", b"bind "].into_iter().find_map(|word| rest.strip_prefix(word))?;
    // Names are short; a statement may have colons too.
    let colon = memchr::memmem::find(named.get(..named.len().min(256))?, b": ")?;
    named.get(colon + 2..)
}

fn statement<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let message = said(cells);
    if message.starts_with(b"AUDIT: ") {
        return audit_cell(message, 7, out);
    }
    match (told(message).map(<[u8]>::trim_ascii), cells.get(1)) {
        (Some(statement), _) if !statement.is_empty() => Cell::Text(statement),
        (_, Some(Cell::Text(query))) => Cell::Text(query),
        _ => Cell::Null,
    }
}

fn action(cells: &[Cell<'_>]) -> Option<&'static [u8]> {
    let message = said(cells);
    let begins = [
        (&b"AUDIT: "[..], &b"audit"[..]),
        (b"connection received:", b"connection received"),
        (b"connection authenticated:", b"connection authenticated"),
        (b"connection authorized:", b"connection authorized"),
        (b"replication connection authorized:", b"connection authorized"),
        (b"disconnection:", b"disconnection"),
        (b"checkpoint ", b"checkpoint"),
        (b"restartpoint ", b"checkpoint"),
        (b"temporary file:", b"temporary file"),
        (b"automatic ", b"vacuum"),
    ];
    if let Some((_, action)) = begins.into_iter().find(|(begin, _)| message.starts_with(begin)) {
        return Some(action);
    }
    if matches!(cells.get(1), Some(Cell::Text(b"FATAL"))) {
        let has = |word: &[u8]| memchr::memmem::find(message, word).is_some();
        if has(b"authentication failed for user") {
            return Some(b"authentication failed");
        }
        let refused: [&[u8]; 5] = [
            b"pg_hba.conf",
            b"does not exist",
            b"too many",
            b"remaining connection slots",
            b"is not permitted to log in",
        ];
        if refused.into_iter().any(has) {
            return Some(b"connection refused");
        }
    }
    told(message).map(|_| &b"statement"[..])
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let failed = matches!(cells.get(1), Some(Cell::Text(b"ERROR" | b"FATAL" | b"PANIC")));
    let let_in = || matches!(action(cells), Some(b"connection authorized" | b"connection authenticated"));
    Cell::Text(match failed {
        true => b"failure",
        false if timed(said(cells)).0.is_some() || let_in() => b"success",
        false => b"unknown",
    })
}

fn duration<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let message = said(cells);
    if let (Some(millis), _) = timed(message) {
        return Cell::Float(millis);
    }
    // `disconnection: session time: 0:00:00.007 user=…`
    let clock = message
        .strip_prefix(b"disconnection: session time: ")
        .and_then(|rest| rest.split(|b| *b == b' ').next());
    let seconds = clock.and_then(|clock| {
        clock.split(|b| *b == b':').try_fold(0.0, |seconds, part| Some(seconds * 60.0 + parse_number(part)?))
    });
    seconds.map_or(Cell::Null, |seconds| Cell::Float((seconds * 1e6).round() / 1e3))
}

/// Host and port of the client, from the prefix or else from the message.
fn client<'a>(cells: &[Cell<'a>]) -> (&'a [u8], &'a [u8]) {
    let from = match cells {
        [Cell::Text(from), _] => from,
        [_, Cell::Text(message)] => {
            let Some(rest) = message.strip_prefix(b"connection received: host=") else { return (b"", b"") };
            let mut words = rest.split(|b| *b == b' ');
            let host = words.next().unwrap_or_default();
            let port = words.next().and_then(|word| word.strip_prefix(b"port=")).unwrap_or_default();
            return (host, port);
        }
        _ => return (b"", b""),
    };
    let split = |at: Option<usize>| at.and_then(|at| Some((from.get(..at)?, from.get(at + 1..)?)));
    if let Some((host, port)) = split(memchr::memrchr(b'(', from)) {
        return (host, port.strip_suffix(b")").unwrap_or(port));
    }
    // csvlog puts a colon before the port, behind IPv6 too.
    match split(memchr::memrchr(b':', from)) {
        Some((host, port)) if line_log::is_address(host) || !host.contains(&b':') => (host, port),
        _ => (from, b""),
    }
}

fn address<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    line_log::address(&[Cell::Text(client(cells).0)], out)
}

fn port<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let port = std::str::from_utf8(client(cells).1).ok().and_then(|port| port.parse::<u16>().ok());
    port.map_or(Cell::Null, |port| Cell::Int(port as i64))
}
