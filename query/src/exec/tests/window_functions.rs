//! Window functions over the small tables of `sql`: the answers that Trino's documentation and SQL's standard give.

use super::{
    sql::{answers, asked, shard},
    *,
};
use logloupe_syntax::{Language, parse_in, text};
use logloupe_table::json_paths::NoJson;

/// The rows are, by `start`: 100, 300, missing, 50, -7 bytes.
fn over(call: &str) -> String {
    asked(&format!("SELECT {call} AS v FROM flow ORDER BY start")).1.replace('\n', ",")
}

#[track_caller]
fn each(cases: &[(&str, &str)]) {
    for (call, expected) in cases {
        assert_eq!(over(call), *expected, "{call}");
    }
}

/// What is wrong with a statement: messages and advice.
fn faults(statement: &str) -> String {
    match run_in(statement, Language::Sql, &mut shard(), &NoJson) {
        Ok(_) => panic!("{statement} is answered"),
        Err(found) => found.iter().map(|d| format!("{}; {}", d.message, d.help)).collect(),
    }
}

#[test]
fn places_in_an_order() {
    each(&[
        ("row_number() OVER (ORDER BY bytes)", "3,4,5,2,1"),
        ("row_number() OVER (ORDER BY bytes DESC)", "2,1,5,3,4"),
        ("row_number() OVER (ORDER BY bytes NULLS FIRST)", "4,5,1,3,2"),
        ("row_number() OVER (ORDER BY bytes DESC NULLS FIRST)", "3,2,1,4,5"),
        ("rank() OVER (ORDER BY action)", "1,3,1,5,3"),
        ("dense_rank() OVER (ORDER BY action)", "1,2,1,3,2"),
        ("rank() OVER ()", "1,1,1,1,1"),
        ("percent_rank() OVER (ORDER BY action)", "0,0.5,0,1,0.5"),
        ("percent_rank() OVER (PARTITION BY start ORDER BY action)", "0,0,0,0,0"),
        ("cume_dist() OVER (ORDER BY action)", "0.4,0.8,0.4,1,0.8"),
        ("ntile(2) OVER (ORDER BY start)", "1,1,1,2,2"),
        ("ntile(3) OVER (ORDER BY start)", "1,1,2,2,3"),
        ("ntile(9) OVER (ORDER BY start)", "1,2,3,4,5"),
    ]);
}

#[test]
fn missing_values_are_one_partition() {
    each(&[
        ("count(*) OVER (PARTITION BY srcaddr)", "2,1,1,1,2"),
        ("count(*) OVER (PARTITION BY action)", "2,2,2,1,2"),
        ("count(bytes) OVER (PARTITION BY action)", "1,2,1,1,2"),
        ("row_number() OVER (PARTITION BY action ORDER BY start DESC)", "2,2,1,1,1"),
        ("count(*) OVER (PARTITION BY bytes IS NULL)", "4,4,1,4,4"),
        ("sum(bytes) OVER (PARTITION BY action, srcaddr)", "100,300,,50,-7"),
    ]);
}

