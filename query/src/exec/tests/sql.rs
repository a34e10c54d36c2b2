//! SQL over small tables: the answers that Athena gives, missing values above all.

use logloupe_golden::property;
use proptest::prelude::*;

use super::*;
use logloupe_syntax::{Language, functions, sql};
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson, time::parse_iso};

/// A few rows of flow logs, some of whose values are missing, and of a web log.
pub(super) fn shard() -> Shard {
    let mut shard = Shard::new(7);
    let source = shard.add_source("a.log");
    let flow = [
        Field::new("srcaddr", Kind::Ip, Role::Dimension).aliases(&["sourceaddress"]),
        Field::new("bytes", Kind::Int, Role::Measure),
        Field::new("action", Kind::Text, Role::Status),
        Field::new("start", Kind::Int, Role::Timestamp).aliases(&["starttime"]),
        Field::new("eventTime", Kind::Time, Role::Timestamp),
    ];
    let rows = [
        ("2026-03-05T01:00:00Z", Some("10.0.0.1"), Some(100), Some("ACCEPT")),
        ("2026-03-05T01:02:00Z", Some("10.0.0.2"), Some(300), Some("REJECT")),
        ("2026-03-05T01:04:59Z", Some("192.168.0.1"), None, Some("ACCEPT")),
        ("2026-03-05T02:05:00Z", None, Some(50), None),
        ("2026-03-05T02:09:00Z", Some("10.0.0.1"), Some(-7), Some("REJECT")),
    ];
    for (i, (time, address, bytes, action)) in rows.into_iter().enumerate() {
        let time = parse_iso(time.as_bytes()).unwrap();
        let mut row = shard.table("flow", flow.iter().cloned()).begin();
        row.timestamp(time);
        row.set(0, address.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        row.set(1, bytes.map_or(Cell::Null, Cell::Int));
        row.set(2, action.map_or(Cell::Null, |a| Cell::Text(a.as_bytes())));
        row.set(3, Cell::Int(time / 1_000_000));
        row.set(4, Cell::Time(time));
        row.commit(source, i as u64 + 1, i as u64 + 1, format!("flow {i}").as_bytes());
    }
    let web = [
        Field::new("client", Kind::Ip, Role::Dimension),
        Field::new("status", Kind::Int, Role::Status),
        Field::new("agent", Kind::Text, Role::Dimension),
    ];
    for (i, (address, status, agent)) in
        [("10.0.0.1", 200, "curl/8"), ("10.0.0.9", 404, "Mozilla"), ("10.0.0.1", 403, "curl/7")]
            .into_iter()
            .enumerate()
    {
        let mut row = shard.table("web", web.iter().cloned()).begin();
        row.timestamp(parse_iso(b"2026-03-05T01:03:00Z").unwrap() + i as i64);
        row.set(0, Cell::Text(address.as_bytes()));
        row.set(1, Cell::Int(status));
        row.set(2, Cell::Text(agent.as_bytes()));
        row.commit(source, i as u64 + 6, i as u64 + 6, format!("web {address}").as_bytes());
    }
    shard.seal();
    shard
}

/// The columns' names and the answer as text: a row per line, values separated by ` | `.
#[track_caller]
pub(super) fn asked(text: &str) -> (String, String) {
    let mut shard = shard();
    let (plan, answer) =
        run_in(text, Language::Sql, &mut shard, &NoJson).unwrap_or_else(|d| panic!("{text}: {d:?}"));
    let names: Vec<String> = plan.output().iter().map(|o| o.name.clone()).collect();
    let rows: Vec<Vec<Value>> = match answer {
        Answer::Table(table) => table.rows,
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, &shard);
            rows.iter().map(|r| reader.values(*r)).collect()
        }
    };
    let line = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    (names.join(" | "), rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[track_caller]
pub(super) fn answers(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        assert_eq!(asked(query).1, *expected, "{query}");
    }
}

/// How many rows of the flow log a condition selects.
#[track_caller]
fn count(condition: &str) -> String {
    asked(&format!("SELECT count(*) FROM flow_logs WHERE {condition}")).1
}

