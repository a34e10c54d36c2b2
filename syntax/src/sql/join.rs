//! `JOIN`: what is joined, by which condition, and what the tables' names mean from then on.
//!
//! The tree joins by equality. Of a condition that says more, the rest is a filter behind an inner join; of another join it
//! makes the key a missing value, which equals nothing, where it does not hold. Tables without a condition (`FROM a, b`)
//! take the equalities of their `WHERE`.

use super::{
    Parser, Relation, Side,
    expression::{call, made},
    from::Source,
    lexer::{Symbol, Token},
    query::{all_of, conjuncts, renamed},
    replace::visit,
    select::{SelectItem, field},
};
use crate::{
    insights::{ParseResult, Reported},
    tree::{Binary, Command, E, Expr, Join, JoinKind, Projection, Query, Spanned},
};

/// More tables than anybody joins in one query.
const MOST_TABLES: usize = 16;

/// Which tables of a join an expression speaks of.
#[derive(Clone, Copy, Debug, Default)]
struct Speaks {
    left: bool,
    right: bool,
}

impl Parser<'_> {
    /// What stands behind the word `JOIN`, or behind a comma if there is no condition.
    pub(super) fn join(
        &mut self,
        left: &mut Relation,
        name: &mut Option<String>,
        kind: JoinKind,
        conditional: bool,
        start: Token,
    ) -> ParseResult<()> {
        let other = self.source()?;
        let span = start.start..self.end();
        let Some(two) = other.name.clone() else {
            return self.fail(
                span,
                "a query that is joined needs a name",
                "write `JOIN (SELECT …) AS b ON …`",
            );
        };
        if self.scope.sides.is_empty() {
            let Some(one) = name.clone() else {
                let help = "write `(SELECT …) AS a JOIN …`";
                return self.fail(span, "a query that is joined needs a name", help);
            };
            self.scope.sides = vec![Side { name: one, columns: left.columns.clone() }];
            self.scope.qualifiers.clear();
        }
        self.scope.columns = None;
        if self.scope.sides.iter().any(|s| s.name.eq_ignore_ascii_case(&two)) {
            return self.fail(span, "both tables have the same name", "write `FROM x AS a JOIN x AS b ON …`");
        }
        if self.scope.sides.len() >= MOST_TABLES {
            return self.fail(span, "the query joins too many tables", "");
        }
        self.scope.sides.push(Side { name: two.clone(), columns: other.relation.columns.clone() });
        let (mut pairs, mut rest) = (Vec::new(), Vec::new());
        if !conditional {
        } else if self.eat_word("using") {
            let open = self.peek();
            if !self.eat(Symbol::Open) {
                return Err(self.unexpected("`(`"));
            }
            loop {
                let column = self.new_name()?;
                pairs.push(self.same_name(&column, kind)?);
                if !self.eat(Symbol::Comma) {
                    break;
                }
            }
            self.close(open)?;
        } else if self.eat_word("on") {
            let condition = self.condition()?.expr;
            for part in conjuncts(condition) {
                match self.equality(&part)? {
                    Some(pair) => pairs.push(pair),
                    None => rest.push(part),
                }
            }
        } else {
            return Err(self.unexpected("`ON a.x = b.y`"));
        }
        self.put_beside(left, other, kind, pairs, rest, start)?;
        left.columns = None;
        *name = None;
        Ok(())
    }

    fn put_beside(
        &mut self,
        left: &mut Relation,
        other: Source,
        kind: JoinKind,
        mut pairs: Vec<(E, E)>,
        rest: Vec<E>,
        start: Token,
    ) -> ParseResult<()> {
        let span = start.start..self.end();
        let Some(two) = other.name else { return Err(Reported) };
        let mut behind = Vec::new();
        for part in rest {
            let speaks = self.speaks(&part)?;
            match (kind, speaks.left, speaks.right) {
                (JoinKind::Inner, ..) => behind.push(part),
                (_, true, true) => {
                    let word = kind.word().to_uppercase();
                    let message =
                        format!("a condition of a `{word} JOIN` that speaks of both tables must be `=`");
                    return self.fail(
                        part.span.clone(),
                        message,
                        "join by `=` and put the rest into a query around it",
                    );
                }
                _ => match pairs.first_mut() {
                    Some((a, b)) => {
                        let key = if speaks.right { b } else { a };
                        let span = key.span.clone();
                        **key = Spanned::new(call("case", vec![part, key.clone()]), span);
                    }
                    None => behind.push(part),
                },
            }
        }
        if pairs.is_empty() && kind != JoinKind::Inner {
            let help = "write, for example, `ON a.x = b.y`";
            let message = format!("a `{} JOIN` needs columns that are equal", kind.word().to_uppercase());
            return self.fail(span, message, help);
        }
        let mut right = other.relation.commands;
        let on = self.join_keys(&mut right, &other.relation.columns, pairs);
        let one = self.scope.sides.first().map(|s| s.name.clone()).unwrap_or_default();
        let join = Join {
            kind,
            left: Spanned::made(one),
            right: Spanned::made(two),
            on,
            query: Query { commands: right },
        };
        left.commands.push(Spanned::new(Command::Join(join), span));
        if let Some(condition) = all_of(behind) {
            let span = condition.span.clone();
            left.commands.push(Spanned::new(Command::Filter(condition), span));
        }
        Ok(())
    }

    /// The keys of a join without the names of the first and of the new table. What is computed of the new table is a
    /// column of its query, where that has a list of columns.
    fn join_keys(
        &self,
        right: &mut Vec<Spanned<Command>>,
        columns: &Option<Vec<String>>,
        pairs: Vec<(E, E)>,
    ) -> Vec<(E, E)> {
        let without = |side: Option<&Side>, e: &E| {
            let name = side.map_or("", |s| s.name.as_str());
            renamed(e, &|field| field.strip_prefix(name)?.strip_prefix('.').map(str::to_owned))
        };
        let (first, last) = (self.scope.sides.first(), self.scope.sides.last());
        let mut on: Vec<(E, E)> = pairs.iter().map(|(a, b)| (without(first, a), without(last, b))).collect();
        let Some(columns) = columns else { return on };
        let is_field = |e: &E| matches!(e.item, Expr::Field(_));
        if on.iter().all(|(_, b)| is_field(b)) {
            return on;
        }
        let mut items: Vec<Projection> =
            columns.iter().map(|c| Projection { expr: field(c), alias: None }).collect();
        for (n, (_, key)) in on.iter_mut().enumerate().filter(|(_, (_, b))| !is_field(b)) {
            let name = format!("#on{}", n + 1);
            let alias = Some(Spanned::made(name.clone()));
            items.push(Projection { expr: std::mem::replace(key, field(&name)), alias });
        }
        right.push(Spanned::made(Command::Select(items)));
        on
    }

    /// `USING (column)`: the columns of that name of both sides, and what the name means alone.
    fn same_name(&mut self, column: &Spanned<String>, kind: JoinKind) -> ParseResult<(E, E)> {
        let name = &column.item;
        let has = |side: &Side| {
            side.columns.as_ref().is_none_or(|all| all.iter().any(|c| c.eq_ignore_ascii_case(name)))
        };
        let Some((last, before)) = self.scope.sides.split_last() else { return Err(Reported) };
        let Some(first) = before.iter().find(|s| has(s)).filter(|_| has(last)) else {
            let message = format!("a table of the join has no column `{}`", crate::insights::short(name));
            return self.fail(column.span.clone(), message, "");
        };
        let of = |side: &Side| -> E {
            Box::new(Spanned::new(Expr::Field(format!("{}.{name}", side.name)), column.span.clone()))
        };
        let (a, b) = (of(first), of(last));
        let means = match kind {
            JoinKind::Inner | JoinKind::Left => a.clone(),
            JoinKind::Right => b.clone(),
            JoinKind::Full => made(call("coalesce", vec![a.clone(), b.clone()])),
        };
        self.scope.merged.push((name.clone(), means));
        Ok((a, b))
    }

    /// `a.x = b.y` in either order: over the tables before, and over the new one.
    fn equality(&mut self, e: &E) -> ParseResult<Option<(E, E)>> {
        let Expr::Binary(Binary::Equal, a, b) = &e.item else {
            self.speaks(e)?;
            return Ok(None);
        };
        let (one, two) = (self.speaks(a)?, self.speaks(b)?);
        Ok(match (one, two) {
            (Speaks { left: true, right: false }, Speaks { left: false, right: true }) => {
                Some((a.clone(), b.clone()))
            }
            (Speaks { left: false, right: true }, Speaks { left: true, right: false }) => {
                Some((b.clone(), a.clone()))
            }
            _ => None,
        })
    }

    /// Which tables an expression speaks of; a column without its table's name is refused.
    fn speaks(&mut self, e: &E) -> ParseResult<Speaks> {
        let (mut speaks, mut stray) = (Speaks::default(), None);
        let last = self.scope.sides.len().saturating_sub(1);
        visit(e, &mut |e| {
            if let Expr::Field(name) = &e.item {
                match self.side_of(name) {
                    Some(side) if side == last => speaks.right = true,
                    Some(_) => speaks.left = true,
                    None => stray = stray.take().or_else(|| Some((name.clone(), e.span.clone()))),
                }
            }
            stray.is_none()
        });
        match stray {
            Some((name, span)) => self.without_table(&name, span),
            None => Ok(speaks),
        }
    }

    /// The table of a join that a name belongs to; what an `UNNEST` made is of the first.
    fn side_of(&self, name: &str) -> Option<usize> {
        let begins = |owner: &str| name.strip_prefix(owner).is_some_and(|rest| rest.starts_with('.'));
        let side = self.scope.sides.iter().position(|s| begins(&s.name));
        side.or_else(|| self.scope.made.iter().any(|m| name == m || begins(m)).then_some(0))
    }

    fn without_table<T>(&mut self, name: &str, span: std::ops::Range<usize>) -> ParseResult<T> {
        let name = crate::insights::short(name);
        let all: Vec<String> = self.scope.sides.iter().map(|s| format!("`{}.{name}`", s.name)).collect();
        let help = format!("write {}", all.join(" or "));
        self.fail(span, "in a join a column needs its table's name", help)
    }

    /// In a join a column needs its table's name unless the lists of columns say whose it is.
    pub(super) fn check_sides(&mut self, select: &super::select::Select) -> ParseResult<()> {
        if self.scope.sides.is_empty() {
            return Ok(());
        }
        let mut stray = None;
        for part in select.expressions() {
            visit(part, &mut |e| {
                if let Expr::Field(name) = &e.item {
                    let alias = select.items.iter().any(|i| i.named && i.name.eq_ignore_ascii_case(name));
                    if !alias && stray.is_none() && self.side_of(name).is_none() {
                        stray = Some((name.clone(), e.span.clone()));
                    }
                }
                stray.is_none()
            });
        }
        match stray {
            Some((name, span)) => self.without_table(&name, span),
            None => Ok(()),
        }
    }

    /// Gives the equalities of a `WHERE` to the joins that have no condition yet.
    pub(super) fn join_by(&mut self, commands: &mut [Spanned<Command>], condition: E) -> Option<E> {
        let is_open = |c: &Spanned<Command>| matches!(&c.item, Command::Join(j) if j.on.is_empty() && j.kind == JoinKind::Inner);
        if !commands.iter().any(is_open) {
            return Some(condition);
        }
        let mut rest = Vec::new();
        for part in conjuncts(condition) {
            let sides = match &part.item {
                Expr::Binary(Binary::Equal, a, b) => match (&a.item, &b.item) {
                    (Expr::Field(x), Expr::Field(y)) => self.side_of(x).zip(self.side_of(y)),
                    _ => None,
                },
                _ => None,
            };
            let later = sides.filter(|(x, y)| x != y).map(|(x, y)| (x.max(y), x > y));
            let name = later.and_then(|(side, _)| self.scope.sides.get(side)).map(|s| s.name.clone());
            let join =
                commands.iter_mut().filter(|c| is_open(c) || later.is_some()).find_map(|c| {
                    match &mut c.item {
                        Command::Join(j)
                            if Some(&j.right.item) == name.as_ref() && j.kind == JoinKind::Inner =>
                        {
                            Some(j)
                        }
                        _ => None,
                    }
                });
            match (join, &part.item, later) {
                (Some(join), Expr::Binary(_, a, b), Some((_, swapped))) => {
                    let (a, b) = if swapped { (b, a) } else { (a, b) };
                    let without = |side: &str, e: &E| {
                        renamed(e, &|field| field.strip_prefix(side)?.strip_prefix('.').map(str::to_owned))
                    };
                    join.on.push((without(&join.left.item, a), without(&join.right.item, b)));
                }
                _ => rest.push(part),
            }
        }
        all_of(rest)
    }

    // --- `*` ---

    /// All columns, where they are known.
    pub(super) fn all_columns(&self) -> Option<Vec<SelectItem>> {
        if self.scope.sides.is_empty() {
            let all = self.scope.columns.clone()?.into_iter();
            return Some(
                all.map(|name| SelectItem { expr: field(&name), alias: None, name, named: false }).collect(),
            );
        }
        let mut items = Vec::new();
        for side in &self.scope.sides {
            items.extend(self.columns_of(side)?);
        }
        Some(items)
    }

    /// The columns of a table of the join, by their own names where no other table has them.
    fn columns_of(&self, side: &Side) -> Option<Vec<SelectItem>> {
        let has =
            |other: &Side, name: &str| other.columns.iter().flatten().any(|c| c.eq_ignore_ascii_case(name));
        let others = || self.scope.sides.iter().filter(|s| s.name != side.name);
        let item = |column: &String| {
            let name = format!("{}.{column}", side.name);
            let alone = others().all(|s| s.columns.is_some() && !has(s, column));
            let alias = alone.then(|| Spanned::made(column.clone()));
            let shown = if alone { column.clone() } else { name.clone() };
            SelectItem { expr: field(&name), alias, name: shown, named: false }
        };
        Some(side.columns.as_ref()?.iter().map(item).collect())
    }

    /// `a.*`, if it stands here.
    pub(super) fn star_of_table(&mut self) -> ParseResult<Option<Vec<SelectItem>>> {
        let token = self.peek();
        let is_star = self.peek_at(1).kind == super::Lexeme::Symbol(Symbol::Dot)
            && self.peek_at(2).kind == super::Lexeme::Symbol(Symbol::Star);
        if !is_star {
            return Ok(None);
        }
        let (name, _) = self.step()?;
        let columns = match self.scope.sides.iter().find(|s| s.name.eq_ignore_ascii_case(&name)) {
            Some(side) => self.columns_of(side),
            None if self.scope.qualifiers.iter().any(|q| q.eq_ignore_ascii_case(&name)) => self.all_columns(),
            None => None,
        };
        self.at += 2;
        match columns {
            Some(columns) => Ok(Some(columns)),
            None => {
                let help = "name the columns, or write `SELECT *` alone";
                self.fail(
                    token.start..self.end(),
                    "`*` of one table is not offered where its columns are not listed",
                    help,
                )
            }
        }
    }
}
