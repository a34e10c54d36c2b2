//! CloudWatch Logs Insights: text to tree. Recursive descent over the tokens of [`lexer`](super::lexer).
//!
//! ```text
//! query      = [ search | command ] { "|" command }      "|" may stand before the first command
//! command    = "fields"  projection { "," projection }
//!            | "display" projection { "," projection }
//!            | ( "filter" | "where" | "filterIndex" ) expression
//!            | "stats"   projection { "," projection }
//!                        [ "by" projection { "," projection } [ "offset" period ] ]
//!            | "sort"    key { "," key }
//!            | "limit"   number
//!            | "dedup"   expression { "," expression }
//!            | "parse"   [ primary ] ( text "as" name { "," name } | regex )
//!            | "SOURCE"  source { "," source }
//!            | "search"  search
//!            | "join" [ "type=" ( "inner" | "left" ) ] [ "left=" name ] [ "right=" name ]
//!                     "where" name "=" name { "and" name "=" name } "(" query ")"
//!            | "lookup" source name [ "as" name ] { "," … } output
//!            | "cidrlookup" source name [ "as" name ] output
//!            | "diff" [ "previousDay" | "previousWeek" | "previousMonth" ] | "logcompare" "timeshift" period
//!            | "relevantfields" [ name { "," name } ] "where" expression
//! output     = ( "OUTPUT" | "OUTPUTNEW" ) name [ "as" name ] { "," name [ "as" name ] }
//!            | table command, see `table_commands`
//! projection = expression [ "as" name ]
//! key        = expression [ "asc" | "desc" ]
//! source     = name (here with `-` and `/` inside) | text | "dataSource(" list ")"
//! ```
//!
//! Arguments stand in `commands` and `subquery`, expressions in `expression`, free text in `search`. Keywords and names of commands and functions have no
//! letter case. A command that cannot be read is reported and left out, and reading goes on at the next `|`, so that
//! all faults are told at once. What another language writes (`==`, `&&`) is understood for the sake of the message,
//! but stays an error: a query that runs here runs at the vendor's.

use super::{
    classify::{Beginning, classify, is_comparison},
    keywords::{self, CommandWord, Verb},
    lexer::{Lexeme, Lexer, Symbol, Token},
    parsed::Parsed,
    quoting,
    tree::{Command, Query, Spanned},
};
use crate::diagnostic::{Diagnostic, Remarks};
use logloupe_table::sort;

/// How many commands a query has at most: each is a step over all rows.
const MOST_COMMANDS: usize = 1000;
/// How many items a list has at most, but for lists of values behind `in`.
pub(super) const MOST_ITEMS: usize = 5000;

/// The text's tree and everything that is wrong with it. Never fails: see [`Parsed`].
pub fn parse(text: &str) -> Parsed {
    let free = classify(text) == Beginning::FreeText;
    let mut parser = Parser {
        text,
        tokens: Vec::new(),
        at: 0,
        command: 0,
        depth: 0,
        inner: false,
        diagnostics: Remarks::default(),
    };
    for token in Lexer::new(text, free) {
        match token.kind {
            Lexeme::Blank | Lexeme::Comment => continue,
            Lexeme::Unclosed(open) => parser.unclosed(open, token),
            Lexeme::Typographic => parser.typographic(token),
            _ => {}
        }
        parser.tokens.push(token);
    }
    let query = parser.query();
    let mut diagnostics = parser.diagnostics.into_vec();
    sort::by_key(&mut diagnostics, |d| d.span.start);
    Parsed { query, diagnostics }
}

/// The keyword that may follow a value and that a word is a slip of.
fn slip_of_keyword(word: &str) -> Option<&'static str> {
    crate::diagnostic::suggest(word, ["desc", "asc", "and", "like", "offset"])
}

/// A fault that was reported; the command cannot be read.
#[derive(Debug)]
pub(super) struct Reported;

