//! Logloupe's core: bytes of exported AWS logs in, tables and answers out.
//!
//! The way of the data is the order of the modules:
//! [`ingest`] takes bytes apart (containers, envelopes, records, the ledger),
//! [`formats`] turns one record into one row,
//! [`table`] keeps rows as packed columns beside their raw text,
//! [`query`] answers questions over them,
//! [`view`] says what a screen shows of them.
//!
//! What this crate is not: it does no I/O, reads no clock, starts no thread and knows no browser.
//! Whoever uses it pushes bytes and asks; the command line and the web page are two such users.

pub mod export;
pub mod formats;
pub mod ingest;
pub mod query;
pub mod table;
pub mod time;
pub mod view;
