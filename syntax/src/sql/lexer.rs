//! SQL text to tokens: every byte belongs to exactly one token, whatever the text. What a token means is the parser's.

use std::{borrow::Cow, ops::Range};

use crate::quoting::is_blank;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Lexeme,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
    pub(super) fn text<'a>(&self, of: &'a str) -> &'a str {
        of.get(self.span()).unwrap_or("")
    }
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    Blank,
    /// `-- …` or `/* … */`.
    Comment,
    /// A name or keyword.
    Word,
    /// `"…"`: a name in quotes. Also `` `…` `` as other engines write it.
    Quoted,
    /// `'…'`.
    Text,
    Number,
    /// Begins like a number but is none: `10.0.0.1`, `5xx`.
    Odd,
    Symbol(Symbol),
    /// A quote or comment that never closes, with the rest of its line.
    Unclosed(char),
    /// A character with no meaning.
    Unknown,
    /// The end of the text; empty.
    End,
}

/// Operators and brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Comma,
    Open,
    Close,
    OpenList,
    CloseList,
    Semicolon,
    Dot,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Join,
    // Of other languages; read so that the message can say what to write instead.
    Arrow,
    EqualEqual,
    AndAnd,
    Pipe,
    Bang,
    Match,
    DoubleColon,
}

fn symbol(rest: &str) -> Option<(Symbol, usize)> {
    use Symbol::*;
    // Longer ones first.
    const TABLE: &[(&str, Symbol)] = &[
        ("||", Join),
        ("<>", NotEqual),
        ("!=", NotEqual),
        ("<=", LessEqual),
        (">=", GreaterEqual),
        ("==", EqualEqual),
        ("=~", Match),
        ("=>", Arrow),
        ("->", Arrow),
        ("&&", AndAnd),
        ("::", DoubleColon),
        (",", Comma),
        ("(", Open),
        (")", Close),
        ("[", OpenList),
        ("]", CloseList),
        (";", Semicolon),
        (".", Dot),
        ("=", Equal),
        ("<", Less),
        (">", Greater),
        ("+", Plus),
        ("-", Minus),
        ("*", Star),
        ("/", Slash),
        ("%", Percent),
        ("|", Pipe),
        ("!", Bang),
    ];
    TABLE.iter().find(|(text, _)| rest.starts_with(text)).map(|(text, symbol)| (*symbol, text.len()))
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '@')
}

pub(super) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '$')
}

/// The tokens of a text, without the final [`Lexeme::End`].
///
/// What is in quotes may hold line breaks. Where a quote is lost, it ends with its line at the latest, so that one lost
/// quote spoils one line.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let over_lines = tokens_in(text, true);
    let lost = |t: &Token| matches!(t.kind, Lexeme::Unclosed('\'' | '"'));
    if over_lines.iter().any(lost) { tokens_in(text, false) } else { over_lines }
}

fn tokens_in(text: &str, over_lines: bool) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    // Looked for once: a text of many `/*` is not searched to its end for each.
    let last_close = text.rfind("*/").unwrap_or(0);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let (end, kind) = token(text, at, c, last_close, over_lines);
        // Every token takes at least its first character, so that this ends on any text.
        let end = end.max(at + c.len_utf8());
        out.push(Token { kind, start: at, end });
        at = end;
    }
    out
}

fn token(text: &str, at: usize, c: char, last_close: usize, over_lines: bool) -> (usize, Lexeme) {
    let rest = text.get(at..).unwrap_or("");
    let after = at + c.len_utf8();
    let line = || rest.find('\n').map_or(text.len(), |i| at + i);
    let digit_next = || text.as_bytes().get(after).is_some_and(u8::is_ascii_digit);
    match c {
        c if is_blank(c) => (at + rest.find(|c| !is_blank(c)).unwrap_or(rest.len()), Lexeme::Blank),
        '-' if rest.starts_with("--") => (line(), Lexeme::Comment),
        '/' if rest.starts_with("/*") => {
            match rest.get(2..).filter(|_| at < last_close).and_then(|r| r.find("*/")) {
                Some(end) => (at + 2 + end + 2, Lexeme::Comment),
                None => (line(), Lexeme::Unclosed('/')),
            }
        }
        '\'' => quoted(text, at, c, over_lines, Lexeme::Text),
        '"' => quoted(text, at, c, over_lines, Lexeme::Quoted),
        '`' => quoted(text, at, c, false, Lexeme::Quoted),
        c if c.is_ascii_digit() => number(text, at),
        '.' if digit_next() => number(text, at),
        c if is_name_start(c) => (at + rest.find(|c| !is_name_char(c)).unwrap_or(rest.len()), Lexeme::Word),
        _ => match symbol(rest) {
            Some((symbol, length)) => (at + length, Lexeme::Symbol(symbol)),
            None => (after, Lexeme::Unknown),
        },
    }
}

