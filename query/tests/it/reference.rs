//! `docs/query.md`, made of the engine's own tables and of what stands under `reference/`: prose with queries, each of
//! which is run here on a sample log. The test fails when the page is not what this makes of them; with `UPDATE_GOLDEN=1`
//! in the environment the page is written (`cargo xtask docs`).
//!
//! In the prose, a fence `run FILE…` is a query that is answered; its answer is put behind it. `fails FILE…` is one that
//! cannot run; its diagnostics are put there. A line `{{name}}` stands for a table: `commands`, `no effect`,
//! `not offered`, `functions`, `aggregates`, `window functions`, `sql functions`. `commands.md` has a section for each command, `calls.txt`
//! one call of each function that has no constant example, `sql.txt` of each function of SQL
//! whose first example is not SQL.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path, sync::Arc};

use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::{
    exec::{self, Answer, Reader},
    plan::Catalog,
};
use logloupe_syntax::{
    Language, diagnostic,
    functions::{self, AGGREGATES, GROUPS, WINDOW_FUNCTIONS},
    keywords, parse_in, sql,
};
use logloupe_table::{Value, lookup::Lookup, value::parse_number};

/// The sample of calls in tables.
const FLOW: &str = "vpc_flow_headerless.log";
/// Rows of an answer that are shown.
const MOST_ROWS: usize = 10;
/// Characters of a value that are shown.
const LONGEST: usize = 60;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Names of columns, and rows; or what is wrong.
type Answered = Result<(Vec<String>, Vec<Vec<Value>>), String>;

/// Runs a query on files: logs among the formats' samples, tables under `reference/`.
fn answer(text: &str, files: &str) -> Answered {
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
    let mut lookups = Vec::new();
    for name in files.split_whitespace() {
        if name.ends_with(".csv") {
            let table = read(&format!("tests/reference/{name}"));
            let name = Lookup::name_of(name).unwrap_or(name);
            lookups.push(Lookup::parse(name, table.as_bytes()).unwrap());
            continue;
        }
        loader.open(name, Options::default());
        loader.push(read(&format!("../core/src/formats/samples/{name}")).as_bytes());
        loader.finish();
    }
    let (json, shard) = (Paths(ALL), loader.shard());
    let language = Language::of(text, Language::Insights);
    let query = parse_in(text, language).into_result().map_err(|found| diagnostic::render(text, &found))?;
    let mut catalog = Catalog::of(shard, &json);
    lookups.into_iter().for_each(|lookup| catalog.bindings.add_lookup(Arc::new(lookup)));
    let found = exec::run_query(&query, catalog, shard, &json);
    let (plan, answer) = found.map_err(|found| diagnostic::render(text, &found))?;
    match answer {
        Answer::Table(table) => Ok((table.columns.into_iter().map(|c| c.name).collect(), table.rows)),
        Answer::Rows(_) if plan.output().is_empty() => {
            self::answer(&format!("{text} | display @timestamp, @message"), files)
        }
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, shard);
            let names = plan.output().iter().map(|o| o.name.clone()).collect();
            Ok((names, rows.iter().map(|r| reader.values(*r)).collect()))
        }
    }
}

/// A value as it stands in a cell of a Markdown table.
fn cell(value: &str) -> String {
    let mut short: String = value.chars().take(LONGEST).collect();
    if value.chars().count() > LONGEST {
        short.push('…');
    }
    short.replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\t'], " ")
}

/// Code inside a cell.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn table(names: &[String], rows: &[Vec<Value>]) -> String {
    let is_number = |at: usize| {
        rows.iter().all(|row| match &row[at] {
            Value::Text(text) => parse_number(text.as_bytes()).is_some(),
            value => matches!(value, Value::Null | Value::Int(_) | Value::Float(_)),
        })
    };
    let heads: Vec<String> = names.iter().map(|n| cell(n)).collect();
    let lines: Vec<&str> = (0..names.len()).map(|at| if is_number(at) { "--:" } else { "---" }).collect();
    let mut out = format!("| {} |\n|{}|\n", heads.join(" | "), lines.join("|"));
    for row in rows.iter().take(MOST_ROWS) {
        let cells: Vec<String> = row.iter().map(|v| cell(&v.to_string())).collect();
        writeln!(out, "| {} |", cells.join(" | ")).unwrap();
    }
    if rows.is_empty() {
        out = "No rows.\n".to_owned();
    }
    if rows.len() > MOST_ROWS {
        write!(out, "\nand {} more.\n", rows.len() - MOST_ROWS).unwrap();
    }
    out
}

