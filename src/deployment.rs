//! Where a Jira runs, which decides how it names people and takes credentials.

/// Atlassian's own Jira or one that somebody hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    Cloud,
    SelfHosted,
}

impl Deployment {
    pub(crate) fn is_cloud(self) -> bool {
        self == Deployment::Cloud
    }
}
