//! Storage, address, clipboard, downloads, theme, focus and measures.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Element, HtmlAnchorElement, HtmlElement, Storage, Url, Window, window};

use crate::state::keys::Where;

fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// What was kept under this name in an earlier visit.
pub(crate) fn recall(name: &str) -> Option<String> {
    storage()?.get_item(&format!("logloupe.{name}")).ok().flatten()
}

/// Keeps a setting in this browser. Settings only: never log data.
pub(crate) fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("logloupe.{name}"), value);
    }
}

/// The part of the address after `#`.
pub(crate) fn address() -> String {
    window().and_then(|w| w.location().hash().ok()).unwrap_or_default()
}

/// Puts `hash` into the address, as a new entry of the history or instead of the present one.
pub(crate) fn set_address(hash: &str, new_entry: bool) {
    let Some(window) = window() else { return };
    let now = address();
    if now.trim_start_matches('#') == hash {
        return;
    }
    let Ok(history) = window.history() else { return };
    let path = window.location().pathname().unwrap_or_default();
    let target = if hash.is_empty() { path } else { format!("#{hash}") };
    let _ = match new_entry {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(&target)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(&target)),
    };
}

/// Puts text into the clipboard.
pub(crate) fn copy(text: &str) {
    if let Some(window) = window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// Offers the object behind `url` as a file.
pub(crate) fn download(url: &str, name: &str) {
    let Some(document) = window().and_then(|w| w.document()) else { return };
    let Ok(link) = document.create_element("a") else { return };
    let Ok(link) = link.dyn_into::<HtmlAnchorElement>() else { return };
    link.set_href(url);
    link.set_download(name);
    if let Some(body) = document.body() {
        let _ = body.append_child(&link);
        link.click();
        link.remove();
    }
}

/// Offers bytes as a file.
pub(crate) fn save(bytes: &[u8], name: &str) {
    let parts = Array::of1(&Uint8Array::from(bytes));
    if let Ok(url) =
        Blob::new_with_u8_array_sequence(&parts).and_then(|b| Url::create_object_url_with_blob(&b))
    {
        download(&url, name);
        let _ = Url::revoke_object_url(&url);
    }
}

/// A file made of text, as if it had been chosen.
pub(crate) fn text_file(text: &str, name: &str) -> Option<web_sys::File> {
    web_sys::File::new_with_str_sequence(&Array::of1(&JsValue::from_str(text)), name).ok()
}

/// Shows a theme: `system` follows the system.
pub(crate) fn show_theme(name: &str) {
    let root = window().and_then(|w| w.document()).and_then(|d| d.document_element());
    if let Some(root) = root {
        let _ = match name {
            "system" => root.remove_attribute("data-theme"),
            name => root.set_attribute("data-theme", name),
        };
    }
}

/// Sets a property of an element's style. Through the object model, as the page's policy refuses style attributes.
pub(crate) fn set_style(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(name, value);
    }
}

/// Gives the keyboard to the first element that matches.
pub(crate) fn focus(selector: &str) {
    let found = window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls to the first element that matches, no further than needed.
pub(crate) fn reveal(selector: &str) {
    let found =
        web_sys::window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Clicks the first element that matches.
pub(crate) fn click(selector: &str) {
    let found = window().and_then(|w| w.document()).and_then(|d| d.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// Where a key was pressed.
pub(crate) fn key_place(target: Option<web_sys::EventTarget>) -> Where {
    let Some(element) = target.and_then(|t| t.dyn_into::<Element>().ok()) else { return Where::Page };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => Where::Text,
        "INPUT" if element.get_attribute("type").is_none_or(|t| t == "text" || t == "search") => Where::Text,
        "BODY" => Where::Page,
        _ => Where::Control,
    }
}

/// The size of the window, pixels.
pub(crate) fn window_size() -> (f64, f64) {
    let measure = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    window().map_or((0.0, 0.0), |w: Window| (measure(w.inner_width()), measure(w.inner_height())))
}
