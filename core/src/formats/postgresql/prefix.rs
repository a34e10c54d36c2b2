//! What stands before a message: the prefixes that RDS has, others like them, and the first cells of csvlog.
//!
//! ```text
//! prefix = time SP zone ":" [ from ] ":" user "@" database ":[" process "]:"            ; RDS
//!        / the same, line ":" state ":" time SP zone ":" vxid ":" xid ":" session ":" [ application ]
//!        / time SP zone SP … "[" process "]" … SP                                       ; one's own
//! from   = host "(" port ")" / host / "[local]"
//! ```

use logloupe_table::time;

/// A prefix, the severity behind it, and the text behind that.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix<'a> {
    pub(super) micros: i64,
    pub(super) from: &'a [u8],
    pub(super) user: &'a [u8],
    pub(super) database: &'a [u8],
    pub(super) process: &'a [u8],
    pub(super) line: &'a [u8],
    pub(super) state: &'a [u8],
    pub(super) began: Option<i64>,
    pub(super) virtual_transaction: &'a [u8],
    pub(super) transaction: &'a [u8],
    pub(super) session: &'a [u8],
    pub(super) application: &'a [u8],
    pub(super) severity: &'a [u8],
    pub(super) text: &'a [u8],
}

/// How far into a line its message is looked for.
const MOST: usize = 512;

const SEVERITIES: [&[u8]; 19] = [
    b"LOG",
    b"ERROR",
    b"FATAL",
    b"STATEMENT",
    b"DETAIL",
    b"WARNING",
    b"NOTICE",
    b"HINT",
    b"CONTEXT",
    b"PANIC",
    b"INFO",
    b"QUERY",
    b"LOCATION",
    b"DEBUG",
    b"DEBUG1",
    b"DEBUG2",
    b"DEBUG3",
    b"DEBUG4",
    b"DEBUG5",
];

/// Hours east of UTC of the zones whose names mean one thing.
const ZONES: [(&[u8], i64); 16] = [
    (b"UTC", 0),
    (b"GMT", 0),
    (b"WET", 0),
    (b"WEST", 1),
    (b"CET", 1),
    (b"CEST", 2),
    (b"EET", 2),
    (b"EEST", 3),
    (b"MSK", 3),
    (b"JST", 9),
    (b"EST", -5),
    (b"EDT", -4),
    (b"MDT", -6),
    (b"MST", -7),
    (b"PDT", -7),
    (b"PST", -8),
];

