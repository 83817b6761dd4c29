"""Whether the configured repositories are there, and what the account may do in them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

from connectors.diagnosis import Says, suggest_names
from connectors.github import api
from connectors.github.capable import FILTERS
from connectors.github.settings import GitHubSettings
from connectors.http import Gate
from connectors.wire import Response
from hub.model.check_up import Check
from hub.model.errors import SourceError, TicketGone

MAY_LABEL = ("triage", "push", "maintain", "admin")


class Get(Protocol):
    """Asks one question of the REST API."""

    def __call__(self, path: str, *, about: str | None = None, **params: str | int) -> Response:
        """The answer; where it is `about` something, an absence is a TicketGone."""
        ...


def repository_checks(says: Says, get: Get, name: str) -> Iterator[Check]:
    """One repository: there, called so, with issues, and open to our labels."""
    try:
        found: Mapping[str, Any] = get(f"/repos/{name}", about=name).json()
    except TicketGone:
        remedy = suggest_names(name, _known(get, name)) or "Fix `repositories`, or give the account access to it"
        what = f"repository {name} doesn't exist, or this account has no access"
        yield says.fail(what, remedy, configured=True)
        return
    called = str(found.get("full_name") or name)
    count = found.get("open_issues_count", 0)
    yield says.ok(f"{name} exists, with {count} open issues and pull requests", place=called)
    if called.casefold() != name.casefold():
        yield says.warn(f"{name} was renamed to {called}", f"Write {called} in `repositories`")
    if not found.get("has_issues", True):
        yield says.fail(f"{name} has issues disabled", "Remove it from `repositories`", configured=True)
    if found.get("archived"):
        yield says.fail(f"{name} is archived: nothing can be written", "Remove it from `repositories`", configured=True)
    yield _rights(says, name, found.get("permissions"))


def label_checks(says: Says, get: Get, settings: GitHubSettings) -> Iterator[Check]:
    """The labels that issues are chosen by: each must be somewhere."""
    for label in settings.labels:
        there = [name for name in settings.repositories if _has_label(get, name, label)]
        if there:
            yield says.ok(f"the label {label!r} exists in {', '.join(there)}")
        elif settings.repositories:
            known = [one for name in settings.repositories for one in _labels(get, name)]
            remedy = suggest_names(label, known) or "Fix `labels`"
            yield says.fail(f"no repository has the label {label!r}", remedy, configured=True)
    okrs = settings.okrs
    for label in okrs.labels if okrs else ():
        places = (okrs and okrs.repositories) or settings.repositories
        if not any(_has_label(get, name, label) for name in places):
            remedy = suggest_names(label, [one for name in places for one in _labels(get, name)]) or "Fix [okrs]"
            yield says.fail(f"no repository that keeps OKRs has the label {label!r}", remedy, configured=True)


def type_checks(says: Says, gate: Gate, settings: GitHubSettings) -> Iterator[Check]:
    """Whether this GitHub knows issue types at all, where issues are chosen by them."""
    okrs = settings.okrs
    types = (*settings.types, *(okrs.types if okrs else ()))
    places = (*settings.repositories, *(okrs.repositories if okrs else ()))
    if not types or not places:
        return
    chosen = {"states": ["OPEN"], "type": types[0]}
    answer = api.read_answer(gate.send(api.issues_page(places[0], chosen, api.Slice(1))))
    if any(FILTERS in trouble.message for trouble in answer.troubles):
        what = "this server has no issue types, so `types` can't be used"
        yield says.fail(what, "Use `labels` instead", configured=True)
    else:
        yield says.skip("could not check whether the issue types under `types` exist")


def _rights(says: Says, name: str, held: Any) -> Check:
    if not isinstance(held, dict):
        return says.skip(f"could not check what the account may do in {name}")
    if any(held.get(right) for right in MAY_LABEL):
        return says.ok(f"in {name} the account can comment and set labels")
    remedy = "Give it at least the role Triage, or the permission Issues: read and write"
    return says.fail(f"in {name} the account can read, but not set labels", remedy)


def _known(get: Get, name: str) -> list[str]:
    """The owner's repositories, as far as they may be seen."""
    owner = name.partition("/")[0]
    for path in (f"/orgs/{owner}/repos", f"/users/{owner}/repos"):
        with suppress(SourceError, ValueError):
            listed = get(path, per_page=100).json()
            return [str(one["full_name"]) for one in listed if isinstance(one, dict) and "full_name" in one]
    return []


def _has_label(get: Get, name: str, label: str) -> bool:
    with suppress(SourceError):
        get(f"/repos/{name}/labels/{quote(label, safe='')}", about=label)
        return True
    return False


def _labels(get: Get, name: str) -> list[str]:
    with suppress(SourceError, ValueError):
        return [str(one["name"]) for one in get(f"/repos/{name}/labels", per_page=100).json()]
    return []
