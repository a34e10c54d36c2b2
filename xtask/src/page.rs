//! The page: built by trunk into `dist/`, finished here, served from there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use xtask::{programs, server::Server};

use crate::run::{Outcome, Report, cargo, program, run};
use crate::tools;
use crate::workspace::root;

/// The built page.
pub(crate) fn folder() -> PathBuf {
    root().join("dist")
}

/// Builds `dist/`.
///
/// # Errors
/// When a tool is missing or the code does not build.
pub(crate) fn dist(report: &mut Report) -> Outcome {
    tools::setup_page(report)?;
    report.step("page", "the release build of page and worker into dist/", "3 min", build)
}

/// Builds the page and serves it.
///
/// # Errors
/// As [`dist`], or when the port is taken.
pub(crate) fn serve(report: &mut Report, options: &[&str]) -> Outcome {
    let mut port = 8080;
    let mut options = options.iter();
    let mut fresh = true;
    while let Some(&option) = options.next() {
        match (option, options.as_slice().first()) {
            ("--no-build", _) => fresh = false,
            ("--port", Some(number)) => {
                port = number.parse().map_err(|_| format!("no port: {number}"))?;
                options.next();
            }
            _ => return Err(format!("serve knows --no-build and --port N, not {option}")),
        }
    }
    if fresh {
        dist(report)?;
        report.summary();
    }
    let server = Server::start(&folder(), "/", port).map_err(|fault| format!("port {port}: {fault}"))?;
    println!("\nLogloupe is at {}   (Ctrl-C ends it)", server.url());
    server.wait();
    Ok(())
}

/// Takes pictures of the page, for people to look at.
///
/// # Errors
/// As [`dist`], or when the browser cannot be driven.
pub(crate) fn shots(report: &mut Report, options: &[&str]) -> Outcome {
    if !options.contains(&"--no-build") {
        dist(report)?;
    }
    report.step("browser", "Chromium and its driver, when missing", "3 min", tools::browser)?;
    report.step("shots", "pictures of the page into tests/screenshots/", "1 min", || {
        run(cargo(&["run", "--quiet", "--package", "logloupe-tests", "--bin", "shots"])
            .env("LOGLOUPE_DIST", folder()))
    })
}

/// Measures the engine.
///
/// # Errors
/// When the benchmark does not build or fails.
pub(crate) fn bench(options: &[&str]) -> Outcome {
    if !root().join("bench/src/main.rs").is_file() {
        return Err("bench/ has no program yet".into());
    }
    run(cargo(&["run", "--release", "--package", "logloupe-bench", "--"]).args(options))
}

/// Trunk's build, and what trunk leaves undone.
///
/// # Errors
/// When the code does not build, or what was built would not run under the page's own policy.
pub(crate) fn build() -> Outcome {
    // Trunk takes NO_COLOR for a switch that wants `true` or `false`.
    let mut trunk = program("trunk");
    trunk.args(["build", "--release"]).env_remove("NO_COLOR").env("TRUNK_SKIP_VERSION_CHECK", "true");
    run(&mut trunk)?;
    let folder = folder();
    optimise(&folder)?;
    name_worker_by_content(&folder).map_err(|fault| format!("the worker's files: {fault}"))?;
    refuse_inline_scripts(&folder)?;
    weigh(&folder)
}

/// Binaryen over both WASM files, where it is installed: a sixth smaller on the way. `LOGLOUPE_WASM_OPT=0` leaves it
/// out, for quick builds while working.
fn optimise(dist: &Path) -> Outcome {
    // What rustc writes today, and simd128 from .cargo/config.toml; the files themselves no longer say it.
    const FEATURES: [&str; 7] = [
        "--enable-simd",
        "--enable-bulk-memory",
        "--enable-mutable-globals",
        "--enable-multivalue",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
    ];
    if std::env::var_os("LOGLOUPE_WASM_OPT").is_some_and(|value| value == "0") {
        return Ok(());
    }
    let Some(wasm_opt) = tools::wasm_opt() else {
        println!("   no wasm-opt (`cargo xtask setup` installs it where npm is): the page is a sixth larger");
        return Ok(());
    };
    for file in files(dist)?.iter().filter(|file| file.extension().is_some_and(|ending| ending == "wasm")) {
        run(program(&wasm_opt).arg("-O2").args(FEATURES).arg(file).arg("--output").arg(file))?;
    }
    Ok(())
}

