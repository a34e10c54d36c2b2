//! The company's ordinary API calls: services all day, people and the build system in office hours.

use super::event::{Caller, Trail};
use super::{HOUR, at, every_hour, scaled};
use crate::cast::{
    ACCOUNT, BOB_KEY, BROWSERS, BUCKET, CI_ADDRESS, HOSTS, LEAKED_KEY, NAT_ADDRESS, OFFICE_ADDRESS,
    VPN_ADDRESS,
};
use crate::rng::Rng;
use crate::text::{fill, hex, java_date};

/// The build system's program.
pub(super) const CI_AGENT: &str = "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1024 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off exec-env/CI";
const CLI_AGENT: &str = "aws-cli/2.24.6 md/awscrt#0.23.8 ua/2.1 os/macos#24.3.0 md/arch#arm64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off";
const SDK_AGENT: &str = "aws-sdk-java/2.30.31 md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.129 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21.0.6+7-LTS md/vendor#Amazon.com_Inc. exec-env/AWS_ECS_EC2";
const SSM_AGENT: &str = "aws-sdk-go/1.55.5 (go1.23.6; linux; amd64) amazon-ssm-agent/3.3.1802.0";

pub(super) fn record(trail: &mut Trail) {
    let mut rng = Rng::new(2);
    every_hour(|start, busy| {
        let weekday = (start - at(2, 0, 0, 0)) / HOUR / 24 < 5;
        services(trail, &mut rng, start);
        if weekday {
            let key_works = start < at(6, 22, 0, 0); // alice switches the leaked key off on Friday at 22:02
            let deploys = scaled(&mut rng, 1, busy.saturating_sub(15));
            for _ in 0..if key_works { deploys } else { 0 } {
                deploy(trail, &mut rng, start);
            }
            bob(trail, &mut rng, start, busy.saturating_sub(20));
            alice(trail, &mut rng, start, busy.saturating_sub(20));
        }
    });
    for day in 2..=8 {
        export(trail, &mut rng, at(day, 23, 20, 4));
        if day <= 6 {
            scale(trail, &mut rng, day);
            sign_in(
                trail,
                &mut rng,
                at(day, 13, 4, 11),
                "alice",
                "AIDAALICECONSEXAMPLE",
                OFFICE_ADDRESS,
                true,
            );
        }
    }
    sign_in(trail, &mut rng, at(3, 14, 1, 40), "bob", "AIDABOBLAPTOPEXAMPLE", VPN_ADDRESS, false);
    sign_in(trail, &mut rng, at(3, 14, 2, 9), "bob", "AIDABOBLAPTOPEXAMPLE", VPN_ADDRESS, true);
}

fn within_hour(rng: &mut Rng, start: u64) -> u64 {
    start + u64::from(rng.below(3_600))
}

