//! Functions as Athena means them, where Insights has none or means something else: text counts from 1, a missing
//! part makes the whole missing, integers divide to integers. What would stop a query at Athena (a text that is no
//! number, a division by zero) is a missing value here: one bad line of a log is no reason for no answer.
//!
//! The table of them all is here, with the functions of plain values; [`time`] has those of times, [`parts`] those that
//! take something out of a text or a list.

mod parts;
mod time;

use std::cmp::Ordering;

use parts::{
    array_join, element_at, json_extract, json_extract_scalar, of_pair, pair, regexp_extract, url_host,
    url_parameter, url_path, url_port, url_protocol, url_query,
};
use time::{
    date_add, date_diff, date_format, date_parse, day, day_of_week, day_of_year, format_datetime,
    from_unixtime, hour, minute, month, parse_datetime, quarter, second, timestamp, to_iso8601, to_unixtime,
    week, year,
};

use super::{
    ANY, Apply, Function, Num,
    dates::{Style, format_date},
    made, no_scalar, num, text,
};
use crate::{query::syntax::tree::Binary, table::Value, time::SECOND};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "sql.divide",
        "a / b",
        (2, 2),
        divide,
        "the quotient; of two integers, its whole part",
        &[("7 / 2", "3"), ("-7 / 2", "-3"), ("7.0 / 2", "3.5"), ("7 / 0", "")],
    ),
    Function::new(
        "sql.concat",
        "a || b",
        (1, ANY),
        concat,
        "the texts joined; missing if one is",
        &[("'a' || 1 || 'b'", "a1b"), ("concat('a', 'b')", "ab"), ("'a' || NULL", "")],
    ),
    Function::new(
        "sql.substr",
        "substr(text, start [, length])",
        (2, 3),
        substr,
        "the text from a place on, counted from 1, or from the end with -1",
        &[("substr('abcdef', 2, 3)", "bcd"), ("substr('abcdef', -2)", "ef"), ("substr('abc', 0)", "")],
    ),
    Function::new(
        "sql.strpos",
        "strpos(text, part)",
        (2, 2),
        strpos,
        "where the part begins, counted from 1; 0 if it does not occur",
        &[("strpos('größer', 'er')", "5"), ("position('x' IN 'abc')", "0")],
    ),
    Function::new(
        "sql.reverse",
        "reverse(text)",
        (1, 1),
        reverse,
        "the text from its end",
        &[("reverse('abc')", "cba")],
    ),
    Function::new(
        "sql.greatest",
        "greatest(value, …)",
        (1, ANY),
        greatest,
        "the largest value; missing if one is",
        &[("greatest(3, 11, 7)", "11"), ("greatest(3, NULL)", "")],
    ),
    Function::new(
        "sql.least",
        "least(value, …)",
        (1, ANY),
        least,
        "the smallest value; missing if one is",
        &[("least(3, 11, 7)", "3")],
    ),
    Function::new(
        "sql.varchar",
        "CAST(value AS varchar)",
        (1, 1),
        varchar,
        "the value as text; a time as `2026-03-05 13:29:37.000`",
        &[
            ("CAST(5 AS varchar) || '!'", "5!"),
            ("CAST(timestamp '2026-03-05 13:29:37' AS varchar)", "2026-03-05 13:29:37.000"),
        ],
    ),
    Function::new(
        "sql.bigint",
        "CAST(value AS bigint)",
        (1, 1),
        bigint,
        "the integer that the value reads as; a fraction is rounded",
        &[("CAST('42' AS bigint)", "42"), ("CAST(2.5 AS integer)", "3"), ("TRY_CAST('x' AS bigint)", "")],
    ),
    Function::new(
        "sql.double",
        "CAST(value AS double)",
        (1, 1),
        double,
        "the value as a number with a fraction",
        &[("CAST(7 AS double) / 2", "3.5"), ("CAST('1e3' AS double)", "1000")],
    ),
    Function::new(
        "sql.boolean",
        "CAST(value AS boolean)",
        (1, 1),
        boolean,
        "true or false of `true`, `t`, `1` and their opposites",
        &[("CAST('T' AS boolean)", "true"), ("CAST(0 AS boolean)", "false"), ("CAST('yes' AS boolean)", "")],
    ),
    Function::new(
        "sql.timestamp",
        "from_iso8601_timestamp(text)",
        (1, 1),
        timestamp,
        "the point in time that the text says; a time stays what it is",
        &[
            ("from_iso8601_timestamp('2026-03-05T13:29:37Z')", "2026-03-05T13:29:37Z"),
            ("CAST('2026-03-05 13:29:37' AS timestamp)", "2026-03-05T13:29:37Z"),
            ("date('2026-03-05')", "2026-03-05T00:00:00Z"),
        ],
    ),
    Function::new(
        "sql.from_unixtime",
        "from_unixtime(seconds)",
        (1, 1),
        from_unixtime,
        "the time that many seconds after 1970",
        &[
            ("from_unixtime(1772717377)", "2026-03-05T13:29:37Z"),
            ("from_unixtime(1772717377.5)", "2026-03-05T13:29:37.500Z"),
        ],
    ),
    Function::new(
        "sql.to_unixtime",
        "to_unixtime(time)",
        (1, 1),
        to_unixtime,
        "seconds since 1970, with a fraction",
        &[("to_unixtime(timestamp '2026-03-05 13:29:37')", "1772717377")],
    ),
    Function::new(
        "sql.to_iso8601",
        "to_iso8601(time)",
        (1, 1),
        to_iso8601,
        "the time as ISO 8601 text",
        &[("to_iso8601(timestamp '2026-03-05 13:29:37')", "2026-03-05T13:29:37Z")],
    ),
    Function::new(
        "sql.date_add",
        "date_add(unit, count, time)",
        (3, 3),
        date_add,
        "the time so many units later; what `+ INTERVAL '1' day` writes too",
        &[
            ("date_add('month', -1, timestamp '2026-03-31 13:00:00')", "2026-02-28T13:00:00Z"),
            ("timestamp '2026-03-05 13:29:37' - INTERVAL '1' hour", "2026-03-05T12:29:37Z"),
        ],
    ),
    Function::new(
        "sql.date_diff",
        "date_diff(unit, from, to)",
        (3, 3),
        date_diff,
        "how many whole units lie between two times",
        &[
            ("date_diff('minute', timestamp '2026-03-05 13:29:37', timestamp '2026-03-05 14:00:00')", "30"),
            ("date_diff('month', date '2026-01-31', date '2026-02-27')", "0"),
        ],
    ),
    Function::new(
        "sql.date_format",
        "date_format(time, pattern)",
        (2, 2),
        date_format,
        "the time as text, by a pattern such as `%Y-%m-%d %H:%i:%s`",
        &[("date_format(timestamp '2026-03-05 13:29:37', '%Y-%m-%d %H:%i')", "2026-03-05 13:29")],
    ),
    Function::new(
        "sql.date_parse",
        "date_parse(text, pattern)",
        (2, 2),
        date_parse,
        "the time that a text says by a pattern such as `%Y-%m-%d %H:%i:%s`",
        &[("date_parse('05/Mar/2026', '%d/%b/%Y')", "2026-03-05T00:00:00Z")],
    ),
    Function::new(
        "sql.format_datetime",
        "format_datetime(time, pattern)",
        (2, 2),
        format_datetime,
        "the time as text, by a pattern such as `yyyy-MM-dd HH:mm:ss`",
        &[("format_datetime(timestamp '2026-03-05 13:29:37', 'dd.MM.yyyy')", "05.03.2026")],
    ),
    Function::new(
        "sql.parse_datetime",
        "parse_datetime(text, pattern)",
        (2, 2),
        parse_datetime,
        "the time that a text says by a pattern such as `yyyy-MM-dd''T''HH:mm:ss''Z''`",
        &[("parse_datetime('2026-03-05T13:29:37Z', 'yyyy-MM-dd''T''HH:mm:ss''Z''')", "2026-03-05T13:29:37Z")],
    ),
    Function::new("sql.year", "year(time)", (1, 1), year, "the year", &[("year(date '2026-03-05')", "2026")]),
    Function::new(
        "sql.quarter",
        "quarter(time)",
        (1, 1),
        quarter,
        "the quarter, 1 to 4",
        &[("quarter(date '2026-03-05')", "1")],
    ),
    Function::new(
        "sql.month",
        "month(time)",
        (1, 1),
        month,
        "the month, 1 to 12",
        &[("extract(month FROM date '2026-03-05')", "3")],
    ),
    Function::new(
        "sql.week",
        "week(time)",
        (1, 1),
        week,
        "the ISO week of the year, 1 to 53",
        &[("week(date '2026-03-05')", "10"), ("week(date '2027-01-01')", "53")],
    ),
    Function::new(
        "sql.day",
        "day(time)",
        (1, 1),
        day,
        "the day of the month",
        &[("day(date '2026-03-05')", "5")],
    ),
    Function::new(
        "sql.day_of_week",
        "day_of_week(time)",
        (1, 1),
        day_of_week,
        "the day of the week, 1 for Monday to 7 for Sunday",
        &[("day_of_week(date '2026-03-05')", "4")],
    ),
    Function::new(
        "sql.day_of_year",
        "day_of_year(time)",
        (1, 1),
        day_of_year,
        "the day of the year, 1 to 366",
        &[("day_of_year(date '2026-03-05')", "64")],
    ),
    Function::new(
        "sql.hour",
        "hour(time)",
        (1, 1),
        hour,
        "the hour, 0 to 23",
        &[("hour(timestamp '2026-03-05 13:29:37')", "13")],
    ),
    Function::new(
        "sql.minute",
        "minute(time)",
        (1, 1),
        minute,
        "the minute, 0 to 59",
        &[("minute(timestamp '2026-03-05 13:29:37')", "29")],
    ),
    Function::new(
        "sql.second",
        "second(time)",
        (1, 1),
        second,
        "the second, 0 to 59",
        &[("second(timestamp '2026-03-05 13:29:37')", "37")],
    ),
    Function::new(
        "sql.regexp_extract",
        "regexp_extract(text, pattern [, group])",
        (2, 3),
        no_scalar,
        "the first match of a regular expression, or one of its groups",
        &[
            ("regexp_extract('user 17 of 40', '[0-9]+')", "17"),
            ("regexp_extract('arn:aws:iam::1:user/alice', 'user/(\\w+)', 1)", "alice"),
            ("regexp_extract('x', '(y)', 1)", ""),
        ],
    )
    .special(Apply::Pattern(regexp_extract)),
    Function::new(
        "sql.json_extract",
        "json_extract(json, path)",
        (2, 2),
        json_extract,
        "the value at a path of JSON text, as JSON text",
        &[("json_extract('{\"a\":[1,\"x\"]}', '$.a')", "[1,\"x\"]")],
    ),
    Function::new(
        "sql.json_extract_scalar",
        "json_extract_scalar(json, path)",
        (2, 2),
        json_extract_scalar,
        "the text, number or truth value at a path of JSON text; missing for an object or array",
        &[
            ("json_extract_scalar('{\"a\":[1,\"x\"]}', '$.a[1]')", "x"),
            ("json_extract_scalar('{\"a b\":5}', '$[\"a b\"]')", "5"),
            ("json_extract_scalar('{\"actionType\":\"PORT_PROBE\"}', '$.actiontype')", "PORT_PROBE"),
            ("json_extract_scalar('{\"a\":[1]}', '$.a')", ""),
        ],
    ),
    Function::new(
        "sql.element_at",
        "element_at(list, place)",
        (2, 2),
        element_at,
        "an item of a list, counted from 1, or from the end with -1",
        &[
            ("element_at(split('a/b/c', '/'), 2)", "b"),
            ("split('a/b/c', '/')[1]", "a"),
            ("element_at(split('a', '/'), 2)", ""),
        ],
    ),
    Function::new(
        "sql.array_join",
        "array_join(list, separator)",
        (2, 2),
        array_join,
        "the items as one text",
        &[("array_join(split('a/b', '/'), '-')", "a-b")],
    ),
    Function::new(
        "sql.pair",
        "max_by(value, order)",
        (2, 2),
        pair,
        "an order and a value as one text that sorts by the order: what `max_by` and `min_by` take the largest of",
        &[("max_by(status, agent)", "200"), ("min_by(agent, status)", "curl/8")],
    ),
    Function::new(
        "sql.of_pair",
        "min_by(value, order)",
        (1, 1),
        of_pair,
        "the value of such a pair",
        &[
            ("min_by(status, agent)", "404"),
            ("max_by(agent, status)", "Mozilla"),
            ("max_by(status, NULL)", ""),
        ],
    ),
    Function::new(
        "sql.url_extract_host",
        "url_extract_host(url)",
        (1, 1),
        url_host,
        "the host of a URL",
        &[("url_extract_host('https://example.com:443/a?b=c')", "example.com")],
    ),
    Function::new(
        "sql.url_extract_path",
        "url_extract_path(url)",
        (1, 1),
        url_path,
        "the path of a URL",
        &[("url_extract_path('https://example.com:443/a/b?c=d#e')", "/a/b")],
    ),
    Function::new(
        "sql.url_extract_query",
        "url_extract_query(url)",
        (1, 1),
        url_query,
        "what stands behind the `?` of a URL",
        &[("url_extract_query('https://example.com/a?b=c&d=e#f')", "b=c&d=e")],
    ),
    Function::new(
        "sql.url_extract_protocol",
        "url_extract_protocol(url)",
        (1, 1),
        url_protocol,
        "the scheme of a URL",
        &[("url_extract_protocol('https://example.com/')", "https")],
    ),
    Function::new(
        "sql.url_extract_port",
        "url_extract_port(url)",
        (1, 1),
        url_port,
        "the port of a URL, if it says one",
        &[
            ("url_extract_port('https://example.com:8443/')", "8443"),
            ("url_extract_port('https://example.com/')", ""),
        ],
    ),
    Function::new(
        "sql.url_extract_parameter",
        "url_extract_parameter(url, name)",
        (2, 2),
        url_parameter,
        "the first value of a parameter of a URL, decoded",
        &[("url_extract_parameter('/a?b=c&d=x%20y', 'd')", "x y")],
    ),
];

