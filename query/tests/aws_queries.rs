//! Queries as AWS's own pages have them, pasted and run: the same text, the exact answer.
//!
//! Under `aws_queries/`, a case is a title behind `===`, remarks behind `#` (`# page:` where the query stands and when
//! that was read, or that it was not, `# logs:` what it is asked of, `# note:` what there is to know), the query, and its answer behind
//! `--- answer`, or what is wrong with it. Logs are files among the formats' samples, or `incident FORMAT…`: the files of
//! these formats of the sample incident. With `UPDATE_QUERIES=1` in the environment the files are rewritten; read the
//! difference before you commit it.

#![expect(clippy::disallowed_methods, reason = "the rule is the core's; its tests read their cases")]

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use logloupe_core::{
    formats::{ALL, Paths, by_id},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::exec::{self, Answer, Reader};
use logloupe_syntax::{Language, diagnostic};
use logloupe_table::{Shard, Value};

/// Rows of an answer that are shown.
const MOST_ROWS: usize = 40;

struct Case {
    head: String,
    query: String,
    answer: String,
}

impl Case {
    fn parse(part: &str) -> Case {
        let (body, answer) = part.split_once("\n--- answer\n").unwrap_or((part, ""));
        let mut lines = body.lines();
        let title = lines.next().unwrap_or_default();
        let (remarks, query): (Vec<&str>, Vec<&str>) = lines.partition(|l| l.starts_with("# "));
        Case {
            head: std::iter::once(title).chain(remarks).collect::<Vec<_>>().join("\n"),
            query: query.join("\n").trim().to_owned(),
            answer: answer.trim_end().to_owned(),
        }
    }
    fn remark(&self, name: &str) -> &str {
        let found =
            self.head.lines().find_map(|l| l.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("no `# {name}:` in {}", self.head))
    }
}

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws_queries");
    let update = std::env::var_os("UPDATE_QUERIES").is_some();
    let mut shards: HashMap<String, Shard> = HashMap::new();
    let (mut count, mut wrong) = (0, String::new());
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let mut parts = text.split("\n=== ");
        let mut new = parts.next().unwrap_or_default().trim_end().to_owned();
        for case in parts.map(Case::parse) {
            count += 1;
            assert!(case.remark("page").contains("read"), "{}", case.head);
            let logs = case.remark("logs");
            let shard = shards.entry(logs.to_owned()).or_insert_with(|| load(logs));
            let found = answer(&case.query, shard);
            if found != case.answer {
                let file = path.file_name().unwrap().display();
                let (title, expected) = (case.head.lines().next().unwrap_or_default(), &case.answer);
                writeln!(wrong, "== {file}: {title}\n-- expected\n{expected}\n-- found\n{found}\n").unwrap();
            }
            write!(new, "\n\n=== {}\n{}\n--- answer\n{found}", case.head, case.query).unwrap();
        }
        if update {
            fs::write(&path, new + "\n").unwrap();
        }
    }
    assert!(count >= 20, "only {count} cases found");
    assert!(update || wrong.is_empty(), "{wrong}");
}
