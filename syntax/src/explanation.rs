//! A query explained, as plain data: its steps in prose, and its text for other engines. `logloupe-query` makes it.

use serde::{Deserialize, Serialize};

/// Where a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunsAt {
    /// On each part of the data, at the same time: a part is what one worker or thread holds.
    Parts,
    /// Where the answers of the parts become one.
    Merge,
    /// Once, on the merged whole.
    Whole,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Where it runs.
    pub place: RunsAt,
    /// What it does: a sentence without a full stop that begins with the verb.
    pub text: String,
}

/// A query for Athena.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AthenaQuery {
    /// The log that is asked.
    pub log: String,
    /// The statement that creates its table, as AWS documents it, with placeholders for bucket, account and region.
    pub ddl: String,
    /// The query.
    pub sql: String,
    /// Where the answer may differ, and what to mind; a sentence each.
    pub notes: Vec<String>,
}

/// A query for CloudWatch Logs Insights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsQuery {
    /// Its text, without `SOURCE`: log groups are chosen beside it.
    pub text: String,
    /// Where the log usually lies.
    pub group: String,
    /// Where the answer may differ; a sentence each.
    pub notes: Vec<String>,
}
