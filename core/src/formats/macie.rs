//! Findings of Amazon Macie: sensitive data in objects of S3, and buckets whose policy became weaker. EventBridge events and
//! what `get-findings` gives.
//!
//! Not these: Security Hub's copies (`security_hub`); alerts of Macie Classic; the detailed results that Macie stores in S3, of
//! which no form was at hand.
//!
//! Decisions: `@timestamp` is `updatedAt`; id and it together are what a copy is told by. An object has several kinds of
//! sensitive data: `sensitiveData.category` and `sensitiveData.detection` have several values. Of the identities of an actor one
//! is there: who acted is `user.name` whichever it is.

use super::{
    Family, Fault, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::json::{self, Json, JsonField, JsonRow, Reader},
    tell,
};
use crate::formats::field::json::{text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Kind, Role, Row, RowWriter, Unit};

/// Findings of Amazon Macie.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["resourcesAffected", "severity.description", "category", "type", "id"],
    what: "have resourcesAffected, severity.description and category",
    time: &["updatedAt", "createdAt"],
    extra: &[
        "classificationDetails.result.sensitiveData",
        "classificationDetails.result.customDataIdentifiers.detections",
    ],
    derived: &["sensitiveData.detection"],
    derive: detections,
    summary,
    identity: &["id", "updatedAt"],
    sources: &["macie_findings"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

/// Paths below the identities that an actor may have.
macro_rules! actor {
    ($($path:literal),+) => { &[$(concat!("policyDetails.actor.userIdentity.", $path)),+] };
}

static FIELDS: &[JsonField] = &[
    text("severity.description", Role::Status).aliases(&["severityLabel"]).doc("Low, Medium or High"),
    JsonField::new("severity.score", Kind::Int, Role::Measure)
        .aliases(&["event.severity"])
        .doc("the severity from 1 to 3"),
    text("type", Role::Dimension)
        .aliases(&["rule.name"])
        .doc("kind of finding: SensitiveData:S3Object/Personal, Policy:IAMUser/S3BucketPublic and others"),
    text("category", Role::Dimension).doc("CLASSIFICATION for data, POLICY for buckets"),
    text("title", Role::Identifier).doc("the finding in one line"),
    text("description", Role::Identifier).aliases(&["rule.description"]).doc("the finding in a sentence"),
    text("resourcesAffected.s3Bucket.name", Role::Dimension)
        .aliases(&["bucketName", "resource.name"])
        .doc("the bucket"),
    text("resourcesAffected.s3Bucket.arn", Role::Dimension)
        .aliases(&["resource.id"])
        .doc("ARN of the bucket"),
    text("resourcesAffected.s3Bucket.owner.displayName", Role::Dimension).doc("who owns the bucket"),
    text("resourcesAffected.s3Bucket.publicAccess.effectivePermission", Role::Status)
        .doc("PUBLIC, NOT_PUBLIC or UNKNOWN"),
    text("resourcesAffected.s3Bucket.defaultServerSideEncryption.encryptionType", Role::Dimension)
        .doc("how the bucket encrypts: NONE, AES256, aws:kms"),
    text("resourcesAffected.s3Bucket.allowsUnencryptedObjectUploads", Role::Dimension)
        .doc("TRUE, FALSE or UNKNOWN"),
    text("resourcesAffected.s3Object.key", Role::Dimension).aliases(&["objectKey"]).doc("the object's key"),
    text("resourcesAffected.s3Object.path", Role::Identifier).aliases(&["file.path"]).doc("bucket and key"),
    text("resourcesAffected.s3Object.extension", Role::Dimension)
        .aliases(&["file.extension"])
        .doc("the object's extension"),
    JsonField::new("resourcesAffected.s3Object.size", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["file.size"])
        .doc("the object's size"),
    JsonField::new("resourcesAffected.s3Object.publicAccess", Kind::Bool, Role::Dimension)
        .doc("whether the object is public"),
    time("resourcesAffected.s3Object.lastModified")
        .aliases(&["file.mtime"])
        .doc("when the object was last changed"),
    text("sensitiveData.category", Role::Dimension)
        .also(&["classificationDetails.result.sensitiveData.0.category"])
        .each("classificationDetails.result.sensitiveData")
        .made()
        .doc("CREDENTIALS, FINANCIAL_INFORMATION, PERSONAL_INFORMATION, CUSTOM_IDENTIFIER; each of several"),
    JsonField::new("sensitiveData.totalCount", Kind::Int, Role::Measure)
        .also(&["classificationDetails.result.sensitiveData.0.totalCount"])
        .each("classificationDetails.result.sensitiveData")
        .made()
        .doc("how often each of these occurs"),
    JsonField::derived("sensitiveData.detection", Kind::Text, Role::Dimension).each("detections").made().doc(
        "what was found: AWS_CREDENTIALS, CREDIT_CARD_NUMBER, names of custom identifiers; each of several",
    ),
    text("classificationDetails.result.mimeType", Role::Dimension)
        .aliases(&["file.mime_type"])
        .doc("the object's kind of content"),
    text("classificationDetails.result.status.code", Role::Status).doc("COMPLETE, PARTIAL or SKIPPED"),
    JsonField::new("classificationDetails.result.sizeClassified", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .doc("how much of the object was looked at"),
    text("classificationDetails.jobId", Role::Dimension).doc("the job that found it"),
    text("policyDetails.action.apiCallDetails.api", Role::Dimension)
        .aliases(&["event.action", "api"])
        .doc("the API that was called"),
    text("policyDetails.action.apiCallDetails.apiServiceName", Role::Dimension)
        .aliases(&["event.provider"])
        .doc("the service whose API was called"),
    text("policyDetails.actor.userIdentity.type", Role::Dimension)
        .doc("kind of identity: IAMUser, AssumedRole, Root"),
    text("user.name", Role::Dimension)
        .also(actor![
            "iamUser.userName",
            "assumedRole.sessionContext.sessionIssuer.userName",
            "federatedUser.sessionContext.sessionIssuer.userName",
            "awsService.invokedBy"
        ])
        .made()
        .doc("who acted: user, role or service"),
    text("user.id", Role::Identifier)
        .also(actor![
            "iamUser.principalId",
            "assumedRole.principalId",
            "federatedUser.principalId",
            "root.principalId",
            "awsAccount.principalId"
        ])
        .made()
        .doc("unique id of that identity"),
    text("user.arn", Role::Dimension)
        .also(actor!["iamUser.arn", "assumedRole.arn", "federatedUser.arn", "root.arn"])
        .made()
        .doc("ARN of that identity"),
    text("user.account", Role::Dimension)
        .also(actor![
            "iamUser.accountId",
            "assumedRole.accountId",
            "federatedUser.accountId",
            "root.accountId",
            "awsAccount.accountId"
        ])
        .made()
        .doc("account of that identity"),
    text("accessKeyId", Role::Dimension)
        .also(actor!["assumedRole.accessKeyId", "federatedUser.accessKeyId"])
        .made()
        .doc("the access key that was used"),
    JsonField::new("mfaAuthenticated", Kind::Bool, Role::Dimension)
        .also(actor![
            "assumedRole.sessionContext.attributes.mfaAuthenticated",
            "federatedUser.sessionContext.attributes.mfaAuthenticated"
        ])
        .made()
        .doc("whether the session began with MFA"),
    JsonField::new("policyDetails.actor.ipAddressDetails.ipAddressV4", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "source.address"])
        .doc("address that the call came from"),
    text("policyDetails.actor.ipAddressDetails.ipCountry.name", Role::Dimension)
        .aliases(&["source.geo.country_name"])
        .doc("country of that address"),
    text("policyDetails.actor.ipAddressDetails.ipCity.name", Role::Dimension)
        .aliases(&["source.geo.city_name"])
        .doc("city of that address"),
    JsonField::new("policyDetails.actor.ipAddressDetails.ipOwner.asn", Kind::Int, Role::Dimension)
        .aliases(&["source.as.number"])
        .doc("autonomous system of that address"),
    text("policyDetails.actor.ipAddressDetails.ipOwner.asnOrg", Role::Dimension)
        .aliases(&["source.as.organization.name"])
        .doc("who runs it"),
    text("policyDetails.actor.domainDetails.domainName", Role::Dimension)
        .aliases(&["source.domain"])
        .doc("the name that the call came from"),
    text("accountId", Role::Dimension).aliases(&["cloud.account.id"]).doc("the account"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the Region"),
    JsonField::new("count", Kind::Int, Role::Measure).doc("how often it occurred; 1 for sensitive data"),
    JsonField::new("archived", Kind::Bool, Role::Dimension).doc("whether a rule suppressed it"),
    JsonField::new("sample", Kind::Bool, Role::Dimension).doc("whether it is made up, for trying things out"),
    time("updatedAt").doc("when the finding was last updated"),
    time("createdAt").aliases(&["event.created"]).doc("when it was made"),
    text("id", Role::Identifier).aliases(&["event.id"]).doc("the finding's id"),
    text("schemaVersion", Role::Dimension).doc("version of the form"),
];

/// Sets what was found, from the lists of detections of each category and of custom identifiers.
fn detections(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    /// More kinds than Macie knows.
    const MOST: usize = 500;
    let (categories, custom) = (read.extra(0), read.extra(1));
    if !matches!(categories, Json::Array(_)) && !matches!(custom, Json::Array(_)) {
        return Ok(());
    }
    let (mut outer, mut item) = (Reader::new(&["detections"]), Reader::new(&["type", "name"]));
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut add = |list: Json<'_>| {
        let Json::Array(list) = list else { return };
        json::each(list, |detection| {
            if let Json::Object(detection) = detection
                && let Ok(values) = item.read(detection)
                && let Some(name) = values.get(0).text().or(values.get(1).text())
                && !found.iter().any(|known| **known == *name)
            {
                found.push(name.into_owned());
            }
            found.len() < MOST
        });
    };
    if let Json::Array(list) = categories {
        json::each(list, |category| {
            if let Json::Object(category) = category {
                add(outer.read(category).map_or(Json::Missing, |values| values.get(0)));
            }
            true
        });
    }
    add(custom);
    if let Some(place) = places.first() {
        row.set_each(*place, found.iter().map(|name| Cell::Text(name)));
    }
    Ok(())
}

const META: Meta = Meta {
    id: "macie",
    family: Family::Findings,
    title: "Amazon Macie findings",
    summary: "Sensitive data in S3 and buckets that became less safe, one record per finding and update.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html",
    read_on: "2026-11-26",
    key_shape: "get-findings output or EventBridge events",
    versions: "schema 1.0 as EventBridge events and as get-findings gives it",
    not_read: "Macie Classic; the detailed results of discovery that Macie stores in S3",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it; run it where an EventBridge rule delivers findings"),
    insights: InsightsLog {
        group: "a log group to which an EventBridge rule delivers findings",
        prefix: "detail.",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Buckets with sensitive data, by category",
        "filter category = \"CLASSIFICATION\" | stats count_distinct(objectKey) as objects, max(severity.score) as gravest by bucketName, sensitiveData.category | sort gravest desc, objects desc",
    ),
    ask(
        "Objects that hold credentials",
        "filter sensitiveData.category = \"CREDENTIALS\" | fields @timestamp, bucketName, objectKey, sensitiveData.detection, resourcesAffected.s3Bucket.publicAccess.effectivePermission | sort @timestamp desc",
    ),
    ask(
        "Who made buckets less safe, and from where",
        "filter category = \"POLICY\" | fields @timestamp, type, bucketName, user.name, api, source.ip, severityLabel | sort @timestamp desc",
    ),
    ask("Findings over time by type", "stats count(*) as findings by bin(1h), type"),
];

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample { name: "macie-events.ndjson", content: crate::sample!("macie.ndjson"), rows: 4, rejected: 2 },
    Sample { name: "get-findings.json", content: crate::sample!("macie_api.json"), rows: 2, rejected: 0 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{type|title|id|=a finding}**[ ({severityLabel})]\
         [ in {bucketName}/{objectKey}|| on {bucketName}]\
         [: **{sensitiveData.detection|sensitiveData.category}**][, by {user.name}][, {source.ip}]",
    )
}

