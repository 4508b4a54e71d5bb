//! New files for their owner's eyes only; never opens one that exists.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file of mode 0600 where there is none yet, not even a link.
///
/// # Errors
/// Where something of that name exists, or the folder takes no file.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
