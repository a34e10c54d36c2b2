//! The arguments of each Insights command. The grammar stands above the parser, in [`insights`](super::insights).

use super::{
    insights::{MOST_ITEMS, ParseResult, Parser, Reported, short},
    keywords::{CommandWord, Verb},
    lexer::{Lexeme, Symbol, Token},
    quoting, search,
    tree::{Command, E, Expr, ParsePattern, Period, Projection, SortKey, Spanned, Term},
};
use crate::diagnostic::Diagnostic;

/// How many words are searched for at most: each is a step over all records.
const MOST_TERMS: usize = 500;

impl Parser<'_> {
    /// What stands behind a command's name; `None` for a command without effect.
    pub(super) fn arguments(&mut self, known: &CommandWord, token: Token) -> ParseResult<Option<Command>> {
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
            Verb::Search if self.inner => {
                let message = "`search` cannot stand in a subquery";
                let help = "write `filter @message like \"text\"`";
                self.report(Diagnostic::error(token.span(), message).help(help));
                return Err(Reported);
            }
            Verb::Search => self.search(token.end)?,
            Verb::Join => self.join()?,
            Verb::Lookup => self.lookup(false)?,
            Verb::NetworkLookup => self.lookup(true)?,
            Verb::Diff => self.diff()?,
            Verb::LogCompare => self.logcompare()?,
            Verb::RelevantFields => self.relevant_fields()?,
            Verb::Table(verb) => Command::Table(self.table_command(verb, known)?),
            Verb::NoEffect => {
                if !self.at_end_of_command() {
                    self.list(Self::expression)?;
                }
                return Ok(None);
            }
            Verb::NotOffered => {
                self.report(
                    Diagnostic::error(token.span(), format!("`{}` is not offered", known.name))
                        .help(known.doc),
                );
                return Err(Reported);
            }
        }))
    }

    /// `item { "," item }`
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> ParseResult<T>,
    ) -> ParseResult<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat(Symbol::Comma) {
            self.room_for_another(items.len())?;
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Whether a list of so many items may grow.
    pub(super) fn room_for_another(&mut self, items: usize) -> ParseResult<()> {
        if items < MOST_ITEMS {
            return Ok(());
        }
        let message = format!("a list has at most {MOST_ITEMS} items");
        let help = "lists of values to compare with have no such limit: `field in [\"a\", \"b\"]`";
        self.report(Diagnostic::error(self.peek().span(), message).help(help));
        Err(Reported)
    }

    fn projections(&mut self) -> ParseResult<Vec<Projection>> {
        self.list(|p| {
            let expr = p.expression()?;
            let alias = if p.eat_word("as") { Some(p.new_name()?) } else { None };
            Ok(Projection { expr, alias })
        })
    }

    /// The name of something new.
    pub(super) fn new_name(&mut self) -> ParseResult<Spanned<String>> {
        let token = self.peek();
        match token.kind {
            Lexeme::Word | Lexeme::Quoted => {}
            Lexeme::Text => {
                let name = quoting::unescape(quoting::inside(self.text_of(token)));
                self.report(
                    Diagnostic::error(token.span(), "a name stands in backticks, not in quotes")
                        .help(format!("write `{}`", name.replace('`', "``"))),
                );
                self.advance();
                let name = quoting::name(&format!("`{}`", name.replace('`', "``")));
                return Ok(Spanned::new(name, token.span()));
            }
            _ => return Err(self.unexpected("a name")),
        }
        self.advance();
        Ok(Spanned::new(quoting::name(self.text_of(token)), token.span()))
    }

    fn stats(&mut self) -> ParseResult<Command> {
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

    fn sort(&mut self) -> ParseResult<Command> {
        let by = self.peek();
        if self.eat_word("by") {
            self.report(Diagnostic::error(by.span(), "`sort` takes no `by`").help("write `sort field desc`"));
        }
        let keys = self.list(Self::sort_key)?;
        Ok(Command::Sort(keys))
    }

    /// A field, and whether the largest comes first.
    pub(super) fn sort_key(&mut self) -> ParseResult<SortKey> {
        let expr = self.expression()?;
        let descending = self.eat_word("desc");
        if !descending {
            self.eat_word("asc");
        }
        Ok(SortKey { expr, descending })
    }

    fn limit(&mut self) -> ParseResult<Command> {
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

    fn parse(&mut self) -> ParseResult<Command> {
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
                    quoting::regex(quoting::inside(self.text_of(token))),
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

    fn glob(&mut self, token: Token) -> ParseResult<ParsePattern> {
        let pattern = quoting::unescape(quoting::inside(self.text_of(token)));
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

    pub(super) fn search(&mut self, from: usize) -> ParseResult<Command> {
        if self.peek().kind != Lexeme::Raw {
            return Err(self.unexpected("words to search for"));
        }
        self.advance();
        let mut terms = Vec::new();
        for piece in search::pieces(self.text, from) {
            if terms.len() >= MOST_TERMS {
                let message = format!("at most {MOST_TERMS} words are searched for");
                let help = "for one of many values write `filter field in [\"a\", \"b\"]`";
                self.report(Diagnostic::error(piece.span, message).help(help));
                return Err(Reported);
            }
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

    fn source(&mut self) -> ParseResult<Option<Command>> {
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
            self.room_for_another(names.len())?;
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
    fn names_in_brackets(&mut self) -> ParseResult<Vec<Spanned<String>>> {
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
    pub(super) fn source_name(&mut self) -> ParseResult<Spanned<String>> {
        let token = self.peek();
        match token.kind {
            Lexeme::Text | Lexeme::Typographic => {
                self.advance();
                return Ok(Spanned::new(
                    quoting::unescape(quoting::inside(self.text_of(token))),
                    token.span(),
                ));
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
    pub(super) fn period(&mut self) -> ParseResult<Spanned<Period>> {
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
