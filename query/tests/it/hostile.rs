//! Texts that nobody means well with, up to a megabyte and beyond, in every language: each gets an answer or
//! diagnostics in time that grows with its length and no faster, and no more output than somebody can read.
//!
//! What is asserted is generous (tests run unoptimised on busy machines); anything quadratic takes minutes here.
//! `HOSTILE=1` in the environment prints the time of every step that took longer than it should.
use std::time::{Duration, Instant};

use logloupe_query::plan::{Catalog, check, plan};
use logloupe_syntax::{
    Language,
    diagnostic::{Diagnostic, render},
    highlight, parse_in,
};
use logloupe_table::{Field, Kind, Role};

const MEGABYTE: usize = 1 << 20;

/// A thousand fields of two kinds of logs.
fn catalog(json: bool) -> Catalog {
    let named = |name: String, kind| Field { name: name.into(), ..Field::new("", kind, Role::Dimension) };
    let mut fields: Vec<Field> =
        (0..1000).map(|i| named(format!("requestParameters.field{i}"), Kind::Text)).collect();
    fields.extend(["a", "b", "n"].map(|n| named(n.to_owned(), Kind::Int)));
    let mut catalog = Catalog::default();
    catalog.add_format("log", &fields, json);
    catalog
}

/// Repeated to a megabyte: what comes first, what is repeated, what comes last.
const REPEATED: &[(&str, &str, &str)] = &[
    ("", "|", ""),
    ("", "a ", ""),
    ("", "a", ""),
    ("", "|a", ""),
    ("", "|filtr a=1", ""),
    ("", "|filter a=1", ""),
    ("", "|filter zz like \"x\"", ""),
    ("", "|fields a", ""),
    ("", "|fields a+1", ""),
    ("", "|stats count(*) ", ""),
    ("", "|stats count(*) by a", ""),
    ("", "|sort a", ""),
    ("", "|limit 1", ""),
    ("", "|dedup a", ""),
    ("", "|parse a \"*\" as b", ""),
    ("", "|parse a /(?<b>x)/", ""),
    ("", "|search a", ""),
    ("", "|source log", ""),
    ("", "|source lug", ""),
    ("fields ", "a,", "a"),
    ("fields ", "a+1 as b,", "a"),
    ("fields ", ",", ""),
    ("filter ", "(", ""),
    ("filter ", "(", "a"),
    ("filter a", ")", ""),
    ("filter ", "not ", "a"),
    ("filter ", "-", "a"),
    ("filter ", "!", "a"),
    ("filter ", "f(", ""),
    ("filter ", "a or ", "a"),
    ("filter ", "a = 1 and ", "a = 1"),
    ("filter ", "a + ", "a"),
    ("filter ", "a ^ ", "a"),
    ("filter ", "[", ""),
    ("filter a in [", "1,", "1]"),
    ("filter a in [", "\"x\",", "\"x\"]"),
    ("filter a in [", "b,", "b]"),
    ("filter a in ", "[", ""),
    ("filter a in ", "(", ""),
    ("filter a in (", "source log | filter a in (", ""),
    ("filter ", "a in (source log | fields a) or ", "a"),
    ("filter concat(", "a in (source log | fields a),", "a)"),
    ("filter concat(", "a in (source log | fields a like /x{50}/),", "a)"),
    ("", "| join where a=b (source log | fields a)", ""),
    ("", "| lookup x a", ""),
    ("", "| diff ", ""),
    ("", "| relevantfields where a = 1", ""),
    ("", "| unnest a into b", ""),
    ("filter a like \"", "x", "\""),
    ("filter a like /", "a", "/"),
    ("filter a like /", "(", "/"),
    ("filter a like /", "a*", "/"),
    ("filter a like /", "a|", "/"),
    ("filter a like /", "[a-z]", "/"),
    ("filter a like /", "\\w{99}", "/"),
    ("filter a like /", "(?i)", "/"),
    ("filter ", "a like /x/ or ", "a"),
    ("fields ", "a like /x{50}/,", "a"),
    ("stats ", "count(*),", "count(*)"),
    ("stats ", "sum(a)+", "sum(a)"),
    ("stats count(*) by ", "a,", "a"),
    ("stats count(*) as x by ", "bin(1h),", "a"),
    ("stats count(*) | filter ", "f(", ""),
    ("stats pct(a, ", "9", ")"),
    ("limit ", "9", ""),
    ("filter a = ", "9", ""),
    ("filter a = 1", "e9", ""),
    ("filter a = ", "9.", ""),
    ("filter a = 0.", "0", "1"),
    ("fields bin(", "9", "m)"),
    ("fields ", "concat(a,", "a"),
    ("fields concat(", "\"x\",", "\"x\")"),
    ("fields case(", "a=1,2,", "3)"),
    ("fields ", "`a`.", "b"),
    ("fields ", "`", ""),
    ("fields ", "a.", "b"),
    ("fields a as ", "b", ""),
    ("fields a ", "as b ", ""),
    ("search ", "a:b ", ""),
    ("search ", "-\"x\" ", ""),
    ("search ", "\"", ""),
    ("search ", "`a`:", ""),
    ("search ", "*", ""),
    ("search a:", "*a", ""),
    ("parse a \"", "*", "\" as b"),
    ("parse \"*\" as ", "b,", "b"),
    ("parse a /", "(?<b>x)", "/"),
    ("source ", "a,", "a"),
    ("source ", "/a", ""),
    ("source dataSource([", "\"a\",", "\"a\"])"),
    ("sort ", "a desc,", "a"),
    ("lookup ", "x ", ""),
    ("join where ", "a=b and ", ""),
    ("join where a=b (", "| limit 1 ", ")"),
    ("", "\n", "filter"),
    ("", "# x\n", "filter a"),
    ("", "\"", ""),
    ("", "\\", ""),
    ("", "'a", ""),
    ("", "/", ""),
    ("", "“", ""),
    ("", "\u{0}", ""),
    ("", "\u{feff}", ""),
    ("", "é", ""),
    ("", "e\u{301}", ""),
    ("", "日本", ""),
    ("", "🧑‍🚀", ""),
    ("", "\t", "filtr a = 1"),
    ("", "-- x\n", "select a from b"),
    ("", "/* ", ""),
    ("", "/**/", "select"),
    ("select ", "a,", "a from log"),
    ("select ", "(", "a"),
    ("select ", "a + ", "a from log"),
    ("select ", "case when a = 1 then ", "a"),
    ("select ", "cast(", "a"),
    ("select * from log where ", "a = 1 and ", "a = 1"),
    ("select * from log where ", "not ", "a"),
    ("select * from log where ", "(", ""),
    ("select * from log where a in (", "1,", "1)"),
    ("select * from log where a like '", "%_", "'"),
    ("select * from log where a like '", "a%", "' escape 'a'"),
    ("select * from log where a = '", "''", "'"),
    ("select * from log where ", "a between 1 and ", "2"),
    ("select * from log where ", "a in (select a from ", ""),
    ("select * from ", "(select * from ", "log"),
    ("", "select * from ", "log"),
    ("select a from log group by ", "a,", "a"),
    ("select a from log order by ", "a desc,", "a"),
    ("with ", "x as (select a from log),", "select a from x"),
    ("select * from log ", "join log ", ""),
    ("select * from log ", "join log b on a = b ", ""),
    ("select ", "\"a\".", "b from log"),
    ("select ", "'", ""),
    ("select ", "a || ", "a from log"),
    ("select count(distinct ", "a", ") from log"),
    ("select ", "regexp_like(a, 'x'),", "a from log"),
    ("select a from log;", ";", ""),
    ("", "{", ""),
    ("", "{ $.a = 1 }", ""),
    ("{ ", "(", ""),
    ("{ ", "$.a = 1 && ", "$.a = 1 }"),
    ("{ ", "$.a = || ", "$.a = 1 }"),
    ("{ ", "&&", " }"),
    ("{ $", ".a", " = 1 }"),
    ("{ $", "[1]", " = 1 }"),
    ("{ $", "[\"a.b\"]", " = 1 }"),
    ("{ $.a = ", "*", " }"),
    ("{ $.a = \"", "a*", "\" }"),
    ("{ $.a = \"", "(", "*\" }"),
    ("{ $.a = %", "a", "% }"),
    ("{ $.a = %", "%", " }"),
    ("{ $.a > ", "9", " }"),
    ("[", "a,", "b = 1]"),
    ("[", "a=1,", "b]"),
    ("[", "a=,", "b]"),
    ("[", ",", "]"),
    ("[", "...,", "]"),
    ("[", "[", ""),
    ("[a = ", "(", "]"),
    ("", "]", ""),
    ("", "?a ", ""),
    ("", "-a ", ""),
    ("", "%a% ", ""),
    ("", "%", ""),
];

