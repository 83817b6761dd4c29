"""Everything that the GitHub connector says on the wire is as GitHub describes it."""

import json
from collections.abc import Iterator

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.execution.values import get_variable_values

from connectors.github import api, queries
from connectors.github.connector import GitHubConnector
from connectors.github.graphql import without_features
from connectors.github.issue_fetch import AT_ONCE
from connectors.github.measure import COLUMN_TYPES, FIELD_VALUES
from connectors.github.repositories import names_request
from hub.model.action import Target
from hub.model.measure import Measure
from hub.model.message import Message, Point, Text
from hub.sandbox.github.query_cost import query_cost
from hub.sandbox.github.schema import schema as sandbox_schema
from tests.connectors.github.served import a_site, served
from tests.contract.github_schema import LATER_TYPES, current_schema, stored_schema
from tests.contract.openapi import github_checker

NAMES = [
    *("Issues", "Project", "Project fields", "Items"),
    *(f"Nested {name}" for name in queries.NESTED_QUERIES),
    *("Changed issues", "Milestone's issues", "Changed items", "All items", "Issues by id"),
    *("Owner's repositories", "One repository", "Owner's projects", "One project", "Issue types", "Issue fields"),
    *("Measured fields", "Types of columns"),
]
DOCUMENTS = (*queries.ALL_QUERIES, FIELD_VALUES, COLUMN_TYPES)
LARGEST_QUERY = 500_000
MOST_POINTS = 9


class Connections(Visitor):
    """Collects every connection of a document, with what is asked of it."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.asked: dict[str, set[str]] = {}
        self.sized: dict[str, set[str]] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        kind = self.types.get_type()
        if kind is not None and get_named_type(kind).name.endswith("Connection"):
            assert node.selection_set is not None
            self.asked[node.name.value] = {
                selection.name.value for selection in node.selection_set.selections if isinstance(selection, FieldNode)
            }
            self.sized[node.name.value] = {argument.name.value for argument in node.arguments or ()}


def connections(document: DocumentNode) -> Connections:
    types = TypeInfo(current_schema())
    found = Connections(types)
    visit(document, TypeInfoVisitor(types, found))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_document_is_valid_in_githubs_schema(document: str) -> None:
    assert validate(current_schema(), parse(document)) == []
    earlier = without_features(api.graphql(document, {}), LATER_TYPES).body["query"]
    assert validate(stored_schema(), parse(earlier)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_query_asks_first_what_it_costs(document: str) -> None:
    operation = parse(document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    first = operation.selection_set.selections[0]
    assert isinstance(first, FieldNode)
    assert first.name.value == "rateLimit"
    assert first.selection_set is not None
    asked = {selection.name.value for selection in first.selection_set.selections if isinstance(selection, FieldNode)}
    assert asked == {"cost", "limit", "remaining", "resetAt"}


@pytest.mark.parametrize("document", [queries.MINIMIZE, queries.UNMINIMIZE], ids=["fold", "unfold"])
def test_every_mutation_is_valid_in_githubs_schema(document: str) -> None:
    assert validate(stored_schema(), parse(document)) == []


def test_no_document_is_left_out_of_these_tests() -> None:
    held = {
        text
        for value in vars(queries).values()
        for text in (value.values() if isinstance(value, dict) else [value])
        if isinstance(text, str) and text.lstrip().startswith(("query", "mutation"))
    }
    assert held == {*queries.ALL_QUERIES, queries.MINIMIZE, queries.UNMINIMIZE}


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_connection_asks_where_it_ends(document: str) -> None:
    found = connections(parse(document))
    assert {name for name, asked in found.asked.items() if "pageInfo" not in asked} == set()
    assert {name for name, sized in found.sized.items() if not sized & {"first", "last"}} == set()
    assert found.asked or "Project(" in document


def test_every_variable_fits_the_schema() -> None:
    part = api.Slice(100, "cursor", backwards=True)
    chosen = api.issue_filter("CLOSED", since=None, labels=["initiative"], types=[])
    asked = [
        api.issues_page("acme/app", chosen | {"since": "2026-10-01T00:00:00Z", "type": "Epic"}, part),
        api.issues_page("acme/app", chosen, api.Slice(100)),
        api.find_project("acme/5"),
        api.items_page("PVT_1", part),
        *(api.nested_page(name, "I_1", None) for name in queries.NESTED_QUERIES),
        api.changed_issues("acme/app", "2026-11-16T09:00:00Z", "cursor"),
        api.milestone_issues("MI_1", "cursor"),
        api.changed_items("PVT_1", 3, None),
        api.changed_items("PVT_1", None, "cursor"),
        api.issues_by_id(["I_1", "I_2"]),
        names_request(["acme/app", "acme/web"]),
    ]
    for request in asked:
        operation = parse(request.body["query"]).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        values = get_variable_values(current_schema(), operation.variable_definitions, request.body["variables"])
        assert not isinstance(values, list), values
        assert request.idempotent


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_the_largest_page_of_every_query_stays_within_githubs_node_limit(document: str) -> None:
    times = AT_ONCE if "nodes(ids" in document else 1
    cost = query_cost(sandbox_schema(), parse(document), {"first": api.PER_PAGE})
    assert max(nodes(parse(document)), cost.nodes) * times <= LARGEST_QUERY
    assert cost.requests * times <= MOST_POINTS * 100


def nodes(document: DocumentNode) -> int:
    """As GitHub counts before it runs a query: each connection by its size, times those around it."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }

    def below(selections: SelectionSetNode, around: int) -> Iterator[int]:
        for selection in selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                yield from below(fragments[selection.name.value].selection_set, around)
            elif isinstance(selection, InlineFragmentNode):
                yield from below(selection.selection_set, around)
            elif isinstance(selection, FieldNode) and selection.selection_set:
                sizes = [argument.value for argument in selection.arguments or () if argument.name.value == "first"]
                here = around * int(getattr(sizes[0], "value", 100)) if sizes else around
                yield here if sizes else 0
                yield from below(selection.selection_set, here)

    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return sum(below(operation.selection_set, 1))


