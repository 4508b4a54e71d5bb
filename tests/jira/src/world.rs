//! What a site contains at first: users, projects, issues and fields.
//!
//! | Project | Id | Issues (odd ones are bugs, even ones tasks) | Numeric ids |
//! |---|---|---|---|
//! | `HSP` Homosapien | 10000 | `HSP-1` to `HSP-9`; [`READ_ONLY_ISSUE`] is not for `ci-bot` to edit | 100001 to 100009 |
//! | `MKY` Monkey | 10001 | `MKY-1` | 200001 |
//! | `SECRET` Secret, hidden | 10002 | `SECRET-1` | 300001 |
//!
//! | Id `customfield_…` | Name | Type | Options, or what is special |
//! |---|---|---|---|
//! | 10314 | Build status | select | 10112 Development Completed, 10113 In Progress, 10114 Passed, 10115 Failed, 10116 Running, 10117 `Passed, with warnings`, 10118 `Build > Test` |
//! | 10315 | Build verdict | radiobuttons | 10120 Good, 10121 Bad |
//! | 10316 | Platforms | multiselect | 10130 Linux, 10131 Windows, 10132 `macOS, Apple silicon`, 10133 `Cross > ARM` |
//! | 10317 | Checks | multicheckboxes | 10140 Lint, 10141 Unit, 10142 Smoke |
//! | 10318 | Deployment target | cascadingselect | 10150 Production (10151 Europe, 10152 America, 10153 `Asia > Pacific`), 10154 Staging (10155 Europe, 10156 `Blue, green`), 10157 On-premises |
//! | 10319 | Build number | textfield | |
//! | 10320 | Build log | textarea | |
//! | 10321 | Build minutes | float | |
//! | 10322 | Built on | datepicker | |
//! | 10323 | Built at | datetime | |
//! | 10324 | Build page | url | |
//! | 10325 | Build labels | labels | |
//! | 10326 | Release manager | userpicker | |
//! | 10327 | Reviewers | multiuserpicker | |
//! | 10328 | Owning group | grouppicker | |
//! | 10329 | Informed groups | multigrouppicker | |
//! | 10330 | Built version | version | |
//! | 10331 | Shipped versions | multiversion | |
//! | 10332 | Downstream project | project | |
//! | 10333 | Pipeline stamp | readonlyfield | the API may write it |
//! | 10334 | Import Id | importid | writes are accepted and ignored |
//! | 10335 | Sprint | gh-sprint | any whole number |
//! | 10336 | Epic Link | gh-epic-link | |
//! | 10337 | Story Points | jsw-story-points | |
//! | 10338 | Team | atlassian-team | Cloud only |
//! | 10339 | Build score | scripted-field | on no screen |
//! | 10340, 10341 | Duplicate | textfield, select | two fields of one name; options 10160 Yes, 10161 No |
//! | 10342 | Off screen | textfield | not on the edit screen |
//! | 10343 | Stage | select | bugs of `HSP` 10170 Triage, 10171 Fix; its tasks 10172 Plan, 10173 Build; `MKY` 10174 Build, 10175 Ship |
//! | 10344 | Letter case | select | 10180 passed, 10181 Passed, 10182 PASSED |
//! | 10345 | Release gate | select | cannot be cleared; 10190 Open, 10191 Shut, and it starts Open |
//! | 10346 | Epic Name | gh-epic-label | |
//! | 10347 | Epic Colour | gh-epic-color | |
//! | 10348 | Epic Status | gh-epic-status | 10200 To Do, 10201 Done |
//! | 10349 | Monkey business | textfield | in `MKY` alone |
//! | 10350 | Target start | jpo-custom-field-baseline-start | |
//!
//! System fields: `summary` (cannot be cleared), `description`, `environment`,
//! `labels`, `fixVersions`, `versions`, `components`, `duedate`, `assignee`,
//! `reporter`, `priority`, `comment` (never set, only added to).

use crate::account::User;
use crate::app_field::AppField;
use crate::field::{Choice, Context, Field};
use crate::field_type::FieldType as T;
use crate::issue::{Issue, Project, Stored};
use crate::provider::OAuthClient;
use crate::site::Kind;
use std::collections::BTreeMap;

