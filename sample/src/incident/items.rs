//! AWS Config's history of what the intruder changed: a security group, a bucket, a user, an instance; each before and after.

use super::{Line, at};
use crate::cast::{ACCOUNT, BUCKET, HOME_REGION, HOSTS, INTRUDER_ADDRESS, INTRUDER_INSTANCE, VPC};
use crate::text::fill;

/// The security group that is opened.
const GROUP: &str = "sg-0a1b2c3d4e5f60718";

/// One state of a resource.
struct Item<'a> {
    time: u64,
    kind: &'a str,
    id: &'a str,
    name: &'a str,
    arn: String,
    status: &'a str,
    configuration: String,
    supplementary: String,
}

/// The items, each with its kind of resource, in the order of their making.
pub(super) fn record() -> Vec<(&'static str, Line)> {
    let group = |more: &str| {
        fill(
            r#"{"groupId":"$1","groupName":"build","description":"build hosts","vpcId":"$2","ownerId":"$3","ipPermissions":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"ipv4Ranges":[{"cidrIp":"10.0.0.0/16"}]}$4],"tags":[]}"#,
            &[GROUP, VPC, ACCOUNT, more],
        )
    };
    let opened = fill(
        r#",{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipv4Ranges":[{"cidrIp":"$1/32"}]}"#,
        &[INTRUDER_ADDRESS],
    );
    let bucket = fill(
        r#"{"name":"$1","owner":{"id":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},"creationDate":"2025-04-02T09:12:00.000Z"}"#,
        &[BUCKET],
    );
    let public = |blocked: &str, policy: &str| {
        fill(
            r#"{"PublicAccessBlockConfiguration":{"blockPublicAcls":$1,"ignorePublicAcls":$1,"blockPublicPolicy":$1,"restrictPublicBuckets":$1},"BucketPolicy":{"policyText":$2}}"#,
            &[blocked, policy],
        )
    };
    let policy = fill(
        r#""{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::$1/*\"}]}""#,
        &[BUCKET],
    );
    let user = r#"{"path":"/","userName":"svc-backup","userId":"AIDASVCBACKUPEXAMPLE","attachedManagedPolicies":[{"policyName":"AdministratorAccess","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}]}"#;
    let host = HOSTS[4];
    let instance = |state: &str| {
        fill(
            r#"{"instanceId":"$1","instanceType":"p3.16xlarge","imageId":"ami-0deadc0de12345678","keyName":"k1","privateIpAddress":"$2","subnetId":"$3","vpcId":"$4","state":{"name":"$5"}}"#,
            &[INTRUDER_INSTANCE, host.address, host.subnet, VPC, state],
        )
    };
    let none = || "{}".to_owned();
    let regional = |kind: &str, id: &str| fill("arn:aws:ec2:$1:$2:$3/$4", &[HOME_REGION, ACCOUNT, kind, id]);
    let mut lines = Vec::new();
    let mut push =
        |kind: &'static str, id, name, arn: &str, states: Vec<(u64, &'static str, String, String)>| {
            for (time, status, configuration, supplementary) in states {
                let arn = arn.to_owned();
                let item = Item { time, kind, id, name, arn, status, configuration, supplementary };
                lines.push((kind, Line { time, text: json(&item) }));
            }
        };
    push(
        "AWS::EC2::SecurityGroup",
        GROUP,
        "build",
        &regional("security-group", GROUP),
        vec![(at(2, 6, 0, 12), "OK", group(""), none()), (at(5, 1, 46, 31), "OK", group(&opened), none())],
    );
    push(
        "AWS::S3::Bucket",
        BUCKET,
        BUCKET,
        &fill("arn:aws:s3:::$1", &[BUCKET]),
        vec![
            (at(2, 6, 0, 14), "OK", bucket.clone(), public("true", "null")),
            (super::attack::OPENED + 95, "OK", bucket.clone(), public("false", &policy)),
            (at(6, 22, 11, 40), "OK", bucket, public("true", "null")),
        ],
    );
    push(
        "AWS::IAM::User",
        "AIDASVCBACKUPEXAMPLE",
        "svc-backup",
        &fill("arn:aws:iam::$1:user/svc-backup", &[ACCOUNT]),
        vec![
            (at(5, 4, 43, 2), "ResourceDiscovered", user.to_owned(), none()),
            (at(6, 22, 9, 50), "ResourceDeleted", "null".to_owned(), none()),
        ],
    );
    push(
        "AWS::EC2::Instance",
        INTRUDER_INSTANCE,
        "",
        &regional("instance", INTRUDER_INSTANCE),
        vec![
            (at(5, 2, 5, 20), "ResourceDiscovered", instance("running"), none()),
            (at(5, 5, 4, 1), "OK", instance("stopped"), none()),
            (at(5, 5, 11, 15), "ResourceDeleted", "null".to_owned(), none()),
        ],
    );
    lines
}

fn json(item: &Item<'_>) -> String {
    let Item { time, kind, id, name, arn, status, configuration, supplementary } = item;
    let (seconds, name) = (time.to_string(), format!("\"{name}\""));
    let mut text = fill(
        r#"{"relatedEvents":[],"relationships":[],"configuration":$1,"supplementaryConfiguration":$2,"tags":{},"configurationItemVersion":"1.3","configurationItemCaptureTime":"$3.427Z","configurationStateId":$4427,"#,
        &[configuration, supplementary, crate::text::iso(*time).trim_end_matches('Z'), &seconds],
    );
    text += &fill(
        r#""awsAccountId":"$1","configurationItemStatus":"$2","resourceType":"$3","resourceId":"$4","resourceName":$5,"ARN":"$6","awsRegion":"$7","availabilityZone":"$8","configurationStateMd5Hash":""}"#,
        &[
            ACCOUNT,
            status,
            kind,
            id,
            if name == "\"\"" { "null" } else { &name },
            arn,
            if *kind == "AWS::IAM::User" { "global" } else { HOME_REGION },
            if *kind == "AWS::EC2::Instance" { "us-east-1d" } else { "Not Applicable" },
        ],
    );
    text
}
