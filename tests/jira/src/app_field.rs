//! Knows the fields of apps and the system fields that an edit changes in ways of
//! their own (section G of the facts): their schemas, verbs and shapes; refuses to
//! know any issue.
//!
//! | Id `customfield_...` | Name | Operations |
//! |---|---|---|
//! | 10360 | Organizations | set, add, remove |
//! | 10361 | Request type | set |
//! | 10362 | Request language | none |
//! | 10363 | Affected services | set, add, remove |
//! | 10364 | Configuration items (Assets on Cloud) | set |
//! | 10365 | Servers (Assets on Data Center); other shapes are ignored | set |
//! | 10366 | Tests (Xray) | set |
//! | 10367 | Account (Tempo on Data Center) | set |
//! | 10368 | Cloud account (Tempo on Cloud) | set |
//! | 10369 | Checklist (Okapya) | set |
//! | 10370 | Signal (icon select): 10100 Green, 10101 Red | set |
//! | 10371 | Planned (interval) | set |
//! | 10372 | Riddle (an app nobody knows): `{"riddle":"text"}` | set |
//! | 10373 | Riddles (an array of those) | set |
//! | 10374 | Rented language (request language that is offered) | set |
//!
//! System fields: `comment` (of every site), `worklog`, `issuelinks`, `attachment`, `timetracking`,
//! `issuetype` (no operations), `parent` (without a schema).

use crate::document;
use crate::field::Field;
use crate::field_type::FieldType;
use crate::refusal::Refusal;
use crate::shape::{needed, wrong};
use crate::site::Api;
use serde_json::{Value, json};

/// One of these fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table above says what each is")]
pub enum AppField {
    Organizations,
    RequestType,
    RequestLanguage,
    OfferedLanguage,
    Services,
    CloudAssets,
    Assets,
    XrayTests,
    TempoAccount,
    CloudTempoAccount,
    Checklist,
    IconSelect,
    Interval,
    Riddle,
    Riddles,
    Comment,
    Worklog,
    IssueLinks,
    Attachment,
    TimeTracking,
    IssueType,
    Parent,
}

use AppField as A;

/// As name, outward and inward words.
const LINK_TYPES: [(&str, &str, &str); 5] = [
    ("Blocks", "blocks", "is blocked by"),
    ("Cloners", "clones", "is cloned by"),
    ("Duplicate", "duplicates", "is duplicated by"),
    ("Relates", "relates to", "relates to"),
    ("Test", "tests", "is tested by"),
];

const ICONS: [(&str, &str); 2] = [("10100", "Green"), ("10101", "Red")];

