//! What `oauth_problem` means: which of Jira's OAuth 1.0a refusals it
//! is, in a sentence, and the fix. Asks nothing.

use crate::error::{Failure, Kind};
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use crate::settings::{BASE_URL, OAUTH1_ACCESS_TOKEN, OAUTH1_CONSUMER_KEY, OAUTH1_PRIVATE_KEY};
use crate::text::one_line;
use crate::transport::{Response, SHORT_BODY};
use std::collections::BTreeMap;
use url::Url;

/// Where the address that Jira has verified stands once it can be shown; no
/// parameter of OAuth's has a blank in its name.
const VERIFIED_ADDRESS: &str = "verified address";

/// The problem that an answer names
/// (<https://wiki.oauth.net/w/page/12238543/ProblemReporting>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    name: String,
    parameters: BTreeMap<String, String>,
}

/// The problem, where the answer names one: in its body, or in `WWW-Authenticate`.
pub(crate) fn of(answer: &Response) -> Option<Problem> {
    if answer.status < 400 {
        return None;
    }
    from_body(answer).or_else(|| answer.all("www-authenticate").find_map(from_header))
}

fn from_body(answer: &Response) -> Option<Problem> {
    let body = answer.body[..answer.body.len().min(SHORT_BODY)].trim_ascii();
    let form = answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !form && !body.starts_with(b"oauth_problem=") {
        return None;
    }
    named(url::form_urlencoded::parse(body).into_owned())
}

/// `OAuth realm="…",oauth_problem="…"`, each value percent-encoded.
fn from_header(header: &str) -> Option<Problem> {
    let parameters = header
        .trim()
        .strip_prefix("OAuth")?
        .split(',')
        .filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let value = percent_encoding::percent_decode_str(value.trim().trim_matches('"'));
            Some((name.to_owned(), value.decode_utf8_lossy().into_owned()))
        });
    named(parameters)
}

fn named(parameters: impl Iterator<Item = (String, String)>) -> Option<Problem> {
    let parameters: BTreeMap<_, _> = parameters.collect();
    let name = parameters.get("oauth_problem")?.clone();
    Some(Problem { name, parameters })
}

impl Problem {
    /// `token_rejected`, `signature_invalid`, and so on.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Jira's clock in seconds since 1970: the middle of the timestamps that it
    /// would take.
    pub(crate) fn server_time(&self) -> Option<u64> {
        let (from, to) = self.get("oauth_acceptable_timestamps")?.split_once('-')?;
        let (from, to) = (
            from.trim().parse::<u64>().ok()?,
            to.trim().parse::<u64>().ok()?,
        );
        (from <= to).then(|| from + (to - from) / 2)
    }

    /// The same, fit to be shown.
    pub(super) fn sanitize(&self, redactor: &Redactor) -> Self {
        let clean = |text: &str| CleanText::sentence(text, redactor).to_string();
        let shown = |(name, text): (&String, &String)| (name.clone(), clean(text));
        let mut parameters: BTreeMap<_, _> = self.parameters.iter().map(shown).collect();
        // Decoded first: what an escape hides is cleaned, too.
        parameters.remove(VERIFIED_ADDRESS);
        parameters.extend(
            self.verified_address()
                .map(|address| (VERIFIED_ADDRESS.to_owned(), clean(&address))),
        );
        Problem {
            name: self.name.clone(),
            parameters,
        }
    }

    /// The refusal in words. What Jira calls by a name that we know is called so,
    /// whatever secret equals a part of it.
    pub(crate) fn failure(&self, status: u16, asked: &Url) -> Failure {
        if let (Some(address), "signature_invalid") = (self.get(VERIFIED_ADDRESS), &*self.name) {
            return signature_invalid(address, asked);
        }
        let Some(meaning) = MEANINGS.iter().find(|meaning| meaning.name == self.name) else {
            let name = self.get("oauth_problem").unwrap_or_default();
            return Failure::new(
                Kind::CredentialsRefused,
                format!(
                    "Jira refused the OAuth request ({status}, {})",
                    one_line(name, 40)
                ),
            )
            .hint("do the application link and the token belong to this Jira?");
        };
        let mut message = format!("{} ({})", meaning.what, meaning.name);
        let which = self
            .get("oauth_parameters_absent")
            .or_else(|| self.get("oauth_parameters_rejected"));
        if let Some(which) = which {
            message += &format!(": {}", one_line(which, 30));
        }
        Failure::new(meaning.kind, message).hint((meaning.fix)())
    }

    /// Where Jira shows what it has verified, the address in it is the one that it
    /// believes to have.
    fn verified_address(&self) -> Option<String> {
        let address = self.get("oauth_signature_base_string")?.split('&').nth(1)?;
        Some(
            percent_encoding::percent_decode_str(address)
                .decode_utf8_lossy()
                .into_owned(),
        )
    }
}

