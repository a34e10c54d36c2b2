//! The kinds of columns that most tables of JSON logs have, short to write. What a column is besides is said behind them.

use super::JsonField;
use logloupe_table::{Kind, Role};

/// A column of text at a path.
pub const fn text(path: &'static str, role: Role) -> JsonField {
    JsonField::new(path, Kind::Text, role)
}

/// A column of whole numbers at a path.
pub const fn int(path: &'static str, role: Role) -> JsonField {
    JsonField::new(path, Kind::Int, role)
}

/// A column of points in time at a path.
pub const fn time(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Time, Role::Timestamp)
}

/// A column of text under a name of its own, which has a value for each item of a list: from the first of the paths, which lead
/// into the list's first item, that has one.
pub const fn each_of(name: &'static str, paths: &'static [&'static str], list: &'static str) -> JsonField {
    text(name, Role::Dimension).also(paths).each(list).made()
}
