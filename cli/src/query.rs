//! `logloupe query`: one query over all rows of all files. Every thread asks its own shard; partial answers are merged.

use std::{
    cmp::Ordering,
    io::{self, Write},
    sync::Arc,
    thread,
};

use logloupe_answer::{Values, job};
use logloupe_core::formats::Paths;
use logloupe_query::{
    exec::{self, Job, Partial, Reader, Remainder, RowRef, Selection},
    plan::{self, Catalog, Plan},
    result::ResultTable,
};
use logloupe_syntax::{self as syntax, Diagnostic, Language, Severity, diagnostic, presence};
use logloupe_table::{
    Row, Shard, Value,
    builtin::{position, source},
    lookup::Lookup,
    schema::TIMESTAMP,
};
use logloupe_view::{
    RowId, ViewRequest,
    coordinator::{Replies, Request, drive},
    export,
    part::ViewPart,
    window::RowOrder,
};

use crate::{
    Failure, Outcome,
    args::{Output, Query},
    definitions::{self, Formats},
    load,
    output::{self, Writer},
    report,
};

/// Answers the query.
///
/// # Errors
/// What is wrong with the query, or when stdout cannot be written.
pub fn run(call: &Query, out: &mut dyn Write) -> Outcome {
    // What is wrong with the text alone is said before anything is read.
    let query = parse(call)?;
    let (files, formats) = definitions::resolve(&call.files)?;
    let mut loaded = load::load(&files, formats);
    let answer = answer(call, query, &mut loaded.shards, &loaded.lookups, formats)?;
    eprint!("{}", answer.warnings);
    let status = report::remarks(&loaded.ledger);
    answer.write(call, &loaded.shards, &mut Writer::new(call.output), out)?;
    Ok(status)
}

/// The text understood in its language.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(call: &Query) -> Result<syntax::tree::Query, Failure> {
    let language = match call.language {
        // Words that are commands elsewhere are words of a pattern where one is asked for.
        Language::Pattern => Language::Pattern,
        chosen => Language::of(&call.text, chosen),
    };
    syntax::parse_in(&call.text, language).into_result().map_err(|found| refuse(call, &found))
}

fn refuse(call: &Query, found: &[Diagnostic]) -> Failure {
    Failure::Refused(diagnostic::render(&call.text, found))
}

/// The answer of all shards.
pub(crate) struct Answer {
    /// None where nothing was asked.
    pub(crate) plan: Option<Arc<Plan>>,
    /// A table, or rows of the shards in their order.
    pub(crate) found: Found,
    /// What is to be said of the query, as it is printed.
    pub(crate) warnings: String,
    /// Why there are no rows, where that can be told.
    no_rows: Option<String>,
}

/// What a query gives.
pub(crate) enum Found {
    /// Values under the names of columns, and what is to be said of them.
    Table(ResultTable),
    /// Rows as they were read.
    Rows(Vec<RowRef>),
}

/// Asks all shards.
///
/// # Errors
/// What is wrong with the query where it meets what is loaded.
pub(crate) fn answer(
    call: &Query,
    query: syntax::tree::Query,
    shards: &mut [Shard],
    lookups: &[Arc<Lookup>],
    formats: Formats,
) -> Result<Answer, Failure> {
    let mut catalog = catalog(shards, formats);
    lookups.iter().for_each(|table| catalog.bindings.add_lookup(table.clone()));
    let count = shards.len();
    let mut threads = Threads::new(query, catalog, shards, formats);
    let driven = drive(ViewRequest::default(), count, |ask| threads.answer(ask));
    let Threads { plan, selections, failure, shards, .. } = threads;
    let driven = driven.map_err(|found| match failure {
        Some(message) => Failure::Refused(format!("logloupe: {message}")),
        None => refuse(call, &found),
    })?;
    let warnings: Vec<Diagnostic> =
        driven.remarks.into_iter().filter(|remark| remark.severity == Severity::Warning).collect();
    let found = match (driven.view.table, driven.order, &plan) {
        (Some(table), ..) => Found::Table(table),
        (None, RowOrder::Listed(ids), Some(plan)) if !plan.is_selection() => {
            let row = |id: RowId| RowRef { shard: id.shard, table: id.table, row: id.row };
            Found::Rows(ids.into_iter().map(row).collect())
        }
        (None, _, Some(plan)) => Found::Rows(in_order(plan, shards, &selections)),
        (None, _, None) => Found::Rows(Vec::new()),
    };
    let warnings = diagnostic::render(&call.text, &warnings);
    Ok(Answer { plan, found, warnings, no_rows: presence::no_rows(&driven.view.answer.absent) })
}

