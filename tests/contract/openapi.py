"""Checks requests and answers against a vendor's OpenAPI description: one pair, or all that pass through an app.

checker = jira_checker()                              # skips the test where the descriptions are absent
sandbox = jira_app(site, around=checker.watch)
...                                                   # talk to the sandbox over HTTP
assert checker.violations() == []
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.datastructures import Headers, ImmutableMultiDict

ROOT = Path(__file__).parents[2]


def specs() -> Path:
    """The folder of the vendors' descriptions; skips the test where it is absent."""
    folder = Path(os.environ.get("HUB_SPECS") or ROOT.parent / "shared" / "specs")
    if not folder.is_dir():
        pytest.skip(f"no vendor descriptions in {folder}; name their folder in HUB_SPECS")
    return folder


@dataclass(frozen=True)
class Pair:
    """A request and its answer as they went over the wire."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes
    status: int
    answer_type: str
    answer: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class _Asked:
    """A pair's request in the form that the validator reads."""

    def __init__(self, pair: Pair, host: str) -> None:
        self.host_url = host
        self.path = pair.path
        self.method = pair.method.lower()
        self.content_type = pair.content_type
        self.body = pair.body or None
        query = ImmutableMultiDict(parse_qsl(pair.query, keep_blank_values=True))
        self.parameters = RequestParameters(query=query, header=Headers({"content-type": pair.content_type}))


@dataclass(frozen=True)
class Described:
    """A description, ready to judge by; `queries` holds the query parameters that each operation knows."""

    api: OpenAPI
    queries: list[tuple[re.Pattern[str], dict[str, frozenset[str]]]]

    def unknown_queries(self, pair: Pair) -> list[str]:
        for pattern, operations in self.queries:
            if pattern.fullmatch(pair.path) and pair.method.lower() in operations:
                known = operations[pair.method.lower()]
                return [f"no query parameter {name}" for name, _ in parse_qsl(pair.query) if name not in known]
        return []


@dataclass
class Checker:
    """Collects pairs and says what is wrong with them. `foreign` are paths that the description need not know.

    `under` matches what stands before the paths that the description begins with, such as a context path.
    """

    described: Described
    host: str
    foreign: Callable[[str], bool]
    under: re.Pattern[str] = re.compile("")
    pairs: list[Pair] = field(default_factory=list)

    def watch(self, app: ASGIApp) -> ASGIApp:
        """The app with this checker listening; nothing is judged while it runs."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            sent, got, start = bytearray(), bytearray(), {}

            async def hear() -> Message:
                message = await receive()
                sent.extend(message.get("body", b""))
                return message

            async def say(message: Message) -> None:
                got.extend(message.get("body", b""))
                if message["type"] == "http.response.start":
                    start.update(message)
                elif not message.get("more_body"):
                    # Noted before the last byte leaves, so that whoever has the answer finds the pair.
                    self.pairs.append(_pair(scope, bytes(sent), start, bytes(got)))
                await send(message)

            await app(scope, hear, say)

        return watched

    def violations(self) -> list[str]:
        """What is wrong with the pairs so far, a line for each; empty when all are as described."""
        return [f"{pair}: {wrong}" for pair in self.pairs for wrong in self.check(pair)]

    def check(self, pair: Pair) -> list[str]:
        """What is wrong with one pair. Requests that were refused need not have been right."""
        pair = replace(pair, path=self.under.sub("", pair.path, count=1))
        if self.foreign(pair.path):
            return []
        asked, api = _Asked(pair, self.host), self.described.api
        found = [] if pair.status >= 400 else _faults(api.iter_request_errors, asked)
        found += self.described.unknown_queries(pair)
        if pair.status == 429:
            # Limits may be met anywhere and are described nowhere.
            return found
        kind = pair.answer_type.partition(";")[0]
        # An answer without content has none to judge, only its status.
        answer = MockResponse(b"{}" if pair.status == 204 else pair.answer, pair.status, {}, kind or "application/json")
        return found + [f"answer: {fault}" for fault in _faults(api.iter_response_errors, asked, answer)]


def _faults(judge: Callable[..., Any], *parts: Any) -> list[str]:
    return [_words(error) for error in judge(*parts)]


def _words(error: BaseException) -> str:
    """The innermost reason, with the place in the document where there is one."""
    inner: Any = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    details = [f"{'/'.join(map(str, item.path))}: {item.message[:300]}" for item in getattr(inner, "schema_errors", ())]
    return "; ".join(details) or f"{type(inner).__name__}: {str(inner)[:300]}"


def _pair(scope: Scope, sent: bytes, start: dict[str, Any], got: bytes) -> Pair:
    asked = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    said = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Pair(
        scope["method"],
        scope["path"],
        scope["query_string"].decode(),
        asked.get("content-type", ""),
        sent,
        start["status"],
        said.get("content-type", ""),
        got,
    )


@cache
def _described(name: str) -> Described:
    document = _without_security(json.loads((specs() / name).read_text(), object_hook=_null_among_values))
    # The vendors' own time stamps are not all of the form that "date-time" demands.
    anything = {name: lambda _value: True for name in ("date-time", "uri", "date")}
    api = OpenAPI.from_dict(document, config=Config(extra_format_validators=anything, spec_validator_cls=None))
    # As in the validator, a path without a placeholder goes before one that has it there.
    paths = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
    return Described(api, [_queries(document, path, operations) for path, operations in paths])


def _null_among_values(part: dict[str, Any]) -> dict[str, Any]:
    """GitHub's description says "nullable" beside an enum and forgets null among its values, yet the API sends it."""
    if part.get("nullable") is True and isinstance(part.get("enum"), list) and None not in part["enum"]:
        part["enum"].append(None)
    return part


