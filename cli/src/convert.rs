//! `logloupe convert`: every row of every file as NDJSON, CSV or Parquet, file after file.
//!
//! Rows are written and forgotten as they are read: memory does not depend on the size of a file. A CSV needs its header
//! first, so files are read once for their columns and once for their rows; what cannot be read twice (stdin) is kept
//! from the first reading.

use std::io::{self, Write};

use logloupe_core::ingest::{Entry, Loader, each_row};
use logloupe_table::{Row, Shard};
use logloupe_view::export::{self, CsvColumns, FilledColumns};

use crate::{
    Failure, Outcome,
    args::{Convert, Files, RowsAs},
    columnar,
    definitions::{self, Formats},
    inputs::{self, Input},
    load, output,
    progress::{self, Counts},
    report,
};

/// How many bytes are read between two writings: packed files inflate to many times that.
const CHUNK: usize = 64 << 10;

/// Writes all rows.
///
/// # Errors
/// When stdout or a file cannot be written.
pub fn run(call: &Convert, out: &mut dyn Write) -> Outcome {
    let (files, formats) = definitions::resolve(&call.files)?;
    let (inputs, missing) = inputs::expand(&call.files.paths);
    let counts = Counts::default();
    let bytes = inputs.iter().map(|input| input.bytes).sum();
    let mut lake = match &call.rows {
        RowsAs::Parquet { keys, out } => {
            let keys = logloupe_table::columnar::Key::list(keys.iter().map(String::as_str));
            let lake = columnar::Lake::new(out, keys, load::threads(&files));
            Some(lake.map_err(|fault| Failure::Refused(format!("logloupe: {fault}")))?)
        }
        _ => None,
    };
    let mut ledger = progress::show(&counts, inputs.len() as u64, bytes, || {
        let reader = Reader { files: &files, formats, counts: &counts };
        match (&call.rows, &mut lake) {
            (_, Some(lake)) => parquet(&inputs, &reader, lake),
            (RowsAs::Csv, _) => csv(&inputs, &reader, out),
            _ => ndjson(&inputs, &reader, out),
        }
    })?;
    for told in lake.iter().flat_map(columnar::Lake::told) {
        eprintln!("logloupe: {}", output::plain(&told, usize::MAX));
    }
    ledger.extend(missing.iter().map(load::unread));
    Ok(report::remarks(&ledger))
}

struct Reader<'a> {
    files: &'a Files,
    formats: Formats,
    counts: &'a Counts,
}

impl Reader<'_> {
    /// Reads a file to its end, calling `after` whenever some of it was read.
    fn read(
        &self,
        input: &Input,
        mut after: impl FnMut(&mut Loader) -> io::Result<()>,
    ) -> io::Result<Loader> {
        let mut loader: Loader = load::loader(self.formats);
        let (mut buffer, mut outcome) = (vec![0; CHUNK], Ok(()));
        load::feed(&mut loader, input, self.files, &mut buffer, self.counts, |loader| {
            outcome = after(loader);
            outcome.is_ok()
        });
        outcome?;
        after(&mut loader)?;
        Ok(loader)
    }
    /// Reads a file and writes its rows.
    fn write(
        &self,
        input: &Input,
        out: &mut dyn Write,
        mut line: impl FnMut(&Shard, &Row<'_>, &[u8], &mut Vec<u8>),
    ) -> io::Result<Loader> {
        let mut lines = Vec::new();
        self.read(input, |loader| {
            loader.drain(|shard, row, record| line(shard, row, record, &mut lines));
            out.write_all(&lines)?;
            lines.clear();
            Ok(())
        })
    }
}

fn ndjson(inputs: &[Input], reader: &Reader<'_>, out: &mut dyn Write) -> io::Result<Vec<Entry>> {
    let mut ledger = Vec::new();
    for input in inputs {
        ledger.extend(reader.write(input, out, export::ndjson_of)?.into_parts().1);
    }
    Ok(ledger)
}

fn parquet(inputs: &[Input], reader: &Reader<'_>, lake: &mut columnar::Lake) -> io::Result<Vec<Entry>> {
    let mut ledger = Vec::new();
    for input in inputs {
        let loader = reader.read(input, |loader| {
            let mut outcome = Ok(());
            loader.drain_shard(|shard| outcome = lake.take(shard));
            outcome
        })?;
        ledger.extend(loader.into_parts().1);
    }
    lake.finish()?;
    Ok(ledger)
}

fn csv(inputs: &[Input], reader: &Reader<'_>, out: &mut dyn Write) -> io::Result<Vec<Entry>> {
    let (mut ledger, mut columns, mut kept) = (Vec::new(), CsvColumns::default(), Vec::new());
    for input in inputs {
        let mut filled = FilledColumns::default();
        let only_once = input.path.is_none();
        let mut loader = reader.read(input, |loader| {
            if !only_once {
                loader.drain_shard(|shard| filled.add(shard));
            }
            Ok(())
        })?;
        if only_once {
            filled.add(loader.shard());
        }
        columns.add(loader.shard(), &filled);
        let (shard, entries) = loader.into_parts();
        ledger.extend(entries);
        kept.push(only_once.then_some(shard));
    }
    let columns = columns.names;
    let mut lines = Vec::new();
    output::csv_header(&columns, &mut lines);
    out.write_all(&lines)?;
    let line = |shard: &Shard, row: &Row<'_>, record: &[u8], line: &mut Vec<u8>| {
        export::csv_row_of(shard, row, record, &columns, line);
    };
    for (input, kept) in inputs.iter().zip(kept) {
        match kept {
            None => drop(reader.write(input, out, line)?),
            Some(shard) => {
                lines.clear();
                each_row(&shard, |shard, row, record| line(shard, row, record, &mut lines));
                out.write_all(&lines)?;
            }
        }
    }
    Ok(ledger)
}
