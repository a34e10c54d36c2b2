//! Questions over a million rows, natively, on one thread: from the query's text to the answer's values.

use logloupe_core::{
    formats::{ALL, Paths},
    query::{
        exec::{self, Answer, Job, Selection},
        plan::{self, Catalog},
        syntax,
    },
    table::{Shard, Value},
    view::{facets::Tally, histogram},
};
use logloupe_sample::bulk;

use crate::{
    ingest::{loader, read},
    logs::SEED,
    measure::{Table, time, time_short},
};

const RUNS: usize = 9;

/// Queries over VPC flow logs, each with what it is called. The page is asked the same ones.
pub(crate) const QUERIES: &[(&str, &str)] = &[
    ("top pairs", "stats sum(bytes) as total by srcAddr, dstAddr | sort total desc | limit 5"),
    ("count by bin", "filter action = \"REJECT\" | stats count(*) as n by bin(1m)"),
    ("subnet filter", "filter isIpv4InSubnet(srcAddr, \"10.0.0.0/8\") | stats count(*) as n"),
    ("substring over @message", "filter @message like \"REJECT OK\" | stats count(*) as n"),
    ("regex on a dictionary column", "filter srcAddr like /^1\\d\\.\\d+\\.7\\d*\\./ | stats count(*) as n"),
];

/// The fields whose values the page counts.
pub(crate) const FACETS: [&str; 8] =
    ["action", "log-status", "protocol", "dstport", "srcaddr", "dstaddr", "interface-id", "account-id"];

/// A million flows.
pub(crate) fn flows(table: &mut Table, scale: u64) {
    let rows = 1_000_000 / scale;
    let chunks: Vec<Vec<u8>> = bulk::vpc(rows, SEED).collect();
    let mut loader = read(loader(), "flows.log", &chunks);
    drop(chunks);
    let shard = loader.shard();
    assert_eq!(shard.rows() as u64, rows);

    for (name, query) in QUERIES {
        let took = time_short(RUNS, || ask(query, shard));
        table.row(&format!("native: {name}"), "ms", took.millis(), &format!("{rows} flows"));
    }

    let everything = select("", shard);
    let times = shard.tables[0].chunks().iter().filter_map(|chunk| chunk.time_range());
    let (from, to) = times.fold((i64::MAX, i64::MIN), |(from, to), (a, b)| (from.min(a), to.max(b)));
    let bars = histogram::bars(from, to, 240);
    let took = time_short(RUNS, || histogram::count(&shard.tables[0], &everything.tables[0], bars));
    table.row("native: histogram", "ms", took.millis(), &format!("{} bars over {rows} flows", bars.2));

    let took = time(
        RUNS,
        || (),
        |()| {
            let selection = select("filter action = \"ACCEPT\"", shard);
            let part = |field: &&str| {
                let flows = &shard.tables[0];
                Tally::count(flows, &shard.sources, &selection.tables[0], field).part(flows, 10)
            };
            FACETS.iter().map(part).collect::<Vec<_>>()
        },
    );
    table.row(
        "native: facet counts of 8 fields under a filter",
        "ms",
        took.millis(),
        &format!("{rows} flows"),
    );
}

/// A path of a million CloudTrail events that is no column: once by reading raw text, then from the column made of it.
pub(crate) fn json_paths(table: &mut Table, scale: u64) {
    const QUERY: &str = "stats count(*) as n by requestParameters.Host | sort n desc | limit 5";
    let events = 1_000_000 / scale;
    let mut loader = loader();
    loader.open("trail.json", Default::default());
    bulk::cloudtrail(events, SEED).for_each(|chunk| loader.push(&chunk));
    loader.finish();
    let shard = loader.shard();
    assert_eq!(shard.rows() as u64, events);
    let first = time(1, || (), |()| ask(QUERY, shard));
    table.figure(
        "native: JSON path, first time",
        "ms",
        first.millis().0,
        &format!("{events} CloudTrail events"),
    );
    let again = time_short(RUNS, || ask(QUERY, shard));
    table.row("native: JSON path, again", "ms", again.millis(), &format!("{events} CloudTrail events"));
}

/// From text to values.
fn ask(query: &str, shard: &mut Shard) -> Vec<Vec<Value>> {
    match exec::run(query, shard, &Paths(ALL)) {
        Ok((_, Answer::Table(table))) => {
            assert!(!table.rows.is_empty(), "{query} finds something");
            table.rows
        }
        other => panic!("{query}: {other:?}"),
    }
}

/// The rows that a query's filters let through.
fn select(query: &str, shard: &mut Shard) -> Selection {
    let paths = Paths(ALL);
    let query = syntax::parse(query).query;
    let plan = plan::plan(&query, &Catalog::of(shard, &paths)).expect("a good query");
    let mut job = Job::new(plan.into(), None, shard, &paths);
    while !job.step(shard, usize::MAX) {}
    job.finish().0
}
