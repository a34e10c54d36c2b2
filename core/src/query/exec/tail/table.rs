//! Steps over rows side by side: those that make other rows, and those that look at the rows before.

use super::{
    super::{
        super::{
            functions,
            plan::{Node, Stage, TableStep},
        },
        group::MOST_VALUES,
    },
    sheet::{Column, RowScope, Sheet},
};
use crate::table::Value;

impl Sheet {
    pub(super) fn table_step(&mut self, stage: &Stage, step: &TableStep) -> Result<(), String> {
        step.reads().into_iter().for_each(|node| self.compute(stage, node));
        match step {
            TableStep::Unnest { list, into } => self.unnest(list, *into),
        }
    }

    fn unnest(&mut self, list: &Node, into: usize) -> Result<(), String> {
        let most = MOST_VALUES / (self.width() + 1);
        let (mut from, mut items) = (Vec::new(), Vec::new());
        for &row in &self.order {
            items.append(&mut functions::items(&list.value(&mut RowScope { sheet: self, row })));
            if items.len() > most {
                return Err("the lists have too many items; filter first".to_owned());
            }
            from.resize(items.len(), Some(row));
        }
        self.settle(&from);
        self.defs[into] = Some(Column::Values(items));
        Ok(())
    }

    /// How many columns there are, those that are always carried included.
    fn width(&self) -> usize {
        self.inputs.iter().chain(&self.defs).flatten().count() + 4
    }

    /// Makes new rows, each with the values of an old one; with none where there is none.
    fn settle(&mut self, from: &[Option<u32>]) {
        for column in self.inputs.iter_mut().chain(&mut self.defs).flatten() {
            match column {
                Column::Keyed(key) => {
                    let missing = key.values.iter().position(Value::is_null).unwrap_or_else(|| {
                        key.values.push(Value::Null);
                        key.values.len() - 1
                    });
                    let index = |row: &Option<u32>| row.map_or(missing as u32, |row| key.index[row as usize]);
                    key.index = from.iter().map(index).collect();
                }
                Column::Values(values) => {
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
}
