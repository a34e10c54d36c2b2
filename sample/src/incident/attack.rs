//! The intruder's API calls, Thursday and Friday night, and what alice does about them on Friday.

use super::at;
use super::event::{Caller, Trail};
use super::routine::s3_request;
use crate::cast::{
    ACCOUNT, ADMIN_SESSION_KEY, BACKDOOR_KEY, BROWSERS, BUCKET, HOSTS, INTRUDER_ADDRESS,
    INTRUDER_PRIVATE_ADDRESS, LEAKED_KEY, OFFICE_ADDRESS, VPC,
};
use crate::text::{fill, hex, java_date};

const AGENT: &str = "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.6.9-amd64 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.51";
pub(super) const SESSION: &str = "botocore-session-1772673697";
const GPU: &str = "p3.16xlarge";
/// When the bucket is opened to anybody.
pub(super) const OPENED: u64 = at(6, 2, 8, 31);
/// When the `Admin` session begins.
const ASSUMED: u64 = at(5, 1, 21, 37);

/// Objects fetched, first from outside and then from the instance.
pub(super) const OBJECTS: [u32; 2] = [12, 240];

const VCPU: (&str, &str) = (
    "Client.VcpuLimitExceeded",
    "You have requested more vCPU capacity than your current vCPU limit of 64 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
);
const DRY_RUN: (&str, &str) =
    ("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
const NOT_OFFERED: (&str, &str) = (
    "Client.Unsupported",
    "The requested configuration is currently not supported. Please check the documentation for supported configurations.",
);

pub(super) fn record(trail: &mut Trail) {
    discovery(trail);
    let admin =
        Caller::role("Admin", SESSION, ADMIN_SESSION_KEY, ASSUMED, false).from(INTRUDER_ADDRESS, AGENT);
    assume(trail);
    look_around(trail, &admin);
    thursday_instances(trail, &admin);
    copy_bucket(trail, &admin);
    cover_tracks(trail, &admin);
    persist(trail, &admin);
    friday_instances(trail);
    clean_up(trail);
    open_bucket(trail);
}

fn denied(user: &str, action: &str) -> String {
    fill(
        "User: arn:aws:iam::$1:user/$2 is not authorized to perform: $3 because no identity-based policy allows the $3 action",
        &[ACCOUNT, user, action],
    )
}

/// The leaked key is tried: what am I, what can I see.
fn discovery(trail: &mut Trail) {
    let thief = Caller::user("ci-deploy", LEAKED_KEY, INTRUDER_ADDRESS, AGENT);
    trail.push(at(5, 1, 12, 8), thief.call("sts", "GetCallerIdentity"));
    trail.push(
        at(5, 1, 12, 31),
        thief.call("s3", "ListBuckets").asking(r#"{"Host":"s3.us-east-1.amazonaws.com"}"#),
    );
    let mut time = at(5, 1, 13, 2);
    for (service, name, action, code, regions) in [
        ("iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", "AccessDenied", 1),
        ("iam", "ListUsers", "iam:ListUsers", "AccessDenied", 1),
        ("ec2", "DescribeInstances", "ec2:DescribeInstances", "Client.UnauthorizedOperation", 4),
        ("secretsmanager", "ListSecrets", "secretsmanager:ListSecrets", "AccessDenied", 3),
        ("rds", "DescribeDBInstances", "rds:DescribeDBInstances", "AccessDenied", 1),
        ("lambda", "ListFunctions20150331", "lambda:ListFunctions", "AccessDenied", 1),
        (
            "organizations",
            "DescribeOrganization",
            "organizations:DescribeOrganization",
            "AccessDeniedException",
            1,
        ),
        ("iam", "ListUsers", "iam:ListUsers", "AccessDenied", 1),
    ] {
        let message = denied("ci-deploy", action);
        for region in &["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"][..regions] {
            trail.push(time, thief.call(service, name).in_region(region).failing(code, &message));
            time += 9;
        }
        time += 14;
    }
    trail.push(at(5, 1, 19, 20), thief.call("iam", "ListRoles"));
    trail.push(
        at(5, 1, 19, 23),
        thief.call("iam", "ListRoles").asking(r#"{"marker":"AExampleMarker7","maxItems":100}"#),
    );
    trail.push(
        at(5, 1, 19, 58),
        thief.call("iam", "ListAttachedUserPolicies").asking(r#"{"userName":"ci-deploy"}"#),
    );
    trail.push(at(5, 1, 20, 26), thief.call("iam", "GetRole").asking(r#"{"roleName":"Admin"}"#));
}

/// One role is refused, `Admin` trusts the whole account.
fn assume(trail: &mut Trail) {
    let thief = Caller::user("ci-deploy", LEAKED_KEY, INTRUDER_ADDRESS, AGENT);
    let ask = |role: &str| {
        fill(r#"{"roleArn":"arn:aws:iam::$1:role/$2","roleSessionName":"$3"}"#, &[ACCOUNT, role, SESSION])
    };
    let (first, second) = (ask("OrganizationAccountAccessRole"), ask("Admin"));
    let message = denied("ci-deploy", "sts:AssumeRole");
    trail
        .push(ASSUMED - 31, thief.call("sts", "AssumeRole").asking(&first).failing("AccessDenied", &message));
    let response = fill(
        r#"{"credentials":{"accessKeyId":"$1","sessionToken":"IQoJb3JpZ2luX2VjEXAMPLETOKEN","expiration":"$2"},"assumedRoleUser":{"assumedRoleId":"AROAADMINXXXXEXAMPLE:$3","arn":"arn:aws:sts::$4:assumed-role/Admin/$3"}}"#,
        &[ADMIN_SESSION_KEY, &java_date(ASSUMED + 12 * 3_600), SESSION, ACCOUNT],
    );
    let resources = fill(
        r#"[{"accountId":"$1","type":"AWS::IAM::Role","ARN":"arn:aws:iam::$1:role/Admin"}]"#,
        &[ACCOUNT],
    );
    let mut call = thief.call("sts", "AssumeRole").asking(&second).answering(&response);
    call.resources = &resources;
    trail.push(ASSUMED, call);
}

fn look_around(trail: &mut Trail, admin: &Caller) {
    trail.push(at(5, 1, 22, 3), admin.call("sts", "GetCallerIdentity"));
    trail.push(
        at(5, 1, 24, 40),
        admin.call("ec2", "DescribeRegions").asking(r#"{"regionSet":{},"allRegions":true}"#),
    );
    let mut time = at(5, 1, 25, 12);
    for region in ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2", "sa-east-1"] {
        let offers = r#"{"DescribeInstanceTypeOfferingsRequest":{"LocationType":"region","Filter":{"Name":"instance-type","tag":1,"Value":{"tag":1,"content":"p3.16xlarge"}}}}"#;
        trail.push(time, admin.call("ec2", "DescribeInstanceTypeOfferings").in_region(region).asking(offers));
        let quota = r#"{"serviceCode":"ec2","quotaCode":"L-417A185B"}"#;
        trail.push(time + 6, admin.call("servicequotas", "GetServiceQuota").in_region(region).asking(quota));
        time += 21;
    }
    for (minute, name) in [(31, "DescribeVpcs"), (32, "DescribeSubnets"), (33, "DescribeSecurityGroups")] {
        trail.push(at(5, 1, minute, 17), admin.call("ec2", name));
    }
    let list = fill(
        r#"{"list-type":"2","bucketName":"$1","Host":"$1.s3.us-east-1.amazonaws.com"}"#,
        &["www-assets-prod"],
    );
    trail.push(at(5, 1, 38, 44), admin.call("s3", "ListObjects").asking(&list));
    let ingress = fill(
        r#"{"groupId":"sg-0a1b2c3d4e5f60718","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"$1/32"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
        &[INTRUDER_ADDRESS],
    );
    let answer = r#"{"_return":true,"securityGroupRuleSet":{"items":[{"groupId":"sg-0a1b2c3d4e5f60718","isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22}]}}"#;
    trail.push(
        at(5, 1, 44, 9),
        admin.call("ec2", "AuthorizeSecurityGroupIngress").asking(&ingress).answering(answer),
    );
    for region in ["us-east-1", "us-west-2", "eu-west-1"] {
        let answer = fill(r#"{"keyPairId":"key-0$1","keyName":"k1"}"#, &[&hex(&mut trail.rng, 16)]);
        trail.push(
            at(5, 1, 45, 30),
            admin
                .call("ec2", "ImportKeyPair")
                .in_region(region)
                .asking(r#"{"keyName":"k1","publicKeyMaterial":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#)
                .answering(&answer),
        );
    }
}

/// What became of one attempt to start instances.
enum Outcome {
    Started(&'static [&'static str]),
    Refused((&'static str, &'static str)),
}
use Outcome::{Refused, Started};

const EAST: [&str; 2] = [HOSTS[4].instance, HOSTS[5].instance];
const WEST: [&str; 2] = ["i-0bad5eed000000011", "i-0bad5eed000000012"];
const IRELAND: [&str; 1] = ["i-0bad5eed000000021"];
const EAST_AGAIN: [&str; 2] = ["i-0bad5eed000000031", "i-0bad5eed000000032"];
const WEST_AGAIN: [&str; 2] = ["i-0bad5eed000000041", "i-0bad5eed000000042"];
const IRELAND_AGAIN: [&str; 1] = ["i-0bad5eed000000051"];

fn run(trail: &mut Trail, caller: &Caller, time: u64, region: &'static str, outcome: Outcome) {
    let count = if let Started(instances) = outcome { instances.len() } else { 2 }.to_string();
    let dry = matches!(outcome, Refused(DRY_RUN));
    let request = fill(
        r#"{"instancesSet":{"items":[{"imageId":"ami-0deadc0de12345678","keyName":"k1","minCount":1,"maxCount":$1}]},"instanceType":"$2","blockDeviceMapping":{},"monitoring":{"enabled":false},"disableApiTermination":false$3}"#,
        &[&count, GPU, if dry { r#","dryRun":true"# } else { "" }],
    );
    let call = caller.call("ec2", "RunInstances").in_region(region).asking(&request);
    match outcome {
        Refused((code, message)) => trail.push(time, call.failing(code, message)),
        Started(instances) => {
            let items: Vec<String> = instances
                .iter()
                .map(|instance| {
                    let host = HOSTS.iter().find(|host| host.instance == *instance);
                    let network = host.map_or(String::new(), |host| {
                        fill(
                            r#","privateIpAddress":"$1","subnetId":"$2","vpcId":"$3","networkInterfaceSet":{"items":[{"networkInterfaceId":"$4"}]}"#,
                            &[host.address, host.subnet, VPC, host.interface],
                        )
                    });
                    fill(
                        r#"{"instanceId":"$1","imageId":"ami-0deadc0de12345678","instanceState":{"code":0,"name":"pending"},"keyName":"k1","instanceType":"$2"$3}"#,
                        &[instance, GPU, &network],
                    )
                })
                .collect();
            let response = fill(
                r#"{"reservationId":"r-0$1","ownerId":"$2","groupSet":{},"instancesSet":{"items":[$3]}}"#,
                &[&hex(&mut trail.rng, 16), ACCOUNT, &items.join(",")],
            );
            trail.push(time, call.answering(&response));
        }
    }
}

fn end(trail: &mut Trail, caller: &Caller, name: &str, time: u64, region: &'static str, instances: &[&str]) {
    let set = |member: &str| {
        let items: Vec<String> =
            instances.iter().map(|instance| fill(r#"{"instanceId":"$1"$2}"#, &[instance, member])).collect();
        fill(r#"{"instancesSet":{"items":[$1]}}"#, &[&items.join(",")])
    };
    let (code, state) = if name == "StopInstances" { ("64", "stopping") } else { ("32", "shutting-down") };
    let answer = set(&fill(
        r#","currentState":{"code":$1,"name":"$2"},"previousState":{"code":16,"name":"running"}"#,
        &[code, state],
    ));
    let request = set("");
    trail.push(time, caller.call("ec2", name).in_region(region).asking(&request).answering(&answer));
}

fn thursday_instances(trail: &mut Trail, admin: &Caller) {
    for (minute, region) in [(47, "us-east-1"), (48, "us-west-2"), (49, "eu-west-1"), (50, "ap-southeast-2")]
    {
        run(trail, admin, at(5, 1, minute, 25), region, Refused(DRY_RUN));
    }
    for (hour, minute, region, outcome) in [
        (2, 3, "us-east-1", Started(&EAST)),
        (2, 5, "us-east-1", Refused(VCPU)),
        (2, 6, "us-east-1", Refused(VCPU)),
        (2, 8, "us-west-2", Started(&WEST)),
        (2, 9, "us-west-2", Refused(VCPU)),
        (2, 12, "eu-west-1", Started(&IRELAND)),
        (2, 13, "eu-west-1", Refused(VCPU)),
        (2, 15, "ap-southeast-2", Refused(VCPU)),
        (2, 16, "ap-southeast-2", Refused(VCPU)),
        (3, 2, "sa-east-1", Refused(NOT_OFFERED)),
    ] {
        run(trail, admin, at(5, hour, minute, 41), region, outcome);
    }
    end(trail, admin, "StopInstances", at(5, 5, 2, 14), "us-east-1", &EAST);
    end(trail, admin, "TerminateInstances", at(5, 5, 8, 50), "us-east-1", &EAST);
    end(trail, admin, "TerminateInstances", at(5, 5, 9, 22), "us-west-2", &WEST);
    end(trail, admin, "TerminateInstances", at(5, 5, 9, 57), "eu-west-1", &IRELAND);
}

/// A few objects from outside to see what they are, then everything from the new instance.
fn copy_bucket(trail: &mut Trail, admin: &Caller) {
    let list = |marker: &str| {
        fill(
            r#"{"bucketName":"$1","Host":"$1.s3.us-east-1.amazonaws.com","list-type":"2","prefix":"orders/","max-keys":"1000"$2}"#,
            &[BUCKET, marker],
        )
    };
    let (first, more) = (list(""), list(r#","start-after":"orders/2026/02/part-00119.parquet""#));
    for (second, request) in [(3, &first), (9, &more), (51, &first)] {
        trail.push(at(5, 2, 24, second), admin.call("s3", "ListObjects").asking(request));
    }
    let mut inside = admin.clone().from(INTRUDER_PRIVATE_ADDRESS, "aws-cli/2.15.30 md/awscrt#0.19.19 ua/2.0 os/linux#6.1.79 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#s3.sync");
    inside.endpoint = Some("vpce-0a1b2c3d4e5f60718");
    for copy in copies() {
        let request = s3_request(BUCKET, &copy.key);
        let additional = fill(
            r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":$1}"#,
            &[&copy.bytes.to_string()],
        );
        let resources = fill(
            r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::$1/$2"},{"accountId":"$3","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$1"}]"#,
            &[BUCKET, &copy.key, ACCOUNT],
        );
        let caller = if copy.client == INTRUDER_ADDRESS { admin } else { &inside };
        let mut call = caller.call("s3", "GetObject").asking(&request);
        call.additional = &additional;
        call.resources = &resources;
        trail.push(copy.time, call);
    }
}

/// A copy of an object, as the bucket sees it.
pub(super) struct Copy {
    pub(super) time: u64,
    pub(super) client: &'static str,
    pub(super) key: String,
    pub(super) bytes: u64,
}

/// The copies of objects, first those to the outside, then those to the instance.
pub(super) fn copies() -> impl Iterator<Item = Copy> {
    let starts = [(INTRUDER_ADDRESS, at(5, 2, 25, 30)), (INTRUDER_PRIVATE_ADDRESS, at(5, 2, 41, 0))];
    starts.into_iter().zip(OBJECTS).flat_map(|((client, start), count)| {
        (0..count).map(move |number| {
            let (folder, part) = if number < 120 { ("2026/02", number) } else { ("2026/01", number - 120) };
            Copy {
                time: start + u64::from(number) * 22 + u64::from(number % 7),
                client,
                key: format!("orders/{folder}/part-{part:05}.parquet"),
                bytes: object_size(number),
            }
        })
    })
}

/// Bytes of the object with this number: about 180 MB, the same in the trail and in the flow logs.
pub(super) fn object_size(number: u32) -> u64 {
    150_000_000 + u64::from(number.wrapping_mul(2_654_435_761) % 60_000_000)
}

fn cover_tracks(trail: &mut Trail, admin: &Caller) {
    let message = fill(
        "User: arn:aws:sts::$1:assumed-role/Admin/$2 is not authorized to perform this action with an explicit deny in a service control policy",
        &[ACCOUNT, SESSION],
    );
    let name = fill(r#"{"name":"arn:aws:cloudtrail:us-east-1:$1:trail/org-trail"}"#, &[ACCOUNT]);
    let selectors = r#"{"trailName":"org-trail","eventSelectors":[]}"#;
    for (second, event, request) in
        [(6, "StopLogging", &*name), (15, "DeleteTrail", &*name), (48, "PutEventSelectors", selectors)]
    {
        trail.push(
            at(5, 4, 31, second),
            admin.call("cloudtrail", event).asking(request).failing("AccessDenied", &message),
        );
    }
    trail.push(
        at(5, 4, 33, 20),
        admin
            .call("ec2", "DeleteFlowLogs")
            .asking(r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0a1b2c3d4e5f60718"}}}"#)
            .failing("Client.UnauthorizedOperation", &message),
    );
}

fn persist(trail: &mut Trail, admin: &Caller) {
    let made = java_date(at(5, 4, 41, 12));
    let user = fill(
        r#"{"user":{"path":"/","userName":"svc-backup","userId":"AIDASVCBACKUPEXAMPLE","arn":"arn:aws:iam::$1:user/svc-backup","createDate":"$2"}}"#,
        &[ACCOUNT, &made],
    );
    let key = fill(
        r#"{"accessKey":{"userName":"svc-backup","accessKeyId":"$1","status":"Active","createDate":"$2"}}"#,
        &[BACKDOOR_KEY, &made],
    );
    let profile = fill(
        r#"{"loginProfile":{"userName":"svc-backup","createDate":"$1","passwordResetRequired":false}}"#,
        &[&made],
    );
    let name = r#"{"userName":"svc-backup"}"#;
    let policy = r#"{"userName":"svc-backup","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    for (second, event, request, response) in [
        (12, "CreateUser", name, &*user),
        (14, "CreateAccessKey", name, &*key),
        (19, "AttachUserPolicy", policy, "null"),
        (33, "CreateLoginProfile", r#"{"userName":"svc-backup","passwordResetRequired":false}"#, &*profile),
    ] {
        trail.push(at(5, 4, 41, second), admin.call("iam", event).asking(request).answering(response));
    }
    let person = Caller::console("svc-backup", "AIDASVCBACKUPEXAMPLE", INTRUDER_ADDRESS, BROWSERS[2]);
    let mut call = person.call("signin", "ConsoleLogin").answering(r#"{"ConsoleLogin":"Success"}"#);
    call.additional =
        r#"{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}"#;
    trail.push(at(5, 4, 44, 2), call);
}

/// The next night the intruder comes back with the key of the new user.
fn friday_instances(trail: &mut Trail) {
    let backdoor = Caller::user("svc-backup", BACKDOOR_KEY, INTRUDER_ADDRESS, AGENT);
    trail.push(at(6, 1, 30, 2), backdoor.call("sts", "GetCallerIdentity"));
    for (hour, minute, region, outcome) in [
        (1, 33, "us-east-1", Started(&EAST_AGAIN)),
        (1, 35, "us-west-2", Started(&WEST_AGAIN)),
        (1, 36, "us-west-2", Refused(VCPU)),
        (1, 41, "eu-west-1", Started(&IRELAND_AGAIN)),
        (2, 2, "ap-southeast-2", Refused(VCPU)),
        (2, 4, "ap-southeast-2", Refused(VCPU)),
    ] {
        run(trail, &backdoor, at(6, hour, minute, 18), region, outcome);
    }
    end(trail, &backdoor, "TerminateInstances", at(6, 4, 48, 1), "us-east-1", &EAST_AGAIN);
    end(trail, &backdoor, "TerminateInstances", at(6, 4, 48, 33), "us-west-2", &WEST_AGAIN);
    end(trail, &backdoor, "TerminateInstances", at(6, 4, 49, 5), "eu-west-1", &IRELAND_AGAIN);
}

/// The new user opens the bucket to anybody; alice closes it with everything else.
fn open_bucket(trail: &mut Trail) {
    let backdoor = Caller::user("svc-backup", BACKDOOR_KEY, INTRUDER_ADDRESS, AGENT);
    let alice = Caller::role("Admin", "alice", "ASIAALICEADMNEXAMPLE", at(6, 13, 0, 0), true)
        .from(OFFICE_ADDRESS, BROWSERS[1]);
    let name = fill(r#"{"bucketName":"$1","Host":"$1.s3.us-east-1.amazonaws.com"$2}"#, &[BUCKET, ""]);
    let policy = fill(
        r#"{"bucketName":"$1","Host":"$1.s3.us-east-1.amazonaws.com","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::$1/*"}]}}"#,
        &[BUCKET],
    );
    for (time, caller, event, request) in [
        (OPENED - 21, &backdoor, "DeleteBucketPublicAccessBlock", &name),
        (OPENED, &backdoor, "PutBucketPolicy", &policy),
        (at(6, 22, 10, 19), &alice, "PutBucketPublicAccessBlock", &name),
        (at(6, 22, 10, 44), &alice, "DeleteBucketPolicy", &name),
    ] {
        trail.push(time, caller.call("s3", event).asking(request));
    }
}

/// Alice sees the bill on Friday afternoon, and closes the doors.
fn clean_up(trail: &mut Trail) {
    let alice = Caller::role("Admin", "alice", "ASIAALICEADMNEXAMPLE", at(6, 13, 0, 0), true)
        .from(OFFICE_ADDRESS, BROWSERS[1]);
    let key = |user: &str, key: &str, status: &str| {
        fill(r#"{"userName":"$1","accessKeyId":"$2"$3}"#, &[user, key, status])
    };
    let inactive = r#","status":"Inactive""#;
    let leaked = key("ci-deploy", LEAKED_KEY, inactive);
    let backdoor = key("svc-backup", BACKDOOR_KEY, "");
    let name = r#"{"userName":"svc-backup"}"#;
    let policy = r#"{"userName":"svc-backup","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    for (minute, event, request) in [
        (2, "UpdateAccessKey", &*leaked),
        (5, "DeleteAccessKey", &*backdoor),
        (6, "DeleteLoginProfile", name),
        (7, "DetachUserPolicy", policy),
        (8, "DeleteUser", name),
    ] {
        trail.push(at(6, 22, minute, 19), alice.call("iam", event).asking(request));
    }
}
