//! The walk from tree to plan. It never stops at a fault: what is wrong becomes a diagnostic and a constant null, so
//! that one look shows everything that is wrong. Commands and the names they give are here, expressions in
//! `lower_expression`.

use std::{collections::HashSet, ops::Range, sync::Arc};

use super::{
    AggregateCall, Defined, Group, Node, Op, Operator, Output, Plan, Stage,
    binning::Binning,
    catalog::Catalog,
    lower_diff::DiffLowering,
    partitions,
    pattern::{Extractor, NamedGroups, Patterns},
    scope::Names,
    subquery,
};
use logloupe_syntax::{
    Diagnostic,
    diagnostic::{Remarks, suggest},
    label,
    tree::{Command, E, Expr, ParsePattern, Projection, Query, Spanned, TableCommand, Term},
};
use logloupe_table::{Unit, Value};

/// As many `stats` as the vendor allows in one query.
const MOST_STATS: usize = 10;

/// The plan and what is to be said of it; the plan is only good if no error is among the diagnostics.
pub(super) fn lower(query: &Query, catalog: &Catalog) -> (Plan, Vec<Diagnostic>) {
    let mut lower = walk(query, catalog);
    let shown = match lower.display.take() {
        Some(shown) => shown,
        None if lower.fields.is_empty() => lower.shown_of_events(),
        None => std::mem::take(&mut lower.fields),
    };
    lower.done.push(lower.stage);
    let plan = Plan {
        asked: lower.names.asked(),
        absent: lower.absent,
        sources: lower.sources,
        stages: lower.done,
        shown,
        is_diff: lower.is_diff,
        limits: catalog.bindings.limits,
    };
    (plan, lower.diagnostics.into_vec())
}

/// The names that are left behind the last command.
pub(super) fn defined(query: &Query, catalog: &Catalog) -> Defined {
    let lower = walk(query, catalog);
    Defined { names: lower.names.all_defined(), closed: lower.names.is_closed() }
}

/// All commands, one after the other.
fn walk<'c>(query: &Query, catalog: &'c Catalog) -> Lower<'c> {
    let mut lower = Lower {
        catalog,
        names: Names::new(catalog),
        stage: Stage::default(),
        done: Vec::new(),
        sources: None,
        absent: None,
        fields: Vec::new(),
        events: Vec::new(),
        bins: Vec::new(),
        display: None,
        post: None,
        in_aggregate: false,
        depth: 0,
        subqueries: match catalog.bindings.subqueries.is_empty() {
            true => subquery::subqueries(query).into(),
            false => catalog.bindings.subqueries.clone(),
        },
        comparing: None,
        is_diff: false,
        patterns: Patterns::default(),
        diagnostics: Remarks::default(),
    };
    lower.names.set_partitions(partitions::spelling(query));
    for (at, command) in query.commands.iter().enumerate() {
        match &command.item {
            Command::Source(names) => lower.source(names, query),
            Command::Join(join) => lower.join(join, query.commands.get(at + 1..).unwrap_or_default()),
            Command::Stats { .. } | Command::Table(TableCommand::Pattern(_)) => {
                // A `diff` changes what the command before it counts.
                let next = query.commands.get(at + 1);
                if let Some(Spanned { item: Command::Diff(baseline), span }) = next {
                    lower.compare(*baseline, span);
                }
                lower.command(&command.item, &command.span);
            }
            Command::Diff(baseline) => {
                let before = at.checked_sub(1).and_then(|at| query.commands.get(at)).map(|c| &c.item);
                if !matches!(before, Some(Command::Stats { .. } | Command::Table(TableCommand::Pattern(_)))) {
                    lower.compare_events(*baseline, &command.span);
                }
            }
            other => lower.command(other, &command.span),
        }
    }
    lower
}

pub(super) struct Lower<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) names: Names<'c>,
    pub(super) stage: Stage,
    pub(super) done: Vec<Stage>,
    pub(super) sources: Option<Vec<String>>,
    /// What is said where no row of the logs that are asked is loaded.
    pub(super) absent: Option<Diagnostic>,
    pub(super) fields: Vec<Output>,
    /// What is shown of events that became rows of a table while no command names their fields.
    pub(super) events: Vec<Output>,
    /// The keys of the groups that the stage reads: the intervals of those that are beginnings of intervals.
    pub(super) bins: Vec<Option<Binning>>,
    pub(super) display: Option<Vec<Output>>,
    /// Set while the expressions of a `stats` are lowered, but for the arguments of its aggregates.
    pub(super) post: Option<Post<'c>>,
    pub(super) in_aggregate: bool,
    pub(super) depth: usize,
    /// The subqueries, in the order of their answers.
    pub(super) subqueries: Arc<[Query]>,
    /// The `stats` at hand is compared with an earlier time.
    pub(super) comparing: Option<DiffLowering>,
    /// Some `stats` was.
    pub(super) is_diff: bool,
    pub(super) patterns: Patterns,
    pub(super) diagnostics: Remarks,
}

