//! `logloupe ledger`: what became of every file and every record.

use std::io::Write;

use logloupe_core::ingest::{
    Entry, Rejection, State,
    ledger::{self, Verdict},
};
use logloupe_table::{Value, time::format_iso};
use serde_json::{Value as Json, json};

use crate::{
    Outcome, Status,
    args::{Ledger, Output},
    definitions, load, output, report,
};

/// Reads all files and tells.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(call: &Ledger, out: &mut dyn Write) -> Outcome {
    let (files, formats) = definitions::resolve(&call.files)?;
    let ledger = load::load(&files, formats).ledger;
    if call.json {
        let all: Vec<Json> = ledger.iter().map(describe).collect();
        serde_json::to_writer_pretty(&mut *out, &all).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        // Only where digest files of CloudTrail say something of some file.
        let integrity = ledger::integrity(&ledger);
        let names = ["format", "rows", "rejected", "aside", "integrity", "file", "how it ended"];
        let columns: Vec<String> = (names.iter().filter(|name| integrity.is_some() || **name != "integrity"))
            .map(|&name| name.to_owned())
            .collect();
        let lines = ledger.iter().map(|entry| line(entry, integrity.is_some()));
        output::write(Output::Table, &columns, lines, out)?;
        for entry in &ledger {
            let Some(integrity) = entry.integrity.as_ref().filter(|i| i.verdict != Verdict::Verified) else {
                continue;
            };
            let said = format!("{}: {}: {}", entry.source, integrity.verdict.name(), integrity.text);
            writeln!(out, "{}", output::plain(&said, usize::MAX))?;
            for key in integrity.missing.iter().take(SHOWN) {
                writeln!(out, "  missing: {}", output::plain(key, usize::MAX))?;
            }
            if integrity.missing_files > SHOWN as u64 {
                writeln!(out, "  missing: {} more", integrity.missing_files - SHOWN as u64)?;
            }
        }
        if let Some(found) = integrity {
            writeln!(out, "CloudTrail's digest files: {found}")?;
        }
        for entry in ledger.iter().filter(|entry| !entry.others.is_empty()) {
            let said = format!("{}: {}", entry.source, entry.others_told());
            writeln!(out, "{}", output::plain(&said, usize::MAX))?;
        }
        for (entry, note) in ledger.iter().flat_map(|entry| entry.notes.iter().map(move |note| (entry, note)))
        {
            writeln!(out, "{}", output::plain(&format!("{}: {note}", entry.source), usize::MAX))?;
        }
        for entry in &ledger {
            for rejection in entry.rejections.iter().take(SHOWN) {
                let Rejection { line, column, expected, found, .. } = rejection;
                let place = format!("{}:{line}:{column}", entry.source);
                let said = format!("{place}: expected {expected}, found {found}");
                writeln!(out, "{}", output::plain(&said, usize::MAX))?;
            }
            if entry.rejected > SHOWN as u64 {
                let more = entry.rejected - SHOWN as u64;
                writeln!(out, "{}: {more} more rejected", output::plain(&entry.source, usize::MAX))?;
            }
        }
    }
    let status = report::remarks(&ledger);
    // Whoever asks for the ledger asks whether the files are sound; a query's answer does not depend on it.
    let altered =
        ledger.iter().filter_map(|entry| entry.integrity.as_ref()).any(|i| i.verdict == Verdict::Altered);
    Ok(if altered && status == Status::Answered { Status::Unread } else { status })
}

/// How many rejections of a file are shown to people; `--json` has all that were kept.
const SHOWN: usize = 3;

fn line(entry: &Entry, integrity: bool) -> Vec<Value> {
    let count = |n: u64| Value::Int(n as i64);
    let verdict = entry.integrity.as_ref().map_or(Value::Null, |i| Value::text(i.verdict.name()));
    let before = [
        entry.format.as_deref().map_or(Value::Null, Value::text),
        count(entry.rows),
        count(entry.rejected),
        count(entry.skipped),
    ];
    let behind = [Value::text(&entry.source), Value::text(&ending(entry))];
    before.into_iter().chain(integrity.then_some(verdict)).chain(behind).collect()
}

/// One sentence on how reading ended, with the reason for the format where it went well.
fn ending(entry: &Entry) -> String {
    match &entry.state {
        State::Reading => "not read to its end".into(),
        State::Read => format!("read: {}", entry.reason),
        State::Table { .. } => entry.reason.clone(),
        State::Skipped(reason) => format!("set aside: {reason}"),
        State::Failed(error) => format!("failed: {}", error.message),
        State::Cancelled => "cancelled".into(),
    }
}

fn describe(entry: &Entry) -> Json {
    let (state, error) = match &entry.state {
        State::Reading => ("reading", Json::Null),
        State::Read => ("read", Json::Null),
        State::Table { .. } => ("lookup table", Json::Null),
        State::Skipped(_) => ("set aside", Json::Null),
        State::Failed(error) => {
            let kind = format!("{:?}", error.kind).to_lowercase();
            ("failed", json!({ "kind": kind, "at": error.at, "message": error.message }))
        }
        State::Cancelled => ("cancelled", Json::Null),
    };
    let reason = match &entry.state {
        State::Skipped(reason) => reason,
        _ => &entry.reason,
    };
    let rejections: Vec<Json> = entry
        .rejections
        .iter()
        .map(|r| {
            json!({
                "line": r.line,
                "record": r.record,
                "column": r.column,
                "expected": r.expected,
                "found": r.found,
                "text": String::from_utf8_lossy(&r.text),
            })
        })
        .collect();
    json!({
        "source": entry.source,
        "format": entry.format,
        "reason": reason,
        "containers": entry.containers,
        "envelope": entry.envelope,
        "bytesStored": entry.bytes_stored,
        "bytes": entry.bytes,
        "lines": entry.lines,
        "records": entry.records,
        "rows": entry.rows,
        "rejected": entry.rejected,
        "aside": entry.skipped,
        "duplicates": entry.duplicates,
        "firstTime": entry.first_time.map(format_iso),
        "lastTime": entry.last_time.map(format_iso),
        "state": state,
        "error": error,
        "sha256": entry.sha256.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        "integrity": entry.integrity.as_ref().map(|i| json!({
            "verdict": i.verdict.name(),
            "text": i.text,
            "signed": i.signed,
            "missingFiles": i.missing_files,
            "missing": i.missing,
        })),
        "notes": entry.notes,
        "others": entry.others.iter().map(|other| json!({
            "format": other.format,
            "rows": other.rows,
            "firstLine": other.first_line,
            "lastLine": other.last_line,
        })).collect::<Vec<_>>(),
        "rejections": rejections,
    })
}
