//! The authorities that are trusted: the system's, or else Mozilla's, and the
//! bundle's. Each file is read once and judged by nobody here.

use crate::error::Failure;
use crate::named_file;
use crate::settings::CA_BUNDLE;
use crate::transport::network::Trust;
use crate::transport::tls::failure::{unreadable, unusable};
use crate::transport::tls::pem;
use rustls::RootCertStore;
use std::path::{Path, PathBuf};

/// Where Linux distributions and BSDs keep the system's certificates in one
/// file, the most common first.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];
/// Where they keep them in a file each, for systems without a bundle.
const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

pub(super) fn roots(trust: &Trust) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    add_named(&mut roots, trust);
    if roots.is_empty() {
        add_system(&mut roots, &BUNDLES, &FOLDERS);
    }
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = &trust.ca_bundle {
        add_bundle(&mut roots, path)?;
    }
    Ok(roots)
}

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` stand in place of the system's file and
/// folder, as OpenSSL has it
/// (<https://docs.openssl.org/master/man3/SSL_CTX_load_verify_locations/>).
///
/// A folder beside the bundle that was read holds the same certificates once
/// more, so it is left alone.
fn add_named(roots: &mut RootCertStore, trust: &Trust) {
    let mut read = None;
    if let Some(path) = &trust.system_bundle {
        if add_file(roots, path) {
            read = Some(path.clone());
        } else {
            tracing::warn!("SSL_CERT_FILE {}", nothing_in(path));
        }
    }
    for folder in &trust.system_folders {
        if read.as_deref().and_then(Path::parent) != Some(folder.as_path()) {
            add_folder(roots, folder);
        }
    }
}

/// Why the system's bundle gave no certificate.
fn nothing_in(path: &Path) -> String {
    match std::fs::File::open(path) {
        Ok(_) => format!("holds no certificate that can be read: {}", path.display()),
        Err(error) => named_file::unreadable("SSL_CERT_FILE", &error),
    }
}

/// The first bundle that gives something, or else the folders.
fn add_system(roots: &mut RootCertStore, bundles: &[&str], folders: &[&str]) {
    #[cfg(not(target_os = "linux"))]
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _ = roots.add(certificate);
    }
    let found = bundles.iter().any(|path| add_file(roots, Path::new(path)));
    if !found {
        folders
            .iter()
            .for_each(|folder| add_folder(roots, Path::new(folder)));
    }
}

/// False where the file gives nothing. A store may hold certificates that
/// webpki cannot use; the others still count.
fn add_file(roots: &mut RootCertStore, path: &Path) -> bool {
    let before = roots.len();
    if let Ok(pem) = pem::read(path) {
        for certificate in pem::certificates(&pem).flatten() {
            let _ = roots.add(certificate);
        }
    }
    roots.len() > before
}

/// Of a folder that `c_rehash` has been through only the links, each
/// certificate once; of any other folder every file.
fn add_folder(roots: &mut RootCertStore, folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    let hashed = files.iter().any(|path| is_hashed(path));
    for path in files.iter().filter(|path| !hashed || is_hashed(path)) {
        add_file(roots, path);
    }
}

/// `9d66eef0.0`.
fn is_hashed(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.split_once('.'));
    name.is_some_and(|(hash, number)| {
        hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn add_bundle(roots: &mut RootCertStore, path: &Path) -> Result<(), Failure> {
    let wrong = |what: &str| {
        let takes = "a file of PEM certificates: -----BEGIN CERTIFICATE-----";
        unusable(CA_BUNDLE, what, path, takes)
    };
    let pem = pem::read(path).map_err(|error| unreadable(CA_BUNDLE, &error))?;
    let mut found = false;
    for certificate in pem::certificates(&pem) {
        let certificate = certificate.map_err(|()| wrong("holds a damaged certificate"))?;
        roots
            .add(certificate)
            .map_err(|_| wrong("holds something that is no certificate"))?;
        found = true;
    }
    if found {
        Ok(())
    } else {
        Err(wrong("holds no certificate"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use tempfile::TempDir;

    /// A file with a new certificate of this name.
    fn certificate(folder: &TempDir, name: &str) -> PathBuf {
        let CertifiedKey { cert, .. } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, cert.pem()).unwrap();
        path
    }

    #[test]
    fn what_the_environment_names_stands_in_for_the_whole_system() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let bundle = certificate(&one, "bundle.pem");
        certificate(&one, "beside-the-bundle.pem");
        certificate(&other, "in-a-folder.pem");
        let folders = vec![one.path().to_owned(), other.path().to_owned()];
        let trust = Trust {
            system_bundle: Some(bundle),
            system_folders: folders,
            ..Trust::default()
        };
        assert_eq!(roots(&trust).unwrap().len(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_first_bundle_that_gives_something_is_the_systems_store_and_folders_are_for_systems_without()
     {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (
            certificate(&folder, "one.pem"),
            certificate(&folder, "other.pem"),
        );
        let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
        let count = |bundles: &[&str]| {
            let mut roots = RootCertStore::empty();
            add_system(&mut roots, bundles, &[folder.path().to_str().unwrap()]);
            roots.len()
        };
        assert_eq!(count(&["/nowhere", one, other]), 1);
        assert_eq!(count(&["/nowhere"]), 2);
    }

    #[test]
    fn a_link_that_c_rehash_made_is_known_by_its_name() {
        let rows = [
            ("9d66eef0.0", true),
            ("9D66EEF0.12", true),
            ("9d66eef0.pem", false),
            ("9d66eef0.r0", false),
            ("9d66eef0", false),
            ("9d66eef.0", false),
            ("9d66eef0a.0", false),
            ("Security.0", false),
        ];
        each(rows, |(name, hashed)| {
            assert_eq!(
                is_hashed(&Path::new("/etc/ssl/certs").join(name)),
                hashed,
                "{name}"
            );
        });
    }
}
