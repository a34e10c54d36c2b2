//! Kernels: what computes each function of the one table ([`syntax::functions`](logloupe_syntax::functions)). A
//! group is a file here and a file there, of the same name; the `match` of each group is exhaustive, so that a function
//! without a kernel does not compile. Not here: accumulators of aggregates, see [`exec`](super::exec).

mod address;
pub(crate) mod date;
mod encoding;
mod general;
mod json;
mod list;
mod number;
mod regex;
mod shape;
mod sql;
mod text;
mod time;
mod token;

use std::borrow::Cow;

use ::regex::bytes::Regex;
pub use json::steps as path_steps;
pub(crate) use list::{at_path, items};
pub use number::{Num, arithmetic, negate, num};
pub(crate) use shape::{VARIABLE, is_word, shape};

use logloupe_syntax::functions::Func;
use logloupe_table::Value;

/// Text that a function makes is never longer than this; beyond, the value is missing.
pub const LONGEST_TEXT: usize = 1 << 20;

/// What computes a function.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
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

impl Kernel {
    /// The kernel of a function.
    pub fn of(func: Func) -> Kernel {
        match func {
            Func::Number(function) => number::kernel(function),
            Func::Time(function) => time::kernel(function),
            Func::Date(function) => date::kernel(function),
            Func::General(function) => general::kernel(function),
            Func::Address(function) => address::kernel(function),
            Func::Text(function) => text::kernel(function),
            Func::Regexp(function) => regex::kernel(function),
            Func::Encoding(function) => encoding::kernel(function),
            Func::Json(function) => json::kernel(function),
            Func::Token(function) => token::kernel(function),
            Func::Sql(function) => sql::kernel(function),
        }
    }
}

/// The text of a single value; `None` for a missing one or a list.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::List(_) | Value::Several(_) => None,
        Value::Text(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// Text that a function made.
fn made(text: &str) -> Value {
    if text.len() > LONGEST_TEXT { Value::Null } else { Value::text(text) }
}

/// Whether a value counts as true where a condition is asked for: `true`, a number other than 0, the text `true`. Of
/// several values one is enough.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Bool(v) => *v,
        Value::Int(v) => *v != 0,
        Value::Float(v) => *v != 0.0,
        Value::Text(text) => text.eq_ignore_ascii_case("true"),
        Value::Several(several) => several.items().iter().any(truthy),
        Value::Null | Value::Time(_) | Value::List(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::Rng;
    use logloupe_syntax::functions::{SQL, all};

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
        let mut rng = Rng::new(1);
        for function in all().chain(SQL) {
            let (least, most) = function.arity;
            for count in least..=most.min(least.max(1) + 3) {
                // All combinations of one value, some of more.
                let total = values.len().pow(count.min(4) as u32).min(300);
                for i in 0..total {
                    let args: Vec<Value> = (0..count)
                        .map(|_| {
                            let any = rng.index(values.len());
                            values[if count == 1 { i } else { any }].clone()
                        })
                        .collect();
                    let made = match Kernel::of(function.func) {
                        Kernel::Scalar(apply) => apply(&args),
                        Kernel::OfMessage(apply) if count == 1 => apply(&args),
                        Kernel::Pattern(apply) => {
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
