//! Stripe's way of writing nested parameters into a form: `a[b]=1&c[0][d]=2&e[]=3`.

use serde_json::{Map, Value};

use crate::failure::Failure;

/// Levels of brackets; Stripe's deepest parameter has seven.
const DEEPEST: usize = 12;

/// Reads a query or a form body. Every leaf is a string; lists are objects with their index as key until the grammar
/// of the operation says what they are.
///
/// # Errors
/// For brackets that don't match, and for a name that is a value and a hash at once.
pub(crate) fn parse(text: &str) -> Result<Map<String, Value>, Failure> {
    let mut root = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let path = split(&name).ok_or_else(|| Failure::invalid(format!("Invalid parameter name: {name}")))?;
        put(&mut root, &path, &value).ok_or_else(|| {
            Failure::invalid(format!("Invalid parameter: {name} is given as a value and as a hash")).param(&name)
        })?;
    }
    Ok(root)
}

fn split(name: &str) -> Option<Vec<&str>> {
    let (first, mut rest) = match name.find('[') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut path = vec![first];
    while !rest.is_empty() {
        let end = rest.find(']')?;
        path.push(rest.strip_prefix('[')?.get(..end - 1)?);
        rest = &rest[end + 1..];
    }
    (!first.is_empty() && path.len() <= DEEPEST).then_some(path)
}

fn put(into: &mut Map<String, Value>, path: &[&str], value: &str) -> Option<()> {
    let (first, rest) = path.split_first()?;
    // `name[]` appends.
    let key = if first.is_empty() { into.len().to_string() } else { (*first).to_owned() };
    if rest.is_empty() {
        match into.insert(key, value.into()) {
            Some(Value::Object(_)) => None,
            _ => Some(()),
        }
    } else {
        match into.entry(key).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(inner) => put(inner, rest, value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_become_nested_values() {
        let read = parse("mode=payment&line_items[0][price]=p1&line_items%5B1%5D%5Bprice%5D=p2&expand[]=a&expand[]=b");
        let expected = json!({
            "mode": "payment",
            "line_items": { "0": { "price": "p1" }, "1": { "price": "p2" } },
            "expand": { "0": "a", "1": "b" },
        });
        assert_eq!(Value::Object(read.unwrap()), expected);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in ["a[b=1", "a]b[=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", &format!("a{}=1", "[x]".repeat(20))] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
