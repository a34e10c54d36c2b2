//! Starting programs, and the record of what was done and how long it took.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{pinned, workspace::root};

/// What a step gives back. The text says what went wrong and what can be done about it.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The steps that were taken, for the closing summary.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<FinishedStep>,
}

#[derive(Debug)]
struct FinishedStep {
    name: String,
    took: Duration,
    passed: bool,
}

impl Report {
    /// Does one step: says what it is and how long it may take, and afterwards how long it took.
    ///
    /// # Errors
    /// The step's own.
    pub(crate) fn step(
        &mut self,
        name: &str,
        what: &str,
        may_take: &str,
        work: impl FnOnce() -> Outcome,
    ) -> Outcome {
        println!("\n── {name}: {what} (may take {may_take})");
        let start = Instant::now();
        let outcome = work();
        let took = start.elapsed();
        match &outcome {
            Ok(()) => println!("── {name}: done in {}", human(took)),
            Err(fault) => println!("── {name}: FAILED after {}: {fault}", human(took)),
        }
        self.steps.push(FinishedStep { name: name.to_owned(), took, passed: outcome.is_ok() });
        outcome
    }

    /// Prints one line per step.
    pub(crate) fn summary(&self) {
        println!();
        for step in &self.steps {
            let mark = if step.passed { "ok    " } else { "FAILED" };
            println!("{mark} {:<16} {:>9}", step.name, human(step.took));
        }
        if self.steps.len() > 1 {
            println!("       {:<16} {:>9}", "in all", human(self.steps.iter().map(|step| step.took).sum()));
        }
    }

    /// How many steps passed, and how many did not.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let passed = self.steps.iter().filter(|step| step.passed).count();
        (passed, self.steps.len() - passed)
    }
}

/// A program to be started in the workspace's folder, without input, with the pinned tools on its `PATH`.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null()).env("PATH", pinned::path());
    // Cargo set these for xtask itself; a nested cargo would take them for a change of its surroundings.
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo` with these arguments.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Runs a program to its end, its output on ours.
///
/// # Errors
/// When it cannot be started or ends with anything but success.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    println!("   $ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(fault) => Err(format!("`{shown}` could not be started: {fault}")),
    }
}

/// Runs a program and gives back what it printed; its complaints go to ours.
///
/// # Errors
/// As [`run`].
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|fault| format!("`{shown}` could not be started: {fault}"))?;
    if !done.status.success() {
        return Err(format!("`{shown}` ended with {}", done.status));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("`{shown}` printed something that is not text"))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A duration for people: `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) fn human(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}
