//! Search: `metadata['key']:'value' AND status:'active'`. What was made within the configured lag is not found yet, as at
//! Stripe, where that takes up to a minute.

use serde_json::Value;

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    operation::{
        grammar::{Kind, Param, may, need},
        lists,
        route::{Route, get},
    },
    world::World,
};

const SEARCH: &[Param] = &[may("limit", Kind::Int), may("page", Kind::Text), need("query", Kind::Text)];

pub(crate) const ROUTES: &[Route] = &[
    get("/v1/charges/search", SEARCH, |world, params| search(world, "charge", "/v1/charges/search", params)),
    get("/v1/customers/search", SEARCH, |world, params| search(world, "customer", "/v1/customers/search", params)),
    get("/v1/invoices/search", SEARCH, |world, params| search(world, "invoice", "/v1/invoices/search", params)),
    get("/v1/payment_intents/search", SEARCH, |world, params| {
        search(world, "payment_intent", "/v1/payment_intents/search", params)
    }),
    get("/v1/prices/search", SEARCH, |world, params| search(world, "price", "/v1/prices/search", params)),
    get("/v1/products/search", SEARCH, |world, params| search(world, "product", "/v1/products/search", params)),
    get("/v1/subscriptions/search", SEARCH, |world, params| {
        search(world, "subscription", "/v1/subscriptions/search", params)
    }),
];

/// One condition: a member, or a key of the metadata, with its value.
struct Condition {
    path: Vec<String>,
    value: String,
    negated: bool,
}

fn search(world: &mut World, kind: &str, url: &str, params: &Value) -> Answer {
    let (conditions, any) = parse(params.text("query")).ok_or_else(|| {
        Failure::invalid(
            "We were unable to parse your search query. The sandbox takes `field:'value'` and \
                          `metadata['key']:'value'`, joined by AND or by OR.",
        )
        .param("query")
    })?;
    let latest = world.now - world.config.search_lag;
    let fits = |object: &&Value| {
        let holds = |condition: &Condition| condition.holds(object);
        let found = if any { conditions.iter().any(holds) } else { conditions.iter().all(holds) };
        found && object.int("created") <= latest && !object.is("deleted")
    };
    lists::search_page(url, params, world.objects.of(kind).rev().filter(fits))
}

impl Condition {
    fn holds(&self, object: &Value) -> bool {
        let member = self.path.iter().fold(object, |at, key| &at[key.as_str()]);
        let text = member.as_str().map_or_else(|| member.to_string(), str::to_owned);
        let same = text == self.value;
        same != self.negated
    }
}

/// The conditions, and whether one of them is enough.
fn parse(query: &str) -> Option<(Vec<Condition>, bool)> {
    let mut conditions = Vec::new();
    let (mut rest, mut any, mut all) = (query.trim(), false, false);
    loop {
        let negated = rest.starts_with('-');
        rest = rest.trim_start_matches('-');
        let (field, after) = rest.split_once(':')?;
        let (value, after) = value(after.trim_start())?;
        conditions.push(Condition { path: path(field.trim())?, value, negated });
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
        if let Some(next) = rest.strip_prefix("OR ") {
            any = true;
            rest = next.trim_start();
        } else {
            all = true;
            rest = rest.strip_prefix("AND ").unwrap_or(rest).trim_start();
        }
    }
    (!(any && all)).then_some((conditions, any))
}

fn path(field: &str) -> Option<Vec<String>> {
    match field.split_once('[') {
        None => Some(vec![field.to_owned()]),
        Some(("metadata", key)) => {
            let key = key.strip_suffix(']')?.trim_matches(['\'', '"']);
            Some(vec!["metadata".to_owned(), key.to_owned()])
        }
        Some(_) => None,
    }
}

/// The value at the start of the text, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next()?;
    if quote != '\'' && quote != '"' {
        let end = text.find(' ').unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    }
    let mut found = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => found.push(letters.next()?.1),
            _ if letter == quote => return Some((found, &text[at + letter.len_utf8()..])),
            _ => found.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn queries_are_fields_and_values_joined_by_one_word() {
        for (query, count, any) in [
            ("metadata['instance']:'it\\'s'", 1, false),
            ("metadata[\"a\"]:\"b\" AND status:\"active\"", 2, false),
            ("email:'a@example.com' OR email:'b@example.com'", 2, true),
            ("-status:'canceled' currency:usd", 2, false),
        ] {
            let (conditions, some) = parse(query).expect(query);
            assert_eq!((conditions.len(), some), (count, any), "{query}");
        }
        for query in ["", "status", "status:'open", "a:'1' AND b:'2' OR c:'3'", "card[x]:'y'"] {
            assert!(parse(query).is_none(), "{query}");
        }
    }
}
