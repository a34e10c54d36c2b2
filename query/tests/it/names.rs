//! Names: every documented name of a field reaches it, in any letter case, and names that do not mean what they seem to
//! are remarked on.
//!
//! The lists are facts: the columns of AWS's `CREATE TABLE` statements (the earlier ones as the public Markdown of the
//! guides has them, which ends in 2023; the later ones are those in `src/formats/athena`), the fields that CloudWatch
//! Logs Insights discovers, the common names of ECS. A name in a list of pairs
//! means the field behind it; one that stands alone is the field's own name but for its letters.

use std::{collections::HashMap, fmt::Write};

use logloupe_core::{
    formats::{ALL, Format, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_golden::check;
use logloupe_query::{
    exec::{self, Answer, Reader},
    plan::{self, Catalog},
};
use logloupe_syntax::{self as syntax, diagnostic::render};
use logloupe_table::{Shard, Value};

/// All samples of these formats.
fn load(formats: &[&'static dyn Format]) -> Shard {
    let mut loader = Loader::new(formats.to_vec(), Limits::default(), 1);
    for sample in formats.iter().flat_map(|f| f.samples()) {
        loader.open(sample.name, Options::default());
        loader.push(sample.content);
    }
    loader.into_parts().0
}

fn format(id: &str) -> &'static dyn Format {
    *ALL.iter().find(|f| f.meta().id == id).unwrap()
}

fn column(name: &str, shard: &mut Shard) -> Vec<Value> {
    let (plan, answer) = exec::run(&format!("fields `{name}`"), shard, &Paths(ALL)).unwrap();
    let Answer::Rows(rows) = answer else { panic!("{name}") };
    let reader = Reader::new(&plan, shard);
    rows.into_iter().flat_map(|row| reader.values(row)).collect()
}

#[test]
fn documented_names_reach_their_fields_in_any_letter_case() {
    let (mut count, mut shards) = (0, HashMap::new());
    check(super::folder("names"), 12, |case| {
        let format = format(&case.file);
        let shard = shards.entry(case.file.clone()).or_insert_with(|| load(&[format]));
        let (fields, mut wrong) = (format.fields(), String::new());
        for entry in case.input.split_whitespace() {
            let (name, field) = entry.split_once('=').unwrap_or((entry, entry));
            let Some(own) = fields.iter().find(|f| f.name.eq_ignore_ascii_case(field)) else {
                writeln!(wrong, "--- no field {field}").unwrap();
                continue;
            };
            let expected = column(&own.name, shard);
            if expected.iter().all(Value::is_null) {
                writeln!(wrong, "--- {field} has no value in the samples").unwrap();
            }
            for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                if column(&name, shard) != expected {
                    writeln!(wrong, "--- {name} is not {field}").unwrap();
                }
                count += 1;
            }
        }
        wrong
    });
    assert!(count > 600, "{count}");
    for format in ALL {
        assert!(shards.contains_key(format.meta().id), "no names of {}", format.meta().id);
    }
}

#[test]
fn built_in_names_have_any_letter_case_too() {
    let mut shard = load(&[format("vpc_flow")]);
    for name in ["@timestamp", "@message", "@format", "@source", "@line", "@record"] {
        assert_eq!(column(&name.to_ascii_uppercase(), &mut shard), column(name, &mut shard), "{name}");
    }
}

/// What is said of a query over the samples of these formats.
fn remarks(formats: &[&str], query: &str) -> String {
    let formats: Vec<_> = formats.iter().map(|id| format(id)).collect();
    let shard = load(&formats);
    let parsed = syntax::parse(query).into_result().unwrap();
    render(query, &plan::check(&parsed, &Catalog::of(&shard, &Paths(ALL))))
}

#[test]
fn slips_in_paths_get_the_paths_that_exist() {
    for (query, near) in [
        ("filter userIdentity.typ = \"Root\"", "userIdentity.type"),
        ("filter requestParameters.bucketNam = \"x\"", "requestParameters.bucketName"),
        // No column, but met in a record.
        ("fields responseElements.credential.accessKeyId", "responseElements.credentials.accessKeyId"),
        // Its last part alone.
        ("fields federatedProvider", "userIdentity.sessionContext.webIdFederationData.federatedProvider"),
        ("fields evntName", "eventName"),
    ] {
        let said = remarks(&["cloudtrail"], query);
        assert!(said.starts_with("warning: no "), "{query}: {said}");
        assert!(said.contains(&format!("did you mean `{near}`?")), "{query}: {said}");
    }
    // Having been asked for once does not make a path right, nor wrong.
    let mut shard = load(&[format("cloudtrail")]);
    for path in ["userIdentity.typ", "responseElements.credentials.accessKeyId"] {
        let query = syntax::parse(&format!("fields {path}")).into_result().unwrap();
        let before = plan::check(&query, &Catalog::of(&shard, &Paths(ALL)));
        column(path, &mut shard);
        assert_eq!(plan::check(&query, &Catalog::of(&shard, &Paths(ALL))), before, "{path}");
    }
    for query in [
        "fields responseElements.credentials.accessKeyId, requestParameters, responseElements.nobody.knows",
        "fields USERIDENTITY.TYPE, @Message, `userIdentity.sessionContext`",
    ] {
        assert_eq!(remarks(&["cloudtrail"], query), "", "{query}");
    }
}

#[test]
fn text_with_a_colon_may_want_quotes() {
    let said = remarks(&["vpc_flow"], "srcadr:10.0.0.1");
    assert_eq!(
        said,
        "error: no loaded log has a field `srcadr`\n1 | srcadr:10.0.0.1\n  | ^^^^^^\n  help: did you mean `srcaddr`? \
         Or to search for the text itself write it in quotes: `\"srcadr:10.0.0.1\"`\n"
    );
    let said = remarks(&["cloudtrail"], "iam:CreateUser");
    assert_eq!(
        said,
        "warning: no loaded log has a field `iam`\n1 | iam:CreateUser\n  | ^^^\n  help: to search for the text itself \
         write it in quotes: `\"iam:CreateUser\"`\n"
    );
    assert_eq!(remarks(&["cloudtrail"], "user.name:alice \"iam:CreateUser\" arn:aws:iam"), "");
}

#[test]
fn what_hides_a_field_or_a_key_is_said() {
    let said = remarks(&["vpc_flow"], "fields dstAddr as srcaddr | filter srcaddr = \"10.0.0.1\"");
    assert!(said.contains("`srcaddr` is what this query defined, not the field of that name"), "{said}");
    assert_eq!(remarks(&["vpc_flow"], "fields toUpper(action) as action | filter action = \"REJECT\""), "");
    assert_eq!(remarks(&["vpc_flow"], "stats sum(bytes) as bytes by srcaddr | sort bytes desc"), "");

    // A function's own JSON has a key that is another name of a column.
    let lines =
        "START RequestId: 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c Version: 1\n{\"duration\":7,\"x\":1}\n";
    let mut loader = Loader::new(vec![format("lambda")], Limits::default(), 1);
    loader.open("x", Options::default());
    loader.push(lines.as_bytes());
    let mut shard = loader.into_parts().0;
    let query = "filter duration > 3";
    let parsed = syntax::parse(query).into_result().unwrap();
    let said = render(query, &plan::check(&parsed, &Catalog::of(&shard, &Paths(ALL))));
    assert_eq!(
        said,
        "warning: `duration` means the field `@duration`, and some records have a key `duration` besides\n1 | filter \
         duration > 3\n  |        ^^^^^^^^\n  help: write `@message.duration` for the key\n"
    );
    let key = column("@message.duration", &mut shard);
    assert_eq!(key.iter().filter(|v| !v.is_null()).collect::<Vec<_>>(), [&Value::text("7")]);
}
