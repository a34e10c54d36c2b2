//! Ingest seen from its interface: files in, rows and ledger out. Every file is read whole and in pieces of 1, 7 and
//! 4096 bytes, and must give the same.

mod archives;
mod carried;
mod carriers;
mod content;
mod drain;
mod fixture;
mod history;
mod hostile;
mod mixed;
mod shards;
