"""Reads all OKR files as one, every problem reported at once: cycles, links that wait for tickets."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from hub import clock
from hub.model.errors import ConfigError, Problem
from hub.model.okr import KeyResult, Objective, Okrs, Phase
from hub.model.private_names import PRIVATE_NAME, Name, PrivateNames
from hub.model.text import closest
from hub.okr_files.build import build_okrs, with_mutual_links
from hub.okr_files.json_file import in_json_words, is_json, parse_json
from hub.okr_files.schema import CycleTable
from hub.okr_files.tables import LoadedFiles, Row, crosscheck, load_tables
from hub.toml.document import TomlFile, parse_toml

AUTO = "auto"
"""In place of an id: the cycle that today says."""
CYCLE_EXAMPLE = 'Add to one of the files [cycle] with id = "{id}" and its days, such as {days}.'
DAYS_EXAMPLE = "start = 2026-10-01 and end = 2026-12-31"


def running_cycle(files: LoadedFiles, cycle: str | None, first_file: str, today: date) -> str:
    """The id of the running cycle: the one asked for, else the one that today says; "" with a problem."""
    defined = sorted({row.id for row in files.cycles if row.id})
    _report_differences(files)
    if cycle in (None, AUTO) and defined:
        tables = [row.parsed for row in files.cycles if row.parsed]
        return min(tables, key=lambda cycle_table: _distance(cycle_table, today)).id if tables else defined[0]
    if cycle in defined or (files.incomplete and cycle not in (None, AUTO)):
        return str(cycle)
    files.problems.append(_no_cycle(defined, cycle, first_file))
    return ""


def _distance(cycle_table: CycleTable, today: date) -> tuple[int, int, bool, str]:
    """The least for the shortest cycle that contains today, then for what ended last, then for what begins first."""
    closed = cycle_table.phase is Phase.CLOSED
    if cycle_table.start <= today <= cycle_table.end:
        return 0, (cycle_table.end - cycle_table.start).days, closed, cycle_table.id
    if cycle_table.end < today:
        return 1, (today - cycle_table.end).days, closed, cycle_table.id
    return 2, (cycle_table.start - today).days, closed, cycle_table.id


def _no_cycle(defined: list[str], cycle: str | None, first_file: str) -> Problem:
    if cycle in (None, AUTO):
        return Problem(
            first_file, "cycle", "no cycle is defined", CYCLE_EXAMPLE.format(id="2026-Q4", days=DAYS_EXAMPLE)
        )
    suggestions = closest(str(cycle), defined)
    hint = f"Did you mean `{suggestions[0]}`? If not: " if suggestions else ""
    example = CYCLE_EXAMPLE.format(id=cycle, days=DAYS_EXAMPLE)
    message = f"no OKR file defines the cycle `{cycle}`"
    return Problem(first_file, "cycle", message, hint + (example[0].lower() + example[1:] if hint else example))


def _report_differences(files: LoadedFiles) -> None:
    """A cycle may be written in several files, but only in one way."""
    first_rows: dict[str, Row[CycleTable]] = {}
    for row in files.cycles:
        first = first_rows.setdefault(row.id, row)
        if row.parsed and first.parsed and row.parsed != first.parsed:
            message = f"the cycle `{row.id}` is written differently at {first.location}"
            files.problems.append(row.problem((), message, "Write it the same in both, or leave it out of one."))


NOT_READ_REASON = "links of the OKR files lead to OKRs that trackers keep, and those were not looked at"


def extract_forward_links(okrs: Okrs) -> Okrs:
    """The OKRs without such links, and those that have any as they stand in the files."""
    known = {*okrs.objectives, *(id_ for _, id_ in okrs.other_objectives)}
    objectives: list[KeyResult | Objective] = [*okrs.objectives.values(), *okrs.other_objectives.values()]
    every_okr = [*objectives, *okrs.key_results.values(), *okrs.other_key_results.values()]
    waiting = tuple(
        item
        for item in every_okr
        if (_key_result(item, okrs) if isinstance(item, KeyResult) else _objective(item, known)) != item
    )
    if not waiting:
        return okrs
    return replace(
        okrs,
        objectives={id_: _objective(objective, known) for id_, objective in okrs.objectives.items()},
        other_objectives={name: _objective(objective, known) for name, objective in okrs.other_objectives.items()},
        key_results={id_: _key_result(key_result, okrs) for id_, key_result in okrs.key_results.items()},
        other_key_results={id_: _key_result(key_result, okrs) for id_, key_result in okrs.other_key_results.items()},
        forward_links=waiting,
        incomplete_reason=NOT_READ_REASON,
    )


def _objective(objective: Objective, known: Collection[str]) -> Objective:
    return replace(objective, aligns_to=tuple(id_ for id_ in objective.aligns_to if id_ in known))


def _key_result(key_result: KeyResult, okrs: Okrs) -> KeyResult:
    def known(id_: str | None) -> bool:
        return id_ is not None and _contains(id_, okrs.key_results, okrs.other_key_results)

    return replace(
        key_result,
        aligns_to=tuple(link for link in key_result.aligns_to if known(link.key_result)),
        depends_on=tuple(
            need if known(need.key_result) else replace(need, key_result=None) for need in key_result.depends_on
        ),
        supports=tuple(id_ for id_ in key_result.supports if known(id_)),
        replaced_by=key_result.replaced_by if known(key_result.replaced_by) else None,
    )


def _contains(id_: str, *collections: Collection[str]) -> bool:
    return any(id_ in ids for ids in collections)


# Not the line of another place in the file.
_NUMBER = re.compile(r"(?<![\w:.])\d(?:[\d.,_:e+-]*\d)?")


def redact_problems(problems: Iterable[Problem], files: Sequence[TomlFile]) -> list[Problem]:
    """File and line stay: they lead whoever may open the file to the fault. Names and figures do not.

    What is said of a JSON file is said in its words.
    """
    names = PrivateNames(tuple(name for file in files for name in private_names(file.data)))
    written = [in_json_words(problem) if _is_of_json(problem) else problem for problem in problems]
    return [_redact(problem, names) for problem in written] if names else written


def _is_of_json(problem: Problem) -> bool:
    file, _, line = problem.location.rpartition(":")
    return is_json(file if line.isdigit() else problem.location)


def private_names(data: Any) -> Iterator[Name]:
    """Id and title of every key result whose visibility is stated and is not `public`, however the table is damaged."""
    for objective in _tables(data, "objective"):
        for table in _tables(objective, "key_result"):
            if table.get("visibility", "public") != "public":
                yield _text(table.get("id")), _text(table.get("title"))


def _redact(problem: Problem, names: PrivateNames) -> Problem:
    key, message, remedy = map(names.redact, (problem.key, problem.message, problem.remedy))
    if PRIVATE_NAME in key:
        message = _NUMBER.sub("…", message)
    return replace(problem, key=key, message=message, remedy=remedy)


def _tables(data: Any, name: str) -> Iterator[dict[str, Any]]:
    value = data.get(name) if isinstance(data, dict) else None
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def parse_okr_file(name: str, content: str | bytes) -> TomlFile:
    """An OKR file by its name: JSON, or else TOML. Raises ConfigError where it is neither."""
    return parse_json(name, content) if is_json(name) else parse_toml(name, content)


def read_okrs(
    paths: Sequence[Path],
    cycle: str | None = None,
    overrides: Mapping[Path, bytes] | None = None,
    *,
    today: date | None = None,
    tracked: bool = False,
) -> Okrs:
    """The OKRs of all files, merged; raises ConfigError with every problem found.

    `cycle` is the running one's id; "auto" and None mean the shortest that contains `today` (left out: the clock's
    day), else the one that ended last, else the first to begin. `overrides` holds what a file is about to say, so that
    it can be judged before it is written. `tracked` says that trackers keep OKRs as well, so that links may lead there.
    """
    contents: list[tuple[str, bytes | Problem]] = []
    for path in paths:
        try:
            contents.append((str(path), (overrides or {}).get(path) or path.read_bytes()))
        except OSError as error:
            contents.append((str(path), Problem(str(path), "", f"cannot be read: {error.strerror}")))
    return _okrs_of(tuple(contents), cycle, today or clock.now().astimezone().date(), tracked)


@lru_cache(maxsize=1)
def _okrs_of(
    contents: tuple[tuple[str, bytes | Problem], ...],
    cycle: str | None,
    today: date,
    tracked: bool,
) -> Okrs:
    """The OKRs of files by name, or why one cannot be read; a service reads the same words before every run."""
    files: list[TomlFile] = []
    problems: list[Problem] = []
    for name, content in contents:
        try:
            if isinstance(content, Problem):
                problems.append(content)
            else:
                files.append(parse_okr_file(name, content))
        except ConfigError as error:
            problems += error.problems
    if not contents:
        problems.append(Problem("okrs", "", "no OKR file was given", "Name one, or run `hub init`."))
    return _build_okrs(files, cycle, problems, today=today, tracked=tracked)


def okrs_from_text(
    text: str,
    file: str = "example.toml",
    cycle: str | None = None,
    *,
    today: date | None = None,
    tracked: bool = False,
) -> Okrs:
    """The OKRs of one text, TOML unless it is called `….json`, which errors call `file`."""
    day = today or clock.now().astimezone().date()
    return _build_okrs([parse_okr_file(file, text)], cycle, [], today=day, tracked=tracked)


def _build_okrs(
    files: Sequence[TomlFile],
    cycle: str | None,
    unread_problems: Sequence[Problem],
    *,
    today: date,
    tracked: bool,
) -> Okrs:
    loaded = load_tables(files)
    if unread_problems:
        # A name may be defined in the file that could not be read.
        raise ConfigError([*unread_problems, *redact_problems(loaded.problems, files)])
    running = running_cycle(loaded, cycle, files[0].name, today)
    problems = [*loaded.problems, *crosscheck(loaded, running, tracked=tracked)]
    if problems:
        raise ConfigError(sorted(redact_problems(problems, files), key=_sort_key))
    okrs = build_okrs(loaded, running)
    return with_mutual_links(extract_forward_links(okrs) if tracked else okrs)


def _sort_key(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.location.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.location, 0)
