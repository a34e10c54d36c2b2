//! What logs are about: seven families, each with a letter and a colour of its own wherever logs are told apart. Not which
//! log belongs where: each format says that of itself.

use serde::{Deserialize, Serialize};

/// What a log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Who did what: calls, sign-ins, changes of configuration.
    Audit,
    /// Flows, firewalls, tunnels, names asked for.
    Network,
    /// Requests to what stands at the edge: balancers, caches, buckets, APIs.
    Web,
    /// Databases: what was connected, asked and refused.
    Database,
    /// What ran: functions, containers, clusters, jobs.
    Compute,
    /// What other services hold to be wrong.
    Findings,
    /// Everything else.
    Other,
}

impl Family {
    /// All families, in the order in which lists have them.
    pub const ALL: [Family; 7] = [
        Family::Audit,
        Family::Network,
        Family::Web,
        Family::Database,
        Family::Compute,
        Family::Findings,
        Family::Other,
    ];
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Family::Audit => "Identity and audit",
            Family::Network => "Network",
            Family::Web => "Edge and web",
            Family::Database => "Database",
            Family::Compute => "Compute",
            Family::Findings => "Findings",
            Family::Other => "Other",
        }
    }
    /// One word for it, where there is little room.
    pub fn word(self) -> &'static str {
        match self {
            Family::Audit => "Audit",
            Family::Web => "Web",
            other => other.name(),
        }
    }
    /// The letter that stands beside its colour: colour alone tells nothing to many.
    pub fn letter(self) -> &'static str {
        match self {
            Family::Audit => "A",
            Family::Network => "N",
            Family::Web => "W",
            Family::Database => "D",
            Family::Compute => "C",
            Family::Findings => "F",
            Family::Other => "O",
        }
    }
}
