//! CloudTrail in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html>, read
//! 2026-11-21.

use logloupe_table::external::{AthenaColumn, AthenaTable, ExternalSchema, InsightsNames, JsonRoot};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&TABLE),
    insights: InsightsNames {
        group: "the log group that the trail is delivered to",
        prefix: "",
        names: &[],
        missing: &["user.name", "event.outcome", "resource.name", "resource.type"],
    },
};

static TABLE: AthenaTable = AthenaTable {
    name: "cloudtrail_logs",
    ddl: include_str!("../athena/cloudtrail.sql"),
    time: "from_iso8601_timestamp(eventtime)",
    columns: COLUMNS,
    roots: &[
        JsonRoot::Json { path: "requestParameters", column: "requestparameters" },
        JsonRoot::Json { path: "responseElements", column: "responseelements" },
        JsonRoot::Json { path: "additionalEventData", column: "additionaleventdata" },
        JsonRoot::Json { path: "serviceEventDetails", column: "serviceeventdetails" },
        JsonRoot::Json { path: "edgeDeviceDetails", column: "edgedevicedetails" },
        JsonRoot::Structs { path: "resources", column: "resources", members: &["arn", "accountid", "type"] },
    ],
    notes: &[
        "add a condition on the partition column, such as \"timestamp\" >= '2026/03/05', so that only those days are read",
    ],
};

static COLUMNS: &[AthenaColumn] = &[
    AthenaColumn::time("eventTime", "from_iso8601_timestamp(eventtime)"),
    AthenaColumn::text("eventSource", "eventsource"),
    AthenaColumn::text("eventName", "eventname"),
    AthenaColumn::text(
        "user.name",
        "CASE WHEN useridentity.type = 'Root' THEN 'root' ELSE coalesce(useridentity.username, \
         regexp_extract(useridentity.arn, ':(?:assumed-role/[^/]*/|user/(?:.*/)?|federated-user/)([^/]+)$', 1), \
         regexp_extract(useridentity.principalid, '^[^:]*:(.+)$', 1), \
         useridentity.sessioncontext.sessionissuer.username, useridentity.onbehalfof.userid, useridentity.invokedby) END",
    ),
    AthenaColumn::text("userIdentity.type", "useridentity.type"),
    AthenaColumn::text("sourceIPAddress", "sourceipaddress"),
    AthenaColumn::text("awsRegion", "awsregion"),
    AthenaColumn::text(
        "event.outcome",
        "CASE WHEN eventname IS NULL THEN NULL WHEN errorcode IS NOT NULL OR errormessage IS NOT NULL OR \
         json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Failure' OR \
         json_extract_scalar(responseelements, '$.CheckMfa') = 'Failure' OR \
         json_extract_scalar(responseelements, '$.SwitchRole') = 'Failure' THEN 'failure' ELSE 'success' END",
    ),
    AthenaColumn::text("errorCode", "errorcode"),
    AthenaColumn::text("errorMessage", "errormessage"),
    AthenaColumn::bool("readOnly", "TRY_CAST(readonly AS boolean)"),
    AthenaColumn::text("userAgent", "useragent"),
    AthenaColumn::text("recipientAccountId", "recipientaccountid"),
    AthenaColumn::text("userIdentity.arn", "useridentity.arn"),
    AthenaColumn::text("userIdentity.principalId", "useridentity.principalid"),
    AthenaColumn::text("userIdentity.accountId", "useridentity.accountid"),
    AthenaColumn::text("userIdentity.accessKeyId", "useridentity.accesskeyid"),
    AthenaColumn::text("userIdentity.userName", "useridentity.username"),
    AthenaColumn::text("userIdentity.invokedBy", "useridentity.invokedby"),
    AthenaColumn::text("userIdentity.onBehalfOf.userId", "useridentity.onbehalfof.userid"),
    AthenaColumn::text(
        "userIdentity.onBehalfOf.identityStoreArn",
        "useridentity.onbehalfof.identitystorearn",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.sessionIssuer.type",
        "useridentity.sessioncontext.sessionissuer.type",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.sessionIssuer.userName",
        "useridentity.sessioncontext.sessionissuer.username",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.sessionIssuer.arn",
        "useridentity.sessioncontext.sessionissuer.arn",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.sessionIssuer.accountId",
        "useridentity.sessioncontext.sessionissuer.accountid",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.sessionIssuer.principalId",
        "useridentity.sessioncontext.sessionissuer.principalid",
    ),
    AthenaColumn::time(
        "userIdentity.sessionContext.attributes.creationDate",
        "from_iso8601_timestamp(useridentity.sessioncontext.attributes.creationdate)",
    ),
    AthenaColumn::bool(
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        "TRY_CAST(useridentity.sessioncontext.attributes.mfaauthenticated AS boolean)",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.ec2RoleDelivery",
        "useridentity.sessioncontext.ec2roledelivery",
    ),
    AthenaColumn::text(
        "userIdentity.sessionContext.webIdFederationData.federatedProvider",
        "useridentity.sessioncontext.webidfederationdata.federatedprovider",
    ),
    AthenaColumn::text("eventType", "eventtype"),
    AthenaColumn::text("eventCategory", "eventcategory"),
    AthenaColumn::text("eventVersion", "eventversion"),
    AthenaColumn::text("apiVersion", "apiversion"),
    AthenaColumn::text("eventID", "eventid"),
    AthenaColumn::text("requestID", "requestid"),
    AthenaColumn::text("sharedEventID", "sharedeventid"),
    AthenaColumn::text("vpcEndpointId", "vpcendpointid"),
    AthenaColumn::text("vpcEndpointAccountId", "vpcendpointaccountid"),
    AthenaColumn::text("tlsDetails.tlsVersion", "tlsdetails.tlsversion"),
    AthenaColumn::text("tlsDetails.cipherSuite", "tlsdetails.ciphersuite"),
    AthenaColumn::text("tlsDetails.clientProvidedHostHeader", "tlsdetails.clientprovidedhostheader"),
    AthenaColumn::bool("sessionCredentialFromConsole", "TRY_CAST(sessioncredentialfromconsole AS boolean)"),
    AthenaColumn::text("addendum.reason", "addendum.reason"),
];
