//! `FROM`: which rows a `SELECT` reads, and what names mean in it.

use super::{
    MOST_COPIED, MOST_QUERIES, Parser, Relation, Scope,
    expression::Subtree,
    is_reserved,
    lexer::{self, Lexeme, Symbol, Token},
    primary::path_step,
    replace::visit,
};
use crate::{
    diagnostic::{Diagnostic, suggest},
    insights::{ParseResult, Reported, short},
    tree::{Command, E, Expr, Join, Projection, Query, Spanned, TableCommand},
};

/// The name in `FROM` that means every log that is loaded.
pub(super) const EVERYTHING: &str = "logs";

/// One source of rows: its commands, and the name that it is called by.
struct Source {
    relation: Relation,
    name: Option<String>,
}

impl Parser<'_> {
    /// What stands behind `FROM`; the scope is that of its rows afterwards.
    pub(super) fn from(&mut self) -> ParseResult<Relation> {
        let first = self.source()?;
        let mut relation = first.relation;
        let mut name = first.name;
        self.scope = Scope {
            qualifiers: name.iter().cloned().collect(),
            columns: relation.columns.clone(),
            ..Scope::default()
        };
        loop {
            let start = self.peek();
            if self.eat_words(&["cross", "join"]) || self.eat(Symbol::Comma) {
                if !self.is_word("unnest") {
                    let help = "write `JOIN table ON a.x = b.x`";
                    return self.fail(start.start..self.peek().end, "tables are joined by a condition", help);
                }
                self.unnest(&mut relation, start)?;
                continue;
            }
            let outer = self.is_word("left");
            let words: &[&[&str]] =
                &[&["join"], &["inner", "join"], &["left", "join"], &["left", "outer", "join"]];
            if words.iter().any(|w| self.eat_words(w)) {
                self.join(&mut relation, &mut name, outer, start)?;
                continue;
            }
            if ["right", "full", "natural", "cross"].iter().any(|w| self.is_word(w)) {
                let help = "write `JOIN` or `LEFT JOIN`, the other table first";
                let message = format!("`{} JOIN` is not offered", self.text_of(start).to_uppercase());
                return self.fail(start.span(), message, help);
            }
            return Ok(relation);
        }
    }

    /// A table, a named query or a subquery, and its name.
    fn source(&mut self) -> ParseResult<Source> {
        let open = self.peek();
        if self.eat(Symbol::Open) {
            let relation = self.query();
            self.close(open)?;
            let name = self.alias()?;
            return Ok(Source { relation: relation?, name });
        }
        if open.kind == Lexeme::Text {
            let name = lexer::inside(self.text_of(open)).into_owned();
            let help = format!("write \"{}\"", short(&name));
            return self.fail(open.span(), "a table's name stands in double quotes, or in none", help);
        }
        if open.kind == Lexeme::Word && is_reserved(self.text_of(open)) {
            return Err(self.unexpected("the name of a table"));
        }
        let mut steps = vec![self.step().map_err(|_| Reported)?];
        while self.eat(Symbol::Dot) {
            steps.push(self.step()?);
        }
        let span = open.start..self.end();
        let (table, _) = steps.pop().unwrap_or_default();
        let alone = steps.is_empty();
        let alias = self.alias()?;
        let name = alias.or_else(|| Some(table.clone()));
        if let Some(relation) = self.named.get(&table.to_lowercase()).filter(|_| alone) {
            self.copied = self.copied.saturating_add(relation.weight);
            if self.copied > MOST_COPIED {
                return self.fail(span, "the queries that `WITH` names stand for too much in each other", "");
            }
            return Ok(Source { relation: relation.clone(), name });
        }
        let mut commands = Vec::new();
        if !table.eq_ignore_ascii_case(EVERYTHING) {
            commands.push(Spanned::new(Command::Source(vec![Spanned::new(table, span.clone())]), span));
        }
        Ok(Source { relation: Relation { commands, ..Relation::default() }, name })
    }

    /// `[AS] name`
    fn alias(&mut self) -> ParseResult<Option<String>> {
        let follows = matches!(self.peek().kind, Lexeme::Word | Lexeme::Quoted)
            && !(self.peek().kind == Lexeme::Word && is_reserved(self.text_of(self.peek())));
        if self.eat_word("as") || follows { Ok(Some(self.new_name()?.item)) } else { Ok(None) }
    }

    /// `UNNEST(list) [AS] t(name)`
    fn unnest(&mut self, relation: &mut Relation, start: Token) -> ParseResult<()> {
        self.advance();
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Err(self.unexpected("`(`"));
        }
        let list = self.value()?.expr;
        if self.is_symbol(Symbol::Comma) {
            let help = "write one `CROSS JOIN UNNEST(…)` for each";
            return self.fail(self.peek().span(), "`UNNEST` takes one list", help);
        }
        self.close(open)?;
        if self.is_word("with") {
            return self.fail(self.peek().span(), "`WITH ORDINALITY` is not offered", "");
        }
        self.eat_word("as");
        let table = self.new_name()?;
        let open = self.peek();
        let mut name = table.clone();
        if self.eat(Symbol::Open) {
            name = self.new_name()?;
            if self.is_symbol(Symbol::Comma) {
                let help = "name the item, and its members behind a dot: `t(r)`, then `r.arn`";
                return self.fail(self.peek().span(), "`UNNEST` gives one column", help);
            }
            self.close(open)?;
            self.scope.qualifiers.push(table.item);
        }
        self.scope.made.push(name.item.clone());
        if let Some(columns) = &mut self.scope.columns {
            columns.push(name.item.clone());
        }
        let command = Command::Table(TableCommand::Unnest { list, name: Some(name) });
        relation.commands.push(Spanned::new(command, start.start..self.end()));
        relation.columns = self.scope.columns.clone();
        Ok(())
    }

    fn join(
        &mut self,
        left: &mut Relation,
        name: &mut Option<String>,
        outer: bool,
        start: Token,
    ) -> ParseResult<()> {
        let other = self.source()?;
        let span = start.start..self.end();
        if !self.scope.sides.is_empty() {
            let help = "join two tables in a `WITH`, and the third with that";
            return self.fail(span, "only two tables can be joined", help);
        }
        let (Some(one), Some(two)) = (name.clone(), other.name) else {
            return self.fail(span, "a query that is joined needs a name", "write `(SELECT …) AS a JOIN …`");
        };
        if one.eq_ignore_ascii_case(&two) {
            return self.fail(span, "both tables have the same name", "write `FROM x AS a JOIN x AS b ON …`");
        }
        self.no_query_inside(&other.relation, span.clone())?;
        self.scope = Scope { sides: vec![one.clone(), two.clone()], ..Scope::default() };
        let mut on = Vec::new();
        if self.eat_word("using") {
            let open = self.peek();
            if !self.eat(Symbol::Open) {
                return Err(self.unexpected("`(`"));
            }
            loop {
                let column = self.new_name()?;
                on.push((column.clone(), column));
                if !self.eat(Symbol::Comma) {
                    break;
                }
            }
            self.close(open)?;
        } else if self.eat_word("on") {
            let open = self.peek();
            let bracket = self.eat(Symbol::Open);
            loop {
                on.push(self.equality(&one, &two)?);
                if !self.eat_word("and") {
                    break;
                }
            }
            if bracket {
                self.close(open)?;
            }
        } else {
            return Err(self.unexpected("`ON a.x = b.y`"));
        }
        let join = Join {
            outer,
            left: Spanned::made(one),
            right: Spanned::made(two),
            on,
            query: Query { commands: other.relation.commands },
        };
        left.commands.push(Spanned::new(Command::Join(join), start.start..self.end()));
        left.columns = None;
        *name = None;
        Ok(())
    }

    /// `a.x = b.y` in any order, without the names of the sides.
    fn equality(&mut self, one: &str, two: &str) -> ParseResult<(Spanned<String>, Spanned<String>)> {
        let mut sides = [None, None];
        let start = self.peek().start;
        for at in 0..2 {
            if at == 1 && !self.eat(Symbol::Equal) {
                return Err(self.unexpected("`=`"));
            }
            let node: Subtree = self.operand()?;
            let column = match &node.expr.item {
                Expr::Field(name) => [one, two].iter().enumerate().find_map(|(i, side)| {
                    let rest = name.strip_prefix(side)?.strip_prefix('.')?;
                    Some((i, Spanned::new(rest.to_owned(), node.expr.span.clone())))
                }),
                _ => None,
            };
            match column {
                Some((i, column)) => {
                    if let Some(side) = sides.get_mut(i) {
                        *side = Some(column);
                    }
                }
                None => {
                    let help = format!("write `ON {one}.x = {two}.y`; other conditions stand after `WHERE`");
                    return self.fail(node.expr.span, "expected a column with its table's name", help);
                }
            }
        }
        match sides {
            [Some(one), Some(two)] => Ok((one, two)),
            _ => self.fail(
                start..self.end(),
                "both sides are of one table",
                format!("write `ON {one}.x = {two}.y`"),
            ),
        }
    }

    // --- names ---

    /// What a name of these steps means.
    pub(super) fn meaning(&mut self, mut steps: Vec<(String, bool)>, start: usize) -> ParseResult<String> {
        let same = |all: &[String], name: &str| all.iter().find(|q| q.eq_ignore_ascii_case(name)).cloned();
        if steps.len() > 1
            && let Some((first, _)) = steps.first()
        {
            if let Some(side) = same(&self.scope.sides, first) {
                let rest: Vec<String> = steps.iter().skip(1).map(|(s, _)| path_step(s)).collect();
                return Ok(format!("{side}.{}", rest.join(".")));
            }
            if same(&self.scope.made, first).is_none() && same(&self.scope.qualifiers, first).is_some() {
                steps.remove(0);
            }
        }
        // A name alone in quotes is taken as it is; a step with a dot inside a longer one keeps that together.
        let name = match steps.as_slice() {
            [(only, _)] => only.clone(),
            many => many.iter().map(|(s, _)| path_step(s)).collect::<Vec<_>>().join("."),
        };
        let (first, rest) = steps.split_first().map_or(("", &[][..]), |(f, rest)| (f.0.as_str(), rest));
        if let Some(made) = same(&self.scope.made, first) {
            let steps = std::iter::once(made).chain(rest.iter().map(|(s, _)| path_step(s)));
            return Ok(steps.collect::<Vec<_>>().join("."));
        }
        let Some(columns) = &self.scope.columns else { return Ok(name) };
        if let Some(column) = same(columns, &name) {
            return Ok(column);
        }
        // `type` of `useridentity.type`, and what lies inside a column.
        let mut last =
            columns.iter().filter(|c| c.rsplit('.').next().is_some_and(|l| l.eq_ignore_ascii_case(&name)));
        if let (Some(column), None) = (last.next(), last.next()) {
            return Ok(column.clone());
        }
        if let Some(column) = same(columns, first) {
            let steps = std::iter::once(column).chain(rest.iter().map(|(s, _)| path_step(s)));
            return Ok(steps.collect::<Vec<_>>().join("."));
        }
        if let (Some(alias), []) = (same(&self.scope.aliases, &name), rest) {
            return Ok(alias);
        }
        let help = match suggest(&name, columns.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let all: Vec<String> = columns.iter().take(8).map(|c| format!("`{}`", short(c))).collect();
                format!("the inner query has {}", all.join(", "))
            }
        };
        self.fail(start..self.end(), format!("the inner query has no column `{}`", short(&name)), help)
    }

    /// The relation under other names of columns.
    pub(super) fn renamed(
        &mut self,
        relation: Relation,
        names: Vec<Spanned<String>>,
    ) -> ParseResult<Relation> {
        let Some(first) = names.first() else { return Ok(relation) };
        let columns = relation.columns.clone().unwrap_or_default();
        if columns.len() != names.len() {
            let message = format!("the query has {} columns and {} names", columns.len(), names.len());
            return self.fail(first.span.clone(), message, "");
        }
        let items = columns.into_iter().zip(&names).map(|(column, name)| Projection {
            expr: Box::new(Spanned::made(Expr::Field(column))),
            alias: Some(name.clone()),
        });
        let mut relation = relation;
        relation.commands.push(Spanned::made(Command::Select(items.collect())));
        relation.columns = Some(names.into_iter().map(|n| n.item).collect());
        Ok(relation)
    }

    /// `value IN (SELECT …)`
    pub(super) fn member_of_query(
        &mut self,
        item: Subtree,
        open: Token,
        start: usize,
    ) -> ParseResult<Subtree> {
        let outer = self.scope.clone();
        let relation = self.query();
        self.scope = outer;
        self.close(open)?;
        let relation = relation?;
        self.no_query_inside(&relation, open.start..self.end())?;
        if relation.columns.as_ref().is_none_or(|c| c.len() != 1) {
            let message = "the inner query must have one column";
            return self.fail(open.start..self.end(), message, "write `IN (SELECT column FROM …)`");
        }
        let query = Box::new(Query { commands: relation.commands });
        self.over(start, vec![item], |mut args| match args.pop() {
            Some(item) => Expr::InQuery { negated: false, item, query },
            None => Expr::Literal(logloupe_table::Value::Null),
        })
    }

    /// Refuses a query that is run first and needs another one to be run before.
    fn no_query_inside(&mut self, relation: &Relation, span: std::ops::Range<usize>) -> ParseResult<()> {
        let mut found = false;
        for command in &relation.commands {
            let all: Vec<&E> = match &command.item {
                Command::Join(_) => {
                    found = true;
                    break;
                }
                Command::Filter(condition) => vec![condition],
                Command::Select(items) => items.iter().map(|i| &i.expr).collect(),
                Command::Stats { aggregates, by } => aggregates.iter().chain(by).map(|i| &i.expr).collect(),
                _ => Vec::new(),
            };
            for e in all {
                visit(e, &mut |e| {
                    found |= matches!(e.item, Expr::InQuery { .. });
                    !found
                });
            }
        }
        match found {
            true => {
                let help = "run the innermost query first and write its answer as a list: `IN ('a', 'b')`";
                self.fail(span, "a query that is joined or stands in `IN` cannot hold another one", help)
            }
            false => Ok(()),
        }
    }

    /// Refuses queries inside queries inside queries.
    pub(super) fn inside<T>(&mut self, inner: impl FnOnce(&mut Self) -> ParseResult<T>) -> ParseResult<T> {
        if self.queries >= MOST_QUERIES {
            let span = self.peek().span();
            self.report(Diagnostic::error(span, "queries are nested too deeply"));
            return Err(Reported);
        }
        self.queries += 1;
        let result = inner(self);
        self.queries -= 1;
        result
    }
}
