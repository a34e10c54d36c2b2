//! What everybody must be able to use: narrow windows, names for everything that can be pressed.

use crate::given;
use crate::visit::{SAMPLE, Visit};

#[track_caller]
fn fits(visit: &Visit) {
    let sizes = visit.script("return [document.scrollingElement.scrollWidth, innerWidth]", &[]);
    assert!(sizes[0].as_u64() <= sizes[1].as_u64(), "the page is wider than its window: {sizes}");
}

#[track_caller]
fn all_named(visit: &Visit) {
    for role in [
        "button",
        "textbox",
        "searchbox",
        "menuitem",
        "tab",
        "radio",
        "grid",
        "table",
        "dialog",
        "progressbar",
    ] {
        let names = visit.names(role);
        assert!(names.iter().all(|name| !name.trim().is_empty()), "a {role} without a name among {names:?}");
    }
}

#[test]
fn a_narrow_window_has_everything_in_reach() {
    let Some(visit) = Visit::begin() else { return };
    visit.resize(390, 844);
    fits(&visit);
    visit.load_sample();
    fits(&visit);
    let [_, top, width, _] = visit.place(&visit.find("textbox", "Query"));
    assert!(top < 844.0 && width > 150.0, "the query is there");
    let grid = visit.find("grid", "Events");
    let [_, top, _, height] = visit.place(&grid);
    assert!(height > 200.0 && top + height <= 845.0, "rows are there: {top} {height}");
    assert!(!visit.events().is_empty());

    assert!(visit.look_for("region", "Facets").is_none(), "the facets wait for their button");
    visit.click("button", "Facets");
    visit.find("region", "Facets");
    fits(&visit);
    let (value, count) = visit.facet("@format").swap_remove(0);
    visit.choose(&value, "Only");
    visit.wait_for_counts(count, SAMPLE);
    if visit.look_for("button", "Close facets").is_some() {
        visit.click("button", "Close facets");
    }
    visit.wait_until(|| visit.look_for("region", "Facets").is_none(), &true);

    visit.open_row(0);
    visit.find("complementary", "Event detail");
    fits(&visit);
    visit.click("button", "Close event");
    visit.ask("stats count(*) by bin(1h), @format");
    visit.find("table", "Results");
    fits(&visit);
    visit.ledger();
    fits(&visit);
    visit.leave();
}

#[test]
fn everything_that_can_be_pressed_has_a_name() {
    let Some(visit) = Visit::begin() else { return };
    all_named(&visit);
    visit.load_sample();
    all_named(&visit);
    let (value, _) = visit.facet("@format").swap_remove(0);
    visit.click("button", &format!("{value}, * events"));
    all_named(&visit);
    visit.press(&[logloupe_tests::webdriver::keys::ESCAPE]);
    visit.open_row(0);
    visit.tab("Fields");
    all_named(&visit);
    visit.ask("stats count(*) by bin(1h), @format");
    visit.find("img", "Chart");
    all_named(&visit);
    visit.ledger();
    all_named(&visit);
    visit.leave();
}

#[test]
fn names_that_scripts_rely_on_are_there() {
    let Some(visit) = Visit::with(&[("flows.log", &given::flows(3))], 3) else { return };
    for (role, name) in [
        ("textbox", "Query"),
        ("radiogroup", "Query language"),
        ("radio", "Insights"),
        ("radio", "SQL"),
        ("grid", "Events"),
        ("columnheader", "@timestamp"),
        ("figure", "Events over time"),
        ("region", "Facets"),
        ("list", "Active filters"),
        ("button", "Theme"),
    ] {
        visit.find(role, name);
    }
    assert_eq!(visit.status().as_deref(), Some("3 of 3 events"));
    assert_eq!(visit.attribute(&visit.find("grid", "Events"), "aria-rowcount").as_deref(), Some("4"));
    visit.click("button", "Ledger*");
    visit.find("region", "Ledger");
    visit.leave();
}
