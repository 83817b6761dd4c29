"""schemathesis asks the API whatever its own description allows, and much that it does not."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from hub.usecases.assess import StoredState
from hub.web.app import make_app
from hub.web.snapshot_cache import LoopbackAuth, SnapshotCache, WebDependencies
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, a_run, a_site, read_of, reading

TICKETS = (an_initiative("jira:ACME-1", serves="dau"), an_initiative("jira:ACME-2"), an_initiative("github:acme/app#1"))
ADDRESSES = 13
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(name="schema", scope="module")
def a_schema() -> Iterator[OpenApiSchema]:
    looks = FakeSnapshotSource(remembered=StoredState(read_of(*TICKETS), runs=(a_run(1, counts={"errors": 1}),)))
    site = WebDependencies(SnapshotCache(looks), LoopbackAuth(), lambda: NOW)
    yield schemathesis.openapi.from_asgi("/api/openapi.json", make_app(site))
    site.snapshots.close()


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_as_the_description_says(schema: OpenApiSchema, mode: GenerationMode) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == ADDRESSES
    # Where nothing can be said, nothing wrong can be said.
    open_to_words = [operation for operation in operations if operation.query or operation.path_parameters]
    for operation in operations if mode is GenerationMode.POSITIVE else open_to_words:

        @given(case=operation.as_strategy(generation_mode=mode))
        @FEW
        def asked(case: schemathesis.Case) -> None:
            case.call_and_validate()

        asked()


def test_known_things_are_answered_in_the_described_shape(schema: OpenApiSchema) -> None:
    known = {
        "/api/key-results/{key_result}": {"key_result": "dau"},
        "/api/teams/{team}": {"team": "product"},
        "/api/tickets/{connector}/{key}": {"connector": "jira", "key": "ACME-1"},
        "/api/runs/{run}": {"run": 1},
        "/api/rules/{rule}": {"rule": "split-goal"},
    }
    for path, names in known.items():
        answer = schema[path]["GET"].Case(path_parameters=names).call_and_validate()
        assert answer.status_code == 200, path


def undescribed(value: Any, kind: dict[str, Any], document: dict[str, Any], at: str = "") -> Iterator[str]:
    """Keys of an answer that its description does not name, however deep."""
    if "$ref" in kind:
        kind = document["components"]["schemas"][kind["$ref"].rpartition("/")[2]]
    if choices := kind.get("anyOf"):
        yield from min((list(undescribed(value, choice, document, at)) for choice in choices), key=len)
    elif isinstance(value, dict) and (known := kind.get("properties")) is not None:
        for name, part in value.items():
            yield from undescribed(part, known[name], document, f"{at}.{name}") if name in known else [f"{at}.{name}"]
    elif isinstance(value, list) and "items" in kind:
        for part in value:
            yield from undescribed(part, kind["items"], document, at)


def bare(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


@pytest.mark.parametrize(
    "path",
    [
        "/api/findings",
        "/api/key-results",
        "/api/teams",
        "/api/runs",
        "/api/rules",
        "/api/audit",
        "/api/key-results/{dau}",
        "/api/teams/{product}",
        "/api/tickets/{jira}/{ACME-1}",
        "/api/runs/{1}",
        "/api/rules/{split-goal}",
    ],
)
def test_every_key_of_an_answer_is_described(path: str) -> None:
    looks = FakeSnapshotSource(remembered=StoredState(read_of(*TICKETS), runs=(a_run(1, counts={"errors": 1}),)))
    with reading(a_site(looks)) as reader:
        document = reader.get("/api/openapi.json").json()
        answer = reader.get(path.replace("{", "").replace("}", "")).json()
    (described,) = (found for name, found in document["paths"].items() if bare(name) == bare(path))
    kind = described["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer
    assert list(undescribed(answer, kind, document)) == []
