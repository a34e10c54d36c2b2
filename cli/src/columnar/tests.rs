//! Files that were written are read back by the crate's own reader and compared with the conversion to NDJSON, value for
//! value: every format's samples, and what attackers would write.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use logloupe_core::formats::ALL;
use logloupe_table::Value as Cell;
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row},
};
use serde_json::Value;

use crate::{
    Failure, Status,
    args::{Call, parse},
    run,
};

/// A folder that is removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("logloupe-columnar-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
    fn write(&self, name: &str, content: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn call(args: &[&str]) -> Call {
    parse(args.iter().map(Into::into)).expect("a call")
}

/// The rows of all files, by the paths of their columns; and the columns' paths of each file.
#[derive(Default)]
struct Read {
    rows: Vec<BTreeMap<String, Value>>,
    files: Vec<PathBuf>,
}

fn read(folder: &Path) -> Read {
    let mut read = Read::default();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let mut inside: Vec<PathBuf> =
                fs::read_dir(path).expect("a folder").map(|e| e.expect("an entry").path()).collect();
            inside.sort();
            open.extend(inside.into_iter().rev());
            continue;
        }
        let file = SerializedFileReader::new(File::open(&path).expect("a file")).expect("Parquet");
        for row in file.get_row_iter(None).expect("rows") {
            let mut values = BTreeMap::new();
            members(&row.expect("a row"), "", &mut values);
            read.rows.push(values);
        }
        read.files.push(path.strip_prefix(folder).expect("below").to_owned());
    }
    read
}

fn members(row: &Row, path: &str, out: &mut BTreeMap<String, Value>) {
    for (name, field) in row.get_column_iter() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match field {
            Field::Group(inner) => members(inner, &path, out),
            field => {
                let value = value(field);
                if !value.is_null() {
                    out.insert(path, value);
                }
            }
        }
    }
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(v) => (*v).into(),
        Field::Long(v) => (*v).into(),
        Field::Double(v) => (*v).into(),
        Field::Str(v) => v.as_str().into(),
        Field::TimestampMicros(v) => Cell::Time(*v).to_json(),
        Field::ListInternal(list) => one(list.elements().iter().map(value).collect()),
        other => panic!("not written: {other:?}"),
    }
}

/// A list of one is its item: of fields that may have several values NDJSON writes a single one alone.
fn one(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        value => value,
    }
}

/// A name of NDJSON as the rule makes it, told once more.
fn renamed(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('.') {
        let number = part.parse::<u32>().is_ok();
        let part: String = part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        out += if out.is_empty() {
            ""
        } else if number {
            "_"
        } else {
            "."
        };
        out += part.trim_end_matches('_');
    }
    if name.starts_with('@') { out.replacen('_', "log_", 1) } else { out }
}

/// What `convert` makes of the folder's `in`, as NDJSON.
fn ndjson(folder: &Folder) -> Vec<BTreeMap<String, Value>> {
    let mut out = Vec::new();
    let path = folder.0.join("in");
    run(&call(&["convert", path.to_str().expect("a plain name")]), &mut out).expect("answered");
    let lines = out.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let row = |line| {
        let row: BTreeMap<String, Value> = serde_json::from_slice(line).expect("JSON");
        row.into_iter().map(|(name, value)| (renamed(&name), one(value))).collect()
    };
    lines.map(row).collect()
}

fn parquet(folder: &Folder, out: &str, options: &[&str]) -> Read {
    let (from, to) = (folder.0.join("in"), folder.0.join(out));
    let paths = [from.to_str().expect("a plain name"), "--out", to.to_str().expect("a plain name")];
    let args = [&["convert", "--to", "parquet"][..], options, &paths].concat();
    run(&call(&args), &mut Vec::new()).expect("answered");
    read(&to)
}

/// In an order that both conversions can be brought into.
fn sorted(mut rows: Vec<BTreeMap<String, Value>>) -> Vec<BTreeMap<String, Value>> {
    let place = |row: &BTreeMap<String, Value>| {
        let text = |name: &str| row.get(name).map(Value::to_string).unwrap_or_default();
        let line = row.get("log_line").and_then(Value::as_i64);
        (text("log_source"), line, text("log_format"), format!("{row:?}"))
    };
    rows.sort_by_cached_key(place);
    rows
}

