//! The schema of everything that page and workers send, read off the types and held against a file. The hash of that file
//! is the protocol's version, so that two sides with different messages refuse each other.

use logloupe_core::ingest::{
    duplicates::{Identity, Repeat},
    history,
    integrity::Evidence,
};
use logloupe_protocol::{
    AnyRequest, AnyResponse, Notice, PageMessage, WorkerMessage,
    custom::{CustomRequest, CustomResponse},
    files::{FilesRequest, FilesResponse},
    hello::{PageHello, WorkerHello},
    rows::{RowsRequest, RowsResponse},
    text::{TextRequest, TextResponse},
    views::{Merged, ViewsRequest, ViewsResponse},
};
use logloupe_query::plan::Catalog;
use logloupe_syntax::{Language, Severity, completion::CompletionKind, explanation::RunsAt, presence::Found};
use logloupe_table::{
    Family, Kind, ResultTable, Role, Source, Unit, Value,
    custom::{Shape, Verdict},
    ledger,
    lookup::Lookup,
};
use serde_reflection::{Samples, Tracer, TracerConfig};

/// Traces these types and all that they hold.
macro_rules! trace {
    ($tracer:ident, $samples:ident, $($t:ty),+ $(,)?) => {
        $($tracer
            .trace_type::<$t>(&$samples)
            .unwrap_or_else(|e| panic!("{}: {e}; {}", stringify!($t), e.explanation()));)+
    };
}

fn tracer() -> (Tracer, Samples) {
    (Tracer::new(TracerConfig::default()), Samples::new())
}

/// What was traced.
fn schema(tracer: Tracer) -> serde_json::Value {
    let registry = tracer.registry().expect("every type is known whole");
    serde_json::to_value(registry).expect("a schema is JSON")
}

#[test]
fn the_version_is_that_of_the_types() {
    let (mut tracer_of_messages, samples) = tracer();
    // Enums that stand inside others are traced by themselves: only so are all their variants met.
    trace!(
        tracer_of_messages,
        samples,
        Kind,
        Role,
        Unit,
        Family,
        Value,
        ledger::State,
        ledger::ErrorKind,
        ledger::Verdict,
        Shape,
        Verdict
    );
    trace!(tracer_of_messages, samples, Language, Severity, Found, CompletionKind, RunsAt, Merged, Result<Merged, String>);
    trace!(
        tracer_of_messages,
        samples, PageHello, WorkerHello, PageMessage, AnyRequest, WorkerMessage, AnyResponse, Notice
    );
    trace!(tracer_of_messages, samples, FilesRequest, FilesResponse, ViewsRequest, ViewsResponse);
    trace!(tracer_of_messages, samples, RowsRequest, RowsResponse, TextRequest, TextResponse);
    trace!(tracer_of_messages, samples, CustomRequest, CustomResponse);

    // What travels inside messages as bytes, from worker to worker. Not partial results: what they consist of is the
    // engine's own, and all workers of a pool run one script.
    let (mut tracer_of_payloads, samples) = tracer();
    trace!(tracer_of_payloads, samples, Kind, Role, Unit, Value, Catalog, ResultTable);
    trace!(
        tracer_of_payloads,
        samples,
        Lookup,
        Source,
        Identity,
        Repeat,
        Evidence,
        history::State,
        history::Link
    );

    let schema = serde_json::json!({
        "messages": schema(tracer_of_messages),
        "payloads": schema(tracer_of_payloads),
    });
    let schema = serde_json::to_string_pretty(&schema).expect("JSON is text") + "\n";
    logloupe_golden::check_file("../protocol/schema.json", &schema);
}
