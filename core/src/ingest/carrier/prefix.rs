//! What carriers write before a record on its line: the table of them. A line without it goes on with the record before, where
//! the carrier writes it once for a record of several lines.
//!
//! ```text
//! export   = YYYY-MM-DDTHH:MM:SS.mmmZ SP record                      ; CloudWatch Logs to S3
//! tail     = YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00 SP stream [SP record] ; `aws logs tail`; a record of JSON on lines of its own
//! short    = YYYY-MM-DDTHH:MM:SS SP record
//! awslogs  = group SP stream SP [time SP] record
//! CRI      = time SP ( "stdout" / "stderr" ) SP ( "P" / "F" ) *( ":" tag ) SP record ; of a record in pieces all but the last are P
//! compose  = name *SP "|" [SP record]
//! kubectl  = "[pod/" name "/" container "]" SP record
//! times    = YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ SP record                ; `--timestamps` of Docker and kubectl
//! syslog   = head SP object                                          ; JSON that went through syslog
//! ```
//!
//! Sources: AWS CLI reference, `logs tail`; jorgebastida/awslogs, README; Kubernetes, "CRI logging" design; Docker,
//! `docker compose logs`; RFC 3164 and 5424; all read 2026-11. Colours of a terminal are skipped.

use logloupe_table::time;

/// One carrier of lines.
#[derive(Debug)]
pub(crate) struct Prefix {
    /// Its name in the ledger and in `@carrier`.
    pub(crate) name: &'static str,
    /// Lines without it go on with the record before.
    pub(crate) continues: bool,
    /// It is taken off whoever reads what is behind it; others only where a better claim is behind it.
    pub(crate) sure: bool,
    /// Takes it off a line; the second argument is the first word of the file.
    strip: for<'a> fn(&'a [u8], &[u8]) -> Option<Stripped<'a>>,
}

/// A line without what its carrier wrote before the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stripped<'a> {
    /// In microseconds.
    pub(crate) time: Option<i64>,
    pub(crate) log: &'a [u8],
    pub(crate) stream: &'a [u8],
    /// The record goes on in the next line of this stream.
    pub(crate) partial: bool,
    pub(crate) text: &'a [u8],
}

/// The carrier whose path tells the stream.
pub(crate) const EXPORT: &str = "CloudWatch export";

/// All of them, in the order in which they are tried.
#[rustfmt::skip] // one line each
pub(crate) static PREFIXES: &[Prefix] = &[
    Prefix { name: EXPORT, continues: true, sure: false, strip: export },
    Prefix { name: "aws logs tail", continues: true, sure: false, strip: tail },
    Prefix { name: "aws logs tail", continues: true, sure: false, strip: short },
    Prefix { name: "awslogs", continues: true, sure: false, strip: awslogs },
    Prefix { name: "CRI", continues: false, sure: true, strip: cri },
    Prefix { name: "docker compose", continues: false, sure: true, strip: replica },
    Prefix { name: "docker compose", continues: false, sure: false, strip: compose },
    Prefix { name: "kubectl", continues: false, sure: true, strip: kubectl },
    Prefix { name: "log timestamps", continues: false, sure: false, strip: nanoseconds },
    Prefix { name: "syslog", continues: false, sure: false, strip: syslog },
];

/// The length of the time of an export and the space behind it.
const EXPORT_PREFIX: usize = 25;

