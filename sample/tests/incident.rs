//! The sample incident as its readers see it: shapes of all records, and the answers of the story.

mod read;

use logloupe_sample::{cast, incident, incident_story};
use read::{fingerprint, inflate, tokens};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

struct Logs {
    /// Events as delivered, duplicates included.
    trail: Vec<Value>,
    flows: Vec<HashMap<String, String>>,
    balancer: Vec<Vec<String>>,
    edge: Vec<Vec<String>>,
    firewall: Vec<Value>,
    names: Vec<Value>,
    findings: Vec<Value>,
    items: Vec<Value>,
    cluster: Vec<Value>,
    function: Vec<String>,
    bucket: Vec<String>,
    digests: Vec<Value>,
    rejected: Vec<String>,
}

static LOGS: LazyLock<Logs> = LazyLock::new(|| {
    let mut logs = Logs {
        trail: Vec::new(),
        flows: Vec::new(),
        balancer: Vec::new(),
        edge: Vec::new(),
        firewall: Vec::new(),
        names: Vec::new(),
        findings: Vec::new(),
        items: Vec::new(),
        cluster: Vec::new(),
        function: Vec::new(),
        bucket: Vec::new(),
        digests: Vec::new(),
        rejected: Vec::new(),
    };
    for file in incident() {
        // S3 writes its own access logs as they are.
        let stored = || String::from_utf8(file.bytes.clone()).expect("text");
        let text = if file.path.starts_with("access-logs/") { stored() } else { inflate(&file.bytes) };
        let json = |line: &str| serde_json::from_str::<Value>(line).expect("a line of JSON");
        // Without the time that CloudWatch puts before a message.
        let message = |line: &str| line.split_once(' ').expect("a message").1.to_owned();
        if file.path.contains("/CloudTrail/") {
            let mut file: Value = serde_json::from_str(&text).expect("a CloudTrail file is JSON");
            logs.trail.append(file["Records"].as_array_mut().expect("an array of records"));
        } else if file.path.contains("/vpcflowlogs/") {
            let (header, lines) = text.split_once('\n').expect("a header");
            let names: Vec<&str> = header.split(' ').collect();
            assert!([14, 26].contains(&names.len()));
            for line in lines.lines() {
                let cells: Vec<&str> = line.split(' ').collect();
                if cells.len() == names.len() {
                    logs.flows
                        .push(names.iter().zip(cells).map(|(n, c)| (n.to_string(), c.to_owned())).collect());
                } else {
                    logs.rejected.push(line.to_owned());
                }
            }
        } else if file.path.contains("/elasticloadbalancing/") {
            for line in text.lines() {
                let tokens = tokens(line);
                if tokens.len() == 34 {
                    logs.balancer.push(tokens)
                } else {
                    logs.rejected.push(line.to_owned())
                }
            }
        } else if file.path.contains("/WAFLogs/") {
            logs.firewall.extend(text.lines().map(json));
        } else if file.path.contains("/vpcdnsquerylogs/") {
            logs.names.extend(text.lines().map(json));
        } else if file.path.contains("/GuardDuty/") {
            logs.findings.extend(text.lines().map(json));
        } else if file.path.contains("/Config/") {
            logs.items.append(json(&text)["configurationItems"].as_array_mut().expect("items"));
        } else if file.path.contains("/kube-apiserver-audit-") {
            logs.cluster.extend(text.lines().map(|line| json(&message(line))));
        } else if file.path.contains("/2026-03-05-[$LATEST]") {
            logs.function.extend(text.lines().map(message));
        } else if file.path.contains("/CloudTrail-Digest/") {
            logs.digests.push(json(&text));
        } else if file.path.starts_with("access-logs/") {
            logs.bucket.extend(text.lines().map(str::to_owned));
        } else {
            let mut lines = text.lines();
            assert_eq!(lines.next(), Some("#Version: 1.0"));
            let fields = lines.next().and_then(|line| line.strip_prefix("#Fields: ")).expect("field names");
            assert_eq!(fields.split(' ').count(), 33);
            for line in lines {
                let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
                if cells.len() == 33 { logs.edge.push(cells) } else { logs.rejected.push(line.to_owned()) }
            }
        }
    }
    logs
});

