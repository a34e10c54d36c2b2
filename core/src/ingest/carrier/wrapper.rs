//! JSON around a record: the table of carriers that hold one, or a list of them, in a member of an object.
//!
//! Not here: EventBridge's events and notifications of SNS, which are told while a record is cut (`framing::keys`), and lists
//! of records. Carriers within each other are each a line here: SQS holds an SNS notification, which holds an event.
//!
//! Sources: Lambda developer guide (events of SQS, SNS, Kinesis, Kafka and Firehose), Firehose developer guide (HTTP endpoint
//! delivery, errors), CloudWatch Logs API reference (`StartLiveTail`), Docker (json-file), Fluent Bit and Vector
//! manuals, Splunk (HEC, search export), Elasticsearch (search), Logstash and Filebeat references, Datadog (archives,
//! Logs API), Grafana Loki HTTP API and logcli, OpenTelemetry (OTLP/JSON); all read 2026-11.

use crate::{
    formats::field::json::{Json, Reader, each, members},
    ingest::payload::{self, Base64},
};
use logloupe_table::time;

use super::kpl;

/// One carrier of JSON. Paths are as in [`Reader::new`]; an empty one is none.
#[derive(Debug)]
pub(crate) struct Wrapper {
    /// Its name in the ledger and in `@carrier`.
    pub(crate) name: &'static str,
    /// What must be there for an object to be this carrier's.
    needs: &'static [&'static str],
    /// All members that it may have; any, where there is none.
    only: &'static [&'static str],
    /// Where the record stands: as text, as an object, as a list of either or of pairs of a time and text.
    inner: &'static str,
    /// The text is base64, of a record or of gzip or an aggregate of them.
    encoded: bool,
    /// It stands in the member `value` of an item, and its time in `timestamp`; the items are in lists, a member each.
    lists: bool,
    /// A record whose text has no line feed at its end goes on in the next of its stream.
    pub(crate) joins: bool,
    /// It is taken off whoever reads the record; others only for a better claim of the record.
    pub(crate) sure: bool,
    /// Its other members are made of the record: who claims them and the record alike reads the record.
    pub(crate) converted: bool,
    /// When the record was written: ISO 8601 or a number since 1970, its unit told by its size.
    time: &'static str,
    log: &'static str,
    stream: &'static str,
    ingested: &'static str,
    /// A list of attributes as OpenTelemetry has them, which all records of it share.
    attributes: &'static str,
}

const W: Wrapper = Wrapper {
    name: "",
    needs: &[],
    only: &[],
    inner: "",
    encoded: false,
    lists: false,
    joins: false,
    sure: false,
    converted: false,
    time: "",
    log: "",
    stream: "",
    ingested: "",
    attributes: "",
};

