//! The walk from tree to plan for `join` and `lookup`: the bound answers of subqueries, and lookup tables. Other uses of
//! subqueries are in `lower_subquery`.

use std::sync::Arc;

use super::{
    Node, Op, Operator, Output, WindowOperator,
    join_index::{JoinKeys, PrefixTable},
    lower::Lower,
    lower_subquery::HeldQuery,
    subquery::{self, TIMES, key_name},
};
use logloupe_syntax::{
    Diagnostic,
    diagnostic::suggest,
    functions,
    tree::{Command, Join, Lookup, Spanned},
};
use logloupe_table::{Unit, Value, lookup::Lookup as Table};

impl Lower<'_> {
    /// Puts rows beside the rows of another query; `after` are the commands behind the join.
    pub(super) fn join(&mut self, join: &Join, after: &[Spanned<Command>]) {
        let query = subquery::join_subquery(join, after);
        let answer = self.answer(&query);
        let (mut operands, mut columns) = (Vec::new(), Vec::new());
        for (n, (left, right)) in join.on.iter().enumerate() {
            let node = self.expr(left);
            operands.push(self.define(node));
            let name = key_name(n, &right.item);
            match answer.position(&name) {
                Some(at) => columns.push(answer.column(at)),
                None if answer.columns.is_empty() => {}
                None => {
                    let message = format!("the subquery has no field `{name}`");
                    self.error(&right.span, message, format!("it gives {}", answer.names()));
                }
            }
        }
        let times = answer.times();
        // Without keys every row fits.
        let keys = match join.on.is_empty() {
            true => JoinKeys::all(answer.rows.len(), times.clone()),
            false => JoinKeys::new(columns, times.clone()),
        };
        let constants = if join.kind.keeps_right() { self.names.constants() } else { Vec::new() };
        let before: Vec<Node> = if join.kind.keeps_right() { self.names.nodes() } else { Vec::new() };
        let keeps_left = join.kind.keeps_left();
        let step = self.stage.steps.len();
        // A row with several values may stand beside a row for each of them.
        let several = operands.iter().any(|operand| self.may_have_several(operand));
        let row = match keys.is_unique() && !several {
            true => {
                // Where rows are added it is known only behind them, and so is what stands there.
                let node = Node::Apply(Op::Row(Arc::new(keys)), operands.clone());
                let row = if join.kind.keeps_right() { self.define_late(node) } else { self.define(node) };
                if !keeps_left {
                    let held = present(row.clone());
                    self.stage.steps.push(Operator::Filter(held));
                }
                row
            }
            false => {
                // Computed when the rows are made, one after the other.
                let node = Node::Apply(Op::Rows(Arc::new(keys), keeps_left), operands.clone());
                let rows = self.define_late(node);
                self.each_of(rows)
            }
        };
        let mut marks = None;
        if join.kind.keeps_right() {
            let computes = !before.is_empty() || !constants.is_empty();
            let held = self.rows_without_partner(&row, before, constants, times, answer.rows.len());
            marks = held.filter(|_| computes);
        }
        let mut cells = Vec::new();
        for (at, (name, unit)) in answer.columns.iter().enumerate().filter(|(_, c)| c.0 != TIMES) {
            let cell = self.cell(answer.column(at), &row);
            cells.push((cell.clone(), name.clone()));
            if !self.names.is_known(name) {
                self.names.define_beside(name, cell.clone(), *unit);
            }
            self.names.define(&format!("{}.{name}", join.right.item), cell, *unit);
        }
        self.names.add_side(&join.left.item);
        if !answer.is_bound {
            let names = join.on.iter().enumerate().map(|(n, (_, key))| key_name(n, &key.item));
            let keys = operands.into_iter().zip(names).collect();
            let name = join.right.item.clone();
            self.stage.held.push(HeldQuery { query, step, marks, kind: join.kind, keys, row, cells, name });
        }
    }

    /// A definition that shards leave to those who merge.
    fn define_late(&mut self, node: Node) -> Node {
        self.stage.defs.push(node);
        self.stage.late.push(true);
        Node::Def(self.stage.defs.len() - 1)
    }

    /// Adds the rows of the other query that no row has beside it. What the rows so far had is missing in them.
    fn rows_without_partner(
        &mut self,
        row: &Node,
        before: Vec<Node>,
        constants: Vec<(String, Node, Unit)>,
        times: Vec<u64>,
        rows: usize,
    ) -> Option<usize> {
        let Node::Def(into) = *row else { return None };
        self.stage.adds_rows = true;
        if self.fields.is_empty() && self.events.is_empty() && !self.names.is_closed() {
            self.show_time();
        }
        let held = self.made();
        for (name, node, unit) in constants {
            let node = self.define(call("if", vec![Node::Def(held), node, Node::Const(Value::Null)]));
            self.names.define(&name, node, unit);
        }
        let step = WindowOperator::Unmatched { row: into, left: before, held, rows, times: times.into() };
        self.stage.steps.push(Operator::Window(step));
        Some(held)
    }

    /// The time of events that become rows of a table.
    fn show_time(&mut self) {
        let node = self.field("@timestamp", &(0..0));
        self.events.push(Output { name: "@timestamp".to_owned(), unit: Unit::None, node });
    }

    /// Whether `node` reads a field of which a row may have several values.
    fn may_have_several(&self, node: &Node) -> bool {
        let (mut open, mut several) = (vec![node], false);
        let mut seen = vec![false; self.stage.defs.len()];
        while let Some(node) = open.pop() {
            match node {
                Node::Const(_) => {}
                Node::Input(n) => {
                    several |=
                        self.stage.inputs.get(*n).is_some_and(|name| self.catalog.may_have_several(name));
                }
                Node::Def(n) if seen.get(*n) == Some(&false) => {
                    seen[*n] = true;
                    open.extend(self.stage.defs.get(*n));
                }
                Node::Def(_) => {}
                Node::Apply(_, args) => open.extend(args),
            }
        }
        several
    }

    /// A row for each item of a list, and what stands for the item.
    fn each_of(&mut self, list: Node) -> Node {
        let into = self.made();
        if self.fields.is_empty() && self.events.is_empty() && !self.names.is_closed() {
            self.show_time();
        }
        self.stage.steps.push(Operator::Window(WindowOperator::Unnest { list, into }));
        Node::Def(into)
    }

    /// The value of a column of another table at a row that was found, as a definition.
    fn cell(&mut self, column: Vec<Value>, row: &Node) -> Node {
        self.define(Node::apply(Op::Cell(column.into()), vec![row.clone()]))
    }

    /// Adds columns of a lookup table.
    pub(super) fn lookup(&mut self, lookup: &Lookup) {
        let bindings = &self.catalog.bindings.lookups;
        let name = lookup.table.item.as_str();
        let any_case = || bindings.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, table)| table);
        let table = bindings.get(name).or_else(any_case).cloned();
        if table.is_none() && !self.catalog.is_open() {
            let near =
                suggest(name, bindings.keys().map(String::as_str)).map(|n| format!("did you mean `{n}`? "));
            let loaded = match bindings.is_empty() {
                true => String::new(),
                false => format!("; loaded are {}", listed(bindings.keys().map(String::as_str))),
            };
            let help = format!("{}drop a CSV file called `{name}.csv`{loaded}", near.unwrap_or_default());
            self.error(&lookup.table.span, format!("no lookup table `{name}` is loaded"), help);
        }
        let (mut operands, mut columns) = (Vec::new(), Vec::new());
        for (column, field) in &lookup.on {
            let node = self.field(&field.item, &field.span);
            operands.push(self.define(node));
            let Some(table) = &table else { continue };
            match column {
                Some(column) => columns.extend(self.column(table, column)),
                None => {
                    let networks = table.columns.iter().find(|c| !PrefixTable::new(&c.1).is_empty());
                    match networks {
                        Some(column) => columns.push(column.1.clone()),
                        None => {
                            let message = format!("the lookup table `{name}` has no column of networks");
                            let help = "networks are written as `10.0.0.0/8` or `2001:db8::/32`";
                            self.error(&lookup.table.span, message, help);
                        }
                    }
                }
            }
        }
        let complete = columns.len() == operands.len();
        let op = match (lookup.network, columns.first()) {
            (true, Some(column)) => Op::Network(Arc::new(PrefixTable::new(column))),
            _ => Op::Row(Arc::new(JoinKeys::new(if complete { columns } else { Vec::new() }, Vec::new()))),
        };
        let row = self.define(Node::apply(op, operands));
        for (column, alias) in &lookup.outputs {
            let values = table.as_ref().and_then(|table| self.column(table, column)).unwrap_or_default();
            let mut node = self.cell(values, &row);
            let name = &alias.as_ref().unwrap_or(column).item;
            if lookup.fill && self.names.is_known(name) {
                let held = self.field(name, &column.span);
                node = self.define(call("coalesce", vec![held, node]));
            }
            self.names.define(name, node.clone(), Unit::None);
            // What is shown shows these too; events that are shown whole stay so.
            let output = Output { name: name.clone(), unit: Unit::None, node };
            match self.fields.iter().position(|o| o.name == *name) {
                Some(held) => self.fields[held] = output,
                None if self.fields.is_empty() => {}
                None => self.fields.push(output),
            }
        }
    }

    /// The values of a column of a lookup table.
    fn column(&mut self, table: &Table, name: &Spanned<String>) -> Option<Vec<Value>> {
        if let Some((_, values)) = table.column(&name.item) {
            return Some(values.clone());
        }
        let names = || table.columns.iter().map(|c| c.0.as_str());
        let help = match suggest(&name.item, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", listed(names())),
        };
        let message = format!("the lookup table `{}` has no column `{}`", table.name, name.item);
        self.diagnostics.push(Diagnostic::error(name.span.clone(), message).help(help));
        None
    }
}

/// A call of a function that exists.
pub(super) fn call(name: &str, args: Vec<Node>) -> Node {
    match functions::find(name).and_then(Op::function) {
        Some(op) => Node::apply(op, args),
        None => Node::Const(Value::Null),
    }
}

fn present(node: Node) -> Node {
    call("ispresent", vec![node])
}

/// Names in backticks; of many, the first.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 8;
    let mut all: Vec<String> = names.take(MOST + 1).map(|n| format!("`{n}`")).collect();
    if all.len() > MOST {
        all[MOST] = "…".to_owned();
    }
    all.join(", ")
}
