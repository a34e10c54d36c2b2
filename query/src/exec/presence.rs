//! Which of the names that a plan reads the rows of a shard have, once its [`Job`](super::Job) has made columns of all
//! JSON paths: a fact about every row, of whatever time, of the logs that are asked.

use logloupe_syntax::{
    Diagnostic,
    presence::{Found, Presence},
};
use logloupe_table::{Shard, Table, Value, json_paths::NoJson, partition::Partition};

use super::{
    Plan,
    bound::{Input, own_column, resolve},
};
use crate::plan::Asked;

/// What the shard's rows have of each name. The names are the same on every shard, as their plans are.
pub fn presence(plan: &Plan, shard: &Shard) -> Vec<Presence> {
    if let Some(remark) = plan.absent.clone() {
        // Of a log that is not loaded no name has a value; that goes without saying.
        return vec![Presence { found: Found::Nowhere, remark }];
    }
    let mut all: Vec<(&str, Presence)> = Vec::new();
    for asked in &plan.asked {
        let tables = shard.tables.iter().filter(|table| table.rows() > 0 && plan.asks(table.format()));
        let found = tables.map(|table| found(asked, shard, table)).max().unwrap_or(Found::Nowhere);
        match all.iter_mut().find(|(name, _)| *name == asked.name()) {
            // A name whose kind of value is asked for besides.
            Some((_, known)) if known.found >= found => {}
            Some((_, known)) => *known = Presence { found, remark: remark(plan, asked, found) },
            None => all.push((asked.name(), Presence { found, remark: remark(plan, asked, found) })),
        }
    }
    all.into_iter().map(|(_, presence)| presence).collect()
}

/// What the rows of a table, of which there are some, have of a name.
fn found(asked: &Asked, shard: &Shard, table: &Table) -> Found {
    let has_values = match resolve(table, &shard.sources, &asked.input, &NoJson) {
        Ok(Input::Const(value)) => value != Value::Null,
        Ok(Input::Column(column)) => table.chunks().iter().any(|chunk| chunk.column(column).has_values()),
        Ok(Input::Message | Input::Source | Input::Position(_) | Input::Duplicate) => true,
        Err(_) => false,
    };
    match has_values {
        true => Found::Values,
        false if own_column(table, asked.name()).is_some() || asked.name().starts_with('@') => Found::Empty,
        false => Found::Nowhere,
    }
}

fn remark(plan: &Plan, asked: &Asked, found: Found) -> Diagnostic {
    let of = plan.sources().map_or(String::new(), |ids| format!(" of {}", ids.join(" or ")));
    let (what, help) = match (found, Partition::of_input(&asked.input)) {
        (Found::Nowhere, None) => ("a field", asked.help.clone()),
        (Found::Nowhere, Some(_)) => {
            ("a value for", "neither the log has it nor a key in the path of its file".to_owned())
        }
        _ => ("a value for", String::new()),
    };
    let message = format!("no loaded record{of} has {what} `{}`", asked.name());
    Diagnostic::warning(asked.span.clone(), message).help(help)
}
