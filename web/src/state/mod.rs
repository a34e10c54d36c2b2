//! What the page knows and how it changes, as plain functions: no element, no browser, all of it tested natively.
//!
//! Reading order: [`model`] (what is known), [`update`] (what an action or an answer changes, and what is then to be
//! done), then the parts they stand on: [`url`] (the view and its address), [`edits`] (clicks on the query's tree),
//! [`rows`] and [`window`] (the grid's rows), [`columns`], [`facets`], [`ledger`], [`json`], [`highlighting`], [`keys`],
//! [`time_axis`], [`marking`] (templates made by example), [`trying`], [`text`] (words for times and numbers), [`shared`].

pub(crate) mod changes;
pub(crate) mod columns;
pub(crate) mod completion;
pub(crate) mod edits;
pub(crate) mod facets;
pub(crate) mod formats_kept;
pub(crate) mod highlighting;
pub(crate) mod json;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod marking;
pub(crate) mod model;
pub(crate) mod rows;
pub(crate) mod rules;
pub(crate) mod shared;
pub(crate) mod text;
pub(crate) mod time_axis;
pub(crate) mod trying;
pub(crate) mod update;
pub(crate) mod url;
pub(crate) mod window;

pub(crate) use model::Model;
pub(crate) use shared::Shared;
pub(crate) use update::{
    Action, Effect, ExportAction, FacetsAction, FilesAction, FormatsAction, GridAction, QueryAction,
    ScreenAction,
};