/// The text at a dotted path, empty when missing.
fn text(event: &Value, path: &str) -> String {
    match path.split('.').fold(event, |value, name| &value[name]) {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn path_of(request: &str) -> &str {
    let url = request.split(' ').nth(1).unwrap_or("");
    let path = url.strip_prefix("https://app.example.com:443").unwrap_or("");
    path.split('?').next().unwrap_or("")
}

fn client(tokens: &[String]) -> &str {
    tokens[3].rsplit_once(':').expect("a port").0
}

type Table = Vec<Vec<String>>;

/// Counts rows by key, most first, then by key.
fn counted(keys: impl Iterator<Item = String>) -> Table {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rows.into_iter().map(|(key, count)| vec![key, count.to_string()]).collect()
}

/// Keys of two parts as two cells.
fn split(table: Table) -> Table {
    let row = |row: Vec<String>| row[0].split('|').chain([row[1].as_str()]).map(str::to_owned).collect();
    table.into_iter().map(row).collect()
}

fn by_key(mut table: Table) -> Table {
    table.sort();
    table
}

fn events<'a>(filter: impl Fn(&Value) -> bool + 'a) -> impl Iterator<Item = &'a Value> {
    LOGS.trail.iter().filter(move |event| filter(event))
}

/// Events told by these paths, in order of time.
fn told(filter: impl Fn(&Value) -> bool, paths: &[&str]) -> Table {
    let mut found: Vec<&Value> = events(filter).collect();
    found.sort_by_key(|event| text(event, "eventTime"));
    let time = |event: &Value| text(event, "eventTime").replace('T', " ").replace('Z', ".000");
    found
        .iter()
        .map(|event| std::iter::once(time(event)).chain(paths.iter().map(|path| text(event, path))).collect())
        .collect()
}

fn gpu_calls() -> impl Iterator<Item = &'static Value> {
    events(|event| {
        text(event, "requestParameters.instanceType") == "p3.16xlarge" && event["eventName"] == "RunInstances"
    })
}

