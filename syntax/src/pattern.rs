//! CloudWatch Logs filter patterns, as metric filters and alarms have them: text to the tree that all languages share.
//!
//! ```text
//! query     = [ json | slots | terms ] { "|" command }       commands as in `insights`; none after terms
//! json      = "{" any "}"
//! any       = all { "||" all }
//! all       = unit { "&&" unit }
//! unit      = "(" any ")" | subject condition
//! subject   = "$" step { step }                              in slots: the name of a slot
//! step      = "." ( key | "*" ) | "[" ( number | "*" ) "]" | [ "." ] "[" text "]"
//! condition = ( "=" | "!=" ) value | ( "<" | "<=" | ">" | ">=" ) number
//!           | "IS" ( "NULL" | "TRUE" | "FALSE" ) | [ "NOT" ] "EXISTS"
//! value     = text | "%" regex "%" | word
//! slots     = "[" slot { "," slot } "]"
//! slot      = "..." | [ name ] | any
//! terms     = { [ "-" | "?" ] value }
//! ```
//!
//! Meaning follows the vendor (user guide, `FilterAndPatternSyntax`, read 2026-11): letter case counts; a condition on a
//! missing field does not hold, `!=` included; a `*` is a wildcard at the beginning and the end of a value and a star
//! inside it; `<` and its like compare numbers only. A selector with a `*` fits if any of its values does (`jsonany`).
//! A slotted pattern fits records of as many words as it has slots or more: the last slot is what is left of them.
//! A field that is `null` exists (`jsonhas`, `jsonnull`); an object or a list fits no comparison (`jsonscalar`).
//!
//! Here are characters, and conditions joined by `&&` and `||`; one condition is in `condition`, the rest of the grammar in
//! `slots` and `terms`.

mod condition;
mod slots;
mod terms;

use super::{
    parsed::Parsed,
    quoting::{is_blank, unescape},
    tree::{Binary, Command, E, Expr, Query, Spanned},
};
use crate::diagnostic::{Diagnostic, Remarks};
use logloupe_table::sort;

/// How deep brackets nest: less than in Insights, whose text the tree must have too.
const DEEPEST: u32 = 48;
/// How many conditions are joined: the tree is as deep as they are many.
const LONGEST: usize = 400;

/// How many regexes a pattern in braces or brackets has in CloudWatch.
const MOST_REGEXES: usize = 2;
/// The signs that a regex has in CloudWatch, besides letters, digits and blanks.
const REGEX_SIGNS: &str = ":_#=@/;,-^$?[]{}|\\*+.";

/// Whether a text is a pattern although nobody said so: `{ $.…`, `[…]` with slots or a condition, `?a ?b`.
pub fn is_pattern(text: &str) -> bool {
    let text = text.trim_start_matches(is_blank);
    if let Some(rest) = text.strip_prefix('{') {
        return rest.trim_start_matches(|c| is_blank(c) || c == '(').starts_with('$');
    }
    if text.starts_with('?') {
        // Two at least: one alone is a word to search for.
        let optional = |word: &&str| word.len() > 1 && word.starts_with('?') && !word.starts_with("??");
        return optional(&text) && text.split(is_blank).filter(optional).nth(1).is_some();
    }
    // `[ERROR]` is a word to search for.
    let Some(rest) = text.strip_prefix('[') else { return false };
    let inside = rest.rfind(']').and_then(|end| rest.get(..end)).unwrap_or(rest);
    let behind = rest.get(inside.len() + 1..).unwrap_or("").trim_start_matches(is_blank);
    let slotted = inside.contains([',', '=', '<', '>']) || inside.trim() == "...";
    slotted && (behind.is_empty() || behind.starts_with('|'))
}

