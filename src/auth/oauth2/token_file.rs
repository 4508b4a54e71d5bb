//! The file that a refresh token lives in: one run at a time reads it, spends
//! its token and saves the next one; knows nothing of OAuth.
//!
//! A token is saved in three steps, so that a run that is killed at any moment
//! leaves it where the next one looks: `FILE.tmp` is written and synchronized,
//! complete where it ends with a line end; renamed, it is `FILE.new`, always
//! complete; renamed again, without the line end, it is the file. Where the
//! last step is not possible (a mounted file, an owner that must be kept) the
//! file is written in place, and `FILE.new` goes only then.

use crate::redact::Secret;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A token is read no further.
const LONGEST: u64 = 64 << 10;
/// How often the file may be another one once its lock is had.
const REPLACED: usize = 1000;

/// The file, while nobody else may touch it. Dropping it lets the next run in.
#[derive(Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
    /// `FILE.lock`, where the folder allows one: it stays the same file when the
    /// token's own is replaced.
    _beside: Option<File>,
    /// The file itself is locked too: bind-mounted into several containers it is
    /// all that they share, and it is then written in place. `None` where there is
    /// no file yet.
    file: Option<File>,
}

impl TokenFile {
    /// Waits until nobody else holds the file, and puts into it what a killed run
    /// left beside it. Blocks the thread.
    ///
    /// # Errors
    /// Where the file is not there, cannot be read or cannot be locked.
    pub(crate) fn lock(path: &Path) -> io::Result<Self> {
        // A link is followed: what replaces the file must not replace the link.
        let path = path.canonicalize()?;
        TokenFile::lock_at(path, |path| lock_current(path).map(Some))
    }

    /// The same for a file that may not exist yet.
    ///
    /// # Errors
    /// As [`TokenFile::lock`]; the folder must exist.
    pub(crate) fn lock_new(path: &Path) -> io::Result<Self> {
        if path.exists() {
            return TokenFile::lock(path);
        }
        TokenFile::lock_at(std::path::absolute(path)?, |_| Ok(None))
    }

    fn lock_at(
        path: PathBuf,
        open: impl FnOnce(&Path) -> io::Result<Option<File>>,
    ) -> io::Result<Self> {
        let beside = private()
            .create(true)
            .truncate(false)
            .open(with_suffix(&path, ".lock"))
            .ok();
        if let Some(beside) = &beside {
            beside.lock()?;
        }
        let file = open(&path)?;
        let mut held = TokenFile {
            path,
            _beside: beside,
            file,
        };
        held.recover()?;
        Ok(held)
    }

    /// The token as it stands there now.
    ///
    /// # Errors
    /// Says what is wrong with the file, without showing what it holds.
    pub(crate) fn read(&self) -> Result<Secret, String> {
        let bytes = self.held()?.ok_or("does not exist")?;
        Secret::from_file(bytes, false).map_err(str::to_owned)
    }

    fn held(&self) -> Result<Option<Vec<u8>>, String> {
        let Some(mut file) = self.file.as_ref() else {
            return Ok(None);
        };
        let bytes = file
            .rewind()
            .and_then(|()| bytes_of(file))
            .map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() as u64 > LONGEST {
            return Err("is too long for a token".to_owned());
        }
        Ok(Some(bytes))
    }

    /// Shows that a token could be saved now, by saving what is there.
    ///
    /// # Errors
    /// As [`TokenFile::save`].
    pub(crate) fn prove_writable(&mut self) -> Result<(), String> {
        if let Some(held) = self.held()? {
            // What could not take the place of the file is a copy of it.
            return self
                .put(&held)
                .inspect_err(|_| drop(std::fs::remove_file(self.complete())));
        }
        let staged = self.staged();
        drop(std::fs::remove_file(&staged));
        let made = private()
            .create_new(true)
            .open(&staged)
            .and_then(|_| std::fs::remove_file(&staged));
        made.map_err(|error| format!("cannot be made: {error}"))
    }

