//! `oauth1 keygen`: a key pair for the application link, in two files that were not there before. Asks nobody.

use super::say;
use crate::auth::private_key::{ADVISED, PrivateKey};
use crate::failure::{Failure, Kind};
use crate::named_file;
use crate::private_file;
use std::io::Write;
use std::path::Path;

const PRIVATE: &str = "jira-oauth1.private.pem";
const PUBLIC: &str = "jira-oauth1.public.pem";

/// Makes the pair, and says what to do with it.
///
/// # Errors
/// Where one of the files exists or cannot be made; then neither is.
pub fn keygen(folder: &Path) -> Result<(), Failure> {
    let (private, public) = (folder.join(PRIVATE), folder.join(PUBLIC));
    if let Some(taken) = [&private, &public].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        let message = format!("{} exists already, and is not overwritten", taken.display());
        return Err(Failure::new(Kind::Usage, message)
            .hint("the application link may still need it; move it away, or choose another folder with --out"));
    }
    let key = PrivateKey::generate(ADVISED).map_err(|what| Failure::new(Kind::Internal, what))?;
    let (Some(private_pem), Some(public_pem)) = (key.to_pem(), key.to_public_pem()) else {
        return Err(Failure::new(Kind::Internal, "the key cannot be written as PEM"));
    };
    let cannot = |error: std::io::Error| {
        let what = named_file::unwritable("key", error);
        Failure::new(Kind::Usage, format!("--out {what}")).hint("it takes a folder that exists and may be written into")
    };
    let made = private_file::create(&private).and_then(|mut file| file.write_all(private_pem.as_bytes()));
    made.map_err(|error| cannot(error))?;
    let made = std::fs::File::create_new(&public).and_then(|mut file| file.write_all(public_pem.as_bytes()));
    if let Err(error) = made {
        let _ = std::fs::remove_file(&private);
        return Err(cannot(error));
    }
    say(&mut std::io::stdout().lock(), &public_pem);
    say(&mut std::io::stderr().lock(), &instructions(&private, &public));
    Ok(())
}

fn instructions(private: &Path, public: &Path) -> String {
    format!(
        "note: the private key is {private}: keep it as a secret of your CI system, and out of version control\n\
         note: in Jira, as an administrator: Applications, Application links, create a link (any address of yours, Generic \
         Application),\n\
         note: then edit it, Incoming Authentication: a consumer key and a name of your choice, and the public key above ({public})\n\
         note: then run: JIRA_OAUTH1_CONSUMER_KEY=... JIRA_OAUTH1_PRIVATE_KEY_FILE={private} jira-build-status oauth1 authorize\n",
        private = private.display(),
        public = public.display()
    )
}
