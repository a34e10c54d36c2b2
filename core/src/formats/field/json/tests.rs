//! The reader against `serde_json`: on records that logs have, on damage, and on arbitrary changes to both.

use logloupe_sample::rng::Rng;
use serde_json::Value as Tree;

use super::*;

const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/a\/b/c","sessionContext":{"sessionIssuer":{"userName":"Ad\u006din"},"attributes":{"mfaAuthenticated":"true"}}},"count":17,"ratio":-1.5e-3,"none":null,"empty":"","list":[{"id":1},{"id":"zwei","deep":[[],[{}, 3]]},true],"text":"tab\t \"quoted\" \ud83d\ude00 \\ ü","dotted.key":{"x.y":1},"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Inner\":\"{\\\"a\\\":7}\"}]}","o":{},"last":false}"#;

const PATHS: &[&str] = &[
    "eventVersion",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext",
    "count",
    "ratio",
    "none",
    "empty",
    "list.0.id",
    "list.1.id",
    "list.1.deep.1",
    "list.2",
    "text",
    "o",
    "last",
    "missing.path",
];

/// What `serde_json` has at a path, as the reader's columns would say it.
fn oracle(tree: &Tree, path: &str) -> Option<String> {
    let pointer: String = path.split('.').map(|p| format!("/{p}")).collect();
    match tree.pointer(&pointer)? {
        Tree::Null => None,
        Tree::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    }
}

fn compact(value: Json<'_>) -> Option<String> {
    match value {
        Json::Missing | Json::Null => None,
        Json::Plain(b"") => Some(String::new()),
        // Numbers and structures as `serde_json` prints them, since it keeps no digits as written.
        Json::Number(text) | Json::Object(text) | Json::Array(text) => {
            Some(serde_json::from_slice::<Tree>(text).unwrap().to_string())
        }
        other => other.text().map(|t| String::from_utf8(t.into_owned()).unwrap()),
    }
}

#[track_caller]
fn agrees(reader: &mut Reader, record: &[u8]) {
    let ours = reader.read(record);
    let theirs = serde_json::from_slice::<Tree>(record);
    match (&ours, &theirs) {
        (Ok(values), Ok(tree)) => {
            for (i, path) in PATHS.iter().enumerate() {
                assert_eq!(compact(values.get(i)), oracle(tree, path), "{path} of {}", show(record));
            }
        }
        (Err(_), Err(_)) => {}
        // A surrogate without its partner, bytes that are no UTF-8 and numbers beyond a float: kept by us.
        (Ok(_), Err(e)) => {
            let skips = serde_json::from_slice::<serde::de::IgnoredAny>(record).is_ok();
            assert!(skips, "{e}: {}", show(record));
        }
        (Err(fault), Ok(tree)) => assert!(!tree.is_object(), "{fault:?}: {}", show(record)),
    }
}

fn show(record: &[u8]) -> String {
    String::from_utf8_lossy(record).into_owned()
}

#[test]
fn a_record_reads_as_serde_json_reads_it() {
    let mut reader = Reader::new(PATHS);
    agrees(&mut reader, EVENT.as_bytes());
    // The order of keys that was learnt does not matter.
    let tree: Tree = serde_json::from_str(EVENT).unwrap();
    agrees(&mut reader, serde_json::to_string(&tree).unwrap().as_bytes());
    agrees(&mut reader, serde_json::to_string_pretty(&tree).unwrap().as_bytes());
    agrees(&mut reader, EVENT.as_bytes());
    for record in [
        "{}",
        " {\"count\" : 1 , \"o\":{ } }\r\n",
        r#"{"count":1,"count":2}"#,
        r#"{"o":{"a":1},"o":null}"#,
        r#"{"userIdentity":{"type":"A","arn":"b"},"userIdentity":{"type":"C"}}"#,
        r#"{"userIdentity":{"type":"A"},"userIdentity":7}"#,
        r#"{"c\u006funt":1}"#,
        r#"{"list":{"0":{"id":"by key"}}}"#,
        r#"{"count":123456789012345678901234567890}"#,
        r#"{"text":"\ud800 alone"}"#,
        "{\"text\":\"\u{1f600}\"}",
    ] {
        agrees(&mut reader, record.as_bytes());
    }
}

