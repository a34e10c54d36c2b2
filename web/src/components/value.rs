//! A value, wherever it stands: it looks the same and offers the same. Hover shows that it can be clicked, a click or
//! the menu key opens what can be done with it.

use logloupe_table::shown;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

use super::{
    icon::{Glyph, Icon},
    popover::{MenuItem, focus_first, keys},
};
use crate::{
    hooks::use_style,
    platform::browser,
    state::{
        Action, FacetsAction, GridAction, QueryAction, ScreenAction, edits::ValueAct, facets, model::Menu,
    },
};

/// Opens the menu of a value below what was clicked.
pub(crate) fn opens_menu(
    act: &Callback<Action>,
    field: &str,
    value: &str,
    format: Option<&str>,
) -> Callback<MouseEvent> {
    let (act, field, value) = (act.clone(), field.to_owned(), value.to_owned());
    let format = format.map(str::to_owned);
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let Some(place) = target.map(|t| t.get_bounding_client_rect()) else { return };
        // A wide cell opens its menu at the pointer; a click by the keyboard has none.
        let left = match event.client_x() {
            0 => place.left(),
            x => (x as f64 - 12.0).clamp(place.left(), place.right()),
        };
        act.emit(Action::Screen(ScreenAction::Menu(Some(Menu {
            field: field.clone(),
            value: value.clone(),
            format: format.clone(),
            place: (left, place.top(), place.bottom()),
        }))));
    })
}

#[derive(Properties, PartialEq)]
pub(crate) struct ValueMenuProps {
    pub(crate) menu: Menu,
    pub(crate) act: Callback<Action>,
}

/// What can be done with a value.
#[component]
pub(crate) fn ValueMenu(props: &ValueMenuProps) -> Html {
    const WIDTH: f64 = 248.0;
    const HEIGHT: f64 = 300.0;
    let Menu { field, value, format, place: (left, top, bottom) } = &props.menu;
    let act = &props.act;
    let panel = use_node_ref();
    let (width, height) = browser::window_size();
    let left = left.min(width - WIDTH - 8.0).max(8.0);
    // Below what was clicked; above it where there is more room, and then what was clicked stays visible too.
    let below = bottom + HEIGHT < height || *top < height / 2.0;
    let (from_top, from_bottom) = match below {
        true => (format!("{:.0}px", (bottom + 2.0).min(height - HEIGHT).max(8.0)), "auto".to_owned()),
        false => ("auto".to_owned(), format!("{:.0}px", height - top + 2.0)),
    };
    use_style(&panel, vec![("left", format!("{left:.0}px")), ("top", from_top), ("bottom", from_bottom)]);
    {
        let panel = panel.clone();
        use_effect_with(props.menu.clone(), move |_| focus_first(&panel));
    }
    let close = act.reform(|()| Action::Screen(ScreenAction::Menu(None)));
    let onkeydown = keys(&panel, &close);
    let with = |what: ValueAct| {
        let (field, value) = (field.clone(), value.clone());
        act.reform(move |()| Action::Query(QueryAction::Value(what, field.clone(), value.clone())))
    };
    let add = {
        let field = field.clone();
        act.reform(move |()| Action::Grid(GridAction::AddColumn(field.clone())))
    };
    let count_values = {
        let field = field.clone();
        act.reform(move |()| Action::Facets(FacetsAction::Add(field.clone())))
    };
    let copy = {
        let value = value.clone();
        act.reform(move |()| Action::Screen(ScreenAction::Copy(value.clone())))
    };
    // In other logs the same thing has another name: the common one finds it there too.
    let common = format.as_deref().and_then(|f| facets::common_name(f, field));
    let everywhere = {
        let (field, value) = (common.unwrap_or(field).to_owned(), value.clone());
        act.reform(move |()| {
            Action::Query(QueryAction::Value(ValueAct::Everywhere, field.clone(), value.clone()))
        })
    };
    html! {
        <>
            <div class="backdrop" onclick={close.reform(|_| ())} oncontextmenu={close.reform(|e: MouseEvent| e.prevent_default())}></div>
            <div ref={panel} class="panel menu floating" role="menu" tabindex="-1" aria-label={format!("{field} {}", shown::line(value))} {onkeydown}>
                <div class="menu-head"><span>{ field }</span><b>{ shown::line(value) }</b></div>
                <MenuItem onclick={with(ValueAct::Only)}><Icon glyph={Glyph::Plus} />{ "Only" }</MenuItem>
                <MenuItem onclick={with(ValueAct::Exclude)}><Icon glyph={Glyph::Minus} />{ "Exclude" }</MenuItem>
                <MenuItem onclick={with(ValueAct::Also)}><Icon glyph={Glyph::Filter} />{ "Also include" }</MenuItem>
                <hr />
                <MenuItem onclick={with(ValueAct::CountBy)}><Icon glyph={Glyph::Spark} />{ "Count by this field" }</MenuItem>
                <MenuItem onclick={add}><Icon glyph={Glyph::Columns} />{ "Add column" }</MenuItem>
                <MenuItem onclick={count_values}><Icon glyph={Glyph::Search} />{ "Add to facets" }</MenuItem>
                <hr />
                <MenuItem onclick={everywhere}><Icon glyph={Glyph::Turn} />{ "Look in all logs" }</MenuItem>
                <MenuItem onclick={copy}><Icon glyph={Glyph::Copy} />{ "Copy" }</MenuItem>
            </div>
        </>
    }
}
