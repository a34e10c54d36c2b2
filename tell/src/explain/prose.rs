//! The plan in prose: one plain sentence per step, in the order in which the steps run, each with where it runs. For
//! people who must vouch for an answer and do not read queries.

use std::collections::BTreeSet;

use logloupe_query::plan::{self, Catalog, Plan};
use logloupe_syntax::{
    Diagnostic,
    explanation::{PlanStep, RunsAt},
    functions::{AggregateKind, aggregate},
    keywords::command_named,
    tree::{
        Binary, Command, E, Expr, JoinKind, ParsePattern, Period, PeriodUnit, Projection, Query, SetKind,
        SortKey, TableCommand, Term,
    },
};
use logloupe_table::{Kind, Value, json_paths::planned, partition::Partition, schema::BUILT_IN};

/// The steps of a query, in the order in which they run; what is wrong with it, if it cannot run.
///
/// # Errors
/// What is wrong with the query.
pub fn prose(query: &Query, catalog: &Catalog) -> Result<Vec<PlanStep>, Vec<Diagnostic>> {
    let plan = plan::plan(query, catalog)?;
    let mut telling = ProseWriter {
        catalog,
        place: RunsAt::Parts,
        steps: Vec::new(),
        made: BTreeSet::new(),
        grouped: false,
        order: Order::Newest,
        cut_on_parts: plan.is_cut_on_shards(),
    };
    telling.reading(&plan);
    for command in &query.commands {
        telling.command(&command.item);
    }
    telling.in_order();
    let shown: Vec<&str> = plan.output().iter().map(|o| o.name.as_str()).collect();
    telling.push(match shown.is_empty() {
        true => "shows each event whole".to_owned(),
        false => format!("shows {}", names(&shown)),
    });
    Ok(telling.steps)
}

struct ProseWriter<'c> {
    catalog: &'c Catalog,
    place: RunsAt,
    steps: Vec<PlanStep>,
    /// Names that the query itself made.
    made: BTreeSet<String>,
    /// Whether a `stats` made groups of the rows.
    grouped: bool,
    order: Order,
    /// Whether the parts make rows of lists.
    cut_on_parts: bool,
}

/// What is still to be said of the order of rows.
enum Order {
    Said,
    Newest,
    Keys,
    By(String),
}

