//! `help TOPIC`: the credentials and the fields, with an example each.

use crate::edit::app_field::APP_FIELDS;
use crate::edit::field_types::FIELD_TYPES;
use crate::error::{Failure, Kind};
use std::fmt::Write;

const CREDENTIALS: &str = "\
Credentials come from the environment. Each secret X may be given as X_FILE, a path, instead.

  basic   Server, Data Center: JIRA_USERNAME, JIRA_PASSWORD
            JIRA_USERNAME=ci-bot JIRA_PASSWORD_FILE=/run/secrets/jira
          Cloud: JIRA_USER_EMAIL, JIRA_API_TOKEN (id.atlassian.com, Security, API tokens)
            JIRA_USER_EMAIL=ci@example.com JIRA_API_TOKEN=...
  session Server, Data Center: JIRA_AUTH=session with JIRA_USERNAME, JIRA_PASSWORD: one login for all issues
            JIRA_AUTH=session JIRA_USERNAME=ci-bot JIRA_PASSWORD_FILE=/run/secrets/jira
  bearer  Data Center: JIRA_PERSONAL_TOKEN (your profile, Personal Access Tokens)
            JIRA_PERSONAL_TOKEN_FILE=/run/secrets/jira-token
  oauth1  Server, Data Center: JIRA_OAUTH1_CONSUMER_KEY, JIRA_OAUTH1_PRIVATE_KEY, JIRA_OAUTH1_ACCESS_TOKEN
          (an application link, and what jira-build-status oauth1 --help explains)
            JIRA_OAUTH1_CONSUMER_KEY=ci JIRA_OAUTH1_PRIVATE_KEY_FILE=key.pem JIRA_OAUTH1_ACCESS_TOKEN_FILE=jira-oauth1.token
  oauth2  an access token as it is: JIRA_OAUTH2_ACCESS_TOKEN
          a service account: JIRA_OAUTH2_CLIENT_ID, JIRA_OAUTH2_CLIENT_SECRET; on Data Center JIRA_OAUTH2_SCOPE
          (Cloud: admin.atlassian.com; Data Center: Application links)
            JIRA_OAUTH2_CLIENT_ID=abc JIRA_OAUTH2_CLIENT_SECRET_FILE=/run/secrets/jira JIRA_OAUTH2_SCOPE=WRITE
          a user's consent, had once with jira-build-status oauth2 authorize: the client's two variables and
          JIRA_OAUTH2_REFRESH_TOKEN_FILE, a file that is kept between runs, because each use replaces the token
            JIRA_OAUTH2_CLIENT_ID=abc JIRA_OAUTH2_CLIENT_SECRET=... JIRA_OAUTH2_REFRESH_TOKEN_FILE=jira-oauth2.token
  connect Cloud: JIRA_CONNECT_APP_KEY, JIRA_CONNECT_SHARED_SECRET (of the app's installation)
            JIRA_CONNECT_APP_KEY=com.example.ci JIRA_CONNECT_SHARED_SECRET_FILE=/run/secrets/jira-connect

Cloud's tokens with scopes, as API token (basic) or alone (bearer, JIRA_PERSONAL_TOKEN), go through Atlassian's
gateway: JIRA_CLOUD_ID=auto (--cloud-id auto). OAuth 2.0 on Cloud always goes there.
One kind must be complete. JIRA_AUTH (--auth) chooses where more than one is.
";

/// The text of a topic.
///
/// # Errors
/// A usage error for a topic that does not exist.
pub(crate) fn text(topic: &str) -> Result<String, Failure> {
    match topic {
        "credentials" => Ok(CREDENTIALS.to_owned()),
        "fields" => Ok(fields()),
        _ => {
            Err(Failure::new(Kind::Usage, "there is no such topic")
                .hint("topics: credentials, fields"))
        }
    }
}

fn fields() -> String {
    let mut text = String::from(
        "With --type auto, the default, Jira is asked for the field's type. \
         Each name below as --type saves that request.\n\n",
    );
    for entry in FIELD_TYPES {
        let types = entry.jira_types.join(", ").replace("system:", "");
        let for_types = if types.is_empty() {
            String::new()
        } else {
            format!("  for {types}")
        };
        let _ = write!(
            text,
            "  {}{for_types}\n      {}\n        sends {}\n",
            entry.name, entry.text, entry.json
        );
    }
    text.push_str("\nFields of apps need no --type; Jira is asked for theirs:\n\n");
    for one in APP_FIELDS {
        let _ = write!(
            text,
            "  {}\n      {}\n        sends {}\n",
            one.name, one.text, one.json
        );
    }
    text.push_str(
        "\nSeveral values are separated by commas or lines, or are a JSON array. \
         Cloud wants account ids for users.\n\
         Dates and times may be now. FIELD:=JSON sends JSON as it is, FIELD:=null clears a field;\n\
         FIELD+=TEXT and FIELD-=TEXT add to and remove from a field of several values;\n\
         comment+=TEXT, worklog+=1h and issuelinks+=blocks HSP-2 add a comment, \
         a worklog and a link; timetracking=2h is the estimate.\n",
    );
    text
}
