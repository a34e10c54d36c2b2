//! Questions over a million and ten million rows, natively, on one thread: from the query's text to the answer's values.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use logloupe_answer::job;
use logloupe_core::{
    formats::{ALL, Paths},
    ingest::Loader,
};
use logloupe_query::{
    exec::{self, Answer, Job, Selection},
    plan::{self, Catalog, Plan},
};
use logloupe_syntax as syntax;
use logloupe_table::{Shard, Value};
use logloupe_view::{
    coordinator::Merged,
    facets::Tally,
    histogram,
    order::{Order, Timeline},
    sorting::Sorting,
};

use crate::{
    ingest::loader,
    logs::Maker,
    measure::{FigureTable, time, time_short},
};

const RUNS: usize = 9;

/// Chunks that a worker of the page does before it looks at the clock.
const CHUNKS: usize = 4;

/// The questions that a log is asked, each with what it is called. The page is asked the same ones.
pub(crate) struct Questions {
    /// The format's id.
    pub(crate) format: &'static str,
    pub(crate) queries: &'static [(&'static str, &'static str)],
}

/// One entry per log. A question that begins with a path not used before is asked first and again.
pub(crate) const QUESTIONS: &[Questions] = &[
    Questions {
        format: "vpc_flow",
        queries: &[
            ("count by bin", "filter action = \"REJECT\" | stats count(*) as n by bin(1m)"),
            ("top 10 of a text column", "stats count(*) as n by srcAddr | sort n desc | limit 10"),
            ("top pairs", "stats sum(bytes) as total by srcAddr, dstAddr | sort total desc | limit 5"),
            ("subnet filter", "filter isIpv4InSubnet(srcAddr, \"10.0.0.0/8\") | stats count(*) as n"),
            (
                "regex on a dictionary column",
                "filter srcAddr like /^1\\d\\.\\d+\\.7\\d*\\./ | stats count(*) as n",
            ),
            ("substring over @message", "filter @message like \"REJECT OK\" | stats count(*) as n"),
            ("sort by bytes with limit", "fields srcAddr, dstAddr, bytes | sort bytes desc | limit 20"),
        ],
    },
    Questions {
        format: "alb",
        queries: &[
            (
                "percentiles by service",
                "stats pct(target_processing_time, 50), pct(target_processing_time, 95), \
                 pct(target_processing_time, 99) by target_ip",
            ),
            ("free text, any letter case", "filter @message like /(?i)GOOGLEBOT/ | stats count(*) as n"),
            ("top 10 of a column of URLs", "stats count(*) as n by request_url | sort n desc | limit 10"),
        ],
    },
    Questions {
        format: "cloudtrail",
        queries: &[
            ("distinct principals per hour", "stats count_distinct(userIdentity.arn) as n by bin(1h)"),
            (JSON_PATH, "stats count(*) as n by requestParameters.Host | sort n desc | limit 5"),
        ],
    },
];

/// The question that reads a path of JSON records that is no column.
pub(crate) const JSON_PATH: &str = "JSON path";

/// The fields whose values the page counts.
pub(crate) const FACETS: [&str; 8] =
    ["action", "log-status", "protocol", "dstport", "srcaddr", "dstaddr", "interface-id", "account-id"];

/// All questions to logs of `rows` rows each.
pub(crate) fn all(table: &mut FigureTable, rows: u64) {
    for questions in QUESTIONS {
        let mut loader = load(questions.format, rows);
        let shard = loader.shard();
        let note = format!("{rows} rows of {}", questions.format);
        for (name, query) in questions.queries {
            if *name == JSON_PATH {
                let first = time(1, || (), |()| ask(query, shard)).millis().0;
                table.figure("native: JSON path, first time", "ms", first, &note);
            }
            if let Err(why) = exec::run(query, shard, &Paths(ALL)) {
                let why = why.into_iter().map(|d| d.message).collect::<Vec<_>>().join("; ");
                table.figure(&format!("native: {name}"), "ms", f64::NAN, &format!("{note}; {why}"));
                continue;
            }
            let took = time_short(RUNS, || ask(query, shard));
            table.row(&format!("native: {name}"), "ms", took.millis(), &note);
            Steps::of(query, shard).row(table, name, &note);
        }
        if questions.format == "vpc_flow" {
            screen(table, shard, &note);
        }
    }
}

/// One question to one log, stage by stage: what to run under a profiler.
pub(crate) fn one(table: &mut FigureTable, format: &str, rows: u64, query: &str) {
    let mut loader = load(format, rows);
    let shard = loader.shard();
    let note = format!("{rows} rows of {format}");
    Steps::once(query, shard).row(table, "first", &note);
    let took = time_short(RUNS, || ask(query, shard));
    table.row("the question", "ms", took.millis(), &note);
    Steps::of(query, shard).row(table, "again", &note);
}

/// A log of `rows` rows, read without ever being whole in memory as text.
fn load(format: &str, rows: u64) -> Loader {
    let maker = Maker::of(format);
    let mut loader = loader();
    loader.open(maker.file, Default::default());
    maker.stream(rows).for_each(|chunk| loader.push(&chunk));
    loader.finish();
    loader.seal();
    assert_eq!(loader.shard().rows() as u64, rows);
    loader
}