def test_every_rest_call_fits_the_description() -> None:
    checker = github_checker()
    site = a_site()
    site.add_field("acme/5", {"name": "Points", "type": "NUMBER"})
    item = site.add_issue("acme/app", "Work", labels=["bug"])
    site.add_item("acme/5", item, {"Status": "In Progress", "Points": 3})
    for number in range(120):
        site.add_comment("acme/app#1", f"chatter {number}")
    with served(site, around=checker.watch) as there:
        do_everything(there.connector(projects=["acme/5"]), there.target("acme/app#1"))
    assert checker.violations() == []
    asked = {(pair.method, pair.path.rstrip("0123456789")) for pair in checker.pairs}
    assert asked >= {
        ("GET", "/user"),
        ("GET", "/search/issues"),
        ("POST", "/graphql"),
        ("GET", "/repos/acme/app/issues/1/comments"),
        ("POST", "/repos/acme/app/issues/1/comments"),
        ("PATCH", "/repos/acme/app/issues/comments/"),
        ("DELETE", "/repos/acme/app/issues/comments/"),
        ("POST", "/repos/acme/app/labels"),
        ("POST", "/repos/acme/app/issues/1/labels"),
        ("DELETE", "/repos/acme/app/issues/1/labels/okr-stale"),
    }


def do_everything(connector: GitHubConnector, target: Target) -> None:
    message = Message("OKR check", (Point("a topic", (Text("words"),)),))
    connector.pull()
    comment = connector.create_comment(target, message)
    assert connector.find_comments(target) == [comment]
    connector.update_comment(target, comment.id, message)
    list(connector.define_labels(target, frozenset({"okr-unaligned"})))
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    connector.has_reply(target, comment.id)
    list(connector.find_own_comments([target]))
    connector.minimize_comment(target, comment.id, minimized=True)
    connector.delete_comment(target, comment.id)
    connector.measure(Measure(connector.name, "repo:acme/app is:issue", sum="Points"))
    list(connector.diagnose())
    connector.close()


def test_the_wire_carries_githubs_headers_and_json() -> None:
    request = api.graphql(queries.PROJECT, {"login": "acme", "number": 5})
    assert json.loads(json.dumps(request.body))["variables"] == {"login": "acme", "number": 5}
    assert api.headers("t0k3n")["Authorization"] == "Bearer t0k3n"
    assert api.headers("t0k3n")["X-GitHub-Api-Version"] == "2022-11-28"
