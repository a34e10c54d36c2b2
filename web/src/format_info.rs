//! What the page knows of log formats: their names, fields and presets, from the first message of a worker.
//!
//! Not the formats themselves: they are in the parser crate, which the page does not link.

use std::cell::OnceCell;

use logloupe_protocol::formats::{FieldMessage, FormatMessage};
use logloupe_table::{Family, Field};

/// One format as the page knows it.
pub struct FormatInfo {
    /// The id.
    pub id: &'static str,
    /// What it is about.
    pub family: Family,
    /// The vendor's name for the log.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Questions worth asking.
    pub presets: Vec<Preset>,
}

/// A question and its query.
pub struct Preset {
    /// The question in words.
    pub title: &'static str,
    /// The query.
    pub query: &'static str,
}

thread_local! {
    static FORMATS: OnceCell<&'static [FormatInfo]> = const { OnceCell::new() };
}

/// Takes in what a worker told; all workers tell the same, so the first one counts. Says whether it was news.
pub fn receive(told: Vec<FormatMessage>) -> bool {
    FORMATS.with(|cell| {
        if cell.get().is_some() {
            return false;
        }
        let all: Vec<FormatInfo> = told.into_iter().map(format).collect();
        cell.set(Box::leak(all.into_boxed_slice())).is_ok()
    })
}

fn format(told: FormatMessage) -> FormatInfo {
    let preset = |(title, query)| Preset { title: keep(title), query: keep(query) };
    FormatInfo {
        id: keep(told.id),
        family: told.family,
        title: keep(told.title),
        summary: keep(told.summary),
        fields: told.fields.into_iter().map(field).collect(),
        presets: told.presets.into_iter().map(preset).collect(),
    }
}

fn field(told: FieldMessage) -> Field {
    let aliases: Vec<&'static str> = told.aliases.into_iter().map(keep).collect();
    Field {
        name: told.name.into(),
        unit: told.unit,
        aliases: Box::leak(aliases.into_boxed_slice()),
        doc: keep(told.doc),
        ..Field::new("", told.kind, told.role)
    }
}

/// Kept for as long as the page lives: a few kilobytes, once.
fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// All formats; none before the first worker has said hello.
pub fn all() -> &'static [FormatInfo] {
    // Tests without a worker know what one would say.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    receive(logloupe_worker::hello().formats);
    FORMATS.with(|cell| cell.get().copied().unwrap_or_default())
}

/// The format with this id.
pub fn by_id(id: &str) -> Option<&'static FormatInfo> {
    all().iter().find(|f| f.id == id)
}
