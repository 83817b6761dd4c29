"""Reads OKR files: all of them, checked as one, with every problem told at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from hub import clock
from hub.core.mapping.links_from_both_sides import with_mutual_links
from hub.model.errors import ConfigError, Problem
from hub.model.okr import Okrs
from hub.okr_form.awaited import extract_forward_links
from hub.okr_form.build import build_okrs
from hub.okr_form.crosscheck import crosscheck
from hub.okr_form.cycles import running_cycle
from hub.okr_form.gather import load_tables
from hub.okr_form.private_problems import redact_problems
from hub.toml.document import TomlFile, parse_toml


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
    day), else the one that ended last, else the first to begin. `instead` holds what a file is about to say, so that it
    can be judged before it is written. `tracked` says that trackers keep OKRs as well, so that links may lead there.
    """
    files: list[TomlFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            files.append(parse_toml(str(path), (overrides or {}).get(path) or path.read_bytes()))
        except ConfigError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(str(path), "", f"cannot be read: {error.strerror}"))
    if not paths:
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
    """The OKRs of one TOML text, which errors call `file`."""
    return _build_okrs([parse_toml(file, text)], cycle, [], today=today, tracked=tracked)


def _build_okrs(
    files: Sequence[TomlFile],
    cycle: str | None,
    unread_problems: Sequence[Problem],
    *,
    today: date | None,
    tracked: bool,
) -> Okrs:
    loaded = load_tables(files)
    if unread_problems:
        # A name may be defined in the file that could not be read.
        raise ConfigError([*unread_problems, *redact_problems(loaded.problems, files)])
    running = running_cycle(loaded, cycle, files[0].name, today or clock.now().astimezone().date())
    problems = [*loaded.problems, *crosscheck(loaded, running, tracked=tracked)]
    if problems:
        raise ConfigError(sorted(redact_problems(problems, files), key=_sort_key))
    okrs = build_okrs(loaded, running)
    return with_mutual_links(extract_forward_links(okrs) if tracked else okrs)


def _sort_key(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.location.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.location, 0)
