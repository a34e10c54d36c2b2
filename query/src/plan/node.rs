//! Expressions of a plan: names resolved, patterns compiled, constants folded. [`Op::apply`] is the meaning of every
//! operator; the kernels of [`exec`](crate::exec) are faster ways to the same values.

use std::{cmp::Ordering, ops::Range, sync::Arc};

use regex::bytes::Regex;

use super::{
    binning::Binning,
    join_index::{JoinIndex, JoinKeys, PrefixTable},
    lower_subquery::UnboundAnswer,
    pattern::Extractor,
    several,
};
use crate::kernels::{self, Kernel, arithmetic, negate, truthy};
use logloupe_syntax::{functions::Spec, tree::Binary};
use logloupe_table::Value;

/// An expression over the inputs and definitions of its stage.
#[derive(Clone, Debug)]
pub enum Node {
    /// A constant.
    Const(Value),
    /// Input number `n` of the stage.
    Input(usize),
    /// Definition number `n` of the stage, computed once.
    Def(usize),
    /// An operator over operands.
    Apply(Op, Vec<Node>),
}

/// An operator.
#[derive(Clone, Debug)]
pub enum Op {
    /// All operands hold.
    And,
    /// An operand holds.
    Or,
    /// The operand does not hold.
    Not,
    /// `-x`.
    Negate,
    /// A comparison; false when a side is missing.
    Compare(Binary),
    /// Arithmetic.
    Arithmetic(Binary),
    /// Whether the operand equals one of the values.
    In(Arc<JoinIndex>, bool),
    /// Whether the operands are a row of another table.
    Members(Arc<Members>),
    /// What the answer of a subquery says that has not run. It is written down, and never computed.
    Unbound(UnboundAnswer),
    /// The number of the row of another table whose keys equal the operands.
    Row(Arc<JoinKeys>),
    /// The numbers of all such rows, as a list; of none a missing one, if rows without a partner stay.
    Rows(Arc<JoinKeys>, bool),
    /// The number of the row whose network holds the operand.
    Network(Arc<PrefixTable>),
    /// A time, so much later if it lies in the range.
    Moved(Range<i64>, i64),
    /// The value in a column of another table, at the row of that number.
    Cell(Arc<[Value]>),
    /// Whether the operand contains the text.
    Contains(Arc<str>, bool),
    /// Whether the pattern is found in the operand.
    Matches(Arc<Regex>, bool),
    /// A function.
    Function(&'static Spec, fn(&[Value]) -> Value),
    /// A function with a regular expression.
    Pattern(&'static Spec, Arc<Regex>, fn(&Regex, &[Value]) -> Value),
    /// The beginning of the interval that holds a time.
    Floor(Binning),
    /// The next beginning of an interval.
    Ceil(Binning),
    /// A time so many microseconds later.
    Later(i64),
    /// The values that `parse` finds, as a list.
    Extract(Arc<Extractor>),
    /// Item `n` of a list.
    Item(usize),
    /// The shape of a text, see `pattern`.
    Shape,
    /// The value at a path in a list or in JSON text.
    Path(Arc<[Arc<str>]>),
}

/// Rows of which one may be equal to some values.
#[derive(Clone, Debug)]
pub struct Members {
    pub(super) keys: JoinKeys,
    pub(super) whole: Vec<Vec<Value>>,
    /// Rows in which a value is missing.
    pub(super) open: Vec<Vec<Value>>,
    pub(super) negated: bool,
    /// Missing values leave it open.
    pub(super) strict: bool,
}

impl Members {
    fn holds(&self, values: &[Value]) -> bool {
        let missing = values.iter().any(Value::is_null);
        if !self.negated {
            return !missing && !self.keys.row(values).is_null();
        }
        if !self.strict {
            return !missing && self.keys.row(values).is_null();
        }
        // It is none of a row if one value surely differs.
        let differs = |row: &Vec<Value>| {
            let surely = |(a, b): (&Value, &Value)| {
                !a.is_null() && !b.is_null() && a.compare(b) != Some(Ordering::Equal)
            };
            values.iter().zip(row).any(surely)
        };
        let of_whole = match missing {
            true => self.whole.iter().all(differs),
            false => self.keys.row(values).is_null(),
        };
        of_whole && self.open.iter().all(differs)
    }
}

impl Op {
    /// The function's operator; `None` for one that is not computed from its arguments alone.
    pub fn function(function: &'static Spec) -> Option<Op> {
        match Kernel::of(function.func) {
            Kernel::Scalar(apply) => Some(Op::Function(function, apply)),
            _ => None,
        }
    }
    /// The value for these operands.
    pub fn apply(&self, args: &[Value]) -> Value {
        if let Some(value) = several::apply(self, args) {
            return value;
        }
        match self {
            Op::And => Value::Bool(args.iter().all(truthy)),
            Op::Or => Value::Bool(args.iter().any(truthy)),
            Op::Not => Value::Bool(!truthy(&args[0])),
            Op::Negate => negate(&args[0]),
            Op::Compare(op) => Value::Bool(args[0].compare(&args[1]).is_some_and(|o| holds(*op, o))),
            Op::Arithmetic(op) => arithmetic(*op, &args[0], &args[1]),
            Op::In(values, negated) => Value::Bool(!args[0].is_null() && values.holds(&args[0]) != *negated),
            Op::Members(members) => Value::Bool(members.holds(args)),
            Op::Unbound(_) => Value::Null,
            Op::Row(keys) => keys.row(args),
            Op::Rows(keys, outer) => keys.rows(args, *outer),
            Op::Network(networks) => networks.row(&args[0]),
            Op::Moved(range, by) => match args[0].time() {
                Some(t) => Value::Time(if range.contains(&t) { t.saturating_add(*by) } else { t }),
                None => Value::Null,
            },
            Op::Cell(column) => {
                let row = args[0].integer().and_then(|row| usize::try_from(row).ok());
                row.and_then(|row| column.get(row)).cloned().unwrap_or_default()
            }
            Op::Contains(text, negated) => {
                about_text(&args[0], *negated, |t| memchr::memmem::find(t, text.as_bytes()).is_some())
            }
            Op::Matches(regex, negated) => about_text(&args[0], *negated, |t| regex.is_match(t)),
            Op::Function(_, apply) => apply(args),
            Op::Pattern(_, regex, apply) => apply(regex, args),
            Op::Floor(bins) => args[0].time().map_or(Value::Null, |t| Value::Time(bins.floor(t))),
            Op::Later(by) => args[0].time().map_or(Value::Null, |t| Value::Time(t.saturating_add(*by))),
            Op::Ceil(bins) => args[0].time().map_or(Value::Null, |t| Value::Time(bins.ceil(t))),
            Op::Extract(extractor) => match &args[0] {
                Value::Null | Value::List(_) => Value::Null,
                Value::Text(text) => extractor.extract(text.as_bytes()),
                other => extractor.extract(other.to_string().as_bytes()),
            },
            Op::Item(n) => match &args[0] {
                Value::List(items) => items.get(*n).cloned().unwrap_or_default(),
                _ => Value::Null,
            },
            Op::Path(steps) => kernels::at_path(&args[0], steps),
            Op::Shape => match &args[0] {
                Value::Null | Value::List(_) => Value::Null,
                Value::Text(text) => Value::text(&kernels::shape(text)),
                other => Value::text(&kernels::shape(&other.to_string())),
            },
        }
    }
}

/// Whether an order satisfies a comparison.
pub fn holds(op: Binary, order: Ordering) -> bool {
    match op {
        Binary::Equal => order.is_eq(),
        Binary::NotEqual => order.is_ne(),
        Binary::Less => order.is_lt(),
        Binary::LessEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        Binary::GreaterEqual => order.is_ge(),
        _ => false,
    }
}

fn about_text(value: &Value, negated: bool, f: impl Fn(&[u8]) -> bool) -> Value {
    Value::Bool(match value {
        Value::Null => false,
        Value::Text(text) => f(text.as_bytes()) != negated,
        other => f(other.to_string().as_bytes()) != negated,
    })
}

/// Where an expression's operands come from, one row at a time.
pub trait Scope {
    /// The value of input `n`.
    fn input(&mut self, n: usize) -> Value;
    /// The value of definition `n`.
    fn def(&mut self, n: usize) -> Value;
}

impl Node {
    /// An operator over operands, computed at once when they are constants.
    pub fn apply(op: Op, args: Vec<Node>) -> Node {
        let constants: Option<Vec<Value>> =
            args.iter().map(|a| if let Node::Const(v) = a { Some(v.clone()) } else { None }).collect();
        match constants {
            Some(values) => Node::Const(op.apply(&values)),
            None => Node::Apply(op, args),
        }
    }
    /// The value for one row.
    pub fn value(&self, scope: &mut dyn Scope) -> Value {
        match self {
            Node::Const(value) => value.clone(),
            Node::Input(n) => scope.input(*n),
            Node::Def(n) => scope.def(*n),
            Node::Apply(Op::And, args) => Value::Bool(args.iter().all(|a| truthy(&a.value(scope)))),
            Node::Apply(Op::Or, args) => Value::Bool(args.iter().any(|a| truthy(&a.value(scope)))),
            Node::Apply(op, args) => {
                let values: Vec<Value> = args.iter().map(|a| a.value(scope)).collect();
                op.apply(&values)
            }
        }
    }
    /// Calls `f` with every input and definition that stands in the expression itself.
    pub fn leaves(&self, f: &mut dyn FnMut(&Node)) {
        match self {
            Node::Const(_) => {}
            Node::Input(_) | Node::Def(_) => f(self),
            Node::Apply(_, args) => args.iter().for_each(|a| a.leaves(f)),
        }
    }
}
