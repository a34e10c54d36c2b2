//! What may stand where in Insights. The tokens before the cursor say it: which command it is in, inside which brackets,
//! and whether a value or an operator comes next.

use super::{CompletionKind, Completions, Context, Offers, insights_name, insights_value, word_at};
use logloupe_query::plan;
use logloupe_syntax::{
    self as syntax,
    functions::{self, aggregate},
    keywords,
    lexer::{Lexeme, Lexer, Symbol, Token},
};

const COMPARISONS: &[(&str, &str)] = &[
    ("=", "is equal; as numbers where both read as such"),
    ("!=", "is there and not equal"),
    ("like", "contains a text, or matches a /regex/"),
    ("in", "is one of a list: `in [\"a\", \"b\"]`"),
    (">", "is greater"),
    ("<", "is smaller"),
    (">=", "is greater or equal"),
    ("<=", "is smaller or equal"),
    ("not like", "is there and contains no such text"),
    ("not in", "is there and none of a list"),
];
const JOINS: &[(&str, &str)] = &[("and", "both must hold"), ("or", "one of both must hold")];
const NOT: &[(&str, &str)] = &[("not", "the opposite of what follows")];
const AS: &[(&str, &str)] = &[("as", "gives it a name")];
const BY: &[(&str, &str)] = &[("by", "groups by what follows")];
const OFFSET: &[(&str, &str)] = &[("offset", "shifts the intervals of `bin`")];
const ORDER: &[(&str, &str)] = &[("desc", "the largest first"), ("asc", "the smallest first")];
const INTO: &[(&str, &str)] = &[("into", "names the items of the list")];
const OUTPUT: &[(&str, &str)] = &[("OUTPUT", "the columns that are added")];
const WHERE: &[(&str, &str)] = &[("where", "the condition follows")];

pub(super) fn complete(context: &Context<'_>) -> Completions {
    let before = context.before;
    let tokens: Vec<Token> = Lexer::new(before, syntax::is_free_text(before)).collect();
    let last = tokens.last().copied();
    match last.map(|t| t.kind) {
        // In a remark or a regex there is nothing to offer.
        Some(
            Lexeme::Comment | Lexeme::Regex | Lexeme::Unclosed('/') | Lexeme::Text | Lexeme::Typographic,
        ) => {
            return Offers::new(context, "", before.len()..before.len()).finish();
        }
        Some(Lexeme::Raw) => return free_text(context),
        _ => {}
    }
    let mut tokens: Vec<Token> =
        tokens.into_iter().filter(|t| !matches!(t.kind, Lexeme::Blank | Lexeme::Comment)).collect();
    // What is being typed, if the cursor touches it.
    let typed = tokens.last().copied().filter(|t| {
        t.end == before.len()
            && matches!(
                t.kind,
                Lexeme::Word
                    | Lexeme::Quoted
                    | Lexeme::Number
                    | Lexeme::Period
                    | Lexeme::Odd
                    | Lexeme::Unclosed(_)
            )
    });
    if typed.is_some() {
        tokens.pop();
    }
    let place = CursorContext::new(before, &tokens);
    place.offers(context, typed).finish()
}

/// Words to search for: `field:value`, a field before its colon, or a command that is being begun.
fn free_text(context: &Context<'_>) -> Completions {
    let before = context.before;
    let gap = |c: char| c.is_whitespace() || c == '|';
    let word = before.rsplit(gap).next().unwrap_or("");
    let word = word.strip_prefix('-').unwrap_or(word);
    let start = before.len() - word.len();
    if let Some((field, value)) = word.split_once(':')
        && !field.is_empty()
    {
        let typed = value.trim_start_matches('"');
        let mut offers = Offers::new(context, typed, before.len() - value.len()..before.len());
        let plain =
            |v: &str| !v.is_empty() && !v.contains(|c: char| c.is_whitespace() || "|\"'#*".contains(c));
        offers.values(field, |v, _| if plain(v) { v.to_owned() } else { insights_value(v, false) });
        return offers.finish();
    }
    let mut offers = Offers::new(context, word, start..before.len());
    if word.is_empty() {
        return offers.finish();
    }
    if before.trim_start() == word {
        commands(&mut offers);
    }
    offers.fields(|name| format!("{}:", insights_name(name)));
    offers.finish()
}

