//! The syntax tree of a query: a pipeline of commands over expressions. It is the document of the page: filters
//! that are clicked are edits of this tree, the query bar shows its canonical text, the URL keeps that text.
//!
//! Equality ignores places, so that `parse(display(tree)) == tree`.
//!
//! Some forms hold a query of their own, which is run first and whose answer is then given to the plan of the outer
//! one: [`Expr::InQuery`] (`x in (SOURCE …)` here, `x IN (SELECT …)` in SQL), [`Expr::Query`] and [`Expr::Exists`] (SQL
//! only), [`SetOperation`] (`UNION`, `EXCEPT`, `INTERSECT`; SQL only) and [`Join`] (`join … (SOURCE …)`; in SQL
//! `JOIN b ON a.x = b.y`, where the inner query is `SOURCE b`, and `WITH` names a query that stands in that place). A
//! query that is held may hold others.
//! After a join a field of either side is written with the side's name before a dot, `a.x`, as one
//! [`Expr::Field`]; without a name it is the left side's if that has it. The inner query of a join need not list its
//! fields: those that the outer query names as `b.…` are added to it.

use std::ops::Range;

mod over;
mod table;

use logloupe_table::Value;
pub use over::{FURTHEST, FrameBound, FrameUnit, WindowCall, WindowFrame};
pub use table::{FieldNames, Outliers, PAUSE, SESSION, TOTAL, TableCommand};

/// Something with its place in the text, in bytes.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// Where it stands; empty for what was made, not parsed.
    pub span: Range<usize>,
    /// What it is.
    pub item: T,
}

impl<T> Spanned<T> {
    /// `item` at `span`.
    pub fn new(item: T, span: Range<usize>) -> Spanned<T> {
        Spanned { span, item }
    }
    /// `item` without a place.
    pub fn made(item: T) -> Spanned<T> {
        Spanned { span: 0..0, item }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item
    }
}

/// A pipeline; an empty one asks for all events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The commands in order.
    pub commands: Vec<Spanned<Command>>,
}

/// One step of the pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Only these tables: format ids or names that formats answer to (`SOURCE cloudtrail`).
    Source(Vec<Spanned<String>>),
    /// Free text without a command: every term must be found, letter case aside.
    Search(Vec<Term>),
    /// `fields a, b as c, f(x) as d`: adds computed fields; shown if there is no `display`.
    Fields(Vec<Projection>),
    /// `display a, b`: what is shown.
    Display(Vec<Projection>),
    /// What is shown, as `SELECT` of SQL has it: other than in `display`, no name that one of them gives means anything
    /// in the others.
    Select(Vec<Projection>),
    /// `filter condition`.
    Filter(E),
    /// `parse field pattern`.
    Parse {
        /// What is parsed; `@message` if left out.
        source: Option<E>,
        /// How.
        pattern: ParsePattern,
    },
    /// `stats aggregates by keys`.
    Stats {
        /// The aggregates (expressions over aggregate calls).
        aggregates: Vec<Projection>,
        /// The keys.
        by: Vec<Projection>,
    },
    /// `sort a desc, b`.
    Sort(Vec<SortKey>),
    /// `limit n`.
    Limit(u64),
    /// `dedup a, b`.
    Dedup(Vec<E>),
    /// A command that looks at rows side by side or makes other rows of them: `unnest`, `accum`, …
    Table(TableCommand),
    /// `join left=a right=b where a.x = b.y (SOURCE … | …)`.
    Join(Join),
    /// SQL's `UNION`, `EXCEPT`, `INTERSECT` with another query.
    Set(SetOperation),
    /// SQL's `VALUES`: rows that stand in the query, in place of those of a log.
    Values(Constants),
    /// `lookup table column as field OUTPUT column`, `cidrlookup table field OUTPUT column`.
    Lookup(Lookup),
    /// `diff`, `logcompare timeshift 7d`: the counts before it, now and in an earlier time of equal length.
    Diff(Baseline),
    /// `relevantfields a, b where condition`.
    RelevantFields {
        /// The fields that are looked at; all if there are none.
        fields: Vec<E>,
        /// The rows that are set apart from the others.
        condition: E,
    },
}