/// All of them, in the order in which they are tried.
#[rustfmt::skip] // a few lines each
pub(crate) static WRAPPERS: &[Wrapper] = &[
    Wrapper { name: "SQS", needs: &["messageId", "receiptHandle", "body"], inner: "body", sure: true,
        time: "attributes.SentTimestamp", log: "eventSourceARN", stream: "messageId", ..W },
    Wrapper { name: "SQS", needs: &["MessageId", "ReceiptHandle", "Body"], inner: "Body", sure: true,
        time: "Attributes.SentTimestamp", stream: "MessageId", ..W },
    Wrapper { name: "SQS", needs: &["Messages.0.ReceiptHandle"], only: &["Messages"], inner: "Messages", sure: true, ..W },
    Wrapper { name: "SNS", needs: &["Sns.TopicArn", "Sns.Message"], inner: "Sns.Message", sure: true,
        time: "Sns.Timestamp", log: "Sns.TopicArn", stream: "Sns.MessageId", ..W },
    Wrapper { name: "SNS", needs: &["TopicArn", "Message", "SigningCertURL"], inner: "Message", sure: true,
        time: "Timestamp", log: "TopicArn", stream: "MessageId", ..W },
    Wrapper { name: "Kinesis", needs: &["kinesis.data", "eventSourceARN"], inner: "kinesis.data", encoded: true, sure: true,
        time: "kinesis.approximateArrivalTimestamp", log: "eventSourceARN", stream: "kinesis.partitionKey", ..W },
    Wrapper { name: "Kinesis", needs: &["Data", "PartitionKey", "SequenceNumber"], inner: "Data", encoded: true, sure: true,
        time: "ApproximateArrivalTimestamp", stream: "PartitionKey", ..W },
    Wrapper { name: "Kafka", needs: &["records", "eventSource", "bootstrapServers"], inner: "records", encoded: true, lists: true, sure: true,
        log: "eventSourceArn", ..W },
    Wrapper { name: "Firehose", needs: &["recordId", "data"], inner: "data", encoded: true, sure: true,
        time: "approximateArrivalTimestamp", ..W },
    Wrapper { name: "Firehose", needs: &["data"], only: &["data"], inner: "data", encoded: true, sure: true, ..W },
    Wrapper { name: "Firehose error", needs: &["rawData", "errorCode", "attemptsMade"], inner: "rawData", encoded: true, sure: true,
        time: "arrivalTimestamp", ..W },
    Wrapper { name: "Live Tail", needs: &["sessionUpdate.sessionResults"], inner: "sessionUpdate.sessionResults", sure: true, ..W },
    Wrapper { name: "Live Tail", needs: &["sessionResults"], inner: "sessionResults", sure: true, ..W },
    Wrapper { name: "Live Tail", needs: &["message", "timestamp", "logGroupIdentifier"], inner: "message", sure: true,
        time: "timestamp", log: "logGroupIdentifier", stream: "logStreamName", ingested: "ingestionTime", ..W },
    Wrapper { name: "Docker", needs: &["log", "stream", "time"], only: &["log", "stream", "time", "attrs"],
        inner: "log", joins: true, sure: true, time: "time", stream: "stream", ..W },
    Wrapper { name: "Docker", needs: &["log", "time"], only: &["log", "time", "attrs"], inner: "log", joins: true, sure: true,
        time: "time", ..W },
    Wrapper { name: "Fluent Bit", needs: &["log", "kubernetes"], inner: "log", sure: true,
        time: "time", log: "kubernetes.namespace_name", stream: "kubernetes.pod_name", ..W },
    Wrapper { name: "Fluent Bit", needs: &["log", "container_name"], inner: "log", sure: true,
        time: "date", log: "ecs_task_definition", stream: "container_name", ..W },
    Wrapper { name: "Fluent Bit", needs: &["log"], only: &["log", "date", "time", "stream", "source", "_p", "tag"],
        inner: "log", sure: true, time: "date", stream: "stream", ..W },
    Wrapper { name: "Elastic search", needs: &["hits.hits"], inner: "hits.hits", sure: true, ..W },
    Wrapper { name: "Elastic", needs: &["_index", "_source"], inner: "_source", sure: true, log: "_index", ..W },
    Wrapper { name: "Elastic", needs: &["_source"], only: &["_source"], inner: "_source", sure: true, ..W },
    Wrapper { name: "Elastic", needs: &["event.original"], inner: "event.original",
        time: "@timestamp", log: "data_stream.dataset", stream: "log.file.path", ..W },
    Wrapper { name: "Elastic", needs: &["`event.original`"], inner: "`event.original`", time: "@timestamp", ..W },
    Wrapper { name: "Elastic", needs: &["message", "@timestamp", "agent.type"], inner: "message",
        time: "@timestamp", log: "agent.type", stream: "log.file.path", ..W },
    Wrapper { name: "Logstash", needs: &["message", "@timestamp", "@version"], inner: "message",
        time: "@timestamp", log: "type", stream: "host.name", ..W },
    Wrapper { name: "Splunk", needs: &["result._raw"], inner: "result", sure: true, ..W },
    Wrapper { name: "Splunk", needs: &["_raw", "sourcetype"], inner: "_raw",
        time: "_time", log: "sourcetype", stream: "source", ingested: "_indextime", ..W },
    Wrapper { name: "Cribl", needs: &["_raw"], inner: "_raw", time: "_time", log: "source", stream: "host", ..W },
    Wrapper { name: "Splunk HEC", needs: &["event"], only: &["event", "time", "host", "source", "sourcetype", "index", "fields"],
        inner: "event", time: "time", log: "sourcetype", stream: "source", ..W },
    Wrapper { name: "Logs Insights", needs: &["@message"], inner: "@message", sure: true,
        time: "@timestamp", log: "@log", stream: "@logStream", ingested: "@ingestionTime", ..W },
    Wrapper { name: "Logloupe", needs: &["log_message", "log_format", "log_source", "log_line"], inner: "log_message", converted: true,
        time: "log_timestamp", log: "log_source", ..W },
    Wrapper { name: "Datadog", needs: &["data.0.attributes.message"], inner: "data", sure: true, ..W },
    Wrapper { name: "Datadog", needs: &["attributes.message", "id", "type"], inner: "attributes.message",
        time: "attributes.timestamp", log: "attributes.service", stream: "attributes.host", ..W },
    Wrapper { name: "Datadog", needs: &["message", "ddsource"], inner: "message",
        time: "timestamp", log: "service", stream: "hostname", ..W },
    Wrapper { name: "Datadog", needs: &["message", "attributes", "date", "source"], inner: "message",
        time: "date", log: "service", stream: "host", ..W },
    Wrapper { name: "Loki", needs: &["data.resultType", "data.result"], inner: "data.result", sure: true, ..W },
    Wrapper { name: "Loki", needs: &["streams"], only: &["streams"], inner: "streams", sure: true, ..W },
    Wrapper { name: "Loki", needs: &["stream", "values"], only: &["stream", "values"], inner: "values", sure: true,
        log: "stream.job", stream: "stream.filename", ..W },
    Wrapper { name: "Loki", needs: &["line", "labels"], only: &["line", "labels", "timestamp", "fields", "date", "id"],
        inner: "line", sure: true, time: "timestamp", log: "labels.job", stream: "labels.filename", ..W },
    // Batches of resources, each with its scopes, each with its records.
    Wrapper { name: "OTLP", needs: &["resourceLogs"], only: &["resourceLogs"], inner: "resourceLogs", sure: true, ..W },
    Wrapper { name: "OTLP", needs: &["scopeLogs"], only: &["resource", "scopeLogs", "schemaUrl"], inner: "scopeLogs", sure: true,
        attributes: "resource.attributes", ..W },
    Wrapper { name: "OTLP", needs: &["logRecords"], only: &["scope", "logRecords", "schemaUrl"], inner: "logRecords", sure: true,
        attributes: "scope.attributes", ..W },
    Wrapper { name: "Vector", needs: &["message", "source_type"], inner: "message",
        time: "timestamp", log: "source_type", stream: "file", ..W },
    Wrapper { name: "{\"message\": …}", needs: &["message"], only: &["message", "timestamp", "@timestamp", "host", "file", "source", "path"],
        inner: "message", time: "timestamp", stream: "host", ..W },
];