/// The stage after a `stats`, while that `stats` is lowered.
pub(super) struct Post<'c> {
    pub(super) names: Names<'c>,
    pub(super) stage: Stage,
    pub(super) keys: usize,
    pub(super) calls: Vec<AggregateCall>,
}

impl<'c> Lower<'c> {
    pub(super) fn command(&mut self, command: &Command, span: &Range<usize>) {
        match command {
            // It is lowered with the names that all commands use.
            Command::Source(_) => {}
            Command::Search(terms) => self.search(terms, span),
            Command::Fields(items) => {
                let outputs = self.projections(items);
                self.fields.extend(outputs);
            }
            Command::Display(items) => self.display = Some(self.projections(items)),
            Command::Select(items) => self.select(items),
            Command::Filter(condition) => {
                let node = self.expr(condition);
                self.stage.steps.push(Operator::Filter(node));
            }
            Command::Parse { source, pattern } => self.parse(source.as_ref(), pattern),
            Command::Stats { aggregates, by } => {
                if self.done.len() == MOST_STATS {
                    let message = format!("at most {MOST_STATS} `stats` may follow one another");
                    self.error(span, message, "leave one out");
                }
                self.stats(aggregates, by);
            }
            Command::Sort(keys) => {
                let keys = keys.iter().map(|k| (self.defined(&k.expr), k.descending)).collect();
                self.stage.steps.push(Operator::Sort(keys));
            }
            Command::Limit(n) => self.stage.steps.push(Operator::Limit(*n)),
            Command::Dedup(fields) => {
                let keys = fields.iter().map(|f| self.defined(f)).collect();
                self.stage.steps.push(Operator::Dedup(keys));
            }
            Command::Lookup(lookup) => self.lookup(lookup),
            Command::Set(set) => self.set(set, span),
            Command::Values(constants) => self.constants(constants),
            // These are lowered with the commands around them.
            Command::Join(_) | Command::Diff(_) => {}
            Command::RelevantFields { fields, condition } => self.relevant_fields(fields, condition, span),
            Command::Table(command) => self.table_command(command, span),
        }
    }

    fn search(&mut self, terms: &[Term], span: &Range<usize>) {
        if self.names.is_closed() {
            let message = "free text can only be searched for in events, before `stats`";
            self.diagnostics
                .push(Diagnostic::error(span.clone(), message).help("use `filter … like \"text\"`"));
            return;
        }
        for term in terms {
            let (field, compiled) = match &term.field {
                Some(field) => (field.clone(), self.patterns.wildcard(&term.text.item)),
                None => (Spanned::made("@message".to_owned()), self.patterns.any_case(&term.text.item)),
            };
            let said = self.diagnostics.len();
            let node = self.field(&field.item, &field.span);
            if let Some(text) = term.field.as_ref().map(|f| format!("{}:{}", f.item, term.text.item)) {
                self.may_be_text(field, &text, said);
            }
            match compiled {
                Ok(regex) => {
                    // A field without a value does not hold the text: `-field:value` lets such events pass.
                    let found = Node::apply(Op::Matches(regex, false), vec![node]);
                    let found = if term.negated { Node::apply(Op::Not, vec![found]) } else { found };
                    self.stage.steps.push(Operator::Filter(found));
                }
                Err(message) => self.diagnostics.push(Diagnostic::error(term.text.span.clone(), message)),
            }
        }
    }

    /// A term `word:word` whose first word is no field may be text with a colon in it.
    fn may_be_text(&mut self, field: Spanned<String>, text: &str, said: usize) {
        if self.names.is_known(&field.item) || self.catalog.has(&field.item) {
            return;
        }
        let quoted = format!(
            "to search for the text itself write it in quotes: `\"{}\"`",
            text.replace('\\', "\\\\").replace('"', "\\\"")
        );
        if self.diagnostics.len() == said {
            self.names.add_help(&field.item, &field.span, &quoted);
        }
        for remark in self.diagnostics.iter_mut().skip(said) {
            remark.help = match remark.help.is_empty() {
                true => quoted.clone(),
                false => format!("{} Or {quoted}", remark.help),
            };
        }
    }

