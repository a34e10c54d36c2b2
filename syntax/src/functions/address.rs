//! IP addresses and networks.

use super::{Athena, Func, Spec};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// `isValidIp(text)`
    IsValidIp,
    /// `isValidIpV4(text)`
    IsValidIpV4,
    /// `isValidIpV6(text)`
    IsValidIpV6,
    /// `isIpInSubnet(address, subnet)`
    IsIpInSubnet,
    /// `isIpv4InSubnet(address, subnet)`
    IsIpv4InSubnet,
    /// `isIpv6InSubnet(address, subnet)`
    IsIpv6InSubnet,
    /// `isPrivateIP(address)`
    IsPrivateIP,
    /// `isPublicIP(address)`
    IsPublicIP,
    /// `isReservedIP(address)`
    IsReservedIP,
    /// `ipv4ToNumber(address)`
    Ipv4ToNumber,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Address(Address::IsValidIp),
        name: "isValidIp",
        aliases: &[],
        signature: "isValidIp(text)",
        arity: (1, 1),
        doc: "whether it is an IPv4 or IPv6 address",
        examples: &[
            ("isValidIp(\"10.0.0.1\")", "true"),
            ("isValidIp(\"2001:db8::1\")", "true"),
            ("isValidIp(\"10.0.0.256\")", "false"),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsValidIpV4),
        name: "isValidIpV4",
        aliases: &[],
        signature: "isValidIpV4(text)",
        arity: (1, 1),
        doc: "whether it is an IPv4 address",
        examples: &[("isValidIpV4(\"10.0.0.1\")", "true"), ("isValidIpV4(\"::1\")", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsValidIpV6),
        name: "isValidIpV6",
        aliases: &[],
        signature: "isValidIpV6(text)",
        arity: (1, 1),
        doc: "whether it is an IPv6 address",
        examples: &[("isValidIpV6(\"::1\")", "true")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsIpInSubnet),
        name: "isIpInSubnet",
        aliases: &[],
        signature: "isIpInSubnet(address, subnet)",
        arity: (2, 2),
        doc: "whether the address lies in the subnet, both IPv4 or both IPv6",
        examples: &[
            ("isIpInSubnet(\"10.1.2.3\", \"10.0.0.0/8\")", "true"),
            ("isIpInSubnet(\"2001:db8::1\", \"2001:db8::/32\")", "true"),
            ("isIpInSubnet(\"10.1.2.3\", \"::/0\")", "false"),
            ("isIpInSubnet(\"10.1.2.3\", \"10.0.0.0/33\")", "false"),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsIpv4InSubnet),
        name: "isIpv4InSubnet",
        aliases: &[],
        signature: "isIpv4InSubnet(address, subnet)",
        arity: (2, 2),
        doc: "whether the IPv4 address lies in the subnet",
        examples: &[
            ("isIpv4InSubnet(\"192.168.7.9\", \"192.168.0.0/16\")", "true"),
            ("isIpv4InSubnet(\"-\", \"192.168.0.0/16\")", "false"),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsIpv6InSubnet),
        name: "isIpv6InSubnet",
        aliases: &[],
        signature: "isIpv6InSubnet(address, subnet)",
        arity: (2, 2),
        doc: "whether the IPv6 address lies in the subnet",
        examples: &[("isIpv6InSubnet(\"fe80::1\", \"fe80::/10\")", "true")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsPrivateIP),
        name: "isPrivateIP",
        aliases: &[],
        signature: "isPrivateIP(address)",
        arity: (1, 1),
        doc: "whether the address is private: 10/8, 172.16/12, 192.168/16, fc00::/7",
        examples: &[("isPrivateIP(\"172.31.0.9\")", "true"), ("isPrivateIP(\"8.8.8.8\")", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsPublicIP),
        name: "isPublicIP",
        aliases: &[],
        signature: "isPublicIP(address)",
        arity: (1, 1),
        doc: "whether the address is neither private nor reserved",
        examples: &[("isPublicIP(\"8.8.8.8\")", "true"), ("isPublicIP(\"127.0.0.1\")", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::IsReservedIP),
        name: "isReservedIP",
        aliases: &[],
        signature: "isReservedIP(address)",
        arity: (1, 1),
        doc: "whether the address is set aside for special use: loopback, link-local, shared (100.64/10), documentation, \
         benchmarks (198.18/15), multicast and what is not assigned",
        examples: &[("isReservedIP(\"169.254.169.254\")", "true"), ("isReservedIP(\"10.0.0.1\")", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Address(Address::Ipv4ToNumber),
        name: "ipv4ToNumber",
        aliases: &[],
        signature: "ipv4ToNumber(address)",
        arity: (1, 1),
        doc: "the IPv4 address as a number",
        examples: &[("ipv4ToNumber(\"10.0.0.1\")", "167772161")],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
];
