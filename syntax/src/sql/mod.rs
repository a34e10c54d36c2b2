//! SQL as Athena users write it: text to tree by recursive descent, and tree back to text.
//!
//! ```text
//! statement  = [ "WITH" name [ "(" name { "," name } ")" ] "AS" "(" query ")" { "," … } ] query [ ";" ]
//! select     = "SELECT" [ "DISTINCT" | "ALL" ] item { "," item }
//!              [ "FROM" source { [ "INNER" | ( "LEFT" | "RIGHT" | "FULL" ) [ "OUTER" ] ] "JOIN" source ( "ON" value | "USING" "(" … ")" )
//!                              | ( "CROSS" "JOIN" | "," ) ( source | "UNNEST" "(" value ")" [ "AS" ] name [ "(" name ")" ] ) } ]
//!              [ "WHERE" value ] [ "GROUP" "BY" group { "," group } ] [ "HAVING" value ]
//!              [ "WINDOW" name "AS" "(" window ")" { "," … } ]
//!              [ "ORDER" "BY" key { "," key } ] [ "LIMIT" ( number | "ALL" ) ]
//! item       = [ name "." ] "*" | value [ [ "AS" ] name ]
//! source     = ( name { "." name } | "(" query ")" ) [ [ "AS" ] name [ "(" name { "," name } ")" ] ]
//! group      = value | ( "ROLLUP" | "CUBE" ) "(" value { "," value } ")" | "GROUPING" "SETS" "(" … ")"
//! key        = value [ "ASC" | "DESC" ] [ "NULLS" ( "FIRST" | "LAST" ) ]
//! ```
//!
//! Values stand in `expression`, their operands in `primary`, calls in `calls`, windows in `over`; `query` reads what is made of several
//! queries, `select` one `SELECT` (`from` its tables, `join` what is joined to them, `grouping` its sets of keys), and
//! `select::lower` brings it into the tree. The way back is in [`display`](mod@display); quotes, brackets and
//! the order of clauses, which it shares with the printer for Athena, are in [`write`](mod@write).
//!
//! Rules that are decided here:
//! - The tree knows two truth values, SQL three. A condition in the tree holds where SQL's is true; `NOT` is pushed
//!   inwards so that it never turns "unknown" into true, and a condition that is used as a value becomes
//!   `case(condition, true, its negation, false)`.
//! - Functions that differ from those of Insights are called `sql.…` in the tree.
//! - A column without a name of its own is called by its text.
//! - Names are the same in any letter case.
//! - A clause that cannot be read is reported and left out, and reading goes on at the next one.

mod calls;
pub mod display;
mod expression;
mod from;
mod grouping;
mod highlight;
mod join;
mod lexer;
mod like;
mod over;
mod primary;
mod query;
mod replace;
mod reserved;
mod select;
pub mod write;

use std::{collections::HashMap, ops::Range};

pub use calls::functions;
pub use display::display;
pub(crate) use highlight::highlight;

use self::{
    lexer::{Lexeme, Symbol, Token},
    reserved::is_reserved,
};
use super::{
    insights::{ParseResult, Reported, short},
    keywords,
    parsed::Parsed,
    tree::{Command, E, Query, Spanned},
};
use crate::diagnostic::Diagnostic;
use logloupe_table::sort;

/// More remarks than anybody reads.
const MOST_DIAGNOSTICS: usize = 64;
/// How deep queries may stand inside each other.
const MOST_QUERIES: u32 = 12;

/// How much text the uses of named queries may stand for.
const MOST_COPIED: usize = 1 << 22;

/// The words that begin a clause, and so end the one before.
const CLAUSES: &[&str] = &[
    "select",
    "from",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "fetch",
    "union",
    "intersect",
    "except",
    "window",
];

/// Whether a token follows a name rather than a keyword: `SELECT order, …`.
fn is_after_name(next: Lexeme) -> bool {
    matches!(next, Lexeme::Symbol(Symbol::Comma | Symbol::Dot | Symbol::Close))
}

