//! Columns that no single member of an event holds: who called, whether it worked, which resources, users and groups it
//! was about.

use logloupe_table::{Cell, RowWriter};
use nom::{
    Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::char,
    combinator::{eof, opt, rest},
    sequence::{preceded, terminated},
};

use super::{
    fields::{PARAMETERS, column},
    json::{self, Json, JsonRow, Reader},
};
use crate::formats::field::{
    ids::arn,
    parse::{till, till_last},
};

/// Paths that the rules below ask for; the constants are places in this list.
const PATHS: &[&str] = &[
    "userIdentity.type",
    "userIdentity.userName",
    "userIdentity.arn",
    "userIdentity.principalId",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.onBehalfOf.userId",
    "Username",
    "userIdentity.invokedBy",
    "errorCode",
    "errorMessage",
    "responseElements",
    "serviceEventDetails",
    "eventType",
    "insightDetails.errorCode",
    "insightErrorCode",
    "eventName",
    "eventSource",
    "resources",
    "Resources",
    "requestParameters.instancesSet.items",
    "responseElements.instancesSet.items",
    "recipientAccountId",
    "accountId",
    "userIdentity.accountId",
    "requestParameters.userName",
    "responseElements.user.userName",
    "responseElements.accessKey.userName",
    "requestParameters.groupName",
    "responseElements.group.groupName",
];
const TYPE: usize = 0;
const USER_NAME: usize = 1;
const ARN: usize = 2;
const PRINCIPAL: usize = 3;
/// Asked last and in this order: the role, the user of Identity Center, what `lookup-events` says, the service.
const OTHER_NAMES: std::ops::RangeInclusive<usize> = 4..=7;
const ERRORS: std::ops::RangeInclusive<usize> = 8..=9;
const TOLD_INSIDE: std::ops::RangeInclusive<usize> = 10..=11;
const EVENT_TYPE: usize = 12;
const INSIGHT_ERRORS: std::ops::RangeInclusive<usize> = 13..=14;
const EVENT_NAME: usize = 15;
const SOURCE: usize = 16;
const RESOURCES: std::ops::RangeInclusive<usize> = 17..=18;
const INSTANCES: std::ops::RangeInclusive<usize> = 19..=20;
/// Asked in this order.
const ACCOUNTS: std::ops::RangeInclusive<usize> = 21..=23;
const TARGET_USERS: std::ops::RangeInclusive<usize> = 24..=26;
const GROUPS: std::ops::RangeInclusive<usize> = 27..=28;

/// Services whose groups are groups of users. EC2 calls security groups so, and others what else they group.
const SERVICES_OF_USERS: [&str; 5] = ["iam", "identitystore", "sso-directory", "cognito-idp", "quicksight"];

/// Members of an item of `resources` and of `Resources`: its name, first found first, and its type.
const RESOURCE: &[&str] =
    &["ARN", "ARNPrefix", "ResourceName", "arn", "resourceName", "type", "ResourceType", "resourceType"];
const RESOURCE_NAMES: std::ops::Range<usize> = 0..5;
const RESOURCE_TYPES: std::ops::Range<usize> = 5..8;

/// All paths asked for here.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    PATHS.iter().copied().chain(PARAMETERS.iter().map(|(path, ..)| *path))
}

/// Computes the derived columns.
pub(super) struct Derived {
    /// Where [`paths`] begin among the values that were read beside the columns.
    first: usize,
    user_name: usize,
    account: usize,
    outcome: usize,
    error_code: usize,
    resource_name: usize,
    resource_type: usize,
    target_user: usize,
    group: usize,
    resource: Reader,
    instance: Reader,
    names: Vec<u8>,
    types: Vec<u8>,
}

