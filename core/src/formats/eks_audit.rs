//! Audit logs of Amazon EKS: what was asked of a cluster's Kubernetes API, by whom, and how it was answered.
//!
//! Not these: the other logs of the control plane (`eks_control_plane`), which are text; what containers write.
//!
//! Decisions: an event is one stage of a request; one request may give several with the same `auditID`, and
//! `stage = "ResponseComplete"` counts each that ended once (a watch, an exec and a port-forward also begin with
//! `ResponseStarted`). `@timestamp` is the stage's time. Values of `user.extra` are lists in the log, of one item each with
//! EKS; they answer to CloudTrail's names (`userIdentity.arn`), so that one query follows a principal through both logs.
//! `user.name` is the name that Kubernetes knows. Pods, bindings and secrets stand in `requestObject` as far as the audit
//! policy keeps them: any path below it is a field.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{json::JsonField, percent},
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Audit logs of Amazon EKS.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["auditID", "stage", "requestURI"],
    what: "have auditID, stage and requestURI",
    time: &["stageTimestamp", "requestReceivedTimestamp", "timestamp", "metadata.creationTimestamp"],
    summary,
    identity: &["auditID", "stage", "stageTimestamp"],
    sources: &["eks_audit_logs", "kubernetes_audit"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const DECISION: &str = "annotations.authorization.k8s.io/decision";
const REASON: &str = "annotations.authorization.k8s.io/reason";

static FIELDS: &[JsonField] = &[
    JsonField::new("stageTimestamp", Kind::Time, Role::Timestamp).aliases(&["event.end"]).doc("when the stage was reached"),
    JsonField::new("requestReceivedTimestamp", Kind::Time, Role::Timestamp)
        .aliases(&["event.start"])
        .doc("when the request came"),
    JsonField::computed("event.duration", Kind::Float, Role::Measure, &DURATION)
        .unit(Unit::Millis)
        .doc("from the request to this stage"),
    text("verb", Role::Dimension)
        .aliases(&["event.action"])
        .doc("what was asked for: get, list, watch, create, update, patch, delete, deletecollection"),
    text("objectRef.resource", Role::Dimension)
        .aliases(&["orchestrator.resource.type"])
        .doc("the kind of object: pods, secrets, rolebindings"),
    text("objectRef.subresource", Role::Dimension).doc("the part of it: exec, attach, portforward, log, token, status"),
    text("objectRef.namespace", Role::Dimension)
        .aliases(&["orchestrator.namespace", "kubernetes.namespace"])
        .doc("the object's namespace"),
    text("objectRef.name", Role::Dimension).aliases(&["orchestrator.resource.name"]).doc("the object's name"),
    text("objectRef.apiGroup", Role::Dimension).doc("the object's API group; none for the core group"),
    text("objectRef.apiVersion", Role::Dimension)
        .aliases(&["orchestrator.api_version"])
        .doc("the version of the API that was used"),
    text("objectRef.uid", Role::Identifier).aliases(&["orchestrator.resource.id"]).doc("the object's id"),
    text("user.username", Role::Dimension)
        .aliases(&["user.name"])
        .doc("who asked, as Kubernetes knows them: a mapped name, system:node:…, system:serviceaccount:…, system:anonymous"),
    text("user.uid", Role::Identifier).aliases(&["user.id"]).doc("their id there; for AWS principals it ends in the account and the principal's id"),
    text("user.groups.0", Role::Dimension)
        .each("user.groups")
        .aliases(&["user.groups", "user.group.name"])
        .doc("their groups; each of several"),
    text("user.extra.arn.0", Role::Dimension)
        .aliases(&["user.extra.arn", "userIdentity.arn"])
        .doc("the AWS principal that asked: a role's session or a user"),
    text("user.extra.canonicalArn.0", Role::Dimension)
        .aliases(&["user.extra.canonicalArn", "userIdentity.sessionContext.sessionIssuer.arn"])
        .doc("the role or user itself"),
    text("user.extra.principalId.0", Role::Identifier)
        .aliases(&["user.extra.principalId", "userIdentity.principalId"])
        .doc("that principal's id"),
    text("user.extra.accessKeyId.0", Role::Identifier)
        .aliases(&["user.extra.accessKeyId", "userIdentity.accessKeyId"])
        .doc("the access key that signed the token"),
    text("user.extra.sessionName.0", Role::Dimension)
        .aliases(&["user.extra.sessionName"])
        .doc("the name of the role's session"),
    JsonField::computed("cloud.account.id", Kind::Text, Role::Dimension, &ACCOUNT).doc("the account of the AWS principal"),
    text("impersonatedUser.username", Role::Dimension)
        .aliases(&["user.effective.name"])
        .doc("as whom they asked, if they impersonated somebody"),
    text("impersonatedUser.groups.0", Role::Dimension)
        .each("impersonatedUser.groups")
        .aliases(&["impersonatedUser.groups"])
        .doc("and as which groups; each of several"),
    JsonField::new("sourceIPs.0", Kind::Ip, Role::Dimension)
        .each("sourceIPs")
        .aliases(&["sourceIPs", "source.ip", "source.address", "client.ip"])
        .doc("addresses that asked: the client's and those of proxies on the way; each of several"),
    text("userAgent", Role::Dimension).aliases(&["user_agent.original", "useragent"]).doc("the client's program"),
    text("requestURI", Role::Identifier).aliases(&["url.original"]).doc("path and query of the request"),
    JsonField::computed("url.path", Kind::Text, Role::Identifier, &PATH).doc("its path"),
    JsonField::computed("process.command_line", Kind::Text, Role::Identifier, &COMMAND)
        .doc("the command that an exec ran in a container"),
    JsonField::new("responseStatus.code", Kind::Int, Role::Status)
        .aliases(&["http.response.status_code"])
        .doc("status of the answer; 101 where a connection was taken over, as exec does"),
    text("responseStatus.status", Role::Status).doc("Failure, where it failed"),
    text("responseStatus.reason", Role::Status).aliases(&["error.code"]).doc("why in a word: Forbidden, NotFound, AlreadyExists"),
    text("responseStatus.message", Role::Identifier).aliases(&["error.message"]).doc("why in a sentence"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure from status 400 on or where it was forbidden, unknown before the answer"),
    text(DECISION, Role::Status)
        .also(&["annotations.`authorization.k8s.io/decision`"])
        .aliases(&["authorization.decision"])
        .doc("allow or forbid, as authorization decided"),
    text(REASON, Role::Identifier)
        .also(&["annotations.`authorization.k8s.io/reason`"])
        .aliases(&["authorization.reason", "event.reason"])
        .doc("by which binding and role"),
    text("requestObject.roleRef.name", Role::Dimension).doc("the role that a binding gives"),
    text("requestObject.roleRef.kind", Role::Dimension).doc("Role or ClusterRole"),
    text("requestObject.subjects.0.name", Role::Dimension)
        .each("requestObject.subjects")
        .aliases(&["requestObject.subjects.name"])
        .doc("to whom a binding gives it; each of several"),
    text("requestObject.spec.containers.0.image", Role::Dimension)
        .each("requestObject.spec.containers")
        .aliases(&["container.image.name", "requestObject.spec.containers.image"])
        .doc("images of a pod's containers; each of several"),
    text("requestObject.spec.containers.0.securityContext.privileged", Role::Dimension)
        .each("requestObject.spec.containers")
        .aliases(&["requestObject.spec.containers.securityContext.privileged"])
        .doc("whether a container is privileged; each of several"),
    text("requestObject.spec.serviceAccountName", Role::Dimension).doc("the service account that a pod has"),
    text("level", Role::Dimension).doc("how much is kept: Metadata, Request or RequestResponse"),
    text("stage", Role::Dimension).doc("RequestReceived, ResponseStarted, ResponseComplete or Panic"),
    text("auditID", Role::Identifier).aliases(&["event.id"]).doc("the request's id, the same in all its stages"),
    text("apiVersion", Role::Dimension).doc("version of the event's form"),
    text("kind", Role::Dimension).doc("Event"),
];

static DURATION: Computed = Computed {
    from: &["requestReceivedTimestamp", "stageTimestamp"],
    value: |cells, _| match cells {
        [Cell::Time(from), Cell::Time(to)] => Cell::Float(to.saturating_sub(*from) as f64 / 1000.0),
        _ => Cell::Null,
    },
};
static ACCOUNT: Computed = Computed {
    from: &["user.extra.arn.0"],
    value: |cells, _| {
        let Some(Cell::Text(arn)) = cells.first() else { return Cell::Null };
        let account = arn.strip_prefix(b"arn:").and_then(|arn| arn.split(|b| *b == b':').nth(3));
        account.filter(|account| !account.is_empty()).map_or(Cell::Null, Cell::Text)
    },
};
static PATH: Computed = Computed {
    from: &["requestURI"],
    value: |cells, _| match cells.first() {
        Some(Cell::Text(uri)) => Cell::Text(uri.split(|b| *b == b'?').next().unwrap_or(uri)),
        _ => Cell::Null,
    },
};
static COMMAND: Computed = Computed { from: &["requestURI"], value: command };
static OUTCOME: Computed = Computed { from: &["responseStatus.code", DECISION], value: outcome };

/// The parameters `command` of an exec, put together.
fn command<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(uri)) = cells.first() else { return Cell::Null };
    let mut parts = uri.splitn(2, |b| *b == b'?');
    if !parts.next().is_some_and(|path| path.ends_with(b"/exec")) {
        return Cell::Null;
    }
    for word in parts.next().unwrap_or_default().split(|b| *b == b'&') {
        if let Some(word) = word.strip_prefix(b"command=") {
            if !out.is_empty() {
                out.push(b' ');
            }
            let plain: Vec<u8> = word.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
            percent::decode(&plain, out);
        }
    }
    if out.is_empty() { Cell::Null } else { Cell::Text(out) }
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [_, Cell::Text(b"forbid")] => b"failure",
        [Cell::Int(code), _] if *code >= 400 => b"failure",
        [Cell::Int(_), _] => b"success",
        _ => b"unknown",
    })
}