/// Whether a name in double quotes may have been meant as text: text does not look like `@message` or `a-b`.
fn may_be_text(name: &str) -> bool {
    let odd_name = name.starts_with('@') || name.contains(['(', '-', '.']) && !name.contains(' ');
    !odd_name || name.bytes().next().is_some_and(|b| b.is_ascii_digit())
}

/// The text's tree and everything that is wrong with it. Never fails: see [`Parsed`].
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser {
        text,
        tokens: Vec::new(),
        depths: Vec::new(),
        at: 0,
        depth: 0,
        queries: 0,
        copied: 0,
        named: HashMap::new(),
        outside: Vec::new(),
        correlates: false,
        scope: Scope::default(),
        diagnostics: Vec::new(),
    };
    parser.read_tokens();
    let query = parser.statement();
    let mut diagnostics = parser.diagnostics;
    sort::by_key(&mut diagnostics, |d| d.span.start);
    Parsed { query, diagnostics }
}

/// A query that can be asked: its commands, and the names of its columns if they are known.
#[derive(Clone, Debug, Default)]
struct Relation {
    commands: Vec<Spanned<Command>>,
    /// `None` where every field of the logs is a column.
    columns: Option<Vec<String>>,
    /// How much text it stands for, the named queries in it included.
    weight: usize,
    /// Whether the last `SELECT` has an order of its own, without brackets around it.
    sorted: bool,
    /// What of the row outside its first columns must equal, for a query of `EXISTS`.
    outside: Vec<E>,
}

/// What names mean inside a `SELECT`.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// What may stand before a column's name and means nothing more: the table's name or alias.
    qualifiers: Vec<String>,
    /// The tables that are joined.
    sides: Vec<Side>,
    /// Columns that an `UNNEST` made.
    made: Vec<String>,
    /// Names that the columns of this `SELECT` give, once they are read.
    aliases: Vec<String>,
    /// The columns; `None` where every field of the logs is one.
    columns: Option<Vec<String>>,
    /// Columns that `USING` made one of two, and what they mean.
    merged: Vec<(String, E)>,
}

/// A table of a join.
#[derive(Clone, Debug)]
struct Side {
    /// What stands before the names of its columns, as the tree spells it.
    name: String,
    /// Its columns; `None` where every field of the logs is one.
    columns: Option<Vec<String>>,
}

