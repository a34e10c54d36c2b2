//! What may stand at the cursor of the query, and what keys do while the list of it is open.

use logloupe_syntax::completion::Completions;

/// What may stand in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suggestions {
    /// The text that was asked about.
    pub(crate) text: String,
    pub(crate) completions: Completions,
}

impl Suggestions {
    /// What is there to choose from; nothing when all that could be suggestions stands there already.
    pub(crate) fn new(text: String, completions: Completions) -> Option<Suggestions> {
        let typed = text.get(completions.replace.clone()).unwrap_or("");
        let news = completions.items.iter().any(|i| i.text != typed);
        (news && !completions.items.is_empty()).then_some(Suggestions { text, completions })
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

#[cfg(test)]
mod tests {
    use logloupe_syntax::completion::{CompletionItem, CompletionKind};

    use super::*;

    fn suggestions(text: &str, replace: std::ops::Range<usize>, items: &[&str]) -> Option<Suggestions> {
        let item = |t: &&str| CompletionItem {
            text: (*t).to_owned(),
            kind: CompletionKind::Field,
            label: String::new(),
            doc: String::new(),
            count: None,
        };
        Suggestions::new(text.to_owned(), Completions { replace, items: items.iter().map(item).collect() })
    }

    #[test]
    fn an_item_takes_the_place_of_what_was_typed() {
        let suggestions = suggestions("filter sr = 1", 7..9, &["srcAddr", "srcPort"]).expect("offers");
        assert_eq!(suggestions.accepted(1), Some(("filter srcPort = 1".to_owned(), 14)));
        assert_eq!(suggestions.accepted(2), None);
    }

    #[test]
    fn what_stands_there_already_is_no_offer() {
        assert_eq!(suggestions("filter", 0..6, &["filter"]), None);
        assert_eq!(suggestions("filter", 0..6, &[]), None);
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
