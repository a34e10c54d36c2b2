//! AWS WAF logs: each request that a web ACL looked at, with what became of it and the rules that matched.
//!
//! Not these: the access logs of what stands behind the web ACL, which have the same requests, WAF in Security Lake (OCSF),
//! and the lists of sampled requests that the API gives.
//!
//! Decisions:
//! - `rule.name` is the rule that decided: where that is a group, the rule within it; `terminatingRuleId` then names the group
//!   as the web ACL does, `rule.ruleset` as its owner does.
//! - Rules that matched and decided nothing stand at the top and in each group; `matchingRules` has them all, rules that a
//!   group excludes too. `matchDetails` has what was matched by any rule.
//! - A blocked request is a failure, and so is one that was answered with a CAPTCHA or a challenge: it was not let through. One
//!   that was only counted is a success.
//! - Headers are fields by name in any letter case: `` `httpRequest.headers.user-agent` ``. They are read where they are a list
//!   of names and values, and where they are an object, as the processors of CloudWatch Logs write them. Of a header that stands
//!   several times all values count, with commas between them.
//! - It is no access log to queries over all of these: its requests are in another log once more.
//!
//! Reading order: `fields` (the columns), this file (the description), `derive` (what is gathered from rules and headers).

mod derive;
mod fields;
#[cfg(test)]
mod tests;

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, tell};
use logloupe_table::Row;
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog, JsonRoot};

/// AWS WAF logs.
pub static LOG: JsonLog = JsonLog {
    fields: &[fields::FIELDS],
    marks: &["webaclId", "timestamp", "action", "terminatingRuleId", "httpRequest"],
    what: "have webaclId, action, terminatingRuleId and httpRequest",
    time: &["timestamp"],
    extra: derive::EXTRA,
    derived: derive::DERIVED,
    derive: derive::derive,
    pairs: &["httpRequest.headers", "requestHeadersInserted"],
    summary,
    sources: &["waf_logs", "waf_logs_partition_projection"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const META: Meta = Meta {
    id: "waf",
    family: Family::Web,
    title: "AWS WAF logs",
    summary: "Requests that a web ACL looked at, and what its rules did about them.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/WAFLogs/{region}/{web-acl}/{yyyy}/{mm}/{dd}/{hh}/{mm}/{account}_waflogs_{region}_{web-acl}_{time}_{random}.log.gz",
    versions: "logs of AWS WAF and WAF Classic, from S3, CloudWatch Logs and Firehose, with headers as a list or as an object",
    not_read: "WAF in Security Lake, and the API's sampled requests",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-waf-table-partition-projection.html>, read 2026-11-26.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "waf_logs",
        ddl: include_str!("athena/waf.sql"),
        time: "from_unixtime(\"timestamp\" / 1000E0)",
        null_text: None,
        roots: &[
            JsonRoot::Structs { path: "httpRequest.headers", column: "httprequest.headers" },
            JsonRoot::Structs { path: "labels", column: "labels" },
            JsonRoot::Structs { path: "ruleGroupList", column: "rulegrouplist" },
            JsonRoot::Structs { path: "rateBasedRuleList", column: "ratebasedrulelist" },
            JsonRoot::Structs { path: "nonTerminatingMatchingRules", column: "nonterminatingmatchingrules" },
            JsonRoot::Structs { path: "terminatingRuleMatchDetails", column: "terminatingrulematchdetails" },
            JsonRoot::Structs { path: "requestHeadersInserted", column: "requestheadersinserted" },
        ],
        notes: &[
            "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog { group: "the log group whose name begins with aws-waf-logs-", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "What was blocked, by which rule, and from where",
        "filter action = \"BLOCK\"\n| stats count(*) as requests, count_distinct(source.ip) as clients by rule.ruleset, rule.name, source.geo.country_iso_code\n| sort requests desc\n| limit 50",
    ),
    ask(
        "Clients with most requests, and how many of these were blocked",
        "stats count(*) as requests, sum(action = \"BLOCK\") as blocked, count_distinct(url.path) as paths by source.ip, source.geo.country_iso_code\n| sort requests desc\n| limit 25",
    ),
    ask(
        "Who ran into a rate limit",
        "filter terminatingRuleType = \"RATE_BASED\"\n| stats count(*) as requests, earliest(@timestamp) as since, latest(@timestamp) as last by rule.name, source.ip, url.path\n| sort requests desc",
    ),
    ask(
        "Let through although a rule matched: what a rule in count mode would have stopped",
        "filter event.outcome = \"success\" and ispresent(matchingRules.ruleId)\n| stats count(*) as requests, count_distinct(source.ip) as clients by matchingRules.ruleId, url.path\n| sort requests desc\n| limit 50",
    ),
    ask(
        "What was injected: the text that rules against SQL injection and scripts matched",
        "filter ispresent(matchDetails.matchedData)\n| fields @timestamp, action, rule.name, matchDetails.conditionType, matchDetails.location, matchDetails.matchedData, source.ip, url.original\n| sort @timestamp desc",
    ),
    ask(
        "Bots, by what they are labelled as",
        "filter labels.name like /bot-control/\n| stats count(*) as requests by labels.name, action, user_agent.original\n| sort requests desc\n| limit 50",
    ),
    ask(
        "Paths that are attacked most",
        "filter event.outcome = \"failure\"\n| stats count(*) as requests, count_distinct(source.ip) as clients by url.domain, url.path, rule.name\n| sort requests desc\n| limit 25",
    ),
    ask(
        "CAPTCHA and challenge: who failed them",
        "filter ispresent(captchaResponse.failureReason) or ispresent(challengeResponse.failureReason)\n| stats count(*) as requests by action, captchaResponse.failureReason, challengeResponse.failureReason, source.ip, user_agent.original\n| sort requests desc",
    ),
    ask(
        "One client behind many addresses: TLS fingerprints with most of them",
        "filter ispresent(tls.client.ja3)\n| stats count_distinct(source.ip) as clients, count(*) as requests by tls.client.ja3, user_agent.original\n| sort clients desc\n| limit 25",
    ),
    ask("Requests over time by what became of them", "stats count(*) as requests by bin(5m), action"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "111122223333_waflogs_eu-central-1_example-acl_20260305T0130Z_0a1b2c3d.log",
        content: crate::sample!("waf.ndjson"),
        rows: 10,
        rejected: 2,
    },
    Sample { name: "waf-classic.json", content: crate::sample!("waf_classic.json"), rows: 2, rejected: 0 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?action=ALLOW}||{?action=BLOCK}**blocked** ||**{action|=no action}** ]{httpRequest.httpMethod|=request} **\
         [[{url.domain}]{httpRequest.uri}||{url.domain|=-}]**[{!rule.name=Default_Action}{?rule.name}\
         [{?action=ALLOW}, allowed] by **{rule.name}**][, matched {first:matchingRules.ruleId}\
         [ and {more:matchingRules.ruleId} more]][, {httpRequest.clientIp}[ ({httpRequest.country})]]",
    )
}
