//! GuardDuty findings in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-guardduty.html>, read 2026-11-21 as the public Markdown of
//! the guide, which ends in 2023. Where that has `createdate` and `updatedate`, the statement here has the names that
//! findings have. The reader of JSON writes the names inside `resource` and `service` in small letters.

use logloupe_table::external::{AthenaColumn, AthenaTable, ExternalSchema, InsightsNames, JsonRoot};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema { athena: Ok(&TABLE), insights: INSIGHTS };

static TABLE: AthenaTable = AthenaTable {
    name: "gd_logs",
    ddl: include_str!("../athena/guardduty.sql"),
    time: "from_iso8601_timestamp(coalesce(updatedat, createdat))",
    columns: COLUMNS,
    roots: &[
        JsonRoot::SmallJson { path: "resource", column: "resource" },
        JsonRoot::SmallJson { path: "service", column: "service" },
    ],
    notes: &[
        "the table reads findings that were exported to S3, and all of them; narrow its LOCATION to a Region or a day",
    ],
};

static COLUMNS: &[AthenaColumn] = &[
    AthenaColumn::text(
        "severityLabel",
        "CASE WHEN TRY_CAST(severity AS double) >= 9 THEN 'Critical' WHEN TRY_CAST(severity AS double) \
         >= 7 THEN 'High' WHEN TRY_CAST(severity AS double) \
         >= 4 THEN 'Medium' WHEN severity IS NOT NULL THEN 'Low' END",
    ),
    AthenaColumn::float("severity", "TRY_CAST(severity AS double)"),
    AthenaColumn::text("type", "type"),
    AthenaColumn::text("title", "title"),
    AthenaColumn::text("description", "description"),
    AthenaColumn::time("updatedAt", "from_iso8601_timestamp(updatedat)"),
    AthenaColumn::time("createdAt", "from_iso8601_timestamp(createdat)"),
    AthenaColumn::text("accountId", "accountid"),
    AthenaColumn::text("region", "region"),
    AthenaColumn::text("resource.resourceType", "json_extract_scalar(resource, '$.resourcetype')"),
    AthenaColumn::text(
        "resource.name",
        "coalesce(json_extract_scalar(resource, '$.instancedetails.instanceid'), \
         json_extract_scalar(resource, '$.s3bucketdetails[0].name'), json_extract_scalar(resource, \
         '$.eksclusterdetails.name'), json_extract_scalar(resource, '$.ecsclusterdetails.name'), \
         json_extract_scalar(resource, '$.lambdadetails.functionname'), json_extract_scalar(resource, \
         '$.rdsdbinstancedetails.dbinstanceidentifier'), json_extract_scalar(resource, \
         '$.accesskeydetails.username'))",
    ),
    AthenaColumn::text(
        "source.ip",
        "coalesce(json_extract_scalar(service, '$.action.awsapicallaction.remoteipdetails.ipaddressv4'), \
         json_extract_scalar(service, '$.action.networkconnectionaction.remoteipdetails.ipaddressv4'), \
         json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.ipaddressv4'), \
         json_extract_scalar(service, '$.action.kubernetesapicallaction.remoteipdetails.ipaddressv4'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.ipaddressv4'), \
         json_extract_scalar(service, '$.action.awsapicallaction.remoteipdetails.ipaddressv6'), \
         json_extract_scalar(service, '$.action.networkconnectionaction.remoteipdetails.ipaddressv6'), \
         json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.ipaddressv6'), \
         json_extract_scalar(service, '$.action.kubernetesapicallaction.remoteipdetails.ipaddressv6'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.ipaddressv6'))",
    ),
    AthenaColumn::text(
        "source.geo.country_name",
        "coalesce(json_extract_scalar(service, \
         '$.action.awsapicallaction.remoteipdetails.country.countryname'), json_extract_scalar(service, \
         '$.action.networkconnectionaction.remoteipdetails.country.countryname'), \
         json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.country.countryname'), \
         json_extract_scalar(service, \
         '$.action.kubernetesapicallaction.remoteipdetails.country.countryname'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.country.countryname'))",
    ),
    AthenaColumn::text(
        "source.as.organization.name",
        "coalesce(json_extract_scalar(service, \
         '$.action.awsapicallaction.remoteipdetails.organization.asnorg'), json_extract_scalar(service, \
         '$.action.networkconnectionaction.remoteipdetails.organization.asnorg'), \
         json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.organization.asnorg'), \
         json_extract_scalar(service, \
         '$.action.kubernetesapicallaction.remoteipdetails.organization.asnorg'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.organization.asnorg'))",
    ),
    AthenaColumn::int(
        "source.as.number",
        "TRY_CAST(coalesce(json_extract_scalar(service, \
         '$.action.awsapicallaction.remoteipdetails.organization.asn'), json_extract_scalar(service, \
         '$.action.networkconnectionaction.remoteipdetails.organization.asn'), json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.organization.asn'), \
         json_extract_scalar(service, '$.action.kubernetesapicallaction.remoteipdetails.organization.asn'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.organization.asn')) \
         AS bigint)",
    ),
    AthenaColumn::int("service.count", "TRY_CAST(json_extract_scalar(service, '$.count') AS bigint)"),
    AthenaColumn::time(
        "service.eventFirstSeen",
        "from_iso8601_timestamp(json_extract_scalar(service, '$.eventfirstseen'))",
    ),
    AthenaColumn::time(
        "service.eventLastSeen",
        "from_iso8601_timestamp(json_extract_scalar(service, '$.eventlastseen'))",
    ),
    AthenaColumn::bool("service.archived", "TRY_CAST(json_extract_scalar(service, '$.archived') AS boolean)"),
    AthenaColumn::text("service.resourceRole", "json_extract_scalar(service, '$.resourcerole')"),
    AthenaColumn::text("service.action.actionType", "json_extract_scalar(service, '$.action.actiontype')"),
    AthenaColumn::text(
        "service.action.awsApiCallAction.api",
        "json_extract_scalar(service, '$.action.awsapicallaction.api')",
    ),
    AthenaColumn::text(
        "service.action.awsApiCallAction.serviceName",
        "json_extract_scalar(service, '$.action.awsapicallaction.servicename')",
    ),
    AthenaColumn::text(
        "service.action.awsApiCallAction.errorCode",
        "json_extract_scalar(service, '$.action.awsapicallaction.errorcode')",
    ),
    AthenaColumn::text(
        "service.action.awsApiCallAction.callerType",
        "json_extract_scalar(service, '$.action.awsapicallaction.callertype')",
    ),
    AthenaColumn::text(
        "service.action.networkConnectionAction.connectionDirection",
        "json_extract_scalar(service, '$.action.networkconnectionaction.connectiondirection')",
    ),
    AthenaColumn::text(
        "service.action.networkConnectionAction.protocol",
        "json_extract_scalar(service, '$.action.networkconnectionaction.protocol')",
    ),
    AthenaColumn::int(
        "service.action.networkConnectionAction.localPortDetails.port",
        "TRY_CAST(coalesce(json_extract_scalar(service, \
         '$.action.networkconnectionaction.localportdetails.port'), json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].localportdetails.port')) AS bigint)",
    ),
    AthenaColumn::int(
        "service.action.networkConnectionAction.remotePortDetails.port",
        "TRY_CAST(json_extract_scalar(service, '$.action.networkconnectionaction.remoteportdetails.port') \
         AS bigint)",
    ),
    AthenaColumn::bool(
        "service.action.networkConnectionAction.blocked",
        "TRY_CAST(coalesce(json_extract_scalar(service, '$.action.networkconnectionaction.blocked'), \
         json_extract_scalar(service, '$.action.portprobeaction.blocked'), json_extract_scalar(service, \
         '$.action.dnsrequestaction.blocked')) AS boolean)",
    ),
    AthenaColumn::text(
        "service.action.dnsRequestAction.domain",
        "json_extract_scalar(service, '$.action.dnsrequestaction.domain')",
    ),
    AthenaColumn::text(
        "resource.accessKeyDetails.userName",
        "json_extract_scalar(resource, '$.accesskeydetails.username')",
    ),
    AthenaColumn::text(
        "resource.accessKeyDetails.userType",
        "json_extract_scalar(resource, '$.accesskeydetails.usertype')",
    ),
    AthenaColumn::text(
        "resource.accessKeyDetails.principalId",
        "json_extract_scalar(resource, '$.accesskeydetails.principalid')",
    ),
    AthenaColumn::text(
        "resource.accessKeyDetails.accessKeyId",
        "json_extract_scalar(resource, '$.accesskeydetails.accesskeyid')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.instanceId",
        "json_extract_scalar(resource, '$.instancedetails.instanceid')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.instanceType",
        "json_extract_scalar(resource, '$.instancedetails.instancetype')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.availabilityZone",
        "json_extract_scalar(resource, '$.instancedetails.availabilityzone')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.networkInterfaces.0.networkInterfaceId",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].networkinterfaceid')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.networkInterfaces.0.privateIpAddress",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].privateipaddress')",
    ),
    AthenaColumn::text(
        "resource.instanceDetails.networkInterfaces.0.publicIp",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].publicip')",
    ),
    AthenaColumn::text(
        "resource.s3BucketDetails.0.name",
        "json_extract_scalar(resource, '$.s3bucketdetails[0].name')",
    ),
    AthenaColumn::text("service.featureName", "json_extract_scalar(service, '$.featurename')"),
    AthenaColumn::text("service.detectorId", "json_extract_scalar(service, '$.detectorid')"),
    AthenaColumn::text("id", "id"),
    AthenaColumn::text("arn", "arn"),
    AthenaColumn::text("partition", "\"partition\""),
    AthenaColumn::text("schemaVersion", "schemaversion"),
];

const INSIGHTS: InsightsNames = InsightsNames {
    group: "a log group to which an EventBridge rule delivers findings",
    prefix: "detail.",
    names: &[],
    missing: &[
        "severityLabel",
        "resource.name",
        "source.ip",
        "source.geo.country_name",
        "source.as.organization.name",
        "source.as.number",
    ],
};
