//! The command `logloupe` as its users and their scripts meet it. One file per promise.

mod access_logs;
mod archives;
mod bad_input;
mod contract;
mod custom;
mod explain;
mod follow;
mod names;
mod parquet;
mod readme;
mod runbooks;
mod story;

use logloupe_tests::command::{Said, run};

/// Starts the command.
#[track_caller]
fn logloupe(args: &[&str]) -> Said {
    logloupe_fed(args, b"")
}

/// Starts the command and writes to its stdin.
#[track_caller]
fn logloupe_fed(args: &[&str], stdin: &[u8]) -> Said {
    run(env!("CARGO_BIN_EXE_logloupe-under-test"), args, stdin)
}
