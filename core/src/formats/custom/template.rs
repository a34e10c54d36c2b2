//! Templates: what a record looks like, with fields in the places where it differs. Read once, then walked along each
//! record from left to right, without going back: the time is that of reading the record.
//!
//! ```text
//! template = *( field / blanks / text )
//! field    = "%{" kind "}" / "%{" name "}" / "%{" kind ":" name [ ":" form ] "}"
//! kind     = "text" / "word" / "int" / …                ; see FieldKind
//! name     = ( ALPHA / "_" ) *( ALPHA / DIGIT / "_" / "." / "-" )
//! form     = the form of a time, or the unit of a duration's number
//! blanks   = 1*( SP / HTAB / LF )                       ; any number of blanks in a record
//! text     = any characters                             ; themselves; "%%" is one %
//! ```
//!
//! Decisions: `%{x}` is a kind if there is one of that word, else a text called so. A text ends at the first place at which
//! what follows in the template fits: the text between, and the number, address or time behind that. `rest` ends at the
//! last such place. Blanks at a record's end are no part of it.

use super::{
    clock::Clock,
    scan::{self, Form, Found},
};
use crate::formats::Settings;
use logloupe_table::custom::{FieldKind, Problem};
use memchr::memmem::Finder;

/// The longest template.
const LONGEST: usize = 8 << 10;
/// The most fields.
pub(super) const MOST_FIELDS: usize = 200;
/// The longest name.
const LONGEST_NAME: usize = 64;

/// A template that was understood.
#[derive(Debug)]
pub(super) struct Template {
    pieces: Vec<Piece>,
    /// The fields in their order; those that are not kept have no name.
    pub(super) fields: Vec<TemplateField>,
}

/// A field of a template.
#[derive(Debug)]
pub(super) struct TemplateField {
    pub(super) kind: FieldKind,
    /// Empty if it is not kept.
    pub(super) name: String,
    clock: Option<Clock>,
    /// How many milliseconds a number without a unit means.
    millis: f64,
}

impl TemplateField {
    pub(super) fn new(kind: FieldKind, name: &str) -> TemplateField {
        TemplateField { kind, name: name.to_owned(), clock: None, millis: 1.0 }
    }
    pub(super) fn form(&self) -> Form<'_> {
        match (&self.clock, self.kind) {
            (Some(clock), _) => Form::Clock(clock),
            (None, FieldKind::Duration) => Form::Millis(self.millis),
            _ => Form::None,
        }
    }
}

#[derive(Debug)]
enum Piece {
    Literal(Literal),
    /// The place of a field.
    Field(usize),
}

/// Text between fields.
#[derive(Debug)]
struct Literal {
    parts: Vec<Part>,
    shown: String,
}

#[derive(Debug)]
enum Part {
    Blanks,
    Text(Box<Finder<'static>>),
}

/// Where a record stopped matching, and what was expected there.
#[derive(Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) at: usize,
    pub(super) expected: String,
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|b| is_blank(b)).count()
}

fn problem(part: &str, from: usize, to: usize, message: String, help: impl Into<String>) -> Problem {
    Problem { part: part.to_owned(), from, to, message, help: help.into() }
}

/// The name of a column, or what is wrong with it.
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    let of = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let first = name.bytes().next();
    match first {
        None => Err("a field has a name"),
        Some(b) if !b.is_ascii_alphabetic() && b != b'_' => Err("a name begins with a letter or `_`"),
        _ if !name.as_bytes().iter().all(of) => Err("a name is of letters, digits, `_`, `.` and `-`"),
        _ if name.len() > LONGEST_NAME => Err("a name has at most 64 characters"),
        _ => Ok(()),
    }
}

/// All kinds, as a sentence lists them.
pub(super) fn kinds() -> String {
    FieldKind::ALL.map(FieldKind::word).join(", ")
}

