//! Text to tokens: every byte belongs to exactly one token, whatever the text. What a token *means* is the parser's.
//!
//! Three things depend on what came before, and are decided here so that parser, colouring and completion agree:
//! a `/` begins a regex where a value could stand (and after the field of `parse`), else it divides; the text after
//! `search` and a query that is free text are one [`Lexeme::Raw`] token up to the next `|`; names after `SOURCE` may
//! hold slashes. Strings and regexes end with their line at the latest, so that one lost quote spoils one line.

use std::ops::Range;

use super::{
    keywords,
    quoting::{is_blank, is_name_char, is_name_start},
    search,
};

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Lexeme,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Token {
    /// Its bytes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }
    /// Its text.
    pub fn text<'a>(&self, of: &'a str) -> &'a str {
        of.get(self.span()).unwrap_or("")
    }
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lexeme {
    /// White space.
    Blank,
    /// `# …` to the end of the line.
    Comment,
    /// A name or keyword: letters, digits, `_ @ .`.
    Word,
    /// A name with at least one part in backticks.
    Quoted,
    /// `"…"` or `'…'`.
    Text,
    /// `“…”`: text in quotes that no query language reads.
    Typographic,
    /// `/…/`.
    Regex,
    /// A number.
    Number,
    /// `5m`.
    Period,
    /// Begins like a number but is none: `10.0.0.1`, `5xx`.
    Odd,
    /// An operator or bracket.
    Symbol(Symbol),
    /// Free text up to the next `|`.
    Raw,
    /// A quote, slash or backtick that never closes, with the rest of its line.
    Unclosed(char),
    /// A character with no meaning.
    Unknown,
    /// The end of the text; empty.
    End,
}

/// Operators and brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its characters, see the table in `symbol`")]
pub enum Symbol {
    Pipe,
    Comma,
    Open,
    Close,
    OpenList,
    CloseList,
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
    Caret,
    Match,
    NotMatch,
    Colon,
    // Of other languages; read so that the message can say what to write instead.
    EqualEqual,
    LessGreater,
    AndAnd,
    OrOr,
    Bang,
}

fn symbol(rest: &str) -> Option<(Symbol, usize)> {
    use Symbol::*;
    // Longer ones first.
    const TABLE: &[(&str, Symbol)] = &[
        ("!=", NotEqual),
        ("<=", LessEqual),
        (">=", GreaterEqual),
        ("<>", LessGreater),
        ("==", EqualEqual),
        ("=~", Match),
        ("!~", NotMatch),
        ("&&", AndAnd),
        ("||", OrOr),
        ("|", Pipe),
        (",", Comma),
        ("(", Open),
        (")", Close),
        ("[", OpenList),
        ("]", CloseList),
        ("=", Equal),
        ("<", Less),
        (">", Greater),
        ("+", Plus),
        ("-", Minus),
        ("*", Star),
        ("/", Slash),
        ("%", Percent),
        ("^", Caret),
        (":", Colon),
        ("!", Bang),
    ];
    TABLE.iter().find(|(text, _)| rest.starts_with(text)).map(|(text, symbol)| (*symbol, text.len()))
}

/// The command that subqueries begin with.
const SOURCE: &str = "source";

/// Goes through a text once. An iterator over its tokens without the final [`Lexeme::End`].
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The next thing is free text.
    raw: bool,
    /// Nothing of the current command was seen yet.
    first: bool,
    /// The command's first word was `parse`, at this depth of brackets.
    in_parse: Option<u32>,
    in_source: bool,
    /// A value could stand here, so `/` begins a regex.
    operand: bool,
}

