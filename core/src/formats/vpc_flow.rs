//! VPC Flow Logs, versions 2 to 11, as text: S3 objects with a header in any order, and the headerless records of
//! CloudWatch Logs where their order can be told: the default format, and all fields up to a version in AWS's order.
//!
//! A log without a header in an order of the user's own is not claimed: which number is which cannot be told. A line
//! with the names, put in front of it, tells; the ledger says so. Transit gateway flow logs live under the same prefix and are a format of their own; their header is refused.
//!
//! Decisions: the column `start` and `end` keep the vendor's numbers (seconds), `@timestamp` is `start` as a time;
//! `account-id unknown` and values of the future are kept as written; tag values, which the vendor
//! percent-encodes, are stored decoded (the raw record still has them encoded).

mod order;
#[cfg(test)]
mod tests;

use nom::{
    Parser,
    combinator::{map, rest},
};

use order::{FORMS, Form, form_of, is_like_a_flow};

use super::{
    Decoded, Decoder, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::{
        self, Layout, Parsed, TokenField, Tokens,
        cells::{integer, ip, text},
    },
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Kind, Role, Row, RowWriter, Unit};

/// VPC Flow Logs.
pub struct VpcFlow;

/// In the order of the vendor's tables, which begins with the default format.
static FIELDS: &[TokenField] = &[
    TokenField::new("version", Kind::Int, Role::Dimension, integer).doc("the highest version among the chosen fields"),
    TokenField::new("account-id", Kind::Text, Role::Dimension, text)
        .aliases(&["accountId", "account_id", "account", "cloud.account.id"])
        .insights("accountId")
        .doc("the account that owns the network interface, or `unknown`"),
    TokenField::new("interface-id", Kind::Text, Role::Dimension, text)
        .aliases(&["interfaceId", "interface_id", "network.interface.id"])
        .insights("interfaceId")
        .doc("the network interface"),
    TokenField::new("srcaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["srcAddr", "src_addr", "sourceaddress", "source.ip"])
        .insights("srcAddr")
        .doc("source address of incoming traffic, or the interface's own private address of outgoing traffic"),
    TokenField::new("dstaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["dstAddr", "dst_addr", "destinationaddress", "destination.ip"])
        .insights("dstAddr")
        .doc("destination address of outgoing traffic, or the interface's own private address of incoming traffic"),
    TokenField::new("srcport", Kind::Int, Role::Dimension, integer)
        .aliases(&["srcPort", "src_port", "sourceport", "source.port"])
        .insights("srcPort")
        .doc("source port, 0 for ICMP"),
    TokenField::new("dstport", Kind::Int, Role::Dimension, integer)
        .aliases(&["dstPort", "dst_port", "destinationport", "destination.port"])
        .insights("dstPort")
        .doc("destination port, 0 for ICMP"),
    TokenField::new("protocol", Kind::Int, Role::Dimension, integer)
        .aliases(&["network.iana_number"])
        .doc("IANA protocol number: 6 TCP, 17 UDP, 1 ICMP"),
    TokenField::new("packets", Kind::Int, Role::Measure, integer)
        .unit(Unit::Packets)
        .aliases(&["numpackets", "network.packets"])
        .doc("packets transferred during the window"),
    TokenField::new("bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["numbytes", "network.bytes"])
        .doc("bytes transferred during the window"),
    TokenField::new("start", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["startTime", "start_time", "event.start"])
        .insights("startTime")
        .doc("when the first packet of the window was received"),
    TokenField::new("end", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochSeconds)
        .aliases(&["endTime", "end_time", "event.end"])
        .insights("endTime")
        .doc("when the last packet of the window was received"),
    TokenField::new("action", Kind::Text, Role::Status, text)
        .aliases(&["event.action"])
        .doc("ACCEPT or REJECT by security groups and network ACLs"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome)
        .athena("CASE action WHEN 'ACCEPT' THEN 'success' WHEN 'REJECT' THEN 'failure' END")
        .made()
        .doc("success where the action is ACCEPT, failure where it is REJECT"),
    TokenField::new("log-status", Kind::Text, Role::Status, text)
        .aliases(&["logStatus", "log_status"])
        .insights("logStatus")
        .doc("OK, NODATA (no traffic in the window) or SKIPDATA (records were lost)"),
    // Version 3.
    TokenField::new("vpc-id", Kind::Text, Role::Dimension, text).aliases(&["vpcId", "vpc_id"]).doc("the VPC"),
    TokenField::new("subnet-id", Kind::Text, Role::Dimension, text)
        .aliases(&["subnetId", "subnet_id"])
        .doc("the subnet of the interface"),
    TokenField::new("instance-id", Kind::Text, Role::Dimension, text)
        .aliases(&["instanceId", "instance_id", "cloud.instance.id"])
        .doc("the instance of the interface, if it is yours"),
    TokenField::new("tcp-flags", Kind::Int, Role::Dimension, integer)
        .aliases(&["tcpFlags", "tcp_flags"])
        .doc("TCP flags seen in the window, or-ed: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 (only with SYN), URG 32"),
    TokenField::new("type", Kind::Text, Role::Dimension, text)
        .aliases(&["network.type"])
        .doc("IPv4, IPv6 or EFA"),
    TokenField::new("pkt-srcaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["pktSrcAddr", "pkt_srcaddr", "pkt_src_addr"])
        .doc("source address of the packet itself, behind a NAT gateway or load balancer"),
    TokenField::new("pkt-dstaddr", Kind::Ip, Role::Dimension, ip)
        .aliases(&["pktDstAddr", "pkt_dstaddr", "pkt_dst_addr"])
        .doc("destination address of the packet itself"),
    // Version 4.
    TokenField::new("region", Kind::Text, Role::Dimension, text).aliases(&["cloud.region"]).doc("the region"),
    TokenField::new("az-id", Kind::Text, Role::Dimension, text)
        .aliases(&["azId", "az_id", "cloud.availability_zone"])
        .doc("the availability zone"),
    TokenField::new("sublocation-type", Kind::Text, Role::Dimension, text)
        .aliases(&["sublocationType", "sublocation_type"])
        .doc("wavelength, outpost or localzone"),
    TokenField::new("sublocation-id", Kind::Text, Role::Dimension, text)
        .aliases(&["sublocationId", "sublocation_id"])
        .doc("the sublocation"),
    // Version 5.
    TokenField::new("pkt-src-aws-service", Kind::Text, Role::Dimension, text)
        .aliases(&["pktSrcAwsService", "pkt_src_aws_service"])
        .doc("the AWS service that the packet's source address belongs to"),
    TokenField::new("pkt-dst-aws-service", Kind::Text, Role::Dimension, text)
        .aliases(&["pktDstAwsService", "pkt_dst_aws_service"])
        .doc("the AWS service that the packet's destination address belongs to"),
    TokenField::new("flow-direction", Kind::Text, Role::Dimension, text)
        .aliases(&["flowDirection", "flow_direction", "network.direction"])
        .doc("ingress or egress, seen from the interface"),
    TokenField::new("traffic-path", Kind::Int, Role::Dimension, integer)
        .aliases(&["trafficPath", "traffic_path"])
        .doc("the way out that egress traffic took, 1 to 8 (3 VPN gateway, 8 internet gateway)"),
    // Version 7.
    TokenField::new("ecs-cluster-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_cluster_arn"])
        .doc("ARN of the ECS cluster"),
    TokenField::new("ecs-cluster-name", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_cluster_name"])
        .doc("name of the ECS cluster"),
    TokenField::new("ecs-container-instance-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_instance_arn"])
        .doc("ARN of the ECS container instance"),
    TokenField::new("ecs-container-instance-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_instance_id"])
        .doc("id of the ECS container instance"),
    TokenField::new("ecs-container-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_container_id"])
        .doc("Docker runtime id of the first container"),
    TokenField::new("ecs-second-container-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_second_container_id"])
        .doc("Docker runtime id of the second container"),
    TokenField::new("ecs-service-name", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_service_name"])
        .doc("name of the ECS service"),
    TokenField::new("ecs-task-definition-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_definition_arn"])
        .doc("ARN of the ECS task definition"),
    TokenField::new("ecs-task-arn", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_arn"])
        .doc("ARN of the ECS task"),
    TokenField::new("ecs-task-id", Kind::Text, Role::Dimension, text)
        .aliases(&["ecs_task_id"])
        .doc("id of the ECS task"),
    // Versions 8 to 10.
    TokenField::new("reject-reason", Kind::Text, Role::Status, text)
        .aliases(&["rejectReason", "reject_reason", "event.reason"])
        .doc("why traffic was rejected: BPA (block public access), EC (encryption control)"),
    TokenField::new("resource-id", Kind::Text, Role::Dimension, text)
        .aliases(&["resourceId", "resource_id"])
        .doc("the resource of the interface, such as a NAT gateway"),
    TokenField::new("encryption-status", Kind::Int, Role::Dimension, integer)
        .aliases(&["encryptionStatus", "encryption_status"])
        .doc("whether and where the traffic was encrypted, as a number"),
    // Version 11.
    TokenField::new("instance-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["instanceTag", "instance_tag"])
        .doc("the instance's value of the first chosen tag key, percent-decoded"),
    TokenField::new("instance-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["instanceTag2", "instance_tag_2"])
        .doc("the instance's value of the second chosen tag key, percent-decoded"),
    TokenField::new("interface-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["interfaceTag", "interface_tag"])
        .doc("the interface's value of the first chosen tag key, percent-decoded"),
    TokenField::new("interface-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["interfaceTag2", "interface_tag_2"])
        .doc("the interface's value of the second chosen tag key, percent-decoded"),
    TokenField::new("asg-tag", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["asgTag", "asg_tag"])
        .doc("the auto scaling group's value of the first chosen tag key, percent-decoded"),
    TokenField::new("asg-tag-2", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["asgTag2", "asg_tag_2"])
        .doc("the auto scaling group's value of the second chosen tag key, percent-decoded"),
    TokenField::new("interface-type", Kind::Text, Role::Dimension, text)
        .aliases(&["interfaceType", "interface_type"])
        .doc("nat_gateway, network_load_balancer, regional_nat_gateway, transit_gateway, vpc_endpoint"),
    TokenField::new("next-hop-interface-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopInterfaceId", "next_hop_interface_id"])
        .doc("the network interface that the traffic goes to next"),
    TokenField::new("next-hop-subnet-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopSubnetId", "next_hop_subnet_id"])
        .doc("the subnet of the next hop"),
    TokenField::new("next-hop-az-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopAzId", "next_hop_az_id"])
        .doc("the availability zone of the next hop"),
    TokenField::new("next-hop-vpc-id", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopVpcId", "next_hop_vpc_id"])
        .doc("the VPC of the next hop"),
    TokenField::new("next-hop-interface-type", Kind::Text, Role::Dimension, text)
        .aliases(&["nextHopInterfaceType", "next_hop_interface_type"])
        .doc("the type of the next hop's interface"),
];

static META: Meta = Meta {
    id: "vpc_flow",
    title: "VPC Flow Logs",
    summary: "Traffic of network interfaces, one record per flow and window of up to ten minutes.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html",
    read_on: "2026-11-20",
    key_shape: "AWSLogs/{account}/vpcflowlogs/{region}/{yyyy}/{mm}/{dd}/{account}_vpcflowlogs_{region}_{flow-log-id}_{yyyymmddThhmmZ}_{hash}.log.gz",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html>, read 2026-11-21.
/// Insights discovers the fields of the default format only.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "vpc_flow_logs",
        ddl: include_str!("athena/vpc_flow.sql"),
        time: "from_unixtime(start)",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "the table's columns must stand in the order of your flow log's own fields",
            "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog {
        group: "the log group of the flow log, if it is delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    Preset {
        title: "Who sends most to whom",
        query: "stats sum(bytes) as bytesTransferred by srcAddr, dstAddr | sort bytesTransferred desc | limit 20",
    },
    Preset {
        title: "Rejected flows over time",
        query: "filter action = \"REJECT\" | stats count(*) as rejected by bin(5m)",
    },
    Preset {
        title: "Who is knocking: sources with most rejected destination ports",
        query: "filter action = \"REJECT\"\n| stats count_distinct(dstPort) as ports, count(*) as flows by srcAddr\n| sort ports desc\n| limit 20",
    },
    Preset {
        title: "Who got in on administrative ports",
        query: "filter action = \"ACCEPT\" and dstPort in [22, 3389, 5985, 5986, 3306, 5432, 6379, 27017]\n| stats count(*) as flows, sum(bytes) as total by srcAddr, dstAddr, dstPort\n| sort flows desc",
    },
    Preset {
        title: "Traffic by protocol and port",
        query: "stats sum(bytes) as total, sum(packets) as packetsTotal, count(*) as flows by protocol, dstPort | sort total desc | limit 50",
    },
    Preset {
        title: "Largest transfers out of the private network",
        query: "filter isIpv4InSubnet(srcAddr, \"10.0.0.0/8\") and not isIpv4InSubnet(dstAddr, \"10.0.0.0/8\")\n| stats sum(bytes) as total by srcAddr, dstAddr, bin(1h)\n| sort total desc\n| limit 50",
    },
    Preset {
        title: "Interfaces whose records were lost or empty",
        query: "filter logStatus in [\"SKIPDATA\", \"NODATA\"] | stats count(*) as windows by interfaceId, logStatus | sort windows desc",
    },
];

static SAMPLES: &[Sample] = &[
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0a1b2c3d4e5f60718_20260305T0130Z_1f2e3d4c.log",
        content: include_bytes!("samples/vpc_flow_default.log"),
        rows: 11,
        rejected: 5,
    },
    Sample {
        name: "000000.log",
        content: include_bytes!("samples/vpc_flow_headerless.log"),
        rows: 6,
        rejected: 1,
    },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0b1c2d3e4f5061728_20260305T0135Z_2a3b4c5d.log",
        content: include_bytes!("samples/vpc_flow_v5.log"),
        rows: 6,
        rejected: 1,
    },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0c1d2e3f405162738_20260305T0140Z_3b4c5d6e.log",
        content: include_bytes!("samples/vpc_flow_v11.log"),
        rows: 4,
        rejected: 0,
    },
];

