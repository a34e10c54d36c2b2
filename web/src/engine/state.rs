//! What the handle holds: the workers, what they were asked, and where each of their messages goes.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::{Rc, Weak},
};

use logloupe_protocol::{
    AnyResponse, Notice, PageMessage, Request, WorkerMessage, decode, encode,
    files::AddLookup,
    hello::{self, PageHello, WorkerHello},
    rows::FullRow,
    text::Explain,
    views::Catalogs,
};
use logloupe_syntax::Language;
use logloupe_view::RowId;
use web_sys::File;

use super::{
    Command, Event, Loaded,
    describing::Describing,
    host::{Host, Signal, Sink},
    model::{Exporting, Held, Loading, Viewing, Worker},
};

/// Takes the response to a request.
type Then = Box<dyn FnOnce(&mut State, AnyResponse)>;

pub(super) struct State {
    pub(super) host: Box<dyn Host>,
    sink: Sink,
    pub(super) workers: Vec<Worker>,
    pub(super) loading: Loading,
    pub(super) viewing: Viewing,
    pub(super) exporting: Option<Exporting>,
    pub(super) describing: Describing,
    /// The number of the latest completion that was asked for.
    pub(super) completing: u32,
    /// What waits for a response: the worker that was asked, and what happens then.
    pending: HashMap<u32, (u32, Then)>,
    /// Numbers requests, windows, exports.
    number: u32,
    /// Whether all workers know the catalogs of all.
    catalogs_shared: bool,
    /// Why there are no workers, if they were refused.
    pub(super) refused: Option<String>,
}

