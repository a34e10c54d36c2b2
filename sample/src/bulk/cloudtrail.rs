//! CloudTrail events: some 300 calls, 512 callers, ids that never repeat.

use super::apis::APIS;
use super::{Clock, Rows};
use crate::SampleFile;
use crate::cast::{ACCOUNT, BROWSERS};
use crate::gzip;
use crate::rng::{Rng, mix};
use crate::text::{
    base64, compact, fill, folder, public_address, push_guid, push_hex, push_ipv4, push_moment, push_number,
};

/// Callers in a stream.
const CALLERS: u32 = 512;
/// Events in each of the [`small_files`].
pub const SMALL_FILE_EVENTS: u64 = 8;

const REGIONS: [&str; 8] = [
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "us-east-2",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];

/// `count` CloudTrail files of about 3 KB as a trail delivers them, five minutes and Regions apart; each holds
/// [`SMALL_FILE_EVENTS`] events.
pub fn small_files(count: usize) -> impl Iterator<Item = SampleFile> + Send {
    let mut names = Rng::new(21);
    let mut events = Cloudtrail::new(count as u64 * SMALL_FILE_EVENTS, 20);
    (0..count).map(move |number| {
        let region = REGIONS[number % REGIONS.len()];
        events.region = Some(number % REGIONS.len());
        let delivered = events.clock.now / 1_000_000 + 300;
        let mut text = Vec::with_capacity(20_000);
        events.started = false;
        events.head(&mut text);
        for _ in 0..SMALL_FILE_EVENTS {
            events.row(&mut text);
        }
        events.tail(&mut text);
        SampleFile {
            path: format!(
                "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{}/{ACCOUNT}_CloudTrail_{region}_{}_{}.json.gz",
                folder(delivered),
                compact(delivered),
                base64(&mut names, 16).replace(['-', '_'], "x"),
            ),
            bytes: gzip::member(&text),
        }
    })
}

/// A call with everything of its event that never changes, in the order of writing.
struct Api {
    /// `","eventSource":…,"eventName":"…","awsRegion":"`.
    name: String,
    shape: Shape,
    /// `"readOnly":…` up to and with `"eventCategory":"…"`.
    kind: String,
    host: String,
}

/// What a call asks and answers.
#[derive(Clone, Copy)]
enum Shape {
    Describe,
    Instances,
    Object,
    Assume,
    Key,
    Named,
    Task,
}

struct Caller {
    identity: String,
    /// `","userAgent":"…",` after the address.
    agent: String,
    /// `None` for callers from everywhere.
    address: Option<String>,
    /// AWS itself has no TLS details.
    outside: bool,
}

pub(super) struct Cloudtrail {
    rng: Rng,
    clock: Clock,
    apis: Vec<Api>,
    callers: Vec<Caller>,
    started: bool,
    region: Option<usize>,
}

impl Cloudtrail {
    pub(super) fn new(events: u64, seed: u64) -> Self {
        Cloudtrail {
            rng: Rng::new(seed),
            clock: Clock::new(events),
            apis: apis(),
            callers: (0..CALLERS).map(caller).collect(),
            started: false,
            region: None,
        }
    }
}

fn apis() -> Vec<Api> {
    let mut apis: Vec<Api> = APIS
        .iter()
        .flat_map(|(service, names)| names.split_ascii_whitespace().map(|name| api(service, name)))
        .collect();
    // By Zipf's law the first is the most frequent: mix the services.
    let mut rng = Rng::new(7);
    for last in (1..apis.len()).rev() {
        apis.swap(last, rng.below(last as u32 + 1) as usize);
    }
    apis
}

fn api(service: &str, name: &str) -> Api {
    let read_only =
        ["Describe", "Get", "List", "Head", "Lookup", "Batch", "Assume", "Decrypt", "Select", "Filter"]
            .iter()
            .any(|verb| name.starts_with(verb));
    let data = (service == "s3" && (name.contains("Object") || name.contains("Part")))
        || (service == "lambda" && name == "Invoke")
        || (service == "dynamodb" && (name.contains("Item") || name == "Query" || name == "Scan"));
    let shape = match (service, name) {
        ("ec2", "RunInstances" | "TerminateInstances" | "StartInstances" | "StopInstances") => {
            Shape::Instances
        }
        ("s3", _) => Shape::Object,
        ("sts", _) => Shape::Assume,
        ("kms", _) => Shape::Key,
        ("ecs", _) => Shape::Task,
        ("ec2" | "rds" | "elasticloadbalancing" | "autoscaling", _) => Shape::Describe,
        _ => Shape::Named,
    };
    Api {
        name: format!(
            "Z\",\"eventSource\":\"{service}.amazonaws.com\",\"eventName\":\"{name}\",\"awsRegion\":\""
        ),
        shape,
        kind: format!(
            "\",\"readOnly\":{read_only},\"eventType\":\"{}\",\"managementEvent\":{},\"recipientAccountId\":\"{ACCOUNT}\",\"eventCategory\":\"{}\"",
            if service == "signin" { "AwsConsoleSignIn" } else { "AwsApiCall" },
            !data,
            if data { "Data" } else { "Management" },
        ),
        host: format!(
            ",\"tlsDetails\":{{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"{service}."
        ),
    }
}

