//! Which of many values equal one, as `=` sees it, without looking at each: sets for `in`, keys of joins and lookups.
//! Not here: what equality means, which is [`Value::compare`]'s; every hit is confirmed by it.

use std::{cmp::Ordering, collections::HashMap, net::IpAddr};

use logloupe_table::{Value, sort};

/// Fewer values than this are looked at one by one.
const FEW: usize = 8;

/// Values by what they equal.
#[derive(Clone, Debug, Default)]
pub struct JoinIndex {
    values: Vec<Value>,
    /// Numbers of values that can equal what is no time; empty for few values.
    plain: HashMap<Bucket, Vec<u32>>,
    /// Numbers of values that are or read as times, by the time.
    times: HashMap<i64, Vec<u32>>,
    /// Whether a value is a time itself: others then equal it by what time they read as.
    has_times: bool,
}

/// What two values have in common if they are equal and neither is a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Bucket {
    Number(u64),
    Text(Box<str>),
}

impl Bucket {
    fn of(value: &Value) -> Bucket {
        match value.integer().map(|v| v as f64).or_else(|| value.number()) {
            // Adding zero makes one zero of two.
            Some(number) => Bucket::Number((number + 0.0).to_bits()),
            None => Bucket::Text(value.to_string().into()),
        }
    }
}

