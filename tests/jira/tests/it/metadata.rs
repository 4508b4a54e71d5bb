//! What each Jira answers about itself, its fields and its issues.

use crate::client::{Client, basic};
use fake_jira::{Field, FieldType, Jira, Request, world};
use serde_json::{Value, json};

fn editmeta(client: &mut Client, issue: &str) -> Value {
    let reply = client.get(&format!("/issue/{issue}/editmeta"));
    assert_eq!(reply.status, 200);
    reply.to_json()["fields"].clone()
}

#[test]
fn editmeta_describes_a_select_as_each_jira_does() {
    let fields = editmeta(&mut Client::data_center(), "HSP-1");
    let select = &fields["customfield_10314"];
    assert_eq!(select["fieldId"], "customfield_10314");
    assert!(select.get("key").is_none());
    assert_eq!(select["name"], "Build status");
    assert_eq!(select["operations"], json!(["set"]));
    let custom = "com.atlassian.jira.plugin.system.customfieldtypes:select";
    let schema = json!({"type": "option", "custom": custom, "customId": 10314});
    assert_eq!(select["schema"], schema);
    let first = json!({
        "self": "https://jira.example.com/jira/rest/api/2/customFieldOption/10112",
        "value": "Development Completed", "id": "10112",
    });
    assert_eq!(select["allowedValues"][0], first);

    let fields = editmeta(&mut Client::cloud(), "HSP-1");
    assert_eq!(fields["customfield_10314"]["key"], "customfield_10314");
    assert!(fields["customfield_10314"].get("fieldId").is_none());
    assert_eq!(fields["customfield_10335"]["schema"]["items"], "json");
    assert_eq!(fields["customfield_10338"]["schema"]["type"], "team");

    let old = Jira::server().version_6_3();
    let fields = editmeta(&mut Client::self_hosted(old), "HSP-1");
    assert_eq!(fields["customfield_10314"]["schema"]["type"], "string");
    assert_eq!(fields["customfield_10316"]["schema"]["items"], "string");
    assert_eq!(fields["customfield_10318"]["schema"]["type"], "array");
}

#[test]
fn editmeta_tells_the_type_and_the_verbs_of_every_field() {
    let fields = editmeta(&mut Client::data_center(), "HSP-1");
    let table = [
        ("customfield_10315", "option", None, 1),
        ("customfield_10317", "array", Some("option"), 3),
        ("customfield_10318", "option-with-child", None, 1),
        ("customfield_10319", "string", None, 1),
        ("customfield_10321", "number", None, 1),
        ("customfield_10322", "date", None, 1),
        ("customfield_10323", "datetime", None, 1),
        ("customfield_10325", "array", Some("string"), 3),
        ("customfield_10326", "user", None, 1),
        ("customfield_10327", "array", Some("user"), 3),
        ("customfield_10328", "group", None, 1),
        ("customfield_10329", "array", Some("group"), 3),
        ("customfield_10330", "version", None, 1),
        ("customfield_10331", "array", Some("version"), 3),
        ("customfield_10332", "project", None, 1),
        ("customfield_10335", "array", Some("string"), 1),
        ("customfield_10336", "any", None, 1),
        ("components", "array", Some("component"), 3),
        ("priority", "priority", None, 1),
    ];
    for (id, kind, items, verbs) in table {
        let field = &fields[id];
        assert_eq!(field["schema"]["type"], kind, "{id}");
        assert_eq!(field["schema"]["items"].as_str(), items, "{id}");
        assert_eq!(field["operations"].as_array().unwrap().len(), verbs, "{id}");
    }
    assert_eq!(
        fields["labels"]["schema"],
        json!({"type": "array", "items": "string", "system": "labels"})
    );
    let children = &fields["customfield_10318"]["allowedValues"][0]["children"];
    assert_eq!(children[2]["value"], "Asia > Pacific");
}

