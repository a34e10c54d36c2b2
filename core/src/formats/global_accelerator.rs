//! Flow logs of Global Accelerator: traffic from clients through an accelerator to an endpoint, with and without the line
//! that names the fields.
//!
//! Not these: VPC flow logs and those of transit gateways, whose fields and their order the user chooses. Here they are
//! always the same: 22 in version 1.0, the VPC in version 2.0, the reason of a refusal since.
//!
//! Decisions: the source is the client, the destination the endpoint, whichever way a flow goes: `direction` says that.
//! Real files have the protocol's keyword where the documentation has its number; both are read.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField,
        cells::{integer, ip, text},
        flow,
    },
    flow_log,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Flow logs of Global Accelerator.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut: super::text_log::spaces,
    counts: &[22, 23, 24],
    is: |line| is_header(line) || is_record(line),
    what: "have version, account and accelerator",
    form: is_header,
    time: &["start_time", "end_time"],
    summary,
    sources: &["aga_flow_logs", "global_accelerator_flow_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

/// In the order of the line.
static FIELDS: &[TokenField] = &[
    TokenField::new("version", Kind::Text, Role::Dimension, text)
        .doc("version of the log's form: 1.0 or 2.0"),
    TokenField::new("aws_account_id", Kind::Text, Role::Dimension, text)
        .aliases(&["account", "account_id", "cloud.account.id"])
        .doc("the account that has the accelerator"),
    TokenField::new("accelerator_id", Kind::Text, Role::Dimension, text)
        .aliases(&["acceleratorid", "observer.name"])
        .doc("the accelerator"),
    TokenField::new("client_ip", Kind::Ip, Role::Dimension, ip)
        .aliases(&["clientip", "source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    TokenField::new("client_port", Kind::Int, Role::Identifier, integer)
        .aliases(&["clientport", "source.port", "client.port"])
        .doc("port of the client"),
    TokenField::new("accelerator_ip", Kind::Ip, Role::Dimension, ip)
        .aliases(&["gip", "server.ip"])
        .doc("address of the accelerator"),
    TokenField::new("accelerator_port", Kind::Int, Role::Dimension, integer)
        .aliases(&["gipport", "gip_port", "server.port"])
        .doc("port of the accelerator"),
    TokenField::new("endpoint_ip", Kind::Ip, Role::Dimension, ip)
        .aliases(&["endpointip", "destination.ip", "destination.address"])
        .doc("address of the endpoint"),
    TokenField::new("endpoint_port", Kind::Int, Role::Dimension, integer)
        .aliases(&["endpointport", "destination.port"])
        .doc("port of the endpoint"),
    TokenField::new("protocol", Kind::Text, Role::Dimension, text)
        .doc("the protocol's keyword, TCP or UDP, or its IANA number"),
    TokenField::new("ip_address_type", Kind::Text, Role::Dimension, text)
        .aliases(&["ipaddresstype"])
        .doc("IPV4 or IPV6"),
    TokenField::new("packets", Kind::Int, Role::Measure, integer)
        .unit(Unit::Packets)
        .aliases(&["numpackets", "network.packets"])
        .doc("packets transferred; 0 of a flow that idled"),
    TokenField::new("bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["numbytes", "network.bytes"])
        .doc("bytes transferred"),
    TokenField::new("start_time", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["starttime", "start", "event.start"])
        .doc("when the window began; this is `@timestamp`"),
    TokenField::new("end_time", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["endtime", "end", "event.end"])
        .doc("when the window ended"),
    TokenField::new("action", Kind::Text, Role::Status, text)
        .aliases(&["event.action"])
        .doc("ACCEPT; another one where traffic was refused"),
    TokenField::new("log-status", Kind::Text, Role::Status, text)
        .aliases(&["log_status", "logstatus"])
        .doc("OK, or SKIPDATA where records were lost"),
    TokenField::new("globalaccelerator_source_ip", Kind::Ip, Role::Dimension, ip)
        .aliases(&["agasourceip"])
        .doc(
            "address from which the accelerator speaks to the endpoint; none where the client's is preserved",
        ),
    TokenField::new("globalaccelerator_source_port", Kind::Int, Role::Identifier, integer)
        .aliases(&["agasourceport"])
        .doc("port from which the accelerator speaks to the endpoint, else 0"),
    TokenField::new("endpoint_region", Kind::Text, Role::Dimension, text)
        .aliases(&["endpointregion", "cloud.region"])
        .doc("the endpoint's region"),
    TokenField::new("globalaccelerator_region", Kind::Text, Role::Dimension, text)
        .aliases(&["agaregion", "edge_location"])
        .doc("the edge location that served the client; begins with an airport's code"),
    TokenField::new("direction", Kind::Text, Role::Dimension, text)
        .doc("INGRESS, from client to endpoint, or EGRESS, back to the client"),
    TokenField::new("vpc_id", Kind::Text, Role::Dimension, text).doc("the endpoint's VPC, since version 2.0"),
    TokenField::new("reject_reason", Kind::Text, Role::Status, text)
        .aliases(&["event.reason"])
        .doc("why traffic was refused"),
    // Computed.
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena("CASE action WHEN 'ACCEPT' THEN 'success' WHEN '-' THEN 'unknown' ELSE 'failure' END")
        .doc("success where the action is ACCEPT, failure where it is another"),
    TokenField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .athena("lower(nullif(protocol, '-'))")
        .doc("the protocol's keyword in small letters"),
    TokenField::computed("network.type", Kind::Text, Role::Dimension, &NETWORK_TYPE)
        .athena("lower(nullif(ipaddresstype, '-'))")
        .doc("ipv4 or ipv6"),
    TokenField::computed("network.direction", Kind::Text, Role::Dimension, &DIRECTION)
        .athena("lower(nullif(direction, '-'))")
        .doc("ingress or egress"),
    TokenField::computed("network.community_id", Kind::Text, Role::Identifier, &COMMUNITY_ID)
        .doc("Community ID of the flow that reaches the endpoint, as its VPC's flow log has it"),
];

static OUTCOME: Computed = Computed {
    from: &["action"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"ACCEPT")] => b"success",
            [Cell::Text(_)] => b"failure",
            _ => b"unknown",
        })
    },
};
static TRANSPORT: Computed = Computed { from: &["protocol"], value: flow::transport };
static NETWORK_TYPE: Computed =
    Computed { from: &["ip_address_type", "client_ip"], value: flow::network_type };
