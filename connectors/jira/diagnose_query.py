"""What the configured query reaches at a Jira site, and what the account may do there."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from connectors.diagnosis import Says, guarded, listed, suggest_names
from connectors.http import Gate
from connectors.jira.okr_query import okr_query, projects_in
from connectors.jira.settings import JiraOkrs, JiraSettings
from connectors.wire import Kind, Request
from hub.model.check_up import Check
from hub.model.errors import QueryRefused, TicketGone

ROOT, CLOUD = "/rest/api/2", "/rest/api/3"
MOST_PROJECTS = 20
NEEDED: Mapping[str, str] = {
    "BROWSE_PROJECTS": "read tickets",
    "ADD_COMMENTS": "comment",
    "EDIT_OWN_COMMENTS": "edit its own comment",
    "EDIT_ISSUES": "set labels",
    "DELETE_OWN_COMMENTS": "delete its own comments (hub retract)",
}
ONLY_TO_RETRACT = frozenset({"DELETE_OWN_COMMENTS"})


def query_checks(says: Says, gate: Gate, settings: JiraSettings, *, cloud: bool) -> Iterator[Check]:
    """Projects and rights first, then the query itself and the edit screen of a ticket that it finds."""
    keys: list[str] = []
    for name in projects_in(settings.query)[:MOST_PROJECTS]:
        yield from guarded(says, f"project {name}", _project(says, gate, name, keys, cloud=cloud))
    for key in keys or [""]:
        yield from guarded(says, "the permissions", _rights(says, gate, key, cloud=cloud))
    tickets: list[str] = []
    yield from guarded(says, "the query", _query(says, gate, settings, tickets, cloud=cloud))
    if settings.okrs:
        yield from guarded(says, "the OKRs", _okrs(says, gate, settings, settings.okrs, cloud=cloud))
    if tickets:
        yield from guarded(says, "the edit screen", _edit_screen(says, gate, tickets[0]))


def _project(says: Says, gate: Gate, name: str, keys: list[str], *, cloud: bool) -> Iterator[Check]:
    # Said to be about a ticket so that an absence has an error of its own.
    request = Request("GET", f"{ROOT}/project/{quote(name, safe='')}", ticket=name)
    try:
        found = gate.send(request).json()
    except TicketGone:
        known = _known_projects(gate, cloud=cloud)
        found = next((one for one in known if str(one.get("name")).casefold() == name.casefold()), None)
        if found is None:
            names = [str(one.get(part)) for one in known for part in ("key", "name")]
            remedy = suggest_names(name, names) or "Fix `query`, or let the account browse the project"
            what = f"project {name} doesn't exist, or this account has no access"
            yield says.fail(what, remedy, configured=True)
            return
    key = str(found["key"])
    keys.append(key)
    yield says.ok(f"project {key} exists: {found.get('name')}", place=key)


def _known_projects(gate: Gate, *, cloud: bool) -> list[Mapping[str, Any]]:
    if not cloud:
        return list(gate.send(Request("GET", f"{ROOT}/project")).json())
    request = Request("GET", f"{CLOUD}/project/search", params={"maxResults": 100})
    return list(gate.send(request).json()["values"])


def _rights(says: Says, gate: Gate, key: str, *, cloud: bool) -> Iterator[Check]:
    # A Data Center tells of every permission; Cloud must be asked for each by name.
    asked = {"permissions": ",".join(NEEDED)} if cloud else {}
    params = asked | ({"projectKey": key} if key else {})
    held = gate.send(Request("GET", f"{ROOT}/mypermissions", params=params)).json()["permissions"]
    where = f"in {key}" if key else "at this site"
    missing = [name for name in NEEDED if not (held.get(name) or {}).get("havePermission")]
    for name in missing:
        what, remedy = f"{where} the account can't {NEEDED[name]}", f"Grant it {name} {where}"
        yield says.warn(what, remedy) if name in ONLY_TO_RETRACT else says.fail(what, remedy)
    if not missing:
        yield says.ok(f"{where} the account can read, comment and set labels")


def _query(says: Says, gate: Gate, settings: JiraSettings, tickets: list[str], *, cloud: bool) -> Iterator[Check]:
    try:
        count, some = _asked(gate, settings.query, cloud=cloud)
    except QueryRefused as refused:
        yield says.fail(f"Jira refuses the query: {refused.what}", "Fix `query`; try it in Jira", configured=True)
        return
    tickets += some
    if count:
        yield says.ok(f"the query finds {'about ' if cloud else ''}{count} tickets")
    else:
        yield says.warn(
            "the query finds no tickets", "Try it in Jira with the hub's account, which may see less than you"
        )


def _okrs(says: Says, gate: Gate, settings: JiraSettings, chosen: JiraOkrs, *, cloud: bool) -> Iterator[Check]:
    """Types and labels that nobody uses look like an empty query, or are refused by their name."""
    query = okr_query(chosen, settings.query)
    try:
        count, _ = _asked(gate, query, cloud=cloud)
    except QueryRefused as refused:
        what = f"Jira refuses the query for OKRs: {refused.what}"
        yield says.fail(what, "Fix the types, labels or `query` of [okrs]; try it in Jira", configured=True)
        return
    if count:
        yield says.ok(f"OKRs are read from {'about ' if cloud else ''}{count} tickets")
    else:
        yield says.warn(f"no ticket matches the query for OKRs: {query}", "Fix the types, labels or `query` of [okrs]")


def _asked(gate: Gate, query: str, *, cloud: bool) -> tuple[int, list[str]]:
    """How many tickets there are, and the id of one of them."""
    one = {"jql": query, "maxResults": 1, "fields": ["id"]}
    path = f"{CLOUD}/search/jql" if cloud else f"{ROOT}/search"
    found = gate.send(Request("POST", path, body=one, kind=Kind.SEARCH)).json()
    ids = [str(issue["id"]) for issue in found["issues"]]
    if not cloud:
        return int(found["total"]), ids
    count = Request("POST", f"{CLOUD}/search/approximate-count", body={"jql": query}, kind=Kind.SEARCH)
    return int(gate.send(count).json()["count"]), ids


def _edit_screen(says: Says, gate: Gate, ticket: str) -> Iterator[Check]:
    fields = gate.send(Request("GET", f"{ROOT}/issue/{quote(ticket, safe='')}/editmeta")).json()["fields"]
    verbs = (fields.get("labels") or {}).get("operations") or ()
    if {"add", "remove"} <= set(verbs):
        yield says.ok("the labels field is on the edit screen")
    elif not fields:
        yield says.skip("could not check the edit screen: the account can't edit any field")
    else:
        what = f"the labels field is not on the edit screen; it has {listed(sorted(fields))}"
        yield says.fail(what, "Ask an administrator to put Labels on the edit screen of these projects")
