//! Amazon GuardDuty findings: as exported to S3 and as EventBridge delivers them (names in camelCase), and as the API
//! and the command line give them (`Findings`, names in PascalCase).
//!
//! Not these: Security Hub's copies of findings (another form), Macie's and Inspector's findings.
//!
//! Decisions:
//! - The field table has the exported names; the API's are the same with every part's first letter raised, so they
//!   stand nowhere else.
//! - `@timestamp` is `updatedAt`: the same finding comes again with a higher `service.count` each time its activity goes
//!   on, and each of these is an event. Its id and `updatedAt` together are what a copy is told by.
//! - What differs by kind of action (the other side's address) or of resource (its name) is one column under a common
//!   name. The remote address is `source.ip` to queries over all logs, although an outbound connection goes there, and
//!   the resource's own address in such a connection is `destination.ip`.
//! - A finding describes more than the resource that it is about (the instance whose role's key was used): its name is
//!   chosen by `resourceType`. The same goes for addresses: an instance has several, and only an action over the network
//!   says that one of them was reached.
//! - A port probe is a list, of which each item has an address of the other side and a port. The columns of these have
//!   several values then; the finding is one row.

mod athena;
mod details;
mod presets;

use self::details::{DETAILS, THREATS, Threats};
use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::json::{self, Json, JsonColumns, JsonField, JsonRow, Reader},
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog, JsonRoot};
use logloupe_table::{Cell, Field, Kind, Role, Row, RowWriter, Unit, value::parse_number};

/// Amazon GuardDuty findings.
pub struct GuardDuty;

/// The list of a port probe: its items may each have another side of their own.
const PROBES: &str = "service.action.portProbeAction.portProbeDetails";

/// Where actions keep what is known of the other side.
macro_rules! remote {
    ($($member:literal),+) => {
        &[$(
            concat!("service.action.awsApiCallAction.remoteIpDetails.", $member),
            concat!("service.action.networkConnectionAction.remoteIpDetails.", $member),
            concat!("service.action.portProbeAction.portProbeDetails.0.remoteIpDetails.", $member),
            concat!("service.action.kubernetesApiCallAction.remoteIpDetails.", $member),
            concat!("service.action.rdsLoginAttemptAction.remoteIpDetails.", $member),
        )+]
    };
}

