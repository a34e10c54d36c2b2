//! Where the formats that users describe are kept: each for as long as the program runs, since the loader, tables and
//! queries refer to formats that always were. The same description is kept once, and there is a most of them.

use std::sync::Arc;

use super::{
    Custom, CustomFormat, Family, Format, Framing, LONGEST_ID, LONGEST_NAME, LONGEST_SAMPLES, MOST_SAMPLES,
    Meta, Preset, Sample, presets, wrong,
};
use crate::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_table::custom::{Definition, Problem};

/// How many different descriptions are kept.
const MOST: usize = 256;

/// The formats that a user described, and those of the crate.
#[derive(Default)]
pub struct Registry {
    kept: Vec<(Definition, &'static CustomFormat)>,
    /// The lists that were handed out.
    lists: Vec<&'static Paths<'static>>,
}

impl Registry {
    /// Whether a description is one, without keeping it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(definition: &Definition) -> Result<(), Problem> {
        check(definition)?;
        Custom::new(definition).map(drop)
    }
    /// The format that a description is.
    ///
    /// # Errors
    /// What is wrong with the description.
    pub fn define(&mut self, definition: &Definition) -> Result<&'static dyn Format, Problem> {
        if let Some((_, format)) = self.kept.iter().find(|(known, _)| known == definition) {
            return Ok(*format);
        }
        check(definition)?;
        let custom = Arc::new(Custom::new(definition)?);
        if self.kept.len() >= MOST {
            let message = format!("more than {MOST} formats were described since the program began");
            return Err(wrong("id", &definition.id, message, "begin anew: reload the page"));
        }
        let format: &'static CustomFormat = Box::leak(Box::new(format(definition, custom)));
        self.kept.push((definition.clone(), format));
        Ok(format)
    }
    /// The formats of the crate and these, which come last, with the paths of their records. Where two have one id, the
    /// later one counts.
    pub fn all(&mut self, custom: &[&'static dyn Format]) -> &'static Paths<'static> {
        static OWN: Paths<'static> = Paths(ALL);
        let later = |at: usize, id: &str| custom.iter().skip(at + 1).any(|f| f.meta().id == id);
        let mut all = ALL.to_vec();
        let own = custom.iter().enumerate().filter(|(at, f)| !later(*at, f.meta().id));
        all.extend(own.map(|(_, f)| *f));
        if all.len() == ALL.len() {
            return &OWN;
        }
        let same = |list: &[&'static dyn Format]| {
            // Of one description there is one format.
            list.len() == all.len() && list.iter().zip(&all).all(|(a, b)| std::ptr::addr_eq(*a, *b))
        };
        if let Some(list) = self.lists.iter().find(|list| same(list.0)) {
            return list;
        }
        let list: &'static Paths<'static> = Box::leak(Box::new(Paths(Box::leak(all.into_boxed_slice()))));
        self.lists.push(list);
        list
    }
}

/// What is wrong with a description but for its shape.
fn check(definition: &Definition) -> Result<(), Problem> {
    let Definition { id, name, samples, .. } = definition;
    let of = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let letter = id.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if !letter || !id.bytes().all(of) || id.len() > LONGEST_ID {
        let help =
            "an id is of small letters, digits and `_`, begins with a letter and has at most 40 characters";
        return Err(wrong("id", id, format!("`{id}` is no id"), help));
    }
    // A query may write `_logs` behind a name.
    let bare = id.strip_suffix("_logs").unwrap_or(id);
    let is = |name: &str| name == id || name == bare;
    let taken = ALL.iter().any(|f| is(f.meta().id) || f.sources().iter().any(|name| is(name)));
    if taken {
        let message = format!("`{id}` is the id of a format that Logloupe has itself");
        return Err(wrong("id", id, message, "take another one"));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(wrong("name", name, "the name is too long", "at most 120 characters, on one line"));
    }
    let length: usize = samples.iter().map(String::len).sum();
    if samples.len() > MOST_SAMPLES || length > LONGEST_SAMPLES {
        return Err(wrong("samples", "", "there are too many samples", "at most 100 lines, and 64 KiB"));
    }
    Ok(())
}

/// Kept for as long as the program runs: a few kilobytes for a description.
fn keep(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn format(definition: &Definition, custom: Arc<Custom>) -> CustomFormat {
    let name = if definition.name.trim().is_empty() { &definition.id } else { definition.name.trim() };
    let meta = Meta {
        id: keep(&definition.id),
        family: Family::Other,
        title: keep(name),
        summary: "A format that you described.",
        framing: Framing::Lines,
        page: "",
        read_on: "",
        key_shape: "anything",
        versions: "records as they are described",
        not_read: "records that are not as they are described",
    };
    let asked: Vec<Preset> = presets(&custom.fields())
        .into_iter()
        .map(|(title, query)| Preset { title: keep(&title), query: keep(&query) })
        .collect();
    let bare = CustomFormat { meta, custom: custom.clone(), presets: &[], samples: &[] };
    let samples = sample(definition, bare);
    CustomFormat { meta, custom, presets: Box::leak(asked.into_boxed_slice()), samples }
}

/// The lines of a description as a sample file, with what they give.
fn sample(definition: &Definition, format: CustomFormat) -> &'static [Sample] {
    if definition.samples.is_empty() {
        return &[];
    }
    let text = keep(&(definition.samples.join("\n") + "\n"));
    let id = format.meta.id;
    let format: &'static CustomFormat = Box::leak(Box::new(format));
    let mut loader = Loader::new(vec![format], Limits::default(), 1);
    loader.open("sample.log", Options { format: Some(id.to_owned()), ..Options::default() });
    loader.push(text.as_bytes());
    let (_, ledger) = loader.into_parts();
    let count = |f: fn(&crate::ingest::Entry) -> u64| ledger.iter().map(f).sum::<u64>() as usize;
    let (rows, rejected) = (count(|e| e.rows), count(|e| e.rejected));
    Box::leak(Box::new([Sample { name: "sample.log", content: text.as_bytes(), rows, rejected }]))
}