/// Text or a name in quotes, in which a doubled quote stands for one; with `over_lines`, of any number of lines.
fn quoted(text: &str, start: usize, quote: char, over_lines: bool, kind: Lexeme) -> (usize, Lexeme) {
    let ends = |c: char| c == quote || c == '\n' && !over_lines;
    let mut at = start + 1;
    while let Some((found, c)) = text.get(at..).and_then(|rest| rest.char_indices().find(|(_, c)| ends(*c))) {
        if c == '\n' {
            return (at + found, Lexeme::Unclosed(quote));
        }
        at += found + 1;
        if text.as_bytes().get(at) != Some(&(quote as u8)) {
            return (at, kind);
        }
        at += 1;
    }
    (text.len(), Lexeme::Unclosed(quote))
}

fn number(text: &str, start: usize) -> (usize, Lexeme) {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let digits = |from: usize| (from..).take_while(|at| byte(*at).is_ascii_digit()).count();
    let mut at = start + digits(start);
    if byte(at) == b'.' {
        at += 1 + digits(at + 1);
    }
    if matches!(byte(at), b'e' | b'E') {
        let sign = matches!(byte(at + 1), b'+' | b'-') as usize;
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    let rest = text.get(at..).unwrap_or("");
    let tail = rest.find(|c| !is_name_char(c) && c != '.').unwrap_or(rest.len());
    (at + tail, if tail == 0 { Lexeme::Number } else { Lexeme::Odd })
}

/// The inside of a quoted token, doubled quotes made single.
pub(super) fn inside(token: &str) -> Cow<'_, str> {
    let Some(quote) = token.chars().next() else { return Cow::Borrowed("") };
    let inner = token.get(1..).unwrap_or("");
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let double: String = [quote, quote].iter().collect();
    if inner.contains(&double) {
        Cow::Owned(inner.replace(&double, &quote.to_string()))
    } else {
        Cow::Borrowed(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Lexeme, &str)> {
        let all = tokens(text).into_iter();
        all.filter(|t| t.kind != Lexeme::Blank).map(|t| (t.kind, t.text(text))).collect()
    }

    #[test]
    fn quotes_comments_and_numbers() {
        use Lexeme::*;
        assert_eq!(
            kinds("a 'it''s' \"c\"\"d\" -- e\n/* f */ 1 1.5e-3 .5 10.0.0.1 5xx @t"),
            [
                (Word, "a"),
                (Text, "'it''s'"),
                (Quoted, "\"c\"\"d\""),
                (Comment, "-- e"),
                (Comment, "/* f */"),
                (Number, "1"),
                (Number, "1.5e-3"),
                (Number, ".5"),
                (Odd, "10.0.0.1"),
                (Odd, "5xx"),
                (Word, "@t"),
            ]
        );
        assert_eq!(inside("'it''s'"), "it's");
    }

    #[test]
    fn a_lost_quote_spoils_one_line() {
        let tokens = kinds("a = 'b\nAND c");
        assert_eq!(tokens[2], (Lexeme::Unclosed('\''), "'b"));
        assert_eq!(tokens[3], (Lexeme::Word, "AND"));
    }

    #[test]
    fn every_byte_belongs_to_one_token() {
        for text in ["", "'", "\"\"\"", "é'ü\"ß", "1.e5", "..1..", "/*", "--", "\u{feff}a\u{200b}", "a$b ⟨x⟩"]
        {
            let mut at = 0;
            for token in tokens(text) {
                assert_eq!(token.start, at, "{text}");
                at = token.end;
            }
            assert_eq!(at, text.len(), "{text}");
        }
    }

    #[test]
    fn what_is_in_quotes_may_hold_line_breaks() {
        use Lexeme::*;
        assert_eq!(
            kinds("'a\nb' \"c\n\"\"d\" 'e'"),
            [(Text, "'a\nb'"), (Quoted, "\"c\n\"\"d\""), (Text, "'e'")]
        );
        assert_eq!(kinds("'a\r\n''b' 1"), [(Text, "'a\r\n''b'"), (Number, "1")]);
        // A lost quote spoils its line, wherever the others stand.
        assert_eq!(
            kinds("'a\n1 'b'\n2"),
            [(Unclosed('\''), "'a"), (Number, "1"), (Text, "'b'"), (Number, "2")]
        );
        assert_eq!(kinds("'b'\n'a\nc"), [(Text, "'b'"), (Unclosed('\''), "'a"), (Word, "c")]);
        assert_eq!(kinds("`a\n1"), [(Unclosed('`'), "`a"), (Number, "1")]);
    }
}