/// Rows side by side with the rows of another query that agree in some fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which rows without a partner stay.
    pub kind: JoinKind,
    /// What stands before the dot in names of fields of the rows so far.
    pub left: Spanned<String>,
    /// What stands before the dot in names of fields of the other query.
    pub right: Spanned<String>,
    /// What must be equal: over the rows so far, and over those of the other query; names of the left and of the right
    /// side stand without it. Nothing, where every row stands beside every other (SQL's `CROSS JOIN`).
    pub on: Vec<(E, E)>,
    /// The other query.
    pub query: Query,
}

/// Which rows of a join stay though they have no partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JoinKind {
    /// None.
    #[default]
    Inner,
    /// The rows so far (`type=left`).
    Left,
    /// Those of the other query; SQL only.
    Right,
    /// Both; SQL only.
    Full,
}

impl JoinKind {
    /// As written before `JOIN`, or behind `type=`.
    pub fn word(self) -> &'static str {
        match self {
            JoinKind::Inner => "inner",
            JoinKind::Left => "left",
            JoinKind::Right => "right",
            JoinKind::Full => "full",
        }
    }
    /// Whether the rows so far stay without a partner.
    pub fn keeps_left(self) -> bool {
        matches!(self, JoinKind::Left | JoinKind::Full)
    }
    /// Whether the rows of the other query stay without a partner.
    pub fn keeps_right(self) -> bool {
        matches!(self, JoinKind::Right | JoinKind::Full)
    }
}

/// The rows so far together with those of another query that has as many columns. Rows are equal if all their values are,
/// missing ones included.
#[derive(Clone, Debug, PartialEq)]
pub struct SetOperation {
    /// Which rows are given.
    pub kind: SetKind,
    /// Equal rows stay several.
    pub all: bool,
    /// The other query.
    pub query: Query,
}

/// Which rows a set operation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// Those of either query.
    Union,
    /// Those of the first that the other does not have.
    Except,
    /// Those of the first that the other has too.
    Intersect,
}

impl SetKind {
    /// As written in a query.
    pub fn word(self) -> &'static str {
        match self {
            SetKind::Union => "union",
            SetKind::Except => "except",
            SetKind::Intersect => "intersect",
        }
    }
}

/// Rows that stand in the query.
#[derive(Clone, Debug, PartialEq)]
pub struct Constants {
    /// The columns.
    pub names: Vec<Spanned<String>>,
    /// The rows, each with one constant expression per column.
    pub rows: Vec<Vec<E>>,
}

/// The names of a join's sides if it gives none.
pub const SIDES: [&str; 2] = ["left", "right"];

/// Columns of a lookup table at the rows that it matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// `cidrlookup`: the table's column holds networks, and the field one address.
    pub network: bool,
    /// The table.
    pub table: Spanned<String>,
    /// What must be equal: a column of the table, and a field. Without a column: of networks, the one that holds some.
    pub on: Vec<(Option<Spanned<String>>, Spanned<String>)>,
    /// `OUTPUTNEW`: a field that has a value keeps it.
    pub fill: bool,
    /// The columns that are added, each with the name of the new field if that is another.
    pub outputs: Vec<(Spanned<String>, Option<Spanned<String>>)>,
}

/// The earlier time that `diff` compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// The time just before.
    Before,
    /// The same time a day before.
    Day,
    /// The same time a week before.
    Week,
    /// The same time a month before.
    Month,
    /// The same time so long before.
    Shift(Period),
}

/// A term of free text.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Whether it must not be found (`-term`).
    pub negated: bool,
    /// `field:value` searches one field; the value is then the whole value, `*` standing for anything.
    pub field: Option<Spanned<String>>,
    /// What is searched for.
    pub text: Spanned<String>,
}

