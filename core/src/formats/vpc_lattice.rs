//! Access logs of VPC Lattice: requests to its services, and connections to its resources.
//!
//! Not these: flow logs, and events that Lattice invokes functions with.
//!
//! Decisions: both logs are one table; a resource's connection has no request. `-` and the text `null` are no value.
//! `requestId` is what the client sent, where it sent one: no proof of anything. Records whose tags have unescaped quotes,
//! as the vendor's own example has, are no JSON and are rejected.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, WEB_ACCESS, ask,
    field::{
        cells,
        json::JsonField,
        parse::{self, Read},
    },
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Access logs of VPC Lattice.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &[
        "sourceIpPort",
        "serviceNetworkArn",
        "serviceArn",
        "startTime",
        "resourceConfigurationArn",
        "eventTimestamp",
    ],
    is: |marks| {
        let has = |i| marks.get(i).is_some();
        has(0) && ((has(1) || has(2)) && has(3) || has(4) && has(5))
    },
    what: "have sourceIpPort, and a service and startTime or a resource and eventTimestamp",
    time: &["startTime", "eventTimestamp"],
    none: &["-", "null"],
    summary,
    sources: &["vpc_lattice_access_logs", WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const fn number(path: &'static str, role: Role, unit: Unit) -> JsonField {
    JsonField::new(path, Kind::Int, role).unit(unit)
}

static FIELDS: &[JsonField] = &[
    JsonField::new("startTime", Kind::Time, Role::Timestamp)
        .aliases(&["time", "event.start"])
        .doc("when the request came, in seconds"),
    JsonField::new("eventTimestamp", Kind::Time, Role::Timestamp)
        .doc("when the connection to a resource was made"),
    text("sourceIpPort", Role::Identifier).doc("address and port of the client"),
    JsonField::computed("source.ip", Kind::Ip, Role::Dimension, &SOURCE)
        .aliases(&["requestip", "client.ip", "source.address"])
        .doc("address of the client"),
    JsonField::computed("source.port", Kind::Int, Role::Identifier, &SOURCE_PORT).doc("port of the client"),
    text("targetIpPort", Role::Identifier).doc("address and port of the target"),
    text("destinationIpPort", Role::Identifier).doc("address and port that a resource's client spoke to"),
    text("resourceIpPort", Role::Identifier).doc("address and port of the resource"),
    text("gatewayIpPort", Role::Identifier).doc("address and port of the resource gateway"),
    JsonField::computed("destination.ip", Kind::Ip, Role::Dimension, &TARGET)
        .aliases(&["destination.address"])
        .doc("address of the target or resource"),
    JsonField::computed("destination.port", Kind::Int, Role::Dimension, &TARGET_PORT)
        .doc("port of the target or resource"),
    text("sourceVpcArn", Role::Dimension).doc("the client's VPC"),
    text("sourceVpcId", Role::Dimension).doc("the client's VPC, by its id"),
    text("destinationVpcId", Role::Dimension).doc("the target's VPC"),
    text("vpcEndpointId", Role::Dimension).doc("the endpoint through which a resource's client came"),
    text("serviceNetworkArn", Role::Dimension).doc("the service network"),
    text("serviceArn", Role::Dimension).aliases(&["observer.name"]).doc("the service"),
    text("targetGroupArn", Role::Dimension).doc("the target group"),
    text("serviceNetworkResourceAssociationId", Role::Dimension)
        .doc("the resource's association with a service network"),
    text("resourceConfigurationArn", Role::Dimension).doc("the resource"),
    // Who.
    text("resolvedUser", Role::Dimension)
        .doc("the ARN of the caller; Anonymous or Unknown where there is none"),
    text("callerPrincipal", Role::Dimension).aliases(&["user.id"]).doc("the caller who signed the request"),
    text("callerPrincipalTags", Role::Identifier).doc("the caller's tags"),
    text("callerX509SubjectCN", Role::Dimension)
        .aliases(&["x509.subject.common_name"])
        .doc("subject of the caller's certificate"),
    text("authDeniedReason", Role::Status).doc("which policy refused: Service, Network or Identity"),
    text("failureReason", Role::Status).aliases(&["error.code", "error.type"]).doc("why the request failed"),
    // What.
    text("protocol", Role::Dimension).aliases(&["network.protocol"]).doc("HTTP/1.1, HTTP/2, tls, tcp"),
    text("requestMethod", Role::Dimension).aliases(&["method", "http.request.method"]).doc("the method"),
    text("hostHeader", Role::Dimension).aliases(&["host", "url.domain"]).doc("the Host header"),
    text("requestPath", Role::Dimension).aliases(&["requesturi", "url.path", "url.original"]).doc("the path"),
    text("userAgent", Role::Dimension).aliases(&["user_agent.original"]).doc("the User-Agent header"),
    number("responseCode", Role::Status, Unit::None)
        .aliases(&["statuscode", "http.response.status_code"])
        .doc("status of the response"),
    text("grpcResponseCode", Role::Status).doc("status of a response in gRPC"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure from status 400 on, or where it was refused or failed; unknown without a status"),
    number("bytesReceived", Role::Measure, Unit::Bytes)
        .aliases(&["http.request.bytes", "source.bytes"])
        .doc("bytes of the request, headers included"),
    number("bytesSent", Role::Measure, Unit::Bytes)
        .aliases(&["bytes", "http.response.bytes", "destination.bytes"])
        .doc("bytes of the response, headers included"),
    number("duration", Role::Measure, Unit::Millis)
        .aliases(&["event.duration"])
        .doc("from the request's start to the response's end"),
    number("requestToTargetDuration", Role::Measure, Unit::Millis)
        .doc("how long the target took to be sent the request"),
    number("responseFromTargetDuration", Role::Measure, Unit::Millis)
        .doc("how long the target took to answer"),
    text("tlsVersion", Role::Dimension).aliases(&["tls.version"]).doc("version of TLS"),
    text("sslCipher", Role::Dimension).aliases(&["tls.cipher"]).doc("cipher of TLS"),
    text("serverNameIndication", Role::Dimension)
        .aliases(&["tls.client.server_name"])
        .doc("the server name that TLS asked for"),
    text("requestId", Role::Identifier)
        .aliases(&["http.request.id", "trace.id"])
        .doc("id of the request; the client may choose it"),
];

static SOURCE: Computed = Computed { from: &["sourceIpPort"], value: |cells, _| end(cells, cells::host) };
static SOURCE_PORT: Computed =
    Computed { from: &["sourceIpPort"], value: |cells, _| end(cells, cells::port) };
static TARGET: Computed = Computed { from: TARGETS, value: |cells, _| end(cells, cells::host) };
static TARGET_PORT: Computed = Computed { from: TARGETS, value: |cells, _| end(cells, cells::port) };

const TARGETS: &[&str] = &["targetIpPort", "resourceIpPort", "destinationIpPort"];

/// What `read` makes of the first of these that is there.
fn end<'a>(cells: &[Cell<'a>], read: Read) -> Cell<'a> {
    let text = cells.iter().find_map(|cell| match cell {
        Cell::Text(text) => Some(*text),
        _ => None,
    });
    text.and_then(|text| parse::whole(read, text)).unwrap_or(Cell::Null)
}

