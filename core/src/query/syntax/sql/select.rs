//! One `SELECT` and its way into the tree.
//!
//! Without groups it becomes `filter | select | sort | limit`; with groups or `DISTINCT` it becomes
//! `filter | stats … by … | filter | select | sort | limit`, where the second `filter` is `HAVING`. Keys and
//! aggregates are columns of the `stats`; what comes after it speaks of them by name. The `select` after a `stats` is
//! left out where the columns stand in that order anyway.
//!
//! Missing values are sorted last, as Athena does: `ORDER BY x` is `sort ispresent(x) desc, x`.

use std::{collections::HashSet, ops::Range};

use super::{
    CLAUSES, Parser, Relation,
    display::column_name,
    expression::{call, made},
    lexer::{Lexeme, Symbol, Token},
    replace::{aggregate_in, is_aggregate, map, never_missing, same, visit},
};
use crate::{
    query::{
        diagnostic::Diagnostic,
        syntax::{
            insights::{Reported, Step, short},
            label,
            tree::{Command, E, Expr, Projection, SortKey, Spanned},
        },
    },
    table::Value,
};

/// More columns or keys than anybody needs: what compares each with each stays quick.
const MOST_COLUMNS: usize = 500;

/// A column of the answer.
struct Item {
    expr: E,
    /// The name that is written after `as` in the tree.
    alias: Option<Spanned<String>>,
    /// The name of the column.
    name: String,
    /// Whether the query itself named it.
    named: bool,
}

/// A key of `ORDER BY`.
struct Key {
    expr: E,
    descending: bool,
    missing_first: bool,
}

/// A `SELECT` as it is written.
#[derive(Default)]
struct Select {
    distinct: bool,
    star: Option<Range<usize>>,
    items: Vec<Item>,
    from: Relation,
    condition: Option<E>,
    group: Vec<E>,
    having: Option<E>,
    order: Vec<Key>,
    limit: Option<u64>,
}

fn field(name: &str) -> E {
    made(Expr::Field(name.to_owned()))
}

fn step(command: Command) -> Spanned<Command> {
    Spanned::made(command)
}

