//! The JSON reader that all JSON formats share: one pass over a record, driven by a format's field table.
//!
//! Reading order: [`JsonField`] (one line of a field table; [`text`] and others make the usual ones), [`JsonColumns`] (a whole table: record to row),
//! [`Reader`] (the pass itself, for formats that derive columns), [`Json`] (a value in place); then [`Path`],
//! [`EachPath`], [`PairPath`] and [`paths`], which look into records that were read before.
//!
//! Decided here for all formats:
//! - A value is borrowed from the record; only strings with escapes are copied, on their way into a column.
//! - Objects and arrays at a text column give their JSON text as written, numbers their literal digits: account ids
//!   keep what stands in the log. Text at a number or boolean column is converted (`"true"`). What cannot be
//!   converted leaves the column without a value, since the record keeps it and a vendor may change a type.
//! - `null` and the empty string are no value.
//! - A key that stands twice: the last one counts, as for `serde_json` and browsers.
//! - Damage anywhere in a record is a fault with its byte offset, in members that no column wants too.
//!   Bytes that are not UTF-8 inside strings are kept.
//!
//! What it is not: it finds no record ends and opens no envelope (that is [`ingest`](crate::ingest)'s).

mod columns;
mod each;
mod items;
mod pairs;
mod path;
mod scan;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, net::IpAddr};

pub use columns::{each_of, int, text, time};
pub use each::EachPath;
use items::ItemColumns;
pub use pairs::{PairPath, is_called, members, pairs};
pub use path::{Path, extract, paths};
use scan::{Bad, Found, Items, Members, Tag};

use super::super::Fault;
use logloupe_table::{Cell, Computed, Field, Kind, Role, RowWriter, Unit, sort, time, value::parse_number};

/// One line of a JSON format's field table: the column and where in the record its value stands.
#[derive(Clone, Debug)]
pub struct JsonField {
    /// The column. Its name is the path of its value (`userIdentity.sessionContext.sessionIssuer.arn`), unless it
    /// is [derived](Self::derived).
    pub field: Field,
    /// The format derives the value, or it is computed from other columns; the name is no path.
    pub derived: bool,
}

impl JsonField {
    /// A column whose name is its path. The parts of a path are keys, or the index of an array's item.
    pub const fn new(path: &'static str, kind: Kind, role: Role) -> JsonField {
        JsonField { field: Field::new(path, kind, role), derived: false }
    }
    /// A column that the format computes.
    pub const fn derived(name: &'static str, kind: Kind, role: Role) -> JsonField {
        JsonField { field: Field::new(name, kind, role), derived: true }
    }
    /// A column that is computed from others when it is asked for.
    pub const fn computed(
        name: &'static str,
        kind: Kind,
        role: Role,
        computed: &'static Computed,
    ) -> JsonField {
        JsonField { field: Field::new(name, kind, role).computed(computed), derived: true }
    }
    /// Sets further paths, asked in order when the path before gives no value.
    pub const fn also(mut self, paths: &'static [&'static str]) -> JsonField {
        self.field.also = paths;
        self
    }
    /// Sets the list of which each item may have a value: a path that leads into its first item (`list.0.key`) is read in
    /// all others too, and the path of the list itself means its items. See [`Field::each`].
    pub const fn each(mut self, list: &'static str) -> JsonField {
        self.field.each = Some(list);
        self
    }
    /// Sets the column's other names.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> JsonField {
        self.field.aliases = aliases;
        self
    }
    /// Sets the column's unit.
    pub const fn unit(mut self, unit: Unit) -> JsonField {
        self.field.unit = unit;
        self
    }
    /// Sets the column's sentence for people.
    pub const fn doc(mut self, doc: &'static str) -> JsonField {
        self.field.doc = doc;
        self
    }
    /// Sets the column's expression over Athena's table, where what the table has at its paths is not enough.
    pub const fn athena(mut self, sql: &'static str) -> JsonField {
        self.field.athena = Some(sql);
        self
    }
    /// The record has nothing of that name, and so has no other engine; see [`Field::made`].
    pub const fn made(mut self) -> JsonField {
        self.field.made = true;
        self
    }
}

