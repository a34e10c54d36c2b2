//! Every word with a meaning of its own: commands, reserved keywords, units of time, spellings. One table serves the
//! parser, colouring, "did you mean" and completion. Functions are not here: their
//! registry is asked for their spelling, nothing else.

use super::functions;
use super::tree::PeriodUnit;

/// One command as users write it.
#[derive(Clone, Copy, Debug)]
pub struct CommandWord {
    /// Its name in canonical text.
    pub name: &'static str,
    /// Other names for the same.
    pub others: &'static [&'static str],
    /// How it is written, for messages and completion.
    pub form: &'static str,
    /// What it does, in one sentence; for a command that is not offered, what to use instead.
    pub doc: &'static str,
    pub(super) verb: Verb,
}

impl CommandWord {
    /// Whether it can be used; the others are known so that they can be named in an error.
    pub fn is_offered(&self) -> bool {
        !matches!(self.verb, Verb::NotOffered | Verb::NoEffect)
    }
}

/// What the parser does on a command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Source,
    Search,
    Fields,
    Display,
    Filter,
    Parse,
    Stats,
    Sort,
    Limit,
    Dedup,
    Join,
    Lookup,
    NetworkLookup,
    Diff,
    LogCompare,
    RelevantFields,
    Table(TableVerb),
    NoEffect,
    NotOffered,
}

/// Which table command a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableVerb {
    Unnest,
    Expand,
    Pattern,
    Sessionize,
    CountFrequent,
    FillMissing,
    FillDown,
    Accumulate,
    AddTotals,
    Autoregress,
    Outlier,
    Window,
}

const fn command(
    verb: Verb,
    name: &'static str,
    others: &'static [&'static str],
    form: &'static str,
    doc: &'static str,
) -> CommandWord {
    CommandWord { name, others, form, doc, verb }
}

const fn not_offered(name: &'static str, instead: &'static str) -> CommandWord {
    command(Verb::NotOffered, name, &[], "", instead)
}

