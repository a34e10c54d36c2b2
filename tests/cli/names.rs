//! Names that people bring: tables called anything, partition columns, names that nothing has. What is said of them and
//! where, and that scripts get data and nothing else.

use logloupe_tests::command::Folder;
use serde_json::json;

use crate::{archives::gzip, logloupe};

/// Two files as S3 keys name them: a flow log in its default format in Hive-compatible prefixes, and a trail.
fn bucket() -> Folder {
    let folder = Folder::new();
    let flow = |start: i64| {
        format!(
            "2 111122223333 eni-0a1 192.0.2.10 10.0.0.5 40000 443 6 10 840 {start} {} ACCEPT OK\n",
            start + 60
        )
    };
    // The last one began before midnight and lies in the next day's folder.
    let hive =
        "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=03";
    folder.write(
        &format!("{hive}/day=05/hour=07/team=red/flows.log.gz"),
        &gzip((flow(1772694000) + &flow(1772694060)).as_bytes()),
    );
    folder
        .write(&format!("{hive}/day=06/hour=00/team=blue/flows.log.gz"), &gzip(flow(1772755170).as_bytes()));
    let trail = r#"{"Records":[{"eventVersion":"1.11","eventTime":"2026-03-05T23:59:58Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","recipientAccountId":"444455556666","eventID":"e-1","userIdentity":{"type":"IAMUser","userName":"ana"}}]}"#;
    let key = "AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1/2026/03/06/444455556666_CloudTrail_us-east-1_20260306T0005Z_x.json";
    folder.write(key, trail.as_bytes());
    folder
}

#[test]
fn partition_columns_answer_from_time_place_and_path() {
    let folder = bucket();
    for (query, answer) in [
        (
            "SELECT year, month, day, hour FROM vpc_flow ORDER BY day, hour",
            json!([
                {"year": "2026", "month": "03", "day": "05", "hour": "07"},
                {"year": "2026", "month": "03", "day": "05", "hour": "07"},
                {"year": "2026", "month": "03", "day": "06", "hour": "00"},
            ]),
        ),
        ("SELECT count(*) AS n FROM vpc_flow WHERE month = '3' AND day = 5", json!([{"n": 2}])),
        ("SELECT count(*) AS n FROM vpc_flow WHERE date = '2026-3-5'", json!([{"n": 3}])),
        (
            "SELECT DISTINCT region, account, \"aws-service\" FROM vpc_flow",
            json!([
                {"region": "eu-west-1", "account": "111122223333", "aws-service": "vpcflowlogs"},
            ]),
        ),
        (
            "SELECT team, count(*) AS n FROM vpc_flow GROUP BY team ORDER BY n",
            json!([{"team": "blue", "n": 1}, {"team": "red", "n": 2}]),
        ),
        // A folder that tells when the file was delivered is no partition: the event's time is meant.
        (
            "SELECT timestamp, region, account FROM cloudtrail_logs",
            json!([
                {"timestamp": "2026/03/05", "region": "us-east-1", "account": "444455556666"},
            ]),
        ),
        (
            "SELECT count(*) AS n FROM cloudtrail_logs WHERE dt LIKE '2026-03-%' AND date_parse(dt, '%Y-%m-%d') = TIMESTAMP '2026-03-05'",
            json!([{"n": 1}]),
        ),
        (
            "stats count(*) as n by region | sort region",
            json!([{"region": "eu-west-1", "n": 3}, {"region": "us-east-1", "n": 1}]),
        ),
        (
            "filter hour in [\"7\", \"23\"] | stats count(*) as n by datehour | sort datehour",
            json!([
                {"datehour": "2026/03/05/07", "n": 2}, {"datehour": "2026/03/05/23", "n": 1},
            ]),
        ),
        (
            "{ $.year = 2026 && $.eventName = \"GetObject\" } | display eventName, eventday",
            json!([{"eventName": "GetObject", "eventday": "20260305"}]),
        ),
    ] {
        for threads in ["1", "3"] {
            let said = logloupe(&["query", "--threads", threads, "--output", "json", query, folder.arg()]);
            assert_eq!((said.status, said.err.as_str()), (0, ""), "{query}");
            assert_eq!(said.json(), answer, "{query}");
        }
    }
}

