"""What a GitHub organization holds before it is configured: repositories, Projects, types, labels; what to read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import model_validator

from connectors.github import api, queries
from connectors.github.api import GraphQLAnswer
from connectors.github.diagnose import GitHubSite, first_answer, reach_check
from connectors.github.field_checks import ISSUE_FIELD_KINDS, READABLE_KINDS
from connectors.github.settings import GitHubSettings, permissions_text
from connectors.shared.survey import exempt_settings, key_result_settings
from hub.model.errors import Check, ConfigError, Health, Problem, SourceError
from hub.model.survey import Place, Setting, Survey, TicketType

Json = Mapping[str, Any]
REPOSITORY, PROJECT = "repository", "Project"
MAX_LOOKUPS = 50
PUBLIC_API, PUBLIC_SITE = "https://api.github.com", "https://github.com"


class SurveySettings(GitHubSettings):
    """A GitHub that nothing is configured of but how to sign in, and the organization or user to look at."""

    owner: str = ""

    @model_validator(mode="after")
    def _require_sources(self) -> Self:
        return self


def site_of(url: str) -> str:
    """The address of the pages, by that of the API."""
    if url == PUBLIC_API:
        return PUBLIC_SITE
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"


def guide(url: str, owner: str) -> tuple[str, ...]:
    """Where to make a token, and what it must be allowed to do."""
    return (
        f"Make a fine-grained token at {site_of(url)}/settings/personal-access-tokens/new with {owner} as its owner",
        f"It needs {permissions_text()}",
    )


def survey(site: GitHubSite, requested: Sequence[str]) -> Survey:
    """In six requests, and one for each place that is requested and not among the newest."""
    owner = site.settings.owner if isinstance(site.settings, SurveySettings) else ""
    actor, reach = site.whoami(), reach_check(site, first_answer(site).headers)
    repositories, repository_count = _repositories(site, owner, requested)
    projects, project_count, problem = _projects(site, owner, requested)
    labels = Counter(str(row["name"]) for node in repositories for row in _nodes(node.get("labels")))
    fields = [(field, READABLE_KINDS) for node in projects for field in _fields(node)]
    fields += [(field, ISSUE_FIELD_KINDS) for field in _issue_fields(site, owner)]
    return Survey(
        site=f"GitHub, {site_of(site.settings.url)}/{owner}",
        account=actor.name,
        places=(*map(_repository, repositories), *(_project(owner, node) for node in projects)),
        totals=((REPOSITORY, repository_count), (PROJECT, project_count)),
        types=tuple(_types(site, owner)),
        fields=tuple(
            sorted({str(field["name"]) for field, kinds in fields if field.get("dataType") in kinds["key_result"]})
        ),
        field_count=len({str(field["name"]) for field, _ in fields}),
        labels=tuple(name for name, _ in labels.most_common()),
        label_count=len(labels),
        checks=tuple(check for check in (reach, problem) if check is not None and check.outcome is not Health.OK),
    )


def _repositories(site: GitHubSite, owner: str, requested: Sequence[str]) -> tuple[list[Json], int]:
    answer = _ask(site, queries.OWNER_REPOSITORIES, login=owner)
    if answer.at(("repositoryOwner",)) is None:
        message = f"GitHub has no organization or user {owner!r}, or this account can't see it"
        remedy = f"Check the name; {answer.error_text()}" if answer.errors else "Check the name and the credentials"
        raise ConfigError([Problem("--github", "", message, remedy)])
    connection = answer.at(("repositoryOwner", "repositories")) or {}
    nodes = {str(node["nameWithOwner"]).casefold(): node for node in _nodes(connection)}
    for place in requested[:MAX_LOOKUPS]:
        login, _, name = place.partition("/")
        if place.casefold() not in nodes and not name.isdigit():
            found = _ask(site, queries.ONE_REPOSITORY, owner=login, name=name).at(("repository",))
            nodes |= {place.casefold(): found} if found else {}
    return list(nodes.values()), int(connection.get("totalCount") or 0)


def _projects(site: GitHubSite, owner: str, requested: Sequence[str]) -> tuple[list[Json], int, Check | None]:
    """Projects are a right of their own: without it the repositories can be read all the same."""
    path = ("repositoryOwner", "projectsV2")
    try:
        answer = _ask(site, queries.OWNER_PROJECTS, login=owner)
    except SourceError as error:
        return [], 0, site.report.error("could not read Projects", error)
    if (connection := answer.at(path)) is None:
        reason = f": {answer.error_text()}" if answer.errors else ""
        remedy = "Give it the permission Projects: read, or a classic token the scope read:project"
        return [], 0, site.report.fail(f"these credentials can't read Projects{reason}", remedy)
    nodes = {int(node["number"]): node for node in _nodes(connection)}
    for place in requested[:MAX_LOOKUPS]:
        login, _, name = place.partition("/")
        if name.isdigit() and login.casefold() == owner.casefold() and int(name) not in nodes:
            found = _ask(site, queries.ONE_PROJECT, login=owner, number=int(name)).at(("repositoryOwner", "projectV2"))
            nodes |= {int(name): found} if found else {}
    return list(nodes.values()), int(connection.get("totalCount") or 0), None


def _types(site: GitHubSite, owner: str) -> Iterator[TicketType]:
    """The organization's issue types; users and older servers have none."""
    try:
        connection = _ask(site, queries.ISSUE_TYPES, login=owner).at(("organization", "issueTypes"))
    except SourceError:
        return
    for node in _nodes(connection):
        if node.get("isEnabled"):
            name = str(node["name"])
            yield TicketType(name, exempt=bool(site.settings.exemption_of(name, 0, ())))


