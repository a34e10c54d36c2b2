//! A query as CloudWatch Logs Insights accepts it: fields by the names that it discovers, functions that it has, what is
//! only this program's own written out. Written from the tree, because the language is the same; what a name means is
//! asked of the log.

use std::collections::{BTreeMap, BTreeSet};

use super::{Unsupported, log};
use logloupe_query::plan::{self, Catalog};
use logloupe_syntax::{
    explanation::InsightsQuery,
    functions::{self, AggregateKind, Func, Json, Time, aggregate},
    label,
    tree::{
        Binary, Command, E, Expr, ParsePattern, Pattern, Period, PeriodUnit, Projection, Query, SortKey,
        Spanned, TableCommand, Term, Unary,
    },
};
use logloupe_table::external::{Log, Logs};
use logloupe_table::{Value, json_paths::IN_MESSAGE, partition::Partition, schema::BUILT_IN};

/// How many `stats` may follow one another there.
const MOST_STATS: usize = 10;
/// How many rows an answer has there at most.
const MOST_ROWS: u64 = 10_000;

/// The query for Insights; the first thing that has no counterpart there if one has none.
///
/// # Errors
/// What Insights cannot say.
pub fn insights(query: &Query, catalog: &Catalog, logs: &dyn Logs) -> Result<InsightsQuery, Unsupported> {
    let plan = plan::plan(query, catalog).map_err(|found| {
        let first = found.first().map_or("it has faults", |d| d.message.as_str());
        Unsupported::new("the query", first, "fix it first")
    })?;
    // Log groups are chosen beside the text, so one text may do for several logs.
    let mut all = Vec::new();
    for log in log::candidates(&plan, catalog, logs)? {
        all.push(of_log(query, &log)?);
    }
    let same = all.iter().all(|one| all[0].text == one.text);
    if !same {
        log::asked(&plan, catalog, logs, |_| false)?;
    }
    let mut groups: Vec<String> = all.iter().map(|one| one.group.clone()).collect();
    groups.dedup();
    let mut first = all.swap_remove(0);
    // Of fifty logs, each in a group of its own, a few are told.
    const TOLD: usize = 6;
    let more = groups.len().saturating_sub(TOLD);
    groups.truncate(TOLD + (more == 1) as usize);
    first.group = groups.join("; or ");
    if more > 1 {
        first.group.push_str(&format!("; or those of {more} other logs"));
    }
    Ok(first)
}

fn of_log(query: &Query, log: &Log) -> Result<InsightsQuery, Unsupported> {
    let mut writer = Writer {
        log,
        defined: BTreeSet::new(),
        renamed: BTreeMap::new(),
        grouped: false,
        notes: Vec::new(),
        depth: 0,
    };
    let mut written = Query::default();
    let (mut stats, mut limited) = (0, false);
    for command in &query.commands {
        stats += usize::from(matches!(command.item, Command::Stats { .. }));
        limited |= matches!(command.item, Command::Limit(n) if n <= MOST_ROWS);
        writer.command(&command.item, &mut written.commands)?;
    }
    if stats > MOST_STATS {
        return Err(Unsupported::new(
            format!("{stats} `stats` in a row"),
            format!("Insights takes {MOST_STATS} at most"),
            "run the query here",
        ));
    }
    if !limited {
        writer.note("Insights shows 10,000 rows of an answer at most; Logloupe shows all");
    }
    let group = log.external.map_or("its log group", |e| e.insights.group);
    Ok(InsightsQuery { text: written.to_string(), group: group.to_owned(), notes: writer.notes })
}

struct Writer<'l> {
    log: &'l Log,
    /// Names that the query made.
    defined: BTreeSet<String>,
    /// Columns of a `stats` whose names are other ones there.
    renamed: BTreeMap<String, String>,
    /// A `stats` was there: only what it left has a name.
    grouped: bool,
    notes: Vec<String>,
    depth: usize,
}

type Rewritten = Result<E, Unsupported>;

