//! The file that a refresh token lives in: one run at a time reads it, spends its token and saves the next one; knows nothing of OAuth.

use crate::secret::Secret;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A token is read no further.
const LONGEST: u64 = 64 << 10;

/// The file, while nobody else may touch it. Dropping it lets the next run in.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    /// `FILE.lock`, where the folder allows one: a lock on the file itself would stay behind on the old one when it is
    /// replaced by another of its name.
    _beside: Option<File>,
    /// The file itself is locked too: bind-mounted into several containers it is all that they share, and it is then
    /// written in place. `None` where there is no file yet.
    file: Option<File>,
}

impl TokenFile {
    /// Waits until nobody else holds the file. Blocks the thread.
    ///
    /// # Errors
    /// Where the file is not there, cannot be read or cannot be locked.
    pub fn lock(path: &Path) -> io::Result<Self> {
        // A link is followed: what replaces the file must not replace the link.
        let path = path.canonicalize()?;
        TokenFile::lock_at(path, |path| {
            OpenOptions::new().read(true).write(true).open(path).or_else(|_| File::open(path)).map(Some)
        })
    }

    /// The same for a file that may not exist yet.
    ///
    /// # Errors
    /// As [`TokenFile::lock`]; the folder must exist.
    pub fn lock_new(path: &Path) -> io::Result<Self> {
        if path.exists() {
            return TokenFile::lock(path);
        }
        TokenFile::lock_at(std::path::absolute(path)?, |_| Ok(None))
    }

    fn lock_at(path: PathBuf, open: impl FnOnce(&Path) -> io::Result<Option<File>>) -> io::Result<Self> {
        let beside = private().create(true).truncate(false).open(with_suffix(&path, ".lock")).ok();
        if let Some(beside) = &beside {
            beside.lock()?;
        }
        let file = open(&path)?;
        if let Some(file) = &file {
            file.lock()?;
        }
        Ok(TokenFile { path, _beside: beside, file })
    }

    /// The token as it stands there now.
    ///
    /// # Errors
    /// Says what is wrong with the file, without showing what it holds.
    pub fn read(&self) -> Result<Secret, String> {
        let bytes = self.held()?.ok_or("does not exist")?;
        Secret::from_file(bytes, false).map_err(str::to_owned)
    }

    fn held(&self) -> Result<Option<Vec<u8>>, String> {
        let Some(mut file) = self.file.as_ref() else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let read = file.rewind().and_then(|()| file.take(LONGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() as u64 > LONGEST {
            return Err("is too long for a token".to_owned());
        }
        Ok(Some(bytes))
    }

    /// Shows that a token could be saved now, by saving what is there.
    ///
    /// # Errors
    /// As [`TokenFile::save`].
    pub fn prove_writable(&mut self) -> Result<(), String> {
        if let Some(held) = self.held()? {
            return self.put(&held);
        }
        let new = with_suffix(&self.path, ".new");
        let made = private().create(true).truncate(true).open(&new).and_then(|_| std::fs::remove_file(&new));
        made.map_err(|error| format!("cannot be made: {error}"))
    }

    /// Puts a token into the file, for its owner's eyes only: all of it or nothing, by renaming a new file, or in place
    /// where the folder forbids that or the file is mounted.
    ///
    /// # Errors
    /// Where neither works; the old token is then still there.
    pub fn save(&mut self, token: &Secret) -> Result<(), String> {
        self.put(token.reveal().as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Err(replacing) = self.replace(bytes) else {
            return Ok(());
        };
        let writing = match &mut self.file {
            Some(file) => match overwrite(file, bytes) {
                Ok(()) => return Ok(()),
                Err(error) => format!("; writing into it: {error}"),
            },
            None => String::new(),
        };
        Err(format!("cannot be written: replacing it: {replacing}{writing}"))
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let new = with_suffix(&self.path, ".new");
        // Left behind by a run that was killed: nobody else is here while we hold the lock. One that stays is in the next one's way.
        drop(std::fs::remove_file(&new));
        let made = private().create_new(true).open(&new).and_then(|mut file| {
            file.lock()?;
            overwrite(&mut file, bytes)?;
            std::fs::rename(&new, &self.path)?;
            Ok(file)
        });
        match made {
            Ok(file) => {
                self.file = Some(file);
                Ok(())
            }
            Err(error) => {
                // The error that was first says more than one about the remains.
                drop(std::fs::remove_file(&new));
                Err(error)
            }
        }
    }
}

fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// For files that nobody but their owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn folder_with_token(token: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, token).unwrap();
        (folder, path)
    }

    fn secret(text: &str) -> Secret {
        Secret::derived(text.to_owned())
    }

    fn held(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_saved_token_replaces_the_old_one_and_nothing_else_is_left() {
        let (folder, path) = folder_with_token("old-and-longer\n");
        let mut file = TokenFile::lock(&path).unwrap();
        assert_eq!(file.read().unwrap().reveal(), "old-and-longer");
        file.save(&secret("new")).unwrap();
        assert_eq!(file.read().unwrap().reveal(), "new");
        file.save(&secret("newer")).unwrap();
        assert_eq!(held(&path), "newer");
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["token", "token.lock"]);
    }

    #[test]
    fn a_file_that_is_not_there_yet_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        assert!(TokenFile::lock(&path).is_err());
        let mut file = TokenFile::lock_new(&path).unwrap();
        assert!(file.read().is_err());
        file.prove_writable().unwrap();
        assert!(!path.exists());
        file.save(&secret("first")).unwrap();
        assert_eq!(held(&path), "first");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone_and_a_link_to_it_stays_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (folder, path) = folder_with_token("old");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        TokenFile::lock(&link).unwrap().save(&secret("new")).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(held(&path), "new");
        assert!(link.is_symlink());
    }

