//! An expression of SQL with its type. Types matter: where a query here compares whatever reads as a number, Athena must
//! be told by casts.

use std::fmt;

use logloupe_query::plan::binning::Binning;
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
pub(super) struct Typed {
    pub(super) expr: Expression,
    pub(super) ty: SqlType,
    /// A condition whose NULL stands for false.
    pub(super) null_is_false: bool,
    /// Of a condition, the expression that tells false from missing, where that is another.
    exact: Option<Expression>,
    /// The value, if it is a constant.
    pub(super) constant: Option<Value>,
}

impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl Typed {
    pub(super) fn of(expr: Expression, ty: SqlType) -> Typed {
        Typed { expr, ty, null_is_false: false, exact: None, constant: None }
    }
    pub(super) fn new(text: impl Into<String>, level: Level, ty: SqlType) -> Typed {
        Typed::of(Expression::new(text, level), ty)
    }
    /// A column, or anything else that needs no brackets.
    pub(super) fn atom(text: impl Into<String>, ty: SqlType) -> Typed {
        Typed::of(Expression::atom(text), ty)
    }
    /// `name(a, b)`.
    pub(super) fn call<A: fmt::Display>(name: &str, args: impl IntoIterator<Item = A>, ty: SqlType) -> Typed {
        Typed::of(Expression::call(name, args), ty)
    }
    /// A condition in which a missing value makes NULL, which is to be false.
    pub(super) fn condition(expr: Expression) -> Typed {
        Typed { null_is_false: true, ..Typed::of(expr, SqlType::Bool) }
    }
    pub(super) fn constant(value: &Value) -> Typed {
        let ty = match value {
            Value::Null => SqlType::Nothing,
            Value::Bool(_) => SqlType::Bool,
            Value::Int(_) => SqlType::Int,
            Value::Float(_) => SqlType::Float,
            Value::Time(_) => SqlType::Time,
            Value::Text(_) => SqlType::Text,
            Value::List(_) | Value::Several(_) => SqlType::List,
        };
        Typed { constant: Some(value.clone()), ..Typed::of(Dialect::Athena.constant(value), ty) }
    }
    /// In brackets unless it holds together at least so tightly.
    pub(super) fn at(&self, level: Level) -> String {
        self.expr.at(level)
    }
    /// A test of `subject`: missing where that is missing, else true or false.
    pub(super) fn test(condition: Expression, subject: &Typed) -> Typed {
        let exact = Expression::case([(subject.expr.is_not_null(), certain(&condition))], None);
        Typed { exact: Some(exact), ..Typed::condition(condition) }
    }
    /// As a value: a comparison is true or false, never missing.
    pub(super) fn value(self) -> Typed {
        match self.exact {
            Some(exact) => Typed::of(exact, SqlType::Bool),
            None => self.truth(),
        }
    }
    /// A condition as true or false.
    pub(super) fn truth(self) -> Typed {
        match self.null_is_false {
            true => Typed::of(certain(&self.expr), SqlType::Bool),
            false => self,
        }
    }
    /// As a number; text is one where it reads as one. `None` for what never is.
    pub(super) fn number(&self) -> Option<Typed> {
        match self.ty {
            SqlType::Int | SqlType::Float => Some(self.clone()),
            SqlType::Text => match &self.constant {
                Some(value) => match (value.integer(), value.number()) {
                    (Some(v), _) => Some(Typed::constant(&Value::Int(v))),
                    (None, Some(v)) => Some(Typed::constant(&Value::Float(v))),
                    (None, None) => None,
                },
                None => Some(Typed::of(self.expr.try_cast("double"), SqlType::Float)),
            },
            SqlType::Bool => Some(Typed::of(self.clone().value().expr.cast("bigint"), SqlType::Int)),
            SqlType::Time => Some(Typed::call(
                "date_diff",
                ["'millisecond'", "from_unixtime(0)", &self.expr.text],
                SqlType::Int,
            )),
            SqlType::List | SqlType::Nothing => None,
        }
    }
    /// As text, written as here.
    pub(super) fn text(&self) -> Typed {
        match (&self.constant, self.ty) {
            (_, SqlType::Text) => self.clone(),
            (Some(value), _) if !value.is_null() => Typed::constant(&Value::text(&value.to_string())),
            (_, SqlType::Time) => {
                Typed::call("date_format", [self.expr.text.as_str(), "'%Y-%m-%dT%H:%i:%sZ'"], SqlType::Text)
            }
            _ => Typed::of(self.clone().value().expr.cast("varchar"), SqlType::Text),
        }
    }
    /// As a point in time. `None` for what never is.
    pub(super) fn time(&self) -> Option<Typed> {
        match (&self.constant, self.ty) {
            (_, SqlType::Time) => Some(self.clone()),
            (Some(value), _) => value.time().map(|t| Typed::constant(&Value::Time(t))),
            (None, SqlType::Int | SqlType::Float) => {
                let seconds = self.expr.product("/", &Expression::atom("1E3"));
                Some(Typed::call("from_unixtime", [seconds], SqlType::Time))
            }
            (None, SqlType::Text) => {
                let read = Expression::call("from_iso8601_timestamp", [self]);
                Some(Typed::call("TRY", [read], SqlType::Time))
            }
            _ => None,
        }
    }
    /// As a condition: what counts as true here.
    pub(super) fn holds(self) -> Typed {
        match self.ty {
            // A column that is missing does not hold.
            SqlType::Bool => Typed { null_is_false: self.constant.is_none(), ..self },
            SqlType::Int | SqlType::Float => {
                Typed::condition(self.expr.compared("<>", &Expression::atom("0")))
            }
            SqlType::Text => {
                let lower = Expression::call("lower", [&self.expr]);
                Typed::condition(lower.compared("=", &Expression::atom(write::text("true"))))
            }
            SqlType::Time | SqlType::List | SqlType::Nothing => Typed::constant(&Value::Bool(false)),
        }
    }
}

/// A condition in which a missing value makes false.
fn certain(condition: &Expression) -> Expression {
    Expression::call("coalesce", [condition.text.as_str(), Dialect::Athena.truth(false)])
}

/// The beginning of the interval that holds a time, or the next one.
pub(super) fn binned(time: &Typed, bins: &Binning, up: bool) -> Option<Typed> {
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    let t = &time.expr.text;
    let call = |unit: &str| Some(Typed::call("date_trunc", [&write::text(unit), t], SqlType::Time));
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
    Some(Typed::atom(text, SqlType::Time))
}
