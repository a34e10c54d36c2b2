//! One event in full: opened by pointer and by keyboard, as fields, as JSON, as it was read.

use logloupe_tests::webdriver::keys;
use serde_json::{Value, json};

use crate::given;
use crate::visit::Visit;

#[test]
fn a_row_opens_with_its_fields_and_its_raw_line() {
    let log = given::flows(5);
    let lines: Vec<String> = String::from_utf8_lossy(&log).lines().map(str::to_owned).collect();
    let Some(visit) = Visit::with(&[("flows.log", &log)], 5) else { return };
    // The newest comes first.
    visit.open_row(0);
    visit.find("complementary", "Event detail");
    let head = |line: u64| format!("line {line}, record {line}");
    visit.wait_until(|| visit.text(&visit.select("aside")).contains(&head(5)), &true);
    let fields = visit.tab("Fields");
    assert!(fields.contains("srcaddr") || fields.contains("srcAddr"), "{fields}");
    assert!(fields.contains("10.0.1.4"), "{fields}");
    assert_eq!(visit.text(&visit.tab_text("Raw", "pre.raw")), lines[4]);

    // The next row shows in the same tab.
    visit.click("button", "Next event");
    visit.wait_until(|| visit.text(&visit.select("aside pre.raw")), &lines[3]);
    assert!(visit.text(&visit.select("aside")).contains(&head(4)));
    visit.click("button", "Previous event");
    visit.wait_until(|| visit.text(&visit.select("aside pre.raw")), &lines[4]);

    visit.press(&[keys::ESCAPE]);
    visit.wait_until(|| visit.look_for("complementary", "Event detail").is_none(), &true);
    visit.leave();
}

#[test]
fn a_json_record_is_laid_out_without_changing_it() {
    let event = given::event(
        1,
        &json!({
            "requestParameters": { "bucketName": "prod", "nested": [1, 2.50, { "deep": "ä \"quoted\" \\ \n" }, [], {}], "big": 9_007_199_254_740_993_u64 },
        }),
    );
    let trail = given::trail(std::slice::from_ref(&event));
    let Some(visit) = Visit::with(&[("trail.json.gz", &trail)], 1) else { return };
    visit.open_row(0);
    let read = |text: String| {
        serde_json::from_str::<Value>(&text).unwrap_or_else(|fault| panic!("{fault} in {text}"))
    };
    assert_eq!(read(visit.text(&visit.tab_text("JSON", "pre.json"))), event);
    assert_eq!(read(visit.text(&visit.tab_text("Raw", "pre.raw"))), event);
    let fields = visit.tab("Fields");
    assert!(fields.contains("requestParameters.nested.2.deep"), "every path is a field: {fields}");

    // A value of a path can be asked for.
    visit.click("button", "prod");
    visit.click("menuitem", "Exclude");
    visit.wait_for_counts(0, 1);
    visit.leave();
}

#[test]
fn everything_can_be_done_by_keyboard() {
    let Some(visit) = Visit::with(&[("flows.log", &given::flows(50))], 50) else { return };
    visit.press(&['/']);
    let focused =
        || visit.script("return document.activeElement?.ariaLabel ?? document.activeElement?.tagName", &[]);
    visit.wait_until(focused, &json!("Query"));
    for letter in "10.0.1.7".chars() {
        visit.press(&[letter]);
    }
    assert_eq!(visit.query(), "10.0.1.7", "the slash went there, and was not typed");
    visit.press(&[keys::ENTER]);
    visit.wait_for_counts(1, 50);
    visit.fill("textbox", "Query", "");
    visit.press(&[keys::ENTER]);
    visit.wait_for_counts(50, 50);
    visit.press(&[keys::ESCAPE]);

    let selected = || {
        visit.script("return [...document.querySelectorAll('[role=row][aria-selected=true]')].map(r => r.ariaRowIndex)", &[])
    };
    visit.press(&['j']);
    visit.wait_until(selected, &json!(["2"]));
    visit.press(&['j']);
    visit.press(&['j']);
    visit.wait_until(selected, &json!(["4"]));
    visit.press(&['k']);
    visit.wait_until(selected, &json!(["3"]));
    visit.press(&[keys::ENTER]);
    visit.find("complementary", "Event detail");
    let line = |n: u64| format!("line {n}, record {n}");
    visit.wait_until(|| visit.text(&visit.select("aside")).contains(&line(49)), &true);
    visit.press(&['j']);
    visit.wait_until(|| visit.text(&visit.select("aside")).contains(&line(48)), &true);
    visit.press(&[keys::ESCAPE]);
    visit.wait_until(|| visit.look_for("complementary", "Event detail").is_none(), &true);

    visit.press(&['?']);
    visit.find("dialog", "Keys");
    visit.press(&[keys::ESCAPE]);
    visit.wait_until(|| visit.look_for("dialog", "Keys").is_none(), &true);

    // With the grid in focus, the arrows and the ends.
    visit.script("document.querySelector('[role=grid]').focus()", &[]);
    visit.press(&[keys::END]);
    visit.wait_until(selected, &json!(["51"]));
    visit.press(&[keys::HOME]);
    visit.wait_until(selected, &json!(["2"]));
    visit.press(&[keys::DOWN]);
    visit.press(&[keys::ENTER]);
    visit.wait_until(|| visit.text(&visit.select("aside")).contains(&line(49)), &true);
    visit.leave();
}
