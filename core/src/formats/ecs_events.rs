//! Events of Amazon ECS, as EventBridge delivers them: state changes of tasks, container instances and deployments, and
//! actions of services.
//!
//! Not these: calls of the ECS API (CloudTrail), logs of containers, the vended ACTION_LOGS of a cluster.
//!
//! Decisions: the whole event is the record, as the service that acted stands in its `resources` and not in its `detail`.
//! Columns have the detail's names with and without `detail.`. Delivery is at least once and in no order: the same task
//! with the same `version` is the same event, and a higher version is newer. A task has several containers: names, images,
//! exit codes and reasons have several values.

use super::{
    Family, Fault, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::json::{self, Json, JsonField, JsonRow},
    field::sentence::tell_with,
};
use crate::formats::field::json::{text, time};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, RowWriter};

/// Events of Amazon ECS.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["detail-type", "source", "detail"],
    is: |marks| {
        marks.get(1).is("aws.ecs") && marks.get(0).text().is_some_and(|kind| kind.starts_with(b"ECS "))
    },
    what: "are events of aws.ecs",
    time: &["time"],
    extra: &[CONTAINERS, "detail.stopCode", "detail.eventType", "detail.agentConnected", "detail.lastStatus"],
    derived: &["event.outcome"],
    derive,
    summary,
    identity: &["detail.taskArn", "detail.version"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

/// The list of a task's containers.
const CONTAINERS: &str = "detail.containers";

static FIELDS: &[JsonField] = &[
    time("time").aliases(&["event.created"]).doc("when the event was sent, in seconds"),
    text("detail-type", Role::Dimension)
        .aliases(&["detailType", "detail_type", "event.action"])
        .doc("kind of event: ECS Task State Change, ECS Service Action and others"),
    text("detail.eventName", Role::Dimension)
        .aliases(&["eventName", "event.code"])
        .doc("what a service or deployment did: SERVICE_TASK_PLACEMENT_FAILURE, SERVICE_STEADY_STATE and others"),
    text("detail.eventType", Role::Status)
        .aliases(&["eventType", "log.level"])
        .doc("INFO, WARN or ERROR, of services and deployments"),
    JsonField::derived("event.outcome", Kind::Text, Role::Status)
        .made()
        .doc("failure of a task that did not start, of an exit code other than 0, of an event of type ERROR, of an agent that is gone"),
    text("detail.clusterArn", Role::Dimension)
        .aliases(&["clusterArn", "orchestrator.cluster.id"])
        .doc("the cluster"),
    text("resource", Role::Dimension)
        .also(&["resources.0"])
        .made()
        .doc("ARN of what it is about: the task, the service or the container instance"),
    JsonField::computed("service.name", Kind::Text, Role::Dimension, &SERVICE)
        .doc("the service, from the task's group or the service's ARN"),
    text("detail.group", Role::Dimension)
        .aliases(&["group"])
        .doc("the task's group: service: or family: and a name"),
    text("detail.taskArn", Role::Identifier).aliases(&["taskArn"]).doc("the task"),
    text("detail.taskDefinitionArn", Role::Dimension)
        .aliases(&["taskDefinitionArn"])
        .doc("the definition that the task runs"),
    text("detail.lastStatus", Role::Status)
        .aliases(&["lastStatus"])
        .doc("where the task is: PROVISIONING, PENDING, RUNNING, STOPPED and others"),
    text("detail.desiredStatus", Role::Dimension).aliases(&["desiredStatus"]).doc("where it should be"),
    text("detail.stopCode", Role::Status)
        .aliases(&["stopCode", "error.code"])
        .doc("why a task stopped: TaskFailedToStart, EssentialContainerExited, UserInitiated and others"),
    text("detail.stoppedReason", Role::Identifier).aliases(&["stoppedReason", "error.message"]).doc("the same in a sentence"),
    text("detail.reason", Role::Dimension)
        .aliases(&["reason", "event.reason"])
        .doc("why a service or deployment did it: RESOURCE:CPU, or a sentence"),
    text("container.name", Role::Dimension)
        .also(&["detail.containers.0.name"])
        .each(CONTAINERS)
        .made()
        .doc("the task's containers"),
    text("container.image.name", Role::Dimension)
        .also(&["detail.containers.0.image"])
        .each(CONTAINERS)
        .made()
        .doc("their images"),
    text("container.image.hash.all", Role::Identifier)
        .also(&["detail.containers.0.imageDigest"])
        .each(CONTAINERS)
        .aliases(&["imageDigest"])
        .made()
        .doc("digests of the images"),
    text("container.id", Role::Identifier)
        .also(&["detail.containers.0.runtimeId"])
        .each(CONTAINERS)
        .made()
        .doc("their ids in the runtime"),
    JsonField::new("exitCode", Kind::Int, Role::Status)
        .also(&["detail.containers.0.exitCode"])
        .each(CONTAINERS)
        .aliases(&["process.exit_code"])
        .made()
        .doc("exit codes of those that ended"),
    text("containerReason", Role::Identifier)
        .also(&["detail.containers.0.reason"])
        .each(CONTAINERS)
        .made()
        .doc("why they ended or did not start, such as OutOfMemoryError and CannotPullContainerError"),
    JsonField::new("host.ip", Kind::Ip, Role::Dimension)
        .also(&["detail.containers.0.networkInterfaces.0.privateIpv4Address"])
        .made()
        .doc("private address of a task that has an interface of its own"),
    text("detail.launchType", Role::Dimension).aliases(&["launchType"]).doc("FARGATE, EC2 or EXTERNAL"),
    text("detail.platformVersion", Role::Dimension).aliases(&["platformVersion"]).doc("version of Fargate's platform"),
    text("detail.availabilityZone", Role::Dimension)
        .aliases(&["availabilityZone", "cloud.availability_zone"])
        .doc("the zone in which the task runs"),
    JsonField::new("detail.cpu", Kind::Int, Role::Measure).aliases(&["cpu"]).doc("the task's units of CPU, 1024 to a core"),
    JsonField::new("detail.memory", Kind::Int, Role::Measure).aliases(&["memory"]).doc("the task's memory in MiB"),
    text("detail.startedBy", Role::Identifier)
        .aliases(&["startedBy"])
        .doc("who started the task: a deployment, or what the caller gave"),
    time("detail.createdAt").aliases(&["createdAt"]).doc("when the task was created, or the service acted"),
    time("detail.startedAt").aliases(&["startedAt", "event.start"]).doc("when the task was running"),
    time("detail.stoppedAt").aliases(&["stoppedAt", "event.end"]).doc("when it was stopped"),
    time("detail.updatedAt").aliases(&["updatedAt"]).doc("when this version came to be"),
    JsonField::new("detail.version", Kind::Int, Role::Identifier)
        .doc("counts the changes of the task or instance; the highest is the newest"),
    text("detail.containerInstanceArn", Role::Dimension)
        .aliases(&["containerInstanceArn"])
        .doc("the instance of the cluster"),
    text("detail.ec2InstanceId", Role::Dimension)
        .aliases(&["ec2InstanceId", "cloud.instance.id"])
        .doc("the EC2 instance that it is"),
    text("detail.status", Role::Status).aliases(&["status"]).doc("state of the instance: ACTIVE, DRAINING and others"),
    JsonField::new("detail.agentConnected", Kind::Bool, Role::Status)
        .aliases(&["agentConnected"])
        .doc("whether the instance's agent is connected"),
    text("detail.versionInfo.agentVersion", Role::Dimension)
        .aliases(&["agentVersion", "agent.version"])
        .doc("version of that agent"),
    text("detail.deploymentId", Role::Identifier).aliases(&["deploymentId"]).doc("the deployment"),
    text("account", Role::Dimension)
        .aliases(&["cloud.account.id", "accountId"])
        .doc("the account of the cluster"),
    text("region", Role::Dimension).aliases(&["cloud.region"]).doc("the region of the cluster"),
    text("id", Role::Identifier).aliases(&["event.id"]).doc("the event's id"),
    text("source", Role::Dimension).aliases(&["event.provider"]).doc("aws.ecs"),
];

static SERVICE: Computed = Computed { from: &["detail.group", "resource"], value: service };

/// The outcome, which several containers have a part in.
fn derive(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    let is = |i: usize, word: &str| read.extra(i).is(word);
    let (mut ended, mut failed) = (false, false);
    if let Json::Array(containers) = read.extra(0) {
        json::each(containers, |container| {
            let mut code = Vec::new();
            if let Json::Object(text) = container
                && json::extract(text, "exitCode", &mut code)
            {
                ended = true;
                failed |= code != b"0";
            }
            true
        });
    }
    let outcome = match () {
        () if failed || is(1, "TaskFailedToStart") || is(2, "ERROR") => "failure",
        () if matches!(read.extra(3), Json::Bool(false)) => "failure",
        () if ended || is(2, "INFO") || is(4, "RUNNING") => "success",
        () => "unknown",
    };
    if let [place] = places {
        row.set(*place, Cell::Text(outcome.as_bytes()));
    }
    Ok(())
}

fn service<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let [group, resource] = cells else { return Cell::Null };
    if let Cell::Text(group) = group
        && let Some(name) = group.strip_prefix(b"service:")
    {
        return Cell::Text(name);
    }
    let Cell::Text(arn) = resource else { return Cell::Null };
    let Some(at) = memchr::memmem::find(arn, b":service/") else { return Cell::Null };
    let name = arn.rsplit(|b| *b == b'/').next().filter(|name| !name.is_empty());
    if at > 0 { name.map_or(Cell::Null, Cell::Text) } else { Cell::Null }
}

