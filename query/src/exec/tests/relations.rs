//! SQL over several queries: set operations, values and conditions that are queries, joins of every kind, sets of keys.
//! Every answer is the same on one shard and on several, and is written down again as SQL that gives it.

use super::subqueries::answer_in;
use logloupe_syntax::{Language, diagnostic::render, parse_in, text as write_in};

/// Three rows of numbers, one missing, and three of letters.
const NUMBERS: &str = "(VALUES (1, 'a'), (2, 'b'), (2, 'c'), (NULL, 'd')) AS n(x, s)";
const OTHERS: &str = "(VALUES (2, 'p'), (3, 'q'), (NULL, 'r')) AS o(x, t)";

#[track_caller]
fn answers(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = text.replace("{n}", NUMBERS).replace("{o}", OTHERS);
        for count in [1, 3, 7] {
            let found = answer_in(&text, Language::Sql, count, None);
            let found = found.unwrap_or_else(|d| panic!("{}", render(&text, &d)));
            assert_eq!(found, *expected, "{text} on {count} shards");
        }
        // What is written down again says the same, and is written down the same.
        let query = parse_in(&text, Language::Sql).query;
        let again = write_in(&query, Language::Sql).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        let found = answer_in(&again, Language::Sql, 3, None);
        let found = found.unwrap_or_else(|d| panic!("{}", render(&again, &d)));
        assert_eq!(found, *expected, "{text}\n{again}");
        let read = parse_in(&again, Language::Sql).query;
        assert_eq!(write_in(&read, Language::Sql).as_ref(), Ok(&again), "{text}");
    }
}

#[track_caller]
fn refused(text: &str, message: &str) {
    let text = text.replace("{n}", NUMBERS).replace("{o}", OTHERS);
    let found = answer_in(&text, Language::Sql, 3, None).expect_err(&text);
    assert!(found.iter().any(|d| d.message.contains(message)), "{text}: {found:?}");
}

#[test]
fn rows_that_stand_in_the_query() {
    answers(&[
        ("SELECT 1 AS a, 'x' AS b", "1 | x"),
        ("SELECT * FROM {n} WHERE x = 2 ORDER BY s DESC", "2 | c\n2 | b"),
        ("VALUES 3, 1, 2", "3\n1\n2"),
        ("VALUES (3, 'c'), (1, 'a') ORDER BY _col0 LIMIT 1", "1 | a"),
        ("SELECT count(*), count(x), sum(x) FROM {n}", "4 | 3 | 5"),
        ("SELECT x + 1 AS y FROM (VALUES 1, NULL) AS t(x)", "2\n"),
        ("SELECT 1 WHERE 1 = 2", ""),
        ("SELECT max(bytes) - (SELECT 1) FROM flow", "299"),
    ]);
    refused("SELECT x FROM (VALUES (1, 2), (3)) AS t(x, y)", "this row has 1 values, the first one 2");
    refused("SELECT x FROM (VALUES (bytes)) AS t(x)", "`VALUES` holds no columns");
    refused("SELECT bytes", "the query has no `FROM`");
    refused("SELECT z FROM {n}", "has no column `z`");
}

