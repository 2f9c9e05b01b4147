//! Wrapping of prose to a width.
