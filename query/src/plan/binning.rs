//! Intervals of time: what `bin`, `datefloor` and `dateceil` round to. Clock units are plain division, weeks begin on
//! Monday, months, quarters and years follow the calendar. All in UTC.

use logloupe_syntax::tree::{Period, PeriodUnit};
use logloupe_table::time::{DAY, SECOND, civil_from_days, days_from_civil};

/// Intervals of one length, numbered from the one that holds 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binning {
    /// Length in microseconds, or in months.
    step: Width,
    /// Where intervals begin, microseconds.
    origin: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Micros(i64),
    Months(i64),
}

impl Binning {
    /// Intervals of `period`; `None` when it is empty or longer than time.
    pub fn new(period: Period) -> Option<Binning> {
        let count = period.count as i64;
        let (unit, origin) = match period.unit {
            PeriodUnit::Millisecond => (1000, 0),
            PeriodUnit::Second => (SECOND, 0),
            PeriodUnit::Minute => (60 * SECOND, 0),
            PeriodUnit::Hour => (3600 * SECOND, 0),
            PeriodUnit::Day => (DAY, 0),
            // 1970-01-01 was a Thursday.
            PeriodUnit::Week => (7 * DAY, -3 * DAY),
            PeriodUnit::Month => return Binning::months(count),
            PeriodUnit::Quarter => return Binning::months(count * 3),
            PeriodUnit::Year => return Binning::months(count * 12),
        };
        let step = count.checked_mul(unit).filter(|s| *s > 0)?;
        Some(Binning { step: Width::Micros(step), origin })
    }
    fn months(count: i64) -> Option<Binning> {
        (1..=12 * 10_000).contains(&count).then_some(Binning { step: Width::Months(count), origin: 0 })
    }
    /// The length of an interval in microseconds, if all have the same.
    pub fn length(&self) -> Option<i64> {
        if let Width::Micros(micros) = self.step { Some(micros) } else { None }
    }
    /// The length of an interval in months, if it is counted in months.
    pub fn months_long(&self) -> Option<i64> {
        if let Width::Months(months) = self.step { Some(months) } else { None }
    }
    /// Where an interval begins, microseconds since 1970.
    pub fn origin(&self) -> i64 {
        self.origin
    }
    /// The number of the interval that holds `time`.
    pub fn index(&self, time: i64) -> i64 {
        match self.step {
            Width::Micros(step) => time.saturating_sub(self.origin).div_euclid(step),
            Width::Months(step) => {
                let (year, month, _) = civil_from_days(time.div_euclid(DAY));
                ((year - 1970) * 12 + month as i64 - 1).div_euclid(step)
            }
        }
    }
    /// When interval `index` begins.
    pub fn start(&self, index: i64) -> i64 {
        match self.step {
            Width::Micros(step) => index.saturating_mul(step).saturating_add(self.origin),
            Width::Months(step) => {
                let months = index.saturating_mul(step);
                let (year, month) = (1970i64.saturating_add(months.div_euclid(12)), months.rem_euclid(12));
                let year = year.clamp(-290_000, 290_000);
                days_from_civil(year, month as u32 + 1, 1).saturating_mul(DAY)
            }
        }
    }
    /// The beginning of the interval that holds `time`.
    pub fn floor(&self, time: i64) -> i64 {
        self.start(self.index(time))
    }
    /// The first beginning of an interval at or after `time`.
    pub fn ceil(&self, time: i64) -> i64 {
        let index = self.index(time);
        let start = self.start(index);
        if start == time { start } else { self.start(index.saturating_add(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::time::{format_iso, parse_iso};

    #[test]
    fn calendar_units_follow_the_calendar() {
        let time = parse_iso(b"2026-03-05T13:29:37.5Z").unwrap();
        for (count, unit, floor, ceil) in [
            (500, PeriodUnit::Millisecond, "2026-03-05T13:29:37.500Z", "2026-03-05T13:29:37.500Z"),
            (300, PeriodUnit::Second, "2026-03-05T13:25:00Z", "2026-03-05T13:30:00Z"),
            (5, PeriodUnit::Minute, "2026-03-05T13:25:00Z", "2026-03-05T13:30:00Z"),
            (1, PeriodUnit::Hour, "2026-03-05T13:00:00Z", "2026-03-05T14:00:00Z"),
            (1, PeriodUnit::Day, "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z"),
            (1, PeriodUnit::Week, "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"),
            (1, PeriodUnit::Month, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            (1, PeriodUnit::Quarter, "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            (1, PeriodUnit::Year, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ] {
            let bins = Binning::new(Period { count, unit }).unwrap();
            assert_eq!(format_iso(bins.floor(time)), floor, "{count} {unit:?}");
            assert_eq!(format_iso(bins.ceil(time)), ceil, "{count} {unit:?}");
            assert!(bins.floor(-1) < 0);
        }
        assert_eq!(Binning::new(Period { count: 0, unit: PeriodUnit::Day }), None);
        for unit in [PeriodUnit::Year, PeriodUnit::Week, PeriodUnit::Millisecond] {
            let bins = Binning::new(Period { count: 9999, unit }).unwrap();
            for time in [i64::MIN, i64::MAX] {
                bins.floor(time);
                bins.ceil(time);
            }
        }
    }
}
