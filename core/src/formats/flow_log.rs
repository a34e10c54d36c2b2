//! A flow log that is a description and nothing else: lines whose fields, and the order of them, whoever set up the log
//! has chosen. One decoder reads all of these.
//!
//! Which field is which is known, the best first: by a header in the file; by names that the user gives; by a record's
//! version and number of fields, checked by what they hold. What cannot be known is not claimed: the ledger says how to
//! tell it.
//!
//! Not for logs whose fields are always the same: those are a [`TextLog`](super::TextLog).
//!
//! Reading order: [`FlowLog`] (the description), [`FlowShape`] (its fields and how they are known), `order` (records
//! without a header).

mod order;

use super::{
    Decoded, Decoder, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::{self, Layout, TokenField, Tokens},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Field, Row, RowWriter};
use order::Form;

/// A flow log, described.
pub struct FlowLog {
    /// Who it is.
    pub meta: Meta,
    /// Its fields, and how they are known.
    pub shape: FlowShape,
    /// What a record is called where advice is given: "VPC flow log".
    pub name: &'static str,
    /// A row told in one sentence.
    pub summary: fn(&Row<'_>) -> Vec<Span>,
    /// See [`Format::sources`].
    pub sources: &'static [&'static str],
    /// See [`Format::external`].
    pub external: &'static ExternalSchema,
    /// See [`Format::presets`].
    pub presets: &'static [Preset],
    /// See [`Format::samples`].
    pub samples: &'static [Sample],
}

/// The fields of a flow log, and how they are known.
#[derive(Clone, Copy, Debug)]
pub struct FlowShape {
    /// Its columns, in the vendor's order, which begins with the default format.
    pub fields: &'static [TokenField],
    /// Records without a header whose order can be told, the default format first: the version that they begin with, and
    /// how many of the fields they have.
    pub forms: &'static [(&'static [u8], usize)],
    /// Tokens by which a record of any of the forms is known. These must not be missing.
    pub told: &'static [(usize, Holds)],
    /// How values of a text column are known, if they are. Numbers and addresses are known by their parsers.
    pub holds: fn(&str) -> Option<Holds>,
    /// Whether a header with this name in it can be this log's.
    pub is_possible: fn(&[u8]) -> bool,
    /// Whether a header with this name in it is this log's. One of its names must be.
    pub is_own: fn(&[u8]) -> bool,
    /// Whether a line is a record of this log in some order.
    pub is_record: fn(&[u8]) -> bool,
}

/// Whether a token may be a value of its column.
pub type Holds = fn(&[u8]) -> bool;

/// What this product adds to the columns of a log that it converts.
const ADDED: [&[u8]; 5] = [b"log_timestamp", b"log_format", b"log_source", b"log_line", b"log_message"];

impl FlowShape {
    /// The names of a header line; `None` if the line is none, or another log's.
    pub fn header<'a>(&self, line: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
        self.names(line.split(|b| *b == b' '))
    }
    /// These names, if they are those of this log's fields.
    fn names<'a>(&self, all: impl Iterator<Item = &'a [u8]>) -> Option<Vec<&'a [u8]>> {
        const MOST: usize = 200;
        let is_name = |n: &[u8]| {
            n.first().is_some_and(u8::is_ascii_lowercase)
                && n.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        };
        let (mut known, mut telling, mut own, mut added) = (0, false, false, 0);
        let mut names = Vec::new();
        for name in all {
            if ADDED.contains(&name) && added < ADDED.len() {
                added += 1;
                names.push(name);
                continue;
            }
            // Rows that begin with a word (an instance id) are told from headers by their first token, nearly always.
            if !is_name(name) || names.len() == MOST || !(self.is_possible)(name) {
                return None;
            }
            // Some names are English words (`start`, `type`, `action`); a sentence is not a header.
            let unlike_words = name.iter().any(|b| matches!(b, b'-' | b'_')) || name.ends_with(b"addr");
            let is_known = self.is_known(name);
            known += is_known as usize;
            telling |= is_known && unlike_words;
            own |= (self.is_own)(name);
            names.push(name);
            if names.len() == 4 + added && known < 2 {
                return None;
            }
        }
        (telling && own && known >= 2 && known * 2 >= names.len() - added).then_some(names)
    }
    fn is_known(&self, name: &[u8]) -> bool {
        self.fields.iter().any(|c| !c.again && same_name(&c.field.name, name))
    }
    /// The names that the user gave, if they are those of this log's fields.
    fn given<'a>(&self, head: &Head<'a>) -> Option<Vec<&'a [u8]>> {
        // As the vendor's console writes a format of one's own: `${srcaddr}`.
        let bare = |name: &'a String| {
            let name = name.trim();
            name.strip_prefix("${").and_then(|n| n.strip_suffix('}')).unwrap_or(name).as_bytes()
        };
        self.names(head.settings.fields.iter().map(bare))
    }
    /// Whether a line has as many fields as there are names, each of its column's kind.
    fn fits(&self, names: &[&[u8]], line: &[u8], tokens: &mut Tokens) -> bool {
        tokens.split(line, b' ', names.len() + 1);
        let value = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
        order::count(line, tokens) == names.len()
            && names.iter().enumerate().all(|(i, name)| {
                let column = self.fields.iter().find(|c| !c.again && same_name(&c.field.name, name));
                column.is_none_or(|c| order::may_be(c, self.holds, value(i)))
            })
    }
    fn layout(&self, names: &[&[u8]]) -> Layout {
        Layout::new(self.fields, names.iter().copied(), same_name).exact().time_from(&["start", "end"])
    }
}

