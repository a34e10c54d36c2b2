//! One `SELECT` as it is written, clause by clause; its tables are in `from`, its way into the tree is in `lower`.

mod lower;

use std::ops::Range;

use super::{
    CLAUSES, Parser, Relation,
    display::column_name,
    expression::made,
    lexer::{Lexeme, Symbol, Token},
    over::{Window, window_of},
    replace::{is_aggregate, visit},
};
use crate::{
    diagnostic::Diagnostic,
    insights::{ParseResult, Reported, short},
    tree::{E, Expr, Spanned},
};

/// More columns or keys than anybody needs: what compares each with each stays quick.
const MOST_COLUMNS: usize = 500;

/// A column of the answer.
#[derive(Clone)]
pub(super) struct SelectItem {
    pub(super) expr: E,
    /// The name that is written after `as` in the tree.
    pub(super) alias: Option<Spanned<String>>,
    /// The name of the column.
    pub(super) name: String,
    /// Whether the query itself named it.
    pub(super) named: bool,
}

/// A key of `ORDER BY`.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) expr: E,
    pub(super) descending: bool,
    pub(super) missing_first: bool,
}

/// A `SELECT` as it is written.
#[derive(Clone, Default)]
pub(super) struct Select {
    pub(super) distinct: bool,
    pub(super) star: Option<Range<usize>>,
    pub(super) items: Vec<SelectItem>,
    pub(super) from: Relation,
    pub(super) condition: Option<E>,
    pub(super) group: Vec<E>,
    /// Several sets of keys, each by their places in `group`: the groups of each stand beside those of the others.
    pub(super) sets: Option<Vec<Vec<usize>>>,
    pub(super) having: Option<E>,
    pub(super) order: Vec<Key>,
    pub(super) limit: Option<u64>,
    /// What `WINDOW` named, by lower-case name.
    pub(super) windows: Vec<(String, Window)>,
}

impl Select {
    /// What is computed, in no order.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &E> {
        let items = self.items.iter().map(|i| &i.expr);
        let conditions = self.condition.iter().chain(&self.having);
        items.chain(conditions).chain(&self.group).chain(self.order.iter().map(|k| &k.expr))
    }
}

pub(super) fn field(name: &str) -> E {
    made(Expr::Field(name.to_owned()))
}

