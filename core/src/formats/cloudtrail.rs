//! AWS CloudTrail events of every category (management, data, Insights, network activity, aggregated), in every shape
//! in which they are exported: records of a trail's files, items of `aws cloudtrail lookup-events`, EventBridge's
//! `detail`, the downloads of Event history, query results of CloudTrail Lake and Athena.
//!
//! Reading order: `fields` (the columns), this file (recognising, deciding what a record is), `derive` (columns that
//! no single member holds), `rows` (events as rows of CSV) and `structs` (what stands in their cells), `summary` (the
//! sentence), `presets`.
//!
//! Decisions:
//! - `@timestamp` is `eventTime`; of an aggregated event, which has none, the start of its window.
//! - A record needs one of `eventName`, `eventSource` and an id; whatever else is missing is missing. Old events have
//!   no type and no category, service events no user, Insights events neither.
//! - Of a `lookup-events` item the event inside counts; the item's own members only fill gaps, because its time is
//!   in local time or, from an old CLI, a float.
//! - Rows of CSV are rows of the same table: whoever asks for calls means all of them.

mod derive;
mod fields;
mod presets;
mod rows;
mod structs;
mod summary;
#[cfg(test)]
mod tests;

use self::{derive::Derived, fields::FIELDS, rows::Header};
use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::json::{self, Json, JsonColumns, JsonRow, Reader},
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog, JsonRoot};
use logloupe_table::{Field, Row, RowWriter, Unit};

/// AWS CloudTrail.
pub struct CloudTrail;

