//! Lines of the Lambda function that works orders off, as an export of its log group has them: it waits for the database in
//! vain while the bucket is copied.

use super::{Line, at, every_hour, scaled};
use crate::rng::Rng;
use crate::text::{fill, guid, iso};

pub(super) fn record() -> Vec<Line> {
    let mut rng = Rng::new(24);
    let mut lines = Vec::new();
    every_hour(|start, busy| {
        let slow = (at(5, 2, 0, 0)..at(5, 4, 0, 0)).contains(&start);
        for _ in 0..scaled(&mut rng, 1, busy / 2) + u32::from(slow) * 6 {
            let time = start + u64::from(rng.below(3_590)); // done within the hour
            invocation(&mut rng, time, slow, &mut lines);
        }
    });
    lines
}

fn invocation(rng: &mut Rng, time: u64, slow: bool, lines: &mut Vec<Line>) {
    let id = guid(rng);
    let took = if slow { 3_000 } else { rng.range(12, 420) };
    let mut push = |after: u64, text: &str| {
        let now = iso(time + after / 1_000);
        let text = format!("{}.{:03}Z {text}", now.trim_end_matches('Z'), after % 1_000);
        lines.push(Line { time: time + after / 1_000, text });
    };
    push(0, &fill("START RequestId: $1 Version: $LATEST", &[&id]));
    let now = iso(time);
    let told = match slow {
        true => fill(
            "$1.004Z\t$2\tWARN\twaiting for orders.cluster-c0example: timed out, trying again",
            &[now.trim_end_matches('Z'), &id],
        ),
        false => fill("$1.004Z\t$2\tINFO\torders written", &[now.trim_end_matches('Z'), &id]),
    };
    push(4, &told);
    if slow {
        push(
            3_000,
            &fill(
                "$1.002Z $2 Task timed out after 3.00 seconds",
                &[iso(time + 3).trim_end_matches('Z'), &id],
            ),
        );
    }
    push(u64::from(took), &fill("END RequestId: $1", &[&id]));
    push(
        u64::from(took),
        &fill(
            "REPORT RequestId: $1\tDuration: $2.00 ms\tBilled Duration: $2 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t",
            &[&id, &took.to_string()],
        ),
    );
}
