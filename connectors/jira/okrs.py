"""Objectives and key results that are kept as tickets of a Jira site: all of them, at every pull, for they are few."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import World
from connectors.http import Gate
from connectors.jira.dialect import Dialect
from connectors.jira.field_values import as_words
from connectors.jira.normalise import normalise, text_in
from connectors.jira.okr_query import okr_query
from connectors.jira.reading import Pull
from connectors.jira.settings import JiraOkrs
from connectors.jira.terms import Json, Reading
from connectors.okr_words import values_in
from connectors.shared.incremental import with_okr_rows
from hub.model.initiative import Gap, Known, Pulled
from hub.model.okr_row import OkrRow

LEVEL = "security"
PRIVATE = ("visibility", "private")


class OkrPull(Pull):
    """Reads the tickets that are OKRs, one row each."""

    def __init__(self, gate: Gate, reading: Reading, world: World, dialect: Dialect, chosen: JiraOkrs) -> None:
        super().__init__(gate, reading, world, dialect)
        self.rows: dict[str, OkrRow] = {}
        self._chosen = chosen

    def run(self) -> None:
        """Everything that the OKRs' own query finds."""
        self.read(self.found(okr_query(self._chosen, self._reading.settings.query)))

    def _kept(self, issue: Any) -> Gap | None:
        made = okr_row(issue, self._reading, self._chosen)
        if isinstance(made, OkrRow):
            self.rows[made.id] = made
            return None
        return made

    @property
    def _fields(self) -> tuple[str, ...]:
        own = (field for _, ids in self._reading.layout.okrs for field in ids)
        return tuple(dict.fromkeys((*self._reading.layout.fields, *own, LEVEL)))


def with_okrs(
    pulled: Pulled, known: Known | None, *, gate: Gate, reading: Reading, world: World, dialect: Dialect
) -> Pulled:
    """What was pulled, with the OKRs that the site keeps; a ticket that became one is no work any more."""
    chosen = reading.settings.okrs
    if chosen is None:
        return pulled
    pull = OkrPull(gate, reading, world, dialect, chosen)
    pull.run()
    return with_okr_rows(pulled, known, pull.rows, (*pull.gaps, *_lost_fields(reading, chosen)))


def okr_row(issue: Any, reading: Reading, chosen: JiraOkrs) -> OkrRow | Gap | None:
    """One ticket; None for one that the query finds and that is no OKR."""
    made = normalise(issue, reading)
    if isinstance(made, Gap):
        return made
    kind = chosen.kind_of(made.kind, made.labels)
    if kind is None:
        return None
    return OkrRow(
        kind=kind,
        connector=made.ref.connector,
        key=made.ref.key,
        id=made.id,
        title=made.title,
        url=made.url,
        containers=made.containers,
        parent=made.parent.key if made.parent else None,
        id_label=chosen.id_in(made.labels),
        values=tuple(_values(issue["fields"], reading)),
        links=tuple(_linked(issue["fields"])),
        closed=made.closed.date() if made.closed else None,
        labels=made.labels,
    )


def _values(fields: Json, reading: Reading) -> Iterator[tuple[str, str]]:
    """The text first, so that a field says the last word; and a security level above all."""
    yield from values_in(text_in(fields.get("description")))
    for word, ids in reading.layout.okrs:
        yield from ((word, said) for one in ids if (said := as_words(fields.get(one))))
    if fields.get(LEVEL):
        yield PRIVATE


def _linked(fields: Json) -> Iterator[str]:
    for link in fields.get("issuelinks") or ():
        for end in ("outwardIssue", "inwardIssue"):
            if isinstance(other := link.get(end), Mapping) and other.get("key"):
                yield str(other["key"])


def _lost_fields(reading: Reading, chosen: JiraOkrs) -> Iterator[Gap]:
    for word, ids in reading.layout.okrs:
        if not ids:
            what = f"OKRs: the site has no field {chosen.fields[word]!r}, which okrs.fields.{word} names"
            yield Gap(reading.connector, what)
