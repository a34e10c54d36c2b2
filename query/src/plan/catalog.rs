//! Which names exist: what a query is checked against. Built from what is loaded or from the formats' field tables,
//! merged over shards.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::subquery::Bindings;
use logloupe_table::json_paths::{IN_MESSAGE, JsonPaths, planned};
use logloupe_table::{
    Field, Kind, Role, Shard, Unit,
    partition::{Partition, S3Key},
    schema::{BUILT_IN, TIMESTAMP},
};

/// The names of fields and formats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// By name in small letters, then by name.
    fields: BTreeMap<(String, String), Known>,
    /// The formats that have a field of this name.
    homes: BTreeMap<String, BTreeSet<String>>,
    /// Names of formats, lower case, and the ids that each means.
    sources: BTreeMap<String, BTreeSet<String>>,
    /// Paths observed in JSON records that are no columns.
    pub(super) observed: BTreeSet<String>,
    /// Keys observed in JSON records that cannot be asked for by their name, because it is another name of this column.
    pub(super) hidden: BTreeMap<String, String>,
    /// The formats of which rows are loaded.
    loaded: BTreeSet<String>,
    /// The formats whose logs people partition in Athena.
    partitioned: BTreeSet<String>,
    /// Formats with a field of the common schema that holds a place, and of which some row has a value there.
    placed: BTreeSet<(String, String)>,
    /// Hive's keys in the paths of files, in small letters.
    keys: BTreeSet<String>,
    /// Names of fields that may have several values in a row, in small letters.
    several: BTreeSet<String>,
    json: bool,
    open: bool,
    first_time: Option<i64>,
    last_time: Option<i64>,
    /// What subqueries, lookup tables and the time range are bound to. The planner's caller sets it; it is not serialized.
    #[serde(skip)]
    pub bindings: Bindings,
}

/// As many keys of paths are names of fields.
const MOST_KEYS: usize = 64;

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its kind; text where formats differ.
    pub kind: Kind,
    /// Its unit; none where formats differ.
    pub unit: Unit,
    /// Whether it is a field's own name and not another name of one.
    pub own: bool,
    /// How it is used; a dimension where formats differ.
    pub role: Role,
}

