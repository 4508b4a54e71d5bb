//! The commands, one room each.

pub mod check;
pub mod get;
pub mod help;
pub mod oauth2;
pub mod report;
