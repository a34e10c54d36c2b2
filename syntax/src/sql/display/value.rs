//! Values and conditions as SQL.

use super::{
    super::{
        calls,
        expression::{is_condition, negation},
        may_be_text,
        replace::same,
    },
    Dialect, Unsupported, Written, block,
};
use crate::{
    functions::aggregate,
    tree::{Binary, E, Expr, Pattern, Period, PeriodUnit, Spanned, Unary},
};
use logloupe_table::{
    Value,
    time::{DAY, format_iso},
};

/// How tightly an expression holds together, as text.
pub(super) const ANY: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const PREDICATE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;
const PRIMARY: u8 = 8;

/// Prints expressions.
pub(super) struct Values<'d> {
    pub(super) dialect: &'d dyn Dialect,
    /// Names that are columns as they are: of an inner query, or given by `AS`.
    pub(super) columns: Vec<String>,
    /// The names of a join's sides.
    pub(super) sides: Vec<String>,
    /// What names must not be mistaken for: the tables' names.
    pub(super) tables: Vec<String>,
}

/// Whether a function of the tree is printed by [`Values`] itself.
pub(super) fn is_known(tree: &str) -> bool {
    calls::named_in_tree(tree).is_some()
        || aggregate::find(tree).is_some()
        || matches!(tree, "case" | "if" | "ispresent" | "bin" | "datefloor" | "pct" | "isipinsubnet" | "now")
}