def _issue_fields(site: GitHubSite, owner: str) -> list[Json]:
    """The organization's issue fields; users and older servers have none, and to list them is a right of its own."""
    try:
        connection = _ask(site, queries.ISSUE_FIELDS, login=owner).at(("organization", "issueFields"))
    except SourceError:
        return []
    return [field for field in _nodes(connection) if field.get("name")]


def _ask(site: GitHubSite, document: str, **variables: Any) -> GraphQLAnswer:
    return api.read_answer(site.client.send(api.graphql(document, variables)))


def _nodes(connection: Json | None) -> list[Json]:
    return [node for node in (connection or {}).get("nodes") or () if node]


def _fields(project: Json) -> list[Json]:
    return [field for field in _nodes(project.get("fields")) if field.get("name")]


def _repository(node: Json) -> Place:
    tickets = int((node.get("issues") or {}).get("totalCount") or 0)
    reasons = (
        ("archived", node.get("isArchived")),
        ("issues disabled", not node.get("hasIssuesEnabled", True)),
        ("a fork", node.get("isFork")),
        ("no open issues", tickets == 0),
    )
    name = str(node["nameWithOwner"])
    skip_reason = next((reason for reason, holds in reasons if holds), "")
    return Place(name, name.partition("/")[2], REPOSITORY, tickets, skip_reason)


def _project(owner: str, node: Json) -> Place:
    tickets = int((node.get("items") or {}).get("totalCount") or 0)
    skip_reason = "closed" if node.get("closed") else "no items" if tickets == 0 else ""
    name = str(node.get("title") or f"Project {node['number']}")
    return Place(f"{owner}/{node['number']}", name, PROJECT, tickets, skip_reason, shared=True)


def propose(survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
    """What to read, where key results are named, and what is exempt."""
    projects = tuple(place.id for place in places if place.noun == PROJECT)
    repositories = tuple(place.id for place in places if place.noun == REPOSITORY)
    return (
        *([Setting("projects", projects, "Projects as owner/number")] if projects else ()),
        *([Setting("repositories", repositories, "issues of repositories as owner/name")] if repositories else ()),
        *exempt_settings(survey),
        *key_result_settings(survey, place="a line of the issue's text"),
    )
