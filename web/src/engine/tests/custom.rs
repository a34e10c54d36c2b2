//! Formats that the user describes, over real sessions: kept, dropped, changed, forgotten; lines that are tried.

use logloupe_protocol::custom::{Described, Try};
use logloupe_table::custom::{Definition, Shape};

use super::*;

fn definition(template: &str) -> Definition {
    let shape = Shape::Template(template.to_owned());
    Definition { id: "myapp".to_owned(), name: "My app".to_owned(), shape, ..Definition::default() }
}

/// The files of the formats that are known.
fn known(events: &[Event]) -> Option<Vec<Described>> {
    events.iter().rev().find_map(|event| match event {
        Event::Described(known) => Some(known.clone()),
        _ => None,
    })
}

/// All that is told until nobody has anything to do.
fn told(pool: &mut Pool) -> Vec<Event> {
    pool.settle();
    pool.events()
}

fn ledger(events: &[Event]) -> &[logloupe_table::ledger::Entry] {
    let ledgers = events.iter().rev().find_map(|event| match event {
        Event::Ledger(ledger) => Some(ledger.as_slice()),
        _ => None,
    });
    ledgers.unwrap_or_default()
}

fn format_of<'e>(events: &'e [Event], file: &str) -> Option<&'e str> {
    ledger(events).iter().find(|entry| entry.source == file)?.format.as_deref()
}

const LINES: &str = "ana|12\nben|30\ncy|x\n";

#[test]
fn a_format_that_is_kept_reads_what_no_log_claims() {
    for workers in [1, 3] {
        let mut pool = Pool::new(workers);
        pool.open(&[("app.log", LINES.as_bytes().to_vec()), ("flows.log", flows(3, "10.0.0.1"))]);
        assert_eq!(format_of(&told(&mut pool), "app.log"), Some("plain_text"));
        pool.send(Command::Describe(Box::new(definition("%{word:user}|%{int:n}")), true));
        let events = told(&mut pool);
        assert!(events.contains(&Event::Kept("myapp".to_owned())) && events.contains(&Event::Anew));
        let files = known(&events).expect("told");
        assert_eq!(files.len(), 1);
        assert!(files[0].format.is_some() && files[0].file.contains("\"logloupe_format\": 1"));
        assert_eq!(crate::format_info::by_id("myapp").expect("known to the page").title, "My app");
        let ask = |pool: &mut Pool, query: &str| {
            let table = pool.view(query).table.expect("a table");
            table.rows
        };
        assert_eq!(
            ask(
                &mut pool,
                "filter @format = \"myapp\" | stats sum(n) as n, count(*) as c by user.name | sort n"
            ),
            [
                [Value::text("ana"), Value::Int(12), Value::Int(1)],
                [Value::text("ben"), Value::Int(30), Value::Int(1)]
            ]
        );
        // In SQL by its id, and other logs are what they were.
        assert_eq!(ask(&mut pool, "stats count(*) as c by @format | sort c desc").len(), 2);
        // Described otherwise, its rows are read anew: the columns are others.
        pool.send(Command::Describe(Box::new(definition("%{word:name}|%{rest:what}")), true));
        let again = told(&mut pool);
        let rows = ask(&mut pool, "filter ispresent(what) | stats count(*) as c by what | sort what");
        assert_eq!(rows.len(), 3);
        // A later visit knows it from the start.
        let files: Vec<String> = known(&again).expect("told").into_iter().map(|k| k.file).collect();
        let mut later = Pool::new(workers);
        later.send(Command::Formats(files));
        later.open(&[("other.log", LINES.as_bytes().to_vec())]);
        assert_eq!(format_of(&told(&mut later), "other.log"), Some("myapp"));
        later.send(Command::ForgetFormat("myapp".to_owned()));
        assert_eq!(known(&told(&mut later)), Some(Vec::new()));
        later.send(Command::Clear);
        later.open(&[("other.log", LINES.as_bytes().to_vec())]);
        assert_eq!(format_of(&told(&mut later), "other.log"), Some("plain_text"));
    }
}

#[test]
fn a_dropped_description_is_no_log() {
    for workers in [1, 2] {
        let mut pool = Pool::new(workers);
        let file =
            br#"{"logloupe_format":1,"id":"myapp","template":"%{word:user}|%{int:n}","samples":["ana|12"]}"#;
        pool.open(&[("app.log", LINES.as_bytes().to_vec()), ("myapp.json", file.to_vec())]);
        let events = told(&mut pool);
        let loaded = events.iter().rev().find_map(|event| match event {
            Event::Changed(loaded) => Some(loaded.rows),
            _ => None,
        });
        assert_eq!((loaded, format_of(&events, "app.log")), (Some(2), Some("myapp")));
        let set_aside =
            ledger(&events).iter().find(|entry| entry.source == "myapp.json").expect("in the ledger");
        assert!(matches!(&set_aside.state, Ended::Skipped(why) if why.contains("`myapp`")), "{set_aside:?}");
        // Its lines are of a log, and not kept.
        let files = known(&events).expect("told");
        assert!(files.len() == 1 && !files[0].file.contains("samples"), "{files:?}");
    }
}

#[test]
fn a_description_that_is_wrong_is_not_kept() {
    let mut pool = Pool::new(1);
    for (wrong, part) in [
        (definition("%{wort:x}"), "template"),
        (Definition { id: "waf".to_owned(), ..definition("%{rest:x}") }, "id"),
    ] {
        pool.send(Command::Describe(Box::new(wrong), true));
        pool.settle();
        let events = pool.events();
        assert!(
            events.iter().any(|e| matches!(e, Event::NotKept(problem) if problem.part == part)),
            "{events:?}"
        );
        assert_eq!(known(&events), None);
    }
    assert_eq!(pool.state.borrow().waiting(), 0);
}

#[test]
fn lines_are_tried_and_only_the_last_try_is_told() {
    let mut pool = Pool::new(2);
    let request = |template: &str| Try {
        text: LINES.to_owned(),
        definition: Some(definition(template)),
        ..Try::default()
    };
    for template in ["%{word:user}", "%{wort:user}", "%{word:user}|%{int:n}"] {
        pool.send(Command::Try(Box::new(request(template))));
    }
    pool.settle();
    let tried: Vec<_> = pool
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Tried(tried) => Some(tried),
            _ => None,
        })
        .collect();
    let [tried] = tried.as_slice() else { panic!("{tried:?}") };
    let attempt = tried.attempt.as_ref().expect("understood");
    assert_eq!((attempt.row_count, attempt.rejected, attempt.rejections[0].column), (2, 1, 4));
    assert_eq!(attempt.considered[0].id, "myapp");
    // A day without a year is of one, as in files.
    let syslog = Try {
        text: "Mar  5 01:02:03 x".to_owned(),
        definition: Some(definition("%{time} %{rest:x}")),
        ..Try::default()
    };
    pool.send(Command::Try(Box::new(syslog)));
    pool.settle();
    let rows = pool.events().into_iter().find_map(|event| match event {
        Event::Tried(tried) => Some(tried.attempt?.row_count),
        _ => None,
    });
    assert_eq!(rows, Some(1));
    pool.send(Command::Try(Box::new(request("%{wort:user}"))));
    pool.settle();
    let problem = pool.events().into_iter().find_map(|event| match event {
        Event::Tried(tried) => tried.problem,
        _ => None,
    });
    assert_eq!(problem.map(|problem| (problem.from, problem.to)), Some((2, 6)));
}
