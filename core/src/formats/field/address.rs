//! Addresses: IPv4, IPv6, and `host:port` as load balancers write it.

use memchr::memrchr;

use super::{Expected, Parsed, expected, number, text::optional};
use logloupe_table::Cell;

/// An IPv4 or IPv6 address.
#[inline]
pub fn ip(input: &[u8]) -> Parsed<'_> {
    if is_ipv4(input) || is_ipv6(input) {
        Ok((&[], Cell::Text(input)))
    } else {
        expected("ip address", input)
    }
}

/// Four numbers up to 255 with dots between them.
#[inline]
fn is_ipv4(input: &[u8]) -> bool {
    let (mut octet, mut digits, mut dots) = (0u32, 0, 0);
    for &b in input {
        let digit = b.wrapping_sub(b'0');
        if digit <= 9 {
            octet = octet * 10 + digit as u32;
            digits += 1;
            if digits > 3 {
                return false;
            }
        } else if b == b'.' && digits > 0 && octet <= 255 {
            (octet, digits) = (0, 0);
            dots += 1;
        } else {
            return false;
        }
    }
    dots == 3 && digits > 0 && octet <= 255
}

#[cold]
fn is_ipv6(input: &[u8]) -> bool {
    // A zone (`fe80::1%eth0`) may follow.
    let address = input.split(|b| *b == b'%').next().unwrap_or_default();
    std::str::from_utf8(address).is_ok_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Host and port of `10.0.0.1:80`, `[2001:db8::1]:80` and `2001:db8::1:80`: the port follows the last colon,
/// since load balancers write IPv6 without brackets.
#[inline]
pub fn split_host_port(input: &[u8]) -> (&[u8], &[u8]) {
    // An address in brackets without a port.
    if input.last() == Some(&b']') {
        return (input.strip_prefix(b"[").map_or(input, |i| &i[..i.len() - 1]), &[]);
    }
    let Some(colon) = memrchr(b':', input) else { return (input, &[]) };
    let (host, port) = (&input[..colon], &input[colon + 1..]);
    let bare = host.strip_prefix(b"[").and_then(|h| h.strip_suffix(b"]"));
    (bare.unwrap_or(host), port)
}

/// The host of `host:port`. Kept as written, also where it is no address: anonymised logs are logs too.
#[inline]
pub fn host(input: &[u8]) -> Parsed<'_> {
    Ok((&[], optional(split_host_port(input).0)))
}

/// The port of `host:port`, no value if there is none.
#[inline]
pub fn port(input: &[u8]) -> Parsed<'_> {
    match split_host_port(input).1 {
        b"" | b"-" => Ok((&[], Cell::Null)),
        port => number::integer(port)
            .map_err(|_: nom::Err<Expected<'_>>| nom::Err::Error(Expected { what: "port", rest: port })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_ports() {
        for text in ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1%eth0"] {
            assert!(ip(text.as_bytes()).is_ok(), "{text}");
        }
        for text in
            ["", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1..2.3", "abc", "10.0.0.1000", "ec2.amazonaws.com"]
        {
            assert_eq!(ip(text.as_bytes()), expected("ip address", text.as_bytes()), "{text}");
        }
        for (text, host_text, port_text) in [
            ("10.0.0.1:80", "10.0.0.1", "80"),
            ("[2001:db8::1]:443", "2001:db8::1", "443"),
            (
                "2601:6bbc:c529:9dad:6bbc:c529:9dad:6bbc:50599",
                "2601:6bbc:c529:9dad:6bbc:c529:9dad:6bbc",
                "50599",
            ),
            ("[2001:db8::1]", "2001:db8::1", ""),
            ("host", "host", ""),
            ("]", "]", ""),
            (":", "", ""),
        ] {
            let parts = (host_text.as_bytes(), port_text.as_bytes());
            assert_eq!(split_host_port(text.as_bytes()), parts, "{text}");
        }
        assert_eq!(port(b"10.0.0.1:80"), Ok((&b""[..], Cell::Int(80))));
        assert_eq!(port(b"10.0.0.1:8x").map(|p| p.0), Ok(&b"x"[..]));
        assert!(port(b"10.0.0.1:x").is_err());
    }
}
