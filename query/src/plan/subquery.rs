//! Subqueries, and the [`Bindings`] of a query: the answers of its subqueries, lookup tables, the range of time.
//!
//! The [`subqueries`] of a query run first, like any other query, the innermost before those that hold them; their
//! answers are bound to the outer plan through [`Catalog::bindings`](super::Catalog::bindings). Each subquery ends in a
//! table of distinct rows, so that its partials merge over shards like those of any `stats`. A plan made without answers
//! only checks names.

use crate::Error;
use std::{collections::BTreeMap, ops::Range, sync::Arc};

use crate::limits::Limits;
use logloupe_syntax::{
    label, of_side,
    tree::{Command, E, Expr, Join, Projection, Query, ROW, SetOperation, Spanned},
};
use logloupe_table::ResultTable;
use logloupe_table::lookup::Lookup;

/// The column that says how often a row of a subquery's answer occurs.
pub const TIMES: &str = "#times";

/// What a query is bound to beside the logs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bindings {
    /// Tables by name.
    pub lookups: BTreeMap<String, Arc<Lookup>>,
    /// The answers so far of the subqueries, in their order.
    pub answers: Vec<Arc<ResultTable>>,
    /// The subqueries of the query that is asked: see [`of`](Self::of).
    pub(super) subqueries: Arc<[Query]>,
    /// The range of time that is asked, microseconds since 1970; all time if there is none.
    pub time: Option<Range<i64>>,
    /// What running the query may use.
    pub limits: Limits,
}

impl Bindings {
    /// Adds a table; a newer one takes the place of one of the same name.
    pub fn add_lookup(&mut self, lookup: Arc<Lookup>) {
        self.lookups.insert(lookup.name.clone(), lookup);
    }
    /// Says which query is asked: its subqueries, and theirs, are looked up among those of this one. Gives how many
    /// there are.
    pub fn of(&mut self, query: &Query) -> usize {
        self.subqueries = subqueries(query).into();
        self.subqueries.len()
    }
    /// The subquery whose answer is to be [added](Self::add_answer) next, if one is missing.
    pub fn next_subquery(&self) -> Option<&Query> {
        self.subqueries.get(self.answers.len())
    }
    /// Adds the answer of the next subquery.
    ///
    /// # Errors
    /// When it has more rows than a subquery may give.
    pub fn add_answer(&mut self, answer: ResultTable) -> Result<(), Error> {
        let most = self.limits.subquery_rows;
        if answer.rows.len() > most {
            let rows = answer.rows.len();
            return Err(format!("the subquery gives {rows} rows, more than {most}; filter it").into());
        }
        self.answers.push(Arc::new(answer));
        Ok(())
    }
}

/// The queries that a query holds in brackets, as they are to be run: each once, in the order of the text, those that one
/// holds itself before it.
pub fn subqueries(query: &Query) -> Vec<Query> {
    let mut found = Vec::new();
    collect(query, &mut found);
    found
}

fn collect(query: &Query, found: &mut Vec<Query>) {
    for (at, command) in query.commands.iter().enumerate() {
        let after = query.commands.get(at + 1..).unwrap_or_default();
        let mut held = Vec::new();
        match &command.item {
            Command::Join(join) => held.push(join_subquery(join, after)),
            Command::Set(set) => held.push(set_subquery(set)),
            _ => {}
        }
        each_expression(&command.item, &mut |e| match &e.item {
            Expr::InQuery { item, query, .. } => held.push(in_subquery(&item.item, query)),
            Expr::Query(query) => held.push(value_subquery(query)),
            Expr::Exists(query) => held.push(exists_subquery(query)),
            _ => {}
        });
        for query in held {
            if !found.contains(&query) {
                collect(&query, found);
                found.push(query);
            }
        }
    }
}

/// The subquery behind `item in`, as it is run: its different values.
pub(super) fn in_subquery(item: &Expr, query: &Query) -> Query {
    let wanted = match item {
        Expr::Field(name) => vec![Spanned::made(name.clone())],
        _ => Vec::new(),
    };
    as_table(query, wanted.into_iter().map(column).collect())
}

/// The items of `item in`: several of a [`ROW`].
pub(super) fn items_of(item: &E) -> Vec<&E> {
    match &item.item {
        Expr::Call { name, args } if name.item == ROW => args.iter().collect(),
        _ => vec![item],
    }
}

/// The other query of a set operation, as it is run.
pub(super) fn set_subquery(set: &SetOperation) -> Query {
    as_table(&set.query, Vec::new())
}

/// A query that is a value, as it is run: no more rows than show that it is none.
pub(super) fn value_subquery(query: &Query) -> Query {
    as_table(&first(query, 2), Vec::new())
}

/// A query of which only matters whether it has a row, as it is run.
pub(super) fn exists_subquery(query: &Query) -> Query {
    as_table(&first(query, 1), Vec::new())
}

fn first(query: &Query, rows: u64) -> Query {
    let mut query = query.clone();
    query.commands.push(Spanned::made(Command::Limit(rows)));
    query
}

/// A field as a column of the table that a subquery ends in.
fn column(name: Spanned<String>) -> Projection {
    Projection { expr: Box::new(Spanned::new(Expr::Field(name.item), name.span)), alias: None }
}

/// What a join's key over the other query is called in its answer.
pub(super) fn key_name(n: usize, key: &Expr) -> String {
    match key {
        Expr::Field(name) => name.clone(),
        _ => format!("#on{}", n + 1),
    }
}

