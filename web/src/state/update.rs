//! What an action of the user or an answer of the engine changes, and what is then to be done outside. The only place
//! where the [`Model`] changes: each file below changes it for the actions of one subject.

mod export;
mod facets;
mod files;
mod formats;
mod grid;
mod query;
mod screen;

pub(crate) use export::ExportAction;
pub(crate) use facets::FacetsAction;
pub(crate) use files::FilesAction;
pub(crate) use formats::FormatsAction;
pub(crate) use grid::GridAction;
pub(crate) use query::QueryAction;
pub(crate) use screen::ScreenAction;

use super::{
    model::{Model, Theme},
    shared::Shared,
};
use crate::engine::{Command, Event};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// An event of the engine.
    Engine(Event),
    Files(FilesAction),
    Formats(FormatsAction),
    Query(QueryAction),
    Facets(FacetsAction),
    Grid(GridAction),
    Export(ExportAction),
    Screen(ScreenAction),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Engine(Command),
    /// Put the view into the address; `true` makes a new entry of the history.
    Address(bool),
    FocusQuery,
    Copy(String),
    /// Offer what the engine wrote: address of the object and file name.
    Download(String, String),
    /// Offer these bytes.
    Save(Vec<u8>, String),
    Theme(Theme),
    RememberWidths,
    RememberRules,
    RememberFormats,
    /// Let the notice vanish after a moment.
    NoticeSoonSeen,
}

impl Model {
    /// Takes note of what happened; gives what is to be done.
    pub(crate) fn update(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Engine(event) => self.on_event(event),
            Action::Files(action) => self.update_files(action),
            Action::Formats(action) => self.update_formats(action),
            Action::Query(action) => self.update_query(action),
            Action::Facets(action) => self.update_facets(action),
            Action::Grid(action) => self.update_grid(action),
            Action::Export(action) => self.update_export(action),
            Action::Screen(action) => self.update_screen(action),
        }
    }

    fn on_event(&mut self, event: Event) -> Vec<Effect> {
        match event {
            // Drawing again is all that there is to do.
            Event::Formats => {}
            Event::Described(known) => return self.formats_described(known),
            Event::Kept(id) => return self.format_kept(id),
            Event::NotKept(problem) => self.formats.refused = Some(*problem),
            Event::Tried(tried) => self.formats.tried = Some(Shared::new(*tried)),
            Event::FirstLines(_, text) => self.formats.lines = Shared::new(text),
            Event::Anew => self.reads_anew(),
            Event::Progress(progress) => self.files.progress = progress,
            Event::Ledger(entries) => self.files.ledger = Shared::new(entries),
            Event::Changed(loaded) => return self.changed(loaded),
            Event::Answered(viewed) => return self.answered(*viewed),
            Event::Diagnosed(remarks) => self.diagnosed(remarks),
            Event::Rows { view, from, rows } => return self.rows_arrived(view, from, rows),
            Event::Detailed(detail) => self.grid.detailed(*detail),
            Event::Completed(text, completions) => self.question.completed(text, completions),
            Event::Explained(explained) => self.question.explained = Some(Shared::new(*explained)),
            Event::Exporting { done, total, file } => return self.exporting(done, total, file),
            Event::Stopped { message, files } => self.files.worker_stopped(message, files),
        }
        Vec::new()
    }
}

fn with(mut effects: Vec<Effect>, one: Effect) -> Vec<Effect> {
    effects.push(one);
    effects
}

#[cfg(test)]
mod tests;
