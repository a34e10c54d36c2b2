//! The number of shards changes no answer: the sample incident dealt to 1, 3 and 7 shards, each view coordinated to its
//! answer, tables, facets, bars and windows of rows compared.

use logloupe_answer::{Values, job::ViewJob, rows};
use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_query::plan::Catalog;
use logloupe_syntax::{Diagnostic, Language};
use logloupe_table::{Shard, Value};
use logloupe_view::{
    RowId, ViewRequest,
    coordinator::{Driven, Replies, Request, drive},
    histogram,
    order::Timeline,
    window::RowWindow,
};

static PATHS: Paths<'static> = Paths(ALL);

/// Shards in one process.
pub(crate) struct Local {
    shards: Vec<Shard>,
    timelines: Vec<Timeline>,
    catalog: Catalog,
}

impl Local {
    /// The sample dealt to so many shards.
    pub(crate) fn new(count: usize) -> Local {
        let mut loaders: Vec<Loader> =
            (0..count).map(|seed| Loader::new(ALL.to_vec(), Limits::default(), seed as u64)).collect();
        for (i, file) in logloupe_sample::incident().into_iter().enumerate() {
            let loader = &mut loaders[i % count];
            loader.open(&file.path, Options::default());
            loader.push(&file.bytes);
            loader.finish();
        }
        let shards: Vec<Shard> = loaders.into_iter().map(|loader| loader.into_parts().0).collect();
        let mut catalog = Catalog::default();
        shards.iter().for_each(|shard| catalog.merge(&Catalog::of(shard, &PATHS)));
        Local { timelines: shards.iter().map(|_| Timeline::default()).collect(), shards, catalog }
    }
    /// A view with all that it consists of, some rows as sentences, and whether shards were asked for a refinement.
    pub(crate) fn view(
        &mut self,
        request: &ViewRequest,
    ) -> Result<(Driven<Values>, Vec<String>, bool), Vec<Diagnostic>> {
        let mut jobs: Vec<ViewJob<'static>> = Vec::new();
        let mut refined = false;
        let count = self.shards.len();
        let driven = drive(request.clone(), count, |ask| match ask {
            Request::View { answers } => {
                let new = |n| ViewJob::new(n, request.clone(), self.catalog.clone(), answers.clone(), &PATHS);
                jobs = (0..count as u32).map(new).collect();
                let shards = jobs.iter_mut().zip(&mut self.shards).zip(&mut self.timelines);
                let part = |((job, shard), timeline): ((&mut ViewJob<'_>, &mut Shard), &mut Timeline)| loop {
                    if let Some(part) = job.step(shard, timeline) {
                        break part;
                    }
                };
                Replies::Parts(shards.map(part).collect())
            }
            Request::Counts(values) => {
                let shards = jobs.iter().zip(&self.shards);
                let counts = shards.map(|(job, shard)| {
                    values.iter().map(|(f, v)| (*f, job.counts(shard, *f as usize, v))).collect()
                });
                Replies::Counts(counts.collect())
            }
            Request::Merge(partials) => Replies::Merged(jobs[0].merge(partials).map_err(String::from)),
            Request::Refine(refine) => {
                refined = true;
                let shards = jobs.iter().zip(&self.shards);
                Replies::Refined(shards.map(|(job, shard)| job.refine(shard, &refine)).collect())
            }
        })?;
        let mut window = RowWindow::new(&driven.order, 5, 40);
        for (shard, from, count) in window.asks() {
            let at = shard as usize;
            let positions = jobs[at].window(&self.shards[at], &self.timelines[at], from, count);
            window.on_positions(&driven.order, shard, positions);
        }
        let row = |id: &RowId| {
            let shard = &self.shards[id.shard as usize];
            let columns = ["source.ip".to_owned(), "@source".to_owned()];
            let cell = |row: &logloupe_table::Row<'_>, name: &str| -> Value {
                logloupe_table::builtin::value(shard, row, name)
            };
            let row = rows::grid_row(shard, ALL, *id, &columns, &cell).expect("a row");
            let sentence: String = row.summary.iter().map(|s| s.text.as_str()).collect();
            format!("{:?} {sentence} {:?}", row.time, row.cells)
        };
        let shown = window.ids().iter().map(row).collect();
        Ok((driven, shown, refined))
    }
}

