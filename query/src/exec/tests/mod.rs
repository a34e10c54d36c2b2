//! Jobs over small tables: what a query answers, step by step and merged.

mod estimates;
mod oracle;
mod oracle_queries;
mod oracle_relations;
mod oracle_window;
mod relations;
mod several;
mod sql;
mod subqueries;
mod window;
mod window_functions;

use super::*;
use logloupe_syntax::parse;
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson, time::parse_iso};

/// Limits that small tables reach, so that what ships runs in all its ways.
const SMALL: Limits = Limits {
    exact_pairs: 20,
    exact_numbers: 20_000,
    sent_groups: 2,
    block_records: 2,
    waiting_blocks: 2,
    ..Limits::DEFAULT
};

/// A shard with two formats and a few rows, ugly ones among them.
fn shard() -> Shard {
    let mut shard = Shard::new(7);
    let source = shard.add_source("a.log");
    let flow = [
        Field::new("srcaddr", Kind::Ip, Role::Dimension).aliases(&["source.ip"]),
        Field::new("bytes", Kind::Int, Role::Measure),
        Field::new("action", Kind::Text, Role::Status),
    ];
    let rows = [
        ("2026-03-05T01:00:00Z", Some("10.0.0.1"), Some(100), Some("ACCEPT")),
        ("2026-03-05T01:02:00Z", Some("10.0.0.2"), Some(300), Some("REJECT")),
        ("2026-03-05T01:04:59Z", Some("192.168.0.1"), None, Some("ACCEPT")),
        ("2026-03-05T01:05:00Z", None, Some(50), None),
        ("2026-03-05T01:09:00Z", Some("10.0.0.1"), Some(-7), Some("REJECT")),
    ];
    for (i, (time, address, bytes, action)) in rows.into_iter().enumerate() {
        let mut row = shard.table("flow", flow.iter().cloned()).begin();
        row.timestamp(parse_iso(time.as_bytes()).unwrap());
        row.set(0, address.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        row.set(1, bytes.map_or(Cell::Null, Cell::Int));
        row.set(2, action.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        row.commit(
            source,
            i as u64 + 1,
            i as u64 + 1,
            format!("flow {i} user=u{} took {i}.5ms end", i % 2).as_bytes(),
        );
    }
    let web = [
        Field::new("client", Kind::Ip, Role::Dimension).aliases(&["source.ip"]),
        Field::new("time_taken", Kind::Float, Role::Measure),
        Field::new("status", Kind::Text, Role::Status),
        Field::new("ok", Kind::Bool, Role::Status),
    ];
    for (i, (address, taken, status)) in
        [("10.0.0.1", 0.25, "200"), ("10.0.0.9", 1.5, "404"), ("2001:db8::1", 2.0, "-")]
            .into_iter()
            .enumerate()
    {
        let mut row = shard.table("web", web.iter().cloned()).begin();
        row.timestamp(parse_iso(b"2026-03-05T01:03:00Z").unwrap() + i as i64);
        row.set(0, Cell::Text(address.as_bytes()));
        row.set(1, Cell::Float(taken));
        row.set(2, Cell::Text(status.as_bytes()));
        row.set(3, Cell::Bool(i == 0));
        row.commit(source, i as u64 + 6, i as u64 + 6, format!("web {address} {status}").as_bytes());
    }
    shard.seal();
    shard
}

/// The answer as text: a row per line, values separated by ` | `.
#[track_caller]
fn answer(text: &str) -> String {
    let mut shard = shard();
    let (plan, answer) = run(text, &mut shard, &NoJson).unwrap_or_else(|d| panic!("{text}: {d:?}"));
    let rows: Vec<Vec<Value>> = match answer {
        Answer::Table(table) => table.rows,
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, &shard);
            rows.iter().map(|r| reader.values(*r)).collect()
        }
    };
    let line = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn answers(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        assert_eq!(answer(query), *expected, "{query}");
    }
}

/// How many rows a condition selects.
#[track_caller]
fn count(condition: &str) -> String {
    answer(&format!("filter {condition} | stats count(*)"))
}

