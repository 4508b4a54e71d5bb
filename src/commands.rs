//! One module for each command of the command line.

pub(crate) mod check;
pub(crate) mod consent;
pub(crate) mod fields;
pub(crate) mod get;
pub(crate) mod help;
pub(crate) mod oauth1;
pub(crate) mod oauth2;
pub mod update;
