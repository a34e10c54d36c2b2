//! The walk from tree to plan for the commands that look at rows side by side or make other rows of them.

use std::{ops::Range, sync::Arc};

use super::{
    AggregateCall, Group, Node, Op, Operator, Output, Stage, WindowOperator, binning::Binning, lower::Lower,
};
use logloupe_syntax::{
    functions::AggregateKind,
    label,
    tree::{
        Command, E, Expr, FieldNames, Outliers, PAUSE, Period, Projection, SESSION, SortKey, Spanned, TOTAL,
        TableCommand,
    },
};
use logloupe_table::{Unit, Value};

/// What `countFrequent` calls its counts, as the vendor does.
const COUNT: &str = "_approxcount";
/// The column that says whether a row has an outlier.
const OUTLIER: &str = "is_outlier";

impl Lower<'_> {
    pub(super) fn table_command(&mut self, command: &TableCommand, span: &Range<usize>) {
        match command {
            TableCommand::Unnest { list, name } => self.unnest(list, name.as_ref()),
            TableCommand::Pattern(text) => self.pattern(text),
            TableCommand::Sessionize { keys, pause, name } => {
                self.sessionize(keys, pause.unwrap_or(PAUSE), name.as_ref(), span);
            }
            TableCommand::CountFrequent(fields) => self.count_frequent(fields, span),
            TableCommand::FillMissing(values) => self.fill_missing(values, span),
            TableCommand::FillDown(names) => self.fill_down(names, span),
            TableCommand::Accumulate { field, name } => {
                let name = name_or(name, || format!("{}_accum", label(&field.item)));
                let (of, unit) = (self.field_of_row(field), self.unit(&field.item));
                let into = self.made();
                self.show(&name, Node::Def(into), unit);
                self.table_step(WindowOperator::Accumulate { of, into });
            }
            TableCommand::AddTotals { fields, name, rows, columns } => {
                self.add_totals(fields, rows.then(|| name_or(name, || TOTAL.to_owned())), *columns, span);
            }
            TableCommand::Autoregress { field, name, lags: (from, to) } => {
                let (of, unit) = (self.field_of_row(field), self.unit(&field.item));
                let mut into = Vec::new();
                for lag in *from..=*to {
                    let name = match name {
                        Some(name) if from == to => name.item.clone(),
                        _ => format!("{}_p{lag}", name_or(name, || label(&field.item))),
                    };
                    let made = self.made();
                    self.show(&name, Node::Def(made), unit);
                    into.push((lag, made));
                }
                self.table_step(WindowOperator::Lag { of, into });
            }
            TableCommand::Outlier { fields, how } => self.outlier(fields, *how),
            TableCommand::Window(window) => self.over(window, span),
        }
    }

    fn unnest(&mut self, list: &E, name: Option<&Spanned<String>>) {
        let name = name.map_or_else(|| label(&list.item), |n| n.item.clone());
        let list = self.defined(list);
        let into = self.made();
        self.show(&name, Node::Def(into), Unit::None);
        self.table_step(WindowOperator::Unnest { list, into });
    }

    /// Shapes are counted like the groups of a `stats`; a step behind it folds them.
    fn pattern(&mut self, text: &E) {
        let text = self.expr(text);
        let shape = Node::apply(Op::Shape, vec![text]);
        let count = |arg| AggregateCall {
            kind: AggregateKind::Count,
            arg,
            percent: 0.0,
            label: "pattern".to_owned(),
            same_as: None,
        };
        let mut counts = vec![count(None)];
        let mut inputs = vec!["@pattern".to_owned(), "@sampleCount".to_owned()];
        let compared = self.compared_counts();
        if let Some(sides) = &compared {
            counts = sides.iter().map(|side| count(Some(side.clone()))).collect();
            inputs.push("#previous".to_owned());
        }
        self.stage.group = Some(Group { keys: vec![shape], aggregates: counts });
        let next = Stage { inputs, ..Stage::default() };
        self.done.push(std::mem::replace(&mut self.stage, next));
        self.names = self.names.behind();
        (self.bins, self.fields, self.display) = (vec![None], Vec::new(), None);
        let (ratio, severity) = (self.made(), self.made());
        let columns = [
            ("@pattern", Node::Input(0)),
            ("@ratio", Node::Def(ratio)),
            ("@sampleCount", Node::Input(1)),
            ("@severityLabel", Node::Def(severity)),
        ];
        for (name, node) in columns {
            self.names.define(name, node.clone(), Unit::None);
            self.fields.push(Output { name: name.to_owned(), unit: Unit::None, node });
        }
        self.table_step(WindowOperator::Shapes { ratio, severity });
        if compared.is_some() {
            self.show_changes("@sampleCount");
        }
    }

    fn sessionize(&mut self, keys: &[E], pause: Period, name: Option<&Spanned<String>>, span: &Range<usize>) {
        let keys = keys.iter().map(|key| self.field_of_row(key)).collect();
        let Some(pause) = Binning::new(pause).map(|b| b.start(1).saturating_sub(b.start(0))) else {
            self.error(span, "expected a period longer than nothing", "for example `maxspan 30m`");
            return;
        };
        let into = self.made();
        let name = name.map_or(SESSION, |n| &n.item);
        self.show(name, Node::Def(into), Unit::None);
        self.table_step(WindowOperator::Sessions { keys, pause, into });
    }

    /// `stats count(*) as n by a, b | sort n desc`.
    fn count_frequent(&mut self, fields: &[E], span: &Range<usize>) {
        let made = |item| Box::new(Spanned::new(item, span.clone()));
        let count = Expr::Call { name: Spanned::made("count".to_owned()), args: vec![made(Expr::Star)] };
        let count = Projection { expr: made(count), alias: Some(Spanned::made(COUNT.to_owned())) };
        let by = fields.iter().map(|f| Projection { expr: f.clone(), alias: None }).collect();
        self.command(&Command::Stats { aggregates: vec![count], by }, span);
        let key = SortKey { expr: made(Expr::Field(COUNT.to_owned())), descending: true };
        self.command(&Command::Sort(vec![key]), span);
    }

    fn fill_missing(&mut self, values: &[(Spanned<Value>, Spanned<String>)], span: &Range<usize>) {
        let keys = self.bins.len();
        let found = self.bins.iter().enumerate().find_map(|(i, b)| b.map(|b| (i, b)));
        let Some((bin, binning)) = found else {
            let help = "for example `stats count(*) as n by bin(5m) | fillmissing with 0 for n`";
            self.error(span, "`fillmissing` stands after a `stats` by `bin(…)`", help);
            return;
        };
        let value = |(value, name): &(Spanned<Value>, Spanned<String>)| {
            (self.field(&name.item, &name.span), value.item.clone())
        };
        let values = values.iter().map(value).collect();
        self.table_step(WindowOperator::FillMissing { keys, bin, binning, values });
    }

    fn fill_down(&mut self, names: &[Spanned<FieldNames>], span: &Range<usize>) {
        let mut fields: Vec<String> = Vec::new();
        let shown: Vec<String> = self.fields.iter().chain(&self.events).map(|o| o.name.clone()).collect();
        if names.is_empty() {
            if shown.is_empty() {
                let help = "name the fields: `filldown host status`, or write `fields` before it";
                self.error(span, "`filldown` does not know which fields are meant", help);
            }
            fields = shown.clone();
        }
        for name in names {
            match &name.item {
                FieldNames::One(name) => fields.push(name.clone()),
                FieldNames::Like(form) => {
                    let before = fields.len();
                    fields.extend(shown.iter().filter(|n| fits(form, n)).cloned());
                    if fields.len() == before {
                        let help = match shown.is_empty() {
                            true => "`*` stands for fields that a `fields` before it names".to_owned(),
                            false => format!("there are {}", shown.join(", ")),
                        };
                        self.error(&name.span, format!("no field fits `{form}`"), help);
                    }
                }
            }
        }
        let mut steps: Vec<(Node, usize)> = Vec::new();
        let mut done: Vec<String> = Vec::new();
        for name in fields {
            if done.contains(&name) {
                continue;
            }
            let place = names.iter().find(|n| matches!(&n.item, FieldNames::One(one) if *one == name));
            let of = self.field(&name, place.map_or(span, |p| &p.span));
            let of = self.define(of);
            let unit = self.unit(&Expr::Field(name.clone()));
            let into = self.made();
            self.show(&name, Node::Def(into), unit);
            steps.push((of, into));
            done.push(name);
        }
        self.table_step(WindowOperator::FillDown(steps));
    }

    fn add_totals(&mut self, fields: &[E], rows: Option<String>, columns: bool, span: &Range<usize>) {
        let named = !fields.is_empty();
        let of: Vec<Node> = match named {
            true => fields.iter().map(|f| self.field_of_row(f)).collect(),
            // Keys of groups are names, even if they are numbers.
            false => {
                let keys = self.bins.len();
                let shown = self.display.as_ref().unwrap_or(&self.fields);
                let is_key = |node: &Node| matches!(node, Node::Input(n) if *n < keys);
                shown.iter().map(|o| o.node.clone()).filter(|node| !is_key(node)).collect()
            }
        };
        if of.is_empty() {
            let help = "name the fields: `addtotals price, tax`, or write `fields` before it";
            self.error(span, "`addtotals` does not know which fields are meant", help);
        }
        let rows = rows.map(|name| {
            let into = self.made();
            self.show(&name, Node::Def(into), Unit::None);
            into
        });
        self.table_step(WindowOperator::Totals { of, named, rows, columns });
    }

    fn outlier(&mut self, fields: &[E], how: Outliers) {
        // All are read before any is replaced.
        let read: Vec<(&E, Node, Unit)> =
            fields.iter().map(|f| (f, self.field_of_row(f), self.unit(&f.item))).collect();
        let mut steps = Vec::new();
        for (field, of, unit) in read {
            let into = (!how.remove).then(|| self.made());
            if let Some(into) = into {
                self.show(&label(&field.item), Node::Def(into), unit);
            }
            steps.push((of, into));
        }
        let mark = how.mark.then(|| self.made());
        if let Some(mark) = mark {
            self.show(OUTLIER, Node::Def(mark), Unit::None);
        }
        self.table_step(WindowOperator::Outlier { fields: steps, how, mark });
    }

    fn table_step(&mut self, step: WindowOperator) {
        self.stage.steps.push(Operator::Window(step));
    }

    /// A field that a command is about; it is shown where no command names the fields of events.
    pub(super) fn field_of_row(&mut self, e: &E) -> Node {
        let node = self.defined(e);
        if self.fields.is_empty() {
            let (name, unit) = (label(&e.item), self.unit(&e.item));
            self.show_of_event(Output { name, unit, node: node.clone() });
        }
        node
    }

    /// The columns of events that became rows of a table: their time, and what commands were about.
    pub(super) fn shown_of_events(&mut self) -> Vec<Output> {
        let mut shown = std::mem::take(&mut self.events);
        if !shown.is_empty() && shown.iter().all(|o| o.name != "@timestamp") {
            let node = self.field("@timestamp", &(0..0));
            shown.insert(0, Output { name: "@timestamp".to_owned(), unit: Unit::None, node });
        }
        shown
    }

    /// Shows a column of events that became rows of a table, in the place of one of the same name.
    fn show_of_event(&mut self, output: Output) {
        put(&mut self.events, output);
    }

    /// A definition that a step fills.
    pub(super) fn made(&mut self) -> usize {
        self.stage.defs.push(Node::Const(Value::Null));
        self.stage.late.push(true);
        self.stage.defs.len() - 1
    }

    /// Names a column and shows it: in the place of one of the same name, else behind the others.
    pub(super) fn show(&mut self, name: &str, node: Node, unit: Unit) {
        self.names.define(name, node.clone(), unit);
        let output = Output { name: name.to_owned(), unit, node };
        if let Some(held) = self.display.iter_mut().flatten().find(|o| o.name == name) {
            *held = output.clone();
        }
        match self.fields.is_empty() {
            true => self.show_of_event(output),
            false => put(&mut self.fields, output),
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
            let makes = |step: &Operator| match (step, node) {
                (Operator::Window(WindowOperator::Unnest { into, .. }), Node::Def(n)) => into == n,
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
                let path: Vec<Arc<str>> = crate::kernels::path_steps(path);
                return Some(Node::apply(Op::Path(path.into()), vec![node]));
            }
        }
        None
    }
}

fn put(shown: &mut Vec<Output>, output: Output) {
    match shown.iter_mut().find(|o| o.name == output.name) {
        Some(held) => *held = output,
        None => shown.push(output),
    }
}

fn name_or(name: &Option<Spanned<String>>, other: impl FnOnce() -> String) -> String {
    name.as_ref().map_or_else(other, |n| n.item.clone())
}

/// Whether a name has a form in which `*` stands for anything. Letter case counts.
fn fits(form: &str, name: &str) -> bool {
    let mut parts = form.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn forms_of_names() {
        for (form, name, fit) in [
            ("cpu*", "cpu_user", true),
            ("cpu*", "cpu", true),
            ("cpu*", "my_cpu", false),
            ("*_p*", "bytes_p1", true),
            ("*", "x", true),
            ("a*a", "a", false),
            ("a*b*c", "a.b.b.c", true),
            ("a*b*c", "a.c.b", false),
        ] {
            assert_eq!(fits(form, name), fit, "{form} {name}");
        }
    }
}
