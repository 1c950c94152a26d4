"""Holds what went between a Stripe client and the sandbox against Stripe's OpenAPI document.

Usage: stripe_document.py DOCUMENT < RECORD

RECORD is JSON: `operations` (what the sandbox takes), `exchanges` (what was sent and answered), `events`. Prints every
difference and ends with 1 if there is one.
"""

import json
import sys
from urllib.parse import parse_qsl

import jsonschema_rs

ROOT = "urn:stripe"


def strict(schema):
    """The OpenAPI 3.0 schema as JSON Schema, which refuses members that it does not name."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    nullable = schema.get("nullable") is True
    kept = {key: strict(value) for key, value in schema.items() if key not in ("nullable", "x-expandableFields")}
    if isinstance(kept.get("properties"), dict) and kept.get("type") == "object":
        kept.setdefault("additionalProperties", False)
    if "$ref" in kept:
        kept["$ref"] = ROOT + kept["$ref"]
    return {"anyOf": [kept, {"type": "null"}]} if nullable else kept


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.api = json.load(file)
        self.schemas = self.api["components"]["schemas"]
        self.resources = {}
        for name, schema in self.schemas.items():
            words = schema.get("properties", {}).get("object", {}).get("enum", [])
            if words and not name.startswith("deleted_"):
                self.resources.setdefault(words[0], name)
        # `line_item` of an invoice and `item` of a session share nothing but a likeness of name.
        strict_schemas = {name: strict(schema) for name, schema in self.schemas.items()}
        self.registry = jsonschema_rs.Registry([(ROOT, {"components": {"schemas": strict_schemas}})])
        self.validators = {}
        self.event_types = set(self.body("POST", "/v1/webhook_endpoints")["properties"]["enabled_events"]["items"]["enum"])

    def operation(self, method, path):
        return self.api["paths"].get(path, {}).get(method.lower())

    def body(self, method, path):
        content = self.operation(method, path).get("requestBody", {}).get("content", {})
        return content.get("application/x-www-form-urlencoded", {}).get("schema", {})

    def parameters(self, method, path):
        """Everything that an operation takes, as one object schema."""
        body = self.body(method, path)
        properties = dict(body.get("properties", {}))
        required = set(body.get("required", []))
        for one in self.operation(method, path).get("parameters", []):
            if one["in"] == "query":
                properties[one["name"]] = one["schema"]
                if one.get("required"):
                    required.add(one["name"])
        return {"type": "object", "properties": properties, "required": sorted(required)}

    def find(self, method, path):
        """The path of the document that a request fits, the most literal one first."""
        given = path.rstrip("/").split("/")
        fitting = []
        for template in self.api["paths"]:
            parts = template.split("/")
            if len(parts) == len(given) and self.operation(method, template):
                if all(part.startswith("{") or part == name for part, name in zip(parts, given)):
                    fitting.append((template.count("{"), template))
        return min(fitting)[1] if fitting else None

    def differences(self, schema, value):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = jsonschema_rs.validator_for(schema, registry=self.registry)
        for error in self.validators[key].iter_errors(value):
            yield from causes(error)


def causes(error):
    """The innermost reasons why none of several schemas fits."""
    yield f"{'/'.join(map(str, error.instance_path)) or 'answer'}: {error.message[:300]}"


def alternatives(schema):
    return schema.get("anyOf", [schema])


def taken(schema, kind, at):
    """What is wrong with a kind of the sandbox's grammar for a parameter of the document."""
    options = alternatives(schema)
    types = {option.get("type") for option in options}
    words = {word for option in options for word in option.get("enum", [])}
    objects = [option for option in options if option.get("type") == "object" and option.get("properties")]
    if kind == "text":
        if not any(option.get("type") == "string" and "enum" not in option for option in options):
            yield f"{at}: not a text"
    elif kind == "int":
        if not types & {"integer", "number"}:
            yield f"{at}: not a number"
    elif kind == "bool":
        if "boolean" not in types:
            yield f"{at}: not a boolean"
    elif kind == "map":
        if not any(option.get("additionalProperties") for option in options):
            yield f"{at}: not a map"
    elif kind == "range":
        if "integer" not in types or not objects or set(objects[0]["properties"]) != {"gt", "gte", "lt", "lte"}:
            yield f"{at}: not a range"
    elif "choice" in kind:
        if set(kind["choice"]) - words:
            yield f"{at}: has no {sorted(set(kind['choice']) - words)}"
    elif "words" in kind:
        if set(kind["words"]) - words:
            yield f"{at}: has no {kind['words']}"
        yield from taken(schema, kind["or"], at)
    elif "list" in kind:
        lists = [option for option in options if option.get("type") == "array"]
        if not lists:
            yield f"{at}: not a list"
        else:
            yield from taken(lists[0]["items"], kind["list"], at + "[]")
    elif "hash" in kind:
        if not objects:
            yield f"{at}: not a hash"
        else:
            yield from members(union(objects), kind["hash"], at)


