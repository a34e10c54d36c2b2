//! The sample incident: one week of eleven logs of one small company, an intruder among its ordinary traffic.
//!
//! | module | says |
//! |---|---|
//! | `event` | how one CloudTrail event is written, and who may call |
//! | `routine` | the company's ordinary API calls |
//! | `attack` | the intruder's API calls, and the clean-up |
//! | `flow` | VPC flow logs: routine, scan, transfer |
//! | `balancer` | ALB access logs: routine, outage, password guessing |
//! | `edge` | CloudFront logs: routine, scan |
//! | `firewall` | AWS WAF logs of the same |
//! | `bucket` | S3 server access logs of the bucket that is copied |
//! | `names` | Resolver query logs: routine, mining pool, data in names |
//! | `findings` | what GuardDuty makes of it |
//! | `items` | AWS Config: what was changed, before and after |
//! | `function` | a Lambda function's lines |
//! | `cluster` | Kubernetes audit events of an EKS cluster |
//! | `digests` | CloudTrail's digests of its files, one of which was altered |
//!
//! Here: the week's rhythm, and the wrapping of records into files. AWS delivers every five minutes or so; the sample
//! gathers four to eight hours into one file, so that a page can load it with one click.

mod attack;
mod balancer;
mod bucket;
mod cluster;
mod digests;
mod edge;
mod event;
mod findings;
mod firewall;
mod flow;
mod function;
mod items;
mod names;
mod routine;

use crate::SampleFile;
use crate::cast::{ACCOUNT, DAYS, DISTRIBUTION, FIRST_SECOND, HOME_REGION, LOAD_BALANCER, PUBLIC_NODES, VPC};
use crate::gzip;
use crate::rng::Rng;
use crate::text::{DAY, base64, capitals, civil, compact, folder, hex, seconds_name};