pub(super) type ParseResult<T> = Result<T, Reported>;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// Without blanks and comments.
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    /// Where the current command began.
    pub(super) command: usize,
    /// The query at hand stands in brackets, which end it.
    pub(super) inner: bool,
    /// How deep expressions are nested, see `expression`.
    pub(super) depth: u32,
    pub(super) diagnostics: Remarks,
}

impl<'a> Parser<'a> {
    // --- tokens ---

    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        let end = Token { kind: Lexeme::End, start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at + ahead).copied().unwrap_or(end)
    }
    pub(super) fn peek(&self) -> Token {
        self.peek_at(0)
    }
    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek();
        self.at = (self.at + 1).min(self.tokens.len());
        token
    }
    pub(super) fn text_of(&self, token: Token) -> &'a str {
        token.text(self.text)
    }
    pub(super) fn is_symbol(&self, symbol: Symbol) -> bool {
        self.peek().kind == Lexeme::Symbol(symbol)
    }
    pub(super) fn eat(&mut self, symbol: Symbol) -> bool {
        let found = self.is_symbol(symbol);
        self.at += found as usize;
        found
    }
    pub(super) fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        let token = self.peek_at(ahead);
        token.kind == Lexeme::Word && self.text_of(token).eq_ignore_ascii_case(word)
    }
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word_at(0, word);
        self.at += found as usize;
        found
    }
    /// Where the last token that was read ends.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.end)
    }
    pub(super) fn at_end_of_command(&self) -> bool {
        match self.peek().kind {
            Lexeme::End | Lexeme::Symbol(Symbol::Pipe) => true,
            Lexeme::Symbol(Symbol::Close) => self.inner,
            _ => false,
        }
    }

    // --- diagnostics ---

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that the next token is not what was expected.
    pub(super) fn unexpected(&mut self, expected: &str) -> Reported {
        let token = self.peek();
        if matches!(token.kind, Lexeme::Unclosed(_)) {
            return Reported; // told by the lexer's pass
        }
        let text = self.text_of(token);
        let before = self.at.checked_sub(1).filter(|i| *i >= self.command).and_then(|i| self.tokens.get(i));
        let after = before.map(|t| format!(" after `{}`", short(t.text(self.text)))).unwrap_or_default();
        let found = match token.kind {
            Lexeme::End => "the end of the query".to_owned(),
            _ => format!("`{}`", short(text)),
        };
        let help = self.help_on(token, expected);
        // What is missing at the end of a line is shown there, not at the beginning of the next.
        let span = match before {
            Some(t) if token.kind == Lexeme::End => t.end..t.end,
            Some(t) if self.text.get(t.end..token.start).is_some_and(|gap| gap.contains('\n')) => t.span(),
            _ => token.span(),
        };
        let message = format!("expected {expected}{after}, found {found}");
        self.report(Diagnostic::error(span, message).help(help));
        Reported
    }

    /// What to do about a token that stands in the wrong place.
    fn help_on(&self, token: Token, expected: &str) -> String {
        let text = self.text_of(token);
        let lower = text.to_ascii_lowercase();
        match token.kind {
            Lexeme::Odd if text.bytes().filter(|b| *b == b'.').count() == 3 => {
                format!("write an address as text: \"{text}\"")
            }
            Lexeme::Odd => format!("write it as text: \"{text}\", or as a field: `{text}`"),
            Lexeme::Regex => "a regex stands after `like`, `not like` or `=~`, and in `parse`".to_owned(),
            Lexeme::Unknown if text == ";" => "leave it out: a query needs no `;`".to_owned(),
            Lexeme::Unknown => "write a name with unusual characters in backticks".to_owned(),
            Lexeme::Word if expected.contains('|') && keywords::command_named(text).is_some() => {
                format!("begin a command with `|`: `| {text}`")
            }
            Lexeme::Word if matches!(lower.as_str(), "is" | "exists") => {
                "write `ispresent(field)` or `not ispresent(field)`".to_owned()
            }
            Lexeme::Word if lower == "between" => "write `field >= 1 and field <= 9`".to_owned(),
            Lexeme::Word
                if matches!(lower.as_str(), "contains" | "matches" | "ilike" | "rlike" | "startswith") =>
            {
                "write `field like \"part\"` or `field like /regex/`".to_owned()
            }
            _ if expected == "text or a regex" => "write `like \"part\"` or `like /regex/`".to_owned(),
            Lexeme::Symbol(Symbol::Star) => "`*` stands only alone in a call: `count(*)`".to_owned(),
            Lexeme::Symbol(Symbol::Close | Symbol::CloseList | Symbol::Pipe) | Lexeme::End
                if self.follows_comma() =>
            {
                "leave out the last `,`".to_owned()
            }
            Lexeme::Word if expected.contains('|') && slip_of_keyword(&lower).is_some() => {
                format!("did you mean `{}`?", slip_of_keyword(&lower).unwrap_or_default())
            }
            Lexeme::Word if lower == "having" => "write `| filter` after `stats`".to_owned(),
            Lexeme::Word | Lexeme::Quoted if keywords::is_reserved(&lower) && !expected.contains('|') => {
                format!("a field of this name stands in backticks: `{text}`")
            }
            _ => String::new(),
        }
    }

    fn follows_comma(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.is_some_and(|t| t.kind == Lexeme::Symbol(Symbol::Comma))
    }

    fn unclosed(&mut self, open: char, token: Token) {
        let (what, close) = match open {
            '/' => ("the regex has no closing `/`".to_owned(), '/'),
            '`' => ("the name has no closing backtick".to_owned(), '`'),
            _ => (format!("the text has no closing `{open}`"), open),
        };
        let help = match open {
            '"' | '\'' => format!("close it with `{close}` on the same line"),
            '/' => "close it on the same line; a slash inside is written `\\/`".to_owned(),
            _ => String::new(),
        };
        let line = self.text_of(token);
        let end = token.start + line.trim_end().len();
        self.report(Diagnostic::error(token.start..end, what).help(help));
    }

    fn typographic(&mut self, token: Token) {
        let inner = quoting::inside(self.text_of(token));
        let help = format!("write \"{}\"", short(inner));
        self.report(Diagnostic::error(token.span(), "typographic quotes do not delimit text").help(help));
    }

    // --- commands ---

    fn query(&mut self) -> Query {
        self.eat(Symbol::Pipe);
        self.commands()
    }

    /// Commands up to the end of the text, or of the brackets that the query stands in.
    pub(super) fn commands(&mut self) -> Query {
        let mut query = Query::default();
        while !self.at_end_of_query() {
            if self.diagnostics.is_full() || self.is_too_long(query.commands.len()) {
                self.at = self.tokens.len();
                break;
            }
            self.command = self.at;
            let start = self.peek().start;
            let command = self.command();
            if command.is_ok() && !self.at_end_of_command() {
                let expected = match command {
                    Ok(Some(Command::Filter(_))) => "`and`, `or` or `|`",
                    Ok(Some(Command::Limit(_) | Command::Table(_))) => "`|`",
                    _ => "`,` or `|`",
                };
                self.unexpected(expected);
            } else if let Ok(Some(command)) = command {
                query.commands.push(Spanned::new(command, start..self.end().max(start)));
            }
            self.skip_command();
            let pipe = self.peek();
            if self.eat(Symbol::Pipe) && self.at_end_of_query() {
                let message = "expected a command after `|`, found the end of the query";
                self.report(Diagnostic::error(pipe.span(), message).help("leave out the last `|`"));
            }
        }
        query
    }

    fn is_too_long(&mut self, commands: usize) -> bool {
        let long = commands >= MOST_COMMANDS;
        if long {
            let message = format!("a query has at most {MOST_COMMANDS} commands");
            self.report(Diagnostic::error(self.peek().span(), message));
        }
        long
    }

    fn at_end_of_query(&self) -> bool {
        !self.is_symbol(Symbol::Pipe) && self.at_end_of_command()
    }

    /// To the end of a command; brackets that it opened are part of it.
    fn skip_command(&mut self) {
        let mut depth = 0u32;
        loop {
            match self.peek().kind {
                Lexeme::Symbol(Symbol::Open) => depth += 1,
                Lexeme::Symbol(Symbol::Close) if depth > 0 => depth -= 1,
                _ if self.at_end_of_command() => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// One command; `None` for one without effect.
    fn command(&mut self) -> ParseResult<Option<Command>> {
        let token = self.peek();
        if token.kind == Lexeme::Raw && !self.inner {
            return self.search(token.start).map(Some);
        }
        if self.at_end_of_command() {
            let message = "expected a command, found `|`";
            self.report(Diagnostic::error(token.span(), message).help("leave out one `|`"));
            return Err(Reported);
        }
        let word = self.text_of(token);
        let known = if token.kind == Lexeme::Word { keywords::command_named(word) } else { None };
        let Some(known) = known else {
            return Err(self.unknown_command(token));
        };
        self.advance();
        let before = self.diagnostics.len();
        let command = self.arguments(known, token);
        if command.is_err() {
            self.help_on_command(before, token, known);
        }
        command
    }

    /// Adds to the error of a command, the first one after `before`, how the command is written; and how to search
    /// for words if that is what they were.
    fn help_on_command(&mut self, before: usize, token: Token, known: &CommandWord) {
        let bare = self.at == self.command + 1 && self.at_end_of_command();
        let of_command = |t: &&Token| t.kind != Lexeme::Symbol(Symbol::Pipe);
        let rest: Vec<Token> =
            self.tokens.iter().skip(self.command + 1).take_while(of_command).take(8).copied().collect();
        let is_prose = |t: &Token| {
            let text = self.text_of(*t);
            t.kind == Lexeme::Word && !keywords::is_keyword(text) && text.chars().all(char::is_alphabetic)
        };
        let prose = self.command == 0 && (1..7).contains(&rest.len()) && rest.iter().all(is_prose);
        let word = self.text_of(token);
        let Some(diagnostic) = self.diagnostics.get_mut(before) else { return };
        let mut help = Vec::new();
        if !diagnostic.help.is_empty() {
            help.push(std::mem::take(&mut diagnostic.help));
        } else if (bare
            || matches!(known.verb, Verb::Parse | Verb::Join | Verb::Lookup | Verb::NetworkLookup))
            && !known.form.is_empty()
        {
            help.push(format!("write, for example, `{}`", known.form));
        }
        if prose {
            help.push(format!("to search for these words, put the first one in quotes: \"{word}\""));
        }
        diagnostic.help = help.join("; ");
    }

    fn unknown_command(&mut self, token: Token) -> Reported {
        let word = self.text_of(token);
        let next = self.peek_at(1);
        if matches!(token.kind, Lexeme::Word | Lexeme::Quoted) {
            let compares = match next.kind {
                Lexeme::Symbol(s) => is_comparison(s),
                Lexeme::Word => {
                    ["like", "not", "in"].iter().any(|w| self.text_of(next).eq_ignore_ascii_case(w))
                }
                _ => false,
            };
            let (message, help) = if compares {
                ("a condition stands after `filter`".to_owned(), format!("write `filter {} …`", short(word)))
            } else if word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with") {
                let message = format!("`{word}` is not a command of this language");
                (message, "this looks like SQL: choose SQL as the query language".to_owned())
            } else {
                let help = match keywords::command_meant(word) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if self.command == 0 => String::new(),
                    None => {
                        let names: Vec<_> =
                            keywords::COMMANDS.iter().filter(|c| c.is_offered()).map(|c| c.name).collect();
                        format!("the commands are {}", names.join(", "))
                    }
                };
                (format!("unknown command `{}`", short(word)), help)
            };
            self.report(Diagnostic::error(token.span(), message).help(help));
            return Reported;
        }
        self.unexpected("a command")
    }
}

/// Shortened for a message.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 32;
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line.to_owned(),
    }
}
