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
    Kernel, Num,
    date::{Style, format_date},
    made, num, text,
};
use logloupe_syntax::{functions::Sql, tree::Binary};
use logloupe_table::{Value, time::SECOND};

/// What computes each function.
pub(super) fn kernel(function: Sql) -> Kernel {
    match function {
        Sql::Divide => Kernel::Scalar(divide),
        Sql::Concat => Kernel::Scalar(concat),
        Sql::Substr => Kernel::Scalar(substr),
        Sql::Strpos => Kernel::Scalar(strpos),
        Sql::Reverse => Kernel::Scalar(reverse),
        Sql::Greatest => Kernel::Scalar(greatest),
        Sql::Least => Kernel::Scalar(least),
        Sql::Varchar => Kernel::Scalar(varchar),
        Sql::Bigint => Kernel::Scalar(bigint),
        Sql::Double => Kernel::Scalar(double),
        Sql::Boolean => Kernel::Scalar(boolean),
        Sql::Timestamp => Kernel::Scalar(timestamp),
        Sql::FromUnixtime => Kernel::Scalar(from_unixtime),
        Sql::ToUnixtime => Kernel::Scalar(to_unixtime),
        Sql::ToIso8601 => Kernel::Scalar(to_iso8601),
        Sql::DateAdd => Kernel::Scalar(date_add),
        Sql::DateDiff => Kernel::Scalar(date_diff),
        Sql::DateFormat => Kernel::Scalar(date_format),
        Sql::DateParse => Kernel::Scalar(date_parse),
        Sql::FormatDatetime => Kernel::Scalar(format_datetime),
        Sql::ParseDatetime => Kernel::Scalar(parse_datetime),
        Sql::Year => Kernel::Scalar(year),
        Sql::Quarter => Kernel::Scalar(quarter),
        Sql::Month => Kernel::Scalar(month),
        Sql::Week => Kernel::Scalar(week),
        Sql::Day => Kernel::Scalar(day),
        Sql::DayOfWeek => Kernel::Scalar(day_of_week),
        Sql::DayOfYear => Kernel::Scalar(day_of_year),
        Sql::Hour => Kernel::Scalar(hour),
        Sql::Minute => Kernel::Scalar(minute),
        Sql::Second => Kernel::Scalar(second),
        Sql::RegexpExtract => Kernel::Pattern(regexp_extract),
        Sql::JsonExtract => Kernel::Scalar(json_extract),
        Sql::JsonExtractScalar => Kernel::Scalar(json_extract_scalar),
        Sql::ElementAt => Kernel::Scalar(element_at),
        Sql::ArrayJoin => Kernel::Scalar(array_join),
        Sql::Pair => Kernel::Scalar(pair),
        Sql::OfPair => Kernel::Scalar(of_pair),
        Sql::UrlExtractHost => Kernel::Scalar(url_host),
        Sql::UrlExtractPath => Kernel::Scalar(url_path),
        Sql::UrlExtractQuery => Kernel::Scalar(url_query),
        Sql::UrlExtractProtocol => Kernel::Scalar(url_protocol),
        Sql::UrlExtractPort => Kernel::Scalar(url_port),
        Sql::UrlExtractParameter => Kernel::Scalar(url_parameter),
    }
}

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
