//! S3 server access logs of the bucket that is copied: the nightly export, the intruder's copy as the trail tells it, and the
//! strangers who find the bucket open on Friday.

use super::attack::{OPENED, SESSION, copies};
use super::routine::exports;
use super::{Line, at};
use crate::cast::{ACCOUNT, BUCKET, INTRUDER_ADDRESS, NAT_ADDRESS, SCANNER_ADDRESS, SCANNER_AGENT};
use crate::rng::Rng;
use crate::text::{base64, capitals, clf, fill};

/// What one line says.
struct Request<'a> {
    client: &'a str,
    requester: &'a str,
    operation: &'a str,
    key: &'a str,
    line: &'a str,
    status: &'a str,
    bytes: u64,
    agent: &'a str,
}

pub(super) fn record() -> Vec<Line> {
    let mut log = Log { rng: Rng::new(21), lines: Vec::new() };
    let admin = fill("arn:aws:sts::$1:assumed-role/Admin/$2", &[ACCOUNT, SESSION]);
    for second in [3, 9, 51] {
        let line = "GET /?list-type=2&prefix=orders%2F&max-keys=1000 HTTP/1.1";
        log.push(
            at(5, 2, 24, second),
            &Request {
                client: INTRUDER_ADDRESS,
                requester: &admin,
                operation: "REST.GET.BUCKET",
                key: "-",
                line,
                status: "200",
                bytes: 38_411,
                agent: "Boto3/1.34.51",
            },
        );
    }
    for copy in copies() {
        let agent = if copy.client == INTRUDER_ADDRESS { "Boto3/1.34.51" } else { "aws-cli/2.15.30" };
        let line = format!("GET /{} HTTP/1.1", copy.key);
        log.push(
            copy.time,
            &Request {
                client: copy.client,
                requester: &admin,
                operation: "REST.GET.OBJECT",
                key: &copy.key,
                line: &line,
                status: "200",
                bytes: copy.bytes,
                agent,
            },
        );
    }
    let job = fill("arn:aws:sts::$1:assumed-role/ExportJob/export", &[ACCOUNT]);
    for (time, key) in exports() {
        let line = format!("PUT /{key} HTTP/1.1");
        log.push(
            time,
            &Request {
                client: NAT_ADDRESS,
                requester: &job,
                operation: "REST.PUT.OBJECT",
                key: &key,
                line: &line,
                status: "200",
                bytes: 0,
                agent: "aws-sdk-java/2.30.31",
            },
        );
    }
    log.strangers();
    log.lines
}

struct Log {
    rng: Rng,
    lines: Vec<Line>,
}

impl Log {
    /// Without credentials: refused before the bucket is opened, served while it is.
    fn strangers(&mut self) {
        for (times, first, status) in [(9, at(3, 22, 31, 5), "403"), (17, OPENED + 5 * 3_600, "200")] {
            let mut time = first;
            for number in 0..times {
                let key = format!("orders/2026/02/part-{:05}.parquet", number * 3);
                // A quote is written as it was sent: the log knows no escapes.
                let line = match number % 8 {
                    3 => format!("GET /{key}?x=\"><script> HTTP/1.1"),
                    _ => format!("GET /{key} HTTP/1.1"),
                };
                let bytes = if status == "200" { super::attack::object_size(number * 3) } else { 243 };
                self.push(
                    time,
                    &Request {
                        client: SCANNER_ADDRESS,
                        requester: "-",
                        operation: "REST.GET.OBJECT",
                        key: &key,
                        line: &line,
                        status,
                        bytes,
                        agent: SCANNER_AGENT,
                    },
                );
                time += u64::from(self.rng.range(20, 400));
            }
        }
    }
    fn push(&mut self, time: u64, request: &Request<'_>) {
        let Request { client, requester, operation, key, line, status, bytes, agent } = *request;
        let rng = &mut self.rng;
        let took = bytes / 90_000 + u64::from(rng.range(9, 60));
        let text = fill(
            "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be $1 [$2] $3 $4 $5 $6 $7",
            &[BUCKET, &clf(time), client, requester, &capitals(rng, 16), operation, key],
        ) + &fill(
            " \"$1\" $2 $3 $4 - $5 $6 \"-\" \"$7\" - ",
            &[
                line,
                status,
                if status == "403" { "AccessDenied" } else { "-" },
                &if bytes == 0 { "-".to_owned() } else { bytes.to_string() },
                &took.to_string(),
                &(took / 2).to_string(),
                agent,
            ],
        ) + &fill(
            "$1= $2 TLS_AES_128_GCM_SHA256 $3 $4.s3.us-east-1.amazonaws.com TLSv1.3 - -",
            &[
                &base64(rng, 43),
                if requester == "-" { "-" } else { "SigV4" },
                if requester == "-" { "-" } else { "AuthHeader" },
                BUCKET,
            ],
        );
        self.lines.push(Line { time, text });
    }
}
