//! The programs that the build needs beyond cargo, each at one pinned version.
//!
//! A program of the right version on the `PATH` is taken. Otherwise it is installed into a folder of its own under
//! cargo's home (`logloupe-tools/<name>-<version>`), so that nobody's own trunk is replaced, and every checkout shares it.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::programs;

use crate::pinned::{PinnedTool, home};
use crate::run::{Outcome, Report, cargo, output, program, run};

/// Of the npm package that ships `wasm-opt` built for every system.
const BINARYEN: &str = "132";

const TARGET: &str = "wasm32-unknown-unknown";

/// Everything: what the page needs and what its tests need.
///
/// # Errors
/// When something is missing and cannot be installed.
pub(crate) fn setup(report: &mut Report) -> Outcome {
    report.step("toolchain", "the WASM target, rustfmt and clippy through rustup", "1 min", toolchain)?;
    report.step(
        "page tools",
        "trunk and wasm-bindgen, compiled from source when missing",
        "15 min",
        page_tools,
    )?;
    report.step("browser", "Chromium, its driver and fonts, for the tests", "3 min", browser)
}

/// What building the page needs.
///
/// # Errors
/// As [`setup`].
pub(crate) fn setup_page(report: &mut Report) -> Outcome {
    report.step(
        "setup",
        "the WASM target, trunk and wasm-bindgen, when missing",
        "15 min the first time",
        || {
            toolchain()?;
            page_tools()
        },
    )
}

/// Binaryen's optimiser, which takes a sixth off the page, if it is there: installed by [`setup`], or on the `PATH`.
/// Older versions do not know what today's compilers write.
pub(crate) fn wasm_opt() -> Option<PathBuf> {
    let candidates =
        [Some(binaryen_home().join("node_modules/.bin/wasm-opt")), programs::on_path("wasm-opt")];
    candidates.into_iter().flatten().find(|file| {
        // `wasm-opt version 132 (version_132)`
        let said = said_version(file).unwrap_or_default();
        said.split_whitespace()
            .nth(2)
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|it| it >= 120)
    })
}

/// The page is built without it too, so that it is no reason to fail.
fn ensure_wasm_opt() {
    if wasm_opt().is_some() {
        return;
    }
    let Some(npm) = programs::on_path("npm") else {
        println!("   no wasm-opt and no npm to install it: the page will be a sixth larger");
        return;
    };
    println!("   installing binaryen {BINARYEN} for wasm-opt (may take 1 min)");
    let home = binaryen_home();
    let package = format!("binaryen@{BINARYEN}");
    let _ = fs::create_dir_all(&home);
    let args = ["install", "--no-audit", "--no-fund", "--no-save", &package, "--prefix"];
    if let Err(fault) = run(program(npm).args(args).arg(&home)) {
        println!("   {fault}: the page will be a sixth larger");
    }
}

fn binaryen_home() -> PathBuf {
    home().join(format!("binaryen-{BINARYEN}"))
}

/// The target and components. `rust-toolchain.toml` names them, but rustup may be told not to install by itself.
pub(crate) fn toolchain() -> Outcome {
    let sysroot = output(program("rustc").args(["--print", "sysroot"]))?;
    if !Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        run(program("rustup").args(["target", "add", TARGET]))
            .map_err(|fault| format!("{fault}; the Rust target {TARGET} is needed"))?;
    }
    for (component, call) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if output(cargo(&[call, "--version"]).stderr(std::process::Stdio::null())).is_err() {
            run(program("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn page_tools() -> Outcome {
    PinnedTool::all().iter().try_for_each(ensure)?;
    ensure_wasm_opt();
    Ok(())
}

/// Installs a tool, unless its version is there.
fn ensure(tool: &PinnedTool) -> Outcome {
    let own = tool.home().join("bin").join(tool.program);
    let candidates = [Some(own), programs::on_path(tool.program)];
    if candidates.into_iter().flatten().any(|file| version_of(&file).as_deref() == Some(&tool.version)) {
        return Ok(());
    }
    let PinnedTool { package, version, may_take, .. } = tool;
    println!("   installing {package} {version} (may take {may_take})");
    let home = tool.home();
    let install = |locked: &[&str]| {
        let args = ["install", package, "--version", version, "--root"];
        run(cargo(&args).arg(&home).args(locked))
    };
    // As its authors tested it; where one of those versions cannot be had, with the newest that fit.
    install(&["--locked"]).or_else(|_| install(&[]))
}

/// The version that a program names: the second word of `trunk 0.21.14`.
fn version_of(file: &Path) -> Option<String> {
    Some(said_version(file)?.split_whitespace().nth(1)?.to_owned())
}

fn said_version(file: &Path) -> Option<String> {
    let said = std::process::Command::new(file).arg("--version").output().ok()?;
    String::from_utf8(said.stdout).ok()
}

/// Chromium, its driver, and a font in which pictures are legible.
pub(crate) fn browser() -> Outcome {
    let missing = || {
        let mut names = Vec::new();
        names.extend(programs::chromium().is_none().then_some("Chromium or Chrome"));
        names.extend(programs::chromedriver().is_none().then_some("its chromedriver"));
        names.join(" and ")
    };
    if missing().is_empty() {
        return Ok(());
    }
    println!("   missing: {}", missing());
    if programs::on_path("apt-get").is_some() && is_root() {
        let apt = |args: &[&str]| run(program("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"));
        apt(&["update", "-q"])?;
        apt(&[
            "install",
            "-q",
            "-y",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
            "fonts-inter",
            "fonts-dejavu-core",
        ])?;
    }
    match missing() {
        none if none.is_empty() => Ok(()),
        some => Err(format!(
            "missing: {some}. Install it (Debian: `apt-get install chromium chromium-driver fonts-dejavu-core`; \
             elsewhere: Chrome and the chromedriver of the same version), or name the files in \
             the variables CHROME and CHROMEDRIVER"
        )),
    }
}

fn is_root() -> bool {
    output(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
