//! Components in a real document: `cargo xtask test wasm`. What needs no document is tested natively, beside the code.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_page_draws_itself() {
    let document = web_sys::window().and_then(|window| window.document()).expect("a document");
    let place = document.create_element("div").expect("an element");
    yew::Renderer::<logloupe_web::App>::with_root(place.clone()).render();
    yew::platform::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(place.text_content().expect("text").contains("Logloupe"));
}
