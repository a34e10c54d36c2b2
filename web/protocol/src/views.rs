//! Requests about views: what the [coordinator](logloupe_view::coordinator) asks of workers.

use logloupe_view::{
    ViewRequest,
    coordinator::{self, Counts},
};
use serde::{Deserialize, Serialize};

crate::request::requests! {
    Views, ViewsRequest, ViewsResponse;
    Catalogs -> (),
    View -> ViewPart,
    CountValues -> Counts,
    Merge -> Result<Merged, String>,
    Refine -> Vec<u8>,
}

/// One worker's part of a view; its partial result is postcard.
pub type ViewPart = logloupe_view::part::ViewPart<Vec<u8>>;
/// What the merged partial results of all workers come to; tables and refinements are postcard.
pub type Merged = coordinator::Merged<coordinator::Bytes>;

/// The fields of all workers, as plans, completions and explanations need them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Catalogs {
    /// Postcard of each worker's catalog, see [`Notice::Catalog`](crate::Notice::Catalog).
    pub shards: Vec<Vec<u8>>,
}

/// Answer this view and drop any older one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct View {
    /// Numbers the view.
    pub view: u32,
    /// What is asked.
    pub request: ViewRequest,
    /// The answers of its subqueries, as far as they are known (postcard of a result table each). While one is missing, that
    /// query is answered instead: see [`subquery`](logloupe_view::part::ViewPart::subquery).
    pub answers: Vec<Vec<u8>>,
}

/// Count these values of the current view's facets: per facet, per table, the counts in the order of the values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CountValues {
    /// The view.
    pub view: u32,
    /// Facet number and values.
    pub values: Vec<(u32, Vec<String>)>,
}

/// Merge the partial results of all workers and finish the answer; the error is why there is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Merge {
    /// The view.
    pub view: u32,
    /// One partial per worker (postcard).
    pub partials: Vec<Vec<u8>>,
}

/// Give a partial result (postcard) in place of the one given with the view: the merged ones did not decide the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refine {
    /// The view.
    pub view: u32,
    /// Postcard of what is wanted, from a merge that wants a refinement.
    pub refine: Vec<u8>,
}
