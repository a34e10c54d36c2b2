//! The heads of the grid's columns: sort by a click, widen by dragging an edge, more in a menu; which columns there are.

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement, PointerEvent};
use yew::{Callback, Html, Properties, TargetCast, classes, component, html, use_state};

use super::{
    icon::{Glyph, Icon},
    popover::{MenuItem, Popover},
};
use crate::state::{
    Action, GridAction, QueryAction,
    columns::{FORMAT, GridColumn, OUTCOME, SUMMARY, TIME},
};

#[derive(Properties, PartialEq)]
pub(crate) struct GridHeadProps {
    pub(crate) columns: Rc<Vec<GridColumn>>,
    pub(crate) sort: Option<(String, bool)>,
    pub(crate) act: Callback<Action>,
}

/// The row of heads.
#[component]
pub(crate) fn GridHead(props: &GridHeadProps) -> Html {
    let GridHeadProps { columns, sort, act } = props;
    let heads = columns.iter().enumerate().map(|(i, column)| {
        let sorted = match sort {
            Some((by, down)) if *by == column.name => Some(*down),
            None if column.name == TIME => Some(true),
            _ => None,
        };
        html! { <Head key={column.name.clone()} place={i} column={column.clone()} {sorted} act={act.clone()} /> }
    });
    html! {
        <div class="grid-head" role="rowgroup">
            <div class="grid-line" role="row" aria-rowindex="1">{ for heads }</div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct HeadProps {
    place: usize,
    column: GridColumn,
    sorted: Option<bool>,
    act: Callback<Action>,
}

#[component]
fn Head(props: &HeadProps) -> Html {
    let HeadProps { place, column, sorted, act } = props;
    // Where the pointer took hold of the edge, and how wide the column was then.
    let held = use_state(|| None::<(f64, f64)>);
    let sortable = column.name != SUMMARY;
    let name = column.name.clone();
    let sort = act.reform(move |_| Action::Query(QueryAction::Sort(name.clone())));
    let order = match sorted {
        Some(true) => Some("descending"),
        Some(false) => Some("ascending"),
        None if sortable => Some("none"),
        None => None,
    };
    let arrow = sorted.map(|down| html! { <Icon glyph={if down { Glyph::Down } else { Glyph::Up }} /> });
    let take = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            event.stop_propagation();
            let handle = event.target_unchecked_into::<Element>();
            let width = handle.parent_element().map_or(100.0, |h| h.get_bounding_client_rect().width());
            let _ = handle.set_pointer_capture(event.pointer_id());
            held.set(Some((event.client_x() as f64, width)));
        })
    };
    let pull = {
        let (held, act, name) = (held.clone(), act.clone(), column.name.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, width)) = *held {
                act.emit(Action::Grid(GridAction::Widen(
                    name.clone(),
                    width + event.client_x() as f64 - from,
                )));
            }
        })
    };
    let leave = {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| held.set(None))
    };
    html! {
        <span role="columnheader" class={classes!(column.number.then_some("right"))} aria-sort={order} aria-colindex={(place + 1).to_string()} title={column.name.clone()}>
            if sortable {
                <button type="button" class="head" tabindex="-1" onclick={sort}><span>{ &column.label }</span>{ for arrow }</button>
            } else {
                <span class="head">{ &column.label }</span>
            }
            <i class="edge" onpointerdown={take} onpointermove={pull} onpointerup={leave.clone()} onpointercancel={leave}></i>
        </span>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct ChoiceProps {
    pub(crate) columns: Rc<Vec<GridColumn>>,
    pub(crate) choice: Rc<Vec<(String, &'static str)>>,
    pub(crate) act: Callback<Action>,
}

/// The button at the end of the heads that opens the choice of columns. Beside the grid, not in it: a grid holds rows.
#[component]
pub(crate) fn ColumnChoice(props: &ChoiceProps) -> Html {
    let ChoiceProps { columns, choice, act } = props;
    html! {
        <span class="column-choice">
            <Popover face={html! { <Icon glyph={Glyph::Columns} /> }} label="Columns" role="dialog" right={true} class={classes!("quiet", "square")}>
                <Choice columns={columns.clone()} choice={choice.clone()} act={act.clone()} />
            </Popover>
        </span>
    }
}

/// Which columns there are, in which order.
#[component]
fn Choice(props: &ChoiceProps) -> Html {
    let ChoiceProps { columns, choice, act } = props;
    let sought = use_state(String::new);
    let oninput = {
        let sought = sought.clone();
        Callback::from(move |event: yew::InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let needle = sought.trim().to_lowercase();
    let shown = columns.iter().map(|column| {
        let name = column.name.clone();
        let remove = {
            let name = name.clone();
            act.reform(move |_| Action::Grid(GridAction::RemoveColumn(name.clone())))
        };
        let shift = |by: isize| {
            let name = name.clone();
            act.reform(move |_| Action::Grid(GridAction::MoveColumn(name.clone(), by)))
        };
        html! {
            <li key={name.clone()}>
                <span class="name">{ &column.name }</span>
                <button type="button" class="quick" aria-label={format!("Move {name} left")} onclick={shift(-1)}><Icon glyph={Glyph::Up} /></button>
                <button type="button" class="quick" aria-label={format!("Move {name} right")} onclick={shift(1)}><Icon glyph={Glyph::Down} /></button>
                <button type="button" class="quick" aria-label={format!("Remove column {name}")} onclick={remove}><Icon glyph={Glyph::Close} /></button>
            </li>
        }
    });
    let carried = [TIME, FORMAT, SUMMARY, OUTCOME].map(|n| (n.to_owned(), ""));
    let others = (carried.iter().chain(choice.iter()))
        .filter(|(name, _)| !columns.iter().any(|c| c.name == *name) && name.to_lowercase().contains(&needle))
        .take(60);
    let typed = sought.trim().to_owned();
    let is_path = typed.contains('.') && !typed.contains(' ') && !choice.iter().any(|c| c.0 == typed);
    let add = |name: String, doc: &str| {
        let field = name.clone();
        html! { <MenuItem onclick={act.reform(move |()| Action::Grid(GridAction::AddColumn(field.clone())))}><span title={doc.to_owned()}>{ name }</span></MenuItem> }
    };
    let others: Vec<Html> = others.map(|(name, doc)| add(name.clone(), doc)).collect();
    html! {
        <div class="column-list">
            <div class="menu-title">{ "Columns" }<button type="button" class="quiet small" onclick={act.reform(|_| Action::Grid(GridAction::SetColumns(Vec::new())))}>{ "Usual ones" }</button></div>
            <ul>{ for shown }</ul>
            <input type="search" class="inner-find" placeholder="Add a field" aria-label="Add a field" {oninput} />
            <div class="scrolling">{ for others }if is_path { { add(typed, "a path of the JSON records") } }</div>
        </div>
    }
}
