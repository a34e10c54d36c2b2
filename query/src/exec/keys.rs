//! Group keys of one table, encoded as integers: each key becomes a small code, the codes of a row are packed into 64
//! bits, and the packed key is interned as a group. Codes are decoded to values once per group, at the end.

use std::rc::Rc;

use crate::limits::Limits;

use super::{
    super::plan::{Node, Op, Stage, binning::Binning},
    bound::{Bound, Input},
    eval::Eval,
    interner::{Interner, KeyTable},
    partial::KeyColumn,
    several::Spread,
    vector::{CodeValues, Vector, of_kind, plain, text},
};
use logloupe_table::{Chunk, Data, Kind, Table, Value, packed::Packed};

/// What an encoding is chosen by.
#[derive(Clone, Copy)]
pub(super) struct TableContext<'p> {
    pub(super) stage: &'p Stage,
    pub(super) bound: &'p Bound,
    pub(super) table: &'p Table,
    /// How many chunks the job looks at.
    pub(super) chunks: usize,
    pub(super) seed: u64,
    pub(super) limits: &'p Limits,
}

/// How the values of one key become codes; 0 is the missing value.
enum Encoding {
    /// Code in the column's dictionary, plus one.
    Code(usize),
    /// Distance from the smallest value, plus one.
    Range { column: usize, kind: Kind, from: i64 },
    /// Distance of the interval from the first one, plus one.
    Bin { column: usize, bins: Binning, first: i64 },
    /// The same value in every row.
    Same(Value),
    /// By what the value displays as; numbers of codes are remembered.
    Interned { interner: Box<Interner>, codes: Vec<u32> },
}

/// One key of one table.
pub(super) struct Encoder {
    encoding: Encoding,
    /// How many bits its numbers need.
    pub(super) bits: u32,
}

impl Encoder {
    /// The encoding of `node`.
    pub(super) fn new(node: &Node, of: &TableContext<'_>) -> Encoder {
        let &TableContext { stage, bound, table, chunks, seed, .. } = of;
        let (encoding, bits) = Encoding::of(node, stage, bound, table, &table.chunks()[..chunks])
            .unwrap_or_else(|| {
                (Encoding::Interned { interner: Box::new(Interner::new(seed)), codes: Vec::new() }, 32)
            });
        Encoder { encoding, bits }
    }

