//! Addresses and subnets.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Kernel, text};
use logloupe_syntax::functions::Address;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Address) -> Kernel {
    match function {
        Address::IsValidIp => Kernel::Scalar(valid),
        Address::IsValidIpV4 => Kernel::Scalar(valid_v4),
        Address::IsValidIpV6 => Kernel::Scalar(valid_v6),
        Address::IsIpInSubnet => Kernel::Scalar(in_subnet),
        Address::IsIpv4InSubnet => Kernel::Scalar(v4_in_subnet),
        Address::IsIpv6InSubnet => Kernel::Scalar(v6_in_subnet),
        Address::IsPrivateIP => Kernel::Scalar(private),
        Address::IsPublicIP => Kernel::Scalar(public),
        Address::IsReservedIP => Kernel::Scalar(reserved),
        Address::Ipv4ToNumber => Kernel::Scalar(v4_number),
    }
}

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
