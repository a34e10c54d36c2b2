//! Lookup tables: small CSV files that are no logs, whose columns a query adds to events. Not here: which file is one
//! (`logloupe_core::ingest` decides), and how events are matched (the plan's `lookup`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Value, address};

/// Longer files are no lookup tables.
pub const MOST_BYTES: usize = 10 << 20;
/// Tables with more cells are none either: each is a value in every worker's memory.
pub const MOST_CELLS: usize = 1_000_000;

/// A table that events are looked up in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    /// The file's name without its folder and ending.
    pub name: String,
    /// The columns: name, and one value per row. A column is of numbers if all its values are; an empty cell is no
    /// value.
    pub columns: Vec<(String, Vec<Value>)>,
}

impl Lookup {
    /// The name of the table in the file `path`; `None` if it is no CSV by its name.
    pub fn name_of(path: &str) -> Option<&str> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let stem = file.strip_suffix(".gz").unwrap_or(file);
        let (name, ending) = stem.split_at_checked(stem.len().checked_sub(4)?)?;
        (ending.eq_ignore_ascii_case(".csv") && !name.is_empty()).then_some(name)
    }
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.1.len())
    }
    /// The column of this name, letter case aside if there is none that is written so.
    pub fn column(&self, name: &str) -> Option<&(String, Vec<Value>)> {
        let exact = self.columns.iter().find(|c| c.0 == name);
        exact.or_else(|| self.columns.iter().find(|c| c.0.eq_ignore_ascii_case(name)))
    }
    /// Reads a CSV file: a row of names, then rows of as many cells.
    ///
    /// # Errors
    /// When the file is no table; the error says why.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Lookup, NoTable> {
        if bytes.len() > MOST_BYTES {
            return Err(NoTable::new(format!("a lookup table has at most {} MB", MOST_BYTES >> 20)));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(NoTable::new("the file is not UTF-8")) };
        let mut cells = Cells { text, at: 0, line: 1 };
        let Some((_, header)) = cells.row()? else { return Err(NoTable::new("the file has no header")) };
        if header.len() > 1000 {
            return Err(NoTable::new("a lookup table has at most 1000 columns"));
        }
        for (i, name) in header.iter().enumerate() {
            if name.is_empty() || header[..i].contains(name) {
                return Err(NoTable::new(format!("column {} of the header is empty or named twice", i + 1)));
            }
        }
        if header.len() < 2 {
            return Err(NoTable::new("a lookup table has at least two columns"));
        }
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); header.len()];
        let mut count = 0;
        while let Some((line, row)) = cells.row()? {
            if row.len() == 1 && row[0].is_empty() {
                continue;
            }
            if row.len() != header.len() {
                return Err(NoTable::new(format!(
                    "line {line} has {} cells and the header has {}",
                    row.len(),
                    header.len()
                )));
            }
            count += row.len();
            if count > MOST_CELLS {
                return Err(NoTable::new(format!("a lookup table has at most {MOST_CELLS} cells")));
            }
            columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
        }
        if columns[0].is_empty() {
            return Err(NoTable::new("the file has a header and no rows"));
        }
        let columns = header.into_iter().zip(columns.into_iter().map(values)).collect();
        Ok(Lookup { name: name.to_owned(), columns })
    }
}

/// Why a file is no lookup table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTable(String);

impl NoTable {
    fn new(why: impl Into<String>) -> NoTable {
        NoTable(why.into())
    }
}

impl fmt::Display for NoTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoTable {}

/// Cells as values: numbers if all that are not empty are numbers as they are usually written (no leading zeros),
/// addresses in one spelling if all are addresses.
fn values(cells: Vec<String>) -> Vec<Value> {
    let filled = || cells.iter().filter(|c| !c.is_empty());
    let plain = |c: &String| {
        let digits = c.strip_prefix('-').unwrap_or(c);
        let leading = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        digits.starts_with(|d: char| d.is_ascii_digit()) && !leading
    };
    let of = |f: &dyn Fn(&str) -> Option<Value>| -> Vec<Value> {
        cells.iter().map(|c| if c.is_empty() { Value::Null } else { f(c).unwrap_or_default() }).collect()
    };
    if filled().all(|c| plain(c) && c.parse::<i64>().is_ok()) {
        return of(&|c| c.parse().ok().map(Value::Int));
    }
    let float = |c: &str| c.parse::<f64>().ok().filter(|f| f.is_finite());
    let simple = |c: &String| plain(c) && c.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    if filled().all(|c| simple(c) && float(c).is_some()) {
        return of(&|c| float(c).map(Value::Float));
    }
    // As columns of events have them, which are looked up here.
    let is_address = |c: &String| {
        let address = c.split_once('%').map_or(c.as_str(), |(address, _)| address);
        address.parse::<std::net::IpAddr>().is_ok()
    };
    if filled().all(is_address) {
        return of(&|c| {
            let mut buffer = [0; address::MOST];
            let one = address::canonical(c.as_bytes(), &mut buffer).unwrap_or(c.as_bytes());
            Some(Value::text(&String::from_utf8_lossy(one)))
        });
    }
    of(&|c| Some(Value::text(c)))
}

