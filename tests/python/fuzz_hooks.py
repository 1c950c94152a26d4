"""Hooks of the API fuzzer.

Calls come from many users and addresses, so that rate limits do not hide what is behind them; what one of them made is
asked for by the same one again, and half of the calls that name a thing name one that the user has. A check of our own
says which refusals of allowed requests are in order: those by a code that the operation describes, if the code is of
the domain and not of the request's form."""

import itertools
import json
import os
import re
import threading

import schemathesis
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["FUZZ_USERS"], encoding="utf-8") as lines:
    USERS = [json.loads(line) for line in lines]
TURNS = itertools.cycle(USERS)
NUMBERS = itertools.count(1)
LOCK = threading.Lock()
# Who made what, by its id.
OWNERS = {}

# The start of a path, its parameter, and what a user has of it.
PLACES = [
    ("/api/jobs/", "id", "job"),
    ("/api/pulls/", "id", "pull"),
    ("/api/webhooks/endpoints/", "id", "endpoint"),
    ("/api/heist/attempts/", "id", "heist"),
    ("/api/heist/can-rob/", "targetUserId", "target"),
    ("/admin/api/users/", "id", "target"),
]

# What is wrong with a request whatever it is about; none of it may be answered to one that the document allows.
OF_FORM = {
    "VALIDATION_FAILED", "MALFORMED_JSON", "UNREADABLE_BODY", "UNSUPPORTED_MEDIA_TYPE", "BODY_TOO_LARGE",
    "INVALID_IDEMPOTENCY_KEY", "METHOD_NOT_ALLOWED", "UNAUTHENTICATED", "NOT_ADMIN", "FOREIGN_ORIGIN",
    "UNAVAILABLE", "TIMED_OUT", "INTERNAL",
}


def known_place(case):
    """The parameter of the path that names something a user has, and what that is."""
    return next(((name, kind) for start, name, kind in PLACES if case.path.startswith(start)), None)


@schemathesis.auth(refresh_interval=None)
class OwnerOrNext:
    """The access token of whoever made what the path names; else of the next user."""

    def get(self, case, context):
        with LOCK:
            named = [OWNERS[value] for value in (case.path_parameters or {}).values() if value in OWNERS]
            return (named[0] if named else next(TURNS)), next(NUMBERS)

    def set(self, case, data, context):
        user, number = data
        case.headers = case.headers or {}
        case.headers["Authorization"] = user["credential"]
        case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        place, values = known_place(case), case.path_parameters or {}
        if place and number % 2 and place[0] in values and values[place[0]] not in OWNERS:
            case.path_parameters[place[0]] = user[place[1]]
        body_is_negative = case.meta is not None and case.meta.is_negative_at(ParameterLocation.BODY)
        if case.path == "/api/heist/execute" and number % 2 and isinstance(case.body, dict) and not body_is_negative:
            case.body["targetUserId"] = user["target"]


@schemathesis.hook
def after_call(context, case, response):
    """Keeps in mind who made what."""
    if response.status_code not in (200, 201, 202) or case.method not in ("POST", "PUT"):
        return
    try:
        made = response.json()
    except ValueError:
        return
    user = next((user for user in USERS if user["credential"] == case.headers.get("Authorization")), None)
    if user and isinstance(made, dict):
        OWNERS.update({value: user for name, value in made.items() if name == "id" or name.endswith("Id") if value})


def describes(case, response, code):
    """Whether the operation describes that it answers this status with this code."""
    described = case.operation.definition.raw["responses"].get(str(response.status_code), {}).get("description", "")
    return code in re.findall(r"`([A-Z][A-Z_]+)`", described)


@schemathesis.check
def refusals_have_a_described_reason(ctx, response, case):
    """Every refusal has a code that the operation describes, and an allowed request is refused for the domain's reasons."""
    if response.status_code < 400 or case.meta is None:
        return
    problem = response.json()
    code = problem["error"]
    if response.status_code != 405:
        assert describes(case, response, code), f"{response.status_code} {code} is not described"
    if case.meta.generation.mode.is_positive and code in OF_FORM:
        fields = (problem.get("details") or {}).get("fields") or [{}]
        of_form = code != "VALIDATION_FAILED" or not all(field.get("code") for field in fields)
        assert not of_form, f"the document allows this request, and it was refused with {code}: {problem['message']}"
