//! What the page knows of log formats: their names, fields and presets, told by the first worker that says hello.
//!
//! Not the formats themselves: linking them into the page would bring every parser along, which only workers need.
//! The same names as in the core's registry, so that code reads alike.

use std::cell::OnceCell;

use logloupe_core::formats::{Format, Framing, Meta, Preset};
use logloupe_table::schema::{Field, Kind, Role, Unit};
use serde::{Deserialize, Serialize};

/// One format as it crosses from a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormatMessage {
    id: String,
    title: String,
    summary: String,
    fields: Vec<FieldMessage>,
    presets: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FieldMessage {
    name: String,
    kind: Kind,
    unit: Unit,
    role: Role,
    aliases: Vec<String>,
    doc: String,
}

/// One format as the page knows it.
pub struct FormatInfo {
    meta: Meta,
    fields: Vec<Field>,
    presets: Vec<Preset>,
}

impl FormatInfo {
    /// Who it is. Only id, title and summary are told.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }
    /// Its columns.
    pub fn fields(&self) -> Vec<Field> {
        self.fields.clone()
    }
    /// Questions worth asking.
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }
}

/// What a worker tells of these formats.
pub fn messages(formats: &[&'static dyn Format]) -> Vec<FormatMessage> {
    let field = |f: Field| FieldMessage {
        name: f.name.into_owned(),
        kind: f.kind,
        unit: f.unit,
        role: f.role,
        aliases: f.aliases.iter().map(|a| (*a).to_owned()).collect(),
        doc: f.doc.to_owned(),
    };
    let told = |f: &&'static dyn Format| FormatMessage {
        id: f.meta().id.to_owned(),
        title: f.meta().title.to_owned(),
        summary: f.meta().summary.to_owned(),
        fields: f.fields().into_iter().map(field).collect(),
        presets: f.presets().iter().map(|p| (p.title.to_owned(), p.query.to_owned())).collect(),
    };
    formats.iter().map(told).collect()
}

thread_local! {
    static FORMATS: OnceCell<&'static [FormatInfo]> = const { OnceCell::new() };
}

/// Takes in what a worker told; all workers tell the same, so the first one counts. Says whether it was news.
pub fn receive(told: Vec<FormatMessage>) -> bool {
    // Kept for as long as the page lives: a few kilobytes, once.
    fn keep(text: String) -> &'static str {
        Box::leak(text.into_boxed_str())
    }
    let known = |t: FormatMessage| FormatInfo {
        meta: Meta {
            id: keep(t.id),
            title: keep(t.title),
            summary: keep(t.summary),
            framing: Framing::Lines,
            page: "",
            read_on: "",
            key_shape: "",
        },
        fields: t
            .fields
            .into_iter()
            .map(|f| {
                let aliases: Vec<&'static str> = f.aliases.into_iter().map(keep).collect();
                Field {
                    name: f.name.into(),
                    unit: f.unit,
                    aliases: Box::leak(aliases.into_boxed_slice()),
                    doc: keep(f.doc),
                    ..Field::new("", f.kind, f.role)
                }
            })
            .collect(),
        presets: t
            .presets
            .into_iter()
            .map(|(title, query)| Preset { title: keep(title), query: keep(query) })
            .collect(),
    };
    FORMATS.with(|cell| {
        if cell.get().is_some() {
            return false;
        }
        let all: Vec<FormatInfo> = told.into_iter().map(known).collect();
        cell.set(Box::leak(all.into_boxed_slice())).is_ok()
    })
}

/// All formats; none before the first worker has said hello.
pub fn all() -> &'static [FormatInfo] {
    // Tests without a worker know what the registry says.
    #[cfg(not(target_arch = "wasm32"))]
    receive(messages(logloupe_core::formats::ALL));
    FORMATS.with(|cell| cell.get().copied().unwrap_or_default())
}

/// The format with this id.
pub fn by_id(id: &str) -> Option<&'static FormatInfo> {
    all().iter().find(|f| f.meta.id == id)
}
