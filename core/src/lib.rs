//! Logloupe's core: bytes of exported AWS logs in, tables and answers out.
//!
//! The way of the data is the order of the modules:
//! [`ingest`] takes bytes apart (containers, envelopes, records, the ledger),
//! [`formats`] turns one record into one row,
//! [`table`] keeps rows as packed columns beside their raw text,
//! [`query`] answers questions over them,
//! [`view`] says what a screen shows of them.
//! Beside the logs stand small tables to look things up in: [`lookup`].
//!
//! What this crate is not: it does no I/O, reads no clock, starts no thread and knows no browser.
//! Whoever uses it pushes bytes and asks; the command line and the web page are two such users.
//!
//! ```
//! use logloupe_core::{
//!     formats::{ALL, Paths},
//!     ingest::{Limits, Loader, Options},
//!     query::exec::{self, Answer},
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
//! let query = "filter action = \"REJECT\" | stats sum(bytes) as total by srcAddr";
//! let (_, answer) = exec::run(query, loader.shard(), &Paths(ALL)).expect("a good query");
//! let Answer::Table(table) = answer else { panic!("stats gives a table") };
//! assert_eq!(table.rows, [[Value::text("192.0.2.1"), Value::Int(100)]]);
//! ```
//!
//! Runnable examples are in the crate's folder `examples/`: counting without a query, a query over a folder, and a
//! log format added from outside the crate.

pub mod export;
pub mod external;
pub mod formats;
pub mod ingest;
pub mod json_paths;
pub mod lookup;
pub mod query;
pub mod table;
pub mod time;
pub mod view;
