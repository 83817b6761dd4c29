"""What the configured query reaches at a Jira site, and what the account may do there."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Request
from connectors.jira.queries import okr_query, projects_in
from connectors.jira.settings import JiraOkrs, JiraSettings
from connectors.shared.diagnosis import CheckReporter, catch_failures, join_names, suggest_names
from hub.model.errors import Check, QueryRefused, TicketNotFound

ROOT, CLOUD = "/rest/api/2", "/rest/api/3"
MAX_PROJECTS = 20
REQUIRED_PERMISSIONS: Mapping[str, str] = {
    "BROWSE_PROJECTS": "read tickets",
    "ADD_COMMENTS": "comment",
    "EDIT_OWN_COMMENTS": "edit its own comment",
    "EDIT_ISSUES": "set labels",
    "DELETE_OWN_COMMENTS": "delete its own comments (hub retract)",
}
RETRACT_PERMISSIONS = frozenset({"DELETE_OWN_COMMENTS"})


def query_checks(report: CheckReporter, client: ApiClient, settings: JiraSettings, *, cloud: bool) -> Iterator[Check]:
    """Projects and rights first, then the query itself and the edit screen of a ticket that it finds."""
    keys: list[str] = []
    for name in projects_in(settings.query)[:MAX_PROJECTS]:
        yield from catch_failures(report, f"project {name}", _project(report, client, name, keys, cloud=cloud))
    for key in keys or [""]:
        yield from catch_failures(report, "the permissions", permission_checks(report, client, key, cloud=cloud))
    tickets: list[str] = []
    yield from catch_failures(report, "the query", _query(report, client, settings, tickets, cloud=cloud))
    if settings.okrs:
        yield from catch_failures(report, "the OKRs", _okrs(report, client, settings, settings.okrs, cloud=cloud))
    if tickets:
        yield from catch_failures(report, "the edit screen", _edit_screen(report, client, tickets[0]))


def _project(report: CheckReporter, client: ApiClient, name: str, keys: list[str], *, cloud: bool) -> Iterator[Check]:
    # Said to be about a ticket so that an absence has an error of its own.
    request = Request("GET", f"{ROOT}/project/{quote(name, safe='')}", ticket=name)
    try:
        project = client.send(request).json()
    except TicketNotFound:
        known = _known_projects(client, cloud=cloud)
        project = next((row for row in known if str(row.get("name")).casefold() == name.casefold()), None)
        if project is None:
            names = [str(row.get(part)) for row in known for part in ("key", "name")]
            remedy = suggest_names(name, names) or "Fix `query`, or let the account browse the project"
            message = f"project {name} doesn't exist, or this account has no access"
            yield report.fail(message, remedy, configured=True)
            return
    key = str(project["key"])
    keys.append(key)
    yield report.ok(f"project {key} exists: {project.get('name')}", container=key)


def _known_projects(client: ApiClient, *, cloud: bool) -> list[Mapping[str, Any]]:
    if not cloud:
        return list(client.send(Request("GET", f"{ROOT}/project")).json())
    request = Request("GET", f"{CLOUD}/project/search", params={"maxResults": 100})
    return list(client.send(request).json()["values"])


def permission_checks(report: CheckReporter, client: ApiClient, key: str, *, cloud: bool) -> Iterator[Check]:
    """What the account may do in a project, or without a key anywhere at the site."""
    # A Data Center tells of every permission; Cloud must be asked for each by name.
    filter_params = {"permissions": ",".join(REQUIRED_PERMISSIONS)} if cloud else {}
    params = filter_params | ({"projectKey": key} if key else {})
    permissions = client.send(Request("GET", f"{ROOT}/mypermissions", params=params)).json()["permissions"]
    scope = f"in {key}" if key else "at this site"
    missing = [name for name in REQUIRED_PERMISSIONS if not (permissions.get(name) or {}).get("havePermission")]
    for name in missing:
        message, remedy = f"{scope} the account can't {REQUIRED_PERMISSIONS[name]}", f"Grant it {name} {scope}"
        yield report.warn(message, remedy) if name in RETRACT_PERMISSIONS else report.fail(message, remedy)
    if not missing:
        yield report.ok(f"{scope} the account can read, comment and set labels")


def _query(
    report: CheckReporter, client: ApiClient, settings: JiraSettings, tickets: list[str], *, cloud: bool
) -> Iterator[Check]:
    try:
        count, sample = _sample_query(client, settings.query, cloud=cloud)
    except QueryRefused as refused:
        yield report.fail(f"Jira refuses the query: {refused.detail}", "Fix `query`; try it in Jira", configured=True)
        return
    tickets += sample
    if count:
        yield report.ok(f"the query finds {'about ' if cloud else ''}{count} tickets")
    else:
        yield report.warn(
            "the query finds no tickets", "Try it in Jira with the hub's account, which may see less than you"
        )


def _okrs(
    report: CheckReporter, client: ApiClient, settings: JiraSettings, okr_settings: JiraOkrs, *, cloud: bool
) -> Iterator[Check]:
    """Types and labels that nobody uses look like an empty query, or are refused by their name."""
    query = okr_query(okr_settings, settings.query)
    try:
        count, _ = _sample_query(client, query, cloud=cloud)
    except QueryRefused as refused:
        message = f"Jira refuses the query for OKRs: {refused.detail}"
        yield report.fail(message, "Fix the types, labels or `query` of [okrs]; try it in Jira", configured=True)
        return
    if count:
        yield report.ok(f"OKRs are read from {'about ' if cloud else ''}{count} tickets")
    else:
        yield report.warn(
            f"no ticket matches the query for OKRs: {query}", "Fix the types, labels or `query` of [okrs]"
        )


def _sample_query(client: ApiClient, query: str, *, cloud: bool) -> tuple[int, list[str]]:
    """How many tickets there are, and the id of one of them."""
    row = {"jql": query, "maxResults": 1, "fields": ["id"]}
    path = f"{CLOUD}/search/jql" if cloud else f"{ROOT}/search"
    content = client.send(Request("POST", path, body=row, kind=CallKind.SEARCH)).json()
    ids = [str(issue["id"]) for issue in content["issues"]]
    if not cloud:
        return int(content["total"]), ids
    count = Request("POST", f"{CLOUD}/search/approximate-count", body={"jql": query}, kind=CallKind.SEARCH)
    return int(client.send(count).json()["count"]), ids


def _edit_screen(report: CheckReporter, client: ApiClient, ticket: str) -> Iterator[Check]:
    fields = client.send(Request("GET", f"{ROOT}/issue/{quote(ticket, safe='')}/editmeta")).json()["fields"]
    verbs = (fields.get("labels") or {}).get("operations") or ()
    if {"add", "remove"} <= set(verbs):
        yield report.ok("the labels field is on the edit screen")
    elif not fields:
        yield report.skip("could not check the edit screen: the account can't edit any field")
    else:
        message = f"the labels field is not on the edit screen; it has {join_names(sorted(fields))}"
        yield report.fail(message, "Ask an administrator to put Labels on the edit screen of these projects")
