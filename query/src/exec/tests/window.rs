//! The commands over rows side by side, on events and on results.

use super::*;
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson, time::parse_iso};

/// Events `(seconds, user, items, bytes)`; what is `-` or negative is missing.
fn shard(events: &[(i64, &str, &str, i64)]) -> Shard {
    let mut shard = Shard::new(3);
    let source = shard.add_source("a.log");
    let fields = [
        Field::new("user", Kind::Text, Role::Dimension),
        Field::new("items", Kind::Text, Role::Dimension),
        Field::new("bytes", Kind::Int, Role::Measure),
    ];
    let start = parse_iso(b"2026-03-05T01:00:00Z").unwrap();
    for (i, (seconds, user, items, bytes)) in events.iter().enumerate() {
        let mut row = shard.table("flow", fields.iter().cloned()).begin();
        row.timestamp(start + seconds * 1_000_000);
        row.set(0, if *user == "-" { Cell::Null } else { Cell::Text(user.as_bytes()) });
        row.set(1, if *items == "-" { Cell::Null } else { Cell::Text(items.as_bytes()) });
        row.set(2, if *bytes < 0 { Cell::Null } else { Cell::Int(*bytes) });
        row.commit(source, i as u64 + 1, i as u64 + 1, format!("event {i} of {user}").as_bytes());
    }
    shard.seal();
    shard
}

fn table(text: &str, events: &[(i64, &str, &str, i64)]) -> Result<ResultTable, String> {
    let mut shard = shard(events);
    match run(text, &mut shard, &NoJson) {
        Ok((_, Answer::Table(table))) => Ok(table),
        Ok(_) => panic!("{text} gives events"),
        Err(diagnostics) => Err(diagnostics.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("; ")),
    }
}

/// The answer as text: the columns, then a row per line, values separated by ` | `.
#[track_caller]
fn answers(events: &[(i64, &str, &str, i64)], cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let table = table(query, events).unwrap_or_else(|e| panic!("{query}: {e}"));
        let head: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let line = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
        let lines: Vec<String> =
            std::iter::once(head.join(" | ")).chain(table.rows.iter().map(line)).collect();
        assert_eq!(lines.join("\n"), *expected, "{query}");
    }
}

