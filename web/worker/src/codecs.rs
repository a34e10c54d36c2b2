//! The codecs in a browser: a module of their own, which the page fetches and sends ready to be started. It is started
//! when a file first needs it.
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

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = logloupe_codecs, js_name = initSync, catch)]
    fn start(options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = logloupe_codecs)]
    type Decoder;
    #[wasm_bindgen(constructor, js_namespace = logloupe_codecs, catch)]
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
}

/// How much input crosses the border at once; what was not taken crosses it again.
const INPUT: usize = 64 << 10;

enum Codecs {
    Awaited,
    There(Module),
    Started,
    /// And why.
    Missing(String),
}

thread_local! {
    static CODECS: RefCell<Codecs> = const { RefCell::new(Codecs::Awaited) };
}

/// The module has come, or will not.
pub(crate) fn arrive(codecs: Result<Module, String>) {
    CODECS.replace(match codecs {
        Ok(module) => Codecs::There(module),
        Err(reason) => Codecs::Missing(reason),
    });
}

/// Whether nothing more is to be waited for.
pub(crate) fn have_arrived() -> bool {
    CODECS.with_borrow(|codecs| !matches!(codecs, Codecs::Awaited))
}

/// A codec of the module, which is started if it is not.
pub(crate) fn open(kind: CodecKind) -> Result<Box<dyn Codec>, Fault> {
    CODECS.with_borrow_mut(|codecs| {
        if let Codecs::There(module) = codecs {
            let options = Object::new();
            let started =
                Reflect::set(&options, &"module".into(), module).and_then(|_| start(&options.into()));
            *codecs = match started {
                Ok(_) => Codecs::Started,
                Err(error) => Codecs::Missing(describe(&error)),
            };
        }
        match codecs {
            Codecs::Started => match Decoder::new(kind as u8) {
                Ok(decoder) => Ok(Box::new(Remote { kind, decoder }) as Box<dyn Codec>),
                Err(error) => Err(missing(kind, &describe(&error))),
            },
            Codecs::Missing(reason) => Err(missing(kind, reason)),
            Codecs::Awaited | Codecs::There(_) => Err(missing(kind, "it has not come yet")),
        }
    })
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
