//! The authorities that are trusted: the system's, or else Mozilla's, and the bundle's. Each file is read once and judged by nobody here.

use super::{pem, unusable};
use crate::config::Trust;
use crate::failure::Failure;
use rustls::RootCertStore;
use std::path::{Path, PathBuf};

/// Where Linux distributions and BSDs keep the system's certificates in one file, the most common first.
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

/// Everybody who is trusted.
pub(super) fn roots(trust: &Trust) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    add_system(&mut roots, trust);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = &trust.ca_bundle {
        add_bundle(&mut roots, path)?;
    }
    Ok(roots)
}

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` stand in place of the system's file and folder, as OpenSSL has it
/// (<https://docs.openssl.org/master/man3/SSL_CTX_load_verify_locations/>).
///
/// A folder beside the bundle that was read holds the same certificates once more, so it is left alone.
fn add_system(roots: &mut RootCertStore, trust: &Trust) {
    let mut read = None;
    if let Some(path) = &trust.system_bundle {
        if add_file(roots, path) {
            read = Some(path.clone());
        } else {
            tracing::warn!("SSL_CERT_FILE holds no certificate that can be read: {}", path.display());
        }
    }
    for folder in &trust.system_folders {
        if read.as_deref().and_then(Path::parent) != Some(folder.as_path()) {
            add_folder(roots, folder);
        }
    }
    if !roots.is_empty() {
        return;
    }
    #[cfg(not(target_os = "linux"))]
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _ = roots.add(certificate);
    }
    let found = BUNDLES.iter().any(|path| add_file(roots, Path::new(path)));
    if !found {
        FOLDERS.iter().for_each(|folder| add_folder(roots, Path::new(folder)));
    }
}

/// False where the file gives nothing. A store may hold certificates that webpki cannot use; the others still count.
fn add_file(roots: &mut RootCertStore, path: &Path) -> bool {
    let before = roots.len();
    if let Ok(pem) = std::fs::read(path) {
        for certificate in pem::certificates(&pem).flatten() {
            let _ = roots.add(certificate);
        }
    }
    roots.len() > before
}

/// Of a folder that `c_rehash` has been through only the links, each certificate once; of any other folder every file.
fn add_folder(roots: &mut RootCertStore, folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    let hashed = files.iter().any(|path| is_hashed(path));
    for path in files.iter().filter(|path| !hashed || is_hashed(path)) {
        add_file(roots, path);
    }
}

/// `9d66eef0.0`.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once('.'));
    name.is_some_and(|(hash, number)| {
        hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn add_bundle(roots: &mut RootCertStore, path: &Path) -> Result<(), Failure> {
    let wrong = |what: &str| {
        let takes = "a file of PEM certificates: -----BEGIN CERTIFICATE-----";
        unusable("JIRA_CA_BUNDLE (--ca-bundle)", what, path, takes)
    };
    let pem = std::fs::read(path).map_err(|error| wrong(&format!("cannot be read ({error})")))?;
    let mut found = false;
    for certificate in pem::certificates(&pem) {
        let certificate = certificate.map_err(|()| wrong("holds a damaged certificate"))?;
        roots.add(certificate).map_err(|_| wrong("holds something that is no certificate"))?;
        found = true;
    }
    if found { Ok(()) } else { Err(wrong("holds no certificate")) }
}
