//! Values under names that a file or a record brings along: each is a column of that name, and where the name is one of the
//! [usual](super::usual) ones, of the field that it means. For logs whose names no field table has.

use super::{
    json::Json,
    usual::{self, FIELDS, LEVEL, SOURCE_IP, TIMES},
};
use crate::formats::Settings;
use logloupe_table::{Cell, RowWriter};

/// Where the values under a name go.
#[derive(Clone, Debug)]
pub struct NamedColumn {
    name: Box<[u8]>,
    /// The column of that name, once a row has asked for it; `None` in it if the table is full.
    own: Option<Option<usize>>,
    /// The place of the usual field that is meant.
    usual: Option<usize>,
    /// Its rank among the names of times.
    time: Option<usize>,
}

impl NamedColumn {
    /// The way of values under `name`.
    pub fn new(name: &[u8]) -> NamedColumn {
        let time = TIMES.iter().position(|key| key.as_bytes().eq_ignore_ascii_case(name));
        NamedColumn { name: name.into(), own: None, usual: usual::place(name), time }
    }
    /// The name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }
    /// The rank of the name among those of times, the best first; `None` if it is none.
    pub fn time(&self) -> Option<usize> {
        self.time
    }
    /// Writes a value to `row`, as text under its own name.
    pub fn write(&mut self, value: &[u8], row: &mut RowWriter<'_>) {
        if value.is_empty() {
            return;
        }
        let name = &self.name;
        let own = *self.own.get_or_insert_with(|| row.column(&String::from_utf8_lossy(name)));
        // A field of this very name has a kind, and takes its value below.
        if let Some(own) = own.filter(|own| *own >= FIELDS.len()) {
            row.set(own, Cell::Text(value));
        }
        match self.usual {
            Some(LEVEL) => {
                let key = std::str::from_utf8(&self.name).unwrap_or_default();
                if let Some(word) = usual::level(key, value) {
                    row.set(LEVEL, Cell::Text(word.as_bytes()));
                }
            }
            Some(SOURCE_IP) => {
                if let Some(address) = usual::first_address(value) {
                    row.set(SOURCE_IP, Cell::Text(address));
                }
            }
            Some(at) => {
                let field = &FIELDS[at].field;
                row.set(at, Json::Plain(value).cell(field.kind, field.unit, &mut Vec::new()));
            }
            None => {}
        }
    }
}

/// The row's time, of the best of its names whose value is one.
#[derive(Debug, Default)]
pub struct BestTime(Option<(usize, i64)>);

impl BestTime {
    /// Takes a value under a name of this rank.
    pub fn add(&mut self, rank: usize, value: &[u8], settings: &Settings) {
        if self.0.is_none_or(|(best, _)| rank < best)
            && let Some(micros) = usual::moment(value, settings)
        {
            self.0 = Some((rank, micros));
        }
    }
    /// The time.
    pub fn micros(&self) -> Option<i64> {
        self.0.map(|(_, micros)| micros)
    }
}
