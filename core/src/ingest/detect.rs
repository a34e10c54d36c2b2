//! Which format a file is: every format is asked about its first records. Content decides; the name is passed on as
//! the hint it is. When none claims the file, the reason says what it looks like.

use std::cmp::Ordering;

use crate::formats::{Format, Framing, Head, Precedence, Sniff, shorten};

/// How many records a format is shown.
pub(crate) const HEAD_RECORDS: usize = 32;
/// After how many bytes of records formats are asked, even if there are fewer.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// The format that claimed a file.
pub(crate) struct Claim {
    pub(crate) format: &'static dyn Format,
    pub(crate) certain: bool,
    pub(crate) reason: String,
}

impl Claim {
    /// What claims are compared by.
    pub(crate) fn rank(&self) -> (bool, Precedence) {
        (self.certain, self.format.precedence())
    }
    /// Whether it is that of a format that reads any text.
    pub(crate) fn is_weak(&self) -> bool {
        self.format.precedence() < Precedence::Carrier
    }
}

/// The claim of the format that is surest of `head`, and among those of the one that comes first by its [`Precedence`]. Among equals the
/// first in `formats` has it; of claims that are not certain the reason names the others. Behind a certain claim of a log of its
/// own nobody is asked: a trail is thousands of small files, and fifty formats take longer than reading one.
pub(crate) fn detect(formats: &[&'static dyn Format], head: &Head<'_>) -> Option<Claim> {
    let mut best: Option<Claim> = None;
    let mut others = Vec::new();
    for &format in formats.iter().filter(|f| f.reads(head.framing)) {
        // What reads anything is not asked where it cannot win.
        let may_win = |best: &Claim| best.rank() <= (false, format.precedence());
        if format.precedence() < Precedence::Own && !best.as_ref().is_none_or(may_win) {
            continue;
        }
        let (certain, reason) = match format.sniff(head) {
            Sniff::No => continue,
            Sniff::Maybe(reason) => (false, reason),
            Sniff::Certain(reason) => (true, reason),
        };
        let order = best.as_ref().map(|b| b.rank().cmp(&(certain, format.precedence())));
        match order {
            Some(Ordering::Greater) => {}
            Some(Ordering::Equal) => others.push(format.meta().id),
            _ => {
                best = Some(Claim { format, certain, reason });
                others.clear();
                if certain && format.precedence() == Precedence::Own {
                    break;
                }
            }
        }
    }
    if let Some(claim) = &mut best
        && !others.is_empty()
    {
        claim.reason = format!("{} (also possible: {})", claim.reason, others.join(", "));
    }
    best
}

/// Whether a format can know a record of its own among those of other logs.
pub(crate) fn knows_alone(format: &dyn Format) -> bool {
    format.precedence() == Precedence::Own && !format.spans_lines()
}

/// The claim of the format that has most records of a head that no format claims as a whole, because it is of several logs:
/// at least half of its records are some format's that is sure of each by itself. With it, the format's own records.
pub(crate) fn most_of_mixed<'a>(
    formats: &[&'static dyn Format],
    head: &Head<'a>,
) -> Option<(Claim, Vec<&'a [u8]>)> {
    let formats: Vec<&'static dyn Format> = formats.iter().copied().filter(|f| knows_alone(*f)).collect();
    let of = |record: &&[u8]| {
        let claim = detect(&formats, &Head { name: "", records: std::slice::from_ref(record), ..*head })?;
        claim.certain.then_some(claim.format)
    };
    let owners: Vec<Option<&'static dyn Format>> = head.records.iter().map(of).collect();
    let count = |id: &str| owners.iter().flatten().filter(|f| f.meta().id == id).count();
    let total = owners.len();
    let counts: Vec<(&'static dyn Format, usize)> =
        formats.iter().map(|f| (*f, count(f.meta().id))).filter(|(_, count)| *count > 0).collect();
    let known: usize = counts.iter().map(|(_, count)| count).sum();
    // Of equals the first.
    let (format, _) = counts.iter().copied().rev().max_by_key(|(_, count)| *count)?;
    if known * 2 < total || counts.len() < 2 {
        return None;
    }
    let each: Vec<String> = counts.iter().map(|(f, count)| format!("{count} {}", f.meta().id)).collect();
    let reason = format!("the first {total} records are of several logs: {}", each.join(", "));
    let is_own = |owner: &Option<&'static dyn Format>| owner.is_some_and(|f| f.meta().id == format.meta().id);
    let own = head.records.iter().zip(&owners).filter(|(_, owner)| is_own(owner)).map(|(record, _)| *record);
    Some((Claim { format, certain: true, reason }, own.collect()))
}

/// The claim of a plain file: of the format that is surest of the head, or that has most of it where no log of its own has.
pub(crate) fn claim(formats: &[&'static dyn Format], head: &Head<'_>) -> Option<Claim> {
    let claim = detect(formats, head);
    match claim.as_ref().is_none_or(Claim::is_weak) {
        true => most_of_mixed(formats, head).map(|(mixed, _)| mixed).or(claim),
        false => claim,
    }
}

/// What a format knows of records that it does not claim.
pub(crate) fn advice(formats: &[&'static dyn Format], head: &Head<'_>) -> Option<String> {
    formats.iter().filter(|f| f.reads(head.framing)).find_map(|f| f.advice(head))
}

/// What records that no format claims look like, in words.
pub(crate) fn describe(head: &Head<'_>) -> String {
    let first = head.records.first().copied().unwrap_or_default().trim_ascii_start();
    let begins = |with: &[u8]| first.get(..with.len()).is_some_and(|f| f.eq_ignore_ascii_case(with));
    let binary = first.iter().take(512).filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace()).count();
    if binary * 16 > first.len().min(512) {
        let bytes: Vec<String> = first.iter().take(8).map(|b| format!("{b:02x}")).collect();
        return format!("binary data beginning with the bytes {}", bytes.join(" "));
    }
    if head.framing == Framing::Json {
        return match names(first).as_deref() {
            None => format!("JSON that cannot be read, beginning with {}", shorten(first)),
            Some([]) => "JSON objects without members".to_owned(),
            Some(names) => format!("JSON objects with the members {}", names.join(", ")),
        };
    }
    if begins(b"<!doctype html") || begins(b"<html") {
        return "an HTML page".to_owned();
    }
    if begins(b"<?xml") || (begins(b"<") && first.trim_ascii_end().ends_with(b">")) {
        return format!("XML beginning with {}", shorten(first));
    }
    for (separator, kind) in [(b',', "CSV"), (b';', "CSV (with semicolons)"), (b'\t', "tab-separated")] {
        if is_header(first, separator) {
            return format!("a {kind} file with the header {}", shorten(first));
        }
    }
    format!("text whose first line is {}", shorten(first))
}

/// Whether a line names at least two columns.
fn is_header(line: &[u8], separator: u8) -> bool {
    let mut columns = 0;
    line.split(|b| *b == separator).all(|cell| {
        columns += 1;
        let cell = cell.trim_ascii();
        let bare = cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\"")).unwrap_or(cell);
        bare.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'@' | b'_' | b'#'))
            && bare.len() <= 64
            && bare.iter().all(|b| b.is_ascii_alphanumeric() || b"@_-. #/()".contains(b))
    }) && columns >= 2
}

/// The first members' names of a JSON object; `None` if the record is none.
fn names(record: &[u8]) -> Option<Vec<String>> {
    const MOST: usize = 8;
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(record) else { return None };
    let mut names: Vec<String> = members.keys().take(MOST).map(|k| shorten(k.as_bytes())).collect();
    if members.len() > MOST {
        names.push("…".to_owned());
    }
    Some(names)
}
