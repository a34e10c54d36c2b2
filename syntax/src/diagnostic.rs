//! What is wrong with a query: a place, what was expected there and how to fix it. Rendered like a good compiler's.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Whether the query can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but hardly means what was meant.
    Warning,
}

/// One remark on a query's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// What is wrong, in one lower-case sentence without full stop.
    pub message: String,
    /// What to do, often with an example; empty if there is nothing useful to say.
    pub help: String,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, span, message: cut(message.into()), help: String::new() }
    }
    /// A warning at `span`.
    pub fn warning(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(span, message) }
    }
    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = cut(help.into());
        self
    }
}

/// A sentence that quotes a name of any length is cut where nobody reads on.
fn cut(mut sentence: String) -> String {
    const MOST: usize = 600;
    if sentence.len() > MOST {
        sentence.truncate(sentence.floor_char_boundary(MOST));
        sentence.push('…');
    }
    sentence
}

/// What was remarked so far: of each severity as many as somebody may read, whatever the text.
#[derive(Clone, Debug, Default)]
pub struct Remarks(Vec<Diagnostic>);

impl Remarks {
    /// The most of each severity.
    pub(crate) const MOST: usize = 64;

    fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity == severity).count()
    }
    /// Adds one if there is room: errors never take the room of warnings, nor warnings that of errors.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.count(diagnostic.severity) < Remarks::MOST {
            self.0.push(diagnostic);
        }
    }
    /// Adds all for which there is room.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|d| self.push(d));
    }
    /// Whether no further error will be told: looking for more is of no use.
    pub fn is_full(&self) -> bool {
        self.count(Severity::Error) >= Remarks::MOST
    }
    /// All of them.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl std::ops::Deref for Remarks {
    type Target = [Diagnostic];
    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl std::ops::DerefMut for Remarks {
    fn deref_mut(&mut self) -> &mut [Diagnostic] {
        &mut self.0
    }
}

/// The diagnostics as a terminal shows them: what is wrong, the line with the place underlined, what to do.
///
/// ```text
/// error: unknown command `filtr`
/// 1 | filtr eventName = "X"
///   | ^^^^^
///   help: did you mean `filter`?
/// ```
///
/// Tabs are shown as blanks, control characters as `·`, long lines only around the place. Empty for no diagnostics.
pub fn render(text: &str, diagnostics: &[Diagnostic]) -> String {
    let lines = Lines::of(text);
    let mut out = String::new();
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        out.push_str(&format!("{severity}: {}\n", diagnostic.message));
        lines.underline(&diagnostic.span, &mut out);
        if !diagnostic.help.is_empty() {
            out.push_str(&format!("  help: {}\n", diagnostic.help));
        }
    }
    out
}

/// A text and where its lines begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

/// How many columns of a long line are shown on either side of a place, and of the place itself.
const CONTEXT: usize = 50;
const PLACE: usize = 60;
const TAB: usize = 4;

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Lines<'a> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Lines { text, starts }
    }

    /// The line that a byte is in, from 0.
    fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    fn line(&self, index: usize) -> Range<usize> {
        let start = self.starts.get(index).copied().unwrap_or(0);
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        start..end.max(start)
    }

    /// The first and the last line of the place, underlined.
    fn underline(&self, span: &Range<usize>, out: &mut String) {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(span.end.clamp(start, self.text.len()));
        let (first, last) = (self.at(start), self.at(end.saturating_sub(1).max(start)));
        let gutter = (last + 1).to_string().len();
        self.one(first, start, end.min(self.line(first).end), gutter, out);
        if last > first + 1 {
            out.push_str(&format!("{:gutter$} …\n", ""));
        }
        if last > first {
            let line = self.line(last);
            let indent = self.text.get(line.clone()).map_or(0, |l| l.len() - l.trim_start().len());
            self.one(last, line.start + indent, end, gutter, out);
        }
    }

    /// One line with the bytes from `start` to `end` underlined.
    fn one(&self, index: usize, start: usize, end: usize, gutter: usize, out: &mut String) {
        let line = self.line(index);
        let part = |from: usize, to: usize| self.text.get(from..to).unwrap_or("");
        let (before, cut_before) = last_columns(part(line.start, start), CONTEXT);
        let (place, cut_place) = first_columns(part(start, end), PLACE);
        let (after, cut_after) = first_columns(part(start + place.len(), line.end), CONTEXT);
        let (mut shown, mut column) = (String::new(), 0);
        let mut put = |text: &str| {
            for c in text.trim_end_matches('\r').chars() {
                let width = show(c, column, &mut shown);
                column += width;
            }
            column
        };
        let from = if cut_before { put("…") } else { 0 };
        let from = put(before).max(from);
        let to = put(place).max(from);
        let to = if cut_place { to + 1 } else { to };
        put(after);
        if cut_after {
            put("…");
        }
        let number = index + 1;
        out.push_str(&format!("{number:>gutter$} | {}\n", shown.trim_end()));
        let (blank, carets) = (" ".repeat(from), "^".repeat((to - from).max(1)));
        out.push_str(&format!("{:gutter$} | {blank}{carets}\n", ""));
    }
}