/// The files of the incident, in the order of their paths: about 9,000 events, a few of them broken on purpose.
pub fn incident() -> Vec<SampleFile> {
    let mut files = Vec::new();
    trail_files(&mut files);
    flow_files(&mut files);
    balancer_files(&mut files);
    let edge = edge::record();
    firewall_files(firewall::record(&edge), &mut files);
    edge_files(edge, &mut files);
    bucket_files(&mut files);
    names_files(&mut files);
    finding_files(&mut files);
    item_files(&mut files);
    group_files(&mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

const HOUR: u64 = 3_600;

/// The second at which day 2 … 8 of March 2026 reached this hour, minute and second.
const fn at(day: u64, hour: u64, minute: u64, second: u64) -> u64 {
    FIRST_SECOND + (day - 2) * DAY + hour * HOUR + minute * 60 + second
}

/// Calls `each` for the start of every hour of the week, with how busy that hour is in per cent of the busiest.
fn every_hour(mut each: impl FnMut(u64, u32)) {
    // People on the east coast of America; the clock here is UTC.
    const DAYTIME: [u32; 24] =
        [34, 26, 18, 12, 9, 8, 8, 9, 10, 12, 18, 34, 58, 80, 92, 97, 88, 94, 100, 98, 86, 70, 56, 44];
    for hour in 0..DAYS * 24 {
        let weekend = hour / 24 >= 5;
        let busy = DAYTIME[(hour % 24) as usize];
        each(FIRST_SECOND + hour * HOUR, if weekend { busy * 35 / 100 } else { busy });
    }
}

/// `base` things scaled by how busy the hour is, some more or less; never none when `base` is large.
fn scaled(rng: &mut Rng, base: u32, busy: u32) -> u32 {
    let mean = base * busy;
    let spread = mean / 4 + 50;
    (mean + rng.below(2 * spread)).saturating_sub(spread) / 100 + u32::from(rng.chance(mean % 100 * 3))
}

/// One record and the second at which it happened.
struct Line {
    time: u64,
    text: String,
}

/// Sorts lines by time and hands them out window by window, empty windows left out.
fn windows(mut lines: Vec<Line>, hours: u64, each: &mut dyn FnMut(u64, &[Line])) {
    lines.sort_by_key(|line| line.time); // stable: equal seconds keep the order of their making
    let window = |line: &Line| (line.time - FIRST_SECOND) / (hours * HOUR);
    for chunk in lines.chunk_by(|a, b| window(a) == window(b)) {
        each(FIRST_SECOND + window(&chunk[0]) * hours * HOUR, chunk);
    }
}

fn joined(header: &str, lines: &[Line]) -> String {
    let mut text =
        String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum::<usize>() + header.len());
    text.push_str(header);
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

fn trail_files(files: &mut Vec<SampleFile>) {
    let mut trail = event::Trail::new();
    routine::record(&mut trail);
    attack::record(&mut trail);
    let mut rng = Rng::new(11);
    let mut delivered_files = Vec::new();
    for (region, lines) in trail.into_regions() {
        let hours = if region == HOME_REGION { 4 } else { 24 };
        let mut again: Vec<String> = Vec::new(); // delivered once more with the next file
        windows(lines, hours, &mut |start, lines| {
            let mut records: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
            records.extend(again.iter().map(String::as_str));
            let text = format!("{{\"Records\":[{}]}}", records.join(","));
            let delivered = start + hours * HOUR + 300;
            let path = format!(
                "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{}/{ACCOUNT}_CloudTrail_{region}_{}_{}.json.gz",
                folder(delivered),
                compact(delivered),
                base64(&mut rng, 16).replace(['-', '_'], "x"),
            );
            delivered_files.push(digests::Delivered {
                region,
                path: path.clone(),
                at: delivered,
                first: lines.first().map_or(start, |line| line.time),
                last: lines.last().map_or(start, |line| line.time),
                hash: digests::hash(text.as_bytes()),
            });
            let stored = match start == ALTERED && region == HOME_REGION {
                true => text.replace(TAKEN_OUT.0, TAKEN_OUT.1),
                false => text,
            };
            files.push(SampleFile { path, bytes: gzip::member(stored.as_bytes()) });
            // Only AWS's own calls come twice here, so that no answer of the story hangs on de-duplication.
            again = lines
                .iter()
                .filter(|line| line.text.contains("\"type\":\"AWSService\""))
                .take(1)
                .map(|line| line.text.clone())
                .collect();
        });
    }
    digests::files(&delivered_files, files);
}

/// The hours of the file that somebody altered after its digest was made, and how: alice's address for another.
const ALTERED: u64 = at(5, 12, 0, 0);
const TAKEN_OUT: (&str, &str) = ("192.0.2.44", "192.0.2.99");

fn firewall_files(lines: Vec<Line>, files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(15);
    windows(lines, 24, &mut |start, lines| {
        files.push(SampleFile {
            path: format!(
                "AWSLogs/{ACCOUNT}/WAFLogs/cloudfront/site/{}/00/00/{ACCOUNT}_waflogs_cloudfront_site_{}_{}.log.gz",
                folder(start),
                compact(start),
                hex(&mut rng, 8),
            ),
            bytes: gzip::member(joined("", lines).as_bytes()),
        });
    });
}

fn bucket_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(16);
    windows(bucket::record(), 24, &mut |start, lines| {
        let [year, month, day, hour, ..] = civil(start);
        files.push(SampleFile {
            path: format!(
                "access-logs/{year}-{month:02}-{day:02}-{hour:02}-17-42-{}",
                capitals(&mut rng, 16)
            ),
            bytes: joined("", lines).into_bytes(),
        });
    });
}

fn names_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(17);
    windows(names::record(), 24, &mut |start, lines| {
        files.push(SampleFile {
            path: format!(
                "AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{VPC}/{}/{VPC}_vpcdnsquerylogs_{ACCOUNT}_{}_{}.log.gz",
                folder(start),
                compact(start),
                hex(&mut rng, 8),
            ),
            bytes: gzip::member(joined("", lines).as_bytes()),
        });
    });
}

fn finding_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(18);
    windows(findings::record(), 24, &mut |start, lines| {
        files.push(SampleFile {
            path: format!(
                "AWSLogs/{ACCOUNT}/GuardDuty/{HOME_REGION}/{}/{}.jsonl.gz",
                folder(start),
                crate::text::guid(&mut rng),
            ),
            bytes: gzip::member(joined("", lines).as_bytes()),
        });
    });
}

