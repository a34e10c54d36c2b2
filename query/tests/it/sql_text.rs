//! What SQL's parser must bear: any text, in time that grows with its length; and what it reads is what it writes.

use std::time::Instant;

use logloupe_golden::{Case, cases, property};
use logloupe_query::plan::{self, Catalog};
use logloupe_syntax::{self as syntax, Language};
use proptest::prelude::*;

use super::folder;

/// The queries of the case files.
fn seeds() -> Vec<String> {
    let sql = |case: &Case| ["sql_queries", "sql_mistakes"].contains(&case.file.as_str());
    let seeds: Vec<String> =
        cases(folder("queries")).into_iter().filter(sql).map(|case| case.input.trim().to_owned()).collect();
    assert!(seeds.len() > 60);
    seeds
}

/// Reads a text in every way that the page does.
fn bear(text: &str) {
    let parsed = syntax::parse_in(text, Language::Sql);
    for remark in &parsed.diagnostics {
        assert!(text.get(remark.span.clone()).is_some(), "{text:?}: {remark:?}");
        assert!(!remark.message.ends_with('.') && !remark.message.is_empty(), "{remark:?}");
    }
    let mut at = 0;
    for (span, _) in syntax::highlight_in(text, Language::Sql) {
        assert_eq!(span.start, at, "{text:?}");
        at = span.end;
    }
    assert_eq!(at, text.len(), "{text:?}");
    let written = parsed.query.to_string();
    plan::check(&parsed.query, &Catalog::open());
    if !parsed.is_ok() {
        return;
    }
    let Ok(canonical) = syntax::text(&parsed.query, Language::Sql) else {
        panic!("{text:?} cannot be said: {written}");
    };
    let again = syntax::parse_in(&canonical, Language::Sql);
    assert!(again.is_ok(), "{text:?} is written {canonical:?}: {:?}", again.diagnostics);
    assert_eq!(syntax::text(&again.query, Language::Sql).as_ref(), Ok(&canonical), "{text:?}");
}

#[test]
fn every_seed_is_borne_and_cut_anywhere() {
    for seed in seeds() {
        bear(&seed);
        for (at, _) in seed.char_indices() {
            bear(&seed[..at]);
            bear(&seed[at..]);
        }
    }
}

/// Pieces that queries are made of.
const PIECES: &[&str] = &[
    "SELECT ",
    "FROM logs ",
    " FROM t",
    "WHERE ",
    "GROUP BY ",
    "HAVING ",
    "ORDER BY ",
    "LIMIT 5",
    "a",
    "b",
    "\"c d\"",
    "'x'",
    "1",
    "2.5",
    "(",
    ")",
    ",",
    "*",
    " = ",
    " <> ",
    " AND ",
    " OR ",
    " NOT ",
    " IN (",
    " LIKE '%x_'",
    " IS NULL",
    " BETWEEN 1 AND 2",
    "count(*)",
    "sum(a)",
    " AS n",
    "CASE WHEN a THEN b END",
    " || ",
    " / ",
    "-",
    "CAST(a AS bigint)",
    "date_trunc('hour', a)",
    "DISTINCT ",
    "WITH t AS (",
    "JOIN u ON t.a = u.b ",
    "UNNEST(a)",
    "[1]",
    ".",
    "::",
    "|",
    "NULL",
    "coalesce(a, false)",
    " IS DISTINCT FROM ",
    "é",
    "\u{0}",
    "--",
    "/*",
    "'",
    "\"",
    "`",
    "\n",
    ";",
];

proptest! {
    #![proptest_config(property(600, "tests/regressions/sql_text.txt"))]

    #[test]
    fn any_text_is_borne(text in any::<String>()) {
        bear(&text);
        bear(&format!("SELECT {text} FROM logs WHERE {text}"));
    }

    #[test]
    fn any_order_of_pieces_is_borne(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        bear(&pieces.concat());
        bear(&format!("SELECT {} FROM logs", pieces.concat()));
        bear(&format!("SELECT a FROM logs WHERE {}", pieces.concat()));
    }

    #[test]
    fn a_changed_query_is_borne(
        seed in 0..200usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(PIECES), 0..3u8), 1..5),
    ) {
        let seeds = seeds();
        let mut chars: Vec<char> = seeds[seed % seeds.len()].chars().collect();
        for (at, piece, kind) in changes {
            let at = at.index(chars.len() + 1);
            match kind {
                0 => _ = chars.drain(at..(at + 7).min(chars.len())).count(),
                1 => _ = chars.splice(at..at, piece.chars()).count(),
                _ => _ = chars.splice(at..(at + 3).min(chars.len()), piece.chars()).count(),
            }
        }
        bear(&chars.into_iter().collect::<String>());
    }
}

