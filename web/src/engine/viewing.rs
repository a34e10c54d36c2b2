//! Views: one question to all workers, their parts merged into one answer, windows of rows of it.
//!
//! Only the latest question counts: parts of an older one that still arrive are dropped.

use std::collections::HashMap;

use logloupe_syntax::{Diagnostic, Severity};
use logloupe_view::{
    Answer, GridRow, RowId, ViewRequest, facets, histogram,
    order::{Merged, RowPosition},
};

use super::{
    Event, ResultView, Viewed,
    state::{State, now},
};
use crate::protocol::{self, Ask, ViewPart};

/// What the page is looking at.
#[derive(Default)]
pub(super) struct Viewing {
    /// The number of the next view.
    pub(super) next: u32,
    /// The view being answered.
    pending: Option<Pending>,
    /// The view that rows are asked of.
    pub(super) current: Option<Current>,
    windows: HashMap<u32, Window>,
    /// How long the last answer took.
    pub(super) millis: f64,
}

/// Per facet, per table, counts of values looked up.
type Counts = Vec<(u32, Vec<Vec<u64>>)>;

struct Pending {
    view: u32,
    request: ViewRequest,
    asked: f64,
    parts: Vec<Option<ViewPart>>,
    /// Per facet, what was merged so far and, per worker, its tables' counts of the candidates.
    facets: Vec<facets::FacetMerge>,
    looked_up: Vec<Option<Counts>>,
    viewed: Option<Viewed>,
    waiting_for_table: bool,
    /// The answers so far of the queries that the view holds in brackets, and whether the next one is on its way.
    answers: Vec<Vec<u8>>,
    inner: bool,
    /// Partial results that workers were asked for once more.
    supplied: Vec<Option<Vec<u8>>>,
}

pub(super) struct Current {
    pub(super) view: u32,
    pub(super) rows: u64,
    order: Ordered,
    pub(super) table: Option<ResultView>,
    pub(super) columns: Vec<String>,
}

/// Where the rows of a view stand.
enum Ordered {
    /// In the orders of the workers, seen as one.
    Merged(Merged),
    /// In a list: what `limit` or `dedup` let through.
    Listed(Vec<RowId>),
}

/// A window of rows on its way: places are asked for first, then the rows at them.
#[derive(Default)]
struct Window {
    view: u32,
    from: u64,
    count: usize,
    columns: Vec<String>,
    ranges: Vec<(usize, usize)>,
    places: Vec<Option<Vec<RowPosition>>>,
    /// The rows in order, filled as workers answer; and which request asked which worker.
    ids: Vec<RowId>,
    rows: Vec<Option<GridRow>>,
    left: usize,
    /// The export that asked for it, instead of the grid.
    pub(super) export: bool,
}

impl Viewing {
    /// Drops whatever was asked: the rows that it spoke of may be gone.
    pub(super) fn forget(&mut self) {
        *self = Viewing { next: self.next, ..Viewing::default() };
    }
}