impl Writer<'_> {
    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|n| n == note) {
            self.notes.push(note.to_owned());
        }
    }

    fn command(&mut self, command: &Command, out: &mut Vec<Spanned<Command>>) -> Result<(), Unsupported> {
        let mut push = |command| out.push(Spanned::made(command));
        match command {
            // Which logs are asked is not part of the text.
            Command::Source(_) => {}
            Command::Search(terms) => {
                for term in terms {
                    push(Command::Filter(self.term(term)?));
                }
            }
            Command::Fields(items) => push(Command::Fields(self.projections(items)?)),
            Command::Display(items) => push(Command::Display(self.projections(items)?)),
            Command::Select(items) => {
                let items = self.projections(items)?;
                let shown = items.iter().map(|p| Projection {
                    expr: made(Expr::Field(
                        p.alias.as_ref().map_or_else(|| label(&p.expr.item), |a| a.item.clone()),
                    )),
                    alias: None,
                });
                let shown: Vec<Projection> = shown.collect();
                let plain = |p: &Projection| matches!(p.expr.item, Expr::Field(_)) && p.alias.is_none();
                let made: Vec<Projection> = items.into_iter().filter(|p| !plain(p)).collect();
                if !made.is_empty() {
                    push(Command::Fields(made));
                }
                push(Command::Display(shown));
            }
            Command::Filter(condition) => push(Command::Filter(self.expr(condition)?)),
            Command::Parse { source, pattern } => {
                let source = source.as_ref().map(|s| self.expr(s)).transpose()?;
                if let ParsePattern::Glob { names, .. } = pattern {
                    self.defined.extend(names.iter().map(|n| n.item.clone()));
                }
                if let ParsePattern::Regex(regex) = pattern {
                    self.defined.extend(group_names(&regex.item));
                }
                push(Command::Parse { source, pattern: pattern.clone() });
            }
            Command::Stats { aggregates, by } => {
                let old: Vec<Projection> = by.iter().chain(aggregates).cloned().collect();
                let by = self.projections(by)?;
                let aggregates = self.projections(aggregates)?;
                self.renamed.clear();
                for (old, new) in old.iter().zip(by.iter().chain(&aggregates)) {
                    if old.alias.is_none() {
                        self.renamed.insert(label(&old.expr.item), label(&new.expr.item));
                    }
                }
                self.grouped = true;
                push(Command::Stats { aggregates, by });
            }
            Command::Sort(keys) => {
                let mut written = Vec::new();
                for key in keys {
                    written.push(SortKey { expr: self.expr(&key.expr)?, descending: key.descending });
                }
                push(Command::Sort(written));
            }
            Command::Limit(rows) => push(Command::Limit(*rows)),
            Command::Dedup(fields) => {
                let mut written = Vec::new();
                for field in fields {
                    written.push(self.expr(field)?);
                }
                push(Command::Dedup(written));
            }
            Command::Diff(baseline) => push(Command::Diff(*baseline)),
            Command::RelevantFields { fields, condition } => {
                let mut written = Vec::new();
                for field in fields {
                    written.push(self.expr(field)?);
                }
                push(Command::RelevantFields { fields: written, condition: self.expr(condition)? });
            }
            Command::Table(TableCommand::Window(window)) => {
                return Err(Unsupported::new(
                    format!("`{}`", window.function.item),
                    "Insights has no window functions",
                    "ask Athena, or leave out the command that computes it",
                ));
            }
            Command::Table(table) => {
                // As it stands, if it means the same there.
                for old in table.expressions() {
                    if self.expr(old)? != *old {
                        return Err(Unsupported::new(
                            format!("`{}`", old.item),
                            "Insights knows the field by another name than this command was given",
                            "use that name: `logloupe formats --json` lists the names of each field",
                        ));
                    }
                }
                push(Command::Table(table.clone()));
            }
            other => {
                let text = other.to_string();
                return Err(Unsupported::new(
                    format!("`{}`", text.split(' ').next().unwrap_or_default()),
                    "it names tables or logs by the names that they have here",
                    "write the command again there, with the names of your log groups or lookup tables",
                ));
            }
        }
        Ok(())
    }

    fn term(&mut self, term: &Term) -> Rewritten {
        let escaped = |text: &str| {
            let escape =
                |c: char| if c.is_ascii_punctuation() && c != '_' { format!("\\{c}") } else { c.to_string() };
            text.chars().map(escape).collect::<String>()
        };
        let (item, pattern) = match &term.field {
            None => (made(Expr::Field("@message".to_owned())), format!("(?i){}", escaped(&term.text.item))),
            Some(field) => {
                let parts: Vec<String> = term.text.item.split('*').map(escaped).collect();
                (self.field(&field.item)?, format!("(?is)^{}$", parts.join(".*")))
            }
        };
        let like = made(Expr::Like { negated: false, item, pattern: Spanned::made(Pattern::Regex(pattern)) });
        Ok(if term.negated { made(Expr::Unary(Unary::Not, like)) } else { like })
    }

    fn projections(&mut self, items: &[Projection]) -> Result<Vec<Projection>, Unsupported> {
        let mut written = Vec::new();
        for item in items {
            written.push(Projection { expr: self.expr(&item.expr)?, alias: item.alias.clone() });
            self.defined.extend(item.alias.as_ref().map(|a| a.item.clone()));
        }
        Ok(written)
    }

    fn field(&mut self, name: &str) -> Rewritten {
        let field = |name: &str| Ok(made(Expr::Field(name.to_owned())));
        if let Some(new) = self.renamed.get(name) {
            return field(new);
        }
        if self.grouped || self.defined.contains(name) {
            return field(name);
        }
        let name = name.strip_prefix(IN_MESSAGE).unwrap_or(name);
        let there = self.log.external.map(|e| e.insights);
        let Some(own) = self.log.field(name) else {
            if self.log.has_partitions()
                && let Some(partition) = Partition::named(name)
            {
                return match partition.field().and_then(|field| self.log.field(field)) {
                    Some(same) => self.field(&same.name.clone()),
                    None => Err(Unsupported::new(
                        format!("`{name}`"),
                        "it is a partition column of Athena's tables, and log groups have none",
                        "choose the range of time there, or filter by `@timestamp`",
                    )),
                };
            }
            return match name {
                "@timestamp" | "@message" | "@logStream" | "@log" | "@ingestionTime" | "@ptr" => field(name),
                _ if BUILT_IN.contains(&name) => Err(Unsupported::new(
                    format!("`{name}`"),
                    "it is a name of Logloupe's own, about files",
                    "leave it out, or use `@log` and `@logStream`",
                )),
                _ if self.log.json => field(&format!("{}{name}", there.map_or("", |t| t.prefix))),
                _ => field(name),
            };
        };
        let Some(there) = there else { return field(&own.name) };
        if own.made {
            return Err(Unsupported::new(
                format!("`{name}`"),
                format!("Logloupe makes it of other fields of {}, which Insights does not", self.log.title),
                "ask for the fields that it is made of",
            ));
        }
        match own.insights {
            Some(theirs) => field(theirs),
            None => field(&format!("{}{}", there.prefix, own.name)),
        }
    }

    fn exprs(&mut self, all: &[E]) -> Result<Vec<E>, Unsupported> {
        all.iter().map(|e| self.expr(e)).collect()
    }

    fn expr(&mut self, e: &E) -> Rewritten {
        // The plan was made of it, so it is not deeper than plans may be but along the left edge of `and` and `or`.
        self.depth += 1;
        let written = self.expr_inner(e);
        self.depth -= 1;
        written
    }

    fn expr_inner(&mut self, e: &E) -> Rewritten {
        Ok(made(match &e.item {
            Expr::Field(name) => return self.field(name),
            Expr::Literal(Value::Null) => {
                return Err(Unsupported::new(
                    "`null`",
                    "Insights has no such word",
                    "use `ispresent(field)`",
                ));
            }
            Expr::Literal(_) | Expr::Star => e.item.clone(),
            Expr::Period(period) => Expr::Period(fitted(*period)?),
            Expr::Unary(op, inner) => Expr::Unary(*op, self.expr(inner)?),
            Expr::Binary(op @ (Binary::And | Binary::Or), ..) => {
                let (mut at, mut operands) = (e, Vec::new());
                while let Expr::Binary(same, left, right) = &at.item {
                    if same != op {
                        break;
                    }
                    operands.push(right);
                    at = left;
                }
                let mut all = self.expr(at)?;
                for operand in operands.into_iter().rev() {
                    all = made(Expr::Binary(*op, all, self.expr(operand)?));
                }
                return Ok(all);
            }
            Expr::Binary(op, a, b) => Expr::Binary(*op, self.expr(a)?, self.expr(b)?),
            Expr::In { negated, item, list } => {
                Expr::In { negated: *negated, item: self.expr(item)?, list: self.exprs(list)? }
            }
            Expr::Like { negated, item, pattern } => {
                Expr::Like { negated: *negated, item: self.expr(item)?, pattern: pattern.clone() }
            }
            Expr::InQuery { .. } | Expr::Query(_) | Expr::Exists(_) => {
                return Err(Unsupported::new(
                    "a subquery",
                    "it names logs by the names that they have here",
                    "write it again there, with the names of your log groups",
                ));
            }
            Expr::Call { name, args } => return self.call(name, args),
        }))
    }

    fn call(&mut self, name: &Spanned<String>, args: &[E]) -> Rewritten {
        let call = |name: &str, args| made(Expr::Call { name: Spanned::made(name.to_lowercase()), args });
        if let Some((found, kind)) = aggregate::find(&name.item) {
            let mut written = self.exprs(args)?;
            if let AggregateKind::FixedPercentile(percent) = kind {
                let whole = percent.fract() == 0.0;
                let percent = if whole { Value::Int(percent as i64) } else { Value::Float(percent) };
                written.push(made(Expr::Literal(percent)));
                return Ok(call("pct", written));
            }
            if !found.insights {
                return Err(missing_there(&name.item));
            }
            if kind == AggregateKind::CountDistinct {
                self.note("count_distinct is approximate in Insights where there are very many values");
            }
            return Ok(call(found.name, written));
        }
        match (functions::find(&name.item).map(|spec| spec.func), args) {
            // `null` is missing there, and objects and lists are no fields.
            (Some(Func::Json(Json::JsonHas)), [_]) => return Ok(call("ispresent", self.exprs(args)?)),
            (Some(Func::Json(Json::JsonScalar)), [field]) => return self.expr(field),
            _ => {}
        }
        let Some(spec) = functions::find(&name.item).filter(|spec| spec.insights) else {
            return Err(missing_there(&name.item));
        };
        if spec.func == Func::Time(Time::Now) {
            self.note("now() is the time of the query in Insights, and that of the latest event in Logloupe");
        }
        Ok(call(spec.name, self.exprs(args)?))
    }
}

