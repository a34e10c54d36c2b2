//! What an action of the user or an answer of the engine changes, and what is then to be done outside. The only place
//! where the [`Model`] changes.

use logloupe_syntax::{Diagnostic, Language};
use logloupe_view::{RowId, ViewRequest};

use super::{
    columns,
    edits::{self, QueryText, ValueAct},
    facets,
    keys::Key,
    model::{Export, Menu, Model, Overlay, Stopped, Tab, Theme},
    rows::Rows,
    shared::Shared,
    time_axis::Range,
    url::{Page, View},
};
use crate::{
    charts::data::ChartKind,
    engine::{Event, ExportAs, InputFile, Viewed},
    state::completion::Suggestions,
};

/// A longer text is not completed while it is typed: it was pasted.
const LONGEST_COMPLETED: usize = 20_000;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// The engine said something.
    Engine(Event),
    /// The address changed: back, forward, or edited by hand.
    Arrived(View),
    Open(Vec<InputFile>),
    OpenSample,
    CancelLoading,
    Clear,
    Go(Page),
    /// The text in the query bar, with nothing to be suggestions for it.
    Draft(String),
    /// The text was typed; the byte at which the cursor stands.
    Typed(String, usize),
    /// Run this text.
    Run(String),
    /// Ask in this language from now on.
    Language(Language),
    /// Run a preset together with the present filters.
    Preset(&'static str),
    /// Do something with a value of a field.
    Value(ValueAct, String, String),
    RemoveFilter(usize),
    InvertFilter(usize),
    RemoveFilters,
    Brush(Option<Range>),
    /// What the histogram spans.
    Span(Option<Range>),
    MostBars(usize),
    AddFacet(String),
    HideFacet(String),
    LongFacet(Option<String>),
    SetColumns(Vec<String>),
    AddColumn(String),
    RemoveColumn(String),
    MoveColumn(String, isize),
    Widen(String, f64),
    Sort(String),
    /// The grid shows these rows: first and how many.
    Viewport(u64, usize),
    Select(u64),
    /// Select another row: so many further or back.
    Move(i64),
    OpenSelected,
    CloseDetail,
    Tab(Tab),
    Menu(Option<Menu>),
    Copy(String),
    Export(ExportAs),
    CancelExport,
    /// Explain the text in the query bar.
    Explain,
    ExportSeen,
    StoppedSeen,
    DownloadRejected,
    Chart(ChartKind),
    Overlay(Overlay),
    Theme,
    Key(Key),
    NoticeSeen,
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Open(Vec<InputFile>),
    OpenSample,
    CancelLoading,
    Clear,
    Request(ViewRequest),
    Rows {
        view: u32,
        from: u64,
        count: usize,
        columns: Vec<String>,
    },
    Detail(RowId),
    Export(u32, ExportAs),
    CancelExport,
    Complete(String, usize, Language),
    Explain(String, Language),
    /// Put the view into the address; `true` makes a new entry of the history.
    Address(bool),
    FocusQuery,
    Copy(String),
    /// Offer what the engine wrote: address of the object and file name.
    Download(String, String),
    /// Offer these bytes.
    Save(Vec<u8>, &'static str),
    Theme(Theme),
    RememberWidths,
    /// Let the notice vanish after a moment.
    NoticeSoonSeen,
}

impl Model {
    /// Takes note of what happened; gives what is to be done.
    pub(crate) fn update(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Engine(event) => self.on_event(event),
            Action::Arrived(view) => self.arrived(view),
            Action::Open(files) if files.is_empty() => Vec::new(),
            Action::Open(files) => {
                self.progress.loading = true;
                self.view.page = Page::Explore;
                self.overlay = Overlay::None;
                vec![Effect::Open(files)]
            }
            Action::OpenSample => {
                self.progress.loading = true;
                vec![Effect::OpenSample]
            }
            Action::CancelLoading => vec![Effect::CancelLoading],
            Action::Clear => {
                let (theme, widths, most_bars) =
                    (self.theme, std::mem::take(&mut self.widths), self.most_bars);
                *self = Model { theme, widths, most_bars, ..Model::default() };
                vec![Effect::Clear, Effect::Address(true)]
            }
            Action::Go(page) => {
                self.view.page = page;
                vec![Effect::Address(true)]
            }
            Action::Draft(text) => {
                self.draft = text;
                self.suggestions = None;
                Vec::new()
            }
            Action::Typed(text, cursor) => {
                self.draft.clone_from(&text);
                if text.trim().is_empty() || text.len() > LONGEST_COMPLETED {
                    self.suggestions = None;
                    return Vec::new();
                }
                vec![Effect::Complete(text, cursor, self.view.language)]
            }
            Action::Run(text) => self.run(Some(text)),
            Action::Language(language) => self.switch(language),
            Action::Preset(query) => self.run(Some(edits::with_preset(self.query_text(), query))),
            Action::Value(act, field, value) => {
                self.menu = None;
                if act == ValueAct::Everywhere {
                    self.view.range = None;
                    self.view.span = None;
                }
                self.run(edits::with_value(self.query_text(), act, &field, &value))
            }
            Action::RemoveFilter(index) => self.run(edits::without(self.query_text(), index)),
            Action::InvertFilter(index) => self.run(edits::inverted(self.query_text(), index)),
            Action::RemoveFilters => self.run(edits::unfiltered(self.query_text())),
            Action::Sort(field) => self.run(edits::with_next_sort(self.query_text(), &field)),
            Action::Brush(range) if range == self.view.range => Vec::new(),
            Action::Brush(range) => {
                self.view.range = range;
                self.another_question()
            }
            Action::Span(span) => {
                self.view.span = span;
                self.another_question()
            }
            Action::MostBars(most) => {
                self.most_bars = most;
                if self.viewed.is_some() { self.ask() } else { Vec::new() }
            }
            Action::AddFacet(field) => {
                self.hidden_facets.retain(|f| *f != field);
                if !self.facet_fields().contains(&field) {
                    self.view.facets.insert(0, field);
                }
                with(self.ask(), Effect::Address(false))
            }
            Action::HideFacet(field) => {
                self.view.facets.retain(|f| *f != field);
                if facets::default_fields(&self.loaded.formats).contains(&field) {
                    self.hidden_facets.push(field);
                }
                with(self.ask(), Effect::Address(false))
            }
            Action::LongFacet(field) => {
                let was_short = self.long_facet.is_none();
                self.long_facet = field;
                if was_short != self.long_facet.is_none() { self.ask() } else { Vec::new() }
            }
            Action::SetColumns(names) => self.set_columns(names),
            Action::AddColumn(name) => {
                self.menu = None;
                let mut names = self.chosen_columns();
                if !names.contains(&name) {
                    names.push(name);
                }
                self.set_columns(names)
            }
            Action::RemoveColumn(name) => {
                let mut names = self.chosen_columns();
                names.retain(|n| *n != name);
                self.set_columns(names)
            }
            Action::MoveColumn(name, by) => {
                self.set_columns(columns::moved(&self.chosen_columns(), &name, by))
            }
            Action::Widen(name, width) => {
                self.widths.insert(name, width.clamp(56.0, 1200.0).round());
                vec![Effect::RememberWidths]
            }
            Action::Viewport(first, count) => {
                self.viewport = (first, count);
                self.fetch()
            }
            Action::Select(index) => {
                self.selected = Some(index);
                self.open_selected()
            }
            Action::Move(by) => self.move_selection(by),
            Action::OpenSelected => {
                self.selected.get_or_insert(0);
                self.open_selected()
            }
            Action::CloseDetail => {
                self.open = None;
                self.detail = None;
                self.open_on_arrival = false;
                Vec::new()
            }
            Action::Tab(tab) => {
                self.tab = tab;
                Vec::new()
            }
            Action::Menu(menu) => {
                self.menu = menu;
                Vec::new()
            }
            Action::Copy(text) => {
                self.menu = None;
                self.say("Copied", vec![Effect::Copy(text)])
            }
            Action::Export(form) => match &self.viewed {
                Some(viewed) => {
                    let total = viewed.rows;
                    let view = viewed.view;
                    self.export = Some(Export { done: 0, total, file: None });
                    vec![Effect::Export(view, form)]
                }
                None => Vec::new(),
            },
            Action::CancelExport => {
                self.export = None;
                vec![Effect::CancelExport]
            }
            Action::Explain => {
                self.overlay = Overlay::Explain;
                self.explained = None;
                vec![Effect::Explain(self.draft.clone(), self.view.language)]
            }
            Action::ExportSeen => {
                self.export = None;
                Vec::new()
            }
            Action::StoppedSeen => {
                self.stopped = Shared::default();
                Vec::new()
            }
            Action::DownloadRejected => {
                vec![Effect::Save(super::ledger::rejected_file(&self.ledger), "rejected-lines.txt")]
            }
            Action::Chart(kind) => {
                self.chart = Some(kind);
                Vec::new()
            }
            Action::Overlay(overlay) => {
                self.overlay = overlay;
                Vec::new()
            }
            Action::Theme => {
                self.theme = self.theme.next();
                vec![Effect::Theme(self.theme)]
            }
            Action::Key(key) => self.key(key),
            Action::NoticeSeen => {
                self.notice = None;
                Vec::new()
            }
        }
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::FocusQuery => vec![Effect::FocusQuery],
            Key::NextRow => self.move_selection(1),
            Key::PreviousRow => self.move_selection(-1),
            Key::OpenRow => self.update(Action::OpenSelected),
            Key::Help => {
                self.overlay = if self.overlay == Overlay::Keys { Overlay::None } else { Overlay::Keys };
                Vec::new()
            }
            Key::Theme => self.update(Action::Theme),
            Key::Back => {
                if self.menu.take().is_some() {
                    return Vec::new();
                }
                if self.overlay != Overlay::None {
                    self.overlay = Overlay::None;
                    return Vec::new();
                }
                self.update(Action::CloseDetail)
            }
        }
    }

    /// Runs a text; `None` is a click that could not be brought into the text, as the text cannot be read.
    fn run(&mut self, text: Option<String>) -> Vec<Effect> {
        self.suggestions = None;
        let Some(text) = text else {
            return self
                .say("The query has an error. Fix or clear the query first.", vec![Effect::FocusQuery]);
        };
        let text = text.trim().to_owned();
        if text != self.view.query {
            self.chart = None;
        }
        self.draft.clone_from(&text);
        self.view.language = Language::of(&text, self.view.language);
        self.view.query = text;
        self.another_question()
    }

    /// Writes the question in another language.
    fn switch(&mut self, language: Language) -> Vec<Effect> {
        if language == self.view.language {
            return Vec::new();
        }
        let draft = QueryText { text: &self.draft, language: Language::of(&self.draft, self.view.language) };
        let text = match draft.in_language(language) {
            Ok(text) => text,
            Err(message) => return self.say(&message, vec![Effect::FocusQuery]),
        };
        self.view.language = language;
        if text.is_empty() && self.view.query.is_empty() {
            self.draft = text;
            return vec![Effect::Address(false), Effect::FocusQuery];
        }
        self.run(Some(text))
    }

    fn another_question(&mut self) -> Vec<Effect> {
        self.scroll_to_top = true;
        with(self.ask(), Effect::Address(true))
    }

    fn ask(&mut self) -> Vec<Effect> {
        if self.loaded.rows == 0 {
            return Vec::new();
        }
        self.asking = true;
        self.outdated = false;
        self.remarked = false;
        vec![Effect::Request(self.request())]
    }

    fn arrived(&mut self, view: View) -> Vec<Effect> {
        let question = |v: &View| (v.query.clone(), v.language, v.range, v.span, v.facets.clone());
        let asks = question(&view) != question(&self.view);
        let columns = view.columns != self.view.columns;
        self.draft.clone_from(&view.query);
        self.view = view;
        self.menu = None;
        if asks {
            self.scroll_to_top = true;
            return self.ask();
        }
        if columns { self.columns_changed() } else { Vec::new() }
    }

    fn set_columns(&mut self, names: Vec<String>) -> Vec<Effect> {
        // No column at all would be no table: then the usual ones.
        self.view.columns =
            if names == columns::default_names(&self.loaded.formats) { Vec::new() } else { names };
        with(self.columns_changed(), Effect::Address(false))
    }

    /// Fetches the rows again if they lack a column. Columns are only ever added, so that rows which are still on
    /// their way with fewer are known to be old by their length.
    fn columns_changed(&mut self) -> Vec<Effect> {
        let now = self.pending_rows.as_ref().unwrap_or(&self.rows);
        let mut wanted = now.columns.clone();
        for name in columns::asked(&self.column_names()) {
            if !wanted.contains(&name) {
                wanted.push(name);
            }
        }
        if wanted.len() == now.columns.len() {
            return Vec::new();
        }
        self.pending_rows = Some(Rows::new(now.view, now.total, wanted));
        self.fetch()
    }

    /// Asks for the rows on screen that are not here, of the newest view.
    fn fetch(&mut self) -> Vec<Effect> {
        let (first, count) = self.viewport;
        let ask = |rows: &mut Rows| {
            let stretches = rows.need(first.min(rows.total.saturating_sub(1)), count.max(1));
            let (view, columns) = (rows.view, rows.columns.clone());
            let effect = |(from, count)| Effect::Rows { view, from, count, columns: columns.clone() };
            stretches.into_iter().map(effect).collect::<Vec<_>>()
        };
        if let Some(pending_rows) = &mut self.pending_rows {
            return ask(pending_rows);
        }
        let mut rows = (*self.rows).clone();
        let effects = ask(&mut rows);
        if !effects.is_empty() {
            self.rows = Shared::new(rows);
        }
        effects
    }

    fn move_selection(&mut self, by: i64) -> Vec<Effect> {
        if self.rows.total == 0 || self.has_table() {
            return Vec::new();
        }
        let last = self.rows.total - 1;
        let next = match self.selected {
            None if by.unsigned_abs() == 1 => self.viewport.0.min(last),
            None => self.viewport.0.saturating_add_signed(by).min(last),
            Some(now) if by < 0 => now.saturating_sub(by.unsigned_abs()),
            Some(now) => now.saturating_add(by as u64).min(last),
        };
        self.selected = Some(next);
        if self.open.is_some() { self.open_selected() } else { Vec::new() }
    }

    fn open_selected(&mut self) -> Vec<Effect> {
        let Some(index) = self.selected else { return Vec::new() };
        let Some(row) = self.rows.get(index) else {
            self.open_on_arrival = true;
            return Vec::new();
        };
        let id = row.id;
        self.open_on_arrival = false;
        self.menu = None;
        self.open = Some(id);
        vec![Effect::Detail(id)]
    }

    fn say(&mut self, words: &str, mut effects: Vec<Effect>) -> Vec<Effect> {
        self.notice = Some(words.to_owned());
        effects.push(Effect::NoticeSoonSeen);
        effects
    }

    fn on_event(&mut self, event: Event) -> Vec<Effect> {
        match event {
            // Drawing again is all that there is to do.
            Event::Formats => {}
            Event::Progress(progress) => self.progress = progress,
            Event::Ledger(entries) => self.ledger = Shared::new(entries),
            Event::Changed(loaded) => {
                let formats_before = self.loaded.formats.len();
                self.loaded = Shared::new(loaded);
                // While an answer is on its way the next question waits, else a long load would never be answered.
                if self.asking && self.viewed.is_some() && formats_before == self.loaded.formats.len() {
                    self.outdated = true;
                } else {
                    return self.ask();
                }
            }
            Event::Answered(viewed) => return self.answered(*viewed),
            Event::Diagnosed(remarks) => self.diagnosed(remarks),
            Event::Rows { view, from, rows } => return self.rows_arrived(view, from, rows),
            Event::Detailed(detail) => {
                if self.open == Some(detail.id) {
                    self.detail = Some(Shared::new(*detail));
                }
            }
            Event::Completed(text, completions) => {
                if text == self.draft {
                    self.suggestions = Suggestions::new(text, completions).map(Shared::new);
                }
            }
            Event::Explained(explained) => self.explained = Some(Shared::new(*explained)),
            Event::Exporting { done, total, file } => {
                let name = file.as_ref().map(|f| f.1.clone());
                if self.export.is_some() {
                    self.export = Some(Export { done, total, file: name });
                }
                return file.map(|(url, name)| Effect::Download(url, name)).into_iter().collect();
            }
            Event::Stopped { message, files } => {
                let mut all = (*self.stopped).clone();
                all.push(Stopped { message, files });
                self.stopped = Shared::new(all);
            }
        }
        Vec::new()
    }

    fn diagnosed(&mut self, remarks: Vec<Diagnostic>) {
        self.diagnostics = Shared::new(remarks);
        self.remarked = true;
        if self.has_error() {
            self.asking = false;
        }
    }

    fn answered(&mut self, viewed: Viewed) -> Vec<Effect> {
        self.asking = false;
        if !self.remarked && !self.diagnostics.is_empty() {
            self.diagnostics = Shared::default();
        }
        let scroll_to_top = std::mem::take(&mut self.scroll_to_top);
        if scroll_to_top {
            self.scroll_epoch += 1;
            self.viewport.0 = 0;
            self.selected = None;
        }
        let total = if viewed.table.is_some() { 0 } else { viewed.rows };
        let view = viewed.view;
        self.viewed = Some(Shared::new(viewed));
        let rows = Rows::new(view, total, columns::asked(&self.column_names()));
        let mut effects = if total == 0 {
            self.pending_rows = None;
            self.rows = Shared::new(rows);
            Vec::new()
        } else {
            self.pending_rows = Some(rows);
            self.fetch()
        };
        if self.outdated {
            effects.extend(self.ask());
        }
        effects
    }

    fn rows_arrived(&mut self, view: u32, from: u64, arrived: Vec<logloupe_view::GridRow>) -> Vec<Effect> {
        let fits = |rows: &Rows| {
            rows.view == view && arrived.first().is_none_or(|r| r.cells.len() == rows.columns.len())
        };
        if let Some(mut pending_rows) = self.pending_rows.take() {
            if fits(&pending_rows) {
                pending_rows.put(from, arrived);
                if let Some(open) = self.open {
                    self.selected =
                        pending_rows.find(open).or(self.selected.filter(|s| *s < pending_rows.total));
                }
                self.rows = Shared::new(pending_rows);
            } else {
                self.pending_rows = Some(pending_rows);
            }
        } else if fits(&self.rows) {
            let mut rows = (*self.rows).clone();
            rows.put(from, arrived);
            self.rows = Shared::new(rows);
        }
        if self.open_on_arrival { self.open_selected() } else { Vec::new() }
    }
}

fn with(mut effects: Vec<Effect>, one: Effect) -> Vec<Effect> {
    effects.push(one);
    effects
}

#[cfg(test)]
mod tests;
