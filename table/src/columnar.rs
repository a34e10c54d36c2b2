//! How a log's rows are laid out in columnar files for other engines: the name, the place and the type of each column, and
//! the keys by which files are partitioned. The one table of these: the command writes Parquet by it, `logloupe-tell` the
//! statement that creates the table over such files. No bytes of a file here.
//!
//! ```text
//! name = part { "." part }     of the vendor; a part before a dot is a struct: `userIdentity.type` is a member
//! part = "@" name              becomes `log_` and the name
//!      / digits                behind another part, an item of a list, goes to that: `interfaces_0.id`
//!      / any other text        what is no ASCII letter, digit or `_` becomes `_`, at the end nothing
//! ```
//!
//! These names are what Athena, Hive and Spark accept unquoted, and letter case is the vendor's. Names are told apart
//! without their case, as those engines do; where two would be one, or one has values of two types, the later one has all its parts in one, and a number.

use std::{borrow::Cow, collections::HashSet};

use crate::{Field, Kind, Schema, partition::DateForm, partition::Partition, schema::BUILTINS};

/// A type of columnar files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// UTF-8 text: text, addresses, JSON.
    Text,
    /// A signed integer of 64 bits: what a log writes is not bounded by what its vendor says.
    Int,
    /// A float of 64 bits.
    Float,
    /// True or false.
    Bool,
    /// A point in time in microseconds, UTC.
    Time,
}

impl Type {
    /// The type of a column of that kind.
    pub const fn of(kind: Kind) -> Type {
        match kind {
            Kind::Text | Kind::Ip => Type::Text,
            Kind::Int => Type::Int,
            Kind::Float => Type::Float,
            Kind::Bool => Type::Bool,
            Kind::Time => Type::Time,
        }
    }
    /// Its name in a statement of Athena that creates a table.
    pub const fn athena(self) -> &'static str {
        match self {
            Type::Text => "STRING",
            Type::Int => "BIGINT",
            Type::Float => "DOUBLE",
            Type::Bool => "BOOLEAN",
            Type::Time => "TIMESTAMP",
        }
    }
}

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The column of the table with this name, and of the leaf's type: files of one log may have columns of one name and of
    /// different types.
    Column(Cow<'static, str>),
    /// `@format`: the log's id.
    Format,
    /// `@source`: the file.
    Source,
    /// `@line`: the line at which the record begins.
    Line,
    /// `@message`: the record itself.
    Message,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// Where its values come from.
    pub origin: Origin,
    /// Their type, or that of each of them.
    pub ty: Type,
    /// Whether a row has a list of them.
    pub list: bool,
}

impl Leaf {
    /// What a column of this field is.
    pub fn of(field: &Field) -> Leaf {
        let origin = Origin::Column(field.name.clone());
        Leaf { origin, ty: Type::of(field.kind), list: field.each.is_some() }
    }
}

/// A name in the tree of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The name, in the vendor's letter case.
    pub name: String,
    /// What it is the name of.
    pub content: Content,
}

/// What a name in the tree of columns is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A column.
    Leaf(Leaf),
    /// A struct of further names, never empty and never missing.
    Struct(Vec<Node>),
    /// A key by which files are partitioned: it stands in their paths and not in them.
    Key,
}

/// Structs inside one another; what would lie deeper has its parts in one name.
const DEEPEST: usize = 8;
/// Bytes that a name has at most: as many as the Glue catalog takes.
const LONGEST: usize = 255;

/// The columns of a log's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    nodes: Vec<Node>,
    keys: Vec<Key>,
    known: HashSet<Leaf>,
}

