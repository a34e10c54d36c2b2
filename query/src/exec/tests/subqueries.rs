//! Queries that are given something beside the logs: answers of subqueries, lookup tables. Every answer is the
//! same on one shard and on several.

use super::*;
use crate::plan::subqueries;
use logloupe_syntax::diagnostic::render;
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson, lookup::Lookup, time::parse_iso};

/// Flows and calls of three hours over this many shards.
fn shards(count: usize) -> Vec<Shard> {
    let mut shards: Vec<Shard> = (0..count).map(|s| Shard::new(s as u64)).collect();
    for shard in &mut shards {
        shard.add_source("a.log");
    }
    let flow = [
        Field::new("srcaddr", Kind::Ip, Role::Dimension).aliases(&["source.ip"]),
        Field::new("bytes", Kind::Int, Role::Measure),
        Field::new("action", Kind::Text, Role::Status),
    ];
    let rows = [
        ("2026-03-05T01:00:00Z", Some("10.0.0.1"), Some(100), Some("ACCEPT")),
        ("2026-03-05T01:30:00Z", Some("10.0.0.2"), Some(300), Some("REJECT")),
        ("2026-03-05T02:00:00Z", Some("192.168.0.1"), None, Some("ACCEPT")),
        ("2026-03-05T02:10:00Z", None, Some(50), None),
        ("2026-03-05T02:20:00Z", Some("10.0.0.1"), Some(7), Some("REJECT")),
        ("2026-03-05T02:59:59Z", Some("10.1.0.9"), Some(8), Some("REJECT")),
    ];
    let mut at = 0;
    for (time, address, bytes, action) in rows {
        let mut row = shards[at % count].table("flow", flow.iter().cloned()).begin();
        row.timestamp(parse_iso(time.as_bytes()).unwrap());
        row.set(0, address.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        row.set(1, bytes.map_or(Cell::Null, Cell::Int));
        row.set(2, action.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        at += 1;
        row.commit(0, at as u64, at as u64, format!("flow {at}").as_bytes());
    }
    let call = [
        Field::new("ip", Kind::Ip, Role::Dimension).aliases(&["source.ip"]),
        Field::new("name", Kind::Text, Role::Dimension),
        Field::new("status", Kind::Int, Role::Status),
    ];
    for (time, ip, name, status) in [
        ("2026-03-05T01:01:00Z", "10.0.0.1", "Get", 200),
        ("2026-03-05T02:02:00Z", "10.0.0.1", "Put", 403),
        ("2026-03-05T02:03:00Z", "10.0.0.1", "Put", 403),
        ("2026-03-05T02:04:00Z", "10.0.0.2", "Get", 200),
        ("2026-03-05T02:05:00Z", "10.9.9.9", "Del", 500),
    ] {
        let mut row = shards[at % count].table("call", call.iter().cloned()).begin();
        row.timestamp(parse_iso(time.as_bytes()).unwrap());
        row.set(0, Cell::Text(ip.as_bytes()));
        row.set(1, Cell::Text(name.as_bytes()));
        row.set(2, Cell::Int(status));
        at += 1;
        row.commit(0, at as u64, at as u64, format!("call {at}").as_bytes());
    }
    shards.iter_mut().for_each(Shard::seal);
    shards
}

fn catalog(shards: &[Shard]) -> Catalog {
    let mut catalog = Catalog::default();
    shards.iter().for_each(|shard| catalog.merge(&Catalog::of(shard, &NoJson)));
    let tables = [
        ("teams", "address,team,cost\n10.0.0.1,red,1.5\n10.0.0.2,blue,\n10.0.0.2,never,3\n"),
        ("codes", "code,text\n200,fine\n403,forbidden\n"),
        ("nets", "id,network,owner\n1,10.0.0.0/8,us\n2,10.0.0.0/24,ours\n3,192.168.0.0/16,home\n"),
    ];
    for (name, text) in tables {
        catalog.bindings.add_lookup(Arc::new(Lookup::parse(name, text.as_bytes()).unwrap()));
    }
    catalog
}

fn ask(plan: &Arc<Plan>, shards: &mut [Shard], time: Option<Range<i64>>) -> (Vec<Selection>, Partial) {
    let mut selections = Vec::new();
    let mut partials = Vec::new();
    for (n, shard) in shards.iter_mut().enumerate() {
        let mut job = Job::new(plan.clone(), time.clone(), shard, &NoJson);
        while !job.step(shard, 1) {}
        let (selection, partial) = job.finish();
        selections.push(selection);
        partials.push(partial.at_shard(n as u32));
    }
    partials.reverse();
    (selections, merge(plan.limits(), partials))
}

/// The answer over these shards, a row per line; of events those columns that the query names.
fn answer(text: &str, shards: &mut [Shard], time: Option<Range<i64>>) -> Result<String, Vec<Diagnostic>> {
    answer_over(text, Language::Insights, shards, time)
}

/// The answer over this many shards.
pub(super) fn answer_in(
    text: &str,
    language: Language,
    count: usize,
    time: Option<Range<i64>>,
) -> Result<String, Vec<Diagnostic>> {
    answer_over(text, language, &mut shards(count), time)
}

fn answer_over(
    text: &str,
    language: Language,
    shards: &mut [Shard],
    time: Option<Range<i64>>,
) -> Result<String, Vec<Diagnostic>> {
    let query = parse_in(text, language).into_result()?;
    let mut catalog = catalog(shards);
    catalog.bindings.time = time.clone();
    bind_subqueries(&query, &mut catalog, &mut |plan| finalize(plan, ask(plan, shards, time.clone()).1))?;
    let plan = Arc::new(plan(&query, &catalog)?);
    let (selections, partial) = ask(&plan, shards, time);
    let rows: Vec<Vec<Value>> = if plan.is_rows() {
        // In the order of the file, which no shard knows.
        let mut rows = Vec::new();
        for (n, (shard, selection)) in shards.iter().zip(&selections).enumerate() {
            let all = match survivors(&plan, partial.clone()) {
                Some(all) => all.into_iter().filter(|r| r.shard == n as u32).collect(),
                None => super::rows(&plan, shard, selection),
            };
            let reader = Reader::new(&plan, shard);
            rows.extend(all.into_iter().map(|id| {
                let row = shard.tables[id.table as usize].row(id.row as usize).unwrap();
                (logloupe_table::builtin::position(shard, &row).1, reader.values(id))
            }));
        }
        rows.sort_by_key(|r| r.0);
        rows.into_iter().map(|r| r.1).collect()
    } else {
        let error = |e: crate::Error| vec![Diagnostic::error(0..0, e)];
        let table = finalize(&plan, partial).map_err(error)?;
        table.rows
    };
    let line = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[track_caller]
fn answers(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        for count in [1, 3, 7] {
            let found =
                answer(query, &mut shards(count), None).unwrap_or_else(|d| panic!("{}", render(query, &d)));
            assert_eq!(found, *expected, "{query} on {count} shards");
        }
    }
}

#[track_caller]
fn refused(query: &str, expected: &str) {
    let found = answer(query, &mut shards(3), None).expect_err(query);
    assert_eq!(render(query, &found), expected, "{query}");
}

#[test]
fn a_query_in_brackets_is_a_list() {
    answers(&[
        (
            "filter srcaddr in (SOURCE call | filter status >= 400 | fields ip) | fields srcaddr, bytes",
            "10.0.0.1 | 100\n10.0.0.1 | 7",
        ),
        ("filter srcaddr not in (SOURCE call | fields ip) | fields srcaddr", "192.168.0.1\n10.1.0.9"),
        // A field of the same name needs no `fields`, and is found among several.
        (
            "filter source.ip in (SOURCE call | filter name = \"Put\") | stats count(*) by @format",
            "call | 3\nflow | 2",
        ),
        (
            "filter ip in (SOURCE call | stats count(*) as n by name, ip | filter n > 1) | stats count(*) as n",
            "3",
        ),
        // Numbers are numbers, whatever they are written as.
        ("filter concat(status, \".0\") in (SOURCE call | fields status) | stats count(*)", "5"),
        ("filter bytes in (SOURCE call | filter status > 999 | fields status) | stats count(*)", "0"),
        (
            "filter srcaddr in (SOURCE flow | sort bytes desc | limit 1 | fields srcaddr) or ip in (SOURCE call | filter status = 500) \
             | stats count(*) by @format",
            "call | 1\nflow | 1",
        ),
        // After groups.
        (
            "stats count(*) as n by srcaddr | filter srcaddr in (SOURCE call | fields ip)",
            "10.0.0.1 | 2\n10.0.0.2 | 1",
        ),
    ]);
}

#[test]
fn rows_stand_beside_those_of_another_query() {
    answers(&[
        // One row of the other side each: events stay events.
        (
            "SOURCE flow | join left=f right=c where f.srcaddr = c.ip (SOURCE call | stats count(*) as calls by ip) \
             | fields srcaddr, f.bytes, c.calls, calls",
            "10.0.0.1 | 100 | 3 | 3\n10.0.0.2 | 300 | 1 | 1\n10.0.0.1 | 7 | 3 | 3",
        ),
        (
            "SOURCE flow | join type=left left=f right=c where f.srcaddr = c.ip (SOURCE call | stats count(*) as calls by ip) \
             | fields srcaddr, c.calls | filter not ispresent(c.calls)",
            "192.168.0.1 | \n | \n10.1.0.9 | ",
        ),
        // Several: the answer is a table, and rows that occur twice stand there twice.
        (
            "SOURCE flow | join left=f right=c where f.srcaddr = c.ip (SOURCE call) | fields srcaddr, f.bytes, c.name \
             | sort f.bytes, c.name",
            "10.0.0.1 | 7 | Get\n10.0.0.1 | 7 | Put\n10.0.0.1 | 7 | Put\n10.0.0.1 | 100 | Get\n10.0.0.1 | 100 | Put\n\
             10.0.0.1 | 100 | Put\n10.0.0.2 | 300 | Get",
        ),
        (
            "SOURCE flow | join where srcaddr = ip (SOURCE call) | stats sum(bytes), count(*) by right.name",
            "Get | 407 | 3\nPut | 214 | 4",
        ),
        (
            "SOURCE flow | join type=left left=f right=c where f.srcaddr = c.ip (SOURCE call) | stats count(*) by c.name",
            " | 3\nGet | 3\nPut | 4",
        ),
        // Two fields, and groups on both sides.
        (
            "SOURCE call | stats count(*) as n by ip, name | join left=a right=b where a.ip = b.ip and a.name = b.name \
             (SOURCE call | filter status = 403 | stats max(status) as worst by name, ip) | display a.ip, n, worst",
            "10.0.0.1 | 2 | 403",
        ),
    ]);
}

#[test]
fn tables_are_looked_up() {
    answers(&[
        (
            "SOURCE flow | fields srcaddr | lookup teams address as srcaddr OUTPUT team, cost as price",
            "10.0.0.1 | red | 1.5\n10.0.0.2 | blue | \n192.168.0.1 |  | \n |  | \n10.0.0.1 | red | 1.5\n10.1.0.9 |  | ",
        ),
        (
            "SOURCE call | lookup CODES code as status OUTPUT text | stats count(*) by text",
            " | 1\nfine | 2\nforbidden | 2",
        ),
        (
            "SOURCE call | lookup codes code as status OUTPUT text as name | stats count(*) by name",
            " | 1\nfine | 2\nforbidden | 2",
        ),
        (
            "SOURCE call | lookup codes code as status OUTPUTNEW text as name, text as why | stats count(*) by name, why",
            "Del |  | 1\nGet | fine | 2\nPut | forbidden | 2",
        ),
        (
            "SOURCE flow | cidrlookup nets srcaddr OUTPUT owner | stats count(*) by owner",
            " | 1\nhome | 1\nours | 3\nus | 1",
        ),
        ("SOURCE flow | cidrlookup nets srcaddr as network OUTPUT id | stats sum(id)", "10"),
        (
            "SOURCE call | stats count(*) as n by status | lookup codes code as status OUTPUT text",
            "200 | 2 | fine\n403 | 2 | forbidden\n500 | 1 | ",
        ),
    ]);
}

#[test]
fn what_is_missing_is_told() {
    refused(
        "lookup team address as srcaddr OUTPUT team",
        "error: no lookup table `team` is loaded\n1 | lookup team address as srcaddr OUTPUT team\n  |        ^^^^\n  \
         help: did you mean `teams`? drop a CSV file called `team.csv`; loaded are `codes`, `nets`, `teams`\n",
    );
    refused(
        "lookup teams adress as srcaddr OUTPUT team, boss",
        "error: the lookup table `teams` has no column `adress`\n\
         1 | lookup teams adress as srcaddr OUTPUT team, boss\n  |              ^^^^^^\n  help: did you mean `address`?\n\n\
         error: the lookup table `teams` has no column `boss`\n\
         1 | lookup teams adress as srcaddr OUTPUT team, boss\n  |                                             ^^^^\n  \
         help: it has `address`, `team`, `cost`\n",
    );
    refused(
        "cidrlookup codes srcaddr OUTPUT text",
        "error: the lookup table `codes` has no column of networks\n1 | cidrlookup codes srcaddr OUTPUT text\n  |            ^^^^^\n  \
         help: networks are written as `10.0.0.0/8` or `2001:db8::/32`\n",
    );
    refused(
        "filter srcaddr in (SOURCE call | filter statsu > 3 | fields ip)",
        "error: no loaded log has a field `statsu`\n1 | filter srcaddr in (SOURCE call | filter statsu > 3 | fields ip)\n  \
         |                                         ^^^^^^\n  help: did you mean `status`?\n",
    );
    refused(
        "filter 1 in (SOURCE call)",
        "error: the subquery gives no values\n1 | filter 1 in (SOURCE call)\n  |        ^^^^^^^^^^^^^^^^^^\n  \
         help: end it with `| fields id`\n",
    );
    refused(
        "join left=f right=c where f.srcaddr = c.ip (SOURCE call | fields name)",
        "error: the subquery has no field `ip`\n\
         1 | join left=f right=c where f.srcaddr = c.ip (SOURCE call | fields name)\n  \
         |                                       ^^^^\n  help: it gives `name`\n",
    );
    refused(
        "join left=f right=c where f.srcaddr = c.ip (SOURCE call) | fields c.nmae",
        "error: no loaded log has a field `nmae`\n1 | …t=c where f.srcaddr = c.ip (SOURCE call) | fields c.nmae\n  \
         |                                                    ^^^^^^\n  help: did you mean `name`?\n",
    );
}

#[test]
fn inner_queries_are_run_once_each() {
    let query = parse_in(
        "filter a in (SOURCE x | fields a) and b in (SOURCE x | fields a) | join right=r where left.a = r.b (SOURCE y) | fields r.c",
        Language::Insights,
    );
    let texts: Vec<String> = subqueries(&query.query).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "SOURCE x | fields a | stats count(*) as `#times` by a",
            "SOURCE y | stats count(*) as `#times` by b, c"
        ]
    );
}

