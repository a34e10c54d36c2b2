//! The hash aggregate: any aggregates by any keys. Each row of a table is given the number of its group; accumulators
//! are indexed by that number.

use crate::Error;
use crate::limits::{Limits, TOO_MANY_VALUES};

use super::{
    super::plan::{AggregateCall, Group, Node},
    accumulators::{Accumulators, Distinct, DistinctMode, KmvSketch, hash},
    eval::{Eval, position},
    interner::KeyTable,
    keys::{Encoder, Keys, TableContext},
    merge::unify,
    partial::Groups,
    several::{Spread, once_per_row},
    vector::{Vector, of_kind},
};
use logloupe_table::{
    Bitmap, Table, Value,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

/// The hash aggregate of one table.
pub(super) struct HashAggregate {
    keys: Keys,
    aggregates: Vec<AggregateState>,
    rows: Vec<u32>,
    groups: Vec<u32>,
    /// Whether a key may have several values in a row.
    spreads: bool,
    limits: Limits,
}

struct AggregateState {
    accumulators: Accumulators,
    /// Of what asks for distinct values: they are gathered as numbers.
    distinct: Option<Numbered>,
}

/// Pairs of group and number of a value.
struct Numbered {
    ask: DistinctMode,
    encoder: Encoder,
    pairs: KeyTable,
    /// How often each pair occurred, if that is asked.
    counts: Vec<u64>,
    /// What is left of pairs that became too many.
    sketch: Option<KmvSketch>,
    seed: u64,
}

impl HashAggregate {
    pub(super) fn new(group: &Group, parts: &TableContext<'_>) -> HashAggregate {
        let encoders = group.keys.iter().map(|k| Encoder::new(k, parts)).collect();
        let aggregating = |call: &AggregateCall| {
            let mut accumulators = Accumulators::of(call);
            accumulators.grow(group.keys.is_empty() as usize);
            let distinct = match (&accumulators, &call.arg) {
                (Accumulators::Distinct(distinct), Some(arg)) => Some(Numbered {
                    ask: distinct.ask(),
                    encoder: Encoder::new(arg, parts),
                    pairs: KeyTable::new(parts.seed),
                    counts: Vec::new(),
                    sketch: None,
                    seed: parts.seed,
                }),
                _ => None,
            };
            AggregateState { accumulators, distinct }
        };
        HashAggregate {
            keys: Keys::new(encoders, parts.seed),
            aggregates: group.aggregates.iter().map(aggregating).collect(),
            rows: Vec::new(),
            groups: Vec::new(),
            spreads: group.keys.iter().any(|key| parts.bound.may_have_several(key)),
            limits: *parts.limits,
        }
    }

    /// Takes in the selected rows of a chunk; the error says which limit was reached.
    pub(super) fn take<'b>(
        &mut self,
        group: &'b Group,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
    ) -> Result<(), Error> {
        if rows.none() {
            return Ok(());
        }
        self.rows.clear();
        rows.for_each(|i| self.rows.push(i as u32));
        let spread = if self.spreads { Spread::of(&group.keys, eval, &self.rows)? } else { None };
        if let Some(spread) = &spread {
            self.rows = spread.each(&self.rows);
        }
        self.keys.groups(&group.keys, eval, &self.rows, spread.as_ref(), &mut self.groups);
        if spread.is_some() {
            once_per_row(&mut self.rows, &mut self.groups);
        }
        let groups = self.keys.len();
        if groups > self.limits.groups {
            return Err(self.limits.too_many_groups().into());
        }
        let calls = group.aggregates.iter().zip(&mut self.aggregates);
        for (call, aggregating) in calls.filter(|(call, _)| call.same_as.is_none()) {
            aggregating.accumulators.grow(groups);
            aggregating.take(call, eval, rows, (&self.rows, &self.groups, spread.is_some()), &self.limits)?;
        }
        if self.aggregates.iter().map(AggregateState::weight).sum::<usize>() > self.limits.kept {
            return Err(TOO_MANY_VALUES.into());
        }
        Ok(())
    }

    pub(super) fn finish(self, table: &Table) -> Groups {
        let (keys, alike) = self.keys.columns(table);
        let limits = &self.limits;
        let states = self.aggregates.into_iter().map(|a| a.finish(table, limits)).collect();
        let groups = Groups { groups: self.keys.len(), keys, states, truncated: None };
        if alike { unify(groups, limits) } else { groups }
    }
}

