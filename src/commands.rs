//! The commands, one room each.

pub mod help;
pub mod report;
