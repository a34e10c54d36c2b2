//! How a log is called where AWS keeps it: the table that Athena's documentation has for it, and the names that
//! CloudWatch Logs gives its fields. Data only; [`explain`](crate::query::explain) writes queries with it.

use crate::table::Kind;

/// A log as AWS's own engines know it.
#[derive(Clone, Copy, Debug)]
pub struct ExternalSchema {
    /// Its table in Athena, or why it has none and what to do instead.
    pub athena: Result<&'static AthenaTable, &'static str>,
    /// How it is queried in CloudWatch Logs Insights.
    pub insights: InsightsNames,
}

/// A table as Athena's documentation creates it.
#[derive(Clone, Copy, Debug)]
pub struct AthenaTable {
    /// Its name.
    pub name: &'static str,
    /// The statement that creates it, with placeholders for bucket, account and region.
    pub ddl: &'static str,
    /// When an event happened, as an expression over the table's columns of a type with a time zone.
    pub time: &'static str,
    /// Our columns in terms of the table's.
    pub columns: &'static [AthenaColumn],
    /// Objects of a JSON log by the path that leads to them; what lies below is reached through them.
    pub roots: &'static [JsonRoot],
    /// What to know before the statement is run, a sentence each.
    pub notes: &'static [&'static str],
}

/// One of our columns in terms of a table's.
#[derive(Clone, Copy, Debug)]
pub struct AthenaColumn {
    /// Our column's name.
    pub name: &'static str,
    /// An expression over the table's columns, NULL where our column has no value.
    pub sql: &'static str,
    /// What the expression gives.
    pub kind: Kind,
}

impl AthenaColumn {
    /// A column of text.
    pub const fn text(name: &'static str, sql: &'static str) -> AthenaColumn {
        AthenaColumn { name, sql, kind: Kind::Text }
    }
    /// A column of integers.
    pub const fn int(name: &'static str, sql: &'static str) -> AthenaColumn {
        AthenaColumn { name, sql, kind: Kind::Int }
    }
    /// A column of floats.
    pub const fn float(name: &'static str, sql: &'static str) -> AthenaColumn {
        AthenaColumn { name, sql, kind: Kind::Float }
    }
    /// A column of booleans.
    pub const fn bool(name: &'static str, sql: &'static str) -> AthenaColumn {
        AthenaColumn { name, sql, kind: Kind::Bool }
    }
    /// A column of times with a time zone.
    pub const fn time(name: &'static str, sql: &'static str) -> AthenaColumn {
        AthenaColumn { name, sql, kind: Kind::Time }
    }
}

/// A column that holds an object or a list of a JSON log.
#[derive(Clone, Copy, Debug)]
pub enum JsonRoot {
    /// As JSON text: any path below is read from it.
    Json {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
    },
    /// As JSON text in whose keys all letters are small.
    SmallJson {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
    },
    /// As an array of structs.
    Structs {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
        /// What each struct has.
        members: &'static [&'static str],
    },
}

/// How CloudWatch Logs Insights sees a log.
#[derive(Clone, Copy, Debug)]
pub struct InsightsNames {
    /// In which log group it usually lies, in words.
    pub group: &'static str,
    /// What stands before every name of ours there: the way to the event inside the record.
    pub prefix: &'static str,
    /// Our columns that it calls otherwise, and how, the prefix included.
    pub names: &'static [(&'static str, &'static str)],
    /// Our columns that it does not have, as they are made here.
    pub missing: &'static [&'static str],
}