/// Trunk names the page's files by their content, but not the worker's, so a browser could run yesterday's worker
/// beside today's page. Gives them such names too, and tells the page in its `<meta name="logloupe-worker">`; the same for the
/// module of what few need, whose glue becomes part of the workers' script: it must be there when the page is long offline.
fn name_worker_by_content(dist: &Path) -> std::io::Result<()> {
    let extras = fs::read(dist.join("extras_bg.wasm"))?;
    let extras_name = format!("extras-{:016x}_bg.wasm", fnv1a(extras.iter()));
    fs::rename(dist.join("extras_bg.wasm"), dist.join(&extras_name))?;
    let glue = fs::read_to_string(dist.join("extras.js"))?;
    fs::remove_file(dist.join("extras.js"))?;
    // Both call themselves the same.
    let renamed = glue.replacen("let wasm_bindgen", "let logloupe_extras", 1);
    if renamed == glue {
        return Err(std::io::Error::other("extras.js does not define wasm_bindgen"));
    }
    let script = format!("{}\n{renamed}", fs::read_to_string(dist.join("worker.js"))?);
    let wasm = fs::read(dist.join("worker_bg.wasm"))?;
    let stem = format!("worker-{:016x}", fnv1a(script.as_bytes().iter().chain(&wasm)));
    fs::remove_file(dist.join("worker.js"))?;
    fs::write(dist.join(format!("{stem}.js")), script)?;
    fs::rename(dist.join("worker_bg.wasm"), dist.join(format!("{stem}_bg.wasm")))?;
    fs::remove_file(dist.join("worker_loader.js"))?;
    fs::write(
        dist.join(format!("{stem}_loader.js")),
        format!(
            "importScripts(\"./{stem}.js\");\nwasm_bindgen({{ module_or_path: new URL(\"./{stem}_bg.wasm\", self.location.href).href }});\n"
        ),
    )?;
    let index = fs::read_to_string(dist.join("index.html"))?;
    let mut named = index;
    for (built, name) in [
        ("./worker_loader.js", format!("./{stem}_loader.js")),
        ("./extras_bg.wasm", format!("./{extras_name}")),
    ] {
        if !named.contains(built) {
            return Err(std::io::Error::other(format!("index.html does not name {built}")));
        }
        named = named.replace(built, &name);
    }
    fs::write(dist.join("index.html"), named)
}

/// FNV-1a, 64 bits: a name for a content, not a protection.
fn fnv1a<'a>(bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The policy in index.html forbids inline scripts; one that a tool slipped in would stop the page, so it stops the build.
fn refuse_inline_scripts(dist: &Path) -> Outcome {
    let index = fs::read_to_string(dist.join("index.html")).map_err(|fault| fault.to_string())?;
    for tag in index.split("<script").skip(1) {
        let opening = tag.split('>').next().unwrap_or_default();
        if !opening.contains(" src=") {
            return Err(format!("dist/index.html has an inline script: <script{opening}>"));
        }
    }
    Ok(())
}

/// Prints every file with its size, and the size on the way when the host compresses.
fn weigh(dist: &Path) -> Outcome {
    let (mut all, mut all_packed) = (0, 0);
    println!("   {:<44} {:>10} {:>10}", "file", "KB", "KB gzip");
    for file in files(dist)? {
        let bytes = fs::read(&file).map_err(|fault| fault.to_string())?;
        let packed = gzipped(&bytes).unwrap_or(bytes.len());
        println!(
            "   {:<44} {:>10} {:>10}",
            file.file_name().unwrap_or_default().to_string_lossy(),
            kb(bytes.len()),
            kb(packed)
        );
        all += bytes.len();
        all_packed += packed;
    }
    println!("   {:<44} {:>10} {:>10}", "in all", kb(all), kb(all_packed));
    Ok(())
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn kb(bytes: usize) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

/// The size after `gzip -9`, where there is one.
fn gzipped(bytes: &[u8]) -> Option<usize> {
    let gzip = programs::on_path("gzip")?;
    let mut child = program(gzip).arg("-9c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut input = child.stdin.take()?;
    let bytes = bytes.to_vec();
    let feeding = std::thread::spawn(move || input.write_all(&bytes));
    let packed = child.wait_with_output().ok()?.stdout.len();
    feeding.join().ok()?.ok()?;
    Some(packed)
}
