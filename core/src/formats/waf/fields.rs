//! The columns of WAF logs.

use crate::formats::field::json::{int, text};
use crate::formats::field::{ids, json::JsonField, protocol};
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

const fn derived(name: &'static str) -> JsonField {
    JsonField::derived(name, Kind::Text, Role::Dimension).made()
}

/// A member of the rate-based rules that were evaluated.
macro_rules! rate {
    ($member:literal, $kind:ident, $role:ident) => {
        JsonField::new(concat!("rateBasedRuleList.", $member), Kind::$kind, Role::$role)
            .also(&[concat!("rateBasedRuleList.0.", $member)])
            .each("rateBasedRuleList")
            .made()
    };
}

pub(super) static FIELDS: &[JsonField] = &[
    JsonField::new("timestamp", Kind::Time, Role::Timestamp)
        .athena("from_unixtime(\"timestamp\" / 1000E0)")
        .doc("when the request came, in milliseconds"),
    text("action", Role::Status)
        .aliases(&["event.action"])
        .doc("what became of the request: ALLOW, BLOCK, or answered with CAPTCHA or CHALLENGE"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .athena("CASE action WHEN 'ALLOW' THEN 'success' WHEN 'COUNT' THEN 'success' WHEN 'BLOCK' THEN 'failure' WHEN 'CAPTCHA' THEN 'failure' WHEN 'CHALLENGE' THEN 'failure' ELSE 'unknown' END")
        .doc("failure where the request was not let through"),
    derived("rule.name")
        .aliases(&["rule.id"])
        .athena("coalesce(element_at(filter(rulegrouplist, item -> item.terminatingrule.ruleid IS NOT NULL), 1).terminatingrule.ruleid, terminatingruleid)")
        .doc("the rule that decided, in a group the one within it; Default_Action if none did"),
    derived("rule.ruleset")
        .athena("element_at(filter(rulegrouplist, item -> item.terminatingrule.ruleid IS NOT NULL), 1).rulegroupid")
        .doc("the group that has that rule, if one does"),
    text("terminatingRuleId", Role::Dimension)
        .doc("the web ACL's rule that decided: its name, that of its rule group, or Default_Action"),
    text("terminatingRuleType", Role::Dimension)
        .doc("kind of that rule: REGULAR, RATE_BASED, GROUP, MANAGED_RULE_GROUP"),
    derived("matchingRules.ruleId")
        .each("matchingRules")
        .doc("rules that matched and did not decide, of the web ACL and of its groups; each of several"),
    derived("matchingRules.action")
        .each("matchingRules")
        .doc("what each of these did: COUNT, CAPTCHA, CHALLENGE, EXCLUDED_AS_COUNT"),
    derived("matchingRules.overriddenAction")
        .each("matchingRules")
        .doc("what each of these would have done, had the web ACL not overridden it"),
    derived("matchDetails.conditionType")
        .each("matchDetails")
        .doc("what was matched in the request, by any rule: SQL_INJECTION, XSS and others"),
    derived("matchDetails.location").each("matchDetails").doc("where each match was: HEADER, ALL_QUERY_ARGS, BODY and others"),
    derived("matchDetails.matchedData").each("matchDetails").doc("the text of each match, its parts with blanks between them"),
    text("ruleGroupList.ruleGroupId", Role::Dimension)
        .also(&["ruleGroupList.0.ruleGroupId"])
        .each("ruleGroupList")
        .made()
        .doc("the rule groups that looked at the request"),
    rate!("rateBasedRuleId", Text, Dimension).doc("the rate-based rules that were evaluated"),
    rate!("rateBasedRuleName", Text, Dimension).doc("their names"),
    rate!("limitKey", Text, Dimension).doc("by what each counts: IP, FORWARDED_IP, CUSTOMKEYS, CONSTANT"),
    rate!("limitValue", Text, Dimension).doc("the address that each counted for"),
    rate!("maxRateAllowed", Int, Measure).doc("how many requests each allows in its window"),
    rate!("evaluationWindowSec", Int, Measure).unit(Unit::Seconds).doc("how long the window of each is"),
    rate!("customValues", Text, Identifier).doc("the keys and values that each counted for, a list of JSON"),
    text("labels.name", Role::Dimension)
        .also(&["labels.0.name"])
        .each("labels")
        .made()
        .doc("the labels that rules put on the request, the first 100"),
    JsonField::new("httpRequest.clientIp", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address", "client.ip", "requestip"])
        .doc("address that the request came from"),
    JsonField::derived("httpRequest.country", Kind::Text, Role::Dimension)
        .aliases(&["source.geo.country_iso_code", "country"])
        .athena("nullif(httprequest.country, '-')")
        .doc("country of that address"),
    int("clientAsn", Role::Dimension).aliases(&["source.as.number"]).doc("autonomous system of that address, where a rule asked for it"),
    int("forwardedAsn", Role::Dimension).doc("autonomous system of the forwarded address, where a rule asked for it"),
    derived("network.forwarded_ip")
        .aliases(&["httpRequest.headers.x-forwarded-for"])
        .athena("element_at(filter(httprequest.headers, item -> lower(item.name) = 'x-forwarded-for'), 1).value")
        .doc("the X-Forwarded-For header"),
    text("httpRequest.httpMethod", Role::Dimension).aliases(&["http.request.method", "method"]).doc("the request's method"),
    derived("url.domain")
        .aliases(&["host"])
        .athena("coalesce(regexp_extract(element_at(filter(httprequest.headers, item -> lower(item.name) = 'host'), 1).value, '^(\\[[^]]*\\]|[^:]+)', 1), httprequest.host)")
        .doc("the Host header without port"),
    text("httpRequest.uri", Role::Dimension).aliases(&["url.path", "uri", "requesturi"]).doc("the path of the request's URL"),
    text("httpRequest.args", Role::Identifier)
        .aliases(&["url.query", "querystring", "query_string"])
        .doc("the query of the request's URL"),
    JsonField::computed("url.original", Kind::Text, Role::Identifier, &URL)
        .athena("concat(httprequest.uri, coalesce(concat('?', nullif(httprequest.args, '')), ''))")
        .doc("path and query of the request's URL"),
    text("httpRequest.fragment", Role::Identifier).aliases(&["url.fragment"]).doc("the fragment of the request's URL"),
    text("httpRequest.scheme", Role::Dimension).aliases(&["url.scheme"]).doc("http or https"),
    text("httpRequest.host", Role::Dimension).doc("the host that the request was for"),
    text("httpRequest.httpVersion", Role::Dimension).doc("the request's protocol with its version"),
    JsonField::computed("http.version", Kind::Text, Role::Dimension, &VERSION)
        .aliases(&["http_version"])
        .athena("regexp_extract(httprequest.httpversion, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP: 1.1, 2.0"),
    text("httpRequest.requestId", Role::Identifier)
        .aliases(&["http.request.id"])
        .doc("the request's id, as the log of what was protected has it: x-edge-request-id, the trace's Root"),
    derived("user_agent.original")
        .aliases(&["useragent", "user_agent", "httpRequest.headers.user-agent"])
        .athena("element_at(filter(httprequest.headers, item -> lower(item.name) = 'user-agent'), 1).value")
        .doc("the User-Agent header"),
    derived("http.request.referrer")
        .aliases(&["referrer", "referer", "httpRequest.headers.referer"])
        .athena("element_at(filter(httprequest.headers, item -> lower(item.name) = 'referer'), 1).value")
        .doc("the Referer header"),
    int("requestBodySize", Role::Measure).unit(Unit::Bytes).aliases(&["http.request.body.bytes"]).doc("size of the request's body"),
    int("requestBodySizeInspectedByWAF", Role::Measure).unit(Unit::Bytes).doc("how much of the body was looked at"),
    text("oversizeFields", Role::Dimension).doc("what was too large to be looked at whole, a list of JSON: REQUEST_BODY, REQUEST_HEADERS and others"),
    text("ja3Fingerprint", Role::Dimension).aliases(&["tls.client.ja3"]).doc("JA3 fingerprint of the client's TLS"),
    text("ja4Fingerprint", Role::Dimension).aliases(&["tls.client.ja4"]).doc("JA4 fingerprint of the client's TLS"),
    int("responseCodeSent", Role::Status)
        .aliases(&["http.response.status_code", "statuscode"])
        .doc("status of the answer that a rule gave of its own"),
    text("requestHeadersInserted.name", Role::Dimension)
        .also(&["requestHeadersInserted.0.name"])
        .each("requestHeadersInserted")
        .made()
        .doc("headers that a rule added to the request"),
    int("captchaResponse.responseCode", Role::Status).doc("status of the answer to a CAPTCHA"),
    JsonField::new("captchaResponse.solveTimestamp", Kind::Time, Role::Timestamp)
        .athena("from_unixtime(TRY_CAST(captcharesponse.solvetimestamp AS double))")
        .doc("when the CAPTCHA was last solved"),
    text("captchaResponse.failureReason", Role::Status).doc("why the CAPTCHA was put: TOKEN_MISSING, TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_DOMAIN_MISMATCH"),
    int("challengeResponse.responseCode", Role::Status).doc("status of the answer to a challenge"),
    JsonField::new("challengeResponse.solveTimestamp", Kind::Time, Role::Timestamp)
        .athena("from_unixtime(TRY_CAST(challengeresponse.solvetimestamp AS double))")
        .doc("when the challenge was last solved"),
    text("challengeResponse.failureReason", Role::Status).doc("why the challenge was put"),
    text("httpSourceName", Role::Dimension).doc("what was protected: CF, ALB, APIGW, APPSYNC, COGNITOIDP, APPRUNNER, VERIFIED_ACCESS"),
    text("httpSourceId", Role::Dimension).doc("which one: a distribution's id, account and load balancer, API and stage"),
    text("cfDistributionTenantId", Role::Dimension).doc("the tenant of a CloudFront distribution"),
    text("webaclId", Role::Dimension).doc("the web ACL: its ARN, of WAF Classic its id"),
    JsonField::computed("webacl.name", Kind::Text, Role::Dimension, &ACL_NAME)
        .athena("regexp_extract(webaclid, '/webacl/([^/]+)/', 1)")
        .doc("the web ACL's name"),
    JsonField::computed("cloud.account.id", Kind::Text, Role::Dimension, &ACCOUNT)
        .athena("nullif(split_part(webaclid, ':', 5), '')")
        .doc("the account that has the web ACL"),
    JsonField::computed("cloud.region", Kind::Text, Role::Dimension, &REGION)
        .athena("nullif(split_part(webaclid, ':', 4), '')")
        .doc("the web ACL's region; us-east-1 for one of CloudFront"),
    int("formatVersion", Role::Dimension).doc("version of the log's form"),
];

static OUTCOME: Computed = Computed { from: &["action"], value: outcome };
static URL: Computed = Computed { from: &["httpRequest.uri", "httpRequest.args"], value: url };
static VERSION: Computed = Computed { from: &["httpRequest.httpVersion"], value: protocol::version };
static ACL_NAME: Computed = Computed {
    from: &["webaclId"],
    value: |cells, _| {
        of_arn(cells, |arn| {
            let mut parts = arn.resource.split(|b| *b == b'/').skip_while(|part| *part != b"webacl");
            parts.nth(1)
        })
    },
};
static ACCOUNT: Computed =
    Computed { from: &["webaclId"], value: |cells, _| of_arn(cells, |arn| Some(arn.account)) };
static REGION: Computed =
    Computed { from: &["webaclId"], value: |cells, _| of_arn(cells, |arn| Some(arn.region)) };

/// What stands in the ARN of a web ACL.
fn of_arn<'a>(cells: &[Cell<'a>], part: impl Fn(ids::Arn<'a>) -> Option<&'a [u8]>) -> Cell<'a> {
    let Some(Cell::Text(arn)) = cells.first() else { return Cell::Null };
    let part = ids::arn(arn).ok().and_then(|(_, arn)| part(arn));
    part.filter(|part| !part.is_empty()).map_or(Cell::Null, Cell::Text)
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [Cell::Text(b"ALLOW" | b"COUNT")] => b"success",
        [Cell::Text(b"BLOCK" | b"CAPTCHA" | b"CHALLENGE")] => b"failure",
        _ => b"unknown",
    })
}

fn url<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(path), Cell::Text(query)] => {
            out.extend_from_slice(path);
            out.push(b'?');
            out.extend_from_slice(query);
            Cell::Text(out)
        }
        [Cell::Text(path), _] => Cell::Text(path),
        _ => Cell::Null,
    }
}