#[test]
fn damage_has_its_place() {
    let mut reader = Reader::new(PATHS);
    for (record, at, expected) in [
        ("", 0, "a JSON object"),
        ("[1]", 0, "a JSON object"),
        (r#"{"a":1"#, 6, "a comma or a closing brace"),
        (r#"{"a":1,}"#, 7, "a key in quotes"),
        (r#"{,"a":1}"#, 1, "a key in quotes"),
        (r#"{"a" 1}"#, 5, "a colon after the key"),
        (r#"{"a":tru}"#, 5, "a JSON value"),
        (r#"{"a":01}"#, 6, "a number without leading zeros"),
        (r#"{"a":1.}"#, 7, "a digit"),
        (r#"{"a":-}"#, 6, "a digit"),
        (r#"{"a":[1 2]}"#, 8, "a comma or a closing bracket"),
        (r#"{"a":[1,]}"#, 8, "a JSON value"),
        (r#"{"a":"b"#, 7, "a quote that ends the string"),
        (r#"{"a":"\x"}"#, 6, "an escape that JSON knows"),
        (r#"{"a":"\u12g4"}"#, 6, "four hexadecimal digits after \\u"),
        ("{\"a\":\"b\nc\"}", 7, "a string without raw control characters"),
        (r#"{"a":1} x"#, 8, "the end of the record"),
    ] {
        let fault = reader.read(record.as_bytes()).expect_err(record);
        assert_eq!((fault.at, fault.expected.as_str()), (at, expected), "{record}");
        agrees(&mut reader, record.as_bytes());
    }
}

#[test]
fn nesting_ends_where_serde_json_ends_it() {
    let mut reader = Reader::new(PATHS);
    for deep in [125, 126, 127, 128, 200, 100_000] {
        let record = format!("{{\"a\":{}{}}}", "[".repeat(deep), "]".repeat(deep));
        let ours = reader.read(record.as_bytes()).is_ok();
        assert_eq!(ours, serde_json::from_str::<Tree>(&record).is_ok(), "{deep}");
        assert_eq!(ours, deep <= 126, "{deep}");
    }
}

#[test]
fn arbitrary_changes_never_part_us_from_serde_json() {
    let mut reader = Reader::new(PATHS);
    let mut rng = Rng::new(1);
    let pieces: &[&[u8]] = &[
        b"\"", b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"1", b"e", b"\\u", b"\xff", b"null", b"\n",
    ];
    for _ in 0..20_000 {
        let mut record = EVENT.as_bytes().to_vec();
        for _ in 0..1 + rng.index(3) {
            let at = rng.index(record.len());
            let to = (at + rng.index(12)).min(record.len());
            match rng.index(4) {
                0 => record.truncate(at.max(1)),
                1 => drop(record.drain(at..to)),
                2 => record[at] = rng.next_u64() as u8,
                _ => drop(record.splice(at..at, pieces[rng.index(pieces.len())].iter().copied())),
            }
            if record.is_empty() {
                record.push(b'{');
            }
        }
        agrees(&mut reader, &record);
        for path in PATHS {
            extract(&record, path, &mut Vec::new());
        }
        paths(&record, 50, &mut |_, _| {});
    }
}

#[test]
fn long_keys_are_not_copied_for_each_leaf_below_them() {
    let long = "k".repeat(5000);
    let record = format!(r#"{{"a":1,"{long}":{{"b":2,"c":3}},"d":4}}"#);
    let mut seen = Vec::new();
    paths(record.as_bytes(), 9, &mut |path, _| seen.push(path.to_owned()));
    assert_eq!(seen, ["a", "d"]);
}

/// A key in another spelling is met again and again, and the last one, as it is looked for, is far: seen once and not from each place.
#[test]
fn a_path_is_found_in_linear_time() {
    let record = format!(r#"{{{}"ab":2}}"#, r#""\u0061b":1,"#.repeat(200_000));
    at(&record, "ab", Some("2"));
}

#[track_caller]
fn at(record: &str, path: &str, expected: Option<&str>) {
    let mut out = b"kept ".to_vec();
    let found = extract(record.as_bytes(), path, &mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(found.then(|| &text["kept ".len()..]), expected, "{path} of {record}");
    assert!(found || text == "kept ", "a missing value leaves the text alone");
}

#[test]
fn any_path_is_a_field() {
    let tree: Tree = serde_json::from_str(EVENT).unwrap();
    for path in PATHS {
        let mut out = Vec::new();
        let found = extract(EVENT.as_bytes(), path, &mut out);
        let text = String::from_utf8(out).unwrap();
        let expected = oracle(&tree, path);
        assert_eq!(found, expected.is_some(), "{path}");
        // Numbers and structures are given as written.
        let tree = |text: &str| serde_json::from_str::<Tree>(text).unwrap_or(text.into());
        assert_eq!(tree(&text), tree(&expected.unwrap_or_default()), "{path}");
    }
    at(EVENT, "dotted.key", Some(r#"{"x.y":1}"#));
    at(EVENT, "dotted.key.x.y", Some("1"));
    at(EVENT, "policy.Statement.0.Effect", Some("Allow"));
    at(EVENT, "policy.Statement.0.Inner.a", Some("7"));
    at(EVENT, "policy.Statement.1.Effect", None);
    at(EVENT, "list.7", None);
    at(EVENT, "list.x", None);
    at(EVENT, "count.x", None);
    at(EVENT, "", None);
    at(EVENT, "userIdentity.", None);
    at(EVENT, ".userIdentity", None);
    at(r#"{"a":{"b":1},"a.b":2}"#, "a.b", Some("2"));
    at(r#"{"a.b":2,"a":{"b":1}}"#, "a.b", Some("2"));
    at(r#"{"a":1,"a":2}"#, "a", Some("2"));
    at(r#"{"a":1,"a":null}"#, "a", None);
    at(r#"{"\u0061":1}"#, "a", Some("1"));
    at(r#"{"m":{"user.id":"u"}}"#, "m.user.id", Some("u"));
    at(r#"{"a":[{"b":1},{"b":2}]}"#, "a.1.b", Some("2"));
    at(r#"{"a":"\n {\"b\":1}"}"#, "a.b", Some("1"));
    at(
        r#"{"EventId":"1","CloudTrailEvent":"{\"userIdentity\":{\"type\":\"Root\"}}"}"#,
        "userIdentity.type",
        Some("Root"),
    );
    at(r#"{"EventId":"1","CloudTrailEvent":"{\"userIdentity\":{\"type\":\"Root\"}}"}"#, "EventId", Some("1"));

    let mut out = Vec::new();
    assert!(
        Path::any_case("USERIDENTITY.sessioncontext.sessionissuer.username")
            .extract(EVENT.as_bytes(), &mut out)
    );
    assert_eq!(out, b"Admin");
}

#[test]
fn dots_in_backticks_part_nothing() {
    let record = r#"{"o":{"a.b":1,"a":{"b":2,"c.d":3},"x`y.z":4},"l":[{"k.v":{"w":5}}],"a.b":{"c":6},"A.B.c":7,
        "t":"{\"p.q\":8}","m":{"app.kubernetes.io/name":"shop","0":9}}"#;
    at(record, "o.`a.b`", Some("1"));
    at(record, "o.a.b", Some("1"));
    at(record, "o.a.`c.d`", Some("3"));
    at(record, "o.`a.c.d`", None);
    at(record, "o.`x``y.z`", Some("4"));
    at(record, "l.0.`k.v`.w", Some("5"));
    at(record, "`a.b`.c", Some("6"));
    at(record, "t.`p.q`", Some("8"));
    at(record, "m.`app.kubernetes.io/name`", Some("shop"));
    at(record, "m.`0`", Some("9"));
    at(record, "o.`a.b", Some("1"));
    at(record, "``", None);
    for (path, value) in [("O.`A.b`", Some("1")), ("L.0.`K.V`.W", Some("5")), ("o.`A.C.d`", None)] {
        let mut out = Vec::new();
        let found = super::Path::any_case(path).extract(record.as_bytes(), &mut out);
        assert_eq!(found.then(|| String::from_utf8(out).unwrap()).as_deref(), value, "{path}");
    }
}

#[test]
fn a_path_has_a_kind() {
    let record = r#"{"n":null,"o":{"n":null,"l":[null,"x",{}]},"s":"{\"a\":null}","e":""}"#;
    for (path, kind) in [
        ("n", Some("null")),
        ("o", Some("object")),
        ("o.n", Some("null")),
        ("o.l", Some("array")),
        ("o.l.0", Some("null")),
        ("o.l.1", Some("value")),
        ("o.l.3", None),
        ("s", Some("value")),
        ("s.a", Some("null")),
        ("e", Some("value")),
        ("x", None),
        ("o.x", None),
    ] {
        let mut out = Vec::new();
        let found = super::Path::new(path).kind().extract(record.as_bytes(), &mut out);
        assert_eq!(found.then(|| String::from_utf8(out).unwrap()).as_deref(), kind, "{path}");
    }
}

#[test]
fn leaves_are_listed_and_each_can_be_extracted() {
    let mut listed = Vec::new();
    paths(EVENT.as_bytes(), 1000, &mut |path, value| {
        listed.push(path.to_owned());
        let mut out = Vec::new();
        let found = extract(EVENT.as_bytes(), path, &mut out);
        assert_eq!(found, !matches!(value, Json::Null), "{path}");
        if let Some(text) = value.text() {
            assert_eq!(out, *text, "{path}");
        }
    });
    assert_eq!(listed.len(), 20, "{listed:?}");
    assert!(listed.contains(&"list.1.deep.1.0".to_owned()) && listed.contains(&"dotted.key.x.y".to_owned()));
    let mut few = 0;
    paths(EVENT.as_bytes(), 5, &mut |_, _| few += 1);
    assert_eq!(few, 5);
    let mut carried = Vec::new();
    paths(br#"{"EventId":"1","CloudTrailEvent":"{\"a\":{\"b\":1}}"}"#, 9, &mut |p, _| {
        carried.push(p.to_owned())
    });
    assert_eq!(carried, ["EventId", "a.b"]);
}

#[test]
fn values_convert_to_the_kind_of_their_column() {
    #[track_caller]
    fn cell(value: Json<'_>, kind: Kind, expected: Cell<'_>) {
        assert_eq!(value.cell(kind, Unit::None, &mut Vec::new()), expected, "{value:?} as {kind:?}");
    }
    cell(Json::Number(b"012"), Kind::Text, Cell::Text(b"012"));
    cell(Json::Plain(b"12"), Kind::Int, Cell::Int(12));
    cell(Json::Number(b"1e3"), Kind::Int, Cell::Int(1000));
    cell(Json::Number(b"9007199254740993"), Kind::Int, Cell::Int(9_007_199_254_740_993));
    cell(Json::Plain(b"x"), Kind::Int, Cell::Null);
    cell(Json::Plain(b"TRUE"), Kind::Bool, Cell::Bool(true));
    cell(Json::Bool(false), Kind::Text, Cell::Text(b"false"));
    cell(Json::Plain(b"1.5"), Kind::Float, Cell::Float(1.5));
    cell(Json::Plain(b""), Kind::Text, Cell::Null);
    cell(Json::Plain(b"2001:db8::1"), Kind::Ip, Cell::Text(b"2001:db8::1"));
    cell(Json::Plain(b"s3.amazonaws.com"), Kind::Ip, Cell::Null);
    cell(Json::Plain(b"1970-01-01T00:00:01Z"), Kind::Time, Cell::Time(1_000_000));
    cell(Json::Number(b"1637228462.5"), Kind::Time, Cell::Time(1_637_228_462_500_000));
    cell(Json::Number(b"1637228462500"), Kind::Time, Cell::Time(1_637_228_462_500_000));
}

#[test]
fn a_place_in_a_decoded_string_is_found_in_the_record() {
    let raw = br#"{\"a\":\"\u00fc\ud83d\ude00x\"}"#;
    let mut text = Vec::new();
    unescape(raw, &mut text);
    assert_eq!(text, "{\"a\":\"ü😀x\"}".as_bytes());
    let x = text.iter().position(|b| *b == b'x').unwrap();
    assert_eq!(raw[raw_offset(raw, x)], b'x');
    assert_eq!(raw_offset(raw, 0), 0);
    assert_eq!(raw_offset(raw, text.len()), raw.len());
}
