//! The log's columns where its rows lie in Parquet as `convert` writes it: names, types and partition keys are those of
//! [`Layout`], so that the statement and the files cannot differ. What AWS calls the log is not asked here.

use super::{
    Printer,
    columns::SCALARS,
    expression::TypedResult,
    json_path::json_path,
    typed::{Typed, type_of},
};
use logloupe_syntax::{
    functions::SqlType,
    sql::write::{self, Dialect, Expression},
};
use logloupe_table::{
    Kind, Schema, Value,
    columnar::{Content, Key, Layout, Node, Origin, Type},
    external::{AthenaTable, Log},
    json_paths::IN_MESSAGE,
    partition::{DateForm, Partition},
};

/// The table of a log.
pub(super) fn table(log: &Log) -> AthenaTable {
    AthenaTable { name: log.id, time: "with_timezone(log_timestamp, 'UTC')", ..super::NO_TABLE }
}

/// The layout of a log's files.
pub(super) fn layout(log: &Log, keys: &[Key]) -> Layout {
    Layout::new(keys, &Schema::new(log.fields.iter().cloned()))
}

/// The statement that creates the table.
pub(super) fn ddl(log: &Log, keys: &[Key]) -> String {
    let layout = layout(log, keys);
    let column = |node: &Node| Some(format!("  `{}` {}", node.name, ty(&node.content)?));
    let columns: Vec<String> = layout.nodes().iter().filter_map(column).collect();
    let keys: Vec<String> = keys.iter().map(|key| format!("`{}` STRING", key.name)).collect();
    let (id, mut partitioned, mut repair) = (log.id, String::new(), String::new());
    if !keys.is_empty() {
        partitioned = format!("PARTITIONED BY ({})\n", keys.join(", "));
        // Folders are named as Hive has them: it finds them, and those without a value, by itself.
        repair = format!("\n\nMSCK REPAIR TABLE {id};");
    }
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS {id} (\n{}\n)\n{partitioned}STORED AS PARQUET\n\
         LOCATION 's3://amzn-s3-demo-bucket/lake/{id}/'\nTBLPROPERTIES ('parquet.compression' = 'SNAPPY');{repair}",
        columns.join(",\n")
    )
}

fn ty(content: &Content) -> Option<String> {
    Some(match content {
        Content::Leaf(leaf) if leaf.list => format!("ARRAY<{}>", leaf.ty.athena()),
        Content::Leaf(leaf) => leaf.ty.athena().to_owned(),
        Content::Struct(members) => {
            let member = |node: &Node| Some(format!("`{}`: {}", node.name, ty(&node.content)?));
            format!("STRUCT<{}>", members.iter().filter_map(member).collect::<Vec<_>>().join(", "))
        }
        Content::Key => return None,
    })
}

const KEYS: &str = "of a log without partition keys, put its file into the folder that LOCATION names";

impl Printer<'_> {
    /// What is to be known of the table.
    pub(super) fn note_of_lake(&mut self) {
        if self.keys.is_some_and(<[Key]>::is_empty) {
            self.note(KEYS);
        }
    }
    /// The column that a name means.
    pub(super) fn stored(&mut self, name: &str, layout: &Layout) -> TypedResult {
        if let Some((partition, name)) = Partition::of_input(name) {
            return self.stored_partition(partition, name, layout);
        }
        let origin = match name {
            "@timestamp" => return Ok(Typed::atom(self.table.time, SqlType::Time)),
            "@format" => return Ok(Typed::constant(&Value::text(self.log.id))),
            "@source" => Some((Origin::Source, Kind::Text)),
            "@line" => Some((Origin::Line, Kind::Int)),
            "@message" => Some((Origin::Message, Kind::Text)),
            _ => None,
        };
        let name = name.strip_prefix(IN_MESSAGE).unwrap_or(name);
        let log = self.log.clone();
        let (origin, kind, list) = match (origin, log.field(name)) {
            (Some((origin, kind)), _) => (origin, kind, false),
            (None, Some(field)) => (Origin::Column(field.name.clone()), field.kind, field.each.is_some()),
            (None, None) if log.json && !name.starts_with('@') => {
                self.note(SCALARS);
                let path = write::text(&json_path(name));
                return Ok(Typed::call("json_extract_scalar", ["log_message", &path], SqlType::Text));
            }
            (None, None) => return Err(self.absent(name)),
        };
        let Some(path) = layout.path_of(&origin) else {
            // The column is a key: its values are those of the folders.
            let key = layout.keys().iter().find(|key| key.name.eq_ignore_ascii_case(&name.replace('-', "_")));
            let key = key.map(|key| Expression::atom(Dialect::Athena.name(&key.name)));
            let key = key.ok_or_else(|| self.absent(name))?;
            return Ok(match Type::of(kind) {
                Type::Text => Typed::of(key, SqlType::Text),
                Type::Int => Typed::of(key.try_cast("bigint"), SqlType::Int),
                Type::Float => Typed::of(key.try_cast("double"), SqlType::Float),
                Type::Bool => Typed::of(key.try_cast("boolean"), SqlType::Bool),
                Type::Time => Typed::call("from_iso8601_timestamp", [key], SqlType::Time),
            });
        };
        let parts: Vec<String> =
            path.split('.').map(|part| Dialect::Athena.name(&part.to_lowercase())).collect();
        let mut column = Expression::atom(parts.join("."));
        if list {
            self.note(super::columns::FIRST);
            column = Expression::call("element_at", [column.text.as_str(), "1"]);
        }
        if kind == Kind::Time {
            column = Expression::call("with_timezone", [column.text.as_str(), "'UTC'"]);
        }
        Ok(Typed::of(column, type_of(kind)))
    }

    fn stored_partition(&mut self, partition: Partition, name: &str, layout: &Layout) -> TypedResult {
        let same = |key: &&Key| key.name.eq_ignore_ascii_case(&name.replace('-', "_"));
        let key = layout.keys().iter().find(same);
        let own = |key: &Key| Typed::atom(Dialect::Athena.name(&key.name), SqlType::Text);
        match (key, partition) {
            (Some(key), wanted) if key.partition == wanted => Ok(own(key)),
            // A date in another spelling.
            (Some(key), Partition::Date(DateForm { parts, separator })) => match key.partition {
                Partition::Date(form) if form.parts == parts => {
                    let [from, to] = [form.separator, separator]
                        .map(|c| write::text(&c.map_or(String::new(), String::from)));
                    Ok(Typed::call("replace", [own(key).expr.text, from, to], SqlType::Text))
                }
                _ => self.partition(partition, name),
            },
            (Some(key), Partition::Region | Partition::Account | Partition::Service | Partition::Key) => {
                Ok(own(key))
            }
            _ => self.partition(partition, name),
        }
    }
}
