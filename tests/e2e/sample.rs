//! The sample: one click, and the whole story can be asked for.

use logloupe_sample::{StoryStep, incident, incident_story};

use crate::visit::{SAMPLE, Visit, number};

#[test]
fn loads_whole_and_is_accounted_for() {
    let Some(visit) = Visit::begin() else { return };
    visit.click("button", "Try sample logs");
    visit.wait_for_status(|status| status.starts_with("8,901 of 8,901 events"));
    visit.wait_until_read();
    assert_eq!(visit.attribute(&visit.find("grid", "Events"), "aria-rowcount").as_deref(), Some("8902"));
    visit.find("button", "cloudtrail, 1,931 events");

    let ledger = visit.ledger();
    let files = incident();
    assert_eq!(ledger.len(), files.len(), "a line per file");
    for file in &files {
        let (folder, name) = file.path.rsplit_once('/').expect("keys have folders");
        assert!(ledger.iter().any(|row| row[0] == format!("{name}\n{folder}")), "{}", file.path);
    }
    let sum = |column: usize| -> u64 { ledger.iter().filter_map(|row| number(&row[column])).sum() };
    let (records, rows, rejected, aside) = (sum(4), sum(5), sum(6), sum(7));
    assert_eq!((rows, rejected, aside, records), (SAMPLE, 3, 0, SAMPLE + 3));
    visit.leave();
}

#[test]
fn rejected_lines_are_shown_with_their_places() {
    let Some(visit) = Visit::with_sample() else { return };
    let ledger = visit.ledger();
    assert_eq!(ledger.iter().filter(|row| row[3] == "read, with rejects").count(), 3);
    visit.script(
        "document.querySelectorAll('[aria-expanded=false].bad').forEach(button => button.click())",
        &[],
    );
    let shown = || {
        visit.script("return [...document.querySelectorAll('.rejections li')].map(li => li.innerText)", &[])
    };
    let shown = visit.wait_for("the rejected lines", || Some(shown()).filter(|s| s[2].is_string()));
    let all: Vec<&str> = shown.as_array().into_iter().flatten().filter_map(|text| text.as_str()).collect();
    for line in [
        "h2 2026-03-04T23:59:58.402117Z app/web-prod/50dc6c495c0c9188 198.51.100.61:50",
        "5 111122223333 eni-0a1b2c3d000",
        "2026-03-0",
    ] {
        let found =
            all.iter().find(|text| text.contains(line)).unwrap_or_else(|| panic!("{line} in {all:#?}"));
        assert!(
            found.starts_with("line ") && found.contains(" expected ") && found.contains(", found "),
            "{found}"
        );
    }
    assert_eq!(all.len(), 3);
    visit.leave();
}

#[test]
fn every_step_of_the_story_has_its_answer() {
    let Some(visit) = Visit::with_sample() else { return };
    for step in incident_story() {
        visit.ask(step.query);
        let grouped = step.query.contains("| stats ");
        let name = if grouped { "Results" } else { "Events" };
        println!("{}: {}", step.title, step.query.replace('\n', " "));
        visit.wait_until(|| visit.rows(name), &answer(step, grouped));
        if grouped {
            visit.find("img", "Chart");
        }
        assert_eq!(visit.alerts(), [""; 0], "{}", step.title);
    }
    visit.leave();
}

/// The story's answer as the page shows it, the header first.
fn answer(step: &StoryStep, grouped: bool) -> Vec<Vec<String>> {
    let shown = |cell: &&str| match *cell {
        "" => "–".to_owned(),
        cell if cell.bytes().all(|b| b.is_ascii_digit()) => with_commas(cell),
        // Groups of whole hours are shown to the minute.
        cell if grouped && cell.ends_with(":00.000") => cell[..16].to_owned(),
        cell => cell.to_owned(),
    };
    let header = step.columns.iter().map(|name| (*name).to_owned()).collect();
    let rows = step.answer.iter().map(|row| row.iter().map(shown).collect());
    std::iter::once(header).chain(rows).collect()
}

fn with_commas(digits: &str) -> String {
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}
