//! Sessions without a browser: the sample incident split over any number of workers gives the same answers.

use logloupe_protocol::{
    AnyResponse, Notice, Request, WorkerMessage,
    custom::FirstLines,
    decode,
    files::{
        AddLookup, CanSplit, Cancel, FilesResponse, FillChanges, FindPrevious, Load, PreviousRecords, Sample,
        States, Task,
    },
    rows, views,
};
use logloupe_query::{plan::Catalog, result::ResultTable};
use logloupe_syntax::Language;
use logloupe_table::{Value, ledger::State};
use logloupe_view::{
    Answer, ViewRequest,
    coordinator::{self, Bytes, Replies, View, drive},
    histogram,
    window::RowWindow,
};

/// A session whose files are their bytes.
/// Codecs and the sample as the module in a browser has them.
const EXTRAS: Extras = Extras {
    codecs: logloupe_codecs::open,
    sample: |part, of| {
        let files = logloupe_sample::part(part, of).into_iter();
        Ok(files.map(|(at, file)| (at, file.path, file.bytes)).collect())
    },
};

use logloupe_worker::session::Extras;

type Session = logloupe_worker::session::Session<Vec<u8>>;

/// One step of a session, which gets at most 4 KiB of a file at once.
fn step(session: &mut Session, clock: f64) -> Vec<WorkerMessage> {
    let mut read =
        |file: &Vec<u8>, from: u64, to: u64| Ok(file[from as usize..to.min(from + 4096) as usize].to_vec());
    session.step(&mut read, clock)
}

/// Lets a session work until it has nothing to do.
fn work(session: &mut Session) -> Vec<WorkerMessage> {
    let (mut said, mut clock) = (Vec::new(), 0.0);
    while session.is_busy() {
        clock += 20.0;
        said.extend(step(session, clock));
    }
    said
}

/// Asks a session, and lets it work until it has nothing to do: all that it says.
fn run<R: Request>(session: &mut Session, request: R, files: Vec<Vec<u8>>) -> Vec<WorkerMessage> {
    let mut said = session.on_request(1, request.into_any(), files);
    said.extend(work(session));
    said
}

/// As [`run`], for the response only.
fn ask<R: Request>(session: &mut Session, request: R) -> R::Response {
    let said = run(session, request, Vec::new());
    let mut responses = said.into_iter().filter_map(|said| match said {
        WorkerMessage::Response(1, any) => R::response(any),
        _ => None,
    });
    let response = responses.next().expect("a response");
    assert!(responses.next().is_none(), "a request is answered once");
    response
}

/// Every session's response.
fn ask_all<R: Request + Clone>(sessions: &mut [Session], request: &R) -> Vec<R::Response> {
    sessions.iter_mut().map(|session| ask(session, request.clone())).collect()
}

/// The sample over this many workers, which know what all know together; and that.
fn pool(of: u32) -> (Vec<Session>, Catalog) {
    let mut sessions: Vec<Session> = (0..of).map(|n| Session::new(n, 7).with_extras(EXTRAS, true)).collect();
    let mut catalogs = Vec::new();
    for (part, session) in sessions.iter_mut().enumerate() {
        let said = run(session, Sample { first: 0, part: part as u32, of }, Vec::new());
        assert!(matches!(
            said.last(),
            Some(WorkerMessage::Response(1, AnyResponse::Files(FilesResponse::Sample(()))))
        ));
        catalogs.extend(catalog(&said));
    }
    ask_all(&mut sessions, &views::Catalogs { shards: catalogs.clone() });
    let mut merged = Catalog::default();
    catalogs.iter().for_each(|bytes| merged.merge(&decode(bytes).expect("a catalog")));
    (sessions, merged)
}

/// The last catalog that a session told of.
fn catalog(said: &[WorkerMessage]) -> Option<Vec<u8>> {
    let mut catalogs = said.iter().filter_map(|said| match said {
        WorkerMessage::Notice(Notice::Catalog { catalog, .. }) => Some(catalog.clone()),
        _ => None,
    });
    catalogs.next_back()
}