impl Answer {
    /// Writes it in the form that is called for; `shards` are those that were asked.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(
        self,
        call: &Query,
        shards: &[Shard],
        writer: &mut Writer,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Some(plan) = self.plan else { return Ok(()) };
        let no_rows = self.no_rows.filter(|_| call.output == Output::Table);
        match self.found {
            Found::Table(table) => {
                table.remarks.iter().for_each(|remark| eprintln!("logloupe: {remark}"));
                if let (true, Some(why)) = (table.rows.is_empty(), no_rows) {
                    return writeln!(out, "{}", output::plain(&why, usize::MAX));
                }
                let columns: Vec<String> = table.columns.into_iter().map(|column| column.name).collect();
                writer.write(&columns, table.rows.into_iter(), out)
            }
            Found::Rows(rows) => match no_rows.filter(|_| rows.is_empty()) {
                Some(why) => writeln!(out, "{}", output::plain(&why, usize::MAX)),
                None => events(&plan, shards, &rows, call.output, writer, out),
            },
        }
    }
}

/// The shards, a thread each: what the coordinator asks is answered by all at once.
struct Threads<'s> {
    query: syntax::tree::Query,
    catalog: Catalog,
    shards: &'s mut [Shard],
    formats: Formats,
    /// The plan that was asked last, and what the shards keep of it.
    plan: Option<Arc<Plan>>,
    selections: Vec<Selection>,
    remainders: Vec<Remainder>,
    /// Why partials did not merge.
    failure: Option<String>,
}

impl<'s> Threads<'s> {
    fn new(
        query: syntax::tree::Query,
        catalog: Catalog,
        shards: &'s mut [Shard],
        formats: Formats,
    ) -> Threads<'s> {
        Threads {
            query,
            catalog,
            shards,
            formats,
            plan: None,
            selections: Vec::new(),
            remainders: Vec::new(),
            failure: None,
        }
    }
    fn answer(&mut self, ask: Request<Values>) -> Replies<Values> {
        match ask {
            Request::View { answers } => Replies::Parts(self.parts(answers)),
            Request::Merge(partials) => {
                let plan = self.plan.as_deref().ok_or_else(|| "the query could not be planned".to_owned());
                let merged = plan.and_then(|plan| job::merge(plan, partials).map_err(String::from));
                self.failure = merged.as_ref().err().cloned();
                Replies::Merged(merged)
            }
            Request::Refine(refine) => {
                let kept = self.remainders.iter().zip(&*self.shards).zip(0..);
                let refined = kept.map(|((rest, shard), n)| rest.supply(shard, &refine).at_shard(n));
                Replies::Refined(refined.collect())
            }
            // Nobody looks at facets here.
            Request::Counts(_) => Replies::Counts(vec![Vec::new(); self.shards.len()]),
        }
    }
    /// Every shard's part of the query, or of the next subquery.
    fn parts(&mut self, answers: Vec<ResultTable>) -> Vec<ViewPart<Partial>> {
        let mut catalog = self.catalog.clone();
        catalog.bindings.of(&self.query);
        let refused = answers.into_iter().find_map(|answer| catalog.bindings.add_answer(answer).err());
        let next = catalog.bindings.next_subquery().cloned();
        let checked = match refused {
            Some(message) => Err(vec![Diagnostic::error(0..0, message)]),
            // What is wrong with either is told before anything runs.
            None => plan::plan(&self.query, &catalog).and_then(|plan| match &next {
                Some(next) => plan::plan(next, &catalog),
                None => Ok(plan),
            }),
        };
        let plan = match checked {
            Ok(plan) => Arc::new(plan),
            Err(diagnostics) => {
                let part = || ViewPart { diagnostics: diagnostics.clone(), ..ViewPart::default() };
                return self.shards.iter().map(|_| part()).collect();
            }
        };
        let diagnostics = plan::remarks(&self.query, &catalog);
        let (subquery, selects) = (next.is_some(), plan.is_selection());
        let mut parts = Vec::new();
        (self.selections, self.remainders) = (Vec::new(), Vec::new());
        for (number, (selection, partial, rest)) in (0..).zip(ask(&plan, self.shards, self.formats)) {
            let shard = &self.shards[number as usize];
            parts.push(ViewPart {
                total: shard.rows() as u64,
                matched: selection.matched,
                names: exec::presence(&plan, shard),
                partial: (!selects).then(|| partial.at_shard(number)),
                diagnostics: diagnostics.clone(),
                subquery,
                ..ViewPart::default()
            });
            self.selections.push(selection);
            self.remainders.push(rest);
        }
        self.plan = Some(plan);
        parts
    }
}