impl Layout {
    /// The layout of a table whose files are partitioned by these keys: built-in columns, then the table's.
    pub fn new(keys: &[Key], schema: &Schema) -> Layout {
        let key = |key: &Key| Node { name: key.name.clone(), content: Content::Key };
        let mut layout =
            Layout { nodes: keys.iter().map(key).collect(), keys: keys.to_vec(), known: HashSet::new() };
        for (name, origin, ty) in [
            ("@timestamp", Origin::Column("@timestamp".into()), Type::Time),
            ("@format", Origin::Format, Type::Text),
            ("@source", Origin::Source, Type::Text),
            ("@line", Origin::Line, Type::Int),
            ("@message", Origin::Message, Type::Text),
        ] {
            layout.add(name, Leaf { origin, ty, list: false });
        }
        layout.grow(schema);
        layout
    }
    /// Adds the columns of a table that it does not have yet; says whether there are any.
    pub fn grow(&mut self, schema: &Schema) -> bool {
        let mut grew = false;
        for (column, field) in schema.fields().iter().enumerate().skip(BUILTINS) {
            let leaf = Leaf::of(field);
            // What a key's values are is read back from the paths: no engine wants a column twice.
            if self.known.contains(&leaf) || self.keys.iter().any(|key| key.is_of(schema, column, field)) {
                continue;
            }
            self.known.insert(leaf.clone());
            self.add(&field.name, leaf);
            grew = true;
        }
        grew
    }
    /// The names at the top, keys among them.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    /// The keys by which files are partitioned.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
    /// The columns in the order of a file, which is that of the tree.
    pub fn leaves(&self) -> Vec<&Leaf> {
        let mut leaves = Vec::new();
        each_leaf(&self.nodes, &mut String::new(), &mut |_, leaf| leaves.push(leaf));
        leaves
    }
    /// The path of the column with these values, with a dot before each member.
    pub fn path_of(&self, origin: &Origin) -> Option<String> {
        let mut found = None;
        each_leaf(&self.nodes, &mut String::new(), &mut |path, leaf| {
            if leaf.origin == *origin {
                found = Some(path.to_owned());
            }
        });
        found
    }
    fn add(&mut self, name: &str, leaf: Leaf) {
        let mut parts: Vec<String> = Vec::new();
        // Dots side by side or at an end lead nowhere.
        let is_path = name.split('.').all(|text| !text.is_empty());
        for text in name.split('.').filter(|_| is_path) {
            match parts.last_mut() {
                Some(list) if text.bytes().all(|b| b.is_ascii_digit()) => {
                    list.push('_');
                    list.push_str(text);
                    list.truncate(LONGEST);
                }
                _ => parts.push(part(text)),
            }
        }
        if parts.is_empty() {
            parts.push(part(name));
        }
        if parts.len() <= DEEPEST && insert(&mut self.nodes, &parts, &leaf) {
            return;
        }
        let one = cut(parts.join("_"), LONGEST);
        let numbered = (2..).map(|n: usize| format!("{}_{n}", cut(one.clone(), LONGEST - 21)));
        for name in std::iter::once(one.clone()).chain(numbered) {
            if insert(&mut self.nodes, &[name], &leaf) {
                return;
            }
        }
    }
}

fn each_leaf<'n>(nodes: &'n [Node], path: &mut String, each: &mut dyn FnMut(&str, &'n Leaf)) {
    for node in nodes {
        let start = path.len();
        if start > 0 {
            path.push('.');
        }
        path.push_str(&node.name);
        match &node.content {
            Content::Leaf(leaf) => each(path, leaf),
            Content::Struct(members) => each_leaf(members, path, each),
            Content::Key => {}
        }
        path.truncate(start);
    }
}

/// Puts a leaf at its place; false if another name is there.
fn insert(nodes: &mut Vec<Node>, parts: &[String], leaf: &Leaf) -> bool {
    let Some((first, rest)) = parts.split_first() else { return false };
    let found = nodes.iter_mut().find(|node| node.name.eq_ignore_ascii_case(first));
    match (found.map(|node| &mut node.content), rest) {
        (None, []) => {
            nodes.push(Node { name: first.clone(), content: Content::Leaf(leaf.clone()) });
            true
        }
        (None, rest) => {
            let mut members = Vec::new();
            let placed = insert(&mut members, rest, leaf);
            nodes.push(Node { name: first.clone(), content: Content::Struct(members) });
            placed
        }
        (Some(Content::Struct(members)), [_, ..]) => insert(members, rest, leaf),
        _ => false,
    }
}

/// One part of a vendor's name as every engine takes it.
fn part(text: &str) -> String {
    let (mut out, text) = match text.strip_prefix('@') {
        Some(rest) => ("log_".to_owned(), rest),
        None => (String::new(), text),
    };
    out.extend(text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
    let out = out.trim_end_matches('_');
    if out.is_empty() { "_".to_owned() } else { cut(out.to_owned(), LONGEST) }
}

/// At most so many bytes of a name of ASCII.
fn cut(mut name: String, most: usize) -> String {
    name.truncate(most);
    name
}

/// A key by which files are partitioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name, as it stands in paths.
    pub name: String,
    /// What its value is.
    pub partition: Partition,
}