static DIRECTION: Computed = Computed { from: &["direction"], value: flow::small_letters };
static COMMUNITY_ID: Computed = Computed {
    from: &[
        "client_ip",
        "endpoint_ip",
        "client_port",
        "endpoint_port",
        "protocol",
        "globalaccelerator_source_ip",
        "globalaccelerator_source_port",
    ],
    value: |cells, out| match *cells {
        [client, endpoint, from, to, protocol, Cell::Null, _] => {
            flow::community_id(&[client, endpoint, from, to, protocol], out)
        }
        [_, endpoint, _, to, protocol, own, from] => {
            flow::community_id(&[own, endpoint, from, to, protocol], out)
        }
        _ => Cell::Null,
    },
};

/// Whether a line names the fields.
fn is_header(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    line.starts_with(b"version ")
        && line.split(|b| *b == b' ').nth(2).is_some_and(|n| n == b"accelerator_id" || n == b"acceleratorid")
}

/// Whether a line begins with a version, an account and an accelerator's id, which is a UUID.
fn is_record(line: &[u8]) -> bool {
    let mut tokens = line.splitn(4, |b| *b == b' ');
    let mut next = || tokens.next().unwrap_or_default();
    let is_version = matches!(next(), [b'1'..=b'9', b'.', b'0'..=b'9']);
    let account = next();
    let id = next();
    is_version
        && account.len() == 12
        && account.iter().all(u8::is_ascii_digit)
        && id.len() == 36
        && id.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

const META: Meta = Meta {
    id: "global_accelerator",
    family: Family::Network,
    title: "Global Accelerator flow logs",
    summary: "Traffic through accelerators, one record per flow and window of up to a minute.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/global-accelerator/latest/dg/monitoring-global-accelerator.flow-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/globalaccelerator/{region}/{yyyy}/{mm}/{dd}/{account}_globalaccelerator_{accelerator}_{yyyymmddThhmmZ}_{hash}.log.gz",
    versions: "1.0 (22 fields) and 2.0 (23 or 24), with and without the line that names them, and what later versions may append",
    not_read: "metrics",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-global-accelerator-flow-logs.html>, read 2026-11-26.
/// Its numbers of bytes and times are INT there, which is too small for both.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "aga_flow_logs",
        ddl: include_str!("athena/global_accelerator.sql"),
        time: "from_unixtime(starttime)",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "add each day as a partition (ALTER TABLE aga_flow_logs ADD PARTITION), and a condition on dt",
        ],
    }),
    insights: InsightsLog { group: "none: the log is delivered to S3 only", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Clients that send most",
        "filter direction = \"INGRESS\"\n| stats sum(bytes) as total, count(*) as flows by client_ip, endpoint_ip, endpoint_port\n| sort total desc\n| limit 25",
    ),
    ask(
        "What was refused, and why",
        "filter event.outcome = \"failure\" or ispresent(reject_reason)\n| stats count(*) as flows by client_ip, accelerator_port, action, reject_reason\n| sort flows desc",
    ),
    ask(
        "Most data back to one client",
        "filter direction = \"EGRESS\" | stats sum(bytes) as total by client_ip, endpoint_ip | sort total desc | limit 25",
    ),
    ask(
        "Clients that try many ports of the accelerator",
        "stats count_distinct(accelerator_port) as ports, count(*) as flows by client_ip | sort ports desc | limit 25",
    ),
    ask(
        "Where clients enter: edge locations and regions of endpoints",
        "stats sum(bytes) as total, count_distinct(client_ip) as clients by globalaccelerator_region, endpoint_region | sort total desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "111122223333_globalaccelerator_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9_20260305T0130Z_5d6e7f80.log",
        content: crate::sample!("global_accelerator.log"),
        rows: 6,
        rejected: 4,
    },
    Sample {
        name: "accelerator.log",
        content: crate::sample!("global_accelerator_headerless.log"),
        rows: 2,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    let action = row.show("action");
    let refused = !action.is_empty() && action != "ACCEPT";
    let way = if row.show("direction") == "EGRESS" { " back to the client" } else { "" };
    flow_log::sentence(row, refused.then_some(action.as_str()), way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_beginning() {
        let id = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        for line in [
            &format!("1.0 111122223333 {id} 192.0.2.1 1 198.51.100.1 80"),
            &format!("2.0 012345678901 {id} 2001:db8::1 1 198.51.100.1 80"),
            &format!("3.1 012345678901 {id}"),
            "version aws_account_id accelerator_id client_ip client_port gip gip_port",
            "\u{feff}version aws_account_id accelerator_id client_ip",
        ] {
            assert!((LOG.is)(line.as_bytes()), "{line}");
        }
        for line in [
            "",
            &format!("1.0 11112222333 {id} 192.0.2.1"),
            &format!("2 111122223333 {id} 192.0.2.1"),
            &format!("1.0 111122223333 {} 192.0.2.1", id.replace('-', "0")),
            "1.0 2026-03-05T01:30:02Z Z0123 example.com A NOERROR UDP FRA56-C1 192.0.2.1 -",
            "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772674177 1772674236 ACCEPT OK",
            "version account-id interface-id srcaddr",
        ] {
            assert!(!(LOG.is)(line.as_bytes()), "{line}");
        }
    }
}
