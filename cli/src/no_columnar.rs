//! In place of Parquet, in a program that was built without the feature `parquet`.

use std::{io, path::Path};

use logloupe_table::{Shard, columnar::Key};

/// Files that are not written.
pub(crate) enum Lake {}

impl Lake {
    /// Says that there are none.
    ///
    /// # Errors
    /// Always.
    pub(crate) fn new(_: &Path, _: Vec<Key>, _: usize) -> Result<Lake, String> {
        Err("this program was built without the feature `parquet`".into())
    }
    /// Never called.
    ///
    /// # Errors
    /// None.
    pub(crate) fn take(&mut self, _: &mut Shard) -> io::Result<()> {
        match *self {}
    }
    /// Never called.
    ///
    /// # Errors
    /// None.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match *self {}
    }
    /// Never called.
    pub(crate) fn told(&self) -> Vec<String> {
        match *self {}
    }
}
