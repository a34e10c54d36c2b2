//! A worker from outside: requests in, messages out, no browser.

mod schema;
mod sessions;
