//! What the tests of the whole share.
//!
//! - [`browser`]: the built page in a real Chromium, handled by role and accessible name as its users do. Start here.
//! - [`webdriver`]: the protocol below it, no more of it than is needed.
//! - [`command`]: the command `logloupe` started with arguments, and folders of files to give it.
//! - [`skip`]: tests that cannot run here, counted as such.

pub mod browser;
pub mod command;
pub use logloupe_golden::skip;
pub mod webdriver;
