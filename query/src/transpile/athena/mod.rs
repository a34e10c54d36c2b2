//! A plan as SQL that Athena runs, and the statement that creates the table it reads.
//!
//! Each stage of the plan is one SELECT; a step that needs the rows before it complete (a second `stats`, a filter after a
//! `limit`, `dedup`) begins a new one over a WITH. Written from the plan, so that both languages go the same way and names
//! mean what they mean here.
//!
//! Reading order: this file (a query), `columns` (what the log's columns are in the table), `expression`, `functions`,
//! `sql` (types), `text` (quotes). The other way, SQL into a plan, is [`syntax::sql`](logloupe_syntax::sql)'s.

mod columns;
mod expression;
mod functions;
mod sql;
mod text;

use self::{
    expression::SqlResult,
    sql::{Sql, level},
};
use super::{Unsupported, log};
use crate::plan::{self, Catalog, Group, Node, Op, Operator, Plan, Stage};
use logloupe_syntax::{
    explanation::AthenaQuery,
    functions::{AggregateKind, SqlType},
    tree::{Command, Query},
};
use logloupe_table::external::AthenaTable;
use logloupe_table::external::{Log, Logs};

/// The query as Athena SQL; the first thing that has no counterpart there if one has none.
///
/// # Errors
/// What Athena cannot say.
pub fn athena(query: &Query, catalog: &Catalog, logs: &dyn Logs) -> Result<AthenaQuery, Unsupported> {
    let plan = plan::plan(query, catalog).map_err(|found| {
        let first = found.first().map_or("it has faults", |d| d.message.as_str());
        Unsupported::new("the query", first, "fix it first")
    })?;
    if let Some(command) = query.commands.iter().find(|c| !has_form(&c.item)) {
        let text = command.item.to_string();
        return Err(Unsupported::new(
            format!("`{}`", text.split(' ').next().unwrap_or_default()),
            "the command looks at rows side by side or at more than one log, for which SQL here has no plain form",
            "end the query before it, and run the rest here",
        ));
    }
    if !plan::subqueries(query).is_empty() {
        return Err(Unsupported::new(
            "a subquery",
            "its answer may come from another log",
            "write its answer as a list: `filter x in [\"a\", \"b\"]`",
        ));
    }
    let log = log::asked(&plan, catalog, logs)?;
    let table = match log.external.map(|e| e.athena) {
        Some(Ok(table)) => table,
        Some(Err(why)) => return Err(Unsupported::new(format!("a query of {}", log.title), why, "")),
        None => {
            let why = "AWS documents no table for this log";
            return Err(Unsupported::new(format!("a query of {}", log.title), why, ""));
        }
    };
    let mut printer = Printer {
        plan: &plan,
        log: &log,
        table,
        stage: 0,
        relation: Relation::new(table.name.to_owned(), &plan.stages[0]),
        order: Order::Default,
        ties: 0,
        with: Vec::new(),
        notes: Vec::new(),
        depth: 0,
    };
    let sql = printer.query()?;
    printer.notes.extend(table.notes.iter().map(|n| (*n).to_owned()));
    Ok(AthenaQuery {
        log: log.id.to_owned(),
        ddl: table.ddl.trim_end().to_owned(),
        sql,
        notes: printer.notes,
    })
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
    )
}

/// What is written so far.
struct Printer<'p> {
    plan: &'p Plan,
    log: &'p Log,
    table: &'static AthenaTable,
    /// The stage that is being written.
    stage: usize,
    relation: Relation,
    order: Order<'p>,
    /// How many keys of the groups, which come first among a stage's inputs, decide the order of equals.
    ties: usize,
    /// The queries before the last one, by name.
    with: Vec<(String, String)>,
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
    inputs: Vec<Option<Sql>>,
    defs: Vec<Option<Sql>>,
    time: Option<Sql>,
    filters: Vec<String>,
    /// The keys, if rows become groups.
    group: Option<Vec<Sql>>,
    having: Vec<String>,
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
    fn written(&self) -> String {
        let name = text::name(&self.name);
        if self.sql == "*" {
            return self.sql.clone();
        }
        if self.sql.eq_ignore_ascii_case(&name) { name } else { format!("{} AS {name}", self.sql) }
    }
}