impl Prefix {
    /// Takes it off `line`, of a file whose first word is `word`.
    #[inline]
    pub(crate) fn strip<'a>(&self, line: &'a [u8], word: &[u8]) -> Option<Stripped<'a>> {
        (self.strip)(line, word)
    }
    /// The records of the lines that a file begins with, if they look like this carrier's: the first has its prefix, or the
    /// second where the first is a header that somebody put in front; and most do, where no line goes on the one before.
    pub(crate) fn records(&self, lines: &[&[u8]]) -> Option<Vec<Vec<u8>>> {
        let word = first_word(lines);
        let has = |line: &&&[u8]| self.strip(line, word).is_some();
        lines.iter().take(2).find(has)?;
        if !self.continues && lines.iter().filter(has).count() * 4 < lines.len() * 3 {
            return None;
        }
        let mut records: Vec<Vec<u8>> = Vec::new();
        let mut partial = false;
        for line in lines {
            match (self.strip(line, word), records.last_mut()) {
                (Some(stripped), last) => {
                    match last.filter(|_| partial) {
                        Some(last) => last.extend_from_slice(stripped.text),
                        None => records.push(stripped.text.to_vec()),
                    }
                    partial = stripped.partial;
                }
                (None, Some(last)) if self.continues => {
                    last.push(b'\n');
                    last.extend_from_slice(line);
                }
                (None, _) => records.push(line.to_vec()),
            }
        }
        // A file of pretty-printed JSON has many more lines than messages; one message tells as much as many.
        for record in &mut records {
            let blank = record.len() - record.trim_ascii_start().len();
            record.drain(..blank);
        }
        records.retain(|record| !record.is_empty());
        Some(records).filter(|records| !records.is_empty())
    }
}

/// The first word of the first of `lines`, without colours.
pub(crate) fn first_word<'a>(lines: &[&'a [u8]]) -> &'a [u8] {
    lines.first().and_then(|line| token(line)).map_or(b"", |(word, _)| word)
}

/// Whether a line may be part of a record of several, so that a file of such lines is read whole.
pub(crate) fn spans(line: &[u8], word: &[u8]) -> bool {
    let may_span = |p: &&Prefix| p.continues || p.name == "CRI";
    PREFIXES.iter().filter(may_span).any(|p| p.strip(line, word).is_some())
}

/// `text` behind the colours of a terminal that it begins with.
fn plain(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_prefix(b"\x1b[") {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
        match rest.get(digits) {
            Some(b'm') => text = &rest[digits + 1..],
            _ => break,
        }
    }
    text
}

/// The word that `text` begins with, and what stands behind one space.
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = plain(text);
    let end = memchr::memchr2(b' ', 0x1b, text).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).filter(|_| end > 0)?;
    let rest = plain(rest);
    if rest.is_empty() {
        return Some((word, rest));
    }
    Some((word, plain(rest.strip_prefix(b" ")?)))
}

#[inline]
fn export<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    let (prefix, text) = line.split_at_checked(EXPORT_PREFIX)?;
    let shaped = prefix[4] == b'-' && prefix[10] == b'T' && prefix[19] == b'.' && prefix[23] == b'Z';
    (shaped && prefix[24] == b' ').then_some(())?;
    Some(Stripped { time: Some(time::parse_iso(&prefix[..24])?), text, ..Stripped::default() })
}

fn tail<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    let (stamp, rest) = token(line)?;
    let shaped = matches!(stamp.len(), 25 | 32) && stamp[10] == b'T' && stamp.ends_with(b"+00:00");
    let time = Some(shaped.then(|| time::parse_iso(stamp))??);
    let (stream, text) = token(rest)?;
    Some(Stripped { time, stream, text, ..Stripped::default() })
}

fn short<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    let (stamp, text) = token(line)?;
    let shaped = stamp.len() == 19 && stamp[10] == b'T';
    Some(Stripped { time: Some(shaped.then(|| time::parse_iso(stamp))??), text, ..Stripped::default() })
}

fn awslogs<'a>(line: &'a [u8], word: &[u8]) -> Option<Stripped<'a>> {
    let (log, rest) = token(line)?;
    // Names of groups that services choose have a slash; so few other logs begin each line with the same path.
    if log != word || !log.contains(&b'/') || log.iter().any(|b| matches!(b, b':' | b'"' | b'[' | b'{')) {
        return None;
    }
    let (stream, rest) = token(rest)?;
    let (time, text) = match token(rest).map(|(stamp, text)| (time::parse_iso(stamp), stamp, text)) {
        Some((Some(time), stamp, text)) if stamp.contains(&b'T') => (Some(time), text),
        _ => (None, rest),
    };
    Some(Stripped { time, log, stream, text, partial: false })
}

