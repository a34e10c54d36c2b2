//! Text to tree and back. [`tree`] is what both languages parse to; nothing here knows columns or data.

pub mod tree;
