//! What a worker sends without a request.

use logloupe_table::{custom::Definition, ledger::Entry};
use serde::{Deserialize, Serialize};

/// Worker to page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Notice {
    /// Reading goes on: totals of this worker since it began.
    Progress {
        /// Stored bytes read.
        bytes: u64,
        /// Rows.
        rows: u64,
        /// Rejected records.
        rejected: u64,
        /// Bytes of memory held by tables.
        memory: u64,
    },
    /// This task is being read now.
    Begun {
        /// The task.
        task: u32,
    },
    /// A task is done.
    Read {
        /// The task.
        task: u32,
        /// Its entries in the ledger: one, or one per member of an archive.
        entries: Vec<Entry>,
    },
    /// A file was a table to look things up in.
    Lookup {
        /// Postcard of the table.
        table: Vec<u8>,
    },
    /// A file described a format.
    Definition {
        /// The description.
        definition: Definition,
    },
    /// What can be asked for has changed.
    Catalog {
        /// Postcard of the catalog.
        catalog: Vec<u8>,
        /// Rows per format.
        formats: Vec<(String, u64)>,
        /// Times of the first and the last event.
        times: Option<(i64, i64)>,
    },
    /// The worker is about to stop.
    Panic {
        /// The panic's message.
        message: String,
    },
}
