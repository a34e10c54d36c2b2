//! What every file owes its reader.

use std::env;

use super::code::{bare, commentless, has_word};
use super::{Breach, File, lines};
use crate::workspace::root;

/// Past this a file wants to be two.
const LONG: usize = 600;
/// Past this it must be.
const TOO_LONG: usize = 800;

/// Every module says first what belongs into it.
pub(super) fn module_docs(files: &[File]) -> Vec<Breach> {
    let bare_of_docs = |file: &&File| {
        let first = file.text.lines().find(|line| !line.trim().is_empty());
        file.path.ends_with(".rs") && !first.is_some_and(|line| line.starts_with("//!"))
    };
    let breach = |file: &File| Breach {
        path: file.path.clone(),
        line: 1,
        message: "has no `//!` at its top; every file says first what belongs into it and what does not"
            .into(),
    };
    files.iter().filter(bare_of_docs).map(breach).collect()
}

/// A file is read in one sitting.
pub(super) fn length(files: &[File]) -> Vec<Breach> {
    let long = measured(files).filter(|(_, count)| *count > TOO_LONG);
    let breach = |(file, count): (&File, usize)| Breach {
        path: file.path.clone(),
        line: 0,
        message: format!(
            "has {count} lines; past {TOO_LONG} nobody reads a file in one sitting, it is two files"
        ),
    };
    long.map(breach).collect()
}

/// What is not yet wrong: files that grow.
pub(super) fn remarks(files: &[File]) -> Vec<String> {
    let long = measured(files).filter(|(_, count)| (LONG + 1..=TOO_LONG).contains(count));
    long.map(|(file, count)| format!("{}: {count} lines; past {LONG} it wants to be two files", file.path))
        .collect()
}

fn measured(files: &[File]) -> impl Iterator<Item = (&File, usize)> {
    let counted = files.iter().filter(|file| file.path.ends_with(".rs") || file.path.ends_with(".css"));
    counted.map(|file| (file, file.text.lines().count()))
}

/// What is committed is done.
pub(super) fn nothing_unfinished(files: &[File]) -> Vec<Breach> {
    lines(
        files,
        |path| path.ends_with(".rs"),
        bare,
        |_, line| {
            let unfinished = ["todo!", "unimplemented!", "dbg!"].into_iter().find(|name| {
                let word = name.trim_end_matches('!');
                has_word(line, word) && line.contains(name)
            });
            match unfinished {
                Some(name) => Some(format!("has `{name}`; what is committed is done")),
                None if line.contains("#[ignore") => Some("ignores a test; a test runs or is deleted".into()),
                None => None,
            }
        },
    )
}

/// The text names no place on somebody's machine. In logs, and in what stands for them, such paths are data.
pub(super) fn no_machine_paths(files: &[File]) -> Vec<Breach> {
    // In two parts each, so that this file does not name them itself.
    let general = [["/tm", "p/"], ["/roo", "t/"], ["/hom", "e/"], ["/User", "s/"]].map(|it| it.concat());
    let mut here = vec![root().display().to_string()];
    here.extend(env::home_dir().map(|home| format!("{}/", home.display())));
    here.retain(|path| path.len() > 4);
    let holds_logs = |path: &str| {
        ["fixtures/", "samples/", "corpus/", "snapshots/"].iter().any(|folder| path.contains(folder))
            || path.starts_with("sample/")
    };
    lines(
        files,
        |_| true,
        str::to_owned,
        |file, line| {
            let in_general = general.iter().filter(|_| !holds_logs(&file.path));
            let path = here.iter().chain(in_general).find(|path| starts_a_path(line, path))?;
            Some(format!(
                "names `{path}`, a place on one machine; a test takes `std::env::temp_dir()`, a text a relative path"
            ))
        },
    )
}

/// Whether the path stands in the line, and not as the tail of a longer one (`https://host/home/`, `$OUT/tmp/`).
fn starts_a_path(line: &str, path: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || "_-.}:/".contains(letter);
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(inside))
}

