//! What parameters an operation takes. The stand-in knows fewer than Stripe does, and refuses the rest instead of
//! ignoring them; a test holds every line of it against Stripe's published OpenAPI document.

use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// The shape of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Int,
    Bool,
    /// One of these words.
    Choice(&'static [&'static str]),
    Hash(&'static [Param]),
    List(&'static Kind),
    /// Keys and values of the caller's own.
    Map,
    /// The word, or else the other kind.
    Or(&'static [&'static str], &'static Kind),
    /// A moment, or bounds of one.
    Range,
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    name: &'static str,
    kind: Kind,
    required: bool,
    /// Whether an empty string takes the value away.
    clearable: bool,
}

pub(crate) const fn need(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: true, clearable: false }
}

pub(crate) const fn may(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: false, clearable: false }
}

/// Must be given, though it may be empty.
pub(crate) const fn need_clearable(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: true, clearable: true }
}

pub(crate) const fn clearable(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: false, clearable: true }
}

/// Every operation takes this.
const EXPAND: Param = may("expand", Kind::List(&Kind::Text));

const BOUNDS: &[Param] = &[may("gt", Kind::Int), may("gte", Kind::Int), may("lt", Kind::Int), may("lte", Kind::Int)];

/// Turns the strings of a form into values, or says which one can't be taken.
///
/// # Errors
/// Stripe's: unknown, missing, empty, not a number, not one of the words.
pub(crate) fn check(given: &Map<String, Value>, params: &[Param]) -> Result<Value, Failure> {
    hash(given, params, "", true)
}

fn hash(given: &Map<String, Value>, params: &[Param], at: &str, top: bool) -> Result<Value, Failure> {
    let find = |name: &str| {
        let known = params.iter().find(|param| param.name == name);
        known.or_else(|| (top && name == EXPAND.name).then_some(&EXPAND))
    };
    let mut read = Map::new();
    for (name, value) in given {
        let full = nested(at, name);
        let Some(param) = find(name) else {
            let message = format!("Received unknown parameter: {full}");
            return Err(Failure::invalid(message).code("parameter_unknown").param(&full));
        };
        let value = if value == "" { empty(param, &full)? } else { take(value, &param.kind, &full)? };
        read.insert(name.clone(), value);
    }
    if let Some(param) = params.iter().find(|param| param.required && !read.contains_key(param.name)) {
        let full = nested(at, param.name);
        let message = format!("Missing required param: {full}.");
        return Err(Failure::invalid(message).code("parameter_missing").param(&full));
    }
    Ok(Value::Object(read))
}

fn nested(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}[{name}]") }
}

fn empty(param: &Param, full: &str) -> Result<Value, Failure> {
    if param.clearable {
        return Ok(Value::Null);
    }
    let message = format!(
        "You passed an empty string for '{full}'. We assume empty values are an attempt to unset a parameter; however \
         '{full}' cannot be unset. You should remove '{full}' from your request or supply a non-empty value."
    );
    Err(Failure::invalid(message).code("parameter_invalid_empty").param(full))
}

fn take(value: &Value, kind: &Kind, full: &str) -> Result<Value, Failure> {
    match (kind, value) {
        (Kind::Hash(params), Value::Object(given)) => hash(given, params, full, false),
        (Kind::List(inner), Value::Object(given)) => list(given, inner, full),
        (Kind::Map, Value::Object(given)) => map(given, full),
        (Kind::Range, Value::Object(given)) => hash(given, BOUNDS, full, false),
        (Kind::Or(words, _), Value::String(text)) if words.contains(&text.as_str()) => Ok(value.clone()),
        (Kind::Or(_, other), _) => take(value, other, full),
        (Kind::Hash(_) | Kind::Map, _) => Err(Failure::invalid("Invalid object").param(full)),
        (Kind::List(_), _) => Err(Failure::invalid("Invalid array").param(full)),
        (_, Value::String(text)) => scalar(text, kind, full),
        _ => Err(Failure::invalid(format!("Invalid string: {value}")).param(full)),
    }
}

fn scalar(text: &str, kind: &Kind, full: &str) -> Result<Value, Failure> {
    match kind {
        Kind::Int | Kind::Range => text.parse::<i64>().map(Value::from).map_err(|_| {
            Failure::invalid(format!("Invalid integer: {text}")).code("parameter_invalid_integer").param(full)
        }),
        Kind::Bool => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(Failure::invalid(format!("Invalid boolean: {text}")).param(full)),
        },
        Kind::Choice(words) if !words.contains(&text) => {
            Err(Failure::invalid(format!("Invalid {full}: must be one of {}", words.join(", "))).param(full))
        }
        _ => Ok(text.into()),
    }
}

