//! What may stand at the cursor of a text, as plain data: `logloupe-query` fills it, shards' parts of it become one, an
//! editor shows it.

use std::{collections::HashMap, ops::Range};

use logloupe_table::sort;
use serde::{Deserialize, Serialize};

/// The most that is offered at once.
pub const MOST: usize = 50;

/// What may stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completions {
    /// The bytes of the text that an item takes the place of.
    pub replace: Range<usize>,
    /// What may stand there, the likeliest first; at most [`MOST`].
    pub items: Vec<CompletionItem>,
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletionItem {
    /// What is inserted.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// How it is written, or what a field holds and in which logs.
    pub label: String,
    /// One sentence, if there is one.
    pub doc: String,
    /// How many rows have it, of values.
    pub count: Option<u64>,
}

/// Kinds of offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its word")]
pub enum CompletionKind {
    Command,
    Keyword,
    Function,
    Aggregate,
    Field,
    Value,
    Table,
    Period,
}

impl Completions {
    /// What several shards offer for the same text and cursor: counts of a value are added.
    pub fn merge(parts: impl IntoIterator<Item = Completions>) -> Completions {
        let mut parts = parts.into_iter();
        let Some(mut all) = parts.next() else { return Completions::default() };
        let mut places: HashMap<(CompletionKind, String), usize> = HashMap::new();
        for (i, item) in all.items.iter().enumerate() {
            places.insert((item.kind, item.text.clone()), i);
        }
        for item in parts.flat_map(|p| p.items) {
            match places.get(&(item.kind, item.text.clone())).and_then(|i| all.items.get_mut(*i)) {
                Some(same) => {
                    same.count = same.count.zip(item.count).map(|(a, b)| a.saturating_add(b)).or(same.count);
                }
                None => {
                    places.insert((item.kind, item.text.clone()), all.items.len());
                    all.items.push(item);
                }
            }
        }
        // Everything but values is the same everywhere and stays in its order.
        sort::by_key(&mut all.items, |item| std::cmp::Reverse(item.count.unwrap_or(u64::MAX)));
        all.items.truncate(MOST);
        all
    }
}
