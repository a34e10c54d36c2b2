//! Event notifications of S3: what happened to an object, as a function, a queue or a topic got it. One row per record of the list
//! `Records`.
//!
//! Not these: S3's events on EventBridge (`eventbridge`), calls of S3's API (`cloudtrail`), its access logs (`s3_access`), the
//! test notification `s3:TestEvent`, which has no records.
//!
//! Decisions: keys stand in the record as a URL has them, with `+` for a blank; `s3.object.key` stays as written, and
//! `file.path` is what it means. `-` is no value.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::{int, text};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Event notifications of S3.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["s3.bucket.name", "eventName", "eventSource"],
    is: |marks| marks.all() && marks.get(2).is("aws:s3"),
    what: "are events of aws:s3 with a bucket",
    time: &["eventTime"],
    none: &["-"],
    summary,
    identity: &["s3.object.sequencer", "s3.object.key", "s3.bucket.name", "eventName", "s3.configurationId"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("eventTime", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when S3 finished the request"),
    text("eventName", Role::Dimension)
        .aliases(&["event.action"])
        .doc("what happened: ObjectCreated:Put, ObjectRemoved:Delete, ObjectRestore:Completed and so on"),
    text("eventSource", Role::Dimension).aliases(&["event.provider"]).doc("aws:s3"),
    text("eventVersion", Role::Dimension).doc("version of the record"),
    text("awsRegion", Role::Dimension).aliases(&["cloud.region"]).doc("the bucket's Region"),
    text("userIdentity.principalId", Role::Dimension)
        .aliases(&["principalId", "user.id"])
        .doc("who caused it: AWS:, the unique id of a user or role, and the session"),
    JsonField::new("requestParameters.sourceIPAddress", Kind::Ip, Role::Dimension)
        .aliases(&["sourceIPAddress", "source.ip", "source.address", "client.ip"])
        .doc("address that the request came from"),
    text("s3.bucket.name", Role::Dimension).aliases(&["bucketName", "bucket"]).doc("the bucket"),
    text("s3.bucket.arn", Role::Dimension).doc("the bucket's ARN"),
    text("s3.bucket.ownerIdentity.principalId", Role::Dimension)
        .doc("id of the account that owns the bucket"),
    text("s3.object.key", Role::Identifier).aliases(&["key"]).doc("the object's key, encoded as in a URL"),
    JsonField::computed("file.path", Kind::Text, Role::Identifier, &PATH).doc("the object's key, decoded"),
    int("s3.object.size", Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["size", "file.size"])
        .doc("size of the object; none for a removal"),
    text("s3.object.eTag", Role::Identifier).aliases(&["eTag"]).doc("the object's ETag"),
    text("s3.object.versionId", Role::Identifier).aliases(&["versionId"]).doc("the object's version"),
    text("s3.object.sequencer", Role::Identifier)
        .aliases(&["sequencer"])
        .doc("orders the events of one key: hexadecimal, the larger the later"),
    text("s3.configurationId", Role::Dimension).doc("the notification's configuration"),
    text("s3.s3SchemaVersion", Role::Dimension).doc("version of the member s3"),
    text("responseElements.x-amz-request-id", Role::Identifier)
        .aliases(&["x-amz-request-id", "http.request.id"])
        .doc("id of the request; CloudTrail's requestID"),
    text("responseElements.x-amz-id-2", Role::Identifier).doc("the host that served it, for support"),
    text("glacierEventData.restoreEventData.lifecycleRestoreStorageClass", Role::Dimension)
        .doc("of a restored object, the class it came from"),
    JsonField::new(
        "glacierEventData.restoreEventData.lifecycleRestorationExpiryTime",
        Kind::Time,
        Role::Timestamp,
    )
    .doc("of a restored object, when its copy expires"),
    text("lifecycleEventData.transitionEventData.destinationStorageClass", Role::Dimension)
        .doc("of a transition, the class that the object went to"),
    text("replicationEventData.failureReason", Role::Status)
        .aliases(&["error.message"])
        .doc("of a failed replication, why"),
    text("replicationEventData.destinationBucket", Role::Dimension).doc("of a replication, where to"),
];

static PATH: Computed = Computed { from: &["s3.object.key"], value: path };

/// The key without the encoding of a URL: `+` for a blank, `%XX` for a byte. What is no encoding stays, as do control characters.
fn path<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let [Cell::Text(key)] = cells else { return Cell::Null };
    out.clear();
    let mut rest = *key;
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        let decoded = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                u8::try_from(high * 16 + low).ok().filter(|b| !b.is_ascii_control())
            }
            _ => None,
        };
        match (decoded, after.get(2..)) {
            (Some(byte), Some(behind)) => {
                out.push(byte);
                rest = behind;
            }
            _ => {
                out.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    Cell::Text(out)
}

const META: Meta = Meta {
    id: "s3_event",
    family: Family::Web,
    title: "Amazon S3 event notifications",
    summary: "Objects that were created, removed, restored, tagged or moved, one record per event.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html",
    read_on: "2026-11-27",
    key_shape: "not delivered to S3: messages of SQS, SNS and Lambda, as they were kept",
    versions: "2.0 to 2.3, alone, as lists and in messages of SQS and SNS",
    not_read: "s3:TestEvent, which has no record; S3's events on EventBridge are eventbridge",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group of the function that writes them", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "What was removed, by whom",
        "filter eventName like \"ObjectRemoved\" | stats count(*) as objects, latest(@timestamp) as last by s3.bucket.name, userIdentity.principalId, requestParameters.sourceIPAddress | sort objects desc",
    ),
    ask(
        "Events by bucket and kind",
        "stats count(*) as events, sum(s3.object.size) as bytes by s3.bucket.name, eventName | sort events desc",
    ),
    ask(
        "Largest objects that were written",
        "filter eventName like \"ObjectCreated\" | fields @timestamp, s3.bucket.name, file.path, s3.object.size, userIdentity.principalId | sort s3.object.size desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "s3_event.json", content: crate::sample!("s3_event.json"), rows: 5, rejected: 0 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{userIdentity.principalId}: ]**{eventName|=event}**[ of **{file.path}**][ in {s3.bucket.name}]\
         [ from {requestParameters.sourceIPAddress}][: {replicationEventData.failureReason}]",
    )
}