impl<'d> Values<'d> {
    pub(super) fn new(dialect: &'d dyn Dialect) -> Values<'d> {
        let (columns, sides, tables) = (Vec::new(), Vec::new(), Vec::new());
        Values { dialect, columns, sides, tables }
    }

    /// `e`, in brackets if it holds together less tightly than `least`.
    pub(super) fn write(&self, e: &E, least: u8) -> Written {
        let (text, level) = self.text(e)?;
        Ok(if level < least { format!("({text})") } else { text })
    }

    fn text(&self, e: &E) -> Result<(String, u8), Unsupported> {
        Ok(match &e.item {
            Expr::Literal(value) => literal(value),
            Expr::Star => ("*".to_owned(), PRIMARY),
            Expr::Period(period) => {
                let message = "a span of time stands only in a function that rounds times";
                return Err(Unsupported::new(period.to_string(), e.span.clone(), message));
            }
            Expr::Field(name) => (self.field(name, e)?, PRIMARY),
            Expr::Unary(Unary::Minus, inner) => {
                let number = matches!(inner.item, Expr::Literal(Value::Int(_) | Value::Float(_)));
                let inner = self.write(inner, if number { u8::MAX } else { SIGN })?;
                // Two signs would begin a comment.
                let inner = if inner.starts_with('-') { format!("({inner})") } else { inner };
                (format!("-{inner}"), SIGN)
            }
            Expr::Unary(Unary::Not, inner) => self.not(inner)?,
            Expr::Binary(op, a, b) => self.binary(*op, a, b)?,
            Expr::In { list, .. } if list.is_empty() => {
                let negated = matches!(&e.item, Expr::In { negated: true, .. });
                (negated.to_string(), PRIMARY)
            }
            Expr::In { negated, item, list } => {
                let list: Result<Vec<String>, _> = list.iter().map(|e| self.compared(e, ANY)).collect();
                let item = self.write(item, SUM)?;
                (format!("{item} {}IN ({})", not(*negated), list?.join(", ")), PREDICATE)
            }
            Expr::InQuery { negated, item, query } => {
                let query = block::query(query, self.dialect)?;
                (format!("{} {}IN ({query})", self.write(item, SUM)?, not(*negated)), PREDICATE)
            }
            Expr::Like { negated, item, pattern } => match &pattern.item {
                Pattern::Text(text) => {
                    let (text, escape) = escaped(text);
                    let item = self.write(item, SUM)?;
                    (
                        format!("{item} {}LIKE {}{escape}", not(*negated), quoted(&format!("%{text}%"))),
                        PREDICATE,
                    )
                }
                Pattern::Regex(regex) => match like_of(regex) {
                    Some(like) => {
                        let item = self.write(item, SUM)?;
                        (format!("{item} {}LIKE {like}", not(*negated)), PREDICATE)
                    }
                    None => {
                        let call = format!("regexp_like({}, {})", self.write(item, ANY)?, quoted(regex));
                        if *negated { (format!("NOT {call}"), NOT) } else { (call, PRIMARY) }
                    }
                },
            },
            Expr::Call { name, args } => self.call(e, name, args)?,
        })
    }

    /// What something is compared with. A name alone in double quotes would be refused there, for text may have been
    /// meant; in brackets it is a name.
    fn compared(&self, e: &E, least: u8) -> Written {
        let text = self.write(e, least)?;
        let refused = |name: &str| may_be_text(name) && text == super::in_quotes(name);
        Ok(match &e.item {
            Expr::Field(name) if refused(name) => format!("({text})"),
            _ => text,
        })
    }

    fn field(&self, name: &str, e: &E) -> Written {
        if self.columns.iter().any(|c| c == name) {
            return Ok(super::identifier(name));
        }
        // Of a join's side, or inside a column.
        for owner in self.sides.iter().chain(&self.columns) {
            if let Some(rest) = name.strip_prefix(owner.as_str()).and_then(|r| r.strip_prefix('.')) {
                if self.sides.contains(owner) {
                    let rest = self.dialect.field(rest, &e.span)?;
                    return Ok(format!("{}.{rest}", super::identifier(owner)));
                }
                let inside = super::path(&format!("x.{rest}"));
                if let Some(inside) = inside.strip_prefix('x') {
                    return Ok(format!("{}{inside}", super::identifier(owner)));
                }
            }
        }
        let first = name.split('.').next().unwrap_or("");
        if first != name && self.tables.iter().any(|t| t.eq_ignore_ascii_case(first)) {
            return Ok(super::in_quotes(name));
        }
        self.dialect.field(name, &e.span)
    }

    fn not(&self, inner: &E) -> Result<(String, u8), Unsupported> {
        let is_null = |e: &Expr| match e {
            Expr::Call { name, args } if name.item == "ispresent" => args.first().cloned(),
            _ => None,
        };
        let missing = |e: &Expr| match e {
            Expr::Unary(Unary::Not, inner) => is_null(&inner.item),
            _ => None,
        };
        if let Some(item) = is_null(&inner.item) {
            return Ok((format!("{} IS NULL", self.write(&item, SUM)?), PREDICATE));
        }
        let distinct = |a: &E, b: &E, not: &str| -> Result<(String, u8), Unsupported> {
            let text = format!("{} IS {not}DISTINCT FROM {}", self.write(a, SUM)?, self.compared(b, SUM)?);
            Ok((text, PREDICATE))
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
            Expr::Binary(Binary::Equal, a, b) if matches!(&b.item, Expr::Literal(v) if !v.is_null()) => {
                return distinct(a, b, "");
            }
            Expr::Unary(Unary::Not, twice) => {
                if let Some((a, b)) = same_or_missing(&twice.item) {
                    return distinct(&a, &b, "NOT ");
                }
                return Ok((format!("coalesce({}, false)", self.write(twice, ANY)?), PRIMARY));
            }
            other => {
                if let Some((a, b)) = same_or_missing(other) {
                    return distinct(&a, &b, "");
                }
            }
        }
        Ok((format!("NOT coalesce({}, false)", self.write(inner, ANY)?), NOT))
    }

    fn binary(&self, op: Binary, a: &E, b: &E) -> Result<(String, u8), Unsupported> {
        let (level, sign, right) = match op {
            Binary::And | Binary::Or => {
                if let Some(between) = self.between(op, a, b)? {
                    return Ok((between, PREDICATE));
                }
                match op {
                    Binary::And => (AND, "AND", AND + 1),
                    _ => (OR, "OR", OR + 1),
                }
            }
            Binary::NotEqual => (PREDICATE, "<>", SUM),
            Binary::Add | Binary::Subtract => (SUM, op.symbol(), PRODUCT),
            Binary::Multiply | Binary::Modulo => (PRODUCT, op.symbol(), SIGN),
            // Insights divides without truncating.
            Binary::Divide => {
                let text = format!("CAST({} AS double) / {}", self.write(a, ANY)?, self.write(b, SIGN)?);
                return Ok((text, PRODUCT));
            }
            Binary::Power => {
                return Ok((format!("power({}, {})", self.write(a, ANY)?, self.write(b, ANY)?), PRIMARY));
            }
            _ => (PREDICATE, op.symbol(), SUM),
        };
        let left = if level == PREDICATE { SUM } else { level };
        let b = if level == PREDICATE { self.compared(b, right)? } else { self.write(b, right)? };
        Ok((format!("{} {sign} {b}", self.write(a, left)?), level))
    }

    /// `x >= a and x <= b`, or its opposite.
    fn between(&self, op: Binary, a: &E, b: &E) -> Result<Option<String>, Unsupported> {
        let (first, second, word) = match op {
            Binary::And => (Binary::GreaterEqual, Binary::LessEqual, "BETWEEN"),
            _ => (Binary::Less, Binary::Greater, "NOT BETWEEN"),
        };
        let (Expr::Binary(p, x, low), Expr::Binary(q, y, high)) = (&a.item, &b.item) else { return Ok(None) };
        if *p != first || *q != second || !same(&x.item, &y.item) || x != y {
            return Ok(None);
        }
        let (x, low, high) = (self.write(x, SUM)?, self.compared(low, SUM)?, self.compared(high, SUM)?);
        Ok(Some(format!("{x} {word} {low} AND {high}")))
    }

    fn call(&self, e: &E, name: &Spanned<String>, args: &[E]) -> Result<(String, u8), Unsupported> {
        let write = |e: &E| self.write(e, ANY);
        if let Some(text) = self.dialect.call(name, args, &write) {
            return Ok((text?, PRIMARY));
        }
        let all = || -> Written {
            let args: Result<Vec<String>, _> = args.iter().map(write).collect();
            Ok(args?.join(", "))
        };
        let text = match (name.item.as_str(), args) {
            ("case", [condition, truth, opposite, falsehood])
                if is_truth(truth, true)
                    && is_truth(falsehood, false)
                    && is_condition(&condition.item)
                    && negation(condition) == *opposite =>
            {
                // A condition as a value.
                return self.text(condition);
            }
            ("case", _) => self.case(args)?,
            ("if", _) => format!("if({})", all()?),
            ("ispresent", [item]) => {
                return Ok((format!("{} IS NOT NULL", self.write(item, SUM)?), PREDICATE));
            }
            ("count", []) => "count(*)".to_owned(),
            ("count", [arg]) => match &arg.item {
                Expr::Call { name, args } if name.item == "case" => match args.as_slice() {
                    [condition, one] if one.item == Expr::Literal(Value::Int(1)) => {
                        format!("count_if({})", write(condition)?)
                    }
                    _ => format!("count({})", all()?),
                },
                _ => format!("count({})", all()?),
            },
            ("count_distinct" | "countdistinct" | "dc", [arg]) => format!("count(DISTINCT {})", write(arg)?),
            ("sql.of_pair", [best]) => match by_order(&best.item) {
                Some((name, value, order)) => format!("{name}({}, {})", write(value)?, write(order)?),
                None => {
                    let message = "pairs stand only in `max_by` and `min_by`";
                    return Err(Unsupported::new("sql.of_pair", e.span.clone(), message));
                }
            },
            ("values", [arg]) => format!("array_agg(DISTINCT {})", write(arg)?),
            ("pct" | "percentile", [arg, percent]) => {
                let share = match &percent.item {
                    Expr::Literal(value) => value.number(),
                    _ => None,
                };
                let Some(share) = share else {
                    let message = "the percentage must be a number in the query";
                    return Err(Unsupported::new(&name.item, e.span.clone(), message));
                };
                format!("approx_percentile({}, {})", write(arg)?, share_of(share))
            }
            ("sql.divide", [a, b]) => {
                return Ok((format!("{} / {}", self.write(a, PRODUCT)?, self.write(b, SIGN)?), PRODUCT));
            }
            ("sql.concat", [_, _, ..]) => {
                let parts: Result<Vec<String>, _> = args.iter().map(|a| self.write(a, PRODUCT)).collect();
                return Ok((parts?.join(" || "), SUM));
            }
            ("sql.varchar", [arg]) => format!("CAST({} AS varchar)", write(arg)?),
            ("sql.bigint", [arg]) => format!("CAST({} AS bigint)", write(arg)?),
            ("sql.double", [arg]) => format!("CAST({} AS double)", write(arg)?),
            ("sql.boolean", [arg]) => format!("CAST({} AS boolean)", write(arg)?),
            ("sql.element_at", [list, place]) => format!("element_at({}, {})", write(list)?, write(place)?),
            ("isipinsubnet" | "isipv4insubnet" | "isipv6insubnet", [address, network]) => {
                format!("contains({}, CAST({} AS ipaddress))", write(network)?, write(address)?)
            }
            ("bin", [period, ..]) => {
                if args.len() > 1 {
                    let message = "shifted intervals cannot be written in SQL";
                    return Err(Unsupported::new("bin", e.span.clone(), message));
                }
                let time: E = Box::new(Spanned::new(Expr::Field("@timestamp".to_owned()), e.span.clone()));
                self.floor(e, &time, period)?
            }
            ("datefloor", [time, period]) => self.floor(e, time, period)?,
            (tree, _) => {
                let plain = calls::named_in_tree(tree).map(|f| f.name);
                match (plain, fixed_percentile(tree)) {
                    (Some(plain), _) => format!("{plain}({})", all()?),
                    (None, Some(percent)) => format!("approx_percentile({}, {})", all()?, share_of(percent)),
                    (None, None) => {
                        let spelling = crate::keywords::function_spelling(tree);
                        let message = format!("`{spelling}` has no equivalent in SQL");
                        return Err(Unsupported::new(spelling, name.span.clone(), message));
                    }
                }
            }
        };
        Ok((text, PRIMARY))
    }

    fn case(&self, args: &[E]) -> Written {
        let mut out = String::from("CASE");
        for pair in args.chunks(2) {
            match pair {
                [condition, value] => {
                    let (condition, value) = (self.write(condition, ANY)?, self.write(value, ANY)?);
                    out.push_str(&format!(" WHEN {condition} THEN {value}"));
                }
                [otherwise] => out.push_str(&format!(" ELSE {}", self.write(otherwise, ANY)?)),
                _ => {}
            }
        }
        out.push_str(" END");
        Ok(out)
    }

    /// The beginning of an interval.
    fn floor(&self, e: &E, time: &E, period: &E) -> Written {
        let Expr::Period(Period { count, unit }) = &period.item else {
            let message = "the width of the intervals must be written in the query";
            return Err(Unsupported::new("datefloor", e.span.clone(), message));
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
        let time = self.write(time, ANY)?;
        if *count == 1 && *unit != PeriodUnit::Millisecond {
            return Ok(format!("date_trunc('{name}', {time})"));
        }
        if seconds == 0 {
            let message = format!("intervals of {count} {name}s cannot be written in SQL");
            return Err(Unsupported::new("bin", e.span.clone(), message));
        }
        let width = u64::from(*count) * seconds;
        Ok(format!("from_unixtime(floor(to_unixtime({time}) / {width}) * {width})"))
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

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
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

/// 95 % as 0.95, whatever floats make of it.
fn share_of(percent: f64) -> f64 {
    (percent * 1e9).round() / 1e11
}

/// Text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn literal(value: &Value) -> (String, u8) {
    match value {
        Value::Null => ("NULL".to_owned(), PRIMARY),
        Value::Bool(v) => (v.to_string(), PRIMARY),
        Value::Int(v) => (v.to_string(), if *v < 0 { SIGN } else { PRIMARY }),
        Value::Float(v) if v.is_nan() => ("NULL".to_owned(), PRIMARY),
        Value::Float(v) if v.is_infinite() => {
            if *v > 0.0 {
                ("1e999".to_owned(), PRIMARY)
            } else {
                ("-1e999".to_owned(), SIGN)
            }
        }
        Value::Float(v) => (format!("{v:?}"), if v.is_sign_negative() { SIGN } else { PRIMARY }),
        Value::Text(text) => (quoted(text), PRIMARY),
        Value::Time(time) if time.rem_euclid(DAY) == 0 => {
            (format!("date {}", quoted(format_iso(*time).get(..10).unwrap_or(""))), PRIMARY)
        }
        Value::Time(time) => {
            let text = format_iso(*time).replace('T', " ").replace('Z', "");
            (format!("timestamp {}", quoted(&text)), PRIMARY)
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|v| literal(v).0).collect();
            (format!("ARRAY[{}]", items.join(", ")), PRIMARY)
        }
    }
}

/// Text for `LIKE` in which nothing is a wildcard, and how that is said.
fn escaped(text: &str) -> (String, &'static str) {
    if !text.contains(['%', '_']) {
        return (text.to_owned(), "");
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    (out, " ESCAPE '\\'")
}

/// The `LIKE` whose pattern this regex is, if it is one.
fn like_of(regex: &str) -> Option<String> {
    let body = regex.strip_prefix("(?s)").filter(|b| !b.contains('\u{0}'))?;
    let (body, from_start) = body.strip_prefix('^').map_or((body, false), |b| (b, true));
    let escaped_end =
        body.strip_suffix('$').is_some_and(|b| b.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1);
    let (body, to_end) = match body.strip_suffix('$') {
        Some(inner) if !escaped_end => (inner, true),
        _ => (body, false),
    };
    let mut like = String::new();
    let mut plain = true;
    let mut special = false;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(".*") {
            like.push('%');
            (plain, rest) = (false, after);
            continue;
        }
        if let Some(after) = rest.strip_prefix("(?u:.)") {
            like.push('_');
            (plain, rest) = (false, after);
            continue;
        }
        let mut after = rest.get(c.len_utf8()..)?;
        let c = match c {
            '\\' => {
                let next = after.chars().next().filter(|n| !n.is_alphanumeric())?;
                after = after.get(next.len_utf8()..)?;
                next
            }
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => c,
        };
        if matches!(c, '%' | '_' | '\\') {
            special |= c != '\\';
            like.push('\u{0}');
        }
        like.push(c);
        rest = after;
    }
    // Open at both ends without wildcards is a text that is contained: not this form.
    if !from_start && !to_end && plain {
        return None;
    }
    let like = like.replace('\u{0}', if special { "\\" } else { "" });
    let like = format!("{}{like}{}", if from_start { "" } else { "%" }, if to_end { "" } else { "%" });
    Some(format!("{}{}", quoted(&like), if special { " ESCAPE '\\'" } else { "" }))
}
