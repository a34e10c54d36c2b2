//! The sentence of a row: who did what to what, in the words of the action where we know it.
//!
//! [`VERBS`] is the table of known actions, each with its [template](crate::formats::field::sentence). Its names are paths,
//! of which `req.` and `res.` stand for `requestParameters.` and `responseElements.`.

use crate::formats::{
    Span,
    field::{
        json::{self, Path},
        sentence::fill,
        words::{grouped, last_of_arn},
    },
};
use logloupe_table::{Row, Value};

/// The event name, without the date of its API's version, and its template.
static VERBS: &[(&str, &str)] = &[
    // Sign-ins and sessions.
    ("AssumeRole", "assumed role **{name:req.roleArn}**[ (session {req.roleSessionName})]"),
    ("AssumeRoleWithSAML", "assumed role **{name:req.roleArn}** with SAML[ (session {req.roleSessionName})]"),
    (
        "AssumeRoleWithWebIdentity",
        "assumed role **{name:req.roleArn}** with a web identity[ (session {req.roleSessionName})]",
    ),
    ("AssumeRoot", "assumed **root** of account {req.targetPrincipal}"),
    ("GetFederationToken", "got credentials for the federated user **{req.name}**"),
    ("GetSessionToken", "got **session credentials**"),
    ("GetCallerIdentity", "asked **who it is**"),
    ("SwitchRole", "switched role in the console to **{name:userIdentity.arn}**"),
    // Users, roles and their permissions.
    ("CreateUser", "created user **{req.userName}**"),
    ("DeleteUser", "deleted user **{req.userName}**"),
    (
        "CreateAccessKey",
        "created an **access key** for {res.accessKey.userName|req.userName}[: {res.accessKey.accessKeyId}]",
    ),
    ("UpdateAccessKey", "set access key {req.accessKeyId} to **{req.status}**"),
    ("DeleteAccessKey", "deleted access key **{req.accessKeyId}**"),
    ("CreateLoginProfile", "gave user **{req.userName}** a console password"),
    ("UpdateLoginProfile", "changed the console password of **{req.userName}**"),
    ("DeactivateMFADevice", "deactivated **MFA** of user {req.userName}"),
    ("AddUserToGroup", "added user {req.userName} to group **{req.groupName}**"),
    ("AttachUserPolicy", "attached **{name:req.policyArn}** to user {req.userName}"),
    ("AttachRolePolicy", "attached **{name:req.policyArn}** to role {req.roleName}"),
    ("AttachGroupPolicy", "attached **{name:req.policyArn}** to group {req.groupName}"),
    ("PutUserPolicy", "wrote policy **{req.policyName}** into user {req.userName}"),
    ("PutRolePolicy", "wrote policy **{req.policyName}** into role {req.roleName}"),
    ("CreatePolicyVersion", "changed policy **{name:req.policyArn}**"),
    ("CreateRole", "created role **{req.roleName}**"),
    ("DeleteRole", "deleted role **{req.roleName}**"),
    ("UpdateAssumeRolePolicy", "changed **who may assume** role {req.roleName}"),
    // Instances and networks.
    (
        "RunInstances",
        "started {items:res.instancesSet.items} × **{req.instanceType|res.instancesSet.items.0.instanceType}** in {awsRegion}",
    ),
    (
        "StartInstances",
        "started {items:req.instancesSet.items} × instance (**{req.instancesSet.items.0.instanceId}**)",
    ),
    (
        "StopInstances",
        "stopped {items:req.instancesSet.items} × instance (**{req.instancesSet.items.0.instanceId}**)",
    ),
    (
        "TerminateInstances",
        "terminated {items:req.instancesSet.items} × instance (**{req.instancesSet.items.0.instanceId}**)",
    ),
    (
        "AuthorizeSecurityGroupIngress",
        "opened security group {req.groupId|req.groupName}[ to **{req.ipPermissions.items.0.ipRanges.items.0.cidrIp|req.cidrIp}**][, ports {req.ipPermissions.items.0.fromPort} to {req.ipPermissions.items.0.toPort}]",
    ),
    ("CreateKeyPair", "created key pair **{req.keyName}**"),
    ("ImportKeyPair", "imported key pair **{req.keyName}**"),
    ("CreateSnapshot", "took a snapshot of volume **{req.volumeId}**"),
    (
        "ModifySnapshotAttribute",
        "shared snapshot **{req.snapshotId}**[ with account {req.createVolumePermission.add.items.0.userId}]",
    ),
    (
        "ModifyImageAttribute",
        "changed who may use image **{req.imageId}**[: account {req.launchPermission.add.items.0.userId}]",
    ),
    (
        "ModifyDBSnapshotAttribute",
        "shared database snapshot **{req.dBSnapshotIdentifier}**[ with account {req.valuesToAdd.0}]",
    ),
    ("DeleteFlowLogs", "deleted **flow logs**"),
    ("SendSSHPublicKey", "pushed an SSH key to instance **{req.instanceId}**"),
    // Data and secrets.
    ("GetObject", "read **{req.bucketName}/{req.key}**[ ({bytes:additionalEventData.bytesTransferredOut})]"),
    ("PutObject", "wrote **{req.bucketName}/{req.key}**[ ({bytes:additionalEventData.bytesTransferredIn})]"),
    ("DeleteObject", "deleted **{req.bucketName}/{req.key}**"),
    ("ListBuckets", "listed all **buckets**"),
    ("CreateBucket", "created bucket **{req.bucketName}**"),
    ("DeleteBucket", "deleted bucket **{req.bucketName}**"),
    ("PutBucketPolicy", "changed the policy of bucket **{req.bucketName}**"),
    ("DeleteBucketPublicAccessBlock", "lifted the public access block of bucket **{req.bucketName}**"),
    ("GetSecretValue", "read secret **{name:req.secretId}**"),
    ("GetParameter", "read parameter **{req.name}**"),
    ("GetPasswordData", "read the password of instance **{req.instanceId}**"),
    ("Decrypt", "decrypted with key **{name:resources.0.ARN|req.keyId}**"),
    ("ScheduleKeyDeletion", "scheduled the deletion of key **{name:req.keyId}**"),
    ("SendCommand", "ran **{req.documentName}** on {items:req.instanceIds} × instance"),
    ("StartSession", "opened a session on **{req.target}**"),
    ("CreateFunction", "created function **{name:req.functionName}**"),
    ("UpdateFunctionCode", "replaced the code of function **{name:req.functionName}**"),
    ("InvokeModel", "invoked model **{req.modelId}**"),
    // What an intruder switches off.
    ("StopLogging", "stopped trail **{name:req.name}**"),
    ("DeleteTrail", "deleted trail **{name:req.name}**"),
    ("UpdateTrail", "changed trail **{name:req.name}**"),
    ("PutEventSelectors", "changed which events trail **{name:req.trailName}** records"),
    ("DeleteDetector", "deleted GuardDuty detector **{req.detectorId}**"),
    ("LeaveOrganization", "took the account out of its **organization**"),
];

