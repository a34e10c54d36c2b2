//! Dates as text: formats of CloudWatch Logs Insights and of `strftime`.

use super::{Athena, Func, Spec};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Date {
    /// `formatDate(time, pattern)`
    FormatDate,
    /// `strftime(time, pattern)`
    Strftime,
    /// `parseDate(text [, pattern])`
    ParseDate,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Date(Date::FormatDate),
        name: "formatDate",
        aliases: &[],
        signature: "formatDate(time, pattern)",
        arity: (2, 2),
        doc: "the time as text: `yyyy MM dd HH mm ss SSS`, names `MMM EEE`, `a` for AM and PM, `XXX` for the zone; other \
         text in single quotes",
        examples: &[
            ("formatDate(\"2026-03-05T13:29:37Z\", \"dd.MM.yyyy HH:mm\")", "05.03.2026 13:29"),
            (
                "formatDate(\"2026-03-05T13:29:37Z\", \"EEEE, d MMM yyyy 'at' h:mm a\")",
                "Thursday, 5 Mar 2026 at 1:29 PM",
            ),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Date(Date::Strftime),
        name: "strftime",
        aliases: &[],
        signature: "strftime(time, pattern)",
        arity: (2, 2),
        doc: "the time as text: `%Y %m %d %H %M %S`, `%f` for microseconds, names `%b %a`, `%s` for seconds since 1970",
        examples: &[
            ("strftime(\"2026-03-05T13:29:37Z\", \"%Y/%m/%d %H:%M\")", "2026/03/05 13:29"),
            ("strftime(\"2026-03-05T13:29:37Z\", \"%a %-d %b, day %j\")", "Thu 5 Mar, day 064"),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Date(Date::ParseDate),
        name: "parseDate",
        aliases: &[],
        signature: "parseDate(text [, pattern])",
        arity: (1, 2),
        doc: "the time that a text says, by a pattern of `formatDate` or `strftime`; without one, ISO 8601",
        examples: &[
            ("parseDate(\"05/Mar/2026:13:29:37 +0100\", \"dd/MMM/yyyy:HH:mm:ss Z\")", "2026-03-05T12:29:37Z"),
            ("parseDate(\"2026-03-05 13:29\", \"%Y-%m-%d %H:%M\")", "2026-03-05T13:29:00Z"),
            ("parseDate(\"2026-03-05\")", "2026-03-05T00:00:00Z"),
            ("parseDate(\"yesterday\", \"yyyy\")", ""),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
];
