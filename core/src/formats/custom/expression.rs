//! Regular expressions with named groups: what a record looks like, for whom a template is not enough. An expression is
//! matched from the record's beginning; what stands behind its end is left alone, unless it asks for the end (`$`).
//!
//! Both matching and finding where it stopped take a time that grows with the record's length alone: the record's length
//! and the expression's size are bounded.

use super::{
    scan::{self, Found},
    template::{MOST_FIELDS, Stop, TemplateField, check_name, kinds},
};
use crate::formats::{
    Settings,
    field::usual::{self, FIELDS, LEVEL, LEVELS, SOURCE_IP, TIMES},
};
use logloupe_table::{
    Kind,
    custom::{FieldKind, Problem},
};
use regex::bytes::{Regex, RegexBuilder};
use regex_automata::{
    Anchored, Input,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson,
    util::syntax,
};
use std::sync::OnceLock;

/// The longest expression, and how much memory it may take when it is compiled.
const LONGEST: usize = 8 << 10;
const SIZE: usize = 1 << 20;
/// The longest record that is matched.
const LONGEST_RECORD: usize = 64 << 10;

/// An expression that was compiled.
pub(super) struct Expression {
    regex: Regex,
    /// The group of each field.
    groups: Vec<usize>,
    pub(super) fields: Vec<TemplateField>,
    /// From the record's beginning.
    anchored: String,
    unicode: bool,
    /// The same as an automaton that is walked byte by byte, made when a record does not match; `None` if it would be too large.
    automaton: OnceLock<Option<DFA>>,
}

/// The states of an automaton that were met, kept from record to record.
pub(super) type States = Option<Cache>;

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Expression").field(&self.anchored).finish()
    }
}

fn problem(part: &str, from: usize, to: usize, message: impl Into<String>, help: &str) -> Problem {
    Problem { part: part.to_owned(), from, to, message: message.into(), help: help.to_owned() }
}

impl Expression {
    /// Compiles an expression; of the groups in `kinds` the kind is said there.
    pub(super) fn new(text: &str, part: &str, said: &[(String, String)]) -> Result<Expression, Problem> {
        let wrong = |message: String, help: &str| problem(part, 0, text.len(), message, help);
        if text.len() > LONGEST {
            return Err(wrong("the expression is too long".to_owned(), "at most 8192 bytes are read"));
        }
        if text.is_empty() {
            return Err(wrong(
                "the expression is empty".to_owned(),
                "for example `(?P<time>\\S+) (?P<level>\\w+) (?P<message>.*)`",
            ));
        }
        // As queries have it: Unicode classes are not compiled in, a pattern in ASCII is matched byte by byte.
        let unicode = !text.is_ascii();
        if let Some((from, to, message)) = syntax_fault(text, unicode) {
            return Err(problem(part, from, to.max(from + 1), message, HELP));
        }
        let anchored = format!("^(?:{text})");
        let regex =
            RegexBuilder::new(&anchored).unicode(unicode).size_limit(SIZE).dfa_size_limit(SIZE).build();
        let regex = regex.map_err(|fault| fault_of(text, part, &fault))?;
        let mut fields = Vec::new();
        let mut groups = Vec::new();
        for (group, name) in regex.capture_names().enumerate() {
            let Some(name) = name else { continue };
            let at = text.find(&format!("<{name}>")).map_or(0, |at| at + 1);
            let wrong = |message: String, help: &str| Err(problem(part, at, at + name.len(), message, help));
            if let Err(why) = check_name(name) {
                return wrong(why.to_owned(), "for example `(?P<user>\\S+)`");
            }
            if fields.len() >= MOST_FIELDS {
                return wrong(format!("there are more than {MOST_FIELDS} named groups"), "leave some out");
            }
            let kind = match said.iter().find(|(of, _)| of == name) {
                Some((_, word)) => FieldKind::of(word).ok_or_else(|| {
                    let message = format!("there is no kind `{word}` for `{name}`");
                    problem("kinds", 0, word.len(), message, &format!("kinds are {}", self::kinds()))
                })?,
                None => kind_of(name),
            };
            if kind != FieldKind::Skip {
                fields.push(TemplateField::new(kind, name));
                groups.push(group);
            }
        }
        if let Some((name, _)) = said.iter().find(|(of, _)| !regex.capture_names().flatten().any(|n| n == of))
        {
            let message = format!("the expression has no group `{name}`");
            return Err(problem("kinds", 0, name.len(), message, "kinds are said of its named groups"));
        }
        if fields.is_empty() && part != "starts" {
            return Err(wrong(
                "the expression has no named group".to_owned(),
                "each field is a group with a name: `(?P<user>\\S+)`",
            ));
        }
        Ok(Expression { regex, groups, fields, anchored, unicode, automaton: OnceLock::new() })
    }
    /// Whether a line begins like this.
    pub(super) fn begins(&self, line: &[u8]) -> bool {
        self.regex.is_match(line.get(..line.len().min(LONGEST_RECORD)).unwrap_or(line))
    }
    /// The value of each field in a record.
    pub(super) fn walk<'a>(
        &self,
        text: &'a [u8],
        settings: &Settings,
        states: &mut States,
        found: &mut Vec<Option<Found<'a>>>,
    ) -> Result<(), Stop> {
        found.clear();
        if text.len() > LONGEST_RECORD {
            return Err(Stop {
                at: LONGEST_RECORD,
                expected: format!("the end of a record of at most {LONGEST_RECORD} bytes"),
            });
        }
        let Some(captures) = self.regex.captures(text) else { return Err(self.stop(text, states)) };
        for (field, group) in self.fields.iter().zip(&self.groups) {
            let Some(group) = captures.get(*group) else {
                found.push(None);
                continue;
            };
            let value = scan::whole(field.kind, field.form(), group.as_bytes(), settings);
            let value = value.ok_or_else(|| Stop {
                at: group.start(),
                expected: format!("{} for `{}`", field.kind.word(), field.name),
            })?;
            found.push(Some(value));
        }
        Ok(())
    }
    /// How far a record is the beginning of one that matches.
    #[cold]
    fn stop(&self, text: &[u8], states: &mut States) -> Stop {
        let at = self.reach(text, states).unwrap_or(0);
        Stop { at, expected: "what the expression has there".to_owned() }
    }
    fn reach(&self, text: &[u8], states: &mut States) -> Option<usize> {
        let dfa = self.automaton.get_or_init(|| self.automaton()).as_ref()?;
        let cache = states.get_or_insert_with(|| dfa.create_cache());
        let input = Input::new(text).anchored(Anchored::Yes);
        let mut state = dfa.start_state_forward(cache, &input).ok()?;
        for (at, byte) in text.iter().enumerate() {
            state = dfa.next_state(cache, state, *byte).ok()?;
            if state.is_dead() || state.is_quit() {
                return Some(at);
            }
        }
        Some(text.len())
    }
    fn automaton(&self) -> Option<DFA> {
        let syntax = syntax::Config::new().unicode(self.unicode).utf8(false);
        let config = DFA::config().cache_capacity(SIZE).skip_cache_capacity_check(true);
        let thompson = thompson::Config::new().nfa_size_limit(Some(SIZE)).utf8(false);
        DFA::builder().configure(config).syntax(syntax).thompson(thompson).build(&self.anchored).ok()
    }
}

