//! The parts of the screens. Each gets what it shows as properties and tells what was done to it as an
//! [`Action`](crate::state::Action); none keeps anything but what only it cares about (an open menu, a scroll place).

pub(crate) mod chips;
pub(crate) mod completion;
pub(crate) mod detail;
pub(crate) mod dialogs;
pub(crate) mod editor;
pub(crate) mod explain;
pub(crate) mod facets;
pub(crate) mod grid;
pub(crate) mod grid_head;
pub(crate) mod grid_row;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod notices;
pub(crate) mod opening;
pub(crate) mod popover;
pub(crate) mod query_bar;
pub(crate) mod results;
pub(crate) mod time_range;
pub(crate) mod timeline;
pub(crate) mod value;
