//! A person consents in a browser: the page, the callback, and where the token
//! goes.

pub mod browser;
pub mod callback;
pub mod token_sink;
