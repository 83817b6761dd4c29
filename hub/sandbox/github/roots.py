"""The entry points of the schema: what may be asked for, and the mutations."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.sandbox.github.paging import Edge, Refused, Window, page
from hub.sandbox.github.resolvers import Resolver, comment_key
from hub.sandbox.github.state import Comment, Issue
from hub.sandbox.github.viewer import View, account_named, node_by_id, project_numbered, repository_named

LONGEST = 65_536


def _rate_limit(_root: Any, view: View, **_args: Any) -> dict[str, Any]:
    numbers = view.site.limits.numbers("graphql", view.access.account.login)
    reset = datetime.fromtimestamp(numbers["reset"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**numbers, "cost": view.cost, "nodeCount": view.nodes, "resetAt": reset}


def _owner(_root: Any, view: View, login: str) -> Any:
    return view.site.accounts.get(login.lower())


def _nodes(_root: Any, view: View, ids: list[str]) -> list[Any]:
    found = []
    for identity in ids:
        try:
            found.append(node_by_id(view, identity))
        except Refused as missing:
            found.append(missing)
    return found


QUERY: dict[str, Resolver] = {
    "viewer": lambda _root, view: view.access.account,
    "rateLimit": _rate_limit,
    "repository": lambda _root, view, owner, name, **_args: repository_named(view, owner, name),
    "organization": lambda _root, view, login: account_named(view, login, "Organization"),
    "user": lambda _root, view, login: account_named(view, login, "User"),
    "repositoryOwner": _owner,
    "node": lambda _root, view, id: node_by_id(view, id),  # noqa: A006
    "nodes": _nodes,
}

ACCOUNT: dict[str, Resolver] = {
    "id": "node_id",
    "databaseId": "id",
    "login": "login",
    "url": "url",
    "name": "login",
    "isViewer": lambda account, view: view.wrote(account),
    "projectV2": lambda account, view, number: project_numbered(view, account, number),
}


def _writing(act: Callable[[View, Mapping[str, Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A mutation: refused to a token that only reads; the client's id is only echoed."""

    def mutate(_root: Any, view: View, **args: Any) -> dict[str, Any]:
        if not view.access.writes:
            raise Refused("FORBIDDEN", "Resource not accessible by personal access token")
        given = args["input"]
        return {**act(view, given), "clientMutationId": given.get("clientMutationId")}

    return mutate


def _comment(view: View, identity: str, *, own: bool = True) -> Comment:
    found = node_by_id(view, identity)
    if not isinstance(found, Comment):
        raise Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'")
    if own and not view.wrote(found.author):
        login = view.access.account.login
        raise Refused("FORBIDDEN", f"{login} does not have the correct permissions to execute this on the comment")
    return found


def _fitting(body: str) -> str:
    if len(body) > LONGEST:
        raise Refused("UNPROCESSABLE", f"Body is too long (maximum is {LONGEST} characters)")
    return body


def _add(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    issue = node_by_id(view, given["subjectId"])
    if not isinstance(issue, Issue):
        raise Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{given['subjectId']}'")
    comment = view.site.add_comment(issue, _fitting(given["body"]), view.access.account.login)
    last = page(issue.comments, Window(last=1), comment_key)
    return {"commentEdge": Edge(last.cursor(0), comment), "subject": issue}


def _edit(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    comment = _comment(view, given["id"])
    view.site.edit_comment(comment, _fitting(given["body"]))
    return {"issueComment": comment}


def _delete(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    view.site.delete_comment(_comment(view, given["id"]))
    return {}


def _to_minimize(view: View, given: Mapping[str, Any]) -> Comment:
    if not view.site.may_minimize:
        raise Refused("FORBIDDEN", "Resource not accessible by integration")
    return _comment(view, given["subjectId"], own=False)


def _minimize(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    comment = _to_minimize(view, given)
    view.site.minimize(comment, given["classifier"].lower().replace("_", "-"))
    return {"minimizedComment": comment}


def _unminimize(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    comment = _to_minimize(view, given)
    view.site.minimize(comment, None)
    return {"unminimizedComment": comment}


MUTATION: dict[str, Resolver] = {
    "addComment": _writing(_add),
    "updateIssueComment": _writing(_edit),
    "deleteIssueComment": _writing(_delete),
    "minimizeComment": _writing(_minimize),
    "unminimizeComment": _writing(_unminimize),
}
