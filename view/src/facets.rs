//! How often each value of a field occurs among selected rows: exact counts, merged over tables and shards.
//!
//! Each table of each shard counts all its values; only the commonest travel. A value that one part did not send has
//! at most that part's `floor` there, so the page knows which of its candidates need a second look
//! ([`Tally::look_up`]) before it may call their counts exact.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::Facet;
use logloupe_table::{
    Bitmap, Column, Data, Dictionary, Kind, Source, Table, Value, column::decimal, schema::SOURCE, sort,
};

/// All counts of one field in one table of one shard, gathered in steps. Stays with the worker.
#[derive(Debug)]
pub struct Tally {
    column: Option<usize>,
    kind: Kind,
    counts: Counts,
    /// How many chunks were counted.
    chunks: usize,
    present: u64,
    rows: u64,
}

#[derive(Debug)]
enum Counts {
    /// Per dictionary code.
    Codes(Vec<u64>),
    /// Per integer from a smallest one.
    Near(i64, Vec<u64>),
    /// Of text that is not all in the column's dictionary, or of entries that are several values: counts of codes until all
    /// is counted, and of all entries of a dictionary of its own from then on.
    Words { codes: Vec<u64>, entries: Dictionary, counts: Vec<u64> },
    /// Per integer or time, or per float's bits.
    Numbers(hashbrown::HashMap<i64, u64, RandomState>),
    /// Per number of a file.
    Sources(Vec<u64>),
    /// Per displayed value.
    Any(HashMap<String, u64>),
}

/// The commonest values of one [`Tally`]: what travels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FacetPart {
    /// Values with their counts, most frequent first.
    pub values: Vec<(String, u64)>,
    /// No value that is not among `values` has more than this.
    pub floor: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Selected rows that have the field.
    pub present: u64,
    /// Selected rows that do not.
    pub missing: u64,
}

/// Integers that lie this near to one another are counted in a row of places.
const NEAR: i64 = 1 << 20;

