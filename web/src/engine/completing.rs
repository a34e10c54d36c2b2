//! What may stand at the cursor: every worker says what it knows, counts of values are added up. Only the latest
//! question counts.

use logloupe_query::complete::{Completions, ItemKind, MOST};
use logloupe_syntax::Language;

use super::{Event, state::State};
use crate::protocol::Request;

/// A question for completions on its way.
pub(super) struct Completing {
    ask: u32,
    text: String,
    parts: Vec<Option<Completions>>,
}

impl State {
    pub(super) fn complete(&mut self, text: String, cursor: usize, language: Language) {
        let (ask, catalog) = (self.number(), self.catalog());
        self.ask_all(&Request::Complete {
            ask,
            text: text.clone(),
            cursor: cursor as u64,
            language,
            catalog,
        });
        self.completing = Some(Completing { ask, text, parts: vec![None; self.workers.len()] });
    }
    pub(super) fn on_completed(&mut self, shard: u32, ask: u32, completions: Completions) {
        let Some(completing) = self.completing.as_mut().filter(|c| c.ask == ask) else { return };
        if let Some(slot) = completing.parts.get_mut(shard as usize) {
            *slot = Some(completions);
        }
        if completing.parts.iter().any(Option::is_none) {
            return;
        }
        let Some(Completing { text, parts, .. }) = self.completing.take() else { return };
        let completions = merged(parts.into_iter().flatten().collect());
        self.tell(Event::Completed(text, completions));
    }
}

/// Counts are only kept where no worker may have left out some of its values.
fn merged(parts: Vec<Completions>) -> Completions {
    let values = |c: &Completions| c.items.iter().filter(|i| i.kind == ItemKind::Value).count();
    let partial = parts.len() > 1 && parts.iter().any(|part| values(part) >= MOST);
    let mut all = Completions::merge(parts);
    if partial {
        all.items.iter_mut().for_each(|item| item.count = None);
    }
    all
}
