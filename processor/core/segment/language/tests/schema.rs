//! The JSON Schema of a definition file names exactly the keys that files may hold.

use serde_json::Value;

use crate::segment::language::{Source, file_schema, load};

/// The keys of an object in the schema.
fn keys(schema: &Value, definition: Option<&str>) -> Vec<String> {
    let object = definition.map_or(schema, |name| &schema["$defs"][name]);
    object["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_and_the_reader_agree() {
    let schema = file_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    for (definition, place, harmless) in [
        (None, "KEY: ", "x"),
        (Some("SegmentEntry"), "segments: [{KEY: ", "}]"),
        (Some("TestEntry"), "tests: [{KEY: ", "}]"),
        (Some("ExpectEntry"), "tests: [{expect: [{KEY: ", "}]}]"),
        (Some("MembersEntry"), "tests: [{members_at: [{KEY: ", "}]}]"),
        (Some("Bounded"), "events: {a: {b: {KEY: ", "}}}"),
    ] {
        let unknown = |key: &str| {
            let text =
                format!("{}{}{}", place.replace("KEY", key), if definition.is_some() { "x" } else { "" }, harmless);
            let mistakes = load(&[Source { name: "a.yaml".to_owned(), text }]).err().unwrap_or_default();
            mistakes.into_iter().find(|mistake| mistake.code == "unknown-key")
        };
        let keys = keys(&schema, definition);
        for key in &keys {
            assert_eq!(unknown(key), None, "{key} of {definition:?}");
        }
        // The help for a key that is like no other lists all that the reader takes.
        let help = unknown("zzzzzzzzzzzz").unwrap().help.unwrap();
        let mut listed: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        listed.sort_unstable();
        assert_eq!(listed, keys, "{definition:?}");
    }
}

#[test]
fn the_schema_wants_expressions_as_text_and_knows_the_types() {
    let schema = file_schema();
    let segment = &schema["$defs"]["SegmentEntry"];
    for key in ["segment", "when", "enter when", "leave when", "stay", "rest", "grace"] {
        assert_eq!(segment["properties"][key]["type"], "string", "{key}");
    }
    assert_eq!(segment["required"], serde_json::json!(["segment"]));
    let conditions = serde_json::json!([{"required": ["when"]}, {"required": ["enter when", "leave when"]}]);
    assert_eq!(segment["oneOf"], conditions);
    assert_eq!(segment["additionalProperties"], Value::Bool(false));
    let types = schema["$defs"]["TypeEntry"].to_string();
    for name in ["boolean", "number", "text", "instant", "date", "list", "point"] {
        assert!(types.contains(&format!("\"{name}\"")), "{name} in {types}");
    }
}