/// Derived columns are computed; all others stand in the finding.
static FIELDS: &[JsonField] = &[
    JsonField::derived("severityLabel", Kind::Text, Role::Status)
        .athena(athena::LABEL)
        .made()
        .doc("the severity in words: Low, Medium, High or Critical"),
    JsonField::new("severity", Kind::Float, Role::Measure)
        .aliases(&["event.severity"])
        .doc("how grave it is, from 1 to 10"),
    text("type", Role::Dimension)
        .aliases(&["rule.name"])
        .doc("kind of finding: purpose of the threat, resource, family"),
    text("title", Role::Identifier).doc("the finding in one line"),
    text("description", Role::Identifier).aliases(&["rule.description"]).doc("the finding in a sentence"),
    JsonField::new("updatedAt", Kind::Time, Role::Timestamp)
        .aliases(&["updatedate", "updated_at"])
        .doc("when the finding was last updated"),
    JsonField::new("createdAt", Kind::Time, Role::Timestamp)
        .aliases(&["createdate", "created_at", "event.created"])
        .doc("when the finding was first made"),
    text("accountId", Role::Dimension)
        .aliases(&["account_id", "cloud.account.id"])
        .doc("the account in which the activity took place"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the region in which it took place"),
    text("resource.resourceType", Role::Dimension)
        .aliases(&["resource.type"])
        .doc("kind of resource that was the target or the actor: AccessKey, Instance, S3Bucket and others"),
    text("resource.name", Role::Dimension)
        .also(&[
            "resource.instanceDetails.instanceId",
            "resource.s3BucketDetails.0.name",
            "resource.eksClusterDetails.name",
            "resource.ecsClusterDetails.name",
            "resource.lambdaDetails.functionName",
            "resource.rdsDbInstanceDetails.dbInstanceIdentifier",
            "resource.containerDetails.name",
            "resource.rdsLimitlessDbDetails.dbClusterIdentifier",
            "resource.ebsVolumeDetails.scannedVolumeDetails.0.volumeArn",
            "resource.accessKeyDetails.userName",
        ])
        .athena(athena::RESOURCE)
        .made()
        .doc(
            "what that resource is called: of an access key its user, of the others a name, an id or an ARN",
        ),
    text("user.name", Role::Dimension)
        .also(&[
            "resource.kubernetesDetails.kubernetesUserDetails.username",
            "resource.rdsDbUserDetails.user",
            "resource.accessKeyDetails.userName",
        ])
        .made()
        .doc("who acted: the user of Kubernetes or of the database, or the user or role of the access key"),
    JsonField::derived("destination.ip", Kind::Ip, Role::Dimension)
        .aliases(&["destination.address"])
        .athena(athena::DESTINATION)
        .made()
        .doc("the resource's address that a connection or a probe reached; none for other actions"),
    text("source.ip", Role::Dimension)
        .also(remote!["ipAddressV4", "ipAddressV6"])
        .each(PROBES)
        .aliases(&["remoteIp", "remote_ip", "source.address"])
        .made()
        .doc("address of the other side, whatever the kind of action; each of a probe from several"),
    text("source.geo.country_name", Role::Dimension)
        .also(remote!["country.countryName"])
        .each(PROBES)
        .aliases(&["remoteCountry"])
        .made()
        .doc("country of that address"),
    text("source.as.organization.name", Role::Dimension)
        .also(remote!["organization.asnOrg"])
        .each(PROBES)
        .aliases(&["remoteOrganization"])
        .made()
        .doc("who runs the network of that address"),
    JsonField::new("source.as.number", Kind::Int, Role::Dimension)
        .also(remote!["organization.asn"])
        .each(PROBES)
        .aliases(&["remoteAsn"])
        .made()
        .doc("autonomous system of that address"),
    text("source.geo.country_iso_code", Role::Dimension)
        .also(remote!["country.countryCode"])
        .each(PROBES)
        .made()
        .doc("country of that address in two letters, where the finding has it"),
    text("source.geo.city_name", Role::Dimension)
        .also(remote!["city.cityName"])
        .each(PROBES)
        .aliases(&["remoteCity"])
        .made()
        .doc("city of that address"),
    JsonField::new("source.geo.location.lat", Kind::Float, Role::Measure)
        .also(remote!["geoLocation.lat"])
        .each(PROBES)
        .made()
        .doc("latitude of that address"),
    JsonField::new("source.geo.location.lon", Kind::Float, Role::Measure)
        .also(remote!["geoLocation.lon"])
        .each(PROBES)
        .made()
        .doc("longitude of that address"),
    text("remoteOrg", Role::Dimension)
        .also(remote!["organization.org"])
        .each(PROBES)
        .made()
        .doc("the organisation that the address is registered to"),
    text("remoteIsp", Role::Dimension)
        .also(remote!["organization.isp"])
        .each(PROBES)
        .made()
        .doc("the provider of that organisation"),
    JsonField::new("service.count", Kind::Int, Role::Measure).doc("how often the activity was seen so far"),
    JsonField::new("service.eventFirstSeen", Kind::Time, Role::Timestamp)
        .aliases(&["eventFirstSeen", "event.start"])
        .doc("when the activity was first seen"),
    JsonField::new("service.eventLastSeen", Kind::Time, Role::Timestamp)
        .aliases(&["eventLastSeen", "event.end"])
        .doc("when the activity was last seen"),
    JsonField::new("service.archived", Kind::Bool, Role::Dimension)
        .aliases(&["archived"])
        .doc("whether the finding was archived"),
    text("service.resourceRole", Role::Dimension).doc("TARGET or ACTOR: which part the resource had"),
    text("service.action.actionType", Role::Dimension)
        .aliases(&["actionType", "event.action"])
        .doc("kind of activity: AWS_API_CALL, NETWORK_CONNECTION, DNS_REQUEST, PORT_PROBE and others"),
    text("service.action.awsApiCallAction.api", Role::Dimension)
        .aliases(&["api"])
        .doc("the API that was called"),
    text("service.action.awsApiCallAction.serviceName", Role::Dimension)
        .aliases(&["event.provider"])
        .doc("the service whose API was called"),
    text("service.action.awsApiCallAction.errorCode", Role::Status)
        .aliases(&["error.code"])
        .doc("the error that the call ended with, if it did"),
    text("service.action.awsApiCallAction.callerType", Role::Dimension)
        .doc("whether the call came from an address, a domain or a service"),
    text("service.action.networkConnectionAction.connectionDirection", Role::Dimension)
        .aliases(&["connectionDirection"])
        .doc("INBOUND, OUTBOUND or UNKNOWN"),
    text("service.action.networkConnectionAction.protocol", Role::Dimension)
        .also(&["service.action.dnsRequestAction.protocol"])
        .doc("protocol of the connection or of the DNS request"),
    JsonField::new(
        "service.action.networkConnectionAction.localPortDetails.port",
        Kind::Int,
        Role::Dimension,
    )
    .also(&["service.action.portProbeAction.portProbeDetails.0.localPortDetails.port"])
    .each(PROBES)
    .aliases(&["localPort", "destination.port"])
    .doc("port on the resource's side, of a connection or a probe; each of a probe of several"),
    JsonField::new(
        "service.action.networkConnectionAction.remotePortDetails.port",
        Kind::Int,
        Role::Dimension,
    )
    .aliases(&["remotePort", "source.port"])
    .doc("port on the other side"),
    JsonField::new("service.action.networkConnectionAction.blocked", Kind::Bool, Role::Status)
        .also(&["service.action.portProbeAction.blocked", "service.action.dnsRequestAction.blocked"])
        .aliases(&["blocked"])
        .doc("whether the connection, the probe or the DNS request was blocked"),
    text("service.action.dnsRequestAction.domain", Role::Dimension)
        .aliases(&["domain", "dns.question.name"])
        .doc("the domain that was asked for"),
    text("resource.accessKeyDetails.userName", Role::Dimension).doc("user or role of the access key"),
    text("resource.accessKeyDetails.userType", Role::Dimension)
        .doc("kind of that identity: IAMUser, Role, AssumedRole, Root, FederatedUser"),
    text("resource.accessKeyDetails.principalId", Role::Identifier)
        .aliases(&["user.id"])
        .doc("unique id of that identity"),
    text("resource.accessKeyDetails.accessKeyId", Role::Dimension)
        .aliases(&["accessKeyId"])
        .doc("the access key that was used"),
    text("resource.instanceDetails.instanceId", Role::Dimension)
        .aliases(&["instanceId", "cloud.instance.id"])
        .doc("the instance"),
    text("resource.instanceDetails.instanceType", Role::Dimension)
        .aliases(&["cloud.machine.type"])
        .doc("the instance's type"),
    text("resource.instanceDetails.availabilityZone", Role::Dimension)
        .aliases(&["cloud.availability_zone"])
        .doc("the instance's availability zone"),
    text("resource.instanceDetails.networkInterfaces.0.networkInterfaceId", Role::Dimension)
        .aliases(&["interfaceId"])
        .doc("the instance's first network interface"),
    JsonField::new(
        "resource.instanceDetails.networkInterfaces.0.privateIpAddress",
        Kind::Ip,
        Role::Dimension,
    )
    .aliases(&["privateIp"])
    .doc("that interface's private address"),
    JsonField::new("resource.instanceDetails.networkInterfaces.0.publicIp", Kind::Ip, Role::Dimension)
        .aliases(&["publicIp"])
        .doc("that interface's public address"),
    text("resource.s3BucketDetails.0.name", Role::Dimension)
        .aliases(&["bucketName"])
        .doc("the first S3 bucket"),
    text("service.featureName", Role::Dimension).doc("the feature of GuardDuty that made the finding"),
    text("service.detectorId", Role::Identifier).doc("the detector that made the finding"),
    text("id", Role::Identifier)
        .aliases(&["event.id"])
        .doc("the finding's id; it comes again when its activity goes on"),
    text("arn", Role::Identifier).doc("ARN of the finding"),
    text("partition", Role::Dimension).doc("the partition: aws, aws-cn, aws-us-gov"),
    text("schemaVersion", Role::Dimension).doc("version of the finding's form"),
];

/// The place of the column of words for the severity.
const LABEL: usize = 0;

/// The place of the column of that name.
fn column(name: &str) -> usize {
    // The names asked for are this module's own; a test asks for each.
    FIELDS.iter().chain(DETAILS).position(|f| f.field.name == name).unwrap_or(usize::MAX)
}

/// Paths that are read besides the columns', then those of [`NAMES`] and [`THREATS`].
const EXTRA: &[&str] = &[
    "updatedAt",
    "createdAt",
    "service.eventLastSeen",
    "severity",
    "id",
    "type",
    "resource.resourceType",
    "service.action.actionType",
    "service.action.networkConnectionAction.localIpDetails.ipAddressV4",
    "service.action.networkConnectionAction.localIpDetails.ipAddressV6",
    "service.action.portProbeAction.portProbeDetails.0.localIpDetails.ipAddressV4",
    "service.action.portProbeAction.portProbeDetails.0.localIpDetails.ipAddressV6",
    "resource.instanceDetails.networkInterfaces.0.privateIpAddress",
    "resource.instanceDetails.networkInterfaces.1.privateIpAddress",
    "resource.instanceDetails.networkInterfaces.2.privateIpAddress",
    "resource.instanceDetails.networkInterfaces.3.privateIpAddress",
    "resource.instanceDetails.networkInterfaces.0.publicIp",
    "resource.instanceDetails.networkInterfaces.1.publicIp",
    "resource.instanceDetails.networkInterfaces.2.publicIp",
    "resource.instanceDetails.networkInterfaces.3.publicIp",
];
const TIMES: std::ops::Range<usize> = 0..3;
const SEVERITY: usize = 3;
const SIGNS: std::ops::Range<usize> = 4..6;
const RESOURCE_TYPE: usize = 6;
const ACTION_TYPE: usize = 7;
const LOCAL_ADDRESSES: std::ops::Range<usize> = 8..12;
const PRIVATE_ADDRESSES: std::ops::Range<usize> = 12..16;
const PUBLIC_ADDRESSES: std::ops::Range<usize> = 16..20;

/// Where the name of a resource of this type stands, the best first. For other types the column's own paths are asked.
const NAMES: &[(&str, &str)] = &[
    ("AccessKey", "resource.accessKeyDetails.userName"),
    ("Instance", "resource.instanceDetails.instanceId"),
    ("S3Bucket", "resource.s3BucketDetails.0.name"),
    ("S3Object", "resource.s3BucketDetails.0.name"),
    ("EKSCluster", "resource.eksClusterDetails.name"),
    ("KubernetesCluster", "resource.eksClusterDetails.name"),
    ("ECSCluster", "resource.ecsClusterDetails.name"),
    ("Container", "resource.containerDetails.name"),
    ("RDSDBInstance", "resource.rdsDbInstanceDetails.dbInstanceIdentifier"),
    ("RDSLimitlessDB", "resource.rdsLimitlessDbDetails.dbClusterIdentifier"),
    ("Lambda", "resource.lambdaDetails.functionName"),
    ("EBSVolume", "resource.ebsVolumeDetails.scannedVolumeDetails.0.volumeArn"),
    ("EBSSnapshot", "resource.ebsSnapshotDetails.snapshotArn"),
    ("EC2Image", "resource.ec2ImageDetails.imageArn"),
];

/// Paths by which findings are recognised.
const MARKS: &[&str] = &["schemaVersion", "accountId", "type", "severity", "resource", "service", "id"];

static META: Meta = Meta {
    id: "guardduty",
    family: Family::Findings,
    title: "Amazon GuardDuty findings",
    summary: "What GuardDuty holds to be a threat, one record per finding and update.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html",
    read_on: "2026-11-21",
    key_shape: "AWSLogs/{account}/GuardDuty/{region}/{yyyy}/{mm}/{dd}/{uuid}.jsonl.gz",
    versions: "schema 2.0 as exported to S3, as EventBridge events and as get-findings gives it",
    not_read: "Security Hub's copies of findings",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/querying-guardduty.html>, read 2026-11-21 as the public Markdown of
/// the guide, which ends in 2023. Where that has `createdate` and `updatedate`, the statement here has the names that
/// findings have. The reader of JSON writes the names inside `resource` and `service` in small letters.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "gd_logs",
        ddl: include_str!("athena/guardduty.sql"),
        time: "from_iso8601_timestamp(coalesce(updatedat, createdat))",
        null_text: None,
        roots: &[
            JsonRoot::SmallJson { path: "resource", column: "resource" },
            JsonRoot::SmallJson { path: "service", column: "service" },
        ],
        notes: &[
            "the table reads findings that were exported to S3, and all of them; narrow its LOCATION to a Region or a day",
        ],
    }),
    insights: InsightsLog {
        group: "a log group to which an EventBridge rule delivers findings",
        prefix: "detail.",
    },
};

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "AWSLogs/111122223333/GuardDuty/eu-central-1/2026/03/05/0f1e2d3c-4b5a-4697-8788-96a5b4c3d2e1.jsonl",
        content: crate::sample!("guardduty_export.jsonl"),
        rows: 7,
        rejected: 2,
    },
    Sample {
        name: "AWSLogs/111122223333/GuardDuty/eu-central-1/2026/03/05/1f1e2d3c-4b5a-4697-8788-96a5b4c3d2e1.jsonl",
        content: crate::sample!("guardduty_details.jsonl"),
        rows: 5,
        rejected: 0,
    },
    Sample { name: "get-findings.json", content: crate::sample!("guardduty_api.json"), rows: 2, rejected: 0 },
    Sample {
        name: "event.json",
        content: crate::sample!("guardduty_eventbridge.json"),
        rows: 1,
        rejected: 0,
    },
];

