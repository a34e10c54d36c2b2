//! AWS Config: what resources were like at what time. Items of configuration history files, snapshots, oversized
//! notifications and the API (`get-resource-config-history`, `batch-get-resource-config`), notifications of changes as
//! SNS, EventBridge and the functions of rules get them, and changes of compliance.
//!
//! Reading order: `fields` (the columns), this file (recognising, deciding what a record is), `changes` (what differs
//! between two items, and what a notification says of it), `summary` (the sentence), `presets`.
//!
//! Not these: lists without a state (`list-discovered-resources`, `select-resource-config`), results of evaluations
//! as the API gives them.
//!
//! Decisions:
//! - One row is one configuration item, one notification about an item, or one change of compliance. `recordType` says
//!   which. Notices that files were delivered are put aside; those that a delivery failed are rows.
//! - `@timestamp` is the time of capture; of what is about no item, when the notification was made.
//! - The configuration is no column, since the same path has other types in other resources: its paths are fields,
//!   also below `configurationItem`, and where the API gives it as a text of JSON.
//! - `changes` is the difference to the item before it of the same resource ([`History`](super::History)), found once
//!   all files are read; until then, and where no item before it is there, what the notification itself says.
//! - An item that says OK is `changed` only where a change is known: snapshots repeat what did not change.

mod changes;
mod fields;
mod presets;
mod summary;
#[cfg(test)]
mod tests;

use self::fields::FIELDS;
use super::{
    ColumnValues, Decoded, Decoder, Family, Fault, Format, Framing, Head, History, Meta, Preset, Record,
    Sample, Sniff, Span,
    field::json::{self, Json, JsonColumns, JsonRow, Reader},
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Kind, Row, RowWriter, Unit};

/// AWS Config.
pub struct Config;

static META: Meta = Meta {
    id: "config",
    family: Family::Audit,
    title: "AWS Config",
    summary: "What each resource was like and what changed, and which rules it broke.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/Config/{region}/{yyyy}/{m}/{d}/ConfigHistory/{account}_Config_{region}_ConfigHistory_{type}_{start}_{end}_{n}.json.gz",
    versions: "items of versions 1.0 to 1.3 in history files, snapshots and oversized notifications, as get-resource-config-history and batch-get-resource-config give them, in notifications of SNS and EventBridge, and changes of compliance",
    not_read: "notices of delivered files and of evaluations that began, which are set aside; lists of resources without their state",
};

/// Files lie in S3; only what EventBridge says can be sent to a log group.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it; ask AWS Config itself with an advanced query, or the log group \
         that an EventBridge rule delivers to",
    ),
    insights: InsightsLog {
        group: "a log group to which an EventBridge rule delivers AWS Config's events",
        prefix: "detail.",
    },
};

impl Format for Config {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|f| f.field.clone()).collect()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Json {
            return Sniff::No;
        }
        let has = |record: &[u8], key: &str| memchr::memmem::find(record, key.as_bytes()).is_some();
        let may = |r: &[u8]| has(r, "\"configurationItemCaptureTime\"") || has(r, "\"messageType\"");
        if head.most("", may) == Sniff::No {
            return Sniff::No;
        }
        let mut reader = Reader::new(MARKS);
        head.most("are configuration items or notifications of AWS Config", |record| {
            reader.read(record).is_ok_and(|values| {
                let mark = |i| values.get(i);
                let item = |at: usize| (at..at + 3).all(|i| mark(i).is_some());
                item(0) || of_message(mark(3)).is_some()
            })
        })
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Items {
            columns: JsonColumns::new(FIELDS, EXTRA),
            relationship: Reader::new(RELATIONSHIP),
            places: DERIVED
                .map(|name| FIELDS.iter().position(|f| f.field.name == name).unwrap_or(usize::MAX)),
        })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary::sentence(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn identity(&self) -> &'static [&'static str] {
        &["configurationStateId", "recordType", "resourceType", "resourceId", "awsAccountId", "awsRegion"]
    }
    fn history(&self) -> Option<&'static History> {
        Some(&HISTORY)
    }
    fn sources(&self) -> &'static [&'static str] {
        &["aws_config"]
    }
    fn presets(&self) -> &'static [Preset] {
        presets::PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// The columns of changes, in the order in which [`changes::Changes::values`] gives them.
const CHANGES: &[&str] =
    &["changes", "changes.path", "changes.item", "changes.before", "changes.after", "changes.source"];

