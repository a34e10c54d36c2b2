//! Values and conditions as SQL.

use super::{
    super::{
        calls,
        expression::{is_condition, negation},
        like, may_be_text,
        replace::same,
        write::{self, Dialect::Own, Expression, Level, quoted_name},
    },
    block, path, symbol,
};
use crate::{
    Unsupported,
    functions::{self, aggregate},
    tree::{Binary, E, Expr, Pattern, Period, PeriodUnit, Query, ROW, Spanned, Unary},
};
use logloupe_table::Value;

/// An expression, or what cannot be said.
pub(super) type Made = Result<Expression, Unsupported>;

/// Prints expressions.
#[derive(Default)]
pub(super) struct Values {
    /// Names that are columns as they are: of an inner query, or given by `AS`.
    pub(super) columns: Vec<String>,
    /// The names of a join's sides.
    pub(super) sides: Vec<String>,
    /// What names must not be mistaken for: the tables' names.
    pub(super) tables: Vec<String>,
}

/// Whether a function of the tree is printed by [`Values`] itself.
fn is_known(tree: &str) -> bool {
    calls::named_in_tree(tree).is_some()
        || aggregate::find(tree).is_some()
        || matches!(tree, "case" | "if" | "ispresent" | "bin" | "datefloor" | "pct" | "isipinsubnet" | "now")
}

/// Whether a function goes by its own name, unless SQL means something else by that.
fn is_called_by_its_name(tree: &str) -> bool {
    functions::spelling(tree).is_some()
        && !tree.contains('.')
        && calls::find(tree).is_none()
        && !calls::is_foreign(tree)
        && !is_known(tree)
}

impl Values {
    /// `e` as SQL.
    pub(super) fn write(&self, e: &E) -> Made {
        Ok(match &e.item {
            Expr::Literal(value) => Own.constant(value),
            Expr::Star => Expression::atom("*"),
            Expr::Period(period) => {
                let message = "a span of time stands only in a function that rounds times";
                return Err(Unsupported::at(e.span.clone(), period.to_string(), message));
            }
            Expr::Field(name) => Expression::atom(self.field(name)),
            Expr::Unary(Unary::Minus, inner) => {
                let number = matches!(inner.item, Expr::Literal(Value::Int(_) | Value::Float(_)));
                let inner = self.write(inner)?;
                // `-5` is a number, `-(5)` the negative of one.
                if number { Expression::atom(inner.bracketed()).minus() } else { inner.minus() }
            }
            Expr::Unary(Unary::Not, inner) => self.not(inner)?,
            Expr::Binary(op, a, b) => self.binary(*op, a, b)?,
            Expr::In { list, negated, .. } if list.is_empty() => Expression::atom(Own.truth(*negated)),
            Expr::In { negated, item, list } => {
                let list: Result<Vec<Expression>, _> = list.iter().map(|e| self.compared(e)).collect();
                self.write(item)?.is_in(*negated, list?)
            }
            Expr::InQuery { negated, strict, item, query } => {
                let item = self.write(item)?;
                self.in_query(item, (*negated, *strict), query)?
            }
            Expr::Query(query) => Expression::atom(format!("({})", block::query(query)?.text(Own))),
            Expr::Exists(query) => Expression::atom(format!("EXISTS ({})", block::query(query)?.text(Own))),
            Expr::Like { negated, item, pattern } => {
                let item = self.write(item)?;
                self.like(item, *negated, pattern)
            }
            Expr::Call { name, args } => self.call(e, name, args)?,
        })
    }

    // What is done with operands is kept out of the walk over expressions, so that a level of it takes little stack.

    fn in_query(&self, item: Expression, (negated, strict): (bool, bool), query: &Query) -> Made {
        let query = block::query(query)?.text(Own);
        if strict {
            return Ok(item.is_in(negated, [query]));
        }
        // What is missing is among no values, and not outside of them either.
        let found = item.is_in(false, [query]);
        let found = Expression::call("coalesce", [found.text.as_str(), Own.truth(false)]);
        Ok(if negated { item.is_not_null().and(&found.not()) } else { found })
    }

    fn like(&self, item: Expression, negated: bool, pattern: &Spanned<Pattern>) -> Expression {
        let like = match &pattern.item {
            Pattern::Text(text) => {
                let (text, escape) = like::escaped(text);
                Ok(format!("{}{escape}", write::text(&format!("%{text}%"))))
            }
            Pattern::Regex(regex) => like::like_of(regex).ok_or(regex),
        };
        match like {
            Ok(like) => {
                let not = if negated { "NOT " } else { "" };
                Expression::new(format!("{} {not}LIKE {like}", item.at(Level::Sum)), Level::Comparison)
            }
            Err(regex) => {
                let call = Expression::call("regexp_like", [item.text, write::text(regex)]);
                if negated { call.not() } else { call }
            }
        }
    }

