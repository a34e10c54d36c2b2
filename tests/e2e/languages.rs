//! The languages of queries on the page: which one a text is read in, what is offered while typing, how a question is
//! explained, and questions that need more than one look.

use logloupe_tests::webdriver::keys;

use crate::given;
use crate::visit::{SAMPLE, Visit};

impl Visit {
    /// The language that is switched on.
    fn language(&self) -> String {
        let found = self.script(
            "return document.querySelector('[role=radiogroup][aria-label=\"Query language\"] [aria-checked=true]')?.textContent ?? ''",
            &[],
        );
        found.as_str().unwrap_or_default().to_owned()
    }

    /// What is offered at the cursor.
    fn suggestions(&self) -> Vec<String> {
        let found = self.script(
            "return [...document.querySelectorAll('#suggestions [role=option]')].map(o => [...o.children].map(c => c.textContent).join(' | '))",
            &[],
        );
        let texts = found.as_array().into_iter().flatten();
        texts.map(|t| t.as_str().unwrap_or_default().to_owned()).collect()
    }
}

#[test]
fn sql_is_read_as_sql_and_clicks_stay_in_it() {
    let Some(mut visit) = Visit::with_sample() else { return };
    visit.ask(
        "SELECT eventname, COUNT(*) AS n FROM cloudtrail_logs \
         WHERE json_extract_scalar(requestparameters, '$.instanceType') = 'p3.16xlarge' GROUP BY eventname",
    );
    let row = |name: &str, n: &str| vec![name.to_owned(), n.to_owned()];
    let answer = vec![row("eventname", "n"), row("RunInstances", "20")];
    visit.wait_until(|| visit.rows("Results"), &answer);
    assert_eq!(visit.language(), "SQL", "a pasted text switches the language");

    visit.reload();
    visit.click("button", "Try sample logs");
    visit.wait_until(|| visit.rows("Results"), &answer);
    assert_eq!(visit.language(), "SQL", "the address keeps it");

    // Rows of two logs, one of which is called as people call it; and a name that no row has is told in their place.
    visit.ask(
        "SELECT 'calls' AS what, count(*) AS n FROM cloudtrail_111122223333 WHERE year = '2026' \
         UNION ALL SELECT action, count(*) FROM vpc_flow_logs GROUP BY action ORDER BY n DESC",
    );
    let what =
        || -> Vec<String> { visit.rows("Results").into_iter().take(4).map(|row| row[0].clone()).collect() };
    visit.wait_until(what, &["what", "ACCEPT", "calls", "REJECT"].map(str::to_owned).to_vec());
    visit.ask("SELECT eventname FROM cloudtrail_logs WHERE eventnmae = 'GetObject'");
    visit.wait_for_counts(0, SAMPLE);
    let said = "return document.body.innerText.includes('did you mean `eventName`?')";
    visit.wait_until(|| visit.script(said, &[]), &serde_json::json!(true));

    // A click on a value is written in the language of the query.
    visit.ask("SELECT eventname, sourceipaddress FROM cloudtrail_logs WHERE eventname = 'RunInstances'");
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| (20..100).contains(&matched)), &true);
    let (before, _) = visit.counts().expect("counts");
    visit.choose("RunInstances", "Exclude");
    visit.wait_for_counts(0, SAMPLE);
    assert!(visit.query().starts_with("SELECT"), "{}", visit.query());
    let filters = visit.filters();
    assert!(filters.len() == 2 && filters[1].contains("RunInstances"), "{filters:?}");
    visit.click("button", &format!("Remove filter {}", filters[1]));
    visit.wait_for_counts(before, SAMPLE);

    // The same question in the other language gives the same answer.
    visit.click("radio", "Insights");
    visit.wait_until(|| visit.language(), &"Insights".to_owned());
    visit.wait_for_counts(before, SAMPLE);
    assert!(visit.query().contains("filter"), "{}", visit.query());
    visit.leave();
}

#[test]
fn a_filter_pattern_is_read_as_one() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask("filter eventName = \"RunInstances\"");
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| (20..100).contains(&matched)), &true);
    let (wanted, _) = visit.counts().expect("counts");
    visit.ask("{ $.eventName = \"RunInst*\" }");
    visit.wait_until(|| visit.language(), &"Pattern".to_owned());
    visit.wait_for_counts(wanted, SAMPLE);
    visit.leave();
}

