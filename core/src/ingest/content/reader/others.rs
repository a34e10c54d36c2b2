//! Records of other logs in the file of one: balancers that share a prefix, files that somebody joined. What the format
//! that claimed the file rejects is a row of another one that is certain of the record by itself.
//!
//! It is decided by nothing but the record, so that parts of a file that are read apart give the same rows. Not for a file
//! whose format the caller named, nor for logs that need the lines around a record to know it: those behind a header, and
//! those that span lines.

use super::{CarriedColumns, Phase, Reader, decide::head};
use crate::{
    formats::{Decoded, Decoder, Format, Record, Settings},
    ingest::{
        context::Context,
        detect::{detect, knows_alone},
        ledger::OtherLog,
    },
};

/// A longer record is not shown to other formats: each of them would look at all of it.
const LONGEST: usize = 64 << 10;

/// The formats that a file's rejected records are shown to.
pub(super) struct Others {
    formats: Vec<&'static dyn Format>,
    /// What the user says of the file, but for what is said of its own fields.
    settings: Settings,
    /// Those that have read some.
    met: Vec<Met>,
}

struct Met {
    format: &'static dyn Format,
    decoder: Box<dyn Decoder>,
    table: usize,
    columns: CarriedColumns,
}

impl Others {
    /// All formats but the one that claimed the file.
    pub(super) fn than(claimed: &str, context: &Context) -> Others {
        let others = context.formats.iter().filter(|f| knows_alone(**f) && f.meta().id != claimed);
        let settings = Settings { fields: Vec::new(), delimiter: None, ..context.settings.clone() };
        Others { formats: others.copied().collect(), settings, met: Vec::new() }
    }
}

impl Reader {
    /// Reads a record that the file's format rejects as another log's; `false` if no other format knows it.
    #[cold]
    pub(super) fn of_other(
        &mut self,
        bytes: &[u8],
        line: u64,
        time: Option<i64>,
        context: &mut Context,
    ) -> bool {
        let Phase::Decode(decoding) = &mut self.phase else { return false };
        let source = decoding.source;
        let Some(others) = decoding.others.as_mut().filter(|_| bytes.len() <= LONGEST) else { return false };
        let (others, records) = (&mut **others, [bytes]);
        let alone = head("", &records, self.framing, &others.settings);
        let Some(claim) = detect(&others.formats, &alone).filter(|claim| claim.certain) else {
            return false;
        };
        let format = claim.format;
        let id = format.meta().id;
        let known = others.met.iter().position(|met| met.format.meta().id == id);
        let at = known.unwrap_or_else(|| {
            context.shard.table(id, format.fields());
            let table = context.shard.tables.iter().position(|t| t.format() == id).unwrap_or_default();
            let columns = CarriedColumns::default();
            others.met.push(Met { format, decoder: format.decoder(&alone), table, columns });
            others.met.len() - 1
        });
        let met = &mut others.met[at];
        // A decoder may have learnt from the record that it was made for; one of this record knows no other.
        for again in [false, true] {
            if again {
                met.decoder = format.decoder(&alone);
            }
            let mut row = context.shard.tables[met.table].begin();
            let record = Record { bytes, envelope_time: time };
            if met.decoder.decode(&record, &mut row) == Ok(Decoded::Row) {
                let entry = &mut self.entry;
                entry.count_row(row.time());
                self.carried.write(&self.path, &mut met.columns, &mut row);
                row.commit(source, line, entry.records, bytes);
                context.records += 1;
                OtherLog::count(&mut entry.others, id, line);
                return true;
            }
        }
        false
    }
}
