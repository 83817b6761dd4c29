"""The sandbox GitHub against the vendor's descriptions: REST answers by OpenAPI, our SDL by the public schema."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_specified_scalar_type,
)

from hub.sandbox.github.limits import Secondary
from hub.sandbox.github.schema import SDL
from hub.sandbox.github.site import BOT
from tests.contract.github_schema import current_schema
from tests.contract.openapi import Checker, github_checker
from tests.hub.sandbox.github_site import a_site, served
from tests.sandbox_support.apps import github_app

APP = "/repos/acme/app"
EPIC = f"{APP}/issues/12"


@pytest.fixture
def checker() -> Checker:
    found = github_checker()
    found.pairs.clear()
    return found


@pytest.fixture
def github(checker: Checker) -> Iterator[httpx.Client]:
    site = a_site()
    site.add_issue("acme/app", "A pull request", number=30, pull_request=True)
    site.add_comment("acme/app#12", "From an account that is gone", None)
    for kind, value in (
        ("DATE", "2026-11-30"),
        ("NUMBER", 3),
        ("TEXT", "dau"),
        ("SINGLE_SELECT", "a"),
        ("MULTI_SELECT", ["a"]),
    ):
        options = ["a", "b"] if kind.endswith("SELECT") else []
        site.add_issue_field("acme", {"name": kind, "type": kind, "options": options})
        site.set_issue_field("acme/app#12", kind, value)
    with served(github_app(site, middleware=checker.watch)) as client:
        yield client


READS = [
    "/user",
    "/rate_limit",
    APP,
    f"{APP}/issues",
    f"{APP}/issues?state=all&sort=updated&direction=asc&since=2026-01-01T00:00:00Z&per_page=2&page=2",
    EPIC,
    f"{APP}/issues/30",
    f"{EPIC}/comments",
    f"{APP}/issues/comments?sort=updated&direction=asc&per_page=100",
    f"{EPIC}/labels",
    f"{APP}/labels",
    f"{APP}/labels/kr-dau",
    "/orgs/acme/issue-fields",
    f"{EPIC}/issue-field-values",
    f"{EPIC}/parent",
    f"{APP}/issues/3/sub_issues",
    f"{EPIC}/dependencies/blocked_by",
    f"{APP}/issues/4/dependencies/blocking",
    "/search/issues?q=repo:acme/app%20is:issue&per_page=1&advanced_search=true",
]


@pytest.mark.parametrize("path", READS)
def test_what_can_be_read_is_as_described(checker: Checker, github: httpx.Client, path: str) -> None:
    assert github.get(path).status_code == 200
    assert len(checker.pairs) == 1
    assert checker.violations() == []


def test_every_write_is_answered_as_described(checker: Checker, github: httpx.Client) -> None:
    comment = github.post(f"{EPIC}/comments", json={"body": "Ours"}).json()
    here = f"{APP}/issues/comments/{comment['id']}"
    answers = [
        github.get(here),
        github.patch(here, json={"body": "Ours, edited"}),
        github.delete(here),
        github.post(f"{APP}/labels", json={"name": "okr-stale", "color": "ff0000", "description": "old"}),
        github.post(f"{EPIC}/labels", json={"labels": ["okr-stale"]}),
        github.delete(f"{EPIC}/labels/okr-stale"),
        github.patch(EPIC, json={"title": "Another", "state": "closed", "state_reason": "completed"}),
        github.post(f"{APP}/issues", json={"title": "New", "labels": ["kr-dau"]}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 204, 201, 200, 200, 200, 201]
    assert checker.violations() == []


def test_every_error_is_answered_as_described(checker: Checker, github: httpx.Client) -> None:
    site_wide = {"authorization": "Bearer wrong"}
    answers = [
        github.get("/user", headers=site_wide),
        github.get("/repos/acme/nothing"),
        github.get(f"{APP}/issues/99"),
        github.delete(f"{EPIC}/labels/nothing"),
        github.post(f"{EPIC}/comments", json={"body": "x" * 70_000}),
        github.post(f"{APP}/labels", json={"name": "kr-dau"}),
        github.get(f"{APP}/issues?since=yesterday"),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 404, 404, 422, 422, 422]
    assert checker.violations() == []


def test_a_limited_call_is_answered_as_described(checker: Checker) -> None:
    sandbox = github_app(a_site(), middleware=checker.watch)
    with served(sandbox) as client:
        sandbox.limits.secondary = Secondary(times=1)
        assert client.post(f"{EPIC}/comments", json={"body": "x"}).status_code == 403
        sandbox.limits.exhaust("core", BOT)
        assert client.post(f"{EPIC}/comments", json={"body": "x"}).status_code == 403
    assert checker.violations() == []


def ours() -> GraphQLSchema:
    return build_schema(SDL.read_text(encoding="utf-8"))


def names() -> list[str]:
    own = ours().type_map.values()
    return sorted(kind.name for kind in own if not kind.name.startswith("__") and not is_specified_scalar_type(kind))


@pytest.mark.parametrize("name", names())
def test_each_type_of_ours_is_part_of_the_vendor_s(name: str) -> None:
    mine, vendor = ours().type_map[name], current_schema().type_map.get(name)
    assert type(vendor) is type(mine)
    assert list(differences(mine, vendor)) == []


def differences(mine: Any, vendor: Any) -> Iterator[str]:
    if isinstance(mine, GraphQLEnumType):
        yield from (f"no value {value}" for value in mine.values if value not in vendor.values)
    if isinstance(mine, GraphQLUnionType):
        known = {kind.name for kind in vendor.types}
        yield from (f"no member {kind.name}" for kind in mine.types if kind.name not in known)
    if isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
        known = {kind.name for kind in vendor.interfaces}
        yield from (f"does not implement {kind.name}" for kind in mine.interfaces if kind.name not in known)
        yield from field_differences(mine, vendor)
    if isinstance(mine, GraphQLInputObjectType):
        yield from input_differences(mine.fields, vendor.fields)


def field_differences(mine: Any, vendor: Any) -> Iterator[str]:
    for name, field in mine.fields.items():
        other = vendor.fields.get(name)
        if other is None or str(other.type) != str(field.type):
            yield f"{name}: {field.type}, there {other and other.type}"
        else:
            yield from (f"{name}({wrong})" for wrong in input_differences(field.args, other.args))


def input_differences(mine: Any, vendor: Any) -> Iterator[str]:
    """Ours must be there with its type, and nothing that they demand may be missing here."""
    for name, given in mine.items():
        if name not in vendor or str(vendor[name].type) != str(given.type):
            yield f"{name}: {given.type}"
    for name, given in vendor.items():
        if str(given.type).endswith("!") and name not in mine:
            yield f"{name} is demanded there"
