//! What may stand where in SQL. Words and signs are enough: the clause that the cursor is in says what is wanted. Nothing
//! here needs a statement that can be read.

use super::{Completions, Context, Offers, word_at};
use logloupe_syntax::{
    functions::{self, aggregate},
    sql::write::{self, Dialect},
};

/// Words that begin a clause, each with what follows it.
const CLAUSES: &[(&str, Wanted)] = &[
    ("select", Wanted::Column),
    ("distinct", Wanted::Column),
    ("from", Wanted::Table),
    ("join", Wanted::Table),
    ("on", Wanted::Column),
    ("where", Wanted::Column),
    ("and", Wanted::Column),
    ("or", Wanted::Column),
    ("not", Wanted::Column),
    ("when", Wanted::Column),
    ("then", Wanted::Column),
    ("else", Wanted::Column),
    ("case", Wanted::Column),
    ("having", Wanted::Column),
    ("between", Wanted::Column),
    ("by", Wanted::Column),
    ("as", Wanted::Name),
    ("limit", Wanted::Name),
    ("like", Wanted::Value),
    ("in", Wanted::Value),
];

const BEGIN: &[(&str, &str)] =
    &[("SELECT", "the columns that are wanted"), ("WITH", "names a query that the statement asks")];

/// What begins a window.
const WINDOW: &[(&str, &str)] = &[
    ("PARTITION BY", "looks at the rows that agree in these columns"),
    ("ORDER BY", "looks at the rows in this order, up to the current one"),
];

const KEYWORDS: &[(&str, &str)] = &[
    ("FROM", "the table that is asked"),
    ("WHERE", "keeps the rows for which a condition holds"),
    ("GROUP BY", "makes one row of all that agree in these columns"),
    ("HAVING", "keeps the groups for which a condition holds"),
    ("ORDER BY", "puts rows in order"),
    ("LIMIT", "keeps only the first rows"),
    ("AND", "both must hold"),
    ("OVER", "the rows that the function before it looks at, in brackets"),
    ("OR", "one of both must hold"),
    ("AS", "gives it a name"),
    ("DESC", "the largest first"),
    ("ASC", "the smallest first"),
    ("IN", "is one of a list: `IN ('a', 'b')`"),
    ("NOT IN", "is none of a list"),
    ("LIKE", "matches a text in which `%` stands for anything"),
    ("BETWEEN", "lies between two values"),
    ("IS NULL", "is missing"),
    ("IS NOT NULL", "is there"),
    ("JOIN", "puts rows beside those of another table"),
    ("LEFT JOIN", "the same; rows of the first table without a partner stay"),
    ("RIGHT JOIN", "the same; rows of the other table without a partner stay"),
    ("FULL JOIN", "the same; rows of both without a partner stay"),
    ("CROSS JOIN", "puts every row beside every other"),
    ("ON", "the condition of a join"),
    ("USING", "columns of one name that are equal, in brackets"),
    ("UNION", "the rows of another query too, equal ones once"),
    ("UNION ALL", "the rows of another query too"),
    ("EXCEPT", "without the rows of another query"),
    ("INTERSECT", "only the rows that another query has too"),
    ("EXISTS", "whether a query in brackets has a row"),
    ("VALUES", "rows that stand in the query: `VALUES (1, 'a'), (2, 'b')`"),
    ("ROLLUP", "groups by all these columns, then by fewer and fewer"),
    ("CASE", "one of several values: `CASE WHEN … THEN … ELSE … END`"),
    ("WHEN", "a condition of `CASE`"),
    ("THEN", "its value"),
    ("ELSE", "the value if no condition holds"),
    ("END", "ends `CASE`"),
    ("DISTINCT", "each combination of values once"),
];

/// What stands behind a word.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Column,
    Table,
    Value,
    /// A new name or a number: nobody else knows it.
    Name,
    Keyword,
}

/// Characters of a word.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '@')
}

/// Words and signs of a text; the last one may be a text that is not closed.
fn words(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' | '"' => rest.get(1..).and_then(|inside| inside.find(c)).map_or(rest.len(), |i| i + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            c if is_part(c) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (word, behind) = rest.split_at(length.min(rest.len()));
        if !c.is_whitespace() {
            all.push(word);
        }
        rest = behind;
    }
    all
}

