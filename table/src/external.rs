//! How a log is called where AWS keeps it: the table that Athena's documentation has for it, and its group in CloudWatch
//! Logs. What a single field is called there stands with the field ([`Field::athena`], [`Field::insights`]) where the rules
//! here do not give it. Data and where to find it; `logloupe-tell` writes queries with it.

use crate::{Field, partition::Partition, schema::BUILT_IN};

/// A log as AWS's own engines know it.
#[derive(Clone, Copy, Debug)]
pub struct ExternalSchema {
    /// Its table in Athena, or why it has none and what to do instead.
    pub athena: Result<&'static AthenaTable, &'static str>,
    /// How it is queried in CloudWatch Logs Insights.
    pub insights: InsightsLog,
}

/// A table as Athena's documentation creates it.
///
/// The statement says which columns there are and of which types. A field of the log is the column that has its name or
/// one of its aliases ([`column_of`](Self::column_of)), so nothing lists the columns a second time; where that is not
/// enough, the field has its expression itself ([`Field::athena`]).
#[derive(Clone, Copy, Debug)]
pub struct AthenaTable {
    /// Its name.
    pub name: &'static str,
    /// The statement that creates it, with placeholders for bucket, account and region.
    pub ddl: &'static str,
    /// When an event happened, as an expression over the table's columns of a type with a time zone.
    pub time: &'static str,
    /// The text that stands in a column of text for no value, if one does.
    pub null_text: Option<&'static str>,
    /// Objects of a JSON log by the path that leads to them; what lies below is reached through them.
    pub roots: &'static [JsonRoot],
    /// What to know before the statement is run, a sentence each.
    pub notes: &'static [&'static str],
}

/// A column of a table, or a member of a column that is a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AthenaColumn {
    /// How a query names it: `"end"`, `useridentity.type`.
    pub sql: String,
    /// Its type as the statement has it.
    pub ty: &'static str,
}

impl AthenaTable {
    /// The names and types of its columns in their order, without those that only partition it.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let list = self.ddl.split_once('(').map_or("", |(_, list)| list);
        members(list)
    }
    /// The column that partitions the table under that name, as a query names it, and how projection spells its dates.
    pub fn partition(&self, name: &str) -> Option<(String, &'static str)> {
        let (_, list) = self.ddl.split_once("PARTITIONED BY (")?;
        let (own, _) = members(list).find(|(own, _)| own.trim_matches('`').eq_ignore_ascii_case(name))?;
        let format = format!("'projection.{}.format' = '", own.trim_matches('`'));
        let (_, spelled) = self.ddl.split_once(format.as_str())?;
        Some((own.replace('`', "\""), spelled.split_once('\'')?.0))
    }
    /// The column of that name, or the member at that path below one, letter case aside.
    pub fn column(&self, path: &str) -> Option<AthenaColumn> {
        let (mut sql, mut ty) = (String::new(), "");
        for (depth, part) in path.split('.').enumerate() {
            let is_part = |name: &str| name.trim_matches('`').eq_ignore_ascii_case(part);
            let (name, its) = match depth {
                0 => self.columns().find(|(name, _)| is_part(name))?,
                _ => members(ty.strip_prefix("STRUCT<")?).find(|(name, _)| is_part(name))?,
            };
            if depth > 0 {
                sql.push('.');
            }
            // What the statement has to quote, a query has to quote in its own way.
            sql.push_str(&name.replace('`', "\""));
            ty = its;
        }
        Some(AthenaColumn { sql, ty })
    }
    /// The member of that name, letter case aside, of each struct in a column that is an array of structs.
    pub fn member_of_items(&self, column: &str, member: &str) -> Option<&'static str> {
        let items = self.column(column)?.ty.strip_prefix("ARRAY<STRUCT<")?;
        members(items).map(|(name, _)| name).find(|name| name.eq_ignore_ascii_case(member))
    }
    /// The column that is called as the field is: by its name, its dashes as underscores, or by one of its aliases.
    pub fn column_of(&self, field: &Field) -> Option<AthenaColumn> {
        let names = std::iter::once(field.name.as_ref()).chain(field.aliases.iter().copied());
        names.into_iter().find_map(|name| self.column(&name.replace('-', "_")))
    }
}

/// The names and types in a list of columns or of a struct's members, up to the bracket that closes the list.
fn members(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let mut depth = 0_usize;
        let end = list.bytes().position(|b| {
            match b {
                b'<' | b'(' => depth += 1,
                b'>' | b')' if depth > 0 => depth -= 1,
                b'>' | b')' => return true,
                _ => {}
            }
            b == b',' && depth == 0
        });
        let end = end.unwrap_or(list.len());
        rest = list[end..].strip_prefix(',');
        let (name, ty) = list[..end].trim().split_once([':', ' '])?;
        Some((name, ty.trim()))
    })
}

