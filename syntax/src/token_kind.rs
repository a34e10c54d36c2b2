//! The kinds of colours of a query.

/// What a stretch of text is to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// White space.
    Blank,
    /// `# …`
    Comment,
    /// The name of a command that is known, and the `|` between commands.
    Command,
    /// A word of the language inside a command: `by`, `as`, `and`, `desc`.
    Keyword,
    /// A field or an alias.
    Field,
    /// A function before its bracket.
    Function,
    /// Text in quotes, and words to search for.
    Text,
    /// A number or a span of time.
    Number,
    /// `/…/`
    Regex,
    /// An operator, comma or bracket.
    Operator,
    /// What has no meaning here, or never closes.
    Broken,
}

impl TokenKind {
    /// A short word for a style sheet's class.
    pub fn name(self) -> &'static str {
        match self {
            TokenKind::Blank => "blank",
            TokenKind::Comment => "comment",
            TokenKind::Command => "command",
            TokenKind::Keyword => "keyword",
            TokenKind::Field => "field",
            TokenKind::Function => "function",
            TokenKind::Text => "text",
            TokenKind::Number => "number",
            TokenKind::Regex => "regex",
            TokenKind::Operator => "operator",
            TokenKind::Broken => "broken",
        }
    }
}
