//! The commands, one room each.

pub mod check;
pub mod consent;
pub mod get;
pub mod help;
pub mod oauth1;
pub mod oauth2;
pub mod update;
