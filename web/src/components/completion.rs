//! The list under the cursor of the query: what may stand there. The text field keeps the keyboard; it asks
//! [`key`] what a key means while the list is open.

use logloupe_query::complete::{Completions, Item, ItemKind};
use yew::{Callback, Html, Properties, classes, component, html, use_effect_with, use_node_ref};

use crate::{
    hooks::use_style,
    platform::browser,
    state::{Shared, text},
};

/// What may stand in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offered {
    /// The text that was asked about.
    pub(crate) text: String,
    pub(crate) completions: Completions,
}

impl Offered {
    /// What is there to choose from; nothing when all that could be offered stands there already.
    pub(crate) fn new(text: String, completions: Completions) -> Option<Offered> {
        let typed = text.get(completions.replace.clone()).unwrap_or("");
        let news = completions.items.iter().any(|i| i.text != typed);
        (news && !completions.items.is_empty()).then_some(Offered { text, completions })
    }
    /// The text with an item in its place, and the cursor behind it.
    pub(crate) fn accepted(&self, index: usize) -> Option<(String, usize)> {
        let item = self.completions.items.get(index)?;
        let replace = &self.completions.replace;
        let (before, after) = (self.text.get(..replace.start)?, self.text.get(replace.end..)?);
        let cursor = before.len() + item.text.len();
        Some((format!("{before}{}{after}", item.text), cursor))
    }
}

/// What a key does while the list is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKey {
    /// Choose this item.
    Choose(usize),
    /// Put in this item.
    Accept(usize),
    Close,
}

/// What a key means in a list of `count` items of which one may be chosen. Enter belongs to the query until an item was
/// chosen with the arrows.
pub(crate) fn key(name: &str, chosen: Option<usize>, count: usize) -> Option<ListKey> {
    let last = count.checked_sub(1)?;
    match (name, chosen) {
        ("ArrowDown", None) => Some(ListKey::Choose(0)),
        ("ArrowDown", Some(now)) => Some(ListKey::Choose(if now >= last { 0 } else { now + 1 })),
        ("ArrowUp", Some(now)) => Some(ListKey::Choose(if now == 0 { last } else { now - 1 })),
        ("Tab", now) => Some(ListKey::Accept(now.unwrap_or(0))),
        ("Enter", Some(now)) => Some(ListKey::Accept(now)),
        ("Escape", _) => Some(ListKey::Close),
        _ => None,
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct CompletionProps {
    pub(crate) offered: Shared<Offered>,
    pub(crate) chosen: Option<usize>,
    /// Where the word begins that is completed: pixels from the field's left edge and from its top.
    pub(crate) place: (f64, f64),
    pub(crate) accept: Callback<usize>,
}

/// The list "Suggestions".
#[component]
pub(crate) fn Completion(props: &CompletionProps) -> Html {
    let CompletionProps { offered, chosen, place: (left, top), accept } = props;
    let list = use_node_ref();
    use_style(&list, vec![("--left", format!("{left:.0}px")), ("--top", format!("{top:.0}px"))]);
    use_effect_with(*chosen, |chosen| {
        if let Some(chosen) = chosen {
            browser::reveal(&format!("#suggestion-{chosen}"));
        }
    });
    let items = offered.completions.items.iter().enumerate().map(|(index, item)| {
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
fn note(item: &Item) -> Html {
    let words = match (item.count, item.label.is_empty()) {
        (Some(count), _) => text::grouped(count),
        (None, true) => item.doc.clone(),
        (None, false) if item.doc.is_empty() || matches!(item.kind, ItemKind::Field | ItemKind::Table) => {
            item.label.clone()
        }
        (None, false) => format!("{} · {}", item.label, item.doc),
    };
    html! { <span class="muted" title={words.clone()}>{ words }</span> }
}

/// The colour of the editor that fits.
fn class(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Command | ItemKind::Keyword => "command",
        ItemKind::Function | ItemKind::Aggregate => "function",
        ItemKind::Value | ItemKind::Period => "text",
        ItemKind::Field | ItemKind::Table => "field",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(text: &str, replace: std::ops::Range<usize>, items: &[&str]) -> Option<Offered> {
        let item = |t: &&str| Item {
            text: (*t).to_owned(),
            kind: ItemKind::Field,
            label: String::new(),
            doc: String::new(),
            count: None,
        };
        Offered::new(text.to_owned(), Completions { replace, items: items.iter().map(item).collect() })
    }

    #[test]
    fn an_item_takes_the_place_of_what_was_typed() {
        let offered = offered("filter sr = 1", 7..9, &["srcAddr", "srcPort"]).expect("offers");
        assert_eq!(offered.accepted(1), Some(("filter srcPort = 1".to_owned(), 14)));
        assert_eq!(offered.accepted(2), None);
    }

    #[test]
    fn what_stands_there_already_is_no_offer() {
        assert_eq!(offered("filter", 0..6, &["filter"]), None);
        assert_eq!(offered("filter", 0..6, &[]), None);
    }

    #[test]
    fn enter_runs_the_query_until_something_was_chosen() {
        assert_eq!(key("Enter", None, 3), None);
        assert_eq!(key("Enter", Some(2), 3), Some(ListKey::Accept(2)));
        assert_eq!(key("Tab", None, 3), Some(ListKey::Accept(0)));
        assert_eq!(key("ArrowDown", Some(2), 3), Some(ListKey::Choose(0)));
        assert_eq!(key("ArrowUp", None, 3), None);
        assert_eq!(key("ArrowDown", None, 0), None);
    }
}
