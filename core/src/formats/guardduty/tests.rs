//! Findings as rows: what a field is made of, in every shape that the vendor writes.

use super::*;
use crate::formats::Settings;
use crate::ingest::{Limits, Loader, Options};

#[test]
fn the_api_spells_every_part_with_a_capital() {
    assert_eq!(
        json::pascal("service.action.dnsRequestAction.domain"),
        "Service.Action.DnsRequestAction.Domain"
    );
    assert_eq!(json::pascal("resource.s3BucketDetails.0.name"), "Resource.S3BucketDetails.0.Name");
}

/// The values of these columns of a finding with this resource and this action, as it is exported and by the API.
fn columns(resource: &str, action: &str, names: [&str; 3]) -> [String; 3] {
    let finding = format!(
        r#"{{"schemaVersion":"2.0","accountId":"111122223333","id":"1","type":"t","severity":2,"updatedAt":"2026-03-05T00:00:00Z","resource":{{{resource}}},"service":{{"action":{{{action}}}}}}}"#
    );
    let mut api = String::new();
    let mut parts = finding.split('"').enumerate().peekable();
    while let Some((i, part)) = parts.next() {
        let is_key = i % 2 == 1 && parts.peek().is_some_and(|(_, next)| next.starts_with(':'));
        api.push_str(&if is_key { json::pascal(part) } else { part.to_owned() });
        if parts.peek().is_some() {
            api.push('"');
        }
    }
    let [exported, api] = [finding, api].map(|text| {
        let mut loader = Loader::new(vec![&GuardDuty], Limits::default(), 1);
        loader.open("x", Options::default());
        loader.push(text.as_bytes());
        let (shard, _) = loader.into_parts();
        let row = shard.tables[0].row(0).unwrap();
        names.map(|name| row.show(name))
    });
    assert_eq!(exported, api, "{resource}");
    exported
}