static HISTORY: History = History {
    states: ("recordType", &["item", "notification"]),
    key: &["resourceId", "resourceType", "awsAccountId", "awsRegion"],
    time: "configurationItemCaptureTime",
    columns: CHANGES,
    since: "changes.since",
    changes: between,
};

/// What changed between two records. Where nothing did, what the notification itself says stands.
fn between(before: &[u8], after: &[u8]) -> Option<Vec<ColumnValues>> {
    let found = changes::between(before, after)?;
    if !found.is_empty() {
        return Some(found.values(changes::PREVIOUS));
    }
    let mut reader = Reader::new(&["configurationItemDiff.changedProperties"]);
    let noted = match reader.read(after).ok()?.get(0) {
        Json::Object(properties) => changes::of_notification(properties),
        _ => None,
    };
    Some(noted.unwrap_or_default().values(changes::NOTIFICATION))
}

/// Paths by which records are recognised.
const MARKS: &[&str] =
    &["configurationItemCaptureTime", "configurationItemStatus", "resourceType", "messageType"];

/// What a notification of AWS Config is, by its `messageType`: the type of its row, or why it is put aside.
fn of_message(kind: Json<'_>) -> Option<Result<&'static str, &'static str>> {
    let kind = kind.text()?;
    Some(match &*kind {
        b"ConfigurationItemChangeNotification" | b"ScheduledNotification" => Ok("notification"),
        b"OversizedConfigurationItemChangeNotification" => Ok("summary"),
        b"ComplianceChangeNotification" => Ok("compliance"),
        b"ConfigurationSnapshotDeliveryFailed" | b"ConfigurationHistoryDeliveryFailed" => Ok("delivery"),
        b"ConfigurationSnapshotDeliveryStarted"
        | b"ConfigurationSnapshotDeliveryCompleted"
        | b"ConfigurationHistoryDeliveryCompleted" => Err("notice of a delivery"),
        b"ConfigRulesEvaluationStarted" => Err("notice of an evaluation that began"),
        _ => return None,
    })
}

/// Paths that the decoder asks for besides the columns; the constants are places in this list.
const EXTRA: &[&str] = &[
    "configurationItemCaptureTime",
    "configurationItem.configurationItemCaptureTime",
    "configurationItem.0.configurationItemCaptureTime",
    "configurationItemSummary.configurationItemCaptureTime",
    "newEvaluationResult.resultRecordedTime",
    "notificationCreationTime",
    "NotificationCreateTime",
    "messageType",
    "configurationItemStatus",
    "configurationItemDiff.changedProperties",
    "oldEvaluationResult.complianceType",
    "newEvaluationResult.complianceType",
    "relationships",
    "configurationItem.relationships",
    "configurationItem.0.relationships",
    "relatedEvents",
    "configurationItem.relatedEvents",
    "configurationItem.0.relatedEvents",
    "resourceType",
];
const TIMES: std::ops::Range<usize> = 0..7;
const MESSAGE: usize = 7;
const STATUS: usize = 8;
const DIFF: usize = 9;
const COMPLIANCE: [usize; 2] = [10, 11];
const RELATIONSHIPS: std::ops::Range<usize> = 12..15;
const EVENTS: std::ops::Range<usize> = 15..18;
const TYPE: usize = 18;

/// What is read of each relationship: the API has its name under another.
const RELATIONSHIP: &[&str] = &["resourceId", "resourceType", "name", "relationshipName"];

/// The columns that the decoder sets.
const DERIVED: [&str; 11] = [
    "recordType",
    "relationships.resourceId",
    "relationships.resourceType",
    "relationships.name",
    "relatedEvents",
    "changes",
    "changes.path",
    "changes.item",
    "changes.before",
    "changes.after",
    "changes.source",
];

/// The decoder. It remembers nothing between records but their order of keys.
struct Items {
    columns: JsonColumns,
    relationship: Reader,
    /// The places of [`DERIVED`].
    places: [usize; 11],
}

