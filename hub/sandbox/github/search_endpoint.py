"""`GET /search/issues`: the qualifiers that people use most; a scope that is not to be seen is refused."""

import re
from collections.abc import Iterable

from hub.sandbox.github import payloads
from hub.sandbox.github.listing import page
from hub.sandbox.github.request import Call, Reply, invalid
from hub.sandbox.github.state import Issue, Repository

_TERM = re.compile(r"(-?)(?:([a-z]+):)?(\"[^\"]*\"|\S+)")
SCOPES = frozenset({"repo", "org", "user"})
MAX_RESULTS = 1_000
_HIDDEN = (
    "The listed users and repositories cannot be searched either because the resources do not exist or you do not "
    "have permission to view them."
)


def search_issues(call: Call) -> Reply:
    """A page of what the query finds; the count goes beyond what is shown."""
    terms = [(sign == "-", name, value.strip('"')) for sign, name, value in _TERM.findall(call.query.get("q", ""))]
    if not terms:
        raise invalid("Search", "q", "missing")
    found = [
        issue
        for repo in _repositories(call, terms)
        for issue in repo.issues.values()
        if all(_matches(issue, name, value) is not negated for negated, name, value in terms)
    ]
    visible, headers = page(call, found[:MAX_RESULTS])
    items = [{**payloads.issue(row), "score": 1.0} for row in visible]
    return Reply({"total_count": len(found), "incomplete_results": False, "items": items}, headers=headers)


def _repositories(call: Call, terms: Iterable[tuple[bool, str, str]]) -> list[Repository]:
    seen = [repo for repo in call.site.repositories.values() if call.access.sees(repo)]
    scopes = {
        (name, value.lower()) for negated, name, value in terms if name in {"repo", "org", "user"} and not negated
    }
    known = {("repo", repo.full_name.lower()) for repo in seen}
    known |= {(kind, repo.owner.login.lower()) for repo in seen for kind in ("org", "user")}
    if scopes - known:
        raise invalid("Search", "q", "invalid", _HIDDEN)
    return seen


def _matches(issue: Issue, name: str, value: str) -> bool:
    text = value.lower()
    match name:
        case "repo":
            return issue.repo.full_name.lower() == text
        case "org" | "user":
            return issue.repo.owner.login.lower() == text
        case "label":
            return text in issue.labels
        case "is" | "state" | "type":
            kinds = {"issue" if issue.typename == "Issue" else "pr", issue.state.lower()}
            return text in kinds
        case "":
            return text in issue.title.lower()
        case _:
            return False