#[test]
fn conditions_know_three_truth_values() {
    for (condition, expected) in [
        ("bytes > 90", "2"),
        ("NOT bytes > 90", "2"),
        ("NOT (bytes > 90)", "2"),
        ("NOT (NOT (bytes > 90))", "2"),
        ("bytes <> 100", "3"),
        ("bytes IS NULL", "1"),
        ("bytes IS NOT NULL", "4"),
        ("NOT (bytes IS NULL OR action IS NULL)", "3"),
        ("NOT (bytes = 100 OR action = 'REJECT')", "0"),
        ("NOT (bytes = 100 AND action = 'ACCEPT')", "3"),
        ("bytes IN (100, 300)", "2"),
        ("bytes NOT IN (100, 300)", "2"),
        ("bytes IN (100, NULL)", "1"),
        ("bytes NOT IN (100, bytes + 1)", "3"),
        ("action LIKE 'ACC%'", "2"),
        ("action NOT LIKE 'ACC%'", "2"),
        ("action LIKE 'acc%'", "0"),
        ("action LIKE '_EJECT'", "2"),
        ("action LIKE 'EJECT'", "0"),
        ("lower(action) LIKE '%eje%'", "2"),
        ("bytes BETWEEN 50 AND 100", "2"),
        ("bytes NOT BETWEEN 50 AND 100", "2"),
        ("action IS DISTINCT FROM 'ACCEPT'", "3"),
        ("NOT coalesce(action = 'ACCEPT', false)", "3"),
        ("coalesce(bytes > 90, true)", "3"),
        ("bytes = NULL", "0"),
        ("(bytes > 90) = true", "2"),
        ("(bytes > 90) = false", "2"),
        ("(bytes > 90) IS NULL", "1"),
        ("starttime BETWEEN 1772672400 AND 1772672699", "3"),
        ("eventtime > '2026-03-05T02:00:00Z'", "2"),
        ("eventtime >= timestamp '2026-03-05 02:05:00' AND eventtime < date '2026-03-06'", "2"),
        ("from_unixtime(starttime) > timestamp '2026-03-05 02:00:00'", "2"),
        ("eventtime > now() - INTERVAL '10' minute", "2"),
        ("eventtime > date_add('minute', -5, now())", "2"),
        ("contains('10.0.0.0/8', CAST(srcaddr AS ipaddress))", "3"),
        ("regexp_like(action, '^A') OR bytes < 0", "3"),
        ("bytes = '100'", "1"),
        ("srcaddr IN (SELECT client FROM web)", "2"),
        ("srcaddr NOT IN (SELECT client FROM web WHERE status >= 400)", "2"),
    ] {
        assert_eq!(count(condition), expected, "{condition}");
    }
}

/// Where nothing equals, a NULL in the list leaves open whether it would.
#[test]
fn a_list_with_null_never_excludes() {
    for (condition, expected) in [
        ("bytes NOT IN (100, NULL)", "0"),
        ("NOT (bytes IN (100, NULL))", "0"),
        ("NOT (bytes NOT IN (100, NULL))", "1"),
        ("bytes NOT IN (100, bytes + NULL)", "0"),
        ("bytes NOT IN (NULL) OR action = 'ACCEPT'", "2"),
        ("(bytes IN (100, NULL)) IS NULL", "4"),
        ("(bytes NOT IN (100, NULL)) = false", "1"),
        ("coalesce(bytes NOT IN (100, NULL), true)", "4"),
        ("(1 IN (NULL)) IS NULL", "5"),
    ] {
        assert_eq!(count(condition), expected, "{condition}");
    }
}

/// `IS DISTINCT FROM` knows no third truth value, with `NOT` before it and as a value neither.
#[test]
fn distinct_from_is_true_or_false() {
    answers(&[
        (
            "SELECT bytes IS DISTINCT FROM 50, NOT (bytes IS DISTINCT FROM start), NOT (action IS NOT DISTINCT FROM NULL) FROM flow_logs ORDER BY eventtime",
            "true | false | true\ntrue | false | true\ntrue | false | true\nfalse | false | false\ntrue | false | true",
        ),
        ("SELECT NOT (NULL IS DISTINCT FROM 'a') FROM web WHERE status = 200", "false"),
        ("SELECT NOT (NOT (NULL IS DISTINCT FROM bytes)) FROM flow_logs WHERE bytes = 50", "true"),
        ("SELECT count(*) FROM flow_logs WHERE NOT (NOT (bytes IS DISTINCT FROM start))", "5"),
        (
            "SELECT count(*) FROM flow_logs WHERE (NOT (bytes IS DISTINCT FROM nullif(bytes, 100))) = true",
            "4",
        ),
    ]);
}