#[test]
fn every_formats_samples_are_the_same_as_in_ndjson() {
    let folder = Folder::new("samples");
    for format in ALL {
        for (at, sample) in format.samples().iter().enumerate() {
            folder.write(&format!("in/{}-{at}", format.meta().id), sample.content.as_ref());
        }
    }
    let expected = sorted(ndjson(&folder));
    let written = parquet(&folder, "out", &[]);
    assert!(written.files.len() > 40, "{:?}", written.files);
    let found = sorted(written.rows);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        // Two names that differ in their signs only have a number: by their values they are found nevertheless.
        let plain = |row: &BTreeMap<String, Value>| {
            let name = |name: &str| {
                name.replace('.', "_")
                    .trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
                    .to_lowercase()
            };
            let mut values: Vec<(String, String)> =
                row.iter().map(|(n, v)| (name(n), v.to_string())).collect();
            values.sort();
            values
        };
        assert_eq!(plain(found), plain(expected));
    }

    // The same rows lie in folders, whose names are values that the rows lack.
    let placed = parquet(&folder, "placed", &["--partition-by", "day,account,region"]);
    assert!(placed.files.len() > written.files.len());
    let lines = |rows: &[BTreeMap<String, Value>]| {
        let mut lines: Vec<String> =
            rows.iter().map(|row| format!("{:?} {:?}", row["log_source"], row["log_line"])).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&placed.rows), lines(&expected));
    for path in &placed.files {
        let keys: Vec<&str> =
            path.iter().filter_map(|step| step.to_str()?.split_once('=')).map(|(key, _)| key).collect();
        assert_eq!(keys, ["day", "account", "region"], "{path:?}");
    }
}

#[test]
fn what_attackers_typed_leads_to_no_other_folder() {
    let folder = Folder::new("hostile");
    let long = "x".repeat(5000);
    let kinds =
        ["../../x", "", "a/b=c", "..", "%2F", "nul\u{0}", &long, "größe", "__HIVE_DEFAULT_PARTITION__"];
    let mut lines = String::from("time,kind,n\n");
    for (at, kind) in kinds.iter().enumerate() {
        lines += &format!("2026-03-05T01:00:{at:02}Z,{kind},{at}\n");
    }
    folder.write("in/app.csv", lines.as_bytes());
    let written = parquet(&folder, "out", &["--partition-by", "kind"]);
    let mut steps: Vec<String> = written
        .files
        .iter()
        .map(|file| file.iter().nth(1).expect("a folder").to_string_lossy().into_owned())
        .collect();
    steps.sort();
    assert_eq!(
        steps,
        [
            "kind=%252F",
            "kind=..",
            "kind=..%2F..%2Fx",
            "kind=__HIVE_DEFAULT_PARTITION__",
            "kind=a%2Fb%3Dc",
            "kind=größe",
            "kind=nul%00"
        ]
    );
    assert_eq!(written.rows.len(), kinds.len());
    assert!(written.rows.iter().all(|row| !row.contains_key("kind")));
    assert_eq!(fs::read_dir(&folder.0).expect("a folder").count(), 2, "nothing lies outside");
}

#[test]
fn columns_that_come_later_come_in_a_further_file() {
    let folder = Folder::new("later");
    let rows = super::GROUP_ROWS + 40_000;
    let table = |names: &str, rows: std::ops::Range<usize>| {
        let lines: String = rows.map(|at| format!("2026-03-05T01:00:00Z,{at},x\n")).collect();
        format!("time,{names}\n{lines}")
    };
    folder.write("in/a.csv", table("early,kind", 0..1000).as_bytes());
    folder.write("in/b.csv", table("late,kind", 1000..rows).as_bytes());
    folder.write("in/c.csv", table("latest,kind", 7..8).as_bytes());
    let written = parquet(&folder, "out", &[]);
    assert_eq!(written.rows.len(), rows + 1);
    assert_eq!(written.files.len(), 2, "{:?}", written.files);
    let sum = |key: &str| {
        written
            .rows
            .iter()
            .filter_map(|row| row.get(key)?.to_string().trim_matches('"').parse::<i64>().ok())
            .sum::<i64>()
    };
    let all = (rows * (rows - 1) / 2) as i64;
    assert_eq!((sum("early") + sum("late"), sum("latest")), (all, 7));
    assert!(sum("late") > 0);
}

#[test]
fn a_folder_that_has_something_in_it_is_left_alone() {
    let folder = Folder::new("full");
    folder.write("in/a.log", b"2026-03-05T01:29:37Z INFO [main] ready\n");
    folder.write("out/kept", b"x");
    for out in ["out", "in/a.log"] {
        let to = folder.0.join(out);
        let to = to.to_str().expect("a plain name");
        let from = folder.0.join("in");
        let args = ["convert", "--to", "parquet", "--out", to, from.to_str().expect("a plain name")];
        match run(&call(&args), &mut Vec::new()) {
            Err(Failure::Refused(why)) => assert!(why.contains(to), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fs::read_dir(folder.0.join("out")).expect("a folder").count(), 1);
}

#[test]
fn without_rows_there_are_no_files() {
    let folder = Folder::new("none");
    folder.write("in/empty", b"");
    let (from, to) = (folder.0.join("in"), folder.0.join("out"));
    let paths = [from.to_str().expect("a plain name"), "--out", to.to_str().expect("a plain name")];
    let outcome = run(&call(&[&["convert", "--to", "parquet"][..], &paths].concat()), &mut Vec::new());
    assert!(matches!(outcome, Ok(Status::Answered)), "{outcome:?}");
    assert!(read(&to).files.is_empty());
}
