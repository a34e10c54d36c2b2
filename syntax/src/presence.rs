//! Which of the names that a query reads the loaded rows have. It is found where the rows are, shard by shard, and
//! [`merge`]d; a remark on a name is then a fact about all rows and not a guess from some. Not what the names mean, which
//! is the planner's to say.

use serde::{Deserialize, Serialize};

use crate::Diagnostic;

/// What rows have of a name; more of it is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Found {
    /// No row has it, and no log has a field of that name.
    Nowhere,
    /// A log has a field of that name, and no row has a value in it.
    Empty,
    /// Some row has a value.
    Values,
}

/// One name that a query reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// What rows have of it.
    pub found: Found,
    /// What is to be said if no row has a value.
    pub remark: Diagnostic,
}

/// Adds what another shard found of the same names of the same query.
pub fn merge(all: &mut Vec<Presence>, other: Vec<Presence>) {
    if all.is_empty() {
        *all = other;
        return;
    }
    for (one, other) in all.iter_mut().zip(other) {
        if other.found > one.found {
            *one = other;
        }
    }
}

/// The remarks on names, and those that explain an answer without rows: on names of which no row has a value, said in any
/// case where no log has such a field, and otherwise only if no row is `matched`.
pub fn remarks(names: Vec<Presence>, matched: bool) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let absent: Vec<Presence> = names.into_iter().filter(|name| name.found < Found::Values).collect();
    let said = absent.iter().filter(|name| !matched || name.found == Found::Nowhere);
    (said.map(|name| name.remark.clone()).collect(), absent.iter().map(|name| name.remark.clone()).collect())
}

/// What stands in place of a table without rows if names explain it: "No rows. No loaded record has a field `yeer`; did you
/// mean `year`?"
pub fn no_rows(absent: &[Diagnostic]) -> Option<String> {
    if absent.is_empty() {
        return None;
    }
    let mut out = "No rows.".to_owned();
    for remark in absent {
        let mut letters = remark.message.chars();
        out.push(' ');
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
        if !remark.help.is_empty() {
            out.push_str("; ");
            out.push_str(&remark.help);
        }
        if !out.ends_with(['?', '.']) {
            out.push('.');
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(found: Found, message: &str) -> Presence {
        Presence { found, remark: Diagnostic::warning(0..1, message).help("did you mean `b`?") }
    }

    #[test]
    fn a_name_is_absent_only_where_all_shards_lack_it() {
        let (nowhere, empty, values) = (Found::Nowhere, Found::Empty, Found::Values);
        for (one, two, both) in [
            (nowhere, nowhere, nowhere),
            (nowhere, empty, empty),
            (empty, nowhere, empty),
            (nowhere, values, values),
            (values, empty, values),
        ] {
            let mut all = Vec::new();
            merge(&mut all, vec![name(one, "one")]);
            merge(&mut all, vec![name(two, "two")]);
            assert_eq!(all[0].found, both, "{one:?} {two:?}");
        }
    }

    #[test]
    fn a_field_without_values_is_told_where_nothing_matches() {
        let names =
            vec![name(Found::Nowhere, "no `a`"), name(Found::Empty, "no `c`"), name(Found::Values, "no `d`")];
        let messages = |all: &[Diagnostic]| all.iter().map(|d| d.message.clone()).collect::<Vec<_>>();
        for (matched, said) in [(true, vec!["no `a`"]), (false, vec!["no `a`", "no `c`"])] {
            let (remarks, absent) = remarks(names.clone(), matched);
            assert_eq!(messages(&remarks), said);
            assert_eq!(messages(&absent), ["no `a`", "no `c`"]);
        }
    }

    #[test]
    fn sentences_stand_in_place_of_the_rows() {
        assert_eq!(no_rows(&[]), None);
        let (near, bare) = (name(Found::Nowhere, "no `a`").remark, Diagnostic::warning(0..1, "é is none"));
        assert_eq!(
            no_rows(std::slice::from_ref(&near)).as_deref(),
            Some("No rows. No `a`; did you mean `b`?")
        );
        assert_eq!(no_rows(&[bare, near]).as_deref(), Some("No rows. é is none. No `a`; did you mean `b`?"));
        assert_eq!(no_rows(&[Diagnostic::warning(0..0, "")]).as_deref(), Some("No rows. ."));
    }
}