/// The commands, the offered ones first.
pub static COMMANDS: &[CommandWord] = &[
    command(
        Verb::Fields,
        "fields",
        &[],
        "fields eventName, bytes / 1024 as kib",
        "chooses and computes fields",
    ),
    command(
        Verb::Filter,
        "filter",
        &["where", "filterIndex"],
        "filter status >= 400 and method = \"GET\"",
        "keeps the rows for which a condition holds",
    ),
    command(
        Verb::Stats,
        "stats",
        &[],
        "stats count(*) as n by srcAddr, bin(5m)",
        "counts and sums, in groups and over time",
    ),
    command(Verb::Sort, "sort", &[], "sort @timestamp desc, bytes", "puts rows in order"),
    command(Verb::Limit, "limit", &[], "limit 20", "keeps only the first rows"),
    command(
        Verb::Dedup,
        "dedup",
        &[],
        "dedup srcAddr, dstPort",
        "keeps one row for each combination of values",
    ),
    command(
        Verb::Parse,
        "parse",
        &[],
        "parse @message \"user=* from *\" as user, address",
        "takes text apart into new fields",
    ),
    command(
        Verb::Display,
        "display",
        &[],
        "display @timestamp, eventName",
        "chooses the fields that are shown",
    ),
    command(Verb::Source, "source", &[], "SOURCE cloudtrail", "chooses the tables that are asked"),
    command(
        Verb::Search,
        "search",
        &[],
        "search AccessDenied -\"assumed role\" eventName:Get*",
        "keeps the rows in which every term is found",
    ),
    command(
        Verb::Join,
        "join",
        &[],
        "join left=flow right=trail where flow.srcAddr = trail.sourceIPAddress (SOURCE cloudtrail | fields sourceIPAddress, eventName)",
        "puts rows beside the rows of another query that agree in a field",
    ),
    command(
        Verb::Lookup,
        "lookup",
        &[],
        "lookup accounts id as accountId OUTPUT name, team",
        "adds columns of a dropped CSV file where one of its columns equals a field",
    ),
    command(
        Verb::NetworkLookup,
        "cidrlookup",
        &[],
        "cidrlookup networks srcAddr OUTPUT region, owner",
        "adds columns of a dropped CSV file where one of its networks holds an address",
    ),
    command(
        Verb::Diff,
        "diff",
        &[],
        "stats count(*) as n by action | diff previousDay",
        "compares the counts of the `stats` before it with an earlier time of equal length",
    ),
    command(
        Verb::LogCompare,
        "logcompare",
        &[],
        "stats count(*) as n by action | logcompare timeshift 7d",
        "compares the counts of the `stats` before it with the same time so long before",
    ),
    command(
        Verb::RelevantFields,
        "relevantfields",
        &[],
        "relevantfields where action = \"REJECT\"",
        "finds the fields whose values set the rows of a condition apart from all others",
    ),
    command(
        Verb::Table(TableVerb::Unnest),
        "unnest",
        &[],
        "unnest resources into resource",
        "makes a row of each item of a list; an item that is an object answers to paths: `resource.ARN`",
    ),
    command(
        Verb::Table(TableVerb::Expand),
        "expand",
        &[],
        "expand resources",
        "makes a row of each item of a list, which keeps the list's name",
    ),
    command(
        Verb::Table(TableVerb::Pattern),
        "pattern",
        &[],
        "pattern @message",
        "counts messages of the same shape: what changes from one to the next is `<*>`",
    ),
    command(
        Verb::Table(TableVerb::Sessionize),
        "sessionize",
        &[],
        "sessionize user.name, source.ip maxspan 30m as session",
        "numbers the sessions: events that agree in some fields and follow each other without a longer pause",
    ),
    command(
        Verb::Table(TableVerb::CountFrequent),
        "countFrequent",
        &["count_frequent"],
        "countFrequent srcAddr, dstPort",
        "counts each combination of values, the most frequent first",
    ),
    command(
        Verb::Table(TableVerb::FillMissing),
        "fillmissing",
        &[],
        "fillmissing with 0 for n",
        "adds rows for the intervals that a `stats … by bin(…)` has none for",
    ),
    command(
        Verb::Table(TableVerb::FillDown),
        "filldown",
        &[],
        "filldown host cpu*",
        "puts the last value before it in the place of a missing one",
    ),
    command(
        Verb::Table(TableVerb::Accumulate),
        "accum",
        &[],
        "accum bytes as total",
        "adds up a field from row to row",
    ),
    command(
        Verb::Table(TableVerb::AddTotals),
        "addtotals",
        &[],
        "addtotals col=true price, tax",
        "adds the sum of each row, and with `col=true` a last row with the sum of each column",
    ),
    command(
        Verb::Table(TableVerb::Autoregress),
        "autoregress",
        &[],
        "autoregress bytes p=1-3",
        "puts the values of the rows before beside each row",
    ),
    command(
        Verb::Table(TableVerb::Outlier),
        "outlier",
        &[],
        "outlier action=remove param=3.0 duration",
        "moves values far from most others to the bound, or removes their rows",
    ),
    command(
        Verb::Table(TableVerb::Window),
        "window",
        &[],
        "window rank() by user.name sort @timestamp desc as place",
        "computes for each row a value of the rows around it: ranks, rows before and behind, sums so far",
    ),
    command(Verb::NoEffect, "unmask", &[], "unmask @message", "has no effect: nothing is masked here"),
    command(
        Verb::NoEffect,
        "estimate",
        &[],
        "estimate",
        "has no effect: answers are exact as far as they can be",
    ),
    not_offered(
        "anomaly",
        "unusual numbers are found by `stats count(*) as n by bin(5m) | outlier mark=true n`, new messages by `pattern`",
    ),
    not_offered("appendcols", "compute both in one `stats`, side by side"),
];

