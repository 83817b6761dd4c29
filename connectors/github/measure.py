"""The value of a key result on GitHub: issues that a search finds, counted, or a number field of them added up.

The REST search is asked, and not GraphQL's: it says when it did not look everywhere (`incomplete_results`), and refuses
a repository that is not there or not to be seen, where GraphQL finds nothing (docs.github.com/rest/search/search).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from connectors.github import api
from connectors.github.queries import ISSUE_FIELDS, POINTS
from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Request, Response, content_of
from connectors.measures import number, total
from hub.model.errors import SourceError
from hub.model.measure import Measure
from hub.model.text import match_key

Json = dict[str, Any]
Send = Callable[[Request], Response]
MAX_FOUND = 1_000
"""GitHub shows no more results of one search than these; its count goes beyond."""
AT_ONCE = 50
NUMBER = "NUMBER"
_OWNER = re.compile(r"(?<![\w-])(?:repo|org|user|project|repository|owner):\"?([\w.-]+)", re.IGNORECASE)
_SCOPE = re.compile(r"(?<![\w-])(?:repo|org|user|project|repository|owner):\S", re.IGNORECASE)

# A field of the organization's by its name, and one of that name in the projects that the issue is in.
FIELD_VALUES = f"""
query($ids: [ID!]!, $field: String!) {{
  {POINTS}
  nodes(ids: $ids) {{
    ... on Issue {{ ...Values }}
  }}
}}
fragment Values on Issue {{
  id
  projectItems(first: 20) {{
    pageInfo {{ hasNextPage }}
    nodes {{
      project {{ field(name: $field) {{ ... on ProjectV2FieldCommon {{ dataType }} }} }}
      fieldValueByName(name: $field) {{ ...Value }}
    }}
  }}
  issueFieldValues(first: 50) {{
    pageInfo {{ hasNextPage }}
    nodes {{
      __typename
      ... on IssueFieldValueCommon {{ field {{ ... on IssueFieldCommon {{ name }} }} }}
      ... on IssueFieldNumberValue {{ number: value }}
    }}
  }}
}}
fragment Value on ProjectV2ItemFieldValue {{
  __typename
  ... on ProjectV2ItemFieldNumberValue {{ number }}
  ... on ProjectV2ItemIssueFieldValue {{ issueFieldValue {{ ... on IssueFieldNumberValue {{ number: value }} }} }}
}}
"""

# Columns of that name in the latest projects of an owner: asked where no issue shows the type of its field.
COLUMN_TYPES = f"""
query($login: String!, $field: String!) {{
  {POINTS}
  repositoryOwner(login: $login) {{
    ... on ProjectV2Owner {{
      projectsV2(first: 50, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
        pageInfo {{ hasNextPage }}
        nodes {{ field(name: $field) {{ ... on ProjectV2FieldCommon {{ dataType }} }} }}
      }}
    }}
  }}
}}
"""


def measure(declared: Measure, send: Send, client: ApiClient, name: str, places: Iterable[str] = ()) -> float:
    """See `connectors.capabilities.SupportsMeasures`; `send` goes to the REST API, `client` to GraphQL.

    `places` are the repositories and projects that the connector reads: their owners may have the field, too.
    """
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
    return total(name, declared, _values(declared, client, name, ids, _owners(declared.query, places)))


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


def _owners(query: str, places: Iterable[str]) -> tuple[str, ...]:
    """Whose fields the issues may have: who the query names, then the owners of what is read."""
    return tuple(dict.fromkeys((*_OWNER.findall(query), *(place.partition("/")[0] for place in places))))


def _values(
    declared: Measure, client: ApiClient, name: str, ids: Sequence[str], owners: Iterable[str]
) -> list[float | None]:
    """The field's values; SourceError where nothing says that there is such a number field, for then nothing was read.

    No issue, and no value in any of them, is a sum of 0 only where the field is known to exist and to hold numbers.
    """
    field = declared.sum or declared.field
    issues = list(_issues(client, name, ids, field))
    values = [_value(declared, name, issue) for issue in issues]
    if declared.field or any(value is not None for value in values):
        return values
    types = {kind for issue in issues for kind in _column_types(issue)}
    if NUMBER in types:
        return values
    if types:
        raise SourceError(name, f"the field {field} does not hold numbers")
    if not any(_has_number_field(client, owner, field) for owner in owners):
        places = "on the issues, in the projects of their owner or among the issue fields of their organization"
        raise SourceError(name, f"no number field {field} was found {places}")
    return values


def _has_number_field(client: ApiClient, owner: str, field: str) -> bool:
    """Whether one of the owner's projects, or the organization itself, has it; what may not be seen proves nothing."""
    columns = _owner_nodes(client, COLUMN_TYPES, ("repositoryOwner", "projectsV2"), {"login": owner, "field": field})
    if any((project.get("field") or {}).get("dataType") == NUMBER for project in columns):
        return True
    fields = _owner_nodes(client, ISSUE_FIELDS, ("organization", "issueFields"), {"login": owner})
    return any(match_key(str(row.get("name"))) == match_key(field) and row.get("dataType") == NUMBER for row in fields)


