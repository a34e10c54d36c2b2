//! SQL as text: what every text of SQL needs, whoever writes it.
//!
//! Two printers build it: [`display`](mod@super::display) of our tree, which is read back to the same tree, and the query
//! crate's of a plan for Athena. They decide *what* is said. Names, constants and the layout of a [`Dialect`] are here;
//! brackets follow from the [`Level`] of an [`Expression`], and the order of clauses from a [`Select`], so that neither
//! printer writes them itself. No tree, no plan and no function is known here.
//!
//! To write for another engine, add a [`Dialect`]: the compiler lists what it has to say.

mod expression;
mod select;

pub use self::{
    expression::{Expression, Level},
    select::{Column, Join, OrderKey, Select, Statement},
};
use super::{lexer, reserved};
use logloupe_table::{
    Value,
    time::{DAY, format_iso},
};

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQL as it is read here.
    Own,
    /// Athena's, whose engine is Trino.
    Athena,
}

/// Text in single quotes.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name in double quotes.
pub fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Dialect {
    /// A name, in double quotes if it must be.
    pub fn name(self, name: &str) -> String {
        let reserved = match self {
            Dialect::Own => reserved::needs_quotes(name),
            Dialect::Athena => reserved::needs_quotes_in_athena(name),
        };
        if self.is_plain(name) && !reserved { name.to_owned() } else { quoted_name(name) }
    }

    /// Whether a name is read as one word.
    fn is_plain(self, name: &str) -> bool {
        let continues = |c: char| match self {
            Dialect::Own => lexer::is_name_char(c) && c != '@',
            Dialect::Athena => c.is_ascii_alphanumeric() || c == '_',
        };
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(continues)
    }

    /// `text AS name`.
    pub fn aliased(self, text: &str, name: &str) -> String {
        format!("{text} AS {}", self.name(name))
    }

    /// `text AS name`; the name alone where that is the text, letter case aside.
    pub fn named(self, text: &str, name: &str) -> String {
        let name = self.name(name);
        if text.eq_ignore_ascii_case(&name) { name } else { format!("{text} AS {name}") }
    }

    /// A truth value.
    pub fn truth(self, value: bool) -> &'static str {
        match (self, value) {
            (Dialect::Own, true) => "true",
            (Dialect::Own, false) => "false",
            (Dialect::Athena, true) => "TRUE",
            (Dialect::Athena, false) => "FALSE",
        }
    }

    /// A float.
    pub fn float(self, value: f64) -> String {
        match self {
            Dialect::Own if value.is_nan() => "NULL".to_owned(),
            Dialect::Own if value.is_infinite() => if value > 0.0 { "1e999" } else { "-1e999" }.to_owned(),
            Dialect::Own => format!("{value:?}"),
            Dialect::Athena if value.is_nan() => "nan()".to_owned(),
            Dialect::Athena if value.is_infinite() => {
                if value > 0.0 { "infinity()" } else { "-infinity()" }.to_owned()
            }
            // Without an exponent it would be a decimal, which rounds otherwise.
            Dialect::Athena => {
                let text = format!("{value:?}");
                if text.contains('e') { text.replace('e', "E") } else { format!("{text}E0") }
            }
        }
    }

    /// A point in time, in microseconds since 1970.
    fn time(self, micros: i64) -> String {
        let iso = format_iso(micros);
        match self {
            Dialect::Own if micros.rem_euclid(DAY) == 0 => {
                format!("date {}", text(iso.get(..10).unwrap_or("")))
            }
            Dialect::Own => format!("timestamp {}", text(&iso.replace('T', " ").replace('Z', ""))),
            Dialect::Athena => format!("from_iso8601_timestamp({})", text(&iso)),
        }
    }

    /// A constant.
    pub fn constant(self, value: &Value) -> Expression {
        match value {
            Value::Null => Expression::atom("NULL"),
            Value::Bool(value) => Expression::atom(self.truth(*value)),
            Value::Int(value) => Expression::number(value.to_string()),
            Value::Float(value) => Expression::number(self.float(*value)),
            Value::Text(value) => Expression::atom(text(value)),
            Value::Time(value) => Expression::atom(self.time(*value)),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.constant(item).text).collect();
                Expression::atom(format!("ARRAY[{}]", items.join(", ")))
            }
            Value::Several(several) => {
                let values: Vec<Value> = several.values().cloned().collect();
                self.constant(&Value::List(values.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_as_something_else_is_quoted() {
        for (name, own, athena) in [
            ("srcAddr", "srcAddr", "srcAddr"),
            ("bin(5m)", "\"bin(5m)\"", "\"bin(5m)\""),
            ("Select", "\"Select\"", "\"Select\""),
            ("a\"b", "\"a\"\"b\"", "\"a\"\"b\""),
            ("start", "start", "\"start\""),
            ("window", "\"window\"", "window"),
            ("a$", "a$", "\"a$\""),
            ("@x", "\"@x\"", "\"@x\""),
        ] {
            assert_eq!(
                (Dialect::Own.name(name).as_str(), Dialect::Athena.name(name).as_str()),
                (own, athena)
            );
        }
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(Dialect::Athena.named("SRCADDR", "srcAddr"), "srcAddr");
    }

    #[test]
    fn constants_are_read_as_what_they_are() {
        for (value, own, athena) in [
            (Value::Float(0.5), "0.5", "0.5E0"),
            (Value::Float(1e300), "1e300", "1E300"),
            (Value::Float(f64::NEG_INFINITY), "-1e999", "-infinity()"),
            (Value::Bool(true), "true", "TRUE"),
            (Value::Time(0), "date '1970-01-01'", "from_iso8601_timestamp('1970-01-01T00:00:00Z')"),
            (
                Value::Time(1_000_000),
                "timestamp '1970-01-01 00:00:01'",
                "from_iso8601_timestamp('1970-01-01T00:00:01Z')",
            ),
        ] {
            let of = |dialect: Dialect| dialect.constant(&value).text;
            assert_eq!((of(Dialect::Own).as_str(), of(Dialect::Athena).as_str()), (own, athena));
        }
        assert_eq!(Dialect::Own.constant(&Value::Int(-1)).at(Level::Atom), "(-1)");
    }
}
