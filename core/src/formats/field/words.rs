//! Words for summaries: numbers, amounts and names as people read them.

/// `1204` as `1,204`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in decimal units with three digits at most: `38.2 MB`.
pub fn amount(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value.abs() >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if unit == 0 || value.abs() >= 99.95 { 0 } else { 1 };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// A duration in seconds in the unit that reads best: `12 ms`, `3.4 s`, `2 min 5 s`.
pub fn duration(seconds: f64) -> String {
    if seconds < 0.9995 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as i64;
        format!("{} min {} s", grouped(whole / 60), whole % 60)
    }
}

/// Text in one line and at most some length.
pub fn one_line(text: &str) -> String {
    const MOST: usize = 120;
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.chars().count() + word.chars().count() > MOST {
            out.extend(word.chars().take(MOST.saturating_sub(out.chars().count())));
            out.push('…');
            return out.trim().to_owned();
        }
        out.push_str(word);
        out.push(' ');
    }
    out.trim_end().to_owned()
}

/// The name at the end of an ARN; text that is no ARN stays what it is.
pub fn last_of_arn(text: &str) -> &str {
    match text.starts_with("arn:") {
        true => text.rsplit(['/', ':']).next().filter(|n| !n.is_empty()).unwrap_or(text),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
        assert_eq!(grouped(i64::MIN), "-9,223,372,036,854,775,808");
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (38_200_000, "38.2 MB"),
            (999_999, "1.0 MB"),
            (123_456_789, "123 MB"),
        ] {
            assert_eq!(amount(bytes), text);
        }
        for (seconds, text) in
            [(0.0, "0 ms"), (0.012, "12 ms"), (0.9999, "1.0 s"), (3.44, "3.4 s"), (125.0, "2 min 5 s")]
        {
            assert_eq!(duration(seconds), text);
        }
    }
}
