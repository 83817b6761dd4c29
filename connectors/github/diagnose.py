"""What works at a GitHub and what does not: the account, its rate limit, the projects and their fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Actor, ConnectorContext
from connectors.github import api
from connectors.github.field_checks import Json, issue_field_checks, project_checks, type_checks
from connectors.github.repositories import label_checks, repository_checks
from connectors.github.settings import GitHubSettings, permissions_text
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.shared.diagnosis import (
    CheckReporter,
    catch_failures,
    clock_check,
    join_names,
    rate_limit_check,
    transport_check,
    webhook_check,
)
from hub.model.errors import Check, CredentialsRefused, SourceError, TicketNotFound

RATE_LIMITED_RESOURCES = {"core": "REST calls", "graphql": "GraphQL points"}
FINE_GRAINED = "github_pat_"


@dataclass(frozen=True, slots=True)
class GitHubSite:
    """A configured GitHub with the ways to ask it."""

    name: str
    settings: GitHubSettings
    client: ApiClient
    addresses: api.Addresses
    context: ConnectorContext
    whoami: Callable[[], Actor]

    @property
    def report(self) -> CheckReporter:
        """Makes this connector's checks."""
        return CheckReporter(self.name)

    def get(self, path: str, *, subject: str | None = None, **params: str | int) -> Response:
        """One question; where it is about a `subject`, an absence is a TicketNotFound."""
        return self.client.send(Request("GET", f"{self.addresses.api_prefix}{path}", params=params, ticket=subject))


def diagnose(site: GitHubSite) -> Iterator[Check]:
    """From the outside inwards; what cannot be asked any more is said once."""
    report, started_at = site.report, site.context.now()
    yield from transport_check(report, site.settings.url)
    configured = site.settings.webhook_secret is not None
    limitation = (
        f"new dependencies and sub-issues show within {site.settings.full_resync_hours:g} hours (full_resync_hours)"
    )
    yield webhook_check(report, configured=configured, limitation=limitation)
    try:
        answer = first_answer(site)
    except SourceError as error:
        refused = isinstance(error, CredentialsRefused)
        yield report.error("sign-in failed" if refused else "GitHub can't be reached", error)
        yield report.skip("nothing else at this GitHub was checked")
        return
    yield from _contact(site, answer, (site.context.now() - started_at).total_seconds())
    try:
        actor = site.whoami()
    except SourceError as error:
        yield report.error("could not read the account", error)
        yield report.skip("permissions and configuration were not checked")
        return
    yield report.ok(f"signed in as {actor.name} ({actor.id})")
    yield reach_check(site, answer.headers)
    yield from _configured(site)


def _contact(site: GitHubSite, answer: Response, seconds: float) -> Iterator[Check]:
    version = answer.headers.get("x-github-enterprise-version", "")
    server = f"GitHub Enterprise Server {version}" if version else "GitHub"
    yield site.report.ok(f"{server} answers in {seconds * 1000:.0f} ms")
    yield clock_check(site.report, answer, site.context.now())
    yield from catch_failures(site.report, "the rate limit", _budget(site.report, answer))


def _configured(site: GitHubSite) -> Iterator[Check]:
    """What the configuration names, one by one."""
    report, settings = site.report, site.settings
    if exempt := (*settings.exempt_types, *(f"label {label}" for label in settings.exempt_labels)):
        yield report.ok(f"issues are exempt by {join_names(exempt)} (exempt_types, exempt_labels)")
    for repository in settings.repositories:
        yield from catch_failures(report, repository, repository_checks(report, site.get, repository))
    yield from catch_failures(report, "the labels", label_checks(report, site.get, settings))
    yield from catch_failures(report, "the issue types", type_checks(report, site.client, settings))
    known: list[Json] = []
    yield from catch_failures(report, "issue fields", issue_field_checks(report, site.client, settings, known))
    names = [str(field["name"]) for field in known]
    for project in settings.projects:
        checks = project_checks(report, site.client, settings, project, names)
        yield from catch_failures(report, f"project {project}", checks)


def first_answer(site: GitHubSite) -> Response:
    """The allowance, which is free to ask for; a server without limits has no such page."""
    try:
        return site.get("/rate_limit", subject="rate_limit")
    except TicketNotFound:
        return site.get("/meta")


def _budget(report: CheckReporter, answer: Response) -> Iterator[Check]:
    resources: Mapping[str, Any] = answer.json().get("resources") or {}
    for resource, unit in RATE_LIMITED_RESOURCES.items():
        if rate_limit := resources.get(resource):
            resets = f"resets at {datetime.fromtimestamp(rate_limit['reset'], UTC):%H:%M} UTC"
            yield rate_limit_check(report, unit, int(rate_limit["remaining"]), int(rate_limit["limit"]), resets)
    if not resources:
        yield report.ok("this server sets no limits")


def reach_check(site: GitHubSite, headers: Mapping[str, str]) -> Check:
    """What the credentials say about themselves; only classic tokens do."""
    report, token = site.report, site.settings.token
    if "x-oauth-scopes" in headers and (scopes := _words(headers["x-oauth-scopes"])):
        return _scopes(site, scopes)
    if token is None:
        return report.skip(
            "could not check the App's permissions: they are set on its installation", f"It needs {permissions_text()}"
        )
    kind = "a fine-grained token" if token.get_secret_value().startswith(FINE_GRAINED) else "this token"
    message = f"could not check what {kind} may do: GitHub doesn't list its permissions"
    return report.skip(message, f"It needs {permissions_text()}")


def _scopes(site: GitHubSite, scopes: frozenset[str]) -> Check:
    missing = []
    if not scopes & {"repo", "public_repo"}:
        missing.append("repo")
    if site.settings.projects and not scopes & {"read:project", "project"}:
        missing.append("read:project")
    if missing:
        message = f"the token lacks the scope {join_names(missing)}; it has {join_names(sorted(scopes))}"
        return site.report.fail(
            message, "Create a token with it, preferably a fine-grained one for these repositories only"
        )
    return site.report.ok(f"the token has the scopes {join_names(sorted(scopes))}")


def _words(header: str) -> frozenset[str]:
    return frozenset(word.strip() for word in header.split(",") if word.strip())
