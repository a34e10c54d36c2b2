//! Lists of name and value, as logs write headers and tags: `[{"name":"Host","value":"example.com"}]`, or the same as an
//! object, `{"Host":"example.com"}`. Names are told apart without regard to letter case.

use super::{
    Json,
    path::Path,
    scan::{self, Bad, Items, Members},
};
use crate::formats::Fault;

/// Calls `f` with the name and the value of each pair of a list or an object, in its order. An item that lacks one has
/// [`Json::Missing`] in its place.
pub fn pairs<'a>(list: Json<'a>, mut f: impl FnMut(Json<'a>, Json<'a>)) {
    let mut walk = || -> Result<(), Bad> {
        match list {
            Json::Object(text) => {
                each_member(text, scan::space(text, 0), 0, &mut |key, value, _| f(key, value)).map(|_| ())
            }
            Json::Array(text) => {
                let mut items = Items::open(text, scan::space(text, 0), 0)?;
                while let Some(at) = items.item()? {
                    let (mut name, mut value) = (Json::Missing, Json::Missing);
                    let next = match text.get(at) {
                        Some(b'{') => each_member(text, at, 1, &mut |key, member, _| match key {
                            Json::Plain(b"name") => name = member,
                            Json::Plain(b"value") => value = member,
                            _ => {}
                        })?,
                        _ => scan::value(text, at, 1)?.next,
                    };
                    f(name, value);
                    items.after(next);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    };
    // What is damaged was told when its record was read.
    let _ = walk();
}

/// Calls `f` with the key, the value and the value's place (a string's without its quotes) of each member of a record, in its
/// order.
///
/// # Errors
/// When it is no object, or is damaged anywhere.
pub fn members<'a>(
    record: &'a [u8],
    mut f: impl FnMut(Json<'a>, Json<'a>, std::ops::Range<usize>),
) -> Result<(), Fault> {
    let mut walk = || -> Result<(), Bad> {
        let start = scan::space(record, 0);
        if record.get(start) != Some(&b'{') {
            return scan::bad(start, "a JSON object");
        }
        let next = each_member(record, start, 0, &mut f)?;
        let end = scan::space(record, next);
        if end < record.len() { scan::bad(end, "the end of the record") } else { Ok(()) }
    };
    walk().map_err(|bad| Fault::new(record, bad.at, bad.expected))
}

/// Calls `f` with each member of the object at `at`, and gives the place behind it.
fn each_member<'a>(
    text: &'a [u8],
    at: usize,
    depth: usize,
    f: &mut impl FnMut(Json<'a>, Json<'a>, std::ops::Range<usize>),
) -> Result<usize, Bad> {
    let mut members = Members::open(text, at, depth)?;
    while let Some(key) = members.key()? {
        let found = scan::value(text, key.next, depth + 1)?;
        let value = Json::of(text, found.tag, found.start, found.end);
        f(Json::of(text, key.tag, key.start, key.end), value, found.start..found.end);
        members.after(found.next);
    }
    Ok(members.found(scan::Tag::Object, at).next)
}

/// The path of one pair's value in a list of them: `httpRequest.headers.user-agent`.
#[derive(Clone, Debug)]
pub struct PairPath {
    list: Path,
    name: String,
}

impl PairPath {
    /// The pair that `path` means, if it leads into one of these lists and is no index.
    pub fn of(path: &str, lists: &[&str]) -> Option<PairPath> {
        let list = lists.iter().find(|list| {
            let (start, rest) = (path.get(..list.len()), path.as_bytes().get(list.len()));
            start.is_some_and(|start| start.eq_ignore_ascii_case(list)) && rest == Some(&b'.')
        })?;
        let name = path.get(list.len() + 1..)?;
        let first = name.split('.').next().unwrap_or_default();
        let is_index = first == "*" || first.bytes().all(|b| b.is_ascii_digit());
        let bare = name.strip_prefix('`').and_then(|n| n.strip_suffix('`')).unwrap_or(name);
        (!is_index).then(|| PairPath { list: Path::new(list), name: bare.to_owned() })
    }
    /// Appends the pair's value in `record` to `out` and says whether there is one. Of a name that stands several times, as
    /// headers may, the values with a comma and a space between them.
    pub fn extract(&self, record: &[u8], out: &mut Vec<u8>) -> bool {
        let mut list = Vec::new();
        if !self.list.extract(record, &mut list) {
            return false;
        }
        let list = match list.first() {
            Some(b'[') => Json::Array(&list),
            _ => Json::Object(&list),
        };
        let mut found = false;
        pairs(list, |name, value| {
            if is_called(name, &self.name)
                && let Some(text) = value.text()
            {
                if std::mem::replace(&mut found, true) {
                    out.extend_from_slice(b", ");
                }
                out.extend_from_slice(&text);
            }
        });
        found
    }
}

/// Whether a pair has this name, letter case aside.
pub fn is_called(name: Json<'_>, wanted: &str) -> bool {
    match name {
        Json::Plain(name) => name.eq_ignore_ascii_case(wanted.as_bytes()),
        Json::Escaped(_) => name.text().is_some_and(|name| name.eq_ignore_ascii_case(wanted.as_bytes())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &[&str] = &["a.headers", "tags"];

    #[test]
    fn a_pair_is_reached_by_its_name() {
        let list = r#"{"a":{"headers":[{"name":"Host","value":"x.example"},{"value":"2","name":"Via"},{"name":"via","value":"3"},
            {"name":"q\u0075ote","value":"a\"b"},{"name":"empty","value":""},{"name":"none"},7,{"name":"N","value":5}]}}"#;
        let object =
            r#"{"a":{"headers":{"Host":"x.example","Via":"2","via":"3","quote":"a\"b","empty":"","N":5}}}"#;
        for (path, value) in [
            ("a.headers.host", Some("x.example")),
            ("A.HEADERS.HOST", Some("x.example")),
            ("a.headers.via", Some("2, 3")),
            ("a.headers.quote", Some("a\"b")),
            ("a.headers.`quote`", Some("a\"b")),
            ("a.headers.empty", None),
            ("a.headers.none", None),
            ("a.headers.value", None),
            ("a.headers.n", Some("5")),
        ] {
            for record in [list, object] {
                let mut out = b"> ".to_vec();
                let found = PairPath::of(path, LISTS).unwrap().extract(record.as_bytes(), &mut out);
                assert_eq!(found, value.is_some(), "{path}");
                assert_eq!(
                    String::from_utf8_lossy(&out[2..]),
                    value.unwrap_or_default(),
                    "{path} in {record}"
                );
            }
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_pair() {
        for path in [
            "a.headers",
            "a.headers.0.name",
            "a.headers.*.name",
            "a.headers.",
            "a.headersx.host",
            "b.tags.x",
            "",
        ] {
            assert!(PairPath::of(path, LISTS).is_none(), "{path}");
        }
        assert!(PairPath::of("tags.`a.b`", LISTS).is_some());
    }

    #[test]
    fn what_is_no_list_has_no_pairs() {
        for record in [
            "",
            "{}",
            r#"{"tags":null}"#,
            r#"{"tags":"x"}"#,
            r#"{"tags":[}"#,
            r#"{"tags":[["x"],{"name":{"x":1},"value":2}]}"#,
        ] {
            let mut out = Vec::new();
            assert!(!PairPath::of("tags.x", LISTS).unwrap().extract(record.as_bytes(), &mut out), "{record}");
            assert!(out.is_empty());
        }
    }
}
