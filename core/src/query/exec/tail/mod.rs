//! The steps after the merge: on groups, or on the rows that shards let through. The tables are small, so this is
//! plain code over values; only the first look at many groups (sort, cut) minds its speed.
//!
//! Reading order: this file, `sheet` (rows in columns; dropping and grouping them), `order` (sorting), `table` (steps
//! over rows side by side), `shapes` (of texts), `relevance` (which fields tell rows apart).

mod order;
mod relevance;
mod shapes;
mod sheet;
mod table;

use self::sheet::{Column, Sheet};
use super::{
    super::{
        plan::{Node, Plan},
        result::ResultTable,
    },
    partial::{Body, Candidate, Groups, Partial, RowRef},
    rows::Carried,
};

/// The answer of a query whose rows are no events any more; the error says why there is none.
pub fn finalize(plan: &Plan, partial: Partial) -> Result<ResultTable, String> {
    if let Some(failure) = partial.failure {
        return Err(failure);
    }
    let first = &plan.stages[0];
    let mut sheet = match (partial.body, &first.group) {
        (Body::Groups(groups), Some(group)) => Sheet::of_groups(groups, &group.aggregates),
        // A shard without tables has neither groups nor rows; what counts rows still says none.
        (body, group) => {
            let rows = if let Body::Rows(rows) = body { rows } else { Vec::new() };
            let sheet = cut(plan, rows)?.0;
            match group {
                Some(group) => sheet.group(first, group),
                None => return Ok(sheet.table(first, plan)),
            }
        }
    };
    for stage in &plan.stages[1..] {
        sheet.run(stage, &stage.steps)?;
        match &stage.group {
            Some(group) => sheet = sheet.group(stage, group),
            None => return Ok(sheet.table(stage, plan)),
        }
    }
    Ok(ResultTable::default())
}

/// The events that a query with `limit` or `dedup` lets through, in order; `None` when all selected events are the
/// answer.
pub fn survivors(plan: &Plan, partial: Partial) -> Option<Vec<RowRef>> {
    if !plan.is_rows() || plan.is_selection() {
        return None;
    }
    let Body::Rows(rows) = partial.body else { return Some(Vec::new()) };
    let (sheet, ids) = cut(plan, rows).ok()?;
    Some(sheet.order.iter().map(|r| ids[*r as usize]).collect())
}

/// The groups of some rows of one shard, where each row is for itself.
pub(super) fn groups_of_rows(plan: &Plan, rows: Vec<Candidate>) -> Result<Option<Groups>, String> {
    let stage = &plan.stages[0];
    let Some(group) = &stage.group else { return Ok(None) };
    Ok(Some(cut(plan, rows)?.0.groups(stage, group)))
}

/// Runs the steps of the first stage that need all rows in order.
fn cut(plan: &Plan, mut rows: Vec<Candidate>) -> Result<(Sheet, Vec<RowRef>), String> {
    let stage = &plan.stages[0];
    let (Some(carried), Some(cut)) = (Carried::of(plan), plan.cut()) else {
        return Ok((Sheet::default(), Vec::new()));
    };
    rows.sort_by(|a, b| carried.compare(a, b).then_with(|| a.id.shard.cmp(&b.id.shard)));
    let mut sheet = Sheet {
        rows: rows.len(),
        inputs: stage.inputs.iter().map(|_| None).collect(),
        defs: stage.defs.iter().map(|_| None).collect(),
        order: (0..rows.len() as u32).collect(),
        ..Sheet::default()
    };
    sheet.times = Some(rows.iter().map(|r| (r.time, r.source.clone(), r.record)).collect());
    for (at, node) in carried.nodes.iter().enumerate() {
        let column = Some(Column::Values(rows.iter().map(|r| r.values[at].clone()).collect()));
        match node {
            Node::Input(n) => sheet.inputs[*n] = column,
            Node::Def(n) => sheet.defs[*n] = column,
            _ => {}
        }
    }
    sheet.run(stage, &stage.steps[cut..])?;
    Ok((sheet, rows.into_iter().map(|r| r.id).collect()))
}
