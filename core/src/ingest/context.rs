//! The state that all stages share while a file is read: the shard that rows go to, the ledger, the limits and what has
//! been used of them.

use std::sync::Arc;

use super::{
    container::codec::{Codec, CodecKind, Fault, Opener},
    ledger::{Entry, Error, ErrorKind, State},
    limits::Limits,
    loader::Options,
};
use crate::formats::{Format, Settings};
use logloupe_table::{
    Shard,
    lookup::Lookup,
    settings::{Rule, last_about},
};

/// Shared by all stages; made once per loader, reset for each file.
pub(crate) struct Context {
    pub(crate) shard: Shard,
    pub(crate) formats: Vec<&'static dyn Format>,
    pub(crate) limits: Limits,
    /// What decodes the compressions that this crate does not.
    pub(crate) codecs: Option<Opener>,
    pub(crate) ledger: Vec<Entry>,
    /// The shard's source of each entry of the ledger; `None` where no rows can have come from it.
    pub(crate) sources: Vec<Option<u32>>,
    /// Tables to look things up in.
    pub(crate) lookups: Vec<Arc<Lookup>>,
    /// Files that describe formats.
    pub(crate) definitions: Vec<Vec<u8>>,
    /// The format that the caller asked for.
    pub(crate) forced: Option<String>,
    /// What the user says of the file.
    pub(crate) settings: Settings,
    /// What they say of files by their names.
    pub(crate) rules: Arc<[Rule]>,
    /// The head that the caller gave for a part of a file.
    pub(crate) head: Option<Vec<u8>>,
    /// Bytes of the stored file taken so far.
    pub(crate) at: u64,
    /// Bytes that containers inflated to.
    pub(crate) inflated: u64,
    /// Files met in archives.
    pub(crate) members: u64,
    /// Records met in this file, for progress.
    pub(crate) records: u64,
    /// A limit of the whole file was reached: nothing more is read of it.
    pub(crate) fatal: Option<Error>,
    /// What a container has to say of the content that ends now.
    pub(crate) note: Option<String>,
}

impl Context {
    pub(crate) fn new(formats: Vec<&'static dyn Format>, limits: Limits, seed: u64) -> Context {
        Context {
            shard: Shard::new(seed),
            formats,
            limits,
            codecs: None,
            ledger: Vec::new(),
            sources: Vec::new(),
            lookups: Vec::new(),
            definitions: Vec::new(),
            forced: None,
            settings: Settings::NONE,
            rules: Arc::default(),
            head: None,
            at: 0,
            inflated: 0,
            members: 0,
            records: 0,
            fatal: None,
            note: None,
        }
    }
    /// Ready for the next file.
    pub(crate) fn reset(&mut self, options: Options, head: Option<Vec<u8>>) {
        let Options { format, settings, rules, .. } = options;
        (self.forced, self.settings, self.rules, self.head) = (format, settings, rules, head);
        (self.at, self.inflated, self.members, self.records) = (0, 0, 0, 0);
        self.fatal = None;
    }
    /// A codec for one file.
    pub(crate) fn codec(&self, kind: CodecKind) -> Result<Box<dyn Codec>, Fault> {
        self.codecs.ok_or_else(|| Fault::unread(kind))?(kind)
    }
    /// The format that the user wants the file of this name read as, and what they say of it.
    pub(crate) fn said_of(&self, name: &str) -> (Option<&str>, Settings) {
        let own = (self.forced.as_deref(), &self.settings);
        let rule = last_about(&self.rules, name);
        let (format, settings) = rule.map_or(own, |rule| (rule.format.as_deref().or(own.0), &rule.settings));
        (format, Settings { now: self.settings.now, ..settings.clone() })
    }
    /// Whether this is the header of a log of lines that is read here; of the one that the user wants the file of this name
    /// read as, if they want one.
    pub(crate) fn has_log_of(&self, name: &str, header: &str) -> bool {
        let (wanted, _) = self.said_of(name);
        let may_be = |id| wanted.is_none_or(|wanted| wanted == id);
        self.formats.iter().any(|format| may_be(format.meta().id) && format.is_header(header.as_bytes()))
    }
    /// Notes that a container inflated `n` more bytes.
    pub(crate) fn inflate(&mut self, n: usize) {
        self.inflated += n as u64;
        let Limits { inflated, ratio, ratio_from, .. } = self.limits;
        if self.inflated > inflated {
            self.stop(format!("it inflates to more than {inflated} bytes"));
        } else if self.inflated > ratio_from && self.inflated / ratio > self.at {
            self.stop(format!("it inflates to more than {ratio} times its size"));
        }
    }
    /// Notes one more file in an archive; false when there are too many.
    pub(crate) fn member(&mut self) -> bool {
        self.members += 1;
        if self.members > self.limits.members {
            self.stop(format!("it holds more than {} files", self.limits.members));
        }
        self.fatal.is_none()
    }
    fn stop(&mut self, message: String) {
        self.fatal.get_or_insert(Error::new(ErrorKind::Limit, self.at, message));
    }
    /// A fault at the place reached in the stored file.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, self.at, message)
    }
    /// Adds a completed entry to the ledger.
    pub(crate) fn complete(&mut self, entry: Entry, source: Option<u32>) {
        self.ledger.push(entry);
        self.sources.push(source);
    }
    /// Adds the entry of a file that gave no records.
    pub(crate) fn complete_empty(&mut self, place: &Location, stored: u64, bytes: u64, state: State) {
        let reason = match &state {
            State::Skipped(reason) => reason.clone(),
            State::Failed(error) => error.message.clone(),
            _ => String::new(),
        };
        let entry = Entry {
            source: place.name.clone(),
            containers: place.containers.clone(),
            bytes_stored: stored,
            bytes,
            reason,
            state,
            ..Entry::default()
        };
        self.complete(entry, None);
    }
}

/// Where a file stands: its path and what it is wrapped in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Location {
    pub(crate) name: String,
    pub(crate) containers: Vec<String>,
}

impl Location {
    /// The same file, taken out of a compression.
    pub(crate) fn inside(&self, container: &str) -> Location {
        let mut place = self.clone();
        place.containers.push(container.to_owned());
        place
    }
    /// A member of this archive.
    pub(crate) fn member(&self, container: &str, name: &str) -> Location {
        let mut place = self.inside(container);
        place.name.push('/');
        place.name.push_str(name);
        place
    }
}