/// The field of the tutorial.
pub const BUILD_STATUS: &str = "customfield_10314";
/// The issue that `ci-bot` may see but not edit.
pub const READ_ONLY_ISSUE: &str = "HSP-8";
/// The issue that only an administrator may see.
pub const HIDDEN_ISSUE: &str = "SECRET-1";
/// The user of pipelines.
pub const CI_BOT: &str = "ci-bot";
/// That user's password.
pub const CI_BOT_PASSWORD: &str = "correct horse battery staple";
/// That user's address on Cloud.
pub const CI_EMAIL: &str = "ci@example.com";
/// That user's API token on Cloud.
pub const CI_API_TOKEN: &str = "ATATT3xFfGF0-example-token";
/// That user's API token with scopes, which only the gateway accepts.
pub const CI_SCOPED_TOKEN: &str = "ATATT3xFfGF0-scoped-token";
/// That user's personal access token on Data Center.
pub const CI_PERSONAL_TOKEN: &str = "NjE1MzMwMjY5MTk5OtokenExample";
/// The consumer key of the application link.
pub const CONSUMER_KEY: &str = "build-status";
/// The private key that belongs to it; an example, as open as its name.
pub const CONSUMER_PRIVATE_KEY: &str = include_str!("../keys/consumer.private.pem");
/// The public key that the application link holds.
pub const CONSUMER_PUBLIC_KEY: &str = include_str!("../keys/consumer.public.pem");
/// An OAuth 1.0a access token of that user.
pub const CI_ACCESS_TOKEN: &str = "fGHn2OvMWcx9bT7yExampleAccessTok";
/// The key of the Connect app that is installed on Cloud.
pub const CONNECT_APP_KEY: &str = "com.example.build-status";
/// What the installation gave it.
pub const CONNECT_SHARED_SECRET: &str = "AbsolutelySharedSecretOfTheInstallation";
/// That user's account id on Cloud.
pub const CI_ACCOUNT_ID: &str = "557058:3e5a6c1f-0a4b-4c55-9d43-6a0c7f0b1c2d";
/// The account id of `fred`, the user of Atlassian's tutorial, whose password
/// is `fred` too.
pub const FRED_ACCOUNT_ID: &str = "5b10a2844c20165700ede21g";
/// The account id of `admin`, whose password is `admin` too.
pub const ADMIN_ACCOUNT_ID: &str = "5b10ac8d82e05b22cc7d4ef5";
/// The site's id at the gateway.
pub const CLOUD_ID: &str = "11223344-a1b2-3b33-c444-def123456789";
/// The OAuth 2.0 client that users consent to.
pub const CLIENT_ID: &str = "Xe4cLiEnT0fTheDance";
/// Its secret.
pub const CLIENT_SECRET: &str = "ATOAclient-secret-of-the-app";
/// Its redirect address, until a test changes it.
pub const REDIRECT: &str = "http://localhost:8765/callback";
/// The OAuth 2.0 client that is a service account of its own.
pub const SERVICE_CLIENT_ID: &str = "service-account-client";
/// Its secret.
pub const SERVICE_CLIENT_SECRET: &str = "ATOAservice-account-secret";
/// Every scope that Cloud's clients may have here.
pub const CLOUD_SCOPES: [&str; 3] = ["read:jira-work", "write:jira-work", "read:jira-user"];
/// Versions of `HSP`.
pub const VERSIONS: [(&str, &str); 3] =
    [("10010", "1.0"), ("10011", "1.1"), ("10012", "2.0, beta")];
/// Components of `HSP`.
pub const COMPONENTS: [(&str, &str); 2] = [("10020", "Backend"), ("10021", "Front end")];
/// Priorities as pairs of id and name.
pub const PRIORITIES: [(&str, &str); 5] = [
    ("1", "Highest"),
    ("2", "High"),
    ("3", "Medium"),
    ("4", "Low"),
    ("5", "Lowest"),
];
/// The name under which every team reads back.
pub const TEAM_NAME: &str = "Build engineers";
/// Permissions as id, key and name.
pub(crate) const PERMISSIONS: [(&str, &str, &str); 5] = [
    ("10", "BROWSE_PROJECTS", "Browse Projects"),
    ("12", "EDIT_ISSUES", "Edit Issues"),
    ("15", "ADD_COMMENTS", "Add Comments"),
    ("23", "ADMINISTER_PROJECTS", "Administer Projects"),
    ("0", "ADMINISTER", "Jira Administrators"),
];

