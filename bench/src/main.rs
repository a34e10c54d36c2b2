//! How fast it is: `cargo xtask bench`, or `cargo run --release -p logloupe-bench -- [PART…] [--quick]`.
//!
//! Prints one table. Logs come from `logloupe-sample`, realistic in their cardinalities and always the same; each
//! figure is the median of several runs, with the best beside it, measured in one process so that figures of one run
//! can be compared. Nothing is asserted here: machines differ, and drift.
//!
//! Reading order: [`measure`] (repeat, take the median, print), [`logs`] (what is read), [`ingest`], [`queries`],
//! [`browser`] (the same through the built page).

mod browser;
mod ingest;
mod logs;
mod measure;
mod queries;

use std::process::ExitCode;

use measure::Table;

const HELP: &str = "\
logloupe-bench [PART…] [--quick]

  native     the core in this process, one thread (the default): the next two
  ingest     bytes to tables
  queries    questions over a million rows
  browser    the built page in Chromium; builds nothing: needs dist/ from `cargo xtask dist`
  --quick    a tenth of the data: to try the benchmark, not the engine
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    if let Some(unknown) =
        args.iter().find(|arg| !["native", "ingest", "queries", "browser", "--quick"].contains(&arg.as_str()))
    {
        eprint!(
            "{}{HELP}",
            if unknown == "--help" { String::new() } else { format!("no such argument: {unknown}\n") }
        );
        return ExitCode::from(2);
    }
    let scale = if has("--quick") { 10 } else { 1 };
    let mut table = Table::default();
    let native = has("native") || !["ingest", "queries", "browser"].into_iter().any(has);
    if native || has("ingest") {
        ingest::formats(&mut table, scale);
        ingest::small_files(&mut table, scale);
    }
    if native || has("queries") {
        queries::flows(&mut table, scale);
        queries::json_paths(&mut table, scale);
    }
    if has("browser")
        && let Err(fault) = browser::all(&mut table, scale)
    {
        eprintln!("the page was not measured: {fault}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
