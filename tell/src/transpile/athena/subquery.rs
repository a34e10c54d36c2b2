//! Queries that a query holds: each is a query of its own in the WITH, printed from its own plan. What becomes of it is
//! written where it is used: behind `IN` and `EXISTS`, as a value, beside the rows of a join, in a set operation.
//!
//! The columns of a query in the WITH are named with its name before a dot, `"c.ip"`, so that no column of a table means
//! them.

use super::{
    Printer, Relation, SelectItem,
    expression::{TypedResult, compare},
    typed::Typed,
};
use logloupe_query::plan::{self, HeldQuery, Node, Operator, Stage, UnboundAnswer, WindowOperator};
use logloupe_syntax::{
    Unsupported,
    functions::SqlType,
    sql::write::{Column, Dialect, Expression, Join, Select},
    tree::{Binary, Command, Expr, Query, Spanned},
};
use logloupe_table::Value;

/// A query in the WITH.
#[derive(Clone)]
pub(super) struct Held {
    name: String,
    /// Its columns, as they are named in it.
    columns: Vec<(String, Typed)>,
}

impl<'p> Printer<'p> {
    /// The query in the WITH, put there if it is not yet.
    fn held(&mut self, query: &Query, name: &str) -> Result<Held, Unsupported> {
        let query = without_counts(query);
        if let Some((_, held)) = self.held.iter().find(|(known, _)| *known == query) {
            return Ok(held.clone());
        }
        let plan = plan::plan(&query, self.catalog).map_err(|found| {
            let first = found.first().map_or("it has faults", |d| d.message.as_str());
            Unsupported::new("a query inside", first, "fix it first")
        })?;
        let mut inner = Printer::new(&query, &plan, self.catalog, self.logs, self.keys)?;
        inner.inner = true;
        inner.with = std::mem::take(&mut self.with);
        inner.notes = std::mem::take(&mut self.notes);
        inner.held = std::mem::take(&mut self.held);
        inner.tables.splice(0..0, std::mem::take(&mut self.tables));
        let made = inner.query_for_rows();
        let types = match &made {
            Ok(_) => plan.shown.iter().map(|o| inner.value(&o.node).map(|v| v.ty)).collect(),
            Err(_) => Ok(Vec::new()),
        };
        self.with = std::mem::take(&mut inner.with);
        self.notes = std::mem::take(&mut inner.notes);
        self.held = std::mem::take(&mut inner.held);
        self.tables = std::mem::take(&mut inner.tables);
        let (mut select, types): (Select, Vec<SqlType>) = (made?, types?);
        let name = self.free_name(name);
        let mut columns = Vec::new();
        for (output, ty) in plan.shown.iter().zip(types) {
            let column = format!("{name}.{}", output.name);
            columns.push((output.name.clone(), Typed::atom(Dialect::Athena.name(&column), ty)));
        }
        if select.others.is_empty() && select.columns.len() == columns.len() {
            for (column, (own, _)) in select.columns.iter_mut().zip(&columns) {
                column.name = Some(format!("{name}.{own}"));
                column.text = column
                    .text
                    .strip_suffix(&format!(" AS {}", Dialect::Athena.name(own)))
                    .map_or_else(|| column.text.clone(), str::to_owned);
            }
            // A key of the order may go by the name that the column had.
            if select
                .order
                .iter()
                .any(|key| columns.iter().any(|(own, _)| Dialect::Athena.name(own) == key.text))
            {
                for key in &mut select.order {
                    if let Some(at) =
                        columns.iter().position(|(own, _)| Dialect::Athena.name(own) == key.text)
                    {
                        key.text = (at + 1).to_string();
                    }
                }
            }
            self.with.push((name.clone(), select));
        } else {
            let first = self.free_name("rows");
            self.with.push((first.clone(), select));
            let items = columns.iter().map(|(own, _)| Column {
                text: Dialect::Athena.name(own),
                name: Some(format!("{name}.{own}")),
            });
            let outer = Select { columns: items.collect(), from: first, ..Select::default() };
            self.with.push((name.clone(), outer));
        }
        let held = Held { name, columns };
        self.held.push((query, held.clone()));
        Ok(held)
    }

    /// A name for a query in the WITH that no other has.
    pub(super) fn free_name(&self, name: &str) -> String {
        let is_free = |name: &str| {
            self.with.iter().all(|(n, _)| !n.eq_ignore_ascii_case(name))
                && self.tables.iter().all(|t| !t.name.eq_ignore_ascii_case(name))
        };
        let numbered = || (2..).map(|n| format!("{name}{n}")).find(|n| is_free(n));
        if is_free(name) { name.to_owned() } else { numbered().unwrap_or_default() }
    }

