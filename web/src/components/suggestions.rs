//! The list under the cursor of the query: what may stand there. The text field keeps the keyboard; it asks
//! [`completion::key`](crate::state::completion::key) what a key means while the list is open.

use logloupe_syntax::completion::{CompletionItem, CompletionKind};
use yew::{Callback, Html, Properties, classes, component, html, use_effect_with, use_node_ref};

use crate::{
    hooks::use_style,
    platform::browser,
    state::{Shared, completion::Suggestions, text},
};

#[derive(Properties, PartialEq)]
pub(crate) struct SuggestionListProps {
    pub(crate) suggestions: Shared<Suggestions>,
    pub(crate) chosen: Option<usize>,
    /// Where the word begins that is completed: pixels from the field's left edge and from its top.
    pub(crate) place: (f64, f64),
    pub(crate) accept: Callback<usize>,
}

/// The list "Suggestions".
#[component]
pub(crate) fn SuggestionList(props: &SuggestionListProps) -> Html {
    let SuggestionListProps { suggestions, chosen, place: (left, top), accept } = props;
    let list = use_node_ref();
    use_style(&list, vec![("--left", format!("{left:.0}px")), ("--top", format!("{top:.0}px"))]);
    use_effect_with(*chosen, |chosen| {
        if let Some(chosen) = chosen {
            browser::reveal(&format!("#suggestion-{chosen}"));
        }
    });
    let items = suggestions.completions.items.iter().enumerate().map(|(index, item)| {
        let accept = accept.reform(move |event: yew::MouseEvent| {
            // The field keeps the keyboard.
            event.prevent_default();
            index
        });
        let current = *chosen == Some(index);
        html! {
            <li id={format!("suggestion-{index}")} key={index} role="option" aria-selected={current.to_string()} class={classes!(current.then_some("current"))} onmousedown={accept}>
                <span class={classes!("suggested", format!("syn-{}", class(item.kind)))}>{ &item.text }</span>
                { note(item) }
            </li>
        }
    });
    html! { <ul ref={list} id="suggestions" class="panel suggestions" role="listbox" aria-label="Suggestions">{ for items }</ul> }
}

/// What stands beside an item.
fn note(item: &CompletionItem) -> Html {
    let words = match (item.count, item.label.is_empty()) {
        (Some(count), _) => text::grouped(count),
        (None, true) => item.doc.clone(),
        (None, false)
            if item.doc.is_empty() || matches!(item.kind, CompletionKind::Field | CompletionKind::Table) =>
        {
            item.label.clone()
        }
        (None, false) => format!("{} · {}", item.label, item.doc),
    };
    html! { <span class="muted" title={words.clone()}>{ words }</span> }
}

/// The colour of the editor that fits.
fn class(kind: CompletionKind) -> &'static str {
    match kind {
        CompletionKind::Command | CompletionKind::Keyword => "command",
        CompletionKind::Function | CompletionKind::Aggregate => "function",
        CompletionKind::Value | CompletionKind::Period => "text",
        CompletionKind::Field | CompletionKind::Table => "field",
    }
}