fn item_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(19);
    let items = items::record();
    for of_kind in items.chunk_by(|a, b| a.0 == b.0) {
        let kind = of_kind[0].0;
        for of_day in of_kind.chunk_by(|a, b| a.1.time / DAY == b.1.time / DAY) {
            let [year, month, day, ..] = civil(of_day[0].1.time);
            let (first, last) = (of_day[0].1.time, of_day[of_day.len() - 1].1.time);
            let texts: Vec<&str> = of_day.iter().map(|item| item.1.text.as_str()).collect();
            let text = format!(
                "{{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"{}\",\"configurationItems\":[{}]}}",
                crate::text::guid(&mut rng),
                texts.join(","),
            );
            // The vendor's day and month have no leading zeros here; colons are not for file names everywhere.
            files.push(SampleFile {
                path: format!(
                    "AWSLogs/{ACCOUNT}/Config/{HOME_REGION}/{year}/{month}/{day}/ConfigHistory/{ACCOUNT}_Config_{HOME_REGION}_ConfigHistory_{}_{}_{}_1.json.gz",
                    kind.replace("::", "_"),
                    seconds_name(first),
                    seconds_name(last),
                ),
                bytes: gzip::member(text.as_bytes()),
            });
        }
    }
}

/// Log groups, as CloudWatch Logs exports them.
fn group_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(20);
    for (stream, lines) in [
        ("2026-03-05-[$LATEST]0a1b2c3d4e5f60718293a4b5c6d7e8f9", function::record()),
        ("kube-apiserver-audit-0a1b2c3d4e5f60718293a4b5c6d7e8f9", cluster::record()),
    ] {
        let task = crate::text::guid(&mut rng);
        let mut number = 0;
        windows(lines, 7 * 24, &mut |_, lines| {
            files.push(SampleFile {
                path: format!("exportedlogs/{task}/{stream}/{number:06}.gz"),
                bytes: gzip::member(joined("", lines).as_bytes()),
            });
            number += 1;
        });
    }
}

fn flow_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(12);
    let logs = flow::record();
    for (log, header, lines, hours) in [
        ("fl-0a1b2c3d4e5f60718", flow::CUSTOM_HEADER, logs.custom, 8),
        ("fl-0f1e2d3c4b5a69788", flow::DEFAULT_HEADER, logs.standard, 24),
    ] {
        windows(lines, hours, &mut |start, lines| {
            let mut text = joined(header, lines);
            if hours == 8 && start == at(4, 8, 0, 0) {
                // A line that was cut and ran on: the ledger must show it.
                text.push_str("5 111122223333 eni-0a1b2c3d000\n");
            }
            files.push(SampleFile {
                path: format!(
                    "AWSLogs/{ACCOUNT}/vpcflowlogs/{HOME_REGION}/{}/{ACCOUNT}_vpcflowlogs_{HOME_REGION}_{log}_{}_{}.log.gz",
                    folder(start),
                    compact(start),
                    hex(&mut rng, 8),
                ),
                bytes: gzip::member(text.as_bytes()),
            });
        });
    }
}

fn balancer_files(files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(13);
    let name = LOAD_BALANCER.replace('/', ".");
    for (node, lines) in PUBLIC_NODES.iter().zip(balancer::record()) {
        windows(lines, 12, &mut |start, lines| {
            let mut text = joined("", lines);
            if *node == PUBLIC_NODES[0] && start == at(4, 12, 0, 0) {
                // The file ends in the middle of a line.
                text.push_str(
                    "h2 2026-03-04T23:59:58.402117Z app/web-prod/50dc6c495c0c9188 198.51.100.61:50",
                );
            }
            let end = start + 12 * HOUR;
            files.push(SampleFile {
                path: format!(
                    "AWSLogs/{ACCOUNT}/elasticloadbalancing/{HOME_REGION}/{}/{ACCOUNT}_elasticloadbalancing_{HOME_REGION}_{name}_{}_{node}_{}.log.gz",
                    folder(start),
                    compact(end),
                    capitals(&mut rng, 8).to_ascii_lowercase(),
                ),
                bytes: gzip::member(text.as_bytes()),
            });
        });
    }
}

fn edge_files(lines: Vec<Line>, files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(14);
    windows(lines, 6, &mut |start, lines| {
        let mut text = joined(edge::HEADER, lines);
        if start == at(3, 12, 0, 0) {
            text.push_str("2026-03-0\n");
        }
        let [year, month, day, hour, ..] = civil(start);
        files.push(SampleFile {
            path: format!(
                "cloudfront/{DISTRIBUTION}.{year}-{month:02}-{day:02}-{hour:02}.{}.gz",
                hex(&mut rng, 8)
            ),
            bytes: gzip::member(text.as_bytes()),
        });
    });
}
