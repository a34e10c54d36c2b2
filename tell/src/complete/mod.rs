//! What may stand at the cursor of a query: commands, fields, functions, values with counts. Plain data in, plain data
//! out; the page shows it and inserts what was chosen.
//!
//! Nothing is parsed twice: what is half typed is read as tokens up to the cursor, and only the commands before it become
//! a tree, which says what names they leave. A broken text has completions like any other.
//!
//! Reading order: this file (what is offered, and in which order), `insights`, `sql`, `pattern` (what may stand where).
//! Not here: where values and their counts come from, which is behind [`Values`].

mod insights;
mod pattern;
mod sql;

use std::ops::Range;

pub use logloupe_syntax::completion::{CompletionItem, CompletionKind, Completions, MOST};

use logloupe_query::plan::Catalog;
use logloupe_syntax::{
    Language, Name,
    functions::{AGGREGATES, Aggregate, Spec, WINDOW_FUNCTIONS, WindowFunction},
    tree::Expr,
};
use logloupe_table::{Unit, Value, sort};

/// Where values and their counts come from.
pub trait Values {
    /// The commonest values of a field, most frequent first: those that begin with `typed`, then those that contain it,
    /// letter case aside. At most `most`; none for fields whose values are all different.
    fn values(&self, field: &str, typed: &str, most: usize) -> Vec<(String, u64)>;
}

/// No values are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoValues;

impl Values for NoValues {
    fn values(&self, _: &str, _: &str, _: usize) -> Vec<(String, u64)> {
        Vec::new()
    }
}

/// What may stand at byte `cursor` of a text when `language` is switched on.
pub fn complete(
    text: &str,
    cursor: usize,
    language: Language,
    catalog: &Catalog,
    values: &dyn Values,
) -> Completions {
    let cursor = text.floor_char_boundary(cursor.min(text.len()));
    let context = Context { text, before: text.get(..cursor).unwrap_or(""), catalog, values };
    match Language::of(text, language) {
        Language::Insights => insights::complete(&context),
        Language::Sql => sql::complete(&context),
        Language::Pattern => pattern::complete(&context),
    }
}

/// What is completed, and with what.
struct Context<'a> {
    text: &'a str,
    /// The text up to the cursor.
    before: &'a str,
    catalog: &'a Catalog,
    values: &'a dyn Values,
}

/// How well a candidate fits what is typed: the smaller the better.
fn fit(candidate: &str, typed: &str) -> Option<u8> {
    if typed.is_empty() {
        return Some(0);
    }
    let folded = candidate.to_ascii_lowercase();
    let at = folded.find(typed)?;
    // `type` finds `userIdentity.type` before `eventtypes`.
    let begins_a_part = at > 0 && folded.get(..at).is_some_and(|head| head.ends_with(['.', '_', '`', '@']));
    Some(if at == 0 {
        0
    } else if begins_a_part {
        1
    } else {
        2
    })
}

/// Collects what fits what is typed, in the order in which it is told.
struct Offers<'a> {
    context: &'a Context<'a>,
    /// In small letters, without quotes.
    typed: String,
    replace: Range<usize>,
    found: Vec<(u8, CompletionItem)>,
}