impl State {
    /// Starts the pool; plain line files of at least `split` bytes will be read in parts.
    pub(super) fn start(host: Box<dyn Host>, split: u64) -> Rc<RefCell<State>> {
        let state = Rc::new_cyclic(|weak: &Weak<RefCell<State>>| {
            let weak = weak.clone();
            let sink: Sink = Rc::new(move |shard, signal| {
                if let Some(state) = weak.upgrade() {
                    state.borrow_mut().on_signal(shard, signal);
                }
            });
            RefCell::new(State {
                host,
                sink,
                workers: Vec::new(),
                loading: Loading::new(split),
                viewing: Viewing::default(),
                exporting: None,
                describing: Describing::default(),
                completing: 0,
                pending: HashMap::new(),
                number: 0,
                catalogs_shared: false,
                refused: None,
            })
        });
        state.borrow_mut().start_pool();
        state
    }
    pub(super) fn on_command(&mut self, command: Command) {
        match command {
            Command::Open(files) => self.open(files),
            Command::OpenSample => self.open_sample(),
            Command::Rules(rules) => self.loading.rules = rules,
            Command::AddRule(rule) => self.add_rule(rule),
            Command::Formats(files) => self.set_formats(files),
            Command::Describe(definition, read_anew) => self.describe(*definition, read_anew),
            Command::ForgetFormat(id) => self.forget_format(&id),
            Command::Try(request) => self.try_lines(*request),
            Command::FirstLines(path) => self.first_lines(path),
            Command::Cancel => self.cancel(),
            Command::Clear => self.clear(),
            Command::View(request) => self.view(request),
            Command::Rows { view, from, count, columns } => self.window(view, from, count, columns, false),
            Command::Detail(row) => self.detail(row),
            Command::Complete(text, cursor, language) => self.complete(text, cursor, language),
            Command::Explain(text, language) => self.explain(text, language),
            Command::Export(view, form) => self.export(view, form),
            Command::CancelExport => self.cancel_export(),
        }
    }
    /// Forgets everything, and tells the page.
    pub(super) fn clear(&mut self) {
        self.begin_anew();
        self.tell(Event::Ledger(Vec::new()));
        self.tell(Event::Changed(Loaded { workers: self.workers.len() as u32, ..Loaded::default() }));
    }
    /// Forgets everything: the pool is started anew, since memory of WebAssembly never shrinks.
    pub(super) fn begin_anew(&mut self) {
        self.workers.clear();
        self.pending.clear();
        self.loading = self.loading.anew();
        self.viewing.forget();
        self.exporting = None;
        self.start_pool();
    }
    fn start_pool(&mut self) {
        self.catalogs_shared = false;
        self.refused = None;
        for shard in 0..self.host.workers() {
            match self.start_worker(shard) {
                Ok(worker) => self.workers.push(worker),
                Err(message) => return self.tell(Event::Stopped { message, files: Vec::new() }),
            }
        }
        self.share_formats();
    }
    fn start_worker(&self, shard: u32) -> Result<Worker, String> {
        let link = self.host.start(shard, self.sink.clone())?;
        let hello = hello::write(&PageHello { shard, seed: self.host.random() });
        Ok(Worker { link, waiting: Some(vec![(hello, Vec::new())]), held: Held::default() })
    }
    /// Tells the page, after the current call.
    pub(super) fn tell(&self, event: Event) {
        self.host.tell(event);
    }
    pub(super) fn number(&mut self) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.number
    }
    /// Asks one worker; `then` takes the response. It is forgotten if there is none.
    pub(super) fn ask<R: Request>(
        &mut self,
        shard: u32,
        request: R,
        then: impl FnOnce(&mut State, R::Response) + 'static,
    ) {
        self.ask_with(shard, request, &[], then);
    }
    /// As [`ask`](Self::ask), with files that belong to the request.
    pub(super) fn ask_with<R: Request>(
        &mut self,
        shard: u32,
        request: R,
        files: &[File],
        then: impl FnOnce(&mut State, R::Response) + 'static,
    ) {
        let id = self.number();
        let Some(worker) = self.workers.get_mut(shard as usize) else { return };
        let bytes = encode(&PageMessage { id, request: request.into_any() });
        match &mut worker.waiting {
            Some(waiting) => waiting.push((bytes, files.to_vec())),
            None => worker.link.post(&bytes, files),
        }
        let then: Then = Box::new(move |state, any| {
            if let Some(response) = R::response(any) {
                then(state, response);
            }
        });
        self.pending.insert(id, (shard, then));
    }
    /// Asks all workers; `then` takes each one's response.
    pub(super) fn ask_all<R: Request + Clone>(
        &mut self,
        request: &R,
        then: impl Fn(&mut State, u32, R::Response) + Clone + 'static,
    ) {
        for shard in 0..self.workers.len() as u32 {
            let then = then.clone();
            self.ask(shard, request.clone(), move |state, response| then(state, shard, response));
        }
    }
    /// Asks all workers; `then` takes all responses, in the order of the workers.
    pub(super) fn gather<R: Request + Clone>(
        &mut self,
        request: &R,
        then: impl FnOnce(&mut State, Vec<R::Response>) + 'static,
    ) where
        R::Response: 'static,
    {
        let empty: Vec<Option<R::Response>> = self.workers.iter().map(|_| None).collect();
        let gathered = Rc::new(RefCell::new((empty, Some(then))));
        self.ask_all(request, move |state, shard, response| {
            let (responses, then) = {
                let mut gathered = gathered.borrow_mut();
                if let Some(slot) = gathered.0.get_mut(shard as usize) {
                    *slot = Some(response);
                }
                if gathered.0.iter().any(Option::is_none) {
                    return;
                }
                (std::mem::take(&mut gathered.0), gathered.1.take())
            };
            if let Some(then) = then {
                then(state, responses.into_iter().flatten().collect());
            }
        });
    }
    /// How many requests have no response yet.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(super) fn waiting(&self) -> usize {
        self.pending.len()
    }
    /// Lets all workers know what all know of fields; asked before anything that reads a query.
    pub(super) fn share_catalogs(&mut self) {
        if !std::mem::replace(&mut self.catalogs_shared, true) {
            let shards = self.workers.iter().map(|w| w.held.catalog.clone()).collect();
            self.ask_all(&Catalogs { shards }, |_, _, ()| {});
        }
    }
    pub(super) fn detail(&mut self, id: RowId) {
        self.ask(id.shard, FullRow { id }, |state, detail| {
            if let Some(detail) = detail {
                state.tell(Event::Detailed(detail));
            }
        });
    }
    pub(super) fn explain(&mut self, query: String, language: Language) {
        self.share_catalogs();
        self.ask(0, Explain { query, language }, |state, explained| state.tell(Event::Explained(explained)));
    }
    pub(super) fn on_signal(&mut self, shard: u32, signal: Signal) {
        let Some(worker) = self.workers.get_mut(shard as usize) else { return };
        let bytes = match signal {
            Signal::Message(bytes) => bytes,
            Signal::Stopped(message) => return self.stopped(shard, message),
        };
        if let Some(waiting) = &worker.waiting {
            match hello::read::<WorkerHello>(&bytes) {
                Ok(WorkerHello { formats }) => {
                    waiting.iter().for_each(|(bytes, files)| worker.link.post(bytes, files));
                    worker.waiting = None;
                    if crate::format_info::receive(formats) {
                        self.tell(Event::Formats);
                    }
                }
                Err(refusal) => self.refuse(&refusal.to_string()),
            }
            return;
        }
        match decode::<WorkerMessage>(&bytes) {
            Ok(WorkerMessage::Response(id, response)) => {
                if let Some((_, then)) = self.pending.remove(&id) {
                    then(self, response);
                }
            }
            Ok(WorkerMessage::Dropped(id)) => drop(self.pending.remove(&id)),
            Ok(WorkerMessage::Notice(notice)) => self.on_notice(shard, notice),
            Err(undecodable) => self.stopped(shard, format!("{undecodable}; reload the page")),
        }
    }
    fn on_notice(&mut self, shard: u32, notice: Notice) {
        match notice {
            Notice::Progress { bytes, rows, rejected, memory } => {
                self.on_progress(shard, (bytes, rows, rejected), memory);
            }
            Notice::Begun { task } => self.on_begun(shard, task),
            Notice::Read { task, entries } => self.on_read(shard, task, entries),
            Notice::Lookup { table } => self.on_lookup(table),
            Notice::Definition { definition } => self.on_definition(definition),
            Notice::Catalog { catalog, formats, times } => {
                self.catalogs_shared = false;
                self.on_catalog(shard, catalog, formats, times);
            }
            Notice::Panic { message } => self.stopped(shard, message),
        }
    }
    /// A worker stopped: its rows are gone, a new one takes its place, the others live on.
    fn stopped(&mut self, shard: u32, message: String) {
        let worker = match self.start_worker(shard) {
            Ok(worker) => worker,
            Err(again) => return self.tell(Event::Stopped { message: again, files: Vec::new() }),
        };
        let Some(slot) = self.workers.get_mut(shard as usize) else { return };
        let old = std::mem::replace(slot, worker);
        self.pending.retain(|_, (asked, _)| *asked != shard);
        self.catalogs_shared = false;
        self.share_formats_with(shard);
        for table in self.loading.lookups.clone() {
            self.ask(shard, AddLookup { table }, |_, ()| {});
        }
        let files = self.lost(shard, &old.held, &message);
        self.tell(Event::Stopped { message, files });
        self.viewing.forget();
        self.exporting = None;
        self.changed();
        self.deal();
    }
    /// The workers are not of this page: none is started again, what was given is not read.
    fn refuse(&mut self, message: &str) {
        self.workers.clear();
        self.pending.clear();
        self.viewing.forget();
        self.exporting = None;
        self.refused = Some(message.to_owned());
        let files = self.unread(message);
        self.tell(Event::Stopped { message: message.to_owned(), files });
        self.deal();
    }
}
