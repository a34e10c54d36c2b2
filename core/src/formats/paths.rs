//! JSON paths for queries: which formats have JSON in their records, and how a path is read from one.

use super::{
    Format, JsonPart,
    field::json::{self, EachPath, Path},
};
use logloupe_table::{
    external::{Log, Logs},
    json_paths::{EACH_OF, IN_MESSAGE, JsonPaths, KIND_OF, PathReader},
};

/// The paths of these formats' records.
#[derive(Clone, Copy)]
pub struct Paths<'f>(pub &'f [&'static dyn Format]);

impl Paths<'_> {
    fn format(&self, id: &str) -> Option<&'static dyn Format> {
        self.0.iter().copied().find(|f| f.meta().id == id)
    }
    fn part(&self, id: &str) -> JsonPart {
        self.format(id).map_or(JsonPart::None, |f| f.json())
    }
}

impl JsonPaths for Paths<'_> {
    fn has_json(&self, format: &str) -> bool {
        self.part(format) != JsonPart::None
    }
    fn sources(&self, format: &str) -> &'static [&'static str] {
        self.format(format).map_or(&[], |f| f.sources())
    }
    fn has_partitions(&self, format: &str) -> bool {
        let external = self.format(format).and_then(Format::external);
        external.is_some_and(|external| external.athena.is_ok())
    }
    fn leaves(&self, format: &str, record: &[u8], most: usize, f: &mut dyn FnMut(&str, &str)) {
        let Some(part) = self.part(format).of(record) else { return };
        json::paths(part, most, &mut |path, value| {
            if let Some(text) = value.text() {
                f(path, &String::from_utf8_lossy(&text));
            }
        });
    }
    fn extract(&self, format: &str, record: &[u8], path: &str, out: &mut Vec<u8>) -> bool {
        self.reader(format, path)(record, out)
    }
    fn reader<'r>(&'r self, format: &'r str, path: &'r str) -> Box<PathReader<'r>> {
        let part = self.part(format);
        if let Some(path) = path.strip_prefix(KIND_OF) {
            let (exact, folded) = (Path::new(path).kind(), Path::any_case(path).kind());
            return Box::new(move |record, out| {
                part.of(record).is_some_and(|json| exact.extract(json, out) || folded.extract(json, out))
            });
        }
        if let Some(path) = path.strip_prefix(EACH_OF) {
            let each = EachPath::new(path);
            return Box::new(move |record, out| part.of(record).is_some_and(|json| each.extract(json, out)));
        }
        let path = path.strip_prefix(IN_MESSAGE).unwrap_or(path);
        // As written; where no key is written so, in any letter case, as SQL's names are.
        let (exact, folded) = (Path::new(path), Path::any_case(path));
        Box::new(move |record, out| {
            part.of(record).is_some_and(|json| exact.extract(json, out) || folded.extract(json, out))
        })
    }
}

impl Logs for Paths<'_> {
    fn logs(&self) -> Vec<Log> {
        let log = |format: &&'static dyn Format| {
            let meta = format.meta();
            Log {
                id: meta.id,
                title: meta.title,
                fields: format.fields(),
                json: self.has_json(meta.id),
                external: format.external(),
            }
        };
        self.0.iter().map(log).collect()
    }
}
