//! The id that a server or something in front of it gave to a request: what
//! whoever runs it looks for in its log.

use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use crate::transport::Response;
use std::fmt;

/// The headers that hold one, as messages spell them: Jira's own first.
const HEADERS: [(&str, &str); 14] = [
    ("x-arequestid", "X-AREQUESTID"),
    ("atl-traceid", "Atl-Traceid"),
    ("cf-ray", "CF-RAY"),
    ("x-amz-cf-id", "X-Amz-Cf-Id"),
    ("x-amzn-trace-id", "X-Amzn-Trace-Id"),
    ("x-amzn-requestid", "X-Amzn-RequestId"),
    ("x-azure-ref", "X-Azure-Ref"),
    ("x-okta-request-id", "X-Okta-Request-Id"),
    ("x-akamai-request-id", "X-Akamai-Request-ID"),
    ("x-cloud-trace-context", "X-Cloud-Trace-Context"),
    ("x-iinfo", "X-Iinfo"),
    ("x-b3-traceid", "X-B3-TraceId"),
    ("x-correlation-id", "X-Correlation-ID"),
    ("x-request-id", "X-Request-ID"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId {
    header: &'static str,
    pub value: CleanText,
}

impl RequestId {
    /// The first that the answer bears.
    pub(crate) fn of(answer: &Response, redactor: &Redactor) -> Option<Self> {
        HEADERS.iter().find_map(|(name, header)| {
            let value = CleanText::name(answer.header(name)?, redactor);
            (!value.is_empty()).then_some(RequestId { header, value })
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.header, self.value)
    }
}