fn divide(args: &[Value]) -> Value {
    match (num(&args[0]), num(&args[1])) {
        (Some(Num::Int(_)), Some(Num::Int(0))) => Value::Null,
        (Some(Num::Int(a)), Some(Num::Int(b))) => {
            a.checked_div(b).map_or_else(|| super::negate(&Value::Int(a)), Value::Int)
        }
        _ => super::arithmetic(Binary::Divide, &args[0], &args[1]),
    }
}

fn concat(args: &[Value]) -> Value {
    let mut out = String::new();
    for arg in args {
        let Some(part) = text(arg) else { return Value::Null };
        out.push_str(&part);
    }
    made(&out)
}

fn substr(args: &[Value]) -> Value {
    let (Some(subject), Some(start)) = (text(&args[0]), args[1].integer()) else { return Value::Null };
    let length = match args.get(2).map(Value::integer) {
        None => usize::MAX,
        Some(Some(length)) => usize::try_from(length).unwrap_or(0),
        Some(None) => return Value::Null,
    };
    let skipped = match usize::try_from(start.unsigned_abs()) {
        Ok(0) | Err(_) => return Value::text(""),
        Ok(place) if start > 0 => place - 1,
        Ok(place) => match subject.chars().count().checked_sub(place) {
            Some(skipped) => skipped,
            None => return Value::text(""),
        },
    };
    made(&subject.chars().skip(skipped).take(length).collect::<String>())
}

