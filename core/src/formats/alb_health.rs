//! Health check logs of Application Load Balancers: one line per check of a target, space-separated, no header.
//!
//! Lines have 8 or 10 fields; a dash may stand behind the last one, so 9 are read too. Not these: the requests to the
//! targets (`alb`), which `target_ip` and `target_port` join.
//!
//! Decisions: a target is an address with a port, or the ARN of a Lambda function, which has neither: `target_addr`
//! keeps what the log has.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        Parsed, TokenField, Tokens,
        cells::{self, duration, status, text, timestamp},
        whole,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Health check logs of Application Load Balancers.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    counts: &[8, 9, 10],
    is: is_line,
    what: "have a protocol, a time, a latency, a target and PASS or FAIL",
    time: &["time"],
    summary,
    sources: &["alb_health_check_logs"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

/// In the order of the line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    TokenField::new("type", Kind::Text, Role::Dimension, text)
        .aliases(&["network.protocol"])
        .doc("protocol of the check: http, https, h2, grpc, lambda"),
    TokenField::new("time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["timestamp", "event.end"])
        .doc("when the check ended"),
    TokenField::new("latency", Kind::Float, Role::Measure, duration).unit(Unit::Seconds).doc("how long the check took"),
    TokenField::new("target_addr", Kind::Text, Role::Dimension, text).doc("the target: address and port, or a Lambda function's ARN"),
    TokenField::again("target_ip", Kind::Ip, Role::Dimension, target_ip)
        .aliases(&["destination.ip"])
        .doc("address of the target, as access logs have it"),
    TokenField::again("target_port", Kind::Int, Role::Dimension, target_port)
        .aliases(&["destination.port"])
        .doc("port of the target"),
    TokenField::new("target_group_id", Kind::Text, Role::Dimension, text).aliases(&["target_group"]).doc("name of the target group"),
    TokenField::new("status", Kind::Text, Role::Status, text).doc("PASS or FAIL"),
    TokenField::new("status_code", Kind::Int, Role::Status, status)
        .aliases(&["http.response.status_code"])
        .doc("status of the target's answer; none if it gave none"),
    TokenField::new("reason_code", Kind::Text, Role::Status, text)
        .aliases(&["event.reason", "error.code"])
        .doc("why the check failed: TimedOut, ConnectionReset, ResponseCodeMismatch, TargetError"),
    TokenField::new("elb", Kind::Text, Role::Dimension, text)
        .aliases(&["load_balancer", "observer.name"])
        .doc("the load balancer: app, its name, its id"),
    TokenField::new("ip_address", Kind::Ip, Role::Dimension, text)
        .aliases(&["source.ip"])
        .doc("address of the load balancer's node that checked"),
    // Computed.
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME).doc("success of PASS, failure of FAIL"),
];

static OUTCOME: Computed = Computed {
    from: &["status"],
    value: |cells, _| {
        Cell::Text(match cells.first() {
            Some(Cell::Text(b"PASS")) => b"success",
            Some(Cell::Text(b"FAIL")) => b"failure",
            _ => b"unknown",
        })
    },
};

/// The address of `address:port`; an ARN has none.
fn target_ip(input: &[u8]) -> Parsed<'_> {
    if input.starts_with(b"arn:") { Ok((b"", Cell::Null)) } else { cells::host(input) }
}

/// The port of `address:port`; an ARN has none.
fn target_port(input: &[u8]) -> Parsed<'_> {
    if input.starts_with(b"arn:") { Ok((b"", Cell::Null)) } else { cells::port(input) }
}

const META: Meta = Meta {
    id: "alb_health",
    family: Family::Web,
    title: "Application Load Balancer health check logs",
    summary: "Checks of an Application Load Balancer's targets, one record per check.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/elasticloadbalancing/{region}/{yyyy}/{mm}/{dd}/health_check_log_{account}_elasticloadbalancing_{region}_app.{name}.{id}_{end}_{node-ip}_{random}.log.gz",
    versions: "8 to 10 fields (2025 to today), as S3 objects have them",
    not_read: "the JSON, W3C and Parquet forms of vended logs, whose names of fields are not documented",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it; the lines are split at spaces"),
    insights: InsightsLog {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Targets that fail their checks, and why",
        "filter status = \"FAIL\"\n| stats count(*) as failed, min(@timestamp) as first, max(@timestamp) as last by target_group_id, target_addr, reason_code, status_code\n| sort failed desc",
    ),
    ask("Checks over time by outcome", "stats count(*) as checks by bin(5m), target_group_id, event.outcome"),
    ask(
        "Slowest targets",
        "stats avg(latency) as mean, max(latency) as slowest, count(*) as checks by target_group_id, target_addr | sort slowest desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "health_check_log_111122223333_elasticloadbalancing_eu-central-1_app.shop.50dc6c495c0c9188_20260305T0135Z_192.0.2.30_3k2j1h4g.log",
    content: crate::sample!("alb_health.log"),
    rows: 8,
    rejected: 3,
}];

/// Enough of a line to be no other log's: access logs, which begin alike, have a load balancer where this has a latency.
fn is_line(line: &[u8]) -> bool {
    if !line.first().is_some_and(u8::is_ascii_lowercase) {
        return false;
    }
    let mut tokens = Tokens::default();
    tokens.split(line, b' ', 8);
    let token = |i: usize| tokens.get(line, i).unwrap_or_default().1;
    tokens.len() == 8
        && token(0).iter().all(u8::is_ascii_alphanumeric)
        && whole(timestamp, token(1)).is_some()
        && (token(2) == b"-" || whole(duration, token(2)).is_some())
        && token(3).contains(&b':')
        && matches!(token(5), b"PASS" | b"FAIL")
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{status|=check}**[ **{reason_code}**][ {status_code}][ {target_addr}][ of {target_group_id}]\
         [ in {s:latency}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_logs_are_not_claimed() {
        let own = "http 2025-10-31T12:44:58.901409Z 1.121980746 10.0.31.9:80 shop FAIL 502 TargetError";
        assert!(is_line(own.as_bytes()));
        for line in [
            own.replace("1.121980746", "app/shop/50dc6c495c0c9188"),
            own.replace("FAIL", "-1"),
            own.replace("10.0.31.9:80", "-"),
            own.replace("http ", "HTTP "),
            own.replace("T12", " 12"),
            own.replace(" TargetError", ""),
            String::new(),
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn targets_are_addresses_or_functions() {
        let text = |text: &'static str| Cell::Text(text.as_bytes());
        for (target, ip, port) in [
            ("10.0.31.9:80", text("10.0.31.9"), Cell::Int(80)),
            ("2001:db8::9:8080", text("2001:db8::9"), Cell::Int(8080)),
            ("[2001:db8::9]:8080", text("2001:db8::9"), Cell::Int(8080)),
            ("arn:aws:lambda:eu-central-1:111122223333:function:shop", Cell::Null, Cell::Null),
        ] {
            let found = (whole(target_ip, target.as_bytes()), whole(target_port, target.as_bytes()));
            assert_eq!(found, (Some(ip), Some(port)), "{target}");
        }
    }
}