/// The time and zone that `text` begins with, in microseconds, and what follows.
pub(super) fn moment(text: &[u8]) -> Option<(i64, &[u8])> {
    if text.get(4) != Some(&b'-') || text.get(10) != Some(&b' ') {
        return None;
    }
    let (micros, taken) = time::iso_prefix(text)?;
    let rest = text.get(taken..)?;
    // The zone was read with the time.
    if taken > 19 && !text.get(taken - 1)?.is_ascii_digit() {
        return Some((micros, rest));
    }
    let zone = rest.strip_prefix(b" ")?;
    let length = zone
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-'))
        .count();
    let (name, behind) = zone.split_at_checked(length)?;
    let hours = match name {
        [sign @ (b'+' | b'-'), tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => {
            let hours = (tens - b'0') as i64 * 10 + (ones - b'0') as i64;
            if *sign == b'-' { -hours } else { hours }
        }
        [] | [_] => return None,
        _ => ZONES.iter().find(|zone| zone.0 == name).map_or(0, |zone| zone.1),
    };
    Some((micros.checked_sub(hours * 3600 * time::SECOND)?, behind))
}

impl<'a> Prefix<'a> {
    pub(super) fn of(line: &'a [u8]) -> Option<Prefix<'a>> {
        let (micros, rest) = moment(line)?;
        let prefix = match rest.first()? {
            b':' => Prefix::rds(rest)?,
            b' ' => Prefix::own(rest)?,
            _ => return None,
        };
        Some(Prefix { micros, ..prefix })
    }
    fn rds(rest: &'a [u8]) -> Option<Prefix<'a>> {
        let head = rest.get(..rest.len().min(MOST))?;
        // A host of `[local]` has the bracket too.
        let (at, digits) = memchr::memmem::find_iter(head, b":[").find_map(|at| {
            let inside = head.get(at + 2..)?;
            let digits = inside.iter().take_while(|b| b.is_ascii_digit()).count();
            (digits > 0 && inside.get(digits..)?.starts_with(b"]:")).then_some((at, digits))
        })?;
        let process = rest.get(at + 2..at + 2 + digits)?;
        let before = rest.get(..at)?.strip_prefix(b":").unwrap_or_default();
        // Hosts may have colons, users and databases hardly.
        let colon = match memchr::memmem::find(before, b"):") {
            Some(at) => Some(at + 1),
            None => memchr::memrchr(b':', before),
        };
        let (from, who) = match colon {
            Some(colon) => (before.get(..colon)?, before.get(colon + 1..)?),
            None => (&b""[..], before),
        };
        let sign = memchr::memrchr(b'@', who)?;
        let (user, database) = (who.get(..sign)?, who.get(sign + 1..)?);
        let after = rest.get(at + 2 + digits + 2..)?;
        let prefix = Prefix { from, user, database, process, ..Prefix::default() };
        match severity(after) {
            Some((severity, text)) => Some(Prefix { severity, text, ..prefix }),
            None => prefix.sixteen(after),
        }
    }
    /// What the second prefix of RDS has more.
    fn sixteen(self, after: &'a [u8]) -> Option<Prefix<'a>> {
        let (line, after) = part(after)?;
        let (state, after) = part(after)?;
        if line.is_empty() || !line.iter().all(u8::is_ascii_digit) || state.len() != 5 {
            return None;
        }
        let (began, after) = moment(after)?;
        let (virtual_transaction, after) = part(after.strip_prefix(b":")?)?;
        let (transaction, after) = part(after)?;
        let (session, after) = part(after)?;
        // The application's name ends where a severity begins: nothing stands between.
        let head = after.get(..after.len().min(MOST))?;
        let (application, severity, text) = memchr::memchr_iter(b':', head).find_map(|colon| {
            let word = after.get(..colon)?;
            let severity =
                SEVERITIES.iter().filter(|severity| word.ends_with(severity)).max_by_key(|s| s.len())?;
            let start = colon - severity.len();
            let text = after.get(colon + 1..).filter(|text| text.starts_with(b" "))?;
            Some((after.get(..start)?, after.get(start..colon)?, text.trim_ascii_start()))
        })?;
        Some(Prefix {
            line,
            state,
            began: Some(began),
            virtual_transaction,
            transaction,
            session,
            application,
            severity,
            text,
            ..self
        })
    }
    fn own(rest: &'a [u8]) -> Option<Prefix<'a>> {
        let head = rest.get(..rest.len().min(MOST))?;
        let (start, severity, text) = memchr::memchr_iter(b':', head).find_map(|colon| {
            let letters = head.get(..colon)?.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
            let start = colon - letters;
            let before = head.get(start.checked_sub(1)?)?;
            let (word, text) = severity(rest.get(start..)?)?;
            matches!(before, b' ' | b':' | b']').then_some((start, word, text))
        })?;
        let before = rest.get(..start)?;
        let process = memchr::memchr_iter(b'[', before).find_map(|at| {
            let inside = before.get(at + 1..)?;
            let digits = inside.iter().take_while(|b| b.is_ascii_digit()).count();
            (digits > 0 && inside.get(digits) == Some(&b']')).then(|| inside.get(..digits)).flatten()
        })?;
        let mut prefix = Prefix { process, severity, text, ..Prefix::default() };
        for pair in before.split(|b| matches!(b, b' ' | b',')) {
            let Some(at) = memchr::memchr(b'=', pair) else { continue };
            let (key, value) = (pair.get(..at)?, pair.get(at + 1..)?);
            match key {
                b"user" | b"usr" => prefix.user = value,
                b"db" | b"database" | b"dbname" => prefix.database = value,
                b"app" | b"appli" | b"application" | b"application_name" => prefix.application = value,
                b"client" | b"host" | b"remote" | b"rhost" => prefix.from = value,
                _ => {}
            }
        }
        Some(prefix)
    }
}

/// What stands before the next colon, and behind it.
fn part(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', text.get(..text.len().min(MOST))?)?;
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// The severity that `text` begins with, and the text behind its colon and blanks.
fn severity(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = text.iter().take(10).take_while(|b| b.is_ascii_alphanumeric()).count();
    let (word, rest) = text.split_at_checked(length)?;
    let rest = rest.strip_prefix(b":")?;
    let known = SEVERITIES.contains(&word) && (rest.is_empty() || rest.starts_with(b" "));
    known.then_some((word, rest.trim_ascii_start()))
}

/// Whether a line is a row of csvlog, or the first line of one: a time first, a severity in the twelfth cell.
pub(super) fn is_csv(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(1024)).unwrap_or_default();
    let unquoted = head.strip_prefix(b"\"").unwrap_or(head);
    let Some((_, rest)) = moment(unquoted) else { return false };
    if !rest.starts_with(b"\",") && !rest.starts_with(b",") {
        return false;
    }
    let (mut quoted, mut cells, mut start) = (false, 0, 0);
    for (at, b) in head.iter().enumerate() {
        match b {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells += 1;
                if cells == 12 {
                    let cell = head.get(start..at).unwrap_or_default();
                    let cell =
                        cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell);
                    return SEVERITIES.contains(&cell);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    false
}
