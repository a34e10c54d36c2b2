//! Every query under `queries/`: its canonical text and what is wrong with it, exactly as users see both.
//!
//! A case is a title behind `===`, the query, and, where they differ from the query and from nothing, its canonical
//! text behind `--- canonical` and its diagnostics behind `--- diagnostics`. Of SQL the tree is shown too, as Insights. Lines before the first case are remarks.

use std::fmt::Write;

use logloupe_golden::check;
use logloupe_syntax::{self as syntax, Language, diagnostic};

use super::folder;

/// The canonical text of a tree, or what the language cannot say.
fn text(query: &syntax::tree::Query, language: Language) -> String {
    syntax::text(query, language).unwrap_or_else(|cannot| format!("cannot be said: {}", cannot.message))
}

fn answer(query: &str, language: Language) -> String {
    let parsed = syntax::parse_in(query, language);
    let canonical = text(&parsed.query, language);
    let mut out = String::new();
    if canonical != query {
        writeln!(out, "--- canonical\n{canonical}").unwrap();
    }
    if language == Language::Sql && !parsed.query.commands.is_empty() {
        writeln!(out, "--- tree\n{}", parsed.query).unwrap();
    }
    if !parsed.diagnostics.is_empty() {
        write!(out, "--- diagnostics\n{}", diagnostic::render(query, &parsed.diagnostics)).unwrap();
    }
    out.trim_end().to_owned()
}

#[test]
fn every_query_reads_as_its_file_says() {
    check(folder("queries"), 60, |case| {
        // The file's name begins with the language of its queries, if that is not the usual one.
        let language = case.file.split('_').next().and_then(|l| l.parse().ok()).unwrap_or_default();
        // What was read is what its canonical text says, for every case.
        let name = format!("{}: {}", case.file, case.title);
        let query = syntax::parse_in(&case.input, language).query;
        let written = match language {
            Language::Pattern => Language::Insights,
            other => other,
        };
        let canonical = text(&query, written);
        let again = syntax::parse_in(&canonical, written);
        match language {
            // Queries inside each other may come back as one; what is written then stays.
            Language::Sql => assert_eq!(text(&again.query, written), canonical, "{name}"),
            _ => assert_eq!(again.query, query, "{name}: {canonical}"),
        }
        assert!(again.is_ok(), "{name}: {canonical}: {:?}", again.diagnostics);
        answer(&case.input, language)
    });
}
