//! Formats that users describe: the page that documents them, and what the command makes of them.

use std::{fs, path::Path};

use logloupe_table::custom::FieldKind;
use logloupe_tests::command::Folder;
use serde_json::Value;

use crate::{logloupe, logloupe_fed};

/// The fenced blocks of the page: what stands behind the fence, and the lines.
fn blocks() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/custom-formats.md");
    let page = fs::read_to_string(&path).expect("the page");
    let fenced = page.split("```").skip(1).step_by(2);
    fenced
        .map(|block| block.split_once('\n').expect("lines"))
        .map(|(language, lines)| (language.to_owned(), lines.to_owned()))
        .collect()
}

#[test]
fn the_examples_of_the_page_give_what_it_says() {
    let blocks = blocks();
    let mut examples = 0;
    for three in blocks.windows(3) {
        let [(kind, described), (log, lines), (csv, expected)] = three else { unreachable!() };
        if log != "log" || csv != "csv" {
            continue;
        }
        examples += 1;
        let folder = Folder::new();
        let columns = expected.lines().next().expect("a header");
        let query = format!("fields {} | sort @line", columns.replace(',', ", "));
        let input = folder.write("app.log", lines.as_bytes());
        let said = match kind.as_str() {
            "template" => {
                let template = described.trim_end();
                logloupe(&["query", "--output", "csv", "--template", template, &query, path(&input)])
            }
            // A definition claims its log.
            "json" => {
                let file = folder.write("format.json", described.as_bytes());
                logloupe(&["query", "--output", "csv", "--format-file", path(&file), &query, path(&input)])
            }
            other => panic!("an example of {other}"),
        };
        assert_eq!(
            (said.status, said.out.replace('\r', "").as_str()),
            (0, expected.as_str()),
            "{described}\n{}",
            said.err
        );
    }
    assert!(examples >= 4, "{examples}");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a name of UTF-8")
}

#[test]
fn the_page_has_all_kinds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/custom-formats.md");
    let page = fs::read_to_string(&path).expect("the page");
    for kind in FieldKind::ALL {
        let line = format!("| `{}` | {} | `{}` |", kind.word(), kind.doc(), kind.example());
        assert!(page.contains(&line), "docs/custom-formats.md lacks\n{line}");
    }
}

const APP: &str = "\
203.0.113.7 - ana took 12ms
203.0.113.8 - ben took 1.5s
nothing of the kind
";
const TEMPLATE: &str = "%{ip:client} - %{word:user} took %{duration:took}";

#[test]
fn trying_shows_fields_rejections_and_formats() {
    let said = logloupe_fed(&["try", "--template", TEMPLATE, "-"], APP.as_bytes());
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    for part in [
        "2 of 3 records are as described",
        "took    float, ms  measure    12",
        "line 3, column 1: expected ip for `client`, found nothing of the kind",
        "    nothing of the kind\n    ^\n",
        "chosen    template",
        "possible  plain_text",
    ] {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
    let said = logloupe_fed(&["try", "--json", "--template", TEMPLATE, "-"], APP.as_bytes());
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(json["rows"][1]["values"]["took"], 1500.0);
    assert_eq!((&json["rejections"][0]["column"], &json["rowCount"]), (&1.into(), &2.into()));
    let declined = json["considered"].as_array().unwrap().iter().filter(|c| c["verdict"] == "declined");
    assert!(declined.count() > 40);
    // Without a description, as what it is recognised; of a flow log, that.
    let flow =
        "2 123456789012 eni-1 203.0.113.7 10.0.0.5 443 49152 6 20 4249 1418530010 1418530070 ACCEPT OK\n";
    let said = logloupe_fed(&["try", "-"], flow.as_bytes());
    assert!(said.out.starts_with("Read as VPC Flow Logs (vpc_flow)"), "{}", said.out);
    // Nothing became a row.
    assert_eq!(logloupe_fed(&["try", "--template", "%{ip}", "-"], b"x\n").status, 1);
}

#[test]
fn a_description_is_a_format_of_every_command() {
    let folder = Folder::new();
    let definition =
        serde_json::json!({ "logloupe_format": 1, "id": "myapp", "name": "My app", "template": TEMPLATE });
    let file = folder.write("myapp.json", definition.to_string().as_bytes());
    let log = folder.write("app.log", APP.as_bytes());
    let with = |args: &[&str]| {
        let (file, log) = (path(&file), path(&log));
        logloupe(&[&[args[0], "--format-file", file], &args[1..], &[log]].concat())
    };
    let said = with(&["ledger"]);
    assert!(said.out.contains("myapp") && said.out.contains("2 of the first 3 records"), "{}", said.out);
    assert_eq!(with(&["convert"]).out.matches("\"@format\":\"myapp\"").count(), 2);
    // In SQL by its id; the usual name of what is called user.
    let said =
        with(&["query", "--sql", "--output", "csv", "SELECT user.name, took FROM myapp ORDER BY took DESC"]);
    assert_eq!(
        (said.status, said.out.as_str()),
        (0, "user.name,took\r\nben,1500\r\nana,12\r\n"),
        "{}",
        said.err
    );
    let said = with(&["explain", "filter client = \"203.0.113.7\" | stats avg(took) by user"]);
    assert_eq!(said.status, 0, "{}", said.err);
    // Another log beside it is still read as what it is, unless the user says otherwise.
    let flows = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n\
                 2 123456789012 eni-0a1 192.0.2.10 10.0.0.5 40000 443 6 10 840 1772496000 1772496060 ACCEPT OK\n";
    let flows = folder.write("flows.log", flows.as_bytes());
    let said = logloupe(&["ledger", "--json", "--format-file", path(&file), path(&flows)]);
    assert!(said.out.contains("\"format\": \"vpc_flow\""), "{}", said.out);
    let said =
        logloupe(&["ledger", "--json", "--format-file", path(&file), "--format", "myapp", path(&flows)]);
    assert!(
        said.out.contains("\"format\": \"myapp\"") && said.out.contains("\"rejected\": 2"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_wrong_with_a_description_is_underlined() {
    let folder = Folder::new();
    let refused = |text: &str| {
        let file = folder.write("x.json", text.as_bytes());
        let said = logloupe(&["ledger", "--format-file", path(&file), "-"]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{text}");
        said.err
    };
    let said = refused(r#"{"logloupe_format":1,"id":"a","template":"%{wort:x}"}"#);
    assert!(
        said.contains("template: there is no kind `wort`") && said.contains("1 | %{wort:x}\n  |   ^^^^\n"),
        "{said}"
    );
    let said = refused(r#"{"logloupe_format":1,"id":"a","pattern":"(?P<x>a"}"#);
    assert!(said.contains("unclosed group") && said.contains("  | ^"), "{said}");
    assert!(refused("{\"logloupe_format\":1,").contains("no JSON: line 1"), "{said}");
    assert!(refused(r#"{"logloupe_format":1,"id":"waf","template":"x"}"#).contains("has itself"));
    for (args, why) in [
        (&["ledger", "--format-file", "/no/such.json", "-"][..], "no/such.json: "),
        (&["ledger", "--format", "app.json", "-"], "goes with --format-file"),
        (&["ledger", "--template", "x", "--format", "waf", "-"], "give one of them"),
        (&["ledger", "--template", "%{x", "-"], "--template: a field is opened"),
        (&["try"], "no file given"),
        (&["try", "--template", "x", "/no/such"], "/no/such: "),
    ] {
        let said = logloupe(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args:?}");
        assert!(said.err.contains(why), "{args:?}: {}", said.err);
    }
}
