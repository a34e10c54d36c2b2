//! Partition columns: the columns by which AWS's table definitions divide a log's files, such as `year`, `day` or `region`.
//! No record holds them; they answer from the event's time, its region and account, and from the S3 key in the file's path.
//! Names and values only; which log has them is [`JsonPaths::has_partitions`](crate::json_paths::JsonPaths)'s to say.
//!
//! Sources: the `PARTITIONED BY` clauses of Athena's pages for CloudTrail (`timestamp`; `region`, `year`, `month`, `day`),
//! VPC flow logs (`date`; `accid`, `region`, `day`; in Hive-compatible prefixes `aws-account-id`, `aws-service`, `aws-region`, `year`, `month`,
//! `day`, `hour`) and ALB (`day`), and of the tables that AWS's security samples create (`date_partition`,
//! `region_partition`, `account_partition`; Security Lake's `eventday`). Read 2026-11-21.

use crate::time;

/// What stands before the name of a partition column in a plan, with its form between two dots: `@partition.3/.dt`. Nobody
/// writes it.
pub const PARTITION: &str = "@partition.";

/// What a partition column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// The year, four digits.
    Year,
    /// The month, two digits.
    Month,
    /// The day of the month, two digits.
    Day,
    /// The hour, two digits.
    Hour,
    /// A date.
    Date(DateForm),
    /// The region.
    Region,
    /// The account.
    Account,
    /// The service, as the S3 key spells it.
    Service,
    /// The value of a key of that name in the file's path, as Hive writes it: `env=prod/`.
    Key,
}

/// How a date is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateForm {
    /// How many of year, month, day and hour there are.
    pub parts: u8,
    /// What stands between two of them.
    pub separator: Option<char>,
}

impl DateForm {
    /// `2026/03/05`, as partition projection has it.
    pub const PROJECTED: DateForm = DateForm { parts: 3, separator: Some('/') };

    /// The form of a text that is a date, and the text with its parts padded; `None` if it is none. A time of day in
    /// ISO 8601 behind the date is left away.
    pub fn of(text: &str) -> Option<(DateForm, String)> {
        let text = match text.find(['T', ' ']) {
            Some(at) if time::parse_iso(text.as_bytes()).is_some() => &text[..at],
            _ => text,
        };
        let separator = text.chars().find(|c| !c.is_ascii_digit());
        let mut numbers: Vec<&str> = Vec::new();
        match separator {
            Some(c @ ('/' | '-')) => numbers.extend(text.split(c)),
            Some(_) => return None,
            // Without a separator only the month, the day and the hour say that it is no number.
            None if matches!(text.len(), 8 | 10) => {
                numbers.push(text.get(..4)?);
                numbers.extend((4..text.len()).step_by(2).filter_map(|at| text.get(at..at + 2)));
            }
            None => return None,
        }
        let digits = |part: &str, most: usize| {
            let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| part.parse::<u32>().ok()).flatten()
        };
        let (year, rest) = numbers.split_first()?;
        let mut parts = vec![digits(year, 4).filter(|_| year.len() == 4)?];
        for part in rest {
            parts.push(digits(part, 2)?);
        }
        let month = parts.get(1).is_none_or(|m| (1..=12).contains(m));
        let day = parts.get(2).is_none_or(|d| (1..=31).contains(d));
        let hour = parts.get(3).is_none_or(|h| *h < 24);
        if !((2..=4).contains(&parts.len()) && month && day && hour) {
            return None;
        }
        let form = DateForm { parts: parts.len() as u8, separator };
        Some((form, form.text(&parts)))
    }
    /// Year, month, day and hour, as many as the form has.
    fn text(self, parts: &[u32]) -> String {
        let mut out = String::with_capacity(13);
        for (at, part) in parts.iter().take(self.parts as usize).enumerate() {
            if at > 0 {
                out.extend(self.separator);
            }
            out.push_str(&if at == 0 { format!("{part:04}") } else { format!("{part:02}") });
        }
        out
    }
    /// A point in time in this form.
    pub fn of_time(self, micros: i64) -> String {
        self.text(&parts(micros))
    }
}

/// Year, month, day and hour of a point in time.
fn parts(micros: i64) -> [u32; 4] {
    let (year, month, day) = time::civil_from_days(micros.div_euclid(time::DAY));
    let hour = micros.rem_euclid(time::DAY) / (3600 * time::SECOND);
    [u32::try_from(year).unwrap_or(0), month, day, hour as u32]
}

/// A name without what people spell differently.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