#[test]
fn conditions_select_rows() {
    for (condition, expected) in [
        ("bytes > 90", "2"),
        ("bytes >= 100 and action = \"ACCEPT\"", "1"),
        ("bytes != 100", "3"),
        ("not (bytes = 100)", "7"),
        ("not ispresent(bytes)", "4"),
        ("action = \"ACCEPT\" or bytes < 0", "3"),
        ("action in [\"REJECT\", \"x\"]", "2"),
        ("action not in [\"REJECT\"]", "2"),
        ("bytes in [50, \"300\"]", "2"),
        ("action like \"EJ\"", "2"),
        ("action not like /^A/", "2"),
        ("action =~ /(?i)reject/", "2"),
        ("status >= 300", "1"),
        ("status = \"200.0\"", "1"),
        ("status = \"-\"", "1"),
        ("source.ip = \"10.0.0.1\"", "3"),
        ("isIpv4InSubnet(source.ip, \"10.0.0.0/8\")", "5"),
        ("isIpInSubnet(client, \"2001:db8::/32\")", "1"),
        ("@message like \"took 1.5\"", "1"),
        ("@message like \"endflow\"", "0"),
        ("@message not like \"user=u0\"", "5"),
        ("@message like /u1 .* 3/", "1"),
        ("time_taken > 0.25", "2"),
        ("time_taken = \"0.250\"", "1"),
        ("ok", "1"),
        ("ok = \"true\"", "1"),
        ("ok = false", "2"),
        ("@timestamp >= \"2026-03-05T01:04:59Z\"", "3"),
        ("@timestamp < 1772672520000", "1"),
        ("@format = \"web\" and @line = 7", "1"),
        ("@source like \"a.\" and @record > 7", "1"),
        ("isempty(action)", "4"),
        ("bytes / 0 > 1", "0"),
        ("bytes * 2 = 200", "1"),
        ("strlen(action) = 6 and toupper(action) = action", "4"),
        ("bytes < action", "3"),
    ] {
        assert_eq!(count(condition), expected, "{condition}");
    }
    assert_eq!(answer("\"USER=u0\" -TOOK | stats count(*)"), "0");
    assert_eq!(answer("USER=u0 -\"took 0\" | stats count(*)"), "2");
    assert_eq!(answer("SOURCE web | stats count(*)"), "3");
}

#[test]
fn groups_and_aggregates() {
    answers(&[
        (
            "stats count(*), count(bytes), sum(bytes), avg(bytes), min(bytes), max(bytes)",
            "8 | 4 | 443 | 110.75 | -7 | 300",
        ),
        ("stats count(*) by action", " | 4\nACCEPT | 2\nREJECT | 2"),
        ("stats sum(bytes) as b by source.ip | sort b desc | limit 2", "10.0.0.2 | 300\n10.0.0.1 | 93"),
        ("stats count(*) as n by bin(5m)", "2026-03-05T01:00:00Z | 6\n2026-03-05T01:05:00Z | 2"),
        // Each event counts as if it had been ten minutes later.
        ("stats count(*) as n by bin(5m) offset 10m", "2026-03-05T01:10:00Z | 6\n2026-03-05T01:15:00Z | 2"),
        ("stats count_distinct(source.ip), count_distinct(action) as actions", "5 | 2"),
        ("stats pct(bytes, 50), p99.9(bytes), percentile(bytes, 0)", "50 | 300 | -7"),
        (
            "stats stddev(bytes), variance(time_taken) by @format",
            "flow | 133.5249664544675 | \nweb |  | 0.8125",
        ),
        // 100 | -7 is -3: negative integers are in two's complement.
        (
            "stats bitOr(bytes), bitOr(action), bitOr(time_taken) by action",
            " | 50 |  | \nACCEPT | 100 |  | \nREJECT | -3 |  | ",
        ),
        ("stats earliest(bytes), latest(bytes), latest(action)", "100 | -7 | REJECT"),
        ("stats sortsFirst(status), sortsLast(status)", "- | 404"),
        (
            "stats values(action), values(bytes), topk(source.ip, 2)",
            "[ACCEPT, REJECT] | [-7, 50, 100, 300] | [10.0.0.1, 10.0.0.2]",
        ),
        // From 100 to -7 in nine minutes; one event alone has no rate, nor has text.
        ("stats rate(bytes, 9m), rate(bytes), rate(action)", "-107 | -0.19814814814814816 | "),
        ("stats rate(bytes, 1h) by action", " | \nACCEPT | \nREJECT | -2631.4285714285716"),
        ("stats histogram(bytes, 2)", "{\"[-7, 146.5)\":3,\"[146.5, 300]\":1}"),
        ("stats countOverTime(bytes), sum_over_time(bytes) by bin(1h)", "2026-03-05T01:00:00Z | 4 | 443"),
        ("stats arbitrary(action), any_value(bytes), approx_distinct(action)", "ACCEPT | -7 | 2"),
        (
            "stats sum(bytes) as b by source.ip | stats values(b), topk(b, 1), rate(b)",
            "[50, 93, 300] | [50] | ",
        ),
        (
            "stats max(@timestamp) by @format",
            "flow | 2026-03-05T01:09:00Z\nweb | 2026-03-05T01:03:00.000002Z",
        ),
        (
            "stats count(*) as n, n * 2 as twice, sum(bytes) / count(*) by action",
            " | 4 | 8 | 12.5\nACCEPT | 2 | 4 | 50\nREJECT | 2 | 4 | 146.5",
        ),
        (
            "stats sum(bytes) as b by action, bin(5m) | stats max(b), count(*) by action",
            " | 50 | 2\nACCEPT | 100 | 1\nREJECT | 300 | 2",
        ),
        ("filter bytes > 1000 | stats count(*), sum(bytes), max(action)", "0 |  | "),
        ("filter bytes > 1000 | stats count(*) by action", ""),
        ("stats sum(status) as s, avg(ok) by @format", "flow |  | \nweb | 604 | 0.3333333333333333"),
        (
            "stats count(*) as n by action | filter n > 2 or action = \"ACCEPT\" | fields n + 1 as m | display m",
            "5\n3",
        ),
        ("stats count(*) by strlen(action), @format", " | flow | 1\n | web | 3\n6 | flow | 4"),
    ]);
}

