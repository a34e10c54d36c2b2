//! Log content as it may be shown: what attackers typed can hold characters that a terminal or a browser acts on, and some that
//! let a text look like another one. Not here: HTML, which nothing is made of.

/// What stands for a character that is not shown.
const MARK: char = '␣';

/// Whether a character moves a cursor, turns the direction of what stands around it, or is not to be seen at all. Joiners are
/// not among them, which emoji and scripts are written with.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2060}' | '\u{feff}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// The text on one line, a mark for each character that [acts](acts).
pub fn line(text: &str) -> String {
    marked(text, acts)
}

/// The same with its lines and tabs.
pub fn lines(text: &str) -> String {
    marked(text, |c| acts(c) && !matches!(c, '\n' | '\r' | '\t'))
}

fn marked(text: &str, acts: fn(char) -> bool) -> String {
    // Nearly all text is ASCII without any.
    if !text.contains(acts) {
        return text.to_owned();
    }
    text.chars().map(|c| if acts(c) { MARK } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_looks_like_something_else() {
        assert_eq!(line("\u{1b}[31mred\r\n"), "␣[31mred␣␣");
        assert_eq!(line("GetObject\u{202e}gnp.exe"), "GetObject␣gnp.exe");
        assert_eq!(line("ad\u{200b}min\u{e0041}"), "ad␣min␣");
        assert_eq!(lines("a\r\n\tb\u{7}\u{2066}"), "a\r\n\tb␣␣");
        for same in ["", "plain", "größe שלום 👩\u{200d}💻"] {
            assert_eq!(line(same), same);
        }
    }
}
