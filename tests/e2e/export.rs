//! Taking with one what matches: the files as they arrive on disk.

use std::path::Path;

use serde_json::{Value, json};

use crate::given::{self, Folder};
use crate::visit::{SAMPLE, Visit};

/// Chooses from the menu "Export" and reads the file that the browser saves.
#[track_caller]
fn export(visit: &Visit, folder: &Folder, form: &str, name: &str) -> String {
    let options = json!({ "behavior": "allow", "downloadPath": folder.path() });
    visit.session().devtools("Browser.setDownloadBehavior", &options).expect("a place for downloads");
    let file = folder.path().join(name);
    let _ = std::fs::remove_file(&file);
    visit.click("button", "Export");
    visit.click("menuitem", &format!("{form}*"));
    visit.wait_for(name, || read(&file))
}

fn read(file: &Path) -> Option<String> {
    std::fs::read_to_string(file).ok().filter(|text| !text.is_empty())
}

#[test]
fn everything_that_matches_is_written_not_only_what_is_seen() {
    let Some(visit) = Visit::with_sample() else { return };
    let folder = Folder::new();
    let ndjson = export(&visit, &folder, "NDJSON", "logloupe.ndjson");
    let rows: Vec<Value> = ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {line}")))
        .collect();
    assert_eq!(rows.len() as u64, SAMPLE);
    for row in &rows {
        for name in ["@timestamp", "@format", "@source", "@line", "@message"] {
            assert!(!row[name].is_null(), "{name} in {row}");
        }
    }
    let time = |row: &Value| logloupe_table::time::parse_iso(row["@timestamp"].as_str()?.as_bytes());
    let times: Vec<i64> = rows.iter().filter_map(time).collect();
    assert_eq!(times.len(), rows.len());
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "in the order of the grid, the newest first");
    let flows = rows.iter().filter(|row| row["@format"] == "vpc_flow").count();
    assert_eq!(flows, 2_601);

    let csv = export(&visit, &folder, "CSV", "logloupe.csv");
    assert!(csv.starts_with("@timestamp,@format,@source,@line,@message,"), "{}", &csv[..200]);
    assert_eq!(records(&csv).len() as u64, SAMPLE + 1);
    let width = records(&csv)[0].len();
    assert!(records(&csv).iter().all(|record| record.len() == width), "as many cells in every record");

    // What is filtered, and what is grouped, as it stands there.
    visit.ask("filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"");
    visit.wait_for_counts(20, SAMPLE);
    visit.wait_until(|| visit.events().len(), &20);
    let ndjson = export(&visit, &folder, "NDJSON", "logloupe.ndjson");
    assert_eq!(ndjson.lines().filter(|line| line.contains("\"eventName\":\"RunInstances\"")).count(), 20);
    assert_eq!(ndjson.lines().count(), 20);
    visit.ask("stats count(*) as events by @format | sort events desc | limit 2");
    visit.wait_until(|| visit.look_for("table", "Results").is_some(), &true);
    let csv = export(&visit, &folder, "CSV", "logloupe.csv");
    assert_eq!(csv, "@format,events\r\nvpc_flow,2601\r\ncloudtrail,1931\r\n");
    visit.leave();
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_defused() {
    let formula = "=HYPERLINK(\"http://evil.example/\",\"x\")";
    let trail = given::trail(&[
        given::event(1, &json!({ "userAgent": formula })),
        given::event(2, &json!({ "userAgent": "+1+cmd|' /C calc'!A0" })),
        given::event(3, &json!({ "userAgent": "plain, with a comma" })),
    ]);
    let Some(visit) = Visit::with(&[("trail.json.gz", &trail)], 3) else { return };
    let folder = Folder::new();
    visit.ask("fields userAgent | sort @timestamp asc");
    visit.wait_until(|| visit.rows("Events").first().cloned(), &Some(vec!["userAgent".to_owned()]));
    let csv = export(&visit, &folder, "CSV", "logloupe.csv");
    assert_eq!(
        records(&csv),
        [
            vec!["userAgent".to_owned()],
            vec![format!("'{formula}")],
            vec!["'+1+cmd|' /C calc'!A0".to_owned()],
            vec!["plain, with a comma".to_owned()],
        ]
    );
    // Programs get the text as it was.
    let ndjson = export(&visit, &folder, "NDJSON", "logloupe.ndjson");
    let first: Value = serde_json::from_str(ndjson.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(first["userAgent"], formula);
    visit.leave();
}

/// The records of a CSV, as RFC 4180 has it.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut letters, mut quoted) = (csv.chars().peekable(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            letter => cell.push(letter),
        }
    }
    records
}
