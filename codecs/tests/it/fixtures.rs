//! Files that other programs wrote, some of which are rarely at hand: the folder `fixtures` says which wrote what.

use std::{fs, path::Path};

use logloupe_core::ingest::{ErrorKind, Limits, State};

use crate::packed::{entry, failed, read};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).expect("it is there")
}

#[test]
fn every_file_gives_the_rows_of_its_content() {
    let (plain, _) = read(&fixture("flows.log"), usize::MAX, Limits::default());
    assert_eq!(plain.len(), 150);
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    let mut found = 0;
    for file in folder.expect("there are fixtures") {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        let Some(ending) = name.strip_prefix("flows.log.") else { continue };
        let container = match ending {
            "zst" => "zstd",
            "bz2" => "bzip2",
            "xz" => "xz",
            _ => "snappy",
        };
        let (rows, entry) = entry(&fixture(&name), &name);
        assert_eq!((&entry.state, entry.containers), (&State::Read, vec![container.to_owned()]), "{name}");
        assert!(rows == plain, "{name}");
        found += 1;
    }
    assert_eq!(found, 6);
}

#[test]
fn an_encrypted_member_is_refused_and_the_next_is_read() {
    let archive = fixture("locked.zip");
    for piece in [1, 100, usize::MAX] {
        let (rows, ledger) = read(&archive, piece, Limits::default());
        let names: Vec<&str> = ledger.iter().map(|entry| entry.source.as_str()).collect();
        assert_eq!(names, ["a.log/a.log", "a.log/b.log"]);
        assert_eq!(failed(&ledger[0]), (ErrorKind::Unsupported, "it is encrypted; unpack it first"));
        assert_eq!((rows.len(), &ledger[1].state), (150, &State::Read));
    }
}
