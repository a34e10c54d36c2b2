//! What the handle holds: the pool, what it is doing, and where each thing that a worker says goes.

use std::{cell::RefCell, rc::Rc};

use logloupe_syntax::Language;
use logloupe_view::RowId;
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::{
    Event,
    completing::Completing,
    exporting::Exporting,
    loading::{Loading, Worker},
    pool::{self, Handle, Heard},
    viewing::Viewing,
};
use crate::protocol::{Request, Response};

pub(super) struct State {
    tell: Callback<Event>,
    pub(super) workers: Vec<Worker>,
    pub(super) loading: Loading,
    pub(super) viewing: Viewing,
    pub(super) exporting: Option<Exporting>,
    pub(super) completing: Option<Completing>,
    hear: Rc<dyn Fn(u32, Heard)>,
    /// Numbers requests.
    asks: u32,
}

impl State {
    pub(super) fn start(tell: Callback<Event>) -> Rc<RefCell<State>> {
        let state = Rc::new_cyclic(|weak: &std::rc::Weak<RefCell<State>>| {
            let weak = weak.clone();
            let hear: Rc<dyn Fn(u32, Heard)> = Rc::new(move |shard, heard| {
                if let Some(state) = weak.upgrade() {
                    state.borrow_mut().hear(shard, heard);
                }
            });
            RefCell::new(State {
                tell,
                workers: Vec::new(),
                loading: Loading::default(),
                viewing: Viewing::default(),
                exporting: None,
                completing: None,
                hear,
                asks: 0,
            })
        });
        state.borrow_mut().start_pool();
        state
    }
    /// Forgets everything: the pool is started anew, since memory of WebAssembly never shrinks.
    pub(super) fn clear(state: &Rc<RefCell<State>>) {
        let mut state = state.borrow_mut();
        state.workers.clear();
        state.loading = Loading::default();
        state.viewing.forget();
        state.exporting = None;
        state.completing = None;
        state.start_pool();
        state.tell(Event::Ledger(Vec::new()));
        state.tell(Event::Changed(super::Loaded {
            workers: state.workers.len() as u32,
            ..super::Loaded::default()
        }));
    }
    fn start_pool(&mut self) {
        for shard in 0..pool::size() {
            match Handle::start(shard, self.hear.clone()) {
                Ok(handle) => self.workers.push(Worker::new(handle)),
                Err(message) => return self.tell(Event::Stopped { message, files: Vec::new() }),
            }
        }
    }
    /// Tells the page, after the current call.
    pub(super) fn tell(&self, event: Event) {
        let tell = self.tell.clone();
        spawn_local(async move { tell.emit(event) });
    }
    pub(super) fn ask(&self, shard: u32, ask: Request) {
        if let Some(worker) = self.workers.get(shard as usize) {
            worker.handle.ask(ask, &[]);
        }
    }
    pub(super) fn ask_all(&self, ask: &Request) {
        self.workers.iter().for_each(|w| w.handle.ask(ask.clone(), &[]));
    }
    pub(super) fn number(&mut self) -> u32 {
        self.asks = self.asks.wrapping_add(1);
        self.asks
    }
    pub(super) fn detail(&mut self, row: RowId) {
        self.ask(row.shard, Request::Detail { id: row });
    }
    /// What all workers know of fields, for planning.
    pub(super) fn catalog(&self) -> Vec<u8> {
        let catalogs: Vec<Vec<u8>> = self.workers.iter().map(|w| w.catalog.clone()).collect();
        super::catalog::merge(&catalogs)
    }
    pub(super) fn explain(&self, query: String, language: Language) {
        self.ask(0, Request::Explain { query, language, catalog: self.catalog() });
    }
    fn hear(&mut self, shard: u32, heard: Heard) {
        let said = match heard {
            Heard::Said(said) => said,
            Heard::Formats => return self.tell(Event::Formats),
            Heard::Stopped(message) => return self.stopped(shard, message),
        };
        match said {
            Response::Progress { bytes, rows, rejected, memory } => {
                self.on_progress(shard, bytes, rows, rejected, memory)
            }
            Response::Begun { task } => self.on_begun(shard, task),
            Response::Read { task, entries } => self.on_read(shard, task, entries),
            Response::Lookup { table } => self.on_lookup(table),
            Response::Idle => self.on_idle(),
            Response::Sampled => self.on_sampled(),
            Response::Catalog { catalog, formats, times } => self.on_catalog(shard, catalog, formats, times),
            Response::Identities { part } => self.on_identities(shard, part),
            Response::FoundDuplicates { shards } => self.on_duplicates(shards),
            Response::Duplicated { files } => self.on_duplicated(shard, files),
            Response::Viewed { view, part } => self.on_viewed(shard, view, *part),
            Response::LookedUp { view, counts } => self.on_looked_up(shard, view, counts),
            Response::Supplied { view, partial } => self.on_supplied(shard, view, partial),
            Response::Merged { view, merged } => self.on_merged(view, merged),
            Response::Window { ask, places } => self.on_window(shard, ask, places),
            Response::Rows { ask, rows } => self.on_rows(ask, rows),
            Response::Detail { detail } => {
                if let Some(detail) = detail {
                    self.tell(Event::Detailed(detail));
                }
            }
            Response::Completed { ask, completions } => self.on_completed(shard, ask, completions),
            Response::Explained { explained } => self.tell(Event::Explained(explained)),
            Response::CsvColumns { ask, columns } => self.on_csv_columns(ask, columns),
            Response::Export { ask, rows } => self.on_export(shard, ask, rows),
            // Both are dealt with where the worker is heard first.
            Response::Hello { .. } | Response::Panic { .. } => {}
        }
    }
    /// A worker stopped: its rows are gone, a new one takes its place, the others live on.
    fn stopped(&mut self, shard: u32, message: String) {
        let handle = match Handle::start(shard, self.hear.clone()) {
            Ok(handle) => handle,
            Err(again) => return self.tell(Event::Stopped { message: again, files: Vec::new() }),
        };
        let Some(slot) = self.workers.get_mut(shard as usize) else { return };
        let old = std::mem::replace(slot, Worker::new(handle));
        for table in self.loading.lookups.clone() {
            self.ask(shard, Request::Lookup { table });
        }
        let files = self.lost(old, &message);
        self.tell(Event::Stopped { message, files });
        self.viewing.forget();
        self.exporting = None;
        self.completing = None;
        self.changed();
        self.deal();
    }
}

/// Milliseconds on the page's clock.
pub(super) fn now() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}