/// Prose with its queries answered and its tables put in.
fn page(text: &str, wrong: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("{{").and_then(|l| l.strip_suffix("}}")) {
            writeln!(out, "{}", tables(name, wrong).trim_end()).unwrap();
            continue;
        }
        let fence = line.strip_prefix("```run ").map(|files| (files, false));
        let Some((files, fails)) = fence.or_else(|| Some((line.strip_prefix("```fails ")?, true))) else {
            writeln!(out, "{line}").unwrap();
            continue;
        };
        let query = lines.by_ref().take_while(|l| *l != "```").collect::<Vec<_>>().join("\n");
        let language = if Language::of(&query, Language::Insights) == Language::Sql { "sql" } else { "text" };
        write!(out, "```{language}\n{query}\n```\n\n").unwrap();
        match (answer(&query, files), fails) {
            (Ok((names, rows)), false) => out.push_str(&table(&names, &rows)),
            (Err(found), true) => write!(out, "```text\n{}\n```\n", found.trim_end()).unwrap(),
            (Ok(_), true) => wrong.push(format!("{query}\n  should fail")),
            (Err(found), false) => wrong.push(format!("{query}\n{found}")),
        }
    }
    out
}

/// Sections by name: `## name` begins one.
fn sections(file: &str) -> BTreeMap<String, String> {
    let text = read(&format!("tests/reference/{file}"));
    let parts = text.split("\n## ").skip(1);
    parts.map(|p| p.split_once('\n').unwrap()).map(|(n, t)| (n.to_owned(), t.trim().to_owned())).collect()
}