impl Format for GuardDuty {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().chain(DETAILS).map(|f| f.field.clone()).collect()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Json {
            return Sniff::No;
        }
        // In both spellings; what lacks the word is not read.
        let word = memchr::memmem::Finder::new(b"everity");
        if !head.records.iter().any(|record| word.find(record).is_some()) {
            return Sniff::No;
        }
        let api: Vec<String> = MARKS.iter().map(|path| json::pascal(path)).collect();
        let mut readers =
            [Reader::new(MARKS), Reader::new(&api.iter().map(String::as_str).collect::<Vec<_>>())];
        let alike =
            head.records.iter().filter(|r| readers.iter_mut().any(|reader| is_finding(reader, r))).count();
        let total = head.records.len();
        if alike > 0 && alike * 2 >= total {
            let reason =
                format!("{alike} of the first {total} records have type, severity, resource and service");
            return Sniff::Certain(reason);
        }
        Sniff::No
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Findings::new())
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn identity(&self) -> &'static [&'static str] {
        &["id", "updatedAt"]
    }
    fn sources(&self) -> &'static [&'static str] {
        &["gd_logs"]
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        presets::PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// Whether a record is a finding: in Security Hub's form the severity is an object, in Macie's there is no service.
fn is_finding(reader: &mut Reader, record: &[u8]) -> bool {
    let Ok(values) = reader.read(record) else { return false };
    let [version, account, kind, severity, resource, service, id] = std::array::from_fn(|i| values.get(i));
    let named = [version, account, kind, id].iter().all(|v| v.is_some());
    named
        && matches!(severity, Json::Number(_))
        && matches!((resource, service), (Json::Object(_), Json::Object(_)))
}

/// The decoder. It remembers nothing between records but their order of keys.
struct Findings {
    /// The places of columns that are computed.
    name: usize,
    destination: usize,
    threats: Threats,
    exported: JsonColumns,
    api: JsonColumns,
}

impl Findings {
    fn new() -> Findings {
        let names = NAMES.iter().map(|(_, path)| *path);
        let extra: Vec<&str> = EXTRA.iter().copied().chain(names).chain(THREATS).collect();
        let fields: Vec<JsonField> = FIELDS.iter().chain(DETAILS).cloned().collect();
        Findings {
            name: column("resource.name"),
            destination: column("destination.ip"),
            threats: Threats::new(column),
            exported: JsonColumns::new(&fields, &extra),
            api: JsonColumns::spelled(&fields, &extra, json::pascal),
        }
    }
}

impl Decoder for Findings {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let mut read = self.exported.read(record.bytes)?;
        if SIGNS.clone().any(|i| read.extra(i).is_some()) {
            write(&mut read, record.bytes, row, self.name, self.destination)?;
            self.threats.write(&read, EXTRA.len() + NAMES.len(), row);
        } else {
            let mut read = self.api.read(record.bytes)?;
            if !SIGNS.clone().any(|i| read.extra(i).is_some()) {
                return Err(Fault::new(record.bytes, 0, "a finding with an id or a type"));
            }
            write(&mut read, record.bytes, row, self.name, self.destination)?;
            self.threats.write(&read, EXTRA.len() + NAMES.len(), row);
        }
        if let Some(time) = record.envelope_time {
            row.timestamp(time);
        }
        Ok(Decoded::Row)
    }
}

