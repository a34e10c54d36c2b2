//! The page and its workers: the only crate that knows a browser exists.
//!
//! Reading order: [`engine`] (the handle on the workers), `state` (what the page knows and how it changes, as plain
//! functions), `pages` and `components` (what is drawn of it), `charts`, `platform` and `hooks` (the browser);
//! [`protocol`] and [`worker`] are the other side of the engine. The page has one loop: an action changes the state, the state says what is to be done outside, the shell below does it.

mod charts;
mod components;
pub mod engine;
pub mod format_info;
mod hooks;
mod pages;
mod platform;
pub mod protocol;
mod shell;
mod state;
pub mod worker;

use yew::{Html, component, html};

/// The whole page.
#[component]
pub fn App() -> Html {
    html! { <shell::Shell /> }
}