#[test]
fn values_of_other_rows() {
    each(&[
        ("lag(bytes) OVER (ORDER BY start)", ",100,300,,50"),
        ("lag(bytes, 2) OVER (ORDER BY start)", ",,100,300,"),
        ("lag(bytes, 2, 0) OVER (ORDER BY start)", "0,0,100,300,"),
        ("lag(bytes, 1, start - start) OVER (ORDER BY start)", "0,100,300,,50"),
        ("lag(bytes, 0) OVER (ORDER BY start)", "100,300,,50,-7"),
        ("lag(bytes) IGNORE NULLS OVER (ORDER BY start)", ",100,300,300,50"),
        ("lag(bytes) RESPECT NULLS OVER (ORDER BY start)", ",100,300,,50"),
        ("lead(bytes) OVER (ORDER BY start)", "300,,50,-7,"),
        ("lead(bytes, 1, -1) OVER (ORDER BY start)", "300,,50,-7,-1"),
        ("lead(bytes, 2) IGNORE NULLS OVER (ORDER BY start)", "50,-7,-7,,"),
        ("lead(bytes) OVER (PARTITION BY action ORDER BY start)", ",-7,,,"),
        ("first_value(bytes) OVER (ORDER BY start)", "100,100,100,100,100"),
        ("last_value(bytes) OVER (ORDER BY start)", "100,300,,50,-7"),
        ("last_value(bytes) IGNORE NULLS OVER (ORDER BY start)", "100,300,300,50,-7"),
        // Peers stand as rows do: the newest first.
        ("last_value(start) OVER (ORDER BY action) = start", "true,true,false,true,false"),
        (
            "last_value(bytes) OVER (ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
            "-7,-7,-7,-7,-7",
        ),
        ("nth_value(bytes, 2) OVER (ORDER BY start)", ",300,300,300,300"),
        ("nth_value(bytes, 3) OVER (ORDER BY start)", ",,,,"),
        ("nth_value(bytes, 3) IGNORE NULLS OVER (ORDER BY start)", ",,,50,50"),
    ]);
}

