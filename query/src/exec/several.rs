//! Keys with several values in a row: the row stands in the group of each of its combinations of values, once in each.
//! Only for keys that read such a field; rows with a single value of it go the way of all others.

use super::{
    super::plan::{Node, combinations},
    eval::Eval,
    vector::{CodeValues, Vector},
};
use logloupe_table::Value;

/// What the error says when there are too many combinations.
pub(super) const TOO_MANY_COMBINATIONS: &str = "a row has too many combinations of values to be grouped by; group by fewer fields that have several values";

/// Rows of which each stands as often as its keys have combinations of values.
pub(super) struct Spread {
    /// Per row, its place in the list of rows that was spread.
    pub(super) origins: Vec<u32>,
    /// Per key, the value that each row has in it; nothing where that is the row's own.
    pub(super) picks: Vec<Vec<Option<Value>>>,
}

impl Spread {
    /// Spreads `rows` over the values of `keys`; nothing if each row has single values. The error says that they are too
    /// many.
    pub(super) fn of<'b>(
        keys: &'b [Node],
        eval: &mut Eval<'_, 'b>,
        rows: &[u32],
    ) -> Result<Option<Spread>, crate::Error> {
        let base = eval.base.clone();
        let several: Vec<usize> =
            (0..keys.len()).filter(|k| eval.bound.may_have_several(&keys[*k])).collect();
        let vectors: Vec<_> = several.iter().map(|k| eval.eval(&keys[*k], &base)).collect();
        let is_several = |row: &u32| vectors.iter().any(|vector| is_several(eval, vector, *row as usize));
        if !rows.iter().any(is_several) {
            return Ok(None);
        }
        let mut spread = Spread { origins: Vec::new(), picks: vec![Vec::new(); keys.len()] };
        for (origin, row) in (0u32..).zip(rows) {
            if !is_several(row) {
                spread.origins.push(origin);
                several.iter().for_each(|k| spread.picks[*k].push(None));
                continue;
            }
            let values: Vec<Value> = vectors.iter().map(|vector| eval.at(vector, *row as usize)).collect();
            let done = combinations(&values, &mut |values| {
                spread.origins.push(origin);
                several.iter().zip(values).for_each(|(k, value)| spread.picks[*k].push(Some(value.clone())));
            });
            if !done {
                return Err(TOO_MANY_COMBINATIONS.into());
            }
        }
        Ok(Some(spread))
    }
    /// The items of a list for each of the rows.
    pub(super) fn each(&self, list: &[u32]) -> Vec<u32> {
        self.origins.iter().map(|origin| list[*origin as usize]).collect()
    }
}

fn is_several(eval: &Eval<'_, '_>, vector: &Vector<'_>, i: usize) -> bool {
    match vector {
        Vector::Codes { valid, .. } if valid.is_some_and(|v| !v.get(i)) => false,
        Vector::Codes { codes, of: CodeValues::Column(column), .. } => {
            eval.table.dictionary(*column).is_several(codes.get(i) as u32)
        }
        Vector::Codes { codes, of: CodeValues::Memo { node, .. }, .. } => {
            let memo = eval.bound.memos.get(node).and_then(|memo| memo.values.get(codes.get(i) as usize));
            matches!(memo, Some(Some(Value::Several(_))))
        }
        Vector::Values(values) => matches!(values.get(i), Some(Value::Several(_))),
        Vector::Const(value) => matches!(value, Value::Several(_)),
        _ => false,
    }
}

/// Leaves each group of a row once; the entries of one row stand together.
pub(super) fn once_per_row(rows: &mut Vec<u32>, groups: &mut Vec<u32>) {
    let (mut kept, mut start) = (0, 0);
    while start < rows.len() {
        let end = start + rows[start..].iter().take_while(|row| **row == rows[start]).count();
        groups[start..end].sort_unstable();
        for at in start..end {
            if at == start || groups[at] != groups[kept - 1] {
                (rows[kept], groups[kept]) = (rows[at], groups[at]);
                kept += 1;
            }
        }
        start = end;
    }
    rows.truncate(kept);
    groups.truncate(kept);
}