impl Key {
    /// The keys of these names. A date is spelled with dashes; a `month` without a year has its year, a `day` without a
    /// month its year and month. Any other name is that of a column.
    pub fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Key> {
        let names: Vec<&str> = names.into_iter().collect();
        let has = |partition| names.iter().any(|name| Partition::named(name) == Some(partition));
        let (year, month) = (has(Partition::Year), has(Partition::Month));
        let dated = |parts| Partition::Date(DateForm { parts, separator: Some('-') });
        let key = |name: &&str| Key {
            name: part(name),
            partition: match Partition::named(name) {
                Some(Partition::Month) if !year => dated(2),
                Some(Partition::Day) if !month => dated(3),
                Some(Partition::Date(form)) => dated(form.parts),
                Some(partition) => partition,
                None => Partition::Key,
            },
        };
        names.iter().map(key).collect()
    }
    /// The column of the table that has the key's values, if one does: of that name, or, of a place, that which the common
    /// schema knows.
    pub fn column(&self, schema: &Schema) -> Option<usize> {
        let known = match self.partition {
            Partition::Key => schema.find(&self.name),
            place if place.is_place() => {
                schema.find(&self.name).or_else(|| schema.find(place.field().unwrap_or_default()))
            }
            _ => None,
        };
        let named = || schema.fields().iter().position(|f| part(&f.name).eq_ignore_ascii_case(&self.name));
        let found = known.or_else(|| named().filter(|_| self.partition == Partition::Key));
        found.filter(|column| *column >= BUILTINS)
    }
    /// Whether this column is the key itself: of its name, and where its values come from.
    fn is_of(&self, schema: &Schema, column: usize, field: &Field) -> bool {
        part(&field.name).eq_ignore_ascii_case(&self.name) && self.column(schema) == Some(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn schema(names: &[&str]) -> Schema {
        Schema::new(names.iter().map(|name| Field::found(name)))
    }
    fn paths(layout: &Layout) -> Vec<String> {
        let mut paths = Vec::new();
        each_leaf(layout.nodes(), &mut String::new(), &mut |path, _| paths.push(path.to_owned()));
        paths.drain(5..).collect()
    }

    #[test]
    fn names_are_those_that_every_engine_takes() {
        let layout =
            Layout::new(&[], &schema(&["az-id", "cs(User-Agent)", "größe", "@log", "", "../../x", "éé"]));
        let built_in = ["log_timestamp", "log_format", "log_source", "log_line", "log_message"];
        let top: Vec<&str> = layout.nodes().iter().map(|node| node.name.as_str()).take(5).collect();
        assert_eq!(top, built_in);
        assert_eq!(paths(&layout), ["az_id", "cs_User_Agent", "gr__e", "log_log", "_", "______x", "__2"]);
    }

    #[test]
    fn a_path_is_a_member_of_structs() {
        let names = [
            "user.name",
            "user.id",
            "time",
            "USER.Name",
            "time.zone",
            "user",
            "a.b.c.d.e.f.g.h.i",
            "list.0.x",
        ];
        let layout = Layout::new(&[], &schema(&names));
        assert_eq!(
            paths(&layout),
            [
                "user.name",
                "user.id",
                "time",
                "USER_Name",
                "time_zone",
                "user_2",
                "a_b_c_d_e_f_g_h_i",
                "list_0.x"
            ]
        );
        let column = |name: &'static str| Origin::Column(name.into());
        assert_eq!(layout.path_of(&column("USER.Name")).as_deref(), Some("USER_Name"));
        assert_eq!(layout.path_of(&column("user.Name")), None);
    }

    #[test]
    fn columns_that_come_later_change_no_name() {
        let mut layout = Layout::new(&[], &schema(&["a.b", "c"]));
        assert!(!layout.grow(&schema(&["a.b", "c"])));
        assert!(layout.grow(&schema(&["C", "a.d", "c", "a"])));
        assert!(layout.grow(&Schema::new([Field::new("c", Kind::Int, Role::Measure)])));
        assert_eq!(paths(&layout), ["a.b", "a.d", "c", "C_2", "a_2", "c_3"]);
    }

    #[test]
    fn keys_stand_in_paths_and_not_in_files() {
        let keys = Key::list(["day", "region", "kind"]);
        let day = Partition::Date(DateForm { parts: 3, separator: Some('-') });
        let all: Vec<_> = keys.iter().map(|key| key.partition).collect();
        assert_eq!(all, [day, Partition::Region, Partition::Key]);
        // The day is that of the event and not what the log calls so.
        let layout = Layout::new(&keys, &schema(&["region", "day", "kind", "kind.of", "x"]));
        assert_eq!(paths(&layout), ["day_2", "kind_of", "x"]);
        assert_eq!(Key::list(["year", "month", "day"])[2].partition, Partition::Day);
        assert_eq!(
            Key::list(["dt"])[0].partition,
            Partition::Date(DateForm { parts: 3, separator: Some('-') })
        );
    }

    #[test]
    fn a_field_of_several_values_is_a_list() {
        let field = Field::new("ports", Kind::Int, Role::Dimension).each("ports");
        let layout = Layout::new(&[], &Schema::new([field]));
        let leaf = Leaf { origin: Origin::Column("ports".into()), ty: Type::Int, list: true };
        assert_eq!(layout.leaves().last(), Some(&&leaf));
    }
}