impl Decoder for Items {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let Items { columns, relationship, places } = self;
        let mut read = columns.read(record.bytes)?;
        let kind = match of_message(read.extra(MESSAGE)) {
            Some(Err(reason)) => return Ok(Decoded::Skipped(reason)),
            Some(Ok(kind)) => kind,
            None if read.extra(0).is_some()
                && (read.extra(STATUS).is_some() || read.extra(TYPE).is_some()) =>
            {
                "item"
            }
            None => {
                let what = "a configuration item, or a notification of AWS Config";
                return Err(Fault::new(record.bytes, 0, what));
            }
        };
        for (i, path) in EXTRA.iter().enumerate().take(TIMES.end) {
            let Some(text) = read.extra(i).text() else { continue };
            let Some(micros) = json::point(&text, Unit::None) else {
                let what = format!("a time for {path}: ISO 8601, or a number since 1970");
                return Err(Fault::new(record.bytes, read.extra_at(i), what));
            };
            row.timestamp(micros);
            break;
        }
        if let Some(micros) = record.envelope_time
            && row.time().is_none()
        {
            row.timestamp(micros);
        }
        row.set(places[0], Cell::Text(kind.as_bytes()));
        related(&read, relationship, places, row);
        if let Some(found) = noted(&read) {
            for (place, values) in places[5..].iter().zip(found.values(changes::NOTIFICATION)) {
                row.set_each(
                    *place,
                    values.iter().map(|v| v.as_ref().map_or(Cell::Null, |v| Cell::Text(v.as_bytes()))),
                );
            }
        }
        read.write(row);
        Ok(Decoded::Row)
    }
}

/// What the record itself says of what changed.
fn noted(read: &JsonRow<'_>) -> Option<changes::Changes> {
    if let Json::Object(properties) = read.extra(DIFF) {
        return changes::of_notification(properties);
    }
    let [before, after] = COMPLIANCE.map(|i| read.extra(i).text());
    (before != after && after.is_some()).then(|| changes::of_compliance(before.as_deref(), after.as_deref()))
}

/// Sets what the item is related to, and the events that led to it.
fn related(read: &JsonRow<'_>, reader: &mut Reader, places: &[usize; 11], row: &mut RowWriter<'_>) {
    let list = |mut range: std::ops::Range<usize>| {
        range.find_map(|i| match read.extra(i) {
            Json::Array(list) => Some(list),
            _ => None,
        })
    };
    let mut scratch = Vec::new();
    if let Some(list) = list(RELATIONSHIPS) {
        let mut found: [Vec<Option<Vec<u8>>>; 3] = Default::default();
        json::each(list, |item| {
            let Json::Object(text) = item else { return true };
            let Ok(values) = reader.read(text) else { return true };
            let text = |i: usize| values.get(i).text().map(std::borrow::Cow::into_owned);
            for (i, value) in [text(0), text(1), text(2).or_else(|| text(3))].into_iter().enumerate() {
                found[i].push(value);
            }
            true
        });
        for (i, values) in found.iter().enumerate() {
            row.set_each(places[1 + i], values.iter().map(|v| v.as_deref().map_or(Cell::Null, Cell::Text)));
        }
    }
    if let Some(list) = list(EVENTS) {
        let mut found: Vec<Vec<u8>> = Vec::new();
        json::each(list, |item| {
            if let Cell::Text(id) = item.cell(Kind::Text, Unit::None, &mut scratch) {
                found.push(id.to_vec());
            }
            true
        });
        row.set_each(places[4], found.iter().map(|id| Cell::Text(id)));
    }
}

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "AWSLogs/111122223333/Config/eu-central-1/2026/3/5/ConfigHistory/111122223333_Config_eu-central-1_ConfigHistory_AWS::EC2::SecurityGroup_20260305T010000Z_20260305T070000Z_1.json",
        content: crate::sample!("config_history.json"),
        rows: 5,
        rejected: 0,
    },
    Sample {
        name: "AWSLogs/111122223333/Config/eu-central-1/2026/3/5/ConfigSnapshot/111122223333_Config_eu-central-1_ConfigSnapshot_20260305T000000Z_0a1b2c3d-4e5f-4061-8273-a4b5c6d7e8f9.json",
        content: crate::sample!("config_snapshot.json"),
        rows: 5,
        rejected: 0,
    },
    Sample {
        name: "get-resource-config-history.json",
        content: crate::sample!("config_api.json"),
        rows: 2,
        rejected: 0,
    },
    Sample {
        name: "batch-get-resource-config.json",
        content: crate::sample!("config_batch.json"),
        rows: 1,
        rejected: 0,
    },
    Sample {
        name: "notifications.ndjson",
        content: crate::sample!("config_notifications.ndjson"),
        rows: 8,
        rejected: 2,
    },
    Sample { name: "event.json", content: crate::sample!("config_eventbridge.json"), rows: 1, rejected: 0 },
];
