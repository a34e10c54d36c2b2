//! The log that a query is about: another engine has one table or log group for each.

use super::Unsupported;
use crate::{
    external::ExternalSchema,
    query::plan::{Catalog, Plan, catalog::BUILT_IN},
    table::Field,
};

/// A log with its names here and elsewhere.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its id.
    pub id: &'static str,
    /// The vendor's name for it.
    pub title: &'static str,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Whether any path of its records is a field.
    pub json: bool,
    /// What other engines call it.
    pub external: Option<&'static ExternalSchema>,
}

/// Tells of logs, so that explaining a query needs to know no format.
pub trait Logs {
    /// All logs that there are.
    fn logs(&self) -> Vec<Log>;
}

impl Log {
    /// The column that a name means, as a table would find it.
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        let exact = |f: &&Field| f.name == name || f.aliases.contains(&name);
        (self.fields.iter().find(|f| f.name == name))
            .or_else(|| self.fields.iter().find(exact))
            .or_else(|| self.fields.iter().find(|f| f.answers_to(name)))
    }
    fn knows(&self, name: &str) -> bool {
        BUILT_IN.contains(&name) || self.field(name).is_some()
    }
}

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

/// The one log that the plan asks.
pub(super) fn asked(plan: &Plan, catalog: &Catalog, logs: &dyn Logs) -> Result<Log, Unsupported> {
    let mut all = candidates(plan, catalog, logs)?;
    if all.len() == 1 {
        return Ok(all.remove(0));
    }
    let ids: Vec<&str> = all.iter().map(|log| log.id).collect();
    Err(Unsupported::new(
        "a query of several logs",
        format!("it may mean {}, and each is kept in a table or log group of its own", ids.join(", ")),
        format!("name the one that is meant: `SOURCE {} | …`", ids[0]),
    ))
}
