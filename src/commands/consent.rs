//! A person consents in a browser: the page, the callback, and where the token
//! goes.

pub(crate) mod browser;
pub(crate) mod callback;
pub(crate) mod token_sink;
