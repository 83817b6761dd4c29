"""A key result's `measure` as people write it on a ticket, where a table of an OKR file has no place."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from hub.model.measure import Measure
from hub.model.okr import KeyResult, Okrs

_MEASURE = re.compile(
    r"(?:count(?:\s+in\s+(?P<connector>[a-z][a-z0-9_]*))?|(?P<how>sum|value)\s+of\s+(?P<field>[^:]+?))"
    r"(?:\s*\(unit\s+(?P<unit>[^:()]+)\))?\s*:\s*(?P<query>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_IN_CONNECTOR = re.compile(r"(?P<field>.*\S)\s+in\s+(?P<connector>\S+)", re.DOTALL)
EXAMPLE = "count: labels = growth, or sum of Story points: project = ACME"


def parse_measure(text: str, connector: str) -> dict[str, Any]:
    """`count: <query>`, `sum of <field>: <query>` or `value of <field>: <query>`, and `(unit <unit>)` before the colon.

    `count in <connector>` asks another than the ticket's own; `with_named_connectors` reads `in` of a field.
    Raises ValueError for another form.
    """
    match = _MEASURE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text.strip()!r} is no measure such as {EXAMPLE}")
    name = (match["connector"] or connector).casefold()
    table: dict[str, Any] = {"connector": name, "query": match["query"].strip(), "unit": (match["unit"] or "").strip()}
    if match["how"] is None:
        return table | {"count": True}
    return table | {{"sum": "sum", "value": "field"}[match["how"].casefold()]: match["field"].strip()}


def with_named_connectors(okrs: Okrs, connectors: Collection[str]) -> Okrs:
    """The OKRs whose tickets say `sum of Story points in github`: a field of github, where there is such a connector.

    Without one, `in` belongs to the field's name, as in `Days in progress`.
    """
    if not okrs.okr_tickets:
        return okrs
    on_tickets = {okrs.okr_id_by_ticket[ref] for ref in okrs.okr_tickets}
    key_results = {id_: _with_connector(kr, connectors) for id_, kr in okrs.key_results.items() if id_ in on_tickets}
    others = {id_: _with_connector(kr, connectors) for id_, kr in okrs.other_key_results.items() if id_ in on_tickets}
    return replace(
        okrs,
        key_results={**okrs.key_results, **key_results},
        other_key_results={**okrs.other_key_results, **others},
    )


def _with_connector(key_result: KeyResult, connectors: Collection[str]) -> KeyResult:
    measure = key_result.measure
    match = _IN_CONNECTOR.fullmatch(measure.sum or measure.field) if measure else None
    if measure is None or match is None or (name := match["connector"].casefold()) not in connectors:
        return key_result
    named = {"sum" if measure.sum else "field": match["field"]}
    return replace(key_result, measure=Measure(name, measure.query, unit=measure.unit, **named))
