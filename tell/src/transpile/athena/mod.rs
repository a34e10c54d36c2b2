//! A plan as SQL that Athena runs, and the statement that creates the table it reads.
//!
//! Each stage of the plan is one SELECT; a step that needs the rows before it complete (a second `stats`, a filter after a
//! `limit`, `dedup`) begins a new one over a WITH. Written from the plan, so that both languages go the same way and names
//! mean what they mean here.
//!
//! Reading order: this file (a query), `layer` (what becomes a WITH), `columns` (what the log's columns are in the table),
//! `lake` (the same over Parquet that we wrote),
//! `expression`, `functions`, `typed` (types), `regex`, `json_path`. Quotes, brackets and the order of clauses are those of
//! [`sql::write`](logloupe_syntax::sql::write), which our own SQL is written with too. The other way, SQL into a plan, is
//! [`syntax::sql`](logloupe_syntax::sql)'s.

mod columns;
mod expression;
mod functions;
mod json_path;
mod lake;
mod layer;
mod over;
mod regex;
mod subquery;
mod typed;

use std::rc::Rc;

use self::{expression::TypedResult, typed::Typed};
use super::log;
use logloupe_query::plan::{self, Catalog, Group, Node, Op, Operator, Plan, Stage, WindowOperator};
use logloupe_syntax::{
    Unsupported,
    explanation::AthenaQuery,
    functions::SqlType,
    sql::write::{Column, Dialect, Expression, Join, OrderKey, Select, Statement},
    tree::{Command, Query, TableCommand},
};
use logloupe_table::{
    columnar::{Key, Layout},
    external::{AthenaTable, Log, Logs},
};

/// The query as Athena SQL; the first thing that has no counterpart there if one has none.
///
/// # Errors
/// What Athena cannot say.
pub fn athena(query: &Query, catalog: &Catalog, logs: &dyn Logs) -> Result<AthenaQuery, Unsupported> {
    written(query, catalog, logs, None)
}

/// The same over Parquet as `convert` writes it, partitioned by these keys.
///
/// # Errors
/// What Athena cannot say.
pub fn athena_over_parquet(
    query: &Query,
    catalog: &Catalog,
    logs: &dyn Logs,
    keys: &[Key],
) -> Result<AthenaQuery, Unsupported> {
    written(query, catalog, logs, Some(keys))
}

fn written(
    query: &Query,
    catalog: &Catalog,
    logs: &dyn Logs,
    keys: Option<&[Key]>,
) -> Result<AthenaQuery, Unsupported> {
    let plan = plan::plan(query, catalog).map_err(|found| {
        let first = found.first().map_or("it has faults", |d| d.message.as_str());
        Unsupported::new("the query", first, "fix it first")
    })?;
    let mut printer = Printer::new(query, &plan, catalog, logs, keys)?;
    let select = printer.query_for_rows()?;
    let statement = Statement { with: std::mem::take(&mut printer.with), select };
    let tables = std::mem::take(&mut printer.tables);
    tables.iter().flat_map(|table| table.notes).for_each(|note| printer.note(note));
    let mut ids: Vec<&str> = Vec::new();
    let mut ddl: Vec<String> = Vec::new();
    for table in &tables {
        if !ids.contains(&table.name) {
            ids.push(table.name);
            ddl.push(match keys {
                None => table.ddl.trim_end().to_owned(),
                Some(keys) => {
                    let log = logs.logs().into_iter().find(|log| log.id == table.name);
                    log.map_or(String::new(), |log| lake::ddl(&log, keys))
                }
            });
        }
    }
    printer.note_of_lake();
    Ok(AthenaQuery {
        log: printer.log.id.to_owned(),
        ddl: ddl.join("\n\n"),
        sql: statement.text(Dialect::Athena),
        notes: printer.notes,
    })
}

/// The log that a plan asks, and its table.
fn asked(
    plan: &Plan,
    catalog: &Catalog,
    logs: &dyn Logs,
    keys: Option<&[Key]>,
) -> Result<(Log, Option<AthenaTable>), Unsupported> {
    if plan.sources().is_some_and(<[String]>::is_empty) {
        // Rows that stand in the query: there is none.
        let fields = Vec::new();
        let none = Log { id: "", title: "", fields, json: false, external: None };
        return Ok((none, None));
    }
    let has_table = |log: &Log| keys.is_none() && log.external.is_some_and(|e| e.athena.is_ok());
    let log = log::asked(plan, catalog, logs, has_table)?;
    if keys.is_some() {
        let table = lake::table(&log);
        return Ok((log, Some(table)));
    }
    match log.external.map(|e| e.athena) {
        Some(Ok(table)) => Ok((log, Some(*table))),
        Some(Err(why)) => Err(Unsupported::new(format!("a query of {}", log.title), why, "")),
        None => {
            let why = "AWS documents no table for this log";
            Err(Unsupported::new(format!("a query of {}", log.title), why, ""))
        }
    }
}

