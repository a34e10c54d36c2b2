//! The log that a query is about: another engine has one table or log group for each.

use super::Unsupported;
use logloupe_query::plan::{Catalog, Plan};
use logloupe_table::external::{Log, Logs};

/// The logs that the plan may ask, at least one.
pub(super) fn candidates(plan: &Plan, catalog: &Catalog, logs: &dyn Logs) -> Result<Vec<Log>, Unsupported> {
    let mut all = logs.logs();
    all.retain(|log| match plan.sources() {
        Some(ids) => ids.iter().any(|id| id == log.id),
        None => catalog.has_format(log.id),
    });
    if plan.sources().is_none() {
        // A log that lacks a field that is asked for is hardly meant; one that may have it as a path is, if no other.
        let sure = |log: &Log| plan.fields().iter().all(|name| log.knows(name));
        let perhaps = |log: &Log| plan.fields().iter().all(|name| log.json || log.knows(name));
        let some = all.iter().any(sure);
        all.retain(|log| if some { sure(log) } else { perhaps(log) });
    }
    if all.is_empty() {
        return Err(Unsupported::new(
            "the query",
            "no single log has all fields that it asks for",
            "name one log: `SOURCE cloudtrail | …`",
        ));
    }
    Ok(all)
}

/// The one log that the plan asks. Of several that it may ask, the other engine may `have` one alone: nothing else can be meant there.
pub(super) fn asked(
    plan: &Plan,
    catalog: &Catalog,
    logs: &dyn Logs,
    have: impl Fn(&Log) -> bool,
) -> Result<Log, Unsupported> {
    let mut all = candidates(plan, catalog, logs)?;
    let only = match all.iter().filter(|log| have(log)).count() {
        _ if all.len() == 1 => Some(0),
        1 => all.iter().position(have),
        _ => None,
    };
    if let Some(only) = only {
        return Ok(all.swap_remove(only));
    }
    const TOLD: usize = 6;
    let ids: Vec<&str> = all.iter().map(|log| log.id).collect();
    // One more would be as long as to say that there is one more.
    let told = if ids.len() > TOLD + 1 { TOLD } else { ids.len() };
    let mut told = ids[..told].join(", ");
    if ids.len() > TOLD + 1 {
        told = format!("{told} and {} others", ids.len() - TOLD);
    }
    Err(Unsupported::new(
        "a query of several logs",
        format!("it may mean {told}, and each is kept in a table or log group of its own"),
        format!("name the one that is meant: `SOURCE {} | …`", ids[0]),
    ))
}
