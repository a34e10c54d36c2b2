//! What changed in an event that tells the state of a thing, put in rows for reading: the fields of one list, side by side.

use logloupe_table::Value;
use logloupe_view::DetailField;

/// The fields that are shown as rows and not by themselves.
pub(crate) const FIELDS: [&str; 5] =
    ["changes.path", "changes.item", "changes.before", "changes.after", "changes"];
/// A longer value is cut; the field `changes` in the other tabs has all of it.
const LONGEST: usize = 2_000;
/// How many changes are shown.
pub(crate) const MOST: usize = 200;

/// One change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChangeRow {
    pub(crate) path: String,
    /// Which item of a list, if it is in one.
    pub(crate) item: String,
    /// Empty where something was added.
    pub(crate) before: String,
    /// Empty where something was taken away.
    pub(crate) after: String,
}

/// The changes of an event with these fields, and how many there are.
pub(crate) fn rows(fields: &[DetailField]) -> (Vec<ChangeRow>, usize) {
    let value = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.value);
    let [path, item, before, after, _] = FIELDS.map(value);
    if path.is_none() {
        return (Vec::new(), 0);
    }
    // A value that all changes have is one.
    let length = |value: &Option<&Value>| match value {
        Some(Value::Several(several)) => several.items().len(),
        _ => 1,
    };
    let all = [path, item, before, after].iter().map(length).max().unwrap_or(1);
    let at = |value: Option<&Value>, row: usize| match value {
        Some(Value::Several(several)) => several.items().get(row).map_or_else(String::new, shown),
        Some(value) => shown(value),
        None => String::new(),
    };
    let row = |row| ChangeRow {
        path: at(path, row),
        item: at(item, row),
        before: at(before, row),
        after: at(after, row),
    };
    ((0..all.min(MOST)).map(row).collect(), all)
}

fn shown(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::Several;

    #[test]
    fn changes_are_rows() {
        let several = |items: &[&str]| {
            let item = |text: &&str| if text.is_empty() { Value::Null } else { Value::text(text) };
            Several::value(&"changes".into(), items.iter().map(item).collect())
        };
        let field =
            |name: &str, value: Value| DetailField { name: name.to_owned(), value, ..DetailField::default() };
        let row = |path: &str, item: &str, before: &str, after: &str| ChangeRow {
            path: path.to_owned(),
            item: item.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        assert_eq!(rows(&[field("changes.before", Value::text("x"))]), (Vec::new(), 0));
        let one = [field("changes.path", Value::text("a")), field("changes.after", Value::text("1"))];
        assert_eq!(rows(&one), (vec![row("a", "", "", "1")], 1));
        let three = [
            field("changes.path", Value::text("l")),
            field("changes.item", several(&["", "x", ""])),
            field("changes.before", several(&["1", "2", ""])),
            field("changes.after", several(&["", "", "é"])),
        ];
        let expected = vec![row("l", "", "1", ""), row("l", "x", "2", ""), row("l", "", "", "é")];
        assert_eq!(rows(&three), (expected, 3));
        let long = "é".repeat(5_000);
        let many: Vec<String> = (0..500).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (found, all) =
            rows(&[field("changes.path", several(&many)), field("changes.after", Value::text(&long))]);
        assert_eq!((found.len(), all), (MOST, 500));
        assert!(found[0].after.ends_with('…') && found[0].after.len() < 2_100);
    }
}
