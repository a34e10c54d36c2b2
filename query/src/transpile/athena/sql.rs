//! An expression of SQL in the making: its text, how tightly it holds together, what type it has. Types matter: where
//! a query here compares whatever reads as a number, Athena must be told by casts.

use super::text;
use crate::plan::binning::Binning;
use logloupe_syntax::functions::SqlType;
use logloupe_table::{Kind, Value, time};

/// The type of a column of this kind.
pub(super) fn type_of(kind: Kind) -> SqlType {
    match kind {
        Kind::Text | Kind::Ip => SqlType::Text,
        Kind::Int => SqlType::Int,
        Kind::Float => SqlType::Float,
        Kind::Bool => SqlType::Bool,
        Kind::Time => SqlType::Time,
    }
}

/// How tightly an expression holds together.
pub(super) mod level {
    pub(in super::super) const OR: u8 = 1;
    pub(in super::super) const AND: u8 = 2;
    pub(in super::super) const NOT: u8 = 3;
    pub(in super::super) const COMPARISON: u8 = 4;
    pub(in super::super) const SUM: u8 = 5;
    pub(in super::super) const PRODUCT: u8 = 6;
    pub(in super::super) const SIGN: u8 = 7;
    pub(in super::super) const ATOM: u8 = 8;
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) level: u8,
    pub(super) ty: SqlType,
    /// A condition whose NULL stands for false.
    pub(super) null_is_false: bool,
    /// Of a condition, the text that tells false from missing, where that is another.
    exact: Option<String>,
    /// The value, if it is a constant.
    pub(super) constant: Option<Value>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>, level: u8, ty: SqlType) -> Sql {
        Sql { text: text.into(), level, ty, null_is_false: false, exact: None, constant: None }
    }
    /// A call, a column, a cast.
    pub(super) fn atom(text: impl Into<String>, ty: SqlType) -> Sql {
        Sql::new(text, level::ATOM, ty)
    }
    /// A condition in which a missing value makes NULL, which is to be false.
    pub(super) fn condition(text: impl Into<String>, level: u8) -> Sql {
        Sql { null_is_false: true, ..Sql::new(text, level, SqlType::Bool) }
    }
    pub(super) fn constant(value: &Value) -> Sql {
        let (text, level, ty) = match value {
            Value::Null => ("NULL".to_owned(), level::ATOM, SqlType::Nothing),
            Value::Bool(v) => (if *v { "TRUE" } else { "FALSE" }.to_owned(), level::ATOM, SqlType::Bool),
            Value::Int(v) => (v.to_string(), if *v < 0 { level::SIGN } else { level::ATOM }, SqlType::Int),
            Value::Float(v) => (
                text::float(*v),
                if v.is_sign_negative() { level::SIGN } else { level::ATOM },
                SqlType::Float,
            ),
            Value::Time(v) => (time_literal(*v), level::ATOM, SqlType::Time),
            Value::Text(v) => (text::text(v), level::ATOM, SqlType::Text),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|i| Sql::constant(i).text).collect();
                (format!("ARRAY[{}]", items.join(", ")), level::ATOM, SqlType::List)
            }
        };
        Sql { constant: Some(value.clone()), ..Sql::new(text, level, ty) }
    }
    /// In brackets unless it holds together at least so tightly.
    pub(super) fn at(&self, level: u8) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }
    /// A test of `subject`: missing where that is missing, else true or false.
    pub(super) fn test(text: impl Into<String>, level: u8, subject: &str) -> Sql {
        let text = text.into();
        let exact = format!("CASE WHEN {subject} IS NOT NULL THEN coalesce({text}, FALSE) END");
        Sql { exact: Some(exact), ..Sql::condition(text, level) }
    }
    /// As a value: a comparison is true or false, never missing.
    pub(super) fn value(self) -> Sql {
        match self.exact {
            Some(exact) => Sql::atom(exact, SqlType::Bool),
            None => self.truth(),
        }
    }
    /// A condition as true or false.
    pub(super) fn truth(self) -> Sql {
        match self.null_is_false {
            true => Sql::atom(format!("coalesce({}, FALSE)", self.text), SqlType::Bool),
            false => self,
        }
    }
    /// As a number; text is one where it reads as one. `None` for what never is.
    pub(super) fn number(&self) -> Option<Sql> {
        match self.ty {
            SqlType::Int | SqlType::Float => Some(self.clone()),
            SqlType::Text => match &self.constant {
                Some(value) => match (value.integer(), value.number()) {
                    (Some(v), _) => Some(Sql::constant(&Value::Int(v))),
                    (None, Some(v)) => Some(Sql::constant(&Value::Float(v))),
                    (None, None) => None,
                },
                None => Some(Sql::atom(format!("TRY_CAST({} AS double)", self.text), SqlType::Float)),
            },
            SqlType::Bool => {
                Some(Sql::atom(format!("CAST({} AS bigint)", self.clone().value().text), SqlType::Int))
            }
            SqlType::Time => Some(Sql::atom(
                format!("date_diff('millisecond', from_unixtime(0), {})", self.text),
                SqlType::Int,
            )),
            SqlType::List | SqlType::Nothing => None,
        }
    }
    /// As text, written as here.
    pub(super) fn text(&self) -> Sql {
        match (&self.constant, self.ty) {
            (_, SqlType::Text) => self.clone(),
            (Some(value), _) if !value.is_null() => Sql::constant(&Value::text(&value.to_string())),
            (_, SqlType::Time) => {
                Sql::atom(format!("date_format({}, '%Y-%m-%dT%H:%i:%sZ')", self.text), SqlType::Text)
            }
            _ => Sql::atom(format!("CAST({} AS varchar)", self.clone().value().text), SqlType::Text),
        }
    }
    /// As a point in time. `None` for what never is.
    pub(super) fn time(&self) -> Option<Sql> {
        match (&self.constant, self.ty) {
            (_, SqlType::Time) => Some(self.clone()),
            (Some(value), _) => value.time().map(|t| Sql::constant(&Value::Time(t))),
            (None, SqlType::Int | SqlType::Float) => {
                Some(Sql::atom(format!("from_unixtime({} / 1E3)", self.at(level::PRODUCT)), SqlType::Time))
            }
            (None, SqlType::Text) => {
                Some(Sql::atom(format!("TRY(from_iso8601_timestamp({}))", self.text), SqlType::Time))
            }
            _ => None,
        }
    }
    /// As a condition: what counts as true here.
    pub(super) fn holds(self) -> Sql {
        match self.ty {
            // A column that is missing does not hold.
            SqlType::Bool => Sql { null_is_false: self.constant.is_none(), ..self },
            SqlType::Int | SqlType::Float => {
                Sql::condition(format!("{} <> 0", self.at(level::SUM)), level::COMPARISON)
            }
            SqlType::Text => Sql::condition(format!("lower({}) = 'true'", self.text), level::COMPARISON),
            SqlType::Time | SqlType::List | SqlType::Nothing => Sql::constant(&Value::Bool(false)),
        }
    }
}

