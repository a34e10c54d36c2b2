//! Patterns of `like`, `parse` and free text, compiled once per plan. Bytes are matched, so that logs with invalid
//! UTF-8 can be searched; `\d`, `\w`, `\s`, `\b` and `(?i)` know ASCII only, as in RE2.

use crate::Error;
use std::{collections::HashMap, sync::Arc};

use regex::bytes::{Regex, RegexBuilder};

use logloupe_table::Value;

/// A compiled pattern may take this much memory; larger ones are refused with a diagnostic.
const SIZE: usize = 1 << 20;
/// What most patterns are content with. It is tried first, so that what a query's patterns take together is known.
const USUAL_SIZE: usize = 1 << 16;
/// All patterns of a query may take this much memory.
const ALL_SIZES: usize = 32 << 20;
/// A pattern's longest text; reading one takes a hundred times its memory.
const LONGEST: usize = 1 << 16;

/// Compiles the patterns of one query, each once, within bounds for all of them.
#[derive(Debug, Default)]
pub struct Patterns {
    compiled: HashMap<(String, bool), Result<Arc<Regex>, Error>>,
    taken: usize,
}

impl Patterns {
    /// Compiles a regular expression; the error is one line for people.
    ///
    /// # Errors
    /// When the pattern is none, or too large.
    pub fn regex(&mut self, pattern: &str) -> Result<Arc<Regex>, Error> {
        self.compile(pattern.to_owned(), false)
    }
    /// A pattern that finds `text` in any letter case (ASCII).
    ///
    /// # Errors
    /// When it is too large.
    pub fn any_case(&mut self, text: &str) -> Result<Arc<Regex>, Error> {
        self.compile(escape(text), true)
    }
    /// A pattern for a whole value in any letter case, in which `*` stands for anything.
    ///
    /// # Errors
    /// When it is too large.
    pub fn wildcard(&mut self, text: &str) -> Result<Arc<Regex>, Error> {
        self.compile(whole(text), true)
    }
    fn compile(&mut self, pattern: String, ignore_case: bool) -> Result<Arc<Regex>, Error> {
        let key = (pattern, ignore_case);
        if let Some(done) = self.compiled.get(&key) {
            return done.clone();
        }
        if self.taken >= ALL_SIZES {
            return Err("the patterns of this query are too large together".into());
        }
        self.taken += USUAL_SIZE;
        let made = match build(&key.0, ignore_case, USUAL_SIZE) {
            Err(Refused::Large) => {
                self.taken += SIZE;
                build(&key.0, ignore_case, SIZE)
            }
            other => other,
        };
        let made = made.map(Arc::new).map_err(|refused| refused.message().into());
        self.compiled.insert(key, made.clone());
        made
    }
}

/// Why a pattern was not compiled.
enum Refused {
    Large,
    Wrong(String),
}

impl Refused {
    fn message(self) -> String {
        match self {
            Refused::Large => "the regular expression is too large".to_owned(),
            Refused::Wrong(message) => message,
        }
    }
}

fn build(pattern: &str, ignore_case: bool, size: usize) -> Result<Regex, Refused> {
    if pattern.len() > LONGEST {
        return Err(Refused::Large);
    }
    // Unicode classes are not compiled in: a pattern in ASCII is matched byte by byte, any other by characters.
    // The flag stands in the pattern, so that its text says all.
    let flagged = if ignore_case { format!("(?i){pattern}") } else { pattern.to_owned() };
    RegexBuilder::new(&flagged).unicode(!pattern.is_ascii()).size_limit(size).build().map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => Refused::Large,
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or("it cannot be compiled");
            let reason = last.trim_start_matches("error:").trim();
            Refused::Wrong(format!("the regular expression does not compile: {reason}"))
        }
    })
}

/// Escapes bytes so that a byte-wise regular expression matches exactly them.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for b in text.bytes() {
        match b {
            b if b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'-' | b':' | b'/' | b',' | b'@') => {
                out.push(b as char);
            }
            b if b.is_ascii_punctuation() => out.extend(['\\', b as char]),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out
}

/// A whole value in which `*` stands for anything.
fn whole(text: &str) -> String {
    let parts: Vec<String> = text.split('*').map(escape).collect();
    format!("^(?s:{})$", parts.join(".*"))
}