/// Writes the finding that was read from `record` into `row`, the computed columns at these places.
fn write(
    read: &mut JsonRow<'_>,
    record: &[u8],
    row: &mut RowWriter<'_>,
    name: usize,
    destination: usize,
) -> Result<(), Fault> {
    for (i, path) in EXTRA.iter().enumerate().take(TIMES.end) {
        let Some(time) = read.extra(i).text() else { continue };
        let Some(micros) = json::point(&time, Unit::None) else {
            return Err(Fault::new(record, read.extra_at(i), format!("an ISO 8601 time for {path}")));
        };
        row.timestamp(micros);
        break;
    }
    if let Some(severity) = read.extra(SEVERITY).text().and_then(|s| parse_number(&s)) {
        row.set(LABEL, Cell::Text(label(severity).as_bytes()));
    }
    let kind = read.extra(RESOURCE_TYPE);
    let names = NAMES.iter().enumerate().filter(|(_, (of, _))| kind.is(of));
    if let Some(text) = names.into_iter().find_map(|(i, _)| read.extra(EXTRA.len() + i).text()) {
        row.set(name, Cell::Text(&text));
    }
    let mut scratch = Vec::new();
    let address = reached(read).cell(Kind::Ip, Unit::None, &mut scratch);
    row.set(destination, address);
    read.write(row);
    Ok(())
}

