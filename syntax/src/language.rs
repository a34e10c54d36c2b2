//! The languages of queries, and which one a text is written in. Not their grammars.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{keywords, pattern};

/// A language of queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// CloudWatch Logs Insights QL, and free text.
    #[default]
    Insights,
    /// SQL as Athena users write it.
    Sql,
    /// CloudWatch Logs filter patterns.
    Pattern,
}

impl Language {
    /// All languages, the usual one first.
    pub const ALL: [Language; 3] = [Language::Insights, Language::Sql, Language::Pattern];

    /// The name for programs, which [`FromStr`] reads back.
    pub fn name(self) -> &'static str {
        match self {
            Language::Insights => "insights",
            Language::Sql => "sql",
            Language::Pattern => "pattern",
        }
    }

    /// The language that a text is read in when `chosen` is switched on: another one only where the text is clearly
    /// of that, so that a pasted query needs no switch.
    pub fn of(text: &str, chosen: Language) -> Language {
        let begins = after_remarks(text);
        let (first, rest) = word(begins);
        let is = |w: &str| first.eq_ignore_ascii_case(w);
        if is("select") && has_word(rest, "from") || is("with") && names_a_query(rest) {
            return Language::Sql;
        }
        if pattern::is_pattern(begins) {
            return Language::Pattern;
        }
        let command = keywords::command_named(first).is_some() && !rest.starts_with(['(', '.']);
        if chosen != Language::Insights && command { Language::Insights } else { chosen }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Language, UnknownLanguage> {
        let found = Language::ALL.into_iter().find(|l| l.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownLanguage(name.to_owned()))
    }
}

/// A word that names no [`Language`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLanguage(String);

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown language `{}`: expected insights, sql or pattern", self.0)
    }
}

impl std::error::Error for UnknownLanguage {}

/// The text behind blanks and the remarks of any language.
fn after_remarks(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(super::quoting::is_blank);
        let end = match rest.as_bytes() {
            [b'#', ..] | [b'-', b'-', ..] => rest.find('\n'),
            [b'/', b'*', ..] => rest.find("*/").map(|i| i + 2),
            [b'(' | b';', ..] => Some(1),
            _ => return rest,
        };
        rest = end.and_then(|end| rest.get(end..)).unwrap_or("");
    }
}

/// The word that a text begins with, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w.eq_ignore_ascii_case(wanted))
}

/// `name AS (`, perhaps with the names of its columns.
fn names_a_query(text: &str) -> bool {
    let (name, rest) = word(text.trim_start().trim_start_matches('"'));
    let rest = rest.trim_start_matches('"').trim_start();
    let rest =
        rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or(rest, |(_, after)| after.trim_start());
    let (keyword, rest) = word(rest);
    !name.is_empty() && keyword.eq_ignore_ascii_case("as") && rest.trim_start().starts_with('(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_clearly_of_another_language_is_read_in_it() {
        use Language::*;
        for (text, chosen, read) in [
            ("SELECT a FROM b", Insights, Sql),
            ("-- top talkers\nselect\n*\nfrom b", Insights, Sql),
            ("/* x */ WITH t AS (SELECT 1 FROM b) SELECT * FROM t", Insights, Sql),
            ("with \"t\" (a, b) as (select", Insights, Sql),
            ("select all", Insights, Insights),
            ("with love as ever", Insights, Insights),
            ("error AND timeout", Insights, Insights),
            ("fields a | limit 1", Sql, Insights),
            ("# remark\nstats count(*)", Sql, Insights),
            ("filter", Pattern, Insights),
            ("sort.x = 1", Sql, Sql),
            ("", Sql, Sql),
            ("{ $.a = 1 }", Insights, Pattern),
            ("{$.a = 1 }", Sql, Pattern),
            ("{ ($.a = 1) }", Insights, Pattern),
            ("[ip, user]", Insights, Pattern),
            ("[..., status = 4*] | stats count(*)", Insights, Pattern),
            ("[ERROR]", Insights, Insights),
            ("[WARN, x] failed", Insights, Insights),
            ("{\"a\": 1}", Insights, Insights),
            ("ERROR -x", Pattern, Pattern),
            ("?ERROR ?WARN", Insights, Pattern),
            ("?\"a b\" ?%c% -d", Insights, Pattern),
            ("?ERROR", Insights, Insights),
            ("? or ?", Insights, Insights),
            ("what? ?x ?y", Insights, Insights),
        ] {
            assert_eq!(Language::of(text, chosen), read, "{text:?} {chosen}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for language in Language::ALL {
            assert_eq!(language.to_string().parse(), Ok(language));
            let json = serde_json::to_string(&language).unwrap();
            assert_eq!(json, format!("\"{language}\""));
        }
        assert!("sqlite".parse::<Language>().is_err());
    }
}