/// The pattern's tree and everything that is wrong with it.
pub fn parse(text: &str) -> Parsed {
    let diagnostics = Remarks::default();
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        joined: 0,
        slots: None,
        last: 0,
        regexes: 0,
        in_terms: false,
        stars: 0,
        diagnostics,
        full: false,
    };
    parser.blanks();
    let start = parser.at;
    let condition = match parser.next() {
        Some('{') => parser.json(),
        Some('[') => parser.slots(),
        _ => {
            parser.in_terms = true;
            parser.terms()
        }
    };
    let mut query = Query::default();
    if let Some(condition) = condition {
        query.commands.push(Spanned::new(Command::Filter(condition), start..parser.at));
    }
    parser.blanks();
    let mut diagnostics = std::mem::take(&mut parser.diagnostics).into_vec();
    if parser.next() == Some('|') {
        // The commands keep their places: the pattern before them is read as blanks.
        let behind = format!("{}{}", " ".repeat(parser.at), parser.rest());
        let rest = super::insights::parse(&behind);
        query.commands.extend(rest.query.commands);
        diagnostics.extend(rest.diagnostics);
    } else if parser.next().is_some() && diagnostics.is_empty() {
        let help = "a pattern is one `{ … }`, one `[ … ]` or words; commands follow behind `|`";
        let span = parser.at..text.trim_end().len().max(parser.at);
        diagnostics.push(Diagnostic::error(span, "expected the end of the pattern").help(help));
    }
    sort::by_key(&mut diagnostics, |d| d.span.start);
    Parsed { query, diagnostics }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    joined: usize,
    /// The slots of a slotted pattern by name, each with its place from the beginning (1…) or the end (-1…).
    slots: Option<Vec<slots::Slot<'a>>>,
    /// The place of the slot that takes all words that are left; 0 where `...` does.
    last: i64,
    regexes: usize,
    /// The pattern is one of words.
    in_terms: bool,
    /// How many steps `*` the selectors have.
    stars: usize,
    diagnostics: Remarks,
    /// The pattern was found too long or too deep; that is told once.
    full: bool,
}

