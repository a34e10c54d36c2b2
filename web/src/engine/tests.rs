//! The engine over workers that are called: real sessions, no browser, no message lost but on purpose.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use logloupe_protocol::{
    AnyRequest, PageMessage, decode, encode,
    files::FilesRequest,
    hello::{self, PageHello},
};
use logloupe_syntax::Language;
use logloupe_table::{
    Value,
    ledger::State as Ended,
    settings::{Rule, Settings},
};
use logloupe_view::ViewRequest;
use logloupe_worker::session::{Extras, Session};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::{
    Command, Event, ExportAs, InputFile, Viewed,
    host::{Host, Link, Output, Signal, Sink},
    state::State,
};

/// Codecs and the sample as the module in a browser has them.
const EXTRAS: Extras = Extras {
    codecs: logloupe_codecs::open,
    sample: |part, of| {
        let files = logloupe_sample::part(part, of).into_iter();
        Ok(files.map(|(at, file)| (at, file.path, file.bytes)).collect())
    },
};

/// What host, workers and test share.
#[derive(Default)]
struct Shared {
    /// Messages on their way to workers.
    posted: VecDeque<(u32, Vec<u8>)>,
    /// Workers that were started and have sent nothing.
    silent: Vec<u32>,
    events: Vec<Event>,
    written: Vec<u8>,
}

struct TestHost {
    workers: u32,
    shared: Rc<RefCell<Shared>>,
}

impl Host for TestHost {
    fn workers(&self) -> u32 {
        self.workers
    }
    fn start(&self, shard: u32, _: Sink) -> Result<Box<dyn Link>, String> {
        let mut shared = self.shared.borrow_mut();
        shared.posted.retain(|(to, _)| *to != shard);
        shared.silent.push(shard);
        Ok(Box::new(TestLink { shard, shared: self.shared.clone() }))
    }
    fn now(&self) -> f64 {
        0.0
    }
    fn today(&self) -> i64 {
        1_772_674_177_000_000
    }
    fn random(&self) -> u64 {
        7
    }
    fn tell(&self, event: Event) {
        self.shared.borrow_mut().events.push(event);
    }
    fn output(&self) -> Box<dyn Output> {
        self.shared.borrow_mut().written.clear();
        Box::new(TestOutput(self.shared.clone()))
    }
}

struct TestLink {
    shard: u32,
    shared: Rc<RefCell<Shared>>,
}

impl Link for TestLink {
    fn post(&self, bytes: &[u8], _: &[File]) {
        self.shared.borrow_mut().posted.push_back((self.shard, bytes.to_vec()));
    }
}

struct TestOutput(Rc<RefCell<Shared>>);

impl Output for TestOutput {
    fn push(&mut self, bytes: &[u8]) {
        self.0.borrow_mut().written.extend(bytes);
    }
    fn finish(&mut self, media_type: &str) -> Option<String> {
        Some(media_type.to_owned())
    }
}

/// The engine and its workers.
struct Pool {
    state: Rc<RefCell<State>>,
    shared: Rc<RefCell<Shared>>,
    sessions: BTreeMap<u32, Session<Vec<u8>>>,
    /// The content of files by name.
    files: BTreeMap<String, Vec<u8>>,
    hello: Vec<u8>,
}

