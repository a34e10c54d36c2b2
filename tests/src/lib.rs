//! What the tests of the whole share.
//!
//! - [`browser`]: the built page in a real Chromium, handled by role and accessible name as its users do. Start here.
//! - [`webdriver`]: the protocol below it, no more of it than is needed.
//! - [`base64`]: bytes in JSON, both ways.

pub mod base64;
pub mod browser;
pub mod webdriver;
