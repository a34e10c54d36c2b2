//! A name that no row has is never passed over in silence: whatever the name, the language and the form of the query,
//! it is said, an answer without rows is explained by it, and the number of shards changes no word of that.

use std::cell::RefCell;

use logloupe_golden::property;
use logloupe_syntax::{Diagnostic, Language, presence};
use logloupe_view::ViewRequest;
use proptest::{prelude::*, test_runner::TestRunner};

use super::coordinator::{Local, request};

/// Queries in which `NAME` stands for the name, and `TEXT` for a text.
const FORMS: &[(Language, &str)] = &[
    (Language::Insights, "filter NAME = \"TEXT\""),
    (Language::Insights, "filter NAME like /TEXT/ | fields @timestamp, eventName"),
    (
        Language::Insights,
        "SOURCE cloudtrail | filter NAME in [\"TEXT\", 1] | stats count(*) as n by eventName",
    ),
    (Language::Insights, "filter isPresent(NAME) and bytes > 0 | sort NAME desc | limit 3"),
    (Language::Insights, "filter eventName = \"GetObject\" and NAME != \"TEXT\" | dedup NAME"),
    (Language::Insights, "fields NAME | limit 2"),
    (Language::Insights, "stats count(NAME) as n by srcAddr | filter n > 0"),
    (
        Language::Insights,
        "filter sourceIPAddress in (SOURCE cloudtrail | filter NAME = 1 | fields sourceIPAddress)",
    ),
    (Language::Sql, "SELECT * FROM cloudtrail_logs WHERE NAME = 'TEXT'"),
    (
        Language::Sql,
        "SELECT eventname, count(*) FROM trail_TEXT WHERE NAME IS NOT NULL AND eventsource <> '' GROUP BY eventname",
    ),
    (Language::Sql, "SELECT srcaddr FROM vpc_flow_TEXT WHERE NAME BETWEEN 1 AND 2 LIMIT 5"),
    (Language::Sql, "SELECT count(*) AS n FROM logs WHERE NAME > 0 HAVING count(*) > 0"),
    (Language::Sql, "SELECT NAME FROM alb_access_logs WHERE elb_status_code > 0 LIMIT 1"),
    (Language::Sql, "SELECT a.eventname FROM cloudtrail a JOIN cloudtrail b ON a.NAME = b.NAME"),
    (Language::Pattern, "{ $.NAME = \"TEXT\" }"),
    (Language::Pattern, "{ $.NAME IS NULL }"),
    (Language::Pattern, "{ $.NAME[*] = \"TEXT\" }"),
    (Language::Pattern, "{ $.NAME[0].id = 7 }"),
    (Language::Pattern, "{ ($.eventName = \"*\") && ($.NAME = 5) }"),
    (Language::Pattern, "{ $.NAME IS TRUE || $.NAME > 1 }"),
];

/// Whether a remark is on the name, or on a path that begins with it.
fn names(remark: &Diagnostic, name: &str) -> bool {
    remark.message.contains(&format!("`{name}"))
}

#[test]
fn no_query_over_a_name_that_no_row_has_is_unexplained() {
    let locals = RefCell::new([Local::new(1), Local::new(3)]);
    let name = ("z[qxj][a-z]{2,8}", prop::option::of("(requestParameters|userIdentity|detail)"));
    let strategy = (0..FORMS.len(), name, "[a-z]{3,6}");
    let mut runner = TestRunner::new(property(150, "tests/regressions/names.txt"));
    let test = |(form, (last, root), text): (usize, (String, Option<String>), String)| {
        let (language, form) = FORMS[form];
        let name = root.map_or_else(|| last.clone(), |root| format!("{root}.{last}"));
        let query = form.replace("NAME", &name).replace("TEXT", &text);
        let asked = ViewRequest { facets: Vec::new(), ..request(&query, language) };
        let mut told = Vec::new();
        for local in locals.borrow_mut().iter_mut() {
            match local.view(&asked) {
                Err(found) => {
                    prop_assert!(found.iter().any(|remark| names(remark, &name)), "{query}: {found:?}");
                    told.push(found);
                }
                Ok((driven, ..)) => {
                    let view = &driven.view;
                    let rows = view.table.as_ref().map_or(view.rows, |table| table.rows.len() as u64);
                    prop_assert!(
                        driven.remarks.iter().any(|r| names(r, &name)),
                        "{query}: {:?}",
                        driven.remarks
                    );
                    prop_assert!(view.answer.absent.iter().any(|r| names(r, &name)), "{query}");
                    if rows == 0 {
                        let why = presence::no_rows(&view.answer.absent).unwrap_or_default();
                        prop_assert!(why.contains(&name), "{query}: {why}");
                    }
                    told.push(driven.remarks);
                }
            }
        }
        prop_assert!(told[0] == told[1], "{query}: {told:?}");
        Ok(())
    };
    runner.run(&strategy, test).unwrap_or_else(|fault| panic!("{fault}"));
}