impl Tally {
    /// Begins to count the values of `field`.
    pub fn new(table: &Table, sources: &[Source], field: &str) -> Tally {
        let column = table.schema().find(field).or_else(|| table.derived(field));
        let column = column.filter(|_| field != "@format");
        let kind = column.map_or(Kind::Text, |c| table.schema().field(c).kind);
        let counts = match (column, kind) {
            (Some(SOURCE), _) => Counts::Sources(vec![0; sources.len()]),
            (Some(column), kind)
                if matches!(kind, Kind::Text | Kind::Ip) || table.dictionary(column).has_several() =>
            {
                let codes = vec![0; table.dictionary(column).len()];
                let several = table.dictionary(column).has_several();
                let plain = |c: &Column| matches!(c.data, Data::Plain { .. });
                match several || table.chunks().iter().any(|c| plain(c.column(column))) {
                    false => Counts::Codes(codes),
                    true => Counts::Words { codes, entries: Dictionary::new(0x5eed), counts: Vec::new() },
                }
            }
            (Some(column), Kind::Int | Kind::Bool) => {
                let ranges = table.chunks().iter().filter_map(|c| c.column(column).range());
                let (low, high) = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
                match high.checked_sub(low).filter(|span| *span < NEAR) {
                    Some(span) => Counts::Near(low, vec![0; span as usize + 1]),
                    None => Counts::Numbers(Default::default()),
                }
            }
            (Some(_), _) => Counts::Numbers(Default::default()),
            (None, _) => Counts::Any(HashMap::new()),
        };
        Tally { column, kind, counts, chunks: 0, present: 0, rows: 0 }
    }
    /// Counts the selected rows of at most `chunks` chunks more and says whether all are counted; `selected` has a
    /// bitmap for each chunk, and `field` is what it was begun with.
    pub fn step(
        &mut self,
        table: &Table,
        sources: &[Source],
        selected: &[Bitmap],
        field: &str,
        chunks: usize,
    ) -> bool {
        let end = self.chunks.saturating_add(chunks).min(selected.len()).min(table.chunks().len());
        for (chunk, selected) in table.chunks()[self.chunks..end].iter().zip(&selected[self.chunks..end]) {
            self.rows += selected.count() as u64;
            if let Some(column) = self.column {
                self.present += self.counts.add(chunk.column(column), selected);
            }
        }
        self.chunks = end;
        if end < selected.len().min(table.chunks().len()) {
            return false;
        }
        match &mut self.counts {
            Counts::Words { codes, entries, counts } => {
                let dictionary = self.column.map(|c| table.dictionary(c));
                for (code, n) in std::mem::take(codes).into_iter().enumerate().filter(|(_, n)| *n > 0) {
                    match dictionary {
                        // The row counts for each of its values.
                        Some(dictionary) if dictionary.has_several() => {
                            let value = dictionary.value(code as u32);
                            value.singles().for_each(|value| {
                                count_word(entries, counts, value.to_string().as_bytes(), n);
                            });
                        }
                        dictionary => {
                            let text = dictionary.map(|d| d.text(code as u32)).unwrap_or_default();
                            count_word(entries, counts, text.as_bytes(), n);
                        }
                    }
                }
            }
            Counts::Sources(counts) => {
                let mut named: HashMap<String, u64> = HashMap::new();
                for (source, n) in sources.iter().zip(counts).filter(|(_, n)| **n > 0) {
                    *named.entry(source.name.clone()).or_default() += *n;
                }
                self.counts = Counts::Any(named);
            }
            Counts::Any(counts) if field == "@format" => {
                self.present = self.rows;
                *counts = HashMap::from([(table.format().to_owned(), self.rows)]);
            }
            _ => {}
        }
        true
    }
    /// Counts the values of `field` in the selected rows at once.
    pub fn count(table: &Table, sources: &[Source], selected: &[Bitmap], field: &str) -> Tally {
        let mut tally = Tally::new(table, sources, field);
        tally.step(table, sources, selected, field, usize::MAX);
        tally
    }
    /// The `most` commonest values.
    pub fn part(&self, table: &Table, most: usize) -> FacetPart {
        // What a value displays as is only asked for the few that travel.
        let mut found: Vec<(u64, i64)> = match &self.counts {
            Counts::Codes(counts) | Counts::Near(_, counts) | Counts::Words { counts, .. } => {
                let any = counts.iter().enumerate().filter(|(_, n)| **n > 0);
                any.map(|(i, n)| (*n, i as i64)).collect()
            }
            Counts::Numbers(counts) => counts.iter().map(|(v, n)| (*n, *v)).collect(),
            Counts::Sources(_) => Vec::new(),
            Counts::Any(counts) => {
                let mut values: Vec<(String, u64)> =
                    counts.iter().filter(|(_, n)| **n > 0).map(|(v, n)| (v.clone(), *n)).collect();
                let distinct = values.len() as u64;
                sort(&mut values);
                let floor = values.get(most).map_or(0, |v| v.1);
                values.truncate(most);
                return self.told(values, floor, distinct);
            }
        };
        let distinct = found.len() as u64;
        let mut floor = 0;
        if found.len() > most {
            found.select_nth_unstable_by(most, |a, b| b.cmp(a));
            floor = found[most].0;
            found.truncate(most);
        }
        let shown = |(n, i): (u64, i64)| {
            let value = match (&self.counts, self.column) {
                (Counts::Near(low, _), _) => shown(self.kind, low + i),
                (Counts::Numbers(_), _) => shown(self.kind, i),
                (Counts::Words { entries, .. }, _) => entries.text(i as u32).into_owned(),
                (_, Some(column)) => table.dictionary(column).text(i as u32).into_owned(),
                (_, None) => String::new(),
            };
            (value, n)
        };
        let mut values: Vec<(String, u64)> = found.into_iter().map(shown).collect();
        sort(&mut values);
        self.told(values, floor, distinct)
    }
    fn told(&self, values: Vec<(String, u64)>, floor: u64, distinct: u64) -> FacetPart {
        FacetPart { values, floor, distinct, present: self.present, missing: self.rows - self.present }
    }
    /// The commonest values that begin with `typed`, then those that contain it, letter case aside; `most` of each.
    pub fn like(&self, table: &Table, typed: &str, most: usize) -> Vec<(String, u64)> {
        if typed.is_empty() {
            return self.part(table, most).values;
        }
        let folded = typed.to_ascii_lowercase();
        let (mut begin, mut contain) = (Vec::new(), Vec::new());
        let mut look = |value: &str, count: u64| {
            let list = match begins(value, typed) {
                true => &mut begin,
                false if value.to_ascii_lowercase().contains(&folded) => &mut contain,
                false => return,
            };
            list.push((value.to_owned(), count));
            // Kept short: what was found so far is cut to the commonest now and then.
            if list.len() >= 4 * most.max(1) {
                sort(list);
                list.truncate(most);
            }
        };
        let any = |counts: &[u64], look: &mut dyn FnMut(usize, u64)| {
            counts.iter().enumerate().filter(|(_, n)| **n > 0).for_each(|(i, n)| look(i, *n));
        };
        match (&self.counts, self.column) {
            (Counts::Any(counts), _) => counts.iter().for_each(|(value, n)| look(value, *n)),
            (Counts::Near(low, counts), _) => {
                any(counts, &mut |i, n| look(&shown(self.kind, low + i as i64), n));
            }
            (Counts::Numbers(counts), _) => {
                counts.iter().for_each(|(v, n)| look(&shown(self.kind, *v), *n));
            }
            (Counts::Words { entries, counts, .. }, _) => {
                any(counts, &mut |i, n| look(&entries.text(i as u32), n));
            }
            (Counts::Codes(counts), Some(column)) => {
                let dictionary = table.dictionary(column);
                any(counts, &mut |i, n| look(&dictionary.text(i as u32), n));
            }
            (Counts::Codes(_) | Counts::Sources(_), _) => {}
        }
        for list in [&mut begin, &mut contain] {
            sort(list);
            list.truncate(most);
        }
        begin.extend(contain);
        begin
    }
    /// How often each of `values` occurs.
    pub fn look_up(&self, table: &Table, values: &[String]) -> Vec<u64> {
        let at = |counts: &[u64], place: Option<usize>| place.and_then(|at| counts.get(at)).copied();
        let count = |value: &String| match (&self.counts, self.column) {
            (Counts::Any(counts), _) => counts.get(value).copied(),
            (Counts::Near(low, counts), _) => {
                let place = meant(self.kind, value).and_then(|v| v.checked_sub(*low));
                at(counts, place.and_then(|v| usize::try_from(v).ok()))
            }
            (Counts::Numbers(counts), _) => meant(self.kind, value).and_then(|v| counts.get(&v)).copied(),
            (Counts::Words { entries, counts, .. }, _) => {
                at(counts, entries.find(value.as_bytes()).map(|code| code as usize))
            }
            (Counts::Codes(counts), Some(column)) => {
                let code = table.dictionary(column).find(value.as_bytes());
                at(counts, code.map(|code| code as usize))
            }
            (Counts::Codes(_) | Counts::Sources(_), _) => None,
        };
        values.iter().map(|value| count(value).unwrap_or(0)).collect()
    }
}