impl Pool {
    /// So many workers; files of 64 KiB are read in parts.
    fn new(workers: u32) -> Pool {
        let shared = Rc::<RefCell<Shared>>::default();
        let state = State::start(Box::new(TestHost { workers, shared: shared.clone() }), 64 << 10);
        let hello = hello::write(&logloupe_worker::hello());
        Pool { state, shared, sessions: BTreeMap::new(), files: BTreeMap::new(), hello }
    }
    fn send(&self, command: Command) {
        self.state.borrow_mut().on_command(command);
    }
    fn signal(&self, shard: u32, signal: Signal) {
        self.state.borrow_mut().on_signal(shard, signal);
    }
    /// Lets everybody work until nobody has anything to do.
    fn settle(&mut self) {
        let mut clock = 0.0;
        loop {
            let silent = std::mem::take(&mut self.shared.borrow_mut().silent);
            for shard in silent {
                self.sessions.remove(&shard);
                self.signal(shard, Signal::Message(self.hello.clone()));
            }
            let posted = self.shared.borrow_mut().posted.pop_front();
            if let Some((shard, bytes)) = posted {
                self.deliver(shard, &bytes);
                continue;
            }
            clock += 20.0;
            let mut messages = Vec::new();
            let mut read = |file: &Vec<u8>, from: u64, to: u64| Ok(file[from as usize..to as usize].to_vec());
            for (shard, session) in self.sessions.iter_mut().filter(|(_, session)| session.is_busy()) {
                messages.extend(session.step(&mut read, clock).into_iter().map(|message| (*shard, message)));
            }
            for (shard, message) in &messages {
                self.signal(*shard, Signal::Message(encode(message)));
            }
            let shared = self.shared.borrow();
            let idle = shared.posted.is_empty() && shared.silent.is_empty();
            if idle && !self.sessions.values().any(Session::is_busy) {
                return;
            }
        }
    }
    fn deliver(&mut self, shard: u32, bytes: &[u8]) {
        let Some(session) = self.sessions.get_mut(&shard) else {
            let PageHello { shard, seed } = hello::read(bytes).expect("a hello comes first");
            self.sessions.insert(shard, Session::new(shard, seed).with_extras(EXTRAS, true));
            return;
        };
        let PageMessage { id, request } = decode(bytes).expect("a request");
        let handles = match &request {
            AnyRequest::Files(FilesRequest::Load(load)) => {
                load.tasks.iter().map(|t| self.files[&t.name].clone()).collect()
            }
            AnyRequest::Files(FilesRequest::CanSplit(_)) => {
                self.files.values().max_by_key(|f| f.len()).cloned().into_iter().collect()
            }
            _ => Vec::new(),
        };
        for message in session.on_request(id, request, handles) {
            self.signal(shard, Signal::Message(encode(&message)));
        }
    }
    fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.shared.borrow_mut().events)
    }
    fn open(&mut self, files: &[(&str, Vec<u8>)]) {
        let given = |(name, bytes): &(&str, Vec<u8>)| InputFile {
            path: (*name).to_owned(),
            size: bytes.len() as u64,
            file: JsValue::NULL.unchecked_into(),
        };
        self.files.extend(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())));
        self.send(Command::Open(files.iter().map(given).collect()));
    }
    /// Asks and waits for the answer.
    fn view(&mut self, query: &str) -> Viewed {
        self.send(Command::View(request(query)));
        self.settle();
        let mut answers = self.events().into_iter().filter_map(|event| match event {
            Event::Answered(viewed) => Some(*viewed),
            Event::Diagnosed(found) if !found.is_empty() => panic!("{query}: {found:?}"),
            _ => None,
        });
        let answer = answers.next().expect("an answer");
        assert!(answers.next().is_none(), "{query} is answered once");
        answer
    }
    /// The ledger and what is loaded, as the page has them last.
    fn latest(&self) -> (Vec<logloupe_table::ledger::Entry>, super::Loaded, super::Progress) {
        let mut latest = (Vec::new(), super::Loaded::default(), super::Progress::default());
        for event in self.events() {
            match event {
                Event::Ledger(ledger) => latest.0 = ledger,
                Event::Changed(loaded) => latest.1 = loaded,
                Event::Progress(progress) => latest.2 = progress,
                _ => {}
            }
        }
        latest
    }
}

fn request(query: &str) -> ViewRequest {
    let facets = ["@format", "event.outcome"].map(str::to_owned).to_vec();
    let bars = logloupe_view::histogram::bars(1_772_409_600_000_000, 1_773_014_399_000_000, 50);
    ViewRequest {
        query: query.into(),
        language: Language::Insights,
        time: None,
        bars,
        facets,
        facet_values: 5,
    }
}

