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
//! projection = expression [ "as" name ]
//! key        = expression [ "asc" | "desc" ]
//! source     = name (here with `-` and `/` inside) | text | "dataSource(" list ")"
//! ```
//!
//! Expressions stand in `expression`, free text in `search`. Keywords and names of commands and functions have no
//! letter case. A command that cannot be read is reported and left out, and reading goes on at the next `|`, so that
//! all faults are told at once. What another language writes (`==`, `&&`) is understood for the sake of the message,
//! but stays an error: a query that runs here runs at the vendor's.

use super::{
    Parsed,
    lexer::{self, Lexeme, Lexer, Symbol, Token},
    search,
    tree::{Command, E, Expr, ParsePattern, Period, Projection, Query, SortKey, Spanned, Term},
    words::{self, CommandWord, Verb},
};
use crate::query::diagnostic::Diagnostic;

/// More remarks than anybody reads.
const MOST_DIAGNOSTICS: usize = 64;

/// The text's tree and everything that is wrong with it. Never fails: see [`Parsed`].
pub fn parse(text: &str) -> Parsed {
    let free = begins(text) == Beginning::FreeText;
    let mut parser =
        Parser { text, tokens: Vec::new(), at: 0, command: 0, depth: 0, diagnostics: Vec::new() };
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
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort_by_key(|d| d.span.start);
    Parsed { query, diagnostics }
}

/// How a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// With nothing.
    Nothing,
    /// With a command, or with what was hardly meant as words to search for.
    Command,
    /// With words to search for.
    FreeText,
}

/// Decides between a command and free text. A slip in a command's name must not turn the query into a search that
/// finds nothing, so what follows the first word has a say.
pub(super) fn begins(text: &str) -> Beginning {
    let mut tokens = Lexer::new(text, false)
        .filter(|t| !matches!(t.kind, Lexeme::Blank | Lexeme::Comment))
        .take_while(|t| t.kind != Lexeme::Symbol(Symbol::Pipe));
    let Some(first) = tokens.next() else {
        return if text.chars().all(lexer::is_blank) { Beginning::Nothing } else { Beginning::Command };
    };
    if !matches!(first.kind, Lexeme::Word | Lexeme::Quoted) {
        return Beginning::FreeText;
    }
    let word = first.text(text);
    if first.kind == Lexeme::Word && words::command_named(word).is_some() {
        return Beginning::Command;
    }
    // A query has its first operator within a few words.
    let rest: Vec<Token> = tokens.take(24).collect();
    let is = |t: Option<&Token>, word: &str| t.is_some_and(|t| t.text(text).eq_ignore_ascii_case(word));
    // `eventName = "X"`: a condition whose `filter` is missing. With blanks around the sign, as in no log line's `a=b`.
    let apart = |a: Option<&Token>, b: Option<&Token>| match (a, b) {
        (Some(a), Some(b)) => a.end < b.start,
        _ => true,
    };
    let condition = match rest.first().map(|t| t.kind) {
        Some(Lexeme::Symbol(s)) if is_comparison(s) => {
            apart(Some(&first), rest.first()) && apart(rest.first(), rest.get(1))
        }
        Some(Lexeme::Word) => {
            let at = is(rest.first(), "not") as usize;
            let value = rest.get(at + 1).map(|t| t.kind);
            is(rest.get(at), "like") && matches!(value, Some(Lexeme::Text | Lexeme::Regex))
                || is(rest.get(at), "in") && value == Some(Lexeme::Symbol(Symbol::OpenList))
        }
        _ => false,
    };
    let sql = is(Some(&first), "select") && rest.iter().any(|t| is(Some(t), "from"));
    let slip = first.kind == Lexeme::Word
        && words::command_mistyped(word).is_some_and(|meant| {
            let counts = meant == "limit" && matches!(rest.as_slice(), [t] if t.kind == Lexeme::Number);
            let parses =
                meant == "parse" && rest.iter().any(|t| matches!(t.kind, Lexeme::Text | Lexeme::Regex));
            counts
                || parses
                || rest.iter().zip(rest.iter().skip(1)).any(|(t, next)| {
                    t.kind == Lexeme::Word && next.kind == Lexeme::Symbol(Symbol::Open) && t.end == next.start
                })
                || rest.iter().any(|t| match t.kind {
                    Lexeme::Symbol(s) => is_comparison(s) || s == Symbol::Comma,
                    Lexeme::Word => {
                        t.text(text).starts_with('@')
                            || ["like", "as", "by", "asc", "desc"].iter().any(|w| is(Some(t), w))
                    }
                    _ => false,
                })
        });
    if condition || sql || slip { Beginning::Command } else { Beginning::FreeText }
}

