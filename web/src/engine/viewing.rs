//! Views: one question to all workers, coordinated to one answer by a [`Coordinator`], windows of rows of it.
//!
//! Only the latest question counts: parts of an older one that still arrive are dropped.

use std::collections::HashMap;

use logloupe_syntax::Diagnostic;
use logloupe_view::{
    GridRow, RowId, ViewRequest,
    coordinator::{self, Bytes, Coordinator, Counts, Next, View},
    order::RowPosition,
    window::{RowWindow, by_shard},
};

use super::{
    Event, ResultView, Viewed,
    state::{State, now},
};
use crate::protocol::{Merged, Request, ViewPart};

/// What the page is looking at.
#[derive(Default)]
pub(super) struct Viewing {
    /// The number of the next view.
    pub(super) next: u32,
    /// The view that is being answered, and afterwards the one that rows are asked of.
    job: Option<Job>,
    /// The latest view whose rows have an order; what it shows stays while a newer question has no answer.
    pub(super) current: Option<Current>,
    windows: HashMap<u32, Window>,
    /// How long the last answer took.
    pub(super) millis: f64,
}

struct Job {
    /// The number under which workers know it; a new one for each subquery.
    view: u32,
    coordinator: Coordinator<Bytes>,
    asked: f64,
}

/// The view that rows are asked of.
#[derive(Clone, Default)]
pub(super) struct Current {
    pub(super) view: u32,
    pub(super) rows: u64,
    pub(super) table: Option<ResultView>,
    pub(super) columns: Vec<String>,
}

/// A window of rows on its way: positions are asked for first, then the rows at them.
struct Window {
    view: u32,
    positions: RowWindow,
    columns: Vec<String>,
    /// The rows in order, filled as workers answer.
    rows: Vec<Option<GridRow>>,
    /// How many workers have not answered.
    left: usize,
    /// The export asked for it, instead of the grid.
    export: bool,
}

impl Viewing {
    /// Drops whatever was asked: the rows that it spoke of may be gone.
    pub(super) fn forget(&mut self) {
        *self = Viewing { next: self.next, ..Viewing::default() };
    }
    fn job(&mut self, view: u32) -> Option<&mut Job> {
        self.job.as_mut().filter(|job| job.view == view)
    }
}

