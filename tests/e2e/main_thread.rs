//! The page answers while its workers work. How long its longest tasks were is printed (`-- --nocapture`), never
//! asserted: a busy machine is no fault of the page.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::given::Folder;
use crate::visit::Visit;

/// Has the page note its long tasks, those over 50 ms.
fn observe(visit: &Visit) {
    visit.script(
        "window.__long = [];
         new PerformanceObserver(list => list.getEntries().forEach(e => __long.push(Math.round(e.duration))))
             .observe({ type: 'longtask' })",
        &[],
    );
}

/// What the page noted since the last call.
fn long_tasks(visit: &Visit, of: &str) {
    let noted = visit.script("return __long.splice(0)", &[]);
    println!("long tasks of the main thread, ms, {of}: {noted}");
}

/// Waits by asking the page as little as possible: every question is work of the same thread.
fn quietly_wait(visit: &Visit, status: &str) {
    visit.wait_for(status, || {
        sleep(Duration::from_millis(200));
        visit.status().filter(|now| now.starts_with(status))
    });
}

#[test]
fn the_page_answers_while_it_loads() {
    const ROWS: u64 = 800_000;
    let Some(visit) = Visit::begin() else { return };
    observe(&visit);
    let sample =
        "[...document.querySelectorAll('button')].find(b => b.innerText.includes('Try sample logs')).click()";
    visit.script(sample, &[]);
    quietly_wait(&visit, "8,901 of 8,901 events");
    sleep(Duration::from_millis(500));
    long_tasks(&visit, "loading the sample");

    for query in [
        "filter event.outcome = \"failure\"",
        "stats count(*) by bin(5m), @format",
        "stats count(*) by source.ip",
        "",
    ] {
        visit.fill("textbox", "Query", query);
        visit.script("window.__long = []", &[]);
        visit.press(&['\u{E007}']);
        sleep(Duration::from_millis(700));
        long_tasks(&visit, &format!("asking {query:?}"));
    }

    let folder = Folder::new();
    let file = folder.bulk_flows("large.log", ROWS);
    visit.script("window.__long = []", &[]);
    visit.upload("Open log files", &[&file]);
    visit.script("window.__long = []", &[]);
    // The query can be typed meanwhile.
    visit.fill("textbox", "Query", "ACCEPT");
    assert_eq!(visit.query(), "ACCEPT");
    visit.fill("textbox", "Query", "");
    quietly_wait(&visit, "808,901 of 808,901 events");
    sleep(Duration::from_millis(500));
    long_tasks(&visit, "loading 92 MB of flow logs");
    for query in [
        "filter action = \"REJECT\"",
        "stats count(*), sum(bytes) by srcAddr",
        "stats count(*) by bin(5m)",
        "",
    ] {
        visit.fill("textbox", "Query", query);
        visit.script("window.__long = []", &[]);
        visit.press(&['\u{E007}']);
        sleep(Duration::from_millis(1_500));
        long_tasks(&visit, &format!("asking {query:?} of 800,000 rows"));
    }
    let grid = visit.find("grid", "Events");
    visit.script("window.__long = []", &[]);
    for part in 1..10 {
        visit.script(
            "arguments[0].scrollTop = arguments[0].scrollHeight * arguments[1]",
            &[grid.to_json(), json!(f64::from(part) / 10.0)],
        );
        sleep(Duration::from_millis(100));
    }
    long_tasks(&visit, "scrolling 808,901 rows");
    assert_eq!(visit.attribute(&grid, "aria-rowcount").as_deref(), Some("808902"));
    visit.leave();
}