#[track_caller]
fn answers_in(time: &str, cases: &[(&str, &str)]) {
    let (from, to) = time.split_once(' ').unwrap();
    let at = |hour: &str| parse_iso(format!("2026-03-05T{hour}Z").as_bytes()).unwrap();
    for (query, expected) in cases {
        for count in [1, 3, 7] {
            let found = answer(query, &mut shards(count), Some(at(from)..at(to)));
            let found = found.unwrap_or_else(|d| panic!("{}", render(query, &d)));
            assert_eq!(found, *expected, "{query} on {count} shards");
        }
    }
}

#[test]
fn counts_are_compared_with_an_earlier_time() {
    // Where no time is asked, the second half of what is loaded is compared with the first.
    answers(&[
        (
            "SOURCE flow | stats count(*) as n by action | diff",
            " | 1 | 0 | 1 | \nACCEPT | 1 | 1 | 0 | 0\nREJECT | 2 | 1 | 1 | 100",
        ),
        (
            "SOURCE flow | stats count(*) as n by action | diff | sort n.difference desc, action | limit 1 | display action, n.previous, n.percent",
            " | 0 | ",
        ),
        // Expressions over aggregates, several of them, and names of earlier ones.
        (
            "SOURCE flow | stats sum(bytes) as b, count(bytes) as c, b / c as mean | diff",
            "65 | 400 | -335 | -83.75 | 3 | 2 | 1 | 50 | 21.666666666666668 | 200 | -178.33333333333334 | -89.16666666666667",
        ),
        // Intervals of the earlier time stand beside those of now.
        (
            "stats count(*) as n by bin(30m) | logcompare timeshift 1h",
            "2026-03-05T02:00:00Z | 7 | 2 | 5 | 250\n2026-03-05T02:30:00Z | 1 | 1 | 0 | 0",
        ),
        ("diff", "call | 4 | 1 | 3 | 300\nflow | 4 | 2 | 2 | 100"),
        ("SOURCE flow | logcompare timeshift 1h", "flow | 4 | 2 | 2 | 100"),
        ("stats count(*) | diff previousDay", "11 | 0 | 11 | "),
        ("filter bytes > 999 | stats count(*) as n by action | diff", ""),
    ]);
    answers_in(
        "02:00:00 02:15:00",
        &[
            ("stats count(*) as n by @format | diff", "call | 4 | 0 | 4 | \nflow | 2 | 0 | 2 | "),
            (
                "stats count(*) as n by @format | logcompare timeshift 1h",
                "call | 4 | 1 | 3 | 300\nflow | 2 | 1 | 1 | 100",
            ),
            (
                "stats count(*) as n by bin(5m) | logcompare timeshift 1h | display n, n.previous",
                "4 | 2\n1 | 0\n1 | 0",
            ),
            // What is not compared keeps to the time.
            ("stats count(*)", "6"),
        ],
    );
    // Two times that overlap: rows count in both.
    answers_in(
        "01:00:00 03:00:00",
        &[("stats count(*) as n | logcompare timeshift 1h", "11 | 3 | 8 | 266.66666666666663")],
    );
    refused(
        "stats count(*) as n by action | filter n > 1 | diff",
        "error: `diff` and `logcompare` stand right behind the `stats` that they compare\n\
         1 | stats count(*) as n by action | filter n > 1 | diff\n  |                                                ^^^^\n  \
         help: `stats count(*) as n by action | diff`\n",
    );
    refused(
        "stats count(*) as n by action | stats sum(n) | diff",
        "error: only the first `stats` can be compared: later ones know no times\n\
         1 | stats count(*) as n by action | stats sum(n) | diff\n  |                                                ^^^^\n  \
         help: leave the others out, or write `diff` behind the first\n",
    );
}

