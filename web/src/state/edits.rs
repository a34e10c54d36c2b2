//! What clicks do to the query's text: text to tree, an edit of the tree, back to canonical text of the same language,
//! or of Insights where that language has no words for it. A text that cannot be read as a whole is not edited, so that
//! nothing the user typed is lost.

use logloupe_syntax::{
    self as syntax, Language, Name,
    edit::{self, FilterChip},
    parse, parse_in,
    tree::{Command, Query},
};
use logloupe_table::Value;

/// What can be done with a value, wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueAct {
    /// Only events with it.
    Only,
    /// No events with it.
    Exclude,
    /// Events with it too.
    Also,
    /// Nothing else query_text: this value in every log.
    Everywhere,
    /// How many events per value of its field.
    CountBy,
}

/// A query's text and its language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct QueryText<'t> {
    pub(crate) text: &'t str,
    pub(crate) language: Language,
}

#[cfg(test)]
impl<'t> From<&'t str> for QueryText<'t> {
    fn from(text: &'t str) -> QueryText<'t> {
        QueryText { text, language: Language::Insights }
    }
}

impl QueryText<'_> {
    /// The tree of a text that can run.
    fn tree(self) -> Option<Query> {
        parse_in(self.text, self.language).into_result().ok()
    }
    /// The same question in another language; the error says why that has no words for it.
    pub(crate) fn in_language(self, language: Language) -> Result<String, String> {
        let query = self.tree().ok_or("The query has an error. Fix or clear the query first.")?;
        match language {
            _ if query.commands.is_empty() => Ok(String::new()),
            language => text_in(&query, language),
        }
    }
}

/// A query's text in a language; the error says why that has no words for it.
fn text_in(query: &Query, language: Language) -> Result<String, String> {
    match language {
        // Other languages say more than patterns can.
        Language::Pattern => Err("A filter pattern is written by hand: clear the query first.".to_owned()),
        language => {
            syntax::text(query, language).map_err(|e| format!("In {}: {}.", name(language), e.message))
        }
    }
}

/// The language's name for people.
pub(crate) fn name(language: Language) -> &'static str {
    match language {
        Language::Insights => "Insights",
        Language::Sql => "SQL",
        Language::Pattern => "Pattern",
    }
}

/// The Insights tree of a text of ours.
fn tree(text: &str) -> Option<Query> {
    parse(text).into_result().ok()
}

fn edited(query_text: QueryText<'_>, change: impl FnOnce(&mut Query)) -> Option<String> {
    let mut query = query_text.tree()?;
    change(&mut query);
    Some(text_in(&query, query_text.language).unwrap_or_else(|_| query.to_string()))
}

/// The query after a click on a value; `None` when the text cannot be read.
pub(crate) fn with_value(
    query_text: QueryText<'_>,
    act: ValueAct,
    field: &str,
    value: &str,
) -> Option<String> {
    let value = literal(value);
    match act {
        ValueAct::Only => edited(query_text, |q| edit::include_only(q, field, value)),
        ValueAct::Exclude => edited(query_text, |q| edit::exclude(q, field, value)),
        ValueAct::Also => edited(query_text, |q| edit::include_also(q, field, value)),
        ValueAct::Everywhere => {
            edited(QueryText { text: "", ..query_text }, |q| edit::include_only(q, field, value))
        }
        ValueAct::CountBy => counted_by(query_text, field),
    }
}

/// `… | stats count(*) as events by field | sort events desc`, the filters kept.
pub(crate) fn counted_by(query_text: QueryText<'_>, field: &str) -> Option<String> {
    let question = tree(&format!("stats count(*) as events by {} | sort events desc", Name(field)))?;
    edited(query_text, |query| {
        keep_filters(query);
        query.commands.extend(question.commands);
    })
}

/// A preset's query query_text of what is filtered now.
pub(crate) fn with_preset(query_text: QueryText<'_>, preset: &str) -> String {
    let (Some(mut query), Some(question)) = (query_text.tree(), tree(preset)) else {
        return preset.to_owned();
    };
    keep_filters(&mut query);
    // A preset's own filters come after; free text can only stand first, so a preset that begins with it stands alone.
    if question.commands.iter().any(|c| matches!(c.item, Command::Search(_) | Command::Source(_))) {
        return preset.to_owned();
    }
    query.commands.extend(question.commands);
    query.to_string()
}

fn keep_filters(query: &mut Query) {
    let first_other =
        |c: &Command| !matches!(c, Command::Source(_) | Command::Search(_) | Command::Filter(_));
    let end = query.commands.iter().position(|c| first_other(&c.item)).unwrap_or(query.commands.len());
    query.commands.truncate(end);
}

/// The value as the query writes it: a number where the text is one exactly, so that `443` needs no quotes.
fn literal(value: &str) -> Value {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => Value::Int(number),
        _ => Value::text(value),
    }
}