fn strpos(args: &[Value]) -> Value {
    let (Some(subject), Some(part)) = (text(&args[0]), text(&args[1])) else { return Value::Null };
    let found = subject.find(&*part).and_then(|at| subject.get(..at));
    Value::Int(found.map_or(0, |before| before.chars().count() as i64 + 1))
}

fn reverse(args: &[Value]) -> Value {
    text(&args[0]).map_or(Value::Null, |t| made(&t.chars().rev().collect::<String>()))
}

fn extreme(args: &[Value], wanted: Ordering) -> Value {
    let mut best = &args[0];
    for arg in args {
        match arg.compare(best) {
            Some(order) if order == wanted => best = arg,
            Some(_) => {}
            None => return Value::Null,
        }
    }
    best.clone()
}

fn greatest(args: &[Value]) -> Value {
    extreme(args, Ordering::Greater)
}

fn least(args: &[Value]) -> Value {
    extreme(args, Ordering::Less)
}

fn varchar(args: &[Value]) -> Value {
    match &args[0] {
        Value::Null => Value::Null,
        Value::Time(time) => format_date(*time, "%Y-%m-%d %H:%i:%s.", Style::Sql)
            .map_or(Value::Null, |t| made(&format!("{t}{:03}", time.rem_euclid(SECOND) / 1000))),
        list @ Value::List(_) => made(&list.to_json().to_string()),
        other => made(&other.to_string()),
    }
}

fn bigint(args: &[Value]) -> Value {
    match num(&args[0]) {
        Some(Num::Int(v)) => Value::Int(v),
        Some(Num::Float(v)) if v.abs() < 9.2e18 => Value::Int(v.round() as i64),
        _ => Value::Null,
    }
}

fn double(args: &[Value]) -> Value {
    num(&args[0]).map_or(Value::Null, |n| Value::Float(n.float()))
}

fn boolean(args: &[Value]) -> Value {
    match &args[0] {
        Value::Bool(v) => Value::Bool(*v),
        Value::Int(_) | Value::Float(_) => {
            num(&args[0]).map_or(Value::Null, |n| Value::Bool(n.float() != 0.0))
        }
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => Value::Bool(true),
            "false" | "f" | "0" => Value::Bool(false),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}
