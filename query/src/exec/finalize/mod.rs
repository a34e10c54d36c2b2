//! Finalize: the operators after the merge, on groups or on the rows that shards let through. The tables are small, so
//! this is plain code over values; only the first `sort` and `limit` over many groups are written for speed.
//!
//! Reading order: this file, `frame` (rows in columns; dropping and grouping them), `sort`, `window` (operators
//! over rows side by side), `over` (window functions), `set` (rows of two queries together), `patterns` (shapes of texts),
//! `relevance` (which fields tell rows apart).

mod frame;
mod over;
mod patterns;
mod relevance;
mod set;
mod sort;
mod window;

use self::frame::{Frame, FrameColumn};
use super::{
    super::plan::{Node, Plan},
    partial::{Body, Groups, Partial, RowRef, SurvivorRow},
    required_columns::RequiredColumns,
};
use crate::Error;
use logloupe_table::ResultTable;

/// The answer of a query whose rows are no events any more; the error says why there is none.
///
/// # Errors
/// When a shard failed, or an operator after the merge reached a limit.
pub fn finalize(plan: &Plan, partial: Partial) -> Result<ResultTable, Error> {
    if let Some(failure) = partial.failure {
        return Err(failure.into());
    }
    let first = &plan.stages[0];
    let mut frame = match (partial.body, &first.group) {
        (Body::Groups(groups), Some(group)) => Frame::of_groups(groups, &group.aggregates, plan.limits),
        // A shard without tables has neither groups nor rows; what counts rows still says none.
        (body, group) => {
            let rows = if let Body::Rows(rows) = body { rows } else { Vec::new() };
            let frame = cut(plan, rows)?.0;
            match group {
                Some(group) => frame.group(first, group)?,
                None => return Ok(frame.table(first, plan)),
            }
        }
    };
    for stage in &plan.stages[1..] {
        frame.run(stage, &stage.steps)?;
        match &stage.group {
            Some(group) => frame = frame.group(stage, group)?,
            None => return Ok(frame.table(stage, plan)),
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
    let (frame, ids) = cut(plan, rows).ok()?;
    Some(frame.order.iter().map(|r| ids[*r as usize]).collect())
}

/// The groups of some rows of one shard, where each row is for itself.
pub(super) fn groups_of_rows(plan: &Plan, rows: Vec<SurvivorRow>) -> Result<Option<Groups>, Error> {
    let stage = &plan.stages[0];
    let Some(group) = &stage.group else { return Ok(None) };
    cut(plan, rows)?.0.groups(stage, group).map(Some)
}

/// Runs the steps of the first stage that need all rows in order.
fn cut(plan: &Plan, mut rows: Vec<SurvivorRow>) -> Result<(Frame, Vec<RowRef>), Error> {
    let stage = &plan.stages[0];
    let (Some(required), Some(cut)) = (RequiredColumns::of(plan), plan.cut()) else {
        return Ok((Frame::default(), Vec::new()));
    };
    logloupe_table::sort::by(&mut rows, |a, b| {
        required.compare(a, b).then_with(|| a.id.shard.cmp(&b.id.shard))
    });
    let mut frame = Frame {
        rows: rows.len(),
        inputs: stage.inputs.iter().map(|_| None).collect(),
        defs: stage.defs.iter().map(|_| None).collect(),
        order: (0..rows.len() as u32).collect(),
        limits: plan.limits,
        ..Frame::default()
    };
    frame.times = Some(rows.iter().map(|r| (r.time, r.source.clone(), r.record)).collect());
    for (at, node) in required.nodes.iter().enumerate() {
        let column = Some(FrameColumn::Values(rows.iter().map(|r| r.values[at].clone()).collect()));
        match node {
            Node::Input(n) => frame.inputs[*n] = column,
            Node::Def(n) => frame.defs[*n] = column,
            _ => {}
        }
    }
    frame.run(stage, &stage.steps[cut..])?;
    Ok((frame, rows.into_iter().map(|r| r.id).collect()))
}
