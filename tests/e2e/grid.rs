//! Which: the rows, sorted, and as many as there are.

use logloupe_tests::webdriver::keys;

use crate::given;
use crate::visit::{SAMPLE, Visit};

#[test]
fn a_click_on_a_head_sorts_all_rows() {
    let sizes = [300, 20, 1_000, 7];
    let log: String = (sizes.iter().zip(0..))
        .map(|(bytes, n)| given::flow("10.0.0.1", *bytes, n, "ACCEPT") + "\n")
        .collect();
    let Some(visit) = Visit::with(&[("flows.log", log.as_bytes())], 4) else { return };
    let order =
        |name: &str| visit.attribute(&visit.find("columnheader", name), "aria-sort").unwrap_or_default();
    assert_eq!(order("@timestamp"), "descending", "the newest first");
    assert_eq!(order("bytes"), "none");
    let shown = || -> Vec<String> { visit.events().iter().filter_map(|row| row.last().cloned()).collect() };
    assert_eq!(shown(), ["7 B", "1.0 kB", "20 B", "300 B"]);

    visit.click("columnheader", "bytes");
    visit.wait_until(|| order("bytes") != "none", &true);
    let mut wanted = ["7 B", "20 B", "300 B", "1.0 kB"].map(str::to_owned).to_vec();
    let first = order("bytes");
    if first == "descending" {
        wanted.reverse();
    }
    visit.wait_until(shown, &wanted);
    visit.click("columnheader", "bytes");
    wanted.reverse();
    visit.wait_until(shown, &wanted);
    assert_ne!(order("bytes"), first);
    visit.leave();
}

#[test]
fn only_what_is_seen_is_drawn_and_every_row_can_be_reached() {
    let Some(visit) = Visit::with_sample() else { return };
    let grid = visit.find("grid", "Events");
    assert_eq!(visit.attribute(&grid, "aria-rowcount"), Some((SAMPLE + 1).to_string()));
    assert!(visit.rows("Events").len() < 100, "a window of the rows");
    visit.script("arguments[0].focus()", &[grid.to_json()]);
    visit.press(&[keys::END]);
    let last = format!("[role=row][aria-rowindex='{}']", SAMPLE + 1);
    let row = visit.select(&last);
    visit.wait_until(|| visit.text(&row).contains("2026-03-0"), &true);
    let [_, top, _, height] = visit.place(&row);
    let [_, grid_top, _, grid_height] = visit.place(&grid);
    assert!(top >= grid_top && top + height <= grid_top + grid_height + 1.0, "the last row is seen whole");

    // By the scroll bar too.
    visit.script("arguments[0].scrollTop = 0", &[grid.to_json()]);
    visit.wait_until(|| visit.look_for_css("[role=row][aria-rowindex='2']").is_some(), &true);
    visit.script("arguments[0].scrollTop = arguments[0].scrollHeight", &[grid.to_json()]);
    visit.wait_until(|| visit.look_for_css(&last).is_some(), &true);
    visit.leave();
}

#[test]
fn columns_are_added_from_a_value_and_kept_in_the_address() {
    let Some(visit) = Visit::with(&[("flows.log", &given::flows(3))], 3) else { return };
    visit.click("button", "ACCEPT, * events");
    visit.click("menuitem", "Add column");
    let heads = || visit.rows("Events")[0].clone();
    let before = heads().len();
    visit.wait_until(|| heads().len() >= before, &true);
    visit.wait_until(|| visit.events().iter().all(|row| row.iter().any(|cell| cell == "ACCEPT")), &true);
    assert!(visit.script("return location.hash", &[]).as_str().is_some_and(|hash| hash.contains("c=")));
    visit.leave();
}