/// What AWS does on the account's behalf, and the hosts' own upkeep.
fn services(trail: &mut Trail, rng: &mut Rng, start: u64) {
    let hour = (start - at(2, 0, 0, 0)) / HOUR;
    let host = HOSTS[hour as usize % 3];
    let app =
        Caller::role("AppServer", host.instance, &host_key(host.name), start - start % (6 * HOUR), false);
    if hour.is_multiple_of(2) {
        let request = fill(
            r#"{"roleArn":"arn:aws:iam::$1:role/AppServer","roleSessionName":"$2"}"#,
            &[ACCOUNT, host.instance],
        );
        let response = fill(
            r#"{"credentials":{"accessKeyId":"$1","sessionToken":"IQoJb3JpZ2luX2VjEXAMPLE","expiration":"$2"}}"#,
            &[&host_key(host.name), &java_date(start + 6 * HOUR)],
        );
        let time = within_hour(rng, start);
        trail.push(
            time,
            Caller::service("ec2").call("sts", "AssumeRole").asking(&request).answering(&response),
        );
        let request = fill(
            r#"{"bucketName":"trail-logs-$1","Host":"trail-logs-$1.s3.us-east-1.amazonaws.com","acl":""}"#,
            &[ACCOUNT],
        );
        let time = within_hour(rng, start);
        trail.push(time, Caller::service("cloudtrail").call("s3", "GetBucketAcl").asking(&request));
    }
    let names =
        ["DescribeInstances", "DescribeSecurityGroups", "DescribeVpcs", "DescribeVolumes", "DescribeSubnets"];
    let name = *rng.pick(&names);
    let config =
        Caller::role("AWSServiceRoleForConfig", "AWSConfig-Describe", "ASIAAWSCONFIGEXAMPLE", start, false)
            .from("config.amazonaws.com", "config.amazonaws.com");
    let time = within_hour(rng, start);
    trail.push(time, config.call("ec2", name).asking(r#"{"maxResults":1000}"#));

    let agent = app.clone().from(NAT_ADDRESS, SSM_AGENT);
    for host in HOSTS.iter().take(3).filter(|_| !hour.is_multiple_of(2)) {
        let request = fill(
            r#"{"instanceId":"$1","agentVersion":"3.3.1802.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"$2","computerName":"$3.ec2.internal","agentName":"amazon-ssm-agent"}"#,
            &[host.instance, host.address, host.name],
        );
        let time = within_hour(rng, start);
        trail.push(time, agent.call("ssm", "UpdateInstanceInformation").asking(&request));
    }

    let time = within_hour(rng, start);
    let reader = app.clone().from(NAT_ADDRESS, SDK_AGENT);
    trail.push(
        time,
        reader.call("secretsmanager", "GetSecretValue").asking(r#"{"secretId":"prod/web/database"}"#),
    );
    let keys = app.from("secretsmanager.amazonaws.com", "secretsmanager.amazonaws.com");
    let resources = fill(
        r#"[{"accountId":"$1","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:$1:key/0d5e7f10-2b3c-4d5e-8f90-a1b2c3d4e5f6"}]"#,
        &[ACCOUNT],
    );
    let mut decrypt = keys
        .call("kms", "Decrypt")
        .asking(r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"SecretVersionId":"6f1c7a52-91d3-4f0e-9f5b-2f8f3b1d7c11"}}"#);
    decrypt.resources = &resources;
    trail.push(time, decrypt);

    if hour.is_multiple_of(3) {
        let time = within_hour(rng, start);
        let request = fill(
            r#"{"roleArn":"arn:aws:iam::$1:role/ReportLambda","roleSessionName":"report-daily"}"#,
            &[ACCOUNT],
        );
        trail.push(time, Caller::service("lambda").call("sts", "AssumeRole").asking(&request));
        let report = Caller::role("ReportLambda", "report-daily", "ASIAREPORTLMDEXAMPLE", time, false)
            .from("lambda.amazonaws.com", "lambda.amazonaws.com");
        let request = fill(
            r#"{"logGroupName":"/aws/lambda/report-daily","logStreamName":"[$LATEST]$1"}"#,
            &[&hex(rng, 32)],
        );
        trail.push(time + 2, report.call("logs", "CreateLogStream").asking(&request));
    }
}

fn host_key(name: &str) -> String {
    fill("ASIA$1HOSTEXAMPLE", &[&format!("{:X<5.5}", name.replace('-', "").to_ascii_uppercase())])
}

/// One run of the build system: seven calls with the key that later leaks.
fn deploy(trail: &mut Trail, rng: &mut Rng, start: u64) {
    let ci = Caller::user("ci-deploy", LEAKED_KEY, CI_ADDRESS, CI_AGENT);
    let service = *rng.pick(&["web", "api", "worker"]);
    let revision = rng.range(120, 180).to_string();
    let mut time = start + u64::from(rng.below(3_300));
    let task = fill(
        r#"{"family":"$1","networkMode":"awsvpc","cpu":"512","memory":"1024","containerDefinitions":[{"name":"$1","image":"$2.dkr.ecr.us-east-1.amazonaws.com/$1:build-$3","essential":true,"portMappings":[{"containerPort":8080,"protocol":"tcp"}]}]}"#,
        &[service, ACCOUNT, &revision],
    );
    let update = fill(
        r#"{"cluster":"prod","service":"$1","taskDefinition":"$1:$2","forceNewDeployment":false}"#,
        &[service, &revision],
    );
    let describe = fill(r#"{"cluster":"prod","services":["$1"]}"#, &[service]);
    let object = fill(
        r#"{"bucketName":"www-assets-prod","Host":"www-assets-prod.s3.us-east-1.amazonaws.com","key":"builds/$1/$2/manifest.json"}"#,
        &[service, &revision],
    );
    let arn = fill(
        r#"{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:$1:task-definition/$2:$3","family":"$2","status":"ACTIVE"}}"#,
        &[ACCOUNT, service, &revision],
    );
    for (service, name, request, response) in [
        ("sts", "GetCallerIdentity", "null", "null"),
        ("ecr", "GetAuthorizationToken", "{}", "null"),
        ("s3", "PutObject", object.as_str(), "null"),
        ("ecs", "RegisterTaskDefinition", task.as_str(), arn.as_str()),
        ("ecs", "UpdateService", update.as_str(), "null"),
        ("ecs", "DescribeServices", describe.as_str(), "null"),
        ("ecs", "DescribeServices", describe.as_str(), "null"),
    ] {
        let mut call = ci.call(service, name).asking(request).answering(response);
        if name == "PutObject" {
            call.additional = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":18214,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":0}"#;
        }
        trail.push(time, call);
        time += u64::from(rng.range(2, 40));
    }
}

/// Bob works on the command line with a long-lived key.
fn bob(trail: &mut Trail, rng: &mut Rng, start: u64, busy: u32) {
    let bob = Caller::user("bob", BOB_KEY, VPN_ADDRESS, CLI_AGENT);
    for _ in 0..scaled(rng, 4, busy) {
        let time = within_hour(rng, start);
        let log = fill(r#"{"logGroupName":"/ecs/$1","limit":50}"#, &[*rng.pick(&["web", "api", "worker"])]);
        let call = match rng.below(8) {
            0 | 1 => bob.call("ec2", "DescribeInstances").asking(r#"{"instancesSet":{},"filterSet":{}}"#),
            2 => bob.call("logs", "FilterLogEvents").asking(&log),
            3 => bob.call("ecs", "ListTasks").asking(r#"{"cluster":"prod"}"#),
            4 => bob.call("rds", "DescribeDBInstances").asking(r#"{"dBInstanceIdentifier":"db-1"}"#),
            5 => bob.call("cloudwatch", "DescribeAlarms").asking(r#"{"stateValue":"ALARM"}"#),
            6 => bob.call("s3", "ListBuckets").asking(r#"{"Host":"s3.us-east-1.amazonaws.com"}"#),
            _ => bob.call("iam", "ListAccessKeys").asking(r#"{"userName":"alice"}"#).failing(
                "AccessDenied",
                "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:ListAccessKeys on resource: user alice because no identity-based policy allows the iam:ListAccessKeys action",
            ),
        };
        trail.push(time, call);
    }
}

/// Alice works in the console with the `Admin` role.
fn alice(trail: &mut Trail, rng: &mut Rng, start: u64, busy: u32) {
    let created = start - start % (12 * HOUR);
    let alice = Caller::role("Admin", "alice", "ASIAALICEADMNEXAMPLE", created, true)
        .from(OFFICE_ADDRESS, BROWSERS[1]);
    for _ in 0..scaled(rng, 4, busy) {
        let time = within_hour(rng, start);
        let call = match rng.below(9) {
            0 => alice.call("ec2", "DescribeInstances").asking(r#"{"maxResults":1000,"instancesSet":{},"filterSet":{}}"#),
            1 => alice.call("elasticloadbalancing", "DescribeTargetHealth").asking(r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web-prod/73e2d6bc24d8a067"}"#),
            2 => alice.call("cloudtrail", "LookupEvents").asking(r#"{"maxResults":50}"#),
            3 => alice.call("monitoring", "GetMetricData").asking("null"),
            4 => alice.call("iam", "GetAccountSummary"),
            5 => alice.call("iam", "ListUsers").asking(r#"{"maxItems":100}"#),
            6 => alice.call("ce", "GetCostAndUsage").asking(r#"{"timePeriod":{"start":"2026-03-01","end":"2026-03-08"},"granularity":"DAILY","metrics":["UnblendedCost"]}"#),
            7 => alice.call("s3", "GetBucketPolicy").asking(r#"{"bucketName":"prod-exports","Host":"prod-exports.s3.us-east-1.amazonaws.com","policy":""}"#),
            _ => alice.call("ecs", "DescribeClusters").asking(r#"{"clusters":["prod"]}"#),
        };
        trail.push(time, call);
    }
}

/// The nightly export writes the day's orders into the bucket that the intruder will copy.
fn export(trail: &mut Trail, rng: &mut Rng, start: u64) {
    let request =
        fill(r#"{"roleArn":"arn:aws:iam::$1:role/ExportJob","roleSessionName":"export"}"#, &[ACCOUNT]);
    trail.push(start, Caller::service("ecs-tasks").call("sts", "AssumeRole").asking(&request));
    let job = Caller::role("ExportJob", "export", "ASIAEXPORTJOBEXAMPLE", start, false)
        .from(NAT_ADDRESS, SDK_AGENT);
    let mut time = start + 5;
    let day = (start - at(2, 0, 0, 0)) / HOUR / 24 + 2;
    for part in 0..8 {
        let object = s3_request(BUCKET, &export_key(day, part));
        let additional = fill(
            r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":$1,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":0}"#,
            &[&rng.range(90_000_000, 210_000_000).to_string()],
        );
        let mut call = job.call("s3", "PutObject").asking(&object);
        call.additional = &additional;
        trail.push(time, call);
        time += u64::from(rng.range(4, 30));
    }
    let object = s3_request(BUCKET, "orders/2026/03/manifest.json");
    let mut call = job.call("s3", "GetObject").asking(&object);
    call.additional = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":4096}"#;
    trail.push(time, call);
}

/// What the nightly exports put into the bucket, as the bucket sees it.
pub(super) fn exports() -> impl Iterator<Item = (u64, String)> {
    let of_day = |day: u64| (0..8).map(move |part| (at(day, 23, 20, 9) + part * 19, export_key(day, part)));
    (2..=8).flat_map(of_day)
}

fn export_key(day: u64, part: u64) -> String {
    format!("orders/2026/03/{day:02}/part-{part:05}.parquet")
}

/// `requestParameters` of a call about one object.
pub(super) fn s3_request(bucket: &str, key: &str) -> String {
    fill(r#"{"bucketName":"$1","Host":"$1.s3.us-east-1.amazonaws.com","key":"$2"}"#, &[bucket, key])
}

/// Auto Scaling starts two small instances in the morning and ends them in the evening.
fn scale(trail: &mut Trail, rng: &mut Rng, day: u64) {
    let scaling = Caller::role(
        "AWSServiceRoleForAutoScaling",
        "AutoScaling",
        "ASIAAUTOSCALEEXAMPLE",
        at(day, 12, 0, 0),
        false,
    )
    .from("autoscaling.amazonaws.com", "autoscaling.amazonaws.com");
    for number in 0..2u64 {
        let instance = format!("i-0{}", hex(rng, 16));
        let response = fill(
            r#"{"reservationId":"r-0$2","ownerId":"$3","instancesSet":{"items":[{"instanceId":"$1","imageId":"ami-0c0ffee0123456789","instanceState":{"code":0,"name":"pending"},"instanceType":"t3.large"}]}}"#,
            &[&instance, &hex(rng, 16), ACCOUNT],
        );
        let run = scaling
            .call("ec2", "RunInstances")
            .asking(r#"{"instancesSet":{"items":[{"imageId":"ami-0c0ffee0123456789","minCount":1,"maxCount":1}]},"instanceType":"t3.large","blockDeviceMapping":{},"monitoring":{"enabled":false},"disableApiTermination":false}"#)
            .answering(&response);
        trail.push(at(day, 12, 30, 7 + number), run);
        let request = fill(r#"{"instancesSet":{"items":[{"instanceId":"$1"}]}}"#, &[&instance]);
        trail.push(at(day, 23, 10, 3 + number), scaling.call("ec2", "TerminateInstances").asking(&request));
    }
}

/// A person signs in to the console.
fn sign_in(
    trail: &mut Trail,
    rng: &mut Rng,
    time: u64,
    name: &str,
    principal: &str,
    address: &str,
    success: bool,
) {
    let time = time + u64::from(rng.below(20));
    let person = Caller::console(name, principal, address, BROWSERS[1]);
    let additional = r#"{"LoginTo":"https://console.aws.amazon.com/console/home?region=us-east-1","MobileVersion":"No","MFAUsed":"Yes"}"#;
    let mut call = person.call("signin", "ConsoleLogin");
    call.additional = additional;
    trail.push(
        time,
        if success {
            call.answering(r#"{"ConsoleLogin":"Success"}"#)
        } else {
            let call = call.answering(r#"{"ConsoleLogin":"Failure"}"#);
            super::event::Call { error: Some(("Failed authentication", "Failed authentication")), ..call }
        },
    );
}
