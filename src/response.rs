//! Reads what an answer says and decides what it means. Sends nothing.

pub mod classify;
pub mod confidential;
pub mod error_body;
pub mod evidence;
pub mod oauth_problem;
mod redirect;
