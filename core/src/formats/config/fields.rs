//! The columns.

use crate::formats::field::json::JsonField;
use crate::formats::field::json::text;
use logloupe_table::{Cell, Computed, Kind, Role};

/// A member of the item, wherever that stands: alone, in a notification, in a list of one, in a summary.
macro_rules! item {
    ($name:literal, $kind:ident, $role:ident $(, $other:literal)* $(; $alias:literal)*) => {
        of_item(
            JsonField::new($name, Kind::$kind, Role::$role),
            &[concat!("detail.configurationItem.", $name), concat!("configurationItem.", $name) $(, $alias)*],
            &[
                $($other,)*
                concat!("configurationItem.", $name),
                $(concat!("configurationItem.", $other),)*
                concat!("configurationItem.0.", $name),
                $(concat!("configurationItem.0.", $other),)*
                concat!("configurationItemSummary.", $name),
            ],
        )
    };
}

/// The first alias is the member's path in EventBridge's events, which is what a log group has.
const fn of_item(
    mut column: JsonField,
    aliases: &'static [&'static str],
    also: &'static [&'static str],
) -> JsonField {
    column.field.also = also;
    column.field.aliases = aliases;
    column.field.insights = Some(aliases[0]);
    column
}

const fn derived(name: &'static str, kind: Kind, role: Role) -> JsonField {
    JsonField::derived(name, kind, role).made()
}

