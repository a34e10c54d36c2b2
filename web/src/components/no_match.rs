//! What stands in the place of the rows when none matches.

use logloupe_syntax::{Diagnostic, Language, presence};
use yew::{AttrValue, Callback, Html, Properties, component, html};

use crate::state::{
    Action, QueryAction,
    edits::{self, QueryText},
    text,
    time_axis::{self, Range},
};

#[derive(Properties, PartialEq)]
pub(crate) struct NoMatchProps {
    pub(crate) query: AttrValue,
    pub(crate) language: Language,
    pub(crate) range: Option<Range>,
    pub(crate) total: u64,
    /// Remarks on names that no row has.
    pub(crate) absent: Vec<Diagnostic>,
    pub(crate) act: Callback<Action>,
}

/// Stands where rows would be when none match: what asks for too much, and a way back.
#[component]
pub(crate) fn NoMatch(props: &NoMatchProps) -> Html {
    let NoMatchProps { query, language, range, total, absent, act } = props;
    let chips = edits::chips(QueryText { text: query, language: *language });
    let one = chips.len() == 1 && range.is_none();
    let items = chips.iter().map(|chip| {
        let index = chip.index;
        html! { <li><code>{ &chip.text }</code><button type="button" class="out small" onclick={act.reform(move |_| Action::Query(QueryAction::RemoveFilter(index)))}>{ "Remove" }</button>
            <button type="button" class="quiet small" onclick={act.reform(move |_| Action::Query(QueryAction::InvertFilter(index)))}>{ "Invert" }</button></li> }
    });
    let words = if let Some(why) = presence::no_rows(absent) {
        why
    } else if chips.is_empty() && range.is_none() {
        "The query gives no events.".to_owned()
    } else if one {
        "This filter removes them all:".to_owned()
    } else {
        "Together these leave nothing. Take one away:".to_owned()
    };
    html! {
        <div class="empty">
            <h2>{ format!("0 of {} events", text::grouped(*total)) }</h2>
            <p>{ words }</p>
            <ul class="causes">
                { for items }
                if let Some(range) = range {
                    <li><code>{ time_axis::range_text(*range) }</code><button type="button" class="out small" onclick={act.reform(|_| Action::Query(QueryAction::Brush(None)))}>{ "All of the data" }</button></li>
                }
            </ul>
        </div>
    }
}