/// A view of all workers: what the coordinator makes of their answers to messages.
struct Whole {
    view: View<Bytes>,
    /// Some rows as sentences.
    rows: Vec<String>,
    refined: bool,
}

/// What messages say to what a coordinator asks.
fn replies(
    sessions: &mut [Session],
    request: &ViewRequest,
    asked: coordinator::Request<Bytes>,
) -> Replies<Bytes> {
    let view = 1;
    match asked {
        coordinator::Request::View { answers } => {
            Replies::Parts(ask_all(sessions, &views::View { view, request: request.clone(), answers }))
        }
        coordinator::Request::Counts(values) => {
            Replies::Counts(ask_all(sessions, &views::CountValues { view, values }))
        }
        coordinator::Request::Merge(partials) => {
            Replies::Merged(ask(&mut sessions[0], views::Merge { view, partials }))
        }
        coordinator::Request::Refine(refine) => {
            Replies::Refined(ask_all(sessions, &views::Refine { view, refine }))
        }
    }
}

fn view(sessions: &mut [Session], request: &ViewRequest) -> Whole {
    let (shards, mut refined) = (sessions.len(), false);
    let driven = drive(request.clone(), shards, |asked| {
        refined |= matches!(asked, coordinator::Request::Refine(_));
        replies(sessions, request, asked)
    });
    let driven = driven.unwrap_or_else(|found| panic!("{}: {found:?}", request.query));
    let mut window = RowWindow::new(&driven.order, 5, 40);
    for (shard, from, count) in window.asks() {
        let request = rows::Window { view: 1, from: from as u64, count: count as u64 };
        window.on_positions(&driven.order, shard, ask(&mut sessions[shard as usize], request));
    }
    let mut sentences = Vec::new();
    for id in window.ids() {
        let columns = vec!["source.ip".into(), "@source".into()];
        let request = rows::GridRows { view: 1, ids: vec![*id], columns };
        let found = ask(&mut sessions[id.shard as usize], request);
        let sentence: String = found[0].summary.iter().map(|s| s.text.as_str()).collect();
        sentences.push(format!("{:?} {sentence} {:?}", found[0].time, found[0].cells));
    }
    Whole { view: driven.view, rows: sentences, refined }
}

fn table(whole: &Whole) -> ResultTable {
    postcard::from_bytes(whole.view.table.as_ref().expect("a table")).expect("postcard")
}

fn request(query: &str) -> ViewRequest {
    let bars = histogram::bars(1_772_409_600_000_000, 1_773_014_399_000_000, 100);
    let facets = ["@format", "source.ip", "event.outcome", "requestParameters.bucketName"];
    ViewRequest {
        query: query.into(),
        language: Language::Insights,
        time: None,
        bars,
        facets: facets.map(str::to_owned).to_vec(),
        facet_values: 6,
    }
}