impl Template {
    /// Understands a template; `part` is what it is called in a definition.
    pub(super) fn new(text: &str, part: &str) -> Result<Template, Problem> {
        let wrong = |from, to, message: &str, help: &str| problem(part, from, to, message.to_owned(), help);
        if text.len() > LONGEST {
            return Err(wrong(
                LONGEST,
                text.len(),
                "the template is too long",
                "at most 8192 bytes are read",
            ));
        }
        if text.trim().is_empty() {
            return Err(wrong(
                0,
                text.len(),
                "the template is empty",
                "for example `%{time} %{level} %{rest:message}`",
            ));
        }
        let text = text.trim_end();
        let mut template = Template { pieces: Vec::new(), fields: Vec::new() };
        let mut literal = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("%%") {
                literal.push('%');
                at += 2;
                continue;
            }
            let Some(inside) = rest.strip_prefix("%{") else {
                let next = rest.chars().next().unwrap_or_default();
                literal.push(next);
                at += next.len_utf8();
                continue;
            };
            let Some(length) = inside.find('}') else {
                return Err(wrong(
                    at,
                    text.len(),
                    "a field is opened and never closed",
                    "write `}` behind its name, or `%%` for a percent sign",
                ));
            };
            let from = at + 2;
            template.end_literal(&mut literal);
            let field = field(&inside[..length], from, part)?;
            template.add(field, (at, from + length + 1), part)?;
            at = from + length + 1;
        }
        template.end_literal(&mut literal);
        Ok(template)
    }
    fn end_literal(&mut self, literal: &mut String) {
        let text = std::mem::take(literal);
        if text.is_empty() {
            return;
        }
        let mut parts = Vec::new();
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let blank = blanks(rest);
            if blank > 0 {
                parts.push(Part::Blanks);
            }
            rest = rest.get(blank..).unwrap_or_default();
            let length = rest.iter().take_while(|b| !is_blank(b)).count();
            if let Some(word) = rest.get(..length).filter(|word| !word.is_empty()) {
                parts.push(Part::Text(Box::new(Finder::new(word).into_owned())));
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        self.pieces.push(Piece::Literal(Literal { parts, shown: text }));
    }
    fn add(&mut self, field: TemplateField, span: (usize, usize), part: &str) -> Result<(), Problem> {
        let wrong = |message: String, help: &str| Err(problem(part, span.0, span.1, message, help));
        if self.fields.len() >= MOST_FIELDS {
            return wrong(
                format!("there are more than {MOST_FIELDS} fields"),
                "leave some out with `%{rest}`",
            );
        }
        let twice = |f: &TemplateField| !f.name.is_empty() && f.name.eq_ignore_ascii_case(&field.name);
        if self.fields.iter().any(twice) {
            return wrong(format!("there are two fields `{}`", field.name), "give one of them another name");
        }
        if let Some(Piece::Field(before)) = self.pieces.last()
            && let Some(before) = self.fields.get(*before)
            && !scan::ends_itself(before.kind)
            && !(before.kind == FieldKind::Word && matches!(field.kind, FieldKind::Rest | FieldKind::Skip))
        {
            let word = before.kind.word();
            return wrong(
                format!("nothing says where the {word} before it ends"),
                "write the text that stands between the two",
            );
        }
        self.pieces.push(Piece::Field(self.fields.len()));
        self.fields.push(field);
        Ok(())
    }

    /// Walks along a record, and gives the value of each field; with `whole`, to its end.
    pub(super) fn walk<'a>(
        &self,
        text: &'a [u8],
        settings: &Settings,
        whole: bool,
        found: &mut Vec<Option<Found<'a>>>,
    ) -> Result<(), Stop> {
        found.clear();
        found.resize(self.fields.len(), None);
        let mut at = 0;
        for (i, piece) in self.pieces.iter().enumerate() {
            let rest = text.get(at..).unwrap_or_default();
            let place = match piece {
                Piece::Literal(literal) => {
                    at = literal.at(text, at).map_err(|at| Stop { at, expected: literal.expected() })?;
                    continue;
                }
                Piece::Field(place) => *place,
            };
            let Some(field) = self.fields.get(place) else { continue };
            let kind = field.kind;
            let (value, taken) = if scan::ends_itself(kind) {
                let scanned = scan::scan(kind, field.form(), rest, settings);
                let found = scanned.or_else(|| self.time_to_literal(field, i, text, at, settings));
                found.ok_or_else(|| Stop { at, expected: field.expected() })?
            } else {
                let end =
                    self.end(i, kind, text, at, settings).ok_or_else(|| self.no_end(i, field, text, at))?;
                let value = text.get(at..end).unwrap_or_default();
                let cell = if kind == FieldKind::Level { scan::level(value) } else { scan::plain(value) };
                (Found::Cell(cell), end - at)
            };
            if let Some(slot) = found.get_mut(place) {
                *slot = Some(value);
            }
            at += taken;
        }
        at += blanks(text.get(at..).unwrap_or_default());
        if whole && at < text.len() {
            return Err(Stop { at, expected: "the end of the record".to_owned() });
        }
        Ok(())
    }
    /// A time that is none of those that loggers begin lines with, to the text behind it in the template.
    fn time_to_literal<'a>(
        &self,
        field: &TemplateField,
        i: usize,
        text: &'a [u8],
        at: usize,
        settings: &Settings,
    ) -> Option<(Found<'a>, usize)> {
        const LONGEST: usize = 64;
        if field.kind != FieldKind::Time || field.clock.is_some() {
            return None;
        }
        let near = text.get(..text.len().min(at + LONGEST))?;
        let end = match self.pieces.get(i + 1) {
            Some(Piece::Literal(literal)) => literal.find(near, at, near.len(), false, |_| true)?,
            _ => near.len(),
        };
        let found = scan::whole(FieldKind::Time, Form::None, text.get(at..end)?, settings)?;
        (end > at).then_some((found, end - at))
    }
    /// Where a text that begins at `at` ends.
    fn end(&self, i: usize, kind: FieldKind, text: &[u8], at: usize, settings: &Settings) -> Option<usize> {
        let rest = text.get(at..)?;
        let end_of_record = text.len() - rest.iter().rev().take_while(|b| is_blank(b)).count();
        let end_of_word = || at + rest.iter().take_while(|b| !is_blank(b)).count();
        let end = match (self.pieces.get(i + 1), kind) {
            (None, FieldKind::Word) | (Some(Piece::Field(_)), _) => end_of_word(),
            (None, _) => end_of_record.max(at),
            (Some(Piece::Literal(literal)), _) => {
                let one_word = matches!(kind, FieldKind::Word | FieldKind::Level);
                let until = if one_word { end_of_word() } else { text.len() };
                let fits = |end: usize| self.fits(i + 2, text, end, settings);
                literal.find(text, at, until, kind == FieldKind::Rest, fits)?
            }
        };
        let empty = matches!(kind, FieldKind::Word | FieldKind::Level) && end == at;
        (!empty).then_some(end)
    }
    /// Whether what stands at `at` may be the piece `i`.
    fn fits(&self, i: usize, text: &[u8], at: usize, settings: &Settings) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        match self.pieces.get(i) {
            None => blanks(rest) == rest.len(),
            Some(Piece::Field(place)) => self.fields.get(*place).is_none_or(|field| {
                !scan::is_short(field.kind)
                    || scan::scan(field.kind, field.form(), rest, settings).is_some()
                    || self.time_to_literal(field, i, text, at, settings).is_some()
            }),
            Some(Piece::Literal(_)) => true,
        }
    }
    /// How far a text came that has no end.
    #[cold]
    fn no_end(&self, i: usize, field: &TemplateField, text: &[u8], at: usize) -> Stop {
        let here = |expected: String| Stop { at, expected };
        let Some(Piece::Literal(literal)) = self.pieces.get(i + 1) else { return here(field.expected()) };
        let rest = text.get(at..).unwrap_or_default();
        let one_word = matches!(field.kind, FieldKind::Word | FieldKind::Level);
        let word = rest.iter().take_while(|b| !is_blank(b)).count();
        if one_word && word == 0 {
            return here(field.expected());
        }
        let until = if one_word { at + word } else { text.len() };
        let last = field.kind == FieldKind::Rest;
        // What stands between is there, and what follows is not.
        if let Some(end) =
            literal.find(text, at, until, last, |_| true).and_then(|s| literal.at(text, s).ok())
        {
            let next = match self.pieces.get(i + 2) {
                Some(Piece::Field(next)) => self.fields.get(*next).map(TemplateField::expected),
                _ => None,
            };
            // A word that must not be empty was found to be.
            return match next {
                _ if end == at => here(field.expected()),
                Some(expected) => Stop { at: end, expected },
                None => Stop { at: end, expected: "the end of the record".to_owned() },
            };
        }
        match literal.begun(text, at, until) {
            Some(at) if one_word => Stop { at, expected: literal.expected() },
            _ => here(format!("{} with {} behind it", field.expected(), literal.expected())),
        }
    }
}

