//! `logloupe convert`: every row of every file as NDJSON or CSV, file after file.
//!
//! Memory holds one file's table at a time. A CSV needs its header first, so files are read once for their columns
//! and once for their rows; what is small, or cannot be read twice (stdin), is kept from the first reading.

use std::io::Write;

use logloupe_core::{
    export,
    ingest::{Entry, Loader},
    table::{Row, Shard, schema::SOURCE},
};

use crate::{
    Outcome,
    args::{Convert, Files},
    inputs::{self, Input},
    load, output,
    progress::{self, Counts},
    report,
};

/// How many bytes of tables are kept between the two readings for CSV.
const KEPT: usize = 256 << 20;

/// Writes all rows.
pub fn run(call: &Convert, out: &mut dyn Write) -> Outcome {
    let (inputs, missing) = inputs::expand(&call.files.paths);
    let counts = Counts::default();
    let bytes = inputs.iter().map(|input| input.bytes).sum();
    let mut ledger = progress::show(&counts, inputs.len() as u64, bytes, || {
        let reader = Reader { files: &call.files, counts: &counts };
        if call.csv { csv(&inputs, &reader, out) } else { ndjson(&inputs, &reader, out) }
    })?;
    ledger.extend(missing.iter().map(load::unread));
    Ok(report::remarks(&ledger))
}

struct Reader<'a> {
    files: &'a Files,
    counts: &'a Counts,
}

impl Reader<'_> {
    fn read(&self, input: &Input) -> (Shard, Vec<Entry>) {
        let mut loader: Loader = load::loader();
        let mut buffer = vec![0; load::CHUNK];
        load::feed(&mut loader, input, self.files.format.as_deref(), &mut buffer, self.counts);
        loader.into_parts()
    }
}

fn ndjson(inputs: &[Input], reader: &Reader<'_>, out: &mut dyn Write) -> std::io::Result<Vec<Entry>> {
    let mut ledger = Vec::new();
    for input in inputs {
        let (shard, entries) = reader.read(input);
        rows(&shard, out, export::ndjson_of)?;
        ledger.extend(entries);
    }
    Ok(ledger)
}

fn csv(inputs: &[Input], reader: &Reader<'_>, out: &mut dyn Write) -> std::io::Result<Vec<Entry>> {
    let (mut ledger, mut columns, mut kept, mut held) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for input in inputs {
        let (shard, entries) = reader.read(input);
        for column in export::csv_columns([&shard]) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        ledger.extend(entries);
        let fits = held + shard.bytes() <= KEPT || input.path.is_none();
        held += if fits { shard.bytes() } else { 0 };
        kept.push(fits.then_some(shard));
    }
    if columns.is_empty() {
        columns = export::csv_columns([]);
    }
    let mut header = Vec::new();
    output::csv_header(&columns, &mut header);
    out.write_all(&header)?;
    for (input, shard) in inputs.iter().zip(kept) {
        let shard = shard.unwrap_or_else(|| reader.read(input).0);
        rows(&shard, out, |shard, row, record, line| {
            export::csv_row_of(shard, row, record, &columns, line);
        })?;
    }
    Ok(ledger)
}

/// Every row of the shard: file after file, and within a file table by table.
fn rows(
    shard: &Shard,
    out: &mut dyn Write,
    mut write: impl FnMut(&Shard, &Row<'_>, &[u8], &mut Vec<u8>),
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    for source in 0..shard.sources.len() as i64 {
        for table in &shard.tables {
            for (c, chunk) in table.chunks().iter().enumerate() {
                let sources = chunk.column(SOURCE);
                if sources.range().is_none_or(|(first, last)| source < first || last < source) {
                    continue;
                }
                let of_source = |row: usize| sources.int(row) == Some(source);
                export::each_row(table, c, of_source, |row, record| write(shard, row, record, &mut buffer));
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
    }
    Ok(())
}
