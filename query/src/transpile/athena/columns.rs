//! What a name of the query is in the log's table: one of its columns, a member of a struct, a path in a column of JSON.

use super::{
    Printer,
    expression::SqlResult,
    sql::{Sql, level, type_of},
    text,
};
use crate::transpile::Unsupported;
use logloupe_syntax::functions::SqlType;
use logloupe_table::{Kind, Value, external::JsonRoot, json_paths::IN_MESSAGE, schema::BUILT_IN};

impl Printer<'_> {
    /// The column that a name means.
    pub(super) fn column(&mut self, name: &str) -> SqlResult {
        match name {
            "@timestamp" => return Ok(Sql::atom(self.table.time, SqlType::Time)),
            "@format" => return Ok(Sql::constant(&Value::text(self.log.id))),
            "@source" => return Ok(Sql::atom("\"$path\"", SqlType::Text)),
            _ => {}
        }
        let log = self.log;
        let name = name.strip_prefix(IN_MESSAGE).unwrap_or(name);
        let Some(field) = log.field(name) else {
            if BUILT_IN.contains(&name) {
                return Err(built_in(name));
            }
            return self.below(name, Kind::Text).ok_or_else(|| self.absent(name));
        };
        let column = self.table.columns.iter().find(|c| c.name == field.name);
        if let Some(column) = column {
            let plain =
                column.sql.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'"'));
            let call =
                column.sql.ends_with(')') && !column.sql.starts_with("CASE") || column.sql.ends_with("END");
            let level = if plain || call { level::ATOM } else { level::OR };
            return Ok(Sql::new(column.sql, level, type_of(column.kind)));
        }
        let (path, kind) = (field.name.to_string(), field.kind);
        self.below(&path, kind).ok_or_else(|| self.absent(name))
    }

    /// What lies at a path below one of the columns that hold objects.
    fn below(&mut self, path: &str, kind: Kind) -> Option<Sql> {
        let rest_of = |root: &'static str| -> Option<String> {
            let start = path.get(..root.len()).filter(|start| start.eq_ignore_ascii_case(root))?;
            let rest = &path[start.len()..];
            if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('.').map(str::to_owned) }
        };
        for root in self.table.roots {
            match root {
                JsonRoot::Json { path: start, column } | JsonRoot::SmallJson { path: start, column } => {
                    let Some(rest) = rest_of(start) else { continue };
                    let small = matches!(root, JsonRoot::SmallJson { .. });
                    let rest = if small { rest.to_lowercase() } else { rest };
                    if rest.is_empty() {
                        return Some(Sql::atom(*column, SqlType::Text));
                    }
                    self.note("json_extract_scalar gives nothing where an object or a list stands; Logloupe gives its JSON");
                    let found =
                        format!("json_extract_scalar({column}, {})", text::text(&text::json_path(&rest)));
                    return Some(match kind {
                        Kind::Text | Kind::Ip => Sql::atom(found, SqlType::Text),
                        Kind::Int => Sql::atom(format!("TRY_CAST({found} AS bigint)"), SqlType::Int),
                        Kind::Float => Sql::atom(format!("TRY_CAST({found} AS double)"), SqlType::Float),
                        Kind::Bool => Sql::atom(format!("TRY_CAST({found} AS boolean)"), SqlType::Bool),
                        Kind::Time => Sql::atom(format!("from_iso8601_timestamp({found})"), SqlType::Time),
                    });
                }
                JsonRoot::Structs { path: root, column, members } => {
                    let Some(rest) = rest_of(root) else { continue };
                    let (index, member) = rest.split_once('.')?;
                    let index: usize = index.parse().ok()?;
                    let member = members.iter().find(|m| m.eq_ignore_ascii_case(member))?;
                    return Some(Sql::atom(
                        format!("element_at({column}, {}).{member}", index + 1),
                        SqlType::Text,
                    ));
                }
            }
        }
        None
    }

    fn absent(&self, name: &str) -> Unsupported {
        Unsupported::new(
            format!("`{name}`"),
            format!("the table `{}` that AWS documents for this log has no such column", self.table.name),
            "add the column to the statement that creates the table, or leave the field out",
        )
    }
}

fn built_in(name: &str) -> Unsupported {
    let (why, help) = match name {
        "@message" => (
            "Athena's table has the columns of a record and not its text",
            "name the field in which the text is to be found, such as `filter eventName like \"Get\"`",
        ),
        "@line" | "@record" => {
            ("Athena does not know where in its file a record stands", "use `@source` for the file")
        }
        "@duplicate" => {
            ("Athena does not compare records", "drop copies by the event's id, such as `dedup eventID`")
        }
        _ => (
            "it is a name of CloudWatch Logs, and Athena reads files",
            "leave it out, or use `@source` for the file",
        ),
    };
    Unsupported::new(format!("`{name}`"), why, help)
}
