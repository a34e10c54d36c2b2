//! What changed: the difference between two items of a resource, and what a notification says of it.
//!
//! Decisions:
//! - Compared are the configuration, the supplementary configuration, tags, relationships, name and zone: not when the
//!   item was captured, its state's number and hash. What one of the two items leaves out (`batch-get-resource-config`
//!   gives neither tags nor relationships) is not compared.
//! - `null`, nothing, an empty list and an empty object are the same: the forms of an item differ in it.
//! - Text that is JSON is compared by its members, also where it is written for URLs, as IAM's policies are.
//! - Items of lists are matched by what names them, whatever their order: by the first of [`NAMES`] that all have and no
//!   two share. Others are compared whole: one is there or it is not.
//! - A resource that is gone, or that came back, is one change: its whole configuration.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::formats::{ColumnValues, field::percent};

/// What names the items of a list: members that are one name together.
const NAMES: &[&[&str]] = &[
    &["networkInterfaceId"],
    &["attachmentId"],
    &["associationId"],
    &["routeTableAssociationId"],
    &["ipProtocol", "fromPort", "toPort"],
    &["ruleNumber", "egress"],
    &["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
    &["deviceName"],
    &["policyArn"],
    &["policyName"],
    &["groupId"],
    &["subnetId"],
    &["volumeId"],
    &["arn"],
    &["Arn"],
    &["Sid"],
    &["id"],
    &["Id"],
    &["ID"],
    &["versionId"],
    &["key"],
    &["Key"],
    &["name"],
    &["Name"],
];
/// Below this depth, values are compared whole.
const DEPTH: usize = 24;
/// How often text in text is read as JSON.
const INSIDE: usize = 3;
/// More changes than these, or longer ones than the two items together, are told as one of the whole configuration.
const MOST: usize = 1000;

/// What changed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Changes(Vec<Change>);

#[derive(Debug, PartialEq)]
struct Change {
    /// Where: `*` stands for an item of a list.
    path: String,
    /// The names of the items that stand for `*`.
    item: String,
    before: Value,
    after: Value,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The values of the columns: the list, paths, items, what stood there, what stands there, and who says so.
    pub(super) fn values(&self, source: &str) -> Vec<ColumnValues> {
        if self.is_empty() {
            return vec![Vec::new(); 6];
        }
        let text = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        vec![
            vec![Some(self.list())],
            self.0.iter().map(|change| Some(change.path.clone())).collect(),
            self.0.iter().map(|change| Some(change.item.clone()).filter(|item| !item.is_empty())).collect(),
            self.0.iter().map(|change| text(&change.before)).collect(),
            self.0.iter().map(|change| text(&change.after)).collect(),
            vec![Some(source.to_owned())],
        ]
    }
    /// All as a JSON list.
    pub(super) fn list(&self) -> String {
        let mut out = "[".to_owned();
        for change in &self.0 {
            if out.len() > 1 {
                out.push(',');
            }
            let text = |text: &str| Value::from(text).to_string();
            out.push_str(&format!("{{\"path\":{}", text(&change.path)));
            if !change.item.is_empty() {
                out.push_str(&format!(",\"item\":{}", text(&change.item)));
            }
            out.push_str(&format!(",\"before\":{},\"after\":{}}}", change.before, change.after));
        }
        out.push(']');
        out
    }
}

/// Who says what changed.
pub(super) const PREVIOUS: &str = "previous item";
pub(super) const NOTIFICATION: &str = "notification";

/// What the `changedProperties` of a notification say: paths are written as in items, `*` in place of numbers, and
/// without the number of a list's item that was added or taken away.
pub(super) fn of_notification(properties: &[u8]) -> Option<Changes> {
    let Ok(Value::Object(properties)) = serde_json::from_slice(properties) else { return None };
    let mut all = Vec::new();
    for (path, what) in properties.into_iter().take(MOST) {
        let Value::Object(mut what) = what else { continue };
        let mut side = |name| what.remove(name).unwrap_or_default();
        let (before, after) = (side("previousValue"), side("updatedValue"));
        all.push(Change { path: as_in_items(&path), item: String::new(), before, after });
    }
    Some(Changes(all))
}

fn as_in_items(path: &str) -> String {
    let path = match path.rsplit_once('.') {
        Some((list, last)) if last.parse::<usize>().is_ok() => list,
        _ => path,
    };
    // The names of tags and of supplementary configurations are as they are; members begin with a small letter.
    let root = path.split('.').next().unwrap_or_default();
    let mut out = String::with_capacity(path.len());
    for (i, part) in path.split('.').enumerate() {
        if i > 0 {
            out.push('.');
        }
        let mut chars = part.chars();
        match chars.next() {
            _ if part.parse::<usize>().is_ok() => out.push('*'),
            Some(first) if i == 0 || root == "Configuration" => {
                out.push(first.to_ascii_lowercase());
                out.push_str(chars.as_str());
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// A change of compliance.
pub(super) fn of_compliance(before: Option<&[u8]>, after: Option<&[u8]>) -> Changes {
    let value = |text: Option<&[u8]>| text.map_or(Value::Null, |t| Value::from(String::from_utf8_lossy(t)));
    let path = "complianceType".to_owned();
    Changes(vec![Change { path, item: String::new(), before: value(before), after: value(after) }])
}

/// The members of an item that are compared.
const COMPARED: &[&str] = &[
    "configuration",
    "supplementaryConfiguration",
    "tags",
    "relationships",
    "resourceName",
    "availabilityZone",
];

/// The difference between two items; `None` if one cannot be read.
pub(super) fn between(before: &[u8], after: &[u8]) -> Option<Changes> {
    let (mut before_item, mut after_item) = (item(before)?, item(after)?);
    let most = before.len() + after.len() + 4096;
    let mut differ = Differ { path: String::new(), items: Vec::new(), all: Vec::new(), left: most };
    let mut sides = |name: &str| (before_item.remove(name), after_item.remove(name));
    let (old, new) = sides("configuration");
    let (old, new) = (of_side(old), of_side(new));
    if is_nothing(&old) || is_nothing(&new) {
        // Gone or back: tags and relationships go with it.
        let whole = Change { path: "configuration".to_owned(), item: String::new(), before: old, after: new };
        let any = !is_nothing(&whole.before) || !is_nothing(&whole.after);
        return Some(Changes(if any { vec![whole] } else { Vec::new() }));
    }
    let whole = |old: Value, new: Value| {
        Changes(vec![Change {
            path: "configuration".to_owned(),
            item: String::new(),
            before: old,
            after: new,
        }])
    };
    differ.member("configuration", &old, &new);
    for name in &COMPARED[1..] {
        let (Some(old), Some(new)) = sides(name) else { continue };
        let plain = |value| match *name {
            "relationships" => relationships(value),
            "supplementaryConfiguration" => opened(value, 0),
            _ => value,
        };
        differ.member(name, &plain(old), &plain(new));
    }
    let Differ { all, left, .. } = differ;
    Some(if left == 0 || all.len() > MOST { whole(old, new) } else { Changes(all) })
}

/// The members of the item that a record holds.
fn item(record: &[u8]) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut record)) = serde_json::from_slice(record) else { return None };
    for carrier in ["detail", "configurationItem"] {
        match record.remove(carrier) {
            Some(Value::Object(inner)) => record = inner,
            Some(Value::Array(list)) => {
                if let Some(Value::Object(inner)) = list.into_iter().next() {
                    record = inner;
                }
            }
            _ => {}
        }
    }
    Some(record)
}

fn of_side(configuration: Option<Value>) -> Value {
    configuration.map_or(Value::Null, |value| opened(value, 0))
}

/// The value with every text that is JSON read.
fn opened(value: Value, inside: usize) -> Value {
    match value {
        Value::String(text) => match json_in(&text) {
            Some(inner) if inside < INSIDE => opened(inner, inside + 1),
            _ => Value::String(text),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(|item| opened(item, inside)).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, opened(value, inside))).collect())
        }
        other => other,
    }
}

