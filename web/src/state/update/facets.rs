//! Which facets there are.

use super::{Effect, with};
use crate::state::{facets, model::Model};

/// What happens to facets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FacetsAction {
    Add(String),
    Hide(String),
    /// Show more values of this one; of none.
    Long(Option<String>),
}

impl Model {
    pub(super) fn update_facets(&mut self, action: FacetsAction) -> Vec<Effect> {
        match action {
            FacetsAction::Add(field) => {
                self.facets.hidden.retain(|f| *f != field);
                if !self.facet_fields().contains(&field) {
                    self.view.facets.insert(0, field);
                }
                with(self.ask(), Effect::Address(false))
            }
            FacetsAction::Hide(field) => {
                self.view.facets.retain(|f| *f != field);
                if facets::default_fields(&self.files.loaded.formats).contains(&field) {
                    self.facets.hidden.push(field);
                }
                with(self.ask(), Effect::Address(false))
            }
            FacetsAction::Long(field) => {
                let was_short = self.facets.long.is_none();
                self.facets.long = field;
                if was_short != self.facets.long.is_none() { self.ask() } else { Vec::new() }
            }
        }
    }
}