const META: Meta = Meta {
    id: "eks_audit",
    family: Family::Audit,
    title: "Amazon EKS audit logs",
    summary: "Requests to a cluster's Kubernetes API, one record per stage of a request.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
    read_on: "2026-11-26",
    key_shape: "log group /aws/eks/{cluster}/cluster, streams kube-apiserver-audit-{id}",
    versions: "audit.k8s.io/v1 and v1beta1, as events and as an EventList, of EKS and of any other Kubernetes",
    not_read: "events that CloudWatch cut at its size limit, which are no JSON any more and are rejected; the control plane's logs of text, which are a log of their own",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as the control plane writes to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/eks/, the cluster's name and /cluster, streams that begin with kube-apiserver-audit",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Shells and commands in pods: exec, attach, port-forward",
        "filter objectRef.subresource in [\"exec\", \"attach\", \"portforward\"]\n| fields @timestamp, user.username, user.extra.arn.0, sourceIPs.0, objectRef.namespace, objectRef.name, process.command_line\n| sort @timestamp desc",
    ),
    ask(
        "Who read secrets",
        "filter objectRef.resource = \"secrets\" and verb in [\"get\", \"list\", \"watch\"]\n| stats count(*) as requests, count_distinct(objectRef.name) as secrets by user.username, sourceIPs.0, objectRef.namespace, event.outcome\n| sort requests desc",
    ),
    ask(
        "Requests of nobody in particular: anonymous and unauthenticated",
        "filter user.username = \"system:anonymous\" or user.groups.0 = \"system:unauthenticated\"\n| stats count(*) as requests by sourceIPs.0, verb, url.path, responseStatus.code, userAgent\n| sort requests desc",
    ),
    ask(
        "What was denied, and to whom",
        "filter responseStatus.code in [401, 403]\n| stats count(*) as denied, count_distinct(objectRef.resource) as kinds by user.username, sourceIPs.0, verb, objectRef.resource\n| sort denied desc",
    ),
    ask(
        "Rights that were given: roles and bindings made or changed",
        "filter objectRef.apiGroup = \"rbac.authorization.k8s.io\" and verb in [\"create\", \"update\", \"patch\", \"delete\"]\n| fields @timestamp, user.username, sourceIPs.0, verb, objectRef.resource, objectRef.name, requestObject.roleRef.name, requestObject.subjects.0.name\n| sort @timestamp desc",
    ),
    ask(
        "Who came from where",
        "stats count(*) as requests, min(@timestamp) as first, max(@timestamp) as last by user.username, user.extra.arn.0, sourceIPs.0, userAgent | sort requests desc",
    ),
    ask(
        "Privileged pods",
        "filter objectRef.resource = \"pods\" and verb = \"create\" and requestObject.spec.containers.0.securityContext.privileged = \"true\"\n| fields @timestamp, user.username, objectRef.namespace, requestObject.spec.containers.0.image, requestObject.spec.serviceAccountName",
    ),
    ask(
        "Changes of who may enter the cluster: aws-auth and tokens",
        "filter (objectRef.name = \"aws-auth\" and verb in [\"create\", \"update\", \"patch\", \"delete\"]) or objectRef.subresource = \"token\"\n| fields @timestamp, user.username, user.extra.arn.0, sourceIPs.0, verb, objectRef.namespace, objectRef.name\n| sort @timestamp desc",
    ),
    ask(
        "Requests over time by outcome",
        "filter stage = \"ResponseComplete\" | stats count(*) as requests by bin(5m), event.outcome",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "kube-apiserver-audit-0a1b2c3d4e5f60718293a4b5c6d7e8f9.ndjson",
        content: crate::sample!("eks_audit.ndjson"),
        rows: 11,
        rejected: 2,
    },
    Sample { name: "event-list.json", content: crate::sample!("eks_audit_list.json"), rows: 2, rejected: 0 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{responseStatus.reason|responseStatus.code|=denied}**: ]\
         [{user.username} ]**{verb|=asked for}** [**{objectRef.resource}[/{objectRef.subresource}]**\
         [ {objectRef.namespace}[/{objectRef.name}]|| {objectRef.name}]||{url.path}]\
         [: **{process.command_line}**][, {first:sourceIPs.0}][{?stage=RequestReceived}, received]",
    )
}
