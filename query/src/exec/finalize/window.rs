//! Window operators: those that make other rows (`unnest`, `fillmissing`), and those that look at the rows before
//! (`accum`, `autoregress`, `filldown`, `sessionize`).

use super::{
    super::{
        super::{
            kernels::{self, Num, num},
            plan::{MOST_BESIDE, Node, Op, Stage, WindowOperator, binning::Binning},
        },
        exact_sum,
        interner::{Interner, KeyTable, Map},
    },
    frame::{Frame, FrameColumn, RowScope},
    set::OtherRows,
};
use crate::Error;
use logloupe_syntax::tree::Outliers;
use logloupe_table::{Value, sort};

impl Frame {
    pub(super) fn table_step(&mut self, stage: &Stage, step: &WindowOperator) -> Result<(), Error> {
        // The rows that stand beside one are listed one after the other: all at once they may be too many to keep.
        let listed = match step {
            WindowOperator::Unnest { list: Node::Def(n), .. } => match stage.defs.get(*n) {
                Some(rows @ Node::Apply(Op::Rows(..), _)) => Some(rows),
                _ => None,
            },
            _ => None,
        };
        match listed {
            Some(rows) => self.compute(stage, rows),
            None => step.reads().into_iter().for_each(|node| self.compute(stage, node)),
        }
        match step {
            WindowOperator::Unnest { list, into } => self.unnest(listed.unwrap_or(list), *into)?,
            WindowOperator::Set { kind, all, of, into, rows, times, .. } => {
                self.combine((*kind, *all), of, into, &OtherRows { rows, times })?;
            }
            WindowOperator::Unmatched { row, held, rows, times, .. } => {
                self.add_unmatched(stage, *row, *held, *rows, times)?;
            }
            WindowOperator::Sessions { keys, pause, into } => self.sessions(stage, keys, *pause, *into)?,
            WindowOperator::FillMissing { keys, bin, binning, values } => {
                self.fill_missing(*keys, *bin, binning, values)?;
            }
            WindowOperator::FillDown(fields) => {
                fields.iter().for_each(|(of, into)| self.fill_down(of, *into))
            }
            WindowOperator::Accumulate { of, into } => {
                let mut sum = Sum::default();
                self.row_by_row(*into, |frame, row| {
                    sum.add(num(&frame.value(of, row)));
                    sum.value()
                });
            }
            WindowOperator::Totals { of, named, rows, columns } => self.totals(of, *named, *rows, *columns),
            WindowOperator::Lag { of, into } => {
                let before: Vec<Value> = self.order.iter().map(|row| self.value(of, *row)).collect();
                for &(lag, into) in into {
                    let mut values = vec![Value::Null; self.rows];
                    for (&row, value) in self.order.iter().skip(lag as usize).zip(&before) {
                        values[row as usize] = value.clone();
                    }
                    self.defs[into] = Some(FrameColumn::Values(values));
                }
            }
            WindowOperator::Shapes { ratio, severity } => self.shapes(*ratio, *severity),
            WindowOperator::Outlier { fields, how, mark } => self.outliers(fields, how, *mark),
            WindowOperator::Relevance { measures, into } => self.relevance(measures, *into),
            WindowOperator::Over(over) => self.over(over)?,
        }
        if self.rows.saturating_mul(self.width()) > self.limits.values {
            return Err("the query keeps too many rows side by side; filter first".into());
        }
        Ok(())
    }

    pub(super) fn value(&self, node: &Node, row: u32) -> Value {
        node.value(&mut RowScope { frame: self, row })
    }

    /// Fills a definition, row after row in their order.
    fn row_by_row(&mut self, into: usize, mut f: impl FnMut(&Frame, u32) -> Value) {
        let mut values = vec![Value::Null; self.rows];
        for &row in &self.order {
            values[row as usize] = f(self, row);
        }
        self.defs[into] = Some(FrameColumn::Values(values));
    }