impl Parser<'_> {
    /// One `SELECT`; behind the first of a set operation it has no order of its own.
    pub(super) fn select(&mut self, operand: bool) -> ParseResult<Relation> {
        let level = self.level();
        let word = self.peek();
        if !self.eat_word("select") {
            return Err(self.unexpected("`SELECT`"));
        }
        let before = self.diagnostics.len();
        let mut select = Select { distinct: self.eat_word("distinct"), ..Select::default() };
        if !select.distinct {
            self.eat_word("all");
        }
        // The tables are read first: they say what the names before them mean.
        let items_at = self.at;
        let from_at = self.find_from(level);
        let mut resume = None;
        if let Some(at) = from_at {
            self.at = at + 1;
            match self.from() {
                Ok(from) => {
                    select.from = from;
                    self.expect_clause(level, "`WHERE`, `GROUP BY`, `ORDER BY` or `LIMIT`");
                }
                Err(Reported) => self.skip_clause(level),
            }
            resume = Some(self.at);
            self.at = items_at;
        }
        match self.items(&mut select, level) {
            Ok(()) if from_at.is_some_and(|at| at != self.at) => _ = self.unexpected("`,` or `FROM`"),
            Ok(()) if from_at.is_none() && !self.asks_a_table(&select) => select.from = Self::no_table(),
            Ok(()) if from_at.is_none() => {
                let help = "name the log that is asked, or write `FROM logs` for all that is open";
                let slip = self.tokens.get(self.at.wrapping_sub(1)).copied().filter(|t| {
                    let near = crate::diagnostic::suggest(self.text_of(*t), ["from"]);
                    near.is_some() && t.kind == Lexeme::Word && self.peek().kind == Lexeme::Word
                });
                if let Some(slip) = slip {
                    let message = format!("expected `FROM`, found `{}`", self.text_of(slip));
                    self.report(Diagnostic::error(slip.span(), message).help("did you mean `FROM`?"));
                    return Err(Reported);
                }
                let span = match self.end() {
                    0 => word.span(),
                    end => end..end,
                };
                self.report(Diagnostic::error(span, "the query has no `FROM`").help(help));
            }
            _ => {}
        }
        match resume {
            Some(at) => self.at = at,
            None => self.skip_clause(level),
        }
        self.scope.aliases = select.items.iter().filter(|i| i.named).map(|i| i.name.clone()).collect();
        let all = ["where", "group", "having", "order", "limit"];
        self.clauses(&mut select, level, if operand { &all[..3] } else { &all });
        let wrong = self.diagnostics.iter().skip(before).any(|d| d.severity == crate::Severity::Error);
        if wrong || self.diagnostics.len() >= super::MOST_DIAGNOSTICS {
            return Err(Reported);
        }
        self.lowered(select)
    }

    /// Where the `FROM` of this `SELECT` stands.
    fn find_from(&self, level: u32) -> Option<usize> {
        let mut before = "";
        for (at, token) in self.tokens.iter().enumerate().skip(self.at) {
            let depth = self.depths.get(at).copied().unwrap_or(0);
            if depth < level {
                return None;
            }
            let word = if token.kind == Lexeme::Word { self.text_of(*token) } else { "" };
            let next = self.tokens.get(at + 1).map_or(Lexeme::End, |t| t.kind);
            if depth == level
                && CLAUSES.iter().any(|c| c.eq_ignore_ascii_case(word))
                && !super::is_after_name(next)
            {
                // `IS DISTINCT FROM` is an operator.
                let found = word.eq_ignore_ascii_case("from");
                match found && before.eq_ignore_ascii_case("distinct") {
                    true => {}
                    false => return found.then_some(at),
                }
            }
            before = word;
        }
        None
    }

    /// Reports what stands between the end of a clause and the next one.
    fn expect_clause(&mut self, level: u32, expected: &str) {
        let token = self.peek();
        let ends = match token.kind {
            Lexeme::End | Lexeme::Symbol(Symbol::Semicolon) => true,
            Lexeme::Symbol(Symbol::Close) => level > 0,
            _ => self.is_clause() && !self.is_word("select"),
        };
        if !ends {
            self.unexpected(expected);
            self.skip_clause(level);
        }
    }

    /// The columns.
    fn items(&mut self, select: &mut Select, level: u32) -> ParseResult<()> {
        let mut wrong = false;
        loop {
            let star = self.peek();
            if self.eat(Symbol::Star) {
                match self.all_columns() {
                    Some(columns) if !columns.is_empty() => select.items.extend(columns),
                    _ => select.star = Some(star.span()),
                }
            } else if let Some(columns) = self.star_of_table()? {
                select.items.extend(columns);
            } else {
                match self.item() {
                    Ok(item) => select.items.push(item),
                    // The others are read all the same.
                    Err(Reported) => {
                        wrong = true;
                        self.skip_to(level, &[",", "from"]);
                    }
                }
            }
            if select.items.len() > MOST_COLUMNS {
                return self.fail(star.span(), "the query has too many columns", "");
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        if wrong {
            return Err(Reported);
        }
        match &select.star {
            // Window functions beside all columns of the rows.
            Some(_) if !select.distinct && select.items.iter().all(|i| window_of(&i.expr.item).is_some()) => {
                Ok(())
            }
            Some(star) if !select.items.is_empty() => {
                let help = "name the columns that are wanted beside";
                let span = star.clone();
                self.fail(span, "`*` stands alone after `SELECT`", help)
            }
            _ => Ok(()),
        }
    }

    fn item(&mut self) -> ParseResult<SelectItem> {
        let expr = self.value()?.expr;
        let follows = match self.peek().kind {
            Lexeme::Quoted | Lexeme::Text => true,
            Lexeme::Word => {
                let word = self.text_of(self.peek());
                !super::is_reserved(word) && !word.eq_ignore_ascii_case("over")
            }
            _ => false,
        };
        if self.eat_word("as") || follows {
            let alias = self.new_name()?;
            let (own, written) = column_name(&expr.item);
            let name = alias.item.clone();
            // `count(*) AS "count(*)"` says nothing.
            let alias = (own != name || written).then_some(alias);
            return Ok(SelectItem { expr, alias, name, named: true });
        }
        let (name, written) = column_name(&expr.item);
        let alias = written.then(|| Spanned::made(name.clone()));
        Ok(SelectItem { expr, alias, name, named: false })
    }

    /// Whether a `SELECT` without `FROM` asks for columns, so that the `FROM` was forgotten.
    fn asks_a_table(&self, select: &Select) -> bool {
        let mut asks = select.star.is_some();
        select.items.iter().for_each(|item| {
            visit(&item.expr, &mut |e| {
                asks |= matches!(e.item, Expr::Field(_)) || is_aggregate(&e.item);
                !asks
            });
        });
        asks
    }

    /// Everything behind `FROM`: these clauses, in this order.
    pub(super) fn clauses(&mut self, select: &mut Select, level: u32, offered: &[&str]) {
        const ORDER: &[&str] = &["where", "group", "having", "order", "limit"];
        let mut last: Option<(usize, Token)> = None;
        loop {
            let token = self.peek();
            let word = if token.kind == Lexeme::Word {
                self.text_of(token).to_ascii_lowercase()
            } else {
                String::new()
            };
            // A set operation, or the order of all its queries.
            let is_of_all = ["order", "limit", "offset", "fetch"].contains(&word.as_str());
            if ["union", "except", "intersect"].contains(&word.as_str())
                || is_of_all && !offered.contains(&"limit")
            {
                return;
            }
            let Some(place) = ORDER.iter().position(|c| *c == word && offered.contains(c)) else {
                if !self.unoffered(&word, select, level) {
                    return;
                }
                continue;
            };
            if let Some((before, other)) = last
                && place <= before
            {
                let (one, two) = (self.text_of(token), self.text_of(other));
                let message = match place == before {
                    true => format!("`{one}` stands twice"),
                    false => format!("`{one}` stands before `{two}`"),
                };
                self.report(Diagnostic::error(token.span(), message));
            }
            last = Some((place, token));
            self.advance();
            let read = match place {
                0 => self.conditions(level).map(|e| select.condition = Some(e)),
                1 => self.group(select),
                2 => self.conditions(level).map(|e| select.having = Some(e)),
                3 => self.order(select),
                _ => self.limit(select),
            };
            match read {
                Ok(()) => {
                    let expected = match place {
                        0 | 2 => "`AND`, `OR` or the next clause",
                        1 | 3 => "`,` or the next clause",
                        _ => "the end of the query",
                    };
                    self.expect_clause(level, expected);
                }
                Err(Reported) => self.skip_clause(level),
            }
        }
    }

    /// A condition; where a part of it cannot be read, the ones after the next `AND` or `OR` are read all the same.
    fn conditions(&mut self, level: u32) -> ParseResult<E> {
        let first = self.condition();
        let mut wrong = first.is_err();
        let mut last = first.map(|n| n.expr);
        loop {
            let ends = self.peek().kind == Lexeme::End || self.level() < level || self.is_clause();
            if last.is_err() {
                self.skip_to(level, &["and", "or"]);
                if !(self.eat_word("and") || self.eat_word("or")) {
                    return Err(Reported);
                }
            } else if wrong && !ends {
                self.unexpected("`AND`, `OR` or the next clause");
                last = Err(Reported);
                continue;
            } else {
                return if wrong { Err(Reported) } else { last };
            }
            wrong = true;
            last = self.condition().map(|n| n.expr);
        }
    }

    /// Clauses that are not offered; says whether there was one.
    fn unoffered(&mut self, word: &str, select: &mut Select, level: u32) -> bool {
        let token = self.peek();
        let help = match word {
            "offset" => "scroll instead: every row of the answer is there",
            "window" => {
                self.advance();
                match self.named_windows() {
                    Ok(mut windows) => {
                        select.windows.append(&mut windows);
                        self.expect_clause(level, "`,`, `ORDER BY` or `LIMIT`");
                    }
                    Err(Reported) => self.skip_clause(level),
                }
                return true;
            }
            "fetch" => {
                self.advance();
                let first = self.eat_word("first") || self.eat_word("next");
                let read = if first { self.limit(select) } else { Err(self.unexpected("`FIRST`")) };
                if read.is_ok() {
                    let _ = self.eat_word("rows") || self.eat_word("row");
                    self.eat_word("only");
                    self.expect_clause(level, "the end of the query");
                } else {
                    self.skip_clause(level);
                }
                return true;
            }
            "from" => "leave out one `FROM`",
            _ => return false,
        };
        let message = match word {
            "from" => "`FROM` stands twice".to_owned(),
            _ => format!("`{}` is not offered", word.to_uppercase()),
        };
        self.report(Diagnostic::error(token.span(), message).help(help));
        self.advance();
        // What another query says of itself is not looked at.
        while self.peek().kind != Lexeme::End && self.level() >= level && !self.is_symbol(Symbol::Semicolon) {
            self.advance();
        }
        true
    }

    pub(super) fn by(&mut self) -> ParseResult<()> {
        if self.eat_word("by") { Ok(()) } else { Err(self.unexpected("`BY`")) }
    }

    fn group(&mut self, select: &mut Select) -> ParseResult<()> {
        self.by()?;
        loop {
            let token = self.peek();
            if !self.grouping(select)? {
                let key = self.value()?.expr;
                self.add_key(select, key);
            }
            if select.group.len() > MOST_COLUMNS {
                return self.fail(token.span(), "the query has too many keys", "");
            }
            if !self.eat(Symbol::Comma) {
                return Ok(());
            }
        }
    }

    fn order(&mut self, select: &mut Select) -> ParseResult<()> {
        self.by()?;
        loop {
            let token = self.peek();
            let expr = self.value()?.expr;
            let (descending, missing_first) = self.direction()?;
            select.order.push(Key { expr, descending, missing_first });
            if select.order.len() > MOST_COLUMNS {
                return self.fail(token.span(), "the query is sorted by too many columns", "");
            }
            if !self.eat(Symbol::Comma) {
                return Ok(());
            }
        }
    }

    fn limit(&mut self, select: &mut Select) -> ParseResult<()> {
        if self.eat_word("all") {
            return Ok(());
        }
        let token = self.peek();
        if token.kind != Lexeme::Number {
            return Err(self.unexpected("a number of rows"));
        }
        self.advance();
        match self.text_of(token).parse() {
            Ok(rows) => {
                select.limit = Some(rows);
                Ok(())
            }
            Err(_) => {
                let message = format!("`{}` is not a whole number of rows", short(self.text_of(token)));
                self.fail(token.span(), message, "write, for example, `LIMIT 20`")
            }
        }
    }
}