#[test]
fn set_operations_take_missing_values_as_equal() {
    answers(&[
        ("SELECT x FROM {n} UNION SELECT x FROM {o} ORDER BY x", "1\n2\n3\n"),
        ("SELECT x FROM {n} UNION ALL SELECT x FROM {o} ORDER BY x NULLS FIRST", "\n\n1\n2\n2\n2\n3"),
        ("SELECT x FROM {n} EXCEPT SELECT x FROM {o}", "1"),
        ("SELECT x FROM {n} EXCEPT ALL SELECT x FROM {o} ORDER BY x", "1\n2"),
        ("SELECT x FROM {n} INTERSECT SELECT x FROM {o} ORDER BY x", "2\n"),
        ("SELECT x FROM {n} INTERSECT ALL VALUES 2, 2, 2 ORDER BY x", "2\n2"),
        // `INTERSECT` binds tighter, the others from the left.
        ("VALUES 1, 2 EXCEPT VALUES 2 INTERSECT VALUES 1", "1\n2"),
        ("VALUES 1, 2 EXCEPT VALUES 1 UNION VALUES 1 ORDER BY _col0", "1\n2"),
        ("VALUES 1, 2 EXCEPT (VALUES 1 UNION VALUES 1)", "2"),
        ("(VALUES 1, 2 UNION VALUES 3) INTERSECT VALUES 3, 4", "3"),
        // Logs of two formats, groups, and what is done with the whole.
        (
            "SELECT srcaddr AS a, count(*) AS n FROM flow GROUP BY srcaddr UNION ALL SELECT ip, count(*) FROM call GROUP BY 1 ORDER BY n DESC, a LIMIT 3",
            "10.0.0.1 | 3\n10.0.0.1 | 2\n10.0.0.2 | 1",
        ),
        (
            "SELECT a, count(*) AS n FROM (SELECT srcaddr AS a FROM flow UNION ALL SELECT ip FROM call) q GROUP BY a HAVING count(*) > 1 ORDER BY 2 DESC",
            "10.0.0.1 | 5\n10.0.0.2 | 2",
        ),
        (
            "(SELECT bytes FROM flow ORDER BY bytes DESC LIMIT 1) UNION (SELECT status FROM call ORDER BY status LIMIT 1) ORDER BY 1",
            "200\n300",
        ),
        (
            "SELECT DISTINCT action FROM flow UNION SELECT name FROM call WHERE status > 999 ORDER BY action",
            "ACCEPT\nREJECT\n",
        ),
        // A count has a value in every row of its own query only.
        (
            "SELECT count(*) AS c FROM flow UNION ALL SELECT max(bytes) FROM flow WHERE bytes > 999 ORDER BY c",
            "6\n",
        ),
        (
            "SELECT x AS n, n AS c FROM (SELECT x, count(*) AS n FROM {n} GROUP BY x) q ORDER BY n",
            "1 | 1\n2 | 2\n | 1",
        ),
        // There is one zero.
        ("SELECT DISTINCT f FROM (VALUES 0.0, -0.0, 0e0) AS t(f) UNION SELECT -1 * 0.0", "0"),
        ("SELECT x FROM ((SELECT x FROM {n}) EXCEPT SELECT x FROM {o}) q", "1"),
        (
            "SELECT x FROM (((SELECT x FROM {n} UNION SELECT x FROM {o})) EXCEPT VALUES 1, 2) q WHERE x > 0",
            "3",
        ),
        ("SELECT srcaddr FROM flow INTERSECT SELECT ip FROM call ORDER BY 1", "10.0.0.1\n10.0.0.2"),
        ("SELECT ip FROM call EXCEPT SELECT srcaddr FROM flow", "10.9.9.9"),
        (
            "WITH q AS (SELECT ip FROM call UNION SELECT srcaddr FROM flow) SELECT count(*), count(ip) FROM q",
            "6 | 5",
        ),
    ]);
    refused("SELECT x, s FROM {n} UNION SELECT x FROM {o}", "the first query has 2 columns, the second 1");
    refused("SELECT * FROM flow UNION SELECT * FROM call", "has no fixed list of columns");
    refused("SELECT x FROM {n} ORDER BY x UNION SELECT x FROM {o}", "stand behind `UNION`");
    refused("SELECT x FROM {n} UNION SELECT nope FROM {o}", "has no column `nope`");
    refused("SELECT srcaddr FROM flow UNION SELECT ipp FROM call", "no loaded log has a field `ipp`");
}