impl<'a> Lexer<'a> {
    /// Over a text; `free` if it begins with free text instead of a command.
    pub fn new(text: &'a str, free: bool) -> Lexer<'a> {
        Lexer { text, at: 0, raw: free, first: true, in_parse: None, in_source: false, operand: true }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The length of the run of characters for which `holds`.
    fn run(&self, from: usize, holds: impl Fn(char) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or("");
        rest.find(|c| !holds(c)).unwrap_or(rest.len())
    }

    /// The end of what `close` closes, backslashes escaping; the end of the line if nothing does.
    fn until(&self, from: usize, close: &[char], escapes: bool) -> (usize, bool) {
        let mut chars = self.text.get(from..).unwrap_or("").char_indices();
        while let Some((i, c)) = chars.next() {
            if close.contains(&c) {
                return (from + i + c.len_utf8(), true);
            }
            match c {
                '\n' => return (from + i, false),
                '\\' if escapes && chars.clone().next().is_some_and(|(_, c)| c != '\n') => {
                    chars.next();
                }
                _ => {}
            }
        }
        (self.text.len(), false)
    }

    /// A name: runs of name characters and parts in backticks, a doubled backtick standing for one.
    fn name(&self) -> (usize, Lexeme) {
        let mut at = self.at;
        let mut kind = Lexeme::Word;
        loop {
            at += self.run(at, is_name_char);
            // A part in backticks begins the name or follows a dot.
            let joined = at == self.at || self.text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'.');
            if !joined || !self.text.get(at..).is_some_and(|r| r.starts_with('`')) {
                return (at, kind);
            }
            kind = Lexeme::Quoted;
            at += 1;
            loop {
                let (end, closed) = self.until(at, &['`'], false);
                if !closed {
                    return (end, Lexeme::Unclosed('`'));
                }
                at = end;
                if !self.text.get(at..).is_some_and(|r| r.starts_with('`')) {
                    break;
                }
                at += 1;
            }
            if !self.text.get(at..).is_some_and(|r| r.starts_with('.')) {
                return (at, kind);
            }
        }
    }

    /// A number, a period, or something that only begins like one.
    fn number(&self) -> (usize, Lexeme) {
        let digits = |from| self.run(from, |c| c.is_ascii_digit());
        let byte = |at: usize| self.text.as_bytes().get(at).copied().unwrap_or(0);
        let mut at = self.at + digits(self.at);
        let whole = at;
        if byte(at) == b'.' && byte(at + 1).is_ascii_digit() {
            at += 1 + digits(at + 1);
        }
        if matches!(byte(at), b'e' | b'E') {
            let sign = matches!(byte(at + 1), b'+' | b'-') as usize;
            let exponent = digits(at + 1 + sign);
            if exponent > 0 && !byte(at + 1 + sign + exponent).is_ascii_alphabetic() {
                at += 1 + sign + exponent;
            }
        }
        let tail = self.run(at, is_name_char);
        let end = at + tail;
        match tail {
            0 => (end, Lexeme::Number),
            _ if at == whole && keywords::unit_named(self.text.get(at..end).unwrap_or("")).is_some() => {
                (end, Lexeme::Period)
            }
            _ => (end, Lexeme::Odd),
        }
    }

    /// Whether what follows is the command `SOURCE` and not a field of that name.
    fn source_follows(&self) -> bool {
        let rest = self.rest().trim_start_matches(is_blank);
        let (word, after) = rest.split_at(rest.floor_char_boundary(SOURCE.len()));
        let name = after.trim_start_matches(is_blank);
        let next = name.get(..name.find(|c| !is_name_char(c)).unwrap_or(name.len())).unwrap_or("");
        word.eq_ignore_ascii_case(SOURCE)
            && after.len() > name.len()
            && name.starts_with(|c| is_name_start(c) || matches!(c, '/' | '`' | '"' | '\''))
            && !keywords::continues(next)
    }

    fn token(&self, c: char) -> (usize, Lexeme) {
        let after = self.at + c.len_utf8();
        let closed = |(end, closed), kind, c| if closed { (end, kind) } else { (end, Lexeme::Unclosed(c)) };
        let digit_next = || self.text.as_bytes().get(after).is_some_and(u8::is_ascii_digit);
        match c {
            c if is_blank(c) => (self.at + self.run(self.at, is_blank), Lexeme::Blank),
            '#' => (self.until(self.at, &[], false).0, Lexeme::Comment),
            _ if self.raw => (search::end(self.text, self.at), Lexeme::Raw),
            '"' | '\'' => closed(self.until(after, &[c], true), Lexeme::Text, c),
            '“' | '”' | '„' | '‘' | '’' => {
                closed(self.until(after, &['“', '”', '‘', '’'], true), Lexeme::Typographic, c)
            }
            '/' if self.operand && !self.in_source => {
                closed(self.until(after, &['/'], true), Lexeme::Regex, c)
            }
            c if c.is_ascii_digit() => self.number(),
            '.' if digit_next() => self.number(),
            c if is_name_char(c) || c == '`' => self.name(),
            _ => match symbol(self.rest()) {
                Some((symbol, length)) => (self.at + length, Lexeme::Symbol(symbol)),
                None => (after, Lexeme::Unknown),
            },
        }
    }

    /// Takes note of what a token means for the ones after it.
    fn note(&mut self, token: &Token) {
        let word = if token.kind == Lexeme::Word { token.text(self.text) } else { "" };
        match token.kind {
            Lexeme::Blank | Lexeme::Comment => return,
            Lexeme::Symbol(Symbol::Pipe) => {
                *self = Lexer { at: self.at, ..Lexer::new(self.text, false) };
                return;
            }
            Lexeme::Raw => self.raw = false,
            Lexeme::Symbol(Symbol::Open) if self.source_follows() => {
                // A subquery begins like any other.
                *self = Lexer { at: self.at, ..Lexer::new(self.text, false) };
                return;
            }
            Lexeme::Symbol(Symbol::Open | Symbol::OpenList) => self.in_parse = self.in_parse.map(|d| d + 1),
            Lexeme::Symbol(Symbol::Close | Symbol::CloseList) => {
                self.in_parse = self.in_parse.map(|d| d.saturating_sub(1));
                self.in_source = false;
            }
            _ if self.first => match keywords::command_named(word).map(|c| c.verb) {
                Some(keywords::Verb::Parse) => self.in_parse = Some(0),
                Some(keywords::Verb::Source) => self.in_source = true,
                Some(keywords::Verb::Search) => self.raw = true,
                _ => {}
            },
            Lexeme::Text | Lexeme::Regex if self.in_parse == Some(0) => self.in_parse = None,
            _ => {}
        }
        self.operand = self.in_parse == Some(0)
            || match token.kind {
                Lexeme::Symbol(symbol) => !matches!(symbol, Symbol::Close | Symbol::CloseList),
                Lexeme::Word => {
                    self.first
                        || ["and", "or", "not", "in", "like", "by", "as"]
                            .iter()
                            .any(|w| w.eq_ignore_ascii_case(word))
                }
                _ => false,
            };
        self.first = false;
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let c = self.rest().chars().next()?;
        if self.raw && c == '|' {
            // Free text without a term: `search | …`.
            self.raw = false;
        }
        let (end, kind) = self.token(c);
        // Every token takes at least its first character, so that this ends on any text.
        let token = Token { kind, start: self.at, end: end.max(self.at + c.len_utf8()) };
        self.at = token.end;
        self.note(&token);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Lexeme, &str)> {
        let significant = |t: &Token| !matches!(t.kind, Lexeme::Blank | Lexeme::Comment);
        Lexer::new(text, false).filter(significant).map(|t| (t.kind, t.text(text))).collect()
    }

    #[test]
    fn a_slash_is_a_regex_where_a_value_could_stand() {
        use Lexeme::*;
        assert_eq!(kinds("filter a like /x|y/")[3], (Regex, "/x|y/"));
        assert_eq!(kinds("filter a / b / c")[2].0, Symbol(super::Symbol::Slash));
        assert_eq!(kinds(r"parse @message /a\/(?<b>.)/")[2], (Regex, r"/a\/(?<b>.)/"));
        assert_eq!(kinds("parse f(a / b) /c/")[7], (Regex, "/c/"));
        assert_eq!(kinds("SOURCE /aws/lambda")[1].0, Symbol(super::Symbol::Slash));
    }

    #[test]
    fn names_numbers_and_what_is_neither() {
        use Lexeme::*;
        assert_eq!(
            kinds("@timestamp a.0.b `c d`.e m.`x.y` 5 .5 1.5e-3 5m 300s 10.0.0.1 5xx 1e5"),
            [
                (Word, "@timestamp"),
                (Word, "a.0.b"),
                (Quoted, "`c d`.e"),
                (Quoted, "m.`x.y`"),
                (Number, "5"),
                (Number, ".5"),
                (Number, "1.5e-3"),
                (Period, "5m"),
                (Period, "300s"),
                (Odd, "10.0.0.1"),
                (Odd, "5xx"),
                (Number, "1e5"),
            ]
        );
    }

    #[test]
    fn a_lost_quote_spoils_one_line() {
        let tokens = kinds("filter a = \"b | c\n| stats d");
        assert_eq!(tokens[3], (Lexeme::Unclosed('"'), "\"b | c"));
        assert_eq!(tokens[4].0, Lexeme::Symbol(Symbol::Pipe));
        assert_eq!(kinds(r#"filter a = "\"#)[3].0, Lexeme::Unclosed('"'));
    }
}