fn made(expr: Expr) -> E {
    Box::new(Spanned::made(expr))
}

/// A span of time that Insights does not cut: it takes no more than 60 seconds, 60 minutes, 24 hours, in each unit.
fn fitted(period: Period) -> Result<Period, Unsupported> {
    let mut fitted = period;
    loop {
        let (most, next) = match fitted.unit {
            PeriodUnit::Millisecond => (1000, PeriodUnit::Second),
            PeriodUnit::Second => (60, PeriodUnit::Minute),
            PeriodUnit::Minute => (60, PeriodUnit::Hour),
            PeriodUnit::Hour => (24, PeriodUnit::Day),
            _ => return Ok(fitted),
        };
        if fitted.count <= most {
            return Ok(fitted);
        }
        if !fitted.count.is_multiple_of(most) {
            return Err(Unsupported::new(
                format!("`{period}`"),
                format!("Insights silently takes no more than {most}{} for it", fitted.unit.symbol()),
                "use a whole number of the next larger unit",
            ));
        }
        fitted = Period { count: fitted.count / most, unit: next };
    }
}

/// The names of the groups of a regular expression.
fn group_names(regex: &str) -> Vec<String> {
    let starts = ["(?<", "(?P<"];
    let parts = starts.iter().flat_map(|s| regex.match_indices(s).map(|(at, s)| &regex[at + s.len()..]));
    parts.filter_map(|rest| rest.split_once('>').map(|(name, _)| name.to_owned())).collect()
}

fn missing_there(name: &str) -> Unsupported {
    Unsupported::new(
        format!("`{name}`"),
        "Insights has no such function",
        "leave it out, or run the query here",
    )
}
