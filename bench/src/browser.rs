//! The same through the built page in a real Chromium: files go in through its file input, times are taken inside the
//! page, and what is measured is what a user waits for. The shipped workers do the work, not a copy of them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use logloupe_sample::bulk;
use logloupe_tests::{browser::Page, webdriver::keys};
use serde_json::json;

use crate::{
    logs::{MAKERS, Maker},
    measure::{FigureTable, Took},
    queries::{JSON_PATH, QUESTIONS, Questions},
};

/// How often each figure is taken.
const RUNS: usize = 3;

/// Everything that the page is measured for.
pub(crate) fn all(table: &mut FigureTable, scale: u64) -> Result<(), String> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    if !dist.join("index.html").is_file() {
        return Err("there is no dist/: run `cargo xtask dist` first".into());
    }
    let folder = Folder(std::env::temp_dir().join(format!("logloupe-bench-{}", std::process::id())));
    fs::create_dir_all(&folder.0).map_err(|fault| fault.to_string())?;
    start(table, &dist)?;
    reading(table, &dist, &folder.0, scale)?;
    small_files(table, &dist, &folder.0, scale)?;
    for of in QUESTIONS {
        questions(table, &dist, &folder.0, of, 1_000_000 / scale)?;
    }
    // Ten million of the others do not fit the four gigabytes that a worker can address.
    questions(table, &dist, &folder.0, &QUESTIONS[0], 10_000_000 / scale)
}

/// Gone when the benchmark ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the page weighs, and how soon it is there.
fn start(table: &mut FigureTable, dist: &Path) -> Result<(), String> {
    let mut weight = 0;
    let mut folders = vec![dist.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).map_err(|fault| fault.to_string())?.flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let content = fs::read(entry.path()).map_err(|fault| fault.to_string())?;
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&content).map_err(|fault| fault.to_string())?;
            weight += encoder.finish().map_err(|fault| fault.to_string())?.len();
        }
    }
    table.figure("page: weight", "KB", weight as f64 / 1e3, "all its files, gzipped");
    let mut page = Page::open_folder(dist, "");
    let ready = (0..5).map(|_| {
        page.go("");
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
        page.script(script, &[]).as_f64().unwrap_or(0.0)
    });
    table.row("page: drawn", "ms", Took::of(ready.collect()).millis(), "from navigation, on localhost");
    Ok(())
}

/// Notes when files were given, when reading ended and when all rows were counted on screen.
const WATCH: &str = "
    const wanted = arguments[0];
    const seen = window.__bench = {};
    document.addEventListener('change', () => seen.given ??= performance.now(), { capture: true });
    new MutationObserver(() => {
        const now = performance.now();
        if (seen.given === undefined || seen.painted !== undefined) return;
        const statuses = [...document.querySelectorAll('[role=status]')].map(e => e.textContent);
        if (document.querySelector('[role=progressbar]')) seen.reading = now;
        else if (statuses.some(text => text.startsWith(wanted))) seen.painted = now;
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });";