/// An expression, perhaps renamed.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// What is computed.
    pub expr: E,
    /// `as name`.
    pub alias: Option<Spanned<String>>,
}

/// One key of a `sort`.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// What is sorted by.
    pub expr: E,
    /// Largest first.
    pub descending: bool,
}

/// How `parse` takes text apart.
#[derive(Clone, Debug, PartialEq)]
pub enum ParsePattern {
    /// `"a * b *" as x, y`: each `*` is as little text as possible, the last one runs to the end if it ends the pattern.
    Glob {
        /// The pattern with its stars.
        pattern: Spanned<String>,
        /// One name per star.
        names: Vec<Spanned<String>>,
    },
    /// `/(?<name>…)/`: each named group becomes a field.
    Regex(Spanned<String>),
}

/// An expression with its place.
pub type E = Box<Spanned<Expr>>;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number, text, boolean or null.
    Literal(Value),
    /// `5m`, `300s`: a span of time, as `bin` takes it.
    Period(Period),
    /// The `*` of `count(*)`.
    Star,
    /// A field by any of its names, a JSON path, or an alias from an earlier command.
    Field(String),
    /// `-x`, `not x`.
    Unary(Unary, E),
    /// `a + b`, `a = b`, `a and b`.
    Binary(Binary, E, E),
    /// `x in [a, b]`, `x not in […]`.
    In {
        /// Whether `not` stands before `in`.
        negated: bool,
        /// What is looked for.
        item: E,
        /// Where.
        list: Vec<E>,
    },
    /// `x in (SOURCE … | …)`: among the values of the other query's first column, or of its column of the same name.
    InQuery {
        /// Whether `not` stands before `in`.
        negated: bool,
        /// SQL's `NOT IN`: a missing value, there or here, leaves open whether it is among them, which then neither holds
        /// nor does its opposite. Otherwise missing values are among none.
        strict: bool,
        /// What is looked for; several values at once are a call of [`ROW`].
        item: E,
        /// Where.
        query: Box<Query>,
    },
    /// The value in the only row and column of the other query; a missing one if it has no row. SQL only.
    Query(Box<Query>),
    /// Whether the other query has a row. SQL only.
    Exists(Box<Query>),
    /// `x like "sub"`, `x like /re/`, `x =~ /re/`, each with `not`.
    Like {
        /// Whether `not` stands before `like`.
        negated: bool,
        /// What is searched.
        item: E,
        /// For what.
        pattern: Spanned<Pattern>,
    },
    /// A function or an aggregate; the name in lower case.
    Call {
        /// The function's name, lower case.
        name: Spanned<String>,
        /// Its arguments.
        args: Vec<E>,
    },
}

/// The call that several values looked for at once are: `(a, b) IN (SELECT x, y …)`.
pub const ROW: &str = "sql.row";

/// What `like` searches for.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Text that must occur, letter case kept.
    Text(String),
    /// A regular expression in RE2 syntax.
    Regex(String),
}

/// Operators before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-`
    Minus,
    /// `not`
    Not,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its symbol, see `symbol`")]
pub enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

impl Binary {
    /// As written in a query.
    pub fn symbol(self) -> &'static str {
        match self {
            Binary::Or => "or",
            Binary::And => "and",
            Binary::Equal => "=",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterEqual => ">=",
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Modulo => "%",
            Binary::Power => "^",
        }
    }
    /// How tightly it binds: a larger number binds tighter.
    pub fn precedence(self) -> u8 {
        match self {
            Binary::Or => 1,
            Binary::And => 2,
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual => 4,
            Binary::Add | Binary::Subtract => 5,
            Binary::Multiply | Binary::Divide | Binary::Modulo => 6,
            Binary::Power => 7,
        }
    }
}

/// A span of time in the calendar's or the clock's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// Units of [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its word")]
pub enum PeriodUnit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}
