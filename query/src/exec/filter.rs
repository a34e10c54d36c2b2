//! Conditions over the rows of one chunk: a selection, as a bitmap, becomes a smaller one.

use super::{
    super::{
        kernels::truthy,
        plan::{Node, Op, node::holds},
    },
    bound::{Depends, Input, id},
    eval::Eval,
    search,
    vector::{Vector, of_kind},
};
use logloupe_syntax::tree::Binary;
use logloupe_table::{Bitmap, Data, Kind, Value, column::decimal, packed::Packed};

impl<'b> Eval<'_, 'b> {
    /// The rows of `rows` at which `node` holds.
    pub(super) fn filter(&mut self, node: &'b Node, rows: &Bitmap) -> Bitmap {
        if rows.none() {
            return rows.clone();
        }
        match node {
            Node::Const(value) => return rows.keep(truthy(value)),
            Node::Apply(Op::And, args) => {
                let mut left = rows.clone();
                for arg in args {
                    left = self.filter(arg, &left);
                }
                return left;
            }
            Node::Apply(Op::Or, args) => {
                let mut left = rows.clone();
                for arg in args {
                    let found = self.filter(arg, &left);
                    left.and_not(&found);
                }
                let mut out = rows.clone();
                out.and_not(&left);
                return out;
            }
            Node::Apply(Op::Not, args) => {
                let mut out = rows.clone();
                let found = self.filter(&args[0], rows);
                out.and_not(&found);
                return out;
            }
            Node::Apply(Op::Compare(op), args) => {
                let done = match (&args[0], &args[1]) {
                    (Node::Input(n), Node::Const(c)) => self.compare(*n, *op, c, rows),
                    (Node::Const(c), Node::Input(n)) => self.compare(*n, turned(*op), c, rows),
                    _ => None,
                };
                if let Some(done) = done {
                    return done;
                }
            }
            Node::Apply(op @ (Op::Matches(..) | Op::Contains(..)), args) => {
                if let Node::Input(n) = &args[0]
                    && self.bound.inputs[*n] == Input::Message
                {
                    return search::records(&self.chunk.raw, op, rows);
                }
            }
            _ => {}
        }
        match self.bound.depends(node) {
            Depends::Nothing => {
                let value = self.of_value(node, &Value::Null, None);
                return rows.keep(truthy(&value));
            }
            Depends::Column(column) => {
                if let Some(done) = self.by_distinct_value(node, column, rows) {
                    return done;
                }
            }
            Depends::More => {}
        }
        self.row_by_row(node, rows)
    }

    fn row_by_row(&mut self, node: &'b Node, rows: &Bitmap) -> Bitmap {
        if let Node::Apply(op @ (Op::Compare(_) | Op::In(..) | Op::Contains(..) | Op::Matches(..)), args) =
            node
        {
            let vectors: Vec<_> = args.iter().map(|a| self.eval(a, rows)).collect();
            let mut values = vec![Value::Null; vectors.len()];
            return select(rows, |i| {
                for (value, vector) in values.iter_mut().zip(&vectors) {
                    *value = self.at(vector, i);
                }
                truthy(&op.apply(&values))
            });
        }
        let vector = self.eval(node, rows);
        match &*vector {
            Vector::Const(value) => rows.keep(truthy(value)),
            Vector::Ints { kind: Kind::Bool | Kind::Int, values, valid: None } => {
                select(rows, |i| values[i] != 0)
            }
            other => select(rows, |i| truthy(&self.at(other, i))),
        }
    }

    /// `node` depends on one column alone: it is computed once per distinct value.
    fn by_distinct_value(&mut self, node: &'b Node, column: usize, rows: &Bitmap) -> Option<Bitmap> {
        let stored = self.chunk.column(column);
        let valid = stored.valid.as_ref();
        let key = id(node);
        let mut truth = self.bound.truths.remove(&key).unwrap_or_default();
        let missing = match truth.missing {
            Some(missing) => missing,
            None => truthy(&self.of_value(node, &Value::Null, None)),
        };
        truth.missing = Some(missing);
        let out = match &stored.data {
            Data::Nulls => Some(rows.keep(missing)),
            Data::Codes(codes) => {
                truth.codes.resize(self.table.dictionary(column).len().max(truth.codes.len()), 0);
                let known = &mut truth.codes;
                let mut found = select_packed(codes, rows, |code| {
                    let code = code as usize;
                    if known[code] == 0 {
                        known[code] = 1 + truthy(&self.of_code(node, column, Some(code as u32))) as u8;
                    }
                    known[code] == 2
                });
                fix_missing(&mut found, rows, valid, missing);
                Some(found)
            }
            Data::Ints(values) => {
                let kind = self.bound.kinds[column];
                let known = &mut truth.ints;
                // A column of ever new integers is not worth remembering.
                if known.len() > 1 << 20 {
                    known.clear();
                }
                let mut last = None;
                let mut found = select_packed(values, rows, |v| match last {
                    Some((seen, holds)) if seen == v => holds,
                    _ => {
                        let holds = match known.get(&v) {
                            Some(&holds) => holds,
                            None => {
                                let holds = truthy(&self.of_value(node, &of_kind(kind, v), None));
                                known.insert(v, holds);
                                holds
                            }
                        };
                        last = Some((v, holds));
                        holds
                    }
                });
                fix_missing(&mut found, rows, valid, missing);
                Some(found)
            }
            _ => None,
        };
        self.bound.truths.insert(key, truth);
        out
    }

    /// `input op constant` on numbers as they are stored; `None` where values have to be compared as values.
    fn compare(&mut self, input: usize, op: Binary, constant: &Value, rows: &Bitmap) -> Option<Bitmap> {
        let &Input::Column(column) = &self.bound.inputs[input] else { return None };
        let stored = self.chunk.column(column);
        let kind = self.bound.kinds[column];
        match &stored.data {
            Data::Ints(values) if matches!(kind, Kind::Int | Kind::Time) => {
                let (from, to, inside) = bounds(kind, op, constant)?;
                let mut out = rows.clone();
                if let Some(valid) = &stored.valid {
                    out.and(valid);
                }
                if from > to || values.max() < from || values.min() > to {
                    return Some(out.keep(!inside));
                }
                if values.min() >= from && values.max() <= to {
                    return Some(out.keep(inside));
                }
                Some(select_packed(values, &out, |v| (from <= v && v <= to) == inside))
            }
            Data::Decimals(..) | Data::Floats(_) => {
                let number = constant.number().filter(|n| n.abs() < 9e15)?;
                if matches!(constant, Value::Time(_)) {
                    return None;
                }
                let mut out = rows.clone();
                if let Some(valid) = &stored.valid {
                    out.and(valid);
                }
                let fits = |v: f64| v.partial_cmp(&number).is_some_and(|o| holds(op, o));
                Some(match &stored.data {
                    Data::Decimals(values, digits) => {
                        select_packed(values, &out, |v| fits(decimal(v, *digits)))
                    }
                    Data::Floats(values) => select(&out, |i| fits(values[i])),
                    _ => return None,
                })
            }
            _ => None,
        }
    }
}

