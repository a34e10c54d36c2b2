//! What few need, the codecs and the sample's generator, behind a border that JavaScript can cross: numbers and bytes. A worker's
//! side of it is `extras.rs` of `logloupe-worker`.
//!
//! A module of its own, with a memory of its own: most people never need it, so it is no part of what they wait for, and a
//! file that breaks it breaks neither the worker nor its rows.

use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, Step},
};
use logloupe_sample::SampleFile;
use wasm_bindgen::prelude::wasm_bindgen;

/// Decodes one file.
#[wasm_bindgen]
#[derive(Default)]
pub struct Decoder {
    codec: Option<Box<dyn Codec>>,
    step: Step,
    fault: Option<Fault>,
}

#[wasm_bindgen]
impl Decoder {
    /// For the compression of this number ([`CodecKind::of`]).
    #[wasm_bindgen(constructor)]
    pub fn new(kind: u8) -> Decoder {
        match CodecKind::of(kind).map(logloupe_codecs::open) {
            Some(Ok(codec)) => Decoder { codec: Some(codec), ..Decoder::default() },
            Some(Err(fault)) => Decoder { fault: Some(fault), ..Decoder::default() },
            None => Decoder::default(),
        }
    }
    /// What [`Codec::decode`] gives; how far it came, and the fault, are told by the other methods.
    pub fn decode(&mut self, input: &[u8], end: bool) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(codec) = &mut self.codec {
            match codec.decode(input, end, &mut out) {
                Ok(step) => self.step = step,
                Err(fault) => self.fault = Some(fault),
            }
        }
        out
    }
    /// How many bytes of the input the last call took.
    #[wasm_bindgen(getter)]
    pub fn taken(&self) -> u32 {
        self.step.taken as u32
    }
    /// Whether it is to be called again.
    #[wasm_bindgen(getter)]
    pub fn more(&self) -> bool {
        self.step.more
    }
    /// The sentence of the fault of the last call, if it met one.
    #[wasm_bindgen(getter)]
    pub fn fault(&self) -> Option<String> {
        self.fault.as_ref().map(|fault| fault.message.clone())
    }
    /// Which kind of fault that is: its place in [`ErrorKind`].
    #[wasm_bindgen(getter)]
    pub fn fault_kind(&self) -> u8 {
        self.fault.as_ref().map_or(ErrorKind::Unsupported, |fault| fault.kind) as u8
    }
    /// What [`Codec::header`] gives.
    pub fn header(&mut self) -> Option<String> {
        self.codec.as_mut().and_then(|codec| codec.header())
    }
    /// See [`Codec::give_lines`].
    pub fn give_lines(&mut self) {
        if let Some(codec) = &mut self.codec {
            codec.give_lines();
        }
    }
    /// How many bytes behind its data were passed over.
    #[wasm_bindgen(getter)]
    pub fn ignored(&self) -> f64 {
        self.codec.as_ref().map_or(0, |codec| codec.ignored()) as f64
    }
}

/// The files of the sample incident whose numbers are `part` of `of`.
#[wasm_bindgen]
pub struct Sample {
    files: Vec<(u32, SampleFile)>,
}

#[wasm_bindgen]
impl Sample {
    /// Makes the files.
    #[wasm_bindgen(constructor)]
    pub fn new(part: u32, of: u32) -> Sample {
        Sample { files: logloupe_sample::part(part, of) }
    }
    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> u32 {
        self.files.len() as u32
    }
    /// The number of a file in the whole sample.
    pub fn number(&self, at: u32) -> u32 {
        self.files.get(at as usize).map_or(0, |file| file.0)
    }
    /// Its path.
    pub fn path(&self, at: u32) -> String {
        self.files.get(at as usize).map(|file| file.1.path.clone()).unwrap_or_default()
    }
    /// Its bytes.
    pub fn bytes(&self, at: u32) -> Vec<u8> {
        self.files.get(at as usize).map(|file| file.1.bytes.clone()).unwrap_or_default()
    }
}

fn main() {}