fn json_in(text: &str) -> Option<Value> {
    match text.trim_start().as_bytes() {
        [b'{' | b'[', ..] => serde_json::from_str(text).ok(),
        [b'%', b'7', b'B' | b'b', ..] => {
            // Control characters stay as they are, and mean nothing between members.
            let text = text.replace("%0A", " ").replace("%0D", " ").replace("%09", " ");
            let mut plain = Vec::new();
            percent::decode(text.as_bytes(), &mut plain);
            serde_json::from_slice(&plain).ok()
        }
        _ => None,
    }
}

/// Relationships as files have them: the API names them under another name, with a space at its end.
fn relationships(value: Value) -> Value {
    let Value::Array(items) = value else { return value };
    let plain = |mut item: Value| {
        if let Value::Object(members) = &mut item {
            let name = members.remove("relationshipName").or_else(|| members.remove("name"));
            if let Some(Value::String(name)) = name {
                members.insert("name".to_owned(), Value::from(name.trim_end()));
            }
            members.retain(|_, value| !is_nothing(value));
        }
        item
    };
    Value::Array(items.into_iter().map(plain).collect())
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Looks for differences.
struct Differ {
    path: String,
    items: Vec<String>,
    all: Vec<Change>,
    /// How many bytes may still be told; 0 when that was too little.
    left: usize,
}

impl Differ {
    fn member(&mut self, name: &str, before: &Value, after: &Value) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        match name.contains(['.', '`', '*']) || name.is_empty() {
            true => {
                self.path.push('`');
                self.path.push_str(&name.replace('`', "``"));
                self.path.push('`');
            }
            false => self.path.push_str(name),
        }
        self.values(before, after);
        self.path.truncate(length);
    }
    fn values(&mut self, before: &Value, after: &Value) {
        if before == after || self.left == 0 || is_nothing(before) && is_nothing(after) {
            return;
        }
        let deep = self.path.len() > 1024 || self.path.matches('.').count() >= DEPTH;
        match (before, after) {
            (Value::Object(old), Value::Object(new)) if !deep => {
                for (name, old) in old {
                    self.member(name, old, new.get(name).unwrap_or(&Value::Null));
                }
                for (name, new) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                    self.member(name, &Value::Null, new);
                }
            }
            (Value::Array(old), Value::Array(new)) if !deep => self.lists(old, new),
            _ => self.found(before, after),
        }
    }
    fn lists(&mut self, old: &[Value], new: &[Value]) {
        let named = NAMES.iter().find_map(|name| Some((names(old, name)?, names(new, name)?)));
        let Some((old_names, new_names)) = named.filter(|_| !old.is_empty() && !new.is_empty()) else {
            return self.whole_items(old, new);
        };
        for (name, &at) in &old_names {
            match new_names.get(name) {
                Some(&other) => {
                    let length = self.path.len();
                    self.path.push_str(".*");
                    self.items.push(name.clone());
                    self.values(&old[at], &new[other]);
                    self.items.pop();
                    self.path.truncate(length);
                }
                None => self.found(&old[at], &Value::Null),
            }
        }
        for (_, &at) in new_names.iter().filter(|(name, _)| !old_names.contains_key(*name)) {
            self.found(&Value::Null, &new[at]);
        }
    }
    /// Items that nothing names: each is there or not, in whatever order.
    fn whole_items(&mut self, old: &[Value], new: &[Value]) {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        new.iter().for_each(|item| *counts.entry(item.to_string()).or_default() += 1);
        for item in old {
            match counts.get_mut(&item.to_string()) {
                Some(count) if *count > 0 => *count -= 1,
                _ => self.found(item, &Value::Null),
            }
        }
        for item in new.iter().rev() {
            if let Some(count) = counts.get_mut(&item.to_string()).filter(|count| **count > 0) {
                *count -= 1;
                self.found(&Value::Null, item);
            }
        }
    }
    fn found(&mut self, before: &Value, after: &Value) {
        let (path, item) = (self.path.clone(), self.items.join(", "));
        let length = path.len() + item.len() + 32;
        self.left = self.left.saturating_sub(length + size(before) + size(after));
        if self.all.len() <= MOST {
            self.all.push(Change { path, item, before: before.clone(), after: after.clone() });
        }
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Value::Object(members) => members.iter().map(|(name, v)| name.len() + size(v) + 4).sum::<usize>() + 2,
        _ => 8,
    }
}

/// Where the item of each name stands, if all items have a name of these members and no two the same.
fn names(items: &[Value], members: &[&str]) -> Option<BTreeMap<String, usize>> {
    let mut all = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let Value::Object(item) = item else { return None };
        let text = |member: &&str| match item.get(*member) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::Bool(flag)) => Some(flag.to_string()),
            _ => None,
        };
        let parts: Vec<String> = members.iter().filter_map(text).collect();
        // The first member is always there, the others where they mean something.
        if parts.is_empty() || members.len() == 1 && parts.len() != 1 || !item.contains_key(members[0]) {
            return None;
        }
        if all.insert(parts.join(" "), at).is_some() {
            return None;
        }
    }
    Some(all)
}