pub(super) fn complete(context: &Context<'_>) -> Completions {
    let before = context.before;
    let cursor = before.len();
    let mut words = words(before);
    let last = words.last().copied().unwrap_or("");
    if last.starts_with("--") {
        return Offers::new(context, "", cursor..cursor).finish();
    }
    let quote =
        ['\'', '"'].into_iter().find(|q| last.starts_with(*q) && !(last.len() > 1 && last.ends_with(*q)));
    let touches = before.ends_with(last) && !last.is_empty();
    let typing = quote.is_some() || touches && last.chars().all(is_part);
    if typing {
        words.pop();
    }
    let replace = match quote {
        Some(quote) => {
            let rest = context.text.get(cursor..).unwrap_or("");
            let line = rest.lines().next().unwrap_or("");
            cursor - last.len()..cursor + line.find(quote).map_or(0, |i| i + 1)
        }
        None if typing => cursor - last.len()..word_at(context.text, cursor, is_part).end,
        None => cursor..cursor,
    };
    let typed = if typing { last.trim_start_matches(['\'', '"']) } else { "" };
    let mut offers = Offers::new(context, typed, replace);
    let field = compared(&words);
    if quote == Some('\'') {
        if let Some(field) = field {
            offers.values(&field, |v, _| write::text(v));
        }
        return offers.finish();
    }
    match wanted(&words) {
        _ if words.is_empty() || is_behind_set(&words) => offers.keywords(BEGIN),
        _ if matches!(words.as_slice(), [.., over, "("] if over.eq_ignore_ascii_case("over")) => {
            offers.keywords(WINDOW)
        }
        Wanted::Table => {
            offers.tables();
            offers.keywords(&[("(", "a subquery")]);
        }
        Wanted::Name => {}
        Wanted::Keyword => {
            if typing {
                columns(&words, &mut offers);
            }
            offers.keywords(KEYWORDS);
        }
        wanted => {
            if let Some(field) = field {
                offers.values(&field, |v, number| {
                    if number && v.parse::<f64>().is_ok_and(f64::is_finite) {
                        v.to_owned()
                    } else {
                        write::text(v)
                    }
                });
            }
            if wanted == Wanted::Column {
                columns(&words, &mut offers);
                if typing || words.last().is_some_and(|w| w.eq_ignore_ascii_case("select")) {
                    offers.keywords(KEYWORDS);
                }
            }
        }
    }
    offers.finish()
}

/// Whether another query begins here.
fn is_behind_set(words: &[&str]) -> bool {
    let is = |word: &str, all: &[&str]| all.iter().any(|w| w.eq_ignore_ascii_case(word));
    let sets = ["union", "except", "intersect"];
    match words {
        [.., last] if is(last, &sets) => true,
        [.., set, last] => is(last, &["all", "distinct"]) && is(set, &sets),
        _ => false,
    }
}

/// What stands behind these words.
fn wanted(words: &[&str]) -> Wanted {
    let Some(last) = words.last() else { return Wanted::Keyword };
    if let Some((_, wanted)) = CLAUSES.iter().find(|(word, _)| word.eq_ignore_ascii_case(last)) {
        return *wanted;
    }
    match *last {
        "," => {
            // As in the clause that the list belongs to.
            const LISTS: [&str; 6] = ["select", "from", "where", "by", "having", "on"];
            let clause =
                words.iter().rev().find(|w| LISTS.iter().any(|clause| clause.eq_ignore_ascii_case(w)));
            let tables = clause.is_some_and(|w| w.eq_ignore_ascii_case("from"));
            if tables { Wanted::Table } else { Wanted::Column }
        }
        "(" => match words.len().checked_sub(2).and_then(|i| words.get(i)) {
            Some(before) if before.eq_ignore_ascii_case("in") => Wanted::Value,
            _ => Wanted::Column,
        },
        "=" | "<" | ">" | "!" | "+" | "-" | "*" | "/" | "%" | "|" => {
            // `select *` and `count(*` are complete.
            let star = *last == "*"
                && words
                    .len()
                    .checked_sub(2)
                    .and_then(|i| words.get(i))
                    .is_some_and(|w| *w == "(" || *w == "," || w.eq_ignore_ascii_case("select"));
            if star { Wanted::Keyword } else { Wanted::Column }
        }
        _ => Wanted::Keyword,
    }
}

