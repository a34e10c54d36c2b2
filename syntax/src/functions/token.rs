//! Words of a record, as filter patterns count them.

use super::{Athena, Func, Spec};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// `word(text, place)`
    Word,
    /// `wordsfrom(text, place)`
    Wordsfrom,
    /// `wordcount(text)`
    Wordcount,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Token(Token::Word),
        name: "word",
        aliases: &[],
        signature: "word(text, place)",
        arity: (2, 2),
        doc: "the word at a place, counted from 1, or from the end with -1; quoted or bracketed text is one word",
        examples: &[
            ("word(\"a [b c] \\\"GET /\\\" 200\", 2)", "b c"),
            ("word(\"a [b c] \\\"GET /\\\" 200\", -2)", "GET /"),
            ("word(\"a b\", 3)", ""),
        ],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Token(Token::Wordsfrom),
        name: "wordsfrom",
        aliases: &[],
        signature: "wordsfrom(text, place)",
        arity: (2, 2),
        doc: "the word at a place, counted from 1, and all that follows it, as written; the last word as `word` gives it",
        examples: &[
            ("wordsfrom(\"a [b c] \\\"GET /\\\" 200\", 2)", "[b c] \"GET /\" 200"),
            ("wordsfrom(\"a [b c]\", 2)", "b c"),
            ("wordsfrom(\"a b\", 3)", ""),
        ],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Token(Token::Wordcount),
        name: "wordcount",
        aliases: &[],
        signature: "wordcount(text)",
        arity: (1, 1),
        doc: "how many words the text has; quoted or bracketed text is one word",
        examples: &[("wordcount(\"a [b c] \\\"GET /\\\" 200\")", "4"), ("wordcount(\"\")", "0")],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
];
