//! How a signed request is verified (RFC 5849 sections 3.1 to 3.4).

use super::{Problem, WINDOW};
use crate::encoding::{decoded, encoded, form};
use crate::message::Request;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::signature::{RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

/// A request's OAuth parameters, wherever they stood, and its others.
#[derive(Debug)]
pub(super) struct Signed {
    protocol: Vec<(String, String)>,
    others: Vec<(String, String)>,
}

impl Signed {
    /// Reads them, and refuses what Jira refuses before it looks at any of them.
    pub(super) fn read(request: &Request) -> Result<Self, Problem> {
        let mut all = in_header(request);
        all.extend(request.parameters());
        let is_form = request.value_of("Content-Type");
        if is_form.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            all.extend(form(&String::from_utf8_lossy(&request.body)));
        }
        let (protocol, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(name, _)| name.starts_with("oauth_"));
        let signed = Self { protocol, others };
        let required = [
            "oauth_consumer_key",
            "oauth_signature_method",
            "oauth_signature",
            "oauth_timestamp",
            "oauth_nonce",
        ];
        let absent: Vec<_> = required
            .into_iter()
            .filter(|name| signed.get(name).is_none())
            .collect();
        if !absent.is_empty() {
            return Err(
                Problem::new("parameter_absent").with("oauth_parameters_absent", absent.join("&"))
            );
        }
        for (name, _) in &signed.protocol {
            if signed
                .protocol
                .iter()
                .filter(|(other, _)| other == name)
                .count()
                > 1
            {
                return Err(Problem::new("parameter_rejected")
                    .with("oauth_parameters_rejected", name.clone()));
            }
        }
        if signed
            .get("oauth_version")
            .is_some_and(|version| version != "1.0")
        {
            return Err(
                Problem::new("version_rejected").with("oauth_acceptable_versions", "1.0-1.0")
            );
        }
        if signed.get("oauth_signature_method").as_deref() != Some("RSA-SHA1") {
            let problem = Problem::new("signature_method_rejected");
            return Err(problem.with("oauth_acceptable_signature_methods", "RSA-SHA1"));
        }
        Ok(signed)
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.protocol
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }

    pub(super) fn require(&self, name: &str) -> Result<String, Problem> {
        self.get(name)
            .ok_or_else(|| Problem::new("parameter_absent").with("oauth_parameters_absent", name))
    }

    pub(super) fn consumer_key(&self) -> Result<String, Problem> {
        self.require("oauth_consumer_key")
    }

    /// Timestamp and nonce, where the time is within the window around `now`.
    pub(super) fn timestamp_and_nonce(&self, now: u64) -> Result<(u64, String), Problem> {
        let timestamp: Option<u64> = self.require("oauth_timestamp")?.parse().ok();
        let rejected =
            Problem::new("parameter_rejected").with("oauth_parameters_rejected", "oauth_timestamp");
        let timestamp = timestamp.ok_or(rejected)?;
        let (from, to) = (now.saturating_sub(WINDOW.as_secs()), now + WINDOW.as_secs());
        if timestamp < from || timestamp > to {
            let window = format!("{from}-{to}");
            return Err(
                Problem::new("timestamp_refused").with("oauth_acceptable_timestamps", window)
            );
        }
        Ok((timestamp, self.require("oauth_nonce")?))
    }

    /// Whether the signature is the key's, over this request at that origin.
    pub(super) fn verify(
        &self,
        request: &Request,
        origin: &str,
        public_key: &[u8],
    ) -> Result<(), Problem> {
        let text = self.base_string(&request.method, origin, request.path());
        let given = self.require("oauth_signature")?;
        let signature = BASE64_STANDARD.decode(&given).unwrap_or_default();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, public_key);
        key.verify(text.as_bytes(), &signature).map_err(|_| {
            Problem::new("signature_invalid")
                .with("oauth_signature", given)
                .with("oauth_signature_base_string", text)
                .with("oauth_signature_method", "RSA-SHA1")
        })
    }

    /// Section 3.4.1.
    pub(super) fn base_string(&self, method: &str, origin: &str, path: &str) -> String {
        let signed = self
            .protocol
            .iter()
            .filter(|(name, _)| name != "oauth_signature");
        let mut pairs: Vec<String> = signed
            .chain(&self.others)
            .map(|(name, value)| format!("{}\n{}", encoded(name), encoded(value)))
            .collect();
        // The line end sorts before whatever an encoded name can hold, so that names
        // count before values.
        pairs.sort();
        let parameters = pairs.join("&").replace('\n', "=");
        let uri = format!(
            "{}{}",
            normal(origin),
            if path.is_empty() { "/" } else { path }
        );
        format!(
            "{}&{}&{}",
            method.to_ascii_uppercase(),
            encoded(&uri),
            encoded(&parameters)
        )
    }
}

