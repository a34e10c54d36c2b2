//! The first message of each side. It begins with [`VERSION`] in a form that never changes, so that a side of another
//! version is recognised before anything else of it is decoded.
//!
//! The page names its worker's script by content, but a cache, a proxy or a half-uploaded folder may still serve another
//! one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{decode, encode, formats::FormatMessage};

/// The schema of all messages, as a test reads it off the types: see `web/worker/tests/it/schema.rs`.
const SCHEMA: &[u8] = include_bytes!("../schema.json");

/// The version of the protocol: a hash of its [schema](SCHEMA). Two sides whose messages differ have different versions,
/// and nobody has to remember to raise a number.
pub const VERSION: u64 = fnv1a(SCHEMA);

/// Stands before every first message.
const MARK: &[u8; 8] = b"logloupe";

/// The page's first message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageHello {
    /// The worker's number in the pool.
    pub shard: u32,
    /// Seeds the hash tables.
    pub seed: u64,
}

/// The worker's first message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerHello {
    /// The formats that it reads.
    pub formats: Vec<FormatMessage>,
}

/// Why a first message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of another version.
    Version(u64),
    /// It is none at all, or damaged.
    Unreadable,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Version(theirs) => write!(
                f,
                "page and worker are of different versions ({:08x} and {:08x}): reload the page, with an empty cache if \
                 that does not help",
                VERSION >> 32,
                theirs >> 32,
            ),
            Refusal::Unreadable => {
                f.write_str("the worker's first message could not be read: reload the page, with an empty cache if that does not help")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A first message as bytes.
pub fn write<T: Serialize>(hello: &T) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(encode(hello));
    bytes
}

/// The first message of the other side.
///
/// # Errors
/// When it is of another version, or no first message.
pub fn read<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Refusal> {
    let rest = bytes.strip_prefix(MARK).ok_or(Refusal::Unreadable)?;
    let (version, rest) = rest.split_first_chunk::<8>().ok_or(Refusal::Unreadable)?;
    match u64::from_le_bytes(*version) {
        VERSION => decode(rest).map_err(|_| Refusal::Unreadable),
        theirs => Err(Refusal::Version(theirs)),
    }
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>, read 2026-11-26.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_message_of_another_version_is_refused_with_a_sentence() {
        let hello = PageHello { shard: 3, seed: 7 };
        let mut bytes = write(&hello);
        assert_eq!(read::<PageHello>(&bytes), Ok(hello));
        bytes[8] ^= 1;
        let refusal = read::<PageHello>(&bytes).unwrap_err();
        assert_eq!(refusal, Refusal::Version(VERSION ^ 1));
        assert!(refusal.to_string().contains("reload the page"), "{refusal}");
    }

    #[test]
    fn whatever_else_comes_first_is_refused_and_not_waited_for() {
        let whole = write(&PageHello { shard: 1, seed: u64::MAX });
        for bytes in [&b""[..], b"logloupe", b"logloup\0\0\0\0\0\0\0\0\0", &whole[..whole.len() - 1]] {
            assert_eq!(read::<PageHello>(bytes), Err(Refusal::Unreadable), "{bytes:?}");
        }
        // The form before this one: postcard of an enum.
        assert_eq!(read::<WorkerHello>(&[0, 4, 0]), Err(Refusal::Unreadable));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!((fnv1a(b""), fnv1a(b"a")), (0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c));
    }
}
