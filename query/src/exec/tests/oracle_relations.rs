//! Random SQL over several queries, asked of the engine and of the naive interpreter, which answers the queries inside
//! as naively. Not here: what SQL means, which is told by examples in `relations` and by another engine in
//! `tests/athena`.

use std::sync::Arc;

use logloupe_golden::property;
use logloupe_syntax::{Language, diagnostic::render, parse_in, tree::Query};
use logloupe_table::{ResultTable, Shard, Value, result::ColumnInfo};
use proptest::prelude::*;

use super::{
    SMALL,
    oracle::{engine, event, interpret, shards},
};
use crate::{
    kernels::num,
    plan::{Catalog, Plan, plan},
};

/// The answer of a query and of those that it holds, each by `ask`, as lines without an order.
fn answer(query: &Query, mut ask: impl FnMut(&Arc<Plan>) -> Vec<Vec<Value>>) -> Result<Vec<String>, String> {
    let mut catalog = Catalog::open();
    catalog.bindings.limits = SMALL;
    catalog.bindings.of(query);
    let planned = |query: &Query, catalog: &Catalog| {
        plan(query, catalog).map(Arc::new).map_err(|found| render("", &found))
    };
    while let Some(inner) = catalog.bindings.next_subquery().cloned() {
        let plan = planned(&inner, &catalog)?;
        let columns = plan.output().iter().map(|output| ColumnInfo {
            name: output.name.clone(),
            kind: logloupe_table::Kind::Text,
            unit: output.unit,
        });
        let table = ResultTable { columns: columns.collect(), rows: ask(&plan), remarks: Vec::new() };
        catalog.bindings.add_answer(table).map_err(String::from)?;
    }
    // Of texts that read as one number `max` may give either.
    let cell = |value: &Value| {
        num(value).map_or_else(|| value.to_string(), |number| (number.float() + 0.0).to_string())
    };
    let line = |row: &Vec<Value>| row.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let mut lines: Vec<String> = ask(&planned(query, &catalog)?).iter().map(line).collect();
    lines.sort();
    Ok(lines)
}

/// A query with the columns `a` and `b`.
fn arm() -> impl Strategy<Value = String> {
    let column = || prop::sample::select(vec!["text", "id", "n", "flag", "size", "NULL", "'10'"]);
    let condition = prop::sample::select(vec![
        "",
        " WHERE n > 0",
        " WHERE text IS NOT NULL",
        " WHERE NOT (flag AND n < 100)",
        " WHERE id IN ('10', 'a', NULL)",
        " WHERE n NOT IN (0, 10) OR id IS NULL",
    ]);
    (column(), column(), prop::sample::select(vec!["flow", "web"]), condition, any::<bool>()).prop_map(
        |(a, b, table, condition, grouped)| match grouped {
            true => format!("SELECT {a} AS a, count(*) AS b FROM {table}{condition} GROUP BY {a}"),
            false => format!("SELECT {a} AS a, {b} AS b FROM {table}{condition}"),
        },
    )
}

fn statement() -> impl Strategy<Value = String> {
    let set = || {
        prop::sample::select(vec!["UNION", "UNION ALL", "EXCEPT", "EXCEPT ALL", "INTERSECT", "INTERSECT ALL"])
    };
    let join = prop::sample::select(vec!["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
    let on = prop::sample::select(vec![
        "l.a = r.a",
        "l.a = r.a AND l.b = r.b",
        "l.a = r.b AND l.b IS NOT NULL",
        "l.b = r.a AND r.b > 0",
    ]);
    let not = || prop::sample::select(vec!["", "NOT "]);
    let query = prop_oneof![
        3 => (arm(), set(), arm(), set(), arm()).prop_map(|(a, s, b, t, c)| format!("{a} {s} {b} {t} {c}")),
        4 => (arm(), join, arm(), on).prop_map(|(l, join, r, on)| {
            format!("SELECT l.a AS a, coalesce(r.b, l.b) AS b FROM ({l}) AS l {join} ({r}) AS r ON {on}")
        }),
        2 => (arm(), not(), arm()).prop_map(|(a, not, b)| {
            format!("SELECT a, b FROM ({a}) AS q WHERE a {not}IN (SELECT b FROM ({b}) AS s)")
        }),
        1 => (arm(), not(), arm()).prop_map(|(a, not, b)| {
            format!("SELECT a, b FROM ({a}) AS q WHERE (a, b) {not}IN (SELECT a, b FROM ({b}) AS s)")
        }),
        2 => (arm(), not(), arm(), not()).prop_map(|(a, one, b, two)| {
            format!(
                "SELECT a, b FROM ({a}) AS q WHERE {one}EXISTS (SELECT 1 FROM ({b}) AS s WHERE s.a = q.a) OR {two}EXISTS ({b})"
            )
        }),
        2 => (arm(), arm()).prop_map(|(a, b)| {
            format!("SELECT a, (SELECT count(*) FROM ({b}) AS s) AS b FROM ({a}) AS q WHERE b <> (SELECT min(b) FROM ({b}) AS s)")
        }),
        1 => (arm(), arm()).prop_map(|(a, b)| format!("SELECT x.a, y.b FROM ({a}) AS x CROSS JOIN (SELECT DISTINCT b FROM ({b}) AS d) AS y")),
    ];
    (query, 0..4).prop_map(|(query, outer)| match outer {
        1 => {
            format!("SELECT a, count(*) AS n, max(b) AS m FROM ({query}) AS o GROUP BY a HAVING count(*) > 1")
        }
        2 => format!("SELECT count(*), count(a), count(DISTINCT b) FROM ({query}) AS o"),
        3 => format!("SELECT a, b FROM ({query}) AS o WHERE a IS NOT NULL OR b IS NULL"),
        _ => query,
    })
}

proptest! {
    #![proptest_config(property(200, "tests/regressions/oracle_relations.txt"))]

    #[test]
    fn engine_and_interpreter_agree_over_several_queries(
        events in prop::collection::vec(event(), 0..30),
        split in prop::collection::vec(0..7usize, 60),
        text in statement(),
    ) {
        let parsed = parse_in(&text, Language::Sql);
        prop_assert!(parsed.is_ok(), "{text}: {:?}", parsed.diagnostics);
        let one = shards(&events, &split, 1);
        let expected = answer(&parsed.query, |plan| interpret(plan, &one));
        for count in [1, 3, 7] {
            let mut many: Vec<Shard> = shards(&events, &split, count);
            let found = answer(&parsed.query, |plan| engine(plan, &mut many, count == 7, false).0);
            prop_assert_eq!(&found, &expected, "{} on {} shards", text, count);
        }
    }
}
