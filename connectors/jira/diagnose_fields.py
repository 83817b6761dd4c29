"""What can be said of the fields of a Jira site: which are there, and what the hub can read in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.diagnosis import Says, listed, suggest_names
from connectors.jira.field_values import OKR_READABLE, READABLE, UNREADABLE, kind_of
from connectors.jira.layout import RANK, SPRINT, find_layout
from connectors.jira.settings import JiraSettings
from hub.model.check_up import Check
from hub.model.typed import same

Field = Mapping[str, Any]


def field_checks(says: Says, known: Sequence[Field], settings: JiraSettings) -> Iterator[Check]:
    """The fields that the configuration names, and those that are found by their kind."""
    names = [str(field.get("name")) for field in known]
    words = {same(str(field.get(part))) for field in known for part in ("name", "id")}
    for setting, name in (("start_field", settings.start_field), ("due_field", settings.due_field)):
        if name and same(name) in words:
            yield says.ok(f"the field {name!r} of {setting} exists")
        elif name:
            remedy = suggest_names(name, names) or f"Fix {setting}, or remove it"
            yield says.fail(f"{setting}: no field is called {name!r}", remedy, configured=True)
    yield _dates(says, known, settings)
    yield from _key_result_field(says, known, settings, names)
    for word, name in (settings.okrs.fields if settings.okrs else {}).items():
        if same(name) not in words:
            remedy = suggest_names(name, names) or f"Fix okrs.fields.{word}, or remove it"
            yield says.fail(f"okrs.fields.{word}: no field is called {name!r}", remedy, configured=True)
        for field in known:
            if same(name) in (same(str(field.get("name"))), same(str(field.get("id")))):
                yield _okr_kind(says, word, name, field)
    kinds = {str((field.get("schema") or {}).get("custom")) for field in known}
    for kind, what in (
        (RANK, "the rank, so tickets have no order"),
        (SPRINT, "sprints, so tickets get no dates from them"),
    ):
        if kind not in kinds:
            yield says.warn(f"there is no field for {what}", "Nothing to do if you don't use boards")


def _dates(says: Says, known: Sequence[Field], settings: JiraSettings) -> Check:
    """Which fields hold the first and the last day of work, the first that has a value counts."""
    layout, names = find_layout(known, settings), {str(field["id"]): str(field.get("name")) for field in known}
    start, due = (listed([repr(names.get(one, one)) for one in ids]) for ids in (layout.start, layout.due))
    return says.ok(f"work begins on {start or 'no day that the hub knows'} and ends on {due} (start_field, due_field)")


def _key_result_field(says: Says, known: Sequence[Field], settings: JiraSettings, names: list[str]) -> Iterator[Check]:
    name = settings.key_results.field
    if not name:
        return
    called = [field for field in known if same(name) in (same(str(field.get("name"))), same(str(field.get("id"))))]
    if called:
        yield from (_kind(says, name, field) for field in called)
        return
    remedy = suggest_names(name, names) or "Name another under key_results.field, or set it to an empty text"
    if "field" in settings.key_results.model_fields_set:
        what = f"no field is called {name!r}, so tickets that may name key results in it are not evaluated"
        yield says.fail(f"key_results.field: {what}", remedy, configured=True)
        return
    yield says.warn(f"no field is called {name!r}: key results are read from labels and text only", remedy)


def _okr_kind(says: Says, word: str, name: str, field: Field) -> Check:
    """Whether a field of this kind can say something of an OKR; there dates and people do as well."""
    kind = kind_of(field)
    if kind in OKR_READABLE:
        return says.ok(f"the field {name!r} of okrs.fields.{word} exists, with {OKR_READABLE[kind]}")
    remedy = f"Name a field of another kind under okrs.fields.{word}: the hub reads {listed(OKR_READABLE.values())}"
    what = f"okrs.fields.{word}: the field {name!r} holds {UNREADABLE.get(kind, kind or 'values of an unknown kind')}"
    return says.warn(f"{what}, which may not be understood", remedy)


def _kind(says: Says, name: str, field: Field) -> Check:
    """Whether a field of this kind can name a key result."""
    kind, kinds = kind_of(field), f"the hub reads {listed(sorted(READABLE.values()))}"
    remedy = f"Name a field of another kind under key_results.field: {kinds}"
    if kind in READABLE:
        return says.ok(f"the field {name!r} for key results exists, with {READABLE[kind]}")
    if kind in UNREADABLE:
        what = f"the field {name!r} holds {UNREADABLE[kind]}, which name no key result: tickets are not evaluated"
        return says.fail(what, remedy, configured=True)
    what = f"the field {name!r} for key results is of the kind {kind or 'unknown'}, which may not be understood"
    return says.warn(what, remedy)
