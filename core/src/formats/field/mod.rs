//! What the text formats share: the line of a field table that is schema, documentation and parser at once, the
//! small `nom` parsers that such lines name, and the walk of a record along a layout of columns; and [`json`], the
//! same for formats whose records are JSON objects.
//!
//! Reading order: [`TokenField`] (one line of a format's table), [`parse`] (what parsers are made of), the parsers
//! ([`number`], [`address`], [`time`], [`http`], [`ids`]), [`cells`] (the same as columns name them), [`words`] and
//! [`sentence`] (how rows are told), [`dns`], [`flow`], [`protocol`], [`request`] and [`sql`] (what is computed from columns when it is asked
//! for), [`Tokens`] (where a record's tokens begin and end), [`unescaped`] (the same where quotes are not escaped),
//! [`Layout`] (which token goes to which column).
//!
//! What does not belong here: anything that only one format knows.

#![allow(
    clippy::missing_errors_doc,
    reason = "a parser fails where its grammar does not hold; its doc is the grammar"
)]

pub mod address;
pub mod cells;
pub mod csv;
pub mod dns;
pub mod flow;
pub mod http;
pub mod ids;
pub mod json;
pub mod layout;
pub mod named;
pub mod number;
pub mod parse;
pub mod percent;
pub mod protocol;
pub mod request;
pub mod said;
pub mod sentence;
pub mod sql;
pub mod time;
pub mod tokens;
pub mod unescaped;
pub mod usual;
pub mod when;
pub mod words;

use json::JsonField;
pub use layout::Layout;
pub use parse::{Parsed, Read, whole};
pub use tokens::Tokens;

use logloupe_table::{Cell, Computed, Field, Kind, Role, Unit};

/// One line of the field table of a format whose records are cut into tokens: what the column is, and the parser that
/// reads its token. [`JsonField`](json::JsonField) is the same for JSON.
#[derive(Clone, Debug)]
pub struct TokenField {
    /// Name, kind, unit, role, other names, documentation.
    pub field: Field,
    /// The parser of the column's token.
    pub read: Read,
    /// It has no token of its own: it reads that of the line above once more, a part of it or a judgement on it, or none.
    pub again: bool,
    /// What is done to what was read before it is stored.
    pub then: Then,
}

/// What is done to what a parser read before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Store,
    /// Text is percent-decoded; see [`percent::decode`].
    PercentDecode,
    /// A time of day is moved to the day that another token of the record names; see [`Layout::of_day`].
    MoveToDay,
    /// Nothing is read: no token has the column, but the log's JSON form does.
    OnlyJson,
}

impl TokenField {
    /// A column with a token of its own.
    pub const fn new(name: &'static str, kind: Kind, role: Role, read: Read) -> TokenField {
        TokenField { field: Field::new(name, kind, role), read, again: false, then: Then::Store }
    }
    /// A column that reads the token of the line above once more.
    pub const fn again(name: &'static str, kind: Kind, role: Role, read: Read) -> TokenField {
        TokenField { field: Field::new(name, kind, role), read, again: true, then: Then::Store }
    }
    /// A column that no token has: it is computed from others when it is asked for.
    pub const fn computed(
        name: &'static str,
        kind: Kind,
        role: Role,
        computed: &'static Computed,
    ) -> TokenField {
        let field = Field::new(name, kind, role).computed(computed);
        TokenField { field, read: |rest| Ok((rest, Cell::Null)), again: true, then: Then::Store }
    }
    /// A column that no token has, but the log's JSON form under this name; see [`TextLog::json`](super::TextLog::json).
    pub const fn only_json(name: &'static str, kind: Kind, role: Role) -> TokenField {
        TokenField {
            field: Field::new(name, kind, role),
            read: |rest| Ok((rest, Cell::Null)),
            again: true,
            then: Then::OnlyJson,
        }
    }
    /// Sets the unit.
    pub const fn unit(mut self, unit: Unit) -> TokenField {
        self.field.unit = unit;
        self
    }
    /// Sets the other names.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> TokenField {
        self.field.aliases = aliases;
        self
    }
    /// Sets the sentence for people.
    pub const fn doc(mut self, doc: &'static str) -> TokenField {
        self.field.doc = doc;
        self
    }
    /// Sets the expression over Athena's table, where the table's own column is not enough.
    pub const fn athena(mut self, sql: &'static str) -> TokenField {
        self.field.athena = Some(sql);
        self
    }
    /// Sets the name in CloudWatch Logs Insights, where that is another one.
    pub const fn insights(mut self, name: &'static str) -> TokenField {
        self.field.insights = Some(name);
        self
    }
    /// The log has nothing of that name, and so has no other engine; see [`Field::made`].
    pub const fn made(mut self) -> TokenField {
        self.field.made = true;
        self
    }
    /// Has its text percent-decoded before it is stored.
    pub const fn percent(mut self) -> TokenField {
        self.then = Then::PercentDecode;
        self
    }
    /// Has its time of day moved to the record's day before it is stored.
    pub const fn of_day(mut self) -> TokenField {
        self.then = Then::MoveToDay;
        self
    }
}

/// The same columns of records of JSON, whose paths are their names. What reads a token once more is not in them.
pub fn json_fields(columns: &[TokenField]) -> Vec<JsonField> {
    let derived = |c: &TokenField| c.again && c.then != Then::OnlyJson;
    columns.iter().map(|c| JsonField { field: c.field.clone(), derived: derived(c) }).collect()
}

/// The schema's side of a field table.
pub fn fields(columns: &[TokenField]) -> Vec<Field> {
    columns.iter().map(|c| c.field.clone()).collect()
}
