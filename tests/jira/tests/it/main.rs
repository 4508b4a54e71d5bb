//! Knows the stand-in from outside, through its public API and its sockets;
//! refuses to know its insides.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose tools fail cannot go on, and clippy exempts only the test functions themselves"
)]

mod app_fields;
mod apps;
mod certificates;
mod desk;
mod edits;
mod limits;
mod logins;
mod metadata;
mod oauth2;
mod refusals;
mod sessions;
mod signatures;
mod sockets;
mod values;
