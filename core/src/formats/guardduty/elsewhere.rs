//! GuardDuty findings in Athena's table and in CloudWatch Logs.
//!
//! Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-guardduty.html>, read 2026-11-21 as the public Markdown of
//! the guide, which ends in 2023. Where that has `createdate` and `updatedate`, the statement here has the names that
//! findings have. The reader of JSON writes the names inside `resource` and `service` in small letters.

use crate::elsewhere::{Column, Elsewhere, Insights, Root, Table};

pub(super) static ELSEWHERE: Elsewhere = Elsewhere { athena: Ok(&TABLE), insights: INSIGHTS };

static TABLE: Table = Table {
    name: "gd_logs",
    ddl: include_str!("../athena/guardduty.sql"),
    time: "from_iso8601_timestamp(coalesce(updatedat, createdat))",
    columns: COLUMNS,
    roots: &[
        Root::SmallJson { path: "resource", column: "resource" },
        Root::SmallJson { path: "service", column: "service" },
    ],
    notes: &[
        "the table reads findings that were exported to S3, and all of them; narrow its LOCATION to a Region or a day",
    ],
};

static COLUMNS: &[Column] = &[
    Column::text(
        "severityLabel",
        "CASE WHEN TRY_CAST(severity AS double) >= 9 THEN 'Critical' WHEN TRY_CAST(severity AS double) \
         >= 7 THEN 'High' WHEN TRY_CAST(severity AS double) \
         >= 4 THEN 'Medium' WHEN severity IS NOT NULL THEN 'Low' END",
    ),
    Column::float("severity", "TRY_CAST(severity AS double)"),
    Column::text("type", "type"),
    Column::text("title", "title"),
    Column::text("description", "description"),
    Column::time("updatedAt", "from_iso8601_timestamp(updatedat)"),
    Column::time("createdAt", "from_iso8601_timestamp(createdat)"),
    Column::text("accountId", "accountid"),
    Column::text("region", "region"),
    Column::text("resource.resourceType", "json_extract_scalar(resource, '$.resourcetype')"),
    Column::text(
        "resource.name",
        "coalesce(json_extract_scalar(resource, '$.instancedetails.instanceid'), \
         json_extract_scalar(resource, '$.s3bucketdetails[0].name'), json_extract_scalar(resource, \
         '$.eksclusterdetails.name'), json_extract_scalar(resource, '$.ecsclusterdetails.name'), \
         json_extract_scalar(resource, '$.lambdadetails.functionname'), json_extract_scalar(resource, \
         '$.rdsdbinstancedetails.dbinstanceidentifier'), json_extract_scalar(resource, \
         '$.accesskeydetails.username'))",
    ),
    Column::text(
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
    Column::text(
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
    Column::text(
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
    Column::int(
        "source.as.number",
        "TRY_CAST(coalesce(json_extract_scalar(service, \
         '$.action.awsapicallaction.remoteipdetails.organization.asn'), json_extract_scalar(service, \
         '$.action.networkconnectionaction.remoteipdetails.organization.asn'), json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].remoteipdetails.organization.asn'), \
         json_extract_scalar(service, '$.action.kubernetesapicallaction.remoteipdetails.organization.asn'), \
         json_extract_scalar(service, '$.action.rdsloginattemptaction.remoteipdetails.organization.asn')) \
         AS bigint)",
    ),
    Column::int("service.count", "TRY_CAST(json_extract_scalar(service, '$.count') AS bigint)"),
    Column::time(
        "service.eventFirstSeen",
        "from_iso8601_timestamp(json_extract_scalar(service, '$.eventfirstseen'))",
    ),
    Column::time(
        "service.eventLastSeen",
        "from_iso8601_timestamp(json_extract_scalar(service, '$.eventlastseen'))",
    ),
    Column::bool("service.archived", "TRY_CAST(json_extract_scalar(service, '$.archived') AS boolean)"),
    Column::text("service.resourceRole", "json_extract_scalar(service, '$.resourcerole')"),
    Column::text("service.action.actionType", "json_extract_scalar(service, '$.action.actiontype')"),
    Column::text(
        "service.action.awsApiCallAction.api",
        "json_extract_scalar(service, '$.action.awsapicallaction.api')",
    ),
    Column::text(
        "service.action.awsApiCallAction.serviceName",
        "json_extract_scalar(service, '$.action.awsapicallaction.servicename')",
    ),
    Column::text(
        "service.action.awsApiCallAction.errorCode",
        "json_extract_scalar(service, '$.action.awsapicallaction.errorcode')",
    ),
    Column::text(
        "service.action.awsApiCallAction.callerType",
        "json_extract_scalar(service, '$.action.awsapicallaction.callertype')",
    ),
    Column::text(
        "service.action.networkConnectionAction.connectionDirection",
        "json_extract_scalar(service, '$.action.networkconnectionaction.connectiondirection')",
    ),
    Column::text(
        "service.action.networkConnectionAction.protocol",
        "json_extract_scalar(service, '$.action.networkconnectionaction.protocol')",
    ),
    Column::int(
        "service.action.networkConnectionAction.localPortDetails.port",
        "TRY_CAST(coalesce(json_extract_scalar(service, \
         '$.action.networkconnectionaction.localportdetails.port'), json_extract_scalar(service, \
         '$.action.portprobeaction.portprobedetails[0].localportdetails.port')) AS bigint)",
    ),
    Column::int(
        "service.action.networkConnectionAction.remotePortDetails.port",
        "TRY_CAST(json_extract_scalar(service, '$.action.networkconnectionaction.remoteportdetails.port') \
         AS bigint)",
    ),
    Column::bool(
        "service.action.networkConnectionAction.blocked",
        "TRY_CAST(coalesce(json_extract_scalar(service, '$.action.networkconnectionaction.blocked'), \
         json_extract_scalar(service, '$.action.portprobeaction.blocked'), json_extract_scalar(service, \
         '$.action.dnsrequestaction.blocked')) AS boolean)",
    ),
    Column::text(
        "service.action.dnsRequestAction.domain",
        "json_extract_scalar(service, '$.action.dnsrequestaction.domain')",
    ),
    Column::text(
        "resource.accessKeyDetails.userName",
        "json_extract_scalar(resource, '$.accesskeydetails.username')",
    ),
    Column::text(
        "resource.accessKeyDetails.userType",
        "json_extract_scalar(resource, '$.accesskeydetails.usertype')",
    ),
    Column::text(
        "resource.accessKeyDetails.principalId",
        "json_extract_scalar(resource, '$.accesskeydetails.principalid')",
    ),
    Column::text(
        "resource.accessKeyDetails.accessKeyId",
        "json_extract_scalar(resource, '$.accesskeydetails.accesskeyid')",
    ),
    Column::text(
        "resource.instanceDetails.instanceId",
        "json_extract_scalar(resource, '$.instancedetails.instanceid')",
    ),
    Column::text(
        "resource.instanceDetails.instanceType",
        "json_extract_scalar(resource, '$.instancedetails.instancetype')",
    ),
    Column::text(
        "resource.instanceDetails.availabilityZone",
        "json_extract_scalar(resource, '$.instancedetails.availabilityzone')",
    ),
    Column::text(
        "resource.instanceDetails.networkInterfaces.0.networkInterfaceId",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].networkinterfaceid')",
    ),
    Column::text(
        "resource.instanceDetails.networkInterfaces.0.privateIpAddress",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].privateipaddress')",
    ),
    Column::text(
        "resource.instanceDetails.networkInterfaces.0.publicIp",
        "json_extract_scalar(resource, '$.instancedetails.networkinterfaces[0].publicip')",
    ),
    Column::text(
        "resource.s3BucketDetails.0.name",
        "json_extract_scalar(resource, '$.s3bucketdetails[0].name')",
    ),
    Column::text("service.featureName", "json_extract_scalar(service, '$.featurename')"),
    Column::text("service.detectorId", "json_extract_scalar(service, '$.detectorid')"),
    Column::text("id", "id"),
    Column::text("arn", "arn"),
    Column::text("partition", "\"partition\""),
    Column::text("schemaVersion", "schemaversion"),
];

const INSIGHTS: Insights = Insights {
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
