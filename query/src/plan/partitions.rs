//! How a query spells its partition columns: what it compares them with says whether `day` is `05` or `2026/03/05`, and
//! whether a date has slashes or dashes. Each column has one spelling in one query, so that what is filtered, grouped and
//! shown agrees; constants in another spelling are written in that one.

use std::collections::HashMap;

use super::{Node, Stage, subquery::each_expression};
use logloupe_syntax::{
    functions::{self, Func, Sql},
    tree::{Binary, E, Expr, Pattern, Query, Spanned},
};
use logloupe_table::{
    Value,
    partition::{DateForm, Partition, spelled},
};

/// What a query says of a column's spelling.
#[derive(Clone, Copy, Debug, Default)]
struct Hints {
    /// The form of a date that it is compared with, the one with most parts.
    form: Option<DateForm>,
    /// What stands between the parts of a date where only that is told.
    separator: Option<char>,
    /// It is compared with the number of a day.
    number: bool,
}

/// What each partition column of a query says, by its name in small letters.
pub(super) fn spelling(query: &Query) -> HashMap<String, Partition> {
    let mut hints: HashMap<String, Hints> = HashMap::new();
    let mut in_parts = false;
    for command in &query.commands {
        each_expression(&command.item, &mut |e| {
            if let Expr::Field(name) = &e.item {
                in_parts |= matches!(
                    Partition::named(last(name)),
                    Some(Partition::Year | Partition::Month | Partition::Hour)
                );
            }
            hint(e, &mut hints);
        });
    }
    let mut all = HashMap::new();
    let mut say = |name: &str, hints: Hints| {
        let own = match Partition::named(last(name)) {
            Some(Partition::Date(own)) => own,
            // Beside a year or a month the day is that of the month.
            Some(Partition::Day) if hints.form.is_none() && (hints.number || in_parts) => return,
            Some(Partition::Day) => DateForm::PROJECTED,
            _ => return,
        };
        let separated = hints.separator.map(|separator| DateForm { separator: Some(separator), ..own });
        all.insert(last(name).to_owned(), Partition::Date(hints.form.or(separated).unwrap_or(own)));
    };
    if !hints.contains_key("day") {
        say("day", Hints::default());
    }
    hints.iter().for_each(|(name, hints)| say(name, *hints));
    all
}

/// The name behind that of a join's side.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Takes note of what an expression says of the spelling of columns in it.
fn hint(e: &Spanned<Expr>, hints: &mut HashMap<String, Hints>) {
    match &e.item {
        Expr::Binary(op, a, b) if op.precedence() == Binary::Equal.precedence() => {
            compared(a, b, hints);
            compared(b, a, hints);
        }
        Expr::In { item, list, .. } => list.iter().for_each(|constant| compared(item, constant, hints)),
        Expr::Like { item, pattern, .. } => {
            let (Pattern::Text(text) | Pattern::Regex(text)) = &pattern.item;
            if let (Some(name), Some(separator)) = (column(item), date_separator(text)) {
                hints.entry(name).or_default().separator = Some(separator);
            }
        }
        Expr::Call { name, args } => {
            let Some(column) = args.first().and_then(column) else { return };
            let func = functions::find(&name.item).map(|f| f.func);
            let separator = match func {
                // A text that is read as a date has dashes.
                Some(Func::Sql(Sql::Timestamp)) => Some('-'),
                _ => of_format(args),
            };
            if separator.is_some() {
                hints.entry(column).or_default().separator = separator;
            }
        }
        _ => {}
    }
}

/// Takes note of a constant that a column, or what is computed of one, is compared with.
fn compared(side: &E, constant: &E, hints: &mut HashMap<String, Hints>) {
    if let Some(name) = column(side) {
        let hints = hints.entry(name).or_default();
        match &constant.item {
            Expr::Literal(Value::Int(n)) if (1..=31).contains(n) => hints.number = true,
            Expr::Literal(Value::Text(text)) => match DateForm::of(text) {
                Some((form, _)) if hints.form.is_none_or(|known| known.parts < form.parts) => {
                    hints.form = Some(form)
                }
                Some(_) => {}
                None => hints.number |= text.len() <= 2 && text.parse::<u8>().is_ok(),
            },
            // A time that is computed is written as a date of SQL is, or as it says itself.
            Expr::Call { args, .. } => {
                hints.separator = hints.separator.or(of_format(args)).or(Some('-'));
            }
            _ => {}
        }
    } else if let Expr::Call { args, .. } = &side.item
        && let Some(name) = args.first().and_then(column)
        && let Some((form, _)) = text(constant).and_then(DateForm::of)
    {
        hints.entry(name).or_default().separator = form.separator;
    }
}

