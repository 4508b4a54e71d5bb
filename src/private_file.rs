//! New files that appear whole or not at all, and never in place of one that exists.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Nobody but the owner may read it.
pub(crate) const OWNER_ONLY: u32 = 0o600;
/// As far as the umask allows.
pub(crate) const READABLE: u32 = 0o644;

/// A file that bears its name only once it is kept; dropped before, it is gone.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl NewFile {
    /// Makes it under another name, in the folder where it is to be.
    ///
    /// # Errors
    /// Where something of that name exists, a link included, or the folder takes no file.
    pub(crate) fn create(path: &Path, mode: u32) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut builder = Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        std::fs::metadata(folder)?;
        let file = builder
            .prefix(".jira-build-status-")
            .tempfile_in(folder)
            // Its own words hold the path, which may be a secret put in the wrong place.
            .map_err(|error| io::Error::from(error.kind()))?;
        Ok(NewFile {
            path: path.to_owned(),
            file,
        })
    }

    /// The name that it will bear.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts this into it, in place of what was there.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub(crate) fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file.as_file_mut();
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// Where something has come to bear that name.
    pub(crate) fn keep(self) -> io::Result<()> {
        let NewFile { path, file } = self;
        file.persist_noclobber(&path)
            .map_err(|failed| failed.error)?;
        // Where a folder cannot be synchronized, nothing better can be had.
        drop(
            path.parent()
                .map(|folder| File::open(folder).and_then(|folder| folder.sync_all())),
        );
        Ok(())
    }
}
