//! What findings tell of instances, containers, clusters, databases, processes and threats: columns that only some
//! types of findings have. They stand behind those of the table in the file above.

use std::collections::HashSet;

use crate::formats::field::json::int;
use crate::formats::field::{
    flow,
    json::{self, Json, JsonField, JsonRow, Reader},
};
use logloupe_table::{Cell, Computed, Kind, Role, RowWriter};

use super::text;

/// Where the details of a container stand, the first one of several.
macro_rules! container {
    ($member:literal) => {
        &[
            concat!("resource.containerDetails.", $member),
            concat!("resource.kubernetesDetails.kubernetesWorkloadDetails.containers.0.", $member),
            concat!("resource.ecsClusterDetails.taskDetails.containers.0.", $member),
        ]
    };
}

pub(super) static DETAILS: &[JsonField] = &[
    JsonField::derived(THREAT, Kind::Text, Role::Dimension)
        .aliases(&["threatName", "threat.name"])
        .each("threats")
        .made()
        .doc("names of the threats, from lists of threats and from scans for malware"),
    JsonField::derived(FEED, Kind::Text, Role::Dimension)
        .aliases(&["threatListName"])
        .each("feeds")
        .made()
        .doc("the lists of threats that the finding rests on"),
    text("resource.instanceDetails.imageId", Role::Dimension).doc("the instance's image"),
    text("resource.instanceDetails.imageDescription", Role::Dimension).doc("that image in words"),
    text("resource.instanceDetails.platform", Role::Dimension)
        .aliases(&["host.os.platform"])
        .doc("the instance's platform: windows, or none"),
    text("resource.instanceDetails.instanceState", Role::Status)
        .doc("the instance's state: running, stopped"),
    JsonField::new("resource.instanceDetails.launchTime", Kind::Time, Role::Timestamp)
        .doc("when the instance was launched"),
    text("resource.instanceDetails.iamInstanceProfile.arn", Role::Dimension)
        .doc("ARN of the instance's profile, which holds its role"),
    text("resource.instanceDetails.networkInterfaces.0.vpcId", Role::Dimension)
        .aliases(&["vpcId"])
        .doc("the VPC of the instance's first interface"),
    text("resource.instanceDetails.networkInterfaces.0.subnetId", Role::Dimension)
        .aliases(&["subnetId"])
        .doc("the subnet of that interface"),
    text("resource.instanceDetails.networkInterfaces.0.publicDnsName", Role::Dimension)
        .doc("that interface's public name"),
    text("resource.instanceDetails.networkInterfaces.0.privateDnsName", Role::Dimension)
        .doc("that interface's private name"),
    text("resource.instanceDetails.networkInterfaces.0.securityGroups", Role::Identifier)
        .doc("that interface's security groups, a list of JSON"),
    text("container.id", Role::Dimension)
        .also(container!("id"))
        .made()
        .doc("id of the container, of several the first"),
    text("container.name", Role::Dimension).also(container!("name")).made().doc("name of that container"),
    text("container.image.name", Role::Dimension)
        .also(container!("image"))
        .made()
        .doc("image of that container, with its tag"),
    text("container.runtime", Role::Dimension)
        .also(container!("containerRuntime"))
        .made()
        .doc("what runs that container: containerd, docker"),
    text("orchestrator.cluster.name", Role::Dimension)
        .also(&["resource.eksClusterDetails.name", "resource.ecsClusterDetails.name"])
        .made()
        .doc("name of the EKS or ECS cluster"),
    text("orchestrator.cluster.id", Role::Dimension)
        .also(&["resource.eksClusterDetails.arn", "resource.ecsClusterDetails.arn"])
        .made()
        .doc("ARN of that cluster"),
    text("orchestrator.namespace", Role::Dimension)
        .also(&[
            "resource.kubernetesDetails.kubernetesWorkloadDetails.namespace",
            "service.action.kubernetesApiCallAction.namespace",
        ])
        .made()
        .doc("the Kubernetes namespace of the workload, or that of the call"),
    text("orchestrator.resource.name", Role::Dimension)
        .also(&[
            "resource.kubernetesDetails.kubernetesWorkloadDetails.name",
            "service.action.kubernetesApiCallAction.resourceName",
        ])
        .made()
        .doc("name of the Kubernetes workload, or of what was called"),
    text("orchestrator.resource.type", Role::Dimension)
        .also(&[
            "resource.kubernetesDetails.kubernetesWorkloadDetails.type",
            "service.action.kubernetesApiCallAction.resource",
        ])
        .made()
        .doc("kind of that workload or resource: pods, deployments"),
    text("resource.kubernetesDetails.kubernetesUserDetails.username", Role::Dimension)
        .doc("the Kubernetes user who acted"),
    text("resource.kubernetesDetails.kubernetesUserDetails.uid", Role::Dimension)
        .doc("unique id of that user"),
    text("resource.kubernetesDetails.kubernetesUserDetails.groups", Role::Dimension)
        .doc("groups of that user, a list of JSON"),
    text("resource.kubernetesDetails.kubernetesUserDetails.sessionName", Role::Dimension)
        .doc("names of that user's session, a list of JSON"),
    text("service.action.kubernetesApiCallAction.verb", Role::Dimension)
        .aliases(&["http.request.method"])
        .doc("method of the call to the Kubernetes API"),
    text("service.action.kubernetesApiCallAction.requestUri", Role::Identifier)
        .aliases(&["url.original"])
        .doc("URI of that call"),
    int("service.action.kubernetesApiCallAction.statusCode", Role::Status)
        .aliases(&["http.response.status_code"])
        .doc("status of its response"),
    text("user_agent.original", Role::Dimension)
        .also(&[
            "service.action.awsApiCallAction.userAgent",
            "service.action.kubernetesApiCallAction.userAgent",
        ])
        .made()
        .doc("the agent through which an API was called"),
    text("service.action.awsApiCallAction.remoteAccountDetails.accountId", Role::Dimension)
        .doc("the account that called, where it is another one"),
    text("resource.rdsDbUserDetails.user", Role::Dimension).doc("the database's user who acted"),
    text("resource.rdsDbUserDetails.database", Role::Dimension).doc("the database that the user wanted"),
    text("resource.rdsDbUserDetails.application", Role::Dimension)
        .doc("the application that the user came with"),
    text("resource.rdsDbUserDetails.authMethod", Role::Dimension)
        .doc("how the database authenticates the user"),
    text("resource.rdsDbUserDetails.ssl", Role::Dimension)
        .doc("version of TLS of the connection to the database"),
    text("resource.rdsDbInstanceDetails.engine", Role::Dimension).doc("the database's engine"),
    text("resource.rdsDbInstanceDetails.engineVersion", Role::Dimension).doc("version of that engine"),
    text("resource.rdsDbInstanceDetails.dbClusterIdentifier", Role::Dimension)
        .doc("the cluster of the database instance"),
    int("service.action.rdsLoginAttemptAction.loginAttributes.0.failedLoginAttempts", Role::Measure)
        .doc("how often the user failed to log in to the database"),
    int("service.action.rdsLoginAttemptAction.loginAttributes.0.successfulLoginAttempts", Role::Measure)
        .doc("how often the user logged in to the database"),
    text("resource.lambdaDetails.functionName", Role::Dimension)
        .aliases(&["faas.name"])
        .doc("the Lambda function"),
    text("resource.lambdaDetails.functionVersion", Role::Dimension)
        .aliases(&["faas.version"])
        .doc("version of that function"),
    text("service.runtimeDetails.process.name", Role::Dimension)
        .aliases(&["process.name"])
        .doc("the process that was seen"),
    text("service.runtimeDetails.process.executablePath", Role::Dimension)
        .aliases(&["process.executable"])
        .doc("path of its executable"),
    text("service.runtimeDetails.process.executableSha256", Role::Dimension)
        .aliases(&["process.hash.sha256"])
        .doc("SHA-256 of its executable"),
    int("service.runtimeDetails.process.pid", Role::Identifier)
        .aliases(&["process.pid"])
        .doc("number of the process"),
    text("service.runtimeDetails.process.pwd", Role::Dimension)
        .aliases(&["process.working_directory"])
        .doc("directory in which it runs"),
    text("service.runtimeDetails.process.user", Role::Dimension)
        .aliases(&["process.user.name"])
        .doc("user as whom it runs"),
    JsonField::computed("network.transport", Kind::Text, Role::Dimension, &TRANSPORT)
        .doc("protocol of the connection or of the DNS request in small letters: tcp, udp"),
    JsonField::computed("network.direction", Kind::Text, Role::Dimension, &DIRECTION)
        .doc("direction of the connection in small letters: inbound, outbound, unknown"),
];