/// Whether an object may be a carrier's that is [`converted`](Wrapper::converted); nearly none is.
pub(crate) fn may_be_converted(object: &[u8]) -> bool {
    memchr::memmem::find(object, b"\"log_message\"").is_some()
}

/// How many attributes of one carrier are kept.
const MOST_ATTRIBUTES: usize = 64;

/// How many records of one carrier are taken out of it.
const MOST: usize = 1 << 20;

/// One carrier of a file's records, ready to take them out.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) wrapper: &'static Wrapper,
    reader: Reader,
}

/// What a carrier holds.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The records, each with its time if it has one of its own.
    pub(crate) records: Vec<(Vec<u8>, Option<i64>)>,
    /// They are bytes, in which several may stand.
    pub(crate) bytes: bool,
    pub(crate) time: Option<i64>,
    pub(crate) log: Vec<u8>,
    pub(crate) stream: Vec<u8>,
    pub(crate) ingested: Option<i64>,
    /// Attributes that all records share.
    pub(crate) attributes: Vec<(String, Vec<u8>)>,
    /// What was expected of the record, where it is damaged, and what was found.
    pub(crate) fault: Option<(String, String)>,
}

impl Layer {
    pub(crate) fn of(wrapper: &'static Wrapper) -> Layer {
        let Wrapper { inner, time, log, stream, ingested, attributes, needs, .. } = wrapper;
        // A path that is none is one that no record has.
        let paths: Vec<&str> = [inner, time, log, stream, ingested, attributes]
            .into_iter()
            .chain(needs.iter())
            .copied()
            .map(some)
            .collect();
        Layer { wrapper, reader: Reader::new(&paths) }
    }
    /// The records that `object` holds, of at most `limit` bytes where they are compressed; `None` if it is not this
    /// carrier's.
    pub(crate) fn open(&mut self, object: &[u8], limit: usize) -> Option<Opened> {
        const FIXED: usize = 6;
        let wrapper = self.wrapper;
        let values = self.reader.read(object).ok()?;
        if (0..wrapper.needs.len()).any(|need| values.get(FIXED + need) == Json::Missing) {
            return None;
        }
        if !wrapper.only.is_empty() {
            let mut known = true;
            let known_name = |name: &[u8]| wrapper.only.iter().any(|only| only.as_bytes() == name);
            members(object, |name, _, _| known &= name.text().is_some_and(|name| known_name(&name))).ok()?;
            if !known {
                return None;
            }
        }
        let text = |i: usize| values.get(i).text().map(|text| text.into_owned()).unwrap_or_default();
        let mut opened = Opened {
            bytes: wrapper.encoded,
            time: instant(&text(1)),
            log: text(2),
            stream: text(3),
            ingested: instant(&text(4)),
            attributes: attributes(values.get(5)),
            ..Opened::default()
        };
        match values.get(0) {
            Json::Object(lists) if wrapper.lists => {
                let mut reader = Reader::new(&["value", "timestamp"]);
                let mut item = |item: Json<'_>| {
                    let Json::Object(text) = item else { return true };
                    let Ok(values) = reader.read(text) else { return true };
                    let first = opened.records.len();
                    opened.add(values.get(0), true, limit);
                    if opened.records.len() == first && opened.fault.is_none() {
                        // A record without a value says that its key is gone.
                        opened.records.push((Vec::new(), None));
                    }
                    let time = values.get(1).text().and_then(|time| instant(&time));
                    opened.records.iter_mut().skip(first).for_each(|record| record.1 = time);
                    opened.records.len() < MOST
                };
                let list = |_: Json<'_>, list: Json<'_>, _: std::ops::Range<usize>| {
                    if let Json::Array(items) = list {
                        each(items, &mut item);
                    }
                };
                members(lists, list).ok()?;
            }
            // Text in base64 is a string.
            Json::Array(_) | Json::Object(_) if wrapper.encoded => return None,
            Json::Array(items) => each(items, |item| {
                opened.add(item, wrapper.encoded, limit);
                opened.records.len() < MOST
            }),
            // What a carrier holds is text, an object or a list of them.
            Json::Number(_) | Json::Bool(_) => return None,
            value => opened.add(value, wrapper.encoded, limit),
        }
        Some(opened)
    }
}

