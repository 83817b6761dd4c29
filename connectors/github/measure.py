"""The value of a key result on GitHub: issues that a search finds, counted, or a Project's number field added up.

The REST search is asked, and not GraphQL's: it says when it did not look everywhere (`incomplete_results`), and refuses
a repository that is not there or not to be seen, where GraphQL finds nothing (docs.github.com/rest/search/search).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.github import api
from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Request, Response, content_of
from connectors.measures import number, total
from hub.model.errors import SourceError
from hub.model.measure import Measure

Json = dict[str, Any]
Send = Callable[[Request], Response]
MAX_FOUND = 1_000
"""GitHub shows no more results of one search than these; its count goes beyond."""
AT_ONCE = 50
_SCOPE = re.compile(r"(?<![\w-])(?:repo|org|user|project|repository|owner):\S", re.IGNORECASE)

FIELD_VALUES = """
query($ids: [ID!]!, $field: String!) {
  nodes(ids: $ids) {
    ... on Issue { id projectItems(first: 20) { ...values } }
  }
}
fragment values on ProjectV2ItemConnection {
  pageInfo { hasNextPage }
  nodes { fieldValueByName(name: $field) { __typename ... on ProjectV2ItemFieldNumberValue { number } } }
}
"""


def measure(declared: Measure, send: Send, client: ApiClient, name: str) -> float:
    """See `connectors.capabilities.SupportsMeasures`; `send` goes to the REST API, `client` to GraphQL."""
    if not _SCOPE.search(declared.query):
        raise SourceError(
            name, "the query names no repository, organization or project: add one, such as repo:owner/name"
        )
    is_count = not (declared.sum or declared.field)
    page = _page(send, name, declared.query, 1, size=1 if is_count else api.PER_PAGE)
    count = _count(name, page)
    if is_count:
        return float(count)
    if declared.field and count != 1:
        return total(name, declared, [None] * count)
    if count > MAX_FOUND:
        raise SourceError(name, f"the query finds {count:,} issues, and GitHub shows {MAX_FOUND:,} of them at most")
    ids = list(_ids(page))
    for page_number in range(2, -(-count // api.PER_PAGE) + 1):
        ids += _ids(_page(send, name, declared.query, page_number))
    if len(set(ids)) != count:
        raise SourceError(name, f"the search counts {count:,} issues and shows {len(set(ids)):,}")
    return total(name, declared, _values(declared, client, name, ids))


def _page(send: Send, name: str, query: str, page: int, size: int = api.PER_PAGE) -> Json:
    params: dict[str, str | int] = {"q": query, "per_page": size, "page": page, "advanced_search": "true"}
    content = content_of(send(Request("GET", "/search/issues", params=params, kind=CallKind.SEARCH)))
    if not isinstance(content, dict) or content.get("incomplete_results") is not False:
        raise SourceError(name, "the search did not come to its end")
    return content


def _count(name: str, page: Json) -> int:
    count = page.get("total_count")
    if not isinstance(count, int) or isinstance(count, bool):
        raise SourceError(name, "the search gave no count")
    return count


def _ids(page: Json) -> Iterator[str]:
    yield from (str(item["node_id"]) for item in page.get("items") or () if isinstance(item, dict))


def _values(declared: Measure, client: ApiClient, name: str, ids: Sequence[str]) -> Iterator[float | None]:
    field = declared.sum or declared.field
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    requests = [api.graphql(FIELD_VALUES, {"ids": list(chunk), "field": field}) for chunk in chunks]
    for chunk, response in zip(chunks, client.send_all(requests), strict=True):
        if isinstance(response, SourceError):
            raise response
        answer = api.read_answer(response)
        nodes = (answer.data or {}).get("nodes")
        if answer.errors or not isinstance(nodes, list) or len(nodes) != len(chunk):
            raise SourceError(name, f"project fields did not come: {answer.error_text() or 'the answer is short'}")
        yield from (_value(declared, name, node) for node in nodes)


def _value(declared: Measure, name: str, node: Any) -> float | None:
    """The field's value in the projects that the issue is in, where they all say the same."""
    if node == {}:
        raise SourceError(name, "fields are read of issues alone: add is:issue to the query")
    items = (node or {}).get("projectItems")
    if not isinstance(items, dict) or items.get("pageInfo", {}).get("hasNextPage") is not False:
        raise SourceError(name, "the projects of an issue did not all come")
    found = [item["fieldValueByName"] for item in items.get("nodes") or () if (item or {}).get("fieldValueByName")]
    numbers = {number(name, declared, value.get("number")) for value in found}
    if len(numbers) > 1:
        raise SourceError(name, f"the field {declared.sum or declared.field} of an issue differs between its projects")
    return next(iter(numbers), None)
