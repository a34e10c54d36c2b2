//! Missing values and choices.

use super::{ANY, Apply, Function, no_scalar, text, truthy};
use crate::table::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "ispresent",
        "ispresent(field)",
        (1, 1),
        is_present,
        "whether there is a value",
        &[("ispresent(\"x\")", "true"), ("ispresent(abs(\"x\"))", "false")],
    ),
    Function::new(
        "coalesce",
        "coalesce(value, …)",
        (1, ANY),
        coalesce,
        "the first value that is not missing",
        &[("coalesce(abs(\"x\"), 2, 3)", "2")],
    ),
    Function::new(
        "if",
        "if(condition, then [, else])",
        (2, 3),
        choose,
        "the second value where the condition holds, else the third",
        &[("if(1 < 2, \"yes\", \"no\")", "yes"), ("if(1 > 2, \"yes\")", "")],
    ),
    Function::new(
        "case",
        "case(condition, value, … [, else])",
        (2, ANY),
        case,
        "the value after the first condition that holds, else the last one",
        &[("case(1 > 2, \"a\", 2 > 1, \"b\", \"c\")", "b"), ("case(1 > 2, \"a\", \"c\")", "c")],
    ),
    Function::new(
        "isNumeric",
        "isNumeric(value)",
        (1, 1),
        is_numeric,
        "whether the value is a number or reads as one",
        &[("isNumeric(\"4.5\")", "true"), ("isNumeric(\"4.5.6\")", "false")],
    ),
    Function::new(
        "nullif",
        "nullif(value, other)",
        (2, 2),
        null_if,
        "the value, missing if it equals the other",
        &[("nullif(\"-\", \"-\")", ""), ("nullif(3, \"-\")", "3")],
    ),
    Function::new(
        "messageSize",
        "messageSize([text])",
        (0, 1),
        no_scalar,
        "how many bytes the text has as UTF-8; without one, the record",
        &[("messageSize(\"größe\")", "7")],
    )
    .special(Apply::OfMessage(size)),
];

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