/// Scheme and authority in lower case, without the scheme's own port (section 3.4.1.2).
fn normal(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let default = if origin.starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    origin.strip_suffix(default).unwrap_or(&origin).to_owned()
}

/// The parameters of an `Authorization: OAuth` header, without the realm.
fn in_header(request: &Request) -> Vec<(String, String)> {
    let header = request.value_of("Authorization").unwrap_or_default();
    let Some((scheme, rest)) = header.split_once(' ') else {
        return Vec::new();
    };
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Vec::new();
    }
    let pairs = rest
        .split(',')
        .filter_map(|pair| pair.trim().split_once('='));
    let pairs = pairs.filter(|(name, _)| !name.eq_ignore_ascii_case("realm"));
    pairs
        .map(|(name, value)| (decoded(name), decoded(value.trim_matches('"'))))
        .collect()
}

/// The `RSAPublicKey` inside a PEM `SubjectPublicKeyInfo` (RFC 5280 section 4.1).
pub(super) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let body = pem
        .split("-----BEGIN PUBLIC KEY-----")
        .nth(1)?
        .split("-----END")
        .next()?;
    let der = BASE64_STANDARD
        .decode(body.split_whitespace().collect::<String>())
        .ok()?;
    let (info, _) = element(&der, 0x30)?;
    let (_algorithm, rest) = element(info, 0x30)?;
    let (bits, _) = element(rest, 0x03)?;
    Some(bits.strip_prefix(&[0])?.to_vec())
}

/// The content of a DER element of that tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (long, after) = rest.split_at_checked(usize::from(first & 0x7F))?;
        length = long
            .iter()
            .fold(0, |length, &byte| length << 8 | usize::from(byte));
        rest = after;
    }
    (found == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding;

    /// The certificate's key of the test cases at
    /// <https://wiki.oauth.net/w/page/12238556/TestCases>.
    const PUBLISHED: &str = "-----BEGIN PUBLIC KEY-----\n\
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC0YjCwIfYoprq/FQO6lb3asXrx\n\
        LlJFuCvtinTF5p0GxvQGu5O3gYytUvtC2JlYzypSRjVxwxrsuRcP3e641SdASwfr\n\
        mzyvIgP08N4S0IFzEURkV1wp/IpH7kH41EtbmUmrXSwfNZsnQRE5SYSOhh+LcK2w\n\
        yQkdgcMv11l4KoBkcwIDAQAB\n-----END PUBLIC KEY-----\n";

    fn published(signature: &str) -> Request {
        let header = format!(
            "OAuth realm=\"x\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_signature_method=\"RSA-SHA1\", \
             oauth_timestamp=\"1196666512\", oauth_nonce=\"13917289812797014437\", oauth_version=\"1.0\", \
             oauth_signature=\"{}\"",
            encoding::encoded(signature)
        );
        Request::new("GET", "/photos?size=original&file=vacaction.jpg")
            .header("Authorization", &header)
    }

    const SIGNATURE: &str = "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LV\
         TGliMRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE=";

    #[test]
    fn the_published_signature_is_good_and_no_other_is() {
        let key = public_key(PUBLISHED).unwrap();
        let verify = |request: &Request, origin: &str| {
            Signed::read(request).unwrap().verify(request, origin, &key)
        };
        assert!(verify(&published(SIGNATURE), "http://Photos.Example.net:80").is_ok());
        assert!(verify(&published(SIGNATURE), "https://photos.example.net").is_err());
        assert!(
            verify(
                &published(&SIGNATURE.replace("jvTp", "jvTq")),
                "http://photos.example.net"
            )
            .is_err()
        );
        let mut other = published(SIGNATURE);
        other.target = "/photos?size=large&file=vacaction.jpg".to_owned();
        assert!(verify(&other, "http://photos.example.net").is_err());
    }

    /// RFC 5849 section 3.4.1.1, its form and all.
    #[test]
    fn the_base_string_of_rfc_5849_comes_out() {
        let header = "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_token=\"kkk9d7dh3k39sjv7\", \
                      oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
                      oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"";
        let mut request = Request::new("post", "/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b")
            .header("Authorization", header);
        request.body = b"c2&a3=2+q".to_vec();
        let mut all = in_header(&request);
        all.extend(request.parameters());
        all.extend(form("c2&a3=2+q"));
        let signed = Signed {
            protocol: all,
            others: Vec::new(),
        };
        assert_eq!(
            signed.base_string(&request.method, "http://EXAMPLE.COM:80", request.path()),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D\
             %26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
             %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
    }
}