impl TemplateField {
    /// What is expected where it stands.
    fn expected(&self) -> String {
        let word = self.kind.word();
        match self.name.is_empty() || self.name == word {
            true if self.kind == FieldKind::Skip => "any text".to_owned(),
            true => word.to_owned(),
            false => format!("{word} for `{}`", self.name),
        }
    }
}

impl Literal {
    fn expected(&self) -> String {
        match self.shown.trim() {
            "" => "a blank".to_owned(),
            text => format!("`{text}`"),
        }
    }
    /// Where it ends if it stands at `at`; otherwise where it stops being it.
    fn at(&self, text: &[u8], mut at: usize) -> Result<usize, usize> {
        for part in &self.parts {
            let rest = text.get(at..).unwrap_or_default();
            match part {
                Part::Blanks => match blanks(rest) {
                    0 => return Err(at),
                    count => at += count,
                },
                Part::Text(word) => {
                    let word = word.needle();
                    let same = rest.iter().zip(word).take_while(|(a, b)| a == b).count();
                    if same < word.len() {
                        return Err(at + same);
                    }
                    at += same;
                }
            }
        }
        Ok(at)
    }
    /// Where it stops being it behind the first place at which it begins.
    fn begun(&self, text: &[u8], from: usize, until: usize) -> Option<usize> {
        let start = match self.parts.first()? {
            Part::Blanks => until,
            Part::Text(word) => {
                let first = word.needle().get(..1)?;
                let within = text.get(from..until)?;
                from + memchr::memchr(*first.first()?, within).unwrap_or(within.len())
            }
        };
        self.at(text, start).err()
    }
    /// Where it begins, between `from` and `until`: the first place, or with `last` the last, behind whose end something fits.
    fn find(
        &self,
        text: &[u8],
        from: usize,
        until: usize,
        last: bool,
        fits: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let (mut at, mut found) = (from, None);
        loop {
            let (start, next) = match self.parts.first()? {
                // A run of blanks is looked at once.
                Part::Blanks => {
                    let Some(start) = text.get(at..).and_then(|rest| rest.iter().position(is_blank)) else {
                        break;
                    };
                    (at + start, at + start + blanks(text.get(at + start..).unwrap_or_default()))
                }
                Part::Text(word) => {
                    let window = text.get(at..text.len().min(until + word.needle().len()));
                    let Some(start) = window.and_then(|window| word.find(window)) else { break };
                    (at + start, at + start + 1)
                }
            };
            if start > until {
                break;
            }
            if self.at(text, start).is_ok_and(&fits) {
                found = Some(start);
                if !last {
                    break;
                }
            }
            at = next;
        }
        found
    }
}

