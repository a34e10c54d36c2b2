//! Values of JSON records by path, behind a trait: formats implement it, queries use it, neither knows the other.

/// Reads values out of JSON records by path and tells formats' other names, so that a query needs to know no format.
pub trait JsonPaths {
    /// Whether the format's records are JSON: any path of theirs is then a field.
    fn has_json(&self, format: &str) -> bool;
    /// The names besides its id by which a query may choose the format's log; several formats may share one.
    fn sources(&self, _format: &str) -> &'static [&'static str] {
        &[]
    }
    /// Whether AWS documents a table for the format's log, which people partition: its rows then have the columns of
    /// [`partition`](crate::partition).
    fn has_partitions(&self, _format: &str) -> bool {
        false
    }
    /// Calls `f(path, text)` for the first `most` leaves of a record that have a value.
    fn leaves(&self, _format: &str, _record: &[u8], _most: usize, _f: &mut dyn FnMut(&str, &str)) {}
    /// Appends the value at `path` of `record` to `out` and says whether there is one.
    fn extract(&self, format: &str, record: &[u8], path: &str, out: &mut Vec<u8>) -> bool;
    /// The same for many records: what can be prepared once is.
    fn reader<'r>(&'r self, format: &'r str, path: &'r str) -> Box<PathReader<'r>> {
        Box::new(move |record, out| self.extract(format, record, path, out))
    }
}

/// Appends the value at a path of a record and says whether there is one.
pub type PathReader<'r> = dyn FnMut(&[u8], &mut Vec<u8>) -> bool + 'r;

/// No format has JSON records.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJson;

impl JsonPaths for NoJson {
    fn has_json(&self, _: &str) -> bool {
        false
    }
    fn extract(&self, _: &str, _: &[u8], _: &str, _: &mut Vec<u8>) -> bool {
        false
    }
}

/// What stands before a JSON path that is meant even where a column has that name: `@message.duration`.
pub const IN_MESSAGE: &str = "@message.";

/// What stands before a JSON path whose kind of value is meant: `null`, `object`, `array` or `value`. Nobody writes it;
/// plans ask for it where `null` is not what is missing.
pub const KIND_OF: &str = "@kind.";

/// What stands before a JSON path with steps `*`, whose values are meant as a JSON array: a `*` is every key of an object
/// and every place of a list. Nobody writes it; plans ask for it where a condition holds for any of several values.
pub const EACH_OF: &str = "@each.";

/// The path that is meant by a name, if it is one that only plans ask for.
pub fn planned(name: &str) -> Option<&str> {
    name.strip_prefix(KIND_OF).or_else(|| name.strip_prefix(EACH_OF))
}
