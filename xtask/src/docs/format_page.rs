//! The page of a format, and the table of all of them, in Markdown: from what `logloupe formats --json` says.

use std::fmt::Write;

use serde_json::Value;

/// How much of a sample a page shows: lines, and characters of each.
const SHOWN: (usize, usize) = (8, 400);

/// One table per family: title with its page, id, number of columns, what it records.
pub(super) fn table(formats: &[Value]) -> String {
    let mut families: Vec<&str> = Vec::new();
    for format in formats {
        let family = text(format, "family");
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let mut out = String::new();
    for family in families {
        let _ =
            write!(out, "\n**{family}**\n\n| log | id | columns | what it records |\n|---|---|---|---|\n");
        for format in formats.iter().filter(|format| text(format, "family") == family) {
            let (title, id, summary) = (text(format, "title"), text(format, "id"), text(format, "summary"));
            let fields = list(format, "columns").len();
            let _ = writeln!(out, "| [{title}](docs/formats/{id}.md) | `{id}` | {fields} | {summary} |");
        }
    }
    out.push('\n');
    out
}

/// Everything that is to be known of a format.
pub(super) fn page(format: &Value) -> String {
    let mut out = String::new();
    let of = |key: &str| text(format, key);
    let _ = write!(
        out,
        "<!-- written by `cargo xtask docs`, do not edit -->\n# {}\n\n{}\n\n\
         - Id: `{}`, family: {}\n- Where AWS puts it: `{}`\n- Read: {}.\n- Not read: {}.\n- Source: <{}>, read {}\n",
        of("title"),
        of("summary"),
        of("id"),
        of("family").to_lowercase(),
        of("keyShape"),
        of("versions"),
        of("notRead"),
        of("page"),
        of("readOn"),
    );
    let names = |key: &str| -> String {
        list(format, key)
            .iter()
            .filter_map(Value::as_str)
            .map(|n| format!("`{n}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !list(format, "sources").is_empty() {
        let _ = writeln!(out, "- Queries also find it as: {}", names("sources"));
    }
    if !list(format, "identity").is_empty() {
        let _ = writeln!(out, "- A record that comes twice is told by: {}", names("identity"));
    }
    out.push_str("\n## Fields\n\n| field | type | other names | what it is |\n|---|---|---|---|\n");
    for column in list(format, "columns") {
        let other: Vec<String> =
            list(column, "aliases").iter().filter_map(Value::as_str).map(|n| format!("`{n}`")).collect();
        let unit = text(column, "unit");
        let kind = match unit {
            "" => text(column, "kind").to_owned(),
            unit => format!("{}, {unit}", text(column, "kind")),
        };
        let (name, doc) = (text(column, "name"), cell(text(column, "doc")));
        let _ = writeln!(out, "| `{name}` | {kind} | {} | {doc} |", other.join(", "));
    }
    out.push_str("\n## Questions\n");
    for preset in list(format, "presets") {
        let _ = write!(out, "\n{}\n\n```\n{}\n```\n", text(preset, "title"), text(preset, "query"));
    }
    out.push_str("\n## In Athena\n\n");
    match format["athena"]["ddl"].as_str() {
        Some(ddl) => {
            let _ = write!(out, "```sql\n{}\n```\n", ddl.trim_end());
        }
        None => {
            let _ = writeln!(out, "{}.", text(&format["athena"], "none"));
        }
    }
    if let Some(sample) = list(format, "samples").first() {
        let content = text(sample, "content");
        let _ = write!(out, "\n## Sample\n\n`{}`\n\n```\n", text(sample, "name"));
        for line in content.lines().take(SHOWN.0) {
            let short: String =
                line.chars().filter(|c| !c.is_control() || *c == '\t').take(SHOWN.1).collect();
            let _ = writeln!(out, "{short}{}", if line.chars().count() > SHOWN.1 { " …" } else { "" });
        }
        if content.lines().count() > SHOWN.0 {
            out.push_str("…\n");
        }
        out.push_str("```\n");
    }
    out
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn families_have_tables_in_the_order_of_formats() {
        let format = |id: &str, family: &str| json!({"id": id, "title": id, "family": family, "columns": [1, 2], "summary": "S."});
        let table = table(&[format("a", "X"), format("b", "Y"), format("c", "X")]);
        let lines: Vec<&str> = table.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[0], "**X**");
        assert_eq!(lines[3], "| [a](docs/formats/a.md) | `a` | 2 | S. |");
        assert_eq!(lines[4], "| [c](docs/formats/c.md) | `c` | 2 | S. |");
        assert_eq!(lines[5], "**Y**");
    }

    #[test]
    fn a_page_keeps_what_log_content_could_break() {
        let format = json!({
            "id": "x", "columns": [{"name": "a", "kind": "text", "unit": "", "doc": "a|b <i>"}],
            "athena": {"none": "No table"}, "samples": [{"name": "s", "content": "1\u{1b}[31m\n2"}],
        });
        let page = page(&format);
        assert!(page.contains("| `a` | text |  | a\\|b &lt;i> |"), "{page}");
        assert!(page.contains("No table.\n") && page.contains("1[31m\n2\n"), "{page}");
    }
}
