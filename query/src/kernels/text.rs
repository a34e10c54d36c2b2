//! Text. Lengths and positions count characters, from 0.

use super::{Kernel, made, text};
use logloupe_syntax::functions::Text;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Text) -> Kernel {
    match function {
        Text::Isempty => Kernel::Scalar(is_empty),
        Text::Isblank => Kernel::Scalar(is_blank),
        Text::Concat => Kernel::Scalar(concat),
        Text::Ltrim => Kernel::Scalar(ltrim),
        Text::Rtrim => Kernel::Scalar(rtrim),
        Text::Trim => Kernel::Scalar(trim),
        Text::Strlen => Kernel::Scalar(strlen),
        Text::Toupper => Kernel::Scalar(to_upper),
        Text::Tolower => Kernel::Scalar(to_lower),
        Text::Substr => Kernel::Scalar(substr),
        Text::Replace => Kernel::Scalar(replace),
        Text::Strcontains => Kernel::Scalar(contains),
        Text::StartsWith => Kernel::Scalar(starts_with),
        Text::EndsWith => Kernel::Scalar(ends_with),
        Text::Split => Kernel::Scalar(split),
        Text::Splitpart => Kernel::Scalar(split_part),
    }
}

fn is_empty(args: &[Value]) -> Value {
    Value::Int(match &args[0] {
        Value::Null => 1,
        Value::Text(text) => text.is_empty() as i64,
        _ => 0,
    })
}

fn is_blank(args: &[Value]) -> Value {
    Value::Int(match &args[0] {
        Value::Null => 1,
        Value::Text(text) => text.trim().is_empty() as i64,
        _ => 0,
    })
}

fn concat(args: &[Value]) -> Value {
    if args.iter().any(|a| matches!(a, Value::List(_))) {
        return Value::Null;
    }
    let mut out = String::new();
    for part in args.iter().filter_map(text) {
        out.push_str(&part);
    }
    made(&out)
}

fn trim_with(args: &[Value], left: bool, right: bool) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    let characters = match args.get(1) {
        Some(set) => match text(set) {
            Some(set) => Some(set),
            None => return Value::Null,
        },
        None => None,
    };
    let goes = |c: char| characters.as_ref().map_or(c.is_whitespace(), |set| set.contains(c));
    let mut out: &str = &subject;
    if left {
        out = out.trim_start_matches(goes);
    }
    if right {
        out = out.trim_end_matches(goes);
    }
    made(out)
}

fn ltrim(args: &[Value]) -> Value {
    trim_with(args, true, false)
}

fn rtrim(args: &[Value]) -> Value {
    trim_with(args, false, true)
}

fn trim(args: &[Value]) -> Value {
    trim_with(args, true, true)
}

fn one(args: &[Value], f: impl Fn(&str) -> Value) -> Value {
    text(&args[0]).map_or(Value::Null, |t| f(&t))
}

fn two(args: &[Value], f: impl Fn(&str, &str) -> Value) -> Value {
    match (text(&args[0]), text(&args[1])) {
        (Some(a), Some(b)) => f(&a, &b),
        _ => Value::Null,
    }
}

fn strlen(args: &[Value]) -> Value {
    one(args, |t| Value::Int(t.chars().count() as i64))
}

fn to_upper(args: &[Value]) -> Value {
    one(args, |t| made(&t.to_uppercase()))
}

fn to_lower(args: &[Value]) -> Value {
    one(args, |t| made(&t.to_lowercase()))
}

fn substr(args: &[Value]) -> Value {
    let (Some(subject), Some(start)) = (text(&args[0]), args[1].integer()) else { return Value::Null };
    let length = match args.get(2).map(Value::integer) {
        None => usize::MAX,
        Some(Some(length)) => length.max(0) as usize,
        Some(None) => return Value::Null,
    };
    made(&subject.chars().skip(start.max(0) as usize).take(length).collect::<String>())
}

fn replace(args: &[Value]) -> Value {
    let (Some(subject), Some(search), Some(by)) = (text(&args[0]), text(&args[1]), text(&args[2])) else {
        return Value::Null;
    };
    if search.is_empty() {
        return made(&subject);
    }
    // Measured first: a replacement may be as long as the text.
    let length = subject.matches(&*search).count().saturating_mul(by.len());
    if length > super::LONGEST_TEXT { Value::Null } else { made(&subject.replace(&*search, &by)) }
}

fn contains(args: &[Value]) -> Value {
    two(args, |a, b| Value::Int(a.contains(b) as i64))
}

fn starts_with(args: &[Value]) -> Value {
    two(args, |a, b| Value::Bool(a.starts_with(b)))
}

fn ends_with(args: &[Value]) -> Value {
    two(args, |a, b| Value::Bool(a.ends_with(b)))
}

fn split(args: &[Value]) -> Value {
    two(args, |a, b| {
        if b.is_empty() {
            return Value::List([Value::text(a)].into());
        }
        Value::List(a.split(b).map(Value::text).collect())
    })
}

fn split_part(args: &[Value]) -> Value {
    let place = args[2].integer().and_then(|p| usize::try_from(p).ok()).and_then(|p| p.checked_sub(1));
    match (split(args), place) {
        (Value::List(parts), Some(place)) => parts.get(place).cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}