static OUTCOME: Computed = Computed {
    from: &["responseCode", "failureReason", "authDeniedReason"],
    value: |cells, _| {
        Cell::Text(match *cells {
            [_, Cell::Text(_), _] | [_, _, Cell::Text(_)] => b"failure",
            [Cell::Int(100..=399), _, _] => b"success",
            [Cell::Int(_), _, _] => b"failure",
            _ => b"unknown",
        })
    },
};

const META: Meta = Meta {
    id: "vpc_lattice",
    family: Family::Web,
    title: "VPC Lattice access logs",
    summary: "Requests to services and connections to resources of VPC Lattice, with who called and what was refused.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/VpcLattice/AccessLogs/{region}/{yyyy}/{mm}/{dd}/{resource}/{account}_VpcLatticeAccessLogs_{region}_{resource}_{yyyymmddThhmmZ}_{hash}.json.gz",
    versions: "service and resource access logs, from S3, CloudWatch Logs and Firehose",
    not_read: "events that Lattice invokes functions with",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group of the access log subscription", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who was refused, and by which policy",
        "filter ispresent(authDeniedReason) or responseCode = 403\n| stats count(*) as requests by authDeniedReason, resolvedUser, callerPrincipal, source.ip, serviceArn\n| sort requests desc",
    ),
    ask(
        "Who calls which service",
        "stats count(*) as requests, sum(bytesSent) as sent by callerPrincipal, sourceVpcArn, hostHeader | sort requests desc | limit 50",
    ),
    ask(
        "Anonymous calls that were answered",
        "filter resolvedUser in [\"Anonymous\", \"Unknown\"] and event.outcome = \"success\"\n| stats count(*) as requests by source.ip, hostHeader, requestPath\n| sort requests desc",
    ),
    ask(
        "Failures, and why",
        "filter event.outcome = \"failure\" | stats count(*) as requests by responseCode, failureReason, hostHeader | sort requests desc",
    ),
    ask(
        "Connections to resources of other VPCs",
        "filter ispresent(resourceConfigurationArn) | stats count(*) as connections by source.ip, sourceVpcArn, destination.ip, destination.port | sort connections desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "111122223333_VpcLatticeAccessLogs_eu-central-1_svc-0a1b2c3d4e5f60718_20260305T0130Z_7f809102.json",
    content: crate::sample!("vpc_lattice.ndjson"),
    rows: 6,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?resourceConfigurationArn}**{source.ip|=?}** → **{destination.ip|resourceConfigurationArn}**\
         [ port {destination.port}]||\
         [**refused by the {lower:authDeniedReason} policy **||{?event.outcome=failure}**{responseCode|failureReason|=failed} **]{requestMethod|=request} **\
         [{hostHeader}]{requestPath|=/}** from {source.ip|=?}[ by {callerPrincipal}]\
         [, {bytes:bytesSent}]]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_outcomes() {
        let text =
            |text: &'static str| if text.is_empty() { Cell::Null } else { Cell::Text(text.as_bytes()) };
        for (target, resource, host, port) in [
            ("10.0.0.1:80", "", "10.0.0.1", Some(80)),
            ("[2001:db8::1]:443", "10.0.0.9:1", "2001:db8::1", Some(443)),
            ("", "10.0.0.9:5432", "10.0.0.9", Some(5432)),
            ("10.0.0.1", "", "10.0.0.1", None),
            ("10.0.0.1:x", "", "10.0.0.1", None),
            ("", "", "", None),
        ] {
            let cells = [text(target), text(resource), Cell::Null];
            assert_eq!((TARGET.value)(&cells, &mut Vec::new()), text(host), "{target}");
            let expected = port.map_or(Cell::Null, Cell::Int);
            assert_eq!((TARGET_PORT.value)(&cells, &mut Vec::new()), expected, "{target}");
        }
        for (status, failure, denied, outcome) in [
            (Cell::Int(200), "", "", "success"),
            (Cell::Int(399), "", "", "success"),
            (Cell::Int(403), "", "Service", "failure"),
            (Cell::Int(200), "TargetConnectionError", "", "failure"),
            (Cell::Int(0), "", "", "failure"),
            (Cell::Null, "", "Network", "failure"),
            (Cell::Null, "", "", "unknown"),
        ] {
            let cells = [status, text(failure), text(denied)];
            assert_eq!(
                (OUTCOME.value)(&cells, &mut Vec::new()),
                text(outcome),
                "{status:?} {failure} {denied}"
            );
        }
    }
}