def _queries(
    document: dict[str, Any], path: str, operations: dict[str, Any]
) -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    shared = operations.get("parameters", [])
    known = {
        verb: frozenset(
            row["name"]
            for row in (_resolved(document, part) for part in (*shared, *operation.get("parameters", [])))
            if row["in"] == "query"
        )
        for verb, operation in operations.items()
        if isinstance(operation, dict)
    }
    return re.compile(_base(document) + re.sub(r"\{[^}]+\}", "[^/]+", path)), known


def _base(document: dict[str, Any]) -> str:
    """What the server's address adds before every path."""
    return re.sub(r"^https?://[^/]+", "", document["servers"][0]["url"]).rstrip("/")


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    for step in part["$ref"].split("/")[1:]:
        document = document[step]
    return document


def _without_security(document: dict[str, Any]) -> dict[str, Any]:
    """Who may call what is the sandbox's own business, and has its own tests."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return {name: part for name, part in document.items() if name != "security"}


def jira_checker() -> Checker:
    """A checker for Jira Cloud, version 3 of its API."""
    described = _described("jira-openapi-subset.json")
    return Checker(described, "https://your-domain.atlassian.net", _not_rest, re.compile(r"^/ex/jira/[^/]+"))


def center_checker() -> Checker:
    """A checker for Jira Data Center, whose paths begin after `/rest`."""
    described = _described("jira-dc-openapi-subset.json")
    return Checker(described, "http://localhost:8090/rest", lambda path: "/api/" not in path, re.compile("^(?:/jira)?"))


def _not_rest(path: str) -> bool:
    return not path.startswith("/rest/api/3/")


def github_checker() -> Checker:
    """A checker for GitHub's REST API; GraphQL is executed over a schema and needs none."""
    return Checker(_described("github-openapi-subset.json"), "https://api.github.com", _graphql_or_page)


def _graphql_or_page(path: str) -> bool:
    return (
        path == "/" or path.endswith("/graphql") or not path.startswith(("/repos", "/orgs", "/user", "/rate", "/app"))
    )
