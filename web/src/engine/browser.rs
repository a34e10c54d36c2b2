//! The engine's surroundings in a browser.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{
    Array, Uint8Array,
    WebAssembly::{self, Module},
};
use logloupe_protocol::wire;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, File, MessageEvent, Response, Url, Worker};
use yew::Callback;

use super::{
    Event,
    host::{Host, Link, Output, Signal, Sink},
};

/// The browser; `tell` is called with every event, on the page's own task queue.
pub(super) struct Browser {
    pub(super) tell: Callback<Event>,
    extras: Extras,
}

impl Browser {
    pub(super) fn new(tell: Callback<Event>) -> Browser {
        Browser { tell, extras: Extras::default() }
    }
}

impl Host for Browser {
    /// One per core but for very wide machines, where memory ends first.
    fn workers(&self) -> u32 {
        let cores = web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency());
        (cores as u32).clamp(1, 8)
    }
    fn start(&self, shard: u32, sink: Sink) -> Result<Box<dyn Link>, String> {
        Ok(Box::new(Port::start(shard, sink, self.extras.clone())?))
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
    fn start(shard: u32, sink: Sink, extras: Extras) -> Result<Port, String> {
        let worker = Worker::new(&address("logloupe-worker")).map_err(|e| describe(&e))?;
        let on_message = {
            let sink = sink.clone();
            // It listens from its first message on.
            let listens = Cell::new(false);
            let port = worker.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if !listens.replace(true) {
                    extras.give(port.clone());
                }
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

/// The module of what few need: fetched once, when the first worker is there, whatever the user does; all workers get it, those too that are
/// started later. From then on the page asks for nothing.
#[derive(Clone, Default)]
struct Extras(Rc<RefCell<Fetching>>);

#[derive(Default)]
enum Fetching {
    #[default]
    NotBegun,
    /// These workers wait.
    Begun(Vec<Worker>),
    Done(Result<Module, String>),
}

impl Extras {
    fn give(&self, worker: Worker) {
        match &mut *self.0.borrow_mut() {
            Fetching::Done(extras) => return send(&worker, extras),
            Fetching::Begun(waiting) => return waiting.push(worker),
            begins => *begins = Fetching::Begun(vec![worker]),
        }
        let all = self.0.clone();
        spawn_local(async move {
            let extras = fetch().await.map_err(|fault| describe(&fault));
            if let Fetching::Begun(waiting) = all.replace(Fetching::Done(extras.clone())) {
                waiting.iter().for_each(|worker| send(worker, &extras));
            }
        });
    }
}

fn send(worker: &Worker, extras: &Result<Module, String>) {
    if let Err(error) = worker.post_message(&wire::pack_extras(extras)) {
        web_sys::console::error_1(&error);
    }
}

async fn fetch() -> Result<Module, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str(&address("logloupe-extras"))).await?.into();
    if !response.ok() {
        return Err(JsValue::from_str(&response.status_text()));
    }
    // Not by streaming, for which a host would have to know the type of such files.
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(JsFuture::from(WebAssembly::compile(&bytes)).await?.into())
}

/// What index.html says in the `<meta>` of this name: where a file of ours is.
fn address(name: &str) -> String {
    web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.query_selector(&format!("meta[name={name}]")).ok().flatten())
        .and_then(|m| m.get_attribute("content"))
        .unwrap_or_default()
}

fn describe(error: &JsValue) -> String {
    let said = || error.as_string().unwrap_or_else(|| format!("{error:?}"));
    error.dyn_ref::<js_sys::Error>().map_or_else(said, |e| e.message().into())
}
