//! Where programs are: on the `PATH`, or named by an environment variable.

use std::env;
use std::path::{Path, PathBuf};

/// The first executable of this name on the `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

/// Chromium or Chrome: `$CHROME`, or the first of the usual names on the `PATH`.
pub fn chromium() -> Option<PathBuf> {
    from_env("CHROME").or_else(|| {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .find_map(on_path)
    })
}

/// Its driver: `$CHROMEDRIVER`, the one on the `PATH`, or the one of GitHub's runners (`$CHROMEWEBDRIVER` is a folder there).
pub fn chromedriver() -> Option<PathBuf> {
    from_env("CHROMEDRIVER").or_else(|| on_path("chromedriver")).or_else(|| {
        let file = PathBuf::from(env::var_os("CHROMEWEBDRIVER")?).join("chromedriver");
        is_executable(&file).then_some(file)
    })
}

fn from_env(name: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env::var_os(name)?);
    is_executable(&file).then_some(file)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
