//! IPv6 addresses in one spelling, RFC 5952's, so that equal addresses are equal texts.

use std::{
    io::Write,
    net::{IpAddr, Ipv6Addr},
};

use super::Field;

/// The longest address in that spelling, with room for a zone.
pub const MOST: usize = 64;

/// `text` in RFC 5952's spelling if it is an IPv6 address in another one; its zone stays as it is. `None` for all
/// that is to stay as it is: the spelling itself, IPv4, names, lists.
pub fn canonical<'b>(text: &[u8], buffer: &'b mut [u8; MOST]) -> Option<&'b [u8]> {
    // No group has more than four digits, so that a colon stands among the first five bytes.
    if text.len() > MOST || !text.iter().take(5).any(|b| *b == b':') {
        return None;
    }
    let end = memchr::memchr(b'%', text).unwrap_or(text.len());
    let (address, zone) = text.split_at(end);
    let address: Ipv6Addr = std::str::from_utf8(address).ok()?.parse().ok()?;
    let mut rest = &mut buffer[..];
    write!(rest, "{address}").ok()?;
    rest.write_all(zone).ok()?;
    let length = MOST - rest.len();
    let one = buffer.get(..length)?;
    (one != text).then_some(one)
}

/// Whether `text` is an IP address; IPv6 perhaps with a zone.
pub fn is_address(text: &str) -> bool {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    address.parse::<IpAddr>().is_ok()
}

/// Whether a field holds addresses: by its kind, or by its name in ECS, where values that are no addresses may stand
/// among them (`source.ip` of CloudTrail).
pub fn holds_addresses(field: &Field) -> bool {
    let names = std::iter::once(field.name.as_ref()).chain(field.aliases.iter().copied());
    field.kind == super::Kind::Ip
        || field.kind == super::Kind::Text && names.into_iter().any(|n| n.ends_with(".ip"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_each_address() {
        let one = |text: &str| {
            let mut buffer = [0; MOST];
            canonical(text.as_bytes(), &mut buffer).map(|t| String::from_utf8(t.to_vec()).unwrap())
        };
        for (text, spelling) in [
            ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("2001:DB8::A", "2001:db8::a"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("::ffff:c000:0201", "::ffff:192.0.2.1"),
            ("::FFFF:192.0.2.1", "::ffff:192.0.2.1"),
            ("0:0:0:0:0:0:0:0", "::"),
            ("FE80:0::1%eth0", "fe80::1%eth0"),
        ] {
            let expected = (text != spelling).then(|| spelling.to_owned());
            assert_eq!(one(text), expected, "{text}");
            assert_eq!(one(spelling), None);
        }
        let long = format!("FE80::1%{}", "x".repeat(MOST));
        let longer = format!("FE80::1%{}", "x".repeat(MOST - 8));
        for text in
            ["", "::", "192.0.2.1", "a:b", "s3.amazonaws.com", "::1, ::2", "[::1]", ":::", "A::B::C", &long]
        {
            assert_eq!(one(text), None, "{text}");
        }
        assert_eq!(one(&longer).map(|t| t.len()), Some(MOST));
    }
}
