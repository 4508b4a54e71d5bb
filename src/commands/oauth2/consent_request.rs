//! The request for consent: the page to open, and what its answer is known by.
//! Sends nothing.

use crate::error::{Failure, Kind};
use crate::redact::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use url::Url;

/// RFC 7636 section 7.1 wants as many random bytes of a verifier.
const RANDOM_BYTES: usize = 32;

/// A page to open, and what its answer is known by.
pub(super) struct ConsentRequest {
    pub page: Url,
    /// RFC 6749 section 10.12: an answer without it is somebody else's.
    pub state: String,
    /// What proves that the exchange comes from whoever asked (RFC 7636); Cloud does
    /// without.
    pub verifier: Option<Secret>,
}

impl ConsentRequest {
    /// A request at the provider's page for a code (RFC 6749 section 4.1.1).
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub(super) fn new(
        mut page: Url,
        client_id: &str,
        redirect: &Url,
        scope: &str,
    ) -> Result<Self, Failure> {
        let state = random_text()?;
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("scope", scope)
            .append_pair("state", &state);
        Ok(ConsentRequest {
            page,
            state,
            verifier: None,
        })
    }

    /// The same with the parameters that Atlassian's provider wants.
    pub(super) fn for_cloud(mut self) -> Self {
        self.page
            .query_pairs_mut()
            .append_pair("audience", "api.atlassian.com")
            .append_pair("prompt", "consent");
        self
    }

    /// The same with a challenge.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub(super) fn with_challenge(self) -> Result<Self, Failure> {
        Ok(self.with_verifier(random_text()?))
    }

    fn with_verifier(mut self, verifier: String) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        self.page
            .query_pairs_mut()
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        self.verifier = Some(Secret::derived(verifier));
        self
    }
}

fn random_text() -> Result<String, Failure> {
    let mut bytes = [0; RANDOM_BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Failure::new(Kind::Internal, "the system has no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> ConsentRequest {
        let page = Url::parse("https://jira.example.com/authorize").unwrap();
        let redirect = Url::parse("http://localhost:8765/callback").unwrap();
        ConsentRequest::new(page, "client", &redirect, "a b").unwrap()
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let page = request().with_verifier(verifier).page;
        let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(page.as_str().contains(challenge), "{page}");
    }

    #[test]
    fn no_two_requests_have_a_state_or_a_verifier_in_common() {
        let verifier =
            |request: &ConsentRequest| request.verifier.as_ref().unwrap().reveal().to_owned();
        let (one, other) = (
            request().with_challenge().unwrap(),
            request().with_challenge().unwrap(),
        );
        assert_ne!(one.state, other.state);
        assert_ne!(verifier(&one), verifier(&other));
        assert_eq!(verifier(&one).len(), 43);
    }
}
