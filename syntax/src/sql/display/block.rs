//! Commands as `SELECT`s: gathered into one as long as their order is SQL's, else one inside the other.

use std::{collections::HashMap, ops::Range};

use super::{
    super::{
        over::window_in,
        query::renamed,
        replace::{map, never_missing, same, visit},
        write::{self, Column, Dialect::Own, Expression, OrderKey, Select},
    },
    Written, column_name,
    over::{as_expression, order_keys},
    table,
    value::Values,
};
use crate::{
    Unsupported,
    tree::{
        Binary, Command, Constants, E, Expr, Join, Pattern, Projection, Query, SetKind, SetOperation,
        SortKey, Spanned, TableCommand, Term, Unary, WindowCall,
    },
};
use logloupe_table::Value;

/// How large an expression may grow when names are replaced by what they stand for.
const LARGEST: usize = 20_000;

/// How far a `SELECT` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    #[default]
    From,
    Where,
    Group,
    Having,
    Windows,
    Columns,
    Set,
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
#[derive(Default)]
struct Block {
    at: At,
    values: Values,
    /// What names stand for, over the rows of `FROM`.
    defined: HashMap<String, E>,
    from: String,
    /// The rows that stand in place of a table.
    constants: Option<Constants>,
    joins: Vec<write::Join>,
    /// What must hold.
    conditions: Vec<Expression>,
    /// `None` without groups.
    keys: Option<Vec<E>>,
    having: Vec<Expression>,
    columns: Vec<OutputColumn>,
    /// The columns that `fields` of Insights adds, shown if nothing else is.
    chosen: bool,
    /// All columns of the inner query, if they are known.
    all: Vec<String>,
    /// Some name stands for a window function.
    windows: bool,
    /// The columns stand behind all those of the rows.
    star: bool,
    distinct: bool,
    /// The queries of set operations: the words before each, and itself.
    others: Vec<(String, String)>,
    order: Vec<OrderKey>,
    limit: Option<u64>,
}

/// A query as a `SELECT`.
pub(super) fn query(query: &Query) -> Result<Select, Unsupported> {
    let mut commands = query.commands.iter().peekable();
    let sources = match commands.peek().map(|c| &c.item) {
        Some(Command::Source(names)) => {
            commands.next();
            names.as_slice()
        }
        _ => &[],
    };
    let mut block = match commands.peek().map(|c| &c.item) {
        Some(Command::Values(constants)) if sources.is_empty() => {
            commands.next();
            let mut block = Block::over(values(constants, "t")?);
            block.values.columns = constants.names.iter().map(|n| n.item.clone()).collect();
            Block { constants: Some(constants.clone()), ..block }
        }
        _ => Block::over(table(sources)?),
    };
    block.values.tables = sources.iter().map(|s| s.item.clone()).collect();
    if sources.is_empty() {
        block.values.tables.push(block.from.trim_matches('"').to_owned());
    }
    while let Some(command) = commands.next() {
        let next = commands.peek().map(|c| &c.item);
        block = block.with(command, next)?;
    }
    block.select(false)
}

/// Rows that stand in the query, as a table of this name.
fn values(constants: &Constants, name: &str) -> Written {
    if constants.names.is_empty() {
        return Ok(String::new());
    }
    let writer = Values::default();
    let mut rows = Vec::new();
    for row in &constants.rows {
        let all: Result<Vec<String>, Unsupported> = row.iter().map(|e| Ok(writer.write(e)?.text)).collect();
        rows.push(format!("({})", all?.join(", ")));
    }
    let names: Vec<String> = constants.names.iter().map(|n| Own.name(&n.item)).collect();
    Ok(format!("(VALUES {}) AS {} ({})", rows.join(", "), Own.name(name), names.join(", ")))
}

/// A condition of which only matters where it is true: what is missing is among no values, as SQL has it there.
fn where_true(condition: &E) -> E {
    map(condition, &mut |part| match &part.item {
        Expr::Binary(Binary::And | Binary::Or, ..) => None,
        Expr::InQuery { negated: false, strict: false, item, query } => {
            let strict =
                Expr::InQuery { negated: false, strict: true, item: item.clone(), query: query.clone() };
            Some(Box::new(Spanned::new(strict, part.span.clone())))
        }
        _ => Some(part.clone()),
    })
}

/// Whether rows are told apart by their whole records.
fn is_record(fields: &[E]) -> bool {
    matches!(fields, [one] if one.item == Expr::Field("@message".to_owned()))
}