    /// ORs the codes of `node`, for which this was made, at `rows`, shifted left by `shift`, into `out`. Where rows are
    /// [spread](super::several::Spread), `picks` are the values that stand for the rows' own, if any do.
    pub(super) fn encode<'b>(
        &mut self,
        node: &'b Node,
        eval: &mut Eval<'_, 'b>,
        rows: &[u32],
        shift: u32,
        picks: Option<&[Option<Value>]>,
        out: &mut [u64],
    ) {
        match &mut self.encoding {
            Encoding::Same(_) => out.iter_mut().for_each(|k| *k |= 1 << shift),
            Encoding::Code(column) | Encoding::Range { column, .. } | Encoding::Bin { column, .. } => {
                let stored = eval.chunk.column(*column);
                let (Data::Ints(values) | Data::Codes(values)) = &stored.data else { return };
                let valid = stored.valid.as_ref();
                let all = picks.is_none() && rows.len() == eval.chunk.rows;
                match &self.encoding {
                    Encoding::Code(_) => write(values, rows, all, shift, out, |v| v as u64 + 1),
                    Encoding::Range { from, .. } => {
                        write(values, rows, all, shift, out, |v| v.wrapping_sub(*from) as u64 + 1);
                    }
                    Encoding::Bin { bins, first, .. } => {
                        let (mut start, mut end, mut number) = (0, 0, 0);
                        write(values, rows, all, shift, out, |v| {
                            // Events come roughly in order: most fall into the interval of the one before.
                            if !(start..end).contains(&v) {
                                let index = bins.index(v);
                                (start, end) = (bins.start(index), bins.start(index.saturating_add(1)));
                                number = index.wrapping_sub(*first) as u64 + 1;
                            }
                            number
                        });
                    }
                    _ => {}
                }
                if let Some(valid) = valid {
                    let mask = !(ones(self.bits) << shift);
                    out.iter_mut()
                        .zip(rows)
                        .filter(|(_, i)| !valid.get(**i as usize))
                        .for_each(|(k, _)| *k &= mask);
                }
            }
            Encoding::Interned { interner, codes: known } => {
                let base = eval.base.clone();
                let vector: Rc<Vector<'_>> = eval.eval(node, &base);
                for (place, (k, &row)) in out.iter_mut().zip(rows).enumerate() {
                    let i = row as usize;
                    let pick = picks.and_then(|picks| picks.get(place)?.as_ref());
                    let number = match &*vector {
                        _ if let Some(value) = pick => interner.number(value),
                        Vector::Codes { codes, valid, of } if valid.is_none_or(|v| v.get(i)) => {
                            let code = codes.get(i) as usize;
                            if known.len() <= code {
                                known.resize(code + 1, u32::MAX);
                            }
                            if known[code] == u32::MAX {
                                known[code] = match of {
                                    CodeValues::Column(c) if !eval.table.dictionary(*c).has_several() => {
                                        interner.text(eval.table.dictionary(*c).get(code as u32))
                                    }
                                    other => interner.number(&eval.code_value(*other, Some(code as u32))),
                                };
                            }
                            known[code]
                        }
                        Vector::Plain { ends, bytes, valid } if valid.is_none_or(|v| v.get(i)) => {
                            interner.text(plain(ends, bytes, i))
                        }
                        other => interner.number(&eval.at(other, i)),
                    };
                    *k |= (number as u64) << shift;
                }
            }
        }
    }

    /// Whether two numbers could stand for values that look the same: entries of a dictionary whose invalid bytes are
    /// shown replaced.
    fn may_look_the_same(&self, table: &Table, numbers: &[u64]) -> bool {
        let Encoding::Code(column) = self.encoding else { return false };
        let entry = |n: &u64| table.dictionary(column).get(n.saturating_sub(1) as u32);
        numbers.iter().any(|n| std::str::from_utf8(entry(n)).is_err())
    }

    /// Forgets the values it has given numbers to, where it holds them itself; they get new numbers.
    pub(super) fn forget(&mut self, seed: u64) {
        if let Encoding::Interned { interner, codes } = &mut self.encoding {
            **interner = Interner::new(seed);
            codes.clear();
        }
    }

    /// Whether numbers that differ always stand for values that look different.
    pub(super) fn tells_apart(&self, table: &Table) -> bool {
        let Encoding::Code(column) = self.encoding else { return true };
        table.dictionary(column).is_text()
    }

    /// The number of what looks like `value`, if some row could have it.
    pub(super) fn number(&self, table: &Table, value: &Value) -> Option<u64> {
        if let Encoding::Same(same) = &self.encoding {
            let alike = same.is_null() == value.is_null() && same.to_string() == value.to_string();
            return alike.then_some(1);
        }
        if value.is_null() {
            return Some(0);
        }
        let shown = value.to_string();
        let stored = |kind: Kind| {
            let v = match kind {
                Kind::Bool => shown.parse().map(|v: bool| v as i64).ok()?,
                Kind::Time => logloupe_table::time::parse_iso(shown.as_bytes())?,
                _ => shown.parse().ok()?,
            };
            (of_kind(kind, v).to_string() == shown).then_some(v)
        };
        let distance = match &self.encoding {
            Encoding::Same(_) => return None,
            Encoding::Code(column) => table.dictionary(*column).find(shown.as_bytes())? as i64,
            Encoding::Range { kind, from, .. } => stored(*kind)?.checked_sub(*from)?,
            Encoding::Bin { bins, first, .. } => {
                let time = stored(Kind::Time)?;
                let index = bins.index(time);
                (bins.start(index) == time).then(|| index.checked_sub(*first))??
            }
            Encoding::Interned { interner, .. } => interner.find(shown.as_bytes())? as i64 - 1,
        };
        let number = u64::try_from(distance).ok()?.checked_add(1)?;
        (number <= ones(self.bits)).then_some(number)
    }

    /// The value that a number stands for.
    pub(super) fn value(&self, table: &Table, number: u64) -> Value {
        let Some(distance) = number.checked_sub(1) else { return Value::Null };
        match &self.encoding {
            Encoding::Code(column) => text(table.dictionary(*column).get(distance as u32)),
            Encoding::Range { kind, from, .. } => of_kind(*kind, from.wrapping_add(distance as i64)),
            Encoding::Bin { bins, first, .. } => Value::Time(bins.start(first.wrapping_add(distance as i64))),
            Encoding::Same(value) => value.clone(),
            Encoding::Interned { interner, .. } => interner.value(number as u32),
        }
    }
}

