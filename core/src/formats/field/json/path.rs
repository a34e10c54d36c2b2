//! Any JSON path as a field: looking into records that were read before, one path at a time or all of them.

use std::{borrow::Cow, cell::Cell};

use memchr::memmem::Finder;

use super::{
    Json,
    scan::{self, Bad, Found, Items, Members, Tag},
};

/// Members that hold a whole event: as JSON text in an item of `aws cloudtrail lookup-events`, as an object in what
/// EventBridge delivers; and the item that a notification of AWS Config is about, or a list of it, as of Security Hub's
/// findings. A path that leads nowhere beside them is looked for inside, so that one query fits an event
/// however it was exported.
pub(super) const CARRIERS: &[&str] = &["CloudTrailEvent", "detail", "configurationItem", "findings"];

/// What stands for a dot inside one key.
const DOT: char = '\0';

/// The longest path that [`paths`] gives.
pub(super) const LONGEST_PATH: usize = 2048;

/// How many strings that are JSON themselves a path may enter, one inside the other.
pub(super) const MOST_INSIDE: usize = 8;

/// A path made ready to be looked up in many records: `requestParameters.tagSet.items.0.key`.
///
/// A part is a key, the index of an array's item, or several parts together are one key that has dots in it (the
/// longest key that fits is taken). A string that is JSON itself is entered when the path goes on below it:
/// `requestParameters.policyDocument.Statement.0.Effect`.
///
/// Dots inside backticks separate no parts: ``labels.`app.kubernetes.io/name` ``.
#[derive(Clone, Debug)]
pub struct Path {
    /// Parts with dots between them; a dot inside a part in backticks is a [`DOT`].
    path: String,
    quoted: bool,
    /// Looks for the last key: most records that lack the path are told by it alone.
    last: Option<Finder<'static>>,
    /// The last key in small letters, where it is looked for in any letter case.
    folded: Option<Box<[u8]>>,
    any_case: bool,
    /// The kind of the value is meant and not the value.
    kind: bool,
}

impl Path {
    /// The path written `path`.
    pub fn new(path: &str) -> Path {
        let (path, quoted) = steps(path);
        // Characters that some writers escape could stand in another spelling.
        let plain = |k: &String| {
            !k.is_empty()
                && k.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b':' | b'.'))
        };
        let last = last_key(&path).filter(plain).map(|k| Finder::new(k.as_bytes()).into_owned());
        Path { path, quoted, last, folded: None, any_case: false, kind: false }
    }
    /// The path whose keys are compared without regard to letter case, as SQL engines write them.
    pub fn any_case(path: &str) -> Path {
        let (path, quoted) = steps(path);
        let plain = |k: &String| {
            !k.is_empty() && k.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        };
        let folded = last_key(&path).filter(plain).map(|k| k.to_ascii_lowercase().into_bytes().into());
        Path { path, quoted, last: None, folded, any_case: true, kind: false }
    }
    /// The path as one that gives the kind of the value: `null`, `object`, `array` or `value`.
    pub fn kind(self) -> Path {
        Path { kind: true, ..self }
    }
    /// Writes the value in `record` to `out`: a scalar's text, an object's or array's JSON text. Says `false`,
    /// leaving `out` alone, where nothing or `null` stands.
    pub fn extract(&self, record: &[u8], out: &mut Vec<u8>) -> bool {
        if !self.may_be_in(record) {
            return false;
        }
        if self.dig(record, &self.path, out, 0) {
            return true;
        }
        self.carried(record, out, 0)
    }
    /// Looks into the events that members of `record` hold, and those that these hold.
    fn carried(&self, record: &[u8], out: &mut Vec<u8>, inside: usize) -> bool {
        CARRIERS.iter().any(|carrier| {
            let path = (*carrier).to_owned();
            let inner = Path { path, quoted: false, last: None, folded: None, any_case: false, kind: false };
            let mut event = Vec::new();
            if memchr::memmem::find(record, carrier.as_bytes()).is_none()
                || !inner.dig(record, carrier, &mut event, 0)
            {
                return false;
            }
            // Of a list, the first.
            let event = memchr::memchr(b'{', &event).and_then(|at| event.get(at..)).unwrap_or_default();
            self.dig(event, &self.path, out, 1) || inside == 0 && self.carried(event, out, 1)
        })
    }
    /// Whether the last key's bytes stand in `record` at all, or could in another spelling.
    fn may_be_in(&self, record: &[u8]) -> bool {
        match &self.last {
            Some(last) => {
                key_from(last, record, 0).is_some() || memchr::memmem::find(record, b"\\u00").is_some()
            }
            None => self.folded.as_ref().is_none_or(|key| has_key(key, record)),
        }
    }
    fn dig(&self, text: &[u8], path: &str, out: &mut Vec<u8>, inside: usize) -> bool {
        let start = scan::space(text, 0);
        let mut best = None;
        let seek = Seek { path: self, text, ahead: Cell::new(0) };
        // Damage and the end of the search alike: what was found until then counts.
        let _ = seek.value(start, path, 0, &mut best);
        let Some(hit) = best else { return false };
        let raw = text.get(hit.found.start..hit.found.end).unwrap_or_default();
        if hit.rest.is_empty() && self.kind {
            out.extend_from_slice(match hit.found.tag {
                Tag::Missing => return false,
                Tag::Null => b"null",
                Tag::Object => b"object",
                Tag::Array => b"array",
                _ => b"value",
            });
            return true;
        }
        if hit.rest.is_empty() {
            if matches!(hit.found.tag, Tag::Missing | Tag::Null) {
                return false;
            }
            match hit.found.tag {
                Tag::Escaped => scan::unescape(raw, out),
                _ => out.extend_from_slice(raw),
            }
            return true;
        }
        inside < MOST_INSIDE && self.dig(&scan::meant(raw, hit.found.tag), hit.rest, out, inside + 1)
    }
}

