"""A page that came in part tells what is missing, at the entry where that can be named."""

from typing import Any

from connectors.github.api import GraphQLAnswer, Slice, read_answer
from connectors.github.graphql import is_forbidden, is_unknown, overflows, read
from connectors.github.normalise import ERRORED_FIELDS
from connectors.http.messages import Response
from tests.connectors.github.rows import issue, item, whole

PATH = ("repository", "issues")


def answer(*nodes: Any, errors: list[dict[str, Any]] | None = None, path: tuple[str, str] = PATH) -> GraphQLAnswer:
    import json

    page = {"totalCount": len(nodes), "pageInfo": {"hasNextPage": False, "endCursor": "e"}, "nodes": list(nodes)}
    content = {"data": {path[0]: {path[1]: page}}, "errors": errors or []}
    return read_answer(Response(200, {}, json.dumps(content).encode()))


def error(*path: str | int, kind: str = "FORBIDDEN") -> dict[str, Any]:
    return {"type": kind, "message": "no", "path": list(path)}


def test_a_whole_page_has_no_reasons() -> None:
    reading = read(answer(issue(1), issue(2)), PATH)
    assert reading is not None
    assert (len(reading.nodes), reading.missing_count, reading.reasons) == (2, 0, ())
    assert reading.cursor(Slice(10)) == (False, "e")


def test_a_null_entry_is_lost_with_a_reason() -> None:
    reading = read(answer(issue(1), None, errors=[error(*PATH, "nodes", 1)]), PATH)
    assert reading is not None
    assert (reading.missing_count, reading.reasons) == (1, ("GitHub answered in part: FORBIDDEN no",))
    silent = read(answer(issue(1), None), PATH)
    assert silent is not None
    assert silent.reasons == ("1 entries could not be read",)


def test_a_field_in_trouble_is_noted_at_its_entry() -> None:
    reading = read(answer(issue(1), issue(2), errors=[error(*PATH, "nodes", 1, "parent")]), PATH)
    assert reading is not None
    assert reading.reasons == ()
    assert [node.get(ERRORED_FIELDS) for node in reading.nodes] == [None, ["parent"]]


def test_trouble_in_a_project_item_is_noted_at_its_issue() -> None:
    path = ("node", "items")
    errors = [error(*path, "nodes", 0, "content", "parent"), error(*path, "nodes", 1, "fieldValues", "nodes", 3)]
    reading = read(answer(item(issue(1)), item(issue(2)), item(None), errors=errors, path=path), path)
    assert reading is not None
    assert reading.nodes[0]["content"][ERRORED_FIELDS] == ["parent"]
    assert reading.nodes[1]["fieldValues"] is None
    assert reading.reasons == ()


def test_trouble_without_a_place_concerns_the_whole_page() -> None:
    reading = read(answer(issue(1), errors=[{"message": "resource limit"}, error("viewer")]), PATH)
    assert reading is not None
    assert len(reading.reasons) == 2


def test_unknown_forbidden_and_broken_are_told_apart() -> None:
    def said(content: str) -> GraphQLAnswer:
        return read_answer(Response(200, {}, content.encode()))

    gone = said('{"data": {"repository": null}, "errors": [{"type": "NOT_FOUND", "message": "x", "path": ["a"]}]}')
    assert read(gone, PATH) is None
    assert is_unknown(gone)
    assert is_unknown(said('{"data": {"repository": null}}'))
    shut = said('{"data": {"repository": null}, "errors": [{"type": "FORBIDDEN", "message": "SAML"}]}')
    assert is_forbidden(shut)
    assert not is_unknown(shut)
    broken = said('{"data": null, "errors": [{"message": "Something went wrong"}]}')
    assert not is_unknown(broken)
    assert broken.error_text() == "Something went wrong"
    assert said("[]").error_text() == "an answer that is no GraphQL"


def test_what_did_not_fit_is_read_until_it_ends() -> None:
    row = item(issue(1, labels=whole({"name": "a"}, more=True)), fieldValues=whole(more=True))
    over = {overflow.name: overflow for overflow in overflows([row])}
    assert set(over) == {"labels", "fieldValues"}
    labels = over["labels"]
    assert labels.cursor == "c"
    more = {"pageInfo": {"hasNextPage": True, "endCursor": "d"}, "nodes": [{"name": "b"}]}
    assert labels.extend(more)
    assert not labels.extend(more), "a cursor that does not move ends the reading"
    assert labels.extend({"pageInfo": {"hasNextPage": False, "endCursor": "e"}, "nodes": [{"name": "c"}]}) is False
    assert [node["name"] for node in row["content"]["labels"]["nodes"]] == ["a", "b", "c"]
    assert [overflow.name for overflow in overflows([row])] == ["fieldValues"]
    assert over["fieldValues"].extend(None) is False
