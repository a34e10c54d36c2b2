//! Addresses and subnets.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Function, text};
use crate::table::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "isValidIp",
        "isValidIp(text)",
        (1, 1),
        valid,
        "whether it is an IPv4 or IPv6 address",
        &[
            ("isValidIp(\"10.0.0.1\")", "true"),
            ("isValidIp(\"2001:db8::1\")", "true"),
            ("isValidIp(\"10.0.0.256\")", "false"),
        ],
    ),
    Function::new(
        "isValidIpV4",
        "isValidIpV4(text)",
        (1, 1),
        valid_v4,
        "whether it is an IPv4 address",
        &[("isValidIpV4(\"10.0.0.1\")", "true"), ("isValidIpV4(\"::1\")", "false")],
    ),
    Function::new(
        "isValidIpV6",
        "isValidIpV6(text)",
        (1, 1),
        valid_v6,
        "whether it is an IPv6 address",
        &[("isValidIpV6(\"::1\")", "true")],
    ),
    Function::new(
        "isIpInSubnet",
        "isIpInSubnet(address, subnet)",
        (2, 2),
        in_subnet,
        "whether the address lies in the subnet, both IPv4 or both IPv6",
        &[
            ("isIpInSubnet(\"10.1.2.3\", \"10.0.0.0/8\")", "true"),
            ("isIpInSubnet(\"2001:db8::1\", \"2001:db8::/32\")", "true"),
            ("isIpInSubnet(\"10.1.2.3\", \"::/0\")", "false"),
            ("isIpInSubnet(\"10.1.2.3\", \"10.0.0.0/33\")", "false"),
        ],
    ),
    Function::new(
        "isIpv4InSubnet",
        "isIpv4InSubnet(address, subnet)",
        (2, 2),
        v4_in_subnet,
        "whether the IPv4 address lies in the subnet",
        &[
            ("isIpv4InSubnet(\"192.168.7.9\", \"192.168.0.0/16\")", "true"),
            ("isIpv4InSubnet(\"-\", \"192.168.0.0/16\")", "false"),
        ],
    ),
    Function::new(
        "isIpv6InSubnet",
        "isIpv6InSubnet(address, subnet)",
        (2, 2),
        v6_in_subnet,
        "whether the IPv6 address lies in the subnet",
        &[("isIpv6InSubnet(\"fe80::1\", \"fe80::/10\")", "true")],
    ),
    Function::new(
        "isPrivateIP",
        "isPrivateIP(address)",
        (1, 1),
        private,
        "whether the address is private: 10/8, 172.16/12, 192.168/16, fc00::/7",
        &[("isPrivateIP(\"172.31.0.9\")", "true"), ("isPrivateIP(\"8.8.8.8\")", "false")],
    ),
    Function::new(
        "isPublicIP",
        "isPublicIP(address)",
        (1, 1),
        public,
        "whether the address is neither private nor reserved",
        &[("isPublicIP(\"8.8.8.8\")", "true"), ("isPublicIP(\"127.0.0.1\")", "false")],
    ),
    Function::new(
        "isReservedIP",
        "isReservedIP(address)",
        (1, 1),
        reserved,
        "whether the address is set aside for special use: loopback, link-local, shared (100.64/10), documentation, \
         benchmarks (198.18/15), multicast and what is not assigned",
        &[("isReservedIP(\"169.254.169.254\")", "true"), ("isReservedIP(\"10.0.0.1\")", "false")],
    ),
    Function::new(
        "ipv4ToNumber",
        "ipv4ToNumber(address)",
        (1, 1),
        v4_number,
        "the IPv4 address as a number",
        &[("ipv4ToNumber(\"10.0.0.1\")", "167772161")],
    ),
];

fn address(value: &Value) -> Option<IpAddr> {
    value.as_text()?.trim().parse().ok()
}

/// Whether `address` lies in `subnet` (`base/length`, or one address).
fn lies_in(address: IpAddr, subnet: &str) -> bool {
    let (base, length) = match subnet.trim().split_once('/') {
        Some((base, length)) => (base, length.parse::<u32>().ok()),
        None => (subnet.trim(), Some(128)),
    };
    let Some(length) = length else { return false };
    match (address, base.parse::<IpAddr>()) {
        (IpAddr::V4(a), Ok(IpAddr::V4(b))) => {
            let length = if subnet.contains('/') { length } else { 32 };
            length <= 32 && (a.to_bits() ^ b.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), Ok(IpAddr::V6(b))) => {
            length <= 128 && (a.to_bits() ^ b.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
        }
        _ => false,
    }
}

fn about(args: &[Value], f: impl Fn(IpAddr) -> bool) -> Value {
    if args[0].is_null() { Value::Null } else { Value::Bool(address(&args[0]).is_some_and(f)) }
}

fn valid(args: &[Value]) -> Value {
    about(args, |_| true)
}

fn valid_v4(args: &[Value]) -> Value {
    about(args, |a| a.is_ipv4())
}

fn valid_v6(args: &[Value]) -> Value {
    about(args, |a| a.is_ipv6())
}

fn subnet(args: &[Value], family: impl Fn(IpAddr) -> bool) -> Value {
    match text(&args[1]) {
        Some(subnet) => about(args, |a| family(a) && lies_in(a, &subnet)),
        None => Value::Null,
    }
}

fn in_subnet(args: &[Value]) -> Value {
    subnet(args, |_| true)
}

fn v4_in_subnet(args: &[Value]) -> Value {
    subnet(args, |a| a.is_ipv4())
}

fn v6_in_subnet(args: &[Value]) -> Value {
    subnet(args, |a| a.is_ipv6())
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_private(),
        IpAddr::V6(a) => {
            a.to_ipv4_mapped().map_or_else(|| a.segments()[0] & 0xfe00 == 0xfc00, |a| a.is_private())
        }
    }
}

fn is_reserved(address: IpAddr) -> bool {
    let v4 = |a: Ipv4Addr| {
        let [x, y, z, _] = a.octets();
        a.is_loopback()
            || a.is_link_local()
            || x == 0
            || x >= 224
            || (x == 100 && y & 0xc0 == 64)
            || (x == 198 && y & 0xfe == 18)
            || (x == 192 && y == 0 && z == 0)
            || a.is_documentation()
    };
    let v6 = |a: Ipv6Addr| {
        let [x, y, ..] = a.segments();
        a.is_loopback()
            || a.is_unspecified()
            || a.is_multicast()
            || x & 0xffc0 == 0xfe80
            || (x == 0x2001 && y == 0xdb8)
    };
    match address {
        IpAddr::V4(a) => v4(a),
        // An IPv4 address in the form of IPv6 is what it stands for.
        IpAddr::V6(a) => a.to_ipv4_mapped().map_or_else(|| v6(a), v4),
    }
}

fn private(args: &[Value]) -> Value {
    about(args, is_private)
}

fn public(args: &[Value]) -> Value {
    about(args, |a| !is_private(a) && !is_reserved(a))
}

fn reserved(args: &[Value]) -> Value {
    about(args, is_reserved)
}

fn v4_number(args: &[Value]) -> Value {
    match address(&args[0]) {
        Some(IpAddr::V4(a)) => Value::Int(a.to_bits() as i64),
        _ => Value::Null,
    }
}