#[test]
fn fields_that_set_rows_apart_come_first() {
    answers(&[
        (
            "SOURCE call | relevantfields where status >= 400",
            "name | 0.8165 | Get 0% (100%), Put 66.7% (0%), Del 33.3% (0%) |  | \n@source | 0 |  |  | \n\
             ip | 0 | 10.0.0.2 0% (50%), 10.9.9.9 33.3% (0%), 10.0.0.1 66.7% (50%) |  | ",
        ),
        (
            "SOURCE flow | relevantfields bytes, action where srcaddr like /^10/ | display @fieldName, @relevanceScore, \
             @conditionalMedian, @baselineMedian",
            "action | 0.5303 |  | \nbytes | 0.5 | 8 | 50",
        ),
        (
            "SOURCE flow | relevantfields action where bytes > 9999",
            "action | 0 | REJECT 0% (50%), ACCEPT 0% (33.3%), (missing) 0% (16.7%) |  | ",
        ),
        ("filter status = 1 | relevantfields where bytes > 5", ""),
    ]);
    refused(
        "limit 5 | relevantfields where bytes > 5",
        "error: `relevantfields` looks at all events that were found\n1 | limit 5 | relevantfields where bytes > 5\n  \
         |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  help: put it before `stats`, `limit`, `dedup` and `unnest`\n",
    );
}