/// Finds the values that a sentence names.
struct Teller<'r, 't> {
    row: &'r Row<'t>,
    raw: Vec<u8>,
}

/// A row told in one sentence.
pub(super) fn sentence(row: &Row<'_>) -> Vec<Span> {
    let teller = Teller { row, raw: row.raw() };
    let category = row.show("eventCategory");
    let mut out = Vec::new();
    if !row.show("insightDetails.insightType").is_empty() {
        teller.insight(&mut out);
    } else if category == "Aggregated" || row.show("eventType") == "AwsAggregatedEvent" {
        teller.aggregated(&mut out);
    } else {
        out.push(Span::plain(teller.actor() + " "));
        teller.action(&mut out);
    }
    out.retain(|s| !s.text.is_empty());
    out
}

impl Teller<'_, '_> {
    /// Who called: the user, and the role that a session belongs to.
    fn actor(&self) -> String {
        let name = self.row.show("user.name");
        let role = self.row.show("userIdentity.sessionContext.sessionIssuer.userName");
        let role = permission_set(&role).to_owned();
        let by_service = self.row.show("userIdentity.invokedBy");
        let mut actor = match (name.is_empty(), role.is_empty()) {
            (false, false) if name != role && self.row.show("userIdentity.type") == "AssumedRole" => {
                format!("{role}/{name}")
            }
            (false, _) => name.clone(),
            (true, false) => role,
            (true, true) => "someone".to_owned(),
        };
        if actor == "someone" {
            let from = self.row.show("userIdentity.accountId");
            if !from.is_empty() {
                actor = format!("account {from}");
            } else if !self.row.show("sourceIPAddress").is_empty() {
                actor = self.row.show("sourceIPAddress");
            }
        } else if !by_service.is_empty() && by_service != name {
            actor = format!("{actor}, through {by_service},");
        }
        actor
    }
    fn action(&self, out: &mut Vec<Span>) {
        let event = self.row.show("eventName");
        let known = without_version(&event);
        let failed = self.row.show("event.outcome") == "failure";
        if event == "ConsoleLogin" {
            return self.sign_in(failed, out);
        }
        if !failed
            && let Some((_, template)) = VERBS.iter().find(|(name, _)| *name == known)
            && let Some(mut spans) = fill(template, &|path| self.at(path))
        {
            return out.append(&mut spans);
        }
        let source = self.row.show("eventSource");
        let service = source.strip_suffix(".amazonaws.com").unwrap_or(&source);
        let what = if event.is_empty() { "an action".to_owned() } else { event };
        out.push(Span::plain("called "));
        out.push(if failed { Span::plain(what) } else { Span::strong(what) });
        if !service.is_empty() {
            out.push(Span::plain(format!(" on {service}")));
        }
        let resource = self.row.show("resource.name");
        let address = self.row.show("sourceIPAddress");
        if failed && !resource.is_empty() {
            let first = resource.split(", ").next().unwrap_or_default();
            out.push(Span::plain(format!(" ({})", last_of_arn(first))));
        } else if address.contains(['.', ':'])
            && !address.ends_with(".amazonaws.com")
            && out.first().is_none_or(|actor| actor.text.trim_end() != address)
        {
            out.push(Span::plain(format!(" from {address}")));
        }
        if failed {
            self.failure(out);
        }
    }
    fn failure(&self, out: &mut Vec<Span>) {
        let mut code = self.row.show("errorCode");
        if code.is_empty() {
            code = self.row.show("errorMessage");
        }
        let denied = ["Denied", "Unauthorized", "Forbidden"].iter().any(|w| code.contains(w));
        out.push(Span::plain(if denied { ", denied: " } else { ", failed: " }));
        out.push(Span::strong(if code.is_empty() { "no reason given".to_owned() } else { code }));
    }
    fn sign_in(&self, failed: bool, out: &mut Vec<Span>) {
        let address = self.row.show("sourceIPAddress");
        match (failed, self.row.show("additionalEventData.MFAUsed").as_str()) {
            (true, _) => out.extend([Span::strong("failed to sign in"), Span::plain(" to the console")]),
            (_, "No") => out.extend([Span::plain("signed in to the console "), Span::strong("without MFA")]),
            (_, "Yes") => out.extend([Span::strong("signed in"), Span::plain(" to the console with MFA")]),
            _ => out.extend([Span::strong("signed in"), Span::plain(" to the console")]),
        }
        if !address.is_empty() {
            out.push(Span::plain(format!(" from {address}")));
        }
    }
    fn insight(&self, out: &mut Vec<Span>) {
        let calls = match self.row.show("insightDetails.insightType").as_str() {
            "ApiErrorRateInsight" => "errors",
            "ApiCallRateInsight" => "calls",
            other => return out.extend([Span::plain("unusual activity: "), Span::strong(other)]),
        };
        let ended = self.row.show("insightDetails.state") == "End";
        out.push(Span::plain(if ended { "the unusual rate of " } else { "an unusual rate of " }));
        out.push(Span::strong(format!("{} {calls}", self.row.show("eventName")).trim_start().to_owned()));
        out.push(Span::plain(if ended { " ended" } else { " began" }));
        let rate = |name: &str| {
            let path = format!("insightDetails.insightContext.statistics.{name}.average");
            self.row.get(&path).number().map(|n| (n * 100.0).round() / 100.0)
        };
        if let (Some(now), Some(before)) = (rate("insight"), rate("baseline")) {
            out.push(Span::plain(format!(": {now} per minute, usually {before}")));
        }
    }
    fn aggregated(&self, out: &mut Vec<Span>) {
        let mut total = 0.0;
        let mut top = (String::new(), -1.0);
        let mut values = Vec::new();
        if Path::new("summary.primaryDimension.statistics").extract(&self.raw, &mut values) {
            json::each(&values, |item| {
                let json::Json::Object(item) = item else { return true };
                let part = |path: &str| {
                    let mut text = Vec::new();
                    json::extract(item, path, &mut text);
                    String::from_utf8_lossy(&text).into_owned()
                };
                let count = part("value").parse().unwrap_or(0.0);
                total += count;
                if count > top.1 {
                    top = (part("name"), count);
                }
                true
            });
        }
        let source = self.row.show("eventSource");
        let service = source.strip_suffix(".amazonaws.com").unwrap_or(&source);
        out.push(Span::strong(format!("{} calls", grouped(total as i64))));
        out.push(Span::plain(format!(" of {service} summed up")));
        if !top.0.is_empty() {
            out.push(Span::plain(format!(", mostly {} ({})", last_of_arn(&top.0), grouped(top.1 as i64))));
        }
    }
    fn at(&self, path: &str) -> Value {
        let path = match path.split_once('.') {
            Some(("req", rest)) => format!("requestParameters.{rest}"),
            Some(("res", rest)) => format!("responseElements.{rest}"),
            _ => path.to_owned(),
        };
        let mut text = Vec::new();
        match json::extract(&self.raw, &path, &mut text) {
            true => Value::text(&String::from_utf8_lossy(&text)),
            false => Value::Null,
        }
    }
}

