//! Expressions of a plan as SQL. A comparison with a missing value is false here and NULL there: as a condition that is
//! the same, anywhere else [`Typed::value`] makes it so.

use super::{
    Printer, regex,
    typed::{Typed, binned},
};
use logloupe_query::plan::{Node, Op, pattern::Extractor};
use logloupe_syntax::{
    Unsupported,
    functions::{Func, Json, SqlType},
    sql::{
        display::symbol,
        write::{self, Expression, Level},
    },
    tree::Binary,
};
use logloupe_table::Value;

/// How deep definitions and expressions may be nested.
const DEEPEST: usize = 300;
/// How long one expression may become: definitions are written out where they are used.
const LONGEST: usize = 20_000;

pub(super) type TypedResult = Result<Typed, Unsupported>;

impl Printer<'_> {
    /// The expression of a node.
    pub(super) fn node(&mut self, node: &Node) -> TypedResult {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_long());
        }
        let made = self.node_inner(node);
        self.depth -= 1;
        let made = made?;
        if made.expr.text.len() > LONGEST { Err(too_long()) } else { Ok(made) }
    }

    /// As a value.
    pub(super) fn value(&mut self, node: &Node) -> TypedResult {
        Ok(self.node(node)?.value())
    }

    /// As a condition.
    pub(super) fn condition(&mut self, node: &Node) -> TypedResult {
        Ok(self.node(node)?.holds())
    }

    fn node_inner(&mut self, node: &Node) -> TypedResult {
        match node {
            Node::Const(value) => Ok(Typed::constant(value)),
            Node::Input(n) => self.input(*n),
            Node::Def(n) => self.def(*n),
            Node::Apply(op, args) => self.apply(op, args),
        }
    }

    fn def(&mut self, n: usize) -> TypedResult {
        if let Some(Some(known)) = self.relation.defs.get(n) {
            return Ok(known.clone());
        }
        let plan = self.plan;
        let Some(node) = plan.stages.get(self.stage).and_then(|s| s.defs.get(n)) else {
            return Ok(Typed::constant(&Value::Null));
        };
        let made = self.node(node)?;
        if let Some(slot) = self.relation.defs.get_mut(n) {
            *slot = Some(made.clone());
        }
        Ok(made)
    }

    fn apply(&mut self, op: &Op, args: &[Node]) -> TypedResult {
        match op {
            Op::And | Op::Or => {
                let mut parts = Vec::with_capacity(args.len());
                for arg in args {
                    parts.push(self.condition(arg)?.expr);
                }
                let together = if matches!(op, Op::And) { Expression::all } else { Expression::any };
                Ok(Typed::condition(together(&parts)))
            }
            Op::Not => {
                let inner = self.condition(first(args)?)?;
                let Expression { text, level } = &inner.expr;
                if let Some(present) =
                    text.strip_suffix(" IS NOT NULL").filter(|_| *level == Level::Comparison)
                {
                    return Ok(Typed::of(Expression::atom(present).is_null(), SqlType::Bool));
                }
                Ok(Typed::of(inner.truth().expr.not(), SqlType::Bool))
            }
            Op::Negate => {
                let Some(n) = self.node(first(args)?)?.number() else { return Ok(nothing()) };
                Ok(Typed::of(n.expr.minus(), n.ty))
            }
            Op::Compare(op) => {
                let (a, b) = self.two(args)?;
                Ok(compare(*op, &a.value(), &b.value()))
            }
            Op::Arithmetic(op) => {
                let (a, b) = self.two(args)?;
                Ok(arithmetic(*op, &a, &b))
            }
            Op::In(list, negated) => {
                let item = self.value(first(args)?)?;
                Ok(is_in(&item, list.values(), *negated))
            }
            Op::Contains(part, negated) => {
                let item = self.value(first(args)?)?.text();
                let place = Expression::call("strpos", [item.expr.text, write::text(part)]);
                let sign = if *negated { "=" } else { ">" };
                Ok(Typed::condition(place.compared(sign, &Expression::atom("0"))))
            }
            Op::Matches(regex, negated) => {
                let item = self.value(first(args)?)?.text();
                let pattern = write::text(regex::checked(regex.as_str())?);
                let call = Expression::call("regexp_like", [item.expr.text, pattern]);
                Ok(Typed::condition(if *negated { call.not() } else { call }))
            }
            Op::Floor(bins) | Op::Ceil(bins) => {
                let Some(time) = self.value(first(args)?)?.time() else { return Ok(nothing()) };
                binned(&time, bins, matches!(op, Op::Ceil(_))).ok_or_else(|| {
                    Unsupported::new(
                        "an interval of several months",
                        "Athena truncates times to one month, quarter or year",
                        "use one of these, or a number of days",
                    )
                })
            }
            Op::Later(micros) => {
                let Some(time) = self.value(first(args)?)?.time() else { return Ok(nothing()) };
                let millis = (micros / 1000).to_string();
                Ok(Typed::call("date_add", ["'millisecond'", &millis, &time.expr.text], SqlType::Time))
            }
            Op::Item(n) => self.item(*n, first(args)?),
            Op::Function(function, _) => {
                // Tables there have no null beside missing, and no objects where values stand.
                match function.func {
                    Func::Json(Json::JsonHas) => {
                        let value = self.value(first(args)?)?;
                        return Ok(Typed::of(value.expr.is_not_null(), SqlType::Bool));
                    }
                    Func::Json(Json::JsonScalar) => return self.value(first(args)?),
                    _ => {}
                }
                let mut values = Vec::with_capacity(args.len());
                for arg in args.iter().take(function.arity.1) {
                    values.push(self.value(arg)?);
                }
                self.function(function, values)
            }
            Op::Pattern(function, regex, _) => {
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    values.push(self.value(arg)?);
                }
                let pattern = write::text(regex::checked(regex.as_str())?);
                self.function_with_pattern(function, &pattern, values)
            }
            Op::Unbound(answer) => self.unbound(answer, args),
            Op::Extract(_) => Err(Unsupported::new("all values of `parse` at once", "they are a list", "")),
            Op::Path(_) => Err(Unsupported::new(
                "a path into a value that was computed",
                "what lies in it is only known when the query runs",
                "name the field and its whole path",
            )),
            _ => Err(Unsupported::new(
                "what is looked up in another table",
                "the table is not where Athena is",
                "run the query here",
            )),
        }
    }

    /// Item `n` of a list; of what `parse` finds, a group of its pattern.
    fn item(&mut self, n: usize, list: &Node) -> TypedResult {
        let plan = self.plan;
        let extract = match list {
            Node::Def(d) => plan.stages.get(self.stage).and_then(|s| s.defs.get(*d)),
            other => Some(other),
        };
        let Some(Node::Apply(Op::Extract(extractor), args)) = extract else {
            let list = self.node(list)?;
            return Ok(Typed::call("element_at", [list.expr.text, (n + 1).to_string()], SqlType::Text));
        };
        let source = self.value(first(args)?)?.text();
        let (pattern, group) = match &**extractor {
            Extractor::Glob { pieces } => (regex::glob(pieces), n + 1),
            Extractor::Regex { regex, groups } => {
                let pattern = regex::checked(regex.as_str())?;
                (regex::unnamed_groups(pattern), groups.get(n).copied().unwrap_or(0))
            }
        };
        let args = [source.expr.text, write::text(&pattern), group.to_string()];
        Ok(Typed::call("regexp_extract", args, SqlType::Text))
    }

    fn two(&mut self, args: &[Node]) -> Result<(Typed, Typed), Unsupported> {
        match args {
            [a, b] => Ok((self.node(a)?, self.node(b)?)),
            _ => Err(too_long()),
        }
    }
}

