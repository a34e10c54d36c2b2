//! What a chart shows, before any pixel: series, bars, axes.

use logloupe_table::{Family, Value};
use logloupe_view::Histogram;

use crate::{
    engine::ResultView,
    state::{facets, time_axis::Range},
};

/// How a result can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChartKind {
    /// A line per series over time.
    Line,
    /// The same, filled and stacked.
    Area,
    /// Upright bars over time, stacked.
    Columns,
    /// Lying bars, one per row.
    Bars,
}

impl ChartKind {
    /// Its word on the switch.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ChartKind::Line => "Line",
            ChartKind::Area => "Area",
            ChartKind::Columns => "Columns",
            ChartKind::Bars => "Bars",
        }
    }
}

/// How many series are told apart by colour.
pub(crate) const MOST_SERIES: usize = 7;
/// How many lying bars are drawn.
pub(crate) const MOST_BARS: usize = 25;

/// A result as a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Chart {
    /// Values over time.
    Time(TimeChart),
    /// A value per label.
    Bars(BarChart),
}

/// Series over common points in time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TimeChart {
    /// The points, ascending, microseconds.
    pub(crate) times: Vec<i64>,
    /// The least distance between two points.
    pub(crate) step: i64,
    /// Largest first when they come from a second key.
    pub(crate) series: Vec<Series>,
    /// Series that are only in the table.
    pub(crate) left_out: usize,
    /// What is measured.
    pub(crate) measure: String,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// The class that sets its colour: its family's where series are logs of different families, so that a colour means one
    /// thing.
    pub(crate) colour: String,
    /// One per point in time; `None` where the result has no row.
    pub(crate) values: Vec<Option<f64>>,
}

/// Labelled bars in the order of the result.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct BarChart {
    pub(crate) bars: Vec<(String, f64)>,
    /// Rows that are only in the table.
    pub(crate) left_out: usize,
    pub(crate) measure: String,
}

/// The kinds that suit a result, the best first; empty when it has no numbers.
pub(crate) fn kinds(table: &ResultView) -> Vec<ChartKind> {
    let shape = Shape::of(table);
    match (shape.time, shape.numbers.is_empty() || table.rows.is_empty()) {
        (_, true) => Vec::new(),
        (Some(_), _) => vec![ChartKind::Columns, ChartKind::Line, ChartKind::Area, ChartKind::Bars],
        (None, _) if shape.labels.is_empty() && table.rows.len() == 1 && shape.numbers.len() == 1 => {
            Vec::new()
        }
        (None, _) => vec![ChartKind::Bars],
    }
}

/// The chart of this kind.
pub(crate) fn chart(table: &ResultView, kind: ChartKind) -> Option<Chart> {
    let shape = Shape::of(table);
    match (kind, shape.time) {
        (ChartKind::Bars, _) => bar_chart(table, &shape).map(Chart::Bars),
        (_, Some(time)) => time_chart(table, &shape, time).map(Chart::Time),
        _ => None,
    }
}

/// Which columns play which part.
struct Shape {
    time: Option<usize>,
    labels: Vec<usize>,
    numbers: Vec<usize>,
}

impl Shape {
    fn of(table: &ResultView) -> Shape {
        let holds_time = |column: usize| {
            let mut values = table.rows.iter().filter_map(|r| r.get(column)).filter(|v| !v.is_null());
            values.by_ref().take(50).all(|v| matches!(v, Value::Time(_)))
                && table.rows.iter().any(|r| matches!(r.get(column), Some(Value::Time(_))))
        };
        let time = (0..table.columns.len()).find(|c| holds_time(*c));
        let numbers: Vec<usize> =
            (0..table.columns.len()).filter(|c| table.columns[*c].1 && Some(*c) != time).collect();
        let labels = (0..table.columns.len()).filter(|c| Some(*c) != time && !numbers.contains(c)).collect();
        Shape { time, labels, numbers }
    }
    fn label(&self, row: &[Value]) -> String {
        let words: Vec<String> = (self.labels.iter().filter_map(|c| row.get(*c)))
            .map(|v| if v.is_null() { "(none)".to_owned() } else { v.to_string() })
            .collect();
        words.join(" · ")
    }
}

