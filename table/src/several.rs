//! Fields of which one row may have several values: how they are one entry of a dictionary, and one [`Value`].
//! What a condition, a group or a count makes of them is not decided here.
//!
//! Such a field has a value for each item of a list of its record, and the fields of one list go together: the first
//! value of one belongs to the first value of the other. So items without a value keep their place, and a value that
//! all items have is stored as one.

use std::{borrow::Cow, collections::HashSet, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Cell, Kind, Value,
    address::{MOST, canonical},
};

/// Stands between the items of an entry. It is no part of any UTF-8 text; where a record has it nevertheless, it is
/// stored as what it is shown as.
const SEPARATOR: u8 = 0xff;

/// Several values of one field of one row; they do not all look the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Several {
    list: Arc<str>,
    items: Box<[Value]>,
}

impl Several {
    /// The value of a field of `list` with these items; items without a value are null. What all items have is a single
    /// value.
    pub fn value(list: &Arc<str>, items: Vec<Value>) -> Value {
        match items.split_first() {
            None => Value::Null,
            Some((first, rest)) if rest.iter().all(|item| item == first) => first.clone(),
            Some(_) => Value::Several(Arc::new(Several { list: list.clone(), items: items.into() })),
        }
    }
    /// The list that the values are of. Items at the same place of values of one list belong together.
    pub fn list(&self) -> &Arc<str> {
        &self.list
    }
    /// The items in order: null where the field has no value, values that occur twice twice.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
    /// The values, each once, in order of appearance.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let mut seen = HashSet::new();
        self.items.iter().filter(move |item| !item.is_null() && seen.insert(item.to_string()))
    }
}

/// The values, separated by commas.
impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.values().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            value.fmt(f)?;
        }
        Ok(())
    }
}

/// How the entries of a dictionary of such a field are read.
#[derive(Clone, Debug)]
pub(crate) struct Items {
    list: Arc<str>,
    kind: Kind,
}

impl Items {
    pub(crate) fn new(list: &str, kind: Kind) -> Items {
        Items { list: list.into(), kind }
    }
    /// The value of an entry.
    pub(crate) fn value(&self, entry: &[u8]) -> Value {
        if !is_several(entry) {
            return self.item(entry);
        }
        let item = |item: &[u8]| if item.is_empty() { Value::Null } else { self.item(item) };
        Several::value(&self.list, entry.split(|byte| *byte == SEPARATOR).map(item).collect())
    }
    /// The first value of an entry.
    pub(crate) fn first<'e>(&self, entry: &'e [u8]) -> Cell<'e> {
        let first = entry.split(|byte| *byte == SEPARATOR).find(|item| !item.is_empty());
        match (first, self.kind) {
            (None, _) => Cell::Null,
            (Some(item), Kind::Int | Kind::Float) => {
                let text = std::str::from_utf8(item).unwrap_or_default();
                match self.kind {
                    Kind::Int => text.parse().map_or(Cell::Null, Cell::Int),
                    _ => text.parse().map_or(Cell::Null, Cell::Float),
                }
            }
            (Some(item), _) => Cell::Text(item),
        }
    }
    fn item(&self, item: &[u8]) -> Value {
        let text = String::from_utf8_lossy(item);
        match self.kind {
            Kind::Int => text.parse().map_or(Value::Null, Value::Int),
            Kind::Float => text.parse().map_or(Value::Null, Value::Float),
            _ => Value::text(&text),
        }
    }
}

/// Whether an entry of a dictionary of such a field has several items.
pub(crate) fn is_several(entry: &[u8]) -> bool {
    memchr::memchr(SEPARATOR, entry).is_some()
}

/// The entry of a single value.
pub(crate) fn single(text: &[u8]) -> Cow<'_, [u8]> {
    if !is_several(text) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 2);
    push(text, &mut out);
    Cow::Owned(out)
}

/// The entry of these items; `None` if none has a value. `addresses` says whether IPv6 addresses are brought into their
/// one spelling.
pub(crate) fn join<'v>(items: impl IntoIterator<Item = Cell<'v>>, addresses: bool) -> Option<Vec<u8>> {
    let (mut out, mut first) = (Vec::new(), None);
    let (mut alike, mut any) = (true, false);
    for (i, cell) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(SEPARATOR);
        }
        let start = out.len();
        match cell {
            Cell::Text(text) => {
                let mut buffer = [0; MOST];
                let one = if addresses { canonical(text, &mut buffer) } else { None };
                push(one.unwrap_or(text), &mut out);
            }
            Cell::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Cell::Float(number) => out.extend_from_slice(number.to_string().as_bytes()),
            // Fields of other kinds have no several values: see `Field::each`.
            _ => {}
        }
        any |= out.len() > start;
        let end = *first.get_or_insert(out.len());
        alike &= out.get(start..) == out.get(..end);
    }
    if alike {
        out.truncate(first.unwrap_or(0));
    }
    any.then_some(out)
}

fn push(text: &[u8], out: &mut Vec<u8>) {
    for (i, part) in text.split(|byte| *byte == SEPARATOR).enumerate() {
        if i > 0 {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(items: &[Cell<'_>], kind: Kind) -> Value {
        let entry = join(items.iter().copied(), true);
        entry.map_or(Value::Null, |entry| Items::new("l", kind).value(&entry))
    }

    #[test]
    fn items_keep_their_places() {
        let text = |t: &'static str| Cell::Text(t.as_bytes());
        let several = |items: &[Value]| Several::value(&"l".into(), items.to_vec());
        let (a, b) = (Value::text("a"), Value::text("b"));
        for (cells, value, shown) in [
            (&[][..], Value::Null, ""),
            (&[Cell::Null, Cell::Null], Value::Null, ""),
            (&[text("a")], a.clone(), "a"),
            (&[text("a"), text("a")], a.clone(), "a"),
            (&[text("a"), text("b")], several(&[a.clone(), b.clone()]), "a, b"),
            (&[text("b"), text("a"), text("b")], several(&[b.clone(), a.clone(), b.clone()]), "b, a"),
            (&[Cell::Null, text("a")], several(&[Value::Null, a.clone()]), "a"),
            (&[text("a"), text("aa")], several(&[a.clone(), Value::text("aa")]), "a, aa"),
            (&[text("2001:DB8::1"), text("2001:db8:0::1")], Value::text("2001:db8::1"), "2001:db8::1"),
            // The separator itself, where a record has it.
            (
                &[Cell::Text(b"x\xffy"), text("a")],
                several(&[Value::text("x\u{fffd}y"), a.clone()]),
                "x\u{fffd}y, a",
            ),
        ] {
            let read = read(cells, Kind::Text);
            assert_eq!(read, value, "{cells:?}");
            assert_eq!(read.to_string(), shown);
        }
        assert_eq!(&*single(b"x\xffy"), "x\u{fffd}y".as_bytes());
        let ports = read(&[Cell::Int(443), Cell::Null, Cell::Int(-1)], Kind::Int);
        assert_eq!(ports.to_json(), serde_json::json!([443, -1]));
        let places = read(&[Cell::Float(52.37), Cell::Float(1e-7), Cell::Float(4.0)], Kind::Float);
        assert_eq!(places.to_json(), serde_json::json!([52.37, 1e-7, 4.0]));
    }
}