/// What says that unknown is false says so beside `AND` and `OR` as well.
#[test]
fn coalesced_conditions_stay_certain() {
    answers(&[
        (
            "SELECT NULL AND coalesce(bytes > 90, false), action = 'ACCEPT' AND coalesce(bytes > 90, false) FROM flow_logs ORDER BY eventtime",
            " | true\n | false\nfalse | false\nfalse | false\nfalse | false",
        ),
        ("SELECT count(*) FROM flow_logs WHERE NOT (coalesce(bytes > 90, false) AND action = 'ACCEPT')", "4"),
        ("SELECT count(*) FROM flow_logs WHERE NOT (coalesce(bytes > 90, false) OR action = 'REJECT')", "1"),
        ("SELECT count_if(coalesce(bytes > 90, false) AND action = 'ACCEPT') FROM flow_logs", "1"),
        (
            "SELECT if(action = 'ACCEPT' AND coalesce(bytes > 90, false), 1, 0) AS x FROM flow_logs ORDER BY eventtime",
            "1\n0\n0\n0\n0",
        ),
        ("SELECT count(*) FROM flow_logs WHERE action = 'ACCEPT' OR coalesce(bytes > 90, false)", "3"),
    ]);
}

/// A key goes by its own name, also where another key is made of a column of that name.
#[test]
fn keys_may_swap_names() {
    answers(&[
        (
            "SELECT b AS a, a AS b FROM (SELECT action AS a, bytes AS b FROM flow_logs) GROUP BY 1, 2 ORDER BY 2, 1",
            "100 | ACCEPT\n | ACCEPT\n-7 | REJECT\n300 | REJECT\n50 | ",
        ),
        (
            "SELECT a FROM (SELECT DISTINCT NULL AS a, a AS b FROM (SELECT action AS a FROM flow_logs)) WHERE a = 'ACCEPT'",
            "",
        ),
        (
            "SELECT nullif(action, 'ACCEPT') AS action, count(*) AS n FROM flow_logs GROUP BY nullif(action, 'ACCEPT'), action ORDER BY n, action",
            " | 1\nREJECT | 2\n | 2",
        ),
        (
            "SELECT q.srcaddr, q.action FROM (SELECT DISTINCT action AS srcaddr, srcaddr AS action FROM flow_logs) q WHERE q.action = '10.0.0.1' ORDER BY 1",
            "ACCEPT | 10.0.0.1\nREJECT | 10.0.0.1",
        ),
        (
            "SELECT (action || '-') || 'x' AS x FROM flow_logs GROUP BY (action || '-') HAVING action || '-' <> 'ACCEPT-'",
            "REJECT-x",
        ),
    ]);
}

#[test]
fn values_are_athenas() {
    answers(&[
        (
            "SELECT bytes / 7, bytes / 7.0, -bytes / 2, bytes % 7, bytes || '!' FROM flow_logs WHERE bytes = 100",
            "14 | 14.285714285714286 | -50 | 2 | 100!",
        ),
        (
            "SELECT bytes > 90 AS big, action || 'x' FROM flow_logs ORDER BY eventtime",
            "true | ACCEPTx\ntrue | REJECTx\n | ACCEPTx\nfalse | \nfalse | REJECTx",
        ),
        (
            "SELECT CASE action WHEN 'ACCEPT' THEN 'a' WHEN 'REJECT' THEN 'r' ELSE 'none' END FROM flow_logs ORDER BY eventtime",
            "a\nr\na\nnone\nr",
        ),
        ("SELECT if(bytes > 90, 1, 0), nullif(bytes, 50) FROM flow_logs WHERE srcaddr IS NULL", "0 | "),
    ]);
}

#[test]
fn missing_values_are_sorted_last() {
    answers(&[
        ("SELECT bytes FROM flow_logs ORDER BY bytes", "-7\n50\n100\n300\n"),
        ("SELECT bytes FROM flow_logs ORDER BY bytes DESC", "300\n100\n50\n-7\n"),
        ("SELECT bytes FROM flow_logs ORDER BY bytes NULLS FIRST", "\n-7\n50\n100\n300"),
        ("SELECT bytes FROM flow_logs ORDER BY bytes DESC NULLS FIRST LIMIT 2", "\n300"),
        (
            "SELECT action, sum(bytes) AS s FROM flow_logs GROUP BY action ORDER BY action",
            "ACCEPT | 100\nREJECT | 293\n | 50",
        ),
        ("SELECT action, sum(bytes) AS s FROM flow_logs GROUP BY 1 ORDER BY 2 DESC LIMIT 1", "REJECT | 293"),
    ]);
}