impl State {
    pub(super) fn view(&mut self, request: ViewRequest) {
        self.ask_view(request, now(), Vec::new());
    }
    /// Asks for a view, given the answers so far of the queries that it holds in brackets.
    fn ask_view(&mut self, request: ViewRequest, asked: f64, answers: Vec<Vec<u8>>) {
        self.viewing.next += 1;
        let view = self.viewing.next;
        let catalogs: Vec<Vec<u8>> = self.workers.iter().map(|w| w.catalog.clone()).collect();
        let catalog = crate::worker::catalog::merge(&catalogs);
        let workers = self.workers.len();
        self.viewing.pending = Some(Pending {
            view,
            request: request.clone(),
            asked,
            parts: vec![None; workers],
            facets: Vec::new(),
            looked_up: vec![None; workers],
            viewed: None,
            waiting_for_table: false,
            answers: answers.clone(),
            inner: false,
            supplied: Vec::new(),
        });
        self.ask_all(&Ask::View { view, request, catalog, answers });
    }
    pub(super) fn heard_viewed(&mut self, shard: u32, view: u32, part: ViewPart) {
        let Some(pending) = self.viewing.pending.as_mut().filter(|p| p.view == view) else { return };
        if let Some(slot) = pending.parts.get_mut(shard as usize) {
            *slot = Some(part);
        }
        if pending.parts.iter().any(Option::is_none) {
            return;
        }
        let mut parts: Vec<ViewPart> = pending.parts.iter_mut().filter_map(Option::take).collect();
        // All workers plan alike, so they all have the same remarks.
        let diagnostics: Vec<Diagnostic> =
            parts.first_mut().map(|p| std::mem::take(&mut p.diagnostics)).unwrap_or_default();
        if diagnostics.iter().any(|d| d.severity == Severity::Error) {
            self.viewing.pending = None;
            return self.tell(Event::Diagnosed(diagnostics));
        }
        if parts.iter().any(|p| p.inner) {
            pending.inner = true;
            let partials = parts.into_iter().filter_map(|p| p.partial).collect();
            return self.ask(0, Ask::Merge { view, partials });
        }
        let mut viewed = Viewed { view, request: pending.request.clone(), ..Viewed::default() };
        let mut answer = Answer::default();
        let mut lanes = Vec::new();
        for part in &mut parts {
            answer.total += part.total;
            answer.matched += part.matched;
            histogram::merge(&mut answer.histogram, std::mem::take(&mut part.histogram));
            let splitters = std::mem::take(&mut part.splitters);
            lanes.push((part.rows as usize, splitters.into_iter().map(|(at, p)| (at as usize, p)).collect()));
        }
        let descending =
            parts.iter().map(|p| p.descending.clone()).find(|d| !d.is_empty()).unwrap_or_else(|| vec![true]);
        let order = Merged::new(lanes, descending);
        viewed.rows = order.len() as u64;
        viewed.columns = parts.first().map(|p| p.columns.clone()).unwrap_or_default();
        let wanted = viewed.request.facet_values;
        let fields = viewed.request.facets.len();
        let mut lookups = Vec::new();
        for f in 0..fields {
            let tables =
                parts.iter_mut().filter_map(|p| p.facets.get_mut(f)).flat_map(std::mem::take).collect();
            let merge = facets::FacetMerge::new(tables, wanted);
            if !merge.complete() {
                lookups.push((f as u32, merge.candidates.clone()));
            }
            pending.facets.push(merge);
        }
        viewed.answer = answer;
        let partials: Vec<Vec<u8>> = parts.into_iter().filter_map(|p| p.partial).collect();
        pending.waiting_for_table = !partials.is_empty();
        pending.viewed = Some(viewed);
        self.viewing.current = Some(Current {
            view,
            rows: pending.viewed.as_ref().map_or(0, |v| v.rows),
            order: Ordered::Merged(order),
            table: None,
            columns: pending.viewed.as_ref().map(|v| v.columns.clone()).unwrap_or_default(),
        });
        let look = !lookups.is_empty();
        if !look {
            pending.looked_up = Vec::new();
        }
        self.tell(Event::Diagnosed(diagnostics));
        if look {
            self.ask_all(&Ask::LookUp { view, values: lookups });
        }
        if !partials.is_empty() {
            self.ask(0, Ask::Merge { view, partials });
        }
        self.answer_if_complete();
    }
    pub(super) fn heard_looked_up(&mut self, shard: u32, view: u32, counts: Vec<(u32, Vec<Vec<u64>>)>) {
        let Some(pending) = self.viewing.pending.as_mut().filter(|p| p.view == view) else { return };
        if let Some(slot) = pending.looked_up.get_mut(shard as usize) {
            *slot = Some(counts);
        }
        self.answer_if_complete();
    }
    pub(super) fn heard_merged(&mut self, view: u32, merged: Result<protocol::Merged, String>) {
        let workers = self.workers.len();
        let Some(pending) = self.viewing.pending.as_mut().filter(|p| p.view == view) else { return };
        if let Ok(protocol::Merged::More(wanted)) = merged {
            pending.supplied = vec![None; workers];
            return self.ask_all(&Ask::Supply { view, wanted });
        }
        if pending.inner {
            let Some(mut pending) = self.viewing.pending.take() else { return };
            match merged {
                Ok(protocol::Merged::Table(bytes)) => {
                    pending.answers.push(bytes);
                    self.ask_view(pending.request, pending.asked, pending.answers);
                }
                // Queries in brackets end in tables.
                Ok(protocol::Merged::Rows(_) | protocol::Merged::More(_)) => {}
                Err(message) => self.tell(Event::Diagnosed(vec![Diagnostic::error(0..0, message)])),
            }
            return;
        }
        pending.waiting_for_table = false;
        let Some(viewed) = &mut pending.viewed else { return };
        let failed = match merged {
            Ok(protocol::Merged::Table(bytes)) => match crate::worker::catalog::result(&bytes) {
                Ok(table) => {
                    viewed.table = Some(table);
                    None
                }
                Err(message) => Some(message),
            },
            Ok(protocol::Merged::Rows(rows)) => {
                viewed.rows = rows.len() as u64;
                if let Some(current) = &mut self.viewing.current {
                    current.rows = viewed.rows;
                    current.order = Ordered::Listed(rows);
                }
                None
            }
            Ok(protocol::Merged::More(_)) => None,
            Err(message) => Some(message),
        };
        if let Some(message) = failed {
            self.tell(Event::Diagnosed(vec![Diagnostic::error(0..0, message)]));
        }
        self.answer_if_complete();
    }
    pub(super) fn heard_supplied(&mut self, shard: u32, view: u32, partial: Vec<u8>) {
        let Some(pending) = self.viewing.pending.as_mut().filter(|p| p.view == view) else { return };
        if let Some(slot) = pending.supplied.get_mut(shard as usize) {
            *slot = Some(partial);
        }
        if pending.supplied.iter().all(Option::is_some) {
            let partials = std::mem::take(&mut pending.supplied).into_iter().flatten().collect();
            self.ask(0, Ask::Merge { view, partials });
        }
    }
    fn answer_if_complete(&mut self) {
        let Some(pending) = &self.viewing.pending else { return };
        let parts_missing = pending.viewed.is_none() || pending.waiting_for_table;
        if parts_missing || pending.looked_up.iter().any(Option::is_none) {
            return;
        }
        let Some(mut pending) = self.viewing.pending.take() else { return };
        let Some(mut viewed) = pending.viewed.take() else { return };
        let wanted = viewed.request.facet_values;
        for (f, merge) in pending.facets.into_iter().enumerate() {
            let counts: Vec<Vec<u64>> = (pending.looked_up.iter().flatten().flatten())
                .filter(|(facet, _)| *facet as usize == f)
                .flat_map(|(_, tables)| tables.iter().cloned())
                .collect();
            let looked_up = (!merge.complete()).then_some(counts.as_slice());
            let field = viewed.request.facets[f].clone();
            viewed.answer.facets.push(merge.facet(&field, wanted, looked_up));
        }
        viewed.millis = now() - pending.asked;
        self.viewing.millis = viewed.millis;
        if let Some(current) = &mut self.viewing.current {
            current.table = viewed.table.clone();
        }
        self.tell(Event::Answered(Box::new(viewed)));
    }
    pub(super) fn rows(&mut self, view: u32, from: u64, count: usize, columns: Vec<String>) {
        self.window(view, from, count, columns, false);
    }
    /// Asks for the places of a window; what follows is in the answers.
    pub(super) fn window(&mut self, view: u32, from: u64, count: usize, columns: Vec<String>, export: bool) {
        let Some(current) = self.viewing.current.as_ref().filter(|c| c.view == view) else { return };
        let count = count.min(current.rows.saturating_sub(from) as usize);
        let mut window = Window { view, from, count, columns, export, ..Window::default() };
        let mut asks = Vec::new();
        match &current.order {
            Ordered::Merged(order) => {
                window.ranges = order.ranges(from as usize, count);
                window.places = window.ranges.iter().map(|r| (r.1 == 0).then(Vec::new)).collect();
                asks.extend(window.ranges.iter().copied().enumerate().filter(|(_, r)| r.1 > 0));
            }
            Ordered::Listed(rows) => {
                window.ids = rows.iter().skip(from as usize).take(count).copied().collect()
            }
        }
        let ask = self.number();
        self.viewing.windows.insert(ask, window);
        if asks.is_empty() {
            self.window_placed(ask);
        }
        for (shard, (first, count)) in asks {
            self.ask(shard as u32, Ask::Window { ask, view, from: first as u64, count: count as u64 });
        }
    }
    pub(super) fn heard_window(&mut self, shard: u32, ask: u32, places: Vec<RowPosition>) {
        let Some(window) = self.viewing.windows.get_mut(&ask) else { return };
        if let Some(slot) = window.places.get_mut(shard as usize) {
            *slot = Some(places);
        }
        if window.places.iter().all(Option::is_some) {
            self.window_placed(ask);
        }
    }
    fn window_placed(&mut self, ask: u32) {
        let (Some(window), Some(current)) = (self.viewing.windows.get_mut(&ask), &self.viewing.current)
        else {
            return;
        };
        if window.view != current.view {
            self.viewing.windows.remove(&ask);
            return;
        }
        if let Ordered::Merged(order) = &current.order {
            let fetched = window.places.iter_mut().map(|p| p.take().unwrap_or_default()).collect();
            let places = order.cut(window.from as usize, window.count, &window.ranges, fetched);
            window.ids = places.into_iter().map(|p| p.id).collect();
        }
        if window.export {
            let ids = std::mem::take(&mut window.ids);
            self.viewing.windows.remove(&ask);
            return self.export_placed(ids);
        }
        window.rows = vec![None; window.ids.len()];
        let mut asks = Vec::new();
        for shard in 0..self.workers.len() as u32 {
            let ids: Vec<_> = window.ids.iter().filter(|id| id.shard == shard).copied().collect();
            if !ids.is_empty() {
                asks.push((
                    shard,
                    Ask::Rows { ask, view: window.view, ids, columns: window.columns.clone() },
                ));
            }
        }
        window.left = asks.len();
        if asks.is_empty() {
            self.window_filled(ask);
        }
        asks.into_iter().for_each(|(shard, ask)| self.ask(shard, ask));
    }
    pub(super) fn heard_rows(&mut self, ask: u32, rows: Vec<GridRow>) {
        let Some(window) = self.viewing.windows.get_mut(&ask) else { return };
        for row in rows {
            if let Some(at) = window.ids.iter().position(|id| *id == row.id) {
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
        let rows = window.rows.into_iter().flatten().collect();
        self.tell(Event::Rows { view: window.view, from: window.from, rows });
    }
}
