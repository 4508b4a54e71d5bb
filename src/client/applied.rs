//! Whether Jira may have carried out a request, from what came of one attempt;
//! knows nothing of what was asked.

use crate::transport::{Response, TransportError};

/// True where Jira may have done what was asked, as far as this attempt tells.
/// What proves a success is not known here.
pub(super) fn may_be(outcome: &Result<Response, TransportError>) -> bool {
    match outcome {
        Ok(answer) => by_status(answer.status),
        Err(error) => error.sent,
    }
}

/// Of the answers of a gateway or a CDN those are none that say that Jira was
/// not reached: 501 and 505 refuse the request itself, 503 turns it away, 521
/// to 523, 525, 526 and 530 are Cloudflare's for a server that it has no
/// connection to
/// (<https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/>).
fn by_status(status: u16) -> bool {
    match status {
        // An interim answer decides nothing, and a 2xx may be one that follows a write.
        100..=299 => true,
        // nginx's word for a client that did not wait.
        499 => true,
        501 | 503 | 505 | 521..=523 | 525 | 526 | 530 => false,
        // What has no class of its own counts as a 5xx (RFC 9110 section 15).
        _ => status >= 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;
    use crate::transport::TransportErrorKind;

    #[test]
    fn every_status_says_whether_it_may_have_been_done() {
        let undone = [501, 503, 505, 521, 522, 523, 525, 526, 530];
        for status in 100..=999 {
            let may_be_done = match status {
                100..300 => true,
                300..500 => status == 499,
                _ => !undone.contains(&status),
            };
            assert_eq!(
                may_be(&Ok(Response {
                    status,
                    ..Response::default()
                })),
                may_be_done,
                "{status}"
            );
        }
    }

    #[test]
    fn without_an_answer_it_may_be_done_once_it_was_sent() {
        let rows = [
            TransportErrorKind::Connection,
            TransportErrorKind::Proxy,
            TransportErrorKind::Tls,
            TransportErrorKind::Timeout,
        ];
        each(rows, |kind| {
            each([true, false], |sent| {
                let error = TransportError {
                    kind,
                    detail: String::new().into(),
                    hint: None,
                    at_proxy: false,
                    sent,
                };
                assert_eq!(may_be(&Err(error)), sent, "{kind:?}");
            });
        });
    }
}
