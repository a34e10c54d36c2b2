//! A message in the browser: an array of its bytes (transferred, not copied) and the `File` handles. Beside the messages of
//! the protocol there is one more, which only browsers know: the compiled module of what few need, or why there is none.

use js_sys::{Array, Uint8Array, WebAssembly::Module};
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

/// Packs the module of what few need, which all workers share, or the reason why there is none.
pub fn pack_extras(extras: &Result<Module, String>) -> JsValue {
    match extras {
        Ok(module) => module.into(),
        Err(reason) => JsValue::from_str(reason),
    }
}

/// That module, if that is what was sent.
pub fn unpack_extras(data: &JsValue) -> Option<Result<Module, String>> {
    match data.dyn_ref::<Module>() {
        Some(module) => Some(Ok(module.clone())),
        None => data.as_string().map(Err),
    }
}
