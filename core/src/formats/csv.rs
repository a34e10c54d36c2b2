//! Tables of text with a header: values separated by commas, tabs, semicolons or bars (RFC 4180 and its relatives).
//!
//! Not these: tables that a format of their own describes (Event history, CloudFront), events in tables of CloudWatch's
//! (which are taken out before), and tables without a column of times, which are there to look things up in.
//!
//! Decisions: every column of the header is a field, as text; numbers in it are compared and summed as numbers. A row with more values than
//! the header has names is damaged: some value holds the separator, and all behind it would stand in their neighbours'
//! columns. One with fewer has none at its end. A quoted value may go on over lines, up to a bound: a quote that is never closed spoils so
//! many lines and not the file.

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Precedence, Preset, Record, Sample,
    Settings, Sniff, Span,
    field::{
        csv,
        named::{BestTime, NamedColumn},
        usual::{FIELDS, TIMES},
    },
    program_log::{EXTERNAL, PRESETS, summary},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Field, Row, RowWriter, sort, table::MOST_COLUMNS};

/// Tables of text with a header.
pub struct Csv;

/// What may stand between values, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// How many lines a quoted value may go on, and how many bytes.
const MOST_LINES: usize = 1_000;
const MOST_BYTES: usize = 1 << 20;
/// The most names that a header may have.
const MOST_NAMES: usize = 16_384;

/// A header and what stands between its names.
struct Header {
    separator: u8,
    names: Vec<Vec<u8>>,
    /// The user gave the names: all lines are rows.
    given: bool,
}

impl Header {
    /// The header that the file's first line is, or the names that the user gave.
    fn of(head: &Head<'_>) -> Option<Header> {
        let (first, rows) = head.records.split_first()?;
        let separators = match head.settings.delimiter {
            Some(byte) => vec![byte],
            None => SEPARATORS.to_vec(),
        };
        let given = &head.settings.fields;
        if !given.is_empty() {
            let names: Vec<Vec<u8>> = given.iter().map(|name| name.trim().as_bytes().to_vec()).collect();
            let fits = |s: &u8| csv::cells_by(first, *s).is_ok_and(|cells| cells.len() == names.len());
            return Some(Header { separator: separators.into_iter().find(fits)?, names, given: true });
        }
        separators.into_iter().find_map(|separator| {
            let names = csv::cells_by(first, separator).ok()?;
            if names.len() < 2 || names.len() > MOST_NAMES || !names.iter().all(|name| is_name(name)) {
                return None;
            }
            let mut sorted: Vec<&[u8]> = names.iter().map(|name| name.trim_ascii()).collect();
            sort::plain(&mut sorted);
            if sorted.windows(2).any(|two| two[0] == two[1]) {
                return None;
            }
            // Words of a sentence may look like names: the lines below have as many values.
            let rows = whole(rows, separator);
            let alike = rows.iter().filter(|row| cells_are(row, separator, names.len()));
            (alike.count() * 2 >= rows.len() && !rows.is_empty()).then(|| Header {
                separator,
                names: names.iter().map(|name| name.trim_ascii().to_vec()).collect(),
                given: false,
            })
        })
    }
    /// Whether one of its columns has times, by its name and by the rows below.
    fn has_time(&self, head: &Head<'_>) -> bool {
        let rows = whole(head.records.get(!self.given as usize..).unwrap_or_default(), self.separator);
        let is_time = |name: &[u8], cell: &[u8]| {
            super::field::usual::has(TIMES, name)
                && super::field::usual::moment(cell, head.settings).is_some()
        };
        // Each row is cut once: a header may give all of its columns the name of a time.
        rows.iter()
            .filter_map(|row| csv::cells_by(row, self.separator).ok())
            .any(|cells| self.names.iter().zip(&cells).any(|(name, cell)| is_time(name, cell)))
    }
}

/// Some rows of which these are the lines: quoted values may go on over several.
fn whole(lines: &[&[u8]], separator: u8) -> Vec<Vec<u8>> {
    const LOOKED_AT: usize = 8;
    let mut rows: Vec<Vec<u8>> = Vec::new();
    let mut open = false;
    for line in lines {
        if !open && rows.len() == LOOKED_AT {
            break;
        }
        match rows.last_mut().filter(|_| open) {
            Some(row) => {
                row.push(b'\n');
                row.extend_from_slice(line);
            }
            None => rows.push(line.to_vec()),
        }
        open = csv::ends_within(line, separator, open);
    }
    rows
}