/// Each word differs from the others: nothing is remembered from one to the next.
const NUMBERED: &[(&str, &str, &str)] = &[
    ("fields ", "f#,", "a"),
    ("fields ", "a as f#,", "a"),
    ("fields ", "f#(a),", "a"),
    ("fields ", "a as f#,F#,", "a"),
    ("fields ", "`f#`,", "a"),
    ("", "|fields f# as g#", ""),
    ("", "|fields a as f#|filter F#x = 1", ""),
    ("", "|stats count(*) as f# by a|filter G# > 1", ""),
    ("stats ", "count(*) as f#,", "g"),
    ("stats count(*) by ", "f#,", "a"),
    ("stats count(*) as c by ", "a+# as f#,", "a"),
    ("filter a in [", "\"f#\",", "1]"),
    ("filter a in [", "f#,", "1]"),
    ("filter a in [", "#,", "1]"),
    ("fields ", "a like /f#/,", "a"),
    ("search ", "f# ", ""),
    ("search ", "f#:x ", ""),
    ("", "|search f#", ""),
    ("", "|parse a /(?<f#>x)/", ""),
    ("", "|c#", ""),
    ("source ", "s#,", "s"),
    ("sort ", "f#,", "a"),
    ("select ", "f#,", "a from log"),
    ("select ", "a as f#,", "a from log"),
    ("select a from log where a in (", "'f#',", "'x')"),
    ("select a from log group by ", "f#,", "a"),
    ("with ", "x# as (select a from log),", "y as (select a from log) select a from y"),
    ("{ ", "$.f# = 1 || ", "$.a = 1 }"),
    ("[", "f#,", "a]"),
    ("[", "f#=1,", "a]"),
    ("", "f# ", ""),
];

