//! Event listeners that end when their holder is dropped. For events that need options, or a target outside the page's
//! tree; everything else is a plain attribute in a component.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// A listener; it listens as long as this lives.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    handler: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens on `target`. The handler may call `prevent_default`.
    pub(crate) fn new(
        target: &EventTarget,
        kind: &'static str,
        handler: impl FnMut(Event) + 'static,
    ) -> Listener {
        let handler = Closure::new(handler);
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            kind,
            handler.as_ref().unchecked_ref(),
            &options,
        );
        Listener { target: target.clone(), kind, handler }
    }
    /// Listens on the window.
    pub(crate) fn on_window(kind: &'static str, handler: impl FnMut(Event) + 'static) -> Option<Listener> {
        web_sys::window().map(|window| Listener::new(&window, kind, handler))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ =
            self.target.remove_event_listener_with_callback(self.kind, self.handler.as_ref().unchecked_ref());
    }
}
