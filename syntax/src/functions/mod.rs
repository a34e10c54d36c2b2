//! The one table of functions. Each function is a variant of its group's enum and one [`Spec`]: name, other names, how it
//! is called, documentation, executed examples, whether CloudWatch Logs Insights has it, how SQL spells it and how Athena
//! writes it. Parsing, completion, diagnostics, the reference, explanations and both transpilers read from here. What
//! computes a function is a kernel in the query crate's `kernels`, found by an exhaustive `match` over the enums here,
//! so that the compiler names a function that lacks its kernel.
//!
//! Shared rules: a missing argument gives a missing value, but for the functions that are about missing values; a list
//! where one value is expected gives a missing value; what is not a finite number is missing; an integer that outgrows
//! 64 bits becomes a float.
//!
//! The tables are constants: a program that only reads and writes queries (the page) links [`spelling`] and the names,
//! which are computed from them at compile time, and not the documentation.

mod address;
pub mod aggregate;
mod date;
mod encoding;
mod general;
mod json;
mod number;
mod regex;
mod sql;
mod text;
mod time;
mod token;
pub mod window;

pub use address::Address;
pub use aggregate::{AGGREGATES, Aggregate, AggregateKind};
pub use date::Date;
pub use encoding::Encoding;
pub use general::General;
pub use json::Json;
pub use number::Number;
pub use regex::Regexp;
pub use sql::Sql;
pub use text::Text;
pub use time::Time;
pub use token::Token;
pub use window::{WINDOW_FUNCTIONS, WindowFunction, WindowKind};

/// A scalar function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Func {
    /// Of numbers.
    Number(Number),
    /// Of points in time.
    Time(Time),
    /// Of dates as text.
    Date(Date),
    /// Of any values.
    General(General),
    /// Of addresses and networks.
    Address(Address),
    /// Of text.
    Text(Text),
    /// With a regular expression.
    Regexp(Regexp),
    /// Encodings and digests.
    Encoding(Encoding),
    /// Of JSON text and lists.
    Json(Json),
    /// Of the words of a record.
    Token(Token),
    /// As SQL means it, where Insights means something else or has none.
    Sql(Sql),
}

/// What is known of a scalar function.
#[derive(Debug)]
pub struct Spec {
    /// Which one.
    pub func: Func,
    /// Its name as documented; queries may write it in any letter case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// How it is called, for documentation: `substr(text, start [, length])`.
    pub signature: &'static str,
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
    /// One sentence for people.
    pub doc: &'static str,
    /// Expressions and the text of their values: documentation and tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// Whether CloudWatch Logs Insights has it.
    pub insights: bool,
    /// What SQL calls it, if another name is all it takes; the first is how a tree is written back.
    pub sql: &'static [SqlName],
    /// How Athena writes it.
    pub athena: Athena,
}

/// A function's name in SQL.
#[derive(Clone, Copy, Debug)]
pub struct SqlName {
    /// The name, lower case.
    pub name: &'static str,
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
}

const fn sql(name: &'static str, least: usize, most: usize) -> SqlName {
    SqlName { name, arity: (least, most) }
}

/// How Athena writes a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Athena {
    /// A call or another expression that needs no brackets around it, and what it gives. `{0}` is the first argument,
    /// `{t0}` the same as text, `{n0}` as a number, `{r0}` and `{c0}` the argument and the number as an operand.
    Template(&'static str, SqlType),
    /// The function of SQL's own name, with the arguments as they are, and what it gives.
    Same(SqlType),
    /// In a way of its own, which depends on the arguments.
    Special,
    /// Not at all: nothing there means the same.
    Missing,
}

/// What an expression of SQL gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlType {
    /// `varchar`
    Text,
    /// `bigint`
    Int,
    /// `double`
    Float,
    /// `boolean`
    Bool,
    /// `timestamp with time zone`
    Time,
    /// `array(varchar)`
    List,
    /// NULL itself.
    Nothing,
}

impl SqlType {
    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self, SqlType::Int | SqlType::Float)
    }
}

/// Any number of arguments.
pub const ANY: usize = usize::MAX;

/// All functions by group, in the order of the documentation.
pub const GROUPS: &[(&str, &[Spec])] = &[
    ("Numbers", number::SPECS),
    ("Time", time::SPECS),
    ("Dates as text", date::SPECS),
    ("General", general::SPECS),
    ("Addresses", address::SPECS),
    ("Text", text::SPECS),
    ("Regular expressions", regex::SPECS),
    ("Encodings and digests", encoding::SPECS),
    ("JSON", json::SPECS),
    ("Words of a record", token::SPECS),
];