/// The filters as chips; none when the text cannot be read.
pub(crate) fn chips(query_text: QueryText<'_>) -> Vec<FilterChip> {
    query_text.tree().map(|query| edit::filters_in(&query, query_text.language)).unwrap_or_default()
}

/// The query without a filter.
pub(crate) fn without(query_text: QueryText<'_>, index: usize) -> Option<String> {
    edited(query_text, |q| edit::remove_filter(q, index))
}

/// The query with a filter turned around.
pub(crate) fn inverted(query_text: QueryText<'_>, index: usize) -> Option<String> {
    edited(query_text, |q| edit::invert_filter(q, index))
}

/// The query without any filter.
pub(crate) fn unfiltered(query_text: QueryText<'_>) -> Option<String> {
    edited(query_text, |query| {
        while !edit::filters(query).is_empty() {
            let before = query.clone();
            edit::remove_filter(query, 0);
            if *query == before {
                break;
            }
        }
    })
}

/// What the result is sorted by first, and whether the largest comes first.
pub(crate) fn sort(query_text: QueryText<'_>) -> Option<(String, bool)> {
    edit::sort(&query_text.tree()?)
}

/// The query after a click on a column's head: descending, ascending, its own order again.
pub(crate) fn with_next_sort(query_text: QueryText<'_>, field: &str) -> Option<String> {
    let now = sort(query_text);
    edited(query_text, |query| match now {
        Some((by, true)) if by == field => edit::set_sort(query, field, false),
        Some((by, false)) if by == field => edit::clear_sort(query),
        _ => edit::set_sort(query, field, true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_on_values() {
        let only = with_value("".into(), ValueAct::Only, "source.ip", "203.0.113.77").expect("a query");
        assert_eq!(only, "filter source.ip = \"203.0.113.77\"");
        let both =
            with_value(only.as_str().into(), ValueAct::Exclude, "destination.port", "443").expect("a query");
        assert_eq!(chips(both.as_str().into()).len(), 2);
        assert!(both.contains("destination.port = 443"), "{both}");
        let also =
            with_value(only.as_str().into(), ValueAct::Also, "source.ip", "10.0.0.1").expect("a query");
        assert!(also.contains("in [\"203.0.113.77\", \"10.0.0.1\"]"), "{also}");
        let one = without(both.as_str().into(), 1).expect("a query");
        assert_eq!(one, only);
        assert_eq!(unfiltered(both.as_str().into()).as_deref(), Some(""));
    }

    #[test]
    fn an_account_id_with_leading_zeros_stays_text() {
        let only =
            with_value("".into(), ValueAct::Only, "cloud.account.id", "012345678901").expect("a query");
        assert!(only.contains("\"012345678901\""), "{only}");
    }

    #[test]
    fn counting_keeps_the_filters_and_nothing_else() {
        let query =
            counted_by("filter a = 1 | sort b desc | limit 5".into(), "detail-type").expect("a query");
        assert_eq!(query, "filter a = 1 | stats count(*) as events by `detail-type` | sort events desc");
        let preset = with_preset("filter a = 1 | stats count(*)".into(), "stats sum(bytes) by dstAddr");
        assert_eq!(preset, "filter a = 1 | stats sum(bytes) by dstAddr");
        assert_eq!(with_preset("filter (".into(), "stats count(*)"), "stats count(*)");
    }

    #[test]
    fn clicks_in_sql_stay_sql() {
        let query_text = QueryText {
            text: "SELECT sourceip, COUNT(*) AS n FROM cloudtrail_logs GROUP BY sourceip",
            language: Language::Sql,
        };
        let only = with_value(query_text, ValueAct::Only, "eventname", "GetObject").expect("a query");
        assert!(only.starts_with("SELECT") && only.contains("WHERE"), "{only}");
        let query_text = QueryText { text: &only, ..query_text };
        assert_eq!(chips(query_text).len(), 1);
        let insights = query_text.in_language(Language::Insights).expect("words");
        assert!(insights.contains("stats count(*) as n"), "{insights}");
        let pattern = QueryText { text: "{ $.a = 1 }", language: Language::Pattern };
        let both = with_value(pattern, ValueAct::Only, "b", "x").expect("a query");
        assert_eq!(Language::of(&both, Language::Pattern), Language::Insights, "{both}");
    }

    #[test]
    fn a_broken_text_is_not_edited() {
        assert_eq!(with_value("filter (".into(), ValueAct::Only, "a", "b"), None);
        assert_eq!(without("filter (".into(), 0), None);
        assert!(chips("filter (".into()).is_empty());
    }

    #[test]
    fn heads_turn_the_order() {
        let first = with_next_sort("filter a = 1".into(), "bytes").expect("a query");
        assert_eq!(sort(first.as_str().into()), Some(("bytes".into(), true)));
        let second = with_next_sort(first.as_str().into(), "bytes").expect("a query");
        assert_eq!(sort(second.as_str().into()), Some(("bytes".into(), false)));
        assert_eq!(with_next_sort(second.as_str().into(), "bytes").as_deref(), Some("filter a = 1"));
    }
}
