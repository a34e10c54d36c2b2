//! One worker of the page's pool.
//!
//! Reading order: [`session`] (what it holds; requests in, bounded steps of work, messages out: plain code, tested without
//! a browser), the handlers by what requests are about (`files`, `views`, `rows`, `text`, `custom`), `reading` (files into rows, a
//! slice at a time), `host` (what a browser adds: files, the message port, time slices, the panic hook), `extras` (the module
//! that decodes what is rare).
//!
//! A view is a [`ViewJob`](logloupe_answer::job::ViewJob). The messages are in `logloupe-protocol`.

mod custom;
mod explain;
#[cfg(target_arch = "wasm32")]
mod extras;
mod files;
#[cfg(target_arch = "wasm32")]
pub mod host;
mod reading;
mod rows;
pub mod session;
mod text;
mod views;

use logloupe_core::formats::{self, Format};
use logloupe_protocol::{
    formats::{FieldMessage, FormatMessage},
    hello::WorkerHello,
};
use logloupe_table::Field;

/// A worker's first message.
pub fn hello() -> WorkerHello {
    WorkerHello { formats: formats::ALL.iter().map(|format| message(*format)).collect() }
}

/// A format as the page needs it.
fn message(format: &'static dyn Format) -> FormatMessage {
    let field = |f: Field| FieldMessage {
        name: f.name.into_owned(),
        kind: f.kind,
        unit: f.unit,
        role: f.role,
        aliases: f.aliases.iter().map(|a| (*a).to_owned()).collect(),
        doc: f.doc.to_owned(),
    };
    FormatMessage {
        id: format.meta().id.to_owned(),
        family: format.meta().family,
        title: format.meta().title.to_owned(),
        summary: format.meta().summary.to_owned(),
        fields: format.fields().into_iter().map(field).collect(),
        orders: format.orders(),
        presets: format.presets().iter().map(|p| (p.title.to_owned(), p.query.to_owned())).collect(),
    }
}
