"""The reference of the HTTP API, from its OpenAPI description."""

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from fastapi.openapi.utils import get_openapi

from docs.generate.markdown import code, page, table
from hub import __version__
from hub.web.api.routes import api_routes
from hub.web.snapshot_cache import WebDependencies

Json = Mapping[str, Any]
INTRODUCTION = """
`hub serve` answers these addresses. All of them only read. The same sign-in as for the pages applies: programs send
`Authorization: Bearer …`; see [access and sign-in](../how-to/access-and-sign-in.md). Private key results show for their
audience only.

The full description is served at `/api/openapi.json`, and a copy stands [here](openapi.json) for generators of clients.

- Lists take `limit` and `offset`, give their length in `X-Total-Count` and the next part in `Link`.
- Each answer has an `ETag`; with `If-None-Match` the answer is 304 as long as nothing changed.
- Errors are `application/problem+json`.
"""


def openapi_document() -> dict[str, Any]:
    """The description that the service gives."""
    nothing: Callable[..., None] = lambda *_: None  # noqa: E731  nobody asks for a snapshot here
    dependencies = cast("WebDependencies", SimpleNamespace(snapshots=SimpleNamespace(on_new_snapshot=nothing)))
    summary = "How work is linked to OKRs. Read-only."
    routes = api_routes(dependencies).routes
    return get_openapi(title="Alignment Hub", version=__version__, summary=summary, routes=routes)


def api_page() -> str:
    """`reference/api.md`."""
    document = openapi_document()
    parts = [INTRODUCTION]
    for path, operations in document["paths"].items():
        parts += _operation(path, operations["get"], document)
    return page("HTTP API", *parts)


def _operation(path: str, operation: Json, document: Json) -> Iterator[str]:
    yield f"## `GET {path}`"
    yield str(operation.get("summary", ""))
    if parameters := [_resolved(part, document) for part in operation.get("parameters", ())]:
        rows = [(code(p["name"]), p["in"], _kind(p, document), p.get("description", "")) for p in parameters]
        yield table(("parameter", "in", "type", "what it is for"), rows)
    answers = [(status, str(answer.get("description", ""))) for status, answer in operation["responses"].items()]
    yield table(("answer", "means"), answers)


def _kind(parameter: Json, document: Json) -> str:
    schema = _resolved(parameter.get("schema", {}), document)
    choices = [_resolved(part, document) for part in schema.get("anyOf", ())] or [schema]
    words = []
    for choice in choices:
        if "enum" in choice:
            words += [code(value) for value in choice["enum"]]
        elif choice.get("type") not in (None, "null"):
            words.append(str(choice["type"]))
    return " or ".join(words)


def _resolved(part: Json, document: Json) -> Json:
    reference = str(part.get("$ref", ""))
    at: Any = document
    for name in reference.removeprefix("#/").split("/") if reference else ():
        at = at[name]
    return at if reference else part
