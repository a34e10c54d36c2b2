//! Whole logs read by formats that are described: what becomes of their lines, what is wrong with a description.

use proptest::prelude::*;

use super::{file, *};
use crate::{
    formats::ALL,
    ingest::{Asked, Entry, Limits, Loader, Options, attempt},
};
use logloupe_table::Shard;

/// The samples of the crate's formats.
fn samples() -> impl Iterator<Item = (&'static dyn Format, &'static Sample)> {
    ALL.iter().flat_map(|format| format.samples().iter().map(|sample| (*format, sample)))
}

fn template(text: &str) -> Definition {
    Definition { id: "myapp".to_owned(), shape: Shape::Template(text.to_owned()), ..Definition::default() }
}

fn pattern(text: &str) -> Definition {
    Definition { shape: Shape::Pattern(text.to_owned()), ..template("") }
}

/// Content pushed in pieces of so many bytes to the crate's formats and this one.
fn load(definition: &Definition, content: &[u8], piece: usize, forced: bool) -> (Shard, Entry) {
    let mut registry = Registry::default();
    let format = registry.define(definition).unwrap();
    let formats = registry.all(&[format]);
    let mut loader = Loader::new(formats.0.to_vec(), Limits::default(), 1);
    let settings = Settings { now: Some(1_772_674_177_000_000), ..Settings::NONE };
    let format = forced.then(|| definition.id.clone());
    loader.open("x", Options { format, settings, ..Options::default() });
    content.chunks(piece.max(1)).for_each(|piece| loader.push(piece));
    let (shard, mut ledger) = loader.into_parts();
    (shard, ledger.remove(0))
}

fn shown(shard: &Shard, columns: &[&str]) -> Vec<Vec<String>> {
    let rows = shard.tables.iter().flat_map(|table| (0..table.rows()).filter_map(|row| table.row(row)));
    rows.map(|row| columns.iter().map(|name| row.show(name)).collect()).collect()
}

#[track_caller]
fn read(definition: &Definition, content: &str, columns: &[&str]) -> (Vec<Vec<String>>, Entry) {
    let (shard, entry) = load(definition, content.as_bytes(), 4096, true);
    (shown(&shard, columns), entry)
}

/// The column from 1 and the expectation of the only rejection.
#[track_caller]
fn rejection(definition: &Definition, line: &str) -> (u64, String) {
    let (rows, entry) = read(definition, line, &[]);
    assert_eq!((rows.len(), entry.rejections.len()), (0, 1), "{line}");
    (entry.rejections[0].column, entry.rejections[0].expected.clone())
}

