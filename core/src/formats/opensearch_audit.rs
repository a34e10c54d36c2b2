//! Audit logs of Amazon OpenSearch Service: logins, privileges, reads and writes of documents.
//!
//! Not these: slow, error and index logs of a domain, which are text.
//!
//! Decisions: `user.name` is who the request ran as (`audit_request_effective_user`), or else who sent it. The outcome follows
//! from the category. The member `@timestamp` is the event's time. The service cuts events at 10,000 characters: those are
//! rejected.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Audit logs of Amazon OpenSearch Service.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["audit_category", "audit_format_version"],
    what: "have audit_category and audit_format_version",
    time: &["@timestamp"],
    summary,
    sources: &["opensearch_audit_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    text("audit_category", Role::Dimension)
        .aliases(&["event.action"])
        .doc("what happened: FAILED_LOGIN, AUTHENTICATED, MISSING_PRIVILEGES, GRANTED_PRIVILEGES, COMPLIANCE_DOC_READ and others"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure of logins that failed, missing privileges, bad headers and errors, success otherwise"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &USER).doc("who it ran as, or else who sent it"),
    text("audit_request_effective_user", Role::Dimension).aliases(&["user.effective.name"]).doc("the user that the request ran as"),
    text("audit_request_initiating_user", Role::Dimension).doc("the user that sent it"),
    JsonField::new("audit_request_effective_user_is_admin", Kind::Bool, Role::Dimension).doc("whether that user is the administrator by certificate"),
    JsonField::new("audit_request_remote_address", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address", "client.ip"])
        .doc("the address that asked"),
    text("audit_request_privilege", Role::Dimension).doc("the privilege that was needed"),
    text("audit_request_origin", Role::Dimension).doc("REST or TRANSPORT"),
    text("audit_request_layer", Role::Dimension).doc("the layer at which it was seen"),
    text("audit_rest_request_method", Role::Dimension).aliases(&["http.request.method"]).doc("method of the request"),
    text("audit_rest_request_path", Role::Dimension).aliases(&["url.path"]).doc("its path"),
    text("audit_rest_request_headers.User-Agent.0", Role::Dimension)
        .also(&["audit_rest_request_headers.user-agent.0", "audit_request_user_agent"])
        .aliases(&["user_agent.original"])
        .doc("the client's program"),
    text("audit_request_body", Role::Identifier).aliases(&["db.statement"]).doc("the request's body as text"),
    text("audit_transport_request_type", Role::Dimension).doc("kind of a request between nodes"),
    text("audit_trace_indices.0", Role::Dimension)
        .each("audit_trace_indices")
        .aliases(&["audit_trace_indices"])
        .doc("indices as the request names them; each of several"),
    text("audit_trace_resolved_indices.0", Role::Dimension)
        .each("audit_trace_resolved_indices")
        .aliases(&["audit_trace_resolved_indices", "db.name"])
        .doc("indices that these are; each of several"),
    text("audit_trace_doc_id", Role::Identifier).doc("the document"),
    JsonField::new("audit_trace_shard_id", Kind::Int, Role::Dimension).doc("its shard"),
    text("audit_trace_task_id", Role::Identifier).doc("the task"),
    text("audit_trace_task_parent_id", Role::Identifier).doc("the task that it is part of"),
    text("audit_compliance_operation", Role::Dimension).aliases(&["db.operation"]).doc("what was done to a document: CREATE, UPDATE, DELETE"),
    JsonField::new("audit_compliance_doc_version", Kind::Int, Role::Dimension).doc("the document's version"),
    text("audit_request_exception_stacktrace", Role::Identifier).aliases(&["error.stack_trace"]).doc("the error that ended the request"),
    text("audit_cluster_name", Role::Dimension).aliases(&["orchestrator.cluster.name"]).doc("account and domain"),
    JsonField::computed("cloud.account.id", Kind::Text, Role::Dimension, &ACCOUNT).doc("the account that has the domain"),
    text("audit_node_name", Role::Dimension).aliases(&["host.name"]).doc("the node"),
    text("audit_node_id", Role::Identifier).aliases(&["host.id"]).doc("its id"),
    text("audit_node_host_address", Role::Dimension).aliases(&["host.ip"]).doc("its address"),
    text("audit_format_version", Role::Dimension).doc("version of the event's form"),
];

static USER: Computed = Computed {
    from: &["audit_request_effective_user", "audit_request_initiating_user"],
    value: |cells, _| cells.iter().copied().find(|cell| matches!(cell, Cell::Text(_))).unwrap_or(Cell::Null),
};
static OUTCOME: Computed = Computed {
    from: &["audit_category"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"FAILED_LOGIN" | b"MISSING_PRIVILEGES" | b"BAD_HEADERS" | b"SSL_EXCEPTION")] => {
                b"failure"
            }
            [Cell::Text(category)] if category.ends_with(b"_SECURITY_INDEX_ATTEMPT") => b"failure",
            _ => b"success",
        })
    },
};
static ACCOUNT: Computed = Computed {
    from: &["audit_cluster_name"],
    value: |cells, _| {
        let Some(Cell::Text(name)) = cells.first() else { return Cell::Null };
        let account = name.split(|b| *b == b':').next().unwrap_or_default();
        let is_account = account.len() == 12 && account.iter().all(u8::is_ascii_digit);
        if is_account { Cell::Text(account) } else { Cell::Null }
    },
};

const META: Meta = Meta {
    id: "opensearch_audit",
    family: Family::Audit,
    title: "Amazon OpenSearch Service audit logs",
    summary: "Logins, privileges and uses of documents of OpenSearch domains.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html",
    read_on: "2026-11-26",
    key_shape: "a log group of the user's choice, one stream per node",
    versions: "audit_format_version 4",
    not_read: "slow, error and index logs; events that the service cut at 10,000 characters, which are rejected",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as domains write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "the log group that the domain's audit logs are published to",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed logins and missing privileges",
        "filter event.outcome = \"failure\" | stats count(*) as failures by audit_category, user.name, source.ip, audit_request_privilege, url.path | sort failures desc",
    ),
    ask(
        "Who read and changed documents, of which index",
        "filter audit_category like /COMPLIANCE_DOC/ | stats count(*) as events, count_distinct(audit_trace_doc_id) as documents by user.name, source.ip, audit_category, audit_compliance_operation, audit_trace_resolved_indices.0 | sort events desc",
    ),
    ask(
        "Changes of the security configuration",
        "filter audit_category like /CONFIG|SETTINGS|SECURITY_INDEX/ | fields @timestamp, user.name, source.ip, audit_category, url.path, audit_request_body | sort @timestamp desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "opensearch-audit.ndjson",
    content: crate::sample!("opensearch_audit.ndjson"),
    rows: 5,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{audit_category|=an event}**[ {user.name}][ {audit_compliance_operation}\
         [ {http.request.method|url.path|audit_request_privilege}]|| {http.request.method}\
         [ {url.path|audit_request_privilege}]|| {url.path}\
         [ {audit_request_privilege}]|| {audit_request_privilege}]\
         [ {first:audit_trace_resolved_indices.0}[/{audit_trace_doc_id}]][, {source.ip}]",
    )
}