/// What a query without a log reads: a table without columns.
static NO_TABLE: AthenaTable =
    AthenaTable { name: "", ddl: "", time: "", null_text: None, roots: &[], notes: &[] };

/// Whether rows are told apart by their whole records.
fn is_record(stage: &Stage, keys: &[Node]) -> bool {
    let is_message = |n: &usize| stage.inputs.get(*n).is_some_and(|name| name == "@message");
    matches!(keys, [Node::Input(n)] if is_message(n))
}

/// Whether a command is written here.
fn has_form(command: &Command) -> bool {
    matches!(
        command,
        Command::Source(_)
            | Command::Search(_)
            | Command::Fields(_)
            | Command::Display(_)
            | Command::Select(_)
            | Command::Filter(_)
            | Command::Parse { .. }
            | Command::Stats { .. }
            | Command::Sort(_)
            | Command::Limit(_)
            | Command::Dedup(_)
            | Command::Table(TableCommand::Window(_))
            | Command::Join(_)
            | Command::Set(_)
            | Command::Values(_)
    )
}

/// What is written so far.
struct Printer<'p> {
    plan: &'p Plan,
    catalog: &'p Catalog,
    logs: &'p dyn Logs,
    log: Rc<Log>,
    table: AthenaTable,
    /// Where rows lie in Parquet: how they do, and the keys.
    layout: Option<Rc<Layout>>,
    keys: Option<&'p [Key]>,
    /// The stage that is being written.
    stage: usize,
    relation: Relation,
    order: Order<'p>,
    /// How many keys of the groups, which come first among a stage's inputs, decide the order of equals.
    ties: usize,
    /// Its rows are for a query outside, in no order unless they are counted off.
    inner: bool,
    /// A join that adds rows comes next: what is constant so far is not in them.
    joins_right: bool,
    /// The queries before the last one, by name.
    with: Vec<(String, Select)>,
    /// The queries inside that are among them.
    held: Vec<(Query, subquery::Held)>,
    /// The tables that are read.
    tables: Vec<AthenaTable>,
    notes: Vec<String>,
    depth: usize,
}

/// The order of rows.
#[derive(Clone, Copy)]
enum Order<'p> {
    /// Newest first, or groups by their keys.
    Default,
    By(&'p [(Node, bool)]),
}

/// A SELECT in the making: where rows come from and what became of them.
struct Relation {
    from: String,
    /// Whether `*` still means the columns of the log's own table.
    whole: bool,
    inputs: Vec<Option<Typed>>,
    defs: Vec<Option<Typed>>,
    time: Option<Typed>,
    joins: Vec<Join>,
    filters: Vec<Expression>,
    /// The keys, if rows become groups.
    group: Option<Vec<Typed>>,
    having: Vec<Expression>,
    limit: Option<u64>,
}

impl Relation {
    fn new(from: String, stage: &Stage) -> Relation {
        Relation {
            from,
            whole: true,
            inputs: vec![None; stage.inputs.len()],
            defs: vec![None; stage.defs.len()],
            time: None,
            joins: Vec::new(),
            filters: Vec::new(),
            group: None,
            having: Vec::new(),
            limit: None,
        }
    }
    /// Whether what it has so far must be complete before anything else happens to its rows.
    fn is_closed(&self) -> bool {
        self.limit.is_some()
    }
}

/// One column of a SELECT.
struct SelectItem {
    sql: String,
    name: String,
}

impl SelectItem {
    fn column(&self) -> Column {
        match self.sql.as_str() {
            "*" => Column { text: self.sql.clone(), name: None },
            sql => Column { text: Dialect::Athena.named(sql, &self.name), name: None },
        }
    }
}