/// The calls of a file, by name in lower case.
fn calls(file: &str) -> BTreeMap<String, String> {
    let text = read(&format!("tests/reference/{file}"));
    let calls = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let name = |call: &str| call.split('(').next().unwrap_or_default().to_ascii_lowercase();
    calls.map(|call| (name(call), call.to_owned())).collect()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

fn tables(name: &str, wrong: &mut Vec<String>) -> String {
    let mut out = String::new();
    let names = |others: &[&str]| others.iter().map(|o| format!("`{o}`")).collect::<Vec<_>>().join(", ");
    match name {
        "commands" => {
            let mut prose = sections("commands.md");
            for command in keywords::COMMANDS.iter().filter(|c| c.is_offered()) {
                write!(out, "### {}\n\n{}", command.name, sentence(command.doc)).unwrap();
                if !command.others.is_empty() {
                    write!(out, " Also written {}.", names(command.others)).unwrap();
                }
                write!(out, "\n\n    {}\n\n", command.form).unwrap();
                match prose.remove(command.name) {
                    Some(text) if text.contains("```run ") || text.contains("```fails ") => {
                        writeln!(out, "{}", page(&text, wrong)).unwrap();
                    }
                    _ => wrong.push(format!("commands.md has no section `{}` with a query", command.name)),
                }
            }
            prose.keys().for_each(|name| wrong.push(format!("commands.md: there is no command `{name}`")));
        }
        "no effect" | "not offered" => {
            let effect =
                |c: &&keywords::CommandWord| c.doc.starts_with("has no effect") == (name == "no effect");
            for command in keywords::COMMANDS.iter().filter(|c| !c.is_offered()).filter(effect) {
                let doc = if command.doc.is_empty() {
                    String::new()
                } else {
                    format!(": {}", sentence(command.doc))
                };
                writeln!(out, "- `{}`{doc}", command.name).unwrap();
            }
        }
        "functions" => {
            let calls = calls("calls.txt");
            for (group, functions) in GROUPS {
                write!(out, "### {group}\n\n| function | value | examples |\n|---|---|---|\n").unwrap();
                for function in *functions {
                    let mut doc = sentence(function.doc);
                    if !function.aliases.is_empty() {
                        write!(doc, " Also {}.", names(function.aliases)).unwrap();
                    }
                    let mut examples: Vec<String> = Vec::new();
                    for (call, _) in function.examples {
                        examples.extend(one(
                            &format!("fields {call} as x | limit 1 | display x"),
                            call,
                            wrong,
                        ));
                    }
                    match calls.get(&function.name.to_ascii_lowercase()) {
                        Some(call) => {
                            let query = format!("fields {call} as x | sort @timestamp | limit 1 | display x");
                            examples.extend(one(&query, call, wrong));
                        }
                        None if examples.is_empty() => {
                            wrong.push(format!("calls.txt has no call of `{}`", function.name));
                        }
                        None => {}
                    }
                    let (signature, doc) = (code(function.signature), doc.replace('|', "\\|"));
                    writeln!(out, "| {signature} | {doc} | {} |", examples.join("<br>")).unwrap();
                }
                out.push('\n');
            }
            for name in calls.keys().filter(|name| functions::find(name).is_none()) {
                wrong.push(format!("calls.txt: there is no function `{name}`"));
            }
        }
        "aggregates" => {
            out.push_str("| aggregate | value | example |\n|---|---|---|\n");
            for aggregate in AGGREGATES {
                let mut doc = sentence(aggregate.doc);
                if !aggregate.aliases.is_empty() {
                    write!(doc, " Also {}.", names(aggregate.aliases)).unwrap();
                }
                let example = one(&format!("stats {} as x", aggregate.example), aggregate.example, wrong);
                let (signature, doc) = (code(aggregate.signature), doc.replace('|', "\\|"));
                writeln!(out, "| {signature} | {doc} | {} |", example.unwrap_or_default()).unwrap();
            }
        }
        "window functions" => {
            out.push_str("| function | value | example | of `n` 1, 1, 2, 3 |\n|---|---|---|---|\n");
            for function in WINDOW_FUNCTIONS {
                let rows = "limit 1 | unnest split(\"1 1 2 3\", \" \") into item | fields item * 1 as n";
                let query = format!("{rows} | {} as x | display x", function.example);
                let values = match answer(&query, FLOW) {
                    Ok((_, rows)) => {
                        let shown =
                            |v: &Value| if v.is_null() { "*missing*".to_owned() } else { v.to_string() };
                        rows.iter().flatten().map(shown).collect::<Vec<_>>().join(", ")
                    }
                    Err(found) => {
                        wrong.push(format!("{query}\n{found}"));
                        String::new()
                    }
                };
                let (signature, doc) = (code(function.signature), sentence(function.doc).replace('|', "\\|"));
                writeln!(out, "| {signature} | {doc} | `{}` | {values} |", function.example).unwrap();
            }
        }
        "sql functions" => {
            let mut calls = calls("sql.txt");
            out.push_str("| function | value of the example | what it gives |\n|---|---|---|\n");
            // Those over windows have a table of their own.
            for function in sql::functions().filter(|f| functions::window::find(f.name).is_none()) {
                let Some(call) = calls.remove(function.name).or_else(|| sql_example(function)) else {
                    wrong.push(format!("sql.txt has no call of `{}`", function.name));
                    continue;
                };
                // The ones that SQL means otherwise have a sentence of their own; others have that of the tree's.
                let (call, written) = call.split_once(" -- ").unwrap_or((&call, ""));
                let own = functions::SQL.iter().find(|f| f.name == function.tree).map(|f| f.doc);
                let doc = Some(written).filter(|d| !d.is_empty()).or(own);
                let doc = doc.or_else(|| functions::find(function.tree).map(|f| f.doc));
                let doc = doc.or_else(|| functions::aggregate::find(function.tree).map(|(a, _)| a.doc));
                let doc = doc.map(|d| sentence(d).replace('|', "\\|")).unwrap_or_default();
                let query = format!("SELECT {call} AS x FROM vpc_flow_logs LIMIT 1");
                let value = one(&query, call, wrong).unwrap_or_default();
                let value = value.rsplit_once(" = ").map_or("", |(_, value)| value).to_owned();
                writeln!(out, "| {} | {value} | {doc} |", code(call)).unwrap();
            }
            calls.keys().for_each(|name| wrong.push(format!("sql.txt: there is no function `{name}`")));
        }
        other => wrong.push(format!("there is no table `{other}`")),
    }
    out
}

/// The first example of the function of the tree, as SQL writes it.
fn sql_example(function: &functions::SqlFunction) -> Option<String> {
    let (name, call) = match functions::find(function.tree) {
        Some(spec) => (spec.name, spec.examples.first()?.0),
        None => functions::aggregate::find(function.tree).map(|(a, _)| (a.name, a.example))?,
    };
    let arguments = call.strip_prefix(name).or_else(|| call.strip_prefix(function.name))?;
    Some(format!("{}{}", function.name, arguments.replace('"', "'")))
}

/// `call` = `value`.
fn equation(call: &str, value: &Value) -> String {
    let value = match value {
        Value::Null => "*missing*".to_owned(),
        Value::Text(text) if text.is_empty() => "*empty text*".to_owned(),
        value => code(&value.to_string()),
    };
    format!("{} = {value}", code(call))
}

/// The one value of a query, as an equation.
fn one(query: &str, call: &str, wrong: &mut Vec<String>) -> Option<String> {
    match answer(query, FLOW) {
        Ok((_, rows)) => Some(equation(call, rows.first()?.first()?)),
        Err(found) => {
            wrong.push(format!("{query}\n{found}"));
            None
        }
    }
}

#[test]
fn the_page_is_what_the_tables_say() {
    let mut wrong = Vec::new();
    let new = page(&read("tests/reference/query.md"), &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/query.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &new).unwrap();
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    let line = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count() + 1;
    assert!(old == new, "docs/query.md is out of date from line {line} on: run `cargo xtask docs`");
}
