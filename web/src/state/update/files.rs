//! Files given, loading, the ledger.

use logloupe_table::settings::Rule;

use super::{Effect, with};
use crate::{
    engine::{Command, InputFile, Loaded},
    state::{
        ledger,
        model::{Files, Model, Overlay, Screen, Stopped},
        shared::Shared,
        url::Page,
    },
};

/// What happens to files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FilesAction {
    Open(Vec<InputFile>),
    OpenSample,
    /// Read files as the user says, those that are loaded too.
    AddRule(Rule),
    Cancel,
    /// Close all logs.
    Clear,
    StoppedSeen,
    DownloadRejected,
}

impl Model {
    pub(super) fn update_files(&mut self, action: FilesAction) -> Vec<Effect> {
        match action {
            FilesAction::Open(files) if files.is_empty() => Vec::new(),
            FilesAction::Open(files) => {
                self.files.progress.loading = true;
                self.view.page = Page::Explore;
                self.screen.overlay = Overlay::None;
                vec![Effect::Engine(Command::Open(files))]
            }
            FilesAction::OpenSample => {
                self.files.progress.loading = true;
                vec![Effect::Engine(Command::OpenSample)]
            }
            FilesAction::AddRule(rule) => {
                self.reads_anew();
                let mut rules = self.files.rules.to_vec();
                rules.retain(|other| other.files != rule.files);
                rules.push(rule.clone());
                self.files.rules = Shared::new(rules);
                with(vec![Effect::Engine(Command::AddRule(rule))], Effect::RememberRules)
            }
            FilesAction::Cancel => vec![Effect::Engine(Command::Cancel)],
            FilesAction::Clear => {
                let mut fresh = Model::default();
                fresh.grid.widths = std::mem::take(&mut self.grid.widths);
                fresh.files.rules = self.files.rules.clone();
                fresh.formats.known = self.formats.known.clone();
                fresh.question.most_bars = self.question.most_bars;
                fresh.screen = Screen { theme: self.screen.theme, ..Screen::default() };
                *self = fresh;
                with(vec![Effect::Engine(Command::Clear)], Effect::Address(true))
            }
            FilesAction::StoppedSeen => {
                self.files.stopped = Shared::default();
                Vec::new()
            }
            FilesAction::DownloadRejected => {
                vec![Effect::Save(ledger::rejected_file(&self.files.ledger), "rejected-lines.txt".to_owned())]
            }
        }
    }

    /// Files are read once more, maybe by workers that know nothing of a question that is out.
    pub(super) fn reads_anew(&mut self) {
        self.files.progress.loading = true;
        (self.question.asking, self.question.outdated) = (false, false);
    }

    /// Other events are loaded than before.
    pub(super) fn changed(&mut self, loaded: Loaded) -> Vec<Effect> {
        let formats_before = self.files.loaded.formats.len();
        self.files.loaded = Shared::new(loaded);
        // While an answer is on its way the next question waits, else a long load would never be answered.
        let same_formats = formats_before == self.files.loaded.formats.len();
        if self.question.asking && self.question.viewed.is_some() && same_formats {
            self.question.outdated = true;
            return Vec::new();
        }
        self.ask()
    }
}

impl Files {
    pub(super) fn worker_stopped(&mut self, message: String, files: Vec<String>) {
        let mut all = (*self.stopped).clone();
        all.push(Stopped { message, files });
        self.stopped = Shared::new(all);
    }
}
