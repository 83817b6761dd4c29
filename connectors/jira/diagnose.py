"""What works at a Jira site and what does not: the site, the account, and what the configuration names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import Actor, ConnectorContext
from connectors.diagnosis import (
    CheckReporter,
    catch_failures,
    clock_check,
    join_names,
    link_checks,
    rate_limit_check,
    suggest_names,
    transport_check,
    unmapped_checks,
    variable_of,
    webhook_check,
)
from connectors.http import ApiClient
from connectors.jira.diagnose_fields import field_checks
from connectors.jira.diagnose_query import query_checks
from connectors.jira.normalise import level_of
from connectors.jira.settings import JiraSettings
from connectors.jira.setup import AdminClient, default_of
from connectors.jira.terms import FALLBACK_PRIORITY
from connectors.links import Waiting, is_unrelated, waiting_of
from connectors.names import plain_name
from connectors.wire import Request, Response
from hub.model.check_up import Check
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.typed import match_key

# The older API is there on every kind of site, and these questions are the same in it.
ROOT = "/rest/api/2"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """A configured site with the ways to ask it."""

    name: str
    settings: JiraSettings
    client: ApiClient
    admin_client: AdminClient
    context: ConnectorContext
    whoami: Callable[[], Actor]

    @property
    def report(self) -> CheckReporter:
        """Makes this connector's checks."""
        return CheckReporter(self.name)


def diagnose(site: Site) -> Iterator[Check]:
    """How the site is reached, then what it answers."""
    yield from transport_check(site.report, site.settings.api_url)
    yield from _site_checks(site)


def _site_checks(site: Site) -> Iterator[Check]:
    """From the outside inwards; what cannot be asked any more is said once."""
    report, started_at = site.report, site.context.now()
    try:
        answer = site.client.send(Request("GET", f"{ROOT}/serverInfo"))
    except CredentialsRefused:
        yield report.ok("the site answers")
        answer = None
    except SourceError as error:
        yield report.error("the site can't be reached", error)
        yield report.skip("nothing else at this site was checked")
        return
    if answer is not None:
        yield from catch_failures(
            report, "the site", _contact(site, answer, (site.context.now() - started_at).total_seconds())
        )
    yield webhook_check(report, variable_of(site.name, "webhook_secret"), configured=_has_secret(site.settings))
    try:
        actor = site.whoami()
    except SourceError as error:
        yield report.error("could not read the account", error)
        yield report.skip("permissions and configuration were not checked")
        return
    yield report.ok(f"signed in as {actor.name} ({actor.id})")
    yield from catch_failures(report, "the fields", _fields(site))
    yield from catch_failures(report, "the link types", _links(site))
    yield from catch_failures(report, "the issue types", _types(site))
    yield from catch_failures(report, "the priorities", _priorities(site))
    yield from query_checks(report, site.client, site.settings, cloud=_is_cloud(answer))


def _has_secret(settings: JiraSettings) -> bool:
    return settings.webhook_secret is not None


def _is_cloud(answer: Response | None) -> bool:
    content = answer.json() if answer is not None else {}
    return not isinstance(content, dict) or content.get("deploymentType", "Cloud") == "Cloud"


def _contact(site: Site, answer: Response, seconds: float) -> Iterator[Check]:
    info = answer.json()
    kind, version = info.get("deploymentType") or "of an unknown kind", info.get("version") or "unknown"
    yield site.report.ok(f"the site answers in {seconds * 1000:.0f} ms: Jira {kind}, version {version}")
    yield clock_check(site.report, answer, site.context.now())
    limit, remaining = (answer.headers.get(f"x-ratelimit-{part}", "") for part in ("limit", "remaining"))
    if limit.isdigit() and remaining.isdigit():
        yield rate_limit_check(site.report, "API calls", int(remaining), int(limit))
    for rate_limit in site.client.rate_limits:
        if not rate_limit.scope and rate_limit.kind != "calls":
            resets = f"resets at {rate_limit.resets_at:%H:%M} UTC"
            yield rate_limit_check(
                site.report, f"points of {rate_limit.kind}", rate_limit.remaining, rate_limit.limit, resets
            )
    if answer.headers.get("x-ratelimit-nearlimit") == "true":
        yield site.report.warn("the site reports that a rate limit is nearly reached", "Give the hub its own account")


