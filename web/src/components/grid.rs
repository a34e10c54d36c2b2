//! Which: every event that matches, however many, of which only the rows on screen exist as elements. Where those stand
//! is [`window`](crate::state::window)'s arithmetic; here it meets the browser's scroll bar.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, WheelEvent};
use yew::{
    Callback, Html, Properties, component, html, use_effect_with, use_mut_ref, use_node_ref, use_state,
};

use super::{
    grid_head::{ColumnChoice, GridHead},
    grid_row::GridRow,
};
use crate::{
    hooks::{use_narrow, use_size, use_style},
    platform::listen::Listener,
    state::{
        Action, GridAction, Shared,
        columns::{self, GridColumn},
        rows::Rows,
        window::Geometry,
    },
};

/// Rows drawn above and below what is seen.
const SPARE: u64 = 10;
const ROW: f64 = 28.0;
const CARD: f64 = 64.0;
const HEAD: f64 = 30.0;

#[derive(Properties, PartialEq)]
pub(crate) struct GridProps {
    pub(crate) rows: Shared<Rows>,
    pub(crate) columns: Rc<Vec<GridColumn>>,
    /// The names that can be added as columns.
    pub(crate) choice: Rc<Vec<(String, &'static str)>>,
    /// By which column it is sorted, and whether the largest comes first.
    pub(crate) sort: Option<(String, bool)>,
    pub(crate) selected: Option<u64>,
    /// Counts how often the grid was sent to its top.
    pub(crate) scroll_epoch: u32,
    /// A newer answer is on its way.
    pub(crate) busy: bool,
    pub(crate) act: Callback<Action>,
}

/// The grid "Events".
#[component]
pub(crate) fn Grid(props: &GridProps) -> Html {
    let GridProps { rows, columns, choice, sort, selected, scroll_epoch, busy, act } = props;
    let scroller = use_node_ref();
    let tall = use_node_ref();
    let sheet = use_node_ref();
    let (_, height) = use_size(&scroller);
    let narrow = use_narrow();
    let row = if narrow { CARD } else { ROW };
    let head = if narrow { 0.0 } else { HEAD };
    let geometry = Geometry { rows: rows.total, row, viewport: (height - head).max(row) };
    let position = use_state(|| 0.0f64);
    let top = position.clamp(0.0, geometry.last_top());
    // Where this component itself put the scroll bar last; a scroll event from there says nothing new.
    let placed = use_mut_ref(|| -1.0f64);
    // What the listeners, made once, must know of now.
    let now = use_mut_ref(|| (geometry, top));
    *now.borrow_mut() = (geometry, top);

    {
        let set = position.setter();
        use_effect_with(*scroll_epoch, move |_| set.set(0.0));
    }
    {
        let set = position.setter();
        use_effect_with(*selected, move |selected| {
            if let Some(index) = selected {
                set.set(geometry.reveal(*index, top));
            }
        });
    }
    {
        let (placed, scroller) = (placed.clone(), scroller.clone());
        let key = (top.to_bits(), geometry.rows, geometry.row.to_bits(), geometry.viewport.to_bits());
        use_effect_with(key, move |_| {
            let Some(element) = scroller.cast::<Element>() else { return };
            let target = geometry.scroll(top);
            if (element.scroll_top() as f64 - target).abs() >= 1.0 {
                element.set_scroll_top(target.round() as i32);
                *placed.borrow_mut() = element.scroll_top() as f64;
            }
        });
    }
    {
        let set = position.setter();
        use_effect_with(scroller.clone(), move |scroller| {
            let element = scroller.cast::<Element>();
            let seen = element.clone();
            let (scroll_now, scroll_set, scroll_placed) = (now.clone(), set.clone(), placed.clone());
            let on_scroll = element.as_ref().map(|target| {
                Listener::new(target, "scroll", move |_| {
                    let Some(element) = &seen else { return };
                    let scroll = element.scroll_top() as f64;
                    if (scroll - *scroll_placed.borrow()).abs() < 1.0 {
                        return;
                    }
                    *scroll_placed.borrow_mut() = -1.0;
                    let (geometry, _) = *scroll_now.borrow();
                    scroll_set.set(geometry.top(scroll));
                })
            });
            let on_wheel = element.as_ref().map(|target| {
                Listener::new(target, "wheel", move |event| {
                    let (geometry, top) = *now.borrow();
                    let wheel = event.unchecked_ref::<WheelEvent>();
                    // Where one pixel of the scroll bar is many rows, the wheel turns rows, not the scroll bar.
                    if !geometry.is_scaled() || wheel.delta_y() == 0.0 || wheel.ctrl_key() {
                        return;
                    }
                    event.prevent_default();
                    let unit = match wheel.delta_mode() {
                        1 => geometry.row,
                        2 => geometry.viewport,
                        _ => 1.0,
                    };
                    let next = (top + wheel.delta_y() * unit / geometry.row).clamp(0.0, geometry.last_top());
                    now.borrow_mut().1 = next;
                    set.set(next);
                })
            });
            move || drop((on_scroll, on_wheel))
        });
    }
    let window = geometry.window(top, SPARE);
    {
        let act = act.clone();
        let seen = geometry.window(top, 0);
        let key = (seen.first, seen.count, rows.view, rows.total);
        use_effect_with(key, move |(first, count, ..)| {
            if *count > 0 {
                act.emit(Action::Grid(GridAction::Viewport(*first, *count)));
            }
        });
    }
    use_style(
        &scroller,
        vec![
            ("--columns", columns::template(columns)),
            ("--least", format!("{:.0}px", columns::least_width(columns))),
        ],
    );
    use_style(&tall, vec![("height", format!("{:.0}px", geometry.height()))]);
    use_style(&sheet, vec![("transform", format!("translateY({:.2}px)", window.offset))]);

    let onkeydown = {
        let (act, scroller) = (act.clone(), scroller.clone());
        let (selected, page, total) = (*selected, geometry.page() as i64, rows.total as i64);
        Callback::from(move |event: KeyboardEvent| {
            let action = match event.key().as_str() {
                "ArrowDown" => Action::Grid(GridAction::Move(1)),
                "ArrowUp" => Action::Grid(GridAction::Move(-1)),
                "PageDown" => Action::Grid(GridAction::Move(page)),
                "PageUp" => Action::Grid(GridAction::Move(-page)),
                "Home" => Action::Grid(GridAction::Move(-total)),
                "End" => Action::Grid(GridAction::Move(total)),
                "Enter" | " " => Action::Grid(GridAction::OpenSelected),
                _ => return,
            };
            // Keys on a button inside the grid are that button's.
            let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
            let on_grid = target.is_some() && target == scroller.cast::<Element>();
            if !on_grid || (selected.is_none() && total == 0) {
                return;
            }
            event.prevent_default();
            act.emit(action);
        })
    };
    let lines = (window.first..window.first + window.count as u64).map(|index| {
        html! {
            <GridRow key={index.to_string()} {index} rows={rows.clone()} columns={columns.clone()} selected={*selected == Some(index)} act={act.clone()} />
        }
    });
    let active = selected.filter(|s| (window.first..window.first + window.count as u64).contains(s));
    html! {
        <>
        <ColumnChoice columns={columns.clone()} choice={choice.clone()} act={act.clone()} />
        <div ref={scroller} class={yew::classes!("grid", busy.then_some("busy"))} role="grid" aria-label="Events" tabindex="0"
            aria-rowcount={(rows.total + 1).to_string()} aria-colcount={columns.len().to_string()} aria-busy={busy.to_string()}
            aria-activedescendant={active.map(|a| format!("row-{a}"))} {onkeydown}>
            <GridHead columns={columns.clone()} sort={sort.clone()} act={act.clone()} />
            <div ref={tall} class="height" role="presentation">
                <div ref={sheet} class="rows" role="rowgroup">{ for lines }</div>
            </div>
        </div>
        </>
    }
}