#[test]
fn aggregates_over_frames() {
    each(&[
        ("sum(bytes) OVER (ORDER BY start)", "100,400,400,450,443"),
        ("sum(bytes) OVER ()", "443,443,443,443,443"),
        ("sum(bytes) OVER (ORDER BY action)", "100,393,100,443,393"),
        ("sum(bytes) OVER (ORDER BY action ROWS UNBOUNDED PRECEDING) >= 0", "true,true,,true,true"),
        ("sum(bytes) OVER (ORDER BY start ROWS 1 PRECEDING)", "100,400,300,50,43"),
        ("sum(bytes) OVER (ORDER BY start ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING)", "300,50,43,-7,"),
        ("sum(bytes) OVER (ORDER BY start ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING)", ",,100,400,300"),
        ("avg(bytes) OVER (ORDER BY start ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)", "100,200,300,50,21.5"),
        ("min(bytes) OVER (ORDER BY start ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "100,100,50,-7,-7"),
        ("max(bytes) OVER (ORDER BY start ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "300,300,300,50,50"),
        ("max(action) OVER (ORDER BY start)", "ACCEPT,REJECT,REJECT,REJECT,REJECT"),
        ("count(*) OVER (ORDER BY action RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)", "5,3,5,1,3"),
        ("count(*) OVER (ORDER BY action GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)", "2,4,2,3,4"),
        ("count(*) OVER (ORDER BY action RANGE CURRENT ROW)", "2,2,2,1,2"),
        ("count_if(bytes > 60) OVER (ORDER BY start)", "1,2,2,2,2"),
        ("count(*) FILTER (WHERE action = 'REJECT') OVER (ORDER BY start)", "0,1,1,1,2"),
        ("sum(CAST(bytes AS double) / 10) OVER (ORDER BY start ROWS 1 PRECEDING)", "10,40,30,5,4.3"),
    ]);
}

#[test]
fn sums_that_move_are_exact() {
    // What is taken away leaves nothing behind, however large it was.
    each(&[
        (
            "sum(if(bytes = 100, 1e300, 0.1)) OVER (ORDER BY start ROWS 1 PRECEDING) = 0.2",
            "false,false,true,true,true",
        ),
        (
            "sum(if(bytes = 100, 1.5e308, 1e308)) OVER (ORDER BY start ROWS CURRENT ROW) = 1e308",
            "false,true,true,true,true",
        ),
        ("sum(9223372036854775807) OVER (ORDER BY start ROWS CURRENT ROW) > 0", "true,true,true,true,true"),
        ("sum(if(bytes = 300, 0.1, 3)) OVER (ORDER BY start ROWS CURRENT ROW)", "3,0.1,3,3,3"),
    ]);
}

#[test]
fn windows_stand_where_columns_do() {
    answers(&[
        // The newest row of each action.
        (
            "SELECT action, bytes FROM (SELECT *, row_number() OVER (PARTITION BY action ORDER BY start DESC) AS n \
             FROM flow) WHERE n = 1 ORDER BY start",
            "ACCEPT | \n | 50\nREJECT | -7",
        ),
        (
            "WITH r AS (SELECT srcaddr, bytes, rank() OVER (ORDER BY bytes DESC) AS place FROM flow) \
             SELECT srcaddr FROM r WHERE place <= 2 ORDER BY place",
            "10.0.0.2\n10.0.0.1",
        ),
        ("SELECT bytes FROM flow ORDER BY row_number() OVER (ORDER BY bytes), 1", "-7\n50\n100\n300\n"),
        ("SELECT bytes - lag(bytes) OVER (ORDER BY start) AS d FROM flow ORDER BY start", "\n200\n\n\n-57"),
        ("SELECT DISTINCT rank() OVER (ORDER BY action) AS r FROM flow ORDER BY r", "1\n3\n5"),
        (
            "SELECT r FROM (SELECT rank() OVER (ORDER BY start) AS r FROM flow) ORDER BY r DESC LIMIT 2",
            "5\n4",
        ),
        (
            "SELECT start - min(start) OVER w AS s, count(*) OVER w AS n FROM flow WHERE bytes > 60 \
             WINDOW w AS (ORDER BY start), unused AS (PARTITION BY action) ORDER BY 1",
            "0 | 1\n120 | 2",
        ),
        // Rows that a window sees went through WHERE.
        ("SELECT count(*) OVER () AS n FROM flow WHERE bytes > 0 LIMIT 1", "3"),
    ]);
    let (names, _) = asked("SELECT rank() OVER (ORDER BY bytes), count(*) OVER () FROM flow");
    assert_eq!(names, "rank() OVER (ORDER BY bytes) | count(*) OVER ()");
}

#[test]
fn windows_look_at_groups() {
    answers(&[
        (
            "SELECT action, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r FROM flow GROUP BY action ORDER BY r, action",
            "ACCEPT | 2 | 1\nREJECT | 2 | 1\n | 1 | 3",
        ),
        // HAVING comes first.
        (
            "SELECT action, row_number() OVER (ORDER BY action) AS r FROM flow GROUP BY action HAVING count(*) > 1 ORDER BY r",
            "ACCEPT | 1\nREJECT | 2",
        ),
        (
            "SELECT action, sum(count(*)) OVER (ORDER BY action) AS total FROM flow GROUP BY action ORDER BY total",
            "ACCEPT | 2\nREJECT | 4\n | 5",
        ),
        (
            "SELECT action, 100.0 * count(*) / sum(count(*)) OVER () AS percent FROM flow GROUP BY action ORDER BY action",
            "ACCEPT | 40\nREJECT | 40\n | 20",
        ),
        (
            "SELECT action FROM flow GROUP BY action ORDER BY rank() OVER (ORDER BY max(bytes)), 1",
            "\nACCEPT\nREJECT",
        ),
        ("SELECT count(*) AS n, rank() OVER () AS r FROM flow", "5 | 1"),
        (
            "SELECT DISTINCT rank() OVER (ORDER BY count(*) DESC) AS r FROM flow GROUP BY action ORDER BY r",
            "1\n3",
        ),
    ]);
}

#[test]
fn windows_are_refused_where_there_are_no_rows_for_them() {
    for (statement, message) in [
        (
            "SELECT bytes FROM flow WHERE rank() OVER (ORDER BY bytes) = 1",
            "does not stand in `WHERE`; compute it in a query in `FROM`",
        ),
        (
            "SELECT count(*) FROM flow GROUP BY rank() OVER (ORDER BY bytes)",
            "does not stand in `GROUP BY`; compute it in a query",
        ),
        (
            "SELECT rank() OVER (ORDER BY bytes), count(*) FROM flow GROUP BY 1",
            "does not stand in `GROUP BY`; number the rows in a query",
        ),
        (
            "SELECT rank() OVER (ORDER BY bytes) AS r, count(*) FROM flow GROUP BY R",
            "does not stand in `GROUP BY`; number the rows in a query",
        ),
        (
            "SELECT action FROM flow GROUP BY action HAVING rank() OVER (ORDER BY action) = 1",
            "does not stand in `HAVING`",
        ),
        (
            "SELECT action, rank() OVER (ORDER BY action) AS r FROM flow GROUP BY action HAVING r = 1",
            "does not stand in `HAVING`",
        ),
        ("SELECT sum(rank() OVER (ORDER BY bytes)) FROM flow", "does not stand inside an aggregate"),
        ("SELECT sum(rank() OVER (ORDER BY bytes)) OVER () FROM flow", "does not stand inside another"),
        (
            "SELECT rank() OVER (ORDER BY rank() OVER (ORDER BY bytes)) FROM flow",
            "does not stand inside another",
        ),
        ("SELECT rank() FROM flow", "`rank` needs `OVER` and the rows that it looks at; write `rank(…) OVER"),
        ("SELECT lag(bytes) FROM flow", "`lag` needs `OVER`"),
        ("SELECT lag(bytes) OVER () FROM flow", "`lag` needs an order of rows"),
        ("SELECT lag(bytes) OVER (ORDER BY start ROWS 1 PRECEDING) FROM flow", "takes no frame"),
        (
            "SELECT lag(bytes, start) OVER (ORDER BY start) FROM flow",
            "expected a whole number in the query, 0 or more",
        ),
        (
            "SELECT ntile(0) OVER (ORDER BY start) FROM flow",
            "expected a whole number in the query, 1 or more",
        ),
        (
            "SELECT nth_value(bytes, -1) OVER (ORDER BY start) FROM flow",
            "expected a whole number in the query, 1 or more",
        ),
        (
            "SELECT count(DISTINCT bytes) OVER () FROM flow",
            "`count(DISTINCT …)` is not offered over a window; the aggregates over windows are",
        ),
        ("SELECT approx_percentile(bytes, 0.5) OVER () FROM flow", "is not offered over a window"),
        ("SELECT lower(action) OVER () FROM flow", "`lower` is not offered over a window"),
        (
            "SELECT sum(bytes) OVER (ORDER BY start RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) FROM flow",
            "a frame of `range` by a distance of values is not offered",
        ),
        (
            "SELECT sum(bytes) OVER (ORDER BY start RANGE INTERVAL '5' minute PRECEDING) FROM flow",
            "a frame by a span of time is not offered; count rows instead",
        ),
        (
            "SELECT sum(bytes) OVER (ORDER BY start ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW) FROM flow",
            "the frame ends before it begins",
        ),
        (
            "SELECT sum(bytes) OVER (ORDER BY start ROWS BETWEEN UNBOUNDED FOLLOWING AND UNBOUNDED FOLLOWING) FROM flow",
            "a frame begins before",
        ),
        ("SELECT rank() OVER w FROM flow", "there is no window `w`"),
        (
            "SELECT rank() OVER (w) FROM flow WINDOW w AS (ORDER BY bytes)",
            "a window that extends another is not offered",
        ),
        ("SELECT sum(bytes) IGNORE NULLS OVER () FROM flow", "`IGNORE NULLS` stands only behind"),
        ("SELECT rank(1) OVER () FROM flow", "`rank` takes 0 arguments, not 1"),
    ] {
        let found = faults(statement);
        assert!(found.contains(message), "{statement}: {found}");
    }
}

#[test]
fn statements_with_windows_are_written_and_read_again() {
    for statement in [
        "SELECT rank() OVER (ORDER BY bytes) FROM flow",
        "SELECT rank() OVER (PARTITION BY action, srcaddr ORDER BY bytes DESC NULLS FIRST, start) AS r FROM flow",
        "SELECT *, row_number() OVER (PARTITION BY action ORDER BY start DESC) AS n FROM flow",
        "SELECT action FROM (SELECT *, row_number() OVER (PARTITION BY action ORDER BY start) AS n FROM flow) WHERE n = 1",
        "SELECT sum(bytes) OVER (ORDER BY start ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM flow ORDER BY s LIMIT 3",
        "SELECT lag(bytes, 2, 0) IGNORE NULLS OVER (ORDER BY start) + 1 AS x FROM flow",
        "SELECT action, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r FROM flow GROUP BY action HAVING count(*) > 1 ORDER BY r",
        "SELECT DISTINCT action, count(*) OVER (PARTITION BY action) AS n FROM flow",
        "SELECT DISTINCT rank() OVER (ORDER BY count(*)) AS r FROM flow GROUP BY action",
        "SELECT r, dense_rank() OVER (ORDER BY r) AS d FROM (SELECT rank() OVER (ORDER BY bytes) AS r FROM flow)",
        "SELECT max(bytes) OVER (ORDER BY start GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS m, \
         max(bytes) OVER (ORDER BY start GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS again FROM flow",
        "SELECT bytes FROM flow ORDER BY rank() OVER (ORDER BY action), bytes",
        "SELECT a.bytes, rank() OVER (ORDER BY a.bytes) AS r FROM flow AS a JOIN web AS b ON a.srcaddr = b.client",
        "SELECT count_if(bytes > 1) OVER () AS n, avg(bytes) OVER (RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS m FROM flow",
        "SELECT srcaddr, rank() OVER (ORDER BY srcaddr) AS r FROM (SELECT srcaddr, bytes FROM flow)",
    ] {
        let tree =
            parse_in(statement, Language::Sql).into_result().unwrap_or_else(|d| panic!("{statement}: {d:?}"));
        assert_eq!(text(&tree, Language::Sql).as_deref(), Ok(statement));
        let insights = tree.to_string();
        let again = parse_in(&insights, Language::Insights)
            .into_result()
            .unwrap_or_else(|d| panic!("{insights}: {d:?}"));
        assert_eq!(again.to_string(), insights);
    }
    // The same call is computed once, and windows with names are written out.
    let tree = parse_in(
        "SELECT rank() OVER w AS a, rank() OVER (ORDER BY bytes) + 1 AS b FROM flow WINDOW w AS (ORDER BY bytes)",
        Language::Sql,
    );
    assert_eq!(tree.query.to_string().matches("window").count(), 1, "{}", tree.query);
    // What Insights writes has a text in SQL that stays as it is.
    for insights in [
        "window rank() sort bytes as r | filter r > 1 | fields r + 1 as s",
        "fields bytes + 1 as b | window sum(b) by action sort b as s | window rank() sort s as r",
        "stats count(*) as n by action | window rank() sort n desc as r | filter r = 1",
        "window count(*) | sort bytes | limit 2",
        "stats sum(bytes) as s by action | window lag(s) sort s | stats max(s) as m",
        "window rank() sort bytes as r | stats count(*) as n by r",
        "window rank() sort bytes as r | fields r, bytes | filter r = 1",
    ] {
        let tree = parse_in(insights, Language::Insights)
            .into_result()
            .unwrap_or_else(|d| panic!("{insights}: {d:?}"));
        let sql = text(&tree, Language::Sql).unwrap_or_else(|why| panic!("{insights}: {why}"));
        let again = parse_in(&sql, Language::Sql).into_result().unwrap_or_else(|d| panic!("{sql}: {d:?}"));
        assert_eq!(text(&again, Language::Sql).as_ref(), Ok(&sql), "{insights}");
    }
}

#[test]
fn too_many_rows_are_refused() {
    let mut catalog = Catalog::open();
    catalog.bindings.limits.values = 20;
    let query = parse_in("SELECT rank() OVER (ORDER BY bytes) AS r FROM logs", Language::Sql).query;
    let plan = Arc::new(plan(&query, &catalog).unwrap());
    let mut shard = shard();
    let mut job = Job::new(plan.clone(), None, &mut shard, &NoJson);
    while !job.step(&mut shard, 1) {}
    let refused = finalize(&plan, merge(plan.limits(), vec![job.finish().1])).unwrap_err();
    assert!(refused.to_string().contains("too many rows"), "{refused}");
}
