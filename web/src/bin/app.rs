//! The page's entry point: mounts [`logloupe_web::App`] into `#app`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        use wasm_bindgen::JsCast;
        let root = js_sys::global();
        let root: web_sys::Window = root.unchecked_into();
        let place = root.document().and_then(|page| page.get_element_by_id("app"));
        yew::Renderer::<logloupe_web::App>::with_root(place.expect("index.html has #app")).render();
    }
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("this binary is a web page: `cargo xtask serve` builds and serves it");
}
