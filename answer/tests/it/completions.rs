//! Every case under `completions/`: what is offered at the cursor `‸`.
//!
//! A case is a title behind `===`, the query with its cursor, and behind `---` what an offer takes the place of, then the
//! offers: kind, text, what a field holds, how many rows. With `UPDATE_GOLDEN=1` in the environment the files are
//! rewritten; read the difference before you commit it. Beside that: any text has completions, and they come in time.

use std::{cell::RefCell, fmt::Write, path::Path, time::Instant};

use logloupe_answer::values::ShardValues;
use logloupe_golden::{check, property};
use logloupe_query::plan::Catalog;
use logloupe_syntax::Language;
use logloupe_table::{Cell, Field, Kind, Role, Shard, Unit};
use logloupe_tell::complete::{CompletionKind, Completions, NoValues, Values, complete};
use proptest::{collection::vec, prelude::*, sample::select};

struct Some3;

impl Values for Some3 {
    fn values(&self, field: &str, typed: &str, most: usize) -> Vec<(String, u64)> {
        let all: &[(&str, u64)] = match field {
            "action" | "event.action" => &[("ACCEPT", 910), ("REJECT", 90)],
            "dstPort" => &[("443", 800), ("22", 200)],
            "userIdentity.type" => &[("Root", 3), ("IAMUser", 2), ("it's \"me\"", 1)],
            _ => &[],
        };
        let fits = |v: &&(&str, u64)| v.0.to_lowercase().contains(typed);
        all.iter().filter(fits).take(most).map(|(v, n)| ((*v).to_owned(), *n)).collect()
    }
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let flow = [
        Field::new("action", Kind::Text, Role::Status).aliases(&["event.action"]),
        Field::new("bytes", Kind::Int, Role::Measure).unit(Unit::Bytes).aliases(&["network.bytes"]),
        Field::new("dstPort", Kind::Int, Role::Dimension),
        Field::new("srcAddr", Kind::Ip, Role::Dimension).aliases(&["source.ip"]),
    ];
    let trail = [
        Field::new("eventName", Kind::Text, Role::Dimension).aliases(&["event.action"]),
        Field::new("userIdentity.type", Kind::Text, Role::Dimension),
        Field::new("detail-type", Kind::Text, Role::Dimension),
    ];
    catalog.add_format("flow", &flow, false);
    catalog.add_format("trail", &trail, true);
    catalog.add_source("vpc_flow_logs", "flow");
    catalog
}

/// How many offers a case shows: the first ones do not change with every new command.
const SHOWN: usize = 7;

fn shown(text: &str, completions: &Completions) -> String {
    let mut out = format!("{:?}\n", text.get(completions.replace.clone()).unwrap());
    for item in completions.items.iter().take(SHOWN) {
        let count = item.count.map_or(String::new(), |n| format!("{n} rows"));
        let kind = format!("{:?}", item.kind).to_lowercase();
        // How functions and commands are written is told by their tables.
        let label = if matches!(item.kind, CompletionKind::Field | CompletionKind::Table) {
            item.label.as_str()
        } else {
            ""
        };
        writeln!(out, "{}", format!("{kind} {}   {label}{count}", item.text).trim_end()).unwrap();
    }
    if completions.items.len() > SHOWN {
        out.push_str("…\n");
    }
    out
}

#[test]
fn every_case_is_offered_what_its_file_says() {
    check(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/completions"), 50, |case| {
        let language: Language = case.file.parse().unwrap();
        let cursor = case.input.find('‸').unwrap_or_else(|| panic!("{}: no cursor", case.title));
        let text = case.input.replace('‸', "");
        let found = shown(&text, &complete(&text, cursor, language, &catalog(), &Some3));
        format!("---\n{found}")
    });
}