#[test]
fn any_number_of_workers_says_the_same() {
    let (mut one, catalog) = pool(1);
    let (mut three, merged) = pool(3);
    // Keys met in JSON are those of the first records of each worker: only what may be asked for must be the same.
    let known = |catalog: &Catalog| -> Vec<String> {
        let names = catalog.names().map(|(name, known)| format!("{name} {known:?}"));
        names.chain(catalog.sources().map(str::to_owned)).collect()
    };
    assert_eq!(known(&catalog), known(&merged));
    // That the number of shards changes no answer is tested with the coordinator: here, each form in which partial
    // results and answers travel.
    for query in [
        "",
        "filter accessKeyId = \"AKIACIDEPLOY7EXAMPLE\" | sort sourceIPAddress, @timestamp",
        "filter eventName = \"RunInstances\" | stats count(*) as n by awsRegion | sort awsRegion",
        "dedup eventName | sort eventName | limit 7",
        "SOURCE cloudtrail | join left=a right=b where a.sourceIPAddress = b.sourceIPAddress \
         (SOURCE cloudtrail | filter event.outcome = \"failure\" | stats count(*) as n by sourceIPAddress) \
         | filter b.n > 2 and eventName in (SOURCE cloudtrail | stats count(*) as n by eventName | filter n < 9)",
        "SOURCE cloudtrail | join left=a right=b where a.awsRegion = b.awsRegion (SOURCE cloudtrail | filter eventName = \"RunInstances\") \
         | stats count(*) as n by b.sourceIPAddress, eventName",
        "stats count(*) as n by eventName, bin(1d) | diff",
        "relevantfields where event.outcome = \"failure\"",
    ] {
        let mut asked = request(query);
        for time in [None, Some((1_772_668_800_000_000, 1_772_755_200_000_000))] {
            asked.time = time;
            let a = view(&mut one, &asked);
            let b = view(&mut three, &asked);
            assert_eq!(a.view.answer, b.view.answer, "{query}");
            assert_eq!((a.view.rows, &a.view.columns), (b.view.rows, &b.view.columns), "{query}");
            assert_eq!(a.view.table, b.view.table, "{query}");
            let (mut x, mut y) = (a.rows, b.rows);
            // Rows of the same time may stand in another order: where they were read decides.
            x.sort();
            y.sort();
            let same = x.iter().filter(|row| y.contains(row)).count();
            assert!(same + 6 >= x.len(), "{query}: {same} of {} rows", x.len());
            let Answer { matched, histogram, facets, .. } = &a.view.answer;
            let bars = histogram.series.iter().flat_map(|s| &s.counts).sum::<u64>() + histogram.outside;
            assert!(time.is_some() || bars == *matched, "the bars of {query} are its matches");
            assert_eq!(facets[0].values.iter().map(|v| v.1).sum::<u64>(), *matched, "{query}");
        }
    }
}

#[test]
fn files_are_read_in_slices_and_parts() {
    let text: String = (0..5000)
        .map(|i| {
            format!(
                "2 111122223333 eni-0a 10.0.0.{} 192.0.2.1 443 {} 6 1 {i} 1772668800 1772668860 ACCEPT OK\n",
                i % 250,
                1024 + i
            )
        })
        .collect();
    let bytes = text.into_bytes();
    let size = bytes.len() as u64;
    let third = size / 3;
    let tasks: Vec<Task> = [(0, third), (third, 2 * third), (2 * third, size)]
        .into_iter()
        .enumerate()
        .map(|(i, part)| Task {
            task: i as u32,
            name: "flows.log".into(),
            size,
            part: Some(part),
            ..Task::default()
        })
        .collect();
    let mut session = Session::new(0, 1).with_extras(EXTRAS, true);
    let files = vec![bytes.clone(); 3];
    let said = run(&mut session, Load { tasks }, files);
    let mut rows = 0;
    for said in &said {
        if let WorkerMessage::Notice(Notice::Read { entries, .. }) = said {
            assert_eq!(entries.len(), 1);
            assert_eq!(entries[0].state, State::Read);
            assert_eq!(entries[0].records, entries[0].rows);
            rows += entries[0].rows;
        }
    }
    assert_eq!(rows, 5000);
    assert!(
        matches!(said.last(), Some(WorkerMessage::Response(1, AnyResponse::Files(FilesResponse::Load(()))))),
        "answered when all is read"
    );
}

#[test]
fn a_worker_says_whether_a_file_may_be_read_in_parts() {
    let mut session = Session::new(0, 1).with_extras(EXTRAS, true);
    let line = "2 111122223333 eni-0a 10.0.0.1 192.0.2.1 443 1 6 1 9 1772668800 1772668860 ACCEPT OK\n";
    for (file, can_split) in [(line.repeat(9000), true), ("{\n \"Records\": [\n".to_owned(), false)] {
        let size = file.len() as u64;
        let said = run(&mut session, CanSplit { size }, vec![file.into_bytes()]);
        assert!(
            matches!(said[..], [WorkerMessage::Response(1, AnyResponse::Files(FilesResponse::CanSplit(said)))] if said == can_split),
            "{said:?}"
        );
    }
}