impl Derived {
    /// `first` is the place of the first of [`paths`].
    pub(super) fn new(first: usize) -> Derived {
        Derived {
            first,
            user_name: column("user.name"),
            account: column("cloud.account.id"),
            outcome: column("event.outcome"),
            error_code: column("errorCode"),
            resource_name: column("resource.name"),
            resource_type: column("resource.type"),
            target_user: column("user.target.name"),
            group: column("group.name"),
            resource: Reader::new(RESOURCE),
            instance: Reader::new(&["instanceId"]),
            names: Vec::new(),
            types: Vec::new(),
        }
    }
    /// Writes the derived columns of the event that was read.
    pub(super) fn write(&mut self, read: &JsonRow<'_>, row: &mut RowWriter<'_>) {
        self.write_user(read, row);
        let value = |i: usize| read.extra(self.first + i);
        // Before version 1.02 events do not say who received them: it was the caller's account.
        if let Some(account) = ACCOUNTS.clone().find_map(|i| value(i).text()) {
            row.set(self.account, Cell::Text(&account));
        }
        // Summaries and Insights have no result of their own.
        if let Some(name) = value(EVENT_NAME).text() {
            let failed = ERRORS.clone().any(|i| value(i).is_some())
                || TOLD_INSIDE.clone().any(|i| says_failure(value(i), &name))
                || (value(EVENT_TYPE).is("AwsServiceEvent") && name.ends_with(b"Failed"));
            row.set(self.outcome, Cell::Text(if failed { b"failure" } else { b"success" }));
        }
        // An Insights event about calls that did not fail says so by the word.
        let error = INSIGHT_ERRORS.clone().map(value).find(|v| v.is_some() && !v.is("null"));
        if let Some(text) = error.and_then(Json::text) {
            row.set(self.error_code, Cell::Text(&text));
        }
        self.write_targets(read, row);
        self.write_resources(read, row);
    }
    /// The user and the group of users that the call is about.
    fn write_targets(&self, read: &JsonRow<'_>, row: &mut RowWriter<'_>) {
        let value = |i: usize| Some(read.extra(self.first + i)).filter(|v| is_text(*v)).and_then(Json::text);
        if let Some(user) = TARGET_USERS.clone().find_map(value) {
            row.set(self.target_user, Cell::Text(&user));
        }
        let Some(group) = GROUPS.clone().find_map(value) else { return };
        let source = value(SOURCE).unwrap_or_default();
        if SERVICES_OF_USERS.iter().any(|service| is_of(&source, service)) {
            row.set(self.group, Cell::Text(&group));
        }
    }
    /// The rule for `user.name`: `root` for the root user; `userName` if there is one; of a session its name, which
    /// stands last in the ARN and in the principal's id, and not its role's; then the role, and the service if a service
    /// called for itself. A user of an identity provider of the web is its id there. CloudTrail's own lookup by user
    /// name has the same names for users, root and sessions; for services it has none.
    fn write_user(&self, read: &JsonRow<'_>, row: &mut RowWriter<'_>) {
        let value = |i: usize| read.extra(self.first + i);
        if value(TYPE).is("Root") {
            return row.set(self.user_name, Cell::Text(b"root"));
        }
        if let Some(name) = value(USER_NAME).text() {
            return row.set(self.user_name, Cell::Text(&name));
        }
        if let Some(name) = value(ARN).text().as_deref().and_then(name_in_arn) {
            return row.set(self.user_name, Cell::Text(name));
        }
        if value(TYPE).is("WebIdentityUser")
            && let Some(id) = value(PRINCIPAL).text()
            && let Some(user) = web_user(&id)
        {
            return row.set(self.user_name, Cell::Text(user));
        }
        if let Some(id) = value(PRINCIPAL).text()
            && let Some(colon) = memchr::memchr(b':', &id)
            && colon + 1 < id.len()
        {
            return row.set(self.user_name, Cell::Text(&id[colon + 1..]));
        }
        if let Some(name) = OTHER_NAMES.clone().find_map(|i| value(i).text()) {
            row.set(self.user_name, Cell::Text(&name));
        }
    }
    /// Names and types: of `resources`, else of the instances that a request is about, else of [`PARAMETERS`].
    fn write_resources(&mut self, read: &JsonRow<'_>, row: &mut RowWriter<'_>) {
        let Derived { first, names, types, resource, instance, .. } = self;
        let value = |i: usize| read.extra(*first + i);
        names.clear();
        types.clear();
        for items in RESOURCES.clone().map(value) {
            let Json::Array(items) = items else { continue };
            json::each(items, |item| {
                if let Json::Object(item) = item
                    && let Ok(values) = resource.read(item)
                {
                    let one = |mut places: std::ops::Range<usize>| places.find_map(|i| values.get(i).text());
                    append(names, one(RESOURCE_NAMES).as_deref(), false);
                    append(types, one(RESOURCE_TYPES).as_deref(), true);
                }
                true
            });
        }
        if names.is_empty() && types.is_empty() {
            for items in INSTANCES.clone().map(value) {
                let Json::Array(items) = items else { continue };
                json::each(items, |item| {
                    if let Json::Object(item) = item
                        && let Ok(values) = instance.read(item)
                        && let Some(id) = values.get(0).text()
                    {
                        append(names, Some(&id), true);
                        append(types, Some(b"AWS::EC2::Instance"), true);
                    }
                    true
                });
            }
            let source = value(SOURCE).text().unwrap_or_default();
            for (i, (_, service, kind)) in PARAMETERS.iter().enumerate() {
                let parameter = value(PATHS.len() + i);
                if !is_text(parameter) {
                    continue;
                }
                if service.is_empty() || is_of(&source, service) {
                    append(names, parameter.text().as_deref(), true);
                    append(types, Some(kind.as_bytes()), true);
                }
            }
        }
        if !names.is_empty() {
            row.set(self.resource_name, Cell::Text(names));
        }
        if !types.is_empty() {
            row.set(self.resource_type, Cell::Text(types));
        }
    }
}

/// Whether a value is a string, and not an empty one.
fn is_text(value: Json<'_>) -> bool {
    matches!(value, Json::Plain(_) | Json::Escaped(_)) && value.is_some()
}

/// Whether an event's source (`iam.amazonaws.com`) is this service.
fn is_of(source: &[u8], service: &str) -> bool {
    source.strip_prefix(service.as_bytes()).is_some_and(|rest| rest.starts_with(b"."))
}

