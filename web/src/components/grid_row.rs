//! One event in the grid: a line of cells, or a card of two lines where the window is narrow.

use std::rc::Rc;

use logloupe_table::{Value, shown};
use logloupe_view as view;
use yew::{Callback, Html, Properties, classes, component, html};

use super::{family, value::opens_menu};
use crate::state::{
    Action, GridAction, Shared,
    columns::{FORMAT, GridColumn, OUTCOME, SUMMARY, TIME},
    rows::Rows,
    text, time_axis,
};

/// How many of several values a cell shows.
const IN_A_CELL: usize = 20;

#[derive(Properties, PartialEq)]
pub(crate) struct GridRowProps {
    pub(crate) index: u64,
    pub(crate) rows: Shared<Rows>,
    pub(crate) columns: Rc<Vec<GridColumn>>,
    pub(crate) selected: bool,
    pub(crate) act: Callback<Action>,
}

/// One row.
#[component]
pub(crate) fn GridRow(props: &GridRowProps) -> Html {
    let GridRowProps { index, rows, columns, selected, act } = props;
    let index = *index;
    let id = format!("row-{index}");
    let place = (index + 2).to_string();
    let Some(row) = rows.get(index) else {
        let bones = columns.iter().enumerate().map(|(i, _)| {
            html! { <span role="gridcell" class="cell"><i class={classes!("bone", format!("w{}", (index as usize + i) % 4))}></i></span> }
        });
        return html! { <div {id} class="grid-line" role="row" aria-rowindex={place}>{ for bones }</div> };
    };
    let cells = columns.iter().enumerate().map(|(i, column)| {
        let (class, content) = cell(column, row, act);
        html! { <span role="gridcell" class={classes!("cell", class)} aria-colindex={(i + 1).to_string()}>{ content }</span> }
    });
    html! {
        <div {id} class={classes!("grid-line", selected.then_some("selected"))} role="row" aria-rowindex={place} aria-selected={selected.to_string()}
            onclick={act.reform(move |_| Action::Grid(GridAction::Select(index)))}>{ for cells }</div>
    }
}

fn cell(column: &GridColumn, row: &view::GridRow, act: &Callback<Action>) -> (&'static str, Html) {
    match column.name.as_str() {
        TIME => {
            ("cell-time mono", html! { { row.time.map_or_else(|| "no time".to_owned(), time_axis::full) } })
        }
        FORMAT => ("cell-format", clickable(act, FORMAT, &row.format, &row.format, family::log(&row.format))),
        SUMMARY => ("cell-summary", sentence(&row.summary)),
        OUTCOME if row.outcome.is_empty() => ("cell-outcome", html! {}),
        OUTCOME => {
            ("cell-outcome", clickable(act, OUTCOME, &row.outcome, &row.format, outcome(&row.outcome)))
        }
        name => {
            let value = column.cell.and_then(|c| row.cells.get(c)).unwrap_or(&Value::Null);
            if value.is_null() {
                return (if column.number { "right muted" } else { "muted" }, html! { "–" });
            }
            // Each of several values can be asked for.
            let each = |(i, value): (usize, &Value)| {
                let full = value.to_string();
                let shown = match value.number().filter(|_| column.number) {
                    Some(number) if column.bytes => text::bytes(number),
                    Some(number) => text::number(number),
                    None => shown::line(&full),
                };
                let separator = if i > 0 { ", " } else { "" };
                html! { <>{ separator }{ clickable(act, name, &full, &row.format, html! { { shown } }) }</> }
            };
            let class = if column.number { "right mono" } else { "mono" };
            let more = value.singles().count().saturating_sub(IN_A_CELL);
            let face = html! {
                <>
                    { for value.singles().take(IN_A_CELL).enumerate().map(each) }
                    if more > 0 { { format!(" and {} more", text::grouped(more as u64)) } }
                </>
            };
            (class, face)
        }
    }
}

fn clickable(act: &Callback<Action>, field: &str, value: &str, format: &str, face: Html) -> Html {
    let open = opens_menu(act, field, value, Some(format));
    html! { <span class="value" title={shown::lines(value)} onclick={open.clone()} oncontextmenu={open}>{ face }</span> }
}

/// A row's sentence, the words that matter strong.
pub(crate) fn sentence(spans: &[logloupe_table::Span]) -> Html {
    let words = spans.iter().map(|span| match span.strong {
        true => html! { <b>{ shown::line(&span.text) }</b> },
        false => html! { { shown::line(&span.text) } },
    });
    html! { <span class="sentence">{ for words }</span> }
}

/// The label of an outcome: words, with the colour that goes with them.
pub(crate) fn outcome(word: &str) -> Html {
    let tone = match word {
        "success" => "good",
        "failure" => "bad",
        _ => "plain",
    };
    html! { <span class={classes!("label", tone)}>{ shown::line(word) }</span> }
}