impl ProseWriter<'_> {
    fn push(&mut self, text: impl Into<String>) {
        self.steps.push(PlanStep { place: self.place, text: text.into() });
    }

    fn reading(&mut self, plan: &Plan) {
        let logs = match plan.sources() {
            Some(ids) => ids.join(" and "),
            None => "every log that was given".to_owned(),
        };
        let (mut columns, mut paths, mut partitions, mut raw) = (Vec::new(), Vec::new(), Vec::new(), false);
        for name in plan.fields().iter().map(String::as_str) {
            if let Some((_, name)) = Partition::of_input(name) {
                partitions.push(name);
                continue;
            }
            match name {
                "@message" => raw = true,
                _ if BUILT_IN.contains(&name) || self.catalog.find(name).is_some() => columns.push(name),
                _ => paths.extend(Some(planned(name).unwrap_or(name)).filter(|path| !paths.contains(path))),
            }
        }
        let what = match (columns.is_empty(), raw) {
            (true, false) => String::new(),
            (true, true) => ": the raw text of its records".to_owned(),
            (false, false) => format!(": {} {}", counted(columns.len(), "column"), names(&columns)),
            (false, true) => {
                format!(
                    ": {} {}, and the raw text of its records",
                    counted(columns.len(), "column"),
                    names(&columns)
                )
            }
        };
        self.push(format!("reads {logs}{what}"));
        if !partitions.is_empty() {
            self.push(format!(
                "takes {} from a record's time, region or account, or from the path of its file, where its log has no \
                 field of that name",
                names(&partitions)
            ));
        }
        if !paths.is_empty() {
            let column = if paths.len() == 1 { "a column" } else { "columns" };
            self.push(format!(
                "makes {column} of {}: read from the JSON of every record when first asked for, and kept",
                names(&paths)
            ));
        }
    }

    /// What comes next needs all rows or groups in order, as the answer does.
    fn in_order(&mut self) {
        self.merge();
        match std::mem::replace(&mut self.order, Order::Said) {
            Order::Said => {}
            Order::Newest => self.push("puts the newest events first"),
            Order::Keys => self.push("puts the groups in the order of their keys"),
            Order::By(keys) => {
                let rest = if self.grouped { "; equals in the order of the groups' keys" } else { "" };
                self.push(format!("sorts by {keys}{rest}"));
            }
        }
    }

    /// From here on steps see all rows.
    fn merge(&mut self) {
        if self.place != RunsAt::Parts {
            return;
        }
        self.place = RunsAt::Merge;
        self.push(match self.grouped {
            true => "merges the groups of all parts; the answer does not depend on how the data was cut",
            false => "merges the rows of all parts in one order",
        });
        self.place = RunsAt::Whole;
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Search(terms) => terms.iter().for_each(|term| self.push(found(term))),
            Command::Fields(items) | Command::Display(items) | Command::Select(items) => self.computed(items),
            Command::Filter(condition) => {
                let how = if self.grouped { String::new() } else { self.how(condition) };
                let what = if self.grouped { "groups" } else { "rows" };
                self.push(format!("keeps the {what} where {}{how}", condition.item));
            }
            Command::Parse { source, pattern } => self.parse(source.as_ref(), pattern),
            Command::Stats { aggregates, by } => {
                self.stats(aggregates, by);
                self.grouped = true;
                self.order = if by.is_empty() { Order::Said } else { Order::Keys };
                // The parts hand on groups; a later `stats` groups what was merged.
                self.merge();
            }
            Command::Sort(keys) => {
                let keys: Vec<String> = keys.iter().map(sort_key).collect();
                self.order = Order::By(keys.join(", then by "));
            }
            Command::Limit(rows) => {
                let rows = counted(usize::try_from(*rows).unwrap_or(usize::MAX), "row");
                if self.place == RunsAt::Parts {
                    self.push(format!("hands on no more than {rows}: those that would be first here"));
                }
                self.in_order();
                self.push(format!("keeps the first {rows}"));
            }
            Command::Dedup(fields) => {
                let keys: Vec<String> = fields.iter().map(|f| f.item.to_string()).collect();
                let keys = keys.join(" and ");
                if self.place == RunsAt::Parts {
                    self.push(format!("hands on only the first row of each {keys}"));
                }
                self.in_order();
                self.push(format!("keeps the first row of each {keys}; rows that lack one are all kept"));
            }
            Command::Join(join) => {
                let on: Vec<String> = join.on.iter().map(|(a, b)| format!("{} is its {}", a.item, b.item)).collect();
                let rest = match join.kind {
                    JoinKind::Inner => "; rows without one go",
                    JoinKind::Left => "; rows without one stay",
                    JoinKind::Right => "; rows without one go, and its rows that stand beside none are added",
                    JoinKind::Full => "; rows without one stay, and its rows that stand beside none are added",
                };
                let wher = if on.is_empty() { String::new() } else { format!(" where {}", on.join(" and ")) };
                self.push(format!("puts beside each row the rows of ({}){wher}{rest}", join.query));
            }
            Command::Set(set) => {
                let query = &set.query;
                let once = if set.all { "" } else { ", and keeps one of equal rows" };
                self.push(match set.kind {
                    SetKind::Union => format!("adds the rows of ({query}){once}"),
                    SetKind::Except => format!("leaves out the rows that ({query}) has too{once}"),
                    SetKind::Intersect => format!("keeps the rows that ({query}) has too{once}"),
                });
            }
            Command::Values(constants) => {
                self.push(format!("takes the {} that stand in the query", counted(constants.rows.len(), "row")));
            }
            Command::Lookup(lookup) => {
                let columns: Vec<&str> = lookup.outputs.iter().map(|(column, _)| column.item.as_str()).collect();
                let fields: Vec<&str> = lookup.on.iter().map(|(_, field)| field.item.as_str()).collect();
                let how = if lookup.network { "whose network holds" } else { "whose key is" };
                let (columns, fields, table) = (names(&columns), names(&fields), &lookup.table.item);
                self.push(format!("adds {columns} of the row of the table {table} {how} {fields}"));
                self.made.extend(lookup.outputs.iter().map(|(c, a)| a.as_ref().unwrap_or(c).item.clone()));
            }
            Command::RelevantFields { condition, .. } => {
                self.push(format!(
                    "counts each value of each field among the rows where {} and among all others",
                    condition.item
                ));
                self.grouped = true;
                self.merge();
                self.order = Order::Said;
                self.push("ranks the fields by how well their values tell the two apart");
            }
            Command::Diff(_) => self.push(
                "sets beside each number what it was in an earlier time of equal length, the difference, and the \
                 change in per cent",
            ),
            Command::Table(table) => self.table(table),
            // Which logs are read was said first.
            Command::Source(_) => {}
        }
    }

    /// What the table of commands says of it, and how it was written.
    fn table(&mut self, command: &TableCommand) {
        let text = command.to_string();
        let known = text.split(' ').next().and_then(command_named);
        // The first part of the sentence; what follows is about writing it.
        let doc = known.and_then(|known| known.doc.split([';', ':', ',']).next());
        let said = format!("{}: {text}", doc.unwrap_or("runs"));
        match command {
            TableCommand::Pattern(_) | TableCommand::CountFrequent(_) => {
                self.push(said);
                self.grouped = true;
                self.order = Order::Said;
                self.merge();
            }
            // Each row is for itself, so that parts do it where they hand on groups.
            TableCommand::Unnest { .. } if self.cut_on_parts && self.place == RunsAt::Parts => {
                self.push(said)
            }
            _ => {
                self.in_order();
                self.push(said);
            }
        }
    }

    fn computed(&mut self, items: &[Projection]) {
        for item in items {
            if matches!(item.expr.item, Expr::Field(_)) && item.alias.is_none() {
                continue;
            }
            let name = item.alias.as_ref().map(|a| a.item.clone());
            self.push(match &name {
                Some(name) => format!("computes {name} as {}", item.expr.item),
                None => format!("computes {}", item.expr.item),
            });
            self.made.extend(name);
        }
    }

    fn parse(&mut self, source: Option<&E>, pattern: &ParsePattern) {
        let source = source.map_or("@message".to_owned(), |s| s.item.to_string());
        let (kind, text, names_of) = match pattern {
            ParsePattern::Glob { pattern, names } => {
                ("pattern", &pattern.item, names.iter().map(|n| n.item.clone()).collect::<Vec<_>>())
            }
            ParsePattern::Regex(regex) => ("regular expression", &regex.item, Vec::new()),
        };
        let into: Vec<&str> = names_of.iter().map(String::as_str).collect();
        let into = if into.is_empty() { String::new() } else { format!(" into {}", names(&into)) };
        self.push(format!(
            "takes {source} apart{into} by the {kind} {text}; where it does not fit, they are missing"
        ));
        self.made.extend(names_of);
    }

    fn stats(&mut self, aggregates: &[Projection], by: &[Projection]) {
        let per = match by.is_empty() {
            true => String::new(),
            false => {
                let keys: Vec<String> = by.iter().map(key).collect();
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                format!(", for each {}", names(&keys))
            }
        };
        let all: Vec<String> = aggregates.iter().map(aggregated).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let what = if self.grouped { " of those groups" } else { "" };
        self.push(format!("{}{what}{per}", names(&all)));
        if self.place == RunsAt::Parts && !by.is_empty() {
            self.push(
                "stops with an error, never with a wrong number, if there are more groups than fit into the memory \
                 set aside for a query",
            );
        }
        self.made.clear();
    }

    /// How the fields of a condition are looked at, where that is more than row by row.
    fn how(&self, condition: &E) -> String {
        let (mut dictionary, mut ranges, mut raw) = (BTreeSet::new(), BTreeSet::new(), false);
        let mut open = vec![&condition.item];
        while let Some(expr) = open.pop() {
            let (item, ordered) = match expr {
                Expr::Unary(_, item) => {
                    open.push(&item.item);
                    continue;
                }
                Expr::Binary(Binary::And | Binary::Or, a, b) => {
                    open.extend([&a.item, &b.item]);
                    continue;
                }
                Expr::Binary(op, a, b) if op.precedence() == Binary::Equal.precedence() => {
                    match (&a.item, &b.item) {
                        (Expr::Field(name), Expr::Literal(_)) | (Expr::Literal(_), Expr::Field(name)) => {
                            (name, *op != Binary::NotEqual)
                        }
                        _ => continue,
                    }
                }
                Expr::In { item, .. } | Expr::Like { item, .. } => match &item.item {
                    Expr::Field(name) => (name, false),
                    _ => continue,
                },
                _ => continue,
            };
            if self.made.contains(item) {
                continue;
            }
            if item == "@message" {
                raw = true;
                continue;
            }
            let kind =
                if item == "@timestamp" { Some(Kind::Time) } else { self.catalog.find(item).map(|k| k.kind) };
            match kind {
                Some(Kind::Text | Kind::Ip) => _ = dictionary.insert(item.as_str()),
                Some(Kind::Int | Kind::Time) if ordered => _ = ranges.insert(item.as_str()),
                _ => {}
            }
        }
        let list = |set: BTreeSet<&str>| names(&set.into_iter().collect::<Vec<_>>());
        let mut remarks = Vec::new();
        if !dictionary.is_empty() {
            remarks.push(format!("{} looked up in the dictionary", list(dictionary)));
        }
        if !ranges.is_empty() {
            remarks.push(format!("chunks skipped whose smallest and largest {} rule it out", list(ranges)));
        }
        if raw {
            remarks.push("the raw text searched".to_owned());
        }
        if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) }
    }
}

