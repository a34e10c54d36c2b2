//! Points in time.

use super::{Apply, Function, no_scalar};
use crate::table::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "bin",
        "bin(period [, offset])",
        (1, 2),
        no_scalar,
        "the beginning of the interval that holds `@timestamp`, moved later by the offset if there is one",
        &[],
    )
    .special(Apply::Bin),
    Function::new(
        "datefloor",
        "datefloor(time, period)",
        (2, 2),
        no_scalar,
        "the beginning of the interval that holds the time",
        &[("datefloor(\"2026-03-05T13:29:37Z\", 1h)", "2026-03-05T13:00:00Z")],
    )
    .special(Apply::Floor),
    Function::new(
        "dateceil",
        "dateceil(time, period)",
        (2, 2),
        no_scalar,
        "the first beginning of an interval at or after the time",
        &[("dateceil(\"2026-03-05T13:29:37Z\", 1h)", "2026-03-05T14:00:00Z")],
    )
    .special(Apply::Ceil),
    Function::new(
        "fromMillis",
        "fromMillis(number)",
        (1, 1),
        from_millis,
        "the time that many milliseconds after 1970",
        &[("fromMillis(1772674177000)", "2026-03-05T01:29:37Z")],
    ),
    Function::new("toMillis", "toMillis(time)", (1, 1), to_millis, "milliseconds since 1970", &[(
        "toMillis(\"2026-03-05T01:29:37Z\")",
        "1772674177000",
    )]),
    Function::new(
        "now",
        "now()",
        (0, 0),
        no_scalar,
        "the time of the latest event loaded, in seconds since 1970: logs are read long after they were written",
        &[],
    )
    .special(Apply::Now),
    Function::new(
        "queryStartTime",
        "queryStartTime()",
        (0, 0),
        no_scalar,
        "the beginning of the range of time that is asked for, or the time of the earliest event loaded",
        &[],
    )
    .special(Apply::Start),
    Function::new(
        "queryEndTime",
        "queryEndTime()",
        (0, 0),
        no_scalar,
        "the end of the range of time that is asked for, or the time of the latest event loaded",
        &[],
    )
    .special(Apply::End),
];

fn from_millis(args: &[Value]) -> Value {
    match &args[0] {
        Value::Time(v) => Value::Time(*v),
        v => match super::num(v) {
            Some(super::Num::Int(v)) => v.checked_mul(1000).map_or(Value::Null, Value::Time),
            Some(super::Num::Float(v)) if v.abs() < 9e15 => Value::Time((v * 1000.0) as i64),
            _ => Value::Null,
        },
    }
}

fn to_millis(args: &[Value]) -> Value {
    args[0].time().map_or(Value::Null, |micros| Value::Int(micros.div_euclid(1000)))
}
