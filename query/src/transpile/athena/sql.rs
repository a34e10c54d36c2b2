//! An expression of SQL with its type. Types matter: where a query here compares whatever reads as a number, Athena must
//! be told by casts.

use std::fmt;

use crate::plan::binning::Binning;
use logloupe_syntax::{
    functions::SqlType,
    sql::write::{self, Dialect, Expression, Level},
};
use logloupe_table::{Kind, Value};

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

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Sql {
    pub(super) expr: Expression,
    pub(super) ty: SqlType,
    /// A condition whose NULL stands for false.
    pub(super) null_is_false: bool,
    /// Of a condition, the expression that tells false from missing, where that is another.
    exact: Option<Expression>,
    /// The value, if it is a constant.
    pub(super) constant: Option<Value>,
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl Sql {
    pub(super) fn of(expr: Expression, ty: SqlType) -> Sql {
        Sql { expr, ty, null_is_false: false, exact: None, constant: None }
    }
    pub(super) fn new(text: impl Into<String>, level: Level, ty: SqlType) -> Sql {
        Sql::of(Expression::new(text, level), ty)
    }
    /// A column, or anything else that needs no brackets.
    pub(super) fn atom(text: impl Into<String>, ty: SqlType) -> Sql {
        Sql::of(Expression::atom(text), ty)
    }
    /// `name(a, b)`.
    pub(super) fn call<A: fmt::Display>(name: &str, args: impl IntoIterator<Item = A>, ty: SqlType) -> Sql {
        Sql::of(Expression::call(name, args), ty)
    }
    /// A condition in which a missing value makes NULL, which is to be false.
    pub(super) fn condition(expr: Expression) -> Sql {
        Sql { null_is_false: true, ..Sql::of(expr, SqlType::Bool) }
    }
    pub(super) fn constant(value: &Value) -> Sql {
        let ty = match value {
            Value::Null => SqlType::Nothing,
            Value::Bool(_) => SqlType::Bool,
            Value::Int(_) => SqlType::Int,
            Value::Float(_) => SqlType::Float,
            Value::Time(_) => SqlType::Time,
            Value::Text(_) => SqlType::Text,
            Value::List(_) => SqlType::List,
        };
        Sql { constant: Some(value.clone()), ..Sql::of(Dialect::Athena.constant(value), ty) }
    }
    /// In brackets unless it holds together at least so tightly.
    pub(super) fn at(&self, level: Level) -> String {
        self.expr.at(level)
    }
    /// A test of `subject`: missing where that is missing, else true or false.
    pub(super) fn test(condition: Expression, subject: &Sql) -> Sql {
        let exact = Expression::case([(subject.expr.is_not_null(), certain(&condition))], None);
        Sql { exact: Some(exact), ..Sql::condition(condition) }
    }
    /// As a value: a comparison is true or false, never missing.
    pub(super) fn value(self) -> Sql {
        match self.exact {
            Some(exact) => Sql::of(exact, SqlType::Bool),
            None => self.truth(),
        }
    }
    /// A condition as true or false.
    pub(super) fn truth(self) -> Sql {
        match self.null_is_false {
            true => Sql::of(certain(&self.expr), SqlType::Bool),
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
                None => Some(Sql::of(self.expr.try_cast("double"), SqlType::Float)),
            },
            SqlType::Bool => Some(Sql::of(self.clone().value().expr.cast("bigint"), SqlType::Int)),
            SqlType::Time => Some(Sql::call(
                "date_diff",
                ["'millisecond'", "from_unixtime(0)", &self.expr.text],
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
                Sql::call("date_format", [self.expr.text.as_str(), "'%Y-%m-%dT%H:%i:%sZ'"], SqlType::Text)
            }
            _ => Sql::of(self.clone().value().expr.cast("varchar"), SqlType::Text),
        }
    }
    /// As a point in time. `None` for what never is.
    pub(super) fn time(&self) -> Option<Sql> {
        match (&self.constant, self.ty) {
            (_, SqlType::Time) => Some(self.clone()),
            (Some(value), _) => value.time().map(|t| Sql::constant(&Value::Time(t))),
            (None, SqlType::Int | SqlType::Float) => {
                let seconds = self.expr.product("/", &Expression::atom("1E3"));
                Some(Sql::call("from_unixtime", [seconds], SqlType::Time))
            }
            (None, SqlType::Text) => {
                let read = Expression::call("from_iso8601_timestamp", [self]);
                Some(Sql::call("TRY", [read], SqlType::Time))
            }
            _ => None,
        }
    }
    /// As a condition: what counts as true here.
    pub(super) fn holds(self) -> Sql {
        match self.ty {
            // A column that is missing does not hold.
            SqlType::Bool => Sql { null_is_false: self.constant.is_none(), ..self },
            SqlType::Int | SqlType::Float => Sql::condition(self.expr.compared("<>", &Expression::atom("0"))),
            SqlType::Text => {
                let lower = Expression::call("lower", [&self.expr]);
                Sql::condition(lower.compared("=", &Expression::atom(write::text("true"))))
            }
            SqlType::Time | SqlType::List | SqlType::Nothing => Sql::constant(&Value::Bool(false)),
        }
    }
}

/// A condition in which a missing value makes false.
fn certain(condition: &Expression) -> Expression {
    Expression::call("coalesce", [condition.text.as_str(), Dialect::Athena.truth(false)])
}

/// The beginning of the interval that holds a time, or the next one.
pub(super) fn binned(time: &Sql, bins: &Binning, up: bool) -> Option<Sql> {
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    let t = &time.expr.text;
    let call = |unit: &str| Some(Sql::call("date_trunc", [&write::text(unit), t], SqlType::Time));
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
        _ => Dialect::Athena.float(micros as f64 / 1e6),
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