fn found(term: &Term) -> String {
    let not = if term.negated { "not " } else { "" };
    match &term.field {
        Some(field) => format!(
            "keeps the rows where {} is {not}\"{}\", in any letter case, * standing for anything",
            field.item, term.text.item
        ),
        None => {
            format!("keeps the rows whose raw text does {not}hold \"{}\", in any letter case", term.text.item)
                .replace("does hold", "holds")
        }
    }
}

fn sort_key(key: &SortKey) -> String {
    let order =
        if key.descending { "largest first, missing last" } else { "missing first, then smallest first" };
    format!("{} ({order})", key.expr.item)
}

/// A key of a `stats`.
fn key(key: &Projection) -> String {
    let text = match &key.expr.item {
        Expr::Call { name, args } => match (name.item.as_str(), args.as_slice()) {
            ("bin", [width, rest @ ..]) => match (&width.item, rest.first().map(|o| &o.item)) {
                (Expr::Period(p), None) => interval(*p),
                (Expr::Period(p), Some(Expr::Period(shift))) => {
                    format!("{} shifted by {}", interval(*p), spoken(*shift))
                }
                _ => key.expr.item.to_string(),
            },
            _ => key.expr.item.to_string(),
        },
        other => other.to_string(),
    };
    renamed(text, key)
}