#[test]
fn a_cancelled_file_and_those_behind_it_are_in_the_ledger() {
    let mut session = Session::new(0, 1).with_extras(EXTRAS, true);
    let line = "2 111122223333 eni-0a 10.0.0.1 192.0.2.1 443 1 6 1 9 1772668800 1772668860 ACCEPT OK\n";
    let file = line.repeat(900).into_bytes();
    let task = |task| Task { task, name: format!("{task}.log"), size: file.len() as u64, ..Task::default() };
    let load = Load { tasks: vec![task(0), task(1)] };
    assert!(session.on_request(1, load.into_any(), vec![file.clone(); 2]).is_empty());
    step(&mut session, 1.0);
    step(&mut session, 2.0);
    let said = session.on_request(2, Cancel.into_any(), Vec::new());
    let entries: Vec<(u32, State, bool)> = (said.iter())
        .filter_map(|said| match said {
            WorkerMessage::Notice(Notice::Read { task, entries }) => {
                Some((*task, entries[0].state.clone(), entries[0].rows > 0))
            }
            _ => None,
        })
        .collect();
    assert_eq!(entries, [(0, State::Cancelled, true), (1, State::Cancelled, false)]);
    assert!(matches!(
        said.last(),
        Some(WorkerMessage::Response(2, AnyResponse::Files(FilesResponse::Cancel(()))))
    ));
    let rest = work(&mut session);
    assert!(
        matches!(rest.last(), Some(WorkerMessage::Response(1, AnyResponse::Files(FilesResponse::Load(()))))),
        "{rest:?}"
    );
}

/// A file given to one worker.
fn load(session: &mut Session, name: &str, bytes: &[u8]) -> Vec<WorkerMessage> {
    let task = Task { name: name.into(), size: bytes.len() as u64, ..Task::default() };
    run(session, Load { tasks: vec![task] }, vec![bytes.to_vec()])
}

#[test]
fn a_table_that_one_worker_read_is_every_workers() {
    let (mut sessions, _) = pool(3);
    let query =
        "SOURCE cloudtrail | lookup teams region as awsRegion OUTPUT team | stats count(*) as n by team";
    let first = coordinator::Request::View { answers: Vec::new() };
    let Replies::Parts(missing) = replies(&mut sessions, &request(query), first) else { panic!() };
    assert!(
        missing.iter().all(|p| p.diagnostics[0].message == "no lookup table `teams` is loaded"),
        "{missing:?}"
    );

    let told = load(&mut sessions[1], "x/teams.csv", b"region,team\neu-central-1,blue\nus-east-1,red\n");
    assert!(told.iter().any(|t| matches!(t, WorkerMessage::Notice(Notice::Read { entries, .. })
        if entries[0].reason == "lookup table teams: 2 rows, 2 columns: region, team")));
    let tables = told.into_iter().filter_map(|t| match t {
        WorkerMessage::Notice(Notice::Lookup { table }) => Some(table),
        _ => None,
    });
    let tables: Vec<Vec<u8>> = tables.collect();
    assert_eq!(tables.len(), 1);
    ask_all(&mut sessions, &AddLookup { table: tables[0].clone() });
    let table_of = |sessions: &mut [Session], query: &str| table(&view(sessions, &request(query)));
    let table = table_of(&mut sessions, query);
    let total: i64 = table.rows.iter().filter_map(|r| r[1].integer()).sum();
    assert!(table.rows.iter().any(|r| r[0] == Value::text("red")), "{table:?}");
    let all = table_of(&mut sessions, "SOURCE cloudtrail | stats count(*)");
    assert_eq!(all.rows[0][0], Value::Int(total));
}

#[test]
fn a_newer_question_takes_the_place_of_a_subquery() {
    let (mut sessions, _) = pool(1);
    let session = &mut sessions[0];
    let asked = |view: u32, query: &str| {
        views::View { view, request: request(query), answers: Vec::new() }.into_any()
    };
    let subquery = asked(1, "filter awsRegion in (SOURCE cloudtrail | fields awsRegion)");
    assert!(session.on_request(1, subquery, Vec::new()).is_empty());
    assert!(step(session, 1.0).is_empty());
    let mut said = session.on_request(2, asked(2, "limit 3"), Vec::new());
    said.extend(work(session));
    let said: Vec<(u32, Option<bool>)> = (said.iter())
        .filter_map(|said| match said {
            WorkerMessage::Response(id, AnyResponse::Views(views::ViewsResponse::View(part))) => {
                Some((*id, Some(part.subquery)))
            }
            WorkerMessage::Dropped(id) => Some((*id, None)),
            _ => None,
        })
        .collect();
    assert_eq!(said, [(1, None), (2, Some(false))], "each is answered, or dropped, once");
}

