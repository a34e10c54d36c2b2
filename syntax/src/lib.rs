//! Text to tree and back. The tree is what all three languages parse to; nothing here knows columns or data.
//!
//! Reading order: [`tree`] (the document), [`functions`] (the one table of functions), [`keywords`] (every word with a
//! meaning), `quoting` (names and quoted texts), [`lexer`] (text to tokens), [`diagnostic`] (what is wrong with a text,
//! and where), [`presence`] (of which names the rows have nothing), [`Language`] (which one?), `classify` (command or free text?), [`insights`] with `commands`, `subquery`,
//! `table_commands` and `expression` (tokens to tree), `search` (free text), [`sql`] (both ways), [`pattern`], `display`
//! (tree to its canonical text), [`edit`] (changes to a tree that a click makes), [`highlight`](mod@highlight) (colours
//! for any text, broken ones too). No import goes in a circle among them.

mod classify;
mod commands;
pub mod completion;
pub mod diagnostic;
mod display;
pub mod edit;
pub mod explanation;
mod expression;
pub mod functions;
pub mod highlight;
pub mod insights;
pub mod keywords;
mod language;
pub mod lexer;
mod parsed;
pub mod pattern;
pub mod presence;
mod quoting;
mod search;
pub mod sql;
mod subquery;
mod table_commands;
mod token_kind;
pub mod tree;
mod unsupported;

pub use diagnostic::{Diagnostic, Severity};
pub use display::{Name, label, whole_label};
pub use highlight::{highlight, highlight_in};
pub use language::{Language, UnknownLanguage};
pub use parsed::Parsed;
pub use quoting::name_parts;
pub use subquery::of_side;
pub use token_kind::TokenKind;
use tree::Query;
pub use unsupported::Unsupported;

/// The longest text that is read as a query, in bytes.
pub const LONGEST: usize = 1 << 20;

/// The text's tree in CloudWatch Logs Insights, see [`parse_in`].
pub fn parse(text: &str) -> Parsed {
    parse_in(text, Language::Insights)
}

/// The text's tree in a language, see [`Parsed`]. [`Language::of`] says which language a text is in.
pub fn parse_in(text: &str, language: Language) -> Parsed {
    if text.len() > LONGEST {
        let message = format!("the query is too long: {} bytes, at most {LONGEST} are read", text.len());
        let help = "filter by a condition that holds for all of a long list of values";
        let diagnostics = vec![Diagnostic::error(text.len()..text.len(), message).help(help)];
        return Parsed { query: Query::default(), diagnostics };
    }
    match language {
        Language::Sql => sql::parse(text),
        Language::Insights => insights::parse(text),
        Language::Pattern => pattern::parse(text),
    }
}

/// A tree as the text of a language, or what that language cannot say.
///
/// # Errors
/// What the language cannot say.
pub fn text(query: &Query, language: Language) -> Result<String, Unsupported> {
    match language {
        Language::Sql => sql::display(query),
        Language::Insights | Language::Pattern => Ok(query.to_string()),
    }
}

/// Whether a text begins with words to search for and not with a command.
pub fn is_free_text(text: &str) -> bool {
    classify::classify(text) == classify::Beginning::FreeText
}

/// The name of a field as the tree keeps it, of the token as it is written.
pub fn field_name(token: &str) -> String {
    quoting::name(token)
}