fn refused(what: &str, span: &Range<usize>) -> Unsupported {
    Unsupported::at(span.clone(), what, format!("`{what}` has no equivalent in SQL"))
}

impl Block {
    fn over(from: String) -> Block {
        Block { from, ..Block::default() }
    }

    /// Makes sure that something can still be said at `at`: if it is too late, this block becomes an inner query.
    fn reach(self, at: At) -> Result<Block, Unsupported> {
        if self.at <= at {
            return Ok(Block { at, ..self });
        }
        let mut outer = Block::over(self.select(true)?.in_brackets(Own));
        outer.values.columns = self.columns.iter().map(|c| c.name.clone()).collect();
        if self.star {
            outer.values.columns.extend(self.values.columns);
            outer.values.sides = self.values.sides;
        } else if !outer.values.columns.is_empty() {
            outer.all = outer.values.columns.clone();
        } else {
            // All columns of the inner query are there, under the names that they have in it.
            outer.values.columns = self.values.columns;
            outer.values.sides = self.values.sides;
        }
        outer.at = at;
        Ok(outer)
    }

    fn with(self, command: &Spanned<Command>, next: Option<&Command>) -> Result<Block, Unsupported> {
        let span = &command.span;
        match &command.item {
            Command::Source(_) => {
                Err(Unsupported::at(span.clone(), "SOURCE", "the logs that are asked must be named first"))
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
            Command::Select(items) => self.only(items),
            Command::Stats { aggregates, by } => self.stats(aggregates, by, next),
            Command::Sort(keys) => self.sort(keys),
            Command::Limit(rows) => {
                let mut block = self.reach(At::Limit)?;
                block.limit = Some(block.limit.map_or(*rows, |l| l.min(*rows)));
                Ok(block)
            }
            Command::Table(TableCommand::Unnest { list, name }) => self.unnest(list, name.as_ref()),
            Command::Join(join) => self.join(join, span),
            Command::Table(TableCommand::Window(window)) => self.window(window, span),
            Command::Set(set) => self.set(set),
            Command::Dedup(fields) if is_record(fields) => {
                Ok(Block { distinct: true, ..self.reach(At::Columns)? })
            }
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
            return Err(Unsupported::at(e.span.clone(), "as", "the expression is too long for SQL"));
        }
        Ok(expr)
    }

    fn filter(self, condition: &E) -> Result<Block, Unsupported> {
        let grouped = self.keys.is_some();
        let at = if grouped { At::Having } else { At::Where };
        let mut block =
            match self.at > at && !grouped && self.chosen && self.at == At::Columns && !self.windows {
                // `fields` before `filter` is in no one's way: its names are replaced.
                true => self,
                false => self.reach(at)?,
            };
        let condition = block.values.write(&where_true(&block.meaning(condition)?))?;
        let into = if block.keys.is_some() { &mut block.having } else { &mut block.conditions };
        into.push(condition);
        Ok(block)
    }

    /// `fields` and `display` of Insights: each may use the names of the ones before.
    fn fields(self, items: &[Projection], adds: bool) -> Result<Block, Unsupported> {
        let late = self.at > At::Columns || self.keys.is_some() && self.at == At::Columns && !self.chosen;
        let mut block = if late { self.reach(At::Columns)? } else { Block { at: At::Columns, ..self } };
        if !adds || !block.chosen && block.keys.is_none() {
            block.columns.clear();
            block.star = false;
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
    fn only(self, items: &[Projection]) -> Result<Block, Unsupported> {
        let mut block = match self.distinct {
            // Columns of different rows.
            true => Block { at: At::Limit, ..self }.reach(At::Columns)?,
            false => self.reach(At::Columns)?,
        };
        let columns: Result<Vec<OutputColumn>, _> = items.iter().map(|i| block.column(i)).collect();
        let columns = columns?;
        block.defined.extend(columns.iter().map(|c| (c.name.clone(), c.expr.clone())));
        block.columns = columns;
        block.star = false;
        Ok(block)
    }

    fn stats(
        self,
        aggregates: &[Projection],
        by: &[Projection],
        next: Option<&Command>,
    ) -> Result<Block, Unsupported> {
        let after_fields = self.chosen && self.keys.is_none() && self.at == At::Columns && !self.windows;
        let distinct =
            aggregates.is_empty() && !matches!(next, Some(Command::Filter(_) | Command::Select(_)));
        let all_shown = |block: &Block| {
            by.len() == block.columns.len()
                && by
                    .iter()
                    .zip(&block.columns)
                    .all(|(p, c)| matches!(&p.expr.item, Expr::Field(n) if *n == c.name))
        };
        if distinct && self.windows && self.keys.is_none() && self.at == At::Windows {
            let columns: Result<Vec<OutputColumn>, _> = by.iter().map(|p| self.column(p)).collect();
            return Ok(Block { distinct: true, at: At::Columns, columns: columns?, star: false, ..self });
        }
        if distinct && !self.chosen && self.keys.is_some() && self.at <= At::Columns {
            // `SELECT DISTINCT` of groups.
            let renamed = by.len() <= 500
                && by.iter().all(|p| matches!(&p.expr.item, Expr::Field(n) if self.defined.contains_key(n)));
            if all_shown(&self) || renamed {
                let columns: Result<Vec<OutputColumn>, _> = by.iter().map(|p| self.column(p)).collect();
                return Ok(Block { distinct: true, at: At::Columns, columns: columns?, star: false, ..self });
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

    fn sort(self, keys: &[SortKey]) -> Result<Block, Unsupported> {
        let mut block = match self.at == At::Order {
            // The last `sort` counts.
            true => Block { order: Vec::new(), ..self },
            false => self.reach(At::Order)?,
        };
        let order = {
            let is_certain = |e: &E| Ok(never_missing(&no_place(block.meaning(e)?).item));
            order_keys(keys, |e| block.sort_key(e), is_certain)?
        };
        block.order.extend(order);
        Ok(block)
    }

    /// A key of `ORDER BY`: the name of a column where it has one, else what it stands for.
    fn sort_key(&self, e: &E) -> Written {
        if let (Expr::Field(name), false) = (&e.item, self.others.is_empty()) {
            return Ok(Own.name(name));
        }
        if let Expr::Field(name) = &e.item
            && let Some(column) = self.columns.iter().find(|c| c.name == *name)
            && Self::is_written(column)
        {
            return Ok(Own.name(name));
        }
        Ok(self.values.write(&no_place(self.meaning(e)?))?.text)
    }

    fn unnest(self, list: &E, name: Option<&Spanned<String>>) -> Result<Block, Unsupported> {
        // A condition on rows may as well stand behind.
        let mut block = match self.at {
            At::From | At::Where => self,
            _ => self.reach(At::From)?,
        };
        let name = name.map_or_else(|| crate::label(&list.item), |n| n.item.clone());
        let list = block.values.write(&block.meaning(list)?)?.text;
        block.joins.push(write::Join::Unnest { list, name: name.clone() });
        block.values.columns.push(name);
        Ok(block)
    }

    fn join(self, join: &Join, span: &Range<usize>) -> Result<Block, Unsupported> {
        let (one, two) = (&join.left.item, &join.right.item);
        // A third table stands beside the others. A condition on rows so far may as well stand behind, unless rows
        // without a partner are added to them.
        let goes_on = self.values.sides.first() == Some(one)
            && (self.at == At::From || self.at == At::Where && !join.kind.keeps_right());
        let mut block = match goes_on {
            true => self,
            false => {
                if !self.values.sides.is_empty() && self.values.columns.is_empty() && self.columns.is_empty()
                {
                    return Err(refused("join", span));
                }
                let block = match self.joins.is_empty() {
                    true => self.reach(At::From)?,
                    // The names of the sides stand for one table each.
                    false => Block { at: At::Limit, ..self }.reach(At::From)?,
                };
                let from = match &block.constants {
                    Some(constants) => values(constants, one)?,
                    None => Own.named(&block.from, one),
                };
                let mut joined = Block::over(from);
                joined.values.sides = vec![one.clone()];
                joined
            }
        };
        let right = match join.query.commands.as_slice() {
            [Spanned { item: Command::Source(names), .. }] => Own.named(&table(names)?, two),
            [Spanned { item: Command::Values(constants), .. }] => values(constants, two)?,
            _ => Own.named(&query(&join.query)?.in_brackets(Own), two),
        };
        let sides = std::mem::take(&mut block.values.sides);
        let of_another = |name: &str| {
            let begins = |s: &String| name.strip_prefix(s.as_str()).is_some_and(|rest| rest.starts_with('.'));
            sides.iter().skip(1).any(begins)
        };
        let left = |e: &E| renamed(e, &|name| (!of_another(name)).then(|| format!("{one}.{name}")));
        let other = |e: &E| renamed(e, &|name| Some(format!("{two}.{name}")));
        let pairs: Vec<(E, E)> = join.on.iter().map(|(a, b)| (left(a), other(b))).collect();
        block.values.sides = sides;
        block.values.sides.push(two.clone());
        let mut on = Vec::new();
        for (a, b) in &pairs {
            on.push(block.values.write(a)?.compared("=", &block.values.write(b)?));
        }
        block.joins.push(write::Join::On { kind: join.kind, right, on });
        Ok(block)
    }

    fn set(self, set: &SetOperation) -> Result<Block, Unsupported> {
        // `INTERSECT` binds tighter than what stands before it.
        let tighter = set.kind == SetKind::Intersect && !self.others.is_empty();
        let mut block = match tighter {
            true => Block { at: At::Limit, ..self }.reach(At::Columns)?,
            false => self.reach(At::Set)?,
        };
        if block.columns.is_empty() {
            // All columns of an inner query.
            let all = block.values.columns.iter();
            let column = |name: &String| OutputColumn {
                name: name.clone(),
                expr: Box::new(Spanned::made(Expr::Field(name.clone()))),
            };
            block.columns = all.map(column).collect();
        }
        block.at = At::Set;
        let other = query(&set.query)?;
        let alone = other.others.is_empty() && other.order.is_empty() && other.limit.is_none();
        let text = if alone { other.text(Own) } else { other.in_brackets(Own) };
        let words = format!("{}{}", set.kind.word().to_uppercase(), if set.all { " ALL" } else { "" });
        block.others.push((words, text));
        block.defined.clear();
        Ok(block)
    }

    /// A column over the rows so far, behind the others.
    fn window(self, window: &WindowCall, span: &Range<usize>) -> Result<Block, Unsupported> {
        let mut block = match self.chosen && self.at == At::Columns {
            // Behind `fields`, whose names are replaced.
            true => self,
            false => self.reach(At::Windows)?,
        };
        let mut expr = block.meaning(&as_expression(window, span))?;
        // A window over another looks at the rows of an inner query.
        let inside = |e: &E| match &e.item {
            Expr::Call { args, .. } => args.iter().any(|arg| window_in(arg).is_some()),
            _ => false,
        };
        if inside(&expr) {
            block = Block { at: At::Limit, ..block }.reach(At::Windows)?;
            expr = as_expression(window, span);
        }
        let name = window.name.as_ref().map_or_else(|| crate::label(&window.call()), |n| n.item.clone());
        if block.columns.is_empty() {
            let field = |name: &String| -> E { Box::new(Spanned::made(Expr::Field(name.clone()))) };
            block.columns =
                block.all.iter().map(|name| OutputColumn { name: name.clone(), expr: field(name) }).collect();
            block.star = block.columns.is_empty();
        }
        block.columns.retain(|c| c.name != name);
        block.columns.push(OutputColumn { name: name.clone(), expr: expr.clone() });
        block.defined.insert(name, expr);
        block.windows = true;
        Ok(block)
    }

    /// Whether a column's name is written behind its expression.
    fn is_written(column: &OutputColumn) -> bool {
        column_name(&column.expr.item).0 != column.name
    }

    /// The whole `SELECT`. Of an inner query every column gets a name.
    fn select(&self, inner: bool) -> Result<Select, Unsupported> {
        let mut columns = Vec::new();
        for column in &self.columns {
            let text = self.values.write(&column.expr)?.text;
            let bare = matches!(&column.expr.item, Expr::Field(name) if *name == column.name);
            let named = Self::is_written(column) || inner && !bare;
            columns.push(Column { text, name: named.then(|| column.name.clone()) });
        }
        let mut group = Vec::new();
        for key in self.keys.iter().flatten() {
            // A number would be the place of a column.
            let literal = matches!(&key.item, Expr::Literal(Value::Int(_)));
            let place = self.columns.iter().position(|c| same(&c.expr.item, &key.item));
            group.push(match place {
                Some(place) if literal => (place + 1).to_string(),
                _ => self.values.write(key)?.text,
            });
        }
        if self.star {
            columns.insert(0, Column { text: "*".to_owned(), name: None });
        }
        Ok(Select {
            distinct: self.distinct,
            columns,
            from: self.from.clone(),
            joins: self.joins.clone(),
            filter: self.conditions.clone(),
            group,
            having: self.having.clone(),
            others: self.others.clone(),
            order: self.order.clone(),
            limit: self.limit,
        })
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

/// A number as a key to sort by would be the place of a column, in brackets too; a sum is none.
fn no_place(e: E) -> E {
    if !matches!(e.item, Expr::Literal(Value::Int(_))) {
        return e;
    }
    let nothing = Box::new(Spanned::made(Expr::Literal(Value::Int(0))));
    Box::new(Spanned::made(Expr::Binary(Binary::Add, e, nothing)))
}
