//! One module for each command of the command line.

pub mod check;
pub mod consent;
pub mod fields;
pub mod get;
pub mod help;
pub mod oauth1;
pub mod oauth2;
pub mod update;
