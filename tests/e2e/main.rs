//! The built page in Chromium, as its users meet it. One file per part of the page; [`logloupe_tests::browser`] has the
//! helpers for any page, `visit` those for this one, `given` the logs that are handed to it. Times are never asserted.

mod address;
mod codecs;
mod custom;
mod detail;
mod export;
mod facets;
mod files;
mod given;
mod grid;
mod harness;
mod hostile;
mod incident;
mod languages;
mod large;
mod load;
mod looks;
mod main_thread;
mod query;
mod sample;
mod time;
mod visit;