/// A signature does not fit for one of two reasons, which the address that Jira
/// verified tells apart.
fn signature_invalid(verified: &str, asked: &Url) -> Failure {
    let mut address = asked.clone();
    address.set_query(None);
    let (cause, hint) = if verified == address.as_str() {
        (
            "the application link holds another public key (signature_invalid)",
            format!(
                "openssl rsa -in KEY.pem -pubout shows the public key of {}: compare the two",
                OAUTH1_PRIVATE_KEY.variable
            ),
        )
    } else {
        (
            "Jira takes its own address for another one than was asked (signature_invalid)",
            format!(
                "correct {}, or let the proxy pass on scheme, host and port (Tomcat: scheme, \
                 proxyName, proxyPort). Jira sees the address {verified}.",
                BASE_URL.variable
            ),
        )
    };
    Failure::new(Kind::CredentialsRefused, cause).hint(hint)
}

/// One problem, and what to do about it.
struct Meaning {
    name: &'static str,
    kind: Kind,
    what: &'static str,
    fix: fn() -> String,
}

const fn credentials(name: &'static str, what: &'static str, fix: fn() -> String) -> Meaning {
    Meaning {
        name,
        kind: Kind::CredentialsRefused,
        what,
        fix,
    }
}

fn consent_again() -> String {
    format!(
        "run jira-build-status oauth1 authorize again and set {OAUTH1_ACCESS_TOKEN} to what it gives"
    )
}

fn ask_for_the_link() -> String {
    "a Jira administrator has to look at the application link's incoming authentication".to_owned()
}

/// Every problem of <https://wiki.oauth.net/w/page/12238543/ProblemReporting>.
const MEANINGS: &[Meaning] = &[
    credentials(
        "consumer_key_unknown",
        "no application link of this Jira has this consumer key",
        || {
            format!(
                "compare {OAUTH1_CONSUMER_KEY} with the link's incoming consumer key: \
                 Administration, Applications, Application links"
            )
        },
    ),
    credentials(
        "consumer_key_rejected",
        "Jira refuses this consumer key",
        ask_for_the_link,
    ),
    credentials(
        "consumer_key_refused",
        "Jira refuses this consumer key for now",
        ask_for_the_link,
    ),
    credentials(
        "token_rejected",
        "Jira does not know the token, or it belongs to another consumer",
        consent_again,
    ),
    credentials(
        "token_expired",
        "the OAuth token has expired",
        consent_again,
    ),
    credentials(
        "token_revoked",
        "somebody has revoked the OAuth token",
        consent_again,
    ),
    credentials(
        "token_used",
        "the request token was exchanged before",
        || "begin again: jira-build-status oauth1 request-token".to_owned(),
    ),
    credentials(
        "token_not_authorized",
        "nobody has allowed the request token yet",
        || {
            "open the page that oauth1 request-token printed and press Allow, then run access-token"
                .to_owned()
        },
    ),
    credentials(
        "signature_invalid",
        "the OAuth signature does not fit",
        || {
            format!(
                "either the application link holds the public key of another private key (openssl rsa \
             -in KEY.pem -pubout shows yours), or {BASE_URL} is not the address that Jira believes \
             to have: scheme, host, port and context path must agree, and a proxy must pass them on"
            )
        },
    ),
    credentials(
        "signature_method_rejected",
        "Jira takes another signature than RSA-SHA1",
        || {
            format!(
                "the application link must hold the public key of {OAUTH1_PRIVATE_KEY}, not a \
                 shared secret"
            )
        },
    ),
    credentials(
        "timestamp_refused",
        "this machine's clock and Jira's are more than five minutes apart",
        || "set this machine's clock (NTP), and look at Jira's".to_owned(),
    ),
    credentials(
        "nonce_used",
        "Jira has seen this very request before",
        || {
            "something between here and Jira sends requests twice; ask whoever runs the proxy"
                .to_owned()
        },
    ),
    credentials(
        "version_rejected",
        "the server does not speak OAuth 1.0a",
        || format!("is {BASE_URL} a Jira Server or Data Center?"),
    ),
    credentials("parameter_absent", "an OAuth parameter is missing", || {
        "does something on the way change the Authorization header?".to_owned()
    }),
    credentials("parameter_rejected", "an OAuth parameter is wrong", || {
        "oauth_callback must be oob or an http address; does something on the way change the \
         Authorization header?"
            .to_owned()
    }),
    credentials("user_refused", "the person has refused access", || {
        "begin again, and press Allow".to_owned()
    }),
    credentials(
        "permission_unknown",
        "the user's consent is missing",
        consent_again,
    ),
    credentials(
        "additional_authorization_required",
        "the user's consent is missing",
        consent_again,
    ),
    Meaning {
        name: "permission_denied",
        kind: Kind::PermissionDenied,
        what: "the user may not do this",
        fix: || {
            "the token acts as the person who pressed Allow: does that user still have the \
             permission?"
                .to_owned()
        },
    },
];

#[cfg(test)]
mod tests;
