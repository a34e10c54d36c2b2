//! Numbers as people read them: grouped, with units, never longer than needed. Not here: points in time
//! ([`time_axis`](super::time_axis)).

/// Digits in groups of three: `184,206`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `3 files`, `1 file`.
pub(crate) fn plural(number: u64, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {one}{ending}", grouped(number))
}

/// `112.9 MB`: decimal units, as AWS bills them.
pub(crate) fn bytes(number: f64) -> String {
    let mut value = number;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if value.abs() < 999.5 || unit == "TB" {
            return if unit == "B" || value >= 99.95 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1000.0;
    }
    String::new()
}

/// `50%`, `0.2%`: never 0% for something, never 100% for less than all.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0%".to_owned();
    }
    if part >= whole {
        return "100%".to_owned();
    }
    match part as f64 * 100.0 / whole as f64 {
        r if r < 0.05 => "<0.1%".to_owned(),
        r if r < 0.95 => format!("{r:.1}%"),
        r if r >= 99.5 => ">99%".to_owned(),
        r => format!("{r:.0}%"),
    }
}

/// `8 ms`, `1.2 s`, `3 min`.
pub(crate) fn millis(duration: f64) -> String {
    match duration {
        d if d < 1.0 => "<1 ms".to_owned(),
        d if d < 999.5 => format!("{d:.0} ms"),
        d if d < 59_950.0 => format!("{:.1} s", d / 1000.0),
        d if d < 3_600_000.0 => format!("{:.0} min", d / 60_000.0),
        d => format!("{:.1} h", d / 3_600_000.0),
    }
}

/// A measured number: whole ones grouped, others with at most three decimals, very small ones with three figures.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    if size.fract() == 0.0 && size < 1e15 {
        return format!("{sign}{}", grouped(size as u64));
    }
    if !(0.001..1e15).contains(&size) {
        return format!("{sign}{size:.2e}");
    }
    let decimals = if size >= 1000.0 { 1 } else { 3 };
    let text = format!("{size:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A number on an axis, where space is short: `1.2k`, `38M`.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    for (limit, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if size >= limit {
            let scaled = value / limit;
            let text = if scaled.abs() >= 10.0 { format!("{scaled:.0}") } else { format!("{scaled:.1}") };
            return format!("{}{unit}", text.trim_end_matches(".0"));
        }
    }
    number(value)
}

/// The name of a column that holds bytes.
pub(crate) fn is_bytes(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    let last = name.rsplit(['.', '_']).next().unwrap_or(&name);
    last == "bytes" || name == "bytes" || name.ends_with("_bytes") || name.ends_with("bytes)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 184_206, 5_000_000].map(grouped),
            ["0", "999", "1,000", "184,206", "5,000,000"]
        );
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(plural(1204, "file"), "1,204 files");
    }

    #[test]
    fn sizes_carry_their_unit() {
        let sizes = [0.0, 999.0, 1000.0, 38_200_000.0, 112_900_000.0, 999_949.0, 2e15];
        assert_eq!(sizes.map(bytes), ["0 B", "999 B", "1.0 kB", "38.2 MB", "113 MB", "1.0 MB", "2000 TB"]);
    }

    #[test]
    fn shares_never_lie_at_the_ends() {
        assert_eq!(share(1, 10_000), "<0.1%");
        assert_eq!(share(20, 10_000), "0.2%");
        assert_eq!(share(9_999, 10_000), ">99%");
        assert_eq!(share(5, 5), "100%");
        assert_eq!(share(0, 0), "0%");
        assert_eq!(share(642, 1284), "50%");
    }

    #[test]
    fn measured_numbers() {
        let given = [1_284.0, -3.0, 0.25, 12.3456, 98_765.432_1, 0.000_012, f64::NAN];
        assert_eq!(given.map(number), ["1,284", "−3", "0.25", "12.346", "98,765.4", "1.20e-5", "–"]);
        assert_eq!([950.0, 1_200.0, 38_000_000.0, 2e9].map(short), ["950", "1.2k", "38M", "2G"]);
    }

    #[test]
    fn byte_columns_by_name() {
        assert!(
            is_bytes("bytes")
                && is_bytes("network.bytes")
                && is_bytes("sum(bytes)")
                && is_bytes("sent_bytes")
        );
        assert!(!is_bytes("bytesTransferredCount") && !is_bytes("kilobyte"));
    }
}