const LISTS: &[(i64, &str, &str, i64)] = &[
    (0, "ann", r#"[{"arn":"x","tags":{"a.b":1}},{"arn":"y"}]"#, 10),
    (10, "bob", r#"["x", 2, null]"#, 20),
    (20, "ann", "[]", 30),
    (30, "bob", "-", 40),
    (40, "ann", "plain", 50),
    (50, "bob", r#"[{"arn":"x"}]"#, -1),
];

#[test]
fn lists_become_rows() {
    answers(
        LISTS,
        &[
            (
                "unnest items into item",
                "@timestamp | item\n2026-03-05T01:00:50Z | {\"arn\":\"x\"}\n2026-03-05T01:00:40Z | plain\n\
                 2026-03-05T01:00:10Z | x\n2026-03-05T01:00:10Z | 2\n2026-03-05T01:00:10Z | \n\
                 2026-03-05T01:00:00Z | {\"arn\":\"x\",\"tags\":{\"a.b\":1}}\n2026-03-05T01:00:00Z | {\"arn\":\"y\"}",
            ),
            (
                "unnest items into item | filter ispresent(item.arn) | fields user, item.arn, item.tags.`a.b` as tag | sort item.arn, user",
                "user | item.arn | tag\nann | x | 1\nbob | x | \nann | y | ",
            ),
            (
                "unnest items into item | stats count(*) as n, sum(bytes) as b by item.arn | sort n desc, b",
                "item.arn | n | b\n | 4 | 110\nx | 2 | 10\ny | 1 | 10",
            ),
            (
                "fields user, items | expand items | filter user = 'bob' | limit 2",
                "user | items\nbob | {\"arn\":\"x\"}\nbob | x",
            ),
            ("display user | limit 2 | unnest items into item", "user\nbob\nann"),
            (
                "fields jsonParse(items) as list | unnest list.0.arn into arn | display arn | dedup arn",
                "arn\nx",
            ),
            (
                "unnest split(user, 'n') into a | unnest split(concat(a, '-1-2'), '-') into b | stats count(*) by a, b | limit 2",
                "a | b | count(*)\n |  | 6\n | 1 | 6",
            ),
            (
                "stats count(*) as n by items | unnest items into item | stats sum(n) by item.arn",
                "item.arn | sum(n)\n | 4\nx | 2\ny | 1",
            ),
            ("filter user = 'nobody' | unnest items into item", "@timestamp | item"),
        ],
    );
}

#[test]
fn long_lists_are_refused_before_memory_ends() {
    let long = format!("[{}0]", "0,".repeat(999_999));
    let events: Vec<_> = (0..3).map(|i| (i, "ann", long.as_str(), 1)).collect();
    let counted = table("unnest items into i | stats count(*) as n by i", &events).unwrap();
    assert_eq!(counted.rows, [[Value::Int(0), Value::Int(3_000_000)]]);
    let events: Vec<_> = (0..12).map(|i| (i, "ann", long.as_str(), 1)).collect();
    let refused = table("unnest items into i | dedup user", &events).unwrap_err();
    assert_eq!(refused, "the lists have too many items; filter first");
}

const CALLS: &[(i64, &str, &str, i64)] = &[
    (0, "ann", "a", 10),
    (60, "bob", "-", 20),
    (100, "ann", "b", -1),
    (400, "ann", "-", 30),
    (2000, "ann", "c", 1000),
    (2000, "bob", "-", 5),
    (3801, "ann", "-", 7),
    (3900, "-", "d", 1),
];

#[test]
fn sessions_are_numbered_in_the_order_of_their_beginning() {
    answers(
        CALLS,
        &[
            (
                "fields user | sessionize user | sort @timestamp",
                "user | session_id\nann | 1\nbob | 2\nann | 1\nann | 1\nann | 1\nbob | 3\nann | 4\n | ",
            ),
            (
                "sessionize user maxspan 5m as s | stats count(*) as n, min(@timestamp) as since by s | sort s",
                "s | n | since\n | 1 | 2026-03-05T02:05:00Z\n1 | 3 | 2026-03-05T01:00:00Z\n2 | 1 | 2026-03-05T01:01:00Z\n\
                 3 | 1 | 2026-03-05T01:33:20Z\n4 | 1 | 2026-03-05T01:33:20Z\n5 | 1 | 2026-03-05T02:03:21Z",
            ),
            (
                "stats sum(bytes) as b by bin(5m), user | sessionize user maxspan 10m | display user, b, session_id | limit 3",
                "user | b | session_id\nann | 10 | 1\nbob | 20 | 2\nann | 30 | 1",
            ),
            ("sessionize user | limit 1", "@timestamp | user | session_id\n2026-03-05T02:05:00Z |  | "),
        ],
    );
    let error = table("stats count(*) by user | sessionize user", CALLS).unwrap_err();
    assert_eq!(
        error,
        "`sessionize` needs a column of times; keep one, for example `stats … by bin(1m), user`"
    );
}

#[test]
fn gaps_in_time_are_filled() {
    answers(
        CALLS,
        &[
            (
                "stats count(*) as n by bin(15m) | fillmissing",
                "bin(15m) | n\n2026-03-05T01:00:00Z | 4\n2026-03-05T01:15:00Z | \n2026-03-05T01:30:00Z | 2\n\
                 2026-03-05T01:45:00Z | \n2026-03-05T02:00:00Z | 2",
            ),
            (
                "filter bytes < 100 | stats count(*) as n, max(bytes) as most by user, bin(1h) as t \
                 | sort n | fillmissing with 0 for n, -1 for most",
                "user | t | n | most\n | 2026-03-05T01:00:00Z | 0 | -1\n | 2026-03-05T02:00:00Z | 1 | 1\n\
                 ann | 2026-03-05T01:00:00Z | 2 | 30\nann | 2026-03-05T02:00:00Z | 1 | 7\n\
                 bob | 2026-03-05T01:00:00Z | 2 | 20\nbob | 2026-03-05T02:00:00Z | 0 | -1",
            ),
            (
                "stats sum(bytes) / count(*) as size by bin(30m) as t, user | stats max(size) as most by t \
                 | fillmissing | filldown most",
                "t | most\n2026-03-05T01:00:00Z | 20\n2026-03-05T01:30:00Z | 1000\n2026-03-05T02:00:00Z | 7",
            ),
            ("filter user = 'x' | stats count(*) as n by bin(15m) | fillmissing", "bin(15m) | n"),
        ],
    );
    let error =
        table("stats count(*) as n by bin(1ms) | fillmissing", &[(0, "a", "a", 1), (9_000_000, "a", "a", 1)]);
    assert_eq!(
        error.unwrap_err(),
        "`fillmissing` would make 9000000001 rows; use a wider `bin` or fewer keys"
    );
    assert_eq!(
        table("stats count(*) as n by user | fillmissing", CALLS).unwrap_err(),
        "`fillmissing` stands after a `stats` by `bin(…)`"
    );
}

#[test]
fn rows_before_are_looked_at() {
    answers(
        CALLS,
        &[
            (
                "fields bytes, items | filter user = 'ann' | sort @timestamp | filldown items | accum bytes as sum | autoregress bytes p=1-2",
                "bytes | items | sum | bytes_p1 | bytes_p2\n10 | a | 10 |  | \n | b | 10 | 10 | \n30 | b | 40 |  | 10\n\
                 1000 | c | 1040 | 30 | \n7 | c | 1047 | 1000 | 30",
            ),
            (
                "filter user = 'bob' | accum bytes",
                "@timestamp | bytes | bytes_accum\n2026-03-05T01:33:20Z | 5 | 5\n2026-03-05T01:01:00Z | 20 | 25",
            ),
            (
                "stats sum(bytes) as b by user | accum b | autoregress b as before",
                "user | b | b_accum | before\n | 1 | 1 | \nann | 1047 | 1048 | 1\nbob | 25 | 1073 | 1047",
            ),
            (
                "fields user, items | sort @timestamp | filldown us* | filter not ispresent(items) | display user",
                "user\nbob\nann\nbob\nann",
            ),
            ("fields user, items | sort @timestamp desc | filldown | limit 2", "user | items\n | d\nann | d"),
            (
                "filter user = 'ann' | fields 0.1 as x | accum x | sort x_accum desc | limit 1",
                "x | x_accum\n0.1 | 0.5",
            ),
        ],
    );
    assert_eq!(table("filldown", CALLS).unwrap_err(), "`filldown` does not know which fields are meant");
    assert_eq!(table("fields user | filldown cpu*", CALLS).unwrap_err(), "no field fits `cpu*`");
}

#[test]
fn totals_of_rows_and_columns() {
    answers(
        CALLS,
        &[
            (
                "stats count(*) as n, sum(bytes) as b by user | addtotals col=true",
                "user | n | b | Total\n | 1 | 1 | 2\nann | 5 | 1047 | 1052\nbob | 2 | 25 | 27\n | 8 | 1073 | 1081",
            ),
            (
                "stats count(*) as n, sum(bytes) as b by user | addtotals row=false col=true b",
                "user | n | b\n | 1 | 1\nann | 5 | 1047\nbob | 2 | 25\n |  | 1073",
            ),
            (
                "filter user = 'bob' | fields user, bytes, bytes * 2 as twice | addtotals fieldname=sum",
                "user | bytes | twice | sum\nbob | 5 | 10 | 15\nbob | 20 | 40 | 60",
            ),
            (
                "filter user = 'bob' | addtotals bytes, user",
                "@timestamp | bytes | user | Total\n2026-03-05T01:33:20Z | 5 | bob | 5\n2026-03-05T01:01:00Z | 20 | bob | 20",
            ),
        ],
    );
    assert_eq!(table("addtotals", CALLS).unwrap_err(), "`addtotals` does not know which fields are meant");
}

#[test]
fn outliers_are_moved_removed_or_marked() {
    answers(
        CALLS,
        &[
            (
                "fields bytes | filter ispresent(bytes) | outlier mark=true bytes | sort bytes",
                "bytes | is_outlier\n1 | false\n5 | false\n7 | false\n10 | false\n20 | false\n30 | false\n92.5 | true",
            ),
            (
                "fields bytes | outlier action=remove param=0 uselower=true bytes | filter ispresent(bytes) | sort bytes",
                "bytes\n5\n7\n10\n20\n30",
            ),
            ("stats sum(bytes) as b by user | outlier param=0 b", "user | b\n | 1\nann | 1047\nbob | 25"),
        ],
    );
}

#[test]
fn combinations_and_shapes_are_counted() {
    answers(
        CALLS,
        &[
            ("countFrequent user | limit 2", "user | _approxcount\nann | 5\nbob | 2"),
            (
                "count_frequent strlen(user), user | filter _approxcount < 5",
                "strlen(user) | user | _approxcount\n3 | bob | 2\n |  | 1",
            ),
            (
                "pattern @message",
                "@pattern | @ratio | @sampleCount | @severityLabel\nevent <*> of ann | 0.625 | 5 | \n\
                 event <*> of bob | 0.25 | 2 | \nevent <*> of - | 0.125 | 1 | ",
            ),
            (
                "filter user = 'bob' | pattern concat('ERROR: ', user, ' sent ', bytes) | display @pattern, @severityLabel, @ratio",
                "@pattern | @severityLabel | @ratio\nERROR: bob sent <*> | Error | 1",
            ),
            ("pattern items | stats sum(@sampleCount) as n, sum(@ratio) as all", "n | all\n4 | 1"),
            ("filter user = 'x' | pattern @message", "@pattern | @ratio | @sampleCount | @severityLabel"),
            (
                "stats count(*) as n by user | pattern user | sort @pattern | limit 1 | display @pattern, @sampleCount",
                "@pattern | @sampleCount\nann | 1",
            ),
        ],
    );
}

#[test]
fn shapes_do_not_depend_on_the_split() {
    let names: Vec<String> = ('a'..='t').map(|c| format!("u{c}{c}")).collect();
    let events: Vec<_> = (0..200).map(|i| (i, names[i as usize % 20].as_str(), "-", i)).collect();
    answers(
        &events,
        &[(
            "pattern @message",
            "@pattern | @ratio | @sampleCount | @severityLabel\nevent <*> of <*> | 1 | 200 | ",
        )],
    );
    let mut partials = Vec::new();
    let query = logloupe_syntax::parse("pattern @message").query;
    let plan = Arc::new(plan(&query, &Catalog::open()).unwrap());
    for part in events.chunks(13) {
        let mut shard = shard(part);
        let mut job = Job::new(plan.clone(), None, &mut shard, &NoJson);
        while !job.step(&mut shard, 1) {}
        partials.push(job.finish().1);
    }
    partials.reverse();
    let rows = finalize(&plan, merge(plan.limits(), partials)).unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][2], Value::Int(200));
}

#[test]
fn at_most_ten_groupings_follow_one_another() {
    let stats = |n: usize| vec!["stats count(*) as n"; n].join(" | ");
    assert_eq!(table(&stats(10), CALLS).unwrap().rows, [[Value::Int(1)]]);
    assert_eq!(table(&stats(11), CALLS).unwrap_err(), "at most 10 `stats` may follow one another");
    assert_eq!(
        table("stats cuont(*), sun(bytes)", CALLS).unwrap_err(),
        "there is no function `cuont`; there is no function `sun`"
    );
}