#[test]
fn log_groups_name_logs_by_their_service() {
    answers(&[
        ("SOURCE '/aws/call/my-function' | stats count(*)", "5"),
        ("SOURCE /aws/call/my-function, flow | stats count(*)", "11"),
        ("SOURCE '/my/service' | stats count(*)", "11"),
        ("SOURCE dataSource(['call']) | stats count(*)", "5"),
        ("SOURCE logGroups(namePrefix: ['/aws/x', 'y'], class: ['STANDARD']) | stats count(*)", "11"),
        ("filter srcaddr in (SOURCE '/aws/call/f' | filter status = 403 | fields ip) | stats count(*)", "2"),
    ]);
    let query = parse_in("SOURCE '/my/service' | limit 1", Language::Insights).query;
    let remarks = crate::plan::check(&query, &catalog(&shards(1)));
    assert_eq!(remarks[0].message, "log groups are not told apart: all logs that are loaded are asked");
}

#[test]
fn shapes_of_messages_are_compared() {
    answers(&[
        (
            "pattern @message | diff | display @pattern, @sampleCount, @sampleCount.previous, @sampleCount.difference, \
             @sampleCount.percent",
            "call <*> | 4 | 1 | 3 | 300\nflow <*> | 4 | 2 | 2 | 100",
        ),
        (
            "pattern @message | logcompare timeshift 1d | sort @pattern desc | limit 1 | display @pattern, @sampleCount.previous",
            "flow <*> | 0",
        ),
        ("SOURCE flow | pattern @message | display @sampleCount, @ratio", "6 | 1"),
    ]);
}