impl AppField {
    pub(crate) fn custom(self) -> Option<&'static str> {
        let custom = match self {
            A::Organizations => "com.atlassian.servicedesk:sd-customer-organizations",
            A::RequestType => "com.atlassian.servicedesk:vp-origin",
            A::RequestLanguage | A::OfferedLanguage => {
                "com.atlassian.servicedesk:sd-request-language"
            }
            A::Services => "com.atlassian.jira.plugins.service-entity:service-entity-field-cftype",
            A::CloudAssets => "com.atlassian.jira.plugins.cmdb:cmdb-object-cftype",
            A::Assets => "com.riadalabs.jira.plugins.insight:rlabs-customfield-default-object",
            A::XrayTests => "com.xpandit.plugins.xray:tests-custom-field",
            A::TempoAccount => "com.tempoplugin.tempo-accounts:accounts.customfield",
            A::CloudTempoAccount => "io.tempo.jira__account",
            A::Checklist => "com.okapya.jira.checklist:checklist",
            A::IconSelect => "com.codebarrel.jira.iconselectlist",
            A::Interval => "jira.polaris:interval",
            A::Riddle | A::Riddles => "com.example.riddles:riddle",
            _ => return None,
        };
        Some(custom)
    }

    pub(crate) fn kinds(self) -> (&'static str, Option<&'static str>) {
        match self {
            A::Organizations => ("array", Some("sd-customerorganization")),
            A::RequestType => ("sd-customerrequesttype", None),
            A::RequestLanguage | A::OfferedLanguage => ("sd-request-lang", None),
            A::Services => ("array", Some("service-entity-field")),
            A::CloudAssets => ("array", Some("cmdb-object-field")),
            A::XrayTests => ("array", None),
            A::Assets | A::TempoAccount | A::Riddle => ("any", None),
            A::CloudTempoAccount => ("option2", None),
            A::Checklist => ("array", Some("checklist-item")),
            A::IconSelect => ("option", None),
            A::Interval => ("string", None),
            A::Riddles => ("array", Some("riddle")),
            A::Comment => ("comments-page", None),
            A::Worklog => ("array", Some("worklog")),
            A::IssueLinks => ("array", Some("issuelinks")),
            A::Attachment => ("array", Some("attachment")),
            A::TimeTracking => ("timetracking", None),
            A::IssueType => ("issuetype", None),
            A::Parent => ("issuelink", None),
        }
    }

    pub(crate) fn operations(self) -> &'static [&'static str] {
        match self {
            A::Comment => &["add", "edit", "remove"],
            A::Worklog | A::IssueLinks => &["add"],
            A::RequestLanguage | A::Attachment | A::IssueType => &[],
            A::TimeTracking => &["set", "edit"],
            A::Organizations | A::Services => &["add", "set", "remove"],
            _ => &["set"],
        }
    }

    pub(crate) fn allowed(self) -> Option<Value> {
        let icon = |(id, label): &(&str, &str)| json!({"id": id, "label": label});
        (self == A::IconSelect).then(|| ICONS.iter().map(icon).collect())
    }

    /// What is held after one operation; `None` where Jira ignores the value.
    pub(crate) fn after(
        self,
        held: Option<Value>,
        verb: &str,
        value: &Value,
        api: Api,
        documents: bool,
    ) -> Result<Option<Value>, Refusal> {
        if verb == "set" {
            return self.whole(value);
        }
        if self == A::Comment && verb != "add" {
            return Ok(without_or_changed(held, verb, value));
        }
        let added = self.element(0, value, api, documents)?;
        let mut elements = match held {
            Some(Value::Array(elements)) => elements,
            _ => Vec::new(),
        };
        // What is said or done twice stands there twice.
        if !matches!(self, A::Comment | A::Worklog) {
            elements.retain(|known| *known != added);
        }
        if verb == "add" {
            elements.push(added);
        }
        Ok(Some(Value::Array(elements)))
    }

    fn whole(self, value: &Value) -> Result<Option<Value>, Refusal> {
        if self.kinds().0 == "array" {
            let Some(elements) = value.as_array() else {
                return wrong("data was not an array");
            };
            let read = elements.iter().enumerate();
            let read = read.map(|(index, element)| self.element(index, element, Api::Two, false));
            return read
                .collect::<Result<Vec<_>, _>>()
                .map(|read| Some(Value::Array(read)));
        }
        match self {
            A::Assets => {
                let keyed = |one: &Value| {
                    one["key"]
                        .as_str()
                        .is_some_and(|key| key.starts_with("CMDB-"))
                };
                let right = value.as_array().is_some_and(|all| all.iter().all(keyed));
                Ok(right.then(|| value.clone()))
            }
            A::CloudTempoAccount if value.as_u64().is_none() => {
                wrong("Operation value must be a number")
            }
            A::RequestType | A::TempoAccount | A::Interval if !value.is_string() => {
                wrong("Operation value must be a string")
            }
            A::RequestType | A::TempoAccount if !is_number(value) => {
                wrong("The value is not valid")
            }
            A::Interval => interval(value),
            A::IconSelect | A::Riddle | A::OfferedLanguage | A::TimeTracking | A::Parent => {
                self.object(value).map(Some)
            }
            _ => Ok(Some(value.clone())),
        }
    }

    fn object(self, value: &Value) -> Result<Value, Refusal> {
        let Some(members) = value.as_object() else {
            return wrong("expected Object");
        };
        match self {
            A::IconSelect => {
                let id = needed(members, "id")?;
                match ICONS.iter().any(|(known, _)| *known == id) {
                    true => Ok(value.clone()),
                    false => wrong(format!("Option id '{id}' is not valid")),
                }
            }
            A::TimeTracking => {
                let spans = ["originalEstimate", "remainingEstimate"];
                let mut given = spans.iter().filter_map(|name| members.get(*name)?.as_str());
                match given.all(is_duration) {
                    true => Ok(value.clone()),
                    false => wrong("Original estimate was not a valid time duration"),
                }
            }
            A::OfferedLanguage => needed(members, "languageCode").map(|_| value.clone()),
            A::Parent => needed(members, "key").map(|_| value.clone()),
            _ => needed(members, "riddle").map(|_| value.clone()),
        }
    }

    fn element(
        self,
        index: usize,
        value: &Value,
        api: Api,
        documents: bool,
    ) -> Result<Value, Refusal> {
        let has = |name: &str| value[name].is_string();
        let right = match self {
            A::Organizations if value.as_u64().is_none() => {
                return wrong(format!(
                    "Operation value must be a number at array index {index}"
                ));
            }
            A::Comment if has("body") && (api == Api::Three || documents) => {
                return wrong(
                    "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
                );
            }
            A::Comment if document::is_document(&value["body"]) => true,
            A::Comment => has("body") && value["body"] != "" || has("id"),
            A::Worklog => value["timeSpent"].as_str().is_some_and(is_duration) && has("started"),
            A::IssueLinks if !knows_link(&value["type"]["name"]) => {
                let name = value["type"]["name"].as_str().unwrap_or_default();
                return wrong(format!("No issue link type with name '{name}' found."));
            }
            A::IssueLinks => {
                value["type"]["name"].is_string()
                    && (value["outwardIssue"]["key"].is_string()
                        || value["inwardIssue"]["key"].is_string())
            }
            A::Services => value["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("ari:")),
            A::CloudAssets => has("id") && has("objectId"),
            A::Checklist => has("name") && value["checked"].is_boolean(),
            A::Riddles => has("riddle"),
            A::XrayTests => value.is_string(),
            _ => true,
        };
        match right {
            true => Ok(value.clone()),
            false if self == A::XrayTests => {
                wrong("Specify the value for Tests in an array of strings")
            }
            false => wrong("expected Object"),
        }
    }

    /// As `GET issue` shows it.
    pub(crate) fn shown(self, held: &Value) -> Value {
        match self {
            A::Worklog => json!({"worklogs": held}),
            _ => held.clone(),
        }
    }
}