/// Whether a header's `name` is the column's, with underscores for hyphens too.
pub fn same_name(column: &str, name: &[u8]) -> bool {
    column.len() == name.len() && column.bytes().zip(name).all(|(c, n)| c == *n || (c == b'-' && *n == b'_'))
}

/// Whether a token is a value of `log-status`.
pub fn is_status(token: &[u8]) -> bool {
    matches!(token, b"OK" | b"NODATA" | b"SKIPDATA")
}

/// Whether a byte is one of a region's or zone's name.
pub fn is_slug(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-'
}

/// How values are known of columns that several flow logs have; see [`FlowShape::holds`].
pub fn holds(column: &str) -> Option<Holds> {
    Some(match column {
        "account-id" => |t| t == b"unknown" || t.len() >= 6 && t.iter().all(u8::is_ascii_digit),
        "log-status" => is_status,
        "type" => |t| matches!(t, b"IPv4" | b"IPv6" | b"EFA"),
        "region" => |t| t.iter().filter(|b| **b == b'-').count() >= 2 && t.iter().all(is_slug),
        "pkt-src-aws-service" | "pkt-dst-aws-service" => {
            |t| t.first().is_some_and(u8::is_ascii_uppercase) && t.iter().all(|b| !b.is_ascii_lowercase())
        }
        "flow-direction" => |t| matches!(t, b"ingress" | b"egress"),
        _ => return None,
    })
}

/// How many of a line's tokens are looked at where its order is not known.
pub const MOST_TOKENS: usize = 64;

impl Format for FlowLog {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        field::fields(self.shape.fields)
    }
    fn is_header(&self, line: &[u8]) -> bool {
        self.shape.header(line).is_some()
    }
    fn orders(&self) -> Vec<(String, String)> {
        let order = |(version, tokens): &(&[u8], usize)| {
            let fields = self.shape.fields.iter().filter(|field| !field.again).take(*tokens);
            let names: Vec<&str> = fields.map(|field| &*field.field.name).collect();
            (format!("version {}, {tokens} fields", String::from_utf8_lossy(version)), names.join(" "))
        };
        self.shape.forms.iter().map(order).collect()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let (shape, total) = (&self.shape, head.records.len());
        let Some(&first) = head.records.first() else { return Sniff::No };
        if let Some(names) = shape.header(first) {
            // Times before the records are an export's: the records are what stands behind them.
            if head.records.get(1).is_some_and(|second| begins_with_time(second)) {
                return Sniff::No;
            }
            let known = names.iter().filter(|n| shape.is_known(n)).count();
            return Sniff::Certain(format!("header names {known} known fields of {}", names.len()));
        }
        if let Some(names) = shape.given(head) {
            let mut tokens = Tokens::default();
            let what = format!("have the {} fields whose names were given", names.len());
            let given = head.most(&what, |line| shape.fits(&names, line, &mut tokens));
            if given != Sniff::No {
                return given;
            }
        }
        // A line may be damaged, most are not.
        let mut alike = vec![0; shape.forms.len()];
        head.records.iter().filter_map(|r| order::form_of(shape, r)).for_each(|form| alike[form] += 1);
        let all = alike.iter().sum::<usize>();
        let most = (0..alike.len()).rev().max_by_key(|form| alike[*form]).unwrap_or_default();
        if all == 0 || all * 2 < total {
            return Sniff::No;
        }
        let (version, tokens) = shape.forms[most];
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
        let is_record = self.shape.is_record;
        let alike = head.records.iter().filter(|r| is_record(r)).count();
        if head.framing != Framing::Lines || alike == 0 || alike * 2 < head.records.len() {
            return None;
        }
        let record = head.records.iter().find(|r| is_record(r))?;
        let count = record.split(|b| *b == b' ').filter(|t| !t.is_empty()).count();
        let name = self.name;
        if let Some(names) = self.shape.given(head) {
            let given = names.len();
            return Some(format!(
                "{name} records of {count} fields; the names of {given} fields were given, and do not fit them"
            ));
        }
        let [first, second, third] = [0, 1, 2].map(|i| {
            self.shape.fields.iter().filter(|c| !c.again).nth(i).map_or("", |c| c.field.name.as_ref())
        });
        Some(format!(
            "{name} records of {count} fields without a header, in an order that cannot be told; give the fields' names \
             in that order, such as `{first} {second} {third} …` (`--fields`), or put a line with them in front"
        ))
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let shape = self.shape;
        let header = head.records.first().and_then(|first| shape.header(first));
        let names = header.or_else(|| {
            let names = shape.given(head)?;
            let mut tokens = Tokens::default();
            // Without a form either, what was given is the best that is known of them.
            let most = head.most("", |line| shape.fits(&names, line, &mut tokens)) != Sniff::No;
            (most || head.records.iter().all(|r| order::form_of(&shape, r).is_none())).then_some(names)
        });
        let order = match names {
            Some(names) => Order::Named(shape.layout(&names)),
            None => {
                let form = head.records.iter().find_map(|r| order::form_of(&shape, r)).unwrap_or_default();
                Order::Known(vec![Form::new(&shape, form)])
            }
        };
        Box::new(FlowLogDecoder { shape, order, tokens: Tokens::default() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        (self.summary)(row)
    }
    fn sources(&self) -> &'static [&'static str] {
        self.sources
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(self.external)
    }
    fn presets(&self) -> &'static [Preset] {
        self.presets
    }
    fn samples(&self) -> &'static [Sample] {
        self.samples
    }
}

