//! `cargo xtask test`: everything that must hold, each step run even when one before it failed. Tests that cannot run
//! here say so and are counted as skipped.

use std::{fs, path::PathBuf, process::ExitCode};

use xtask::programs;

use crate::run::{Outcome, Report, cargo, run as start};
use crate::workspace::{PURE_CRATES, root};
use crate::{docs, page, tidy, tools};

struct TestStep {
    name: &'static str,
    what: &'static str,
    may_take: &'static str,
    work: fn() -> Outcome,
}

/// In order: cheap answers first, and what is needed later before it is needed.
const STEPS: &[TestStep] = &[
    TestStep { name: "format", what: "rustfmt has nothing to change", may_take: "5 s", work: format },
    TestStep { name: "tidy", what: "the rules that no compiler knows", may_take: "5 s", work: tidy::check },
    TestStep { name: "clippy", what: "no warning in any package", may_take: "2 min", work: clippy },
    TestStep {
        name: "clippy-wasm",
        what: "no warning in what runs in a browser",
        may_take: "2 min",
        work: clippy_wasm,
    },
    TestStep {
        name: "native",
        what: "unit, property, fixture and command line tests",
        may_take: "5 min",
        work: native,
    },
    TestStep {
        name: "docs",
        what: "the core's documentation without a broken link, generated parts up to date",
        may_take: "1 min",
        work: docs,
    },
    TestStep {
        name: "wasm",
        what: "tests of the page's parts in headless Chromium",
        may_take: "2 min",
        work: wasm,
    },
    TestStep {
        name: "page",
        what: "the release build of page and worker into dist/",
        may_take: "4 min",
        work: page::build,
    },
    TestStep {
        name: "e2e",
        what: "the built page in Chromium, as its users meet it",
        may_take: "2 min",
        work: e2e,
    },
];

/// Runs all steps, or those that are named. Its last line is `N passed, N failed, N skipped`.
pub(crate) fn run(mut report: Report, names: &[&str]) -> ExitCode {
    let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        eprintln!("no such step: {unknown}; there are: {}", known.join(", "));
        return ExitCode::from(2);
    }
    println!(
        "cargo xtask test: may take 30 min on a fresh machine, 10 min in a fresh checkout, 2 to 5 min after that"
    );
    let chosen = |step: &&TestStep| names.is_empty() || names.contains(&step.name);
    if names.is_empty() {
        // What is missing is reported here and again by the steps that need it; the others still run.
        let _ = tools::setup(&mut report);
    }
    let _ = fs::remove_file(skipped());
    for step in STEPS.iter().filter(chosen) {
        let _ = report.step(step.name, step.what, step.may_take, step.work);
    }
    report.summary();
    let (passed, failed) = report.counts();
    let skipped = fs::read_to_string(skipped()).unwrap_or_default();
    skipped.lines().for_each(|test| println!("skipped {test}"));
    // Steps that passed and failed, and single tests that could not run here.
    println!("\n{passed} passed, {failed} failed, {} skipped", skipped.lines().count());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn format() -> Outcome {
    start(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Outcome {
    // The bans of the pure crates (their clippy.toml) are for themselves, which `clippy_wasm` reads; tests read fixtures.
    let bans = ["-A", "clippy::disallowed_methods", "-A", "clippy::disallowed_types"];
    start(cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]).args(bans))
}

fn clippy_wasm() -> Outcome {
    const WASM: &str = "--target=wasm32-unknown-unknown";
    let packages = PURE_CRATES.map(|name| format!("--package=logloupe-{name}"));
    start(cargo(&["clippy", "--quiet", "--lib", WASM]).args(packages).args(["--", "-D", "warnings"]))?;
    let worker = [
        "--package=logloupe-protocol",
        "--package=logloupe-worker",
        "--package=logloupe-page-extras",
        "--lib",
        "--bins",
    ];
    start(cargo(&["clippy", "--quiet", WASM]).args(worker).args(["--", "-D", "warnings"]))?;
    let page = ["--package=logloupe-web", "--all-targets"];
    start(cargo(&["clippy", "--quiet", WASM]).args(page).args(["--", "-D", "warnings"]))
}

fn native() -> Outcome {
    // Tests of the page have a step of their own.
    const PAGE: &str = "logloupe-tests";
    let all = ["test", "--quiet", "--workspace", "--no-fail-fast", "--exclude", PAGE];
    let outside = ["test", "--quiet", "--package", PAGE, "--no-fail-fast", "--lib"];
    let targets = ["--test=cli", "--test=third_party", "--test=real"];
    let first = start(cargo(&all).env(SKIPPED, skipped()));
    start(cargo(&outside).args(targets).env(SKIPPED, skipped()))?;
    first
}

/// The variable that tells tests where to write down that they were skipped, and the file.
const SKIPPED: &str = "LOGLOUPE_SKIPPED";

fn skipped() -> PathBuf {
    root().join("target/skipped-tests.txt")
}

fn docs() -> Outcome {
    // With the private items: they are read by those who work here, and a module's reading order points at them.
    const FLAGS: &str =
        "-D warnings -A rustdoc::private_intra_doc_links -A rustdoc::redundant_explicit_links";
    let packages = PURE_CRATES.map(|name| format!("--package=logloupe-{name}"));
    let args = ["doc", "--quiet", "--no-deps", "--document-private-items"];
    start(cargo(&args).args(packages).env("RUSTDOCFLAGS", FLAGS))?;
    docs::formats(true)
}

fn wasm() -> Outcome {
    let driver = programs::chromedriver().ok_or("no chromedriver: run `cargo xtask setup`")?;
    let args = ["test", "--package=logloupe-web", "--tests", "--target=wasm32-unknown-unknown"];
    start(cargo(&args).env("CHROMEDRIVER", driver).env("WASM_BINDGEN_USE_BROWSER", "1"))
}

fn e2e() -> Outcome {
    if programs::chromium().is_none() || programs::chromedriver().is_none() {
        return Err("no Chromium or no chromedriver: run `cargo xtask setup`".into());
    }
    let args = ["test", "--package=logloupe-tests", "--test=e2e", "--", "--test-threads=2"];
    start(cargo(&args).env("LOGLOUPE_DIST", page::folder()).env(SKIPPED, skipped()))
}