fn texts(size: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (first, again, last) in REPEATED {
        let times = (size - first.len() - last.len()) / again.len();
        all.push((format!("{first:?} {again:?}… {last:?}"), format!("{first}{}{last}", again.repeat(times))));
    }
    for (first, again, last) in NUMBERED {
        let mut text = (*first).to_owned();
        for i in 0.. {
            let next = again.replace('#', &i.to_string());
            if text.len() + next.len() + last.len() > size {
                break;
            }
            text.push_str(&next);
        }
        all.push((format!("{first:?} {again:?}… {last:?}"), text + last));
    }
    // An expensive part that every item of a list might copy.
    let sum = vec!["a"; 150].join("+");
    let list = "b,".repeat(size / 2 / 2);
    all.push(("a sum in a long list".into(), format!("filter {sum} in [{list}1]")));
    all.push(("a sum named and used".into(), format!("fields {sum} as s{}", ",s+1".repeat(size / 5))));
    let args = "1+1,".repeat(size / 4 - 80);
    let calls = "abs(".repeat(50);
    all.push((
        "a call in calls".into(),
        format!("stats count(*) | fields {calls}concat({args}1){}", ")".repeat(50)),
    ));
    all
}

/// Everything that is done with a text before it runs; the times of its steps.
fn all_of(text: &str, catalogs: &[Catalog]) -> Vec<(String, Duration)> {
    let mut times = Vec::new();
    let mut step = |name: String, clock: Instant| times.push((name, clock.elapsed()));
    let clock = Instant::now();
    highlight(text);
    step("highlight".into(), clock);
    for chosen in Language::ALL {
        let clock = Instant::now();
        let language = Language::of(text, chosen);
        step(format!("language {chosen}"), clock);
        if language != chosen && chosen != Language::ALL[0] {
            continue;
        }
        let clock = Instant::now();
        let parsed = parse_in(text, language);
        step(format!("parse {language}"), clock);
        let clock = Instant::now();
        let canonical = parsed.query.to_string();
        step(format!("display {language}"), clock);
        assert!(canonical.len() <= 64 * text.len() + 64, "{} bytes of text", canonical.len());
        let said = |d: &[Diagnostic], step: &mut dyn FnMut(String, Instant)| {
            assert!(d.len() <= 256, "{} diagnostics", d.len());
            let clock = Instant::now();
            let shown = render(text, d);
            step(format!("render {language}"), clock);
            assert!(
                shown.len() <= 1024 * (d.len() + 1),
                "{} bytes of diagnostics: {shown:.2000}",
                shown.len()
            );
        };
        said(&parsed.diagnostics, &mut step);
        for (i, catalog) in catalogs.iter().enumerate() {
            let clock = Instant::now();
            let found = check(&parsed.query, catalog);
            step(format!("check {language} {i}"), clock);
            said(&found, &mut step);
            let clock = Instant::now();
            let made = plan(&parsed.query, catalog);
            step(format!("plan {language} {i}"), clock);
            let clock = Instant::now();
            drop(made);
            step(format!("drop the plan {language} {i}"), clock);
        }
        let clock = Instant::now();
        drop(parsed);
        step(format!("drop {language}"), clock);
    }
    times
}

#[test]
fn a_megabyte_of_anything_is_answered() {
    let loud = std::env::var_os("HOSTILE").is_some();
    let only = std::env::var("HOSTILE_ONLY").unwrap_or_default();
    let catalogs = [catalog(false), catalog(true), Catalog::open()];
    // A part of it where nobody wants to see times: as telling, and quick.
    let size = if loud { MEGABYTE } else { MEGABYTE / 32 };
    for (name, text) in texts(size) {
        if !name.contains(&only) {
            continue;
        }
        assert!(text.len() <= size, "{name}");
        if loud {
            eprintln!("{name}");
        }
        for (step, time) in all_of(&text, &catalogs) {
            if loud && time > Duration::from_millis(60) {
                eprintln!("    {step}: {time:?}");
            }
            assert!(loud || time < Duration::from_secs(3), "{name}: {step} took {time:?}");
        }
    }
}

#[test]
fn more_than_a_megabyte_is_one_diagnostic() {
    for text in ["a", "filter a = 1 |", "select ", "{ $.a = 1 } "] {
        let text = text.repeat(MEGABYTE * 3 / text.len());
        for language in Language::ALL {
            let parsed = parse_in(&text, language);
            let [one] = parsed.diagnostics.as_slice() else { panic!("{:?}", parsed.diagnostics) };
            assert!(one.message.starts_with("the query is too long: 3145"), "{one:?}");
            assert!(render(&text, &parsed.diagnostics).len() < 400);
        }
    }
}