/// The answer of a step of the story, computed by hand.
fn answer(title: &str) -> Table {
    let scanner = cast::SCANNER_ADDRESS;
    let guesses = || LOGS.balancer.iter().filter(|tokens| client(tokens) == scanner);
    match title {
        "Somebody tries the doors" => {
            let edge = LOGS
                .edge
                .iter()
                .filter(|cells| cells[4] == scanner && ["403", "404"].contains(&cells[8].as_str()))
                .map(|cells| cells[7].clone());
            let balancer = guesses()
                .filter(|tokens| ["403", "404"].contains(&tokens[8].as_str()))
                .map(|tokens| path_of(&tokens[12]).to_owned())
                .filter(|path| path != "/login");
            counted(edge.chain(balancer)).into_iter().take(5).collect()
        }
        "Every port, twice" => {
            let rejected = || LOGS.flows.iter().filter(|flow| flow["action"] == "REJECT");
            let mut first = counted(rejected().map(|flow| flow["srcaddr"].clone())).swap_remove(0);
            let ports: HashSet<&str> = rejected()
                .filter(|flow| flow["srcaddr"] == first[0])
                .map(|flow| flow["dstport"].as_str())
                .collect();
            first.push(ports.len().to_string());
            vec![first]
        }
        "Guessing a password" => counted(
            guesses().filter(|tokens| path_of(&tokens[12]) == "/login").map(|tokens| tokens[8].clone()),
        ),
        "Inside the admin pages" => {
            let paths = guesses().map(|tokens| path_of(&tokens[12]).to_owned());
            by_key(counted(paths.filter(|path| path.contains("/admin"))))
        }
        "One key, two addresses" => counted(
            events(|event| text(event, "userIdentity.accessKeyId") == cast::LEAKED_KEY)
                .map(|event| text(event, "sourceIPAddress")),
        ),
        "What may this key do?" => by_key(counted(
            events(|event| {
                event["sourceIPAddress"] == cast::INTRUDER_ADDRESS
                    && text(event, "userIdentity.userName") == "ci-deploy"
                    && !event["errorCode"].is_null()
            })
            .map(|event| text(event, "eventName")),
        )),
        "From ci-deploy to Admin" => told(
            |event| event["eventName"] == "AssumeRole" && event["sourceIPAddress"] == cast::INTRUDER_ADDRESS,
            &["errorCode", "requestParameters.roleArn", "responseElements.credentials.accessKeyId"],
        ),
        "Big machines at night" => {
            let hour = |event| format!("{}:00:00.000", text(event, "eventTime")[..13].replace('T', " "));
            let keys = gpu_calls().map(|event| format!("{}|{}", hour(event), text(event, "awsRegion")));
            split(by_key(counted(keys)))
        }
        "Limits helped" => counted(gpu_calls().map(|event| text(event, "errorCode"))),
        "The bucket is copied" => {
            let mut groups: BTreeMap<[String; 2], [u64; 2]> = BTreeMap::new();
            for event in events(|event| {
                event["eventName"] == "GetObject"
                    && text(event, "requestParameters.bucketName") == cast::BUCKET
            }) {
                let key = [text(event, "userIdentity.accessKeyId"), text(event, "sourceIPAddress")];
                let group = groups.entry(key).or_default();
                group[0] += 1;
                group[1] += event["additionalEventData"]["bytesTransferredOut"].as_u64().expect("bytes");
            }
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by_key(|(_, [_, bytes])| std::cmp::Reverse(*bytes));
            groups
                .into_iter()
                .map(|(key, sums)| key.into_iter().chain(sums.map(|sum| sum.to_string())).collect())
                .collect()
        }
        "And leaves the building" => {
            let mut sums: BTreeMap<(&str, &str), u64> = BTreeMap::new();
            for flow in LOGS.flows.iter().filter(|flow| flow["action"] == "ACCEPT") {
                *sums.entry((&flow["srcaddr"], &flow["dstaddr"])).or_default() +=
                    flow["bytes"].parse::<u64>().expect("bytes");
            }
            let mut sums: Vec<_> = sums.into_iter().collect();
            sums.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
            sums.iter()
                .take(2)
                .map(|((from, to), bytes)| vec![from.to_string(), to.to_string(), bytes.to_string()])
                .collect()
        }
        "Covering tracks, in vain" => told(
            |event| {
                ["StopLogging", "DeleteTrail", "PutEventSelectors", "DeleteFlowLogs"]
                    .contains(&text(event, "eventName").as_str())
            },
            &["eventName", "errorCode"],
        ),
        "A way back in, and the end of it" => told(
            |event| text(event, "requestParameters.userName") == "svc-backup",
            &["eventName", "sourceIPAddress"],
        ),
        "The edge says no" => {
            let blocked = LOGS.firewall.iter().filter(|record| record["action"] == "BLOCK");
            let keys = blocked.map(|record| {
                let rule = text(&record["ruleGroupList"][0], "terminatingRule.ruleId");
                format!("{}|{rule}", text(record, "httpRequest.clientIp"))
            });
            split(counted(keys))
        }
        "More leaves in names" => {
            let asked: Vec<&Value> = LOGS.names.iter().filter(|query| query["query_type"] == "TXT").collect();
            let names: HashSet<String> = asked.iter().map(|query| text(query, "query_name")).collect();
            assert!(asked.iter().all(|query| query["srcaddr"] == cast::INTRUDER_PRIVATE_ADDRESS));
            assert!(names.iter().all(|name| name.ends_with(".drop.example.")));
            let longest = names.iter().map(|name| name.len() - 1).max().unwrap_or(0);
            let row = [cast::INTRUDER_PRIVATE_ADDRESS, "drop.example"].map(str::to_owned);
            let counts = [asked.len(), names.len(), longest].map(|count| count.to_string());
            vec![row.into_iter().chain(counts).collect()]
        }
        "A look into the cluster" => {
            let seen =
                |event: &&Value| event["sourceIPs"][0] == cast::INTRUDER_ADDRESS && event["verb"] != "list";
            let paths = ["verb", "objectRef.resource", "objectRef.name", "responseStatus.code"];
            let time = |event: &Value| text(event, "stageTimestamp")[..23].replace('T', " ");
            let row = |event: &Value| {
                std::iter::once(time(event)).chain(paths.iter().map(|path| text(event, path))).collect()
            };
            LOGS.cluster.iter().filter(seen).map(row).collect()
        }
        "A bucket for everybody" => {
            let mut sums: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
            for line in LOGS.bucket.iter().filter(|line| line.contains(" 198.51.100.23 - ")) {
                let cells: Vec<&str> =
                    line.split("HTTP/1.1\" ").nth(1).expect("a status").split(' ').collect();
                let sum = sums.entry(cells[0]).or_default();
                sum[0] += 1;
                sum[1] += cells[2].parse::<u64>().expect("bytes");
            }
            let row = |(status, [count, bytes]): (&str, [u64; 2])| {
                [cast::SCANNER_ADDRESS, status, &count.to_string(), &bytes.to_string()]
                    .map(str::to_owned)
                    .to_vec()
            };
            sums.into_iter().map(row).collect()
        }
        "What was changed" => {
            // Items of a resource by time, and which of the paths that the story tells differ between one and the next.
            let public = "supplementaryConfiguration.PublicAccessBlockConfiguration";
            let paths = [
                "configuration.ipPermissions".to_owned(),
                "configuration.state.name".to_owned(),
                "supplementaryConfiguration.BucketPolicy.policyText".to_owned(),
                format!("{public}.blockPublicAcls"),
                format!("{public}.blockPublicPolicy"),
                format!("{public}.ignorePublicAcls"),
                format!("{public}.restrictPublicBuckets"),
            ];
            let mut items: Vec<&Value> = LOGS.items.iter().collect();
            items.sort_by_key(|item| (text(item, "resourceId"), text(item, "configurationItemCaptureTime")));
            let pairs = items.windows(2).filter(|pair| pair[0]["resourceId"] == pair[1]["resourceId"]);
            let changed = pairs.filter(|pair| pair[1]["configurationItemStatus"] == "OK").flat_map(|pair| {
                let differs = |path: &&String| text(pair[0], path) != text(pair[1], path);
                let key = |path: &String| format!("{}|{path}", text(pair[1], "resourceId"));
                paths.iter().filter(differs).map(key).collect::<Vec<_>>()
            });
            split(by_key(counted(changed)))
        }
        "What GuardDuty made of it" => {
            let row = |finding: &Value| {
                let resource = ["accessKeyDetails.userName", "instanceDetails.instanceId"];
                let name = text(&finding["resource"]["s3BucketDetails"][0], "name");
                let mut names = resource.iter().map(|path| text(&finding["resource"], path));
                let name = if name.is_empty() {
                    names.find(|name| !name.is_empty()).unwrap_or_default()
                } else {
                    name
                };
                {
                    let label = if finding["severity"].as_f64() >= Some(7.0) { "High" } else { "Medium" };
                    vec![label.to_owned(), text(finding, "type"), name, text(finding, "service.count")]
                }
            };
            let mut rows: Table = LOGS.findings.iter().map(row).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row[3].parse::<u64>().unwrap_or(0)));
            rows
        }
        _ => panic!("no answer was computed for the step {title:?}"),
    }
}