/// Cuts CSV into rows (RFC 4180: quotes double inside quotes, cells in quotes may hold line breaks).
struct Cells<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Cells<'_> {
    /// The next row and the line that it begins on.
    fn row(&mut self) -> Result<Option<(usize, Vec<String>)>, NoTable> {
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let (line, mut row) = (self.line, Vec::new());
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let cell = match rest.strip_prefix('"') {
                Some(inner) => {
                    self.at += 1;
                    self.quoted(inner)?
                }
                None => {
                    let end = rest.find([',', '\n']).unwrap_or(rest.len());
                    self.at += end;
                    rest.get(..end).unwrap_or("").trim().to_owned()
                }
            };
            row.push(cell);
            let rest = self.text.get(self.at..).unwrap_or("");
            let rest = rest.trim_start_matches([' ', '\r']);
            self.at = self.text.len() - rest.len();
            match rest.bytes().next() {
                Some(b',') => self.at += 1,
                Some(b'\n') => {
                    self.at += 1;
                    self.line += 1;
                    return Ok(Some((line, row)));
                }
                None => return Ok(Some((line, row))),
                Some(_) => {
                    return Err(NoTable::new(format!("line {}: text follows a closing quote", self.line)));
                }
            }
        }
    }

    fn quoted(&mut self, inner: &str) -> Result<String, NoTable> {
        let mut out = String::new();
        let mut rest = inner;
        while let Some((before, after)) = rest.split_once('"') {
            out.push_str(before);
            self.at += before.len() + 1;
            self.line += before.matches('\n').count();
            match after.strip_prefix('"') {
                Some(more) => {
                    out.push('"');
                    self.at += 1;
                    rest = more;
                }
                None => return Ok(out),
            }
        }
        Err(NoTable::new(format!("line {}: a quote never closes", self.line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbers_or_text() {
        let text = "\u{feff}id, name ,cost,code\r\n1,\"a \"\"b\"\", c\",0.5,007\r\n\r\n2,\"x\ny\",,01\n";
        let table = Lookup::parse("t", text.as_bytes()).unwrap();
        let columns: Vec<(&str, Vec<String>)> = table
            .columns
            .iter()
            .map(|(n, v)| (n.as_str(), v.iter().map(|v| format!("{v:?}")).collect()))
            .collect();
        assert_eq!(table.rows(), 2);
        assert_eq!(columns[0], ("id", vec!["Int(1)".into(), "Int(2)".into()]));
        assert_eq!(columns[1], ("name", vec!["Text(\"a \\\"b\\\", c\")".into(), "Text(\"x\\ny\")".into()]));
        assert_eq!(columns[2], ("cost", vec!["Float(0.5)".into(), "Null".into()]));
        assert_eq!(columns[3], ("code", vec!["Text(\"007\")".into(), "Text(\"01\")".into()]));
        assert!(table.column("NAME").is_some() && table.column("nam").is_none());
    }

    #[test]
    fn columns_of_addresses_have_one_spelling() {
        let text = "ip,either,name\n2001:0DB8::0001,10.0.0.1,2001:DB8::1\n10.0.0.1,::FFFF:192.0.2.1,web\n,,x\nFE80:0::1%eth0,2001:db8::1,y\n";
        let table = Lookup::parse("t", text.as_bytes()).unwrap();
        let cells = |n: usize| table.columns[n].1.iter().map(Value::to_string).collect::<Vec<_>>();
        assert_eq!(cells(0), ["2001:db8::1", "10.0.0.1", "", "fe80::1%eth0"]);
        assert_eq!(cells(1), ["10.0.0.1", "::ffff:192.0.2.1", "", "2001:db8::1"]);
        assert_eq!(cells(2), ["2001:DB8::1", "web", "x", "y"]);
    }

    #[test]
    fn what_is_no_table_says_why() {
        for (text, why) in [
            ("", "the file has no header"),
            ("a,b", "the file has a header and no rows"),
            ("a\n1", "a lookup table has at least two columns"),
            ("a,\n1,2", "column 2 of the header is empty or named twice"),
            ("a,a\n1,2", "column 2 of the header is empty or named twice"),
            ("a,b\n1,2,3", "line 2 has 3 cells and the header has 2"),
            ("a,b\n1,2\n\"x\ny\",2\n3", "line 5 has 1 cells and the header has 2"),
            ("a,b\n\"1,2", "line 2: a quote never closes"),
            ("a,b\n\"1\"x,2", "line 2: text follows a closing quote"),
        ] {
            assert_eq!(Lookup::parse("t", text.as_bytes()).unwrap_err().to_string(), why, "{text}");
        }
        assert_eq!(Lookup::parse("t", b"a,b\n\xff,1").unwrap_err().to_string(), "the file is not UTF-8");
    }

    #[test]
    fn names_are_those_of_files() {
        assert_eq!(Lookup::name_of("x/net works.v1.CSV"), Some("net works.v1"));
        assert_eq!(Lookup::name_of("a.zip/b.csv.gz"), Some("b"));
        assert_eq!(Lookup::name_of("x.log"), None);
        assert_eq!(Lookup::name_of(".csv"), None);
    }
}