fn time_chart(table: &ResultView, shape: &Shape, time: usize) -> Option<TimeChart> {
    let mut times: Vec<i64> = table.rows.iter().filter_map(|r| r.get(time)?.time()).collect();
    times.sort_unstable();
    times.dedup();
    let step = times.windows(2).map(|w| w[1] - w[0]).min().unwrap_or(0);
    let place = |row: &[Value]| times.binary_search(&row.get(time)?.time()?).ok();
    let first = *shape.numbers.first()?;
    let name = |column: usize| table.columns.get(column).map(|c| c.0.clone()).unwrap_or_default();
    let empty = || vec![None; times.len()];
    let mut series: Vec<Series> = Vec::new();
    if shape.labels.is_empty() {
        series = shape
            .numbers
            .iter()
            .map(|c| Series { name: name(*c), colour: String::new(), values: empty() })
            .collect();
        for row in &table.rows {
            let Some(at) = place(row) else { continue };
            for (one, column) in series.iter_mut().zip(&shape.numbers) {
                one.values[at] = row.get(*column).and_then(Value::number);
            }
        }
    } else {
        let mut places = std::collections::HashMap::new();
        for row in &table.rows {
            let Some(at) = place(row) else { continue };
            let label = shape.label(row);
            let index = *places.entry(label.clone()).or_insert_with(|| {
                series.push(Series { name: label, colour: String::new(), values: empty() });
                series.len() - 1
            });
            series[index].values[at] = row.get(first).and_then(Value::number);
        }
        let size = |s: &Series| s.values.iter().flatten().map(|v| v.abs()).sum::<f64>();
        series.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    }
    let left_out = series.len().saturating_sub(MOST_SERIES);
    series.truncate(MOST_SERIES);
    let are_logs = series.iter().all(|s| facets::format_title(&s.name) != s.name);
    let mut families: Vec<Family> = series.iter().map(|s| facets::family(&s.name)).collect();
    families.sort_unstable();
    families.dedup();
    let by_family = are_logs && families.len() == series.len();
    for (i, one) in series.iter_mut().enumerate() {
        one.colour = match by_family {
            true => facets::family_class(facets::family(&one.name)),
            false => format!("c{}", i % 8 + 1),
        };
    }
    let measure = if shape.labels.is_empty() && series.len() > 1 { String::new() } else { name(first) };
    Some(TimeChart { times, step, series, left_out, measure })
}

fn bar_chart(table: &ResultView, shape: &Shape) -> Option<BarChart> {
    let first = *shape.numbers.first()?;
    if table.rows.len() == 1 && shape.labels.is_empty() && shape.time.is_none() {
        // One row of several aggregates: a bar for each of them.
        let row = table.rows.first()?;
        let bar = |c: &usize| Some((table.columns.get(*c)?.0.clone(), row.get(*c)?.number()?));
        return Some(BarChart {
            bars: shape.numbers.iter().filter_map(bar).collect(),
            ..BarChart::default()
        });
    }
    let label = |row: &[Value]| {
        let at = shape.time.and_then(|c| row.get(c)).and_then(Value::time);
        let words = shape.label(row);
        match at.map(crate::state::time_axis::brief) {
            Some(at) if words.is_empty() => at,
            Some(at) => format!("{at} · {words}"),
            None => words,
        }
    };
    let bars: Vec<_> = (table.rows.iter().take(MOST_BARS))
        .map(|row| (label(row), row.get(first).and_then(Value::number).unwrap_or(0.0)))
        .collect();
    let left_out = table.rows.len() - bars.len();
    Some(BarChart {
        bars,
        left_out,
        measure: table.columns.get(first).map(|c| c.0.clone()).unwrap_or_default(),
    })
}

/// Marks of a number axis from zero (or below) to past the largest value: round numbers, about `most` of them.
pub(crate) fn marks(least: f64, largest: f64, most: usize) -> Vec<f64> {
    let (low, high) = (least.min(0.0), largest.max(0.0));
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = span / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| *s >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step).floor() as i64;
    let last = (high / step).ceil() as i64;
    (first..=last.min(first + 50)).map(|i| i as f64 * step).collect()
}

/// One bar of the timeline: where it stands and how high, in parts of the whole (0 to 1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StackedBar {
    /// Left edge and width.
    pub(crate) x: (f64, f64),
    /// Per series: lower edge and height.
    pub(crate) parts: Vec<(f64, f64)>,
    /// Events in it.
    pub(crate) total: u64,
    /// Whether the brush covers any of it (or there is no brush).
    pub(crate) inside: bool,
}

/// The bars of the timeline by family, in the order of families; each family's logs with their counts.
pub(crate) fn by_family(histogram: &Histogram) -> (Histogram, Vec<FamilyLogs>) {
    let groups = facets::by_family(&histogram.series, |series| &series.format);
    let mut families = Vec::new();
    let mut merged = Vec::new();
    for (family, logs) in groups {
        let counts =
            (0..histogram.bars).map(|i| logs.iter().filter_map(|log| log.counts.get(i)).sum()).collect();
        merged.push(logloupe_view::Series { format: family.word().to_owned(), counts });
        let total = |log: &&logloupe_view::Series| (log.format.clone(), log.counts.iter().sum());
        families.push(FamilyLogs { family, logs: logs.iter().map(total).collect() });
    }
    (Histogram { series: merged, ..histogram.clone() }, families)
}

