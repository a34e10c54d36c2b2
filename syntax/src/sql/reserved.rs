//! Words of SQL that are no names unless they stand in double quotes. The parser and the printers ask here.

/// Reserved by every dialect.
static EVERYWHERE: &[&str] = &[
    "and",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "cross",
    "distinct",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "into",
    "is",
    "join",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "right",
    "select",
    "then",
    "true",
    "union",
    "unnest",
    "using",
    "values",
    "when",
    "where",
    "with",
];

/// Reserved here as well.
static OWN: &[&str] = &["all", "fetch", "window"];

/// Words that begin a value, or are one. They are read as names where no value of theirs follows; written, they are
/// quoted.
static VALUES: &[&str] =
    &["array", "current_date", "current_timestamp", "date", "interval", "localtimestamp", "timestamp"];

/// Words that Athena reserves, or reads as something else than a name in some place.
static ATHENA: &[&str] = &[
    "alter",
    "constraint",
    "create",
    "cube",
    "current_path",
    "current_time",
    "current_user",
    "day",
    "deallocate",
    "delete",
    "describe",
    "drop",
    "execute",
    "extract",
    "first",
    "for",
    "grouping",
    "hour",
    "insert",
    "last",
    "localtime",
    "minute",
    "month",
    "normalize",
    "position",
    "prepare",
    "recursive",
    "rollup",
    "row",
    "rows",
    "second",
    "skip",
    "start",
    "table",
    "time",
    "trim",
    "uescape",
    "year",
];

fn is_in_any(lists: &[&[&str]], word: &str) -> bool {
    lists.iter().flat_map(|list| list.iter()).any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Whether SQL as it is read here takes a word for a keyword wherever it stands.
pub(super) fn is_reserved(word: &str) -> bool {
    is_in_any(&[EVERYWHERE, OWN], word)
}

/// Whether a name that is written for this parser needs quotes.
pub(super) fn needs_quotes(name: &str) -> bool {
    is_in_any(&[EVERYWHERE, OWN, VALUES], name)
}

/// Whether a name that is written for Athena needs quotes.
pub(super) fn needs_quotes_in_athena(name: &str) -> bool {
    is_in_any(&[EVERYWHERE, VALUES, ATHENA], name)
}
