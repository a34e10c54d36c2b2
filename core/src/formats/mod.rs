//! Log formats: what one record of each is called, how it is recognised and how it becomes a row.
//!
//! One format is one file here and one line in [`ALL`]. Reading order: [`Format`] (the contract), [`field`] (the
//! small parsers they share), [`JsonLog`], [`TextLog`], [`FlowLog`] and [`NamedLog`] (logs that are a description and nothing else: most of them),
//! [`LineLog`] (a description and a decoder),
//! then any format. A format sees the table, [`field`] and this contract: never another format, never a container or an
//! envelope (those are [`ingest`](crate::ingest)'s).

pub mod access_analyzer;
pub mod alb;
pub mod alb_connection;
pub mod alb_health;
pub mod api_gateway;
pub mod api_gateway_execution;
pub mod appsync;
pub mod bedrock;
pub mod clb;
pub mod client_vpn;
pub mod cloudfront;
pub mod cloudfront_connection;
pub mod cloudfront_realtime;
pub mod cloudtrail;
pub mod cloudtrail_digest;
pub mod cognito;
pub mod config;
pub mod connect;
pub mod csv;
pub mod custom;
pub mod ecs_events;
pub mod eks_audit;
pub mod eks_control_plane;
pub mod elasticache;
pub mod envoy;
pub mod eventbridge;
pub mod field;
pub mod flow_log;
pub mod global_accelerator;
pub mod guardduty;
pub mod haproxy;
pub mod http_access;
pub mod http_error;
pub mod inspector;
pub mod journald;
pub mod json_lines;
pub mod json_log;
pub mod lambda;
pub mod line_log;
pub mod linux_audit;
pub mod logfmt;
pub mod macie;
pub mod msk_broker;
pub mod mysql_error;
pub mod mysql_general;
pub mod mysql_slow;
pub mod named_log;
pub mod network_firewall;
pub mod nlb;
pub mod opensearch_audit;
mod paths;
pub mod plain_text;
pub mod postgresql;
mod program_log;
pub mod rds_audit;
pub mod redshift;
pub mod route53;
pub mod route53_resolver;
pub mod s3_access;
pub mod s3_event;
pub mod security_hub;
pub mod security_lake;
pub mod ssm_session;
pub mod step_functions;
pub mod suricata;
pub mod syslog;
pub mod text_log;
pub mod transit_gateway;
pub mod verified_access;
pub mod vpc_flow;
pub mod vpc_lattice;
pub mod vpn;
pub mod w3c;
pub mod waf;
pub mod zeek;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod trial;

pub use field::sentence::tell;
pub use flow_log::{FlowLog, FlowShape};
pub use json_log::JsonLog;
pub use line_log::LineLog;
pub use logloupe_table::settings::Settings;
pub use logloupe_table::{Family, Span};
pub use named_log::NamedLog;
pub use paths::Paths;
pub use text_log::TextLog;

use logloupe_table::external::ExternalSchema;
use logloupe_table::{Field, Kind, Row, RowWriter, shown};

/// Every format of this crate, in the order in which ties of detection are decided.
#[rustfmt::skip] // one line each
pub static ALL: &[&dyn Format] = &[
    &cloudtrail::CloudTrail,
    &vpc_flow::LOG,
    &alb::LOG,
    &cloudfront::LOG,
    &cloudfront_connection::LOG,
    &cloudfront_realtime::LOG,
    &guardduty::GuardDuty,
    &security_hub::LOG,
    &security_lake::LOG,
    &access_analyzer::LOG,
    &inspector::LOG,
    &macie::LOG,
    &lambda::Lambda,
    &alb_connection::LOG,
    &alb_health::LOG,
    &clb::LOG,
    &client_vpn::LOG,
    &cloudtrail_digest::LOG,
    &elasticache::LOG,
    &global_accelerator::LOG,
    &network_firewall::LOG,
    &suricata::LOG,
    &zeek::Zeek,
    &nlb::LOG,
    &route53::LOG,
    &api_gateway::ApiGateway,
    &api_gateway_execution::LOG,
    &appsync::AppSync,
    &bedrock::LOG,
    &cognito::LOG,
    &connect::LOG,
    &ecs_events::LOG,
    &ssm_session::LOG,
    &step_functions::LOG,
    &eventbridge::LOG,
    &config::Config,
    &route53_resolver::LOG,
    &s3_access::LOG,
    &s3_event::LOG,
    &transit_gateway::LOG,
    &verified_access::LOG,
    &vpc_lattice::LOG,
    &vpn::LOG,
    &waf::LOG,
    &eks_audit::LOG,
    &eks_control_plane::LOG,
    &msk_broker::LOG,
    &mysql_error::LOG,
    &mysql_general::LOG,
    &mysql_slow::LOG,
    &opensearch_audit::LOG,
    &postgresql::LOG,
    &rds_audit::LOG,
    &redshift::LOG,
    &http_access::LOG,
    &http_error::LOG,
    &w3c::W3c,
    &haproxy::LOG,
    &envoy::LOG,
    &journald::LOG,
    &linux_audit::LOG,
    &syslog::LOG,
    &json_lines::JsonLines,
    &logfmt::Logfmt,
    &csv::Csv,
    &plain_text::PlainText,
];