pub(crate) fn users() -> Vec<User> {
    vec![
        User::new(CI_BOT, CI_BOT_PASSWORD)
            .display_name("CI Bot")
            .email(CI_EMAIL)
            .account_id(CI_ACCOUNT_ID)
            .api_token(CI_API_TOKEN)
            .scoped_token(CI_SCOPED_TOKEN)
            .personal_token(CI_PERSONAL_TOKEN)
            .group("jira-developers"),
        User::new("fred", "fred")
            .display_name("Fred F. User")
            .email("fred@example.com")
            .account_id(FRED_ACCOUNT_ID)
            .group("jira-developers"),
        User::new("admin", "admin")
            .display_name("Administrator")
            .account_id(ADMIN_ACCOUNT_ID)
            .group("jira-administrators")
            .administrator(),
    ]
}

/// The clients of the identity provider.
pub(crate) fn oauth_clients(kind: Kind) -> Vec<OAuthClient> {
    let scopes: &[&str] = if kind == Kind::Cloud {
        &CLOUD_SCOPES
    } else {
        &["READ", "WRITE"]
    };
    let client = |id: &str, secret: &str, redirect: Option<&str>| OAuthClient {
        id: id.to_owned(),
        secret: secret.to_owned(),
        redirect: redirect.map(str::to_owned),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    vec![
        client(CLIENT_ID, CLIENT_SECRET, Some(REDIRECT)),
        client(SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET, None),
    ]
}

/// The projects.
pub(crate) fn projects() -> Vec<Project> {
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()))
            .collect()
    };
    vec![
        Project {
            versions: owned(&VERSIONS),
            components: owned(&COMPONENTS),
            ..Project::new("10000", "HSP", "Homosapien")
        },
        Project {
            versions: owned(&[("10013", "1.0")]),
            components: owned(&[("10022", "Jungle")]),
            ..Project::new("10001", "MKY", "Monkey")
        },
        Project {
            hidden: true,
            ..Project::new("10002", "SECRET", "Secret")
        },
    ]
}

/// An issue as it is before anyone edits it; `number` is the one in its key.
pub(crate) fn issue(kind: Kind, project: &str, place: u64, number: u64) -> Issue {
    let key = format!("{project}-{number}");
    let admin = match kind {
        Kind::Cloud => ADMIN_ACCOUNT_ID,
        Kind::Server | Kind::DataCenter => "admin",
    };
    let read_only = key == READ_ONLY_ISSUE;
    let values = BTreeMap::from([
        (
            "summary".to_owned(),
            Stored::Text(format!("The build of {key}")),
        ),
        ("reporter".to_owned(), Stored::One(admin.to_owned())),
        ("priority".to_owned(), Stored::One("3".to_owned())),
        (
            "customfield_10345".to_owned(),
            Stored::One("10190".to_owned()),
        ),
    ]);
    Issue {
        id: place * 100_000 + number,
        project: project.to_owned(),
        issue_type: if number % 2 == 1 { "Bug" } else { "Task" }.to_owned(),
        read_only_for: read_only.then(|| CI_BOT.to_owned()).into_iter().collect(),
        closed: false,
        archived: false,
        key,
        values,
    }
}

/// The fields, in the order in which metadata lists them.
pub(crate) fn fields() -> Vec<Field> {
    let mut fields = system_fields();
    fields.extend(fields_with_options());
    fields.extend(plain_fields());
    fields.sort_by_key(|field| field.kind.custom().is_some().then(|| field.id.clone()));
    fields
}