/// Whether a value begins with what is typed, letter case aside.
pub fn begins(value: &str, typed: &str) -> bool {
    value.as_bytes().get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed.as_bytes()))
}

/// What a stored integer, or a float's bits, displays as.
fn shown(kind: Kind, v: i64) -> String {
    match kind {
        Kind::Bool => Value::Bool(v != 0),
        Kind::Time => Value::Time(v),
        Kind::Float => Value::Float(f64::from_bits(v as u64)),
        _ => Value::Int(v),
    }
    .to_string()
}

/// What displays as `value`.
fn meant(kind: Kind, value: &str) -> Option<i64> {
    let v = match kind {
        Kind::Bool => value.parse::<bool>().ok()? as i64,
        Kind::Time => logloupe_table::time::parse_iso(value.as_bytes())?,
        Kind::Float => (value.parse::<f64>().ok()? + 0.0).to_bits() as i64,
        _ => value.parse().ok()?,
    };
    (shown(kind, v) == value).then_some(v)
}

fn count_word(entries: &mut Dictionary, counts: &mut Vec<u64>, word: &[u8], n: u64) {
    // A full dictionary (4 GiB of text) counts no further words.
    let Some(code) = entries.intern(word) else { return };
    if counts.len() <= code as usize {
        counts.resize(code as usize + 1, 0);
    }
    counts[code as usize] += n;
}

