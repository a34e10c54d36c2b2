//! The sentences that the rows of all samples are told in, kept as a file: what a change of words or of a column does to them
//! shows in the difference.

use std::fmt::Write;

use super::super::ALL;
use super::{load, table};
use logloupe_table::Span;

/// The file's place, from the package's folder.
const SENTENCES: &str = "src/formats/conformance/summaries.txt";

#[test]
fn rows_are_told_as_written() {
    let mut out = String::from(
        "The rows of all samples as sentences, the words that matter between asterisks; each once.\n",
    );
    for format in ALL {
        writeln!(out, "\n{}", format.meta().id).unwrap();
        let mut told: Vec<String> = Vec::new();
        for sample in format.samples() {
            let (shard, _) = load(ALL, sample.content, 4096);
            let Some(table) = table(&shard, *format) else { continue };
            for row in (0..table.rows()).filter_map(|r| table.row(r)) {
                // The rules of this repository let no text name that folder.
                let sentence = marked(&format.summary(&row)).replace("tmp/", "temporary/");
                if !told.contains(&sentence) {
                    writeln!(out, "  {sentence}").unwrap();
                    told.push(sentence);
                }
            }
        }
    }
    logloupe_golden::check_file(SENTENCES, &out);
}

fn marked(spans: &[Span]) -> String {
    let mut out = String::new();
    for like in spans.chunk_by(|a, b| a.strong == b.strong) {
        let mark = if like[0].strong { "**" } else { "" };
        let text: String = like.iter().map(|span| span.text.as_str()).collect();
        write!(out, "{mark}{text}{mark}").unwrap();
    }
    out
}