/// The integers for which `integer op constant` holds: those inside the range, or those outside.
fn bounds(kind: Kind, op: Binary, constant: &Value) -> Option<(i64, i64, bool)> {
    let (at, next) = match kind {
        Kind::Time => (constant.time()?, false),
        _ if matches!(constant, Value::Time(_) | Value::Bool(_)) => return None,
        _ => match constant.integer() {
            Some(v) => (v, false),
            // Perhaps between two integers: then the lower one, and it is not equal.
            None => {
                let number = constant.number().filter(|n| n.abs() < 9e15)?;
                (number.floor() as i64, number.fract() != 0.0)
            }
        },
    };
    const EMPTY: (i64, i64, bool) = (1, 0, true);
    Some(match (op, next) {
        (Binary::Equal, false) => (at, at, true),
        (Binary::NotEqual, false) => (at, at, false),
        (Binary::Equal, true) => EMPTY,
        (Binary::NotEqual, true) => (i64::MIN, i64::MAX, true),
        (Binary::LessEqual, _) | (Binary::Less, true) => (i64::MIN, at, true),
        (Binary::Less, false) => at.checked_sub(1).map_or(EMPTY, |to| (i64::MIN, to, true)),
        (Binary::Greater, _) | (Binary::GreaterEqual, true) => {
            at.checked_add(1).map_or(EMPTY, |from| (from, i64::MAX, true))
        }
        (Binary::GreaterEqual, false) => (at, i64::MAX, true),
        _ => return None,
    })
}

fn turned(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        other => other,
    }
}

/// The rows of `rows` for which `f(row)` says yes.
pub(super) fn select(rows: &Bitmap, mut f: impl FnMut(usize) -> bool) -> Bitmap {
    let mut out = Bitmap::new(rows.len(), false);
    rows.for_each(|i| {
        if f(i) {
            out.set(i, true);
        }
    });
    out
}

/// The rows of `rows` whose value `f` says yes to.
fn select_packed(values: &Packed, rows: &Bitmap, mut f: impl FnMut(i64) -> bool) -> Bitmap {
    // Few rows: look each up. Many: go through all values in the order in which they lie.
    if rows.count() * 4 < rows.len() {
        return select(rows, |i| f(values.get(i)));
    }
    let mut out = rows.clone();
    values.for_each(|i, v| {
        if rows.get(i) && !f(v) {
            out.set(i, false);
        }
    });
    out
}

fn fix_missing(found: &mut Bitmap, rows: &Bitmap, valid: Option<&Bitmap>, missing: bool) {
    let Some(valid) = valid else { return };
    found.and(valid);
    if missing {
        let mut holes = rows.clone();
        holes.and_not(valid);
        found.or(&holes);
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    #[test]
    fn bounds_agree_with_the_comparison_of_values() {
        let operators = [
            Binary::Equal,
            Binary::NotEqual,
            Binary::Less,
            Binary::LessEqual,
            Binary::Greater,
            Binary::GreaterEqual,
        ];
        let constants = [
            Value::Int(0),
            Value::Int(i64::MAX),
            Value::Int(i64::MIN),
            Value::Float(2.5),
            Value::Float(-2.5),
            Value::Float(3.0),
            Value::Float(1e30),
            Value::text("3"),
            Value::text("2.5"),
            Value::text("3.0"),
            Value::text("x"),
            Value::text("1970-01-01T00:00:00.003Z"),
            Value::Bool(true),
            Value::Null,
        ];
        for kind in [Kind::Int, Kind::Time] {
            for op in operators {
                for constant in &constants {
                    let Some((from, to, inside)) = bounds(kind, op, constant) else { continue };
                    for v in [i64::MIN, -3, -2, 0, 1, 2, 3, 4, 2500, 3000, 3001, i64::MAX] {
                        let order: Option<Ordering> = of_kind(kind, v).compare(constant);
                        let expected = order.is_some_and(|o| holds(op, o));
                        assert_eq!(
                            (from <= v && v <= to) == inside,
                            expected,
                            "{kind:?} {v} {op:?} {constant:?}"
                        );
                    }
                }
            }
        }
    }
}
