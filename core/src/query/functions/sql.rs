//! Functions as Athena means them, where Insights has none or means something else: text counts from 1, a missing
//! part makes the whole missing, integers divide to integers. What would stop a query at Athena (a text that is no
//! number, a division by zero) is a missing value here: one bad line of a log is no reason for no answer.

use std::cmp::Ordering;

use regex::bytes::Regex;

use super::{
    ANY, Apply, Function, Num,
    dates::{Style, format_date, parse_date},
    made, no_scalar, num, text,
};
use crate::{
    query::syntax::tree::Binary,
    table::Value,
    time::{DAY, SECOND, civil_from_days, days_from_civil, days_in_month, format_iso, parse_iso},
};

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

/// The point in time that a value is or says.
fn time(value: &Value) -> Option<i64> {
    match value {
        Value::Time(time) => Some(*time),
        Value::Text(text) => parse_iso(text.trim().trim_end_matches("UTC").trim_end().as_bytes()),
        _ => None,
    }
}

fn timestamp(args: &[Value]) -> Value {
    time(&args[0]).map_or(Value::Null, Value::Time)
}

fn from_unixtime(args: &[Value]) -> Value {
    match num(&args[0]) {
        Some(Num::Int(v)) => v.checked_mul(SECOND).map_or(Value::Null, Value::Time),
        Some(Num::Float(v)) if v.abs() < 9e12 => Value::Time((v * SECOND as f64).round() as i64),
        _ => Value::Null,
    }
}

fn to_unixtime(args: &[Value]) -> Value {
    time(&args[0]).map_or(Value::Null, |t| Value::Float(t as f64 / SECOND as f64))
}

fn to_iso8601(args: &[Value]) -> Value {
    time(&args[0]).map_or(Value::Null, |t| made(&format_iso(t)))
}

/// A unit in microseconds or in months.
fn unit(value: &Value) -> Option<Result<i64, i64>> {
    Some(match value.as_text()?.to_ascii_lowercase().trim_end_matches('s') {
        "millisecond" => Ok(1000),
        "second" => Ok(SECOND),
        "minute" => Ok(60 * SECOND),
        "hour" => Ok(3600 * SECOND),
        "day" => Ok(DAY),
        "week" => Ok(7 * DAY),
        "month" => Err(1),
        "quarter" => Err(3),
        "year" => Err(12),
        _ => return None,
    })
}

/// The time so many months later; a day that the month does not have becomes its last.
fn add_months(time: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil_from_days(time.div_euclid(DAY));
    let place = year.checked_mul(12)?.checked_add(month as i64 - 1)?.checked_add(months)?;
    let (year, month) = (place.div_euclid(12), place.rem_euclid(12) as u32 + 1);
    if year.abs() > 290_000 {
        return None;
    }
    let day = day.min(days_in_month(year, month));
    days_from_civil(year, month, day).checked_mul(DAY)?.checked_add(time.rem_euclid(DAY))
}

fn date_add(args: &[Value]) -> Value {
    let (Some(unit), Some(count), Some(time)) = (unit(&args[0]), args[1].integer(), time(&args[2])) else {
        return Value::Null;
    };
    let moved = match unit {
        Ok(micros) => count.checked_mul(micros).and_then(|by| time.checked_add(by)),
        Err(months) => count.checked_mul(months).and_then(|by| add_months(time, by)),
    };
    moved.map_or(Value::Null, Value::Time)
}

fn date_diff(args: &[Value]) -> Value {
    let (Some(unit), Some(from), Some(to)) = (unit(&args[0]), time(&args[1]), time(&args[2])) else {
        return Value::Null;
    };
    let micros = to.saturating_sub(from);
    let months = match unit {
        Ok(unit) => return Value::Int(micros / unit),
        Err(months) => months,
    };
    let place = |time: i64| {
        let (year, month, _) = civil_from_days(time.div_euclid(DAY));
        year * 12 + month as i64
    };
    // The last month counts only once its day and hour are reached.
    let mut between = place(to) - place(from);
    let reached = add_months(from, between);
    match reached {
        Some(reached) if between > 0 && reached > to => between -= 1,
        Some(reached) if between < 0 && reached < to => between += 1,
        _ => {}
    }
    Value::Int(between / months)
}

fn formatted(args: &[Value], style: Style) -> Value {
    match (time(&args[0]), text(&args[1])) {
        (Some(time), Some(pattern)) => format_date(time, &pattern, style).map_or(Value::Null, |t| made(&t)),
        _ => Value::Null,
    }
}

