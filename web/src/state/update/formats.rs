//! Formats that the user describes, and lines that are tried.

use logloupe_table::{custom::Definition, settings::Rule};

use super::{Effect, FilesAction, with};
use crate::{
    engine::Command,
    state::{
        Shared,
        model::{Formats, Model, Overlay},
        trying::Form,
    },
};

/// What happens to formats of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FormatsAction {
    /// Show the panel, with the first lines of a file of the ledger if there is one.
    Open(Option<String>),
    FirstLines(String),
    /// Try what is typed.
    Try(Box<Form>),
    /// Keep a format, and read files as it.
    Keep(Box<Definition>, Option<Rule>),
    /// Forget the format of this id.
    Forget(String),
    /// Offer the file of the format of this id.
    Export(String),
}

impl Model {
    pub(super) fn update_formats(&mut self, action: FormatsAction) -> Vec<Effect> {
        match action {
            FormatsAction::Open(path) => {
                self.screen.overlay = Overlay::Try;
                self.formats = Formats {
                    known: self.formats.known.clone(),
                    draft: self.formats.draft.clone(),
                    from: path.clone(),
                    ..Formats::default()
                };
                path.map(|path| vec![Effect::Engine(Command::FirstLines(path))]).unwrap_or_default()
            }
            FormatsAction::FirstLines(path) => {
                self.formats.from = Some(path.clone());
                vec![Effect::Engine(Command::FirstLines(path))]
            }
            FormatsAction::Try(form) => {
                let request = form.request();
                self.formats.draft = Shared::new(*form);
                request
                    .map(|request| vec![Effect::Engine(Command::Try(Box::new(request)))])
                    .unwrap_or_default()
            }
            FormatsAction::Keep(definition, rule) => {
                (self.formats.refused, self.formats.kept) = (None, None);
                let read_anew = rule.is_none();
                self.formats.pending = rule;
                vec![Effect::Engine(Command::Describe(definition, read_anew))]
            }
            FormatsAction::Forget(id) => vec![Effect::Engine(Command::ForgetFormat(id))],
            FormatsAction::Export(id) => {
                let is = |d: &Definition| d.id == id;
                let known = self.formats.known.iter().find(|known| known.definition.as_ref().is_some_and(is));
                let file = known.map(|known| known.file.clone().into_bytes());
                file.map(|file| vec![Effect::Save(file, format!("{id}.logloupe.json"))]).unwrap_or_default()
            }
        }
    }

    /// A format is kept: what waited for it is done.
    pub(super) fn format_kept(&mut self, id: String) -> Vec<Effect> {
        let effects = match self.formats.pending.take() {
            Some(rule) => self.update_files(FilesAction::AddRule(rule)),
            None => Vec::new(),
        };
        self.formats.kept = Some(id);
        self.say("The format is kept in this browser", effects)
    }

    /// The formats that are known are these.
    pub(super) fn formats_described(
        &mut self,
        known: Vec<logloupe_protocol::custom::Described>,
    ) -> Vec<Effect> {
        let files = |known: &[logloupe_protocol::custom::Described]| -> Vec<String> {
            known.iter().map(|known| known.file.clone()).collect()
        };
        let changed = files(&self.formats.known) != files(&known);
        self.formats.known = Shared::new(known);
        if changed { with(Vec::new(), Effect::RememberFormats) } else { Vec::new() }
    }
}
