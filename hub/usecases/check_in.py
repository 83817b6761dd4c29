"""Check-ins: how key results stand, and a new value written to the OKR file where the key result is."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hub.config.settings import Config
from hub.core.standing import standings
from hub.model.errors import ConfigError, Problem
from hub.model.okr import CheckIn, KeyResult, Okrs, Phase
from hub.model.progress import latest_check_in
from hub.model.similarity import closest, did_you_mean
from hub.okr_file import read_okrs
from hub.okr_form.check_in_text import Entry, with_check_in
from hub.report.standing import Standings, Written
from hub.toml.document import TomlFile, toml_file
from hub.toml.positions import TomlPath
from hub.toml.write import replace_whole
from hub.usecases.assess import assess
from hub.wiring import configured_okrs, local_day

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a check-in needs to know: the configuration, the OKRs, and what may be said of private ones."""

    config: Config
    okrs: Okrs
    today: date
    private: bool = False


def desk(config: Config, today: date | None, *, private: bool) -> Desk:
    """Read the OKR files."""
    today = today or local_day()
    return Desk(config, configured_okrs(config, today), today, private)


def standing_of(config: Config, today: date | None, key_result: str | None, *, private: bool) -> Standings:
    """Every key result of the running cycle, or the one that is named, beside the work as the last run saw it."""
    assessment = assess(config, today)
    read = min((source.read for source in assessment.stored.sources), default=None)
    portfolio = assessment.unredacted if private else assessment.portfolio
    rows = standings(portfolio, read=read is not None)
    if key_result is not None:
        wanted = find(Desk(config, assessment.okrs, portfolio.today, private), key_result).id
        rows = tuple(row for row in rows if row.key_result.id == wanted)
    return Standings(portfolio.cycle, portfolio.today, rows, read, bool(portfolio.gaps))


def find(here: Desk, name: str) -> KeyResult:
    """The key result of the running cycle with that id; else one of a cycle alongside that is still open."""
    id_ = name.strip().casefold()
    found = here.okrs.key_results.get(id_) or here.okrs.others.get(id_)
    if found is None:
        raise _refused("KR", f"no key result has the id {name!r}", _near(here, name))
    if here.okrs.cycles[found.cycle].phase is Phase.CLOSED:
        raise _refused("KR", f"its cycle {found.cycle} is closed: what it came to stands", "Check in on its successor.")
    return found


def write_check_in(here: Desk, one: KeyResult, check_in: CheckIn, *, replace: bool) -> Written:
    """Append the check-in where the key result stands; the file is judged as it will be before it is written."""
    number = _same_day(one, check_in.date, replace=replace)
    _judge(here, check_in)
    path = _file_of(here, one)
    content = path.read_bytes()
    file = toml_file(str(path), content)
    last = latest_check_in(one)
    current = check_in.value is not None and (last is None or check_in.date >= last.date)
    entry = Entry(check_in, current, number)
    at = _path_of(file, one.id)
    text = content.removeprefix(BOM).decode("utf-8")
    fresh = (BOM if content.startswith(BOM) else b"") + with_check_in(text, file, at, entry).encode("utf-8")
    _verify(here, path, fresh, one, check_in)
    replace_whole(path, fresh, was=content)
    return Written(one.id, str(path), check_in, current, number is not None, one.private)


def _verify(here: Desk, path: Path, fresh: bytes, one: KeyResult, check_in: CheckIn) -> None:
    """Read everything again with the text as it will be; nothing but this key result may be another."""
    config = here.config
    after = read_okrs(config.okr_paths(), config.cycle, {path: fresh}, today=here.today, tracked=config.okrs_tracked)
    kept = _others_of(here.okrs, one) == _others_of(after, one)
    changed = after.key_results.get(one.id) if one.cycle == after.cycle.id else after.others.get(one.id)
    if not kept or changed is None or check_in not in changed.check_ins:
        what = "the check-in cannot be written without changing something else"
        raise ConfigError([Problem(str(path), "", what, "Write it by hand, and please report it.")])


def _others_of(okrs: Okrs, but: KeyResult) -> dict[tuple[str, str], KeyResult]:
    """Every other key result, without the line on which it stands."""
    every = (*okrs.key_results.values(), *okrs.others.values())
    return {(k.cycle, k.id): replace(k, place=None) for k in every if (k.cycle, k.id) != (but.cycle, but.id)}


def _same_day(one: KeyResult, day: date, *, replace: bool) -> int | None:
    numbers = [number for number, told in enumerate(one.check_ins) if told.date == day]
    if numbers and not replace:
        raise _refused("--date", f"there is a check-in of {day} already", "Give --replace to put this in its place.")
    return numbers[-1] if numbers else None


def _judge(here: Desk, check_in: CheckIn) -> None:
    if check_in.date > here.today:
        raise _refused("--date", f"{check_in.date} is after {here.today}", "A check-in tells what was measured.")
    for team in check_in.present:
        if team not in here.okrs.teams:
            remedy = did_you_mean(team, here.okrs.teams.keys(), noun="team")
            raise _refused("--present", f"no team has the id {team!r}", remedy)


def _file_of(here: Desk, one: KeyResult) -> Path:
    name = one.place.file if one.place else ""
    return next(path for path in here.config.okr_paths() if str(path) == name)


def _path_of(file: TomlFile, id_: str) -> TomlPath:
    """Where the key result stands in its file; ids are unique in the one cycle that a file is about."""
    return next(
        ("objective", number, "key_result", inner)
        for number, objective in enumerate(file.data["objective"])
        for inner, table in enumerate(objective.get("key_result", ()))
        if table["id"] == id_
    )


def _near(here: Desk, name: str) -> str:
    """The closest ids; those of private key results only to who asked for them."""
    known = [k.id for k in here.okrs.key_results.values() if here.private or not k.private]
    near = closest(name, known, limit=3)
    return f"Did you mean {', '.join(near)}?" if near else "hub checkin lists them"


def _refused(key: str, what: str, remedy: str) -> ConfigError:
    return ConfigError([Problem("command line", key, what, remedy)])