const META: Meta = Meta {
    id: "ecs_events",
    family: Family::Compute,
    title: "Amazon ECS events",
    summary: "State changes of tasks, container instances, services and deployments.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html",
    read_on: "2026-11-26",
    key_shape: "/aws/events/ecs/containerinsights/{cluster}/performance, or the log group of an EventBridge rule",
    versions: "all events of aws.ecs in EventBridge's envelope, EC2 and Fargate",
    not_read: "the ACTION_LOGS of a cluster, logs of containers",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as an EventBridge rule decides where events go"),
    insights: InsightsLog { group: "the log group of the EventBridge rule", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Why tasks stopped",
        "filter lastStatus = \"STOPPED\" | stats count(*) as tasks, latest(stoppedReason) as reason by service.name, stopCode, exitCode | sort tasks desc",
    ),
    ask(
        "What services and deployments failed at",
        "filter eventType in [\"ERROR\", \"WARN\"] | stats count(*) as events, latest(reason) as why by service.name, eventName | sort events desc",
    ),
    ask(
        "Each task's story: its newest version",
        "filter ispresent(taskArn) | sort detail.version asc | stats max(detail.version) as version, earliest(@timestamp) as first, latest(lastStatus) as status, latest(stoppedReason) as reason by taskArn, service.name | sort first desc",
    ),
    ask(
        "Images that ran, by who started them",
        "filter lastStatus = \"RUNNING\" | stats count_distinct(taskArn) as tasks, earliest(@timestamp) as first by container.image.name, startedBy | sort first desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "ecs-1-2026-03-05-01-30-00-8edab1f8-7d34-4a8e-a965-15ccbbb78d4c",
    content: crate::sample!("ecs_events.ndjson"),
    rows: 10,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    let own = |name: &str| {
        let kind = row.show("detail-type");
        (name == "kind").then(|| kind.trim_start_matches("ECS ").trim_end_matches(" State Change").to_owned())
    };
    tell_with(
        row,
        "[{?event.outcome=failure}**failed** ][{kind} ]\
         **{detail.lastStatus|detail.eventName|detail.status|=event}**[, {service.name}||, {name:resource}]\
         [: {detail.stoppedReason|detail.reason}][, exit code {exitCode}]",
        &own,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_failed_if_any_container_did() {
        for (detail, outcome, service, codes) in [
            (
                r#""containers":[{"exitCode":0},{"exitCode":137}],"group":"service:web""#,
                "failure",
                "web",
                "0, 137",
            ),
            (r#""containers":[{"exitCode":0},{"name":"x"}],"lastStatus":"STOPPED""#, "success", "", "0"),
            (r#""containers":[{"exitCode":-1}]"#, "failure", "", "-1"),
            (r#""stopCode":"TaskFailedToStart","containers":[]"#, "failure", "", ""),
            (r#""stopCode":"UserInitiated","containers":[{}]"#, "unknown", "", ""),
            (r#""eventType":"WARN""#, "unknown", "", ""),
            (r#""agentConnected":false"#, "failure", "", ""),
            (r#""group":"family:x","lastStatus":"RUNNING""#, "success", "", ""),
        ] {
            let event = format!(
                r#"{{"detail-type":"ECS x","source":"aws.ecs","time":"2026-03-05T01:30:00Z","resources":["arn:aws:ecs:x:1:task/a/b"],"detail":{{{detail}}}}}"#
            );
            let (rows, _) =
                super::super::trial::read(&LOG, &event, &["event.outcome", "service.name", "exitCode"]);
            assert_eq!(rows, [[outcome, service, codes]], "{detail}");
        }
        for (arn, name) in [
            ("arn:aws:ecs:x:1:service/web", "web"),
            ("arn:aws:ecs:x:1:service/shop/web", "web"),
            ("arn:aws:ecs:x:1:service/", ""),
            ("arn:aws:ecs:x:1:container-instance/service/x", ""),
        ] {
            let event = format!(
                r#"{{"detail-type":"ECS x","source":"aws.ecs","time":"2026-03-05T01:30:00Z","resources":["{arn}"],"detail":{{}}}}"#
            );
            assert_eq!(super::super::trial::read(&LOG, &event, &["service.name"]).0, [[name]], "{arn}");
        }
    }
}
