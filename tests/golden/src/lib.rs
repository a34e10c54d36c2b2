//! What tests share: golden cases, text files of inputs with the answers that users see, held to the program by
//! [`check`], files written whole ([`check_file`]);
//! how property tests draw and remember their cases ([`property`]),
//! and what a test that cannot run here says ([`skip`]).
//!
//! ```text
//! Remarks on the file.
//!
//! === a title
//! # name: what a case says of itself, if anything
//! the input, any number of lines
//! --- answer
//! the answer, from a line of dashes on
//! ```
//!
//! Files are found, not listed. With `UPDATE_GOLDEN=1` in the environment they are rewritten; read the difference before
//! you commit it.

pub mod skip;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use proptest::test_runner::{Config, FileFailurePersistence};

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The file's name without its ending.
    pub file: String,
    /// The title.
    pub title: String,
    /// The lines `# name: text` before the input, as they are written.
    pub remarks: Vec<String>,
    /// The input.
    pub input: String,
    /// The answer, its line of dashes included; empty if there is none.
    pub answer: String,
}

impl Case {
    /// The text of the remark `# name: text`.
    ///
    /// # Panics
    /// When the case has none of that name.
    pub fn remark(&self, name: &str) -> &str {
        let text = |line: &'_ String| -> Option<usize> {
            line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": ").map(str::len)
        };
        let found = self.remarks.iter().find_map(|line| Some(&line[line.len() - text(line)?..]));
        found.unwrap_or_else(|| panic!("{}: {}: no `# {name}:`", self.file, self.title))
    }
    fn parse(file: &str, part: &str) -> Case {
        let mut lines = part.lines().peekable();
        let title = lines.next().unwrap_or_default().to_owned();
        let mut remarks = Vec::new();
        // Not every line behind `#`: queries have comments.
        let is_remark = |line: &&str| {
            let name = line.strip_prefix("# ").and_then(|rest| rest.split_once(": "));
            name.is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()))
        };
        while let Some(line) = lines.next_if(is_remark) {
            remarks.push(line.to_owned());
        }
        let (mut input, mut answer) = (Vec::new(), Vec::new());
        for line in lines {
            match answer.is_empty() && !line.starts_with("---") {
                true => input.push(line),
                false => answer.push(line),
            }
        }
        let text = |lines: Vec<&str>| lines.join("\n").trim_end().to_owned();
        Case { file: file.to_owned(), title, remarks, input: text(input), answer: text(answer) }
    }
}

/// Every case of every file in `folder`.
///
/// # Panics
/// When the folder or a file cannot be read.
pub fn cases(folder: impl AsRef<Path>) -> Vec<Case> {
    let mut all = Vec::new();
    for (file, text, _) in files(folder.as_ref()) {
        all.extend(text.split("\n=== ").skip(1).map(|part| Case::parse(&file, part)));
    }
    all
}

/// Name without ending, text and path of each file, in order.
fn files(folder: &Path) -> Vec<(String, String, PathBuf)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text, path)
    };
    paths.into_iter().map(read).collect()
}

/// Checks every case of every file in `folder`: `answer` gives what the program says. At least `least` cases must be
/// there, so that a folder that is not found fails.
///
/// # Panics
/// When an answer differs, with all that do, unless the files are being rewritten.
pub fn check(folder: impl AsRef<Path>, least: usize, mut answer: impl FnMut(&Case) -> String) {
    let folder = folder.as_ref();
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let (mut count, mut wrong) = (0, String::new());
    for (file, text, path) in files(folder) {
        let mut parts = text.split("\n=== ");
        let mut new = parts.next().unwrap_or_default().trim_end().to_owned();
        for case in parts.map(|part| Case::parse(&file, part)) {
            count += 1;
            let found = answer(&case).trim_end().to_owned();
            let Case { title, remarks, input, answer: expected, .. } = &case;
            if found != *expected {
                let name = path.file_name().unwrap_or_default().display();
                let _ = writeln!(
                    wrong,
                    "== {name}: {title}\n{input}\n-- expected\n{expected}\n-- found\n{found}\n"
                );
            }
            let lines = remarks.iter().map(String::as_str).chain([input.as_str(), found.as_str()]);
            let body: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            let _ = write!(new, "\n\n=== {title}\n{}", body.join("\n"));
        }
        if update {
            fs::write(&path, new + "\n").unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
    }
    assert!(count >= least, "only {count} cases found in {}", folder.display());
    assert!(update || wrong.is_empty(), "{wrong}");
}

/// Checks a file that is written whole.
///
/// # Panics
/// When `found` differs from the file, unless that is being rewritten.
pub fn check_file(path: impl AsRef<Path>, found: &str) {
    let path = path.as_ref();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return fs::write(path, found).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    let expected = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    if let Some((at, (expected, found))) =
        expected.lines().zip(found.lines()).enumerate().find(|(_, (expected, found))| expected != found)
    {
        panic!("{}:{}: the file has {expected:?}, the program {found:?}", path.display(), at + 1);
    }
    assert!(expected == found, "{}: one is longer than the other", path.display());
}

/// How a property test runs: so many new cases each time, after those that failed once. The seed of a failing case is
/// added to `file`, from the package's folder, and belongs into the commit that corrects it.
pub fn property(cases: u32, file: &'static str) -> Config {
    let failure_persistence = Some(Box::new(FileFailurePersistence::Direct(file)) as Box<_>);
    Config { cases, failure_persistence, ..Config::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_remarks_an_input_and_an_answer() {
        let case = Case::parse("file", "title\n# page: a, read\nfilter x\n| limit 1\n--- answer\nx\n\ny\n");
        assert_eq!((case.title.as_str(), case.remark("page")), ("title", "a, read"));
        assert_eq!(
            (case.input.as_str(), case.answer.as_str()),
            ("filter x\n| limit 1", "--- answer\nx\n\ny")
        );
        let case = Case::parse("file", "title\ninput\n");
        assert_eq!((case.input.as_str(), case.answer.as_str()), ("input", ""));
    }
}
