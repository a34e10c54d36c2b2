//! The query's text in coloured pieces, with what is wrong underlined. The pieces together are the whole text.

use std::ops::Range;

use logloupe_syntax::{Diagnostic, Language, Severity, highlight_in};

/// A stretch of the text that looks the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Highlighted {
    pub(crate) text: String,
    /// What it is: the word of its token's kind.
    pub(crate) kind: &'static str,
    /// What is wrong there.
    pub(crate) fault: Option<Severity>,
}

/// The text in pieces. A fault without extent, at the end of the text for example, gets a blank to stand under.
pub(crate) fn highlighted(text: &str, language: Language, remarks: &[Diagnostic]) -> Vec<Highlighted> {
    let fault = |at: &Range<usize>| {
        let meets = |d: &&Diagnostic| d.span.start < at.end && at.start < d.span.end;
        remarks.iter().filter(meets).map(|d| d.severity).min_by_key(|s| (*s != Severity::Error) as u8)
    };
    let mut edges: Vec<usize> = remarks.iter().flat_map(|d| [d.span.start, d.span.end]).collect();
    edges.retain(|e| *e < text.len() && text.is_char_boundary(*e));
    edges.sort_unstable();
    let mut pieces: Vec<Highlighted> = Vec::new();
    for (span, kind) in highlight_in(text, language) {
        let mut from = span.start;
        let inner: Vec<usize> = edges.iter().copied().filter(|e| *e > span.start && *e < span.end).collect();
        for to in inner.into_iter().chain([span.end]) {
            if let Some(part) = text.get(from..to).filter(|p| !p.is_empty()) {
                pieces.push(Highlighted {
                    text: part.to_owned(),
                    kind: kind.name(),
                    fault: fault(&(from..to)),
                });
            }
            from = to;
        }
    }
    let behind = remarks.iter().find(|d| d.span.start >= text.len());
    if let Some(remark) = behind {
        pieces.push(Highlighted { text: " ".to_owned(), kind: "blank", fault: Some(remark.severity) });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole_text() {
        for text in ["filter a = \"é\" | stats count(*) by bin(5m) # x", "", "filter (", "é\"", "\n|"] {
            let remark = Diagnostic::error(1..5, "no");
            let all: String =
                highlighted(text, Language::Insights, &[remark]).into_iter().map(|p| p.text).collect();
            assert_eq!(all.trim_end(), text.trim_end(), "{text}");
        }
    }

    #[test]
    fn faults_are_underlined_where_they_are() {
        let remark = Diagnostic::error(7..12, "unknown field");
        let pieces = highlighted("filter statu = 1", Language::Insights, &[remark]);
        let faulty: Vec<_> = pieces.iter().filter(|p| p.fault.is_some()).map(|p| p.text.as_str()).collect();
        assert_eq!(faulty, ["statu"]);
        let at_end = highlighted("filter", Language::Insights, &[Diagnostic::error(6..6, "nothing follows")]);
        assert_eq!(at_end.last().map(|p| (p.text.as_str(), p.fault)), Some((" ", Some(Severity::Error))));
    }
}
