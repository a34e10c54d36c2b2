//! The built page in Chromium.
use crate::measure::Table;
pub(crate) fn all(_table: &mut Table, _scale: u64) -> Result<(), String> {
    Err("soon".into())
}