/// A field table made ready to read records: every column's value in one pass.
#[derive(Debug)]
pub struct JsonColumns {
    reader: Reader,
    /// For each slot of the reader, in order: the column it feeds. Slots after these are the format's own, then those of
    /// the lists.
    columns: Vec<SlotColumn>,
    /// The lists of whose items columns have values, and the slot of each.
    lists: Vec<(usize, ItemColumns)>,
    /// The texts that stand for no value.
    none: &'static [&'static str],
    scratch: Vec<u8>,
}

/// The column that a slot feeds.
#[derive(Clone, Copy, Debug)]
struct SlotColumn {
    /// Counted from the table's first.
    index: usize,
    kind: Kind,
    unit: Unit,
}

impl JsonColumns {
    /// Reads `fields`, and besides them the values at the paths `extra`, for the format's own use.
    pub fn new(fields: &[JsonField], extra: &[&str]) -> JsonColumns {
        JsonColumns::spelled(fields, extra, str::to_owned)
    }
    /// The same for records that spell every path in another way, which `spelling` gives.
    pub fn spelled(fields: &[JsonField], extra: &[&str], spelling: impl Fn(&str) -> String) -> JsonColumns {
        let mut paths: Vec<String> = Vec::new();
        let mut columns = Vec::new();
        for (index, field) in fields.iter().enumerate().filter(|(_, f)| !f.derived) {
            for path in std::iter::once(field.field.name.as_ref()).chain(field.field.also.iter().copied()) {
                // Of a list of plain values each is one, so the first of them is the column's too.
                let item = if field.field.each == Some(path) { ".0" } else { "" };
                paths.push(spelling(path) + item);
                columns.push(SlotColumn { index, kind: field.field.kind, unit: field.field.unit });
            }
        }
        paths.extend(extra.iter().map(|path| spelling(path)));
        let mut names: Vec<&str> =
            fields.iter().filter(|f| !f.derived).filter_map(|f| f.field.each).collect();
        sort::plain(&mut names);
        names.dedup();
        let lists: Vec<String> = names.iter().map(|list| spelling(list)).collect();
        let each = |(i, list): (usize, &String)| {
            let inside = format!("{list}.0.");
            let of_list =
                |slot: &SlotColumn| fields.get(slot.index).and_then(|f| f.field.each) == Some(names[i]);
            let slots = paths.iter().zip(&columns).filter(|(_, slot)| of_list(slot));
            let (below, slots): (Vec<&str>, Vec<SlotColumn>) = slots
                .filter_map(|(path, slot)| match path.strip_prefix(&inside) {
                    // The list's items are the values themselves.
                    None if inside.strip_suffix('.') == Some(path) => Some(("", *slot)),
                    below => Some((below?, *slot)),
                })
                .unzip();
            (paths.len() + i, ItemColumns::new(&below, slots))
        };
        let items: Vec<(usize, ItemColumns)> = lists.iter().enumerate().map(each).collect();
        paths.extend(lists);
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        JsonColumns { reader: Reader::new(&paths), columns, lists: items, none: &[], scratch: Vec::new() }
    }
    /// Takes these texts for no value, besides the empty one.
    pub fn without(mut self, none: &'static [&'static str]) -> JsonColumns {
        self.none = none;
        self
    }
    /// Reads one record.
    pub fn read<'a>(&'a mut self, record: &'a [u8]) -> Result<JsonRow<'a>, Fault> {
        let values = self.reader.read(record)?;
        let JsonColumns { columns, lists, none, scratch, .. } = self;
        Ok(JsonRow { values, columns, lists, none, scratch })
    }
}

/// The values of one record, for a row.
#[derive(Debug)]
pub struct JsonRow<'a> {
    values: Values<'a>,
    columns: &'a [SlotColumn],
    lists: &'a mut [(usize, ItemColumns)],
    none: &'static [&'static str],
    scratch: &'a mut Vec<u8>,
}

