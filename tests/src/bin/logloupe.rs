//! The command `logloupe`, built for the tests that start it.

fn main() -> std::process::ExitCode {
    logloupe_cli::main()
}
