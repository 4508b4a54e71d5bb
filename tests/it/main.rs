//! Sentences about the program, each shown by the real binary against the loopback Jira.

#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]
#![expect(unreachable_pub, reason = "one binary of many rooms")]

/// Opens consent pages.
mod browser;
/// Servers, proxies and dead ends on the loopback interface.
mod loopback;
/// Runs the program.
mod program;

/// What Jira's answers come to: one sentence for each kind of failure.
mod answers;
/// Fields of apps, and system fields that take no plain value.
mod app_fields;
mod architecture;
/// TLS: certificates that are wrong, certificates of ours, and what is said of them.
mod certificates;
/// The walk from the network to the field.
mod check;
/// Connect's tokens.
mod connect;
/// The dance of OAuth 2.0, with a person in between.
mod consent;
/// What is said when the program itself is at fault.
mod crashes;
/// The dance of OAuth 1.0a, from a new key to a written issue.
mod dance;
/// Whether a write that failed may have been carried out, and what is repeated then.
mod doubts;
/// The fault table.
mod faults;
/// Every type of field: the text given, the JSON sent, the value held, and a wrong text.
mod fields;
/// Standard output and files that take no more.
#[cfg(target_os = "linux")]
mod full_disk;
/// Jira Cloud behind Atlassian's gateway.
mod gateway;
/// One authenticated GET.
mod get;
/// Inputs far larger than honest ones.
mod growth;
/// TLS that breaks off: alerts, a client certificate that is missing, and what
/// is no TLS behind a request.
mod handshakes;
/// Names and messages that would command a runner or a terminal.
mod injection;
/// Settings and answers of any bytes.
#[cfg(unix)]
mod inputs;
/// The leak matrix.
mod leaks;
/// Many issues, signals, closed streams.
mod many;
mod misplaced;
/// OAuth 1.0a: signatures, clocks, problems.
mod oauth1;
/// OAuth 2.0: tokens given, asked for, renewed and refused.
mod oauth2;
/// What CI systems tell, and what they are told.
mod pipelines;
/// Texts of any kind.
mod properties;
/// Proxies: which one, with which login, and what goes wrong there.
mod proxies;
/// Every method and every refusal of it.
mod refusals;
/// Access tokens of OAuth 2.0 that end in mid-run, and who may ask for the next one.
mod renewal;
/// Random schedules of faults on virtual time.
mod schedules;
/// What goes for Jira's host alone: `--insecure` and the client certificate.
mod scope;
/// Masks, headers and logs: nothing secret is ever shown.
mod secrets;
/// Cookie sessions from the login to the logout.
mod session;
/// Flags, variables, and all that may be wrong with them.
mod settings;
/// Files and readers that never come to an end.
#[cfg(unix)]
mod stalls;
/// What a person at a terminal sees.
#[cfg(target_os = "linux")]
mod terminal;
/// Refresh tokens: never lost, never presented twice.
#[cfg(unix)]
mod tokens;
/// When certificates are read, and how often.
mod trust;
/// From a build's result to the field.
mod write;
