//! Real logs that others published, read whole: kept beside the repository because they are not the project's to give
//! away. Where `../shared/samples` is absent, each test is skipped and counted as such.

mod cloudtrail;

use std::path::{Path, PathBuf};

use logloupe_core::{
    formats,
    ingest::{Entry, Limits, Loader, Options},
};
use logloupe_table::Shard;

/// All files below a folder of the samples, sorted; `None`, said aloud, when the folder is not there.
fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples").join(folder);
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    if files.is_empty() {
        logloupe_tests::skip::skip("there is no ../shared/samples beside the repository");
        return None;
    }
    files.sort();
    Some(files)
}

/// Reads files with all formats, as a user's drop does.
fn load(files: &[PathBuf]) -> (Shard, Vec<Entry>) {
    let mut loader = Loader::new(formats::ALL.to_vec(), Limits::default(), 1);
    for path in files {
        loader.open(&path.to_string_lossy(), Options::default());
        loader.push(&std::fs::read(path).expect("a sample that was listed"));
        loader.finish();
    }
    loader.into_parts()
}