#[test]
fn constants_of_insights_are_read_from_sql_as_they_were() {
    for (insights, again) in [
        // A number to sort by is no place of a column.
        ("sort 1 desc", "sort 1 + 0 desc"),
        ("sort -1", "sort -1 + 0"),
        ("stats count(*) as n by a | sort 2", "stats count(*) as n by a | sort 2 + 0"),
        ("fields 1 as one | sort one", "display 1 as one | sort one"),
        ("sort \"1\"", "sort \"1\""),
        // Line breaks in text.
        ("filter a = \"x\\ny\"", "filter a = \"x\\ny\""),
        ("filter a like \"x\\ny\"", "filter a like \"x\\ny\""),
        ("filter a in [\"\\r\\n\", \"it's\\n\"]", "filter a in [\"\\r\\n\", \"it's\\n\"]"),
        ("filter a like /x\\n'y/", "filter a like /x\\n'y/"),
        ("fields toUpper(\"a\\n\") as x", "display toupper(\"a\\n\") as x"),
    ] {
        let parsed = syntax::parse_in(insights, Language::Insights);
        let Ok(sql) = syntax::text(&parsed.query, Language::Sql) else { panic!("{insights} cannot be said") };
        let read = syntax::parse_in(&sql, Language::Sql);
        assert!(read.is_ok(), "{insights} is written {sql}: {:?}", read.diagnostics);
        assert_eq!(syntax::text(&read.query, Language::Insights).as_deref(), Ok(again), "{sql}");
        bear(&sql);
    }
}

#[test]
fn patterns_are_said_in_sql_and_read_again() {
    let vendor = |case: &Case| case.file == "pattern_vendor";
    let patterns: Vec<Case> = cases(folder("queries")).into_iter().filter(vendor).collect();
    assert!(patterns.len() > 50);
    for case in patterns {
        let parsed = syntax::parse_in(case.input.trim(), Language::Pattern);
        assert!(parsed.is_ok(), "{}", case.input);
        let Ok(sql) = syntax::text(&parsed.query, Language::Sql) else {
            panic!("{} cannot be said", case.input)
        };
        let again = syntax::parse_in(&sql, Language::Sql);
        assert!(again.is_ok(), "{} is written {sql}: {:?}", case.input, again.diagnostics);
        // `not x` of Insights is `x = false` in SQL once it was read as SQL; then it stays.
        let Ok(sql) = syntax::text(&again.query, Language::Sql) else { panic!("{sql} cannot be said") };
        bear(&sql);
    }
}

#[test]
fn a_megabyte_of_anything_is_read_in_time() {
    let size = 1 << 20;
    for piece in [
        "(",
        ")",
        "a,",
        "a ",
        "/*",
        "'",
        "\"",
        "--\n",
        "NOT ",
        "- ",
        "CASE WHEN a THEN ",
        "SELECT ",
        "SELECT a FROM (",
        "a = 1 AND ",
        "a BETWEEN ",
        "x[",
        "f(",
        "a.b.",
        "1 + ",
        "'a' || ",
        "ORDER BY a ",
        "WHERE a ",
        "FROM logs ",
        "GROUP BY ",
        "IN (1, ",
        "\u{1F600}",
        "a\n",
        "AS ",
        "count(*), ",
        "((a = 1) = ",
        ", ",
        "|",
        "WITH t AS (",
        "]",
        "JOIN t ON ",
        "LIKE '%' ",
        "''",
        "a''\n",
    ] {
        for text in [
            piece.repeat(size / piece.len()),
            format!("SELECT {} FROM logs", piece.repeat(size / piece.len())),
            format!("SELECT a FROM logs WHERE {}", piece.repeat(size / piece.len())),
            format!("SELECT a FROM logs GROUP BY {}", piece.repeat(size / piece.len())),
        ] {
            let start = Instant::now();
            let parsed = syntax::parse_in(&text, Language::Sql);
            // Generous: tests run unoptimised and beside others.
            assert!(start.elapsed().as_secs() < 8, "{piece:?} took {:?}", start.elapsed());
            assert!(parsed.diagnostics.len() <= 64);
        }
    }
}

#[test]
fn what_doubles_its_operands_is_bounded() {
    let mut nested = vec!["a".to_owned(); 4];
    for _ in 0..60 {
        nested[0] = format!("(({}) = true)", nested[0]);
        nested[1] = format!("({} BETWEEN 1 AND 2)", nested[1]);
        nested[2] = format!("CASE {} WHEN 1 THEN 2 WHEN 3 THEN 4 END", nested[2]);
        nested[3] = format!("({} IS NOT DISTINCT FROM b)", nested[3]);
    }
    for value in nested {
        let start = Instant::now();
        let parsed = syntax::parse_in(&format!("SELECT {value} FROM logs"), Language::Sql);
        assert!(
            !parsed.is_ok() && parsed.diagnostics[0].message.contains("too long"),
            "{:?}",
            parsed.diagnostics
        );
        assert!(start.elapsed().as_secs() < 8, "{:?}", start.elapsed());
    }
    // Names of queries that stand for each other twice.
    let mut text = "WITH t0 AS (SELECT a FROM logs)".to_owned();
    for i in 1..60 {
        text.push_str(&format!(", t{i} AS (SELECT x.a FROM t{0} x JOIN t{0} y ON x.a = y.a)", i - 1));
    }
    let start = Instant::now();
    syntax::parse_in(&format!("{text} SELECT a FROM t59"), Language::Sql);
    assert!(start.elapsed().as_secs() < 8, "{:?}", start.elapsed());
}