impl Catalog {
    /// What a shard holds.
    pub fn of(shard: &Shard, json: &dyn JsonPaths) -> Catalog {
        let mut catalog = Catalog::default();
        for table in &shard.tables {
            // A path that was asked for once became a column; that does not make it a name that exists.
            let asked: Vec<&str> = table.derived_names().collect();
            let fields = table.schema().fields().iter().filter(|f| !asked.contains(&f.name.as_ref()));
            catalog.add_format(table.format(), fields, json.has_json(table.format()));
            catalog.meet(table, json);
            json.sources(table.format()).iter().for_each(|name| catalog.add_source(name, table.format()));
            if json.has_partitions(table.format()) {
                catalog.add_partitions(table.format());
                for field in [Partition::Region, Partition::Account].into_iter().filter_map(Partition::field)
                {
                    let column = table.schema().find(field);
                    if column.is_some_and(|c| table.chunks().iter().any(|chunk| chunk.column(c).has_values()))
                    {
                        catalog.placed.insert((table.format().to_owned(), field.to_owned()));
                    }
                }
            }
            if table.rows() > 0 {
                catalog.loaded.insert(table.format().to_owned());
            }
            for (first, last) in table.chunks().iter().filter_map(|c| c.column(TIMESTAMP).range()) {
                catalog.first_time = Some(catalog.first_time.map_or(first, |t| t.min(first)));
                catalog.last_time = catalog.last_time.max(Some(last));
            }
        }
        // Which keys there are must not depend on the order of the files.
        let keyed = shard.sources.iter().filter(|source| source.name.contains('='));
        let keys: BTreeSet<String> =
            keyed.flat_map(|s| S3Key::of(&s.name).names().map(str::to_owned).collect::<Vec<_>>()).collect();
        catalog.keys = keys.into_iter().take(MOST_KEYS).collect();
        catalog
    }
    /// One that knows every name: for checking a query's form before any log is loaded.
    pub fn open() -> Catalog {
        Catalog { open: true, ..Catalog::default() }
    }
    /// Adds the names of a format.
    pub fn add_format<'f>(&mut self, id: &str, fields: impl IntoIterator<Item = &'f Field>, json: bool) {
        self.add_source(id, id);
        self.json |= json;
        for field in fields {
            self.add(&field.name, Known { kind: field.kind, unit: field.unit, own: true, role: field.role });
            self.homes.entry(field.name.clone().into_owned()).or_default().insert(id.to_owned());
            if field.each.is_some() {
                let names = field.aliases.iter().copied().chain([field.name.as_ref()]);
                self.several.extend(names.map(str::to_ascii_lowercase));
            }
            for alias in field.aliases {
                self.homes.entry((*alias).to_owned()).or_default().insert(id.to_owned());
                self.add(alias, Known { kind: field.kind, unit: field.unit, own: false, role: field.role });
            }
        }
    }
    /// Lets `SOURCE name` and `FROM name` mean the format `id`, and the others that already have this name.
    pub fn add_source(&mut self, name: &str, id: &str) {
        self.sources.entry(name.to_ascii_lowercase()).or_default().insert(id.to_owned());
    }
    /// Says that the log of the format `id` has partition columns.
    pub fn add_partitions(&mut self, id: &str) {
        self.partitioned.insert(id.to_owned());
    }
    fn add(&mut self, name: &str, known: Known) {
        let entry = self.fields.entry((name.to_ascii_lowercase(), name.to_owned())).or_insert(known);
        if entry.kind != known.kind {
            let numbers = entry.kind.is_number() && known.kind.is_number();
            entry.kind = if numbers { Kind::Float } else { Kind::Text };
        }
        if entry.unit != known.unit {
            entry.unit = Unit::None;
        }
        entry.own |= known.own;
        if entry.role != known.role {
            entry.role = Role::Dimension;
        }
    }
    /// Adds what another shard knows.
    pub fn merge(&mut self, other: &Catalog) {
        for ((_, name), known) in &other.fields {
            self.add(name, *known);
        }
        for (name, ids) in &other.homes {
            self.homes.entry(name.clone()).or_default().extend(ids.iter().cloned());
        }
        for (name, ids) in &other.sources {
            self.sources.entry(name.clone()).or_default().extend(ids.iter().cloned());
        }
        self.loaded.extend(other.loaded.iter().cloned());
        self.partitioned.extend(other.partitioned.iter().cloned());
        self.placed.extend(other.placed.iter().cloned());
        self.keys.extend(other.keys.iter().cloned());
        self.observed.extend(other.observed.iter().cloned());
        self.several.extend(other.several.iter().cloned());
        self.hidden.extend(other.hidden.iter().map(|(a, b)| (a.clone(), b.clone())));
        self.json |= other.json;
        self.open |= other.open;
        self.first_time = self.first_time.into_iter().chain(other.first_time).min();
        self.last_time = self.last_time.max(other.last_time);
    }
    /// What is known of `name`, letter case aside if need be.
    pub fn find(&self, name: &str) -> Option<Known> {
        let key = (name.to_ascii_lowercase(), name.to_owned());
        let any_case = || {
            let next = self.fields.range((key.0.clone(), String::new())..).next();
            next.filter(|((folded, _), _)| *folded == key.0).map(|(_, known)| *known)
        };
        self.fields.get(&key).copied().or_else(any_case)
    }
    /// Whether a row may have several values of a field of this name.
    pub fn may_have_several(&self, name: &str) -> bool {
        self.several.contains(&name.to_ascii_lowercase())
    }
    /// Whether some row could have a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.open
            || self.json && name.contains('.')
            || BUILT_IN.iter().any(|b| b.eq_ignore_ascii_case(name))
            || self.find(name).is_some()
            || self.observed.contains(name)
            || self.json && self.is_object(name)
    }
    /// Whether fields or paths observed in JSON records lie inside `name`, so that it is an object or a list there.
    fn is_object(&self, name: &str) -> bool {
        let (inside, folded) = (format!("{name}."), format!("{}.", name.to_ascii_lowercase()));
        let own = (self.fields.range((folded.clone(), String::new())..))
            .take_while(|((name, _), _)| name.starts_with(&folded))
            .any(|(_, known)| known.own);
        own || self.observed.range(inside.clone()..).next().is_some_and(|path| path.starts_with(&inside))
    }
    /// The fields that people group, count or measure by: not ids, times and raw text.
    pub fn telling(&self) -> impl Iterator<Item = (&str, Known)> {
        let tells = |known: &Known| {
            known.own && known.kind != Kind::Time && !matches!(known.role, Role::Identifier | Role::Timestamp)
        };
        self.fields
            .iter()
            .filter(move |(_, known)| tells(known))
            .map(|((_, name), known)| (name.as_str(), *known))
    }
    /// What a name says as a partition column of these formats, of all if `None`; nothing where none of them has such
    /// columns, or each has a field of that name, and of a place also rows that say which.
    pub fn partition(&self, name: &str, formats: Option<&[String]>) -> Option<Partition> {
        let asked = |id: &&String| formats.is_none_or(|formats| formats.contains(id));
        let mut partitioned = self.partitioned.iter().filter(asked).peekable();
        partitioned.peek()?;
        let key =
            || self.keys.contains(&name.to_ascii_lowercase().replace('-', "_")).then_some(Partition::Key);
        let partition = Partition::named(name).or_else(key)?;
        let placed = |id: &String, field: &str| self.placed.contains(&(id.clone(), field.to_owned()));
        let answers =
            |id: &String| self.owns(id, name) && partition.field().is_none_or(|field| placed(id, field));
        (!partitioned.all(answers)).then_some(partition)
    }
    /// The names of partition columns, if some log has them.
    pub(super) fn partition_names(&self) -> impl Iterator<Item = &str> {
        let some = !self.partitioned.is_empty();
        Partition::names().filter(move |_| some).map(|name| -> &str { name })
    }
    /// Whether rows of some of these formats are loaded, or nothing is known of rows.
    pub fn is_loaded(&self, ids: &[String]) -> bool {
        self.open || self.loaded.is_empty() || ids.iter().any(|id| self.loaded.contains(id))
    }
    /// The formats of which rows are loaded; if nothing is known of rows, all formats.
    pub(super) fn candidates(&self) -> Vec<&str> {
        let loaded: Vec<&str> = self.loaded.iter().map(String::as_str).collect();
        if !loaded.is_empty() {
            return loaded;
        }
        let all: BTreeSet<&str> = self.sources.values().flatten().map(String::as_str).collect();
        all.into_iter().collect()
    }
    /// The names of formats with the ids that each means.
    pub(super) fn source_ids(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.sources.iter().map(|(name, ids)| (name.as_str(), ids))
    }
    /// Whether the format has a field of this name in any letter case, or fields below it.
    pub(super) fn owns(&self, id: &str, name: &str) -> bool {
        let folded = name.to_ascii_lowercase();
        let below = format!("{folded}.");
        let at = |from: &str| {
            self.fields.range((from.to_owned(), String::new())..).map(|((folded, own), _)| (folded, own))
        };
        let is_home = |own: &str| self.formats_with(own).any(|home| home == id);
        at(&folded).take_while(|(f, _)| **f == folded).any(|(_, own)| is_home(own))
            || at(&below).take_while(|(f, _)| f.starts_with(&below)).any(|(_, own)| is_home(own))
    }
    /// Whether this is a field's own name, letter for letter.
    pub fn is_own(&self, name: &str) -> bool {
        self.fields.get(&(name.to_ascii_lowercase(), name.to_owned())).is_some_and(|known| known.own)
    }
    /// Whether a name with dots may be a slip: it is neither known nor among the paths observed in JSON records.
    pub fn is_doubtful(&self, path: &str) -> bool {
        // The paths that were observed have no backticks around keys with dots.
        let bare: String = if path.contains(".`") || path.starts_with('`') {
            logloupe_syntax::name_parts(path).into_iter().map(|(part, _)| part).collect::<Vec<_>>().join(".")
        } else {
            path.to_owned()
        };
        !self.open
            && !path.starts_with(IN_MESSAGE)
            && planned(path).is_none()
            && self.find(path).is_none()
            && !self.observed.iter().any(|m| m.eq_ignore_ascii_case(&bare))
    }
    /// Whether JSON records were looked into.
    pub(super) fn has_observed(&self) -> bool {
        !self.observed.is_empty()
    }
    /// The column that is taken for `name` although some JSON record has a key of that name.
    pub fn hides(&self, name: &str) -> Option<&str> {
        self.hidden.get(name).map(String::as_str)
    }
    /// Whether it knows every name: nothing is loaded yet.
    pub fn is_open(&self) -> bool {
        self.open
    }
    /// Whether a name that nothing else knows may be a key of a JSON record.
    pub fn has_json(&self) -> bool {
        self.json || self.open
    }
    /// The formats that `name` means, in `SOURCE` and `FROM` alike: by id, by another name, or by either with `_logs`
    /// after it. Several where loaded formats share the name, as web access logs share `access_logs`: a query then
    /// reads them all and asks for their common names. None where no log is called so.
    pub fn source(&self, name: &str) -> Vec<String> {
        let lower = name.to_ascii_lowercase();
        let short = lower.strip_suffix("_logs").or_else(|| lower.strip_suffix("_log"));
        match self.sources.get(&lower).or_else(|| short.and_then(|short| self.sources.get(short))) {
            Some(ids) => ids.iter().cloned().collect(),
            None if self.open => vec![name.to_owned()],
            None => Vec::new(),
        }
    }
    /// Whether a format of this id is among what is known.
    pub fn has_format(&self, id: &str) -> bool {
        self.open || self.sources.contains_key(&id.to_ascii_lowercase())
    }
    /// All names of fields: a field's own name, and whether it is that.
    pub fn names(&self) -> impl Iterator<Item = (&str, Known)> {
        self.fields.iter().map(|((_, name), known)| (name.as_str(), *known))
    }
    /// The formats that have a field of this name.
    pub fn formats_with(&self, name: &str) -> impl Iterator<Item = &str> {
        self.homes.get(name).into_iter().flatten().map(String::as_str)
    }
    /// Paths observed in JSON records that are no columns.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.observed.iter().map(String::as_str)
    }
    /// All names of formats.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }
    /// The time of the earliest event.
    pub fn first_time(&self) -> Option<i64> {
        self.first_time
    }
    /// The time of the latest event: what `now()` says.
    pub fn last_time(&self) -> Option<i64> {
        self.last_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_column_is_a_name_of_last_resort() {
        let mut one = Catalog::default();
        let day = Field::new("day", Kind::Text, Role::Dimension);
        let region = Field::new("region", Kind::Text, Role::Dimension);
        one.add_format("one", &[day, region], false);
        assert_eq!(one.partition("year", None), None, "no log is partitioned");
        one.add_partitions("one");
        assert_eq!(one.partition("YEAR", None), Some(Partition::Year));
        assert_eq!(one.partition("day", None), None, "it is the log's own");
        assert_eq!(one.partition("aws-region", None), Some(Partition::Region));
        assert_eq!(one.partition("region", None), Some(Partition::Region), "no row has it");
        one.placed.insert(("one".to_owned(), "cloud.region".to_owned()));
        assert_eq!(one.partition("region", None), None, "rows have it");
        assert_eq!(one.partition("yeer", None), None);
        let mut two = Catalog::default();
        two.add_format("two", &[], true);
        two.add_partitions("two");
        two.keys.insert("team_name".to_owned());
        one.merge(&two);
        assert_eq!(one.partition("day", None), Some(Partition::Day), "not every log's own");
        assert_eq!(one.partition("Team-Name", None), Some(Partition::Key));
        assert_eq!(one.partition("day", Some(&["one".to_owned()])), None, "that log's own");
        assert_eq!(one.partition("year", Some(&["three".to_owned()])), None, "not partitioned");
    }

    #[test]
    fn catalogs_merge_to_what_all_agree_on() {
        let mut a = Catalog::default();
        a.add_format("one", &[Field::new("size", Kind::Int, Role::Measure).unit(Unit::Bytes)], false);
        let mut b = Catalog::default();
        b.add_format("two", &[Field::new("size", Kind::Float, Role::Measure).aliases(&["s"])], true);
        a.merge(&b);
        assert_eq!(a.find("SIZE").map(|k| (k.kind, k.unit)), Some((Kind::Float, Unit::None)));
        assert!(a.has("s") && a.has("x.y") && a.has("@message") && !a.has("x"));
        a.observed.insert("resources.0.ARN".to_owned());
        assert!(a.has("resources") && !a.has("resource") && !a.has("resources0"), "a list is a field");
        assert_eq!(a.source("TWO_logs"), ["two"]);
        assert!(a.source("three").is_empty());
    }

    #[test]
    fn a_name_may_mean_several_formats() {
        let mut a = Catalog::default();
        a.add_source("access_logs", "one");
        let mut b = Catalog::default();
        b.add_source("Access_Logs", "two");
        a.merge(&b);
        assert_eq!(a.source("ACCESS_LOGS"), ["one", "two"]);
    }
}
