//! The walk through the incident: what happened, the query that shows it, and its answer.
//!
//! Queries are written in CloudWatch Logs Insights syntax, over all logs at once. Fields bear the vendor's names
//! where one log is asked and the names of the Elastic Common Schema where several are. The answers are checked by
//! this crate's tests against the files themselves, without any query engine; an engine that runs the queries can be
//! checked against them.

/// One step of the walk.
#[derive(Clone, Copy, Debug)]
pub struct StoryStep {
    /// A few words, as a heading.
    pub title: &'static str,
    /// What happened, in one or two sentences.
    pub sentence: &'static str,
    /// The query that shows it.
    pub query: &'static str,
    /// The names of the answer's columns.
    pub columns: &'static [&'static str],
    /// The whole answer in order, cells as text: whole numbers plain, times as `2026-03-05 01:21:37.000`, a missing
    /// value empty.
    pub answer: &'static [&'static [&'static str]],
}

/// The incident from the first scan to the clean-up, in the order in which it happened.
pub fn incident_story() -> &'static [StoryStep] {
    &STORY
}

const STORY: [StoryStep; 19] = [
    StoryStep {
        title: "Somebody tries the doors",
        sentence: "On Tuesday evening 198.51.100.23 asks the web site behind CloudFront for files that should not be there, and finds none.",
        query: "filter source.ip = \"198.51.100.23\" and url.path != \"/login\" and http.response.status_code in [403, 404]\n| stats count(*) as requests by url.path\n| sort requests desc\n| limit 5",
        columns: &["url.path", "requests"],
        answer: &[
            &["/wp-login.php", "31"],
            &["/.env", "24"],
            &["/.git/config", "19"],
            &["/phpmyadmin/index.php", "13"],
            &["/.aws/credentials", "11"],
        ],
    },
    StoryStep {
        title: "The edge says no",
        sentence: "AWS WAF stops half of them: 60 of the 120 requests meet a managed rule, the others ask for what is not there.",
        query: "filter @format = \"waf\" and action = \"BLOCK\"\n| stats count(*) as blocked by source.ip, rule.name\n| sort blocked desc",
        columns: &["source.ip", "rule.name", "blocked"],
        answer: &[
            &["198.51.100.23", "RestrictedExtensions_URIPATH", "54"],
            &["198.51.100.23", "ExploitablePaths_URIPATH", "6"],
        ],
    },
    StoryStep {
        title: "Every port, twice",
        sentence: "Half an hour later the flow logs show the same address knocking at 46 ports of both web hosts; the security group rejects all of it.",
        query: "filter action = \"REJECT\"\n| stats count(*) as rejected, count_distinct(dstPort) as ports by srcAddr\n| sort rejected desc\n| limit 1",
        columns: &["srcAddr", "rejected", "ports"],
        answer: &[&["198.51.100.23", "184", "46"]],
    },
    StoryStep {
        title: "Guessing a password",
        sentence: "On Wednesday evening the load balancer sees 241 sign-ins from that address: 212 wrong passwords, 28 while locked out, and one that works.",
        query: "filter source.ip = \"198.51.100.23\" and url.path = \"/login\"\n| stats count(*) as attempts by http.response.status_code\n| sort attempts desc",
        columns: &["http.response.status_code", "attempts"],
        answer: &[&["401", "212"], &["403", "28"], &["302", "1"]],
    },
    StoryStep {
        title: "Inside the admin pages",
        sentence: "The right password opens the admin pages, and one of them reveals the build system's access key.",
        query: "filter source.ip = \"198.51.100.23\" and url.path like \"/admin\"\n| stats count(*) as views by url.path\n| sort url.path asc",
        columns: &["url.path", "views"],
        answer: &[
            &["/admin", "1"],
            &["/admin/settings", "1"],
            &["/admin/settings/ci", "2"],
            &["/admin/users", "1"],
        ],
    },
    StoryStep {
        title: "One key, two addresses",
        sentence: "The key of ci-deploy has always been used from the build system at 192.0.2.10. On Thursday at 01:12 a second address uses it.",
        query: "filter userIdentity.accessKeyId = \"AKIACIDEPLOY7EXAMPLE\"\n| stats count(*) as calls by sourceIPAddress\n| sort calls desc",
        columns: &["sourceIPAddress", "calls"],
        answer: &[&["192.0.2.10", "182"], &["203.0.113.77", "21"]],
    },
    StoryStep {
        title: "What may this key do?",
        sentence: "The new address tries whatever comes to mind and is refused fourteen times.",
        query: "filter source.ip = \"203.0.113.77\" and user.name = \"ci-deploy\" and event.outcome = \"failure\"\n| stats count(*) as refused by event.action\n| sort event.action asc",
        columns: &["event.action", "refused"],
        answer: &[
            &["AssumeRole", "1"],
            &["DescribeDBInstances", "1"],
            &["DescribeInstances", "4"],
            &["DescribeOrganization", "1"],
            &["GetAccountAuthorizationDetails", "1"],
            &["ListFunctions20150331", "1"],
            &["ListSecrets", "3"],
            &["ListUsers", "2"],
        ],
    },
    StoryStep {
        title: "From ci-deploy to Admin",
        sentence: "The second role it asks for is Admin, which trusts the whole account. The answer holds a new key; from here on, follow that one.",
        query: "filter eventName = \"AssumeRole\" and sourceIPAddress = \"203.0.113.77\"\n| fields @timestamp, errorCode, requestParameters.roleArn, responseElements.credentials.accessKeyId\n| sort @timestamp asc",
        columns: &[
            "@timestamp",
            "errorCode",
            "requestParameters.roleArn",
            "responseElements.credentials.accessKeyId",
        ],
        answer: &[
            &[
                "2026-03-05 01:21:06.000",
                "AccessDenied",
                "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole",
                "",
            ],
            &["2026-03-05 01:21:37.000", "", "arn:aws:iam::111122223333:role/Admin", "ASIAADMINROLEEXAMPLE"],
        ],
    },
    StoryStep {
        title: "Big machines at night",
        sentence: "On two nights the intruder starts GPU instances in every Region that allows it, and ends them before the office opens.",
        query: "filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"\n| stats count(*) as calls by bin(1h) as hour, awsRegion\n| sort hour asc, awsRegion asc",
        columns: &["hour", "awsRegion", "calls"],
        answer: &[
            &["2026-03-05 01:00:00.000", "ap-southeast-2", "1"],
            &["2026-03-05 01:00:00.000", "eu-west-1", "1"],
            &["2026-03-05 01:00:00.000", "us-east-1", "1"],
            &["2026-03-05 01:00:00.000", "us-west-2", "1"],
            &["2026-03-05 02:00:00.000", "ap-southeast-2", "2"],
            &["2026-03-05 02:00:00.000", "eu-west-1", "2"],
            &["2026-03-05 02:00:00.000", "us-east-1", "3"],
            &["2026-03-05 02:00:00.000", "us-west-2", "2"],
            &["2026-03-05 03:00:00.000", "sa-east-1", "1"],
            &["2026-03-06 01:00:00.000", "eu-west-1", "1"],
            &["2026-03-06 01:00:00.000", "us-east-1", "1"],
            &["2026-03-06 01:00:00.000", "us-west-2", "2"],
            &["2026-03-06 02:00:00.000", "ap-southeast-2", "2"],
        ],
    },
    StoryStep {
        title: "Limits helped",
        sentence: "Of twenty calls only six started machines: four were rehearsals, and the account's limits stopped most of the others.",
        query: "filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"\n| stats count(*) as calls by errorCode\n| sort calls desc",
        columns: &["errorCode", "calls"],
        answer: &[
            &["Client.VcpuLimitExceeded", "9"],
            &["", "6"],
            &["Client.DryRunOperation", "4"],
            &["Client.Unsupported", "1"],
        ],
    },
    StoryStep {
        title: "The bucket is copied",
        sentence: "A dozen objects of prod-exports go straight to the intruder to see what they are, then all 240 to the new instance at 10.0.4.66.",
        query: "filter eventName = \"GetObject\" and requestParameters.bucketName = \"prod-exports\"\n| stats count(*) as objects, sum(additionalEventData.bytesTransferredOut) as transferred by userIdentity.accessKeyId, sourceIPAddress\n| sort transferred desc",
        columns: &["userIdentity.accessKeyId", "sourceIPAddress", "objects", "transferred"],
        answer: &[
            &["ASIAADMINROLEEXAMPLE", "10.0.4.66", "240", "42943412104"],
            &["ASIAADMINROLEEXAMPLE", "203.0.113.77", "12", "2128904866"],
            &["ASIAEXPORTJOBEXAMPLE", "192.0.2.200", "7", "28672"],
        ],
    },
    StoryStep {
        title: "And leaves the building",
        sentence: "The flow logs show the data coming in from S3 and, minutes behind it, 44 GB leaving for 203.0.113.77.",
        query: "filter action = \"ACCEPT\"\n| stats sum(bytes) as transferred by srcAddr, dstAddr\n| sort transferred desc\n| limit 2",
        columns: &["srcAddr", "dstAddr", "transferred"],
        answer: &[
            &["10.0.4.66", "203.0.113.77", "44012559531"],
            &["198.51.100.200", "10.0.4.66", "43583324891"],
        ],
    },
    StoryStep {
        title: "More leaves in names",
        sentence: "The instance also asks the VPC's resolver for 160 long names below one domain, each of them once: data in questions.",
        query: "filter @format = \"route53_resolver\" and query_type = \"TXT\"\n| stats count(*) as queries, count_distinct(query_name) as names, max(dns.question.length) as longest by source.ip, dns.question.registered_domain",
        columns: &["source.ip", "dns.question.registered_domain", "queries", "names", "longest"],
        answer: &[&["10.0.4.66", "drop.example", "160", "160", "82"]],
    },
    StoryStep {
        title: "A look into the cluster",
        sentence: "The Admin role may enter the Kubernetes cluster too: two secrets are read and a pod is entered before it says no.",
        query: "filter @format = \"eks_audit\" and source.ip = \"203.0.113.77\" and not (verb = \"list\")\n| fields @timestamp, verb, objectRef.resource, objectRef.name, responseStatus.code\n| sort @timestamp asc",
        columns: &["@timestamp", "verb", "objectRef.resource", "objectRef.name", "responseStatus.code"],
        answer: &[
            &["2026-03-05 03:23:41.206", "get", "secrets", "orders-db", "200"],
            &["2026-03-05 03:24:41.206", "get", "secrets", "payments-api", "200"],
            &["2026-03-05 03:26:41.206", "create", "pods", "orders-api-7c9f", "101"],
            &["2026-03-05 03:29:41.206", "create", "clusterrolebindings", "svc-backup", "403"],
            &["2026-03-05 03:30:41.206", "create", "pods", "debug-node", "403"],
        ],
    },
    StoryStep {
        title: "Covering tracks, in vain",
        sentence: "Four attempts to switch the logs off fail, because the organisation forbids it even to administrators.",
        query: "filter eventName in [\"StopLogging\", \"DeleteTrail\", \"PutEventSelectors\", \"DeleteFlowLogs\"]\n| fields @timestamp, eventName, errorCode\n| sort @timestamp asc",
        columns: &["@timestamp", "eventName", "errorCode"],
        answer: &[
            &["2026-03-05 04:31:06.000", "StopLogging", "AccessDenied"],
            &["2026-03-05 04:31:15.000", "DeleteTrail", "AccessDenied"],
            &["2026-03-05 04:31:48.000", "PutEventSelectors", "AccessDenied"],
            &["2026-03-05 04:33:20.000", "DeleteFlowLogs", "Client.UnauthorizedOperation"],
        ],
    },
    StoryStep {
        title: "A way back in, and the end of it",
        sentence: "Before leaving, the intruder makes a user with a key and a password. On Friday evening alice finds the user and removes it.",
        query: "filter requestParameters.userName = \"svc-backup\"\n| fields @timestamp, eventName, sourceIPAddress\n| sort @timestamp asc",
        columns: &["@timestamp", "eventName", "sourceIPAddress"],
        answer: &[
            &["2026-03-05 04:41:12.000", "CreateUser", "203.0.113.77"],
            &["2026-03-05 04:41:14.000", "CreateAccessKey", "203.0.113.77"],
            &["2026-03-05 04:41:19.000", "AttachUserPolicy", "203.0.113.77"],
            &["2026-03-05 04:41:33.000", "CreateLoginProfile", "203.0.113.77"],
            &["2026-03-06 22:05:19.000", "DeleteAccessKey", "192.0.2.44"],
            &["2026-03-06 22:06:19.000", "DeleteLoginProfile", "192.0.2.44"],
            &["2026-03-06 22:07:19.000", "DetachUserPolicy", "192.0.2.44"],
            &["2026-03-06 22:08:19.000", "DeleteUser", "192.0.2.44"],
        ],
    },
    StoryStep {
        title: "A bucket for everybody",
        sentence: "On Friday night the new user opens the bucket to anybody. Its own log shows the scanner, refused before, served from then on.",
        query: "filter @format = \"s3_access\" and not ispresent(requester)\n| stats count(*) as requests, sum(http.response.bytes) as transferred by source.ip, http.response.status_code\n| sort requests desc",
        columns: &["source.ip", "http.response.status_code", "requests", "transferred"],
        answer: &[&["198.51.100.23", "200", "17", "3002737560"], &["198.51.100.23", "403", "9", "2187"]],
    },
    StoryStep {
        title: "What was changed",
        sentence: "AWS Config has each resource before and after: a security group opened to one address, a stopped instance, and a bucket opened to all and closed again.",
        query: "filter @format = \"config\" and event.action = \"changed\"\n| stats count(*) as times by resourceId, changes.path\n| sort resourceId asc, changes.path asc",
        columns: &["resourceId", "changes.path", "times"],
        answer: &[
            &["i-0bad5eed000000001", "configuration.state.name", "1"],
            &["prod-exports", "supplementaryConfiguration.BucketPolicy.policyText", "2"],
            &[
                "prod-exports",
                "supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicAcls",
                "2",
            ],
            &[
                "prod-exports",
                "supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicPolicy",
                "2",
            ],
            &[
                "prod-exports",
                "supplementaryConfiguration.PublicAccessBlockConfiguration.ignorePublicAcls",
                "2",
            ],
            &[
                "prod-exports",
                "supplementaryConfiguration.PublicAccessBlockConfiguration.restrictPublicBuckets",
                "2",
            ],
            &["sg-0a1b2c3d4e5f60718", "configuration.ipPermissions", "1"],
        ],
    },
    StoryStep {
        title: "What GuardDuty made of it",
        sentence: "Six findings tell the story in the words of a service that watched: from the key at night to the open bucket.",
        query: "filter @format = \"guardduty\"\n| stats sum(service.count) as times by severityLabel, type, resource.name\n| sort times desc",
        columns: &["severityLabel", "type", "resource.name", "times"],
        answer: &[
            &["High", "Exfiltration:S3/AnomalousBehavior", "prod-exports", "252"],
            &["High", "Trojan:EC2/DNSDataExfiltration", "i-0bad5eed000000001", "160"],
            &["High", "CryptoCurrency:EC2/BitcoinTool.B", "i-0bad5eed000000001", "41"],
            &["Medium", "Recon:IAMUser/MaliciousIPCaller.Custom", "ci-deploy", "18"],
            &["High", "CryptoCurrency:EC2/BitcoinTool.B!DNS", "i-0bad5eed000000001", "9"],
            &["High", "Policy:S3/BucketAnonymousAccessGranted", "prod-exports", "1"],
        ],
    },
];