#[cfg(test)]
mod tests {
    use super::LOG;
    use crate::formats::{Format, trial::load};

    #[test]
    fn what_was_found_is_gathered_from_all_lists() {
        for (result, expected) in [
            (
                r#"{"sensitiveData":[{"category":"A","detections":[{"type":"X"},{"type":"Y"}]},{"category":"B","detections":[{"type":"X"}]}]}"#,
                "A, B | X, Y",
            ),
            (r#"{"sensitiveData":[{"category":"A","detections":[{"type":"X"}]}]}"#, "A | X"),
            (r#"{"customDataIdentifiers":{"detections":[{"name":"own","arn":"a"}]}}"#, " | own"),
            (r#"{"sensitiveData":[],"customDataIdentifiers":{"detections":[]}}"#, " | "),
            (r#"{"sensitiveData":[1,"x",{"detections":{}}]}"#, " | "),
            ("null", " | "),
        ] {
            let content = format!(
                r#"{{"id":"1","type":"t","category":"CLASSIFICATION","severity":{{"score":3,"description":"High"}},"resourcesAffected":{{}},"updatedAt":"2026-03-05T01:00:00Z","classificationDetails":{{"result":{result}}}}}"#
            );
            let (shard, entry) = load(&content);
            assert_eq!(entry.format.as_deref(), Some("macie"), "{}", entry.reason);
            let row = shard.tables[0].row(0).unwrap();
            let shown = ["sensitiveData.category", "sensitiveData.detection"].map(|name| row.show(name));
            assert_eq!(shown.join(" | "), expected, "{result}");
            assert!(LOG.summary(&row)[0].strong);
        }
    }
}
