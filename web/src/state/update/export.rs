//! Matches written to a file.

use super::Effect;
use crate::{
    engine::{Command, ExportAs},
    state::model::{Export, Model},
};

/// What happens to an export.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExportAction {
    Start(ExportAs),
    Cancel,
    /// It has ended, and the user knows.
    Seen,
}

impl Model {
    pub(super) fn update_export(&mut self, action: ExportAction) -> Vec<Effect> {
        match action {
            ExportAction::Start(form) => {
                let Some(viewed) = &self.question.viewed else { return Vec::new() };
                self.screen.export = Some(Export { done: 0, total: viewed.rows, file: None });
                vec![Effect::Engine(Command::Export(viewed.view, form))]
            }
            ExportAction::Cancel => {
                self.screen.export = None;
                vec![Effect::Engine(Command::CancelExport)]
            }
            ExportAction::Seen => {
                self.screen.export = None;
                Vec::new()
            }
        }
    }

    pub(super) fn exporting(&mut self, done: u64, total: u64, file: Option<(String, String)>) -> Vec<Effect> {
        let name = file.as_ref().map(|f| f.1.clone());
        if self.screen.export.is_some() {
            self.screen.export = Some(Export { done, total, file: name });
        }
        file.map(|(url, name)| Effect::Download(url, name)).into_iter().collect()
    }
}
