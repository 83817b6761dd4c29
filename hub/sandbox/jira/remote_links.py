"""The remote links of issues: set and removed by global id, as the vendor does it."""

from starlette.responses import Response

from hub.sandbox.jira.request import ApiError, Call, answer, no_content

MAX_GLOBAL_ID = 255
NO_LINK = "No remote link with that global id is there."


def list_links(call: Call) -> Response:
    """All remote links of an issue, or the one with a global id."""
    rows, global_id = call.site.remote_links.of(call.issue().id), call.query.get("globalId")
    if global_id is None:
        return answer(rows)
    row = next((row for row in rows if row.get("globalId") == global_id), None)
    if row is None:
        raise ApiError(404, NO_LINK)
    return answer(row)


def set_link(call: Call) -> Response:
    """Make a link, or put another in the place of the one with the same global id."""
    issue, content = call.issue(), call.object()
    _check_allowed(call)
    remote_object, global_id = content.get("object") or {}, content.get("globalId")
    missing = {name: f"'{name}' is required." for name in ("title", "url") if not remote_object.get(name)}
    if global_id and len(global_id) > MAX_GLOBAL_ID:
        missing["globalId"] = "'globalId' is longer than 255 characters."
    if missing:
        raise ApiError(400, **missing)
    links = call.site.remote_links
    row = next((row for row in links.of(issue.id) if global_id and row.get("globalId") == global_id), None)
    # Data Center tells no difference: its description knows 200 alone.
    status = 201 if row is None and call.site.deployment.cloud else 200
    if row is None:
        row = links.add(issue.id, content)
    else:
        number = row["id"]
        row.clear()
        row.update({"id": number, **content})
    return answer({"id": row["id"], "self": call.shapes.url(f"issue/{issue.key}/remotelink/{row['id']}")}, status)


def remove_link(call: Call) -> Response:
    """Remove the link with a global id."""
    rows, global_id = call.site.remote_links.of(call.issue().id), call.query.get("globalId")
    _check_allowed(call)
    if not global_id:
        raise ApiError(400, "The global ID must be provided.")
    if not any(row.get("globalId") == global_id for row in rows):
        raise ApiError(404, NO_LINK)
    rows[:] = [row for row in rows if row.get("globalId") != global_id]
    return no_content()


def _check_allowed(call: Call) -> None:
    call.require("LINK_ISSUES", 403, "You do not have permission to link issues.")