/// Functions as SQL means them: what a tree from SQL calls `sql.…`. Their examples are SQL.
pub const SQL: &[Spec] = sql::SPECS;

/// All functions but SQL's own.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    GROUPS.iter().flat_map(|(_, specs)| specs.iter())
}

/// The function called `name` in any letter case.
pub fn find(name: &str) -> Option<&'static Spec> {
    let answers = |spec: &&Spec| {
        spec.name.eq_ignore_ascii_case(name) || spec.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    };
    all().chain(SQL).find(answers)
}

/// The names of one function, without what else is known of it.
#[derive(Clone, Copy)]
struct Names {
    name: &'static str,
    aliases: &'static [&'static str],
}

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].1.len();
        group += 1;
    }
    count
};

static NAMES: [Names; COUNT] = {
    let mut names = [Names { name: "", aliases: &[] }; COUNT];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let specs = GROUPS[group].1;
        let mut spec = 0;
        while spec < specs.len() {
            names[at] = Names { name: specs[spec].name, aliases: specs[spec].aliases };
            (at, spec) = (at + 1, spec + 1);
        }
        group += 1;
    }
    names
};

/// How a function's name is spelled, whatever its letter case; `None` if there is no such function.
pub fn spelling(name: &str) -> Option<&'static str> {
    let all = || NAMES.iter().flat_map(|n| std::iter::once(&n.name).chain(n.aliases));
    all().copied().find(|n| n.eq_ignore_ascii_case(name))
}

/// A function as SQL writes it, and the function or aggregate of the tree with the same meaning.
#[derive(Clone, Copy, Debug)]
pub struct SqlFunction {
    /// Its name, lower case.
    pub name: &'static str,
    /// The name in the tree; empty where it takes more than another name.
    pub tree: &'static str,
    /// The smallest number of arguments.
    pub least: usize,
    /// The largest number of arguments.
    pub most: usize,
}

const SQL_COUNT: usize = sql_names(&mut [SqlFunction { name: "", tree: "", least: 0, most: 0 }; 0]);

/// Every function or aggregate that SQL only calls otherwise. Of several with one meaning the first is how a tree is
/// written back.
pub static SQL_FUNCTIONS: [SqlFunction; SQL_COUNT] = {
    let mut all = [SqlFunction { name: "", tree: "", least: 0, most: 0 }; SQL_COUNT];
    sql_names(&mut all);
    all
};

/// Writes the names into `all`, as far as it is long, and counts them.
const fn sql_names(all: &mut [SqlFunction]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < AGGREGATES.len() {
        count = add_sql(all, count, AGGREGATES[at].name, AGGREGATES[at].sql);
        at += 1;
    }
    let mut group = 0;
    while group <= GROUPS.len() {
        let specs = if group < GROUPS.len() { GROUPS[group].1 } else { SQL };
        let mut spec = 0;
        while spec < specs.len() {
            count = add_sql(all, count, specs[spec].name, specs[spec].sql);
            spec += 1;
        }
        group += 1;
    }
    count
}

const fn add_sql(
    all: &mut [SqlFunction],
    mut count: usize,
    tree: &'static str,
    names: &'static [SqlName],
) -> usize {
    let mut at = 0;
    while at < names.len() {
        if count < all.len() {
            let SqlName { name, arity: (least, most) } = names[at];
            all[count] = SqlFunction { name, tree, least, most };
        }
        (count, at) = (count + 1, at + 1);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_function_stands_in_the_table_once() {
        let (mut funcs, mut names) = (HashSet::new(), HashSet::new());
        for spec in all().chain(SQL) {
            assert!(funcs.insert(spec.func), "{} stands twice", spec.name);
            for name in std::iter::once(&spec.name).chain(spec.aliases) {
                assert!(names.insert(name.to_ascii_lowercase()), "{name} is the name of two");
                assert_eq!(find(&name.to_ascii_uppercase()).map(|f| f.func), Some(spec.func));
            }
            assert_eq!(
                spelling(&spec.name.to_ascii_uppercase()),
                (!matches!(spec.func, Func::Sql(_))).then_some(spec.name)
            );
        }
        let sql: HashSet<_> = SQL_FUNCTIONS.iter().map(|f| f.name).collect();
        assert_eq!(sql.len(), SQL_FUNCTIONS.len(), "a name of SQL has two meanings");
    }
}
