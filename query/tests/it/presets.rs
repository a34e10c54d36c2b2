//! The questions that formats suggest: each can be read and runs over the format's own samples.

use logloupe_core::{
    formats::{ALL, Format, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::exec::{Answer, run};
use logloupe_syntax as syntax;
use logloupe_table::Shard;

/// All samples of a format, its name hidden.
fn samples(format: &'static dyn Format) -> Shard {
    let mut loader = Loader::new(vec![format], Limits::default(), 1);
    for sample in format.samples() {
        loader.open(sample.name, Options::default());
        loader.push(sample.content);
        loader.finish();
    }
    loader.into_parts().0
}

fn rows(query: &str, shard: &mut Shard, format: &'static dyn Format) -> usize {
    let (_, answer) = run(query, shard, &Paths(&[format])).unwrap_or_else(|e| panic!("{query}: {e:#?}"));
    match answer {
        Answer::Table(table) => table.rows.len(),
        Answer::Rows(rows) => rows.len(),
    }
}

#[test]
fn every_preset_parses() {
    for format in ALL {
        for preset in format.presets() {
            let parsed = syntax::parse(preset.query).into_result();
            assert!(parsed.is_ok(), "{}: {}: {parsed:#?}", format.meta().id, preset.title);
        }
    }
}

#[test]
fn every_preset_runs_and_those_of_a_trail_find_something() {
    for format in ALL {
        let mut shard = samples(*format);
        for preset in format.presets() {
            let found = rows(preset.query, &mut shard, *format);
            assert!(found > 0 || format.meta().id != "cloudtrail", "{}", preset.query);
        }
    }
}

#[test]
fn paths_in_requests_are_fields() {
    let trail = *ALL.iter().find(|f| f.meta().id == "cloudtrail").expect("a format");
    let query =
        "filter requestParameters.policyArn like /Administrator/ and requestParameters.userName = \"alice\"";
    assert!(rows(query, &mut samples(trail), trail) > 0);
}