    pub(super) fn write_all(&self, all: &[E]) -> Result<Vec<Expression>, Unsupported> {
        all.iter().map(|e| self.write(e)).collect()
    }

    /// What something is compared with. A name alone in double quotes would be refused there, for text may have been
    /// meant; in brackets it is a name.
    fn compared(&self, e: &E) -> Made {
        let written = self.write(e)?;
        let refused = |name: &str| may_be_text(name) && written.text == quoted_name(name);
        Ok(match &e.item {
            Expr::Field(name) if refused(name) => Expression::atom(written.bracketed()),
            _ => written,
        })
    }

    fn field(&self, name: &str) -> String {
        if self.columns.iter().any(|c| c == name) {
            return Own.name(name);
        }
        // Of a join's side, or inside a column.
        for owner in self.sides.iter().chain(&self.columns) {
            if let Some(rest) = name.strip_prefix(owner.as_str()).and_then(|r| r.strip_prefix('.')) {
                if self.sides.contains(owner) {
                    return format!("{}.{}", Own.name(owner), path(rest));
                }
                let inside = path(&format!("x.{rest}"));
                if let Some(inside) = inside.strip_prefix('x') {
                    return format!("{}{inside}", Own.name(owner));
                }
            }
        }
        let first = name.split('.').next().unwrap_or("");
        if first != name && self.tables.iter().any(|t| t.eq_ignore_ascii_case(first)) {
            return quoted_name(name);
        }
        path(name)
    }