#[test]
fn groups_and_their_conditions() {
    answers(&[
        (
            "SELECT count(*), count(bytes), count(DISTINCT srcaddr), min(bytes), max(bytes), avg(bytes) FROM flow_logs",
            "5 | 4 | 3 | -7 | 300 | 110.75",
        ),
        ("SELECT count(*) FROM flow_logs WHERE bytes > 1000", "0"),
        ("SELECT sum(bytes) FROM flow_logs WHERE bytes > 1000", ""),
        (
            "SELECT srcaddr, SUM(bytes) AS total FROM flow_logs GROUP BY srcaddr HAVING SUM(bytes) > 60",
            "10.0.0.1 | 93\n10.0.0.2 | 300",
        ),
        (
            "SELECT COUNT(*) AS n, action FROM flow_logs GROUP BY action HAVING count(*) > 1 ORDER BY sum(bytes) DESC",
            "2 | REJECT\n2 | ACCEPT",
        ),
        (
            "SELECT date_trunc('hour', eventtime) AS hour, count_if(action = 'REJECT'), count(*) FILTER (WHERE bytes > 60) FROM flow_logs GROUP BY hour ORDER BY hour",
            "2026-03-05T01:00:00Z | 1 | 2\n2026-03-05T02:00:00Z | 1 | 0",
        ),
        ("SELECT DISTINCT action FROM flow_logs ORDER BY action", "ACCEPT\nREJECT\n"),
        ("SELECT action FROM flow_logs GROUP BY action HAVING action IS NOT NULL", "ACCEPT\nREJECT"),
        (
            "SELECT lower(action) AS action, count(*) AS n FROM flow_logs GROUP BY action HAVING action LIKE 'R%'",
            "reject | 2",
        ),
        (
            "SELECT approx_percentile(bytes, 0.5), arbitrary(action) FROM flow_logs WHERE action = 'REJECT'",
            "-7 | REJECT",
        ),
        ("SELECT sum(CASE WHEN action = 'ACCEPT' THEN 1 ELSE 0 END) * 100 / count(*) FROM flow_logs", "40"),
        ("SELECT array_join(array_agg(DISTINCT action), '+') FROM flow_logs", "ACCEPT+REJECT"),
        (
            "SELECT action, max_by(srcaddr, bytes), min_by(bytes, eventtime), max_by(bytes, bytes) FILTER (WHERE bytes < 200) FROM flow_logs GROUP BY action ORDER BY action",
            "ACCEPT | 10.0.0.1 | 100 | 100\nREJECT | 10.0.0.2 | 300 | -7\n |  | 50 | 50",
        ),
        (
            "SELECT srcaddr FROM flow_logs GROUP BY srcaddr HAVING max_by(action, bytes) = 'ACCEPT'",
            "10.0.0.1",
        ),
        ("SELECT max(n) FROM (SELECT srcaddr, count(*) AS n FROM flow_logs GROUP BY srcaddr)", "2"),
        (
            "WITH t AS (SELECT srcaddr AS a, bytes * 2 AS b FROM flow_logs WHERE bytes > 0) SELECT a, b FROM t WHERE b > 100 ORDER BY b",
            "10.0.0.1 | 200\n10.0.0.2 | 600",
        ),
        (
            "SELECT count(*) FROM (SELECT * FROM flow_logs ORDER BY bytes DESC LIMIT 3) WHERE action = 'REJECT'",
            "1",
        ),
        (
            "SELECT w.agent, f.bytes FROM (SELECT * FROM web) w JOIN flow_logs f ON w.client = f.srcaddr WHERE w.status = 200 ORDER BY f.bytes",
            "curl/8 | -7\ncurl/8 | 100",
        ),
        (
            "SELECT f.srcaddr, count(w.status) AS n FROM flow_logs f LEFT JOIN web w ON f.srcaddr = w.client GROUP BY f.srcaddr ORDER BY n DESC, f.srcaddr",
            "10.0.0.1 | 4\n10.0.0.2 | 0\n192.168.0.1 | 0\n | 0",
        ),
    ]);
}

