//! The commands, one room each.

pub mod get;
pub mod help;
pub mod report;
