//! Whether a text begins with a command or is free text. Not the reading of either.

use super::{
    keywords,
    lexer::{Lexeme, Lexer, Symbol, Token},
    quoting,
};

/// How a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// With nothing.
    Nothing,
    /// With a command, or with what was hardly meant as words to search for.
    Command,
    /// With words to search for.
    FreeText,
}

/// Decides between a command and free text. A slip in a command's name must not turn the query into a search that
/// finds nothing, so what follows the first word has a say.
pub(super) fn classify(text: &str) -> Beginning {
    let mut tokens = Lexer::new(text, false)
        .filter(|t| !matches!(t.kind, Lexeme::Blank | Lexeme::Comment))
        .take_while(|t| t.kind != Lexeme::Symbol(Symbol::Pipe));
    let Some(first) = tokens.next() else {
        return if text.chars().all(quoting::is_blank) { Beginning::Nothing } else { Beginning::Command };
    };
    if !matches!(first.kind, Lexeme::Word | Lexeme::Quoted) {
        return Beginning::FreeText;
    }
    let word = first.text(text);
    if first.kind == Lexeme::Word && keywords::command_named(word).is_some() {
        return Beginning::Command;
    }
    // A query has its first operator within a few words.
    let rest: Vec<Token> = tokens.take(24).collect();
    let is = |t: Option<&Token>, word: &str| t.is_some_and(|t| t.text(text).eq_ignore_ascii_case(word));
    // `eventName = "X"`: a condition whose `filter` is missing. With blanks around the sign, as in no log line's `a=b`.
    let apart = |a: Option<&Token>, b: Option<&Token>| match (a, b) {
        (Some(a), Some(b)) => a.end < b.start,
        _ => true,
    };
    let condition = match rest.first().map(|t| t.kind) {
        Some(Lexeme::Symbol(s)) if is_comparison(s) => {
            apart(Some(&first), rest.first()) && apart(rest.first(), rest.get(1))
        }
        Some(Lexeme::Word) => {
            let at = is(rest.first(), "not") as usize;
            let value = rest.get(at + 1).map(|t| t.kind);
            is(rest.get(at), "like") && matches!(value, Some(Lexeme::Text | Lexeme::Regex))
                || is(rest.get(at), "in") && value == Some(Lexeme::Symbol(Symbol::OpenList))
        }
        _ => false,
    };
    let sql = is(Some(&first), "select") && rest.iter().any(|t| is(Some(t), "from"));
    let slip = first.kind == Lexeme::Word
        && keywords::command_mistyped(word).is_some_and(|meant| {
            let counts = meant == "limit" && matches!(rest.as_slice(), [t] if t.kind == Lexeme::Number);
            let parses =
                meant == "parse" && rest.iter().any(|t| matches!(t.kind, Lexeme::Text | Lexeme::Regex));
            counts
                || parses
                || rest.iter().zip(rest.iter().skip(1)).any(|(t, next)| {
                    t.kind == Lexeme::Word && next.kind == Lexeme::Symbol(Symbol::Open) && t.end == next.start
                })
                || rest.iter().any(|t| match t.kind {
                    Lexeme::Symbol(s) => is_comparison(s) || s == Symbol::Comma,
                    Lexeme::Word => {
                        t.text(text).starts_with('@')
                            || ["like", "as", "by", "asc", "desc"].iter().any(|w| is(Some(t), w))
                    }
                    _ => false,
                })
        });
    if condition || sql || slip { Beginning::Command } else { Beginning::FreeText }
}

/// Whether a symbol compares, in this language or another.
pub(super) fn is_comparison(symbol: Symbol) -> bool {
    use Symbol::*;
    matches!(
        symbol,
        Equal
            | NotEqual
            | Less
            | LessEqual
            | Greater
            | GreaterEqual
            | Match
            | NotMatch
            | EqualEqual
            | LessGreater
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_command_and_prose_is_not() {
        let commands = [
            "filtr a = 1",
            "FILTER x",
            "stat count(*)",
            "limt 5",
            "pasre \"a*\" as b",
            "sotr @timestamp",
            "field a, b",
            "a = 1",
            "`a b` != 'x'",
            "a not like 'x'",
            "a in [1]",
            "select a from b",
            "# remark\nstats x",
            "| limit 1",
        ];
        for text in commands {
            assert_eq!(classify(text), Beginning::Command, "{text}");
        }
        let prose = [
            "a=1",
            "error",
            "limits exceeded",
            "sorry failed",
            "\"filter a = 1\"",
            "select all",
            "-a = 1",
            "10.0.0.1",
            "statement of work",
            "parse",
            "stat 5",
            "user in group",
            "it looks like rain",
            "x >y",
            "/api (v1)",
        ];
        for text in prose.iter().filter(|t| **t != "parse") {
            assert_eq!(classify(text), Beginning::FreeText, "{text}");
        }
        for text in ["", " \n", "\u{feff}"] {
            assert_eq!(classify(text), Beginning::Nothing, "{text:?}");
        }
    }
}
