"""What works at a Jira site and what does not: the site, the account, and what the configuration names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import Actor, World
from connectors.diagnosis import (
    Says,
    budget_check,
    clock_check,
    guarded,
    link_checks,
    listed,
    suggest_names,
    transport_check,
    unmapped,
    variable_of,
    webhook_check,
)
from connectors.http import Gate
from connectors.jira.diagnose_fields import field_checks
from connectors.jira.diagnose_query import query_checks
from connectors.jira.normalise import level_of
from connectors.jira.settings import JiraSettings
from connectors.jira.setup import ControlPlane, default_of
from connectors.jira.terms import USUAL_PRIORITY
from connectors.links import Waiting, says_nothing_of_waiting, waiting_of
from connectors.names import plain
from connectors.wire import Request, Response
from hub.model.check_up import Check
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.typed import same

# The older API is there on every kind of site, and these questions are the same in it.
ROOT = "/rest/api/2"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """A configured site with the ways to ask it."""

    name: str
    settings: JiraSettings
    gate: Gate
    control: ControlPlane
    world: World
    whoami: Callable[[], Actor]

    @property
    def says(self) -> Says:
        """Makes this connector's checks."""
        return Says(self.name)


def diagnose(site: Site) -> Iterator[Check]:
    """How the site is reached, then what it answers."""
    yield from transport_check(site.says, site.settings.api_url)
    yield from _asked(site)


def _asked(site: Site) -> Iterator[Check]:
    """From the outside inwards; what cannot be asked any more is said once."""
    says, before = site.says, site.world.now()
    try:
        answer = site.gate.send(Request("GET", f"{ROOT}/serverInfo"))
    except CredentialsRefused:
        yield says.ok("the site answers")
        answer = None
    except SourceError as error:
        yield says.failed("the site can't be reached", error)
        yield says.skip("nothing else at this site was checked")
        return
    if answer is not None:
        yield from guarded(says, "the site", _contact(site, answer, (site.world.now() - before).total_seconds()))
    yield webhook_check(says, variable_of(site.name, "webhook_secret"), configured=_has_secret(site.settings))
    try:
        actor = site.whoami()
    except SourceError as error:
        yield says.failed("could not read the account", error)
        yield says.skip("permissions and configuration were not checked")
        return
    yield says.ok(f"signed in as {actor.name} ({actor.id})")
    yield from guarded(says, "the fields", _fields(site))
    yield from guarded(says, "the link types", _links(site))
    yield from guarded(says, "the issue types", _types(site))
    yield from guarded(says, "the priorities", _priorities(site))
    yield from query_checks(says, site.gate, site.settings, cloud=_is_cloud(answer))


def _has_secret(settings: JiraSettings) -> bool:
    return settings.webhook_secret is not None


def _is_cloud(answer: Response | None) -> bool:
    content = answer.json() if answer is not None else {}
    return not isinstance(content, dict) or content.get("deploymentType", "Cloud") == "Cloud"


def _contact(site: Site, answer: Response, seconds: float) -> Iterator[Check]:
    info = answer.json()
    kind, version = info.get("deploymentType") or "of an unknown kind", info.get("version") or "unknown"
    yield site.says.ok(f"the site answers in {seconds * 1000:.0f} ms: Jira {kind}, version {version}")
    yield clock_check(site.says, answer, site.world.now())
    limit, left = (answer.headers.get(f"x-ratelimit-{part}", "") for part in ("limit", "remaining"))
    if limit.isdigit() and left.isdigit():
        yield budget_check(site.says, "API calls", int(left), int(limit))
    for budget in site.gate.budgets:
        if not budget.concerns and budget.kind != "calls":
            again = f"resets at {budget.resets_at:%H:%M} UTC"
            yield budget_check(site.says, f"points of {budget.kind}", budget.remaining, budget.limit, again)
    if answer.headers.get("x-ratelimit-nearlimit") == "true":
        yield site.says.warn("the site reports that a rate limit is nearly reached", "Give the hub its own account")


def _fields(site: Site) -> Iterator[Check]:
    yield from field_checks(site.says, site.control.fields(), site.settings)


def _links(site: Site) -> Iterator[Check]:
    kinds = [
        (str(kind.get("name") or ""), str(kind.get("inward") or ""), str(kind.get("outward") or ""))
        for kind in site.control.link_types()
    ]
    names, own = [name for name, _, _ in kinds], site.settings.links
    read = [kind[0] for kind in kinds if waiting_of(*kind, own) is not Waiting.NONE]
    strange = [kind[0] for kind in kinds if kind[0] not in read and not says_nothing_of_waiting(*kind, own)]
    yield from link_checks(site.says, "", names, read, strange)
    if not read:
        what = f"no link type means that a ticket is blocked: {listed(names) or 'there are none'}"
        remedy = "Name one in `links`, or write `Depends on KEY` at the start of a line in a ticket's description"
        yield site.says.warn(what, remedy)
    for name in own:
        if plain(name) not in {plain(known) for known in names}:
            remedy = suggest_names(name, names) or "Remove it from `links`"
            yield site.says.fail(f"links: no link type is called {name!r}", remedy, configured=True)


def _types(site: Site) -> Iterator[Check]:
    """Which issue types may be initiatives and which are exempt, by what the site and the settings say."""
    settings = site.settings
    kinds = [kind for kind in site.gate.send(Request("GET", f"{ROOT}/issuetype")).json() if kind.get("name")]
    names = list(dict.fromkeys(str(kind["name"]) for kind in kinds))
    levels = {str(kind["name"]): settings.level_of(str(kind["name"]), level_of(kind)) for kind in kinds}
    exempt = [name for name in names if settings.exemption_of(name, levels[name], ())]
    top = [name for name in names if levels[name] > 0 and name not in exempt]
    if top:
        yield site.says.ok(f"initiatives may be of type {listed(top)}")
    else:
        remedy = "Name the types of your initiatives in `initiative_types`"
        yield site.says.warn("no issue type is above the base level", remedy)
    if exempt:
        yield site.says.ok(f"issues of type {listed(exempt)} are exempt (exempt_types)")
    known = {plain(name) for name in names}
    for name in settings.initiative_types:
        if plain(name) not in known:
            remedy = suggest_names(name, names) or "Fix `initiative_types`"
            yield site.says.fail(f"initiative_types: no issue type is called {name!r}", remedy, configured=True)


def _priorities(site: Site) -> Iterator[Check]:
    answer = site.gate.send(Request("GET", f"{ROOT}/priority")).json()
    names = [str(one["name"]) for one in answer]
    default = site.settings.default_priority
    if default is None:
        default = default_of(answer) or next((name for name in names if plain(name) == plain(USUAL_PRIORITY)), "")
    if default:
        yield site.says.ok(f"{default} is the default priority and counts as not set (default_priority)")
    else:
        yield site.says.ok("no priority is the default, so each counts as set (default_priority)")
    strange = [name for name in names if site.settings.band_of(name) is None]
    setting = f"{site.name}.priorities"
    yield from unmapped(site.says, strange, what="priorities without a number from 1 to 4", setting=setting)
    folded = {same(name) for name in names}
    for name in site.settings.priorities:
        if same(name) not in folded:
            remedy = suggest_names(name, names) or f"Remove it from [connectors.{setting}]"
            yield site.says.warn(f"no priority is called {name!r}", remedy)
    if not strange:
        yield site.says.ok(f"all {len(names)} priorities have a number from 1 to 4")