#[test]
fn a_query_may_be_a_value() {
    answers(&[
        ("SELECT count(*) FROM flow WHERE bytes = (SELECT max(bytes) FROM flow)", "1"),
        ("SELECT (SELECT count(*) FROM flow) AS f, (SELECT count(*) FROM call) AS c", "6 | 5"),
        ("SELECT (SELECT bytes FROM flow WHERE bytes > 999) IS NULL AS nothing", "true"),
        ("SELECT (SELECT ip FROM call ORDER BY status DESC LIMIT 1) AS worst", "10.9.9.9"),
        (
            "SELECT action, count(*) * 100 / (SELECT count(*) FROM flow) AS share FROM flow GROUP BY action ORDER BY 2 DESC, 1",
            "REJECT | 50\nACCEPT | 33\n | 16",
        ),
        ("SELECT x FROM {n} WHERE x > (SELECT min(x) FROM {n}) AND s <> (SELECT 'c')", "2"),
        ("SELECT sum(bytes) FROM flow HAVING sum(bytes) > (SELECT count(*) FROM call)", "465"),
        ("SELECT CASE WHEN (SELECT count(*) FROM call) > 3 THEN 'many' ELSE 'few' END AS n", "many"),
    ]);
    refused("SELECT x FROM {n} WHERE x = (SELECT x FROM {o})", "gives more than one row");
    refused("SELECT (SELECT x, t FROM {o})", "must have one column");
    refused(
        "SELECT (SELECT max(x) FROM {o} WHERE o.t = n.s) FROM {n}",
        "looks at the row outside of it only by `=`",
    );
    refused("SELECT (SELECT max(bytes) FROM flow WHERE nope = 1) AS m", "no loaded log has a field `nope`");
}

#[test]
fn in_and_not_in_know_three_truth_values() {
    answers(&[
        ("SELECT x FROM {n} WHERE x IN (SELECT x FROM {o})", "2\n2"),
        ("SELECT x FROM {n} WHERE x NOT IN (SELECT x FROM {o})", ""),
        ("SELECT x FROM {n} WHERE x NOT IN (SELECT x FROM {o} WHERE x IS NOT NULL)", "1"),
        ("SELECT x FROM {n} WHERE NOT (x IN (SELECT x FROM {o} WHERE x > 2))", "1\n2\n2"),
        // Nothing is among no values, whatever it is.
        ("SELECT x FROM {n} WHERE x NOT IN (SELECT x FROM {o} WHERE x > 9) ORDER BY x", "1\n2\n2\n"),
        (
            "SELECT NULL IN (SELECT x FROM {o} WHERE x > 9) AS a, NULL NOT IN (SELECT x FROM {o} WHERE x > 9) AS b",
            "false | true",
        ),
        (
            "SELECT 1 IN (SELECT x FROM {o}) AS a, 2 IN (SELECT x FROM {o}) AS b, 2 NOT IN (SELECT x FROM {o}) AS c",
            " | true | false",
        ),
        ("SELECT count(*) FROM flow WHERE srcaddr NOT IN (SELECT ip FROM call)", "2"),
        ("SELECT count(*) FROM flow WHERE srcaddr NOT IN (SELECT srcaddr FROM flow WHERE bytes = 50)", "0"),
        // Several values at once.
        ("SELECT s FROM {n} WHERE (x, s) IN ((1, 'a'), (2, 'c'))", "a\nc"),
        ("SELECT s FROM {n} WHERE (x, s) IN (SELECT x, s FROM {n} WHERE x = 2)", "b\nc"),
        ("SELECT s FROM {n} WHERE (x, s) NOT IN (SELECT x, t FROM {o}) ORDER BY s", "a\nb\nc\nd"),
        ("SELECT s FROM {n} WHERE (x, x) NOT IN (VALUES (2, 2), (NULL, 7))", "a"),
        ("SELECT s FROM {n} WHERE (x, s) NOT IN (VALUES (1, NULL)) ORDER BY s", "b\nc"),
    ]);
    refused("SELECT x FROM {n} WHERE x IN (SELECT x, t FROM {o})", "the inner query must have one column");
    refused("SELECT x FROM {n} WHERE (x, s) IN (SELECT x FROM {o})", "the inner query must have 2 columns");
    refused("SELECT x FROM {n} WHERE (x, s) IN ((1), (2))", "expected 2 values in brackets");
    refused("SELECT (x, s) FROM {n}", "several values in one are not offered");
}

