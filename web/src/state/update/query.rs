//! The question: its text, its language, its time, its filters; what is asked, and what the answer changes.

use logloupe_syntax::{Diagnostic, Language, completion::Completions};

use super::{Effect, with};
use crate::{
    engine::{Command, Viewed},
    state::{
        columns,
        completion::Suggestions,
        edits::{self, QueryText, ValueAct},
        model::{Model, Overlay, Question},
        rows::Rows,
        shared::Shared,
        time_axis::Range,
        url::View,
    },
};

/// A longer text is not completed while it is typed: it was pasted.
const LONGEST_COMPLETED: usize = 20_000;

/// What happens to the question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum QueryAction {
    /// The address changed: back, forward, or edited by hand.
    Arrived(View),
    /// The text in the query bar, with nothing to be suggested for it.
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
    Sort(String),
    Brush(Option<Range>),
    /// What the histogram spans.
    Span(Option<Range>),
    MostBars(usize),
    /// Explain the text in the query bar.
    Explain,
}

impl Model {
    pub(super) fn update_query(&mut self, action: QueryAction) -> Vec<Effect> {
        match action {
            QueryAction::Arrived(view) => self.arrived(view),
            QueryAction::Draft(text) => {
                self.question.draft = text;
                self.question.close_suggestions();
                Vec::new()
            }
            QueryAction::Typed(text, cursor) => {
                self.question.draft.clone_from(&text);
                if text.trim().is_empty() || text.len() > LONGEST_COMPLETED {
                    self.question.close_suggestions();
                    return Vec::new();
                }
                self.question.completing = true;
                vec![Effect::Engine(Command::Complete(text, cursor, self.view.language))]
            }
            QueryAction::Run(text) => self.run(Some(text)),
            QueryAction::Language(language) => self.switch(language),
            QueryAction::Preset(query) => self.run(Some(edits::with_preset(self.query_text(), query))),
            QueryAction::Value(act, field, value) => {
                self.screen.menu = None;
                if act == ValueAct::Everywhere {
                    self.view.range = None;
                    self.view.span = None;
                }
                self.run(edits::with_value(self.query_text(), act, &field, &value))
            }
            QueryAction::RemoveFilter(index) => self.run(edits::without(self.query_text(), index)),
            QueryAction::InvertFilter(index) => self.run(edits::inverted(self.query_text(), index)),
            QueryAction::RemoveFilters => self.run(edits::unfiltered(self.query_text())),
            QueryAction::Sort(field) => self.run(edits::with_next_sort(self.query_text(), &field)),
            QueryAction::Brush(range) if range == self.view.range => Vec::new(),
            QueryAction::Brush(range) => {
                self.view.range = range;
                self.another_question()
            }
            QueryAction::Span(span) => {
                self.view.span = span;
                self.another_question()
            }
            QueryAction::MostBars(most) => {
                self.question.most_bars = most;
                if self.question.viewed.is_some() { self.ask() } else { Vec::new() }
            }
            QueryAction::Explain => {
                self.screen.overlay = Overlay::Explain;
                self.question.explained = None;
                let text = self.question.draft.clone();
                vec![Effect::Engine(Command::Explain(text, self.view.language))]
            }
        }
    }

    /// Runs a text; `None` is a click that could not be brought into the text, as the text cannot be read.
    fn run(&mut self, text: Option<String>) -> Vec<Effect> {
        self.question.close_suggestions();
        let Some(text) = text else {
            return self
                .say("The query has an error. Fix or clear the query first.", vec![Effect::FocusQuery]);
        };
        let text = text.trim().to_owned();
        if text != self.view.query {
            self.screen.chart = None;
        }
        self.question.draft.clone_from(&text);
        self.view.language = Language::of(&text, self.view.language);
        self.view.query = text;
        self.another_question()
    }

    /// Writes the question in another language.
    fn switch(&mut self, language: Language) -> Vec<Effect> {
        if language == self.view.language {
            return Vec::new();
        }
        let text = &self.question.draft;
        let draft = QueryText { text, language: Language::of(text, self.view.language) };
        let text = match draft.in_language(language) {
            Ok(text) => text,
            Err(message) => return self.say(&message, vec![Effect::FocusQuery]),
        };
        self.view.language = language;
        if text.is_empty() && self.view.query.is_empty() {
            self.question.draft = text;
            return vec![Effect::Address(false), Effect::FocusQuery];
        }
        self.run(Some(text))
    }

    fn another_question(&mut self) -> Vec<Effect> {
        self.question.scroll_to_top = true;
        with(self.ask(), Effect::Address(true))
    }

    pub(super) fn ask(&mut self) -> Vec<Effect> {
        if self.files.loaded.rows == 0 {
            return Vec::new();
        }
        self.question.asking = true;
        self.question.outdated = false;
        self.question.remarked = false;
        vec![Effect::Engine(Command::View(self.request()))]
    }

    fn arrived(&mut self, view: View) -> Vec<Effect> {
        let question = |v: &View| (v.query.clone(), v.language, v.range, v.span, v.facets.clone());
        let asks = question(&view) != question(&self.view);
        let columns = view.columns != self.view.columns;
        self.question.draft.clone_from(&view.query);
        self.view = view;
        self.screen.menu = None;
        if asks {
            self.question.scroll_to_top = true;
            return self.ask();
        }
        if columns { self.columns_changed() } else { Vec::new() }
    }

    pub(super) fn diagnosed(&mut self, remarks: Vec<Diagnostic>) {
        self.question.diagnostics = Shared::new(remarks);
        self.question.remarked = true;
        if self.has_error() {
            self.question.asking = false;
        }
    }

    pub(super) fn answered(&mut self, viewed: Viewed) -> Vec<Effect> {
        self.question.asking = false;
        if !self.question.remarked && !self.question.diagnostics.is_empty() {
            self.question.diagnostics = Shared::default();
        }
        if std::mem::take(&mut self.question.scroll_to_top) {
            self.grid.begin_at_top();
        }
        let total = if viewed.table.is_some() { 0 } else { viewed.rows };
        let view = viewed.view;
        self.question.viewed = Some(Shared::new(viewed));
        let rows = Rows::new(view, total, columns::asked(&self.column_names()));
        let mut effects = self.grid.show(rows);
        if self.question.outdated {
            effects.extend(self.ask());
        }
        effects
    }
}

impl Question {
    /// Closes the list, and what is still on its way will not open it again.
    fn close_suggestions(&mut self) {
        (self.suggestions, self.completing) = (None, false);
    }
    pub(super) fn completed(&mut self, text: String, completions: Completions) {
        if self.completing && text == self.draft {
            self.suggestions = Suggestions::new(text, completions).map(Shared::new);
        }
    }
}
