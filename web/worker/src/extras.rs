//! What few need, in a browser: a module of its own with codecs and the sample, which the page fetches and sends ready to be started.
//! It is started when it is first needed.
//!
//! Its glue is part of this worker's script, under a name of its own (`cargo xtask dist` sees to that): nothing is asked
//! for when it is needed. What a call costs is a copy of its input and two of its output.

use std::cell::RefCell;

use js_sys::{Object, Reflect, WebAssembly::Module};
use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, Step},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::session;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = logloupe_extras, js_name = initSync, catch)]
    fn start(options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = logloupe_extras)]
    type Decoder;
    #[wasm_bindgen(constructor, js_namespace = logloupe_extras, catch)]
    fn new(kind: u8) -> Result<Decoder, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &Decoder, input: &[u8], end: bool) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn taken(this: &Decoder) -> u32;
    #[wasm_bindgen(method, getter)]
    fn more(this: &Decoder) -> bool;
    #[wasm_bindgen(method, getter)]
    fn fault(this: &Decoder) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn fault_kind(this: &Decoder) -> u8;
    #[wasm_bindgen(method, getter)]
    fn ignored(this: &Decoder) -> f64;
    #[wasm_bindgen(method, catch)]
    fn header(this: &Decoder) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn give_lines(this: &Decoder) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn free(this: &Decoder) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = logloupe_extras)]
    type Sample;
    #[wasm_bindgen(constructor, js_namespace = logloupe_extras, catch)]
    fn new(part: u32, of: u32) -> Result<Sample, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn length(this: &Sample) -> u32;
    #[wasm_bindgen(method, catch)]
    fn number(this: &Sample, at: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn path(this: &Sample, at: u32) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn bytes(this: &Sample, at: u32) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn free(this: &Sample) -> Result<(), JsValue>;
}

/// How much input crosses the border at once; what was not taken crosses it again.
const INPUT: usize = 64 << 10;

enum Extras {
    Awaited,
    There(Module),
    Started,
    /// And why.
    Missing(String),
}

thread_local! {
    static MODULE: RefCell<Extras> = const { RefCell::new(Extras::Awaited) };
}

/// The module has come, or will not.
pub(crate) fn arrive(module: Result<Module, String>) {
    MODULE.replace(match module {
        Ok(module) => Extras::There(module),
        Err(reason) => Extras::Missing(reason),
    });
}

/// Whether nothing more is to be waited for.
pub(crate) fn have_arrived() -> bool {
    MODULE.with_borrow(|module| !matches!(module, Extras::Awaited))
}

/// What a worker has of it.
pub(crate) const EXTRAS: session::Extras = session::Extras { codecs: open, sample };

/// Starts the module if it is not.
fn started() -> Result<(), String> {
    MODULE.with_borrow_mut(|extras| {
        if let Extras::There(module) = extras {
            let options = Object::new();
            let started =
                Reflect::set(&options, &"module".into(), module).and_then(|_| start(&options.into()));
            *extras = match started {
                Ok(_) => Extras::Started,
                Err(error) => Extras::Missing(describe(&error)),
            };
        }
        match extras {
            Extras::Started => Ok(()),
            Extras::Missing(reason) => Err(reason.clone()),
            Extras::Awaited | Extras::There(_) => Err("it has not come yet".to_owned()),
        }
    })
}

/// A codec of the module.
fn open(kind: CodecKind) -> Result<Box<dyn Codec>, Fault> {
    let decoder = started().and_then(|()| Decoder::new(kind as u8).map_err(|error| describe(&error)));
    match decoder {
        Ok(decoder) => Ok(Box::new(Remote { kind, decoder })),
        Err(reason) => Err(missing(kind, &reason)),
    }
}

/// Files of the sample.
fn sample(part: u32, of: u32) -> Result<Vec<(u32, String, Vec<u8>)>, String> {
    started()?;
    let made = || {
        let sample = Sample::new(part, of)?;
        let file = |at| Ok((sample.number(at)?, sample.path(at)?, sample.bytes(at)?));
        let files = (0..sample.length()).map(file).collect::<Result<Vec<_>, JsValue>>();
        sample.free()?;
        files
    };
    made().map_err(|error: JsValue| describe(&error))
}

fn missing(kind: CodecKind, reason: &str) -> Fault {
    let subject = kind.subject();
    let message =
        format!("{subject}, whose decoder could not be loaded with the page ({reason}); load the page again");
    Fault { kind: ErrorKind::Unsupported, message }
}

fn describe(error: &JsValue) -> String {
    error.as_string().unwrap_or_else(|| format!("{error:?}"))
}

/// A codec on the other side.
struct Remote {
    kind: CodecKind,
    decoder: Decoder,
}

impl Codec for Remote {
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        let piece = &input[..input.len().min(INPUT)];
        let end = end && piece.len() == input.len();
        // What throws has met a fault of its own on this file.
        let decoded = self.decoder.decode(piece, end).map_err(|_| Fault::damaged(self.kind))?;
        out.extend_from_slice(&decoded);
        match self.decoder.fault() {
            Some(message) => Err(Fault { kind: fault_kind(self.decoder.fault_kind()), message }),
            None => Ok(Step { taken: self.decoder.taken() as usize, more: self.decoder.more() }),
        }
    }
    fn ignored(&self) -> u64 {
        self.decoder.ignored() as u64
    }
    fn header(&mut self) -> Option<String> {
        // One that threw has said so where it was asked to decode.
        self.decoder.header().ok().flatten()
    }
    fn give_lines(&mut self) {
        let _ = self.decoder.give_lines();
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // One that threw cannot be freed.
        let _ = self.decoder.free();
    }
}

/// The kind of fault at this place of [`ErrorKind`].
fn fault_kind(place: u8) -> ErrorKind {
    [ErrorKind::Truncated, ErrorKind::Corrupt, ErrorKind::Unsupported, ErrorKind::Limit]
        .into_iter()
        .find(|kind| *kind as u8 == place)
        .unwrap_or(ErrorKind::Corrupt)
}