#[test]
fn workers_are_asked_again_where_their_largest_groups_do_not_decide() {
    let mut sessions: Vec<Session> = (0..2).map(|n| Session::new(n, 7).with_extras(EXTRAS, true)).collect();
    let mut catalogs = Vec::new();
    for (number, session) in sessions.iter_mut().enumerate() {
        let line = |source: String, bytes: u32| {
            format!(
                "2 111122223333 eni-0a {source} 192.0.2.1 443 80 6 1 {bytes} 1772668800 1772668860 ACCEPT OK\n"
            )
        };
        // Each worker knows many sources with 50 bytes and more. One is the largest of all only with what the other
        // worker knows of it, and that is less than what many have there.
        let many = (0..9000).map(|i| line(format!("10.{number}.{}.{}", i / 250, i % 250), 50 + i % 7));
        let large = line("203.0.113.9".into(), if number == 0 { 9_000 } else { 3 });
        let other = line("203.0.113.8".into(), if number == 0 { 9_001 } else { 1 });
        let text: String = many.chain([large, other]).collect();
        catalogs.extend(catalog(&load(session, "flows.log", text.as_bytes())));
    }
    ask_all(&mut sessions, &views::Catalogs { shards: catalogs });
    let mut top = |query: &str| {
        let whole = view(&mut sessions, &request(query));
        let table = table(&whole);
        let row = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
        (table.rows.iter().map(row).collect::<Vec<_>>().join(", "), whole.refined)
    };
    let largest = top("stats sum(bytes) as b, count(*) as n by srcAddr | sort b desc | limit 2");
    assert_eq!(largest, ("203.0.113.9 9003 2, 203.0.113.8 9002 2".to_owned(), true));
    let third = top("stats sum(bytes) as b by srcAddr | sort b desc | limit 3");
    assert_eq!(third, ("203.0.113.9 9003, 203.0.113.8 9002, 10.0.0.104 56".to_owned(), true));
    let few = top("stats sum(bytes) as b by dstAddr | sort b desc | limit 1");
    assert!(!few.1, "{few:?}");
}

