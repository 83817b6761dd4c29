"""The endpoints of comments and their entity properties."""

import json
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.adf import TEXT_LIMIT, from_text, is_document, is_valid, to_text, verbatim
from hub.sandbox.jira.records import Adf, Comment
from hub.sandbox.jira.request import Call, Refused, answer, nothing

LIST_LIMIT = 1_000
KEY_LIMIT = 255
VALUE_LIMIT = 32_768
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


def list_comments(call: Call) -> Response:
    """The comments of an issue, oldest first unless asked otherwise."""
    ids = list(call.issue().comments)
    order = call.query.get("orderBy", "created")
    if order not in {"created", "-created", "+created"}:
        raise Refused(400, f"The value '{order}' for 'orderBy' is invalid.")
    if order == "-created":
        ids.reverse()
    usual, most = (100, 5_000) if call.site.deployment.cloud else (50, call.site.deployment.page_cap)
    start, size = call.number("startAt", 0), min(call.number("maxResults", usual), most)
    expands = not call.site.deployment.cloud and call.site.deployment.expands
    properties = expands and "properties" in call.query.get("expand", "")
    page = [call.shapes.comment(call.site.comments[id_], properties=properties) for id_ in ids[start : start + size]]
    return answer({"startAt": start, "maxResults": size, "total": len(ids), "comments": page})


def create_comment(call: Call) -> Response:
    """A new comment, with entity properties where the request brings them."""
    issue = call.issue()
    call.must_may("ADD_COMMENTS", 400, "You do not have the permission to comment on this issue.")
    body, properties = _body(call), _properties(call.object())
    made = call.site.add_comment(issue, call.account.id, body, properties)
    call.site.show_to(made, _visibility(call.object()))
    return answer(call.shapes.comment(call.site.comments[made.id]), 201)


def read_comment(call: Call) -> Response:
    """One comment."""
    return answer(call.shapes.comment(call.comment(call.issue())))


def edit_comment(call: Call) -> Response:
    """Edit a comment of one's own, in place."""
    comment = _own(call, "edit", "EDIT_OWN_COMMENTS")
    held = {**comment.properties, **_properties(call.object())}
    seen_by = _visibility(call.object()) if "visibility" in call.object() else comment.visibility
    now, me = call.site.now(), call.account.id
    changed = replace(comment, body=_body(call), properties=held, updated=now, editor=me, visibility=seen_by)
    return answer(call.shapes.comment(call.site.put_comment(changed)))


def delete_comment(call: Call) -> Response:
    """Delete a comment of one's own."""
    call.site.drop_comment(_own(call, "delete", "DELETE_OWN_COMMENTS").id)
    return nothing()


def _own(call: Call, verb: str, permission: str) -> Comment:
    comment = call.comment(call.issue())
    if comment.author != call.account.id or permission not in call.account.may:
        raise Refused(400, f"You do not have permission to {verb} comment with id: {comment.id}")
    return comment


def _body(call: Call) -> Adf:
    body = call.object().get("body")
    if isinstance(body, str) and call.view.api == "2":
        body = from_text(body) if call.site.deployment.cloud else _kept(body)
    if not is_document(body):
        raise Refused(400, comment="Comment body is not valid!")
    if not is_valid(body):
        raise Refused(400, "INVALID_INPUT")
    words = to_text(body)
    if not words.strip():
        raise Refused(400, comment="Comment body can not be empty!")
    if len(words) > TEXT_LIMIT:
        raise Refused(400, comment=TOO_LONG)
    return dict(body)


def _kept(markup: str) -> Adf:
    if len(markup) > TEXT_LIMIT:
        raise Refused(400, comment=TOO_LONG)
    return verbatim(markup) if markup else from_text("")


def _properties(sent: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: _checked(item["key"], item.get("value")) for item in sent.get("properties") or ()}


def _visibility(sent: dict[str, Any]) -> dict[str, str] | None:
    told = sent.get("visibility")
    if told is None:
        return None
    if not isinstance(told, dict) or told.get("type") not in ("role", "group"):
        raise Refused(400, "INVALID_INPUT")
    return {key: str(told[key]) for key in ("type", "value", "identifier") if told.get(key)}


def _checked(key: str, value: Any) -> Any:
    if len(key) > KEY_LIMIT:
        raise Refused(400, "The property key cannot be longer than 255 characters.")
    if len(json.dumps(value)) > VALUE_LIMIT:
        raise Refused(400, "The property value cannot be longer than 32768 characters.")
    return value


def comments_by_id(call: Call) -> Response:
    """Up to a thousand comments by id; those that are gone or unseen are left out."""
    ids = call.object().get("ids")
    if not isinstance(ids, list) or len(ids) > LIST_LIMIT:
        raise Refused(400, f"The ids field must be a list of at most {LIST_LIMIT} comment IDs.")
    found = [call.site.comments[id_] for id_ in dict.fromkeys(ids) if id_ in call.site.comments]
    seen = [comment for comment in found if call.sees(call.site.issues[comment.issue])]
    properties = "properties" in call.query.get("expand", "")
    values = [call.shapes.comment(comment, properties=properties) for comment in seen]
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
        raise Refused(404, f"The property with key '{key}' does not exist for the comment with id '{comment.id}'.")
    return answer({"key": key, "value": comment.properties[key]})


def write_property(call: Call) -> Response:
    """Set one property of a comment: 201 when it is new, else 200."""
    comment, key = call.comment(), call.path["property"]
    call.must_may("EDIT_OWN_COMMENTS", 403, "You do not have permission to edit this comment.")
    if comment.author != call.account.id:
        raise Refused(403, "You do not have permission to edit this comment.")
    known = key in comment.properties
    held = {**comment.properties, key: _checked(key, call.body)}
    call.site.comments[comment.id] = replace(comment, properties=held)
    return answer({}, 200 if known else 201)
