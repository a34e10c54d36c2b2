//! The answer to a `stats` query: chart and table side by side. The chart's kind can be switched; the table has
//! everything, the chart says what it leaves out.

use logloupe_syntax::presence;
use logloupe_table::{Value, shown};
use yew::{Callback, Html, Properties, classes, component, html, use_memo, use_node_ref, use_state};

use super::{
    icon::{Glyph, Icon},
    value::opens_menu,
};
use crate::{
    charts::{
        data::{Chart, ChartKind, chart, kinds},
        draw::{BarPlot, TimePlot, value_text},
    },
    engine::Viewed,
    hooks::use_size,
    state::{Action, QueryAction, ScreenAction, Shared, text, time_axis},
};

/// How many rows are put into the table at first, and with every "more".
const SHOWN: usize = 500;

#[derive(Properties, PartialEq)]
pub(crate) struct ResultsProps {
    pub(crate) viewed: Shared<Viewed>,
    /// By which column it is sorted.
    pub(crate) sort: Option<(String, bool)>,
    /// The kind that the user chose.
    pub(crate) kind: Option<ChartKind>,
    pub(crate) busy: bool,
    pub(crate) act: Callback<Action>,
}

/// Chart and table.
#[component]
pub(crate) fn Results(props: &ResultsProps) -> Html {
    let ResultsProps { viewed, sort, kind, busy, act } = props;
    let kinds = use_memo(viewed.clone(), |v| v.table.as_ref().map(kinds).unwrap_or_default());
    let kind = kind.filter(|k| kinds.contains(k)).or(kinds.first().copied());
    let drawn =
        use_memo((viewed.clone(), kind), |(v, kind)| kind.and_then(|kind| chart(v.table.as_ref()?, kind)));
    let area = use_node_ref();
    let (width, height) = use_size(&area);
    let switch = kinds.iter().map(|this| {
        let this = *this;
        html! { <button type="button" role="radio" aria-checked={(Some(this) == kind).to_string()} onclick={act.reform(move |_| Action::Screen(ScreenAction::Chart(this)))}>{ this.name() }</button> }
    });
    let (legend, left_out) = match &*drawn {
        Some(Chart::Time(chart)) if chart.series.len() > 1 => {
            let items = chart.series.iter().map(|s| {
                html! { <span><i class={format!("dot {}", s.colour)}></i>{ if s.name.is_empty() { "(none)" } else { &s.name } }</span> }
            });
            (html! { <span class="legend">{ for items }</span> }, chart.left_out)
        }
        Some(Chart::Time(chart)) => (html! { <span class="muted">{ &chart.measure }</span> }, 0),
        Some(Chart::Bars(chart)) => (html! { <span class="muted">{ &chart.measure }</span> }, chart.left_out),
        None => (html! {}, 0),
    };
    let picture = match &*drawn {
        _ if width <= 1.0 => html! {},
        Some(Chart::Time(chart)) => {
            html! { <TimePlot chart={chart.clone()} kind={kind.unwrap_or(ChartKind::Line)} size={(width, height.clamp(160.0, 420.0))} name="Chart" /> }
        }
        Some(Chart::Bars(chart)) => html! { <BarPlot chart={chart.clone()} {width} name="Chart" /> },
        None => html! {},
    };
    let has_chart = !kinds.is_empty();
    html! {
        <section class={classes!("results", busy.then_some("busy"), has_chart.then_some("with-chart"))} aria-label="Result">
            if has_chart {
                <div class="chart">
                    <div class="chart-head">
                        if kinds.len() > 1 { <div class="seg small" role="radiogroup" aria-label="Kind of chart">{ for switch }</div> }
                        { legend }
                    </div>
                    <div ref={area} class="chart-area">{ picture }</div>
                    if left_out > 0 { <p class="hint">{ format!("{} more in the table.", text::grouped(left_out as u64)) }</p> }
                </div>
            }
            { for viewed.table.iter().flat_map(|t| &t.remarks).map(|remark| html! { <p class="hint" role="note">{ remark }</p> }) }
            <Table viewed={viewed.clone()} sort={sort.clone()} act={act.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    viewed: Shared<Viewed>,
    sort: Option<(String, bool)>,
    act: Callback<Action>,
}

/// The table "Results".
#[component]
fn Table(props: &TableProps) -> Html {
    let TableProps { viewed, sort, act } = props;
    let shown = use_state(|| SHOWN);
    let Some(table) = &viewed.table else { return html! {} };
    let heads = table.columns.iter().map(|(name, number)| {
        let order = match sort {
            Some((by, true)) if by == name => "descending",
            Some((by, false)) if by == name => "ascending",
            _ => "none",
        };
        let arrow = match order {
            "descending" => html! { <Icon glyph={Glyph::Down} /> },
            "ascending" => html! { <Icon glyph={Glyph::Up} /> },
            _ => html! {},
        };
        let field = name.clone();
        html! {
            <th scope="col" class={classes!(number.then_some("right"))} aria-sort={order}>
                <button type="button" class="head" onclick={act.reform(move |_| Action::Query(QueryAction::Sort(field.clone())))}><span>{ name }</span>{ arrow }</button>
            </th>
        }
    });
    let lines = table.rows.iter().take(*shown).map(|row| {
        let cells = row.iter().zip(&table.columns).map(|(value, (name, number))| {
            let shown = match value {
                Value::Null => "–".to_owned(),
                Value::Time(at) => time_axis::brief(*at),
                value if *number => value.number().map_or_else(|| value.to_string(), |n| value_text(name, n)),
                value => shown::line(&value.to_string()),
            };
            // A computed column is no field: its values cannot be looked for.
            let is_field = !*number && matches!(value, Value::Text(_)) && !name.contains('(');
            let face = if is_field {
                let open = opens_menu(act, name, &value.to_string(), None);
                html! { <button type="button" class="value" aria-haspopup="menu" onclick={open.clone()} oncontextmenu={open}>{ shown }</button> }
            } else {
                html! { { shown } }
            };
            html! { <td class={classes!(number.then_some("right mono"))} title={shown::lines(&value.to_string())}>{ face }</td> }
        });
        html! { <tr>{ for cells }</tr> }
    });
    if let (true, Some(why)) = (table.rows.is_empty(), presence::no_rows(&viewed.answer.absent)) {
        return html! { <div class="table-area"><p class="hint pad" role="status">{ why }</p></div> };
    }
    let left = table.rows.len().saturating_sub(*shown);
    let more = {
        let shown = shown.clone();
        move |_| shown.set(*shown + SHOWN * 4)
    };
    html! {
        <div class="table-area">
            <table class="results-table" aria-label="Results">
                <thead><tr>{ for heads }</tr></thead>
                <tbody>{ for lines }</tbody>
            </table>
            if left > 0 { <button type="button" class="more" onclick={more}>{ format!("Show more ({} left)", text::grouped(left as u64)) }</button> }
            if table.rows.is_empty() { <p class="hint pad">{ "The query gives no rows." }</p> }
        </div>
    }
}
