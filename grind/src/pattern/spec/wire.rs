//! A pattern's JSON: the members of one, or `{"any": [..]}`.

use serde::{Deserialize, Serialize};

use super::PatternSpec;
use crate::{kind::Kind, target::Target};

/// Either form.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case_insensitive: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fuzzy: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<PatternSpec>>,
}

impl TryFrom<Wire> for PatternSpec {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, &'static str> {
        let Wire { text, kind, target, case_insensitive, fuzzy, any } = wire;
        let Some(any) = any else {
            return Ok(Self {
                text: text.ok_or("missing field `text`")?,
                kind: kind.unwrap_or_default(),
                target: target.unwrap_or_default(),
                case_insensitive: case_insensitive.unwrap_or_default(),
                fuzzy: fuzzy.unwrap_or_default(),
                any: Vec::new(),
            });
        };
        if (text, kind, target, case_insensitive, fuzzy) != (None, None, None, None, None) {
            return Err("`any` stands alone; text, kind, target and options belong to each of its patterns");
        }
        if any.iter().any(|one| one.kind == Kind::Any) {
            return Err("`any` holds single patterns, none of them any of several again");
        }
        Ok(Self::any(any))
    }
}

impl From<PatternSpec> for Wire {
    fn from(spec: PatternSpec) -> Self {
        let PatternSpec { text, kind, target, case_insensitive, fuzzy, any } = spec;
        if kind == Kind::Any {
            return Self { text: None, kind: None, target: None, case_insensitive: None, fuzzy: None, any: Some(any) };
        }
        Self {
            text: Some(text),
            kind: Some(kind),
            target: Some(target),
            case_insensitive: Some(case_insensitive),
            fuzzy: Some(fuzzy),
            any: None,
        }
    }
}

#[cfg(feature = "openapi")]
mod schema {
    use std::borrow::Cow;

    use serde::Deserialize;
    use utoipa::{PartialSchema, ToSchema, openapi};

    use super::{Kind, PatternSpec, Target};

    /// One pattern.
    #[derive(Deserialize, ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "it describes what travels")]
    struct OnePattern {
        /// What is to appear; for a sequence its substrings with white space between them, for a regex the expression.
        text: String,
        /// Where it is to appear; a prefix if left out.
        kind: Option<Kind>,
        /// In which text of the key; a `did` if left out.
        target: Option<Target>,
        /// Whether upper and lower case count as equal.
        case_insensitive: Option<bool>,
        /// Whether look-alikes (`0~O`, `1~I~L`, `3~E`, `4~A`, `5~S`, `7~T`, `8~B`) count as equal.
        fuzzy: Option<bool>,
    }

    /// Any of several patterns of one target: the first key that one of them matches is the one.
    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it describes what travels")]
    struct AnyPattern {
        /// The patterns.
        #[schema(min_items = 1, max_items = 16)]
        any: Vec<OnePattern>,
    }

    impl PartialSchema for PatternSpec {
        fn schema() -> openapi::RefOr<openapi::schema::Schema> {
            openapi::schema::OneOfBuilder::new()
                .item(openapi::schema::Ref::from_schema_name("OnePattern"))
                .item(openapi::schema::Ref::from_schema_name("AnyPattern"))
                .description(Some("One pattern, or any of several."))
                .into()
        }
    }

    impl ToSchema for PatternSpec {
        fn name() -> Cow<'static, str> {
            Cow::Borrowed("PatternSpec")
        }

        fn schemas(schemas: &mut Vec<(String, openapi::RefOr<openapi::schema::Schema>)>) {
            schemas.push(("OnePattern".to_owned(), OnePattern::schema()));
            schemas.push(("AnyPattern".to_owned(), AnyPattern::schema()));
            <OnePattern as ToSchema>::schemas(schemas);
            schemas.push(("Kind".to_owned(), Kind::schema()));
            schemas.push(("Target".to_owned(), Target::schema()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn several_travel_as_a_list() {
        let spec = PatternSpec::any(vec![
            PatternSpec::new(Kind::Prefix, "moon"),
            PatternSpec::new(Kind::Contains, "star").case_insensitive(),
        ]);
        let json = to_value(&spec).expect("JSON");
        assert_eq!((json.as_object().map(|o| o.len()), &json["any"][1]["kind"]), (Some(1), &json!("contains")));
        assert_eq!(from_value::<PatternSpec>(json).expect("its own"), spec);
        let short = from_value::<PatternSpec>(json!({"any": [{"text": "moon"}, {"text": "sun"}]})).expect("short");
        assert_eq!((short.kind, short.text.as_str(), short.any.len()), (Kind::Any, "moon sun", 2));
    }

    #[test]
    fn one_travels_with_every_option() {
        let json = to_value(PatternSpec::new(Kind::Prefix, "moon")).expect("JSON");
        let expected =
            json!({"text": "moon", "kind": "prefix", "target": "did", "caseInsensitive": false, "fuzzy": false});
        assert_eq!(json, expected);
    }

    #[test]
    fn what_is_neither_is_refused() {
        for json in [
            json!({}),
            json!({"kind": "any", "text": "moon"}),
            json!({"any": [{"text": "moon"}], "text": "star"}),
            json!({"any": [{"any": [{"text": "moon"}]}]}),
            json!({"text": "moon", "colour": "red"}),
        ] {
            assert!(from_value::<PatternSpec>(json.clone()).is_err(), "{json}");
        }
    }
}
