//! Which token of a record goes to which column: the field table put in the order of one file.

use super::{
    Read, Then, TokenField, Tokens, cells, number,
    parse::{Expected, Parsed},
    percent, time, whole,
};
use crate::formats::Fault;
use logloupe_table::{Cell, Kind, RowWriter, Unit, time::DAY};

/// The way of one file's records through a field table.
#[derive(Clone, Debug)]
pub struct Layout {
    columns: &'static [TokenField],
    steps: Vec<TokenStep>,
    found: Vec<FoundColumn>,
    tokens: usize,
    least: usize,
    /// Tokens past the layout's are damage.
    exact: bool,
    /// How many tokens records have that have fewer than the layout; empty if any number from `least` on will do.
    counts: &'static [usize],
    /// The token that names the record's day.
    day_token: Option<usize>,
    /// The day named last, and its first microsecond: a file is mostly of one day.
    day: ([u8; 10], i64),
    /// Of records that name no day: that of the last one, its first microsecond, and its time of day.
    running: Option<(i64, i64)>,
    /// Where percent-decoded text is put together.
    scratch: Vec<u8>,
}

/// One token read into one column.
#[derive(Clone, Copy, Debug)]
struct TokenStep {
    token: u32,
    column: u32,
    read: Read,
    target: TokenTarget,
    again: bool,
    /// An integer column with a token of its own: digits are its value, and its parser sees only other tokens.
    digits: bool,
    /// A column that stores all of its token, whatever that is ([`cells::text`]): its parser need not be asked.
    plain: bool,
    /// Whose time the event takes: 1 before 2; 0 for no time at all.
    time: u8,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum TokenTarget {
    Known(Then),
    /// `column` is an index into `found`.
    Found,
}

/// A column that the header names and the field table does not.
#[derive(Clone, Debug)]
struct FoundColumn {
    name: String,
    /// Its place in the table once the first row has asked for it.
    column: Option<usize>,
}

impl Layout {
    /// The layout of records whose tokens have these names, in this order. `same(column, name)` decides whether a
    /// token called `name` is the column's; names that are no column's are kept as columns found in the log.
    pub fn new<'n>(
        columns: &'static [TokenField],
        names: impl IntoIterator<Item = &'n [u8]>,
        same: impl Fn(&str, &[u8]) -> bool,
    ) -> Layout {
        let mut layout = Layout {
            columns,
            steps: Vec::new(),
            found: Vec::new(),
            tokens: 0,
            least: 0,
            exact: false,
            counts: &[],
            day_token: None,
            day: (*b"1970-01-01", 0),
            running: None,
            scratch: Vec::new(),
        };
        for name in names {
            let token = layout.tokens as u32;
            layout.tokens += 1;
            match columns.iter().position(|c| !c.again && same(&c.field.name, name)) {
                Some(at) => {
                    layout.push(token, at);
                    let again = columns[at + 1..].iter().take_while(|c| c.again).count();
                    let reads = |c: &TokenField| c.field.computed.is_none() && c.then != Then::OnlyJson;
                    let again = (at + 1..=at + again).filter(|at| reads(&columns[*at]));
                    again.for_each(|at| layout.push(token, at));
                }
                None if name.is_empty() => {}
                None => {
                    let column = layout.found.len() as u32;
                    let name = String::from_utf8_lossy(name).into_owned();
                    layout.found.push(FoundColumn { name, column: None });
                    let step = TokenStep {
                        token,
                        column,
                        read: cells::text,
                        target: TokenTarget::Found,
                        again: false,
                        digits: false,
                        plain: false,
                        time: 0,
                    };
                    layout.steps.push(step);
                }
            }
        }
        layout.least = layout.tokens;
        layout
    }
    /// The layout of records that have the field table's tokens in the table's order, the first `tokens` of them.
    pub fn fixed(columns: &'static [TokenField], tokens: usize) -> Layout {
        let names = columns.iter().filter(|c| !c.again).map(|c| c.field.name.as_bytes()).take(tokens);
        Layout::new(columns, names, |column, name| column.as_bytes() == name)
    }
    /// Takes the event's time from the first of these columns that has a value: integers by their unit, times as
    /// they are.
    pub fn time_from(mut self, names: &[&str]) -> Layout {
        for (rank, name) in (1u8..).zip(names) {
            let step =
                self.steps.iter().position(|s| s.target != TokenTarget::Found && self.name(s) == *name);
            if let Some(step) = step {
                self.steps[step].time = rank;
            }
        }
        self
    }
    /// Moves times of day ([`TokenField::of_day`]) to the day that this column's token names.
    pub fn of_day(mut self, name: &str) -> Layout {
        let step = self.steps.iter().find(|s| s.target != TokenTarget::Found && self.name(s) == name);
        self.day_token = step.map(|s| s.token as usize);
        self
    }
    /// Moves times of day of records that name no day to that of `micros`, and to the next one where they begin anew.
    pub fn running_from(&mut self, micros: i64) {
        let day = micros.div_euclid(DAY) * DAY;
        self.running = Some((day, micros - day));
    }
    /// Has records rejected only when they have fewer tokens than this (by default, than the layout has).
    pub fn at_least(mut self, tokens: usize) -> Layout {
        self.least = tokens.min(self.tokens);
        self
    }
    /// Has records rejected that have fewer tokens than the layout, unless it is one of these numbers of them: a log
    /// without a header to which the vendor appended fields over the years. Cut after another field, values would
    /// stand in the wrong columns without a word.
    pub fn only(mut self, counts: &'static [usize]) -> Layout {
        self.counts = counts;
        self
    }
    /// Has records rejected that have more tokens than the layout: a value that holds the separator has moved all
    /// that follow. Empty tokens at the end move nothing. Records are to be split into [`cut`](Self::cut) tokens.
    pub fn exact(mut self) -> Layout {
        self.exact = true;
        self
    }
    /// How many tokens the layout reads.
    pub fn tokens(&self) -> usize {
        self.tokens
    }
    /// Into how many tokens a record is split: one more than are read where one more is damage.
    pub fn cut(&self) -> usize {
        self.tokens + self.exact as usize
    }
    /// Reads the tokens of `record` into `row` and gives the event's time if one of them has it. Tokens past the
    /// layout's are left alone, as vendors append fields, unless the layout is [`exact`](Self::exact).
    ///
    /// # Errors
    /// When there are too few or too many tokens, or a value is not what its column expects.
    pub fn read(
        &mut self,
        record: &[u8],
        tokens: &Tokens,
        row: &mut RowWriter<'_>,
    ) -> Result<Option<i64>, Fault> {
        if tokens.len() != self.tokens {
            self.count(record, tokens)?;
        }
        let (mut time, mut rank) = (None, u8::MAX);
        for i in 0..self.steps.len() {
            let step = self.steps[i];
            let Some((start, token)) = tokens.get(record, step.token as usize) else { continue };
            if step.digits
                && let Some(number) = number::digits(record, start, start + token.len())
            {
                row.set(step.column as usize, Cell::Int(number));
                if step.time != 0
                    && step.time < rank
                    && let Some(micros) = self.micros(step, Cell::Int(number))
                {
                    (time, rank) = (Some(micros), step.time);
                }
                continue;
            }
            // A dash stands for nothing in every one of these formats, and so does nothing. What judges a token
            // read before decides itself what to make of it.
            if matches!(token, b"-" | b"") && !step.again {
                continue;
            }
            if step.plain {
                row.set(step.column as usize, Cell::Text(token));
                continue;
            }
            let mut cell = match (step.read)(token) {
                Ok((b"", cell)) => cell,
                answer => return Err(self.fault(record, start, token, i, answer)),
            };
            match step.target {
                TokenTarget::Known(Then::Store | Then::OnlyJson) => row.set(step.column as usize, cell),
                TokenTarget::Known(Then::PercentDecode) => self.set_decoded(step.column as usize, cell, row),
                TokenTarget::Known(Then::MoveToDay) => {
                    cell = self.moved_to_day(record, tokens, cell);
                    row.set(step.column as usize, cell);
                }
                TokenTarget::Found => self.set_found(step.column as usize, cell, row),
            }
            if step.time != 0
                && step.time < rank
                && let Some(micros) = self.micros(step, cell)
            {
                (time, rank) = (Some(micros), step.time);
            }
        }
        Ok(time)
    }