/// The address of the resource that an action over the network reached: what the action says, or else that of the
/// interface that is reached from outside, or else the first's. More than four interfaces are not looked at.
fn reached<'a>(read: &JsonRow<'a>) -> Json<'a> {
    let value = |i: usize| read.extra(i);
    if !["NETWORK_CONNECTION", "PORT_PROBE"].iter().any(|kind| value(ACTION_TYPE).is(kind)) {
        return Json::Missing;
    }
    let said = LOCAL_ADDRESSES.map(value);
    let public = PRIVATE_ADDRESSES.zip(PUBLIC_ADDRESSES).filter(|(_, public)| value(*public).is_some());
    let outside = public.map(|(private, _)| value(private));
    let mut all = said.chain(outside).chain([value(PRIVATE_ADDRESSES.start)]);
    all.find(|address| address.is_some()).unwrap_or(Json::Missing)
}

/// The vendor's word for a severity.
fn label(severity: f64) -> &'static str {
    match severity {
        s if s >= 9.0 => "Critical",
        s if s >= 7.0 => "High",
        s if s >= 4.0 => "Medium",
        _ => "Low",
    }
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{type|title|id|=a finding}**[ ({severityLabel}, {severity})]\
         [ on {resource.name|resource.resourceType}][: **{service.action.awsApiCallAction.api}**]\
         [: **{service.action.dnsRequestAction.domain}**][, {first:source.ip}\
         [{?more:source.ip=1} and another address|| and {more:source.ip} other addresses]]\
         [{!service.count=0|1}, seen {number:service.count} times]",
    )
}

#[cfg(test)]
mod tests;
