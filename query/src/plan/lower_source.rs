//! The walk from tree to plan for `SOURCE` and `FROM`: which log a name means. By its own names, by those of formats in the
//! words of the name, as in `cloudtrail_111122223333`, or by the columns that the query uses.

use std::collections::BTreeSet;

use super::{catalog::Catalog, lower::Lower, subquery::each_expression};
use logloupe_syntax::{
    Diagnostic,
    tree::{Command, Expr, Query, Spanned},
};
use logloupe_table::{partition::Partition, schema::BUILT_IN};

/// So many letters of a format's name are found in the midst of a word: `mycloudtraillogs`.
const TELLING: usize = 6;
/// How many names of a query are looked at.
const MOST_NAMES: usize = 200;

impl Lower<'_> {
    pub(super) fn source(&mut self, names: &[Spanned<String>], query: &Query) {
        let mut ids = self.sources.take().unwrap_or_default();
        let (mut all, mut wrong) = (false, false);
        for name in names {
            // The vendor's log groups are named by service: `/aws/lambda/…`.
            let of_part = |part: &str| Some(self.catalog.source(part)).filter(|ids| !ids.is_empty());
            let is_group = name.item.contains('/');
            let of_group = || if is_group { name.item.split('/').find_map(of_part) } else { None };
            match of_part(&name.item).or_else(of_group) {
                Some(found) => ids.extend(found),
                None if is_group => {
                    all = true;
                    let message = "log groups are not told apart: all logs that are loaded are asked";
                    let remark = Diagnostic::warning(name.span.clone(), message);
                    self.diagnostics.push(remark.help("name a format: `SOURCE cloudtrail`"));
                }
                None => match self.taken_for(name, query) {
                    Some(id) => ids.push(id),
                    None => wrong = true,
                },
            }
        }
        let span =
            names.first().map_or(0..0, |first| first.span.start..names.last().map_or(0, |l| l.span.end));
        if !all && !wrong && !self.catalog.is_loaded(&ids) {
            let loaded = self.catalog.candidates().join(", ");
            let remark = Diagnostic::warning(span, format!("no loaded record is of {}", ids.join(" or ")));
            self.absent = Some(remark.help(format!("loaded are records of {loaded}")));
        }
        self.sources = (!all).then_some(ids);
        self.names.set_formats(self.sources.as_deref());
    }

    /// The one format that a name which none has is taken for, which is said; if there is none, that is.
    fn taken_for(&mut self, name: &Spanned<String>, query: &Query) -> Option<String> {
        let mut by_words = by_words(self.catalog, &name.item);
        if by_words.len() > 1 && by_words.iter().any(|id| self.catalog.is_loaded(std::slice::from_ref(id))) {
            by_words.retain(|id| self.catalog.is_loaded(std::slice::from_ref(id)));
        }
        let used = used_names(query);
        let (ids, columns) = match by_words.len() {
            1 => (by_words, Vec::new()),
            0 => by_columns(self.catalog, &self.catalog.candidates(), &used),
            _ => {
                let among: Vec<&str> = by_words.iter().map(String::as_str).collect();
                match by_columns(self.catalog, &among, &used) {
                    (one, columns) if one.len() == 1 => (one, columns),
                    _ => (by_words, Vec::new()),
                }
            }
        };
        match ids.as_slice() {
            [id] => {
                let why = match columns.as_slice() {
                    [] => "its name".to_owned(),
                    [one] => format!("the column `{one}`"),
                    some => format!("the columns {}", listed(some)),
                };
                let message = format!("`{}` is taken for the log `{id}` by {why}", name.item);
                self.diagnostics.push(
                    Diagnostic::warning(name.span.clone(), message)
                        .help(format!("write `{id}` for this log")),
                );
                return Some(id.clone());
            }
            [] => {
                let near = self.like(&name.item, self.catalog.sources());
                let all: Vec<&str> = self.catalog.sources().take(12).collect();
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if all.is_empty() => String::new(),
                    None => format!("loaded are {}", all.join(", ")),
                };
                let message = format!("no log called `{}` is loaded", name.item);
                self.diagnostics.push(Diagnostic::error(name.span.clone(), message).help(help));
            }
            several => {
                let message = format!("`{}` may be any of several logs: {}", name.item, several.join(", "));
                let help = format!("write the one that is meant: `{}`", several[0]);
                self.diagnostics.push(Diagnostic::error(name.span.clone(), message).help(help));
            }
        }
        None
    }
}

/// The formats whose names stand in a name: by whole words, or by many letters in a row. One whose words another one has
/// besides others is not meant: `alb_access_logs_prod` has the words of `alb_access_logs`.
fn by_words(catalog: &Catalog, name: &str) -> Vec<String> {
    let words = words_of(name);
    let run: String = words.concat();
    let mut found: Vec<(BTreeSet<String>, &BTreeSet<String>)> = Vec::new();
    for (own, ids) in catalog.source_ids() {
        // Words that any log may be called by, or any load balancer's.
        let mut key = words_of(own);
        key.retain(|word| !matches!(word.as_str(), "logs" | "log" | "access" | "elb"));
        let letters: String = key.concat();
        let whole = !key.is_empty() && key.iter().all(|word| words.contains(word));
        if whole || letters.len() >= TELLING && run.contains(&letters) {
            found.push((key.into_iter().collect(), ids));
        }
    }
    let most = |key: &BTreeSet<String>| {
        !found.iter().any(|(other, _)| {
            let joined = |words: &BTreeSet<String>| words.iter().map(String::len).sum::<usize>();
            other != key && other.is_superset(key) && joined(other) > joined(key)
        })
    };
    let ids: BTreeSet<&String> =
        found.iter().filter(|(key, _)| most(key)).flat_map(|(_, ids)| *ids).collect();
    ids.into_iter().cloned().collect()
}

