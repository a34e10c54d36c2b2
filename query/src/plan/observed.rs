//! What a look into some JSON records adds to the [`Catalog`]: paths that are no columns, to be offered in place of a
//! wrong one, and keys that an alias of a column hides. Not a schema: a record that was not looked at may have others. Which
//! are looked at depends on the shard, so that two numbers of shards may differ in what is offered, never in an answer, nor
//! in whether a name is remarked on: that is [`presence`](crate::exec::presence)'s.

use super::catalog::Catalog;
use logloupe_table::json_paths::JsonPaths;
use logloupe_table::{Kind, Row, Table, value::parse_number};

/// How many records of a table are looked at, spread over all of it.
const RECORDS: usize = 64;
/// How many paths are kept, and how many leaves of one record are looked at.
const PATHS: usize = 1_000;
const LEAVES: usize = 300;

impl Catalog {
    /// Looks into some records of `table`.
    pub(super) fn meet(&mut self, table: &Table, json: &dyn JsonPaths) {
        if !json.has_json(table.format()) {
            return;
        }
        let (rows, step) = (table.rows(), table.rows().div_ceil(RECORDS).max(1));
        for row in (0..rows).step_by(step).filter_map(|r| table.row(r)) {
            json.leaves(table.format(), &row.raw(), LEAVES, &mut |path, text| self.leaf(&row, path, text));
        }
    }
    fn leaf(&mut self, row: &Row<'_>, path: &str, text: &str) {
        // Lists differ in nothing but the number: their first item stands for all.
        let later_item = |part: &str| part != "0" && part.bytes().all(|b| b.is_ascii_digit());
        if path.is_empty() || self.observed.len() >= PATHS || path.split('.').any(later_item) {
            return;
        }
        let schema = row.table.schema();
        // A path that was asked for before is a column of that name by now.
        let found = schema.find(path).filter(|_| row.table.derived(path).is_none());
        match found.map(|column| (column, schema.field(column))) {
            None => {
                self.observed.insert(path.to_owned());
            }
            Some((column, field)) => {
                let own = field.name.eq_ignore_ascii_case(path) || field.kind == Kind::Time;
                if !own && !text.is_empty() && !same(&row.value(column).to_string(), text) {
                    self.hidden.insert(path.to_owned(), field.name.to_string());
                }
            }
        }
    }
}

/// Whether a column's text and a key's are the same value.
fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| parse_number(text.as_bytes());
    a == b || number(a).is_some_and(|a| number(b) == Some(a))
}
