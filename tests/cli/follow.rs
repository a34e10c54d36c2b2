//! `query --follow`: what comes while it reads. No test waits for a time to pass: each waits for lines, and gives up after a minute.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use super::{logloupe, logloupe_fed};

fn line(n: u32) -> String {
    format!("2026-05-02T10:00:{n:02}Z level=info status={} msg=\"number {n}\"\n", 200 + n % 3 * 100)
}

fn lines(range: std::ops::Range<u32>) -> String {
    range.map(line).collect()
}

/// The command while it runs.
struct Following {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<String>,
}

impl Following {
    fn start(args: &[&str]) -> Following {
        let mut child = Command::new(env!("CARGO_BIN_EXE_logloupe-under-test"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        Following { child, stdin, said: said(stdout.expect("piped")) }
    }
    fn feed(&mut self, text: &str) {
        self.stdin.as_mut().expect("still open").write_all(text.as_bytes()).expect("it reads");
    }
    /// The next line that is not blank.
    #[track_caller]
    fn next(&self) -> String {
        loop {
            let line = self.said.recv_timeout(Duration::from_secs(60)).expect("a line within a minute");
            if !line.is_empty() {
                return line;
            }
        }
    }
    /// Lines up to one that holds this.
    #[track_caller]
    fn until(&self, what: &str) {
        while !self.next().contains(what) {}
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(stdout: ChildStdout) -> Receiver<String> {
    let (to, from) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { return };
            if to.send(line).is_err() {
                return;
            }
        }
    });
    from
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("follow").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn append(file: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
}

#[test]
fn a_stream_that_ends_gives_what_a_file_gives() {
    let text = lines(0..50);
    for query in ["stats count(*) by status", "fields @timestamp, msg | sort @timestamp", "dedup status"] {
        let followed = logloupe_fed(&["query", "-f", "--output", "ndjson", query, "-"], text.as_bytes());
        let read = logloupe_fed(&["query", "--output", "ndjson", query, "-"], text.as_bytes());
        assert_eq!((followed.status, followed.out), (read.status, read.out), "{query}");
    }
    // Events come as they stand there, not the newest first.
    let said = logloupe_fed(&["query", "-f", "--output", "csv", "fields msg", "-"], text.as_bytes());
    let expected: String = (0..50).map(|n| format!("number {n}\r\n")).collect();
    assert_eq!(said.out, format!("msg\r\n{expected}"));
}

#[test]
fn an_answer_changes_while_a_stream_goes_on() {
    let mut following =
        Following::start(&["query", "--follow", "--output", "ndjson", "stats count(*) as n", "-"]);
    following.feed(&lines(0..3));
    following.until("{\"n\":3}");
    following.feed(&lines(3..10));
    following.until("{\"n\":10}");
    // A line is a record when it has ended.
    following.feed("2026-05-02T10:01:00Z level=info sta");
    following.feed("tus=200 msg=x\n");
    following.until("{\"n\":11}");
    following.stdin = None;
    assert!(following.child.wait().expect("it ends").success());
}

#[test]
fn a_file_is_read_as_it_grows_and_is_put_in_place_of_another() {
    let folder = folder("grows");
    let log = folder.join("app.log");
    append(&log, &lines(0..2));
    let path = folder.to_string_lossy().into_owned();
    let following = Following::start(&["query", "-f", "--output", "csv", "fields msg", &path]);
    for expected in ["msg", "number 0", "number 1"] {
        assert_eq!(following.next(), expected);
    }
    append(&log, &line(2));
    assert_eq!(following.next(), "number 2");
    // Rotated: the renamed file is not read again, the one in its place is.
    fs::rename(&log, folder.join("app.log.1")).expect("renamed");
    append(&log, &line(3));
    assert_eq!(following.next(), "number 3");
    // A file that comes into the folder.
    append(&folder.join("other.log"), &line(4));
    assert_eq!(following.next(), "number 4");
    // One that is begun anew.
    fs::write(&log, "").expect("truncated");
    thread::sleep(Duration::from_millis(500));
    append(&log, &line(5));
    assert_eq!(following.next(), "number 5");
}

#[test]
fn what_has_no_end_is_no_array() {
    let said = logloupe(&["query", "-f", "--output", "json", "fields msg", "-"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("--output is one of table, ndjson, csv"), "{}", said.err);
    let said =
        logloupe_fed(&["query", "-f", "--output", "csv", "filter status > 1", "-"], lines(0..3).as_bytes());
    assert_eq!(said.status, 2);
    assert!(said.err.contains("name their fields"), "{}", said.err);
}
