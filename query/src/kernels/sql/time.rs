//! What SQL does with times: made from text and numbers, written, moved and taken apart.

use crate::kernels::{
    Num,
    date::{Style, format_date, parse_date},
    made, num, text,
};
use logloupe_table::{
    Value,
    time::{DAY, SECOND, civil_from_days, days_from_civil, days_in_month, format_iso, parse_iso},
};

/// The point in time that a value is or says.
fn time(value: &Value) -> Option<i64> {
    match value {
        Value::Time(time) => Some(*time),
        Value::Text(text) => parse_iso(text.trim().trim_end_matches("UTC").trim_end().as_bytes()),
        _ => None,
    }
}

pub(super) fn timestamp(args: &[Value]) -> Value {
    time(&args[0]).map_or(Value::Null, Value::Time)
}

pub(super) fn from_unixtime(args: &[Value]) -> Value {
    match num(&args[0]) {
        Some(Num::Int(v)) => v.checked_mul(SECOND).map_or(Value::Null, Value::Time),
        Some(Num::Float(v)) if v.abs() < 9e12 => Value::Time((v * SECOND as f64).round() as i64),
        _ => Value::Null,
    }
}

pub(super) fn to_unixtime(args: &[Value]) -> Value {
    time(&args[0]).map_or(Value::Null, |t| Value::Float(t as f64 / SECOND as f64))
}

pub(super) fn to_iso8601(args: &[Value]) -> Value {
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

pub(super) fn date_add(args: &[Value]) -> Value {
    let (Some(unit), Some(count), Some(time)) = (unit(&args[0]), args[1].integer(), time(&args[2])) else {
        return Value::Null;
    };
    let moved = match unit {
        Ok(micros) => count.checked_mul(micros).and_then(|by| time.checked_add(by)),
        Err(months) => count.checked_mul(months).and_then(|by| add_months(time, by)),
    };
    moved.map_or(Value::Null, Value::Time)
}

pub(super) fn date_diff(args: &[Value]) -> Value {
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

pub(super) fn date_format(args: &[Value]) -> Value {
    formatted(args, Style::Sql)
}

pub(super) fn date_parse(args: &[Value]) -> Value {
    parsed(args, Style::Sql)
}

pub(super) fn format_datetime(args: &[Value]) -> Value {
    formatted(args, Style::Letters)
}

pub(super) fn parse_datetime(args: &[Value]) -> Value {
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

pub(super) fn year(args: &[Value]) -> Value {
    of_day(args, |_, year, _, _| year)
}

pub(super) fn quarter(args: &[Value]) -> Value {
    of_day(args, |_, _, month, _| (month as i64 - 1) / 3 + 1)
}

pub(super) fn month(args: &[Value]) -> Value {
    of_day(args, |_, _, month, _| month as i64)
}

pub(super) fn week(args: &[Value]) -> Value {
    of_day(args, |days, _, _, _| {
        // The week belongs to the year that its Thursday is in; 1970-01-01 was a Thursday.
        let thursday = days - (days + 3).rem_euclid(7) + 3;
        let (year, _, _) = civil_from_days(thursday);
        (thursday - days_from_civil(year, 1, 1)) / 7 + 1
    })
}

pub(super) fn day(args: &[Value]) -> Value {
    of_day(args, |_, _, _, day| day as i64)
}

pub(super) fn day_of_week(args: &[Value]) -> Value {
    of_day(args, |days, _, _, _| (days + 3).rem_euclid(7) + 1)
}

pub(super) fn day_of_year(args: &[Value]) -> Value {
    of_day(args, |days, year, _, _| days - days_from_civil(year, 1, 1) + 1)
}

pub(super) fn hour(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(DAY) / (3600 * SECOND))
}

pub(super) fn minute(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(3600 * SECOND) / (60 * SECOND))
}

pub(super) fn second(args: &[Value]) -> Value {
    of_time(args, |t| t.rem_euclid(60 * SECOND) / SECOND)
}
