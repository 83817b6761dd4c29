"""Whether the configured projects are there, and whether their fields are called as the configuration says."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.diagnosis import CheckReporter, join_names, suggest_names, unmapped_checks
from connectors.github import api, documents
from connectors.github.settings import Fields, GitHubSettings, is_known_status
from connectors.http import ApiClient
from hub.model.check_up import Check
from hub.model.typed import match_key

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
    request = api.graphql(documents.PROJECT_FIELDS, {"login": login, "number": int(number)})
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
