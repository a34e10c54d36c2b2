//! Findings of IAM Access Analyzer: what others may reach, and access that nobody uses. EventBridge events and what
//! `list-findings`, `list-findings-v2` and `get-finding-v2` give.
//!
//! Not these: Security Hub's copies (`security_hub`); findings on the text of policies, which no event delivers.
//!
//! Decisions:
//! - `@timestamp` is `updatedAt`; a finding's id and it together are what a copy is told by.
//! - Findings on unused access have `findingId` where others have `id`: both are `id`.
//! - `principal` is who gets access, whatever kind it is of; the kinds have columns of their own.
//! - Changes of state of an access preview come with the same source and are rows too, with `accessPreviewId`.
//! - A finding that was deleted keeps its status; `isDeleted` tells.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::{text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Findings of IAM Access Analyzer.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &[
        "createdAt",
        "status",
        "analyzedAt",
        "resourceType",
        "updatedAt",
        "accessPreviewId",
        "configuredResources",
    ],
    is: |marks| {
        let has = |i: usize| marks.get(i).is_some();
        has(0) && has(1) && (has(2) && has(3) && has(4) || has(5) && has(6))
    },
    what: "have analyzedAt, resourceType and status, or accessPreviewId",
    time: &["updatedAt", "analyzedAt", "createdAt"],
    summary,
    identity: &["id", "updatedAt", "accessPreviewId", "status"],
    sources: &["access_analyzer_findings", "accessanalyzer"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const DETAILS: &str = "findingDetails";

static FIELDS: &[JsonField] = &[
    JsonField::computed("findingKind", Kind::Text, Role::Dimension, &KIND)
        .doc("ExternalAccess, InternalAccess, the kinds of unused access, or AccessPreview"),
    text("findingType", Role::Dimension)
        .doc("kind of finding, where it says so: UnusedIAMRole, UnusedPermission and others"),
    text("status", Role::Status)
        .doc("ACTIVE, ARCHIVED or RESOLVED; of a preview CREATING, COMPLETED or FAILED"),
    text("previousStatus", Role::Status).doc("the status before"),
    JsonField::new("isPublic", Kind::Bool, Role::Status)
        .also(&["findingDetails.0.externalAccessDetails.isPublic"])
        .doc("whether anybody has access"),
    JsonField::new("isDeleted", Kind::Bool, Role::Dimension).doc("whether the finding was deleted"),
    text("resource", Role::Dimension)
        .also(&["configuredResources.0"])
        .aliases(&["resource.id"])
        .doc("ARN of the resource that is reached, or of the role or user that has unused access"),
    text("resourceType", Role::Dimension)
        .aliases(&["resource.type"])
        .doc("its type: AWS::S3::Bucket, AWS::IAM::Role"),
    text("principal.id", Role::Dimension)
        .also(&[
            "principal.AWS",
            "principal.Federated",
            "principal.CanonicalUser",
            "principal.Service",
            "findingDetails.0.externalAccessDetails.principal.AWS",
            "findingDetails.0.externalAccessDetails.principal.Federated",
            "findingDetails.0.internalAccessDetails.principal.AWS",
        ])
        .each(DETAILS)
        .aliases(&["principal"])
        .made()
        .doc("who has access: an account, an ARN, a provider, or * for anybody"),
    text("principal.AWS", Role::Dimension).doc("the account, user or role"),
    text("principal.Federated", Role::Dimension).doc("the identity provider"),
    text("principal.CanonicalUser", Role::Dimension).doc("the canonical user of S3"),
    text("principalOwnerAccount", Role::Dimension).doc("the account of the principal, of internal access"),
    text("principalType", Role::Dimension).doc("IAM_ROLE or IAM_USER, of internal access"),
    text("accessType", Role::Dimension)
        .doc("whether the principal is of the same account, of internal access"),
    text("action", Role::Dimension)
        .also(&["findingDetails.0.externalAccessDetails.action.0"])
        .each("action")
        .aliases(&["event.action"])
        .doc("what the principal may do; each of several"),
    text("condition", Role::Identifier).doc("conditions under which it may, as JSON"),
    text("error", Role::Status)
        .aliases(&["error.code"])
        .doc("why the resource could not be analysed: ACCESS_DENIED, INTERNAL_ERROR"),
    text("resourceControlPolicyRestriction", Role::Dimension)
        .doc("whether a resource control policy applies"),
    text("serviceControlPolicyRestriction", Role::Dimension).doc("whether a service control policy applies"),
    JsonField::new("numberOfUnusedServices", Kind::Int, Role::Measure)
        .doc("services that are allowed and not used"),
    JsonField::new("numberOfUnusedActions", Kind::Int, Role::Measure)
        .doc("actions that are allowed and not used"),
    text("unused.service", Role::Dimension)
        .also(&["findingDetails.0.unusedPermissionDetails.serviceNamespace"])
        .each(DETAILS)
        .made()
        .doc("services that are allowed and not used; each of several"),
    text("accessKeyId", Role::Dimension)
        .also(&["findingDetails.0.unusedIamUserAccessKeyDetails.accessKeyId"])
        .each(DETAILS)
        .made()
        .doc("the access key that is not used"),
    time("unused.lastAccessed")
        .also(&[
            "findingDetails.0.unusedIamRoleDetails.lastAccessed",
            "findingDetails.0.unusedIamUserAccessKeyDetails.lastAccessed",
            "findingDetails.0.unusedIamUserPasswordDetails.lastAccessed",
            "findingDetails.0.unusedPermissionDetails.lastAccessed",
        ])
        .made()
        .doc("when it was last used"),
    text("accessPreviewId", Role::Identifier).doc("the access preview whose state changed"),
    text("statusReason.code", Role::Status).doc("why the preview failed"),
    text("accountId", Role::Dimension)
        .also(&["resourceOwnerAccount"])
        .aliases(&["cloud.account.id", "resourceOwnerAccount"])
        .doc("the account that owns the resource"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the Region"),
    time("updatedAt").doc("when the finding was last updated"),
    time("analyzedAt").doc("when the resource was last analysed"),
    time("createdAt").aliases(&["event.created"]).doc("when the finding or the preview was made"),
    text("id", Role::Identifier)
        .also(&["findingId"])
        .aliases(&["event.id", "findingId"])
        .doc("the finding's id"),
    text("version", Role::Dimension).doc("version of the form, or of the finding"),
];

static KIND: Computed = Computed {
    from: &["findingType", "accessPreviewId", "accessType"],
    value: |cells, _| match cells {
        [kind @ Cell::Text(_), ..] => *kind,
        [_, Cell::Text(_), _] => Cell::Text(b"AccessPreview"),
        [_, _, Cell::Text(_)] => Cell::Text(b"InternalAccess"),
        _ => Cell::Text(b"ExternalAccess"),
    },
};

const META: Meta = Meta {
    id: "access_analyzer",
    family: Family::Findings,
    title: "IAM Access Analyzer findings",
    summary: "What others may reach and access that nobody uses, one record per finding and update.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html",
    read_on: "2026-11-26",
    key_shape: "list-findings output or EventBridge events",
    versions: "external, internal and unused access and access previews as EventBridge events; list-findings, list-findings-v2 and get-finding-v2",
    not_read: "findings on the text of policies (ValidatePolicy)",
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
        "What is public now",
        "filter isPublic = true and status = \"ACTIVE\" | fields @timestamp, resource, resourceType, action, accountId | sort @timestamp desc | dedup id",
    ),
    ask(
        "Who outside has access to what",
        "filter ispresent(principal) | stats count_distinct(resource) as resources, latest(status) as status by principal, resourceType, action | sort resources desc",
    ),
    ask(
        "Access that nobody uses",
        "filter findingKind like /^Unused/ | fields @timestamp, findingKind, resource, numberOfUnusedServices, unused.service, unused.lastAccessed, status | sort @timestamp desc | dedup id",
    ),
    ask(
        "Resources that could not be analysed",
        "filter ispresent(error) | stats count(*) as findings by error, resource, accountId | sort findings desc",
    ),
];

/// Written for this project; accounts, addresses and names are those set aside for documentation.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "access-analyzer-events.ndjson",
        content: crate::sample!("access_analyzer.ndjson"),
        rows: 7,
        rejected: 2,
    },
    Sample {
        name: "list-findings.json",
        content: crate::sample!("access_analyzer_api.json"),
        rows: 4,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[**not analysed** ({error}) ||{?isPublic=true}**public** ]\
         [{!findingKind=ExternalAccess|InternalAccess}{findingKind} ]**{resource|id|accessPreviewId|=a finding}**\
         [ for {principal.id}][: {action}][{?isDeleted=true}, deleted||{!status=ACTIVE}, {lower:status}]",
    )
}

