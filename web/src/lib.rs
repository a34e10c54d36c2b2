//! The page and its workers: the only crate that knows a browser exists.

pub mod engine;
pub mod protocol;
pub mod worker;

use yew::{Html, component, html};

/// The whole page.
#[component]
pub fn App() -> Html {
    html! { <h1>{ "Logloupe" }</h1> }
}
