//! Reads what an answer says and decides what it means. Sends nothing.

mod answerer;
pub(crate) mod classify;
pub(crate) mod confidential;
pub mod error_body;
pub(crate) mod evidence;
pub(crate) mod oauth_problem;
mod redirect;
pub(crate) mod request_id;
