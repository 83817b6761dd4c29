"""Whether the configured repositories are there, and what the account may do in them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

from connectors.diagnosis import CheckReporter, suggest_names
from connectors.github import api
from connectors.github.capable import FILTERS
from connectors.github.settings import GitHubSettings
from connectors.http import ApiClient
from connectors.wire import Response
from hub.model.check_up import Check
from hub.model.errors import SourceError, TicketNotFound

LABEL_ROLES = ("triage", "push", "maintain", "admin")


class GetRequest(Protocol):
    """Asks one question of the REST API."""

    def __call__(self, path: str, *, subject: str | None = None, **params: str | int) -> Response:
        """The answer; where it is `about` something, an absence is a TicketGone."""
        ...


def repository_checks(report: CheckReporter, get: GetRequest, name: str) -> Iterator[Check]:
    """One repository: there, called so, with issues, and open to our labels."""
    try:
        repository: Mapping[str, Any] = get(f"/repos/{name}", subject=name).json()
    except TicketNotFound:
        remedy = suggest_names(name, _known(get, name)) or "Fix `repositories`, or give the account access to it"
        message = f"repository {name} doesn't exist, or this account has no access"
        yield report.fail(message, remedy, configured=True)
        return
    current_name = str(repository.get("full_name") or name)
    count = repository.get("open_issues_count", 0)
    yield report.ok(f"{name} exists, with {count} open issues and pull requests", container=current_name)
    if current_name.casefold() != name.casefold():
        yield report.warn(f"{name} was renamed to {current_name}", f"Write {current_name} in `repositories`")
    if not repository.get("has_issues", True):
        yield report.fail(f"{name} has issues disabled", "Remove it from `repositories`", configured=True)
    if repository.get("archived"):
        yield report.fail(
            f"{name} is archived: nothing can be written", "Remove it from `repositories`", configured=True
        )
    yield _rights(report, name, repository.get("permissions"))


def label_checks(report: CheckReporter, get: GetRequest, settings: GitHubSettings) -> Iterator[Check]:
    """The labels that issues are chosen by: each must be somewhere."""
    for label in settings.labels:
        with_label = [name for name in settings.repositories if _has_label(get, name, label)]
        if with_label:
            yield report.ok(f"the label {label!r} exists in {', '.join(with_label)}")
        elif settings.repositories:
            known = [label for name in settings.repositories for label in _labels(get, name)]
            remedy = suggest_names(label, known) or "Fix `labels`"
            yield report.fail(f"no repository has the label {label!r}", remedy, configured=True)
    okrs = settings.okrs
    for label in okrs.labels if okrs else ():
        repositories = (okrs and okrs.repositories) or settings.repositories
        if not any(_has_label(get, name, label) for name in repositories):
            remedy = (
                suggest_names(label, [label for name in repositories for label in _labels(get, name)]) or "Fix [okrs]"
            )
            yield report.fail(f"no repository that keeps OKRs has the label {label!r}", remedy, configured=True)


def type_checks(report: CheckReporter, client: ApiClient, settings: GitHubSettings) -> Iterator[Check]:
    """Whether this GitHub knows issue types at all, where issues are chosen by them."""
    okrs = settings.okrs
    types = (*settings.types, *(okrs.types if okrs else ()))
    repositories = (*settings.repositories, *(okrs.repositories if okrs else ()))
    if not types or not repositories:
        return
    filters = {"states": ["OPEN"], "type": types[0]}
    answer = api.read_answer(client.send(api.issues_page(repositories[0], filters, api.Slice(1))))
    if any(FILTERS in error.message for error in answer.errors):
        message = "this server has no issue types, so `types` can't be used"
        yield report.fail(message, "Use `labels` instead", configured=True)
    else:
        yield report.skip("could not check whether the issue types under `types` exist")


def _rights(report: CheckReporter, name: str, permissions: Any) -> Check:
    if not isinstance(permissions, dict):
        return report.skip(f"could not check what the account may do in {name}")
    if any(permissions.get(right) for right in LABEL_ROLES):
        return report.ok(f"in {name} the account can comment and set labels")
    remedy = "Give it at least the role Triage, or the permission Issues: read and write"
    return report.fail(f"in {name} the account can read, but not set labels", remedy)


def _known(get: GetRequest, name: str) -> list[str]:
    """The owner's repositories, as far as they may be seen."""
    owner = name.partition("/")[0]
    for path in (f"/orgs/{owner}/repos", f"/users/{owner}/repos"):
        with suppress(SourceError, ValueError):
            repositories = get(path, per_page=100).json()
            return [str(item["full_name"]) for item in repositories if isinstance(item, dict) and "full_name" in item]
    return []


def _has_label(get: GetRequest, name: str, label: str) -> bool:
    with suppress(SourceError):
        get(f"/repos/{name}/labels/{quote(label, safe='')}", subject=label)
        return True
    return False


def _labels(get: GetRequest, name: str) -> list[str]:
    with suppress(SourceError, ValueError):
        return [str(item["name"]) for item in get(f"/repos/{name}/labels", per_page=100).json()]
    return []