/// Words in small letters.
fn words_of(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.take(32).map(str::to_ascii_lowercase).collect()
}

/// Of these formats, those that have most of the columns that a query uses, and more than half of them, with those
/// columns.
fn by_columns(catalog: &Catalog, ids: &[&str], used: &[String]) -> (Vec<String>, Vec<String>) {
    // Names that partitions of any log may have say little of which it is.
    let (common, telling): (Vec<&String>, Vec<&String>) =
        used.iter().partition(|name| Partition::named(name).is_some());
    let owned = |id: &str, names: &[&String]| -> Vec<String> {
        names.iter().filter(|name| catalog.owns(id, name)).map(|name| (*name).clone()).collect()
    };
    let asked = if telling.is_empty() { &common } else { &telling };
    let all: Vec<(&str, Vec<String>)> = ids.iter().map(|id| (*id, owned(id, asked))).collect();
    let most = all.iter().map(|(_, columns)| columns.len()).max().unwrap_or(0);
    if most * 2 <= asked.len() {
        return (Vec::new(), Vec::new());
    }
    let best: Vec<&(&str, Vec<String>)> = all.iter().filter(|(_, columns)| columns.len() == most).collect();
    let columns = best.first().map(|(_, columns)| columns.clone()).unwrap_or_default();
    (best.iter().map(|(id, _)| (*id).to_owned()).collect(), columns)
}

/// The names of fields that a query uses and does not itself define, each once.
fn used_names(query: &Query) -> Vec<String> {
    let (mut names, mut made): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    for command in &query.commands {
        let (some, more) = match &command.item {
            Command::Fields(items) | Command::Display(items) | Command::Select(items) => {
                (items.as_slice(), &[][..])
            }
            Command::Stats { aggregates, by } => (aggregates.as_slice(), by.as_slice()),
            _ => (&[][..], &[][..]),
        };
        made.extend(some.iter().chain(more).filter_map(|item| Some(item.alias.as_ref()?.item.as_str())));
        each_expression(&command.item, &mut |e| {
            if let Expr::Field(name) = &e.item
                && names.len() < MOST_NAMES
                && !BUILT_IN.contains(&name.as_str())
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        });
    }
    names.retain(|name| !made.contains(&name.as_str()));
    names
}

fn listed(names: &[String]) -> String {
    let mut all: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    if names.len() > all.len() {
        all.push("…".to_owned());
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::{Field, Kind, Role};

    fn catalog() -> Catalog {
        let mut catalog = Catalog::default();
        let field = |name: &'static str| Field::new(name, Kind::Text, Role::Dimension);
        catalog.add_format(
            "cloudtrail",
            &[field("eventName"), field("userIdentity.arn"), field("region")],
            true,
        );
        catalog.add_format("vpc_flow", &[field("srcaddr"), field("dstaddr"), field("region")], false);
        catalog.add_format("alb", &[field("elb"), field("client_ip")], false);
        catalog.add_format("cloudfront", &[field("x-edge-location"), field("client_ip")], false);
        catalog.add_source("alb_access_logs", "alb");
        catalog.add_source("elb_logs", "alb");
        catalog.add_source("access_logs", "alb");
        catalog.add_source("access_logs", "cloudfront");
        catalog
    }

    #[test]
    fn names_are_found_by_their_words() {
        for (name, ids) in [
            ("cloudtrail_111122223333", "cloudtrail"),
            ("aws_cloudtrail", "cloudtrail"),
            ("MyCloudTrailLogs2026", "cloudtrail"),
            ("cloud_trail_org", "cloudtrail"),
            ("vpc_flow_prod", "vpc_flow"),
            ("prod-vpcflowlogs", "vpc_flow"),
            ("alb_access_logs_prod", "alb"),
            ("alb-2026", "alb"),
            ("web_access_logs", ""),
            ("elb_logs_partitioned", ""),
            ("cloudtrail_vpc_flow", "cloudtrail vpc_flow"),
            ("albatross", ""),
            ("flow", ""),
            ("logs_2026", ""),
            ("", ""),
            ("日志", ""),
        ] {
            assert_eq!(by_words(&catalog(), name).join(" "), ids, "{name}");
        }
    }

    #[test]
    fn else_by_the_columns_that_are_used() {
        let ids = ["alb", "cloudfront", "cloudtrail", "vpc_flow"];
        for (used, found) in [
            (&["EVENTNAME", "region"][..], "cloudtrail"),
            (&["useridentity"], "cloudtrail"),
            (&["useridentity.type"], ""),
            (&["srcaddr", "dstaddr", "nothing"], "vpc_flow"),
            (&["srcaddr", "httprequest.clientip"], ""),
            (&["year", "srcaddr"], "vpc_flow"),
            (&["region"], "cloudtrail vpc_flow"),
            (&["client_ip"], "alb cloudfront"),
            (&["client_ip", "elb"], "alb"),
            (&["region", "elb"], "alb"),
            (&["year"], ""),
            (&[], ""),
        ] {
            let used: Vec<String> = used.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(by_columns(&catalog(), &ids, &used).0.join(" "), found, "{used:?}");
        }
    }
}
