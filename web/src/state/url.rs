//! The view in the address: query, time, columns, page. Never log data beyond what the user typed or clicked into the
//! query. The part after `#` stays in the browser; no server ever sees it.

use logloupe_syntax::Language;
use logloupe_table::time;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::time_axis::Range;

/// The screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Page {
    /// Query, time, facets, rows.
    #[default]
    Explore,
    /// What was read and what was not.
    Ledger,
}

/// What the user is looking at; everything that reloading the page brings back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct View {
    /// The query's text.
    pub(crate) query: String,
    /// What it is written in.
    pub(crate) language: Language,
    /// The brush.
    pub(crate) range: Option<Range>,
    /// What the histogram spans, if not everything.
    pub(crate) span: Option<Range>,
    /// The screen.
    pub(crate) page: Page,
    /// The grid's columns; empty for the default ones.
    pub(crate) columns: Vec<String>,
    /// Facets that were added to the default ones.
    pub(crate) facets: Vec<String>,
}

/// The address's part after `#`; empty for the plain view.
pub(crate) fn write(view: &View) -> String {
    let mut parts = Vec::new();
    if !view.query.is_empty() {
        parts.push(format!("q={}", encode(&view.query)));
    }
    if view.language != Language::default() {
        parts.push(format!("l={}", view.language));
    }
    if let Some(range) = view.range {
        parts.push(format!("t={}", range_text(range)));
    }
    if let Some(range) = view.span {
        parts.push(format!("z={}", range_text(range)));
    }
    for (key, list) in [("c", &view.columns), ("f", &view.facets)] {
        if !list.is_empty() {
            let names: Vec<_> = list.iter().map(|n| encode(n)).collect();
            parts.push(format!("{key}={}", names.join(",")));
        }
    }
    if view.page == Page::Ledger {
        parts.push("p=ledger".to_owned());
    }
    parts.join("&")
}

/// The view that an address means; what cannot be read is left out.
pub(crate) fn read(hash: &str) -> View {
    let mut view = View::default();
    for part in hash.trim_start_matches('#').split('&') {
        let Some((key, value)) = part.split_once('=') else { continue };
        match key {
            "q" => view.query = decode(value),
            "l" => view.language = value.parse().unwrap_or_default(),
            "t" => view.range = read_range(value),
            "z" => view.span = read_range(value),
            "c" => view.columns = value.split(',').map(decode).filter(|n| !n.is_empty()).collect(),
            "f" => view.facets = value.split(',').map(decode).filter(|n| !n.is_empty()).collect(),
            "p" if value == "ledger" => view.page = Page::Ledger,
            _ => {}
        }
    }
    view.language = Language::of(&view.query, view.language);
    view
}

fn range_text((from, to): Range) -> String {
    format!("{}~{}", time::format_iso(from), time::format_iso(to))
}

fn read_range(text: &str) -> Option<Range> {
    let text = decode(text);
    let (from, to) = text.split_once('~')?;
    let range = (time::parse_iso(from.as_bytes())?, time::parse_iso(to.as_bytes())?);
    (range.0 < range.1).then_some(range)
}

/// Letters, digits and the usual signs of a query stay readable; a space is written as `+`.
const READABLE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b' ')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'@')
    .remove(b':')
    .remove(b'*')
    .remove(b'/')
    .remove(b'(')
    .remove(b')')
    .remove(b'!')
    .remove(b'|')
    .remove(b'\'');

/// Percent-encodes what has a meaning in an address.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, READABLE).to_string().replace(' ', "+")
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let view = View {
            query: "filter userAgent like /a+b%20/ and x = \"é, #&=~\"\n| stats count(*) by bin(5m)".into(),
            range: Some((1_772_674_177_000_000, 1_772_674_177_500_000)),
            span: Some((0, 5)),
            language: Language::Insights,
            page: Page::Ledger,
            columns: vec!["@timestamp".into(), "a,b".into()],
            facets: vec!["user.name".into()],
        };
        assert_eq!(read(&format!("#{}", write(&view))), view);
        let sql = View { query: "select".into(), language: Language::Sql, ..View::default() };
        assert_eq!(read(&write(&sql)), sql);
        assert_eq!(write(&View::default()), "");
        assert_eq!(read(""), View::default());
    }

    #[test]
    fn the_address_stays_readable() {
        let view = View { query: "filter source.ip = 10.0.0.1".into(), ..View::default() };
        assert_eq!(write(&view), "q=filter+source.ip+%3D+10.0.0.1");
    }

    #[test]
    fn damaged_addresses_give_what_can_be_read() {
        let view = read("#q=%ZZ%4&t=yesterday&x=1&&p=elsewhere&c=,,a");
        assert_eq!(view.query, "%ZZ%4");
        assert_eq!((view.range, view.page), (None, Page::Explore));
        assert_eq!(view.columns, ["a"]);
        assert_eq!(read("#t=2026-03-05~2026-03-04").range, None, "a range runs forward");
    }
}
