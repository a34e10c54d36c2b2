//! `FROM`: which rows a `SELECT` reads, and what names mean in it. What a join says is in `join`.

use super::{
    MOST_COPIED, MOST_QUERIES, Parser, Relation, Scope,
    expression::Subtree,
    is_reserved,
    lexer::{self, Lexeme, Symbol, Token},
    primary::path_step,
};
use crate::{
    diagnostic::{Diagnostic, suggest},
    insights::{ParseResult, Reported, short},
    tree::{Command, Expr, JoinKind, Projection, Query, ROW, Spanned, TableCommand},
};

/// The name in `FROM` that means every log that is loaded.
pub(super) const EVERYTHING: &str = "logs";

/// One source of rows: its commands, and the name that it is called by.
pub(super) struct Source {
    pub(super) relation: Relation,
    pub(super) name: Option<String>,
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
                match self.is_word("unnest") {
                    true => self.unnest(&mut relation, start)?,
                    false => self.join(&mut relation, &mut name, JoinKind::Inner, false, start)?,
                }
                continue;
            }
            let kinds: [(&[&str], JoinKind); 8] = [
                (&["join"], JoinKind::Inner),
                (&["inner", "join"], JoinKind::Inner),
                (&["left", "join"], JoinKind::Left),
                (&["left", "outer", "join"], JoinKind::Left),
                (&["right", "join"], JoinKind::Right),
                (&["right", "outer", "join"], JoinKind::Right),
                (&["full", "join"], JoinKind::Full),
                (&["full", "outer", "join"], JoinKind::Full),
            ];
            if let Some((_, kind)) = kinds.iter().find(|(words, _)| self.eat_words(words)) {
                if self.is_word("unnest") {
                    let help = "write `CROSS JOIN UNNEST(…)`; rows whose list is empty give none";
                    return self.fail(self.peek().span(), "lists are joined by `CROSS JOIN` only", help);
                }
                self.join(&mut relation, &mut name, *kind, true, start)?;
                continue;
            }
            if self.is_word("natural") {
                let help = "name the columns: `JOIN b USING (x)`";
                return self.fail(start.span(), "`NATURAL JOIN` is not offered", help);
            }
            return Ok(relation);
        }
    }

    /// A table, a named query or a subquery, and its name.
    pub(super) fn source(&mut self) -> ParseResult<Source> {
        let open = self.peek();
        if self.eat(Symbol::Open) {
            let relation = self.query();
            self.close(open)?;
            let name = self.alias()?;
            let relation = self.with_names(relation?)?;
            if !relation.outside.is_empty() {
                let message = "a query in `FROM` does not look at other tables";
                return self.fail(open.start..self.end(), message, "join it by a condition");
            }
            return Ok(Source { relation, name });
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
            let relation = self.with_names(relation.clone())?;
            return Ok(Source { relation, name });
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
        self.refuse_window(&list, "`UNNEST`")?;
        let command = Command::Table(TableCommand::Unnest { list, name: Some(name) });
        relation.commands.push(Spanned::new(command, start.start..self.end()));
        relation.columns = self.scope.columns.clone();
        Ok(())
    }

    /// `( name { "," name } )` behind the name of a query: its columns are called so.
    fn with_names(&mut self, relation: Relation) -> ParseResult<Relation> {
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Ok(relation);
        }
        let mut names = vec![self.new_name()?];
        while self.eat(Symbol::Comma) {
            names.push(self.new_name()?);
        }
        self.close(open)?;
        self.renamed(relation, names)
    }

    // --- names ---

    /// What a name of these steps means.
    pub(super) fn meaning(&mut self, mut steps: Vec<(String, bool)>, start: usize) -> ParseResult<String> {
        if steps.len() > 1
            && let Some((first, _)) = steps.first()
        {
            let side = self.scope.sides.iter().find(|s| s.name.eq_ignore_ascii_case(first)).cloned();
            if let Some(side) = side {
                let rest = steps.get(1..).unwrap_or_default();
                let name = match &side.columns {
                    None => path_of(rest),
                    Some(columns) => match column_of(columns, rest) {
                        Some(column) => column,
                        None => return self.no_column(&side.name, columns, rest, start),
                    },
                };
                return Ok(format!("{}.{name}", side.name));
            }
            let is_made = same(&self.scope.made, first).is_some();
            if !is_made && same(&self.scope.qualifiers, first).is_some() {
                steps.remove(0);
            }
        }
        // A name alone in quotes is taken as it is; a step with a dot inside a longer one keeps that together.
        let name = match steps.as_slice() {
            [(only, _)] => only.clone(),
            many => path_of(many),
        };
        let (first, rest) = steps.split_first().map_or(("", &[][..]), |(f, rest)| (f.0.as_str(), rest));
        if let Some(made) = same(&self.scope.made, first) {
            let steps = std::iter::once(made).chain(rest.iter().map(|(s, _)| path_step(s)));
            return Ok(steps.collect::<Vec<_>>().join("."));
        }
        if !self.scope.sides.is_empty() {
            return self.of_one_side(&steps, name, start);
        }
        let Some(columns) = self.scope.columns.clone() else { return Ok(name) };
        if let Some(column) = column_of(&columns, &steps) {
            return Ok(column);
        }
        if let (Some(alias), []) = (same(&self.scope.aliases, &name), rest) {
            return Ok(alias);
        }
        self.no_column("", &columns, &steps, start)
    }

    /// The column of a join that a name without its table means: that of the only table that has one, if all of them
    /// have lists of columns.
    fn of_one_side(&mut self, steps: &[(String, bool)], name: String, start: usize) -> ParseResult<String> {
        let listed = self.scope.sides.iter().all(|s| s.columns.is_some());
        let found: Vec<String> = (self.scope.sides.iter())
            .filter_map(|s| Some(format!("{}.{}", s.name, column_of(s.columns.as_ref()?, steps)?)))
            .collect();
        let alias = || same(&self.scope.aliases, &name);
        match found.as_slice() {
            [one] if listed => Ok(one.clone()),
            [] if listed && alias().is_none() => {
                let all: Vec<String> =
                    self.scope.sides.iter().flat_map(|s| s.columns.clone().unwrap_or_default()).collect();
                self.no_column("", &all, steps, start)
            }
            [_, _, ..] if alias().is_none() => {
                let all: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
                let help = format!("write {}", all.join(" or "));
                let message = format!("several tables have a column `{}`", short(&name));
                self.fail(start..self.end(), message, help)
            }
            _ => Ok(alias().unwrap_or(name)),
        }
    }

    fn no_column<T>(
        &mut self,
        table: &str,
        columns: &[String],
        steps: &[(String, bool)],
        start: usize,
    ) -> ParseResult<T> {
        let name = path_of(steps);
        let help = match suggest(&name, columns.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let all: Vec<String> = columns.iter().take(8).map(|c| format!("`{}`", short(c))).collect();
                format!("the inner query has {}", all.join(", "))
            }
        };
        let of = if table.is_empty() { String::new() } else { format!(" `{}`", short(table)) };
        let message = format!("the inner query{of} has no column `{}`", short(&name));
        self.fail(start..self.end(), message, help)
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
        let mut relation = relation;
        if let [Spanned { item: Command::Values(constants), .. }] = relation.commands.as_mut_slice() {
            relation.columns = Some(names.iter().map(|n| n.item.clone()).collect());
            constants.names = names;
            return Ok(relation);
        }
        let items = columns.into_iter().zip(&names).map(|(column, name)| Projection {
            expr: Box::new(Spanned::made(Expr::Field(column))),
            alias: Some(name.clone()),
        });
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
        let relation = self.query();
        self.close(open)?;
        let relation = relation?;
        let span = open.start..self.end();
        if !relation.outside.is_empty() {
            return self.fail(
                span,
                "a query behind `IN` does not look at the row outside",
                "write `EXISTS (…)`",
            );
        }
        let width = match &item.expr.item {
            Expr::Call { name, args } if name.item == ROW => args.len(),
            _ => 1,
        };
        if relation.columns.as_ref().is_none_or(|c| c.len() != width) {
            let message = match width {
                1 => "the inner query must have one column".to_owned(),
                _ => format!("the inner query must have {width} columns"),
            };
            return self.fail(span, message, "write `IN (SELECT column FROM …)`");
        }
        let query = Box::new(Query { commands: relation.commands });
        self.over(start, vec![item], |mut args| match args.pop() {
            Some(item) => Expr::InQuery { negated: false, strict: true, item, query },
            None => Expr::Literal(logloupe_table::Value::Null),
        })
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

fn same(all: &[String], name: &str) -> Option<String> {
    all.iter().find(|q| q.eq_ignore_ascii_case(name)).cloned()
}

/// Steps of a name as the tree spells a path.
fn path_of(steps: &[(String, bool)]) -> String {
    steps.iter().map(|(s, _)| path_step(s)).collect::<Vec<_>>().join(".")
}

/// The column that a name of these steps means, or what lies inside it.
fn column_of(columns: &[String], steps: &[(String, bool)]) -> Option<String> {
    let (first, rest) = steps.split_first()?;
    let name = if rest.is_empty() { first.0.clone() } else { path_of(steps) };
    if let Some(column) = same(columns, &name) {
        return Some(column);
    }
    // `type` of `useridentity.type`, and what lies inside a column.
    let mut last =
        columns.iter().filter(|c| c.rsplit('.').next().is_some_and(|l| l.eq_ignore_ascii_case(&name)));
    if let (Some(column), None) = (last.next(), last.next()) {
        return Some(column.clone());
    }
    let column = same(columns, &first.0)?;
    let steps = std::iter::once(column).chain(rest.iter().map(|(s, _)| path_step(s)));
    Some(steps.collect::<Vec<_>>().join("."))
}