#[inline]
fn write(
    values: &Packed,
    rows: &[u32],
    all: bool,
    shift: u32,
    out: &mut [u64],
    mut f: impl FnMut(i64) -> u64,
) {
    if all {
        values.for_each(|i, v| out[i] |= f(v) << shift);
    } else {
        out.iter_mut().zip(rows).for_each(|(k, &i)| *k |= f(values.get(i as usize)) << shift);
    }
}

impl Encoding {
    /// A way without looking at values, where there is one.
    fn of(
        node: &Node,
        stage: &Stage,
        bound: &Bound,
        table: &Table,
        chunks: &[Chunk],
    ) -> Option<(Encoding, u32)> {
        let input = |node: &Node| match node {
            Node::Input(n) => bound.inputs.get(*n).cloned(),
            _ => None,
        };
        let range = |column: usize| {
            let ranges = chunks.iter().filter_map(|c| c.column(column).range());
            ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0, 0))
        };
        match node {
            Node::Const(value) => Some((Encoding::Same(value.clone()), 1)),
            Node::Def(n) => Encoding::of(&stage.defs[*n], stage, bound, table, chunks),
            Node::Apply(Op::Floor(bins), args) => {
                let Some(Input::Column(column)) = input(&args[0]) else { return None };
                if bound.kinds[column] != Kind::Time {
                    return None;
                }
                let (from, to) = range(column);
                let first = bins.index(from);
                let bits = bits_for(bins.index(to).checked_sub(first)?)?;
                Some((Encoding::Bin { column, bins: *bins, first }, bits))
            }
            Node::Apply(..) => None,
            Node::Input(_) => match input(node)? {
                Input::Const(value) if value.is_null() => Some((Encoding::Same(Value::Null), 1)),
                Input::Const(value) => Some((Encoding::Same(value), 1)),
                // A row may be in several groups of these.
                Input::Column(column) if table.dictionary(column).has_several() => None,
                Input::Column(column) if bound.is_text(column) => {
                    // Text that is not in the dictionary has no code.
                    let coded = |c: &Chunk| matches!(c.column(column).data, Data::Codes(_) | Data::Nulls);
                    let entries = table.dictionary(column).len() as i64;
                    chunks.iter().all(coded).then_some((Encoding::Code(column), bits_for(entries)?))
                }
                Input::Column(column) if bound.kinds[column] != Kind::Float => {
                    let (from, to) = range(column);
                    let bits = bits_for(to.checked_sub(from)?)?;
                    Some((Encoding::Range { column, kind: bound.kinds[column], from }, bits))
                }
                _ => None,
            },
        }
    }
}

/// Bits for the numbers 0 to `distance + 1`.
fn bits_for(distance: i64) -> Option<u32> {
    let most = u64::try_from(distance).ok()?.checked_add(1)?;
    Some(64 - most.leading_zeros()).filter(|b| *b <= 32)
}

pub(super) fn ones(bits: u32) -> u64 {
    if bits >= 64 { !0 } else { (1 << bits) - 1 }
}

/// All keys of one table: rows to numbers of groups.
pub(super) struct Keys {
    encoders: Vec<Encoder>,
    /// Keys whose numbers together fit 64 bits. The number of the groups so far stands before each but the first.
    parts: Vec<KeyPart>,
    scratch: Vec<u64>,
    seed: u64,
}

struct KeyPart {
    /// Which keys, and where in the 64 bits each begins.
    keys: Vec<(usize, u32)>,
    index: KeyIndex,
}

enum KeyIndex {
    /// Number of each possible key; few are possible.
    Dense {
        numbers: Vec<u32>,
        keys: Vec<u64>,
    },
    Table(KeyTable),
}

/// Up to this many bits a table of all possible keys is smaller than one of those that occur.
const DENSE_BITS: u32 = 16;
/// The same for the distinct values of one key, which are looked up once per group.
const DENSE_DISTINCT_BITS: u32 = 20;

impl Keys {
    pub(super) fn new(encoders: Vec<Encoder>, seed: u64) -> Keys {
        let mut parts: Vec<(Vec<(usize, u32)>, u32)> = Vec::new();
        for (k, encoder) in encoders.iter().enumerate() {
            match parts.last_mut() {
                Some((keys, used)) if *used + encoder.bits <= 64 => {
                    keys.push((k, *used));
                    *used += encoder.bits;
                }
                None => parts.push((vec![(k, 0)], encoder.bits)),
                Some(_) => parts.push((vec![(k, 32)], 32 + encoder.bits)),
            }
        }
        let part = |(keys, bits): (Vec<(usize, u32)>, u32)| KeyPart {
            keys,
            index: KeyIndex::new(bits, DENSE_BITS, seed),
        };
        Keys { encoders, parts: parts.into_iter().map(part).collect(), scratch: Vec::new(), seed }
    }

