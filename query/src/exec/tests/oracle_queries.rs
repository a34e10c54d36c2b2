//! The random queries that the engine and the naive interpreter are asked: filters, definitions, `stats` and what follows.

use proptest::prelude::*;

/// The text of a query over the random tables.
pub(super) fn query() -> impl Strategy<Value = String> {
    let field = || {
        prop::sample::select(vec![
            "text",
            "id",
            "n",
            "flag",
            "more",
            "m",
            "@timestamp",
            "@format",
            "@source",
            "@line",
            "@message",
            "N",
            "tags",
            "ports",
        ])
    };
    let constant = || {
        prop::sample::select(vec![
            "10",
            "0",
            "2.5",
            "-3",
            "\"a\"",
            "\"10\"",
            "\"10.0\"",
            "\"true\"",
            "true",
            "\"\"",
            "9223372036854775807",
            "\"2026-03-05T00:30:00Z\"",
            "1772670000000",
            "\"flow\"",
            "0.1",
        ])
    };
    let operator = || prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let value = move || {
        prop_oneof![
            4 => field().prop_map(str::to_owned),
            1 => (field(), prop::sample::select(vec!["+", "-", "*", "/", "%"]), constant())
                .prop_map(|(f, o, c)| format!("({f} {o} {c})")),
            1 => (prop::sample::select(vec!["toupper", "strlen", "abs", "isempty", "ispresent", "isblank", "ceil"]), field())
                .prop_map(|(g, f)| format!("{g}({f})")),
            1 => (field(), field()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
            1 => Just("datefloor(@timestamp, 7m)".to_owned()),
        ]
    };
    let atom = move || {
        prop_oneof![
            3 => (value(), operator(), constant()).prop_map(|(v, o, c)| format!("{v} {o} {c}")),
            1 => (constant(), operator(), value()).prop_map(|(c, o, v)| format!("{c} {o} {v}")),
            1 => (value(), operator(), value()).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
            1 => (value(), any::<bool>(), constant(), constant())
                .prop_map(|(v, n, a, b)| format!("{v} {}in [{a}, {b}]", if n { "not " } else { "" })),
            1 => (field(), any::<bool>(), prop::sample::select(vec!["\"1\"", "\"row 1\"", "/^1/", "/(?i)a$/", "\"\"", "\"0row\""]))
                .prop_map(|(v, n, p)| format!("{v} {}like {p}", if n { "not " } else { "" })),
            1 => field().prop_map(|f| format!("ispresent({f})")),
        ]
    };
    let condition = move || {
        (atom(), atom(), atom(), 0..5).prop_map(|(a, b, c, shape)| match shape {
            0 => a,
            1 => format!("{a} and {b}"),
            2 => format!("({a} or {b}) and not ({c})"),
            3 => format!("not ({a}) or {b}"),
            _ => format!("{a} or {b} or {c}"),
        })
    };
    let aggregate = move || {
        (
            prop::sample::select(vec![
                "count",
                "count_distinct",
                "array_agg",
                "values",
                "topk",
                "rate",
                "sum",
                "avg",
                "min",
                "max",
                "p50",
                "p95",
                "variance",
                "earliest",
                "latest",
            ]),
            value(),
        )
            .prop_map(|(a, v)| format!("{a}({v})"))
    };
    let key = move || prop_oneof![3 => value(), 2 => Just("bin(10m)".to_owned())];
    let stats = move || {
        (prop::collection::vec(aggregate(), 0..3), prop::collection::vec(key(), 0..4)).prop_map(|(a, k)| {
            let all: Vec<String> = a.iter().enumerate().map(|(i, a)| format!("{a} as a{i}")).collect();
            let keys: Vec<String> = k.iter().enumerate().map(|(i, k)| format!("{k} as k{i}")).collect();
            let fill = match keys.iter().any(|k| k.starts_with("bin(")) && keys.len() % 2 == 1 {
                true => " | fillmissing with 0 for c",
                false => "",
            };
            let by = if keys.is_empty() { String::new() } else { format!(" by {}", keys.join(", ")) };
            format!(
                "stats count(*) as c, sum(size) as s{}{by}{fill}",
                all.iter().map(|a| format!(", {a}")).collect::<String>()
            )
        })
    };
    let finalize = prop_oneof![
        3 => Just(String::new()),
        1 => Just(" | sort c desc".to_owned()),
        1 => Just(" | sort c | limit 2".to_owned()),
        2 => (prop::sample::select(vec!["c", "s"]), 1..4u32)
            .prop_map(|(by, n)| format!(" | sort {by} desc | limit {n}")),
        1 => Just(" | filter c > 1 | fields c * 2 as d".to_owned()),
        1 => Just(" | stats max(c) as most, count(*) as n".to_owned()),
        2 => super::oracle_window::commands_on_groups(),
    ];
    let cut = prop_oneof![
        4 => Just(String::new()),
        1 => (1..9u32).prop_map(|n| format!(" | limit {n}")),
        1 => (value(), field()).prop_map(|(v, f)| format!(" | dedup {v}, {f}")),
        1 => field().prop_map(|f| format!(" | dedup {f}")),
        1 => (value(), value()).prop_map(|(v, f)| format!(" | sort {v} desc | dedup {f}")),
        1 => (value(), 1..5u32).prop_map(|(f, n)| format!(" | sort {f} desc | limit {n}")),
    ];
    let rows = "fields text, n * 2 as twice, @source, @line".to_owned();
    let end = prop_oneof![3 => (stats(), finalize).prop_map(|(s, t)| s + &t), 1 => Just(rows)];
    (condition(), value(), prop_oneof![2 => cut, 1 => super::oracle_window::commands()], end).prop_map(
        |(condition, sort, cut, end)| match end.starts_with("fields") {
            true => format!("{end} | filter {condition} | sort {sort}{cut}"),
            false => format!("filter {condition}{cut} | {end}"),
        },
    )
}
