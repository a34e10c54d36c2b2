//! VPC Flow Logs, versions 2 to 11, as text: S3 objects with a header in any order, and the headerless records of
//! CloudWatch Logs where their order can be told: the default format, and all fields up to a version in AWS's order.
//!
//! A log without a header in an order of the user's own is not claimed: which number is which cannot be told. A line
//! with the names, put in front of it, tells; the ledger says so. Transit gateway flow logs live under the same prefix and are a format of their own; their header is refused.
//!
//! Reading order: `fields` (the columns), this file (recognising, decoding, the sentence), `order` (records without a header).
//!
//! Decisions: the column `start` and `end` keep the vendor's numbers (seconds), `@timestamp` is `start` as a time;
//! `account-id unknown` and values of the future are kept as written; tag values, which the vendor
//! percent-encodes, are stored decoded (the raw record still has them encoded). What only follows from other columns
//! (names of protocols and flags, direction, Community ID) is computed when it is asked for.

mod fields;
mod order;
#[cfg(test)]
mod tests;

use nom::{
    Parser,
    combinator::{map, rest},
};

use fields::FIELDS;
use order::{FORMS, Form, form_of, is_like_a_flow};

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::{self, Layout, Parsed, Tokens, flow},
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Row, RowWriter};

/// VPC Flow Logs.
pub struct VpcFlow;

static META: Meta = Meta {
    id: "vpc_flow",
    family: Family::Network,
    title: "VPC Flow Logs",
    summary: "Traffic of network interfaces, one record per flow and window of up to ten minutes.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html",
    read_on: "2026-11-20",
    key_shape: "AWSLogs/{account}/vpcflowlogs/{region}/{yyyy}/{mm}/{dd}/{account}_vpcflowlogs_{region}_{flow-log-id}_{yyyymmddThhmmZ}_{hash}.log.gz",
    versions: "versions 2 to 11 with a header in any order; without one the default order and what can be told by its values",
    not_read: "Parquet files and transit gateway flow logs",
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
        content: crate::sample!("vpc_flow_default.log"),
        rows: 11,
        rejected: 5,
    },
    Sample { name: "000000.log", content: crate::sample!("vpc_flow_headerless.log"), rows: 6, rejected: 1 },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0b1c2d3e4f5061728_20260305T0135Z_2a3b4c5d.log",
        content: crate::sample!("vpc_flow_v5.log"),
        rows: 6,
        rejected: 1,
    },
    Sample {
        name: "123456789012_vpcflowlogs_eu-central-1_fl-0c1d2e3f405162738_20260305T0140Z_3b4c5d6e.log",
        content: crate::sample!("vpc_flow_v11.log"),
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
        match flow::protocol_name(protocol) {
            Some(name) => rest.push_str(name),
            None => rest.push_str(&format!("protocol {protocol}")),
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