impl<'a> JsonRow<'a> {
    /// Writes all columns that have a value. A column that the format has set before keeps that.
    pub fn write(&mut self, row: &mut RowWriter<'_>) {
        for (slot, columns) in self.lists.iter_mut() {
            if let Json::Array(list) = self.values.get(*slot) {
                columns.write(list, row);
            }
        }
        for (column, slot) in self.columns.iter().zip(self.values.slots) {
            if slot.tag > Tag::Null {
                let value = self.values.json(*slot);
                if self.stands_for_none(value) {
                    continue;
                }
                row.set(column.index, value.cell(column.kind, column.unit, self.scratch));
            }
        }
    }
    /// Whether a value is a text that stands for none ([`JsonColumns::without`]).
    #[inline]
    pub fn stands_for_none(&self, value: Json<'_>) -> bool {
        matches!(value, Json::Plain(text) if self.none.iter().any(|none| none.as_bytes() == text))
    }
    /// All values, and where among them the one at the `i`-th extra path stands.
    pub fn values(&self, i: usize) -> (Values<'a>, usize) {
        (self.values, self.columns.len() + i)
    }
    /// The value at the `i`-th extra path.
    #[inline]
    pub fn extra(&self, i: usize) -> Json<'a> {
        self.values.get(self.columns.len() + i)
    }
    /// Where in the record the value at the `i`-th extra path begins (a string after its quote).
    pub fn extra_at(&self, i: usize) -> usize {
        self.values.slots.get(self.columns.len() + i).map_or(0, |slot| slot.start as usize)
    }
}

/// Finds the values at a set of paths in one pass over each record.
#[derive(Debug)]
pub struct Reader {
    nodes: Vec<PathNode>,
    slots: Vec<ValueSlot>,
}

/// The keys that are wanted at one place of the record.
#[derive(Debug, Default)]
struct PathNode {
    children: Vec<PathChild>,
    /// Bit `n`: a key of `n` bytes is wanted (63 stands for longer ones).
    lengths: u64,
    /// The child that is tried first: the one that came after the last one when it was last met.
    first: usize,
    /// All slots below.
    slots: Vec<u16>,
}

