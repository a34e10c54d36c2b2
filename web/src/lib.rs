//! The page: state and components. Beside it lie what it and its workers say to each other (`protocol/`) and the workers
//! (`worker/`), crates of their own: the page links neither the parsers nor the query engine.
//!
//! Reading order: [`engine`] (the handle on the workers), `state` (what the page knows and how it changes, as plain
//! functions), `pages` and `components` (what is drawn of it), `charts`, `platform` and `hooks` (the browser). The page has
//! one loop: an action changes the state, the state says what is to be done outside, the shell below does it.

mod charts;
mod components;
pub mod engine;
pub mod format_info;
mod hooks;
mod pages;
mod platform;
mod shell;
mod state;

use yew::{Html, component, html};

/// The whole page.
#[component]
pub fn App() -> Html {
    html! { <shell::Shell /> }
}
