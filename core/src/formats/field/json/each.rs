//! All values at a path that has a `*` in it: the elements of a list, the members of an object, what lies below each.
//! One value at a path without it is [`Path`]'s.

use super::{
    path::{self, CARRIERS, MOST_INSIDE, Path},
    scan::{self, Bad, Found, Items, Members, Tag},
};

/// A path of which a step `*` stands for every key and every place: `Records.*.s3.bucket.name`.
///
/// Other than in a [`Path`], each part is one key or place, and letter case counts. Dots inside backticks separate no
/// parts, and a `*` in backticks is a key. Of a key that stands twice, the last one counts, but where `*` takes both.
#[derive(Clone, Debug)]
pub struct EachPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Any,
    Key { key: Box<[u8]>, index: Option<usize> },
}

impl EachPath {
    /// The path written `path`.
    pub fn new(path: &str) -> EachPath {
        let step = |(part, quoted): (String, bool)| match quoted {
            false if part == "*" => Step::Any,
            _ => Step::Key { index: part.parse().ok(), key: part.into_bytes().into() },
        };
        EachPath { steps: parts(path).into_iter().map(step).collect() }
    }
    /// Writes the values in `record` to `out` as a JSON array, each as it is written in the record. Says `false`, leaving
    /// `out` alone, where there is none.
    pub fn extract(&self, record: &[u8], out: &mut Vec<u8>) -> bool {
        let start = scan::space(record, 0);
        if record.get(start) != Some(&b'{') {
            return false;
        }
        let before = out.len();
        out.push(b'[');
        let empty = out.len();
        // Damage ends the search: what was found until then stands there, and the array is one in any case.
        let _ = self.value(record, start, &self.steps, 0, 0, out);
        if out.len() == empty {
            for carrier in CARRIERS {
                let mut event = Vec::new();
                if memchr::memmem::find(record, carrier.as_bytes()).is_some()
                    && Path::new(carrier).extract(record, &mut event)
                {
                    // Of a list, the first.
                    let at = memchr::memchr(b'{', &event).unwrap_or_default();
                    let _ = self.value(&event, at, &self.steps, 0, 1, out);
                }
            }
        }
        if out.len() == empty {
            out.truncate(before);
            return false;
        }
        out.push(b']');
        true
    }
    /// Collects what `steps` lead to from the value at `at`, which is read to its end.
    fn value(
        &self,
        text: &[u8],
        at: usize,
        steps: &[Step],
        depth: usize,
        inside: usize,
        out: &mut Vec<u8>,
    ) -> Result<Found, Bad> {
        let Some((step, rest)) = steps.split_first() else {
            let found = scan::value(text, at, depth)?;
            // No value ends so: the array is empty yet.
            if out.last() != Some(&b'[') {
                out.push(b',');
            }
            out.extend_from_slice(text.get(at..found.next).unwrap_or_default());
            return Ok(found);
        };
        match text.get(at) {
            Some(b'{') => {
                let mut members = Members::open(text, at, depth)?;
                let mut last = None;
                while let Some(key) = members.key()? {
                    let found = match step {
                        Step::Any => self.value(text, key.next, rest, depth + 1, inside, out)?,
                        Step::Key { key: wanted, .. } => {
                            let raw = text.get(key.start..key.end).unwrap_or_default();
                            if *scan::meant(raw, key.tag) == **wanted {
                                last = Some(key.next);
                            }
                            scan::value(text, key.next, depth + 1)?
                        }
                    };
                    members.after(found.next);
                }
                if let Some(at) = last {
                    self.value(text, at, rest, depth + 1, inside, out)?;
                }
                Ok(members.found(Tag::Object, at))
            }
            Some(b'[') => {
                let mut items = Items::open(text, at, depth)?;
                let mut place = 0;
                while let Some(item) = items.item()? {
                    let wanted = match step {
                        Step::Any => true,
                        Step::Key { index, .. } => *index == Some(place),
                    };
                    let found = match wanted {
                        true => self.value(text, item, rest, depth + 1, inside, out)?,
                        false => scan::value(text, item, depth + 1)?,
                    };
                    items.after(found.next);
                    place += 1;
                }
                Ok(items.found(at))
            }
            Some(b'"') if inside < MOST_INSIDE => {
                let found = scan::string(text, at + 1)?;
                let raw = text.get(found.start..found.end).unwrap_or_default();
                if path::begins_json(raw) {
                    let inner = scan::meant(raw, found.tag);
                    // What looks like JSON and is none has no values below.
                    let length = out.len();
                    if self.value(&inner, scan::space(&inner, 0), steps, 0, inside + 1, out).is_err() {
                        out.truncate(length);
                    }
                }
                Ok(found)
            }
            _ => scan::value(text, at, depth),
        }
    }
}

