//! Questions worth asking of CloudTrail, as CloudWatch Logs Insights queries.

use crate::formats::{Preset, ask};

/// In the order in which an investigation asks them.
pub(super) static PRESETS: &[Preset] = &[
    ask(
        "Who did what: calls by user and action",
        "stats count(*) as calls, count_distinct(sourceIPAddress) as addresses by user.name, eventSource, eventName | sort calls desc",
    ),
    ask(
        "Use of the root user",
        "filter userIdentity.type = \"Root\" and not ispresent(userIdentity.invokedBy) and not (eventType = \"AwsServiceEvent\") | fields @timestamp, eventName, eventSource, sourceIPAddress, userAgent, event.outcome | sort @timestamp desc",
    ),
    ask(
        "Failed console sign-ins",
        "filter eventName = \"ConsoleLogin\" and event.outcome = \"failure\" | stats count(*) as failures, earliest(@timestamp) as first, latest(@timestamp) as last by user.name, sourceIPAddress, errorMessage | sort failures desc",
    ),
    ask(
        "Console sign-ins without MFA",
        "filter eventName = \"ConsoleLogin\" and additionalEventData.MFAUsed = \"No\" | fields @timestamp, user.name, userIdentity.type, sourceIPAddress, responseElements.ConsoleLogin | sort @timestamp desc",
    ),
    ask(
        "Access denied by principal",
        "filter errorCode like /AccessDenied|UnauthorizedOperation|Forbidden/ | stats count(*) as denied, count_distinct(eventName) as actions by user.name, eventSource, errorCode | sort denied desc",
    ),
    ask(
        "New users, keys, passwords and policies",
        "filter eventSource = \"iam.amazonaws.com\" and eventName in [\"CreateUser\", \"CreateAccessKey\", \"CreateLoginProfile\", \"UpdateLoginProfile\", \"CreateRole\", \"UpdateAssumeRolePolicy\", \"AttachUserPolicy\", \"AttachRolePolicy\", \"AttachGroupPolicy\", \"PutUserPolicy\", \"PutRolePolicy\", \"CreatePolicyVersion\", \"AddUserToGroup\"] | fields @timestamp, user.name, eventName, resource.name, sourceIPAddress, event.outcome | sort @timestamp desc",
    ),
    ask(
        "Who became whom: roles assumed",
        "filter eventName like /^AssumeRole/ or eventName = \"AssumeRoot\" | stats count(*) as times, latest(@timestamp) as last by user.name, userIdentity.invokedBy, requestParameters.roleArn, sourceIPAddress | sort times desc",
    ),
    ask(
        "Instance launches per hour",
        "filter eventName = \"RunInstances\" | stats count(*) as launches by bin(1h), requestParameters.instanceType, awsRegion, event.outcome",
    ),
    ask(
        "S3 object reads by principal",
        "filter eventName = \"GetObject\" | stats count(*) as reads, sum(additionalEventData.bytesTransferredOut) as bytes by user.name, requestParameters.bucketName, sourceIPAddress | sort bytes desc",
    ),
    ask(
        "Tampering with trails and detectors",
        "filter eventName in [\"StopLogging\", \"DeleteTrail\", \"UpdateTrail\", \"PutEventSelectors\", \"DeleteEventDataStore\", \"DeleteDetector\", \"UpdateDetector\", \"StopConfigurationRecorder\", \"DeleteConfigurationRecorder\", \"DeleteFlowLogs\", \"DeleteLogGroup\", \"DisableSecurityHub\", \"LeaveOrganization\"] | fields @timestamp, user.name, eventName, resource.name, sourceIPAddress, event.outcome | sort @timestamp desc",
    ),
    ask(
        "Activity of each access key",
        "filter ispresent(userIdentity.accessKeyId) | stats count(*) as calls, count_distinct(sourceIPAddress) as addresses, count_distinct(awsRegion) as regions, earliest(@timestamp) as first, latest(@timestamp) as last by userIdentity.accessKeyId, user.name | sort calls desc",
    ),
    ask(
        "Errors per service over time",
        "filter event.outcome = \"failure\" | stats count(*) as errors by bin(5m), eventSource",
    ),
];