/// What stands behind the year in a format of dates among these arguments.
fn of_format(args: &[E]) -> Option<char> {
    let format = args.iter().filter_map(text).find_map(|format| format.strip_prefix("%Y"))?;
    format.chars().next().filter(|c| matches!(c, '-' | '/'))
}

/// What stands behind the year in a pattern: `2026\-03`.
fn date_separator(pattern: &str) -> Option<char> {
    let bytes = pattern.as_bytes();
    let year = bytes.windows(4).position(|four| four.iter().all(u8::is_ascii_digit))?;
    let behind = bytes.get(year + 4..)?.iter().find(|b| **b != b'\\')?;
    Some(*behind as char).filter(|c| matches!(c, '-' | '/'))
}

/// The name in small letters, if this is a column that may be a partition's.
fn column(e: &E) -> Option<String> {
    match &e.item {
        Expr::Field(name) if Partition::named(last(name)).is_some() => Some(name.to_ascii_lowercase()),
        _ => None,
    }
}

fn text(e: &E) -> Option<&str> {
    match &e.item {
        Expr::Literal(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Writes constants beside a column of dates as that column is spelled; any other node stays.
pub(super) fn in_spelling<'n>(
    column: usize,
    constants: impl IntoIterator<Item = &'n mut Node>,
    stage: &Stage,
) {
    let input = stage.inputs.get(column).and_then(|input| Partition::of_input(input));
    let Some((Partition::Date(form), _)) = input else { return };
    for constant in constants {
        let respelled = match constant {
            Node::Const(Value::Text(text)) => spelled(text, form),
            Node::Const(Value::Time(at)) => Some(form.of_time(*at)),
            _ => None,
        };
        if let Some(text) = respelled {
            *constant = Node::Const(Value::text(&text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_is_compared_with_says_how_it_is_spelled() {
        let slashes = DateForm::PROJECTED;
        let dashes = DateForm { separator: Some('-'), ..slashes };
        let none = DateForm { separator: None, ..slashes };
        let hours = DateForm { parts: 4, ..slashes };
        for (text, name, form) in [
            ("SELECT day FROM t", "day", Some(slashes)),
            ("SELECT day, month FROM t", "day", None),
            ("SELECT * FROM t WHERE day = '05'", "day", None),
            ("SELECT * FROM t WHERE day = 5", "day", None),
            ("SELECT * FROM t WHERE day = '2026-03-05' AND month = '03'", "day", Some(dashes)),
            ("SELECT * FROM t WHERE dt >= '2026-03' AND dt < '2026-03-05'", "dt", Some(dashes)),
            ("SELECT * FROM t WHERE '20260305' <= dt", "dt", Some(none)),
            ("SELECT * FROM t WHERE DATE IN ('x', '2026/03/05/07')", "date", Some(hours)),
            ("SELECT * FROM t WHERE dt LIKE '2026-03-%'", "dt", Some(dashes)),
            ("SELECT * FROM t WHERE substr(dt, 1, 7) = '2026-03'", "dt", Some(dashes)),
            ("SELECT * FROM t WHERE date = DATE('2026-03-05')", "date", Some(dashes)),
            ("SELECT * FROM t WHERE dt = date_format(now(), '%Y/%m/%d')", "dt", Some(slashes)),
            ("SELECT date_parse(dt, '%Y-%m-%d') FROM t", "dt", Some(dashes)),
            ("SELECT * FROM t WHERE bytes = '2026-03-05'", "bytes", None),
        ] {
            let query = logloupe_syntax::parse_in(text, logloupe_syntax::Language::Sql).query;
            assert_eq!(spelling(&query).get(name).copied(), form.map(Partition::Date), "{text}");
        }
    }
}
