//! Writes the queries of the core's golden cases as seeds: `cargo run --example seeds`, in this folder.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for entry in fs::read_dir(here.join("../query/tests/queries"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let language = match name.split('_').next() {
            Some(language @ ("sql" | "pattern")) => language,
            _ => "insights",
        };
        for (i, case) in text.split("\n=== ").skip(1).enumerate() {
            let body = case.split_once('\n').map_or("", |(_, body)| body);
            let query = body.split("\n--- ").next().unwrap_or_default().trim_end();
            for target in [language, "run"] {
                let folder = here.join("corpus").join(target);
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(format!("{name}-{i}")), query)?;
                count += 1;
            }
        }
    }
    println!("{count} seeds");
    Ok(())
}
