//! The functions of queries. A new function is one entry in the file of its group; a new group is one new file and
//! one line in [`GROUPS`].
//!
//! Every entry carries its signature, one line of documentation and examples; the examples are documentation,
//! completion and tests at once. Shared rules: a missing argument gives a missing value, but for the functions that
//! are about missing values; a list where one value is expected gives a missing value; what is not a finite number is
//! missing; an integer that outgrows 64 bits becomes a float.

pub mod aggregate;
pub(crate) mod dates;
mod encode;
mod general;
mod ip;
mod json;
mod list;
mod names;
mod numeric;
mod regex;
mod shape;
mod sql;
mod string;
mod time;
mod tokens;

use std::borrow::Cow;

use ::regex::bytes::Regex;
pub use aggregate::{AGGREGATES, Aggregate, AggregateKind};
pub(crate) use list::{at_path, items};
pub use names::spelling;
pub use numeric::{Num, arithmetic, negate, num};
pub(crate) use shape::{VARIABLE, is_word, shape};

use crate::table::Value;

/// All functions by group, in the order of the documentation.
pub static GROUPS: &[(&str, &[Function])] = &[
    ("Numbers", numeric::FUNCTIONS),
    ("Time", time::FUNCTIONS),
    ("Dates as text", dates::FUNCTIONS),
    ("General", general::FUNCTIONS),
    ("Addresses", ip::FUNCTIONS),
    ("Text", string::FUNCTIONS),
    ("Regular expressions", regex::FUNCTIONS),
    ("Encodings and digests", encode::FUNCTIONS),
    ("JSON", json::FUNCTIONS),
    ("Words of a record", tokens::FUNCTIONS),
];

/// Functions that SQL means otherwise than Insights: what a tree from SQL calls `sql.…`. Their examples are SQL.
pub static SQL: &[Function] = sql::FUNCTIONS;

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
    /// `queryStartTime()`: the beginning of the time that is asked for.
    Start,
    /// `queryEndTime()`: its end.
    End,
    /// A value from values; without any, from `@message`.
    OfMessage(fn(&[Value]) -> Value),
    /// A value from the regular expression that the second argument says, and the values of the other arguments. The
    /// expression is part of the query, so that it is compiled once.
    Pattern(fn(&Regex, &[Value]) -> Value),
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
    all().chain(SQL).find(answers)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that have broken functions somewhere.
    fn hostile() -> Vec<Value> {
        let list = |items: &[Value]| Value::List(items.into());
        let mut all = vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(0),
            Value::Int(-1),
            Value::Int(400),
            Value::Int(i64::MAX),
            Value::Int(i64::MIN),
            Value::Float(0.1),
            Value::Float(-0.0),
            Value::Float(1e300),
            Value::Float(-1e-300),
            Value::Float(f64::NAN),
            Value::Float(f64::INFINITY),
            Value::Time(0),
            Value::Time(i64::MAX),
            Value::Time(i64::MIN),
            list(&[]),
            list(&[Value::Int(1), Value::text("x"), list(&[Value::Null])]),
        ];
        let texts = [
            "",
            " ",
            "x",
            "-",
            "%",
            "%%Y%",
            "'",
            "yyyy-MM-dd HH:mm:ss.SSS",
            "%Y-%m-%d",
            "2026-03-05T13:29:37Z",
            "10.0.0.1",
            "::ffff:10.0.0.1",
            "10.0.0.0/99",
            "/",
            "9223372036854775808",
            "1e999",
            "ö\u{1F600}e\u{301}",
            "%C3%28+%",
            "YQ=",
            "{\"a\":[1,{\"b\":null}]}",
            "[[[[",
            "$1${x}\\",
            "\0",
        ];
        all.extend(texts.map(Value::text));
        all.push(Value::text(&"ab ".repeat(100_000)));
        all
    }

    #[test]
    fn every_function_is_total() {
        let values = hostile();
        let regexes = ["", ".", "(a)|(b)*", "[^a]+"].map(|p| Regex::new(&format!("(?-u:{p})")).unwrap());
        let mut random = 1u64;
        for function in all() {
            for count in function.least..=function.most.min(function.least.max(1) + 3) {
                // All combinations of one value, some of more.
                let total = values.len().pow(count.min(4) as u32).min(300);
                for i in 0..total {
                    let args: Vec<Value> = (0..count)
                        .map(|_| {
                            random =
                                random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                            let any = (random >> 33) as usize % values.len();
                            values[if count == 1 { i } else { any }].clone()
                        })
                        .collect();
                    let made = match function.apply {
                        Apply::Scalar(apply) => apply(&args),
                        Apply::OfMessage(apply) if count == 1 => apply(&args),
                        Apply::Pattern(apply) => {
                            apply(&regexes[i % regexes.len()], &[&args[..1], &args[2..]].concat())
                        }
                        _ => continue,
                    };
                    match &made {
                        // What was not finite when it came may go through functions that only choose.
                        Value::Float(v) => assert!(
                            v.is_finite()
                                || args.iter().any(|a| matches!(a, Value::Float(v) if !v.is_finite())),
                            "{}: {args:?}",
                            function.name
                        ),
                        Value::Text(text) => assert!(text.len() <= LONGEST_TEXT, "{}", function.name),
                        _ => {}
                    }
                }
            }
        }
    }
}
