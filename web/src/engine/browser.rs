//! The engine's surroundings in a browser.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use logloupe_protocol::wire;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, File, MessageEvent, Url, Worker};
use yew::Callback;

use super::{
    Event,
    host::{Host, Link, Output, Signal, Sink},
};

/// The browser; `tell` is called with every event, on the page's own task queue.
pub(super) struct Browser {
    pub(super) tell: Callback<Event>,
}

impl Host for Browser {
    /// One per core but for very wide machines, where memory ends first.
    fn workers(&self) -> u32 {
        let cores = web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency());
        (cores as u32).clamp(1, 8)
    }
    fn start(&self, shard: u32, sink: Sink) -> Result<Box<dyn Link>, String> {
        Ok(Box::new(Port::start(shard, sink)?))
    }
    fn now(&self) -> f64 {
        web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
    }
    fn today(&self) -> i64 {
        (js_sys::Date::now() * 1000.0) as i64
    }
    fn random(&self) -> u64 {
        (js_sys::Math::random() * 2f64.powi(52)) as u64
    }
    fn tell(&self, event: Event) {
        let tell = self.tell.clone();
        spawn_local(async move { tell.emit(event) });
    }
    fn output(&self) -> Box<dyn Output> {
        Box::new(Pieces(Array::new()))
    }
}

/// The port of one worker.
struct Port {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Port {
    fn start(shard: u32, sink: Sink) -> Result<Port, String> {
        let worker = Worker::new(&script()).map_err(|e| describe(&e))?;
        let on_message = {
            let sink = sink.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                sink(shard, Signal::Message(wire::unpack(&event.data()).0));
            })
        };
        // A script that cannot start may fail more than once: it counts once.
        let stopped = Cell::new(false);
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            if !stopped.replace(true) {
                sink(shard, Signal::Stopped(event.message()));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Port { worker, _on_message: on_message, _on_error: on_error })
    }
}

impl Link for Port {
    fn post(&self, bytes: &[u8], files: &[File]) {
        let (message, transfer) = wire::pack(bytes, files);
        if let Err(error) = self.worker.post_message_with_transfer(&message, &transfer) {
            web_sys::console::error_1(&error);
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// A file in pieces outside this program's memory.
struct Pieces(Array);

impl Output for Pieces {
    fn push(&mut self, bytes: &[u8]) {
        self.0.push(&Uint8Array::from(bytes));
    }
    fn finish(&mut self, media_type: &str) -> Option<String> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_u8_array_sequence_and_options(&self.0, &options).ok()?;
        Url::create_object_url_with_blob(&blob).ok()
    }
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
