//! Answers that are not exact: near, named, and the same whichever way the rows were dealt to shards.

use super::*;
use logloupe_table::{Cell, Field, Kind, Role, Value, json_paths::NoJson};

const ROWS: usize = 27_000;

/// Rows of three groups, dealt to shards; each number from 0 to [`ROWS`] once.
fn shards(count: usize) -> Vec<Shard> {
    let mut shards: Vec<Shard> = (0..count).map(|s| Shard::new(s as u64)).collect();
    for i in 0..ROWS {
        // Uneven: the first shard has most of them.
        let at = if i % 10 < 6 { 0 } else { i % count };
        let shard = &mut shards[at];
        let source = shard.add_source("a.log");
        let fields = [
            Field::new("group", Kind::Text, Role::Dimension),
            Field::new("n", Kind::Int, Role::Measure),
            Field::new("id", Kind::Text, Role::Identifier),
        ];
        let mut row = shard.table("t", fields).begin();
        let n = i * 7919 % ROWS;
        row.set(0, Cell::Text([b"a", b"b", b"c"][i % 3]));
        row.set(1, Cell::Int(n as i64));
        row.set(2, Cell::Text(format!("id-{n}").as_bytes()));
        row.commit(source, i as u64, i as u64, b"");
    }
    shards.iter_mut().for_each(Shard::seal);
    shards
}

fn answer(text: &str, count: usize, backwards: bool) -> ResultTable {
    let mut shards = shards(count);
    let mut catalog = Catalog::default();
    shards.iter().for_each(|s| catalog.merge(&Catalog::of(s, &NoJson)));
    catalog.bindings.limits = SMALL;
    let plan = Arc::new(plan(&parse_in(text, Language::Insights).query, &catalog).unwrap());
    let mut partials = Vec::new();
    for shard in &mut shards {
        let mut job = Job::new(plan.clone(), None, shard, &NoJson);
        while !job.step(shard, usize::MAX) {}
        // What crosses between workers crosses as bytes.
        let bytes = postcard::to_stdvec(&job.finish().1).unwrap();
        partials.push(postcard::from_bytes::<Partial>(&bytes).unwrap());
    }
    if backwards {
        partials.reverse();
    }
    let merged = partials.into_iter().reduce(|a, b| merge(plan.limits(), vec![a, b])).unwrap();
    finalize(&plan, merged).unwrap()
}

#[test]
fn estimates_are_named_near_and_the_same_for_every_split() {
    let text = "stats p50(n), pct(n, 99), count_distinct(id) as ids by group";
    let one = answer(text, 1, false);
    assert_eq!(
        one.remarks,
        [
            "`p50(n)` is approximate: 27,000 values, relative error below 0.4 %",
            "`pct(n, 99)` is approximate: 27,000 values, relative error below 0.4 %",
            "`count_distinct(id)` is approximate where it is above 8,000: standard error 1.1 %",
        ]
    );
    for row in &one.rows {
        for (value, exact, error) in
            [(&row[1], 13_500.0, 0.01), (&row[2], 26_730.0, 0.01), (&row[3], 9_000.0, 0.04)]
        {
            let value = value.number().unwrap();
            assert!((value - exact).abs() < exact * error, "{row:?}");
        }
    }
    for (count, backwards) in [(2, false), (5, false), (5, true)] {
        assert_eq!(answer(text, count, backwards), one);
    }
}

#[test]
fn what_is_left_after_a_filter_is_exact_again() {
    let few = answer("filter n < 900 | stats p50(n), count_distinct(id) by group", 3, false);
    assert_eq!(few.remarks, [""; 0]);
    assert_eq!(few.rows[0][2], Value::Int(300));
}

#[test]
fn long_lists_end_and_say_so() {
    let all = answer("stats values(id) as ids", 2, false);
    assert_eq!(all.remarks, ["`values(id)` lists 10,000 values at most, of up to 27,000"]);
    assert!(matches!(&all.rows[0][0], Value::List(items) if items.len() == 10_000));
}
