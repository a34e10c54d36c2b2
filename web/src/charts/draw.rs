//! Charts as SVG. Sizes come in as pixels, numbers from [`data`](super::data); colours are classes of the style sheet.

use yew::{Html, Properties, component, html};

use super::data::{BarChart, ChartKind, TimeChart, marks};
use crate::state::{text, time_axis};

const LEFT: f64 = 52.0;
const BOTTOM: f64 = 22.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 12.0;

/// The text of a value on an axis.
fn axis_text(measure: &str, value: f64) -> String {
    if text::is_bytes(measure) { text::bytes(value) } else { text::short(value) }
}

/// The text of a value in full.
pub(crate) fn value_text(measure: &str, value: f64) -> String {
    if text::is_bytes(measure) { text::bytes(value) } else { text::number(value) }
}

#[derive(Properties, PartialEq)]
pub(crate) struct TimePlotProps {
    pub(crate) chart: TimeChart,
    pub(crate) kind: ChartKind,
    pub(crate) size: (f64, f64),
    /// What the picture is called.
    pub(crate) name: &'static str,
}

/// Series over time.
#[component]
pub(crate) fn TimePlot(props: &TimePlotProps) -> Html {
    let TimePlotProps { chart, kind, size: (width, height), name } = props;
    let (first, last) = match (chart.times.first(), chart.times.last()) {
        (Some(first), Some(last)) => (*first, last + chart.step.max(1)),
        _ => return html! {},
    };
    let stacked = *kind != ChartKind::Line;
    let (low, high) = extent(chart, stacked);
    let marks = marks(low, high, ((height - TOP - BOTTOM) / 44.0) as usize);
    let (bottom, top) = (marks[0], marks[marks.len() - 1]);
    let (plot_width, plot_height) = (width - LEFT - RIGHT, height - TOP - BOTTOM);
    let x = |at: i64| LEFT + (at - first) as f64 / (last - first).max(1) as f64 * plot_width;
    let y = |value: f64| TOP + (top - value) / (top - bottom) * plot_height;
    let grid = marks.iter().map(|mark| {
        let at = y(*mark);
        html! { <g>
            <line class={if *mark == 0.0 { "axis" } else { "rule" }} x1={px(LEFT)} x2={px(width - RIGHT)} y1={px(at)} y2={px(at)} />
            <text class="tick end" x={px(LEFT - 8.0)} y={px(at + 4.0)}>{ axis_text(&chart.measure, *mark) }</text>
        </g> }
    });
    let ticks = time_axis::ticks((first, last), (plot_width / 84.0) as usize).into_iter().map(|(at, words)| {
        html! { <text class="tick middle" x={px(x(at).clamp(LEFT, width - RIGHT - 14.0))} y={px(height - 6.0)}>{ words }</text> }
    });
    let mut base = vec![0.0; chart.times.len()];
    let shapes: Vec<Html> = (chart.series.iter())
        .map(|series| {
            let class = format!("series {}", series.colour);
            match kind {
                ChartKind::Line => {
                    // Points stand in the middle of their interval.
                    let half = chart.step / 2;
                    let mut path = String::new();
                    let mut pen_down = false;
                    let mut dots = Vec::new();
                    for (at, value) in chart.times.iter().zip(&series.values) {
                        let Some(value) = value else {
                            pen_down = false;
                            continue;
                        };
                        let (px_x, px_y) = (x(at + half), y(*value));
                        path += &format!("{}{px_x:.1} {px_y:.1}", if pen_down { "L" } else { "M" });
                        pen_down = true;
                        if chart.times.len() <= 60 {
                            dots.push(html! { <circle cx={px(px_x)} cy={px(px_y)} r="2.2" /> });
                        }
                    }
                    html! { <g class={class}><path class="line" d={path} />{ for dots }</g> }
                }
                ChartKind::Area => {
                    let half = chart.step / 2;
                    let mut upper = String::new();
                    let mut lower = String::new();
                    for (i, (at, value)) in chart.times.iter().zip(&series.values).enumerate() {
                        let from = base[i];
                        base[i] += value.unwrap_or(0.0);
                        upper += &format!(
                            "{}{:.1} {:.1}",
                            if i == 0 { "M" } else { "L" },
                            x(at + half),
                            y(base[i])
                        );
                        lower = format!("L{:.1} {:.1}", x(at + half), y(from)) + &lower;
                    }
                    html! { <g class={class}><path class="area" d={format!("{upper}{lower}Z")} /></g> }
                }
                _ => {
                    let mut path = String::new();
                    let slot = (x(first + chart.step.max(1)) - x(first)).max(1.0);
                    let gap = if slot > 5.0 { 1.0 } else { 0.0 };
                    for (i, (at, value)) in chart.times.iter().zip(&series.values).enumerate() {
                        let Some(value) = value else { continue };
                        let (from, to) = (y(base[i]), y(base[i] + value));
                        base[i] += value;
                        let left = x(*at);
                        path += &format!("M{left:.1} {from:.1}H{:.1}V{to:.1}H{left:.1}Z", left + slot - gap);
                    }
                    html! { <g class={class}><path class="fill" d={path} /></g> }
                }
            }
        })
        .collect();
    let view = format!("0 0 {width:.0} {height:.0}");
    html! {
        <svg class="plot" role="img" aria-label={*name} viewBox={view} width={px(*width)} height={px(*height)}>
            { for grid }
            { for shapes }
            { for ticks }
        </svg>
    }
}