/// The format with this id, among the crate's own.
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|f| f.meta().id == id)
}

/// One log format. Implement it outside this crate to read logs of your own: see `examples/own_format.rs`.
///
/// A format is a description without state; what a file needs to remember (a header that names its columns) lives in
/// the [`Decoder`] made for that file.
pub trait Format: Sync {
    /// Who it is.
    fn meta(&self) -> &Meta;
    /// Its columns, in table order: names, kinds, roles, other names and documentation. The decoder writes to them
    /// by their place in this list.
    fn fields(&self) -> Vec<Field>;
    /// Whether it reads records that are cut like this; most logs are of one kind, a Lambda function's may be of both.
    fn reads(&self, framing: Framing) -> bool {
        self.meta().framing == framing
    }
    /// Whether a record may go on over several lines, which its decoder then tells ([`Decoder::goes_on`]). A file of such
    /// a log is read whole, not in parts. Only for logs of lines.
    fn spans_lines(&self) -> bool {
        false
    }
    /// Which part of a record is JSON, so that its paths are fields.
    fn json(&self) -> JsonPart {
        match self.meta().framing {
            Framing::Json => JsonPart::Record,
            Framing::Lines => JsonPart::None,
        }
    }
    /// The paths of lists of name and value in its JSON, such as headers: each pair is then a field, under its name.
    fn pairs(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether the first records of a file are this format's. Decide by content; the name is a hint that may turn
    /// `Maybe` into `Certain`, never `No` into `Maybe`. Must be `No` for every other format's samples.
    fn sniff(&self, head: &Head<'_>) -> Sniff;
    /// Whether a line is the header of this log: names of its fields. Asked of tables that can be read as lines or as JSON,
    /// so only for logs of lines whose fields are known by a header alone.
    fn is_header(&self, _line: &[u8]) -> bool {
        false
    }
    /// How its claim stands against others' that are as sure.
    fn precedence(&self) -> Precedence {
        Precedence::Own
    }
    /// The orders in which its fields are known to stand where a file does not name them: what each is called, and the names
    /// with blanks between them.
    fn orders(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// What to do about records that are this kind of log and cannot be claimed, in words that follow "no format claims
    /// it: "; asked only where no format claims the head.
    fn advice(&self, _head: &Head<'_>) -> Option<String> {
        None
    }
    /// A decoder for one file that begins with `head`. A later part of a large file gets the same head.
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder>;
    /// A row told in one sentence, the word that matters strong.
    fn summary(&self, row: &Row<'_>) -> Vec<Span>;
    /// The names besides its id by which queries choose it: the tables of AWS's documentation, and [`WEB_ACCESS`].
    /// An id or a name with `_logs` after it is understood without standing here.
    fn sources(&self) -> &'static [&'static str] {
        &[]
    }
    /// How AWS's own engines know the log, so that queries can go on there.
    fn external(&self) -> Option<&'static ExternalSchema> {
        None
    }
    /// The columns that identify an event, if the vendor may deliver one twice; equal values mean the same event.
    fn identity(&self) -> &'static [&'static str] {
        &[]
    }
    /// How its records follow one another as states of the same thing, if they do.
    fn history(&self) -> Option<&'static History> {
        None
    }
    /// Questions worth asking of this log.
    fn presets(&self) -> &'static [Preset];
    /// Small samples: documentation, tests and fuzz seeds. At least one; the worst documented line among them.
    fn samples(&self) -> &'static [Sample];
}