impl<'a> Offers<'a> {
    /// Offers in the place of `replace`, of which `typed` was typed.
    fn new(context: &'a Context<'a>, typed: &str, replace: Range<usize>) -> Offers<'a> {
        Offers { context, typed: typed.to_ascii_lowercase(), replace, found: Vec::new() }
    }

    fn add(&mut self, kind: CompletionKind, name: &str, text: String, label: String, doc: &str) {
        if let Some(rank) = fit(name, &self.typed) {
            self.found.push((rank, CompletionItem { text, kind, label, doc: doc.to_owned(), count: None }));
        }
    }

    /// Words with what they do.
    fn keywords(&mut self, words: &[(&str, &str)]) {
        for (word, doc) in words {
            self.add(CompletionKind::Keyword, word, (*word).to_owned(), String::new(), doc);
        }
    }

    /// Names of tables.
    fn tables(&mut self) {
        let catalog = self.context.catalog;
        for name in catalog.sources() {
            let ids = catalog.source(name).join(", ");
            let label = if ids == name { String::new() } else { ids };
            self.add(CompletionKind::Table, name, name.to_owned(), label, "");
        }
    }

    /// Fields that some log has: their own names, and other names only where something is typed; `write` says how the
    /// language writes a name.
    fn fields(&mut self, write: impl Fn(&str) -> String) {
        let catalog = self.context.catalog;
        let own = catalog.names().filter(|(_, known)| known.own);
        let other = catalog.names().filter(|(_, known)| !known.own && !self.typed.is_empty());
        for (name, known) in own.chain(other).collect::<Vec<_>>() {
            if fit(name, &self.typed).is_none() {
                continue;
            }
            let unit =
                if known.unit == Unit::None { String::new() } else { format!(", {}", known.unit.symbol()) };
            let logs = catalog.formats_with(name).collect::<Vec<_>>().join(", ");
            let at = if logs.is_empty() { "" } else { " · " };
            self.add(
                CompletionKind::Field,
                name,
                write(name),
                format!("{}{unit}{at}{logs}", known.kind.name()),
                "",
            );
        }
        if !self.typed.is_empty() {
            for path in catalog.paths().collect::<Vec<_>>() {
                self.add(CompletionKind::Field, path, write(path), "found in JSON".to_owned(), "");
            }
        }
        for name in logloupe_table::schema::BUILT_IN {
            self.add(CompletionKind::Field, name, write(name), "every event".to_owned(), "");
        }
    }

    /// Names that commands before the cursor leave.
    fn defined(&mut self, names: impl IntoIterator<Item = String>, write: impl Fn(&str) -> String) {
        for name in names {
            let text = write(&name);
            self.add(CompletionKind::Field, &name, text, "defined in the query".to_owned(), "");
        }
    }

    fn functions(&mut self, functions: impl Iterator<Item = &'static Spec>) {
        for function in functions {
            let text = self.called(function.name);
            self.add(
                CompletionKind::Function,
                function.name,
                text,
                function.signature.to_owned(),
                function.doc,
            );
        }
    }

    fn aggregates(&mut self) {
        for Aggregate { name, signature, doc, .. } in AGGREGATES {
            let text = self.called(name);
            self.add(CompletionKind::Aggregate, name, text, (*signature).to_owned(), doc);
        }
    }

    fn window_functions(&mut self) {
        for WindowFunction { name, signature, doc, .. } in WINDOW_FUNCTIONS {
            let text = self.called(name);
            self.add(CompletionKind::Function, name, text, (*signature).to_owned(), doc);
        }
    }

    /// A function's name with the bracket that follows it, unless there is one.
    fn called(&self, name: &str) -> String {
        let follows = self.context.text.get(self.replace.end..).is_some_and(|rest| rest.starts_with('('));
        if follows { name.to_owned() } else { format!("{name}(") }
    }

    fn periods(&mut self) {
        const USUAL: &[(&str, &str)] = &[
            ("1m", "one minute"),
            ("5m", "five minutes"),
            ("10m", "ten minutes"),
            ("15m", "a quarter of an hour"),
            ("30m", "half an hour"),
            ("1h", "one hour"),
            ("6h", "six hours"),
            ("1d", "one day"),
            ("1w", "one week"),
            ("1mo", "one month"),
            ("1q", "three months"),
            ("1y", "one year"),
            ("1s", "one second"),
            ("10s", "ten seconds"),
            ("30s", "half a minute"),
            ("100ms", "a tenth of a second"),
        ];
        for (period, doc) in USUAL {
            self.add(CompletionKind::Period, period, (*period).to_owned(), String::new(), doc);
        }
    }

    /// Values of a field; `write` says how the language writes one, and whether as a number.
    fn values(&mut self, field: &str, write: impl Fn(&str, bool) -> String) {
        let number = self.context.catalog.find(field).is_some_and(|k| k.kind.is_number());
        for (value, count) in self.context.values.values(field, &self.typed, MOST) {
            let text = write(&value, number);
            let (kind, label, doc) = (CompletionKind::Value, String::new(), String::new());
            self.found.push((0, CompletionItem { text, kind, label, doc, count: Some(count) }));
        }
    }

    /// The best of them; of two that say the same the first.
    fn finish(self) -> Completions {
        let mut found = self.found;
        sort::by_key(&mut found, |(rank, _)| *rank);
        let mut seen = std::collections::HashSet::new();
        let mut items: Vec<CompletionItem> = found.into_iter().map(|(_, item)| item).collect();
        items.retain(|item| seen.insert((item.kind, item.text.clone())));
        items.truncate(MOST);
        Completions { replace: self.replace, items }
    }
}

/// A field's name as Insights writes it.
fn insights_name(name: &str) -> String {
    Name(name).to_string()
}

/// A value as Insights writes it.
fn insights_value(value: &str, number: bool) -> String {
    match number && value.parse::<f64>().is_ok_and(f64::is_finite) {
        true => value.to_owned(),
        false => Expr::Literal(Value::text(value)).to_string(),
    }
}

/// The bytes of the word that ends at `cursor`, and of what follows it without a gap: what an offer takes the place of.
fn word_at(text: &str, cursor: usize, part: impl Fn(char) -> bool + Copy) -> Range<usize> {
    let before = text.get(..cursor).unwrap_or("");
    let after = text.get(cursor..).unwrap_or("");
    let start = before.trim_end_matches(part).len();
    start..cursor + (after.len() - after.trim_start_matches(part).len())
}