#[test]
fn exists_looks_at_the_row_outside() {
    answers(&[
        ("SELECT count(*) FROM flow WHERE EXISTS (SELECT 1 FROM call WHERE status = 500)", "6"),
        ("SELECT count(*) FROM flow WHERE NOT EXISTS (SELECT 1 FROM call WHERE status = 500)", "0"),
        ("SELECT count(*) FROM flow f WHERE EXISTS (SELECT 1 FROM call c WHERE c.ip = f.srcaddr)", "3"),
        ("SELECT count(*) FROM flow f WHERE NOT EXISTS (SELECT * FROM call c WHERE f.srcaddr = c.ip)", "3"),
        (
            "SELECT count(*) FROM flow f WHERE NOT EXISTS (SELECT * FROM call c WHERE f.srcaddr = c.ip AND status > 300)",
            "4",
        ),
        ("SELECT s FROM {n} WHERE EXISTS (SELECT 1 FROM {o} WHERE o.x = n.x LIMIT 1)", "b\nc"),
        ("SELECT s FROM {n} WHERE NOT EXISTS (SELECT 1 FROM {o} WHERE o.x = n.x) ORDER BY s", "a\nd"),
        (
            "SELECT s, EXISTS (SELECT 1 FROM {o} WHERE o.x = n.x) AS e FROM {n} ORDER BY s",
            "a | false\nb | true\nc | true\nd | false",
        ),
        (
            "SELECT s FROM {n} WHERE EXISTS (SELECT 1 FROM (VALUES (2, 'c')) AS p(k, l) WHERE p.k = n.x AND p.l = n.s)",
            "c",
        ),
        (
            "SELECT name FROM call c WHERE EXISTS (SELECT srcaddr FROM flow WHERE flow.srcaddr = c.ip GROUP BY srcaddr HAVING count(*) > 1) ORDER BY name",
            "Get\nPut\nPut",
        ),
        (
            "SELECT count(*) FROM call WHERE EXISTS (SELECT 1 FROM flow WHERE flow.srcaddr = call.ip AND flow.srcaddr IN (SELECT srcaddr FROM flow WHERE bytes > 200))",
            "1",
        ),
    ]);
    refused(
        "SELECT s FROM {n} WHERE EXISTS (SELECT 1 FROM {o} WHERE o.x > n.x)",
        "looks at the row outside of it only by `=`",
    );
    refused(
        "SELECT s FROM {n} WHERE EXISTS (SELECT count(*) FROM {o} WHERE o.x = n.x)",
        "has no aggregates without `GROUP BY`",
    );
    refused(
        "SELECT s FROM {n} WHERE x IN (SELECT x FROM {o} WHERE o.t = n.s)",
        "looks at the row outside of it only by `=`",
    );
}