fn cri<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    // Most lines of other logs are told by their first byte.
    line.first().filter(|b| b.is_ascii_digit())?;
    let (stamp, rest) = token(line)?;
    let (stream, rest) = token(rest).filter(|(stream, _)| matches!(*stream, b"stdout" | b"stderr"))?;
    let (tag, text) = match memchr::memchr(b' ', rest) {
        Some(end) => (&rest[..end], &rest[end + 1..]),
        None => (rest, &b""[..]),
    };
    let partial = match tag.split(|b| *b == b':').next()? {
        b"P" => true,
        b"F" => false,
        _ => return None,
    };
    Some(Stripped { time: Some(time::parse_iso(stamp)?), stream, partial, text, ..Stripped::default() })
}

fn compose<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    let line = plain(line);
    let end = line.iter().position(|b| !(b.is_ascii_alphanumeric() || b"_.-".contains(b)))?;
    let stream = line.get(..end).filter(|name| !name.is_empty())?;
    let rest = &line[end..];
    let bar = rest.trim_ascii_start();
    let text = bar.strip_prefix(b"|").filter(|_| bar.len() < rest.len())?;
    let text = plain(text);
    let text = match text.strip_prefix(b" ") {
        Some(text) => text,
        None if text.is_empty() => text,
        None => return None,
    };
    Some(Stripped { stream, text, ..Stripped::default() })
}

/// A name that ends in the number of a replica, as Compose makes them.
fn replica<'a>(line: &'a [u8], word: &[u8]) -> Option<Stripped<'a>> {
    let stripped = compose(line, word)?;
    let name = stripped.stream;
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let before = name.len().checked_sub(digits + 1).and_then(|at| name.get(at));
    (digits > 0 && matches!(before, Some(b'-' | b'_'))).then_some(stripped)
}

fn kubectl<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    let rest = line.strip_prefix(b"[pod/")?;
    let end = memchr::memchr(b']', rest)?;
    let (stream, rest) = (&rest[..end], &rest[end + 1..]);
    if stream.iter().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    let text = rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest))?;
    Some(Stripped { stream, text, ..Stripped::default() })
}

fn nanoseconds<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    line.first().filter(|b| b.is_ascii_digit())?;
    let (stamp, text) = token(line)?;
    let shaped = (28..=30).contains(&stamp.len()) && stamp[10] == b'T' && stamp.ends_with(b"Z");
    Some(Stripped { time: Some(shaped.then(|| time::parse_iso(stamp))??), text, ..Stripped::default() })
}

