//! The program `logloupe`. Everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    logloupe_cli::main()
}
