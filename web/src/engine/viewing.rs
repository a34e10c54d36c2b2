//! Views: one question to all workers, coordinated to one answer by a [`Coordinator`], windows of rows of it.
//!
//! Only the latest question counts: parts of an older one that still arrive are dropped.

use logloupe_protocol::{decode, rows, views};
use logloupe_syntax::Diagnostic;
use logloupe_table::ResultTable;
use logloupe_view::{
    GridRow, RowId, ViewRequest,
    coordinator::{self, Bytes, Coordinator, Next, View},
    order::RowPosition,
    window::{RowWindow, by_shard},
};

use super::{
    Event, ResultView, Viewed,
    model::{Current, OpenView, Window},
    state::State,
};

impl State {
    pub(super) fn view(&mut self, request: ViewRequest) {
        let (coordinator, first) = Coordinator::new(request, self.workers.len());
        let job = OpenView { view: 0, coordinator, asked: self.host.now() };
        self.viewing.job = Some(job);
        self.next(vec![Next::Request(first)]);
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
        let view = job.view;
        match ask {
            coordinator::Request::View { answers } => {
                self.viewing.next += 1;
                job.view = self.viewing.next;
                let (view, request) = (job.view, job.coordinator.request().clone());
                self.share_catalogs();
                self.ask_all(&views::View { view, request, answers }, move |state, shard, part| {
                    state.coordinate(view, |coordinator| coordinator.on_part(shard, part));
                });
            }
            coordinator::Request::Counts(values) => {
                self.ask_all(&views::CountValues { view, values }, move |state, shard, counts| {
                    state.coordinate(view, |coordinator| coordinator.on_counts(shard, counts));
                });
            }
            coordinator::Request::Merge(partials) => {
                self.ask(0, views::Merge { view, partials }, move |state, merged| {
                    state.coordinate(view, |coordinator| coordinator.on_merged(merged));
                });
            }
            coordinator::Request::Refine(refine) => {
                self.ask_all(&views::Refine { view, refine }, move |state, shard, partial| {
                    state.coordinate(view, |coordinator| coordinator.on_refined(shard, partial));
                });
            }
        }
    }
    fn answered(&mut self, answer: View<Bytes>) {
        let Some(job) = &mut self.viewing.job else { return };
        let (table, failed) = match answer.table.map(|bytes| result(&bytes)) {
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
            millis: self.host.now() - job.asked,
        };
        self.viewing.windows.retain(|_, window| window.view == viewed.view);
        self.viewing.current = Some(current);
        self.viewing.millis = viewed.millis;
        if let Some(message) = failed {
            self.tell(Event::Diagnosed(vec![Diagnostic::error(0..0, message)]));
        }
        self.tell(Event::Answered(Box::new(viewed)));
    }
    /// Asks for the positions of a window; what follows is in the answers.
    pub(super) fn window(&mut self, view: u32, from: u64, count: usize, columns: Vec<String>, export: bool) {
        if self.viewing.current.as_ref().is_none_or(|current| current.view != view) {
            return;
        }
        let Some(job) = self.viewing.job(view) else { return };
        let positions = RowWindow::new(job.coordinator.order(), from as usize, count);
        let asks = positions.asks();
        let number = self.number();
        let window = Window { view, positions, columns, rows: Vec::new(), left: 0, export };
        self.viewing.windows.insert(number, window);
        if asks.is_empty() {
            self.window_placed(number);
        }
        for (shard, first, count) in asks {
            let request = rows::Window { view, from: first as u64, count: count as u64 };
            self.ask(shard, request, move |state, places| state.on_window(shard, number, places));
        }
    }
    fn on_window(&mut self, shard: u32, number: u32, places: Vec<RowPosition>) {
        let (Some(window), Some(job)) = (self.viewing.windows.get_mut(&number), &self.viewing.job) else {
            return;
        };
        if window.view == job.view {
            window.positions.on_positions(job.coordinator.order(), shard, places);
        }
        if window.view != job.view || window.positions.is_complete() {
            self.window_placed(number);
        }
    }
    fn window_placed(&mut self, number: u32) {
        let workers = self.workers.len();
        let (Some(window), Some(job)) = (self.viewing.windows.get_mut(&number), &self.viewing.job) else {
            return;
        };
        if window.view != job.view {
            self.viewing.windows.remove(&number);
            return;
        }
        let ids: Vec<RowId> = window.positions.ids().to_vec();
        if window.export {
            self.viewing.windows.remove(&number);
            return self.export_placed(ids);
        }
        window.rows = vec![None; ids.len()];
        let view = window.view;
        let columns = window.columns.clone();
        let asks = by_shard(&ids, workers);
        window.left = asks.len();
        if asks.is_empty() {
            self.window_filled(number);
        }
        for (shard, ids) in asks {
            let request = rows::GridRows { view, ids, columns: columns.clone() };
            self.ask(shard, request, move |state, rows| state.on_rows(number, rows));
        }
    }
    fn on_rows(&mut self, number: u32, rows: Vec<GridRow>) {
        let Some(window) = self.viewing.windows.get_mut(&number) else { return };
        for row in rows {
            if let Some(at) = window.positions.ids().iter().position(|id| *id == row.id) {
                window.rows[at] = Some(row);
            }
        }
        window.left = window.left.saturating_sub(1);
        if window.left == 0 {
            self.window_filled(number);
        }
    }
    fn window_filled(&mut self, number: u32) {
        let Some(window) = self.viewing.windows.remove(&number) else { return };
        let from = window.positions.from() as u64;
        let rows = window.rows.into_iter().flatten().collect();
        self.tell(Event::Rows { view: window.view, from, rows });
    }
}

/// A finished table as the page shows it.
fn result(bytes: &[u8]) -> Result<ResultView, String> {
    let table: ResultTable = decode(bytes).map_err(|e| format!("the result is damaged: {e}"))?;
    Ok(ResultView {
        columns: table.columns.into_iter().map(|c| (c.name, c.kind.is_number())).collect(),
        rows: table.rows,
        remarks: table.remarks,
    })
}
