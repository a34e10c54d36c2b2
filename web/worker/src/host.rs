//! What a browser adds to a [`Session`]: reading files, the message port, time slices, the panic hook.
//!
//! Reading is synchronous (`FileReaderSync` exists for workers), but between slices the worker returns to its event
//! loop, so that a newer request or a cancel is taken within tens of milliseconds.

use std::{cell::RefCell, rc::Rc};

use js_sys::Uint8Array;
use logloupe_protocol::{
    Notice, PageMessage, WorkerMessage, decode, encode,
    hello::{self, PageHello},
    wire,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    DedicatedWorkerGlobalScope, DomException, File, FileReaderSync, MessageChannel, MessageEvent, MessagePort,
};

use crate::{extras, session::Session};

/// How much of a file is read at once.
const SLICE: u64 = 1 << 20;
/// How long a worker works before it looks for messages, in milliseconds.
const TURN: f64 = 12.0;

struct Host {
    scope: DedicatedWorkerGlobalScope,
    /// From the page's first message on.
    session: Option<Session<File>>,
    reader: FileReaderSync,
    /// Posting here makes the event loop call back after messages that wait.
    again: MessagePort,
    queued: bool,
}

/// Starts answering. Called once, from the worker's entry point.
pub fn start() {
    // The page hears what a panic message before the worker ends.
    std::panic::set_hook(Box::new(|info| send(&scope(), &panic(info.to_string()))));
    let (Ok(reader), Ok(channel)) = (FileReaderSync::new(), MessageChannel::new()) else { return };
    let scope = scope();
    let host = Rc::new(RefCell::new(Host {
        scope: scope.clone(),
        session: None,
        reader,
        again: channel.port2(),
        queued: false,
    }));
    let turn = {
        let host = host.clone();
        Closure::<dyn FnMut()>::new(move || host.borrow_mut().turn())
    };
    channel.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
    turn.forget();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(arrived) = wire::unpack_extras(&event.data()) {
            extras::arrive(arrived);
            return host.borrow_mut().on_extras();
        }
        let (bytes, files) = wire::unpack(&event.data());
        host.borrow_mut().on_message(&bytes, files);
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&scope, &hello::write(&crate::hello()));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn panic(message: String) -> WorkerMessage {
    WorkerMessage::Notice(Notice::Panic { message })
}

fn send(scope: &DedicatedWorkerGlobalScope, message: &WorkerMessage) {
    post(scope, &encode(message));
}

fn post(scope: &DedicatedWorkerGlobalScope, bytes: &[u8]) {
    let (message, transfer) = wire::pack(bytes, &[]);
    if let Err(error) = scope.post_message_with_transfer(&message, &transfer) {
        web_sys::console::error_1(&error);
    }
}

impl Host {
    fn on_message(&mut self, bytes: &[u8], files: Vec<File>) {
        let Some(session) = &mut self.session else {
            match hello::read::<PageHello>(bytes) {
                Ok(PageHello { shard, seed }) => {
                    let session =
                        Session::new(shard, seed).with_extras(extras::EXTRAS, extras::have_arrived());
                    self.session = Some(session);
                }
                Err(refusal) => send(&self.scope, &panic(refusal.to_string())),
            }
            return;
        };
        match decode::<PageMessage>(bytes) {
            Ok(PageMessage { id, request }) => {
                session.on_request(id, request, files).iter().for_each(|message| send(&self.scope, message));
            }
            Err(undecodable) => send(&self.scope, &panic(undecodable.to_string())),
        }
        self.later();
    }
    /// Files that waited for the extras are read now.
    fn on_extras(&mut self) {
        if let Some(session) = &mut self.session {
            session.extras_arrived();
            self.later();
        }
    }
    /// Works for one turn, then lets the event loop go on.
    fn turn(&mut self) {
        self.queued = false;
        let Some(session) = &mut self.session else { return };
        let began = now(&self.scope);
        while session.is_busy() && now(&self.scope) - began < TURN {
            let reader = &self.reader;
            let mut read = |file: &File, from, to| read(reader, file, from, to);
            session.step(&mut read, now(&self.scope)).iter().for_each(|message| send(&self.scope, message));
        }
        self.later();
    }
    fn later(&mut self) {
        if !self.queued && self.session.as_ref().is_some_and(Session::is_busy) {
            self.queued = true;
            let _ = self.again.post_message(&JsValue::NULL);
        }
    }
}

fn read(reader: &FileReaderSync, file: &File, from: u64, to: u64) -> Result<Vec<u8>, String> {
    let to = to.min(from + SLICE);
    let slice = file.slice_with_f64_and_f64(from as f64, to as f64).map_err(|e| describe(&e))?;
    let buffer = reader.read_as_array_buffer(&slice).map_err(|e| describe(&e))?;
    Ok(Uint8Array::new(&buffer).to_vec())
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
