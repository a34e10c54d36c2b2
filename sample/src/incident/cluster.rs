//! Kubernetes audit events of the EKS cluster, as an export of its log group has them: the system's own calls, deployments,
//! and what the intruder's `Admin` session looks for in it.

use super::attack::SESSION;
use super::{Line, at, every_hour};
use crate::cast::{ACCOUNT, ADMIN_SESSION_KEY, CI_ADDRESS, INTRUDER_ADDRESS};
use crate::rng::Rng;
use crate::text::{fill, guid, iso};

/// One call.
struct Call<'a> {
    user: &'a str,
    address: &'a str,
    agent: &'a str,
    verb: &'a str,
    resource: &'a str,
    name: &'a str,
    status: u16,
}

pub(super) fn record() -> Vec<Line> {
    let mut log = Log { rng: Rng::new(25), lines: Vec::new() };
    let node = r#"{"username":"system:node:ip-10-0-2-21.ec2.internal","groups":["system:nodes","system:authenticated"]}"#;
    let controller = r#"{"username":"system:serviceaccount:kube-system:deployment-controller","groups":["system:serviceaccounts","system:authenticated"]}"#;
    let deploy = principal("assumed-role/Deployer/ci", "deployer", "ASIADEPLOYCIEXAMPLE1");
    every_hour(|start, busy| {
        let calls = [
            (node, "10.0.2.21", "kubelet/v1.31.4", "get", "nodes", "ip-10-0-2-21.ec2.internal"),
            (
                controller,
                "10.0.0.9",
                "kube-controller-manager/v1.31.4",
                "update",
                "deployments",
                "orders-api",
            ),
            (&*deploy, CI_ADDRESS, "kubectl/v1.31.4", "patch", "deployments", "orders-api"),
        ];
        // The build system deploys when the office works.
        for (user, address, agent, verb, resource, name) in &calls[..if busy > 80 { 3 } else { 2 }] {
            let time = start + u64::from(log.rng.below(3_600));
            log.push(time, &Call { user, address, agent, verb, resource, name, status: 200 });
        }
    });
    let admin = principal(&fill("assumed-role/Admin/$1", &[SESSION]), "admin", ADMIN_SESSION_KEY);
    for (minute, verb, resource, name, status) in [
        (20, "list", "namespaces", "", 200),
        (21, "list", "pods", "", 200),
        (22, "list", "secrets", "", 200),
        (23, "get", "secrets", "orders-db", 200),
        (24, "get", "secrets", "payments-api", 200),
        (26, "create", "pods/exec", "orders-api-7c9f", 101),
        (29, "create", "clusterrolebindings", "svc-backup", 403),
        (30, "create", "pods", "debug-node", 403),
    ] {
        let (user, address) = (&*admin, INTRUDER_ADDRESS);
        log.push(
            at(5, 3, minute, 41),
            &Call { user, address, agent: "kubectl/v1.29.1", verb, resource, name, status },
        );
    }
    log.lines
}

/// A caller that IAM vouched for.
fn principal(arn: &str, user: &str, key: &str) -> String {
    fill(
        r#"{"username":"$1","uid":"aws-iam-authenticator:$2:AROAEXAMPLE","groups":["system:authenticated","operators"],"extra":{"accessKeyId":["$3"],"arn":["arn:aws:sts::$2:$4"]}}"#,
        &[user, ACCOUNT, key, arn],
    )
}

struct Log {
    rng: Rng,
    lines: Vec<Line>,
}

impl Log {
    fn push(&mut self, time: u64, call: &Call<'_>) {
        let Call { user, address, agent, verb, resource, name, status } = *call;
        let (kind, sub) = resource.split_once('/').unwrap_or((resource, ""));
        let group = match kind {
            "deployments" => "apps",
            "clusterrolebindings" => "rbac.authorization.k8s.io",
            _ => "",
        };
        let begin = iso(time);
        let begin = begin.trim_end_matches('Z');
        let path = fill(
            "/$1/namespaces/prod/$2$3",
            &[
                if group.is_empty() { "api/v1" } else { "apis" },
                kind,
                &if name.is_empty() { String::new() } else { format!("/{name}") },
            ],
        );
        let mut text = fill(
            r#"$1.207Z {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"$2","stage":"ResponseComplete","requestURI":"$3","verb":"$4","user":$5,"sourceIPs":["$6"],"userAgent":"$7","#,
            &[begin, &guid(&mut self.rng), &path, verb, user, address, agent],
        );
        text += &fill(
            r#""objectRef":{"resource":"$1","namespace":"prod"$2$3,"apiVersion":"v1"},"responseStatus":{"metadata":{},"code":$4},"requestReceivedTimestamp":"$5.201340Z","stageTimestamp":"$5.206911Z","#,
            &[
                kind,
                &if name.is_empty() { String::new() } else { format!(r#","name":"{name}""#) },
                &if sub.is_empty() { String::new() } else { format!(r#","subresource":"{sub}""#) },
                &status.to_string(),
                begin,
            ],
        );
        let decision = if status == 403 { "forbid" } else { "allow" };
        text += &fill(
            r#""annotations":{"authorization.k8s.io/decision":"$1","authorization.k8s.io/reason":""}}"#,
            &[decision],
        );
        self.lines.push(Line { time, text });
    }
}
