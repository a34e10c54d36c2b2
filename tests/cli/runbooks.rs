//! Runbooks as people paste them: the questions of AWS's published pages and playbooks, with tables called anything and
//! partition columns, asked of the sample incident. Each has its exact answer, and no empty answer goes unexplained.
//!
//! Under `runbooks/`, a case is a title, `# page:` with where the question stands and when that was read, perhaps `# none:`
//! with why the incident has no answer, the statement, and behind `--- answer` what the command writes: the first lines
//! of the CSV, how many rows there are, and the notes on standard error.

use std::{fmt::Write, path::Path};

use logloupe_golden::check;
use logloupe_tests::command::Folder;

use crate::logloupe;

/// Rows of an answer that are shown.
const MOST_ROWS: usize = 5;

#[test]
fn statements_of_runbooks_answer() {
    let folder = Folder::incident();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    check(Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/runbooks"), 50, |case| {
        assert!(case.remark("page").contains("read 20"), "{}", case.title);
        let ask = |threads: &str| {
            let mut said =
                logloupe(&["query", "--threads", threads, "--output", "csv", &case.input, folder.arg()]);
            // The sample has three damaged records, which is said of every query.
            said.err = said
                .err
                .lines()
                .filter(|line| !line.contains("records rejected"))
                .map(|l| format!("{l}\n"))
                .collect();
            said
        };
        let said = ask("4");
        // Others hold every answer against other numbers of threads; a few of these do.
        asked += 1;
        if asked % 5 == 0 {
            let one = ask("1");
            assert_eq!(
                (&said.out, &said.err, said.status),
                (&one.out, &one.err, one.status),
                "{}",
                case.title
            );
        }
        let mut out = "--- answer\n".to_owned();
        let rows = said.out.lines().count().saturating_sub(1);
        for line in said.out.lines().take(1 + MOST_ROWS) {
            writeln!(out, "{line}").unwrap();
        }
        if said.status != 2 {
            writeln!(out, "({rows} {})", if rows == 1 { "row" } else { "rows" }).unwrap();
        }
        let is_none = case.remarks.iter().any(|remark| remark.starts_with("# none: "));
        if (rows == 0) != is_none {
            wrong.push(case.title.clone());
        }
        let remarks = ["warning: ", "error: ", "  help: "];
        for line in said.err.lines().filter(|line| remarks.iter().any(|start| line.starts_with(start))) {
            writeln!(out, "{line}").unwrap();
        }
        out
    });
    assert!(wrong.is_empty(), "empty without a reason, or not empty: {wrong:?}");
}