pub(crate) fn request(query: &str, language: Language) -> ViewRequest {
    let facets = [
        "@format",
        "source.ip",
        "event.outcome",
        "requestParameters.bucketName",
        "network.direction",
        "url.port",
        "network.community_id",
    ];
    ViewRequest {
        query: query.into(),
        language,
        time: None,
        bars: histogram::bars(1_772_409_600_000_000, 1_773_014_399_000_000, 100),
        facets: facets.map(str::to_owned).to_vec(),
        facet_values: 6,
    }
}

const QUERIES: &[&str] = &[
    "",
    "203.0.113.77",
    "filter event.outcome = \"failure\"",
    "filter accessKeyId = \"AKIACIDEPLOY7EXAMPLE\" | sort sourceIPAddress, @timestamp",
    "fields strlen(@message) as length | filter length > 900",
    "stats count(*), sum(bytes), avg(bytes), p90(bytes), stddev(bytes), count_distinct(srcAddr) by @format",
    "stats sum(bytes) as b, count(*) as n by srcAddr, dstAddr | sort b desc | limit 3",
    "stats earliest(eventName), latest(eventName), values(awsRegion) by sourceIPAddress | sort sourceIPAddress",
    "sort @timestamp desc | limit 20",
    "dedup eventName | sort eventName | limit 7",
    "filter sourceIPAddress in (SOURCE cloudtrail | filter event.outcome = \"failure\" | fields sourceIPAddress)",
    "SOURCE cloudtrail | join left=a right=b where a.sourceIPAddress = b.sourceIPAddress \
     (SOURCE cloudtrail | filter event.outcome = \"failure\" | stats count(*) as n by sourceIPAddress) \
     | filter b.n > 2 and eventName in (SOURCE cloudtrail | stats count(*) as n by eventName | filter n < 9)",
    "filter network.transport = \"tcp\" and url.port != 1 or network.community_id like \"1:\" | sort network.community_id, @timestamp \
     | fields network.direction, network.community_id, url.query, http.version",
    "stats count(*) as n, count_distinct(network.community_id) as flows by network.transport, network.type, tls.version",
    "stats count(*) as n by eventName, bin(1d) | diff",
    "relevantfields where event.outcome = \"failure\"",
    "pattern @message | sort @sampleCount desc | limit 5",
    "SELECT sourceaddress, SUM(bytes) AS total FROM vpc_flow_logs WHERE action NOT IN ('ACCEPT') GROUP BY 1 \
     HAVING SUM(bytes) > 1000 ORDER BY total DESC LIMIT 20",
];

#[test]
fn the_number_of_shards_changes_no_answer() {
    let (mut one, mut others) = (Local::new(1), [Local::new(3), Local::new(7)]);
    // Of the last one each shard sends so few groups that refinements are needed.
    others[1].catalog.bindings.limits.sent_groups = 2;
    let mut refinements = 0;
    for query in QUERIES {
        let language = Language::of(query, Language::Insights);
        let mut asked = request(query, language);
        for time in [None, Some((1_772_668_800_000_000, 1_772_755_200_000_000))] {
            asked.time = time;
            let (whole, shown, _) = one.view(&asked).unwrap_or_else(|found| panic!("{query}: {found:?}"));
            for other in &mut others {
                let (view, rows, refined) =
                    other.view(&asked).unwrap_or_else(|found| panic!("{query}: {found:?}"));
                refinements += refined as u32;
                assert_eq!(view.view.answer, whole.view.answer, "{query}");
                assert_eq!(view.view.rows, whole.view.rows, "{query}");
                assert_eq!(view.view.columns, whole.view.columns, "{query}");
                assert_eq!(view.view.table, whole.view.table, "{query}");
                assert_eq!(view.remarks, whole.remarks, "{query}");
                // Rows of the same time may stand in another order: where they were read decides.
                let same = shown.iter().filter(|row| rows.contains(row)).count();
                assert!(same + 6 >= shown.len(), "{query}: {same} of {} rows", shown.len());
            }
        }
    }
    assert!(refinements > 0, "some query asks its shards once more");
}

#[test]
fn what_is_wrong_ends_the_view() {
    let mut shards = Local::new(3);
    for (query, message) in [
        ("filter (", "expected a value after `(`, found the end of the query"),
        ("filter awsRegion in (SOURCE cloudtrail | fields nosuch", "`(` has no closing `)`"),
        ("stats nofunction(bytes)", "there is no function `nofunction`"),
    ] {
        let found = shards.view(&request(query, Language::Insights)).expect_err(query);
        assert_eq!(found[0].message, message, "{query}");
    }
}
