//! A button that opens a panel: menus, the time range, the columns. Closed by Escape, by a click elsewhere, and by
//! choosing; the keyboard then stands on the button again.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Classes, Html, NodeRef, Properties, classes, component, html, use_effect_with,
    use_node_ref, use_state,
};

#[derive(Properties, PartialEq)]
pub(crate) struct PopoverProps {
    /// What stands on the button.
    pub(crate) face: Html,
    /// The button's name, where its face is no text.
    #[prop_or_default]
    pub(crate) label: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) class: Classes,
    /// `menu` for a list of choices (a choice closes it), `dialog` for anything else.
    #[prop_or("menu")]
    pub(crate) role: &'static str,
    /// The panel begins at the right edge of the button instead of the left.
    #[prop_or_default]
    pub(crate) right: bool,
    pub(crate) children: Html,
}

/// The button and, when open, its panel.
#[component]
pub(crate) fn Popover(props: &PopoverProps) -> Html {
    let open = use_state(|| false);
    let button = use_node_ref();
    let panel = use_node_ref();
    let toggle = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let close = {
        let (open, button) = (open.clone(), button.clone());
        Callback::from(move |()| {
            open.set(false);
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
        })
    };
    {
        let panel = panel.clone();
        use_effect_with(*open, move |open| {
            if *open {
                focus_first(&panel);
            }
        });
    }
    let onkeydown = keys(&panel, &close);
    let is_menu = props.role == "menu";
    let onclick = {
        let close = close.clone();
        move |event: web_sys::MouseEvent| {
            let target = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            let chosen = target.and_then(|t| t.closest("[role=menuitem], [data-closes]").ok().flatten());
            if chosen.is_some() {
                close.emit(());
            }
        }
    };
    let face_class = classes!(props.class.clone(), (*open).then_some("open"));
    html! {
        <span class="popover">
            <button ref={button} type="button" class={face_class} aria-haspopup={props.role} aria-expanded={open.to_string()}
                aria-label={props.label.clone()} title={props.label.clone()} onclick={toggle}>{ props.face.clone() }</button>
            if *open {
                <div class="backdrop" onclick={close.reform(|_| ())}></div>
                <div ref={panel} class={classes!("panel", props.right.then_some("right"), is_menu.then_some("menu"))}
                    role={props.role} tabindex="-1" aria-label={props.label.clone()} {onkeydown} {onclick}>
                    { props.children.clone() }
                </div>
            }
        </span>
    }
}

/// Gives the keyboard to the first thing in a panel that can take it.
pub(crate) fn focus_first(panel: &NodeRef) {
    let Some(panel) = panel.cast::<HtmlElement>() else { return };
    let first = panel.query_selector("input, [role=menuitem], button, textarea").ok().flatten();
    let target = first.and_then(|f| f.dyn_into::<HtmlElement>().ok()).unwrap_or(panel);
    let _ = target.focus();
}

/// Keys in a panel: Escape closes, arrows go from choice to choice.
pub(crate) fn keys(panel: &NodeRef, close: &Callback<()>) -> Callback<KeyboardEvent> {
    let (panel, close) = (panel.clone(), close.clone());
    Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                close.emit(());
                return;
            }
            "ArrowDown" => 1i64,
            "ArrowUp" => -1,
            _ => return,
        };
        let Some(panel) = panel.cast::<HtmlElement>() else { return };
        let Ok(items) = panel.query_selector_all("[role=menuitem]") else { return };
        let count = items.length() as i64;
        if count == 0 {
            return;
        }
        event.prevent_default();
        let active = web_sys::window().and_then(|w| w.document()).and_then(|d| d.active_element());
        let now = (0..items.length()).find(|i| {
            let item = items.item(*i).and_then(|n| n.dyn_into::<web_sys::Element>().ok());
            item.is_some() && item == active
        });
        let next = now.map_or(0, |now| (now as i64 + by).rem_euclid(count));
        let next = items.item(next as u32).and_then(|n| n.dyn_into::<HtmlElement>().ok());
        if let Some(next) = next {
            let _ = next.focus();
        }
    })
}

#[derive(Properties, PartialEq)]
pub(crate) struct MenuItemProps {
    pub(crate) onclick: Callback<()>,
    #[prop_or_default]
    pub(crate) disabled: bool,
    pub(crate) children: Html,
}

/// One choice of a menu.
#[component]
pub(crate) fn MenuItem(props: &MenuItemProps) -> Html {
    let onclick = props.onclick.reform(|_| ());
    html! {
        <button type="button" role="menuitem" class="item" disabled={props.disabled} {onclick}>{ props.children.clone() }</button>
    }
}
