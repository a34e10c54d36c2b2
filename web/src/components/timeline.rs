//! When: a histogram over all that matches. What lies outside the brush stays visible, pale. Mouse, touch and keyboard
//! brush it; a table says the same in numbers.

use logloupe_view::Histogram;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::{Callback, Html, Properties, classes, component, html, use_memo, use_node_ref, use_state};

use super::{
    family,
    icon::{Glyph, Icon},
};
use crate::{
    charts::{
        data::{FamilyLogs, bar_at, brushed, by_family, stacked},
        draw::px,
    },
    engine::Viewed,
    hooks::use_size,
    state::{
        Action, QueryAction, Shared, facets, text,
        time_axis::{self, Range},
    },
};

const HEIGHT: f64 = 84.0;

#[derive(Properties, PartialEq)]
pub(crate) struct TimelineProps {
    pub(crate) viewed: Option<Shared<Viewed>>,
    /// What the picture spans.
    pub(crate) span: Option<Range>,
    /// Whether that is less than everything.
    pub(crate) zoomed: bool,
    pub(crate) range: Option<Range>,
    /// From the first to the last event.
    pub(crate) times: Option<Range>,
    pub(crate) act: Callback<Action>,
}

/// The figure "Events over time".
#[component]
pub(crate) fn Timeline(props: &TimelineProps) -> Html {
    let TimelineProps { viewed, span, zoomed, range, times, act } = props;
    let plot = use_node_ref();
    let (width, _) = use_size(&plot);
    // From where to where the pointer has been dragged, in parts of the width.
    let drag = use_state(|| None::<(f64, f64)>);
    let hover = use_state(|| None::<f64>);
    let as_table = use_state(|| false);
    {
        let act = act.clone();
        let most = ((width / 8.0) as usize).clamp(20, 200);
        yew::use_effect_with(most, move |most| {
            if width > 0.0 {
                act.emit(Action::Query(QueryAction::MostBars(*most)));
            }
        });
    }
    let histogram = viewed.as_ref().map(|v| v.answer.histogram.clone()).unwrap_or_default();
    let span = span.unwrap_or((0, 1));
    let live = drag.and_then(|(a, b)| brushed(&histogram, span, a, b));
    let brush = live.or(*range);
    let picture = {
        let key = (viewed.clone(), span, brush, width);
        use_memo(key, |(viewed, span, brush, width)| match viewed {
            Some(viewed) => {
                let (histogram, families) = by_family(&viewed.answer.histogram);
                picture(&histogram, &families, *span, *brush, *width)
            }
            None => html! {},
        })
    };

    let place = |event: &PointerEvent, plot: &yew::NodeRef| {
        let area = plot.cast::<Element>()?.get_bounding_client_rect();
        Some(((event.client_x() as f64 - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0))
    };
    let onpointerdown = {
        let (drag, plot) = (drag.clone(), plot.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            if let (Some(at), Some(area)) = (place(&event, &plot), plot.cast::<Element>()) {
                let _ = area.set_pointer_capture(event.pointer_id());
                drag.set(Some((at, at)));
            }
        })
    };
    let onpointermove = {
        let (drag, hover, plot) = (drag.clone(), hover.clone(), plot.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(at) = place(&event, &plot) else { return };
            hover.set(Some(at));
            if let Some((from, _)) = *drag {
                drag.set(Some((from, at)));
            }
        })
    };
    let onpointerup = {
        let (drag, act, histogram) = (drag.clone(), act.clone(), histogram.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some((a, b)) = *drag {
                drag.set(None);
                if let Some(range) = brushed(&histogram, span, a, b) {
                    act.emit(Action::Query(QueryAction::Brush(Some(range))));
                }
            }
        })
    };
    let onpointercancel = {
        let drag = drag.clone();
        Callback::from(move |_: PointerEvent| drag.set(None))
    };
    let onpointerleave = {
        let hover = hover.clone();
        Callback::from(move |_: PointerEvent| hover.set(None))
    };
    let onkeydown = keys(act, &histogram, span, *range, *times);
    let tip = hover.filter(|_| width > 0.0).and_then(|at| Some((bar_at(&histogram, span, at)?, at)));

    let zoom_in = range.map(|range| {
        html! {
            <button type="button" class="quiet small" onclick={act.reform(move |_| Action::Query(QueryAction::Span(Some(range))))}>
                <Icon glyph={Glyph::ZoomIn} />{ "Zoom in" }</button>
        }
    });
    let zoom_out = zoomed.then(|| {
        html! {
            <button type="button" class="quiet small" onclick={act.reform(|_| Action::Query(QueryAction::Span(None)))}>
                <Icon glyph={Glyph::ZoomOut} />{ "Zoom out" }</button>
        }
    });
    let legend = by_family(&histogram).1.into_iter().map(|family| {
        let told = |(log, count): &(String, u64)| {
            format!("{}: {}", facets::format_title(log), text::plural(*count, "event"))
        };
        let title = family.logs.iter().map(told).collect::<Vec<_>>().join("\n");
        html! { <span {title}>{ family::mark(family.family) }<span class="word">{ family.label().to_owned() }</span><em class="muted" data-text={text::grouped(family.total())}></em></span> }
    });
    let total: u64 = histogram.series.iter().flat_map(|s| &s.counts).sum();
    let words = match viewed {
        Some(_) if histogram.bars > 0 => format!("bars of {}", time_axis::step_name(histogram.step)),
        _ => String::new(),
    };
    let label = format!(
        "{} in {} bars, {}. Arrow keys move the selected time, plus and minus zoom.",
        text::plural(total, "event"),
        histogram.bars,
        time_axis::range_text(span)
    );
    let flip = {
        let as_table = as_table.clone();
        move |_| as_table.set(!*as_table)
    };
    html! {
        <figure class="time" aria-label="Events over time">
            <figcaption class="time-head">
                <b>{ "Events over time" }</b><span class="muted">{ words }</span>
                <>{ for zoom_in }</><>{ for zoom_out }</>
                <span class="grow"></span>
                <span class="legend">{ for legend }</span>
                <button type="button" class="quiet small" aria-pressed={as_table.to_string()} onclick={flip}>{ "Table" }</button>
            </figcaption>
            <div ref={plot} class="plot-area" tabindex="0" role="application" aria-roledescription="time selection" aria-label={label}
                {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {onpointerleave} {onkeydown}>
                { (*picture).clone() }
                if let Some((index, at)) = tip.filter(|_| drag.is_none()) { <Tip {index} {at} histogram={histogram.clone()} /> }
            </div>
            if *as_table { <AsTable histogram={histogram.clone()} /> }
        </figure>
    }
}