fn system_fields() -> Vec<Field> {
    vec![
        Field::new("summary", "Summary", T::Summary).required(),
        Field::new("description", "Description", T::Description),
        Field::new("environment", "Environment", T::Environment),
        Field::new("labels", "Labels", T::SystemLabels),
        Field::new("fixVersions", "Fix Version/s", T::FixVersions),
        Field::new("versions", "Affects Version/s", T::AffectsVersions),
        Field::new("components", "Component/s", T::Components),
        Field::new("duedate", "Due Date", T::DueDate),
        Field::new("assignee", "Assignee", T::Assignee),
        Field::new("reporter", "Reporter", T::Reporter),
        Field::new("priority", "Priority", T::Priority),
        Field::new("comment", "Comment", T::App(AppField::Comment)),
    ]
}

fn fields_with_options() -> Vec<Field> {
    let statuses = [
        "Development Completed",
        "In Progress",
        "Passed",
        "Failed",
        "Running",
        "Passed, with warnings",
        "Build > Test",
    ];
    let platforms = ["Linux", "Windows", "macOS, Apple silicon", "Cross > ARM"];
    let mut targets = Context::everywhere("Deployment target");
    targets.options = vec![
        Choice::new(10150, "Production").children(10151, &["Europe", "America", "Asia > Pacific"]),
        Choice::new(10154, "Staging").children(10155, &["Europe", "Blue, green"]),
        Choice::new(10157, "On-premises"),
    ];
    let stages = vec![
        Context::of("Stages of bugs", "HSP", &["Bug"]).options(10170, &["Triage", "Fix"]),
        Context::of("Stages of tasks", "HSP", &["Task"]).options(10172, &["Plan", "Build"]),
        Context::of("Stages of monkeys", "MKY", &[]).options(10174, &["Build", "Ship"]),
    ];
    vec![
        custom(10314, "Build status", T::Select).options(10112, &statuses),
        custom(10315, "Build verdict", T::RadioButtons).options(10120, &["Good", "Bad"]),
        custom(10316, "Platforms", T::MultiSelect).options(10130, &platforms),
        custom(10317, "Checks", T::MultiCheckboxes).options(10140, &["Lint", "Unit", "Smoke"]),
        custom(10318, "Deployment target", T::CascadingSelect).contexts(vec![targets]),
        custom(10341, "Duplicate", T::Select).options(10160, &["Yes", "No"]),
        custom(10343, "Stage", T::Select).contexts(stages),
        custom(10344, "Letter case", T::Select).options(10180, &["passed", "Passed", "PASSED"]),
        custom(10345, "Release gate", T::Select)
            .options(10190, &["Open", "Shut"])
            .required(),
        custom(10348, "Epic Status", T::EpicStatus).options(10200, &["To Do", "Done"]),
    ]
}

fn plain_fields() -> Vec<Field> {
    let monkeys = vec![Context::of("Monkeys alone", "MKY", &[])];
    vec![
        custom(10319, "Build number", T::TextField),
        custom(10320, "Build log", T::TextArea),
        custom(10321, "Build minutes", T::Float),
        custom(10322, "Built on", T::DatePicker),
        custom(10323, "Built at", T::DateTime),
        custom(10324, "Build page", T::Url),
        custom(10325, "Build labels", T::Labels),
        custom(10326, "Release manager", T::UserPicker),
        custom(10327, "Reviewers", T::MultiUserPicker),
        custom(10328, "Owning group", T::GroupPicker),
        custom(10329, "Informed groups", T::MultiGroupPicker),
        custom(10330, "Built version", T::Version),
        custom(10331, "Shipped versions", T::MultiVersion),
        custom(10332, "Downstream project", T::Project),
        custom(10333, "Pipeline stamp", T::ReadOnly),
        custom(10334, "Import Id", T::ImportId),
        custom(10335, "Sprint", T::Sprint),
        custom(10336, "Epic Link", T::EpicLink),
        custom(10337, "Story Points", T::StoryPoints),
        custom(10338, "Team", T::Team),
        custom(10339, "Build score", T::Scripted),
        custom(10340, "Duplicate", T::TextField),
        custom(10342, "Off screen", T::TextField).off_screen(),
        custom(10346, "Epic Name", T::EpicLabel),
        custom(10347, "Epic Colour", T::EpicColor),
        custom(10350, "Target start", T::TargetStart),
        custom(10349, "Monkey business", T::TextField).contexts(monkeys),
    ]
}

fn custom(number: u32, name: &str, kind: T) -> Field {
    Field::new(&format!("customfield_{number}"), name, kind)
}
