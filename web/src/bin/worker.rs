//! A worker's entry point: answers messages of the page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    start();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("this binary is a web worker: `cargo xtask serve` builds and serves the page it belongs to");
}

#[cfg(target_arch = "wasm32")]
fn start() {
    use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
    let scope: web_sys::DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let answer = {
        let scope = scope.clone();
        Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |_| {
            let _ = scope.post_message(&JsValue::from_str("logloupe worker"));
        })
    };
    scope.set_onmessage(Some(answer.as_ref().unchecked_ref()));
    answer.forget();
}