    /// Judges a record that has not as many tokens as the layout.
    fn count(&self, record: &[u8], tokens: &Tokens) -> Result<(), Fault> {
        if let Some((start, _)) = tokens.get(record, self.tokens) {
            // The token past the layout's ends at its own separator; there may be more behind it.
            let rest = record.get(start..).unwrap_or_default();
            let separator = start.checked_sub(1).and_then(|at| record.get(at));
            let surplus = rest.iter().position(|b| Some(b) != separator && !b.is_ascii_whitespace());
            return match surplus {
                Some(at) if self.exact => {
                    let plural = if self.tokens == 1 { "field" } else { "fields" };
                    let expected = format!("end of the record after {} {plural}", self.tokens);
                    Err(Fault::new(record, start + at, expected))
                }
                _ => Ok(()),
            };
        }
        let mut found = tokens.len();
        let mut least = self.least;
        if !self.counts.is_empty() {
            while found > 0 && tokens.get(record, found - 1).is_some_and(|(_, token)| token.is_empty()) {
                found -= 1;
            }
            least = self.counts.iter().copied().filter(|c| *c >= found).min().unwrap_or(self.tokens);
        }
        if found >= least {
            return Ok(());
        }
        let missing = least - found;
        let next = self.steps.iter().find(|s| s.token as usize >= found);
        let next = next.map_or("the next field", |s| self.name(s));
        let plural = if missing == 1 { "field" } else { "fields" };
        Err(Fault::new(record, record.len(), format!("{missing} more {plural}, {next} first")))
    }
    fn push(&mut self, token: u32, column: usize) {
        let TokenField { read, then, again, ref field } = self.columns[column];
        let target = TokenTarget::Known(then);
        let digits = field.kind == Kind::Int && then == Then::Store && !again;
        // Two functions of one address have the same code; one function of two addresses is asked, as any other.
        let plain = then == Then::Store && !again && std::ptr::fn_addr_eq(read, cells::text as Read);
        self.steps.push(TokenStep {
            token,
            column: column as u32,
            read,
            target,
            again,
            digits,
            plain,
            time: 0,
        });
    }
    fn name(&self, step: &TokenStep) -> &str {
        match step.target {
            TokenTarget::Found => &self.found[step.column as usize].name,
            _ => &self.columns[step.column as usize].field.name,
        }
    }
    fn set_decoded(&mut self, column: usize, cell: Cell<'_>, row: &mut RowWriter<'_>) {
        match cell {
            Cell::Text(encoded) if memchr::memchr(b'%', encoded).is_some() => {
                self.scratch.clear();
                percent::decode(encoded, &mut self.scratch);
                row.set(column, Cell::Text(&self.scratch));
            }
            cell => row.set(column, cell),
        }
    }
    /// A time of day on the record's day; no value if the record names none.
    fn moved_to_day<'a>(&mut self, record: &[u8], tokens: &Tokens, cell: Cell<'a>) -> Cell<'a> {
        let day = self.day_token.and_then(|t| tokens.get(record, t)).map(|(_, day)| day);
        let Cell::Time(of_day) = cell else { return Cell::Null };
        let Some(day) = day else {
            let Some((day, last)) = &mut self.running else { return Cell::Null };
            // Records are not quite in the order of their times.
            *day += if of_day + DAY / 2 < *last { DAY } else { 0 };
            *last = of_day;
            return Cell::Time(*day + of_day);
        };
        if self.day.0 != day && !self.begin_day(day) {
            return Cell::Null;
        }
        Cell::Time(self.day.1 + of_day)
    }
    /// Remembers another day; `false` if it is none.
    #[cold]
    fn begin_day(&mut self, day: &[u8]) -> bool {
        let (Ok(text), Some(micros)) = (day.try_into(), whole(time::day, day)) else { return false };
        self.day = (text, micros);
        true
    }
    fn set_found(&mut self, found: usize, cell: Cell<'_>, row: &mut RowWriter<'_>) {
        let found = &mut self.found[found];
        let column = match found.column {
            Some(column) => column,
            // A header may name a column that every table has: then there is nothing to add.
            None => match row.column(&found.name) {
                Some(column) => *found.column.insert(column),
                None => return,
            },
        };
        row.set(column, cell);
    }
    fn micros(&self, step: TokenStep, cell: Cell<'_>) -> Option<i64> {
        match (cell, self.columns[step.column as usize].field.unit) {
            (Cell::Time(micros), _) => Some(micros),
            (Cell::Float(seconds), Unit::EpochSeconds) if seconds.abs() < 9e12 => {
                Some((seconds * 1e6).round() as i64)
            }
            (Cell::Int(seconds), Unit::EpochSeconds) => seconds.checked_mul(1_000_000),
            (Cell::Int(millis), Unit::EpochMillis) => millis.checked_mul(1000),
            _ => None,
        }
    }
    /// What a token should have been that its parser did not read to its end.
    fn expects(&self, step: &TokenStep) -> &'static str {
        let kind = match step.target {
            TokenTarget::Found => Kind::Text,
            _ => self.columns[step.column as usize].field.kind,
        };
        match (kind, (step.read)(&[])) {
            (Kind::Int | Kind::Float, _) => kind.name(),
            // What a parser expects, it says of nothing.
            (_, Err(nom::Err::Error(Expected { what, .. }))) => what,
            _ => kind.name(),
        }
    }
    #[cold]
    fn fault(&self, record: &[u8], start: usize, token: &[u8], step: usize, answer: Parsed<'_>) -> Fault {
        let step = &self.steps[step];
        let (what, rest) = match answer {
            Ok((rest, _)) => (self.expects(step), rest),
            Err(nom::Err::Error(Expected { what, rest }) | nom::Err::Failure(Expected { what, rest })) => {
                (what, rest)
            }
            Err(nom::Err::Incomplete(_)) => ("more", &token[token.len()..]),
        };
        let at = start + (token.len() - rest.len().min(token.len()));
        Fault::new(record, at, format!("{what} for {}", self.name(step)))
    }
}