/// The parts of a path as [`Path`] keeps them, and whether one was in backticks. Two backticks in such a part are one.
fn steps(path: &str) -> (String, bool) {
    if !path.contains('`') {
        return (path.to_owned(), false);
    }
    let mut out = String::with_capacity(path.len());
    let (mut inside, mut begins) = (false, true);
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '`' if !inside && begins => inside = true,
            '`' if inside && chars.next_if_eq(&'`').is_none() => inside = false,
            '.' if inside => out.push(DOT),
            c => out.push(c),
        }
        begins = c == '.' && !inside;
    }
    (out, true)
}

/// The last part of a path that is a key for sure, as it stands in a record.
fn last_key(path: &str) -> Option<String> {
    let key = path.rsplit('.').find(|part| part.parse::<usize>().is_err())?;
    Some(key.replace(DOT, "."))
}

/// Letters from the commonest in logs to the rarest; what is not among them counts as common.
const COMMON_FIRST: &[u8] = b"etaiorsncdlpumgyvfbhwkxjqz";

/// Whether `key`, in small letters, stands somewhere in `text` in any letter case, with a quote behind it, escaped or not,
/// or could in another spelling.
fn has_key(key: &[u8], text: &[u8]) -> bool {
    // The rarest letter of the key is looked for: a quote is behind every other word.
    let rarity = |byte: &u8| COMMON_FIRST.iter().position(|letter| letter == byte);
    let Some((offset, rare)) = key.iter().enumerate().max_by_key(|(_, byte)| rarity(byte)) else {
        return true;
    };
    let mut places = memchr::memchr2_iter(*rare, rare.to_ascii_uppercase(), text);
    let ends = |at: usize| {
        let start = at.checked_sub(offset)?;
        let (word, rest) = text.get(start..)?.split_at_checked(key.len())?;
        Some(word.eq_ignore_ascii_case(key) && matches!(rest.first(), Some(b'"' | b'\\')))
    };
    places.any(|at| ends(at) == Some(true)) || memchr::memmem::find(text, b"\\u00").is_some()
}

/// The first place at or after `from` where the key ends with a quote, escaped or not.
fn key_from(last: &Finder<'_>, text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += last.find(text.get(at..)?)? + last.needle().len();
        if let Some(b'"' | b'\\') = text.get(at) {
            return Some(at);
        }
    }
}

/// Whether a string, as written, begins like an object or array: only then it is worth decoding.
pub(super) fn begins_json(mut raw: &[u8]) -> bool {
    loop {
        raw = match raw {
            [b' ', rest @ ..] | [b'\\', b'n' | b'r' | b't', rest @ ..] => rest,
            _ => return matches!(raw.first(), Some(b'{' | b'[')),
        };
    }
}

/// The value at a dotted path of one record: see [`Path`], which is quicker for many records.
pub fn extract(record: &[u8], path: &str, out: &mut Vec<u8>) -> bool {
    Path::new(path).extract(record, out)
}

