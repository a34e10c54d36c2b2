//! Text. Lengths and positions count characters, from 0.

use super::{ANY, Function, made, text};
use crate::table::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "isempty",
        "isempty(field)",
        (1, 1),
        is_empty,
        "1 if the text is empty or missing, else 0",
        &[("isempty(\"\")", "1"), ("isempty(\" \")", "0"), ("isempty(abs(\"x\"))", "1")],
    ),
    Function::new(
        "isblank",
        "isblank(field)",
        (1, 1),
        is_blank,
        "1 if the text is only white space or missing, else 0",
        &[("isblank(\"  \")", "1"), ("isblank(\" a \")", "0")],
    ),
    Function::new(
        "concat",
        "concat(text, …)",
        (1, ANY),
        concat,
        "the texts joined; missing ones are left out",
        &[("concat(\"a\", 1, \"b\")", "a1b")],
    ),
    Function::new(
        "ltrim",
        "ltrim(text [, characters])",
        (1, 2),
        ltrim,
        "without white space, or without those characters, at the left",
        &[("ltrim(\"  a \")", "a "), ("ltrim(\"xyZfooxyZ\", \"xyZ\")", "fooxyZ")],
    ),
    Function::new(
        "rtrim",
        "rtrim(text [, characters])",
        (1, 2),
        rtrim,
        "without white space, or without those characters, at the right",
        &[("rtrim(\"  a \")", "  a"), ("rtrim(\"xyZfooxyxyZ\", \"xyZ\")", "xyZfoo")],
    ),
    Function::new(
        "trim",
        "trim(text [, characters])",
        (1, 2),
        trim,
        "without white space, or without those characters, at both ends",
        &[("trim(\"  a \")", "a"), ("trim(\"xyZfooxyxyZ\", \"xyZ\")", "foo")],
    ),
    Function::new(
        "strlen",
        "strlen(text)",
        (1, 1),
        strlen,
        "how many characters the text has",
        &[("strlen(\"größe\")", "5"), ("strlen(404)", "3")],
    )
    .aliases(&["length"]),
    Function::new(
        "toupper",
        "toupper(text)",
        (1, 1),
        to_upper,
        "in capital letters",
        &[("toupper(\"aé\")", "AÉ")],
    )
    .aliases(&["upper"]),
    Function::new(
        "tolower",
        "tolower(text)",
        (1, 1),
        to_lower,
        "in small letters",
        &[("tolower(\"AÉ\")", "aé")],
    )
    .aliases(&["lower"]),
    Function::new(
        "substr",
        "substr(text, start [, length])",
        (2, 3),
        substr,
        "the text from a position on, counted from 0",
        &[
            ("substr(\"xyZfooxyZ\", 3)", "fooxyZ"),
            ("substr(\"xyZfooxyZ\", 3, 3)", "foo"),
            ("substr(\"ab\", 7)", ""),
        ],
    ),
    Function::new(
        "replace",
        "replace(text, search, replacement)",
        (3, 3),
        replace,
        "every occurrence of the second text replaced by the third",
        &[("replace(\"foo.bar.baz\", \".\", \"\")", "foobarbaz")],
    ),
    Function::new(
        "strcontains",
        "strcontains(text, search)",
        (2, 2),
        contains,
        "1 if the first text contains the second, else 0",
        &[("strcontains(\"REJECT\", \"JEC\")", "1"), ("strcontains(\"REJECT\", \"jec\")", "0")],
    ),
    Function::new(
        "startsWith",
        "startsWith(text, start)",
        (2, 2),
        starts_with,
        "whether the text begins so",
        &[("startsWith(\"i-0abc\", \"i-\")", "true")],
    ),
    Function::new(
        "endsWith",
        "endsWith(text, end)",
        (2, 2),
        ends_with,
        "whether the text ends so",
        &[("endsWith(\"photo.png\", \".png\")", "true")],
    ),
    Function::new(
        "split",
        "split(text, separator)",
        (2, 2),
        split,
        "the parts between separators, as a list",
        &[("split(\"a/b/c\", \"/\")", "[a, b, c]")],
    ),
    Function::new(
        "splitpart",
        "splitpart(text, separator, place)",
        (3, 3),
        split_part,
        "one of the parts between separators, counted from 1",
        &[("splitpart(\"a/b/c\", \"/\", 2)", "b"), ("splitpart(\"a/b/c\", \"/\", 4)", "")],
    )
    .aliases(&["split_part"]),
];

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
