//! Which rows of a very long table are drawn, and where. Pure arithmetic: no element is known here.
//!
//! Browsers cap the height of an element (about 17 to 33 million pixels), so past [`TALLEST`] the scroll bar maps to
//! rows in proportion. The position is kept as a row number with a fraction; the scroll bar only shows it. So a
//! wheel turn still moves by rows, whatever one pixel of the scroll bar stands for.

/// No scrolled element is made taller than this many pixels.
pub(crate) const TALLEST: f64 = 8_000_000.0;

/// A table of equally high rows behind a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// How many rows there are.
    pub(crate) rows: u64,
    /// The height of one, pixels.
    pub(crate) row: f64,
    /// The height of the window through which they are seen, pixels.
    pub(crate) viewport: f64,
}

/// The rows to draw and the place of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Window {
    /// The first row drawn.
    pub(crate) first: u64,
    /// How many are drawn.
    pub(crate) count: usize,
    /// Where the first stands, pixels from the top of the scrolled element.
    pub(crate) offset: f64,
}

impl Geometry {
    /// The height of the scrolled element.
    pub(crate) fn height(&self) -> f64 {
        (self.rows as f64 * self.row).min(TALLEST)
    }
    /// Whether one pixel of the scroll bar stands for more than one pixel of rows.
    pub(crate) fn is_scaled(&self) -> bool {
        self.rows as f64 * self.row > TALLEST
    }
    /// The furthest position: the row at the upper edge when the last row is at the lower.
    pub(crate) fn last_top(&self) -> f64 {
        (self.rows as f64 - self.viewport / self.row).max(0.0)
    }
    fn longest_scroll(&self) -> f64 {
        (self.height() - self.viewport).max(0.0)
    }
    /// The position that a scroll bar at `scroll` pixels means.
    pub(crate) fn top(&self, scroll: f64) -> f64 {
        let longest = self.longest_scroll();
        if longest <= 0.0 {
            return 0.0;
        }
        let top = if self.is_scaled() { scroll / longest * self.last_top() } else { scroll / self.row };
        top.clamp(0.0, self.last_top())
    }
    /// Where the scroll bar stands at a position.
    pub(crate) fn scroll(&self, top: f64) -> f64 {
        let last = self.last_top();
        if last <= 0.0 {
            return 0.0;
        }
        let top = top.clamp(0.0, last);
        if self.is_scaled() { top / last * self.longest_scroll() } else { top * self.row }
    }
    /// The rows to draw at a position, with `spare` more above and below.
    pub(crate) fn window(&self, top: f64, spare: u64) -> Window {
        let top = top.clamp(0.0, self.last_top());
        let first = (top.floor() as u64).saturating_sub(spare);
        let shown = (self.viewport / self.row).ceil() as u64 + 1;
        let end = ((top.floor() as u64) + shown + spare).min(self.rows);
        let offset = self.scroll(top) + (first as f64 - top) * self.row;
        Window { first, count: end.saturating_sub(first) as usize, offset }
    }
    /// The position nearest to `top` at which row `index` is seen whole.
    pub(crate) fn reveal(&self, index: u64, top: f64) -> f64 {
        let index = index.min(self.rows.saturating_sub(1)) as f64;
        let shown = (self.viewport / self.row).max(1.0);
        let moved = if index < top {
            index
        } else if index + 1.0 > top + shown {
            index + 1.0 - shown
        } else {
            top
        };
        moved.clamp(0.0, self.last_top())
    }
    /// How many rows a page of the keyboard turns.
    pub(crate) fn page(&self) -> u64 {
        ((self.viewport / self.row).floor() as u64).saturating_sub(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Geometry = Geometry { rows: 1000, row: 28.0, viewport: 560.0 };
    const FIVE_MILLION: Geometry = Geometry { rows: 5_000_000, row: 28.0, viewport: 560.0 };
    const HUGE: Geometry = Geometry { rows: 60_000_000, row: 56.0, viewport: 700.0 };

    #[test]
    fn a_short_table_scrolls_pixel_by_pixel() {
        assert!(!SMALL.is_scaled());
        assert_eq!(SMALL.height(), 28_000.0);
        assert_eq!(SMALL.top(280.0), 10.0);
        assert_eq!(SMALL.scroll(10.0), 280.0);
        let window = SMALL.window(10.5, 4);
        assert_eq!((window.first, window.offset), (6, 168.0), "rows stand where they would without a window");
        assert_eq!(SMALL.window(0.0, 4), Window { first: 0, count: 25, offset: 0.0 });
    }

    #[test]
    fn both_ends_of_a_long_table_are_reached() {
        for geometry in [FIVE_MILLION, HUGE] {
            assert!(geometry.is_scaled() && geometry.height() == TALLEST);
            assert_eq!(geometry.top(0.0), 0.0);
            let end = geometry.top(TALLEST - geometry.viewport);
            let window = geometry.window(end, 0);
            assert_eq!(window.first + window.count as u64, geometry.rows);
            let bottom = window.offset + window.count as f64 * geometry.row;
            assert!((bottom - TALLEST).abs() < 0.01, "the last row ends at the lower edge: {bottom}");
        }
    }

    #[test]
    fn every_row_of_five_million_can_be_shown() {
        for row in [0u64, 1, 2, 999_999, 2_500_000, 2_500_001, 4_999_998, 4_999_999] {
            let top = FIVE_MILLION.reveal(row, 1_234_567.0);
            let window = FIVE_MILLION.window(top, 0);
            assert!((window.first..window.first + window.count as u64).contains(&row), "{row}: {window:?}");
            // The scroll bar and the position agree, so that showing one does not move the other.
            let back = FIVE_MILLION.top(FIVE_MILLION.scroll(top));
            assert!((back - top).abs() < 1e-3, "{row}: {top} {back}");
        }
    }

    #[test]
    fn a_wheel_turn_moves_by_rows_in_a_long_table() {
        let top = 2_500_000.0;
        let next = top + 100.0 / FIVE_MILLION.row;
        let before = FIVE_MILLION.window(top, 0);
        let after = FIVE_MILLION.window(next, 0);
        assert_eq!(after.first - before.first, 3);
        // On screen each row has moved up by the 100 pixels of the wheel.
        let on_screen = |w: Window, top: f64, row: u64| {
            w.offset + (row - w.first) as f64 * 28.0 - FIVE_MILLION.scroll(top)
        };
        let moved = on_screen(before, top, 2_500_010) - on_screen(after, next, 2_500_010);
        assert!((moved - 100.0).abs() < 0.01, "{moved}");
    }

    #[test]
    fn a_window_wider_than_the_table() {
        let few = Geometry { rows: 3, row: 28.0, viewport: 560.0 };
        assert_eq!(few.window(0.0, 10), Window { first: 0, count: 3, offset: 0.0 });
        assert_eq!((few.top(50.0), few.scroll(2.0), few.reveal(2, 0.0)), (0.0, 0.0, 0.0));
        let none = Geometry { rows: 0, ..few };
        assert_eq!(none.window(0.0, 10).count, 0);
        assert_eq!(none.reveal(0, 0.0), 0.0);
    }

    #[test]
    fn reveal_moves_no_further_than_needed() {
        assert_eq!(SMALL.reveal(12, 10.0), 10.0);
        assert_eq!(SMALL.reveal(9, 10.0), 9.0);
        assert_eq!(SMALL.reveal(30, 10.0), 11.0);
    }
}