/// Gives files to a page that was just opened; milliseconds until all rows are counted, charted and listed.
fn load(page: &mut Page, files: &[PathBuf], rows: u64) -> f64 {
    page.go("");
    let wanted = format!("{0} of {0} events", grouped(rows));
    page.script(WATCH, &[json!(wanted)]);
    page.upload("Open log files", files);
    let script = "const s = window.__bench; return s.painted === undefined ? null : s.painted - s.given";
    // Longer than any patience of the tests.
    for _ in 0..6_000 {
        if let Some(took) = page.script(script, &[]).as_f64() {
            return took;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the page did not say \"{wanted}\"; it says {:?}", page.status());
}

/// A page with so many workers as processors; with `one`, with one.
fn open(dist: &Path, one: bool) -> Page {
    let page = Page::open_folder(dist, "");
    if one {
        let only = json!({ "hardwareConcurrency": 1 });
        page.session().devtools("Emulation.setHardwareConcurrencyOverride", &only).expect("Chromium has it");
    }
    page
}

/// Every format, plain and gzipped, with one worker and with all.
fn reading(table: &mut FigureTable, dist: &Path, folder: &Path, scale: u64) -> Result<(), String> {
    for maker in &MAKERS {
        let log = maker.make(scale);
        let (bytes, rows, format) = (log.bytes(), log.rows, log.format);
        let plain = folder.join(log.file);
        fs::write(&plain, log.chunks.concat()).map_err(|fault| fault.to_string())?;
        let packed = folder.join(format!("{}.gz", log.file));
        fs::write(&packed, log.gzip().concat()).map_err(|fault| fault.to_string())?;
        drop(log);
        for one in [true, false] {
            let mut page = open(dist, one);
            let workers = if one { "one worker" } else { "all workers" };
            for (file, kind) in [(&plain, ""), (&packed, ", gzip")] {
                // One gzip file is one worker's.
                if !one && !kind.is_empty() {
                    continue;
                }
                let runs = (0..RUNS).map(|_| load(&mut page, std::slice::from_ref(file), rows));
                let took = Took::of(runs.collect());
                let note = format!("{workers}, from drop to all rows on screen");
                table.row(&format!("page: read {format}{kind}"), "MB/s", took.rate(bytes), &note);
            }
        }
        let _ = (fs::remove_file(&plain), fs::remove_file(&packed));
    }
    Ok(())
}

fn small_files(table: &mut FigureTable, dist: &Path, folder: &Path, scale: u64) -> Result<(), String> {
    let count = 4_000 / scale as usize;
    let mut paths = Vec::new();
    for (number, file) in bulk::small_files(count).enumerate() {
        let path = folder.join(format!("{number}.json.gz"));
        fs::write(&path, &file.bytes).map_err(|fault| fault.to_string())?;
        paths.push(path);
    }
    let rows = count as u64 * bulk::SMALL_FILE_EVENTS;
    let mut page = open(dist, false);
    let took = Took::of((0..RUNS).map(|_| load(&mut page, &paths, rows)).collect());
    let note = format!("{count} CloudTrail .json.gz of 3 KB, all workers");
    table.row("page: read small files", "ms", took.millis(), &note);
    Ok(())
}

/// From Enter to the answer in the page: the query's own, and with it histogram, facets and order of rows.
fn questions(
    table: &mut FigureTable,
    dist: &Path,
    folder: &Path,
    of: &Questions,
    rows: u64,
) -> Result<(), String> {
    let maker = Maker::of(of.format);
    let file = folder.join(maker.file);
    let mut out = fs::File::create(&file).map_err(|fault| fault.to_string())?;
    for chunk in maker.stream(rows) {
        out.write_all(&chunk).map_err(|fault| fault.to_string())?;
    }
    drop(out);
    let mut page = open(dist, false);
    let took = load(&mut page, std::slice::from_ref(&file), rows);
    let _ = fs::remove_file(&file);
    let named = format!("{} rows of {}", grouped(rows), of.format);
    table.figure(&format!("page: read {named}"), "s", took / 1e3, "all workers");
    let filters: &[(&str, &str)] = match of.format {
        "vpc_flow" => &[
            ("everything", ""),
            ("a filter", "filter action = \"REJECT\""),
            ("another filter", "filter dstPort = 443"),
        ],
        _ => &[("everything", "")],
    };
    let note = format!("{named}, all workers, histogram and facets included");
    for (name, query) in filters.iter().chain(of.queries) {
        let mut runs = Vec::new();
        for run in 0..5 {
            // Something else first, so that the question is a new one.
            ask(&page, "filter @line = 41");
            let took = ask(&page, query);
            match (*name, run) {
                (JSON_PATH, 0) => table.figure("page: JSON path, first time", "ms", took, &note),
                _ => runs.push(took),
            }
        }
        table.row(&format!("page: {name}"), "ms", Took::of(runs).millis(), &note);
    }
    Ok(())
}

/// Types a query and gives the milliseconds from Enter to when the page stops changing.
fn ask(page: &Page, query: &str) -> f64 {
    page.fill("textbox", "Query", query);
    page.script(
        "const seen = window.__bench = {};
         document.addEventListener('keydown', event => {
             if (event.key === 'Enter') seen.asked ??= performance.now();
         }, { capture: true });
         const status = document.querySelector('.foot') ?? document.querySelector('[role=status]').parentElement;
         new MutationObserver(() => {
             if (seen.asked !== undefined) seen.told = performance.now();
         }).observe(status, { subtree: true, childList: true, characterData: true });",
        &[],
    );
    page.press(&[keys::ENTER]);
    let script = "const s = window.__bench;
         return s.told !== undefined && performance.now() - s.told > 300 ? s.told - s.asked : null";
    for _ in 0..600 {
        if let Some(took) = page.script(script, &[]).as_f64() {
            return took;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the page did not answer {query}; it says {:?}", page.status());
}

/// `1,204`, as the page writes it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
