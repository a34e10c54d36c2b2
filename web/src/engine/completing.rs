//! What may stand at the cursor: every worker answers with what it has, counts of values are added up. Only the latest
//! question counts.

use logloupe_protocol::text::Complete;
use logloupe_syntax::{
    Language,
    completion::{CompletionKind, Completions, MOST},
};

use super::{Event, state::State};

impl State {
    pub(super) fn complete(&mut self, text: String, cursor: usize, language: Language) {
        self.share_catalogs();
        let number = self.number();
        self.completing = number;
        let request = Complete { text: text.clone(), cursor: cursor as u64, language };
        self.gather(&request, move |state, parts| {
            if state.completing == number {
                state.tell(Event::Completed(text, merged(parts)));
            }
        });
    }
}

/// Counts are only kept where no worker may have left out some of its values.
fn merged(parts: Vec<Completions>) -> Completions {
    let values = |c: &Completions| c.items.iter().filter(|i| i.kind == CompletionKind::Value).count();
    let partial = parts.len() > 1 && parts.iter().any(|part| values(part) >= MOST);
    let mut all = Completions::merge(parts);
    if partial {
        all.items.iter_mut().for_each(|item| item.count = None);
    }
    all
}
