//! The commands, a module each.

pub mod check;
pub mod consent;
pub mod fields;
pub mod get;
pub mod help;
pub mod oauth1;
pub mod oauth2;
pub mod update;
