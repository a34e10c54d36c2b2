//! Queries over shards of rows: plan and run.
//!
//! Reading order: [`plan`] (a tree's names resolved against a [`Catalog`](plan::Catalog), the pipeline cut into stages),
//! [`kernels`] (what computes each function of the table in `logloupe-syntax`), [`exec`] (a plan as jobs over shards, whose
//! partials merge and are finalized), [`result`]; [`limits`] bound all of it. What is made of trees and plans for people and
//! other engines is in `logloupe-tell`.
//!
//! Three languages share one tree (`logloupe-syntax`) and one plan. Nothing here knows a format: names reach columns
//! through the tables' schemas, JSON paths through a trait that is passed in. No I/O, no clock, no thread.
//!
//! ```
//! use logloupe_core::{
//!     formats::{ALL, Paths},
//!     ingest::{Limits, Loader, Options},
//!     table::Value,
//! };
//! use logloupe_query::exec::{self, Answer};
//!
//! let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
//! loader.open("flows.log", Options::default());
//! loader.push(b"version srcaddr dstaddr action bytes start end\n");
//! loader.push(b"2 192.0.2.1 10.0.0.5 REJECT 40 1772496000 1772496060\n");
//! loader.push(b"2 192.0.2.1 10.0.0.6 REJECT 60 1772496000 1772496060\n");
//! loader.finish();
//!
//! let query = "filter action = \"REJECT\" | stats sum(bytes) as total by srcAddr";
//! let (_, answer) = exec::run(query, loader.shard(), &Paths(ALL)).expect("a good query");
//! let Answer::Table(table) = answer else { panic!("stats gives a table") };
//! assert_eq!(table.rows, [[Value::text("192.0.2.1"), Value::Int(100)]]);
//! ```

mod error;
pub mod exec;
pub mod kernels;
pub mod limits;
pub mod plan;

pub use error::Error;
pub use logloupe_table::{ResultTable, result};
