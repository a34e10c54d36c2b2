//! The page's entry point: mounts [`logloupe_web::App`] into `#app`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        let document = web_sys::window().and_then(|window| window.document());
        let place = document.and_then(|document| document.get_element_by_id("app"));
        yew::Renderer::<logloupe_web::App>::with_root(place.expect("index.html has #app")).render();
    }
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("this binary is a web page: `cargo xtask serve` builds and serves it");
}
