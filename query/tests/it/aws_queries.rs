//! Queries as AWS's own pages have them, pasted and run: the same text, the exact answer.
//!
//! Under `aws_queries/`, a case is a title behind `===`, remarks behind `#` (`# page:` where the query stands and when
//! that was read, or that it was not, `# logs:` what it is asked of, `# note:` what there is to know), the query, and its answer behind
//! `--- answer`, or what is wrong with it. Logs are files among the formats' samples, or `incident FORMAT…`: the files of
//! these formats of the sample incident.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use logloupe_core::{
    formats::{ALL, Paths, by_id},
    ingest::{Limits, Loader, Options},
};
use logloupe_golden::check;
use logloupe_query::exec::{self, Answer, Reader};
use logloupe_syntax::{Language, diagnostic};
use logloupe_table::{Shard, Value};

use super::folder;

/// Rows of an answer that are shown.
const MOST_ROWS: usize = 40;

fn load(logs: &str) -> Shard {
    if let Some(ids) = logs.strip_prefix("incident ") {
        let formats = ids.split_whitespace().map(|id| by_id(id).unwrap()).collect();
        let mut loader = Loader::new(formats, Limits::default(), 0);
        for file in logloupe_sample::incident() {
            loader.open(&file.path, Options::default());
            loader.push(&file.bytes);
        }
        return loader.into_parts().0;
    }
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
    for name in logs.split_whitespace() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/formats/samples").join(name);
        loader.open(name, Options::default());
        loader.push(&fs::read(path).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    loader.into_parts().0
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => {
            let text = value.to_string().replace(['\n', '\t'], " ");
            if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
        }
    }
}

fn answer(query: &str, shard: &mut Shard) -> String {
    let language = Language::of(query, Language::Insights);
    let (plan, answer) = match exec::run_in(query, language, shard, &Paths(ALL)) {
        Ok(answered) => answered,
        Err(found) => return diagnostic::render(query, &found).trim_end().to_owned(),
    };
    let (columns, rows): (Vec<String>, Vec<Vec<Value>>) = match answer {
        Answer::Table(table) => (table.columns.into_iter().map(|c| c.name).collect(), table.rows),
        Answer::Rows(ids) => {
            let reader = Reader::new(&plan, shard);
            let columns = plan.output().iter().map(|c| c.name.clone()).collect();
            (columns, ids.into_iter().map(|id| reader.values(id)).collect())
        }
    };
    let mut out = columns.join(" | ");
    for row in rows.iter().take(MOST_ROWS) {
        write!(out, "\n{}", row.iter().map(cell).collect::<Vec<_>>().join(" | ")).unwrap();
    }
    if rows.len() > MOST_ROWS {
        write!(out, "\n… and {} more", rows.len() - MOST_ROWS).unwrap();
    }
    write!(out, "\n({} {})", rows.len(), if rows.len() == 1 { "row" } else { "rows" }).unwrap();
    out
}

#[test]
fn queries_of_the_vendors_pages_give_their_exact_answer() {
    let mut shards: HashMap<String, Shard> = HashMap::new();
    check(folder("aws_queries"), 20, |case| {
        assert!(case.remark("page").contains("read"), "{}", case.title);
        let logs = case.remark("logs");
        let shard = shards.entry(logs.to_owned()).or_insert_with(|| load(logs));
        format!("--- answer\n{}", answer(&case.input, shard))
    });
}
