//! Commands as `SELECT`s: gathered into one as long as their order is SQL's, else one inside the other.

use std::{collections::HashMap, ops::Range};

use super::{
    super::replace::{map, same, visit},
    Dialect, Unsupported, Written, column_name, identifier,
    value::{ANY, Values},
};
use crate::tree::{
    Binary, Command, E, Expr, Join, Pattern, Projection, Query, SortKey, Spanned, TableCommand, Term, Unary,
};
use logloupe_table::Value;

/// How large an expression may grow when names are replaced by what they stand for.
const LARGEST: usize = 20_000;

/// How far a `SELECT` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    From,
    Where,
    Group,
    Having,
    Columns,
    Order,
    Limit,
}

/// A column of the answer.
#[derive(Clone)]
struct OutputColumn {
    name: String,
    /// Over the rows of `FROM`.
    expr: E,
}

/// One `SELECT` in the making.
struct Block<'d> {
    at: At,
    values: Values<'d>,
    /// What names stand for, over the rows of `FROM`.
    defined: HashMap<String, E>,
    from: String,
    /// What must hold, and whether it is made of alternatives.
    conditions: Vec<(String, bool)>,
    /// `None` without groups.
    keys: Option<Vec<E>>,
    having: Vec<(String, bool)>,
    columns: Vec<OutputColumn>,
    /// The columns that `fields` of Insights adds, shown if nothing else is.
    chosen: bool,
    distinct: bool,
    order: Vec<String>,
    limit: Option<u64>,
}

/// A query as text.
pub(super) fn query(query: &Query, dialect: &dyn Dialect) -> Written {
    let mut commands = query.commands.iter().peekable();
    let sources = match commands.peek().map(|c| &c.item) {
        Some(Command::Source(names)) => {
            commands.next();
            names.as_slice()
        }
        _ => &[],
    };
    let mut block = Block::over(dialect.table(sources)?, dialect);
    block.values.tables = sources.iter().map(|s| s.item.clone()).collect();
    if sources.is_empty() {
        block.values.tables.push(block.from.trim_matches('"').to_owned());
    }
    while let Some(command) = commands.next() {
        let next = commands.peek().map(|c| &c.item);
        block = block.with(command, next)?;
    }
    block.text(false)
}

fn refused(what: &str, span: &Range<usize>) -> Unsupported {
    Unsupported::new(what, span.clone(), format!("`{what}` has no equivalent in SQL"))
}

impl<'d> Block<'d> {
    fn over(from: String, dialect: &'d dyn Dialect) -> Block<'d> {
        Block {
            at: At::From,
            values: Values::new(dialect),
            defined: HashMap::new(),
            from,
            conditions: Vec::new(),
            keys: None,
            having: Vec::new(),
            columns: Vec::new(),
            chosen: false,
            distinct: false,
            order: Vec::new(),
            limit: None,
        }
    }

    /// Makes sure that something can still be said at `at`: if it is too late, this block becomes an inner query.
    fn reach(self, at: At) -> Result<Block<'d>, Unsupported> {
        if self.at <= at {
            return Ok(Block { at, ..self });
        }
        let mut outer = Block::over(format!("({})", self.text(true)?), self.values.dialect);
        outer.values.columns = self.columns.iter().map(|c| c.name.clone()).collect();
        if outer.values.columns.is_empty() {
            // All columns of the inner query are there, under the names that they have in it.
            outer.values.columns = self.values.columns;
            outer.values.sides = self.values.sides;
        }
        outer.at = at;
        Ok(outer)
    }

