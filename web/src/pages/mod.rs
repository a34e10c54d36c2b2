//! The screens: [`start`] while nothing is loaded, [`explore`] for asking, [`ledger`] for what was read.

pub(crate) mod explore;
pub(crate) mod ledger;
pub(crate) mod start;
