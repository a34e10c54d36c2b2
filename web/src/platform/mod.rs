//! The browser, behind small functions: what the page does outside its own tree. Everything here is quiet when the
//! browser refuses (no storage in a private window, no clipboard): the page works without.
//!
//! [`files`] takes dropped and chosen files apart, [`listen`] holds event listeners, [`browser`] has the rest.

pub(crate) mod browser;
pub(crate) mod files;
pub(crate) mod listen;