fn parsed(args: &[Value], style: Style) -> Value {
    match (text(&args[0]), text(&args[1])) {
        (Some(subject), Some(pattern)) => {
            parse_date(&subject, &pattern, style).map_or(Value::Null, Value::Time)
        }
        _ => Value::Null,
    }
}

fn date_format(args: &[Value]) -> Value {
    formatted(args, Style::Sql)
}

fn date_parse(args: &[Value]) -> Value {
    parsed(args, Style::Sql)
}

fn format_datetime(args: &[Value]) -> Value {
    formatted(args, Style::Letters)
}

fn parse_datetime(args: &[Value]) -> Value {
    parsed(args, Style::Letters)
}

fn of_time(args: &[Value], part: impl Fn(i64) -> i64) -> Value {
    time(&args[0]).map_or(Value::Null, |t| Value::Int(part(t)))
}

fn of_day(args: &[Value], part: impl Fn(i64, i64, u32, u32) -> i64) -> Value {
    of_time(args, |t| {
        let days = t.div_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        part(days, year, month, day)
    })
}

fn year(args: &[Value]) -> Value {
    of_day(args, |_, year, _, _| year)
}

fn quarter(args: &[Value]) -> Value {
    of_day(args, |_, _, month, _| (month as i64 - 1) / 3 + 1)
}

fn month(args: &[Value]) -> Value {
    of_day(args, |_, _, month, _| month as i64)
}

fn week(args: &[Value]) -> Value {
    of_day(args, |days, _, _, _| {
        // The week belongs to the year that its Thursday is in; 1970-01-01 was a Thursday.
        let thursday = days - (days + 3).rem_euclid(7) + 3;
        let (year, _, _) = civil_from_days(thursday);
        (thursday - days_from_civil(year, 1, 1)) / 7 + 1
    })
}

fn day(args: &[Value]) -> Value {
    of_day(args, |_, _, _, day| day as i64)
}

fn day_of_week(args: &[Value]) -> Value {
    of_day(args, |days, _, _, _| (days + 3).rem_euclid(7) + 1)
}

fn day_of_year(args: &[Value]) -> Value {
    of_day(args, |days, year, _, _| days - days_from_civil(year, 1, 1) + 1)
}

fn hour(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(DAY) / (3600 * SECOND))
}

fn minute(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(3600 * SECOND) / (60 * SECOND))
}

fn second(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(60 * SECOND) / SECOND)
}

fn regexp_extract(regex: &Regex, args: &[Value]) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    let group = match args.get(1).map(Value::integer) {
        None => 0,
        Some(group) => match group.and_then(|g| usize::try_from(g).ok()) {
            Some(group) => group,
            None => return Value::Null,
        },
    };
    let found = regex.captures(subject.as_bytes()).and_then(|c| c.get(group).map(|m| m.range()));
    // Patterns match bytes; values are text.
    let found = found.and_then(|range| subject.get(super::regex::whole(&subject, range)));
    found.map_or(Value::Null, made)
}

/// The value at a path such as `$.a[0]["b c"]`.
fn at_path(args: &[Value]) -> Option<serde_json::Value> {
    let json: serde_json::Value = serde_json::from_str(&text(&args[0])?).ok()?;
    let path = text(&args[1])?;
    let mut rest = path.trim().strip_prefix('$')?;
    let mut at = &json;
    while !rest.is_empty() {
        let (key, after) = match rest.strip_prefix('[') {
            Some(inner) => match inner.strip_prefix('"') {
                Some(inner) => inner.split_once("\"]")?,
                None => inner.split_once(']')?,
            },
            None => {
                let inner = rest.strip_prefix('.')?;
                inner.split_at(inner.find(['.', '[']).unwrap_or(inner.len()))
            }
        };
        at = match at {
            serde_json::Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            other => member(other, key)?,
        };
        rest = after;
    }
    Some(at.clone())
}

/// An object's member of that name, in another letter case if there is none: the reader that Athena's tables of JSON logs
/// use writes all names in small letters, and queries are written for that.
fn member<'j>(object: &'j serde_json::Value, key: &str) -> Option<&'j serde_json::Value> {
    let any_case = || object.as_object()?.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v);
    object.get(key).or_else(any_case)
}

fn json_extract(args: &[Value]) -> Value {
    at_path(args).map_or(Value::Null, |json| made(&json.to_string()))
}