/// The decoder of all these logs.
struct FlowLogDecoder {
    shape: FlowShape,
    order: Order,
    tokens: Tokens,
}

/// How the fields' order is known.
enum Order {
    /// By names: a header's, or those that the user gave.
    Named(Layout),
    /// By version and number of fields: the forms met so far, the one met last in front.
    Known(Vec<Form>),
}

impl Decoder for FlowLogDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        // Files put together by `cat` have a header in their middle. No value begins like one: a field's name is
        // never a field's value.
        if bytes.first().is_some_and(|b| b.is_ascii_lowercase() || *b == 0xef)
            && let Some(names) = self.shape.header(bytes)
        {
            self.order = Order::Named(self.shape.layout(&names));
            return Ok(Decoded::Form);
        }
        let time = match &mut self.order {
            Order::Named(layout) => {
                self.tokens.split(bytes, b' ', layout.cut());
                layout.read(bytes, &self.tokens, row)?
            }
            Order::Known(forms) => order::read(&self.shape, forms, bytes, &mut self.tokens, row)?,
        };
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

/// Whether a line begins as those of an export do.
fn begins_with_time(line: &[u8]) -> bool {
    let first = line.split(|b| *b == b' ').next().unwrap_or_default();
    first.len() == 24 && field::whole(field::time::timestamp, first).is_some()
}

/// The sentence of a flow: what became of it, source and destination, protocol, packets, bytes, and what `more` adds.
pub fn sentence(row: &Row<'_>, verdict: Option<&str>, more: &str) -> Vec<Span> {
    let end = |address: &str, port: &str| {
        let address = row.show(address);
        match row.get(port).integer() {
            Some(port) if port > 0 && address.contains(':') => format!("[{address}]:{port}"),
            Some(port) if port > 0 => format!("{address}:{port}"),
            _ => address,
        }
    };
    let mut spans = Vec::new();
    spans.extend(verdict.map(|verdict| Span::strong(format!("{verdict} "))));
    let some = |end: String| if end.is_empty() { "?".to_owned() } else { end };
    spans.push(Span::strong(some(end("source.ip", "source.port"))));
    spans.push(Span::plain(" → "));
    spans.push(Span::strong(some(end("destination.ip", "destination.port"))));
    let mut rest = String::new();
    let transport = row.show("network.transport");
    match row.get("network.iana_number").integer() {
        _ if !transport.is_empty() => rest.push_str(&format!(" {transport}")),
        Some(protocol) => rest.push_str(&format!(" protocol {protocol}")),
        None => {}
    }
    if let Some(packets) = row.get("network.packets").integer() {
        let unit = if packets == 1 { "packet" } else { "packets" };
        rest.push_str(&format!(", {} {unit}", field::words::grouped(packets)));
    }
    if let Some(bytes) = row.get("network.bytes").integer() {
        rest.push_str(&format!(", {}", field::words::amount(bytes)));
    }
    rest.push_str(more);
    if !rest.is_empty() {
        spans.push(Span::plain(rest));
    }
    spans
}