impl Format for VpcFlow {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        field::fields(FIELDS)
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let Some(&first) = head.records.first() else { return Sniff::No };
        if let Some(names) = header(first) {
            // Times before the records are an export's: the records are what stands behind them.
            if head.records.get(1).is_some_and(|second| begins_with_time(second)) {
                return Sniff::No;
            }
            let known = names.iter().filter(|n| is_known(n)).count();
            return Sniff::Certain(format!("header names {known} known fields of {}", names.len()));
        }
        // A line may be damaged, most are not.
        let mut alike = [0; FORMS.len()];
        head.records.iter().filter_map(|r| form_of(r)).for_each(|form| alike[form] += 1);
        let (total, all) = (head.records.len(), alike.iter().sum::<usize>());
        let most = (0..FORMS.len()).rev().max_by_key(|form| alike[*form]).unwrap_or_default();
        if all == 0 || all * 2 < total {
            return Sniff::No;
        }
        let (version, tokens) = FORMS[most];
        Sniff::Certain(match most {
            0 => format!("{} of the first {total} lines have the default format's {tokens} fields", alike[0]),
            _ => format!(
                "{} of the first {total} lines have all {tokens} fields up to version {}, in AWS's order",
                alike[most],
                String::from_utf8_lossy(version)
            ),
        })
    }
    fn advice(&self, head: &Head<'_>) -> Option<String> {
        let alike = head.records.iter().filter(|r| is_like_a_flow(r)).count();
        if head.framing != Framing::Lines || alike == 0 || alike * 2 < head.records.len() {
            return None;
        }
        let record = head.records.iter().find(|r| is_like_a_flow(r))?;
        let count = record.split(|b| *b == b' ').filter(|t| !t.is_empty()).count();
        Some(format!(
            "VPC flow log records of {count} fields without a header, in an order that cannot be told; put a line with \
             the fields' names in that order in front of them, such as `version account-id interface-id …`"
        ))
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let names = head.records.first().and_then(|first| header(first));
        let form = head.records.iter().find_map(|r| form_of(r)).unwrap_or_default();
        let order = match names {
            Some(names) => Order::Header(layout(&names)),
            None => Order::Known(vec![Form::new(form)]),
        };
        Box::new(VpcFlowDecoder { order, tokens: Tokens::default() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn sources(&self) -> &'static [&'static str] {
        &["amazon_vpc.flow"]
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

struct VpcFlowDecoder {
    order: Order,
    tokens: Tokens,
}

/// How the fields' order is known.
enum Order {
    /// By the names of a header.
    Header(Layout),
    /// By version and number of fields: the forms met so far, the one met last in front.
    Known(Vec<Form>),
}

impl Decoder for VpcFlowDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        // Files put together by `cat` have a header in their middle. No value begins like one: a field's name is
        // never a field's value.
        if bytes.first().is_some_and(u8::is_ascii_lowercase)
            && let Some(names) = header(bytes)
        {
            self.order = Order::Header(layout(&names));
            return Ok(Decoded::Form);
        }
        let time = match &mut self.order {
            Order::Header(layout) => {
                self.tokens.split(bytes, b' ', layout.cut());
                layout.read(bytes, &self.tokens, row)?
            }
            Order::Known(forms) => order::read(forms, bytes, &mut self.tokens, row)?,
        };
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

fn layout(names: &[&[u8]]) -> Layout {
    Layout::new(FIELDS, names.iter().copied(), same_name).exact().time_from(&["start", "end"])
}

/// The names of a header line; `None` if the line is none, or is that of a transit gateway flow log.
fn header(line: &[u8]) -> Option<Vec<&[u8]>> {
    const MOST: usize = 200;
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    let first = line.split(|b| *b == b' ').next().unwrap_or_default();
    let is_name = |n: &[u8]| {
        n.first().is_some_and(u8::is_ascii_lowercase)
            && n.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    // Rows that begin with a word (an instance id) are told from headers by their first token alone, nearly always.
    if !is_name(first) {
        return None;
    }
    let (mut known, mut telling) = (0, false);
    let mut names = Vec::new();
    for name in line.split(|b| *b == b' ') {
        if !is_name(name) || names.len() == MOST || is_transit_gateway(name) {
            return None;
        }
        // Some names are English words (`start`, `type`, `action`); a sentence is not a header.
        let unlike_words = name.iter().any(|b| matches!(b, b'-' | b'_')) || name.ends_with(b"addr");
        let is_known = is_known(name);
        known += is_known as usize;
        telling |= is_known && unlike_words;
        names.push(name);
        if names.len() == 4 && known < 2 {
            return None;
        }
    }
    (telling && known >= 2 && known * 2 >= names.len()).then_some(names)
}

fn is_transit_gateway(name: &[u8]) -> bool {
    [&b"tgw-"[..], b"tgw_", b"packets-lost-", b"packets_lost_"].iter().any(|p| name.starts_with(p))
        || same_name("resource-type", name)
}

fn is_known(name: &[u8]) -> bool {
    FIELDS.iter().any(|c| !c.again && same_name(&c.field.name, name))
}

/// Whether a header's `name` is the column's, with underscores for hyphens too.
fn same_name(column: &str, name: &[u8]) -> bool {
    column.len() == name.len() && column.bytes().zip(name).all(|(c, n)| c == *n || (c == b'-' && *n == b'_'))
}

/// Whether a line begins as those of an export do.
fn begins_with_time(line: &[u8]) -> bool {
    let first = line.split(|b| *b == b' ').next().unwrap_or_default();
    first.len() == 24 && field::whole(field::time::timestamp, first).is_some()
}

/// Success and failure in the common vocabulary; an action of the future is neither.
fn outcome(input: &[u8]) -> Parsed<'_> {
    map(rest, |action: &[u8]| match action {
        b"ACCEPT" => Cell::Text(b"success"),
        b"REJECT" => Cell::Text(b"failure"),
        _ => Cell::Null,
    })
    .parse(input)
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    let (source, destination) = (row.show("srcaddr"), row.show("dstaddr"));
    if source.is_empty() && destination.is_empty() {
        let why = match row.show("log-status").as_str() {
            "NODATA" => "no traffic",
            "SKIPDATA" => "records were skipped",
            _ => "no addresses",
        };
        let interface = row.show("interface-id");
        return vec![
            Span::plain(if interface.is_empty() { String::new() } else { format!("{interface}: ") }),
            Span::strong(why),
        ]
        .into_iter()
        .filter(|s| !s.text.is_empty())
        .collect();
    }
    let mut spans = Vec::new();
    let action = row.show("action");
    if action == "REJECT" {
        spans.push(Span::strong("REJECT "));
    }
    let end = |address: String, port: &str| match row.get(port).integer() {
        Some(port) if port > 0 && address.contains(':') => format!("[{address}]:{port}"),
        Some(port) if port > 0 => format!("{address}:{port}"),
        _ => address,
    };
    spans.push(Span::strong(end(source, "srcport")));
    spans.push(Span::plain(" → "));
    spans.push(Span::strong(end(destination, "dstport")));
    let mut rest = String::new();
    if let Some(protocol) = row.get("protocol").integer() {
        rest.push(' ');
        match protocol {
            1 => rest.push_str("icmp"),
            6 => rest.push_str("tcp"),
            17 => rest.push_str("udp"),
            47 => rest.push_str("gre"),
            50 => rest.push_str("esp"),
            58 => rest.push_str("icmpv6"),
            other => rest.push_str(&format!("protocol {other}")),
        }
    }
    if let Some(packets) = row.get("packets").integer() {
        let unit = if packets == 1 { "packet" } else { "packets" };
        rest.push_str(&format!(", {} {unit}", field::words::grouped(packets)));
    }
    if let Some(bytes) = row.get("bytes").integer() {
        rest.push_str(&format!(", {}", field::words::amount(bytes)));
    }
    spans.push(Span::plain(rest));
    spans
}
