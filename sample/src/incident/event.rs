//! One CloudTrail event as JSON, in the member order of real files, and the identities that call.

use super::Line;
use crate::cast::{ACCOUNT, HOME_REGION, NAT_ADDRESS};
use crate::rng::Rng;
use crate::text::{capitals, fill, guid, iso};

/// What is recorded of one API call. Templates of JSON are given as text, checked by the crate's tests.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) caller: &'a Caller,
    /// The service without `.amazonaws.com`.
    pub(super) service: &'a str,
    pub(super) name: &'a str,
    pub(super) region: &'static str,
    /// `errorCode` and `errorMessage`.
    pub(super) error: Option<(&'a str, &'a str)>,
    pub(super) request: &'a str,
    pub(super) response: &'a str,
    pub(super) additional: &'a str,
    pub(super) resources: &'a str,
}

/// Who calls, from where, with which program.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) identity: String,
    pub(super) address: String,
    pub(super) agent: String,
    pub(super) endpoint: Option<&'static str>,
}

impl Caller {
    pub(super) fn user(name: &str, key: &str, address: &str, agent: &str) -> Self {
        let principal = key.replacen("AKIA", "AIDA", 1);
        let identity = fill(
            r#"{"type":"IAMUser","principalId":"$1","arn":"arn:aws:iam::$2:user/$3","accountId":"$2","accessKeyId":"$4","userName":"$3"}"#,
            &[&principal, ACCOUNT, name, key],
        );
        Caller { identity, address: address.into(), agent: agent.into(), endpoint: None }
    }

    /// A signed-in person: no access key.
    pub(super) fn console(name: &str, principal: &str, address: &str, agent: &str) -> Self {
        let identity = fill(
            r#"{"type":"IAMUser","principalId":"$1","arn":"arn:aws:iam::$2:user/$3","accountId":"$2","userName":"$3"}"#,
            &[principal, ACCOUNT, name],
        );
        Caller { identity, address: address.into(), agent: agent.into(), endpoint: None }
    }

    /// A session of a role, with its temporary key.
    pub(super) fn role(role: &str, session: &str, key: &str, created: u64, mfa: bool) -> Self {
        let principal = fill("AROA$1EXAMPLE", &[&format!("{:X<9.9}", role.to_ascii_uppercase())]);
        let identity = fill(
            r#"{"type":"AssumedRole","principalId":"$1:$2","arn":"arn:aws:sts::$3:assumed-role/$4/$2","accountId":"$3","accessKeyId":"$5","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"$1","arn":"arn:aws:iam::$3:role/$4","accountId":"$3","userName":"$4"},"attributes":{"creationDate":"$6","mfaAuthenticated":"$7"}}}"#,
            &[&principal, session, ACCOUNT, role, key, &iso(created), if mfa { "true" } else { "false" }],
        );
        Caller { identity, address: NAT_ADDRESS.into(), agent: String::new(), endpoint: None }
    }

    /// AWS itself, on the account's behalf.
    pub(super) fn service(service: &str) -> Self {
        let address = format!("{service}.amazonaws.com");
        let identity = fill(r#"{"type":"AWSService","invokedBy":"$1"}"#, &[&address]);
        Caller { identity, agent: address.clone(), address, endpoint: None }
    }

    pub(super) fn from(mut self, address: &str, agent: &str) -> Self {
        self.address = address.into();
        self.agent = agent.into();
        self
    }

    /// A call by this caller, in the home Region, without parameters, answer and error.
    pub(super) fn call<'a>(&'a self, service: &'a str, name: &'a str) -> Call<'a> {
        Call {
            caller: self,
            service,
            name,
            region: HOME_REGION,
            error: None,
            request: "null",
            response: "null",
            additional: "",
            resources: "",
        }
    }
}

impl<'a> Call<'a> {
    pub(super) fn asking(self, request: &'a str) -> Self {
        Call { request, ..self }
    }