fn syslog<'a>(line: &'a [u8], _: &[u8]) -> Option<Stripped<'a>> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    // The head is short: longer ones are not looked through.
    const HEAD: usize = 512;
    let rest = match line.strip_prefix(b"<") {
        Some(rest) => {
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            (1..=3).contains(&digits).then(|| rest[digits..].strip_prefix(b">"))??
        }
        None => line,
    };
    let brace = memchr::memchr(b'{', &rest[..rest.len().min(HEAD)])?;
    let (head, text) = rest.split_at(brace);
    if !head.ends_with(b" ") || !text.trim_ascii_end().ends_with(b"}") {
        return None;
    }
    let words: Vec<&[u8]> = head.split(|b| *b == b' ').filter(|word| !word.is_empty()).collect();
    // RFC 5424: version, time, host, program; RFC 3164: month, day, clock, host, tag; or a time, host and tag.
    let (time, stream, tag) = match words.as_slice() {
        [b"1", stamp, host, program, _, ..] => (time::parse_iso(stamp), *host, *program),
        [month, day, clock, host, tag, ..]
            if MONTHS.contains(month) && day.len() <= 2 && clock.contains(&b':') =>
        {
            (None, *host, *tag)
        }
        [stamp, host, tag, ..] if tag.ends_with(b":") => (Some(time::parse_iso(stamp)?), *host, *tag),
        _ => return None,
    };
    let end = tag.iter().position(|b| matches!(b, b'[' | b':')).unwrap_or(tag.len());
    Some(Stripped { time, log: &tag[..end], stream, partial: false, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_is_taken_off_the_lines_that_its_carrier_writes() {
        for (line, name, log, stream, text) in [
            ("2026-03-05T08:12:44.000Z a b", "CloudWatch export", "", "", "a b"),
            (
                "2021-06-03T10:23:45.123000+00:00 2021/06/03/[$LATEST]ab n=1 x",
                "aws logs tail",
                "",
                "2021/06/03/[$LATEST]ab",
                "n=1 x",
            ),
            ("2021-06-03T10:23:45+00:00 s", "aws logs tail", "", "s", ""),
            (
                "\x1b[32m2021-06-03T10:23:45.123000+00:00\x1b[0m \x1b[36ms/1\x1b[0m n=1",
                "aws logs tail",
                "",
                "s/1",
                "n=1",
            ),
            ("2021-06-03T10:23:45 n=1 x", "aws logs tail", "", "", "n=1 x"),
            ("/aws/lambda/f s/[1] 2021-06-03T10:23:45.123Z n=1", "awslogs", "/aws/lambda/f", "s/[1]", "n=1"),
            ("/aws/lambda/f s/[1] n=1 x", "awslogs", "/aws/lambda/f", "s/[1]", "n=1 x"),
            ("2024-04-16T06:21:30.49495227Z stderr F  x y", "CRI", "", "stderr", " x y"),
            ("2024-04-16T06:21:30.49495227+02:00 stdout P:a ", "CRI", "", "stdout", ""),
            ("web-1  | n=1 | x", "docker compose", "", "web-1", "n=1 | x"),
            ("\x1b[36mapp_web_12 |\x1b[0m n=1", "docker compose", "", "app_web_12", "n=1"),
            ("postgres  | n=1", "docker compose", "", "postgres", "n=1"),
            ("web-1  |", "docker compose", "", "web-1", ""),
            ("[pod/web-5d/app] n=1", "kubectl", "", "web-5d/app", "n=1"),
            ("2024-04-16T06:21:30.494902976Z n=1", "log timestamps", "", "", "n=1"),
            (
                "<34>1 2003-10-11T22:14:15.003Z web-1 app 12 - - {\"n\":1}",
                "syslog",
                "app",
                "web-1",
                "{\"n\":1}",
            ),
            ("Mar  5 08:12:44 web-1 app[12]: @cee: {\"n\":1} ", "syslog", "app", "web-1", "{\"n\":1} "),
            ("2026-03-05T08:12:44+01:00 web-1 app: {\"n\":1}", "syslog", "app", "web-1", "{\"n\":1}"),
        ] {
            let lines = [line.as_bytes()];
            let word = first_word(&lines);
            let found = PREFIXES.iter().find_map(|p| Some((p.name, p.strip(line.as_bytes(), word)?)));
            let Some((by, stripped)) = found else { panic!("{line}") };
            assert_eq!(by, name, "{line}");
            assert_eq!(
                [stripped.log, stripped.stream, stripped.text].map(String::from_utf8_lossy),
                [log, stream, text],
                "{line}"
            );
        }
    }

    #[test]
    fn other_lines_have_none() {
        for line in [
            "",
            "2026-03-05T08:12:44.000Z",
            "2026-13-05T08:12:44.000Z a",
            "2026-03-05 08:12:44 a",
            "2024-04-16T06:21:30.4Z stdout X a",
            "2024-04-16T06:21:30.4Z stdin F a",
            "name| a",
            "| a",
            "a b | c",
            "[pod/a b] x",
            "[pod/a",
            "Mar  5 08:12:44 web-1 app[12]: text",
            "INFO app thing {\"n\":1}",
            "\x1b[",
            "\x1b[36m",
            "<34>",
            "<{",
            " {}",
        ] {
            let lines = [line.as_bytes()];
            let found = PREFIXES.iter().find(|p| p.strip(line.as_bytes(), first_word(&lines)).is_some());
            assert!(found.is_none(), "{line}: {found:?}");
        }
    }
}