/// The kind that the name of a group tells.
fn kind_of(name: &str) -> FieldKind {
    let bytes = name.as_bytes();
    if let Some(kind) = FieldKind::of(name) {
        return kind;
    }
    if usual::has(TIMES, bytes) {
        return FieldKind::Time;
    }
    if usual::has(LEVELS, bytes) {
        return FieldKind::Level;
    }
    match usual::place(bytes) {
        Some(LEVEL) => FieldKind::Level,
        Some(SOURCE_IP) => FieldKind::Text,
        Some(place) if FIELDS.get(place).is_some_and(|f| f.field.kind == Kind::Int) => FieldKind::Status,
        _ => FieldKind::Text,
    }
}

const HELP: &str = "expressions are those of the Rust crate `regex`: without look-around and back-references";

/// Why an expression that can be read cannot be compiled.
fn fault_of(text: &str, part: &str, fault: &regex::Error) -> Problem {
    if let regex::Error::CompiledTooBig(_) = fault {
        let help = "write repetitions with smaller numbers";
        return problem(part, 0, text.len(), "the expression is too large", help);
    }
    let all = fault.to_string();
    let last = all.lines().last().unwrap_or("it cannot be compiled");
    problem(part, 0, text.len(), last.trim_start_matches("error:").trim(), HELP)
}

/// What the parser of expressions says, and where: it draws the place below the text.
fn syntax_fault(text: &str, unicode: bool) -> Option<(usize, usize, String)> {
    let config = syntax::Config::new().unicode(unicode).utf8(false);
    let fault = syntax::parse_with(text, &config).err()?;
    let all = fault.to_string();
    // The parser draws the place below the text: `    ^^^` under a line of four more blanks.
    let last = all.lines().last()?.trim_start_matches("error:").trim().to_owned();
    let mut lines = all.lines();
    let marks =
        lines.find(|line| line.contains('^') && line.trim_matches(|c| c == ' ' || c == '^').is_empty());
    let (from, to) = match marks {
        Some(marks) if !text.contains('\n') => {
            let column = marks.find('^')?.saturating_sub(4);
            let count = marks.matches('^').count();
            let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
            (at(column), at(column + count))
        }
        _ => (0, text.len()),
    };
    Some((from, to, last))
}