impl<'p> Printer<'p> {
    fn new(
        query: &Query,
        plan: &'p Plan,
        catalog: &'p Catalog,
        logs: &'p dyn Logs,
        keys: Option<&'p [Key]>,
    ) -> Result<Printer<'p>, Unsupported> {
        if let Some(command) = query.commands.iter().find(|c| !has_form(&c.item)) {
            let text = command.item.to_string();
            return Err(Unsupported::new(
                format!("`{}`", text.split(' ').next().unwrap_or_default()),
                "the command looks at rows side by side, for which SQL here has no plain form",
                "end the query before it, and run the rest here",
            ));
        }
        let (log, table) = asked(plan, catalog, logs, keys)?;
        let from = table.as_ref().map_or("", |table| table.name).to_owned();
        Ok(Printer {
            plan,
            catalog,
            logs,
            layout: keys.map(|keys| Rc::new(lake::layout(&log, keys))),
            keys,
            log: Rc::new(log),
            table: table.unwrap_or(NO_TABLE),
            stage: 0,
            relation: Relation::new(from, &plan.stages[0]),
            order: Order::Default,
            ties: 0,
            inner: false,
            joins_right: false,
            with: Vec::new(),
            held: Vec::new(),
            tables: table.into_iter().collect(),
            notes: Vec::new(),
            depth: 0,
        })
    }

    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|n| n == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// The SELECT whose rows are the answer, what it needs put into the WITH.
    fn query_for_rows(&mut self) -> Result<Select, Unsupported> {
        let plan = self.plan;
        self.name_columns_once()?;
        for (number, stage) in plan.stages.iter().enumerate() {
            self.stage = number;
            for at in 0..stage.steps.len() {
                self.joins(stage, at)?;
                self.step(stage, at)?;
            }
            self.joins(stage, stage.steps.len())?;
            if let (Some(group), Some(next)) = (&stage.group, plan.stages.get(number + 1)) {
                self.group(stage, group, next)?;
            }
        }
        self.last()
    }

    fn step(&mut self, stage: &'p Stage, at: usize) -> Result<(), Unsupported> {
        match &stage.steps[at] {
            // The join says that a row has another beside it.
            Operator::Filter(node) if self.is_beside(stage, at, node) => {}
            Operator::Filter(node) => {
                if self.relation.is_closed() {
                    self.layer("limited", at, Vec::new())?;
                }
                let parts = match node {
                    Node::Apply(Op::And, parts) => parts.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for part in parts {
                    let condition = self.condition(part)?.expr;
                    match self.relation.group {
                        Some(_) => self.relation.having.push(condition),
                        None => self.relation.filters.push(condition),
                    }
                }
            }
            Operator::Sort(keys) => {
                if self.relation.is_closed() {
                    self.layer("limited", at, Vec::new())?;
                }
                self.order = Order::By(keys);
            }
            Operator::Limit(rows) => {
                let least = self.relation.limit.map_or(*rows, |n| n.min(*rows));
                self.relation.limit = Some(least);
            }
            Operator::Dedup(keys) => self.dedup(at, keys)?,
            Operator::Window(WindowOperator::Over(_)) => self.over(at)?,
            Operator::Window(WindowOperator::Set { .. }) => {
                self.set(stage, at)?;
                self.order = Order::Default;
            }
            // The join says so.
            Operator::Window(WindowOperator::Unmatched { .. }) => {}
            #[allow(unreachable_patterns, reason = "steps are added without a word here")]
            _ => {
                return Err(Unsupported::new(
                    "a command that makes other rows of rows",
                    "SQL here has no plain form for it",
                    "end the query before it, and run the rest here",
                ));
            }
        }
        Ok(())
    }

    /// Keeps the first row of each combination: numbers the rows of each.
    fn dedup(&mut self, at: usize, keys: &'p [Node]) -> Result<(), Unsupported> {
        let plan = self.plan;
        let bare = self.relation.whole && !self.relation.is_closed() && self.relation.joins.is_empty();
        if self.stage == 0 && bare && is_record(&plan.stages[0], keys) {
            return self.distinct_records();
        }
        if self.relation.is_closed() || self.relation.group.is_some() {
            self.layer("grouped", at, Vec::new())?;
        }
        let mut by = Vec::new();
        for key in keys {
            by.push(self.value(key)?);
        }
        let texts: Vec<String> = by.into_iter().map(|key| key.expr.text).collect();
        let order = OrderKey::list(&self.order_by(&[])?, Dialect::Athena);
        let order = if order.is_empty() { order } else { format!(" ORDER BY {order}") };
        let number = format!("row_number() OVER (PARTITION BY {}{order})", texts.join(", "));
        let number = SelectItem { sql: number, name: "place".to_owned() };
        let place = self.layer("numbered", at, vec![number])?.pop().unwrap_or_default();
        let mut kept =
            vec![Expression::atom(Dialect::Athena.name(&place)).compared("=", &Expression::atom("1"))];
        for key in keys {
            // Rows that lack a value are never the same.
            kept.push(self.value(key)?.expr.is_null());
        }
        self.relation.filters.push(Expression::any(&kept));
        Ok(())
    }

    /// `SELECT DISTINCT *`: the columns stay those of the table.
    fn distinct_records(&mut self) -> Result<(), Unsupported> {
        self.note("equal rows are those of equal columns in Athena; in Logloupe, of equal records");
        self.time()?;
        let filter = std::mem::take(&mut self.relation.filters);
        let from = self.relation.from.clone();
        let name = self.free_name("records");
        self.with.push((name.clone(), Select { distinct: true, from, filter, ..Select::default() }));
        self.relation.from = name;
        Ok(())
    }

    /// Ends a stage: its rows become groups.
    fn group(&mut self, stage: &'p Stage, group: &'p Group, next: &'p Stage) -> Result<(), Unsupported> {
        if self.relation.is_closed() || self.relation.group.is_some() {
            self.layer("grouped", stage.steps.len(), Vec::new())?;
        }
        let (mut keys, mut inputs) = (Vec::new(), Vec::new());
        for key in &group.keys {
            keys.push(self.value(key)?);
        }
        for call in &group.aggregates {
            inputs.push(Some(self.aggregate(call)?));
        }
        let time = keys.iter().find(|k| k.ty == SqlType::Time).cloned();
        let relation = Relation::new(String::new(), next);
        let before = std::mem::replace(&mut self.relation, relation);
        self.relation.from = before.from;
        self.relation.joins = before.joins;
        self.relation.filters = before.filters;
        self.relation.whole = false;
        self.relation.inputs = keys.iter().cloned().map(Some).chain(inputs).collect();
        self.relation.inputs.resize(next.inputs.len(), None);
        self.relation.time = time;
        self.ties = keys.len();
        self.relation.group = Some(keys);
        self.order = Order::Default;
        self.stage += 1;
        Ok(())
    }

    /// The SELECT whose rows are the answer.
    fn last(&mut self) -> Result<Select, Unsupported> {
        let plan = self.plan;
        let last = plan.stages.len() - 1;
        let steps = plan.stages[last].steps.len();
        for attempt in 0..2 {
            let mut items = Vec::new();
            for output in &plan.shown {
                items
                    .push(SelectItem { sql: self.value(&output.node)?.expr.text, name: output.name.clone() });
            }
            if items.is_empty() {
                items.push(SelectItem { sql: "*".to_owned(), name: "*".to_owned() });
            }
            if attempt == 0 && self.is_ambiguous(&items)? {
                self.layer("named", steps, Vec::new())?;
                continue;
            }
            return self.select(&items);
        }
        Err(Unsupported::new("the order", "its keys have the names of other columns", "rename the columns"))
    }

    /// Whether a key of the order would be read as a column of the answer that it is not.
    fn is_ambiguous(&mut self, items: &[SelectItem]) -> Result<bool, Unsupported> {
        let keys = self.order_keys()?;
        let others: Vec<String> = keys
            .into_iter()
            .map(|(sql, _)| sql.expr.text)
            .filter(|text| items.iter().all(|i| i.sql != *text))
            .collect();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        Ok(items.iter().any(|item| {
            let mut words = others.iter().flat_map(|key| key.split(|c| !is_word(c)));
            item.sql != "*"
                && !item.sql.eq_ignore_ascii_case(&Dialect::Athena.name(&item.name))
                && words.any(|word| word.eq_ignore_ascii_case(&item.name))
        }))
    }

    /// When an event was; of groups, the first key that is a time.
    fn time(&mut self) -> Result<Option<Typed>, Unsupported> {
        let own = self.relation.from == self.table.name && !self.table.name.is_empty();
        if self.relation.time.is_none() && self.stage == 0 && own {
            self.relation.time = Some(Typed::atom(self.table.time, SqlType::Time));
        }
        Ok(self.relation.time.clone())
    }

    /// An input of the stage.
    fn input(&mut self, n: usize) -> TypedResult {
        if let Some(Some(known)) = self.relation.inputs.get(n) {
            return Ok(known.clone());
        }
        let plan = self.plan;
        let name = plan.stages[self.stage].inputs.get(n).map_or("", String::as_str);
        let sql = self.column(name)?;
        if let Some(slot) = self.relation.inputs.get_mut(n) {
            *slot = Some(sql.clone());
        }
        Ok(sql)
    }

    /// What rows are ordered by, largest first or not.
    fn order_keys(&mut self) -> Result<Vec<(Typed, bool)>, Unsupported> {
        let mut keys: Vec<(Typed, bool)> = Vec::new();
        match self.order {
            Order::By(nodes) => {
                for (node, descending) in nodes {
                    let sql = self.value(node)?;
                    if sql.ty == SqlType::Text {
                        self.note(functions::ORDER);
                    }
                    keys.push((sql, *descending));
                }
            }
            Order::Default if self.stage == 0 => keys.extend(self.time()?.map(|time| (time, true))),
            Order::Default => {}
        }
        // Equal groups are in the order of their keys.
        for n in 0..self.ties {
            keys.push((self.value(&Node::Input(n))?, false));
        }
        if self.stage == 0 {
            self.note(
                "events that sort alike are in no order in Athena; in Logloupe, in that of their files",
            );
        }
        Ok(keys)
    }

    /// The keys of ORDER BY; a key that is a column of the answer goes by its name.
    fn order_by(&mut self, items: &[SelectItem]) -> Result<Vec<OrderKey>, Unsupported> {
        let keys = self.order_keys()?;
        Ok(Self::written_order(&keys, items))
    }

    /// Keys of an order as SQL has them: where missing values go is said of each.
    fn written_order(keys: &[(Typed, bool)], items: &[SelectItem]) -> Vec<OrderKey> {
        let mut seen: Vec<&str> = Vec::new();
        let mut out = Vec::new();
        let mut missing_last = None;
        for (at, (sql, descending)) in keys.iter().enumerate() {
            let text = sql.expr.text.as_str();
            if sql.constant.is_some() || seen.contains(&text) {
                continue;
            }
            // Whether there is a value, just before the value: where missing ones go.
            let of = text.strip_suffix(" IS NOT NULL");
            if of.is_some() && of == keys.get(at + 1).map(|(next, _)| next.expr.text.as_str()) {
                missing_last = Some(*descending);
                continue;
            }
            let last = missing_last.take().unwrap_or(*descending);
            let place = items.iter().position(|i| i.sql == text);
            let written = match place {
                Some(at) => {
                    let name = &items[at].name;
                    let alike = items.iter().filter(|i| i.name.eq_ignore_ascii_case(name)).count();
                    if alike == 1 { Dialect::Athena.name(name) } else { (at + 1).to_string() }
                }
                None => text.to_owned(),
            };
            seen.push(text);
            out.push(OrderKey { text: written, descending: *descending, nulls_first: !last });
        }
        out
    }

    /// Whether a filter only says that the join before it found a row.
    fn is_beside(&self, stage: &Stage, at: usize, node: &Node) -> bool {
        let here = |held: &&plan::HeldQuery| held.step == at;
        let Some(held) = stage.held.iter().find(here) else { return false };
        match (node, &held.row) {
            (Node::Apply(Op::Function(..), args), Node::Def(row)) => {
                matches!(args.as_slice(), [Node::Def(n)] if n == row)
            }
            _ => false,
        }
    }

    /// The SELECT with these columns, in no order.
    fn select_unordered(&mut self, items: &[SelectItem]) -> Result<Select, Unsupported> {
        let inner = std::mem::replace(&mut self.inner, true);
        let select = self.select(items);
        self.inner = inner;
        select
    }

    /// The SELECT with these columns.
    fn select(&mut self, items: &[SelectItem]) -> Result<Select, Unsupported> {
        // Order matters in the answer, and where rows are counted off.
        let is_answer = self.is_answer(items) && !self.inner;
        let order =
            if is_answer || self.relation.limit.is_some() { self.order_by(items)? } else { Vec::new() };
        let columns = match items {
            [] => vec![Column { text: "1".to_owned(), name: None }],
            items => items.iter().map(SelectItem::column).collect(),
        };
        let keys = self.relation.group.iter().flatten().filter(|key| key.constant.is_none());
        let group = keys
            .map(|key| match items.iter().position(|i| i.sql == key.expr.text) {
                Some(at) => (at + 1).to_string(),
                None => key.expr.text.clone(),
            })
            .collect();
        Ok(Select {
            columns,
            from: self.relation.from.clone(),
            joins: self.relation.joins.clone(),
            filter: self.relation.filters.clone(),
            group,
            having: self.relation.having.clone(),
            order,
            limit: self.relation.limit,
            ..Select::default()
        })
    }

    /// Whether these are the columns of the answer.
    fn is_answer(&self, items: &[SelectItem]) -> bool {
        let plan = self.plan;
        let names = plan.shown.iter().map(|o| o.name.as_str());
        let whole = plan.shown.is_empty() && items.len() == 1 && items[0].sql == "*";
        self.stage + 1 == plan.stages.len() && (whole || items.iter().map(|i| i.name.as_str()).eq(names))
    }
}