/// Records that tell the whole state of a thing: what changed follows from the record before, wherever that was read. What
/// it is made of is found once all files are read (`ingest::history`).
#[derive(Debug)]
pub struct History {
    /// A column, and its values in records that tell a state.
    pub states: (&'static str, &'static [&'static str]),
    /// The columns that name the thing. A record without the first is no state.
    pub key: &'static [&'static str],
    /// The column with the time of the state.
    pub time: &'static str,
    /// The columns that are set of a record whose predecessor is known; none is computed.
    pub columns: &'static [&'static str],
    /// A column that is set to the time of the predecessor.
    pub since: &'static str,
    /// The values of `columns` for the second of two records, given the first: each of several in a column of a list, else
    /// the first of them. `None` leaves them as they are.
    pub changes: fn(before: &[u8], after: &[u8]) -> Option<Vec<ColumnValues>>,
}

/// The values of one column of one row.
pub type ColumnValues = Vec<Option<String>>;

/// The name that all web access logs share: `SELECT … FROM access_logs` reads each that is loaded. A format that has it
/// among its [`sources`](Format::sources) answers to every name of [`WEB_ACCESS_FIELDS`].
pub const WEB_ACCESS: &str = "access_logs";

/// The names that one query may ask of all web access logs, and what each holds.
pub const WEB_ACCESS_FIELDS: &[(&str, Kind)] = &[
    ("time", Kind::Time),
    ("requestip", Kind::Ip),
    ("method", Kind::Text),
    ("host", Kind::Text),
    ("requesturi", Kind::Text),
    ("statuscode", Kind::Int),
    ("bytes", Kind::Int),
    ("useragent", Kind::Text),
];

/// Who a format is.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// Stable id, as in `--format` and `@format`: `cloudtrail`, `vpc_flow`.
    pub id: &'static str,
    /// What it is about.
    pub family: Family,
    /// The vendor's name for the log.
    pub title: &'static str,
    /// One sentence: what it records.
    pub summary: &'static str,
    /// How its files are cut into records.
    pub framing: Framing,
    /// The vendor's page that describes it.
    pub page: &'static str,
    /// When that page was read, `YYYY-MM-DD`.
    pub read_on: &'static str,
    /// The usual S3 key, or log group and stream, with placeholders in `{}`.
    pub key_shape: &'static str,
    /// Which forms of it are read: versions, counts of fields, ways of delivery. No stop at its end.
    pub versions: &'static str,
    /// What lies beside it, or in it, and is deliberately not read. No stop at its end.
    pub not_read: &'static str,
}

/// How a file is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One record per line.
    Lines,
    /// JSON objects: one per line, several per line, pretty-printed, or inside an array or a known envelope.
    Json,
}

/// Which part of a record is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonPart {
    /// None.
    None,
    /// All of it.
    Record,
    /// What stands from the first opening brace on, if one does.
    Fragment,
}

impl JsonPart {
    /// That part of `record`.
    pub fn of(self, record: &[u8]) -> Option<&[u8]> {
        match self {
            JsonPart::None => None,
            JsonPart::Record => Some(record),
            JsonPart::Fragment => memchr::memchr(b'{', record).and_then(|at| record.get(at..)),
        }
    }
}

/// The beginning of a file, inflated and taken out of its envelope.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The file's path; empty when hidden from detection.
    pub name: &'a str,
    /// How the content is cut.
    pub framing: Framing,
    /// The first records (lines or objects), complete ones only, at least one.
    pub records: &'a [&'a [u8]],
    /// What the user says of the file.
    pub settings: &'a Settings,
}