/// The logs of a family and how many events each has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FamilyLogs {
    pub(crate) family: Family,
    pub(crate) logs: Vec<(String, u64)>,
}

impl FamilyLogs {
    /// What stands beside its mark: the log, if it is one, or the family.
    pub(crate) fn label(&self) -> &str {
        match self.logs.as_slice() {
            [(log, _)] => log,
            _ => self.family.word(),
        }
    }
    /// How many events it has.
    pub(crate) fn total(&self) -> u64 {
        self.logs.iter().map(|(_, count)| count).sum()
    }
}

/// The bars of the timeline over `span`, the fullest as high as the picture.
pub(crate) fn stacked(histogram: &Histogram, span: Range, brush: Option<Range>) -> Vec<StackedBar> {
    let totals: Vec<u64> =
        (0..histogram.bars).map(|i| histogram.series.iter().filter_map(|s| s.counts.get(i)).sum()).collect();
    let most = totals.iter().copied().max().unwrap_or(0).max(1) as f64;
    let width = (span.1 - span.0).max(1) as f64;
    let bar = |(i, total): (usize, u64)| {
        let from = histogram.start + i as i64 * histogram.step;
        let to = from + histogram.step;
        let left = ((from.max(span.0) - span.0) as f64 / width).clamp(0.0, 1.0);
        let right = ((to.min(span.1) - span.0) as f64 / width).clamp(0.0, 1.0);
        let mut base = 0.0;
        let part = |series: &logloupe_view::Series| {
            let height = series.counts.get(i).copied().unwrap_or(0) as f64 / most;
            base += height;
            (base - height, height)
        };
        StackedBar {
            x: (left, right - left),
            parts: histogram.series.iter().map(part).collect(),
            total,
            inside: brush.is_none_or(|(a, b)| from < b && to > a),
        }
    };
    totals.into_iter().enumerate().map(bar).collect()
}

/// The bar at a place of the picture (0 to 1).
pub(crate) fn bar_at(histogram: &Histogram, span: Range, place: f64) -> Option<usize> {
    let at = span.0 + ((span.1 - span.0) as f64 * place) as i64;
    let index = (at - histogram.start).div_euclid(histogram.step.max(1));
    usize::try_from(index).ok().filter(|i| *i < histogram.bars)
}