struct Parser<'a> {
    text: &'a str,
    /// Without blanks and comments.
    tokens: Vec<Token>,
    /// How many brackets are open before each token.
    depths: Vec<u32>,
    at: usize,
    /// How deep expressions are nested.
    depth: u32,
    /// How many queries the current one stands in.
    queries: u32,
    /// How much text the uses of named queries stand for so far.
    copied: usize,
    /// What `WITH` named, by lower-case name.
    named: HashMap<String, Relation>,
    scope: Scope,
    /// What names mean in the queries around this one.
    outside: Vec<Scope>,
    /// Whether the `SELECT` at hand may look at the row outside.
    correlates: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn read_tokens(&mut self) {
        // For each open bracket, whether a query stands in it.
        let mut open: Vec<bool> = Vec::new();
        for token in lexer::tokens(self.text) {
            match token.kind {
                Lexeme::Blank | Lexeme::Comment => continue,
                Lexeme::Unclosed(quote) => self.unclosed(quote, token),
                Lexeme::Quoted if token.text(self.text).starts_with('`') => {
                    let name = lexer::inside(token.text(self.text)).into_owned();
                    let help = format!("write \"{}\"", short(&name));
                    self.report(
                        Diagnostic::error(token.span(), "names stand in double quotes here").help(help),
                    );
                }
                _ => {}
            }
            let word = if token.kind == Lexeme::Word { token.text(self.text) } else { "" };
            if token.kind == Lexeme::Symbol(Symbol::Close) {
                open.pop();
            } else if self.ends_brackets(word) && open.last() == Some(&false) {
                // A clause of the query outside: the brackets never close.
                while open.last() == Some(&false) {
                    open.pop();
                }
            }
            let after_open = self.tokens.last().is_some_and(|t| t.kind == Lexeme::Symbol(Symbol::Open));
            if after_open && ["select", "with", "values"].iter().any(|w| word.eq_ignore_ascii_case(w)) {
                // `((SELECT …) UNION SELECT …)`: the brackets before it hold the same query.
                let brackets =
                    self.tokens.iter().rev().take_while(|t| t.kind == Lexeme::Symbol(Symbol::Open));
                let (brackets, held) = (brackets.count(), open.len());
                open.iter_mut().skip(held.saturating_sub(brackets)).for_each(|query| *query = true);
            }
            self.tokens.push(token);
            self.depths.push(open.len() as u32);
            if token.kind == Lexeme::Symbol(Symbol::Open) {
                open.push(false);
            }
        }
    }

    /// Whether a word can only stand outside of the brackets of a call, given the tokens so far: `FROM` but for
    /// `EXTRACT(hour FROM t)` and `IS DISTINCT FROM`, and `WHERE` but for `FILTER (WHERE …)`.
    fn ends_brackets(&self, word: &str) -> bool {
        let before = |n: usize| {
            let at = self.tokens.len().checked_sub(n);
            at.and_then(|at| self.tokens.get(at)).map_or("", |t| self.text_of(*t))
        };
        match () {
            _ if word.eq_ignore_ascii_case("from") => {
                !before(1).eq_ignore_ascii_case("distinct") && !before(3).eq_ignore_ascii_case("extract")
            }
            _ if word.eq_ignore_ascii_case("where") => before(1) != "(",
            _ => false,
        }
    }

    // --- tokens ---

    fn peek_at(&self, ahead: usize) -> Token {
        let end = Token { kind: Lexeme::End, start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at + ahead).copied().unwrap_or(end)
    }
    fn peek(&self) -> Token {
        self.peek_at(0)
    }
    fn advance(&mut self) -> Token {
        let token = self.peek();
        self.at = (self.at + 1).min(self.tokens.len());
        token
    }
    fn text_of(&self, token: Token) -> &'a str {
        token.text(self.text)
    }
    fn is_symbol(&self, symbol: Symbol) -> bool {
        self.peek().kind == Lexeme::Symbol(symbol)
    }
    fn eat(&mut self, symbol: Symbol) -> bool {
        let found = self.is_symbol(symbol);
        self.at += found as usize;
        found
    }
    fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        let token = self.peek_at(ahead);
        token.kind == Lexeme::Word && self.text_of(token).eq_ignore_ascii_case(word)
    }
    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }
    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += found as usize;
        found
    }
    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(i, w)| self.is_word_at(i, w));
        self.at += if found { words.len() } else { 0 };
        found
    }
    /// Where the last token that was read ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.end)
    }
    /// The brackets open before the next token.
    fn level(&self) -> u32 {
        self.depths.get(self.at).copied().unwrap_or(0)
    }
    fn is_clause(&self) -> bool {
        let token = self.peek();
        let word = self.text_of(token);
        token.kind == Lexeme::Word
            && CLAUSES.iter().any(|c| c.eq_ignore_ascii_case(word))
            && !is_after_name(self.peek_at(1).kind)
    }

    // --- diagnostics ---

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn fail<T>(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> ParseResult<T> {
        self.report(Diagnostic::error(span, message).help(help));
        Err(Reported)
    }

    /// Reports that the next token is not what was expected.
    fn unexpected(&mut self, expected: &str) -> Reported {
        let token = self.peek();
        if matches!(token.kind, Lexeme::Unclosed(_)) {
            return Reported; // told when the tokens were read
        }
        let text = self.text_of(token);
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).copied();
        let after = before.map(|t| format!(" after `{}`", short(t.text(self.text)))).unwrap_or_default();
        let found = match token.kind {
            Lexeme::End => "the end of the query".to_owned(),
            _ => format!("`{}`", short(text)),
        };
        let help = self.help_on(token, before);
        let span = match before {
            Some(t) if token.kind == Lexeme::End => t.end..t.end,
            _ => token.span(),
        };
        self.report(Diagnostic::error(span, format!("expected {expected}{after}, found {found}")).help(help));
        Reported
    }

    /// What to do about a token that stands in the wrong place.
    fn help_on(&self, token: Token, before: Option<Token>) -> String {
        let text = self.text_of(token);
        let lower = text.to_ascii_lowercase();
        let after_comma = before.is_some_and(|t| t.kind == Lexeme::Symbol(Symbol::Comma));
        let next = self.text_of(self.peek_at(1));
        match token.kind {
            Lexeme::Symbol(Symbol::EqualEqual) => "write `=`".to_owned(),
            Lexeme::Symbol(Symbol::AndAnd) => "write `AND`".to_owned(),
            Lexeme::Symbol(Symbol::Bang) => "write `NOT`".to_owned(),
            Lexeme::Symbol(Symbol::Match) => "write `regexp_like(column, 'regex')`".to_owned(),
            Lexeme::Symbol(Symbol::DoubleColon) => format!("write `CAST(… AS {next})`"),
            Lexeme::Symbol(Symbol::Pipe) => {
                let meant = keywords::command_named(next).map(|c| c.name).and_then(|name| match name {
                    "limit" => Some("write `LIMIT` at the end of the query"),
                    "sort" => Some("write `ORDER BY` before `LIMIT`"),
                    "filter" => Some("write the condition after `WHERE`, or after `HAVING` for groups"),
                    "stats" => Some("write aggregates after `SELECT`, keys after `GROUP BY`"),
                    _ => None,
                });
                meant.unwrap_or("commands with `|` between them are CloudWatch Logs Insights").to_owned()
            }
            Lexeme::Symbol(Symbol::OpenList) => "a list stands in round brackets: `IN ('a', 'b')`".to_owned(),
            Lexeme::Symbol(Symbol::Slash) => "write `regexp_like(column, 'regex')`".to_owned(),
            Lexeme::Symbol(Symbol::Close) if after_comma => "leave out the last `,`".to_owned(),
            Lexeme::Odd if text.bytes().filter(|b| *b == b'.').count() == 3 => {
                format!("write an address as text: '{text}'")
            }
            Lexeme::Odd => format!("write it as text: '{text}', or as a column: \"{text}\""),
            Lexeme::Unknown if matches!(text, "“" | "”" | "‘" | "’" | "„") => {
                "write straight quotes: 'text'".to_owned()
            }
            Lexeme::Unknown if text == "#" => "a comment begins with `--`".to_owned(),
            Lexeme::Word if is_reserved(&lower) && is_after_name(self.peek_at(1).kind) => {
                format!("a column of this name stands in double quotes: \"{text}\"")
            }
            Lexeme::Word if after_comma && self.is_clause() => "leave out the last `,`".to_owned(),
            Lexeme::Word if matches!(lower.as_str(), "over") => {
                "`OVER` stands behind a window function or an aggregate".to_owned()
            }
            Lexeme::Word if lower == "ispresent" => "write `column IS NOT NULL`".to_owned(),
            Lexeme::Word if lower == "ilike" => "write `lower(column) LIKE '%text%'`".to_owned(),
            Lexeme::Word if matches!(lower.as_str(), "contains" | "matches" | "rlike" | "regexp") => {
                "write `column LIKE '%text%'` or `regexp_like(column, 'regex')`".to_owned()
            }
            Lexeme::Word if is_reserved(&lower) && !self.is_clause() => {
                format!("a column of this name stands in double quotes: \"{text}\"")
            }
            Lexeme::Word => {
                let near = crate::diagnostic::suggest(
                    text,
                    ["from", "where", "group", "having", "order", "limit", "and", "between", "like", "desc"],
                );
                near.map_or_else(String::new, |near| format!("did you mean `{}`?", near.to_uppercase()))
            }
            _ => String::new(),
        }
    }

    fn unclosed(&mut self, quote: char, token: Token) {
        let line = self.text_of(token);
        let span = token.start..token.start + line.trim_end().len();
        let (message, help) = match quote {
            '/' => ("the comment has no closing `*/`".to_owned(), "close it, or write `--` for one line"),
            '\'' => (
                "the text has no closing `'`".to_owned(),
                "close it; a quote inside is written twice: 'it''s'",
            ),
            _ => (format!("the name has no closing `{quote}`"), ""),
        };
        self.report(Diagnostic::error(span, message).help(help));
    }

    /// The closing bracket of `open`.
    fn close(&mut self, open: Token) -> ParseResult<()> {
        if self.eat(Symbol::Close) {
            return Ok(());
        }
        if matches!(self.peek().kind, Lexeme::End | Lexeme::Symbol(Symbol::Semicolon)) || self.is_clause() {
            return self.fail(open.span(), "`(` has no closing `)`", "");
        }
        Err(self.unexpected("`,` or `)`"))
    }

    // --- statements ---

    fn statement(&mut self) -> Query {
        if self.tokens.is_empty() {
            return Query::default();
        }
        let relation = self.query();
        if let Ok(relation) = relation {
            while self.eat(Symbol::Semicolon) {}
            if self.peek().kind != Lexeme::End {
                self.unexpected("the end of the query");
            }
            return Query { commands: relation.commands };
        }
        Query::default()
    }

    /// `name AS ( query )`; says whether another one follows.
    fn named_query(&mut self) -> ParseResult<bool> {
        let name = self.new_name()?;
        let mut columns = Vec::new();
        let open = self.peek();
        if self.eat(Symbol::Open) {
            columns.push(self.new_name()?);
            while self.eat(Symbol::Comma) {
                columns.push(self.new_name()?);
            }
            self.close(open)?;
        }
        if !self.eat_word("as") {
            return Err(self.unexpected("`AS ( SELECT … )`"));
        }
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Err(self.unexpected("`(`"));
        }
        let relation = self.query();
        self.close(open)?;
        let relation = self.renamed(relation?, columns)?;
        self.named.insert(name.item.to_lowercase(), relation);
        Ok(self.eat(Symbol::Comma))
    }

    /// The name of something new.
    fn new_name(&mut self) -> ParseResult<Spanned<String>> {
        let token = self.peek();
        let text = self.text_of(token);
        let name = match token.kind {
            Lexeme::Word if !is_reserved(text) => text.to_owned(),
            Lexeme::Quoted => lexer::inside(text).into_owned(),
            Lexeme::Text => {
                let name = lexer::inside(text).into_owned();
                let help = format!("write \"{}\"", short(&name));
                self.report(
                    Diagnostic::error(token.span(), "a name stands in double quotes, not in single ones")
                        .help(help),
                );
                name
            }
            _ => return Err(self.unexpected("a name")),
        };
        self.advance();
        Ok(Spanned::new(name, token.span()))
    }

    /// Leaves out what cannot be read: to the next of these words or signs, or the next clause.
    fn skip_to(&mut self, level: u32, marks: &[&str]) {
        while self.peek().kind != Lexeme::End && self.level() >= level {
            let text = self.text_of(self.peek());
            let here = self.level() == level;
            if here && (self.is_clause() || marks.iter().any(|m| m.eq_ignore_ascii_case(text))) {
                return;
            }
            self.advance();
        }
    }

    /// Leaves out what cannot be read: to the next clause of this query, or its end.
    fn skip_clause(&mut self, level: u32) {
        while self.peek().kind != Lexeme::End
            && self.level() >= level
            && !(self.level() == level && (self.is_clause() || self.is_symbol(Symbol::Semicolon)))
        {
            self.advance();
        }
    }
}
