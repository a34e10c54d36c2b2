//! Missing values and choices.

use super::{Kernel, text, truthy};
use logloupe_syntax::functions::General;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: General) -> Kernel {
    match function {
        General::Ispresent => Kernel::Scalar(is_present),
        General::Coalesce => Kernel::Scalar(coalesce),
        General::If => Kernel::Scalar(choose),
        General::Case => Kernel::Scalar(case),
        General::IsNumeric => Kernel::Scalar(is_numeric),
        General::Nullif => Kernel::Scalar(null_if),
        General::MessageSize => Kernel::OfMessage(size),
    }
}

fn is_present(args: &[Value]) -> Value {
    Value::Bool(!args[0].is_null())
}

fn coalesce(args: &[Value]) -> Value {
    args.iter().find(|v| !v.is_null()).cloned().unwrap_or_default()
}

fn choose(args: &[Value]) -> Value {
    if truthy(&args[0]) { args[1].clone() } else { args.get(2).cloned().unwrap_or_default() }
}

fn case(args: &[Value]) -> Value {
    for pair in args.chunks(2) {
        match pair {
            [condition, value] if truthy(condition) => return value.clone(),
            [otherwise] => return otherwise.clone(),
            _ => {}
        }
    }
    Value::Null
}

fn is_numeric(args: &[Value]) -> Value {
    if args[0].is_null() {
        return Value::Null;
    }
    Value::Bool(!matches!(args[0], Value::Bool(_)) && args[0].number().is_some())
}

fn null_if(args: &[Value]) -> Value {
    if args[0].compare(&args[1]) == Some(std::cmp::Ordering::Equal) { Value::Null } else { args[0].clone() }
}

fn size(args: &[Value]) -> Value {
    text(&args[0]).map_or(Value::Null, |t| Value::Int(t.len() as i64))
}