    fn unnest(&mut self, list: &Node, into: usize) -> Result<(), Error> {
        let most = self.limits.values / (self.width() + 1);
        let (mut from, mut items) = (Vec::new(), Vec::new());
        for &row in &self.order {
            let mut found = kernels::items(&self.value(list, row));
            // A longer one may have been cut off.
            if found.len() as u64 > MOST_BESIDE || items.len() + found.len() > most {
                let what = match list {
                    Node::Apply(Op::Rows(..), _) => "the join gives too many rows",
                    _ => "the lists have too many items",
                };
                return Err(format!("{what}; filter first").into());
            }
            items.append(&mut found);
            from.resize(items.len(), Some(row));
        }
        self.settle(&from);
        self.defs[into] = Some(FrameColumn::Values(items));
        Ok(())
    }

    /// The number of each row's combination of values; `None` where one is missing.
    pub(super) fn combinations(&self, keys: &[Node]) -> Vec<Option<u32>> {
        let mut interners: Vec<Interner> = (0..keys.len()).map(|k| Interner::new(k as u64 + 1)).collect();
        let mut tables: Vec<KeyTable> = keys.iter().map(|_| KeyTable::new(0x9e37_79b9)).collect();
        let mut numbers = vec![0; keys.len()];
        let of_row = |row: &u32| {
            for ((number, key), interner) in numbers.iter_mut().zip(keys).zip(&mut interners) {
                *number = interner.number(&self.value(key, *row));
                if *number == 0 {
                    return None;
                }
            }
            let fold = |at: u32, (table, number): (&mut KeyTable, &u32)| {
                table.number((at as u64) << 32 | *number as u64)
            };
            Some(tables.iter_mut().zip(&numbers).fold(0, fold))
        };
        self.order.iter().map(of_row).collect()
    }

    fn sessions(&mut self, stage: &Stage, keys: &[Node], pause: i64, into: usize) -> Result<(), Error> {
        let column = match &self.times {
            Some(_) => None,
            None => Some(self.time_input(stage).ok_or(
                "`sessionize` needs a column of times; keep one, for example `stats … by bin(1m), user`",
            )?),
        };
        let time = |row: u32| match (&self.times, column) {
            (Some(times), _) => times[row as usize].0,
            (None, Some(column)) => self.inputs[column].as_ref().and_then(|c| c.get(row).time()),
            (None, None) => None,
        };
        let all = self.order.iter().zip(self.combinations(keys));
        let mut rows: Vec<(i64, u32, u32)> =
            all.filter_map(|(row, combination)| Some((time(*row)?, *row, combination?))).collect();
        // Rows of the same time stand in the order of file and place, however they are sorted otherwise.
        sort::by(&mut rows, |a, b| {
            let place = || match &self.times {
                Some(times) => {
                    let ((_, file, record), (_, other, place)) = (&times[a.1 as usize], &times[b.1 as usize]);
                    file.sort_cmp(other).then_with(|| record.cmp(place))
                }
                None => std::cmp::Ordering::Equal,
            };
            a.0.cmp(&b.0).then_with(place)
        });
        let mut last: Map<u32, (i64, i64)> = Map::default();
        let mut values = vec![Value::Null; self.rows];
        let mut sessions = 0;
        for (time, row, combination) in rows {
            let session = last.entry(combination).or_insert((i64::MIN, 0));
            if session.1 == 0 || time.saturating_sub(session.0) > pause {
                sessions += 1;
                session.1 = sessions;
            }
            session.0 = time;
            values[row as usize] = Value::Int(session.1);
        }
        self.defs[into] = Some(FrameColumn::Values(values));
        Ok(())
    }