/// The permission set that Identity Center made a role for: of `AWSReservedSSO_NAME_0123456789abcdef` the name.
fn permission_set(role: &str) -> &str {
    match role.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_')) {
        Some((name, _)) if !name.is_empty() => name,
        _ => role,
    }
}

/// `ListFunctions` for `ListFunctions20150331`, `UpdateFunctionCode20150331v2` and `CreateFunction2020_05_31`.
fn without_version(event: &str) -> &str {
    let digits = |b: u8| b.is_ascii_digit() || b == b'_' || b == b'v';
    let name = event.trim_end_matches(|c: char| c.is_ascii() && digits(c as u8));
    if event.len() >= name.len() + 8 && event[name.len()..].starts_with("20") { name } else { event }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_well_formed() {
        let mut names: Vec<_> = VERBS.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), VERBS.len(), "an action stands twice");
        for (name, template) in VERBS {
            assert_eq!(template.matches("**").count(), 2, "{name}: one strong part");
            assert_eq!(template.matches('{').count(), template.matches('}').count(), "{name}");
            assert_eq!(template.matches('[').count(), template.matches(']').count(), "{name}");
        }
    }

    #[test]
    fn roles_of_identity_center_are_told_by_their_permission_set() {
        assert_eq!(permission_set("AWSReservedSSO_Admin_Access_2276cacebc31d3eb"), "Admin_Access");
        assert_eq!(permission_set("AWSReservedSSO_x"), "AWSReservedSSO_x");
        assert_eq!(permission_set("ci-deploy"), "ci-deploy");
    }

    #[test]
    fn names_lose_the_date_of_their_api() {
        for (event, name) in [
            ("ListFunctions20150331", "ListFunctions"),
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("CreateFunction2020_05_31", "CreateFunction"),
            ("PutObject", "PutObject"),
            ("DescribeEC2", "DescribeEC2"),
        ] {
            assert_eq!(without_version(event), name);
        }
    }
}