#[test]
fn editmeta_lists_what_may_be_set_and_nothing_else() {
    let mut client = Client::data_center();
    let fields = editmeta(&mut client, "hsp-1");
    for absent in [
        "customfield_10338",
        "customfield_10339",
        "customfield_10342",
        "customfield_10349",
    ] {
        assert!(fields.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        fields["customfield_10343"]["allowedValues"][1]["value"],
        "Fix"
    );
    assert_eq!(
        editmeta(&mut client, "HSP-2")["customfield_10343"]["allowedValues"][1]["value"],
        "Build"
    );
    assert_eq!(editmeta(&mut client, world::READ_ONLY_ISSUE), json!({}));
    client
        .site
        .field_mut("customfield_10314")
        .unwrap()
        .on_screen = false;
    assert!(
        editmeta(&mut client, "HSP-1")
            .get("customfield_10314")
            .is_none()
    );
    let mut fred = client.with(&basic("fred", "fred"));
    assert!(
        editmeta(&mut fred, world::READ_ONLY_ISSUE)
            .get("summary")
            .is_some()
    );
}

#[test]
fn an_issue_shows_the_fields_wanted() {
    let mut client = Client::data_center();
    let issue = client
        .get("/issue/hsp-1?fields=summary,customfield_10314")
        .to_json();
    assert_eq!(issue["key"], "HSP-1");
    assert_eq!(issue["id"], "100001");
    assert_eq!(
        issue["self"],
        "https://jira.example.com/jira/rest/api/2/issue/100001"
    );
    let fields = json!({"summary": "The build of HSP-1", "customfield_10314": null});
    assert_eq!(issue["fields"], fields);
    let issue = client
        .get("/issue/HSP-1?expand=editmeta&fields=-summary")
        .to_json();
    assert_eq!(issue["editmeta"]["fields"]["summary"]["required"], true);
    assert_eq!(issue["fields"], json!({}));
    let issue = client.get("/issue/HSP-1").to_json();
    assert_eq!(issue["fields"]["project"]["key"], "HSP");
    assert_eq!(issue["fields"]["labels"], json!([]));
}

#[test]
fn the_list_of_fields_bears_a_name_twice_and_hides_custom_ones_from_anonymous() {
    let mut client = Client::cloud();
    let all = client.get("/field").to_json();
    let named = |name: &str| {
        let all = all.as_array().unwrap().iter();
        all.filter(|field| field["name"] == name).count()
    };
    assert_eq!(named("Duplicate"), 2);
    let select = all
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["id"] == "customfield_10314");
    assert_eq!(
        select.unwrap()["clauseNames"],
        json!(["cf[10314]", "Build status"])
    );
    assert_eq!(select.unwrap()["key"], "customfield_10314");
    let bare = all
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["id"] == "issuekey");
    assert!(bare.unwrap().get("schema").is_none());
    let seen = client.anonymous().get("/field").to_json();
    assert!(
        seen.as_array()
            .unwrap()
            .iter()
            .all(|field| field["custom"] == false)
    );
}

#[test]
fn everyone_may_ask_what_kind_of_jira_it_is() {
    let kinds = [
        (Client::self_hosted(Jira::server()), json!("Server"), 8),
        (Client::data_center(), json!("Server"), 10),
        (Client::cloud(), json!("Cloud"), 1001),
        (
            Client::self_hosted(Jira::server().version_6_3()),
            Value::Null,
            6,
        ),
    ];
    for (client, deployment, major) in kinds {
        let info = client.anonymous().get("/serverInfo").to_json();
        assert_eq!(info["deploymentType"], deployment);
        assert_eq!(info["versionNumbers"][0], major);
        assert_eq!(info["serverTime"], "2026-01-01T01:01:00.000+0000");
        assert!(
            info["baseUrl"]
                .as_str()
                .unwrap()
                .starts_with("https://jira.example.com")
        );
    }
}

#[test]
fn myself_is_whoever_logged_in() {
    let me = Client::data_center().get("/myself").to_json();
    assert_eq!(
        (me["name"].as_str(), me["accountId"].as_str()),
        (Some("ci-bot"), None)
    );
    let me = Client::cloud().get("/myself").to_json();
    assert_eq!(
        (me["name"].as_str(), me["accountId"].as_str()),
        (None, Some(world::CI_ACCOUNT_ID))
    );
}