impl AggregateState {
    fn take<'b>(
        &mut self,
        call: &'b AggregateCall,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
        (list, groups, spread): (&[u32], &[u32], bool),
        limits: &Limits,
    ) -> Result<(), Error> {
        let Some(arg) = &call.arg else {
            self.accumulators.count_rows(groups);
            return Ok(());
        };
        if let Some(numbered) = &mut self.distinct {
            return numbered.take(arg, eval, (list, groups, spread), limits);
        }
        let vector = eval.eval(arg, rows);
        if self.accumulators.is_timed() {
            self.at_times(eval, &vector, list, groups);
            return Ok(());
        }
        // Rows that are spread are not those of the chunk, however many they are.
        if !spread && self.accumulators.add_vector(groups, list, &vector, limits) {
            return Ok(());
        }
        match &*vector {
            Vector::Const(Value::Null) => {}
            Vector::Codes { codes, valid, of } => {
                // Text is turned into a value once per entry, not once per row.
                let mut values: Vec<Option<Value>> = Vec::new();
                for (&group, &row) in groups.iter().zip(list) {
                    let i = row as usize;
                    if valid.is_some_and(|v| !v.get(i)) {
                        self.accumulators.add(group, &eval.code_value(*of, None), limits);
                        continue;
                    }
                    let code = codes.get(i) as usize;
                    if values.len() <= code {
                        values.resize(code + 1, None);
                    }
                    let value = values[code].get_or_insert_with(|| eval.code_value(*of, Some(code as u32)));
                    self.accumulators.add(group, value, limits);
                }
            }
            Vector::Packed { kind, values, valid: None } => {
                for (&group, &row) in groups.iter().zip(list) {
                    self.accumulators.add(group, &of_kind(*kind, values.get(row as usize)), limits);
                }
            }
            other => {
                for (&group, &row) in groups.iter().zip(list) {
                    self.accumulators.add(group, &eval.at(other, row as usize), limits);
                }
            }
        }
        Ok(())
    }

    fn at_times(&mut self, eval: &Eval<'_, '_>, vector: &Vector<'_>, list: &[u32], groups: &[u32]) {
        let (times, sources) = (eval.chunk.column(TIMESTAMP), eval.chunk.column(SOURCE));
        let records = eval.chunk.column(RECORD);
        let missing = Value::Null;
        let untimed = self.accumulators.time_of_untimed();
        for (&group, &row) in groups.iter().zip(list) {
            let i = row as usize;
            let Some(time) = times.int(i).or(untimed) else { continue };
            let source = sources.int(i).and_then(|s| eval.bound.names.get(s as usize)).unwrap_or(&missing);
            let record = position(&eval.bound.sources, sources, records, RECORD, i);
            self.accumulators.add_at(group, (time, source, record), &|| eval.at(vector, i));
        }
    }

    fn weight(&self) -> usize {
        self.distinct.as_ref().map_or(0, |d| d.pairs.len()) + self.accumulators.weight()
    }

    fn finish(self, table: &Table, limits: &Limits) -> Accumulators {
        match self.distinct {
            Some(numbered) => Accumulators::Distinct(numbered.finish(table, limits)),
            None => self.accumulators,
        }
    }
}

impl Numbered {
    fn take<'b>(
        &mut self,
        arg: &'b Node,
        eval: &mut Eval<'_, 'b>,
        (list, groups, is_spread): (&[u32], &[u32], bool),
        limits: &Limits,
    ) -> Result<(), Error> {
        let several = eval.bound.may_have_several(arg);
        let spread = if several { Spread::of(std::slice::from_ref(arg), eval, list)? } else { None };
        let numbers = match &spread {
            // In their places: a row's numbers stand together, as its groups do.
            Some(spread) => {
                let (rows, mut numbers) = (spread.each(list), vec![0u64; spread.origins.len()]);
                self.encoder.encode(arg, eval, &rows, 0, Some(&spread.picks[0]), &mut numbers);
                let mut pairs: Vec<(u32, u64)> = spread.origins.iter().copied().zip(numbers).collect();
                pairs.sort_unstable();
                pairs.dedup();
                pairs.into_iter().map(|(origin, number)| (groups[origin as usize], number)).collect()
            }
            None => {
                let mut numbers = vec![0u64; list.len()];
                let picks = is_spread.then_some(&[][..]);
                self.encoder.encode(arg, eval, list, 0, picks, &mut numbers);
                groups.iter().copied().zip(numbers).collect::<Vec<_>>()
            }
        };
        for (group, number) in numbers {
            if number != 0 {
                let at = self.pairs.number((group as u64) << 32 | number) as usize;
                if self.ask == DistinctMode::TopK {
                    self.counts.resize(self.pairs.len(), 0);
                    self.counts[at] += 1;
                }
            }
        }
        if self.ask == DistinctMode::Count && self.pairs.len() > limits.exact_pairs {
            self.estimate(eval.table);
        }
        Ok(())
    }

    /// Turns the pairs into estimates and forgets them, and the values that only they asked for.
    fn estimate(&mut self, table: &Table) {
        let sketch = self.sketch.get_or_insert_default();
        for key in self.pairs.keys() {
            // A name that a table does not have is encoded like any other: a missing value is none.
            let value = self.encoder.value(table, *key & 0xffff_ffff);
            if !value.is_null() {
                sketch.add((key >> 32) as u32, hash(&value));
            }
        }
        self.pairs = KeyTable::new(self.seed);
        self.encoder.forget(self.seed);
    }

    fn finish(mut self, table: &Table, limits: &Limits) -> Distinct {
        if self.sketch.is_some() {
            self.estimate(table);
        }
        if let Some(sketch) = self.sketch {
            return Distinct::estimated(sketch);
        }
        // Only values that occur cross to other shards; what looks the same is the same.
        let mut used = KeyTable::new(0x2545_f491_4f6c_dd1d);
        let numbered: Vec<(u32, u32)> =
            self.pairs.keys().iter().map(|k| ((k >> 32) as u32, used.number(*k & 0xffff_ffff))).collect();
        let values: Vec<Value> = used.keys().iter().map(|n| self.encoder.value(table, *n)).collect();
        Distinct::of_pairs(self.ask, values, numbered, self.counts, limits)
    }
}
