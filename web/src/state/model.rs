//! What the page knows. Changed only by [`update`](super::update).

use std::collections::BTreeMap;

use logloupe_syntax::{Diagnostic, Severity};
use logloupe_table::{custom::Problem, ledger::Entry, settings::Rule};
use logloupe_view::{Detail, RowId, ViewRequest};

use super::{
    columns::{self, GridColumn},
    edits::QueryText,
    facets,
    rows::Rows,
    shared::Shared,
    time_axis::{self, Range},
    trying::Form,
    url::View,
};
use logloupe_protocol::{
    custom::{Described, Tried},
    text::Explained,
};

use crate::{
    charts::data::ChartKind,
    engine::{Loaded, Progress, Viewed},
    state::completion::Suggestions,
};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The word kept in the browser and said to the user.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
    pub(crate) fn named(name: &str) -> Theme {
        [Theme::Light, Theme::Dark].into_iter().find(|t| t.name() == name).unwrap_or_default()
    }
    pub(crate) fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }
}

/// How an event is shown in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    #[default]
    Fields,
    Json,
    Raw,
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overlay {
    #[default]
    None,
    /// The keys.
    Keys,
    /// The facets, where there is no room beside the rows.
    Facets,
    /// Text to paste.
    Paste,
    /// The question explained.
    Explain,
    /// Lines and a pattern to try on them.
    Try,
}

/// The menu of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Menu {
    /// The field.
    pub(crate) field: String,
    /// The value.
    pub(crate) value: String,
    /// The format of the row it stands in, if it stands in one.
    pub(crate) format: Option<String>,
    /// Where it opens: left, top and bottom of what was clicked, pixels of the window.
    pub(crate) place: (f64, f64, f64),
}

/// An export that goes on or has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Export {
    pub(crate) done: u64,
    pub(crate) total: u64,
    /// The name of the file, when it is there.
    pub(crate) file: Option<String>,
}

/// A worker that stopped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stopped {
    pub(crate) message: String,
    pub(crate) files: Vec<String>,
}

/// Everything.
#[derive(Default)]
pub(crate) struct Model {
    /// What the address holds.
    pub(crate) view: View,
    pub(crate) files: Files,
    pub(crate) formats: Formats,
    pub(crate) question: Question,
    pub(crate) facets: FacetsModel,
    pub(crate) grid: GridModel,
    pub(crate) screen: Screen,
}

/// What is loaded.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) loaded: Shared<Loaded>,
    pub(crate) progress: Progress,
    pub(crate) ledger: Shared<Vec<Entry>>,
    pub(crate) stopped: Shared<Vec<Stopped>>,
    /// What the user says of files.
    pub(crate) rules: Shared<Vec<Rule>>,
}

impl Files {
    /// The number of the next text that is pasted.
    pub(crate) fn pasted(&self) -> usize {
        self.ledger.iter().filter(|entry| entry.source.starts_with("pasted-")).count() + 1
    }
}

/// Formats that the user described, and the panel in which one is made.
#[derive(Default)]
pub(crate) struct Formats {
    /// What is typed there.
    pub(crate) draft: Shared<Form>,
    pub(crate) known: Shared<Vec<Described>>,
    /// What came of the lines that were tried last.
    pub(crate) tried: Option<Shared<Tried>>,
    /// The first lines of a file that were asked for.
    pub(crate) lines: Shared<String>,
    /// The file whose lines are tried.
    pub(crate) from: Option<String>,
    /// What is to be read as the format once it is kept.
    pub(crate) pending: Option<Rule>,
    /// The id of the format that was kept last.
    pub(crate) kept: Option<String>,
    /// Why the format was not kept.
    pub(crate) refused: Option<Problem>,
}

/// The question and its answer; the text that runs is in the address.
#[derive(Default)]
pub(crate) struct Question {
    /// The text in the query bar.
    pub(crate) draft: String,
    /// What may stand at its cursor.
    pub(crate) suggestions: Option<Shared<Suggestions>>,
    /// Whether suggestions for the draft are awaited: not any more once it was run.
    pub(crate) completing: bool,
    pub(crate) diagnostics: Shared<Vec<Diagnostic>>,
    pub(crate) viewed: Option<Shared<Viewed>>,
    /// A question is out.
    pub(crate) asking: bool,
    /// What is loaded has changed since the question went out.
    pub(crate) outdated: bool,
    /// Remarks on the question that is out have arrived.
    pub(crate) remarked: bool,
    /// The next view is of another question: the grid begins at its top again.
    pub(crate) scroll_to_top: bool,
    /// How many bars the histogram has room for.
    pub(crate) most_bars: usize,
    /// What the dialog for that shows, once it is here.
    pub(crate) explained: Option<Shared<Explained>>,
}

