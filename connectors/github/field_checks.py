"""Doctor's look at fields: those of Projects and those of organizations, which of them are read, and which can't be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.github import api, queries
from connectors.github.graphql import FILTERS
from connectors.github.settings import Fields, GitHubSettings, is_known_status
from connectors.http.client import ApiClient
from connectors.shared.diagnosis import CheckReporter, join_names, suggest_names, unmapped_checks
from connectors.shared.settings import KeyResultMentions
from connectors.shared.vocabulary import plain_name
from hub.model.errors import Check
from hub.model.text import match_key

Json = Mapping[str, Any]
_NAMES = ("SINGLE_SELECT", "TEXT", "NUMBER")
READABLE_KINDS: Mapping[str, tuple[str, ...]] = {
    "status": _NAMES,
    "start": ("DATE", "TEXT"),
    "target": ("DATE", "TEXT"),
    "iteration": ("ITERATION",),
    "priority": _NAMES,
    "key_result": (*_NAMES, "MULTI_SELECT", "ITERATION"),
}
"""The kinds of a project's fields that say something, by what is looked for in them."""
ISSUE_FIELD_KINDS = {
    name: tuple(kind for kind in kinds if kind != "ITERATION") for name, kinds in READABLE_KINDS.items()
}
"""The same of issue fields, of which none is an iteration."""
REQUIRED_SETTINGS = ("fields.status", "key_results.field")


def project_checks(
    report: CheckReporter, client: ApiClient, settings: GitHubSettings, project: str, issue_fields: Sequence[str]
) -> Iterator[Check]:
    """One project: there, open, and with the fields that are looked for, of its own or `issue_fields` by name."""
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
    yield from _fields(report, project, settings, [str(field["name"]) for field in fields], issue_fields)
    # A column that shows an issue field is of its kind and has its options, which are looked at there.
    issue_field_names = {match_key(name) for name in issue_fields}
    own = [field for field in fields if match_key(str(field["name"])) not in issue_field_names or field.get("options")]
    yield from _kinds(report, f"project {project}", settings, own, READABLE_KINDS)
    yield from _options(report, f"project {project}", settings, own)


def issue_field_checks(
    report: CheckReporter, client: ApiClient, settings: GitHubSettings, known: list[Json]
) -> Iterator[Check]:
    """The issue fields of each organization: which are used, and which are not; adds them to those `known`."""
    places = (*settings.repositories, *settings.projects)
    unlisted = 0
    for owner in dict.fromkeys(place.partition("/")[0] for place in places):
        answer = api.read_answer(client.send(api.graphql(queries.ISSUE_FIELDS, {"login": owner})))
        connection = answer.at(("organization", "issueFields"))
        if connection is None:
            unlisted += not _has_no_issue_fields(answer)
            yield _unlisted(report, owner, answer)
            continue
        fields = [field for field in connection.get("nodes") or () if field and field.get("name")]
        known += fields
        yield from _used_and_unused(report, owner, settings, fields)
        yield from _kinds(report, f"organization {owner}", settings, fields, ISSUE_FIELD_KINDS)
        yield from _options(report, f"organization {owner}", settings, fields)
    if not unlisted and not settings.projects:
        yield from _missing_issue_field(report, settings, known)


def type_checks(report: CheckReporter, client: ApiClient, settings: GitHubSettings) -> Iterator[Check]:
    """Whether this GitHub knows issue types at all, where issues are chosen by them, and those that are named."""
    okrs = settings.okrs
    chosen = (*settings.types, *(okrs.types if okrs else ()))
    repositories = (*settings.repositories, *(okrs.repositories if okrs else ()))
    if not (chosen or settings.initiative_types) or not repositories:
        return
    filters = {"states": ["OPEN"], **({"type": chosen[0]} if chosen else {})}
    answer = api.read_answer(client.send(api.issues_page(repositories[0], filters, api.Slice(1))))
    if any(FILTERS in error.message for error in answer.errors):
        message = "this server has no issue types, so `types` can't be used"
        yield report.fail(message, "Use `labels` instead", configured=True)
        return
    names = _type_names(client, repositories)
    if names is None:
        yield report.skip("could not check whether the issue types in the configuration exist")
        return
    known = {plain_name(name) for name in names}
    for name in dict.fromkeys((*chosen, *settings.initiative_types)):
        if plain_name(name) not in known:
            remedy = suggest_names(name, list(names)) or "Correct it, or add the type to the organization"
            yield report.warn(f"no organization has the issue type {name!r}", remedy)


def _type_names(client: ApiClient, repositories: Sequence[str]) -> frozenset[str] | None:
    """The issue types of all owners; None where they could not be read of one."""
    names: set[str] = set()
    for owner in dict.fromkeys(repository.partition("/")[0] for repository in repositories):
        answer = api.read_answer(client.send(api.graphql(queries.ISSUE_TYPES, {"login": owner})))
        connection = answer.at(("organization", "issueTypes"))
        if connection is None:
            return None
        names |= {str(node["name"]) for node in connection.get("nodes") or () if node and node.get("isEnabled")}
    return frozenset(names)


def _has_no_issue_fields(answer: api.GraphQLAnswer) -> bool:
    """Whether the owner is a user, or the server of a version before issue fields."""
    return {error.type for error in answer.errors} == {"NOT_FOUND"} or "doesn't exist on type" in answer.error_text()


