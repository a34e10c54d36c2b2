//! Fields of which a row may have several values: conditions see any of them, groups each, and a row counts once.

use super::*;
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson};

/// Findings: the addresses of the other side, each with its port, and how many bytes were sent.
const FINDINGS: &[(&[(&str, i64)], i64)] = &[
    (&[("10.0.0.1", 22), ("10.0.0.2", 443)], 5),
    (&[("10.0.0.2", 443), ("10.0.0.2", 22), ("10.0.0.3", 22)], 7),
    (&[("10.0.0.1", 22)], 11),
    (&[], 13),
];

fn shard(chunked: bool) -> Shard {
    let fields = || {
        [
            Field::new("ip", Kind::Ip, Role::Dimension).aliases(&["source.ip"]).each("probes"),
            Field::new("port", Kind::Int, Role::Dimension).each("probes"),
            Field::new("bytes", Kind::Int, Role::Measure),
            Field::new("name", Kind::Text, Role::Dimension),
        ]
    };
    let mut shard = Shard::new(1);
    shard.add_source("a.log");
    for (i, (probes, bytes)) in FINDINGS.iter().enumerate() {
        let mut row = shard.table("finding", fields()).begin();
        row.set_each(0, probes.iter().map(|(ip, _)| Cell::Text(ip.as_bytes())));
        row.set_each(1, probes.iter().map(|(_, port)| Cell::Int(*port)));
        row.set(2, Cell::Int(*bytes));
        row.set(3, Cell::Text(["one", "two", "three", "four"][i].as_bytes()));
        row.timestamp(1_772_668_800_000_000 + i as i64 * 1_000_000);
        row.commit(0, i as u64 + 1, i as u64 + 1, b"raw");
        if chunked {
            shard.seal();
        }
    }
    shard.seal();
    shard
}

/// Rows of the answer, values separated by blanks.
fn ask(query: &str, language: Language) -> Vec<String> {
    let answers = [false, true].map(|chunked| {
        let mut shard = shard(chunked);
        let (plan, answer) = run_in(query, language, &mut shard, &NoJson).unwrap();
        let rows = match answer {
            Answer::Table(table) => table.rows,
            Answer::Rows(rows) => {
                let reader = Reader::new(&plan, &shard);
                rows.iter().map(|row| reader.values(*row)).collect()
            }
        };
        let line = |row: &Vec<Value>| {
            row.iter().map(|v| if v.is_null() { "-".into() } else { v.to_string() }).collect::<Vec<_>>()
        };
        rows.iter().map(|row| line(row).join(" ")).collect::<Vec<_>>()
    });
    assert_eq!(answers[0], answers[1], "{query}");
    let [answer, _] = answers;
    answer
}

#[track_caller]
fn names(condition: &str, expected: &[&str]) {
    let query = format!("filter {condition} | fields name | sort @timestamp asc");
    assert_eq!(ask(&query, Language::Insights), expected, "{condition}");
}

#[test]
fn a_condition_holds_for_any_value_and_a_negation_for_none() {
    names("ip = '10.0.0.2'", &["one", "two"]);
    names("source.ip = '10.0.0.3'", &["two"]);
    names("ip != '10.0.0.2'", &["three"]);
    names("not (ip = '10.0.0.2')", &["three", "four"]);
    names("ip in ['10.0.0.3', '10.0.0.9']", &["two"]);
    names("ip not in ['10.0.0.3', '10.0.0.9']", &["one", "three"]);
    names("ip like /[13]$/", &["one", "two", "three"]);
    names("ip not like '.3'", &["one", "three"]);
    names("ispresent(ip)", &["one", "two", "three"]);
    names("not ispresent(ip)", &["four"]);
    names("isIpv4InSubnet(ip, '10.0.0.2/31')", &["one", "two"]);
    names("not isIpv4InSubnet(ip, '10.0.0.2/31')", &["three", "four"]);
    names("port > 22", &["one", "two"]);
    names("port > 22 and port < 100", &["one", "two"]);
    names("ip = '10.0.0.3' and port = 443", &["two"]);
    names("concat(ip, ':', port) = '10.0.0.3:443'", &[]);
    names("concat(ip, ':', port) = '10.0.0.3:22'", &["two"]);
    names("bytes + port = 27", &["one"]);
    names("ip in (filter port = 443 | fields ip)", &["one", "two", "three"]);
    let sql = |condition: &str| {
        ask(&format!("SELECT name FROM finding WHERE {condition} ORDER BY \"@timestamp\""), Language::Sql)
    };
    assert_eq!(sql("ip = '10.0.0.2'"), ["one", "two"]);
    assert_eq!(sql("NOT ip = '10.0.0.2'"), ["three"], "of no value nothing is known");
    assert_eq!(sql("ip IS NULL"), ["four"]);
    assert_eq!(sql("ip NOT LIKE '%.3'"), ["one", "three"]);
}