/// Whether `responseElements` or `serviceEventDetails` tells the failure of the event called `name`: under that name,
/// as sign-in does, or as the state of a job.
fn says_failure(details: Json<'_>, name: &[u8]) -> bool {
    let Json::Object(details) = details else { return false };
    let has = |word: &[u8]| memchr::memmem::find(details, word).is_some();
    let is = |name: &str, word: &str| {
        let mut said = Vec::new();
        json::extract(details, name, &mut said) && said == word.as_bytes()
    };
    (has(b"\"Failure\"") && std::str::from_utf8(name).is_ok_and(|name| is(name, "Failure")))
        || (has(b"\"FAILED\"") && is("state", "FAILED"))
}

/// How much of a list of resources is kept: a request can name thousands, and the record has them all.
const MOST_BYTES: usize = 2048;

/// Appends to a list in one text; with `once`, unless it is there already.
fn append(list: &mut Vec<u8>, item: Option<&[u8]>, once: bool) {
    let Some(item) = item else { return };
    if list.is_empty() {
        list.extend_from_slice(item);
    } else if list.len() + item.len() <= MOST_BYTES
        && !(once && list.split(|b| *b == b',').any(|known| known.trim_ascii() == item))
    {
        list.extend_from_slice(b", ");
        list.extend_from_slice(item);
    }
}

/// The name of the user or session in an identity's ARN; of a session without a name, nothing.
///
/// ```text
/// identity = "root" / "assumed-role/" role "/" session / "user/" [ path "/" ] user / "federated-user/" user
/// role     = *( any but "/" )
/// path     = *any                               ; to the last "/"
/// ```
fn name_in_arn(text: &[u8]) -> Option<&[u8]> {
    let root = terminated(tag("root"), alt((eof, tag("/"))));
    let session = preceded((tag("assumed-role/"), till(b'/'), char('/')), rest);
    let user = preceded((tag("user/"), opt(terminated(till_last(b'/'), char('/')))), rest);
    let federated = preceded(tag("federated-user/"), rest);
    let (_, arn) = arn(text).ok()?;
    let (_, name) = alt((root, session, user, federated)).parse(arn.resource).ok()?;
    (!name.is_empty()).then_some(name)
}

/// The user's id in the principal's id of a WebIdentityUser.
///
/// ```text
/// principal = provider ":" application ":" user
/// provider  = "arn:" 4( *( any but ":" ) ":" ) name / name
/// name, application = *( any but ":" )          ; an application may be a URL
/// ```
fn web_user(principal: &[u8]) -> Option<&[u8]> {
    let after_colons =
        |text: &'_ [u8], count: usize| memchr::memchr_iter(b':', text).nth(count - 1).map(|at| at + 1);
    let provider = if principal.starts_with(b"arn:") { 6 } else { 1 };
    let rest = principal.get(after_colons(principal, provider)?..)?;
    let is_url = rest.starts_with(b"https://") || rest.starts_with(b"http://");
    let user = rest.get(after_colons(rest, 1 + is_url as usize)?..)?;
    (!user.is_empty()).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_users_stand_last() {
        for (principal, user) in [
            ("accounts.google.com:1234.apps.googleusercontent.com:108", Some("108")),
            (
                "www.amazon.com:amzn1.application-oa2-client.example:amzn1.account.EXAMPLE",
                Some("amzn1.account.EXAMPLE"),
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/token.example.com:sts.amazonaws.com:repo:org/name:ref:refs/heads/main",
                Some("repo:org/name:ref:refs/heads/main"),
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/token.example.com:https://example.com/org:repo:a/b",
                Some("repo:a/b"),
            ),
            ("idp.example.com:http://app.example.com:alice", Some("alice")),
            ("idp.example.com:app:", None),
            ("idp.example.com:app", None),
            ("arn:aws:iam::111122223333:oidc-provider/x", None),
            ("alice", None),
            ("", None),
        ] {
            let found = web_user(principal.as_bytes()).map(String::from_utf8_lossy);
            assert_eq!(found.as_deref(), user, "{principal}");
        }
    }

    #[test]
    fn names_stand_at_the_end_of_an_identity() {
        for (resource, name) in [
            ("root", Some("root")),
            ("user/alice", Some("alice")),
            ("user/people/ops/alice", Some("alice")),
            ("assumed-role/Admin/alice@example.com", Some("alice@example.com")),
            ("assumed-role/Admin/a/b", Some("a/b")),
            ("federated-user/x/y", Some("x/y")),
            ("assumed-role/Admin", None),
            ("assumed-role/Admin/", None),
            ("user/", None),
            ("user", None),
            ("roots", None),
            ("role/Admin", None),
            ("", None),
        ] {
            let arn = format!("arn:aws:sts::123456789012:{resource}");
            assert_eq!(name_in_arn(arn.as_bytes()), name.map(str::as_bytes), "{resource}");
        }
        assert_eq!(name_in_arn(b"alice"), None);
    }
}