/// The field that stands between `%{` and `}` at byte `from`.
fn field(inside: &str, from: usize, part: &str) -> Result<TemplateField, Problem> {
    let wrong = |at: usize, length: usize, message: String, help: String| {
        Err(problem(part, from + at, from + at + length.max(1), message, help))
    };
    let (first, rest) = match inside.split_once(':') {
        Some((kind, rest)) => (kind, Some(rest)),
        None => (inside, None),
    };
    let Some(rest) = rest else {
        return match FieldKind::of(first) {
            Some(FieldKind::Skip) => Ok(TemplateField::new(FieldKind::Skip, "")),
            Some(kind) => Ok(TemplateField::new(kind, first)),
            None => match check_name(first) {
                Ok(()) => Ok(TemplateField::new(FieldKind::Text, first)),
                Err(why) => wrong(0, first.len(), why.to_owned(), "for example `%{word:user}`".to_owned()),
            },
        };
    };
    let Some(kind) = FieldKind::of(first) else {
        return wrong(
            0,
            first.len(),
            format!("there is no kind `{first}`"),
            format!("kinds are {}; `%{{kind:name}}`", kinds()),
        );
    };
    let (name, form) = match rest.split_once(':') {
        Some((name, form)) => (name, Some(form)),
        None => (rest, None),
    };
    let at = first.len() + 1;
    if let Err(why) = check_name(name) {
        return wrong(at, name.len(), why.to_owned(), format!("for example `%{{{}:user}}`", kind.word()));
    }
    let name = if kind == FieldKind::Skip { "" } else { name };
    let mut field = TemplateField::new(kind, name);
    let Some(form) = form else { return Ok(field) };
    let at = at + rest.len() - form.len();
    match kind {
        FieldKind::Time => match Clock::new(form) {
            Ok(clock) => field.clock = Some(clock),
            Err((byte, why)) => {
                let help =
                    "for example `%{time:at:%d.%m.%Y %H:%M:%S}`; without a form, the usual ones are found";
                return wrong(at + byte, 2.min(form.len() - byte.min(form.len())), why, help.to_owned());
            }
        },
        FieldKind::Duration => match scan::unit(form.as_bytes()) {
            Some((millis, length)) if length == form.len() => field.millis = millis,
            _ => {
                let message = format!("`{form}` is no unit of time");
                return wrong(at, form.len(), message, "ns, us, ms, s, m, h or d".to_owned());
            }
        },
        _ => {
            let message = format!("a field of the kind {} has no form", kind.word());
            let help = "only a time and a duration have one, behind a second colon".to_owned();
            return wrong(at, form.len(), message, help);
        }
    }
    Ok(field)
}
