//! A Jira on this machine's loopback interface, as strict as the real one. It does
//! not know the program under test.
//!
//! [`Jira`] listens on a port; [`Site`] is the same Jira without sockets and
//! clocks. What it answers comes from public documentation, specifications and
//! measurements of real Jiras; the few messages that no source gives are marked
//! "unsourced" where they stand.

mod access;
mod account;
mod administration;
mod app_field;
mod authorization;
mod body;
mod builder;
mod certificates;
mod comments;
mod connect;
mod connection;
mod control;
mod datetime;
mod directory;
mod document;
mod editing;
mod encoding;
mod fault;
mod field;
mod field_names;
mod field_type;
mod gateway;
mod hiding;
pub mod hostile;
mod http;
mod issue;
mod jira;
mod limits;
mod login;
mod message;
mod oauth1;
mod pages;
mod provider;
mod reading;
mod record;
mod reference;
mod refusal;
mod rendering;
mod session;
mod shape;
mod site;
mod token_form;
mod validation;
pub mod world;
mod world_file;

pub use account::User;
pub use app_field::AppField;
pub use builder::Builder;
pub use certificates::Leaf;
pub use fault::{Fault, Gate, On};
pub use field::{Choice, Context, Field};
pub use field_type::FieldType;
pub use issue::{Issue, Project};
pub use jira::Jira;
pub use login::CAPTCHA_AFTER;
pub use message::{Reply, Request};
pub use oauth1::{ACCESS_TOKEN_LIFE, REQUEST_TOKEN_LIFE, WINDOW};
pub use provider::OAuthClient;
pub use record::Recorded;
pub use site::{Kind, Site};
pub use token_form::TokenForm;
