//! Writes the sample incident into a folder: `cargo run -p logloupe-sample --example write_incident -- FOLDER`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "incident".into());
    for file in logloupe_sample::incident() {
        let path = Path::new(&folder).join(&file.path);
        std::fs::create_dir_all(path.parent().expect("keys have folders"))?;
        std::fs::write(path, &file.bytes)?;
    }
    Ok(())
}
