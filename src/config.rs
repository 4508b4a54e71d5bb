//! Flags over environment variables, made into what the program runs on.
//! Precedence lives here alone; only here is the environment read.

mod cloud;
mod command;
mod credentials;
mod early;
mod fields;
mod given;
mod issues;
mod network;
mod parser;
mod pipeline;
mod usage;
mod variables;

pub(crate) use command::{Command, Connection};
pub use early::{Input, guess_reporting, read};
