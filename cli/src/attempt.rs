//! `logloupe try`: how the first lines of a file parse, and what each format says of them.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use logloupe_core::ingest::{Asked, attempt, is_container};
use logloupe_table::{
    Unit, Value,
    custom::{Attempt, AttemptField, Verdict},
    ledger::Rejection,
};
use serde_json::{Value as Json, json};

use crate::{
    Failure, Outcome, Status,
    args::{Output, Try},
    definitions, load, output,
};

/// How many rows, rejections and formats are shown to people; `--json` has more.
const SHOWN: usize = 10;

/// Reads the beginning of the file, and tells.
///
/// # Errors
/// What is wrong with a description, when the file cannot be read, or when stdout cannot be written.
pub fn run(call: &Try, out: &mut dyn Write) -> Outcome {
    let (files, formats) = definitions::resolve(&call.files)?;
    let path = call.path.as_path();
    let text = beginning(path)
        .map_err(|fault| Failure::Refused(format!("logloupe: {}: {fault}", path.display())))?;
    // One description alone is what is tried; several stand beside the others.
    let quick = definitions::quick(files.template.as_deref());
    let only = match (call.files.format.as_deref(), files.format_files.as_slice()) {
        (None, [only]) if quick.is_none() => Some(definitions::read(only)?.0),
        _ => quick,
    };
    if only.is_some() && is_container(&text) {
        let message = format!("logloupe: {}: it is packed; give its text, or `-`", path.display());
        return Err(Failure::Refused(message));
    }
    let settings = load::said(&files);
    let format = files.format.as_deref().filter(|_| only.is_none());
    let asked = Asked { definition: only.as_ref(), format, settings };
    let tried = attempt(&text, formats.all, &asked).map_err(|problem| {
        definitions::refused(&problem, only.as_ref().unwrap_or(&Default::default()), "--template", "")
    })?;
    if call.json {
        serde_json::to_writer_pretty(&mut *out, &describe(&tried)).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        tell(&tried, out)?;
    }
    Ok(if tried.row_count > 0 { Status::Answered } else { Status::Unread })
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = logloupe_core::ingest::attempt::LONGEST as u64;
    match path.as_os_str() == "-" {
        true => io::stdin().lock().take(most).read_to_end(&mut text)?,
        false => File::open(path)?.take(most).read_to_end(&mut text)?,
    };
    // The last line of what was cut off is not whole.
    if text.len() as u64 == most
        && !is_container(&text)
        && let Some(end) = text.iter().rposition(|b| *b == b'\n')
    {
        text.truncate(end + 1);
    }
    Ok(text)
}

fn tell(tried: &Attempt, out: &mut dyn Write) -> Result<(), Failure> {
    let plain = |text: &str| output::plain(text, usize::MAX);
    match &tried.format {
        Some((id, title)) if title.is_empty() || id == title => {
            writeln!(out, "Read as {id}: {}", plain(&tried.reason))?
        }
        Some((id, title)) => writeln!(out, "Read as {} ({id}): {}", plain(title), plain(&tried.reason))?,
        None => writeln!(out, "Not read: {}", plain(&tried.reason))?,
    }
    let count = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut counts = vec![count(tried.row_count, "row"), format!("{} rejected", tried.rejected)];
    if tried.skipped > 0 {
        counts.push(format!("{} put aside", tried.skipped));
    }
    writeln!(out, "{}", counts.join(", "))?;
    if !tried.fields.is_empty() {
        writeln!(out, "\nFields:")?;
        let names = ["field", "kind", "role", "first value"].map(str::to_owned);
        let rows = tried.fields.iter().enumerate().map(|(i, field)| {
            let first = tried.rows.iter().filter_map(|row| row.values.get(i)).find(|value| !value.is_null());
            let kind = Value::text(&kind(field));
            let role = Value::text(&format!("{:?}", field.role).to_lowercase());
            vec![Value::text(&field.name), kind, role, first.cloned().unwrap_or_default()]
        });
        output::write(Output::Table, &names, rows, out)?;
        writeln!(out, "\nRows:")?;
        let names: Vec<String> = ["line".to_owned()]
            .into_iter()
            .chain(tried.fields.iter().map(|field| field.name.clone()))
            .collect();
        let rows =
            tried.rows.iter().take(SHOWN).map(|row| {
                [Value::Int(row.line as i64)].into_iter().chain(row.values.iter().cloned()).collect()
            });
        output::write(Output::Table, &names, rows, out)?;
        more(tried.row_count, out)?;
    }
    if tried.rejected > 0 {
        writeln!(out, "\nRejected:")?;
        for rejection in tried.rejections.iter().take(SHOWN) {
            writeln!(out, "{}", marked(rejection))?;
        }
        more(tried.rejected, out)?;
    }
    writeln!(out, "\nFormats considered:")?;
    for considered in tried.considered.iter().take(SHOWN) {
        let (verdict, id) = (considered.verdict.word(), &considered.id);
        let reason = if considered.verdict == Verdict::Chosen && considered.reason.is_empty() {
            &tried.reason
        } else {
            &considered.reason
        };
        writeln!(out, "  {verdict:<9} {id}: {}", plain(reason))?;
    }
    more(tried.considered.len() as u64, out)?;
    Ok(())
}

