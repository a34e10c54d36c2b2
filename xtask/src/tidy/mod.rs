//! The rules that no compiler knows, each with its reason in its message.
//!
//! - [`code`]: Rust source with comments and strings blanked out, and the paths that it names,
//! - [`layers`]: what the crates' manifests cannot say of who may know whom,
//! - [`files`]: what every file owes its reader.
//!
//! A rule is a function from the repository's files to breaches. It has no list of exceptions: a rule that needs one
//! wants to be another rule.

mod code;
mod files;
mod layers;

use std::fmt;

use crate::run::{Outcome, cargo, output, program};
use crate::workspace::root;

/// A file of the repository that holds text.
#[derive(Debug)]
struct File {
    /// From the workspace's folder, with `/`.
    path: String,
    text: String,
}

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    path: String,
    /// From 1; 0 when it is the file as a whole.
    line: usize,
    /// What is wrong and why that is a rule.
    message: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

type Rule = fn(&[File]) -> Vec<Breach>;

const RULES: &[Rule] = &[
    layers::questions_know_no_format,
    layers::formats_know_no_other,
    layers::pure_crates_touch_nothing,
    files::module_docs,
    files::length,
    files::nothing_unfinished,
    files::no_machine_paths,
    files::tests_are_named,
    files::modules_are_declared,
    files::no_style_attributes,
];

/// Every rule on every file.
///
/// # Errors
/// When a rule is broken; each breach is printed before.
pub(crate) fn check() -> Outcome {
    let files = read()?;
    let mut breaches: Vec<Breach> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    breaches.extend(pure_crates_need_no_browser()?);
    for breach in &breaches {
        println!("   {breach}");
    }
    files::remarks(&files).iter().for_each(|remark| println!("   (a remark) {remark}"));
    match breaches.len() {
        0 => {
            println!("   {} rules hold in {} files", RULES.len() + 1, files.len());
            Ok(())
        }
        count => Err(format!("{count} breaches")),
    }
}

/// The files of the repository, committed or about to be, that are text.
fn read() -> Outcome<Vec<File>> {
    let list = output(program("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
    ]))?;
    let paths = list.split_terminator('\0').map(str::to_owned);
    // What was deleted and not yet committed is listed too.
    let files = paths.filter_map(|path| {
        let bytes = std::fs::read(root().join(&path)).ok()?;
        Some(File { path, text: String::from_utf8(bytes).ok()? })
    });
    Ok(files.collect())
}

/// The pure crates compile for a server, a terminal and a page because nothing that they depend on knows a browser, an
/// operating system's threads or an async runtime, on any target. The topmost depends on all of them.
fn pure_crates_need_no_browser() -> Outcome<Vec<Breach>> {
    const BANNED: [&str; 7] = ["wasm-bindgen", "js-sys", "web-sys", "getrandom", "tokio", "rayon", "mio"];
    let mut breaches = Vec::new();
    for target in ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"] {
        let args =
            ["tree", "--quiet", "--package=logloupe-answer", "--edges=normal", "--prefix=none", "--target"];
        let tree = output(cargo(&args).arg(target))?;
        for package in BANNED {
            if tree.lines().any(|line| line.split(' ').next() == Some(package)) {
                breaches.push(Breach {
                    path: "answer/Cargo.toml".into(),
                    line: 0,
                    message: format!(
                        "depends on {package} (see `cargo tree -p logloupe-answer -i {package} --target {target}`); \
                         the pure crates run anywhere: no JavaScript, no randomness, no threads, no runtime"
                    ),
                });
            }
        }
    }
    Ok(breaches)
}

/// Applies `find` to each line of the files below `folder`; it says what is wrong with a line, if anything is.
fn lines(
    files: &[File],
    select: impl Fn(&str) -> bool,
    code: impl Fn(&str) -> String,
    find: impl Fn(&File, &str) -> Option<String>,
) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| select(&file.path)) {
        for (number, line) in code(&file.text).lines().enumerate() {
            if let Some(message) = find(file, line) {
                breaches.push(Breach { path: file.path.clone(), line: number + 1, message });
            }
        }
    }
    breaches
}

/// A repository of a few files, for the tests of rules.
#[cfg(test)]
fn files(files: &[(&str, &str)]) -> Vec<File> {
    files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect()
}
