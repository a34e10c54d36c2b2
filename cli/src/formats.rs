//! `logloupe formats`: the registry, for people and for programs. The README's table of formats is made from it.

use std::io::Write;

use logloupe_core::formats::{ALL, Format, Framing};
use logloupe_table::{Field, Value};
use serde_json::{Value as Json, json};

use crate::{Outcome, Status, args::Output, output};

/// Lists all formats.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(as_json: bool, out: &mut dyn Write) -> Outcome {
    if as_json {
        let all: Vec<Json> = ALL.iter().map(|format| describe(*format)).collect();
        serde_json::to_writer_pretty(&mut *out, &all).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        let columns = ["id", "title", "columns", "summary"].map(str::to_owned);
        let rows = ALL.iter().map(|format| {
            let meta = format.meta();
            let count = Value::Int(format.fields().len() as i64);
            vec![Value::text(meta.id), Value::text(meta.title), count, Value::text(meta.summary)]
        });
        output::write(Output::Table, &columns, rows, out)?;
    }
    Ok(Status::Answered)
}

fn describe(format: &dyn Format) -> Json {
    let meta = format.meta();
    let samples: Vec<Json> = format
        .samples()
        .iter()
        .map(|s| {
            json!({
                "name": s.name,
                "bytes": s.content.len(),
                "rows": s.rows,
                "rejected": s.rejected,
                "content": String::from_utf8_lossy(s.content),
            })
        })
        .collect();
    let presets: Vec<Json> =
        format.presets().iter().map(|p| json!({ "title": p.title, "query": p.query })).collect();
    json!({
        "id": meta.id,
        "title": meta.title,
        "summary": meta.summary,
        "family": meta.family.name(),
        "framing": match meta.framing { Framing::Lines => "lines", Framing::Json => "json" },
        "page": meta.page,
        "readOn": meta.read_on,
        "keyShape": meta.key_shape,
        "versions": meta.versions,
        "notRead": meta.not_read,
        "identity": format.identity(),
        "sources": format.sources(),
        "athena": match format.external().map(|external| external.athena) {
            Some(Ok(table)) => json!({ "table": table.name, "ddl": table.ddl }),
            Some(Err(why)) => json!({ "none": why }),
            None => json!({ "none": "Nothing is known of a table for it" }),
        },
        "columns": format.fields().iter().map(column).collect::<Vec<_>>(),
        "presets": presets,
        "samples": samples,
    })
}

fn column(field: &Field) -> Json {
    json!({
        "name": field.name,
        "kind": field.kind.name(),
        "unit": field.unit.symbol(),
        "role": format!("{:?}", field.role).to_lowercase(),
        "aliases": field.aliases,
        "doc": field.doc,
    })
}