impl State {
    pub(super) fn view(&mut self, request: ViewRequest) {
        let (coordinator, first) = Coordinator::new(request, self.workers.len());
        let job = Job { view: 0, coordinator, asked: now() };
        self.viewing.job = Some(job);
        self.next(vec![Next::Request(first)]);
    }
    pub(super) fn on_viewed(&mut self, shard: u32, view: u32, part: ViewPart) {
        self.coordinate(view, |coordinator| coordinator.on_part(shard, part));
    }
    pub(super) fn on_looked_up(&mut self, shard: u32, view: u32, counts: Counts) {
        self.coordinate(view, |coordinator| coordinator.on_counts(shard, counts));
    }
    pub(super) fn on_merged(&mut self, view: u32, merged: Result<Merged, String>) {
        self.coordinate(view, |coordinator| coordinator.on_merged(merged));
    }
    pub(super) fn on_supplied(&mut self, shard: u32, view: u32, partial: Vec<u8>) {
        self.coordinate(view, |coordinator| coordinator.on_refined(shard, partial));
    }
    fn coordinate(&mut self, view: u32, f: impl FnOnce(&mut Coordinator<Bytes>) -> Vec<Next<Bytes>>) {
        let Some(job) = self.viewing.job(view) else { return };
        let next = f(&mut job.coordinator);
        self.next(next);
    }
    fn next(&mut self, next: Vec<Next<Bytes>>) {
        for next in next {
            match next {
                Next::Request(ask) => self.ask_of(ask),
                Next::Diagnosed(found) => self.tell(Event::Diagnosed(found)),
                Next::Ordered => {
                    let Some(job) = &mut self.viewing.job else { return };
                    let rows = job.coordinator.order().len() as u64;
                    self.viewing.current = Some(Current { view: job.view, rows, ..Current::default() });
                }
                Next::Answered(view) => self.answered(*view),
            }
        }
    }
    fn ask_of(&mut self, ask: coordinator::Request<Bytes>) {
        let Some(job) = &mut self.viewing.job else { return };
        match ask {
            coordinator::Request::View { answers } => {
                self.viewing.next += 1;
                job.view = self.viewing.next;
                let (view, request) = (job.view, job.coordinator.request().clone());
                self.ask_all(&Request::View { view, request, catalog: self.catalog(), answers });
            }
            coordinator::Request::Counts(values) => {
                let view = job.view;
                self.ask_all(&Request::LookUp { view, values });
            }
            coordinator::Request::Merge(partials) => {
                let view = job.view;
                self.ask(0, Request::Merge { view, partials });
            }
            coordinator::Request::Refine(wanted) => {
                let view = job.view;
                self.ask_all(&Request::Supply { view, wanted });
            }
        }
    }
    fn answered(&mut self, answer: View<Bytes>) {
        let Some(job) = &mut self.viewing.job else { return };
        let (table, failed) = match answer.table.map(|bytes| super::catalog::result(&bytes)) {
            Some(Ok(table)) => (Some(table), None),
            Some(Err(message)) => (None, Some(message)),
            None => (None, None),
        };
        let current = Current { view: job.view, rows: answer.rows, table, columns: answer.columns };
        let viewed = Viewed {
            view: job.view,
            request: job.coordinator.request().clone(),
            answer: answer.answer,
            rows: current.rows,
            columns: current.columns.clone(),
            table: current.table.clone(),
            millis: now() - job.asked,
        };
        self.viewing.current = Some(current);
        self.viewing.millis = viewed.millis;
        if let Some(message) = failed {
            self.tell(Event::Diagnosed(vec![Diagnostic::error(0..0, message)]));
        }
        self.tell(Event::Answered(Box::new(viewed)));
    }
    pub(super) fn rows(&mut self, view: u32, from: u64, count: usize, columns: Vec<String>) {
        self.window(view, from, count, columns, false);
    }
    /// Asks for the positions of a window; what follows is in the answers.
    pub(super) fn window(&mut self, view: u32, from: u64, count: usize, columns: Vec<String>, export: bool) {
        if self.viewing.current.as_ref().is_none_or(|current| current.view != view) {
            return;
        }
        let Some(job) = self.viewing.job(view) else { return };
        let positions = RowWindow::new(job.coordinator.order(), from as usize, count);
        let asks = positions.asks();
        let ask = self.number();
        let window = Window { view, positions, columns, rows: Vec::new(), left: 0, export };
        self.viewing.windows.insert(ask, window);
        if asks.is_empty() {
            self.window_placed(ask);
        }
        for (shard, first, count) in asks {
            self.ask(shard, Request::Window { ask, view, from: first as u64, count: count as u64 });
        }
    }
    pub(super) fn on_window(&mut self, shard: u32, ask: u32, places: Vec<RowPosition>) {
        let (Some(window), Some(job)) = (self.viewing.windows.get_mut(&ask), &self.viewing.job) else {
            return;
        };
        if window.view == job.view {
            window.positions.on_positions(job.coordinator.order(), shard, places);
        }
        if window.view != job.view || window.positions.is_complete() {
            self.window_placed(ask);
        }
    }
    fn window_placed(&mut self, ask: u32) {
        let workers = self.workers.len();
        let (Some(window), Some(job)) = (self.viewing.windows.get_mut(&ask), &self.viewing.job) else {
            return;
        };
        if window.view != job.view {
            self.viewing.windows.remove(&ask);
            return;
        }
        let ids: Vec<RowId> = window.positions.ids().to_vec();
        if window.export {
            self.viewing.windows.remove(&ask);
            return self.export_placed(ids);
        }
        window.rows = vec![None; ids.len()];
        let view = window.view;
        let columns = window.columns.clone();
        let asks = by_shard(&ids, workers);
        window.left = asks.len();
        if asks.is_empty() {
            self.window_filled(ask);
        }
        for (shard, ids) in asks {
            self.ask(shard, Request::Rows { ask, view, ids, columns: columns.clone() });
        }
    }
    pub(super) fn on_rows(&mut self, ask: u32, rows: Vec<GridRow>) {
        let Some(window) = self.viewing.windows.get_mut(&ask) else { return };
        for row in rows {
            if let Some(at) = window.positions.ids().iter().position(|id| *id == row.id) {
                window.rows[at] = Some(row);
            }
        }
        window.left = window.left.saturating_sub(1);
        if window.left == 0 {
            self.window_filled(ask);
        }
    }
    fn window_filled(&mut self, ask: u32) {
        let Some(window) = self.viewing.windows.remove(&ask) else { return };
        let from = window.positions.from() as u64;
        let rows = window.rows.into_iter().flatten().collect();
        self.tell(Event::Rows { view: window.view, from, rows });
    }
}