impl Counts {
    /// Adds the selected rows of a chunk and gives how many have a value.
    fn add(&mut self, column: &Column, selected: &Bitmap) -> u64 {
        let mut rows = selected.clone();
        if let Some(valid) = &column.valid {
            rows.and(valid);
        }
        match (self, &column.data) {
            (_, Data::Nulls) => return 0,
            (Counts::Codes(counts) | Counts::Words { codes: counts, .. }, Data::Codes(codes)) => {
                rows.for_each(|i| counts[codes.get(i) as usize] += 1);
            }
            (Counts::Words { entries, counts, .. }, Data::Plain { ends, bytes }) => {
                let bytes: &[u8] = bytes;
                rows.for_each(|i| {
                    let start = if i == 0 { 0 } else { ends.get(i - 1) as usize };
                    let word = bytes.get(start..ends.get(i) as usize).unwrap_or_default();
                    // Counted as what it displays as.
                    match std::str::from_utf8(word) {
                        Ok(_) => count_word(entries, counts, word, 1),
                        Err(_) => count_word(entries, counts, String::from_utf8_lossy(word).as_bytes(), 1),
                    }
                });
            }
            (Counts::Near(low, counts), Data::Ints(values)) => {
                rows.for_each(|i| counts[(values.get(i) - *low) as usize] += 1);
            }
            (Counts::Numbers(counts), Data::Ints(values)) => {
                rows.for_each(|i| *counts.entry(values.get(i)).or_default() += 1);
            }
            (Counts::Numbers(counts), Data::Decimals(values, digits)) => {
                // Adding zero makes one zero of two.
                let bits = |i: usize| (decimal(values.get(i), *digits) + 0.0).to_bits() as i64;
                rows.for_each(|i| *counts.entry(bits(i)).or_default() += 1);
            }
            (Counts::Numbers(counts), Data::Floats(values)) => {
                rows.for_each(|i| *counts.entry((values[i] + 0.0).to_bits() as i64).or_default() += 1);
            }
            (Counts::Sources(counts), Data::Ints(values)) => {
                rows.for_each(|i| {
                    if let Some(count) = usize::try_from(values.get(i)).ok().and_then(|s| counts.get_mut(s)) {
                        *count += 1;
                    }
                });
            }
            _ => {}
        }
        rows.count() as u64
    }
}

