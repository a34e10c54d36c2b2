//! `logloupe explain`: what a query does, in words, or as another engine's text. Nothing is run; files are read only
//! to know which names exist.

use std::io::Write;

use logloupe_core::formats::Paths;
use logloupe_query::plan::{self, Catalog};
use logloupe_syntax::{self as syntax, Diagnostic, Language, Severity, diagnostic};
use logloupe_table::{columnar::Key, json_paths::JsonPaths};
use logloupe_tell::{
    explain::{self, RunsAt},
    transpile,
};

use crate::{
    Failure, Outcome, Status,
    args::{Explain, Files, To},
    definitions::{self, Formats},
    load, report,
};

/// Explains the query.
///
/// # Errors
/// What is wrong with the query, or when stdout cannot be written.
pub fn run(call: &Explain, out: &mut dyn Write) -> Outcome {
    let refuse = |found: &[Diagnostic]| Failure::Refused(diagnostic::render(&call.text, found));
    let language = match call.language {
        // Words that are commands elsewhere are words of a pattern where one is asked for.
        Language::Pattern => Language::Pattern,
        chosen => Language::of(&call.text, chosen),
    };
    let query = syntax::parse_in(&call.text, language).into_result().map_err(|found| refuse(&found))?;

    let (files, formats) = definitions::resolve(&call.files)?;
    let (catalog, status) = catalog(&files, formats);
    let warnings: Vec<Diagnostic> = plan::check(&query, &catalog)
        .into_iter()
        .filter(|remark| remark.severity == Severity::Warning)
        .collect();
    eprint!("{}", diagnostic::render(&call.text, &warnings));
    match call.to {
        To::Plan => {
            let steps = explain::prose(&query, &catalog).map_err(|found| refuse(&found))?;
            plan_in_words(&steps, out)?;
        }
        To::Athena => {
            plan::plan(&query, &catalog).map_err(|found| refuse(&found))?;
            let logs = Paths(formats.all);
            let athena = match &call.lake {
                None => transpile::athena(&query, &catalog, &logs),
                Some(keys) => {
                    let keys = Key::list(keys.iter().map(String::as_str));
                    transpile::athena_over_parquet(&query, &catalog, &logs, &keys)
                }
            };
            let athena = athena.map_err(unsupported)?;
            athena_sql(&athena, out)?;
        }
        To::Insights => {
            plan::plan(&query, &catalog).map_err(|found| refuse(&found))?;
            let insights = transpile::insights(&query, &catalog, &Paths(formats.all)).map_err(unsupported)?;
            writeln!(out, "# Log group: {}", insights.group)?;
            for note in &insights.notes {
                writeln!(out, "# {note}")?;
            }
            writeln!(out, "{}", insights.text)?;
        }
    }
    Ok(status)
}

/// The names that exist: in the files, or in all formats if there are none.
fn catalog(files: &Files, formats: Formats) -> (Catalog, Status) {
    let mut catalog = Catalog::default();
    if files.paths.is_empty() {
        for format in formats.all {
            let meta = format.meta();
            catalog.add_format(meta.id, &format.fields(), Paths(formats.all).has_json(meta.id));
            format.sources().iter().for_each(|name| catalog.add_source(name, meta.id));
            if Paths(formats.all).has_partitions(meta.id) {
                catalog.add_partitions(meta.id);
            }
        }
        return (catalog, Status::Answered);
    }
    let loaded = load::load(files, formats);
    for shard in &loaded.shards {
        catalog.merge(&Catalog::of(shard, &Paths(formats.all)));
    }
    (catalog, report::remarks(&loaded.ledger))
}

fn plan_in_words(steps: &[explain::PlanStep], out: &mut dyn Write) -> Result<(), Failure> {
    let mut place = None;
    for (number, step) in steps.iter().enumerate() {
        if place != Some(step.place) {
            place = Some(step.place);
            let heading = match step.place {
                RunsAt::Parts => "On each part of the data, at the same time:",
                RunsAt::Merge => "Between the parts:",
                RunsAt::Whole => "Once, on the whole:",
            };
            writeln!(out, "{heading}")?;
        }
        writeln!(out, "{:>3}. {}", number + 1, step.text)?;
    }
    Ok(())
}

fn unsupported(why: transpile::Unsupported) -> Failure {
    Failure::Refused(format!("logloupe: {why}"))
}

fn athena_sql(athena: &transpile::AthenaQuery, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "-- The table, once; put in your bucket, account and region.\n{}\n", athena.ddl)?;
    for note in &athena.notes {
        writeln!(out, "-- {note}")?;
    }
    writeln!(out, "{};", athena.sql)?;
    Ok(())
}
