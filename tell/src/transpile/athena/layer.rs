//! What is done so far as a query of its own in the WITH, with the columns that the rest needs, each under a name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Order, Printer, Relation, SelectItem, is_record, typed::Typed};
use logloupe_query::plan::{Node, Operator, Stage};
use logloupe_syntax::{
    Unsupported,
    functions::{AggregateKind, SqlType},
    sql::write::Dialect,
};

impl Printer<'_> {
    /// Puts everything so far into the WITH and goes on from there, with the columns that steps from `at` on need.
    pub(super) fn layer(
        &mut self,
        name: &str,
        at: usize,
        extra: Vec<SelectItem>,
    ) -> Result<Vec<String>, Unsupported> {
        let plan = self.plan;
        let stage = &plan.stages[self.stage];
        let is_last = self.stage + 1 == plan.stages.len();
        let mut needed = Leaves { stage: Some(stage), later: self.later(stage, at), ..Leaves::default() };
        for step in &stage.steps[at.min(stage.steps.len())..] {
            match step {
                Operator::Filter(node) => needed.add(node),
                Operator::Sort(keys) => keys.iter().for_each(|(node, _)| needed.add(node)),
                Operator::Dedup(keys) => keys.iter().for_each(|node| needed.add(node)),
                Operator::Window(table) => table.reads().into_iter().for_each(|node| needed.add(node)),
                Operator::Limit(_) => {}
            }
        }
        for held in stage.held.iter().filter(|held| held.step >= at) {
            held.keys.iter().for_each(|(key, _)| needed.add(key));
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
        let mut made: Vec<(Node, Typed)> = Vec::new();
        for leaf in needed.found {
            let sql = self.value(&leaf)?;
            if sql.constant.is_some() && !self.joins_right {
                made.push((leaf, sql));
                continue;
            }
            let unique = self.unique(&leaf, &taken, whole);
            let column = Typed::atom(Dialect::Athena.name(&unique), sql.ty);
            taken.push(unique.to_lowercase());
            items.push(SelectItem { sql: sql.expr.text, name: unique });
            made.push((leaf, column));
        }
        let mut time = None;
        if self.needs_time(at)
            && let Some(sql) = self.time()?
        {
            let ty = sql.ty;
            let held =
                made.iter().find(|(leaf, _)| self.value(leaf).is_ok_and(|s| s.expr.text == sql.expr.text));
            time = Some(match held {
                Some((_, column)) => column.clone(),
                None => {
                    items.push(SelectItem { sql: sql.expr.text, name: "event_time".to_owned() });
                    Typed::atom("event_time", ty)
                }
            });
        }
        let mut added = Vec::new();
        for mut item in extra {
            let used = |name: &str| items.iter().any(|i: &SelectItem| i.name.eq_ignore_ascii_case(name));
            if used(&item.name) {
                let name = item.name.clone();
                item.name = (2..).map(|n| format!("{name} {n}")).find(|n| !used(n)).unwrap_or(name);
            }
            added.push(item.name.clone());
            items.push(item);
        }
        let sql = self.select(&items)?;
        let name = self.free_name(name);
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
        Ok(added)
    }

    /// The definitions that exist only behind windows, and behind the joins from step `at` on; true for the place of the row beside and what
    /// tells rows apart that the join adds, which nothing else makes.
    fn later(&self, stage: &Stage, at: usize) -> BTreeMap<usize, bool> {
        let mut later = BTreeMap::new();
        for held in stage.held.iter().filter(|held| held.step >= at) {
            if let Node::Def(row) = &held.row {
                later.insert(*row, true);
            }
            later.extend(held.marks.map(|mark| (mark, true)));
        }
        for (n, def) in stage.defs.iter().enumerate() {
            // What only a window gives, unless it is there.
            let is_late = stage.late.get(n).copied().unwrap_or(false);
            let mut depends = is_late && !matches!(self.relation.defs.get(n), Some(Some(_)));
            def.leaves(&mut |leaf| depends |= matches!(leaf, Node::Def(d) if later.contains_key(d)));
            if depends && !later.contains_key(&n) {
                later.insert(n, false);
            }
        }
        later
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
    pub(super) fn name_columns_once(&mut self) -> Result<(), Unsupported> {
        let plan = self.plan;
        let stage = &plan.stages[0];
        // Rows that are told apart by all their columns keep them.
        let whole = stage.steps.iter().any(|s| matches!(s, Operator::Dedup(keys) if is_record(stage, keys)));
        if whole || plan.stages.len() == 1 && plan.shown.is_empty() {
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
                Operator::Window(step) => step.reads().into_iter().for_each(&mut count),
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
            let text = self.node(&Node::Input(n))?.expr.text;
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
            columns.push(Typed::atom(Dialect::Athena.name(&name), sql.ty));
            items.push(SelectItem { sql: sql.expr.text, name });
        }
        let mut time = None;
        if self.needs_time(0) {
            time = match stage.inputs.iter().position(|name| name == "@timestamp") {
                Some(n) => columns.get(n).cloned(),
                None => {
                    items.push(SelectItem { sql: self.table.time.to_owned(), name: "@timestamp".to_owned() });
                    Some(Typed::atom(Dialect::Athena.name("@timestamp"), SqlType::Time))
                }
            };
        }
        let sql = self.select(&items)?;
        let name = self.free_name("events");
        self.with.push((name.clone(), sql));
        self.relation = Relation { whole: false, time, ..Relation::new(name, stage) };
        self.relation.inputs = columns.into_iter().map(Some).collect();
        Ok(())
    }

    /// Whether something from step `at` of this stage on asks when events were.
    fn needs_time(&self, at: usize) -> bool {
        let stage = &self.plan.stages[self.stage];
        let edges = stage.group.as_ref().is_some_and(|g| {
            g.aggregates.iter().any(|a| {
                matches!(a.kind, AggregateKind::Earliest | AggregateKind::Latest | AggregateKind::List)
            })
        });
        let ordered =
            stage.steps.iter().skip(at).any(|s| matches!(s, Operator::Limit(_) | Operator::Dedup(_)));
        let newest = self.stage == 0 && matches!(self.order, Order::Default);
        edges || newest && (ordered || stage.group.is_none())
    }
}

/// Inputs and definitions, each once, in the order in which they were met.
#[derive(Default)]
struct Leaves<'s> {
    found: Vec<Node>,
    stage: Option<&'s Stage>,
    /// The definitions that exist only behind a later window or join, and whether they are what a join makes: of others
    /// what they are made of is needed.
    later: BTreeMap<usize, bool>,
}

impl Leaves<'_> {
    fn add(&mut self, node: &Node) {
        let mut open = Vec::new();
        node.leaves(&mut |leaf| open.insert(0, leaf.clone()));
        let mut seen = BTreeSet::new();
        while let Some(leaf) = open.pop() {
            if let Node::Def(n) = leaf
                && let Some(made) = self.later.get(&n)
            {
                let parts =
                    self.stage.and_then(|stage| stage.defs.get(n)).filter(|_| !made && seen.insert(n));
                let mut all = Vec::new();
                parts.into_iter().for_each(|part| part.leaves(&mut |leaf| all.insert(0, leaf.clone())));
                open.extend(all);
                continue;
            }
            let same = |known: &Node| match (known, &leaf) {
                (Node::Input(a), Node::Input(b)) | (Node::Def(a), Node::Def(b)) => a == b,
                _ => false,
            };
            if !self.found.iter().any(same) {
                self.found.push(leaf);
            }
        }
    }
}