/// The parts of a path, each with whether it was in backticks, where two of them are one.
pub(super) fn parts(path: &str) -> Vec<(String, bool)> {
    let mut parts = vec![(String::new(), false)];
    let mut inside = false;
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        let Some((part, quoted)) = parts.last_mut() else { break };
        match c {
            '`' if !inside && part.is_empty() && !*quoted => (inside, *quoted) = (true, true),
            '`' if inside && chars.next_if_eq(&'`').is_none() => inside = false,
            '.' if !inside => parts.push((String::new(), false)),
            c => part.push(c),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_at_a_path() {
        let record = r#" {"a":[{"b":1},{"b":"x,y","c":0},{"b":{"d":[2]}},3],"o":{"p":{"b":4},"q":{"b":null}},"x.y":[5],
            "s":"[{\"b\":6}]","t":"{broken","*":7,"b":8,"b":9,"deep":[[0,1],[2,3]]}"#;
        for (path, values) in [
            ("a.*.b", r#"[1,"x,y",{"d":[2]}]"#),
            ("a.*", r#"[{"b":1},{"b":"x,y","c":0},{"b":{"d":[2]}},3]"#),
            ("o.*.b", "[4,null]"),
            ("`x.y`.*", "[5]"),
            ("x.y.*", ""),
            ("s.*.b", "[6]"),
            ("t.*.b", ""),
            ("`*`", "[7]"),
            ("b", "[9]"),
            ("B", ""),
            ("a.1.*", r#"["x,y",0]"#),
            ("a.2.b.d.*", "[2]"),
            ("deep.*.1", "[1,3]"),
            ("deep.*.*", "[0,1,2,3]"),
            ("none.*", ""),
        ] {
            let mut out = b"before ".to_vec();
            assert_eq!(EachPath::new(path).extract(record.as_bytes(), &mut out), !values.is_empty());
            assert_eq!(String::from_utf8_lossy(&out), format!("before {values}"), "{path}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_values() {
        for record in ["", "text", "[1]", "\"{}\"", "7"] {
            let mut out = Vec::new();
            assert!(!EachPath::new("*").extract(record.as_bytes(), &mut out), "{record}");
            assert!(out.is_empty());
        }
    }

    #[test]
    fn damage_leaves_an_array_or_nothing() {
        for (path, record, values) in [
            ("*", r#"{"a":1,"b":[2],"c":x}"#, r#"[1,[2]]"#),
            ("a.*", r#"{"a":[1,2,x]}"#, ""),
            ("a.*", r#"{"a":[1,2"#, ""),
            ("*.a", r#"{"b":{"a":1},"c":{"a":"#, "[1]"),
        ] {
            let mut out = Vec::new();
            assert_eq!(EachPath::new(path).extract(record.as_bytes(), &mut out), !values.is_empty());
            assert_eq!(String::from_utf8_lossy(&out), values, "{path} in {record}");
        }
    }

    #[test]
    fn an_event_that_is_carried_is_looked_into() {
        let record = r#"{"detail":{"list":[1,2]},"other":"{\"list\":[3]}"}"#;
        let mut out = Vec::new();
        assert!(EachPath::new("list.*").extract(record.as_bytes(), &mut out));
        assert_eq!(out, b"[1,2]");
    }
}
