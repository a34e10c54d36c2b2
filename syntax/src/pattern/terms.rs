//! Patterns of words: `ERROR -retry`, `?A ?B`, `"phrase"`, `%regex%`, each looked for in the whole record.

use super::{LONGEST, Parser, at, message};
use crate::{
    diagnostic::Diagnostic,
    quoting::is_blank,
    tree::{Binary, E, Expr, Pattern, Spanned},
};

impl Parser<'_> {
    /// Words that must (`a`), must not (`-a`) or may (`?a ?b`: one of them must) stand in a record. Beside words of the
    /// first two kinds those of the third have no effect, as the vendor's page says.
    pub(super) fn terms(&mut self) -> Option<E> {
        let mut plain: Option<E> = None;
        let mut either: Option<E> = None;
        let (mut first_plain, mut first_either) = (None, None);
        loop {
            self.blanks();
            let start = self.at;
            let sign = self.next().filter(|c| matches!(c, '-' | '?'));
            self.at += sign.is_some() as usize;
            let pattern = match self.next() {
                None if sign.is_none() => break,
                Some('"') => {
                    let text = self.quoted()?;
                    // `" "` is how the vendor writes a pattern that every record fits.
                    if sign.is_none() && text.trim_matches(is_blank).is_empty() {
                        continue;
                    }
                    Some(Pattern::Text(text))
                }
                Some('%') => self.regex().map(Pattern::Regex),
                _ => {
                    let rest = self.rest();
                    let word = rest.find(is_blank).and_then(|end| rest.get(..end)).unwrap_or(rest);
                    self.at += word.len();
                    // A sign alone is a word.
                    let alone =
                        if word.is_empty() { self.text.get(start..self.at).unwrap_or("") } else { word };
                    Some(Pattern::Text(alone.to_owned()))
                }
            };
            let pattern = pattern?;
            self.joined += 1;
            if self.joined > LONGEST {
                self.too_much();
                return None;
            }
            let span = start..self.at;
            let negated = sign == Some('-') && self.at > start + 1;
            let like = Expr::Like { negated, item: message(), pattern: Spanned::new(pattern, span.clone()) };
            let like = at(span.clone(), like);
            let (group, op, first) = match sign {
                Some('?') => (&mut either, Binary::Or, &mut first_either),
                _ => (&mut plain, Binary::And, &mut first_plain),
            };
            first.get_or_insert(span.clone());
            *group = Some(match group.take() {
                Some(left) => at(left.span.start..span.end, Expr::Binary(op, left, like)),
                None => like,
            });
        }
        if let (Some(span), Some(_)) = (&first_either, &first_plain) {
            let message = "`?` terms beside other terms have no effect, as in CloudWatch";
            let help = "write `filter @message like \"a\" and (@message like \"b\" or @message like \"c\")`";
            self.report(Diagnostic::warning(span.clone(), message).help(help));
        }
        plain.or(either)
    }
}
