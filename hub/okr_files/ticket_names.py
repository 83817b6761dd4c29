"""What OKR tickets are called and may name: ids, titles, and the private names that no message may tell."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.checking.redaction import private_objectives
from hub.model.okr import KeyResult, Objective, Okrs, Phase, Team
from hub.model.private_names import Name, PrivateNames
from hub.model.text import did_you_mean, match_key
from hub.model.ticket_input import OkrKind, OkrTicket

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_QUOTES = " \"'\u201c\u201d\u201e\u201f\u00ab\u00bb"
MAX_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class OkrNames:
    """Ids, and titles with the ids that they stand for; `hidden` are ids that no message may suggest."""

    noun: str = "key result"
    ids: frozenset[str] = frozenset()
    by_title: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, noun: str, named: Iterable[tuple[str, str, bool]], hidden: frozenset[str] = frozenset()) -> "OkrNames":
        """Of ids with their titles, and whether each is of a current cycle: another cycle's title counts without one
        that is.
        """
        titles: dict[bool, dict[str, dict[str, None]]] = {True: defaultdict(dict), False: defaultdict(dict)}
        ids = set()
        for id_, title, is_current in named:
            ids.add(id_)
            titles[is_current][match_key(title)][id_] = None
        by_title = {**titles[False], **titles[True]}
        return cls(noun, frozenset(ids), {title: tuple(found) for title, found in by_title.items()}, hidden)

    def is_title(self, text: str) -> bool:
        """Whether somebody wrote the whole title of one or more of them, with or without quotation marks."""
        return match_key(text.strip(_QUOTES)) in self.by_title

    def id_of(self, text: str) -> str:
        """The id that the text is or stands for; an id that is not known is left to whoever looks where links lead.

        Raises:
            ValueError: It is the title of several, or neither a title nor written like an id.
        """
        plain = text.strip(_QUOTES)
        if (id_ := plain.casefold()) in self.ids:
            return id_
        found = self.by_title.get(match_key(plain), ())
        if len(found) == 1:
            return found[0]
        if found:
            suggested = ", ".join(f"`{name}`" for name in found[:MAX_SUGGESTED] if name not in self.hidden)
            message = f"several {self.noun}s have the title {plain!r}: write the id instead"
            raise ValueError(f"{message}, {suggested}" if suggested else message)
        if _ID.fullmatch(id_):
            return id_
        hint = did_you_mean(id_, self.ids - self.hidden, noun=self.noun)
        raise ValueError(f"no {self.noun} has the id or the title {plain!r}. {hint}")


NO_NAMES = OkrNames()


CycleAndId = tuple[str, str]
"""A cycle and an id in it."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What tickets may name: teams by id, key results and objectives."""

    teams: Mapping[str, Team]
    key_results: OkrNames
    objectives: OkrNames


def id_of(row: OkrTicket) -> str:
    """The id that the ticket states, by a line, a field or a label; else one made of its key."""
    values = row.values_of("id")
    stated = values[-1] if values else row.id_label
    return stated.strip().casefold() if stated else re.sub(r"[^a-z0-9._-]+", "-", row.key.casefold()).strip("-._")


def known_names(
    okrs: Okrs,
    items: Mapping[CycleAndId, Objective | KeyResult],
    rows: Iterable[OkrTicket],
    secret: Iterable[OkrTicket],
) -> KnownNames:
    """Of what the files hold and of the tickets; a current cycle's title counts before the same of another cycle.

    Private ones, those of `secret` tickets among them, may be named and are never suggested.
    """
    current = {
        cycle.id
        for cycle in okrs.cycles.values()
        if cycle.phase is not Phase.CLOSED and okrs.cycle.overlaps(cycle.start, cycle.end)
    }
    named: dict[bool, list[tuple[str, str, bool]]] = {True: [], False: []}
    for (cycle, id_), item in items.items():
        named[isinstance(item, Objective)].append((id_, item.title, cycle in current))
    for row in rows:
        stated = row.values_of("cycle")
        is_current = not stated or stated[-1].strip() in current
        named[row.kind is OkrKind.OBJECTIVE].append((id_of(row), row.title, is_current))
    private = (item.id for item in items.values() if isinstance(item, KeyResult) and item.private)
    hidden = frozenset((*private, *map(id_of, secret)))
    return KnownNames(
        okrs.teams,
        OkrNames.of("key result", named[False], hidden),
        OkrNames.of("objective", named[True], hidden),
    )


def is_objective(row: OkrTicket) -> bool:
    """Whether the ticket is an objective."""
    return row.kind is OkrKind.OBJECTIVE


def secret_rows(rows: Sequence[OkrTicket]) -> tuple[OkrTicket, ...]:
    """Those that state a visibility other than `public`, and objectives that hold nothing else."""
    key_results = [row for row in rows if not is_objective(row)]
    secret = [row for row in key_results if _is_secret(row)]
    return (*secret, *(row for row in rows if is_objective(row) and _has_only_secret(row, key_results)))


def redacted_names(okrs: Okrs, secret: Iterable[OkrTicket]) -> PrivateNames:
    """Ids and titles of what is private among the OKRs that could be read, and of tickets that could not."""
    public = tuple(key_result.id for key_result in okrs.all_key_results if not key_result.private)
    return PrivateNames(tuple(dict.fromkeys((*_names(okrs), *((id_of(row), row.title) for row in secret)))), public)


def _names(okrs: Okrs) -> Iterator[Name]:
    yield from ((key_result.id, key_result.title) for key_result in okrs.private)
    yield from ((id_, okrs.objectives[id_].title) for id_ in sorted(private_objectives(okrs)))


def _is_secret(row: OkrTicket) -> bool:
    return any(text.strip().casefold() != "public" for text in row.values_of("visibility"))


def _has_only_secret(objective: OkrTicket, key_results: Sequence[OkrTicket]) -> bool:
    """Whether there are key results under it, and all of them are private."""
    children = [row for row in key_results if _belongs_to(row, objective)]
    return bool(children) and all(map(_is_secret, children))


def _belongs_to(row: OkrTicket, objective: OkrTicket) -> bool:
    if stated := row.values_of("objective"):
        return match_key(stated[-1]) in (id_of(objective), match_key(objective.title))
    return (row.connector, row.parent) == (objective.connector, objective.key)
