//! Logs of Zeek (Bro): connections and what was seen in them, as lines with tabs behind a header that names the fields.
//!
//! Not these: Zeek's logs as JSON, which are read as any JSON (`json_lines`), and its logs in ASCII with another separator.
//!
//! ```text
//! header = "#separator" SP "\x09" / "#" name HTAB value *( HTAB value )   ; set_separator, empty_field, unset_field, path,
//!                                                                       ; open, fields, types, close
//! record = value *( HTAB value )
//! value  = "-" / "(empty)" / *( any but HTAB )
//! ```
//!
//! Decisions:
//! - Columns have Zeek's names, with dots; names that stand in no table are columns too, as text. `_path` is the log's name in
//!   `#path`, as Zeek's JSON has it.
//! - `#fields` counts from its line on: logs that somebody joined have several. So a file is read whole.
//! - Sets and vectors are text with commas, as written. `\x09` and the like stay as written.
//!
//! Source: "Log Formats and Inspection" and "Log Files" of the Zeek manual, read 2026-11-27.

use nom::{
    Parser,
    combinator::{map, map_opt, rest},
};

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Settings, Sniff,
    Span, ask,
    field::{
        Layout, TokenField, Tokens,
        cells::{float, integer},
        fields, flow,
        parse::{Parsed, expecting},
        when,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, Unit};

/// Logs of Zeek.
pub struct Zeek;

/// How many names are read.
const MOST: usize = 300;

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn count(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Int, Role::Measure, integer)
}

/// The place of `_path`.
const PATH: usize = 1;

#[rustfmt::skip] // a line each
static FIELDS: &[TokenField] = &[
    TokenField::new("ts", Kind::Time, Role::Timestamp, seconds).aliases(&["event.created"]).doc("when it began"),
    dimension("_path").aliases(&["event.dataset"]).doc("which log it is of: conn, dns, http, ssl, files, notice and others"),
    TokenField::new("uid", Kind::Text, Role::Identifier, text).aliases(&["event.id"]).doc("one id for all records of a connection"),
    TokenField::new("id.orig_h", Kind::Ip, Role::Dimension, text).aliases(&["source.ip", "source.address", "client.ip"]).doc("address of who began the connection"),
    TokenField::new("id.orig_p", Kind::Int, Role::Identifier, integer).aliases(&["source.port"]).doc("port of that side"),
    TokenField::new("id.resp_h", Kind::Ip, Role::Dimension, text).aliases(&["destination.ip", "destination.address", "server.ip"]).doc("address of who answered"),
    TokenField::new("id.resp_p", Kind::Int, Role::Dimension, integer).aliases(&["destination.port"]).doc("port of that side"),
    dimension("proto").doc("tcp, udp or icmp"),
    TokenField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT).doc("that, as other logs have it"),
    dimension("service").aliases(&["network.protocol"]).doc("the protocol inside, as Zeek recognised it"),
    TokenField::new("duration", Kind::Float, Role::Measure, float).unit(Unit::Seconds).doc("how long it lasted"),
    count("orig_bytes").unit(Unit::Bytes).aliases(&["source.bytes"]).doc("bytes of content that the side sent that began it"),
    count("resp_bytes").unit(Unit::Bytes).aliases(&["destination.bytes"]).doc("bytes of content that the other side sent"),
    dimension("conn_state").doc("how it went: S0 no answer, SF both ends closed, REJ rejected, RSTO, RSTR and others"),
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME).doc("failure where nobody answered or it was rejected (S0, REJ, RSTOS0, SH), success of other states, else unknown"),
    count("missed_bytes").unit(Unit::Bytes).doc("bytes that Zeek missed"),
    dimension("history").doc("what happened, a letter each: S SYN, h SYN-ACK, D data, F FIN, R RST"),
    count("orig_pkts").aliases(&["source.packets"]).doc("packets of the side that began it"),
    count("resp_pkts").aliases(&["destination.packets"]).doc("packets of the other side"),
    // dns
    dimension("query").aliases(&["dns.question.name"]).doc("the name that was asked for"),
    dimension("qtype_name").aliases(&["dns.question.type"]).doc("its type"),
    dimension("rcode_name").aliases(&["dns.response_code"]).doc("how it was answered: NOERROR, NXDOMAIN"),
    TokenField::new("answers", Kind::Text, Role::Identifier, text).doc("the answers, with commas between them"),
    // http
    dimension("method").aliases(&["http.request.method"]).doc("method of a request"),
    dimension("host").aliases(&["url.domain"]).doc("its Host header"),
    dimension("uri").aliases(&["url.original"]).doc("its path and query"),
    dimension("referrer").aliases(&["http.request.referrer"]).doc("its referrer"),
    dimension("user_agent").aliases(&["user_agent.original"]).doc("its user agent"),
    TokenField::new("status_code", Kind::Int, Role::Status, integer).aliases(&["http.response.status_code"]).doc("status of the response"),
    // ssl
    dimension("server_name").aliases(&["tls.client.server_name"]).doc("name that a client asked for in TLS"),
    dimension("version").doc("version of TLS, SSH or HTTP"),
    dimension("cipher").aliases(&["tls.cipher"]).doc("cipher of TLS"),
    // files
    dimension("mime_type").doc("type of a file, by its content"),
    dimension("filename").aliases(&["file.name"]).doc("name of a file"),
    TokenField::new("sha256", Kind::Text, Role::Identifier, text).aliases(&["file.hash.sha256"]).doc("SHA-256 of a file, where that is made"),
    // notice, weird
    dimension("note").aliases(&["rule.name"]).doc("kind of a notice: Scan::Port_Scan"),
    TokenField::new("msg", Kind::Text, Role::Identifier, text).aliases(&["message"]).doc("what a notice says"),
    dimension("name").doc("of a strange connection (weird), what is strange"),
];

