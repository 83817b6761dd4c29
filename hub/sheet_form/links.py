"""Vertical links by id, number or title, to what stands in the same sheet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from hub.sheet_form.draft import Draft
from hub.sheet_form.told import Notes
from hub.toml.document import closest


@dataclass(slots=True)
class Names:
    """Everything that an objective or a key result may be called, and its id."""

    objectives: dict[str, str] = field(default_factory=dict)
    key_results: dict[str, str] = field(default_factory=dict)

    def add(self, id_: str, title: str, labels: Iterable[str], *, objective: bool) -> None:
        """One more; what came first keeps a name that both have."""
        known = self.objectives if objective else self.key_results
        for name in (id_, title, *labels):
            known.setdefault(_plain(name), id_)


def join(draft: Draft, names: Names, notes: Notes) -> None:
    """Turn what the rows say into ids: key result to key result, or objective to objective; all else is told."""
    kept = {id_ for one in draft.objectives for id_ in (one.id, *(below.id for below in one.key_results))}
    for objective in draft.objectives:
        said = list(objective.aligns_to)
        for one in objective.key_results:
            leads = _leads(one.aligns_to, names, kept, (one.line, notes))
            one.aligns_to = [id_ for kind, id_ in leads if kind == "key result" and id_ != one.id]
            above = [id_ for kind, id_ in leads if kind == "objective"]
            if above:
                told = f"{one.title!r} is aligned to an objective: its own objective is linked, not the key result"
                notes.say(one.line, told, "aligns_to")
            said += above
        found = _leads(said, names, kept, (objective.line, notes))
        if any(kind == "key result" for kind, _ in found):
            what = f"{objective.title!r} is aligned to a key result, which only key results can be: left out"
            notes.say(objective.line, what, "aligns_to")
        ids = [id_ for kind, id_ in found if kind == "objective" and id_ != objective.id]
        objective.aligns_to = list(dict.fromkeys(ids))


def _leads(said: Iterable[str], names: Names, kept: Collection[str], told: tuple[int, Notes]) -> list[tuple[str, str]]:
    """The kinds and ids of what is named; what isn't in the sheet, or was left out of the import, is told."""
    line, notes = told
    leads: dict[tuple[str, str], None] = {}
    for name in said:
        for piece in _pieces(name, names):
            found = _find(piece, names)
            if found is None:
                near = closest(piece, [*names.key_results, *names.objectives])
                hint = f"; the closest is {near[0]!r}" if near else ""
                notes.say(line, f"{piece!r} is not in this sheet, and the link is left out{hint}", "aligns_to")
            elif found[1] not in kept:
                notes.say(line, f"{piece!r} is left out of the import, and the link to it as well", "aligns_to")
            else:
                leads[found] = None
                notes.sample("aligns_to", piece, f"{found[0]} {found[1]}")
    return list(leads)


def _pieces(name: str, names: Names) -> list[str]:
    """A title may hold commas: only what is no name as a whole is taken apart."""
    if _find(name, names) is not None or "," not in name:
        return [name]
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    return pieces if any(_find(piece, names) for piece in pieces) else [name]


def _find(name: str, names: Names) -> tuple[str, str] | None:
    plain = _plain(name)
    if plain in names.key_results:
        return "key result", names.key_results[plain]
    return ("objective", names.objectives[plain]) if plain in names.objectives else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace(" ", " ").split())
