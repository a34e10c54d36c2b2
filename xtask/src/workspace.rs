//! Where the workspace is, and which of its crates are pure.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The crates that do no I/O, by their folders.
pub(crate) const PURE_CRATES: [&str; 8] =
    ["table", "core", "codecs", "syntax", "query", "tell", "view", "answer"];

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        // At run time, not at compile time: several checkouts may share one target folder.
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        package
            .and_then(|folder| folder.parent().map(Path::to_owned))
            .unwrap_or_else(|| env::current_dir().expect("there is a current folder"))
    });
    &ROOT
}
