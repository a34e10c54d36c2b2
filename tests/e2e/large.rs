//! Files that are worth several workers: read in parts, counted once, stopped in the midst.

use crate::given::Folder;
use crate::visit::Visit;

#[test]
fn a_large_log_is_read_in_parts_and_every_line_keeps_its_number() {
    const ROWS: u64 = 400_000;
    let Some(visit) = Visit::begin() else { return };
    let folder = Folder::new();
    let file = folder.bulk_flows("large.log", ROWS);
    assert!(std::fs::metadata(&file).is_ok_and(|m| m.len() > 40_000_000), "large enough to be split");
    visit.upload("Open log files", &[&file]);
    visit.wait_for_counts(ROWS, ROWS);
    visit.wait_until_read();

    // One line of the ledger, however many parts; the header is a line and no record.
    let rows = visit.ledger();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(
        (rows[0][3].as_str(), rows[0][4].as_str(), rows[0][5].as_str()),
        ("read", "400,000", "400,000")
    );
    visit.click("button", "Explore");

    // The newest event is the last line, the oldest the first below the header.
    visit.open_row(0);
    visit.wait_until(|| visit.text(&visit.select("aside")).contains("line 400,001, record 400,000"), &true);
    visit.ask("stats min(@line) as first, max(@line) as last, count_distinct(@line) as lines");
    let cells = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    visit.wait_until(
        || visit.rows("Results"),
        &vec![cells(["first", "last", "lines"]), cells(["2", "400,001", "400,000"])],
    );
    visit.leave();
}

#[test]
fn stopping_keeps_what_was_read() {
    const EACH: u64 = 400_000;
    const FILES: u64 = 8;
    let Some(visit) = Visit::begin() else { return };
    let folder = Folder::new();
    let first = folder.bulk_flows("0.log", EACH);
    let mut files = vec![first.clone()];
    for n in 1..FILES {
        let copy = folder.path().join(format!("{n}.log"));
        std::fs::hard_link(&first, &copy).expect("a second name for the file");
        files.push(copy);
    }
    visit.upload("Open log files", &files);
    visit.wait_until(|| visit.counts().is_some_and(|(_, total)| total > 0), &true);
    assert!(visit.look_for("progressbar", "Loading").is_some(), "still loading");
    visit.click("button", "Cancel");
    visit.wait_until_read();

    let ledger = visit.ledger();
    assert_eq!(ledger.len() as u64, FILES, "every file has its line: {ledger:#?}");
    assert!(ledger.iter().any(|row| row[3] == "cancelled"), "{ledger:#?}");
    let sum =
        |column: usize| -> u64 { ledger.iter().filter_map(|row| crate::visit::number(&row[column])).sum() };
    let rows = sum(5);
    assert!(rows > 0 && rows < EACH * FILES, "some of it: {rows}");
    assert_eq!(sum(4), rows + sum(6) + sum(7), "what was read is accounted for");
    visit.click("button", "Explore");
    visit.wait_for_counts(rows, rows);
    visit.ask("stats count(*) as events");
    visit.wait_until(
        || visit.rows("Results").get(1).and_then(|row| crate::visit::number(&row[0])),
        &Some(rows),
    );
    visit.leave();
}