#[test]
fn joins_of_every_kind() {
    answers(&[
        ("SELECT n.x, o.x, s, t FROM {n} JOIN {o} ON n.x = o.x ORDER BY s", "2 | 2 | b | p\n2 | 2 | c | p"),
        (
            "SELECT n.x, o.x, s FROM {n} LEFT JOIN {o} ON n.x = o.x ORDER BY s",
            "1 |  | a\n2 | 2 | b\n2 | 2 | c\n |  | d",
        ),
        (
            "SELECT n.x, o.x, t FROM {n} RIGHT JOIN {o} ON n.x = o.x ORDER BY t",
            "2 | 2 | p\n2 | 2 | p\n | 3 | q\n |  | r",
        ),
        (
            "SELECT s, t FROM {n} FULL OUTER JOIN {o} ON n.x = o.x ORDER BY s, t",
            "a | \nb | p\nc | p\nd | \n | q\n | r",
        ),
        ("SELECT count(*) FROM {n} CROSS JOIN {o}", "12"),
        ("SELECT s, t FROM {n}, {o} WHERE n.x = o.x AND s = 'c'", "c | p"),
        ("SELECT s, t FROM {n} JOIN {o} ON n.x < o.x ORDER BY s, t", "a | p\na | q\nb | q\nc | q"),
        ("SELECT s, t FROM {n} JOIN {o} ON n.x = o.x AND n.s <> 'b'", "c | p"),
        (
            "SELECT s, t FROM {n} LEFT JOIN {o} ON n.x = o.x AND n.s <> 'b' ORDER BY s",
            "a | \nb | \nc | p\nd | ",
        ),
        (
            "SELECT s, t FROM {n} LEFT JOIN {o} ON n.x = o.x AND o.t = 'z' ORDER BY s",
            "a | \nb | \nc | \nd | ",
        ),
        (
            "SELECT s, t FROM {n} FULL JOIN {o} ON n.x = o.x AND o.t = 'z' WHERE s IS NULL ORDER BY t",
            " | p\n | q\n | r",
        ),
        ("SELECT s, t FROM {n} JOIN {o} ON n.x + 1 = o.x ORDER BY s", "a | p\nb | q\nc | q"),
        (
            "SELECT x, s, t FROM {n} FULL JOIN {o} USING (x) ORDER BY x, s, t",
            "1 | a | \n2 | b | p\n2 | c | p\n3 |  | q\n | d | \n |  | r",
        ),
        ("SELECT n.*, t FROM {n} JOIN {o} ON n.x = o.x WHERE s = 'b'", "2 | b | p"),
        ("SELECT * FROM {n} JOIN {o} ON n.x = o.x WHERE s = 'b'", "2 | b | 2 | p"),
        // What a side that is missing computed is missing too.
        (
            "SELECT a.c, o.t FROM (SELECT x, 'one' AS c FROM {n}) AS a RIGHT JOIN {o} ON a.x = o.x ORDER BY t",
            "one | p\none | p\n | q\n | r",
        ),
        (
            "SELECT a.c, o.t FROM (SELECT x, coalesce(x, 0) AS c FROM {n}) AS a RIGHT JOIN {o} ON a.x = o.x ORDER BY t",
            "2 | p\n2 | p\n | q\n | r",
        ),
        // Three tables, and the same one twice.
        (
            "SELECT n.s, o.t, p.u FROM {n} JOIN {o} ON n.x = o.x LEFT JOIN (VALUES ('c', 7)) AS p(s, u) ON p.s = n.s ORDER BY 1",
            "b | p | \nc | p | 7",
        ),
        (
            "WITH q AS (SELECT ip, count(*) AS n FROM call GROUP BY ip) SELECT a.ip, a.n, b.n FROM q a JOIN q b ON a.n = b.n WHERE a.ip < b.ip",
            "10.0.0.2 | 1 | 1",
        ),
        // A query inside the one that is joined.
        (
            "SELECT c.name, c.status FROM flow f JOIN (SELECT ip, name, status FROM call WHERE ip IN (SELECT srcaddr FROM flow WHERE bytes > 200)) AS c ON f.srcaddr = c.ip",
            "Get | 200",
        ),
        // Logs, with columns of one name on both sides.
        (
            "SELECT a.bytes, b.bytes FROM flow a JOIN flow b ON a.srcaddr = b.srcaddr WHERE a.bytes < b.bytes",
            "7 | 100",
        ),
        (
            "SELECT f.srcaddr, c.ip FROM flow f FULL JOIN (SELECT DISTINCT ip FROM call) c ON f.srcaddr = c.ip WHERE f.srcaddr IS NULL OR c.ip IS NULL ORDER BY 1, 2",
            "10.1.0.9 | \n192.168.0.1 | \n | 10.9.9.9\n | ",
        ),
        ("SELECT count(*) FROM flow f RIGHT JOIN call c ON f.srcaddr = c.ip AND f.bytes > 50", "5"),
    ]);
    refused(
        "SELECT s FROM {n} LEFT JOIN {o} ON n.x < o.x",
        "a condition of a `LEFT JOIN` that speaks of both tables must be `=`",
    );
    refused("SELECT x FROM {n} JOIN {o} ON n.x = o.x", "several tables have a column `x`");
    refused("SELECT s FROM {n} NATURAL JOIN {o}", "`NATURAL JOIN` is not offered");
    refused("SELECT n.s FROM {n} JOIN {n} ON n.x = n.x", "both tables have the same name");
    refused("SELECT n.s FROM {n} JOIN {o} ON n.y = o.x", "has no column `y`");
    refused("SELECT s FROM {n} JOIN {o} USING (t)", "a table of the join has no column `t`");
}

