//! The walk from tree to plan for the commands that look at rows side by side or make other rows of them.

use std::{ops::Range, sync::Arc};

use super::{Node, Op, Output, Step, TableStep, lower::Lower};
use crate::{
    query::syntax::{
        label,
        tree::{E, Spanned, TableCommand},
    },
    table::{Unit, Value},
};

impl Lower<'_> {
    pub(super) fn table_command(&mut self, command: &TableCommand, _span: &Range<usize>) {
        match command {
            TableCommand::Unnest { list, name } => self.unnest(list, name.as_ref()),
        }
    }

    fn unnest(&mut self, list: &E, name: Option<&Spanned<String>>) {
        let name = name.map_or_else(|| label(&list.item), |n| n.item.clone());
        let list = self.defined(list);
        let into = self.made();
        self.show(&name, Node::Def(into), Unit::None);
        self.stage.steps.push(Step::Table(TableStep::Unnest { list, into }));
    }

    /// A definition that a step fills.
    pub(super) fn made(&mut self) -> usize {
        self.stage.defs.push(Node::Const(Value::Null));
        self.stage.late.push(true);
        self.stage.defs.len() - 1
    }

    /// Names a column and shows it: in the place of one of the same name, else behind the others. Where no command
    /// names the fields of events, these columns stand behind the time.
    fn show(&mut self, name: &str, node: Node, unit: Unit) {
        self.names.define(name, node.clone(), unit);
        let output = Output { name: name.to_owned(), unit, node };
        if let Some(held) = self.display.iter_mut().flatten().find(|o| o.name == name) {
            *held = output.clone();
        }
        if self.fields.is_empty() && self.events.is_empty() {
            let node = self.field("@timestamp", &(0..0));
            self.events.push(Output { name: "@timestamp".to_owned(), unit: Unit::None, node });
        }
        let shown = if self.fields.is_empty() { &mut self.events } else { &mut self.fields };
        match shown.iter_mut().find(|o| o.name == name) {
            Some(held) => *held = output,
            None => shown.push(output),
        }
    }

    /// What `name` means if it is a path into a value that was given a name: `resource.ARN`.
    pub(super) fn path_into_value(&self, name: &str) -> Option<Node> {
        let known = self.names.is_known(name);
        if self.names.defined(name).is_some() {
            return None;
        }
        // The item of a list that was given a name goes before fields whose names begin like it.
        let is_item = |node: &Node| {
            let makes = |step: &Step| match (step, node) {
                (Step::Table(TableStep::Unnest { into, .. }), Node::Def(n)) => into == n,
                _ => false,
            };
            self.stage.steps.iter().any(makes)
        };
        let dots = name.char_indices().rev().filter(|(_, c)| *c == '.').map(|(at, _)| at);
        for dot in dots.filter(|dot| *dot < 1000) {
            let (owner, path) = (name.get(..dot)?, name.get(dot + 1..)?);
            if let Some((node, _)) = self.names.defined(owner)
                && (!known || is_item(&node))
            {
                let path: Vec<Arc<str>> = path_steps(path);
                return Some(Node::apply(Op::Path(path.into()), vec![node]));
            }
        }
        None
    }
}

/// The steps of a path; one with dots inside stands in backticks.
fn path_steps(path: &str) -> Vec<Arc<str>> {
    let parts = crate::query::syntax::name_parts(path);
    let steps = |(part, quoted): (String, bool)| -> Vec<Arc<str>> {
        if quoted { vec![part.into()] } else { part.split('.').map(Into::into).collect() }
    };
    parts.into_iter().flat_map(steps).collect()
}
