//! Vectorised evaluation of expressions over the rows of one chunk. The general case computes operands and applies the
//! operator row by row. Faster cases are tried before it: once per dictionary entry, or on packed integers.

use std::{borrow::Cow, rc::Rc};

use super::{
    super::{
        kernels::truthy,
        plan::{Node, Op, Stage},
    },
    bound::{Bound, Depends, Input, id},
    vector::{CodeValues, Vector, text},
};
use logloupe_syntax::tree::Binary;
use logloupe_table::{Bitmap, Chunk, Data, Kind, Table, Value, schema::SOURCE};

/// One chunk being evaluated.
pub(super) struct Eval<'t, 'b> {
    pub(super) stage: &'b Stage,
    pub(super) table: &'t Table,
    pub(super) chunk: &'t Chunk,
    pub(super) bound: &'b mut Bound,
    /// The rows that definitions are computed for: those that passed the steps so far.
    pub(super) base: Bitmap,
    pub(super) defs: Vec<Option<Rc<Vector<'t>>>>,
}

impl<'t, 'b> Eval<'t, 'b> {
    pub(super) fn new(
        stage: &'b Stage,
        table: &'t Table,
        chunk: &'t Chunk,
        bound: &'b mut Bound,
        base: Bitmap,
    ) -> Self {
        Eval { stage, table, chunk, bound, base, defs: vec![None; stage.defs.len()] }
    }

    /// The values of `node` at the rows of `rows`.
    pub(super) fn eval(&mut self, node: &'b Node, rows: &Bitmap) -> Rc<Vector<'t>> {
        match node {
            Node::Const(value) => Rc::new(Vector::Const(value.clone())),
            Node::Input(n) => Rc::new(self.input(*n, rows)),
            Node::Def(n) => {
                if let Some(Some(done)) = self.defs.get(*n) {
                    return done.clone();
                }
                // Later uses may ask for more rows than this one, but never for more than the base.
                let base = self.base.clone();
                let vector = self.eval(&self.stage.defs[*n], &base);
                self.defs[*n] = Some(vector.clone());
                vector
            }
            Node::Apply(op, args) => Rc::new(self.apply(node, op, args, rows)),
        }
    }

    fn apply(&mut self, node: &'b Node, op: &'b Op, args: &'b [Node], rows: &Bitmap) -> Vector<'t> {
        if let Depends::Column(column) = self.bound.depends(node)
            && self.bound.is_text(column)
        {
            let stored = self.chunk.column(column);
            match &stored.data {
                Data::Codes(codes) => {
                    let of = CodeValues::Memo { node: id(node), column };
                    self.remember(node, column, codes, stored.valid.as_ref(), rows);
                    return Vector::Codes { codes, valid: stored.valid.as_ref(), of };
                }
                Data::Nulls => return Vector::Const(self.of_code(node, column, None)),
                _ => {}
            }
        }
        if matches!(
            op,
            Op::And | Op::Or | Op::Not | Op::Compare(_) | Op::In(..) | Op::Contains(..) | Op::Matches(..)
        ) {
            let holds = self.filter(node, rows);
            let mut values = vec![0i64; self.chunk.rows];
            holds.for_each(|i| values[i] = 1);
            return Vector::Ints { kind: Kind::Bool, values, valid: None };
        }
        if let (Op::Extract(extractor), [Node::Input(n)]) = (op, args)
            && self.bound.inputs[*n] == Input::Message
        {
            let mut values = vec![Value::Null; self.chunk.rows];
            self.chunk.raw.for_each(|i| rows.get(i), |i, record| values[i] = extractor.extract(record));
            return Vector::Values(values);
        }
        let vectors: Vec<Rc<Vector<'t>>> = args.iter().map(|a| self.eval(a, rows)).collect();
        if let Some(fast) = typed(op, &vectors, rows) {
            return fast;
        }
        if vectors.iter().all(|v| matches!(**v, Vector::Const(_))) {
            let values: Vec<Value> = vectors.iter().map(|v| self.at(v, 0)).collect();
            return Vector::Const(op.apply(&values));
        }
        let mut out = vec![Value::Null; self.chunk.rows];
        let mut values = vec![Value::Null; vectors.len()];
        rows.for_each(|i| {
            for (value, vector) in values.iter_mut().zip(&vectors) {
                *value = self.at(vector, i);
            }
            out[i] = op.apply(&values);
        });
        Vector::Values(out)
    }

    fn input(&mut self, n: usize, rows: &Bitmap) -> Vector<'t> {
        let chunk = self.chunk;
        match &self.bound.inputs[n] {
            Input::Const(value) => Vector::Const(value.clone()),
            Input::Column(column) => self.column(*column),
            Input::Message => {
                let mut values = vec![Value::Null; chunk.rows];
                chunk.raw.for_each(|i| rows.get(i), |i, record| values[i] = text(record));
                Vector::Values(values)
            }
            Input::Source => {
                let sources = chunk.column(SOURCE);
                let mut values = vec![Value::Null; chunk.rows];
                rows.for_each(|i| {
                    let source = sources.int(i).and_then(|s| self.bound.names.get(s as usize));
                    values[i] = source.cloned().unwrap_or_default();
                });
                Vector::Values(values)
            }
            Input::Position(column) => {
                let (sources, places) = (chunk.column(SOURCE), chunk.column(*column));
                let mut values = vec![0; chunk.rows];
                rows.for_each(|i| values[i] = position(&self.bound.sources, sources, places, *column, i));
                Vector::Ints { kind: Kind::Int, values, valid: None }
            }
            Input::Duplicate => {
                let duplicates = self.table.duplicates();
                let is = |i| duplicates.is_some_and(|d| d.get(chunk.first_row + i)) as i64;
                Vector::Ints { kind: Kind::Bool, values: (0..chunk.rows).map(is).collect(), valid: None }
            }
        }
    }

    fn column(&self, column: usize) -> Vector<'t> {
        let stored = self.chunk.column(column);
        let valid = stored.valid.as_ref();
        match &stored.data {
            Data::Nulls => Vector::Const(Value::Null),
            Data::Ints(values) => Vector::Packed { kind: self.bound.kinds[column], values, valid },
            Data::Decimals(values, digits) => Vector::Decimals { values, digits: *digits, valid },
            Data::Floats(values) => {
                Vector::Floats { values: Cow::Borrowed(values), valid: valid.map(Cow::Borrowed) }
            }
            Data::Codes(codes) => Vector::Codes { codes, valid, of: CodeValues::Column(column) },
            Data::Plain { ends, bytes } => Vector::Plain { ends, bytes, valid },
        }
    }