/// What a search found: a value, and what is left of the path inside it if it is a string.
#[derive(Clone, Copy)]
struct Hit<'p> {
    found: Found,
    rest: &'p str,
    /// How long the key was that led here; of two the longer one counts, of equal ones the later.
    key: usize,
}

struct Seek<'a> {
    path: &'a Path,
    text: &'a [u8],
    /// The last key stands at this place, which was looked for already.
    ahead: Cell<usize>,
}

impl Seek<'_> {
    /// Looks for `path` in the value at `at`, which is read to its end.
    fn value<'p>(
        &self,
        at: usize,
        path: &'p str,
        depth: usize,
        best: &mut Option<Hit<'p>>,
    ) -> Result<Found, Bad> {
        match self.text.get(at) {
            Some(b'{') => self.object(at, path, depth, best),
            Some(b'[') => self.array(at, path, depth, best),
            Some(b'"') => {
                let found = scan::string(self.text, at + 1)?;
                if begins_json(self.text.get(found.start..found.end).unwrap_or_default()) {
                    *best = Some(Hit { found, rest: path, key: 0 });
                }
                Ok(found)
            }
            _ => scan::value(self.text, at, depth),
        }
    }
    fn object<'p>(
        &self,
        start: usize,
        path: &'p str,
        depth: usize,
        best: &mut Option<Hit<'p>>,
    ) -> Result<Found, Bad> {
        let mut members = Members::open(self.text, start, depth)?;
        while let Some(key) = members.key()? {
            let raw = self.text.get(key.start..key.end).unwrap_or_default();
            let meant = scan::meant(raw, key.tag);
            let found = match self.below(&meant, path) {
                None => scan::value(self.text, key.next, depth + 1)?,
                Some(rest) => {
                    let mut hit = None;
                    let found = self.enter(key.next, rest, depth, &mut hit);
                    let key = meant.len();
                    // The same key once more takes the place of the first; a shorter one only where there is none.
                    let longest = best.map_or(0, |b| b.key);
                    match hit {
                        Some(hit) if key >= longest => *best = Some(Hit { key, ..hit }),
                        None if key == longest => *best = None,
                        _ => {}
                    }
                    let found = found?;
                    self.enough(found.next, hit.is_some())?;
                    found
                }
            };
            members.after(found.next);
        }
        Ok(members.found(Tag::Object, start))
    }
    fn array<'p>(
        &self,
        start: usize,
        path: &'p str,
        depth: usize,
        best: &mut Option<Hit<'p>>,
    ) -> Result<Found, Bad> {
        let (part, rest) = path.split_once('.').unwrap_or((path, ""));
        let wanted: Option<usize> = part.parse().ok();
        let mut items = Items::open(self.text, start, depth)?;
        let mut index = 0;
        while let Some(at) = items.item()? {
            let found = if wanted == Some(index) {
                let found = self.enter(at, rest, depth, best)?;
                self.enough(found.next, best.is_some())?;
                found
            } else {
                scan::value(self.text, at, depth + 1)?
            };
            items.after(found.next);
            index += 1;
        }
        Ok(items.found(start))
    }
    /// The value at `at` is the one wanted, or holds it.
    fn enter<'p>(
        &self,
        at: usize,
        rest: &'p str,
        depth: usize,
        best: &mut Option<Hit<'p>>,
    ) -> Result<Found, Bad> {
        if !rest.is_empty() {
            return self.value(at, rest, depth + 1, best);
        }
        let found = scan::value(self.text, at, depth + 1)?;
        *best = Some(Hit { found, rest: "", key: 0 });
        Ok(found)
    }
    /// What is left of `path` below the key, if the key begins it.
    fn below<'p>(&self, key: &[u8], path: &'p str) -> Option<&'p str> {
        let head = path.as_bytes().get(..key.len())?;
        let same = match (self.path.quoted, self.path.any_case) {
            (false, false) => head == key,
            (false, true) => head.eq_ignore_ascii_case(key),
            (true, any_case) => head.iter().zip(key).all(|(part, key)| {
                part == key
                    || *part == DOT as u8 && *key == b'.'
                    || any_case && part.eq_ignore_ascii_case(key)
            }),
        };
        if !same || key.is_empty() {
            return None;
        }
        // A key that ends at a dot of the path ends at a character.
        match path.as_bytes().get(key.len()) {
            None => Some(""),
            Some(b'.') => path.get(key.len() + 1..).filter(|rest| !rest.is_empty()),
            Some(_) => None,
        }
    }
    /// Ends the search if a value was found and the last key does not stand in the rest of the record again.
    /// (Of a record that repeats a key further up, without the last one below it, the first is taken.)
    fn enough(&self, next: usize, found: bool) -> Result<(), Bad> {
        let Some(last) = self.path.last.as_ref().filter(|_| found && self.ahead.get() <= next) else {
            return Ok(());
        };
        match key_from(last, self.text, next) {
            Some(at) => {
                self.ahead.set(at);
                Ok(())
            }
            None => scan::bad(next, "nothing more"),
        }
    }
}

