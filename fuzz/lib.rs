//! What must hold of any text in any query language, and in [`logs`] of any bytes that are read. The targets beside this
//! file only choose what they give to it.

pub mod logs;

use std::cell::RefCell;

use logloupe_syntax::{diagnostic::render, Language, highlight, parse_in, text as write};
use logloupe_query::{exec::{Answer, Reader, run_in}, plan::{Catalog, check, plan}};
use logloupe_table::{json_paths::NoJson, Cell, Field, Kind, Role, Shard};

/// Longer texts are left to the core's own tests of hostile texts: here short ones are tried, and many.
const LONGEST: usize = 4096;

fn fields() -> Vec<Field> {
    vec![
        Field::new("srcaddr", Kind::Ip, Role::Dimension).aliases(&["source.ip", "srcAddr"]),
        Field::new("action", Kind::Text, Role::Status),
        Field::new("id", Kind::Text, Role::Identifier),
        Field::new("bytes", Kind::Int, Role::Measure),
        Field::new("took", Kind::Float, Role::Measure),
        Field::new("ok", Kind::Bool, Role::Status),
        Field::new("detail.user.name", Kind::Text, Role::Dimension),
    ]
}

fn catalog(json: bool) -> Catalog {
    let mut catalog = Catalog::default();
    catalog.add_format("flow", &fields(), json);
    catalog.add_source("vpc_flow_logs", "flow");
    catalog
}

/// Two small tables in several chunks, with missing values, large numbers and text that is no number.
fn shard() -> Shard {
    let mut shard = Shard::new(7);
    for source in ["a.log", "b.log"] {
        shard.add_source(source);
    }
    let texts: [&[u8]; 6] = [b"ACCEPT", b"REJECT", b"10", b"", "é x".as_bytes(), b"2026-03-05T01:00:00Z"];
    let numbers = [0, 1, -7, i64::MAX, i64::MIN, 300];
    let floats = [0.0, -0.0, 0.1, 1e300, -2.5, 10.0];
    for i in 0..60usize {
        let mut row = shard.table(["flow", "web"][i % 2], fields()).begin();
        if i % 7 != 3 {
            row.timestamp(1_772_668_800_000_000 + i as i64 * 97_000_000);
        }
        let some = |cell| if (i * 5) % 11 < 8 { cell } else { Cell::Null };
        let addresses = [b"10.0.0.1".as_slice(), b"2001:db8::1", b"198.51.100.7"];
        row.set(0, some(Cell::Text(addresses[i % 3])));
        row.set(1, some(Cell::Text(texts[i % 6])));
        let id = format!("id-{i}");
        row.set(2, some(Cell::Text(id.as_bytes())));
        row.set(3, some(Cell::Int(numbers[(i / 2) % 6])));
        row.set(4, some(Cell::Float(floats[(i / 3) % 6])));
        row.set(5, some(Cell::Bool(i % 4 == 0)));
        row.set(6, some(Cell::Text(texts[(i / 5) % 6])));
        let record = format!("row {i} user=u{} \"quoted text\" [in brackets] {}", i % 3, i * 10);
        row.commit((i % 2) as u32, i as u64 + 1, i as u64 + 1, record.as_bytes());
        if i % 17 == 16 {
            shard.seal();
        }
    }
    shard.seal();
    shard
}

/// Reads a text in a language, checks it against what exists, writes it down and reads it again.
pub fn read(bytes: &[u8], language: Language) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > LONGEST {
        return;
    }
    let parsed = parse_in(text, language);
    let shown = render(text, &parsed.diagnostics);
    assert_eq!(shown.is_empty(), parsed.diagnostics.is_empty());
    for d in &parsed.diagnostics {
        assert!(text.get(d.span.clone()).is_some(), "{d:?}");
        assert!(!d.message.is_empty() && !d.message.ends_with('.'), "{d:?}");
    }
    let mut at = 0;
    for (span, _) in highlight(text) {
        assert_eq!(span.start, at);
        at = span.end;
    }
    assert_eq!(at, text.len());
    let written = if language == Language::Sql { language } else { Language::Insights };
    // What could be read of a broken statement is written down as one that is none.
    if written == Language::Sql && !parsed.is_ok() {
        return;
    }
    let Ok(canonical) = write(&parsed.query, written) else { return };
    let again = parse_in(&canonical, written);
    match written {
        // Queries inside each other may come back as one; what is written then stays.
        Language::Sql => assert_eq!(write(&again.query, written).as_ref(), Ok(&canonical)),
        _ => assert_eq!(again.query, parsed.query, "{canonical}"),
    }
    assert!(again.is_ok(), "{canonical}\n{}", render(&canonical, &again.diagnostics));
    for catalog in [catalog(false), catalog(true), Catalog::open()] {
        let remarks = check(&parsed.query, &catalog);
        render(text, &remarks);
        // Two workers make the same of a query.
        assert_eq!(plan(&parsed.query, &catalog).is_ok(), plan(&again.query, &catalog).is_ok(), "{canonical}");
    }
}

thread_local! {
    static SHARD: RefCell<Shard> = RefCell::new(shard());
}

/// Runs a text, and its canonical text: both have the same answer.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > LONGEST / 8 {
        return;
    }
    for chosen in Language::ALL {
        let language = Language::of(text, chosen);
        let parsed = parse_in(text, language);
        if language != chosen || !parsed.is_ok() {
            continue;
        }
        let written = if language == Language::Sql { language } else { Language::Insights };
        let Ok(canonical) = write(&parsed.query, written) else { continue };
        SHARD.with_borrow_mut(|shard| {
            let first = answer(text, language, shard);
            let second = answer(&canonical, written, shard);
            // What refers to the text itself, places in it and names of columns, may differ.
            assert_eq!(first.is_ok(), second.is_ok(), "{canonical}\n{first:?}\n{second:?}");
            if let (Ok(first), Ok(second)) = (first, second) {
                assert_eq!(first, second, "{canonical}");
            }
        });
    }
}

fn answer(text: &str, language: Language, shard: &mut Shard) -> Result<Vec<String>, String> {
    let (plan, answer) = run_in(text, language, shard, &NoJson).map_err(|d| render(text, &d))?;
    Ok(match answer {
        Answer::Table(table) => table.rows.iter().map(|row| format!("{row:?}")).collect(),
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, shard);
            rows.iter().map(|r| format!("{r:?} {:?}", reader.values(*r))).collect()
        }
    })
}