    /// The value of row `i`.
    pub(super) fn at(&self, vector: &Vector<'_>, i: usize) -> Value {
        match vector {
            Vector::Codes { codes, valid, of } => {
                let code = valid.is_none_or(|v| v.get(i)).then(|| codes.get(i) as u32);
                self.code_value(*of, code)
            }
            other => other.get(i).unwrap_or_default(),
        }
    }

    /// What a code stands for; a memoised value was computed when its vector was made.
    pub(super) fn code_value(&self, of: CodeValues, code: Option<u32>) -> Value {
        match (of, code) {
            (CodeValues::Column(column), Some(code)) => self.table.dictionary(column).value(code),
            (CodeValues::Column(_), None) => Value::Null,
            (CodeValues::Memo { node, .. }, code) => {
                let memo = self.bound.memos.get(&node);
                let value = memo.and_then(|m| match code {
                    Some(code) => m.values.get(code as usize)?.clone(),
                    None => m.missing.clone(),
                });
                value.unwrap_or_default()
            }
        }
    }

    /// Computes `node` for every entry that a selected row has.
    fn remember(
        &mut self,
        node: &'b Node,
        column: usize,
        codes: &logloupe_table::packed::Packed,
        valid: Option<&Bitmap>,
        rows: &Bitmap,
    ) {
        let key = id(node);
        let mut memo = self.bound.memos.remove(&key).unwrap_or_default();
        memo.values.resize(self.table.dictionary(column).len().max(memo.values.len()), None);
        rows.for_each(|i| {
            if valid.is_none_or(|v| v.get(i)) {
                let code = codes.get(i) as usize;
                if memo.values[code].is_none() {
                    memo.values[code] = Some(self.of_code(node, column, Some(code as u32)));
                }
            } else if memo.missing.is_none() {
                memo.missing = Some(self.of_code(node, column, None));
            }
        });
        self.bound.memos.insert(key, memo);
    }

    /// The value of `node`, which depends on `column` alone, for one entry of its dictionary.
    pub(super) fn of_code(&mut self, node: &'b Node, column: usize, code: Option<u32>) -> Value {
        let entry = code.map_or(Value::Null, |c| self.table.dictionary(column).value(c));
        self.of_value(node, &entry, code)
    }