fn list(given: &Map<String, Value>, inner: &Kind, full: &str) -> Result<Value, Failure> {
    let mut items = Vec::new();
    for (index, value) in given {
        let index: usize = index.parse().map_err(|_| Failure::invalid("Invalid array").param(full))?;
        items.push((index, take(value, inner, &nested(full, &index.to_string()))?));
    }
    items.sort_by_key(|(index, _)| *index);
    Ok(items.into_iter().map(|(_, value)| value).collect())
}

/// At most 50 keys of at most 40 characters, values of at most 500, as Stripe documents for metadata.
fn map(given: &Map<String, Value>, full: &str) -> Result<Value, Failure> {
    if given.len() > 50 {
        return Err(Failure::invalid("Metadata can have at most 50 keys.").param(full));
    }
    for (key, value) in given {
        let Value::String(text) = value else {
            return Err(Failure::invalid("Metadata values must be strings.").param(&nested(full, key)));
        };
        if key.chars().count() > 40 || text.chars().count() > 500 {
            let message = "Metadata keys can have up to 40 characters, and values up to 500.";
            return Err(Failure::invalid(message).param(&nested(full, key)));
        }
    }
    Ok(Value::Object(given.clone()))
}

/// The grammar as data, for the test that compares it with Stripe's document.
pub(crate) fn describe(params: &[Param]) -> Value {
    let one = |param: &Param| {
        json!({
            "name": param.name, "kind": describe_kind(&param.kind), "required": param.required,
            "clearable": param.clearable,
        })
    };
    params.iter().map(one).collect()
}

fn describe_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => "text".into(),
        Kind::Int => "int".into(),
        Kind::Bool => "bool".into(),
        Kind::Map => "map".into(),
        Kind::Range => "range".into(),
        Kind::Choice(words) => json!({ "choice": words }),
        Kind::Hash(params) => json!({ "hash": describe(params) }),
        Kind::List(inner) => json!({ "list": describe_kind(inner) }),
        Kind::Or(words, other) => json!({ "words": words, "or": describe_kind(other) }),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::form, *};

    const PARAMS: &[Param] = &[
        need("mode", Kind::Choice(&["payment", "subscription"])),
        may("amount", Kind::Int),
        may("items", Kind::List(&Kind::Hash(&[need("price", Kind::Text), may("live", Kind::Bool)]))),
        clearable("metadata", Kind::Map),
        may("trial_end", Kind::Or(&["now"], &Kind::Int)),
    ];

    fn read(text: &str) -> Result<Value, Failure> {
        check(&form::parse(text).unwrap(), PARAMS)
    }

    #[test]
    fn strings_become_what_the_parameter_is() {
        let text = "mode=payment&amount=5&items[1][price]=b&items[0][price]=a&items[0][live]=true&metadata=&trial_end=now\
                    &expand[]=x";
        let expected = json!({
            "mode": "payment", "amount": 5, "items": [{ "price": "a", "live": true }, { "price": "b" }],
            "metadata": null, "trial_end": "now", "expand": ["x"],
        });
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn refusals_name_the_parameter_and_the_reason() {
        for (text, code, param) in [
            ("mode=payment&nope=1", "parameter_unknown", "nope"),
            ("mode=payment&items[0][price]=a&items[0][nope]=1", "parameter_unknown", "items[0][nope]"),
            ("amount=1", "parameter_missing", "mode"),
            ("mode=payment&items[0][live]=true", "parameter_missing", "items[0][price]"),
            ("mode=payment&amount=1.5", "parameter_invalid_integer", "amount"),
            ("mode=payment&amount=", "parameter_invalid_empty", "amount"),
            ("mode=gift", "", "mode"),
            ("mode=payment&items=1", "", "items"),
            ("mode=payment&items[0][price]=a&items[0][live]=yes", "", "items[0][live]"),
            ("mode=payment&trial_end=later", "parameter_invalid_integer", "trial_end"),
        ] {
            let failure = read(text).expect_err(text);
            assert_eq!(failure.error.get("code").and_then(Value::as_str).unwrap_or_default(), code, "{text}");
            assert_eq!(failure.error["param"], param, "{text}");
            assert_eq!((failure.status, &failure.error["type"]), (400, &json!("invalid_request_error")), "{text}");
        }
    }
}