/// A file that no `mod` names is never compiled, and its tests never run, without a word from the compiler.
pub(super) fn modules_are_declared(files: &[File]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files {
        let Some((folder, inside)) = file.path.split_once("/src/") else { continue };
        let Some(path) = inside.strip_suffix(".rs") else { continue };
        let path = path.strip_suffix("/mod").unwrap_or(path);
        if ["lib", "main"].contains(&path) || path.starts_with("bin/") {
            continue;
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parents = match parent {
            "" => ["lib.rs".to_owned(), "main.rs".to_owned()],
            parent => [format!("{parent}.rs"), format!("{parent}/mod.rs")],
        };
        let declares = |parent: &String| {
            let path = format!("{folder}/src/{parent}");
            let text = files.iter().find(|file| file.path == path).map(|file| commentless(&file.text));
            text.is_some_and(|text| text.contains(&format!("mod {name};")))
        };
        if !parents.iter().any(declares) {
            breaches.push(Breach {
                path: file.path.clone(),
                line: 0,
                message: format!(
                    "is no `mod {name};` of its parent; it is not compiled and its tests never run"
                ),
            });
        }
    }
    breaches
}

/// Where targets are named one by one, a file that nobody named is never compiled, and nobody notices.
pub(super) fn tests_are_named(files: &[File]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for manifest in files.iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let explicit = manifest.text.contains("autotests = false");
        if !explicit {
            continue;
        }
        for file in files {
            let Some(inside) = file.path.strip_prefix(folder) else { continue };
            let is_target =
                inside.ends_with(".rs") && (!inside.contains('/') || inside.ends_with("/main.rs"));
            if is_target
                && !inside.starts_with("src/")
                && !manifest.text.contains(&format!("path = \"{inside}\""))
            {
                breaches.push(Breach {
                    path: file.path.clone(),
                    line: 0,
                    message: format!("is no `[[test]]` in {}; it would silently never run", manifest.path),
                });
            }
        }
    }
    breaches
}

/// The page's security policy refuses `style="…"`, also when a script sets it.
pub(super) fn no_style_attributes(files: &[File]) -> Vec<Breach> {
    lines(
        files,
        |path| path.starts_with("web/src/") && path.ends_with(".rs"),
        bare,
        |_, line| {
            let attribute = line.trim_start().starts_with("style=") || line.contains(" style=");
            attribute.then(|| {
                "sets a `style` attribute, which the page's Content-Security-Policy refuses; use a class, an SVG \
                 attribute, or a property through `HtmlElement::style()`"
                    .into()
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    fn places(breaches: &[Breach]) -> Vec<(&str, usize)> {
        breaches.iter().map(|breach| (breach.path.as_str(), breach.line)).collect()
    }

    #[test]
    fn docs_come_first() {
        let repository = files(&[("a.rs", "\n//! Docs."), ("b.rs", "use x;\n//! late"), ("c.md", "text")]);
        assert_eq!(places(&module_docs(&repository)), [("b.rs", 1)]);
    }

    #[test]
    fn unfinished_code_but_not_unfinished_words() {
        let text = "fn a() { todo!() }\n// todo!()\nlet s = \"dbg!\";\n#[ignore = \"slow\"]\nmy_todo!();";
        let repository = files(&[("a.rs", text)]);
        assert_eq!(places(&nothing_unfinished(&repository)), [("a.rs", 1), ("a.rs", 4)]);
    }

    #[test]
    fn machine_paths_but_not_addresses() {
        let place = ["/ho", "me/me/x"].concat();
        let line = format!("see {place}\nhttps://host{place}\n$OUT{place}\nuse ../target");
        let repository = files(&[("a.md", &line), ("tests/fixtures/alb.log", &line)]);
        assert_eq!(places(&no_machine_paths(&repository)), [("a.md", 1)]);
    }

    #[test]
    fn a_test_that_nobody_named() {
        let repository = files(&[
            ("tests/Cargo.toml", "autotests = false\npath = \"e2e/main.rs\""),
            ("tests/e2e/main.rs", ""),
            ("tests/e2e/load.rs", ""),
            ("tests/forgotten.rs", ""),
            ("tests/src/lib.rs", ""),
            ("core/Cargo.toml", ""),
            ("core/build.rs", ""),
        ]);
        assert_eq!(places(&tests_are_named(&repository)), [("tests/forgotten.rs", 0)]);
    }

    #[test]
    fn long_files() {
        let repository = files(&[
            ("a.css", &"x\n".repeat(801)),
            ("b.rs", &"x\n".repeat(700)),
            ("c.md", &"x\n".repeat(900)),
        ]);
        assert_eq!(places(&length(&repository)), [("a.css", 0)]);
        assert_eq!(remarks(&repository).len(), 1);
    }

    #[test]
    fn a_file_that_no_module_names() {
        let repository = files(&[
            ("a/src/lib.rs", "mod b;\n// mod c;\n"),
            ("a/src/b.rs", "mod d;"),
            ("a/src/b/d.rs", ""),
            ("a/src/b/e.rs", ""),
            ("a/src/c.rs", ""),
        ]);
        let breaches: Vec<_> = modules_are_declared(&repository).into_iter().map(|it| it.path).collect();
        assert_eq!(breaches, ["a/src/b/e.rs", "a/src/c.rs"]);
    }
}
