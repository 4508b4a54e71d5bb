//! Where an access token goes: a new file for its owner's eyes, or standard output. Knows nothing of how it was had.

use crate::failure::{Failure, Kind};
use crate::named_file;
use crate::private_file;
use crate::secret::Secret;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// The place that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// Bare, with a line end.
    Stdout,
    /// Bare; the file must not exist.
    File(PathBuf),
}

/// A place that is known to take the token, found out before anybody presses Allow.
pub(super) enum Place {
    Stdout,
    File(NewFile),
}

/// A file that vanishes again unless a token comes.
pub(super) struct NewFile {
    path: PathBuf,
    file: File,
    filled: bool,
}

impl Out {
    /// Makes the file.
    ///
    /// # Errors
    /// A usage error where it exists or cannot be made.
    pub(super) fn reserve(&self) -> Result<Place, Failure> {
        let Out::File(path) = self else {
            return Ok(Place::Stdout);
        };
        let file = private_file::create(path).map_err(|error| {
            let what = named_file::unwritable("token", error);
            Failure::new(Kind::Usage, format!("--out {what}"))
                .hint("a file that exists is not overwritten: move it away, or choose another with --out FILE")
        })?;
        Ok(Place::File(NewFile { path: path.clone(), file, filled: false }))
    }
}

impl Place {
    /// Puts the token there, so that `JIRA_OAUTH1_ACCESS_TOKEN_FILE` can name the file as it is.
    pub(super) fn store(self, token: &Secret) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        match self {
            Place::Stdout => writeln!(stdout, "{}", token.reveal())
                .and_then(|()| stdout.flush())
                .map_err(|error| lost("standard output cannot be written", &error)),
            Place::File(mut new) => {
                let written = new.file.write_all(token.reveal().as_bytes()).and_then(|()| new.file.sync_all());
                written.map_err(|error| lost("the file cannot be written", &error))?;
                new.filled = true;
                let _ = writeln!(stdout, "{}: the access token, for JIRA_OAUTH1_ACCESS_TOKEN_FILE", new.path.display());
                Ok(())
            }
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.filled {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn lost(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Usage, format!("--out: {what}: {error}; the token is lost"))
        .hint("its user can revoke it in Jira, under Authorized Applications; then begin again")
}