/// The brush between two places of the picture, on whole bars, within the span.
pub(crate) fn brushed(histogram: &Histogram, span: Range, a: f64, b: f64) -> Option<Range> {
    let (low, high) = (a.min(b).clamp(0.0, 1.0), a.max(b).clamp(0.0, 1.0));
    let last = histogram.bars.checked_sub(1)?;
    let first = bar_at(histogram, span, low).unwrap_or(0);
    let end = bar_at(histogram, span, high).unwrap_or(last);
    let edge = |i: usize| histogram.start + i as i64 * histogram.step;
    // What is too thin to be hit at an end belongs to the bar beside it: nobody could select it otherwise.
    let thin = (span.1 - span.0) / 500;
    let first = if first == 1 && edge(1) <= span.0 + thin { 0 } else { first };
    let end = if end + 1 == last && edge(last) >= span.1 - thin { last } else { end };
    Some((edge(first).max(span.0), edge(end + 1).min(span.1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_view as view;

    fn table(columns: &[(&str, bool)], rows: Vec<Vec<Value>>) -> ResultView {
        let columns = columns.iter().map(|c| (c.0.to_owned(), c.1)).collect();
        ResultView { columns, rows, remarks: Vec::new() }
    }

    #[test]
    fn time_with_a_second_key_gives_a_series_per_value() {
        let row = |t: i64, who: &str, n: i64| vec![Value::Time(t), Value::text(who), Value::Int(n)];
        let result = table(
            &[("bin(5m)", false), ("user.name", false), ("events", true)],
            vec![row(20, "b", 5), row(10, "a", 1), row(20, "a", 2)],
        );
        assert_eq!(kinds(&result)[0], ChartKind::Columns);
        let Some(Chart::Time(chart)) = chart(&result, ChartKind::Line) else { panic!("over time") };
        assert_eq!((chart.times, chart.step), (vec![10, 20], 10));
        assert_eq!(
            chart.series[0],
            Series { name: "b".into(), colour: "c1".into(), values: vec![None, Some(5.0)] }
        );
        assert_eq!(chart.series[1].values, [Some(1.0), Some(2.0)]);
        assert_eq!(chart.measure, "events");
    }

    #[test]
    fn more_series_than_colours_are_counted() {
        let rows =
            (0..20).map(|i| vec![Value::Time(5), Value::text(&format!("k{i}")), Value::Int(i)]).collect();
        let result = table(&[("t", false), ("k", false), ("n", true)], rows);
        let Some(Chart::Time(chart)) = chart(&result, ChartKind::Line) else { panic!("over time") };
        assert_eq!((chart.series.len(), chart.left_out), (MOST_SERIES, 13));
        assert_eq!(chart.series[0].name, "k19", "the largest are drawn");
    }

    #[test]
    fn without_time_there_are_bars_in_the_order_of_the_result() {
        let rows = (0..40).map(|i| vec![Value::text(&i.to_string()), Value::Int(40 - i)]).collect();
        let result = table(&[("user", false), ("n", true)], rows);
        assert_eq!(kinds(&result), [ChartKind::Bars]);
        let Some(Chart::Bars(chart)) = chart(&result, ChartKind::Bars) else { panic!("bars") };
        assert_eq!((chart.bars[0].clone(), chart.left_out), (("0".to_owned(), 40.0), 40 - MOST_BARS));
    }

    #[test]
    fn one_number_needs_no_picture_and_one_row_of_several_gets_a_bar_each() {
        assert!(kinds(&table(&[("n", true)], vec![vec![Value::Int(1)]])).is_empty());
        let result = table(&[("min", true), ("max", true)], vec![vec![Value::Int(1), Value::Float(2.5)]]);
        let Some(Chart::Bars(chart)) = chart(&result, ChartKind::Bars) else { panic!("bars") };
        assert_eq!(chart.bars, [("min".to_owned(), 1.0), ("max".to_owned(), 2.5)]);
        assert!(kinds(&table(&[("user", false)], vec![vec![Value::text("a")]])).is_empty(), "no numbers");
    }

    #[test]
    fn axis_marks_are_round_and_cover() {
        assert_eq!(marks(0.0, 7.0, 4), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(marks(0.0, 0.0, 4), [0.0, 1.0]);
        assert_eq!(marks(-3.0, 3.0, 3), [-4.0, -2.0, 0.0, 2.0, 4.0]);
        for largest in [1e-9, 0.7, 1234.0, 1e15] {
            let marks = marks(0.0, largest, 5);
            assert!(marks.len() <= 8 && *marks.last().expect("marks") >= largest, "{largest}: {marks:?}");
        }
        assert_eq!(marks(0.0, f64::INFINITY, 5), [0.0, 1.0]);
    }

    fn histogram() -> Histogram {
        let series =
            |format: &str, counts: &[u64]| view::Series { format: format.into(), counts: counts.into() };
        Histogram {
            start: 0,
            step: 10,
            bars: 4,
            series: vec![series("a", &[1, 0, 3, 0]), series("b", &[1, 0, 1, 2])],
            outside: 0,
        }
    }

    #[test]
    fn bars_are_stacked_and_the_fullest_fills_the_height() {
        let bars = stacked(&histogram(), (0, 40), Some((10, 20)));
        assert_eq!(bars[2].parts, [(0.0, 0.75), (0.75, 0.25)]);
        assert_eq!(bars[0].x, (0.0, 0.25));
        assert_eq!(bars.iter().map(|b| b.inside).collect::<Vec<_>>(), [false, true, false, false]);
        assert_eq!(bars.iter().map(|b| b.total).sum::<u64>(), 8);
    }

    #[test]
    fn the_brush_snaps_to_bars() {
        let bars = histogram();
        assert_eq!(brushed(&bars, (0, 40), 0.3, 0.6), Some((10, 30)));
        assert_eq!(brushed(&bars, (0, 40), 0.6, 0.3), Some((10, 30)), "either way round");
        assert_eq!(brushed(&bars, (5, 35), -1.0, 2.0), Some((5, 35)));
        assert_eq!(brushed(&Histogram::default(), (0, 40), 0.0, 1.0), None);
        // The last event stands at the beginning of a bar of which nothing else is shown.
        let wide = Histogram { step: 1000, ..histogram() };
        assert_eq!(brushed(&wide, (999, 3001), 0.002, 0.998), Some((999, 3001)));
        assert_eq!(brushed(&wide, (0, 3001), 0.1, 0.4), Some((0, 2000)), "only at the ends");
        assert_eq!(bar_at(&bars, (0, 40), 0.99), Some(3));
    }
}