#[test]
fn a_template_names_the_parts_of_a_line() {
    let definition =
        template(r#"%{ip:client} - %{user} [%{time}] "%{rest:request}" %{status} %{bytes:size}"#);
    let (rows, entry) = read(
        &definition,
        "203.0.113.7 - ana [05/Mar/2026:01:29:37 +0000] \"GET /a \"b\" HTTP/1.1\" 404  1.5KiB\n\
         2001:db8::7 -   - [2026-03-05 01:29:38] \"\" - -\n",
        &["@timestamp", "client", "source.ip", "user.name", "request", "status", "size"],
    );
    assert_eq!(
        rows,
        [
            [
                "2026-03-05T01:29:37Z",
                "203.0.113.7",
                "203.0.113.7",
                "ana",
                "GET /a \"b\" HTTP/1.1",
                "404",
                "1536"
            ],
            ["2026-03-05T01:29:38Z", "2001:db8::7", "2001:db8::7", "", "", "", ""],
        ]
    );
    assert_eq!((entry.records, entry.rows, entry.rejected), (2, 2, 0));
}

#[test]
fn what_does_not_fit_is_rejected_where_it_stopped() {
    let definition = template("%{time} %{level} [%{word:thread}] took %{duration:ms}");
    let line = "2026-03-05T01:29:37Z WARNING [main] took 12ms";
    let (rows, _) = read(&definition, line, &["log.level", "thread", "ms"]);
    assert_eq!(rows, [["warn", "main", "12"]]);
    for (line, column, expected) in [
        ("soon INFO [main] took 12ms", 1, "time"),
        ("2026-03-05T01:29:37Z INFO {main} took 12ms", 27, "`[`"),
        ("2026-03-05T01:29:37Z INFO [main] tool 12ms", 37, "`] took`"),
        ("2026-03-05T01:29:37Z INFO [main] took long", 39, "duration for `ms`"),
        ("2026-03-05T01:29:37Z INFO [main] took 12ms now", 44, "the end of the record"),
    ] {
        let (at, said) = rejection(&definition, line);
        assert!(said.contains(expected), "{line}: {said}");
        assert_eq!(at, column, "{line}");
    }
}

#[test]
fn texts_end_where_what_follows_fits() {
    let definition = template("%{text:message} (%{int:n})");
    let (rows, _) = read(&definition, "read (twice) (3)", &["message", "n"]);
    assert_eq!(rows, [["read (twice)", "3"]]);
    // A run of blanks is one; the last place for what is left.
    let definition = template("%{rest:message} took %{float:ms} ms");
    let (rows, _) = read(&definition, "it took  2 took\t3.5   ms  ", &["message", "ms"]);
    assert_eq!(rows, [["it took  2", "3.5"]]);
    let definition = template("%{skip}user=%{word:user}, %{quoted:what}%{rest:more}");
    let (rows, _) = read(&definition, r#"x user=ana, "a \"b\"" c"#, &["user", "what", "more"]);
    assert_eq!(rows, [["ana", "a \"b\"", " c"]]);
    let definition = template("100%% %{json:event}");
    let (rows, _) = read(&definition, r#"100% {"a":{"b":"}"}}"#, &["event"]);
    assert_eq!(rows, [[r#"{"a":{"b":"}"}}"#]]);
}

#[test]
fn a_template_that_is_wrong_is_told_with_its_place() {
    for (text, from, to, message) in [
        ("", 0, 0, "the template is empty"),
        ("a %{ip:x", 2, 8, "a field is opened and never closed"),
        ("a %{integer:x}", 4, 11, "there is no kind `integer`"),
        ("%{int:1x}", 6, 8, "a name begins with a letter or `_`"),
        ("%{}", 2, 3, "a field has a name"),
        ("%{int:a} %{word:a}", 9, 18, "there are two fields `a`"),
        ("%{text:a}%{int:b}", 9, 17, "nothing says where the text before it ends"),
        ("%{time:at:%H:%M}", 10, 12, "the form of a time has a day and a month"),
        ("%{time:at:%d.%m.%Q}", 16, 18, "`%Q` is no part of a time"),
        ("%{duration:d:weeks}", 13, 18, "`weeks` is no unit of time"),
        ("%{int:n:x}", 8, 9, "a field of the kind int has no form"),
    ] {
        let problem = Custom::new(&template(text)).unwrap_err();
        assert_eq!(
            (problem.part.as_str(), problem.from, problem.to),
            ("template", from, to),
            "{text}: {problem}"
        );
        assert!(problem.message.contains(message) && !problem.help.is_empty(), "{text}: {problem}");
    }
    let many: String = (0..=template::MOST_FIELDS).map(|i| format!("%{{int:f{i}}} ")).collect();
    assert!(Custom::new(&template(&many)).unwrap_err().message.contains("more than 200 fields"));
    assert!(Custom::new(&template(&"x".repeat(9000))).is_err());
}

#[test]
fn an_expression_names_groups() {
    let mut definition = pattern(r"(?P<time>\S+) (?P<level>\w+) (?P<message>.*?)(?: took (?P<ms>\S+))?$");
    definition.kinds = vec![("ms".to_owned(), "duration".to_owned())];
    let (rows, entry) = read(
        &definition,
        "2026-03-05T01:29:37Z WARN slow took 1.5s\n2026-03-05T01:29:38Z INFO done\nx\n",
        &["@timestamp", "level", "message", "ms"],
    );
    assert_eq!(
        rows,
        [["2026-03-05T01:29:37Z", "warn", "slow", "1500"], ["2026-03-05T01:29:38Z", "info", "done", ""]]
    );
    assert_eq!((entry.rows, entry.rejected), (2, 1));
    // The last place that some record of this kind reaches.
    let digits = pattern(r"id=(?P<id>[0-9]+);");
    assert_eq!(rejection(&digits, "id=12x;"), (6, "what the expression has there".to_owned()));
    assert_eq!(rejection(&digits, "id").0, 3);
    // A group that is no value of its kind.
    assert_eq!(rejection(&pattern(r"at (?P<time>\S+)"), "at noon"), (4, "time for `time`".to_owned()));
    let long = format!("id=12{}", "2".repeat(70_000));
    assert_eq!(rejection(&digits, &long).0, 65_537);
}

#[test]
fn an_expression_that_is_wrong_is_told_with_its_place() {
    for (text, part, from, message) in [
        ("", "pattern", 0, "the expression is empty"),
        (r"(?P<a>x", "pattern", 0, "unclosed group"),
        (r"ab[z", "pattern", 2, "unclosed character class"),
        (r"(?P<a>x)\1", "pattern", 8, "backreferences are not supported"),
        (r"(?P<a>(x{1000}){1000}{9})", "pattern", 0, "the expression is too large"),
        (r"\S+", "pattern", 0, "the expression has no named group"),
        (r"x(?P<a[0]>x)", "pattern", 5, "a name is of letters"),
    ] {
        let problem = Custom::new(&pattern(text)).unwrap_err();
        assert_eq!((problem.part.as_str(), problem.from), (part, from), "{text}: {problem}");
        assert!(problem.message.contains(message), "{text}: {problem}");
    }
    let mut definition = pattern(r"(?P<a>x)");
    definition.kinds = vec![("a".to_owned(), "number".to_owned())];
    assert!(Custom::new(&definition).unwrap_err().message.contains("no kind `number` for `a`"));
    definition.kinds = vec![("b".to_owned(), "int".to_owned())];
    assert!(Custom::new(&definition).unwrap_err().message.contains("no group `b`"));
}

#[test]
fn records_go_over_lines_from_one_that_starts_to_the_next() {
    let mut definition = template("%{time} %{level} %{rest:message}");
    definition.starts = Some("%{time}".to_owned());
    definition.ahead = 3600;
    let text = "2026-03-05 01:29:37 ERROR it broke\n  at x\n\n  at y\n2026-03-05 01:29:38 INFO on\n";
    let (rows, entry) = read(&definition, text, &["@timestamp", "message"]);
    assert_eq!(
        rows,
        [["2026-03-05T00:29:37Z", "it broke\n  at x\n\n  at y"], ["2026-03-05T00:29:38Z", "on"]]
    );
    assert_eq!((entry.records, entry.rows), (2, 2));
    let mut definition = pattern(r"(?s)(?P<time>\S+) (?P<message>.*)");
    definition.starts = Some(r"\d{4}-".to_owned());
    let (rows, _) = read(&definition, "2026-03-05T01:29:37Z a\nb\n", &["message"]);
    assert_eq!(rows, [["a\nb"]]);
}

#[test]
fn a_description_claims_what_no_log_of_its_own_does() {
    let all = template("%{rest:line}");
    let app = "01:29:37|web|user ana signed in\n01:29:38|web|user ben signed in\n";
    let (_, entry) = load(&template("%{word:at}|%{word:part}|%{rest:message}"), app.as_bytes(), 4096, false);
    assert_eq!(entry.format.as_deref(), Some("myapp"));
    assert!(entry.reason.contains("2 of the first 2 records"), "{}", entry.reason);
    // Where half of the lines do not fit, the file is not its own.
    let (_, entry) = load(&template("%{word:at}|%{ip:part}|%{rest:message}"), app.as_bytes(), 4096, false);
    assert_eq!(entry.format.as_deref(), Some("plain_text"));
    // What fits everything takes no sample of a log of its own, and no JSON.
    for (format, sample) in samples() {
        let (_, entry) = load(&all, sample.content, 4096, false);
        let meta = format.meta();
        let weak = format.precedence() < Precedence::Custom && entry.format.as_deref() == Some("myapp");
        assert!(entry.format.as_deref() == Some(meta.id) || weak, "{}: {:?}", sample.name, entry.format);
    }
}

#[test]
fn ids_are_no_other_formats() {
    let mut registry = Registry::default();
    for (id, message) in [
        ("vpc_flow", "is the id of a format"),
        ("vpc_flow_logs", "is the id of a format"),
        ("My app", "is no id"),
        ("", "is no id"),
        ("1a", "is no id"),
    ] {
        let definition = Definition { id: id.to_owned(), ..template("%{rest:x}") };
        let problem = registry.define(&definition).err().expect("refused");
        assert!(problem.part == "id" && problem.message.contains(message), "{id}: {problem}");
    }
    let first = registry.define(&template("%{rest:x}")).unwrap();
    let same = registry.define(&template("%{rest:x}")).unwrap();
    assert!(std::ptr::addr_eq(first, same));
    // The later one of an id counts, and the same list is the same.
    let other = registry.define(&template("%{text:y}")).unwrap();
    let all = registry.all(&[first, other]);
    assert_eq!(all.0.len(), ALL.len() + 1);
    assert!(std::ptr::eq(all, registry.all(&[first, other])));
    assert_eq!(registry.all(&[]).0.len(), ALL.len());
    for i in 0..300 {
        let _ = registry.define(&template(&format!("{i} %{{rest:x}}")));
    }
    let full = registry.define(&template("one more %{rest:x}")).err().expect("full");
    assert!(full.message.contains("more than 256"), "{full}");
}

#[test]
fn rows_that_are_there_keep_their_columns() {
    let mut registry = Registry::default();
    let before = registry.define(&template("%{word:a} %{int:b}")).unwrap();
    let after = registry.define(&template("%{int:x} %{word:a} %{int:b}")).unwrap();
    let mut loader = Loader::new(vec![before], Limits::default(), 1);
    loader.open("a", Options::default());
    loader.push(b"x 1\n");
    loader.finish();
    loader.set_formats(vec![after]);
    loader.open("b", Options::default());
    loader.push(b"7 x 1\n");
    let (shard, ledger) = loader.into_parts();
    assert_eq!(shown(&shard, &["a", "b"]), [["x", "1"]]);
    assert!(ledger[1].reason.contains("described anew"), "{}", ledger[1].reason);
}

#[test]
fn a_file_is_read_and_written() {
    let text = r#"{"logloupe_format":1,"id":"myapp","name":"My app","template":"%{ip:client} \"%{rest:m}\"",
        "starts":"%{ip}","timezone":"+02:00","year":2026,"samples":["203.0.113.7 \"x\""]}"#;
    let definition = file::read(text.as_bytes()).unwrap();
    assert_eq!((definition.name.as_str(), definition.ahead, definition.year), ("My app", 7200, Some(2026)));
    assert_eq!(file::read(file::write(&definition).as_bytes()), Ok(definition.clone()));
    assert!(file::is_definition(text.as_bytes()) && !file::is_definition(b"{\"id\":1}"));
    let mut registry = Registry::default();
    let sample = registry.define(&definition).unwrap().samples()[0];
    assert_eq!((sample.rows, sample.rejected), (1, 0));
    let mut other = pattern(r"(?P<ms>\d+)");
    (other.kinds, other.ahead) = (vec![("ms".to_owned(), "int".to_owned())], -19_800);
    assert_eq!(file::read(file::write(&other).as_bytes()), Ok(other));
    for (text, part, message) in [
        ("{", "file", "no JSON: line 1, column 1"),
        ("[]", "file", "no JSON object"),
        ("{}", "file", "no `logloupe_format`"),
        (r#"{"logloupe_format":2}"#, "file", "of version 2"),
        (r#"{"logloupe_format":1,"templat":"x"}"#, "file", "nothing is known of `templat`"),
        (r#"{"logloupe_format":1}"#, "file", "no `template` and no `pattern`"),
        (r#"{"logloupe_format":1,"template":"x","pattern":"x"}"#, "file", "a `template` and a `pattern`"),
        (r#"{"logloupe_format":1,"template":3}"#, "template", "text in quotation marks"),
        (r#"{"logloupe_format":1,"template":"x","timezone":"Berlin"}"#, "timezone", "no time zone"),
        (r#"{"logloupe_format":1,"template":"x","year":"19"}"#, "year", "a year such as"),
        (r#"{"logloupe_format":1,"template":"x","kinds":[]}"#, "kinds", "names and kinds"),
        (r#"{"logloupe_format":1,"template":"x","samples":"a"}"#, "samples", "list of lines"),
    ] {
        let problem = file::read(text.as_bytes()).unwrap_err();
        assert!(problem.part == part && problem.message.contains(message), "{text}: {problem}");
    }
    assert!(file::read(&vec![b' '; file::LONGEST + 1]).is_err());
}

#[test]
fn a_file_that_describes_a_format_is_no_log() {
    let text = file::write(&template("%{ip:client} %{rest:x}"));
    for (text, said) in
        [(text.as_str(), "describes the format `myapp`"), ("{\"logloupe_format\":2}", "of version 2")]
    {
        for piece in [1, 4096] {
            let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
            loader.open("myapp.json", Options::default());
            text.as_bytes().chunks(piece).for_each(|piece| loader.push(piece));
            loader.finish();
            let entry = &loader.ledger()[0];
            assert!(
                matches!(&entry.state, crate::ingest::State::Skipped(why) if why.contains(said)),
                "{entry:?}"
            );
            assert_eq!((entry.records, entry.skipped, loader.definitions().len()), (1, 1, 1));
        }
    }
    // Among events of a log it is one of them.
    let (_, entry) = load(&template("%{rest:x}"), b"{\"a\":1}\n{\"logloupe_format\":1}\n", 4096, false);
    assert_eq!(entry.format.as_deref(), Some("json_lines"));
}

#[test]
fn trying_says_what_each_format_says() {
    let line =
        "2 123456789012 eni-1 203.0.113.7 10.0.0.5 443 49152 6 20 4249 1418530010 1418530070 ACCEPT OK";
    let tried = attempt(line.as_bytes(), ALL, &Asked::default()).unwrap();
    assert_eq!(tried.format.unwrap().0, "vpc_flow");
    assert_eq!((tried.considered[0].id.as_str(), tried.considered.len()), ("vpc_flow", ALL.len()));
    assert!(
        tried.considered.iter().any(|c| c.id == "s3_access" && c.reason.contains("column")),
        "{:?}",
        tried.considered
    );
    assert!(tried.fields.iter().any(|f| f.name == "srcaddr" && f.kind == Kind::Ip));

    let definition = template("%{word:user} %{int:n}");
    let asked = Asked { definition: Some(&definition), ..Asked::default() };
    let tried = attempt(b"ana 1\nben x\n\n  cy 3\n", ALL, &asked).unwrap();
    assert_eq!((tried.row_count, tried.rejected), (1, 2));
    assert_eq!((tried.rejections[0].line, tried.rejections[0].column), (2, 5));
    assert_eq!(tried.rows[0].values, [logloupe_table::Value::text("ana"), logloupe_table::Value::Int(1)]);
    let wrong = template("%{integer:x}");
    let asked = Asked { definition: Some(&wrong), ..Asked::default() };
    assert!(attempt(b"x", ALL, &asked).is_err());
    // Nothing, and not only text.
    for text in [&b""[..], b"\n\n", b"\0\x01\xff", b"{\"a\":1}", b"[", b"{", b"{\"a\":"] {
        attempt(text, ALL, &Asked::default()).unwrap();
    }
}

/// Pieces of templates and of lines that meet in all ways.
fn pieces() -> impl Strategy<Value = Vec<String>> {
    let kind = prop::sample::select(FieldKind::ALL.to_vec());
    let field = (kind, 0..4u8).prop_map(|(kind, name)| format!("%{{{}:f{name}}}", kind.word()));
    let literal =
        prop::sample::select(vec![" ", "  ", "[", "]", ": ", "\"", "a", "ab", "-", "é", "|", "%%", "\n"]);
    prop::collection::vec(prop_oneof![field, literal.prop_map(str::to_owned)], 1..10)
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        " ",
        "   ",
        "[",
        "]",
        ": ",
        "\"",
        "a",
        "ab",
        "-",
        "é",
        "|",
        "%",
        "{",
        "}",
        "\\",
        "'",
        "1",
        "203.0.113.7",
        "2001:db8::7",
        "2026-03-05T01:29:37Z",
        "1.5s",
        "12:30",
        "4 KB",
        "INFO",
        "\u{1}",
        "\n",
        ".",
    ]);
    let any = prop::collection::vec(any::<u8>(), 0..40);
    let words = prop::collection::vec(word, 0..14).prop_map(|words| words.concat().into_bytes());
    prop_oneof![words, any]
}

proptest! {
    #[test]
    fn any_line_of_any_template_is_accounted_for_however_it_is_cut(
        pieces in pieces(),
        starts in prop::option::of(Just("%{time}".to_owned())),
        lines in prop::collection::vec(line(), 1..8),
    ) {
        let definition = Definition { starts, ..template(&pieces.concat()) };
        if Custom::new(&definition).is_ok() {
            let content = lines.join(&b'\n');
            let (shard, entry) = load(&definition, &content, content.len(), true);
            prop_assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped);
            let columns: Vec<String> = Custom::new(&definition).unwrap().fields().iter().map(|f| f.name.to_string()).collect();
            let columns: Vec<&str> = columns.iter().map(String::as_str).chain(["@line", "@timestamp"]).collect();
            let whole = shown(&shard, &columns);
            for piece in [1, 7] {
                let (shard, cut) = load(&definition, &content, piece, true);
                prop_assert_eq!(&shown(&shard, &columns), &whole);
                prop_assert_eq!(&cut.rejections, &entry.rejections);
            }
            let asked = Asked { definition: Some(&definition), ..Asked::default() };
            prop_assert!(attempt(&content, &[], &asked).is_ok());
        }
    }

    #[test]
    fn any_expression_is_read_or_told(text in "\\PC{0,40}", line in line()) {
        if let Ok(custom) = Custom::new(&pattern(&text)) {
            let _ = custom.shape.walk(&line, &Settings::NONE, &mut None, &mut Vec::new());
        } else {
            let problem = Custom::new(&pattern(&text)).unwrap_err();
            prop_assert!(problem.from <= text.len() && problem.from <= problem.to);
        }
    }
}

/// Records made to be looked at again and again; each is read in one go.
#[test]
fn long_records_are_walked_once() {
    let long = 1 << 20;
    for (text, line) in [
        ("%{text:a} x %{int:n}", " ".repeat(long)),
        ("%{text:a}a a%{int:n}", "a ".repeat(long / 2)),
        ("%{rest:a}\"", "\" ".repeat(long / 2)),
        ("%{text:a}x%{time:t}", "x2026-03-05T01:29".repeat(long / 16)),
        ("%{text:a}x%{duration:t}y", "x1m1m1m1m1m1m1m1m".repeat(long / 16)),
        ("%{quoted:a}x", format!("\"{}", "\\\"".repeat(long / 2))),
        ("%{json:a}x", "[".repeat(long)),
    ] {
        let (_, entry) = read(&template(text), &line, &[]);
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{text}");
    }
}
