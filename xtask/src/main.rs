//! `cargo xtask <command>`: everything that is done to this repository, in one place and on every system.
//!
//! - [`workspace`] says where the workspace is,
//! - [`pinned`] lists the programs that are used at one version, [`tools`] finds or installs them,
//! - [`page`] builds the static page and serves it,
//! - [`tests`] runs everything that must hold,
//! - [`tidy`] holds the rules that no compiler knows,
//! - [`docs`] writes the generated parts of the documentation,
//! - [`run`] starts programs and keeps the record of steps.

mod docs;
mod page;
mod pinned;
mod run;
mod tests;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use run::Report;

const HELP: &str = "\
cargo xtask <command>

  setup            install what is missing, at pinned versions    up to 20 min the first time, then 1 s
  serve            build the page and serve it on 127.0.0.1:8080  3 min the first time, then by what changed
      [--no-build] [--port N]
  dist             build the static page into dist/               3 min the first time, then by what changed
  test [STEP…]     everything that must hold, or the named steps  10 min the first time, then 2 to 5 min
  tidy             the rules that no compiler knows               2 s
  shots            pictures of the page into tests/screenshots/   1 min after the build
      [--no-build]
  bench [ARG…]     speed of the engine                            5 min
  docs [--check]   write (or check) the generated documentation   1 min
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut report = Report::default();
    let outcome = match args.split_first() {
        Some((&"setup", [])) => tools::setup(&mut report),
        Some((&"serve", options)) => page::serve(&mut report, options),
        Some((&"dist", [])) => page::dist(&mut report),
        Some((&"test", steps)) => return tests::run(report, steps),
        Some((&"tidy", [])) => report.step("tidy", "the rules that no compiler knows", "2 s", tidy::check),
        Some((&"shots", options)) => page::shots(&mut report, options),
        Some((&"bench", options)) => {
            report.step("bench", "the engine's speed on generated logs", "5 min", || page::bench(options))
        }
        Some((&"docs", options)) => docs::run(&mut report, options.contains(&"--check")),
        Some((&("help" | "--help" | "-h"), _)) | None => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some((other, rest)) => {
            eprint!("no such call: {other} {}\n\n{HELP}", rest.join(" "));
            return ExitCode::from(2);
        }
    };
    report.summary();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}