    /// Columns that are computed side by side: no name that one of them gives means anything in the others.
    fn select(&mut self, items: &[Projection]) {
        let mut shown = Vec::with_capacity(items.len());
        for item in items {
            let (unit, node) = (self.unit(&item.expr.item), self.defined(&item.expr));
            shown.push(Output { name: item.name(), unit, node });
        }
        for (item, output) in items.iter().zip(&shown) {
            if !matches!(item.expr.item, Expr::Field(_)) || item.alias.is_some() {
                self.names.define(&output.name, output.node.clone(), output.unit);
            }
        }
        self.display = Some(shown);
    }

    fn projections(&mut self, items: &[Projection]) -> Vec<Output> {
        items.iter().map(|item| self.projection(item)).collect()
    }

    pub(super) fn projection(&mut self, item: &Projection) -> Output {
        let unit = self.unit(&item.expr.item);
        let node = self.defined(&item.expr);
        let name = item.name();
        let plain = matches!(item.expr.item, Expr::Field(_)) && item.alias.is_none();
        if !plain {
            if let Some(post) = &mut self.post {
                post.names.define(&label(&item.expr.item), node.clone(), unit);
            }
            let names = self.post.as_mut().map_or(&mut self.names, |p| &mut p.names);
            names.define(&name, node.clone(), unit);
        }
        Output { name, unit, node }
    }

    fn parse(&mut self, source: Option<&E>, pattern: &ParsePattern) {
        let source = match source {
            Some(source) => self.expr(source),
            None => self.field("@message", &(0..0)),
        };
        let (extractor, names) = match pattern {
            ParsePattern::Glob { pattern, names } => {
                let extractor = Extractor::glob(&pattern.item);
                if extractor.values() != names.len() {
                    let message = format!(
                        "the pattern has {} and `as` has {}",
                        counted(extractor.values(), "`*`"),
                        counted(names.len(), "name")
                    );
                    self.diagnostics.push(
                        Diagnostic::error(pattern.span.clone(), message).help("write one name for each `*`"),
                    );
                }
                (extractor, names.iter().map(|n| n.item.clone()).collect::<Vec<_>>())
            }
            ParsePattern::Regex(text) => match self.named_groups(text) {
                Some(found) => found,
                None => return,
            },
        };
        let all = self.define(Node::apply(Op::Extract(Arc::new(extractor)), vec![source]));
        for (i, name) in names.iter().enumerate() {
            let node = self.define(Node::apply(Op::Item(i), vec![all.clone()]));
            self.names.define(name, node, Unit::None);
        }
    }

    /// The groups of a regular expression by number, and their names; `None` if something was reported.
    fn named_groups(&mut self, text: &Spanned<String>) -> Option<(Extractor, Vec<String>)> {
        let named = NamedGroups::of(&text.item);
        let regex = match self.patterns.regex(&named.pattern) {
            Ok(regex) => regex,
            Err(message) => {
                self.diagnostics.push(Diagnostic::error(text.span.clone(), message));
                return None;
            }
        };
        let (mut groups, mut names) = (Vec::new(), Vec::new());
        let mut taken = HashSet::new();
        for (number, name) in regex.capture_names().enumerate() {
            let place = name.and_then(|n| n.strip_prefix('g')?.parse::<usize>().ok());
            let Some((name, at)) = place.and_then(|place| named.names.get(place)) else { continue };
            if !taken.insert(name.as_str()) {
                // The place in the text is known where nothing between the slashes was escaped.
                let plain = text.span.len() == text.item.len() + 2;
                let start = text.span.start + 1;
                let span = if plain { start + at.start..start + at.end } else { text.span.clone() };
                let message = format!("two groups of the regular expression are called `{name}`");
                let help =
                    "a group is a field: give each a name of its own, and choose with `coalesce(a, b)`";
                self.diagnostics.push(Diagnostic::error(span, message).help(help));
                return None;
            }
            groups.push(number);
            names.push(name.clone());
        }
        if names.is_empty() {
            let message = "the regular expression has no named group";
            let help = "name what is wanted: `parse @message /user=(?<user>\\S+)/`";
            self.diagnostics.push(Diagnostic::error(text.span.clone(), message).help(help));
        }
        Some((Extractor::Regex { regex, groups }, names))
    }

