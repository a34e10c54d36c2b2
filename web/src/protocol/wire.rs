//! A message as it crosses: an array of the encoded bytes (transferred, not copied) and the `File` handles.

use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

/// Packs a message. The second value is the list of what is transferred.
pub fn pack<T: Serialize>(message: &T, files: &[File]) -> (JsValue, Array) {
    // Encoding to memory fails for nothing that the protocol contains.
    let bytes = postcard::to_stdvec(message).unwrap_or_default();
    let bytes = Uint8Array::from(bytes.as_slice());
    let packed = Array::of1(&bytes);
    for file in files {
        packed.push(file);
    }
    (packed.into(), Array::of1(&bytes.buffer()))
}

/// Unpacks a message; `None` for anything that is not one.
pub fn unpack<T: DeserializeOwned>(data: &JsValue) -> Option<(T, Vec<File>)> {
    let packed: &Array = data.dyn_ref()?;
    let bytes: Uint8Array = packed.get(0).dyn_into().ok()?;
    let message = postcard::from_bytes(&bytes.to_vec()).ok()?;
    let files = packed.iter().skip(1).filter_map(|f| f.dyn_into().ok()).collect();
    Some((message, files))
}
