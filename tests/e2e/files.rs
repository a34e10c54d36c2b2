//! Giving logs: dropped, chosen, packed, damaged. Each file has its line in the ledger; one bad file costs no other.

use logloupe_sample::gzip;

use crate::given::{self, Folder};
use crate::visit::Visit;

/// Columns of the ledger.
const FORMAT: usize = 1;
const WHY: usize = 2;
const STATE: usize = 3;
const RECORDS: usize = 4;
const ROWS: usize = 5;
const REJECTED: usize = 6;

#[test]
fn a_drop_of_everything_reads_what_can_be_read_and_names_the_rest() {
    let Some(visit) = Visit::begin() else { return };
    let flows = given::flows(100);
    let trail =
        given::trail(&[given::event(1, &serde_json::json!({})), given::event(2, &serde_json::json!({}))]);
    let packed = gzip::member(&given::flows(4_000));
    let garbage: Vec<u8> = (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    visit.drop_files(&[
        ("flows.log", &flows),
        ("trail.json.gz", &trail),
        ("picture.png", given::PICTURE),
        ("empty.log", b""),
        ("garbage.bin", &garbage),
        ("cut.log.gz", &packed[..packed.len() / 2]),
        ("notes.txt", b"Dear diary,\ntoday I read logs.\nAll day.\n"),
    ]);
    visit.wait_until(|| visit.counts().is_some_and(|(all, _)| all > 105), &true);
    visit.wait_until_read();

    let flows = visit.ledger_of("flows.log");
    assert_eq!((flows[FORMAT].as_str(), flows[STATE].as_str()), ("vpc_flow", "read"), "{flows:?}");
    assert_eq!((flows[RECORDS].as_str(), flows[ROWS].as_str()), ("100", "100"));
    assert!(!flows[WHY].is_empty(), "why it was taken for what it is: {flows:?}");
    let trail = visit.ledger_of("trail.json.gz");
    assert_eq!((trail[STATE].as_str(), trail[ROWS].as_str()), ("read", "2"), "{trail:?}");
    assert!(trail[FORMAT].starts_with("cloudtrail") && trail[FORMAT].contains("gzip"), "{trail:?}");
    for (file, state, words) in [
        ("picture.png", "set aside", "a PNG picture"),
        ("empty.log", "set aside", "an empty file"),
        ("garbage.bin", "not read", ""),
        ("notes.txt", "read", "read as plain text"),
        ("cut.log.gz", "read in part", "gzip"),
    ] {
        let row = visit.ledger_of(file);
        println!("{file}: {}: {}", row[STATE], row[WHY]);
        assert_eq!(row[STATE], state, "{row:?}");
        assert!(!row[WHY].is_empty() && row[WHY].contains(words), "{row:?}");
    }
    let cut: u64 = visit.ledger_of("cut.log.gz")[ROWS].replace(',', "").parse().expect("a number");
    assert!(cut > 500, "good records before the fault are kept: {cut}");
    assert_eq!(visit.ledger().len(), 7);
    visit.click("button", "Explore");
    visit.wait_for_counts(105 + cut, 105 + cut);
    visit.leave();
}

#[test]
fn chosen_files_load_archives_member_by_member() {
    let Some(visit) = Visit::begin() else { return };
    let folder = Folder::new();
    let event = |n| given::event(n, &serde_json::json!({}));
    let zip = given::zip(&[
        ("AWSLogs/one.json.gz", &given::trail(&[event(1), event(2), event(3)])),
        ("AWSLogs/two.json.gz", &given::trail(&[event(4)])),
        ("AWSLogs/flows.log", &given::flows(10)),
        ("AWSLogs/readme.png", given::PICTURE),
    ]);
    let files = [
        folder.file("logs.zip", &zip),
        folder.file("a.log", &given::flows(5)),
        folder.file("b.log.gz", &gzip::member(&given::flows(7))),
    ];
    visit.upload("Open log files", &files);
    visit.wait_for_counts(26, 26);
    visit.wait_until_read();
    let ledger = visit.ledger();
    let names: Vec<&str> = ledger.iter().filter_map(|row| row[0].lines().next()).collect();
    for name in ["one.json.gz", "two.json.gz", "flows.log", "readme.png", "a.log", "b.log.gz"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let one = visit.ledger_of("one.json.gz");
    assert!(one[0].contains("logs.zip"), "the archive it came from: {one:?}");
    assert!(one[FORMAT].contains("zip › gzip"), "{one:?}");

    // More can be added to what is there.
    visit.upload("Open log files", &[folder.file("c.log", &given::flows(4))]);
    visit.wait_for_counts(30, 30);
    visit.wait_until_read();
    visit.leave();
}

#[test]
fn closing_all_logs_begins_anew() {
    let Some(visit) = Visit::with(&[("flows.log", &given::flows(5))], 5) else { return };
    visit.click("button", "Add logs");
    visit.click("menuitem", "Close all logs");
    visit.find("button", "Try sample logs");
    // Workers are started anew to give their memory back; their script is all that is asked for.
    visit.drop_files(&[("other.log", &given::flows(3))]);
    visit.wait_for_counts(3, 3);
    let asked = visit.requests_after_load();
    let is_worker = |path: &String| path.starts_with(&format!("{}worker-", logloupe_tests::browser::MOUNT));
    assert!(asked.iter().all(is_worker), "{asked:?}");
    assert_eq!(visit.console_errors(), [""; 0]);
}

/// A flow log of an order of one's own, without a header: named, read once its order is said, and remembered.
#[test]
fn what_a_file_does_not_say_is_said_once_and_remembered() {
    let Some(mut visit) = Visit::begin() else { return };
    let line =
        "eni-0a1b2c3d 10.0.0.1 203.0.113.77 443 49152 6 ACCEPT vpc-0a1b2c3d 1772674177 1772674237 5400 12\n";
    let flows = line.repeat(3);
    let names = "interface-id srcaddr dstaddr srcport dstport protocol action vpc-id start end bytes packets";
    visit.drop_files(&[("flows-1.log", flows.as_bytes())]);
    visit.wait_until_read();
    let row = visit.ledger_of("flows-1.log");
    assert_eq!(row[STATE], "not read", "{row:?}");
    assert!(row[WHY].contains("flow"), "{row:?}");
    visit.click("button", "Read as…");
    visit.fill("textbox", "Names of its fields, in their order", names);
    visit.click("button", "Read");
    visit.wait_until(|| visit.ledger_of("flows-1.log")[STATE].clone(), &"read".to_owned());
    assert_eq!(visit.ledger_of("flows-1.log")[ROWS], "3");
    // In a later visit, and of another file like it.
    visit.reload();
    visit.drop_files(&[("flows-2.log", flows.as_bytes())]);
    visit.wait_for_counts(3, 3);
    visit.leave();
}

#[test]
fn lines_that_are_no_record_are_rejected_with_their_place() {
    let mut log = given::flows(20);
    log.extend_from_slice(
        b"2 111122223333 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 lots 1772445600 1772445659 ACCEPT OK\n",
    );
    log.extend(given::flows(20));
    let Some(visit) = Visit::with(&[("flows.log", &log)], 40) else { return };
    let row = visit.ledger_of("flows.log");
    assert_eq!((row[RECORDS].as_str(), row[ROWS].as_str(), row[REJECTED].as_str()), ("41", "40", "1"));
    visit.click_css("[role=region] tbody button.bad");
    let shown = visit.text(&visit.select(".rejections li"));
    assert!(shown.starts_with("line 21, column "), "{shown}");
    assert!(shown.contains("lots"), "{shown}");
    assert_eq!(visit.text(&visit.select(".rejections mark")), "l", "the place itself is marked");
    visit.leave();
}

#[test]
fn pasted_lines_are_read_like_a_file() {
    let Some(visit) = Visit::begin() else { return };
    visit.click("button", "Paste");
    visit.find("dialog", "Paste log lines");
    let field = visit.find("textbox", "Log lines");
    visit.session().send_keys(&field, &String::from_utf8_lossy(&given::flows(3))).expect("a field");
    visit.click("button", "Read");
    visit.wait_for_counts(3, 3);
    visit.leave();
}