fn renamed(text: String, item: &Projection) -> String {
    match &item.alias {
        Some(alias) => format!("{text} (as {})", alias.item),
        None => text,
    }
}

fn interval(period: Period) -> String {
    format!("{} of @timestamp", spoken(period))
}

fn spoken(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::Millisecond => "millisecond",
        PeriodUnit::Second => "second",
        PeriodUnit::Minute => "minute",
        PeriodUnit::Hour => "hour",
        PeriodUnit::Day => "day",
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
        PeriodUnit::Year => "year",
    };
    if period.count == 1 { unit.to_owned() } else { counted(period.count as usize, unit) }
}

/// An item of a `stats`: the plain aggregates in prose, anything else as it is written.
fn aggregated(item: &Projection) -> String {
    let Expr::Call { name, args } = &item.expr.item else {
        return renamed(format!("computes {}", item.expr.item), item);
    };
    let found = aggregate::find(&name.item);
    let field = args.first().map(|a| a.item.to_string());
    let text = match (found, field) {
        (Some((_, AggregateKind::Count)), None) => "counts the rows".to_owned(),
        (Some((_, AggregateKind::Count)), Some(star)) if star == "*" => "counts the rows".to_owned(),
        (Some((known, kind)), Some(field)) => match kind {
            AggregateKind::Count => format!("counts the rows that have {field}"),
            AggregateKind::FixedPercentile(percent) => {
                format!("takes the {percent}th percentile of {field} (nearest rank)")
            }
            AggregateKind::Percentile => match args.get(1).map(|a| &a.item) {
                Some(Expr::Literal(Value::Int(_) | Value::Float(_))) => {
                    format!("takes the {}th percentile of {field} (nearest rank)", args[1].item)
                }
                _ => format!("computes {}", item.expr.item),
            },
            _ if !known.prose.is_empty() => known.prose.replacen("{}", &field, 1),
            _ => format!("computes {}", item.expr.item),
        },
        _ => format!("computes {}", item.expr.item),
    };
    renamed(text, item)
}

/// `a`, `a and b`, `a, b and c`; of very many, the first.
fn names(all: &[&str]) -> String {
    const MOST: usize = 12;
    if all.len() > MOST + 1 {
        return format!("{} and {} more", all[..MOST].join(", "), all.len() - MOST);
    }
    match all {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