/// Calls `f(path, value)` for the first `limit` leaves of a record, in its order: scalars, `null` included, and empty
/// objects and arrays. A member that carries the event as JSON text is entered as if its content stood beside it. A path of more
/// than [`LONGEST_PATH`] bytes is passed over: keys made to be long would be copied for each leaf below them.
pub fn paths(record: &[u8], limit: usize, f: &mut dyn FnMut(&str, Json<'_>)) {
    let mut list = List { path: String::new(), left: limit, f };
    // Damage ends the list; the leaves before it were given.
    let _ = list.value(record, scan::space(record, 0), 0);
}

struct List<'f> {
    path: String,
    left: usize,
    f: &'f mut dyn FnMut(&str, Json<'_>),
}

impl List<'_> {
    fn value(&mut self, text: &[u8], at: usize, depth: usize) -> Result<Found, Bad> {
        let length = self.path.len();
        let found = match text.get(at) {
            Some(b'{') => {
                let mut members = Members::open(text, at, depth)?;
                let mut empty = true;
                while let Some(key) = members.key()? {
                    empty = false;
                    let raw = text.get(key.start..key.end).unwrap_or_default();
                    let name = scan::meant(raw, key.tag);
                    let found = match self.carried(text, &name, key.next, depth)? {
                        Some(found) => found,
                        None => {
                            self.push(&String::from_utf8_lossy(&name));
                            self.value(text, key.next, depth + 1)?
                        }
                    };
                    self.path.truncate(length);
                    members.after(found.next);
                }
                let found = members.found(Tag::Object, at);
                if !empty {
                    return Ok(found);
                }
                found
            }
            Some(b'[') => {
                let mut items = Items::open(text, at, depth)?;
                let mut index = 0;
                while let Some(at) = items.item()? {
                    self.push(&index.to_string());
                    let found = self.value(text, at, depth + 1)?;
                    self.path.truncate(length);
                    items.after(found.next);
                    index += 1;
                }
                let found = items.found(at);
                if index > 0 {
                    return Ok(found);
                }
                found
            }
            _ => scan::value(text, at, depth)?,
        };
        if self.left == 0 {
            return scan::bad(at, "no more leaves");
        }
        self.left -= 1;
        if self.path.len() <= LONGEST_PATH {
            (self.f)(&self.path, Json::of(text, found.tag, found.start, found.end));
        }
        Ok(found)
    }
    /// Enters a member of the record itself that carries the event as JSON text.
    fn carried(&mut self, text: &[u8], name: &[u8], at: usize, depth: usize) -> Result<Option<Found>, Bad> {
        if depth > 0 || !CARRIERS.iter().any(|c| c.as_bytes() == name) || text.get(at) != Some(&b'"') {
            return Ok(None);
        }
        let found = scan::string(text, at + 1)?;
        let event: Cow<'_, [u8]> =
            scan::meant(text.get(found.start..found.end).unwrap_or_default(), found.tag);
        let start = scan::space(&event, 0);
        if event.get(start) != Some(&b'{') {
            return Ok(None);
        }
        self.value(&event, start, depth + 1)?;
        Ok(Some(found))
    }
    fn push(&mut self, part: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_any_letter_case_is_found_by_its_rarest_letter() {
        for (key, text, found) in [
            ("host", r#"{"Host":1}"#, true),
            ("host", r#"{\"hOST\":1}"#, true),
            ("host", r#"{"hosts":1,"ghos":2}"#, false),
            ("host", r#"{"xhost":1}"#, true),
            ("x", r#"{"a":"x","b":"X"}"#, true),
            ("2024", r#"{"2024":0}"#, true),
            ("2024", r#"{"2023":0}"#, false),
            ("zz", r#"{"z":"zz "}"#, false),
            ("host", r#"{"\u0068ost":1}"#, true),
            ("host", "", false),
            ("host", "hos", false),
            ("host", "host", false),
        ] {
            assert_eq!(has_key(key.as_bytes(), text.as_bytes()), found, "{key} in {text}");
        }
    }
}
