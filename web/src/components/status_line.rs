//! The line below everything: how many events match, how long that took, what it takes.

use yew::{Callback, Html, Properties, component, html};

use super::icon::{Glyph, Icon};
use crate::{
    engine::{Loaded, Viewed},
    state::{Action, ScreenAction, Shared, model::Overlay, text},
};

#[derive(Properties, PartialEq)]
pub(crate) struct StatusLineProps {
    pub(crate) viewed: Option<Shared<Viewed>>,
    /// How many events match, of how many.
    pub(crate) status: String,
    /// The answer is to an earlier question.
    pub(crate) is_stale: bool,
    pub(crate) loaded: Shared<Loaded>,
    pub(crate) act: Callback<Action>,
}

/// The status line.
#[component]
pub(crate) fn StatusLine(props: &StatusLineProps) -> Html {
    let StatusLineProps { viewed, status, is_stale, loaded, act } = props;
    let viewed = viewed.as_deref();
    let matched = viewed.map_or(0, |v| v.answer.matched);
    let open_facets = act.reform(|_| Action::Screen(ScreenAction::Overlay(Overlay::Facets)));
    html! {
        <footer class="foot">
            <span role="status"><b>{ status.clone() }</b>{ extra(viewed, *is_stale) }</span>
            <span class="muted wide-only">{ viewed.map(|v| text::millis(v.millis)).unwrap_or_default() }</span>
            <span class="grow"></span>
            <span class="muted wide-only">{ format!("{} · {}", text::plural(loaded.workers as u64, "worker"), text::bytes(loaded.memory as f64)) }</span>
            if matched > 0 { <span class="muted wide-only">{ text::share(matched, loaded.rows) }</span> }
            <span class="muted wide-only">{ "UTC" }</span>
            <button type="button" class="out narrow-only" onclick={open_facets}><Icon glyph={Glyph::Filter} />{ "Facets" }</button>
        </footer>
    }
}

/// What the number of matches does not say: how many rows the answer has, when that is another number.
fn extra(viewed: Option<&Viewed>, is_stale: bool) -> String {
    if is_stale {
        return " · of the question before".to_owned();
    }
    match viewed {
        Some(Viewed { table: Some(table), .. }) => {
            format!(" · {}", text::plural(table.rows.len() as u64, "group"))
        }
        Some(viewed) if viewed.rows != viewed.answer.matched => {
            format!(" · {} shown", text::grouped(viewed.rows))
        }
        _ => String::new(),
    }
}
