//! Logs that nobody here wrote: `../shared/samples` beside the repository. Skips itself, and says so, where that
//! folder is absent.
//!
//! Every file is read; nothing may be lost, and what this program has a format for must be recognised. Where an
//! expected result lies beside an input, values are compared with it.

mod values;
mod web;

use std::path::{Path, PathBuf};

use logloupe_tests::{
    command::{Said, run},
    skip::skip,
};
use serde_json::Value;

/// The samples, if they are here.
fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let folder = folder.canonicalize().ok();
    if folder.is_none() {
        skip("there is no ../shared/samples beside the repository");
    }
    folder
}

#[track_caller]
fn logloupe(args: &[&str], stdin: &[u8]) -> Said {
    run(env!("CARGO_BIN_EXE_logloupe-under-test"), args, stdin)
}

/// The ledger of a folder of the samples.
fn ledger(folder: &Path) -> Vec<Value> {
    let said = logloupe(&["ledger", "--json", folder.to_str().expect("a plain name")], b"");
    assert!(said.status < 2, "{}", said.err);
    said.json().as_array().expect("an array").clone()
}

fn count(entry: &Value, key: &str) -> u64 {
    entry[key].as_u64().unwrap_or_else(|| panic!("{key} of {entry}"))
}

#[test]
fn every_file_is_in_the_ledger_with_a_reason_and_nothing_is_lost() {
    let Some(folder) = samples() else { return };
    let entries = ledger(&folder);
    assert!(entries.len() > 500, "{} files", entries.len());
    for entry in &entries {
        assert_eq!(
            count(entry, "records"),
            count(entry, "rows") + count(entry, "rejected") + count(entry, "aside"),
            "{entry}"
        );
        assert!(entry["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{entry}");
        assert_ne!(entry["state"], "reading", "{entry}");
        assert_eq!(entry["rejections"].as_array().map(Vec::len), Some(count(entry, "rejected") as usize));
    }
    let rows: u64 = entries.iter().map(|entry| count(entry, "rows")).sum();
    let converted = logloupe(&["convert", folder.to_str().expect("a plain name")], b"");
    assert_eq!(converted.out.lines().count() as u64, rows);
}

/// Below these folders every file is of this format, but for those that are listed with the reason.
const RECOGNISED: &[(&str, &str, &[&str])] = &[
    ("cloudtrail/DataDog__stratus-red-team", "cloudtrail", &[]),
    ("cloudtrail/invictus-ir__aws_dataset", "cloudtrail", &[]),
    ("cloudtrail/adanalvarez__TrailDiscover", "cloudtrail", &[]),
    ("cloudtrail/flosell__trailscraper", "cloudtrail", &[]),
    ("cloudtrail/open-telemetry__opentelemetry-collector-contrib/cloudtrail_log_cw.json", "cloudtrail", &[]),
    (
        "cloudtrail/open-telemetry__opentelemetry-collector-contrib/cloudtrail_digest.json",
        "cloudtrail_digest",
        &[],
    ),
    ("vpcflow/obsrvbl__flowlogs-reader", "vpc_flow", &["v4_file_s3_header.expected.json"]),
    (
        "vpcflow/open-telemetry__opentelemetry-collector-contrib",
        "vpc_flow",
        &["valid_vpc_flow_log_expected.yaml"],
    ),
    ("vpcflow/vectordotdev__vrl", "vpc_flow", &["parse_aws_vpc_flow_log.cases.jsonl"]),
    ("elb/open-telemetry__opentelemetry-collector-contrib/alb_al_valid_logs.log", "alb", &[]),
    ("elb/open-telemetry__opentelemetry-collector-contrib/nlb_al_valid_logs.log", "nlb", &[]),
    ("elb/opensearch-project__opensearch-catalog", "alb", &[]),
    ("elb/coralogix__coralogix-aws-shipper", "alb", &[]),
    ("elb/aws-solutions__centralized-logging-with-opensearch", "alb", &[]),
    ("s3access/opensearch-project__opensearch-catalog", "s3_access", &[]),
    ("s3access/aws-solutions__centralized-logging-with-opensearch", "s3_access", &[]),
    (
        "s3access/open-telemetry__opentelemetry-collector-contrib",
        "s3_access",
        &["valid_s3_access_log_expected.yaml", "unknown_request_uri_expected.yaml"],
    ),
    ("vpcflow/aws-solutions__centralized-logging-with-opensearch", "vpc_flow", &[]),
    ("vpcflow/coralogix__coralogix-aws-shipper", "vpc_flow", &[]),
    // Its record in a subscription has an order of its own, which only names of its fields can tell.
    ("tgw_flow", "transit_gateway", &["valid_tgw_flow_cw.json"]),
    ("network_firewall", "network_firewall", &[]),
    ("route53_resolver/opensearch-project__security-analytics", "route53_resolver", &[]),
    ("ecs_events", "ecs_events", &[]),
    ("cloudfront/aws-solutions__centralized-logging-with-opensearch", "cloudfront", &[]),
    ("cloudfront/coralogix__coralogix-aws-shipper", "cloudfront", &[]),
    ("cloudfront/opensearch-project__opensearch-catalog", "cloudfront", &[]),
    // 19 made-up columns without a header: what they are is told, and that their names are missing.
    ("cloudfront/aws-solutions__aws-waf-security-automations", "cloudfront", &["d740d76bCloudFront.gz"]),
    ("waf/aws-solutions__aws-waf-security-automations", "waf", &[]),
    ("waf/aws-solutions__centralized-logging-with-opensearch", "waf", &[]),
    ("waf/open-telemetry__opentelemetry-collector-contrib", "waf", &[]),
    ("waf/opensearch-project__opensearch-catalog", "waf", &[]),
    ("k8s_audit/falcosecurity__falco", "eks_audit", &[]),
    ("opensearch_audit/awsdocs__amazon-opensearch-service-developer-guide", "opensearch_audit", &[]),
    ("rds_audit/IBM__universal-connectors", "rds_audit", &[]),
    ("rds_mysql_slow/percona__go-mysql", "mysql_slow", &[]),
    ("rds_postgresql/darold__pgbadger", "postgresql", &[]),
    ("redshift_audit/IBM__universal-connectors", "redshift", &[]),
    ("config", "config", &[]),
    // Parquet, as AWS delivers it. The flow log beside them is one from which such a file was made.
    (
        "security_lake/aws-samples__amazon-security-lake-ocsf-validation/samples/1.0.0-rc.2/CLOUD_TRAIL/account_change",
        "security_lake",
        &[],
    ),
    (
        "security_lake/aws-samples__amazon-security-lake-ocsf-validation/samples/1.0.0-rc.2/CLOUD_TRAIL/authentication",
        "security_lake",
        &["AssumeRole.test.gz"],
    ),
    (
        "security_lake/aws-samples__amazon-security-lake-ocsf-validation/samples/1.0.0-rc.2/ROUTE53",
        "security_lake",
        &["route53-inputs3.json.gz"],
    ),
    (
        "security_lake/aws-samples__amazon-security-lake-ocsf-validation/samples/1.0.0-rc.2/VPC_FLOW",
        "security_lake",
        &["vpc_flow-input3.parquet"],
    ),
];

/// Records that are rejected, and rightly so: their names say why.
const REJECTED: &[(&str, u64)] = &[
    ("vpc_flow_log_too_few_fields.log", 1),
    ("vpc_flow_log_too_many_fields.log", 1),
    ("s3access/open-telemetry__opentelemetry-collector-contrib/too_few_values.log", 1),
    // A month that there is not.
    ("syslog/log2timeline__plaso/test_data/syslog/syslog", 1),
    // No milliseconds, no time at all.
    ("selinux.log", 2),
];

#[test]
fn what_there_is_a_format_for_is_recognised() {
    let Some(folder) = samples() else { return };
    for (place, format, others) in RECOGNISED {
        for entry in ledger(&folder.join(place)) {
            let source = entry["source"].as_str().expect("a name");
            if others.iter().any(|other| source.ends_with(other)) {
                assert_ne!(entry["format"], *format, "{entry}");
                continue;
            }
            // TrailDiscover keeps an empty list where it has no event yet.
            let empty = entry["bytes"].as_u64() < Some(8);
            if empty {
                assert_eq!(entry["state"], "set aside", "{entry}");
                continue;
            }
            assert_eq!(entry["format"], *format, "{entry}");
            let rejected = REJECTED.iter().find(|(name, _)| source.ends_with(name)).map_or(0, |r| r.1);
            assert_eq!(count(&entry, "rejected"), rejected, "{entry}");
        }
    }
}

/// Databases' logs, of which records span lines: as many rows as there are records, counted by their heads.
#[test]
fn records_over_several_lines_are_rows() {
    let Some(folder) = samples() else { return };
    let audit = "rds_audit/IBM__universal-connectors/logstash-filter";
    let slow = "rds_mysql_slow/percona__go-mysql/test/slow-logs";
    let postgresql = "rds_postgresql/darold__pgbadger/t/fixtures";
    for (file, rows) in [
        (format!("{audit}-aurora-mysql-guardium/aurora-mysql.lines.log"), 4),
        (format!("{audit}-mariadb-aws-guardium/sample_audit_log.log"), 13),
        (format!("{audit}-mariadb-guardium/sample_audit_log.log"), 36),
        (format!("{slow}/slow001.log"), 2),
        (format!("{slow}/slow006.log"), 6),
        (format!("{slow}/slow014.log"), 4),
        (format!("{slow}/slow019.log"), 4),
        (format!("{slow}/slow023.log"), 8),
        (format!("{slow}/mariadb102-with-explain.log"), 1),
        (format!("{postgresql}/rds.head400.log"), 400),
        (format!("{postgresql}/rds.tail120.log"), 120),
        (format!("{postgresql}/begin_end.log"), 24),
        // Their DETAIL belongs to the record before.
        (format!("{postgresql}/multiline_param.log"), 8),
        (format!("{postgresql}/postgresql_param_range.log"), 3),
        (format!("{postgresql}/csv_statement_without_duration.log"), 2),
    ] {
        let entry = &ledger(&folder.join(file))[0];
        assert_eq!((count(entry, "rows"), count(entry, "rejected")), (rows, 0), "{entry}");
    }
}

#[test]
fn the_forwarders_gzipped_files_are_recognised() {
    let Some(folder) = samples() else { return };
    let entries = ledger(&folder.join("lambda_promtail_mixed"));
    for (name, format, rows) in [
        ("albaccesslog.log.gz", "alb", 2),
        ("nlbaccesslog.log.gz", "nlb", 2),
        ("s3accesslog.log", "s3_access", 1),
        ("cloudfront.log.gz", "cloudfront", 2),
        ("vpcflowlog.log.gz", "vpc_flow", 3),
        ("cloudtrail-log-file.json.gz", "cloudtrail", 2),
    ] {
        let entry = entries.iter().find(|e| e["source"].as_str().is_some_and(|s| s.ends_with(name)));
        let entry = entry.unwrap_or_else(|| panic!("{name} is there"));
        assert_eq!((&entry["format"], count(entry, "rows")), (&format.into(), rows), "{entry}");
    }
}

/// Functions' logs in subscriptions, escaped once or twice, with what the function wrote between the platform's lines.
#[test]
fn lambda_messages_of_subscriptions_are_recognised() {
    let Some(folder) = samples() else { return };
    let forwarder =
        "cwl_subscription/DataDog__datadog-serverless-functions/tools/integration_tests/snapshots";
    let ingestion = "lambda_logs/newrelic__aws-log-ingestion/test/events";
    for (place, name, rows) in [
        (forwarder, "cloudwatch_log_coldstart.json", 3),
        (forwarder, "cloudwatch_log_timeout.json", 4),
        (forwarder, "cloudwatch_log_lambda_invocation.json", 19),
        (ingestion, "entry_lambda_oom.json", 2),
        (ingestion, "entry_lambda_timeout.json", 2),
    ] {
        let entry = &ledger(&folder.join(place).join(name))[0];
        assert_eq!((&entry["format"], count(entry, "rows")), (&"lambda".into(), rows), "{entry}");
        assert_eq!(count(entry, "rejected"), 0, "{entry}");
    }
    let query = "filter @type = \"REPORT\" | stats max(@duration) as ms, max(@initDuration) as init, max(@memorySize) as size";
    let path = folder.join(forwarder).join("cloudwatch_log_coldstart.json");
    let said = logloupe(&["query", "--output", "json", query, path.to_str().expect("a plain name")], b"");
    assert_eq!(said.json()[0], serde_json::json!({ "ms": 1.76, "init": 120.96, "size": 128_000_000 }));
}

/// Findings, one file or line of a kind each: the file, which of its lines or all, the format, rows.
const FINDINGS: &[(&str, Option<usize>, &str, u64)] =
    &[(HUB, None, "security_hub", 6), (HUB_EVENTS, None, "security_hub", 1)];
const HUB: &str = "securityhub/aws-solutions__automated-security-response-on-aws";
const HUB_EVENTS: &str = "securityhub/SumoLogic__sumologic-aws-lambda/securityhub-collector/test/event.json";

#[test]
fn findings_are_recognised() {
    let Some(folder) = samples() else { return };
    for (place, line, format, rows) in FINDINGS {
        let place = folder.join(place);
        let entries = match line {
            None => ledger(&place),
            Some(line) => {
                let text = std::fs::read_to_string(&place).expect("the samples are complete");
                let line = text.lines().nth(*line).expect("a line");
                let said = logloupe(&["ledger", "--json", "-"], line.as_bytes());
                said.json().as_array().expect("an array").clone()
            }
        };
        assert!(entries.iter().all(|entry| entry["format"] == *format), "{entries:#?}");
        let sum = |key: &str| entries.iter().map(|entry| count(entry, key)).sum::<u64>();
        assert_eq!((sum("rows"), sum("rejected")), (*rows, 0), "{entries:#?}");
    }
}

/// Notifications as text, as objects, and as functions of rules get them; a snapshot of 2014.
#[test]
fn configuration_items_are_rows_and_say_what_changed() {
    let Some(folder) = samples() else { return };
    let folder = folder.join("config");
    let entries = ledger(&folder);
    let sum = |key: &str| entries.iter().map(|entry| count(entry, key)).sum::<u64>();
    assert_eq!((entries.len(), sum("rows"), sum("rejected"), sum("aside")), (11, 14, 0, 3));
    let query = "filter event.action = \"changed\" and resourceType = \"AWS::EC2::NetworkInterface\" | fields changes.path, changes.after, configuration.status";
    let said = logloupe(&["query", "--output", "json", query, folder.to_str().expect("a plain name")], b"");
    let row = &said.json()[0];
    assert_eq!(row["configuration.status"], "in-use", "{row}");
    let paths = row["changes.path"].as_array().expect("several");
    for path in ["configuration.status", "configuration.attachment", "configuration.privateIpAddresses"] {
        assert!(paths.contains(&path.into()), "{row}");
    }
}

/// The figures that the dataset's own description gives.
#[test]
fn the_simulated_attack_is_read_whole() {
    let Some(folder) = samples() else { return };
    let entries = ledger(&folder.join("cloudtrail/invictus-ir__aws_dataset"));
    let rows: u64 = entries.iter().map(|entry| count(entry, "rows")).sum();
    assert_eq!((entries.len(), rows), (55, 2_900));
    assert!(
        entries
            .iter()
            .filter_map(|e| e["firstTime"].as_str())
            .min()
            .is_some_and(|time| time.starts_with("2023-07-10T11:42"))
    );
    assert!(
        entries
            .iter()
            .filter_map(|e| e["lastTime"].as_str())
            .max()
            .is_some_and(|time| time.starts_with("2023-07-10T12:37"))
    );
}

/// A digest whose one file and whose previous digest are not there: it is read, and says what is missing.
#[test]
fn a_digest_says_what_is_missing() {
    let Some(folder) = samples() else { return };
    let file = "cloudtrail/open-telemetry__opentelemetry-collector-contrib/cloudtrail_digest.json";
    let entry = &ledger(&folder.join(file))[0];
    assert_eq!((&entry["state"], count(entry, "rows")), (&"read".into(), 1), "{entry}");
    let integrity = &entry["integrity"];
    assert_eq!((&integrity["verdict"], count(integrity, "missingFiles")), (&"missing".into(), 1), "{entry}");
}

/// Every request that a web ACL logged, with its headers as fields.
#[test]
fn web_acls_logs_are_read_whole() {
    let Some(folder) = samples() else { return };
    let entries = ledger(&folder.join("waf"));
    let of_waf = entries.iter().filter(|entry| entry["format"] == "waf");
    let rows: u64 = of_waf.map(|entry| count(entry, "rows")).sum();
    assert_eq!(rows, 228 + 2 + 1 + 38);
    let waf = folder.join("waf");
    let query = "filter ispresent(user_agent.original) and ispresent(url.domain) and ispresent(`httpRequest.headers.accept`) \
                 | stats count(*) as n, count_distinct(webacl.name) as acls";
    let said = logloupe(&["query", "--output", "json", query, waf.to_str().expect("a plain name")], b"");
    assert_eq!(said.json()[0]["acls"], 4, "{}", said.out);
    assert!(said.json()[0]["n"].as_u64() > Some(250), "{}", said.out);
    let file = "waf/dynatrace-oss__dynatrace-aws-s3-log-forwarder/test_attribute_extraction.cases.jsonl";
    let text = std::fs::read_to_string(folder.join(file)).expect("there");
    let case: Value = serde_json::from_str(text.trim()).expect("an object");
    let rows = logloupe(&["convert", "-"], case["input"].to_string().as_bytes()).lines();
    let said = [&rows[0]["cloud.region"], &rows[0]["httpRequest.clientIp"], &rows[0]["user_agent.original"]];
    assert_eq!(said, ["us-east-1", "1.2.3.4", "curl/7.79.1"]);
}

/// A standard log whose names are given is read as one whose header has them.
#[test]
fn names_that_are_given_do_what_a_header_does() {
    let Some(folder) = samples() else { return };
    let file = "cloudfront/opensearch-project__opensearch-catalog/integrations/observability/amazon_cloudfront/data/raw.log";
    let text = std::fs::read_to_string(folder.join(file)).expect("there");
    let names = text.lines().find_map(|line| line.strip_prefix("#Fields: ")).expect("a header");
    let bare: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let told = |text: &str, args: &[&str]| {
        let rows = logloupe(&[&["convert"], args, &["-"]].concat(), text.as_bytes()).lines();
        let bare = |mut row: Value| {
            row.as_object_mut().expect("an object").remove("@line");
            row
        };
        rows.into_iter().map(bare).collect::<Vec<_>>()
    };
    let rows = told(&text, &[]);
    assert_eq!((rows.len(), &rows), (40, &told(&bare, &["--fields", names])));
}
