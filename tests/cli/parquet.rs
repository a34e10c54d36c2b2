//! `convert --to parquet`: what it says and leaves behind, and what other engines find in its files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use logloupe_core::formats::ALL;
use logloupe_golden::skip::skip;
use logloupe_sample::incident_story;
use logloupe_table::Kind;
use logloupe_tests::command::Folder;
use serde_json::{Map, Value, json};

use crate::logloupe;

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let below = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    let mut all: Vec<PathBuf> = below.collect();
    all.sort();
    all
}

#[test]
fn files_lie_where_they_are_expected_and_are_told() {
    let folder = Folder::new();
    let log = b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status region\n\
        2 111122223333 eni-1 192.0.2.11 10.0.0.1 1 22 6 1 40 1772674165 1772674166 REJECT OK us-east-1\n\
        2 111122223333 eni-1 192.0.2.11 10.0.0.1 1 22 6 1 40 1772760565 1772760566 REJECT OK -\n\
        broken\n";
    folder.write("logs/flow.log", log);
    let (logs, out, placed) = (folder.file("logs"), folder.file("out"), folder.file("placed"));
    let said = logloupe(&["convert", "--to", "parquet", "--out", &out, &logs]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    assert_eq!(files(Path::new(&out)), [Path::new(&out).join("vpc_flow.parquet")]);
    assert!(
        said.err.contains("2 rows of vpc_flow in ") && said.err.contains("1 of 3 records rejected"),
        "{}",
        said.err
    );

    let keys = ["--partition-by", "day,account,region"];
    let said = logloupe(&[&["convert", "--to=parquet", "--out", &placed][..], &keys, &[&logs]].concat());
    let base = Path::new(&placed).join("vpc_flow");
    let none = "__HIVE_DEFAULT_PARTITION__";
    let expected = [("2026-03-05", "us-east-1"), ("2026-03-06", none)].map(|(day, region)| {
        base.join(format!("day={day}/account=111122223333/region={region}/part-0.parquet"))
    });
    assert_eq!(files(&base), expected, "{}", said.err);

    // Nothing is overwritten; a key that no log has is named.
    let again = logloupe(&["convert", "--to", "parquet", "--out", &out, &logs]);
    assert_eq!(again.status, 2);
    assert!(again.err.contains("the folder is not empty"), "{}", again.err);
    let said = logloupe(&[
        "convert",
        "--to",
        "parquet",
        "--partition-by",
        "regio",
        "--out",
        &folder.file("typo"),
        &logs,
    ]);
    assert!(said.err.contains("no log has a column `regio`"), "{}", said.err);
    for args in [["--partition-by", "day,,x"], ["--partition-by", "day,Day"]] {
        let said = logloupe(&[&["convert", "--to", "parquet"][..], &args, &[&logs]].concat());
        assert_eq!(said.status, 2);
        assert!(said.err.contains("--partition-by is names"), "{}", said.err);
    }
    let said = logloupe(&["convert", "--out", &out, &logs]);
    assert_eq!(said.status, 2, "{}", said.err);
}

#[test]
fn athena_is_told_what_the_files_have() {
    let explain = |options: &[&str], query: &str| {
        let said = logloupe(&[&["explain", "--to", "athena"][..], options, &[query]].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        said.out
    };
    let lake = ["--layout", "parquet", "--partition-by", "day,region"];
    let said = explain(
        &lake,
        "filter eventName = 'A' and region = 'us-east-1' and day = '2026-03-05' | stats count(*) as n by userIdentity.type, bin(1h)",
    );
    for part in [
        "  `eventName` STRING,\n",
        "\n)\nPARTITIONED BY (`day` STRING, `region` STRING)\nSTORED AS PARQUET\n",
        "MSCK REPAIR TABLE cloudtrail;",
        "  useridentity.type AS \"userIdentity.type\",\n",
        "date_trunc('hour', with_timezone(log_timestamp, 'UTC'))",
        "  AND region = 'us-east-1'\n",
        "  AND \"day\" = '2026-03-05'\n",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    // Athena has the record too, and logs for which AWS documents no table.
    let said =
        explain(&lake[..2], "source lambda | filter @message like 'x' | fields @timestamp, @line, @source");
    assert!(
        said.contains("CREATE EXTERNAL TABLE IF NOT EXISTS lambda (\n") && said.contains("log_message"),
        "{said}"
    );
    let said = explain(&lake[..2], "source cloudtrail | stats count(*) by requestParameters.a.b");
    assert!(said.contains("json_extract_scalar(log_message, '$.requestParameters.a.b')"), "{said}");
    let said = explain(&lake[..2], "source guardduty | stats count(*) by source.ip");
    assert!(said.contains("element_at(source.ip, 1)"), "{said}");
    for wrong in [&["--layout", "parquet"][..], &["--to", "athena", "--partition-by", "day"]] {
        assert_eq!(logloupe(&[&["explain"][..], wrong, &["stats count(*)"]].concat()).status, 2);
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_written() {
    let folder = Folder::incident();
    let out = folder.file("out");
    // No file may become longer than 32 KB, which is how a disk that is full looks.
    let line = "trap '' XFSZ; ulimit -f 64; exec \"$0\" convert --to parquet --out \"$1\" \"$2\"";
    let program = env!("CARGO_BIN_EXE_logloupe-under-test");
    let said = Command::new("sh")
        .args(["-c", line, program, &out, &folder.file("AWSLogs")])
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{err}");
    assert!(err.contains("the answer could not be written: ") && err.contains(".parquet: "), "{err}");
    let left = files(Path::new(&out));
    assert!(left.iter().all(|path| path.extension().is_some_and(|e| e == "parquet")), "{left:?}");
}

#[test]
fn what_was_written_is_read_back_into_the_same_rows() {
    let (incident, lake) = (Folder::incident(), Folder::new());
    let said = logloupe(&["convert", "--to", "parquet", "--out", &lake.file("lake"), incident.arg()]);
    assert_eq!(said.status, 0, "{}", said.err);
    // Flow logs are read by the columns of the table, which has more than the log.
    const ADDED: [&str; 3] = ["event", "network", "tcp-flags-array"];
    let rows = |path: &str| {
        let said = logloupe(&["convert", path]);
        assert_eq!(said.status, 0, "{}", said.err);
        let mut rows = Vec::new();
        for mut row in said.lines() {
            let members = row.as_object_mut().expect("an object");
            members.retain(|name, _| {
                let of_the_file = name.starts_with('@') && name != "@timestamp" && name != "@format";
                !of_the_file && !name.starts_with("log_") && !ADDED.contains(&name.as_str())
            });
            rows.push(row.to_string());
        }
        rows.sort();
        rows
    };
    let (written, read) = (rows(incident.arg()), rows(&lake.file("lake")));
    assert_eq!((written.len(), read.len()), (8901, 8901));
    let differs = written.iter().zip(&read).find(|(written, read)| written != read);
    assert_eq!(differs, None);
}

/// A Python that has both engines.
fn python() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/venv/bin/python");
    [own, "python3".into()].into_iter().find(|python| {
        let import =
            Command::new(python).args(["-c", "import duckdb, pyarrow"]).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    })
}

#[test]
fn duckdb_and_pyarrow_find_what_queries_find() {
    let Some(python) = python() else {
        return skip("there is no Python with duckdb and pyarrow (tests/athena/requirements.txt)");
    };
    let (incident, answers) = (Folder::incident(), Folder::new());
    let convert = |options: &[&str]| {
        let said = logloupe(&[&["convert"][..], options, &[incident.arg()]].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        said
    };
    convert(&["--to", "parquet", "--out", &answers.file("lake")]);
    let keys = ["--partition-by", "day,account,region"];
    convert(&[&["--to", "parquet", "--out", &answers.file("placed")][..], &keys].concat());
    answers.write("rows.ndjson", convert(&[]).out.as_bytes());

    let mut totals = Map::new();
    for id in ["vpc_flow", "alb", "cloudfront", "s3_access", "guardduty"] {
        let format = ALL.iter().find(|format| format.meta().id == id).expect("a format");
        let fields = format.fields();
        // A value of several is in lists, which have no sum.
        let numbers = fields.iter().filter(|f| matches!(f.kind, Kind::Int | Kind::Float) && f.each.is_none());
        let names: Vec<&str> = numbers.map(|field| field.name.as_ref()).collect();
        let columns: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(at, name)| format!("count(`{name}`) as n{at}, sum(`{name}`) as s{at}"))
            .collect();
        let query = format!("source {id} | stats count(*) as n, {}", columns.join(", "));
        let row = logloupe(&["query", "--output", "json", &query, incident.arg()]).json()[0].clone();
        let number = |name: String| row.get(&name).filter(|v| !v.is_null()).cloned().unwrap_or(json!(0));
        let of = names.iter().enumerate().map(|(at, name)| {
            ((*name).to_owned(), json!([row["n"], number(format!("n{at}")), number(format!("s{at}"))]))
        });
        totals.insert(id.to_owned(), Value::Object(of.collect()));
    }
    answers.write("totals.json", Value::Object(totals).to_string().as_bytes());
    let mut statements = Map::new();
    for id in ["vpc_flow", "cloudtrail", "guardduty", "alb"] {
        let query = format!("source {id} | stats count(*)");
        let told = |keys: &[&str]| {
            let call = ["explain", "--to", "athena", "--layout", "parquet"];
            let said = logloupe(&[&call[..], keys, &[&query]].concat());
            assert_eq!(said.status, 0, "{}", said.err);
            said.out
        };
        statements.insert(id.to_owned(), json!([told(&[]), told(&keys)]));
    }
    answers.write("statements.json", Value::Object(statements).to_string().as_bytes());
    let story: Map<_, _> = incident_story().iter().map(|s| (s.title.to_owned(), json!(s.answer))).collect();
    answers.write("story.json", Value::Object(story).to_string().as_bytes());

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("parquet/check.py");
    let said = Command::new(python).arg(script).arg(answers.path()).output().expect("Python");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    println!("{}", String::from_utf8_lossy(&said.stdout));
}