fn more(all: u64, out: &mut dyn Write) -> io::Result<()> {
    match all.saturating_sub(SHOWN as u64) {
        0 => Ok(()),
        left => writeln!(out, "  … and {left} more; --json has them"),
    }
}

fn kind(field: &AttemptField) -> String {
    match field.unit {
        Unit::None => field.kind.name().to_owned(),
        unit => format!("{}, {}", field.kind.name(), unit.symbol()),
    }
}

/// A rejection with its place marked, of the line of the record in which it is.
fn marked(rejection: &Rejection) -> String {
    const BEFORE: usize = 60;
    const BEHIND: usize = 40;
    let Rejection { line, column, expected, found, text, .. } = rejection;
    let at = (*column as usize).saturating_sub(1).min(text.len());
    let (before, behind) = text.split_at(at);
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |feed| feed + 1);
    let before = String::from_utf8_lossy(before.get(start..).unwrap_or_default());
    let behind = behind.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = before.chars().count();
    let cut = count.saturating_sub(BEFORE);
    let dots = if cut > 0 { "…" } else { "" };
    let before = output::plain(&before.chars().skip(cut).collect::<String>(), usize::MAX);
    let behind = output::plain(&String::from_utf8_lossy(behind), BEHIND);
    let found = output::plain(found, usize::MAX);
    let indent = " ".repeat(dots.chars().count() + before.chars().count());
    format!(
        "  line {line}, column {column}: expected {expected}, found {found}\n    {dots}{before}{behind}\n    {indent}^"
    )
}

fn describe(tried: &Attempt) -> Json {
    let rows: Vec<Json> = tried
        .rows
        .iter()
        .map(|row| {
            let fields = tried.fields.iter().zip(&row.values).filter(|(_, value)| !value.is_null());
            let values: serde_json::Map<String, Json> =
                fields.map(|(field, value)| (field.name.clone(), value.to_json())).collect();
            json!({ "line": row.line, "values": values })
        })
        .collect();
    json!({
        "format": tried.format.as_ref().map(|(id, _)| id),
        "title": tried.format.as_ref().map(|(_, title)| title),
        "reason": tried.reason,
        "rowCount": tried.row_count,
        "rejected": tried.rejected,
        "aside": tried.skipped,
        "fields": tried.fields.iter().map(|field| json!({
            "name": field.name,
            "kind": field.kind.name(),
            "unit": field.unit.symbol(),
            "role": format!("{:?}", field.role).to_lowercase(),
        })).collect::<Vec<_>>(),
        "rows": rows,
        "rejections": tried.rejections.iter().map(|r| json!({
            "line": r.line,
            "record": r.record,
            "column": r.column,
            "expected": r.expected,
            "found": r.found,
            "text": String::from_utf8_lossy(&r.text),
        })).collect::<Vec<_>>(),
        "considered": tried.considered.iter().map(|c| json!({
            "id": c.id,
            "title": c.title,
            "verdict": c.verdict.word(),
            "reason": c.reason,
        })).collect::<Vec<_>>(),
    })
}