fn first(args: &[Node]) -> Result<&Node, Unsupported> {
    args.first().ok_or_else(too_long)
}

fn nothing() -> Typed {
    Typed::constant(&Value::Null)
}

fn too_long() -> Unsupported {
    Unsupported::new(
        "an expression of this size",
        "written out with everything that it refers to, it is too long for Athena",
        "compute less in one query",
    )
}

/// A comparison; what the two sides are compared as follows from their types.
pub(super) fn compare(op: Binary, a: &Typed, b: &Typed) -> Typed {
    let plain = |a: &Typed, b: &Typed| Typed::condition(a.expr.compared(symbol(op), &b.expr));
    let as_text = || plain(&a.text(), &b.text());
    let equality = matches!(op, Binary::Equal | Binary::NotEqual);
    match (a.ty, b.ty) {
        (SqlType::Nothing, _) | (_, SqlType::Nothing) => Typed::constant(&Value::Bool(false)),
        (SqlType::Time, _) | (_, SqlType::Time) => match (a.time(), b.time()) {
            (Some(a), Some(b)) => plain(&a, &b),
            _ => as_text(),
        },
        (x, y) if x.is_number() && y.is_number() => plain(a, b),
        (SqlType::Bool, SqlType::Bool) => plain(a, b),
        (SqlType::Bool, SqlType::Text) | (SqlType::Text, SqlType::Bool) => {
            let truth = |s: &Typed| match s.constant.as_ref().and_then(Value::as_text) {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            };
            match (truth(a), truth(b)) {
                (Some(v), _) => plain(&Typed::constant(&Value::Bool(v)), b),
                (_, Some(v)) => plain(a, &Typed::constant(&Value::Bool(v))),
                _ => as_text(),
            }
        }
        (SqlType::Bool, _) | (_, SqlType::Bool) | (SqlType::List, _) | (_, SqlType::List) => as_text(),
        // Two texts are numbers only if both read as numbers: as ids they are compared as written.
        (SqlType::Text, SqlType::Text) if equality || (a.constant.is_none() && b.constant.is_none()) => {
            plain(a, b)
        }
        _ => match (a.number(), b.number()) {
            (Some(x), Some(y)) => {
                let numbers = plain(&x, &y);
                let certain = |s: &Typed| s.ty.is_number() || s.constant.is_some();
                if certain(a) && certain(b) || op == Binary::Equal {
                    return numbers;
                }
                Typed::condition(Expression::call("coalesce", [numbers, as_text()]))
            }
            _ => as_text(),
        },
    }
}

