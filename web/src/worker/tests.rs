//! Sessions without a browser: the sample incident split over any number of workers gives the same answers.

use logloupe_core::ingest::ledger::State;
use logloupe_query::{plan::Catalog, result::ResultTable};
use logloupe_syntax::Language;
use logloupe_table::Value;
use logloupe_view::{
    Answer, ViewRequest,
    coordinator::{self, Bytes, Replies, View, drive},
    histogram,
    window::RowWindow,
};

use super::session::{self, Session};
use crate::protocol::{Request, Response, Task};

/// Lets a session work until it has nothing to do.
fn run(session: &mut Session, asked: Request) -> Vec<Response> {
    let mut told = session.hear(asked);
    let mut clock = 0.0;
    while session.busy() {
        clock += 20.0;
        told.extend(session.step(&mut |_| Err("no file here".to_owned()), clock));
    }
    told
}

/// The sample over this many workers, and what they know together.
fn pool(of: u32) -> (Vec<Session>, Vec<u8>) {
    let mut sessions: Vec<Session> = (0..of).map(|n| Session::new(n, 7)).collect();
    let mut catalog = Catalog::default();
    for (part, session) in sessions.iter_mut().enumerate() {
        let told = run(session, Request::Sample { first: 0, part: part as u32, of });
        assert!(matches!(told.last(), Some(Response::Sampled)));
        for tell in told {
            if let Response::Catalog { catalog: bytes, .. } = tell {
                catalog.merge(&postcard::from_bytes(&bytes).unwrap());
            }
        }
    }
    (sessions, postcard::to_stdvec(&catalog).unwrap())
}

/// A view of all workers: what the coordinator makes of their answers to messages.
struct Whole {
    view: View<Bytes>,
    /// Some rows as sentences.
    rows: Vec<String>,
    refined: bool,
}

/// Every worker's answer to a message.
fn all(sessions: &mut [Session], ask: &Request) -> Vec<Response> {
    sessions.iter_mut().flat_map(|session| run(session, ask.clone())).collect()
}

/// What messages say to what a coordinator asks.
fn replies(
    sessions: &mut [Session],
    catalog: &[u8],
    request: &ViewRequest,
    ask: coordinator::Request<Bytes>,
) -> Replies<Bytes> {
    let view = 1;
    match ask {
        coordinator::Request::View { answers } => {
            let (request, catalog) = (request.clone(), catalog.to_vec());
            let told = all(sessions, &Request::View { view, request, catalog, answers });
            let part = |tell| if let Response::Viewed { part, .. } = tell { Some(*part) } else { None };
            Replies::Parts(told.into_iter().filter_map(part).collect())
        }
        coordinator::Request::Counts(values) => {
            let told = all(sessions, &Request::LookUp { view, values });
            let counts =
                |tell| if let Response::LookedUp { counts, .. } = tell { Some(counts) } else { None };
            Replies::Counts(told.into_iter().filter_map(counts).collect())
        }
        coordinator::Request::Merge(partials) => {
            match run(&mut sessions[0], Request::Merge { view, partials }).pop() {
                Some(Response::Merged { merged, .. }) => Replies::Merged(merged),
                other => panic!("{other:?}"),
            }
        }
        coordinator::Request::Refine(wanted) => {
            let told = all(sessions, &Request::Supply { view, wanted });
            let partial =
                |tell| if let Response::Supplied { partial, .. } = tell { Some(partial) } else { None };
            Replies::Refined(told.into_iter().filter_map(partial).collect())
        }
    }
}

fn view(sessions: &mut [Session], catalog: &[u8], request: &ViewRequest) -> Whole {
    let (shards, mut refined) = (sessions.len(), false);
    let driven = drive(request.clone(), shards, |ask| {
        refined |= matches!(ask, coordinator::Request::Refine(_));
        replies(sessions, catalog, request, ask)
    });
    let driven = driven.unwrap_or_else(|found| panic!("{}: {found:?}", request.query));
    let mut window = RowWindow::new(&driven.order, 5, 40);
    for (shard, from, count) in window.asks() {
        let ask = Request::Window { ask: 1, view: 1, from: from as u64, count: count as u64 };
        if let Some(Response::Window { places, .. }) = run(&mut sessions[shard as usize], ask).pop() {
            window.on_positions(&driven.order, shard, places);
        }
    }
    let mut rows = Vec::new();
    for id in window.ids() {
        let columns = vec!["source.ip".into(), "@source".into()];
        let ask = Request::Rows { ask: 1, view: 1, ids: vec![*id], columns };
        if let Some(Response::Rows { rows: found, .. }) = run(&mut sessions[id.shard as usize], ask).pop() {
            let sentence: String = found[0].summary.iter().map(|s| s.text.as_str()).collect();
            rows.push(format!("{:?} {sentence} {:?}", found[0].time, found[0].cells));
        }
    }
    Whole { view: driven.view, rows, refined }
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
    let known = |c: &[u8]| -> Vec<String> {
        let catalog = postcard::from_bytes::<Catalog>(c).unwrap();
        let names = catalog.names().map(|(name, known)| format!("{name} {known:?}"));
        names.chain(catalog.sources().map(str::to_owned)).collect()
    };
    assert_eq!(known(&catalog), known(&merged));
    for query in [
        "",
        "203.0.113.77",
        "filter event.outcome = \"failure\"",
        "filter accessKeyId = \"AKIACIDEPLOY7EXAMPLE\" | sort sourceIPAddress, @timestamp",
        "fields strlen(@message) as length | filter length > 900",
        "filter eventName = \"RunInstances\" | stats count(*) as n by awsRegion | sort awsRegion",
        "sort @timestamp desc | limit 20",
        "dedup eventName | sort eventName | limit 7",
        "filter sourceIPAddress in (SOURCE cloudtrail | filter event.outcome = \"failure\" | fields sourceIPAddress)",
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
            let a = view(&mut one, &catalog, &asked);
            let b = view(&mut three, &merged, &asked);
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
            format: None,
        })
        .collect();
    let mut session = Session::new(0, 1);
    let mut told = session.hear(Request::Load { tasks });
    let mut clock = 0.0;
    let mut read = |request: session::Bytes| match request {
        session::Bytes::Done => Ok(Vec::new()),
        session::Bytes::Range(from, to) => Ok(bytes[from as usize..to.min(from + 4096) as usize].to_vec()),
    };
    while session.busy() {
        clock += 20.0;
        told.extend(session.step(&mut read, clock));
    }
    let mut rows = 0;
    for tell in &told {
        if let Response::Read { entries, .. } = tell {
            assert_eq!(entries.len(), 1);
            assert_eq!(entries[0].state, State::Read);
            assert_eq!(entries[0].records, entries[0].rows);
            rows += entries[0].rows;
        }
    }
    assert_eq!(rows, 5000);
    assert!(matches!(told.last(), Some(Response::Idle)));
}

