//! What `oauth_problem` means: which of Jira's OAuth 1.0a refusals it is, in a sentence, and the fix. Asks nothing.

use super::said::presentable;
use crate::failure::{Failure, Kind};
use crate::mask::Mask;
use crate::wire::Answer;
use std::collections::BTreeMap;

/// The problem that an answer names (<https://wiki.oauth.net/w/page/12238543/ProblemReporting>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    parameters: BTreeMap<String, String>,
}

/// The problem, where the answer names one: in its body, or in `WWW-Authenticate`.
pub fn of(answer: &Answer) -> Option<Problem> {
    if answer.status < 400 {
        return None;
    }
    from_body(answer).or_else(|| answer.all("www-authenticate").find_map(from_header))
}

fn from_body(answer: &Answer) -> Option<Problem> {
    let body = answer.body.trim_ascii();
    let form = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !form && !body.starts_with(b"oauth_problem=") {
        return None;
    }
    named(url::form_urlencoded::parse(body).into_owned())
}

/// `OAuth realm="…",oauth_problem="…"`, each value percent-encoded.
fn from_header(header: &str) -> Option<Problem> {
    let parameters = header.trim().strip_prefix("OAuth")?.split(',').filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let value = percent_encoding::percent_decode_str(value.trim().trim_matches('"'));
        Some((name.to_owned(), value.decode_utf8_lossy().into_owned()))
    });
    named(parameters)
}

fn named(parameters: impl Iterator<Item = (String, String)>) -> Option<Problem> {
    let parameters: BTreeMap<_, _> = parameters.collect();
    parameters.contains_key("oauth_problem").then_some(Problem { parameters })
}

impl Problem {
    /// `token_rejected`, `signature_invalid`, and so on.
    pub fn name(&self) -> &str {
        self.get("oauth_problem").unwrap_or_default()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Jira's clock in seconds since 1970: the middle of the timestamps that it would take.
    pub fn server_time(&self) -> Option<u64> {
        let (from, to) = self.get("oauth_acceptable_timestamps")?.split_once('-')?;
        let (from, to) = (from.trim().parse::<u64>().ok()?, to.trim().parse::<u64>().ok()?);
        (from <= to).then(|| from + (to - from) / 2)
    }

    /// The same, fit to be shown.
    pub(super) fn presentable(&self, mask: &Mask) -> Self {
        let shown = |(name, text): (&String, &String)| (name.clone(), presentable(&mask.clean(text)));
        Problem { parameters: self.parameters.iter().map(shown).collect() }
    }

    /// The refusal in words.
    pub fn failure(&self, status: u16) -> Failure {
        let (kind, what, fix) = self.meaning();
        Failure::new(kind, format!("Jira refuses the OAuth request ({status}, {}): {what}", self.name())).hint(fix)
    }

    fn meaning(&self) -> (Kind, String, String) {
        let (what, fix) = match self.name() {
            "consumer_key_unknown" => (
                "no application link of this Jira has this consumer key",
                "compare JIRA_OAUTH1_CONSUMER_KEY with the incoming consumer key in Administration, Applications, Application links",
            ),
            "consumer_key_rejected" | "consumer_key_refused" => (
                "Jira knows the consumer key and does not let it in",
                "an administrator has to look at the application link's incoming authentication",
            ),
            "token_rejected" => (
                "it does not know the token, or the token belongs to another consumer",
                "run the dance again (jira-build-status oauth1 authorize) and set JIRA_OAUTH1_ACCESS_TOKEN to what it gives",
            ),
            "token_expired" => (
                "the token has expired",
                "run the dance again: jira-build-status oauth1 authorize; a request token lives ten minutes, an access token five years",
            ),
            "token_revoked" => (
                "somebody has revoked the token",
                "run the dance again: jira-build-status oauth1 authorize; the user's profile lists the tokens under Authorized Applications",
            ),
            "token_used" => {
                ("the request token was exchanged before", "begin again: jira-build-status oauth1 request-token")
            }
            "token_not_authorized" => (
                "nobody has allowed the request token yet",
                "open the page that oauth1 request-token printed and press Allow, then run access-token",
            ),
            "signature_invalid" => return self.signature_invalid(),
            "signature_method_rejected" => (
                "it takes another signature than RSA-SHA1",
                "the application link must hold the public key of JIRA_OAUTH1_PRIVATE_KEY, not a shared secret",
            ),
            "timestamp_refused" => (
                "this machine's clock and Jira's are more than five minutes apart",
                "set this machine's clock (NTP), and look at Jira's",
            ),
            "nonce_used" => (
                "it has seen this very request before",
                "something between here and Jira sends requests twice; ask who keeps the proxy",
            ),
            "version_rejected" => {
                ("it does not speak OAuth 1.0a", "is JIRA_BASE_URL (--base-url) a Jira Server or Data Center?")
            }
            "user_refused" | "permission_denied" => {
                return (
                    if self.name() == "user_refused" { Kind::CredentialsRefused } else { Kind::PermissionDenied },
                    "the user may not do this, or has refused access".to_owned(),
                    "the token acts as the person who pressed Allow: does that user have the permission?".to_owned(),
                );
            }
            "permission_unknown" | "additional_authorization_required" => {
                ("the user's consent is missing", "run the dance again: jira-build-status oauth1 authorize")
            }
            "parameter_absent" | "parameter_rejected" => {
                let which = self.get("oauth_parameters_absent").or_else(|| self.get("oauth_parameters_rejected"));
                return (
                    Kind::CredentialsRefused,
                    format!("a parameter is missing or wrong: {}", which.unwrap_or("it does not say which")),
                    "oauth_callback must be oob or an http address; does something on the way change the Authorization header?".to_owned(),
                );
            }
            _ => ("it does not say more", "the application link and the token belong to this Jira?"),
        };
        (Kind::CredentialsRefused, what.to_owned(), fix.to_owned())
    }

    /// Where Jira shows what it has verified, the address in it is the one that it believes to have.
    fn signature_invalid(&self) -> (Kind, String, String) {
        let address = self.get("oauth_signature_base_string").and_then(|text| text.split('&').nth(1));
        let address = address.map(|text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
        let seen = address.map(|address| format!(" Jira sees the address {address}.")).unwrap_or_default();
        (
            Kind::CredentialsRefused,
            "the signature does not fit".to_owned(),
            format!(
                "either the application link holds the public key of another private key (openssl rsa -in KEY.pem -pubout shows yours), \
                 or JIRA_BASE_URL (--base-url) is not the address that Jira itself believes to have: scheme, host, port and context \
                 path must agree, and a proxy must pass them on.{seen}"
            ),
        )
    }
}

#[cfg(test)]
mod tests;
