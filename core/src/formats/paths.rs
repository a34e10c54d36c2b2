//! JSON paths for queries: which formats have JSON in their records, and how a path is read from one.

use super::{
    Format, JsonPart,
    field::json::{self, EachPath, PairPath, Path},
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
    /// The pair of a list of name and value that a path means.
    fn pair(&self, id: &str, path: &str) -> Option<PairPath> {
        PairPath::of(path, self.format(id).map_or(&[], |f| f.pairs()))
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
        let lists = self.format(format).map_or(&[][..], |f| f.pairs());
        let mut pair = String::new();
        json::paths(part, most, &mut |path, value| {
            let Some(text) = value.text() else { return };
            let text = String::from_utf8_lossy(&text);
            f(path, &text);
            // A pair is a field under its name too.
            let item =
                lists.iter().find_map(|list| Some((*list, path.strip_prefix(list)?.strip_prefix('.')?)));
            match item.and_then(|(list, rest)| Some((list, rest.split_once('.')?.1))) {
                Some((list, "name")) => pair = format!("{list}.{}", text.to_ascii_lowercase()),
                Some((_, "value")) if !pair.is_empty() => f(&std::mem::take(&mut pair), &text),
                _ => {}
            }
        });
    }
    fn extract(&self, format: &str, record: &[u8], path: &str, out: &mut Vec<u8>) -> bool {
        self.reader(format, path)(record, out)
    }
    fn reader<'r>(&'r self, format: &'r str, path: &'r str) -> Box<PathReader<'r>> {
        let part = self.part(format);
        if let Some(path) = path.strip_prefix(KIND_OF) {
            if let Some(pair) = self.pair(format, path) {
                let mut value = Vec::new();
                return Box::new(move |record, out| {
                    value.clear();
                    let found = part.of(record).is_some_and(|json| pair.extract(json, &mut value));
                    out.extend_from_slice(if found { b"value" } else { b"" });
                    found
                });
            }
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
        if let Some(pair) = self.pair(format, path) {
            return Box::new(move |record, out| part.of(record).is_some_and(|json| pair.extract(json, out)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::ALL;

    #[test]
    fn pairs_of_a_list_are_fields() {
        let record =
            br#"{"httpRequest":{"headers":[{"name":"Accept","value":"*/*"},{"name":"X-A","value":"1"}]}}"#;
        let paths = Paths(ALL);
        for (path, value) in [
            ("httpRequest.headers.accept", Some("*/*")),
            ("httprequest.headers.x-a", Some("1")),
            ("@message.httpRequest.headers.x-a", Some("1")),
            ("@kind.httpRequest.headers.x-a", Some("value")),
            ("httpRequest.headers.none", None),
            ("@kind.httpRequest.headers.none", None),
            ("httpRequest.headers.1.value", Some("1")),
        ] {
            let mut out = Vec::new();
            let found = paths.reader("waf", path)(record, &mut out);
            assert_eq!(found.then(|| String::from_utf8(out).unwrap()).as_deref(), value, "{path}");
        }
        let mut seen = Vec::new();
        paths.leaves("waf", record, 100, &mut |path, text| seen.push(format!("{path}={text}")));
        assert!(seen.contains(&"httpRequest.headers.x-a=1".to_owned()), "{seen:?}");
        assert!(seen.contains(&"httpRequest.headers.1.value=1".to_owned()), "{seen:?}");
    }
}
