//! `logloupe explain`: what a query does, without running it.

use logloupe_tests::command::Folder;

use crate::logloupe;

const FLOWS: &str = "\
version srcaddr dstaddr bytes start end action log-status
2 192.0.2.10 10.0.0.5 840 1772496000 1772496060 ACCEPT OK
";

#[test]
fn the_plan_is_told_in_sentences_and_says_where_each_step_runs() {
    let said = logloupe(&["explain", "filter eventName = \"X\" | stats count(*) as n by bin(5m) | limit 10"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let lines: Vec<&str> = said.out.lines().collect();
    let at = |text: &str| {
        lines.iter().position(|l| l.contains(text)).unwrap_or_else(|| panic!("{text} in {}", said.out))
    };
    let order = [
        "On each part of the data",
        "1. reads ",
        "2. keeps the rows where eventName = \"X\"",
        "counts the rows (as n), for each 5 minutes of @timestamp",
        "Between the parts:",
        "Once, on the whole:",
        "puts the groups in the order of their keys",
        "keeps the first 10 rows",
    ];
    assert!(order.map(at).is_sorted(), "{}", said.out);
}

#[test]
fn with_files_the_names_are_those_that_exist() {
    let folder = Folder::new();
    folder.write("flows.log", FLOWS.as_bytes());
    let there = logloupe(&["explain", "stats sum(bytes) by srcAddr", folder.arg()]);
    assert_eq!(there.status, 0, "{}", there.err);
    let not_there = logloupe(&["explain", "stats count(*) by eventName", folder.arg()]);
    assert_eq!((not_there.status, not_there.out.as_str()), (2, ""));
    assert!(not_there.err.contains("no loaded log has a field `eventName`"), "{}", not_there.err);
}

#[test]
fn the_same_query_is_written_for_athena_and_for_insights() {
    let query =
        "SOURCE vpc_flow | filter source.port = 443 | stats sum(bytes) as total by srcaddr | sort total desc";
    let athena = logloupe(&["explain", "--to", "athena", query]);
    assert_eq!((athena.status, athena.err.as_str()), (0, ""));
    for part in [
        "CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (",
        "\nWHERE srcport = 443\n",
        "sum(bytes) AS total",
    ] {
        assert!(athena.out.contains(part), "{part}: {}", athena.out);
    }
    let insights = logloupe(&["explain", "--to", "insights", query]);
    let text = insights.out.lines().last().expect("the query");
    assert_eq!(text, "filter srcPort = 443 | stats sum(bytes) as total by srcAddr | sort total desc");
}

#[test]
fn what_another_engine_cannot_do_is_said_by_name_and_is_two() {
    for (to, query, why) in [
        (
            "athena",
            "SOURCE cloudtrail | filter @message like \"x\" and eventName = \"y\"",
            "`@message` cannot be expressed: ",
        ),
        ("athena", "filter @type = \"REPORT\"", "AWS documents no Athena table"),
        ("insights", "SOURCE vpc_flow | stats count(*) by bin(90s)", "`90s` cannot be expressed: "),
    ] {
        let said = logloupe(&["explain", "--to", to, query]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{query}");
        assert!(said.err.contains(why), "{query}: {}", said.err);
    }
}
