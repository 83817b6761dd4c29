"""The endpoints of comments and their entity properties."""

import json
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.adf import TEXT_LIMIT, from_text, is_document, is_valid, to_text, verbatim
from hub.sandbox.jira.records import Adf, Comment
from hub.sandbox.jira.request import ApiError, Call, answer, no_content

LIST_LIMIT = 1_000
KEY_LIMIT = 255
VALUE_LIMIT = 32_768
LENGTH_ERROR = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


def list_comments(call: Call) -> Response:
    """The comments of an issue, oldest first unless asked otherwise."""
    ids = list(call.issue().comments)
    order = call.query.get("orderBy", "created")
    if order not in {"created", "-created", "+created"}:
        raise ApiError(400, f"The value '{order}' for 'orderBy' is invalid.")
    if order == "-created":
        ids.reverse()
    default, maximum = (100, 5_000) if call.site.deployment.cloud else (50, call.site.deployment.page_cap)
    start, size = call.number("startAt", 0), min(call.number("maxResults", default), maximum)
    expands = not call.site.deployment.cloud and call.site.deployment.expands
    properties = expands and "properties" in call.query.get("expand", "")
    page = [call.shapes.comment(call.site.comments[id_], properties=properties) for id_ in ids[start : start + size]]
    return answer({"startAt": start, "maxResults": size, "total": len(ids), "comments": page})


def create_comment(call: Call) -> Response:
    """A new comment, with entity properties where the request brings them."""
    issue = call.issue()
    call.require("ADD_COMMENTS", 400, "You do not have the permission to comment on this issue.")
    body, properties = _body(call), _properties(call.object())
    comment = call.site.add_comment(issue, call.account.id, body, properties)
    call.site.show_to(comment, _visibility(call.object()))
    return answer(call.shapes.comment(call.site.comments[comment.id]), 201)


def read_comment(call: Call) -> Response:
    """One comment."""
    return answer(call.shapes.comment(call.comment(call.issue())))


def edit_comment(call: Call) -> Response:
    """Edit a comment of one's own, in place."""
    comment = _own(call, "edit", "EDIT_OWN_COMMENTS")
    properties = {**comment.properties, **_properties(call.object())}
    visibility = _visibility(call.object()) if "visibility" in call.object() else comment.visibility
    now, account_id = call.site.now(), call.account.id
    changed = replace(
        comment, body=_body(call), properties=properties, updated=now, editor=account_id, visibility=visibility
    )
    return answer(call.shapes.comment(call.site.put_comment(changed)))


def delete_comment(call: Call) -> Response:
    """Delete a comment of one's own."""
    call.site.drop_comment(_own(call, "delete", "DELETE_OWN_COMMENTS").id)
    return no_content()


def _own(call: Call, verb: str, permission: str) -> Comment:
    comment = call.comment(call.issue())
    if comment.author != call.account.id or permission not in call.account.permissions:
        raise ApiError(400, f"You do not have permission to {verb} comment with id: {comment.id}")
    return comment


def _body(call: Call) -> Adf:
    body = call.object().get("body")
    if isinstance(body, str) and call.view.api == "2":
        body = from_text(body) if call.site.deployment.cloud else _wiki_document(body)
    if not is_document(body):
        raise ApiError(400, comment="Comment body is not valid!")
    if not is_valid(body):
        raise ApiError(400, "INVALID_INPUT")
    words = to_text(body)
    if not words.strip():
        raise ApiError(400, comment="Comment body can not be empty!")
    if len(words) > TEXT_LIMIT:
        raise ApiError(400, comment=LENGTH_ERROR)
    return dict(body)


def _wiki_document(markup: str) -> Adf:
    if len(markup) > TEXT_LIMIT:
        raise ApiError(400, comment=LENGTH_ERROR)
    return verbatim(markup) if markup else from_text("")


def _properties(sent: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: _checked(item["key"], item.get("value")) for item in sent.get("properties") or ()}


def _visibility(sent: dict[str, Any]) -> dict[str, str] | None:
    visibility = sent.get("visibility")
    if visibility is None:
        return None
    if not isinstance(visibility, dict) or visibility.get("type") not in ("role", "group"):
        raise ApiError(400, "INVALID_INPUT")
    return {key: str(visibility[key]) for key in ("type", "value", "identifier") if visibility.get(key)}


def _checked(key: str, value: Any) -> Any:
    if len(key) > KEY_LIMIT:
        raise ApiError(400, "The property key cannot be longer than 255 characters.")
    if len(json.dumps(value)) > VALUE_LIMIT:
        raise ApiError(400, "The property value cannot be longer than 32768 characters.")
    return value


def comments_by_id(call: Call) -> Response:
    """Up to a thousand comments by id; those that are gone or unseen are left out."""
    ids = call.object().get("ids")
    if not isinstance(ids, list) or len(ids) > LIST_LIMIT:
        raise ApiError(400, f"The ids field must be a list of at most {LIST_LIMIT} comment IDs.")
    existing = [call.site.comments[id_] for id_ in dict.fromkeys(ids) if id_ in call.site.comments]
    visible = [comment for comment in existing if call.sees(call.site.issues[comment.issue])]
    properties = "properties" in call.query.get("expand", "")
    values = [call.shapes.comment(comment, properties=properties) for comment in visible]
    return answer({"maxResults": LIST_LIMIT, "startAt": 0, "total": len(values), "isLast": True, "values": values})


def property_keys(call: Call) -> Response:
    """The keys of a comment's properties."""
    comment = call.comment()
    path = f"comment/{comment.id}/properties"
    return answer({"keys": [{"self": call.shapes.url(f"{path}/{key}"), "key": key} for key in comment.properties]})


def read_property(call: Call) -> Response:
    """One property of a comment."""
    comment, key = call.comment(), call.path["property"]
    if key not in comment.properties:
        raise ApiError(404, f"The property with key '{key}' does not exist for the comment with id '{comment.id}'.")
    return answer({"key": key, "value": comment.properties[key]})


def write_property(call: Call) -> Response:
    """Set one property of a comment: 201 when it is new, else 200."""
    comment, key = call.comment(), call.path["property"]
    call.require("EDIT_OWN_COMMENTS", 403, "You do not have permission to edit this comment.")
    if comment.author != call.account.id:
        raise ApiError(403, "You do not have permission to edit this comment.")
    known = key in comment.properties
    properties = {**comment.properties, key: _checked(key, call.body)}
    call.site.comments[comment.id] = replace(comment, properties=properties)
    return answer({}, 200 if known else 201)
