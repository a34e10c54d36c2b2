//! What a name of the query is in the log's table: one of its columns, a member of a struct, a path in a column of JSON.

use super::{
    Printer,
    expression::TypedResult,
    json_path::json_path,
    typed::{Typed, type_of},
};
use crate::transpile::Unsupported;
use logloupe_syntax::{
    functions::SqlType,
    sql::write::{self, Expression, Level},
};
use logloupe_table::{
    Field, Kind, Value,
    external::{AthenaColumn, JsonRoot},
    json_paths::IN_MESSAGE,
    partition::{DateForm, Partition},
    schema::BUILT_IN,
};

impl Printer<'_> {
    /// The column that a name means.
    pub(super) fn column(&mut self, name: &str) -> TypedResult {
        if let Some(layout) = self.layout.clone() {
            return self.stored(name, &layout);
        }
        match name {
            "@timestamp" => return Ok(Typed::atom(self.table.time, SqlType::Time)),
            "@format" => return Ok(Typed::constant(&Value::text(self.log.id))),
            "@source" => return Ok(Typed::atom("\"$path\"", SqlType::Text)),
            _ => {}
        }
        let log = self.log.clone();
        if let Some((partition, name)) = Partition::of_input(name) {
            return self.partition(partition, name);
        }
        let name = name.strip_prefix(IN_MESSAGE).unwrap_or(name);
        let Some(field) = log.field(name) else {
            if BUILT_IN.contains(&name) {
                return Err(built_in(name));
            }
            let place = self.below(name).ok_or_else(|| self.absent(name))?;
            if place.json.is_some() {
                self.note(SCALARS);
            }
            return Ok(Typed::atom(place.sql, SqlType::Text));
        };
        self.field(field).ok_or_else(|| self.absent(name))
    }

    /// A partition column: the log's own field of that name, the table's column if it is partitioned so, or what the
    /// event's time or place says.
    pub(super) fn partition(&mut self, partition: Partition, name: &str) -> TypedResult {
        let log = self.log.clone();
        if let Some(field) = log.field(name) {
            return self.placed(&field.name);
        }
        let parts = |all: [&str; 4], form: DateForm| {
            let separator = form.separator.map_or(String::new(), String::from);
            all.into_iter().take(form.parts.into()).collect::<Vec<_>>().join(&separator)
        };
        let format = match partition {
            Partition::Year => "%Y".to_owned(),
            Partition::Month => "%m".to_owned(),
            Partition::Day => "%d".to_owned(),
            Partition::Hour => "%H".to_owned(),
            Partition::Date(form) => {
                if let Some((own, spelled)) = self.table.partition(name)
                    && spelled == parts(["yyyy", "MM", "dd", "HH"], form)
                {
                    return Ok(Typed::atom(own, SqlType::Text));
                }
                parts(["%Y", "%m", "%d", "%H"], form)
            }
            Partition::Region | Partition::Account | Partition::Service | Partition::Key => {
                let field = partition.field().and_then(|field| log.field(field));
                return match field {
                    Some(field) => self.placed(&field.name),
                    None => Err(self.absent(name)),
                };
            }
        };
        self.note(PARTITIONS);
        Ok(Typed::atom(format!("date_format({}, '{format}')", self.table.time), SqlType::Text))
    }

    /// The column of a field of that name.
    fn placed(&mut self, name: &str) -> TypedResult {
        let log = self.log.clone();
        match (self.layout.clone(), log.field(name)) {
            (Some(layout), Some(_)) => self.stored(name, &layout),
            (None, Some(field)) => self.field(field).ok_or_else(|| self.absent(name)),
            (_, None) => Err(self.absent(name)),
        }
    }

    /// The value of a column of the log: the expression that the column has itself, or else what stands in the table under
    /// its name and its further paths, as a value of its kind.
    fn field(&mut self, field: &Field) -> Option<Typed> {
        let ty = type_of(field.kind);
        if field.each.is_some() {
            self.note(FIRST);
        }
        if let Some(sql) = field.athena {
            let plain = sql.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'"'));
            let call = sql.ends_with(')') && !sql.starts_with("CASE") || sql.ends_with("END");
            let level = if plain || call { Level::Atom } else { Level::Or };
            return Some(Typed::new(sql, level, ty));
        }
        let mut found: Vec<AthenaColumn> = Vec::new();
        if !field.made {
            found.extend(self.table.column_of(field).or_else(|| self.at(&field.name)));
        }
        for path in field.also {
            // Paths that differ in letter case are one column there. Values of several types are no one column.
            if let Some(column) = self.at(path)
                && found.iter().all(|c| c.ty == column.ty && c.sql != column.sql)
            {
                found.push(column);
            }
        }
        let sql: Vec<&str> = found.iter().map(|c| c.sql.as_str()).collect();
        let sql = match sql.as_slice() {
            [] => return None,
            [one] => Expression::atom(*one),
            several => Expression::call("coalesce", several),
        };
        let sql = converted(sql, found[0].ty, field.kind, self.table.null_text)?;
        Some(Typed::of(sql, ty))
    }

    /// What the table has at a path: a column, a member of a struct, or what lies below a column that holds an object.
    fn at(&mut self, path: &str) -> Option<AthenaColumn> {
        if let Some(column) = self.table.column(path) {
            return Some(column);
        }
        let place = self.below(path)?;
        // The same parameter is text to one API and an object to another; other logs have one form for all records.
        if matches!(place.json, Some(JsonRoot::Json { .. })) {
            self.note(SCALARS);
        }
        Some(AthenaColumn { sql: place.sql, ty: "STRING" })
    }

    /// What lies at a path below one of the columns that hold objects, as text.
    fn below(&self, path: &str) -> Option<Below> {
        let rest_of = |root: &'static str| -> Option<&str> {
            let start = path.get(..root.len()).filter(|start| start.eq_ignore_ascii_case(root))?;
            let rest = &path[start.len()..];
            if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
        };
        for root in self.table.roots {
            match root {
                JsonRoot::Json { path: start, column } | JsonRoot::SmallJson { path: start, column } => {
                    let Some(rest) = rest_of(start) else { continue };
                    if rest.is_empty() {
                        return Some(Below { sql: (*column).to_owned(), json: None });
                    }
                    let small = matches!(root, JsonRoot::SmallJson { .. });
                    let path = json_path(&if small { rest.to_lowercase() } else { rest.to_owned() });
                    let sql = Expression::call("json_extract_scalar", [*column, &write::text(&path)]);
                    return Some(Below { sql: sql.text, json: Some(root) });
                }
                JsonRoot::Structs { path: root, column } => {
                    let Some(rest) = rest_of(root) else { continue };
                    let Some((Ok(index), member)) =
                        rest.split_once('.').map(|(index, member)| (index.parse::<usize>(), member))
                    else {
                        return self.pair(column, rest);
                    };
                    let member = self.table.member_of_items(column, member)?;
                    let sql = format!("element_at({column}, {}).{member}", index + 1);
                    return Some(Below { sql, json: None });
                }
            }
        }
        None
    }

    /// The value of the first pair of that name, letter case aside, in a column that holds names and values.
    fn pair(&self, column: &str, name: &str) -> Option<Below> {
        let [key, value] = ["name", "value"].map(|member| self.table.member_of_items(column, member));
        let (key, value) = (key?, value?);
        let name = write::text(&name.trim_matches('`').to_lowercase());
        let sql = format!("element_at(filter({column}, pair -> lower(pair.{key}) = {name}), 1).{value}");
        Some(Below { sql, json: None })
    }

    pub(super) fn absent(&self, name: &str) -> Unsupported {
        if self.layout.is_some() {
            let why = format!("`{}` has no such column before its files are read", self.log.id);
            return Unsupported::new(format!("`{name}`"), why, "leave the field out");
        }
        Unsupported::new(
            format!("`{name}`"),
            format!("the table `{}` that AWS documents for this log has no such column", self.table.name),
            "add the column to the statement that creates the table, or leave the field out",
        )
    }
}