#[test]
fn a_row_is_in_the_group_of_each_value_and_counts_once() {
    let ask = |query: &str| ask(query, Language::Insights);
    assert_eq!(ask("stats count(*), count(ip), sum(bytes)"), ["4 3 36"]);
    let by_ip = ["- 1 13", "10.0.0.1 2 16", "10.0.0.2 2 12", "10.0.0.3 1 7"];
    assert_eq!(ask("stats count(*), sum(bytes) by ip"), by_ip);
    // The same through the rows of a `limit`, and through groups of groups.
    assert_eq!(ask("sort @timestamp asc | limit 9 | stats count(*), sum(bytes) by ip"), by_ip);
    assert_eq!(ask("stats latest(ip) as ip by name, bytes | stats count(*), sum(bytes) by ip"), by_ip);
    assert_eq!(
        ask("stats count(*) by ip, port"),
        ["- - 1", "10.0.0.1 22 2", "10.0.0.2 22 1", "10.0.0.2 443 2", "10.0.0.3 22 1"],
        "an address stands with its own port"
    );
    assert_eq!(ask("stats count(*) as n by port | sort n desc | limit 1"), ["22 3"]);
    assert_eq!(ask("stats count(*) by ispresent(ip) as has"), ["false 1", "true 3"]);
    assert_eq!(
        ask("stats count_distinct(ip), values(ip), topk(port, 1), max(port), avg(port)"),
        ["3 [10.0.0.1, 10.0.0.2, 10.0.0.3] [22] 443 190.4"]
    );
    assert_eq!(ask("stats count_distinct(port), earliest(ip) by ip")[2], "10.0.0.2 2 10.0.0.1, 10.0.0.2");
}

#[test]
fn rows_show_all_values() {
    let ask = |query: &str| ask(query, Language::Insights);
    assert_eq!(
        ask("fields ip, port | sort ip asc, @timestamp asc"),
        ["- -", "10.0.0.1, 10.0.0.2 22, 443", "10.0.0.1 22", "10.0.0.2, 10.0.0.3 443, 22"],
        "the first one orders them"
    );
    assert_eq!(
        ask("unnest ip into one | fields name, one | sort @timestamp asc"),
        ["one 10.0.0.1", "one 10.0.0.2", "two 10.0.0.2", "two 10.0.0.3", "three 10.0.0.1"]
    );
    assert_eq!(ask("dedup ip | stats count(*)"), ["4"], "the values of a row are compared together");
    assert_eq!(ask("stats count(*) by jsonArraySize(ip) as n"), ["- 2", "2 2"]);
}

#[test]
fn any_value_joins() {
    let joined = |right: &str| {
        ask(
            &format!(
                "join left=f right=r where f.ip = r.key ({right}) | stats count(*) by name, key | sort name asc, key asc"
            ),
            Language::Insights,
        )
    };
    let expected =
        ["one 10.0.0.1 1", "one 10.0.0.2 1", "three 10.0.0.1 1", "two 10.0.0.2 1", "two 10.0.0.3 1"];
    assert_eq!(joined("stats count(*) as n by ip as key"), expected);
    // On the other side, too.
    assert_eq!(joined("filter name = 'two' | fields ip as key, bytes").len(), 3);
}