/// The column whose values may stand here: `column = '‸`, `column in ('a', '‸`, `column like '‸`.
fn compared(words: &[&str]) -> Option<String> {
    let mut at = words.len();
    // Back over a list to its bracket.
    if matches!(words.last(), Some(&"," | &"(")) {
        let open = words.iter().rposition(|w| *w == "(")?;
        let only_values = words
            .get(open + 1..)?
            .iter()
            .all(|w| *w == "," || w.starts_with('\'') || w.parse::<f64>().is_ok());
        at = open;
        if !only_values || !words.get(at.checked_sub(1)?)?.eq_ignore_ascii_case("in") {
            return None;
        }
        at -= 1;
    } else {
        let last = words.last()?;
        if !(matches!(*last, "=" | "<" | ">") || last.eq_ignore_ascii_case("like")) {
            return None;
        }
        at -= 1;
        while at > 0 && matches!(words.get(at - 1), Some(&"<" | &">" | &"!" | &"=")) {
            at -= 1;
        }
    }
    let mut column = *words.get(at.checked_sub(1)?)?;
    if column.eq_ignore_ascii_case("not") {
        column = words.get(at.checked_sub(2)?)?;
    }
    column
        .starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '"'))
        .then(|| column.replace('"', ""))
}

fn columns(words: &[&str], offers: &mut Offers<'_>) {
    let named = words.iter().zip(words.iter().skip(1)).filter(|(a, _)| a.eq_ignore_ascii_case("as"));
    offers.defined(named.map(|(_, name)| name.replace('"', "")).collect::<Vec<_>>(), identifier);
    offers.fields(identifier);
    offers.aggregates();
    offers.functions(functions::all().filter(|f| aggregate::find(f.name).is_none()));
    offers.window_functions();
}

/// A name as SQL writes it, or the steps of a path.
fn identifier(name: &str) -> String {
    let plain = |step: &str| Dialect::Own.name(step) == step;
    if name.split('.').all(plain) { name.to_owned() } else { write::quoted_name(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::CompletionKind;

    #[test]
    fn a_name_that_is_no_plain_name_is_offered_in_quotes() {
        assert_eq!(
            ["srcAddr", "end", "a.b", "sc-status", "a.0.b"].map(identifier).join(" "),
            r#"srcAddr "end" a.b "sc-status" "a.0.b""#
        );
    }

    #[test]
    fn a_window_begins_with_its_own_words() {
        let offered = |text: &str| -> Vec<String> {
            let values = &super::super::NoValues;
            let context = Context { text, before: text, catalog: &Default::default(), values };
            complete(&context).items.into_iter().map(|i| i.text).collect()
        };
        assert_eq!(offered("SELECT rank() OVER ("), ["PARTITION BY", "ORDER BY"]);
        assert_eq!(offered("SELECT rank() OVER (o").first().map(String::as_str), Some("ORDER BY"));
        assert!(offered("SELECT row_n").contains(&"row_number(".to_owned()));
        assert!(offered("SELECT rank() ov").contains(&"OVER".to_owned()));
    }

    #[test]
    fn another_query_begins_behind_a_set_operation() {
        let offered = |text: &str| -> Vec<String> {
            let values = &super::super::NoValues;
            let context = Context { text, before: text, catalog: &Default::default(), values };
            complete(&context).items.into_iter().map(|i| i.text).collect()
        };
        for before in ["SELECT a FROM t UNION ", "SELECT a FROM t EXCEPT ALL ", "SELECT a FROM t intersect s"]
        {
            assert_eq!(offered(before).first().map(String::as_str), Some("SELECT"), "{before}");
        }
        assert!(offered("SELECT a FROM t uni").contains(&"UNION ALL".to_owned()));
    }

    #[test]
    fn words_and_the_column_before_a_value() {
        assert_eq!(
            words("select a.b, 'x y' from t -- c\nwhere \"d e\">='f"),
            ["select", "a.b", ",", "'x y'", "from", "t", "-- c", "where", "\"d e\"", ">", "=", "'f"]
        );
        let of = |text| compared(&words(text));
        assert_eq!(of("where a =").as_deref(), Some("a"));
        assert_eq!(of("where \"d e\" >=").as_deref(), Some("d e"));
        assert_eq!(of("where a not in ('x', 5,").as_deref(), Some("a"));
        assert_eq!(of("where a not like").as_deref(), Some("a"));
        assert_eq!(of("where f(a,"), None);
        assert_eq!(of("where 1 ="), None);
        assert_eq!(of(""), None);
        assert!(
            complete(&Context {
                text: "",
                before: "",
                catalog: &Default::default(),
                values: &super::super::NoValues
            })
            .items
            .iter()
            .all(|i| i.kind == CompletionKind::Keyword)
        );
    }
}
