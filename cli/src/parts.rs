//! Large plain files in parts, so that all threads read one: which are cut, where, and how what was read of the parts is one file
//! again. What a part is and which lines are its own is [`Part`]'s.

use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    path::Path,
    sync::Arc,
};

use crate::{args::Files, inputs::Input};
use logloupe_core::{
    formats::Format,
    ingest::{Entry, Part, is_splittable},
};

/// A part has at least about so many bytes; a file of fewer than two of them is read by one thread.
pub const LEAST: u64 = 16 << 20;
/// What formats are asked about, for all parts alike.
const HEAD: u64 = 64 << 10;

/// The part of a file that an input is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePart {
    head: Arc<[u8]>,
    /// Its bytes in the file.
    pub range: Range<u64>,
}

impl FilePart {
    /// Whether the file begins with it.
    pub fn is_first(&self) -> bool {
        self.range.start == 0
    }
    /// As a loader is told of it.
    pub fn part(&self) -> Part {
        Part { head: self.head.to_vec(), first: self.is_first(), length: self.range.end - self.range.start }
    }
}

/// The inputs, large plain files as several for so many threads, of at least about so many bytes; the parts of one stand
/// together.
pub fn split(
    inputs: Vec<Input>,
    files: &Files,
    formats: &[&'static dyn Format],
    threads: usize,
    least: u64,
) -> Vec<Input> {
    // How a file is cut is told by its head as formats understand it, and not as the user does.
    let told =
        files.format.is_some() || files.settings.delimiter.is_some() || !files.settings.fields.is_empty();
    if threads < 2 || told {
        return inputs;
    }
    let parts = |input: &Input| (input.bytes / least).min(2 * threads as u64).max(1);
    let mut all = Vec::with_capacity(inputs.len());
    for input in inputs {
        let head = match &input.path {
            Some(path) if input.bytes >= 2 * least => head(path).ok(),
            _ => None,
        };
        match head.filter(|head| is_splittable(formats, head)) {
            Some(head) => {
                let (head, count): (Arc<[u8]>, u64) = (head.into(), parts(&input));
                let at = |part: u64| input.bytes / count * part;
                all.extend((0..count).map(|part| {
                    let end = if part + 1 == count { input.bytes } else { at(part + 1) };
                    let range = at(part)..end;
                    let bytes = range.end - range.start;
                    Input { bytes, part: Some(FilePart { head: head.clone(), range }), ..input.clone() }
                }));
            }
            None => all.push(input),
        }
    }
    all
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Where in its file each input begins: how many lines and records come before it. `read` are the entries of inputs, in their
/// order.
pub fn places<'e>(inputs: &[Input], read: impl Iterator<Item = (usize, &'e Entry)>) -> Vec<(u64, u64)> {
    let (mut lines, mut records) = (0, 0);
    let place = |(input, entry): (usize, &Entry)| {
        if !is_later(inputs, input) {
            (lines, records) = (0, 0);
        }
        let place = (lines, records);
        (lines, records) = (lines + entry.lines, records + entry.records);
        place
    };
    read.map(place).collect()
}

/// The ledger of these entries of inputs, in their order: one for the parts of a file.
pub fn join(inputs: &[Input], read: impl Iterator<Item = (usize, Entry)>) -> Vec<Entry> {
    let mut ledger: Vec<Entry> = Vec::new();
    for (input, entry) in read {
        match ledger.last_mut().filter(|_| is_later(inputs, input)) {
            Some(whole) => whole.add_part(&entry),
            None => ledger.push(entry),
        }
    }
    ledger
}

fn is_later(inputs: &[Input], input: usize) -> bool {
    inputs.get(input).and_then(|input| input.part.as_ref()).is_some_and(|part| !part.is_first())
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, fs, num::NonZeroUsize, path::PathBuf};

    use logloupe_core::ingest::each_row;

    use super::*;
    use crate::{
        definitions::Formats,
        load::{Loaded, load_split},
    };

    /// Every row with its place and text, in order, whoever read it.
    fn rows(loaded: &Loaded) -> Vec<(u64, u64, Vec<u8>)> {
        let mut all = Vec::new();
        for shard in &loaded.shards {
            each_row(shard, |shard, row, record| {
                let (line, number) = logloupe_table::builtin::position(shard, row);
                all.push((line, number, record.to_vec()));
            });
        }
        all.sort();
        all
    }

    #[test]
    fn a_file_is_the_same_in_any_number_of_parts() {
        let folder = std::env::temp_dir().join(format!("logloupe-parts-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let mut flows = String::from(
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
        );
        let mut lines = String::new();
        for n in 0..3_000u64 {
            let _ = match n % 97 {
                0 => writeln!(flows, "damaged {n}"),
                1 => writeln!(flows),
                _ => writeln!(
                    flows,
                    "2 123456789012 eni-0a1 192.0.2.{} 10.0.0.5 4{n:04} 443 6 {n} 840 1772496000 {} ACCEPT OK",
                    n % 250,
                    1_772_496_060 + n
                ),
            };
            let _ = writeln!(lines, "{{\"time\":\"2026-05-02T10:00:00Z\",\"level\":\"info\",\"n\":{n}}}");
        }
        // The last part has nothing but blank lines.
        flows.push_str(&"\n".repeat(40_000));
        for (name, text) in [("flows.log", flows), ("lines.json", lines)] {
            let path: PathBuf = folder.join(name);
            fs::write(&path, &text).expect("written");
            let read = |threads: usize| {
                let files = Files {
                    paths: vec![path.clone()],
                    threads: NonZeroUsize::new(threads),
                    ..Files::default()
                };
                load_split(&files, Formats::default(), 10_000)
            };
            let one = read(1);
            assert!(one.ledger[0].rows > 2_900, "{:?}", one.ledger);
            for threads in [2, 3, 8] {
                let several = read(threads);
                assert_eq!(several.shards.len(), threads, "all of them read");
                assert_eq!(several.ledger, one.ledger, "{name}, {threads} threads");
                assert!(rows(&several) == rows(&one), "{name}, {threads} threads");
            }
        }
        let _ = fs::remove_dir_all(&folder);
    }
}
