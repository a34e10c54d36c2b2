//! What `logloupe-core` names and does not decode itself: zstd, bzip2, xz, Snappy, and Parquet behind the feature `parquet`,
//! which is on unless a program says otherwise.
//!
//! Reading order: [`open`], which a program hands to its loader; then one file per compression, each a
//! [`Codec`](logloupe_core::ingest::codec::Codec) whose promises are core's; [`seam`], which they share, is what stands
//! between two streams of one file.
//!
//! What this is not: it recognises nothing (core does, by the first bytes), knows no archive and no log, and compresses
//! nothing. It is a crate of its own so that a page can fetch it apart from its workers.
//!
//! ```
//! use logloupe_core::{formats::ALL, ingest::{Limits, Loader}};
//!
//! let loader = Loader::new(ALL.to_vec(), Limits::default(), 0).with_codecs(logloupe_codecs::open);
//! # drop(loader);
//! ```

mod bzip2;
#[cfg(feature = "parquet")]
mod parquet;
mod seam;
mod snappy;
mod xz;
mod zstd;

use logloupe_core::ingest::codec::{Codec, CodecKind, Fault};

/// A codec for one file. It is an [`Opener`](logloupe_core::ingest::codec::Opener).
///
/// # Errors
/// For a kind that is not among these.
pub fn open(kind: CodecKind) -> Result<Box<dyn Codec>, Fault> {
    Ok(match kind {
        CodecKind::Zstd => Box::new(zstd::Zstd::new()),
        CodecKind::Bzip2 => Box::new(bzip2::Bzip2::new()),
        CodecKind::Xz => Box::new(xz::Xz::new()),
        CodecKind::Snappy => Box::new(snappy::Framed::new()),
        CodecKind::SnappyRaw => Box::new(snappy::Raw::new()),
        CodecKind::SnappyHadoop => Box::new(snappy::Hadoop::new()),
        #[cfg(feature = "parquet")]
        CodecKind::Parquet => Box::new(parquet::Parquet::new()),
        #[cfg(not(feature = "parquet"))]
        CodecKind::Parquet => return Err(Fault::unread(kind)),
    })
}
