//! Small field parsers shared by the formats.
