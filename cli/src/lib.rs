//! `logloupe` in a terminal: files in, rows, answers and the ledger out. The same core as the page's.
//!
//! Reading order: [`args`] (what can be asked), [`inputs`] (which files a path means), [`parts`] (large files, cut), [`load`] (files to shards, on
//! all processors), then one file per command: [`formats`], [`convert`], [`query`], [`follow`] (a query over what grows), [`explain`], [`ledger`],
//! [`sample`], [`attempt`](mod@attempt); [`definitions`] are formats that the user describes, [`columnar`](mod@columnar) rows as Parquet. [`output`] writes tables of values, [`report`] says on stderr what could not be read.
//!
//! Not here: parsing, detection, queries. A command opens files, pushes bytes and prints.

pub mod args;
pub mod attempt;
#[cfg(feature = "parquet")]
pub mod columnar;
pub mod convert;
pub mod definitions;
pub mod explain;
pub mod follow;
pub mod formats;
pub mod inputs;
pub mod ledger;
pub mod load;
#[cfg(not(feature = "parquet"))]
mod no_columnar;
pub mod output;
pub mod parts;
pub mod progress;
pub mod query;
pub mod report;
pub mod sample;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use args::{Call, Usage};
#[cfg(not(feature = "parquet"))]
use no_columnar as columnar;

/// How a run ended; the number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Answered.
    Answered = 0,
    /// Answered, but at least one file could not be read at all or, of the ledger, was altered.
    Unread = 1,
    /// Bad usage or a bad query; nothing was answered.
    Refused = 2,
}

/// Why a command could not answer.
#[derive(Debug)]
pub enum Failure {
    /// The call makes no sense, or the query does not; the text says why and is printed as it is.
    Refused(String),
    /// The answer could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(fault: io::Error) -> Failure {
        Failure::Output(fault)
    }
}

/// What every command gives back.
pub type Outcome = Result<Status, Failure>;

/// The whole program: arguments from the environment, the answer to stdout, remarks to stderr.
pub fn main() -> ExitCode {
    let call = match args::parse(std::env::args_os().skip(1)) {
        Ok(call) => call,
        Err(Usage(message)) => {
            eprintln!("logloupe: {message}\nTry `logloupe --help`.");
            return ExitCode::from(Status::Refused as u8);
        }
    };
    // The lock is held for the whole run: nothing else writes to stdout.
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let outcome = run(&call, &mut out).and_then(|status| Ok(out.flush().map(|()| status)?));
    match outcome {
        Ok(status) => ExitCode::from(status as u8),
        Err(Failure::Refused(message)) => {
            eprintln!("{message}");
            ExitCode::from(Status::Refused as u8)
        }
        // Whoever read our answer has had enough (`| head`): that is no fault.
        Err(Failure::Output(fault)) if fault.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(fault)) => {
            eprintln!("logloupe: the answer could not be written: {fault}");
            ExitCode::from(Status::Unread as u8)
        }
    }
}

/// Answers one call.
///
/// # Errors
/// What the called command cannot do.
pub fn run(call: &Call, out: &mut dyn Write) -> Outcome {
    match call {
        Call::Help(text) => {
            out.write_all(text.as_bytes())?;
            Ok(Status::Answered)
        }
        Call::Version => {
            writeln!(out, "logloupe {}", env!("CARGO_PKG_VERSION"))?;
            Ok(Status::Answered)
        }
        Call::Try(call) => attempt::run(call, out),
        Call::Formats { json } => formats::run(*json, out),
        Call::Convert(call) => convert::run(call, out),
        Call::Query(call) if call.follow => follow::run(call, out),
        Call::Query(call) => query::run(call, out),
        Call::Explain(call) => explain::run(call, out),
        Call::Ledger(call) => ledger::run(call, out),
        Call::Sample { folder } => sample::run(folder, out),
    }
}