#[test]
fn every_step_of_the_story_has_the_answer_it_states() {
    for step in incident_story() {
        assert_eq!(answer(step.title), step.answer, "{}", step.title);
        assert!(step.answer.iter().all(|row| row.len() == step.columns.len()), "{}", step.title);
    }
}

#[test]
fn same_bytes_every_time() {
    let files = incident();
    assert_eq!(files, incident());
    let parts = files.iter().flat_map(|file| [file.path.as_bytes(), &file.bytes]);
    // Change it knowingly: documents and browser tests quote the incident.
    assert_eq!(format!("{:016x}", fingerprint(parts)), "6ea1349ec6fba210");
}

#[test]
fn as_many_records_as_documented() {
    let ids: HashSet<String> = LOGS.trail.iter().map(|event| text(event, "eventID")).collect();
    assert_eq!((LOGS.trail.len(), ids.len()), (1_931, 1_890), "events delivered, and different ones");
    assert_eq!(LOGS.flows.len(), 2_601);
    assert_eq!(LOGS.balancer.len(), 1_635);
    assert_eq!(LOGS.edge.len(), 1_012);
    let json = [&LOGS.firewall, &LOGS.names, &LOGS.findings, &LOGS.items, &LOGS.cluster, &LOGS.digests];
    assert_eq!(json.map(Vec::len), [179, 668, 6, 10, 379, 22]);
    assert_eq!((LOGS.function.len(), LOGS.bucket.len()), (121, 337));
    assert_eq!(
        LOGS.rejected,
        [
            "h2 2026-03-04T23:59:58.402117Z app/web-prod/50dc6c495c0c9188 198.51.100.61:50",
            "5 111122223333 eni-0a1b2c3d000",
            "2026-03-0",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn paths_are_unique_and_laid_out_as_aws_does() {
    let files = incident();
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    for start in [
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/05/111122223333_CloudTrail_us-east-1_20260305T0405Z_",
        "AWSLogs/111122223333/CloudTrail/sa-east-1/",
        "AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/03/05/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260305T0000Z_",
        "AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/03/04/111122223333_elasticloadbalancing_us-east-1_app.web-prod.50dc6c495c0c9188_20260305T0000Z_192.0.2.101_",
        "cloudfront/E2EXAMPLE1LOUPE.2026-03-05-00.",
    ] {
        assert!(paths.iter().any(|path| path.starts_with(start)), "{start}");
    }
}

#[test]
fn duplicates_are_identical_and_come_in_another_file() {
    let mut seen: HashMap<String, &Value> = HashMap::new();
    let mut twice = 0;
    for event in &LOGS.trail {
        if let Some(first) = seen.insert(text(event, "eventID"), event) {
            assert_eq!(first, event);
            assert_eq!(text(event, "userIdentity.type"), "AWSService");
            twice += 1;
        }
    }
    assert_eq!(twice, 41);
}

#[test]
fn events_have_what_real_events_have() {
    for event in &LOGS.trail {
        for name in [
            "eventVersion",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "eventID",
            "eventType",
            "recipientAccountId",
            "eventCategory",
        ] {
            assert!(event[name].is_string(), "{name} in {event}");
        }
        assert!(event["readOnly"].is_boolean() && event["managementEvent"].is_boolean());
        let request = &event["requestParameters"];
        assert!(request.is_object() || request.is_null(), "{event}");
        let key = text(event, "userIdentity.accessKeyId");
        assert!(key.is_empty() || (key.len() == 20 && key.ends_with("EXAMPLE")), "{key}");
        assert!(("2026-03-02".."2026-03-09").contains(&&text(event, "eventTime")[..10]));
    }
}

#[test]
fn digests_name_every_file_and_one_was_altered() {
    use sha2::{Digest, Sha256};
    let hash =
        |content: &[u8]| Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files = incident();
    let trail = files.iter().filter(|file| file.path.contains("/CloudTrail/"));
    let hashes: HashMap<&str, String> =
        trail.map(|file| (file.path.as_str(), hash(inflate(&file.bytes).as_bytes()))).collect();
    let (mut named, mut altered) = (HashSet::new(), Vec::new());
    for entry in LOGS.digests.iter().flat_map(|digest| digest["logFiles"].as_array().expect("files")) {
        let path = text(entry, "s3Object");
        if hashes.get(path.as_str()) != Some(&text(entry, "hashValue")) {
            altered.push(path.clone());
        }
        assert!(named.insert(path), "named once");
    }
    assert_eq!((named.len(), altered.len()), (hashes.len(), 1), "{altered:?}");
    // Each digest knows the one before it.
    let digests = files.iter().filter(|file| file.path.contains("/CloudTrail-Digest/"));
    let contents: HashMap<&str, String> =
        digests.map(|file| (file.path.as_str(), hash(inflate(&file.bytes).as_bytes()))).collect();
    let mut first = 0;
    for digest in &LOGS.digests {
        match digest["previousDigestS3Object"].as_str() {
            Some(before) => assert_eq!(contents[before], digest["previousDigestHashValue"], "{before}"),
            None => first += 1,
        }
    }
    assert_eq!(first, 5, "one chain per region");
}

#[test]
fn addresses_and_accounts_are_documentation_only() {
    let v4 = |address: &str| {
        ["192.0.2.", "198.51.100.", "203.0.113.", "10.0."].iter().any(|range| address.starts_with(range))
    };
    let allowed = |address: &str| address == "-" || address.starts_with("2001:db8:") || v4(address);
    for flow in &LOGS.flows {
        assert!(allowed(&flow["srcaddr"]) && allowed(&flow["dstaddr"]), "{flow:?}");
    }
    assert!(LOGS.balancer.iter().all(|tokens| allowed(client(tokens))));
    assert!(LOGS.edge.iter().all(|cells| allowed(&cells[4])));
    for event in &LOGS.trail {
        let address = text(event, "sourceIPAddress");
        assert!(allowed(&address) || address.ends_with(".amazonaws.com"), "{address}");
        assert_eq!(event["recipientAccountId"], cast::ACCOUNT);
    }
}

#[test]
fn one_sign_in_succeeds_among_the_guesses_and_the_oddities_are_there() {
    let by =
        |filter: &dyn Fn(&Vec<String>) -> bool| LOGS.balancer.iter().filter(|tokens| filter(tokens)).count();
    let guess =
        |tokens: &Vec<String>| client(tokens) == cast::SCANNER_ADDRESS && path_of(&tokens[12]) == "/login";
    assert_eq!(by(&|tokens| guess(tokens) && tokens[8] == "302"), 1);
    assert_eq!(by(&|tokens| guess(tokens) && tokens[8] != "302"), 240);
    assert_eq!(by(&|tokens| tokens[8] == "503" && tokens[4] == "-" && tokens[5] == "-1"), 24);
    assert_eq!(by(&|tokens| tokens[12].starts_with("- http://")), 7);
    assert_eq!(by(&|tokens| tokens[12].ends_with(":80-/ ")), 3);
    assert_eq!(by(&|tokens| tokens[12].contains(r"\x22")), 1);
    assert_eq!(by(&|tokens| tokens[12].contains("annual report")), 1);
    assert!(by(&|tokens| client(tokens).contains(':')) > 20);
    let idle = |status: &str| LOGS.flows.iter().filter(|flow| flow["log-status"] == status).count();
    assert_eq!((idle("NODATA"), idle("SKIPDATA")), (67, 3));
}

#[test]
fn the_week_has_a_rhythm() {
    let mut days: BTreeMap<String, usize> = BTreeMap::new();
    for cells in LOGS.edge.iter().filter(|cells| cells[4] != cast::SCANNER_ADDRESS) {
        *days.entry(cells[0].clone()).or_default() += 1;
    }
    assert_eq!(days.len(), 7);
    let (weekdays, weekend): (Vec<_>, Vec<_>) = days.iter().partition(|(day, _)| day.as_str() < "2026-03-07");
    let least = weekdays.iter().map(|(_, count)| **count).min().unwrap();
    let most = weekend.iter().map(|(_, count)| **count).max().unwrap();
    assert!(least > 2 * most, "{days:?}");
}