def _owner_nodes(client: ApiClient, document: str, path: tuple[str, str], variables: Json) -> list[Json]:
    answer = api.read_answer(client.send(api.graphql(document, variables)))
    connection = ((answer.data or {}).get(path[0]) or {}).get(path[1]) or {}
    return [node for node in connection.get("nodes") or () if node]


def _issues(client: ApiClient, name: str, ids: Sequence[str], field: str) -> Iterator[Json]:
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    requests = [api.graphql(FIELD_VALUES, {"ids": list(chunk), "field": field}) for chunk in chunks]
    for chunk, response in zip(chunks, client.send_all(requests), strict=True):
        if isinstance(response, SourceError):
            raise response
        answer = api.read_answer(response)
        nodes = (answer.data or {}).get("nodes")
        if answer.errors or not isinstance(nodes, list) or len(nodes) != len(chunk) or None in nodes:
            raise SourceError(name, f"fields did not come: {answer.error_text() or 'the answer is short'}")
        yield from nodes


def _value(declared: Measure, name: str, issue: Json) -> float | None:
    """The field's value, where the organization's field and the projects that the issue is in all say the same."""
    if not issue:
        raise SourceError(name, "fields are read of issues alone: add is:issue to the query")
    field = declared.sum or declared.field
    items = _nodes(issue, "projectItems", name)
    # Where there is no such connection, the server or the owner of the repository has no such fields.
    own = _nodes(issue, "issueFieldValues", name) if issue.get("issueFieldValues") is not None else []
    found = [value for item in items if (value := item.get("fieldValueByName"))]
    found += [value for value in own if match_key(str((value.get("field") or {}).get("name"))) == match_key(field)]
    numbers = {number(name, declared, _number_in(value)) for value in found}
    if len(numbers) > 1:
        raise SourceError(name, f"the field {field} of an issue differs between its projects and the issue itself")
    return next(iter(numbers), None)


def _number_in(value: Json) -> Any:
    """The number, also where a project's column shows a field of the organization."""
    return (value.get("issueFieldValue") or value).get("number")


def _nodes(issue: Json, connection: str, name: str) -> list[Json]:
    page = issue.get(connection)
    if not isinstance(page, dict) or (page.get("pageInfo") or {}).get("hasNextPage") is not False:
        raise SourceError(name, "the fields of an issue did not all come")
    return [node for node in page.get("nodes") or () if node]


def _column_types(issue: Json) -> Iterator[str]:
    """What the projects that the issue is in keep in their column of that name."""
    for item in (issue.get("projectItems") or {}).get("nodes") or ():
        if column := ((item or {}).get("project") or {}).get("field"):
            yield str(column.get("dataType"))