impl<'a> Head<'a> {
    /// A head with nothing known but its records.
    pub fn of(framing: Framing, records: &'a [&'a [u8]]) -> Head<'a> {
        Head { name: "", framing, records, settings: &logloupe_table::settings::NONE }
    }
    /// `Certain` if at least half of the records are `alike`, as some may be damaged. `what` says why, in words that
    /// follow "5 of the first 7 records ".
    pub fn most(&self, what: &str, mut alike: impl FnMut(&[u8]) -> bool) -> Sniff {
        let (total, mut count, mut others) = (self.records.len(), 0, 0);
        for record in self.records {
            match alike(record) {
                true => count += 1,
                false => others += 1,
            }
            if others * 2 > total {
                return Sniff::No;
            }
        }
        let cut = if self.framing == Framing::Lines { "lines" } else { "records" };
        match count {
            0 => Sniff::No,
            // Of one alone, in the singular.
            _ if total == 1 => {
                let one = [("have ", "has "), ("are ", "is "), ("begin ", "begins ")];
                let what =
                    one.iter().find_map(|(all, one)| Some(format!("{one}{}", what.strip_prefix(all)?)));
                let cut = cut.trim_end_matches('s');
                Sniff::Certain(format!(
                    "the first {cut} {}",
                    what.unwrap_or_else(|| "is one of its".to_owned())
                ))
            }
            _ => Sniff::Certain(format!("{count} of the first {total} {cut} {what}")),
        }
    }
}

/// How claims of a file stand against one another, the weakest first. What is weaker than `Own` reads what other formats do not:
/// its claims must be `Maybe`, and it may claim another's samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// Any text.
    Text,
    /// Any text of one form: JSON, CSV, pairs of name and value.
    Form,
    /// What carries records of other logs.
    Carrier,
    /// What a user described.
    Custom,
    /// A log of its own.
    Own,
}

/// What a format says of a file's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sniff {
    /// Not this format.
    No,
    /// Could be, for this reason.
    Maybe(String),
    /// Is, for this reason ("header names 14 known fields").
    Certain(String),
}

/// Turns the records of one file into rows.
pub trait Decoder {
    /// Decodes one record into `row`. On [`Decoded::Row`] the caller commits the row; otherwise what was written is
    /// taken back. A record that is damaged is an [`Err`] with its place; a field that is only unknown is kept.
    ///
    /// # Errors
    /// When the record is damaged: where, what was expected and what was found.
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault>;
    /// Whether `line` goes on the record that the lines before it began; asked once of each line of a file in its order,
    /// of a format that [spans lines](Format::spans_lines). The first line of a file begins a record whatever is said.
    fn goes_on(&mut self, _line: &[u8]) -> bool {
        false
    }
}

/// One record as [`ingest`](crate::ingest) cut it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its bytes, without line end.
    pub bytes: &'a [u8],
    /// The time that its envelope gives it (a CloudWatch export), in microseconds since 1970.
    pub envelope_time: Option<i64>,
}

/// What became of a record that was not damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A row.
    Row,
    /// Not an event but part of the file's form: a header, a directive. Not counted as a record.
    Form,
    /// Recognised and put aside on purpose, with the reason ("digest file"). Counted as such, not as a rejection.
    Skipped(&'static str),
}

/// Why a record was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset in the record at which it went wrong.
    pub at: usize,
    /// What was expected there ("integer for srcport").
    pub expected: String,
    /// What stood there, shortened.
    pub found: String,
}

impl Fault {
    /// A fault at byte `at` of `record`.
    pub fn new(record: &[u8], at: usize, expected: impl Into<String>) -> Fault {
        Fault { at, expected: expected.into(), found: shorten(record.get(at..).unwrap_or_default()) }
    }
}

/// The first few characters of log content, for messages.
pub fn shorten(bytes: &[u8]) -> String {
    const MOST: usize = 40;
    if bytes.is_empty() {
        return "end of record".to_owned();
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST * 4)]);
    let mut short: String = shown::line(&text).chars().take(MOST).collect();
    if text.chars().count() > MOST || bytes.len() > MOST * 4 {
        short.push('…');
    }
    short
}

/// A question and its query.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The question in words.
    pub title: &'static str,
    /// The Insights query that answers it.
    pub query: &'static str,
}

/// The content of a sample file beside the format. The page has no use for samples and is spared them.
#[macro_export]
#[doc(hidden)]
macro_rules! sample {
    ($file:literal) => {
        if cfg!(all(target_family = "wasm", target_os = "unknown")) {
            &[] as &[u8]
        } else {
            include_bytes!(concat!("samples/", $file))
        }
    };
}

/// A question and its query, for tables of them.
pub(crate) const fn ask(title: &'static str, query: &'static str) -> Preset {
    Preset { title, query }
}

/// A sample file of a format.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// File name as the vendor would give it.
    pub name: &'static str,
    /// Content.
    pub content: &'static [u8],
    /// How many rows it gives.
    pub rows: usize,
    /// How many rejections it gives.
    pub rejected: usize,
}
