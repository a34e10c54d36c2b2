//! Tests that cannot run here: said aloud, and written down so that `cargo xtask test` counts them as skipped, not as
//! passed.

use std::{env, fs::OpenOptions, io::Write, thread};

/// The variable that names the file in which skipped tests are written down, a line each.
pub const SKIPPED: &str = "LOGLOUPE_SKIPPED";

/// Says that the test at hand is skipped, and why.
pub fn skip(reason: &str) {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    println!("skipped: {name}: {reason}");
    let Some(path) = env::var_os(SKIPPED) else { return };
    // One write, so that lines of tests that run at once do not mix.
    let line = format!("{name}: {reason}\n");
    let file = OpenOptions::new().create(true).append(true).open(path);
    if let Err(fault) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        println!("not written down: {fault}");
    }
}
