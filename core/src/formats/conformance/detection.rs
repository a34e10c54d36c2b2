//! Which log each sample is taken for, its name hidden, kept as a file: what a new format takes from another shows in the
//! difference.

use std::fmt::Write;

use super::super::ALL;
use super::{claimed_alone, load, samples};

/// The file's place, from the package's folder.
const MATRIX: &str = "src/formats/conformance/detection.txt";

#[test]
fn the_matrix_of_samples_and_logs_is_as_written() {
    let mut out = String::from(
        "Samples by the log that they are of, their names hidden: how many there are, how many all logs asked together take\n\
         for it (right), and which logs claim some when they are asked alone.\n\n",
    );
    let (mut all, mut right) = (0, 0);
    for format in ALL {
        let own: Vec<_> = (samples().zip(claimed_alone()))
            .filter(|((owner, _), _)| owner.meta().id == format.meta().id)
            .collect();
        let taken = own.iter().filter(|((owner, sample), _)| {
            load(ALL, sample.content, 4096).1.format.as_deref() == Some(owner.meta().id)
        });
        let taken = taken.count();
        let mut claims = String::new();
        for other in ALL {
            match own.iter().filter(|(_, claimed)| claimed.contains(&other.meta().id)).count() {
                0 => {}
                count => write!(claims, " {} {count}", other.meta().id).unwrap(),
            }
        }
        (all, right) = (all + own.len(), right + taken);
        writeln!(out, "{}: {} samples, {taken} right; claimed by{claims}", format.meta().id, own.len())
            .unwrap();
    }
    writeln!(out, "\nall: {all} samples, {right} right").unwrap();
    logloupe_golden::check_file(MATRIX, &out);
    assert_eq!(all, right);
}

/// Whether detection asks for a name: the same content under the name of another log is still what it is.
#[test]
fn a_wrong_name_changes_nothing() {
    let names: Vec<&str> = ALL.iter().filter_map(|f| f.samples().first()).map(|s| s.name).collect();
    for (i, (owner, sample)) in samples().enumerate() {
        let name = names[(i * 7 + 3) % names.len()];
        let mut loader = super::Loader::new(ALL.to_vec(), super::Limits::default(), 1);
        // A name without its ending, as that says how a file is packed and not what it is.
        loader.open(name.trim_end_matches(".gz"), super::Options::default());
        loader.push(sample.content);
        let (_, ledger) = loader.into_parts();
        assert_eq!(ledger[0].format.as_deref(), Some(owner.meta().id), "{} as {name}", sample.name);
    }
}
