//! Logloupe's parser: bytes of exported AWS logs in, tables out.
//!
//! Reading order: [`ingest`] takes bytes apart (containers, framing, envelopes) and keeps the ledger, its
//! [`Loader`](ingest::Loader) is the way in; [`formats`] turns one record into one row, one file per log; [`table`] (a
//! crate of its own) keeps rows as packed columns beside their raw text.
//!
//! What this crate is not: it knows no query (see `logloupe-query`) and no screen (`logloupe-view`), does no I/O, reads no
//! clock, starts no thread and knows no browser. Whoever uses it pushes bytes.
//!
//! ```
//! use logloupe_core::{
//!     formats::ALL,
//!     ingest::{Limits, Loader, Options},
//!     table::Value,
//! };
//!
//! // Any log, packed or not, in pieces of any size; what it is, is found out.
//! let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
//! loader.open("flows.log", Options::default());
//! loader.push(b"version srcaddr dstaddr action bytes start end\n2 192.0.2.1 10.0.0.5 REJ");
//! loader.push(b"ECT 40 1772496000 1772496060\n2 192.0.2.1 10.0.0.6 REJECT 60 177249600");
//! loader.push(b"0 1772496060\n2 192.0.2.9 10.0.0.6 ACCEPT lots 1772496000 1772496060\n");
//! loader.finish();
//!
//! // Nothing is dropped silently.
//! let entry = &loader.ledger()[0];
//! assert_eq!((entry.format.as_deref(), entry.rows, entry.rejected), (Some("vpc_flow"), 2, 1));
//! assert_eq!(entry.rejections[0].expected, "integer for bytes");
//!
//! // Rows are handed on and forgotten, or stay in `loader.shard()` to be asked.
//! let mut bytes = 0;
//! loader.drain(|_, row, _record| bytes += row.get("bytes").integer().unwrap_or(0));
//! assert_eq!(bytes, 100);
//! ```
//!
//! Runnable examples are in the crate's folder `examples/`: counting without a query, and a log format added from
//! outside the crate. A query over a folder is among the examples of `logloupe-query`.

pub mod formats;
pub mod ingest;

pub use logloupe_table as table;
