//! Colours for the query bar: every byte of any text, broken ones too, in order.

use std::ops::Range;

use super::{
    Language,
    classify::{Beginning, classify},
    keywords,
    lexer::{Lexeme, Lexer, Symbol},
    search, sql,
    token_kind::TokenKind,
};

/// The same for a text of any language.
pub fn highlight_in(text: &str, language: Language) -> Vec<(Range<usize>, TokenKind)> {
    match language {
        Language::Sql => sql::highlight(text),
        Language::Insights | Language::Pattern => highlight(text),
    }
}

/// The text cut into coloured stretches: they touch, and together are the whole text.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let mut out = Vec::new();
    // At the beginning of a command; behind a bracket, where a query may begin.
    let (mut first, mut queried) = (true, false);
    let tokens: Vec<_> = Lexer::new(text, classify(text) == Beginning::FreeText).collect();
    for (i, token) in tokens.iter().enumerate() {
        let word = token.text(text);
        let kind = match token.kind {
            Lexeme::Blank | Lexeme::End => TokenKind::Blank,
            Lexeme::Comment => TokenKind::Comment,
            Lexeme::Word if queried && word.eq_ignore_ascii_case("source") => TokenKind::Command,
            Lexeme::Word if first => match keywords::command_named(word) {
                Some(_) => TokenKind::Command,
                None => TokenKind::Broken,
            },
            Lexeme::Word if keywords::is_keyword(word) => TokenKind::Keyword,
            Lexeme::Word | Lexeme::Quoted => {
                let next = tokens.iter().skip(i + 1).find(|t| t.kind != Lexeme::Blank).map(|t| t.kind);
                match next {
                    Some(Lexeme::Symbol(Symbol::Open)) => TokenKind::Function,
                    _ => TokenKind::Field,
                }
            }
            Lexeme::Text => TokenKind::Text,
            Lexeme::Regex => TokenKind::Regex,
            Lexeme::Number | Lexeme::Period => TokenKind::Number,
            Lexeme::Symbol(Symbol::Pipe) => TokenKind::Command,
            Lexeme::Symbol(_) => TokenKind::Operator,
            Lexeme::Raw => {
                raw(text, token.span(), &mut out);
                first = false;
                continue;
            }
            Lexeme::Odd | Lexeme::Typographic | Lexeme::Unclosed(_) | Lexeme::Unknown => TokenKind::Broken,
        };
        match token.kind {
            Lexeme::Blank | Lexeme::Comment => {}
            kind => {
                first = kind == Lexeme::Symbol(Symbol::Pipe);
                queried = kind == Lexeme::Symbol(Symbol::Open);
            }
        }
        out.push((token.span(), kind));
    }
    out
}

/// The terms of free text.
fn raw(text: &str, span: Range<usize>, out: &mut Vec<(Range<usize>, TokenKind)>) {
    let mut at = span.start;
    let mut push = |until: usize, kind| {
        if at < until {
            // Between two terms lie blanks, and comments behind them.
            let gap = text.get(at..until).unwrap_or("");
            match gap.find('#').filter(|_| kind == TokenKind::Blank) {
                Some(0) => out.push((at..until, TokenKind::Comment)),
                Some(i) => {
                    out.push((at..at + i, TokenKind::Blank));
                    out.push((at + i..until, TokenKind::Comment));
                }
                None => out.push((at..until, kind)),
            }
            at = until;
        }
    };
    for piece in search::pieces(text, span.start).take_while(|p| p.span.end <= span.end) {
        push(piece.span.start, TokenKind::Blank);
        push(piece.span.start + piece.negated as usize, TokenKind::Operator);
        if let Some(field) = &piece.field {
            push(field.end, TokenKind::Field);
            push(field.end + 1, TokenKind::Operator);
        }
        push(piece.span.end, if piece.closed { TokenKind::Text } else { TokenKind::Broken });
    }
    push(span.end, TokenKind::Blank);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(text: &str) -> String {
        let one = |(span, kind): (Range<usize>, TokenKind)| format!("{}:{}", kind.name(), &text[span]);
        let ink = |t: &(Range<usize>, TokenKind)| t.1 != TokenKind::Blank;
        highlight(text).into_iter().filter(ink).map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_kind() {
        assert_eq!(
            colours("filter a in [\"x\", 5m] and `b c` like /d/ # e"),
            "command:filter field:a keyword:in operator:[ text:\"x\" operator:, number:5m operator:] keyword:and \
             field:`b c` keyword:like regex:/d/ comment:# e"
        );
        assert_eq!(
            colours("Stats count(*) by b | sort desc"),
            "command:Stats function:count operator:( operator:* operator:) keyword:by field:b command:| \
             command:sort keyword:desc"
        );
    }

    #[test]
    fn free_text_and_broken_text() {
        assert_eq!(
            colours("-a eventName:\"b c\" # d\n| limit 5"),
            "operator:- text:a field:eventName operator:: text:\"b c\" comment:# d command:| command:limit number:5"
        );
        assert_eq!(
            colours("filtr a = 10.0.0.1 | fields \"b"),
            "broken:filtr field:a operator:= broken:10.0.0.1 command:| command:fields broken:\"b"
        );
    }
}