    #[test]
    fn where_nothing_can_take_its_place_the_file_is_written_in_place() {
        let (folder, path) = folder_with_token("old-and-longer\n");
        // A folder of that name cannot be removed like a file, so no new file can be made: as on a mounted file.
        std::fs::create_dir(folder.path().join("token.new")).unwrap();
        let mut file = TokenFile::lock(&path).unwrap();
        file.save(&secret("new")).unwrap();
        assert_eq!(held(&path), "new");
        assert_eq!(file.read().unwrap().reveal(), "new");
    }

    #[test]
    fn the_next_one_waits_and_then_reads_what_the_first_one_saved() {
        let (_folder, path) = folder_with_token("first");
        let mut mine = TokenFile::lock(&path).unwrap();
        let (says, hears) = mpsc::channel();
        let theirs = path.clone();
        let thread = std::thread::spawn(move || {
            says.send("begun").unwrap();
            let token = TokenFile::lock(&theirs).unwrap().read().unwrap();
            token.reveal().to_owned()
        });
        assert_eq!(hears.recv().unwrap(), "begun");
        mine.save(&secret("second")).unwrap();
        drop(mine);
        assert_eq!(thread.join().unwrap(), "second");
    }

    #[test]
    fn a_file_that_holds_no_token_is_refused_without_being_shown() {
        for (held, words) in [("", "empty"), ("to\nken", "control character")] {
            let (_folder, path) = folder_with_token(held);
            let error = TokenFile::lock(&path).unwrap().read().unwrap_err();
            assert!(error.contains(words) && !error.contains("ken"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_longer_than_any_token_is_refused_and_stays_as_it_is() {
        let (_folder, path) = folder_with_token(&"t".repeat(64 << 10));
        assert_eq!(TokenFile::lock(&path).unwrap().read().unwrap().reveal().len(), 64 << 10);
        let (_folder, path) = folder_with_token(&"t".repeat((64 << 10) + 1));
        let mut file = TokenFile::lock(&path).unwrap();
        assert!(file.read().unwrap_err().contains("too long"));
        assert!(file.prove_writable().unwrap_err().contains("too long"));
        assert_eq!(held(&path).len(), (64 << 10) + 1);
    }

    #[test]
    fn a_token_that_is_granted_anew_goes_into_the_file_that_is_there() {
        let (_folder, path) = folder_with_token("old");
        let mut file = TokenFile::lock_new(&path).unwrap();
        assert_eq!(file.read().unwrap().reveal(), "old");
        file.save(&secret("new")).unwrap();
        assert_eq!(held(&path), "new");
    }

    #[test]
    fn a_new_file_that_cannot_be_made_is_an_error_and_a_leftover_of_a_killed_run_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (path, beside) = (folder.path().join("token"), folder.path().join("token.new"));
        std::fs::create_dir(&beside).unwrap();
        let error = TokenFile::lock_new(&path).unwrap().save(&secret("first")).unwrap_err();
        assert!(error.starts_with("cannot be written: replacing it: ") && !error.contains("writing into"), "{error}");
        assert!(!path.exists());
        std::fs::remove_dir(&beside).unwrap();
        std::fs::write(&beside, "half a tok").unwrap();
        TokenFile::lock_new(&path).unwrap().save(&secret("first")).unwrap();
        assert!(held(&path) == "first" && !beside.exists());
    }
}