    /// Puts a token into the file, all of it or nothing. A new file is for its
    /// owner's eyes only.
    ///
    /// # Errors
    /// Where that does not work; the old token is then still there, and the new one
    /// in `FILE.new` if that could be made.
    pub(crate) fn save(&mut self, token: &Secret) -> Result<(), String> {
        self.put(token.reveal().as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), String> {
        let replaced = self
            .stage(bytes)
            .and_then(|new| self.install(new, bytes.len()));
        let Err(replacing) = replaced else {
            return Ok(());
        };
        let writing = match self.write_in_place(bytes) {
            Some(Ok(())) => return Ok(()),
            Some(Err(error)) => format!("; writing into it: {error}"),
            None => String::new(),
        };
        Err(format!(
            "cannot be written: replacing it: {replacing}{writing}"
        ))
    }

    /// Makes `FILE.new`. From then on the next run would find the token.
    fn stage(&self, bytes: &[u8]) -> io::Result<File> {
        let (staged, new) = (self.staged(), self.complete());
        // Half of a token, or somebody's link.
        drop(std::fs::remove_file(&staged));
        let mut file = private().create_new(true).open(&staged)?;
        let made = file
            .lock()
            .and_then(|()| overwrite(&mut file, &[bytes, b"\n"].concat()))
            .and_then(|()| std::fs::rename(&staged, &new));
        if made.is_err() {
            // The error that was first says more than one about the remains.
            drop(std::fs::remove_file(&staged));
        }
        made?;
        self.sync_folder();
        Ok(file)
    }

    /// Lets `FILE.new`, whose token is so long, take the place of the file.
    fn install(&mut self, new: File, length: usize) -> io::Result<()> {
        new.set_len(length as u64)?;
        if let Some(old) = &self.file {
            take_after(old, &new)?;
        }
        new.sync_all()?;
        std::fs::rename(self.complete(), &self.path)?;
        self.sync_folder();
        self.file = Some(new);
        Ok(())
    }

    /// `None` where there is no file to write into.
    fn write_in_place(&mut self, bytes: &[u8]) -> Option<io::Result<()>> {
        let written = overwrite(self.file.as_mut()?, bytes);
        if written.is_ok() {
            drop(std::fs::remove_file(self.complete()));
        }
        Some(written)
    }

    /// Goes on where a run was killed.
    fn recover(&mut self) -> io::Result<()> {
        let (staged, new) = (self.staged(), self.complete());
        if self
            .left_behind(&staged)
            .is_some_and(|(_, bytes)| bytes.ends_with(b"\n") && is_token(&bytes))
        {
            std::fs::rename(&staged, &new)?;
        }
        let Some((file, bytes)) = self.left_behind(&new).filter(|(_, bytes)| is_token(bytes))
        else {
            return Ok(());
        };
        tracing::warn!(
            "{}: a run that was killed left the next token here; it is used",
            new.display()
        );
        let token = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        file.lock()?;
        let Err(error) = self.install(file, token.len()) else {
            return Ok(());
        };
        self.write_in_place(token).unwrap_or(Err(error))
    }

    /// A file that a run of ours may have left: no link, and nobody else's.
    fn left_behind(&self, path: &Path) -> Option<(File, Vec<u8>)> {
        let file = private().open(path).ok()?;
        let owner = self.file.as_ref().and_then(|file| file.metadata().ok());
        if !is_ours(&file.metadata().ok()?, owner.as_ref()) {
            return None;
        }
        let bytes = bytes_of(&file).ok()?;
        Some((file, bytes))
    }

    fn staged(&self) -> PathBuf {
        with_suffix(&self.path, ".tmp")
    }

    fn complete(&self) -> PathBuf {
        with_suffix(&self.path, ".new")
    }

    /// A name is as durable as its folder. Where a folder cannot be synchronized,
    /// nothing better can be had.
    fn sync_folder(&self) {
        if let Some(folder) = self.path.parent() {
            drop(File::open(folder).and_then(|folder| folder.sync_all()));
        }
    }
}

/// The file of that name, once it is locked: whoever held the lock may have put
/// another one in its place.
fn lock_current(path: &Path) -> io::Result<File> {
    for _ in 0..REPLACED {
        let file = private()
            .open(path)
            .or_else(|_| unfollowed().read(true).open(path))?;
        file.lock()?;
        if is_named(&file, path)? {
            return Ok(file);
        }
    }
    Err(io::Error::other("it is replaced again and again"))
}

fn bytes_of(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_token(bytes: &[u8]) -> bool {
    bytes.len() as u64 <= LONGEST && Secret::from_file(bytes.to_vec(), false).is_ok()
}

fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// For files that nobody but their owner may read.
fn private() -> OpenOptions {
    let mut options = unfollowed();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// For names at which somebody else may have planted a link or a pipe.
fn unfollowed() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.cast_signed());
    }
    options
}

#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let held = file.metadata()?;
    match path.symlink_metadata() {
        Ok(named) => Ok((held.dev(), held.ino()) == (named.dev(), named.ino())),
        // Whoever replaces it may take the old one away first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_named(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Gives what replaces a file its owner, group and mode. What everybody may
/// read was a umask's doing and nobody's choice: only the owner keeps it.
#[cfg(unix)]
fn take_after(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let (old, made) = (old.metadata()?, new.metadata()?);
    if (old.uid(), old.gid()) != (made.uid(), made.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    let mode = if old.mode() & 0o007 == 0 {
        old.mode() & 0o777
    } else {
        0o600
    };
    new.set_permissions(PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn take_after(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_ours(found: &std::fs::Metadata, token: Option<&std::fs::Metadata>) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    found.is_file()
        && found.nlink() == 1
        && (ours || token.is_some_and(|token| token.uid() == found.uid()))
}

#[cfg(not(unix))]
fn is_ours(found: &std::fs::Metadata, _: Option<&std::fs::Metadata>) -> bool {
    found.is_file()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