#[cfg(test)]
mod tests {
    use super::LOG;
    use crate::formats::{Format, trial::load};

    #[test]
    fn who_has_access_is_one_column_whatever_kind_it_is() {
        for (members, principal) in [
            (r#""principal":{"AWS":"*"}"#, "*"),
            (r#""principal":{"Federated":"saml"}"#, "saml"),
            (r#""principal":{"CanonicalUser":"c"}"#, "c"),
            (r#""principal":{}"#, ""),
            (r#""findingDetails":[{"externalAccessDetails":{"principal":{"AWS":"1"}}}]"#, "1"),
            (r#""error":"ACCESS_DENIED""#, ""),
        ] {
            let content = format!(
                r#"{{"id":"1","createdAt":"2026-03-05T01:00:00Z","analyzedAt":"2026-03-05T01:00:00Z","updatedAt":"2026-03-05T01:00:00.123456789Z","status":"ACTIVE","resourceType":"t","resource":"r",{members}}}"#
            );
            let (shard, entry) = load(&content);
            assert_eq!(entry.format.as_deref(), Some("access_analyzer"), "{}", entry.reason);
            let row = shard.tables[0].row(0).unwrap();
            assert_eq!(row.show("principal"), principal, "{members}");
            assert!(LOG.summary(&row).iter().any(|span| span.strong));
        }
    }

    #[test]
    fn kinds_of_findings_are_told() {
        let mut told = Vec::new();
        for sample in LOG.samples() {
            let (shard, _) = load(std::str::from_utf8(sample.content).unwrap());
            let table = &shard.tables[0];
            told.extend((0..table.rows()).map(|row| table.row(row).unwrap().show("findingKind")));
        }
        for kind in ["ExternalAccess", "InternalAccess", "UnusedPermission", "AccessPreview"] {
            assert!(told.iter().any(|t| t == kind), "{kind}: {told:?}");
        }
    }
}
