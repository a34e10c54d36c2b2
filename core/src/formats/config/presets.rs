//! What responders ask.

use super::super::{Preset, ask};

pub(super) static PRESETS: &[Preset] = &[
    ask(
        "What changed lately",
        "filter event.action not in [\"recorded\", \"evaluated\", \"delivery\"]\n| fields @timestamp, resourceType, resourceId, event.action, changes.path\n| sort @timestamp desc\n| limit 200",
    ),
    ask(
        "Which resources changed, and how often",
        "filter event.action in [\"created\", \"changed\", \"deleted\"]\n| stats count(*) as changes, min(@timestamp) as first, max(@timestamp) as last by resourceType, resourceId\n| sort changes desc",
    ),
    ask(
        "Security groups opened to the world",
        "filter resourceType = \"AWS::EC2::SecurityGroup\" and changes.path like /ipPermissions(\\.|$)/ and changes.after like /\"(0\\.0\\.0\\.0|::)\\/0\"|^(0\\.0\\.0\\.0|::)\\/0$/\n| fields @timestamp, resourceId, resourceName, changes.path, changes.after\n| sort @timestamp desc",
    ),
    ask(
        "Buckets whose access changed: policy, ACL, block of public access",
        "filter resourceType = \"AWS::S3::Bucket\" and changes.path like /BucketPolicy|AccessControlList|PublicAccessBlock|IsRestrict/\n| fields @timestamp, resourceName, changes.path, changes.before, changes.after\n| sort @timestamp desc",
    ),
    ask(
        "Changes of identities: users, roles, groups, policies",
        "filter cloud.service.name = \"IAM\" and event.action != \"recorded\"\n| fields @timestamp, event.action, resourceType, resourceName, changes.path, changes.after\n| sort @timestamp desc",
    ),
    ask(
        "What was deleted, and what it was like",
        "filter event.action = \"deleted\"\n| fields @timestamp, resourceType, resourceId, resourceName, changes.before\n| sort @timestamp desc",
    ),
    ask(
        "What breaks a rule",
        "filter newEvaluationResult.complianceType = \"NON_COMPLIANT\"\n| stats max(@timestamp) as last, latest(newEvaluationResult.annotation) as why by configRuleName, resourceType, resourceId\n| sort last desc",
    ),
    // The item has no id of the call that led to it: what both have is the resource and the time.
    ask(
        "Who changed it: calls in CloudTrail of the quarter of an hour before",
        "SOURCE config\n| filter event.action in [\"created\", \"changed\", \"deleted\"]\n| fields if(cloud.service.name = \"IAM\", resourceName, resourceId) as thing\n| join left=item right=call where item.thing = call.thing (SOURCE cloudtrail | filter readOnly = \"false\" | fields coalesce(requestParameters.bucketName, requestParameters.userName, requestParameters.roleName, resource.name) as thing, @timestamp as called, eventName, user.name, sourceIPAddress)\n| fields toMillis(item.@timestamp) - toMillis(call.called) as ago\n| filter ago > -60000 and ago < 900000\n| display item.@timestamp, item.resourceType, item.thing, item.changes.path, call.called, call.eventName, call.user.name, call.sourceIPAddress",
    ),
    ask(
        "Who changed it, where old items name the events",
        "SOURCE config\n| filter ispresent(relatedEvents)\n| join left=item right=call where item.relatedEvents = call.eventID (SOURCE cloudtrail | fields eventID, @timestamp as called, eventName, user.name, sourceIPAddress)\n| display item.@timestamp, item.resourceType, item.resourceId, call.called, call.eventName, call.user.name, call.sourceIPAddress",
    ),
];