impl JoinIndex {
    /// Of these values; the missing ones among them equal nothing.
    pub fn new(values: Vec<Value>) -> JoinIndex {
        let mut join_index = JoinIndex { values, ..JoinIndex::default() };
        if join_index.values.len() >= FEW {
            let singles =
                |(i, value): (u32, &'_ Value)| value.singles().map(|v| (i, v.clone())).collect::<Vec<_>>();
            for (i, value) in (0u32..).zip(&join_index.values).flat_map(singles) {
                if let Some(time) = value.time() {
                    join_index.times.entry(time).or_default().push(i);
                }
                match value {
                    Value::Null => {}
                    Value::Time(_) => join_index.has_times = true,
                    other => join_index.plain.entry(Bucket::of(&other)).or_default().push(i),
                }
            }
        }
        join_index
    }
    /// The values, as they were given.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
    /// Calls `f` with the number of each value that equals `item`, ascending, until it says that it has enough.
    pub fn find(&self, item: &Value, mut enough: impl FnMut(u32) -> bool) {
        let equal = |i: &u32| self.values.get(*i as usize).is_some_and(|v| equal_any(item, v));
        if item.is_null() {
            return;
        }
        if self.values.len() < FEW {
            (0..self.values.len() as u32).filter(equal).any(enough);
            return;
        }
        let at = |time: Option<i64>| time.and_then(|t| self.times.get(&t)).map_or(&[][..], Vec::as_slice);
        if matches!(item, Value::Time(_)) {
            at(item.time()).iter().copied().filter(equal).any(enough);
            return;
        }
        let plain = self.plain.get(&Bucket::of(item)).map_or(&[][..], Vec::as_slice);
        if !self.has_times {
            plain.iter().copied().filter(equal).any(enough);
            return;
        }
        let is_time = |i: &u32| matches!(self.values.get(*i as usize), Some(Value::Time(_)));
        let mut all: Vec<u32> = at(item.time()).iter().filter(|i| is_time(i)).chain(plain).copied().collect();
        all.sort_unstable();
        all.into_iter().filter(equal).any(&mut enough);
    }
    /// Whether some value equals `item`.
    pub fn holds(&self, item: &Value) -> bool {
        let mut found = false;
        self.find(item, |_| {
            found = true;
            true
        });
        found
    }
}

/// Whether `item` equals the value, or one of several.
fn equal_any(item: &Value, value: &Value) -> bool {
    value.singles().any(|value| item.compare(value) == Some(Ordering::Equal))
}

/// Rows by the values of one or several of their columns.
#[derive(Clone, Debug, Default)]
pub struct JoinKeys {
    first: JoinIndex,
    /// The other columns that must be equal, and which operand each is compared with.
    rest: Vec<(usize, Vec<Value>)>,
    /// The operand that is looked up.
    at: usize,
    /// Without keys: so many rows, which all fit.
    all: u32,
    /// How often each row counts.
    times: Vec<u64>,
}

/// A row of the other side stands beside more rows than this at once only by mistake.
pub const MOST_BESIDE: u64 = 1 << 20;

impl JoinKeys {
    /// Rows with these columns of keys; `times` says how often each row counts, once if it is empty. The column with
    /// the most different values is looked up, the others are compared.
    pub fn new(mut columns: Vec<Vec<Value>>, times: Vec<u64>) -> JoinKeys {
        let different = |column: &Vec<Value>| {
            column.iter().map(Value::to_string).collect::<std::collections::HashSet<_>>().len()
        };
        let at = match columns.len() {
            0 | 1 => 0,
            _ => (0..columns.len()).max_by_key(|c| (different(&columns[*c]), usize::MAX - c)).unwrap_or(0),
        };
        let first = JoinIndex::new(if columns.is_empty() { Vec::new() } else { columns.remove(at) });
        let others = (0..=columns.len()).filter(|c| *c != at);
        JoinKeys { first, rest: others.zip(columns).collect(), at, all: 0, times }
    }
    /// So many rows, which fit whatever stands beside them.
    pub fn all(rows: usize, times: Vec<u64>) -> JoinKeys {
        JoinKeys { all: u32::try_from(rows).unwrap_or(u32::MAX), times, ..JoinKeys::default() }
    }
    fn each(&self, operands: &[Value], mut enough: impl FnMut(u32) -> bool) {
        if (0..self.all).any(&mut enough) || self.all > 0 {
            return;
        }
        let Some(item) = operands.get(self.at) else { return };
        self.first.find(item, |row| {
            let fits = self.rest.iter().all(|(operand, column)| {
                let sides = operands.get(*operand).zip(column.get(row as usize));
                sides.is_some_and(|(a, b)| equal_any(a, b))
            });
            fits && enough(row)
        });
    }
    /// The number of the first row that fits, or null.
    pub fn row(&self, operands: &[Value]) -> Value {
        let mut found = Value::Null;
        self.each(operands, |row| {
            found = Value::Int(i64::from(row));
            true
        });
        found
    }
    /// The numbers of all rows that fit, each as often as it counts; `outer` gives a null where none does.
    pub fn rows(&self, operands: &[Value], outer: bool) -> Value {
        let mut found = Vec::new();
        self.each(operands, |row| {
            let times = self.times.get(row as usize).copied().unwrap_or(1).min(MOST_BESIDE);
            found.extend((0..times).map(|_| Value::Int(i64::from(row))));
            found.len() as u64 > MOST_BESIDE
        });
        if found.is_empty() && outer {
            found.push(Value::Null);
        }
        Value::List(found.into())
    }
    /// Whether no two rows fit the same operands, and none counts twice. Of several columns that is not looked into.
    pub fn is_unique(&self) -> bool {
        let more = |item: &Value| {
            let mut count = 0;
            self.first.find(item, |_| {
                count += 1;
                count > 1
            });
            count > 1
        };
        self.rest.is_empty()
            && self.all <= 1
            && self.times.iter().all(|t| *t <= 1)
            && !self.first.values.iter().flat_map(Value::singles).any(more)
    }
}

/// Rows by networks: the row of the longest one that holds an address.
#[derive(Clone, Debug, Default)]
pub struct PrefixTable {
    /// By family and length of prefix, longest first: the row of each prefix.
    prefixes: Vec<(bool, u32, HashMap<u128, u32>)>,
}

impl PrefixTable {
    /// Of a column of networks (`10.0.0.0/8`, or one address); what is none is passed over, of equal ones the first
    /// counts.
    pub fn new<'v>(column: impl IntoIterator<Item = &'v Value>) -> PrefixTable {
        let mut networks = PrefixTable::default();
        for (row, value) in (0u32..).zip(column) {
            let Some((v4, bits, length)) = value.as_text().and_then(network) else { continue };
            let at = networks.prefixes.iter().position(|(family, l, _)| (*family, *l) == (v4, length));
            let at = at.unwrap_or_else(|| {
                networks.prefixes.push((v4, length, HashMap::new()));
                networks.prefixes.len() - 1
            });
            networks.prefixes[at].2.entry(bits & mask(v4, length)).or_insert(row);
        }
        sort::by_key(&mut networks.prefixes, |(_, length, _)| std::cmp::Reverse(*length));
        networks
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }
    /// The number of the row whose network holds the address most closely, or null.
    pub fn row(&self, address: &Value) -> Value {
        let Some(Ok(address)) = address.as_text().map(|a| a.trim().parse::<IpAddr>()) else {
            return Value::Null;
        };
        let (v4, bits) = bits(address);
        let fits = |(family, length, rows): &(bool, u32, HashMap<u128, u32>)| {
            (*family == v4).then(|| rows.get(&(bits & mask(v4, *length)))).flatten().copied()
        };
        self.prefixes.iter().find_map(fits).map_or(Value::Null, |row| Value::Int(i64::from(row)))
    }
}

