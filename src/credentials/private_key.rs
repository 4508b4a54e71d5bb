//! RSA private keys in the forms in which CI systems hand them over; knows
//! nothing of OAuth or HTTP.

use crate::invalid::Invalid;
use crate::redact::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding, PrivateKeyInfo};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use secrecy::zeroize::Zeroizing;
use sha1::Sha1;
use std::fmt;
use std::rc::Rc;

/// Jira 7 and later refuse nothing from here on, and neither do we; below
/// `ADVISED` a key is worth a warning.
const SHORTEST: usize = 1024;
/// What `oauth1 keygen` makes unless told.
pub(crate) const ADVISED: usize = 2048;
/// The rsa crate takes no longer key.
const LONGEST: usize = 4096;

const BEGIN: &str = "-----BEGIN ";
/// What to do about a text that is no such key.
pub(crate) const KEYGEN: &str = "jira-build-status oauth1 keygen makes a pair";

/// An RSA private key. Clones share its numbers, which are wiped with the last
/// of them; it has no `Display`.
#[derive(Clone)]
pub struct PrivateKey(Rc<RsaPrivateKey>);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<RsaPrivateKey> for PrivateKey {
    fn from(key: RsaPrivateKey) -> Self {
        PrivateKey(Rc::new(key))
    }
}

impl PrivateKey {
    /// Reads PKCS#1 or PKCS#8, as PEM with real, escaped or lost line ends, or as
    /// base64 of either.
    ///
    /// # Errors
    /// Says what the text is in place of such a key, and what to run. Shows nothing
    /// of it.
    pub fn read(secret: &Secret) -> Result<Self, Invalid> {
        let text = Zeroizing::new(secret.reveal().replace("\\r", "").replace("\\n", "\n"));
        if text.contains(BEGIN) {
            return from_pem(&text);
        }
        if text.trim_start().starts_with("ssh-") {
            return Err(Invalid::new(
                "is a public key in SSH's form",
                "give the private key as PEM",
            ));
        }
        let decoded =
            decode(&text).ok_or_else(|| "is no private key: it lacks -----BEGIN".to_owned())?;
        match std::str::from_utf8(&decoded) {
            Ok(pem) if pem.contains(BEGIN) => from_pem(pem),
            _ => from_pkcs8(&decoded).or_else(|_| from_pkcs1(&decoded)),
        }
    }

    /// A new key.
    ///
    /// # Errors
    /// Where the length is none that Jira and this program take.
    pub(crate) fn generate(bits: usize) -> Result<Self, String> {
        check(bits)?;
        RsaPrivateKey::new(&mut OsRng, bits)
            .map(PrivateKey::from)
            .map_err(|error| error.to_string())
    }

    pub(crate) fn bits(&self) -> usize {
        self.0.n().bits()
    }

    /// RSASSA-PKCS1-v1_5 of a SHA-1 digest, which is what RSA-SHA1 means (RFC 5849
    /// section 3.4.3). Blinded: how long it takes tells nothing of the key.
    pub(crate) fn sign(&self, digest: &[u8]) -> Vec<u8> {
        #[expect(
            clippy::expect_used,
            reason = "a key that was checked when it was read signs a digest of 20 bytes"
        )]
        self.0
            .sign_with_rng(&mut OsRng, Pkcs1v15Sign::new::<Sha1>(), digest)
            .expect("a valid key signs")
    }

    pub(crate) fn to_pem(&self) -> Option<Zeroizing<String>> {
        self.0.to_pkcs1_pem(LineEnding::LF).ok()
    }

    /// The public half as PEM, in the form that application links take.
    pub(crate) fn to_public_pem(&self) -> Option<String> {
        self.0
            .to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .ok()
    }
}

/// The first private key of a file, or else whatever stands in it first.
fn from_pem(text: &str) -> Result<PrivateKey, Invalid> {
    let blocks = || {
        text.match_indices(BEGIN)
            .filter_map(|(at, _)| text[at + BEGIN.len()..].split_once("-----"))
    };
    let private = blocks().find(|(label, _)| label.ends_with("PRIVATE KEY"));
    let (label, rest) = private
        .or_else(|| blocks().next())
        .ok_or("is damaged: its -----BEGIN line does not end")?;
    let body = rest.split("-----END").next().unwrap_or_default();
    let encrypted = label.starts_with("ENCRYPTED") || body.contains("ENCRYPTED");
    match label {
        _ if encrypted => {
            return Err(Invalid::new(
                "is encrypted, and there is nobody to ask for its passphrase",
                "decrypt it: openssl rsa -in KEY.pem -out jira-oauth1.private.pem",
            ));
        }
        "PRIVATE KEY" | "RSA PRIVATE KEY" => {}
        "OPENSSH PRIVATE KEY" => {
            return Err(Invalid::new(
                "is in OpenSSH's own form",
                "convert a copy of it: ssh-keygen -p -m PEM -N '' -f COPY",
            ));
        }
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
            return Err("is a key of another kind: Jira's OAuth 1.0a takes RSA alone".into());
        }
        _ if label.contains("PUBLIC KEY") || label.contains("CERTIFICATE") => {
            return Err(Invalid::new(
                "is a public key",
                "that one belongs in Jira's application link, and the private one here",
            ));
        }
        _ => {
            return Err("is PEM of something else than an RSA private key".into());
        }
    }
    if !rest.contains("-----END") {
        return Err(Invalid::new(
            "is damaged: its -----END line is missing",
            "did all of its lines arrive? A CI system may keep only the first: store it as a file",
        ));
    }
    let der = decode(body).ok_or(
        "is damaged: between its -----BEGIN and -----END stands something else than base64",
    )?;
    if label == "PRIVATE KEY" {
        from_pkcs8(&der)
    } else {
        from_pkcs1(&der)
    }
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let dense: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    STANDARD.decode(dense.as_bytes()).ok().map(Zeroizing::new)
}

fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, Invalid> {
    let info = PrivateKeyInfo::try_from(der).map_err(|_| damaged())?;
    if info.algorithm.oid != rsa::pkcs1::ALGORITHM_OID {
        return Err("is a key of another kind: Jira's OAuth 1.0a takes RSA alone".into());
    }
    check(modulus_bits(info.private_key)?)?;
    RsaPrivateKey::from_pkcs8_der(der)
        .map(PrivateKey::from)
        .map_err(|_| damaged().into())
}

fn from_pkcs1(der: &[u8]) -> Result<PrivateKey, Invalid> {
    check(modulus_bits(der)?)?;
    RsaPrivateKey::from_pkcs1_der(der)
        .map(PrivateKey::from)
        .map_err(|_| damaged().into())
}

fn modulus_bits(pkcs1: &[u8]) -> Result<usize, String> {
    let key = rsa::pkcs1::RsaPrivateKey::try_from(pkcs1).map_err(|_| damaged())?;
    Ok(BigUint::from_bytes_be(key.modulus.as_bytes()).bits())
}

fn check(bits: usize) -> Result<(), String> {
    match bits {
        0..SHORTEST => Err(format!("has {bits} bits, which is too short to be safe")),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(format!(
            "has {bits} bits; keys of up to {LONGEST} can be used"
        )),
    }
}

fn damaged() -> String {
    "is damaged, or no RSA private key: openssl rsa -in KEY.pem -check looks into it".to_owned()
}

#[cfg(test)]
pub(crate) mod tests;