static META: Meta = Meta {
    id: "cloudtrail",
    family: Family::Audit,
    title: "AWS CloudTrail",
    summary: "Who called which AWS API, when, from where, and with what result.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/CloudTrail/{region}/{yyyy}/{MM}/{dd}/{account}_CloudTrail_{region}_{yyyyMMdd}T{HHmm}Z_{random}.json.gz",
    versions: "event versions 1.00 to 1.11: management, data, network activity, Insights and aggregated events, in files of a trail, as lookup-events and EventBridge give them, and as JSON lines; downloads of Event history (CSV of 16 and of 10 columns, JSON); query results of CloudTrail Lake and Athena as CSV and as Parquet",
    not_read: "digest files, which are a log of their own",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html>, read
/// 2026-11-21.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "cloudtrail_logs",
        ddl: include_str!("athena/cloudtrail.sql"),
        time: "from_iso8601_timestamp(eventtime)",
        null_text: None,
        roots: &[
            JsonRoot::Json { path: "requestParameters", column: "requestparameters" },
            JsonRoot::Json { path: "responseElements", column: "responseelements" },
            JsonRoot::Json { path: "additionalEventData", column: "additionaleventdata" },
            JsonRoot::Json { path: "serviceEventDetails", column: "serviceeventdetails" },
            JsonRoot::Json { path: "edgeDeviceDetails", column: "edgedevicedetails" },
            JsonRoot::Structs { path: "resources", column: "resources" },
        ],
        notes: &[
            "add a condition on the partition column, such as \"timestamp\" >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog { group: "the log group that the trail is delivered to", prefix: "" },
};

impl Format for CloudTrail {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|f| f.field.clone()).collect()
    }
    fn reads(&self, _: Framing) -> bool {
        true
    }
    fn spans_lines(&self) -> bool {
        true
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing == Framing::Lines {
            return Header::of(head).map_or(Sniff::No, |header| header.sniff());
        }
        // All marks that make a claim have the word; a reader is made where one of them stands.
        let word = memchr::memmem::Finder::new(b"vent");
        let (mut reader, mut lower) = (None, None);
        let mut claim = |record: &[u8]| {
            word.find(record)?;
            claim(reader.get_or_insert_with(|| Reader::new(MARKS)), record)
                .or_else(|| claim_of_table(&mut lower, record))
        };
        let claims = head.records.iter().filter_map(|r| claim(r)).collect::<Vec<_>>();
        match claims.first() {
            // One event among other things does not make a file of events.
            Some(reason) if claims.len() * 2 >= head.records.len() => Sniff::Certain((*reason).to_owned()),
            Some(reason) => Sniff::Maybe(format!("some {reason}")),
            None => Sniff::No,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let header = if head.framing == Framing::Lines { Header::of(head) } else { None };
        match header {
            Some(header) => Box::new(rows::Rows::new(header)),
            None if is_table(head) => Box::new(Events::spelled(lower_case)),
            None => Box::new(Events::new()),
        }
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary::sentence(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn identity(&self) -> &'static [&'static str] {
        &["eventID", "recipientAccountId"]
    }
    fn presets(&self) -> &'static [Preset] {
        presets::PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// Paths by which records are recognised.
const MARKS: &[&str] = &[
    "eventVersion",
    "eventSource",
    "eventName",
    "eventCategory",
    "awsRegion",
    "eventTime",
    "userIdentity",
    "eventID",
    "eventId",
    "CloudTrailEvent",
    "detail-type",
    "detail.eventVersion",
    "detail.eventSource",
    "EventId",
    "EventName",
    "EventSource",
];

/// Why a record is CloudTrail's, if it is.
fn claim(reader: &mut Reader, record: &[u8]) -> Option<&'static str> {
    let values = reader.read(record).ok()?;
    let [
        version,
        source,
        name,
        category,
        region,
        time,
        user,
        id,
        aggregated_id,
        carried,
        bridge,
        inner,
        inner_source,
        item_id,
        item_name,
        item_source,
    ] = std::array::from_fn(|i| values.get(i));
    // Notifications of S3 and DynamoDB have the same keys; their source is `aws:s3`, a service's is a DNS name.
    let notification = |source: Json<'_>| source.text().is_some_and(|s| s.starts_with(b"aws:"));
    let all = |values: &[Json<'_>]| values.iter().all(|v| v.is_some());
    let any = |values: &[Json<'_>]| values.iter().any(|v| v.is_some());
    if notification(source) || notification(inner_source) {
        return None;
    }
    if matches!(carried, Json::Plain(_) | Json::Escaped(_)) || all(&[item_id, item_name, item_source]) {
        return Some("items of lookup-events");
    }
    if bridge.is_some() && all(&[inner, inner_source]) {
        return Some("events of EventBridge with eventVersion and eventSource in detail");
    }
    let placed = any(&[region, time, id, aggregated_id]);
    if version.is_some() && any(&[source, name, category]) && placed {
        return Some("records have eventVersion, eventSource or eventName");
    }
    (all(&[source, name]) && any(&[user, region]) && placed)
        .then_some("records have eventSource and eventName")
}

/// The same of a row of a table, whose columns and members of structs have the events' names in lower case: Parquet files of
/// Lake and of Athena.
fn claim_of_table(reader: &mut Option<Reader>, record: &[u8]) -> Option<&'static str> {
    if !may_be_of_table(record) {
        return None;
    }
    let reader = reader.get_or_insert_with(|| {
        let marks: Vec<String> = MARKS.iter().map(|mark| lower_case(mark)).collect();
        Reader::new(&marks.iter().map(String::as_str).collect::<Vec<_>>())
    });
    claim(reader, record).map(|_| "records have the events' names in lower case, as tables have them")
}

/// Whether a record has a name that only such rows have; nearly none has.
fn may_be_of_table(record: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(record, word.as_bytes()).is_some();
    has("\"eventversion\"") || has("\"useridentity\"")
}

/// Whether the first records that are events are rows of a table.
fn is_table(head: &Head<'_>) -> bool {
    if head.framing != Framing::Json || !head.records.iter().any(|record| may_be_of_table(record)) {
        return false;
    }
    let (mut reader, mut lower) = (Reader::new(MARKS), None);
    let first = |record: &&[u8]| match claim(&mut reader, record) {
        Some(_) => Some(false),
        None => claim_of_table(&mut lower, record).map(|_| true),
    };
    head.records.iter().find_map(first) == Some(true)
}

/// A path as tables spell it. Below what is a map, names are those of the event.
fn lower_case(path: &str) -> String {
    let (first, below) = path.split_at(path.find('.').unwrap_or(path.len()));
    let first = first.to_ascii_lowercase();
    let below =
        if rows::MAPS.contains(&first.as_str()) { below.to_owned() } else { below.to_ascii_lowercase() };
    first + &below
}

/// Paths that the decoder asks for besides the columns; the constants are places in this list.
const EXTRA: &[&str] = &[
    "eventTime",
    "EventTime",
    "timeWindow.windowStart",
    "eventName",
    "eventSource",
    "eventID",
    "eventId",
    "EventId",
    "insightType",
    "insightDetails",
    "CloudTrailEvent",
    "detail",
    "detail-type",
];
const TIMES: std::ops::RangeTo<usize> = ..3;
const SIGNS_OF_AN_EVENT: std::ops::Range<usize> = 3..10;
const CARRIED: usize = 10;
const DETAIL: usize = 11;
const DETAIL_TYPE: usize = 12;

/// The decoder. It remembers nothing between records but their order of keys.
struct Events {
    columns: JsonColumns,
    derived: Derived,
    /// Reads what a record is wrapped in; the event inside is then read by `columns`.
    wrapping: JsonColumns,
    /// The text of an event that was carried as a string.
    inner: Vec<u8>,
}

impl Events {
    fn new() -> Events {
        Events::spelled(str::to_owned)
    }
    /// A decoder for events whose paths are spelled so.
    fn spelled(spelling: impl Fn(&str) -> String) -> Events {
        let extra: Vec<&str> = EXTRA.iter().copied().chain(derive::paths()).collect();
        Events {
            columns: JsonColumns::spelled(FIELDS, &extra, &spelling),
            derived: Derived::new(EXTRA.len()),
            wrapping: JsonColumns::spelled(&[], EXTRA, &spelling),
            inner: Vec::new(),
        }
    }
}

impl Decoder for Events {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let mut read = self.columns.read(record.bytes)?;
        let carried = matches!(read.extra(CARRIED), Json::Plain(_) | Json::Escaped(_));
        let bridged = matches!(read.extra(DETAIL), Json::Object(_)) && read.extra(DETAIL_TYPE).is_some();
        if !carried && !bridged {
            write(&mut read, &mut self.derived, record.bytes, row)?;
            if let Some(time) = record.envelope_time {
                row.timestamp(time);
            }
            return Ok(Decoded::Row);
        }
        let wrapping = self.wrapping.read(record.bytes)?;
        if let (true, Json::Object(detail)) = (bridged, wrapping.extra(DETAIL)) {
            let start = wrapping.extra_at(DETAIL);
            (self.columns.read(detail))
                .and_then(|mut read| write(&mut read, &mut self.derived, detail, row))
                .map_err(|fault| Fault { at: start + fault.at, ..fault })?;
        } else if let Json::Plain(raw) | Json::Escaped(raw) = wrapping.extra(CARRIED) {
            let start = wrapping.extra_at(CARRIED);
            self.inner.clear();
            json::unescape(raw, &mut self.inner);
            (self.columns.read(&self.inner))
                .and_then(|mut read| write(&mut read, &mut self.derived, &self.inner, row))
                .map_err(|fault| Fault { at: start + json::raw_offset(raw, fault.at), ..fault })?;
            // What the item says itself fills the gaps: a column keeps its first value.
            let mut item = self.columns.read(record.bytes)?;
            item.write(row);
            self.derived.write(&item, row);
        }
        if let Some(time) = record.envelope_time {
            row.timestamp(time);
        }
        Ok(Decoded::Row)
    }
}

/// Writes the event that was read from `text` into `row`.
fn write(
    read: &mut JsonRow<'_>,
    derived: &mut Derived,
    text: &[u8],
    row: &mut RowWriter<'_>,
) -> Result<(), Fault> {
    if !SIGNS_OF_AN_EVENT.clone().any(|i| read.extra(i).is_some()) {
        return Err(Fault::new(text, 0, "an event with eventName, eventSource or eventID"));
    }
    for (i, path) in EXTRA[TIMES].iter().enumerate() {
        let Some(time) = read.extra(i).text() else { continue };
        match json::point(&time, Unit::None) {
            Some(micros) => {
                row.timestamp(micros);
                break;
            }
            None => {
                return Err(Fault::new(text, read.extra_at(i), format!("an ISO 8601 time for {}", path)));
            }
        }
    }
    derived.write(read, row);
    read.write(row);
    Ok(())
}

macro_rules! sample {
    ($name:literal, $rows:literal rows, $rejected:literal rejected) => {
        Sample { name: $name, content: crate::sample!($name), rows: $rows, rejected: $rejected }
    };
}

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    sample!("cloudtrail_trail.json", 12 rows, 0 rejected),
    sample!("cloudtrail_identity.json", 7 rows, 0 rejected),
    sample!("cloudtrail_events.ndjson", 3 rows, 2 rejected),
    sample!("cloudtrail_lookup_events.json", 3 rows, 0 rejected),
    sample!("cloudtrail_insight.json", 3 rows, 0 rejected),
    sample!("cloudtrail_network_activity.json", 2 rows, 0 rejected),
    sample!("cloudtrail_aggregated.ndjson", 2 rows, 0 rejected),
    sample!("cloudtrail_history.csv", 4 rows, 2 rejected),
    sample!("cloudtrail_history_2020.csv", 2 rows, 1 rejected),
    sample!("cloudtrail_lake.csv", 2 rows, 1 rejected),
    sample!("cloudtrail_table.ndjson", 2 rows, 0 rejected),
];
