use super::*;
use crate::tests::rows::each;
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

fn the_next_one_reads_what_is_saved_meanwhile(mut mine: TokenFile, path: &Path) {
    let (says, hears) = mpsc::channel();
    let theirs = path.to_owned();
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
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
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
    TokenFile::lock(&link)
        .unwrap()
        .save(&secret("new"))
        .unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(held(&path), "new");
    assert!(link.is_symlink());
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    TokenFile::lock(&link)
        .unwrap()
        .save(&secret("newer"))
        .unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn a_run_that_is_killed_after_any_step_leaves_a_token_to_the_next_one() {
    // What stands beside the file after each step, what the file holds then, and
    // what the next run finds.
    let rows = [
        (Some(""), None, "old", "old"),
        (Some("ne"), None, "old", "old"),
        (Some("new"), None, "old", "old"),
        (Some("new\n"), None, "old", "new"),
        (None, Some("new\n"), "old", "new"),
        (None, Some("new"), "old", "new"),
        (None, None, "new", "new"),
        // Written in place, the file may hold something of both.
        (None, Some("new"), "newer-than-old", "new"),
        // The run after that was killed at its first step.
        (Some("newest"), Some("new"), "old", "new"),
        (Some("newest\n"), Some("new"), "old", "newest"),
        // No token at all.
        (None, Some(""), "old", "old"),
        (None, Some("a\nb"), "old", "old"),
    ];
    each(rows, |(staged, new, file, found)| {
        let (_folder, path) = folder_with_token(file);
        for (end, text) in [(".tmp", staged), (".new", new)] {
            if let Some(text) = text {
                std::fs::write(with_suffix(&path, end), text).unwrap();
            }
        }
        let mut next = TokenFile::lock(&path).unwrap();
        assert_eq!(
            next.read().unwrap().reveal(),
            found,
            "{staged:?} {new:?} {file}"
        );
        next.save(&secret("saved")).unwrap();
        drop(next);
        assert_eq!(held(&path), "saved");
        assert!(!with_suffix(&path, ".tmp").exists() && !with_suffix(&path, ".new").exists());
    });
}

#[cfg(unix)]
#[test]
fn a_link_or_another_name_of_a_file_beside_the_token_is_not_taken_for_a_leftover() {
    let (folder, path) = folder_with_token("old");
    let target = folder.path().join("target");
    std::fs::write(&target, "planted").unwrap();
    each([".new", ".tmp"], |end| {
        let beside = with_suffix(&path, end);
        std::os::unix::fs::symlink(&target, &beside).unwrap();
        assert_eq!(
            TokenFile::lock(&path).unwrap().read().unwrap().reveal(),
            "old"
        );
        std::fs::remove_file(&beside).unwrap();
        std::fs::hard_link(&target, &beside).unwrap();
        let mut file = TokenFile::lock(&path).unwrap();
        assert_eq!(file.read().unwrap().reveal(), "old");
        file.save(&secret("old")).unwrap();
        assert_eq!(
            (held(&target).as_str(), beside.exists()),
            ("planted", false)
        );
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_was_replaced_while_its_lock_was_waited_for_is_not_the_one_that_is_read() {
    let (folder, path) = folder_with_token("first");
    // No lock beside it: as where the folder belongs to somebody else.
    std::os::unix::fs::symlink(folder.path(), with_suffix(&path, ".lock")).unwrap();
    let mine = TokenFile::lock(&path).unwrap();
    the_next_one_reads_what_is_saved_meanwhile(mine, &path);
}

#[cfg(unix)]
#[test]
fn a_file_has_its_name_until_another_one_or_none_stands_there() {
    let (_folder, path) = folder_with_token("old");
    let file = File::open(&path).unwrap();
    assert!(is_named(&file, &path).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert!(!is_named(&file, &path).unwrap());
    std::fs::write(&path, "new").unwrap();
    assert!(!is_named(&file, &path).unwrap());
    assert!(is_named(&file, &path.join("below a file")).is_err());
}

#[test]
fn where_nothing_can_take_its_place_the_file_is_written_in_place() {
    let (folder, path) = folder_with_token("old-and-longer\n");
    // A folder of that name cannot be removed like a file, so no new file can be
    // made: as on a mounted file.
    std::fs::create_dir(folder.path().join("token.new")).unwrap();
    let mut file = TokenFile::lock(&path).unwrap();
    file.save(&secret("new")).unwrap();
    assert_eq!(held(&path), "new");
    assert_eq!(file.read().unwrap().reveal(), "new");
}

#[test]
fn the_next_one_waits_and_then_reads_what_the_first_one_saved() {
    let (_folder, path) = folder_with_token("first");
    let mine = TokenFile::lock(&path).unwrap();
    the_next_one_reads_what_is_saved_meanwhile(mine, &path);
}

#[test]
fn a_file_that_holds_no_token_is_refused_without_being_shown() {
    let rows = [("", "empty"), ("to\nken", "control character")];
    each(rows, |(held, words)| {
        let (_folder, path) = folder_with_token(held);
        let error = TokenFile::lock(&path).unwrap().read().unwrap_err();
        assert!(error.contains(words) && !error.contains("ken"), "{error}");
    });
}

#[test]
fn a_file_that_is_longer_than_any_token_is_refused_and_stays_as_it_is() {
    let (_folder, path) = folder_with_token(&"t".repeat(64 << 10));
    assert_eq!(
        TokenFile::lock(&path)
            .unwrap()
            .read()
            .unwrap()
            .reveal()
            .len(),
        64 << 10
    );
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
fn what_a_killed_run_left_for_a_new_file_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(with_suffix(&path, ".new"), "left\n").unwrap();
    let file = TokenFile::lock_new(&path).unwrap();
    assert_eq!(
        (file.read().unwrap().reveal(), held(&path)),
        ("left", "left".to_owned())
    );
}

#[test]
fn a_new_file_that_cannot_be_made_is_an_error_and_a_leftover_of_a_killed_run_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (path, beside) = (folder.path().join("token"), folder.path().join("token.new"));
    std::fs::create_dir(&beside).unwrap();
    let error = TokenFile::lock_new(&path)
        .unwrap()
        .save(&secret("first"))
        .unwrap_err();
    assert!(
        error.starts_with("cannot be written: replacing it: ") && !error.contains("writing into"),
        "{error}"
    );
    assert!(!path.exists());
    std::fs::remove_dir(&beside).unwrap();
    std::fs::write(&beside, "half a tok").unwrap();
    TokenFile::lock_new(&path)
        .unwrap()
        .save(&secret("first"))
        .unwrap();
    assert!(held(&path) == "first" && !beside.exists());
}

#[test]
#[cfg(unix)]
fn a_file_of_another_user_is_taken_only_where_the_token_is_that_users_too() {
    let (_folder, path) = folder_with_token("ours");
    let ours = path.metadata().unwrap();
    let theirs = if rustix::process::geteuid().is_root() {
        let (_folder, path) = folder_with_token("theirs");
        std::os::unix::fs::chown(&path, Some(1), Some(1)).unwrap();
        path.metadata().unwrap()
    } else {
        Path::new("/etc/passwd").metadata().unwrap()
    };
    let rows = [
        (&ours, None, true),
        (&ours, Some(&theirs), true),
        (&theirs, None, false),
        (&theirs, Some(&ours), false),
        (&theirs, Some(&theirs), true),
    ];
    each(rows, |(found, token, taken)| {
        assert_eq!(is_ours(found, token), taken, "{found:?} {token:?}");
    });
}
