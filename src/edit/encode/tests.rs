use super::*;
use crate::edit::editmeta::Schema;
use crate::tests::rows::each;

fn context(allowed: &str) -> EncodeContext<'_> {
    EncodeContext {
        allowed: AllowedValues::new(allowed.as_bytes()),
        deployment: Deployment::SelfHosted,
        now: 0,
    }
}

#[test]
fn a_field_of_an_unknown_plugin_is_shaped_by_its_plain_type() {
    let rows = [
        ("option", "", "Red", r#"{"value":"Red"}"#),
        (
            "option-with-child",
            "",
            "Red > Dark",
            r#"{"value":"Red","child":{"value":"Dark"}}"#,
        ),
        (
            "array",
            "option",
            "Red, Blue",
            r#"[{"value":"Red"},{"value":"Blue"}]"#,
        ),
        ("array", "string", "red, blue", r#"["red","blue"]"#),
        (
            "array",
            "user",
            "jdoe, fred",
            r#"[{"name":"jdoe"},{"name":"fred"}]"#,
        ),
        (
            "array",
            "version",
            "1.0, 1.1",
            r#"[{"name":"1.0"},{"name":"1.1"}]"#,
        ),
        ("user", "", "jdoe", r#"{"name":"jdoe"}"#),
        ("group", "", "qa", r#"{"name":"qa"}"#),
        ("project", "", "HSP", r#"{"key":"HSP"}"#),
        ("issuelink", "", "HSP-1", r#"{"key":"HSP-1"}"#),
        ("string", "", "[42]", r#""[42]""#),
        ("number", "", "42", "42"),
        ("date", "", "today", r#""1970-01-01""#),
        (
            "datetime",
            "",
            "2015-11-18T14:39:00+11:00",
            r#""2015-11-18T14:39:00.000+1100""#,
        ),
        ("array", "", "HSP-3, HSP-4", r#"["HSP-3","HSP-4"]"#),
        ("array", "colour", "Red", r#"["Red"]"#),
        ("array", "colour", r#"{"id":"1"}"#, r#"[{"id":"1"}]"#),
        ("option2", "", "24", "24"),
        ("colour", "", r#"{"rgb":"ff0000"}"#, r#"{"rgb":"ff0000"}"#),
    ];
    each(rows, |(kind, items, text, json)| {
        let schema = Schema {
            kind: kind.into(),
            items: Some(items.into()).filter(|items: &Outside| !items.is_empty()),
            custom: Some("com.example.plugin:theirs".into()),
            ..Schema::default()
        };
        let value = FieldType::of(&schema).encode(text, &context("")).unwrap();
        assert_eq!(value.to_string(), json, "{kind} {items}");
    });
}

#[test]
fn an_object_that_names_the_thing_goes_out_as_it_is() {
    let rows = [
        (
            FieldType::One(Item::Option),
            r#" {"id":"10112"} "#,
            r#"{"id":"10112"}"#,
        ),
        (
            FieldType::One(Item::User),
            r#"{"accountId":"5b10a"}"#,
            r#"{"accountId":"5b10a"}"#,
        ),
        (
            FieldType::One(Item::Keyed),
            r#"{"id":"10000"}"#,
            r#"{"id":"10000"}"#,
        ),
        (
            FieldType::Many(Item::Named),
            r#"{"id":"10010"}"#,
            r#"[{"id":"10010"}]"#,
        ),
        (
            FieldType::Cascading,
            r#"{"id":"1","child":{"id":"2"}}"#,
            r#"{"id":"1","child":{"id":"2"}}"#,
        ),
        // Jira's ids are strings.
        (
            FieldType::One(Item::Option),
            r#"{"id":10112}"#,
            r#"{"id":"10112"}"#,
        ),
        (
            FieldType::Many(Item::Named),
            r#"[{"id":1},{"name":"1.0"}]"#,
            r#"[{"id":"1"},{"name":"1.0"}]"#,
        ),
        (
            FieldType::Cascading,
            r#"{"id":1,"child":{"id":2}}"#,
            r#"{"id":"1","child":{"id":"2"}}"#,
        ),
        (FieldType::Json, r#"{"id":1}"#, r#"{"id":1}"#),
        // One that names nothing is a text like any other.
        (
            FieldType::One(Item::Option),
            r#"{"self":"x"}"#,
            r#"{"value":"{\"self\":\"x\"}"}"#,
        ),
        (
            FieldType::Many(Item::Label),
            r#"{"id":"1"}"#,
            r#"["{\"id\":\"1\"}"]"#,
        ),
    ];
    each(rows, |(shape, text, json)| {
        assert_eq!(
            shape.encode(text, &context("")).unwrap().to_string(),
            json,
            "{shape:?}"
        );
    });
}

#[test]
fn a_project_is_given_by_its_key_or_by_its_id() {
    let listed = r#"[{"key":"HSP","name":"Homosapien","id":"10000"}]"#;
    let rows = [
        ("HSP", "", r#"{"key":"HSP"}"#),
        ("10000", "", r#"{"id":"10000"}"#),
        ("10000", listed, r#"{"key":"HSP"}"#),
        ("homosapien", listed, r#"{"key":"HSP"}"#),
    ];
    each(rows, |(text, known, json)| {
        let value = FieldType::One(Item::Keyed)
            .encode(text, &context(known))
            .unwrap();
        assert_eq!(value.to_string(), json, "{text}");
    });
}

#[test]
fn each_element_that_is_added_is_an_operation_of_its_own() {
    let rows = [
        (FieldType::Many(Item::Label), "a, b", Some(2)),
        (FieldType::Unknown, r#"["a","b","c"]"#, Some(3)),
        (FieldType::Unknown, "a, b", Some(1)),
        (FieldType::Json, r#"[{"id":"1"}]"#, Some(1)),
        (FieldType::Json, r#"{"id":"1"}"#, Some(1)),
        (FieldType::Json, "{", None),
        (FieldType::Text, "a", None),
        (FieldType::Sprint, "37", None),
    ];
    each(rows, |(shape, text, count)| {
        let known = Known::of(&[(shape, text)], AllowedValues::default());
        let elements = shape.encode_elements(text, &known, &context("")).ok();
        assert_eq!(
            elements.map(|elements| elements.len()),
            count,
            "{shape:?} {text}"
        );
    });
}

#[test]
fn an_option_that_holds_commas_is_found_as_far_as_jira_lets_it_be_long() {
    let many = FieldType::Many(Item::Option);
    let found = |length: usize| {
        let option = format!("{}, b", "a".repeat(length - ", b".len()));
        let allowed = json!([{ "value": option }, { "value": "c, d" }]).to_string();
        let value = many.encode(&option, &context(&allowed)).unwrap();
        value.as_array().unwrap().len()
    };
    assert_eq!(found(1020), 1);
    assert_eq!(found(1021), 2);
    assert_eq!(found(1022), 2);
}

#[test]
fn an_option_that_holds_a_comma_is_found_by_a_text_in_another_case_with_more_bytes() {
    let rows = [
        ("ȺȺȺ, b", "ⱥⱥⱥ, b"),
        ("kkkk, b", "\u{212a}\u{212a}\u{212a}\u{212a}, b"),
    ];
    each(rows, |(listed, given)| {
        assert!(given.len() > listed.len());
        let allowed = json!([{ "value": listed }]).to_string();
        let value = FieldType::Many(Item::Option)
            .encode(given, &context(&allowed))
            .unwrap();
        assert_eq!(value, json!([{ "value": listed }]));
    });
}

#[test]
fn a_parent_whose_name_holds_the_sign_of_a_child_is_found() {
    let children = json!([{ "id": "11", "value": "Mitte" }]);
    let allowed = json!([{ "id": "1", "value": "Europe > Berlin", "children": children }]);
    let value = FieldType::Cascading
        .encode("Europe > Berlin > Mitte", &context(&allowed.to_string()))
        .unwrap();
    assert_eq!(
        value,
        json!({ "value": "Europe > Berlin", "child": { "value": "Mitte" } })
    );
}

#[test]
fn a_parent_before_the_sign_of_a_child_goes_before_one_that_ends_at_a_slash() {
    let allowed = json!([{ "value": "Asia" }, { "value": "Asia/Pacific > South" }]);
    let value = FieldType::Cascading
        .encode(
            "Asia/Pacific > South > Oslo",
            &context(&allowed.to_string()),
        )
        .unwrap();
    assert_eq!(
        value,
        json!({ "value": "Asia/Pacific > South", "child": { "value": "Oslo" } })
    );
}

#[test]
fn a_parent_that_is_longer_than_any_option_is_sent_with_its_child_for_jira_to_judge() {
    let parent = "a".repeat(1021);
    let value = FieldType::Cascading
        .encode(&format!("{parent} > b"), &context(""))
        .unwrap();
    assert_eq!(value, json!({ "value": parent, "child": { "value": "b" } }));
}