impl<'p> Printer<'p> {
    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|n| n == note) {
            self.notes.push(note.to_owned());
        }
    }

    fn query(&mut self) -> Result<String, Unsupported> {
        let plan = self.plan;
        self.name_columns_once()?;
        for (number, stage) in plan.stages.iter().enumerate() {
            self.stage = number;
            for at in 0..stage.steps.len() {
                self.step(stage, at)?;
            }
            if let (Some(group), Some(next)) = (&stage.group, plan.stages.get(number + 1)) {
                self.group(stage, group, next)?;
            }
        }
        let last = self.last()?;
        if self.with.is_empty() {
            return Ok(last);
        }
        let with: Vec<String> =
            self.with.iter().map(|(name, sql)| format!("{name} AS (\n{}\n)", indented(sql))).collect();
        Ok(format!("WITH {}\n{last}", with.join(",\n")))
    }

    fn step(&mut self, stage: &'p Stage, at: usize) -> Result<(), Unsupported> {
        match &stage.steps[at] {
            Operator::Filter(node) => {
                if self.relation.is_closed() {
                    self.layer("limited", at, None)?;
                }
                let parts = match node {
                    Node::Apply(Op::And, parts) => parts.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for part in parts {
                    let condition = self.condition(part)?.at(level::NOT);
                    match self.relation.group {
                        Some(_) => self.relation.having.push(condition),
                        None => self.relation.filters.push(condition),
                    }
                }
            }
            Operator::Sort(keys) => {
                if self.relation.is_closed() {
                    self.layer("limited", at, None)?;
                }
                self.order = Order::By(keys);
            }
            Operator::Limit(rows) => {
                let least = self.relation.limit.map_or(*rows, |n| n.min(*rows));
                self.relation.limit = Some(least);
            }
            Operator::Dedup(keys) => self.dedup(at, keys)?,
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
        if self.relation.is_closed() || self.relation.group.is_some() {
            self.layer("grouped", at, None)?;
        }
        let mut by = Vec::new();
        for key in keys {
            by.push(self.value(key)?);
        }
        let texts: Vec<&str> = by.iter().map(|k| k.text.as_str()).collect();
        let order = self.order_by(&[])?;
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        let number = format!("row_number() OVER (PARTITION BY {}{order})", texts.join(", "));
        self.layer("numbered", at, Some(SelectItem { sql: number, name: "place".to_owned() }))?;
        let mut kept = vec!["place = 1".to_owned()];
        for key in keys {
            // Rows that lack a value are never the same.
            kept.push(format!("{} IS NULL", self.value(key)?.at(level::SUM)));
        }
        self.relation.filters.push(format!("({})", kept.join(" OR ")));
        Ok(())
    }

    /// Ends a stage: its rows become groups.
    fn group(&mut self, stage: &'p Stage, group: &'p Group, next: &'p Stage) -> Result<(), Unsupported> {
        if self.relation.is_closed() || self.relation.group.is_some() {
            self.layer("grouped", stage.steps.len(), None)?;
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
    fn last(&mut self) -> Result<String, Unsupported> {
        let plan = self.plan;
        let last = plan.stages.len() - 1;
        let steps = plan.stages[last].steps.len();
        for attempt in 0..2 {
            let mut items = Vec::new();
            for output in &plan.shown {
                items.push(SelectItem { sql: self.value(&output.node)?.text, name: output.name.clone() });
            }
            if items.is_empty() {
                items.push(SelectItem { sql: "*".to_owned(), name: "*".to_owned() });
            }
            if attempt == 0 && self.is_ambiguous(&items)? {
                self.layer("named", steps, None)?;
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
            .map(|(sql, _)| sql.text)
            .filter(|text| items.iter().all(|i| i.sql != *text))
            .collect();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        Ok(items.iter().any(|item| {
            let mut words = others.iter().flat_map(|key| key.split(|c| !is_word(c)));
            item.sql != "*"
                && !item.sql.eq_ignore_ascii_case(&text::name(&item.name))
                && words.any(|word| word.eq_ignore_ascii_case(&item.name))
        }))
    }

    /// Puts everything so far into the WITH and goes on from there, with the columns that steps from `at` on need.
    fn layer(&mut self, name: &str, at: usize, extra: Option<SelectItem>) -> Result<(), Unsupported> {
        let plan = self.plan;
        let stage = &plan.stages[self.stage];
        let is_last = self.stage + 1 == plan.stages.len();
        let mut needed = Leaves::default();
        for step in &stage.steps[at.min(stage.steps.len())..] {
            match step {
                Operator::Filter(node) => needed.add(node),
                Operator::Sort(keys) => keys.iter().for_each(|(node, _)| needed.add(node)),
                Operator::Dedup(keys) => keys.iter().for_each(|node| needed.add(node)),
                Operator::Limit(_) | Operator::Window(_) => {}
            }
        }
        if let Some(group) = &stage.group {
            group.keys.iter().for_each(|n| needed.add(n));
            group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(|n| needed.add(n));
        }
        if let Order::By(keys) = self.order {
            keys.iter().for_each(|(node, _)| needed.add(node));
        }
        for n in 0..self.ties {
            needed.add(&Node::Input(n));
        }
        if is_last {
            plan.shown.iter().for_each(|o| needed.add(&o.node));
        }
        let whole = self.relation.whole && is_last && plan.shown.is_empty();
        let mut items = Vec::new();
        if whole {
            items.push(SelectItem { sql: "*".to_owned(), name: "*".to_owned() });
        }
        let mut taken: Vec<String> = Vec::new();
        let mut made: Vec<(Node, Sql)> = Vec::new();
        for leaf in needed.0 {
            let sql = self.value(&leaf)?;
            if sql.constant.is_some() {
                made.push((leaf, sql));
                continue;
            }
            let unique = self.unique(&leaf, &taken, whole);
            let column = Sql::atom(text::name(&unique), sql.ty);
            taken.push(unique.to_lowercase());
            items.push(SelectItem { sql: sql.text, name: unique });
            made.push((leaf, column));
        }
        let mut time = None;
        if self.needs_time(at)
            && let Some(sql) = self.time()?
        {
            let ty = sql.ty;
            let held = made.iter().find(|(leaf, _)| self.value(leaf).is_ok_and(|s| s.text == sql.text));
            time = Some(match held {
                Some((_, column)) => column.clone(),
                None => {
                    items.push(SelectItem { sql: sql.text, name: "event_time".to_owned() });
                    Sql::atom("event_time", ty)
                }
            });
        }
        items.extend(extra);
        let sql = self.select(&items)?;
        let name =
            match self.with.iter().filter(|(n, _)| n.trim_end_matches(char::is_numeric) == name).count() {
                0 => name.to_owned(),
                n => format!("{name}{}", n + 1),
            };
        self.with.push((name.clone(), sql));
        self.relation = Relation { whole, time, ..Relation::new(name, stage) };
        for (leaf, column) in made {
            let slot = match leaf {
                Node::Input(n) => self.relation.inputs.get_mut(n),
                Node::Def(n) => self.relation.defs.get_mut(n),
                _ => None,
            };
            if let Some(slot) = slot {
                *slot = Some(column);
            }
        }
        Ok(())
    }

    /// A name for a column of the WITH: its own if no other has it.
    fn unique(&self, leaf: &Node, taken: &[String], whole: bool) -> String {
        let plan = self.plan;
        let own = match leaf {
            Node::Input(n) => plan.stages[self.stage].inputs.get(*n).filter(|name| !name.starts_with('#')),
            _ => None,
        };
        let same = |node: &Node| match (node, leaf) {
            (Node::Input(a), Node::Input(b)) | (Node::Def(a), Node::Def(b)) => a == b,
            _ => false,
        };
        let shown = || {
            plan.shown.iter().find(|o| self.stage + 1 == plan.stages.len() && same(&o.node)).map(|o| &o.name)
        };
        let aggregate = || match leaf {
            Node::Input(n) => {
                let group = plan.stages.get(self.stage.checked_sub(1)?)?.group.as_ref()?;
                group.aggregates.get(n.checked_sub(group.keys.len())?).map(|call| &call.label)
            }
            _ => None,
        };
        let name = own.or_else(shown).or_else(aggregate).cloned().unwrap_or_else(|| "computed".to_owned());
        // Beside `*` every name could be one of the table's.
        let name = if whole { format!("own {name}") } else { name };
        let free = |name: &str| !taken.contains(&name.to_lowercase());
        if free(&name) {
            return name;
        }
        (2..).map(|n| format!("{name} {n}")).find(|n| free(n)).unwrap_or(name)
    }

    /// Columns of the table that are expressions and stand in more than one place are given their names once, before
    /// anything else.
    fn name_columns_once(&mut self) -> Result<(), Unsupported> {
        let plan = self.plan;
        let stage = &plan.stages[0];
        if plan.stages.len() == 1 && plan.shown.is_empty() {
            return Ok(());
        }
        let mut uses = vec![0usize; stage.inputs.len()];
        let mut count = |node: &Node| {
            node.leaves(&mut |leaf| {
                if let Node::Input(n) = leaf {
                    uses.get_mut(*n).into_iter().for_each(|u| *u += 1);
                }
            });
        };
        stage.defs.iter().for_each(&mut count);
        for step in &stage.steps {
            match step {
                Operator::Filter(node) => count(node),
                Operator::Sort(keys) => keys.iter().for_each(|(n, _)| count(n)),
                // Where a key stands, it is written twice.
                Operator::Dedup(keys) => keys.iter().chain(keys).for_each(&mut count),
                _ => {}
            }
        }
        if let Some(group) = &stage.group {
            group.keys.iter().for_each(&mut count);
            group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(&mut count);
        }
        if plan.stages.len() == 1 {
            plan.shown.iter().for_each(|o| count(&o.node));
        }
        let mut often = false;
        for (n, uses) in uses.iter().enumerate() {
            let text = self.node(&Node::Input(n))?.text;
            let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'"'));
            often |= *uses > 1 && !plain;
        }
        if !often {
            return Ok(());
        }
        let mut items = Vec::new();
        let mut columns = Vec::new();
        for n in 0..stage.inputs.len() {
            let sql = self.value(&Node::Input(n))?;
            if sql.constant.is_some() {
                columns.push(sql);
                continue;
            }
            let taken: Vec<String> = items.iter().map(|i: &SelectItem| i.name.to_lowercase()).collect();
            let name = self.unique(&Node::Input(n), &taken, false);
            columns.push(Sql::atom(text::name(&name), sql.ty));
            items.push(SelectItem { sql: sql.text, name });
        }
        let mut time = None;
        if self.needs_time(0) {
            time = match stage.inputs.iter().position(|name| name == "@timestamp") {
                Some(n) => columns.get(n).cloned(),
                None => {
                    items.push(SelectItem { sql: self.table.time.to_owned(), name: "@timestamp".to_owned() });
                    Some(Sql::atom(text::name("@timestamp"), SqlType::Time))
                }
            };
        }
        let sql = self.select(&items)?;
        self.with.push(("events".to_owned(), sql));
        self.relation = Relation { whole: false, time, ..Relation::new("events".to_owned(), stage) };
        self.relation.inputs = columns.into_iter().map(Some).collect();
        Ok(())
    }

    /// Whether something from step `at` of this stage on asks when events were.
    fn needs_time(&self, at: usize) -> bool {
        let stage = &self.plan.stages[self.stage];
        let edges = stage.group.as_ref().is_some_and(|g| {
            g.aggregates.iter().any(|a| matches!(a.kind, AggregateKind::Earliest | AggregateKind::Latest))
        });
        let ordered =
            stage.steps.iter().skip(at).any(|s| matches!(s, Operator::Limit(_) | Operator::Dedup(_)));
        let newest = self.stage == 0 && matches!(self.order, Order::Default);
        edges || newest && (ordered || stage.group.is_none())
    }

    /// When an event was; of groups, the first key that is a time.
    fn time(&mut self) -> Result<Option<Sql>, Unsupported> {
        if self.relation.time.is_none() && self.stage == 0 && self.relation.from == self.table.name {
            self.relation.time = Some(Sql::atom(self.table.time, SqlType::Time));
        }
        Ok(self.relation.time.clone())
    }

    /// An input of the stage.
    fn input(&mut self, n: usize) -> SqlResult {
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
    fn order_keys(&mut self) -> Result<Vec<(Sql, bool)>, Unsupported> {
        let mut keys: Vec<(Sql, bool)> = Vec::new();
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
    fn order_by(&mut self, items: &[SelectItem]) -> Result<Vec<String>, Unsupported> {
        let keys = self.order_keys()?;
        let mut seen: Vec<String> = Vec::new();
        let mut out = Vec::new();
        let mut missing_last = None;
        for (at, (sql, descending)) in keys.iter().enumerate() {
            if sql.constant.is_some() || seen.contains(&sql.text) {
                continue;
            }
            // Whether there is a value, just before the value: where missing ones go.
            let of = sql.text.strip_suffix(" IS NOT NULL");
            if of.is_some() && of == keys.get(at + 1).map(|(next, _)| next.text.as_str()) {
                missing_last = Some(*descending);
                continue;
            }
            let last = missing_last.take().unwrap_or(*descending);
            let place = items.iter().position(|i| i.sql == sql.text);
            let written = match place {
                Some(at) => {
                    let alike = items.iter().filter(|i| i.name.eq_ignore_ascii_case(&items[at].name)).count();
                    if alike == 1 { text::name(&items[at].name) } else { (at + 1).to_string() }
                }
                None => sql.text.clone(),
            };
            seen.push(sql.text.clone());
            let (way, missing) =
                (if *descending { "DESC" } else { "ASC" }, if last { "LAST" } else { "FIRST" });
            out.push(format!("{written} {way} NULLS {missing}"));
        }
        Ok(out)
    }

    /// The SELECT with these columns.
    fn select(&mut self, items: &[SelectItem]) -> Result<String, Unsupported> {
        // Order matters in the answer, and where rows are counted off.
        let is_answer = self.is_answer(items);
        let order =
            if is_answer || self.relation.limit.is_some() { self.order_by(items)? } else { Vec::new() };
        let columns: Vec<String> = items.iter().map(SelectItem::written).collect();
        let mut out = match columns.as_slice() {
            [] => "SELECT 1".to_owned(),
            [one] => format!("SELECT {one}"),
            many => format!("SELECT\n  {}", many.join(",\n  ")),
        };
        out.push_str(&format!("\nFROM {}", self.relation.from));
        if !self.relation.filters.is_empty() {
            out.push_str(&format!("\nWHERE {}", self.relation.filters.join("\n  AND ")));
        }
        if let Some(keys) = &self.relation.group {
            let by: Vec<String> = keys
                .iter()
                .filter(|k| k.constant.is_none())
                .map(|k| match items.iter().position(|i| i.sql == k.text) {
                    Some(at) => (at + 1).to_string(),
                    None => k.text.clone(),
                })
                .collect();
            if !by.is_empty() {
                out.push_str(&format!("\nGROUP BY {}", by.join(", ")));
            }
            if !self.relation.having.is_empty() {
                out.push_str(&format!("\nHAVING {}", self.relation.having.join("\n  AND ")));
            }
        }
        if !order.is_empty() {
            out.push_str(&format!("\nORDER BY {}", order.join(", ")));
        }
        if let Some(limit) = self.relation.limit {
            out.push_str(&format!("\nLIMIT {limit}"));
        }
        Ok(out)
    }

    /// Whether these are the columns of the answer.
    fn is_answer(&self, items: &[SelectItem]) -> bool {
        let plan = self.plan;
        let names = plan.shown.iter().map(|o| o.name.as_str());
        let whole = plan.shown.is_empty() && items.len() == 1 && items[0].sql == "*";
        self.stage + 1 == plan.stages.len() && (whole || items.iter().map(|i| i.name.as_str()).eq(names))
    }
}

/// Inputs and definitions, each once, in the order in which they were met.
#[derive(Default)]
struct Leaves(Vec<Node>);

impl Leaves {
    fn add(&mut self, node: &Node) {
        node.leaves(&mut |leaf| {
            let same = |known: &Node| match (known, leaf) {
                (Node::Input(a), Node::Input(b)) | (Node::Def(a), Node::Def(b)) => a == b,
                _ => false,
            };
            if !self.0.iter().any(same) {
                self.0.push(leaf.clone());
            }
        });
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