fn json_extract_scalar(args: &[Value]) -> Value {
    match at_path(args) {
        Some(serde_json::Value::String(text)) => made(&text),
        Some(scalar @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => {
            made(&scalar.to_string())
        }
        _ => Value::Null,
    }
}

fn element_at(args: &[Value]) -> Value {
    let (Value::List(items), Some(place)) = (&args[0], args[1].integer()) else { return Value::Null };
    let index = match usize::try_from(place.unsigned_abs()) {
        Ok(n) if place > 0 => Some(n - 1),
        Ok(n) if place < 0 => items.len().checked_sub(n),
        _ => None,
    };
    index.and_then(|i| items.get(i)).cloned().unwrap_or_default()
}

fn array_join(args: &[Value]) -> Value {
    let (Value::List(items), Some(between)) = (&args[0], text(&args[1])) else { return Value::Null };
    let mut out = String::new();
    for (i, item) in items.iter().filter(|i| !i.is_null()).enumerate() {
        if i > 0 {
            out.push_str(&between);
        }
        out.push_str(&item.to_string());
        if out.len() > super::LONGEST_TEXT {
            return Value::Null;
        }
    }
    made(&out)
}

/// Text that sorts as the order does: numbers and times by their bits, text as it is; then the value as JSON.
fn pair(args: &[Value]) -> Value {
    let order = match &args[0] {
        Value::Null | Value::List(_) => return Value::Null,
        order => match (num(order), order) {
            (_, Value::Time(time)) => format!("t{:016x}", *time as u64 ^ 1 << 63),
            (Some(number), _) => {
                let bits = (number.float() + 0.0).to_bits();
                let bits = if bits >> 63 == 0 { bits ^ 1 << 63 } else { !bits };
                // Integers too large for floats are told apart by themselves.
                let exact = order.integer().unwrap_or(0) as u64 ^ 1 << 63;
                format!("n{bits:016x}{exact:016x}")
            }
            (None, other) => format!("a{other}"),
        },
    };
    match serde_json::to_string(&args[1]) {
        Ok(value) => made(&format!("{order}\u{0}{value}")),
        Err(_) => Value::Null,
    }
}

fn of_pair(args: &[Value]) -> Value {
    let found = args[0].as_text().and_then(|t| t.rsplit_once('\u{0}'));
    found.and_then(|(_, value)| serde_json::from_str(value).ok()).unwrap_or_default()
}

/// A URL's parts; each is empty if it is not there.
struct Url<'u> {
    protocol: &'u str,
    host: &'u str,
    port: &'u str,
    path: &'u str,
    query: &'u str,
}

fn url(text: &str) -> Url<'_> {
    let (rest, _) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let Some((protocol, rest)) = rest.split_once("://") else {
        return Url { protocol: "", host: "", port: "", path: rest, query };
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // The colons of an IPv6 address stand in brackets.
    let colon = authority.rfind(':').filter(|at| !authority.get(*at..).unwrap_or("").contains(']'));
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    Url { protocol, host, port: port.trim_start_matches(':'), path, query }
}

fn url_part(args: &[Value], part: impl for<'u> Fn(&Url<'u>) -> &'u str) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    match part(&url(&subject)) {
        "" => Value::Null,
        found => made(found),
    }
}

fn url_host(args: &[Value]) -> Value {
    url_part(args, |u| u.host)
}

fn url_path(args: &[Value]) -> Value {
    url_part(args, |u| u.path)
}

fn url_query(args: &[Value]) -> Value {
    url_part(args, |u| u.query)
}

fn url_protocol(args: &[Value]) -> Value {
    url_part(args, |u| u.protocol)
}

fn url_port(args: &[Value]) -> Value {
    match url_part(args, |u| u.port) {
        Value::Text(port) => port.parse().map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

fn url_parameter(args: &[Value]) -> Value {
    let (Some(subject), Some(name)) = (text(&args[0]), text(&args[1])) else { return Value::Null };
    let query = url(&subject).query;
    let decode = |text: &str| {
        let decoded = super::find("urldecode").and_then(|f| match f.apply {
            Apply::Scalar(apply) => apply(&[Value::text(text)]).as_text().map(str::to_owned),
            _ => None,
        });
        decoded.unwrap_or_else(|| text.to_owned())
    };
    let parameters = query.split('&').map(|p| p.split_once('=').unwrap_or((p, "")));
    let found = parameters.into_iter().find(|(key, _)| decode(key) == *name);
    found.map_or(Value::Null, |(_, value)| made(&decode(value)))
}
