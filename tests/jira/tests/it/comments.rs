//! Comments, users and projects.

use crate::client::{Client, basic, messages};
use fake_jira::{Jira, Reply, Request, world};
use serde_json::{Value, json};

fn comment(client: &mut Client, issue: &str, body: &Value) -> Reply {
    let target = format!("{}/issue/{issue}/comment", client.api);
    client.send(Request::new("POST", &target).json(&json!({ "body": body })))
}

fn document(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    ]})
}

#[test]
fn a_comment_is_answered_201_and_listed_with_its_author() {
    let mut client = Client::data_center();
    let added = comment(&mut client, "HSP-1", &json!("Build 42"));
    assert_eq!((added.status, added.applied()), (201, true));
    let added = added.to_json();
    assert_eq!(added["author"]["name"], world::CI_BOT);
    let id = added["id"].as_str().unwrap();
    assert_eq!(
        client.get(&format!("/issue/HSP-1/comment/{id}")).to_json(),
        added
    );
    let page = client.get("/issue/HSP-1/comment").to_json();
    assert_eq!((&page["total"], &page["comments"][0]), (&json!(1), &added));
    assert_eq!(client.get("/issue/HSP-1/comment/1").status, 404);
    let later = client.get("/issue/HSP-1/comment?startAt=1").to_json();
    assert_eq!(
        (&later["total"], &later["comments"]),
        (&json!(1), &json!([]))
    );
}

#[test]
fn a_comment_of_an_edit_is_the_same_comment() {
    let mut client = Client::data_center();
    client.update(
        "comment",
        json!([{"add": {"body": "one"}}, {"add": {"body": "two"}}]),
    );
    let page = client.get("/issue/HSP-1/comment").to_json();
    let id = page["comments"][0]["id"].clone();
    assert_eq!(page["comments"][1]["body"], "two");
    client.update("comment", json!([{"edit": {"id": id, "body": "1"}}]));
    let read = client.get("/issue/HSP-1?fields=comment").to_json();
    assert_eq!(read["fields"]["comment"]["comments"][0]["body"], "1");
    client.update("comment", json!([{"remove": {"id": id}}]));
    assert_eq!(client.get("/issue/HSP-1/comment").to_json()["total"], 1);
}

#[test]
fn version_3_wants_documents_and_version_2_reads_them_as_text() {
    let mut client = Client::cloud().through("/rest/api/3");
    let refused = comment(&mut client, "HSP-1", &json!("text"));
    assert_eq!(refused.status, 400);
    let errors = json!({"comment": "Comment body is not valid!"});
    assert_eq!(refused.to_json()["errors"], errors);
    let added = comment(&mut client, "HSP-1", &document("text"));
    assert_eq!(
        added.to_json()["body"],
        document("text"),
        "{}",
        added.to_text()
    );
    let mut client = client.through("/rest/api/2");
    let page = client.get("/issue/HSP-1/comment").to_json();
    assert_eq!(page["comments"][0]["body"], "text");
}

#[test]
fn a_comment_that_may_not_be_is_refused() {
    let mut client = Client::self_hosted(Jira::data_center().comments_forbidden());
    let refused = comment(&mut client, "HSP-1", &json!("text"));
    let words = "CI Bot, you do not have the permission to comment on this issue.";
    assert_eq!(
        (refused.status, messages(&refused)),
        (400, vec![words.to_owned()])
    );
    let mut client = Client::data_center();
    let refused = comment(&mut client, "HSP-1", &json!(" "));
    let errors = json!({"comment": "Comment body can not be empty!"});
    assert_eq!(refused.to_json()["errors"], errors);
    assert_eq!(comment(&mut client, "HSP-404", &json!("text")).status, 404);
    let mut client = client.anonymous();
    assert_eq!(comment(&mut client, "HSP-1", &json!("text")).status, 401);
}

#[test]
fn users_are_found_by_name_or_on_cloud_by_the_beginning_of_a_word() {
    let names = |reply: Reply| -> Vec<String> {
        let found = reply.to_json();
        let found = found.as_array().unwrap().iter();
        found
            .map(|user| user["displayName"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut client = Client::data_center();
    assert_eq!(
        names(client.get("/user/search?username=RED")),
        ["Fred F. User"]
    );
    assert_eq!(
        names(client.get("/user/search?username=.&maxResults=2")).len(),
        2
    );
    let refused = client.get("/user/search?query=fred");
    let words = "The username query parameter was not provided";
    assert_eq!(
        (refused.status, messages(&refused)),
        (400, vec![words.to_owned()])
    );
    let mut client = Client::cloud();
    assert_eq!(
        names(client.get("/user/search?query=user")),
        ["Fred F. User"]
    );
    assert_eq!(
        names(client.get("/user/search?query=red")),
        Vec::<String>::new()
    );
    let by_id = format!("/user/search?accountId={}", world::CI_ACCOUNT_ID);
    assert_eq!(names(client.get(&by_id)), ["CI Bot"]);
    assert_eq!(client.anonymous().get("/user/search?query=x").status, 401);
}

#[test]
fn projects_are_listed_for_those_who_may_browse_them() {
    let keys = |reply: Reply| -> Vec<Value> {
        let listed = reply.to_json();
        let listed = listed.as_array().unwrap().iter();
        listed.map(|project| project["key"].clone()).collect()
    };
    let mut client = Client::data_center();
    assert_eq!(keys(client.get("/project")), ["HSP", "MKY"]);
    let project = client.get("/project/HSP").to_json();
    assert_eq!(project["versions"][0]["name"], "1.0");
    let hidden = client.get("/project/SECRET");
    let words = "No project could be found with key 'SECRET'.";
    assert_eq!(
        (hidden.status, messages(&hidden)),
        (404, vec![words.to_owned()])
    );
    let mut admin = client.with(&basic("admin", "admin"));
    assert_eq!(keys(admin.get("/project")), ["HSP", "MKY", "SECRET"]);
}