#[test]
fn what_may_stand_at_the_cursor_is_offered() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.fill("textbox", "Query", "filter eventNam");
    visit.wait_until(|| visit.suggestions().first().is_some_and(|s| s.starts_with("eventName")), &true);
    visit.press(&[keys::TAB]);
    visit.wait_until(|| visit.query(), &"filter eventName".to_owned());
    assert_eq!(visit.suggestions(), [""; 0], "what was taken is offered no longer");

    // Values come with their number of events, of all workers together.
    visit.fill("textbox", "Query", "filter eventName = \"RunInst");
    visit.wait_until(|| visit.suggestions().first().is_some_and(|s| s.contains("RunInstances")), &true);
    let counted = visit.suggestions().remove(0);
    visit.press(&[keys::TAB]);
    visit.press(&[keys::ENTER]);
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| matched < 100), &true);
    let (matched, _) = visit.counts().expect("counts");
    assert_eq!(counted, format!("\"RunInstances\" | {matched}"));

    // Enter runs the query as it is typed unless something was chosen; Escape puts the list away.
    visit.fill("textbox", "Query", "stats count(*) by awsReg");
    visit.wait_until(|| visit.suggestions().is_empty(), &false);
    visit.press(&[keys::ESCAPE]);
    visit.wait_until(|| visit.suggestions().is_empty(), &true);
    visit.fill("textbox", "Query", "filter eventName = \"RunInstances\" | limit 3");
    visit.press(&[keys::ENTER]);
    visit.wait_until(|| visit.events().len(), &3);
    visit.leave();
}

#[test]
fn a_question_is_explained_and_goes_on_in_aws() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask("SOURCE cloudtrail | filter eventName = \"RunInstances\" | stats count(*) as n by awsRegion | sort n desc");
    visit.wait_until(|| visit.rows("Results").len() > 1, &true);
    visit.click("button", "Explain");
    let shown = || visit.text(&visit.select(".explained"));
    visit.wait_until(|| shown().contains("RunInstances"), &true);
    assert!(shown().contains("On each worker"), "{}", shown());
    visit.click("tab", "Athena SQL");
    visit.wait_until(|| shown().contains("CREATE EXTERNAL TABLE"), &true);
    assert!(shown().contains("GROUP BY"), "{}", shown());
    visit.click("tab", "Insights");
    visit.wait_until(|| shown().contains("stats count(*) as n by awsRegion"), &true);
    visit.press(&[keys::ESCAPE]);
    visit.wait_until(|| visit.look_for_css(".explained").is_none(), &true);
    visit.leave();
}

#[test]
fn a_dropped_table_and_a_query_in_brackets_are_asked() {
    let flows = given::flows(40);
    let owners = b"address,owner\n10.0.1.1,billing\n10.0.1.2,search\n";
    let Some(visit) = Visit::with(&[("flows.log", flows.as_slice()), ("owners.csv", owners)], 40) else {
        return;
    };
    visit.wait_until(|| visit.ledger_of("owners.csv").iter().any(|cell| cell.contains("ookup")), &true);
    visit.click("button", "Explore");
    visit.ask("lookup owners address as srcAddr OUTPUT owner | filter ispresent(owner) | stats sum(bytes) as sum by owner");
    let rows = [["owner", "sum"], ["billing", "101"], ["search", "102"]];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    visit.wait_until(|| visit.rows("Results"), &rows);

    visit.ask("filter srcAddr in (SOURCE vpc_flow | sort bytes desc | limit 2 | fields srcAddr)");
    visit.wait_for_counts(2, 40);
    visit.leave();
}

#[test]
fn an_answer_to_an_earlier_question_is_told_as_such() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask("filter eventName = (");
    visit.wait_until(|| visit.alerts().len(), &1);
    visit.wait_for_status(|status| status.contains("question before"));
    visit.ask("filter eventName = \"RunInstances\"");
    visit.wait_until(|| visit.alerts().len(), &0);
    visit.wait_for_status(|status| !status.contains("question before"));
    visit.leave();
}
