//! What is gathered from several places of a record: the rule that decided, rules that matched, what they matched, headers.

use std::borrow::Cow;

use nom::Parser;

use crate::formats::{
    Fault,
    field::{
        http,
        json::{self, Json, JsonRow},
    },
};
use logloupe_table::{Cell, RowWriter};

/// Values that are looked into.
pub(super) const EXTRA: &[&str] = &[
    "terminatingRuleId",
    "terminatingRuleMatchDetails",
    "ruleGroupList",
    "nonTerminatingMatchingRules",
    "httpRequest.headers",
    "httpRequest.host",
    "httpRequest.country",
];

/// The columns that are set here.
pub(super) const DERIVED: &[&str] = &[
    "rule.name",
    "rule.ruleset",
    "matchingRules.ruleId",
    "matchingRules.action",
    "matchingRules.overriddenAction",
    "matchDetails.conditionType",
    "matchDetails.location",
    "matchDetails.matchedData",
    "httpRequest.country",
    "url.domain",
    "user_agent.original",
    "http.request.referrer",
    "network.forwarded_ip",
];

/// The headers that are columns, in the order of these.
const HEADERS: [&str; 4] = ["host", "user-agent", "referer", "x-forwarded-for"];

type Text<'a> = Option<Cow<'a, [u8]>>;

/// What the rules of a record say.
#[derive(Default)]
struct Rules<'a> {
    /// The group and the rule within it that decided.
    decided: (Text<'a>, Text<'a>),
    /// Of rules that matched: id, action, the action that was overridden.
    matching: Vec<[Text<'a>; 3]>,
    /// Of matches: kind of condition, place, text.
    matches: Vec<[Text<'a>; 3]>,
}

pub(super) fn derive(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    let &[
        name,
        ruleset,
        id,
        action,
        overridden,
        condition,
        location,
        data,
        country,
        domain,
        ref headers @ ..,
    ] = places
    else {
        return Ok(());
    };
    let mut rules = Rules::default();
    rules.matched(read.extra(1));
    rules.matching(read.extra(3));
    objects(read.extra(2), |group| rules.group(group));
    let (group, rule) = &rules.decided;
    let set = |row: &mut RowWriter<'_>, column: usize, text: &Text<'_>| {
        if let Some(text) = text {
            row.set(column, Cell::Text(text));
        }
    };
    set(row, ruleset, group);
    match rule {
        Some(_) => set(row, name, rule),
        None => set(row, name, &read.extra(0).text()),
    }
    each(row, [id, action, overridden], &rules.matching);
    each(row, [condition, location, data], &rules.matches);
    set(row, country, &read.extra(6).text().filter(|country| **country != *b"-"));
    let mut values: [Text<'_>; HEADERS.len()] = Default::default();
    json::pairs(read.extra(4), |header, value| {
        let known = HEADERS.iter().position(|known| json::is_called(header, known));
        let (Some(known), Some(value)) = (known.and_then(|i| values.get_mut(i)), value.text()) else {
            return;
        };
        *known = Some(match known.take() {
            None => value,
            Some(before) => [&*before, b", ", &value].concat().into(),
        });
    });
    let host = values[0].take();
    let host =
        host.as_deref().and_then(|host| http::host.parse(host).ok()).map(|(_, host)| Cow::Borrowed(host));
    set(row, domain, &host.or_else(|| read.extra(5).text()));
    for (column, value) in headers.iter().zip(&values[1..]) {
        set(row, *column, value);
    }
    Ok(())
}

/// Sets three columns of which each item of a list may have a value.
fn each(row: &mut RowWriter<'_>, columns: [usize; 3], items: &[[Text<'_>; 3]]) {
    if items.is_empty() {
        return;
    }
    for (i, column) in columns.into_iter().enumerate() {
        if items.iter().any(|item| item[i].is_some()) {
            row.set_each(column, items.iter().map(|item| item[i].as_deref().map_or(Cell::Null, Cell::Text)));
        }
    }
}

/// Calls `f` with each object of a list.
fn objects<'a>(list: Json<'a>, mut f: impl FnMut(Json<'a>)) {
    let Json::Array(list) = list else { return };
    json::each(list, |item| {
        if matches!(item, Json::Object(_)) {
            f(item);
        }
        true
    });
}

impl<'a> Rules<'a> {
    /// A group: `{ruleGroupId, terminatingRule, nonTerminatingMatchingRules, excludedRules}`.
    fn group(&mut self, group: Json<'a>) {
        let (mut id, mut deciding) = (Json::Missing, Json::Missing);
        json::pairs(group, |key, value| match key {
            Json::Plain(b"ruleGroupId") => id = value,
            Json::Plain(b"terminatingRule") => deciding = value,
            Json::Plain(b"nonTerminatingMatchingRules" | b"excludedRules") => self.matching(value),
            _ => {}
        });
        if matches!(deciding, Json::Object(_)) {
            let [rule, ..] = self.rule(deciding);
            if rule.is_some() && self.decided.1.is_none() {
                self.decided = (id.text(), rule);
            }
        }
    }
    /// Rules that matched and did not decide.
    fn matching(&mut self, list: Json<'a>) {
        objects(list, |rule| {
            let rule = self.rule(rule);
            self.matching.push(rule);
        });
    }
    /// A rule, with what it matched: `{ruleId, action, overriddenAction, ruleMatchDetails}`, or an excluded one,
    /// `{exclusionType, ruleId}`.
    fn rule(&mut self, rule: Json<'a>) -> [Text<'a>; 3] {
        let mut texts = <[Text<'a>; 3]>::default();
        json::pairs(rule, |key, value| match key {
            Json::Plain(b"ruleId") => texts[0] = value.text(),
            Json::Plain(b"action" | b"exclusionType") => texts[1] = value.text(),
            Json::Plain(b"overriddenAction") => texts[2] = value.text(),
            Json::Plain(b"ruleMatchDetails") => self.matched(value),
            _ => {}
        });
        texts
    }
    /// What was matched: `[{conditionType, location, matchedData}]`.
    fn matched(&mut self, list: Json<'a>) {
        objects(list, |matched| {
            let mut texts = <[Text<'a>; 3]>::default();
            json::pairs(matched, |key, value| match key {
                Json::Plain(b"conditionType") => texts[0] = value.text(),
                Json::Plain(b"location") => texts[1] = value.text(),
                Json::Plain(b"matchedData") => texts[2] = joined(value),
                _ => {}
            });
            self.matches.push(texts);
        });
    }
}

/// The texts of a list with blanks between them.
fn joined(list: Json<'_>) -> Text<'_> {
    let Json::Array(list) = list else { return list.text() };
    let mut out = Vec::new();
    json::each(list, |part| {
        if let Some(part) = part.text() {
            if !out.is_empty() {
                out.push(b' ');
            }
            out.extend_from_slice(&part);
        }
        true
    });
    (!out.is_empty()).then_some(out.into())
}