/// The attributes of a list `[{"key":…,"value":{"stringValue":…}}]`; of a value that is no text, its JSON.
fn attributes(list: Json<'_>) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let Json::Array(list) = list else { return all };
    let mut reader = Reader::new(&["key", "value"]);
    each(list, |item| {
        if let Json::Object(text) = item
            && let Ok(values) = reader.read(text)
            && let (Some(key), Json::Object(value)) = (values.get(0).text(), values.get(1))
        {
            let mut found = None;
            let _ = members(value, |_, value, _| found = value.text().map(|text| text.into_owned()));
            let key = String::from_utf8_lossy(&key).into_owned();
            all.extend(found.map(|found| (key, found)));
        }
        all.len() < MOST_ATTRIBUTES
    });
    all
}

fn some(path: &str) -> &str {
    if path.is_empty() { "`\u{1}`" } else { path }
}

impl Opened {
    fn add(&mut self, value: Json<'_>, encoded: bool, limit: usize) {
        if let Json::Array(pair) = value {
            let (mut time, mut text) = (None, None);
            each(pair, |item| {
                let item = item.text().map(|item| item.into_owned());
                match time {
                    None => time = item,
                    Some(_) => text = item,
                }
                text.is_none()
            });
            if let (Some(time), Some(text)) = (time, text) {
                self.records.push((text, instant(&time)));
            }
            return;
        }
        let Some(text) = value.text() else { return };
        if !encoded {
            self.records.push((text.into_owned(), None));
            return;
        }
        match decode(&text, limit) {
            Ok(records) => self.records.extend(records.into_iter().map(|record| (record, None))),
            Err(expected) => self.fault = Some((expected, crate::formats::shorten(&text))),
        }
    }
}