    /// What the answer of a query says.
    pub(super) fn unbound(&mut self, answer: &UnboundAnswer, args: &[Node]) -> TypedResult {
        match answer {
            UnboundAnswer::Value(query) => {
                let held = self.held(query, "value")?;
                let ty = held.columns.first().map_or(SqlType::Nothing, |c| c.1.ty);
                Ok(Typed::atom(format!("(SELECT * FROM {})", Dialect::Athena.name(&held.name)), ty))
            }
            UnboundAnswer::Exists(query) => {
                let held = self.held(query, "present")?;
                let text = format!("EXISTS (SELECT 1 FROM {})", Dialect::Athena.name(&held.name));
                Ok(Typed::of(Expression::atom(text), SqlType::Bool))
            }
            UnboundAnswer::In { query, negated, strict } => {
                let mut items = Vec::new();
                for arg in args {
                    items.push(self.value(arg)?);
                }
                let held = self.held(query, "list")?;
                let name = Dialect::Athena.name(&held.name);
                let columns: Vec<&Typed> = held.columns.iter().map(|(_, column)| column).collect();
                if !strict {
                    // What is missing equals nothing, and is among no values.
                    let equal: Vec<Expression> = items
                        .iter()
                        .zip(&columns)
                        .map(|(item, column)| compare(Binary::Equal, item, column).expr)
                        .collect();
                    let found = Expression::atom(format!(
                        "EXISTS (SELECT 1 FROM {name} WHERE {})",
                        Expression::all(&equal)
                    ));
                    let held = items.iter().map(|item| item.expr.is_not_null());
                    let all = match negated {
                        true => Expression::all(&held.chain([found.not()]).collect::<Vec<_>>()),
                        false => found,
                    };
                    return Ok(Typed::of(all, SqlType::Bool));
                }
                // Both sides must be of one type.
                let mut texts = Vec::new();
                for (item, column) in items.iter_mut().zip(&columns) {
                    let numbers = item.ty.is_number() && column.ty.is_number();
                    let alike = item.ty == column.ty || numbers || column.ty == SqlType::Nothing;
                    match alike {
                        true => texts.push(column.expr.text.clone()),
                        false => {
                            *item = item.text();
                            texts.push(column.text().expr.text);
                        }
                    }
                }
                let (item, query) = match items.as_slice() {
                    [one] => (one.expr.clone(), format!("SELECT {} FROM {name}", texts.join(", "))),
                    all => {
                        let row = Expression::call("ROW", all.iter().map(|item| item.expr.text.as_str()));
                        (row, format!("SELECT ROW({}) FROM {name}", texts.join(", ")))
                    }
                };
                // A condition holds where it is true; what it is otherwise matters where it is denied.
                Ok(Typed::condition(item.is_in(*negated, [query])))
            }
        }
    }

    /// The joins that stand before step `at`.
    pub(super) fn joins(&mut self, stage: &'p Stage, at: usize) -> Result<(), Unsupported> {
        for held in stage.held.iter().filter(|held| held.step == at) {
            self.join(held, at)?;
        }
        Ok(())
    }

    fn join(&mut self, held: &'p HeldQuery, at: usize) -> Result<(), Unsupported> {
        let HeldQuery { kind, keys, row, cells, name, .. } = held;
        let right = self.held(&held.query, name)?;
        let later = self.relation.limit.is_some() || self.relation.group.is_some();
        // Rows that the join adds must not be filtered by what was said before it, nor have what was computed.
        let adds = kind.keeps_right() && (!self.relation.filters.is_empty() || held.marks.is_some());
        if later || adds || self.relation.from.is_empty() {
            let mark = held.marks.filter(|_| kind.keeps_right());
            let extra = mark
                .map(|_| SelectItem { sql: Dialect::Athena.truth(true).to_owned(), name: "held".to_owned() });
            self.joins_right = kind.keeps_right();
            let added = self.layer("left_rows", at, extra.into_iter().collect());
            self.joins_right = false;
            let added = added?;
            if let Some(mark) = mark
                && let Some(slot) = self.relation.defs.get_mut(mark)
            {
                let name = added.first().map_or("held", String::as_str);
                *slot = Some(Typed::atom(Dialect::Athena.name(name), SqlType::Bool));
            }
        }
        let find = |name: &str| {
            let found = right.columns.iter().find(|(own, _)| own == name).map(|(_, column)| column.clone());
            found.unwrap_or_else(|| Typed::constant(&Value::Null))
        };
        let mut on = Vec::new();
        for (key, column) in keys {
            on.push(compare(Binary::Equal, &self.value(key)?, &find(column)).expr);
        }
        self.relation.joins.push(Join::On { kind: *kind, right: Dialect::Athena.name(&right.name), on });
        self.relation.whole = false;
        for (cell, column) in cells {
            if let Node::Def(n) = cell
                && let Some(slot) = self.relation.defs.get_mut(*n)
            {
                *slot = Some(find(column));
            }
        }
        // That a row has another beside it is said by the join.
        if let Node::Def(n) = row
            && let Some(slot) = self.relation.defs.get_mut(*n)
        {
            *slot = Some(Typed::constant(&Value::Int(1)));
        }
        Ok(())
    }

