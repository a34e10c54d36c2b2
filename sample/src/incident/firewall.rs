//! AWS WAF logs of the web ACL before CloudFront: the scan on Tuesday evening as the edge tells it, and some visitors.

use super::Line;
use crate::cast::{ACCOUNT, DISTRIBUTION, SCANNER_ADDRESS, SITE_HOST};
use crate::text::fill;

/// Records of those requests at the edge that the web ACL saw: all of the scan, and each fifteenth of the others.
pub(super) fn record(edge: &[Line]) -> Vec<Line> {
    let mut others = 0;
    let mut lines = Vec::new();
    for line in edge {
        let cells: Vec<&str> = line.text.split('\t').collect();
        let &[_, _, _, _, client, method, _, path, status, _, agent, query, _, _, id, ..] = cells.as_slice()
        else {
            continue;
        };
        let scan = client == SCANNER_ADDRESS;
        others += u32::from(!scan);
        if !scan && others % 15 != 0 {
            continue;
        }
        // What the edge refused, it refused because of this.
        let blocked = scan && status == "403";
        let rule = match path {
            "/server-status" => ("KnownBadInputsRuleSet", "ExploitablePaths_URIPATH"),
            _ => ("CommonRuleSet", "RestrictedExtensions_URIPATH"),
        };
        let group = fill(
            r#"{"ruleGroupId":"AWS#AWSManagedRules$1","terminatingRule":{"ruleId":"$2","action":"BLOCK","ruleMatchDetails":null},"nonTerminatingMatchingRules":[],"excludedRules":null,"customerConfig":null}"#,
            &[rule.0, rule.1],
        );
        let labels = fill(
            r#"[{"name":"awswaf:managed:aws:core-rule-set:$1"},{"name":"awswaf:managed:aws:bot-control:bot:category:http_library"}]"#,
            &[rule.1],
        );
        let mut text = fill(
            r#"{"timestamp":$1$2,"formatVersion":1,"webaclId":"arn:aws:wafv2:us-east-1:$3:global/webacl/site/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","terminatingRuleId":"$4","terminatingRuleType":"$5","action":"$6","terminatingRuleMatchDetails":[],"httpSourceName":"CF","httpSourceId":"$7-$8","#,
            &[
                &line.time.to_string(),
                &format!("{:03}", line.time * 37 % 1_000),
                ACCOUNT,
                if blocked { "managed-rules" } else { "Default_Action" },
                if blocked { "MANAGED_RULE_GROUP" } else { "REGULAR" },
                if blocked { "BLOCK" } else { "ALLOW" },
                ACCOUNT,
                DISTRIBUTION,
            ],
        );
        text += &fill(
            r#""ruleGroupList":[$1],"rateBasedRuleList":[],"nonTerminatingMatchingRules":[],"requestHeadersInserted":null,"responseCodeSent":null,"httpRequest":{"clientIp":"$2","country":"$3","headers":[{"name":"host","value":"$4"},{"name":"User-Agent","value":"$5"},{"name":"accept","value":"*/*"}],"uri":"$6","args":"$7","httpVersion":"HTTP/2.0","httpMethod":"$8","requestId":"$9","#,
            &[
                if blocked { &group } else { "" },
                client,
                if scan { "NL" } else { "US" },
                SITE_HOST,
                &agent.replace("%20", " "),
                path,
                if query == "-" { "" } else { query },
                method,
                id,
            ],
        );
        text += &fill(
            r#""fragment":"","scheme":"https","host":"$1"},"labels":$2,"ja3Fingerprint":"$3"}"#,
            &[
                SITE_HOST,
                if blocked { &labels } else { "[]" },
                if scan { "8d9f7747675e24454cd9b7ed35c58707" } else { "cd08e31494f9531f560d64c695473da9" },
            ],
        );
        lines.push(Line { time: line.time, text });
    }
    lines
}
