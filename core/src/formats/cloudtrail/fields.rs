//! CloudTrail's field table: one line per column, from which the schema, the documentation and the reader are made.
//!
//! A column's name is its path in the event. Further paths (`also`) are where other shapes of the same event keep the
//! value: items of `lookup-events`, Insights events of a trail and of CloudTrail Lake, aggregated events.
//! Everything else of an event is reached by its JSON path without standing here.

use crate::formats::field::json::text;
use crate::formats::field::{json::JsonField, protocol};
use logloupe_table::{Computed, Kind, Role, Unit};

/// All columns, in table order.
pub(super) static FIELDS: &[JsonField] = &[
    JsonField::new("eventTime", Kind::Time, Role::Timestamp)
        .also(&["EventTime"])
        .doc("when the request was completed, UTC, to the second"),
    text("eventSource", Role::Dimension)
        .also(&["insightDetails.eventSource", "insightEventSource", "EventSource"])
        .aliases(&["event.provider"])
        .doc("the service that was called, such as `ec2.amazonaws.com`"),
    text("eventName", Role::Dimension)
        .also(&["insightDetails.eventName", "insightEventName", "EventName"])
        .aliases(&["event.action"])
        .doc("the action of the API that was called"),
    JsonField::derived("user.name", Kind::Text, Role::Dimension)
        .aliases(&["Username"])
        .athena(
            "CASE WHEN useridentity.type = 'Root' THEN 'root' WHEN useridentity.type = 'WebIdentityUser' THEN \
             coalesce(useridentity.username, regexp_extract(useridentity.principalid, \
             '^(?:arn(?::[^:]*){5}|[^:]*):(?:https?:)?[^:]*:(.+)$', 1)) ELSE coalesce(useridentity.username, \
             regexp_extract(useridentity.arn, \
             ':(?:assumed-role/[^/]*/|user/(?:.*/)?|federated-user/)([^/]+)$', 1), \
             regexp_extract(useridentity.principalid, '^[^:]*:(.+)$', 1), \
             useridentity.sessioncontext.sessionissuer.username, useridentity.onbehalfof.userid, \
             useridentity.invokedby) END",
        )
        .made()
        .doc(
            "who called: the user's name, `root`, the name of the session and not of its role (that is `user.roles`), \
             the service if one called for itself; CloudTrail's own lookup has no name for services",
        ),
    text("userIdentity.type", Role::Dimension)
        .doc("kind of identity: Root, IAMUser, AssumedRole, FederatedUser, AWSAccount, AWSService, IdentityCenterUser and others"),
    text("sourceIPAddress", Role::Dimension)
        .aliases(&["source.ip", "source.address"])
        .doc("where the request came from: an address, a service's DNS name, `AWS Internal` or `AWS Internal/1`"),
    text("awsRegion", Role::Dimension).aliases(&["region", "cloud.region"]).doc("the region in which the request was made"),
    JsonField::derived("event.outcome", Kind::Text, Role::Status)
        .athena(
            "CASE WHEN eventname IS NULL THEN NULL WHEN errorcode IS NOT NULL OR errormessage IS NOT NULL OR \
             strpos(replace(responseelements, ' ', ''), concat('\"', eventname, '\":\"Failure\"')) > 0 OR \
             strpos(replace(serviceeventdetails, ' ', ''), concat('\"', eventname, '\":\"Failure\"')) > 0 OR \
             json_extract_scalar(responseelements, '$.state') = 'FAILED' OR \
             json_extract_scalar(serviceeventdetails, '$.state') = 'FAILED' OR (eventtype = \
             'AwsServiceEvent' AND eventname LIKE '%Failed') THEN 'failure' ELSE 'success' END",
        )
        .made()
        .doc("failure where there is an error code or message, or the event tells its failure in another place; success otherwise"),
    text("errorCode", Role::Status).aliases(&["error.code"]).doc("the service's error, if the request failed"),
    text("errorMessage", Role::Identifier)
        .aliases(&["error.message"])
        .doc("the error's description, that of a failed sign-in too"),
    JsonField::new("readOnly", Kind::Bool, Role::Dimension)
        .also(&["ReadOnly"])
        .doc("whether the action only reads"),
    JsonField::derived("resource.name", Kind::Text, Role::Dimension)
        .aliases(&["ResourceName"])
        .made()
        .doc("ARNs of the event's `resources`, or else the names of what well-known request parameters mean"),
    JsonField::derived("resource.type", Kind::Text, Role::Dimension)
        .aliases(&["ResourceType"])
        .made()
        .doc("types of those resources, such as `AWS::S3::Bucket`"),
    text("userAgent", Role::Dimension)
        .aliases(&["user_agent.original"])
        .doc("the agent through which the request was made: SDK, console, service"),
    text("recipientAccountId", Role::Dimension)
        .also(&["accountId"])
        .doc("the account that received the event"),
    JsonField::derived("cloud.account.id", Kind::Text, Role::Dimension)
        .athena("coalesce(recipientaccountid, useridentity.accountid)")
        .made()
        .doc(
            "the account that received the event, which need not be the caller's (`userIdentity.accountId`); the \
             caller's where the event does not say it (before version 1.02)",
        ),
    JsonField::derived("user.target.name", Kind::Text, Role::Dimension)
        .athena(
            "coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(responseelements, \
             '$.user.userName'), json_extract_scalar(responseelements, '$.accessKey.userName'))",
        )
        .made()
        .doc("the user whom the call is about: its parameter `userName`, or the user in its response"),
    text("responseElements.user.userId", Role::Dimension)
        .aliases(&["user.target.id"])
        .doc("unique id of that user, where the call made or changed one"),
    text("requestParameters.newUserName", Role::Dimension)
        .aliases(&["user.changes.name"])
        .doc("the name that the user is given"),
    JsonField::derived("group.name", Kind::Text, Role::Dimension)
        .athena(
            "CASE WHEN eventsource IN ('iam.amazonaws.com', 'identitystore.amazonaws.com', \
             'sso-directory.amazonaws.com', 'cognito-idp.amazonaws.com', 'quicksight.amazonaws.com') THEN \
             coalesce(json_extract_scalar(requestparameters, '$.groupName'), \
             json_extract_scalar(responseelements, '$.group.groupName')) END",
        )
        .made()
        .doc("the group of users that the call is about; a security group is none"),
    text("responseElements.group.groupId", Role::Dimension)
        .aliases(&["group.id"])
        .doc("unique id of that group, where the call made one"),
    text("userIdentity.arn", Role::Dimension).aliases(&["user.arn"]).doc("ARN of the identity that called"),
    text("userIdentity.principalId", Role::Dimension)
        .aliases(&["user.id"])
        .doc("unique id of the identity; of a session, the role's id and the session's name"),
    text("userIdentity.accountId", Role::Dimension).doc("the account of the identity that called"),
    text("userIdentity.accessKeyId", Role::Dimension)
        .also(&["AccessKeyId"])
        .aliases(&["accessKeyId"])
        .doc("the access key that signed the request; of a session, a temporary one"),
    text("userIdentity.userName", Role::Dimension).doc("the user's name, where the identity is a user"),
    text("userIdentity.invokedBy", Role::Dimension)
        .doc("the service that made the request, if one did"),
    text("userIdentity.identityProvider", Role::Dimension)
        .doc("the provider of a SAML or web identity, or ARN of an OIDC provider"),
    text("userIdentity.credentialId", Role::Identifier).doc("id of the bearer token that was used"),
    text("userIdentity.onBehalfOf.userId", Role::Dimension)
        .doc("the Identity Center user for whom the call was made"),
    text("userIdentity.onBehalfOf.identityStoreArn", Role::Dimension)
        .doc("the identity store of that user"),
    text("userIdentity.inScopeOf.credentialsIssuedTo", Role::Dimension)
        .doc("the resource that the credentials were issued to, such as a Lambda function"),
    text("userIdentity.invokedByDelegate.accountId", Role::Dimension)
        .doc("the account of the product provider that called by delegated access"),
    text("userIdentity.sessionContext.sessionIssuer.type", Role::Dimension)
        .doc("what issued the temporary credentials: Root, IAMUser or Role"),
    text("userIdentity.sessionContext.sessionIssuer.userName", Role::Dimension)
        .aliases(&["user.roles"])
        .doc("name of the role or user that issued the temporary credentials"),
    text("userIdentity.sessionContext.sessionIssuer.arn", Role::Dimension)
        .doc("ARN of the role or user that issued the temporary credentials"),
    text("userIdentity.sessionContext.sessionIssuer.accountId", Role::Dimension)
        .doc("account of the role or user that issued the temporary credentials"),
    text("userIdentity.sessionContext.sessionIssuer.principalId", Role::Identifier)
        .doc("unique id of the role or user that issued the temporary credentials"),
    JsonField::new("userIdentity.sessionContext.attributes.creationDate", Kind::Time, Role::Timestamp)
        .doc("when the temporary credentials were issued"),
    JsonField::new("userIdentity.sessionContext.attributes.mfaAuthenticated", Kind::Bool, Role::Dimension)
        .doc("whether the session was authenticated with MFA"),
    text("userIdentity.sessionContext.sourceIdentity", Role::Dimension)
        .doc("the source identity that was set when the role was assumed"),
    text("userIdentity.sessionContext.ec2RoleDelivery", Role::Dimension)
        .doc("version of the instance metadata service that delivered the credentials: 1.0 or 2.0"),
    text("userIdentity.sessionContext.webIdFederationData.federatedProvider", Role::Dimension)
        .doc("the web identity provider behind the session"),
    JsonField::new("userIdentity.sessionContext.assumedRoot", Kind::Bool, Role::Dimension)
        .doc("whether the session was started by AssumeRoot"),
    text("eventType", Role::Dimension)
        .doc("AwsApiCall, AwsServiceEvent, AwsConsoleAction, AwsConsoleSignIn, AwsCloudTrailInsight, AwsVpceEvent or AwsAggregatedEvent"),
    text("eventCategory", Role::Dimension)
        .aliases(&["event.category"])
        .doc("Management, Data, Insight, NetworkActivity or Aggregated; absent before version 1.07"),
    JsonField::new("managementEvent", Kind::Bool, Role::Dimension)
        .doc("whether this is a management event"),
    text("eventVersion", Role::Dimension).doc("version of the event's form, `major.minor`"),
    text("apiVersion", Role::Dimension).doc("version of the API that was called"),
    text("eventID", Role::Identifier)
        .also(&["eventId", "EventId"])
        .aliases(&["event.id"])
        .doc("the event's id; one event may be delivered more than once"),
    text("requestID", Role::Identifier).aliases(&["requestId"]).doc("the service's id of the request; not unique"),
    text("sharedEventID", Role::Identifier)
        .doc("common to the events of one action in several accounts, and to start and end of an insight"),
    text("vpcEndpointId", Role::Dimension).doc("the VPC endpoint that the request went through"),
    text("vpcEndpointAccountId", Role::Dimension).doc("the account that owns the VPC endpoint"),
    text("tlsDetails.tlsVersion", Role::Dimension).doc("TLS version of the request: TLSv1.3"),
    text("tlsDetails.cipherSuite", Role::Dimension).aliases(&["tls.cipher"]).doc("cipher suite of the request"),
    text("tlsDetails.keyExchange", Role::Dimension)
        .athena("CAST(NULL AS varchar)")
        .doc("how the keys of the TLS connection were agreed on: X25519MLKEM768, x25519, secp256r1"),
    text("tlsDetails.clientProvidedHostHeader", Role::Dimension)
        .aliases(&["tls.client.server_name"])
        .doc("the host name that the client called"),
    JsonField::new("sessionCredentialFromConsole", Kind::Bool, Role::Dimension)
        .doc("whether the credentials came from a console session"),
    text("addendum.reason", Role::Dimension)
        .doc("why the event is late or repeated: DELIVERY_DELAY, UPDATED_DATA or SERVICE_OUTAGE"),
    text("responseElements.ConsoleLogin", Role::Status).doc("Success or Failure of a sign-in to the console"),
    text("additionalEventData.MFAUsed", Role::Dimension)
        .doc("Yes or No: whether MFA was used to sign in to the console"),
    text("additionalEventData.MFAIdentifier", Role::Dimension)
        .doc("the MFA device that was used to sign in, its serial number or ARN"),
    text("additionalEventData.LoginTo", Role::Dimension)
        .aliases(&["LoginTo"])
        .doc("the URL that a sign-in led to"),
    text("additionalEventData.MobileVersion", Role::Dimension)
        .doc("Yes or No: whether the console's page for mobile devices was used to sign in"),
    text("additionalEventData.CredentialType", Role::Dimension)
        .doc("the credential asked for by Identity Center: PASSWORD, EXTERNAL_IDP, TOTP, WEBAUTHN and others"),
    JsonField::new("additionalEventData.bytesTransferredIn", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .doc("bytes received by S3"),
    JsonField::new("additionalEventData.bytesTransferredOut", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .doc("bytes sent by S3"),
    text("requestParameters.bucketName", Role::Dimension).aliases(&["bucketName"]).doc("the S3 bucket of the request"),
    text("requestParameters.roleArn", Role::Dimension).doc("the role that the request names, such as the one assumed"),
    text("requestParameters.instanceType", Role::Dimension).doc("the type of the instances to be started"),
    text("insightDetails.state", Role::Dimension)
        .also(&["insightState"])
        .doc("Start or End of unusual activity"),
    text("insightDetails.insightType", Role::Dimension)
        .also(&["insightType"])
        .doc("ApiCallRateInsight or ApiErrorRateInsight"),
    JsonField::new("insightDetails.insightContext.statistics.baseline.average", Kind::Float, Role::Measure)
        .also(&["insightContext.baselineAverage"])
        .doc("calls or errors per minute in the baseline"),
    JsonField::new("insightDetails.insightContext.statistics.insight.average", Kind::Float, Role::Measure)
        .also(&["insightContext.insightAverage"])
        .doc("calls or errors per minute during the unusual activity"),
    JsonField::new("insightDetails.insightContext.statistics.insightDuration", Kind::Int, Role::Measure)
        .also(&["insightContext.insightDuration"])
        .doc("minutes of unusual activity"),
    JsonField::new("timeWindow.windowEnd", Kind::Time, Role::Timestamp)
        .aliases(&["event.end"])
        .doc("end of the window that an aggregated event sums up"),
    text("summary.primaryDimension.dimension", Role::Dimension)
        .doc("what an aggregated event is grouped by: eventName, resourceARN or userIdentity"),
    text("statistics.name", Role::Dimension)
        .also(&["summary.primaryDimension.statistics.0.name"])
        .each("summary.primaryDimension.statistics")
        .made()
        .doc("what an aggregated event counts calls of: actions or resources; each of several"),
    JsonField::new("statistics.value", Kind::Int, Role::Measure)
        .also(&["summary.primaryDimension.statistics.0.value"])
        .each("summary.primaryDimension.statistics")
        .made()
        .doc("how many calls of each there were"),
    JsonField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .athena("regexp_extract(tlsdetails.tlsversion, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("TLS version of the request: 1.3"),
    JsonField::computed("tls.version_protocol", Kind::Text, Role::Dimension, &TLS_NAME)
        .athena("lower(regexp_extract(tlsdetails.tlsversion, '^([^/.0-9]+?)[vV]?/?[0-9][0-9.]*$', 1))")
        .doc("the protocol of that version: tls"),
];

static TLS_VERSION: Computed = Computed { from: &["tlsDetails.tlsVersion"], value: protocol::version };
static TLS_NAME: Computed = Computed { from: &["tlsDetails.tlsVersion"], value: protocol::name };

/// The column of that name, counted from the format's first.
pub(super) fn column(name: &str) -> usize {
    // The names asked for are this module's own; a test asks for each.
    FIELDS.iter().position(|f| f.field.name == name).unwrap_or(usize::MAX)
}

/// Request parameters that name a resource, for events without `resources`: the parameter's path, the service that
/// means it so (empty: all), the resource's type. In the order in which an event's resources are listed.
pub(super) static PARAMETERS: &[(&str, &str, &str)] = &[
    ("requestParameters.bucketName", "", "AWS::S3::Bucket"),
    ("requestParameters.instanceId", "", "AWS::EC2::Instance"),
    ("requestParameters.roleName", "", "AWS::IAM::Role"),
    ("requestParameters.roleArn", "", "AWS::IAM::Role"),
    ("requestParameters.userName", "iam", "AWS::IAM::User"),
    ("requestParameters.groupName", "iam", "AWS::IAM::Group"),
    ("requestParameters.policyArn", "iam", "AWS::IAM::Policy"),
    ("requestParameters.instanceProfileName", "iam", "AWS::IAM::InstanceProfile"),
    ("requestParameters.functionName", "", "AWS::Lambda::Function"),
    ("requestParameters.groupId", "ec2", "AWS::EC2::SecurityGroup"),
    ("requestParameters.volumeId", "ec2", "AWS::EC2::Volume"),
    ("requestParameters.snapshotId", "ec2", "AWS::EC2::Snapshot"),
    ("requestParameters.imageId", "ec2", "AWS::EC2::Image"),
    ("requestParameters.keyName", "ec2", "AWS::EC2::KeyPair"),
    ("requestParameters.subnetId", "ec2", "AWS::EC2::Subnet"),
    ("requestParameters.vpcId", "ec2", "AWS::EC2::VPC"),
    ("requestParameters.keyId", "kms", "AWS::KMS::Key"),
    ("requestParameters.secretId", "", "AWS::SecretsManager::Secret"),
    ("requestParameters.tableName", "dynamodb", "AWS::DynamoDB::Table"),
    ("requestParameters.dBInstanceIdentifier", "", "AWS::RDS::DBInstance"),
    ("requestParameters.dBSnapshotIdentifier", "", "AWS::RDS::DBSnapshot"),
    ("requestParameters.stackName", "", "AWS::CloudFormation::Stack"),
    ("requestParameters.topicArn", "", "AWS::SNS::Topic"),
    ("requestParameters.queueUrl", "", "AWS::SQS::Queue"),
    ("requestParameters.logGroupName", "", "AWS::Logs::LogGroup"),
    ("requestParameters.repositoryName", "", "AWS::ECR::Repository"),
    ("requestParameters.detectorId", "", "AWS::GuardDuty::Detector"),
    ("requestParameters.name", "cloudtrail", "AWS::CloudTrail::Trail"),
    ("requestParameters.trailName", "cloudtrail", "AWS::CloudTrail::Trail"),
    ("requestParameters.name", "ssm", "AWS::SSM::Parameter"),
];