    /// A set operation, with its columns as definitions afterwards.
    pub(super) fn set(&mut self, stage: &'p Stage, at: usize) -> Result<(), Unsupported> {
        let Some(Operator::Window(WindowOperator::Set { kind, all, of, names, into, rows, other, .. })) =
            stage.steps.get(at)
        else {
            return Ok(());
        };
        let names = distinct(names);
        let mut types: Vec<SqlType> = Vec::new();
        let from = match other.as_deref() {
            None => {
                // Rows that stand in the query.
                types.extend((0..names.len()).map(|at| type_of(rows, at)));
                let text = |row: &Vec<Value>| {
                    let values = row.iter().zip(&types).map(|(value, ty)| {
                        let constant = Typed::constant(value);
                        if *ty == SqlType::Text { constant.text().expr.text } else { constant.expr.text }
                    });
                    format!("({})", values.collect::<Vec<_>>().join(", "))
                };
                let rows: Vec<String> = rows.iter().map(text).collect();
                let columns: Vec<String> = names.iter().map(|n| Dialect::Athena.name(n)).collect();
                match names.is_empty() {
                    true => String::new(),
                    false => format!("(VALUES {}) AS t ({})", rows.join(", "), columns.join(", ")),
                }
            }
            Some(query) => {
                if self.relation.limit.is_some() {
                    self.layer("limited", at, Vec::new())?;
                }
                let other = self.held(query, "others")?;
                let mut left = Vec::new();
                for node in of {
                    left.push(self.value(node)?);
                }
                let mut right: Vec<Typed> = other.columns.iter().map(|(_, column)| column.clone()).collect();
                // Both sides must be of one type.
                for (a, b) in left.iter_mut().zip(&mut right) {
                    let numbers = a.ty.is_number() && b.ty.is_number();
                    let none = [a.ty, b.ty].contains(&SqlType::Nothing);
                    if a.ty != b.ty && !numbers && !none {
                        (*a, *b) = (a.text(), b.text());
                    }
                    types.push(match a.ty {
                        SqlType::Nothing => b.ty,
                        SqlType::Int if b.ty == SqlType::Float => b.ty,
                        ty => ty,
                    });
                }
                let items: Vec<SelectItem> = left
                    .into_iter()
                    .zip(&names)
                    .map(|(typed, name)| SelectItem { sql: typed.expr.text, name: name.clone() })
                    .collect();
                let mut select = self.select_unordered(&items)?;
                let columns: Vec<String> = right.into_iter().map(|column| column.expr.text).collect();
                let words = format!("{}{}", kind.word().to_uppercase(), if *all { " ALL" } else { "" });
                let text =
                    format!("SELECT {} FROM {}", columns.join(", "), Dialect::Athena.name(&other.name));
                select.others.push((words, text));
                let name = self.free_name("together");
                self.with.push((name.clone(), select));
                name
            }
        };
        self.relation = Relation { whole: false, ..Relation::new(from, stage) };
        for ((into, name), ty) in into.iter().zip(&names).zip(types) {
            if let Some(slot) = self.relation.defs.get_mut(*into) {
                *slot = Some(Typed::atom(Dialect::Athena.name(name), ty));
            }
        }
        self.ties = 0;
        Ok(())
    }
}

/// Names that are all different, letter case aside.
fn distinct(names: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        let taken = |name: &str| all.iter().any(|n| n.eq_ignore_ascii_case(name));
        let free = match taken(name) {
            false => name.clone(),
            true => (2..).map(|n| format!("{name} {n}")).find(|n| !taken(n)).unwrap_or_default(),
        };
        all.push(free);
    }
    all
}

/// The type that all values of a column have.
fn type_of(rows: &[Vec<Value>], at: usize) -> SqlType {
    let types = rows.iter().filter_map(|row| row.get(at)).map(|v| Typed::constant(v).ty);
    let both = |a: SqlType, b: SqlType| match (a, b) {
        (SqlType::Nothing, ty) | (ty, SqlType::Nothing) => ty,
        (a, b) if a == b => a,
        (a, b) if a.is_number() && b.is_number() => SqlType::Float,
        _ => SqlType::Text,
    };
    types.fold(SqlType::Nothing, both)
}

/// A subquery as it was written: the groups that count equal rows, which let its parts merge here, are none there.
fn without_counts(query: &Query) -> Query {
    let mut query = query.clone();
    let counts =
        |p: &logloupe_syntax::tree::Projection| p.alias.as_ref().is_some_and(|a| a.item == plan::TIMES);
    if let Some(Spanned { item: Command::Stats { aggregates, by }, .. }) = query.commands.last()
        && matches!(aggregates.as_slice(), [one] if counts(one))
    {
        let mut items = by.clone();
        if items.is_empty() {
            let one = Box::new(Spanned::made(Expr::Literal(Value::Int(1))));
            items.push(logloupe_syntax::tree::Projection { expr: one, alias: None });
        }
        query.commands.pop();
        query.commands.push(Spanned::made(Command::Select(items)));
    }
    query
}