#[test]
fn several_sets_of_keys() {
    answers(&[
        (
            "SELECT action, count(*) AS n FROM flow GROUP BY ROLLUP (action) ORDER BY n, action",
            " | 1\nACCEPT | 2\nREJECT | 3\n | 6",
        ),
        (
            "SELECT ip, name, count(*) AS n FROM call GROUP BY GROUPING SETS ((ip), (name)) ORDER BY n DESC, ip, name",
            "10.0.0.1 |  | 3\n | Get | 2\n | Put | 2\n10.0.0.2 |  | 1\n10.9.9.9 |  | 1\n | Del | 1",
        ),
        (
            "SELECT ip, name, count(*) AS n, grouping(ip, name) AS g FROM call WHERE status < 400 GROUP BY CUBE (ip, name) ORDER BY g, ip",
            "10.0.0.1 | Get | 1 | 0\n10.0.0.2 | Get | 1 | 0\n10.0.0.1 |  | 1 | 1\n10.0.0.2 |  | 1 | 1\n | Get | 2 | 2\n |  | 2 | 3",
        ),
        (
            "SELECT name, sum(status) AS s FROM call GROUP BY name, ROLLUP (ip) HAVING sum(status) > 800 ORDER BY 2",
            "Put | 806\nPut | 806",
        ),
        ("SELECT action FROM flow GROUP BY GROUPING SETS ((action), ()) ORDER BY 1", "ACCEPT\nREJECT\n\n"),
        (
            "SELECT upper(name) AS u, count(*) AS n FROM call GROUP BY ROLLUP (1) ORDER BY n DESC LIMIT 1",
            " | 5",
        ),
    ]);
    refused("SELECT * FROM flow GROUP BY ROLLUP (action)", "`*` cannot stand in a query with groups");
    refused(
        "SELECT action, count(*) FROM flow GROUP BY ROLLUP (action) ORDER BY max(bytes)",
        "takes columns of the answer",
    );
}

#[test]
fn a_key_may_be_a_condition() {
    answers(&[
        ("SELECT action = 'ACCEPT' AS a, count(*) FROM flow GROUP BY 1 HAVING action = 'ACCEPT'", "true | 2"),
        (
            "SELECT action = 'ACCEPT' AS a, count(*) FROM flow GROUP BY 1 HAVING NOT action = 'ACCEPT'",
            "false | 3",
        ),
        (
            "SELECT count(*) FROM flow GROUP BY action = 'ACCEPT' HAVING action <> 'ACCEPT' OR count(*) < 2 ORDER BY 1",
            "1\n3",
        ),
        (
            "SELECT count(*) FROM flow GROUP BY bytes IS NULL, action ORDER BY bytes IS NULL DESC, 1 LIMIT 1",
            "1",
        ),
    ]);
}

#[test]
fn equal_records_are_one() {
    answers(&[
        ("SELECT count(*) FROM (SELECT DISTINCT * FROM flow)", "6"),
        ("SELECT count(*) FROM (SELECT DISTINCT * FROM (VALUES (1, 2), (1, 2), (1, 3)) AS t(a, b))", "2"),
        ("SELECT DISTINCT * FROM (SELECT action FROM flow) ORDER BY action LIMIT 2", "ACCEPT\nREJECT"),
        ("SELECT DISTINCT * FROM (SELECT x FROM {n}) ORDER BY x", "1\n2\n"),
    ]);
}

#[test]
fn what_is_too_much_is_refused() {
    let nested = (0..40).fold("SELECT 1 AS a".to_owned(), |q, _| format!("SELECT a FROM ({q}) AS q"));
    refused(&nested, "queries are nested too deeply");
    let many = vec!["SELECT x FROM {n}"; 150].join(" UNION ALL ");
    assert!(answer_in(&many.replace("{n}", NUMBERS), Language::Sql, 1, None).is_ok(), "equal ones run once");
    let different: Vec<String> = (0..150).map(|n| format!("SELECT {n} AS a")).collect();
    refused(&different.join(" UNION ALL "), "more than 100");
    let sum: Vec<String> = (0..300).map(|n| format!("(SELECT {n})")).collect();
    refused(&format!("SELECT {} AS a", sum.join(" + ")), "more than 100");
}
