//! Documentation that is written by a program, so that it cannot drift from the code.

mod format_page;

use std::fs;

use serde_json::Value;

use crate::run::{Outcome, Report, cargo, output};
use crate::workspace::root;

const BEGIN: &str = "<!-- formats: written by `cargo xtask docs`, do not edit -->";
const END: &str = "<!-- /formats -->";

/// Writes every generated part, or with `check` only compares.
///
/// # Errors
/// When a part cannot be generated, or `check` finds it out of date.
pub(crate) fn run(report: &mut Report, check: bool) -> Outcome {
    report.step("docs", "the formats, README.md and docs/formats", "1 min", || formats(check))?;
    report.step("query", "the reference of queries, docs/query.md", "2 min", || query_reference(check))
}

/// The page is made by the test that holds it to the engine's tables.
fn query_reference(check: bool) -> Outcome {
    let mut test = cargo(&["test", "--quiet", "--package", "logloupe-query", "--test", "it", "reference"]);
    if !check {
        test.env("UPDATE_GOLDEN", "1");
    }
    crate::run::run(&mut test)
}

/// The table of formats between the markers in `README.md` and a page per format in `docs/formats`, from
/// `logloupe formats --json`.
pub(crate) fn formats(check: bool) -> Outcome {
    let json =
        output(&mut cargo(&["run", "--quiet", "--package", "logloupe-cli", "--", "formats", "--json"]))?;
    let formats: Value =
        serde_json::from_str(&json).map_err(|fault| format!("`logloupe formats --json`: {fault}"))?;
    let formats = formats.as_array().ok_or("`logloupe formats --json` is no array")?;
    table(formats, check)?;
    pages(formats, check)
}

fn table(formats: &[Value], check: bool) -> Outcome {
    let file = root().join("README.md");
    let old = fs::read_to_string(&file).unwrap_or_default();
    let (before, rest) = old.split_once(BEGIN).ok_or_else(|| format!("README.md has no `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("README.md has no `{END}`"))?;
    let new = format!("{before}{BEGIN}\n{}{END}{after}", format_page::table(formats));
    keep(&file, "README.md", &old, &new, check)
}

/// Writes the page of each format, and takes away those of formats that are no more.
fn pages(formats: &[Value], check: bool) -> Outcome {
    let folder = root().join("docs/formats");
    fs::create_dir_all(&folder).map_err(|fault| format!("docs/formats: {fault}"))?;
    let mut names = Vec::new();
    for format in formats {
        let name = format!("{}.md", format["id"].as_str().unwrap_or_default());
        let file = folder.join(&name);
        let old = fs::read_to_string(&file).unwrap_or_default();
        keep(&file, &format!("docs/formats/{name}"), &old, &format_page::page(format), check)?;
        names.push(name);
    }
    let there = fs::read_dir(&folder).map_err(|fault| format!("docs/formats: {fault}"))?;
    for entry in there.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        match (names.contains(&name), check) {
            (true, _) => {}
            (false, true) => {
                return Err(format!("docs/formats/{name} is no format's: run `cargo xtask docs`"));
            }
            (false, false) => fs::remove_file(entry.path()).map_err(|fault| format!("{name}: {fault}"))?,
        }
    }
    Ok(())
}

/// Writes `new` where it differs from `old`; with `check`, says so.
fn keep(file: &std::path::Path, name: &str, old: &str, new: &str, check: bool) -> Outcome {
    match (new == old, check) {
        (true, _) => Ok(()),
        (false, true) => Err(format!("{name} is out of date: run `cargo xtask docs`")),
        (false, false) => fs::write(file, new).map_err(|fault| format!("{name}: {fault}")),
    }
}
