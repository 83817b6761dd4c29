"""Whether the configured projects are there, and whether their fields are called as the configuration says."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.diagnosis import Says, listed, suggest_names, unmapped
from connectors.github import api, documents
from connectors.github.settings import Fields, GitHubSettings, is_known_status
from connectors.http import Gate
from hub.model.check_up import Check
from hub.model.typed import same

Json = Mapping[str, Any]
_NAMES = ("SINGLE_SELECT", "TEXT", "NUMBER")
READABLE: Mapping[str, tuple[str, ...]] = {
    "status": _NAMES,
    "start": ("DATE", "TEXT"),
    "target": ("DATE", "TEXT"),
    "iteration": ("ITERATION",),
    "priority": _NAMES,
    "key_result": (*_NAMES, "ITERATION"),
}
"""The kinds of fields that say something, by what is looked for in them."""
NEEDED = ("fields.status", "key_results.field")


def board_checks(says: Says, gate: Gate, settings: GitHubSettings, project: str) -> Iterator[Check]:
    """One project: there, open, and with the fields that are looked for."""
    login, _, number = project.partition("/")
    request = api.graphql(documents.BOARD, {"login": login, "number": int(number)})
    answer = api.read_answer(gate.send(request))
    board = answer.at(("repositoryOwner", "projectV2"))
    if board is None:
        why = answer.why()
        what = f"project {project} doesn't exist, or this account has no access{': ' + why if why else ''}"
        yield says.fail(what, "Fix `projects`, or give the account permission to read Projects", configured=True)
        return
    count = (board.get("items") or {}).get("totalCount", 0)
    yield says.ok(f"project {project} exists, with {count} items: {board.get('title')}", place=project, shared=True)
    if board.get("closed"):
        yield says.warn(f"project {project} is closed", "Remove it from `projects` if it is no longer used")
    fields = [one for one in (board.get("fields") or {}).get("nodes") or () if one and one.get("name")]
    yield from _fields(says, project, settings, [str(one["name"]) for one in fields])
    yield from _kinds(says, project, settings, fields)
    yield from _options(says, project, settings, fields)


def _fields(says: Says, project: str, settings: GitHubSettings, known: list[str]) -> Iterator[Check]:
    folded = {same(name) for name in known}
    wanted = {f"fields.{name}": names for name, names in settings.fields.model_dump().items()}
    if settings.key_results.field:
        wanted["key_results.field"] = (settings.key_results.field,)
    found = [setting for setting, names in wanted.items() if any(same(name) in folded for name in names)]
    taken = {same(name) for setting in found for name in wanted[setting]}
    free = [name for name in known if same(name) not in taken]
    for setting, names in wanted.items():
        if names and setting not in found:
            remedy = next(filter(None, (suggest_names(name, free) for name in names)), "")
            remedy = remedy or f"Name another under {setting}, if the project has one for it"
            what = f"project {project} has no field {' or '.join(map(repr, names))} ({setting})"
            yield says.warn(what, remedy) if _matters(settings, setting) else says.skip(what, remedy)
    if found:
        yield says.ok(f"project {project} has these fields: {listed(found)}")


def _kinds(says: Says, project: str, settings: GitHubSettings, fields: list[Json]) -> Iterator[Check]:
    """Fields of a kind that says nothing where it is looked for; the first that an item carries is read."""
    wanted = {f"fields.{name}": (names, READABLE[name]) for name, names in settings.fields.model_dump().items()}
    if settings.key_results.field:
        wanted["key_results.field"] = ((settings.key_results.field,), READABLE["key_result"])
    for setting, (names, kinds) in wanted.items():
        folded = [same(name) for name in names]
        for one in fields:
            kind = str(one.get("dataType") or "")
            if kind and same(str(one["name"])) in folded and kind not in kinds:
                what = f"project {project}: the field {one['name']!r} is of the kind {_word(kind)}"
                remedy = f"Name a field of the kind {' or '.join(map(_word, kinds))} under {setting}"
                yield says.warn(f"{what}, which is not read as {setting}", remedy)


def _word(kind: str) -> str:
    return kind.replace("_", " ").lower()


def _matters(settings: GitHubSettings, setting: str) -> bool:
    """Many projects do without dates, iterations and priorities; a name that somebody wrote down is meant."""
    name = setting.partition(".")[2]
    return setting in NEEDED or getattr(settings.fields, name) != getattr(Fields(), name)


def _options(says: Says, project: str, settings: GitHubSettings, fields: list[Json]) -> Iterator[Check]:
    """Options of status and priority that stand for nothing: such tickets count as to do, or as without priority."""
    status = _options_of(fields, settings.fields.status)
    strange = [name for name in status if not is_known_status(settings, name)]
    what = f"project {project} has status options that count as to do"
    yield from unmapped(says, strange, what=what, setting=f"{says.subject}.statuses")
    strange = [name for name in _options_of(fields, settings.fields.priority) if settings.band_of(name) is None]
    what = f"project {project} has priorities without a number from 1 to 4"
    yield from unmapped(says, strange, what=what, setting=f"{says.subject}.priorities")


def _options_of(fields: list[Json], names: tuple[str, ...]) -> list[str]:
    wanted = [same(name) for name in names]
    chosen = [one for one in fields if same(str(one["name"])) in wanted]
    return [str(option.get("name")) for one in chosen for option in one.get("options") or ()]