fn cells_are(row: &[u8], separator: u8, count: usize) -> bool {
    csv::cells_by(row, separator).is_ok_and(|cells| cells.len() == count)
}

/// Whether a cell may be the name of a column: it begins with a letter and is no sentence.
fn is_name(cell: &[u8]) -> bool {
    let name = cell.trim_ascii();
    name.len() <= 128
        && name
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'@' | b'_' | b'#' | b'$') || *b >= 0x80)
        && !name.iter().any(u8::is_ascii_control)
}

/// Whether a table with this head is there to look things up in, for all that can be told: it has no column of times.
pub(crate) fn is_lookup(head: &Head<'_>) -> bool {
    Header::of(head).is_none_or(|header| !header.has_time(head))
}

impl Format for Csv {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|field| field.field.clone()).collect()
    }
    fn precedence(&self) -> Precedence {
        Precedence::Form
    }
    fn spans_lines(&self) -> bool {
        true
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let Some(header) = Header::of(head) else { return Sniff::No };
        let count = header.names.len();
        let between = match header.separator {
            b'\t' => "tabs".to_owned(),
            other => format!("`{}`", other as char),
        };
        let whose = if header.given { "the names that were given" } else { "a header" };
        let most = MOST_COLUMNS - FIELDS.len() - 8;
        let more = match count > most {
            true => format!("; the first {most} of them are fields, all are in @message"),
            false => String::new(),
        };
        Sniff::Maybe(format!("{whose} of {count} columns, separated by {between}{more}"))
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let header = Header::of(head);
        let separator = header.as_ref().map_or(head.settings.delimiter.unwrap_or(b','), |h| h.separator);
        let given = header.filter(|h| h.given);
        let columns = given.map(|h| h.names.iter().map(|name| NamedColumn::new(name)).collect());
        Box::new(Rows { columns, separator, open: 0, bytes: 0, settings: head.settings.clone() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// The decoder.
struct Rows {
    /// The columns, once the header was read.
    columns: Option<Vec<NamedColumn>>,
    separator: u8,
    /// How many lines a quoted value is open; 0 if none is.
    open: usize,
    bytes: usize,
    settings: Settings,
}

impl Decoder for Rows {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        let within = self.open > 0;
        if within && (self.open > MOST_LINES || self.bytes > MOST_BYTES) {
            (self.open, self.bytes) = (0, 0);
            self.open = csv::ends_within(line, self.separator, false) as usize;
            return false;
        }
        if csv::ends_within(line, self.separator, within) {
            self.open += 1;
            self.bytes += line.len();
        } else {
            (self.open, self.bytes) = (0, 0);
        }
        within
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let text = record.bytes;
        let cells = csv::cells_by(text, self.separator).map_err(|at| {
            Fault::new(
                text,
                at,
                format!("`{}` or the end of the row behind a quoted value", self.separator as char),
            )
        })?;
        let Some(columns) = &mut self.columns else {
            self.columns = Some(cells.iter().map(|name| NamedColumn::new(name.trim_ascii())).collect());
            return Ok(Decoded::Form);
        };
        if cells.len() > columns.len()
            && cells.iter().skip(columns.len()).any(|cell| !cell.trim_ascii().is_empty())
        {
            let expected = format!("{} values, as the header has names", columns.len());
            return Err(Fault { at: text.len(), expected, found: format!("{} of them", cells.len()) });
        }
        let mut time = BestTime::default();
        for (column, cell) in columns.iter_mut().zip(&cells) {
            if let Some(rank) = column.time() {
                time.add(rank, cell, &self.settings);
            }
            column.write(cell, row);
        }
        if let Some(micros) = time.micros().or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "csv",
    family: Family::Other,
    title: "CSV with a header",
    summary: "Tables of text whose first line names their columns, one of them a time: exports of consoles, databases and spreadsheets.",
    framing: Framing::Lines,
    page: "https://www.rfc-editor.org/rfc/rfc4180",
    read_on: "2026-11-27",
    key_shape: "anything",
    versions: "values between commas, tabs, semicolons or bars, quoted or not; any other separator and a table without a header where the user says so",
    not_read: "tables without a time, unless the format is asked for: they are tables to look things up in",
};

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "audit.csv", content: crate::sample!("csv.csv"), rows: 7, rejected: 2 },
    Sample { name: "requests.tsv", content: crate::sample!("csv.tsv"), rows: 3, rejected: 0 },
];