impl Parser<'_> {
    /// A query: one `SELECT`.
    pub(super) fn query(&mut self) -> Step<Relation> {
        self.inside(|p| {
            let outer = std::mem::take(&mut p.scope);
            let depth = std::mem::take(&mut p.depth);
            let (start, copied) = (p.peek().start, p.copied);
            let mut result = p.select();
            if let Ok(relation) = &mut result {
                relation.weight = p.end().saturating_sub(start) + p.copied.saturating_sub(copied);
            }
            p.scope = outer;
            p.depth = depth;
            result
        })
    }

    fn select(&mut self) -> Step<Relation> {
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
            Ok(()) if from_at.is_none() => {
                let help = "name the log that is asked, or write `FROM logs` for all that is open";
                let slip = self.tokens.get(self.at.wrapping_sub(1)).copied().filter(|t| {
                    let near = crate::query::diagnostic::suggest(self.text_of(*t), ["from"]);
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
        self.clauses(&mut select, level);
        let wrong = self.diagnostics.iter().skip(before).any(|d| d.severity == crate::query::Severity::Error);
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
    fn items(&mut self, select: &mut Select, level: u32) -> Step<()> {
        let mut wrong = false;
        loop {
            let star = self.peek();
            if self.eat(Symbol::Star) {
                match self.scope.columns.clone() {
                    Some(columns) if !columns.is_empty() => {
                        let all = columns.into_iter().map(|name| Item {
                            expr: field(&name),
                            alias: None,
                            name,
                            named: false,
                        });
                        select.items.extend(all);
                    }
                    _ => select.star = Some(star.span()),
                }
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
            Some(star) if !select.items.is_empty() => {
                let help = "name the columns that are wanted beside";
                let span = star.clone();
                self.fail(span, "`*` stands alone after `SELECT`", help)
            }
            Some(star) if select.distinct => {
                let span = star.clone();
                self.fail(span, "`DISTINCT` needs the names of columns", "")
            }
            _ => Ok(()),
        }
    }

    fn item(&mut self) -> Step<Item> {
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
            return Ok(Item { expr, alias, name, named: true });
        }
        let (name, written) = column_name(&expr.item);
        let alias = written.then(|| Spanned::made(name.clone()));
        Ok(Item { expr, alias, name, named: false })
    }

    /// Everything behind `FROM`.
    fn clauses(&mut self, select: &mut Select, level: u32) {
        const ORDER: &[&str] = &["where", "group", "having", "order", "limit"];
        let mut last: Option<(usize, Token)> = None;
        loop {
            let token = self.peek();
            let word = if token.kind == Lexeme::Word {
                self.text_of(token).to_ascii_lowercase()
            } else {
                String::new()
            };
            let Some(place) = ORDER.iter().position(|c| *c == word) else {
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
    fn conditions(&mut self, level: u32) -> Step<E> {
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
            "union" | "intersect" | "except" => {
                "ask both logs at once with `FROM logs`, or one after the other"
            }
            "offset" => "scroll instead: every row of the answer is there",
            "window" => "aggregate with `GROUP BY`",
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

    fn by(&mut self) -> Step<()> {
        if self.eat_word("by") { Ok(()) } else { Err(self.unexpected("`BY`")) }
    }

    fn group(&mut self, select: &mut Select) -> Step<()> {
        self.by()?;
        loop {
            let token = self.peek();
            let next = self.peek_at(1).kind;
            let sets = ["rollup", "cube", "grouping"].iter().any(|w| self.is_word(w));
            if sets && (next == Lexeme::Symbol(Symbol::Open) || self.is_word_at(1, "sets")) {
                let message = format!("`{}` is not offered", self.text_of(token).to_uppercase());
                return self.fail(token.span(), message, "write one query for each grouping");
            }
            let key = self.value()?.expr;
            select.group.push(key);
            if select.group.len() > MOST_COLUMNS {
                return self.fail(token.span(), "the query has too many keys", "");
            }
            if !self.eat(Symbol::Comma) {
                return Ok(());
            }
        }
    }

    fn order(&mut self, select: &mut Select) -> Step<()> {
        self.by()?;
        loop {
            let token = self.peek();
            let expr = self.value()?.expr;
            let descending = self.eat_word("desc");
            if !descending {
                self.eat_word("asc");
            }
            let mut missing_first = false;
            if self.eat_word("nulls") {
                missing_first = self.eat_word("first");
                if !missing_first && !self.eat_word("last") {
                    return Err(self.unexpected("`FIRST` or `LAST`"));
                }
            }
            select.order.push(Key { expr, descending, missing_first });
            if select.order.len() > MOST_COLUMNS {
                return self.fail(token.span(), "the query is sorted by too many columns", "");
            }
            if !self.eat(Symbol::Comma) {
                return Ok(());
            }
        }
    }

    fn limit(&mut self, select: &mut Select) -> Step<()> {
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

    // --- into the tree ---

    fn lowered(&mut self, mut select: Select) -> Step<Relation> {
        let mut commands = std::mem::take(&mut select.from.commands);
        if let Some(condition) = select.condition.take() {
            if let Some(span) = aggregate_in(&condition) {
                return self.fail(
                    span,
                    "an aggregate does not stand in `WHERE`",
                    "write the condition after `HAVING`",
                );
            }
            // What names in `GROUP BY` mean depends on what is surely a column.
            select.condition = Some(condition.clone());
            commands.push(Spanned::new(Command::Filter(condition.clone()), condition.span.clone()));
        }
        self.check_sides(&select)?;
        let grouped = !select.group.is_empty()
            || select.having.is_some()
            || select.items.iter().any(|i| aggregate_in(&i.expr).is_some())
            || select.order.iter().any(|k| aggregate_in(&k.expr).is_some());
        let names = if grouped {
            self.grouped(&mut commands, &mut select)?
        } else {
            self.plain(&mut commands, &mut select)?
        };
        let keys = std::mem::take(&mut select.order);
        let mut sort: Vec<SortKey> = Vec::new();
        for Key { expr, descending, missing_first } in keys {
            // The tree sorts missing values as the smallest.
            let certain = self.is_certain_column(&commands, &expr);
            if !certain && descending == missing_first {
                let present = made(call("ispresent", vec![expr.clone()]));
                sort.push(SortKey { expr: present, descending: !missing_first });
            }
            sort.push(SortKey { expr, descending });
        }
        if !sort.is_empty() {
            commands.push(step(Command::Sort(sort)));
        }
        if let Some(rows) = select.limit {
            commands.push(step(Command::Limit(rows)));
        }
        Ok(Relation { commands, columns: names, weight: 0 })
    }

    /// In a join every column needs its table's name: which of the two has it cannot be told from the text.
    fn check_sides(&mut self, select: &Select) -> Step<()> {
        let [one, two] = self.scope.sides.as_slice() else { return Ok(()) };
        let (one, two) = (one.clone(), two.clone());
        let inside = |e: &Option<E>| e.iter().cloned().collect::<Vec<_>>();
        let parts = select.items.iter().map(|i| &i.expr).chain(&select.group).chain(&select.condition);
        let parts =
            parts.cloned().chain(inside(&select.having)).chain(select.order.iter().map(|k| k.expr.clone()));
        for part in parts {
            let mut stray = None;
            visit(&part, &mut |e| {
                if let Expr::Field(name) = &e.item {
                    let sided = [&one, &two]
                        .iter()
                        .any(|s| name.strip_prefix(s.as_str()).is_some_and(|r| r.starts_with('.')));
                    let made = self.scope.made.iter().any(|m| {
                        name == m || name.strip_prefix(m.as_str()).is_some_and(|r| r.starts_with('.'))
                    });
                    let alias = select.items.iter().any(|i| i.named && i.name.eq_ignore_ascii_case(name));
                    if !(sided || made || alias) && stray.is_none() {
                        stray = Some((name.clone(), e.span.clone()));
                    }
                }
                stray.is_none()
            });
            if let Some((name, span)) = stray {
                let name = short(&name);
                let help = format!("write `{one}.{name}` or `{two}.{name}`");
                return self.fail(span, "in a join a column needs its table's name", help);
            }
        }
        Ok(())
    }

    /// Whether a sort key is a column of the last `stats` that always has a value.
    fn is_certain_column(&self, commands: &[Spanned<Command>], key: &E) -> bool {
        let Expr::Field(name) = &key.item else { return never_missing(&key.item) };
        let last = commands.iter().rev().find_map(|c| match &c.item {
            Command::Stats { aggregates, .. } => Some(aggregates),
            _ => None,
        });
        last.is_some_and(|all| all.iter().any(|p| p.name() == *name && never_missing(&p.expr.item)))
    }

    /// `ORDER BY 2`, `GROUP BY 2`: the column of that number.
    fn ordinal(&mut self, e: &E, items: &[Item], what: &str) -> Step<Option<usize>> {
        let Expr::Literal(Value::Int(n)) = &e.item else { return Ok(None) };
        match usize::try_from(*n).ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < items.len()) {
            Some(n) => Ok(Some(n)),
            None => {
                let message = format!("`{what} {n}` means column {n}, but the query has {}", items.len());
                self.fail(e.span.clone(), message, "")
            }
        }
    }

    fn plain(
        &mut self,
        commands: &mut Vec<Spanned<Command>>,
        select: &mut Select,
    ) -> Step<Option<Vec<String>>> {
        let items = std::mem::take(&mut select.items);
        let mut order = std::mem::take(&mut select.order);
        for key in &mut order {
            if let Some(n) = self.ordinal(&key.expr, &items, "ORDER BY")? {
                key.expr = items.get(n).map_or_else(|| field(""), |item| field(&item.name));
                continue;
            }
            key.expr = map(&key.expr, &mut |e| {
                let name = if let Expr::Field(name) = &e.item { name } else { "" };
                let found = items.iter().find(|i| {
                    i.named && i.name.eq_ignore_ascii_case(name)
                        || select.distinct && same(&i.expr.item, &e.item)
                })?;
                Some(field(&found.name))
            });
        }
        select.order = order;
        if select.star.is_some() {
            return Ok(select.from.columns.clone());
        }
        let names: Vec<String> = items.iter().map(|i| i.name.clone()).collect();
        // All columns of an inner query as they are.
        let bare = items.iter().all(|i| matches!(&i.expr.item, Expr::Field(name) if *name == i.name));
        if bare && !select.distinct && select.from.columns.as_ref() == Some(&names) {
            return Ok(Some(names));
        }
        let shown: Vec<Projection> =
            items.into_iter().map(|i| Projection { expr: i.expr, alias: i.alias }).collect();
        commands.push(step(match select.distinct {
            true => Command::Stats { aggregates: Vec::new(), by: shown },
            false => Command::Select(shown),
        }));
        Ok(Some(names))
    }

    fn grouped(
        &mut self,
        commands: &mut Vec<Spanned<Command>>,
        select: &mut Select,
    ) -> Step<Option<Vec<String>>> {
        if let Some(star) = select.star.take() {
            return self.fail(
                star,
                "`*` cannot stand in a query with groups",
                "name the keys and aggregates",
            );
        }
        let items = std::mem::take(&mut select.items);
        let keys = self.keys(select, &items)?;
        let mut groups = Groups { keys, aggregates: Vec::new() };
        // What each column is called in the `stats`.
        let mut columns: Vec<String> = Vec::new();
        for item in &items {
            let column = match groups.key(&item.expr) {
                Some(key) => key.to_owned(),
                None => {
                    let expr = self.over_keys(&item.expr, &groups, true)?;
                    // Keys go by their names in it, so that its text may not be the column's name any more.
                    let renamed = item.alias.is_none() && label(&expr.item) != item.name;
                    let alias = match renamed {
                        true => Some(Spanned::made(item.name.clone())),
                        false => item.alias.clone(),
                    };
                    groups.add(expr, alias)
                }
            };
            columns.push(column);
        }
        let having = select.having.take();
        let having = match having {
            Some(having) => Some(self.after_groups(&having, &mut groups, &items, &columns, false)?),
            None => None,
        };
        for key in &mut select.order {
            key.expr = match self.ordinal(&key.expr, &items, "ORDER BY")? {
                Some(n) => field(columns.get(n).map_or("", String::as_str)),
                None => self.after_groups(&key.expr, &mut groups, &items, &columns, true)?,
            };
        }
        let natural =
            groups.keys.iter().map(|k| k.name.as_str()).chain(groups.aggregates.iter().map(|a| a.1.as_str()));
        let natural = natural.eq(columns.iter().map(String::as_str))
            && items.iter().zip(&columns).all(|(item, column)| item.name == *column);
        let by = groups.keys.into_iter().map(|k| Projection { expr: k.expr, alias: k.alias }).collect();
        let aggregates = groups.aggregates.into_iter().map(|(projection, _)| projection).collect();
        commands.push(step(Command::Stats { aggregates, by }));
        if let Some(having) = having {
            commands.push(Spanned::new(Command::Filter(having.clone()), having.span.clone()));
        }
        let names: Vec<String> = items.into_iter().map(|i| i.name).collect();
        if select.distinct {
            let by = names.iter().zip(&columns).map(|(name, column)| shown(name, column)).collect();
            commands.push(step(Command::Stats { aggregates: Vec::new(), by }));
        } else if !natural {
            let all = names.iter().zip(&columns).map(|(name, column)| shown(name, column)).collect();
            commands.push(step(Command::Select(all)));
        }
        Ok(Some(names))
    }

    /// The keys of the groups and their names.
    fn keys(&mut self, select: &mut Select, items: &[Item]) -> Step<Vec<GroupKey>> {
        // Columns for sure: what stands in `WHERE` or inside the columns' expressions.
        let mut columns: HashSet<String> = HashSet::new();
        let spoken = items.iter().map(|i| &i.expr).chain(&select.condition);
        spoken.for_each(|e| {
            visit(e, &mut |e| {
                if let Expr::Field(name) = &e.item {
                    columns.insert(name.to_ascii_lowercase());
                }
                true
            });
        });
        let mut keys: Vec<GroupKey> = Vec::new();
        for e in std::mem::take(&mut select.group) {
            let aliased = match &e.item {
                Expr::Field(name) if !columns.contains(&name.to_ascii_lowercase()) => {
                    items.iter().position(|i| i.named && i.name.eq_ignore_ascii_case(name))
                }
                _ => None,
            };
            let chosen = match aliased {
                Some(n) => Some(n),
                None => self.ordinal(&e, items, "GROUP BY")?,
            };
            let expr = chosen.and_then(|n| items.get(n)).map_or_else(|| e.clone(), |i| i.expr.clone());
            if aggregate_in(&expr).is_some() {
                return self.fail(e.span.clone(), "a key of the groups cannot be an aggregate", "");
            }
            if keys.iter().any(|k| same(&k.expr.item, &expr.item)) {
                continue;
            }
            let item = items.iter().find(|i| same(&i.expr.item, &expr.item));
            // In the letter case in which the column is asked for.
            let expr = item.map_or(expr, |i| i.expr.clone());
            let (mut name, mut alias) = match item {
                Some(item) => (item.name.clone(), item.alias.clone()),
                None => {
                    let (name, written) = column_name(&expr.item);
                    let alias = written.then(|| Spanned::made(name.clone()));
                    (name, alias)
                }
            };
            // Another column goes by this name: the key keeps out of its way.
            let taken =
                items.iter().any(|i| i.name.eq_ignore_ascii_case(&name) && !same(&i.expr.item, &expr.item))
                    || keys.iter().any(|k| k.name.eq_ignore_ascii_case(&name));
            if taken {
                name = format!("#{}", keys.len() + 1);
                alias = Some(Spanned::made(name.clone()));
            }
            keys.push(GroupKey { expr, name, alias });
        }
        Ok(keys)
    }

    /// An expression over keys and aggregates, the keys by their names.
    fn over_keys(&mut self, e: &E, groups: &Groups, calls: bool) -> Step<E> {
        let mut stray = None;
        let expr = map(e, &mut |part| {
            if let Some(name) = groups.key(part) {
                return Some(Box::new(Spanned::new(Expr::Field(name.to_owned()), part.span.clone())));
            }
            if calls && is_aggregate(&part.item) {
                return Some(part.clone());
            }
            if let Expr::Field(name) = &part.item
                && stray.is_none()
            {
                stray = Some((name.clone(), part.span.clone()));
            }
            None
        });
        match stray {
            None => Ok(expr),
            Some((name, span)) => {
                let message =
                    format!("`{}` is neither a key of the groups nor inside an aggregate", short(&name));
                let help =
                    format!("add it to `GROUP BY`, or take any one value: `arbitrary({})`", short(&name));
                self.fail(span, message, help)
            }
        }
    }

    /// An expression after the `stats`: keys, aggregates and columns by their names.
    fn after_groups(
        &mut self,
        e: &E,
        groups: &mut Groups,
        items: &[Item],
        columns: &[String],
        names_first: bool,
    ) -> Step<E> {
        let mut stray = None;
        let expr = map(e, &mut |part| {
            let named =
                |name: &str| Some(Box::new(Spanned::new(Expr::Field(name.to_owned()), part.span.clone())));
            let by_alias = || {
                let Expr::Field(name) = &part.item else { return None };
                let at = items.iter().position(|i| i.named && i.name.eq_ignore_ascii_case(name))?;
                columns.get(at).cloned()
            };
            if let (true, Some(column)) = (names_first, by_alias()) {
                return named(&column);
            }
            if let Some(name) = groups.key(part) {
                return named(name);
            }
            if let Some(at) = items.iter().position(|i| same(&i.expr.item, &part.item))
                && aggregate_in(part).is_some()
            {
                return columns.get(at).and_then(|c| named(c));
            }
            if is_aggregate(&part.item) {
                let name = groups.add(part.clone(), None);
                return named(&name);
            }
            if let Some(column) = by_alias() {
                return named(&column);
            }
            if let Expr::Field(name) = &part.item
                && stray.is_none()
            {
                stray = Some((name.clone(), part.span.clone()));
            }
            None
        });
        match stray {
            None => Ok(expr),
            // Says what is wrong with it.
            Some((name, span)) => {
                let e = Box::new(Spanned::new(Expr::Field(name), span));
                self.over_keys(&e, groups, false)
            }
        }
    }
}

fn shown(name: &str, column: &str) -> Projection {
    let alias = (name != column).then(|| Spanned::made(name.to_owned()));
    Projection { expr: field(column), alias }
}

/// A key of the groups.
struct GroupKey {
    expr: E,
    name: String,
    alias: Option<Spanned<String>>,
}

/// What a `stats` computes so far.
struct Groups {
    keys: Vec<GroupKey>,
    /// With the name of each.
    aggregates: Vec<(Projection, String)>,
}

impl Groups {
    /// The name of the key that an expression is.
    fn key(&self, e: &E) -> Option<&str> {
        self.keys.iter().find(|k| same(&k.expr.item, &e.item)).map(|k| k.name.as_str())
    }
    /// Adds a column and gives its name; one that is there already is not computed twice.
    fn add(&mut self, expr: E, alias: Option<Spanned<String>>) -> String {
        let known = self
            .aggregates
            .iter()
            .find(|(p, _)| same(&p.expr.item, &expr.item) && (alias.is_none() || p.alias == alias));
        if let Some((_, name)) = known {
            return name.clone();
        }
        let mut projection = Projection { expr, alias };
        if projection.alias.is_none() {
            let (name, written) = column_name(&projection.expr.item);
            projection.alias = written.then(|| Spanned::made(name));
        }
        let mut name = projection.name();
        let taken = |name: &str| {
            self.keys.iter().any(|k| k.name.eq_ignore_ascii_case(name))
                || self.aggregates.iter().any(|(_, n)| n.eq_ignore_ascii_case(name))
        };
        if taken(&name) {
            name = format!("#{}", self.keys.len() + self.aggregates.len() + 1);
            projection.alias = Some(Spanned::made(name.clone()));
        }
        self.aggregates.push((projection, name.clone()));
        name
    }
}