/// Which facets the user opened and closed.
#[derive(Default)]
pub(crate) struct FacetsModel {
    /// The one of which more values are shown.
    pub(crate) long: Option<String>,
    /// Those that the user closed.
    pub(crate) hidden: Vec<String>,
}

/// The rows, and the row in full.
#[derive(Default)]
pub(crate) struct GridModel {
    /// The rows on screen.
    pub(crate) rows: Shared<Rows>,
    /// The rows of a newer view, until the first of them are here.
    pub(crate) pending_rows: Option<Rows>,
    /// What the grid shows: first row and how many.
    pub(crate) viewport: (u64, usize),
    /// Counts how often the grid was sent to its top.
    pub(crate) scroll_epoch: u32,
    pub(crate) widths: BTreeMap<String, f64>,
    /// The row under the keyboard, by place in the view.
    pub(crate) selected: Option<u64>,
    /// The row shown in full.
    pub(crate) open: Option<RowId>,
    /// The selected row is to be opened as soon as it is here.
    pub(crate) open_on_arrival: bool,
    pub(crate) detail: Option<Shared<Detail>>,
    pub(crate) tab: Tab,
}

/// What lies over the page and around it.
#[derive(Default)]
pub(crate) struct Screen {
    pub(crate) menu: Option<Menu>,
    pub(crate) overlay: Overlay,
    /// What was said last for a moment ("copied").
    pub(crate) notice: Option<String>,
    pub(crate) export: Option<Export>,
    pub(crate) theme: Theme,
    pub(crate) chart: Option<ChartKind>,
}

impl Model {
    /// Whether there is anything to look at yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.loaded.rows == 0 && !self.files.progress.loading && self.files.ledger.is_empty()
    }
    /// What the histogram spans: the zoom, else everything that is loaded.
    pub(crate) fn span(&self) -> Option<Range> {
        let (first, last) = self.files.loaded.times?;
        Some(self.view.span.unwrap_or((first, last.saturating_add(1))))
    }
    /// The facets in the order shown.
    pub(crate) fn facet_fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = self.view.facets.clone();
        for field in facets::default_fields(&self.files.loaded.formats) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields.retain(|f| !self.facets.hidden.contains(f));
        fields
    }
    /// What is asked of the engine for this view.
    pub(crate) fn request(&self) -> ViewRequest {
        let bars =
            self.span().map_or((0, 1, 0), |span| time_axis::bars(span, self.question.most_bars.max(20)));
        let facet_values = if self.facets.long.is_some() { facets::LONG } else { facets::SHORT };
        ViewRequest {
            query: self.view.query.clone(),
            language: self.view.language,
            time: self.view.range,
            bars,
            facets: self.facet_fields(),
            facet_values,
        }
    }
    /// The question that runs.
    pub(crate) fn query_text(&self) -> QueryText<'_> {
        QueryText { text: &self.view.query, language: self.view.language }
    }
    /// Whether the answer on screen is to an earlier question, as the present one cannot run.
    pub(crate) fn is_stale(&self) -> bool {
        self.has_error() && self.question.viewed.as_ref().is_some_and(|v| v.request.query != self.view.query)
    }
    /// The names of the grid's columns: the query's, else the user's, else the usual ones.
    pub(crate) fn column_names(&self) -> Vec<String> {
        match &self.question.viewed {
            Some(viewed) if !viewed.columns.is_empty() => viewed.columns.clone(),
            _ => self.chosen_columns(),
        }
    }
    /// The user's columns, else the usual ones.
    pub(crate) fn chosen_columns(&self) -> Vec<String> {
        if self.view.columns.is_empty() {
            columns::default_names(&self.files.loaded.formats)
        } else {
            self.view.columns.clone()
        }
    }
    /// The grid's columns.
    pub(crate) fn columns(&self) -> Vec<GridColumn> {
        let width = |name: &str| self.grid.widths.get(name).copied();
        columns::columns(&self.column_names(), &self.grid.rows.columns, &self.files.loaded.formats, width)
    }
    /// Whether the query cannot run.
    pub(crate) fn has_error(&self) -> bool {
        self.question.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
    /// Whether the answer is a table of its own.
    pub(crate) fn has_table(&self) -> bool {
        self.question.viewed.as_ref().is_some_and(|v| v.table.is_some())
    }
    /// "1,284 of 184,206 events".
    pub(crate) fn status(&self) -> String {
        let (matched, total) = match &self.question.viewed {
            Some(viewed) => (viewed.answer.matched, viewed.answer.total),
            None => (0, self.files.loaded.rows),
        };
        format!("{} of {} events", super::text::grouped(matched), super::text::grouped(total))
    }
}
