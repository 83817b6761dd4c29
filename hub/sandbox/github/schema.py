"""The executable schema: our SDL, and for each of its fields how it is answered."""

import re
from collections.abc import Callable
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from graphql import GraphQLAbstractType, GraphQLObjectType, GraphQLSchema, build_schema, is_abstract_type

from hub.sandbox.github import project_resolvers as board
from hub.sandbox.github import resolvers as tickets
from hub.sandbox.github import roots
from hub.sandbox.github.resolvers import Resolver

SDL = Path(__file__).with_name("schema.graphql")

ANSWERS: dict[str, dict[str, Resolver]] = {
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
    "ProjectV2": board.PROJECT,
    "ProjectV2Item": board.ITEM,
    "DraftIssue": board.DRAFT,
    **dict.fromkeys(("ProjectV2Field", "ProjectV2SingleSelectField", "ProjectV2IterationField"), board.FIELD),
    "ProjectV2SingleSelectFieldOption": board.OPTION,
    "ProjectV2IterationFieldIteration": board.ITERATION,
}


def answers_of(type_name: str) -> dict[str, Resolver]:
    """How the fields of a type are answered; connections, edges and values are alike."""
    if type_name in ANSWERS:
        return ANSWERS[type_name]
    if type_name.endswith("Connection"):
        return tickets.CONNECTION
    if type_name.endswith("Edge"):
        return tickets.EDGE
    return board.VALUE if type_name.startswith("ProjectV2ItemField") else {}


def by_value(type_name: str, field_name: str) -> Callable[[Any], Any] | None:
    """The field's answer as a function of the value alone, where it is just an attribute or a key."""
    answer = answers_of(type_name).get(field_name)
    if answer is None:
        return itemgetter(field_name)
    return attrgetter(answer) if isinstance(answer, str) else None


def by_view(type_name: str, field_name: str) -> Callable[..., Any]:
    """The field's answer as a function of value, view and arguments, where it is one."""
    answer = answers_of(type_name)[field_name]
    assert callable(answer)  # noqa: S101
    return answer


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
        field.resolve = _reads(read) if read else _asks(by_view(kind.name, name))
        for argument, given in field.args.items():
            given.out_name = snake(argument)


def _reads(read: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda value, _info, **_args: read(value)


def _asks(answer: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value, info, **args: answer(value, info.context, **args)


def _type_name(value: Any, _info: Any, _kind: GraphQLAbstractType) -> str:
    name: str = value.typename
    return name
