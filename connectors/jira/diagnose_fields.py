"""What can be said of the fields of a Jira site: which are there, and what the hub can read in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.diagnosis import CheckReporter, join_names, suggest_names
from connectors.jira.field_values import OKR_READABLE, READABLE, UNREADABLE, kind_of
from connectors.jira.layout import RANK, SPRINT, build_field_map
from connectors.jira.settings import JiraSettings
from hub.model.check_up import Check
from hub.model.typed import match_key

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