    fn not(&self, inner: &E) -> Made {
        let is_null = |e: &Expr| match e {
            Expr::Call { name, args } if name.item == "ispresent" => args.first().cloned(),
            _ => None,
        };
        let missing = |e: &Expr| match e {
            Expr::Unary(Unary::Not, inner) => is_null(&inner.item),
            _ => None,
        };
        if let Some(item) = is_null(&inner.item) {
            return Ok(self.write(&item)?.is_null());
        }
        let distinct = |a: &E, b: &E, not: &str| -> Made {
            Ok(self.write(a)?.compared(&format!("IS {not}DISTINCT FROM"), &self.compared(b)?))
        };
        // What is missing counts as false.
        let certain = |e: &E| -> Made {
            Ok(Expression::call("coalesce", [self.write(e)?.text.as_str(), Own.truth(false)]))
        };
        // `a = b or both are missing`
        let same_or_missing = |e: &Expr| match e {
            Expr::Binary(Binary::Or, same, neither) => match (&same.item, &neither.item) {
                (Expr::Binary(Binary::Equal, a, b), Expr::Binary(Binary::And, no_a, no_b)) => {
                    let fits = missing(&no_a.item).is_some_and(|x| x == *a)
                        && missing(&no_b.item).is_some_and(|x| x == *b);
                    fits.then(|| (a.clone(), b.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        match &inner.item {
            // It is true or false.
            Expr::Exists(_) | Expr::InQuery { strict: false, .. } => return Ok(self.write(inner)?.not()),
            Expr::Binary(Binary::Equal, a, b) if matches!(&b.item, Expr::Literal(v) if !v.is_null()) => {
                return distinct(a, b, "");
            }
            Expr::Unary(Unary::Not, twice) => {
                if let Some((a, b)) = same_or_missing(&twice.item) {
                    return distinct(&a, &b, "NOT ");
                }
                return certain(twice);
            }
            other => {
                if let Some((a, b)) = same_or_missing(other) {
                    return distinct(&a, &b, "");
                }
            }
        }
        Ok(certain(inner)?.not())
    }

    /// `a + b + …`, as deep to the left as it is long: the left edge is walked, not recursed into.
    fn binary(&self, op: Binary, a: &E, b: &E) -> Made {
        let mut right = Vec::new();
        let (mut op, mut a, mut b) = (op, a, b);
        let mut written = loop {
            if let Some(between) = self.between(op, a, b)? {
                break between;
            }
            right.push((op, b));
            match &a.item {
                Expr::Binary(inner, first, second) => (op, a, b) = (*inner, first, second),
                _ => break self.write(a)?,
            }
        };
        for (op, b) in right.into_iter().rev() {
            written = self.with_right(written, op, b)?;
        }
        Ok(written)
    }

    fn with_right(&self, left: Expression, op: Binary, b: &E) -> Made {
        Ok(match op {
            Binary::And => left.and(&self.write(b)?),
            Binary::Or => left.or(&self.write(b)?),
            Binary::Add | Binary::Subtract => left.sum(symbol(op), &self.write(b)?),
            Binary::Multiply | Binary::Modulo => left.product(symbol(op), &self.write(b)?),
            // Insights divides without truncating.
            Binary::Divide => left.cast("double").product(symbol(op), &self.write(b)?),
            Binary::Power => Expression::call("power", [left, self.write(b)?]),
            _ => left.compared(symbol(op), &self.compared(b)?),
        })
    }

    /// `x >= a and x <= b`, or its opposite.
    fn between(&self, op: Binary, a: &E, b: &E) -> Result<Option<Expression>, Unsupported> {
        let (first, second, word) = match op {
            Binary::And => (Binary::GreaterEqual, Binary::LessEqual, "BETWEEN"),
            Binary::Or => (Binary::Less, Binary::Greater, "NOT BETWEEN"),
            _ => return Ok(None),
        };
        let (Expr::Binary(p, x, low), Expr::Binary(q, y, high)) = (&a.item, &b.item) else { return Ok(None) };
        if *p != first || *q != second || !same(&x.item, &y.item) || x != y {
            return Ok(None);
        }
        let part = |e: Expression| e.at(Level::Sum);
        let (x, low, high) = (part(self.write(x)?), part(self.compared(low)?), part(self.compared(high)?));
        Ok(Some(Expression::new(format!("{x} {word} {low} AND {high}"), Level::Comparison)))
    }

    fn call(&self, e: &E, name: &Spanned<String>, args: &[E]) -> Made {
        if is_called_by_its_name(&name.item) {
            return Ok(Expression::call(&name.item, self.write_all(args)?));
        }
        let write = |e: &E| self.write(e);
        let call = |name: &str| -> Made { Ok(Expression::call(name, self.write_all(args)?)) };
        if let Some(written) = self.over(&e.item) {
            return written;
        }
        Ok(match (name.item.as_str(), args) {
            ("case", [condition, truth, opposite, falsehood])
                if is_truth(truth, true)
                    && is_truth(falsehood, false)
                    && is_condition(&condition.item)
                    && negation(condition) == *opposite =>
            {
                // A condition as a value.
                write(condition)?
            }
            ("case", _) => self.case(args)?,
            ("if", _) => call("if")?,
            (ROW, _) => {
                let all: Vec<String> = self.write_all(args)?.into_iter().map(|e| e.text).collect();
                Expression::atom(format!("({})", all.join(", ")))
            }
            ("ispresent", [item]) => write(item)?.is_not_null(),
            ("count", []) => Expression::call("count", ["*"]),
            ("count", [arg]) => match &arg.item {
                Expr::Call { name, args } if name.item == "case" => match args.as_slice() {
                    [condition, one] if one.item == Expr::Literal(Value::Int(1)) => {
                        Expression::call("count_if", [write(condition)?])
                    }
                    _ => call("count")?,
                },
                _ => call("count")?,
            },
            ("count_distinct" | "countdistinct" | "dc", [arg]) => {
                Expression::call("count", [format!("DISTINCT {}", write(arg)?)])
            }
            ("sql.of_pair", [best]) => match by_order(&best.item) {
                Some((name, value, order)) => Expression::call(name, [write(value)?, write(order)?]),
                None => {
                    let message = "pairs stand only in `max_by` and `min_by`";
                    return Err(Unsupported::at(e.span.clone(), "sql.of_pair", message));
                }
            },
            ("values", [arg]) => Expression::call("array_agg", [format!("DISTINCT {}", write(arg)?)]),
            ("pct" | "percentile", [arg, percent]) => {
                let share = match &percent.item {
                    Expr::Literal(value) => value.number(),
                    _ => None,
                };
                let Some(share) = share else {
                    let message = "the percentage must be a number in the query";
                    return Err(Unsupported::at(e.span.clone(), &name.item, message));
                };
                percentile(write(arg)?, share)
            }
            ("sql.divide", [a, b]) => write(a)?.product("/", &write(b)?),
            ("sql.concat", [_, _, ..]) => {
                let parts: Vec<String> = self.write_all(args)?.iter().map(|a| a.at(Level::Product)).collect();
                Expression::new(parts.join(" || "), Level::Sum)
            }
            ("sql.varchar", [arg]) => write(arg)?.cast("varchar"),
            ("sql.bigint", [arg]) => write(arg)?.cast("bigint"),
            ("sql.double", [arg]) => write(arg)?.cast("double"),
            ("sql.boolean", [arg]) => write(arg)?.cast("boolean"),
            ("sql.element_at", [_, _]) => call("element_at")?,
            ("isipinsubnet" | "isipv4insubnet" | "isipv6insubnet", [address, network]) => {
                Expression::call("contains", [write(network)?, write(address)?.cast("ipaddress")])
            }
            ("bin", [period, ..]) => {
                if args.len() > 1 {
                    let message = "shifted intervals cannot be written in SQL";
                    return Err(Unsupported::at(e.span.clone(), "bin", message));
                }
                let time: E = Box::new(Spanned::new(Expr::Field("@timestamp".to_owned()), e.span.clone()));
                self.floor(e, &time, period)?
            }
            ("datefloor", [time, period]) => self.floor(e, time, period)?,
            (tree, _) => match (calls::named_in_tree(tree).map(|f| f.name), fixed_percentile(tree), args) {
                (Some(plain), ..) => call(plain)?,
                (None, Some(percent), [arg]) => percentile(write(arg)?, percent),
                _ => {
                    let spelling = crate::keywords::function_spelling(tree);
                    let message = format!("`{spelling}` has no equivalent in SQL");
                    return Err(Unsupported::at(name.span.clone(), spelling, message));
                }
            },
        })
    }

    fn case(&self, args: &[E]) -> Made {
        let pairs = args.chunks_exact(2);
        let otherwise = match pairs.remainder() {
            [value] => Some(self.write(value)?),
            _ => None,
        };
        let mut arms = Vec::new();
        for pair in pairs {
            if let [condition, value] = pair {
                arms.push((self.write(condition)?, self.write(value)?));
            }
        }
        Ok(Expression::case(arms, otherwise))
    }

    /// The beginning of an interval.
    fn floor(&self, e: &E, time: &E, period: &E) -> Made {
        let Expr::Period(Period { count, unit }) = &period.item else {
            let message = "the width of the intervals must be written in the query";
            return Err(Unsupported::at(e.span.clone(), "datefloor", message));
        };
        let (name, seconds) = match unit {
            PeriodUnit::Millisecond => ("millisecond", 0),
            PeriodUnit::Second => ("second", 1),
            PeriodUnit::Minute => ("minute", 60),
            PeriodUnit::Hour => ("hour", 3600),
            PeriodUnit::Day => ("day", 86_400),
            PeriodUnit::Week => ("week", 0),
            PeriodUnit::Month => ("month", 0),
            PeriodUnit::Quarter => ("quarter", 0),
            PeriodUnit::Year => ("year", 0),
        };
        let time = self.write(time)?;
        if *count == 1 && *unit != PeriodUnit::Millisecond {
            return Ok(Expression::call("date_trunc", [write::text(name), time.text]));
        }
        if seconds == 0 {
            let message = format!("intervals of {count} {name}s cannot be written in SQL");
            return Err(Unsupported::at(e.span.clone(), "bin", message));
        }
        let width = u64::from(*count) * seconds;
        Ok(Expression::atom(format!("from_unixtime(floor(to_unixtime({time}) / {width}) * {width})")))
    }
}

/// The parts of `max(sql.pair(order, value))`.
fn by_order(best: &Expr) -> Option<(&'static str, &E, &E)> {
    let Expr::Call { name, args } = best else { return None };
    let name = match name.item.as_str() {
        "max" => "max_by",
        "min" => "min_by",
        _ => return None,
    };
    let [Spanned { item: Expr::Call { name: pair, args }, .. }] =
        args.iter().map(|a| &**a).collect::<Vec<_>>()[..]
    else {
        return None;
    };
    match args.as_slice() {
        [order, value] if pair.item == "sql.pair" => Some((name, value, order)),
        _ => None,
    }
}

fn is_truth(e: &E, value: bool) -> bool {
    e.item == Expr::Literal(Value::Bool(value))
}

/// The percentage in the name of `p95`.
fn fixed_percentile(name: &str) -> Option<f64> {
    match aggregate::find(name) {
        Some((_, aggregate::AggregateKind::FixedPercentile(percent))) => Some(percent),
        _ => None,
    }
}

/// The value below which so many percent are: 95 % as 0.95, whatever floats make of it.
fn percentile(of: Expression, percent: f64) -> Expression {
    let share = (percent * 1e9).round() / 1e11;
    Expression::call("approx_percentile", [of.text, share.to_string()])
}
