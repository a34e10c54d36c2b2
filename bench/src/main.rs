//! How fast it is: `cargo xtask bench`, or `cargo run --release -p logloupe-bench -- [PART…] [--quick]`.
//!
//! Prints one table. Logs come from `logloupe-sample`, realistic in their cardinalities and always the same; each
//! figure is the median of several runs, with the best beside it, measured in one process so that figures of one run
//! can be compared. Nothing is asserted here: machines differ, and drift.
//!
//! On WASM the same but for the browser: `cargo build --release --target wasm32-wasip1 -p logloupe-bench`, then
//! `node bench/wasi.mjs [PART…]`.
//!
//! Reading order: [`measure`] (repeat, take the median, print), [`logs`] (what is read), [`ingest`], [`codecs`], [`parquet`],
//! [`queries`], [`browser`] (the same through the built page).

#[cfg(not(target_family = "wasm"))]
mod browser;
#[cfg(not(target_family = "wasm"))]
mod codecs;
mod ingest;
mod logs;
mod measure;
#[cfg(not(target_family = "wasm"))]
mod parquet;
mod queries;

use std::process::ExitCode;

use measure::FigureTable;

const HELP: &str = "\
logloupe-bench [PART…] [--quick]

  native     the core in this process, one thread (the default): the next five
  ingest     bytes to tables
  codecs     decompression alone
  parquet    Parquet files, beside DuckDB; needs Python with duckdb
  samples    the same for every format, of its samples repeated
  queries    questions over a million rows
  large      the same questions over ten million; needs 8 GB of memory
  ask FORMAT ROWS QUERY
             one question, stage by stage: to be run under a profiler
  read FORMAT ROWS
             one log, read once: to be run under a profiler
  browser    the built page in Chromium; builds nothing: needs dist/ from `cargo xtask dist`
  --quick    a tenth of the data: to try the benchmark, not the engine
";

fn main() -> ExitCode {
    // Growing WebAssembly's memory page by page takes as long as reading: the worker grows it at once too.
    #[cfg(target_family = "wasm")]
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 30)));
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [ask, format, rows, query] = args.as_slice()
        && let ("ask", Ok(rows)) = (ask.as_str(), rows.parse())
    {
        queries::one(&mut FigureTable::default(), format, rows, query);
        return ExitCode::SUCCESS;
    }
    if let [read, format, rows] = args.as_slice()
        && let ("read", Ok(rows)) = (read.as_str(), rows.parse())
    {
        ingest::one(&mut FigureTable::default(), format, rows);
        return ExitCode::SUCCESS;
    }
    let has = |name: &str| args.iter().any(|arg| arg == name);
    const PARTS: [&str; 8] =
        ["native", "ingest", "codecs", "parquet", "queries", "large", "browser", "samples"];
    if let Some(unknown) = args.iter().find(|arg| !PARTS.contains(&arg.as_str()) && *arg != "--quick") {
        eprint!(
            "{}{HELP}",
            if unknown == "--help" { String::new() } else { format!("no such argument: {unknown}\n") }
        );
        return ExitCode::from(2);
    }
    let scale = if has("--quick") { 10 } else { 1 };
    let mut table = FigureTable::default();
    let native = has("native") || !PARTS[1..].iter().any(|part| has(part));
    if native || has("ingest") {
        ingest::formats(&mut table, scale);
        ingest::small_files(&mut table, scale);
    }
    #[cfg(not(target_family = "wasm"))]
    if native || has("codecs") {
        codecs::all(&mut table, scale);
    }
    #[cfg(not(target_family = "wasm"))]
    if native || has("parquet") {
        parquet::all(&mut table, 1_000_000 / scale);
    }
    if has("samples") {
        ingest::samples(&mut table, scale);
    }
    if native || has("queries") {
        queries::all(&mut table, 1_000_000 / scale);
    }
    if native || has("large") {
        queries::all(&mut table, 10_000_000 / scale);
    }
    #[cfg(not(target_family = "wasm"))]
    if has("browser")
        && let Err(fault) = browser::all(&mut table, scale)
    {
        eprintln!("the page was not measured: {fault}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
