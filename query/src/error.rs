//! Why a query has no answer, for all of the crate.

use std::{error, fmt};

/// Why a query has no answer: a limit that was reached, a pattern that cannot be compiled. A sentence without stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Error {}

impl From<String> for Error {
    fn from(message: String) -> Error {
        Error(message)
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Error {
        Error(message.to_owned())
    }
}

impl From<Error> for String {
    fn from(error: Error) -> String {
        error.0
    }
}