/// A file given to one worker.
fn load(session: &mut Session, name: &str, bytes: &[u8]) -> Vec<Response> {
    let task = Task { name: name.into(), size: bytes.len() as u64, ..Task::default() };
    let mut told = session.hear(Request::Load { tasks: vec![task] });
    let mut read = |request: session::Bytes| match request {
        session::Bytes::Done => Ok(Vec::new()),
        session::Bytes::Range(from, to) => Ok(bytes[from as usize..to as usize].to_vec()),
    };
    let mut clock = 0.0;
    while session.busy() {
        clock += 20.0;
        told.extend(session.step(&mut read, clock));
    }
    told
}

#[test]
fn a_table_that_one_worker_read_is_every_workers() {
    let (mut sessions, catalog) = pool(3);
    let query =
        "SOURCE cloudtrail | lookup teams region as awsRegion OUTPUT team | stats count(*) as n by team";
    let first = coordinator::Request::View { answers: Vec::new() };
    let Replies::Parts(missing) = replies(&mut sessions, &catalog, &request(query), first) else { panic!() };
    assert!(
        missing.iter().all(|p| p.diagnostics[0].message == "no lookup table `teams` is loaded"),
        "{missing:?}"
    );

    let told = load(&mut sessions[1], "x/teams.csv", b"region,team\neu-central-1,blue\nus-east-1,red\n");
    assert!(told.iter().any(|t| matches!(t, Response::Read { entries, .. }
        if entries[0].reason == "lookup table teams: 2 rows, 2 columns: region, team")));
    let tables =
        told.into_iter().filter_map(|t| if let Response::Lookup { table } = t { Some(table) } else { None });
    let tables: Vec<Vec<u8>> = tables.collect();
    assert_eq!(tables.len(), 1);
    for session in &mut sessions {
        assert!(run(session, Request::Lookup { table: tables[0].clone() }).is_empty());
    }
    let table_of = |sessions: &mut [Session], query: &str| table(&view(sessions, &catalog, &request(query)));
    let table = table_of(&mut sessions, query);
    let total: i64 = table.rows.iter().filter_map(|r| r[1].integer()).sum();
    assert!(table.rows.iter().any(|r| r[0] == Value::text("red")), "{table:?}");
    let all = table_of(&mut sessions, "SOURCE cloudtrail | stats count(*)");
    assert_eq!(all.rows[0][0], Value::Int(total));
}

#[test]
fn a_newer_question_takes_the_place_of_a_subquery() {
    let (mut sessions, catalog) = pool(1);
    let session = &mut sessions[0];
    let asked = |view: u32, query: &str| Request::View {
        view,
        request: request(query),
        catalog: catalog.clone(),
        answers: Vec::new(),
    };
    session.hear(asked(1, "filter awsRegion in (SOURCE cloudtrail | fields awsRegion)"));
    assert!(session.step(&mut |_| Err(String::new()), 1.0).is_empty());
    let told = run(session, asked(2, "limit 3"));
    let views: Vec<(u32, bool)> = told
        .iter()
        .filter_map(
            |t| if let Response::Viewed { view, part } = t { Some((*view, part.subquery)) } else { None },
        )
        .collect();
    assert_eq!(views, [(2, false)]);
}

#[test]
fn workers_are_asked_again_where_their_largest_groups_do_not_decide() {
    let mut sessions: Vec<Session> = (0..2).map(|n| Session::new(n, 7)).collect();
    let mut catalog = Vec::new();
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
        let told = load(session, "flows.log", text.as_bytes());
        for tell in told {
            if let Response::Catalog { catalog: bytes, .. } = tell {
                catalog = bytes;
            }
        }
    }
    let mut top = |query: &str| {
        let whole = view(&mut sessions, &catalog, &request(query));
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
