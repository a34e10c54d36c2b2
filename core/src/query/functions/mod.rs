//! The functions of queries. A new function is one entry in the file of its group; a new group is one new file and
//! one line in [`GROUPS`].
//!
//! Every entry carries its signature, one line of documentation and examples; the examples are documentation,
//! completion and tests at once. Shared rules: a missing argument gives a missing value, but for the functions that
//! are about missing values; a list where one value is expected gives a missing value; what is not a finite number is
//! missing; an integer that outgrows 64 bits becomes a float.

pub mod aggregate;
mod general;
mod ip;
mod json;
mod numeric;
mod string;
mod time;

use std::borrow::Cow;

pub use aggregate::{AGGREGATES, Aggregate, AggregateKind};
pub use numeric::{Num, arithmetic, negate, num};

use crate::table::Value;

/// All functions by group, in the order of the documentation.
pub static GROUPS: &[(&str, &[Function])] = &[
    ("Numbers", numeric::FUNCTIONS),
    ("Time", time::FUNCTIONS),
    ("General", general::FUNCTIONS),
    ("Addresses", ip::FUNCTIONS),
    ("Text", string::FUNCTIONS),
    ("JSON", json::FUNCTIONS),
];

/// Text that a function makes is never longer than this; beyond, the value is missing.
pub const LONGEST_TEXT: usize = 1 << 20;

/// One function of values.
#[derive(Debug)]
pub struct Function {
    /// Its name as documented; queries may write it in any letter case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// How it is called, for documentation: `substr(text, start [, length])`.
    pub signature: &'static str,
    /// One sentence for people.
    pub doc: &'static str,
    /// The smallest number of arguments.
    pub least: usize,
    /// The largest number of arguments.
    pub most: usize,
    /// Expressions and the text of their values.
    pub examples: &'static [(&'static str, &'static str)],
    /// What it does.
    pub apply: Apply,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub enum Apply {
    /// A value from values, the same for the same arguments.
    Scalar(fn(&[Value]) -> Value),
    /// `bin(period)`: the beginning of the interval that holds `@timestamp`.
    Bin,
    /// `datefloor(time, period)`.
    Floor,
    /// `dateceil(time, period)`.
    Ceil,
    /// `now()`: the time of the latest event loaded, in seconds since 1970.
    Now,
}

impl Function {
    const fn new(
        name: &'static str,
        signature: &'static str,
        arity: (usize, usize),
        apply: fn(&[Value]) -> Value,
        doc: &'static str,
        examples: &'static [(&'static str, &'static str)],
    ) -> Function {
        let (least, most) = arity;
        Function { name, aliases: &[], signature, doc, least, most, examples, apply: Apply::Scalar(apply) }
    }
    const fn aliases(mut self, aliases: &'static [&'static str]) -> Function {
        self.aliases = aliases;
        self
    }
    const fn special(mut self, apply: Apply) -> Function {
        self.apply = apply;
        self
    }
}

/// Any number of arguments.
const ANY: usize = usize::MAX;

/// The function called `name` in any letter case.
pub fn find(name: &str) -> Option<&'static Function> {
    let answers = |f: &&Function| {
        f.name.eq_ignore_ascii_case(name) || f.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    };
    all().find(answers)
}

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().flat_map(|(_, functions)| functions.iter())
}

/// The text of a single value; `None` for a missing one or a list.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::List(_) => None,
        Value::Text(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// Text that a function made.
fn made(text: &str) -> Value {
    if text.len() > LONGEST_TEXT { Value::Null } else { Value::text(text) }
}

/// Whether a value counts as true where a condition is asked for: `true`, a number other than 0, the text `true`.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Bool(v) => *v,
        Value::Int(v) => *v != 0,
        Value::Float(v) => *v != 0.0,
        Value::Text(text) => text.eq_ignore_ascii_case("true"),
        Value::Null | Value::Time(_) | Value::List(_) => false,
    }
}

fn no_scalar(_: &[Value]) -> Value {
    Value::Null
}
