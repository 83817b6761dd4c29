"""The executable schema: our SDL, and for each of its fields how it is answered."""

import re
from collections.abc import Callable
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from graphql import GraphQLAbstractType, GraphQLObjectType, GraphQLSchema, build_schema, is_abstract_type

from hub.sandbox.github import project_resolvers as projects
from hub.sandbox.github import resolvers as tickets
from hub.sandbox.github import roots
from hub.sandbox.github.issue_field_state import KINDS
from hub.sandbox.github.resolvers import Resolver

SDL = Path(__file__).with_name("schema.graphql")

RESOLVERS: dict[str, dict[str, Resolver]] = {
    "Query": roots.QUERY,
    "Mutation": roots.MUTATION,
    **dict.fromkeys(("User", "Organization", "Bot"), roots.ACCOUNT),
    "Repository": tickets.REPOSITORY,
    "Issue": tickets.ISSUE,
    "PullRequest": tickets.ISSUE,
    "IssueComment": tickets.COMMENT,
    "IssueType": tickets.ISSUE_TYPE,
    "Label": tickets.LABEL,
    "Milestone": tickets.MILESTONE,
    "PageInfo": tickets.PAGE_INFO,
    "ProjectV2": projects.PROJECT,
    "ProjectV2Item": projects.ITEM,
    "DraftIssue": projects.DRAFT,
    **dict.fromkeys(("ProjectV2Field", "ProjectV2SingleSelectField", "ProjectV2IterationField"), projects.FIELD),
    "ProjectV2SingleSelectFieldOption": projects.OPTION,
    "ProjectV2IterationFieldIteration": projects.ITERATION,
    "ProjectV2ItemIssueFieldValue": projects.ISSUE_FIELD_COLUMN,
    **{f"IssueField{kind}": projects.ISSUE_FIELD for kind in KINDS.values()},
    **{f"IssueField{kind}Value": projects.ISSUE_FIELD_VALUE for kind in KINDS.values()},
    **dict.fromkeys(("IssueFieldSingleSelectOption", "IssueFieldMultiSelectOption"), projects.ISSUE_FIELD_OPTION),
}


def resolvers_of(type_name: str) -> dict[str, Resolver]:
    """How the fields of a type are answered; connections, edges and values are alike."""
    if type_name in RESOLVERS:
        return RESOLVERS[type_name]
    if type_name.endswith("Connection"):
        return tickets.CONNECTION
    if type_name.endswith("Edge"):
        return tickets.EDGE
    return projects.VALUE if type_name.startswith("ProjectV2ItemField") else {}


def by_value(type_name: str, field_name: str) -> Callable[[Any], Any] | None:
    """The field's answer as a function of the value alone, where it is just an attribute or a key."""
    resolver = resolvers_of(type_name).get(field_name)
    if resolver is None:
        return itemgetter(field_name)
    return attrgetter(resolver) if isinstance(resolver, str) else None


def by_view(type_name: str, field_name: str) -> Callable[..., Any]:
    """The field's answer as a function of value, view and arguments, where it is one."""
    resolver = resolvers_of(type_name)[field_name]
    assert callable(resolver)  # noqa: S101
    return resolver


def snake(name: str) -> str:
    """An argument's name as Python writes it."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@cache
def schema() -> GraphQLSchema:
    """The schema, built at the first call."""
    built = build_schema(SDL.read_text(encoding="utf-8"))
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            _attach(kind)
        elif is_abstract_type(kind):
            kind.resolve_type = _type_name
    return built


def _attach(kind: GraphQLObjectType) -> None:
    for name, field in kind.fields.items():
        read = by_value(kind.name, name)
        field.resolve = _resolve_value(read) if read else _resolve_with_view(by_view(kind.name, name))
        for argument, definition in field.args.items():
            definition.out_name = snake(argument)


def _resolve_value(read: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda value, _info, **_args: read(value)


def _resolve_with_view(resolver: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value, info, **args: resolver(value, info.context, **args)


def _type_name(value: Any, _info: Any, _kind: GraphQLAbstractType) -> str:
    name: str = value.typename
    return name
