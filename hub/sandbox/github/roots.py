"""The entry points of the schema: what may be asked for, and the mutations."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.sandbox.github.paging import Connection, Edge, PageArguments, TypedError, page
from hub.sandbox.github.resolvers import Resolver, comment_key
from hub.sandbox.github.state import Account, Comment, Issue
from hub.sandbox.github.viewer import View, account_named, node_by_id, project_numbered, repository_named

MAX_BODY_LENGTH = 65_536


def _rate_limit(_root: Any, view: View, **_args: Any) -> dict[str, Any]:
    numbers = view.site.limits.numbers("graphql", view.access.account.login)
    reset = datetime.fromtimestamp(numbers["reset"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**numbers, "cost": view.cost, "nodeCount": view.nodes, "resetAt": reset}


def _owner(_root: Any, view: View, login: str) -> Any:
    return view.site.accounts.get(login.lower())


def _nodes(_root: Any, view: View, ids: list[str]) -> list[Any]:
    nodes = []
    for identity in ids:
        try:
            nodes.append(node_by_id(view, identity))
        except TypedError as missing:
            nodes.append(missing)
    return nodes


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


def _owned_repositories(account: Account, view: View, **arguments: Any) -> Connection:
    """What the owner has and the token sees, the newest first."""
    rows = [repo for repo in view.site.repositories.values() if repo.owner is account and view.access.sees(repo)]
    return page(rows[::-1], _page_arguments(arguments))


def _owned_projects(account: Account, view: View, **arguments: Any) -> Connection:
    if not view.access.reads_projects:
        raise TypedError("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes: read:project")
    return page(
        [project for project in view.site.projects.values() if project.owner is account], _page_arguments(arguments)
    )


def _issue_types(_account: Account, view: View, **arguments: Any) -> Connection:
    return page(list(view.site.types.values()), _page_arguments(arguments))


def _issue_fields(account: Account, view: View, **arguments: Any) -> Connection:
    """A right of its own: without it the values can be read all the same."""
    if not view.access.reads_issue_fields:
        raise TypedError("FORBIDDEN", "Resource not accessible by personal access token")
    return page(list(view.site.issue_fields.get(account.login.lower(), {}).values()), _page_arguments(arguments))


def _page_arguments(arguments: Mapping[str, Any]) -> PageArguments:
    return PageArguments(*(arguments.get(name) for name in ("first", "after", "last", "before")))


ACCOUNT: dict[str, Resolver] = {
    "id": "node_id",
    "databaseId": "id",
    "login": "login",
    "url": "url",
    "name": "login",
    "isViewer": lambda account, view: view.is_author(account),
    "projectV2": lambda account, view, number: project_numbered(view, account, number),
    "projectsV2": _owned_projects,
    "repositories": _owned_repositories,
    "issueTypes": _issue_types,
    "issueFields": _issue_fields,
}


def _mutation(act: Callable[[View, Mapping[str, Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A mutation: refused to a token that only reads; the client's id is only echoed."""

    def mutate(_root: Any, view: View, **args: Any) -> dict[str, Any]:
        if not view.access.writes:
            raise TypedError("FORBIDDEN", "Resource not accessible by personal access token")
        arguments = args["input"]
        return {**act(view, arguments), "clientMutationId": arguments.get("clientMutationId")}

    return mutate


def _comment(view: View, identity: str, *, own: bool = True) -> Comment:
    node = node_by_id(view, identity)
    if not isinstance(node, Comment):
        raise TypedError("NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'")
    if own and not view.is_author(node.author):
        login = view.access.account.login
        raise TypedError("FORBIDDEN", f"{login} does not have the correct permissions to execute this on the comment")
    return node


def _check_length(body: str) -> str:
    if len(body) > MAX_BODY_LENGTH:
        raise TypedError("UNPROCESSABLE", f"Body is too long (maximum is {MAX_BODY_LENGTH} characters)")
    return body


def _add(view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    issue = node_by_id(view, arguments["subjectId"])
    if not isinstance(issue, Issue):
        raise TypedError("NOT_FOUND", f"Could not resolve to a node with the global id of '{arguments['subjectId']}'")
    comment = view.site.add_comment(issue, _check_length(arguments["body"]), view.access.account.login)
    last = page(issue.comments, PageArguments(last=1), comment_key)
    return {"commentEdge": Edge(last.cursor(0), comment), "subject": issue}


def _edit(view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    comment = _comment(view, arguments["id"])
    view.site.edit_comment(comment, _check_length(arguments["body"]))
    return {"issueComment": comment}


def _delete(view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    view.site.delete_comment(_comment(view, arguments["id"]))
    return {}


def _minimizable_comment(view: View, arguments: Mapping[str, Any]) -> Comment:
    if not view.site.may_minimize:
        raise TypedError("FORBIDDEN", "Resource not accessible by integration")
    return _comment(view, arguments["subjectId"], own=False)


def _minimize(view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    comment = _minimizable_comment(view, arguments)
    view.site.minimize(comment, arguments["classifier"].lower().replace("_", "-"))
    return {"minimizedComment": comment}


def _unminimize(view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    comment = _minimizable_comment(view, arguments)
    view.site.minimize(comment, None)
    return {"unminimizedComment": comment}


MUTATION: dict[str, Resolver] = {
    "addComment": _mutation(_add),
    "updateIssueComment": _mutation(_edit),
    "deleteIssueComment": _mutation(_delete),
    "minimizeComment": _mutation(_minimize),
    "unminimizeComment": _mutation(_unminimize),
}
