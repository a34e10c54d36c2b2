//! What a browser adds to a [`Session`]: reading files, the message port, time slices, the panic hook.
//!
//! Reading is synchronous (`FileReaderSync` exists for workers), but between slices the worker returns to its event
//! loop, so that a newer question or a cancel is heard within tens of milliseconds.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    DedicatedWorkerGlobalScope, DomException, File, FileReaderSync, MessageChannel, MessageEvent, MessagePort,
};

use super::session::{Bytes, Session};
use crate::protocol::{Request, Response, VERSION, wire};

/// How much of a file is read at once.
const SLICE: u64 = 1 << 20;
/// How long a worker works before it looks for messages, in milliseconds.
const TURN: f64 = 12.0;

struct Host {
    scope: DedicatedWorkerGlobalScope,
    session: Option<Session>,
    reader: FileReaderSync,
    files: VecDeque<File>,
    /// Posting here makes the event loop call back after messages that wait.
    again: MessagePort,
    queued: bool,
}

/// Starts answering. Called once, from the worker's entry point.
pub fn start() {
    // The page hears what a panic said before the worker ends.
    std::panic::set_hook(Box::new(|info| say(&scope(), &Response::Panic { message: info.to_string() })));
    let (Ok(reader), Ok(channel)) = (FileReaderSync::new(), MessageChannel::new()) else { return };
    let scope = scope();
    let host = Rc::new(RefCell::new(Host {
        scope: scope.clone(),
        session: None,
        reader,
        files: VecDeque::new(),
        again: channel.port2(),
        queued: false,
    }));
    let turn = {
        let host = host.clone();
        Closure::<dyn FnMut()>::new(move || host.borrow_mut().turn())
    };
    channel.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
    turn.forget();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((ask, files)) = wire::unpack::<Request>(&event.data()) {
            host.borrow_mut().hear(ask, files);
        }
    });
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    let formats = crate::format_info::messages(logloupe_core::formats::ALL);
    say(&scope, &Response::Hello { version: VERSION, formats });
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn say(scope: &DedicatedWorkerGlobalScope, tell: &Response) {
    let (message, transfer) = wire::pack(tell, &[]);
    if let Err(error) = scope.post_message_with_transfer(&message, &transfer) {
        web_sys::console::error_1(&error);
    }
}

impl Host {
    fn hear(&mut self, ask: Request, files: Vec<File>) {
        if let Request::Hello { shard, seed, .. } = ask {
            self.session = Some(Session::new(shard, seed));
            return;
        }
        let Some(session) = &mut self.session else { return };
        match &ask {
            Request::Load { .. } => self.files.extend(files),
            Request::Cancel => self.files.clear(),
            _ => {}
        }
        for tell in session.hear(ask) {
            say(&self.scope, &tell);
        }
        self.later();
    }
    /// Works for one turn, then lets the event loop go on.
    fn turn(&mut self) {
        self.queued = false;
        let Some(session) = &mut self.session else { return };
        let began = now(&self.scope);
        while session.busy() && now(&self.scope) - began < TURN {
            let (reader, files) = (&self.reader, &mut self.files);
            let mut read = |request: Bytes| read(reader, files, request);
            for tell in session.step(&mut read, now(&self.scope)) {
                say(&self.scope, &tell);
            }
        }
        self.later();
    }
    fn later(&mut self) {
        if !self.queued && self.session.as_ref().is_some_and(Session::busy) {
            self.queued = true;
            let _ = self.again.post_message(&JsValue::NULL);
        }
    }
}

/// Reads from the file at the head of the queue.
fn read(reader: &FileReaderSync, files: &mut VecDeque<File>, request: Bytes) -> Result<Vec<u8>, String> {
    match request {
        Bytes::Done => {
            files.pop_front();
            Ok(Vec::new())
        }
        Bytes::Range(from, to) => {
            let to = to.min(from + SLICE);
            let file = files.front().ok_or("no file is open")?;
            let slice = file.slice_with_f64_and_f64(from as f64, to as f64).map_err(|e| describe(&e))?;
            let buffer = reader.read_as_array_buffer(&slice).map_err(|e| describe(&e))?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
    }
}

fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<DomException>() {
        Some(fault) => format!("{}: {}", fault.name(), fault.message()),
        None => format!("{error:?}"),
    }
}

fn now(scope: &DedicatedWorkerGlobalScope) -> f64 {
    scope.performance().map_or(0.0, |p| p.now())
}
