"""What works at a GitHub and what does not: the account, its rate limit, the projects and their fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Actor, ConnectorContext
from connectors.github import api, queries
from connectors.github.repositories import label_checks, repository_checks, type_checks
from connectors.github.settings import Fields, GitHubSettings, is_known_status, permissions_text
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.shared.diagnosis import (
    CheckReporter,
    catch_failures,
    clock_check,
    join_names,
    rate_limit_check,
    suggest_names,
    transport_check,
    unmapped_checks,
    webhook_check,
)
from hub.model.errors import Check, CredentialsRefused, SourceError, TicketNotFound
from hub.model.text import match_key

Json = Mapping[str, Any]
_NAMES = ("SINGLE_SELECT", "TEXT", "NUMBER")
READABLE_KINDS: Mapping[str, tuple[str, ...]] = {
    "status": _NAMES,
    "start": ("DATE", "TEXT"),
    "target": ("DATE", "TEXT"),
    "iteration": ("ITERATION",),
    "priority": _NAMES,
    "key_result": (*_NAMES, "ITERATION"),
}
"""The kinds of fields that say something, by what is looked for in them."""
REQUIRED_SETTINGS = ("fields.status", "key_results.field")


def project_checks(report: CheckReporter, client: ApiClient, settings: GitHubSettings, project: str) -> Iterator[Check]:
    """One project: there, open, and with the fields that are looked for."""
    login, _, number = project.partition("/")
    request = api.graphql(queries.PROJECT_FIELDS, {"login": login, "number": int(number)})
    answer = api.read_answer(client.send(request))
    project_node = answer.at(("repositoryOwner", "projectV2"))
    if project_node is None:
        reason = answer.error_text()
        message = f"project {project} doesn't exist, or this account has no access{': ' + reason if reason else ''}"
        yield report.fail(message, "Fix `projects`, or give the account permission to read Projects", configured=True)
        return
    count = (project_node.get("items") or {}).get("totalCount", 0)
    yield report.ok(
        f"project {project} exists, with {count} items: {project_node.get('title')}", container=project, shared=True
    )
    if project_node.get("closed"):
        yield report.warn(f"project {project} is closed", "Remove it from `projects` if it is no longer used")
    fields = [item for item in (project_node.get("fields") or {}).get("nodes") or () if item and item.get("name")]
    yield from _fields(report, project, settings, [str(field["name"]) for field in fields])
    yield from _kinds(report, project, settings, fields)
    yield from _options(report, project, settings, fields)


def _fields(report: CheckReporter, project: str, settings: GitHubSettings, known: list[str]) -> Iterator[Check]:
    folded = {match_key(name) for name in known}
    expected = {f"fields.{name}": names for name, names in settings.fields.model_dump().items()}
    if settings.key_results.field:
        expected["key_results.field"] = (settings.key_results.field,)
    matched = [setting for setting, names in expected.items() if any(match_key(name) in folded for name in names)]
    used_names = {match_key(name) for setting in matched for name in expected[setting]}
    unused_names = [name for name in known if match_key(name) not in used_names]
    for setting, names in expected.items():
        if names and setting not in matched:
            remedy = next(filter(None, (suggest_names(name, unused_names) for name in names)), "")
            remedy = remedy or f"Name another under {setting}, if the project has one for it"
            message = f"project {project} has no field {' or '.join(map(repr, names))} ({setting})"
            yield report.warn(message, remedy) if _is_required(settings, setting) else report.skip(message, remedy)
    if matched:
        yield report.ok(f"project {project} has these fields: {join_names(matched)}")


def _kinds(report: CheckReporter, project: str, settings: GitHubSettings, fields: list[Json]) -> Iterator[Check]:
    """Fields of a kind that says nothing where it is looked for; the first that an item carries is read."""
    expected = {f"fields.{name}": (names, READABLE_KINDS[name]) for name, names in settings.fields.model_dump().items()}
    if settings.key_results.field:
        expected["key_results.field"] = ((settings.key_results.field,), READABLE_KINDS["key_result"])
    for setting, (names, kinds) in expected.items():
        folded = [match_key(name) for name in names]
        for field in fields:
            kind = str(field.get("dataType") or "")
            if kind and match_key(str(field["name"])) in folded and kind not in kinds:
                message = f"project {project}: the field {field['name']!r} is of the kind {_word(kind)}"
                remedy = f"Name a field of the kind {' or '.join(map(_word, kinds))} under {setting}"
                yield report.warn(f"{message}, which is not read as {setting}", remedy)


def _word(kind: str) -> str:
    return kind.replace("_", " ").lower()


def _is_required(settings: GitHubSettings, setting: str) -> bool:
    """Many projects do without dates, iterations and priorities; a name that somebody wrote down is meant."""
    name = setting.partition(".")[2]
    return setting in REQUIRED_SETTINGS or getattr(settings.fields, name) != getattr(Fields(), name)


def _options(report: CheckReporter, project: str, settings: GitHubSettings, fields: list[Json]) -> Iterator[Check]:
    """Options of status and priority that stand for nothing: such tickets count as to do, or as without priority."""
    status = _options_of(fields, settings.fields.status)
    unmapped_names = [name for name in status if not is_known_status(settings, name)]
    message = f"project {project} has status options that count as to do"
    yield from unmapped_checks(report, unmapped_names, problem=message, setting=f"{report.subject}.statuses")
    unmapped_names = [name for name in _options_of(fields, settings.fields.priority) if settings.band_of(name) is None]
    message = f"project {project} has priorities without a number from 1 to 4"
    yield from unmapped_checks(report, unmapped_names, problem=message, setting=f"{report.subject}.priorities")


def _options_of(fields: list[Json], names: tuple[str, ...]) -> list[str]:
    plain_names = [match_key(name) for name in names]
    matching = [field for field in fields if match_key(str(field["name"])) in plain_names]
    return [str(option.get("name")) for row in matching for option in row.get("options") or ()]


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
    for project in settings.projects:
        yield from catch_failures(report, f"project {project}", project_checks(report, site.client, settings, project))


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