/// Keys on the histogram: arrows move the brush by a bar, with Shift they widen it; plus and minus zoom.
fn keys(
    act: &Callback<Action>,
    histogram: &Histogram,
    span: Range,
    range: Option<Range>,
    times: Option<Range>,
) -> Callback<KeyboardEvent> {
    let (act, step, start) = (act.clone(), histogram.step.max(1), histogram.start);
    Callback::from(move |event: KeyboardEvent| {
        let whole = times.map_or(span, |(a, b)| (a, b + 1));
        let middle = start + ((span.1 - span.0) / 2 + span.0 - start) / step * step;
        let now = range.unwrap_or((middle, middle + step));
        let action = match (event.key().as_str(), event.shift_key()) {
            ("ArrowRight", false) => Action::Query(QueryAction::Brush(
                Some((now.0 + step, now.1 + step)).filter(|_| range.is_some()).or(Some(now)),
            )),
            ("ArrowLeft", false) => Action::Query(QueryAction::Brush(
                Some((now.0 - step, now.1 - step)).filter(|_| range.is_some()).or(Some(now)),
            )),
            ("ArrowRight", true) => Action::Query(QueryAction::Brush(Some((now.0, now.1 + step)))),
            ("ArrowLeft", true) => {
                Action::Query(QueryAction::Brush(Some((now.0, (now.1 - step).max(now.0 + step)))))
            }
            ("+" | "=", _) => Action::Query(QueryAction::Span(
                range.or(Some((span.0 + (span.1 - span.0) / 4, span.1 - (span.1 - span.0) / 4))),
            )),
            ("-", _) => Action::Query(QueryAction::Span(None)),
            ("PageDown", _) => Action::Query(QueryAction::Span(Some(time_axis::shifted(span, 0.5, whole)))),
            ("PageUp", _) => Action::Query(QueryAction::Span(Some(time_axis::shifted(span, -0.5, whole)))),
            ("Escape" | "Backspace" | "Delete", _) if range.is_some() => {
                Action::Query(QueryAction::Brush(None))
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        act.emit(action);
    })
}

/// Bars, brush and axis. One path per family and side of the brush: hundreds of bars are a dozen elements.
fn picture(
    histogram: &Histogram,
    families: &[FamilyLogs],
    span: Range,
    brush: Option<Range>,
    width: f64,
) -> Html {
    if width <= 0.0 || histogram.bars == 0 {
        return html! {};
    }
    let bars = stacked(histogram, span, brush);
    let gap = if bars.first().is_some_and(|b| b.x.1 * width > 4.0) { 1.0 } else { 0.0 };
    let paths = families.iter().enumerate().flat_map(|(i, of)| {
        let colour = facets::family_class(of.family);
        let bars = &bars;
        [true, false].into_iter().map(move |inside| {
            let mut d = String::new();
            for bar in bars.iter().filter(|b| b.inside == inside) {
                let Some(&(from, height)) = bar.parts.get(i) else { continue };
                if height <= 0.0 {
                    continue;
                }
                let left = bar.x.0 * width;
                let right = (left + (bar.x.1 * width - gap).max(1.0)).min(width);
                let (bottom, mut top) = (HEIGHT * (1.0 - from), HEIGHT * (1.0 - from - height));
                // A lone event is still seen.
                if from == 0.0 && bottom - top < 1.5 {
                    top = bottom - 1.5;
                }
                d += &format!("M{left:.1} {bottom:.1}H{right:.1}V{top:.1}H{left:.1}Z");
            }
            html! { <path class={classes!("fill", colour.clone(), (!inside).then_some("pale"))} {d} /> }
        })
    });
    let x = |at: i64| (at - span.0) as f64 / (span.1 - span.0).max(1) as f64 * width;
    let selection = brush.map(|(from, to)| {
        let (left, right) = (x(from).clamp(0.0, width), x(to).clamp(0.0, width));
        html! { <g class="brush">
            <rect x={px(left)} y="0" width={px((right - left).max(1.0))} height={px(HEIGHT)} />
            <line x1={px(left)} x2={px(left)} y1="0" y2={px(HEIGHT)} /><line x1={px(right)} x2={px(right)} y1="0" y2={px(HEIGHT)} />
        </g> }
    });
    let ticks = time_axis::ticks(span, (width / 70.0).max(2.0) as usize).into_iter().map(|(at, words)| {
        let place = x(at);
        // Words that would be cut at an edge are left out; the mark stays.
        let whole = place > 18.0 && place < width - 22.0;
        html! { <g><line class="mark" x1={px(place)} x2={px(place)} y1={px(HEIGHT)} y2={px(HEIGHT + 4.0)} />
            if whole { <text class="tick middle" x={px(place)} y={px(HEIGHT + 16.0)}>{ words }</text> }
        </g> }
    });
    html! {
        <svg class="plot" role="img" aria-label="Events over time" width={px(width)} height={px(HEIGHT + 20.0)} viewBox={format!("0 0 {width:.0} {:.0}", HEIGHT + 20.0)}>
            { for paths }
            { for selection }
            <line class="axis" x1="0" x2={px(width)} y1={px(HEIGHT + 0.5)} y2={px(HEIGHT + 0.5)} />
            { for ticks }
        </svg>
    }
}

#[derive(Properties, PartialEq)]
struct TipProps {
    histogram: Histogram,
    index: usize,
    at: f64,
}

/// The numbers of the bar under the pointer.
#[component]
fn Tip(props: &TipProps) -> Html {
    let TipProps { histogram, index, at } = props;
    let node = use_node_ref();
    let side = if *at > 0.5 { ("right", "left") } else { ("left", "right") };
    let distance = if *at > 0.5 { 1.0 - at } else { *at };
    let place = format!("calc({:.2}% + 12px)", distance * 100.0);
    crate::hooks::use_style(&node, vec![(side.0, place), (side.1, "auto".to_owned())]);
    let from = histogram.start + *index as i64 * histogram.step;
    let count = |s: &logloupe_view::Series| s.counts.get(*index).copied().unwrap_or(0);
    let total: u64 = histogram.series.iter().map(count).sum();
    let logs =
        facets::by_family(&histogram.series, |series| &series.format).into_iter().flat_map(|(_, logs)| logs);
    let rows = logs.filter(|s| count(s) > 0).map(|series| {
        html! { <tr><td>{ family::log(&series.format) }</td><td>{ text::grouped(count(series)) }</td></tr> }
    });
    html! {
        <div ref={node} class="tip" aria-hidden="true">
            <div>{ time_axis::range_text((from, from + histogram.step)) }</div>
            <table>{ for rows }<tr class="sum"><td>{ "events" }</td><td>{ text::grouped(total) }</td></tr></table>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AsTableProps {
    histogram: Histogram,
}

/// The histogram in numbers.
#[component]
fn AsTable(props: &AsTableProps) -> Html {
    let histogram = &props.histogram;
    let rows = (0..histogram.bars).filter_map(|i| {
        let counts: Vec<u64> =
            histogram.series.iter().map(|s| s.counts.get(i).copied().unwrap_or(0)).collect();
        let total: u64 = counts.iter().sum();
        if total == 0 {
            return None;
        }
        let from = time_axis::brief(histogram.start + i as i64 * histogram.step);
        Some(html! { <tr><th scope="row">{ from }</th>{ for counts.iter().map(|c| html! { <td>{ text::grouped(*c) }</td> }) }<td>{ text::grouped(total) }</td></tr> })
    });
    html! {
        <div class="time-table"><table aria-label="Events over time, as a table">
            <thead><tr><th scope="col">{ "from, UTC" }</th>{ for histogram.series.iter().map(|s| html! { <th scope="col">{ &s.format }</th> }) }<th scope="col">{ "all" }</th></tr></thead>
            <tbody>{ for rows }</tbody>
        </table></div>
    }
}
