//! What the page knows of log formats: their names, fields and presets, from the first message of a worker.
//!
//! Not the formats themselves: they are in the parser crate, which the page does not link.

use std::cell::{OnceCell, RefCell};

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
    /// Orders in which its fields are known to stand where a file does not name them: what each is called, and the names.
    pub orders: Vec<(String, String)>,
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
    /// Those that the user described, now and before: each is kept once.
    static CUSTOM: RefCell<Custom> = const { RefCell::new(Custom { now: Vec::new(), kept: Vec::new() }) };
}

/// The formats that the user described.
struct Custom {
    now: Vec<&'static FormatInfo>,
    kept: Vec<(FormatMessage, &'static FormatInfo)>,
}

/// These are the formats that the user described.
pub fn set_custom(told: impl Iterator<Item = FormatMessage>) {
    CUSTOM.with_borrow_mut(|custom| {
        custom.now.clear();
        for told in told {
            let known = custom.kept.iter().find(|(known, _)| *known == told).map(|(_, info)| *info);
            let info = known.unwrap_or_else(|| {
                let info: &'static FormatInfo = Box::leak(Box::new(format(told.clone())));
                custom.kept.push((told, info));
                info
            });
            custom.now.push(info);
        }
    });
}

/// The formats that the user described.
pub fn custom() -> Vec<&'static FormatInfo> {
    CUSTOM.with_borrow(|custom| custom.now.clone())
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
        orders: told.orders,
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

/// All formats but those that the user described; none before the first worker has said hello.
pub fn all() -> &'static [FormatInfo] {
    // Tests without a worker know what one would say.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    receive(logloupe_worker::hello().formats);
    FORMATS.with(|cell| cell.get().copied().unwrap_or_default())
}

/// The format with this id.
pub fn by_id(id: &str) -> Option<&'static FormatInfo> {
    all().iter().find(|f| f.id == id).or_else(|| custom().into_iter().find(|f| f.id == id))
}