fn caller(number: u32) -> Caller {
    let mut id = Vec::new();
    push_hex(&mut id, mix(u64::from(number)), 9);
    let id = String::from_utf8(id).expect("hexadecimal").to_ascii_uppercase();
    let n = &number.to_string();
    let scattered = mix(u64::from(number) + 9);
    match scattered % 20 {
        0..3 => {
            let services = [
                "ec2",
                "autoscaling",
                "lambda",
                "config",
                "cloudtrail",
                "elasticloadbalancing",
                "rds",
                "ssm",
            ];
            let service = format!("{}.amazonaws.com", services[(scattered >> 8) as usize % 8]);
            Caller {
                identity: fill(r#"{"type":"AWSService","invokedBy":"$1"}"#, &[&service]),
                agent: service.clone(),
                address: Some(service),
                outside: false,
            }
        }
        3..7 => Caller {
            identity: fill(
                r#"{"type":"IAMUser","principalId":"AIDA$1EXAMPLE","arn":"arn:aws:iam::$2:user/user-$3","accountId":"$2","accessKeyId":"AKIA$1EXAMPLE","userName":"user-$3"}"#,
                &[&id, ACCOUNT, n],
            ),
            agent: if number.is_multiple_of(3) {
                BROWSERS[number as usize % 5].to_owned()
            } else {
                format!(
                    "aws-cli/2.{}.{} md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1024 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off",
                    15 + number % 12,
                    number % 30
                )
            },
            address: number.is_multiple_of(2).then(|| format!("192.0.2.{}", number % 250 + 1)),
            outside: true,
        },
        _ => Caller {
            identity: fill(
                r#"{"type":"AssumedRole","principalId":"AROA$1EXAMPLE:session-$3","arn":"arn:aws:sts::$2:assumed-role/role-$4/session-$3","accountId":"$2","accessKeyId":"ASIA$1EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA$1EXAMPLE","arn":"arn:aws:iam::$2:role/role-$4","accountId":"$2","userName":"role-$4"},"attributes":{"creationDate":"2026-03-02T0$5:14:02Z","mfaAuthenticated":"false"}}}"#,
                &[&id, ACCOUNT, n, &(number % 90).to_string(), &(number % 10).to_string()],
            ),
            agent: format!(
                "aws-sdk-java/2.{}.{} md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.129 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21.0.6+7-LTS md/vendor#Amazon.com_Inc. exec-env/AWS_ECS_EC2",
                20 + number % 11,
                number % 40
            ),
            address: (!number.is_multiple_of(5)).then(|| format!("10.0.{}.{}", number % 6, number / 3 + 10)),
            outside: true,
        },
    }
}

impl Rows for Cloudtrail {
    fn head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"Records\":[");
    }

    fn row(&mut self, out: &mut Vec<u8>) {
        let now = self.clock.tick() / 1_000_000;
        let rng = &mut self.rng;
        let caller = &self.callers[rng.zipf_below(CALLERS) as usize];
        let api = &self.apis[rng.zipf_below(self.apis.len() as u32) as usize];
        let region = REGIONS[self.region.unwrap_or_else(|| rng.zipf(3) as usize)].as_bytes();
        let push = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
        if self.started {
            out.push(b',');
        }
        self.started = true;
        push(out, r#"{"eventVersion":"1.11","userIdentity":"#);
        push(out, &caller.identity);
        push(out, r#","eventTime":""#);
        push_moment(out, now);
        push(out, &api.name);
        out.extend_from_slice(region);
        push(out, r#"","sourceIPAddress":""#);
        match &caller.address {
            Some(address) => push(out, address),
            None => push_ipv4(out, public_address(rng.zipf(18))),
        }
        push(out, r#"","userAgent":""#);
        push(out, &caller.agent);
        push(out, r#"","#);
        let refused = rng.chance(28);
        if refused {
            push(
                out,
                r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this action because no identity-based policy allows it","#,
            );
        }
        push_parameters(out, rng, api.shape, refused);
        push(out, r#","requestID":""#);
        push_guid(out, rng);
        push(out, r#"","eventID":""#);
        push_guid(out, rng);
        push(out, &api.kind);
        if caller.outside {
            push(out, &api.host);
            out.extend_from_slice(region);
            push(out, r#".amazonaws.com"}"#);
        }
        out.push(b'}');
    }

    fn tail(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}");
    }
}

/// Appends `requestParameters`, `responseElements` and what comes between them and the ids.
fn push_parameters(out: &mut Vec<u8>, rng: &mut Rng, shape: Shape, refused: bool) {
    let push = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
    let push_id = |out: &mut Vec<u8>, prefix: &str, id: u64| {
        out.extend_from_slice(prefix.as_bytes());
        push_hex(out, id, 16);
    };
    push(out, r#""requestParameters":"#);
    match shape {
        Shape::Describe => {
            push(
                out,
                r#"{"maxResults":1000,"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"#,
            );
            push_id(out, "\"vpc-0", mix(u64::from(rng.zipf(4))));
            push(
                out,
                r#""}]}},{"name":"tag:Environment","valueSet":{"items":[{"value":"prod"},{"value":"staging"}]}},{"name":"instance-state-name","valueSet":{"items":[{"value":"pending"},{"value":"running"},{"value":"stopping"}]}}]},"instancesSet":{"items":["#,
            );
            for number in 0..rng.range(1, 6) {
                push_id(
                    out,
                    if number == 0 { "{\"instanceId\":\"i-0" } else { ",{\"instanceId\":\"i-0" },
                    mix(u64::from(rng.zipf(10))),
                );
                push(out, "\"}");
            }
            push(out, r#"]}},"responseElements":null"#);
        }
        Shape::Instances => {
            push(
                out,
                r#"{"instancesSet":{"items":[{"imageId":"ami-0c0ffee0123456789","minCount":1,"maxCount":1}]},"instanceType":"m7g.large","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":30,"deleteOnTermination":true,"volumeType":"gp3","encrypted":true}}]},"monitoring":{"enabled":true},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"Name","value":"worker"},{"key":"Environment","value":"prod"}]}]}},"responseElements":"#,
            );
            if refused {
                push(out, "null");
            } else {
                push_id(out, "{\"reservationId\":\"r-0", rng.next_u64());
                push_id(out, "\",\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0", rng.next_u64());
                push(
                    out,
                    r#"","imageId":"ami-0c0ffee0123456789","instanceState":{"code":0,"name":"pending"},"instanceType":"m7g.large","placement":{"availabilityZone":"us-east-1a","tenancy":"default"},"privateIpAddress":""#,
                );
                push_ipv4(out, 0x0a00_0000 | rng.below(0xffff));
                push(out, r#""}]}}"#);
            }
        }
        Shape::Object => {
            let bucket = rng.zipf(6);
            for before in ["{\"bucketName\":\"data-bucket-", "\",\"Host\":\"data-bucket-"] {
                push(out, before);
                push_number(out, u64::from(bucket));
            }
            push(out, ".s3.us-east-1.amazonaws.com\",\"key\":\"events/2026/03/part-");
            push_number(out, 100_000 + u64::from(rng.zipf(17)));
            push_id(out, "-", rng.next_u64());
            push(
                out,
                r#".parquet"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":"#,
            );
            push_number(out, rng.bell_size(20));
            push(
                out,
                r#"},"resources":[{"type":"AWS::S3::Bucket","accountId":"111122223333","ARN":"arn:aws:s3:::data-bucket-"#,
            );
            push_number(out, u64::from(bucket));
            push(out, "\"}]");
        }
        Shape::Assume => {
            push(out, r#"{"roleArn":"arn:aws:iam::111122223333:role/role-"#);
            push_number(out, u64::from(rng.zipf_below(90)));
            push_id(out, "\",\"roleSessionName\":\"session-", rng.next_u64());
            push(out, r#"","durationSeconds":3600},"responseElements":"#);
            if refused {
                push(out, "null");
            } else {
                push(out, r#"{"credentials":{"accessKeyId":"ASIA"#);
                push_number(out, 100_000_000 + u64::from(rng.below(899_999_999)));
                push(
                    out,
                    r#"EXAMPLE","expiration":"Mar 9, 2026, 1:14:02 AM","sessionToken":"IQoJb3JpZ2luX2Vj"#,
                );
                crate::text::push_base64(out, rng, 480);
                push(out, "\"}}");
            }
        }
        Shape::Key => {
            push(
                out,
                r#"{"keySpec":"AES_256","encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::data-bucket-"#,
            );
            push_number(out, u64::from(rng.zipf(6)));
            push_id(out, "/events/", rng.next_u64());
            push(
                out,
                r#""},"keyId":"arn:aws:kms:us-east-1:111122223333:key/0d5e7f10-2b3c-4d5e-8f90-a1b2c3d4e5f6"},"responseElements":null,"resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:111122223333:key/0d5e7f10-2b3c-4d5e-8f90-a1b2c3d4e5f6"}]"#,
            );
        }
        Shape::Named => {
            push(out, r#"{"name":"service-"#);
            push_number(out, u64::from(rng.zipf(9)));
            push(out, r#"","maxItems":100,"includeShared":false,"clientToken":""#);
            push_guid(out, rng);
            push(
                out,
                r#"","tags":[{"key":"team","value":"payments"},{"key":"cost-centre","value":"4711"}]},"responseElements":null"#,
            );
        }
        Shape::Task => {
            push(
                out,
                r#"{"cluster":"prod","services":["web","api","worker"],"include":["TAGS"],"tasks":["arn:aws:ecs:us-east-1:111122223333:task/prod/"#,
            );
            push_hex(out, rng.next_u64(), 16);
            push_hex(out, rng.next_u64(), 16);
            push(
                out,
                r#""],"overrides":{"containerOverrides":[{"name":"web","environment":[{"name":"REVISION","value":"build-"#,
            );
            push_number(out, u64::from(rng.zipf(8)));
            push(out, r#""}]}]}},"responseElements":null"#);
        }
    }
}
