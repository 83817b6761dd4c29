"""What a Jira site holds before it is configured: projects, types, fields, labels; and the query that follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.base import Actor, ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Request, content_of
from connectors.http.network import network_for
from connectors.jira.admin_client import AdminClient
from connectors.jira.diagnose_query import CLOUD, REQUIRED_PERMISSIONS, ROOT, permission_checks
from connectors.jira.fields import READABLE, kind_of
from connectors.jira.normalise import level_of
from connectors.jira.queries import jql_list
from connectors.jira.settings import JiraSettings
from connectors.shared.diagnosis import CheckReporter, catch_failures
from connectors.shared.survey import exempt_settings, key_result_settings
from connectors.shared.vocabulary import plain_name
from hub.model.errors import Check, Health, SourceError
from hub.model.survey import Place, Setting, Survey, TicketType

EVERYTHING = "created is not EMPTY"
MAX_PROJECTS, MAX_PROJECT_COUNTS, MAX_TYPE_COUNTS, MAX_PERMISSION_CHECKS, MAX_LOOKUPS = 100, 20, 12, 3, 50
NAMING = READABLE.keys() - {"json", "team", "project", "group"}
SERVICE_PROJECT = "service_desk"
OKR_TYPES = frozenset({"objective", "key result"})
# developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps (classic scopes)
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user")
CLOUD_HOST = ".atlassian.net"


class SurveySettings(JiraSettings):
    """A site that nothing is configured of but how to sign in."""

    query: str = EVERYTHING


def guide(url: str, _owner: str) -> tuple[str, ...]:
    """Where to make a token for the site, and what its account must be allowed to do."""
    rights = ", ".join(REQUIRED_PERMISSIONS)
    needs = f"Its account needs these project permissions: {rights}"
    if url.removesuffix("/").endswith(CLOUD_HOST):
        return (
            "Make an API token at https://id.atlassian.com/manage-profile/security/api-tokens",
            f"A token with scopes needs exactly {', '.join(SCOPES)}",
            needs,
        )
    return (f"Make a personal access token at {url}/secure/ViewProfile.jspa (Personal Access Tokens)", needs)


@dataclass(frozen=True, slots=True)
class SurveySite:
    """A site with the ways to ask it."""

    name: str
    settings: JiraSettings
    client: ApiClient
    admin_client: AdminClient
    cloud: bool

    def get(self, path: str, **params: str | int) -> Any:
        """One question."""
        return content_of(self.client.send(Request("GET", path, params=params)))

    def count(self, query: str) -> int:
        """How many tickets a query finds."""
        path = f"{CLOUD}/search/approximate-count" if self.cloud else f"{ROOT}/search"
        body: dict[str, str | int] = {"jql": query} if self.cloud else {"jql": query, "maxResults": 0}
        answer = content_of(self.client.send(Request("POST", path, body=body, kind=CallKind.SEARCH)))
        return int(answer["count" if self.cloud else "total"])


def cloud_id_of(name: str, settings: JiraSettings, context: ConnectorContext) -> str:
    """The id that a Cloud site tells everybody, for the gateway; empty where it is known or there is none.

    support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id
    """
    if settings.cloud_id or settings.email is None:
        return ""
    network = network_for(settings.url, settings.ca_file)
    with (
        closing(ApiClient(name, settings.url, sign=dict, context=context, network=network)) as client,
        suppress(SourceError),
    ):
        content = content_of(client.send(Request("GET", "/_edge/tenant_info")))
        return str(content.get("cloudId") or "") if isinstance(content, dict) else ""
    return ""


def survey(site: SurveySite, actor: Actor, requested: Sequence[str]) -> Survey:
    """In at most 60 requests or so, however large the site is."""
    places, total = _places(site, requested)
    types = tuple(_types(site))
    fields = site.admin_client.fields()
    labels, label_count = _labels(site)
    names = [str(field.get("name") or "") for field in fields if field.get("custom") and kind_of(field) in NAMING]
    return Survey(
        site=f"Jira {'Cloud' if site.cloud else 'Data Center'}, {site.settings.url}",
        account=actor.name,
        places=places,
        totals=(("project", total),),
        types=types,
        fields=tuple(dict.fromkeys(filter(None, names))),
        field_count=len(fields),
        labels=labels,
        label_count=label_count,
        checks=tuple(_checks(site, places)),
        settings=_gateway_settings(site.settings),
    )


def _gateway_settings(settings: JiraSettings) -> tuple[Setting, ...]:
    comment = "this site behind Atlassian's gateway, where tokens with scopes work"
    return (Setting("cloud_id", settings.cloud_id, comment),) if settings.cloud_id else ()


def _checks(site: SurveySite, places: Iterable[Place]) -> Iterator[Check]:
    """The permissions that the account lacks in the first projects."""
    report = CheckReporter(site.name)
    keys = [place.id for place in places if not place.skip_reason][:MAX_PERMISSION_CHECKS]
    for key in keys:
        checks = permission_checks(report, site.client, key, cloud=site.cloud)
        yield from (
            check for check in catch_failures(report, "the permissions", checks) if check.outcome is not Health.OK
        )


def _places(site: SurveySite, requested: Sequence[str]) -> tuple[tuple[Place, ...], int]:
    """The largest projects, with those that are requested in front; and how many there are."""
    rows, total = _cloud_projects(site, requested) if site.cloud else _data_center_projects(site)
    keys = {key.upper() for key in requested}
    rows.sort(key=lambda row: str(row["key"]) not in keys)
    return tuple(_place(site, row, at) for at, row in enumerate(rows)), total


def _cloud_projects(site: SurveySite, requested: Sequence[str]) -> tuple[list[Mapping[str, Any]], int]:
    path, detail = f"{CLOUD}/project/search", partial(site.get, expand="insight", maxResults=MAX_PROJECTS)
    answer = detail(path, orderBy="-issueCount", action="browse")
    rows = {str(row["key"]): row for row in answer["values"]}
    for key in [key.upper() for key in requested[:MAX_LOOKUPS] if key.upper() not in rows]:
        rows |= {str(row["key"]): row for row in detail(path, keys=key)["values"]}
    return list(rows.values()), int(answer["total"])


def _data_center_projects(site: SurveySite) -> tuple[list[Mapping[str, Any]], int]:
    """Data Center gives all at once and counts no tickets."""
    rows = [row for row in site.get(f"{ROOT}/project") if not row.get("archived")]
    return rows, len(rows)


def _place(site: SurveySite, row: Mapping[str, Any], at: int) -> Place:
    key = str(row["key"])
    tickets = (row.get("insight") or {}).get("totalIssueCount")
    if tickets is None and at < MAX_PROJECT_COUNTS:
        tickets = _count_or_none(site, f"project = {jql_list([key])}")
    service = "a service project" if row.get("projectTypeKey") == SERVICE_PROJECT else ""
    skip_reason = service or ("no tickets" if tickets == 0 else "")
    return Place(key, str(row.get("name") or key), "project", tickets, skip_reason)


def _count_or_none(site: SurveySite, query: str) -> int | None:
    try:
        return site.count(query)
    except SourceError:
        return None


def _types(site: SurveySite) -> Iterator[TicketType]:
    """Each name once, the highest level first, with counts of the first few."""
    kinds = {str(kind["name"]): level_of(kind) for kind in site.get(f"{ROOT}/issuetype") if kind.get("name")}
    for at, (name, level) in enumerate(sorted(kinds.items(), key=lambda item: -item[1])):
        count = _count_or_none(site, f"issuetype = {jql_list([name])}") if at < MAX_TYPE_COUNTS else None
        work_level = 0 if plain_name(name) in OKR_TYPES else level
        yield TicketType(name, work_level, count, bool(site.settings.exemption_of(name, level, ())))


def _labels(site: SurveySite) -> tuple[tuple[str, ...], int]:
    """The site's labels; Data Center has no list of them."""
    if not site.cloud:
        return (), 0
    answer = site.get(f"{CLOUD}/label", maxResults=1000)
    return tuple(str(name) for name in answer["values"]), int(answer["total"])


def propose(survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
    """The query of these projects' initiatives, where key results are named, and what is exempt."""
    above = [kind for kind in survey.types if kind.level > 0 and not kind.exempt]
    used = [kind for kind in above if kind.tickets != 0] or above
    projects = f"project in ({jql_list(place.id for place in places)})"
    if used:
        query = f"{projects} AND issuetype in ({jql_list(kind.name for kind in used)})"
        comment = f"JQL: which tickets are initiatives, by type: {', '.join(kind.name for kind in used)}"
    else:
        query, comment = projects, "JQL: no issue type is above the base level, so every ticket counts; narrow it down"
    return (
        Setting("query", query, comment),
        *survey.settings,
        *exempt_settings(survey),
        *_okr_hint(survey),
        *key_result_settings(survey, place="a line of the description"),
    )


def _okr_hint(survey: Survey) -> tuple[Setting, ...]:
    """A word about OKRs that are kept as tickets, where there are any."""
    kinds = [kind for kind in survey.types if plain_name(kind.name) in OKR_TYPES and kind.tickets]
    comment = "This site has tickets that may be OKRs; to read them, add [connectors.jira.okrs] (config.example.toml)"
    return (Setting("", None, comment),) if kinds else ()
