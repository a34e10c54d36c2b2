//! The built page in Chromium, as its users meet it. One file per part of the page; [`logloupe_tests::browser`] has the
//! helpers.

mod harness;
mod load;