/// Flow records of which the `i`th has `i` bytes.
fn flows(count: usize, source: &str) -> Vec<u8> {
    let line = |i| {
        format!("2 111122223333 eni-0a {source} 192.0.2.1 443 80 6 1 {i} 1772668800 1772668860 ACCEPT OK\n")
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

#[test]
fn the_number_of_workers_changes_nothing_that_the_page_is_told() {
    let mut outcomes = Vec::new();
    for workers in [1, 3] {
        let mut pool = Pool::new(workers);
        pool.send(Command::OpenSample);
        pool.settle();
        let (ledger, loaded, progress) = pool.latest();
        assert!(!progress.loading && ledger.len() > 10 && loaded.rows > 1000, "{progress:?} {loaded:?}");
        assert_eq!(ledger.iter().map(|e| e.rows).sum::<u64>(), loaded.rows, "every row is in the ledger");
        assert!(ledger.iter().all(|e| e.records == e.rows + e.rejected + e.skipped));

        let failures = pool.view("filter event.outcome = \"failure\" | sort @timestamp desc");
        let table = pool.view("stats count(*) as n by eventName | sort n desc, eventName | limit 9").table;
        let all = pool.view("");
        assert_eq!((all.answer.matched, all.rows), (loaded.rows, loaded.rows));

        pool.send(Command::Rows {
            view: all.view,
            from: 3,
            count: 40,
            columns: vec!["@source".into(), "@line".into()],
        });
        pool.settle();
        let rows: Vec<_> = pool.events().into_iter().filter_map(rows_of).flatten().collect();
        assert_eq!((rows.len(), rows[0].cells.len()), (40, 2));
        pool.send(Command::Detail(rows[7].id));
        pool.settle();
        assert!(pool.events().iter().any(|e| matches!(e, Event::Detailed(d) if d.id == rows[7].id)));

        let text = "filter event.outcome = ";
        pool.send(Command::Complete(text.into(), text.len(), Language::Insights));
        pool.send(Command::Explain("stats count(*) by eventName".into(), Language::Insights));
        pool.settle();
        let events = pool.events();
        let items = events.iter().find_map(|event| match event {
            Event::Completed(asked, completions) if asked == text => Some(completions.items.clone()),
            _ => None,
        });
        assert!(events.iter().any(|e| matches!(e, Event::Explained(x) if x.athena().is_ok())));

        pool.send(Command::Export(all.view, ExportAs::Ndjson));
        pool.settle();
        assert!(
            pool.events()
                .iter()
                .any(|e| matches!(e, Event::Exporting { done, file: Some(_), .. } if *done == loaded.rows))
        );
        let mut lines: Vec<Vec<u8>> =
            pool.shared.borrow().written.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        assert_eq!(lines.len() as u64, loaded.rows + 1);
        // Rows of the same time stand in the order in which they were read.
        lines.sort();
        outcomes.push((ledger.len(), failures.answer, failures.rows, table, all.answer, items, lines));
    }
    assert!(outcomes[0] == outcomes[1]);
}

#[test]
fn a_name_that_no_row_has_is_said_however_many_workers_there_are() {
    for (query, said, rows) in [
        ("filter yeer = \"2026\"", "no loaded record has a field `yeer`", 0),
        (
            "SELECT eventname FROM cloudtrail_logs WHERE yeer = '2026'",
            "no loaded record of cloudtrail has a field `yeer`",
            0,
        ),
        ("{ $.yeer IS NULL }", "no loaded record has a field `yeer`", 0),
        ("fields yeer | limit 2", "no loaded record has a field `yeer`", 2),
    ] {
        let told = [1, 3].map(|workers| {
            let mut pool = Pool::new(workers);
            pool.send(Command::OpenSample);
            pool.settle();
            pool.events();
            let language = Language::of(query, Language::Insights);
            pool.send(Command::View(ViewRequest { language, ..request(query) }));
            pool.settle();
            let (mut remarks, mut answer) = (Vec::new(), None);
            for event in pool.events() {
                match event {
                    Event::Diagnosed(found) => remarks.extend(found),
                    Event::Answered(viewed) => answer = Some(viewed),
                    _ => {}
                }
            }
            let answer = answer.expect("an answer");
            assert_eq!(remarks.len(), 1, "{query}: {remarks:?}");
            assert_eq!((remarks[0].message.as_str(), answer.rows), (said, rows), "{query}");
            assert_eq!(remarks[0].help, "did you mean `year`?");
            let why = logloupe_syntax::presence::no_rows(&answer.answer.absent).expect("an explanation");
            assert!(
                why.starts_with("No rows. No loaded record") && why.ends_with("did you mean `year`?"),
                "{why}"
            );
            remarks
        });
        assert_eq!(told[0], told[1], "{query}");
    }
}

fn rows_of(event: Event) -> Option<Vec<logloupe_view::GridRow>> {
    if let Event::Rows { rows, .. } = event { Some(rows) } else { None }
}

#[test]
fn a_csv_has_the_columns_of_all_workers() {
    let mut pool = Pool::new(2);
    pool.open(&[("a.log", flows(10, "10.0.0.1")), ("b.csv", b"region,team\nus-east-1,red\n".to_vec())]);
    pool.settle();
    let view = pool.view("").view;
    pool.send(Command::Export(view, ExportAs::Csv));
    pool.settle();
    let text = String::from_utf8(pool.shared.borrow().written.clone()).expect("text");
    assert!(text.starts_with("@timestamp,@format,@source,@line,@message,"), "{text}");
    assert_eq!(text.lines().count(), 11);
}

#[test]
fn a_large_file_is_read_in_parts_and_is_one_file_to_the_page() {
    let mut pool = Pool::new(3);
    pool.open(&[("flows.log", flows(5000, "10.0.0.1"))]);
    pool.settle();
    let (ledger, loaded, _) = pool.latest();
    assert_eq!((ledger.len(), ledger[0].lines, ledger[0].records, loaded.rows), (1, 5000, 5000, 5000));
    let readers = pool.sessions.len();
    assert_eq!(readers, 3);
    let view = pool.view("").view;
    pool.send(Command::Rows { view, from: 0, count: 5000, columns: vec!["@line".into(), "bytes".into()] });
    pool.settle();
    let rows: Vec<_> = pool.events().into_iter().filter_map(rows_of).flatten().collect();
    assert_eq!(rows.len(), 5000);
    for row in &rows {
        let [Value::Int(line), Value::Int(bytes)] = row.cells[..] else { panic!("{row:?}") };
        assert_eq!(line, bytes + 1, "a line has its number in the whole file");
    }
    assert!(rows.iter().any(|r| r.id.shard != rows[0].id.shard), "more than one worker read it");
}

#[test]
fn an_event_delivered_twice_is_counted_in_the_ledger() {
    let mut pool = Pool::new(2);
    let trail = br#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-03-05T00:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"us-east-1","eventID":"6b6b4b0e-0000-4000-8000-000000000001"}]}"#;
    pool.open(&[("a.json", trail.to_vec()), ("b.json", trail.to_vec())]);
    pool.settle();
    let (ledger, ..) = pool.latest();
    let duplicates: Vec<u64> = ledger.iter().map(|e| e.duplicates).collect();
    assert_eq!(duplicates.iter().sum::<u64>(), 1, "{duplicates:?}");
}

#[test]
fn files_are_held_against_digests_whoever_read_them() {
    macro_rules! file {
        ($name:literal, $path:literal) => {
            ($name, include_bytes!(concat!("../../../core/src/", $path)).to_vec())
        };
    }
    let mut files = [
        file!("d1.json", "formats/samples/cloudtrail_digest.json"),
        file!("d2.json", "formats/samples/cloudtrail_digest_2.json"),
        file!("keys.json", "formats/samples/cloudtrail_digest_keys.json"),
        file!(
            "111122223333_CloudTrail_us-east-1_20260305T0905Z_Aa0bB1cC2dD3eE4f.json",
            "ingest/tests/digests/111122223333_CloudTrail_us-east-1_20260305T0905Z_Aa0bB1cC2dD3eE4f.json"
        ),
        file!(
            "111122223333_CloudTrail_us-east-1_20260305T0920Z_Bb0bB1cC2dD3eE4f.json",
            "ingest/tests/digests/111122223333_CloudTrail_us-east-1_20260305T0920Z_Bb0bB1cC2dD3eE4f.json"
        ),
    ];
    files[4].1.push(b' ');
    for workers in [1, 2, 3] {
        let mut pool = Pool::new(workers);
        // What comes later counts for what was there before.
        pool.open(&files[3..]);
        pool.settle();
        assert!(pool.latest().0.iter().all(|entry| entry.integrity.is_none()));
        pool.open(&files[..3]);
        pool.settle();
        let (ledger, ..) = pool.latest();
        let verdict = |name: &str| {
            let entry = ledger.iter().find(|entry| entry.source == name).expect("it is there");
            entry.integrity.as_ref().map_or("", |integrity| integrity.verdict.name())
        };
        let verdicts: Vec<&str> = files.iter().map(|file| verdict(file.0)).collect();
        assert_eq!(verdicts, ["verified", "unchecked", "", "verified", "altered"], "{workers} workers");
    }
}

#[test]
fn only_the_latest_question_is_answered() {
    let mut pool = Pool::new(2);
    pool.open(&[("a.log", flows(900, "10.0.0.1"))]);
    pool.settle();
    pool.events();
    pool.send(Command::View(request("filter bytes in (SOURCE vpc_flow | fields bytes)")));
    let answer = pool.view("filter bytes < 7");
    assert_eq!((answer.request.query.as_str(), answer.answer.matched), ("filter bytes < 7", 7));
    assert_eq!(pool.state.borrow().waiting(), 0, "what has no answer is forgotten");
}

#[test]
fn a_worker_that_stops_takes_its_files_along_and_no_others() {
    let mut pool = Pool::new(2);
    pool.open(&[("a.log", flows(300, "10.0.0.1")), ("b.log", flows(250, "10.0.0.2"))]);
    pool.settle();
    let sources = pool.view("stats count(*) as n by @source").table.expect("a table").rows;
    assert_eq!(sources.len(), 2);
    // It is asked something, and stops instead of answering.
    pool.send(Command::View(request("filter bytes < 9")));
    pool.signal(0, Signal::Stopped("out of memory".into()));
    pool.settle();
    let events = pool.events();
    let lost = events.iter().find_map(|event| match event {
        Event::Stopped { message, files } if message == "out of memory" => Some(files.clone()),
        _ => None,
    });
    let lost = lost.expect("the page is told");
    assert!(lost == ["a.log"] || lost == ["b.log"], "{lost:?}");
    let ledger =
        events.iter().rev().find_map(|e| if let Event::Ledger(l) = e { Some(l.clone()) } else { None });
    for entry in ledger.expect("a ledger") {
        assert_eq!(matches!(entry.state, Ended::Failed(_)), entry.source == lost[0], "{entry:?}");
    }
    let left = pool.view("stats count(*) as n by @source").table.expect("a table").rows;
    assert_eq!(left.len(), 1);
    assert_eq!(pool.state.borrow().waiting(), 0);
    // The new worker reads.
    pool.open(&[("c.log", flows(30, "10.0.0.3")), ("d.log", flows(30, "10.0.0.4"))]);
    pool.settle();
    pool.events();
    assert_eq!(pool.view("").answer.total, left[0][1].integer().expect("a count") as u64 + 60);
}

#[test]
fn a_worker_that_stops_while_it_looks_or_reads_the_sample_does_not_stop_loading() {
    let mut pool = Pool::new(2);
    pool.settle();
    pool.open(&[("flows.log", flows(5000, "10.0.0.1"))]);
    pool.send(Command::OpenSample);
    pool.signal(0, Signal::Stopped("gone".into()));
    pool.settle();
    let (ledger, loaded, progress) = pool.latest();
    assert!(!progress.loading && loaded.rows > 5000, "{progress:?} {loaded:?}");
    assert!(ledger.iter().any(|e| e.source == "flows.log" && e.rows == 5000));
}

#[test]
fn a_worker_of_another_version_is_refused_once_with_a_sentence() {
    for hello in [hello::write(&logloupe_worker::hello()), vec![0, 4, 1, 2], Vec::new()] {
        let mut pool = Pool::new(3);
        pool.hello = hello;
        if let Some(byte) = pool.hello.get_mut(9) {
            *byte ^= 1;
        }
        pool.open(&[("a.log", flows(9, "10.0.0.1"))]);
        pool.settle();
        let events = pool.events();
        let stopped: Vec<_> = events.iter().filter(|e| matches!(e, Event::Stopped { .. })).collect();
        let [Event::Stopped { message, files }] = stopped[..] else { panic!("{stopped:?}") };
        assert!(message.contains("reload the page"), "{message}");
        assert_eq!(files[..], ["a.log"]);
        let progress =
            events.iter().rev().find_map(|e| if let Event::Progress(p) = e { Some(p) } else { None });
        assert!(!progress.expect("progress").loading, "nothing is waited for");
        let ledger = events.iter().rev().find_map(|e| if let Event::Ledger(l) = e { Some(l) } else { None });
        assert!(matches!(&ledger.expect("a ledger")[..], [entry] if matches!(entry.state, Ended::Failed(_))));
        // What is given later is refused too.
        pool.open(&[("b.log", flows(9, "10.0.0.1"))]);
        pool.settle();
        assert!(pool.latest().0.iter().all(|entry| matches!(entry.state, Ended::Failed(_))));
    }
}

#[test]
fn a_message_that_cannot_be_read_stops_its_worker() {
    let mut pool = Pool::new(2);
    pool.open(&[("a.log", flows(9, "10.0.0.1"))]);
    pool.settle();
    pool.events();
    pool.signal(1, Signal::Message(vec![250, 250, 250]));
    pool.settle();
    assert!(
        pool.events()
            .iter()
            .any(|e| matches!(e, Event::Stopped { message, .. } if message.contains("could not be read")))
    );
    assert_eq!(pool.view("").answer.total % 9, 0, "the other one lives on");
}

#[test]
fn cancelled_files_are_in_the_ledger_and_clearing_begins_anew() {
    let mut pool = Pool::new(1);
    pool.settle();
    let files: Vec<(String, Vec<u8>)> =
        (0..200).map(|i| (format!("{i}.log"), flows(3, "10.0.0.1"))).collect();
    pool.open(&files.iter().map(|(n, b)| (n.as_str(), b.clone())).collect::<Vec<_>>());
    pool.send(Command::Cancel);
    pool.settle();
    let (ledger, loaded, progress) = pool.latest();
    assert!(!progress.loading && ledger.len() == 200, "{progress:?}");
    assert_eq!(ledger.iter().map(|e| e.rows).sum::<u64>(), loaded.rows);
    assert!(ledger.iter().any(|e| e.state == Ended::Cancelled));
    pool.send(Command::Clear);
    pool.settle();
    let (ledger, loaded, _) = pool.latest();
    assert_eq!((ledger.len(), loaded.rows), (0, 0));
    pool.open(&[("a.log", flows(4, "10.0.0.1"))]);
    pool.settle();
    pool.events();
    assert_eq!(pool.view("").answer.total, 4);
}

#[test]
fn a_file_that_gave_nothing_is_read_once_more_as_the_user_says() {
    let line = |i: usize| format!("1772674274.{i:03}\t203.0.113.66\t200\tFRA56-P5\n");
    let few = (0..7).map(line).collect::<String>().into_bytes();
    // One that is read in parts too.
    let many = (0..4_000).map(|i| line(i % 1000)).collect::<String>().into_bytes();
    let names = |names: &str| names.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for content in [few, many] {
        let rows = content.iter().filter(|b| **b == b'\n').count() as u64;
        let mut pool = Pool::new(2);
        pool.open(&[("a.log", content), ("b.log", flows(3, "192.0.2.9"))]);
        pool.settle();
        let (ledger, _, _) = pool.latest();
        let of =
            |ledger: Vec<logloupe_table::ledger::Entry>| ledger.into_iter().find(|e| e.source == "a.log");
        assert_eq!((ledger.len(), of(ledger).and_then(|e| e.format)), (2, None));
        for (format, fields, read) in [
            (None, "timestamp c-ip sc-status", 0),
            (Some("cloudfront_realtime"), "timestamp c-ip sc-status", 0),
            (None, "timestamp c-ip sc-status x-edge-location", rows),
            // All is read anew where there are rows already.
            (None, "timestamp c-ip sc-status x-edge-location", rows),
            (Some("plain_text"), "", rows),
        ] {
            let settings = Settings { fields: names(fields), ..Settings::NONE };
            let rule = Rule { files: "a.log".to_owned(), format: format.map(str::to_owned), settings };
            pool.send(Command::AddRule(rule));
            pool.settle();
            let (ledger, loaded, _) = pool.latest();
            let files = ledger.len();
            let entry = of(ledger).expect("read once more");
            assert_eq!((files, entry.rows), (2, read), "{entry:?}");
            if read > 0 {
                assert_eq!(loaded.rows, rows + 3);
            }
        }
        // What was said is taken back.
        pool.send(Command::AddRule(Rule { files: "a.log".to_owned(), ..Rule::default() }));
        pool.settle();
        let (ledger, loaded, progress) = pool.latest();
        assert!(!progress.loading && loaded.rows == 3, "{progress:?} {loaded:?}");
        assert_eq!(of(ledger).map(|e| e.format), Some(None));
    }
}

mod custom;