pub(super) static FIELDS: &[JsonField] = &[
    item!("configurationItemCaptureTime", Time, Timestamp).doc("when the resource was looked at"),
    derived("recordType", Kind::Text, Role::Dimension)
        .doc("what the record is: item, notification, summary (of an item too large for a notification), compliance, delivery"),
    JsonField::computed("event.action", Kind::Text, Role::Dimension, &ACTION)
        .doc("created, discovered, changed, deleted, recorded (no change is known), not recorded, evaluated, delivery"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("of a resource's compliance: success, failure or unknown; failure of a delivery"),
    item!("configurationItemStatus", Text, Status)
        .doc("OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded"),
    item!("resourceType", Text, Dimension,
        "newEvaluationResult.evaluationResultIdentifier.evaluationResultQualifier.resourceType"; "resource.type")
        .doc("the resource's type, such as AWS::EC2::SecurityGroup"),
    JsonField::computed("cloud.service.name", Kind::Text, Role::Dimension, &SERVICE)
        .doc("the service in that type, such as EC2"),
    item!("resourceId", Text, Identifier,
        "newEvaluationResult.evaluationResultIdentifier.evaluationResultQualifier.resourceId"; "resource.id")
        .doc("the resource's id; of some types its ARN"),
    item!("resourceName", Text, Identifier; "resource.name").doc("the name that somebody gave it, if one did"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &USER).doc("the name of an IAM user"),
    item!("ARN", Text, Identifier, "arn"; "resource.arn").doc("the resource's ARN"),
    item!("awsAccountId", Text, Dimension, "accountId"; "cloud.account.id"; "accountId")
        .doc("the resource's account"),
    item!("awsRegion", Text, Dimension; "cloud.region").doc("its region, or global"),
    item!("availabilityZone", Text, Dimension, "availibilityZone")
        .doc("its zone, or Multiple, Regional, Not Applicable"),
    JsonField::computed("cloud.availability_zone", Kind::Text, Role::Dimension, &ZONE).doc("its zone, if it is in one"),
    item!("resourceCreationTime", Time, Identifier).doc("when it was made"),
    item!("tags", Text, Identifier).doc("its tags, as JSON; each is a field, such as tags.Name"),
    derived("relationships.resourceId", Kind::Text, Role::Dimension)
        .each("relationships")
        .doc("what it is related to; each of several"),
    derived("relationships.resourceType", Kind::Text, Role::Dimension)
        .each("relationships")
        .doc("the types of these"),
    derived("relationships.name", Kind::Text, Role::Dimension)
        .each("relationships")
        .aliases(&["relationships.relationshipName"])
        .doc("how it is related to them, such as Is contained in Vpc"),
    derived("changes", Kind::Text, Role::Identifier)
        .doc("what differs from the item before it of the same resource, or what the notification says: a JSON list of path, item, before and after"),
    derived("changes.path", Kind::Text, Role::Dimension)
        .each("changes")
        .doc("the paths that changed; * stands for an item of a list"),
    derived("changes.item", Kind::Text, Role::Dimension)
        .each("changes")
        .doc("the names of the items that stand for *"),
    derived("changes.before", Kind::Text, Role::Identifier).each("changes").doc("what stood there; none where something was added"),
    derived("changes.after", Kind::Text, Role::Identifier).each("changes").doc("what stands there; none where something was taken away"),
    derived("changes.source", Kind::Text, Role::Dimension)
        .doc("who says so: the previous item where it is loaded, else the notification"),
    derived("changes.since", Kind::Time, Role::Identifier).doc("when the previous item was captured, where it is loaded"),
    text("configurationItemDiff.changeType", Role::Dimension)
        .also(&["configurationItemSummary.changeType"])
        .aliases(&["changeType"])
        .doc("of a notification: CREATE, UPDATE or DELETE"),
    text("messageType", Role::Dimension).doc("what kind of notification it is"),
    JsonField::new("notificationCreationTime", Kind::Time, Role::Identifier)
        .also(&["NotificationCreateTime"])
        .doc("when the notification was made"),
    text("configRuleName", Role::Dimension)
        .also(&["newEvaluationResult.evaluationResultIdentifier.evaluationResultQualifier.configRuleName"])
        .aliases(&["rule.name"])
        .doc("the rule that was evaluated"),
    text("configRuleARN", Role::Identifier).aliases(&["rule.id"]).doc("its ARN"),
    text("newEvaluationResult.complianceType", Role::Status)
        .also(&["configuration.complianceType", "configurationItem.configuration.complianceType"])
        .aliases(&["complianceType"])
        .doc("COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE or INSUFFICIENT_DATA"),
    text("oldEvaluationResult.complianceType", Role::Dimension).doc("the same before"),
    text("newEvaluationResult.annotation", Role::Identifier).aliases(&["annotation"]).doc("what the rule says of it"),
    item!("configurationStateId", Text, Identifier, "configurationStateID").doc("numbers the states of the resource"),
    item!("configurationItemMD5Hash", Text, Identifier, "configurationStateMd5Hash"; "configurationStateMd5Hash")
        .doc("hash of the state, in old items"),
    item!("configurationItemVersion", Text, Dimension, "version"; "version").doc("version of the item's form"),
    derived("relatedEvents", Kind::Text, Role::Identifier)
        .each("relatedEvents")
        .doc("the CloudTrail events that led to it, in old items; each of several"),
    text("recordingFrequency", Role::Dimension).doc("CONTINUOUS or DAILY, as the API says"),
    JsonField::new("configurationItemDeliveryTime", Kind::Time, Role::Identifier).doc("when the item was delivered, as the API says"),
    text("s3DeliverySummary.s3BucketLocation", Role::Identifier)
        .doc("where an item too large for a notification lies: bucket and key"),
    text("errorCode", Role::Status)
        .also(&["s3DeliverySummary.errorCode"])
        .aliases(&["error.code"])
        .doc("why it could not be delivered"),
    text("errorMessage", Role::Identifier)
        .also(&["s3DeliverySummary.errorMessage"])
        .aliases(&["error.message"])
        .doc("the same in words"),
];

static ACTION: Computed = Computed {
    from: &[
        "configurationItemStatus",
        "configurationItemDiff.changeType",
        "recordType",
        "resourceCreationTime",
        "configurationItemCaptureTime",
        "changes.path",
    ],
    value: action,
};
static OUTCOME: Computed =
    Computed { from: &["newEvaluationResult.complianceType", "recordType"], value: outcome };
static SERVICE: Computed = Computed { from: &["resourceType"], value: service };
static USER: Computed = Computed { from: &["resourceType", "resourceName"], value: user };
static ZONE: Computed = Computed { from: &["availabilityZone"], value: zone };

/// How long after it was made a resource that is discovered counts as new, in microseconds.
const NEW: i64 = 15 * 60 * 1_000_000;

fn action<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let [status, change, kind, made, seen, changed] = cells else { return Cell::Null };
    let said: &[u8] = match (kind, status, change) {
        (Cell::Text(b"compliance"), ..) => b"evaluated",
        (Cell::Text(b"delivery"), ..) => b"delivery",
        (_, Cell::Text(b"ResourceDeleted" | b"ResourceDeletedNotRecorded"), _) => b"deleted",
        (_, _, Cell::Text(b"DELETE")) => b"deleted",
        (_, Cell::Text(b"ResourceDiscovered"), _) => match (made, seen) {
            (Cell::Time(made), Cell::Time(seen)) if seen.saturating_sub(*made) < NEW => b"created",
            _ => b"discovered",
        },
        (_, _, Cell::Text(b"CREATE")) => b"created",
        (_, Cell::Text(b"ResourceNotRecorded"), _) => b"not recorded",
        (_, _, Cell::Text(b"UPDATE")) => b"changed",
        _ if !matches!(changed, Cell::Null) => b"changed",
        _ => b"recorded",
    };
    Cell::Text(said)
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(b"COMPLIANT"), _] => Cell::Text(b"success"),
        [Cell::Text(b"NON_COMPLIANT"), _] | [_, Cell::Text(b"delivery")] => Cell::Text(b"failure"),
        [Cell::Text(_), _] => Cell::Text(b"unknown"),
        _ => Cell::Null,
    }
}

fn service<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(kind)) = cells.first() else { return Cell::Null };
    let mut colons = memchr::memmem::find_iter(kind, b"::");
    match (colons.next(), colons.next()) {
        (Some(from), Some(to)) => match kind.get(from + 2..to) {
            Some(name) if !name.is_empty() => Cell::Text(name),
            _ => Cell::Null,
        },
        _ => Cell::Null,
    }
}

fn user<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(b"AWS::IAM::User"), name] => *name,
        _ => Cell::Null,
    }
}

fn zone<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        // A zone is a region and a letter: us-east-1a, or us-west-2-lax-1a.
        [Cell::Text(zone)] if zone.contains(&b'-') => Cell::Text(zone),
        _ => Cell::Null,
    }
}
