//! What components share that is neither state of the page nor an element: measures and properties of style.

use yew::{NodeRef, hook, use_effect_with, use_state};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, ResizeObserver};

use crate::platform::{browser, listen::Listener};

/// Below this width there is one column: facets and detail come as sheets.
pub(crate) const NARROW: f64 = 760.0;

/// The inner size of an element, kept up to date; zero until it is drawn.
#[hook]
pub(crate) fn use_size(node: &NodeRef) -> (f64, f64) {
    let size = use_state(|| (0.0, 0.0));
    let set = size.setter();
    use_effect_with(node.clone(), move |node| {
        let element = node.cast::<Element>();
        let measured = element.clone();
        let handler = Closure::<dyn FnMut(JsValue)>::new(move |_: JsValue| {
            if let Some(element) = &measured {
                set.set((element.client_width() as f64, element.client_height() as f64));
            }
        });
        let observer = ResizeObserver::new(handler.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &element) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(handler);
        }
    });
    *size
}

/// Whether the window is narrow.
#[hook]
pub(crate) fn use_narrow() -> bool {
    let narrow = use_state(|| browser::window_size().0 < NARROW);
    let set = narrow.setter();
    use_effect_with((), move |()| {
        let listener = Listener::on_window("resize", move |_| set.set(browser::window_size().0 < NARROW));
        move || drop(listener)
    });
    *narrow
}

/// Sets properties of an element's style, before the next picture is drawn.
#[hook]
pub(crate) fn use_style(node: &NodeRef, properties: Vec<(&'static str, String)>) {
    use_effect_with((node.clone(), properties), |(node, properties)| {
        if let Some(element) = node.cast::<Element>() {
            for (name, value) in properties {
                browser::set_style(&element, name, value);
            }
        }
    });
}
