//! User activity and notifications that Amazon Cognito user pools export: sign-ins, sign-ups, changes of passwords with the
//! risk that Cognito saw, and messages that could not be sent.
//!
//! Not these: the same events as the API gives them (`admin-list-user-auth-events`), calls of `cognito-idp` (CloudTrail).
//!
//! Decisions: empty text is no value and words for booleans are booleans, as everywhere. An event that waits for a
//! challenge (`InProgress`) has no outcome yet.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Exported logs of Cognito user pools.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["logSourceId.userPoolId", "eventSource", "eventTimestamp"],
    is: |marks| {
        marks.all() && ["USER_ACTIVITY", "USER_NOTIFICATION"].iter().any(|source| marks.get(1).is(source))
    },
    what: "are user activity or notifications of a user pool",
    time: &["eventTimestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("eventTimestamp", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the event was logged"),
    text("eventSource", Role::Dimension)
        .aliases(&["event.provider"])
        .doc("USER_ACTIVITY or USER_NOTIFICATION"),
    text("logLevel", Role::Dimension).aliases(&["log.level"]).doc("INFO or ERROR"),
    text("message.eventType", Role::Dimension)
        .aliases(&["eventType", "event.action"])
        .doc("SignIn, SignUp, ForgotPassword, PasswordChange or ResendCode"),
    text("message.eventResponse", Role::Status).aliases(&["eventResponse"]).doc("Pass, Fail or InProgress"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success of Pass, failure of Fail and of errors, else unknown"),
    text("message.userName", Role::Dimension).aliases(&["userName", "user.name"]).doc("the user"),
    text("message.userSub", Role::Identifier).aliases(&["userSub", "user.id"]).doc("the user's id"),
    JsonField::new("message.ipAddress", Kind::Ip, Role::Dimension)
        .aliases(&["ipAddress", "source.ip", "source.address", "client.ip"])
        .doc("address that the request came from"),
    text("message.city", Role::Dimension)
        .aliases(&["city", "source.geo.city_name"])
        .doc("city of that address"),
    text("message.country", Role::Dimension)
        .aliases(&["country", "source.geo.country_name"])
        .doc("country of that address"),
    text("message.riskLevel", Role::Status)
        .aliases(&["riskLevel"])
        .doc("Low, Medium or High, where there is a risk"),
    text("message.riskDecision", Role::Status)
        .aliases(&["riskDecision"])
        .doc("NoRisk, AccountTakeover or Block"),
    JsonField::new("message.compromisedCredentialDetected", Kind::Bool, Role::Status)
        .aliases(&["compromisedCredentialDetected"])
        .doc("whether the password is known to be stolen"),
    text("message.challenges", Role::Dimension)
        .aliases(&["challenges"])
        .doc("challenges that were put, as a list"),
    text("message.deviceName", Role::Dimension)
        .aliases(&["deviceName", "user_agent.name"])
        .doc("browser and system"),
    text("message.idpName", Role::Dimension)
        .aliases(&["idpName"])
        .doc("the identity provider of a federated user"),
    text("message.clientId", Role::Dimension).aliases(&["clientId"]).doc("the app client"),
    text("logSourceId.userPoolId", Role::Dimension).aliases(&["userPoolId"]).doc("the user pool"),
    JsonField::new("message.creationDate", Kind::Time, Role::Timestamp)
        .aliases(&["creationDate", "event.start"])
        .doc("when it happened"),
    text("message.eventFeedbackValue", Role::Status)
        .also(&["message.eventFeedbackEventValue"])
        .aliases(&["eventFeedbackValue"])
        .doc("what somebody said of the event afterwards: Valid or Invalid"),
    text("message.requestId", Role::Identifier)
        .aliases(&["requestId", "http.request.id"])
        .doc("id of the request"),
    text("message.eventId", Role::Identifier).aliases(&["eventId", "event.id"]).doc("the event's id"),
    text("message.details", Role::Identifier)
        .aliases(&["details", "error.message"])
        .doc("of a notification, why it was not sent"),
];

static OUTCOME: Computed = Computed { from: &["message.eventResponse", "logLevel"], value: outcome };

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [Cell::Text(b"Pass"), _] => b"success",
        [Cell::Text(b"Fail"), _] | [Cell::Null, Cell::Text(b"ERROR")] => b"failure",
        _ => b"unknown",
    })
}

const META: Meta = Meta {
    id: "cognito",
    family: Family::Audit,
    title: "Amazon Cognito user pool logs",
    summary: "Sign-ins and other activity of users with their risk, and notifications that failed.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html",
    read_on: "2026-11-26",
    key_shape: "the log group, bucket or Firehose stream that the user pool's log delivery names",
    versions: "userAuthEvents and userNotification, version 1 of the message, from CloudWatch, Firehose and S3",
    not_read: "events as the API gives them",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that the user pool's log delivery names", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Addresses that fail for many users",
        "filter event.outcome = \"failure\" | stats count(*) as failures, count_distinct(message.userName) as users, latest(message.country) as country by message.ipAddress | sort users desc | limit 25",
    ),
    ask(
        "Failed before, signed in then",
        "filter message.eventType = \"SignIn\" | stats sum(event.outcome = \"failure\") as failed, sum(event.outcome = \"success\") as passed, count_distinct(message.ipAddress) as addresses, latest(@timestamp) as last by message.userName | filter failed > 0 and passed > 0 | sort failed desc",
    ),
    ask(
        "What Cognito held to be a risk",
        "filter ispresent(message.riskLevel) or message.compromisedCredentialDetected = 1 | fields @timestamp, message.userName, message.eventType, message.eventResponse, message.riskLevel, message.riskDecision, message.ipAddress, message.country | sort @timestamp desc",
    ),
    ask(
        "Changed and forgotten passwords",
        "filter message.eventType in [\"PasswordChange\", \"ForgotPassword\"] | fields @timestamp, message.userName, message.eventType, message.eventResponse, message.ipAddress, message.country | sort @timestamp desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "cognito.ndjson", content: crate::sample!("cognito.ndjson"), rows: 7, rejected: 2 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**failed** ||{?message.eventResponse=InProgress}began ]**{message.eventType|eventSource|=event}**\
         [ **{message.userName}**][ from {message.ipAddress}][, risk **{message.riskLevel}**]\
         [: {message.details}]",
    )
}
