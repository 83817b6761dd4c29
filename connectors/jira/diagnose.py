"""What works at a Jira site and what does not: the site, the account, and what the configuration names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import Actor, ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.jira.admin_client import AdminClient, default_of
from connectors.jira.diagnose_query import query_checks
from connectors.jira.fields import OKR_READABLE, RANK, READABLE, SPRINT, UNREADABLE, build_field_map, kind_of
from connectors.jira.normalise import level_of
from connectors.jira.settings import JiraSettings
from connectors.jira.values import FALLBACK_PRIORITY
from connectors.shared.diagnosis import (
    CheckReporter,
    catch_failures,
    clock_check,
    join_names,
    link_checks,
    rate_limit_check,
    suggest_names,
    transport_check,
    unmapped_checks,
    webhook_check,
)
from connectors.shared.vocabulary import Waiting, is_unrelated, plain_name, waiting_of
from hub.model.errors import Check, CredentialsRefused, SourceError
from hub.model.text import match_key

Field = Mapping[str, Any]


def field_checks(report: CheckReporter, known: Sequence[Field], settings: JiraSettings) -> Iterator[Check]:
    """The fields that the configuration names, and those that are found by their kind."""
    names = [str(field.get("name")) for field in known]
    field_names = {match_key(str(field.get(part))) for field in known for part in ("name", "id")}
    for setting, name in (("start_field", settings.start_field), ("due_field", settings.due_field)):
        if name and match_key(name) in field_names:
            yield report.ok(f"the field {name!r} of {setting} exists")
        elif name:
            remedy = suggest_names(name, names) or f"Fix {setting}, or remove it"
            yield report.fail(f"{setting}: no field is called {name!r}", remedy, configured=True)
    yield _dates(report, known, settings)
    yield from _key_result_field(report, known, settings, names)
    for word, name in (settings.okrs.fields if settings.okrs else {}).items():
        if match_key(name) not in field_names:
            remedy = suggest_names(name, names) or f"Fix okrs.fields.{word}, or remove it"
            yield report.fail(f"okrs.fields.{word}: no field is called {name!r}", remedy, configured=True)
        for field in known:
            if match_key(name) in (match_key(str(field.get("name"))), match_key(str(field.get("id")))):
                yield _okr_kind(report, word, name, field)
    kinds = {str((field.get("schema") or {}).get("custom")) for field in known}
    for kind, message in (
        (RANK, "the rank, so tickets have no order"),
        (SPRINT, "sprints, so tickets get no dates from them"),
    ):
        if kind not in kinds:
            yield report.warn(f"there is no field for {message}", "Nothing to do if you don't use boards")


def _dates(report: CheckReporter, known: Sequence[Field], settings: JiraSettings) -> Check:
    """Which fields hold the first and the last day of work, the first that has a value counts."""
    field_map, names = build_field_map(known, settings), {str(field["id"]): str(field.get("name")) for field in known}
    start, due = (join_names([repr(names.get(id_, id_)) for id_ in ids]) for ids in (field_map.start, field_map.due))
    return report.ok(
        f"work begins on {start or 'no day that the hub knows'} and ends on {due} (start_field, due_field)"
    )


def _key_result_field(
    report: CheckReporter, known: Sequence[Field], settings: JiraSettings, names: list[str]
) -> Iterator[Check]:
    name = settings.key_results.field
    if not name:
        return
    matching = [
        field
        for field in known
        if match_key(name) in (match_key(str(field.get("name"))), match_key(str(field.get("id"))))
    ]
    if matching:
        yield from (_kind(report, name, field) for field in matching)
        return
    remedy = suggest_names(name, names) or "Name another under key_results.field, or set it to an empty text"
    if "field" in settings.key_results.model_fields_set:
        message = f"no field is called {name!r}, so tickets that may name key results in it are not evaluated"
        yield report.fail(f"key_results.field: {message}", remedy, configured=True)
        return
    yield report.warn(f"no field is called {name!r}: key results are read from labels and text only", remedy)


def _okr_kind(report: CheckReporter, word: str, name: str, field: Field) -> Check:
    """Whether a field of this kind can say something of an OKR; there dates and people do as well."""
    kind = kind_of(field)
    if kind in OKR_READABLE:
        return report.ok(f"the field {name!r} of okrs.fields.{word} exists, with {OKR_READABLE[kind]}")
    remedy = f"Name a field of another kind under okrs.fields.{word}: the hub reads {join_names(OKR_READABLE.values())}"
    message = (
        f"okrs.fields.{word}: the field {name!r} holds {UNREADABLE.get(kind, kind or 'values of an unknown kind')}"
    )
    return report.warn(f"{message}, which may not be understood", remedy)


def _kind(report: CheckReporter, name: str, field: Field) -> Check:
    """Whether a field of this kind can name a key result."""
    kind, kinds = kind_of(field), f"the hub reads {join_names(sorted(READABLE.values()))}"
    remedy = f"Name a field of another kind under key_results.field: {kinds}"
    if kind in READABLE:
        return report.ok(f"the field {name!r} for key results exists, with {READABLE[kind]}")
    if kind in UNREADABLE:
        message = f"the field {name!r} holds {UNREADABLE[kind]}, which name no key result: tickets are not evaluated"
        return report.fail(message, remedy, configured=True)
    message = f"the field {name!r} for key results is of the kind {kind or 'unknown'}, which may not be understood"
    return report.warn(message, remedy)


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
    yield webhook_check(report, configured=_has_secret(site.settings))
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
