//! The way of a `SELECT` that was read into the tree.
//!
//! Without groups it becomes `filter | select | sort | limit`; with groups or `DISTINCT` it becomes
//! `filter | stats … by … | filter | select | sort | limit`, where the second `filter` is `HAVING`. Keys and
//! aggregates are columns of the `stats`; what comes after it speaks of them by name. The `select` after a `stats` is
//! left out where the columns stand in that order anyway.
//!
//! Missing values are sorted last, as Athena does: `ORDER BY x` is `sort ispresent(x) desc, x`.

use std::collections::HashSet;

use super::{
    super::{
        Parser, Relation,
        display::column_name,
        expression::{call, is_condition, made, negation},
        over::{Windows, window_in},
        replace::{aggregate_in, is_aggregate, map, never_missing, same, visit},
    },
    Key, Select, SelectItem, field,
};
use crate::{
    insights::{ParseResult, short},
    label,
    tree::{Binary, Command, E, Expr, Projection, SortKey, Spanned},
};
use logloupe_table::Value;

fn step(command: Command) -> Spanned<Command> {
    Spanned::made(command)
}

impl Parser<'_> {
    /// The commands of a `SELECT` that was read, after those of its tables.
    pub(in super::super) fn lowered(&mut self, mut select: Select) -> ParseResult<Relation> {
        if let Some(sets) = select.sets.take() {
            let parts = select.items.iter().map(|i| &i.expr).chain(select.order.iter().map(|k| &k.expr));
            if let Some(span) = parts.into_iter().find_map(window_in) {
                let help = "compute it in a query around this one";
                return self.fail(span, "a window function does not stand beside several sets of keys", help);
            }
            return self.grouping_sets(select, &sets);
        }
        let outside = self.take_outside(&mut select)?;
        if !outside.is_empty() {
            self.ask_outside(&mut select, &outside)?;
        }
        let mut commands = std::mem::take(&mut select.from.commands);
        if let Some(condition) = select.condition.take() {
            self.refuse_window(&condition, "`WHERE`")?;
            if let Some(span) = aggregate_in(&condition) {
                return self.fail(
                    span,
                    "an aggregate does not stand in `WHERE`",
                    "write the condition after `HAVING`",
                );
            }
            // What names in `GROUP BY` mean depends on what is surely a column.
            select.condition = Some(condition.clone());
            self.check_sides(&select)?;
            if let Some(condition) = self.join_by(&mut commands, condition) {
                let span = condition.span.clone();
                commands.push(Spanned::new(Command::Filter(condition), span));
            }
        }
        self.check_sides(&select)?;
        self.windows(&mut select)?;
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
        let sorted = !sort.is_empty() || select.limit.is_some();
        if !sort.is_empty() {
            commands.push(step(Command::Sort(sort)));
        }
        if let Some(rows) = select.limit {
            commands.push(step(Command::Limit(rows)));
        }
        let outside = outside.into_iter().map(|(outer, _)| outer).collect();
        Ok(Relation { commands, columns: names, weight: 0, sorted, outside })
    }

    /// Refuses window functions where there are none, and writes out the windows that have names.
    fn windows(&mut self, select: &mut Select) -> ParseResult<()> {
        for key in &select.group {
            // By its number or its name too.
            let meant = match &key.item {
                Expr::Literal(Value::Int(n)) => {
                    usize::try_from(*n).ok().and_then(|n| select.items.get(n.checked_sub(1)?))
                }
                Expr::Field(name) => {
                    select.items.iter().find(|i| i.named && i.name.eq_ignore_ascii_case(name))
                }
                _ => None,
            };
            if meant.is_some_and(|item| window_in(&item.expr).is_some()) {
                let help = "number the rows in a query in `FROM`, and group this one by that column";
                return self.fail(key.span.clone(), "a window function does not stand in `GROUP BY`", help);
            }
            self.refuse_window(key, "`GROUP BY`")?;
        }
        if let Some(having) = select.having.clone() {
            self.refuse_window(&having, "`HAVING`")?;
            // By its name.
            let mut spoken = Vec::new();
            visit(&having, &mut |e| {
                if let Expr::Field(name) = &e.item {
                    spoken.push((name.clone(), e.span.clone()));
                }
                true
            });
            let item =
                |name: &str| select.items.iter().find(|i| i.named && i.name.eq_ignore_ascii_case(name));
            let windowed = |name: &str| item(name).filter(|i| window_in(&i.expr).is_some());
            if let Some((_, span)) = spoken.into_iter().find(|(name, _)| windowed(name).is_some()) {
                let help = "write the condition after `WHERE` of a query around this one";
                return self.fail(span, "a window function does not stand in `HAVING`", help);
            }
        }
        let windows = std::mem::take(&mut select.windows);
        let mut copied = 0;
        for e in
            select.items.iter_mut().map(|i| &mut i.expr).chain(select.order.iter_mut().map(|k| &mut k.expr))
        {
            if window_in(e).is_some() {
                *e = self.with_windows(e, &windows, &mut copied)?;
            }
        }
        Ok(())
    }

    /// Gives a `SELECT` of `EXISTS` the columns that must equal those of the row outside.
    fn ask_outside(&mut self, select: &mut Select, pairs: &[(E, E)]) -> ParseResult<()> {
        let computes = select.items.iter().any(|i| aggregate_in(&i.expr).is_some());
        if select.group.is_empty() && (computes || select.having.is_some()) {
            let span = pairs.first().map_or(0..0, |(outer, _)| outer.span.clone());
            let message =
                "a query of `EXISTS` that looks at the row outside has no aggregates without `GROUP BY`";
            return self.fail(span, message, "a query that aggregates always has a row");
        }
        select.distinct = false;
        select.star = None;
        select.order.clear();
        select.limit = None;
        select.items = (1..)
            .zip(pairs)
            .map(|(n, (_, inner))| {
                let name = format!("#{n}");
                SelectItem {
                    expr: inner.clone(),
                    alias: Some(Spanned::made(name.clone())),
                    name,
                    named: true,
                }
            })
            .collect();
        if !select.group.is_empty() {
            select.group.extend(pairs.iter().map(|(_, inner)| inner.clone()));
        }
        Ok(())
    }

    /// Whether a sort key is a column that always has a value: a count.
    fn is_certain_column(&self, commands: &[Spanned<Command>], key: &E) -> bool {
        let Expr::Field(name) = &key.item else { return never_missing(&key.item) };
        let mut name = name.as_str();
        for command in commands.iter().rev() {
            let columns = match &command.item {
                Command::Select(items) => items,
                Command::Stats { aggregates, .. } => {
                    return aggregates.iter().any(|p| p.name() == name && never_missing(&p.expr.item));
                }
                Command::Filter(_) | Command::Sort(_) | Command::Limit(_) | Command::Dedup(_) => continue,
                // Rows of another query may lack what those of the first have.
                _ => return false,
            };
            match columns.iter().find(|p| p.name() == name).map(|p| &p.expr.item) {
                Some(Expr::Field(field)) => name = field,
                Some(other) => return never_missing(other),
                // What is not shown keeps its name.
                None => {}
            }
        }
        false
    }

    /// `ORDER BY 2`, `GROUP BY 2`: the column of that number.
    pub(in super::super) fn ordinal(
        &mut self,
        e: &E,
        items: &[SelectItem],
        what: &str,
    ) -> ParseResult<Option<usize>> {
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
    ) -> ParseResult<Option<Vec<String>>> {
        let mut items = std::mem::take(&mut select.items);
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
        let mut windows = Windows::behind(commands.iter().map(|c| &c.item));
        for item in &mut items {
            match select.star {
                // Behind all columns, under its own name.
                Some(_) => windows.column(&item.expr, &item.name),
                None => item.expr = windows.lift(&item.expr),
            }
        }
        for key in &mut order {
            key.expr = windows.lift(&key.expr);
        }
        commands.extend(windows.commands());
        select.order = order;
        if select.star.is_some() {
            if select.distinct {
                // Every field of the logs is a column: rows are equal if their records are.
                commands.push(step(Command::Dedup(vec![field("@message")])));
            }
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
    ) -> ParseResult<Option<Vec<String>>> {
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
            if window_in(&item.expr).is_some() {
                columns.push(item.name.clone());
                continue;
            }
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
        let mut windows = Windows::behind(commands.iter().map(|c| &c.item));
        // Columns over windows, which look at the groups.
        let mut over = Vec::with_capacity(items.len());
        for item in &items {
            over.push(match window_in(&item.expr) {
                Some(_) => {
                    let expr = self.after_groups(&item.expr, &mut groups, &items, &columns, false)?;
                    Some(windows.lift(&expr))
                }
                None => None,
            });
        }
        for key in &mut select.order {
            key.expr = match self.ordinal(&key.expr, &items, "ORDER BY")? {
                Some(n) => field(columns.get(n).map_or("", String::as_str)),
                None => {
                    let expr = self.after_groups(&key.expr, &mut groups, &items, &columns, true)?;
                    windows.lift(&expr)
                }
            };
        }
        let natural =
            groups.keys.iter().map(|k| k.name.as_str()).chain(groups.aggregates.iter().map(|a| a.1.as_str()));
        let natural = natural.eq(columns.iter().map(String::as_str))
            && items.iter().zip(&columns).all(|(item, column)| item.name == *column)
            && over.iter().all(Option::is_none);
        let by = groups.keys.into_iter().map(|k| Projection { expr: k.expr, alias: k.alias }).collect();
        let aggregates = groups.aggregates.into_iter().map(|(projection, _)| projection).collect();
        commands.push(step(Command::Stats { aggregates, by }));
        if let Some(having) = having {
            commands.push(Spanned::new(Command::Filter(having.clone()), having.span.clone()));
        }
        commands.extend(windows.commands());
        let names: Vec<String> = items.into_iter().map(|i| i.name).collect();
        let all = names.iter().zip(&columns).zip(over).map(|((name, column), over)| match over {
            Some(expr) => Projection { expr, alias: Some(Spanned::made(name.clone())) },
            None => shown(name, column),
        });
        if select.distinct {
            commands.push(step(Command::Stats { aggregates: Vec::new(), by: all.collect() }));
        } else if !natural {
            commands.push(step(Command::Select(all.collect())));
        }
        Ok(Some(names))
    }

    /// The keys of the groups and their names.
    fn keys(&mut self, select: &mut Select, items: &[SelectItem]) -> ParseResult<Vec<GroupKey>> {
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
    fn over_keys(&mut self, e: &E, groups: &Groups, calls: bool) -> ParseResult<E> {
        let mut stray = None;
        let expr = map(e, &mut |part| {
            if let Some(name) = groups.key(part) {
                return Some(Box::new(Spanned::new(Expr::Field(name.to_owned()), part.span.clone())));
            }
            if let Some(condition) = groups.condition(part) {
                return Some(condition);
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
        items: &[SelectItem],
        columns: &[String],
        names_first: bool,
    ) -> ParseResult<E> {
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
            if let Some(condition) = groups.condition(part) {
                return Some(condition);
            }
            if let Some(at) = items.iter().position(|i| same(&i.expr.item, &part.item))
                && aggregate_in(part).is_some()
                && window_in(part).is_none()
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
    /// A key that is a condition, in the place of that condition or of its opposite: the key itself is a value.
    fn condition(&self, e: &E) -> Option<E> {
        if !is_condition(&e.item) {
            return None;
        }
        self.keys.iter().find_map(|key| {
            let Expr::Call { name, args } = &key.expr.item else { return None };
            let ([condition, _, opposite, _], "case") = (args.as_slice(), name.item.as_str()) else {
                return None;
            };
            if negation(condition) != *opposite {
                return None;
            }
            let holds = same(&condition.item, &e.item);
            let value = field(&key.name);
            let falsehood = made(Expr::Literal(Value::Bool(false)));
            match holds || same(&opposite.item, &e.item) {
                true if holds => Some(value),
                true => Some(made(Expr::Binary(Binary::Equal, value, falsehood))),
                false => None,
            }
        })
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