    /// The value of `node`, which depends on one column alone, where that column has `entry`.
    pub(super) fn of_value(&mut self, node: &'b Node, entry: &Value, code: Option<u32>) -> Value {
        match node {
            Node::Const(value) => value.clone(),
            Node::Input(n) => match &self.bound.inputs[*n] {
                Input::Const(value) => value.clone(),
                _ => entry.clone(),
            },
            Node::Def(n) => {
                // Definitions refer to definitions; remembering each keeps a chain of them from growing like a tree.
                let def = &self.stage.defs[*n];
                let known =
                    code.and_then(|c| self.bound.memos.get(&id(def))?.values.get(c as usize)?.clone());
                if let Some(known) = known {
                    return known;
                }
                let value = self.of_value(def, entry, code);
                if let Some(code) = code {
                    let memo = self.bound.memos.entry(id(def)).or_default();
                    if memo.values.len() <= code as usize {
                        memo.values.resize(code as usize + 1, None);
                    }
                    memo.values[code as usize] = Some(value.clone());
                }
                value
            }
            Node::Apply(Op::And, args) => {
                Value::Bool(args.iter().all(|a| truthy(&self.of_value(a, entry, code))))
            }
            Node::Apply(Op::Or, args) => {
                Value::Bool(args.iter().any(|a| truthy(&self.of_value(a, entry, code))))
            }
            Node::Apply(op, args) => {
                let values: Vec<Value> = args.iter().map(|a| self.of_value(a, entry, code)).collect();
                op.apply(&values)
            }
        }
    }
}

/// `@line` or `@record` of a row: what is stored counts from where the shard's part of the file begins.
pub(super) fn position(
    sources: &[logloupe_table::Source],
    numbers: &logloupe_table::Column,
    places: &logloupe_table::Column,
    column: usize,
    i: usize,
) -> i64 {
    let source = numbers.int(i).and_then(|s| sources.get(s as usize));
    let first = source
        .map_or(0, |s| if column == logloupe_table::schema::LINE { s.first_line } else { s.first_record });
    places.int(i).unwrap_or(0).saturating_add(first as i64)
}

/// Operators on integers and floats without making values of them; `None` where that would not be exact.
fn typed<'t>(op: &Op, args: &[Rc<Vector<'t>>], rows: &Bitmap) -> Option<Vector<'t>> {
    match (op, args) {
        (Op::Floor(bins), [time]) => {
            let Vector::Packed { kind: Kind::Time, values, valid } = &**time else { return None };
            // Events come roughly in order: most fall into the interval of the one before.
            let mut out = values.to_vec();
            let (mut from, mut to) = (0i64, 0i64);
            for v in &mut out {
                if !(from..to).contains(v) {
                    let index = bins.index(*v);
                    (from, to) = (bins.start(index), bins.start(index.saturating_add(1)));
                }
                *v = from;
            }
            Some(Vector::Ints { kind: Kind::Time, values: out, valid: valid.map(Cow::Borrowed) })
        }
        (Op::Arithmetic(op), [a, b]) => arithmetic(*op, a, b, rows),
        _ => None,
    }
}

fn arithmetic<'t>(op: Binary, a: &Vector<'t>, b: &Vector<'t>, rows: &Bitmap) -> Option<Vector<'t>> {
    // One stored column and one constant is what most queries compare; anything else takes the general case.
    let (values, valid, other, left) = match (a, b) {
        (Vector::Packed { kind: Kind::Int, values, valid }, Vector::Const(c)) => (values, valid, c, true),
        (Vector::Const(c), Vector::Packed { kind: Kind::Int, values, valid }) => (values, valid, c, false),
        _ => return None,
    };
    let &Value::Int(c) = other else { return None };
    let mut out = vec![0i64; rows.len()];
    let valid = valid.map(Cow::Borrowed);
    if op == Binary::Divide && left && c != 0 {
        let mut floats = vec![0f64; rows.len()];
        rows.for_each(|i| floats[i] = values.get(i) as f64 / c as f64);
        return Some(Vector::Floats { values: Cow::Owned(floats), valid });
    }
    let f: fn(i64, i64) -> Option<i64> = match op {
        Binary::Add => i64::checked_add,
        Binary::Subtract => i64::checked_sub,
        Binary::Multiply => i64::checked_mul,
        Binary::Modulo => i64::checked_rem,
        _ => return None,
    };
    let mut exact = true;
    rows.for_each(|i| {
        let v = values.get(i);
        match if left { f(v, c) } else { f(c, v) } {
            Some(v) => out[i] = v,
            None => exact = false,
        }
    });
    exact.then_some(Vector::Ints { kind: Kind::Int, values: out, valid })
}
