//! What stands between two streams of one file: nothing, zeros, or bytes that belong to neither.

/// Looks for the magic bytes with which the next stream begins.
#[derive(Debug)]
pub(crate) struct Seam {
    magics: &'static [&'static [u8]],
    got: Vec<u8>,
    garbage: u64,
}

/// What a [`Seam`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// No byte that says more, yet.
    Nothing,
    /// One of the magics; [`Seam::magic`] gives its bytes, which were taken.
    Stream,
    /// Bytes that begin no stream. All that follows is counted among them.
    Garbage,
}

impl Seam {
    /// Streams begin with one of these, none of which begins with a zero. A byte `?` stands for any.
    pub(crate) fn new(magics: &'static [&'static [u8]]) -> Seam {
        Seam { magics, got: Vec::new(), garbage: 0 }
    }
    /// Takes bytes up to where it is decided and says how many. `first` is true before the first stream, where zeros
    /// are no padding.
    pub(crate) fn push(&mut self, input: &[u8], first: bool) -> (usize, Found) {
        if self.garbage > 0 {
            self.garbage += input.len() as u64;
            return (input.len(), Found::Garbage);
        }
        for (at, byte) in input.iter().enumerate() {
            if *byte == 0 && self.got.is_empty() && !first {
                continue;
            }
            self.got.push(*byte);
            let fits = |magic: &&&[u8]| self.got.iter().zip(**magic).all(|(a, b)| a == b || *b == b'?');
            match self.magics.iter().find(fits) {
                None => {
                    self.garbage = (self.got.len() + input.len() - at - 1) as u64;
                    return (input.len(), Found::Garbage);
                }
                Some(magic) if magic.len() == self.got.len() => return (at + 1, Found::Stream),
                Some(_) => {}
            }
        }
        (input.len(), Found::Nothing)
    }
    /// The magic that was found; the next search begins.
    pub(crate) fn magic(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.got)
    }
    /// Whether a magic has begun and is not complete.
    pub(crate) fn is_within(&self) -> bool {
        self.garbage == 0 && !self.got.is_empty()
    }
    /// How many bytes begin no stream.
    pub(crate) fn garbage(&self) -> u64 {
        self.garbage
    }
}