def _unlisted(report: CheckReporter, owner: str, answer: api.GraphQLAnswer) -> Check:
    if _has_no_issue_fields(answer):
        return report.ok(f"{owner} has no issue fields")
    message = f"could not list the issue fields of {owner}{': ' + answer.error_text() if answer.errors else ''}"
    remedy = "Their values are read all the same; to list them, give the permission Issue Fields: read, or read:org"
    return report.skip(message, remedy)


def _used_and_unused(
    report: CheckReporter, owner: str, settings: GitHubSettings, fields: list[Json]
) -> Iterator[Check]:
    names = [str(field["name"]) for field in fields]
    used = {
        name: setting
        for setting, expected in _expected(settings).items()
        for name in names
        if setting != "fields.iteration" and match_key(name) in map(match_key, expected)
    }
    if used:
        pairs = [f"{name} ({setting})" for name, setting in used.items()]
        yield report.ok(f"issue fields of {owner} that are read: {join_names(pairs)}")
    if unused := [name for name in names if name not in used]:
        yield report.ok(f"issue fields of {owner} that are not read: {join_names(unused)}")
    if not names:
        yield report.ok(f"{owner} has no issue fields")


def _missing_issue_field(report: CheckReporter, settings: GitHubSettings, known: list[Json]) -> Iterator[Check]:
    """Outside Projects a name that somebody wrote down can be an issue field's only."""
    names = [str(field["name"]) for field in known]
    folded = {match_key(name) for name in names}
    for setting, expected in _expected(settings).items():
        is_written = setting in _written(settings) and setting != "fields.iteration"
        if is_written and expected and not folded & {match_key(name) for name in expected}:
            remedy = next(filter(None, (suggest_names(name, names) for name in expected)), "")
            message = f"no organization has an issue field {' or '.join(map(repr, expected))} ({setting})"
            yield report.warn(message, remedy or f"Correct {setting}, or add the field to the organization")


def _expected(settings: GitHubSettings) -> dict[str, tuple[str, ...]]:
    """The names of fields, by the setting that gives them."""
    expected = {f"fields.{name}": names for name, names in settings.fields.model_dump().items()}
    return expected | ({"key_results.field": (settings.key_results.field,)} if settings.key_results.field else {})


def _defaults() -> dict[str, tuple[str, ...]]:
    names = {f"fields.{name}": names for name, names in Fields().model_dump().items()}
    return names | {"key_results.field": (KeyResultMentions().field or "",)}


def _written(settings: GitHubSettings) -> frozenset[str]:
    """The settings that are not as they come."""
    written = {setting for setting, names in _expected(settings).items() if names != _defaults().get(setting)}
    return frozenset(written)


def _fields(
    report: CheckReporter, project: str, settings: GitHubSettings, known: list[str], issue_fields: Sequence[str]
) -> Iterator[Check]:
    folded = {match_key(name) for name in (*known, *issue_fields)}
    expected = _expected(settings)
    matched = [setting for setting, names in expected.items() if any(match_key(name) in folded for name in names)]
    used_names = {match_key(name) for setting in matched for name in expected[setting]}
    unused_names = [name for name in known if match_key(name) not in used_names]
    for setting, names in expected.items():
        if names and setting not in matched:
            remedy = next(filter(None, (suggest_names(name, unused_names) for name in names)), "")
            remedy = remedy or f"Name another under {setting}, if the project has one for it"
            message = f"project {project} has no field {' or '.join(map(repr, names))} ({setting})"
            is_required = setting in REQUIRED_SETTINGS or setting in _written(settings)
            yield report.warn(message, remedy) if is_required else report.skip(message, remedy)
    if matched:
        yield report.ok(f"project {project} has these fields: {join_names(matched)}")


def _kinds(
    report: CheckReporter,
    place: str,
    settings: GitHubSettings,
    fields: list[Json],
    readable: Mapping[str, tuple[str, ...]],
) -> Iterator[Check]:
    """Fields of a kind that says nothing where it is looked for; the first that an item carries is read."""
    for setting, names in _expected(settings).items():
        kinds = readable.get("key_result" if setting == "key_results.field" else setting.removeprefix("fields."), ())
        folded = [match_key(name) for name in names]
        for field in fields:
            kind = str(field.get("dataType") or "")
            if kinds and kind and match_key(str(field["name"])) in folded and kind not in kinds:
                message = f"{place}: the field {field['name']!r} is of the kind {_word(kind)}"
                remedy = f"Name a field of the kind {' or '.join(map(_word, kinds))} under {setting}"
                yield report.warn(f"{message}, which is not read as {setting}", remedy)


def _word(kind: str) -> str:
    return kind.replace("_", " ").lower()


def _options(report: CheckReporter, place: str, settings: GitHubSettings, fields: list[Json]) -> Iterator[Check]:
    """Options of status and priority that stand for nothing: such tickets count as to do, or as without priority."""
    status = _options_of(fields, settings.fields.status)
    unmapped_names = [name for name in status if not is_known_status(settings, name)]
    message = f"{place} has status options that count as to do"
    yield from unmapped_checks(report, unmapped_names, problem=message, setting=f"{report.subject}.statuses")
    unmapped_names = [name for name in _options_of(fields, settings.fields.priority) if settings.band_of(name) is None]
    message = f"{place} has priorities without a number from 1 to 4"
    yield from unmapped_checks(report, unmapped_names, problem=message, setting=f"{report.subject}.priorities")


def _options_of(fields: list[Json], names: tuple[str, ...]) -> list[str]:
    plain_names = [match_key(name) for name in names]
    matching = [field for field in fields if match_key(str(field["name"])) in plain_names]
    return [str(option.get("name")) for row in matching for option in row.get("options") or ()]