/// The beginning of a text that fits into `most` columns or so, and whether something was left out.
fn first_columns(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (text.get(..end).unwrap_or(""), true),
        None => (text, false),
    }
}

/// The end of a text that fits into `most` columns or so, and whether something was left out.
fn last_columns(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().rev().nth(most) {
        Some((start, c)) => (text.get(start + c.len_utf8()..).unwrap_or(""), true),
        None => (text, false),
    }
}

/// Appends a character as a terminal may safely show it and gives the columns that it takes.
fn show(c: char, column: usize, out: &mut String) -> usize {
    match c {
        '\t' => {
            let width = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', width));
            width
        }
        c if c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            out.push('·');
            1
        }
        c => {
            out.push(c);
            width(c)
        }
    }
}

/// The columns that a terminal gives a character: none for marks that join the one before, two for wide ones.
fn width(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036f | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xfeff => 0,
        0x1100..=0x115f
        | 0x231a..=0x231b
        | 0x23e9..=0x23ec
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The candidate that `name` is most likely a slip of: at most one wrong, missing, extra or swapped letter in four
/// (two in longer names), letter case aside. `None` if nothing is near.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |s: &str| s.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let name = letters(name);
    let most = match name.len() {
        0..=2 => 0,
        3..=5 => 1,
        6..=64 => 2,
        _ => return None,
    };
    candidates
        .into_iter()
        .filter(|c| c.len() <= 4 * (name.len() + most))
        .filter_map(|candidate| Some((distance(&name, &letters(candidate), most)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters were changed, lost, added or swapped with a neighbour; `None` for more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Three rows of the table of distances between the beginnings of both.
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + (x != y) as usize).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|d| *d <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_far_words_are_not() {
        let commands = ["fields", "filter", "stats", "sort", "limit"];
        let near = |word| suggest(word, commands);
        assert_eq!(near("filtr"), Some("filter"));
        assert_eq!(near("FITLER"), Some("filter"));
        assert_eq!(near("sotr"), Some("sort"));
        assert_eq!(near("statistics"), None);
        assert_eq!(near("so"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(100_000)), None);
        assert_eq!(suggest("größe", ["grösse", "große"]), Some("große"));
    }

    #[test]
    fn a_snippet_has_message_line_place_and_help() {
        let text = "fields a,\n\tb c";
        let diagnostic = Diagnostic::warning(13..14, "odd").help("fix it");
        assert_eq!(render(text, &[diagnostic]), "warning: odd\n2 |     b c\n  |       ^\n  help: fix it\n");
        assert_eq!(render(text, &[]), "");
    }

    #[test]
    fn wide_and_joined_characters_take_their_columns() {
        let text = "日本 e\u{301}x = 1";
        let at = text.find('=').unwrap();
        let shown = render(text, &[Diagnostic::error(at..at + 1, "here")]);
        assert_eq!(shown, format!("error: here\n1 | {text}\n  | {}^\n", " ".repeat(8)));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{} = {}", "a".repeat(100_000), "b".repeat(100_000));
        let shown = render(&text, &[Diagnostic::error(100_001..100_002, "here")]);
        let lines: Vec<_> = shown.lines().collect();
        assert!(shown.len() < 400, "{shown}");
        assert_eq!(lines[1].chars().nth(lines[2].chars().count() - 1), Some('='), "{shown}");
    }

    #[test]
    fn places_outside_the_text_are_harmless() {
        for span in [7..9, 3..100, 1..2, Range { start: 2, end: 1 }] {
            assert!(render("aéb\n", &[Diagnostic::error(span, "x")]).contains('^'));
        }
    }
}
