//! Points in time.

use super::Kernel;
use logloupe_syntax::functions::Time;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Time) -> Kernel {
    match function {
        Time::Bin => Kernel::Bin,
        Time::Datefloor => Kernel::Floor,
        Time::Dateceil => Kernel::Ceil,
        Time::FromMillis => Kernel::Scalar(from_millis),
        Time::ToMillis => Kernel::Scalar(to_millis),
        Time::Now => Kernel::Now,
        Time::QueryStartTime => Kernel::Start,
        Time::QueryEndTime => Kernel::End,
    }
}

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