/// A point in time, as a constant.
fn time_literal(micros: i64) -> String {
    format!("from_iso8601_timestamp({})", text::text(&time::format_iso(micros)))
}

/// The beginning of the interval that holds a time, or the next one.
pub(super) fn binned(time: &Sql, bins: &Binning, up: bool) -> Option<Sql> {
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    let t = &time.text;
    let call = |unit: &str| Some(Sql::atom(format!("date_trunc('{unit}', {t})"), SqlType::Time));
    match (bins.months_long(), bins.length(), up) {
        (Some(1), _, false) => return call("month"),
        (Some(3), _, false) => return call("quarter"),
        (Some(12), _, false) => return call("year"),
        (None, Some(step), false) => match (step, bins.origin()) {
            (SECOND, 0) => return call("second"),
            (s, 0) if s == 60 * SECOND => return call("minute"),
            (s, 0) if s == 3600 * SECOND => return call("hour"),
            (DAY, 0) => return call("day"),
            (s, o) if s == 7 * DAY && o == -3 * DAY => return call("week"),
            _ => {}
        },
        _ => {}
    }
    let step = bins.length()?;
    // In seconds; a step of less than one is written with a point.
    let seconds = |micros: i64| match micros % SECOND {
        0 => (micros / SECOND).to_string(),
        _ => text::float(micros as f64 / 1e6),
    };
    let (step, round) = (seconds(step), if up { "ceil" } else { "floor" });
    let text = match bins.origin() {
        0 => format!("from_unixtime({round}(to_unixtime({t}) / {step}) * {step})"),
        origin => {
            let (sign, back) = if origin < 0 { ('+', '-') } else { ('-', '+') };
            let shift = seconds(origin.abs());
            format!(
                "from_unixtime({round}((to_unixtime({t}) {sign} {shift}) / {step}) * {step} {back} {shift})"
            )
        }
    };
    Some(Sql::atom(text, SqlType::Time))
}