#[test]
fn the_resource_is_named_by_its_type() {
    let key = r#""accessKeyDetails":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"alice"}"#;
    let instance = r#""instanceDetails":{"instanceId":"i-0a1b2c3d4e5f60718"}"#;
    for (kind, details, name) in [
        ("AccessKey", instance, "alice"),
        ("Instance", instance, "i-0a1b2c3d4e5f60718"),
        ("S3Bucket", r#""s3BucketDetails":[{"name":"example-bucket"}]"#, "example-bucket"),
        ("EKSCluster", r#""eksClusterDetails":{"name":"eks"}"#, "eks"),
        ("ECSCluster", r#""ecsClusterDetails":{"name":"ecs"},"containerDetails":{"name":"c"}"#, "ecs"),
        ("Container", r#""containerDetails":{"name":"c"},"ecsClusterDetails":{"name":"ecs"}"#, "c"),
        ("RDSDBInstance", r#""rdsDbInstanceDetails":{"dbInstanceIdentifier":"db"}"#, "db"),
        ("RDSLimitlessDB", r#""rdsLimitlessDbDetails":{"dbClusterIdentifier":"shards"}"#, "shards"),
        ("Lambda", r#""lambdaDetails":{"functionName":"f"}"#, "f"),
        ("EBSVolume", r#""ebsVolumeDetails":{"scannedVolumeDetails":[{"volumeArn":"v"}]}"#, "v"),
        ("EBSSnapshot", r#""ebsSnapshotDetails":{"snapshotArn":"s"}"#, "s"),
        ("EC2Image", r#""ec2ImageDetails":{"imageArn":"m"}"#, "m"),
        // A type that is not known, and one whose details are missing.
        ("Whatever", instance, "i-0a1b2c3d4e5f60718"),
        ("Lambda", r#""lambdaDetails":{}"#, "alice"),
    ] {
        let resource = format!(r#""resourceType":"{kind}",{key},{details}"#);
        let found = columns(
            &resource,
            r#""actionType":"AWS_API_CALL""#,
            ["resource.name", "user.name", "destination.ip"],
        );
        assert_eq!(found, [name, "alice", ""], "{kind}");
    }
}

#[test]
fn users_of_kubernetes_and_databases_are_users() {
    let key = r#""accessKeyDetails":{"userName":"alice"}"#;
    let kubernetes = r#""kubernetesDetails":{"kubernetesUserDetails":{"username":"system:anonymous"}}"#;
    let database = r#""rdsDbUserDetails":{"user":"postgres","database":"orders"}"#;
    for (resource, user) in [
        (key.to_owned(), "alice"),
        (format!("{key},{kubernetes}"), "system:anonymous"),
        (format!("{database},{key}"), "postgres"),
        (r#""kubernetesDetails":{"kubernetesUserDetails":null}"#.to_owned(), ""),
    ] {
        assert_eq!(columns(&resource, "", ["user.name", "id", "type"])[0], user, "{resource}");
    }
}

#[test]
fn the_destination_is_the_address_that_was_reached() {
    let one = r#""instanceDetails":{"networkInterfaces":[{"privateIpAddress":"10.0.12.34","publicIp":""}]}"#;
    let two = r#""instanceDetails":{"networkInterfaces":[{"privateIpAddress":"10.0.12.34"},{"privateIpAddress":"10.0.12.35","publicIp":"203.0.113.80"}]}"#;
    let connection = |local: &str| {
        format!(
            r#""actionType":"NETWORK_CONNECTION","networkConnectionAction":{{"localIpDetails":{{{local}}},"localPortDetails":{{"port":22}}}}"#
        )
    };
    let probe = |local: &str| {
        format!(
            r#""actionType":"PORT_PROBE","portProbeAction":{{"portProbeDetails":[{{"localIpDetails":{{{local}}},"localPortDetails":{{"port":22}}}}]}}"#
        )
    };
    for (resource, action, address) in [
        (two, connection(r#""ipAddressV4":"10.0.12.99""#), "10.0.12.99"),
        (two, connection(r#""ipAddressV6":"2001:db8::7""#), "2001:db8::7"),
        (two, probe(r#""ipAddressV4":"10.0.12.98""#), "10.0.12.98"),
        (two, probe(""), "10.0.12.35"),
        (one, probe(""), "10.0.12.34"),
        (one, connection(r#""ipAddressV4":"""#), "10.0.12.34"),
        ("", connection(r#""ipAddressV4":"10.0.12.99""#), "10.0.12.99"),
    ] {
        let found = columns(resource, &action, ["destination.ip", "destination.port", "id"]);
        assert_eq!(found, [address, "22", "1"], "{resource} {action}");
    }
    for action in [r#""actionType":"DNS_REQUEST""#, r#""actionType":"AWS_API_CALL""#, ""] {
        assert_eq!(columns(one, action, ["destination.ip", "id", "type"])[0], "", "{action}");
    }
}

#[test]
fn columns_asked_for_by_name_exist() {
    for name in ["resource.name", "destination.ip"] {
        assert!(column(name) < FIELDS.len(), "{name}");
    }
    assert_eq!(FIELDS[LABEL].field.name, "severityLabel");
}

#[test]
fn severities_have_the_vendors_words() {
    for (severity, word) in [
        (1.0, "Low"),
        (3.9, "Low"),
        (4.0, "Medium"),
        (6.9, "Medium"),
        (7.0, "High"),
        (8.9, "High"),
        (9.0, "Critical"),
    ] {
        assert_eq!(label(severity), word, "{severity}");
    }
}

#[test]
fn findings_of_other_services_are_not_claimed() {
    for record in [
        r#"{"SchemaVersion":"2018-10-08","Id":"1","ProductArn":"p","AwsAccountId":"1","Severity":{"Label":"LOW"},"Types":["a"],"Resources":[]}"#,
        r#"{"schemaVersion":"1.0","id":"1","accountId":"1","type":"Policy:IAMUser/S3BucketPublic","severity":{"score":3},"category":"POLICY","resourcesAffected":{}}"#,
        r#"{"type":"a","severity":3,"resource":{},"service":"x"}"#,
    ] {
        let head = Head {
            name: "guardduty",
            framing: Framing::Json,
            records: &[record.as_bytes()],
            settings: &Settings::NONE,
        };
        assert_eq!(GuardDuty.sniff(&head), Sniff::No, "{record}");
    }
}

#[test]
fn threats_are_named_once_each_wherever_they_stand() {
    let names = ["threat.indicator.name", "threat.feed.name", "threatName"];
    for (service, threats, feeds) in [
        (r#""additionalInfo":{"threatListName":"Feed","threatName":"Botnet"}"#, "Botnet", "Feed"),
        (
            r#""evidence":{"threatIntelligenceDetails":[{"threatListName":"A","threatNames":["x","y"]},{"threatListName":"B","threatNames":["y","z"]}]}"#,
            "x, y, z",
            "A, B",
        ),
        (
            r#""ebsVolumeScanDetails":{"scanDetections":{"threatDetectedByName":{"threatNames":[{"name":"EICAR-Test-File","severity":"HIGH"}]}}}"#,
            "EICAR-Test-File",
            "",
        ),
        (
            r#""malwareScanDetails":{"threats":[{"name":"Worm"},{"name":"Worm"},{"name":"Virus"}]}"#,
            "Worm, Virus",
            "",
        ),
        (
            r#""evidence":{"threatIntelligenceDetails":[7,{"threatNames":"x"},{"threatNames":[1,null,""]}]}"#,
            "",
            "",
        ),
        (r#""evidence":{}"#, "", ""),
    ] {
        let action = format!(r#""actionType":"NETWORK_CONNECTION"}},{}"#, service.strip_suffix('}').unwrap());
        assert_eq!(columns("", &action, names), [threats, feeds, threats], "{service}");
    }
    // A scan that found thousands.
    let many: Vec<String> = (0..5000).map(|i| format!(r#"{{"name":"threat {i}"}}"#)).collect();
    let action = format!(r#""actionType":"X"}},"malwareScanDetails":{{"threats":[{}]"#, many.join(","));
    let [told, ..] = columns("", &action, names);
    assert!(told.starts_with("threat 0, threat 1, ") && told.ends_with(", threat 4999"), "{}", told.len());
}

#[test]
fn containers_clusters_and_the_other_side_in_common_names() {
    let container = r#"{"id":"c1","name":"web","image":"web:1"}"#;
    for resource in [
        format!(r#""containerDetails":{container}"#),
        format!(
            r#""kubernetesDetails":{{"kubernetesWorkloadDetails":{{"containers":[{container},{{"id":"c2"}}]}}}}"#
        ),
        format!(r#""ecsClusterDetails":{{"taskDetails":{{"containers":[{container}]}}}}"#),
    ] {
        let found = columns(&resource, "", ["container.id", "container.name", "container.image.name"]);
        assert_eq!(found, ["c1", "web", "web:1"], "{resource}");
    }
    for (resource, found) in [
        (r#""eksClusterDetails":{"name":"eks","arn":"arn:eks"}"#, ["eks", "arn:eks", ""]),
        (r#""ecsClusterDetails":{"name":"ecs","arn":"arn:ecs"}"#, ["ecs", "arn:ecs", ""]),
        (
            r#""kubernetesDetails":{"kubernetesWorkloadDetails":{"namespace":"kube-system"}}"#,
            ["", "", "kube-system"],
        ),
        (r#""lambdaDetails":{}"#, ["", "", ""]),
    ] {
        let names = ["orchestrator.cluster.name", "orchestrator.cluster.id", "orchestrator.namespace"];
        assert_eq!(columns(resource, "", names), found, "{resource}");
    }
    let remote = r#""remoteIpDetails":{"city":{"cityName":"Amsterdam"},"geoLocation":{"lat":52.37,"lon":4.89},"organization":{"org":"Example Org","isp":"Example Transit"}}"#;
    for kind in
        ["awsApiCallAction", "networkConnectionAction", "kubernetesApiCallAction", "rdsLoginAttemptAction"]
    {
        let action = format!(r#""{kind}":{{{remote}}}"#);
        let found = columns("", &action, ["source.geo.city_name", "source.geo.location.lat", "remoteOrg"]);
        assert_eq!(found, ["Amsterdam", "52.37", "Example Org"], "{kind}");
    }
    for (action, found) in [
        (
            r#""networkConnectionAction":{"protocol":"TCP","connectionDirection":"INBOUND"}"#,
            ["tcp", "inbound", "TCP"],
        ),
        (
            r#""networkConnectionAction":{"protocol":"UDP","connectionDirection":"UNKNOWN"}"#,
            ["udp", "unknown", "UDP"],
        ),
        (r#""dnsRequestAction":{"protocol":"UDP","domain":"example.com"}"#, ["udp", "", "UDP"]),
        (r#""awsApiCallAction":{}"#, ["", "", ""]),
    ] {
        let names =
            ["network.transport", "network.direction", "service.action.networkConnectionAction.protocol"];
        assert_eq!(columns("", action, names), found, "{action}");
    }
}

/// A probe of these addresses and ports, as an item of the list.
fn probe(address: &str, country: &str, port: u16) -> String {
    format!(
        r#"{{"localPortDetails":{{"port":{port}}},"remoteIpDetails":{{{address}"country":{{"countryName":"{country}"}}}}}}"#
    )
}

#[test]
fn a_probe_from_several_addresses_has_them_all() {
    let (v4, v6) =
        (|a: &str| format!(r#""ipAddressV4":"{a}","#), |a: &str| format!(r#""ipAddressV6":"{a}","#));
    for (probes, expected) in [
        (vec![], ["", "", ""]),
        (vec![probe(&v4("198.51.100.11"), "A", 22)], ["198.51.100.11", "A", "22"]),
        (
            vec![probe(&v4("198.51.100.11"), "A", 22), probe(&v4("198.51.100.12"), "B", 443)],
            ["198.51.100.11, 198.51.100.12", "A, B", "22, 443"],
        ),
        // One address, several ports: one value where all are the same.
        (
            vec![probe(&v4("198.51.100.11"), "A", 22), probe(&v4("198.51.100.11"), "A", 443)],
            ["198.51.100.11", "A", "22, 443"],
        ),
        (
            vec![probe(&v6("2001:DB8:0::1"), "A", 22), probe(&v4("198.51.100.12"), "", 22)],
            ["2001:db8::1, 198.51.100.12", "A", "22"],
        ),
        // What is no object keeps its place.
        (vec!["7".into(), probe(&v4("198.51.100.12"), "B", 22)], ["198.51.100.12", "B", "22"]),
    ] {
        let action = format!(
            r#""actionType":"PORT_PROBE","portProbeAction":{{"portProbeDetails":[{}]}}"#,
            probes.join(",")
        );
        let names = ["source.ip", "source.geo.country_name", "localPort"];
        assert_eq!(columns("", &action, names), expected, "{action}");
    }
    let connection = r#""networkConnectionAction":{"remoteIpDetails":{"ipAddressV4":"198.51.100.1"},"localPortDetails":{"port":80}}"#;
    let found = columns("", connection, ["source.ip", "source.geo.country_name", "localPort"]);
    assert_eq!(found, ["198.51.100.1", "", "80"]);
}

#[test]
fn the_sentence_of_a_probe_is_short() {
    let finding = |addresses: usize| {
        let probes: Vec<String> =
            (0..addresses).map(|i| probe(&format!(r#""ipAddressV4":"198.51.100.{i}","#), "A", 22)).collect();
        let text = format!(
            r#"{{"schemaVersion":"2.0","accountId":"111122223333","id":"1","type":"t","severity":2,"updatedAt":"2026-03-05T00:00:00Z","resource":{{}},"service":{{"action":{{"portProbeAction":{{"portProbeDetails":[{}]}}}}}}}}"#,
            probes.join(",")
        );
        let mut loader = Loader::new(vec![&GuardDuty], Limits::default(), 1);
        loader.open("x", Options::default());
        loader.push(text.as_bytes());
        let (shard, _) = loader.into_parts();
        summary(&shard.tables[0].row(0).unwrap()).into_iter().map(|span| span.text).collect::<String>()
    };
    assert_eq!(finding(1), "t (Low, 2), 198.51.100.0");
    assert_eq!(finding(2), "t (Low, 2), 198.51.100.0 and another address");
    assert_eq!(finding(200), "t (Low, 2), 198.51.100.0 and 199 other addresses");
}
