//! Addresses: IPv4, IPv6, and `host:port` as load balancers write it.

use nom::{
    Parser,
    branch::alt,
    bytes::complete::{tag, take_while1},
    character::complete::char,
    combinator::{cut, eof, map, map_opt, opt, peek, recognize, value},
    sequence::{pair, preceded},
};

use super::{
    number::integer,
    parse::{Parsed, expected, expecting, till, word},
};

/// `ip-address = ipv4 / ipv6`
#[inline]
pub fn ip_address(input: &[u8]) -> Parsed<'_, &[u8]> {
    expecting("ip address", alt((ipv4, ipv6))).parse(input)
}

/// Four numbers up to 255 with dots between them.
///
/// ```text
/// ipv4  = octet "." octet "." octet "." octet
/// octet = 1*3DIGIT                              ; up to 255
/// ```
#[inline]
pub fn ipv4(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((octet, char('.'), octet, char('.'), octet, char('.'), octet)).parse(input)
}

/// A number of up to three digits, at most 255.
#[inline]
fn octet(input: &[u8]) -> Parsed<'_, u32> {
    let digit = |i: usize| input.get(i).map(|b| b.wrapping_sub(b'0') as u32).filter(|d| *d <= 9);
    let (number, taken) = match (digit(0), digit(1), digit(2)) {
        (Some(a), Some(b), Some(c)) => (a * 100 + b * 10 + c, 3),
        (Some(a), Some(b), None) => (a * 10 + b, 2),
        (Some(a), None, _) => (a, 1),
        _ => return expected("number up to 255", input),
    };
    if number > 255 { expected("number up to 255", input) } else { Ok((&input[taken..], number)) }
}

/// Any of the spellings of RFC 4291; a zone may follow.
///
/// ```text
/// ipv6 = 1*( HEXDIG / ":" / "." )               ; that are an address
///        [ "%" *( any but white space ) ]       ; fe80::1%eth0
/// ```
#[cold]
pub fn ipv6(input: &[u8]) -> Parsed<'_, &[u8]> {
    let digits = take_while1(|b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    let address = map_opt(digits, |text| std::str::from_utf8(text).ok()?.parse::<std::net::Ipv6Addr>().ok());
    recognize(pair(address, opt(pair(char('%'), word)))).parse(input)
}

/// ```text
/// host-port = host port
/// ```
///
/// As load balancers write it: `10.0.0.1:80`, `[2001:db8::1]:80`, and `2001:db8::1:80` without brackets.
#[inline]
pub fn host_port(input: &[u8]) -> Parsed<'_, (&[u8], Option<i64>)> {
    pair(host, port).parse(input)
}

/// The host of a [`host_port`], without brackets. Any text: anonymised logs are logs too.
///
/// ```text
/// host = "[" *( any but SP ) "]" / *( any but SP )       ; to the last ":" or, without one, to the blank
/// ```
#[inline]
pub fn host(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (_, text) = till(b' ').parse(input)?;
    // The port follows the last colon, as load balancers write IPv6 without brackets; behind brackets there is none.
    let end = match text {
        [.., b']'] => text.len(),
        _ => text.iter().rposition(|b| *b == b':').unwrap_or(text.len()),
    };
    let host = &text[..end];
    let bare = host.strip_prefix(b"[").and_then(|h| h.strip_suffix(b"]"));
    Ok((&input[end..], bare.unwrap_or(host)))
}

/// The port of a [`host_port`]; none if it is missing or a dash.
///
/// ```text
/// port = [ ":" [ "-" / integer ] ]
/// ```
#[inline]
pub fn port(input: &[u8]) -> Parsed<'_, Option<i64>> {
    let missing = alt((tag("-"), peek(alt((eof, tag(" "))))));
    let number = expecting("port", alt((map(integer, Some), value(None, missing))));
    map(opt(preceded(char(':'), cut(number))), Option::flatten).parse(input)
}

#[cfg(test)]
mod tests {
    use nom::multi::separated_list1;

    use super::{super::parse::Expected, *};

    #[test]
    fn addresses_end_where_they_end() {
        for (text, rest) in [
            ("0.0.0.0", ""),
            ("255.255.255.255 x", " x"),
            ("::", ""),
            ("2001:db8::1\t", "\t"),
            ("::ffff:10.0.0.1", ""),
            ("fe80::1%eth0 x", " x"),
            ("fe80::1%", ""),
            ("10.0.0.1:80", ":80"),
            ("1.2.3.4.5", ".5"),
            ("10.0.0.1000", "0"),
            ("10.0.0.1x", "x"),
        ] {
            let address = &text[..text.len() - rest.len()];
            assert_eq!(ip_address(text.as_bytes()), Ok((rest.as_bytes(), address.as_bytes())), "{text}");
        }
        for text in
            ["", "256.1.1.1", "1.2.3", "1..2.3", "abc", "1000.0.0.1", "ec2.amazonaws.com", ":::", "1.2.3."]
        {
            assert_eq!(ip_address(text.as_bytes()), expected("ip address", text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn hosts_with_and_without_ports() {
        for (text, host_text, port_number, rest) in [
            ("10.0.0.1:80", "10.0.0.1", Some(80), ""),
            ("10.0.0.1:80 10.0.0.2:80", "10.0.0.1", Some(80), " 10.0.0.2:80"),
            ("[2001:db8::1]:443", "2001:db8::1", Some(443), ""),
            (
                "2601:6bbc:c529:9dad:6bbc:c529:9dad:6bbc:50599",
                "2601:6bbc:c529:9dad:6bbc:c529:9dad:6bbc",
                Some(50599),
                "",
            ),
            ("[2001:db8::1]", "2001:db8::1", None, ""),
            ("host", "host", None, ""),
            ("host:-", "host", None, ""),
            ("host: x", "host", None, " x"),
            ("10.0.0.1:8x", "10.0.0.1", Some(8), "x"),
            ("]", "]", None, ""),
            (":", "", None, ""),
            ("", "", None, ""),
        ] {
            let parts = (host_text.as_bytes(), port_number);
            assert_eq!(host_port(text.as_bytes()), Ok((rest.as_bytes(), parts)), "{text}");
        }
        let error = Expected { what: "port", rest: b"x" };
        assert_eq!(host_port(b"10.0.0.1:x"), Err(nom::Err::Failure(error)));
        let (rest, targets) = separated_list1(char(' '), host_port).parse(b"10.0.0.1:80 [::1]:81").unwrap();
        assert_eq!((rest, targets), (&b""[..], vec![(&b"10.0.0.1"[..], Some(80)), (b"::1", Some(81))]));
    }
}
