//! The field table: what events of all classes have, then what those of one have.

use super::class;
use crate::formats::field::json::{each_of, time};
use crate::formats::field::{flow, json::JsonField};
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

const fn text(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Text, Role::Dimension)
}
const fn id(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Text, Role::Identifier)
}
const fn status(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Text, Role::Status)
}
const fn number(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Dimension)
}
const fn measure(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Measure)
}
const fn flag(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Bool, Role::Dimension)
}
pub(super) static FIELDS: &[JsonField] = &[
    time("time").also(&["time_dt"]).doc("when it happened, or for findings when they were made"),
    JsonField::computed("class", Kind::Text, Role::Dimension, &CLASS)
        .aliases(&["event.dataset"])
        .doc("the class in words: API Activity, Network Activity, Detection Finding and others"),
    number("class_uid").aliases(&["event.code"]).doc("the class by number"),
    text("class_name").doc("the class as the event names it"),
    number("category_uid").doc("the category by number: 1 system, 2 findings, 3 identity, 4 network, 5 discovery, 6 application"),
    text("category_name").doc("the category as the event names it"),
    number("activity_id").doc("what was done, by number within the class"),
    text("activity_name").doc("what was done, in words of the class: Create, Logon, Traffic"),
    number("type_uid").doc("class times 100 plus activity"),
    text("type_name").doc("class and activity in words"),
    text("event.action")
        .also(&["api.operation", "activity_name"])
        .made()
        .doc("the API that was called, or else the activity"),
    measure("severity_id").aliases(&["event.severity"]).doc("0 unknown, 1 informational to 5 critical, 6 fatal, 99 other"),
    status("severity").doc("the severity in words"),
    status("status").doc("Success or Failure; of findings New, In Progress, Suppressed, Resolved"),
    number("status_id").doc("the status by number: 1 and 2 are Success and Failure but for findings"),
    status("status_code").doc("the source's own word for it: an error, NODATA, FAIL"),
    id("status_detail").also(&["status_details.0"]).doc("more on the status"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success, failure or unknown; refused is failure, and a check of a finding counts as passed or failed"),
    status("action").doc("Allowed or Denied, where something decided"),
    status("disposition").doc("what was done with it: Allowed, Blocked, Quarantined and others"),
    id("message").doc("the event in words"),
    text("metadata.product.name").aliases(&["event.provider", "observer.product"]).doc("the product that saw it: CloudTrail, Amazon VPC, Route 53"),
    text("metadata.product.feature.name").doc("its feature: Management, Data, Flowlogs"),
    text("metadata.product.vendor_name").aliases(&["observer.vendor"]).doc("whose product it is"),
    text("metadata.version").doc("version of OCSF"),
    id("metadata.uid").aliases(&["event.id"]).doc("the event's id at its source"),
    text("metadata.event_code").doc("the event's name at its source"),
    text("metadata.profiles").each("metadata.profiles").doc("parts of the schema that are used besides the class; each of several"),
    text("cloud.account.uid")
        .also(&["cloud.account_uid", "unmapped.recipientAccountId"])
        .aliases(&["cloud.account.id"])
        .doc("the account; in events of EKS an ARN"),
    text("cloud.account.name").doc("the account's name"),
    text("cloud.region").doc("the Region"),
    text("cloud.zone").aliases(&["cloud.availability_zone"]).doc("the availability zone"),
    text("cloud.provider").doc("the cloud: AWS"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &USER)
        .doc("who acted: the user, or else the session's role, or else whom it is about, or else an id"),
    text("actor.user.name").also(&["evidences.0.actor.user.name"]).doc("the user who acted"),
    text("actor.user.uid").aliases(&["user.id"]).doc("unique id of that user"),
    text("actor.user.uid_alt").also(&["actor.user.uuid"]).aliases(&["user.arn"]).doc("that user's ARN"),
    text("actor.user.type").doc("kind of identity: IAMUser, AssumedRole, Root"),
    text("actor.user.account.uid").also(&["actor.user.account_uid"]).doc("that user's account"),
    text("actor.user.credential_uid").aliases(&["accessKeyId"]).doc("the access key that was used"),
    id("actor.user.groups").doc("groups of that user, a list of JSON"),
    text("actor.session.issuer").doc("who gave the session: ARN of a role"),
    flag("actor.session.is_mfa").also(&["actor.session.mfa"]).doc("whether the session began with MFA"),
    time("actor.session.created_time").also(&["actor.session.created_time_dt"]).doc("when the session began"),
    text("actor.invoked_by").doc("the service that acted for the user"),
    text("actor.idp.name").doc("the identity provider"),
    text("user.target.name").also(&["user.name"]).made().doc("the user whom it is about: who signs in, who is changed"),
    text("user.target.id").also(&["user.uid"]).made().doc("unique id of that user"),
    text("user.target.arn").also(&["user.uid_alt", "user.uuid"]).made().doc("that user's ARN"),
    flag("is_mfa").also(&["mfa"]).doc("whether it was signed in with MFA"),
    JsonField::new("src_endpoint.ip", Kind::Ip, Role::Dimension)
        .also(&["evidences.0.src_endpoint.ip"])
        .each("evidences")
        .aliases(&["source.ip", "source.address"])
        .doc("address that it came from; of a detection each of several"),
    number("src_endpoint.port").also(&["evidences.0.src_endpoint.port"]).each("evidences").aliases(&["source.port"]).doc("port there"),
    text("src_endpoint.domain").aliases(&["source.domain"]).doc("the name that it came from, such as a service's"),
    text("src_endpoint.svc_name").doc("the service whose address that is"),
    text("src_endpoint.instance_uid").aliases(&["cloud.instance.id", "instanceId"]).doc("the instance there"),
    text("src_endpoint.interface_uid").aliases(&["interfaceId"]).doc("the network interface there"),
    text("src_endpoint.vpc_uid").aliases(&["vpcId"]).doc("the VPC there"),
    text("src_endpoint.subnet_uid").aliases(&["subnetId"]).doc("the subnet there"),
    JsonField::new("dst_endpoint.ip", Kind::Ip, Role::Dimension)
        .also(&["evidences.0.dst_endpoint.ip"])
        .each("evidences")
        .aliases(&["destination.ip", "destination.address"])
        .doc("address that it went to; of a detection each of several"),
    number("dst_endpoint.port").also(&["evidences.0.dst_endpoint.port"]).each("evidences").aliases(&["destination.port"]).doc("port there"),
    text("dst_endpoint.hostname").also(&["dst_endpoint.domain"]).aliases(&["destination.domain"]).doc("the name there"),
    text("dst_endpoint.svc_name").doc("the service there; of a sign-in its address"),
    text("api.operation").also(&["evidences.0.api.operation"]).doc("the API that was called; of Kubernetes the verb"),
    text("api.service.name").also(&["evidences.0.api.service.name"]).doc("the service whose API it is"),
    status("api.response.error").aliases(&["error.code"]).doc("the error that the call ended with"),
    id("api.response.message").aliases(&["error.message"]).doc("that error in words"),
    number("api.response.code").doc("the response's code"),
    id("api.request.uid").doc("the request's id"),
    id("api.request.data").doc("the request's parameters, as JSON"),
    number("connection_info.protocol_num").aliases(&["network.iana_number"]).doc("protocol by number"),
    text("connection_info.protocol_name").doc("protocol in words"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT).doc("protocol in small letters: tcp, udp"),
    text("connection_info.direction").doc("Inbound, Outbound, Lateral or Unknown"),
    JsonField::computed("network.direction", Kind::Text, Role::Dimension, &DIRECTION).doc("that direction in small letters"),
    number("connection_info.tcp_flags").doc("flags of TCP, added up"),
    text("connection_info.boundary").doc("what the traffic went through: Internet, VPC and others"),
    measure("traffic.bytes").unit(Unit::Bytes).aliases(&["network.bytes"]).doc("bytes that went"),
    measure("traffic.packets").unit(Unit::Packets).aliases(&["network.packets"]).doc("packets that went"),
    time("start_time").also(&["start_time_dt"]).aliases(&["event.start"]).doc("when it began"),
    time("end_time").also(&["end_time_dt"]).aliases(&["event.end"]).doc("when it ended"),
    text("query.hostname").doc("the name that was asked for, as it stands"),
    JsonField::computed("dns.question.name", Kind::Text, Role::Dimension, &NAME).doc("that name without a dot at its end"),
    text("query.type").aliases(&["dns.question.type"]).doc("the type of record that was asked for"),
    status("rcode").aliases(&["dns.response_code"]).doc("the answer's code: NoError, NXDomain"),
    each_of("dns.answers.data", &["answers.0.rdata"], "answers").doc("what the answers say; each of several"),
    text("http_request.http_method").aliases(&["http.request.method"]).doc("method of the request; of Kubernetes events none"),
    text("http_request.url.hostname").aliases(&["url.domain"]).doc("host that was asked for"),
    text("http_request.url.path").aliases(&["url.path"]).doc("path that was asked for"),
    id("http_request.url.url_string").also(&["http_request.url.text"]).aliases(&["url.original"]).doc("all of the URL"),
    text("http_request.user_agent").aliases(&["user_agent.original"]).doc("what asked, as it calls itself"),
    text("http_request.referrer").aliases(&["http.request.referrer"]).doc("the page that led there"),
    number("http_status").also(&["http_response.code"]).aliases(&["http.response.status_code"]).doc("status of the response"),
    text("tls.version").doc("version of TLS"),
    text("firewall_rule.uid").also(&["unmapped.firewall_rule_group_id"]).aliases(&["rule.id"]).doc("the rule of a firewall that decided, or its group"),
    text("firewall_rule.type").doc("kind of that rule"),
    text("finding_info.title").also(&["finding.title"]).aliases(&["rule.name"]).doc("the finding in one line"),
    id("finding_info.desc").also(&["finding.desc"]).aliases(&["rule.description"]).doc("the finding in a sentence or more"),
    id("finding_info.uid").also(&["finding.uid"]).doc("the finding's id"),
    text("finding_info.types").also(&["finding.types.0"]).each("finding_info.types").doc("its types; each of several"),
    text("finding_info.analytic.name").doc("the rule or check that made it"),
    time("finding_info.created_time")
        .also(&["finding_info.created_time_dt", "finding.created_time"])
        .aliases(&["event.created"])
        .doc("when it was made"),
    time("finding_info.modified_time").also(&["finding_info.modified_time_dt", "finding.modified_time"]).doc("when it was last updated"),
    each_of("threat.technique.id", &["finding_info.attacks.0.technique.uid", "attacks.0.technique.uid"], "finding_info.attacks")
        .doc("techniques of MITRE ATT&CK; each of several"),
    status("compliance.status").doc("what a check came to"),
    text("compliance.control").doc("the control that was checked"),
    text("compliance.standards").each("compliance.standards").doc("standards that have it; each of several"),
    text("compliance.requirements").each("compliance.requirements").doc("requirements that it belongs to; each of several"),
    measure("confidence_score").also(&["confidence"]).doc("how sure the product is, from 0 to 100"),
    each_of("vulnerability.id", &["vulnerabilities.0.cve.uid"], "vulnerabilities").doc("vulnerabilities (CVE); each of several"),
    each_of("package.name", &["vulnerabilities.0.affected_packages.0.name", "vulnerabilities.0.packages.0.name"], "vulnerabilities")
        .doc("the first package of each vulnerability"),
    each_of("malware.name", &["malware.0.name"], "malware").doc("malware that was found; each of several"),
    each_of("resource.id", &["resources.0.uid"], "resources").doc("the resources: ARNs or ids; each of several"),
    each_of("resource.name", &["resources.0.name"], "resources").doc("the resources' names; each of several"),
    each_of("resource.type", &["resources.0.type"], "resources").doc("the resources' types; each of several"),
    id("remediation.desc").doc("what to do about it"),
    text("process.name").also(&["evidences.0.process.name"]).doc("the process"),
    id("process.cmd_line").also(&["evidences.0.process.cmd_line"]).aliases(&["process.command_line"]).doc("how it was called"),
    text("process.file.path").also(&["evidences.0.process.file.path"]).aliases(&["process.executable"]).doc("path of its executable"),
    each_of("observables.value", &["observables.0.value"], "observables").doc("what may be searched for: addresses, names, ids; each of several"),
];

static CLASS: Computed =
    Computed { from: &["class_name", "class_uid", "metadata.version"], value: class::class };
static OUTCOME: Computed = Computed {
    from: &["class_uid", "status_id", "status_code", "compliance.status", "disposition", "action", "rcode"],
    value: class::outcome,
};
static USER: Computed = Computed {
    from: &["actor.user.name", "actor.session.issuer", "user.target.name", "actor.user.uid"],
    value: class::user,
};
static TRANSPORT: Computed = Computed {
    from: &["connection_info.protocol_name", "connection_info.protocol_num"],
    value: |cells, out| {
        let said = cells.iter().find(|cell| !matches!(cell, Cell::Null));
        said.map_or(Cell::Null, |said| flow::transport(&[*said], out))
    },
};
static DIRECTION: Computed = Computed { from: &["connection_info.direction"], value: flow::small_letters };
static NAME: Computed = Computed {
    from: &["query.hostname"],
    value: |cells, _| match cells.first() {
        Some(Cell::Text(name)) => match name.strip_suffix(b".").unwrap_or(name) {
            b"" => Cell::Null,
            name => Cell::Text(name),
        },
        _ => Cell::Null,
    },
};
