//! The walk through the sample incident: every query gives exactly its answer, however the files are given and
//! however many threads read them.

use logloupe_sample::{StoryStep, incident, incident_story};
use logloupe_tests::command::Folder;
use serde_json::Value;

use crate::{archives::zip, logloupe};

/// A cell as the story writes it: times with a space and milliseconds, a missing value empty.
fn told(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => match text.strip_suffix('Z').and_then(|t| t.split_once('T')) {
            // Of a log with microseconds, the milliseconds.
            Some((day, time)) if day.len() == 10 && time.len() >= 8 => {
                let (second, fraction) = time.split_once('.').unwrap_or((time, ""));
                format!("{day} {second}.{fraction:0<3.3}")
            }
            _ => text.clone(),
        },
        other => other.to_string(),
    }
}

#[track_caller]
fn check(step: &StoryStep, how: &str, path: &str, threads: &str) {
    let said = logloupe(&["query", "--output", "json", "--threads", threads, step.query, path]);
    assert_eq!(said.status, 0, "{}, {how}: {}", step.title, said.err);
    let answer = said.json();
    let rows: Vec<Vec<String>> = answer
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| step.columns.iter().map(|column| told(&row[*column])).collect())
        .collect();
    assert_eq!(rows, step.answer, "{}, {how}", step.title);
    let keys = answer[0].as_object().map(|row| row.len());
    assert_eq!(keys, Some(step.columns.len()), "{}, {how}: no other columns", step.title);
}

#[test]
fn every_step_has_its_answer() {
    let folder = Folder::incident();
    for step in incident_story() {
        check(step, "one thread", folder.arg(), "1");
        check(step, "four threads", folder.arg(), "4");
    }
}

#[test]
fn every_step_has_its_answer_in_one_archive() {
    let files: Vec<_> = incident().into_iter().map(|file| (file.path, file.bytes)).collect();
    let folder = Folder::new();
    folder.write("incident.zip", &zip(&files).0);
    for step in incident_story() {
        check(step, "zip", &folder.file("incident.zip"), "1");
    }
}
