use super::closest::LISTED;
use super::*;
use crate::tests::rows::each;

fn field(id: &str, name: &str, allowed: &[&str]) -> Field {
    Field {
        id: id.into(),
        name: name.into(),
        allowed_json: json!(allowed).to_string().into(),
        ..Field::default()
    }
}

#[test]
fn a_value_is_suggested_where_one_is_alike_and_what_is_not_listed_is_counted() {
    let many: Vec<String> = (0..20).map(|number| format!("Stage {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let shown = "Stage 0, Stage 1, Stage 2, Stage 3, Stage 4, Stage 5, Stage 6, Stage 7, Stage 8, Stage 9, Stage 10, Stage 11";
    let rows = [
        (
            &["Passed", "Failed"][..],
            "Pased",
            " allows: Passed, Failed; did you mean \"Passed\"?".to_owned(),
        ),
        (
            &["Passed", "Failed"],
            "Passed",
            " allows: Passed, Failed".to_owned(),
        ),
        (
            &["Passed", "Failed"],
            "xyz",
            " allows: Passed, Failed".to_owned(),
        ),
        (
            &["Passed", "Failed"],
            "",
            " allows: Passed, Failed".to_owned(),
        ),
        (&many[..LISTED], "", format!(" allows: {shown}")),
        (&many[..=LISTED], "", format!(" allows: {shown} and 1 more")),
        (&many, "", format!(" allows: {shown} and 8 more")),
        (&[], "Passed", String::new()),
    ];
    each(rows, |(values, text, hint)| {
        assert_eq!(
            allowed_values(&field("x", "", values), text, &Redactor::default()),
            hint,
            "{text:?}"
        );
    });
}

#[test]
fn a_name_is_suggested_only_where_it_is_like_the_one_given() {
    let fields = [
        field("customfield_1", "Build status", &[]),
        field("customfield_2", "Team", &[]),
    ];
    let context = EditContext {
        editable: Some(&fields),
        all: None,
        deployment: Deployment::SelfHosted,
        now: 0,
        redactor: &Redactor::default(),
    };
    let rows = [
        (
            "Bild Status",
            "did you mean \"Build status\" (customfield_1)? jira-build-status fields lists them all",
        ),
        (
            "Bild Status 2",
            "did you mean \"Build status\" (customfield_1)? jira-build-status fields lists them all",
        ),
        (
            "customfield",
            "give the field's id, customfield_N, or its exact name; jira-build-status fields lists them all",
        ),
        (
            "Xyzzy",
            "give the field's id, customfield_N, or its exact name; jira-build-status fields lists them all",
        ),
    ];
    each(rows, |(name, hint)| {
        let refused = context.plan(&[Assignment::parse(&format!("{name}=x")).unwrap()]);
        assert_eq!(refused.unwrap_err().hint.as_deref(), Some(hint));
    });
}

#[test]
fn a_field_is_found_by_its_id_even_where_that_is_no_custom_fields() {
    let fields = [field("epicColour", "Colour", &[])];
    let context = EditContext {
        editable: Some(&fields),
        all: None,
        deployment: Deployment::SelfHosted,
        now: 0,
        redactor: &Redactor::default(),
    };
    let edit = context
        .plan(&[Assignment::parse("epicColour=red").unwrap()])
        .unwrap();
    assert_eq!(edit.body(), json!({ "fields": { "epicColour": "red" } }));
}

#[test]
fn a_field_that_is_set_takes_no_more_under_another_name() {
    let labels = Field {
        schema: crate::edit::editmeta::Schema {
            kind: "array".into(),
            items: Some("string".into()),
            ..Default::default()
        },
        ..field("customfield_1", "Marks", &[])
    };
    let fields = [labels];
    let context = EditContext {
        editable: Some(&fields),
        all: None,
        deployment: Deployment::SelfHosted,
        now: 0,
        redactor: &Redactor::default(),
    };
    let rows = [
        ["Marks=a", "customfield_1+=b"],
        ["customfield_1+=b", "Marks=a"],
        ["Marks=a", "customfield_1=b"],
    ];
    each(rows, |texts| {
        let assignments = texts.map(|text| Assignment::parse(text).unwrap());
        let refused = context.plan(&assignments).unwrap_err();
        assert!(
            refused.message.ends_with("is given more than one value"),
            "{texts:?}: {refused:?}"
        );
    });
}

fn knowing<'a>(fields: &'a [Field], redactor: &'a Redactor) -> EditContext<'a> {
    EditContext {
        editable: Some(fields),
        all: None,
        deployment: Deployment::SelfHosted,
        now: 0,
        redactor,
    }
}

#[test]
fn of_many_fields_that_could_be_meant_a_few_are_named() {
    let redactor = Redactor::default();
    let refused = |names: &[String], name: &str| {
        let fields: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(at, name)| field(&format!("customfield_{at}"), name, &[]))
            .collect();
        let assignment = Assignment::parse(&format!("{name}=x")).unwrap();
        let context = knowing(&fields, &redactor);
        context.plan(&[assignment]).unwrap_err()
    };
    let twins = |count| refused(&vec!["Twin".to_owned(); count], "Twin").message;
    let shown = "customfield_0, customfield_1, customfield_2, customfield_3, customfield_4, \
                 customfield_5, customfield_6, customfield_7, customfield_8, customfield_9, \
                 customfield_10, customfield_11";
    let several = "several fields are named \"Twin\"";
    assert_eq!(twins(LISTED), format!("{several}: {shown}"));
    assert_eq!(twins(LISTED + 2), format!("{several}: {shown} and 2 more"));
    let alike: Vec<_> = (1..6).map(|number| format!("Stage {number}")).collect();
    let hint = refused(&alike, "Stages").hint.unwrap();
    assert_eq!(hint.matches(" or ").count(), 2, "{hint}");
}

#[test]
fn system_fields_are_known_where_jira_says_nothing_of_them() {
    let bare = [field("parent", "Parent", &[])];
    let rows = [
        (
            &bare[..],
            "parent=HSP-2",
            json!({ "fields": { "parent": { "key": "HSP-2" } } }),
        ),
        (
            &[],
            "worklog+={\"timeSpent\":\"1h\"}",
            json!({ "update": { "worklog": [{ "add": { "timeSpent": "1h" } }] } }),
        ),
    ];
    each(rows, |(fields, text, body)| {
        let redactor = Redactor::default();
        let planned = knowing(fields, &redactor).plan(&[Assignment::parse(text).unwrap()]);
        assert_eq!(planned.unwrap().body(), body, "{text}");
    });
}
