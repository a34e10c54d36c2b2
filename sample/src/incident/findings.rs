//! GuardDuty findings: what it made of the leaked key, the mining, the names and the bucket.

use super::{Line, at};
use crate::cast::{
    ACCOUNT, ADMIN_SESSION_KEY, BACKDOOR_KEY, BUCKET, HOME_REGION, INTRUDER_ADDRESS, INTRUDER_INSTANCE,
    INTRUDER_PRIVATE_ADDRESS, LEAKED_KEY, MINING_POOL, MINING_POOL_ADDRESS,
};
use crate::rng::Rng;
use crate::text::{fill, hex, iso};

/// The other side, where it has an address.
const REMOTE: &str = r#""remoteIpDetails":{"ipAddressV4":"$1","organization":{"asn":"64511","asnOrg":"Example Hosting","isp":"Example Hosting","org":"Example Hosting"},"country":{"countryName":"Netherlands"},"city":{"cityName":"Amsterdam"},"geoLocation":{"lat":52.37,"lon":4.89}}"#;

pub(super) fn record() -> Vec<Line> {
    let mut rng = Rng::new(23);
    let key = |key: &str, user: &str, kind: &str| {
        fill(
            r#""resourceType":"AccessKey","accessKeyDetails":{"accessKeyId":"$1","principalId":"AIDAEXAMPLE","userName":"$2","userType":"$3"}"#,
            &[key, user, kind],
        )
    };
    let call = |api: &str, service: &str| {
        fill(
            r#"{"actionType":"AWS_API_CALL","awsApiCallAction":{"api":"$1","serviceName":"$2.amazonaws.com","callerType":"Remote IP",$3}}"#,
            &[api, service, &fill(REMOTE, &[INTRUDER_ADDRESS])],
        )
    };
    let instance = fill(
        r#""resourceType":"Instance","instanceDetails":{"instanceId":"$1","instanceType":"p3.16xlarge","availabilityZone":"us-east-1d","networkInterfaces":[{"networkInterfaceId":"eni-0a1b2c3d00000066d","privateIpAddress":"$2"}]}"#,
        &[INTRUDER_INSTANCE, INTRUDER_PRIVATE_ADDRESS],
    );
    let ask = |domain: &str| {
        fill(
            r#"{"actionType":"DNS_REQUEST","dnsRequestAction":{"domain":"$1","protocol":"UDP","blocked":false}}"#,
            &[domain],
        )
    };
    let pool = fill(
        r#"{"actionType":"NETWORK_CONNECTION","networkConnectionAction":{"connectionDirection":"OUTBOUND","protocol":"TCP","blocked":false,"localPortDetails":{"port":41822,"portName":"Unknown"},"remotePortDetails":{"port":3333,"portName":"Unknown"},$1}}"#,
        &[&fill(REMOTE, &[MINING_POOL_ADDRESS])],
    );
    let bucket = |user: &str| {
        fill(
            r#""resourceType":"S3Bucket","s3BucketDetails":[{"name":"$1","arn":"arn:aws:s3:::$1","type":"Destination"}],"accessKeyDetails":{$2}"#,
            &[BUCKET, user],
        )
    };
    let admin =
        fill(r#""accessKeyId":"$1","userName":"Admin","userType":"AssumedRole""#, &[ADMIN_SESSION_KEY]);
    let backdoor =
        fill(r#""accessKeyId":"$1","userName":"svc-backup","userType":"IAMUser""#, &[BACKDOOR_KEY]);
    let mut lines = Vec::new();
    for (first, severity, count, kind, title, resource, action) in [
        (
            at(5, 1, 12, 31),
            "5",
            18,
            "Recon:IAMUser/MaliciousIPCaller.Custom",
            "Reconnaissance API calls were made from an address on a custom threat list.",
            key(LEAKED_KEY, "ci-deploy", "IAMUser"),
            call("ListUsers", "iam"),
        ),
        (
            at(5, 2, 4, 58),
            "8",
            9,
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "An EC2 instance asks for a name that is associated with cryptocurrency.",
            instance.clone(),
            ask(MINING_POOL),
        ),
        (
            at(5, 2, 6, 12),
            "8",
            41,
            "CryptoCurrency:EC2/BitcoinTool.B",
            "An EC2 instance talks to an address that is associated with cryptocurrency.",
            instance.clone(),
            pool,
        ),
        (
            at(5, 2, 41, 0),
            "8",
            252,
            "Exfiltration:S3/AnomalousBehavior",
            "Objects were read from a bucket in an unusual way.",
            bucket(&admin),
            call("GetObject", "s3"),
        ),
        (
            at(5, 3, 40, 12),
            "8",
            160,
            "Trojan:EC2/DNSDataExfiltration",
            "An EC2 instance sends data out in DNS queries.",
            instance,
            ask("t.drop.example"),
        ),
        (
            super::attack::OPENED,
            "8",
            1,
            "Policy:S3/BucketAnonymousAccessGranted",
            "A bucket was opened to anybody.",
            bucket(&backdoor),
            call("PutBucketPolicy", "s3"),
        ),
    ] {
        let id = hex(&mut rng, 32);
        let (begin, end) = (iso(first), iso(first + u64::from(rng.range(300, 2_000))));
        let updated = first + 2_400;
        let mut text = fill(
            r#"{"schemaVersion":"2.0","accountId":"$1","region":"$2","partition":"aws","id":"$3","arn":"arn:aws:guardduty:$2:$1:detector/0ab1c2d3e4f5061728394a5b6c7d8e9f/finding/$3","type":"$4","severity":$5,"createdAt":"$6","updatedAt":"$6","title":"$7","description":"$7","#,
            &[ACCOUNT, HOME_REGION, &id, kind, severity, &iso(updated), title],
        );
        text += &fill(
            r#""resource":{$1},"service":{"serviceName":"guardduty","detectorId":"0ab1c2d3e4f5061728394a5b6c7d8e9f","action":$2,"resourceRole":"TARGET","eventFirstSeen":"$3","eventLastSeen":"$4","archived":false,"count":$5}}"#,
            &[&resource, &action, &begin, &end, &count.to_string()],
        );
        lines.push(Line { time: updated, text });
    }
    lines
}