#[test]
fn columns_are_named_as_written() {
    for (query, names) in [
        (
            "SELECT bytes, bytes AS b, bytes / 2, count(*) FROM flow_logs GROUP BY bytes",
            "bytes | b | bytes / 2 | count(*)",
        ),
        (
            "SELECT SrcAddr, COUNT( DISTINCT action ) FROM flow_logs GROUP BY srcaddr",
            "SrcAddr | count(DISTINCT action)",
        ),
        ("SELECT * FROM logs", ""),
        ("SELECT action AS bytes, bytes AS action FROM flow_logs", "bytes | action"),
    ] {
        assert_eq!(asked(query).0, names, "{query}");
    }
    let swapped =
        asked("SELECT action AS bytes, bytes AS action FROM flow_logs ORDER BY bytes, action DESC LIMIT 2");
    assert_eq!(swapped.1, "ACCEPT | 100\nACCEPT | ");
}

#[test]
fn every_example_of_an_sql_function_holds() {
    for function in functions::SQL {
        assert!(!function.examples.is_empty() && !function.doc.is_empty(), "{}", function.name);
        for (text, expected) in function.examples {
            let answer = asked(&format!("SELECT {text} AS x FROM web LIMIT 1")).1;
            assert_eq!(answer, *expected, "{text}");
        }
    }
}

#[test]
fn lists_of_all_values() {
    answers(&[
        ("SELECT array_agg(bytes) FROM flow", "[100, 300, , 50, -7]"),
        (
            "SELECT action, array_agg(bytes) AS l FROM flow GROUP BY action ORDER BY action",
            "ACCEPT | [100, ]\nREJECT | [300, -7]\n | [50]",
        ),
        (
            "SELECT cardinality(array_agg(bytes)), array_join(array_agg(action), '+') FROM flow",
            "5 | ACCEPT+REJECT+ACCEPT+REJECT",
        ),
        ("SELECT contains(array_agg(bytes), 300), contains(array_agg(bytes), 7) FROM flow", "true | false"),
        ("SELECT array_agg(bytes) FROM flow WHERE bytes > 1000", ""),
        ("SELECT array_agg(bytes)[2], element_at(array_agg(bytes), -1) FROM flow", "300 | -7"),
        ("SELECT array_agg(DISTINCT action) FROM flow", "[ACCEPT, REJECT]"),
        (
            "SELECT array_agg(n) FROM (SELECT action, count(*) AS n FROM flow GROUP BY action HAVING action IS NOT NULL)",
            "[2, 2]",
        ),
        ("SELECT array_agg(status) FROM web", "[200, 404, 403]"),
    ]);
    for (statement, message) in [
        ("SELECT array_agg(bytes ORDER BY bytes) FROM flow", "`ORDER BY` is not offered inside `array_agg`"),
        (
            "SELECT array_agg(bytes) FILTER (WHERE bytes > 1) FROM flow",
            "`FILTER` is not offered behind `array_agg`",
        ),
        ("SELECT array_agg(bytes) OVER () FROM flow", "`array_agg` is not offered over a window"),
        ("SELECT array_agg(*) FROM flow", "`*` stands only in `count(*)`"),
    ] {
        let found = run_in(statement, Language::Sql, &mut shard(), &NoJson).map(|_| ()).unwrap_err();
        assert!(found[0].message.contains(message), "{statement}: {found:?}");
    }
    for statement in
        ["SELECT array_agg(bytes) AS l FROM flow", "SELECT array_agg(DISTINCT bytes) AS l FROM flow"]
    {
        let tree = logloupe_syntax::parse_in(statement, Language::Sql).query;
        assert_eq!(logloupe_syntax::text(&tree, Language::Sql).as_deref(), Ok(statement));
    }
}

#[test]
fn lists_are_bounded() {
    let mut shard = shard();
    for (text, fits) in
        [("stats array_agg(bytes) by @line", false), ("SOURCE flow | stats array_agg(bytes)", true)]
    {
        let mut catalog = Catalog::of(&shard, &NoJson);
        catalog.bindings.limits.kept = 20;
        let plan = Arc::new(plan(&logloupe_syntax::parse(text).query, &catalog).unwrap());
        let mut job = Job::new(plan.clone(), None, &mut shard, &NoJson);
        while !job.step(&mut shard, 1) {}
        let found = finalize(&plan, merge(plan.limits(), vec![job.finish().1]));
        assert_eq!(found.is_ok(), fits, "{text}: {found:?}");
    }
}