/// How `parse` takes text apart: one value per name.
#[derive(Debug)]
pub enum Extractor {
    /// Literal pieces around the stars; `open` when the pattern ends with a star.
    Glob {
        /// What stands before each star, and after the last one.
        pieces: Vec<String>,
    },
    /// Numbers of the groups in a regular expression.
    Regex {
        /// The expression.
        regex: Arc<Regex>,
        /// The groups that have names.
        groups: Vec<usize>,
    },
}

impl Extractor {
    /// Takes `a * b *` apart.
    pub fn glob(pattern: &str) -> Extractor {
        Extractor::Glob { pieces: pattern.split('*').map(str::to_owned).collect() }
    }
    /// How many values there are.
    pub fn values(&self) -> usize {
        match self {
            Extractor::Glob { pieces } => pieces.len() - 1,
            Extractor::Regex { groups, .. } => groups.len(),
        }
    }
    /// The values found in `text` as a list; missing when the pattern does not match.
    pub fn extract(&self, text: &[u8]) -> Value {
        let found = match self {
            Extractor::Glob { pieces } => split(pieces, text),
            Extractor::Regex { regex, groups } => regex.captures(text).map(|captures| {
                groups.iter().map(|&g| captures.get(g).map_or(Value::Null, |m| value(m.as_bytes()))).collect()
            }),
        };
        found.map_or(Value::Null, Value::List)
    }
}

/// A regular expression whose groups may have names that the engine of regular expressions does not know.
#[derive(Debug, PartialEq)]
pub(super) struct NamedGroups {
    /// The expression with groups called `g0`, `g1`, ….
    pub(super) pattern: String,
    /// What they are called in the query, and where the name stands in the text.
    pub(super) names: Vec<(String, std::ops::Range<usize>)>,
}

impl NamedGroups {
    /// Reads `(?<name>…)` and `(?P<name>…)`. A name begins with a letter, `_` or `@`, as fields that a query makes do;
    /// letters, digits and `_ @ . - : $ /` follow.
    pub(super) fn of(text: &str) -> NamedGroups {
        let mut out = NamedGroups { pattern: String::with_capacity(text.len()), names: Vec::new() };
        let mut rest = text;
        let mut classes = 0_usize;
        while let Some(c) = rest.chars().next() {
            let mut taken = c.len_utf8();
            match c {
                '\\' => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
                '[' => {
                    classes += 1;
                    taken += rest[1..].starts_with('^') as usize;
                    // A bracket that stands first in a class is one of its characters.
                    taken += rest[taken..].starts_with(']') as usize;
                }
                ']' => classes = classes.saturating_sub(1),
                '(' if classes == 0 => {
                    if let Some((open, name)) = group_name(rest) {
                        let start = text.len() - rest.len() + open;
                        out.pattern.push_str(&format!("(?<g{}>", out.names.len()));
                        out.names.push((name.to_owned(), start..start + name.len()));
                        rest = &rest[open + name.len() + 1..];
                        continue;
                    }
                }
                _ => {}
            }
            out.pattern.push_str(&rest[..taken]);
            rest = &rest[taken..];
        }
        out
    }
}

/// The name of the group that a text begins with, and where it begins.
fn group_name(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix("(?P<").or_else(|| text.strip_prefix("(?<"))?;
    let end =
        rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '@' | '.' | '-' | ':' | '$' | '/')))?;
    let name = rest.get(..end)?;
    let first = name.strip_prefix('@').unwrap_or(name).chars().next();
    let named = rest[end..].starts_with('>') && first.is_some_and(|c| c.is_alphabetic() || c == '_');
    named.then_some((text.len() - rest.len(), name))
}

fn value(bytes: &[u8]) -> Value {
    Value::text(&String::from_utf8_lossy(bytes))
}

