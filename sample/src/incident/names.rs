//! Route 53 Resolver query logs: what the hosts ask for every day, the mining pool, and 160 long names below one domain that
//! nobody else asks for.

use super::{Line, at, every_hour, scaled};
use crate::cast::{
    ACCOUNT, HOME_REGION, HOSTS, INTRUDER_INSTANCE, INTRUDER_PRIVATE_ADDRESS, MINING_POOL,
    MINING_POOL_ADDRESS, VPC,
};
use crate::rng::Rng;
use crate::text::{fill, hex, iso};

/// The domain below which data leaves in names.
const DROP: &str = "t.drop.example";
/// How many names it takes.
const CHUNKS: u32 = 160;

pub(super) fn record() -> Vec<Line> {
    let mut log = Log { rng: Rng::new(22), lines: Vec::new() };
    every_hour(|start, busy| {
        for _ in 0..scaled(&mut log.rng, 6, busy) + 1 {
            let time = start + u64::from(log.rng.below(3_600));
            log.routine(time);
        }
    });
    log.intruder();
    log.lines
}

struct Query<'a> {
    host: (&'a str, &'a str),
    name: &'a str,
    kind: &'a str,
    code: &'a str,
    answer: &'a str,
    firewall: bool,
}

struct Log {
    rng: Rng,
    lines: Vec<Line>,
}

impl Log {
    fn routine(&mut self, time: u64) {
        let host = self.rng.pick(&HOSTS[..3]);
        let (name, kind, code, answer) = *self.rng.pick(&[
            ("s3.us-east-1.amazonaws.com.", "A", "NOERROR", "198.51.100.200"),
            ("secretsmanager.us-east-1.amazonaws.com.", "A", "NOERROR", "10.0.2.9"),
            ("ec2messages.us-east-1.amazonaws.com.", "A", "NOERROR", "10.0.2.8"),
            ("ec2messages.us-east-1.amazonaws.com.", "AAAA", "NOERROR", ""),
            ("orders.cluster-c0example.us-east-1.rds.amazonaws.com.", "A", "NOERROR", "10.0.3.31"),
            ("api.payments.example.", "A", "NOERROR", "192.0.2.120"),
            ("api.payments.example.ec2.internal.", "A", "NXDOMAIN", ""),
            ("mirror.packages.example.", "A", "NOERROR", "192.0.2.130"),
        ]);
        let query = Query { host: (host.address, host.instance), name, kind, code, answer, firewall: false };
        self.push(time, &query);
    }
    fn intruder(&mut self) {
        let host = (INTRUDER_PRIVATE_ADDRESS, INTRUDER_INSTANCE);
        let pool = format!("{MINING_POOL}.");
        for round in 0..9 {
            let query = Query {
                host,
                name: &pool,
                kind: "A",
                code: "NOERROR",
                answer: MINING_POOL_ADDRESS,
                firewall: true,
            };
            self.push(at(5, 2, 4, 58) + round * 1_200, &query);
        }
        let mut time = at(5, 3, 40, 12);
        for number in 0..CHUNKS {
            let name = format!("{}.{}.{number:03}.{DROP}.", hex(&mut self.rng, 32), hex(&mut self.rng, 30));
            self.push(
                time,
                &Query { host, name: &name, kind: "TXT", code: "NOERROR", answer: "", firewall: false },
            );
            time += u64::from(self.rng.range(2, 7));
        }
    }
    fn push(&mut self, time: u64, query: &Query<'_>) {
        let Query { host, name, kind, code, answer, firewall } = *query;
        let answers = match answer {
            "" => String::new(),
            answer => fill(r#"{"Rdata":"$1","Type":"$2","Class":"IN"}"#, &[answer, kind]),
        };
        let mut text = fill(
            r#"{"version":"1.100000","account_id":"$1","region":"$2","vpc_id":"$3","query_timestamp":"$4","query_name":"$5","query_type":"$6","query_class":"IN","rcode":"$7","answers":[$8],"#,
            &[ACCOUNT, HOME_REGION, VPC, &iso(time), name, kind, code, &answers],
        );
        text += &fill(
            r#""srcaddr":"$1","srcport":"$2","transport":"UDP","srcids":{"instance":"$3"}$4}"#,
            &[
                host.0,
                &self.rng.range(32_768, 61_000).to_string(),
                host.1,
                if firewall {
                    r#","firewall_rule_group_id":"rslvr-frg-0a1b2c3d4e5f6071","firewall_rule_action":"ALERT","firewall_domain_list_id":"rslvr-fdl-0a1b2c3d4e5f6071""#
                } else {
                    ""
                },
            ],
        );
        self.lines.push(Line { time, text });
    }
}
