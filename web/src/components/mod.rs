//! The parts of the screens, one component per file with the small ones that only it uses. Each gets what it shows as
//! properties and reports what was done to it as an [`Action`](crate::state::Action); none keeps anything but what only
//! it cares about (an open menu, a scroll place).

pub(crate) mod chips;
pub(crate) mod detail;
pub(crate) mod dialog;
pub(crate) mod drop_anywhere;
pub(crate) mod editor;
pub(crate) mod explain;
pub(crate) mod export_note;
pub(crate) mod facets;
pub(crate) mod family;
pub(crate) mod file_inputs;
pub(crate) mod grid;
pub(crate) mod grid_head;
pub(crate) mod grid_row;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod keys_dialog;
pub(crate) mod no_match;
pub(crate) mod nothing_read;
pub(crate) mod paste_dialog;
pub(crate) mod picker;
pub(crate) mod popover;
pub(crate) mod query_bar;
pub(crate) mod read_as;
pub(crate) mod remarks;
pub(crate) mod results;
pub(crate) mod status_line;
pub(crate) mod stopped_banner;
pub(crate) mod suggestions;
pub(crate) mod time_range;
pub(crate) mod timeline;
pub(crate) mod try_pattern;
pub(crate) mod value;
