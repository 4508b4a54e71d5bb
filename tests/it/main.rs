//! Sentences about the program, each shown by the real binary against the loopback Jira.

#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]
#![expect(unreachable_pub, reason = "one binary of many rooms")]

/// Runs the program.
mod program;

/// What Jira's answers come to: one sentence for each kind of failure.
mod answers;
/// The walk from the network to the field.
mod check;
/// Every type of field: the text given, the JSON sent, the value held, and a wrong text.
mod fields;
/// The leak matrix.
mod leaks;
/// Many issues, signals, closed streams.
mod many;
/// What CI systems tell, and what they are told.
mod pipelines;
/// Texts of any kind.
mod properties;
/// Random schedules of faults on virtual time.
mod schedules;
/// Masks, headers and logs: nothing secret is ever shown.
mod secrets;
/// Flags, variables, and all that may be wrong with them.
mod settings;
/// From a build's result to the field.
mod write;
