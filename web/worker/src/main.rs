//! A worker's entry point: answers requests of the page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    logloupe_worker::host::start();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("this binary is a web worker: `cargo xtask serve` builds and serves the page it belongs to");
}