/// A column that holds an object or a list of a JSON log.
#[derive(Clone, Copy, Debug)]
pub enum JsonRoot {
    /// As JSON text: any path below is read from it.
    Json {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
    },
    /// As JSON text in whose keys all letters are small.
    SmallJson {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
    },
    /// As an array of structs, whose members the statement has.
    Structs {
        /// The path that leads to it.
        path: &'static str,
        /// The table's column.
        column: &'static str,
    },
}

impl JsonRoot {
    /// The table's column.
    pub fn column(&self) -> &'static str {
        match self {
            JsonRoot::Json { column, .. }
            | JsonRoot::SmallJson { column, .. }
            | JsonRoot::Structs { column, .. } => column,
        }
    }
}

/// How CloudWatch Logs Insights sees a log.
#[derive(Clone, Copy, Debug)]
pub struct InsightsLog {
    /// In which log group it usually lies, in words.
    pub group: &'static str,
    /// What stands before every name of ours there: the way to the event inside the record.
    pub prefix: &'static str,
}

/// A log with its names here and elsewhere.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its id.
    pub id: &'static str,
    /// The vendor's name for it.
    pub title: &'static str,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Whether any path of its records is a field.
    pub json: bool,
    /// What other engines call it.
    pub external: Option<&'static ExternalSchema>,
}

/// Tells of logs, so that explaining a query needs to know no format.
pub trait Logs {
    /// All logs that there are.
    fn logs(&self) -> Vec<Log>;
}

impl Log {
    /// The column that a name means, as a table would find it.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let exact = |f: &&Field| f.name == name || f.aliases.contains(&name);
        (self.fields.iter().find(|f| f.name == name))
            .or_else(|| self.fields.iter().find(exact))
            .or_else(|| self.fields.iter().find(|f| f.answers_to(name)))
    }
    /// Whether people partition its table in Athena.
    pub fn has_partitions(&self) -> bool {
        self.external.is_some_and(|external| external.athena.is_ok())
    }
    /// Whether a name is one of its columns, one that partitions its table, or built in.
    pub fn knows(&self, name: &str) -> bool {
        match Partition::of_input(name) {
            Some((_, name)) => self.has_partitions() || self.field(name).is_some(),
            None => BUILT_IN.contains(&name) || self.field(name).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Role};

    static TABLE: AthenaTable = AthenaTable {
        name: "doors",
        ddl: "CREATE EXTERNAL TABLE doors (\n  `end` BIGINT,\n  door_name STRING,\n  price DECIMAL(10, 2),\n  who STRUCT<\n    \
              name: STRING,\n    badges: ARRAY<STRUCT<id: STRING, kind: STRING>>,\n    room: STRUCT<floor: INT>>,\n  \
              last STRING\n)\nPARTITIONED BY (day STRING)",
        time: "from_unixtime(\"end\")",
        null_text: None,
        roots: &[],
        notes: &[],
    };

    fn column(path: &str) -> Option<(String, &'static str)> {
        TABLE.column(path).map(|c| (c.sql, c.ty))
    }

    #[test]
    fn the_statement_says_which_columns_there_are() {
        let names: Vec<&str> = TABLE.columns().map(|(name, _)| name).collect();
        assert_eq!(names, ["`end`", "door_name", "price", "who", "last"]);
        assert_eq!(column("End"), Some(("\"end\"".to_owned(), "BIGINT")));
        assert_eq!(column("price"), Some(("price".to_owned(), "DECIMAL(10, 2)")));
        assert_eq!(column("who.NAME"), Some(("who.name".to_owned(), "STRING")));
        assert_eq!(column("who.room.floor"), Some(("who.room.floor".to_owned(), "INT")));
        assert_eq!(TABLE.member_of_items("who.badges", "ID"), Some("id"));
        assert_eq!(TABLE.member_of_items("who.room", "floor"), None);
        assert_eq!(column("who.badges").map(|c| c.1), Some("ARRAY<STRUCT<id: STRING, kind: STRING>>"));
        // No member of an array, of text or of what only partitions the table, and no part of a name.
        for path in ["who.badges.id", "last.x", "day", "door", "who.", "", "who.kind", "price.10"] {
            assert_eq!(column(path), None, "{path}");
        }
    }

    #[test]
    fn a_field_is_the_column_of_its_name_or_of_an_alias() {
        let field = |name| Field::new(name, Kind::Text, Role::Dimension);
        let sql = |field: Field| TABLE.column_of(&field).map(|c| c.sql);
        assert_eq!(sql(field("door-name")).as_deref(), Some("door_name"));
        assert_eq!(sql(field("door(name)").aliases(&["gate", "door_name"])).as_deref(), Some("door_name"));
        assert_eq!(sql(field("gate")), None);
    }

    #[test]
    fn a_statement_that_is_none_has_no_columns() {
        for ddl in ["", "CREATE TABLE x", "CREATE TABLE x (", "x (a STRUCT<b: ", "(,)", ")", "(a"] {
            let table = AthenaTable { ddl, ..TABLE };
            assert_eq!((table.column("b"), table.column("a.c")), (None, None), "{ddl}");
        }
    }
}