#[test]
fn permissions_are_told_per_issue_and_cloud_wants_them_named() {
    let mut client = Client::data_center();
    let held = |client: &mut Client, query: &str| {
        let permissions = client.get(&format!("/mypermissions?{query}")).to_json();
        permissions["permissions"]["EDIT_ISSUES"]["havePermission"].clone()
    };
    assert_eq!(held(&mut client, "issueKey=HSP-1"), true);
    assert_eq!(held(&mut client, "issueKey=HSP-8"), false);
    let mut cloud = Client::cloud();
    assert_eq!(cloud.get("/mypermissions?issueKey=HSP-1").status, 400);
    assert_eq!(cloud.get("/mypermissions?permissions=FLY").status, 400);
    assert_eq!(
        held(
            &mut cloud,
            "permissions=EDIT_ISSUES,BROWSE_PROJECTS&issueKey=HSP-1"
        ),
        true
    );
}

#[test]
fn status_and_tenant_are_open_to_all() {
    let mut client = Client::data_center().anonymous();
    for (state, status) in [
        ("RUNNING", 200),
        ("STARTING", 200),
        ("MAINTENANCE", 503),
        ("ERROR", 500),
    ] {
        client.site.set_state(state);
        let reply = client.send(Request::new("GET", "/jira/status"));
        assert_eq!(
            (reply.status, reply.to_json()),
            (status, json!({"state": state}))
        );
    }
    let tenant = Client::cloud()
        .anonymous()
        .send(Request::new("GET", "/_edge/tenant_info"));
    assert_eq!(tenant.to_json(), json!({"cloudId": world::CLOUD_ID}));
}

#[test]
fn unknown_paths_and_methods_are_refused_in_the_manner_of_each_jira() {
    let ask =
        |mut client: Client, method: &str, path: &str| client.send(Request::new(method, path));
    let html = Some("text/html;charset=UTF-8");
    let problem = Some("application/problem+json;charset=UTF-8");
    for (reply, status, media_type) in [
        (
            ask(Client::data_center(), "GET", "/rest/api/2/myself"),
            404,
            html,
        ),
        (
            ask(Client::data_center(), "GET", "/jirax/rest/api/2/myself"),
            404,
            html,
        ),
        (
            ask(Client::data_center(), "GET", "/jira/rest/api/3/myself"),
            404,
            html,
        ),
        (
            ask(Client::cloud(), "GET", "/rest/api/3/nothing"),
            404,
            problem,
        ),
        (
            ask(
                Client::data_center(),
                "POST",
                "/jira/rest/api/2/issue/HSP-1",
            ),
            405,
            html,
        ),
        (
            ask(Client::cloud(), "POST", "/rest/api/3/issue/HSP-1"),
            405,
            problem,
        ),
    ] {
        assert_eq!(
            (reply.status, reply.value_of("Content-Type")),
            (status, media_type)
        );
        let allow = (status == 405).then_some("GET, PUT, DELETE");
        assert_eq!(reply.value_of("Allow"), allow);
    }
    assert_eq!(
        ask(Client::cloud(), "DELETE", "/rest/api/3/issue/HSP-1").status,
        403
    );
}

#[test]
fn the_world_can_be_furnished() {
    let field =
        Field::new("customfield_10900", "Nightly", FieldType::Select).options(11000, &["On"]);
    let builder = Jira::data_center().context_path("/").field(field);
    let mut client = Client::self_hosted(builder).through("/rest/api/2");
    assert_eq!(
        client.stored("customfield_10900", json!({"value": "On"}))["id"],
        "11000"
    );
    assert_eq!(client.site.base_url(), "https://jira.example.com");
    let mut own = Client::self_hosted(Jira::data_center().issues("ABC_2", 3));
    assert_eq!(
        own.get("/issue/abc_2-3").to_json()["fields"]["project"]["key"],
        "ABC_2"
    );
    client.site.remove_issue("HSP-1");
    assert_eq!(client.get("/issue/HSP-1").status, 404);
}