    pub(super) fn answering(self, response: &'a str) -> Self {
        Call { response, ..self }
    }

    pub(super) fn failing(self, code: &'a str, message: &'a str) -> Self {
        Call { error: Some((code, message)), ..self }
    }

    pub(super) fn in_region(self, region: &'static str) -> Self {
        Call { region, ..self }
    }
}

/// The events of all Regions, as they are recorded.
pub(super) struct Trail {
    pub(super) rng: Rng,
    regions: Vec<(&'static str, Vec<Line>)>,
}

impl Trail {
    pub(super) fn new() -> Self {
        Trail { rng: Rng::new(1), regions: Vec::new() }
    }

    pub(super) fn into_regions(self) -> Vec<(&'static str, Vec<Line>)> {
        self.regions
    }

    pub(super) fn push(&mut self, time: u64, call: Call<'_>) {
        let text = self.json(time, &call);
        let line = Line { time, text };
        match self.regions.iter_mut().find(|(region, _)| *region == call.region) {
            Some((_, lines)) => lines.push(line),
            None => self.regions.push((call.region, vec![line])),
        }
    }

    fn json(&mut self, time: u64, call: &Call<'_>) -> String {
        let Caller { identity, address, agent, endpoint } = call.caller;
        let from_aws = address.ends_with(".amazonaws.com");
        let sign_in = call.name == "ConsoleLogin";
        let data = call.service == "s3" && call.name.contains("Object");
        let mut json = String::with_capacity(1_400);
        let mut add = |template: &str, values: &[&str]| json.push_str(&fill(template, values));
        add(r#"{"eventVersion":"1.11","userIdentity":$1,"#, &[identity]);
        add(
            r#""eventTime":"$1","eventSource":"$2.amazonaws.com","eventName":"$3","#,
            &[&iso(time), call.service, call.name],
        );
        add(r#""awsRegion":"$1","sourceIPAddress":"$2","userAgent":"$3","#, &[call.region, address, agent]);
        if let Some((code, message)) = call.error {
            add(r#""errorCode":"$1","errorMessage":"$2","#, &[code, message]);
        }
        add(r#""requestParameters":$1,"responseElements":$2,"#, &[call.request, call.response]);
        if !call.additional.is_empty() {
            add(r#""additionalEventData":$1,"#, &[call.additional]);
        }
        if call.service == "s3" {
            add(r#""requestID":"$1","#, &[&capitals(&mut self.rng, 16)]);
        } else if !sign_in {
            add(r#""requestID":"$1","#, &[&guid(&mut self.rng)]);
        }
        let read_only = ["Describe", "Get", "List", "Head", "Lookup", "Batch", "AssumeRole", "Decrypt"]
            .iter()
            .any(|verb| call.name.starts_with(verb));
        let read_only = if read_only { "true" } else { "false" };
        add(r#""eventID":"$1","readOnly":$2,"#, &[&guid(&mut self.rng), read_only]);
        if !call.resources.is_empty() {
            add(r#""resources":$1,"#, &[call.resources]);
        }
        let kind = if sign_in { "AwsConsoleSignIn" } else { "AwsApiCall" };
        add(
            r#""eventType":"$1","managementEvent":$2,"recipientAccountId":"$3","#,
            &[kind, if data { "false" } else { "true" }, ACCOUNT],
        );
        if let Some(endpoint) = endpoint {
            add(r#""vpcEndpointId":"$1","vpcEndpointAccountId":"$2","#, &[endpoint, ACCOUNT]);
        }
        add(r#""eventCategory":"$1""#, &[if data { "Data" } else { "Management" }]);
        if !from_aws {
            let host =
                if sign_in { "signin.aws".to_owned() } else { format!("{}.{}", call.service, call.region) };
            add(
                r#","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"$1.amazon$2.com"}"#,
                &[&host, if sign_in { "" } else { "aws" }],
            );
        }
        json.push('}');
        json
    }
}
