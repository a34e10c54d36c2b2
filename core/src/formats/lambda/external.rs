//! Lambda's logs in CloudWatch Logs, where they are at home. Athena has no table of them.

use logloupe_table::external::{ExternalSchema, InsightsNames};

pub(super) static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as functions write to CloudWatch Logs; run it there, as \
                 `logloupe explain --to insights` writes it",
    ),
    insights: InsightsNames {
        group: "/aws/lambda/ and the function's name",
        prefix: "",
        names: &[],
        missing: &["event.outcome"],
    },
};
