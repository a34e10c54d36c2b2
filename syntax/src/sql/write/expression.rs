//! Expressions as text. An expression knows how tightly its text holds together; whatever takes it as a part says how
//! tightly it must, and [`Expression::at`] is the one place where brackets are put.

use std::fmt;

/// How tightly an expression holds together; the later ones more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `a OR b`.
    Or,
    /// `a AND b`.
    And,
    /// `NOT a`.
    Not,
    /// `a = b`, `a IN (…)`, `a IS NULL`, `a LIKE b`, `a BETWEEN b AND c`.
    Comparison,
    /// `a + b`, `a || b`.
    Sum,
    /// `a * b`.
    Product,
    /// `-a`.
    Sign,
    /// A constant, a name, a call, anything in brackets.
    Atom,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The text, without brackets around it.
    pub text: String,
    /// How tightly it holds together.
    pub level: Level,
}

/// Its text, where nothing stands beside it: an argument, a column.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Expression {
    /// A text that holds together so tightly.
    pub fn new(text: impl Into<String>, level: Level) -> Expression {
        Expression { text: text.into(), level }
    }

    /// A constant, a name, a call.
    pub fn atom(text: impl Into<String>) -> Expression {
        Expression::new(text, Level::Atom)
    }

    /// A number, perhaps with a sign.
    pub(super) fn number(text: String) -> Expression {
        let level = if text.starts_with('-') { Level::Sign } else { Level::Atom };
        Expression { text, level }
    }

    /// In brackets unless it holds together at least so tightly.
    pub fn at(&self, least: Level) -> String {
        if self.level >= least { self.text.clone() } else { self.bracketed() }
    }

    /// In brackets.
    pub fn bracketed(&self) -> String {
        format!("({})", self.text)
    }

    /// `name(a, b)`.
    pub fn call<A: fmt::Display>(name: &str, args: impl IntoIterator<Item = A>) -> Expression {
        Expression::atom(format!("{name}({})", joined(args, ", ")))
    }

    /// `CAST(a AS type)`.
    pub fn cast(&self, ty: &str) -> Expression {
        Expression::atom(format!("CAST({self} AS {ty})"))
    }

    /// `TRY_CAST(a AS type)`: NULL for what is none.
    pub fn try_cast(&self, ty: &str) -> Expression {
        Expression::atom(format!("TRY_CAST({self} AS {ty})"))
    }

    /// `a IS NULL`.
    pub fn is_null(&self) -> Expression {
        Expression::new(format!("{} IS NULL", self.at(Level::Sum)), Level::Comparison)
    }

    /// `a IS NOT NULL`.
    pub fn is_not_null(&self) -> Expression {
        Expression::new(format!("{} IS NOT NULL", self.at(Level::Sum)), Level::Comparison)
    }

    /// `a IN (b, c)`, or its negation.
    pub fn is_in<A: fmt::Display>(&self, negated: bool, list: impl IntoIterator<Item = A>) -> Expression {
        let not = if negated { "NOT " } else { "" };
        let text = format!("{} {not}IN ({})", self.at(Level::Sum), joined(list, ", "));
        Expression::new(text, Level::Comparison)
    }

    /// `NOT a`.
    pub fn not(&self) -> Expression {
        Expression::new(format!("NOT {}", self.at(Level::Atom)), Level::Not)
    }

    /// `-a`. Two signs side by side would begin a comment.
    pub fn minus(&self) -> Expression {
        Expression::new(format!("-{}", self.at(Level::Atom)), Level::Sign)
    }

    /// `a AND b`, grouped from the left as it is read.
    pub fn and(&self, other: &Expression) -> Expression {
        self.infix("AND", other, Level::And, Level::Not)
    }

    /// `a OR b`, grouped from the left as it is read.
    pub fn or(&self, other: &Expression) -> Expression {
        self.infix("OR", other, Level::Or, Level::And)
    }

    /// `a = b`, with whatever sign compares. Comparisons do not follow each other without brackets.
    pub fn compared(&self, sign: &str, other: &Expression) -> Expression {
        let text = format!("{} {sign} {}", self.at(Level::Sum), other.at(Level::Sum));
        Expression::new(text, Level::Comparison)
    }

    /// `a + b`, `a - b`.
    pub fn sum(&self, sign: &str, other: &Expression) -> Expression {
        self.infix(sign, other, Level::Sum, Level::Product)
    }

    /// `a * b`, `a / b`, `a % b`.
    pub fn product(&self, sign: &str, other: &Expression) -> Expression {
        self.infix(sign, other, Level::Product, Level::Sign)
    }

    fn infix(&self, sign: &str, other: &Expression, level: Level, right: Level) -> Expression {
        Expression::new(format!("{} {sign} {}", self.at(level), other.at(right)), level)
    }

    /// `a AND b AND c`; a conjunction among them needs no brackets.
    pub fn all(parts: &[Expression]) -> Expression {
        Expression::chain(parts, Level::And, " AND ")
    }

    /// `a OR b OR c`; a disjunction among them needs no brackets.
    pub fn any(parts: &[Expression]) -> Expression {
        Expression::chain(parts, Level::Or, " OR ")
    }

    fn chain(parts: &[Expression], level: Level, glue: &str) -> Expression {
        Expression::new(joined(parts.iter().map(|part| part.at(level)), glue), level)
    }

    /// `CASE WHEN condition THEN value … ELSE otherwise END`.
    pub fn case<C: fmt::Display, V: fmt::Display>(
        arms: impl IntoIterator<Item = (C, V)>,
        otherwise: Option<V>,
    ) -> Expression {
        let mut text = String::from("CASE");
        for (condition, value) in arms {
            text.push_str(&format!(" WHEN {condition} THEN {value}"));
        }
        if let Some(value) = otherwise {
            text.push_str(&format!(" ELSE {value}"));
        }
        text.push_str(" END");
        Expression::atom(text)
    }
}

fn joined<A: fmt::Display>(parts: impl IntoIterator<Item = A>, glue: &str) -> String {
    let mut out = String::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            out.push_str(glue);
        }
        out.push_str(&part.to_string());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_where_the_meaning_would_change() {
        let [a, b, c] = ["a", "b", "c"].map(Expression::atom);
        assert_eq!(a.sum("-", &b.sum("-", &c)).text, "a - (b - c)");
        assert_eq!(a.sum("-", &b).sum("-", &c).text, "a - b - c");
        assert_eq!(a.sum("+", &b).product("*", &c.minus()).text, "(a + b) * -c");
        assert_eq!(a.minus().minus().text, "-(-a)");
        assert_eq!(a.compared("=", &b).compared("=", &c).text, "(a = b) = c");
        let either = Expression::any(&[a.clone(), b.clone()]);
        assert_eq!(Expression::all(&[either.clone(), c.clone()]).text, "(a OR b) AND c");
        assert_eq!(Expression::any(&[either.clone(), c.clone()]).text, "a OR b OR c");
        assert_eq!(either.not().text, "NOT (a OR b)");
        assert_eq!(either.is_null().text, "(a OR b) IS NULL");
        assert_eq!(a.is_in(true, [1, 2]).text, "a NOT IN (1, 2)");
        assert_eq!(Expression::case([(&a, "1")], Some("2")).text, "CASE WHEN a THEN 1 ELSE 2 END");
    }
}
