//! Tree to SQL. The same walk serves the query bar, where the text must be read back to the same tree, and other
//! engines: how tables, columns and functions are called is a [`Dialect`]'s to say, everything else is the same in all
//! of them.
//!
//! To print for another engine, implement [`Dialect`]: [`table`](Dialect::table) and [`field`](Dialect::field) give
//! the text of a table and of a column (quoted where they must be, see [`identifier`] and [`path`]), and
//! [`call`](Dialect::call) may print calls of functions that this engine has no name for: it is given the call and a way
//! to print its arguments, and leaves to the usual SQL what it answers `None` for. Whatever cannot be said is an
//! [`Unsupported`]: what it is, where it stands in the query's text, and a sentence for people.
//!
//! Commands of the tree are gathered into one `SELECT` as long as they come in the order in which SQL works: rows,
//! `WHERE`, groups, `HAVING`, columns, order, limit. One that comes too late puts what stands before it into brackets
//! (`block`). Names that a command defined are replaced by what they stand for wherever SQL does not know them.

mod block;
mod value;

use std::ops::Range;

use super::{calls, is_reserved, lexer};
use crate::{
    display::label,
    functions,
    quoting::name_parts,
    tree::{E, Expr, Query, Spanned},
};

/// What SQL, or this dialect of it, cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// What: a command's or a function's name.
    pub what: String,
    /// Where it stands in the text that the tree was read from; empty for what was made.
    pub span: Range<usize>,
    /// One lower-case sentence for people.
    pub message: String,
}

impl Unsupported {
    /// `what`, which stands at `span`, cannot be said.
    pub fn new(what: impl Into<String>, span: Range<usize>, message: impl Into<String>) -> Unsupported {
        Unsupported { what: what.into(), span, message: message.into() }
    }
}

/// Text, or what cannot be said.
pub type Written = Result<String, Unsupported>;

/// Prints an argument of a call.
pub type WriteArgument<'w> = dyn Fn(&E) -> Written + 'w;

/// How an engine calls things.
pub trait Dialect {
    /// The table behind `FROM` for logs of these names; without any, for everything.
    ///
    /// # Errors
    /// When the engine has none.
    fn table(&self, sources: &[Spanned<String>]) -> Written;
    /// A column by any of its names, or a path into one.
    ///
    /// # Errors
    /// When the engine has none.
    fn field(&self, name: &str, span: &Range<usize>) -> Written;
    /// A call that this engine writes in its own way; `None` leaves it to the usual SQL. The text must hold together:
    /// a call, or something in brackets.
    fn call(&self, name: &Spanned<String>, args: &[E], write: &WriteArgument<'_>) -> Option<Written>;
}

/// SQL as it is read here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Own;

impl Dialect for Own {
    fn table(&self, sources: &[Spanned<String>]) -> Written {
        match sources {
            [] => Ok(super::from::EVERYTHING.to_owned()),
            [one] => Ok(identifier(&one.item)),
            [_, second, ..] => {
                let message = "SQL asks one log at a time";
                Err(Unsupported::new("SOURCE", second.span.clone(), message))
            }
        }
    }
    fn field(&self, name: &str, _: &Range<usize>) -> Written {
        Ok(path(name))
    }
    fn call(&self, name: &Spanned<String>, args: &[E], write: &WriteArgument<'_>) -> Option<Written> {
        // Functions of Insights go by their own names, unless SQL means something else by them.
        functions::spelling(&name.item)
            .filter(|_| !name.item.contains('.') && calls::find(&name.item).is_none())
            .filter(|_| !value::is_known(&name.item))?;
        let args: Result<Vec<String>, Unsupported> = args.iter().map(write).collect();
        Some(args.map(|args| format!("{}({})", name.item, args.join(", "))))
    }
}

/// A query as SQL.
///
/// # Errors
/// What SQL cannot say.
pub fn display(query: &Query, dialect: &dyn Dialect) -> Written {
    if query.commands.is_empty() {
        return Ok(String::new());
    }
    block::query(query, dialect)
}

/// One value as SQL.
///
/// # Errors
/// What SQL cannot say.
pub fn display_value(e: &E, dialect: &dyn Dialect) -> Written {
    value::Values::new(dialect).write(e, value::ANY)
}

/// A name, in double quotes if it must be.
pub fn identifier(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| lexer::is_name_char(c) && c != '@')
        && !is_reserved(name)
        && !["timestamp", "date", "interval", "array", "current_date", "current_timestamp", "localtimestamp"]
            .iter()
            .any(|w| w.eq_ignore_ascii_case(name));
    if plain { name.to_owned() } else { in_quotes(name) }
}

/// A name in double quotes.
fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A path of the tree as SQL: steps with dots between them, numbers as places in a list.
pub fn path(name: &str) -> String {
    let parts = name_parts(name);
    let mut steps: Vec<(String, bool)> = Vec::new();
    for (part, quoted) in parts {
        match quoted {
            true => steps.push((part, true)),
            false => steps.extend(part.split('.').map(|s| (s.to_owned(), false))),
        }
    }
    if steps.len() == 1 || steps.iter().any(|(s, _)| s.is_empty()) {
        return if steps.len() == 1 { identifier(name) } else { in_quotes(name) };
    }
    let mut out = String::new();
    for (i, (step, quoted)) in steps.iter().enumerate() {
        let place = step.parse::<u32>().ok().filter(|p| i > 0 && !quoted && p.to_string() == *step);
        match place {
            Some(place) => out.push_str(&format!("[{}]", place as u64 + 1)),
            None => {
                if i > 0 {
                    out.push('.');
                }
                out.push_str(&identifier(step));
            }
        }
    }
    out
}

/// The name of a column that was not given one, and whether it has to be written into the tree because Insights would
/// call it otherwise.
pub(super) fn column_name(expr: &Expr) -> (String, bool) {
    let label = label(expr);
    if matches!(expr, Expr::Field(_)) {
        return (label, false);
    }
    let e: E = Box::new(Spanned::made(expr.clone()));
    match display_value(&e, &Own) {
        Ok(text) if text != label => (crate::display::short_label(&text), true),
        _ => (label, false),
    }
}