/// Family, bits and length of a network.
pub(super) fn network(text: &str) -> Option<(bool, u128, u32)> {
    let (base, length) = match text.trim().split_once('/') {
        Some((base, length)) => (base, Some(length.parse::<u32>().ok()?)),
        None => (text.trim(), None),
    };
    let (v4, bits) = bits(base.parse().ok()?);
    let longest = if v4 { 32 } else { 128 };
    let length = length.unwrap_or(longest);
    (length <= longest).then_some((v4, bits, length))
}

fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(a) => (true, u128::from(a.to_bits())),
        IpAddr::V6(a) => (false, a.to_bits()),
    }
}

fn mask(v4: bool, length: u32) -> u128 {
    let longest = if v4 { 32 } else { 128 };
    let ones = if v4 { u128::from(u32::MAX) } else { u128::MAX };
    ones & ones.checked_shl(longest - length).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finding_agrees_with_comparing() {
        let time = logloupe_table::time::parse_iso(b"2026-03-05T01:00:00Z").unwrap();
        let values = vec![
            Value::Null,
            Value::Int(5),
            Value::text("5"),
            Value::text("5.0"),
            Value::text(" 5"),
            Value::text("\t5"),
            Value::Float(5.0),
            Value::Float(0.0),
            Value::Float(-0.0),
            Value::Int((1 << 53) + 1),
            Value::text("9007199254740993.0"),
            Value::Float(9_007_199_254_740_992.0),
            Value::Bool(true),
            Value::text("true"),
            Value::text("x"),
            Value::text(""),
            Value::Time(time),
            Value::Int(time / 1000),
            Value::Float(time as f64 / 1000.0 + 0.0005),
            Value::text("2026-03-05T01:00:00Z"),
            Value::text("2026-03-05T01:00:00.000Z"),
            Value::Float(f64::NAN),
            Value::List([Value::Int(1)].into()),
            Value::text("[1]"),
        ];
        // All of them, and without the times.
        for of in [values.clone(), values.iter().filter(|v| !matches!(v, Value::Time(_))).cloned().collect()]
        {
            let join_index = JoinIndex::new(of.clone());
            for item in &values {
                let mut found = Vec::new();
                join_index.find(item, |i| {
                    found.push(i);
                    false
                });
                let equal = |i: &u32| item.compare(&of[*i as usize]) == Some(Ordering::Equal);
                let expected: Vec<u32> = (0..of.len() as u32).filter(equal).collect();
                assert_eq!(found, expected, "{item:?}");
                assert_eq!(join_index.holds(item), !expected.is_empty());
            }
        }
    }

    #[test]
    fn keys_of_several_columns() {
        let text = |s: &str| Value::text(s);
        let columns =
            vec![vec![text("a"), text("a"), text("b")], vec![Value::Int(1), Value::Int(2), Value::Int(1)]];
        let keys = JoinKeys::new(columns.clone(), Vec::new());
        assert!(!keys.is_unique() && JoinKeys::new(vec![columns[1][..2].to_vec()], Vec::new()).is_unique());
        assert_eq!(keys.row(&[text("a"), text("2")]), Value::Int(1));
        assert_eq!(keys.row(&[text("b"), text("2")]), Value::Null);
        let keys = JoinKeys::new(vec![columns[0].clone()], vec![1, 2, 1]);
        assert!(!keys.is_unique());
        let rows = [0, 1, 1].map(Value::Int);
        assert_eq!(keys.rows(&[text("a")], false), Value::List(rows.into()));
        assert_eq!(keys.rows(&[text("c")], true), Value::List([Value::Null].into()));
        assert!(
            JoinKeys::new(vec![columns[1].clone()], Vec::new()).rows(&[Value::Null], false)
                == Value::List([].into())
        );
    }

    #[test]
    fn the_longest_network_wins() {
        let column = [
            "10.0.0.0/8",
            "10.1.0.0/16",
            "0.0.0.0/0",
            "x",
            "10.1.2.3",
            "2001:db8::/32",
            "10.1.0.0/16",
            "1.2.3.4/33",
        ];
        let networks = PrefixTable::new(&column.map(Value::text));
        for (address, row) in [
            ("10.1.2.3", Some(4)),
            ("10.1.2.4", Some(1)),
            ("10.2.0.0", Some(0)),
            ("192.168.0.1", Some(2)),
            ("2001:db8::1", Some(5)),
            ("::1", None),
            ("-", None),
        ] {
            assert_eq!(networks.row(&Value::text(address)), row.map_or(Value::Null, Value::Int), "{address}");
        }
        assert!(PrefixTable::new(&[Value::text("x"), Value::Int(3)]).is_empty());
    }
}