/// Names, and what they say.
const NAMES: &[(&str, Partition)] = &[
    ("year", Partition::Year),
    ("month", Partition::Month),
    ("day", Partition::Day),
    ("hour", Partition::Hour),
    ("date", Partition::Date(DateForm::PROJECTED)),
    ("dt", Partition::Date(DateForm::PROJECTED)),
    ("day_partition", Partition::Date(DateForm::PROJECTED)),
    ("date_partition", Partition::Date(DateForm::PROJECTED)),
    ("partition_date", Partition::Date(DateForm::PROJECTED)),
    ("event_date", Partition::Date(DateForm::PROJECTED)),
    ("log_date", Partition::Date(DateForm::PROJECTED)),
    ("timestamp", Partition::Date(DateForm::PROJECTED)),
    ("eventday", Partition::Date(DateForm { parts: 3, separator: None })),
    ("datehour", Partition::Date(DateForm { parts: 4, separator: Some('/') })),
    ("region", Partition::Region),
    ("aws_region", Partition::Region),
    ("region_partition", Partition::Region),
    ("account", Partition::Account),
    ("accid", Partition::Account),
    ("accountid", Partition::Account),
    ("account_id", Partition::Account),
    ("aws_account_id", Partition::Account),
    ("account_partition", Partition::Account),
    ("aws_service", Partition::Service),
];

impl Partition {
    /// What a partition column of that name says, letter case and dashes aside.
    pub fn named(name: &str) -> Option<Partition> {
        let folded = folded(name);
        NAMES.iter().find(|(known, _)| *known == folded).map(|(_, partition)| *partition)
    }
    /// All names that partition columns have.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
    /// Whether a log may have a column for it that is empty, as the default format of flow records has no region.
    pub fn is_place(self) -> bool {
        self.field().is_some()
    }
    /// The name under which a plan asks for it.
    pub fn input(self, name: &str) -> String {
        let code = match self {
            Partition::Year => "y".to_owned(),
            Partition::Month => "m".to_owned(),
            Partition::Day => "d".to_owned(),
            Partition::Hour => "h".to_owned(),
            Partition::Date(form) => {
                format!("{}{}", form.parts, form.separator.map_or(String::new(), Into::into))
            }
            Partition::Region => "r".to_owned(),
            Partition::Account => "a".to_owned(),
            Partition::Service => "s".to_owned(),
            Partition::Key => "k".to_owned(),
        };
        format!("{PARTITION}{code}.{name}")
    }
    /// What a plan asks for under that name, and the name as it was written.
    pub fn of_input(input: &str) -> Option<(Partition, &str)> {
        let (code, name) = input.strip_prefix(PARTITION)?.split_once('.')?;
        let partition = match code {
            "y" => Partition::Year,
            "m" => Partition::Month,
            "d" => Partition::Day,
            "h" => Partition::Hour,
            "r" => Partition::Region,
            "a" => Partition::Account,
            "s" => Partition::Service,
            "k" => Partition::Key,
            date => {
                let mut chars = date.chars();
                let parts = chars.next()?.to_digit(10).filter(|parts| (1..=4).contains(parts))? as u8;
                let separator = match chars.as_str() {
                    "" => None,
                    "/" => Some('/'),
                    "-" => Some('-'),
                    _ => return None,
                };
                Partition::Date(DateForm { parts, separator })
            }
        };
        Some((partition, name))
    }
    /// The field of the common schema that holds the same, if one does.
    pub fn field(self) -> Option<&'static str> {
        match self {
            Partition::Region => Some("cloud.region"),
            Partition::Account => Some("cloud.account.id"),
            _ => None,
        }
    }
    /// The value of the column `name` for an event at that time from a file with that S3 key.
    pub fn value(self, name: &str, time: Option<i64>, key: &S3Key) -> Option<String> {
        if let Some(value) = key.pair(name) {
            return Some(match self {
                Partition::Date(form) => match DateForm::of(value) {
                    Some((found, text)) => respelled(&text, found, form),
                    None => value.to_owned(),
                },
                Partition::Month | Partition::Day | Partition::Hour if value.len() == 1 => {
                    format!("0{value}")
                }
                _ => value.to_owned(),
            });
        }
        let parts = || time.map(parts).or(key.date.map(|[y, m, d]| [y, m, d, 0]));
        match self {
            Partition::Year => parts().map(|p| format!("{:04}", p[0])),
            Partition::Month => parts().map(|p| format!("{:02}", p[1])),
            Partition::Day => parts().map(|p| format!("{:02}", p[2])),
            Partition::Hour => time.map(|t| format!("{:02}", self::parts(t)[3])),
            Partition::Date(form) => parts().map(|p| form.text(&p)),
            Partition::Region | Partition::Account | Partition::Service => key.place(self),
            Partition::Key => None,
        }
    }
}

