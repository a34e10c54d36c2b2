//! How a log is called where AWS keeps it: the table that Athena's documentation has for it, and the names that
//! CloudWatch Logs gives its fields. Data only; the query crate's `transpile` writes queries with it.

use crate::{Field, Kind, schema::BUILT_IN};

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
    pub fn field(&self, name: &str) -> Option<&Field> {
        let exact = |f: &&Field| f.name == name || f.aliases.contains(&name);
        (self.fields.iter().find(|f| f.name == name))
            .or_else(|| self.fields.iter().find(exact))
            .or_else(|| self.fields.iter().find(|f| f.answers_to(name)))
    }
    /// Whether a name is one of its columns, or built in.
    pub fn knows(&self, name: &str) -> bool {
        BUILT_IN.contains(&name) || self.field(name).is_some()
    }
}
