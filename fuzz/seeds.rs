//! Writes seeds: the queries of the golden cases, and every format's samples and the sample incident:
//! `cargo run --example seeds`, in this folder.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
};

use logloupe_core::formats::ALL;

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
    for (i, format) in ALL.iter().enumerate() {
        for (n, sample) in format.samples().iter().enumerate() {
            let name = format!("{}-{n}", format.meta().id);
            // As what it is taken for, and as what it is said to be.
            let free = [&[255, 63], sample.content].concat();
            let forced = [&[i as u8, 63], sample.content].concat();
            for (target, file, content) in [
                ("ingest", name.clone(), free),
                ("ingest", format!("{name}-forced"), forced),
                ("decode", name, sample.content.to_vec()),
            ] {
                let folder = here.join("corpus").join(target);
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(file), content)?;
                count += 1;
            }
        }
    }
    for (i, file) in logloupe_sample::incident().into_iter().enumerate().filter(|(i, _)| i % 8 == 0) {
        let folder = here.join("corpus/ingest");
        fs::write(folder.join(format!("incident-{i}")), [&[255, 63], file.bytes.as_slice()].concat())?;
        count += 1;
    }
    // A log in each compression whose program is here.
    for program in ["zstd", "bzip2", "xz"] {
        let log = ALL[0].samples()[0].content;
        if let Ok(packed) = compress(program, log) {
            fs::write(here.join("corpus/ingest").join(program), [&[255, 63], packed.as_slice()].concat())?;
            count += 1;
        }
    }
    for file in fs::read_dir(here.join("../codecs/tests/fixtures/parquet"))? {
        let path = file?.path();
        let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|e| e == "parquet")) else { continue };
        let content = fs::read(&path)?;
        for (target, before) in [("parquet", &[63][..]), ("ingest", &[255, 63])] {
            let folder = here.join("corpus").join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(name), [before, &content].concat())?;
            count += 1;
        }
    }
    println!("{count} seeds");
    Ok(())
}

fn compress(program: &str, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut command = Command::new(program);
    let mut child = command.args(["-c", "-q"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(content)?;
    }
    Ok(child.wait_with_output()?.stdout)
}