#[test]
fn a_table_called_anything_is_the_log_whose_name_or_columns_it_has() {
    let folder = bucket();
    for (table, columns, log) in [
        (
            "cloudtrail_111122223333",
            "count(*)",
            "`cloudtrail_111122223333` is taken for the log `cloudtrail` by its name",
        ),
        (
            "default.aws_cloudtrail",
            "eventname",
            "`aws_cloudtrail` is taken for the log `cloudtrail` by its name",
        ),
        (
            "\"AwsDataCatalog\".\"logs\".\"vpc_flow_prod\"",
            "count(*)",
            "`vpc_flow_prod` is taken for the log `vpc_flow` by its name",
        ),
        (
            "audit",
            "eventname, awsregion, year",
            "`audit` is taken for the log `cloudtrail` by the columns `eventname`, `awsregion`",
        ),
        ("network_2026", "srcaddr", "`network_2026` is taken for the log `vpc_flow` by the column `srcaddr`"),
    ] {
        let query = format!("SELECT {columns} FROM {table}");
        let said = logloupe(&["query", &query, folder.arg()]);
        assert_eq!(said.status, 0, "{query}: {}", said.err);
        assert!(said.err.starts_with(&format!("warning: {log}\n")), "{query}: {}", said.err);
        assert!(said.out.lines().count() > 2, "{query}: {}", said.out);
    }
    for (query, fault) in [
        ("SELECT count(*) FROM mystery", "error: no log called `mystery` is loaded"),
        (
            "SELECT httprequest.clientip, action FROM mystery_logs",
            "error: no log called `mystery_logs` is loaded",
        ),
        ("SELECT region FROM things", "error: `things` may be any of several logs: cloudtrail, vpc_flow"),
        (
            "SELECT count(*) FROM cloudtrail_and_vpc_flow",
            "error: `cloudtrail_and_vpc_flow` may be any of several logs: cloudtrail, vpc_flow",
        ),
    ] {
        let said = logloupe(&["query", query, folder.arg()]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{query}");
        assert!(said.err.starts_with(fault), "{query}: {}", said.err);
    }
}

#[test]
fn what_no_record_has_is_said_and_stands_in_place_of_the_empty_table() {
    let folder = bucket();
    for (query, sentence) in [
        (
            "SELECT eventname FROM cloudtrail_logs WHERE yeer = '2026'",
            "No rows. No loaded record of cloudtrail has a field `yeer`; did you mean `year`?",
        ),
        (
            "filter yeer = 2026 | stats count(*) as n by eventName",
            "No rows. No loaded record has a field `yeer`; did you mean `year`?",
        ),
        (
            "{ $.userIdentity.typo = \"Root\" }",
            "No rows. No loaded record has a field `userIdentity.typo`; did you mean `userIdentity.type`?",
        ),
        // A field of the log, but of another order of its fields.
        (
            "SELECT srcaddr FROM vpc_flow WHERE vpc_id = 'vpc-1'",
            "No rows. No loaded record of vpc_flow has a value for `vpc_id`.",
        ),
        (
            "SELECT * FROM alb_access_logs",
            "No rows. No loaded record is of alb; loaded are records of cloudtrail, vpc_flow.",
        ),
        (
            "filter matched_rule_priority = 5 | fields redirect_url",
            "No rows. No loaded record has a field `matched_rule_priority`; it is a field of alb, of which no record is \
          loaded. No loaded record has a field `redirect_url`; it is a field of alb, of which no record is loaded.",
        ),
    ] {
        let table = logloupe(&["query", query, folder.arg()]);
        assert_eq!((table.status, table.out.trim_end()), (0, sentence), "{query}");
        // Scripts get data, and the same on standard error.
        for (form, empty) in [("json", "[]\n"), ("ndjson", "")] {
            let said = logloupe(&["query", "--output", form, "--threads", "3", query, folder.arg()]);
            assert_eq!((said.out.as_str(), said.err.as_str()), (empty, table.err.as_str()), "{query}");
        }
        assert!(table.err.contains("warning: no loaded record"), "{query}: {}", table.err);
    }
    // It is said where there are rows, too; a field that happens to have no values is not.
    for (query, said) in [
        ("SELECT count(*) AS n FROM vpc_flow_logs WHERE yeer = 1", true),
        ("fields eventName, userIdentity.nick", true),
        ("SELECT srcaddr, vpc_id FROM vpc_flow", false),
        ("fields eventName, errorCode", false),
    ] {
        let answer = logloupe(&["query", "--output", "json", query, folder.arg()]);
        assert_eq!(answer.err.contains("no loaded record"), said, "{query}: {}", answer.err);
        assert!(!answer.json().as_array().expect("rows").is_empty(), "{query}");
    }
}

/// What is compared with what its column never holds is said in every language, with what to write, and answers nothing else.
#[test]
fn constants_of_another_kind_than_their_column_are_told() {
    let folder = bucket();
    let finding = |public: bool| {
        json!({"id": "f-1", "createdAt": "2026-03-05T01:00:00Z", "analyzedAt": "2026-03-05T01:01:00Z",
            "updatedAt": "2026-03-05T01:02:00Z", "status": "ACTIVE", "resourceType": "AWS::S3::Bucket", "isPublic": public})
        .to_string()
    };
    folder.write("findings.ndjson", [finding(true), finding(false)].join("\n").as_bytes());
    let public = "`isPublic` holds true or false, never";
    for (query, place, said) in [
        ("filter isPublic = 1", "1", format!("{public} 1\n… write `true`")),
        ("filter isPublic in [\"no\", true] | stats count(*)", "\"no\"", format!("{public} the text \"no\"\n… write `false`")),
        ("SELECT count(*) FROM access_analyzer WHERE ispublic = 'yes'", "'yes'", "`ispublic` holds true or false, never the text \"yes\"\n… write `true`".to_owned()),
        ("{ $.isPublic = 0 }", "0", format!("{public} 0\n… write `false`")),
        (
            "SELECT * FROM vpc_flow WHERE srcaddr = '10.0.0.0/8'",
            "'10.0.0.0/8'",
            "`srcaddr` holds IP addresses, never the text \"10.0.0.0/8\"\n… for a network write `isIpInSubnet(srcaddr, \"10.0.0.0/8\")`".to_owned(),
        ),
        ("filter bytes > \"many\"", "\"many\"", "`bytes` holds numbers, never the text \"many\"".to_owned()),
        (
            "filter @timestamp >= 1772694000",
            "1772694000",
            "`@timestamp` is compared with milliseconds since 1970, and 1772694000 looks like seconds\n… write `1772694000000`, which is 2026-03-05T07:00:00Z".to_owned(),
        ),
    ] {
        let answer = logloupe(&["query", "--output", "json", query, folder.arg()]);
        let (message, help) = said.split_once("\n… ").unwrap_or((&said, ""));
        let help = if help.is_empty() { String::new() } else { format!("  help: {help}\n") };
        let marks = format!(" {}\n{help}", "^".repeat(place.len()));
        let lines = answer.err.starts_with(&format!("warning: {message}\n1 | "));
        assert!(lines && answer.err.ends_with(&marks), "{query}: {}", answer.err);
        assert_eq!(answer.status, 0);
    }
    for query in [
        "filter isPublic = true",
        "filter isPublic = \"true\" | stats count(*)",
        "SELECT count(*) FROM access_analyzer WHERE ispublic",
        "{ $.isPublic IS TRUE }",
        "filter bytes = \"840\" and srcAddr = \"192.0.2.10\" and @timestamp > 1772694000000",
        "fields isPublic as public | filter public = \"true\" or eventName = 1",
    ] {
        let answer = logloupe(&["query", "--output", "json", query, folder.arg()]);
        assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{query}");
    }
}
