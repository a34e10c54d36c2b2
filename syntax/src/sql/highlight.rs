//! Colours for a text of SQL.

use std::ops::Range;

use super::{
    CLAUSES, is_reserved,
    lexer::{self, Lexeme, Symbol, Token},
};
use crate::token_kind::TokenKind;

/// The text cut into coloured stretches: they touch, and together are the whole text.
pub(crate) fn highlight(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let tokens = lexer::tokens(text);
    let kind = |(i, token): (usize, &Token)| {
        let word = token.text(text);
        let next = tokens.iter().skip(i + 1).find(|t| t.kind != Lexeme::Blank).map(|t| t.kind);
        let is_one_of = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(word));
        let kind = match token.kind {
            Lexeme::Blank | Lexeme::End => TokenKind::Blank,
            Lexeme::Comment => TokenKind::Comment,
            Lexeme::Word if is_one_of(CLAUSES) || is_one_of(&["with", "join", "values"]) => {
                TokenKind::Command
            }
            Lexeme::Word
                if is_reserved(word)
                    || is_one_of(&[
                        "asc",
                        "desc",
                        "nulls",
                        "filter",
                        "interval",
                        "over",
                        "partition",
                        "preceding",
                        "following",
                        "unbounded",
                    ]) =>
            {
                TokenKind::Keyword
            }
            Lexeme::Word if next == Some(Lexeme::Symbol(Symbol::Open)) => TokenKind::Function,
            Lexeme::Quoted if word.starts_with('`') => TokenKind::Broken,
            Lexeme::Word | Lexeme::Quoted => TokenKind::Field,
            Lexeme::Text => TokenKind::Text,
            Lexeme::Number => TokenKind::Number,
            Lexeme::Symbol(_) => TokenKind::Operator,
            Lexeme::Odd | Lexeme::Unclosed(_) | Lexeme::Unknown => TokenKind::Broken,
        };
        (token.span(), kind)
    };
    tokens.iter().enumerate().map(kind).collect()
}