    pub(super) fn stats(&mut self, aggregates: &[Projection], by: &[Projection]) {
        let mut names = self.names.behind();
        let mut stage = Stage::default();
        let mut keys = Vec::new();
        let mut shown = Vec::new();
        for (i, key) in by.iter().enumerate() {
            let unit = self.unit(&key.expr.item);
            keys.push(self.expr(&key.expr));
            let name = key.name();
            stage.inputs.push(name.clone());
            names.define(&label(&key.expr.item), Node::Input(i), unit);
            shown.push(Output { name, unit, node: Node::Input(i) });
        }
        // After all labels: in `by a as b, b as a` a key goes by its own name.
        for (i, key) in shown.iter().enumerate() {
            names.define(&key.name, Node::Input(i), key.unit);
        }
        self.keys_compared();
        self.post = Some(Post { names, stage, keys: keys.len(), calls: Vec::new() });
        if self.comparing.is_some() {
            shown.extend(self.compared(aggregates));
        } else {
            self.aggregates(aggregates, &mut shown);
        }
        let Some(mut post) = self.post.take() else { return };
        for call in 0..post.calls.len() {
            post.stage.inputs.push(format!("#{call}"));
        }
        self.bins = keys.iter().map(|key| self.binning_of(key)).collect();
        let mut finished = std::mem::replace(&mut self.stage, post.stage);
        finished.group = Some(Group { keys, aggregates: post.calls });
        self.done.push(finished);
        self.names = post.names;
        self.fields = shown;
        self.display = None;
    }

    fn aggregates(&mut self, aggregates: &[Projection], shown: &mut Vec<Output>) {
        let keys = shown.len();
        for item in aggregates {
            let output = self.projection(item);
            // A key that is repeated among the aggregates, as SQL does, is shown once.
            let repeats =
                matches!(&output.node, Node::Input(n) if *n < keys && shown[*n].name == output.name);
            if !repeats {
                shown.push(output);
            }
        }
    }

    /// The names of the stage after the `stats` at hand.
    pub(super) fn post_names(&self) -> Option<Names<'c>> {
        self.post.as_ref().map(|post| post.names.clone())
    }

    pub(super) fn set_post_names(&mut self, names: Option<Names<'c>>) {
        if let (Some(post), Some(names)) = (&mut self.post, names) {
            post.names = names;
        }
    }

    /// Names a column of the stage after the `stats` at hand.
    pub(super) fn define_post(&mut self, name: &str, node: Node, unit: Unit) {
        if let Some(post) = &mut self.post {
            post.names.define(name, node, unit);
        }
    }

    /// The intervals whose beginnings an expression gives.
    fn binning_of(&self, node: &Node) -> Option<Binning> {
        match node {
            Node::Apply(Op::Floor(binning), _) => Some(*binning),
            Node::Input(n) => self.bins.get(*n).copied().flatten(),
            Node::Def(n) => match self.stage.defs.get(*n) {
                Some(Node::Apply(Op::Floor(binning), _)) => Some(*binning),
                _ => None,
            },
            _ => None,
        }
    }

    /// An expression as a definition of the stage that is being written, so that it is computed once.
    pub(super) fn defined(&mut self, e: &E) -> Node {
        let node = self.expr(e);
        self.define(node)
    }

    pub(super) fn define(&mut self, node: Node) -> Node {
        let stage = self.post.as_mut().map_or(&mut self.stage, |p| &mut p.stage);
        match node {
            Node::Apply(..) => {
                let mut late = stage.adds_rows;
                node.leaves(&mut |leaf| late |= matches!(leaf, Node::Def(n) if stage.late[*n]));
                stage.defs.push(node);
                stage.late.push(late);
                Node::Def(stage.defs.len() - 1)
            }
            simple => simple,
        }
    }

    pub(super) fn field(&mut self, name: &str, span: &Range<usize>) -> Node {
        if self.post.is_none()
            && let Some(node) = self.compared_time(name).or_else(|| self.path_into_value(name))
        {
            return node;
        }
        let (node, remark) = match &mut self.post {
            Some(post) => {
                let (node, _, remark) = post.names.find(name, span.clone(), &mut post.stage);
                let remark = remark.map(|r| {
                    let help = format!(
                        "add it after `by`, or take one value of the group: `latest({name})`. {}",
                        r.help
                    );
                    Diagnostic::error(r.span, format!("`{name}` is neither a key nor inside an aggregate"))
                        .help(help)
                });
                (node, remark)
            }
            None => {
                let (node, _, remark) = self.names.find(name, span.clone(), &mut self.stage);
                (node, remark)
            }
        };
        self.diagnostics.extend(remark);
        node
    }

    pub(super) fn error(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Node {
        self.diagnostics.push(Diagnostic::error(span.clone(), message).help(help));
        Node::Const(Value::Null)
    }

    /// The candidate that `name` was likely meant to be, as long as somebody will read of it.
    pub(super) fn like<'n>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        if self.diagnostics.is_full() { None } else { suggest(name, candidates) }
    }
}

pub(super) fn counted(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}{}", if what.ends_with('`') { "" } else { "s" }),
    }
}
