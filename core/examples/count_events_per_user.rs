//! Counts events per user in one file, whatever log it is: `cargo run --example count_events_per_user -- FILE`.
//!
//! No query here: each row is looked at once and forgotten, so that memory does not depend on the size of the file.
//! `user.name` is a common name (ECS) that every format with users answers to.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the core's bans are not its users': an example is one of them"
)]

use std::{collections::BTreeMap, error::Error, fs::File, io::Read};

use logloupe_core::table::Row;
use logloupe_core::{
    formats::ALL,
    ingest::{Limits, Loader, Options},
};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file? give its path")?;

    // The core does no I/O: whoever uses it opens the file and pushes its bytes, in pieces of any size.
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
    let mut file = File::open(&path)?;
    let mut buffer = vec![0; 1 << 16];
    let mut events: BTreeMap<String, u64> = BTreeMap::new();
    // Empty where the row has no user, and for logs that know none.
    let mut count = |row: &Row<'_>| *events.entry(row.show("user.name")).or_default() += 1;
    loader.open(&path, Options::default());
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => loader.push(&buffer[..read]),
        }
        loader.drain(|_, row, _| count(row));
    }
    loader.finish();
    loader.drain(|_, row, _| count(row));

    for entry in loader.ledger() {
        let format = entry.format.as_deref().unwrap_or("no known log");
        println!(
            "{}: {format}, {} rows, {} rejected ({})",
            entry.source, entry.rows, entry.rejected, entry.reason
        );
    }

    let mut events: Vec<(String, u64)> = events.into_iter().collect();
    events.sort_by_key(|(user, count)| (std::cmp::Reverse(*count), user.clone()));
    for (user, count) in events {
        println!("{count:>8}  {}", if user.is_empty() { "(no user)" } else { &user });
    }
    Ok(())
}