/// A date of one form in another one, as far as it goes.
fn respelled(text: &str, found: DateForm, form: DateForm) -> String {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let parts: Vec<u32> = std::iter::once(plain.get(..4))
        .chain((4..plain.len()).step_by(2).map(|at| plain.get(at..at + 2)))
        .filter_map(|part| part?.parse().ok())
        .take(found.parts as usize)
        .collect();
    form.text(&parts)
}

/// A constant that is compared with a date of that form, spelled as that is; `None` if it is no date.
pub fn spelled(text: &str, form: DateForm) -> Option<String> {
    let (found, padded) = DateForm::of(text)?;
    let own = DateForm { parts: found.parts, separator: form.separator };
    Some(respelled(&padded, found, own))
}

/// What the S3 key in a file's path says of the file.
///
/// ```text
/// key  = … "AWSLogs/" [ organization "/" ] account "/" service "/" [ region "/" ] yyyy "/" mm "/" dd "/" … file
///      / … name "=" value "/" … file
/// file = account "_" service "_" region "_" …
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Key {
    account: Option<String>,
    service: Option<String>,
    region: Option<String>,
    date: Option<[u32; 3]>,
    pairs: Vec<(String, String)>,
}

/// As many keys of a path are kept.
const MOST_PAIRS: usize = 16;

