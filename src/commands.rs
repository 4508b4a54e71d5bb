//! The commands, one room each.

mod browser;
pub mod check;
pub mod get;
pub mod help;
pub mod oauth1;
pub mod oauth2;
pub mod report;
