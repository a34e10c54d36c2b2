//! Every query under `queries/`: its canonical text and what is wrong with it, exactly as users see both.
//!
//! A case is a title behind `===`, the query, and, where they differ from the query and from nothing, its canonical
//! text behind `--- canonical` and its diagnostics behind `--- diagnostics`. Of SQL the tree is shown too, as Insights. Lines before the first case are remarks.
//! With `UPDATE_QUERIES=1` in the environment the files are rewritten; read the difference before you commit it.

#![expect(clippy::disallowed_methods, reason = "the rule is the core's; its tests read their cases")]

use std::{fmt::Write, fs, path::Path};

use logloupe_syntax::{self as syntax, Language, diagnostic};

struct Case {
    title: String,
    query: String,
    rest: String,
}

fn cases(text: &str) -> (String, Vec<Case>) {
    let mut parts = text.split("\n=== ");
    let remarks = parts.next().unwrap_or_default().to_owned();
    let case = |part: &str| {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        let cut = ["--- canonical", "--- tree", "--- diagnostics"].iter().filter_map(|m| body.find(m)).min();
        let (query, rest) = body.split_at(cut.unwrap_or(body.len()));
        Case { title: title.to_owned(), query: query.trim_end().to_owned(), rest: rest.trim_end().to_owned() }
    };
    (remarks, parts.map(case).collect())
}

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
    let update = std::env::var_os("UPDATE_QUERIES").is_some();
    let (mut count, mut wrong) = (0, String::new());
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let file = fs::read_to_string(&path).unwrap();
        let (remarks, cases) = cases(&file);
        // The file's name begins with the language of its queries, if that is not the usual one.
        let file = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let language = file.split('_').next().and_then(|l| l.parse().ok()).unwrap_or_default();
        let mut new = remarks;
        for case in cases {
            count += 1;
            let answer = answer(&case.query, language);
            let name = format!("{}: {}", path.file_name().unwrap().display(), case.title);
            if answer != case.rest {
                writeln!(
                    wrong,
                    "== {name}\n{}\n-- expected\n{}\n-- found\n{answer}\n",
                    case.query, case.rest
                )
                .unwrap();
            }
            // What was read is what its canonical text says, for every case.
            let query = syntax::parse_in(&case.query, language).query;
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
            let answer = if answer.is_empty() { answer } else { format!("\n{answer}") };
            write!(new, "\n=== {}\n{}{answer}\n", case.title, case.query).unwrap();
        }
        if update {
            fs::write(&path, new).unwrap();
        }
    }
    assert!(count >= 60, "only {count} cases found");
    assert!(update || wrong.is_empty(), "{wrong}");
}