impl<'a> Parser<'a> {
    // --- text ---

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }
    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }
    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
    }
    /// Takes `what` if it comes next, blanks aside.
    fn eat(&mut self, what: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(what);
        self.at += if found { what.len() } else { 0 };
        found
    }
    /// The letters that come next.
    fn letters(&self) -> &'a str {
        let rest = self.rest();
        rest.get(..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())).unwrap_or("")
    }
    /// Takes a keyword in any letter case.
    fn eat_word(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.letters().eq_ignore_ascii_case(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    // --- diagnostics ---

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
    /// Reports that something else was expected here.
    fn unexpected(&mut self, expected: &str, help: &str) {
        self.blanks();
        let end = self.at + self.word_length(self.rest()).max(self.next().map_or(0, char::len_utf8));
        let found = match self.text.get(self.at..end) {
            Some("") | None => "the end of the pattern".to_owned(),
            Some(word) => format!("`{}`", super::insights::short(word)),
        };
        let mut help = help.to_owned();
        if self.rest().starts_with("\\\"") {
            help = "take the backslashes away: a quote inside a pattern is written `\"`".to_owned();
        }
        if self.rest().starts_with('\'') {
            help = "write text in double quotes: \"…\"".to_owned();
        }
        self.report(
            Diagnostic::error(self.at..end, format!("expected {expected}, found {found}")).help(help),
        );
    }
    fn too_much(&mut self) {
        if !self.full {
            self.full = true;
            let message = "the pattern is too long or nested too deeply";
            let help =
                format!("at most {LONGEST} conditions are joined; write `filter field in [\"a\", \"b\"]`");
            self.report(Diagnostic::error(self.at..self.at, message).help(help));
        }
        self.at = self.text.len();
    }

    // --- parts of all kinds of patterns ---

    /// `a && b || c`; `None` if something was reported.
    fn any(&mut self) -> Option<E> {
        self.chain("||", Binary::Or, |p| p.chain("&&", Binary::And, Self::unit))
    }

    /// Parts joined by an operator. Reading goes on after a part that cannot be read, so that all faults are told.
    fn chain(
        &mut self,
        operator: &str,
        binary: Binary,
        mut part: impl FnMut(&mut Self) -> Option<E>,
    ) -> Option<E> {
        self.blanks();
        let start = self.at;
        let mut all = part(self);
        while self.eat(operator) {
            self.joined += 1;
            if self.joined > LONGEST {
                self.too_much();
                return None;
            }
            let next = part(self);
            all = match (all, next) {
                (Some(left), Some(right)) => Some(at(start..self.at, Expr::Binary(binary, left, right))),
                _ => None,
            };
        }
        all
    }

    fn unit(&mut self) -> Option<E> {
        if !self.eat("(") {
            return self.condition().or_else(|| {
                self.skip();
                None
            });
        }
        let open = self.at - 1;
        if self.depth >= DEEPEST {
            self.too_much();
            return None;
        }
        self.depth += 1;
        let inner = self.any();
        self.depth -= 1;
        if self.eat(")") {
            return inner;
        }
        if !self.full && inner.is_some() {
            self.blanks();
            let message = "the bracket has no closing `)`";
            self.report(Diagnostic::error(open..open + 1, message));
        }
        None
    }

    /// To behind what could not be read.
    fn skip(&mut self) {
        while let Some(c) = self.next() {
            let rest = self.rest();
            let closes = matches!(c, ')' | '}') || self.slots.is_some() && matches!(c, ']' | ',');
            if closes || rest.starts_with("&&") || rest.starts_with("||") {
                return;
            }
            self.at += c.len_utf8();
            if c == '"' {
                self.at = self.until('"').map_or(self.text.len(), |end| end + 1);
            }
        }
    }

    /// The length of the word that a text begins with.
    fn word_length(&self, rest: &str) -> usize {
        let in_slots = self.slots.is_some();
        let ends = |(i, c): (usize, char)| {
            is_blank(c)
                || matches!(c, '(' | ')' | '{' | '}' | '"' | '=' | '<' | '>' | '!' | '\'' | '\\')
                || in_slots && matches!(c, ',' | '[' | ']')
                || matches!(c, '&' | '|') && rest.get(i + 1..).is_some_and(|r| r.starts_with(c))
        };
        rest.char_indices().find(|c| ends(*c)).map_or(rest.len(), |(i, _)| i)
    }

    /// The place of the next `close` that no backslash escapes.
    fn until(&self, close: char) -> Option<usize> {
        let mut chars = self.rest().char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '\\' => _ = chars.next(),
                c if c == close => return Some(self.at + i),
                _ => {}
            }
        }
        None
    }

    /// What stands between two signs that are the same.
    fn between(&mut self, sign: char, what: &str) -> Option<&'a str> {
        let open = self.at;
        self.at += sign.len_utf8();
        let Some(end) = self.until(sign) else {
            let message = format!("the {what} has no closing `{sign}`");
            self.report(Diagnostic::error(open..open + 1, message).help(format!("close it with `{sign}`")));
            self.at = self.text.len();
            return None;
        };
        let inner = self.text.get(self.at..end).unwrap_or("");
        self.at = end + sign.len_utf8();
        Some(inner)
    }
    fn quoted(&mut self) -> Option<String> {
        self.between('"', "text").map(unescape)
    }
    fn regex(&mut self) -> Option<String> {
        let start = self.at;
        let inner = self.between('%', "regex")?;
        if inner.is_empty() {
            self.report(Diagnostic::error(start..self.at, "the regex is empty"));
            return None;
        }
        self.regexes += 1;
        self.unlike_theirs(inner, start);
        // As the tree keeps a regex: `\%` and `\/` are signs like any other, and a line's end is an escape.
        let mut out = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            match c {
                '\n' => out.push_str("\\n"),
                '\\' => match chars.next() {
                    Some(sign @ ('%' | '/')) => out.push(sign),
                    Some('\n') | None => out.push_str("\\n"),
                    Some(next) => out.extend(['\\', next]),
                },
                // At most so many: the engine wants the least said.
                '{' if chars.as_str().starts_with(',') => out.push_str("{0"),
                c => out.push(c),
            }
        }
        Some(out)
    }
    /// Warns of a regex that works here and that CloudWatch refuses, so that nobody takes it there.
    fn unlike_theirs(&mut self, regex: &str, start: usize) {
        let theirs = |c: &char| c.is_ascii_alphanumeric() || REGEX_SIGNS.contains(*c) || is_blank(*c);
        let (message, help) = if let Some(sign) = regex.chars().find(|c| !theirs(c) && *c != '%') {
            let help = "it takes letters, digits and few signs, others as `\\x28`; here it works";
            (format!("CloudWatch refuses `{}` in a regex", sign.escape_debug()), help.to_owned())
        } else if self.regexes == MOST_REGEXES + 1 && !self.in_terms {
            let help = format!("it takes {MOST_REGEXES} in a pattern; here it works");
            ("CloudWatch refuses so many regexes".to_owned(), help)
        } else {
            return;
        };
        self.report(Diagnostic::warning(start..self.at, message).help(help));
    }

    // --- JSON ---

    fn json(&mut self) -> Option<E> {
        let open = self.at;
        self.eat("{");
        self.blanks();
        if self.next() == Some('}') {
            self.report(
                Diagnostic::error(open..self.at + 1, "the pattern has no condition")
                    .help("for example `{ $.eventName = \"ConsoleLogin\" }`"),
            );
            self.at += 1;
            return None;
        }
        let condition = self.any();
        if self.eat("}") || self.full {
            return condition;
        }
        self.blanks();
        if self.next().is_none() {
            if self.diagnostics.is_empty() {
                self.report(Diagnostic::error(open..open + 1, "the pattern has no closing `}`"));
            }
        } else if condition.is_some() {
            self.unexpected("`&&`, `||` or `}`", "");
            self.at = self.text.len();
        }
        None
    }
}

fn at(span: std::ops::Range<usize>, expr: Expr) -> E {
    Box::new(Spanned::new(expr, span))
}

fn call(span: std::ops::Range<usize>, name: &str, args: Vec<E>) -> E {
    at(span.clone(), Expr::Call { name: Spanned::new(name.to_owned(), span), args })
}

fn message() -> E {
    Box::new(Spanned::made(Expr::Field("@message".to_owned())))
}
