"""What the rows of a sheet call each other: by id, number or title; and which ids that means."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from hub.model.text import closest
from hub.okr_import.draft import Draft, DraftObjective, ImportLog

_NUMBER_OF_A_SHEET = re.compile(r"\d+\.0")


def split_references(cell: str) -> list[str]:
    """What a cell names, after semicolons, bars and line breaks."""
    return [name.strip() for name in re.split(r"[;\n|]", cell) if name.strip()]


@dataclass(slots=True)
class Names:
    """Everything that an objective or a key result may be called, and its id."""

    objectives: dict[str, str] = field(default_factory=dict)
    key_results: dict[str, str] = field(default_factory=dict)

    def objective_of(self, name: str) -> str | None:
        """The id of the objective of that name."""
        return self.objectives.get(plain_name(name))

    def add(self, id_: str, title: str, labels: Iterable[str], *, objective: bool) -> None:
        """One more; what came first keeps a name that both have."""
        known = self.objectives if objective else self.key_results
        for name in (id_, title, *labels):
            known.setdefault(plain_name(name), id_)


def resolve_alignments(draft: Draft, names: Names, log: ImportLog) -> None:
    """Turn what the rows say into ids: key result to key result, or objective to objective; all else is told."""
    known_ids = {
        id_
        for objective in draft.objectives
        for id_ in (objective.id, *(key_result.id for key_result in objective.key_results))
    }
    for objective in draft.objectives:
        references = list(objective.aligns_to)
        for key_result in objective.key_results:
            leads = _resolve(key_result.aligns_to, names, known_ids, (key_result.line, log))
            key_result.aligns_to = [id_ for kind, id_ in leads if kind == "key result" and id_ != key_result.id]
            objective_ids = [id_ for kind, id_ in leads if kind == "objective"]
            if objective_ids:
                message = (
                    f"{key_result.title!r} is aligned to an objective: its own objective is linked, not the key result"
                )
                log.info(key_result.line, message, "aligns_to")
            references += objective_ids
        targets = _resolve(references, names, known_ids, (objective.line, log))
        _align_below([id_ for kind, id_ in targets if kind == "key result"], objective, log)
        ids = [id_ for kind, id_ in targets if kind == "objective" and id_ != objective.id]
        objective.aligns_to = list(dict.fromkeys(ids))


def _align_below(key_results: Sequence[str], objective: DraftObjective, log: ImportLog) -> None:
    """An objective cannot be aligned to a key result: its key results are, unless they say otherwise themselves."""
    if not key_results:
        return
    below = [key_result for key_result in objective.key_results if not key_result.aligns_to]
    for key_result in below:
        key_result.aligns_to = [id_ for id_ in dict.fromkeys(key_results) if id_ != key_result.id]
    done = (
        f"its {len(below)} key results are linked to it" if below else "it has no key results to link, and is left out"
    )
    log.info(objective.line, f"{objective.title!r} is aligned to a key result: {done}", "aligns_to")


def _resolve(
    references: Iterable[str], names: Names, known_ids: Collection[str], origin: tuple[int, ImportLog]
) -> list[tuple[str, str]]:
    """The kinds and ids of what is named; what isn't in the sheet, or was left out of the import, is told."""
    line, log = origin
    targets: dict[tuple[str, str], None] = {}
    for name in references:
        for reference in _split_names(name, names):
            target = _find(reference, names)
            if target is None:
                suggestions = closest(reference, [*names.key_results, *names.objectives])
                hint = f"; the closest is {suggestions[0]!r}" if suggestions else ""
                log.info(line, f"{reference!r} is not in this sheet, and the link is left out{hint}", "aligns_to")
            elif target[1] not in known_ids:
                log.info(line, f"{reference!r} is left out of the import, and the link to it as well", "aligns_to")
            else:
                targets[target] = None
                log.sample("aligns_to", reference, f"{target[0]} {target[1]}")
    return list(targets)


def _split_names(name: str, names: Names) -> list[str]:
    """A title may hold commas: only what is no name as a whole is taken apart."""
    if _find(name, names) is not None or "," not in name:
        return [name]
    parts = [part.strip() for part in name.split(",") if part.strip()]
    return parts if any(_find(part, names) for part in parts) else [name]


def _find(name: str, names: Names) -> tuple[str, str] | None:
    plain = plain_name(name)
    if plain in names.key_results:
        return "key result", names.key_results[plain]
    return ("objective", names.objectives[plain]) if plain in names.objectives else None


def plain_name(name: str) -> str:
    """As names are compared; a spreadsheet may have made 1.0 of the id 1."""
    plain = " ".join(name.casefold().replace("\u00a0", " ").split())
    return plain.removesuffix(".0") if _NUMBER_OF_A_SHEET.fullmatch(plain) else plain