/// Arithmetic over whatever reads as a number.
fn arithmetic(op: Binary, a: &Typed, b: &Typed) -> Typed {
    let (Some(a), Some(b)) = (a.number(), b.number()) else { return nothing() };
    let both = if a.ty == SqlType::Int && b.ty == SqlType::Int { SqlType::Int } else { SqlType::Float };
    let divisor = divisor(&b);
    let sign = symbol(op);
    match op {
        Binary::Divide => {
            let a = if a.ty == SqlType::Int { a.expr.cast("double") } else { a.expr };
            Typed::of(a.product(sign, &divisor), SqlType::Float)
        }
        Binary::Modulo => Typed::of(a.expr.product(sign, &divisor), both),
        Binary::Power => Typed::call("power", [a, b], SqlType::Float),
        Binary::Multiply => Typed::of(a.expr.product(sign, &b.expr), both),
        _ => Typed::of(a.expr.sum(sign, &b.expr), both),
    }
}

/// What is divided by: nothing divided by zero is a number.
pub(super) fn divisor(by: &Typed) -> Expression {
    match &by.constant {
        Some(v) if v.number().is_some_and(|n| n != 0.0) => by.expr.clone(),
        _ => Expression::call("nullif", [by.expr.text.as_str(), "0"]),
    }
}

fn is_in(item: &Typed, list: &[Value], negated: bool) -> Typed {
    let mut same: Vec<Typed> = Vec::new();
    let mut others: Vec<Typed> = Vec::new();
    for value in list.iter().filter(|v| !v.is_null()) {
        let constant = Typed::constant(value);
        let plain = match (item.ty, constant.ty) {
            (SqlType::Text, SqlType::Text) => Some(constant.clone()),
            (i, _) if i.is_number() => constant.number(),
            (i, c) if i == c => Some(constant.clone()),
            _ => None,
        };
        match plain {
            Some(constant) => same.push(constant),
            // A number is no word.
            None if item.ty.is_number() => {}
            None => {
                let op = if negated { Binary::NotEqual } else { Binary::Equal };
                others.push(compare(op, item, &constant));
            }
        }
    }
    let mut parts = Vec::new();
    if !same.is_empty() {
        parts.push(Typed::condition(item.expr.is_in(negated, same)));
    }
    parts.extend(others);
    let together = if negated { Expression::all } else { Expression::any };
    match parts.len() {
        0 if negated => Typed::of(item.expr.is_not_null(), SqlType::Bool),
        0 => Typed::constant(&Value::Bool(false)),
        1 => parts.remove(0),
        _ => Typed::condition(together(&parts.into_iter().map(|part| part.expr).collect::<Vec<_>>())),
    }
}