    /// The groups of `rows`, in that order, into `out`; `nodes` are the keys. `spread` is where the rows come from, if they
    /// are in several groups each.
    pub(super) fn groups<'b>(
        &mut self,
        nodes: &'b [Node],
        eval: &mut Eval<'_, 'b>,
        rows: &[u32],
        spread: Option<&Spread>,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        out.resize(rows.len(), 0);
        for (p, part) in self.parts.iter_mut().enumerate() {
            self.scratch.clear();
            match p {
                0 => self.scratch.resize(rows.len(), 0),
                _ => self.scratch.extend(out.iter().map(|g| *g as u64)),
            }
            for &(k, shift) in &part.keys {
                let picks = spread.map(|spread| spread.picks[k].as_slice());
                self.encoders[k].encode(&nodes[k], eval, rows, shift, picks, &mut self.scratch);
            }
            // Decided once per chunk, not once per row.
            match &mut part.index {
                KeyIndex::Table(table) => table.numbers(&self.scratch, out),
                dense => {
                    out.iter_mut().zip(&self.scratch).for_each(|(group, key)| *group = dense.number(*key))
                }
            }
        }
    }

    /// How many groups there are; one when there is no key.
    pub(super) fn len(&self) -> usize {
        self.parts.last().map_or(1, |p| p.index.keys().len())
    }

    /// Per key the distinct values and, for each group, which of them it has; and whether some of the values may look
    /// the same.
    pub(super) fn columns(&self, table: &Table) -> (Vec<KeyColumn>, bool) {
        let mut numbers: Vec<Vec<u64>> = vec![vec![0; self.len()]; self.encoders.len()];
        let mut at: Vec<u32> = (0..self.len() as u32).collect();
        for (p, part) in self.parts.iter().enumerate().rev() {
            let keys = part.index.keys();
            for (group, at) in at.iter_mut().enumerate() {
                let key = keys[*at as usize];
                for &(k, shift) in &part.keys {
                    numbers[k][group] = key >> shift & ones(self.encoders[k].bits);
                }
                if p > 0 {
                    *at = key as u32;
                }
            }
        }
        let mut alike = false;
        let column = |(encoder, numbers): (&Encoder, Vec<u64>)| {
            let (column, may) = distinct(encoder, numbers.into_iter(), table, self.seed);
            alike |= may;
            column
        };
        (self.encoders.iter().zip(numbers).map(column).collect(), alike)
    }
}

/// The distinct values among an encoder's `numbers`, and which of them each has; and whether some may look the same.
pub(super) fn distinct(
    encoder: &Encoder,
    numbers: impl ExactSizeIterator<Item = u64>,
    table: &Table,
    seed: u64,
) -> (KeyColumn, bool) {
    let dense = if numbers.len() < 1 << DENSE_BITS { DENSE_BITS } else { DENSE_DISTINCT_BITS };
    let mut distinct = KeyIndex::new(encoder.bits, dense, seed);
    let index: Vec<u32> = numbers.map(|n| distinct.number(n)).collect();
    let alike = encoder.may_look_the_same(table, distinct.keys());
    let values = distinct.keys().iter().map(|n| encoder.value(table, *n)).collect();
    (KeyColumn { values, index }, alike)
}

impl KeyIndex {
    fn new(bits: u32, dense: u32, seed: u64) -> KeyIndex {
        if bits <= dense {
            KeyIndex::Dense { numbers: vec![u32::MAX; 1 << bits], keys: Vec::new() }
        } else {
            KeyIndex::Table(KeyTable::for_bits(bits, seed))
        }
    }
    #[inline]
    fn number(&mut self, key: u64) -> u32 {
        match self {
            KeyIndex::Dense { numbers, keys } => {
                let number = &mut numbers[key as usize];
                if *number == u32::MAX {
                    *number = keys.len() as u32;
                    keys.push(key);
                }
                *number
            }
            KeyIndex::Table(table) => table.number(key),
        }
    }
    fn keys(&self) -> &[u64] {
        match self {
            KeyIndex::Dense { keys, .. } => keys,
            KeyIndex::Table(table) => table.keys(),
        }
    }
}
