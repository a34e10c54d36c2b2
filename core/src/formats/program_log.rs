//! What logs of programs share that no vendor describes, whatever their form: questions, a sentence, and what other engines
//! know of them. Their fields are in [`usual`](super::field::usual).

use super::{Preset, Span, ask, field::sentence::tell_with};
use logloupe_table::Row;
use logloupe_table::external::{ExternalSchema, InsightsLog};

/// For logs that no vendor keeps.
pub(super) static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("it is no log of AWS's: a program decides what its records have"),
    insights: InsightsLog { group: "the log group that the program writes to", prefix: "" },
};

/// Questions to any program's log.
pub(super) static PRESETS: &[Preset] = &[
    ask(
        "What failed, by kind of error and message",
        "filter log.level in [\"error\", \"fatal\"]\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by error.type, message\n| sort times desc\n| limit 50",
    ),
    ask("Levels over time", "stats count(*) as records by bin(5m), log.level"),
    ask(
        "Who says most",
        "stats count(*) as records by service.name, log.logger, log.level\n| sort records desc\n| limit 50",
    ),
    ask(
        "One request through all records",
        "filter ispresent(http.request.id)\n| stats count(*) as records, earliest(@timestamp) as first, latest(@timestamp) as last, latest(log.level) as level by http.request.id\n| sort records desc\n| limit 50",
    ),
    ask(
        "Requests by client and status",
        "filter ispresent(http.response.status_code)\n| stats count(*) as requests by source.ip, http.response.status_code\n| sort requests desc\n| limit 50",
    ),
];

/// A row of a program's log in one sentence: the level where it is no usual one, what is said, who says it.
pub(super) fn summary(row: &Row<'_>) -> Vec<Span> {
    let own = |name: &str| {
        (name == "record").then(|| {
            let raw = row.raw();
            String::from_utf8_lossy(raw.get(..raw.len().min(1024)).unwrap_or_default()).into_owned()
        })
    };
    tell_with(
        row,
        "[{!log.level=info|debug|trace|notice}**{log.level}** ][**{line:message|error.message}**||\
         **[{http.request.method} ]{line:url.original}[ → {http.response.status_code}]**||**{line:record|=an empty record}**]\
         [, {line:error.type}][, {line:service.name|log.logger}]",
        &own,
    )
}
