//! What a query is made into for people and for other engines: its steps in words ([`explain`]), SQL of Athena and text of CloudWatch Logs Insights
//! ([`transpile`]), what may be typed next ([`complete`]).
//!
//! Not what answers it (that is `logloupe-query`, whose plans and catalog these read). All of it runs once per query or per key
//! that is typed, so that releases build it for size. No I/O, no clock, no thread.

pub mod complete;
pub mod explain;
pub mod transpile;
