//! A table of values on stdout: aligned for people, or JSON, NDJSON, CSV for programs.

use std::io::{self, IsTerminal, Write};

use logloupe_table::{Value, shown};
use logloupe_view::export;
use serde::{Serializer, ser::SerializeMap};

use crate::args::Output;

/// On a terminal, cells are cut at this many characters.
const WIDEST: usize = 120;

/// Writes rows of values under these names.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    form: Output,
    columns: &[String],
    rows: impl Iterator<Item = Vec<Value>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    Writer::new(form).write(columns, rows, out)
}

/// Writes rows under the same names in several goes.
#[derive(Debug)]
pub struct Writer {
    form: Output,
    /// The names were written.
    begun: bool,
    /// How wide the columns were before.
    widths: Vec<usize>,
}

impl Writer {
    /// Nothing is written yet.
    pub fn new(form: Output) -> Writer {
        Writer { form, begun: false, widths: Vec::new() }
    }
    /// Writes these rows, behind their names the first time. An array is one by itself each time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &mut self,
        columns: &[String],
        mut rows: impl Iterator<Item = Vec<Value>>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let begun = std::mem::replace(&mut self.begun, true);
        match self.form {
            Output::Table => {
                let widest = if io::stdout().is_terminal() { WIDEST } else { usize::MAX };
                self.table(columns, &rows.collect::<Vec<_>>(), (widest, begun), out)
            }
            Output::Csv => csv(columns, rows, begun, out),
            Output::Ndjson => rows.try_for_each(|row| {
                object(columns, &row, out)?;
                writeln!(out)
            }),
            Output::Json => {
                let mut between = "[\n";
                for row in rows {
                    write!(out, "{between}")?;
                    object(columns, &row, out)?;
                    between = ",\n";
                }
                writeln!(out, "{}", if between == "[\n" { "[]" } else { "\n]" })
            }
        }
    }
    /// Aligned columns: numbers to the right, everything else to the left.
    fn table(
        &mut self,
        columns: &[String],
        rows: &[Vec<Value>],
        (widest, begun): (usize, bool),
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let cells: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|value| cell(value, widest)).collect()).collect();
        let heads: Vec<String> = columns.iter().map(|name| plain(name, widest)).collect();
        let count = |text: &String| text.chars().count();
        self.widths.resize(heads.len(), 0);
        for (i, width) in self.widths.iter_mut().enumerate() {
            let of_cells = cells.iter().filter_map(|row| row.get(i)).map(count).max().unwrap_or(0);
            *width = of_cells.max(count(&heads[i])).max(*width);
        }
        let widths = &self.widths;
        let numbers: Vec<bool> = (0..heads.len())
            .map(|i| {
                let mut values = rows.iter().filter_map(|row| row.get(i)).filter(|v| !v.is_null()).peekable();
                values.peek().is_some() && values.all(|v| matches!(v, Value::Int(_) | Value::Float(_)))
            })
            .collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        for row in [&heads, &rule].into_iter().filter(|_| !begun).chain(&cells) {
            let mut line = String::new();
            for (i, text) in row.iter().enumerate() {
                let gap = " ".repeat(widths[i].saturating_sub(count(text)));
                let (before, after) = if numbers[i] { (gap.as_str(), "") } else { ("", gap.as_str()) };
                line.extend([if i > 0 { "  " } else { "" }, before, text, after]);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// One object with every column, in order; a missing value is `null`.
fn object(columns: &[String], row: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::new(out);
    let mut map = serializer.serialize_map(Some(columns.len()))?;
    for (name, value) in columns.iter().zip(row) {
        map.serialize_entry(name, &value.to_json())?;
    }
    map.end().map_err(io::Error::from)
}

fn csv(
    columns: &[String],
    rows: impl Iterator<Item = Vec<Value>>,
    begun: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    if !begun {
        csv_header(columns, &mut line);
    }
    out.write_all(&line)?;
    for row in rows {
        line.clear();
        export::csv(row, &mut line);
        out.write_all(&line)?;
    }
    Ok(())
}

/// Appends the line of names. They are ours or the query's own words, so `@timestamp` need not be defused.
pub fn csv_header(columns: &[String], line: &mut Vec<u8>) {
    for (i, name) in columns.iter().enumerate() {
        if i > 0 {
            line.push(b',');
        }
        if name.contains([',', '"', '\n', '\r']) {
            line.extend(format!("\"{}\"", name.replace('"', "\"\"")).as_bytes());
        } else {
            line.extend(name.as_bytes());
        }
    }
    line.extend(b"\r\n");
}

fn cell(value: &Value, widest: usize) -> String {
    plain(&value.to_string(), widest)
}

/// Text without anything that a terminal would act on: log content is what attackers typed.
pub fn plain(text: &str, widest: usize) -> String {
    let mut short: String = shown::line(text).chars().take(widest).collect();
    if text.chars().nth(widest).is_some() {
        short.pop();
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Output, columns: &[&str], rows: &[Vec<Value>]) -> String {
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let mut out = Vec::new();
        write(form, &columns, rows.iter().cloned(), &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn every_form_keeps_the_values() {
        let rows = [
            vec![Value::text("a,b"), Value::Int(7), Value::Null],
            vec![Value::text("=1"), Value::Float(1.5), Value::Bool(true)],
        ];
        let columns = ["name", "n", "@x"];
        assert_eq!(
            written(Output::Json, &columns, &rows),
            "[\n{\"name\":\"a,b\",\"n\":7,\"@x\":null},\n{\"name\":\"=1\",\"n\":1.5,\"@x\":true}\n]\n"
        );
        assert_eq!(written(Output::Json, &columns, &[]), "[]\n");
        assert_eq!(written(Output::Ndjson, &columns, &rows[..1]), "{\"name\":\"a,b\",\"n\":7,\"@x\":null}\n");
        assert_eq!(written(Output::Csv, &columns, &rows), "name,n,@x\r\n\"a,b\",7,\r\n\"'=1\",1.5,true\r\n");
        assert_eq!(
            written(Output::Table, &columns, &rows),
            "name    n  @x\n────  ───  ────\na,b     7\n=1    1.5  true\n"
        );
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_act_on() {
        assert_eq!(plain("\u{1b}[31mred\r\n\u{202e}", 100), "␣[31mred␣␣␣");
        assert_eq!(plain("abcdef", 4), "abc…");
        assert_eq!(plain("abcd", 4), "abcd");
    }
}
