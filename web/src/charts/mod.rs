//! Pictures of numbers: [`data`] turns answers into series and axes and is tested natively, [`draw`] turns those into
//! SVG and computes nothing. Every picture stands beside a table of the same numbers.

pub(crate) mod data;
pub(crate) mod draw;
