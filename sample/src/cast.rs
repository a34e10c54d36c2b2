//! Who and what appears in the incident: the names that tests, documents and the page may quote.
//!
//! All of them are reserved for documentation: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32,
//! example.com, account 111122223333, keys that end in `EXAMPLE`.

/// The account whose logs these are.
pub const ACCOUNT: &str = "111122223333";
/// The Region in which nearly everything runs.
pub const HOME_REGION: &str = "us-east-1";
/// The VPC of all hosts.
pub const VPC: &str = "vpc-0a1b2c3d4e5f60718";

/// Seconds since 1970 of 2026-03-02T00:00:00Z, the Monday on which the logs begin.
pub const FIRST_SECOND: u64 = 1_772_409_600;
/// Number of days that the logs cover; they end with Sunday 2026-03-08.
pub const DAYS: u64 = 7;

/// The access key of `ci-deploy` that leaks.
pub const LEAKED_KEY: &str = "AKIACIDEPLOY7EXAMPLE";
/// The temporary key of the intruder's `Admin` session.
pub const ADMIN_SESSION_KEY: &str = "ASIAADMINROLEEXAMPLE";
/// The access key that the intruder makes for the new user `svc-backup`.
pub const BACKDOOR_KEY: &str = "AKIASVCBACKUPEXAMPLE";
/// Bob's own access key, never touched by the intruder.
pub const BOB_KEY: &str = "AKIABOBLAPTOPEXAMPLE";

/// Where the build system deploys from.
pub const CI_ADDRESS: &str = "192.0.2.10";
/// The office, from which alice works.
pub const OFFICE_ADDRESS: &str = "192.0.2.44";
/// Bob's virtual private network.
pub const VPN_ADDRESS: &str = "192.0.2.45";
/// The public address of the VPC's NAT gateway.
pub const NAT_ADDRESS: &str = "192.0.2.200";
/// Where the intruder uses the keys, and where the data goes.
pub const INTRUDER_ADDRESS: &str = "203.0.113.77";
/// Where the scans and the password guessing come from.
pub const SCANNER_ADDRESS: &str = "198.51.100.23";
/// The name of the pool that the intruder's instances mine for.
pub const MINING_POOL: &str = "pool.stratum.example";
/// Its address.
pub const MINING_POOL_ADDRESS: &str = "192.0.2.222";
/// The address of S3 as the hosts see it.
pub const S3_ADDRESS: &str = "198.51.100.200";

/// The bucket that is copied.
pub const BUCKET: &str = "prod-exports";
/// The intruder's instance that fetches the bucket and sends it on.
pub const INTRUDER_INSTANCE: &str = "i-0bad5eed000000001";
/// The private address of [`INTRUDER_INSTANCE`].
pub const INTRUDER_PRIVATE_ADDRESS: &str = "10.0.4.66";

/// The load balancer as its log names it.
pub const LOAD_BALANCER: &str = "app/web-prod/50dc6c495c0c9188";
/// The application behind the load balancer.
pub const APP_HOST: &str = "app.example.com";
/// The web site behind CloudFront.
pub const SITE_HOST: &str = "www.example.com";
/// The CloudFront distribution of the web site.
pub const DISTRIBUTION: &str = "E2EXAMPLE1LOUPE";

/// A machine in the VPC with one network interface.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// The name that people use.
    pub name: &'static str,
    /// The private address.
    pub address: &'static str,
    /// The EC2 instance, or `-` where AWS runs it.
    pub instance: &'static str,
    /// The network interface.
    pub interface: &'static str,
    /// The subnet.
    pub subnet: &'static str,
}

/// The machines whose traffic the flow logs show.
pub const HOSTS: [Host; 6] = [
    Host {
        name: "web-1",
        address: "10.0.1.11",
        instance: "i-0a11ce0000000011a",
        interface: "eni-0a1b2c3d00000011a",
        subnet: "subnet-0a1b2c3d00000001a",
    },
    Host {
        name: "web-2",
        address: "10.0.1.12",
        instance: "i-0a11ce0000000012a",
        interface: "eni-0a1b2c3d00000012a",
        subnet: "subnet-0a1b2c3d00000001a",
    },
    Host {
        name: "api-1",
        address: "10.0.2.21",
        instance: "i-0a11ce0000000021b",
        interface: "eni-0a1b2c3d00000021b",
        subnet: "subnet-0a1b2c3d00000002b",
    },
    Host {
        name: "db-1",
        address: "10.0.3.31",
        instance: "-",
        interface: "eni-0a1b2c3d00000031c",
        subnet: "subnet-0a1b2c3d00000003c",
    },
    Host {
        name: "intruder-1",
        address: INTRUDER_PRIVATE_ADDRESS,
        instance: INTRUDER_INSTANCE,
        interface: "eni-0a1b2c3d00000066d",
        subnet: "subnet-0a1b2c3d00000004d",
    },
    Host {
        name: "intruder-2",
        address: "10.0.4.67",
        instance: "i-0bad5eed000000002",
        interface: "eni-0a1b2c3d00000067d",
        subnet: "subnet-0a1b2c3d00000004d",
    },
];

/// The private addresses of the load balancer's two nodes.
pub(crate) const NODES: [&str; 2] = ["10.0.0.5", "10.0.0.6"];
/// The public addresses of the load balancer's two nodes.
pub(crate) const PUBLIC_NODES: [&str; 2] = ["192.0.2.101", "192.0.2.102"];

/// Browsers of ordinary visitors.
pub(crate) const BROWSERS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.com/bot.html)",
];
/// The program behind the scans and the password guessing.
pub(crate) const SCANNER_AGENT: &str = "python-requests/2.32.3";
