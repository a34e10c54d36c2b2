//! Regular expressions, which are part of the query.

use super::{Athena, Func, Spec, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Regexp {
    /// `regexReplace(text, pattern [, replacement])`
    RegexReplace,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[Spec {
    func: Func::Regexp(Regexp::RegexReplace),
    name: "regexReplace",
    aliases: &["regexp_replace"],
    signature: "regexReplace(text, pattern [, replacement])",
    arity: (2, 3),
    doc: "every match of a regular expression replaced; `$1` and `${name}` stand for its groups, `\\$` for a dollar",
    examples: &[
        ("regexReplace(\"user 17 of 40\", \"[0-9]+\", \"N\")", "user N of N"),
        ("regexReplace(\"10.1.2.3\", \"^(\\d+)\\..*\", \"$1.x\")", "10.x"),
        ("regexReplace(\"größe\", \".\", \"-\")", "-----"),
    ],
    insights: true,
    sql: &[sql("regexp_replace", 2, 3)],
    athena: Athena::Special,
}];
