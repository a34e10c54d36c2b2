//! Parquet into rows, natively, on one thread, beside what DuckDB takes for the same file (`CREATE TABLE … AS SELECT`).
//!
//! DuckDB writes the files, out of the flow logs that are measured as text too: it needs Python with the package `duckdb`, in
//! `target/venv` or as `python3`. Where that is not there, there are no rows. Logloupe keeps each record's text as well;
//! DuckDB does not.

use std::{fs, path::Path, process::Command};

use logloupe_core::ingest::codec::CodecKind;

use crate::{
    codecs::inflate,
    ingest::{loader, read},
    logs::Maker,
    measure::{FigureTable, Took, time},
};

const RUNS: usize = 5;

/// Flow logs as Parquet in several compressions.
pub(crate) fn all(table: &mut FigureTable, rows: u64) {
    let folder = Path::new("target/bench-parquet");
    match written(folder, rows) {
        Ok(files) => files.iter().for_each(|line| one(table, line, rows)),
        Err(fault) => eprintln!("Parquet was not measured: {fault}"),
    }
}

/// Has the files written, and gives a line for each.
fn written(folder: &Path, rows: u64) -> Result<Vec<String>, String> {
    let text = folder.join("flows.txt");
    let chunks: Vec<Vec<u8>> = Maker::of("vpc_flow").stream(rows).collect();
    fs::create_dir_all(folder).and_then(|()| fs::write(&text, chunks.concat())).map_err(|e| e.to_string())?;
    let own = Path::new("target/venv/bin/python");
    let python = if own.exists() { own } else { Path::new("python3") };
    let told = Command::new(python).arg("bench/parquet.py").args([&text, folder]).output();
    let told = told.map_err(|fault| format!("{}: {fault}", python.display()))?;
    match told.status.success() {
        true => Ok(String::from_utf8_lossy(&told.stdout).lines().map(str::to_owned).collect()),
        false => Err(String::from_utf8_lossy(&told.stderr).trim().to_owned()),
    }
}

fn one(table: &mut FigureTable, line: &str, rows: u64) {
    let mut words = line.split(' ');
    let (Some(codec), Some(path)) = (words.next(), words.next()) else { return };
    let duckdb = Took::of(words.filter_map(|run| run.parse().ok()).collect());
    let Ok(file) = fs::read(path) else { return };
    let note = format!("{rows} flow records in {:.1} MB", file.len() as f64 / 1e6);
    let open = || logloupe_codecs::open(CodecKind::Parquet).expect("it is there");
    let took = time(RUNS, open, |codec| inflate(codec, &file, true));
    table.row(&format!("native: decode Parquet, {codec}"), "ms", took.millis(), &format!("{note}, to text"));
    let chunks: Vec<Vec<u8>> = file.chunks(1 << 20).map(<[u8]>::to_vec).collect();
    let ready = || loader().with_codecs(logloupe_codecs::open);
    let took = time(RUNS, ready, |loader| read(loader, "flows.parquet", &chunks));
    table.row(&format!("native: read Parquet, {codec}"), "ms", took.millis(), &note);
    table.row(&format!("DuckDB: read Parquet, {codec}"), "ms", duckdb.millis(), "one thread");
}