/// The command that answers to this word, letter case aside.
pub fn command_named(word: &str) -> Option<&'static CommandWord> {
    COMMANDS.iter().find(|c| {
        c.name.eq_ignore_ascii_case(word) || c.others.iter().any(|other| other.eq_ignore_ascii_case(word))
    })
}

/// Words of other query languages and the command that does it here.
static FOREIGN_COMMANDS: &[(&str, &str)] = &[
    ("head", "limit"),
    ("take", "limit"),
    ("top", "limit"),
    ("tail", "sort @timestamp desc | limit"),
    ("order", "sort"),
    ("orderby", "sort"),
    ("group", "stats"),
    ("groupby", "stats"),
    ("summarize", "stats"),
    ("aggregate", "stats"),
    ("count", "stats count(*)"),
    ("eval", "fields"),
    ("extend", "fields"),
    ("project", "display"),
    ("select", "fields"),
    ("table", "display"),
    ("grep", "search"),
    ("match", "filter"),
    ("having", "filter"),
    ("distinct", "dedup"),
    ("uniq", "dedup"),
    ("extract", "parse"),
    ("rex", "parse"),
    ("from", "SOURCE"),
];

/// The command that a word, right in another language or mistyped, was meant to be.
pub fn command_meant(word: &str) -> Option<&'static str> {
    let known =
        FOREIGN_COMMANDS.iter().find(|(other, _)| other.eq_ignore_ascii_case(word)).map(|(_, here)| *here);
    known.or_else(|| command_mistyped(word))
}

/// The offered command that is a slip or two away.
pub(super) fn command_mistyped(word: &str) -> Option<&'static str> {
    let offered = COMMANDS.iter().filter(|c| c.is_offered());
    crate::diagnostic::suggest(
        word,
        offered.flat_map(|c| std::iter::once(c.name).chain(c.others.iter().copied())),
    )
}

/// Words that stand for themselves inside expressions; a field of such a name needs backticks.
pub static RESERVED: &[&str] = &["and", "or", "not", "in", "like", "as", "by", "true", "false", "null"];

/// Whether a field of this name needs backticks although its letters are plain.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|r| r.eq_ignore_ascii_case(word))
}

/// Whether a word that follows a value goes on with the expression.
pub(super) fn continues(word: &str) -> bool {
    ["and", "or", "not", "in", "like"].iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// Words that are coloured as part of a command.
pub(super) fn is_keyword(word: &str) -> bool {
    is_reserved(word) || ["asc", "desc", "offset"].iter().any(|r| r.eq_ignore_ascii_case(word))
}

/// The unit that a word means: `m`, `min`, `minutes`. Every unit of more than one letter takes a plural `s`.
pub fn unit_named(word: &str) -> Option<PeriodUnit> {
    fn exact(word: &str) -> Option<PeriodUnit> {
        Some(match word {
            "ms" | "msec" | "millisecond" => PeriodUnit::Millisecond,
            "s" | "sec" | "second" => PeriodUnit::Second,
            "m" | "min" | "minute" => PeriodUnit::Minute,
            "h" | "hr" | "hour" => PeriodUnit::Hour,
            "d" | "day" => PeriodUnit::Day,
            "w" | "week" => PeriodUnit::Week,
            "mo" | "mon" | "month" => PeriodUnit::Month,
            "q" | "qtr" | "quarter" => PeriodUnit::Quarter,
            "y" | "yr" | "year" => PeriodUnit::Year,
            _ => return None,
        })
    }
    if word.len() > 12 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    exact(&word).or_else(|| word.strip_suffix('s').filter(|w| w.len() > 1).and_then(exact))
}

/// How a function's name is written in canonical text: as its registry spells it, an unknown one as it is.
pub fn function_spelling(lower_case: &str) -> &str {
    functions::spelling(lower_case).unwrap_or(lower_case)
}
