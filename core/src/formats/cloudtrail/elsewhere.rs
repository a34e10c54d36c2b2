//! CloudTrail in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html>, read
//! 2026-11-21.

use crate::elsewhere::{Column, Elsewhere, Insights, Root, Table};

pub(super) static ELSEWHERE: Elsewhere = Elsewhere {
    athena: Ok(&TABLE),
    insights: Insights {
        group: "the log group that the trail is delivered to",
        prefix: "",
        names: &[],
        missing: &["user.name", "event.outcome", "resource.name", "resource.type"],
    },
};

static TABLE: Table = Table {
    name: "cloudtrail_logs",
    ddl: include_str!("../athena/cloudtrail.sql"),
    time: "from_iso8601_timestamp(eventtime)",
    columns: COLUMNS,
    roots: &[
        Root::Json { path: "requestParameters", column: "requestparameters" },
        Root::Json { path: "responseElements", column: "responseelements" },
        Root::Json { path: "additionalEventData", column: "additionaleventdata" },
        Root::Json { path: "serviceEventDetails", column: "serviceeventdetails" },
        Root::Json { path: "edgeDeviceDetails", column: "edgedevicedetails" },
        Root::Structs { path: "resources", column: "resources", members: &["arn", "accountid", "type"] },
    ],
    notes: &[
        "add a condition on the partition column, such as \"timestamp\" >= '2026/03/05', so that only those days are read",
    ],
};

static COLUMNS: &[Column] = &[
    Column::time("eventTime", "from_iso8601_timestamp(eventtime)"),
    Column::text("eventSource", "eventsource"),
    Column::text("eventName", "eventname"),
    Column::text(
        "user.name",
        "CASE WHEN useridentity.type = 'Root' THEN 'root' ELSE coalesce(useridentity.username, \
         regexp_extract(useridentity.arn, ':(?:assumed-role/[^/]*/|user/(?:.*/)?|federated-user/)([^/]+)$', 1), \
         regexp_extract(useridentity.principalid, '^[^:]*:(.+)$', 1), \
         useridentity.sessioncontext.sessionissuer.username, useridentity.onbehalfof.userid, useridentity.invokedby) END",
    ),
    Column::text("userIdentity.type", "useridentity.type"),
    Column::text("sourceIPAddress", "sourceipaddress"),
    Column::text("awsRegion", "awsregion"),
    Column::text(
        "event.outcome",
        "CASE WHEN eventname IS NULL THEN NULL WHEN errorcode IS NOT NULL OR errormessage IS NOT NULL OR \
         json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Failure' OR \
         json_extract_scalar(responseelements, '$.CheckMfa') = 'Failure' OR \
         json_extract_scalar(responseelements, '$.SwitchRole') = 'Failure' THEN 'failure' ELSE 'success' END",
    ),
    Column::text("errorCode", "errorcode"),
    Column::text("errorMessage", "errormessage"),
    Column::bool("readOnly", "TRY_CAST(readonly AS boolean)"),
    Column::text("userAgent", "useragent"),
    Column::text("recipientAccountId", "recipientaccountid"),
    Column::text("userIdentity.arn", "useridentity.arn"),
    Column::text("userIdentity.principalId", "useridentity.principalid"),
    Column::text("userIdentity.accountId", "useridentity.accountid"),
    Column::text("userIdentity.accessKeyId", "useridentity.accesskeyid"),
    Column::text("userIdentity.userName", "useridentity.username"),
    Column::text("userIdentity.invokedBy", "useridentity.invokedby"),
    Column::text("userIdentity.onBehalfOf.userId", "useridentity.onbehalfof.userid"),
    Column::text("userIdentity.onBehalfOf.identityStoreArn", "useridentity.onbehalfof.identitystorearn"),
    Column::text(
        "userIdentity.sessionContext.sessionIssuer.type",
        "useridentity.sessioncontext.sessionissuer.type",
    ),
    Column::text(
        "userIdentity.sessionContext.sessionIssuer.userName",
        "useridentity.sessioncontext.sessionissuer.username",
    ),
    Column::text(
        "userIdentity.sessionContext.sessionIssuer.arn",
        "useridentity.sessioncontext.sessionissuer.arn",
    ),
    Column::text(
        "userIdentity.sessionContext.sessionIssuer.accountId",
        "useridentity.sessioncontext.sessionissuer.accountid",
    ),
    Column::text(
        "userIdentity.sessionContext.sessionIssuer.principalId",
        "useridentity.sessioncontext.sessionissuer.principalid",
    ),
    Column::time(
        "userIdentity.sessionContext.attributes.creationDate",
        "from_iso8601_timestamp(useridentity.sessioncontext.attributes.creationdate)",
    ),
    Column::bool(
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        "TRY_CAST(useridentity.sessioncontext.attributes.mfaauthenticated AS boolean)",
    ),
    Column::text(
        "userIdentity.sessionContext.ec2RoleDelivery",
        "useridentity.sessioncontext.ec2roledelivery",
    ),
    Column::text(
        "userIdentity.sessionContext.webIdFederationData.federatedProvider",
        "useridentity.sessioncontext.webidfederationdata.federatedprovider",
    ),
    Column::text("eventType", "eventtype"),
    Column::text("eventCategory", "eventcategory"),
    Column::text("eventVersion", "eventversion"),
    Column::text("apiVersion", "apiversion"),
    Column::text("eventID", "eventid"),
    Column::text("requestID", "requestid"),
    Column::text("sharedEventID", "sharedeventid"),
    Column::text("vpcEndpointId", "vpcendpointid"),
    Column::text("vpcEndpointAccountId", "vpcendpointaccountid"),
    Column::text("tlsDetails.tlsVersion", "tlsdetails.tlsversion"),
    Column::text("tlsDetails.cipherSuite", "tlsdetails.ciphersuite"),
    Column::text("tlsDetails.clientProvidedHostHeader", "tlsdetails.clientprovidedhostheader"),
    Column::bool("sessionCredentialFromConsole", "TRY_CAST(sessioncredentialfromconsole AS boolean)"),
    Column::text("addendum.reason", "addendum.reason"),
];
