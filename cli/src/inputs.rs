//! Which files a path on the command line means. Nothing is opened here.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::parts::FilePart;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is called in the ledger, in `@source` and in messages.
    pub name: String,
    /// The file; `None` is stdin.
    pub path: Option<PathBuf>,
    /// How many bytes it has, as far as that is known beforehand.
    pub bytes: u64,
    /// The part of the file that it is; none for all of it.
    pub part: Option<FilePart>,
}

/// A path that leads to no file.
#[derive(Debug)]
pub struct Missing {
    /// The path.
    pub name: String,
    /// Why.
    pub fault: io::Error,
}

/// The files that these paths mean, in the order given; a folder means every regular file below it, in the order of
/// their paths. A link to a folder is followed where it is named, not where it is met: links can form rings.
pub fn expand(paths: &[PathBuf]) -> (Vec<Input>, Vec<Missing>) {
    let (mut inputs, mut missing) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input { name: "-".into(), path: None, bytes: 0, part: None });
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => folder(path, &mut inputs, &mut missing),
            // Also pipes and devices: whoever names one wants it read.
            Ok(meta) => inputs.push(file(path, meta.len())),
            Err(fault) => missing.push(Missing { name: path.display().to_string(), fault }),
        }
    }
    (inputs, missing)
}

fn file(path: &Path, bytes: u64) -> Input {
    // The same file has the same name everywhere: sources are compared and linked to.
    let name = path.display().to_string();
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name };
    Input { name, path: Some(path.to_owned()), bytes, part: None }
}

fn folder(path: &Path, inputs: &mut Vec<Input>, missing: &mut Vec<Missing>) {
    let mut miss = |path: &Path, fault| missing.push(Missing { name: path.display().to_string(), fault });
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(fault) => return miss(path, fault),
    };
    let mut found = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => found.push(entry.path()),
            Err(fault) => miss(path, fault),
        }
    }
    found.sort();
    for path in found {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() && !is_link => folder(&path, inputs, missing),
            Ok(meta) if meta.is_file() => inputs.push(file(&path, meta.len())),
            // Sockets, devices and rings of folders are nobody's logs.
            Ok(_) => {}
            Err(fault) => missing.push(Missing { name: path.display().to_string(), fault }),
        }
    }
}

/// Deals inputs to at most `hands` hands so that each has about as many bytes: the largest first, each to whoever has
/// least. The same inputs are always dealt the same way. Gives the numbers of the inputs, ascending within each hand.
pub fn deal(inputs: &[Input], hands: usize) -> Vec<Vec<usize>> {
    /// Opening a file costs about as much as reading this many bytes.
    const OPENING: u64 = 1 << 14;
    let mut dealt: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); hands.clamp(1, inputs.len().max(1))];
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(inputs[*i].bytes));
    for i in order {
        if let Some(least) = dealt.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            least.0 += inputs[i].bytes + OPENING;
            least.1.push(i);
        }
    }
    dealt
        .into_iter()
        .map(|(_, mut hand)| {
            hand.sort_unstable();
            hand
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_are_even_and_hold_everything_once() {
        let inputs: Vec<Input> = (0..100u64)
            .map(|i| Input { name: i.to_string(), path: None, bytes: (i * 7919) % 100_000, part: None })
            .collect();
        for hands in [1, 3, 8] {
            let dealt = deal(&inputs, hands);
            assert_eq!(dealt.len(), hands);
            let mut all = dealt.concat();
            all.sort_unstable();
            assert_eq!(all, (0..100).collect::<Vec<_>>());
            let bytes = |hand: &Vec<usize>| hand.iter().map(|i| inputs[*i].bytes).sum::<u64>();
            let (most, least) = (dealt.iter().map(bytes).max(), dealt.iter().map(bytes).min());
            assert!(most.zip(least).is_some_and(|(most, least)| most - least < 200_000));
        }
        assert_eq!(deal(&inputs[..2], 8).len(), 2, "no idle hands");
        assert_eq!(deal(&[], 8), [vec![0usize; 0]]);
    }
}
