//! Questions that findings answer.

use crate::formats::{Preset, ask};

pub(super) static PRESETS: &[Preset] = &[
    ask(
        "Findings by type",
        "stats count_distinct(id) as findings, max(severity) as gravest, latest(updatedAt) as last by type | sort gravest desc",
    ),
    ask(
        "Gravest findings, each at its latest update",
        "fields @timestamp, severity, type, resource.name, source.ip, title | sort @timestamp desc | dedup id | sort severity desc",
    ),
    ask(
        "Who attacks: findings by remote address",
        "filter ispresent(source.ip) | stats count_distinct(id) as findings, max(severity) as gravest by source.ip, source.geo.country_name | sort findings desc",
    ),
    ask(
        "Which resources are affected",
        "stats count_distinct(id) as findings, max(severity) as gravest by resource.type, resource.name | sort gravest desc",
    ),
    ask(
        "Use of access keys that GuardDuty doubts",
        "filter ispresent(accessKeyId) | fields @timestamp, type, user.name, accessKeyId, api, source.ip, error.code | sort @timestamp desc",
    ),
    ask("Findings over time", "stats count(*) as updates by bin(1h), severityLabel"),
];
