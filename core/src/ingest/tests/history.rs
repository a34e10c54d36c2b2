//! What changed between states of one thing: the same however files are dealt out, and whatever their order.

use crate::{
    formats::{Format, config::Config},
    ingest::{Limits, Loader, Options, history},
};
use logloupe_sample::rng::Rng;
use logloupe_table::{Shard, Source, builtin};

static FORMATS: &[&dyn Format] = &[&Config];

/// A file of items: resource, second of capture, configuration.
fn file(items: &[(&str, u32, &str)]) -> String {
    let item = |(id, second, configuration): &(&str, u32, &str)| {
        let status = if *configuration == "null" { "ResourceDeleted" } else { "OK" };
        format!(
            r#"{{"configurationItemCaptureTime":"2026-03-05T01:00:{second:02}.25Z","configurationItemStatus":"{status}","resourceType":"AWS::EC2::VPC","resourceId":"{id}","awsAccountId":"111122223333","awsRegion":"eu-central-1","configurationStateId":{second},"configuration":{configuration}}}"#
        )
    };
    let items: Vec<String> = items.iter().map(item).collect();
    format!(r#"{{"fileVersion":"1.0","configurationItems":[{}]}}"#, items.join(","))
}

fn files() -> Vec<(String, String)> {
    let content = [
        file(&[("a", 1, r#"{"x":1,"list":[1,2]}"#), ("b", 1, r#"{"x":1}"#)]),
        file(&[("a", 3, r#"{"x":2,"list":[2,3]}"#), ("a", 2, r#"{"x":1,"list":[2,1]}"#)]),
        // The same state once more, as snapshots have it, and as the API and a notification do.
        file(&[("a", 3, r#"{"x":2,"list":[2,3]}"#), ("c", 5, r#"{"x":1}"#)]),
        file(&[("b", 9, "null"), ("a", 4, r#"{"x":2,"list":[2,3],"y":{"z":"new"}}"#)]),
        r#"{"configurationItems":[{"configurationItemCaptureTime":1772672410.25,"configurationItemStatus":"OK","resourceType":"AWS::EC2::VPC","resourceId":"b","accountId":"111122223333","awsRegion":"eu-central-1","configurationStateId":"10","configuration":"{\"x\":7}"}]}"#.to_owned(),
        r#"{"configurationItemDiff":{"changedProperties":{"Configuration.X":{"previousValue":"?","updatedValue":1}},"changeType":"UPDATE"},"messageType":"ConfigurationItemChangeNotification","configurationItem":{"configurationItemCaptureTime":"2026-03-05T01:00:06.25Z","configurationItemStatus":"OK","resourceType":"AWS::EC2::VPC","resourceId":"a","awsAccountId":"111122223333","awsRegion":"eu-central-1","configurationStateId":6,"configuration":{"x":3,"list":[2,3],"y":{"z":"new"}}}}"#.to_owned(),
        r#"{"configurationItemDiff":{"changedProperties":{"Configuration.X":{"previousValue":"?","updatedValue":1}},"changeType":"UPDATE"},"messageType":"ConfigurationItemChangeNotification","configurationItem":{"configurationItemCaptureTime":"2026-03-05T01:00:06.25Z","configurationItemStatus":"OK","resourceType":"AWS::EC2::VPC","resourceId":"d","awsAccountId":"111122223333","awsRegion":"eu-central-1","configurationStateId":6,"configuration":{"x":3}}}"#.to_owned(),
    ];
    content.into_iter().enumerate().map(|(i, text)| (format!("{i}.json"), text)).collect()
}

fn load(files: &[&(String, String)]) -> Shard {
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 9);
    for (name, content) in files {
        loader.open(name, Options::default());
        loader.push(content.as_bytes());
        loader.finish();
    }
    loader.into_parts().0
}

/// What every row says of what changed, in an order of its own.
fn told(shards: &[Shard]) -> Vec<String> {
    let mut all = Vec::new();
    for shard in shards {
        for table in &shard.tables {
            for row in (0..table.rows()).filter_map(|r| table.row(r)) {
                let show = |name: &&str| builtin::value(shard, &row, name).to_string();
                let names = [
                    "@source",
                    "@record",
                    "resourceId",
                    "event.action",
                    "changes.source",
                    "changes.since",
                    "changes.path",
                    "changes.before",
                    "changes.after",
                    "changes",
                ];
                all.push(names.iter().map(show).collect::<Vec<_>>().join("|"));
            }
        }
    }
    all.sort();
    all
}

const EXPECTED: &[&str] = &[
    "0.json|1|a|recorded||||||",
    "0.json|2|b|recorded||||||",
    r#"1.json|1|a|changed|previous item|2026-03-05T01:00:02.250Z|configuration.list, configuration.x|1|3, 2|[{"path":"configuration.list","before":1,"after":null},{"path":"configuration.list","before":null,"after":3},{"path":"configuration.x","before":1,"after":2}]"#,
    "1.json|2|a|recorded||2026-03-05T01:00:01.250Z||||",
    r#"2.json|1|a|changed|previous item|2026-03-05T01:00:02.250Z|configuration.list, configuration.x|1|3, 2|[{"path":"configuration.list","before":1,"after":null},{"path":"configuration.list","before":null,"after":3},{"path":"configuration.x","before":1,"after":2}]"#,
    "2.json|2|c|recorded||||||",
    r#"3.json|1|b|deleted|previous item|2026-03-05T01:00:01.250Z|configuration|{"x":1}||[{"path":"configuration","before":{"x":1},"after":null}]"#,
    r#"3.json|2|a|changed|previous item|2026-03-05T01:00:03.250Z|configuration.y||{"z":"new"}|[{"path":"configuration.y","before":null,"after":{"z":"new"}}]"#,
    r#"4.json|1|b|changed|previous item|2026-03-05T01:00:09.250Z|configuration||{"x":7}|[{"path":"configuration","before":null,"after":{"x":7}}]"#,
    r#"5.json|1|a|changed|previous item|2026-03-05T01:00:04.250Z|configuration.x|2|3|[{"path":"configuration.x","before":2,"after":3}]"#,
    r#"6.json|1|d|changed|notification||configuration.x|?|1|[{"path":"configuration.x","before":"?","after":1}]"#,
];

#[test]
fn what_changed_is_the_same_in_any_shards_and_any_order() {
    let files = files();
    let mut rng = Rng::new(5);
    for of in [1, 3, 7] {
        for _ in 0..20 {
            let mut hands: Vec<Vec<&(String, String)>> = vec![Vec::new(); of];
            let mut order: Vec<&(String, String)> = files.iter().collect();
            (1..order.len()).for_each(|i| order.swap(i, rng.index(i + 1)));
            for file in order {
                hands[rng.index(of)].push(file);
            }
            let mut shards: Vec<Shard> = hands.iter().map(|hand| load(hand)).collect();
            let mut all: Vec<&mut Shard> = shards.iter_mut().collect();
            history::fill_all(&mut all, FORMATS, 3);
            assert_eq!(told(&shards), EXPECTED, "{of} shards");
            // Once more, as after files that are added.
            let mut all: Vec<&mut Shard> = shards.iter_mut().collect();
            history::fill_all(&mut all, FORMATS, 4);
            assert_eq!(told(&shards), EXPECTED, "{of} shards");
        }
    }
}

/// As workers do it, which send each other bytes.
#[test]
fn shards_that_do_not_see_each_other_find_the_same() {
    let files = files();
    let mut shards: Vec<Shard> =
        (0..3).map(|n| load(&files.iter().skip(n).step_by(3).collect::<Vec<_>>())).collect();
    let found: Vec<(Vec<Source>, Vec<history::State>)> =
        shards.iter().map(|shard| (shard.sources.clone(), history::states(shard, FORMATS, 1))).collect();
    let asked: Vec<_> =
        found.iter().map(|(sources, states)| (sources.as_slice(), states.as_slice())).collect();
    for (owner, links) in history::find(&asked).into_iter().enumerate() {
        for from in 0..3 {
            let links: Vec<history::Link> = links.iter().copied().filter(|link| link.shard == from).collect();
            let records = history::records(&shards[from as usize], &links);
            assert_eq!(records.len(), links.len());
            history::fill(&mut shards[owner], FORMATS, &links, &records);
        }
    }
    assert_eq!(told(&shards), EXPECTED);
}

/// Files that come later may hold the record before, or one nearer to it.
#[test]
fn files_that_are_added_change_what_changed() {
    let files = files();
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 9);
    for at in [3, 5, 0, 6, 2, 4, 1] {
        let (name, content) = &files[at];
        loader.open(name, Options::default());
        loader.push(content.as_bytes());
        loader.finish();
        history::fill_loaded(&mut loader, 1);
    }
    let shard = loader.into_parts().0;
    assert_eq!(told(std::slice::from_ref(&shard)), EXPECTED);
}

#[test]
fn records_are_given_in_bounded_pieces() {
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(3 << 20));
    let items: Vec<(&str, u32, &str)> = (0..5).map(|second| ("a", second, long.as_str())).collect();
    let shard = load(&[&("f".to_owned(), file(&items))]);
    let states = history::states(&shard, FORMATS, 1);
    let links = history::find(&[(&shard.sources, &states)]).remove(0);
    assert_eq!((links.len(), history::records(&shard, &links).len()), (4, 2));
    assert_eq!(history::records(&shard, &links[3..]).len(), 1);
    assert!(history::records(&shard, &[]).is_empty());
}

#[test]
fn other_logs_have_no_states() {
    let mut loader = Loader::new(crate::formats::ALL.to_vec(), Limits::default(), 9);
    for format in crate::formats::ALL.iter().filter(|f| f.history().is_none()) {
        for sample in format.samples() {
            loader.open(sample.name, Options::default());
            loader.push(sample.content);
            loader.finish();
        }
    }
    assert!(history::states(loader.shard(), crate::formats::ALL, 1).is_empty());
}
