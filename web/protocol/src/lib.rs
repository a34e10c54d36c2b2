//! The messages between the page and its workers: one type per request with its response, and notices that no
//! request asked for. Both sides link this crate and neither links the other.
//!
//! Reading order: [`request`] (how a request, its response and its handler belong together), [`files`], [`views`], [`rows`],
//! [`text`], [`custom`] (the requests by what they are about, each file with their list), [`notice`], [`hello`] (the first message of each
//! side, and the version), [`formats`] (log formats as the page needs them), [`wire`] (a message in the browser).
//!
//! A message is the postcard encoding of an [`PageMessage`] or a [`WorkerMessage`] in a transferred buffer; `File` handles travel beside it.
//! Every request is answered exactly once: [`WorkerMessage::Dropped`] where a newer one took its place. To add one: its type and its
//! line in the list of its file, its handler in the worker, its use in the page's engine; the compiler names what is missing.

pub mod custom;
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

use serde::{Deserialize, Serialize};

/// Any request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what its requests are about")]
pub enum AnyRequest {
    Files(files::FilesRequest),
    Views(views::ViewsRequest),
    Rows(rows::RowsRequest),
    Text(text::TextRequest),
    Custom(custom::CustomRequest),
}

/// Any response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what its requests are about")]
pub enum AnyResponse {
    Files(files::FilesResponse),
    Views(views::ViewsResponse),
    Rows(rows::RowsResponse),
    Text(text::TextResponse),
    Custom(custom::CustomResponse),
}

/// Gives a request to its handler.
pub fn dispatch<H>(handler: &mut H, id: u32, request: AnyRequest) -> Reply<AnyResponse>
where
    H: files::Handler + views::Handler + rows::Handler + text::Handler + custom::Handler,
{
    match request {
        AnyRequest::Files(request) => files::dispatch(handler, id, request),
        AnyRequest::Views(request) => views::dispatch(handler, id, request),
        AnyRequest::Rows(request) => rows::dispatch(handler, id, request),
        AnyRequest::Text(request) => text::dispatch(handler, id, request),
        AnyRequest::Custom(request) => custom::dispatch(handler, id, request),
    }
}

/// Page to worker: a request and its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PageMessage {
    /// Numbers the request.
    pub id: u32,
    /// The request.
    pub request: AnyRequest,
}

/// Worker to page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum WorkerMessage {
    /// The response to the request of this number.
    Response(u32, AnyResponse),
    /// The request of this number has no response: another took its place, or what it spoke of is gone.
    Dropped(u32),
    /// No request asked for it.
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