#[derive(Debug, Default)]
struct PathChild {
    /// The key and its closing quote.
    key: Box<[u8]>,
    /// The key as an array index.
    index: Option<usize>,
    /// Where the value goes.
    slots: Vec<u16>,
    /// What is wanted below.
    node: Option<usize>,
    /// The child whose key came next when this one was last met: records of one log repeat their order of keys.
    next: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct ValueSlot {
    tag: Tag,
    start: u32,
    end: u32,
}

impl Reader {
    /// Value `i` of a record will be the one at `paths[i]`. Parts are separated by dots, but for those inside backticks.
    pub fn new(paths: &[&str]) -> Reader {
        let mut reader =
            Reader { nodes: vec![PathNode::default()], slots: vec![ValueSlot::default(); paths.len()] };
        for (slot, path) in paths.iter().enumerate() {
            reader.want(path, slot as u16);
        }
        reader
    }
    fn want(&mut self, path: &str, slot: u16) {
        // A reader is made for each of thousands of small files: most paths are cut where they stand.
        match path.contains('`') {
            true => self.want_parts(each::parts(path).iter().map(|(part, _)| part.as_str()), slot),
            false => self.want_parts(path.split('.'), slot),
        }
    }
    fn want_parts<'p>(&mut self, parts: impl Iterator<Item = &'p str>, slot: u16) {
        let mut at = 0;
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            self.nodes[at].slots.push(slot);
            let is = |c: &PathChild| c.key.len() == part.len() + 1 && c.key.starts_with(part.as_bytes());
            let known = self.nodes[at].children.iter().position(is);
            let child = known.unwrap_or_else(|| {
                let node = &mut self.nodes[at];
                let next = node.children.len() + 1;
                let key = [part.as_bytes(), b"\""].concat().into_boxed_slice();
                let child = PathChild { key, index: part.parse().ok(), next, ..PathChild::default() };
                node.lengths |= 1 << part.len().min(63);
                node.children.push(child);
                next - 1
            });
            if parts.peek().is_none() {
                self.nodes[at].children[child].slots.push(slot);
                return;
            }
            at = match self.nodes[at].children[child].node {
                Some(node) => node,
                None => {
                    self.nodes.push(PathNode::default());
                    let node = self.nodes.len() - 1;
                    self.nodes[at].children[child].node = Some(node);
                    node
                }
            };
        }
    }
    /// Reads one record: a JSON object and nothing after it.
    pub fn read<'a>(&'a mut self, record: &'a [u8]) -> Result<Values<'a>, Fault> {
        self.slots.fill(ValueSlot::default());
        self.walk(record).map_err(|bad| Fault::new(record, bad.at, bad.expected))?;
        Ok(Values { record, slots: &self.slots })
    }
    fn walk(&mut self, text: &[u8]) -> Result<(), Bad> {
        if u32::try_from(text.len()).is_err() {
            return scan::bad(0, "a record of less than 4 GiB");
        }
        let start = scan::space(text, 0);
        if text.get(start) != Some(&b'{') {
            return scan::bad(start, "a JSON object");
        }
        let found = self.object(text, start, 0, 0)?;
        let end = scan::space(text, found.next);
        if end < text.len() { scan::bad(end, "the end of the record") } else { Ok(()) }
    }
    fn object(&mut self, text: &[u8], start: usize, node: usize, depth: usize) -> Result<Found, Bad> {
        let mut members = Members::open(text, start, depth)?;
        let mut guess = self.nodes[node].first;
        let mut last: Option<usize> = None;
        while let Some(quote) = members.quote()? {
            let here = &self.nodes[node];
            let rest = text.get(quote + 1..).unwrap_or_default();
            let guessed = here.children.get(guess).filter(|c| begins(rest, &c.key));
            let (child, after) = match guessed {
                Some(child) => (Some(guess), quote + 1 + child.key.len()),
                None => {
                    let key = scan::string(text, quote + 1)?;
                    (here.child(text, key), key.next)
                }
            };
            let at = members.colon(after)?;
            let Some(child) = child else {
                members.after(scan::value(text, at, depth + 1)?.next);
                continue;
            };
            if child != guess {
                // Where the record departs from the order of the last one, learn the new order.
                match last {
                    Some(last) => self.nodes[node].children[last].next = child,
                    None => self.nodes[node].first = child,
                }
            }
            last = Some(child);
            let here = &self.nodes[node].children[child];
            guess = here.next;
            let found = self.value(text, at, here.node, depth + 1)?;
            self.keep(node, child, found);
            members.after(found.next);
        }
        Ok(members.found(Tag::Object, start))
    }
    fn array(&mut self, text: &[u8], start: usize, node: usize, depth: usize) -> Result<Found, Bad> {
        let mut items = Items::open(text, start, depth)?;
        let mut index = 0;
        while let Some(at) = items.item()? {
            let child = self.nodes[node].children.iter().position(|c| c.index == Some(index));
            let below = child.and_then(|c| self.nodes[node].children[c].node);
            let found = self.value(text, at, below, depth + 1)?;
            if let Some(child) = child {
                self.keep(node, child, found);
            }
            items.after(found.next);
            index += 1;
        }
        Ok(items.found(start))
    }
    #[inline]
    fn value(&mut self, text: &[u8], at: usize, node: Option<usize>, depth: usize) -> Result<Found, Bad> {
        if let Some(node) = node {
            // What an earlier member of the same name left below does not count any more.
            for slot in 0..self.nodes[node].slots.len() {
                self.slots[self.nodes[node].slots[slot] as usize] = ValueSlot::default();
            }
            match text.get(at) {
                Some(b'{') => return self.object(text, at, node, depth),
                Some(b'[') if self.nodes[node].children.iter().any(|c| c.index.is_some()) => {
                    return self.array(text, at, node, depth);
                }
                _ => {}
            }
        }
        scan::value(text, at, depth)
    }
    #[inline]
    fn keep(&mut self, node: usize, child: usize, found: Found) {
        for slot in &self.nodes[node].children[child].slots {
            self.slots[*slot as usize] =
                ValueSlot { tag: found.tag, start: found.start as u32, end: found.end as u32 };
        }
    }
}

