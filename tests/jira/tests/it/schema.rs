//! As much of JSON Schema as `world.schema.json` uses. A keyword that is unknown
//! here fails, so that none is there for show.

use serde_json::Value;

/// What of the value the schema does not allow; nothing where it is right.
pub(crate) fn wrong(root: &Value, value: &Value) -> Option<String> {
    part(root, root, value).err()
}

fn part(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let Value::Object(keywords) = schema else {
        let allowed = schema.as_bool().unwrap();
        return if allowed {
            Ok(())
        } else {
            Err(format!("{value} may not be there"))
        };
    };
    for (keyword, wanted) in keywords {
        let right = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                part(root, root.pointer(pointer).unwrap(), value)?;
                true
            }
            "type" => is_a(value, wanted.as_str().unwrap()),
            "enum" => wanted.as_array().unwrap().contains(value),
            "pattern" => value
                .as_str()
                .is_none_or(|text| fits(wanted.as_str().unwrap(), text)),
            "minLength" => value.as_str().is_none_or(|text| !text.is_empty()),
            "minimum" => value
                .as_i64()
                .is_none_or(|number| number >= wanted.as_i64().unwrap()),
            "maximum" => value
                .as_i64()
                .is_none_or(|number| number <= wanted.as_i64().unwrap()),
            "minItems" => value.as_array().is_none_or(|all| !all.is_empty()),
            "items" | "properties" => parts(root, keyword, wanted, value)?,
            "additionalProperties" => {
                let known = keywords["properties"].as_object().unwrap();
                let mut names = value.as_object().into_iter().flatten();
                names.all(|(name, _)| known.contains_key(name))
            }
            "required" => {
                let mut names = wanted.as_array().unwrap().iter();
                names.all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "oneOf" => fitting(root, wanted, value) == 1,
            "anyOf" => fitting(root, wanted, value) > 0,
            unknown => panic!("the schema has {unknown}"),
        };
        if !right {
            return Err(format!("{value}: {keyword} {wanted}"));
        }
    }
    Ok(())
}

/// The elements of an array, or those members of an object that the schema names.
fn parts(root: &Value, keyword: &str, wanted: &Value, value: &Value) -> Result<bool, String> {
    if keyword == "items" {
        let mut elements = value.as_array().into_iter().flatten();
        elements.try_for_each(|element| part(root, wanted, element))?;
        return Ok(true);
    }
    for (name, schema) in wanted.as_object().unwrap() {
        if let Some(member) = value.get(name) {
            part(root, schema, member)?;
        }
    }
    Ok(true)
}

fn fitting(root: &Value, schemas: &Value, value: &Value) -> usize {
    let schemas = schemas.as_array().unwrap().iter();
    schemas
        .filter(|schema| part(root, schema, value).is_ok())
        .count()
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        unknown => panic!("the schema has the type {unknown}"),
    }
}

/// The patterns of the schema, each by hand.
fn fits(pattern: &str, text: &str) -> bool {
    let key = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match pattern {
        "^[A-Z][A-Z0-9_]*$" => key(text),
        "^[A-Z][A-Z0-9_]*-[1-9][0-9]{0,4}$" => text.rsplit_once('-').is_some_and(|(project, n)| {
            key(project) && digits(n) && !n.starts_with('0') && n.len() < 6
        }),
        "^customfield_[0-9]+$" => text.strip_prefix("customfield_").is_some_and(digits),
        ":" => text.contains(':'),
        r"^[^\u0000-\u001f\u007f-\u009f]+$" => !text.is_empty() && !text.contains(char::is_control),
        unknown => panic!("the schema has the pattern {unknown}"),
    }
}
