//! A description as a small JSON file, which people write, keep and hand on.
//!
//! ```text
//! {"logloupe_format":1, "id":"myapp", "name":"My app",
//!  "template":"%{ip:client} - [%{time}] \"%{rest}\"",      or  "pattern":"(?P<time>\\S+) (?P<ms>\\d+)", "kinds":{"ms":"duration"},
//!  "starts":"%{time}", "timezone":"+02:00", "year":2026, "samples":["203.0.113.7 - [… "]}
//! ```
//!
//! What is not known in it is refused by its name: a word that was misspelt would otherwise do nothing.

use super::{LONGEST_SAMPLES, Settings};
use logloupe_table::custom::{Definition, Problem, Shape};
use serde_json::{Map, Value};

/// The member that makes a JSON object such a file, and its value.
const MARK: &str = "logloupe_format";
const VERSION: u64 = 1;
/// The longest file.
pub const LONGEST: usize = 2 * LONGEST_SAMPLES + (64 << 10);
/// What may stand in one.
const MEMBERS: [&str; 10] =
    [MARK, "id", "name", "template", "pattern", "kinds", "starts", "timezone", "year", "samples"];

/// Whether a file that begins like this is such a description.
pub fn is_definition(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    head.first() == Some(&b'{') && memchr::memmem::find(head, b"\"logloupe_format\"").is_some()
}

fn file(message: impl Into<String>, help: &str) -> Problem {
    Problem { part: "file".to_owned(), from: 0, to: 0, message: message.into(), help: help.to_owned() }
}

/// What a file describes.
///
/// # Errors
/// What is wrong with the file. What it describes is not looked at: that is [`Custom::new`](super::Custom::new)'s.
pub fn read(text: &[u8]) -> Result<Definition, Problem> {
    const HELP: &str =
        "such a file is a JSON object: {\"logloupe_format\":1,\"id\":\"myapp\",\"template\":\"…\"}";
    if text.len() > LONGEST {
        return Err(file("the file is too long for the description of a format", HELP));
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let value: Value = serde_json::from_slice(text).map_err(|fault| {
        let offset = offset(text, fault.line(), fault.column());
        let message = format!("the file is no JSON: line {}, column {}", fault.line(), fault.column());
        Problem { from: offset, to: (offset + 1).min(text.len()), ..file(message, HELP) }
    })?;
    let Value::Object(members) = value else { return Err(file("the file is no JSON object", HELP)) };
    match members.get(MARK) {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            let message = format!("the file is of version {version}; version {VERSION} is read");
            return Err(file(message, HELP));
        }
        None => return Err(file(format!("the file has no `{MARK}`"), HELP)),
    }
    if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let help = format!("there are {}", MEMBERS.join(", "));
        return Err(file(format!("nothing is known of `{name}`"), &help));
    }
    let text_of = |name: &str| -> Result<Option<String>, Problem> {
        match members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(part(name, "", format!("`{name}` is a text in quotation marks"), "")),
        }
    };
    let shape = match (text_of("template")?, text_of("pattern")?) {
        (Some(template), None) => Shape::Template(template),
        (None, Some(pattern)) => Shape::Pattern(pattern),
        (None, None) => return Err(file("the file has no `template` and no `pattern`", HELP)),
        (Some(_), Some(_)) => {
            return Err(file(
                "the file has a `template` and a `pattern`",
                "one of them says what a record is",
            ));
        }
    };
    let zone = text_of("timezone")?.unwrap_or_default();
    let ahead = match zone.trim() {
        "" => 0,
        text => Settings::ahead(text).ok_or_else(|| {
            part("timezone", text, format!("`{text}` is no time zone"), "UTC, or an offset such as +02:00")
        })?,
    };
    let year = match members.get("year") {
        None | Some(Value::Null) => None,
        Some(year) => {
            let year = year.as_i64().and_then(|year| Settings::year(&year.to_string()));
            Some(year.ok_or_else(|| part("year", "", "`year` is a year such as 2026", ""))?)
        }
    };
    Ok(Definition {
        id: text_of("id")?.unwrap_or_default(),
        name: text_of("name")?.unwrap_or_default(),
        shape,
        starts: text_of("starts")?,
        kinds: kinds(&members)?,
        ahead,
        year,
        samples: samples(&members)?,
    })
}

fn part(part: &str, text: &str, message: impl Into<String>, help: &str) -> Problem {
    super::wrong(part, text, message, help)
}

fn kinds(members: &Map<String, Value>) -> Result<Vec<(String, String)>, Problem> {
    let wrong =
        || part("kinds", "", "`kinds` is an object of names and kinds", "for example {\"ms\":\"duration\"}");
    match members.get("kinds") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(kinds)) => {
            let pair = |(name, kind): (&String, &Value)| Some((name.clone(), kind.as_str()?.to_owned()));
            kinds.iter().map(pair).collect::<Option<_>>().ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

fn samples(members: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let wrong = || part("samples", "", "`samples` is a list of lines", "");
    match members.get("samples") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(lines)) => {
            let line = |line: &Value| line.as_str().map(str::to_owned);
            lines.iter().map(line).collect::<Option<_>>().ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

/// The byte at a line and a column, both from 1.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize =
        text.split_inclusive(|b| *b == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The file of a description, in the order in which people read it.
pub fn write(definition: &Definition) -> String {
    let Definition { id, name, shape, starts, kinds, ahead, year, samples } = definition;
    let quoted = |text: &str| Value::from(text).to_string();
    let mut lines = vec![format!("\"{MARK}\": {VERSION}"), format!("\"id\": {}", quoted(id))];
    if !name.is_empty() {
        lines.push(format!("\"name\": {}", quoted(name)));
    }
    let (word, text) = match shape {
        Shape::Template(text) => ("template", text),
        Shape::Pattern(text) => ("pattern", text),
    };
    lines.push(format!("\"{word}\": {}", quoted(text)));
    if !kinds.is_empty() {
        let pairs: Vec<String> =
            kinds.iter().map(|(name, kind)| format!("{}: {}", quoted(name), quoted(kind))).collect();
        lines.push(format!("\"kinds\": {{{}}}", pairs.join(", ")));
    }
    if let Some(starts) = starts {
        lines.push(format!("\"starts\": {}", quoted(starts)));
    }
    if *ahead != 0 {
        let (sign, size) = (if *ahead < 0 { '-' } else { '+' }, ahead.unsigned_abs());
        lines.push(format!("\"timezone\": \"{sign}{:02}:{:02}\"", size / 3600, size / 60 % 60));
    }
    if let Some(year) = year {
        lines.push(format!("\"year\": {year}"));
    }
    if !samples.is_empty() {
        let all: Vec<String> = samples.iter().map(|line| format!("    {}", quoted(line))).collect();
        lines.push(format!("\"samples\": [\n{}\n  ]", all.join(",\n")));
    }
    format!("{{\n  {}\n}}\n", lines.join(",\n  "))
}
