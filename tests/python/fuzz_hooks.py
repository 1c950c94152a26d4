"""Hooks of the API fuzzer: each call comes from another user and another address, so that rate limits do not hide
what is behind them, and half of the calls that name a job or a pull name one that the user has."""

import itertools
import os
import threading

import schemathesis

with open(os.environ["FUZZ_USERS"], encoding="ascii") as file:
    # credential, job, pull
    USERS = itertools.cycle([line.split("\t") for line in file.read().splitlines()])
NUMBERS = itertools.count(1)
LOCK = threading.Lock()


@schemathesis.auth(refresh_interval=None)
class EachUserInTurn:
    """The next user's access token."""

    def get(self, case, context):
        with LOCK:
            return next(USERS), next(NUMBERS)

    def set(self, case, data, context):
        (credential, job, pull), number = data
        case.headers = case.headers or {}
        case.headers["Authorization"] = credential
        case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if number % 2 and case.path_parameters and "id" in case.path_parameters:
            if case.path.startswith("/api/jobs/"):
                case.path_parameters["id"] = job
            elif case.path.startswith("/api/pulls/"):
                case.path_parameters["id"] = pull