#[test]
fn rows_in_order() {
    answers(&[
        ("fields bytes | filter @format = \"flow\"", "-7\n50\n\n300\n100"),
        ("fields bytes, action | filter ispresent(bytes) | sort bytes | limit 2", "-7 | REJECT\n50 | "),
        ("fields source.ip | sort action desc, @timestamp | limit 3", "10.0.0.2\n10.0.0.1\n10.0.0.1"),
        (
            "fields @format, action | dedup action, @format | sort @format, action",
            "flow | \nflow | ACCEPT\nflow | REJECT\nweb | \nweb | \nweb | ",
        ),
        ("fields bytes | dedup action | filter ispresent(action)", "-7\n"),
        ("limit 3 | stats count(*) by action", " | 1\nACCEPT | 1\nREJECT | 1"),
        ("sort bytes desc | limit 2 | stats sum(bytes), earliest(action)", "400 | ACCEPT"),
        ("fields bytes * 2 as b, b + 1 as c | display c | sort b desc | limit 1", "601"),
        (
            "parse @message \"user=* took *ms\" as user, took | filter took > 1 | display user, took | sort took",
            "u1 | 1.5\nu0 | 2.5\nu1 | 3.5\nu0 | 4.5",
        ),
        ("parse @message /u(?<n>\\d) took (?<ms>[\\d.]+)/ | stats sum(ms) by n", " | \n0 | 7.5\n1 | 5"),
        // Groups have names as fields have them: with `@`, a hyphen, a dot.
        (
            "parse @message /(?<@who>u\\d) took (?<@ms>[\\d.]+)/ | filter @ms > 2 | stats sum(@ms) as @s by @who | sort @who",
            "u0 | 7\nu1 | 3.5",
        ),
        ("parse @message /(?P<user-id>u\\d) took/ | stats count(*) by `user-id`", " | 3\nu0 | 3\nu1 | 2"),
        ("parse @message /(?<@u.id>u(?<digit>\\d)) took/ | filter digit = 1 | stats count(@u.id)", "2"),
        ("parse @message /[(?<](?<@a>.)|=(?<@b>u)/ | stats count(@a), count(@b)", "0 | 5"),
    ]);
}

#[test]
fn time_restricts_and_steps_can_be_taken_singly() {
    let mut shard = shard();
    let query = parse("stats count(*)").query;
    let plan = Arc::new(plan(&query, &Catalog::of(&shard, &NoJson)).unwrap());
    let at = |text: &[u8]| parse_iso(text).unwrap();
    let time = at(b"2026-03-05T01:02:00Z")..at(b"2026-03-05T01:05:00Z");
    let mut job = Job::new(plan.clone(), Some(time), &mut shard, &NoJson);
    let mut steps = 1;
    while !job.step(&mut shard, 1) {
        steps += 1;
    }
    assert_eq!(steps, 2, "two chunks");
    let (selection, partial) = job.finish();
    assert_eq!(selection.matched, 5);
    assert_eq!(finalize(&plan, partial).unwrap().rows, [[Value::Int(5)]]);
}
