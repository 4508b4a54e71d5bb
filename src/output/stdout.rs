//! Standard output, where the result stands. A reader that goes away (`| head`)
//! is no failure; a disk that is full is one.

use crate::error::{Failure, Kind};
use std::io::{ErrorKind, Write};
use std::ops::ControlFlow;

/// How the message begins that says so.
pub(crate) const UNWRITTEN: &str = "standard output cannot be written";

/// Writes all of it, and says whether anybody wants more.
///
/// # Errors
/// Where it cannot be written, and there may be somebody who waits for it.
pub(crate) fn write(bytes: &[u8]) -> Result<ControlFlow<()>, Failure> {
    if bytes.is_empty() {
        // What could not be written before would be tried once more.
        return Ok(ControlFlow::Continue(()));
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => {
            let failure = Failure::new(Kind::Internal, format!("{UNWRITTEN}: {error}"));
            Err(failure.hint("is the disk full, or is the file as long as it may be (ulimit -f)?"))
        }
    }
}