impl PathNode {
    /// The child that a key of the record means.
    fn child(&self, text: &[u8], key: Found) -> Option<usize> {
        let raw = text.get(key.start..key.end)?;
        let meant = scan::meant(raw, key.tag);
        if self.lengths >> meant.len().min(63) & 1 == 0 {
            return None;
        }
        let is = |c: &PathChild| c.key.len() == meant.len() + 1 && begins(&c.key, &meant);
        self.children.iter().position(is)
    }
}

/// Whether `text` begins with `key`: in line and by words, because keys are short and a call of `memcmp` (in WASM a
/// loop over bytes) would cost more than the comparison.
#[inline]
fn begins(text: &[u8], key: &[u8]) -> bool {
    let Some(text) = text.get(..key.len()) else { return false };
    let (mut a, mut b) = (text, key);
    while let (Some((x, after_a)), Some((y, after_b))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        if x != y {
            return false;
        }
        (a, b) = (after_a, after_b);
    }
    match (text.last_chunk::<8>(), key.last_chunk::<8>()) {
        // The rest once more with some of what was compared before it.
        (Some(x), Some(y)) => x == y,
        _ => a.iter().zip(b).all(|(x, y)| x == y),
    }
}

/// The values that a [`Reader`] found in one record.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    record: &'a [u8],
    slots: &'a [ValueSlot],
}

impl<'a> Values<'a> {
    /// The value at the `i`-th path.
    #[inline]
    pub fn get(&self, i: usize) -> Json<'a> {
        self.slots.get(i).map_or(Json::Missing, |slot| self.json(*slot))
    }
    #[inline]
    fn json(&self, slot: ValueSlot) -> Json<'a> {
        Json::of(self.record, slot.tag, slot.start as usize, slot.end as usize)
    }
}