const PARTS: &[&str] = &[
    "filter ",
    "fields ",
    "stats ",
    "sort ",
    "parse ",
    "source ",
    "search ",
    "limit ",
    "count(",
    "bin(",
    "sum(",
    "action",
    "bytes",
    " = ",
    " in [",
    " like ",
    " and ",
    " by ",
    " as ",
    "n",
    "|",
    ",",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "`",
    "/",
    "#",
    "\n",
    " ",
    "é",
    "select ",
    " from ",
    " where ",
    " group by ",
    " order by ",
    "--",
    "*",
    "{ ",
    "$.",
    "$",
    " && ",
    "}",
    ".",
    "0",
    ";",
    "desc",
    "in (source flow | ",
    "join where a = b (",
    "ACC",
    "日本",
];

proptest! {
    #![proptest_config(property(800, "tests/regressions/completions.txt"))]

    #[test]
    fn any_text_has_completions(parts in vec(select(PARTS.to_vec()), 0..16), at in 0..1000usize) {
        let text = parts.concat();
        let cursor = at % (text.len() + 2);
        for language in Language::ALL {
            let found = complete(&text, cursor, language, &catalog(), &Some3);
            prop_assert!(text.get(found.replace.clone()).is_some(), "{text:?} {cursor}: {found:?}");
            prop_assert!(found.replace.start <= cursor && found.items.len() <= 50);
            // Inserting an offer leaves text on either side as it was.
            for item in found.items.iter().take(3) {
                prop_assert!(!item.text.is_empty());
            }
        }
    }
}

#[test]
fn counts_of_shards_add_up() {
    let one = |count| {
        let mut found = complete("filter action = ", 16, Language::Insights, &catalog(), &Some3);
        found.items.iter_mut().for_each(|i| i.count = i.count.map(|n| n + count));
        found
    };
    let merged = Completions::merge([one(0), one(1000)]);
    let values: Vec<_> =
        merged.items.iter().filter(|i| i.kind == CompletionKind::Value).map(|i| i.count).collect();
    assert_eq!(values, [Some(2820), Some(1180)]);
    assert_eq!(merged.items.len(), one(0).items.len());
    let found = complete("fields tolo", 11, Language::Insights, &catalog(), &NoValues);
    assert_eq!(found.items.iter().map(|i| i.label.as_str()).collect::<Vec<_>>(), ["tolower(text)"]);
    assert!(found.items.iter().all(|i| !i.doc.is_empty()));
    assert_eq!(Completions::merge([]), Completions::default());
}

#[test]
fn a_thousand_fields_and_a_hundred_thousand_values_are_offered_in_time() {
    let mut shard = Shard::new(1);
    let source = shard.add_source("a");
    let field = |i: usize| Field {
        name: format!("requestParameters.field{i}").into(),
        ..Field::new("", Kind::Text, Role::Dimension)
    };
    shard.table("log", [field(0)]);
    for i in 0..200_000 {
        let mut row = shard.table("log", []).begin();
        row.set(0, Cell::Text(format!("arn:aws:iam::123456789012:role/worker-{}", i / 2).as_bytes()));
        row.commit(source, 1, 1, b"");
    }
    shard.seal();
    let mut catalog = catalog();
    let many: Vec<Field> = (0..1000).map(field).collect();
    catalog.add_format("log", &many, true);
    let counted = RefCell::default();
    let values = ShardValues { shard: &shard, counted: &counted };
    for (text, least) in [
        ("filter requestParameters.field0 = \"wor", 50),
        ("filter requestParameters.field0 = \"none of them", 0),
        ("filter requestParameters.field0 = ", 50),
        ("fields requ", 50),
        ("fields ", 50),
    ] {
        // Once to count, then as while typing.
        complete(text, text.len(), Language::Insights, &catalog, &values);
        let clock = Instant::now();
        let found = complete(text, text.len(), Language::Insights, &catalog, &values);
        assert!(found.items.len() >= least, "{text}: {}", found.items.len());
        // Unoptimised, on a busy machine; a hundredth of it where it ships.
        assert!(clock.elapsed().as_millis() < 2000, "{text}: {:?}", clock.elapsed());
    }
    assert!(complete("fields requ", 11, Language::Insights, &catalog, &NoValues).items.len() == 50);
}
