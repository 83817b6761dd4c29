"""Which OKR tickets are private, and the names that no message may tell because of them."""

from collections.abc import Iterable, Iterator, Sequence

from hub.core.checking.redaction import private_objectives
from hub.model.okr import Okrs
from hub.model.private_names import Name, PrivateNames
from hub.model.text import match_key
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.okr_files.ticket_names import id_of


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