/// What a screen shows beside the answer.
fn screen(table: &mut FigureTable, shard: &mut Shard, note: &str) {
    let everything = select("", shard);
    let times = shard.tables[0].chunks().iter().filter_map(|chunk| chunk.time_range());
    let (from, to) = times.fold((i64::MAX, i64::MIN), |(from, to), (a, b)| (from.min(a), to.max(b)));
    let bars = histogram::bars(from, to, 240);
    let took = time_short(RUNS, || histogram::count(&shard.tables[0], &everything.tables[0], bars));
    table.row("native: histogram", "ms", took.millis(), &format!("{} bars, {note}", bars.2));

    let mut timeline = Timeline::default();
    timeline.extend(shard);
    let took = time_short(RUNS, || Order::by_time(shard, &timeline, &everything.tables, true));
    table.row("native: rows in order of time", "ms", took.millis(), note);

    let bytes = shard.tables.iter().map(|table| table.schema().find("bytes")).collect::<Vec<_>>();
    let mut longest = Duration::MAX;
    let took = time_short(3, || {
        let mut sorting = Sorting::new(shard, &everything.tables, Some(bytes.clone()), vec![true]);
        let mut steps = Vec::new();
        loop {
            let begun = Instant::now();
            let done = sorting.step(shard, &everything.tables, CHUNKS, &|_, _| Vec::new());
            steps.push(begun.elapsed());
            if done {
                break;
            }
        }
        longest = longest.min(steps.into_iter().max().unwrap_or_default());
        sorting.finish()
    });
    table.row("native: all rows sorted by bytes", "ms", took.millis(), note);
    table.figure("longest step: all rows sorted by bytes", "ms", longest.as_secs_f64() * 1e3, note);

    let took = time_short(RUNS, || {
        let selection = select("filter action = \"ACCEPT\"", shard);
        let part = |field: &&str| {
            let flows = &shard.tables[0];
            Tally::count(flows, &shard.sources, &selection.tables[0], field).part(flows, 10)
        };
        FACETS.iter().map(part).collect::<Vec<_>>()
    });
    table.row("native: facet counts of 8 fields under a filter", "ms", took.millis(), note);
}

fn plan_of(query: &str, shard: &Shard) -> Plan {
    let paths = Paths(ALL);
    plan::plan(&syntax::parse(query).query, &Catalog::of(shard, &paths)).expect("a good query")
}

/// The longest pieces of work, between which a query can be cancelled, by the clock on the wall: they are shorter than
/// the steps of the processor's clock.
struct Steps {
    longest: Duration,
    finish: Duration,
    merge: Duration,
}

impl Steps {
    /// The least of several runs: what else the machine does makes a step longer, never shorter.
    fn of(query: &str, shard: &mut Shard) -> Steps {
        let runs: Vec<Steps> = (0..5).map(|_| Steps::once(query, shard)).collect();
        let least = |part: fn(&Steps) -> Duration| runs.iter().map(part).min().unwrap_or_default();
        Steps { longest: least(|s| s.longest), finish: least(|s| s.finish), merge: least(|s| s.merge) }
    }
    /// Runs a query as a worker of the page does.
    fn once(query: &str, shard: &mut Shard) -> Steps {
        let paths = Paths(ALL);
        let plan = Arc::new(plan_of(query, shard));
        let mut job = Job::new(plan.clone(), None, shard, &paths).allow_truncated();
        let mut longest = Duration::ZERO;
        loop {
            let begun = Instant::now();
            let done = job.step(shard, CHUNKS);
            longest = longest.max(begun.elapsed());
            if done {
                break;
            }
        }
        let begun = Instant::now();
        let (_, partial, rest) = job.finish_truncated();
        let finish = begun.elapsed();
        let begun = Instant::now();
        let merged = job::merge(&plan, vec![partial]).expect("within the limits");
        if let Merged::Refine(refine) = merged {
            drop(job::merge(&plan, vec![rest.supply(shard, &refine)]));
        }
        Steps { longest, finish, merge: begun.elapsed() }
    }
    fn row(&self, table: &mut FigureTable, name: &str, note: &str) {
        let millis = |took: Duration| took.as_secs_f64() * 1e3;
        let note = format!("{note}; wall clock");
        table.figure(&format!("longest step: {name}"), "ms", millis(self.longest), &note);
        table.figure(&format!("last step: {name}"), "ms", millis(self.finish), &note);
        table.figure(&format!("merging: {name}"), "ms", millis(self.merge), &note);
    }
}

/// From text to values.
fn ask(query: &str, shard: &mut Shard) -> Vec<Vec<Value>> {
    match exec::run(query, shard, &Paths(ALL)) {
        Ok((_, Answer::Table(table))) => {
            assert!(!table.rows.is_empty(), "{query} finds something");
            table.rows
        }
        Ok((plan, Answer::Rows(rows))) => {
            let reader = exec::Reader::new(&plan, shard);
            rows.iter().map(|row| reader.values(*row)).collect()
        }
        other => panic!("{query}: {other:?}"),
    }
}

/// The rows that a query's filters let through.
fn select(query: &str, shard: &mut Shard) -> Selection {
    let paths = Paths(ALL);
    let mut job = Job::new(plan_of(query, shard).into(), None, shard, &paths);
    while !job.step(shard, usize::MAX) {}
    job.finish().0
}
