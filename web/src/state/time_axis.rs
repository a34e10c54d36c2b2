//! Time as the page shows it: the bars of the histogram, the ticks under them, ranges and their words. Always UTC:
//! logs are compared across machines, not with the wall clock of the reader.

use logloupe_table::time::{self, DAY, SECOND};
use logloupe_view::histogram;

/// A half-open range of time, microseconds since 1970.
pub(crate) type Range = (i64, i64);

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Start, width and number of the bars that cover a range: at most `most` of them, on round times.
pub(crate) fn bars((from, to): Range, most: usize) -> (i64, i64, usize) {
    histogram::bars(from, to.saturating_sub(1).max(from), most)
}

/// The words for a bar's width: `2 h`, `7 days`.
pub(crate) fn step_name(step: i64) -> String {
    let units = [(DAY, "day"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (SECOND / 1000, "ms"), (1, "µs")];
    let (size, unit) =
        units.into_iter().find(|(size, _)| step % size == 0 && step >= *size).unwrap_or((1, "µs"));
    let ending = if unit == "day" && step > DAY { "s" } else { "" };
    format!("{} {unit}{ending}", step / size)
}

/// Where the axis is marked, and with what: dates at midnight, times of day elsewhere.
pub(crate) fn ticks((from, to): Range, most: usize) -> Vec<(i64, String)> {
    let (start, step, count) = bars((from, to), most.max(1));
    (0..=count as i64)
        .map(|i| start.saturating_add(i * step))
        .filter(|at| (from..=to).contains(at))
        .map(|at| (at, tick_text(at, step)))
        .collect()
}

fn tick_text(at: i64, step: i64) -> String {
    let iso = time::format_iso(at);
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default().to_owned();
    if at.rem_euclid(DAY) == 0 {
        return format!("{} {}", month(&iso), part(8, 10).trim_start_matches('0'));
    }
    match step {
        s if s >= MINUTE => part(11, 16),
        s if s >= SECOND => part(11, 19),
        _ => part(17, 23),
    }
}

fn month(iso: &str) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number: usize = iso.get(5..7).and_then(|m| m.parse().ok()).unwrap_or(1);
    NAMES.get(number.wrapping_sub(1)).copied().unwrap_or("")
}

/// `2026-03-05 01:29:37.271`: a point in time in a table, always equally wide.
pub(crate) fn full(at: i64) -> String {
    let iso = time::format_iso(at.div_euclid(1000) * 1000);
    let fraction = if iso.len() > 20 { iso.get(19..23).unwrap_or(".000") } else { ".000" };
    format!("{} {}{}", &iso.get(..10).unwrap_or(""), &iso.get(11..19).unwrap_or(""), fraction)
}

/// `2026-03-05 01:29`, with seconds where they matter.
pub(crate) fn brief(at: i64) -> String {
    let text = full(at);
    let length = match at.rem_euclid(MINUTE) {
        0 => 16,
        rest if rest % SECOND == 0 => 19,
        _ => 23,
    };
    text.get(..length).unwrap_or(&text).to_owned()
}

/// `2026-03-02 00:00 – 23:59 UTC`: the second date is left out when it is the same.
pub(crate) fn range_text((from, to): Range) -> String {
    let (first, last) = (brief(from), brief(to));
    let same = first.get(..10) == last.get(..10);
    let last = if same { last.get(11..).unwrap_or(&last).to_owned() } else { last };
    format!("{first} – {last} UTC")
}

/// The same in whole minutes where it is longer than two hours: for where space is short and a title says it in full.
pub(crate) fn short_range((from, to): Range) -> String {
    let minutes = to - from > 2 * HOUR;
    let round = |at: i64| if minutes { at.div_euclid(MINUTE) * MINUTE } else { at };
    range_text((round(from), round(to)))
}

/// `2026-03-05 01:29:37`: whole seconds, for a table.
pub(crate) fn seconds(at: i64) -> String {
    full(at).get(..19).unwrap_or("").to_owned()
}

/// Ranges that are asked for often, relative to the end of the data: files are historic, the wall clock is not asked.
pub(crate) fn presets((first, last): Range) -> Vec<(&'static str, Range)> {
    let end = last.saturating_add(1);
    let choices = [
        ("Last 15 minutes of the data", 15 * MINUTE),
        ("Last hour of the data", HOUR),
        ("Last 6 hours of the data", 6 * HOUR),
        ("Last day of the data", DAY),
        ("Last 7 days of the data", 7 * DAY),
    ];
    let shorter = choices.into_iter().filter(|(_, span)| end - span > first);
    shorter.map(|(name, span)| (name, (end - span, end))).collect()
}

