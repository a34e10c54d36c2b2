//! Log formats that users describe themselves, and what comes of trying one on some lines: the types that the page, its
//! workers and the command share. Not the reading: that is the parser crate's.

use serde::{Deserialize, Serialize};

use crate::{Kind, Role, Unit, Value, ledger::Rejection};

/// A log format as its user describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Definition {
    /// Its id, as in `--format` and `@format`: small letters, digits and underscores.
    pub id: String,
    /// Its name for people; the id if empty.
    pub name: String,
    /// What a record looks like.
    pub shape: Shape,
    /// How a line begins with which a record begins, in the language of the shape, where records go over several lines.
    pub starts: Option<String>,
    /// The kinds of an expression's groups, by their names; of others their names tell the kind.
    pub kinds: Vec<(String, String)>,
    /// How many seconds the clock of times without a zone is ahead of UTC.
    pub ahead: i32,
    /// The year of days without one.
    pub year: Option<i32>,
    /// Some of its lines.
    pub samples: Vec<String>,
}

/// What a record looks like.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// `%{ip:client} - [%{time}] "%{rest}"`.
    Template(String),
    /// A regular expression with named groups.
    Pattern(String),
}

impl Default for Shape {
    fn default() -> Shape {
        Shape::Template(String::new())
    }
}

impl Shape {
    /// Its text.
    pub fn text(&self) -> &str {
        match self {
            Shape::Template(text) | Shape::Pattern(text) => text,
        }
    }
}

/// What a field of a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text, also none, up to what follows in the template.
    Text,
    /// Text without blanks, at least one character.
    Word,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// An address.
    Ip,
    /// A time.
    Time,
    /// How long something took.
    Duration,
    /// How large something is.
    Bytes,
    /// A status code.
    Status,
    /// A level of severity.
    Level,
    /// A JSON object or list.
    Json,
    /// A text in quotation marks.
    Quoted,
    /// All that is left, up to the last place at which what follows in the template stands.
    Rest,
    /// Text that is not kept.
    Skip,
}

impl FieldKind {
    /// All kinds, in the order in which lists have them.
    pub const ALL: [FieldKind; 14] = [
        FieldKind::Text,
        FieldKind::Word,
        FieldKind::Int,
        FieldKind::Float,
        FieldKind::Ip,
        FieldKind::Time,
        FieldKind::Duration,
        FieldKind::Bytes,
        FieldKind::Status,
        FieldKind::Level,
        FieldKind::Json,
        FieldKind::Quoted,
        FieldKind::Rest,
        FieldKind::Skip,
    ];
    /// Its word in a template.
    pub fn word(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Word => "word",
            FieldKind::Int => "int",
            FieldKind::Float => "float",
            FieldKind::Ip => "ip",
            FieldKind::Time => "time",
            FieldKind::Duration => "duration",
            FieldKind::Bytes => "bytes",
            FieldKind::Status => "status",
            FieldKind::Level => "level",
            FieldKind::Json => "json",
            FieldKind::Quoted => "quoted",
            FieldKind::Rest => "rest",
            FieldKind::Skip => "skip",
        }
    }
    /// The kind of this word.
    pub fn of(word: &str) -> Option<FieldKind> {
        FieldKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
    /// What it reads, in a sentence without a stop.
    pub fn doc(self) -> &'static str {
        match self {
            FieldKind::Text => {
                "any text, also none, up to the first place at which what follows in the template stands"
            }
            FieldKind::Word => "text without blanks, at least one character",
            FieldKind::Int => "a whole number",
            FieldKind::Float => "a number, with or without a fraction",
            FieldKind::Ip => "an address, IPv4 or IPv6",
            FieldKind::Time => {
                "a time as loggers write it, or in a form that stands behind the name; the first one of a record is its @timestamp"
            }
            FieldKind::Duration => {
                "how long something took, in milliseconds: with its unit, as a clock, or a number of the unit that stands behind the name (ms if none does)"
            }
            FieldKind::Bytes => "a size in bytes: a number, with or without a unit",
            FieldKind::Status => "a status code: a number that is grouped by and not summed",
            FieldKind::Level => {
                "a level of severity, by its common word: trace, debug, info, notice, warn, error or fatal"
            }
            FieldKind::Json => "a JSON object or list, whose paths are fields",
            FieldKind::Quoted => "a text in quotation marks, in which \\\" is one of them",
            FieldKind::Rest => {
                "all that is left, up to the last place at which what follows in the template stands"
            }
            FieldKind::Skip => "any text, up to what follows in the template; it is no column",
        }
    }
    /// Something that it reads.
    pub fn example(self) -> &'static str {
        match self {
            FieldKind::Text => "GET /index.html",
            FieldKind::Word => "web-1",
            FieldKind::Int => "-42",
            FieldKind::Float => "0.25",
            FieldKind::Ip => "2001:db8::7",
            FieldKind::Time => "2026-03-05 01:29:37,123",
            FieldKind::Duration => "1.5s",
            FieldKind::Bytes => "1.5 KiB",
            FieldKind::Status => "404",
            FieldKind::Level => "WARNING",
            FieldKind::Json => "{\"a\":[1,2]}",
            FieldKind::Quoted => "\"a \\\"b\\\" c\"",
            FieldKind::Rest => "everything (to the end)",
            FieldKind::Skip => "not kept",
        }
    }
}

/// What is wrong with a definition: which of its parts, where in that, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The name of the part, as in the definition's file: `template`, `id`.
    pub part: String,
    /// The bytes of the part's text that it is about.
    pub from: usize,
    /// Behind the last of them.
    pub to: usize,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do; empty if there is nothing to say.
    pub help: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.part, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Problem {}

/// What came of trying to read some text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The format that it was read as: the id, and the name for people. None if no format reads it.
    pub format: Option<(String, String)>,
    /// Why.
    pub reason: String,
    /// The fields that some row has a value of.
    pub fields: Vec<AttemptField>,
    /// The first rows.
    pub rows: Vec<AttemptRow>,
    /// How many rows there are.
    pub row_count: u64,
    /// The first rejections.
    pub rejections: Vec<Rejection>,
    /// How many rejections there are.
    pub rejected: u64,
    /// How many records were put aside.
    pub skipped: u64,
    /// What each format says of the text, the likeliest first.
    pub considered: Vec<Considered>,
}

/// A field of an [`Attempt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptField {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// What its number means.
    pub unit: Unit,
    /// How it is used.
    pub role: Role,
}

/// A row of an [`Attempt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// The line at which its record begins, from 1.
    pub line: u64,
    /// A value for each of the fields.
    pub values: Vec<Value>,
}

/// What a format says of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// How sure it is.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// How sure a format is of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Not its own.
    Declined,
    /// May be its own; another one is surer.
    Possible,
    /// The text is read as this format.
    Chosen,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Declined => "declined",
            Verdict::Possible => "possible",
            Verdict::Chosen => "chosen",
        }
    }
}