/// A JSON value where it stands in its record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Json<'a> {
    /// Nothing stands there.
    Missing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(&'a [u8]),
    /// A string without escapes.
    Plain(&'a [u8]),
    /// A string with escapes, as written, without its quotes.
    Escaped(&'a [u8]),
    /// An object as written.
    Object(&'a [u8]),
    /// An array as written.
    Array(&'a [u8]),
}

impl<'a> Json<'a> {
    #[inline]
    fn of(record: &'a [u8], tag: Tag, start: usize, end: usize) -> Json<'a> {
        let text = record.get(start..end).unwrap_or_default();
        match tag {
            Tag::Missing => Json::Missing,
            Tag::Null => Json::Null,
            Tag::True => Json::Bool(true),
            Tag::False => Json::Bool(false),
            Tag::Number => Json::Number(text),
            Tag::Plain => Json::Plain(text),
            Tag::Escaped => Json::Escaped(text),
            Tag::Object => Json::Object(text),
            Tag::Array => Json::Array(text),
        }
    }
    /// The value as text: strings decoded, everything else as written; `None` for no value and the empty string.
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Json::Missing | Json::Null => None,
            Json::Bool(true) => Some(Cow::Borrowed(b"true")),
            Json::Bool(false) => Some(Cow::Borrowed(b"false")),
            Json::Plain(b"") => None,
            Json::Escaped(raw) => {
                let mut text = Vec::with_capacity(raw.len());
                scan::unescape(raw, &mut text);
                Some(Cow::Owned(text))
            }
            Json::Number(text) | Json::Plain(text) | Json::Object(text) | Json::Array(text) => {
                Some(Cow::Borrowed(text))
            }
        }
    }
    /// Whether there is a value: neither missing nor `null` nor the empty string.
    pub fn is_some(self) -> bool {
        !matches!(self, Json::Missing | Json::Null | Json::Plain(b""))
    }
    /// Whether this is a string or number that reads `text`.
    pub fn is(self, text: &str) -> bool {
        self.text().is_some_and(|t| *t == *text.as_bytes())
    }
    /// The value for a column of `kind`; [`Cell::Null`] when it does not convert. `scratch` holds decoded text.
    #[inline]
    pub fn cell<'s>(self, kind: Kind, unit: Unit, scratch: &'s mut Vec<u8>) -> Cell<'s>
    where
        'a: 's,
    {
        let text: &'s [u8] = match self {
            Json::Missing | Json::Null | Json::Plain(b"") => return Cell::Null,
            Json::Bool(b) if kind == Kind::Bool => return Cell::Bool(b),
            Json::Bool(true) => b"true",
            Json::Bool(false) => b"false",
            Json::Escaped(raw) => {
                scratch.clear();
                scan::unescape(raw, scratch);
                scratch
            }
            Json::Number(text) | Json::Plain(text) | Json::Object(text) | Json::Array(text) => text,
        };
        match kind {
            Kind::Text => Cell::Text(text),
            _ => convert(text, kind, unit),
        }
    }
}

/// Text for a column that does not hold text.
fn convert(text: &[u8], kind: Kind, unit: Unit) -> Cell<'_> {
    let str = std::str::from_utf8(text).unwrap_or_default().trim();
    let whole = |v: f64| (v.fract() == 0.0 && v.abs() < 9e15).then_some(v as i64);
    match kind {
        Kind::Text => Cell::Text(text),
        Kind::Ip if str.parse::<IpAddr>().is_ok() => Cell::Text(text),
        Kind::Ip => Cell::Null,
        Kind::Bool if str.eq_ignore_ascii_case("true") => Cell::Bool(true),
        Kind::Bool if str.eq_ignore_ascii_case("false") => Cell::Bool(false),
        Kind::Bool => Cell::Null,
        Kind::Int => {
            (str.parse().ok()).or_else(|| parse_number(text).and_then(whole)).map_or(Cell::Null, Cell::Int)
        }
        Kind::Float => parse_number(text).map_or(Cell::Null, Cell::Float),
        Kind::Time => point(text, unit).map_or(Cell::Null, Cell::Time),
    }
}

/// A point in time: ISO 8601, a number since 1970 in `unit`, or [in words](super::time::in_words). Without a unit the number's size decides, since
/// seconds and milliseconds of the years that logs are from do not overlap.
pub fn point(text: &[u8], unit: Unit) -> Option<i64> {
    if let Some(micros) = time::parse_iso(text) {
        return Some(micros);
    }
    let Some(number) = parse_number(text) else { return super::time::in_words(text) };
    let factor = match unit {
        Unit::EpochSeconds => 1e6,
        Unit::EpochMillis => 1e3,
        _ if number.abs() < 1e11 => 1e6,
        _ if number.abs() < 1e14 => 1e3,
        _ => 1.0,
    };
    let micros = number * factor;
    (micros.abs() < 9e18).then(|| micros.round() as i64)
}

/// A path with the first letter of each part raised, as AWS's APIs spell what events have in small letters:
/// `service.action` as `Service.Action`.
pub fn pascal(path: &str) -> String {
    let part = |part: &str| {
        let mut chars = part.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// Calls `f` for each item of a JSON array, until one is damaged or `f` says to stop.
pub fn each<'a>(array: &'a [u8], mut f: impl FnMut(Json<'a>) -> bool) {
    let mut walk = || -> Result<(), Bad> {
        let mut items = Items::open(array, scan::space(array, 0), 0)?;
        while let Some(at) = items.item()? {
            let found = scan::value(array, at, 1)?;
            if !f(Json::of(array, found.tag, found.start, found.end)) {
                break;
            }
            items.after(found.next);
        }
        Ok(())
    };
    // The array was read as part of its record, so that damage cannot be met here.
    let _ = walk();
}

/// Appends the meaning of an escaped string (without its quotes) to `out`.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    scan::unescape(raw, out);
}

/// The place in an escaped string of byte `meant` of its meaning.
pub fn raw_offset(raw: &[u8], meant: usize) -> usize {
    scan::raw_offset(raw, meant)
}
