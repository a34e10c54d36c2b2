//! Logs in the extended format of the W3C: IIS and its FTP server, HTTP.sys, Exchange, Windows Firewall, and whatever else names
//! its fields in `#Fields`.
//!
//! Not these: CloudFront's standard logs (`cloudfront`), which are of this form too and told first; IIS's own format of 15
//! columns with commas; NCSA (`http_access`).
//!
//! ```text
//! directive = "#" name ":" [ SP value ]               ; Fields, Date, Time Format and others
//! record    = value *( separator value )              ; HTAB where a line has one, else blanks
//! value     = "-" / DQUOTE *( DQUOTE DQUOTE / any ) DQUOTE / *( any but separator )
//! ```
//!
//! Decisions:
//! - Columns have the names of the log; names that stand in no table are columns too.
//! - `#Fields` counts from its line on. A blank at its end names nothing.
//! - A record without a date is of the day that `#Date` has, and of the next one where times begin anew. So a file is read whole.
//! - A value without anything may be two blanks (IIS's empty user): where a record has more values than there are names, its
//!   empty ones do not count.
//! - Blanks are `+` in the log and stay so, but in `user_agent.original`, as a `+` of a path may be one that the client sent.
//! - Times are UTC, but those named `-local` and those below `#Time Format: Local`, which are in the zone that the user gives.

mod decode;
mod fields;
#[cfg(test)]
mod tests;

use self::fields::FIELDS;
use super::{
    Decoder, Family, Format, Framing, Head, Meta, Preset, Sample, Sniff, Span, ask, field::fields, tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Field, Row};

/// Logs in the extended format of the W3C.
pub struct W3c;

impl Format for W3c {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        fields(FIELDS)
    }
    /// A line alone does not say what its values are, nor its day.
    fn spans_lines(&self) -> bool {
        true
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let Some(names) = head.records.iter().find_map(|line| decode::names(line)) else { return Sniff::No };
        match decode::known(names.clone()) {
            Some(known) => {
                Sniff::Certain(format!("#Fields names {known} known columns of {}", names.count()))
            }
            None => Sniff::No,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(decode::Lines::new(head))
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        tell(
            row,
            "[{?event.outcome=failure}**{sc-status}** [{cs-method} ]{line:cs-uri-stem|cs-uri|=a request}||\
             **[{cs-method} ]{line:cs-uri-stem|cs-uri}**[ → {sc-status}]||\
             **{action}** {protocol|=packet} [{src-ip} → {dst-ip}[:{dst-port}]]||\
             **{cs-method|action|=a record}**[ → {sc-status}]][ in {ms:time-taken}][, {c-ip}]",
        )
    }
    fn sources(&self) -> &'static [&'static str] {
        &["iis", super::WEB_ACCESS]
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

const META: Meta = Meta {
    id: "w3c",
    family: Family::Web,
    title: "IIS and W3C extended logs",
    summary: "Requests to IIS, and records of other programs that name their fields as the W3C has it.",
    framing: Framing::Lines,
    page: "https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
    read_on: "2026-11-27",
    key_shape: "W3SVC{n}/u_ex{yymmdd}.log, a log group that an agent writes to",
    versions: "any fields in any order, changing within a file, with blanks or tabs between values, with or without a date",
    not_read: "IIS's own format with commas; binary logs",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("its columns are the user's choice: Athena's page has a table for one choice of them"),
    insights: InsightsLog { group: "the log group that the agent writes to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
    ask(
        "Server errors by path",
        "filter `sc-status` >= 500\n| stats count(*) as errors, count_distinct(`c-ip`) as clients, latest(@timestamp) as last by `sc-status`, `sc-substatus`, `sc-win32-status`, `cs-uri-stem`\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Scanning: clients that ask for many paths that do not exist",
        "filter `sc-status` in [400, 403, 404, 405]\n| stats count_distinct(`cs-uri-stem`) as paths, count(*) as requests by `c-ip`, user_agent.original\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Web shells: scripts that few clients post to",
        "filter `cs-method` = \"POST\" and `cs-uri-stem` like /(?i)\\.(aspx?|ashx|asmx|php|jsp)$/ and `sc-status` = 200\n| stats count(*) as requests, count_distinct(`c-ip`) as clients, earliest(@timestamp) as first by `cs-uri-stem`\n| sort clients asc, requests desc\n| limit 50",
    ),
    ask(
        "Who signed in, from where",
        "filter ispresent(`cs-username`)\n| stats count(*) as requests, count_distinct(`c-ip`) as addresses, sum(`sc-status` = 401) as refused by `cs-username`\n| sort addresses desc",
    ),
    ask(
        "Slowest paths",
        "filter ispresent(`time-taken`)\n| stats count(*) as requests, avg(`time-taken`) as mean, pct(`time-taken`, 99) as p99 by `cs-uri-stem`\n| sort p99 desc\n| limit 25",
    ),
    ask(
        "Packets that the firewall dropped",
        "filter action = \"DROP\" | stats count(*) as packets, count_distinct(`dst-port`) as ports by `src-ip`, protocol | sort packets desc | limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "u_ex260305.log", content: crate::sample!("w3c.log"), rows: 13, rejected: 2 },
    Sample { name: "pfirewall.log", content: crate::sample!("w3c_firewall.log"), rows: 3, rejected: 1 },
];
