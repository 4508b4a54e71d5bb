//! The stand-in through its public API and its sockets.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose tools fail cannot go on, and clippy exempts only the test functions themselves"
)]

mod app_fields;
mod apps;
mod certificates;
mod client;
mod comments;
mod edits;
mod limits;
mod logins;
mod metadata;
mod oauth2;
mod orders;
mod pages;
mod program;
mod random_worlds;
mod readme;
mod refusals;
mod schema;
mod sessions;
mod signatures;
mod sockets;
mod values;
mod worlds;
mod wrong_values;