const PARTITIONS: &str = "a partition column that the table does not have is computed from the event's time, which reads every file";

pub(super) const SCALARS: &str =
    "json_extract_scalar gives nothing where an object or a list stands; Logloupe gives its JSON";

pub(super) const FIRST: &str =
    "of a field with several values in a record Athena reads the first; Logloupe looks at all of them";

/// What lies below a column.
struct Below {
    sql: String,
    /// The column that it is read from, if that holds JSON.
    json: Option<&'static JsonRoot>,
}

/// What is of type `ty` in a table as a value of a kind; nothing if the type cannot hold such values.
fn converted(sql: Expression, ty: &str, kind: Kind, null_text: Option<&str>) -> Option<Expression> {
    let or_null = |sql: Expression| match null_text {
        Some(null) => Expression::call("nullif", [sql.text, write::text(null)]),
        None => sql,
    };
    Some(match (kind, ty) {
        (Kind::Text | Kind::Ip, "STRING") => or_null(sql),
        (Kind::Time, "STRING") => Expression::call("from_iso8601_timestamp", [or_null(sql)]),
        (Kind::Int, "INT" | "BIGINT") | (Kind::Float, "DOUBLE") | (Kind::Bool, "BOOLEAN") => sql,
        (Kind::Int, "STRING") => sql.try_cast("bigint"),
        (Kind::Float, "STRING") => sql.try_cast("double"),
        (Kind::Bool, "STRING") => sql.try_cast("boolean"),
        // FLOAT has 32 bits; by way of text it becomes the number that stands in the log.
        (Kind::Float, "FLOAT") => sql.cast("varchar").cast("double"),
        (Kind::Text, "DATE") => sql.cast("varchar"),
        _ => return None,
    })
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
