//! Where an access token goes: a new file for its owner's eyes, or standard
//! output. Knows nothing of how it was had.

use crate::error::{Failure, Kind};
use crate::named_file;
use crate::output::stdout;
use crate::private_file::{NewFile, OWNER_ONLY};
use crate::redact::Secret;
use crate::settings::OAUTH1_ACCESS_TOKEN_FILE;
use std::io::Write;
use std::path::PathBuf;

/// The place that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenSink {
    /// Nothing but the token and a line end.
    Stdout,
    /// Bare; the file must not exist.
    File(PathBuf),
}

/// A place that is known to take the token, found out before anybody presses Allow.
pub(in crate::commands) enum ReservedSink {
    Stdout,
    /// It bears its name only once the token is in it.
    File(NewFile),
}

/// No token is longer; a disk that takes so much takes it, too.
const ROOM: usize = 4 << 10;

impl TokenSink {
    /// Makes the file.
    ///
    /// # Errors
    /// A usage error where it exists or cannot be made.
    pub(in crate::commands) fn reserve(&self) -> Result<ReservedSink, Failure> {
        let TokenSink::File(path) = self else {
            return Ok(ReservedSink::Stdout);
        };
        let made = NewFile::create(path, OWNER_ONLY)
            .and_then(|mut new| new.fill(&[b'\n'; ROOM]).map(|()| new));
        let new = made.map_err(|error| {
            let what = named_file::unwritable("token", error);
            Failure::new(Kind::Usage, format!("--out {what}")).hint(
                "a file that exists is not overwritten: move it away, or choose another with --out \
                 FILE",
            )
        })?;
        Ok(ReservedSink::File(new))
    }
}

impl ReservedSink {
    /// Puts the token there, so that `JIRA_OAUTH1_ACCESS_TOKEN_FILE` can name the
    /// file as it is.
    pub(in crate::commands) fn store(self, token: &Secret) -> Result<(), Failure> {
        match self {
            ReservedSink::Stdout => {
                let mut stdout = std::io::stdout().lock();
                let written = writeln!(stdout, "{}", token.reveal()).and_then(|()| stdout.flush());
                written.map_err(|error| lost("standard output cannot be written", &error))
            }
            ReservedSink::File(mut new) => {
                let path = new.path().to_owned();
                let kept = new
                    .fill(token.reveal().as_bytes())
                    .and_then(|()| new.keep());
                kept.map_err(|error| lost("the file cannot be written", &error))?;
                let line = format!(
                    "{}: the access token, for {OAUTH1_ACCESS_TOKEN_FILE}\n",
                    path.display()
                );
                stdout::write(line.as_bytes()).map(|_| ())
            }
        }
    }
}

fn lost(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Usage,
        format!("--out: {what}: {error}; the token is lost"),
    )
    .hint("its user can revoke it in Jira, under Authorized Applications; then begin again")
}
