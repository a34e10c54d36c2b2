//! The programs of crates.io that are used at one pinned version: which, and where they are installed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::workspace::root;

/// Newer ones ask for a newer compiler than this workspace does.
const TRUNK: &str = "0.21.14";

/// A program of crates.io at one version.
#[derive(Debug)]
pub(crate) struct PinnedTool {
    /// The package to install.
    pub(crate) package: &'static str,
    /// The program in it whose version is asked for.
    pub(crate) program: &'static str,
    pub(crate) version: String,
    pub(crate) may_take: &'static str,
}

impl PinnedTool {
    /// All of them.
    pub(crate) fn all() -> &'static [PinnedTool] {
        static ALL: LazyLock<Vec<PinnedTool>> = LazyLock::new(|| {
            vec![
                // The library and the program that post-processes it must be of the same version.
                PinnedTool {
                    package: "wasm-bindgen-cli",
                    program: "wasm-bindgen",
                    version: locked_version("wasm-bindgen").unwrap_or_else(|| "unknown".into()),
                    may_take: "5 min",
                },
                PinnedTool { package: "trunk", program: "trunk", version: TRUNK.into(), may_take: "10 min" },
            ]
        });
        &ALL
    }

    /// The folder that this project installs it into.
    pub(crate) fn home(&self) -> PathBuf {
        home().join(format!("{}-{}", self.package, self.version))
    }
}

/// The folder of this project's tools under cargo's home.
pub(crate) fn home() -> PathBuf {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    cargo_home.unwrap_or_else(|| root().join("target")).join("logloupe-tools")
}

/// The `PATH` of every program that is started: the pinned tools first.
pub(crate) fn path() -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = PinnedTool::all().iter().map(|tool| tool.home().join("bin")).collect();
    folders.retain(|folder| folder.is_dir());
    folders.extend(env::split_paths(&old));
    env::join_paths(folders).unwrap_or(old)
}

/// The version of a package in `Cargo.lock`.
fn locked_version(package: &str) -> Option<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).ok()?;
    let (_, after) = lock.split_once(&format!("\nname = \"{package}\"\n"))?;
    Some(after.strip_prefix("version = \"")?.split('"').next()?.to_owned())
}