static TRANSPORT: Computed =
    Computed { from: &["service.action.networkConnectionAction.protocol"], value: flow::small_letters };
static DIRECTION: Computed = Computed {
    from: &["service.action.networkConnectionAction.connectionDirection"],
    value: flow::small_letters,
};

const THREAT: &str = "threat.indicator.name";
const FEED: &str = "threat.feed.name";

/// Paths that are read for names of threats: single ones and lists.
pub(super) const THREATS: [&str; 5] = [
    "service.additionalInfo.threatName",
    "service.additionalInfo.threatListName",
    "service.evidence.threatIntelligenceDetails",
    "service.ebsVolumeScanDetails.scanDetections.threatDetectedByName.threatNames",
    "service.malwareScanDetails.threats",
];

/// Members of the items of these lists, as exports and as the API spell them: list, names, name.
const MEMBERS: &[&str] = &["threatListName", "ThreatListName", "threatNames", "ThreatNames", "name", "Name"];

/// Gathers the names of threats.
#[derive(Debug)]
pub(super) struct Threats {
    item: Reader,
    threat: usize,
    feed: usize,
    names: Names,
    feeds: Names,
}

impl Threats {
    /// `column` tells the place of a column.
    pub(super) fn new(column: impl Fn(&str) -> usize) -> Threats {
        let (threat, feed) = (column(THREAT), column(FEED));
        Threats { item: Reader::new(MEMBERS), threat, feed, names: Names::default(), feeds: Names::default() }
    }
    /// Writes the columns of the finding that was read, whose values at [`THREATS`] are the extra ones from `first` on.
    pub(super) fn write(&mut self, read: &JsonRow<'_>, first: usize, row: &mut RowWriter<'_>) {
        let Threats { item, names, feeds, .. } = self;
        (*names, *feeds) = Default::default();
        names.append(read.extra(first));
        feeds.append(read.extra(first + 1));
        for list in (first + 2..first + THREATS.len()).map(|i| read.extra(i)) {
            let Json::Array(list) = list else { continue };
            json::each(list, |value| {
                if let Json::Object(object) = value
                    && let Ok(values) = item.read(object)
                {
                    [0, 1].into_iter().for_each(|i| feeds.append(values.get(i)));
                    for list in [2, 3].map(|i| values.get(i)) {
                        let Json::Array(list) = list else { continue };
                        json::each(list, |name| {
                            names.append(name);
                            true
                        });
                    }
                    [4, 5].into_iter().for_each(|i| names.append(values.get(i)));
                }
                true
            });
        }
        for (column, names) in [(self.threat, &self.names), (self.feed, &self.feeds)] {
            row.set_each(column, names.list.iter().map(|name| Cell::Text(name)));
        }
    }
}

/// Names, each once, in order of appearance.
#[derive(Debug, Default)]
struct Names {
    list: Vec<Vec<u8>>,
    known: HashSet<Vec<u8>>,
}

impl Names {
    /// Adds a text; anything else is no name.
    fn append(&mut self, value: Json<'_>) {
        if !matches!(value, Json::Plain(_) | Json::Escaped(_)) {
            return;
        }
        let Some(name) = value.text() else { return };
        if self.known.insert(name.to_vec()) {
            self.list.push(name.into_owned());
        }
    }
}
