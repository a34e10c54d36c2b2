//! Points in time.

use super::{Athena, Func, Spec, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Time {
    /// `bin(period [, offset])`
    Bin,
    /// `datefloor(time, period)`
    Datefloor,
    /// `dateceil(time, period)`
    Dateceil,
    /// `fromMillis(number)`
    FromMillis,
    /// `toMillis(time)`
    ToMillis,
    /// `now()`
    Now,
    /// `queryStartTime()`
    QueryStartTime,
    /// `queryEndTime()`
    QueryEndTime,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Time(Time::Bin),
        name: "bin",
        aliases: &[],
        signature: "bin(period [, offset])",
        arity: (1, 2),
        doc: "the beginning of the interval that holds `@timestamp`, moved later by the offset if there is one",
        examples: &[],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::Datefloor),
        name: "datefloor",
        aliases: &[],
        signature: "datefloor(time, period)",
        arity: (2, 2),
        doc: "the beginning of the interval that holds the time",
        examples: &[("datefloor(\"2026-03-05T13:29:37Z\", 1h)", "2026-03-05T13:00:00Z")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::Dateceil),
        name: "dateceil",
        aliases: &[],
        signature: "dateceil(time, period)",
        arity: (2, 2),
        doc: "the first beginning of an interval at or after the time",
        examples: &[("dateceil(\"2026-03-05T13:29:37Z\", 1h)", "2026-03-05T14:00:00Z")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::FromMillis),
        name: "fromMillis",
        aliases: &[],
        signature: "fromMillis(number)",
        arity: (1, 1),
        doc: "the time that many milliseconds after 1970",
        examples: &[("fromMillis(1772674177000)", "2026-03-05T01:29:37Z")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::ToMillis),
        name: "toMillis",
        aliases: &[],
        signature: "toMillis(time)",
        arity: (1, 1),
        doc: "milliseconds since 1970",
        examples: &[("toMillis(\"2026-03-05T01:29:37Z\")", "1772674177000")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::Now),
        name: "now",
        aliases: &[],
        signature: "now()",
        arity: (0, 0),
        doc: "the time of the latest event loaded, in seconds since 1970: logs are read long after they were written",
        examples: &[],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::QueryStartTime),
        name: "queryStartTime",
        aliases: &[],
        signature: "queryStartTime()",
        arity: (0, 0),
        doc: "the beginning of the range of time that is asked for, or the time of the earliest event loaded",
        examples: &[],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Time(Time::QueryEndTime),
        name: "queryEndTime",
        aliases: &[],
        signature: "queryEndTime()",
        arity: (0, 0),
        doc: "the end of the range of time that is asked for, or the time of the latest event loaded",
        examples: &[],
        insights: true,
        sql: &[sql("now", 0, 0)],
        athena: Athena::Special,
    },
];
