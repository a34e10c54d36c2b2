//! The address holds the view, never the logs.

use serde_json::json;

use crate::visit::{SAMPLE, Visit};

const QUERY: &str =
    "filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"";

#[test]
fn a_reload_brings_the_view_back_when_the_logs_are_given_again() {
    let Some(mut visit) = Visit::with_sample() else { return };
    visit.ask(QUERY);
    visit.wait_for_counts(20, SAMPLE);
    let hash = || visit.script("return decodeURIComponent(location.hash.replaceAll('+', ' '))", &[]);
    visit.wait_until(|| hash().as_str().is_some_and(|h| h.contains(QUERY)), &true);
    assert!(visit.requests_after_load().is_empty());

    visit.reload();
    assert_eq!(visit.names("grid"), [""; 0], "logs are never kept");
    visit.click("button", "Try sample logs");
    visit.wait_for_counts(20, SAMPLE);
    assert_eq!(visit.query(), QUERY);

    // A brush is part of it too.
    let [left, top, width, height] = visit.place(&visit.select(".plot-area"));
    let y = top + height / 2.0;
    visit.drag((left + width * 0.2, y), (left + width * 0.7, y));
    visit.wait_until(|| visit.look_for("button", "Remove time range").is_some(), &true);
    visit.wait_until(|| visit.script("return location.hash.includes('t=')", &[]), &json!(true));
    visit.wait_until_read();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let counts = visit.counts();
    visit.reload();
    visit.click("button", "Try sample logs");
    visit.wait_until_read();
    visit.wait_until(|| visit.counts(), &counts);
    visit.leave();
}

#[test]
fn back_and_forward_go_through_the_questions() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask(QUERY);
    visit.wait_for_counts(20, SAMPLE);
    visit.ask("filter eventName = \"AssumeRole\" and sourceIPAddress = \"203.0.113.77\"");
    visit.wait_for_counts(2, SAMPLE);
    visit.script("history.back()", &[]);
    visit.wait_for_counts(20, SAMPLE);
    assert_eq!(visit.query(), QUERY);
    visit.script("history.back()", &[]);
    visit.wait_for_counts(SAMPLE, SAMPLE);
    assert_eq!(visit.query(), "");
    visit.script("history.forward()", &[]);
    visit.wait_for_counts(20, SAMPLE);

    // The ledger is a place of its own.
    visit.click("button", "Ledger*");
    visit.find("region", "Ledger");
    visit.script("history.back()", &[]);
    visit.find("grid", "Events");
    visit.wait_for_counts(20, SAMPLE);
    visit.leave();
}

#[test]
fn the_theme_is_chosen_and_kept() {
    let Some(mut visit) = Visit::begin() else { return };
    visit.theme(logloupe_tests::browser::Theme::Light);
    let ground = |visit: &Visit| visit.script("return getComputedStyle(document.body).backgroundColor", &[]);
    let by_system = ground(&visit);
    visit.theme(logloupe_tests::browser::Theme::Dark);
    visit.wait_until(|| ground(&visit) != by_system, &true);
    let dark = ground(&visit);
    visit.click("button", "Theme");
    visit.wait_until(|| ground(&visit), &by_system);
    visit.reload();
    assert_eq!(ground(&visit), by_system, "light was chosen, whatever the system has");
    visit.click("button", "Theme");
    visit.wait_until(|| ground(&visit), &dark);
    visit.theme(logloupe_tests::browser::Theme::Light);
    assert_eq!(ground(&visit), dark, "dark was chosen");
    visit.leave();
}