    fn with(self, command: &Spanned<Command>, next: Option<&Command>) -> Result<Block<'d>, Unsupported> {
        let span = &command.span;
        match &command.item {
            Command::Source(_) => {
                Err(Unsupported::new("SOURCE", span.clone(), "the logs that are asked must be named first"))
            }
            Command::Filter(condition) => self.filter(condition),
            Command::Search(terms) => {
                let mut block = self;
                for term in terms {
                    block = block.filter(&searched(term))?;
                }
                Ok(block)
            }
            Command::Fields(items) => self.fields(items, true),
            Command::Display(items) => self.fields(items, false),
            Command::Select(items) => self.select(items),
            Command::Stats { aggregates, by } => self.stats(aggregates, by, next),
            Command::Sort(keys) => self.sort(keys),
            Command::Limit(rows) => {
                let mut block = self.reach(At::Limit)?;
                block.limit = Some(block.limit.map_or(*rows, |l| l.min(*rows)));
                Ok(block)
            }
            Command::Table(TableCommand::Unnest { list, name }) => self.unnest(list, name.as_ref()),
            Command::Join(join) => self.join(join),
            other => Err(refused(other.to_string().split(' ').next().unwrap_or(""), span)),
        }
    }

    /// An expression in which names are replaced by what they stand for.
    fn meaning(&self, e: &E) -> Result<E, Unsupported> {
        let expr = map(e, &mut |part| match &part.item {
            Expr::Field(name) => self.defined.get(name).cloned(),
            _ => None,
        });
        let mut size = 0;
        visit(&expr, &mut |_| {
            size += 1;
            size <= LARGEST
        });
        if size > LARGEST {
            return Err(Unsupported::new("as", e.span.clone(), "the expression is too long for SQL"));
        }
        Ok(expr)
    }

    fn filter(self, condition: &E) -> Result<Block<'d>, Unsupported> {
        let grouped = self.keys.is_some();
        let at = if grouped { At::Having } else { At::Where };
        let mut block = match self.at > at && !grouped && self.chosen && self.at == At::Columns {
            // `fields` before `filter` is in no one's way: its names are replaced.
            true => self,
            false => self.reach(at)?,
        };
        let text = block.values.write(&block.meaning(condition)?, ANY)?;
        let either = matches!(&condition.item, Expr::Binary(Binary::Or, ..));
        let into = if block.keys.is_some() { &mut block.having } else { &mut block.conditions };
        into.push((text, either));
        Ok(block)
    }

    /// `fields` and `display` of Insights: each may use the names of the ones before.
    fn fields(self, items: &[Projection], adds: bool) -> Result<Block<'d>, Unsupported> {
        let late = self.at > At::Columns || self.keys.is_some() && self.at == At::Columns && !self.chosen;
        let mut block = if late { self.reach(At::Columns)? } else { Block { at: At::Columns, ..self } };
        if !adds || !block.chosen && block.keys.is_none() {
            block.columns.clear();
        }
        block.chosen = adds;
        for item in items {
            let column = block.column(item)?;
            block.defined.insert(column.name.clone(), column.expr.clone());
            block.columns.push(column);
        }
        Ok(block)
    }

    fn column(&self, item: &Projection) -> Result<OutputColumn, Unsupported> {
        let expr = self.meaning(&item.expr)?;
        Ok(OutputColumn { name: item.name(), expr })
    }

    /// `select`: all columns are computed from what was there before.
    fn select(self, items: &[Projection]) -> Result<Block<'d>, Unsupported> {
        let mut block = match self.distinct {
            // Columns of different rows.
            true => Block { at: At::Limit, ..self }.reach(At::Columns)?,
            false => self.reach(At::Columns)?,
        };
        let columns: Result<Vec<OutputColumn>, _> = items.iter().map(|i| block.column(i)).collect();
        let columns = columns?;
        block.defined.extend(columns.iter().map(|c| (c.name.clone(), c.expr.clone())));
        block.columns = columns;
        Ok(block)
    }

    fn stats(
        self,
        aggregates: &[Projection],
        by: &[Projection],
        next: Option<&Command>,
    ) -> Result<Block<'d>, Unsupported> {
        let after_fields = self.chosen && self.keys.is_none() && self.at == At::Columns;
        let distinct =
            aggregates.is_empty() && !matches!(next, Some(Command::Filter(_) | Command::Select(_)));
        let all_shown = |block: &Block<'d>| {
            by.len() == block.columns.len()
                && by
                    .iter()
                    .zip(&block.columns)
                    .all(|(p, c)| matches!(&p.expr.item, Expr::Field(n) if *n == c.name))
        };
        if distinct && !self.chosen && self.keys.is_some() && self.at <= At::Columns {
            // `SELECT DISTINCT` of groups.
            let renamed = by.len() <= 500
                && by.iter().all(|p| matches!(&p.expr.item, Expr::Field(n) if self.defined.contains_key(n)));
            if all_shown(&self) || renamed {
                let columns: Result<Vec<OutputColumn>, _> = by.iter().map(|p| self.column(p)).collect();
                return Ok(Block { distinct: true, at: At::Columns, columns: columns?, ..self });
            }
        }
        let mut block = if after_fields { self } else { self.reach(At::Group)? };
        if block.keys.is_some() {
            block = Block { at: At::Limit, ..block }.reach(At::Group)?;
        }
        block.at = At::Group;
        block.chosen = false;
        let keys: Result<Vec<OutputColumn>, _> = by.iter().map(|p| block.column(p)).collect();
        let keys = keys?;
        if distinct {
            block.distinct = true;
            block.at = At::Columns;
            block.columns = keys;
            return Ok(block);
        }
        let before = std::mem::take(&mut block.defined);
        // Inside aggregates names mean what they meant before, outside of them the keys.
        let mut columns = keys.clone();
        let mut defined: Vec<(String, E)> = keys.iter().map(|k| (k.name.clone(), k.expr.clone())).collect();
        for item in aggregates {
            let expr = map(&item.expr, &mut |part| match &part.item {
                Expr::Field(name) => {
                    let key = defined.iter().rev().find(|(n, _)| n == name).map(|(_, e)| e.clone());
                    key.or_else(|| before.get(name).cloned())
                }
                call if super::super::replace::is_aggregate(call) => {
                    Some(map(part, &mut |inner| match &inner.item {
                        Expr::Field(name) => before.get(name).cloned(),
                        _ => None,
                    }))
                }
                _ => None,
            });
            let name = item.name();
            // A key that is repeated among the aggregates is shown once.
            let repeats = matches!(&item.expr.item, Expr::Field(n) if *n == name)
                && columns.iter().any(|c| c.name == name);
            if !repeats {
                defined.push((name.clone(), expr.clone()));
                columns.push(OutputColumn { name, expr });
            }
        }
        block.defined = defined.into_iter().collect();
        block.keys = Some(keys.into_iter().map(|k| k.expr).collect());
        block.columns = columns;
        Ok(block)
    }

    fn sort(self, keys: &[SortKey]) -> Result<Block<'d>, Unsupported> {
        let mut block = match self.at == At::Order {
            // The last `sort` counts.
            true => Block { order: Vec::new(), ..self },
            false => self.reach(At::Order)?,
        };
        let mut keys = keys.iter().peekable();
        while let Some(key) = keys.next() {
            // `ispresent(x) desc, x` says where missing values go.
            let present = match &key.expr.item {
                Expr::Call { name, args } if name.item == "ispresent" => args.first(),
                _ => None,
            };
            if let (Some(item), Some(next)) = (present, keys.peek())
                && item == &next.expr
                && key.descending != next.descending
            {
                let text = block.sort_key(item)?;
                let (item_text, descending) = (text, next.descending);
                block.order.push(match descending {
                    false => item_text,
                    true => format!("{item_text} DESC NULLS FIRST"),
                });
                keys.next();
                continue;
            }
            let text = block.sort_key(&key.expr)?;
            let certain = super::super::replace::never_missing(&block.meaning(&key.expr)?.item);
            block.order.push(match (key.descending, certain) {
                (true, _) => format!("{text} DESC"),
                (false, true) => text,
                (false, false) => format!("{text} NULLS FIRST"),
            });
        }
        Ok(block)
    }

    /// A key of `ORDER BY`: the name of a column where it has one, else what it stands for.
    fn sort_key(&self, e: &E) -> Written {
        if let Expr::Field(name) = &e.item
            && let Some(column) = self.columns.iter().find(|c| c.name == *name)
            && Self::is_written(column)
        {
            return Ok(identifier(name));
        }
        // A number would be the place of a column.
        let e = self.meaning(e)?;
        let text = self.values.write(&e, ANY)?;
        Ok(if matches!(e.item, Expr::Literal(Value::Int(_))) { format!("({text})") } else { text })
    }

    fn unnest(self, list: &E, name: Option<&Spanned<String>>) -> Result<Block<'d>, Unsupported> {
        // A condition on rows may as well stand behind.
        let mut block = match self.at {
            At::From | At::Where => self,
            _ => self.reach(At::From)?,
        };
        let name = name.map_or_else(|| crate::label(&list.item), |n| n.item.clone());
        let list = block.values.write(&block.meaning(list)?, ANY)?;
        block.from = format!("{} CROSS JOIN UNNEST({list}) AS t ({})", block.from, identifier(&name));
        block.values.columns.push(name);
        Ok(block)
    }

    fn join(self, join: &Join) -> Result<Block<'d>, Unsupported> {
        let block = self.reach(At::From)?;
        let dialect = block.values.dialect;
        let alias = |from: &str, name: &str| match identifier(name) {
            name if from.eq_ignore_ascii_case(&name) => name,
            name => format!("{from} AS {name}"),
        };
        let right = match join.query.commands.as_slice() {
            [Spanned { item: Command::Source(names), .. }] => dialect.table(names)?,
            _ => format!("({})", query(&join.query, dialect)?),
        };
        let (one, two) = (&join.left.item, &join.right.item);
        let side = |side: &str, field: &Spanned<String>| -> Written {
            Ok(format!("{}.{}", identifier(side), dialect.field(&field.item, &field.span)?))
        };
        let on: Result<Vec<String>, Unsupported> =
            (join.on.iter()).map(|(a, b)| Ok(format!("{} = {}", side(one, a)?, side(two, b)?))).collect();
        let word = if join.outer { "LEFT JOIN" } else { "JOIN" };
        let from =
            format!("{} {word} {} ON {}", alias(&block.from, one), alias(&right, two), on?.join(" AND "));
        let mut joined = Block::over(from, dialect);
        joined.values.sides = vec![one.clone(), two.clone()];
        Ok(joined)
    }

    /// Whether a column's name is written behind its expression.
    fn is_written(column: &OutputColumn) -> bool {
        column_name(&column.expr.item).0 != column.name
    }

    /// The whole `SELECT`. Of an inner query every column gets a name.
    fn text(&self, inner: bool) -> Written {
        let mut out = String::from(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let mut columns = Vec::new();
        for column in &self.columns {
            let text = self.values.write(&column.expr, ANY)?;
            let bare = matches!(&column.expr.item, Expr::Field(name) if *name == column.name);
            columns.push(match Self::is_written(column) || inner && !bare {
                true => format!("{text} AS {}", identifier(&column.name)),
                false => text,
            });
        }
        out.push_str(&if columns.is_empty() { "*".to_owned() } else { columns.join(", ") });
        out.push_str(&format!(" FROM {}", self.from));
        let joined = |all: &[(String, bool)]| {
            let several = all.len() > 1;
            let part = |(text, either): &(String, bool)| {
                if several && *either { format!("({text})") } else { text.clone() }
            };
            all.iter().map(part).collect::<Vec<_>>().join(" AND ")
        };
        if !self.conditions.is_empty() {
            out.push_str(&format!(" WHERE {}", joined(&self.conditions)));
        }
        if let Some(keys) = self.keys.as_ref().filter(|k| !k.is_empty()) {
            let mut texts = Vec::new();
            for key in keys {
                // A number would be the place of a column.
                let literal = matches!(&key.item, Expr::Literal(Value::Int(_)));
                let place = self.columns.iter().position(|c| same(&c.expr.item, &key.item));
                texts.push(match place {
                    Some(place) if literal => (place + 1).to_string(),
                    _ => self.values.write(key, ANY)?,
                });
            }
            out.push_str(&format!(" GROUP BY {}", texts.join(", ")));
        }
        if !self.having.is_empty() {
            out.push_str(&format!(" HAVING {}", joined(&self.having)));
        }
        if !self.order.is_empty() {
            out.push_str(&format!(" ORDER BY {}", self.order.join(", ")));
        }
        if let Some(limit) = self.limit {
            out.push_str(&format!(" LIMIT {limit}"));
        }
        Ok(out)
    }
}

/// A term of free text as a condition.
fn searched(term: &Term) -> E {
    let escape = |text: &str| {
        let mut out = String::new();
        for c in text.chars() {
            if "\\.+*?()|[]{}^$#&-~".contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
        out
    };
    let (field, regex) = match &term.field {
        Some(field) => {
            let parts: Vec<String> = term.text.item.split('*').map(escape).collect();
            (field.item.clone(), format!("(?is)^{}$", parts.join(".*")))
        }
        None => ("@message".to_owned(), format!("(?i){}", escape(&term.text.item))),
    };
    let item: E = Box::new(Spanned::new(Expr::Field(field), term.text.span.clone()));
    let pattern = Spanned::made(Pattern::Regex(regex));
    let found: E = Box::new(Spanned::made(Expr::Like { negated: false, item, pattern }));
    if term.negated { Box::new(Spanned::made(Expr::Unary(Unary::Not, found))) } else { found }
}