#[test]
fn every_name_of_sql_means_something() {
    for function in sql::functions().filter(|f| !f.tree.is_empty()) {
        let scalar = functions::find(function.tree);
        let aggregate = functions::aggregate::find(function.tree);
        let window = functions::window::find(function.tree);
        assert!(
            scalar.is_some() || aggregate.is_some() || window.is_some(),
            "{}: {}",
            function.name,
            function.tree
        );
        if let Some(scalar) = scalar {
            assert!(scalar.arity.0 <= function.least || function.name == "replace", "{}", function.name);
            assert!(scalar.arity.1 >= function.most, "{}", function.name);
        }
    }
}

/// The same question in both languages.
#[derive(Clone, Debug)]
struct Pair {
    insights: String,
    sql: String,
}

fn pair(insights: impl Into<String>, sql: impl Into<String>) -> Pair {
    Pair { insights: insights.into(), sql: sql.into() }
}

fn value() -> impl Strategy<Value = Pair> {
    let field = || prop::sample::select(vec!["bytes", "start", "action", "srcaddr", "BYTES"]);
    prop_oneof![
        4 => field().prop_map(|f| pair(f, f)),
        1 => (field(), prop::sample::select(vec!["+", "-", "*", "%"]), 1..9)
            .prop_map(|(f, o, n)| pair(format!("({f} {o} {n})"), format!("({f} {o} {n})"))),
        1 => (field(), 1..9).prop_map(|(f, n)| pair(format!("({f} / {n})"), format!("(CAST({f} AS double) / {n})"))),
        1 => field().prop_map(|f| pair(format!("toupper({f})"), format!("upper({f})"))),
        1 => field().prop_map(|f| pair(format!("strlen({f})"), format!("length({f})"))),
        1 => field().prop_map(|f| pair(format!("coalesce({f}, 7)"), format!("coalesce({f}, 7)"))),
        1 => field().prop_map(|f| {
            pair(format!("if(ispresent({f}), 1, 2)"), format!("CASE WHEN {f} IS NULL THEN 2 ELSE 1 END"))
        }),
    ]
}

fn condition() -> impl Strategy<Value = Pair> {
    let literal = || {
        prop::sample::select(vec![
            ("100", "100"),
            ("-7", "-7"),
            ("0.5", "0.5"),
            ("\"ACCEPT\"", "'ACCEPT'"),
            ("\"10.0.0.1\"", "'10.0.0.1'"),
            ("\"300\"", "'300'"),
        ])
    };
    let operator = prop::sample::select(vec![("=", "="), ("!=", "<>"), ("<", "<"), (">=", ">="), (">", ">")]);
    let atom = prop_oneof![
        4 => (value(), operator, literal()).prop_map(|(v, o, l)| {
            pair(format!("{} {} {}", v.insights, o.0, l.0), format!("{} {} {}", v.sql, o.1, l.1))
        }),
        1 => (value(), any::<bool>(), literal(), literal()).prop_map(|(v, n, a, b)| {
            let (i, s) = if n { ("not ", "NOT ") } else { ("", "") };
            pair(format!("{} {i}in [{}, {}]", v.insights, a.0, b.0), format!("{} {s}IN ({}, {})", v.sql, a.1, b.1))
        }),
        1 => (value(), any::<bool>(), prop::sample::select(vec![("\"E\"", "'%E%'"), ("/^A/", "'A%'"), ("/0.1$/", "'%0_1'")]))
            .prop_map(|(v, n, p)| {
                let (i, s) = if n { ("not ", "NOT ") } else { ("", "") };
                pair(format!("{} {i}like {}", v.insights, p.0), format!("{} {s}LIKE {}", v.sql, p.1))
            }),
        1 => value().prop_map(|v| pair(format!("ispresent({})", v.insights), format!("{} IS NOT NULL", v.sql))),
        1 => (value(), literal()).prop_map(|(v, l)| {
            pair(format!("not ({} = {})", v.insights, l.0), format!("{} IS DISTINCT FROM {}", v.sql, l.1))
        }),
    ];
    atom.prop_recursive(3, 8, 2, |subqueries| {
        (
            subqueries.clone(),
            subqueries,
            prop::sample::select(vec![("and", "AND"), ("or", "OR")]),
            any::<bool>(),
        )
            .prop_map(|(a, b, o, negated)| match negated {
                // Plain negation is what `NOT coalesce(…, false)` says.
                true => pair(
                    format!("not ({} {} {})", a.insights, o.0, b.insights),
                    format!("NOT coalesce({} {} {}, false)", a.sql, o.1, b.sql),
                ),
                false => pair(
                    format!("({} {} {})", a.insights, o.0, b.insights),
                    format!("({} {} {})", a.sql, o.1, b.sql),
                ),
            })
    })
}

