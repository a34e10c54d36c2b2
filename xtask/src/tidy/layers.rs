//! What the crates' manifests cannot say: queries name no format, formats do not lean on each other, the pure crates touch
//! nothing outside. Which crate sees which is in their `Cargo.toml`s.

use super::code::{bare, before_tests, commentless, has_word, names_after};
use super::{Breach, File, lines};
use crate::workspace::PURE_CRATES;

const FORMATS: &str = "core/src/formats/";

/// A new format is one new file: neither the tables nor the queries are told of it.
pub(super) fn questions_know_no_format(files: &[File]) -> Vec<Breach> {
    let formats = formats(files);
    // As a name in the code, or as a whole string to compare with; an example in a help text is fine.
    let names = |code: fn(&str) -> String, wanted: fn(&str, &str) -> bool| {
        lines(
            files,
            |path| {
                ["query/src/", "tell/src/", "syntax/src/", "table/src/"]
                    .iter()
                    .any(|folder| path.starts_with(folder))
            },
            |text| code(before_tests(text)),
            |_, line| {
                let format = formats.iter().find(|format| wanted(line, format))?;
                Some(format!(
                    "knows the format `{format}`; tables and queries know none, a format is one file in {FORMATS}"
                ))
            },
        )
    };
    let mut breaches = names(bare, has_word);
    breaches.extend(names(commentless, |line, format| line.contains(&format!("\"{format}\""))));
    breaches
}

/// Formats do not lean on each other; what two of them need is in `formats/field/`.
pub(super) fn formats_know_no_other(files: &[File]) -> Vec<Breach> {
    let formats = formats(files);
    let mut breaches = Vec::new();
    for file in files {
        let Some(own) = format_of(&file.path) else { continue };
        let code = bare(before_tests(&file.text));
        let named = ["super::", "crate::formats::"].into_iter().flat_map(|prefix| names_after(&code, prefix));
        for (line, name) in named.filter(|(_, name)| *name != own && formats.contains(name)) {
            breaches.push(Breach {
                path: file.path.clone(),
                line,
                message: format!(
                    "imports the format `{name}`; each format can be read and deleted alone, shared parsers are in {FORMATS}field/"
                ),
            });
        }
    }
    breaches
}

/// Clippy's list in `core/clippy.toml` names types and functions; this names the modules that they are in.
pub(super) fn pure_crates_touch_nothing(files: &[File]) -> Vec<Breach> {
    const MODULES: [(&str, &str); 5] = [
        ("fs", "a pure crate does no I/O: its users push bytes"),
        ("net", "nothing leaves the machine: no network in a pure crate"),
        ("thread", "a page has no threads: its workers each run alone"),
        ("process", "a pure crate starts and ends nothing"),
        ("env", "the same bytes give the same answer everywhere: no environment"),
    ];
    let mut breaches = Vec::new();
    let pure = |path: &str| {
        PURE_CRATES.iter().any(|name| path.strip_prefix(name).is_some_and(|rest| rest.starts_with("/src/")))
    };
    for file in files.iter().filter(|file| pure(&file.path) && file.path.ends_with(".rs")) {
        for (line, name) in names_after(&bare(before_tests(&file.text)), "std::") {
            if let Some((name, reason)) = MODULES.iter().find(|(module, _)| *module == name) {
                // Addresses are plain values.
                let text = file.text.lines().nth(line - 1).unwrap_or_default();
                let addresses = *name == "net"
                    && !["Tcp", "Udp", "Socket", "ToSocket"].iter().any(|it| text.contains(it));
                if !addresses {
                    breaches.push(Breach {
                        path: file.path.clone(),
                        line,
                        message: format!("uses std::{name}; {reason}"),
                    });
                }
            }
        }
    }
    // The others' are links to the core's.
    for path in PURE_CRATES.map(|name| format!("{name}/clippy.toml")) {
        if !files.iter().any(|file| file.path == path) {
            let message = "is missing; it keeps files, network, threads and clocks out of the crate".into();
            breaches.push(Breach { path, line: 0, message });
        }
    }
    breaches
}

/// The modules of formats, a file or a folder each: those that implement the trait. What else lies there is shared.
fn formats(files: &[File]) -> Vec<String> {
    let implements = |file: &&File| bare(before_tests(&file.text)).contains("impl Format for ");
    let mut formats: Vec<String> =
        files.iter().filter_map(|file| format_of(&file.path).filter(|_| implements(&file))).collect();
    formats.dedup();
    formats
}

/// The format that a file belongs to, by its path.
fn format_of(path: &str) -> Option<String> {
    let inside = path.strip_prefix(FORMATS).filter(|inside| inside.ends_with(".rs"))?;
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    // What the formats share, and what is said of all of them.
    let shared = [
        "mod",
        "field",
        "samples",
        "registry",
        "tests",
        "conformance",
        "common",
        "shared",
        // Descriptions that many formats are.
        "flow_log",
        "json_log",
        "line_log",
        "named_log",
        "text_log",
    ]
    .contains(&name);
    (!shared).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    #[test]
    fn a_query_that_names_a_format() {
        let repository = files(&[
            ("core/src/formats/mod.rs", ""),
            ("core/src/formats/field/ip.rs", ""),
            ("core/src/formats/vpc_flow.rs", "impl Format for Flow {}"),
            (
                "query/src/lib.rs",
                "// vpc_flow\nif id == \"vpc_flow\" {}\nlet field = \"try vpc_flow\";\nvpc_flow::x();",
            ),
        ]);
        let lines: Vec<_> = questions_know_no_format(&repository).into_iter().map(|it| it.line).collect();
        assert_eq!(lines, [4, 2], "not in comments, not within a help text");
    }

    #[test]
    fn formats_that_lean_on_each_other() {
        let repository = files(&[
            (
                "core/src/formats/alb.rs",
                "use super::{Format, paths};\nuse super::nlb::Row;\nimpl Format for Alb {}",
            ),
            ("core/src/formats/nlb.rs", "use crate::formats::{field, alb}; impl Format for Nlb {}"),
            ("core/src/formats/waf/mod.rs", "use crate::formats::waf::rule; impl Format for Waf {}"),
            ("core/src/formats/waf/rule.rs", "use super::super::alb;"),
            ("core/src/formats/paths.rs", "use super::Format;"),
        ]);
        let breaches: Vec<_> =
            formats_know_no_other(&repository).into_iter().map(|it| (it.path, it.line)).collect();
        let path = |name: &str| format!("core/src/formats/{name}");
        assert_eq!(breaches, [(path("alb.rs"), 2), (path("nlb.rs"), 1), (path("waf/rule.rs"), 1)]);
    }

    #[test]
    fn a_pure_crate_that_reads_a_file() {
        let repository = files(&[
            ("core/clippy.toml", ""),
            ("codecs/clippy.toml", ""),
            ("table/clippy.toml", ""),
            ("syntax/clippy.toml", ""),
            ("query/clippy.toml", ""),
            ("tell/clippy.toml", ""),
            ("answer/clippy.toml", ""),
            ("core/src/a.rs", "use std::net::IpAddr;\nuse std::{fmt, fs};\n"),
            ("query/src/b.rs", "use std::net::TcpStream;"),
            ("cli/src/main.rs", "use std::fs;"),
        ]);
        let breaches: Vec<_> =
            pure_crates_touch_nothing(&repository).into_iter().map(|it| (it.path, it.line)).collect();
        assert_eq!(
            breaches,
            [("core/src/a.rs".into(), 2), ("query/src/b.rs".into(), 1), ("view/clippy.toml".into(), 0)]
        );
    }
}