def _fields(site: Site) -> Iterator[Check]:
    yield from field_checks(site.report, site.admin_client.fields(), site.settings)


def _links(site: Site) -> Iterator[Check]:
    kinds = [
        (str(kind.get("name") or ""), str(kind.get("inward") or ""), str(kind.get("outward") or ""))
        for kind in site.admin_client.link_types()
    ]
    names, own_links = [name for name, _, _ in kinds], site.settings.links
    read = [kind[0] for kind in kinds if waiting_of(*kind, own_links) is not Waiting.NONE]
    unclear = [kind[0] for kind in kinds if kind[0] not in read and not is_unrelated(*kind, own_links)]
    yield from link_checks(site.report, "", names, read, unclear)
    if not read:
        message = f"no link type means that a ticket is blocked: {join_names(names) or 'there are none'}"
        remedy = "Name one in `links`, or write `Depends on KEY` at the start of a line in a ticket's description"
        yield site.report.warn(message, remedy)
    for name in own_links:
        if plain_name(name) not in {plain_name(known) for known in names}:
            remedy = suggest_names(name, names) or "Remove it from `links`"
            yield site.report.fail(f"links: no link type is called {name!r}", remedy, configured=True)


def _types(site: Site) -> Iterator[Check]:
    """Which issue types may be initiatives and which are exempt, by what the site and the settings say."""
    settings = site.settings
    kinds = [kind for kind in site.client.send(Request("GET", f"{ROOT}/issuetype")).json() if kind.get("name")]
    names = list(dict.fromkeys(str(kind["name"]) for kind in kinds))
    levels = {str(kind["name"]): settings.level_of(str(kind["name"]), level_of(kind)) for kind in kinds}
    exempt = [name for name in names if settings.exemption_of(name, levels[name], ())]
    top_types = [name for name in names if levels[name] > 0 and name not in exempt]
    if top_types:
        yield site.report.ok(f"initiatives may be of type {join_names(top_types)}")
    else:
        remedy = "Name the types of your initiatives in `initiative_types`"
        yield site.report.warn("no issue type is above the base level", remedy)
    if exempt:
        yield site.report.ok(f"issues of type {join_names(exempt)} are exempt (exempt_types)")
    known = {plain_name(name) for name in names}
    for name in settings.initiative_types:
        if plain_name(name) not in known:
            remedy = suggest_names(name, names) or "Fix `initiative_types`"
            yield site.report.fail(f"initiative_types: no issue type is called {name!r}", remedy, configured=True)


def _priorities(site: Site) -> Iterator[Check]:
    answer = site.client.send(Request("GET", f"{ROOT}/priority")).json()
    names = [str(item["name"]) for item in answer]
    default = site.settings.default_priority
    if default is None:
        default = default_of(answer) or next(
            (name for name in names if plain_name(name) == plain_name(FALLBACK_PRIORITY)), ""
        )
    if default:
        yield site.report.ok(f"{default} is the default priority and counts as not set (default_priority)")
    else:
        yield site.report.ok("no priority is the default, so each counts as set (default_priority)")
    unmapped_names = [name for name in names if site.settings.band_of(name) is None]
    setting = f"{site.name}.priorities"
    yield from unmapped_checks(
        site.report, unmapped_names, problem="priorities without a number from 1 to 4", setting=setting
    )
    folded = {match_key(name) for name in names}
    for name in site.settings.priorities:
        if match_key(name) not in folded:
            remedy = suggest_names(name, names) or f"Remove it from [connectors.{setting}]"
            yield site.report.warn(f"no priority is called {name!r}", remedy)
    if not unmapped_names:
        yield site.report.ok(f"all {len(names)} priorities have a number from 1 to 4")
