//! Bytes to sealed tables with the raw text kept, natively, on one thread.

use logloupe_core::{
    formats::{ALL, Format},
    ingest::{Limits, Loader, Options},
};
use logloupe_sample::{SampleFile, bulk};

use crate::{
    logs::{MAKERS, Maker},
    measure::{FigureTable, time},
};

/// Where this runs.
const WHERE: &str = if cfg!(target_family = "wasm") { "wasm" } else { "native" };

/// How often each figure is taken.
const RUNS: usize = 5;

/// A loader for all formats.
pub(crate) fn loader() -> Loader {
    Loader::new(ALL.to_vec(), Limits::default(), 1)
}

/// Reads one file and seals its rows.
#[inline(never)] // it has a name in profiles
pub(crate) fn read<'c>(
    mut loader: Loader,
    name: &str,
    chunks: impl IntoIterator<Item = &'c Vec<u8>>,
) -> Loader {
    loader.open(name, Options::default());
    chunks.into_iter().for_each(|chunk| loader.push(chunk));
    loader.finish();
    loader.seal();
    loader
}

/// Every format, plain and gzipped, and what its rows take in memory.
pub(crate) fn formats(table: &mut FigureTable, scale: u64) {
    for maker in &MAKERS {
        let log = maker.make(scale);
        let (bytes, format) = (log.bytes(), log.format);
        let size = format!("{:.0} MB of text", bytes as f64 / 1e6);
        let took = time(RUNS, loader, |loader| read(loader, log.file, &log.chunks));
        table.row(&format!("{WHERE}: read {format}"), "MB/s", took.rate(bytes), &size);
        let packed = log.gzip();
        let took = time(RUNS, loader, |loader| read(loader, log.file, &packed));
        table.row(&format!("{WHERE}: read {format}, gzip"), "MB/s", took.rate(bytes), "inflated bytes");

        let mut loaded = read(loader(), log.file, &log.chunks);
        let shard = loaded.shard();
        assert_eq!(shard.rows() as u64, log.rows, "{format}: all of it is read");
        let held = shard.bytes() as f64;
        table.figure(&format!("memory: {format}"), "bytes/row", held / log.rows as f64, "raw text included");
        table.figure(&format!("memory: {format}"), "of its text", held / bytes as f64, "raw text included");
    }
}

/// Every format's samples, repeated: no log of this life, but the same measure for all. Records that are rejected are left
/// out where the rest can be read without them.
pub(crate) fn samples(table: &mut FigureTable, scale: u64) {
    for format in ALL {
        let id = format.meta().id;
        let content = repeated(*format, 16_000_000 / scale as usize);
        let took = time(
            RUNS,
            || Loader::new(vec![*format], Limits::default(), 1),
            |mut loader| {
                loader.open("sample", Options { format: Some(id.to_owned()), ..Options::default() });
                content.chunks(1 << 20).for_each(|chunk| loader.push(chunk));
                loader.finish();
                loader.seal();
                loader
            },
        );
        let (size, bytes) =
            (format!("{:.0} MB of samples", content.len() as f64 / 1e6), content.len() as u64);
        table.row(&format!("{WHERE}: read {id}, samples"), "MB/s", took.rate(bytes), &size);
    }
}

/// A format's samples over and over, about so many bytes.
fn repeated(format: &'static dyn Format, bytes: usize) -> Vec<u8> {
    let load = |content: &[u8]| {
        let mut loader = Loader::new(vec![format], Limits::default(), 1);
        loader.open("sample", Options { format: Some(format.meta().id.to_owned()), ..Options::default() });
        loader.push(content);
        loader.finish();
        loader.into_parts().0
    };
    let mut unit = Vec::new();
    // One form of it: what the next sample's header says would not hold of the records before.
    if let Some(sample) = format.samples().iter().max_by_key(|sample| sample.rows) {
        let shard = load(sample.content);
        let mut records = Vec::new();
        for table in &shard.tables {
            for row in (0..table.rows()).filter_map(|row| table.row(row)) {
                records.extend_from_slice(&row.raw());
                records.push(b'\n');
            }
        }
        let whole = load(&records).rows() == shard.rows();
        unit.extend_from_slice(if whole { &records } else { sample.content });
        unit.push(b'\n');
    }
    unit.repeat(bytes / unit.len().max(1) + 1)
}

/// `rows` rows of one format.
pub(crate) fn one(table: &mut FigureTable, format: &str, rows: u64) {
    let maker = Maker::of(format);
    let chunks: Vec<Vec<u8>> = maker.stream(rows).collect();
    let bytes = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    let took = time(1, loader, |loader| read(loader, maker.file, &chunks));
    table.row(&format!("{WHERE}: read {format}"), "MB/s", took.rate(bytes), "once");
}

/// Thousands of small files, as a trail delivers them.
pub(crate) fn small_files(table: &mut FigureTable, scale: u64) {
    let count = 4_000 / scale as usize;
    let files: Vec<SampleFile> = bulk::small_files(count).collect();
    let took = time(RUNS, loader, |mut loader| {
        for file in &files {
            loader.open(&file.path, Options::default());
            loader.push(&file.bytes);
            loader.finish();
        }
        loader.seal();
        loader
    });
    let note = format!("{count} CloudTrail .json.gz of 3 KB");
    table.row(&format!("{WHERE}: read small files"), "ms", took.millis(), &note);
}
