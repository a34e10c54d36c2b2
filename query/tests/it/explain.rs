//! Every query under `explain/`, explained: the plan in words, or as Athena SQL, exactly as users see it.
//!
//! A case is a title behind `===`, the query, and its explanation behind `--- plan`, `--- athena` or `--- insights`: the
//! file's name says which. With `UPDATE_GOLDEN=1` in the
//! environment the files are rewritten; read the difference before you commit it.

use std::fmt::Write;

use logloupe_core::formats::{ALL, Paths};
use logloupe_golden::{cases, check};
use logloupe_query::plan::Catalog;
use logloupe_syntax::{self as syntax, Language, diagnostic};
use logloupe_table::json_paths::JsonPaths;
use logloupe_tell::{
    explain::{self, RunsAt},
    transpile,
};

use super::folder;

/// The names of all formats.
fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    for format in ALL {
        catalog.add_format(format.meta().id, &format.fields(), Paths(ALL).has_json(format.meta().id));
        format.sources().iter().for_each(|name| catalog.add_source(name, format.meta().id));
        if Paths(ALL).has_partitions(format.meta().id) {
            catalog.add_partitions(format.meta().id);
        }
    }
    catalog
}

fn answer(text: &str, to: &str, catalog: &Catalog) -> String {
    let language = Language::of(text, Language::Insights);
    let query = match syntax::parse_in(text, language).into_result() {
        Ok(query) => query,
        Err(found) => return format!("--- diagnostics\n{}", diagnostic::render(text, &found)),
    };
    let mut out = format!("--- {to}\n");
    if to == "athena" {
        match transpile::athena(&query, catalog, &Paths(ALL)) {
            Ok(athena) => {
                athena.notes.iter().for_each(|note| writeln!(out, "-- {note}").unwrap());
                out.push_str(&athena.sql);
            }
            Err(why) => write!(out, "{why}").unwrap(),
        }
        return out;
    }
    if to == "insights" {
        match transpile::insights(&query, catalog, &Paths(ALL)) {
            Ok(insights) => {
                writeln!(out, "# {}", insights.group).unwrap();
                insights.notes.iter().for_each(|note| writeln!(out, "# {note}").unwrap());
                out.push_str(&insights.text);
                // It is a query of this language, too.
                assert!(syntax::parse(&insights.text).is_ok(), "{}", insights.text);
            }
            Err(why) => write!(out, "{why}").unwrap(),
        }
        return out;
    }
    match explain::prose(&query, catalog) {
        Ok(steps) => {
            for step in steps {
                let place = match step.place {
                    RunsAt::Parts => "parts",
                    RunsAt::Merge => "merge",
                    RunsAt::Whole => "whole",
                };
                writeln!(out, "{place}: {}", step.text).unwrap();
            }
        }
        Err(found) => out.push_str(&diagnostic::render(text, &found)),
    }
    out.trim_end().to_owned()
}

#[test]
fn every_query_is_explained_as_its_file_says() {
    let catalog = catalog();
    check(folder("explain"), 8, |case| answer(&case.input, &case.file, &catalog));
}

#[test]
fn every_question_of_every_format_is_told_in_words() {
    let catalog = catalog();
    for format in ALL {
        for preset in format.presets() {
            let query = syntax::parse(preset.query).into_result().expect("a preset is a good query");
            let steps = explain::prose(&query, &catalog).expect("its names exist");
            assert!(steps.len() >= 3, "{}: {steps:?}", preset.title);
            for step in steps {
                assert!(!step.text.is_empty() && !step.text.ends_with('.'), "{}: {step:?}", preset.title);
            }
        }
    }
}

#[test]
fn every_question_of_every_format_goes_to_athena_or_says_why_not() {
    let catalog = catalog();
    let mut written = 0;
    for format in ALL {
        for preset in format.presets() {
            let text = format!("SOURCE {} | {}", format.meta().id, preset.query);
            let query = syntax::parse(&text).into_result().expect("a preset is a good query");
            match transpile::athena(&query, &catalog, &Paths(ALL)) {
                Ok(athena) => {
                    written += 1;
                    let opened = athena.sql.matches('(').count();
                    assert_eq!(opened, athena.sql.matches(')').count(), "{}", athena.sql);
                    let table = format!("FROM {}", table_of(&athena.ddl));
                    assert!(athena.sql.contains(&table), "{table}: {}", athena.sql);
                }
                Err(why) => {
                    let why = why.to_string();
                    assert!(why.contains("cannot be expressed: ") && !why.ends_with('.'), "{why}");
                }
            }
        }
    }
    assert!(written >= 20, "only {written} questions have SQL");
}

/// The name of the table that a statement creates.
fn table_of(ddl: &str) -> &str {
    let name = ddl.split(" (").next().unwrap_or_default().split(' ').next_back();
    name.unwrap_or_default().trim_matches('`')
}

#[test]
fn nothing_that_can_be_read_cannot_be_explained() {
    let (open, all) = (Catalog::open(), catalog());
    let mut count = 0;
    let long = |word: &str| format!("filter {}", vec!["eventName = \"x\""; 2000].join(word));
    let mut texts = vec![long(" or "), long(" and "), format!("fields {}1 as x", "1 + (".repeat(100))];
    // Each definition is twice the one before.
    let doubled = |n: usize| format!("fields a{n} + a{n} as a{}", n + 1);
    let doubles: Vec<String> = (0..60).map(doubled).collect();
    texts.push(format!("SOURCE vpc_flow | fields bytes as a0 | {} | sort a60", doubles.join(" | ")));
    texts.extend(cases(folder("queries")).into_iter().map(|case| case.input));
    for text in texts {
        let query = syntax::parse_in(&text, Language::of(&text, Language::Insights)).query;
        for catalog in [&open, &all] {
            let _ = explain::prose(&query, catalog);
            let _ = transpile::athena(&query, catalog, &Paths(ALL)).map_err(|why| why.to_string());
            if let Ok(insights) = transpile::insights(&query, catalog, &Paths(ALL)) {
                assert!(syntax::parse(&insights.text).is_ok(), "{text}: {}", insights.text);
            }
            count += 1;
        }
    }
    assert!(count >= 100, "only {count} queries found");
}

#[test]
fn every_field_that_a_table_has_is_written_for_athena() {
    let catalog = catalog();
    let mut written = 0;
    for format in ALL {
        let Some(Ok(table)) = format.external().map(|e| e.athena) else { continue };
        for field in format.fields() {
            if field.athena.is_none() && (field.made || table.column_of(&field).is_none()) {
                continue;
            }
            written += 1;
            let text = format!("SOURCE {} | filter ispresent(`{}`)", format.meta().id, field.name);
            let query = syntax::parse(&text).into_result().expect("names may be quoted");
            if let Err(why) = transpile::athena(&query, &catalog, &Paths(ALL)) {
                panic!("{text}: {why}");
            }
        }
    }
    assert!(written > 100, "{written}");
}
