//! What the documentation says can be typed.

use std::{fs, path::Path};

use logloupe_sample::incident_story;
use logloupe_tests::command::Folder;

use crate::logloupe;

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The lines of fenced blocks.
fn code(text: &str) -> Vec<&str> {
    let fenced = text.split("```").skip(1).step_by(2);
    fenced.flat_map(|block| block.lines().skip(1)).collect()
}

/// The words of a shell line: blanks separate, single quotes hold together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("never empty").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_commands_of_the_readme_run() {
    let folder = Folder::incident();
    // A log that no format knows, apart from the others.
    let own = Folder::new();
    let app = own.write("app.log", b"2026-03-05T01:29:37Z INFO [main] ready\n");
    let app = app.to_str().expect("a name of UTF-8");
    let readme = text("README.md");
    let calls: Vec<&str> = code(&readme).into_iter().filter(|line| line.starts_with("logloupe ")).collect();
    assert!(calls.len() >= 6, "the README shows the command: {calls:?}");
    for (number, call) in calls.into_iter().enumerate() {
        let call = call.split(" > ").next().unwrap_or(call);
        let words: Vec<String> = words(call)
            .into_iter()
            .skip(1)
            .map(|word| match word.as_str() {
                "incident" => folder.arg().to_owned(),
                "app.log" => app.to_owned(),
                "lake" => own.file(&format!("lake-{number}")),
                "AWSLogs" => folder.file("AWSLogs"),
                _ => word,
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = logloupe(&words);
        // One log file of the incident was altered, which the ledger finds.
        let is_ledger = words.first() == Some(&"ledger");
        assert_eq!(said.status, if is_ledger { 1 } else { 0 }, "{call}\n{}", said.err);
        // Files are told of beside them.
        let answer = if words.starts_with(&["convert", "--to", "parquet"]) { &said.err } else { &said.out };
        assert!(!answer.is_empty(), "{call}");
    }
}

#[test]
fn the_walk_of_the_readme_is_the_story() {
    let readme = text("README.md");
    for step in incident_story() {
        for part in [step.title, step.sentence, step.query] {
            assert!(readme.contains(part), "README.md does not tell \"{}\" with:\n{part}", step.title);
        }
    }
}

#[test]
fn the_commands_of_the_build_system_exist() {
    let help = text("xtask/src/main.rs");
    for page in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let page_text = text(page);
        for part in page_text.split("cargo xtask ").skip(1) {
            let name: String = part.chars().take_while(char::is_ascii_lowercase).collect();
            assert!(name.is_empty() || help.contains(&format!("\n  {name} ")), "{page}: cargo xtask {name}");
        }
    }
}

#[test]
fn what_the_documentation_points_at_is_there() {
    for page in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "DESIGN.md"] {
        let page_text = text(page);
        for target in page_text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            // Pictures are made by `cargo xtask shots` and chosen by a person.
            if file.is_empty() || file.contains("://") || file.starts_with("docs/screenshot-") {
                continue;
            }
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            assert!(path.exists(), "{page} points at {target}, which is not there");
        }
    }
}
