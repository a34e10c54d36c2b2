//! The workers themselves: starting them, talking to them, starting one anew when it stops.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, File, MessageEvent, Worker};

use crate::protocol::{Request, Response, VERSION, wire};

/// What a worker says, or that it stopped.
pub(super) enum Heard {
    Said(Response),
    /// The formats are known now.
    Formats,
    Stopped(String),
}

/// A message and its files.
type Waiting = (Request, Vec<File>);

/// One worker of the pool.
pub(super) struct Handle {
    worker: Worker,
    /// What was asked before the worker's script ran; a worker hears nothing before it has said hello.
    waiting: Rc<RefCell<Option<Vec<Waiting>>>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Handle {
    /// Starts worker number `shard`. `hear` is called with everything it says.
    pub(super) fn start(shard: u32, hear: Rc<dyn Fn(u32, Heard)>) -> Result<Handle, String> {
        let worker = Worker::new(&script()).map_err(|e| describe(&e))?;
        // A panic is told first and then also arrives as an error: it counts once.
        let stopped = Rc::new(RefCell::new(false));
        let seed = random();
        let waiting =
            Rc::new(RefCell::new(Some(vec![(Request::Hello { version: VERSION, shard, seed }, Vec::new())])));
        let on_message = {
            let (hear, stopped, waiting, worker) =
                (hear.clone(), stopped.clone(), waiting.clone(), worker.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                let Some((said, _)) = wire::unpack::<Response>(&event.data()) else { return };
                match said {
                    Response::Panic { message } => {
                        if !stopped.replace(true) {
                            hear(shard, Heard::Stopped(message));
                        }
                    }
                    Response::Hello { version, .. } if version != VERSION => {
                        let message = format!(
                            "the worker is of version {version}, the page of version {VERSION}: reload"
                        );
                        if !stopped.replace(true) {
                            hear(shard, Heard::Stopped(message));
                        }
                    }
                    Response::Hello { formats, .. } => {
                        if crate::format_info::receive(formats) {
                            hear(shard, Heard::Formats);
                        }
                        let asked = waiting.take().unwrap_or_default();
                        asked.iter().for_each(|(ask, files)| post(&worker, ask, files));
                    }
                    said => hear(shard, Heard::Said(said)),
                }
            })
        };
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            if !stopped.replace(true) {
                hear(shard, Heard::Stopped(event.message()));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Handle { worker, waiting, _on_message: on_message, _on_error: on_error })
    }
    /// Sends a message with the files that belong to it.
    pub(super) fn ask(&self, ask: Request, files: &[File]) {
        match self.waiting.borrow_mut().as_mut() {
            Some(waiting) => waiting.push((ask, files.to_vec())),
            None => post(&self.worker, &ask, files),
        }
    }
}

fn post(worker: &Worker, ask: &Request, files: &[File]) {
    let (message, transfer) = wire::pack(ask, files);
    if let Err(error) = worker.post_message_with_transfer(&message, &transfer) {
        web_sys::console::error_1(&error);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// How many workers: one per core but for very wide machines, where memory ends first.
pub(super) fn size() -> u32 {
    let cores = web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency());
    (cores as u32).clamp(1, 8)
}

/// A number that nobody who writes logs can guess.
pub(super) fn random() -> u64 {
    (js_sys::Math::random() * 2f64.powi(52)) as u64
}

/// The worker's script, as index.html names it.
fn script() -> String {
    web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.query_selector("meta[name=logloupe-worker]").ok().flatten())
        .and_then(|m| m.get_attribute("content"))
        .unwrap_or_else(|| "./worker_loader.js".to_owned())
}

fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |e| e.message().into())
}
