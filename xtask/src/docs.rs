//! Documentation that is written by a program, so that it cannot drift from the code.

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
    report.step("docs", "the table of formats in README.md", "1 min", || formats_table(check))?;
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

/// The table of formats between the markers in `README.md`, from `logloupe formats --json`.
pub(crate) fn formats_table(check: bool) -> Outcome {
    let file = root().join("README.md");
    let old = fs::read_to_string(&file).unwrap_or_default();
    let Some((before, rest)) = old.split_once(BEGIN) else {
        println!("   README.md has no `{BEGIN}`: nothing to do");
        return Ok(());
    };
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("README.md has no `{END}`"))?;
    let json =
        output(&mut cargo(&["run", "--quiet", "--package", "logloupe-cli", "--", "formats", "--json"]))?;
    let new = format!("{before}{BEGIN}\n{}{END}{after}", markdown(&json)?);
    match (new == old, check) {
        (true, _) => Ok(()),
        (false, true) => Err("README.md is out of date: run `cargo xtask docs`".into()),
        (false, false) => fs::write(&file, new).map_err(|fault| format!("README.md: {fault}")),
    }
}

/// One row per format: title with the vendor's page, id, number of columns, what it records.
fn markdown(json: &str) -> Outcome<String> {
    let formats: Value =
        serde_json::from_str(json).map_err(|fault| format!("`logloupe formats --json`: {fault}"))?;
    let formats = formats.as_array().ok_or("`logloupe formats --json` is no array")?;
    let mut table = String::from("\n| log | id | columns | what it records |\n|---|---|---|---|\n");
    for format in formats {
        let text = |key: &str| format[key].as_str().unwrap_or_default();
        let fields = format["columns"].as_array().map_or(0, Vec::len);
        let (title, page, id, summary) = (text("title"), text("page"), text("id"), text("summary"));
        table.push_str(&format!("| [{title}]({page}) | `{id}` | {fields} | {summary} |\n"));
    }
    table.push('\n');
    Ok(table)
}