fn extent(chart: &TimeChart, stacked: bool) -> (f64, f64) {
    let mut low = 0.0f64;
    let mut high = 0.0f64;
    for i in 0..chart.times.len() {
        let values = chart.series.iter().filter_map(|s| s.values.get(i).copied().flatten());
        if stacked {
            let sum: f64 = values.sum();
            (low, high) = (low.min(sum), high.max(sum));
        } else {
            for value in values {
                (low, high) = (low.min(value), high.max(value));
            }
        }
    }
    (low, high)
}

#[derive(Properties, PartialEq)]
pub(crate) struct BarPlotProps {
    pub(crate) chart: BarChart,
    pub(crate) width: f64,
    /// What the picture is called.
    pub(crate) name: &'static str,
}

/// One lying bar per row.
#[component]
pub(crate) fn BarPlot(props: &BarPlotProps) -> Html {
    const SLOT: f64 = 26.0;
    let BarPlotProps { chart, width, name } = props;
    let longest = chart.bars.iter().map(|b| b.0.chars().count()).max().unwrap_or(0);
    let label = (longest as f64 * 7.3 + 14.0).clamp(60.0, (width * 0.42).max(60.0));
    let fits = ((label - 14.0) / 7.3).max(4.0) as usize;
    let most = chart.bars.iter().map(|b| b.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let value_width = 84.0;
    let room = (width - label - value_width).max(20.0);
    let height = chart.bars.len() as f64 * SLOT + 4.0;
    let bars = chart.bars.iter().enumerate().map(|(i, (words, value))| {
        let top = i as f64 * SLOT + 4.0;
        let length = (value.abs() / most * room).max(1.0);
        let short: String = if words.chars().count() > fits {
            words.chars().take(fits - 1).chain(['…']).collect()
        } else {
            words.clone()
        };
        html! { <g class="series c1">
            <title>{ format!("{words}: {}", value_text(&chart.measure, *value)) }</title>
            <text class="name end" x={px(label - 8.0)} y={px(top + 14.5)}>{ short }</text>
            <rect class="fill" x={px(label)} y={px(top + 2.0)} width={px(length)} height="16" rx="2" />
            <text class="value" x={px(label + length + 7.0)} y={px(top + 14.5)}>{ value_text(&chart.measure, *value) }</text>
        </g> }
    });
    html! {
        <svg class="plot" role="img" aria-label={*name} viewBox={format!("0 0 {width:.0} {height:.0}")} width={px(*width)} height={px(height)}>
            { for bars }
        </svg>
    }
}

/// A length as an SVG attribute.
pub(crate) fn px(length: f64) -> String {
    format!("{length:.1}")
}
