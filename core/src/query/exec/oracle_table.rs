//! The naive interpreter's steps over rows side by side, and random commands that need them.

use proptest::prelude::*;

use super::oracle::Naive;
use crate::{query::plan::TableStep, table::Value};

/// What becomes of the rows.
pub(super) fn step<'p>(step: &TableStep, rows: Vec<Naive<'p>>) -> Vec<Naive<'p>> {
    match step {
        TableStep::Unnest { list, into } => {
            let each = |row: &Naive<'p>| -> Vec<Naive<'p>> {
                let items = match row.get(list) {
                    Value::Null => Vec::new(),
                    Value::List(items) => items.to_vec(),
                    Value::Text(text) => match serde_json::from_str(&text) {
                        Ok(serde_json::Value::Array(_)) => panic!("no list is stored as text here"),
                        _ => vec![Value::Text(text)],
                    },
                    other => vec![other],
                };
                let with = |item| {
                    let mut row = row.clone();
                    row.made.insert(*into, item);
                    row
                };
                items.into_iter().map(with).collect()
            };
            rows.iter().flat_map(each).collect()
        }
    }
}

/// Commands behind the filters of a query over events.
pub(super) fn commands() -> impl Strategy<Value = String> {
    let field = || prop::sample::select(vec!["text", "id", "n", "flag", "@source", "@message", "@timestamp"]);
    let unnest = field().prop_map(|f| format!(" | unnest split({f}, \"0\") as text"));
    let after = prop_oneof![
        3 => Just(String::new()),
        1 => (1..9u32).prop_map(|n| format!(" | limit {n}")),
        1 => field().prop_map(|f| format!(" | sort {f} desc | limit 3")),
        1 => field().prop_map(|f| format!(" | dedup {f}")),
        1 => field().prop_map(|f| format!(" | filter ispresent({f}) and text != \"a\"")),
        1 => field().prop_map(|f| format!(" | unnest split(concat({f}, text), \"1\") into id")),
    ];
    (unnest, after).prop_map(|(a, b)| a + &b)
}
