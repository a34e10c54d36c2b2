//! The rows on screen, their columns, the row that is selected, the row in full.

use logloupe_view::{Detail, GridRow};

use super::{Effect, with};
use crate::{
    engine::Command,
    state::{
        columns,
        model::{GridModel, Model, Tab},
        rows::Rows,
        shared::Shared,
    },
};

/// What happens to the grid and to the row in full.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GridAction {
    SetColumns(Vec<String>),
    AddColumn(String),
    RemoveColumn(String),
    MoveColumn(String, isize),
    Widen(String, f64),
    /// The grid shows these rows: first and how many.
    Viewport(u64, usize),
    Select(u64),
    /// Select another row: so many further or back.
    Move(i64),
    OpenSelected,
    CloseDetail,
    Tab(Tab),
}

impl Model {
    pub(super) fn update_grid(&mut self, action: GridAction) -> Vec<Effect> {
        match action {
            GridAction::SetColumns(names) => self.set_columns(names),
            GridAction::AddColumn(name) => {
                self.screen.menu = None;
                let mut names = self.chosen_columns();
                if !names.contains(&name) {
                    names.push(name);
                }
                self.set_columns(names)
            }
            GridAction::RemoveColumn(name) => {
                let mut names = self.chosen_columns();
                names.retain(|n| *n != name);
                self.set_columns(names)
            }
            GridAction::MoveColumn(name, by) => {
                self.set_columns(columns::moved(&self.chosen_columns(), &name, by))
            }
            GridAction::Widen(name, width) => {
                self.grid.widths.insert(name, width.clamp(56.0, 1200.0).round());
                vec![Effect::RememberWidths]
            }
            GridAction::Viewport(first, count) => {
                self.grid.viewport = (first, count);
                self.grid.fetch()
            }
            GridAction::Select(index) => {
                self.grid.selected = Some(index);
                self.open_selected()
            }
            GridAction::Move(by) => self.move_selection(by),
            GridAction::OpenSelected => {
                self.grid.selected.get_or_insert(0);
                self.open_selected()
            }
            GridAction::CloseDetail => {
                self.grid.open = None;
                self.grid.detail = None;
                self.grid.open_on_arrival = false;
                Vec::new()
            }
            GridAction::Tab(tab) => {
                self.grid.tab = tab;
                Vec::new()
            }
        }
    }

    fn set_columns(&mut self, names: Vec<String>) -> Vec<Effect> {
        // No column at all would be no table: then the usual ones.
        self.view.columns =
            if names == columns::default_names(&self.files.loaded.formats) { Vec::new() } else { names };
        with(self.columns_changed(), Effect::Address(false))
    }

    /// Fetches the rows again if they lack a column. Columns are only ever added, so that rows which are still on
    /// their way with fewer are known to be old by their length.
    pub(super) fn columns_changed(&mut self) -> Vec<Effect> {
        let now = self.grid.pending_rows.as_ref().unwrap_or(&self.grid.rows);
        let mut wanted = now.columns.clone();
        for name in columns::asked(&self.column_names()) {
            if !wanted.contains(&name) {
                wanted.push(name);
            }
        }
        if wanted.len() == now.columns.len() {
            return Vec::new();
        }
        self.grid.pending_rows = Some(Rows::new(now.view, now.total, wanted));
        self.grid.fetch()
    }

    pub(super) fn move_selection(&mut self, by: i64) -> Vec<Effect> {
        if self.grid.rows.total == 0 || self.has_table() {
            return Vec::new();
        }
        let last = self.grid.rows.total - 1;
        let next = match self.grid.selected {
            None if by.unsigned_abs() == 1 => self.grid.viewport.0.min(last),
            None => self.grid.viewport.0.saturating_add_signed(by).min(last),
            Some(now) if by < 0 => now.saturating_sub(by.unsigned_abs()),
            Some(now) => now.saturating_add(by as u64).min(last),
        };
        self.grid.selected = Some(next);
        if self.grid.open.is_some() { self.open_selected() } else { Vec::new() }
    }

    fn open_selected(&mut self) -> Vec<Effect> {
        let Some(index) = self.grid.selected else { return Vec::new() };
        let Some(row) = self.grid.rows.get(index) else {
            self.grid.open_on_arrival = true;
            return Vec::new();
        };
        let id = row.id;
        self.grid.open_on_arrival = false;
        self.screen.menu = None;
        self.grid.open = Some(id);
        vec![Effect::Engine(Command::Detail(id))]
    }

    pub(super) fn rows_arrived(&mut self, view: u32, from: u64, arrived: Vec<GridRow>) -> Vec<Effect> {
        self.grid.put(view, from, arrived);
        if self.grid.open_on_arrival { self.open_selected() } else { Vec::new() }
    }
}

impl GridModel {
    /// Another question begins at the first row.
    pub(super) fn begin_at_top(&mut self) {
        self.scroll_epoch += 1;
        self.viewport.0 = 0;
        self.selected = None;
    }

    /// Shows the rows of a view as soon as the first of them are here.
    pub(super) fn show(&mut self, rows: Rows) -> Vec<Effect> {
        if rows.total == 0 {
            self.pending_rows = None;
            self.rows = Shared::new(rows);
            return Vec::new();
        }
        self.pending_rows = Some(rows);
        self.fetch()
    }

    /// Asks for the rows on screen that are not here, of the newest view.
    fn fetch(&mut self) -> Vec<Effect> {
        let (first, count) = self.viewport;
        let ask = |rows: &mut Rows| {
            let stretches = rows.need(first.min(rows.total.saturating_sub(1)), count.max(1));
            let (view, columns) = (rows.view, rows.columns.clone());
            let effect =
                |(from, count)| Effect::Engine(Command::Rows { view, from, count, columns: columns.clone() });
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

    fn put(&mut self, view: u32, from: u64, arrived: Vec<GridRow>) {
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
    }

    pub(super) fn detailed(&mut self, detail: Detail) {
        if self.open == Some(detail.id) {
            self.detail = Some(Shared::new(detail));
        }
    }
}
