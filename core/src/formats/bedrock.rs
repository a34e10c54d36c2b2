//! Model invocation logs of Amazon Bedrock: who asked which model, how many tokens went in and out.
//!
//! Not these: the objects below `data/` in the bucket, which are bodies of requests and no records; logs of knowledge bases
//! and agents; calls of Bedrock (CloudTrail).
//!
//! Decisions: bodies (`input.inputBodyJson`, `output.outputBodyJson`) are what people wrote, and no columns: only a query
//! that names them reads them.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Model invocation logs of Bedrock.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["schemaType", "requestId", "operation"],
    is: |marks| marks.get(0).is("ModelInvocationLog") && marks.get(1).is_some(),
    what: "are of schemaType ModelInvocationLog",
    time: &["timestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const fn count(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Measure)
}

static FIELDS: &[JsonField] = &[
    JsonField::new("timestamp", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the model was asked"),
    text("operation", Role::Dimension)
        .aliases(&["event.action"])
        .doc("InvokeModel, InvokeModelWithResponseStream, Converse or ConverseStream"),
    text("modelId", Role::Dimension)
        .aliases(&["gen_ai.request.model"])
        .doc("the model, its inference profile, or the ARN of either"),
    text("identity.arn", Role::Dimension).aliases(&["user.id"]).doc("who asked"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &NAME)
        .doc("the last part of that ARN: a user or a session"),
    text("errorCode", Role::Status).aliases(&["error.code"]).doc("the error, if there was one"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure where there is an error, else success"),
    count("input.inputTokenCount")
        .aliases(&["inputTokenCount", "gen_ai.usage.input_tokens"])
        .doc("tokens that were asked with"),
    count("output.outputTokenCount")
        .aliases(&["outputTokenCount", "gen_ai.usage.output_tokens"])
        .doc("tokens of the answer"),
    count("input.cacheReadInputTokenCount")
        .aliases(&["cacheReadInputTokenCount", "gen_ai.usage.cache_read.input_tokens"])
        .doc("tokens that came from the cache"),
    count("input.cacheWriteInputTokenCount")
        .aliases(&["cacheWriteInputTokenCount", "gen_ai.usage.cache_creation.input_tokens"])
        .doc("tokens that went to the cache"),
    text("input.inputContentType", Role::Dimension)
        .aliases(&["inputContentType"])
        .doc("type of the request's body"),
    text("output.outputContentType", Role::Dimension)
        .aliases(&["outputContentType"])
        .doc("type of the answer's body"),
    text("input.inputBodyS3Path", Role::Identifier)
        .aliases(&["inputBodyS3Path"])
        .doc("where the request's body lies, if it is over 100 KB or no JSON"),
    text("output.outputBodyS3Path", Role::Identifier)
        .aliases(&["outputBodyS3Path"])
        .doc("where the answer's body lies"),
    text("requestMetadata", Role::Dimension).doc("what the caller said of the request, as JSON"),
    text("requestId", Role::Identifier)
        .aliases(&["http.request.id"])
        .doc("the request's id, as in CloudTrail"),
    text("accountId", Role::Dimension).aliases(&["cloud.account.id"]).doc("the account that asked"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the region that was asked"),
    text("inferenceRegion", Role::Dimension).doc("the region that answered, of cross-region inference"),
    text("schemaVersion", Role::Dimension).doc("version of the log's form"),
];

static NAME: Computed = Computed { from: &["identity.arn"], value: name };
static OUTCOME: Computed = Computed { from: &["errorCode"], value: outcome };

fn name<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(arn)) = cells.first() else { return Cell::Null };
    let last = arn.rsplit(|b| matches!(b, b'/' | b':')).next().filter(|name| !name.is_empty());
    last.map_or(Cell::Null, Cell::Text)
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(if matches!(cells, [Cell::Null]) { b"success" } else { b"failure" })
}

const META: Meta = Meta {
    id: "bedrock",
    family: Family::Other,
    title: "Amazon Bedrock model invocation logs",
    summary: "Who asked which model, with tokens and errors, one record per request.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/BedrockModelInvocationLogs/{region}/{yyyy}/{mm}/{dd}/{hh}/{time}_{random}.json.gz, stream aws/bedrock/modelinvocations",
    versions: "ModelInvocationLog 1.0, from S3 and CloudWatch",
    not_read: "bodies that lie in objects of their own; logs of knowledge bases and agents",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog {
        group: "the log group of the model invocation logging, stream aws/bedrock/modelinvocations",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who asks which models, and what it takes",
        "stats count(*) as requests, sum(input.inputTokenCount) as tokensIn, sum(output.outputTokenCount) as tokensOut, earliest(@timestamp) as first by identity.arn, modelId | sort tokensOut desc",
    ),
    ask(
        "What was refused or failed",
        "filter ispresent(errorCode) | stats count(*) as requests, count_distinct(modelId) as models, latest(@timestamp) as last by identity.arn, errorCode, region | sort requests desc",
    ),
    ask(
        "Identities and regions that were never seen before",
        "stats earliest(@timestamp) as first, count(*) as requests by identity.arn, region | sort first desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/03/05/01/20260305T013000000Z_0a1b2c3d4e5f6071.json",
    content: crate::sample!("bedrock.ndjson"),
    rows: 5,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[**{errorCode}** ]**{user.name|=somebody}** {operation|=asked}[ {modelId}]\
         [, {input.inputTokenCount} tokens in, {output.outputTokenCount} out]",
    )
}