fn question() -> impl Strategy<Value = Pair> {
    let aggregate = (
        prop::sample::select(vec![
            ("sum", "sum"),
            ("avg", "avg"),
            ("min", "min"),
            ("max", "max"),
            ("count", "count"),
            ("count_distinct", "count(DISTINCT"),
        ]),
        value(),
    )
        .prop_map(|((i, s), v)| {
            let sql = if s.contains('(') { format!("{s} {})", v.sql) } else { format!("{s}({})", v.sql) };
            pair(format!("{i}({})", v.insights), sql)
        });
    let key = prop_oneof![
        3 => value(),
        1 => Just(pair("datefloor(eventTime, 1h)", "date_trunc('hour', eventtime)")),
    ];
    let groups = (condition(), aggregate, key, 0..3u8).prop_map(|(c, a, k, finalize)| {
        let (ti, ts) = match finalize {
            0 => ("", " ORDER BY k NULLS FIRST"),
            1 => (" | filter n > 1", " HAVING count(*) > 1 ORDER BY k NULLS FIRST"),
            _ => (" | sort n desc, k | limit 2", " ORDER BY n DESC, k NULLS FIRST LIMIT 2"),
        };
        pair(
            format!(
                "SOURCE flow | filter {} | stats count(*) as n, {} as a by {} as k{ti}",
                c.insights, a.insights, k.insights
            ),
            format!(
                "SELECT {} AS k, count(*) AS n, {} AS a FROM flow_logs WHERE {} GROUP BY {}{ts}",
                k.sql, a.sql, c.sql, k.sql
            ),
        )
    });
    let rows = (condition(), value(), value()).prop_map(|(c, v, s)| {
        pair(
            format!(
                "SOURCE flow | filter {} | fields {} as v | sort {} desc",
                c.insights, v.insights, s.insights
            ),
            format!("SELECT {} AS v FROM flow_logs WHERE {} ORDER BY {} DESC", v.sql, c.sql, s.sql),
        )
    });
    prop_oneof![2 => groups, 1 => rows]
}

/// The rows of an answer as text.
fn rows_of(text: &str, language: Language) -> Vec<String> {
    let mut shard = shard();
    let (plan, answer) =
        run_in(text, language, &mut shard, &NoJson).unwrap_or_else(|d| panic!("{text}: {d:?}"));
    let rows: Vec<Vec<Value>> = match answer {
        Answer::Table(table) => table.rows,
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, &shard);
            rows.iter().map(|r| reader.values(*r)).collect()
        }
    };
    rows.iter().map(|row| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ")).collect()
}

proptest! {
    #![proptest_config(property(500, "tests/regressions/sql.txt"))]

    #[test]
    fn both_languages_give_the_same_answer(question in question()) {
        let insights = rows_of(&question.insights, Language::Insights);
        let sql = rows_of(&question.sql, Language::Sql);
        prop_assert_eq!(&insights, &sql, "{}\n{}", question.insights, question.sql);
        // And the same once more, written back from the tree.
        let tree = parse_in(&question.sql, Language::Sql).query;
        let canonical = logloupe_syntax::text(&tree, Language::Sql).unwrap();
        prop_assert_eq!(&rows_of(&canonical, Language::Sql), &sql, "{}\n{}", question.sql, canonical);
        // What came from Insights can be said in SQL too.
        let tree = parse_in(&question.insights, Language::Insights).query;
        let said = logloupe_syntax::text(&tree, Language::Sql).unwrap();
        let mut said = rows_of(&said, Language::Sql);
        let mut wanted = insights.clone();
        if question.insights.contains("stats") && !question.insights.contains("limit") {
            // Without an order of its own both are in the order of keys.
            said.sort();
            wanted.sort();
        }
        prop_assert_eq!(&said, &wanted, "{}", question.insights);
    }
}
