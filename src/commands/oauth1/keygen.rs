//! `oauth1 keygen`: a key pair for the application link, in two files that were
//! not there before. Asks nobody.

use crate::commands::oauth1::exchange::say;
use crate::credentials::private_key::{ADVISED, PrivateKey};
use crate::error::{Failure, Kind};
use crate::named_file;
use crate::output::stdout;
use crate::private_file::{NewFile, OWNER_ONLY, READABLE};
use crate::settings::{OAUTH1_CONSUMER_KEY, OAUTH1_PRIVATE_KEY_FILE};
use std::path::Path;

const PRIVATE: &str = "jira-oauth1.private.pem";
const PUBLIC: &str = "jira-oauth1.public.pem";

/// Makes the pair, and says what to do with it.
///
/// # Errors
/// Where one of the files exists or cannot be made whole; then neither is.
pub(crate) fn keygen(folder: &Path) -> Result<(), Failure> {
    let (private, public) = (folder.join(PRIVATE), folder.join(PUBLIC));
    if let Some(taken) = [&private, &public]
        .into_iter()
        .find(|path| path.symlink_metadata().is_ok())
    {
        let message = format!("{} exists already, and is not overwritten", taken.display());
        return Err(Failure::new(Kind::Usage, message).hint(
            "the application link may still need it; move it away, or choose another folder with \
             --out",
        ));
    }
    let key = PrivateKey::generate(ADVISED).map_err(|what| Failure::new(Kind::Internal, what))?;
    let (Some(private_pem), Some(public_pem)) = (key.to_pem(), key.to_public_pem()) else {
        return Err(Failure::new(
            Kind::Internal,
            "the key cannot be written as PEM",
        ));
    };
    let cannot = |error: std::io::Error| {
        let what = named_file::unwritable("key", error);
        Failure::new(Kind::Usage, format!("--out {what}"))
            .hint("it takes a folder that exists and may be written into")
    };
    let new = |path: &Path, mode, pem: &str| {
        let made =
            NewFile::create(path, mode).and_then(|mut new| new.fill(pem.as_bytes()).map(|()| new));
        made.map_err(cannot)
    };
    let halves = (
        new(&private, OWNER_ONLY, &private_pem)?,
        new(&public, READABLE, &public_pem)?,
    );
    halves.0.keep().map_err(cannot)?;
    if let Err(error) = halves.1.keep() {
        let _ = std::fs::remove_file(&private);
        return Err(cannot(error));
    }
    let printed = stdout::write(public_pem.as_bytes());
    say(
        &mut std::io::stderr().lock(),
        &instructions(&private, &public),
    );
    printed.map(|_| ())
}

fn instructions(private: &Path, public: &Path) -> String {
    format!(
        "note: the private key is {private}: keep it as a secret of your CI system, and out of \
         version control\n\
         note: in Jira, as an administrator: Applications, Application links, create a link (any \
         address of yours, Generic Application),\n\
         note: then edit it, Incoming Authentication: a consumer key and a name of your choice, \
         and the public key above ({public})\n\
         note: then run: {OAUTH1_CONSUMER_KEY}=... {OAUTH1_PRIVATE_KEY_FILE}={private} \
         jira-build-status oauth1 authorize\n",
        private = private.display(),
        public = public.display()
    )
}
