//! The names of all scalar functions, without what they do. Reading and writing queries needs no more, and a program
//! that only does that (the page) must not carry every function and what it links: a table of functions is one piece to
//! a linker. A test holds this list against the registry.

/// Every name and other name, as it is spelled.
static NAMES: &[&str] = &[
    "abs",
    "base64decode",
    "base64encode",
    "bin",
    "case",
    "ceil",
    "coalesce",
    "concat",
    "dateceil",
    "datefloor",
    "endsWith",
    "floor",
    "formatDate",
    "fromMillis",
    "greatest",
    "haversine",
    "if",
    "ipv4ToNumber",
    "isblank",
    "isempty",
    "isIpInSubnet",
    "isIpv4InSubnet",
    "isIpv6InSubnet",
    "isNumeric",
    "ispresent",
    "isPrivateIP",
    "isPublicIP",
    "isReservedIP",
    "isValidIp",
    "isValidIpV4",
    "isValidIpV6",
    "jsonArrayContains",
    "jsonArraySize",
    "jsonParse",
    "jsonStringify",
    "least",
    "length",
    "log",
    "lower",
    "ltrim",
    "md5",
    "messageSize",
    "now",
    "nullif",
    "parseDate",
    "queryEndTime",
    "queryStartTime",
    "regexp_replace",
    "regexReplace",
    "replace",
    "round",
    "rtrim",
    "sha256",
    "split",
    "split_part",
    "splitpart",
    "sqrt",
    "startsWith",
    "strcontains",
    "strftime",
    "strlen",
    "substr",
    "toDouble",
    "toInt",
    "toLong",
    "tolower",
    "toMillis",
    "toNumber",
    "toupper",
    "trim",
    "upper",
    "url_decode",
    "url_encode",
    "urldecode",
    "urlencode",
    "word",
    "wordcount",
];

/// How a function's name is spelled, whatever its letter case; `None` if there is no such function.
pub fn spelling(name: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|n| n.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::functions::all;

    #[test]
    fn the_list_is_the_registry() {
        let mut registry: Vec<&str> =
            all().flat_map(|f| std::iter::once(f.name).chain(f.aliases.iter().copied())).collect();
        registry.sort_unstable_by_key(|n| n.to_ascii_lowercase());
        assert_eq!(NAMES, registry, "put new functions into the list, sorted without letter case");
    }
}
