//! Sentences about the program, each shown by the real binary against the loopback Jira.

#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]
#![expect(unreachable_pub, reason = "one binary of many modules")]

// The name by which the fuzz targets know their fuzzer.
extern crate self as libfuzzer_sys;

/// A certificate authority for tests.
mod authority;
/// The README and the book.
mod book;
/// Blocks of commands, run as they are copied.
#[cfg(unix)]
mod book_blocks;
/// Every command of the README and the book.
mod book_commands;
/// Opens consent pages.
mod browser;
mod by_id;
/// Servers, proxies and dead ends on the loopback interface.
mod loopback;
/// All methods of authentication.
mod methods;
/// Runs the program.
mod program;
/// Tables whose every bad row is reported.
#[path = "../../src/tests/rows.rs"]
mod rows;
/// Tables whose rows are checked at the same time.
mod side_by_side;

/// What Jira's answers come to: one sentence for each kind of failure.
mod answers;
/// Fields of apps, and system fields that take no plain value.
mod app_fields;
mod architecture;
/// The same answers, told to `curl`.
mod beside_curl;
/// TLS: certificates that are wrong, certificates of ours, and what is said of them.
mod certificates;
/// The steps from the network to the field.
mod check;
/// `check` on the way to Jira: certificates and proxies.
mod check_connection;
/// `check` on what the user may do.
mod check_permission;
/// What CI systems are told: annotations, outputs, summaries, dotenv files.
mod ci_outputs;
/// Certificates that the client presents, and their files.
mod client_certificates;
/// Command lines that cannot be read, or hold mistakes.
mod command_line;
/// Comments beside a field, or alone.
mod comments;
/// Connect's tokens.
mod connect;
/// The authorization flow of OAuth 2.0, with a person in between.
mod consent;
/// Consents that are denied, disturbed or in vain.
mod consent_refusals;
/// What is said when the program itself is at fault.
mod crashes;
/// Texts as documents, where a Cloud site wants them.
mod documents;
/// Whether a write that failed may have been carried out, and what is repeated then.
mod doubts;
/// The rows of the fault table.
mod fault_rows;
/// The fault table.
mod faults;
/// `fields`: what can be written.
mod field_list;
/// What is asked about fields, by name, id and project, and how often.
mod field_metadata;
/// Every schema of a field as one table.
mod field_table;
/// Every type of field: the text given, the JSON sent, the value held, and a wrong text.
mod fields;
/// Standard output and files that take no more.
#[cfg(target_os = "linux")]
mod full_disk;
/// The targets of the fuzzer.
mod fuzz_targets;
/// Jira Cloud behind Atlassian's gateway.
mod gateway;
/// One authenticated GET.
mod get;
/// Inputs far larger than honest ones.
mod growth;
/// TLS that breaks off: alerts, a client certificate that is missing, and what
/// is no TLS behind a request.
mod handshakes;
/// The help and the book say the same.
mod help;
/// Names and messages that would command a runner or a terminal.
mod injection;
/// Settings and answers of any bytes.
#[cfg(unix)]
mod inputs;
mod issue_keys;
/// How a secret may look where it leaked.
mod leak_traces;
/// The leak matrix.
mod leaks;
/// Secrets that come back in metadata and in answers to logins.
mod leaks_in_answers;
/// Values that CI systems did not fill in.
mod left_behind;
/// Many issues, signals, closed streams.
mod many;
/// Which field and which option a text means.
mod matching;
mod misplaced;
mod no_metadata;
/// OAuth 1.0a: signatures, clocks, problems.
mod oauth1;
/// `oauth1 authorize`: all the steps in one, with a browser or a terminal.
mod oauth1_authorize;
/// The steps of OAuth 1.0a, from a new key to a written issue.
mod oauth1_flow;
/// OAuth 2.0: tokens given, asked for, renewed and refused.
mod oauth2;
/// Tokens of OAuth 2.0 that are refused, and settings that are wrong.
mod oauth2_refusals;
/// What CI systems tell, and what they are told.
mod pipelines;
/// Texts of any kind.
mod properties;
/// Proxies: which one, with which login, and what goes wrong there.
mod proxies;
/// Every method and every refusal of it.
mod refusals;
/// Credentials that Jira refuses, and how that is found out.
mod refused_logins;
/// Proxies that refuse to tunnel.
mod refused_tunnels;
/// Values that Jira refuses, and the hint to those that it takes.
mod refused_values;
/// Access tokens of OAuth 2.0 that end in mid-run, and who may ask for the next one.
mod renewal;
/// Reports in JSON, and the schema in the book.
mod report_schema;
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
mod situation_answers;
mod situation_logins;
mod situation_settings;
mod situation_values;
/// What people read when it fails: the table, and its rows in four files.
mod situations;
/// Values from files, and builds that have nothing to write.
mod skips;
/// Files and readers that never come to an end.
#[cfg(unix)]
mod stalls;
/// What a person at a terminal sees.
#[cfg(target_os = "linux")]
mod terminal;
/// Refresh tokens: never lost, never presented twice.
#[cfg(unix)]
mod tokens;
/// The book's page of messages.
mod troubleshooting;
/// When certificates are read, and how often.
mod trust;
/// From a build's result to the field.
mod write;
/// What can be wrong with each method's credentials.
mod wrong_credentials;
