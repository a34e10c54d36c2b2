//! Runs a query over every file of a folder: `cargo run --example query_folder -- 'stats count(*) by eventName' FOLDER`.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the core's bans are not its users': an example is one of them"
)]

use std::{error::Error, fs, path::Path};

use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::exec::{self, Answer, Reader};
use logloupe_syntax::diagnostic;

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(query), Some(folder)) = (std::env::args().nth(1), std::env::args().nth(2)) else {
        return Err("give a query and a folder".into());
    };

    // All files into one shard. Several threads would have one loader each and merge what they answer.
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
    load(Path::new(&folder), &mut loader)?;
    for entry in loader.ledger().iter().filter(|entry| entry.rejected > 0 || entry.format.is_none()) {
        eprintln!("{}: {}, {} rejected", entry.source, entry.reason, entry.rejected);
    }

    let shard = loader.shard();
    // Any path in a JSON record is a field; `Paths` knows which formats' records are JSON.
    let (plan, answer) = match exec::run(&query, shard, &Paths(ALL)) {
        Ok(answer) => answer,
        Err(found) => return Err(diagnostic::render(&query, &found).into()),
    };
    match answer {
        Answer::Table(table) => {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            println!("{}", names.join("\t"));
            for row in table.rows {
                let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
                println!("{}", cells.join("\t"));
            }
        }
        Answer::Rows(rows) => {
            let reader = Reader::new(&plan, shard);
            for id in rows {
                let Some(row) = shard.tables[id.table as usize].row(id.row as usize) else { continue };
                let chosen: Vec<String> = reader.values(id).iter().map(ToString::to_string).collect();
                match chosen.is_empty() {
                    true => println!("{}", String::from_utf8_lossy(&row.raw())),
                    false => println!("{}", chosen.join("\t")),
                }
            }
        }
    }
    Ok(())
}

fn load(folder: &Path, loader: &mut Loader) -> Result<(), Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            load(&path, loader)?;
        } else {
            loader.open(&path.display().to_string(), Options::default());
            loader.push(&fs::read(&path)?);
            loader.finish();
        }
    }
    Ok(())
}
