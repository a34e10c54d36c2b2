//! What the page and its workers say to each other: one type per request with its response, and notices that nobody asked
//! for. Both sides link this crate and neither links the other.
//!
//! Reading order: [`request`] (how a request, its response and its handler belong together), [`REQUESTS`](AnyRequest) below
//! (the list of them), [`files`], [`views`], [`rows`], [`text`] (the requests by what they are about), [`notice`], [`hello`]
//! (the first message of each side, and the version), [`formats`] (what the page is told of log formats), `wire` (a message
//! in the browser).
//!
//! A message is the postcard encoding of an [`Asked`] or a [`Said`] in a transferred buffer; `File` handles travel beside it.
//! Every request is answered exactly once: [`Said::Dropped`] where a newer one took its place. To add one: its type and its
//! line in the list here, its handler in the worker, its use in the page's engine; the compiler names what is missing.

pub mod files;
pub mod formats;
pub mod hello;
pub mod notice;
pub mod request;
pub mod rows;
pub mod text;
pub mod views;
pub mod wire;

pub use notice::Notice;
pub use request::{Handle, Reply, Request};

use files::{AddLookup, CanSplit, Cancel, FindDuplicates, Identities, Load, MarkDuplicates, Offset, Sample};
use rows::{CsvColumns, Export, FullRow, GridRows, Window};
use serde::{Deserialize, Serialize};
use text::{Complete, Explain};
use views::{Catalogs, CountValues, Merge, Refine, View};

request::requests! {
    Load, Sample, Cancel, CanSplit, Offset, AddLookup, Identities, FindDuplicates, MarkDuplicates,
    Catalogs, View, CountValues, Merge, Refine,
    Window, GridRows, FullRow, CsvColumns, Export,
    Complete, Explain,
}

/// Page to worker: a request and its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Numbers the request.
    pub id: u32,
    /// The request.
    pub request: AnyRequest,
}

/// Worker to page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said {
    /// The response to the request of this number.
    Response(u32, AnyResponse),
    /// The request of this number has no response: another took its place, or what it spoke of is gone.
    Dropped(u32),
    /// Nobody asked.
    Notice(Notice),
}

/// Encodes a message, or a result that travels in one; encoding to memory fails for nothing that the protocol contains.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// Decodes what [`encode`] made.
///
/// # Errors
/// When the bytes are something else.
pub fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Undecodable> {
    postcard::from_bytes(bytes).map_err(|_| Undecodable)
}

/// Bytes that are no message of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

impl std::fmt::Display for Undecodable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a message could not be read")
    }
}

impl std::error::Error for Undecodable {}