/// What changed in states of one resource that several workers read, a few records at a time.
#[test]
fn what_changed_is_found_across_workers() {
    let item = |second: u32| {
        format!(
            r#"{{"configurationItems":[{{"configurationItemCaptureTime":"2026-03-05T01:00:{second:02}Z","configurationItemStatus":"OK","resourceType":"AWS::EC2::VPC","resourceId":"vpc-1","configuration":{{"x":{second}}}}}]}}"#
        )
    };
    let mut sessions: Vec<Session> = (0..3).map(|n| Session::new(n, 7).with_extras(EXTRAS, true)).collect();
    let mut catalogs = Vec::new();
    for (n, session) in sessions.iter_mut().enumerate() {
        let files: Vec<Vec<u8>> =
            (0..7).filter(|i| i % 3 == n as u32).map(|i| item(i).into_bytes()).collect();
        let task = |(i, file): (usize, &Vec<u8>)| Task {
            task: i as u32,
            name: format!("{n}-{i}.json"),
            size: file.len() as u64,
            ..Task::default()
        };
        let tasks = files.iter().enumerate().map(task).collect();
        let said = run(session, Load { tasks }, files);
        catalogs.extend(catalog(&said));
    }
    ask_all(&mut sessions, &views::Catalogs { shards: catalogs });
    let parts = ask_all(&mut sessions, &States { seed: 1 });
    let pieces = ask(&mut sessions[0], FindPrevious { parts });
    assert_eq!(pieces.len(), 3, "each worker's rows follow those of one other");
    for piece in pieces {
        let (links, mut skip) = (piece.links, 0);
        loop {
            let records = match piece.owner == piece.from {
                true => None,
                false => {
                    let asked = PreviousRecords { links: links.clone(), skip };
                    Some(ask(&mut sessions[piece.from as usize], asked))
                }
            };
            let owner = &mut sessions[piece.owner as usize];
            let done = ask(owner, FillChanges { links: links.clone(), skip, records });
            if done == skip {
                break;
            }
            skip = done;
        }
    }
    let query = "filter event.action = \"changed\" | stats count(*) as n by changes.path, changes.before, changes.after \
                 | sort changes.before";
    let found = table(&view(&mut sessions, &request(query)));
    let rows: Vec<String> =
        found.rows.iter().map(|row| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")).collect();
    let expected: Vec<String> = (0..6).map(|x| format!("configuration.x {x} {} 1", x + 1)).collect();
    assert_eq!(rows, expected);
}

#[test]
fn files_in_containers_wait_for_the_codecs_and_others_do_not() {
    let zstd = include_bytes!("../../../../codecs/tests/fixtures/flows.log.zst");
    let plain = include_bytes!("../../../../codecs/tests/fixtures/flows.log");
    let files = vec![plain.to_vec(), zstd.to_vec(), plain.to_vec()];
    let task = |task: usize| {
        let size = files[task].len() as u64;
        Task { task: task as u32, name: format!("{task}.log"), size, ..Task::default() }
    };
    let load = || Load { tasks: (0..3).map(task).collect() };
    let read = |said: &[WorkerMessage]| -> Vec<(u32, u64)> {
        let notices = said.iter().filter_map(|said| match said {
            WorkerMessage::Notice(Notice::Read { task, entries }) => Some((*task, entries[0].rows)),
            _ => None,
        });
        notices.collect()
    };
    let answered =
        |said: &[WorkerMessage]| said.iter().any(|said| matches!(said, WorkerMessage::Response(1, _)));

    let mut session = Session::new(0, 1).with_extras(EXTRAS, false);
    let said = run(&mut session, load(), files.clone());
    assert_eq!((read(&said), answered(&said)), (vec![(0, 150)], false));
    session.extras_arrived();
    let said = work(&mut session);
    assert_eq!((read(&said), answered(&said)), (vec![(1, 150), (2, 150)], true));

    // So does the sample, which says why where it cannot be had.
    let mut session = Session::new(0, 1).with_extras(EXTRAS, false);
    let said = run(&mut session, Sample { first: 5, part: 0, of: 90 }, Vec::new());
    assert_eq!((read(&said), answered(&said)), (Vec::new(), false));
    session.extras_arrived();
    let said = work(&mut session);
    assert_eq!(read(&said).iter().map(|(task, _)| *task).collect::<Vec<_>>(), [5, 95, 185]);
    assert!(answered(&said));
    let none = Extras { sample: |_, _| Err("it is gone".to_owned()), ..EXTRAS };
    let mut session = Session::new(0, 1).with_extras(none, true);
    let said = run(&mut session, Sample { first: 5, part: 0, of: 90 }, Vec::new());
    assert!(answered(&said) && format!("{said:?}").contains("it is gone"), "{said:?}");

    // Cancelled while it waits; the next file is read.
    let mut session = Session::new(0, 1).with_extras(EXTRAS, false);
    run(&mut session, load(), files.clone());
    let said = session.on_request(2, Cancel.into_any(), Vec::new());
    assert_eq!(read(&said), [(1, 0), (2, 0)]);
    assert!(answered(&work(&mut session)));
    let plain = Load { tasks: vec![Task { task: 7, ..task(2) }] };
    assert_eq!(read(&run(&mut session, plain, vec![files[2].clone()])), [(7, 150)]);
}

#[test]
fn the_first_lines_of_a_file_are_those_of_what_is_packed_in_it() {
    let mut session = Session::new(0, 7);
    let lines = "one\n  goes on\ntwo\n";
    for file in [lines.as_bytes().to_vec(), logloupe_sample::gzip::member(lines.as_bytes())] {
        let size = file.len() as u64;
        let said = run(&mut session, FirstLines { size }, vec![file]);
        let text = said.into_iter().find_map(|said| match said {
            WorkerMessage::Response(1, any) => FirstLines::response(any),
            _ => None,
        });
        assert_eq!(text.as_deref(), Some(lines));
    }
}