    fn fill_missing(
        &mut self,
        keys: usize,
        bin: usize,
        binning: &Binning,
        values: &[(Node, Value)],
    ) -> Result<(), Error> {
        let index = |row: u32| {
            let time = self.inputs.get(bin)?.as_ref()?.get(row).time()?;
            Some(binning.index(time))
        };
        // A combination of the other keys, missing values included, and the first row that has it.
        let others: Vec<usize> = (0..keys).filter(|k| *k != bin).collect();
        let mut interners: Vec<Interner> = others.iter().map(|k| Interner::new(*k as u64 + 1)).collect();
        let mut combinations: Map<Vec<u32>, u32> = Map::default();
        let mut examples: Vec<u32> = Vec::new();
        let mut present: Map<(u32, i64), ()> = Map::default();
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        for &row in &self.order {
            let Some(interval) = index(row) else { continue };
            (first, last) = (first.min(interval), last.max(interval));
            let number = |(k, interner): (&usize, &mut Interner)| {
                interner
                    .number(self.inputs.get(*k).and_then(Option::as_ref).map_or(&Value::Null, |c| c.get(row)))
            };
            let numbers: Vec<u32> = others.iter().zip(&mut interners).map(number).collect();
            let next = examples.len() as u32;
            let combination = *combinations.entry(numbers).or_insert(next);
            if combination == next {
                examples.push(row);
            }
            present.insert((combination, interval), ());
        }
        if examples.is_empty() {
            return Ok(());
        }
        let intervals = last.saturating_sub(first).saturating_add(1) as u64;
        let rows = intervals.saturating_mul(examples.len() as u64);
        if rows.saturating_mul(self.width() as u64) > self.limits.values as u64 {
            let message = format!("`fillmissing` would make {rows} rows; use a wider `bin` or fewer keys");
            return Err(message.into());
        }
        let mut from: Vec<Option<u32>> = self.order.iter().map(|row| Some(*row)).collect();
        let mut made: Vec<(u32, i64)> = Vec::new();
        for (combination, example) in examples.iter().enumerate() {
            for interval in first..=last {
                if !present.contains_key(&(combination as u32, interval)) {
                    made.push((*example, interval));
                }
            }
        }
        let keys_of: Vec<Vec<Value>> = others
            .iter()
            .map(|k| {
                let column = self.inputs.get(*k).and_then(Option::as_ref);
                made.iter().map(|(row, _)| column.map_or(Value::Null, |c| c.get(*row).clone())).collect()
            })
            .collect();
        let old = from.len();
        from.resize(old + made.len(), None);
        self.settle(&from);
        for (k, of) in others.iter().zip(keys_of) {
            self.set(&Node::Input(*k), old, of);
        }
        let starts = made.iter().map(|(_, interval)| Value::Time(binning.start(*interval))).collect();
        self.set(&Node::Input(bin), old, starts);
        for (node, value) in values {
            self.set(node, old, vec![value.clone(); made.len()]);
        }
        self.ties = (0..keys).collect();
        self.sort(&[], None);
        Ok(())
    }

    fn fill_down(&mut self, of: &Node, into: usize) {
        let mut last = Value::Null;
        self.row_by_row(into, |frame, row| {
            let value = frame.value(of, row);
            if !value.is_null() {
                last = value;
            }
            last.clone()
        });
    }

    fn totals(&mut self, of: &[Node], named: bool, rows: Option<usize>, columns: bool) {
        let is_number =
            |value: &Value| !matches!(value, Value::Time(_) | Value::Bool(_)) && num(value).is_some();
        let counts = |node: &Node| {
            let mut values = self.order.iter().map(|row| self.value(node, *row)).filter(|v| !v.is_null());
            let Some(first) = values.next() else { return named };
            named || is_number(&first) && values.all(|v| is_number(&v))
        };
        let mut of: Vec<Node> = of.iter().filter(|node| counts(node)).cloned().collect();
        if let Some(into) = rows {
            self.row_by_row(into, |frame, row| {
                let mut sum = Sum::default();
                of.iter().for_each(|node| sum.add(num(&frame.value(node, row))));
                sum.value()
            });
            of.push(Node::Def(into));
        }
        if !columns {
            return;
        }
        let total = |node: &Node| {
            let mut sum = Sum::default();
            self.order.iter().for_each(|row| sum.add(num(&self.value(node, *row))));
            sum.value()
        };
        let totals: Vec<Value> = of.iter().map(total).collect();
        let mut from: Vec<Option<u32>> = self.order.iter().map(|row| Some(*row)).collect();
        from.push(None);
        self.settle(&from);
        for (node, total) in of.iter().zip(totals) {
            self.set(node, self.rows - 1, vec![total]);
        }
    }

