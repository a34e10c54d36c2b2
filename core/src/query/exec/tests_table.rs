//! The commands over rows side by side, on events and on results.

use super::*;
use crate::{
    query::plan::NoJson,
    table::{Cell, Field, Kind, Role, Value},
    time::parse_iso,
};

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