def union(objects):
    """One object schema for several, of which the sandbox takes all members together."""
    properties = {name: of for one in objects for name, of in one["properties"].items()}
    required = set.intersection(*(set(one.get("required", [])) for one in objects))
    return {"properties": properties, "required": sorted(required)}


def members(schema, params, at):
    properties = schema["properties"]
    names = {param["name"] for param in params}
    for param in params:
        where = f"{at}[{param['name']}]"
        if param["name"] not in properties:
            yield f"{where}: unknown to Stripe"
            continue
        of = properties[param["name"]]
        yield from taken(of, param["kind"], where)
        clears = any("" in option.get("enum", []) for option in alternatives(of))
        if param["clearable"] != clears:
            yield f"{where}: can {'' if clears else 'not '}be cleared"
    required = set(schema.get("required", []))
    for name in sorted(required):
        if name not in names:
            yield f"{at}: lacks {name}, which is required"
        elif not next(param for param in params if param["name"] == name)["required"]:
            yield f"{at}[{name}]: is required"


def nested(text):
    """A form as nested objects; lists are objects until the schema says what they are."""
    root = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = name.replace("]", "").split("[")
        at, path = root, [first, *rest]
        for step, following in zip(path, path[1:]):
            at = at.setdefault(step or str(len(at)), {})
        at[path[-1] or str(len(at))] = value
    return root


def sent(schema, value, at):
    """What is wrong with a value that was sent. It is enough if one alternative takes it."""
    found = []
    for option in alternatives(schema):
        problems = list(sent_as(option, value, at))
        if not problems:
            return
        found.append(problems)
    yield from min(found, key=len)


def sent_as(schema, value, at):
    kind = schema.get("type")
    if "enum" in schema:
        if value not in [str(word) for word in schema["enum"]]:
            yield f"{at}: {value!r} is none of the words"
    elif kind == "object":
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no hash"
        elif schema.get("properties"):
            yield from sent_hash(schema, value, at)
        elif not schema.get("additionalProperties") or not all(isinstance(one, str) for one in value.values()):
            yield f"{at}: {value!r} is no map"
    elif kind == "array":
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            yield f"{at}: {value!r} is no list"
        else:
            for key, one in value.items():
                yield from sent(schema["items"], one, f"{at}[{key}]")
    elif not isinstance(value, str):
        yield f"{at}: {value!r} is no value"
    elif kind == "integer" and not value.lstrip("-").isdigit():
        yield f"{at}: {value!r} is no number"
    elif kind == "boolean" and value not in ("true", "false"):
        yield f"{at}: {value!r} is no boolean"
    elif kind == "string" and (value == "" or len(value) > schema.get("maxLength", 5000)):
        yield f"{at}: empty or too long"


def sent_hash(schema, value, at):
    for name, one in value.items():
        if name not in schema["properties"]:
            yield f"{at}[{name}]: unknown to Stripe"
        else:
            yield from sent(schema["properties"][name], one, f"{at}[{name}]")
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}[{name}]: is required"


def answer_schema(document, exchange, path):
    """The schema of the answer, by reference if it has a name."""
    if exchange["status"] >= 400:
        return {"$ref": f"{ROOT}#/components/schemas/error"}
    responses = document.operation(exchange["method"], path)["responses"]
    return strict(responses["200"]["content"]["application/json"]["schema"])


def check(document, record):
    for operation in record["operations"]:
        method, path = operation["method"], operation["path"]
        if not document.operation(method, path):
            yield f"{method} {path}: no such operation"
            continue
        yield from members(document.parameters(method, path), operation["params"], f"{method} {path} ")
    done = set()
    for exchange in record["exchanges"]:
        method = exchange["method"]
        path = document.find(method, exchange["path"])
        name = f"{method} {exchange['path']}"
        if not path:
            yield f"{name}: no such operation"
            continue
        if exchange["status"] < 400:
            done.add((method, path))
            given = nested(exchange["form"])
            yield from sent_hash(document.parameters(method, path), given, f"{name} ")
        for problem in document.differences(answer_schema(document, exchange, path), exchange["answer"]):
            yield f"{name}: {problem}"
    if record.get("complete"):
        for operation in record["operations"]:
            if (operation["method"], operation["path"]) not in done:
                yield f"{operation['method']} {operation['path']}: was never tried"
    for event in record["events"]:
        kind = event["type"]
        if kind not in document.event_types:
            yield f"event {kind}: no such type"
        for problem in document.differences({"$ref": f"{ROOT}#/components/schemas/event"}, event):
            yield f"event {kind}: {problem}"
        resource = document.resources[event["data"]["object"]["object"]]
        schema = {"$ref": f"{ROOT}#/components/schemas/{resource}"}
        for problem in document.differences(schema, event["data"]["object"]):
            yield f"event {kind}: {problem}"


def main():
    document = Document(sys.argv[1])
    problems = sorted(set(check(document, json.load(sys.stdin))))
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
