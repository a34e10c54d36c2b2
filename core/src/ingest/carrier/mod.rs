//! What carries records of other logs, as data: one line or one small file per carrier. Not here: what wraps a file as a whole
//! (`container`), lists of records (`framing::keys`), and when a carrier is taken off (`content::choice`).
//!
//! Reading order: [`prefix`] (what stands before the record on a line), [`wrapper`] (JSON around the record), [`kpl`]
//! (several records in one of Kinesis).

pub(crate) mod kpl;
mod md5;
pub(crate) mod prefix;
pub(crate) mod wrapper;
