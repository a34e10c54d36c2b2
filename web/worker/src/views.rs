//! Handlers of requests about views.

use logloupe_answer::job::ViewJob;
use logloupe_protocol::{
    Handle, Reply, WorkerMessage, decode, encode,
    views::{Catalogs, CountValues, Merge, Merged, Refine, View, ViewPart},
};
use logloupe_query::{
    exec::{self, Partial},
    plan::Catalog,
    result::ResultTable,
};
use logloupe_syntax::Diagnostic;
use logloupe_view::coordinator::Counts;

use crate::session::Session;

impl<F> Session<F> {
    /// The job of the view at hand, if that is `view`.
    pub(crate) fn job(&self, view: u32) -> Option<&ViewJob<'static>> {
        self.view.as_ref().filter(|(number, ..)| *number == view).map(|(_, job, _)| job)
    }
}

impl<F> Handle<Catalogs> for Session<F> {
    fn handle(&mut self, _: u32, Catalogs { shards }: Catalogs) -> Reply<()> {
        let mut catalogs = shards.iter().filter_map(|bytes| decode::<Catalog>(bytes).ok());
        // While nothing is loaded, any name may be one.
        let mut merged = catalogs.next().unwrap_or_else(Catalog::open);
        catalogs.for_each(|catalog| merged.merge(&catalog));
        self.catalog = merged;
        Reply::Now(())
    }
}

impl<F> Handle<View> for Session<F> {
    fn handle(&mut self, id: u32, View { view, request, answers }: View) -> Reply<ViewPart> {
        if let Some((_, _, Some(older))) = self.view.take() {
            self.outbox.push(WorkerMessage::Dropped(older));
        }
        let answers: Vec<ResultTable> = match decode_all(&answers) {
            Ok(answers) => answers,
            Err(message) => {
                let diagnostics = vec![Diagnostic::error(0..0, message)];
                return Reply::Now(ViewPart { diagnostics, ..ViewPart::default() });
            }
        };
        let mut catalog = self.catalog.clone();
        catalog.bindings.lookups = self.lookups.clone();
        self.view = Some((view, ViewJob::new(self.number, request, catalog, answers, self.paths), Some(id)));
        Reply::Later
    }
}

impl<F> Handle<CountValues> for Session<F> {
    fn handle(&mut self, _: u32, CountValues { view, values }: CountValues) -> Reply<Counts> {
        let Some(job) = self.job(view) else { return Reply::Dropped };
        Reply::Now(values.iter().map(|(f, v)| (*f, job.counts(self.shard(), *f as usize, v))).collect())
    }
}

impl<F> Handle<Merge> for Session<F> {
    fn handle(&mut self, _: u32, Merge { view, partials }: Merge) -> Reply<Result<Merged, String>> {
        let Some(job) = self.job(view) else { return Reply::Dropped };
        Reply::Now(merge(job, &partials))
    }
}

impl<F> Handle<Refine> for Session<F> {
    fn handle(&mut self, _: u32, Refine { view, refine }: Refine) -> Reply<Vec<u8>> {
        let Some(job) = self.job(view) else { return Reply::Dropped };
        let refine = decode(&refine).unwrap_or(exec::Refine::All);
        Reply::Now(encode(&job.refine(self.shard(), &refine)))
    }
}

/// Merges the partials of all workers, as bytes.
fn merge(job: &ViewJob<'_>, partials: &[Vec<u8>]) -> Result<Merged, String> {
    let partials: Vec<Partial> = decode_all(partials)?;
    Ok(match job.merge(partials)? {
        logloupe_view::coordinator::Merged::Table(table) => Merged::Table(encode(&table)),
        logloupe_view::coordinator::Merged::Rows(rows) => Merged::Rows(rows),
        logloupe_view::coordinator::Merged::Refine(refine) => Merged::Refine(encode(&refine)),
    })
}

/// Decodes what other workers made.
fn decode_all<T: for<'de> serde::Deserialize<'de>>(all: &[Vec<u8>]) -> Result<Vec<T>, String> {
    let decoded: Result<Vec<T>, _> = all.iter().map(|bytes| decode(bytes)).collect();
    decoded.map_err(|e| format!("a worker's result is damaged: {e}"))
}