fn commands(offers: &mut Offers<'_>) {
    for command in keywords::COMMANDS.iter().filter(|c| c.is_offered()) {
        let written = command.form.split_whitespace().next().unwrap_or(command.name);
        let text = if written.eq_ignore_ascii_case(command.name) { written } else { command.name };
        offers.add(
            CompletionKind::Command,
            command.name,
            text.to_owned(),
            command.form.to_owned(),
            command.doc,
        );
    }
}

/// Where the cursor is.
struct CursorContext<'t> {
    before: &'t str,
    /// The tokens of the command at hand, what is being typed excepted.
    command: &'t [Token],
    /// The text of the commands before it in the same query.
    earlier: &'t str,
    /// The brackets that are open in the command, outermost first.
    brackets: Vec<Bracket<'t>>,
}

/// An open bracket.
struct Bracket<'t> {
    /// The function before it; empty if there is none.
    function: &'t str,
    /// Square.
    list: bool,
    /// Its index among the command's tokens.
    at: usize,
    /// How many commas were seen inside.
    commas: usize,
}

impl<'t> CursorContext<'t> {
    fn new(before: &'t str, tokens: &'t [Token]) -> CursorContext<'t> {
        // The queries that are open, each with the byte at which it begins and the index of its last command.
        let mut queries: Vec<(usize, usize)> = vec![(0, 0)];
        // For each open bracket, whether a query stands in it.
        let mut open: Vec<bool> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            match token.kind {
                Lexeme::Symbol(Symbol::Pipe) => {
                    while open.last() == Some(&false) {
                        open.pop();
                    }
                    if let Some(query) = queries.last_mut() {
                        query.1 = i + 1;
                    }
                }
                Lexeme::Symbol(Symbol::Open) => {
                    let next = tokens.get(i + 1);
                    let named = next.and_then(|t| keywords::command_named(t.text(before)));
                    let behind = i.checked_sub(1).and_then(|b| tokens.get(b)).map_or("", |t| t.text(before));
                    let joins = queries
                        .last()
                        .and_then(|q| tokens.get(q.1))
                        .is_some_and(|t| t.text(before) == "join");
                    let query = named
                        .is_some_and(|c| c.name == "source" || behind.eq_ignore_ascii_case("in") || joins);
                    open.push(query);
                    if query {
                        queries.push((token.end, i + 1));
                    }
                }
                // What is popped was opened by a bracket; it closes a query if one stood in it.
                Lexeme::Symbol(Symbol::Close) if open.pop() == Some(true) => _ = queries.pop(),
                _ => {}
            }
        }
        let (start, first) = queries.last().copied().unwrap_or((0, 0));
        let command = tokens.get(first..).unwrap_or_default();
        let end = match first.checked_sub(1).and_then(|pipe| tokens.get(pipe)) {
            Some(pipe) if pipe.kind == Lexeme::Symbol(Symbol::Pipe) => pipe.start.max(start),
            _ => start,
        };
        let earlier = before.get(start..end).unwrap_or("");
        let mut place = CursorContext { before, command, earlier, brackets: Vec::new() };
        place.find_brackets();
        place
    }

    fn find_brackets(&mut self) {
        for (i, token) in self.command.iter().enumerate() {
            let list = token.kind == Lexeme::Symbol(Symbol::OpenList);
            match token.kind {
                Lexeme::Symbol(Symbol::Open | Symbol::OpenList) => {
                    let before = i.checked_sub(1).and_then(|b| self.command.get(b));
                    let function = before
                        .filter(|t| !list && t.kind == Lexeme::Word && t.end == token.start)
                        .map_or("", |t| t.text(self.before));
                    self.brackets.push(Bracket { function, list, at: i, commas: 0 });
                }
                Lexeme::Symbol(Symbol::Close | Symbol::CloseList) => _ = self.brackets.pop(),
                Lexeme::Symbol(Symbol::Comma) => {
                    if let Some(bracket) = self.brackets.last_mut() {
                        bracket.commas += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn text(&self, token: &Token) -> &'t str {
        token.text(self.before)
    }
    fn word(&self, at: usize) -> &'t str {
        self.command.get(at).filter(|t| t.kind == Lexeme::Word).map_or("", |t| self.text(t))
    }
    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|w| self.word(at).eq_ignore_ascii_case(w))
    }

    fn offers<'a>(&self, context: &'a Context<'a>, typed: Option<Token>) -> Offers<'a> {
        let cursor = self.before.len();
        let quote = typed.filter(|t| matches!(t.kind, Lexeme::Unclosed('"' | '\'')));
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '.' | '`');
        let word = typed.map_or("", |t| self.text(&t));
        let replace = match typed {
            Some(t) if quote.is_some() => {
                // The closing quote, and what stands before it, if it follows in the same line.
                let sign = word.chars().next().unwrap_or('"');
                let rest = context.text.get(cursor..).unwrap_or("");
                let line = rest.lines().next().unwrap_or("");
                t.start..cursor + line.find(sign).map_or(0, |i| i + 1)
            }
            Some(t) => t.start..word_at(context.text, cursor, part).end,
            None => cursor..cursor,
        };
        let mut offers = Offers::new(context, word.trim_start_matches(['"', '\'', '`']), replace);
        if let Some(field) = self.compared() {
            let text = quote.is_some();
            offers.values(&field, |v, number| insights_value(v, number && !text));
            if quote.is_none() && !self.in_list() {
                self.operands(&mut offers);
            }
            return offers;
        }
        if quote.is_some() {
            return offers;
        }
        let Some(head) = self.command.first() else {
            commands(&mut offers);
            return offers;
        };
        let verb = keywords::command_named(self.text(head)).map_or("", |c| c.name);
        match verb {
            "source" => offers.tables(),
            "limit" => {}
            _ if self.wants_period() => offers.periods(),
            _ if self.wants_name(verb) => {}
            _ if self.wants_operand() => self.operands(&mut offers),
            _ => self.continuations(verb, &mut offers),
        }
        offers
    }

    fn previous(&self) -> Option<&Token> {
        self.command.last()
    }

    /// The field whose values may stand here: `field = ‸`, `field like ‸`, `field in [‸`.
    fn compared(&self) -> Option<String> {
        let last = self.command.len().checked_sub(1)?;
        let operator = match self.brackets.last() {
            Some(list)
                if list.list
                    && matches!(
                        self.command.get(last)?.kind,
                        Lexeme::Symbol(Symbol::OpenList | Symbol::Comma)
                    ) =>
            {
                list.at.checked_sub(1).filter(|at| self.is_word(*at, &["in"]))?
            }
            _ => {
                let compares = match self.command.get(last)?.kind {
                    Lexeme::Symbol(s) => matches!(
                        s,
                        Symbol::Equal
                            | Symbol::EqualEqual
                            | Symbol::NotEqual
                            | Symbol::LessGreater
                            | Symbol::Less
                            | Symbol::LessEqual
                            | Symbol::Greater
                            | Symbol::GreaterEqual
                            | Symbol::Match
                    ),
                    _ => self.is_word(last, &["like"]),
                };
                compares.then_some(last)?
            }
        };
        let field = operator.checked_sub(1)?;
        let field = if self.is_word(field, &["not"]) { field.checked_sub(1)? } else { field };
        let token = self.command.get(field)?;
        matches!(token.kind, Lexeme::Word | Lexeme::Quoted).then(|| syntax::field_name(self.text(token)))
    }

    fn in_list(&self) -> bool {
        self.brackets.last().is_some_and(|b| b.list)
    }

    fn wants_period(&self) -> bool {
        let of_call = self.brackets.last().is_some_and(|b| match b.function.to_ascii_lowercase().as_str() {
            "bin" => b.commas == 0,
            "datefloor" | "dateceil" => b.commas == 1,
            _ => false,
        });
        let begins = self.previous().is_some_and(|t| {
            matches!(t.kind, Lexeme::Symbol(Symbol::Open | Symbol::Comma))
                || ["offset", "timeshift", "maxspan"].iter().any(|w| self.text(t).eq_ignore_ascii_case(w))
        });
        let last = self.command.len().saturating_sub(1);
        begins && (of_call || self.is_word(last, &["offset", "timeshift", "maxspan"]))
    }

    /// Whether a new name stands here: nobody else knows it.
    fn wants_name(&self, verb: &str) -> bool {
        let last = self.command.len().saturating_sub(1);
        if self.is_word(last, &["as", "into"]) {
            return true;
        }
        // `parse … as a, ‸`.
        verb == "parse" && (0..=last).any(|i| self.is_word(i, &["as"]))
    }

    fn wants_operand(&self) -> bool {
        let Some(token) = self.previous() else { return true };
        let last = self.command.len() - 1;
        match token.kind {
            Lexeme::Symbol(symbol) => !matches!(symbol, Symbol::Close | Symbol::CloseList),
            _ => last == 0 || self.is_word(last, &["and", "or", "not", "by", "where", "sort"]),
        }
    }

    /// Where the keys of a `stats` begin.
    fn by(&self) -> Option<usize> {
        (0..self.command.len()).find(|i| self.is_word(*i, &["by"]))
    }

    /// Fields and functions.
    fn operands(&self, offers: &mut Offers<'_>) {
        let verb = keywords::command_named(self.word(0)).map_or("", |c| c.name);
        let inside =
            self.brackets.iter().any(|b| aggregate::find(&b.function.to_ascii_lowercase()).is_some());
        let aggregates = verb == "stats" && self.by().is_none() && !inside;
        if aggregates {
            offers.aggregates();
        }
        if verb == "window" && self.brackets.is_empty() && self.command.len() == 1 {
            offers.window_functions();
            offers.aggregates();
            return;
        }
        let parsed = syntax::parse(self.earlier);
        let mut names = plan::defined(&parsed.query, offers.context.catalog);
        names.names.extend(self.named_here());
        if verb == "stats" && self.by().is_some() && !names.closed {
            // What is grouped by most often comes first.
            offers.functions(functions::all().filter(|f| f.name == "bin"));
        }
        if aggregates {
            // Fields stand inside aggregates only.
            offers.defined(self.named_here(), insights_name);
        } else {
            offers.defined(names.names, insights_name);
            if !names.closed {
                offers.fields(insights_name);
            }
        }
        let last = self.command.len().saturating_sub(1);
        if verb == "parse" && self.brackets.is_empty() {
            return;
        }
        offers.functions(functions::all());
        if matches!(verb, "filter" | "relevantfields")
            && (last == 0 || self.is_word(last, &["and", "or", "where"]))
        {
            offers.keywords(NOT);
        }
    }

    /// Names that this command has given before the cursor.
    fn named_here(&self) -> Vec<String> {
        let pairs = self.command.iter().zip(self.command.iter().skip(1));
        let named = pairs.filter(|(a, b)| {
            a.kind == Lexeme::Word
                && self.text(a).eq_ignore_ascii_case("as")
                && matches!(b.kind, Lexeme::Word | Lexeme::Quoted)
        });
        named.map(|(_, name)| syntax::field_name(self.text(name))).collect()
    }

    /// What may follow a value.
    fn continuations(&self, verb: &str, offers: &mut Offers<'_>) {
        if self.brackets.last().is_some_and(|b| !b.function.is_empty()) {
            return;
        }
        match verb {
            "filter" | "relevantfields" => {
                let joined = |i: &usize| self.is_word(*i, &["and", "or", "not", "filter", "where"]);
                let from = (0..self.command.len()).rev().find(joined).unwrap_or(0);
                let compared = self.command.get(from..).unwrap_or_default().iter().any(|t| match t.kind {
                    Lexeme::Symbol(s) => {
                        use Symbol::*;
                        matches!(
                            s,
                            Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | Match | NotMatch
                        )
                    }
                    _ => ["like", "in"].iter().any(|w| self.text(t).eq_ignore_ascii_case(w)),
                });
                offers.keywords(if compared { JOINS } else { COMPARISONS });
                if !compared {
                    offers.keywords(JOINS);
                }
                if verb == "relevantfields" {
                    offers.keywords(WHERE);
                }
            }
            "fields" | "display" => offers.keywords(AS),
            "stats" => match self.by() {
                None => {
                    offers.keywords(BY);
                    offers.keywords(AS);
                }
                Some(_) => {
                    offers.keywords(AS);
                    offers.keywords(OFFSET);
                }
            },
            "sort" => offers.keywords(ORDER),
            "parse" => offers.keywords(AS),
            "unnest" => offers.keywords(INTO),
            "lookup" | "cidrlookup" => {
                offers.keywords(OUTPUT);
                offers.keywords(AS);
            }
            "join" => offers.keywords(WHERE),
            _ => {}
        }
    }
}