static TRANSPORT: Computed = Computed { from: &["proto"], value: flow::transport };
static OUTCOME: Computed = Computed {
    from: &["conn_state"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"S0" | b"REJ" | b"RSTOS0" | b"SH")] => b"failure",
            [Cell::Text(_)] => b"success",
            _ => b"unknown",
        })
    },
};

/// Text; none of what Zeek writes for an empty set.
fn text(input: &[u8]) -> Parsed<'_> {
    map(rest, |text: &[u8]| if text.is_empty() || text == b"(empty)" { Cell::Null } else { Cell::Text(text) })
        .parse(input)
}

/// Seconds since 1970 with their fraction, or a time in ISO 8601, as Zeek writes it if it is told to.
fn seconds(input: &[u8]) -> Parsed<'_> {
    let whole = |text: &[u8]| {
        when::stamp(text, &Settings::NONE)
            .filter(|(_, length)| *length == text.len())
            .map(|(micros, _)| micros)
    };
    map(expecting("seconds since 1970", map_opt(rest, whole)), Cell::Time).parse(input)
}

/// The value of a line of the header.
fn directive<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    line.strip_prefix(name)?.strip_prefix(b"\t")
}

fn names(line: &[u8]) -> Option<impl Iterator<Item = &[u8]> + Clone> {
    let names = directive(line, b"#fields")?.split(|b| *b == b'\t').take(MOST);
    names.clone().any(|name| name == b"ts" || name == b"uid").then_some(names)
}

fn same_name(column: &str, name: &[u8]) -> bool {
    column.as_bytes() == name
}

impl Format for Zeek {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        fields(FIELDS)
    }
    /// A line alone does not say what its values are.
    fn spans_lines(&self) -> bool {
        true
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let fields = head.records.iter().find_map(|line| names(line)).map(Iterator::count);
        let path = head.records.iter().find_map(|line| directive(line, b"#path"));
        match (fields, path) {
            (Some(count), Some(path)) => {
                let path = super::shorten(path);
                Sniff::Certain(format!("#path is {path}, and #fields names {count} fields"))
            }
            _ => Sniff::No,
        }
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Lines { layout: None, count: 0, path: Vec::new(), tokens: Tokens::default() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        tell(
            row,
            "{_path|=record}: [**{note|name}**[ {msg}], ][{id.orig_h}][ → **{id.resp_h}**[:{id.resp_p}]][ {service|proto}]\
             [, {conn_state}][, {query}][, {method} {host}{uri}[ → {status_code}]][, {server_name}][, {filename|mime_type}]",
        )
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

/// Lines along the fields that were named last.
struct Lines {
    layout: Option<Layout>,
    count: usize,
    path: Vec<u8>,
    tokens: Tokens,
}

impl Decoder for Lines {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if bytes.first() == Some(&b'#') {
            if let Some(path) = directive(bytes, b"#path") {
                self.path = path.to_vec();
            }
            if let Some(names) = names(bytes) {
                self.count = names.clone().count();
                self.layout = Some(
                    Layout::new(FIELDS, names, same_name).time_from(&["ts"]).exact().at_least(self.count),
                );
            }
            return Ok(Decoded::Form);
        }
        let Some(layout) = &mut self.layout else {
            return Err(Fault::new(bytes, 0, "a line with the names of its fields (#fields) before it"));
        };
        // One more tells that there are more.
        self.tokens.split(bytes, b'\t', self.count + 1);
        let time = layout.read(bytes, &self.tokens, row)?.or(record.envelope_time);
        if !self.path.is_empty() {
            row.set(PATH, Cell::Text(&self.path));
        }
        if let Some(micros) = time {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "zeek",
    family: Family::Network,
    title: "Zeek logs",
    summary: "Connections, DNS, HTTP, TLS, files and notices of the network monitor Zeek.",
    framing: Framing::Lines,
    page: "https://docs.zeek.org/en/master/log-formats.html",
    read_on: "2026-11-27",
    key_shape: "conn.log, dns.12:00:00-13:00:00.log.gz",
    versions: "any log with #fields and #path, of Zeek and Bro, with tabs",
    not_read: "other separators; logs as JSON are json_lines",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that an agent sends it to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who talked most with whom",
        "filter _path = \"conn\" | stats count(*) as connections, sum(orig_bytes) as up, sum(resp_bytes) as down by id.orig_h, id.resp_h, id.resp_p | sort up desc | limit 25",
    ),
    ask(
        "Scanning: many ports or hosts without an answer",
        "filter event.outcome = \"failure\" | stats count(*) as attempts, count_distinct(id.resp_h) as hosts, count_distinct(id.resp_p) as ports by id.orig_h | sort attempts desc | limit 25",
    ),
    ask(
        "Names that were asked for and do not exist",
        "filter rcode_name = \"NXDOMAIN\" | stats count(*) as queries, count_distinct(query) as names by id.orig_h | sort names desc | limit 25",
    ),
    ask(
        "Notices",
        "filter ispresent(note) | stats count(*) as notices, latest(msg) as last by note, id.orig_h | sort notices desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "zeek.log", content: crate::sample!("zeek.log"), rows: 8, rejected: 2 }];