/// What base64 text holds: a record, or gzip or an aggregate of records, within each other.
fn decode(text: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut decoder = Base64::default();
    decoder.push(text, &mut bytes).map_err(|()| "base64 text".to_owned())?;
    decoder.end(&mut bytes);
    let bytes = inflate(bytes, limit)?;
    match kpl::records(&bytes) {
        Some(records) => records.into_iter().map(|record| inflate(record.to_vec(), limit)).collect(),
        None => Ok(vec![bytes]),
    }
}

/// `bytes`, or what they hold if they are gzip, or gzip of gzip.
fn inflate(mut bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
    for _ in 0..2 {
        if !bytes.starts_with(b"\x1f\x8b\x08") {
            break;
        }
        bytes = payload::inflate(&bytes, limit)?;
    }
    Ok(bytes)
}

/// A point in time: ISO 8601, or a number since 1970 whose unit is told by its size. In microseconds.
fn instant(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    if !text.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        return time::parse_iso(text);
    }
    let text = std::str::from_utf8(text).ok().filter(|text| !text.is_empty())?;
    if text.contains('.') {
        let number: f64 = text.parse().ok()?;
        let micros = if number < 1e11 { number * 1e6 } else { number * 1e3 };
        return (micros < 9e18).then_some(micros.round() as i64);
    }
    let number: i64 = text.parse().ok()?;
    let digits = text.trim_start_matches('0').len();
    match digits {
        ..=11 => number.checked_mul(1_000_000),
        12..=14 => number.checked_mul(1000),
        15..=17 => Some(number),
        _ => Some(number / 1000),
    }
}

/// The carrier of most of `records`, if there is one.
pub(crate) fn of(records: &[&[u8]], limit: usize) -> Option<&'static Wrapper> {
    let first = records.first()?;
    // A reader is made for those that may have it: a name, but for one with an escape, stands in it.
    let may_have = |wrapper: &&Wrapper| {
        let names = |path: &'static str| match path.starts_with('`') {
            true => path.trim_matches('`'),
            false => path.rsplit('.').next().unwrap_or_default(),
        };
        wrapper.needs.iter().all(|need| memchr::memmem::find(first, names(need).as_bytes()).is_some())
    };
    WRAPPERS.iter().filter(may_have).find(|wrapper| {
        let mut layer = Layer::of(wrapper);
        let mut is = |record: &&[u8]| {
            let opened = layer.open(record, limit);
            // A record that is damaged is told by the others.
            opened.is_some_and(|opened| opened.fault.is_none() && !opened.records.is_empty())
        };
        is(first) && records.iter().filter(|record| is(record)).count() * 4 >= records.len() * 3
    })
}

/// Whether a line may be a piece of a record, so that a file of such lines is read whole.
pub(crate) fn joins(line: &[u8]) -> bool {
    line.starts_with(b"{\"log\":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_their_size_tells() {
        for (text, micros) in [
            ("2026-03-05T08:12:44.5Z", Some(1_772_698_364_500_000)),
            ("2016-01-07T16:49:10.0", Some(1_452_185_350_000_000)),
            ("1772698364", Some(1_772_698_364_000_000)),
            ("1772698364.477", Some(1_772_698_364_477_000)),
            ("1772698364477", Some(1_772_698_364_477_000)),
            ("1772698364477000", Some(1_772_698_364_477_000)),
            ("1772698364477000000", Some(1_772_698_364_477_000)),
            ("99999999999999999999999", None),
            ("1.1.1", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(instant(text.as_bytes()), micros, "{text}");
        }
    }
}