/// The comments after one of them is removed or edited, which the value names by its id.
fn without_or_changed(held: Option<Value>, verb: &str, value: &Value) -> Option<Value> {
    let mut comments = held?.as_array()?.clone();
    if verb == "remove" {
        comments.retain(|comment| comment["id"] != value["id"]);
    }
    for comment in &mut comments {
        if comment["id"] == value["id"] {
            comment["body"] = value["body"].clone();
        }
    }
    Some(comments.into())
}

fn knows_link(name: &Value) -> bool {
    LINK_TYPES.iter().any(|(known, ..)| name == known)
}

pub(crate) fn link_types() -> Value {
    let types = (10000..).zip(LINK_TYPES).map(|(id, (name, outward, inward))| {
        json!({"id": id.to_string(), "name": name, "outward": outward, "inward": inward})
    });
    json!({ "issueLinkTypes": types.collect::<Vec<_>>() })
}

fn is_number(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.parse::<u64>().is_ok())
}

fn is_duration(text: &str) -> bool {
    let part = |part: &str| {
        let number = part.trim_end_matches(['w', 'd', 'h', 'm']);
        !number.is_empty() && number.len() + 1 >= part.len() && number.parse::<f64>().is_ok()
    };
    !text.is_empty() && text.split(' ').all(part)
}

fn interval(value: &Value) -> Result<Option<Value>, Refusal> {
    let inside: Option<Value> = value
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok());
    match inside.filter(|inside| inside["start"].is_string() && inside["end"].is_string()) {
        Some(_) => Ok(Some(value.clone())),
        None => wrong("The interval is not valid"),
    }
}

/// The fields.
pub(crate) fn fields() -> Vec<Field> {
    let custom = [
        ("Organizations", A::Organizations),
        ("Request type", A::RequestType),
        ("Request language", A::RequestLanguage),
        ("Affected services", A::Services),
        ("Configuration items", A::CloudAssets),
        ("Servers", A::Assets),
        ("Tests", A::XrayTests),
        ("Account", A::TempoAccount),
        ("Cloud account", A::CloudTempoAccount),
        ("Checklist", A::Checklist),
        ("Signal", A::IconSelect),
        ("Planned", A::Interval),
        ("Riddle", A::Riddle),
        ("Riddles", A::Riddles),
        ("Rented language", A::OfferedLanguage),
    ];
    let system = [
        ("comment", "Comment", A::Comment),
        ("worklog", "Log Work", A::Worklog),
        ("issuelinks", "Linked Issues", A::IssueLinks),
        ("attachment", "Attachment", A::Attachment),
        ("timetracking", "Time Tracking", A::TimeTracking),
        ("issuetype", "Issue Type", A::IssueType),
        ("parent", "Parent", A::Parent),
    ];
    let custom = (10360..).zip(custom).map(|(number, (name, kind))| {
        Field::new(&format!("customfield_{number}"), name, FieldType::App(kind))
    });
    let system = system.map(|(id, name, kind)| Field::new(id, name, FieldType::App(kind)));
    custom.chain(system).collect()
}