/// The names that exist: of what is loaded, and of every format, so that a query for a log of which there happens to
/// be none has an empty answer and not a complaint.
fn catalog(shards: &[Shard], formats: Formats) -> Catalog {
    let mut catalog = Catalog::default();
    for format in formats.all {
        catalog.add_format(format.meta().id, &format.fields(), false);
        format.sources().iter().for_each(|name| catalog.add_source(name, format.meta().id));
    }
    for shard in shards {
        catalog.merge(&Catalog::of(shard, &Paths(formats.all)));
    }
    catalog
}

/// Runs the plan on all shards at once.
fn ask(plan: &Arc<Plan>, shards: &mut [Shard], formats: Formats) -> Vec<(Selection, Partial, Remainder)> {
    let paths = Paths(formats.all);
    let one = |shard: &mut Shard| {
        let mut job = Job::new(plan.clone(), None, shard, &paths).allow_truncated();
        while !job.step(shard, usize::MAX) {}
        job.finish_truncated()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = shards.iter_mut().map(|shard| scope.spawn(|| one(shard))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    })
}

/// What rows are ordered by; ties as within one shard: by file, place in it, and format.
type Key<'s> = (Vec<Value>, Option<i64>, &'s str, u64, &'s str);

/// All selected rows of all shards in the order of the plan.
fn in_order(plan: &Plan, shards: &[Shard], selections: &[Selection]) -> Vec<RowRef> {
    let mut sorted: Vec<_> = shards
        .iter()
        .zip(selections)
        .zip(0..)
        .map(|((shard, selection), number)| {
            let rows = exec::rows(plan, shard, selection);
            let reader = Reader::new(plan, shard);
            let rows = rows.into_iter().map(move |row| RowRef { shard: number, ..row });
            rows.filter_map(move |id| {
                let row = shard.tables.get(id.table as usize)?.row(id.row as usize)?;
                let keys = reader.keys(id);
                let time = row.chunk.column(TIMESTAMP).int(row.index);
                let place = (source(shard, &row), position(shard, &row).1, row.table.format());
                Some(((keys, time, place.0, place.1, place.2), id))
            })
            .peekable()
        })
        .collect();
    let descending: Vec<bool> = plan.sort().iter().map(|by| by.descending).collect();
    let mut rows = Vec::new();
    loop {
        let heads = sorted.iter_mut().enumerate().filter_map(|(i, rows)| Some((i, &rows.peek()?.0)));
        let first = heads.min_by(|a, b| compare(&descending, a.1, b.1)).map(|(i, _)| i);
        let Some(next) = first.and_then(|i| sorted[i].next()) else { return rows };
        rows.push(next.1);
    }
}

fn compare(descending: &[bool], a: &Key<'_>, b: &Key<'_>) -> Ordering {
    let mut keys = a.0.iter().zip(&b.0).zip(descending).map(|((a, b), descending)| {
        let order = a.sort_cmp(b);
        if *descending { order.reverse() } else { order }
    });
    // Without a `sort` the newest come first.
    let newest = || if descending.is_empty() { b.1.cmp(&a.1) } else { Ordering::Equal };
    keys.find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
        .then_with(newest)
        .then_with(|| (a.2, a.3, a.4).cmp(&(b.2, b.3, b.4)))
}

