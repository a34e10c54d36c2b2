//! Handlers of requests about a text that is being written.

use logloupe_answer::values::ShardValues;
use logloupe_protocol::{
    Handle, Reply,
    text::{Complete, Explain, Explained},
};
use logloupe_syntax::completion::Completions;
use logloupe_tell::complete;

use crate::{explain, session::Session};

impl<F> Handle<Complete> for Session<F> {
    fn handle(&mut self, _: u32, Complete { text, cursor, language }: Complete) -> Reply<Completions> {
        let values = ShardValues { shard: self.shard(), counted: &self.counted };
        Reply::Now(complete::complete(&text, cursor as usize, language, &self.catalog, &values))
    }
}

impl<F> Handle<Explain> for Session<F> {
    fn handle(&mut self, _: u32, Explain { query, language }: Explain) -> Reply<Box<Explained>> {
        Reply::Now(Box::new(explain::explained(&query, language, &self.catalog, self.paths)))
    }
}
