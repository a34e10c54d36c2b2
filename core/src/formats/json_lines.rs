//! JSON of any program: the records of libraries for logging, and any other objects. The fields that all of them have under some name
//! are columns under the common one; every path of a record is a field without standing here.
//!
//! Not these: logs that a format of their own describes, which come first; carriers of other records, which are taken off
//! before.
//!
//! Decisions: a path keeps its value as the record writes it (`level` is `30`), the common name has the common word
//! (`log.level` is `info`). A time that cannot be read leaves the row without one: nothing says that the key was meant to
//! have a time. Of several keys of one meaning the first of the list counts.

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Precedence, Preset, Record, Sample,
    Settings, Sniff, Span,
    field::{
        json::{Json, JsonColumns},
        usual::{self, ADDRESSES, FIELDS, LEVEL, LEVELS, SOURCE_IP, TIMES, says},
    },
    program_log::{EXTERNAL, PRESETS, summary},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Cell, Field, Row, RowWriter, time::SECOND};

/// JSON of any program.
pub struct JsonLines;

/// Besides the keys of times, levels and addresses: Log4j's time, which has two parts.
const INSTANT: [&str; 2] = ["instant.epochSecond", "instant.nanoOfSecond"];

impl Format for JsonLines {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|field| field.field.clone()).collect()
    }
    fn precedence(&self) -> Precedence {
        Precedence::Form
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Json {
            return Sniff::No;
        }
        match head.most("are objects", |record| record.trim_ascii_start().starts_with(b"{")) {
            Sniff::Certain(reason) => Sniff::Maybe(reason),
            sniff => sniff,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let extra: Vec<&str> = [TIMES, LEVELS, ADDRESSES, &INSTANT].concat();
        let at = |key: &str| extra.iter().position(|other| *other == key);
        let clef = (at("@t"), at("@l"));
        Box::new(Objects { columns: JsonColumns::new(FIELDS, &extra), clef, settings: head.settings.clone() })
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
struct Objects {
    columns: JsonColumns,
    /// The places of CLEF's time and level among the extra values.
    clef: (Option<usize>, Option<usize>),
    settings: Settings,
}

impl Decoder for Objects {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let mut read = self.columns.read(record.bytes)?;
        let (times, levels) = (TIMES.len(), TIMES.len() + LEVELS.len());
        let addresses = levels + ADDRESSES.len();
        let text = |value: Json<'_>| value.text().is_some_and(|text| !text.is_empty());
        for i in (0..times).filter(|i| text(read.extra(*i))) {
            if let Some(micros) = read.extra(i).text().and_then(|text| usual::moment(&text, &self.settings)) {
                row.timestamp(micros);
                break;
            }
        }
        if row.time().is_none()
            && let Some(micros) =
                instant(read.extra(addresses), read.extra(addresses + 1)).or(record.envelope_time)
        {
            row.timestamp(micros);
        }
        for (key, i) in LEVELS.iter().zip(times..) {
            if let Some(word) = read.extra(i).text().and_then(|text| usual::level(key, &text)) {
                row.set(LEVEL, Cell::Text(word.as_bytes()));
                break;
            }
        }
        // CLEF leaves out the level that most of its records have.
        if let (Some(time), Some(level)) = (self.clef.0, self.clef.1)
            && says(read.extra(time))
            && !says(read.extra(level))
        {
            row.set(LEVEL, Cell::Text(b"info"));
        }
        for i in levels..addresses {
            let value = read.extra(i).text();
            if let Some(address) = value.as_deref().and_then(usual::first_address) {
                row.set(SOURCE_IP, Cell::Text(address));
                break;
            }
        }
        read.write(row);
        Ok(Decoded::Row)
    }
}

/// Log4j's time.
fn instant(seconds: Json<'_>, nanos: Json<'_>) -> Option<i64> {
    let number = |value: Json<'_>| std::str::from_utf8(&value.text()?).ok()?.parse::<i64>().ok();
    let micros = number(seconds)?.checked_mul(SECOND)?;
    micros.checked_add(number(nanos).unwrap_or(0) / 1000)
}

const META: Meta = Meta {
    id: "json_lines",
    family: Family::Other,
    title: "JSON",
    summary: "Logs of programs as JSON, of any library for logging, and any other JSON objects.",
    framing: Framing::Json,
    page: "https://www.elastic.co/docs/reference/ecs/ecs-field-reference",
    read_on: "2026-11-27",
    key_shape: "anything that begins with an object or a list of objects",
    versions: "Bunyan, Pino, Winston, Zap, zerolog, slog, Logrus, Serilog (CLEF), Log4j 2, Logback, tracing, Powertools for AWS Lambda, EMF, journald, ECS, and objects of any other form",
    not_read: "lists of anything but objects",
};

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "app.ndjson", content: crate::sample!("json_lines.ndjson"), rows: 22, rejected: 1 }];
