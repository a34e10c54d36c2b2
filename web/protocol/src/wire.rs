//! A message in the browser: an array of its bytes (transferred, not copied) and the `File` handles.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

/// Packs a message. The second value is the list of what is transferred.
pub fn pack(bytes: &[u8], files: &[File]) -> (JsValue, Array) {
    let bytes = Uint8Array::from(bytes);
    let packed = Array::of1(&bytes);
    for file in files {
        packed.push(file);
    }
    (packed.into(), Array::of1(&bytes.buffer()))
}

/// Unpacks a message; no bytes for anything that is not one.
pub fn unpack(data: &JsValue) -> (Vec<u8>, Vec<File>) {
    let Some(packed) = data.dyn_ref::<Array>() else { return (Vec::new(), Vec::new()) };
    let bytes = packed.get(0).dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default();
    (bytes, packed.iter().skip(1).filter_map(|f| f.dyn_into().ok()).collect())
}