    fn outliers(&mut self, fields: &[(Node, Option<usize>)], how: &Outliers, mark: Option<usize>) {
        let mut far = vec![false; self.rows];
        for (node, into) in fields {
            let numbers: Vec<Option<f64>> =
                self.order.iter().map(|row| num(&self.value(node, *row)).map(Num::float)).collect();
            let (low, high) = bounds(numbers.iter().copied().flatten().collect(), how);
            let mut moved = vec![Value::Null; self.rows];
            for (&row, number) in self.order.iter().zip(&numbers) {
                let bound = match number {
                    Some(n) if *n > high => Some(high),
                    Some(n) if *n < low => Some(low),
                    _ => None,
                };
                far[row as usize] |= bound.is_some();
                moved[row as usize] = bound.map_or_else(|| self.value(node, row), Value::Float);
            }
            if let Some(into) = into {
                self.defs[*into] = Some(FrameColumn::Values(moved));
            }
        }
        if let Some(mark) = mark {
            self.defs[mark] = Some(FrameColumn::Values(far.iter().map(|f| Value::Bool(*f)).collect()));
        }
        if how.remove {
            self.order.retain(|row| !far[*row as usize]);
        }
    }

    /// How many columns there are, those that are always required included.
    pub(super) fn width(&self) -> usize {
        self.inputs.iter().chain(&self.defs).flatten().count() + 4
    }

    /// Makes new rows, each with the values of an old one; with none where there is none.
    pub(super) fn settle(&mut self, from: &[Option<u32>]) {
        for column in self.inputs.iter_mut().chain(&mut self.defs).flatten() {
            match column {
                FrameColumn::Keyed(key) => {
                    let missing = key.values.iter().position(Value::is_null).unwrap_or_else(|| {
                        key.values.push(Value::Null);
                        key.values.len() - 1
                    });
                    let index = |row: &Option<u32>| row.map_or(missing as u32, |row| key.index[row as usize]);
                    key.index = from.iter().map(index).collect();
                }
                FrameColumn::Values(values) => {
                    let value = |row: &Option<u32>| row.map_or(Value::Null, |r| values[r as usize].clone());
                    *values = from.iter().map(value).collect();
                }
            }
        }
        if let Some(times) = &mut self.times {
            let time = |row: &Option<u32>| row.map_or((None, Value::Null, 0), |r| times[r as usize].clone());
            *times = from.iter().map(time).collect();
        }
        self.rows = from.len();
        self.order = (0..from.len() as u32).collect();
        self.ties.clear();
    }

    /// Gives the rows from number `row` on these values in a column that is there.
    pub(super) fn set(&mut self, node: &Node, row: usize, values: Vec<Value>) {
        let column = match node {
            Node::Input(n) => self.inputs.get_mut(*n),
            Node::Def(n) => self.defs.get_mut(*n),
            _ => None,
        };
        let Some(Some(column)) = column else { return };
        if let FrameColumn::Keyed(key) = column {
            *column =
                FrameColumn::Values(key.index.iter().map(|i| key.values[*i as usize].clone()).collect());
        }
        if let FrameColumn::Values(all) = column {
            all.truncate(row);
            all.extend(values);
            all.resize(self.rows, Value::Null);
        }
    }
}

/// An exact sum of what may be integers and floats.
#[derive(Default)]
struct Sum {
    whole: i128,
    floats: Option<exact_sum::Expansion>,
    any: bool,
}

impl Sum {
    fn add(&mut self, number: Option<Num>) {
        match number {
            Some(Num::Int(v)) => self.whole += v as i128,
            Some(Num::Float(v)) => exact_sum::add(self.floats.get_or_insert_default(), v),
            None => return,
        }
        self.any = true;
    }
    fn value(&self) -> Value {
        match &self.floats {
            _ if !self.any => Value::Null,
            None => i64::try_from(self.whole).map_or(Value::Float(self.whole as f64), Value::Int),
            Some(floats) => {
                let mut all = floats.clone();
                exact_sum::add_int(&mut all, self.whole);
                Num::Float(exact_sum::round(&all)).value()
            }
        }
    }
}

/// The smallest and the largest value that is no outlier: so many interquartile ranges from the quartiles, which are
/// nearest ranks as those of `pct`.
fn bounds(mut numbers: Vec<f64>, how: &Outliers) -> (f64, f64) {
    numbers.sort_unstable_by(f64::total_cmp);
    let rank = |quarters: usize| {
        let at = (numbers.len() * quarters).div_ceil(4).saturating_sub(1);
        numbers.get(at).copied()
    };
    let (Some(first), Some(third)) = (rank(1), rank(3)) else { return (f64::NEG_INFINITY, f64::INFINITY) };
    let far = (third - first) * how.factor;
    (if how.lower { first - far } else { f64::NEG_INFINITY }, third + far)
}
