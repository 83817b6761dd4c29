"""What works at a GitHub and what does not: the account, its allowance, and what the configuration names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Actor, World
from connectors.diagnosis import (
    Says,
    budget_check,
    clock_check,
    guarded,
    listed,
    transport_check,
    variable_of,
    webhook_check,
)
from connectors.github import api
from connectors.github.diagnose_board import board_checks
from connectors.github.diagnose_repository import label_checks, repository_checks, type_checks
from connectors.github.settings import GitHubSettings
from connectors.http import Gate
from connectors.wire import Request, Response
from hub.model.check_up import Check
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound

COUNTED = {"core": "REST calls", "graphql": "GraphQL points"}
FINE_GRAINED = "github_pat_"


@dataclass(frozen=True, slots=True)
class Place:
    """A configured GitHub with the ways to ask it."""

    name: str
    settings: GitHubSettings
    gate: Gate
    at: api.Addresses
    world: World
    whoami: Callable[[], Actor]

    @property
    def says(self) -> Says:
        """Makes this connector's checks."""
        return Says(self.name)

    def get(self, path: str, *, about: str | None = None, **params: str | int) -> Response:
        """One question; where it is `about` something, an absence is a TicketGone."""
        return self.gate.send(Request("GET", f"{self.at.rest}{path}", params=params, ticket=about))


def diagnose(place: Place) -> Iterator[Check]:
    """From the outside inwards; what cannot be asked any more is said once."""
    says, before = place.says, place.world.now()
    yield from transport_check(says, place.settings.url)
    configured = place.settings.webhook_secret is not None
    late = f"new dependencies and sub-issues show within {place.settings.census_hours:g} hours (census_hours)"
    yield webhook_check(says, variable_of(place.name, "webhook_secret"), configured=configured, late=late)
    try:
        answer = _first_answer(place)
    except SourceError as error:
        refused = isinstance(error, CredentialsRefused)
        yield says.failed("sign-in failed" if refused else "GitHub can't be reached", error)
        yield says.skip("nothing else at this GitHub was checked")
        return
    yield from _contact(place, answer, (place.world.now() - before).total_seconds())
    try:
        actor = place.whoami()
    except SourceError as error:
        yield says.failed("could not read the account", error)
        yield says.skip("permissions and configuration were not checked")
        return
    yield says.ok(f"signed in as {actor.name} ({actor.id})")
    yield _reach(place, answer.headers)
    yield from _configured(place)


def _contact(place: Place, answer: Response, seconds: float) -> Iterator[Check]:
    version = answer.headers.get("x-github-enterprise-version", "")
    server = f"GitHub Enterprise Server {version}" if version else "GitHub"
    yield place.says.ok(f"{server} answers in {seconds * 1000:.0f} ms")
    yield clock_check(place.says, answer, place.world.now())
    yield from guarded(place.says, "the rate limit", _budget(place.says, answer))


def _configured(place: Place) -> Iterator[Check]:
    """What the configuration names, one by one."""
    says, settings = place.says, place.settings
    if exempt := (*settings.exempt_types, *(f"label {label}" for label in settings.exempt_labels)):
        yield says.ok(f"issues are exempt by {listed(exempt)} (exempt_types, exempt_labels)")
    for repository in settings.repositories:
        yield from guarded(says, repository, repository_checks(says, place.get, repository))
    yield from guarded(says, "the labels", label_checks(says, place.get, settings))
    yield from guarded(says, "the issue types", type_checks(says, place.gate, settings))
    for project in settings.projects:
        yield from guarded(says, f"project {project}", board_checks(says, place.gate, settings, project))


def _first_answer(place: Place) -> Response:
    """The allowance, which is free to ask for; a server without limits has no such page."""
    try:
        return place.get("/rate_limit", about="rate_limit")
    except TicketNotFound:
        return place.get("/meta")


def _budget(says: Says, answer: Response) -> Iterator[Check]:
    resources: Mapping[str, Any] = answer.json().get("resources") or {}
    for resource, what in COUNTED.items():
        if told := resources.get(resource):
            again = f"resets at {datetime.fromtimestamp(told['reset'], UTC):%H:%M} UTC"
            yield budget_check(says, what, int(told["remaining"]), int(told["limit"]), again)
    if not resources:
        yield says.ok("this server sets no limits")


def _reach(place: Place, headers: Mapping[str, str]) -> Check:
    """What the credentials say about themselves; only classic tokens do."""
    says, token = place.says, place.settings.token
    if "x-oauth-scopes" in headers and (scopes := _words(headers["x-oauth-scopes"])):
        return _scopes(place, scopes)
    if token is None:
        needs = "Issues: read and write, Metadata: read, Projects: read, Pull requests: read"
        return says.skip("could not check the App's permissions: they are set on its installation", f"It needs {needs}")
    kind = "a fine-grained token" if token.get_secret_value().startswith(FINE_GRAINED) else "this token"
    needs = "Issues: read and write, Metadata: read, Pull requests: read, and for projects Projects: read"
    return says.skip(f"could not check what {kind} may do: GitHub doesn't list its permissions", f"It needs {needs}")


def _scopes(place: Place, scopes: frozenset[str]) -> Check:
    missing = []
    if not scopes & {"repo", "public_repo"}:
        missing.append("repo")
    if place.settings.projects and not scopes & {"read:project", "project"}:
        missing.append("read:project")
    if missing:
        what = f"the token lacks the scope {listed(missing)}; it has {listed(sorted(scopes))}"
        return place.says.fail(
            what, "Create a token with it, preferably a fine-grained one for these repositories only"
        )
    return place.says.ok(f"the token has the scopes {listed(sorted(scopes))}")


def _words(header: str) -> frozenset[str]:
    return frozenset(word.strip() for word in header.split(",") if word.strip())
