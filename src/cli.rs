//! The command line as typed; knows no rules: what a value means, and whether
//! it may stand there, is decided in `config`.

use clap::{ArgAction, Args, Parser, Subcommand};

/// Writes a build's result into a Jira custom field.
#[derive(Debug, Default, Parser)]
#[command(
    name = "jira-build-status",
    version = env!("BUILD_VERSION"),
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true,
    max_term_width = 110,
    about = "Writes a build's result into a field of Jira issues, and tells the truth about what happened.",
    after_help = "Secrets have no flag: set JIRA_USERNAME and JIRA_PASSWORD (self-hosted), JIRA_USER_EMAIL and JIRA_API_TOKEN\n\
        (Cloud) or JIRA_PERSONAL_TOKEN (Data Center), each X also as X_FILE, a path. A flag wins over its variable.\n\
        More: jira-build-status help credentials, jira-build-status help fields"
)]
pub struct Cli {
    /// What to do instead of the main job.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to write where.
    #[command(flatten)]
    pub job: JobFlags,
    /// How the run behaves.
    #[command(flatten)]
    pub run: RunFlags,
    /// How the run reports.
    #[command(flatten)]
    pub reporting: ReportingFlags,
    /// How Jira is reached.
    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// The commands beside the main job. Each takes its flags behind its name.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checker from the network to the field and say what works, what does not and
    /// what to do; writes nothing
    Check {
        /// What would be written.
        #[command(flatten)]
        job: Box<JobFlags>,
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
    /// One authenticated GET of a path under the base URL, its body to standard output
    Get {
        /// Such as /rest/api/2/issue/HSP-1
        #[arg(value_name = "PATH", allow_hyphen_values = true)]
        path: String,
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
    /// OAuth 1.0a: a key pair, and an access token that a person grants once, for
    /// pipelines that run without one
    Oauth1 {
        /// Which step.
        #[command(subcommand)]
        step: OAuth1Step,
    },
    /// OAuth 2.0: let a person consent once, for pipelines that run without one
    Oauth2 {
        /// Which step.
        #[command(subcommand)]
        step: OAuth2Step,
    },
    /// Explain the credentials or the fields, with an example each
    Help {
        /// credentials or fields
        #[arg(value_name = "TOPIC")]
        topic: Option<String>,
    },
}

/// The steps of `oauth1`. All but the first need JIRA_OAUTH1_CONSUMER_KEY and
/// JIRA_OAUTH1_PRIVATE_KEY.
#[derive(Debug, Subcommand)]
pub enum OAuth1Step {
    /// Make a key pair for the application link, jira-oauth1.private.pem and
    /// jira-oauth1.public.pem; asks nobody
    Keygen {
        /// The folder that takes both files (the current one); nothing is overwritten
        #[arg(long, value_name = "DIR", allow_hyphen_values = true)]
        out: Option<String>,
        /// How the run reports.
        #[command(flatten)]
        reporting: ReportingFlags,
    },
    /// Step 1: print the request token, and below it step 2's page for a person to open;
    /// needs JIRA_OAUTH1_CONSUMER_KEY and JIRA_OAUTH1_PRIVATE_KEY
    RequestToken {
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
    /// Step 3: exchange the request token for the access token;
    /// needs JIRA_OAUTH1_CONSUMER_KEY and JIRA_OAUTH1_PRIVATE_KEY
    AccessToken {
        /// What request-token printed
        #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
        request_token: Option<String>,
        /// The code that the page showed
        #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
        verifier: Option<String>,
        /// A new file for the access token; - is standard output (jira-oauth1.token)
        #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
        out: Option<String>,
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
    /// Steps 1 to 3 with a person in between; needs JIRA_OAUTH1_CONSUMER_KEY and
    /// JIRA_OAUTH1_PRIVATE_KEY
    Authorize {
        /// Let the browser bring the code to this machine, in place of typing it
        #[arg(long)]
        callback: bool,
        /// A new file for the access token; - is standard output (jira-oauth1.token)
        #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
        out: Option<String>,
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
}

/// The steps of `oauth2`.
#[derive(Debug, Subcommand)]
pub enum OAuth2Step {
    /// Open the consent page, take the code, store the refresh token; needs
    /// JIRA_OAUTH2_CLIENT_ID and JIRA_OAUTH2_CLIENT_SECRET
    Authorize {
        /// The redirect address is http://localhost:N/callback (8765)
        #[arg(long, value_name = "N", allow_hyphen_values = true)]
        port: Option<String>,
        /// What to ask for, by white space [env: JIRA_OAUTH2_SCOPE]
        #[arg(long, value_name = "SCOPE", allow_hyphen_values = true)]
        scope: Option<String>,
        /// Where the refresh token goes; - is standard output (jira-oauth2.token)
        #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
        out: Option<String>,
        /// How it is reached and reported.
        #[command(flatten)]
        shared: Box<SharedFlags>,
    },
}

/// Issues, fields and values.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What to write")]
pub struct JobFlags {
    /// Issue keys or ids, separated or as a JSON array [env: JIRA_ISSUE_KEY]
    #[arg(long, value_name = "KEYS", action = ArgAction::Append, allow_hyphen_values = true)]
    pub issue: Vec<String>,
    /// A text that holds keys, such as a branch's name; ci: the CI's variables
    /// [env: JIRA_ISSUES_FROM]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub issues_from: Option<String>,
    /// Of the keys in the text, only those of these projects [env: JIRA_PROJECT_KEYS]
    #[arg(long, value_name = "KEYS", action = ArgAction::Append, allow_hyphen_values = true)]
    pub project: Vec<String>,
    /// fail or skip, where the text holds no key (fail) [env: JIRA_IF_NO_ISSUE]
    #[arg(long, value_name = "WHAT", allow_hyphen_values = true)]
    pub if_no_issue: Option<String>,
    /// customfield_10314, 10314, a system field's id or a name [env: JIRA_FIELD_ID]
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub field: Option<String>,
    /// The value as text [env: JIRA_FIELD_VALUE]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub value: Option<String>,
    /// The value's shape: auto asks Jira; see help fields [env: JIRA_FIELD_TYPE]
    #[arg(long = "type", value_name = "TYPE", allow_hyphen_values = true)]
    pub shape: Option<String>,
    /// success=Passed, failure=Failed, *=Unknown [env: JIRA_VALUE_MAP]
    #[arg(long, value_name = "PAIRS", allow_hyphen_values = true)]
    pub value_map: Option<String>,
    /// Further fields: FIELD=TEXT, FIELD:=JSON, FIELD+=TEXT, FIELD-=TEXT [env:
    /// JIRA_FIELDS]
    #[arg(long, value_name = "FIELD=TEXT", action = ArgAction::Append, allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// true or false; sent only when set [env: JIRA_NOTIFY_USERS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub notify_users: Option<String>,
}

/// The run as a whole.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "The run")]
pub struct RunFlags {
    /// Do everything but the write; show the exact body [env: JIRA_DRY_RUN]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub dry_run: Option<String>,
    /// Results as variables for GitLab, in this file [env: JIRA_DOTENV]
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub dotenv: Option<String>,
    /// Issues written at once (4) [env: JIRA_CONCURRENCY]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub concurrency: Option<String>,
}

/// What is told at the end, and what it does to the exit code.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "The run")]
pub struct ReportingFlags {
    /// text or json (text) [env: JIRA_OUTPUT]
    #[arg(long, value_name = "FORMAT", allow_hyphen_values = true)]
    pub output: Option<String>,
    /// Report a failure, exit 0 [env: JIRA_ALLOW_FAILURE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub allow_failure: Option<String>,
}

/// What every command that asks Jira takes.
#[derive(Debug, Default, Args)]
pub struct SharedFlags {
    /// How the run reports.
    #[command(flatten)]
    pub reporting: ReportingFlags,
    /// How Jira is reached.
    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// The way to Jira.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How Jira is reached")]
pub struct ConnectionFlags {
    /// Jira's address with its context path [env: JIRA_BASE_URL]
    #[arg(long, value_name = "URL", allow_hyphen_values = true)]
    pub base_url: Option<String>,
    /// Which of the credentials given: basic session bearer oauth1 oauth2 connect
    /// [env: JIRA_AUTH]
    #[arg(long, value_name = "METHOD", allow_hyphen_values = true)]
    pub auth: Option<String>,
    /// Go through the Cloud gateway; auto asks the site for its id [env: JIRA_CLOUD_ID]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub cloud_id: Option<String>,
    /// Seconds for one attempt (30) [env: JIRA_TIMEOUT]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub timeout: Option<String>,
    /// Seconds for everything (120) [env: JIRA_DEADLINE]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub deadline: Option<String>,
    /// Retries per issue (4) [env: JIRA_MAX_RETRIES]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub max_retries: Option<String>,
    /// PEM certificates trusted besides the system's [env: JIRA_CA_BUNDLE]
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub ca_bundle: Option<String>,
    /// PEM certificate that we present, with its key or without [env: JIRA_CLIENT_CERT]
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub client_cert: Option<String>,
    /// PEM key of the client certificate [env: JIRA_CLIENT_KEY]
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub client_key: Option<String>,
    /// Check no certificate; warns every time [env: JIRA_INSECURE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub insecure: Option<String>,
    /// http, https, socks5 or socks5h address, or '' [env: HTTPS_PROXY, HTTP_PROXY,
    /// ALL_PROXY]
    #[arg(long, value_name = "URL", allow_hyphen_values = true)]
    pub proxy: Option<String>,
    /// Hosts, suffixes, addresses, ranges or '*' reached without a proxy [env: NO_PROXY]
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub no_proxy: Option<String>,
    /// error, warn, info, debug, trace or target=level (warn) [env: JIRA_LOG]
    #[arg(long, value_name = "LEVEL", allow_hyphen_values = true)]
    pub log: Option<String>,
}
