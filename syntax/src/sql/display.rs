//! Tree to SQL, in the dialect that is read here: the text of the query bar and of the address, which must be read back
//! to the same tree. [`write`](super::write) knows how SQL looks; this says which SQL it is.
//!
//! Commands of the tree are gathered into one `SELECT` as long as they come in the order in which SQL works: rows,
//! `WHERE`, groups, `HAVING`, columns, order, limit. One that comes too late puts what stands before it into brackets
//! (`block`). Names that a command defined are replaced by what they stand for wherever SQL does not know them.
//! Whatever cannot be said is an [`Unsupported`].

mod block;
mod over;
mod value;

pub use over::frame;

use super::write::{Dialect::Own, quoted_name};
use crate::{
    Unsupported,
    display::label,
    quoting::name_parts,
    tree::{Binary, E, Expr, Query, Spanned},
};

/// Text, or what cannot be said.
pub type Written = Result<String, Unsupported>;

/// A query as SQL.
///
/// # Errors
/// What SQL cannot say.
pub fn display(query: &Query) -> Written {
    if query.commands.is_empty() {
        return Ok(String::new());
    }
    Ok(block::query(query)?.text(Own))
}

/// One value as SQL.
///
/// # Errors
/// What SQL cannot say.
pub fn display_value(e: &E) -> Written {
    Ok(value::Values::default().write(e)?.text)
}

/// The sign of an operator in SQL.
pub fn symbol(op: Binary) -> &'static str {
    match op {
        Binary::NotEqual => "<>",
        other => other.symbol(),
    }
}

/// The table behind `FROM` for logs of these names; without any, for everything.
fn table(sources: &[Spanned<String>]) -> Written {
    match sources {
        [] => Ok(super::from::EVERYTHING.to_owned()),
        [one] => Ok(Own.name(&one.item)),
        [_, second, ..] => Err(Unsupported::at(second.span.clone(), "SOURCE", "SQL asks one log at a time")),
    }
}

/// A path of the tree as SQL: steps with dots between them, numbers as places in a list.
fn path(name: &str) -> String {
    let parts = name_parts(name);
    let mut steps: Vec<(String, bool)> = Vec::new();
    for (part, quoted) in parts {
        match quoted {
            true => steps.push((part, true)),
            false => steps.extend(part.split('.').map(|s| (s.to_owned(), false))),
        }
    }
    if steps.len() == 1 || steps.iter().any(|(s, _)| s.is_empty()) {
        return if steps.len() == 1 { Own.name(name) } else { quoted_name(name) };
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
                out.push_str(&Own.name(step));
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
    match display_value(&e) {
        Ok(text) if text != label => (crate::display::short_label(&text), true),
        _ => (label, false),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Language, parse, parse_in, text};

    /// The SQL of a query of Insights, which is read back to the same SQL.
    fn sql(insights: &str) -> String {
        let query = parse(insights).into_result().unwrap_or_else(|found| panic!("{insights}: {found:?}"));
        let sql = text(&query, Language::Sql).unwrap_or_else(|why| panic!("{insights}: {why}"));
        let again =
            parse_in(&sql, Language::Sql).into_result().unwrap_or_else(|found| panic!("{sql}: {found:?}"));
        assert_eq!(text(&again, Language::Sql).as_ref(), Ok(&sql));
        sql
    }

    #[test]
    fn alternatives_behind_a_name_are_in_brackets() {
        assert_eq!(
            sql("fields a or b as x | filter x | filter c"),
            "SELECT a OR b AS x FROM logs WHERE (a OR b) AND c"
        );
    }

    #[test]
    fn a_function_that_is_not_read_is_not_written() {
        let query = parse("filter isempty(a)").into_result().unwrap();
        let why = text(&query, Language::Sql).unwrap_err();
        assert_eq!(why.message, "`isempty` has no equivalent in SQL");
    }

    #[test]
    fn a_table_that_is_joined_has_one_name() {
        let join = "join left=l right=r where l.a = r.b (SOURCE t)";
        assert_eq!(
            sql(&format!("unnest list into item | {join}")),
            "SELECT * FROM (SELECT * FROM logs CROSS JOIN UNNEST(list) AS t (item)) AS l JOIN t AS r ON l.a = r.b"
        );
    }
}
