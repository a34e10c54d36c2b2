//! What the engine needs of its surroundings: workers, a clock, files to write. The browser gives it (`browser`); tests
//! give it workers that are called.

use std::rc::Rc;

use web_sys::File;

use super::Event;

/// What comes from a worker.
#[derive(Debug)]
pub(super) enum Signal {
    /// A message.
    Message(Vec<u8>),
    /// It stopped, and why.
    Stopped(String),
}

/// Takes the signals of all workers, by their number.
pub(super) type Sink = Rc<dyn Fn(u32, Signal)>;

/// The surroundings.
pub(super) trait Host {
    /// How many workers there are to be.
    fn workers(&self) -> u32;
    /// Starts a worker.
    ///
    /// # Errors
    /// Why there is none.
    fn start(&self, shard: u32, sink: Sink) -> Result<Box<dyn Link>, String>;
    /// Milliseconds on a clock that never goes back.
    fn now(&self) -> f64;
    /// The time in microseconds since 1970.
    fn today(&self) -> i64;
    /// A number that a log's content cannot have been made for.
    fn random(&self) -> u64;
    /// Tells the page, after the current call.
    fn tell(&self, event: Event);
    /// Begins a file.
    fn output(&self) -> Box<dyn Output>;
}

/// The way to a worker; dropping it ends the worker.
pub(super) trait Link {
    /// Sends a message and the files that belong to it.
    fn post(&self, bytes: &[u8], files: &[File]);
}

/// A file that is being written.
pub(super) trait Output {
    /// Appends bytes.
    fn push(&mut self, bytes: &[u8]);
    /// Ends it; its address, if it has one.
    fn finish(&mut self, media_type: &str) -> Option<String>;
}