/// The other query of a join as it is run; `after` are the commands that name its fields.
pub(super) fn join_subquery(join: &Join, after: &[Spanned<Command>]) -> Query {
    let mut wanted: Vec<Projection> = Vec::new();
    let mut want = |item: Projection| {
        if !wanted.contains(&item) {
            wanted.push(item);
        }
    };
    for (n, (_, key)) in join.on.iter().enumerate() {
        let computed = !matches!(key.item, Expr::Field(_));
        let alias = computed.then(|| Spanned::made(key_name(n, &key.item)));
        want(Projection { expr: key.clone(), alias });
    }
    for command in after {
        each_expression(&command.item, &mut |e| {
            if let Expr::Field(name) = &e.item
                && let Some(field) = of_side(name, &join.right.item)
            {
                want(column(Spanned::new(field, e.span.clone())));
            }
        });
    }
    as_table(&join.query, wanted)
}

/// `query`, ending in a table: one that gives events gives the different rows of the fields that it shows, or of
/// those that are wanted if it shows none.
fn as_table(query: &Query, wanted: Vec<Projection>) -> Query {
    let (mut shown, mut last) = (Vec::new(), None);
    for command in &query.commands {
        match &command.item {
            Command::Stats { .. } | Command::RelevantFields { .. } | Command::Diff(_) => {
                return query.clone();
            }
            Command::Values(constants) => last = Some(constants.names.clone()),
            Command::Fields(items) => shown.extend(items.iter().map(name_of)),
            Command::Display(items) | Command::Select(items) => {
                last = Some(items.iter().map(name_of).collect::<Vec<_>>())
            }
            _ => {}
        }
    }
    let names: Vec<Projection> = match last {
        Some(names) => names.into_iter().map(column).collect(),
        None if shown.is_empty() => wanted,
        None => shown.into_iter().map(column).collect(),
    };
    let mut by: Vec<Projection> = Vec::new();
    for name in names {
        if !by.contains(&name) {
            by.push(name);
        }
    }
    let star = Box::new(Spanned::made(Expr::Star));
    let count = Expr::Call { name: Spanned::made("count".to_owned()), args: vec![star] };
    let times =
        Projection { expr: Box::new(Spanned::made(count)), alias: Some(Spanned::made(TIMES.to_owned())) };
    let mut query = query.clone();
    query.commands.push(Spanned::made(Command::Stats { aggregates: vec![times], by }));
    query
}

/// The name under which a shown field goes on.
fn name_of(item: &Projection) -> Spanned<String> {
    match &item.alias {
        Some(alias) => alias.clone(),
        None => Spanned::new(label(&item.expr.item), item.expr.span.clone()),
    }
}

/// Calls `f` with every expression of a command and everything in it, in the order of the text.
pub(super) fn each_expression(command: &Command, f: &mut dyn FnMut(&Spanned<Expr>)) {
    let mut roots: Vec<&E> = Vec::new();
    match command {
        Command::Fields(items) | Command::Display(items) | Command::Select(items) => {
            roots.extend(items.iter().map(|p| &p.expr))
        }
        Command::Filter(condition) => roots.push(condition),
        Command::Parse { source, .. } => roots.extend(source),
        Command::Stats { aggregates, by } => {
            roots.extend(aggregates.iter().chain(by).map(|p| &p.expr));
        }
        Command::Sort(keys) => roots.extend(keys.iter().map(|k| &k.expr)),
        Command::Dedup(fields) => roots.extend(fields),
        Command::Table(command) => roots.extend(command.expressions()),
        Command::RelevantFields { fields, condition } => roots.extend(fields.iter().chain([condition])),
        Command::Lookup(lookup) => {
            for (_, field) in &lookup.on {
                f(&Spanned::new(Expr::Field(field.item.clone()), field.span.clone()));
            }
        }
        Command::Join(join) => roots.extend(join.on.iter().map(|(left, _)| left)),
        Command::Values(constants) => roots.extend(constants.rows.iter().flatten()),
        Command::Source(_) | Command::Search(_) | Command::Limit(_) | Command::Set(_) | Command::Diff(_) => {}
    }
    walk(roots, f);
}

/// Calls `f` with the name of every field in an expression.
pub fn names_in(e: &E, f: &mut dyn FnMut(&str)) {
    walk(vec![e], &mut |e| {
        if let Expr::Field(name) = &e.item {
            f(name);
        }
    });
}

/// Calls `f` with expressions and everything in them, in the order of the text.
fn walk(roots: Vec<&E>, f: &mut dyn FnMut(&Spanned<Expr>)) {
    // Without recursion: expressions may be as deep as the text is long.
    let mut open: Vec<&Spanned<Expr>> = roots.into_iter().rev().map(|e| &**e).collect();
    while let Some(e) = open.pop() {
        f(e);
        match &e.item {
            Expr::Unary(_, item) | Expr::Like { item, .. } | Expr::InQuery { item, .. } => open.push(item),
            Expr::Binary(_, a, b) => open.extend([&**b, &**a]),
            Expr::In { item, list, .. } => open.extend(list.iter().rev().chain([item]).map(|e| &**e)),
            Expr::Call { args, .. } => open.extend(args.iter().rev().map(|e| &**e)),
            Expr::Literal(_)
            | Expr::Period(_)
            | Expr::Star
            | Expr::Field(_)
            | Expr::Query(_)
            | Expr::Exists(_) => {}
        }
    }
}