impl S3Key {
    /// What a path says.
    pub fn of(path: &str) -> S3Key {
        let mut key = S3Key::default();
        let steps: Vec<&str> = path.split(['/', '\\']).collect();
        for step in &steps {
            if let Some((name, value)) = step.split_once('=')
                && !name.is_empty()
                && !value.is_empty()
                && key.pairs.len() < MOST_PAIRS
            {
                key.pairs.push((folded(name), value.to_owned()));
            }
        }
        let logs = steps.iter().rposition(|step| *step == "AWSLogs").map_or(steps.len(), |at| at + 1);
        let mut rest = steps.get(logs..).unwrap_or_default();
        if let [organization, after @ ..] = rest
            && organization.starts_with("o-")
        {
            rest = after;
        }
        if let [account, service, after @ ..] = rest
            && is_account(account)
        {
            key.account = Some((*account).to_owned());
            key.service = (!after.is_empty()).then(|| (*service).to_owned());
            rest = after;
            if let [region, after @ ..] = rest
                && is_region(region)
            {
                key.region = Some((*region).to_owned());
                rest = after;
            }
            if let [year, month, day, ..] = rest
                && let Some((DateForm { parts: 3, .. }, text)) =
                    DateForm::of(&format!("{year}/{month}/{day}"))
            {
                let mut parts = text.split('/').filter_map(|part| part.parse().ok());
                key.date = (|| Some([parts.next()?, parts.next()?, parts.next()?]))();
            }
        }
        let mut names = steps.last().unwrap_or(&"").split('_');
        if let (Some(account), Some(service), Some(region)) = (names.next(), names.next(), names.next())
            && is_account(account)
            && is_region(region)
        {
            key.account.get_or_insert_with(|| account.to_owned());
            key.service.get_or_insert_with(|| service.to_owned());
            key.region.get_or_insert_with(|| region.to_owned());
        }
        key
    }
    /// The names of its Hive keys, in small letters and with underscores.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }
    fn pair(&self, name: &str) -> Option<&str> {
        let name = folded(name);
        self.pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
    /// The region, the account or the service.
    pub fn place(&self, of: Partition) -> Option<String> {
        let named =
            self.pairs.iter().find(|(key, _)| Partition::named(key) == Some(of)).map(|(_, value)| value);
        let found = match of {
            Partition::Region => &self.region,
            Partition::Account => &self.account,
            Partition::Service => &self.service,
            _ => return None,
        };
        named.or(found.as_ref()).cloned()
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `us-east-1`, `us-gov-west-1`
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, .., number] = parts.as_slice() else { return false };
    parts.len() >= 3
        && area.len() == 2
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
        && parts[..parts.len() - 1].iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_a_form_and_two_digits_for_each_part() {
        for (text, parts, separator, padded) in [
            ("2026/03/05", 3, Some('/'), "2026/03/05"),
            ("2026-3-5", 3, Some('-'), "2026-03-05"),
            ("20260305", 3, None, "20260305"),
            ("2026/03/05/07", 4, Some('/'), "2026/03/05/07"),
            ("2026-03", 2, Some('-'), "2026-03"),
            ("2026-03-05T10:00:00Z", 3, Some('-'), "2026-03-05"),
            ("2026-03-05 00:00:00.000", 3, Some('-'), "2026-03-05"),
            ("2026030507", 4, None, "2026030507"),
        ] {
            let form = DateForm { parts, separator };
            assert_eq!(DateForm::of(text), Some((form, padded.to_owned())), "{text}");
        }
        for text in [
            "",
            "03",
            "2026",
            "26/03/05",
            "2026/13/05",
            "2026/03/32",
            "2026-03-05-24",
            "2026.03.05",
            "x",
            "ünix/1/1",
            "2026/03/05/01/01",
            "111122223333",
            "2026//05",
            "1-2",
        ] {
            assert_eq!(DateForm::of(text), None, "{text}");
        }
        assert_eq!(spelled("2026-3-5", DateForm::PROJECTED).as_deref(), Some("2026/03/05"));
        assert_eq!(spelled("2026/03", DateForm { parts: 3, separator: None }).as_deref(), Some("202603"));
    }

    #[test]
    fn keys_say_account_service_region_and_date() {
        let own = |path: &str| {
            let key = S3Key::of(path);
            let place = |of| key.place(of).unwrap_or_default();
            let date = Partition::Date(DateForm::PROJECTED).value("dt", None, &key).unwrap_or_default();
            [place(Partition::Account), place(Partition::Service), place(Partition::Region), date].join(" ")
        };
        for (path, said) in [
            (
                "b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/07/x.json.gz",
                "111122223333 CloudTrail eu-west-1 2026/03/07",
            ),
            (
                "AWSLogs/o-a1b2c3/111122223333/vpcflowlogs/us-gov-west-1/2026/3/7/x.gz",
                "111122223333 vpcflowlogs us-gov-west-1 2026/03/07",
            ),
            (
                "in.zip/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/x",
                "111122223333 vpcflowlogs us-east-1 ",
            ),
            (
                "C:\\logs\\111122223333_elasticloadbalancing_us-east-1_app.lb.1.log.gz",
                "111122223333 elasticloadbalancing us-east-1 ",
            ),
            ("AWSLogs/111122223333", "   "),
            ("AWSLogs/11112222333/CloudTrail/eu-west-1/2026/03/07/x", "   "),
            ("E2EXAMPLE.2026-03-05-12.a1b2c3d4.gz", "   "),
            ("", "   "),
        ] {
            assert_eq!(own(path), said, "{path}");
        }
    }

    #[test]
    fn a_column_answers_from_its_hive_key_first_then_from_the_time() {
        let key = S3Key::of("x/year=2026/month=3/dt=2026-03-05/env=prod/f.gz");
        let at = time::parse_iso(b"2026-03-04T23:59:00Z");
        let value = |name: &str| Partition::named(name).unwrap_or(Partition::Key).value(name, at, &key);
        for (name, said) in [
            ("year", Some("2026")),
            ("MONTH", Some("03")),
            ("day", Some("04")),
            ("hour", Some("23")),
            ("dt", Some("2026/03/05")),
            ("date", Some("2026/03/04")),
            ("eventday", Some("20260304")),
            ("datehour", Some("2026/03/04/23")),
            ("env", Some("prod")),
            ("region", None),
            ("nothing", None),
        ] {
            assert_eq!(value(name).as_deref(), said, "{name}");
        }
        assert_eq!(Partition::Year.value("year", None, &S3Key::default()), None);
    }

    #[test]
    fn a_name_of_a_plan_is_read_back() {
        let forms = [DateForm::PROJECTED, DateForm { parts: 4, separator: None }];
        let all = NAMES.iter().map(|(_, p)| *p).chain(forms.map(Partition::Date)).chain([Partition::Key]);
        for partition in all {
            let input = partition.input("a.b");
            assert_eq!(Partition::of_input(&input), Some((partition, "a.b")), "{input}");
        }
        for input in [
            "year",
            "@partition.",
            "@partition.y",
            "@partition..x",
            "@partition.zz.x",
            "@partition.9/.x",
            "@partition.0.x",
            "@partition.3/-.x",
        ] {
            assert_eq!(Partition::of_input(input), None, "{input}");
        }
    }
}