/// The keyword that may follow a value and that a word is a slip of.
fn slip_of_keyword(word: &str) -> Option<&'static str> {
    crate::query::diagnostic::suggest(word, ["desc", "asc", "and", "like", "offset"])
}

fn is_comparison(symbol: Symbol) -> bool {
    use Symbol::*;
    matches!(
        symbol,
        Equal
            | NotEqual
            | Less
            | LessEqual
            | Greater
            | GreaterEqual
            | Match
            | NotMatch
            | EqualEqual
            | LessGreater
    )
}

/// A fault that was reported; the command cannot be read.
#[derive(Debug)]
pub(super) struct Reported;

pub(super) type Step<T> = Result<T, Reported>;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// Without blanks and comments.
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    /// Where the current command began.
    command: usize,
    /// How deep expressions are nested, see `expression`.
    pub(super) depth: u32,
    diagnostics: Vec<Diagnostic>,
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
    fn at_end_of_command(&self) -> bool {
        matches!(self.peek().kind, Lexeme::End | Lexeme::Symbol(Symbol::Pipe))
    }

    // --- diagnostics ---

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
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
        self.report(
            Diagnostic::error(token.span(), format!("expected {expected}{after}, found {found}")).help(help),
        );
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
            Lexeme::Word if expected.contains('|') && words::command_named(text).is_some() => {
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
            Lexeme::Word | Lexeme::Quoted if words::is_reserved(&lower) && !expected.contains('|') => {
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
        let inner = lexer::inside(self.text_of(token));
        let help = format!("write \"{}\"", short(inner));
        self.report(Diagnostic::error(token.span(), "typographic quotes do not delimit text").help(help));
    }

    // --- commands ---

    fn query(&mut self) -> Query {
        let mut query = Query::default();
        self.eat(Symbol::Pipe);
        while self.peek().kind != Lexeme::End {
            self.command = self.at;
            let start = self.peek().start;
            let command = self.command();
            if command.is_ok() && !self.at_end_of_command() {
                let expected = match command {
                    Ok(Some(Command::Filter(_))) => "`and`, `or` or `|`",
                    Ok(Some(Command::Limit(_))) => "`|`",
                    _ => "`,` or `|`",
                };
                self.unexpected(expected);
            } else if let Ok(Some(command)) = command {
                query.commands.push(Spanned::new(command, start..self.end().max(start)));
            }
            while !self.at_end_of_command() {
                self.advance();
            }
            let pipe = self.peek();
            if self.eat(Symbol::Pipe) && self.peek().kind == Lexeme::End {
                let message = "expected a command after `|`, found the end of the query";
                self.report(Diagnostic::error(pipe.span(), message).help("leave out the last `|`"));
            }
        }
        query
    }

    /// One command; `None` for one without effect.
    fn command(&mut self) -> Step<Option<Command>> {
        let token = self.peek();
        if token.kind == Lexeme::Raw {
            return self.search(token.start).map(Some);
        }
        if self.at_end_of_command() {
            let message = "expected a command, found `|`";
            self.report(Diagnostic::error(token.span(), message).help("leave out one `|`"));
            return Err(Reported);
        }
        let word = self.text_of(token);
        let known = if token.kind == Lexeme::Word { words::command_named(word) } else { None };
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

    fn arguments(&mut self, known: &CommandWord, token: Token) -> Step<Option<Command>> {
        Ok(Some(match known.verb {
            Verb::Fields => Command::Fields(self.projections()?),
            Verb::Display => Command::Display(self.projections()?),
            Verb::Filter => Command::Filter(self.expression()?),
            Verb::Stats => self.stats()?,
            Verb::Sort => self.sort()?,
            Verb::Limit => self.limit()?,
            Verb::Dedup => Command::Dedup(self.list(Self::expression)?),
            Verb::Parse => self.parse()?,
            Verb::Source => return self.source(),
            Verb::Search => self.search(token.end)?,
            Verb::NoEffect => {
                if !self.at_end_of_command() {
                    self.list(Self::expression)?;
                }
                return Ok(None);
            }
            Verb::NotOffered => {
                self.report(
                    Diagnostic::error(token.span(), format!("`{}` is not offered yet", known.name))
                        .help(known.doc),
                );
                return Err(Reported);
            }
        }))
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
            t.kind == Lexeme::Word && !words::is_keyword(text) && text.chars().all(char::is_alphabetic)
        };
        let prose = self.command == 0 && (1..7).contains(&rest.len()) && rest.iter().all(is_prose);
        let word = self.text_of(token);
        let Some(diagnostic) = self.diagnostics.get_mut(before) else { return };
        let mut help = Vec::new();
        if !diagnostic.help.is_empty() {
            help.push(std::mem::take(&mut diagnostic.help));
        } else if (bare || known.verb == Verb::Parse) && !known.form.is_empty() {
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
                let help = match words::command_meant(word) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if self.command == 0 => String::new(),
                    None => {
                        let names: Vec<_> =
                            words::COMMANDS.iter().filter(|c| c.is_offered()).map(|c| c.name).collect();
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

    /// `item { "," item }`
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Step<T>) -> Step<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat(Symbol::Comma) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn projections(&mut self) -> Step<Vec<Projection>> {
        self.list(|p| {
            let expr = p.expression()?;
            let alias = if p.eat_word("as") { Some(p.new_name()?) } else { None };
            Ok(Projection { expr, alias })
        })
    }

    /// The name of something new.
    fn new_name(&mut self) -> Step<Spanned<String>> {
        let token = self.peek();
        match token.kind {
            Lexeme::Word | Lexeme::Quoted => {}
            Lexeme::Text => {
                let name = lexer::unescape(lexer::inside(self.text_of(token)));
                self.report(
                    Diagnostic::error(token.span(), "a name stands in backticks, not in quotes")
                        .help(format!("write `{}`", name.replace('`', "``"))),
                );
                self.advance();
                return Ok(Spanned::new(name, token.span()));
            }
            _ => return Err(self.unexpected("a name")),
        }
        self.advance();
        Ok(Spanned::new(lexer::name(self.text_of(token)), token.span()))
    }

    fn stats(&mut self) -> Step<Command> {
        let aggregates = self.projections()?;
        let mut by = if self.eat_word("by") { self.projections()? } else { Vec::new() };
        let offset = self.peek();
        if self.eat_word("offset") {
            let period = self.period()?;
            self.shift_bins(&mut by, period, offset);
        }
        Ok(Command::Stats { aggregates, by })
    }

    /// `by bin(5m) offset 1h` is `bin(5m, 1h)` in the tree.
    fn shift_bins(&mut self, by: &mut [Projection], period: Spanned<Period>, offset: Token) {
        let mut shifted = false;
        for key in by {
            if let Expr::Call { name, args } = &mut key.expr.item
                && name.item == "bin"
                && args.len() == 1
            {
                args.push(Box::new(Spanned::new(Expr::Period(period.item), period.span.clone())));
                shifted = true;
            }
        }
        if !shifted {
            let help = "write `stats count(*) by bin(5m) offset 1h`";
            self.report(Diagnostic::error(offset.span(), "`offset` needs a `bin(…)` to shift").help(help));
        }
    }

    fn sort(&mut self) -> Step<Command> {
        let by = self.peek();
        if self.eat_word("by") {
            self.report(Diagnostic::error(by.span(), "`sort` takes no `by`").help("write `sort field desc`"));
        }
        let keys = self.list(|p| {
            let expr = p.expression()?;
            let descending = p.eat_word("desc");
            if !descending {
                p.eat_word("asc");
            }
            Ok(SortKey { expr, descending })
        })?;
        Ok(Command::Sort(keys))
    }

    fn limit(&mut self) -> Step<Command> {
        let token = self.peek();
        if token.kind != Lexeme::Number {
            return Err(self.unexpected("a number of rows"));
        }
        self.advance();
        match self.text_of(token).parse() {
            Ok(rows) => Ok(Command::Limit(rows)),
            Err(_) => {
                let message = format!("`{}` is not a whole number of rows", short(self.text_of(token)));
                self.report(Diagnostic::error(token.span(), message).help("write, for example, `limit 20`"));
                Err(Reported)
            }
        }
    }

    fn parse(&mut self) -> Step<Command> {
        let direct = matches!(self.peek().kind, Lexeme::Text | Lexeme::Typographic | Lexeme::Regex);
        let source = if direct { None } else { Some(self.primary()?.expr) };
        let token = self.peek();
        let pattern = match token.kind {
            Lexeme::Regex => {
                self.advance();
                if self.is_word_at(0, "as") {
                    let message = "`as` names the stars of a glob, not the groups of a regex";
                    let help = "name the groups themselves: /(?<user>\\w+)/";
                    self.report(Diagnostic::error(self.peek().span(), message).help(help));
                    return Err(Reported);
                }
                ParsePattern::Regex(Spanned::new(
                    lexer::regex(lexer::inside(self.text_of(token))),
                    token.span(),
                ))
            }
            Lexeme::Text | Lexeme::Typographic => {
                self.advance();
                self.glob(token)?
            }
            _ => return Err(self.unexpected("a pattern")),
        };
        Ok(Command::Parse { source, pattern })
    }

    fn glob(&mut self, token: Token) -> Step<ParsePattern> {
        let pattern = lexer::unescape(lexer::inside(self.text_of(token)));
        let stars = pattern.matches('*').count();
        if stars == 0 {
            let help = "write `*` where the text changes: \"user=* from *\"";
            self.report(Diagnostic::error(token.span(), "the pattern has no `*`").help(help));
            return Err(Reported);
        }
        if !self.eat_word("as") {
            return Err(self.unexpected("`as` and a name for each `*`"));
        }
        let names = self.list(Self::new_name)?;
        if names.len() != stars {
            let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
            let message =
                format!("the pattern has {} but {}", count(stars, "star"), count(names.len(), "name"));
            let span = names.first().map_or(token.start, |n| n.span.start)..self.end();
            self.report(Diagnostic::error(span, message).help("give each `*` one name"));
            return Err(Reported);
        }
        Ok(ParsePattern::Glob { pattern: Spanned::new(pattern, token.span()), names })
    }

    fn search(&mut self, from: usize) -> Step<Command> {
        if self.peek().kind != Lexeme::Raw {
            return Err(self.unexpected("words to search for"));
        }
        self.advance();
        let mut terms = Vec::new();
        for piece in search::pieces(self.text, from) {
            if !piece.closed {
                let quote = self.text.get(piece.value.clone()).and_then(|v| v.chars().next()).unwrap_or('"');
                let message = format!("the phrase has no closing `{quote}`");
                let help = format!("close it with `{quote}`, or leave the quote out");
                self.report(Diagnostic::error(piece.value.clone(), message).help(help));
            }
            let value = piece.value(self.text);
            if piece.field.is_none() && !piece.quoted && matches!(value.as_str(), "AND" | "OR" | "NOT") {
                let help = match value.as_str() {
                    "AND" => "leave it out: every term must be found",
                    "NOT" => "write `-term` for what must not be found",
                    _ => "write `filter @message like /one|other/`",
                };
                self.report(
                    Diagnostic::warning(piece.span.clone(), format!("`{value}` is searched for as a word"))
                        .help(help),
                );
            }
            let field =
                piece.field(self.text).map(|f| Spanned::new(f, piece.field.clone().unwrap_or_default()));
            terms.push(Term { negated: piece.negated, field, text: Spanned::new(value, piece.value) });
        }
        Ok(Command::Search(terms))
    }

    fn source(&mut self) -> Step<Option<Command>> {
        let mut names = Vec::new();
        let mut groups = None;
        loop {
            let token = self.peek();
            let call = self.peek_at(1).kind == Lexeme::Symbol(Symbol::Open);
            if token.kind == Lexeme::Word && call {
                let word = self.text_of(token);
                if word.eq_ignore_ascii_case("dataSource") {
                    self.at += 2;
                    names.append(&mut self.names_in_brackets()?);
                } else if word.eq_ignore_ascii_case("logGroups") {
                    groups = Some(token.span());
                    while !self.at_end_of_command() && !self.eat(Symbol::Close) {
                        self.advance();
                    }
                } else {
                    return Err(self.unexpected("`dataSource([…])` or a name"));
                }
            } else {
                names.push(self.source_name()?);
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        // `START=-3600s END=0s`: of the vendor's command line.
        while (self.is_word_at(0, "start") || self.is_word_at(0, "end"))
            && self.peek_at(1).kind == Lexeme::Symbol(Symbol::Equal)
        {
            let word = self.peek();
            self.at += 2;
            while !self.at_end_of_command() && !self.is_word_at(0, "start") && !self.is_word_at(0, "end") {
                self.advance();
            }
            let message =
                format!("`{}` has no effect: all times that were opened are asked", self.text_of(word));
            self.report(
                Diagnostic::warning(word.start..self.end(), message).help("filter by `@timestamp` instead"),
            );
        }
        if let Some(span) = groups {
            let message = "log groups have no effect: all files that were opened are asked";
            self.report(Diagnostic::warning(span, message).help("name a format: `SOURCE cloudtrail`"));
        }
        Ok(if names.is_empty() { None } else { Some(Command::Source(names)) })
    }

    /// `["a", "b"])`
    fn names_in_brackets(&mut self) -> Step<Vec<Spanned<String>>> {
        if !self.eat(Symbol::OpenList) {
            return Err(self.unexpected("`[`"));
        }
        let names = self.list(Self::source_name)?;
        if !self.eat(Symbol::CloseList) {
            return Err(self.unexpected("`]`"));
        }
        if !self.eat(Symbol::Close) {
            return Err(self.unexpected("`)`"));
        }
        Ok(names)
    }

    /// The name of a table: text, or tokens without blanks between them.
    fn source_name(&mut self) -> Step<Spanned<String>> {
        let token = self.peek();
        match token.kind {
            Lexeme::Text | Lexeme::Typographic => {
                self.advance();
                return Ok(Spanned::new(lexer::unescape(lexer::inside(self.text_of(token))), token.span()));
            }
            Lexeme::Quoted => return self.new_name(),
            _ => {}
        }
        let mut end = token.start;
        loop {
            let next = self.peek();
            let part = matches!(
                next.kind,
                Lexeme::Word
                    | Lexeme::Odd
                    | Lexeme::Number
                    | Lexeme::Period
                    | Lexeme::Symbol(Symbol::Minus | Symbol::Slash | Symbol::Colon)
            );
            if !part || next.start != end {
                break;
            }
            end = next.end;
            self.advance();
        }
        if end == token.start {
            return Err(self.unexpected("the name of a table"));
        }
        Ok(Spanned::new(self.text.get(token.start..end).unwrap_or("").to_owned(), token.start..end))
    }

    /// `5m`, `5 minutes`.
    fn period(&mut self) -> Step<Spanned<Period>> {
        let start = self.at;
        let expr: E = self.primary()?.expr;
        match expr.item {
            Expr::Period(period) => Ok(Spanned::new(period, expr.span)),
            _ => {
                self.at = start;
                Err(self.unexpected("a span of time such as `1h`"))
            }
        }
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