/// Each star takes as little as possible, so no place has to be tried twice.
fn split(pieces: &[String], text: &[u8]) -> Option<Arc<[Value]>> {
    let (first, rest) = pieces.split_first()?;
    let mut at = memchr::memmem::find(text, first.as_bytes())? + first.len();
    let mut out = Vec::with_capacity(rest.len());
    for (i, piece) in rest.iter().enumerate() {
        let last = i + 1 == rest.len();
        let end = match piece.is_empty() {
            true if last => text.len(),
            true => at,
            false => at + memchr::memmem::find(&text[at..], piece.as_bytes())?,
        };
        out.push(value(&text[at..end]));
        at = end + piece.len();
    }
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_take_as_little_as_possible() {
        let parse = |pattern, text: &str| Extractor::glob(pattern).extract(text.as_bytes()).to_string();
        assert_eq!(
            parse("user=*, method:*, latency := *", "x user=a, method:get, latency := 8 ms"),
            "[a, get, 8 ms]"
        );
        assert_eq!(parse("[*] *", "x [a] [b] c"), "[a, [b] c]");
        assert_eq!(parse("[*]", "no"), "");
        assert_eq!(parse("[*", "[rest"), "[rest]");
        assert_eq!(parse("**", "ab"), "[, ab]");
    }

    #[test]
    fn groups_keep_the_names_that_the_query_gives_them() {
        let named = |text: &str| {
            let groups = NamedGroups::of(text);
            for (name, at) in &groups.names {
                assert_eq!(&text[at.clone()], name, "{text}");
            }
            let names: Vec<String> = groups.names.into_iter().map(|(name, _)| name).collect();
            (groups.pattern, names.join(" "))
        };
        for (text, pattern, names) in [
            (r"u=(?<@u>.*?) (?P<m_1>\w)", r"u=(?<g0>.*?) (?<g1>\w)", "@u m_1"),
            (
                "(?<user-agent>a)(?<http.status>b)(?<größe>c)",
                "(?<g0>a)(?<g1>b)(?<g2>c)",
                "user-agent http.status größe",
            ),
            ("(?<a>(?<@b>x)|(?:y))", "(?<g0>(?<g1>x)|(?:y))", "a @b"),
            // No groups: escaped, in classes, looking behind, without a name, not ended.
            (r"\(?<a>)", r"\(?<a>)", ""),
            ("[(?<a>][]([^](?<b>]x[[:alpha:](?<c>]", "[(?<a>][]([^](?<b>]x[[:alpha:](?<c>]", ""),
            ("(?<=a>b)(?<!c>d)(?<>e)(?<1>f)", "(?<=a>b)(?<!c>d)(?<>e)(?<1>f)", ""),
            ("(?<a", "(?<a", ""),
            ("\\", "\\", ""),
        ] {
            assert_eq!(named(text), (pattern.to_owned(), names.to_owned()), "{text}");
        }
    }

    #[test]
    fn patterns_are_bounded_and_know_no_case_where_asked() {
        let mut patterns = Patterns::default();
        assert!(patterns.regex("a{1000}{1000}").is_err_and(|e| e.to_string().contains("too large")));
        assert!(patterns.regex(&"a".repeat(LONGEST + 1)).is_err_and(|e| e.to_string().contains("too large")));
        assert!(patterns.regex("(").is_err());
        assert!(patterns.regex(r"(?i)\bERR\d").unwrap().is_match(b"an err5"));
        assert!(patterns.regex("é.x").unwrap().is_match("éöx".as_bytes()));
        assert!(patterns.any_case("A.b é").unwrap().is_match("xa.B éx".as_bytes()));
        assert!(!patterns.any_case("A.b").unwrap().is_match(b"axb"));
        assert!(patterns.wildcard("*.AMAZONAWS.com").unwrap().is_match(b"s3.amazonaws.com"));
        assert!(!patterns.wildcard("amazonaws*").unwrap().is_match(b"s3.amazonaws.com"));
    }

    #[test]
    fn all_patterns_of_a_query_share_one_bound() {
        let mut patterns = Patterns::default();
        let usual: Vec<_> = (0..600).map(|i| patterns.regex(&format!("{i}"))).collect();
        assert!(usual.iter().filter(|r| r.is_ok()).count() == ALL_SIZES / USUAL_SIZE);
        assert!(patterns.regex("0").is_ok(), "what was compiled is there");
        let mut patterns = Patterns::default();
        let large = (0..100).filter(|i| patterns.regex(&format!("{i}[a-z]{{5000}}")).is_ok()).count();
        assert!((8..40).contains(&large), "{large}");
    }
}