fn sort(values: &mut [(String, u64)]) {
    sort::by(values, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

/// Parts of one field on their way to a [`Facet`].
#[derive(Clone, Debug, Default)]
pub struct FacetMerge {
    parts: Vec<FacetPart>,
    /// The values that may be among the commonest, once chosen.
    pub candidates: Vec<String>,
}

impl FacetMerge {
    /// Merges parts of the same field.
    pub fn new(parts: Vec<FacetPart>, wanted: usize) -> FacetMerge {
        let mut merge = FacetMerge { parts, candidates: Vec::new() };
        let mut sums = merge.sums();
        sort(&mut sums);
        let unsent: u64 = merge.parts.iter().map(|p| p.floor).sum();
        // Anything that could still reach the wanted-th place is a candidate.
        let bar = sums.get(wanted.saturating_sub(1)).map_or(0, |v| v.1);
        merge.candidates = sums.into_iter().take_while(|v| v.1 + unsent >= bar).map(|v| v.0).collect();
        merge
    }
    /// Whether the parts' own counts are the whole truth.
    pub fn complete(&self) -> bool {
        self.parts.len() <= 1 || self.parts.iter().all(|p| p.floor == 0)
    }
    /// The facet, given each part's count of each candidate, or by the parts alone when [`complete`](Self::complete).
    pub fn facet(self, field: &str, wanted: usize, looked_up: Option<&[Vec<u64>]>) -> Facet {
        let sums = self.sums();
        let sent = sums.len() as u64;
        let mut values = match looked_up {
            Some(parts) => {
                let sum = |i: usize| parts.iter().filter_map(|p| p.get(i)).sum();
                self.candidates
                    .iter()
                    .enumerate()
                    .map(|(i, v)| (v.clone(), sum(i)))
                    .filter(|v: &(String, u64)| v.1 > 0)
                    .collect()
            }
            None => sums,
        };
        sort(&mut values);
        let distinct = match self.parts.iter().filter(|p| p.present > 0).count() {
            0 => Some(0),
            1 => self.parts.iter().find(|p| p.present > 0).map(|p| p.distinct),
            _ if self.parts.iter().all(|p| p.floor == 0) => Some(sent),
            _ => None,
        };
        values.truncate(wanted);
        Facet {
            field: field.to_owned(),
            values,
            distinct,
            present: self.parts.iter().map(|p| p.present).sum(),
            missing: self.parts.iter().map(|p| p.missing).sum(),
        }
    }
    fn sums(&self) -> Vec<(String, u64)> {
        if let [only] = self.parts.as_slice() {
            return only.values.clone();
        }
        let mut sums: HashMap<&str, u64> = HashMap::new();
        for (value, count) in self.parts.iter().flat_map(|p| &p.values) {
            *sums.entry(value).or_default() += count;
        }
        sums.into_iter().map(|(v, n)| (v.to_owned(), n)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::{Cell, Field, Role, Row, Shard};

    #[test]
    fn every_kind_of_column_is_counted_in_steps() {
        let fields = [
            Field::new("code", Kind::Text, Role::Dimension),
            Field::new("plain", Kind::Text, Role::Identifier),
            Field::new("near", Kind::Int, Role::Measure),
            Field::new("far", Kind::Int, Role::Measure),
            Field::new("float", Kind::Float, Role::Measure),
            Field::new("flag", Kind::Bool, Role::Status),
            Field::new("tags", Kind::Text, Role::Identifier).each("items"),
            Field::new("ports", Kind::Int, Role::Dimension).each("items"),
        ];
        let mut shard = Shard::new(1);
        for name in ["a.log", "b.log", "a.log"] {
            shard.add_source(name);
        }
        let floats = [0.1, -0.0, 0.0, 1e300, 2.0];
        for i in 0..900i64 {
            let mut row = shard.table("t", fields.iter().cloned()).begin();
            row.timestamp(1_772_668_800_000_000 + i % 3 * 1_000);
            if i % 10 > 0 {
                row.set(0, Cell::Text([&b"x"[..], b"y", b"\xff"][i as usize % 3]));
                row.set(1, Cell::Text([&b"p"[..], b"q", b"\xfe", b"\xfd"][i as usize % 4]));
                row.set(2, Cell::Int(i % 5 - 2));
                row.set(3, Cell::Int([i64::MIN, i64::MAX, 7][i as usize % 3]));
                row.set(4, Cell::Float(floats[i as usize % 5]));
                row.set(5, Cell::Bool(i % 3 == 0));
                // None to four values, some of them twice, some missing.
                let tags = (0..i % 5).map(|k| Cell::Text([&b"p"[..], b"q", b""][((i + k) % 3) as usize]));
                row.set_each(6, tags);
                row.set_each(7, (0..i % 5).map(|k| if k == 1 { Cell::Null } else { Cell::Int((i * k) % 4) }));
            }
            row.commit((i % 3) as u32, 1, 1, b"raw");
            if i % 100 == 99 {
                shard.seal();
            }
        }
        let table = &shard.tables[0];
        let selected: Vec<Bitmap> =
            table.chunks().iter().map(|c| Bitmap::from_fn(c.rows, |i| i % 7 != 3)).collect();
        for field in [
            "code",
            "plain",
            "near",
            "far",
            "float",
            "flag",
            "tags",
            "ports",
            "@timestamp",
            "@source",
            "@format",
            "?",
        ] {
            let mut expected: HashMap<String, u64> = HashMap::new();
            let mut missing = 0;
            for (chunk, selected) in table.chunks().iter().zip(&selected) {
                for index in selected.ones() {
                    let value = logloupe_table::builtin::value(&shard, &Row { table, chunk, index }, field);
                    match value.is_null() {
                        true => missing += 1,
                        // A row counts for each of its values, and once as one that has the field.
                        false => value
                            .singles()
                            .for_each(|value| *expected.entry(value.to_string()).or_default() += 1),
                    }
                }
            }
            let mut tally = Tally::new(table, &shard.sources, field);
            let mut steps = 1;
            while !tally.step(table, &shard.sources, &selected, field, 2) {
                steps += 1;
            }
            assert_eq!(steps, 5, "nine chunks");
            let part = tally.part(table, 100);
            let sums = FacetMerge::new(vec![part.clone(), FacetPart::default()], 100).sums();
            assert_eq!(sums.into_iter().collect::<HashMap<_, _>>(), expected, "{field}");
            assert_eq!((part.missing, part.floor), (missing, 0), "{field}");
            let rows: usize = selected.iter().map(Bitmap::count).sum();
            assert_eq!(part.present + part.missing, rows as u64, "{field}");
            let least = tally.part(table, 1);
            let most = |part: &FacetPart| part.values.first().map(|v| v.1);
            assert_eq!(most(&least), most(&part), "{field}");
            for (value, n) in &expected {
                // Values that look alike are one where they are counted by what they look like.
                if field != "code" || !value.contains('\u{fffd}') {
                    assert_eq!(
                        tally.look_up(table, &[value.clone(), "no".into()]),
                        [*n, 0],
                        "{field} {value}"
                    );
                }
            }
        }
    }
}