/// A point in time as typed: `2026-03-05`, `2026-03-05 01:30`, with or without seconds, zone or `T`.
pub(crate) fn parse(text: &str) -> Option<i64> {
    time::parse_iso(text.trim().trim_end_matches(" UTC").as_bytes())
}

/// A range moved by half its width, or made half or twice as wide around its middle; never outside `bounds`.
pub(crate) fn shifted((from, to): Range, steps: f64, (first, last): Range) -> Range {
    let width = (to - from).max(1);
    let by = (width as f64 * steps) as i64;
    let by = by.clamp(first.saturating_sub(from).min(0), last.saturating_sub(to).max(0));
    (from + by, to + by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        parse(text).expect("a time")
    }

    #[test]
    fn bars_cover_the_range_on_round_times() {
        let range = (at("2026-03-02 00:13"), at("2026-03-08 23:59"));
        let (start, step, count) = bars(range, 90);
        assert_eq!((start, step, count), (at("2026-03-02"), 2 * HOUR, 84));
        assert_eq!([step, 7 * DAY, DAY, 1000].map(step_name), ["2 h", "7 days", "1 day", "1 ms"]);
        for most in [1, 7, 60, 200] {
            for range in [range, (5, 6), (-DAY * 700_000, DAY * 2_900_000), (-DAY, DAY)] {
                let (start, step, count) = bars(range, most);
                assert!(count <= most && count > 0, "{range:?} {most}: {count} of {step}");
                assert!(start <= range.0);
            }
        }
    }

    #[test]
    fn ticks_name_days_and_hours() {
        let days = ticks((at("2026-03-02 06:00"), at("2026-03-08 18:00")), 8);
        let words: Vec<_> = days.iter().map(|t| t.1.as_str()).collect();
        assert_eq!(words, ["Mar 3", "Mar 4", "Mar 5", "Mar 6", "Mar 7", "Mar 8"]);
        let hours = ticks((at("2026-03-05 22:00"), at("2026-03-06 02:00")), 6);
        let words: Vec<_> = hours.iter().map(|t| t.1.as_str()).collect();
        assert_eq!(words, ["22:00", "23:00", "Mar 6", "01:00", "02:00"]);
    }

    #[test]
    fn points_are_equally_wide() {
        assert_eq!(full(at("2026-03-05T01:29:37Z")), "2026-03-05 01:29:37.000");
        assert_eq!(full(at("2026-03-05T01:29:37.271999Z")), "2026-03-05 01:29:37.271");
        assert_eq!(full(-1), "1969-12-31 23:59:59.999");
        assert_eq!(brief(at("2026-03-05 01:29:07")), "2026-03-05 01:29:07");
    }

    #[test]
    fn ranges_read_well() {
        let range = (at("2026-03-02"), at("2026-03-08 23:59"));
        assert_eq!(range_text(range), "2026-03-02 00:00 – 2026-03-08 23:59 UTC");
        assert_eq!(short_range((range.0 + SECOND, range.1 + SECOND)), range_text(range));
        assert_eq!(seconds(range.0 + 5), "2026-03-02 00:00:00");
        assert_eq!(range_text((range.0, at("2026-03-02 04:00"))), "2026-03-02 00:00 – 04:00 UTC");
    }

    #[test]
    fn presets_end_where_the_data_ends() {
        let range = (at("2026-03-02"), at("2026-03-02 05:00"));
        let names: Vec<_> = presets(range).iter().map(|p| p.0).collect();
        assert_eq!(names, ["Last 15 minutes of the data", "Last hour of the data"]);
        assert!(presets(range).iter().all(|p| p.1.1 == range.1 + 1));
    }

    #[test]
    fn a_shifted_range_stays_inside() {
        assert_eq!(shifted((10, 20), 1.0, (0, 100)), (20, 30));
        assert_eq!(shifted((10, 20), -3.0, (0, 100)), (0, 10));
        assert_eq!(shifted((85, 95), 1.0, (0, 100)), (90, 100));
    }
}