/// Writes events: the columns that the query names; if it names none, everything there is, or for people the raw text.
fn events(
    plan: &Plan,
    shards: &[Shard],
    rows: &[RowRef],
    form: Output,
    writer: &mut Writer,
    out: &mut dyn Write,
) -> io::Result<()> {
    let chosen: Vec<String> = plan.output().iter().map(|column| column.name.clone()).collect();
    if !chosen.is_empty() {
        let readers: Vec<Reader<'_>> = shards.iter().map(|shard| Reader::new(plan, shard)).collect();
        let values = rows.iter().filter_map(|id| Some(readers.get(id.shard as usize)?.values(*id)));
        return writer.write(&chosen, values, out);
    }
    match form {
        Output::Table => {
            let columns = ["@timestamp", "@format", "@message"].map(str::to_owned);
            let mut values = Vec::with_capacity(rows.len());
            each(shards, rows, |_, row, record| {
                let time = row.value(TIMESTAMP);
                let message = Value::text(&String::from_utf8_lossy(record));
                values.push(vec![time, Value::text(row.table.format()), message]);
                Ok(())
            })?;
            writer.write(&columns, values.into_iter(), out)
        }
        Output::Csv => {
            let columns = export::csv_columns(shards);
            let mut line = Vec::new();
            output::csv_header(&columns, &mut line);
            out.write_all(&line)?;
            each(shards, rows, |shard, row, record| {
                line.clear();
                export::csv_row_of(shard, row, record, &columns, &mut line);
                out.write_all(&line)
            })
        }
        Output::Ndjson | Output::Json => {
            let array = form == Output::Json;
            let (mut line, mut between) = (Vec::new(), "[\n");
            each(shards, rows, |shard, row, record| {
                line.clear();
                export::ndjson_of(shard, row, record, &mut line);
                if array {
                    line.pop();
                    write!(out, "{between}")?;
                    between = ",\n";
                }
                out.write_all(&line)
            })?;
            match (array, rows.is_empty()) {
                (true, true) => writeln!(out, "[]"),
                (true, false) => writeln!(out, "\n]"),
                (false, _) => Ok(()),
            }
        }
    }
}

/// Calls `f(shard, row, record)` for the rows in their order. Raw text is fetched for many rows at once, because every
/// fetch unpacks a whole block.
fn each(
    shards: &[Shard],
    rows: &[RowRef],
    mut f: impl FnMut(&Shard, &Row<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    const AT_ONCE: usize = 16_384;
    for window in rows.chunks(AT_ONCE) {
        let found = |id: &RowRef| {
            let shard = shards.get(id.shard as usize)?;
            Some((shard, shard.tables.get(id.table as usize)?.row(id.row as usize)?))
        };
        let mut places: Vec<(usize, &RowRef)> = window.iter().enumerate().collect();
        places.sort_by_key(|(_, id)| (id.shard, id.table, id.row));
        let mut records = vec![Vec::new(); window.len()];
        // Runs of rows of one chunk.
        let mut rest = places.as_slice();
        while let Some((_, first)) = rest.first() {
            let Some((_, row)) = found(first) else { break };
            let chunk = row.chunk;
            let end = chunk.first_row + chunk.rows;
            let of_chunk = |(_, id): &(usize, &RowRef)| {
                (id.shard, id.table) == (first.shard, first.table) && (id.row as usize) < end
            };
            let (run, after) = rest.split_at(rest.partition_point(of_chunk));
            let wanted = |index: usize| {
                run.binary_search_by_key(&(chunk.first_row + index), |(_, id)| id.row as usize)
            };
            chunk.raw.for_each(
                |index| wanted(index).is_ok(),
                |index, record| {
                    if let Ok(at) = wanted(index) {
                        records[run[at].0] = record.to_vec();
                    }
                },
            );
            rest = after;
        }
        for (id, record) in window.iter().zip(&records) {
            if let Some((shard, row)) = found(id) {
                f(shard, &row, record)?;
            }
        }
    }
    Ok(())
}
